/*
 * #U : files of the host. #U is the directory that emu was given as root (or the user's own), #U* the host's whole tree. fs(3)
 *
 * A channel holds the host path of its file and what the host said of it when it was walked to. What is asked for is checked against the
 * file as it is then. Symbolic links are followed; one that leads nowhere shows as itself, so that it can be removed.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#ifdef __linux__
#include <linux/fs.h>
#endif

#include "devs/devs.h"
#include "devs/fsmodes.h"
#include "devs/fsnames.h"

/* Host directory that #U serves; set by main. */
char *fs_root;

/*
 * A host path: absolute, without a trailing slash except that of "/" itself. One that a renaming has replaced stays until the channel is
 * closed: others may be using it.
 */
typedef struct Fspath Fspath;
struct Fspath {
	Fspath *old;
	char s[];
};

/* One channel's file. The first rootlen bytes of its path are the attach root, above which .. does not lead. */
typedef struct Fsfile Fsfile;
struct Fsfile {
	_Atomic(Fspath *) path;
	size_t rootlen;
	struct stat st;	 /* as of the walk */
	int fd;		 /* -1: not open */
	bool stream;	 /* no offsets */
	bool exclusive;	 /* entered as such */
	DIR *dir;
	int64_t diroff;	 /* offset at which the next directory read continues */
	struct dirent *held; /* entry that did not fit the last read */
	bool rclose;	 /* to be removed at the last close, or when emu ends: then on the list */
	Fsfile *next;
};

static struct {
	pthread_mutex_t lock;
	Fsfile *first;
} rclose = {.lock = PTHREAD_MUTEX_INITIALIZER};

static atomic_uint lastdev;

/* ---- channels ---- */

static StyxQid
hostqid(const struct stat *st)
{
	uint64_t dev = (uint64_t)st->st_dev & 0xFFFF;

	if ((uint64_t)st->st_dev >> 63)
		dev ^= 0x8080;
	return (StyxQid){
	    .path = (uint64_t)st->st_ino ^ dev << 48,
	    .vers = (uint32_t)st->st_mtime,
	    .type = S_ISDIR(st->st_mode) ? STYX_QTDIR : fsmodes_get(st) >> 24,
	};
}

/* Links are followed; a dangling one is looked at itself. */
static int
hoststat(const char *path, struct stat *st)
{
	if (stat(path, st) == 0)
		return 0;
	if (errno == ENOENT && lstat(path, st) == 0)
		return 0;
	return -1;
}

/* The host's errno in our words, where programs look for ours. */
static int
fserror(void)
{
	switch (errno) {
	case ENOENT:
		return kerror("%s", Enonexist);
	case EACCES:
	case EPERM:
		return kerror("%s", Eperm);
	case ENOTDIR:
		return kerror("%s", Enotdir);
	}
	return kerrno(errno);
}

static void *
fserrorp(void)
{
	fserror();
	return NULL;
}

static const char *
pathof(const Fsfile *f)
{
	return atomic_load(&f->path)->s;
}

static int
setpath(Fsfile *f, const char *path)
{
	size_t n = strlen(path) + 1;
	Fspath *p = malloc(sizeof *p + n);

	if (p == NULL)
		return kerror("%s", Enomem);
	memcpy(p->s, path, n);
	p->old = atomic_load(&f->path);
	atomic_store(&f->path, p);
	return 0;
}

static Fsfile *
fsfile(const char *path, size_t rootlen)
{
	Fsfile *f = calloc(1, sizeof *f);

	if (f == NULL)
		return kerrorp("%s", Enomem);
	f->rootlen = rootlen;
	f->fd = -1;
	if (setpath(f, path) < 0) {
		free(f);
		return NULL;
	}
	return f;
}

static void
fsfree(Fsfile *f)
{
	Fspath *p, *old;

	if (f == NULL)
		return;
	for (p = atomic_load(&f->path); p != NULL; p = old) {
		old = p->old;
		free(p);
	}
	if (f->fd >= 0)
		close(f->fd);
	if (f->dir != NULL)
		closedir(f->dir);
	free(f);
}

static Chan *
fschan(Fsfile *f, uint32_t dev)
{
	Chan *c = newchan(&fsdev);

	if (c == NULL) {
		fsfree(f);
		return NULL;
	}
	c->dev = dev;
	c->aux = f;
	c->qid = hostqid(&f->st);
	return c;
}

