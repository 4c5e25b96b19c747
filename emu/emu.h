/*
 * The kernel of emu: channels, name spaces, file descriptors, devices, kernel processes.
 *
 * This header is all that devices (devs/) and the virtual machine (libinterp/) know of it, ordered by the file that
 * implements each part. The kernel knows nothing of Dis: what it must learn from the virtual machine (the processes
 * in /prog, channels behind file2chan) it asks through the tables Vmops and Srvops.
 *
 * Errors. A function that fails returns -1 or NULL and has set the error string of the calling process (kerror).
 * Success leaves the string alone. Strings are those of intro(2) and intro(5); callers may compare with the E*
 * constants.
 *
 * Threads. All functions may be called from any thread that has a Proc (`up`). Each type states its own lock. Lock
 * order, outer to inner: Pgrp.ns, Mhead.lock, Chan.lock, Fgrp.lock, Egrp.lock, device locks, Proc.lock. No lock is held
 * across a device's walk, open, read or write.
 */
#ifndef EMU_EMU_H
#define EMU_EMU_H

#include <stdint.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdarg.h>
#include <pthread.h>
#include <stdatomic.h>

#include "libstyx/styx.h"

typedef struct Chan Chan;
typedef struct Dev Dev;
typedef struct Walkqid Walkqid;
typedef struct Dirtab Dirtab;
typedef struct Pgrp Pgrp;
typedef struct Fgrp Fgrp;
typedef struct Egrp Egrp;
typedef struct Osenv Osenv;
typedef struct Proc Proc;
typedef struct Queue Queue;
typedef struct Mnt Mnt;
typedef struct Path Path;
typedef struct Srvops Srvops;
typedef struct Vmops Vmops;

enum {
	ERRMAX = 128,	/* error string, with its NUL */
	PATHMAX = 65536, /* a whole name, with its NUL */
	PATH_CUT = 1024, /* longest text formatted before it is cut to ERRMAX */

	OREAD = 0, OWRITE = 1, ORDWR = 2, OEXEC = 3, OTRUNC = 0x10, OCEXEC = 0x20, ORCLOSE = 0x40, OEXCL = 0x1000,
	MREPL = 0, MBEFORE = 1, MAFTER = 2, MORDER = 3, MCREATE = 4, MCACHE = 16, MMASK = 0x17,
	NEWFD = 1, FORKFD = 2, NEWNS = 4, FORKNS = 8, NEWPGRP = 16, NODEVS = 32, NEWENV = 64, FORKENV = 128,
};

/* ------------------------------------------------------------ error.c */

extern const char Enonexist[], Edoesnotexist[], Eexist[], Eperm[], Enotdir[], Eisdir[], Ebadarg[], Ebadusefd[], Ebadfd[],
    Einuse[], Eintr[], Ehungup[], Eio[], Eshort[], Etoosmall[], Etoobig[], Enodev[], Ebadspec[], Enoattach[], Emount[],
    Eunmount[], Eunion[], Enocreate[], Enegoff[], Ebadctl[], Enomem[], Enofd[], Ethread[], Enotsup[], Efilename[], Ebadstat[],
    Eunknown[], Enotowner[], Emountrpc[], Ebaddir[];

