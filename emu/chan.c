/*
 * Channels, and the evaluation of names: walking through a name space across mount points.
 *
 * Walking works on "uncrossed" channels: each stands on the file itself, never on what is mounted on it. A step first
 * crosses the mount point on the channel, if there is one, and then lets the device walk. So a `..` that leads back to
 * the root of a mounted tree takes the covered channel from the path and needs no device.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "emu/chan.h"

enum {
	MAXWALK = STYX_MAXWELEM, /* names in one walk of a device */
	LONGNAME = 42,		 /* longer prefixes are shortened in error strings */
};

Chan *
newchan(Dev *d)
{
	Chan *c = calloc(1, sizeof *c);

	if (c == NULL)
		return kerrorp("%s", Enomem);
	atomic_init(&c->ref, 1);
	pthread_mutex_init(&c->lock, NULL);
	c->type = d;
	return c;
}

Chan *
chan_ref(Chan *c)
{
	if (c != NULL)
		atomic_fetch_add(&c->ref, 1);
	return c;
}

void
cclose(Chan *c)
{
	char scratch[ERRMAX] = "", *errto = NULL;

	if (c == NULL)
		return;
	bool msg = c->flag & CMSG;
	int refs = atomic_fetch_sub(&c->ref, 1);
	if (refs == 2 && msg)
		mnt_unused(c); /* looks c up among the connections, does not believe that it still exists */
	if (refs != 1)
		return;
	/* What goes wrong while closing is nobody's error. */
	if (up != NULL) {
		errto = up->errto;
		up->errto = scratch;
	}
	if (c->umc != NULL)
		cclose(c->umc);
	if (!(c->flag & CFREE) && c->type->close != NULL)
		c->type->close(c);
	mhead_put(c->umh);
	path_put(c->path);
	if (up != NULL)
		up->errto = errto;
	pthread_mutex_destroy(&c->lock);
	free(c);
}

bool
eqchan(const Chan *a, const Chan *b, bool qidpath_only)
{
	return a->type == b->type && a->dev == b->dev && a->qid.path == b->qid.path && a->qid.type == b->qid.type &&
	       (qidpath_only || a->qid.vers == b->qid.vers);
}

Chan *
cclone(Chan *c)
{
	if (c->flag & COPEN)
		return kerrorp("clone of open file %s", c->type->name);
	Walkqid *wq = c->type->walk(c, NULL, NULL, 0);
	if (wq == NULL)
		return NULL;
	Chan *nc = wq->clone;
	free(wq);
	if (nc == NULL)
		return kerrorp("clone failed");
	if (nc->path == NULL)
		nc->path = path_ref(c->path);
	return nc;
}

/* ---- crossing ---- */

/*
 * What stands at an uncrossed channel: the first element of the union mounted there, or the channel itself. In names that begin
 * with # no mount point is crossed: functions take `nomount` for that.
 */
typedef struct Cross Cross;
struct Cross {
	Chan *c;    /* referenced; shared, not to be opened */
	Path *path; /* referenced */
	Mhead *mh;  /* referenced; NULL: nothing is mounted */
};

static void
cross(Chan *c, Cross *x, bool nomount)
{
	x->c = NULL;
	x->path = NULL;
	x->mh = nomount ? NULL : findmount(up->env->pgrp, c);
	if (x->mh != NULL) {
		x->c = mhead_elem(x->mh, 0, NULL);
		if (x->c == NULL) {
			mhead_put(x->mh);
			x->mh = NULL;
		}
	}
	if (x->mh == NULL) {
		x->c = chan_ref(c);
		x->path = path_ref(c->path);
	} else
		x->path = path_new(c->path != NULL ? c->path->up : NULL, c->path != NULL ? c->path->elem : "/", c);
}

static void
uncross(Cross *x)
{
	cclose(x->c);
	path_put(x->path);
	mhead_put(x->mh);
}

static Path *
path_along(Path *p, char **names, int n)
{
	p = path_ref(p);
	for (int i = 0; i < n && p != NULL; i++) {
		Path *np = path_new(p, names[i], NULL);
		path_put(p);
		p = np;
	}
	return p;
}