static Chan *
fsattach(const char *spec)
{
	const char *root = fs_root;
	struct stat st;

	if (strcmp(spec, "*") == 0) {
		if (options.nohost)
			return kerrorp("%s", Enoattach);
		root = "/";
	} else if (spec[0] != 0 || root == NULL)
		return kerrorp("%s", Ebadspec);
	if (hoststat(root, &st) < 0) {
		fserror();
		return NULL;
	}
	if (!S_ISDIR(st.st_mode))
		return kerrorp("%s", Enotdir);
	char *path = strdup(root);
	if (path == NULL)
		return kerrorp("%s", Enomem);
	size_t n = strlen(path);
	while (n > 1 && path[n - 1] == '/')
		path[--n] = 0;
	Fsfile *f = fsfile(path, n);
	free(path);
	if (f == NULL)
		return NULL;
	f->st = st;
	Chan *c = fschan(f, atomic_fetch_add(&lastdev, 1));
	if (c != NULL) {
		char *name = strcmp(spec, "*") == 0 ? "#U*" : "#U";
		c->path = path_new(NULL, name, NULL);
	}
	return c;
}

/* path, cut at its last element: the directory it is in. */
static void
pathup(char *path)
{
	char *slash = strrchr(path, '/');

	slash[slash == path] = 0;
}

/* path one step on; it has room for the name. */
static int
pathstep(char *path, size_t rootlen, const char *name)
{
	size_t n = strlen(path);

	if (strcmp(name, "..") == 0) {
		if (n > rootlen)
			pathup(path);
		return 0;
	}
	char *host = fsname_host(name);
	if (host == NULL)
		return kerror("%s", Enomem);
	if (path[n - 1] != '/')
		path[n++] = '/';
	strcpy(path + n, host);
	free(host);
	return 0;
}

/* The path of a file in directory dir, malloc'd, or NULL. */
static char *
pathin(const char *dir, size_t rootlen, const char *name)
{
	char *path = malloc(strlen(dir) + strlen(name) + 2);

	if (path == NULL)
		return kerrorp("%s", Enomem);
	strcpy(path, dir);
	if (pathstep(path, rootlen, name) < 0) {
		free(path);
		return NULL;
	}
	return path;
}

static Walkqid *
fswalk(Chan *c, Chan *nc, const char **names, int n)
{
	Fsfile *f = c->aux;
	Walkqid *wq = walkqid_new(n);
	const char *from = pathof(f);
	size_t len = strlen(from) + 1;
	struct stat st = f->st;

	for (int i = 0; i < n; i++)
		len += strlen(names[i]) + 1;
	char *path = malloc(len);
	if (wq == NULL || path == NULL) {
		free(wq);
		free(path);
		return kerrorp("%s", Enomem);
	}
	strcpy(path, from);
	for (; wq->nqid < n; wq->nqid++) {
		const char *name = names[wq->nqid];
		if (!S_ISDIR(st.st_mode)) {
			kerror("%s", Enotdir);
			break;
		}
		if (strchr(name, '/') != NULL || name[0] == 0 || strcmp(name, ".") == 0) {
			kerror("%s", Enonexist);
			break;
		}
		if (pathstep(path, f->rootlen, name) < 0)
			break;
		if (hoststat(path, &st) < 0) {
			fserror();
			break;
		}
		wq->qid[wq->nqid] = hostqid(&st);
	}
	if (wq->nqid < n) {
		free(path);
		if (wq->nqid > 0)
			return wq;
		free(wq);
		return NULL;
	}
	Fsfile *nf = fsfile(path, f->rootlen);
	free(path);
	if (nf != NULL) {
		nf->st = st;
		if (nc == NULL)
			nc = fschan(nf, c->dev);
		else {
			nc->aux = nf;
			nc->dev = c->dev;
			nc->qid = hostqid(&st);
		}
	}
	if (nf == NULL || nc == NULL) {
		free(wq);
		return NULL;
	}
	wq->clone = nc;
	return wq;
}

