/*
 * Styx, the file protocol of Inferno, which is 9P2000 to the last byte: messages, a client and a server.
 *
 * The library knows the protocol and nothing of whom it serves. It reads and writes through callbacks
 * (StyxTransport), keeps all state in the objects it hands out, prints nothing, and reports every error as a string,
 * the way the protocol itself does. Integers on the wire are little-endian and unaligned; in these structures they
 * are the host's. See libstyx(3) and intro(5).
 *
 *	styx_msg.c	sizes, encoding, decoding and checking of messages, versions
 *	styx_dir.c	the same for stats, the machine-independent directory entries
 *	styx_text.c	messages as text, for tracing
 *	styx_client.c	connection, tags and interruption of the client
 *	styx_reader.c	answers, and who reads them
 *	styx_calls.c	the client's requests as C functions
 *	styx_server.c	the server's connection: reading, tags, flush, answers
 *	styx_fids.c	the server's fids and the checks of each request
 */
#ifndef LIBSTYX_STYX_H
#define LIBSTYX_STYX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define STYX_VERSION "9P2000"
#define STYX_PORT "6666" /* of TCP */

enum {
	STYX_NOTAG = 0xFFFF,
	STYX_MAXWELEM = 16,   /* names in one Twalk */
	STYX_HDRSZ = 7,       /* size[4] type[1] tag[2] */
	STYX_QIDSZ = 13,
	STYX_STATFIXLEN = 49, /* a stat with four empty strings, its own size[2] included */
	STYX_STATMAX = 65535,
	STYX_IOHDRSZ = 24,    /* room that a peer leaves for the header of Twrite and Rread */
	STYX_ERRMAX = 128,    /* longest error text kept, with its NUL; longer ones are cut at a character */
	STYX_MSIZE = 8192 + STYX_IOHDRSZ,             /* the customary message size, in force before Tversion */
	STYX_MSIZE_CLIENT = 128 * 1024 + STYX_IOHDRSZ, /* what a client asks for if not told otherwise */
	STYX_MSIZE_SERVER = 65536 + STYX_IOHDRSZ,     /* the most a server grants if not told otherwise */
	STYX_MSIZE_MIN = 256, /* a client takes no less ... */
	STYX_MSIZE_MAX = 1048576, /* ... and nobody takes more */
	STYX_RINTR = -2,     /* result of a transport's read */
	STYX_RETRY = -2,     /* result of styx_client_walkstat */
};

#define STYX_NOFID ((uint32_t)0xFFFFFFFF)

/* Types of messages. An answer is its question plus one; STYX_TERROR does not exist on the wire. */
enum {
	STYX_TVERSION = 100, STYX_RVERSION,
	STYX_TAUTH, STYX_RAUTH,
	STYX_TATTACH, STYX_RATTACH,
	STYX_TERROR, STYX_RERROR,
	STYX_TFLUSH, STYX_RFLUSH,
	STYX_TWALK, STYX_RWALK,
	STYX_TOPEN, STYX_ROPEN,
	STYX_TCREATE, STYX_RCREATE,
	STYX_TREAD, STYX_RREAD,
	STYX_TWRITE, STYX_RWRITE,
	STYX_TCLUNK, STYX_RCLUNK,
	STYX_TREMOVE, STYX_RREMOVE,
	STYX_TSTAT, STYX_RSTAT,
	STYX_TWSTAT, STYX_RWSTAT,
	STYX_TMAX
};

/* Mode bits of Topen and Tcreate. */
enum { STYX_OREAD = 0, STYX_OWRITE = 1, STYX_ORDWR = 2, STYX_OEXEC = 3, STYX_OTRUNC = 0x10, STYX_ORCLOSE = 0x40 };

/* Type bits of a qid; in a stat's mode the same bits stand 24 places higher. */
enum {
	STYX_QTDIR = 0x80,
	STYX_QTAPPEND = 0x40,
	STYX_QTEXCL = 0x20,
	STYX_QTAUTH = 0x08,
	STYX_QTTMP = 0x04,
	STYX_QTFILE = 0
};
#define STYX_DMDIR ((uint32_t)0x80000000)
#define STYX_DMAPPEND ((uint32_t)0x40000000)
#define STYX_DMEXCL ((uint32_t)0x20000000)
#define STYX_DMAUTH ((uint32_t)0x08000000)
#define STYX_DMTMP ((uint32_t)0x04000000)

