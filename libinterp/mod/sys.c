/*
 * $Sys: descriptors and data transfer, sys-open(2), sys-read(2), sys-dup(2), sys-pipe(2). The other calls are in
 * sysdir.c (stat, wstat, dirread), sysns.c (name space, connections, processes, time) and systext.c (print, characters).
 *
 * All follow one pattern: copy names and numbers out of the frame, give the VM up, make the kernel's call, take the VM
 * back, store the result. Data go between device and array directly.
 */
#include "libinterp/mod/sys.h"

BUILTIN_DECLS(Sys)

/* The host side of an FD made by the system. */
typedef struct Fdown {
	Fgrp *g;
	int fd;
} Fdown;

static Type *Tfd;

static void
fdfini(void *host)
{
	Fdown *o = host;
	char err[ERRMAX];

	strcpy(err, kerrstr());
	vm_release();
	fgrp_close(o->g, o->fd);
	fgrp_put(o->g);
	vm_acquire();
	kseterrstr(err);
	free(o);
}

int
sysfd_init(void)
{
	if (Tfd == NULL)
		Tfd = vm_handletype("FD", 4, (const uint8_t *)"", 0, fdfini);
	return Tfd != NULL ? 0 : kerror("%s", Enomem);
}

int
sys_fd(Ref r)
{
	const void *o = r != H ? adt_get(r, 4) : NULL;
	int32_t fd = -1;

	if (o != NULL)
		memcpy(&fd, o, 4);
	return fd;
}

int
sys_newfd(Prog *p, Ref *dst, int fd)
{
	Fdown *o = malloc(sizeof *o);
	Ref r = H;
	int32_t *v;

	if (o == NULL)
		vm_raise(p, "out of memory: main");
	if (o == NULL || handle_new(p, &r, Tfd, o) < 0) {
		free(o);
		vm_release();
		kclose(fd);
		vm_acquire();
		return -1;
	}
	o->g = fgrp_ref(up->env->fgrp);
	o->fd = fd;
	v = ref2ptr(r);
	*v = fd;
	ref_set(dst, r);
	return 0;
}

int
cname_get(Prog *p, Cname *c, Ref r)
{
	size_t n = str_utf8len(r);

	if (n < sizeof c->small) {
		c->s = c->small;
		str_copy(r, c->small, sizeof c->small);
		return 0;
	}
	c->s = str_utf8(r, NULL);
	if (c->s == NULL)
		return vm_raise(p, "out of memory: main");
	return 0;
}

void
cname_free(Cname *c)
{
	if (c->s != c->small)
		free(c->s);
	c->s = NULL;
}

int
sys_end(Prog *p)
{
	const char *e;

	vm_acquire();
	e = up->exception;
	if (e == NULL)
		return 0;
	up->exception = NULL;
	return vm_raise(p, "%s", e);
}

/* The result of a call that makes a descriptor: an FD, or nil if fd is negative. */
static int
retfd(Prog *p, void *fp, int fd)
{
	Ref *ret = vm_result(fp, 4);

	if (fd >= 0)
		return sys_newfd(p, ret, fd);
	ref_set(ret, H);
	return 0;
}

/* ------------------------------------------------------------ making and copying descriptors */

int
Sys_open(Prog *p, void *fp)
{
	struct F_Sys_open *f = fp;
	int mode = f->a1, fd;
	Cname name;

	if (cname_get(p, &name, f->a0) < 0)
		return -1;
	sys_begin();
	fd = kopen(name.s, mode);
	cname_free(&name);
	if (sys_end(p) < 0) {
		if (fd >= 0)
			kclose(fd);
		return -1;
	}
	return retfd(p, fp, fd);
}

int
Sys_create(Prog *p, void *fp)
{
	struct F_Sys_create *f = fp;
	int mode = f->a1, perm = f->a2, fd;
	Cname name;

	if (cname_get(p, &name, f->a0) < 0)
		return -1;
	sys_begin();
	fd = kcreate(name.s, mode, (uint32_t)perm);
	cname_free(&name);
	if (sys_end(p) < 0) {
		if (fd >= 0)
			kclose(fd);
		return -1;
	}
	return retfd(p, fp, fd);
}

int
Sys_remove(Prog *p, void *fp)
{
	struct F_Sys_remove *f = fp;
	Cname name;
	int r;

	if (cname_get(p, &name, f->a0) < 0)
		return -1;
	sys_begin();
	r = kremove(name.s);
	cname_free(&name);
	if (sys_end(p) < 0)
		return -1;
	vm_retint(fp, r);
	return 0;
}

int
Sys_fildes(Prog *p, void *fp)
{
	struct F_Sys_fildes *f = fp;

	return retfd(p, fp, kdup(f->a0, -1));
}

int
Sys_dup(Prog *p, void *fp)
{
	struct F_Sys_dup *f = fp;
	int old = f->a0, new = f->a1, fd;

	/* What stood at new is closed, which may take its time. */
	sys_begin();
	fd = kdup(old, new);
	if (sys_end(p) < 0)
		return -1;
	vm_retint(fp, fd);
	return 0;
}

int
Sys_pipe(Prog *p, void *fp)
{
	struct F_Sys_pipe *f = fp;
	Ref fds = f->a0, end = H;
	Arr a;
	int fd[2], i;

	if (fds == H)
		return vm_raise_nil(p);
	a = arr_of(fds, Tref);
	if (a.len < 2) {
		kerror("%s", Ebadarg);
		vm_retint(fp, -1);
		return 0;
	}
	if (kpipe(fd) < 0) {
		vm_retint(fp, -1);
		return 0;
	}
	/* Old elements are released by the machine later: an array that is given up here would be a dangling view. */
	ref_inc(fds);
	for (i = 0; i < 2; i++) {
		if (sys_newfd(p, &end, fd[i]) < 0) {
			if (i == 0) {
				vm_release();
				kclose(fd[1]);
				vm_acquire();
			}
			ref_dec(fds);
			return -1;
		}
		ref_set((Ref *)a.data + i, end);
		end = H;
	}
	ref_dec(fds);
	vm_retint(fp, 0);
	return 0;
}

