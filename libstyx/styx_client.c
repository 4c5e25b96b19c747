/*
 * The client's connection: one reader thread, requests of any number of threads, their tags, and what happens when a
 * request is interrupted or the connection fails. The requests themselves are in styx_calls.c.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "styx_client_int.h"

enum {
	MAXREQ = 1024,     /* requests under way, if not configured */
	MAXMAXREQ = 4096,  /* with MAXFLUSH flushes each they fit into the tags */
	MAXFLUSH = 8,      /* Tflushes for one request; more insistence helps nobody */
	KEEPRPC = 32,      /* finished requests kept for the next */
	READERSTACK = 256 * 1024,
};

/* ---- calls ---- */

StyxCall *
styx_call_new(void)
{
	StyxCall *call = calloc(1, sizeof *call);

	if (call != NULL)
		pthread_mutex_init(&call->lk, NULL);
	return call;
}

void
styx_call_free(StyxCall *call)
{
	if (call == NULL)
		return;
	pthread_mutex_destroy(&call->lk);
	free(call);
}

const char *
styx_call_error(const StyxCall *call)
{
	return call->err;
}

int
styx_call_fail(StyxCall *call, const char *text)
{
	styx_errcopy(call->err, sizeof call->err, text);
	return -1;
}

void
styx_call_interrupt(StyxCall *call)
{
	pthread_mutex_lock(&call->lk);
	call->nintr++;
	if (call->cur != NULL) {
		StyxClient *c = call->client;

		pthread_mutex_lock(&c->lk);
		call->cur->intr++;
		if (call->cur->wantroom)
			pthread_cond_broadcast(&c->room);
		else
			pthread_cond_signal(&call->cur->cv);
		pthread_mutex_unlock(&c->lk);
	}
	pthread_mutex_unlock(&call->lk);
}

void
styx_call_resume(StyxCall *call)
{
	pthread_mutex_lock(&call->lk);
	call->nintr = 0;
	pthread_mutex_unlock(&call->lk);
}

bool
styx_call_interrupted(StyxCall *call)
{
	bool intr;

	pthread_mutex_lock(&call->lk);
	intr = call->nintr > 0;
	pthread_mutex_unlock(&call->lk);
	return intr;
}

/*
 * From now on interruptions of call reach r. False if it has been interrupted before, unless r is to go out
 * regardless.
 */
static bool
call_enter(StyxCall *call, StyxClient *c, StyxRpc *r, bool regardless)
{
	bool ok;

	pthread_mutex_lock(&call->lk);
	ok = regardless || call->nintr == 0;
	if (ok) {
		call->client = c;
		call->cur = r;
		if (call->nintr > 0)
			r->intr = 1;
	}
	pthread_mutex_unlock(&call->lk);
	return ok;
}

static void
call_leave(StyxCall *call)
{
	pthread_mutex_lock(&call->lk);
	call->cur = NULL;
	call->client = NULL;
	pthread_mutex_unlock(&call->lk);
}

/* ---- requests and tags; with c->lk held where the name ends in _locked ---- */

static StyxRpc *
rpc_new(StyxClient *c)
{
	StyxRpc *r;

	pthread_mutex_lock(&c->lk);
	r = c->freerpc;
	if (r != NULL) {
		c->freerpc = r->next;
		c->nfreerpc--;
	}
	pthread_mutex_unlock(&c->lk);
	if (r == NULL) {
		r = malloc(sizeof *r);
		if (r == NULL)
			return NULL;
		pthread_cond_init(&r->cv, NULL);
	}
	/* rx is left as it is: it is filled in before it is looked at. */
	r->tag = STYX_NOTAG;
	r->owned = true;
	r->done = r->answered = r->intable = r->counted = r->wantroom = false;
	r->intr = r->flushes = r->nflush = 0;
	r->victim = NULL;
	r->clunked = STYX_NOFID;
	r->data = NULL;
	r->count = 0;
	r->mem = NULL;
	r->next = NULL;
	return r;
}

static void
rpc_free_locked(StyxClient *c, StyxRpc *r)
{
	free(r->mem);
	r->mem = NULL;
	if (c->nfreerpc < KEEPRPC) {
		r->next = c->freerpc;
		c->freerpc = r;
		c->nfreerpc++;
	} else {
		pthread_cond_destroy(&r->cv);
		free(r);
	}
}

