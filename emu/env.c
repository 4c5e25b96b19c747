/*
 * Osenv: what one process sees of the kernel; users.
 */
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "emu/emu.h"

_Atomic(char *) eve;

Osenv *
osenv_new(void)
{
	Osenv *e = calloc(1, sizeof *e);

	if (e == NULL)
		return NULL;
	atomic_init(&e->ref, 1);
	pthread_mutex_init(&e->lock, NULL);
	e->pgrp = pgrp_new();
	e->fgrp = fgrp_new();
	e->egrp = egrp_new();
	e->user = strdup(eve != NULL ? eve : "");
	e->uid = getuid();
	e->gid = getgid();
	if (e->pgrp == NULL || e->fgrp == NULL || e->egrp == NULL || e->user == NULL) {
		osenv_put(e);
		return NULL;
	}
	fgrp_enter(e->fgrp);
	return e;
}

Osenv *
osenv_fork(Osenv *o)
{
	Osenv *e = calloc(1, sizeof *e);

	if (e == NULL)
		return NULL;
	atomic_init(&e->ref, 1);
	pthread_mutex_init(&e->lock, NULL);
	pthread_mutex_lock(&o->lock);
	e->pgrp = pgrp_ref(o->pgrp);
	e->fgrp = fgrp_ref(o->fgrp);
	fgrp_enter(e->fgrp);
	e->egrp = egrp_ref(o->egrp);
	e->user = strdup(o->user);
	e->uid = o->uid;
	e->gid = o->gid;
	atomic_init(&e->foreground, atomic_load(&o->foreground));
	if (o->childq != NULL)
		e->waitq = qref(o->childq);
	pthread_mutex_unlock(&o->lock);
	return e;
}

Osenv *
osenv_serving(Osenv *o)
{
	Osenv *e = osenv_fork(o);
	Fgrp *f = fgrp_new();

	if (e == NULL || f == NULL) {
		osenv_put(e);
		fgrp_put(f);
		return NULL;
	}
	fgrp_leave(e->fgrp);
	fgrp_put(e->fgrp);
	e->fgrp = f;
	fgrp_enter(f);
	qput(e->waitq);
	e->waitq = NULL;
	return e;
}

void
osenv_closefds(Osenv *e)
{
	pthread_mutex_lock(&e->lock);
	Fgrp *f = e->fgrp;
	e->fgrp = NULL;
	pthread_mutex_unlock(&e->lock);
	if (f != NULL) {
		fgrp_leave(f);
		fgrp_put(f);
	}
}

bool
osenv_leavefds(Osenv *e)
{
	pthread_mutex_lock(&e->lock);
	Fgrp *f = e->fgrp;
	bool left = f == NULL || fgrp_leaveothers(f);
	if (left)
		e->fgrp = NULL;
	pthread_mutex_unlock(&e->lock);
	if (left && f != NULL)
		fgrp_put(f);
	return left;
}

Osenv *
osenv_ref(Osenv *e)
{
	if (e != NULL)
		atomic_fetch_add(&e->ref, 1);
	return e;
}

void
osenv_release(Osenv *e)
{
	osenv_closefds(e);
	pthread_mutex_lock(&e->lock);
	Pgrp *p = e->pgrp;
	Egrp *g = e->egrp;
	Queue *w = e->waitq, *c = e->childq;
	e->pgrp = NULL;
	e->egrp = NULL;
	e->waitq = NULL;
	e->childq = NULL;
	pthread_mutex_unlock(&e->lock);
	pgrp_put(p);
	egrp_put(g);
	qput(w);
	qput(c);
}

void
osenv_put(Osenv *e)
{
	if (e == NULL || atomic_fetch_sub(&e->ref, 1) != 1)
		return;
	osenv_release(e);
	free(e->user);
	free(e->errstr);
	pthread_mutex_destroy(&e->lock);
	free(e);
}

void
osenv_setuser(Osenv *e, const char *user)
{
	struct passwd pw, *r = NULL;
	char buf[4096], *s = strdup(user);

	if (s == NULL)
		return;
	getpwnam_r(user, &pw, buf, sizeof buf, &r);
	pthread_mutex_lock(&e->lock);
	free(e->user);
	e->user = s;
	e->uid = r != NULL ? (int)pw.pw_uid : -1;
	e->gid = r != NULL ? (int)pw.pw_gid : -1;
	pthread_mutex_unlock(&e->lock);
}

bool
iseve(void)
{
	return up != NULL && up->env != NULL && eve != NULL && strcmp(up->env->user, eve) == 0;
}

void
osenv_exited(Osenv *e, const char *record)
{
	long n = strlen(record);

	/* What does not fit is dropped; nobody waits for a reader here. */
	if (e->waitq != NULL)
		qproduce(e->waitq, record, n);
	if (e->childq != NULL)
		qproduce(e->childq, record, n);
}
