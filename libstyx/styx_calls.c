/*
 * The client's requests as C functions. Each knows what its failure means for the fids in it.
 */
#include <stdlib.h>
#include <string.h>

#include "styx_client_int.h"

enum { WINDOW = 8 }; /* pieces of a transfer under way at once: the next is there when one has been dealt with */

/* A read made ahead: its answer is fetched later. done: it has been, and r is the answer, or NULL after a failure. */
struct StyxAhead {
	StyxFcall tx;
	StyxRpc *r;
	bool done;
};

int
styx_client_rpc(StyxClient *c, StyxCall *call, StyxFcall *tx, StyxFcall *rx, void **mem)
{
	StyxRpc *r;

	*mem = NULL;
	if (tx->type == STYX_TVERSION || tx->type == STYX_TFLUSH || (tx->type & 1) != 0)
		return styx_call_fail(call, "not a request to be made this way");
	r = styx_transact(c, call, tx, NULL, NULL);
	if (r == NULL)
		return -1;
	*rx = r->rx;
	*mem = r->mem;
	r->mem = NULL;
	styx_rpc_free(c, r);
	return 0;
}

/*
 * A request that is to make a new fid did not: its number is free, if need be after the server has been told to
 * forget it.
 */
static int
undo_fid(StyxClient *c, uint32_t fid, StyxFate fate)
{
	if (fate == STYX_UNKNOWN)
		styx_client_forget(c, fid);
	else
		styx_fid_free(c, fid);
	return -1;
}

/* Auth and attach: tx makes the fid *fidp, and the answer is its qid. */
static int
make_fid(StyxClient *c, StyxCall *call, StyxFcall *tx, uint32_t *fidp, uint32_t *newfid, StyxQid *qid)
{
	StyxRpc *r;
	StyxFate fate;

	*fidp = styx_fid_new(c);
	if (*fidp == STYX_NOFID)
		return styx_call_fail(call, STYX_ETOOMANYFID);
	r = styx_transact(c, call, tx, NULL, &fate);
	if (r == NULL)
		return undo_fid(c, *fidp, fate);
	*newfid = *fidp;
	if (qid != NULL)
		*qid = r->rx.qid;
	styx_rpc_free(c, r);
	return 0;
}

int
styx_client_auth(StyxClient *c, StyxCall *call, const char *uname, const char *aname, uint32_t *newfid, StyxQid *qid)
{
	StyxFcall tx = {.type = STYX_TAUTH, .uname = uname, .aname = aname};

	return make_fid(c, call, &tx, &tx.afid, newfid, qid);
}

int
styx_client_attach(StyxClient *c, StyxCall *call, uint32_t afid, const char *uname, const char *aname, uint32_t *newfid,
	StyxQid *qid)
{
	StyxFcall tx = {.type = STYX_TATTACH, .afid = afid, .uname = uname, .aname = aname};

	return make_fid(c, call, &tx, &tx.fid, newfid, qid);
}

int
styx_client_walk(StyxClient *c, StyxCall *call, uint32_t fid, const char *const *names, int n, uint32_t *newfid,
	StyxQid *qids)
{
	StyxFcall tx = {.type = STYX_TWALK, .fid = fid};
	StyxRpc *r;
	StyxFate fate;
	int i, got;

	if (n < 0 || n > STYX_MAXWELEM)
		return styx_call_fail(call, "too many names in a walk");
	tx.nwname = (uint16_t)n;
	for (i = 0; i < n; i++)
		tx.wname[i] = names[i];
	tx.newfid = styx_fid_new(c);
	if (tx.newfid == STYX_NOFID)
		return styx_call_fail(call, STYX_ETOOMANYFID);
	r = styx_transact(c, call, &tx, NULL, &fate);
	if (r == NULL)
		return undo_fid(c, tx.newfid, fate);
	got = r->rx.nwqid;
	for (i = 0; i < got && i < n; i++)
		qids[i] = r->rx.wqid[i];
	styx_rpc_free(c, r);
	if (got > n) {
		undo_fid(c, tx.newfid, STYX_UNKNOWN);
		return styx_call_fail(call, "too many QIDs returned by walk");
	}
	if (got < n)
		styx_fid_free(c, tx.newfid);
	else
		*newfid = tx.newfid;
	if (got == 0 && n > 0)
		return styx_call_fail(call, STYX_ENOTEXIST);
	return got;
}

