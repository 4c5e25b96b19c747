/*
 * What the parts of the client share: styx_client.c sends requests, styx_reader.c takes the answers, styx_calls.c says what
 * they mean.
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
	bool filling;  /* the one who reads is writing to data */
	bool abandoned; /* counted in nabandoned: data is on its way that nobody waits for any more */
	unsigned intr;   /* interruptions so far */
	unsigned flushes; /* Tflushes sent */
	unsigned nflush; /* Rflushes still to come */
	struct StyxRpc *victim;
	uint32_t clunked; /* fid to be given back with the answer; STYX_NOFID: none */
	void *data;      /* where the bytes of an Rread go */
	void *own;       /* data, if that is the request's own memory */
	uint32_t count;  /* room there */
	StyxFcall rx;
	void *mem;       /* what rx points into */
	pthread_cond_t cv; /* with the client's lk */
	struct StyxRpc *next; /* free list */
	struct StyxRpc *waitprev, *waitnext; /* those whose owner sleeps */
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
	size_t nout;         /* bytes in it that are to be sent with the next message */

	/* Of the one who reads. */
	uint8_t *inbuf;
	size_t nin, capin;
	StyxRpc *fill;       /* whose data is being read to its place, nfill bytes so far */
	size_t nfill;

	pthread_mutex_t lk;
	pthread_cond_t room; /* a tag has come free, a negotiation has ended, or the connection has failed */
	int refs;            /* the owner and the client's own thread */
	bool reading;        /* somebody reads */
	StyxRpc *waiting;    /* requests whose owners sleep until they are done */
	unsigned nroom;      /* threads that wait for room */
	unsigned nbig;       /* large messages being sent while answers are to come */
	unsigned nabandoned; /* requests whose data nobody waits for any more */
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

enum {
	STYX_MORE = 1,    /* to be sent together with the next message, or by styx_push */
	STYX_KEEPFID = 2, /* the caller, not the answer to this clunk, gives the fid's number back */
};

/*
 * The two halves of a transaction; between them other requests may be begun. styx_begin gives tx a tag and sends it. Data of
 * an Rread goes to data. NULL and an error text: nothing was sent. styx_end waits for the answer, as below.
 */
StyxRpc *styx_begin(StyxClient *c, StyxCall *call, StyxFcall *tx, void *data, int flags);
StyxRpc *styx_end(StyxClient *c, StyxCall *call, StyxRpc *r, const StyxFcall *tx, StyxFate *fate);
void styx_push(StyxClient *c);
void styx_call_leave(StyxCall *call); /* no request of call is waited for now */
/* Gives up a request that has been begun, with its own data: it is flushed, and freed when the server has said so. */
void styx_rpc_abandon(StyxClient *c, StyxRpc *r);

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

/* ---- between styx_client.c and styx_reader.c; lk is held where the name ends in _locked ---- */

void styx_rpc_free_locked(StyxClient *c, StyxRpc *r);
/*
 * What is to be done when r is finished, as far as it is: the tag is free when no Rflush is to come, r itself when
 * nobody waits.
 */
void styx_rpc_settle_locked(StyxClient *c, StyxRpc *r);
void styx_tag_free_locked(StyxClient *c, StyxRpc *r);
void styx_fid_free_locked(StyxClient *c, uint32_t fid);
void styx_client_fail(StyxClient *c, const char *text);
void styx_client_unref(StyxClient *c);
void styx_client_log(StyxClient *c, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Asks the server to give r up; false if it has been asked often enough. lk is given up meanwhile. */
bool styx_send_flush_locked(StyxClient *c, StyxRpc *r);

/* Starts the client's own thread as the one who reads (nobody does). False: no thread. */
bool styx_reader_start_locked(StyxClient *c);
typedef enum StyxWait {
	STYX_WAITANSWER,
	STYX_WAITCLUNK,  /* an interruption ends the wait at once ... */
	STYX_WAITVERSION /* ... */
} StyxWait;
/* Waits until r is done and nobody writes to its data, reading if need be. lk is given up meanwhile. */
void styx_wait_locked(StyxClient *c, StyxRpc *r, StyxWait kind);
/* Waits until there may be a tag, or r has been interrupted. */
void styx_wait_room_locked(StyxClient *c, StyxRpc *r);
/* Somebody else is to read, if there is reason to and nobody does. */
void styx_reader_pass_locked(StyxClient *c);

#endif
