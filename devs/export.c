/*
 * Export: a part of a name space served to a Styx client. sys-export(2), intro(5)
 *
 * The protocol is libstyx's. Requests run at the same time on kernel processes of the connection that act for the exporter: its
 * name space and environment by reference, its user, no descriptors. They come when needed and go when idle.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "devs/chanstyx.h"
#include "devs/devs.h"

enum {
	MAXREQ = 512,	 /* requests in work per connection */
	MAXFIDS = 65536,
	IDLEMS = 2000,	 /* an idle worker goes after this */
	MAXQIDDEV = 4096,
};

typedef struct Export Export;
typedef struct Exfid Exfid;
typedef struct Work Work;

/* A request waiting for a worker, or being worked on by proc. */
struct Work {
	Work *next;
	StyxReq *req;
	Proc *proc;
};

/* What a fid stands for: an uncrossed channel, and when open the channel that is read and written. */
struct Exfid {
	Chan *c;
	Chan *open;
	bool created; /* then c is still the directory */
};

/* One device instance that has shown a file: its place in the table makes qids of different devices differ. */
typedef struct Qiddev Qiddev;
struct Qiddev {
	int dc;
	uint32_t dev;
};

struct Export {
	Chanstyx io; /* first; its conn is our reference */
	StyxServer *server;
	Chan *root;
	Osenv *env;	  /* of the workers */
	pthread_mutex_t lock;
	pthread_cond_t more; /* queue has grown, or over */
	pthread_cond_t gone; /* a worker has ended */
	Work *queue, **tail; /* waiting */
	Work *busy;
	int idle, workers;
	bool over;
	pthread_mutex_t qlock;
	Qiddev *qdev;
	int nqdev;
};

/* ---- workers ---- */

static void
unlink_(Work **list, Work *w)
{
	for (; *list != NULL; list = &(*list)->next)
		if (*list == w) {
			*list = w->next;
			return;
		}
}

static void
worker(void *v)
{
	Export *x = v;

	pthread_mutex_lock(&x->lock);
	for (;;) {
		while (x->queue == NULL && !x->over) {
			x->idle++;
			int r = ksleep(&x->more, &x->lock, IDLEMS);
			x->idle--;
			if (r == 1 && x->queue == NULL)
				goto out;
		}
		Work *w = x->queue;
		if (w == NULL)
			break;
		x->queue = w->next;
		if (x->queue == NULL)
			x->tail = &x->queue;
		w->proc = up;
		w->next = x->busy;
		x->busy = w;
		pthread_mutex_unlock(&x->lock);
		styx_req_run(w->req);
		up->exception = NULL;
		pthread_mutex_lock(&x->lock);
		/* An answered request is out of `busy` already, see answered(); one that was dropped is not. */
		unlink_(&x->busy, w);
		proc_clearintr(up);
		free(w);
	}
out:
	x->workers--;
	pthread_cond_broadcast(&x->gone);
	pthread_mutex_unlock(&x->lock);
}

/* Gives r to a worker, a new one if all are at work. */
static int
enqueue(Export *x, StyxReq *r)
{
	Work *w = calloc(1, sizeof *w);

	if (w == NULL)
		return -1;
	w->req = r;
	r->aux = w;
	pthread_mutex_lock(&x->lock);
	*x->tail = w;
	x->tail = &w->next;
	int waiting = 0;
	for (Work *q = x->queue; q != NULL && waiting <= x->idle; q = q->next)
		waiting++;
	bool start = waiting > x->idle;
	if (start)
		x->workers++;
	else
		pthread_cond_signal(&x->more);
	pthread_mutex_unlock(&x->lock);
	if (start && kproc("export", worker, x, x->env) < 0) {
		pthread_mutex_lock(&x->lock);
		x->workers--;
		/* Another worker will come to it; without any the request cannot be served. */
		bool alone = x->workers == 0;
		if (alone) {
			unlink_(&x->queue, w);
			x->tail = &x->queue;
			while (*x->tail != NULL)
				x->tail = &(*x->tail)->next;
		}
		pthread_mutex_unlock(&x->lock);
		if (alone) {
			free(w);
			return -1;
		}
	}
	return 0;
}

/*
 * Whether r may be worked on by the thread that reads: it then costs no change of threads. Walks and stats of local files wait
 * for nothing, and if they come to a remote one on the way they are begun again by a worker, see waits(). The rest depends on
 * what the fid stands for.
 */