/* The Rstat in r, with its strings in *mem. */
static int
stat_answer(StyxCall *call, const StyxRpc *r, StyxDir *d, void **mem)
{
	char *strs;

	if (r->rx.nstat == 0 || styx_dir_check(r->rx.stat, r->rx.nstat) != r->rx.nstat)
		return styx_call_fail(call, STYX_EBADSTAT);
	strs = malloc(r->rx.nstat + 1u);
	if (strs == NULL)
		return styx_call_fail(call, STYX_ENOMEM);
	styx_dir_decode(r->rx.stat, r->rx.nstat, d, strs);
	*mem = strs;
	return 0;
}

int
styx_client_walkstat(StyxClient *c, StyxCall *call, uint32_t fid, const char *const *names, int n, StyxQid *qids, StyxDir *d,
	void **mem)
{
	StyxFcall walk = {.type = STYX_TWALK, .fid = fid}, stat = {.type = STYX_TSTAT}, clunk = {.type = STYX_TCLUNK};
	StyxRpc *rw, *rs = NULL, *rc = NULL;
	StyxFate fate = STYX_REFUSED;
	int got = -1, ret = -1;

	*mem = NULL;
	if (n < 0 || n > STYX_MAXWELEM)
		return styx_call_fail(call, "too many names in a walk");
	walk.nwname = (uint16_t)n;
	for (int i = 0; i < n; i++)
		walk.wname[i] = names[i];
	walk.newfid = stat.fid = clunk.fid = styx_fid_new(c);
	if (walk.newfid == STYX_NOFID)
		return styx_call_fail(call, STYX_ETOOMANYFID);
	rw = styx_begin(c, call, &walk, NULL, STYX_MORE);
	if (rw == NULL) {
		styx_fid_free(c, walk.newfid);
		return -1;
	}
	rs = styx_begin(c, call, &stat, NULL, STYX_MORE);
	rc = styx_begin(c, call, &clunk, NULL, STYX_KEEPFID);
	if (rc == NULL)
		styx_push(c);

	rw = styx_end(c, call, rw, &walk, &fate);
	if (rw != NULL) {
		got = rw->rx.nwqid;
		for (int i = 0; i < got && i < n; i++)
			qids[i] = rw->rx.wqid[i];
		styx_rpc_free(c, rw);
		if (got > n)
			got = styx_call_fail(call, "too many QIDs returned by walk");
		else if (got == 0 && n > 0)
			got = styx_call_fail(call, STYX_ENOTEXIST);
	}
	/* What the walk failed of is the error; the other two can only have failed of that. */
	char err[STYX_ERRMAX];
	styx_errcopy(err, sizeof err, call->err);
	if (rs != NULL)
		rs = styx_end(c, call, rs, &stat, NULL);
	if (got < n)
		styx_call_fail(call, err);
	else if (rs != NULL)
		ret = stat_answer(call, rs, d, mem);
	if (rs != NULL)
		styx_rpc_free(c, rs);
	styx_errcopy(err, sizeof err, call->err);
	bool sent = rc != NULL;
	if (sent && (rc = styx_end(c, call, rc, &clunk, NULL)) != NULL)
		styx_rpc_free(c, rc);
	/* A clunk that was refused may have overtaken the walk. Not sent: the connection is dead, and the number given back. */
	if (sent && (rc != NULL || (got < n && fate == STYX_REFUSED)))
		styx_fid_free(c, walk.newfid);
	else if (sent)
		styx_client_forget(c, walk.newfid);
	styx_call_fail(call, err);
	if (got < n)
		return got;
	return ret < 0 ? STYX_RETRY : got;
}

static int
open_answer(StyxClient *c, StyxRpc *r, StyxQid *qid, uint32_t *iounit)
{
	uint32_t max = styx_client_iounit(c);

	if (r == NULL)
		return -1;
	if (qid != NULL)
		*qid = r->rx.qid;
	if (iounit != NULL)
		*iounit = r->rx.iounit == 0 || r->rx.iounit > max ? max : r->rx.iounit;
	styx_rpc_free(c, r);
	return 0;
}

int
styx_client_open(StyxClient *c, StyxCall *call, uint32_t fid, int mode, StyxQid *qid, uint32_t *iounit)
{
	StyxFcall tx = {.type = STYX_TOPEN, .fid = fid, .mode = (uint8_t)mode};

	return open_answer(c, styx_transact(c, call, &tx, NULL, NULL), qid, iounit);
}

int
styx_client_create(StyxClient *c, StyxCall *call, uint32_t fid, const char *name, uint32_t perm, int mode, StyxQid *qid,
	uint32_t *iounit)
{
	StyxFcall tx = {.type = STYX_TCREATE, .fid = fid, .name = name, .perm = perm, .mode = (uint8_t)mode};

	return open_answer(c, styx_transact(c, call, &tx, NULL, NULL), qid, iounit);
}

