/*
 * What the two halves of the client share: styx_client.c moves requests and answers, styx_calls.c says what they mean.
 */
#ifndef LIBSTYX_STYX_CLIENT_INT_H
#define LIBSTYX_STYX_CLIENT_INT_H

#include <pthread.h>

#include "styx_int.h"

/*
 * A request under way, from the moment it has a tag until that tag may be used again. Usually the thread that made it
 * (its owner) waits for done and then frees it. Two things outlive the owner's interest: a clunk that nobody waits
 * for, and a request that was answered while a Tflush for it was still out, whose tag stays taken until every Rflush
 * has come. Then owned is false and the reader frees it.
 *
 * A Tflush is such an object itself, with victim set and never owned.
 */
typedef struct StyxRpc {
	uint16_t tag;
	bool owned;
	bool done;     /* nothing more to wait for: answered, flushed, or connection lost */
	bool answered; /* rx is the answer */
	bool intable;
	bool counted;  /* among nreq */
	bool wantroom; /* its owner waits for a tag */
	unsigned intr;   /* interruptions so far */
	unsigned flushes; /* Tflushes sent */
	unsigned nflush; /* Rflushes still to come */
	struct StyxRpc *victim;
	uint32_t clunked; /* fid to be given back with the answer; STYX_NOFID: none */
	void *data;      /* where the bytes of an Rread go */
	uint32_t count;  /* room there */
	StyxFcall rx;
	void *mem;       /* what rx points into */
	pthread_cond_t cv; /* with the client's lk */
	struct StyxRpc *next; /* free list */
} StyxRpc;

/*
 * Locks: lk guards everything below it. wlk makes messages whole on the wire, guards wbuf, and is taken without lk. A
 * StyxCall's own lk comes before a client's lk.
 */
struct StyxClient {
	StyxTransport t;
	StyxClientConf conf;

	pthread_mutex_t wlk;
	uint8_t *wbuf;
	size_t nwbuf;

	pthread_mutex_t lk;
	pthread_cond_t room; /* a tag has come free, a negotiation has ended, or the connection has failed */
	int refs;            /* the owner and the reader */
	bool dead;
	bool ateof;          /* why it is dead, for the texts of version */
	bool badmsg;
	bool hungup;
	char err[STYX_ERRMAX];
	uint32_t msize;      /* agreed, 0 before */
	uint32_t limit;      /* largest message to be taken now */
	char version[32];
	StyxRpc *vrpc;       /* Tversion under way */
	StyxRpc **tags;      /* by number, ntags of them; 0 is never used */
	unsigned ntags;
	unsigned lowtag;     /* all below are taken */
	unsigned nreq;
	StyxRpc *freerpc;
	unsigned nfreerpc;
	uint32_t nextfid;
	uint32_t *freefid;   /* given back, to be used again */
	size_t nfreefid;
	size_t maxfreefid;
	unsigned nfid;
};

/* Never NULL for the functions below: what is under way in this thread, and its last error. */
struct StyxCall {
	pthread_mutex_t lk;
	unsigned nintr;
	StyxClient *client;
	StyxRpc *cur;
	char err[STYX_ERRMAX];
};

/* What is known of a request that has failed, and so of the fids in it. */
typedef enum StyxFate {
	STYX_NOTSENT, /* the server has never heard of it */
	STYX_REFUSED, /* the answer was an Rerror */
	STYX_UNKNOWN  /* no answer, or a strange one */
} StyxFate;

/*
 * Sends tx and waits for its answer; a Tread's data goes to data. Returns the finished request, to be given back with
 * styx_rpc_free; NULL, an error text and *fate (which may be NULL) if there was no answer or it is an Rerror or of a
 * wrong type.
 */
StyxRpc *styx_transact(StyxClient *c, StyxCall *call, StyxFcall *tx, void *data, StyxFate *fate);
void styx_rpc_free(StyxClient *c, StyxRpc *r);

int styx_call_fail(StyxCall *call, const char *text); /* sets the text, returns -1 */

uint32_t styx_fid_new(StyxClient *c); /* STYX_NOFID: none left */
void styx_fid_free(StyxClient *c, uint32_t fid); /* the server does not know it (any more) */

#endif