/* Gives r the lowest free tag. False if there is none. */
static bool
tag_alloc_locked(StyxClient *c, StyxRpc *r)
{
	unsigned t = c->lowtag;

	while (t < c->ntags && c->tags[t] != NULL)
		t++;
	c->lowtag = t;
	if (t >= STYX_NOTAG)
		return false;
	if (t >= c->ntags) {
		unsigned n = c->ntags * 2 > STYX_NOTAG ? STYX_NOTAG : c->ntags * 2;
		StyxRpc **tags = realloc(c->tags, n * sizeof *tags);

		if (tags == NULL)
			return false;
		memset(tags + c->ntags, 0, (n - c->ntags) * sizeof *tags);
		c->tags = tags;
		c->ntags = n;
	}
	c->tags[t] = r;
	c->lowtag = t + 1;
	r->tag = (uint16_t)t;
	r->intable = true;
	return true;
}

static void
tag_free_locked(StyxClient *c, StyxRpc *r)
{
	if (!r->intable)
		return;
	r->intable = false;
	c->tags[r->tag] = NULL;
	if (r->tag < c->lowtag)
		c->lowtag = r->tag;
	if (r->counted) {
		r->counted = false;
		c->nreq--;
		pthread_cond_broadcast(&c->room);
	}
}

/*
 * What is to be done when r is finished, as far as it is: the tag is free when no Rflush is to come, r itself when
 * nobody waits.
 */
static void
rpc_settle_locked(StyxClient *c, StyxRpc *r)
{
	if (!r->done || r->nflush > 0)
		return;
	tag_free_locked(c, r);
	if (!r->owned)
		rpc_free_locked(c, r);
}

void
styx_rpc_free(StyxClient *c, StyxRpc *r)
{
	pthread_mutex_lock(&c->lk);
	r->owned = false;
	rpc_settle_locked(c, r);
	pthread_mutex_unlock(&c->lk);
}

static void
fid_free_locked(StyxClient *c, uint32_t fid)
{
	c->nfid--;
	if (c->nfreefid == c->maxfreefid) {
		size_t n = c->maxfreefid == 0 ? 64 : c->maxfreefid * 2;
		uint32_t *p = realloc(c->freefid, n * sizeof *p);

		if (p == NULL)
			return; /* the number is not used again, there are enough */
		c->freefid = p;
		c->maxfreefid = n;
	}
	c->freefid[c->nfreefid++] = fid;
}

uint32_t
styx_fid_new(StyxClient *c)
{
	uint32_t fid = STYX_NOFID;

	pthread_mutex_lock(&c->lk);
	if (c->nfreefid > 0)
		fid = c->freefid[--c->nfreefid];
	else if (c->nextfid != STYX_NOFID)
		fid = c->nextfid++;
	if (fid != STYX_NOFID)
		c->nfid++;
	pthread_mutex_unlock(&c->lk);
	return fid;
}

void
styx_fid_free(StyxClient *c, uint32_t fid)
{
	pthread_mutex_lock(&c->lk);
	fid_free_locked(c, fid);
	pthread_mutex_unlock(&c->lk);
}

/* ---- the end of a connection ---- */

/*
 * The connection has failed with text: every request that waits is finished without an answer, and none will be
 * begun.
 */
static void
connection_fail(StyxClient *c, const char *text)
{
	bool hangup = false;
	unsigned i;

	pthread_mutex_lock(&c->lk);
	if (!c->dead) {
		c->dead = true;
		styx_errcopy(c->err, sizeof c->err, text);
		/* First the flushes: their victims must not wait for them. */
		for (i = 0; i < c->ntags; i++)
			if (c->tags[i] != NULL && c->tags[i]->victim != NULL) {
				StyxRpc *f = c->tags[i];

				f->victim->nflush--;
				tag_free_locked(c, f);
				rpc_free_locked(c, f);
			}
		for (i = 0; i < c->ntags; i++)
			if (c->tags[i] != NULL) {
				StyxRpc *r = c->tags[i];

				r->done = true;
				pthread_cond_signal(&r->cv);
				if (r->clunked != STYX_NOFID && !r->answered) {
					fid_free_locked(c, r->clunked);
					r->clunked = STYX_NOFID;
				}
				rpc_settle_locked(c, r);
			}
		if (c->vrpc != NULL) {
			c->vrpc->done = true;
			pthread_cond_signal(&c->vrpc->cv);
		}
		pthread_cond_broadcast(&c->room);
	}
	if (!c->hungup) {
		c->hungup = true;
		hangup = c->t.hangup != NULL;
	}
	pthread_mutex_unlock(&c->lk);
	if (hangup)
		c->t.hangup(c->t.aux);
}