ssize_t
styx_client_read(StyxClient *c, StyxCall *call, uint32_t fid, uint64_t offset, void *buf, size_t n)
{
	uint32_t max = styx_client_iounit(c), got;
	size_t done = 0;
	StyxRpc *r;

	do {
		StyxFcall tx = {.type = STYX_TREAD, .fid = fid, .offset = offset + done};

		tx.count = n - done > max ? max : (uint32_t)(n - done);
		r = styx_transact(c, call, &tx, (uint8_t *)buf + done, NULL);
		if (r == NULL)
			return done > 0 ? (ssize_t)done : -1;
		got = r->rx.count;
		styx_rpc_free(c, r);
		done += got;
		if (got < tx.count)
			break;
	} while (done < n);
	return (ssize_t)done;
}

ssize_t
styx_client_write(StyxClient *c, StyxCall *call, uint32_t fid, uint64_t offset, const void *buf, size_t n)
{
	uint32_t max = styx_client_iounit(c), got;
	size_t done = 0;
	StyxRpc *r;

	do {
		StyxFcall tx = {.type = STYX_TWRITE, .fid = fid, .offset = offset + done};

		tx.count = n - done > max ? max : (uint32_t)(n - done);
		tx.data = (const uint8_t *)buf + done;
		r = styx_transact(c, call, &tx, NULL, NULL);
		if (r == NULL)
			return done > 0 ? (ssize_t)done : -1;
		got = r->rx.count > tx.count ? tx.count : r->rx.count;
		styx_rpc_free(c, r);
		done += got;
		if (got < tx.count)
			break;
	} while (done < n);
	return (ssize_t)done;
}

/*
 * One piece of a transfer that is under way. Pieces are sent ahead of their answers; what comes behind the first piece that
 * is short, or fails, does not count.
 */
typedef struct Piece {
	StyxFcall tx;
	StyxRpc *r;
} Piece;

/* Moves n bytes in pieces, WINDOW of them at a time. */
static ssize_t
bulk(StyxClient *c, StyxCall *call, int type, uint32_t fid, uint64_t offset, uint8_t *buf, size_t n)
{
	Piece p[WINDOW];
	uint32_t max = styx_client_iounit(c);
	size_t sent = 0, done = 0;
	/* A read may find little: only when the first piece was whole are more of them asked for at once. */
	unsigned head = 0, tail = 0, window = type == STYX_TREAD ? 1 : WINDOW;
	bool over = false, failed = false;
	char err[STYX_ERRMAX] = "";

	do {
		while (!over && tail - head < window && (sent < n || tail == 0)) {
			Piece *q = &p[tail % WINDOW];

			q->tx = (StyxFcall){.type = (uint8_t)type, .fid = fid, .offset = offset + sent};
			q->tx.count = n - sent > max ? max : (uint32_t)(n - sent);
			if (type == STYX_TWRITE)
				q->tx.data = buf + sent;
			bool more = type == STYX_TREAD && tail + 1 - head < window && sent + q->tx.count < n;
			q->r = styx_begin(c, call, &q->tx, type == STYX_TREAD ? buf + sent : NULL, more ? STYX_MORE : 0);
			if (q->r == NULL) {
				styx_errcopy(err, sizeof err, call->err);
				over = failed = true;
				styx_push(c);
				break;
			}
			sent += q->tx.count;
			tail++;
		}
		if (head == tail)
			break;
		Piece *q = &p[head++ % WINDOW];
		StyxRpc *r = styx_end(c, call, q->r, &q->tx, NULL);
		if (r == NULL) {
			if (!over)
				styx_errcopy(err, sizeof err, call->err);
			failed = failed || !over;
			over = true;
			continue;
		}
		uint32_t got = r->rx.count > q->tx.count ? q->tx.count : r->rx.count;
		styx_rpc_free(c, r);
		if (!over)
			done += got;
		over = over || got < q->tx.count;
		window = WINDOW;
	} while (head != tail || (!over && sent < n));
	if (failed && done == 0)
		return styx_call_fail(call, err);
	return (ssize_t)done;
}

ssize_t
styx_client_bulkread(StyxClient *c, StyxCall *call, uint32_t fid, uint64_t offset, void *buf, size_t n)
{
	return bulk(c, call, STYX_TREAD, fid, offset, buf, n);
}

