/*
 * What devices have in common: registration, walking and listing of directories that are tables or generated, permissions.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "emu/emu.h"

static uint32_t started; /* seconds since 1970: mtime of generated files */

/* ---- defaults of missing operations ---- */

static int
nostat(Chan *c, StyxDir *d)
{
	(void)c;
	(void)d;
	return kerror("%s", Eperm);
}

static int
nocreate(Chan *c, const char *name, int mode, uint32_t perm)
{
	(void)c;
	(void)name;
	(void)mode;
	(void)perm;
	return kerror("%s", Eperm);
}

static long
noread(Chan *c, void *buf, long n, int64_t off)
{
	(void)c;
	(void)buf;
	(void)n;
	(void)off;
	return kerror("%s", Eperm);
}

static long
nowrite(Chan *c, const void *buf, long n, int64_t off)
{
	(void)c;
	(void)buf;
	(void)n;
	(void)off;
	return kerror("%s", Eperm);
}

static int
noremove(Chan *c)
{
	(void)c;
	return kerror("%s", Eperm);
}

static int
nowstat(Chan *c, StyxDir *d)
{
	(void)c;
	(void)d;
	return kerror("%s", Eperm);
}

static Chan *
noattach(const char *spec)
{
	(void)spec;
	return kerrorp("%s", Enoattach);
}

void
dev_init(void)
{
	started = time(NULL);
	for (int i = 0; i < ndevtab; i++) {
		Dev *d = devtab[i];
		if (d->attach == NULL)
			d->attach = noattach;
		if (d->stat == NULL)
			d->stat = nostat;
		if (d->create == NULL)
			d->create = nocreate;
		if (d->read == NULL)
			d->read = noread;
		if (d->write == NULL)
			d->write = nowrite;
		if (d->remove == NULL)
			d->remove = noremove;
		if (d->wstat == NULL)
			d->wstat = nowstat;
	}
	for (int i = 0; i < ndevtab; i++)
		if (devtab[i]->init != NULL)
			devtab[i]->init();
}

void
dev_shutdown(void)
{
	for (int i = ndevtab - 1; i >= 0; i--)
		if (devtab[i]->shutdown != NULL)
			devtab[i]->shutdown();
}

Dev *
dev_byletter(int dc)
{
	for (int i = 0; i < ndevtab; i++)
		if (devtab[i]->dc == dc)
			return devtab[i];
	return NULL;
}

/* ---- directories ---- */

void
dir_clear(StyxDir *d)
{
	free((char *)d->name);
	free((char *)d->uid);
	free((char *)d->gid);
	free((char *)d->muid);
	d->name = d->uid = d->gid = d->muid = NULL;
}

void
devdir(Chan *c, StyxQid q, const char *name, int64_t length, const char *user, uint32_t perm, StyxDir *d)
{
	d->type = c->type->dc;
	d->dev = c->dev;
	d->qid = q;
	d->mode = perm | (uint32_t)q.type << 24;
	if ((c->flag & CMSG) && eqchan(c, c, true) && c->qid.path == q.path)
		d->mode |= (uint32_t)1 << 28;
	d->atime = time(NULL);
	d->mtime = started;
	d->length = length;
	d->name = strdup(name);
	d->uid = strdup(user);
	d->gid = strdup(eve != NULL ? eve : "");
	d->muid = strdup(user);
}

int
devgen(Chan *c, const Dirtab *tab, int ntab, int i, StyxDir *d)
{
	if (tab == NULL)
		return -1;
	if (i < 0) {
		/* The directory, or its parent, which is the same. */
		StyxQid q = {.path = 0, .vers = 0, .type = STYX_QTDIR};
		char name[16];
		int dc = c->type->dc;
		if (dc < 0x80)
			snprintf(name, sizeof name, "#%c", dc);
		else
			snprintf(name, sizeof name, "#%c%c", 0xC0 | dc >> 6, 0x80 | (dc & 0x3F));
		devdir(c, q, name, 0, eve != NULL ? eve : "", 0555, d);
		return 1;
	}
	if (i >= ntab)
		return -1;
	devdir(c, tab[i].qid, tab[i].name, tab[i].length, eve != NULL ? eve : "", tab[i].perm, d);
	return 1;
}

