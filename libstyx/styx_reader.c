/*
 * The client's reading side: who takes answers off the connection, and how each gets to the request that waits for it.
 *
 * One thread at a time reads. Usually that is a thread of the client's own, from beginning to end. In place
 * (StyxClientConf.inplace) it is one of those that wait for an answer: it reads until its own has come, and then leaves the
 * reading to another that waits. So an answer costs no change of threads when one request is made after the other. A thread
 * of the client's own steps in, for as long as it must, when all who wait have been interrupted and so cannot read, or when
 * what nobody waits for stands in the way of others.
 */
#include <stdlib.h>
#include <string.h>

#include "styx_client_int.h"

enum {
	READERSTACK = 256 * 1024,
	INBUF = 16 * 1024, /* read at a time: many small answers, and little of a large one, whose data goes to its place at once */
	FILLMIN = 2048,    /* data of at least so many bytes is read into its place */
};

/* ---- what has been read ---- */

/* Takes over the answer f, which lies in the n bytes at buf. */
static void
answer_locked(StyxRpc *r, const StyxFcall *f, const uint8_t *buf, size_t n)
{
	r->rx = *f;
	if (f->type == STYX_RREAD && r->data != NULL) {
		if (r->rx.count > r->count)
			r->rx.count = r->count;
		memcpy(r->data, f->data, r->rx.count);
		r->rx.data = r->data;
	} else if (f->type == STYX_RERROR || f->type == STYX_RSTAT || f->type == STYX_RVERSION || f->type == STYX_RREAD) {
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

/* The request that a message with this tag is about, or NULL. */
static StyxRpc *
rpc_of_locked(StyxClient *c, uint16_t tag)
{
	StyxRpc *r = tag == STYX_NOTAG ? c->vrpc : tag < c->ntags ? c->tags[tag] : NULL;

	return r == NULL || r->done ? NULL : r;
}

static void
bad_message(StyxClient *c)
{
	pthread_mutex_lock(&c->lk);
	c->badmsg = true;
	pthread_mutex_unlock(&c->lk);
}

/* Hands the message at buf to the request with its tag. False if the connection cannot go on. */
static bool
take_message(StyxClient *c, uint8_t *buf, size_t n)
{
	StyxFcall f;
	StyxRpc *r, *v;

	if (!styx_decode(&f, buf, n) || (f.type & 1) == 0) {
		bad_message(c);
		styx_client_log(c, "bad message from server: type %u size %zu", buf[4], n);
		return false;
	}
	if (c->conf.trace != NULL)
		c->conf.trace(c->conf.aux, &f);

	pthread_mutex_lock(&c->lk);
	r = rpc_of_locked(c, f.tag);
	if (r == NULL) {
		pthread_mutex_unlock(&c->lk);
		styx_client_log(c, "unexpected reply tag %u; type %u", f.tag, f.type);
		return true;
	}
	if ((v = r->victim) != NULL) {
		/* Some servers answer a Tflush with an Rerror; whatever it is, it is the end of the old request. */
		v->nflush--;
		v->done = true;
		if (v->owned)
			pthread_cond_signal(&v->cv);
		styx_tag_free_locked(c, r);
		styx_rpc_free_locked(c, r);
		styx_rpc_settle_locked(c, v);
	} else {
		answer_locked(r, &f, buf, n);
		if (r->clunked != STYX_NOFID) {
			styx_fid_free_locked(c, r->clunked);
			r->clunked = STYX_NOFID;
		}
		if (r->owned)
			pthread_cond_signal(&r->cv);
		styx_rpc_settle_locked(c, r);
	}
	pthread_mutex_unlock(&c->lk);
	return true;
}

/* If what there is of a message is the beginning of much data for a request, the rest is to be read to where it belongs. */
static void
start_fill(StyxClient *c)
{
	const uint8_t *p = c->inbuf;
	const size_t hdr = STYX_HDRSZ + 4;
	StyxRpc *r;

	if (c->nin < hdr || p[4] != STYX_RREAD)
		return;
	uint32_t count = p[7] | p[8] << 8 | p[9] << 16 | (uint32_t)p[10] << 24;
	if (count < FILLMIN || styx_peek(p, c->nin) != hdr + (size_t)count)
		return; /* small, or malformed, which is found out when all of it is there */
	pthread_mutex_lock(&c->lk);
	r = rpc_of_locked(c, p[5] | p[6] << 8);
	if (r != NULL && r->victim == NULL && r->data != NULL && count <= r->count) {
		r->filling = true;
		r->rx = (StyxFcall){.type = STYX_RREAD, .tag = r->tag, .count = count, .data = r->data};
		c->fill = r;
		c->nfill = c->nin - hdr;
		memcpy(r->data, p + hdr, c->nfill);
		c->nin = 0;
	}
	pthread_mutex_unlock(&c->lk);
}

/* All data has come (ok), or nothing more will. */
static void
end_fill(StyxClient *c, bool ok)
{
	StyxRpc *r = c->fill;

	if (r == NULL)
		return;
	c->fill = NULL;
	if (ok && c->conf.trace != NULL)
		c->conf.trace(c->conf.aux, &r->rx);
	pthread_mutex_lock(&c->lk);
	r->filling = false;
	if (ok && !r->done)
		r->answered = r->done = true;
	if (r->owned)
		pthread_cond_signal(&r->cv);
	styx_rpc_settle_locked(c, r);
	pthread_mutex_unlock(&c->lk);
}

/* Hands out what is whole in inbuf. False, with err, if the connection cannot go on. */
static bool
hand_out(StyxClient *c, uint32_t limit, char *err, size_t nerr)
{
	size_t off, size = 0;

	for (off = 0; c->nin - off >= 4; off += size) {
		size = styx_peek(c->inbuf + off, c->nin - off);
		if (size < STYX_HDRSZ || size > limit) {
			bad_message(c);
			styx_client_log(c, "bad message length from server: %zu", size);
			styx_errcopy(err, nerr, STYX_ERPC);
			return false;
		}
		if (size > c->nin - off)
			break;
		if (!take_message(c, c->inbuf + off, size)) {
			styx_errcopy(err, nerr, STYX_ERPC);
			return false;
		}
	}
	c->nin -= off;
	if (c->nin > 0 && off > 0)
		memmove(c->inbuf, c->inbuf + off, c->nin);
	start_fill(c);
	return true;
}

/*
 * Reads once, as the one who reads. 1: done; 0: this thread was interrupted and nothing was read; -1: the connection has
 * ended, the reason is in err.
 */
static int
read_once(StyxClient *c, char *err, size_t nerr)
{
	uint32_t limit;
	ssize_t n;

	/* Asked anew before each look at what came: a larger answer can only come after the agreement that allows it. */
	styx_errcopy(err, nerr, STYX_ERPC);
	if (c->fill != NULL) {
		size_t want = c->fill->rx.count - c->nfill;

		n = c->t.read(c->t.aux, (uint8_t *)c->fill->data + c->nfill, want, err, nerr);
		if (n > 0) {
			c->nfill += (size_t)n;
			if ((size_t)n == want)
				end_fill(c, true);
			return 1;
		}
	} else {
		size_t need = c->nin >= 4 ? styx_peek(c->inbuf, c->nin) : 0;

		need = need > INBUF ? need : INBUF;
		if (c->capin < need) {
			uint8_t *p = realloc(c->inbuf, need);

			if (p == NULL) {
				styx_errcopy(err, nerr, STYX_ENOMEM);
				return -1;
			}
			c->inbuf = p;
			c->capin = need;
		}
		n = c->t.read(c->t.aux, c->inbuf + c->nin, c->capin - c->nin, err, nerr);
		if (n > 0) {
			c->nin += (size_t)n;
			pthread_mutex_lock(&c->lk);
			limit = c->limit;
			pthread_mutex_unlock(&c->lk);
			return hand_out(c, limit, err, nerr) ? 1 : -1;
		}
	}
	if (n == STYX_RINTR)
		return 0;
	if (n == 0) {
		pthread_mutex_lock(&c->lk);
		c->ateof = true;
		pthread_mutex_unlock(&c->lk);
		styx_errcopy(err, nerr, c->conf.eof != NULL ? c->conf.eof : STYX_ERPC);
	}
	return -1;
}

/* As read_once, by a thread that holds lk and c->reading, and gives lk up meanwhile. */
static void
read_locked(StyxClient *c)
{
	char err[STYX_ERRMAX];

	pthread_mutex_unlock(&c->lk);
	if (read_once(c, err, sizeof err) < 0) {
		end_fill(c, false);
		styx_client_fail(c, err);
	}
	pthread_mutex_lock(&c->lk);
}

/* ---- the client's own thread ---- */

/* Whether answers are to be read for somebody's sake. */
static bool
wanted_locked(const StyxClient *c)
{
	if (c->nroom > 0 || c->nbig > 0 || c->nabandoned > 0)
		return true;
	for (const StyxRpc *w = c->waiting; w != NULL; w = w->waitnext)
		if (!w->done)
			return true;
	return false;
}

static void
background(void *arg)
{
	StyxClient *c = arg;

	pthread_mutex_lock(&c->lk);
	while (!c->dead && (!c->conf.inplace || wanted_locked(c)))
		read_locked(c);
	c->reading = false;
	pthread_mutex_unlock(&c->lk);
	styx_client_unref(c);
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

bool
styx_reader_start_locked(StyxClient *c)
{
	c->reading = true;
	c->refs++;
	if ((c->conf.spawn != NULL ? c->conf.spawn(c->conf.aux, background, c) : spawn_thread(background, c)) == 0)
		return true;
	c->refs--;
	c->reading = false;
	return false;
}

/* ---- waiting ---- */

void
styx_reader_pass_locked(StyxClient *c)
{
	bool any = false;

	if (!c->conf.inplace || c->reading || c->dead)
		return;
	for (StyxRpc *w = c->waiting; w != NULL; w = w->waitnext) {
		if (w->done)
			continue;
		any = true;
		if (w->intr == 0) {
			pthread_cond_signal(&w->cv);
			return;
		}
	}
	if (!any && c->nabandoned == 0 && c->nbig == 0) {
		if (c->nroom > 0)
			pthread_cond_broadcast(&c->room);
		return;
	}
	if (!styx_reader_start_locked(c)) {
		pthread_mutex_unlock(&c->lk);
		styx_client_fail(c, STYX_ENOTHREAD);
		pthread_mutex_lock(&c->lk);
	}
}

/* If nobody reads and this thread can, it does so once, and true is returned. */
static bool
lead_locked(StyxClient *c, const StyxRpc *r)
{
	if (!c->conf.inplace || c->reading || c->dead || r->intr > 0)
		return false;
	c->reading = true;
	read_locked(c);
	c->reading = false;
	return true;
}

static void
unwait_locked(StyxClient *c, StyxRpc *r)
{
	if (r->waitprev != NULL)
		r->waitprev->waitnext = r->waitnext;
	else
		c->waiting = r->waitnext;
	if (r->waitnext != NULL)
		r->waitnext->waitprev = r->waitprev;
	r->waitprev = r->waitnext = NULL;
}

void
styx_wait_locked(StyxClient *c, StyxRpc *r, StyxWait kind)
{
	for (;;) {
		if (r->done && !r->filling)
			break;
		if (!r->done && r->intr > 0 && kind != STYX_WAITANSWER)
			break; /* a clunk will be carried out, a version cannot be flushed: there is nothing to wait for */
		if (!r->done && r->intr > r->flushes && styx_send_flush_locked(c, r))
			continue;
		if (lead_locked(c, r))
			continue;
		r->waitnext = c->waiting;
		if (r->waitnext != NULL)
			r->waitnext->waitprev = r;
		c->waiting = r;
		if (!c->reading)
			styx_reader_pass_locked(c);
		if (!r->done || r->filling)
			pthread_cond_wait(&r->cv, &c->lk);
		unwait_locked(c, r);
	}
	styx_reader_pass_locked(c);
}

void
styx_wait_room_locked(StyxClient *c, StyxRpc *r)
{
	if (lead_locked(c, r)) {
		styx_reader_pass_locked(c);
		return;
	}
	r->wantroom = true;
	c->nroom++;
	pthread_cond_wait(&c->room, &c->lk);
	c->nroom--;
	r->wantroom = false;
}
