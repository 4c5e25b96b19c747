/*
 * #M : the mount driver: trees of servers on the other side of a Styx connection. mount(3), intro(5)
 *
 * The protocol is libstyx's; this file binds it to channels: messages move through the connection's channel, fids are channels,
 * an interrupted process flushes its request.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "devs/chanstyx.h"
#include "devs/devs.h"

/*
 * A connection. It lives while a channel of one of its trees exists, or a descriptor on the connection's channel: the tree may be
 * mounted again. `nchan` counts the former; that conn has no reference but ours tells of the latter. mntlock guards the list and nchan.
 */
struct Mnt {
	Chanstyx io;	     /* first; its conn is our reference, given to the transport when the connection ends */
	Mnt *next;
	StyxClient *client;
	int nchan;
	atomic_int ref;	     /* the list's and the transport's */
};

/*
 * What a channel of a mounted tree has: its connection, and while a file is read from end to end in a tree that may be cached
 * (MCACHE) the reads made ahead. `ahead` is made by the first read that goes on where another ended.
 */
typedef struct Mntfile Mntfile;
typedef struct Ahead Ahead;
struct Mntfile {
	Mnt *m;
	pthread_mutex_t lock; /* of what follows; only tried, a reader that finds it taken reads by itself */
	int64_t next;	      /* where the last read ended */
	Ahead *ahead;
};

enum { MAXAHEAD = 8 };

struct Ahead {
	StyxAhead *read[MAXAHEAD]; /* in the order of the file; n of them, from `first` on, modulo MAXAHEAD */
	int first, n, window;	   /* window: how many there should be; it grows with use */
	uint32_t used;		   /* bytes of the first that have been given out */
	int64_t sent;		   /* offset of the next read to be made */
	bool end;		   /* a short answer has come: no more reads are made */
};

static pthread_mutex_t mntlock = PTHREAD_MUTEX_INITIALIZER;
static Mnt *mnts;
static atomic_uint lastdev;

/* ---- transport: the connection's channel ---- */

static void
mnt_put(Mnt *m)
{
	if (atomic_fetch_sub(&m->ref, 1) != 1)
		return;
	chanstyx_fini(&m->io);
	free(m);
}

static void
connclose(void *aux)
{
	Mnt *m = aux;

	cclose(m->io.conn);
	mnt_put(m);
}

static int
startreader(void *aux, void (*fn)(void *), void *arg)
{
	(void)aux;
	return kproc("mntread", fn, arg, NULL);
}

static void
oddity(void *aux, const char *line)
{
	(void)aux;
	kprint("mount: %s\n", line);
}

/* ---- connections ---- */

static Mnt *
mnt_find(Chan *conn)
{
	Mnt *m;

	for (m = mnts; m != NULL && m->io.conn != conn; m = m->next)
		;
	return m;
}

/* The connection behind conn with one more use (nchan), made if there is none. */
static Mnt *
mnt_get(Chan *conn)
{
	char err[ERRMAX];
	StyxClientConf conf = {.spawn = startreader, .inplace = true, .log = oddity};

	pthread_mutex_lock(&mntlock);
	Mnt *m = mnt_find(conn);
	if (m != NULL) {
		m->nchan++;
		pthread_mutex_unlock(&mntlock);
		return m;
	}
	if (conn->flag & CMSG) {
		/* It serves an export. */
		pthread_mutex_unlock(&mntlock);
		return kerrorp("%s", Ebadusefd);
	}
	m = calloc(1, sizeof *m);
	if (m == NULL) {
		pthread_mutex_unlock(&mntlock);
		return kerrorp("%s", Enomem);
	}
	atomic_init(&m->ref, 2);
	chanstyx_init(&m->io, chan_ref(conn));
	StyxTransport t = {.read = chanstyx_read, .write = chanstyx_write, .hangup = chanstyx_hangup, .close = connclose, .aux = m};
	m->client = styx_client_new(&t, &conf, err, sizeof err);
	if (m->client == NULL) {
		pthread_mutex_unlock(&mntlock);
		mnt_put(m);
		kseterrstr(err);
		return NULL;
	}
	conn->flag |= CMSG;
	m->nchan = 1;
	m->next = mnts;
	mnts = m;
	pthread_mutex_unlock(&mntlock);
	return m;
}