static Chan *
dotdot(Chan *c)
{
	Path *p = c->path;

	if (!(c->qid.type & STYX_QTDIR))
		return kerrorp("%s", Enotdir);
	if (p == NULL || p->up == NULL)
		return chan_ref(c);
	if (p->up->mtpt != NULL)
		return chan_ref(p->up->mtpt);
	if (p->up->up == NULL && p->up->elem[0] == '/' && p->up->elem[1] == 0) {
		Chan *slash = pgrp_slash(up->env->pgrp);
		if (slash->path == p->up)
			return slash;
		cclose(slash);
	}
	const char *names[] = {".."};
	Walkqid *wq = c->type->walk(c, NULL, names, 1);
	if (wq == NULL)
		return NULL;
	Chan *nc = wq->clone;
	free(wq);
	if (nc == NULL)
		return kerrorp("%s", Edoesnotexist);
	path_put(nc->path);
	nc->path = path_ref(p->up);
	return nc;
}

/* Device walk from what stands at c, trying the elements of a union in order. *from: where it succeeded, referenced. */
static Walkqid *
unionwalk(Cross *x, char **names, int n, Chan **from)
{
	Walkqid *wq = x->c->type->walk(x->c, NULL, (const char **)names, n);

	*from = NULL;
	if (wq == NULL && x->mh != NULL) {
		char first[ERRMAX];
		snprintf(first, sizeof first, "%s", kerrstr());
		for (int i = 1;; i++) {
			Chan *e = mhead_elem(x->mh, i, NULL);
			if (e == NULL)
				break;
			wq = e->type->walk(e, NULL, (const char **)names, n);
			if (wq != NULL) {
				*from = e;
				return wq;
			}
			cclose(e);
		}
		kseterrstr(first);
	}
	if (wq != NULL)
		*from = chan_ref(x->c);
	return wq;
}

/*
 * The error of a walk that came to a directory, by n names, and no further. A server has not told why; our own devices are asked again.
 */
static void
stopped(Chan *from, char **names, int n)
{
	if (from->type->dc != 'M') {
		Walkqid *wq = from->type->walk(from, NULL, (const char **)names, n), *next = NULL;
		if (wq != NULL && wq->clone != NULL)
			next = wq->clone->type->walk(wq->clone, NULL, (const char **)names + n, 1);
		bool known = next == NULL && strcmp(kerrstr(), Enonexist) != 0;
		for (int i = 0; i < 2; i++) {
			Walkqid *w = i == 0 ? next : wq;
			if (w != NULL)
				cclose(w->clone);
			free(w);
		}
		if (known)
			return;
	}
	kerror("%s", Edoesnotexist);
}

/*
 * Walks some of the n names (none is ".."), at least one, up to the first mount point on the way. c is kept. Returns a new channel and
 * the number of names in *done; NULL on error, with the number of the failing name in *done.
 */
static Chan *
walksome(Chan *c, char **names, int n, bool nomount, int *done)
{
	Cross x;
	Chan *from, *nc;
	int k;

	*done = 0;
	cross(c, &x, nomount);
	if (!(x.c->qid.type & STYX_QTDIR)) {
		uncross(&x);
		return kerrorp("%s", Enotdir);
	}
	if (n > MAXWALK)
		n = MAXWALK;
	Walkqid *wq = unionwalk(&x, names, n, &from);
	if (wq == NULL) {
		uncross(&x);
		*done = 1;
		return NULL;
	}
	nc = wq->clone;
	k = wq->nqid;
	if (!nomount) {
		/* The first file on the way that something is mounted on; if it is the last, the next step crosses it. */
		Chan probe = {.type = from->type, .dev = from->dev};
		for (int i = 0; i < wq->nqid; i++) {
			if (i == wq->nqid - 1 && nc != NULL)
				break;
			probe.qid = wq->qid[i];
			Mhead *mh = findmount(up->env->pgrp, &probe);
			if (mh == NULL)
				continue;
			mhead_put(mh);
			k = i + 1;
			cclose(nc);
			free(wq);
			wq = from->type->walk(from, NULL, (const char **)names, k);
			nc = wq != NULL ? wq->clone : NULL;
			break;
		}
	}
	if (nc == NULL) {
		if (wq != NULL && wq->nqid > 0) {
			/* The walk stopped on the way. */
			bool dir = wq->qid[wq->nqid - 1].type & STYX_QTDIR;
			*done = dir ? wq->nqid + 1 : wq->nqid;
			if (dir)
				stopped(from, names, wq->nqid);
			else
				kerror("%s", Enotdir);
		} else
			*done = 1;
	} else {
		path_put(nc->path);
		nc->path = path_along(x.path, names, k);
		*done = k;
	}
	free(wq);
	cclose(from);
	uncross(&x);
	return nc;
}

