/*
 * The server's connection: reading and checking requests, tags, starting operations, answers and flushes in their
 * order, new sessions, and the end. What concerns fids is in styx_fids.c.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "styx_server_int.h"

enum {
	MAXREQ = 1024,
	MAXFIDS = 65536,
	MAXBYTES = 64 << 20,
	MINMSIZE = 64,   /* no client can work with less */
	SMALL = 512,     /* answers up to this size are put together on the stack */
	OUTBUF = 16384,  /* small answers that are sent together */
};

/* ---- tags; lk held ---- */

static StyxTag *
tag_find(StyxServer *s, uint16_t tag)
{
	StyxTag *t;

	for (t = s->tags[tag % TAGHASH]; t != NULL && t->tag != tag; t = t->next)
		;
	return t;
}

static void
tag_insert(StyxServer *s, StyxTag *t, uint16_t tag)
{
	t->tag = tag;
	t->next = s->tags[tag % TAGHASH];
	s->tags[tag % TAGHASH] = t;
	t->intable = true;
}

static void
tag_remove(StyxServer *s, StyxTag *t)
{
	StyxTag **p;

	if (!t->intable)
		return;
	for (p = &s->tags[t->tag % TAGHASH]; *p != t; p = &(*p)->next)
		;
	*p = t->next;
	t->intable = false;
}

/* ---- writing ---- */

/* wlk held. */
static void
write_out(StyxServer *s, const uint8_t *buf, size_t n)
{
	char err[STYX_ERRMAX];

	if (n > 0 && !s->wdead && s->t.write(s->t.aux, buf, n, err, sizeof err) != (ssize_t)n)
		s->wdead = true;
}

/* wlk held. */
static void
push_out(StyxServer *s)
{
	size_t n = s->nout;

	s->nout = 0;
	write_out(s, s->out, n);
}

/*
 * wlk held. The answer lies in the n bytes at buf. Answers that the reader gives while it has more requests at hand are sent
 * together, when it has come to the last of them.
 */
static void
put(StyxServer *s, const StyxFcall *f, const uint8_t *buf, size_t n)
{
	if (s->wdead)
		return;
	if (s->conf.trace != NULL)
		s->conf.trace(s->conf.aux, f);
	bool hold = pthread_equal(pthread_self(), s->reader) && s->more;
	if (s->nout + n > OUTBUF)
		push_out(s);
	if (s->out == NULL || n > OUTBUF || (s->nout == 0 && !hold)) {
		write_out(s, buf, n);
		return;
	}
	memcpy(s->out + s->nout, buf, n);
	s->nout += n;
	if (hold)
		s->held = true;
	else
		push_out(s);
}

/* wlk held. For answers that are small in any case. */
static void
put_small(StyxServer *s, const StyxFcall *f)
{
	uint8_t buf[SMALL];
	size_t n = styx_encode(f, buf, sizeof buf);

	if (n > 0)
		put(s, f, buf, n);
}

/* An Rerror whose text is cut to what the client takes. */
static StyxFcall
make_error(StyxServer *s, uint16_t tag, const char *text, char buf[STYX_ERRMAX])
{
	uint32_t msize = styx_server_msize(s);
	size_t max = msize - STYX_HDRSZ - 2 + 1;

	styx_errcopy(buf, max < STYX_ERRMAX ? max : STYX_ERRMAX, text[0] == '\0' ? "unknown error" : text);
	return (StyxFcall){.type = STYX_RERROR, .tag = tag, .ename = buf};
}

/* Answers a message that never became a request. */
static void
answer_now(StyxServer *s, const StyxFcall *f)
{
	pthread_mutex_lock(&s->wlk);
	put_small(s, f);
	pthread_mutex_unlock(&s->wlk);
}

static void
refuse_now(StyxServer *s, uint16_t tag, const char *text)
{
	char buf[STYX_ERRMAX];
	StyxFcall f = make_error(s, tag, text, buf);

	answer_now(s, &f);
}

/* ---- requests ---- */