/* ------------------------------------------------------------ data */

/* The bytes of buf that n asks for; *len < 0: none at all, the call does nothing and returns 0. */
static void *
buffer(Ref buf, int32_t n, long *len)
{
	Arr a;

	*len = -1;
	if (buf == H || n < 0)
		return NULL;
	a = arr_bytes(buf);
	if (a.data == NULL)
		return NULL;
	*len = (uint32_t)n < a.len ? n : (long)a.len;
	return a.data;
}

int
Sys_read(Prog *p, void *fp)
{
	struct F_Sys_read *f = fp;
	int fd = sys_fd(f->a0);
	long n, r = 0;
	void *buf = buffer(f->a1, f->a2, &n);

	if (n >= 0) {
		sys_begin();
		r = kread(fd, buf, n);
		if (sys_end(p) < 0)
			return -1;
	}
	vm_retint(fp, (int32_t)r);
	return 0;
}

int
Sys_readn(Prog *p, void *fp)
{
	struct F_Sys_readn *f = fp;
	int fd = sys_fd(f->a0);
	long n, r = 0, got = 0;
	char *buf = buffer(f->a1, f->a2, &n);

	if (n >= 0) {
		sys_begin();
		while (got < n) {
			r = kread(fd, buf + got, n - got);
			if (r <= 0)
				break;
			got += r;
		}
		if (sys_end(p) < 0)
			return -1;
	}
	vm_retint(fp, (int32_t)(got > 0 ? got : r));
	return 0;
}

int
Sys_pread(Prog *p, void *fp)
{
	struct F_Sys_pread *f = fp;
	int fd = sys_fd(f->a0);
	int64_t off = f->a3;
	long n, r = 0;
	void *buf = buffer(f->a1, f->a2, &n);

	if (n >= 0) {
		sys_begin();
		r = kpread(fd, buf, n, off);
		if (sys_end(p) < 0)
			return -1;
	}
	vm_retint(fp, (int32_t)r);
	return 0;
}

int
Sys_write(Prog *p, void *fp)
{
	struct F_Sys_write *f = fp;
	int fd = sys_fd(f->a0);
	long n, r = 0;
	const void *buf = buffer(f->a1, f->a2, &n);

	if (n >= 0) {
		sys_begin();
		r = kwrite(fd, buf, n);
		if (sys_end(p) < 0)
			return -1;
	}
	vm_retint(fp, (int32_t)r);
	return 0;
}

int
Sys_pwrite(Prog *p, void *fp)
{
	struct F_Sys_pwrite *f = fp;
	int fd = sys_fd(f->a0);
	int64_t off = f->a3;
	long n, r = 0;
	const void *buf = buffer(f->a1, f->a2, &n);

	if (n >= 0) {
		sys_begin();
		r = kpwrite(fd, buf, n, off);
		if (sys_end(p) < 0)
			return -1;
	}
	vm_retint(fp, (int32_t)r);
	return 0;
}

int
Sys_seek(Prog *p, void *fp)
{
	struct F_Sys_seek *f = fp;
	int fd = sys_fd(f->a0), whence = f->a2;
	int64_t off = f->a1;

	/* The end is found by a stat, which a server may have to answer. */
	sys_begin();
	off = kseek(fd, off, whence);
	if (sys_end(p) < 0)
		return -1;
	vm_retbig(fp, off);
	return 0;
}

/*
 * Copy from src to dst through a buffer that is written when it is full, and at the end. The bytes written.
 */
static long
stream(int src, int dst, char *buf, long size)
{
	long have = 0, total = 0, n, w;

	for (;;) {
		n = kread(src, buf + have, size - have);
		if (n > 0)
			have += n;
		if (n > 0 && have < size)
			continue;
		if (have > 0) {
			w = kwrite(dst, buf, have);
			if (w > 0)
				total += w;
			if (w != have)
				break;
			have = 0;
		}
		if (n <= 0)
			break;
	}
	return total;
}

int
Sys_stream(Prog *p, void *fp)
{
	struct F_Sys_stream *f = fp;
	int src = sys_fd(f->a0), dst = sys_fd(f->a1);
	long size = f->a2, r = -1;
	char *buf = NULL;

	if (size <= 0)
		kerror("%s", Ebadarg);
	else if ((buf = malloc((size_t)size)) == NULL)
		kerror("%s", Enomem);
	else {
		sys_begin();
		r = stream(src, dst, buf, size);
		free(buf);
		if (sys_end(p) < 0)
			return -1;
	}
	vm_retint(fp, r > INT32_MAX ? INT32_MAX : (int32_t)r);
	return 0;
}

int
Sys_iounit(Prog *p, void *fp)
{
	struct F_Sys_iounit *f = fp;

	(void)p;
	vm_retint(fp, kiounit(sys_fd(f->a0)));
	return 0;
}

int
Sys_fd2path(Prog *p, void *fp)
{
	struct F_Sys_fd2path *f = fp;
	char *s = kfd2path(sys_fd(f->a0));
	int r = vm_retstr(p, fp, s != NULL ? s : "");

	free(s);
	return r;
}

static int
sysinit(void)
{
	if (sysfd_init() < 0 || sysdir_init() < 0 || sysns_init() < 0)
		return -1;
	return 0;
}

BUILTIN_MODULE(Sys, sysinit)
