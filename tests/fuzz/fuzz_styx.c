/*
 * Fuzz target: Styx messages, the server and the client. Build with clang -g -fsanitize=fuzzer,address,undefined
 * -D_GNU_SOURCE -I. -Ilibstyx tests/fuzz/fuzz_styx.c libstyx/styx_*.c -lpthread
 *
 * The first byte says what the rest is:
 *	m	one message: what decodes must encode to the same bytes
 *	d	one stat, likewise
 *	s	what a client sends to a server, from its Tversion on
 *	a	the same, after a Tversion and a Tattach of fid 1
 *	c	what a server sends to a client: one message for each of the client's
 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "styx.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
mustbe(bool ok)
{
	if (!ok)
		abort();
}

/* Decodes a copy that is exactly as long as the message. */
static void
message(const uint8_t *data, size_t size)
{
	uint8_t *work = malloc(size + 1), *again = malloc(size + 1);
	char text[500], err[STYX_ERRMAX];
	StyxFcall f;

	memcpy(work, data, size);
	work = realloc(work, size == 0 ? 1 : size);
	if (styx_decode(&f, work, size)) {
		mustbe(styx_size(&f) == size);
		mustbe(styx_encode(&f, again, size) == size);
		mustbe(memcmp(again, data, size) == 0);
		mustbe(size == 0 || styx_encode(&f, again, size - 1) == 0);
		styx_text(text, sizeof text, &f);
		styx_check(&f, err, sizeof err);
	}
	free(work);
	free(again);
}

static void
stat_entry(const uint8_t *data, size_t size)
{
	uint8_t *work = malloc(size == 0 ? 1 : size), *again = malloc(size + 1);
	char *strs = malloc(size + 1), text[500];
	StyxDir d;
	size_t n;

	memcpy(work, data, size);
	n = styx_dir_decode(work, size, &d, strs);
	mustbe(n <= size && n == styx_dir_check(work, size));
	if (n > 0) {
		mustbe(styx_dir_encode(&d, again, n) == n);
		mustbe(memcmp(again, data, n) == 0);
		styx_dir_text(text, sizeof text, &d);
		styx_dir_isnull(&d);
	}
	free(work);
	free(again);
	free(strs);
}

/* ---- the server: fids hold a byte of memory each, so that none lost or freed twice goes unnoticed ---- */

typedef struct Stream {
	const uint8_t *p;
	size_t n;
	uint32_t msize; /* that was last agreed on */
	int live;       /* fids that have not been destroyed */
	StyxReq *later[64]; /* requests put off */
	int nlater;
	unsigned turn;
	/* the client only */
	pthread_mutex_t lk;
	pthread_cond_t cv;
	int sent, taken;
	size_t left; /* of the message being delivered */
	bool hungup, closed;
} Stream;

static ssize_t
server_read(void *aux, void *buf, size_t n, char *err, size_t nerr)
{
	Stream *s = aux;

	(void)err;
	(void)nerr;
	/* Odd pieces, of lengths that the input itself decides. */
	if (s->n > 0 && n > 1 + s->p[0] % 40u)
		n = 1 + s->p[0] % 40u;
	if (n > s->n)
		n = s->n;
	memcpy(buf, s->p, n);
	s->p += n;
	s->n -= n;
	return (ssize_t)n;
}

/* Whatever the server says must be proper answers of proper sizes. */
static ssize_t
server_write(void *aux, const void *buf, size_t n, char *err, size_t nerr)
{
	Stream *s = aux;
	uint8_t *copy = malloc(n), *p = copy;
	size_t left = n, size;
	StyxFcall f;

	(void)err;
	(void)nerr;
	memcpy(copy, buf, n);
	for (; left > 0; p += size, left -= size) {
		size = styx_peek(p, left);
		mustbe(size >= STYX_HDRSZ && size <= left);
		mustbe(styx_decode(&f, p, size));
		mustbe((f.type & 1) == 1);
		if (f.type == STYX_RVERSION && strcmp(f.version, STYX_VERSION) == 0)
			s->msize = f.msize;
		mustbe(size <= s->msize || f.type == STYX_RVERSION);
	}
	free(copy);
	return (ssize_t)n;
}

/* Now and then a request is put off, to be answered after others. */
static bool
put_off(StyxReq *r)
{
	Stream *s = styx_server_aux(r->server);

	if (s->turn++ % 3 != 0 || s->nlater == 64 || styx_req_flushed(r))
		return false;
	s->later[s->nlater++] = r;
	return true;
}

static void
answer_one(Stream *s)
{
	StyxReq *r;

	if (s->nlater == 0)
		return;
	r = s->later[0];
	memmove(s->later, s->later + 1, (size_t)--s->nlater * sizeof s->later[0]);
	styx_error(r, s->turn % 2 ? "late" : NULL);
}

static void
new_fid(StyxReq *r, uint8_t type)
{
	Stream *s = styx_server_aux(r->server);

	r->newfid->aux = malloc(1);
	*(char *)r->newfid->aux = 1;
	r->newfid->qid.type = type;
	s->live++;
}

