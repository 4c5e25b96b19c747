/*
 * Name spaces: the mount table, and its operations bind, mount, unmount; root and current directory.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "emu/chan.h"

static atomic_int lastpgrp;
static atomic_int lastmount;

Mhead *
mhead_ref(Mhead *m)
{
	if (m != NULL)
		atomic_fetch_add(&m->ref, 1);
	return m;
}

static void
mount_free(Mount *m)
{
	Mount *next;

	for (; m != NULL; m = next) {
		next = m->next;
		cclose(m->to);
		free(m->spec);
		free(m);
	}
}

void
mhead_put(Mhead *m)
{
	if (m == NULL || atomic_fetch_sub(&m->ref, 1) != 1)
		return;
	mount_free(m->mount);
	cclose(m->from);
	pthread_rwlock_destroy(&m->lock);
	free(m);
}

static unsigned
mnthash(const Chan *c)
{
	return (unsigned)(c->qid.path ^ (c->qid.path >> 32) ^ (c->qid.path >> 7)) % MNTHASH;
}

/* The lock is held. */
static Mhead *
lookup(Pgrp *p, const Chan *c)
{
	for (Mhead *m = p->mnthash[mnthash(c)]; m != NULL; m = m->next)
		if (eqchan(m->from, c, true))
			return m;
	return NULL;
}

Mhead *
findmount(Pgrp *p, const Chan *c)
{
	pthread_rwlock_rdlock(&p->ns);
	Mhead *m = p->nmount == 0 ? NULL : mhead_ref(lookup(p, c));
	pthread_rwlock_unlock(&p->ns);
	return m;
}

Chan *
mhead_elem(Mhead *m, int i, int *flag)
{
	Chan *c = NULL;

	pthread_rwlock_rdlock(&m->lock);
	for (Mount *f = m->mount; f != NULL; f = f->next)
		if (i-- == 0) {
			c = chan_ref(f->to);
			if (flag != NULL)
				*flag = f->flag;
			break;
		}
	pthread_rwlock_unlock(&m->lock);
	return c;
}

int
mhead_count(Mhead *m)
{
	int n = 0;

	pthread_rwlock_rdlock(&m->lock);
	for (Mount *f = m->mount; f != NULL; f = f->next)
		n++;
	pthread_rwlock_unlock(&m->lock);
	return n;
}

static Mount *
mount_new(Chan *to, int flag, const char *spec)
{
	Mount *m = calloc(1, sizeof *m);

	if (m == NULL)
		return NULL;
	m->to = chan_ref(to);
	m->flag = flag;
	m->id = atomic_fetch_add(&lastmount, 1) + 1;
	m->spec = spec != NULL ? strdup(spec) : NULL;
	return m;
}

/* The elements to be put in for `new`: itself, then the other elements of the union that it is the head of. */
static Mount *
elements(Chan *new, int flag, const char *spec)
{
	Mount *first = mount_new(new, flag, spec), *last = first;
	int order = (flag & MORDER) == MREPL ? MAFTER : flag & MORDER;

	if (first == NULL || new->umh == NULL)
		return first;
	pthread_rwlock_rdlock(&new->umh->lock);
	Mount *m = new->umh->mount;
	if (m != NULL)
		m = m->next;
	for (; m != NULL && last != NULL; m = m->next)
		if ((last->next = mount_new(m->to, order, NULL)) != NULL)
			last = last->next;
	pthread_rwlock_unlock(&new->umh->lock);
	return first;
}

static Mhead *
mhead_new(Chan *from)
{
	Mhead *h = calloc(1, sizeof *h);

	if (h == NULL)
		return NULL;
	atomic_init(&h->ref, 1);
	pthread_rwlock_init(&h->lock, NULL);
	h->from = chan_ref(from);
	return h;
}