/* The last one out, the owner or the reader, closes the transport. */
static void
client_unref(StyxClient *c)
{
	StyxRpc *r;
	int refs;

	pthread_mutex_lock(&c->lk);
	refs = --c->refs;
	pthread_mutex_unlock(&c->lk);
	if (refs > 0)
		return;
	if (c->t.close != NULL)
		c->t.close(c->t.aux);
	while ((r = c->freerpc) != NULL) {
		c->freerpc = r->next;
		pthread_cond_destroy(&r->cv);
		free(r);
	}
	pthread_mutex_destroy(&c->lk);
	pthread_mutex_destroy(&c->wlk);
	pthread_cond_destroy(&c->room);
	free(c->tags);
	free(c->freefid);
	free(c->wbuf);
	free(c);
}

void
styx_client_hangup(StyxClient *c, const char *why)
{
	connection_fail(c, why);
}

void
styx_client_free(StyxClient *c)
{
	if (c == NULL)
		return;
	connection_fail(c, "connection closed");
	client_unref(c);
}

bool
styx_client_dead(StyxClient *c, char *err, size_t nerr)
{
	bool dead;

	pthread_mutex_lock(&c->lk);
	dead = c->dead;
	if (dead)
		styx_errcopy(err, nerr, c->err);
	pthread_mutex_unlock(&c->lk);
	return dead;
}

static void __attribute__((format(printf, 2, 3)))
client_log(StyxClient *c, const char *fmt, ...)
{
	char line[200];
	va_list ap;

	if (c->conf.log == NULL)
		return;
	va_start(ap, fmt);
	vsnprintf(line, sizeof line, fmt, ap);
	va_end(ap);
	c->conf.log(c->conf.aux, line);
}

/* ---- the reader ---- */

/* Takes over the answer f, which lies in the n bytes at buf. */
static void
rpc_answer_locked(StyxRpc *r, const StyxFcall *f, const uint8_t *buf, size_t n)
{
	r->rx = *f;
	if (f->type == STYX_RREAD && r->data != NULL) {
		if (r->rx.count > r->count)
			r->rx.count = r->count;
		memcpy(r->data, f->data, r->rx.count);
		r->rx.data = r->data;
	} else if (n > STYX_HDRSZ) {
		uint8_t *m = malloc(n);

		if (m == NULL) {
			r->rx = (StyxFcall){.type = STYX_RERROR, .tag = f->tag, .ename = STYX_ENOMEM};
		} else {
			memcpy(m, buf, n);
			r->mem = m;
#define REBASE(field) (r->rx.field = f->field == NULL ? NULL : (void *)(m + ((const uint8_t *)f->field - buf)))
			REBASE(version);
			REBASE(ename);
			REBASE(data);
			REBASE(stat);
#undef REBASE
		}
	}
	r->answered = true;
	r->done = true;
}

/* Hands the message at buf to the request with its tag. False, with *why, if the connection cannot go on. */
static bool
take_message(StyxClient *c, uint8_t *buf, size_t n)
{
	StyxFcall f;
	StyxRpc *r, *v;
	bool strange = false;

	if (!styx_decode(&f, buf, n) || (f.type & 1) == 0) {
		pthread_mutex_lock(&c->lk);
		c->badmsg = true;
		pthread_mutex_unlock(&c->lk);
		client_log(c, "bad message from server: type %u size %zu", buf[4], n);
		return false;
	}
	if (c->conf.trace != NULL)
		c->conf.trace(c->conf.aux, &f);

	pthread_mutex_lock(&c->lk);
	if (f.tag == STYX_NOTAG)
		r = c->vrpc;
	else
		r = f.tag < c->ntags ? c->tags[f.tag] : NULL;
	if (r == NULL || r->done) {
		strange = true;
	} else if ((v = r->victim) != NULL) {
		/* Some servers answer a Tflush with an Rerror; whatever it is, it is the end of the old request. */
		v->nflush--;
		v->done = true;
		if (v->owned)
			pthread_cond_signal(&v->cv);
		tag_free_locked(c, r);
		rpc_free_locked(c, r);
		rpc_settle_locked(c, v);
	} else {
		rpc_answer_locked(r, &f, buf, n);
		if (r->clunked != STYX_NOFID) {
			fid_free_locked(c, r->clunked);
			r->clunked = STYX_NOFID;
		}
		if (r->owned)
			pthread_cond_signal(&r->cv);
		rpc_settle_locked(c, r);
	}
	pthread_mutex_unlock(&c->lk);
	if (strange)
		client_log(c, "unexpected reply tag %u; type %u", f.tag, f.type);
	return true;
}

