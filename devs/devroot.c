/*
 * #/ : the root device. A read-only tree: the mount points that every name space needs, and, unless emu serves a tree of
 * the host (-r), the whole system, which is packed into the program.
 */
#include <stdlib.h>
#include <string.h>

#include "devs/devs.h"
#include "devs/rootfs.h"

/* Set by main to the packed root, or left NULL. Its bytes are part of the program. */
const void *rootfs_image;

static const char *const mountpoint[] = {"dev", "fd", "prog", "prof", "net", "net.alt", "chan", "nvfs", "env"};
enum {
	NMOUNT = sizeof mountpoint / sizeof mountpoint[0],
	QENT = 16, /* qid of packed entry e is QENT+e; the root is 0, mount points 1 to NMOUNT */
};

static const Roothdr *
image(void)
{
	return rootfs_image;
}

static const Rootent *
entries(void)
{
	return (const Rootent *)(image() + 1);
}

static const char *
entname(uint32_t e)
{
	return (const char *)image() + image()->names + entries()[e].name;
}

static bool
ismountpoint(const char *name)
{
	for (int i = 0; i < NMOUNT; i++)
		if (strcmp(name, mountpoint[i]) == 0)
			return true;
	return false;
}

static void
entdir(Chan *c, uint32_t e, StyxDir *d)
{
	const Rootent *re = &entries()[e];
	StyxQid q = {.path = e == 0 ? 0 : QENT + e, .type = re->isdir ? STYX_QTDIR : 0};

	devdir(c, q, e == 0 ? "/" : entname(e), re->isdir ? 0 : re->n, eve != NULL ? eve : "", re->isdir ? 0555 : 0444, d);
	if (image()->mtime != 0)
		d->mtime = image()->mtime;
	/* Commands are executable: a listing shows it, and the shell runs scripts only if they are. */
	if (!re->isdir) {
		const char *dot = strrchr(entname(e), '.');
		const char *text = (const char *)image() + image()->data + re->first;
		if ((dot != NULL && strcmp(dot, ".dis") == 0) || (re->n > 2 && text[0] == '#' && text[1] == '!'))
			d->mode |= 0111;
	}
}

/* Entry of a directory channel; the root has the mount points before its packed entries. */
static int
rootgen(Chan *c, const Dirtab *tab, int ntab, int i, StyxDir *d)
{
	(void)tab;
	(void)ntab;
	uint64_t path = c->qid.path;
	StyxQid q = {.type = STYX_QTDIR};

	if (i < 0) {
		if (path < QENT || rootfs_image == NULL) {
			/* The root, a mount point, and the parent of both. */
			if (i == -1 && path > 0 && path <= NMOUNT) {
				q.path = path;
				devdir(c, q, mountpoint[path - 1], 0, eve != NULL ? eve : "", 0555, d);
			} else
				devdir(c, q, "/", 0, eve != NULL ? eve : "", 0555, d);
			return 1;
		}
		uint32_t e = path - QENT;
		entdir(c, i == DEVDOTDOT ? entries()[e].parent : e, d);
		return 1;
	}
	uint32_t dir = 0;
	if (path == 0) {
		if (i < NMOUNT) {
			q.path = i + 1;
			devdir(c, q, mountpoint[i], 0, eve != NULL ? eve : "", 0555, d);
			return 1;
		}
		i -= NMOUNT;
		if (rootfs_image == NULL)
			return -1;
	} else if (path < QENT)
		return -1;
	else
		dir = path - QENT;
	if ((uint32_t)i >= entries()[dir].n)
		return -1;
	uint32_t e = entries()[dir].first + i;
	if (dir == 0 && ismountpoint(entname(e)))
		return 0;
	entdir(c, e, d);
	return 1;
}

static Chan *
rootattach(const char *spec)
{
	if (spec[0] != 0)
		return kerrorp("%s", Ebadspec);
	return devattach(&rootdev, spec);
}

/* Entry called name of packed directory dir, by bisection; 0 if there is none. */
static uint32_t
search(uint32_t dir, const char *name)
{
	uint32_t lo = entries()[dir].first, hi = lo + entries()[dir].n;

	while (lo < hi) {
		uint32_t mid = lo + (hi - lo) / 2;
		int r = strcmp(name, entname(mid));
		if (r == 0)
			return mid;
		if (r < 0)
			hi = mid;
		else
			lo = mid + 1;
	}
	return 0;
}

static bool
step(StyxQid *q, const char *name)
{
	uint32_t e = 0;

	if (strcmp(name, "..") == 0) {
		if (q->path >= QENT)
			e = entries()[q->path - QENT].parent;
		*q = (StyxQid){.path = e == 0 ? 0 : QENT + e, .type = STYX_QTDIR};
		return true;
	}
	if (q->path == 0)
		for (int i = 0; i < NMOUNT; i++)
			if (strcmp(name, mountpoint[i]) == 0) {
				*q = (StyxQid){.path = i + 1, .type = STYX_QTDIR};
				return true;
			}
	if (rootfs_image == NULL || (q->path > 0 && q->path < QENT))
		return false;
	e = search(q->path == 0 ? 0 : q->path - QENT, name);
	if (e == 0)
		return false;
	*q = (StyxQid){.path = QENT + e, .type = entries()[e].isdir ? STYX_QTDIR : 0};
	return true;
}

static Walkqid *
rootwalk(Chan *c, Chan *nc, const char **names, int n)
{
	Walkqid *wq = walkqid_new(n);
	StyxQid q = c->qid;

	if (wq == NULL)
		return NULL;
	for (; wq->nqid < n; wq->nqid++) {
		if (!(q.type & STYX_QTDIR)) {
			kerror("%s", Enotdir);
			break;
		}
		if (!step(&q, names[wq->nqid])) {
			kerror("%s", Enonexist);
			break;
		}
		wq->qid[wq->nqid] = q;
	}
	if (wq->nqid < n) {
		if (wq->nqid > 0)
			return wq;
		free(wq);
		return NULL;
	}
	if (nc == NULL)
		nc = newchan(&rootdev);
	if (nc == NULL) {
		free(wq);
		return NULL;
	}
	nc->qid = q;
	wq->clone = nc;
	return wq;
}

static int
rootstat(Chan *c, StyxDir *d)
{
	if (c->qid.type & STYX_QTDIR)
		return devstat(c, d, NULL, 0, rootgen);
	entdir(c, c->qid.path - QENT, d);
	return 0;
}

static Chan *
rootopen(Chan *c, int mode)
{
	int m = devmayopen(c, mode, rootstat);

	if (m < 0)
		return NULL;
	if (mode & (OTRUNC | ORCLOSE))
		return kerrorp("%s", Eperm);
	c->flag |= CPROMPT;
	return devopened(c, m);
}

static long
rootread(Chan *c, void *buf, long n, int64_t off)
{
	if (c->qid.type & STYX_QTDIR)
		return devdirread(c, buf, n, NULL, 0, rootgen);
	const Rootent *e = &entries()[c->qid.path - QENT];
	if (off >= e->n)
		return 0;
	if (n > e->n - off)
		n = e->n - off;
	memcpy(buf, (const char *)image() + image()->data + e->first + off, n);
	return n;
}

Dev rootdev = {
    .dc = '/',
    .name = "root",
    .attach = rootattach,
    .walk = rootwalk,
    .stat = rootstat,
    .open = rootopen,
    .read = rootread,
    .prompt = true,
};
