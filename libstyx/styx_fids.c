/*
 * The session of a server's connection: the table of fids, what each request needs of them before its operation may
 * run, and what its success does to them.
 */
#include <stdlib.h>
#include <string.h>

#include "styx_server_int.h"

enum { MINHASH = 64 };

/* ---- the table ---- */

static StyxFid **
slot(StyxServer *s, uint32_t fid)
{
	return &s->fids[(fid ^ fid >> 16) & (s->nhash - 1)];
}

/* Any fid with the number, reserved or not. */
static StyxFid *
find(StyxServer *s, uint32_t fid)
{
	StyxFid *f;

	if (s->nhash == 0)
		return NULL;
	for (f = *slot(s, fid); f != NULL && f->fid != fid; f = f->next)
		;
	return f;
}

/* Makes the table larger when its chains grow long. False only if there is no table at all. */
static bool
grow(StyxServer *s)
{
	unsigned i, old = s->nhash, n = old == 0 ? MINHASH : old * 2;
	StyxFid **fids, **oldfids = s->fids, *f, *next;

	if (old > 0 && s->nfid < old * 2)
		return true;
	fids = calloc(n, sizeof *fids);
	if (fids == NULL)
		return old > 0;
	s->fids = fids;
	s->nhash = n;
	for (i = 0; i < old; i++)
		for (f = oldfids[i]; f != NULL; f = next) {
			next = f->next;
			f->next = *slot(s, f->fid);
			*slot(s, f->fid) = f;
		}
	free(oldfids);
	return true;
}

static void
insert(StyxServer *s, StyxFid *f)
{
	f->next = *slot(s, f->fid);
	*slot(s, f->fid) = f;
	f->intable = true;
	f->refs++;
	s->nfid++;
}

static void
unref(StyxFid *f, StyxDead *dead)
{
	if (--f->refs == 0)
		dead->fid[dead->n++] = f;
}

/* The caller has a reference of its own, so the table's cannot be the last. */
static void
take_out(StyxServer *s, StyxFid *f)
{
	StyxFid **p;

	if (!f->intable)
		return;
	for (p = slot(s, f->fid); *p != f; p = &(*p)->next)
		;
	*p = f->next;
	f->next = NULL;
	f->intable = false;
	f->refs--;
	s->nfid--;
}

StyxFid *
styx_fids_clear(StyxServer *s)
{
	StyxFid *f, *next, *dead = NULL;
	unsigned i;

	for (i = 0; i < s->nhash; i++) {
		for (f = s->fids[i]; f != NULL; f = next) {
			next = f->next;
			f->next = NULL;
			f->intable = false;
			if (--f->refs == 0) {
				f->next = dead;
				dead = f;
			}
		}
		s->fids[i] = NULL;
	}
	s->nfid = 0;
	return dead;
}

void
styx_fid_destroy(StyxServer *s, StyxFid *f)
{
	if (s->ops->destroy != NULL)
		s->ops->destroy(f);
	free(f);
}

/* ---- a request arrives ---- */

/* A new fid for q; its number is taken at once unless it is to replace an existing one. */
static const char *
reserve(StyxServer *s, StyxPriv *q, uint32_t num, bool replace)
{
	StyxFid *f;

	if (num == STYX_NOFID)
		return STYX_ENOFID;
	if (!replace && find(s, num) != NULL)
		return STYX_EFIDINUSE;
	if (!replace && s->nfid >= s->conf.maxfids)
		return STYX_ETOOMANYFID;
	f = grow(s) ? calloc(1, sizeof *f) : NULL;
	if (f == NULL)
		return STYX_ENOMEM;
	f->fid = num;
	f->server = s;
	f->reserved = true;
	f->refs = 1;
	q->r.newfid = f;
	if (!replace)
		insert(s, f);
	return NULL;
}

/* Takes `.' and empty names, which stand for the directory itself, out of a walk; the rest must be proper names. */
static const char *
walk_names(StyxPriv *q)
{
	StyxFcall *t = &q->r.t;
	int i, n = 0;

	q->nwname = t->nwname;
	for (i = 0; i < q->nwname; i++) {
		const char *name = t->wname[i];

		if (styx_badchar(name)) {
			styx_badchar_error(name, q->errbuf, sizeof q->errbuf);
			return q->errbuf;
		}
		if (name[0] == '\0' || strcmp(name, ".") == 0)
			q->dots |= (uint16_t)(1 << i);
		else
			t->wname[n++] = name;
	}
	t->nwname = (uint16_t)n;
	return NULL;
}