/* Reads and hands out messages until the connection ends, for whatever reason; the reason is copied to err. */
static void
read_messages(StyxClient *c, char *err, size_t nerr)
{
	uint8_t *buf = NULL, *p;
	size_t cap = 0, have = 0, off, size;
	uint32_t limit;
	ssize_t n;

	styx_errcopy(err, nerr, STYX_ERPC);
	limit = STYX_MSIZE;
	for (;;) {
		if (cap < limit) {
			p = realloc(buf, limit);
			if (p == NULL) {
				styx_errcopy(err, nerr, STYX_ENOMEM);
				break;
			}
			buf = p;
			cap = limit;
		}
		n = c->t.read(c->t.aux, buf + have, cap - have, err, nerr);
		if (n < 0)
			break;
		if (n == 0) {
			pthread_mutex_lock(&c->lk);
			c->ateof = true;
			pthread_mutex_unlock(&c->lk);
			styx_errcopy(err, nerr, c->conf.eof != NULL ? c->conf.eof : STYX_ERPC);
			break;
		}
		have += (size_t)n;
		/* Asked anew after each read: a larger answer can only come after the agreement that allows it. */
		pthread_mutex_lock(&c->lk);
		limit = c->limit;
		pthread_mutex_unlock(&c->lk);
		for (off = 0; have - off >= 4; off += size) {
			size = styx_peek(buf + off, have - off);
			if (size < STYX_HDRSZ || size > limit) {
				pthread_mutex_lock(&c->lk);
				c->badmsg = true;
				pthread_mutex_unlock(&c->lk);
				client_log(c, "bad message length from server: %zu", size);
				styx_errcopy(err, nerr, STYX_ERPC);
				goto out;
			}
			if (size > have - off)
				break;
			if (!take_message(c, buf + off, size)) {
				styx_errcopy(err, nerr, STYX_ERPC);
				goto out;
			}
		}
		have -= off;
		if (have > 0 && off > 0)
			memmove(buf, buf + off, have);
	}
out:
	free(buf);
}

static void
reader(void *arg)
{
	StyxClient *c = arg;
	char err[STYX_ERRMAX];

	read_messages(c, err, sizeof err);
	connection_fail(c, err);
	client_unref(c);
}

typedef struct Start {
	void (*fn)(void *);
	void *arg;
} Start;

static void *
start(void *arg)
{
	Start s = *(Start *)arg;

	free(arg);
	s.fn(s.arg);
	return NULL;
}

static int
spawn_thread(void (*fn)(void *), void *arg)
{
	Start *s = malloc(sizeof *s);
	pthread_attr_t attr;
	pthread_t tid;
	int r;

	if (s == NULL)
		return -1;
	*s = (Start){fn, arg};
	pthread_attr_init(&attr);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	pthread_attr_setstacksize(&attr, READERSTACK);
	r = pthread_create(&tid, &attr, start, s);
	pthread_attr_destroy(&attr);
	if (r != 0)
		free(s);
	return r == 0 ? 0 : -1;
}

StyxClient *
styx_client_new(const StyxTransport *t, const StyxClientConf *conf, char *err, size_t nerr)
{
	StyxClient *c = calloc(1, sizeof *c);

	if (c == NULL) {
		styx_errcopy(err, nerr, STYX_ENOMEM);
		if (t->close != NULL)
			t->close(t->aux);
		return NULL;
	}
	c->t = *t;
	if (conf != NULL)
		c->conf = *conf;
	if (c->conf.maxreq == 0)
		c->conf.maxreq = MAXREQ;
	if (c->conf.maxreq > MAXMAXREQ)
		c->conf.maxreq = MAXMAXREQ;
	c->limit = STYX_MSIZE;
	c->nextfid = 1;
	c->lowtag = 1;
	c->ntags = 16;
	c->refs = 1;
	c->hungup = true; /* a connection that never began needs no hangup */
	pthread_mutex_init(&c->lk, NULL);
	pthread_mutex_init(&c->wlk, NULL);
	pthread_cond_init(&c->room, NULL);
	c->tags = calloc(c->ntags, sizeof c->tags[0]);
	c->nwbuf = STYX_MSIZE;
	c->wbuf = malloc(c->nwbuf);
	if (c->tags == NULL || c->wbuf == NULL) {
		styx_errcopy(err, nerr, STYX_ENOMEM);
		client_unref(c);
		return NULL;
	}
	c->hungup = false;
	c->refs = 2;
	if ((c->conf.spawn != NULL ? c->conf.spawn(c->conf.aux, reader, c) : spawn_thread(reader, c)) != 0) {
		styx_errcopy(err, nerr, "no thread for the connection's reader");
		c->refs = 1;
		client_unref(c);
		return NULL;
	}
	return c;
}

