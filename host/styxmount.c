/*
 * styxmount: the files of a Styx server as a directory of the host, through FUSE. See styxmount(1).
 *
 * Each request of the host's kernel becomes one or two of the protocol, on a thread of its own, so that a file whose reads block
 * (a console, a listener) delays nobody; an interrupted system call is a flushed request. What the two sides know of files is
 * matched in nodes.c, error texts and numbers in errors.c.
 */
#define FUSE_USE_VERSION 35
#include <errno.h>
#include <limits.h>
#include <fcntl.h>
#include <fuse_lowlevel.h>
#include <pthread.h>
#include <pwd.h>
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "errors.h"
#include "nodes.h"

#define TIMEOUT 1.0 /* seconds for which the kernel believes names and attributes */

static struct {
	const char *uname, *aname;
	unsigned msize;
	bool foreground, readonly, trace;
	char *options; /* of fuse */
} conf = {.aname = ""};

static StyxClient *client;
static Nodes *nodes;
static struct fuse_session *session;
static pthread_key_t callkey;

/* An open file: a fid of its own, and for a directory what has been read of it. */
typedef struct File {
	uint32_t fid;
	uint8_t *dir;
	size_t ndir;
	size_t *entry; /* offset of each entry in dir */
	size_t nentry;
	bool read;
	pthread_mutex_t lock;
} File;

/* ---- requests */

static void
callfree(void *call)
{
	styx_call_free(call);
}

static void
interrupt(fuse_req_t req, void *call)
{
	(void)req;
	styx_call_interrupt(call);
}

/* This thread's means to make requests, for one request of the kernel. NULL: no memory, and the request has been answered. */
static StyxCall *
begin(fuse_req_t req)
{
	StyxCall *call = pthread_getspecific(callkey);

	if (call == NULL) {
		call = styx_call_new();
		if (call == NULL || pthread_setspecific(callkey, call) != 0) {
			styx_call_free(call);
			fuse_reply_err(req, ENOMEM);
			return NULL;
		}
	}
	fuse_req_interrupt_func(req, interrupt, call);
	return call;
}

/* Before every answer: interruptions after this are nobody's. */
static void
end(fuse_req_t req, StyxCall *call)
{
	fuse_req_interrupt_func(req, NULL, NULL);
	styx_call_resume(call);
}

static int
errnum(StyxCall *call)
{
	char text[STYX_ERRMAX];

	if (styx_client_dead(client, text, sizeof text)) {
		/* Nothing will ever work again: better no mount than a dead one. */
		fuse_session_exit(session);
		return ENOTCONN;
	}
	return errors_number(styx_call_error(call));
}

static void
done(fuse_req_t req, StyxCall *call, int err)
{
	end(req, call);
	fuse_reply_err(req, err);
}

static Node *
node(fuse_ino_t ino)
{
	return ino == FUSE_ROOT_ID ? nodes_root(nodes) : (Node *)(uintptr_t)ino;
}

static File *
file(const struct fuse_file_info *fi)
{
	return (File *)(uintptr_t)fi->fh;
}

/* ---- attributes */

/* Users and groups are names there and numbers here. A name that this host does not know is ours. */
static uid_t
uidof(const char *name)
{
	struct passwd pw, *p = NULL;
	char buf[4096];

	if (getpwnam_r(name, &pw, buf, sizeof buf, &p) != 0 || p == NULL)
		return getuid();
	return p->pw_uid;
}

static gid_t
gidof(const char *name)
{
	struct group gr, *g = NULL;
	char buf[16384];

	if (getgrnam_r(name, &gr, buf, sizeof buf, &g) != 0 || g == NULL)
		return getgid();
	return g->gr_gid;
}