const char *
styx_fids_bind(StyxServer *s, StyxPriv *q)
{
	StyxFcall *t = &q->r.t;
	StyxFid *f;
	const char *err;

	switch (t->type) {
	case STYX_TAUTH:
		return s->ops->auth == NULL ? STYX_ENOAUTH : reserve(s, q, t->afid, false);
	case STYX_TATTACH:
		if (s->ops->auth != NULL && t->afid != STYX_NOFID) {
			f = find(s, t->afid);
			if (f == NULL || f->reserved || !f->isauth)
				return STYX_ENOFID;
			f->refs++;
			q->r.afid = f;
		}
		return reserve(s, q, t->fid, false);
	}
	f = find(s, t->fid); /* be it that the walk which makes it is not done yet */
	if (f == NULL)
		return STYX_ENOFID;
	f->refs++;
	q->r.fid = f;
	if (t->type == STYX_TWALK) {
		err = walk_names(q);
		return err != NULL ? err : reserve(s, q, t->newfid, t->newfid == t->fid);
	}
	return NULL;
}

/* ---- its turn on the fid comes ---- */

/* Open, create and directory reads have their fid to themselves. */
static bool
wants_alone(const StyxPriv *q)
{
	switch (q->r.t.type) {
	case STYX_TOPEN:
	case STYX_TCREATE:
		return true;
	case STYX_TREAD:
		return (q->r.fid->qid.type & STYX_QTDIR) != 0;
	}
	return false;
}

static const char *
check_io(StyxServer *s, StyxPriv *q, int wrong1, int wrong2)
{
	StyxFcall *t = &q->r.t;
	const StyxFid *f = q->r.fid;
	int mode = f->omode & 3;

	if (!f->isopen)
		return STYX_EUNKNOWNMODE;
	if (mode == wrong1 || mode == wrong2)
		return STYX_EBADMODE;
	if (t->count > s->msize - STYX_IOHDRSZ)
		return STYX_ECOUNT;
	if (t->offset > INT64_MAX)
		return STYX_EOFFSET;
	/* So that an operation may add offset and count without fear. */
	if (t->offset + t->count > INT64_MAX) {
		if (t->type == STYX_TWRITE)
			return STYX_EOFFSET;
		t->count = (uint32_t)(INT64_MAX - t->offset);
	}
	return NULL;
}

static const char *
check_wstat(StyxServer *s, StyxPriv *q)
{
	StyxFcall *t = &q->r.t;
	StyxDir *d = &q->r.dir;
	bool wasdir = (q->r.fid->qid.type & STYX_QTDIR) != 0;

	if (t->nstat == 0 || styx_dir_parse(t->stat, t->nstat, d, (char *)q->msg + q->nmsg) != t->nstat)
		return STYX_EBADSTAT;
	if (d->name[0] != '\0' && !styx_check_name(d->name, q->errbuf, sizeof q->errbuf))
		return q->errbuf;
	if (d->mode != UINT32_MAX && ((d->mode & STYX_DMDIR) != 0) != wasdir)
		return STYX_EWSTAT;
	return s->conf.readonly && !styx_dir_isnull(d) ? STYX_EREADONLY : NULL;
}