Chan *
devattach(Dev *d, const char *spec)
{
	char name[16 + 1];
	Chan *c = newchan(d);

	if (c == NULL)
		return NULL;
	c->qid = (StyxQid){.type = STYX_QTDIR};
	if (d->dc < 0x80)
		snprintf(name, sizeof name, "#%c", d->dc);
	else
		snprintf(name, sizeof name, "#%c%c", 0xC0 | d->dc >> 6, 0x80 | (d->dc & 0x3F));
	char *full = malloc(strlen(name) + strlen(spec) + 1);
	if (full != NULL) {
		strcpy(full, name);
		strcat(full, spec);
		c->path = path_new(NULL, full, NULL);
		free(full);
	}
	return c;
}

Walkqid *
walkqid_new(int n)
{
	Walkqid *wq = calloc(1, sizeof *wq + (n > 0 ? n : 1) * sizeof wq->qid[0]);

	if (wq == NULL)
		return kerrorp("%s", Enomem);
	return wq;
}

/* Finds name among the entries of directory c; 1 with d filled, 0 not there. */
static int
devfind(Chan *c, const char *name, const Dirtab *tab, int ntab, Devgen *gen, StyxDir *d)
{
	if (strcmp(name, "..") == 0)
		return gen(c, tab, ntab, DEVDOTDOT, d) == 1;
	for (int i = 0;; i++) {
		int r = gen(c, tab, ntab, i, d);
		if (r < 0)
			return 0;
		if (r == 0)
			continue;
		if (strcmp(d->name, name) == 0)
			return 1;
		dir_clear(d);
	}
}

Walkqid *
devwalk(Chan *c, Chan *nc, const char **names, int n, const Dirtab *tab, int ntab, Devgen *gen)
{
	Walkqid *wq = walkqid_new(n);
	StyxDir d;
	bool made = nc == NULL;

	if (wq == NULL)
		return NULL;
	if (made) {
		nc = newchan(c->type);
		if (nc == NULL) {
			free(wq);
			return NULL;
		}
		nc->flag |= CFREE; /* until it is complete: close must not be told */
	}
	nc->dev = c->dev;
	nc->qid = c->qid;
	nc->aux = c->aux;
	nc->fid = c->fid;
	for (int i = 0; i < n; i++) {
		if (!(nc->qid.type & STYX_QTDIR)) {
			if (i == 0)
				kerror("%s", Enotdir);
			break;
		}
		if (!devfind(nc, names[i], tab, ntab, gen, &d)) {
			if (i == 0)
				kerror("%s", Enonexist);
			break;
		}
		nc->qid = d.qid;
		wq->qid[wq->nqid++] = d.qid;
		dir_clear(&d);
	}
	if (wq->nqid == n) {
		nc->flag &= ~(uint32_t)CFREE;
		wq->clone = nc;
		return wq;
	}
	if (made)
		cclose(nc);
	if (wq->nqid == 0) {
		free(wq);
		return NULL;
	}
	return wq;
}

int
devstat(Chan *c, StyxDir *d, const Dirtab *tab, int ntab, Devgen *gen)
{
	if (c->qid.type & STYX_QTDIR) {
		if (gen(c, tab, ntab, -1, d) != 1)
			devdir(c, c->qid, "", 0, eve != NULL ? eve : "", 0555, d);
		/* A directory of a device is called what the channel is called. */
		char *name = chan_name(c), *slash = name != NULL ? strrchr(name, '/') : NULL;
		if (name != NULL && name[0] != 0) {
			free((char *)d->name);
			d->name = strdup(slash != NULL && slash[1] != 0 ? slash + 1 : name);
		}
		free(name);
		return 0;
	}
	for (int i = 0;; i++) {
		int r = gen(c, tab, ntab, i, d);
		if (r < 0)
			return kerror("%s", Enonexist);
		if (r == 0)
			continue;
		if (d->qid.path == c->qid.path) {
			if (c->flag & CMSG)
				d->mode |= (uint32_t)1 << 28;
			return 0;
		}
		dir_clear(d);
	}
}