/* The same names come again and again: each thread remembers its last. */
static void
owner(const StyxDir *d, struct stat *st)
{
	static _Thread_local struct {
		char uid[64], gid[64];
		uid_t u;
		gid_t g;
	} last;

	if (last.uid[0] == '\0' || strcmp(last.uid, d->uid) != 0) {
		last.u = uidof(d->uid);
		snprintf(last.uid, sizeof last.uid, "%s", d->uid);
	}
	if (last.gid[0] == '\0' || strcmp(last.gid, d->gid) != 0) {
		last.g = gidof(d->gid);
		snprintf(last.gid, sizeof last.gid, "%s", d->gid);
	}
	st->st_uid = last.u;
	st->st_gid = last.g;
}

static void
attributes(const StyxDir *d, struct stat *st)
{
	memset(st, 0, sizeof *st);
	st->st_ino = d->qid.path;
	st->st_mode = (d->mode & 0777) | (d->mode & STYX_DMDIR ? S_IFDIR : S_IFREG);
	st->st_nlink = 1;
	st->st_size = (off_t)d->length;
	st->st_blocks = (off_t)((d->length + 511) / 512);
	st->st_blksize = (blksize_t)styx_client_iounit(client);
	st->st_atime = d->atime;
	st->st_mtime = st->st_ctime = d->mtime;
	owner(d, st);
}

/* The attributes of a fid, or an error number. */
static int
getstat(StyxCall *call, uint32_t fid, struct stat *st, StyxQid *qid)
{
	StyxDir d;
	void *mem;

	if (styx_client_stat(client, call, fid, &d, &mem) < 0)
		return errnum(call);
	attributes(&d, st);
	if (qid != NULL)
		*qid = d.qid;
	free(mem);
	return 0;
}

/* The entry for name in dir, one look-up more. */
static int
enter(StyxCall *call, Node *dir, const char *name, struct fuse_entry_param *e)
{
	uint32_t dirfid = nodes_fid(nodes, dir, call), fid;
	StyxQid qid;
	Node *n;
	int err;

	memset(e, 0, sizeof *e);
	e->attr_timeout = e->entry_timeout = TIMEOUT;
	if (dirfid == STYX_NOFID || styx_client_walk(client, call, dirfid, &name, 1, &fid, &qid) != 1)
		return errnum(call);
	err = getstat(call, fid, &e->attr, NULL);
	n = err == 0 ? nodes_enter(nodes, dir, name, &qid, fid) : NULL;
	if (n == NULL) {
		styx_client_forget(client, fid);
		return err != 0 ? err : ENOMEM;
	}
	n->size = e->attr.st_size;
	e->ino = (uintptr_t)n;
	return 0;
}

static void
entered(fuse_req_t req, StyxCall *call, int err, const struct fuse_entry_param *e)
{
	end(req, call);
	if (err != 0)
		fuse_reply_err(req, err);
	else if (fuse_reply_entry(req, e) == -ENOENT)
		nodes_forget(nodes, node(e->ino), 1);
}

static void
sm_lookup(fuse_req_t req, fuse_ino_t parent, const char *name)
{
	struct fuse_entry_param e;
	StyxCall *call = begin(req);
	int err;

	if (call == NULL)
		return;
	err = enter(call, node(parent), name, &e);
	if (err == ENOENT)
		nodes_removed(nodes, node(parent), name);
	entered(req, call, err, &e);
}

static void
sm_forget(fuse_req_t req, fuse_ino_t ino, uint64_t lookups)
{
	nodes_forget(nodes, node(ino), lookups);
	fuse_reply_none(req);
}

/* The end of a request for attributes. */
static void
replyattr(fuse_req_t req, StyxCall *call, Node *n, const struct stat *st, int err)
{
	if (err == 0)
		n->size = st->st_size;
	end(req, call);
	if (err != 0)
		fuse_reply_err(req, err);
	else
		fuse_reply_attr(req, st, TIMEOUT);
}

static void
sm_getattr(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi)
{
	StyxCall *call = begin(req);
	struct stat st;
	uint32_t fid;
	int err;

	if (call == NULL)
		return;
	fid = fi != NULL ? file(fi)->fid : nodes_fid(nodes, node(ino), call);
	err = fid == STYX_NOFID ? errnum(call) : getstat(call, fid, &st, NULL);
	replyattr(req, call, node(ino), &st, err);
}