ssize_t
styx_client_bulkwrite(StyxClient *c, StyxCall *call, uint32_t fid, uint64_t offset, const void *buf, size_t n)
{
	return bulk(c, call, STYX_TWRITE, fid, offset, (void *)buf, n);
}

StyxAhead *
styx_client_ahead(StyxClient *c, StyxCall *call, uint32_t fid, uint64_t offset, uint32_t n)
{
	StyxAhead *a = calloc(1, sizeof *a);
	void *data = malloc(n > 0 ? n : 1);

	if (a == NULL || data == NULL) {
		free(a);
		free(data);
		styx_call_fail(call, STYX_ENOMEM);
		return NULL;
	}
	a->tx = (StyxFcall){.type = STYX_TREAD, .fid = fid, .offset = offset, .count = n};
	a->r = styx_begin(c, call, &a->tx, data, 0);
	if (a->r == NULL) {
		free(a);
		free(data);
		return NULL;
	}
	a->r->own = data;
	styx_call_leave(call);
	return a;
}

ssize_t
styx_client_ahead_wait(StyxClient *c, StyxCall *call, StyxAhead *a, const void **data)
{
	if (!a->done) {
		a->r = styx_end(c, call, a->r, &a->tx, NULL);
		a->done = true;
	}
	if (a->r == NULL)
		return -1;
	*data = a->r->data;
	return a->r->rx.count;
}

void
styx_client_ahead_free(StyxClient *c, StyxAhead *a)
{
	if (a == NULL)
		return;
	if (a->done && a->r != NULL)
		styx_rpc_free(c, a->r);
	else if (!a->done)
		styx_rpc_abandon(c, a->r);
	free(a);
}

ssize_t
styx_client_readdir(StyxClient *c, StyxCall *call, uint32_t fid, uint64_t offset, void *buf, size_t n)
{
	uint32_t max = styx_client_iounit(c);
	ssize_t got = styx_client_read(c, call, fid, offset, buf, n > max ? max : n);
	size_t off, size;

	for (off = 0; got > 0 && off < (size_t)got; off += size) {
		size = styx_dir_check((uint8_t *)buf + off, (size_t)got - off);
		if (size == 0)
			return styx_call_fail(call, "invalid directory entry received from server");
	}
	return got;
}

int
styx_client_stat(StyxClient *c, StyxCall *call, uint32_t fid, StyxDir *d, void **mem)
{
	StyxFcall tx = {.type = STYX_TSTAT, .fid = fid};
	StyxRpc *r = styx_transact(c, call, &tx, NULL, NULL);

	*mem = NULL;
	if (r == NULL)
		return -1;
	int ret = stat_answer(call, r, d, mem);
	styx_rpc_free(c, r);
	return ret;
}

int
styx_client_wstat(StyxClient *c, StyxCall *call, uint32_t fid, const StyxDir *d)
{
	StyxFcall tx = {.type = STYX_TWSTAT, .fid = fid};
	size_t n = styx_dir_size(d);
	uint8_t *buf;
	StyxRpc *r;

	if (n == 0)
		return styx_call_fail(call, "stat too long");
	buf = malloc(n);
	if (buf == NULL)
		return styx_call_fail(call, STYX_ENOMEM);
	tx.nstat = (uint16_t)styx_dir_encode(d, buf, n);
	tx.stat = buf;
	r = styx_transact(c, call, &tx, NULL, NULL);
	free(buf);
	if (r == NULL)
		return -1;
	styx_rpc_free(c, r);
	return 0;
}

/* The transaction itself gives the fid's number back when the answer comes, be it waited for or not. */
int
styx_client_clunk(StyxClient *c, StyxCall *call, uint32_t fid)
{
	StyxFcall tx = {.type = STYX_TCLUNK, .fid = fid};
	StyxRpc *r = styx_transact(c, call, &tx, NULL, NULL);

	if (r == NULL)
		return -1;
	styx_rpc_free(c, r);
	return 0;
}

int
styx_client_remove(StyxClient *c, StyxCall *call, uint32_t fid)
{
	StyxFcall tx = {.type = STYX_TREMOVE, .fid = fid};
	StyxFate fate;
	StyxRpc *r = styx_transact(c, call, &tx, NULL, &fate);

	/* Any answer means that the fid has gone; without one it is still there. */
	if (r == NULL) {
		if (fate == STYX_REFUSED)
			styx_fid_free(c, fid);
		else
			styx_client_forget(c, fid);
		return -1;
	}
	styx_rpc_free(c, r);
	styx_fid_free(c, fid);
	return 0;
}