/* ---- sending ---- */

/* Sends one message. A failure is the connection's end. */
static void
send_message(StyxClient *c, const StyxFcall *tx)
{
	char err[STYX_ERRMAX] = STYX_ERPC;
	size_t n;
	ssize_t r;
	bool dead;

	if (c->conf.trace != NULL)
		c->conf.trace(c->conf.aux, tx);
	pthread_mutex_lock(&c->wlk);
	pthread_mutex_lock(&c->lk);
	dead = c->dead;
	pthread_mutex_unlock(&c->lk);
	if (dead) {
		pthread_mutex_unlock(&c->wlk);
		return;
	}
	n = styx_encode(tx, c->wbuf, c->nwbuf); /* cannot fail: the size has been checked */
	r = c->t.write(c->t.aux, c->wbuf, n, err, sizeof err);
	pthread_mutex_unlock(&c->wlk);
	if (r != (ssize_t)n)
		connection_fail(c, err);
}

/* Asks the server to give r up. The Tflush's own object is freed by the reader when its answer comes. */
static void
send_flush_locked(StyxClient *c, StyxRpc *r)
{
	StyxFcall tx = {.type = STYX_TFLUSH, .oldtag = r->tag};
	StyxRpc *f;

	r->flushes++;
	pthread_mutex_unlock(&c->lk);
	f = rpc_new(c);
	pthread_mutex_lock(&c->lk);
	if (f == NULL)
		return;
	f->owned = false;
	f->victim = r;
	if (r->done || c->dead || !tag_alloc_locked(c, f)) {
		rpc_free_locked(c, f);
		return;
	}
	r->nflush++;
	tx.tag = f->tag;
	pthread_mutex_unlock(&c->lk);
	send_message(c, &tx);
	pthread_mutex_lock(&c->lk);
}

/*
 * Waits until a request may have a tag, and gives it one. What makes it fail is in the result, NULL if nothing does.
 * A request that is not interruptible takes its turn ahead of others.
 */
static const char *
wait_for_tag_locked(StyxClient *c, StyxRpc *r, bool regardless)
{
	for (;;) {
		if (c->dead)
			return c->err;
		if (regardless || c->nreq < c->conf.maxreq)
			break;
		if (r->intr > 0)
			return STYX_EINTR;
		r->wantroom = true;
		pthread_cond_wait(&c->room, &c->lk);
		r->wantroom = false;
	}
	if (c->msize == 0)
		return "version not established for mount channel";
	if (!tag_alloc_locked(c, r))
		return STYX_ENOMEM;
	r->counted = true;
	c->nreq++;
	return NULL;
}

/*
 * The answer of r to tx, good or bad: NULL if it is one of the right type, else the error text, valid until r is
 * freed.
 */
static const char *
answer_error(StyxClient *c, const StyxFcall *tx, const StyxRpc *r, StyxFate *fate)
{
	if (r->rx.type == tx->type + 1)
		return NULL;
	if (r->rx.type == STYX_RERROR) {
		/* It has no memory of its own if it only stands for an answer there was no memory for. */
		*fate = r->mem != NULL ? STYX_REFUSED : STYX_UNKNOWN;
		return r->rx.ename[0] == '\0' ? STYX_ERPC : r->rx.ename;
	}
	*fate = STYX_UNKNOWN;
	client_log(c, "mismatched reply type %u to request type %u tag %u", r->rx.type, tx->type, tx->tag);
	return STYX_ERPC;
}

