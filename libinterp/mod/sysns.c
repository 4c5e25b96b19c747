/*
 * $Sys: name space, processes and time: sys-bind(2), sys-chdir(2), sys-pctl(2), sys-sleep(2), sys-werrstr(2); and what
 * joins name spaces: mount, export, file2chan and network connections, sys-mount(2), sys-export(2), sys-file2chan(2),
 * sys-dial(2).
 */
#include <limits.h>
#include <time.h>

#include "libinterp/mod/sys.h"

BUILTIN_DECLS(Sys)

enum {
	MAXMOVE = 1 << 20, /* longest list of descriptors for pctl */
};

/* Where a program wants a result may be any address. */
typedef struct R_Sys_fversion Rfversion __attribute__((aligned(1)));
typedef struct R_Sys_dial Rconn __attribute__((aligned(1)));

static Type *Tfileio;

int
sysns_init(void)
{
	Tfileio = vm_type(8, (const uint8_t *)"\xc0", 1);
	return Tfileio != NULL ? 0 : kerror("%s", Enomem);
}

/* ------------------------------------------------------------ binding */

int
Sys_bind(Prog *p, void *fp)
{
	struct F_Sys_bind *f = fp;
	int flags = f->a2, r;
	Cname name, on;

	if (cname_get(p, &name, f->a0) < 0)
		return -1;
	if (cname_get(p, &on, f->a1) < 0) {
		cname_free(&name);
		return -1;
	}
	sys_begin();
	r = kbind(name.s, on.s, flags);
	cname_free(&name);
	cname_free(&on);
	if (sys_end(p) < 0)
		return -1;
	vm_retint(fp, r);
	return 0;
}

int
Sys_unmount(Prog *p, void *fp)
{
	struct F_Sys_unmount *f = fp;
	Cname name, on;
	int r;

	if (cname_get(p, &name, f->a0) < 0)
		return -1;
	if (cname_get(p, &on, f->a1) < 0) {
		cname_free(&name);
		return -1;
	}
	sys_begin();
	r = kunmount(name.s, on.s);
	cname_free(&name);
	cname_free(&on);
	if (sys_end(p) < 0)
		return -1;
	vm_retint(fp, r);
	return 0;
}

int
Sys_mount(Prog *p, void *fp)
{
	struct F_Sys_mount *f = fp;
	int fd = sys_fd(f->a0), afd = sys_fd(f->a1), flags = f->a3, r;
	Cname on, spec;

	if (cname_get(p, &on, f->a2) < 0)
		return -1;
	if (cname_get(p, &spec, f->a4) < 0) {
		cname_free(&on);
		return -1;
	}
	sys_begin();
	r = kmount(fd, afd, on.s, flags, spec.s);
	cname_free(&on);
	cname_free(&spec);
	if (sys_end(p) < 0)
		return -1;
	vm_retint(fp, r);
	return 0;
}

int
Sys_chdir(Prog *p, void *fp)
{
	struct F_Sys_chdir *f = fp;
	Cname name;
	int r;

	if (cname_get(p, &name, f->a0) < 0)
		return -1;
	sys_begin();
	r = kchdir(name.s);
	cname_free(&name);
	if (sys_end(p) < 0)
		return -1;
	vm_retint(fp, r);
	return 0;
}

/* ------------------------------------------------------------ 9P */

int
Sys_fversion(Prog *p, void *fp)
{
	struct F_Sys_fversion *f = fp;
	Rfversion *ret;
	int fd = sys_fd(f->a0), msize = f->a1, r;
	char version[20], agreed[64] = "";

	str_copy(f->a2, version, sizeof version);
	if (msize < 0) {
		kerror("nonsense value of msize in fversion");
		r = -1;
	} else {
		sys_begin();
		r = kfversion(fd, (uint32_t)msize, version, agreed, sizeof agreed);
		if (sys_end(p) < 0)
			return -1;
	}
	ret = vm_result(fp, sizeof *ret);
	ret->t0 = r < 0 ? -1 : msize;
	return str_setc(p, &ret->t1, r < 0 ? "" : agreed);
}