int
cmount(Pgrp *p, Chan *new, Chan *old, int flag, const char *spec)
{
	int order = flag & MORDER, id, f;
	Mount *discard = NULL;

	if ((old->qid.type ^ new->qid.type) & STYX_QTDIR)
		return kerror("%s", Emount);
	if (!(old->qid.type & STYX_QTDIR) && order != MREPL)
		return kerror("%s", Emount);
	if ((flag & MCREATE) && new->umh != NULL) {
		if (mhead_count(new->umh) > 1)
			return kerror("%s", Emount);
		Chan *c = mhead_elem(new->umh, 0, &f);
		cclose(c);
		if (c != NULL && !(f & MCREATE))
			return kerror("%s", Emount);
	}
	Mount *els = elements(new, flag, spec);
	if (els == NULL)
		return kerror("%s", Enomem);

	pthread_rwlock_wrlock(&p->ns);
	Mhead *h = lookup(p, old);
	if (h == NULL) {
		h = mhead_new(old);
		if (h != NULL && order != MREPL)
			h->mount = mount_new(old, 0, NULL);
		if (h == NULL || (order != MREPL && h->mount == NULL)) {
			pthread_rwlock_unlock(&p->ns);
			mhead_put(h);
			mount_free(els);
			return kerror("%s", Enomem);
		}
		if (h->mount != NULL) {
			/* The original is listed before what is put on it. */
			h->mount->id = els->id;
			for (Mount *m = els; m != NULL; m = m->next)
				m->id++;
		}
		h->next = p->mnthash[mnthash(old)];
		p->mnthash[mnthash(old)] = h;
		p->nmount++;
	}
	id = els->id;
	pthread_rwlock_wrlock(&h->lock);
	if (order == MREPL) {
		discard = h->mount;
		h->mount = els;
	} else if (order == MBEFORE) {
		Mount *last = els;
		while (last->next != NULL)
			last = last->next;
		last->next = h->mount;
		h->mount = els;
	} else {
		Mount **l = &h->mount;
		while (*l != NULL)
			l = &(*l)->next;
		*l = els;
	}
	pthread_rwlock_unlock(&h->lock);
	pthread_rwlock_unlock(&p->ns);
	mount_free(discard);
	return id;
}

/* True if element f is what unmount was given: that file, or a mount whose connection is that channel. */
static bool
ismounted(const Mount *f, const Chan *new)
{
	if (eqchan(f->to, new, true))
		return true;
	return f->to->mchan != NULL && (f->to->mchan == new || eqchan(f->to->mchan, new, true));
}

int
cunmount(Pgrp *p, Chan *old, Chan *new)
{
	Mount *discard = NULL;
	Mhead *gone = NULL;

	pthread_rwlock_wrlock(&p->ns);
	Mhead *h = lookup(p, old);
	if (h == NULL) {
		pthread_rwlock_unlock(&p->ns);
		return kerror("%s", Eunmount);
	}
	pthread_rwlock_wrlock(&h->lock);
	if (new == NULL) {
		discard = h->mount;
		h->mount = NULL;
	} else {
		Mount **l = &h->mount;
		while (*l != NULL && !ismounted(*l, new))
			l = &(*l)->next;
		if (*l == NULL) {
			pthread_rwlock_unlock(&h->lock);
			pthread_rwlock_unlock(&p->ns);
			return kerror("%s", Eunion);
		}
		discard = *l;
		*l = discard->next;
		discard->next = NULL;
	}
	if (h->mount == NULL) {
		Mhead **l = &p->mnthash[mnthash(old)];
		while (*l != h)
			l = &(*l)->next;
		*l = h->next;
		p->nmount--;
		gone = h;
	}
	pthread_rwlock_unlock(&h->lock);
	pthread_rwlock_unlock(&p->ns);
	mount_free(discard);
	mhead_put(gone);
	return 0;
}