static void
sm_setattr(fuse_req_t req, fuse_ino_t ino, struct stat *attr, int set, struct fuse_file_info *fi)
{
	StyxCall *call = begin(req);
	char gid[4096];
	struct group gr, *g = NULL;
	struct stat st;
	uint32_t fid;
	StyxDir d;
	int err = 0;

	if (call == NULL)
		return;
	fid = fi != NULL ? file(fi)->fid : nodes_fid(nodes, node(ino), call);
	if (fid == STYX_NOFID) {
		done(req, call, errnum(call));
		return;
	}
	err = getstat(call, fid, &st, NULL);
	styx_dir_null(&d);
	if (set & FUSE_SET_ATTR_MODE)
		d.mode = (attr->st_mode & 0777) | (uint32_t)node(ino)->type << 24;
	if (set & FUSE_SET_ATTR_SIZE)
		d.length = (uint64_t)attr->st_size;
	if (set & FUSE_SET_ATTR_MTIME_NOW)
		d.mtime = (uint32_t)time(NULL);
	else if (set & FUSE_SET_ATTR_MTIME)
		d.mtime = (uint32_t)attr->st_mtime;
	/* The protocol has no way to give a file away. */
	if (err == 0 && (set & FUSE_SET_ATTR_UID) && attr->st_uid != st.st_uid)
		err = EPERM;
	if (err == 0 && (set & FUSE_SET_ATTR_GID) && attr->st_gid != st.st_gid) {
		if (getgrgid_r(attr->st_gid, &gr, gid, sizeof gid, &g) != 0 || g == NULL)
			err = EINVAL;
		else
			d.gid = gr.gr_name;
	}
	if (err == 0 && !styx_dir_isnull(&d)) {
		if (styx_client_wstat(client, call, fid, &d) < 0)
			err = errnum(call);
		else
			err = getstat(call, fid, &st, NULL);
	}
	replyattr(req, call, node(ino), &st, err);
}

/* ---- files */

static File *
newfile(uint32_t fid)
{
	File *f = calloc(1, sizeof *f);

	if (f != NULL) {
		f->fid = fid;
		pthread_mutex_init(&f->lock, NULL);
	}
	return f;
}

static void
freefile(File *f)
{
	styx_client_forget(client, f->fid);
	pthread_mutex_destroy(&f->lock);
	free(f->dir);
	free(f->entry);
	free(f);
}

static int
styxmode(int flags)
{
	static const int mode[] = {[O_RDONLY] = STYX_OREAD, [O_WRONLY] = STYX_OWRITE, [O_RDWR] = STYX_ORDWR};

	return mode[flags & O_ACCMODE] | (flags & O_TRUNC ? STYX_OTRUNC : 0);
}

/*
 * How the kernel may treat the contents of the file just opened. Files without a length (devices, controls, generated text) are
 * read and written through, each system call one request. What has been read of the others serves again while the server says,
 * by the qid's version, that the file is as it was. through: not for this file; so it is also when the kernel was told another
 * length before, which it would not read beyond.
 */
static void
setcaching(Node *n, const StyxQid *qid, bool through, struct fuse_file_info *fi)
{
	if (through || (qid->type & (STYX_QTAPPEND | STYX_QTEXCL | STYX_QTTMP))) {
		fi->direct_io = 1;
		fi->nonseekable = 0;
		return;
	}
	fi->keep_cache = n->cached && qid->vers != 0 && n->vers == qid->vers;
	n->cached = true;
	n->vers = qid->vers;
}

/* A fid of its own for the node, opened; its qid. STYX_NOFID: the number of the error in *err. */
static uint32_t
openfid(StyxCall *call, Node *n, int mode, StyxQid *qid, int *err)
{
	uint32_t from = nodes_fid(nodes, n, call), fid = STYX_NOFID;
	StyxQid q;

	if (from == STYX_NOFID || styx_client_walk(client, call, from, NULL, 0, &fid, &q) < 0) {
		*err = errnum(call);
		return STYX_NOFID;
	}
	if (styx_client_open(client, call, fid, mode, qid, NULL) < 0) {
		*err = errnum(call);
		styx_client_forget(client, fid);
		return STYX_NOFID;
	}
	*err = 0;
	return fid;
}