static uint64_t
hostlength(const Fsfile *f, const struct stat *st)
{
	if (S_ISREG(st->st_mode))
		return st->st_size;
#ifdef BLKGETSIZE64
	if (S_ISBLK(st->st_mode)) {
		uint64_t n = 0;
		int fd = f->fd >= 0 ? f->fd : open(pathof(f), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
		if (fd >= 0) {
			if (ioctl(fd, BLKGETSIZE64, &n) < 0)
				n = 0;
			if (fd != f->fd)
				close(fd);
		}
		return n;
	}
#else
	(void)f;
#endif
	return 0;
}

static void
fsdir(Chan *c, const Fsfile *f, const struct stat *st, const char *hostname, StyxDir *d)
{
	d->type = 'U';
	d->dev = c->dev;
	d->qid = hostqid(st);
	d->mode = (st->st_mode & 0777) | (uint32_t)d->qid.type << 24;
	d->atime = st->st_atime;
	d->mtime = st->st_mtime;
	d->length = hostlength(f, st);
	d->name = fsname_inside(hostname);
	d->uid = fsuser(st->st_uid);
	d->gid = fsgroup(st->st_gid);
	d->muid = strdup("");
}

static const char *
lastelem(const char *path)
{
	const char *s = strrchr(path, '/');

	return s[1] != 0 ? s + 1 : s;
}

/* An open file is asked itself: its name may be gone. */
static int
filestat(const Fsfile *f, struct stat *st)
{
	int r = f->fd >= 0 && !S_ISSOCK(f->st.st_mode) ? fstat(f->fd, st) : f->dir != NULL ? fstat(dirfd(f->dir), st) : hoststat(pathof(f), st);

	return r < 0 ? fserror() : 0;
}

static int
fsstat(Chan *c, StyxDir *d)
{
	Fsfile *f = c->aux;
	struct stat st;

	if (filestat(f, &st) < 0)
		return -1;
	fsdir(c, f, &st, lastelem(pathof(f)), d);
	if (c->flag & CMSG)
		d->mode |= (uint32_t)1 << 28;
	return 0;
}

/* May the process do this (host permission bits rwx in the low three) to a file with that stat? */
static int
permitted(const struct stat *st, int want)
{
	int uid = up->env->uid, gid = up->env->gid;
	int bits;

	if (uid == 0)
		return 0; /* the host decides */
	if (uid >= 0 && (uid_t)uid == st->st_uid)
		bits = st->st_mode >> 6;
	else if (uid >= 0 && ((gid_t)gid == st->st_gid || fsmember(uid, st->st_gid)))
		bits = st->st_mode >> 3;
	else
		bits = st->st_mode;
	if ((bits & want) != want)
		return kerror("%s", Eperm);
	return 0;
}

static int
parentaccess(const Fsfile *f)
{
	struct stat st;
	char *path = strdup(pathof(f));

	if (path == NULL)
		return kerror("%s", Enomem);
	pathup(path);
	int r = stat(path, &st);
	free(path);
	if (r < 0)
		return fserror();
	return permitted(&st, 2);
}

static int
opensocket(const char *path)
{
	static const int kind[] = {SOCK_STREAM, SOCK_DGRAM};
	struct sockaddr_un sa = {.sun_family = AF_UNIX};

	if (strlen(path) >= sizeof sa.sun_path)
		return kerror("name too long");
	strcpy(sa.sun_path, path);
	for (int i = 0; i < 2; i++) {
		int fd = socket(AF_UNIX, kind[i] | SOCK_CLOEXEC, 0);
		if (fd < 0)
			return kerrno(errno);
		if (connect(fd, (struct sockaddr *)&sa, sizeof sa) == 0)
			return fd;
		int e = errno;
		close(fd);
		if (e != EPROTOTYPE)
			return kerrno(e);
	}
	return kerrno(EPROTOTYPE);
}

/* A host call that may block, repeated when a signal that was not for us ended it. */
#define BLOCKING(r, call)                                          \
	do {                                                       \
		if (khostcall_begin() < 0)                         \
			(r) = -1, errno = EINTR;                   \
		else {                                             \
			(r) = (call);                              \
			int e_ = errno;                            \
			khostcall_end();                           \
			errno = e_;                                \
		}                                                  \
	} while ((r) < 0 && errno == EINTR && !kinterrupted())

static int
hostopen(const Fsfile *f, int omode)
{
	static const int how[] = {O_RDONLY, O_WRONLY, O_RDWR, O_RDONLY};
	bool append = fsmodes_get(&f->st) & STYX_DMAPPEND;
	int flags = how[omode & 3] | O_CLOEXEC | O_NOCTTY | (append ? O_APPEND : (omode & OTRUNC) ? O_TRUNC : 0);
	int fd;

	if (up->nowait) {
		/* A pipe waits for its other end, a device for what it likes. */
		if (!S_ISREG(f->st.st_mode)) {
			up->wouldwait = true;
			return kerror("%s", Eintr);
		}
		flags |= O_NONBLOCK;
	}
	if (S_ISSOCK(f->st.st_mode))
		return opensocket(pathof(f));
	BLOCKING(fd, open(pathof(f), flags));
	if (fd < 0)
		return fserror();
	return fd;
}

static int
enter(Fsfile *f)
{
	if (!(fsmodes_get(&f->st) & STYX_DMEXCL))
		return 0;
	if (fsmodes_enter(&f->st) < 0)
		return -1;
	f->exclusive = true;
	return 0;
}

static void
leave(Fsfile *f)
{
	if (f->exclusive)
		fsmodes_leave(&f->st);
	f->exclusive = false;
}

static void
setrclose(Fsfile *f)
{
	pthread_mutex_lock(&rclose.lock);
	f->rclose = true;
	f->next = rclose.first;
	rclose.first = f;
	pthread_mutex_unlock(&rclose.lock);
}

static void
removefile(const Fsfile *f)
{
	if (S_ISDIR(f->st.st_mode))
		rmdir(pathof(f));
	else
		unlink(pathof(f));
}

static void
fsshutdown(void)
{
	pthread_mutex_lock(&rclose.lock);
	for (const Fsfile *f = rclose.first; f != NULL; f = f->next)
		removefile(f);
	rclose.first = NULL;
	pthread_mutex_unlock(&rclose.lock);
}

static Chan *
fsopen(Chan *c, int mode)
{
	static const int want[] = {4, 2, 6, 1};
	Fsfile *f = c->aux;
	int m = openmode(mode), w = want[mode & 3];

	if (m < 0)
		return NULL;
	if ((mode & OTRUNC) != 0)
		w |= 2;
	if (filestat(f, &f->st) < 0 || permitted(&f->st, w) < 0)
		return NULL;
	if ((mode & ORCLOSE) && (strlen(pathof(f)) <= f->rootlen ? kerror("%s", Eperm) : parentaccess(f)) < 0)
		return NULL;
	if (c->qid.type & STYX_QTDIR) {
		if (m != OREAD || (mode & OTRUNC))
			return kerrorp("%s", Eperm);
		f->dir = opendir(pathof(f));
		if (f->dir == NULL)
			return fserrorp();
		c->flag |= CPROMPT;
	} else {
		if (enter(f) < 0)
			return NULL;
		f->fd = hostopen(f, mode);
		if (f->fd < 0) {
			leave(f);
			return NULL;
		}
		f->stream = !S_ISREG(f->st.st_mode) && lseek(f->fd, 0, SEEK_CUR) < 0;
		/* What looks like a file without contents may be the host's kernel speaking. */
		if (S_ISREG(f->st.st_mode) && f->st.st_size > 0)
			c->flag |= CPROMPT;
	}
	devopened(c, m);
	if (mode & ORCLOSE)
		setrclose(f);
	return c;
}

static int
fscreate(Chan *c, const char *name, int mode, uint32_t perm)
{
	static const int how[] = {O_RDONLY, O_WRONLY, O_RDWR, O_RDONLY};
	Fsfile *f = c->aux, *nf;
	int m = openmode(mode), r = -1;

	if (m < 0)
		return -1;
	if (!(c->qid.type & STYX_QTDIR))
		return kerror("%s", Enotdir);
	if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0 || name[0] == 0 || strchr(name, '/') != NULL)
		return kerror("%s", Efilename);
	if (filestat(f, &f->st) < 0 || permitted(&f->st, 2) < 0)
		return -1;
	char *path = pathin(pathof(f), f->rootlen, name);
	nf = path != NULL ? fsfile(path, f->rootlen) : NULL;
	free(path);
	if (nf == NULL)
		return -1;
	if (perm & STYX_DMDIR) {
		mode_t p = perm & (~0777u | (f->st.st_mode & 0777)) & 0777;
		if (m != OREAD || (mode & OTRUNC)) {
			kerror("%s", Eperm);
			goto bad;
		}
		if (mkdir(pathof(nf), p | 0700) < 0) {
			fserror();
			goto bad;
		}
		nf->dir = opendir(pathof(nf));
		if (nf->dir == NULL) {
			fserror();
			rmdir(pathof(nf));
			goto bad;
		}
		r = fchmod(dirfd(nf->dir), p | (f->st.st_mode & S_ISGID));
	} else {
		mode_t p = perm & (~0666u | (f->st.st_mode & 0666)) & 0777;
		BLOCKING(nf->fd, open(pathof(nf), how[mode & 3] | O_CREAT | O_EXCL | O_CLOEXEC | O_NOCTTY, p));
		if (nf->fd < 0) {
			fserror();
			goto bad;
		}
		r = fchmod(nf->fd, p);
	}
	(void)r; /* a file system without permissions is no reason to fail */
	if (up->env->uid >= 0 && (uid_t)up->env->uid != geteuid())
		r = lchown(pathof(nf), up->env->uid, f->st.st_gid);
	if (filestat(nf, &nf->st) < 0)
		goto bad;
	if (nf->fd >= 0 && (perm & STYX_DMAPPEND))
		fcntl(nf->fd, F_SETFL, O_APPEND);
	if (nf->fd >= 0 && (fsmodes_set(pathof(nf), &nf->st, perm & (STYX_DMAPPEND | STYX_DMEXCL)) < 0 || enter(nf) < 0)) {
		unlink(pathof(nf));
		goto bad;
	}
	fsfree(f);
	c->aux = nf;
	c->qid = hostqid(&nf->st);
	devopened(c, m);
	c->flag |= CPROMPT;
	if (mode & ORCLOSE)
		setrclose(nf);
	return 0;
bad:
	fsfree(nf);
	return -1;
}