/*
 * Error texts. Those that a Unix client turns into error numbers are in the words such clients know, because they
 * compare whole strings (intro(5)); so a text says what is wrong and not the name of the file it is about.
 */
#define STYX_ENOFID "fid unknown or out of range"
#define STYX_EFIDINUSE "fid already in use"
#define STYX_EUNKNOWNMODE "open/create -- unknown mode"
#define STYX_EBADMODE "read/write -- not open in suitable mode"
#define STYX_ECOUNT "read/write -- count too big"
#define STYX_EOFFSET "negative i/o offset"
#define STYX_EDIRSEEK "can't seek on a directory"
#define STYX_EISDIR "file is a directory"
#define STYX_ENOTDIR "not a directory"
#define STYX_ENOTEXIST "file does not exist"
#define STYX_EEXIST "file already exists"
#define STYX_EPERM "permission denied"
#define STYX_ENOTEMPTY "directory is not empty"
#define STYX_ENAMESYNTAX "file name syntax"
#define STYX_EBADCHAR "bad character in file name: " /* followed by the name */
#define STYX_EBADSTAT "malformed stat buffer"
#define STYX_EWSTAT "wstat prohibited"
#define STYX_EREADONLY "file system read only"
#define STYX_EMSIZE "message size too small"
#define STYX_ENOAUTH "authentication not required"
#define STYX_ENOVERSION "Tversion not seen"
#define STYX_ECONVERT "failed to convert R-message"
#define STYX_EDUPTAG "duplicate tag"
#define STYX_EWALKOPEN "walk of open fid"
#define STYX_ETOOMANYREQ "too many requests"
#define STYX_ETOOMANYFID "too many fids"
#define STYX_ENOMEM "out of memory"
#define STYX_EINTR "interrupted"
#define STYX_ERPC "mount rpc error"
#define STYX_ENOTHREAD "no thread for the connection's reader"

/* ---- messages: styx_msg.c, styx_dir.c, styx_text.c ---- */

/*
 * What a server says a file is. path is the file's own among all files of the server, for ever; vers changes with the
 * contents; type is the top byte of the file's mode. Two qids with equal path and type are the same file.
 */
typedef struct StyxQid {
	uint64_t path;
	uint32_t vers;
	uint8_t type;
} StyxQid;

/*
 * A file's attributes, the "stat". Strings are NUL-terminated and never NULL after decoding; a NULL is encoded as the
 * empty string. Whose memory they are is said by the function that fills the structure. In a Twstat every field may
 * say "don't touch": the empty string, or all bits set (styx_dir_null makes such a StyxDir).
 */
typedef struct StyxDir {
	uint16_t type; /* of the server's device, of no use to anybody else */
	uint32_t dev;
	StyxQid qid;
	uint32_t mode;
	uint32_t atime; /* seconds since 1970 */
	uint32_t mtime;
	uint64_t length; /* bytes, 0 for directories */
	const char *name; /* last element of the path; "/" for a root */
	const char *uid;
	const char *gid;
	const char *muid; /* who changed it last */
} StyxDir;

/*
 * One message, request or answer. It is flat rather than a union: the few hundred bytes are on a stack, and the
 * fields that several messages share (fid, qid, count, data) are written once. Which fields count depends on type;
 * the comment at each names them. Strings and data point into the buffer that was decoded, or wherever the one who
 * encodes wants them: the structure owns nothing.
 */