StyxRpc *
styx_transact(StyxClient *c, StyxCall *call, StyxFcall *tx, void *data, StyxFate *fate)
{
	StyxRpc *r = rpc_new(c);
	bool clunk = tx->type == STYX_TCLUNK;
	bool sent = false;
	StyxFate dummy;
	char text[STYX_ERRMAX];
	const char *err = NULL;
	size_t size = styx_size(tx);

	if (fate == NULL)
		fate = &dummy;
	*fate = STYX_NOTSENT;
	if (r == NULL) {
		styx_call_fail(call, STYX_ENOMEM);
		return NULL;
	}
	r->data = data;
	r->count = tx->count;
	if (!styx_check(tx, text, sizeof text))
		err = text;
	else if (!call_enter(call, c, r, clunk))
		err = STYX_EINTR;
	if (err != NULL) {
		styx_call_fail(call, err);
		r->done = true;
		styx_rpc_free(c, r);
		return NULL;
	}

	pthread_mutex_lock(&c->lk);
	err = wait_for_tag_locked(c, r, clunk);
	if (err == NULL && (size == 0 || size > c->msize))
		err = "request too long";
	sent = err == NULL;
	if (!sent)
		r->done = true;
	if (clunk && sent)
		r->clunked = tx->fid;
	else if (clunk && c->dead)
		fid_free_locked(c, tx->fid);
	pthread_mutex_unlock(&c->lk);

	if (sent) {
		tx->tag = r->tag;
		send_message(c, tx);
		pthread_mutex_lock(&c->lk);
		while (!r->done) {
			if (clunk && r->intr > 0)
				break; /* it will be carried out, there is nothing to wait for */
			if (!clunk && r->intr > r->flushes && r->flushes < MAXFLUSH)
				send_flush_locked(c, r);
			else
				pthread_cond_wait(&r->cv, &c->lk);
		}
		if (!r->answered) {
			*fate = STYX_UNKNOWN;
			err = r->done && c->dead ? c->err : STYX_EINTR;
		}
		pthread_mutex_unlock(&c->lk);
	}
	call_leave(call);
	if (err == NULL)
		err = answer_error(c, tx, r, fate);
	if (err == NULL)
		return r;
	styx_call_fail(call, err); /* c->err does not change once it is set */
	styx_rpc_free(c, r);
	return NULL;
}

/* ---- version ---- */

/* Judges the answer to tx: NULL and the agreement noted, or what is wrong with it. */
static const char *
agree(StyxClient *c, const StyxFcall *tx, const StyxRpc *r, uint8_t *wbuf)
{
	const StyxFcall *rx = &r->rx;
	size_t len;

	if (rx->type == STYX_RERROR)
		return rx->ename;
	if (rx->type != STYX_RVERSION)
		return "unexpected reply type in fversion";
	if (rx->msize > tx->msize)
		return "server tries to increase msize in fversion";
	if (rx->msize < STYX_MSIZE_MIN || rx->msize > STYX_MSIZE_MAX)
		return "nonsense value of msize in fversion";
	len = strlen(rx->version);
	if (len < strlen(STYX_VERSION) || len >= sizeof c->version || strncmp(rx->version, tx->version, len) != 0)
		return "bad 9P version returned from server";
	memcpy(c->version, rx->version, len + 1);
	free(c->wbuf);
	c->wbuf = wbuf;
	c->nwbuf = tx->msize;
	c->limit = c->msize = rx->msize;
	return NULL;
}

/* With c->lk held: the connection has its agreement already; is it one for the version asked? */
static int
agreed_locked(StyxClient *c, StyxCall *call, const char *version)
{
	char text[STYX_ERRMAX];

	if (strncmp(version, c->version, strlen(c->version)) == 0)
		return 0;
	snprintf(text, sizeof text, "incompatible 9P versions %s %s", c->version, version);
	return styx_call_fail(call, text);
}