static StyxPriv *
req_new(StyxServer *s, const StyxFcall *f, const uint8_t *msg, size_t n)
{
	/* The strings of a Twstat's StyxDir take no more room than the message. */
	StyxPriv *q = malloc(sizeof *q + (f->type == STYX_TWSTAT ? 2 * n : n));
	const uint8_t *base = msg;
	int i;

	if (q == NULL)
		return NULL;
	memset(q, 0, sizeof *q);
	memcpy(q->msg, msg, n);
	q->nmsg = n;
	q->refs = 1;
	q->state = READY;
	atomic_init(&q->flushed, false);
	q->tag.req = q;
	q->r.priv = q;
	q->r.server = s;
	q->r.t = *f;
#define REBASE(field) (q->r.t.field = f->field == NULL ? NULL : (void *)(q->msg + ((const uint8_t *)f->field - base)))
	REBASE(uname);
	REBASE(aname);
	REBASE(name);
	REBASE(data);
	REBASE(stat);
	for (i = 0; i < f->nwname; i++)
		REBASE(wname[i]);
#undef REBASE
	q->r.r.count = f->type == STYX_TWRITE ? f->count : 0;
	return q;
}

static void
req_unref(StyxServer *s, StyxPriv *q)
{
	pthread_mutex_lock(&s->lk);
	if (--q->refs > 0) {
		pthread_mutex_unlock(&s->lk);
		return;
	}
	if (q->prev != NULL)
		q->prev->next = q->next;
	else
		s->reqs = q->next;
	if (q->next != NULL)
		q->next->prev = q->prev;
	s->nbytes -= q->nbytes;
	free(q->reply);
	free(q);
	/* Once nreq is 0 the server may be freed, so this is the last that is done to it. */
	if (--s->nreq == 0)
		pthread_cond_broadcast(&s->idle);
	pthread_mutex_unlock(&s->lk);
}

void
styx_make_ready(StyxServer *s, StyxPriv *q)
{
	q->state = READY;
	q->readynext = NULL;
	if (s->ready == NULL)
		s->ready = q;
	else
		s->lastready->readynext = q;
	s->lastready = q;
}

static void finish(StyxServer *s, StyxPriv *q, const char *err);

/*
 * Starts the operations of all requests that are ready. One thread at a time does so, and one that answers a request
 * from inside an operation leaves the rest to it: operations do not nest, however many requests have waited for one
 * another.
 */
static void
run_ready(StyxServer *s)
{
	StyxPriv *q;
	StyxFid *held;
	bool direct;

	pthread_mutex_lock(&s->lk);
	if (s->draining) {
		pthread_mutex_unlock(&s->lk);
		return;
	}
	s->draining = true;
	while ((q = s->ready) != NULL) {
		s->ready = q->readynext;
		q->readynext = NULL;
		/* dispatch may look at the fid, which a flush or a new session meanwhile would let go. */
		direct = s->conf.dispatch == NULL || q->err != NULL || q->abandoned;
		held = direct ? NULL : q->r.fid;
		if (held != NULL)
			held->refs++;
		pthread_mutex_unlock(&s->lk);
		if (direct) {
			styx_req_run(&q->r);
		} else if (s->conf.dispatch(s->conf.aux, &q->r) != 0) {
			q->err = STYX_ENOMEM;
			styx_req_run(&q->r);
		}
		pthread_mutex_lock(&s->lk);
		if (held != NULL && --held->refs == 0) {
			pthread_mutex_unlock(&s->lk);
			styx_fid_destroy(s, held);
			pthread_mutex_lock(&s->lk);
		}
	}
	s->draining = false;
	pthread_mutex_unlock(&s->lk);
}

static void
destroy_all(StyxServer *s, StyxDead *dead)
{
	int i;

	for (i = 0; i < dead->n; i++)
		styx_fid_destroy(s, dead->fid[i]);
}

void
styx_req_run(StyxReq *r)
{
	StyxPriv *q = styx_priv(r);
	StyxServer *s = r->server;
	const StyxOps *o = s->ops;
	void (*op)(StyxReq *) = NULL;
	bool abandoned;

	pthread_mutex_lock(&s->lk);
	abandoned = q->abandoned;
	if (!abandoned)
		q->state = RUNNING;
	pthread_mutex_unlock(&s->lk);
	if (abandoned) {
		req_unref(s, q);
		return;
	}
	if (q->err != NULL) {
		finish(s, q, q->err);
		return;
	}
	switch (r->t.type) {
	case STYX_TAUTH:
		op = o->auth;
		break;
	case STYX_TATTACH:
		op = o->attach;
		break;
	case STYX_TWALK:
		op = o->walk;
		break;
	case STYX_TOPEN:
		op = o->open;
		break;
	case STYX_TCREATE:
		op = o->create;
		break;
	case STYX_TREAD:
		op = o->read;
		break;
	case STYX_TWRITE:
		op = o->write;
		break;
	case STYX_TCLUNK:
		if (o->clunk == NULL) {
			finish(s, q, NULL);
			return;
		}
		op = o->clunk;
		break;
	case STYX_TREMOVE:
		op = o->remove;
		break;
	case STYX_TSTAT:
		op = o->stat;
		break;
	case STYX_TWSTAT:
		op = o->wstat;
		break;
	}
	if (op != NULL)
		op(r);
	else
		finish(s, q, STYX_EPERM);
}