static Pgrp *
alloc(void)
{
	Pgrp *p = calloc(1, sizeof *p);

	if (p == NULL)
		return kerrorp("%s", Enomem);
	atomic_init(&p->ref, 1);
	pthread_rwlock_init(&p->ns, NULL);
	p->id = atomic_fetch_add(&lastpgrp, 1) + 1;
	p->progmode = 0644;
	return p;
}

Pgrp *
pgrp_new(void)
{
	Pgrp *p = alloc();
	Dev *root = dev_byletter('/');

	if (p == NULL || root == NULL)
		return p;
	p->slash = root->attach("");
	if (p->slash != NULL) {
		path_put(p->slash->path);
		p->slash->path = path_new(NULL, "/", NULL);
		p->dot = chan_ref(p->slash);
	}
	return p;
}

Pgrp *
pgrp_ref(Pgrp *p)
{
	atomic_fetch_add(&p->ref, 1);
	return p;
}

void
pgrp_put(Pgrp *p)
{
	if (p == NULL || atomic_fetch_sub(&p->ref, 1) != 1)
		return;
	for (int i = 0; i < MNTHASH; i++) {
		Mhead *h, *next;
		for (h = p->mnthash[i]; h != NULL; h = next) {
			next = h->next;
			/* Whoever still reads the union sees it end. */
			pthread_rwlock_wrlock(&h->lock);
			Mount *m = h->mount;
			h->mount = NULL;
			pthread_rwlock_unlock(&h->lock);
			mount_free(m);
			mhead_put(h);
		}
	}
	cclose(p->slash);
	cclose(p->dot);
	pthread_rwlock_destroy(&p->ns);
	free(p);
}

Pgrp *
pgrp_copy(Pgrp *p)
{
	Pgrp *n = alloc();

	if (n == NULL)
		return NULL;
	pthread_rwlock_rdlock(&p->ns);
	for (int i = 0; i < MNTHASH; i++) {
		Mhead **tail = &n->mnthash[i];
		for (Mhead *h = p->mnthash[i]; h != NULL; h = h->next) {
			Mhead *nh = mhead_new(h->from);
			if (nh == NULL)
				break;
			Mount **l = &nh->mount;
			pthread_rwlock_rdlock(&h->lock);
			for (Mount *m = h->mount; m != NULL; m = m->next) {
				*l = mount_new(m->to, m->flag, m->spec);
				if (*l == NULL)
					break;
				(*l)->id = m->id;
				l = &(*l)->next;
			}
			pthread_rwlock_unlock(&h->lock);
			*tail = nh;
			tail = &nh->next;
			n->nmount++;
		}
	}
	n->slash = chan_ref(p->slash);
	n->dot = chan_ref(p->dot);
	n->nodevs = atomic_load(&p->nodevs);
	n->progmode = p->progmode;
	pthread_rwlock_unlock(&p->ns);
	return n;
}

/* A channel on c's file of its own whose path is a root with the given name. */
static Chan *
rooted(Chan *c, const char *name)
{
	Chan *n = cclone(c);

	if (n == NULL)
		return NULL;
	path_put(n->path);
	n->path = path_new(NULL, name, NULL);
	return n;
}

Pgrp *
pgrp_empty(Pgrp *p)
{
	Pgrp *n = alloc();

	if (n == NULL)
		return NULL;
	/* What is mounted on the directory stays its contents: the new root is the file seen there now. */
	Chan *dot = pgrp_dotchan(p), *seen = chan_cross(dot);
	char *name = chan_name(dot);
	n->slash = seen != NULL ? rooted(seen, "/") : NULL;
	n->dot = seen != NULL && name != NULL ? rooted(seen, name) : NULL;
	n->nodevs = atomic_load(&p->nodevs);
	free(name);
	cclose(seen);
	cclose(dot);
	if (n->slash == NULL || n->dot == NULL) {
		pgrp_put(n);
		return NULL;
	}
	return n;
}

