/*
 * #U : files of the host. #U is the directory that emu was given as root (or the user's own), #U* the host's whole tree. fs(3)
 *
 * A channel holds the host path of its file and what the host said of it when it was walked to. Names are bytes to both sides.
 * Symbolic links are followed; one that leads nowhere shows as itself, so that it can be removed.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
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

/* Host directory that #U serves; set by main. */
char *fs_root;

/*
 * One channel's file. `path` is absolute, without a trailing slash except that of "/" itself; its first rootlen bytes are the attach root,
 * above which .. does not lead.
 */
typedef struct Fsfile Fsfile;
struct Fsfile {
	size_t rootlen;
	struct stat st;	 /* as of the walk: permissions are checked against it */
	int fd;		 /* -1: not open */
	bool stream;	 /* no offsets */
	DIR *dir;
	int64_t diroff;	 /* offset at which the next directory read continues */
	struct dirent *held; /* entry that did not fit the last read */
	char path[];
};

static atomic_uint lastdev;

/* ---- users: names of ids, remembered ---- */

typedef struct Idname Idname;
struct Idname {
	Idname *next;
	unsigned id;
	char name[];
};
static Idname *users, *groups;
static pthread_mutex_t idlock = PTHREAD_MUTEX_INITIALIZER;

/* malloc'd name of a host user (isgroup: group), "#N" if the host knows none. */
static char *
idname(unsigned id, bool isgroup)
{
	Idname **list = isgroup ? &groups : &users, *e;
	char buf[4096], num[24];
	const char *name = NULL;

	pthread_mutex_lock(&idlock);
	for (e = *list; e != NULL; e = e->next)
		if (e->id == id)
			break;
	if (e == NULL) {
		if (isgroup) {
			struct group g, *r = NULL;
			if (getgrgid_r(id, &g, buf, sizeof buf, &r) == 0 && r != NULL)
				name = g.gr_name;
		} else {
			struct passwd p, *r = NULL;
			if (getpwuid_r(id, &p, buf, sizeof buf, &r) == 0 && r != NULL)
				name = p.pw_name;
		}
		if (name == NULL) {
			snprintf(num, sizeof num, "#%u", id);
			name = num;
		}
		e = malloc(sizeof *e + strlen(name) + 1);
		if (e != NULL) {
			e->id = id;
			strcpy(e->name, name);
			e->next = *list;
			*list = e;
		}
	}
	char *s = strdup(e != NULL ? e->name : "");
	pthread_mutex_unlock(&idlock);
	return s;
}

static bool
ingroup(gid_t gid, uid_t uid)
{
	char ubuf[4096];
	struct passwd p, *pr = NULL;
	gid_t list[256];
	int n = 256;

	if (getpwuid_r(uid, &p, ubuf, sizeof ubuf, &pr) != 0 || pr == NULL)
		return false;
	if (getgrouplist(p.pw_name, p.pw_gid, list, &n) < 0)
		return false;
	for (int i = 0; i < n; i++)
		if (list[i] == gid)
			return true;
	return false;
}

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
	    .type = S_ISDIR(st->st_mode) ? STYX_QTDIR : 0,
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

static int
fserror(void)
{
	if (errno == ENOENT)
		return kerror("%s", Enonexist);
	return kerrno(errno);
}

static Fsfile *
fsfile(const char *path, size_t rootlen)
{
	size_t n = strlen(path);
	Fsfile *f = calloc(1, sizeof *f + n + 1);

	if (f == NULL)
		return kerrorp("%s", Enomem);
	memcpy(f->path, path, n);
	f->rootlen = rootlen;
	f->fd = -1;
	return f;
}