/*
 * Sends the answer of q, and behind it those of the flushes that waited for it. If the request failed and somebody
 * has flushed it, the Rflush is answer enough, unless the failure has had an effect all the same.
 */
static void
send_answer(StyxServer *s, StyxPriv *q, const StyxFcall *rx, const uint8_t *buf, size_t n)
{
	bool effect = q->r.t.type == STYX_TCLUNK || q->r.t.type == STYX_TREMOVE;
	StyxFlush *f, *flushes;
	bool silent;

	pthread_mutex_lock(&s->wlk);
	pthread_mutex_lock(&s->lk);
	tag_remove(s, &q->tag);
	flushes = q->flushes;
	q->flushes = q->lastflush = NULL;
	for (f = flushes; f != NULL; f = f->next)
		tag_remove(s, &f->tag);
	silent = q->orphan || (rx->type == STYX_RERROR && flushes != NULL && !effect);
	pthread_mutex_unlock(&s->lk);
	if (!silent)
		put(s, rx, buf, n);
	while ((f = flushes) != NULL) {
		StyxFcall rf = {.type = STYX_RFLUSH, .tag = f->tag.tag};

		flushes = f->next;
		put_small(s, &rf);
		free(f);
	}
	pthread_mutex_unlock(&s->wlk);
}

/* The operation of q has ended, well (err NULL, q->r.r filled in) or not. */
static void
finish(StyxServer *s, StyxPriv *q, const char *err)
{
	StyxFcall *rx = &q->r.r;
	uint8_t small[SMALL], *buf = small, *big = NULL;
	char errbuf[STYX_ERRMAX];
	const char *lost;
	StyxDead dead = {.n = 0};
	size_t n = 0;
	bool orphan;

	if (err == NULL) {
		err = styx_fids_complete(s, q);
		n = err == NULL ? styx_size(rx) : 0;
		if (err == NULL && (n == 0 || n > styx_server_msize(s)))
			err = STYX_ECONVERT;
		if (err == NULL && q->full && q->ndir == 0)
			err = "count too small for a directory entry";
		/* Data that was read into its place makes the whole message already. */
		if (err == NULL && rx->type == STYX_RREAD && rx->count > 0 && q->reply != NULL &&
			rx->data == q->reply + STYX_HDRSZ + 4)
			buf = q->reply;
		else if (err == NULL && n > sizeof small) {
			buf = big = malloc(n);
			if (buf == NULL)
				err = STYX_ENOMEM;
		}
	}

	pthread_mutex_lock(&s->lk);
	orphan = q->orphan;
	lost = styx_fids_settle(s, q, err == NULL && !orphan, &dead);
	pthread_mutex_unlock(&s->lk);
	if (err == NULL)
		err = lost;
	if (err != NULL) {
		*rx = make_error(s, q->r.t.tag, err, errbuf);
		buf = small;
		n = styx_size(rx);
	}
	styx_encode(rx, buf, n);
	destroy_all(s, &dead);
	send_answer(s, q, rx, buf, n);
	free(big);
	run_ready(s);
	req_unref(s, q);
}

void
styx_respond(StyxReq *r)
{
	finish(r->server, styx_priv(r), NULL);
}

void
styx_error(StyxReq *r, const char *text)
{
	finish(r->server, styx_priv(r), text);
}

bool
styx_req_flushed(StyxReq *r)
{
	return atomic_load(&styx_priv(r)->flushed);
}

void *
styx_req_buffer(StyxReq *r)
{
	StyxPriv *q = styx_priv(r);

	if (q->reply == NULL)
		q->reply = malloc(STYX_HDRSZ + 4 + (size_t)r->t.count + 1);
	return q->reply == NULL ? NULL : q->reply + STYX_HDRSZ + 4;
}

