/*
 * The client's connection: requests of any number of threads, their tags, sending, and what happens when a request is
 * interrupted or the connection fails. Reading is in styx_reader.c, the requests themselves are in styx_calls.c.
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
	BIG = 16384,       /* a message that may have to wait until the server reads again */
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
		if (call->nintr > 0 && r->intr == 0)
			r->intr = 1;
	}
	pthread_mutex_unlock(&call->lk);
	return ok;
}

void
styx_call_leave(StyxCall *call)
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
	r->done = r->answered = r->intable = r->counted = r->wantroom = r->filling = r->abandoned = false;
	r->intr = r->flushes = r->nflush = 0;
	r->victim = NULL;
	r->clunked = STYX_NOFID;
	r->data = r->own = NULL;
	r->count = 0;
	r->mem = NULL;
	r->next = r->waitprev = r->waitnext = NULL;
	return r;
}

void
styx_rpc_free_locked(StyxClient *c, StyxRpc *r)
{
	free(r->mem);
	free(r->own);
	r->mem = r->own = NULL;
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

void
styx_tag_free_locked(StyxClient *c, StyxRpc *r)
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

void
styx_rpc_settle_locked(StyxClient *c, StyxRpc *r)
{
	if (!r->done || r->nflush > 0 || r->filling)
		return;
	if (r->abandoned) {
		r->abandoned = false;
		c->nabandoned--;
	}
	styx_tag_free_locked(c, r);
	if (!r->owned)
		styx_rpc_free_locked(c, r);
}

void
styx_rpc_free(StyxClient *c, StyxRpc *r)
{
	pthread_mutex_lock(&c->lk);
	r->owned = false;
	styx_rpc_settle_locked(c, r);
	pthread_mutex_unlock(&c->lk);
}

void
styx_fid_free_locked(StyxClient *c, uint32_t fid)
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
	styx_fid_free_locked(c, fid);
	pthread_mutex_unlock(&c->lk);
}

/* ---- the end of a connection ---- */

/*
 * The connection has failed with text: every request that waits is finished without an answer, and none will be
 * begun.
 */
void
styx_client_fail(StyxClient *c, const char *text)
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
				styx_tag_free_locked(c, f);
				styx_rpc_free_locked(c, f);
			}
		for (i = 0; i < c->ntags; i++)
			if (c->tags[i] != NULL) {
				StyxRpc *r = c->tags[i];

				r->done = true;
				pthread_cond_signal(&r->cv);
				if (r->clunked != STYX_NOFID && !r->answered) {
					styx_fid_free_locked(c, r->clunked);
					r->clunked = STYX_NOFID;
				}
				styx_rpc_settle_locked(c, r);
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
void
styx_client_unref(StyxClient *c)
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
	free(c->inbuf);
	free(c);
}

void
styx_client_hangup(StyxClient *c, const char *why)
{
	styx_client_fail(c, why);
}

void
styx_client_free(StyxClient *c)
{
	if (c == NULL)
		return;
	styx_client_fail(c, "connection closed");
	styx_client_unref(c);
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

void
styx_client_log(StyxClient *c, const char *fmt, ...)
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
		styx_client_unref(c);
		return NULL;
	}
	c->hungup = false;
	if (!c->conf.inplace) {
		pthread_mutex_lock(&c->lk);
		bool ok = styx_reader_start_locked(c);
		pthread_mutex_unlock(&c->lk);
		if (!ok) {
			styx_errcopy(err, nerr, STYX_ENOTHREAD);
			styx_client_unref(c);
			return NULL;
		}
	}
	return c;
}

/* ---- sending ---- */

/* With wlk held: sends what is in wbuf. A failure is the connection's end, and the text of it in err. */
static bool
push_wlocked(StyxClient *c, char *err, size_t nerr)
{
	size_t n = c->nout;

	c->nout = 0;
	styx_errcopy(err, nerr, STYX_ERPC);
	return n == 0 || c->t.write(c->t.aux, c->wbuf, n, err, nerr) == (ssize_t)n;
}

void
styx_push(StyxClient *c)
{
	char err[STYX_ERRMAX];

	pthread_mutex_lock(&c->wlk);
	bool ok = push_wlocked(c, err, sizeof err);
	pthread_mutex_unlock(&c->wlk);
	if (!ok)
		styx_client_fail(c, err);
}

/* Sends one message, or with `more' leaves it to be sent together with the next. */
static void
send_message(StyxClient *c, const StyxFcall *tx, bool more)
{
	char err[STYX_ERRMAX];
	size_t size = styx_size(tx);
	bool ok = true;

	if (c->conf.trace != NULL)
		c->conf.trace(c->conf.aux, tx);
	pthread_mutex_lock(&c->wlk);
	pthread_mutex_lock(&c->lk);
	bool dead = c->dead;
	/*
	 * A server that cannot get rid of its answers may stop reading. So that a large message does not wait for it while it
	 * waits for us, somebody has to read.
	 */
	bool big = size > BIG && c->conf.inplace && !dead && c->nreq > 1;
	if (big) {
		c->nbig++;
		if (!c->reading)
			styx_reader_start_locked(c);
	}
	pthread_mutex_unlock(&c->lk);
	if (!dead) {
		if (c->nout + size > c->nwbuf)
			ok = push_wlocked(c, err, sizeof err);
		if (ok) {
			/* cannot fail: the size has been checked */
			c->nout += styx_encode(tx, c->wbuf + c->nout, c->nwbuf - c->nout);
			ok = more || push_wlocked(c, err, sizeof err);
		}
	}
	if (big) {
		pthread_mutex_lock(&c->lk);
		c->nbig--;
		pthread_mutex_unlock(&c->lk);
	}
	pthread_mutex_unlock(&c->wlk);
	if (!ok)
		styx_client_fail(c, err);
}

