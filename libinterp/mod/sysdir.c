/*
 * $Sys: directory entries, sys-stat(2) and sys-dirread(2).
 */
#include "libinterp/mod/sys.h"

BUILTIN_DECLS(Sys)

/* Where a program wants a result may be any address. */
typedef struct R_Sys_dirread Rdirread __attribute__((aligned(1)));
typedef Sysdir Udir __attribute__((aligned(1)));

static Type *Tdir;

int
sysdir_init(void)
{
	Tdir = vm_type(sizeof(Sysdir), (const uint8_t *)"\xf0", 1);
	return Tdir != NULL ? 0 : kerror("%s", Enomem);
}

static int
setstr(Prog *p, Ref *dst, const char *s)
{
	return str_setc(p, dst, s != NULL ? s : "");
}

/* Fill the Dir at dst. The numbers are copied bytewise: a result may have been given any address. */
static int
todir(Prog *p, void *dst, const StyxDir *d)
{
	Udir *o = dst;
	int64_t path = (int64_t)d->qid.path, length = (int64_t)d->length;
	int32_t w[5] = {(int32_t)d->qid.vers, d->qid.type, (int32_t)d->mode, (int32_t)d->atime, (int32_t)d->mtime};
	int32_t dev[2] = {d->type, (int32_t)d->dev};

	if (setstr(p, &o->name, d->name) < 0 || setstr(p, &o->uid, d->uid) < 0 || setstr(p, &o->gid, d->gid) < 0 ||
	    setstr(p, &o->muid, d->muid) < 0)
		return -1;
	memcpy(&o->path, &path, sizeof path);
	memcpy(&o->vers, w, sizeof w);
	memcpy(&o->length, &length, sizeof length);
	memcpy(&o->dtype, dev, sizeof dev);
	return 0;
}

static int
retstat(Prog *p, void *fp, int r, StyxDir *d)
{
	uint8_t *ret = vm_result(fp, sizeof(struct R_Sys_stat));
	int32_t v = r;
	int e = 0;

	memcpy(ret, &v, 4);
	if (r == 0) {
		e = todir(p, ret + offsetof(struct R_Sys_stat, t1), d);
		dir_clear(d);
	}
	return e;
}

int
Sys_stat(Prog *p, void *fp)
{
	struct F_Sys_stat *f = fp;
	StyxDir d;
	Cname name;
	int r;

	if (cname_get(p, &name, f->a0) < 0)
		return -1;
	sys_begin();
	r = kstat(name.s, &d);
	cname_free(&name);
	if (sys_end(p) < 0) {
		if (r == 0)
			dir_clear(&d);
		return -1;
	}
	return retstat(p, fp, r, &d);
}

int
Sys_fstat(Prog *p, void *fp)
{
	struct F_Sys_fstat *f = fp;
	int fd = sys_fd(f->a0), r;
	StyxDir d;

	sys_begin();
	r = kfstat(fd, &d);
	if (sys_end(p) < 0) {
		if (r == 0)
			dir_clear(&d);
		return -1;
	}
	return retstat(p, fp, r, &d);
}

/* The Dir at src as the kernel wants it; its strings are in names. */
typedef struct Wdir {
	StyxDir d;
	Cname name[4];
} Wdir;

static void
wdir_free(Wdir *w)
{
	for (int i = 0; i < 4; i++)
		cname_free(&w->name[i]);
}

static int
fromdir(Prog *p, Wdir *w, const void *src)
{
	Sysdir s;
	Ref r[4];
	int i;

	memcpy(&s, src, sizeof s);
	r[0] = s.name;
	r[1] = s.uid;
	r[2] = s.gid;
	r[3] = s.muid;
	for (i = 0; i < 4; i++)
		if (cname_get(p, &w->name[i], r[i]) < 0) {
			while (--i >= 0)
				cname_free(&w->name[i]);
			return -1;
		}
	w->d = (StyxDir){
		.type = (uint16_t)s.dtype,
		.dev = (uint32_t)s.dev,
		.qid = {.path = (uint64_t)s.path, .vers = (uint32_t)s.vers, .type = (uint8_t)s.qtype},
		.mode = (uint32_t)s.mode,
		.atime = (uint32_t)s.atime,
		.mtime = (uint32_t)s.mtime,
		.length = (uint64_t)s.length,
		.name = w->name[0].s,
		.uid = w->name[1].s,
		.gid = w->name[2].s,
		.muid = w->name[3].s,
	};
	return 0;
}

int
Sys_wstat(Prog *p, void *fp)
{
	struct F_Sys_wstat *f = fp;
	Cname name;
	Wdir w;
	int r;

	if (cname_get(p, &name, f->a0) < 0)
		return -1;
	if (fromdir(p, &w, &f->a1) < 0) {
		cname_free(&name);
		return -1;
	}
	sys_begin();
	r = kwstat(name.s, &w.d);
	cname_free(&name);
	wdir_free(&w);
	if (sys_end(p) < 0)
		return -1;
	vm_retint(fp, r);
	return 0;
}

int
Sys_fwstat(Prog *p, void *fp)
{
	struct F_Sys_fwstat *f = fp;
	int fd = sys_fd(f->a0), r;
	Wdir w;

	if (fromdir(p, &w, &f->a1) < 0)
		return -1;
	sys_begin();
	r = kfwstat(fd, &w.d);
	wdir_free(&w);
	if (sys_end(p) < 0)
		return -1;
	vm_retint(fp, r);
	return 0;
}

/* *dst = array of the n entries at d. */
static int
dirarray(Prog *p, Ref *dst, const StyxDir *d, long n)
{
	Ref r = H;
	Arr a;

	if (n > INT32_MAX / (long)sizeof(Sysdir))
		return vm_raise_heap(p);
	if (arr_new(p, &r, Tdir, (uint32_t)n) < 0)
		return -1;
	a = arr_get(r);
	for (long i = 0; i < n && i < a.len; i++)
		if (todir(p, a.data + i * sizeof(Sysdir), &d[i]) < 0) {
			ref_dec(r);
			return -1;
		}
	ref_set(dst, r);
	return 0;
}

int
Sys_dirread(Prog *p, void *fp)
{
	struct F_Sys_dirread *f = fp;
	Rdirread *ret;
	int fd = sys_fd(f->a0), e = 0;
	StyxDir *d = NULL;
	long n;

	sys_begin();
	n = kdirread(fd, &d);
	if (sys_end(p) < 0) {
		if (n > 0)
			kdirfree(d, n);
		return -1;
	}
	ret = vm_result(fp, sizeof *ret);
	ret->t0 = (int32_t)n;
	if (n > 0) {
		e = dirarray(p, &ret->t1, d, n);
		kdirfree(d, n);
	} else
		ref_set(&ret->t1, H);
	return e;
}