static void
opened(fuse_req_t req, StyxCall *call, File *f, int err, struct fuse_file_info *fi)
{
	end(req, call);
	if (f == NULL) {
		fuse_reply_err(req, err != 0 ? err : ENOMEM);
		return;
	}
	fi->fh = (uintptr_t)f;
	if (fuse_reply_open(req, fi) == -ENOENT)
		freefile(f);
}

static void
sm_open(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi)
{
	StyxCall *call = begin(req);
	struct stat st = {0};
	uint32_t fid;
	StyxQid qid;
	File *f = NULL;
	int err;

	if (call == NULL)
		return;
	fid = openfid(call, node(ino), styxmode(fi->flags), &qid, &err);
	if (fid != STYX_NOFID) {
		err = getstat(call, fid, &st, NULL);
		f = err == 0 ? newfile(fid) : NULL;
		if (f == NULL)
			styx_client_forget(client, fid);
		else
			setcaching(node(ino), &qid, st.st_size == 0 || st.st_size != node(ino)->size, fi);
	}
	opened(req, call, f, err, fi);
}

static void
sm_read(fuse_req_t req, fuse_ino_t ino, size_t size, off_t off, struct fuse_file_info *fi)
{
	StyxCall *call = begin(req);
	char *buf;
	ssize_t n;
	int err;

	(void)ino;
	if (call == NULL)
		return;
	buf = malloc(size);
	n = buf == NULL ? -1 : styx_client_read(client, call, file(fi)->fid, (uint64_t)off, buf, size);
	err = buf == NULL ? ENOMEM : n < 0 ? errnum(call) : 0;
	end(req, call);
	if (err != 0)
		fuse_reply_err(req, err);
	else
		fuse_reply_buf(req, buf, (size_t)n);
	free(buf);
}

static void
sm_write(fuse_req_t req, fuse_ino_t ino, const char *buf, size_t size, off_t off, struct fuse_file_info *fi)
{
	StyxCall *call = begin(req);
	ssize_t n;
	int err;

	if (call == NULL)
		return;
	n = styx_client_write(client, call, file(fi)->fid, (uint64_t)off, buf, size);
	err = n < 0 ? errnum(call) : 0;
	node(ino)->cached = false;
	if (n > 0 && (off_t)(off + n) > node(ino)->size)
		node(ino)->size = off + n; /* as the kernel reckons */
	end(req, call);
	if (err != 0)
		fuse_reply_err(req, err);
	else
		fuse_reply_write(req, (size_t)n);
}

static void
sm_release(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi)
{
	(void)ino;
	freefile(file(fi));
	fuse_reply_err(req, 0);
}

/* A Twstat that changes nothing asks for the file to be made permanent; a server that does not know this has nothing to do. */
static void
sm_fsync(fuse_req_t req, fuse_ino_t ino, int datasync, struct fuse_file_info *fi)
{
	StyxCall *call = begin(req);
	StyxDir d;
	int err = 0;

	(void)ino;
	(void)datasync;
	if (call == NULL)
		return;
	styx_dir_null(&d);
	if (styx_client_wstat(client, call, file(fi)->fid, &d) < 0) {
		err = errnum(call);
		if (err != ENOTCONN && err != EINTR && err != EIO && err != ENOSPC)
			err = 0;
	}
	done(req, call, err);
}

/* ---- changes in directories */

/* Makes name in dir: an open fid of it in *fid. */
static int
make(StyxCall *call, Node *dir, const char *name, uint32_t perm, int mode, uint32_t *fid, StyxQid *qid)
{
	uint32_t from = nodes_fid(nodes, dir, call);
	StyxQid q;
	int err;

	if (from == STYX_NOFID || styx_client_walk(client, call, from, NULL, 0, fid, &q) < 0)
		return errnum(call);
	if (styx_client_create(client, call, *fid, name, perm, mode, qid, NULL) < 0) {
		err = errnum(call);
		styx_client_forget(client, *fid);
		return err;
	}
	return 0;
}

