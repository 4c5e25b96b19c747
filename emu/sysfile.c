/*
 * The system calls on files and name spaces, as sys-open(2) and its neighbours describe them. Each acts for the calling process.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "emu/chan.h"

enum {
	DIRBUF = 8192,	       /* first try of a directory read */
	DIRBUFMAX = 128 * 1024, /* an entry is at most 64K */
};

static int
installfd(Chan *c)
{
	if (c == NULL)
		return -1;
	int fd = newfd(c);
	if (fd < 0)
		cclose(c);
	return fd;
}

int
kopen(const char *name, int mode)
{
	return installfd(namec(name, Aopen, mode, 0));
}

int
kcreate(const char *name, int mode, uint32_t perm)
{
	return installfd(namec(name, Acreate, mode, perm));
}

int
kclose(int fd)
{
	return fgrp_close(up->env->fgrp, fd);
}

static bool
isdir(const Chan *c)
{
	return c->qid.type & STYX_QTDIR;
}

static long
readat(Chan *c, void *buf, long n, int64_t off)
{
	if (n < 0)
		return kerror("%s", Etoosmall);
	return c->type->read(c, buf, n, off);
}

long
kread(int fd, void *buf, long n)
{
	Chan *c = fdtochan(fd, OREAD, true);
	long r;

	if (c == NULL)
		return -1;
	if (isdir(c))
		r = chan_dirread(c, buf, n);
	else {
		pthread_mutex_lock(&c->lock);
		int64_t off = c->offset;
		pthread_mutex_unlock(&c->lock);
		r = readat(c, buf, n, off);
		if (r > 0) {
			pthread_mutex_lock(&c->lock);
			c->offset += r;
			pthread_mutex_unlock(&c->lock);
		}
	}
	cclose(c);
	return r;
}

long
kpread(int fd, void *buf, long n, int64_t off)
{
	Chan *c = fdtochan(fd, OREAD, true);
	long r;

	if (c == NULL)
		return -1;
	if (off < 0)
		r = kerror("%s", Enegoff);
	else if (isdir(c)) {
		/* From the start, or on from where the last read ended. */
		if (off == 0)
			chan_dirrewind(c);
		pthread_mutex_lock(&c->lock);
		bool here = off == c->offset;
		pthread_mutex_unlock(&c->lock);
		r = here ? chan_dirread(c, buf, n) : kerror("%s", Eisdir);
	} else
		r = readat(c, buf, n, off);
	cclose(c);
	return r;
}

long
kwrite(int fd, const void *buf, long n)
{
	Chan *c = fdtochan(fd, OWRITE, true);
	long r;

	if (c == NULL)
		return -1;
	if (isdir(c)) {
		cclose(c);
		return kerror("%s", Eisdir);
	}
	/* The offset moves first, so that writers on one channel do not overlap. */
	pthread_mutex_lock(&c->lock);
	int64_t off = c->offset;
	c->offset += n;
	pthread_mutex_unlock(&c->lock);
	r = c->type->write(c, buf, n, off);
	if (r != n) {
		pthread_mutex_lock(&c->lock);
		c->offset -= n - (r > 0 ? r : 0);
		pthread_mutex_unlock(&c->lock);
	}
	cclose(c);
	return r;
}

long
kpwrite(int fd, const void *buf, long n, int64_t off)
{
	Chan *c = fdtochan(fd, OWRITE, true);
	long r;

	if (c == NULL)
		return -1;
	if (off < 0)
		r = kerror("%s", Enegoff);
	else if (isdir(c))
		r = kerror("%s", Eisdir);
	else
		r = c->type->write(c, buf, n, off);
	cclose(c);
	return r;
}

int64_t
kseek(int fd, int64_t off, int whence)
{
	Chan *c = fdtochan(fd, -1, true);
	StyxDir d;
	int64_t r = -1;

	if (c == NULL)
		return -1;
	if (c->type->dc == '|') {
		kerror("seek on a stream");
		goto out;
	}
	if (isdir(c)) {
		if (off != 0 || whence != 0)
			kerror("%s", Eisdir);
		else {
			chan_dirrewind(c);
			r = 0;
		}
		goto out;
	}
	int64_t base = 0;
	switch (whence) {
	case 0:
		break;
	case 1:
		pthread_mutex_lock(&c->lock);
		base = c->offset;
		pthread_mutex_unlock(&c->lock);
		break;
	case 2:
		if (c->type->stat(c, &d) < 0)
			goto out;
		base = d.length;
		dir_clear(&d);
		break;
	default:
		kerror("%s", Ebadarg);
		goto out;
	}
	if (__builtin_add_overflow(base, off, &off) || off < 0) {
		kerror("%s", Enegoff);
		goto out;
	}
	pthread_mutex_lock(&c->lock);
	c->offset = off;
	pthread_mutex_unlock(&c->lock);
	r = off;
out:
	cclose(c);
	return r;
}