bool
styx_req_adddir(StyxReq *r, const StyxDir *d)
{
	StyxPriv *q = styx_priv(r);
	uint8_t *buf = styx_req_buffer(r);
	size_t n = 0;

	if (buf != NULL)
		n = styx_dir_encode(d, buf + q->ndir, r->t.count - q->ndir);
	q->direct = true;
	q->ndir += n;
	if (n == 0)
		q->full = true;
	return n != 0;
}

/* ---- flushes ---- */

/* Called by the reader, which holds a reference to q. */
static void
tell_operation(StyxServer *s, StyxPriv *q)
{
	if (s->ops->flush != NULL)
		s->ops->flush(&q->r);
	req_unref(s, q);
}

/*
 * Drops a request whose operation has not been called. A clunk or remove has left its mark on the table once it is
 * READY, and cannot be. lk held; true if done, and then *freeit tells whether the request's last reference is the
 * caller's to give up.
 */
static bool
drop(StyxServer *s, StyxPriv *q, StyxDead *dead, bool *freeit)
{
	*freeit = q->state == WAITING;
	if (q->state == RUNNING)
		return false;
	if (q->state == READY && (q->r.t.type == STYX_TCLUNK || q->r.t.type == STYX_TREMOVE) && !q->orphan)
		return false;
	if (q->state == WAITING)
		styx_fids_unqueue(q);
	q->abandoned = true;
	tag_remove(s, &q->tag);
	styx_fids_settle(s, q, false, dead);
	return true;
}

static void
take_flush(StyxServer *s, const StyxFcall *t)
{
	StyxFcall rf = {.type = STYX_RFLUSH, .tag = t->tag};
	StyxPriv *victim = NULL;
	StyxDead dead = {.n = 0};
	StyxFlush *f;
	StyxTag *old;
	bool dropped = false, freeit = false;

	pthread_mutex_lock(&s->lk);
	old = t->oldtag == t->tag || tag_find(s, t->tag) != NULL ? NULL : tag_find(s, t->oldtag);
	if (old != NULL)
		/* A flush of a flush waits behind it. */
		victim = old->req != NULL ? old->req : old->flush->victim;
	if (victim != NULL && victim->flushes == NULL && drop(s, victim, &dead, &freeit))
		dropped = true;
	if (victim != NULL && !dropped) {
		f = calloc(1, sizeof *f);
		if (f != NULL) {
			f->victim = victim;
			f->tag.flush = f;
			tag_insert(s, &f->tag, t->tag);
			if (victim->flushes == NULL)
				victim->flushes = f;
			else
				victim->lastflush->next = f;
			victim->lastflush = f;
			atomic_store(&victim->flushed, true);
			victim->refs++;
			pthread_mutex_unlock(&s->lk);
			tell_operation(s, victim);
			return;
		}
		/*
		 * Without memory the order cannot be kept; the client is told of the flush and the answer may follow.
		 */
	}
	pthread_mutex_unlock(&s->lk);
	destroy_all(s, &dead);
	answer_now(s, &rf);
	if (dropped) {
		if (freeit)
			req_unref(s, victim);
		run_ready(s);
	}
}

/* ---- sessions ---- */

/* Ends the session: every request is given up, without answer, and every fid forgotten. */
static void
reset(StyxServer *s)
{
	StyxFid *fids, *next;
	StyxPriv *q, *nextq;
	StyxFlush *f;
	StyxDead dead;
	bool freeit;

	pthread_mutex_lock(&s->lk);
	for (q = s->reqs; q != NULL; q = q->next) {
		q->orphan = true;
		atomic_store(&q->flushed, true);
		tag_remove(s, &q->tag);
		while ((f = q->flushes) != NULL) {
			q->flushes = f->next;
			tag_remove(s, &f->tag);
			free(f);
		}
		q->lastflush = NULL;
	}
	fids = styx_fids_clear(s);
	/* Dropping releases fids and memory, for which lk must be let go; so each time from the start. */
again:
	for (q = s->reqs; q != NULL; q = nextq) {
		nextq = q->next;
		if (q->told || q->abandoned)
			continue;
		dead.n = 0;
		if (drop(s, q, &dead, &freeit)) {
			pthread_mutex_unlock(&s->lk);
			destroy_all(s, &dead);
			if (freeit)
				req_unref(s, q);
		} else {
			q->told = true;
			q->refs++;
			pthread_mutex_unlock(&s->lk);
			tell_operation(s, q);
		}
		pthread_mutex_lock(&s->lk);
		goto again;
	}
	pthread_mutex_unlock(&s->lk);
	for (; fids != NULL; fids = next) {
		next = fids->next;
		styx_fid_destroy(s, fids);
	}
	run_ready(s);
}

