/*
 * The client's requests as C functions. Each knows what its failure means for the fids in it.
 */
#include <stdlib.h>
#include <string.h>

#include "styx_client_int.h"

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
	const char *err = NULL;
	char *strs;

	*mem = NULL;
	if (r == NULL)
		return -1;
	strs = malloc(r->rx.nstat + 1u);
	if (strs == NULL)
		err = STYX_ENOMEM;
	else if (styx_dir_check(r->rx.stat, r->rx.nstat) != r->rx.nstat || r->rx.nstat == 0)
		err = STYX_EBADSTAT;
	else
		styx_dir_decode(r->rx.stat, r->rx.nstat, d, strs);
	styx_rpc_free(c, r);
	if (err != NULL) {
		free(strs);
		return styx_call_fail(call, err);
	}
	*mem = strs;
	return 0;
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