/*
 * The stat of what the n names lead to from c, if one device can do it at once. 1: d is filled. 0: it has to be done step by
 * step, because there is a union, or something is mounted on the way. -1: the first name fails.
 */
static int
statsome(Chan *c, char **names, int n, bool nomount, StyxDir *d)
{
	Cross x;
	StyxQid qid[MAXWALK];
	int r = 0;

	if (n > MAXWALK)
		return 0;
	cross(c, &x, nomount);
	if (x.c->type->walkstat != NULL && (x.c->qid.type & STYX_QTDIR) && (x.mh == NULL || mhead_count(x.mh) < 2))
		r = x.c->type->walkstat(x.c, (const char **)names, n, qid, d);
	if (r > 0 && !nomount) {
		Chan probe = {.type = x.c->type, .dev = x.c->dev};
		for (int i = 0; i < n && r > 0; i++) {
			probe.qid = qid[i];
			Mhead *mh = findmount(up->env->pgrp, &probe);
			if (mh != NULL)
				r = 0;
			mhead_put(mh);
		}
		if (r == 0)
			dir_clear(d);
	}
	uncross(&x);
	return r;
}

/*
 * Walks all names from c, which is consumed. On error NULL and the number of names up to the failing one in *nerr. With d, if
 * the stat of the last could be had at once, *stated is set and the result is a channel somewhere on the way.
 */
static Chan *
walkall(Chan *c, char **names, int n, bool nomount, int *nerr, StyxDir *d, bool *stated)
{
	int i = 0, k, done;

	while (i < n) {
		Chan *nc;
		if (strcmp(names[i], "..") == 0) {
			nc = dotdot(c);
			done = nc != NULL;
		} else {
			for (k = i; k < n && strcmp(names[k], "..") != 0; k++)
				;
			if (d != NULL && k == n) {
				int r = statsome(c, names + i, n - i, nomount, d);
				if (r > 0) {
					*stated = true;
					return c;
				}
				if (r < 0) {
					cclose(c);
					*nerr = i + 1;
					return NULL;
				}
			}
			nc = walksome(c, names + i, k - i, nomount, &done);
		}
		cclose(c);
		i += done;
		if (nc == NULL) {
			*nerr = i;
			return NULL;
		}
		c = nc;
	}
	return c;
}

static Chan *
walk1(Chan *c, const char *name, bool nomount)
{
	char *names[] = {(char *)name};
	int done;

	if (strcmp(name, "..") == 0)
		return dotdot(c);
	return walksome(c, names, 1, nomount, &done);
}

Chan *
chan_walk1(Chan *c, const char *name)
{
	return walk1(c, name, false);
}

static Chan *
crossed(Chan *c, bool nomount)
{
	Cross x;

	cross(c, &x, nomount);
	Chan *r = chan_ref(x.c);
	uncross(&x);
	return r;
}

Chan *
chan_cross(Chan *c)
{
	return crossed(c, false);
}

/*
 * A channel that may be opened or removed, on what stands at c, with the path by which it was reached and, if `head` is wanted, the union
 * of which it is the first. A channel that nobody else holds and nothing is mounted on serves itself. Consumes c.
 */
static Chan *
own(Chan *c, bool nomount, bool head)
{
	Cross x;

	cross(c, &x, nomount);
	if (x.mh == NULL && atomic_load(&c->ref) == 2) {
		uncross(&x);
		return c;
	}
	Chan *nc = cclone(x.c);
	if (nc != NULL) {
		path_put(nc->path);
		nc->path = path_ref(x.path);
		if (head)
			nc->umh = mhead_ref(x.mh);
	}
	uncross(&x);
	cclose(c);
	return nc;
}

Chan *
chan_removable(Chan *c)
{
	return own(chan_ref(c), false, false);
}

/* ---- open and create ---- */

/* Mode bits that are legal at all; the value is also bounded, which catches the rest. */
static int
checkmode(int mode, bool create)
{
	int ok = 3 | OTRUNC | OCEXEC | ORCLOSE | (create ? OEXCL : 0);

	if (mode & ~ok)
		return kerror("%s", Ebadarg);
	return 0;
}