/* Ends the connection if nobody can use it any more; mntlock is held and given up. */
static void
reap(Mnt *m)
{
	bool over = m->nchan == 0 && atomic_load(&m->io.conn->ref) == 1;

	if (over)
		for (Mnt **l = &mnts; *l != NULL; l = &(*l)->next)
			if (*l == m) {
				*l = m->next;
				break;
			}
	pthread_mutex_unlock(&mntlock);
	if (over) {
		styx_client_free(m->client);
		mnt_put(m);
	}
}

static void
mnt_drop(Mnt *m)
{
	pthread_mutex_lock(&mntlock);
	m->nchan--;
	reap(m);
}

void
mnt_unused(Chan *conn)
{
	pthread_mutex_lock(&mntlock);
	Mnt *m = mnt_find(conn);
	if (m != NULL)
		reap(m);
	else
		pthread_mutex_unlock(&mntlock);
}

/* ---- requests ---- */

static void
intr(void *call)
{
	styx_call_interrupt(call);
}

/* The calling thread's request state, made to follow its interruptions until done(). */
static StyxCall *
begin(void)
{
	if (up->nowait) {
		up->wouldwait = true;
		return kerrorp("%s", Eintr);
	}
	if (up->call == NULL)
		up->call = styx_call_new();
	if (up->call == NULL)
		return kerrorp("%s", Enomem);
	styx_call_resume(up->call);
	if (up->nointr == 0)
		proc_onintr(intr, up->call);
	return up->call;
}

/* Ends what begin began. r < 0: the request's error becomes the process's. Returns r. */
static long
done(long r)
{
	proc_onintr(NULL, NULL);
	if (r < 0)
		kseterrstr(styx_call_error(up->call));
	return r;
}

static Mnt *
mntof(const Chan *c)
{
	return ((Mntfile *)c->aux)->m;
}

/* A channel for a fid; the use of m that the caller has is now the channel's. */
static Chan *
mntchan(Mnt *m, uint32_t dev, uint32_t fid, StyxQid q)
{
	Chan *c = newchan(&mntdev);
	Mntfile *f = c != NULL ? calloc(1, sizeof *f) : NULL;

	if (f == NULL) {
		if (c != NULL) {
			c->flag |= CFREE;
			cclose(c);
			kerror("%s", Enomem);
		}
		styx_client_forget(m->client, fid);
		mnt_drop(m);
		return NULL;
	}
	f->m = m;
	pthread_mutex_init(&f->lock, NULL);
	c->aux = f;
	c->dev = dev;
	c->fid = fid;
	c->qid = q;
	c->mchan = m->io.conn;
	return c;
}

static int
version(Mnt *m, uint32_t msize, const char *vers)
{
	if (styx_client_msize(m->client) != 0)
		return 0;
	StyxCall *call = begin();
	if (call == NULL)
		return -1;
	/* A channel that moves less at a time cannot take larger messages whole. */
	if (msize == 0 && m->io.conn->iounit != 0 && m->io.conn->iounit < STYX_MSIZE_CLIENT)
		msize = m->io.conn->iounit;
	return done(styx_client_version(m->client, call, msize, vers));
}

int
mnt_version(Chan *conn, uint32_t msize, const char *vers, char *out, size_t nout)
{
	if (msize > STYX_MSIZE_MAX)
		return kerror("%s", Ebadarg);
	if (vers[0] != 0 && strncmp(vers, STYX_VERSION, strlen(STYX_VERSION)) != 0)
		return kerror("bad 9P version specification");
	Mnt *m = mnt_get(conn);
	if (m == NULL)
		return -1;
	int r = version(m, msize, vers);
	if (r == 0) {
		snprintf(out, nout, "%s", styx_client_agreed(m->client));
		r = styx_client_msize(m->client);
	}
	mnt_drop(m);
	return r;
}