static void
fsclose(Chan *c)
{
	Fsfile *f = c->aux;

	if (f != NULL && f->rclose) {
		pthread_mutex_lock(&rclose.lock);
		Fsfile **l = &rclose.first;
		while (*l != NULL && *l != f)
			l = &(*l)->next;
		if (*l != NULL)
			*l = f->next;
		pthread_mutex_unlock(&rclose.lock);
		removefile(f);
	}
	if (f != NULL)
		leave(f);
	fsfree(f);
}

static int
direntstat(const Fsfile *f, const struct dirent *de, struct stat *st)
{
	int fd = dirfd(f->dir);

	if (fstatat(fd, de->d_name, st, 0) == 0)
		return 0;
	return fstatat(fd, de->d_name, st, AT_SYMLINK_NOFOLLOW);
}

/* Whole entries from where the last read ended; c->lock or the caller sees to it that reads of a directory do not overlap. */
static long
fsdirread(Chan *c, char *buf, long n, int64_t off)
{
	Fsfile *f = c->aux;
	struct stat st;
	StyxDir d;
	long m = 0;

	if (off != f->diroff) {
		rewinddir(f->dir);
		f->held = NULL;
		f->diroff = 0;
	}
	for (;;) {
		struct dirent *de = f->held;
		f->held = NULL;
		if (de == NULL && (de = readdir(f->dir)) == NULL)
			break;
		if (strcmp(de->d_name, ".") == 0 || strcmp(de->d_name, "..") == 0 || direntstat(f, de, &st) < 0)
			continue;
		fsdir(c, f, &st, de->d_name, &d);
		long k = styx_dir_size(&d);
		if (f->diroff < off) {
			/* Somebody seeks: entries before the offset are skipped. */
			f->diroff += k;
			dir_clear(&d);
			continue;
		}
		if (k > n - m) {
			dir_clear(&d);
			f->held = de;
			if (m == 0)
				return kerror("%s", Eshort);
			break;
		}
		m += styx_dir_encode(&d, buf + m, n - m);
		f->diroff += k;
		dir_clear(&d);
	}
	return m;
}