int
Sys_fauth(Prog *p, void *fp)
{
	struct F_Sys_fauth *f = fp;
	int fd = sys_fd(f->a0), r;
	Ref *ret;
	Cname aname;

	if (cname_get(p, &aname, f->a1) < 0)
		return -1;
	sys_begin();
	r = kfauth(fd, aname.s);
	cname_free(&aname);
	if (sys_end(p) < 0)
		return -1;
	ret = vm_result(fp, 4);
	if (r >= 0)
		return sys_newfd(p, ret, r);
	ref_set(ret, H);
	return 0;
}

int
Sys_export(Prog *p, void *fp)
{
	struct F_Sys_export *f = fp;
	int fd = sys_fd(f->a0), flag = f->a2, r;
	Cname dir;

	if (cname_get(p, &dir, f->a1) < 0)
		return -1;
	sys_begin();
	r = kexport(fd, dir.s, flag);
	cname_free(&dir);
	/* A client that has gone while an answer was written is the end of the service, no fault of the caller. */
	up->exception = NULL;
	if (sys_end(p) < 0)
		return -1;
	vm_retint(fp, r);
	return 0;
}

int
Sys_file2chan(Prog *p, void *fp)
{
	struct F_Sys_file2chan *f = fp;
	Ref rd = H, wr = H, io = H, *o, *ret;
	Cname dir, file;
	int r;

	if (cname_get(p, &dir, f->a0) < 0)
		return -1;
	if (cname_get(p, &file, f->a1) < 0) {
		cname_free(&dir);
		return -1;
	}
	r = vm_file2chan(p, dir.s, file.s, &rd, &wr);
	cname_free(&dir);
	cname_free(&file);
	if (r < 0)
		return -1;
	ret = vm_result(fp, 4);
	if (r > 0) {
		ref_set(ret, H);
		return 0;
	}
	if (adt_new(p, &io, Tfileio) < 0) {
		ref_dec(rd);
		ref_dec(wr);
		return -1;
	}
	o = ref2ptr(io);
	o[0] = rd;
	o[1] = wr;
	ref_set(ret, io);
	return 0;
}

/* ------------------------------------------------------------ connections */

/* The results of dial, announce and listen are alike. */
static int
retconn(Prog *p, void *fp, int r, Kconn *c)
{
	Rconn *ret = vm_result(fp, sizeof *ret);
	int e = 0;

	ret->t0 = r;
	ref_set(&ret->t1.dfd, H);
	ref_set(&ret->t1.cfd, H);
	if (r < 0)
		return 0;
	if (c->dfd >= 0)
		e = sys_newfd(p, &ret->t1.dfd, c->dfd);
	if (c->cfd >= 0) {
		if (e == 0)
			e = sys_newfd(p, &ret->t1.cfd, c->cfd);
		else {
			vm_release();
			kclose(c->cfd);
			vm_acquire();
		}
	}
	if (e == 0)
		e = str_setc(p, &ret->t1.dir, c->dir != NULL ? c->dir : "");
	free(c->dir);
	return e;
}

/* The end of such a call: an exception takes the connection with it. */
static int
connend(Prog *p, int r, Kconn *c)
{
	if (sys_end(p) == 0)
		return 0;
	if (r == 0) {
		if (c->dfd >= 0)
			kclose(c->dfd);
		if (c->cfd >= 0)
			kclose(c->cfd);
		free(c->dir);
	}
	return -1;
}

int
Sys_dial(Prog *p, void *fp)
{
	struct F_Sys_dial *f = fp;
	Kconn c = {-1, -1, NULL};
	Cname addr, local;
	int r;

	if (cname_get(p, &addr, f->a0) < 0)
		return -1;
	if (cname_get(p, &local, f->a1) < 0) {
		cname_free(&addr);
		return -1;
	}
	sys_begin();
	r = kdial(addr.s, local.s, &c);
	cname_free(&addr);
	cname_free(&local);
	if (connend(p, r, &c) < 0)
		return -1;
	return retconn(p, fp, r, &c);
}

