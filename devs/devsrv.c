/*
 * #s : files served by programs (file2chan). #s alone is a fresh directory, #sNAME one that all who know the name share.
 * srv(3), sys-file2chan(2)
 *
 * The kernel's part is the tree and the life of files; what a read or write means is in the Srvops of who made the file.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "devs/devs.h"

enum { NAMELEN = 64 }; /* of a file, with its NUL */

typedef struct Srvdir Srvdir;

/*
 * One file. Referenced by its directory while it is listed, by every channel on it, and by its server until srv_hangup. The server's aux is
 * released when only memory is left: no channel, no listing, no server.
 */
struct Srvfile {
	atomic_int ref;
	Srvdir *dir;	/* referenced */
	Srvfile *next;	/* in the directory */
	const Srvops *ops;
	void *aux;
	atomic_bool hungup;
	bool listed;
	bool inuse;	/* open, and exclusive */
	uint64_t path;
	uint32_t perm;
	int64_t length;
	char *owner;
	char *name;
};

/* A directory, that is an instance of the device. `dirlock` guards all of them. */
struct Srvdir {
	int ref;
	Srvdir *next;
	char *spec;	/* "": not shared */
	char *owner;
	uint32_t perm;
	uint64_t path;
	Srvfile *first;
};

static pthread_mutex_t dirlock = PTHREAD_MUTEX_INITIALIZER;
static Srvdir *dirs;
static uint64_t lastpath;
static atomic_uint lastfid;

/* What a channel holds: always the directory, and the file if it stands on one. */
typedef struct Srvchan Srvchan;
struct Srvchan {
	Srvdir *dir;
	Srvfile *file;
	uint32_t fid;
};

/* dirlock is held. */
static void
dir_put(Srvdir *d)
{
	if (--d->ref > 0)
		return;
	for (Srvdir **l = &dirs; *l != NULL; l = &(*l)->next)
		if (*l == d) {
			*l = d->next;
			break;
		}
	free(d->spec);
	free(d->owner);
	free(d);
}

static void
file_put(Srvfile *f)
{
	if (f == NULL || atomic_fetch_sub(&f->ref, 1) != 1)
		return;
	if (f->ops->gone != NULL)
		f->ops->gone(f->aux);
	pthread_mutex_lock(&dirlock);
	dir_put(f->dir);
	pthread_mutex_unlock(&dirlock);
	free(f->owner);
	free(f->name);
	free(f);
}

/* Takes f out of its directory; dirlock is held. True if it was there: the caller then drops the listing's reference. */
static bool
unlist(Srvfile *f)
{
	if (!f->listed)
		return false;
	for (Srvfile **l = &f->dir->first; *l != NULL; l = &(*l)->next)
		if (*l == f) {
			*l = f->next;
			break;
		}
	f->listed = false;
	return true;
}

static Chan *
srvattach(const char *spec)
{
	Srvdir *d = NULL;
	Srvchan *sc = calloc(1, sizeof *sc);
	Chan *c = devattach(&srvdev, spec);

	if (sc == NULL || c == NULL)
		goto nomem;
	pthread_mutex_lock(&dirlock);
	if (spec[0] != 0)
		for (d = dirs; d != NULL && strcmp(d->spec, spec) != 0; d = d->next)
			;
	if (d != NULL) {
		if (strcmp(d->owner, up->env->user) != 0 && !(d->perm & 0002)) {
			pthread_mutex_unlock(&dirlock);
			kerror("%s", Eperm);
			goto bad;
		}
		d->ref++;
	} else {
		d = calloc(1, sizeof *d);
		if (d == NULL) {
			pthread_mutex_unlock(&dirlock);
			goto nomem;
		}
		d->ref = 1;
		d->spec = strdup(spec);
		d->owner = strdup(up->env->user);
		d->perm = 0770;
		d->path = ++lastpath;
		d->next = dirs;
		dirs = d;
	}
	pthread_mutex_unlock(&dirlock);
	sc->dir = d;
	c->aux = sc;
	c->qid.path = d->path;
	return c;
nomem:
	kerror("%s", Enomem);
bad:
	free(sc);
	if (c != NULL)
		c->flag |= CFREE;
	cclose(c);
	return NULL;
}

/* Entry i of the directory; dirlock is held. */
static int
srvgen(Chan *c, const Dirtab *tab, int ntab, int i, StyxDir *d)
{
	Srvchan *sc = c->aux;
	Srvfile *f;

	(void)tab;
	(void)ntab;
	if (i < 0) {
		devdir(c, (StyxQid){.path = sc->dir->path, .type = STYX_QTDIR}, "#s", 0, sc->dir->owner, sc->dir->perm, d);
		return 1;
	}
	for (f = sc->dir->first; f != NULL && i > 0; f = f->next)
		i--;
	if (f == NULL)
		return -1;
	devdir(c, (StyxQid){.path = f->path, .type = f->perm >> 24}, f->name, f->length, f->owner, f->perm & 0777, d);
	return 1;
}