static void
makeentry(fuse_req_t req, fuse_ino_t parent, const char *name, uint32_t perm)
{
	struct fuse_entry_param e;
	StyxCall *call = begin(req);
	uint32_t fid;
	int err;

	if (call == NULL)
		return;
	err = make(call, node(parent), name, perm, STYX_OREAD, &fid, NULL);
	if (err == 0) {
		styx_client_clunk(client, call, fid);
		err = enter(call, node(parent), name, &e);
	}
	entered(req, call, err, &e);
}

static void
sm_mknod(fuse_req_t req, fuse_ino_t parent, const char *name, mode_t mode, dev_t dev)
{
	(void)dev;
	if (!S_ISREG(mode))
		fuse_reply_err(req, EPERM);
	else
		makeentry(req, parent, name, mode & 0777);
}

static void
sm_mkdir(fuse_req_t req, fuse_ino_t parent, const char *name, mode_t mode)
{
	makeentry(req, parent, name, STYX_DMDIR | (mode & 0777));
}

static void
sm_create(fuse_req_t req, fuse_ino_t parent, const char *name, mode_t mode, struct fuse_file_info *fi)
{
	struct fuse_entry_param e;
	StyxCall *call = begin(req);
	Node *dir = node(parent);
	uint32_t fid;
	StyxQid qid;
	File *f = NULL;
	int err;

	if (call == NULL)
		return;
	err = make(call, dir, name, mode & 0777, styxmode(fi->flags & ~O_TRUNC), &fid, &qid);
	if (err == 0) {
		f = newfile(fid);
		if (f == NULL) {
			styx_client_forget(client, fid);
			err = ENOMEM;
		} else if ((err = enter(call, dir, name, &e)) == 0)
			setcaching(node(e.ino), &qid, false, fi);
	} else if (err == EEXIST && (fi->flags & O_EXCL) == 0 && (err = enter(call, dir, name, &e)) == 0) {
		/* Somebody was faster. */
		fid = openfid(call, node(e.ino), styxmode(fi->flags), &qid, &err);
		f = fid == STYX_NOFID ? NULL : newfile(fid);
		if (f == NULL)
			nodes_forget(nodes, node(e.ino), 1);
		if (fid != STYX_NOFID && f == NULL)
			styx_client_forget(client, fid);
	}
	end(req, call);
	if (err != 0 || f == NULL) {
		if (f != NULL)
			freefile(f);
		fuse_reply_err(req, err != 0 ? err : ENOMEM);
		return;
	}
	fi->fh = (uintptr_t)f;
	if (fuse_reply_create(req, &e, fi) == -ENOENT) {
		freefile(f);
		nodes_forget(nodes, node(e.ino), 1);
	}
}

static int
removename(StyxCall *call, Node *dir, const char *name)
{
	uint32_t from = nodes_fid(nodes, dir, call), fid;
	StyxQid qid;

	if (from == STYX_NOFID || styx_client_walk(client, call, from, &name, 1, &fid, &qid) != 1 ||
		styx_client_remove(client, call, fid) < 0)
		return errnum(call);
	nodes_removed(nodes, dir, name);
	return 0;
}

static void
sm_remove(fuse_req_t req, fuse_ino_t parent, const char *name)
{
	StyxCall *call = begin(req);

	if (call != NULL)
		done(req, call, removename(call, node(parent), name));
}

