/*
 * What the two halves of the server share: styx_server.c is the connection (messages, tags, flushes, answers),
 * styx_fids.c the session (fids, and what each request needs of them).
 */
#ifndef LIBSTYX_STYX_SERVER_INT_H
#define LIBSTYX_STYX_SERVER_INT_H

#include <pthread.h>
#include <stdatomic.h>

#include "styx_int.h"

/*
 * A tag that is in use, by a request or by a Tflush that waits for one. Tags are looked up in a small hash table;
 * there are at most 65535, which bounds the memory that a peer can take with flushes.
 */
typedef struct StyxTag {
	uint16_t tag;
	bool intable;
	struct StyxPriv *req;     /* the request, or ... */
	struct StyxFlush *flush; /* ... the flush whose tag it is */
	struct StyxTag *next;
} StyxTag;

/*
 * A Tflush that waits until the request it is about is answered or gone; in the order of arrival on that request's
 * list.
 */
typedef struct StyxFlush {
	StyxTag tag;
	struct StyxPriv *victim;
	struct StyxFlush *next;
} StyxFlush;

/*
 * The life of a request. WAITING for others on the same fid; READY, on the list of those whose operation is to be
 * started, or in the hands of conf.dispatch; RUNNING, its operation has been called. A request that is not RUNNING
 * can be dropped without a trace.
 */
enum { WAITING, READY, RUNNING };

/* The library's part of a request, allocated together with the public part and the message. */
typedef struct StyxPriv {
	StyxReq r;
	StyxTag tag;
	int state;
	int refs;          /* being worked on, and the reader while it tells the operation of a flush */
	bool abandoned;    /* given up before it ran: no answer, and its fids are released already */
	bool orphan;       /* belongs to a session that is over: no answer, no change to fids */
	bool told;         /* ops->flush has been called at the session's end */
	bool settled;      /* its fids have been released */
	bool admitted;     /* counted in fid->nrun or fid->exclusive */
	bool exclusive;
	atomic_bool flushed; /* somebody wants it given up */
	const char *err;   /* READY only to be refused, with this text */
	char errbuf[STYX_ERRMAX];
	StyxFlush *flushes, *lastflush;
	struct StyxPriv *readynext;
	struct StyxPriv *prev, *next; /* all requests in work */
	uint16_t nwname;   /* walk: names as they came, and which of them ... */
	uint16_t dots;     /* ... were `.' or empty and have been taken out, a bit for each */
	uint8_t *reply;    /* answer to a read, data at its place in the message; or an encoded stat */
	size_t ndir;       /* bytes of directory entries in it */
	bool direct;       /* styx_req_adddir has been used, ... */
	bool full;         /* ... and has refused: an answer of no bytes would be a lie */
	size_t nmsg;
	size_t nbytes;     /* its part of the server's */
	uint8_t msg[];     /* the message; behind it room for the strings of a Twstat */
} StyxPriv;

enum { TAGHASH = 64 };

/*
 * Locks: lk guards the session (all below it) and the library's fields of every fid and request. wlk makes answers
 * whole on the wire and, because a tag leaves the table only under both, puts a Rflush behind the answer it has to
 * follow. wlk comes before lk. No operation is called with either.
 */
struct StyxServer {
	StyxTransport t;
	const StyxOps *ops;
	StyxServerConf conf;

	pthread_mutex_t wlk;
	bool wdead; /* a write has failed; the reader will notice */
	uint8_t *out; /* small answers that are sent together */
	size_t nout;
	/* Of the thread that reads: */
	pthread_t reader; /* constant */
	bool more;  /* another request is at hand: small answers may wait for its own, in out */
	bool held;  /* some do */

	pthread_mutex_t lk;
	pthread_cond_t idle; /* nreq has become 0 */
	uint32_t msize;
	bool versioned;
	bool hungup;
	bool draining; /* a thread is starting operations */
	unsigned nreq; /* requests whose memory exists */
	size_t nbytes; /* that they may take */
	StyxPriv *reqs;
	StyxPriv *ready, *lastready;
	StyxTag *tags[TAGHASH];
	StyxFid **fids; /* hash table of nhash chains */
	unsigned nhash;
	unsigned nfid;
};

static inline StyxPriv *
styx_priv(StyxReq *r)
{
	return (StyxPriv *)r->priv;
}

/* ---- styx_fids.c; all with s->lk held except where it says otherwise ---- */

/* What a request did without and is to be destroyed when lk has been released. */
typedef struct StyxDead {
	StyxFid *fid[3];
	int n;
} StyxDead;

/* Finds and reserves the fids of a request that has just come. An error text, or NULL. */
const char *styx_fids_bind(StyxServer *s, StyxPriv *q);
/* Puts a request on the ready list, or in the queue of its fid. */
void styx_fids_admit(StyxServer *s, StyxPriv *q);
/* Takes a WAITING request out of its fid's queue. */
void styx_fids_unqueue(StyxPriv *q);
/*
 * Releases the fids of a request, after carrying out what its success means for them. Fids that nobody uses any more
 * are added to dead. An error text if a success cannot be one, because the fid has gone.
 */
const char *styx_fids_settle(StyxServer *s, StyxPriv *q, bool success, StyxDead *dead);
/* Without lk: fills in what the operation left to the library, and checks it. An error text, or NULL. */
const char *styx_fids_complete(StyxServer *s, StyxPriv *q);
/* Takes every fid out of the table; those that nobody uses are returned as a list linked by next. */
StyxFid *styx_fids_clear(StyxServer *s);
/* Without lk: calls ops->destroy and frees. */
void styx_fid_destroy(StyxServer *s, StyxFid *fid);

/* ---- styx_server.c ---- */

void styx_make_ready(StyxServer *s, StyxPriv *q); /* lk held */

#endif
