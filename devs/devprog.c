/*
 * #p : the Dis processes. A directory per process with files to watch and control it. prog(3)
 *
 * All that is known of a process comes from the virtual machine (vmops). A channel is bound to a pid: when the process is
 * gone its files say so, except for what a status must still tell.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "devs/devs.h"

enum {
	Qdir,
	Qproc, /* a process's directory */
	Qctl, Qdbgctl, Qheap, Qns, Qnsgrp, Qpgrp, Qstack, Qstatus, Qtext, Qwait, Qfd, Qexception,
	WAITQ = 256 * 1024, /* bytes of exit records kept for a reader: a shell may not read for many background commands */
	QBITS = 4,
};

/* Qid path: pid << QBITS | file. */
static const Dirtab progtab[] = {
    {"ctl", {.path = Qctl}, 0, 0200},
    {"dbgctl", {.path = Qdbgctl}, 0, 0600},
    {"heap", {.path = Qheap}, 0, 0600},
    {"ns", {.path = Qns}, 0, 0400},
    {"nsgrp", {.path = Qnsgrp}, 0, 0444},
    {"pgrp", {.path = Qpgrp}, 0, 0444},
    {"stack", {.path = Qstack}, 0, 0400},
    {"status", {.path = Qstatus}, 0, 0444},
    {"text", {.path = Qtext}, 0, 0000},
    {"wait", {.path = Qwait}, 0, 0400},
    {"fd", {.path = Qfd}, 0, 0400},
    {"exception", {.path = Qexception}, 0, 0400},
};
enum { NPROG = sizeof progtab / sizeof progtab[0] };

/* Behind an open file that keeps something. */
typedef struct Progopen Progopen;
struct Progopen {
	pthread_mutex_t lock;
	Queue *waitq;	/* wait */
	int line;	/* ns: next line */
	int *pids;	/* #p itself: the processes when its listing began, */
	int npid, next;	/* and which of them comes next */
	void *dbg;	/* dbgctl */
	char *answer;	/* heap: of the last query */
};

static int
pidof(const Chan *c)
{
	return c->qid.path >> QBITS;
}

static int
fileof(const Chan *c)
{
	return c->qid.path & ((1 << QBITS) - 1);
}

/* The process's environment, referenced, and its user in *user (malloc'd) and /prog mode. NULL with Ethread if it is gone. */
static Osenv *
procenv(int pid, char **user, uint32_t *progmode)
{
	Osenv *e = vmops.env != NULL ? vmops.env(pid) : NULL;
	bool alive = false;

	if (e != NULL) {
		pthread_mutex_lock(&e->lock);
		if (e->pgrp != NULL) {
			alive = true;
			if (user != NULL)
				*user = strdup(e->user);
			if (progmode != NULL)
				*progmode = pgrp_progmode(e->pgrp);
		}
		pthread_mutex_unlock(&e->lock);
	}
	if (!alive) {
		osenv_put(e);
		return kerrorp("%s", Ethread);
	}
	return e;
}

/* Mode shown for a file: bits for others follow the name space's /prog mode if the file has none of its own. */
static uint32_t
effective(uint32_t m, uint32_t progmode)
{
	if (m & 07)
		return m;
	return (m | m >> 3 | m >> 6) & progmode;
}

static int
proggen(Chan *c, const Dirtab *tab, int ntab, int i, StyxDir *d)
{
	char name[16], *user = NULL;
	uint32_t mode;

	(void)tab;
	(void)ntab;
	if (i == DEVDOTDOT || c->qid.path == Qdir) {
		if (i >= 0)
			return -1; /* processes are listed by proglist */
		devdir(c, (StyxQid){.type = STYX_QTDIR}, "#p", 0, eve, 0555, d);
		return 1;
	}
	int pid = pidof(c);
	if (i >= NPROG)
		return -1;
	Osenv *e = procenv(pid, &user, &mode);
	if (e == NULL)
		return -1;
	if (i < 0) {
		snprintf(name, sizeof name, "%d", pid);
		devdir(c, (StyxQid){.path = (uint64_t)pid << QBITS | Qproc, .type = STYX_QTDIR}, name, 0, user != NULL ? user : eve, 0555,
		       d);
	} else
		devdir(c, (StyxQid){.path = (uint64_t)pid << QBITS | progtab[i].qid.path}, progtab[i].name, 0, user != NULL ? user : eve,
		       effective(progtab[i].perm, mode), d);
	free(user);
	osenv_put(e);
	return 1;
}

