/*
 * File descriptor groups.
 */
#include <stdlib.h>
#include <string.h>

#include "emu/chan.h"

enum {
	FDSTEP = 64,
	MAXFD = 100000, /* more than this is a leak, not a need */
};

struct Fgrp {
	atomic_int ref;
	atomic_int members;
	pthread_mutex_t lock;
	Chan **fd;
	int nfd; /* room */
	int maxfd; /* highest in use, -1 if none */
	int minfree; /* no free number is lower */
};

Fgrp *
fgrp_new(void)
{
	Fgrp *f = calloc(1, sizeof *f);

	if (f == NULL)
		return kerrorp("%s", Enomem);
	atomic_init(&f->ref, 1);
	pthread_mutex_init(&f->lock, NULL);
	f->maxfd = -1;
	return f;
}

Fgrp *
fgrp_ref(Fgrp *f)
{
	atomic_fetch_add(&f->ref, 1);
	return f;
}

void
fgrp_enter(Fgrp *f)
{
	atomic_fetch_add(&f->members, 1);
}

static void
closeall(Fgrp *f)
{
	pthread_mutex_lock(&f->lock);
	Chan **fd = f->fd;
	int n = f->maxfd + 1;
	f->fd = NULL;
	f->nfd = 0;
	f->maxfd = -1;
	f->minfree = 0;
	pthread_mutex_unlock(&f->lock);
	for (int i = 0; i < n; i++)
		cclose(fd[i]);
	free(fd);
}

bool
fgrp_leaveothers(Fgrp *f)
{
	int n = atomic_load(&f->members);

	while (n > 1)
		if (atomic_compare_exchange_weak(&f->members, &n, n - 1))
			return true;
	return false;
}

void
fgrp_leave(Fgrp *f)
{
	if (atomic_fetch_sub(&f->members, 1) == 1)
		closeall(f);
}

void
fgrp_put(Fgrp *f)
{
	if (f == NULL || atomic_fetch_sub(&f->ref, 1) != 1)
		return;
	closeall(f);
	pthread_mutex_destroy(&f->lock);
	free(f);
}

/* Makes room for number n; the lock is held. */
static int
grow(Fgrp *f, int n)
{
	if (n < f->nfd)
		return 0;
	if (n >= MAXFD)
		return kerror("%s", Enofd);
	int k = (n / FDSTEP + 1) * FDSTEP;
	if (k < 2 * f->nfd)
		k = 2 * f->nfd;
	Chan **fd = realloc(f->fd, k * sizeof *fd);
	if (fd == NULL)
		return kerror("%s", Enomem);
	memset(fd + f->nfd, 0, (k - f->nfd) * sizeof *fd);
	f->fd = fd;
	f->nfd = k;
	return 0;
}

static void
taken(Fgrp *f, int n)
{
	if (n > f->maxfd)
		f->maxfd = n;
	if (n == f->minfree)
		f->minfree = n + 1;
}

static Chan *
takeout(Fgrp *f, int n)
{
	Chan *c = n >= 0 && n <= f->maxfd ? f->fd[n] : NULL;

	if (c == NULL)
		return NULL;
	f->fd[n] = NULL;
	if (n < f->minfree)
		f->minfree = n;
	while (f->maxfd >= 0 && f->fd[f->maxfd] == NULL)
		f->maxfd--;
	return c;
}

Chan *
fgrp_chan(Fgrp *f, int fd)
{
	Chan *c = NULL;

	pthread_mutex_lock(&f->lock);
	if (fd >= 0 && fd <= f->maxfd)
		c = chan_ref(f->fd[fd]);
	pthread_mutex_unlock(&f->lock);
	if (c == NULL)
		return kerrorp("%s", Ebadfd);
	return c;
}

int
fgrp_close(Fgrp *f, int fd)
{
	pthread_mutex_lock(&f->lock);
	Chan *c = takeout(f, fd);
	pthread_mutex_unlock(&f->lock);
	if (c == NULL)
		return kerror("%s", Ebadfd);
	cclose(c);
	return 0;
}

int
fgrp_maxfd(Fgrp *f)
{
	pthread_mutex_lock(&f->lock);
	int n = f->maxfd;
	pthread_mutex_unlock(&f->lock);
	return n;
}

Fgrp *
fgrp_copy(Fgrp *f)
{
	Fgrp *n = fgrp_new();

	if (n == NULL)
		return NULL;
	pthread_mutex_lock(&f->lock);
	if (f->maxfd >= 0 && grow(n, f->maxfd) < 0) {
		pthread_mutex_unlock(&f->lock);
		fgrp_put(n);
		return NULL;
	}
	for (int i = 0; i <= f->maxfd; i++)
		n->fd[i] = chan_ref(f->fd[i]);
	n->maxfd = f->maxfd;
	n->minfree = f->minfree;
	pthread_mutex_unlock(&f->lock);
	return n;
}

void
fgrp_keep(Fgrp *from, Fgrp *to, const int *fds, int nfds)
{
	for (int i = 0; i < nfds; i++) {
		Chan *c = fgrp_chan(from, fds[i]);
		if (c == NULL)
			continue;
		pthread_mutex_lock(&to->lock);
		if (grow(to, fds[i]) == 0 && to->fd[fds[i]] == NULL) {
			to->fd[fds[i]] = c;
			c = NULL;
			if (fds[i] > to->maxfd)
				to->maxfd = fds[i];
		}
		pthread_mutex_unlock(&to->lock);
		cclose(c);
	}
	to->minfree = 0;
}

int
newfd(Chan *c)
{
	Fgrp *f = up->env->fgrp;
	int n;

	pthread_mutex_lock(&f->lock);
	for (n = f->minfree; n <= f->maxfd && f->fd[n] != NULL; n++)
		;
	if (grow(f, n) < 0) {
		pthread_mutex_unlock(&f->lock);
		return -1;
	}
	f->fd[n] = c;
	f->minfree = n;
	taken(f, n);
	pthread_mutex_unlock(&f->lock);
	return n;
}

int
kdup(int old, int new)
{
	Fgrp *f = up->env->fgrp;
	Chan *c = fdtochan(old, -1, false), *o;

	if (c == NULL)
		return -1;
	if (c->qid.type & STYX_QTAUTH) {
		cclose(c);
		return kerror("%s", Eperm);
	}
	if (new == -1) {
		int n = newfd(c);
		if (n < 0)
			cclose(c);
		return n;
	}
	if (new < 0 || new >= MAXFD) {
		cclose(c);
		return kerror("%s", Ebadfd);
	}
	pthread_mutex_lock(&f->lock);
	if (grow(f, new) < 0) {
		pthread_mutex_unlock(&f->lock);
		cclose(c);
		return -1;
	}
	o = f->fd[new];
	f->fd[new] = c;
	taken(f, new);
	pthread_mutex_unlock(&f->lock);
	cclose(o);
	return new;
}

Chan *
fdtochan(int fd, int mode, bool chkmnt)
{
	Chan *c = fgrp_chan(up->env->fgrp, fd);

	if (c == NULL)
		return NULL;
	if (chkmnt && (c->flag & CMSG))
		goto bad;
	if (mode < 0 || c->mode == ORDWR)
		return c;
	if ((mode == OREAD && c->mode == OWRITE) || (mode == OWRITE && c->mode != OWRITE) || (mode == ORDWR && c->mode != ORDWR))
		goto bad;
	return c;
bad:
	cclose(c);
	return kerrorp("%s", Ebadusefd);
}