static long
fsread(Chan *c, void *buf, long n, int64_t off)
{
	Fsfile *f = c->aux;
	long r;

	if (c->qid.type & STYX_QTDIR)
		return fsdirread(c, buf, n, off);
	if (f->stream)
		BLOCKING(r, read(f->fd, buf, n));
	else
		BLOCKING(r, pread(f->fd, buf, n, off));
	if (r < 0)
		return fserror();
	return r;
}

static long
fswrite(Chan *c, const void *buf, long n, int64_t off)
{
	Fsfile *f = c->aux;
	long r, done = 0;

	/* The host may take less than it was given, for instance of a stream. */
	do {
		if (f->stream)
			BLOCKING(r, write(f->fd, (const char *)buf + done, n - done));
		else
			BLOCKING(r, pwrite(f->fd, (const char *)buf + done, n - done, off + done));
		if (r < 0)
			return done > 0 ? done : fserror();
		done += r;
	} while (done < n && r > 0);
	return done;
}

static int
fsremove(Chan *c)
{
	Fsfile *f = c->aux;
	const char *path = pathof(f);

	if (strlen(path) <= f->rootlen)
		return kerror("%s", Eperm);
	if (parentaccess(f) < 0)
		return -1;
	if (((c->qid.type & STYX_QTDIR) ? rmdir(path) : unlink(path)) < 0) {
		/* A link to a directory is a file to the host. */
		if (errno != ENOTDIR || unlink(path) < 0)
			return fserror();
	}
	return 0;
}