/* Set the caller's error string. Longer than ERRMAX-1 bytes: cut at a character, "..." appended. Both return failure. */
int kerror(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void *kerrorp(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* The host's errno as an error string (EINTR is Eintr). Returns -1. */
int kerrno(int err);
const char *kerrstr(void); /* the caller's string; valid until its next failure */
void kseterrstr(const char *text); /* sets it without a format, cut as above */

/* ------------------------------------------------------------- proc.c */

/*
 * A kernel process: one per host thread that runs kernel code, found through the thread-local `up`. It acts for `env`.
 * A thread of the virtual machine's pool changes `up->env` to that of the Dis process it serves.
 *
 * Interruption: proc_interrupt(p) makes the blocking call that p is in, or its next one, fail with Eintr. The flag stays
 * until proc_clearintr. Every blocking wait in the kernel and the devices goes through ksleep or kwaitfd/khostcall, so
 * that this is true everywhere.
 */
struct Proc {
	Osenv *env;
	atomic_int intr;	 /* interruption pending */
	const char *exception;	 /* static text: the call asks the caller to raise this ("write on closed pipe"); cleared by who takes it */
	pthread_t thread;
	pthread_mutex_t lock;	 /* protects sleeping */
	pthread_cond_t *sleeping; /* what ksleep waits on, for proc_interrupt */
	pthread_mutex_t *sleeplock;
	atomic_int inhost;	 /* inside khostcall_begin .. _end: a signal ends the host call */
	char *errto;		 /* where error strings go instead of env's; NULL: there */
	char ownerr[ERRMAX];	 /* of a kernel process: several may act for one env */
	int nointr;		 /* > 0: waits go on although interrupted (what must not be cut short); the thread's own */
	bool nowait;		 /* the thread has others to serve: what would wait for a peer fails and sets wouldwait */
	bool wouldwait;		 /* ... and the call's result, good or bad, is void */
	void (*onintr)(void *);	 /* called by proc_interrupt, under lock, besides all else; must not block */
	void *intrarg;
	StyxCall *call;		 /* the thread's part in styx requests, made when first needed */
	char name[32];
	void *vm;		 /* the virtual machine's own */
};

extern _Thread_local Proc *up;

/* Gives the calling thread a Proc (idempotent), acting for env (takes a reference). Ends with proc_detach. */
Proc *proc_attach(const char *name, Osenv *env);
void proc_detach(void);
/* Starts a kernel process on a thread with a small stack; it acts for env (reference taken, NULL: an empty one). 0 or -1. */
int kproc(const char *name, void (*fn)(void *), void *arg, Osenv *env);
void proc_interrupt(Proc *p);
void proc_clearintr(Proc *p);
/* Whether the caller is to give up what it waits for. */
bool kinterrupted(void);
/* Sets or (NULL) clears onintr of the calling thread. If an interruption is pending already, fn is called at once. */
void proc_onintr(void (*fn)(void *), void *arg);

/* Condition wait that proc_interrupt ends: m is held on entry and exit. 0, or -1 with Eintr. ms < 0: no limit; timeout returns 1. */
int ksleep(pthread_cond_t *c, pthread_mutex_t *m, int ms);
/* Waits until fd is ready (POLLIN, POLLOUT) or the caller is interrupted. 0, 1 after ms, -1 with Eintr or a host error. */
int kwaitfd(int fd, int events, int ms);
/* Brackets a blocking host call so that proc_interrupt ends it with EINTR. begin returns -1 with Eintr if already pending. */
int khostcall_begin(void);
void khostcall_end(void);

/* ------------------------------------------------------------- env.c */

/*
 * What a process sees of the kernel: its groups, user and error string. One per Dis process; kernel processes share or
 * copy one. Counted. `lock` protects the pointers (not the groups): /prog reads them from outside.
 */
struct Osenv {
	atomic_int ref;
	pthread_mutex_t lock;
	Pgrp *pgrp;
	Fgrp *fgrp;
	Egrp *egrp;
	char *user;
	int uid, gid;		/* of the host; -1: unknown */
	int pid;		/* of the Dis process; 0: a kernel process */
	atomic_int foreground;	/* number of the console's foreground that it belongs to; inherited (devs/console.c) */
	Queue *waitq;		/* of the parent: gets this process's exit record; or NULL */
	Queue *childq;		/* this process's own wait file, or NULL */
	char *errstr;		/* ERRMAX bytes, NULL before the first error */
};

Osenv *osenv_new(void);			/* fresh groups, user of the host owner; ref 1 */
Osenv *osenv_fork(Osenv *e);		/* spawn: shares the groups; waitq is e's childq */
Osenv *osenv_serving(Osenv *e);		/* for kernel processes that serve others on e's behalf: name space and environment shared, no descriptors */
Osenv *osenv_ref(Osenv *e);
void osenv_put(Osenv *e);
/* Ends e's hold on its groups (descriptors close now), although references to e remain. */
void osenv_release(Osenv *e);
/* Leaves its descriptors, for good, to those who share them; if nobody does they close now. */
void osenv_closefds(Osenv *e);
/* The same if others share them, which waits for nothing; else false, and nothing is done. */
bool osenv_leavefds(Osenv *e);
void osenv_setuser(Osenv *e, const char *user);
bool iseve(void);			/* caller's user is the host owner */
extern _Atomic(char *) eve;		/* host owner; changed by /dev/hostowner, the old name is not freed */
/* Puts an exit record on waitq and childq, as prog(3) says. */
void osenv_exited(Osenv *e, const char *record);

/* ------------------------------------------------------------ chan.c */

/*
 * A channel: a file of a device, found by walking, perhaps open. Counted. A channel is never changed by walking once it
 * is reachable by others: walk makes a new one (cclone). `lock` protects offset and the union-read state.
 */
struct Chan {
	atomic_int ref;
	pthread_mutex_t lock;
	Dev *type;
	uint32_t dev;		/* instance of the device */
	StyxQid qid;
	int mode;		/* as opened: OREAD, OWRITE, ORDWR */
	atomic_uint flag;	/* C* below */
	int64_t offset;
	uint32_t iounit;	/* 0: unknown */
	Path *path;		/* how it was reached; chan_name gives the text */
	Chan *umc;		/* union read: the element being read now */
	int uri;		/* and its index */
	struct Mhead *umh;	/* the union it is the first element of, or NULL */
	Mnt *mux;		/* this channel carries the messages of that mount connection */
	Chan *mchan;		/* device M: channel to the server */
	StyxQid mqid;		/* and root qid */
	void *aux;		/* the device's own */
	uint32_t fid;		/* the device's own: fid, unit number */
};

enum { COPEN = 1, CMSG = 2, CCEXEC = 4, CRCLOSE = 8, CFREE = 16, CAPPEND = 32, CCACHE = 64,
       CPROMPT = 128 /* reads and writes wait for nothing but the host's disk; set by the device at open */ };

/*
 * The way to a channel: a chain of names from a root, shared between channels. `mtpt` is the channel that was covered when
 * a mount point was crossed at this name: `..` from there goes on from it. Immutable but for the count.
 */
struct Path {
	atomic_int ref;
	Path *up;		/* NULL: a root */
	Chan *mtpt;
	char elem[];		/* of a root the whole name: "/", "#c", or a directory that pctl NEWNS made the root */
};
Path *path_new(Path *up, const char *elem, Chan *mtpt); /* takes its own references */
Path *path_ref(Path *p);
void path_put(Path *p);
char *chan_name(const Chan *c);		/* as opened: absolute, cleaned lexically, or #x...; malloc'd */

Chan *newchan(Dev *d);			/* ref 1, not open */
Chan *chan_ref(Chan *c);
void cclose(Chan *c);			/* drops a reference; the last one calls the device's close. Keeps the error string */
Chan *cclone(Chan *c);			/* an unopened channel on the same file, or NULL */
bool eqchan(const Chan *a, const Chan *b, bool qidpath_only);

/* How a name is evaluated. */
enum { Aaccess, Abind, Atodir, Aopen, Amount, Acreate, Aremove };
/* The channel for a name, as sys-bind(2) and the table of name resolution say. Acreate, Aopen return it open. */
Chan *namec(const char *name, int amode, int omode, uint32_t perm);
int validname(const char *name, bool slashok); /* 0 or -1 with "bad character in file name: .." */

/*
 * The steps of which namec is made, for the export server. Channels here are "uncrossed": they stand on the file itself, not
 * on what may be mounted on it.
 */
Chan *chan_walk1(Chan *c, const char *name);	/* one element (also ".."), crossing a mount on c; new reference. Errors without name */
Chan *chan_cross(Chan *c);			/* what is mounted on c (first element), or c itself; new reference, not to be opened */
Chan *chan_openat(Chan *c, int omode);		/* opens c or what is mounted on it; new, open channel */
Chan *chan_createat(Chan *dir, const char *name, int omode, uint32_t perm); /* open channel on the file, which must be new or is truncated */
Chan *chan_removable(Chan *c);			/* an unopened channel of its own on c or what is mounted on it: for remove and wstat */
long chan_dirread(Chan *c, void *buf, long n);	/* next packed entries of an open directory, unions merged; moves c->offset */
void chan_dirrewind(Chan *c);

/* Message i/o of a channel for styx clients and servers (exclusive use of the channel's offset is not needed). */
long chan_read(Chan *c, void *buf, long n, int64_t off);
long chan_write(Chan *c, const void *buf, long n, int64_t off);

/* ------------------------------------------------------------- dev.c */

/*
 * A device. Files stand in a tree; operations get a channel on one. All may be called concurrently.
 *  attach  a channel on the root for specifier spec ("" if none), or NULL
 *  walk	walks n names from c (c unchanged). All walked: nc (or a new channel if nc is NULL) stands on the target
 *		and is in Walkqid.clone. Fewer: clone is NULL, nqid tells how many; none at all and n > 0: NULL with an error.
 *		n == 0 clones. `..` at the root stays there.
 *  stat	fills d; its four strings are malloc'd, freed with dir_clear
 *  walkstat	may be NULL: walks all n > 0 names (at most STYX_MAXWELEM, none is `..'), fills qids, and d as stat does. 1; 0:
 *		it did not work out, do it step by step; -1: the first name fails, with an error
 *  open	c opened, or another channel in its place (clone files); consumes c only if it returns another. NULL: c unchanged
 *  create	creates name in directory c, c then is the new file, open. 0 or -1
 *  close	last reference of c is gone
 *  read	at most n bytes at off; on a directory whole packed entries (use devdirread). Messages may be shorter
 *  remove, wstat	0 or -1. remove does not close: the caller closes c afterwards
 * Missing entries of the table are filled with dev*() defaults that fail with Eperm (dev_register).
 */
struct Dev {
	int dc;			/* letter, a code point */
	const char *name;	/* in /dev/drivers */
	void (*init)(void);
	void (*shutdown)(void);
	Chan *(*attach)(const char *spec);
	Walkqid *(*walk)(Chan *c, Chan *nc, const char **names, int n);
	int (*stat)(Chan *c, StyxDir *d);
	int (*walkstat)(Chan *c, const char **names, int n, StyxQid *qids, StyxDir *d);
	Chan *(*open)(Chan *c, int mode);
	int (*create)(Chan *c, const char *name, int mode, uint32_t perm);
	void (*close)(Chan *c);
	long (*read)(Chan *c, void *buf, long n, int64_t off);
	long (*write)(Chan *c, const void *buf, long n, int64_t off);
	int (*remove)(Chan *c);
	int (*wstat)(Chan *c, StyxDir *d);
	bool prompt;		/* open, create, remove, wstat and close wait for nothing but the host's disk, or heed up->nowait */
	bool nodevs;		/* may be attached (with empty specifier) after pctl NODEVS */
};

struct Walkqid {
	Chan *clone;
	int nqid;
	StyxQid qid[];
};

/* All devices, in the order of /dev/drivers; the one list is in devs/devtab.c. */
extern Dev *const devtab[];
extern const int ndevtab;
Dev *dev_byletter(int dc);
void dev_init(void);
void dev_shutdown(void);

Walkqid *walkqid_new(int n);		/* room for n qids; free() it */

/* Helpers for devices whose files are a table or can be generated. gen: entry i of directory c (i == -1: the directory
 * itself, DEVDOTDOT: its parent), 1 found, 0 no such entry but go on, -1 end. */
#define DEVDOTDOT (-2)
struct Dirtab {
	const char *name;
	StyxQid qid;
	int64_t length;
	uint32_t perm;
};
typedef int Devgen(Chan *c, const Dirtab *tab, int ntab, int i, StyxDir *d);
Devgen devgen;				/* flat directory from tab */
void dir_clear(StyxDir *d);			/* frees the strings of a stat made by the kernel or a device */
/* Fills d; strings are copied. type, dev are c's, gid the host owner, atime now, mtime the start of emu, muid the user. */
void devdir(Chan *c, StyxQid q, const char *name, int64_t length, const char *user, uint32_t perm, StyxDir *d);
Chan *devattach(Dev *d, const char *spec);
Walkqid *devwalk(Chan *c, Chan *nc, const char **names, int n, const Dirtab *tab, int ntab, Devgen *gen);
int devstat(Chan *c, StyxDir *d, const Dirtab *tab, int ntab, Devgen *gen);
long devdirread(Chan *c, void *buf, long n, const Dirtab *tab, int ntab, Devgen *gen);
Chan *devopen(Chan *c, int mode, const Dirtab *tab, int ntab, Devgen *gen);
int openmode(int mode);			/* checks and strips to OREAD/OWRITE/ORDWR; -1 */
int devpermcheck(const char *owner, uint32_t perm, int omode);
/* The mode, stripped, in which c may be opened: as owner and permissions say that the device's stat tells; directories
 * only for reading. -1 if it may not be. */
int devmayopen(Chan *c, int mode, int (*stat)(Chan *, StyxDir *));
Chan *devopened(Chan *c, int mode);	/* c, which now is open in that stripped mode */
/* What the device keeps of a file: another owner (the old one if there is no memory); the owner and mode that a wstat
 * asks for. */
void devsetowner(char **owner, const char *user);
void devchange(char **owner, uint32_t *perm, const StyxDir *d);
/* Serve a read of a string or number file. */
long readstr(int64_t off, void *buf, long n, const char *s);
long readnum(int64_t off, void *buf, long n, unsigned long v); /* 11 columns */

/* Control messages: words split as the kernel does; table of commands. */
typedef struct Cmdbuf Cmdbuf;
struct Cmdbuf {
	int nf;
	char **f;
	char *buf;
};
typedef struct Cmdtab Cmdtab;
struct Cmdtab {
	int index;
	const char *cmd;
	int narg;		/* exact number of words; 0: any */
};
Cmdbuf *parsecmd(const void *buf, long n);	/* free with cmdbuf_free */
void cmdbuf_free(Cmdbuf *cb);
const Cmdtab *lookupcmd(Cmdbuf *cb, const Cmdtab *tab, int ntab); /* NULL with the error set */
char **ktokenize(const char *s, int *n);	/* one malloc'd block */
char *kquote(const char *s);			/* as %q; malloc'd */

/* ----------------------------------------------------------- queue.c */

/* A bounded queue of bytes with optional message boundaries; readers and writers block (interruptibly). */
enum { QMSG = 1 /* keep boundaries */, QCOALESCE = 2 };
Queue *qopen(int limit, int flags);
Queue *qref(Queue *q);
void qput(Queue *q);
long qread(Queue *q, void *buf, long n);	/* 0 at hangup or for an empty message */
long qwrite(Queue *q, const void *buf, long n);	/* blocks while over the limit; Ehungup after qhangup/qclose */
long qproduce(Queue *q, const void *buf, long n); /* never blocks; -1 if full (dropped) */
void qhangup(Queue *q, const char *err);	/* readers get what is left, then 0 three times, then the error */
void qclose(Queue *q);				/* discards everything */
void qreopen(Queue *q);
long qlen(Queue *q);

/* ----------------------------------------------------------- pgrp.c, fgrp.c, egrp.c */

/* A name space: mount table, root and current directory. */
Pgrp *pgrp_new(void);
Pgrp *pgrp_ref(Pgrp *p);
void pgrp_put(Pgrp *p);
int pgrp_id(Pgrp *p);				/* for /prog/n/nsgrp */
bool pgrp_nodevs(Pgrp *p);
uint32_t pgrp_progmode(Pgrp *p);		/* /prog permissions, wstat sets it */
void pgrp_setprogmode(Pgrp *p, uint32_t mode);
char *pgrp_nsline(Pgrp *p, int i);		/* line i of /prog/n/ns, malloc'd, or NULL past the end */
char *pgrp_dot(Pgrp *p);			/* name of the current directory, malloc'd */

/*
 * A table of descriptors. Two counts: references (the memory) and members (processes that have it as their group). When the
 * last member leaves all descriptors are closed; descriptor objects of Dis keep a reference only.
 */
Fgrp *fgrp_new(void);				/* one reference, no member */
Fgrp *fgrp_ref(Fgrp *f);
void fgrp_put(Fgrp *f);
void fgrp_enter(Fgrp *f);
void fgrp_leave(Fgrp *f);
bool fgrp_leaveothers(Fgrp *f);		/* unless the caller is the last: false */
Chan *fgrp_chan(Fgrp *f, int fd);		/* referenced, or NULL with Ebadfd */
int fgrp_close(Fgrp *f, int fd);		/* closes number fd there */
int fgrp_maxfd(Fgrp *f);			/* highest open, -1 if none */
/* The descriptor's channel, referenced, checked for mode (OREAD.. or -1: any) and that it does not carry a mount. */
Chan *fdtochan(int fd, int mode, bool chkmnt);
int newfd(Chan *c);				/* lowest free; consumes the reference if it succeeds */

/* Environment groups: #e uses these. Values are bytes. */
typedef struct Evalue Evalue;
Egrp *egrp_new(void);
Egrp *egrp_ref(Egrp *e);
void egrp_put(Egrp *e);
int ksetenv(const char *name, const void *val, size_t n); /* in the caller's group */
char *kgetenv(const char *name, size_t *n);	/* malloc'd, NULL if unset */

/* ----------------------------------------------------- sysfile.c: what $Sys offers. All act for `up->env`. */

int kopen(const char *name, int mode);
int kcreate(const char *name, int mode, uint32_t perm);
int kclose(int fd);
int kdup(int old, int new);			/* new -1: lowest free */
long kread(int fd, void *buf, long n);
long kpread(int fd, void *buf, long n, int64_t off);
long kwrite(int fd, const void *buf, long n);
long kpwrite(int fd, const void *buf, long n, int64_t off);
int64_t kseek(int fd, int64_t off, int whence);
int kremove(const char *name);
int kstat(const char *name, StyxDir *d);	/* d's strings are the caller's to free (styx.h) */
int kfstat(int fd, StyxDir *d);
int kwstat(const char *name, const StyxDir *d);
int kfwstat(int fd, const StyxDir *d);
/* Next entries of a directory: *d malloc'd array of n; free with kdirfree. 0 at the end. */
long kdirread(int fd, StyxDir **d);
void kdirfree(StyxDir *d, long n);
int kchdir(const char *name);
char *kfd2path(int fd);				/* malloc'd */
int kbind(const char *name, const char *old, int flags);
int kmount(int fd, int afd, const char *old, int flags, const char *aname);
int kunmount(const char *name, const char *old); /* name NULL or "": everything on old */
int kfauth(int fd, const char *aname);
int kfversion(int fd, uint32_t msize, const char *version, char *out, size_t nout); /* returns msize or -1 */
int kiounit(int fd);
int kpipe(int fd[2]);
int kpctl(int flags, const int *fds, int nfd);	/* all but NEWPGRP, which is the virtual machine's */
int kexport(int fd, const char *dir, int flags); /* EXP* */

typedef struct Kconn Kconn;
struct Kconn {
	int dfd, cfd;				/* -1: not open */
	char *dir;				/* malloc'd */
};
int kdial(const char *addr, const char *local, Kconn *c);
int kannounce(const char *addr, Kconn *c);
int klisten(const Kconn *c, Kconn *nc);

/* ------------------------------------------- devs/devmnt.c, devs/export.c */

/* The root of the tree that the server behind conn gives to the caller's user; conn then belongs to the mount. auth may be NULL. */
Chan *mnt_attach(Chan *conn, Chan *auth, const char *aname, int flags);
/* An open channel on the authentication file (Tauth), or NULL. */
Chan *mnt_auth(Chan *conn, const char *aname);
/* Agrees on a version; returns msize, the version in out. Nothing is sent if that was done before. -1 on error. */
int mnt_version(Chan *conn, uint32_t msize, const char *version, char *out, size_t nout);
/* A channel that carries messages has only the mount's own reference left (called by cclose). */
void mnt_unused(Chan *conn);
enum { EXPASYNC = 1, EXPRDONLY = 2 };
/*
 * Serves the tree at root (uncrossed, in the caller's name space) to the client behind conn until it ends. EXPASYNC: returns at
 * once; EXPRDONLY: requests that would change a file are refused.
 */
int export_serve(Chan *conn, Chan *root, int flags);

/* ------------------------------------------- devs/devsrv.c: files served by programs (file2chan) */

/*
 * The server side of one file. Calls come from client threads, may block, and must end when interrupted.
 *  read	up to n bytes for a client's read into buf; count, or -1 with the error string set
 *  write	0..n or -1
 *  clunk	an open channel (fid) was closed; must not block for long
 *  gone	the file was removed and no channel refers to it: release aux
 */
struct Srvops {
	long (*read)(void *aux, uint32_t fid, void *buf, long n, int64_t off);
	long (*write)(void *aux, uint32_t fid, const void *buf, long n, int64_t off);
	void (*clunk)(void *aux, uint32_t fid);
	void (*gone)(void *aux);
};
typedef struct Srvfile Srvfile;
/* Creates file in dir (which must be in #s). NULL with the error set. */
Srvfile *srv_create(const char *dir, const char *file, const Srvops *ops, void *aux);
/* The server is gone: removes the file, later requests fail with Ehungup. Calls in progress must be ended by ops' owner. */
void srv_hangup(Srvfile *f);

/* ------------------------------------------------ what the kernel asks of the virtual machine */

/*
 * Filled in by the virtual machine before kernel processes run. Every function may be called from any thread that does
 * not hold the VM; text results are malloc'd; a process that is gone gives NULL/-1 with Ethread.
 */
struct Vmops {
	int (*pids)(int **pids);		   /* live and broken processes, in order of creation; returns the count */
	Osenv *(*env)(int pid);			   /* referenced */
	char *(*status)(int pid);		   /* line of /prog/n/status */
	char *(*stack)(int pid);
	char *(*exception)(int pid);
	int (*pgrp)(int pid);			   /* process group, or -1 */
	int (*isprivate)(int pid);
	int (*ctl)(int pid, Cmdbuf *cb);	   /* kill, killgrp, restricted, exceptions .., private */
	void *(*dbgopen)(int pid);		   /* debugging session behind dbgctl, or NULL */
	void (*dbgclose)(void *dbg);
	int (*dbgctl)(void *dbg, Cmdbuf *cb);
	char *(*dbgevent)(void *dbg);		   /* blocks */
	char *(*heap)(int pid, const char *query); /* whole answer of /prog/n/heap */
	char *(*memory)(void);			   /* text of /dev/memory */
	char *(*memgc)(size_t *n);		   /* and of #%/memgc */
	char *(*memblocks)(bool sum, size_t *n);   /* memsum, memstate: pairs of words, big-endian */
	char *(*memobjects)(bool sum, size_t *n);  /* memprof, memheap: quadruples of words, big-endian */
	int (*memctl)(Cmdbuf *cb);
	int (*eventsopen)(void);		   /* memevent: one at a time */
	void (*eventsclose)(void);
	long (*eventsread)(uint32_t *w, long n);  /* waits; at most n quadruples of words */
	int (*profctl)(Cmdbuf *cb);
	int (*profmodule)(int i, int *id, char **name, char **path); /* profiled module i (i < 0: with that id); strings malloc'd; -1: none */
	int (*profnext)(int id, uint32_t *pos, uint32_t *count); /* first count > 0 from *pos on; 0 at the end */
	int (*getjit)(void);
	int (*setjit)(int level);
	void (*setbroken)(int keep);		   /* sysctl broken / nobroken */
	/*
	 * Raises "fail:interrupted" in process shell and in those whose Osenv.foreground is that number; ends what is left
	 * of foreground left.
	 */
	void (*interrupt)(int shell, int foreground, int left);
};
extern Vmops vmops;

/* --------------------------------------------------------------- main.c, host.c */

typedef struct Options Options;
struct Options {
	const char *root;	/* -r, or NULL: the embedded root */
	const char *init;	/* -d, or NULL */
	bool nocons;		/* -d, -I */
	bool noedit;		/* --no-edit */
	int jit;
	uint64_t heapmax, mainmax, imagemax; /* bytes; 0: default */
	bool verbose;
	bool notraps;
	bool nocmd, nohost;	/* --no-cmd: #C cannot be attached; --no-host: nor #U* */
	int xsize, ysize;	/* -g; 0: default */
	const char *font;	/* -f, or NULL */
	const char *chans;	/* -C, or NULL */
	int argc;		/* the words after the options */
	char **argv;
	char **argv0;		/* the whole command line, NULL-terminated */
	uint64_t nofile;	/* the host's limit of open files as it was; emu raises its own */
	bool pipeends;		/* SIGPIPE was not ignored: a write to a closed host pipe ends emu */
};
extern Options options;

uint64_t kmsec(void);			/* milliseconds since start, monotonic */
int64_t ktime(void);			/* microseconds since 1970, with /dev/time's offset */
void ksettime(int64_t us);		/* sets that offset; the host clock is not touched */
void khostlimits(void);			/* for a program that takes emu's place: the limits emu was started with. Async-signal-safe */
void khalt(int status);			/* ends emu: restores the terminal, ends #C commands, flushes, exits */
extern const char kversion[];
void signals_init(void);		/* after console_init, before other threads */
/* Waits until each ^C that the host has sent has been acted upon. Before a read of the terminal: what it gives was then typed later. Hold no locks. */
void signals_settle(void);

/* devs/devcons.c */
void console_init(const Options *o);
/* For the thread that takes signals. */
bool console_isterminal(void);		/* standard input is one */
bool console_interrupt(void);		/* ^C, for the shell at the console and what it runs; false: there is none */
void console_suspend(void);		/* emu is about to be stopped: the terminal as it was found */
void console_resume(void);		/* it has been continued */
void console_resized(void);
void console_write(int hostfd, const void *buf, long n); /* to host fd 1 or 2, or to kprint's reader */
/* Prints a line of the system itself on the console. */
void kprint(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