int
Sys_announce(Prog *p, void *fp)
{
	struct F_Sys_announce *f = fp;
	Kconn c = {-1, -1, NULL};
	Cname addr;
	int r;

	if (cname_get(p, &addr, f->a0) < 0)
		return -1;
	sys_begin();
	r = kannounce(addr.s, &c);
	cname_free(&addr);
	if (connend(p, r, &c) < 0)
		return -1;
	return retconn(p, fp, r, &c);
}

int
Sys_listen(Prog *p, void *fp)
{
	struct F_Sys_listen *f = fp;
	Kconn c = {sys_fd(f->a0.dfd), sys_fd(f->a0.cfd), NULL}, nc = {-1, -1, NULL};
	Cname dir;
	int r;

	if (cname_get(p, &dir, f->a0.dir) < 0)
		return -1;
	c.dir = dir.s;
	sys_begin();
	r = klisten(&c, &nc);
	cname_free(&dir);
	if (connend(p, r, &nc) < 0)
		return -1;
	return retconn(p, fp, r, &nc);
}

/* ------------------------------------------------------------ the process */

int
Sys_pctl(Prog *p, void *fp)
{
	struct F_Sys_pctl *f = fp;
	int flags = f->a0, n = 0, max = 0, r, *fds = NULL, *nf;
	Ref l = f->a1;
	void *val;

	if (flags & (NEWFD | FORKFD))
		while (n < MAXMOVE && list_next(&l, 4, &val)) {
			if (n == max) {
				max = max * 2 + 16;
				nf = realloc(fds, (size_t)max * sizeof *fds);
				if (nf == NULL) {
					free(fds);
					return vm_raise(p, "out of memory: main");
				}
				fds = nf;
			}
			memcpy(&fds[n++], val, 4);
		}
	r = 0;
	if (flags & ~NEWPGRP) {
		/* Descriptors are closed and names looked up, which may need other processes. */
		sys_begin();
		r = kpctl(flags, fds, n);
		free(fds);
		if (sys_end(p) < 0)
			return -1;
	}
	if (r == 0 && (flags & NEWPGRP))
		r = vm_newpgrp(p);
	vm_retint(fp, r < 0 ? -1 : prog_view(p)->pid);
	return 0;
}

int
Sys_werrstr(Prog *p, void *fp)
{
	struct F_Sys_werrstr *f = fp;
	Cname s;

	if (cname_get(p, &s, f->a0) < 0)
		return -1;
	kseterrstr(s.s);
	cname_free(&s);
	vm_retint(fp, 0);
	return 0;
}

/* ------------------------------------------------------------ time */

static int64_t
monotonic(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

int
Sys_millisec(Prog *p, void *fp)
{
	static int64_t start = -1;
	int64_t now = monotonic();

	(void)p;
	if (start < 0)
		start = now;
	vm_retint(fp, (int32_t)(uint32_t)(now - start));
	return 0;
}

/* A sleeper waits on a condition of its own that nobody signals: only time or an interruption ends it. */
static void
sleepfor(int ms)
{
	pthread_mutex_t m = PTHREAD_MUTEX_INITIALIZER;
	pthread_cond_t c = PTHREAD_COND_INITIALIZER;
	int64_t end = monotonic() + ms, left;

	pthread_mutex_lock(&m);
	while ((left = end - monotonic()) > 0)
		if (ksleep(&c, &m, (int)left) < 0)
			break;
	pthread_mutex_unlock(&m);
	pthread_cond_destroy(&c);
	pthread_mutex_destroy(&m);
}

int
Sys_sleep(Prog *p, void *fp)
{
	struct F_Sys_sleep *f = fp;
	int ms = f->a0;

	if (ms <= 0)
		vm_yield();
	else {
		sys_begin();
		sleepfor(ms);
		if (sys_end(p) < 0)
			return -1;
	}
	vm_retint(fp, 0);
	return 0;
}