Chan *
mnt_auth(Chan *conn, const char *aname)
{
	uint32_t fid;
	StyxQid q;
	Mnt *m = mnt_get(conn);

	if (m == NULL)
		return NULL;
	StyxCall *call = version(m, 0, NULL) == 0 ? begin() : NULL;
	if (call == NULL || done(styx_client_auth(m->client, call, up->env->user, aname, &fid, &q)) < 0) {
		mnt_drop(m);
		return NULL;
	}
	Chan *c = mntchan(m, atomic_fetch_add(&lastdev, 1) + 1, fid, q);
	if (c != NULL) {
		c->qid.type |= STYX_QTAUTH;
		c->mode = ORDWR;
		c->flag |= COPEN;
		c->iounit = styx_client_iounit(m->client);
	}
	return c;
}

Chan *
mnt_attach(Chan *conn, Chan *auth, const char *aname, int flags)
{
	uint32_t fid, afid = STYX_NOFID;
	StyxQid q;

	if (auth != NULL && auth->type == &mntdev && auth->mchan == conn)
		afid = auth->fid;
	Mnt *m = mnt_get(conn);
	if (m == NULL)
		return NULL;
	StyxCall *call = version(m, 0, NULL) == 0 ? begin() : NULL;
	if (call == NULL || done(styx_client_attach(m->client, call, afid, up->env->user, aname, &fid, &q)) < 0) {
		mnt_drop(m);
		return NULL;
	}
	Chan *c = mntchan(m, atomic_fetch_add(&lastdev, 1) + 1, fid, q);
	if (c != NULL && (flags & MCACHE))
		c->flag |= CCACHE;
	return c;
}

static Walkqid *
mntwalk(Chan *c, Chan *nc, const char **names, int n)
{
	Mnt *m = mntof(c);
	uint32_t fid;
	Walkqid *wq = walkqid_new(n);
	StyxCall *call = wq != NULL ? begin() : NULL;

	(void)nc; /* a new channel is as good: fids are not moved */
	if (call == NULL) {
		free(wq);
		return NULL;
	}
	long r = done(styx_client_walk(m->client, call, c->fid, names, n, &fid, wq->qid));
	if (r < 0) {
		free(wq);
		return NULL;
	}
	wq->nqid = r;
	if (r < n)
		return wq;
	pthread_mutex_lock(&mntlock);
	m->nchan++;
	pthread_mutex_unlock(&mntlock);
	wq->clone = mntchan(m, c->dev, fid, n > 0 ? wq->qid[n - 1] : c->qid);
	if (wq->clone == NULL) {
		free(wq);
		return NULL;
	}
	wq->clone->flag |= c->flag & CCACHE;
	return wq;
}

/* d becomes s, whose strings are in mem, as this mount shows it. mem is freed. */
static void
mntdir(const Chan *c, const StyxDir *s, void *mem, StyxDir *d)
{
	*d = *s;
	d->name = strdup(s->name);
	d->uid = strdup(s->uid);
	d->gid = strdup(s->gid);
	d->muid = strdup(s->muid);
	d->type = 'M';
	d->dev = c->dev;
	free(mem);
}

/*
 * Whether one process may have several requests under way. A server that grants more than the customary message size can be
 * expected to go beyond one request after the other, and to take requests on a fid that it has not yet confirmed.
 */
static bool
pipelines(const Mnt *m)
{
	return styx_client_msize(m->client) > STYX_MSIZE;
}

static int
mntwalkstat(Chan *c, const char **names, int n, StyxQid *qids, StyxDir *d)
{
	Mnt *m = mntof(c);
	void *mem;
	StyxDir s;

	if (!pipelines(m))
		return 0;
	StyxCall *call = begin();
	if (call == NULL)
		return -1;
	long r = styx_client_walkstat(m->client, call, c->fid, names, n, qids, &s, &mem);
	if (r == n)
		mntdir(c, &s, mem, d);
	done(r < 0 && r != STYX_RETRY ? -1 : 0);
	return r == n ? 1 : r == -1 ? -1 : 0;
}