/* Opens nc, an unopened channel of the caller's own, consumed on failure. */
static Chan *
openown(Chan *nc, int omode)
{
	Path *path = path_ref(nc->path);
	Mhead *umh = mhead_ref(nc->umh);

	if ((omode & 3) == OEXEC && (nc->qid.type & STYX_QTDIR)) {
		kerror("cannot exec directory");
		goto bad;
	}
	Chan *oc = nc->type->open(nc, omode & ~(OCEXEC | OEXCL));
	if (oc == NULL)
		goto bad;
	if (oc->path == NULL)
		oc->path = path_ref(path);
	if (oc->umh == NULL)
		oc->umh = mhead_ref(umh);
	oc->flag |= COPEN;
	if (omode & ORCLOSE)
		oc->flag |= CRCLOSE;
	path_put(path);
	mhead_put(umh);
	return oc;
bad:
	path_put(path);
	mhead_put(umh);
	cclose(nc);
	return NULL;
}

/* Opens what stands at c, which is consumed. */
static Chan *
openat(Chan *c, int omode, bool nomount)
{
	Chan *nc = own(c, nomount, true);

	if (nc == NULL)
		return NULL;
	/* A union of one element, or of files, is read like its element. */
	if (nc->umh != NULL && (!(nc->qid.type & STYX_QTDIR) || mhead_count(nc->umh) < 2)) {
		mhead_put(nc->umh);
		nc->umh = NULL;
	}
	return openown(nc, omode);
}

Chan *
chan_openat(Chan *c, int omode)
{
	return openat(chan_ref(c), omode, false);
}

/* The directory in which a new file of directory dir is made: an element of its union that allows it. Referenced. */
static Chan *
createdir(Cross *x)
{
	int flag;

	if (x->mh == NULL)
		return chan_ref(x->c);
	for (int i = 0;; i++) {
		Chan *c = mhead_elem(x->mh, i, &flag);
		if (c == NULL)
			return kerrorp("%s", Enocreate);
		if (flag & (MCREATE | MTREE))
			return c;
		cclose(c);
	}
}

static Chan *
trycreate(Chan *dir, const char *name, int omode, uint32_t perm, bool nomount)
{
	Cross x;

	cross(dir, &x, nomount);
	Chan *in = createdir(&x), *nc = NULL;
	if (in != NULL && !(in->qid.type & STYX_QTDIR))
		kerror("%s", Enotdir);
	else if (in != NULL)
		nc = cclone(in);
	if (nc != NULL) {
		if (nc->type->create(nc, name, omode & ~(OCEXEC | OEXCL), perm) < 0) {
			cclose(nc);
			nc = NULL;
		} else {
			char *n = (char *)name;
			path_put(nc->path);
			nc->path = path_along(x.path, &n, 1);
			nc->flag |= COPEN;
			if (omode & ORCLOSE)
				nc->flag |= CRCLOSE;
		}
	}
	cclose(in);
	uncross(&x);
	return nc;
}

static Chan *
createat(Chan *dir, const char *name, int omode, uint32_t perm, bool nomount)
{
	char first[ERRMAX];

	if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
		return kerrorp("%s", Efilename);
	Chan *c = walk1(dir, name, nomount);
	if (c != NULL && (omode & OEXCL)) {
		cclose(c);
		return kerrorp("%s", Eexist);
	}
	if (c == NULL) {
		c = trycreate(dir, name, omode, perm, nomount);
		if (c != NULL || (omode & OEXCL))
			return c;
		/* Somebody else may have made it meanwhile. */
		snprintf(first, sizeof first, "%s", kerrstr());
		c = walk1(dir, name, nomount);
		if (c == NULL) {
			kseterrstr(first);
			return NULL;
		}
	}
	return openat(c, (omode & ~OEXCL) | OTRUNC, nomount);
}

Chan *
chan_createat(Chan *dir, const char *name, int omode, uint32_t perm)
{
	return createat(dir, name, omode, perm, false);
}

/* ---- names ---- */

/* A name taken apart: elements in one block, and where each ends in the original. */
typedef struct Elems Elems;
struct Elems {
	char **name;
	int *end;
	int n;
	bool mustbedir;
	char *block;
};

static void
elems_free(Elems *e)
{
	free(e->name);
	free(e->end);
	free(e->block);
}

int
validname(const char *name, bool slashok)
{
	for (const unsigned char *s = (const unsigned char *)name; *s != 0; s++)
		if (*s < 0x20 || *s == 0x7F || (*s == '/' && !slashok)) {
			char *q = kquote(name);
			kerror("bad character in file name: %s", q != NULL ? q : "");
			free(q);
			return -1;
		}
	return 0;
}