static void
op_attach(StyxReq *r)
{
	new_fid(r, STYX_QTDIR);
	styx_respond(r);
}

static void
op_auth(StyxReq *r)
{
	new_fid(r, 0);
	styx_respond(r);
}

/* A name is a directory if it begins with 'd' or `.', missing if with 'x'. */
static void
op_walk(StyxReq *r)
{
	int i;

	mustbe(*(char *)r->fid->aux == 1);
	for (i = 0; i < r->t.nwname && r->t.wname[i][0] != 'x'; i++) {
		char c = r->t.wname[i][0];

		mustbe(c != '\0' && strchr(r->t.wname[i], '/') == NULL);
		r->r.wqid[i].type = c == 'd' || c == '.' ? STYX_QTDIR : 0;
	}
	r->r.nwqid = (uint16_t)i;
	if (i == r->t.nwname)
		new_fid(r, r->fid->qid.type);
	styx_error(r, i == 0 && r->t.nwname > 0 ? STYX_ENOTEXIST : NULL);
}

static void
op_any(StyxReq *r)
{
	Stream *s = styx_server_aux(r->server);

	mustbe(*(char *)r->fid->aux == 1);
	if (put_off(r))
		return;
	styx_respond(r);
	answer_one(s);
}

static void
op_create(StyxReq *r)
{
	mustbe(strchr(r->t.name, '/') == NULL && r->t.name[0] != '\0');
	r->fid->qid.type = r->t.perm & STYX_DMDIR ? STYX_QTDIR : 0;
	op_any(r);
}

static void
op_read(StyxReq *r)
{
	StyxDir d = {.name = "n", .uid = "uuuuuuuuuuuuu"};
	int i;

	mustbe(r->fid->isopen);
	if (r->fid->qid.type & STYX_QTDIR) {
		for (i = 0; i < 5 && styx_req_adddir(r, &d); i++)
			;
	} else {
		r->r.data = styx_req_buffer(r);
		mustbe(r->r.data != NULL);
		r->r.count = r->t.count / 2;
		memset((void *)r->r.data, 'r', r->t.count);
	}
	op_any(r);
}

static void
op_stat(StyxReq *r)
{
	r->dir.name = "name";
	op_any(r);
}

static void
op_flush(StyxReq *r)
{
	Stream *s = styx_server_aux(r->server);
	int i;

	for (i = 0; i < s->nlater; i++)
		if (s->later[i] == r) {
			memmove(s->later + i, s->later + i + 1, (size_t)(--s->nlater - i) * sizeof s->later[0]);
			styx_error(r, s->turn++ % 2 ? STYX_EINTR : NULL);
			return;
		}
}

static void
op_destroy(StyxFid *f)
{
	Stream *s = styx_server_aux(f->server);

	if (f->aux == NULL)
		return;
	mustbe(*(char *)f->aux == 1);
	free(f->aux);
	s->live--;
}

static void
server(const uint8_t *data, size_t size, const StyxOps *ops)
{
	Stream s = {.p = data, .n = size, .msize = STYX_MSIZE};
	StyxTransport t = {.read = server_read, .write = server_write, .aux = &s};
	StyxServerConf conf = {.maxreq = 20, .maxfids = 30, .aux = &s};
	char err[STYX_ERRMAX];
	StyxServer *srv = styx_server_new(&t, ops, &conf);

	mustbe(srv != NULL);
	styx_server_run(srv, err, sizeof err);
	styx_server_free(srv);
	mustbe(s.live == 0);
	mustbe(s.nlater == 0);
}

static void
session(const uint8_t *data, size_t size, const StyxOps *ops)
{
	static const uint8_t begin[] = "\23\0\0\0\144\377\377\30\40\0\0\6\0009P2000"
		"\23\0\0\0\150\1\0\1\0\0\0\377\377\377\377\0\0\0\0";
	uint8_t *all = malloc(sizeof begin - 1 + size);

	memcpy(all, begin, sizeof begin - 1);
	if (size > 0)
		memcpy(all + sizeof begin - 1, data, size);
	server(all, sizeof begin - 1 + size, ops);
	free(all);
}

/* ---- the client: for every message it sends it gets one out of the input ---- */

static ssize_t
client_read(void *aux, void *buf, size_t n, char *err, size_t nerr)
{
	Stream *s = aux;

	(void)err;
	(void)nerr;
	pthread_mutex_lock(&s->lk);
	while (!s->hungup && s->left == 0 && s->n > 0 && s->taken == s->sent)
		pthread_cond_wait(&s->cv, &s->lk);
	if (s->left == 0) {
		s->taken++;
		s->left = styx_peek(s->p, s->n);
		if (s->left < 4 || s->left > s->n)
			s->left = s->n;
	}
	if (n > s->left)
		n = s->left;
	if (s->hungup)
		n = 0;
	memcpy(buf, s->p, n);
	s->p += n;
	s->n -= n;
	s->left -= n;
	pthread_mutex_unlock(&s->lk);
	return (ssize_t)n;
}