static int
mntstat(Chan *c, StyxDir *d)
{
	void *mem;
	StyxDir s;
	StyxCall *call = begin();

	if (call == NULL || done(styx_client_stat(mntof(c)->client, call, c->fid, &s, &mem)) < 0)
		return -1;
	mntdir(c, &s, mem, d);
	if (c->flag & CMSG)
		d->mode |= (uint32_t)1 << 28;
	return 0;
}

static void
opened(Chan *c, int mode, StyxQid q, uint32_t iounit)
{
	c->qid = q;
	c->mode = openmode(mode);
	c->offset = 0;
	c->iounit = iounit;
	c->flag |= COPEN;
}

static Chan *
mntopen(Chan *c, int mode)
{
	StyxQid q;
	uint32_t iounit;
	StyxCall *call = begin();

	if (call == NULL || done(styx_client_open(mntof(c)->client, call, c->fid, mode & 0xFF, &q, &iounit)) < 0)
		return NULL;
	opened(c, mode, q, iounit);
	return c;
}

static int
mntcreate(Chan *c, const char *name, int mode, uint32_t perm)
{
	StyxQid q;
	uint32_t iounit;
	StyxCall *call = begin();

	if (call == NULL || done(styx_client_create(mntof(c)->client, call, c->fid, name, perm, mode & 0xFF, &q, &iounit)) < 0)
		return -1;
	opened(c, mode, q, iounit);
	return 0;
}

/* ---- reading ahead ---- */

static void
dropfirst(Mnt *m, Ahead *a)
{
	styx_client_ahead_free(m->client, a->read[a->first]);
	a->first = (a->first + 1) % MAXAHEAD;
	a->n--;
	a->used = 0;
}

static void
dropahead(Mnt *m, Mntfile *f)
{
	Ahead *a = f->ahead;

	if (a == NULL)
		return;
	while (a->n > 0)
		dropfirst(m, a);
	free(a);
	f->ahead = NULL;
}

/* Makes reads until there are as many as there should be. What fails is found out by who comes to it. */
static void
fillahead(Chan *c, StyxCall *call, Ahead *a)
{
	while (!a->end && a->n < a->window) {
		StyxAhead *r = styx_client_ahead(mntof(c)->client, call, c->fid, a->sent, c->iounit);
		if (r == NULL)
			return;
		a->read[(a->first + a->n++) % MAXAHEAD] = r;
		a->sent += c->iounit;
	}
}

/* A read at `off` out of what was read ahead, f->lock is held: bytes, less than n only at the end of the file, or -1. */
static long
takeahead(Chan *c, StyxCall *call, Ahead *a, char *buf, long n)
{
	Mnt *m = mntof(c);
	long done = 0;

	while (done < n) {
		const void *data;
		fillahead(c, call, a);
		if (a->n == 0)
			break;
		long len = styx_client_ahead_wait(m->client, call, a->read[a->first], &data);
		if (len < 0)
			return done > 0 ? done : -1;
		long k = len - a->used;
		if (k > n - done)
			k = n - done;
		memcpy(buf + done, (const char *)data + a->used, k);
		a->used += k;
		done += k;
		if (a->used < len)
			continue;
		dropfirst(m, a);
		if (len < c->iounit) {
			/* What was asked for behind this is of no use: it would leave a gap. */
			a->end = true;
			while (a->n > 0)
				dropfirst(m, a);
			break;
		}
		if (a->window < MAXAHEAD)
			a->window *= 2;
	}
	return done;
}

/* A read of a plain file in a tree that may be cached. */
static long
readcached(Chan *c, StyxCall *call, void *buf, long n, int64_t off)
{
	Mntfile *f = c->aux;
	StyxClient *cl = f->m->client;
	long r;

	if (pthread_mutex_trylock(&f->lock) != 0)
		return styx_client_read(cl, call, c->fid, off, buf, n);
	if (off != f->next || off == 0)
		dropahead(f->m, f);
	else if (f->ahead == NULL && (f->ahead = calloc(1, sizeof *f->ahead)) != NULL) {
		f->ahead->window = 1;
		f->ahead->sent = off;
	}
	if (f->ahead != NULL) {
		r = takeahead(c, call, f->ahead, buf, n);
		if (r < n)
			dropahead(f->m, f);
	} else
		r = styx_client_bulkread(cl, call, c->fid, off, buf, n);
	f->next = off + (r > 0 ? r : 0);
	pthread_mutex_unlock(&f->lock);
	return r;
}