int
styx_client_version(StyxClient *c, StyxCall *call, uint32_t msize, const char *version)
{
	StyxFcall tx = {.type = STYX_TVERSION, .tag = STYX_NOTAG};
	StyxRpc *r;
	uint8_t *wbuf;
	const char *err = NULL;
	bool interrupted = false;
	int ret = 0;

	tx.msize = msize == 0 ? STYX_MSIZE_CLIENT : msize;
	tx.version = version == NULL || version[0] == '\0' ? STYX_VERSION : version;
	if (strncmp(tx.version, STYX_VERSION, strlen(STYX_VERSION)) != 0 || strlen(tx.version) >= sizeof c->version)
		return styx_call_fail(call, "bad 9P version specification");
	if (tx.msize < STYX_MSIZE_MIN || tx.msize > STYX_MSIZE_MAX)
		return styx_call_fail(call, "nonsense value of msize in fversion");
	r = rpc_new(c);
	wbuf = malloc(tx.msize);
	if (r == NULL || wbuf == NULL) {
		free(wbuf);
		if (r != NULL) {
			r->done = true;
			styx_rpc_free(c, r);
		}
		return styx_call_fail(call, STYX_ENOMEM);
	}
	if (!call_enter(call, c, r, false)) {
		free(wbuf);
		r->done = true;
		styx_rpc_free(c, r);
		return styx_call_fail(call, STYX_EINTR);
	}

	pthread_mutex_lock(&c->lk);
	while (c->vrpc != NULL && !c->dead && r->intr == 0) {
		r->wantroom = true;
		pthread_cond_wait(&c->room, &c->lk);
		r->wantroom = false;
	}
	if (c->dead || c->msize != 0 || r->intr > 0) {
		if (c->dead)
			ret = styx_call_fail(call, c->err);
		else if (c->msize != 0)
			ret = agreed_locked(c, call, tx.version);
		else
			ret = styx_call_fail(call, STYX_EINTR);
		r->done = true;
		pthread_mutex_unlock(&c->lk);
		call_leave(call);
		styx_rpc_free(c, r);
		free(wbuf);
		return ret;
	}
	c->vrpc = r;
	pthread_mutex_unlock(&c->lk);

	send_message(c, &tx);
	pthread_mutex_lock(&c->lk);
	while (!r->done && r->intr == 0)
		pthread_cond_wait(&r->cv, &c->lk);
	/* A Tversion cannot be flushed; whoever gives it up leaves a connection of which nothing is known. */
	interrupted = !r->done;
	pthread_mutex_unlock(&c->lk);
	if (interrupted)
		connection_fail(c, STYX_EINTR);
	call_leave(call);

	pthread_mutex_lock(&c->wlk);
	pthread_mutex_lock(&c->lk);
	c->vrpc = NULL;
	r->done = true;
	if (interrupted)
		err = STYX_EINTR;
	else if (r->answered)
		err = agree(c, &tx, r, wbuf);
	else if (c->ateof)
		err = "EOF receiving fversion reply";
	else if (c->badmsg)
		err = "bad fversion conversion on reply";
	else
		err = c->err;
	if (err != NULL)
		ret = styx_call_fail(call, err);
	pthread_cond_broadcast(&c->room);
	pthread_mutex_unlock(&c->lk);
	pthread_mutex_unlock(&c->wlk);
	if (err != NULL)
		free(wbuf);
	styx_rpc_free(c, r);
	return ret;
}

uint32_t
styx_client_msize(StyxClient *c)
{
	uint32_t msize;

	pthread_mutex_lock(&c->lk);
	msize = c->msize;
	pthread_mutex_unlock(&c->lk);
	return msize;
}

const char *
styx_client_agreed(StyxClient *c)
{
	return styx_client_msize(c) == 0 ? "" : c->version;
}

uint32_t
styx_client_iounit(StyxClient *c)
{
	uint32_t msize = styx_client_msize(c);

	return msize == 0 ? 0 : msize - STYX_IOHDRSZ;
}

void
styx_client_counts(StyxClient *c, unsigned *nreq, unsigned *nfid)
{
	pthread_mutex_lock(&c->lk);
	*nreq = c->nreq;
	*nfid = c->nfid;
	pthread_mutex_unlock(&c->lk);
}

/* A clunk that nobody waits for. */
void
styx_client_forget(StyxClient *c, uint32_t fid)
{
	StyxFcall tx = {.type = STYX_TCLUNK, .fid = fid};
	StyxRpc *r = rpc_new(c);
	bool send = false;

	if (r == NULL)
		return; /* the number stays taken */
	pthread_mutex_lock(&c->lk);
	if (wait_for_tag_locked(c, r, true) == NULL) {
		send = true;
		r->clunked = fid;
		r->owned = false;
		tx.tag = r->tag;
	} else {
		if (c->dead)
			fid_free_locked(c, fid);
		r->done = true;
		r->owned = false;
		rpc_settle_locked(c, r);
	}
	pthread_mutex_unlock(&c->lk);
	if (send)
		send_message(c, &tx);
}