typedef struct StyxFcall {
	uint8_t type;
	uint16_t tag;
	uint32_t fid;         /* T: attach walk open create read write clunk remove stat wstat */
	uint32_t afid;        /* Tauth Tattach */
	uint32_t newfid;      /* Twalk */
	uint16_t oldtag;      /* Tflush */
	uint8_t mode;         /* Topen Tcreate */
	uint32_t perm;        /* Tcreate */
	uint32_t msize;       /* Tversion Rversion */
	uint32_t iounit;      /* Ropen Rcreate; 0: not known */
	uint64_t offset;      /* Tread Twrite */
	uint32_t count;       /* Tread Twrite Rread Rwrite */
	StyxQid qid;          /* Rauth Rattach Ropen Rcreate */
	const char *version;  /* Tversion Rversion */
	const char *uname;    /* Tauth Tattach */
	const char *aname;    /* Tauth Tattach */
	const char *ename;    /* Rerror */
	const char *name;     /* Tcreate */
	const void *data;     /* Twrite Rread: count bytes */
	const void *stat;     /* Twstat Rstat: nstat bytes, an encoded stat */
	uint16_t nstat;
	uint16_t nwname;      /* Twalk */
	uint16_t nwqid;       /* Rwalk */
	const char *wname[STYX_MAXWELEM];
	StyxQid wqid[STYX_MAXWELEM];
} StyxFcall;

/*
 * Size in bytes of the message that f encodes to, 0 if it cannot be one: unknown type, a string above 65535 bytes,
 * more than STYX_MAXWELEM names, a size above 2^31.
 */
size_t styx_size(const StyxFcall *f);

/*
 * Encodes f into the n bytes at buf. Returns the message's size, or 0 if f cannot be encoded or does not fit. Does
 * not check names.
 */
size_t styx_encode(const StyxFcall *f, void *buf, size_t n);

/*
 * Size of the message that starts at buf, from its first four bytes; 0 if fewer than four bytes are there. The value
 * is as it came and must be checked against the agreed limit (at least STYX_HDRSZ) before anything is believed.
 */
size_t styx_peek(const void *buf, size_t n);

/*
 * Decodes the one message that fills buf exactly. Returns true if every byte of it is as it should be: size field
 * equal to n, known type, counts that add up, strings without NUL, nothing behind the last field. Strings in f are C
 * strings inside buf: to terminate them each is moved down over its own length, so buf is changed and cannot be
 * decoded a second time. Data and stats are not moved. What a message may mean (names, modes) is for styx_check. On
 * false f holds nothing and buf is spoilt.
 */
bool styx_decode(StyxFcall *f, void *buf, size_t n);

/*
 * Checks what decoding alone does not: the name of a Tcreate (not empty, `.' or `..', no '/' nor control characters),
 * the names of a Twalk (not empty, no '/' nor control characters; `..' may be, `.' must not). True if all is well,
 * else an error text for the peer in err.
 */
bool styx_check(const StyxFcall *f, char *err, size_t nerr);

/* A name of a file, as a Tcreate or Twstat may give it: as above, with the same texts in err. */
bool styx_check_name(const char *name, char *err, size_t nerr);

/*
 * The version with which a server answers a client that asks for `asked': STYX_VERSION for 9P2000 and all that may be
 * cut down to it (9P2000.L, 9P3000), "unknown" for the rest. The result is static.
 */
const char *styx_version_answer(const char *asked);

/* Copies an error text, cut at a character's border to fit n bytes with its NUL. */
void styx_errcopy(char *to, size_t n, const char *from);

/*
 * Writes message f to buf as text in the form of the Styx module of Limbo, such as Tmsg.Open(1,38,0), cut to n bytes
 * with a NUL. Data is not shown, only its length. Returns buf.
 */
char *styx_text(char *buf, size_t n, const StyxFcall *f);
char *styx_dir_text(char *buf, size_t n, const StyxDir *d);

/* Size in bytes of d as an encoded stat, with its size[2]; 0 if it is above STYX_STATMAX. */
size_t styx_dir_size(const StyxDir *d);

/* Encodes d into the n bytes at buf; the number of bytes, or 0 if they do not fit or the stat would be too long. */
size_t styx_dir_encode(const StyxDir *d, void *buf, size_t n);

/*
 * Size of the stat at buf if all of its bytes are there and it is valid: size field and four strings agree exactly,
 * no NUL in them, no character in the name that must not be ("/" alone is the name of a root). 0 otherwise. Used to
 * walk through directory data.
 */
size_t styx_dir_check(const void *buf, size_t n);