static bool
prompt(const StyxReq *r)
{
	const Exfid *e = r->fid != NULL ? r->fid->aux : NULL;
	const Chan *c = e == NULL ? NULL : e->open != NULL ? e->open : e->c;

	if (c == NULL)
		return false;
	switch (r->t.type) {
	case STYX_TWALK:
	case STYX_TSTAT:
		return true;
	case STYX_TREAD:
	case STYX_TWRITE:
		return (c->flag & CPROMPT) && c->umh == NULL;
	case STYX_TCLUNK:
		return c->type->prompt && e->c->type->prompt;
	case STYX_TOPEN:
	case STYX_TCREATE:
		return c->type->prompt;
	}
	return false;
}

static int
dispatch(void *aux, StyxReq *r)
{
	Export *x = aux;

	if (!prompt(r))
		return enqueue(x, r);
	Osenv *env = up->env;
	char *errto = up->errto;
	bool nowait = up->nowait;
	up->env = x->env;
	up->errto = up->ownerr;
	up->nowait = true;
	up->wouldwait = false;
	styx_req_run(r);
	up->exception = NULL;
	up->env = env;
	up->errto = errto;
	up->nowait = nowait;
	return 0;
}

/* Whether what was tried on the thread that reads would have had to wait. Then a worker does all of it again. */
static bool
waits(StyxReq *r)
{
	if (!up->nowait || !up->wouldwait)
		return false;
	up->wouldwait = false;
	if (enqueue(styx_server_aux(r->server), r) < 0)
		styx_error(r, Enomem);
	return true;
}

/* Before a request is answered: from now on nobody may interrupt its worker on its behalf. */
static void
answered(StyxReq *r)
{
	Export *x = styx_server_aux(r->server);

	if (r->aux == NULL)
		return; /* no worker's */
	pthread_mutex_lock(&x->lock);
	unlink_(&x->busy, r->aux);
	pthread_mutex_unlock(&x->lock);
}

static void
respond(StyxReq *r)
{
	answered(r);
	styx_respond(r);
}

static void
fail(StyxReq *r)
{
	char err[ERRMAX];

	snprintf(err, sizeof err, "%s", kerrstr());
	answered(r);
	styx_error(r, err);
}

static void
exflush(StyxReq *r)
{
	Export *x = styx_server_aux(r->server);

	pthread_mutex_lock(&x->lock);
	for (Work *w = x->busy; w != NULL; w = w->next)
		if (w->req == r)
			proc_interrupt(w->proc);
	pthread_mutex_unlock(&x->lock);
}

/* ---- qids ---- */

/* Top bits that keep the qids of one device instance apart from those of the others. The first instance gets 0. */
static uint64_t
qidbits(Export *x, int dc, uint32_t dev)
{
	int i;

	pthread_mutex_lock(&x->qlock);
	for (i = 0; i < x->nqdev; i++)
		if (x->qdev[i].dc == dc && x->qdev[i].dev == dev)
			break;
	if (i == x->nqdev && i < MAXQIDDEV) {
		Qiddev *q = realloc(x->qdev, (i + 1) * sizeof *q);
		if (q != NULL) {
			x->qdev = q;
			x->qdev[x->nqdev++] = (Qiddev){dc, dev};
		}
	}
	pthread_mutex_unlock(&x->qlock);
	return (uint64_t)i << 48;
}

static StyxQid
mapqid(Export *x, const Chan *c)
{
	StyxQid q = c->qid;

	q.path ^= qidbits(x, c->type->dc, c->dev);
	q.type &= ~0x10;
	return q;
}

/* The same in packed directory entries: type[2] dev[4] qid.type[1] vers[4] path[8] after the size. */
static void
mapentries(Export *x, uint8_t *p, long n)
{
	while (n > 21) {
		long k = (p[0] | p[1] << 8) + 2;
		uint32_t dev = p[4] | p[5] << 8 | p[6] << 16 | (uint32_t)p[7] << 24;
		uint64_t bits = qidbits(x, p[2] | p[3] << 8, dev);
		for (int i = 0; i < 8; i++)
			p[13 + i] ^= bits >> 8 * i;
		p += k;
		n -= k;
	}
}

/* ---- requests ---- */

static Export *
exportof(StyxReq *r)
{
	return styx_server_aux(r->server);
}