static Chan *
progattach(const char *spec)
{
	return devattach(&progdev, spec);
}

static Walkqid *
progwalk(Chan *c, Chan *nc, const char **names, int n)
{
	Walkqid *wq = walkqid_new(n);
	StyxQid q = c->qid;
	bool made = nc == NULL;

	if (wq == NULL || (made && (nc = newchan(&progdev)) == NULL)) {
		free(wq);
		return NULL;
	}
	for (; wq->nqid < n; wq->nqid++) {
		const char *name = names[wq->nqid];
		if (!(q.type & STYX_QTDIR)) {
			kerror("%s", Enotdir);
			break;
		}
		if (strcmp(name, "..") == 0)
			q = (StyxQid){.type = STYX_QTDIR};
		else if (q.path == Qdir) {
			char canon[16];
			long pid = strtol(name, NULL, 10);
			snprintf(canon, sizeof canon, "%d", (int)pid);
			Osenv *e = pid > 0 && strcmp(canon, name) == 0 ? procenv(pid, NULL, NULL) : NULL;
			if (e == NULL) {
				kerror("%s", Enonexist);
				break;
			}
			osenv_put(e);
			q = (StyxQid){.path = (uint64_t)pid << QBITS | Qproc, .type = STYX_QTDIR};
		} else {
			int i;
			for (i = 0; i < NPROG && strcmp(progtab[i].name, name) != 0; i++)
				;
			if (i == NPROG) {
				kerror("%s", Enonexist);
				break;
			}
			q = (StyxQid){.path = (q.path & ~(uint64_t)((1 << QBITS) - 1)) | progtab[i].qid.path};
		}
		wq->qid[wq->nqid] = q;
	}
	if (wq->nqid == n) {
		nc->qid = q;
		nc->dev = c->dev;
		wq->clone = nc;
		return wq;
	}
	if (made) {
		nc->flag |= CFREE;
		cclose(nc);
	}
	if (wq->nqid > 0)
		return wq;
	free(wq);
	return NULL;
}

static int
progstat(Chan *c, StyxDir *d)
{
	int f = fileof(c);

	if (c->qid.path == Qdir)
		return devstat(c, d, NULL, 0, proggen);
	/* The directory's own entry, or its file's: both are generated from a channel on the directory. */
	Chan dir = *c;
	dir.qid.path = (c->qid.path & ~(uint64_t)((1 << QBITS) - 1)) | Qproc;
	if (f == Qproc) {
		if (proggen(&dir, NULL, 0, -1, d) != 1)
			return kerror("%s", Ethread);
		return 0;
	}
	for (int i = 0; i < NPROG; i++)
		if (progtab[i].qid.path == (uint64_t)f) {
			if (proggen(&dir, NULL, 0, i, d) != 1)
				return kerror("%s", Ethread);
			return 0;
		}
	return kerror("%s", Enonexist);
}

static int
openwait(int pid, Progopen *o)
{
	Osenv *e = procenv(pid, NULL, NULL);

	if (e == NULL)
		return -1;
	o->waitq = qopen(WAITQ, QMSG);
	if (o->waitq == NULL) {
		osenv_put(e);
		return -1;
	}
	/* Children spawned from now on report here. */
	pthread_mutex_lock(&e->lock);
	Queue *old = e->childq;
	e->childq = qref(o->waitq);
	pthread_mutex_unlock(&e->lock);
	qput(old);
	osenv_put(e);
	return 0;
}

static void
progopen_free(Progopen *o)
{
	if (o == NULL)
		return;
	qput(o->waitq);
	if (o->dbg != NULL)
		vmops.dbgclose(o->dbg);
	free(o->answer);
	free(o->pids);
	pthread_mutex_destroy(&o->lock);
	free(o);
}