/*
 * Decodes the stat at buf into d. The strings are copied to strs, which must have room for the stat's size in bytes
 * (what styx_dir_check gives; n is always enough). Returns the stat's size, 0 if styx_dir_check would. buf is not
 * changed.
 */
size_t styx_dir_decode(const void *buf, size_t n, StyxDir *d, char *strs);

/* Sets every field of d to "don't touch". */
void styx_dir_null(StyxDir *d);

/*
 * True if every field of d is "don't touch": such a Twstat asks for the file to be made permanent, and changes
 * nothing.
 */
bool styx_dir_isnull(const StyxDir *d);

/* ---- transport ---- */

/*
 * How a connection's bytes move. The library calls read from one thread at a time and write from one thread at a
 * time, both at once. The byte stream need not keep the borders of messages.
 *
 * read	returns 1 to n bytes, 0 at the end of the stream, -1 with a text in err. (STYX_RINTR: see StyxClientConf.)
 * write	writes all n bytes (always whole messages, one or several) and returns n, or -1 with a text in err.
 * hangup	makes reads and writes that are blocked, and all later ones, return at once with 0 or -1. Called from
 *		any thread, at most once, possibly while the other two run. NULL if the transport cannot do it; then
 *		whoever waits for a blocked read to return waits for the peer.
 * close	gives the connection up: the last call made, when no other is running nor will be. May be NULL.
 */
typedef struct StyxTransport {
	ssize_t (*read)(void *aux, void *buf, size_t n, char *err, size_t nerr);
	ssize_t (*write)(void *aux, const void *buf, size_t n, char *err, size_t nerr);
	void (*hangup)(void *aux);
	void (*close)(void *aux);
	void *aux;
} StyxTransport;

/*
 * Fills t with a transport over host file descriptors (equal for a socket). close closes them; hangup shuts a socket
 * down (on other descriptors it does nothing). Returns false if out of memory. SIGPIPE is the caller's concern on
 * descriptors that are no sockets.
 */
bool styx_transport_fd(StyxTransport *t, int rfd, int wfd);

/*
 * Calls the server at addr: tcp!host!port, host!port, host:port or host alone (port STYX_PORT, which "styx" means as well), or
 * unix!path or an absolute path for a socket of the local machine. Returns a connected socket that is closed on exec, or -1
 * with a text in err. Blocks as long as the host's resolver and TCP do.
 */
int styx_dial(const char *addr, char *err, size_t nerr);

/* ---- client: styx_client.c, styx_calls.c ---- */

/*
 * A client's end of a connection. Any number of threads make requests on it at the same time, each blocked for its
 * own answer only. One thread, the reader, takes answers off the connection and hands each to the thread with that
 * tag.
 *
 * The connection is either alive or has failed, for good: end of the stream, an i/o error, an answer that is no
 * message or exceeds the agreed size. Then every request that waits and every later one returns the same error text
 * at once.
 *
 * Fids and tags are numbers of the connection, given out by it: tags lowest first from 1, fids from 1, used again
 * only when the server must have forgotten them. A fid that is not clunked is not given back.
 */
typedef struct StyxClient StyxClient;

/*
 * A thread's part in its requests: the error text of the last one that failed, and the means to interrupt it. Each
 * thread that makes requests has one of its own (one request at a time); it may be used with several clients in turn.
 *
 * styx_call_interrupt may be called from any thread and at any time. The interrupted request sends Tflush and
 * returns, once the server has confirmed it, with "interrupted", or with its result if the answer came first; either
 * way the state of the fid is known. Interrupting again sends another Tflush. An interruption with no request under
 * way stops the next one before it is sent. The state stays until styx_call_resume, so that a chain of requests ends;
 * only styx_client_clunk and styx_client_forget are carried out regardless, without waiting.
 */
typedef struct StyxCall StyxCall;

StyxCall *styx_call_new(void); /* NULL: out of memory */
void styx_call_free(StyxCall *call); /* no request may be under way */
const char *styx_call_error(const StyxCall *call); /* text of the last failure, "" before any; for the owning thread */
void styx_call_interrupt(StyxCall *call);
void styx_call_resume(StyxCall *call); /* forget interruptions */
bool styx_call_interrupted(StyxCall *call);