static int
setfid(StyxFid *f, Chan *c)
{
	Exfid *e = calloc(1, sizeof *e);

	if (e == NULL)
		return kerror("%s", Enomem);
	e->c = chan_ref(c);
	f->aux = e;
	return 0;
}

/* The qid of what stands at c. */
static StyxQid
standing(Export *x, Chan *c)
{
	Chan *s = chan_cross(c);
	StyxQid q = mapqid(x, s != NULL ? s : c);

	cclose(s);
	return q;
}

static void
exattach(StyxReq *r)
{
	Export *x = exportof(r);

	if (setfid(r->newfid, x->root) < 0) {
		fail(r);
		return;
	}
	r->newfid->qid = standing(x, x->root);
	respond(r);
}

static void
exwalk(StyxReq *r)
{
	Export *x = exportof(r);
	Exfid *e = r->fid->aux;
	Chan *c = chan_ref(e->c);

	r->r.nwqid = 0;
	for (int i = 0; i < r->t.nwname; i++) {
		const char *name = r->t.wname[i];
		Chan *nc;
		/* The exported directory is the top. */
		if (strcmp(name, "..") == 0 && (c->path == x->root->path || eqchan(c, x->root, true)))
			nc = chan_ref(c);
		else
			nc = chan_walk1(c, name);
		if (nc == NULL)
			break;
		cclose(c);
		c = nc;
		r->r.wqid[r->r.nwqid++] = standing(x, c);
	}
	if (waits(r)) {
		cclose(c);
		return;
	}
	if (r->r.nwqid < r->t.nwname && (r->r.nwqid == 0 || kinterrupted())) {
		cclose(c);
		fail(r);
		return;
	}
	if (r->r.nwqid == r->t.nwname) {
		if (setfid(r->newfid, c) < 0) {
			cclose(c);
			fail(r);
			return;
		}
		if (r->t.nwname > 0)
			r->newfid->qid = r->r.wqid[r->t.nwname - 1];
	}
	cclose(c);
	respond(r);
}

/* The answer's iounit: the file's own if it has one that fits a message. */
static uint32_t
iounit(StyxReq *r, const Chan *c)
{
	uint32_t max = styx_server_msize(r->server) - STYX_IOHDRSZ;

	return c->iounit != 0 && c->iounit < max ? c->iounit : max;
}

static void
exopen(StyxReq *r)
{
	Exfid *e = r->fid->aux;
	Chan *c = chan_openat(e->c, r->t.mode);

	if (waits(r)) {
		cclose(c);
		return;
	}
	if (c == NULL) {
		fail(r);
		return;
	}
	e->open = c;
	r->fid->qid = mapqid(exportof(r), c);
	r->r.qid = r->fid->qid;
	r->r.iounit = iounit(r, c);
	respond(r);
}

static void
excreate(StyxReq *r)
{
	Exfid *e = r->fid->aux;
	Chan *c = chan_createat(e->c, r->t.name, r->t.mode | OEXCL, r->t.perm);

	if (c == NULL && waits(r))
		return;
	if (c == NULL) {
		fail(r);
		return;
	}
	e->created = true;
	e->open = c;
	r->fid->qid = mapqid(exportof(r), c);
	r->r.qid = r->fid->qid;
	r->r.iounit = iounit(r, c);
	respond(r);
}

static void
exreaddata(StyxReq *r)
{
	Export *x = exportof(r);
	Chan *c = ((Exfid *)r->fid->aux)->open;
	uint8_t *buf = styx_req_buffer(r);
	long n;

	if (buf == NULL)
		n = kerror("%s", Enomem);
	else if (c->qid.type & STYX_QTDIR) {
		if (r->t.offset == 0)
			chan_dirrewind(c);
		n = chan_dirread(c, buf, r->t.count);
		if (n > 0)
			mapentries(x, buf, n);
	} else
		n = chan_read(c, buf, r->t.count, r->t.offset);
	if (n < 0) {
		fail(r);
		return;
	}
	r->r.data = buf;
	r->r.count = n;
	respond(r);
}

static void
exwritedata(StyxReq *r)
{
	Chan *c = ((Exfid *)r->fid->aux)->open;
	long n = chan_write(c, r->t.data, r->t.count, r->t.offset);

	if (n < 0) {
		fail(r);
		return;
	}
	r->r.count = n;
	respond(r);
}