/* The elements of name from offset start on. */
static int
parse(const char *name, size_t start, Elems *e)
{
	size_t len = strlen(name);

	memset(e, 0, sizeof *e);
	e->block = strdup(name);
	e->name = malloc((len / 2 + 2) * sizeof *e->name);
	e->end = malloc((len / 2 + 2) * sizeof *e->end);
	if (e->block == NULL || e->name == NULL || e->end == NULL) {
		elems_free(e);
		return kerror("%s", Enomem);
	}
	for (size_t i = start; i < len;) {
		if (name[i] == '/') {
			i++;
			e->mustbedir = true;
			continue;
		}
		size_t j = i;
		while (j < len && name[j] != '/')
			j++;
		if (j == i + 1 && name[i] == '.')
			e->mustbedir = true;
		else {
			e->block[j] = 0;
			e->name[e->n] = e->block + i;
			e->end[e->n++] = j;
			e->mustbedir = false;
		}
		i = j;
	}
	if (e->n == 0)
		e->mustbedir = false;
	return 0;
}

/* Prefixes the error string with the first n elements of the name, quoted. */
static void
nameerror(const char *name, const Elems *e, int n)
{
	char msg[ERRMAX];
	char *prefix, *slash;

	snprintf(msg, sizeof msg, "%s", kerrstr());
	if (n > e->n)
		n = e->n;
	prefix = strndup(name, n > 0 ? (size_t)e->end[n - 1] : strlen(name));
	if (prefix == NULL)
		return;
	if (strlen(prefix) >= LONGNAME && (slash = strrchr(prefix, '/')) != NULL) {
		char *s;
		if (asprintf(&s, "...%s", slash) > 0) {
			free(prefix);
			prefix = s;
		}
	}
	/* Quoted always, with quotes inside doubled. */
	char *q = malloc(2 * strlen(prefix) + 3), *t = q;
	if (q != NULL) {
		*t++ = '\'';
		for (char *s = prefix; *s != 0; s++) {
			if (*s == '\'')
				*t++ = '\'';
			*t++ = *s;
		}
		*t++ = '\'';
		*t = 0;
		kerror("%s %s", q, msg);
	}
	free(q);
	free(prefix);
}

/* Attaches to the device of a name that begins with #. *used: bytes of the name that this took. */
static Chan *
attachname(const char *name, size_t *used)
{
	const unsigned char *s = (const unsigned char *)name + 1;
	int dc = 0, k = 0;

	if (*s < 0x80) {
		dc = *s;
		k = dc != 0;
	} else {
		int n = *s >= 0xF0 ? 4 : *s >= 0xE0 ? 3 : 2;
		dc = *s & (0xFF >> (n + 1));
		for (k = 1; k < n && (s[k] & 0xC0) == 0x80; k++)
			dc = dc << 6 | (s[k] & 0x3F);
	}
	const char *spec = (const char *)s + k, *end = spec + strcspn(spec, "/");
	*used = end - name;
	if (dc == 'M')
		return kerrorp("%s", Enoattach);
	Dev *d = dc != 0 ? dev_byletter(dc) : NULL;
	if (atomic_load(&up->env->pgrp->nodevs) && (d == NULL || !d->nodevs || end != spec))
		return kerrorp("%s", Enoattach);
	if (d == NULL)
		return kerrorp("unknown device in # filename");
	char *sp = strndup(spec, end - spec), *root = strndup(name, *used);
	Chan *c = sp != NULL && root != NULL ? d->attach(sp) : kerrorp("%s", Enomem);
	if (c != NULL) {
		path_put(c->path);
		c->path = path_new(NULL, root, NULL);
	}
	free(sp);
	free(root);
	return c;
}