typedef struct StyxClientConf {
	uint32_t maxreq; /* most requests under way at once, others wait their turn; 0: 1024 */
	/*
	 * Starts fn(arg) in a new thread, 0 if done. NULL: pthread_create with a small stack. The reader is the only
	 * thread a client needs; it calls the transport's read and close, and log.
	 */
	int (*spawn)(void *aux, void (*fn)(void *), void *arg);
	/*
	 * Requests read their answers on their own threads, so that none changes hands on its way; a thread of the client's own
	 * is started only while it must. For transports whose read comes back with STYX_RINTR, having read nothing, when the
	 * thread in it is interrupted together with its StyxCall. Nobody notices the end of a connection on which there is no
	 * request before there is one.
	 */
	bool inplace;
	void (*log)(void *aux, const char *line); /* oddities of the server, one line without newline; may be NULL */
	void (*trace)(void *aux, const StyxFcall *f); /* sees every message, from any thread; may be NULL */
	const char *eof; /* error text of requests after the stream has ended; NULL: STYX_ERPC */
	void *aux;
} StyxClientConf;

/*
 * A client on t, which now belongs to it (on failure too: close is called). conf may be NULL. Its reader starts now.
 * NULL: out of memory or no thread, text in err.
 */
StyxClient *styx_client_new(const StyxTransport *t, const StyxClientConf *conf, char *err, size_t nerr);

/*
 * Gives the client up: hangs the transport up and returns. No thread may be in a request or make another. The reader
 * closes the transport and frees what is left when its read returns. NULL is allowed.
 */
void styx_client_free(StyxClient *c);

/* Breaks the connection off with an error text for every request, waiting or to come. From any thread. */
void styx_client_hangup(StyxClient *c, const char *why);

/* The text with which the connection has failed, copied to err; false while it is alive. */
bool styx_client_dead(StyxClient *c, char *err, size_t nerr);

/*
 * Agrees on version and size of messages; must succeed once before other requests. msize 0 is STYX_MSIZE_CLIENT,
 * version NULL or "" is STYX_VERSION. A server may come down to any size of STYX_MSIZE_MIN or more and to a shorter
 * version. On a connection that has agreed already nothing is sent. A failure leaves the connection dead if the
 * server's answer was no answer, else it may be tried again. 0, or -1.
 */
int styx_client_version(StyxClient *c, StyxCall *call, uint32_t msize, const char *version);
uint32_t styx_client_msize(StyxClient *c); /* agreed size, 0 before */
const char *styx_client_agreed(StyxClient *c); /* agreed version, "" before; lives as long as the client */
uint32_t styx_client_iounit(StyxClient *c); /* msize - STYX_IOHDRSZ, the most data in one message */

/*
 * One request of whatever kind and its answer. tx->tag is set by the call. 0 if the answer is of the right type: it
 * is decoded to rx, whose strings, data and stat are in *mem, to be given to free(3) (NULL if there is nothing). -1
 * and an error text for Rerror and all else. The fids in it are the caller's concern.
 */
int styx_client_rpc(StyxClient *c, StyxCall *call, StyxFcall *tx, StyxFcall *rx, void **mem);

/*
 * The requests. All return -1 with a text in call on failure (the server's own words in an Rerror). Functions that
 * make a fid store its number in *newfid on success only.
 */
int styx_client_auth(StyxClient *c, StyxCall *call, const char *uname, const char *aname, uint32_t *newfid,
	StyxQid *qid);
/* afid is STYX_NOFID or what styx_client_auth made. */
int styx_client_attach(StyxClient *c, StyxCall *call, uint32_t afid, const char *uname, const char *aname,
	uint32_t *newfid, StyxQid *qid);
/*
 * Walks the n names (at most STYX_MAXWELEM) from fid to a new fid; n 0 makes a copy of fid. Returns how many names
 * could be walked: n, and there is a new fid; fewer (at least one), and there is none, nor an error text. qids has
 * room for n.
 */
int styx_client_walk(StyxClient *c, StyxCall *call, uint32_t fid, const char *const *names, int n,
	uint32_t *newfid, StyxQid *qids);