/* The protocol renames within a directory, and not onto an existing name: that one is removed first. */
static void
sm_rename(fuse_req_t req, fuse_ino_t parent, const char *name, fuse_ino_t newparent, const char *newname, unsigned flags)
{
	StyxCall *call = begin(req);
	Node *dir = node(parent);
	uint32_t from, fid;
	StyxQid qid;
	StyxDir d;
	int err = 0;

	if (call == NULL)
		return;
	if (parent != newparent)
		err = EXDEV;
	else if ((flags & ~RENAME_NOREPLACE) != 0)
		err = EINVAL;
	if (err == 0) {
		from = nodes_fid(nodes, dir, call);
		if (from == STYX_NOFID || styx_client_walk(client, call, from, &name, 1, &fid, &qid) != 1) {
			err = errnum(call);
		} else {
			styx_dir_null(&d);
			d.name = newname;
			if (styx_client_wstat(client, call, fid, &d) < 0)
				err = errnum(call);
			if (err == EEXIST && (flags & RENAME_NOREPLACE) == 0) {
				err = removename(call, dir, newname);
				if (err == 0 && styx_client_wstat(client, call, fid, &d) < 0)
					err = errnum(call);
			}
			styx_client_forget(client, fid);
		}
	}
	if (err == 0)
		nodes_renamed(nodes, dir, name, newname);
	done(req, call, err);
}

/* ---- reading directories */

static void
sm_opendir(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi)
{
	StyxCall *call = begin(req);
	uint32_t fid;
	File *f = NULL;
	int err;

	if (call == NULL)
		return;
	fid = openfid(call, node(ino), STYX_OREAD, NULL, &err);
	if (fid != STYX_NOFID && (f = newfile(fid)) == NULL)
		styx_client_forget(client, fid);
	opened(req, call, f, err, fi);
}

/* Adds the stats in dir from at on to the index. */
static int
indexdir(File *f, size_t at)
{
	size_t size, *e;

	for (; at < f->ndir; at += size) {
		size = styx_dir_check(f->dir + at, f->ndir - at);
		if (size == 0)
			return EIO;
		if ((f->nentry & (f->nentry - 1)) == 0) {
			e = realloc(f->entry, (f->nentry == 0 ? 1 : f->nentry * 2) * sizeof *e);
			if (e == NULL)
				return ENOMEM;
			f->entry = e;
		}
		f->entry[f->nentry++] = at;
	}
	return 0;
}

/*
 * The whole directory, because the kernel goes back to any entry and the server only to the first. Called with the file's lock,
 * for whoever reads from the beginning.
 */
static int
readwhole(StyxCall *call, File *f)
{
	size_t unit = styx_client_iounit(client), max = 0, at;
	uint64_t off = 0;
	uint8_t *p;
	ssize_t n;
	int err;

	f->ndir = f->nentry = 0;
	for (;;) {
		if (max - f->ndir < unit) {
			max = max * 2 + unit;
			p = realloc(f->dir, max);
			if (p == NULL)
				return ENOMEM;
			f->dir = p;
		}
		n = styx_client_readdir(client, call, f->fid, off, f->dir + f->ndir, unit);
		if (n < 0)
			return errnum(call);
		if (n == 0)
			break;
		at = f->ndir;
		f->ndir += (size_t)n;
		off += (uint64_t)n;
		err = indexdir(f, at);
		if (err != 0)
			return err;
	}
	f->read = true;
	return 0;
}

/* One entry into the n bytes at p; its size, more than n if it does not fit. */
static size_t
addentry(fuse_req_t req, Node *dir, const File *f, size_t i, bool plus, char *p, size_t n)
{
	char strs[STYX_STATMAX];
	struct fuse_entry_param e = {.attr_timeout = TIMEOUT, .entry_timeout = TIMEOUT};
	StyxDir d;
	Node *to;
	size_t size;

	styx_dir_decode(f->dir + f->entry[i], f->ndir - f->entry[i], &d, strs);
	attributes(&d, &e.attr);
	if (!plus)
		return fuse_add_direntry(req, p, n, d.name, &e.attr, (off_t)i + 1);
	size = fuse_add_direntry_plus(req, NULL, 0, d.name, &e, 0);
	if (size > n)
		return size;
	to = nodes_enter(nodes, dir, d.name, &d.qid, STYX_NOFID);
	if (to != NULL)
		to->size = e.attr.st_size;
	e.ino = (uintptr_t)to; /* none: the kernel will look it up */
	return fuse_add_direntry_plus(req, p, n, d.name, &e, (off_t)i + 1);
}