/* The Tflush's own object is freed by the one who reads its answer. */
bool
styx_send_flush_locked(StyxClient *c, StyxRpc *r)
{
	StyxFcall tx = {.type = STYX_TFLUSH, .oldtag = r->tag};
	StyxRpc *f;

	if (r->flushes >= MAXFLUSH)
		return false;
	r->flushes++;
	pthread_mutex_unlock(&c->lk);
	f = rpc_new(c);
	pthread_mutex_lock(&c->lk);
	if (f == NULL)
		return true;
	f->owned = false;
	f->victim = r;
	if (r->done || c->dead || !tag_alloc_locked(c, f)) {
		styx_rpc_free_locked(c, f);
		return true;
	}
	r->nflush++;
	tx.tag = f->tag;
	pthread_mutex_unlock(&c->lk);
	send_message(c, &tx, false);
	pthread_mutex_lock(&c->lk);
	return true;
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
		styx_wait_room_locked(c, r);
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
	styx_client_log(c, "mismatched reply type %u to request type %u tag %u", r->rx.type, tx->type, tx->tag);
	return STYX_ERPC;
}

StyxRpc *
styx_begin(StyxClient *c, StyxCall *call, StyxFcall *tx, void *data, int flags)
{
	StyxRpc *r = rpc_new(c);
	bool clunk = tx->type == STYX_TCLUNK;
	char text[STYX_ERRMAX];
	const char *err = NULL;
	size_t size = styx_size(tx);

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
	if (clunk && err == NULL && !(flags & STYX_KEEPFID))
		r->clunked = tx->fid;
	else if (clunk && c->dead)
		styx_fid_free_locked(c, tx->fid);
	if (err != NULL)
		r->done = true;
	pthread_mutex_unlock(&c->lk);
	if (err == NULL) {
		tx->tag = r->tag;
		send_message(c, tx, flags & STYX_MORE);
		return r;
	}
	styx_call_leave(call);
	styx_call_fail(call, err); /* c->err does not change once it is set */
	styx_rpc_free(c, r);
	return NULL;
}

StyxRpc *
styx_end(StyxClient *c, StyxCall *call, StyxRpc *r, const StyxFcall *tx, StyxFate *fate)
{
	StyxFate dummy;
	const char *err = NULL;

	if (fate == NULL)
		fate = &dummy;
	call_enter(call, c, r, true);
	pthread_mutex_lock(&c->lk);
	styx_wait_locked(c, r, tx->type == STYX_TCLUNK ? STYX_WAITCLUNK : STYX_WAITANSWER);
	if (!r->answered) {
		*fate = STYX_UNKNOWN;
		err = r->done && c->dead ? c->err : STYX_EINTR;
	}
	pthread_mutex_unlock(&c->lk);
	styx_call_leave(call);
	if (err == NULL)
		err = answer_error(c, tx, r, fate);
	if (err == NULL)
		return r;
	styx_call_fail(call, err);
	styx_rpc_free(c, r);
	return NULL;
}

void
styx_rpc_abandon(StyxClient *c, StyxRpc *r)
{
	pthread_mutex_lock(&c->lk);
	if (!r->done && styx_send_flush_locked(c, r) && !r->done) {
		r->abandoned = true;
		c->nabandoned++;
	}
	r->owned = false;
	styx_rpc_settle_locked(c, r);
	styx_reader_pass_locked(c);
	pthread_mutex_unlock(&c->lk);
}

StyxRpc *
styx_transact(StyxClient *c, StyxCall *call, StyxFcall *tx, void *data, StyxFate *fate)
{
	if (fate != NULL)
		*fate = STYX_NOTSENT;
	StyxRpc *r = styx_begin(c, call, tx, data, 0);

	return r != NULL ? styx_end(c, call, r, tx, fate) : NULL;
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
	while (c->vrpc != NULL && !c->dead && r->intr == 0)
		styx_wait_room_locked(c, r);
	if (c->dead || c->msize != 0 || r->intr > 0) {
		if (c->dead)
			ret = styx_call_fail(call, c->err);
		else if (c->msize != 0)
			ret = agreed_locked(c, call, tx.version);
		else
			ret = styx_call_fail(call, STYX_EINTR);
		r->done = true;
		pthread_mutex_unlock(&c->lk);
		styx_call_leave(call);
		styx_rpc_free(c, r);
		free(wbuf);
		return ret;
	}
	c->vrpc = r;
	pthread_mutex_unlock(&c->lk);

	send_message(c, &tx, false);
	pthread_mutex_lock(&c->lk);
	styx_wait_locked(c, r, STYX_WAITVERSION);
	/* A Tversion cannot be flushed; whoever gives it up leaves a connection of which nothing is known. */
	interrupted = !r->done;
	pthread_mutex_unlock(&c->lk);
	if (interrupted)
		styx_client_fail(c, STYX_EINTR);
	styx_call_leave(call);

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
			styx_fid_free_locked(c, fid);
		r->done = true;
		r->owned = false;
		styx_rpc_settle_locked(c, r);
	}
	pthread_mutex_unlock(&c->lk);
	if (send)
		send_message(c, &tx, false);
}