/*
 * Walk, stat and clunk of a file in one go, for servers that take a request on a fid before the walk that makes it has been
 * answered. As styx_client_walk without the new fid; if all n names could be walked d is the file's stat, with its strings in
 * *mem, to be given to free(3). STYX_RETRY: the walk went well but not the rest; it is to be done one by one.
 */
int styx_client_walkstat(StyxClient *c, StyxCall *call, uint32_t fid, const char *const *names, int n, StyxQid *qids,
	StyxDir *d, void **mem);
/* *iounit: the most bytes that stay in one message, never 0; may be NULL, as may qid. */
int styx_client_open(StyxClient *c, StyxCall *call, uint32_t fid, int mode, StyxQid *qid, uint32_t *iounit);
int styx_client_create(StyxClient *c, StyxCall *call, uint32_t fid, const char *name, uint32_t perm, int mode,
	StyxQid *qid, uint32_t *iounit);
/*
 * Bytes moved, 0 at end of file. More than fits a message is moved in pieces one after the other, up to the first
 * short answer; an error or interruption after the first piece gives the bytes moved. A write of 0 bytes is sent.
 */
ssize_t styx_client_read(StyxClient *c, StyxCall *call, uint32_t fid, uint64_t offset, void *buf, size_t n);
ssize_t styx_client_write(StyxClient *c, StyxCall *call, uint32_t fid, uint64_t offset, const void *buf, size_t n);
/*
 * The same for files whose pieces may be read, or written, in any order and more than once: what does not fit a message is
 * moved in pieces several at a time.
 */
ssize_t styx_client_bulkread(StyxClient *c, StyxCall *call, uint32_t fid, uint64_t offset, void *buf, size_t n);
ssize_t styx_client_bulkwrite(StyxClient *c, StyxCall *call, uint32_t fid, uint64_t offset, const void *buf, size_t n);
/*
 * One Tread of at most n bytes (n no more than the iounit) that is sent now and waited for later, if at all. The data stays
 * until styx_client_ahead_free, which gives up a read that has not been waited for. Waiting again returns the same. NULL, -1:
 * failed.
 */
typedef struct StyxAhead StyxAhead;
StyxAhead *styx_client_ahead(StyxClient *c, StyxCall *call, uint32_t fid, uint64_t offset, uint32_t n);
ssize_t styx_client_ahead_wait(StyxClient *c, StyxCall *call, StyxAhead *a, const void **data);
void styx_client_ahead_free(StyxClient *c, StyxAhead *a);
/* One Tread of a directory: whole, valid stats, or an error. n is clipped to one message. */
ssize_t styx_client_readdir(StyxClient *c, StyxCall *call, uint32_t fid, uint64_t offset, void *buf, size_t n);
/* d's strings are in *mem, to be given to free(3). */
int styx_client_stat(StyxClient *c, StyxCall *call, uint32_t fid, StyxDir *d, void **mem);
int styx_client_wstat(StyxClient *c, StyxCall *call, uint32_t fid, const StyxDir *d);
/* After these fid is gone, whatever they return. */
int styx_client_clunk(StyxClient *c, StyxCall *call, uint32_t fid);
int styx_client_remove(StyxClient *c, StyxCall *call, uint32_t fid);
/* Clunks without waiting for the answer; for threads that must not block. */
void styx_client_forget(StyxClient *c, uint32_t fid);

/* Numbers of requests under way and of fids held: for tests and status files. */
void styx_client_counts(StyxClient *c, unsigned *nreq, unsigned *nfid);

/* ---- server: styx_server.c, styx_fids.c ---- */

typedef struct StyxServer StyxServer;

/*
 * A fid: a client's handle on a file. Besides what the protocol needs to know, it carries aux, with which a server's
 * operations say which file they mean.
 *
 * A StyxFid is made by a request (auth, attach, walk) that gets it as r->newfid, sets aux and qid, and succeeds; it
 * is then in the connection's table under its number. A walk of a fid to itself makes a new StyxFid too, which takes
 * the number over. Open and create change the fid they are given, and only they: they have it to themselves, no other
 * operation runs on it, so aux needs no lock. Directory reads have it to themselves too. Any other operations may run
 * on one fid at once and must not change aux.
 *
 * It leaves the table by clunk, remove, version, or the connection's end, and lives on until the last request that
 * uses it is answered. Then ops->destroy is called, once, from any thread, with no lock held: the place to close the
 * file and free aux.
 */