static void
listdir(fuse_req_t req, fuse_ino_t ino, size_t size, off_t off, struct fuse_file_info *fi, bool plus)
{
	StyxCall *call = begin(req);
	File *f = file(fi);
	size_t i, n, used = 0;
	char *buf;
	int err = 0;

	if (call == NULL)
		return;
	buf = malloc(size);
	if (buf == NULL) {
		done(req, call, ENOMEM);
		return;
	}
	pthread_mutex_lock(&f->lock);
	if (off == 0 || !f->read)
		err = readwhole(call, f);
	for (i = (size_t)off; err == 0 && i < f->nentry; i++) {
		n = addentry(req, node(ino), f, i, plus, buf + used, size - used);
		if (n > size - used)
			break;
		used += n;
	}
	pthread_mutex_unlock(&f->lock);
	end(req, call);
	if (err != 0)
		fuse_reply_err(req, err);
	else
		fuse_reply_buf(req, buf, used);
	free(buf);
}

static void
sm_readdir(fuse_req_t req, fuse_ino_t ino, size_t size, off_t off, struct fuse_file_info *fi)
{
	listdir(req, ino, size, off, fi, false);
}

static void
sm_readdirplus(fuse_req_t req, fuse_ino_t ino, size_t size, off_t off, struct fuse_file_info *fi)
{
	listdir(req, ino, size, off, fi, true);
}

/* Nobody can say how much room there is; df(1) shows zeros. */
static void
sm_statfs(fuse_req_t req, fuse_ino_t ino)
{
	struct statvfs st = {.f_bsize = 4096, .f_frsize = 4096, .f_namemax = 255};

	(void)ino;
	fuse_reply_statfs(req, &st);
}

static const struct fuse_lowlevel_ops ops = {
	.lookup = sm_lookup,
	.forget = sm_forget,
	.getattr = sm_getattr,
	.setattr = sm_setattr,
	.mknod = sm_mknod,
	.mkdir = sm_mkdir,
	.unlink = sm_remove,
	.rmdir = sm_remove,
	.rename = sm_rename,
	.open = sm_open,
	.create = sm_create,
	.read = sm_read,
	.write = sm_write,
	.release = sm_release,
	.fsync = sm_fsync,
	.opendir = sm_opendir,
	.readdir = sm_readdir,
	.readdirplus = sm_readdirplus,
	.releasedir = sm_release,
	.statfs = sm_statfs,
};

/* ---- starting */

static void
trace(void *aux, const StyxFcall *f)
{
	char text[1024];

	(void)aux;
	fprintf(stderr, "%s\n", styx_text(text, sizeof text, f));
}

static bool
failed(const char *what, const char *why)
{
	fprintf(stderr, "styxmount: %s: %s\n", what, why);
	return false;
}

/* Connects to the server: client and nodes. */
static bool
attach(const char *addr)
{
	StyxClientConf c = {.trace = conf.trace ? trace : NULL, .eof = "connection closed"};
	char err[STYX_ERRMAX];
	StyxTransport t;
	StyxCall *call;
	uint32_t root;
	StyxQid qid;
	bool ok = true;
	int fd;

	fd = styx_dial(addr, err, sizeof err);
	if (fd < 0)
		return failed(addr, err);
	call = styx_call_new();
	if (call == NULL || !styx_transport_fd(&t, fd, fd))
		return failed(addr, "out of memory");
	client = styx_client_new(&t, &c, err, sizeof err);
	if (client == NULL)
		return failed(addr, err);
	if (styx_client_version(client, call, conf.msize, NULL) < 0 ||
		styx_client_attach(client, call, STYX_NOFID, conf.uname, conf.aname, &root, &qid) < 0)
		ok = failed(addr, styx_call_error(call));
	else if ((qid.type & STYX_QTDIR) == 0)
		ok = failed(addr, STYX_ENOTDIR);
	else if ((nodes = nodes_new(client, root, &qid)) == NULL)
		ok = failed(addr, "out of memory");
	styx_call_free(call);
	return ok;
}