Chan *
pgrp_slash(Pgrp *p)
{
	pthread_rwlock_rdlock(&p->ns);
	Chan *c = chan_ref(p->slash);
	pthread_rwlock_unlock(&p->ns);
	return c;
}

Chan *
pgrp_dotchan(Pgrp *p)
{
	pthread_rwlock_rdlock(&p->ns);
	Chan *c = chan_ref(p->dot);
	pthread_rwlock_unlock(&p->ns);
	return c;
}

void
pgrp_setdot(Pgrp *p, Chan *c)
{
	pthread_rwlock_wrlock(&p->ns);
	Chan *o = p->dot;
	p->dot = chan_ref(c);
	pthread_rwlock_unlock(&p->ns);
	cclose(o);
}

void
pgrp_setslash(Pgrp *p, Chan *c)
{
	pthread_rwlock_wrlock(&p->ns);
	Chan *o = p->slash;
	p->slash = chan_ref(c);
	pthread_rwlock_unlock(&p->ns);
	cclose(o);
}

void
pgrp_setnodevs(Pgrp *p)
{
	atomic_store(&p->nodevs, true);
}

bool
pgrp_nodevs(Pgrp *p)
{
	return atomic_load(&p->nodevs);
}

int
pgrp_id(Pgrp *p)
{
	return p->id;
}

uint32_t
pgrp_progmode(Pgrp *p)
{
	pthread_rwlock_rdlock(&p->ns);
	uint32_t m = p->progmode;
	pthread_rwlock_unlock(&p->ns);
	return m;
}

void
pgrp_setprogmode(Pgrp *p, uint32_t mode)
{
	pthread_rwlock_wrlock(&p->ns);
	p->progmode = mode & 0777;
	pthread_rwlock_unlock(&p->ns);
}

char *
pgrp_dot(Pgrp *p)
{
	Chan *c = pgrp_dotchan(p);
	char *s = chan_name(c);

	cclose(c);
	return s;
}

static char *
nsline(const Mhead *h, const Mount *m)
{
	char flag[8], *s = NULL;
	int n = 0;

	if (m->flag & MMASK) {
		flag[n++] = '-';
		if (m->flag & MAFTER)
			flag[n++] = 'a';
		if (m->flag & MBEFORE)
			flag[n++] = 'b';
		if (m->flag & MCREATE)
			flag[n++] = 'c';
		if (m->flag & MCACHE)
			flag[n++] = 'C';
	}
	flag[n] = 0;
	char *on = chan_name(h->from), *from;
	if (m->to->mchan != NULL && m->spec != NULL) {
		from = chan_name(m->to->mchan);
		n = asprintf(&s, "mount %s %s %s %s\n", flag, from, on, m->spec);
	} else {
		from = chan_name(m->to);
		n = asprintf(&s, "bind %s %s %s\n", flag, from, on);
	}
	free(from);
	free(on);
	return n < 0 ? NULL : s;
}

char *
pgrp_nsline(Pgrp *p, int i)
{
	char *s = NULL;
	int after = 0, best = 0;

	/* The i-th smallest mount number: tables are small and reads are rare. */
	pthread_rwlock_rdlock(&p->ns);
	do {
		const Mhead *bh = NULL;
		const Mount *bm = NULL;
		for (int k = 0; k < MNTHASH; k++)
			for (const Mhead *h = p->mnthash[k]; h != NULL; h = h->next)
				for (const Mount *m = h->mount; m != NULL; m = m->next)
					if (m->id > after && (bm == NULL || m->id < best)) {
						best = m->id;
						bm = m;
						bh = h;
					}
		if (bm == NULL) {
			if (i == 0) {
				char *d = chan_name(p->dot);
				if (asprintf(&s, "cd %s\n", d) < 0)
					s = NULL;
				free(d);
			}
			break;
		}
		after = best;
		if (i == 0)
			s = nsline(bh, bm);
	} while (i-- > 0);
	pthread_rwlock_unlock(&p->ns);
	return s;
}
