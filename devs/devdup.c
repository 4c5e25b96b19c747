/*
 * #d : the caller's open files. Opening n gives a duplicate of descriptor n; nctl describes it. dup(3)
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "devs/devs.h"

/* Qid of descriptor n's file is 2n+1, of its ctl file 2n+2. */

static int
dupgen(Chan *c, const Dirtab *tab, int ntab, int i, StyxDir *d)
{
	static const uint32_t perm[] = {0400, 0200, 0600, 0400};
	char name[32];

	(void)tab;
	(void)ntab;
	if (i < 0) {
		devdir(c, (StyxQid){.type = STYX_QTDIR}, "#d", 0, eve, 0555, d);
		return 1;
	}
	int fd = i / 2;
	Fgrp *f = up->env->fgrp;
	if (fd > fgrp_maxfd(f))
		return -1;
	Chan *fc = fgrp_chan(f, fd);
	if (fc == NULL)
		return 0;
	snprintf(name, sizeof name, "%d%s", fd, i % 2 ? "ctl" : "");
	devdir(c, (StyxQid){.path = i + 1}, name, 0, eve, i % 2 ? 0400 : perm[fc->mode & 3], d);
	cclose(fc);
	return 1;
}

static Chan *
dupattach(const char *spec)
{
	return devattach(&dupdev, spec);
}

static Walkqid *
dupwalk(Chan *c, Chan *nc, const char **names, int n)
{
	return devwalk(c, nc, names, n, NULL, 0, dupgen);
}

static int
dupstat(Chan *c, StyxDir *d)
{
	return devstat(c, d, NULL, 0, dupgen);
}

static Chan *
dupopen(Chan *c, int mode)
{
	int m = openmode(mode);

	if (m < 0)
		return NULL;
	if (c->qid.type & STYX_QTDIR) {
		if (m != OREAD)
			return kerrorp("%s", Eisdir);
	} else if (c->qid.path % 2 == 0) {
		if (m != OREAD)
			return kerrorp("%s", Eperm);
	} else {
		Chan *f = fdtochan((c->qid.path - 1) / 2, m, false);
		if (f == NULL)
			return NULL;
		cclose(c);
		return f;
	}
	return devopened(c, m);
}

long
fdline(char *buf, size_t n, int fd, Chan *f, int width)
{
	static const char *const mode[] = {"r ", "w ", "rw", "r "};
	char dc[8], *name = chan_name(f);
	int k = 0, r = f->type->dc;

	if (r < 0x80)
		dc[k++] = r;
	else {
		dc[k++] = 0xC0 | r >> 6;
		dc[k++] = 0x80 | (r & 0x3F);
	}
	dc[k] = 0;
	long len = snprintf(buf, n, "%3d %.2s %s %4u (%.16llx %*u %.2x) %5u %8lld %s\n", fd, mode[f->mode & 3], dc, f->dev,
			    (unsigned long long)f->qid.path, width, f->qid.vers, f->qid.type, f->iounit, (long long)f->offset,
			    name != NULL ? name : "");
	free(name);
	return len;
}

static long
dupread(Chan *c, void *buf, long n, int64_t off)
{
	if (c->qid.type & STYX_QTDIR)
		return devdirread(c, buf, n, NULL, 0, dupgen);
	int fd = (c->qid.path - 2) / 2;
	Chan *f = fgrp_chan(up->env->fgrp, fd);
	if (f == NULL)
		return -1;
	long len = fdline(NULL, 0, fd, f, 0);
	char *s = malloc(len + 1);
	if (s == NULL) {
		cclose(f);
		return kerror("%s", Enomem);
	}
	fdline(s, len + 1, fd, f, 0);
	cclose(f);
	n = readstr(off, buf, n, s);
	free(s);
	return n;
}

Dev dupdev = {
    .dc = 'd',
    .name = "dup",
    .attach = dupattach,
    .walk = dupwalk,
    .stat = dupstat,
    .open = dupopen,
    .read = dupread,
};