/* The next processes of a listing: those that were there when it began and still are. */
static long
proglist(Chan *c, void *buf, long n)
{
	Progopen *o = c->aux;
	long m = 0;

	pthread_mutex_lock(&o->lock);
	if (c->offset == 0) {
		free(o->pids);
		o->pids = NULL;
		o->npid = vmops.pids != NULL ? vmops.pids(&o->pids) : 0;
		o->next = 0;
	}
	for (; o->next < o->npid; o->next++) {
		StyxDir d;
		Chan dir = *c;
		dir.qid.path = (uint64_t)o->pids[o->next] << QBITS | Qproc;
		if (proggen(&dir, NULL, 0, -1, &d) != 1)
			continue;
		bool fits = (long)styx_dir_size(&d) <= n - m;
		if (fits) {
			m += styx_dir_encode(&d, (char *)buf + m, n - m);
		} else if (m == 0)
			m = kerror("%s", Eshort);
		dir_clear(&d);
		if (!fits)
			break;
	}
	pthread_mutex_unlock(&o->lock);
	return m;
}

static Chan *
progopen(Chan *c, int mode)
{
	int m = openmode(mode), f = fileof(c), pid = pidof(c);
	StyxDir d;

	if (m < 0)
		return NULL;
	if (c->qid.type & STYX_QTDIR) {
		if (m != OREAD || (mode & (OTRUNC | ORCLOSE)))
			return kerrorp("%s", Eperm);
		if (c->qid.path == Qdir) {
			Progopen *dir = calloc(1, sizeof *dir);
			if (dir == NULL)
				return kerrorp("%s", Enomem);
			pthread_mutex_init(&dir->lock, NULL);
			c->aux = dir;
		}
		c->mode = m;
		c->flag |= COPEN;
		return c;
	}
	if (progstat(c, &d) < 0)
		return NULL;
	int bad = f == Qtext ? kerror("%s", Eperm) : devpermcheck(d.uid, d.mode, mode);
	dir_clear(&d);
	if (bad < 0)
		return NULL;
	Progopen *o = calloc(1, sizeof *o);
	if (o == NULL)
		return kerrorp("%s", Enomem);
	pthread_mutex_init(&o->lock, NULL);
	if (f == Qwait && openwait(pid, o) < 0)
		goto bad;
	if (f == Qdbgctl || f == Qheap) {
		if (m != ORDWR || (vmops.isprivate != NULL && vmops.isprivate(pid) > 0)) {
			kerror("%s", Eperm);
			goto bad;
		}
		if (f == Qdbgctl && (vmops.dbgopen == NULL || (o->dbg = vmops.dbgopen(pid)) == NULL))
			goto bad;
	}
	c->aux = o;
	return devopened(c, m);
bad:
	progopen_free(o);
	return NULL;
}

static void
progclose(Chan *c)
{
	progopen_free(c->aux);
}

/* Serves a read from malloc'd text, which is freed; NULL is an error already set. */
static long
readtext(int64_t off, void *buf, long n, char *s)
{
	if (s == NULL)
		return -1;
	n = readstr(off, buf, n, s);
	free(s);
	return n;
}

static long
readns(Osenv *e, Progopen *o, void *buf, long n)
{
	pthread_mutex_lock(&e->lock);
	Pgrp *p = e->pgrp != NULL ? pgrp_ref(e->pgrp) : NULL;
	pthread_mutex_unlock(&e->lock);
	if (p == NULL)
		return kerror("%s", Ethread);
	pthread_mutex_lock(&o->lock);
	char *s = pgrp_nsline(p, o->line++);
	pthread_mutex_unlock(&o->lock);
	pgrp_put(p);
	if (s == NULL)
		return 0;
	return readtext(0, buf, n, s);
}

static char *
fdlist(Osenv *e)
{
	char *s = NULL;
	size_t len = 0;

	pthread_mutex_lock(&e->lock);
	Pgrp *p = e->pgrp != NULL ? pgrp_ref(e->pgrp) : NULL;
	Fgrp *f = e->fgrp != NULL ? fgrp_ref(e->fgrp) : NULL;
	pthread_mutex_unlock(&e->lock);
	FILE *out = open_memstream(&s, &len);
	if (p == NULL || f == NULL || out == NULL) {
		pgrp_put(p);
		fgrp_put(f);
		if (out != NULL)
			fclose(out);
		free(s);
		return kerrorp("%s", Ethread);
	}
	char *dot = pgrp_dot(p);
	fprintf(out, "%s\n", dot);
	free(dot);
	int width = 1;
	for (int pass = 0; pass < 2; pass++)
		for (int i = 0; i <= fgrp_maxfd(f); i++) {
			Chan *c = fgrp_chan(f, i);
			if (c == NULL)
				continue;
			if (pass == 0) {
				int w = snprintf(NULL, 0, "%u", c->qid.vers);
				if (w > width)
					width = w;
			} else {
				long k = fdline(NULL, 0, i, c, width);
				char *line = malloc(k + 64);
				if (line != NULL) {
					fdline(line, k + 64, i, c, width);
					fputs(line, out);
				}
				free(line);
			}
			cclose(c);
		}
	fclose(out);
	pgrp_put(p);
	fgrp_put(f);
	return s;
}