static void
take_version(StyxServer *s, const StyxFcall *t)
{
	StyxFcall rv = {.type = STYX_RVERSION, .tag = t->tag, .msize = t->msize};

	if (t->msize < MINMSIZE) {
		refuse_now(s, t->tag, STYX_EMSIZE);
		return;
	}
	reset(s);
	rv.version = styx_version_answer(t->version);
	pthread_mutex_lock(&s->wlk);
	pthread_mutex_lock(&s->lk);
	s->versioned = strcmp(rv.version, STYX_VERSION) == 0;
	if (s->versioned) {
		if (rv.msize > s->conf.msize)
			rv.msize = s->conf.msize;
		s->msize = rv.msize;
	}
	pthread_mutex_unlock(&s->lk);
	put_small(s, &rv);
	pthread_mutex_unlock(&s->wlk);
}

/* ---- reading ---- */

static void
take_request(StyxServer *s, const StyxFcall *t, const uint8_t *buf, size_t n)
{
	StyxPriv *q;
	const char *err = NULL;
	/* What a read asks for is checked later: no more than a message is ever given. */
	size_t bytes = n + (t->type == STYX_TREAD && t->count <= s->conf.msize ? t->count : 0);

	pthread_mutex_lock(&s->lk);
	if (!s->versioned)
		err = STYX_ENOVERSION;
	else if (t->tag == STYX_NOTAG || tag_find(s, t->tag) != NULL)
		err = STYX_EDUPTAG;
	else if (s->nreq >= s->conf.maxreq || (s->nreq > 0 && s->nbytes + bytes > s->conf.maxbytes))
		err = STYX_ETOOMANYREQ;
	pthread_mutex_unlock(&s->lk);
	q = err == NULL ? req_new(s, t, buf, n) : NULL;
	if (q == NULL) {
		refuse_now(s, t->tag, err != NULL ? err : STYX_ENOMEM);
		return;
	}
	pthread_mutex_lock(&s->lk);
	q->next = s->reqs;
	if (s->reqs != NULL)
		s->reqs->prev = q;
	s->reqs = q;
	s->nreq++;
	q->nbytes = bytes;
	s->nbytes += bytes;
	tag_insert(s, &q->tag, t->tag);
	q->err = styx_fids_bind(s, q);
	if (q->err != NULL)
		styx_make_ready(s, q);
	else
		styx_fids_admit(s, q);
	pthread_mutex_unlock(&s->lk);
	run_ready(s);
}

/* One whole message. False, with *err, if the peer does not speak the protocol. */
static bool
take_message(StyxServer *s, uint8_t *buf, size_t n, char *err, size_t nerr)
{
	StyxFcall t;
	char text[40];

	if (!styx_decode(&t, buf, n)) {
		styx_errcopy(err, nerr, "bad T-message");
		return false;
	}
	if (t.type & 1) {
		snprintf(text, sizeof text, "invalid T-message type %u", t.type);
		styx_errcopy(err, nerr, text);
		return false;
	}
	if (s->conf.trace != NULL)
		s->conf.trace(s->conf.aux, &t);
	if (t.type == STYX_TVERSION)
		take_version(s, &t);
	else if (t.type == STYX_TFLUSH)
		take_flush(s, &t);
	else
		take_request(s, &t, buf, n);
	return true;
}

/* The reader has come to the end of what is at hand: answers wait no longer. */
static void
release_held(StyxServer *s)
{
	if (!s->held)
		return;
	s->held = false;
	pthread_mutex_lock(&s->wlk);
	push_out(s);
	pthread_mutex_unlock(&s->wlk);
}