/* Mounts and serves until unmounted. ready is written to once the directory can be used. */
static int
serve(const char *addr, const char *dir, int ready)
{
	struct fuse_args args = FUSE_ARGS_INIT(0, NULL);
	struct fuse_loop_config loop = {.max_idle_threads = 16};
	char option[512], *c;
	int status = 1;

	if (!attach(addr) || pthread_key_create(&callkey, callfree) != 0)
		return 1;
	/* Options are cut at commas, which an address may have. */
	snprintf(option, sizeof option, "-osubtype=styx%s,fsname=%s", conf.readonly ? ",ro" : "", addr);
	for (c = strstr(option, ",fsname=") + 1; (c = strchr(c, ',')) != NULL;)
		*c = '_';
	fuse_opt_add_arg(&args, "styxmount");
	fuse_opt_add_arg(&args, option);
	if (conf.options != NULL) {
		fuse_opt_add_arg(&args, "-o");
		fuse_opt_add_arg(&args, conf.options);
	}
	session = fuse_session_new(&args, &ops, sizeof ops, NULL);
	if (session != NULL && fuse_set_signal_handlers(session) == 0) {
		if (fuse_session_mount(session, dir) == 0) {
			if (ready >= 0 && write(ready, "", 1) == 1)
				close(ready);
			if (!conf.foreground && chdir("/") == 0) {
				int null = open("/dev/null", O_RDWR);

				for (int i = 0; i < 3 && null >= 0; i++)
					if (i < 2 || !conf.trace)
						dup2(null, i);
				if (null > 2)
					close(null);
			}
			status = fuse_session_loop_mt(session, &loop) == 0 ? 0 : 1;
			fuse_session_unmount(session);
		}
		fuse_remove_signal_handlers(session);
	}
	if (session != NULL)
		fuse_session_destroy(session);
	fuse_opt_free_args(&args);
	return status;
}

/*
 * In the background the connection must be made by the process that keeps it. The first one waits until the directory can be used,
 * and its status says whether it can.
 */
static int
background(const char *addr, const char *dir)
{
	int p[2];
	char c;

	if (pipe2(p, O_CLOEXEC) < 0) {
		failed("pipe", strerror(errno));
		return 1;
	}
	switch (fork()) {
	case -1:
		failed("fork", strerror(errno));
		return 1;
	case 0:
		close(p[0]);
		setsid();
		_exit(serve(addr, dir, p[1]));
	}
	close(p[1]);
	return read(p[0], &c, 1) == 1 ? 0 : 1;
}

static void __attribute__((noreturn))
usage(void)
{
	fprintf(stderr, "usage: styxmount [-fr] [-D] [-a aname] [-u user] [-m msize] [-o option,...] address directory\n");
	exit(2);
}

int
main(int argc, char **argv)
{
	struct passwd *pw = getpwuid(getuid());
	char dir[PATH_MAX];
	int c;

	conf.uname = pw != NULL ? pw->pw_name : "none";
	while ((c = getopt(argc, argv, "fra:u:m:o:D")) != -1) {
		switch (c) {
		case 'f': conf.foreground = true; break;
		case 'r': conf.readonly = true; break;
		case 'a': conf.aname = optarg; break;
		case 'u': conf.uname = optarg; break;
		case 'm': conf.msize = (unsigned)strtoul(optarg, NULL, 0); break;
		case 'o': conf.options = optarg; break;
		case 'D': conf.trace = conf.foreground = true; break;
		default: usage();
		}
	}
	if (argc - optind != 2)
		usage();
	if (realpath(argv[optind + 1], dir) == NULL) {
		failed(argv[optind + 1], strerror(errno));
		return 1;
	}
	return conf.foreground ? serve(argv[optind], dir, -1) : background(argv[optind], dir);
}