/* ---- wstat ---- */

/* Changes a file's attributes by what is open, else by name. */
static int
setmode(const Fsfile *f, mode_t mode)
{
	return f->fd >= 0 ? fchmod(f->fd, mode) : chmod(pathof(f), mode);
}

static int
setgroup(const Fsfile *f, gid_t gid)
{
	return f->fd >= 0 ? fchown(f->fd, -1, gid) : chown(pathof(f), -1, gid);
}

static int
settimes(const Fsfile *f, const struct timespec ts[2])
{
	return f->fd >= 0 ? futimens(f->fd, ts) : utimensat(AT_FDCWD, pathof(f), ts, 0);
}

/*
 * A renaming that can be taken back. If the new name is in use the two files change places, and the other one goes at the end; where the host
 * cannot do that the other one is lost at once.
 */
typedef struct Renaming Renaming;
struct Renaming {
	char *from, *to; /* host paths; NULL: none */
	bool swapped;
};

static int
rename_begin(Renaming *r, const Fsfile *f, const char *name)
{
	char *dir = strdup(pathof(f));
	struct stat st;

	r->from = strdup(pathof(f));
	if (dir != NULL)
		pathup(dir);
	r->to = dir != NULL ? pathin(dir, 1, name) : NULL;
	free(dir);
	if (r->from == NULL || r->to == NULL)
		return kerror("%s", Enomem);
	if (renameat2(AT_FDCWD, r->from, AT_FDCWD, r->to, RENAME_NOREPLACE) == 0)
		return 0;
	if (errno == EEXIST && lstat(r->to, &st) == 0 && !S_ISDIR(st.st_mode) && !S_ISDIR(f->st.st_mode) &&
	    renameat2(AT_FDCWD, r->from, AT_FDCWD, r->to, RENAME_EXCHANGE) == 0) {
		r->swapped = true;
		return 0;
	}
	return rename(r->from, r->to) < 0 ? fserror() : 0;
}

static void
rename_undo(const Renaming *r)
{
	if (r->from != NULL && renameat2(AT_FDCWD, r->to, AT_FDCWD, r->from, r->swapped ? RENAME_EXCHANGE : RENAME_NOREPLACE) < 0 && !r->swapped)
		(void)!rename(r->to, r->from);
}

static void
rename_end(Renaming *r)
{
	if (r->swapped)
		unlink(r->from);
}

/* What a wstat asks for, checked. */
typedef struct Change Change;
struct Change {
	bool name, mode, times, length, group;
	gid_t gid;
};

static int
checkchange(const Fsfile *f, const StyxDir *d, const struct stat *st, Change *ch)
{
	bool owner = up->env->uid == 0 || (up->env->uid >= 0 && (uid_t)up->env->uid == st->st_uid);
	char *now = fsname_inside(lastelem(pathof(f)));

	ch->name = d->name[0] != 0 && (now == NULL || strcmp(d->name, now) != 0);
	free(now);
	ch->mode = d->mode != (uint32_t)~0;
	ch->times = d->atime != (uint32_t)~0 || d->mtime != (uint32_t)~0;
	ch->length = d->length != (uint64_t)~0;
	ch->group = d->gid[0] != 0;
	if (ch->name) {
		if (strcmp(d->name, ".") == 0 || strcmp(d->name, "..") == 0)
			return kerror("%s", Efilename);
		if (strlen(pathof(f)) <= f->rootlen)
			return kerror("%s", Eperm);
		if (parentaccess(f) < 0)
			return -1;
	}
	if (ch->mode && ((d->mode & STYX_DMDIR) != 0) != S_ISDIR(st->st_mode))
		return kerror("%s", Ebadarg);
	if ((ch->mode || ch->times || ch->group) && !owner)
		return kerror("%s", Enotowner);
	if (ch->group && !fsgroupid(d->gid, &ch->gid))
		return kerror("%s", Eunknown);
	if (ch->length && S_ISDIR(st->st_mode)) {
		if (d->length != 0)
			return kerror("%s", Eperm);
		ch->length = false;
	}
	if (ch->length) {
		if ((int64_t)d->length < 0)
			return kerror("%s", Enegoff);
		return permitted(st, 2);
	}
	return 0;
}