/* Whether pieces of the file may be moved in any order. Version 0 is what files say that are no store of bytes. */
static bool
seekable(const Chan *c)
{
	return c->qid.vers != 0 && !(c->qid.type & STYX_QTAPPEND) && pipelines(mntof(c));
}

static void
mntclose(Chan *c)
{
	Mntfile *f = c->aux;
	Mnt *m = f->m;

	dropahead(m, f);
	if (c->fid != STYX_NOFID) {
		/*
		 * Nobody can tell when a file that was never open has been closed; but before the connection ends its server
		 * is to have answered all, and an old one gets one request after the other.
		 */
		pthread_mutex_lock(&mntlock);
		bool wait = (c->flag & COPEN) || m->nchan == 1;
		pthread_mutex_unlock(&mntlock);
		wait = wait || !pipelines(m);
		StyxCall *call = wait && !up->nowait ? begin() : NULL;
		if (call != NULL)
			done(styx_client_clunk(m->client, call, c->fid));
		else
			styx_client_forget(m->client, c->fid);
	}
	pthread_mutex_destroy(&f->lock);
	free(f);
	mnt_drop(m);
}

/* What the server says of type and dev means nothing here: every entry gets the mount's. */
static void
renumber(Chan *c, uint8_t *p, long n)
{
	while (n > 8) {
		long k = (p[0] | p[1] << 8) + 2;
		p[2] = 'M';
		p[3] = 0;
		for (int i = 0; i < 4; i++)
			p[4 + i] = c->dev >> 8 * i;
		p += k;
		n -= k;
	}
}

static long
mntread(Chan *c, void *buf, long n, int64_t off)
{
	StyxClient *cl = mntof(c)->client;
	StyxCall *call = begin();

	if (call == NULL)
		return -1;
	if (!(c->qid.type & STYX_QTDIR)) {
		if ((c->flag & CCACHE) && !(c->qid.type & STYX_QTAUTH) && pipelines(mntof(c)))
			return done(readcached(c, call, buf, n, off));
		if (n > c->iounit && seekable(c))
			return done(styx_client_bulkread(cl, call, c->fid, off, buf, n));
		return done(styx_client_read(cl, call, c->fid, off, buf, n));
	}
	long r = done(styx_client_readdir(cl, call, c->fid, off, buf, n));
	if (r > 0)
		renumber(c, buf, r);
	return r;
}

static long
mntwrite(Chan *c, const void *buf, long n, int64_t off)
{
	Mntfile *f = c->aux;
	StyxCall *call = begin();

	if (call == NULL)
		return -1;
	if (f->ahead != NULL && pthread_mutex_trylock(&f->lock) == 0) {
		dropahead(f->m, f);
		pthread_mutex_unlock(&f->lock);
	}
	if (n > c->iounit && seekable(c))
		return done(styx_client_bulkwrite(f->m->client, call, c->fid, off, buf, n));
	return done(styx_client_write(f->m->client, call, c->fid, off, buf, n));
}

static int
mntremove(Chan *c)
{
	StyxCall *call = begin();

	if (call == NULL)
		return -1;
	long r = done(styx_client_remove(mntof(c)->client, call, c->fid));
	c->fid = STYX_NOFID; /* gone either way */
	return r;
}

static int
mntwstat(Chan *c, StyxDir *d)
{
	StyxCall *call = begin();

	if (call == NULL)
		return -1;
	return done(styx_client_wstat(mntof(c)->client, call, c->fid, d));
}

Dev mntdev = {
    .dc = 'M',
    .name = "mnt",
    .walk = mntwalk,
    .stat = mntstat,
    .walkstat = mntwalkstat,
    .open = mntopen,
    .create = mntcreate,
    .close = mntclose,
    .read = mntread,
    .write = mntwrite,
    .remove = mntremove,
    .wstat = mntwstat,
};