static long
progread(Chan *c, void *buf, long n, int64_t off)
{
	Progopen *o = c->aux;
	int pid = pidof(c);
	char num[16], *s;

	if (c->qid.path == Qdir)
		return proglist(c, buf, n);
	if (c->qid.type & STYX_QTDIR)
		return devdirread(c, buf, n, NULL, 0, proggen);
	switch (fileof(c)) {
	case Qwait:
		return qread(o->waitq, buf, n);
	case Qstatus:
		return readtext(off, buf, n, vmops.status(pid));
	case Qstack:
		return readtext(off, buf, n, vmops.stack(pid));
	case Qexception:
		return readtext(off, buf, n, vmops.exception(pid));
	case Qdbgctl:
		return readtext(0, buf, n, vmops.dbgevent(o->dbg));
	case Qheap:
		pthread_mutex_lock(&o->lock);
		n = o->answer != NULL ? readstr(off, buf, n, o->answer) : 0;
		pthread_mutex_unlock(&o->lock);
		return n;
	}
	Osenv *e = procenv(pid, NULL, NULL);
	if (e == NULL)
		return -1;
	switch (fileof(c)) {
	case Qns:
		n = readns(e, o, buf, n);
		break;
	case Qnsgrp:
		pthread_mutex_lock(&e->lock);
		snprintf(num, sizeof num, "%11d", e->pgrp != NULL ? pgrp_id(e->pgrp) : 0);
		pthread_mutex_unlock(&e->lock);
		n = readstr(off, buf, n, num);
		break;
	case Qpgrp:
		snprintf(num, sizeof num, "%11d", vmops.pgrp(pid));
		n = readstr(off, buf, n, num);
		break;
	case Qfd:
		s = fdlist(e);
		n = readtext(off, buf, n, s);
		break;
	default:
		n = kerror("%s", Eperm);
	}
	osenv_put(e);
	return n;
}

static long
progwrite(Chan *c, const void *buf, long n, int64_t off)
{
	Progopen *o = c->aux;
	Cmdbuf *cb;
	char *s, *a;
	int r;

	(void)off;
	switch (fileof(c)) {
	case Qctl:
	case Qdbgctl:
		cb = parsecmd(buf, n);
		if (cb == NULL)
			return -1;
		r = fileof(c) == Qctl ? vmops.ctl(pidof(c), cb) : vmops.dbgctl(o->dbg, cb);
		cmdbuf_free(cb);
		return r < 0 ? -1 : n;
	case Qheap:
		s = strndup(buf, n);
		a = s != NULL && vmops.heap != NULL ? vmops.heap(pidof(c), s) : NULL;
		free(s);
		if (a == NULL)
			return -1;
		pthread_mutex_lock(&o->lock);
		free(o->answer);
		o->answer = a;
		pthread_mutex_unlock(&o->lock);
		return n;
	}
	return kerror("%s", Eperm);
}

static int
progwstat(Chan *c, StyxDir *d)
{
	char *user = NULL;

	if (fileof(c) <= Qproc)
		return kerror("%s", Eperm);
	Osenv *e = procenv(pidof(c), &user, NULL);
	if (e == NULL)
		return -1;
	int r = 0;
	if (strcmp(user, up->env->user) != 0 && !iseve())
		r = kerror("%s", Eperm);
	else if (d->mode != (uint32_t)~0) {
		pthread_mutex_lock(&e->lock);
		if (e->pgrp != NULL)
			pgrp_setprogmode(e->pgrp, d->mode);
		pthread_mutex_unlock(&e->lock);
	}
	free(user);
	osenv_put(e);
	return r;
}

Dev progdev = {
    .dc = 'p',
    .name = "prog",
    .attach = progattach,
    .walk = progwalk,
    .stat = progstat,
    .open = progopen,
    .close = progclose,
    .read = progread,
    .write = progwrite,
    .wstat = progwstat,
};