/*
 * All or nothing: what can be checked is checked first, a step that fails takes the earlier ones back. The length, which cannot be taken back,
 * comes last but for the times, which it disturbs and which only the owner's right can refuse.
 */
static int
change(Fsfile *f, const StyxDir *d, const struct stat *st, const Change *ch)
{
	/* The host's bits that are not seen here stay, but on a file they would lend its new owner's or group's rights. */
	mode_t mode = (d->mode & 0777) | (S_ISDIR(st->st_mode) ? st->st_mode & 07000 : 0);
	Renaming rn = {NULL, NULL, false};
	int fd = -1, step = 0;
	char err[ERRMAX];

	if (ch->length) {
		BLOCKING(fd, open(pathof(f), O_WRONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
		if (fd < 0)
			return fserror();
	}
	if (ch->name && rename_begin(&rn, f, d->name) < 0)
		goto bad;
	if (ch->name && setpath(f, rn.to) < 0)
		goto undo;
	step++;
	if (ch->group && setgroup(f, ch->gid) < 0)
		goto undo;
	step++;
	if (ch->mode && setmode(f, mode) < 0)
		goto undo;
	step++;
	if (ch->length && ftruncate(fd, d->length) < 0)
		goto undo;
	if (ch->times) {
		struct timespec ts[2] = {
		    {.tv_sec = d->atime, .tv_nsec = d->atime != (uint32_t)~0 ? 0 : UTIME_OMIT},
		    {.tv_sec = d->mtime, .tv_nsec = d->mtime != (uint32_t)~0 ? 0 : UTIME_OMIT},
		};
		if (settimes(f, ts) < 0)
			goto undo;
	}
	if (ch->mode && !S_ISDIR(st->st_mode) && fsmodes_set(pathof(f), st, d->mode & (STYX_DMAPPEND | STYX_DMEXCL)) < 0)
		goto undo;
	rename_end(&rn);
	if (fd >= 0)
		close(fd);
	free(rn.from);
	free(rn.to);
	return 0;
undo:
	if (step > 0)
		fserror();
	snprintf(err, sizeof err, "%s", kerrstr());
	if (step > 2 && ch->mode)
		(void)!setmode(f, st->st_mode & 07777);
	if (step > 1 && ch->group)
		(void)!setgroup(f, st->st_gid);
	rename_undo(&rn);
	if (step > 0 && ch->name)
		(void)!setpath(f, rn.from);
	kseterrstr(err);
bad:
	if (fd >= 0)
		close(fd);
	free(rn.from);
	free(rn.to);
	return -1;
}

static int
fswstat(Chan *c, StyxDir *d)
{
	Fsfile *f = c->aux;
	struct stat st;
	Change ch;

	if (filestat(f, &st) < 0 || checkchange(f, d, &st, &ch) < 0)
		return -1;
	if (ch.name || ch.mode || ch.times || ch.length || ch.group)
		return change(f, d, &st, &ch);
	/* Nothing to change: what was written is to be on disk. */
	int fd = f->fd >= 0 ? f->fd : f->dir != NULL ? dirfd(f->dir) : -1;
	if (fd >= 0 && fsync(fd) < 0 && errno != EINVAL)
		return fserror();
	return 0;
}

Dev fsdev = {
    .dc = 'U',
    .name = "fs",
    .shutdown = fsshutdown,
    .attach = fsattach,
    .walk = fswalk,
    .stat = fsstat,
    .open = fsopen,
    .create = fscreate,
    .close = fsclose,
    .read = fsread,
    .write = fswrite,
    .remove = fsremove,
    .wstat = fswstat,
    .prompt = true,
};
