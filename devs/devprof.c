/*
 * #P : profiles of running programs, prof(3). The counting is the virtual machine's.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "devs/devs.h"

enum { Qdir, Qctl, Qmod, Qname, Qpath, Qhist, Qpctl };
#define QBITS 4
#define QID(id, q) ((uint64_t)(id) << QBITS | (q))
#define FILEOF(c) ((int)((c)->qid.path & ((1 << QBITS) - 1)))
#define IDOF(c) ((int)((c)->qid.path >> QBITS))

static const struct {
	const char *name;
	uint32_t perm;
} files[] = {{"name", 0444}, {"path", 0444}, {"histogram", 0444}, {"pctl", 0222}};

static int
profgen(Chan *c, const Dirtab *tab, int ntab, int i, StyxDir *d)
{
	char name[16];
	int id = IDOF(c);

	(void)tab;
	(void)ntab;
	if (i == DEVDOTDOT || FILEOF(c) <= Qctl) {
		if (i < 0) {
			devdir(c, (StyxQid){.type = STYX_QTDIR}, "#P", 0, eve, 0555, d);
			return 1;
		}
		if (i == 0) {
			devdir(c, (StyxQid){.path = Qctl}, "ctl", 0, eve, 0222, d);
			return 1;
		}
		if (vmops.profmodule == NULL || vmops.profmodule(i - 1, &id, NULL, NULL) < 0)
			return -1;
		snprintf(name, sizeof name, "%.8x", (unsigned)id);
		devdir(c, (StyxQid){.path = QID(id, Qmod), .type = STYX_QTDIR}, name, 0, eve, 0555, d);
		return 1;
	}
	if (i >= (int)(sizeof files / sizeof files[0]) || vmops.profmodule(-1, &id, NULL, NULL) < 0)
		return -1;
	if (i < 0) {
		snprintf(name, sizeof name, "%.8x", (unsigned)id);
		devdir(c, (StyxQid){.path = QID(id, Qmod), .type = STYX_QTDIR}, name, 0, eve, 0555, d);
		return 1;
	}
	devdir(c, (StyxQid){.path = QID(id, Qname + i)}, files[i].name, 0, eve, files[i].perm, d);
	return 1;
}

static Chan *
profattach(const char *spec)
{
	return devattach(&profdev, spec);
}

static Walkqid *
profwalk(Chan *c, Chan *nc, const char **names, int n)
{
	return devwalk(c, nc, names, n, NULL, 0, profgen);
}

static int
profstat(Chan *c, StyxDir *d)
{
	return devstat(c, d, NULL, 0, profgen);
}

static Chan *
profopen(Chan *c, int omode)
{
	return devopen(c, omode, NULL, 0, profgen);
}

static long
profread(Chan *c, void *buf, long n, int64_t off)
{
	char *s = NULL, pair[32];
	int id = IDOF(c), r;
	uint32_t count;
	long len;

	if (c->qid.type & STYX_QTDIR)
		return devdirread(c, buf, n, NULL, 0, profgen);
	switch (FILEOF(c)) {
	case Qname:
	case Qpath:
		if (vmops.profmodule(-1, &id, FILEOF(c) == Qname ? &s : NULL, FILEOF(c) == Qpath ? &s : NULL) < 0)
			return kerror("%s", Enonexist);
		if (s == NULL)
			return kerror("%s", Enomem);
		n = readstr(off, buf, n, s);
		free(s);
		return n;
	case Qhist:
		/* The channel's own place among the counts is in fid. */
		if (n < 20)
			return kerror("%s", Ebadarg);
		r = vmops.profnext(id, &c->fid, &count);
		if (r <= 0)
			return r;
		len = snprintf(pair, sizeof pair, "%u %u", c->fid, count);
		c->fid++;
		memcpy(buf, pair, len < n ? len : n);
		return len < n ? len : n;
	}
	return kerror("%s", Eperm);
}

static long
profwrite(Chan *c, const void *buf, long n, int64_t off)
{
	Cmdbuf *cb;
	int r = -1;

	(void)off;
	if (FILEOF(c) != Qctl)
		return kerror("%s", FILEOF(c) == Qpctl ? Ebadarg : Eperm);
	cb = parsecmd(buf, n);
	if (cb == NULL)
		return -1;
	r = vmops.profctl(cb);
	cmdbuf_free(cb);
	return r < 0 ? -1 : n;
}

Dev profdev = {
    .dc = 'P',
    .name = "prof",
    .attach = profattach,
    .walk = profwalk,
    .stat = profstat,
    .open = profopen,
    .read = profread,
    .write = profwrite,
};