/* Is the fid in the state that the request needs? An error text, or NULL. */
static const char *
check(StyxServer *s, StyxPriv *q)
{
	StyxFcall *t = &q->r.t;
	StyxFid *f = q->r.fid;
	const char *err;

	if (f == NULL)
		return NULL;
	if (!f->intable)
		return STYX_ENOFID; /* clunked by a request before */
	switch (t->type) {
	case STYX_TWALK:
		if (f->isauth)
			return STYX_ENOTDIR;
		if (f->isopen && t->newfid == t->fid)
			return STYX_EWALKOPEN;
		if (q->nwname > 0 && (f->qid.type & STYX_QTDIR) == 0)
			return STYX_ENOTDIR;
		q->r.newfid->qid = f->qid;
		return NULL;
	case STYX_TOPEN:
		if (f->isopen || (t->mode & ~(STYX_OEXEC | STYX_OTRUNC | STYX_ORCLOSE | 0x20)) != 0)
			return STYX_EUNKNOWNMODE;
		t->mode &= (uint8_t)~0x20; /* close on exec is the client's own affair */
		if (s->conf.readonly && (t->mode & ~3 || (t->mode & 3) == STYX_OWRITE || (t->mode & 3) == STYX_ORDWR))
			return STYX_EREADONLY;
		return NULL;
	case STYX_TCREATE:
		if (f->isopen || (t->mode & ~(STYX_OEXEC | STYX_OTRUNC | STYX_ORCLOSE | 0x20)) != 0)
			return STYX_EUNKNOWNMODE;
		t->mode &= (uint8_t)~0x20;
		if (!styx_check_name(t->name, q->errbuf, sizeof q->errbuf))
			return q->errbuf;
		if ((f->qid.type & STYX_QTDIR) == 0)
			return STYX_ENOTDIR;
		return s->conf.readonly ? STYX_EREADONLY : NULL;
	case STYX_TREAD:
		err = check_io(s, q, STYX_OWRITE, -1);
		if (err == NULL && (f->qid.type & STYX_QTDIR) != 0 && t->offset != 0 && t->offset != f->diroffset)
			err = STYX_EDIRSEEK;
		return err;
	case STYX_TWRITE:
		err = check_io(s, q, STYX_OREAD, STYX_OEXEC);
		if (err == NULL && (f->qid.type & STYX_QTDIR) != 0)
			err = STYX_EISDIR;
		return err;
	case STYX_TCLUNK:
		take_out(s, f);
		return NULL;
	case STYX_TREMOVE:
		take_out(s, f); /* also if it fails */
		if (f->isauth)
			return STYX_EPERM;
		return s->conf.readonly ? STYX_EREADONLY : NULL;
	case STYX_TSTAT:
		return f->isauth ? STYX_EPERM : NULL;
	case STYX_TWSTAT:
		return f->isauth ? STYX_EPERM : check_wstat(s, q);
	}
	return NULL;
}

/* Starts q if its fid is free for it; false if it has to wait. */
static bool
try_start(StyxServer *s, StyxPriv *q)
{
	StyxFid *f = q->r.fid;

	if (f != NULL) {
		bool alone;

		/* Only when it has been made and nobody has it alone may its qid be looked at. */
		if (f->exclusive || (f->reserved && f->intable))
			return false;
		alone = wants_alone(q);
		if (alone && f->nrun > 0)
			return false;
		q->err = check(s, q);
		q->admitted = true;
		q->exclusive = alone;
		if (alone)
			f->exclusive = true;
		else
			f->nrun++;
	}
	styx_make_ready(s, q);
	return true;
}

void
styx_fids_admit(StyxServer *s, StyxPriv *q)
{
	StyxFid *f = q->r.fid;

	if (f == NULL || f->waithead == NULL)
		if (try_start(s, q))
			return;
	q->state = WAITING;
	if (f->waithead == NULL)
		f->waithead = &q->r;
	else
		styx_priv(f->waittail)->readynext = q;
	f->waittail = &q->r;
	q->readynext = NULL;
}

void
styx_fids_unqueue(StyxPriv *q)
{
	StyxFid *f = q->r.fid;
	StyxPriv *p, *prev = NULL;

	for (p = styx_priv(f->waithead); p != q; p = p->readynext)
		prev = p;
	if (prev == NULL)
		f->waithead = q->readynext == NULL ? NULL : &q->readynext->r;
	else
		prev->readynext = q->readynext;
	if (f->waittail == &q->r)
		f->waittail = prev == NULL ? NULL : &prev->r;
	q->readynext = NULL;
}

/* ---- the operation has been done ---- */

/*
 * The names that were taken out of a walk get their qids: that of the directory they stand in. What stood in no
 * directory ends the walk there.
 */
static const char *
complete_walk(StyxPriv *q)
{
	StyxFcall *r = &q->r.r;
	StyxQid out[STYX_MAXWELEM], at = q->r.fid->qid;
	int i, n = 0;

	if (r->nwqid > q->r.t.nwname)
		return STYX_ECONVERT;
	for (i = 0; i < q->nwname; i++) {
		if ((q->dots >> i & 1) == 0) {
			if (n == r->nwqid)
				break;
			at = r->wqid[n++];
		} else if ((at.type & STYX_QTDIR) == 0)
			break;
		out[i] = at;
	}
	if (i == 0 && q->nwname > 0)
		return STYX_ENOTEXIST;
	memcpy(r->wqid, out, (size_t)i * sizeof out[0]);
	r->nwqid = (uint16_t)i;
	if (i == q->nwname && i > 0)
		q->r.newfid->qid = at;
	return NULL;
}

