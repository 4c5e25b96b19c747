/*
 * #e : environment variables, the files of the caller's environment group. env(3)
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "devs/devs.h"
#include "emu/egrp.h"

enum {
	NAMELEN = 127,	   /* longest name in bytes */
	MAXVAL = 1024 * 1024, /* longest value */
};

/* A channel on a variable holds it in aux; the root has none. */

static void
envdir(Chan *c, Evalue *v, StyxDir *d)
{
	if (v == NULL) {
		devdir(c, (StyxQid){.type = STYX_QTDIR}, "#e", 0, eve, 0775, d);
		return;
	}
	devdir(c, (StyxQid){.path = v->path, .vers = v->vers}, v->name, v->len, eve, 0666, d);
}

static int
envgen(Chan *c, const Dirtab *tab, int ntab, int i, StyxDir *d)
{
	Egrp *g = up->env->egrp;
	int r = -1;

	(void)tab;
	(void)ntab;
	pthread_mutex_lock(&g->lock);
	if (i < 0) {
		envdir(c, NULL, d);
		r = 1;
	} else {
		for (Evalue *v = g->first; v != NULL; v = v->next)
			if (i-- == 0) {
				envdir(c, v, d);
				r = 1;
				break;
			}
	}
	pthread_mutex_unlock(&g->lock);
	return r;
}

static Chan *
envattach(const char *spec)
{
	return devattach(&envdev, spec);
}

static Walkqid *
envwalk(Chan *c, Chan *nc, const char **names, int n)
{
	Egrp *g = up->env->egrp;
	Evalue *v = c->aux;
	Walkqid *wq;

	if (n > 0 && v != NULL)
		return kerrorp("%s", Enotdir);
	wq = walkqid_new(n);
	if (wq == NULL)
		return NULL;
	pthread_mutex_lock(&g->lock);
	StyxQid q = c->qid;
	for (; wq->nqid < n; wq->nqid++) {
		if (v != NULL)
			break;
		if (strcmp(names[wq->nqid], "..") != 0) {
			v = egrp_find(g, names[wq->nqid]);
			if (v == NULL)
				break;
			q = (StyxQid){.path = v->path, .vers = v->vers};
		}
		wq->qid[wq->nqid] = q;
	}
	if (v != NULL)
		atomic_fetch_add(&v->ref, 1);
	pthread_mutex_unlock(&g->lock);
	if (wq->nqid == n && (nc != NULL || (nc = newchan(&envdev)) != NULL)) {
		nc->qid = q;
		nc->aux = v;
		wq->clone = nc;
		return wq;
	}
	evalue_put(v);
	if (wq->nqid > 0 && wq->nqid < n)
		return wq;
	free(wq);
	return n > 0 ? kerrorp("%s", Enonexist) : NULL;
}

static int
envstat(Chan *c, StyxDir *d)
{
	Evalue *v = c->aux;
	int r = 0;

	if (v == NULL)
		return devstat(c, d, NULL, 0, envgen);
	Egrp *g = up->env->egrp;
	pthread_mutex_lock(&g->lock);
	if (v->gone)
		r = kerror("%s", Enonexist);
	else
		envdir(c, v, d);
	pthread_mutex_unlock(&g->lock);
	return r;
}

static Chan *
envopen(Chan *c, int mode)
{
	Evalue *v = c->aux;
	int m = openmode(mode);
	Egrp *g = egrp_ref(up->env->egrp);

	if (m < 0)
		goto bad;
	if (v == NULL) {
		if (m != OREAD) {
			kerror("%s", Eperm);
			goto bad;
		}
		egrp_put(g);
		g = NULL;
	} else {
		pthread_mutex_lock(&g->lock);
		if (v->gone) {
			pthread_mutex_unlock(&g->lock);
			kerror("%s", Enonexist);
			goto bad;
		}
		if (mode & OTRUNC) {
			v->len = 0;
			v->vers++;
		}
		pthread_mutex_unlock(&g->lock);
		egrp_put(g);
	}
	devopened(c, m);
	if (mode & ORCLOSE)
		c->flag |= CRCLOSE;
	return c;
bad:
	egrp_put(g);
	return NULL;
}

static int
envcreate(Chan *c, const char *name, int mode, uint32_t perm)
{
	Egrp *g = up->env->egrp;
	int m = openmode(mode);

	if (m < 0)
		return -1;
	if (c->aux != NULL || (perm & STYX_DMDIR))
		return kerror("%s", Eperm);
	if (strlen(name) > NAMELEN)
		return kerror("name too long");
	pthread_mutex_lock(&g->lock);
	Evalue *v = egrp_find(g, name);
	if (v != NULL) {
		pthread_mutex_unlock(&g->lock);
		return kerror("%s", Eexist);
	}
	v = egrp_add(g, name);
	if (v == NULL) {
		pthread_mutex_unlock(&g->lock);
		return -1;
	}
	atomic_fetch_add(&v->ref, 1);
	c->qid = (StyxQid){.path = v->path, .vers = v->vers};
	pthread_mutex_unlock(&g->lock);
	c->aux = v;
	devopened(c, m);
	return 0;
}

static int
envremove(Chan *c)
{
	Egrp *g = up->env->egrp;
	Evalue *v = c->aux;
	int r = 0;

	if (v == NULL)
		return kerror("%s", Eperm);
	pthread_mutex_lock(&g->lock);
	if (v->gone)
		r = kerror("%s", Enonexist);
	else
		egrp_remove(g, v);
	pthread_mutex_unlock(&g->lock);
	return r;
}

static void
envclose(Chan *c)
{
	if ((c->flag & CRCLOSE) && up != NULL && up->env != NULL && up->env->egrp != NULL)
		envremove(c);
	evalue_put(c->aux);
}

static long
envread(Chan *c, void *buf, long n, int64_t off)
{
	Egrp *g = up->env->egrp;
	Evalue *v = c->aux;

	if (v == NULL)
		return devdirread(c, buf, n, NULL, 0, envgen);
	pthread_mutex_lock(&g->lock);
	if (v->gone)
		n = kerror("%s", Enonexist);
	else if (off >= (int64_t)v->len)
		n = 0;
	else {
		if (n > (int64_t)v->len - off)
			n = v->len - off;
		memcpy(buf, v->val + off, n);
	}
	pthread_mutex_unlock(&g->lock);
	return n;
}

static long
envwrite(Chan *c, const void *buf, long n, int64_t off)
{
	Egrp *g = up->env->egrp;
	Evalue *v = c->aux;

	if (n <= 0)
		return 0;
	if (off > MAXVAL || off + n > MAXVAL)
		return kerror("%s", Etoobig);
	pthread_mutex_lock(&g->lock);
	if (v->gone)
		n = kerror("%s", Enonexist);
	else if (evalue_write(v, buf, n, off) < 0)
		n = -1;
	pthread_mutex_unlock(&g->lock);
	return n;
}

Dev envdev = {
    .dc = 'e',
    .name = "env",
    .attach = envattach,
    .walk = envwalk,
    .stat = envstat,
    .open = envopen,
    .create = envcreate,
    .close = envclose,
    .read = envread,
    .write = envwrite,
    .remove = envremove,
    .nodevs = true,
};