static int
read_messages(StyxServer *s, char *err, size_t nerr)
{
	uint8_t *buf = NULL, *p;
	size_t cap = 0, have = 0, off, size;
	uint32_t limit;
	ssize_t n;
	int ret = -1;

	for (;;) {
		limit = styx_server_msize(s);
		if (cap < limit) {
			p = realloc(buf, limit);
			if (p == NULL) {
				styx_errcopy(err, nerr, STYX_ENOMEM);
				break;
			}
			buf = p;
			cap = limit;
		}
		n = s->t.read(s->t.aux, buf + have, cap - have, err, nerr);
		if (n < 0)
			break;
		if (n == 0) {
			ret = 0;
			break;
		}
		have += (size_t)n;
		for (off = 0; have - off >= 4; off += size) {
			size = styx_peek(buf + off, have - off);
			if (size <= 4 || size > styx_server_msize(s)) {
				styx_errcopy(err, nerr, "bad length in Styx message header");
				goto out;
			}
			if (size > have - off)
				break;
			size_t next = styx_peek(buf + off + size, have - off - size);
			s->more = next > 0 && next <= have - off - size;
			if (!take_message(s, buf + off, size, err, nerr))
				goto out;
		}
		release_held(s);
		have -= off;
		if (have > 0 && off > 0)
			memmove(buf, buf + off, have);
	}
out:
	s->more = false;
	release_held(s);
	free(buf);
	return ret;
}

/* ---- the whole ---- */

StyxServer *
styx_server_new(const StyxTransport *t, const StyxOps *ops, const StyxServerConf *conf)
{
	StyxServer *s = calloc(1, sizeof *s);

	if (s == NULL)
		return NULL;
	s->t = *t;
	s->ops = ops;
	if (conf != NULL)
		s->conf = *conf;
	if (s->conf.msize == 0)
		s->conf.msize = STYX_MSIZE_SERVER;
	if (s->conf.msize < MINMSIZE)
		s->conf.msize = MINMSIZE;
	if (s->conf.msize > STYX_MSIZE_MAX)
		s->conf.msize = STYX_MSIZE_MAX;
	if (s->conf.maxreq == 0)
		s->conf.maxreq = MAXREQ;
	if (s->conf.maxfids == 0)
		s->conf.maxfids = MAXFIDS;
	if (s->conf.maxbytes == 0)
		s->conf.maxbytes = MAXBYTES;
	s->msize = STYX_MSIZE;
	pthread_mutex_init(&s->lk, NULL);
	pthread_mutex_init(&s->wlk, NULL);
	pthread_cond_init(&s->idle, NULL);
	return s;
}

int
styx_server_run(StyxServer *s, char *err, size_t nerr)
{
	int ret;

	styx_errcopy(err, nerr, "");
	s->reader = pthread_self();
	s->out = malloc(OUTBUF);
	ret = read_messages(s, err, nerr);
	styx_server_hangup(s); /* a thread that is blocked writing an answer nobody takes is to come back */
	reset(s);
	pthread_mutex_lock(&s->lk);
	while (s->nreq > 0)
		pthread_cond_wait(&s->idle, &s->lk);
	pthread_mutex_unlock(&s->lk);
	return ret;
}

void
styx_server_hangup(StyxServer *s)
{
	bool hangup;

	pthread_mutex_lock(&s->lk);
	hangup = !s->hungup && s->t.hangup != NULL;
	s->hungup = true;
	pthread_mutex_unlock(&s->lk);
	if (hangup)
		s->t.hangup(s->t.aux);
}

void
styx_server_free(StyxServer *s)
{
	if (s == NULL)
		return;
	if (s->t.close != NULL)
		s->t.close(s->t.aux);
	pthread_mutex_destroy(&s->lk);
	pthread_mutex_destroy(&s->wlk);
	pthread_cond_destroy(&s->idle);
	free(s->fids);
	free(s->out);
	free(s);
}

void *
styx_server_aux(StyxServer *s)
{
	return s->conf.aux;
}

uint32_t
styx_server_msize(StyxServer *s)
{
	uint32_t msize;

	pthread_mutex_lock(&s->lk);
	msize = s->msize;
	pthread_mutex_unlock(&s->lk);
	return msize;
}

void
styx_server_counts(StyxServer *s, unsigned *nreq, unsigned *nfid)
{
	pthread_mutex_lock(&s->lk);
	*nreq = s->nreq;
	*nfid = s->nfid;
	pthread_mutex_unlock(&s->lk);
}