static ssize_t
client_write(void *aux, const void *buf, size_t n, char *err, size_t nerr)
{
	Stream *s = aux;
	uint8_t *copy = malloc(n);
	StyxFcall f;

	(void)err;
	(void)nerr;
	memcpy(copy, buf, n);
	mustbe(styx_decode(&f, copy, n) && (f.type & 1) == 0);
	free(copy);
	pthread_mutex_lock(&s->lk);
	s->sent++;
	pthread_cond_broadcast(&s->cv);
	pthread_mutex_unlock(&s->lk);
	return (ssize_t)n;
}

/* An answer to nothing leaves the client waiting: it gets another. */
static void
client_log(void *aux, const char *line)
{
	Stream *s = aux;

	if (strncmp(line, "unexpected", 10) != 0)
		return;
	pthread_mutex_lock(&s->lk);
	s->sent++;
	pthread_mutex_unlock(&s->lk);
}

static void
client_hangup(void *aux)
{
	Stream *s = aux;

	pthread_mutex_lock(&s->lk);
	s->hungup = true;
	pthread_cond_broadcast(&s->cv);
	pthread_mutex_unlock(&s->lk);
}

static void
client_close(void *aux)
{
	Stream *s = aux;

	pthread_mutex_lock(&s->lk);
	s->closed = true;
	pthread_cond_broadcast(&s->cv);
	pthread_mutex_unlock(&s->lk);
}

static void
client_calls(StyxClient *c, StyxCall *call)
{
	static const char *const names[] = {"a", "b", ".."};
	uint32_t fid, fid2, iounit;
	StyxQid qids[3], q;
	char buf[700];
	StyxDir d;
	void *mem;
	ssize_t n;

	if (styx_client_version(c, call, 4096, NULL) < 0)
		return;
	if (styx_client_attach(c, call, STYX_NOFID, "u", "", &fid, &q) < 0)
		return;
	if (styx_client_walk(c, call, fid, names, 3, &fid2, qids) == 3) {
		if (styx_client_open(c, call, fid2, STYX_ORDWR, &q, &iounit) == 0)
			mustbe(iounit > 0 && iounit <= styx_client_iounit(c));
		n = styx_client_read(c, call, fid2, 0, buf, sizeof buf);
		mustbe(n <= (ssize_t)sizeof buf);
		n = styx_client_readdir(c, call, fid2, 0, buf, sizeof buf);
		mustbe(n <= (ssize_t)sizeof buf);
		n = styx_client_write(c, call, fid2, 0, buf, sizeof buf);
		mustbe(n <= (ssize_t)sizeof buf);
		if (styx_client_stat(c, call, fid2, &d, &mem) == 0) {
			mustbe(strlen(d.name) + strlen(d.uid) + strlen(d.gid) + strlen(d.muid) < 65536);
			free(mem);
		}
		styx_client_remove(c, call, fid2);
	}
	styx_client_clunk(c, call, fid);
}

static void
client(const uint8_t *data, size_t size)
{
	Stream s = {.p = data, .n = size};
	StyxTransport t = {client_read, client_write, client_hangup, client_close, &s};
	StyxClientConf conf = {.log = client_log, .aux = &s};
	StyxCall *call = styx_call_new();
	char err[STYX_ERRMAX];
	StyxClient *c;

	pthread_mutex_init(&s.lk, NULL);
	pthread_cond_init(&s.cv, NULL);
	c = styx_client_new(&t, &conf, err, sizeof err);
	mustbe(c != NULL && call != NULL);
	client_calls(c, call);
	styx_client_free(c);
	pthread_mutex_lock(&s.lk);
	while (!s.closed)
		pthread_cond_wait(&s.cv, &s.lk);
	pthread_mutex_unlock(&s.lk);
	pthread_mutex_destroy(&s.lk);
	pthread_cond_destroy(&s.cv);
	styx_call_free(call);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const StyxOps ops = {.attach = op_attach, .walk = op_walk, .open = op_any, .create = op_create, .read = op_read,
		.write = op_any, .remove = op_any, .stat = op_stat, .wstat = op_any, .flush = op_flush, .destroy = op_destroy};
	static const StyxOps authops = {.auth = op_auth, .attach = op_attach, .walk = op_walk, .open = op_any, .create = op_create,
		.read = op_read, .write = op_any, .clunk = op_any, .remove = op_any, .stat = op_stat, .flush = op_flush,
		.destroy = op_destroy};

	if (size == 0)
		return 0;
	switch (data[0]) {
	case 'm':
		message(data + 1, size - 1);
		break;
	case 'd':
		stat_entry(data + 1, size - 1);
		break;
	case 's':
		server(data + 1, size - 1, &ops);
		break;
	case 'a':
		session(data + 1, size - 1, &ops);
		break;
	case 'A':
		session(data + 1, size - 1, &authops);
		break;
	case 'c':
		client(data + 1, size - 1);
		break;
	}
	return 0;
}