typedef struct StyxFid {
	void *aux;
	StyxQid qid;   /* set by auth, attach and walk; by open and create if they change it */
	uint32_t fid;  /* its number */
	bool isopen;   /* by open or create; an auth fid is born open */
	bool isauth;
	uint8_t omode; /* as given to open, if isopen */
	uint64_t diroffset; /* where a directory read goes on: offset plus count of the last one; 0 after a rewind */
	StyxServer *server;
	/* the library's own */
	int refs;
	bool intable;
	bool reserved;
	bool exclusive;
	int nrun;
	struct StyxReq *waithead, *waittail;
	struct StyxFid *next;
} StyxFid;

/*
 * A request that the server is working on. The operation gets it decoded and checked, fills in the answer and calls
 * styx_respond or styx_error exactly once: before it returns, or later and from any thread. After that call r is
 * gone.
 *
 * t and its strings and data belong to the request and stay until it is answered. The fields of the answer are set in
 * r->r (see each operation); its strings, data and stat must stay until styx_respond returns.
 */
typedef struct StyxReq {
	StyxFcall t;
	StyxFcall r;
	StyxFid *fid;    /* of t.fid; NULL for auth and attach */
	StyxFid *newfid; /* auth, attach, walk: the one that is being made */
	StyxFid *afid;   /* attach: the auth fid, or NULL */
	StyxDir dir;     /* wstat: the decoded stat. stat: to be filled in, encoded by styx_respond */
	StyxServer *server;
	void *aux;       /* the operation's own */
	/* the library's own */
	struct StyxPriv *priv;
} StyxReq;

/*
 * What a server does. Each operation is called when the request has passed the checks of the protocol: fids exist and
 * are in the right state, names and stats are well-formed, counts fit. An operation that is NULL answers "permission
 * denied" (auth: "authentication not required"; clunk: success).
 *
 * auth		t.uname, t.aname. Sets newfid->aux, newfid->qid (QTAUTH is added). The fid is born open; read and
 *		write serve it.
 * attach	t.uname, t.aname, afid. Sets newfid->aux, newfid->qid.
 * walk		t.nwname names from fid, `..' among them (`.' and empty names have been taken out, and the answer
 *		is put right for them). Sets r.wqid and r.nwqid to what could be walked; if that is all,
 *		newfid->aux, and newfid->qid will be the last of wqid (with 0 names, that of fid). If the first name
 *		fails: styx_error. newfid is never fid.
 * open		t.mode, with OTRUNC and ORCLOSE. Sets r.iounit (0 becomes msize - 24); fid->qid if it has changed.
 * create	t.name, t.perm, t.mode in directory fid. Changes fid->aux and fid->qid to the new, open file; sets
 *		r.iounit.
 * read		t.offset, t.count. Sets r.count and r.data, for instance to styx_req_buffer. Of a directory: whole
 *		stats (styx_req_adddir); t.offset is 0, to start again, or where the last read ended.
 * write	t.offset, t.count, t.data. Sets r.count, which is preset to t.count.
 * clunk	the fid is out of the table already. For servers that want to report errors of closing; the work
 *		itself is better done in destroy, which comes before the answer when no other request uses the fid.
 * remove	removes the file. The fid is out of the table already.
 * stat		sets dir, whose strings must stay until styx_respond returns.
 * wstat	dir, with "don't touch" values; all of them: make the file permanent. All or nothing.
 * flush	a client (or its end) wants r, which is running, given up. Answer it soon, with
 *		styx_error(r, STYX_EINTR) if nothing was done, with its result if something was. Called from the
 *		thread that reads requests, more than once if the client insists. Another thread may be answering r
 *		just now: r is valid memory during the call but nothing in it may be believed; look it up by address
 *		in a list of your own that is guarded by a lock. An operation that is about to wait must, after it
 *		has entered r there, ask styx_req_flushed.
 * destroy	see StyxFid. aux is NULL if the request that was to make the fid did not set it.
 */