const char *
styx_fids_complete(StyxServer *s, StyxPriv *q)
{
	StyxFcall *r = &q->r.r;
	const StyxFcall *t = &q->r.t;
	uint32_t max = styx_server_msize(s) - STYX_IOHDRSZ;
	size_t n;

	r->type = (uint8_t)(t->type + 1);
	r->tag = t->tag;
	switch (t->type) {
	case STYX_TAUTH:
		q->r.newfid->qid.type |= STYX_QTAUTH;
		/* fall through */
	case STYX_TATTACH:
		r->qid = q->r.newfid->qid;
		break;
	case STYX_TWALK:
		return complete_walk(q);
	case STYX_TOPEN:
	case STYX_TCREATE:
		r->qid = q->r.fid->qid;
		if (r->iounit == 0 || r->iounit > max)
			r->iounit = max;
		break;
	case STYX_TREAD:
		if (q->direct) {
			r->data = q->reply + STYX_HDRSZ + 4;
			r->count = (uint32_t)q->ndir;
		}
		if (r->count > t->count || (r->data == NULL && r->count > 0))
			return STYX_ECONVERT;
		break;
	case STYX_TWRITE:
		if (r->count > t->count)
			r->count = t->count;
		break;
	case STYX_TSTAT:
		n = styx_dir_size(&q->r.dir);
		free(q->reply);
		q->reply = n == 0 ? NULL : malloc(n);
		if (q->reply == NULL)
			return STYX_ECONVERT;
		r->nstat = (uint16_t)styx_dir_encode(&q->r.dir, q->reply, n);
		r->stat = q->reply;
		break;
	}
	return NULL;
}

static const char *
install(StyxServer *s, StyxPriv *q)
{
	StyxFid *f = q->r.newfid, *old = q->r.fid;

	if (q->r.t.type == STYX_TWALK && q->r.t.newfid == q->r.t.fid) {
		if (!old->intable)
			return STYX_ENOFID;
		take_out(s, old);
		/*
		 * Requests that wait for their turn on the old one find it gone, as if the walk had been a clunk and
		 * a walk.
		 */
		insert(s, f);
	} else if (!f->intable)
		return STYX_ENOFID;
	f->reserved = false;
	if (q->r.t.type == STYX_TAUTH) {
		f->isauth = f->isopen = true;
		f->omode = STYX_ORDWR;
	}
	return NULL;
}

static const char *
succeed(StyxServer *s, StyxPriv *q)
{
	StyxFid *f = q->r.fid;
	const StyxFcall *t = &q->r.t;

	switch (t->type) {
	case STYX_TAUTH:
	case STYX_TATTACH:
		return install(s, q);
	case STYX_TWALK:
		return q->r.r.nwqid == q->nwname ? install(s, q) : NULL;
	case STYX_TOPEN:
	case STYX_TCREATE:
		f->isopen = true;
		f->omode = t->mode;
		f->diroffset = 0;
		break;
	case STYX_TREAD:
		if (q->exclusive)
			f->diroffset = t->offset + q->r.r.count;
		break;
	}
	return NULL;
}

/* Starts what waited for f, in order, up to the first that has to go on waiting. */
static void
start_waiting(StyxServer *s, StyxFid *f)
{
	while (f->waithead != NULL) {
		StyxPriv *w = styx_priv(f->waithead);
		/* Out of the queue first: starting it uses the same link. */
		styx_fids_unqueue(w);
		if (try_start(s, w))
			continue;
		w->readynext = f->waithead == NULL ? NULL : styx_priv(f->waithead);
		f->waithead = &w->r;
		if (f->waittail == NULL)
			f->waittail = &w->r;
		break;
	}
}

const char *
styx_fids_settle(StyxServer *s, StyxPriv *q, bool success, StyxDead *dead)
{
	StyxFid *f = q->r.fid;
	const char *err = NULL;

	if (q->settled)
		return NULL;
	q->settled = true;
	if (success)
		err = succeed(s, q);
	if (q->r.newfid != NULL) {
		if (q->r.newfid->reserved)
			take_out(s, q->r.newfid);
		start_waiting(s, q->r.newfid);
		unref(q->r.newfid, dead);
	}
	if (q->r.afid != NULL)
		unref(q->r.afid, dead);
	if (f != NULL) {
		if (q->admitted && q->exclusive)
			f->exclusive = false;
		else if (q->admitted)
			f->nrun--;
		start_waiting(s, f);
		unref(f, dead);
	}
	return err;
}