static Chan *
fschan(Fsfile *f, uint32_t dev)
{
	Chan *c = newchan(&fsdev);

	if (c == NULL) {
		free(f);
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
	size_t n = strlen(root);
	Fsfile *f = fsfile(root, n);
	if (f == NULL)
		return NULL;
	while (n > 1 && f->path[n - 1] == '/')
		f->path[--n] = 0;
	f->rootlen = n;
	f->st = st;
	Chan *c = fschan(f, atomic_fetch_add(&lastdev, 1));
	if (c != NULL) {
		char *name = strcmp(spec, "*") == 0 ? "#U*" : "#U";
		c->path = path_new(NULL, name, NULL);
	}
	return c;
}

/* path one step on; path has room for it. */
static void
pathstep(char *path, size_t rootlen, const char *name)
{
	size_t n = strlen(path);

	if (strcmp(name, "..") == 0) {
		if (n <= rootlen)
			return;
		char *slash = strrchr(path, '/');
		if (slash == path)
			slash++;
		*slash = 0;
		return;
	}
	if (path[n - 1] != '/')
		path[n++] = '/';
	strcpy(path + n, name);
}

static Walkqid *
fswalk(Chan *c, Chan *nc, const char **names, int n)
{
	Fsfile *f = c->aux;
	Walkqid *wq = walkqid_new(n);
	size_t len = strlen(f->path) + 1;
	struct stat st = f->st;

	for (int i = 0; i < n; i++)
		len += strlen(names[i]) + 1;
	char *path = malloc(len);
	if (wq == NULL || path == NULL) {
		free(wq);
		free(path);
		return kerrorp("%s", Enomem);
	}
	strcpy(path, f->path);
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
		pathstep(path, f->rootlen, name);
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
		int fd = f->fd >= 0 ? f->fd : open(f->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
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
fsdir(Chan *c, const Fsfile *f, const struct stat *st, const char *name, StyxDir *d)
{
	d->type = 'U';
	d->dev = c->dev;
	d->qid = hostqid(st);
	d->mode = (st->st_mode & 0777) | (S_ISDIR(st->st_mode) ? STYX_DMDIR : 0);
	d->atime = st->st_atime;
	d->mtime = st->st_mtime;
	d->length = hostlength(f, st);
	d->name = strdup(name);
	d->uid = idname(st->st_uid, false);
	d->gid = idname(st->st_gid, true);
	d->muid = strdup("");
}

static const char *
lastelem(const char *path)
{
	const char *s = strrchr(path, '/');

	return s[1] != 0 ? s + 1 : s;
}

static int
fsstat(Chan *c, StyxDir *d)
{
	Fsfile *f = c->aux;
	struct stat st;

	/* An open file is asked itself: its name may be gone. */
	if ((f->fd >= 0 ? fstat(f->fd, &st) : hoststat(f->path, &st)) < 0)
		return fserror();
	fsdir(c, f, &st, lastelem(f->path), d);
	if (c->flag & CMSG)
		d->mode |= (uint32_t)1 << 28;
	return 0;
}

/* May the process do this (host permission bits rwx in the low three) to a file with that stat? */
static int
access_(const struct stat *st, int want)
{
	int uid = up->env->uid, gid = up->env->gid;
	int bits;

	if (uid == 0)
		return 0; /* the host decides */
	if (uid >= 0 && (uid_t)uid == st->st_uid)
		bits = st->st_mode >> 6;
	else if (uid >= 0 && ((gid_t)gid == st->st_gid || ingroup(st->st_gid, uid)))
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
	char *path = strdup(f->path);

	if (path == NULL)
		return kerror("%s", Enomem);
	pathstep(path, 1, "..");
	int r = stat(path, &st);
	free(path);
	if (r < 0)
		return fserror();
	return access_(&st, 2);
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
	int flags = how[omode & 3] | O_CLOEXEC | O_NOCTTY | ((omode & OTRUNC) ? O_TRUNC : 0);
	int fd;

	if (S_ISSOCK(f->st.st_mode))
		return opensocket(f->path);
	BLOCKING(fd, open(f->path, flags));
	if (fd < 0)
		return fserror();
	return fd;
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
	if (f->st.st_mode != 0 && access_(&f->st, w) < 0)
		return NULL;
	if (c->qid.type & STYX_QTDIR) {
		if (m != OREAD || (mode & OTRUNC))
			return kerrorp("%s", Eperm);
		f->dir = opendir(f->path);
		if (f->dir == NULL) {
			fserror();
			return NULL;
		}
	} else {
		if ((mode & ORCLOSE) && parentaccess(f) < 0)
			return NULL;
		f->fd = hostopen(f, mode);
		if (f->fd < 0)
			return NULL;
		f->stream = !S_ISREG(f->st.st_mode) && lseek(f->fd, 0, SEEK_CUR) < 0;
	}
	c->mode = m;
	c->offset = 0;
	c->flag |= COPEN;
	if (mode & ORCLOSE)
		c->flag |= CRCLOSE;
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
	if (access_(&f->st, 2) < 0)
		return -1;
	char *path = malloc(strlen(f->path) + strlen(name) + 2);
	if (path == NULL)
		return kerror("%s", Enomem);
	strcpy(path, f->path);
	pathstep(path, f->rootlen, name);
	nf = fsfile(path, f->rootlen);
	free(path);
	if (nf == NULL)
		return -1;
	if (perm & STYX_DMDIR) {
		mode_t p = perm & (~0777u | (f->st.st_mode & 0777)) & 0777;
		if (m != OREAD || (mode & OTRUNC)) {
			kerror("%s", Eperm);
			goto bad;
		}
		if (mkdir(nf->path, p) < 0) {
			fserror();
			goto bad;
		}
		r = chmod(nf->path, p);
		nf->dir = opendir(nf->path);
		if (nf->dir == NULL) {
			fserror();
			goto bad;
		}
	} else {
		mode_t p = perm & (~0666u | (f->st.st_mode & 0666)) & 0777;
		BLOCKING(nf->fd, open(nf->path, how[mode & 3] | O_CREAT | O_EXCL | O_CLOEXEC | O_NOCTTY, p));
		if (nf->fd < 0) {
			fserror();
			goto bad;
		}
		r = fchmod(nf->fd, p);
	}
	(void)r; /* a file system without permissions is no reason to fail */
	if (up->env->uid >= 0 && (uid_t)up->env->uid != geteuid())
		r = lchown(nf->path, up->env->uid, f->st.st_gid);
	if ((nf->fd >= 0 ? fstat(nf->fd, &nf->st) : stat(nf->path, &nf->st)) < 0) {
		fserror();
		goto bad;
	}
	free(f);
	c->aux = nf;
	c->qid = hostqid(&nf->st);
	c->mode = m;
	c->offset = 0;
	c->flag |= COPEN;
	return 0;
bad:
	if (nf->fd >= 0)
		close(nf->fd);
	free(nf);
	return -1;
}

static void
fsclose(Chan *c)
{
	Fsfile *f = c->aux;

	if (f == NULL)
		return;
	if (f->fd >= 0)
		close(f->fd);
	if (f->dir != NULL)
		closedir(f->dir);
	if ((c->flag & (COPEN | CRCLOSE)) == (COPEN | CRCLOSE)) {
		if (c->qid.type & STYX_QTDIR)
			rmdir(f->path);
		else
			unlink(f->path);
	}
	free(f);
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
		return kerrno(errno);
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
			return done > 0 ? done : kerrno(errno);
		done += r;
	} while (done < n && r > 0);
	return done;
}

static int
fsremove(Chan *c)
{
	Fsfile *f = c->aux;

	if (strlen(f->path) <= f->rootlen)
		return kerror("%s", Eperm);
	if (parentaccess(f) < 0)
		return -1;
	if (((c->qid.type & STYX_QTDIR) ? rmdir(f->path) : unlink(f->path)) < 0) {
		/* A link to a directory is a file to the host. */
		if (errno != ENOTDIR || unlink(f->path) < 0)
			return fserror();
	}
	return 0;
}

static int
groupid(const char *name, gid_t *gid)
{
	char buf[4096];
	struct group g, *r = NULL;

	if (getgrnam_r(name, &g, buf, sizeof buf, &r) != 0 || r == NULL)
		return kerror("%s", Eunknown);
	*gid = g.gr_gid;
	return 0;
}

static int
rename_(Fsfile **fp, const char *name)
{
	Fsfile *f = *fp, *nf;
	char *path = malloc(strlen(f->path) + strlen(name) + 2);

	if (path == NULL)
		return kerror("%s", Enomem);
	strcpy(path, f->path);
	pathstep(path, 1, "..");
	pathstep(path, 1, name);
	if (rename(f->path, path) < 0) {
		free(path);
		return fserror();
	}
	nf = fsfile(path, f->rootlen);
	free(path);
	if (nf == NULL)
		return 0; /* renamed, though the channel does not know the new name */
	char *hold = nf->path;
	size_t n = strlen(hold);
	Fsfile *r = realloc(f, sizeof *f + n + 1);
	if (r != NULL) {
		memcpy(r->path, nf->path, n + 1);
		*fp = r;
	}
	free(nf);
	return 0;
}

/*
 * All checks come first, then the changes in the order of the manual; what was changed before a failure is put back.
 */
static int
fswstat(Chan *c, StyxDir *d)
{
	Fsfile *f = c->aux;
	struct stat st;
	gid_t gid = -1;
	bool name = d->name[0] != 0 && strcmp(d->name, lastelem(f->path)) != 0, mode = d->mode != (uint32_t)~0,
	     times = d->atime != (uint32_t)~0 || d->mtime != (uint32_t)~0, length = d->length != (uint64_t)~0;

	if ((f->fd >= 0 ? fstat(f->fd, &st) : hoststat(f->path, &st)) < 0)
		return fserror();
	if (!name && !mode && !times && !length && d->gid[0] == 0) {
		if (f->fd >= 0 && fsync(f->fd) < 0 && errno != EINVAL)
			return kerrno(errno);
		return 0;
	}
	bool owner = up->env->uid == 0 || (up->env->uid >= 0 && (uid_t)up->env->uid == st.st_uid);
	if (name) {
		if (strcmp(d->name, ".") == 0 || strcmp(d->name, "..") == 0 || validname(d->name, false) < 0)
			return kerror("%s", Efilename);
		if (strlen(f->path) <= f->rootlen)
			return kerror("%s", Eperm);
		if (parentaccess(f) < 0)
			return -1;
	}
	if (mode && ((d->mode & STYX_DMDIR) != 0) != S_ISDIR(st.st_mode))
		return kerror("%s", Ebadarg);
	if ((mode || times || d->gid[0] != 0) && !owner)
		return kerror("%s", Enotowner);
	if (d->gid[0] != 0 && groupid(d->gid, &gid) < 0)
		return -1;
	if (length) {
		if (S_ISDIR(st.st_mode)) {
			if (d->length != 0)
				return kerror("%s", Eperm);
			length = false;
		} else if ((int64_t)d->length < 0)
			return kerror("%s", Enegoff);
		else if (access_(&st, 2) < 0)
			return -1;
	}

	char *old = name ? strdup(lastelem(f->path)) : NULL;
	bool moded = false;
	if (name) {
		if (rename_(&f, d->name) < 0)
			goto bad;
		c->aux = f;
	}
	if (mode) {
		if (chmod(f->path, d->mode & 0777) < 0) {
			fserror();
			goto undo;
		}
		moded = true;
	}
	if (times) {
		struct timespec ts[2] = {
		    {.tv_sec = d->atime != (uint32_t)~0 ? d->atime : st.st_atime},
		    {.tv_sec = d->mtime != (uint32_t)~0 ? d->mtime : st.st_mtime},
		};
		if (utimensat(AT_FDCWD, f->path, ts, 0) < 0) {
			fserror();
			goto undo;
		}
	}
	if (d->gid[0] != 0 && chown(f->path, -1, gid) < 0) {
		fserror();
		goto undo;
	}
	if (length && (f->fd >= 0 && c->mode != OREAD ? ftruncate(f->fd, d->length) : truncate(f->path, d->length)) < 0) {
		fserror();
		goto undo;
	}
	free(old);
	return 0;
undo:
	if (moded)
		(void)!chmod(f->path, st.st_mode & 0777);
	if (name && old != NULL) {
		char err[ERRMAX];
		snprintf(err, sizeof err, "%s", kerrstr());
		if (rename_(&f, old) == 0)
			c->aux = f;
		kseterrstr(err);
	}
bad:
	free(old);
	return -1;
}

Dev fsdev = {
    .dc = 'U',
    .name = "fs",
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
};