/* namec; of Aaccess with d only the stat is wanted, see walkall. */
static Chan *
evaluate(const char *name, int amode, int omode, uint32_t perm, StyxDir *d, bool *stated)
{
	Elems e;
	Chan *c, *r = NULL;
	size_t start = 0;
	int nerr = 0;
	bool nomount;

	if (name == NULL || name[0] == 0)
		return kerrorp("empty file name");
	if (strlen(name) >= PATHMAX)
		return kerrorp("name too long");
	if (validname(name, true) < 0)
		return NULL;
	if ((amode == Aopen || amode == Acreate) && checkmode(omode, amode == Acreate) < 0)
		return NULL;
	nomount = name[0] == '#';
	if (name[0] == '/')
		c = pgrp_slash(up->env->pgrp);
	else if (name[0] == '#')
		c = attachname(name, &start);
	else
		c = pgrp_dotchan(up->env->pgrp);
	if (c == NULL)
		return NULL;
	if (parse(name, start, &e) < 0) {
		cclose(c);
		return NULL;
	}
	if (amode == Acreate) {
		if (e.n == 0)
			kerror("%s", Eexist);
		else if (strcmp(e.name[e.n - 1], "..") == 0)
			kerror("%s", Efilename);
		else if (e.mustbedir && !(perm & STYX_DMDIR)) {
			kerror("create without DMDIR");
			nameerror(name, &e, e.n);
		} else
			nerr = -1;
		if (nerr == 0) {
			cclose(c);
			elems_free(&e);
			return NULL;
		}
		nerr = 0;
	}
	c = walkall(c, e.name, amode == Acreate ? e.n - 1 : e.n, nomount, &nerr, d, stated);
	if (c == NULL) {
		nameerror(name, &e, nerr);
		elems_free(&e);
		return NULL;
	}
	bool isdir = stated != NULL && *stated ? d->mode & STYX_DMDIR : c->qid.type & STYX_QTDIR;
	if ((e.mustbedir || amode == Acreate) && !isdir) {
		if (stated != NULL && *stated)
			dir_clear(d);
		kerror("%s", Enotdir);
		nameerror(name, &e, amode == Acreate ? e.n - 1 : e.n);
		cclose(c);
		elems_free(&e);
		return NULL;
	}
	switch (amode) {
	case Aaccess:
		r = crossed(c, nomount);
		cclose(c);
		break;
	case Aremove:
		r = own(c, nomount, false);
		break;
	case Abind:
		r = own(c, nomount, true);
		break;
	case Amount:
		r = c;
		break;
	case Atodir:
		if (!(c->qid.type & STYX_QTDIR)) {
			kerror("%s", Enotdir);
			cclose(c);
		} else
			r = c;
		break;
	case Aopen:
		r = openat(c, omode, nomount);
		break;
	case Acreate:
		r = createat(c, e.name[e.n - 1], omode, perm, nomount);
		cclose(c);
		break;
	}
	elems_free(&e);
	return r;
}

Chan *
namec(const char *name, int amode, int omode, uint32_t perm)
{
	return evaluate(name, amode, omode, perm, NULL, NULL);
}

int
chan_stat(const char *name, StyxDir *d)
{
	bool stated = false;
	Chan *c = evaluate(name, Aaccess, 0, 0, d, &stated);

	if (c == NULL)
		return -1;
	int r = stated ? 0 : c->type->stat(c, d);
	cclose(c);
	return r;
}

/* ---- reading directories ---- */

/* The next entries of a union: each element in turn, opened when it is reached. c->lock is held. */
static long
unionread(Chan *c, void *buf, long n)
{
	for (;;) {
		if (c->umc == NULL) {
			Chan *e = mhead_elem(c->umh, c->uri, NULL);
			if (e == NULL)
				return 0;
			Chan *nc = cclone(e);
			cclose(e);
			if (nc != NULL)
				nc = openown(nc, OREAD);
			if (nc == NULL) {
				c->uri++;
				continue;
			}
			c->umc = nc;
		}
		long r = c->umc->type->read(c->umc, buf, n, c->umc->offset);
		if (r > 0) {
			c->umc->offset += r;
			return r;
		}
		if (r < 0 && strcmp(kerrstr(), Eshort) == 0)
			return r; /* the entry is there for a larger buffer */
		cclose(c->umc);
		c->umc = NULL;
		c->uri++;
	}
}

void
chan_dirrewind(Chan *c)
{
	pthread_mutex_lock(&c->lock);
	c->offset = 0;
	c->uri = 0;
	cclose(c->umc);
	c->umc = NULL;
	pthread_mutex_unlock(&c->lock);
}

long
chan_dirread(Chan *c, void *buf, long n)
{
	long r;

	pthread_mutex_lock(&c->lock);
	if (c->umh != NULL)
		r = unionread(c, buf, n);
	else
		r = c->type->read(c, buf, n, c->offset);
	if (r > 0)
		c->offset += r;
	pthread_mutex_unlock(&c->lock);
	return r;
}

long
chan_read(Chan *c, void *buf, long n, int64_t off)
{
	return c->type->read(c, buf, n, off);
}

long
chan_write(Chan *c, const void *buf, long n, int64_t off)
{
	return c->type->write(c, buf, n, off);
}