/* The channel that a stat is about, referenced. */
static Chan *
subject(Exfid *e)
{
	return e->open != NULL ? chan_ref(e->open) : chan_cross(e->c);
}

static void
exstat(StyxReq *r)
{
	Exfid *e = r->fid->aux;
	Chan *c = subject(e);
	StyxDir d;

	if (c == NULL || c->type->stat(c, &d) < 0) {
		cclose(c);
		if (!waits(r))
			fail(r);
		return;
	}
	r->dir = d;
	r->dir.qid.path ^= qidbits(exportof(r), c->type->dc, c->dev);
	cclose(c);
	respond(r);
	dir_clear(&d);
}

static void
exwstat(StyxReq *r)
{
	Exfid *e = r->fid->aux;
	Chan *c = e->open != NULL ? chan_ref(e->open) : chan_removable(e->c);

	if (c == NULL || c->type->wstat(c, &r->dir) < 0)
		fail(r);
	else
		respond(r);
	cclose(c);
}

static void
exremove(StyxReq *r)
{
	Exfid *e = r->fid->aux;
	Chan *c = e->created ? NULL : chan_removable(e->c);

	if (e->open != NULL && c == NULL)
		c = chan_ref(e->open);
	if (c == NULL || c->type->remove(c) < 0)
		fail(r);
	else
		respond(r);
	cclose(c);
}

static void
exdestroy(StyxFid *f)
{
	Exfid *e = f->aux;

	if (e == NULL)
		return;
	cclose(e->open);
	cclose(e->c);
	free(e);
}

static const StyxOps ops = {
    .attach = exattach,
    .walk = exwalk,
    .open = exopen,
    .create = excreate,
    .read = exreaddata,
    .write = exwritedata,
    .remove = exremove,
    .stat = exstat,
    .wstat = exwstat,
    .flush = exflush,
    .destroy = exdestroy,
};

/* ---- service ---- */

static void
export_free(Export *x)
{
	pthread_mutex_lock(&x->lock);
	x->over = true;
	pthread_cond_broadcast(&x->more);
	while (x->workers > 0)
		pthread_cond_wait(&x->gone, &x->lock);
	pthread_mutex_unlock(&x->lock);
	if (x->server != NULL)
		styx_server_free(x->server);
	cclose(x->root);
	cclose(x->io.conn);
	chanstyx_fini(&x->io);
	osenv_put(x->env);
	free(x->qdev);
	pthread_mutex_destroy(&x->lock);
	pthread_cond_destroy(&x->more);
	pthread_cond_destroy(&x->gone);
	pthread_mutex_destroy(&x->qlock);
	free(x);
}

static int
serve(Export *x)
{
	char err[ERRMAX] = "";
	int r = styx_server_run(x->server, err, sizeof err);

	/* What came in between (a kill of the exporter) must not disturb the cleaning up. */
	up->nointr++;
	export_free(x);
	up->nointr--;
	if (r < 0)
		kseterrstr(err);
	return 0;
}

static void
servekproc(void *x)
{
	serve(x);
}

int
export_serve(Chan *conn, Chan *root, int flags)
{
	Export *x = calloc(1, sizeof *x);

	if (x == NULL)
		return kerror("%s", Enomem);
	pthread_mutex_init(&x->lock, NULL);
	pthread_mutex_init(&x->qlock, NULL);
	pthread_cond_init(&x->more, NULL);
	pthread_cond_init(&x->gone, NULL);
	x->tail = &x->queue;
	chanstyx_init(&x->io, chan_ref(conn));
	x->root = chan_ref(root);
	x->env = osenv_serving(up->env);
	StyxTransport t = {.read = chanstyx_read, .write = chanstyx_write, .hangup = chanstyx_hangup, .aux = x};
	StyxServerConf conf = {
	    .msize = STYX_MSIZE_CLIENT,
	    .maxreq = MAXREQ,
	    .maxfids = MAXFIDS,
	    .readonly = (flags & EXPRDONLY) != 0,
	    .dispatch = dispatch,
	    .aux = x,
	};
	if (x->env != NULL)
		x->server = styx_server_new(&t, &ops, &conf);
	if (x->server == NULL) {
		export_free(x);
		return kerror("%s", Enomem);
	}
	conn->flag |= CMSG;
	if ((flags & EXPASYNC) == 0)
		return serve(x);
	if (kproc("export", servekproc, x, x->env) < 0) {
		export_free(x);
		return -1;
	}
	return 0;
}