static Walkqid *
srvwalk(Chan *c, Chan *nc, const char **names, int n)
{
	Srvchan *sc = c->aux, *nsc = calloc(1, sizeof *nsc);
	Walkqid *wq = walkqid_new(n);
	Srvfile *f = sc->file;
	bool made = nc == NULL;

	if (nsc == NULL || wq == NULL || (made && (nc = newchan(&srvdev)) == NULL)) {
		free(nsc);
		free(wq);
		return kerrorp("%s", Enomem);
	}
	pthread_mutex_lock(&dirlock);
	StyxQid q = c->qid;
	for (; wq->nqid < n; wq->nqid++) {
		const char *name = names[wq->nqid];
		if (f != NULL) {
			kerror("%s", Enotdir);
			break;
		}
		if (strcmp(name, "..") != 0) {
			for (f = sc->dir->first; f != NULL && strcmp(f->name, name) != 0; f = f->next)
				;
			if (f == NULL) {
				kerror("%s", Enonexist);
				break;
			}
			q = (StyxQid){.path = f->path, .type = f->perm >> 24};
		}
		wq->qid[wq->nqid] = q;
	}
	if (wq->nqid == n) {
		nsc->dir = sc->dir;
		nsc->dir->ref++;
		nsc->file = f;
		if (f != NULL)
			atomic_fetch_add(&f->ref, 1);
	}
	pthread_mutex_unlock(&dirlock);
	if (wq->nqid == n) {
		nc->aux = nsc;
		nc->dev = c->dev;
		nc->qid = q;
		wq->clone = nc;
		return wq;
	}
	free(nsc);
	if (made) {
		nc->flag |= CFREE;
		cclose(nc);
	}
	if (wq->nqid > 0)
		return wq;
	free(wq);
	return NULL;
}

static int
srvstat(Chan *c, StyxDir *d)
{
	Srvchan *sc = c->aux;
	Srvfile *f = sc->file;

	pthread_mutex_lock(&dirlock);
	if (f != NULL)
		devdir(c, (StyxQid){.path = f->path, .type = f->perm >> 24}, f->name, f->length, f->owner, f->perm & 0777, d);
	else
		devstat(c, d, NULL, 0, srvgen);
	pthread_mutex_unlock(&dirlock);
	return 0;
}

static Chan *
srvopen(Chan *c, int mode)
{
	Srvchan *sc = c->aux;
	Srvfile *f = sc->file;
	int m = openmode(mode);

	if (m < 0)
		return NULL;
	if (f == NULL) {
		if (m != OREAD)
			return kerrorp("%s", Eperm);
	} else {
		pthread_mutex_lock(&dirlock);
		int bad = devpermcheck(f->owner, f->perm, mode);
		if (bad == 0 && (mode & ORCLOSE) && strcmp(f->owner, up->env->user) != 0)
			bad = kerror("%s", Eperm);
		if (bad == 0 && (f->perm & STYX_DMEXCL) && f->inuse)
			bad = kerror("%s", Einuse);
		if (bad == 0 && (f->perm & STYX_DMEXCL))
			f->inuse = true;
		pthread_mutex_unlock(&dirlock);
		if (bad < 0)
			return NULL;
		if (atomic_load(&f->hungup))
			return kerrorp("%s", Ehungup);
		sc->fid = atomic_fetch_add(&lastfid, 1) + 1;
	}
	devopened(c, m);
	if (mode & ORCLOSE)
		c->flag |= CRCLOSE;
	return c;
}

static void
srvclose(Chan *c)
{
	Srvchan *sc = c->aux;
	Srvfile *f = sc->file;

	if (f != NULL) {
		if (c->flag & COPEN) {
			bool drop = false;
			pthread_mutex_lock(&dirlock);
			f->inuse = false;
			if (c->flag & CRCLOSE)
				drop = unlist(f);
			pthread_mutex_unlock(&dirlock);
			if (!atomic_load(&f->hungup) && f->ops->clunk != NULL)
				f->ops->clunk(f->aux, sc->fid);
			if (drop)
				file_put(f);
		}
		file_put(f);
	}
	pthread_mutex_lock(&dirlock);
	dir_put(sc->dir);
	pthread_mutex_unlock(&dirlock);
	free(sc);
}

static long
srvread(Chan *c, void *buf, long n, int64_t off)
{
	Srvchan *sc = c->aux;

	if (sc->file == NULL) {
		pthread_mutex_lock(&dirlock);
		n = devdirread(c, buf, n, NULL, 0, srvgen);
		pthread_mutex_unlock(&dirlock);
		return n;
	}
	if (atomic_load(&sc->file->hungup))
		return kerror("%s", Ehungup);
	return sc->file->ops->read(sc->file->aux, sc->fid, buf, n, off);
}