long
devdirread(Chan *c, void *buf, long n, const Dirtab *tab, int ntab, Devgen *gen)
{
	StyxDir d;
	long m = 0;
	int64_t pos = 0;

	/* Entries are generated anew; those before the offset are counted in packed bytes. */
	for (int i = 0;; i++) {
		int r = gen(c, tab, ntab, i, &d);
		if (r < 0)
			break;
		if (r == 0)
			continue;
		size_t k = styx_dir_size(&d);
		if (pos >= c->offset) {
			if ((long)k > n - m) {
				dir_clear(&d);
				if (m == 0)
					return kerror("%s", Eshort);
				break;
			}
			m += styx_dir_encode(&d, (char *)buf + m, n - m);
		}
		pos += k;
		dir_clear(&d);
	}
	return m;
}

/* ---- opening ---- */

int
openmode(int mode)
{
	if (mode & ~(3 | OTRUNC | OCEXEC | ORCLOSE))
		return kerror("%s", Ebadarg);
	mode &= 3;
	return mode == OEXEC ? OREAD : mode;
}

int
devpermcheck(const char *owner, uint32_t perm, int omode)
{
	static const uint32_t need[] = {0400, 0200, 0600, 0100};
	uint32_t want = need[omode & 3];

	if (strcmp(up->env->user, owner) != 0)
		perm <<= iseve() ? 3 : 6;
	if ((want & perm) != want)
		return kerror("%s", Eperm);
	return 0;
}

/* The mode in which c may be opened; d is what it is, unless it is a directory. Clears d. */
static int
mayopen(const Chan *c, int mode, StyxDir *d)
{
	int m = openmode(mode), bad = 0;

	if (!(c->qid.type & STYX_QTDIR)) {
		bad = devpermcheck(d->uid, d->mode, mode);
		dir_clear(d);
	} else if (m >= 0 && (m != OREAD || (mode & (OTRUNC | ORCLOSE))))
		bad = kerror("%s", Eperm);
	return bad < 0 ? -1 : m;
}

int
devmayopen(Chan *c, int mode, int (*stat)(Chan *, StyxDir *))
{
	StyxDir d;

	if (openmode(mode) < 0 || (!(c->qid.type & STYX_QTDIR) && stat(c, &d) < 0))
		return -1;
	return mayopen(c, mode, &d);
}

Chan *
devopened(Chan *c, int mode)
{
	c->offset = 0;
	c->mode = mode;
	c->flag |= COPEN;
	return c;
}

Chan *
devopen(Chan *c, int mode, const Dirtab *tab, int ntab, Devgen *gen)
{
	StyxDir d;

	if (openmode(mode) < 0 || (!(c->qid.type & STYX_QTDIR) && devstat(c, &d, tab, ntab, gen) < 0))
		return NULL;
	int m = mayopen(c, mode, &d);
	return m < 0 ? NULL : devopened(c, m);
}

void
devsetowner(char **owner, const char *user)
{
	char *s = strdup(user);

	if (s != NULL) {
		free(*owner);
		*owner = s;
	}
}

void
devchange(char **owner, uint32_t *perm, const StyxDir *d)
{
	if (d->uid[0] != 0)
		devsetowner(owner, d->uid);
	if (d->mode != (uint32_t)~0)
		*perm = d->mode & 0777;
}

long
readstr(int64_t off, void *buf, long n, const char *s)
{
	long len = strlen(s);

	if (off >= len)
		return 0;
	if (n > len - off)
		n = len - off;
	memcpy(buf, s + off, n);
	return n;
}

long
readnum(int64_t off, void *buf, long n, unsigned long v)
{
	char s[32];

	snprintf(s, sizeof s, "%11lu", v);
	return readstr(off, buf, n, s);
}
