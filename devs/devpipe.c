/*
 * #| : pipes. Each attach makes one: two files, data and data1, each reading what is written to the other. pipe(3)
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "devs/devs.h"

enum {
	Qdir,
	Qdata0,
	Qdata1,
	PIPELIMIT = 32768, /* bytes queued before a writer waits; and the longest message */
};

/*
 * A pipe. Both ends and every channel on its files refer to it. nopen counts opens of an end, ever[] whether it was open at
 * all: only an end that has been opened and closed again is at an end.
 */
typedef struct Pipe Pipe;
struct Pipe {
	atomic_int ref;
	pthread_mutex_t lock;
	Queue *q[2]; /* q[i]: what is read from end i */
	int nopen[2];
	uint32_t perm[2];
	char *name[2];
	char *owner;
	uint64_t id;
};

static atomic_ullong lastpipe;

static void
pipe_put(Pipe *p)
{
	if (atomic_fetch_sub(&p->ref, 1) != 1)
		return;
	for (int i = 0; i < 2; i++) {
		qput(p->q[i]);
		free(p->name[i]);
	}
	free(p->owner);
	pthread_mutex_destroy(&p->lock);
	free(p);
}

static uint64_t
qpath(const Pipe *p, int file)
{
	return p->id << 5 | file;
}

static int
qfile(const Chan *c)
{
	return c->qid.path & 31;
}

static int
pipegen(Chan *c, const Dirtab *tab, int ntab, int i, StyxDir *d)
{
	Pipe *p = c->aux;

	(void)tab;
	(void)ntab;
	if (i >= 2)
		return -1;
	pthread_mutex_lock(&p->lock);
	if (i < 0)
		devdir(c, (StyxQid){.path = qpath(p, Qdir), .type = STYX_QTDIR}, "#|", 0, p->owner, 0555, d);
	else
		devdir(c, (StyxQid){.path = qpath(p, Qdata0 + i)}, p->name[i], qlen(p->q[i]), p->owner, p->perm[i], d);
	pthread_mutex_unlock(&p->lock);
	return 1;
}

static Chan *
pipeattach(const char *spec)
{
	Pipe *p = calloc(1, sizeof *p);
	Chan *c = devattach(&pipedev, spec);

	if (p == NULL || c == NULL) {
		free(p);
		if (c != NULL)
			c->flag |= CFREE;
		cclose(c);
		return kerrorp("%s", Enomem);
	}
	atomic_init(&p->ref, 1);
	pthread_mutex_init(&p->lock, NULL);
	p->id = atomic_fetch_add(&lastpipe, 1) + 1;
	p->q[0] = qopen(PIPELIMIT, QMSG);
	p->q[1] = qopen(PIPELIMIT, QMSG);
	p->perm[0] = p->perm[1] = 0660;
	p->name[0] = strdup("data");
	p->name[1] = strdup("data1");
	p->owner = strdup(up->env->user);
	c->aux = p;
	c->qid.path = qpath(p, Qdir);
	return c;
}

static Walkqid *
pipewalk(Chan *c, Chan *nc, const char **names, int n)
{
	Pipe *p = c->aux;
	Walkqid *wq = devwalk(c, nc, names, n, NULL, 0, pipegen);

	if (wq != NULL && wq->clone != NULL)
		atomic_fetch_add(&p->ref, 1);
	return wq;
}

static int
pipestat(Chan *c, StyxDir *d)
{
	return devstat(c, d, NULL, 0, pipegen);
}

static Chan *
pipeopen(Chan *c, int mode)
{
	Pipe *p = c->aux;

	c = devopen(c, mode, NULL, 0, pipegen);
	if (c == NULL)
		return NULL;
	if (!(c->qid.type & STYX_QTDIR)) {
		pthread_mutex_lock(&p->lock);
		p->nopen[qfile(c) - Qdata0]++;
		pthread_mutex_unlock(&p->lock);
		c->iounit = PIPELIMIT;
	}
	return c;
}

static void
pipeclose(Chan *c)
{
	Pipe *p = c->aux;

	if ((c->flag & COPEN) && !(c->qid.type & STYX_QTDIR)) {
		int end = qfile(c) - Qdata0;
		pthread_mutex_lock(&p->lock);
		if (--p->nopen[end] == 0) {
			/* The other end reads what is left; what was written to this one is lost. */
			qhangup(p->q[1 - end], NULL);
			qclose(p->q[end]);
			if (p->nopen[1 - end] == 0) {
				qreopen(p->q[0]);
				qreopen(p->q[1]);
			}
		}
		pthread_mutex_unlock(&p->lock);
	}
	pipe_put(p);
}

static long
piperead(Chan *c, void *buf, long n, int64_t off)
{
	Pipe *p = c->aux;

	(void)off;
	if (c->qid.type & STYX_QTDIR)
		return devdirread(c, buf, n, NULL, 0, pipegen);
	return qread(p->q[qfile(c) - Qdata0], buf, n);
}

static long
pipewrite(Chan *c, const void *buf, long n, int64_t off)
{
	Pipe *p = c->aux;
	Queue *q = p->q[1 - (qfile(c) - Qdata0)];
	long done = 0;

	(void)off;
	do {
		long k = n - done < PIPELIMIT ? n - done : PIPELIMIT;
		if (qwrite(q, (const char *)buf + done, k) < 0) {
			/* A mount that has lost its server is told by the error alone. */
			if (!(c->flag & CMSG) && strcmp(kerrstr(), Eintr) != 0)
				up->exception = "write on closed pipe";
			return -1;
		}
		done += k;
	} while (done < n);
	return n;
}

static int
pipewstat(Chan *c, StyxDir *d)
{
	Pipe *p = c->aux;
	int end = qfile(c) - Qdata0, r = 0;

	if (c->qid.type & STYX_QTDIR)
		return kerror("%s", Eperm);
	pthread_mutex_lock(&p->lock);
	if (strcmp(p->owner, up->env->user) != 0)
		r = kerror("%s", Eperm);
	else if (d->name[0] != 0 && strcmp(d->name, p->name[1 - end]) == 0)
		r = kerror("%s", Eexist);
	else {
		if (d->name[0] != 0) {
			char *s = strdup(d->name);
			if (s != NULL) {
				free(p->name[end]);
				p->name[end] = s;
			}
		}
		if (d->mode != (uint32_t)~0)
			p->perm[end] = d->mode & 0777;
	}
	pthread_mutex_unlock(&p->lock);
	return r;
}

Dev pipedev = {
    .dc = '|',
    .name = "pipe",
    .attach = pipeattach,
    .walk = pipewalk,
    .stat = pipestat,
    .open = pipeopen,
    .close = pipeclose,
    .read = piperead,
    .write = pipewrite,
    .wstat = pipewstat,
    .nodevs = true,
};