static long
srvwrite(Chan *c, const void *buf, long n, int64_t off)
{
	Srvchan *sc = c->aux;

	if (sc->file == NULL)
		return kerror("%s", Eisdir);
	if (atomic_load(&sc->file->hungup))
		return kerror("%s", Ehungup);
	return sc->file->ops->write(sc->file->aux, sc->fid, buf, n, off);
}

static int
srvremove(Chan *c)
{
	Srvchan *sc = c->aux;
	bool drop = false;
	int r = 0;

	if (sc->file == NULL)
		return kerror("%s", Eperm);
	pthread_mutex_lock(&dirlock);
	if (strcmp(sc->dir->owner, up->env->user) != 0)
		r = kerror("%s", Eperm);
	else if (!(drop = unlist(sc->file)))
		r = kerror("%s", Enonexist);
	pthread_mutex_unlock(&dirlock);
	if (drop)
		file_put(sc->file);
	return r;
}

/* Legal name for a file of directory d; dirlock is held. */
static int
goodname(Srvdir *d, const char *name)
{
	if (name[0] == 0 || strcmp(name, ".") == 0 || strcmp(name, "..") == 0 || strchr(name, '/') != NULL || strlen(name) >= NAMELEN)
		return kerror("%s", Efilename);
	for (Srvfile *f = d->first; f != NULL; f = f->next)
		if (strcmp(f->name, name) == 0)
			return kerror("%s", Eexist);
	return 0;
}

static int
srvwstat(Chan *c, StyxDir *d)
{
	Srvchan *sc = c->aux;
	Srvfile *f = sc->file;
	int r = 0;

	pthread_mutex_lock(&dirlock);
	if (strcmp(f != NULL ? f->owner : sc->dir->owner, up->env->user) != 0)
		r = kerror("%s", Eperm);
	else if (f == NULL) {
		if (d->mode != (uint32_t)~0)
			sc->dir->perm = d->mode & 0777;
	} else if (d->name[0] != 0 && strcmp(d->name, f->name) != 0 && goodname(sc->dir, d->name) < 0)
		r = -1;
	else {
		if (d->name[0] != 0) {
			char *s = strdup(d->name);
			if (s != NULL) {
				free(f->name);
				f->name = s;
			}
		}
		if (d->mode != (uint32_t)~0)
			f->perm = d->mode & (0777 | STYX_DMEXCL | STYX_DMAPPEND);
		if (d->length != (uint64_t)~0)
			f->length = d->length;
	}
	pthread_mutex_unlock(&dirlock);
	return r;
}

Srvfile *
srv_create(const char *dir, const char *file, const Srvops *ops, void *aux)
{
	Chan *c = namec(dir, Aaccess, 0, 0);

	if (c == NULL)
		return NULL;
	Srvchan *sc = c->aux;
	if (c->type != &srvdev || sc->file != NULL) {
		cclose(c);
		return kerrorp("directory not a srv device");
	}
	Srvfile *f = calloc(1, sizeof *f);
	char *owner = strdup(up->env->user), *name = strdup(file);
	if (f == NULL || owner == NULL || name == NULL) {
		kerror("%s", Enomem);
		goto bad;
	}
	pthread_mutex_lock(&dirlock);
	if (goodname(sc->dir, file) < 0) {
		pthread_mutex_unlock(&dirlock);
		goto bad;
	}
	atomic_init(&f->ref, 2); /* listing and server */
	f->dir = sc->dir;
	f->dir->ref++;
	f->ops = ops;
	f->aux = aux;
	f->perm = 0666 & f->dir->perm;
	f->owner = owner;
	f->name = name;
	f->path = ++lastpath;
	f->listed = true;
	Srvfile **l = &f->dir->first;
	while (*l != NULL)
		l = &(*l)->next;
	*l = f;
	pthread_mutex_unlock(&dirlock);
	cclose(c);
	return f;
bad:
	free(f);
	free(owner);
	free(name);
	cclose(c);
	return NULL;
}

void
srv_hangup(Srvfile *f)
{
	atomic_store(&f->hungup, true);
	pthread_mutex_lock(&dirlock);
	bool drop = unlist(f);
	pthread_mutex_unlock(&dirlock);
	if (drop)
		file_put(f);
	file_put(f);
}

Dev srvdev = {
    .dc = 's',
    .name = "srv",
    .attach = srvattach,
    .walk = srvwalk,
    .stat = srvstat,
    .open = srvopen,
    .close = srvclose,
    .read = srvread,
    .write = srvwrite,
    .remove = srvremove,
    .wstat = srvwstat,
    .nodevs = true,
};