int
kremove(const char *name)
{
	Chan *c = namec(name, Aremove, 0, 0);

	if (c == NULL)
		return -1;
	int r = c->type->remove(c);
	cclose(c);
	return r;
}

int
kstat(const char *name, StyxDir *d)
{
	return chan_stat(name, d);
}

int
kfstat(int fd, StyxDir *d)
{
	Chan *c = fdtochan(fd, -1, false);

	if (c == NULL)
		return -1;
	int r = c->type->stat(c, d);
	cclose(c);
	return r;
}

static int
wstatok(const StyxDir *d)
{
	if (d->name == NULL || d->name[0] == 0 || strcmp(d->name, "/") == 0)
		return 0;
	return validname(d->name, false);
}

static int
wstatchan(Chan *c, const StyxDir *d)
{
	StyxDir copy = *d;

	if (wstatok(d) < 0)
		return -1;
	if (copy.name == NULL)
		copy.name = "";
	if (copy.uid == NULL)
		copy.uid = "";
	if (copy.gid == NULL)
		copy.gid = "";
	if (copy.muid == NULL)
		copy.muid = "";
	return c->type->wstat(c, &copy);
}

int
kwstat(const char *name, const StyxDir *d)
{
	Chan *c = namec(name, Aremove, 0, 0);

	if (c == NULL)
		return -1;
	int r = wstatchan(c, d);
	cclose(c);
	return r;
}

int
kfwstat(int fd, const StyxDir *d)
{
	Chan *c = fdtochan(fd, -1, true);

	if (c == NULL)
		return -1;
	int r = wstatchan(c, d);
	cclose(c);
	return r;
}

/* Unpacks n bytes of directory data into one block. */
static long
unpack(const char *buf, long n, StyxDir **out)
{
	long count = 0;

	for (long i = 0; i < n;) {
		size_t k = styx_dir_check(buf + i, n - i);
		if (k == 0)
			return kerror("%s", Ebaddir);
		i += k;
		count++;
	}
	StyxDir *d = malloc(count * sizeof *d + n);
	if (d == NULL)
		return kerror("%s", Enomem);
	char *strs = (char *)(d + count);
	for (long i = 0, j = 0; i < n; j++) {
		size_t k = styx_dir_decode(buf + i, n - i, &d[j], strs);
		strs += k;
		i += k;
	}
	*out = d;
	return count;
}

long
kdirread(int fd, StyxDir **d)
{
	Chan *c = fdtochan(fd, OREAD, true);
	long r = -1, size = DIRBUF;

	*d = NULL;
	if (c == NULL)
		return -1;
	if (!isdir(c)) {
		cclose(c);
		return kerror("%s", Ebaddir);
	}
	char *buf = malloc(size);
	while (buf != NULL) {
		r = chan_dirread(c, buf, size);
		if (r >= 0 || strcmp(kerrstr(), Eshort) != 0 || size >= DIRBUFMAX)
			break;
		/* One entry is larger than the buffer. */
		size = DIRBUFMAX;
		free(buf);
		buf = malloc(size);
	}
	if (buf == NULL)
		r = kerror("%s", Enomem);
	if (r > 0)
		r = unpack(buf, r, d);
	free(buf);
	cclose(c);
	return r;
}

void
kdirfree(StyxDir *d, long n)
{
	(void)n;
	free(d);
}

int
kchdir(const char *name)
{
	Chan *c = namec(name, Atodir, 0, 0);

	if (c == NULL)
		return -1;
	pgrp_setdot(up->env->pgrp, c);
	cclose(c);
	return 0;
}

char *
kfd2path(int fd)
{
	Chan *c = fdtochan(fd, -1, false);

	if (c == NULL)
		return NULL;
	char *s = chan_name(c);
	cclose(c);
	return s;
}

int
kiounit(int fd)
{
	Chan *c = fdtochan(fd, -1, true);

	if (c == NULL)
		return 0;
	int n = c->iounit;
	cclose(c);
	return n;
}

/* ---- name space ---- */

static int
mountflags(int flags)
{
	if ((unsigned)flags > MMASK || (flags & MORDER) == (MBEFORE | MAFTER))
		return kerror("%s", Ebadarg);
	return 0;
}

/* Puts new (consumed) on the file called old. */
static int
puton(Chan *new, const char *old, int flags, const char *spec)
{
	if (new == NULL)
		return -1;
	Chan *on = namec(old, Amount, 0, 0);
	int r = -1;
	if (on != NULL) {
		r = cmount(up->env->pgrp, new, on, flags, spec);
		if (r >= 0) {
			/* The elements have been copied; holding the source's union would keep it alive. */
			mhead_put(new->umh);
			new->umh = NULL;
		}
		cclose(on);
	}
	cclose(new);
	return r;
}

int
kbind(const char *name, const char *old, int flags)
{
	if (mountflags(flags) < 0)
		return -1;
	return puton(namec(name, Abind, 0, 0), old, flags, NULL);
}