typedef struct StyxOps {
	void (*auth)(StyxReq *r);
	void (*attach)(StyxReq *r);
	void (*walk)(StyxReq *r);
	void (*open)(StyxReq *r);
	void (*create)(StyxReq *r);
	void (*read)(StyxReq *r);
	void (*write)(StyxReq *r);
	void (*clunk)(StyxReq *r);
	void (*remove)(StyxReq *r);
	void (*stat)(StyxReq *r);
	void (*wstat)(StyxReq *r);
	void (*flush)(StyxReq *r);
	void (*destroy)(StyxFid *fid);
} StyxOps;

/*
 * Limits and hooks. The memory that one connection can take is bounded: maxfids fids, maxreq requests, and maxbytes of what
 * these bring and ask for.
 */
typedef struct StyxServerConf {
	uint32_t msize;   /* most that is granted; 0: STYX_MSIZE_SERVER */
	uint32_t maxreq;  /* requests in work at once, more get an Rerror; 0: 1024 */
	uint32_t maxfids; /* 0: 65536 */
	size_t maxbytes;  /* of requests in work and the data they ask for, more get an Rerror; 0: 64 MB */
	bool readonly;    /* requests that would change a file are refused with STYX_EREADONLY */
	/*
	 * Arranges for styx_req_run(r) to be called soon, on some thread; 0 if done, -1 to refuse (the client gets
	 * "out of memory"). Requests then run at the same time. NULL: operations are called one after the other, by
	 * the thread that reads or, if a request on the same fid had to wait, one that answers; such operations must
	 * not block.
	 */
	int (*dispatch)(void *aux, StyxReq *r);
	void (*trace)(void *aux, const StyxFcall *f); /* sees every message received and sent; may be NULL */
	void *aux;        /* for the two above, and for styx_server_aux */
} StyxServerConf;

/*
 * The server's end of one connection. conf may be NULL; ops and what conf->aux points to must outlive it. It uses t
 * but closes it only in styx_server_free. NULL: out of memory.
 */
StyxServer *styx_server_new(const StyxTransport *t, const StyxOps *ops, const StyxServerConf *conf);

/*
 * Serves the connection until it ends: reads requests and starts operations. At the end every request in work is
 * flushed and waited for, then every fid destroyed; nothing of the connection is in use when this returns. 0 after
 * the stream's end; -1 after an i/o error or a peer that breaks the protocol, with a text in err. To be called once.
 */
int styx_server_run(StyxServer *s, char *err, size_t nerr);

/* Makes styx_server_run end, by the transport's hangup. From any thread, while s lives. */
void styx_server_hangup(StyxServer *s);

/* Closes the transport and frees s, when styx_server_run has returned or was never called. */
void styx_server_free(StyxServer *s);

void *styx_server_aux(StyxServer *s);
uint32_t styx_server_msize(StyxServer *s);
/* Numbers of requests in work and of fids in the table: for tests and status files. */
void styx_server_counts(StyxServer *s, unsigned *nreq, unsigned *nfid);

/*
 * Runs the operation of r; called once for each request given to dispatch, also if the request has been given up
 * meanwhile.
 */
void styx_req_run(StyxReq *r);

/* Answers r with what is in r->r. */
void styx_respond(StyxReq *r);
/*
 * Answers r with an Rerror. text NULL is styx_respond, so that styx_error(r, f()) serves functions that return an
 * error or NULL.
 */
void styx_error(StyxReq *r, const char *text);

/* True if the client has asked to give r up, or is gone. */
bool styx_req_flushed(StyxReq *r);

/*
 * A buffer of t.count bytes for the data of a read, inside the answer to be sent, so that nothing is copied. NULL:
 * out of memory. The same one at every call.
 */
void *styx_req_buffer(StyxReq *r);

/*
 * Adds d to the answer of a directory read. False, and nothing added, if it does not fit; then the entry is the first
 * of the next read. If the very first does not fit styx_respond answers with an error, for an empty answer would mean
 * the directory's end.
 */
bool styx_req_adddir(StyxReq *r, const StyxDir *d);

#endif