int
kmount(int fd, int afd, const char *old, int flags, const char *aname)
{
	if (mountflags(flags) < 0)
		return -1;
	Chan *conn = fdtochan(fd, ORDWR, false), *auth = NULL, *root;
	if (conn == NULL)
		return -1;
	if (afd >= 0) {
		auth = fdtochan(afd, ORDWR, false);
		if (auth == NULL) {
			cclose(conn);
			return -1;
		}
	}
	root = mnt_attach(conn, auth, aname != NULL ? aname : "", flags);
	cclose(auth);
	cclose(conn);
	if ((flags & MORDER) == MREPL)
		flags |= MTREE;
	return puton(root, old, flags, aname != NULL ? aname : "");
}

int
kunmount(const char *name, const char *old)
{
	Chan *new = NULL;

	Chan *on = namec(old, Amount, 0, 0);
	if (on == NULL)
		return -1;
	if (name != NULL && name[0] != 0) {
		new = namec(name, Aopen, OREAD, 0);
		if (new == NULL) {
			cclose(on);
			return -1;
		}
	}
	int r = cunmount(up->env->pgrp, on, new);
	cclose(new);
	cclose(on);
	return r;
}

int
kfauth(int fd, const char *aname)
{
	Chan *conn = fdtochan(fd, ORDWR, false);

	if (conn == NULL)
		return -1;
	Chan *c = mnt_auth(conn, aname != NULL ? aname : "");
	cclose(conn);
	return installfd(c);
}

int
kfversion(int fd, uint32_t msize, const char *version, char *out, size_t nout)
{
	Chan *conn = fdtochan(fd, ORDWR, false);

	if (conn == NULL)
		return -1;
	int r = mnt_version(conn, msize, version, out, nout);
	cclose(conn);
	return r < 0 ? -1 : (int)msize;
}

int
kexport(int fd, const char *dir, int flags)
{
	Chan *conn = fdtochan(fd, ORDWR, true);

	if (conn == NULL)
		return -1;
	Chan *root = namec(dir, Atodir, 0, 0);
	if (root == NULL) {
		cclose(conn);
		return -1;
	}
	int r = export_serve(conn, root, flags);
	cclose(root);
	cclose(conn);
	return r;
}

int
kpipe(int fd[2])
{
	static const char *const end[2] = {"data", "data1"};
	Dev *d = dev_byletter('|');
	Chan *base = d != NULL ? d->attach("") : kerrorp("%s", Enodev), *c;

	if (base == NULL)
		return -1;
	for (int i = 0; i < 2; i++) {
		Chan *f = chan_walk1(base, end[i]);
		c = f != NULL ? chan_openat(f, ORDWR) : NULL;
		cclose(f);
		fd[i] = installfd(c);
		if (fd[i] < 0) {
			if (i > 0)
				kclose(fd[0]);
			cclose(base);
			return -1;
		}
	}
	cclose(base);
	return 0;
}

/* ---- pctl ---- */

/* Replaces the caller's descriptor group; the caller is a member of the new one. */
static void
setfgrp(Osenv *e, Fgrp *f)
{
	fgrp_enter(f);
	pthread_mutex_lock(&e->lock);
	Fgrp *o = e->fgrp;
	e->fgrp = f;
	pthread_mutex_unlock(&e->lock);
	fgrp_leave(o);
	fgrp_put(o);
}

int
kpctl(int flags, const int *fds, int nfd)
{
	Osenv *e = up->env;

	if (flags & (NEWFD | FORKFD)) {
		Fgrp *f = flags & NEWFD ? fgrp_new() : fgrp_copy(e->fgrp), *o;
		if (f == NULL)
			return -1;
		if (flags & NEWFD)
			fgrp_keep(e->fgrp, f, fds, nfd);
		o = fgrp_ref(e->fgrp);
		setfgrp(e, f);
		if (!(flags & NEWFD))
			for (int i = 0; i < nfd; i++)
				fgrp_close(o, fds[i]);
		fgrp_put(o);
	}
	if (flags & (NEWNS | FORKNS)) {
		Pgrp *p = flags & NEWNS ? pgrp_empty(e->pgrp) : pgrp_copy(e->pgrp);
		if (p == NULL)
			return -1;
		pthread_mutex_lock(&e->lock);
		Pgrp *o = e->pgrp;
		e->pgrp = p;
		pthread_mutex_unlock(&e->lock);
		pgrp_put(o);
	}
	if (flags & (NEWENV | FORKENV)) {
		Egrp *g = flags & NEWENV ? egrp_new() : egrp_copy(e->egrp);
		if (g == NULL)
			return -1;
		pthread_mutex_lock(&e->lock);
		Egrp *o = e->egrp;
		e->egrp = g;
		pthread_mutex_unlock(&e->lock);
		egrp_put(o);
	}
	if (flags & NODEVS)
		pgrp_setnodevs(e->pgrp);
	return 0;
}
