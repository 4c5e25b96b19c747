/*
 * #C : commands of the host. cmd(3)
 *
 * A conversation is one command with the pipes to its standard files. The command leads a process group, which is what
 * is signalled. Its leader stays a zombie until the conversation is closed, so that the number of the group cannot come
 * to mean somebody else meanwhile; a thread per command waits for that and reaps it.
 *
 * A leader that has ended may leave others in its group. They belong to the command as long as one of them holds the
 * command's output; those that have put it off (daemons) are let go.
 */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "devs/devs.h"

enum {
	Qtop, Qcmd, Qclone, /* above the conversations */
	Qconv, Qdata, Qstderr, Qctl, Qstatus, Qwait,
	NCMD = 1000,
	NICEST = 19,
	GRACEMS = 500, /* for commands to end by themselves when emu does */
};

#define QPATH(conv, type) ((uint64_t)(conv) << 8 | (type))
#define QTYPE(c) ((int)((c)->qid.path & 0xFF))
#define QCONV(c) ((int)((c)->qid.path >> 8))

static const struct {
	const char *name;
	int type;
	uint32_t perm; /* 0: the conversation's own */
} convfile[] = {
    {"data", Qdata, 0}, {"stderr", Qstderr, 0444}, {"ctl", Qctl, 0}, {"status", Qstatus, 0444}, {"wait", Qwait, 0444},
};
enum { NCONVFILE = sizeof convfile / sizeof convfile[0] };

/* `lock` protects all of it; `changed` tells readers of wait and the command's thread. */
typedef struct Cmd Cmd;
struct Cmd {
	int n;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	int nopen;		/* channels on ctl, data, stderr, wait; 0: free, unless a command has not ended */
	int nread, nwrite, nerr; /* channels that read data, write it, read stderr */
	const char *state;
	char *owner, *dir, *arg0;
	uint32_t perm;
	bool killonclose;
	int nice;		/* -1: as emu */
	int in, out, err;	/* our ends of its standard files, not blocking; -1: closed */
	pid_t pid;		/* leader of the group, not reaped; 0: none */
	bool done;		/* the leader has ended */
	bool held;		/* an output was closed that the command still held */
	char *record;		/* for wait, until it is read; malloc'd */
};

static struct {
	pthread_mutex_t lock;
	Cmd *cmd[NCMD]; /* never freed */
	int n;
} table = {.lock = PTHREAD_MUTEX_INITIALIZER};

static const char nobody[] = "cmd"; /* owns what is free */
static const char Open[] = "Open", Execute[] = "Execute", Done[] = "Done", Closed[] = "Closed";

static int
ncmds(void)
{
	pthread_mutex_lock(&table.lock);
	int n = table.n;
	pthread_mutex_unlock(&table.lock);
	return n;
}

static Cmd *
cmdof(const Chan *c)
{
	/* Entries do not change once there are channels on them. */
	return table.cmd[QCONV(c)];
}

/* ---- conversations ---- */

static Cmd *
newcmd(int n)
{
	Cmd *cv = calloc(1, sizeof *cv);

	if (cv == NULL)
		return kerrorp("%s", Enomem);
	cv->n = n;
	cv->state = Closed;
	cv->in = cv->out = cv->err = -1;
	pthread_mutex_init(&cv->lock, NULL);
	pthread_cond_init(&cv->changed, NULL);
	return cv;
}

/* The first channel on a conversation makes it the caller's. Called with its lock. */
static int
take(Cmd *cv)
{
	cv->owner = strdup(up->env->user);
	cv->dir = strdup(fs_root != NULL ? fs_root : "/");
	if (cv->owner == NULL || cv->dir == NULL) {
		free(cv->owner);
		free(cv->dir);
		cv->owner = cv->dir = NULL;
		return kerror("%s", Enomem);
	}
	cv->perm = 0660;
	cv->killonclose = false;
	cv->nice = -1;
	cv->nread = cv->nwrite = cv->nerr = 0;
	cv->state = Open;
	return 0;
}

/* A free conversation, now the caller's and open once. */
static Cmd *
allot(void)
{
	Cmd *cv = NULL;

	pthread_mutex_lock(&table.lock);
	for (int i = 0; i < NCMD; i++) {
		if (i == table.n) {
			if ((cv = newcmd(i)) == NULL)
				break;
			table.cmd[table.n++] = cv;
		}
		cv = table.cmd[i];
		pthread_mutex_lock(&cv->lock);
		if (cv->nopen == 0 && cv->pid == 0) {
			if (take(cv) < 0) {
				pthread_mutex_unlock(&cv->lock);
				cv = NULL;
			}
			break;
		}
		pthread_mutex_unlock(&cv->lock);
		if (i == NCMD - 1)
			cv = kerrorp("%s", Enodev);
	}
	if (cv != NULL) {
		cv->nopen++;
		pthread_mutex_unlock(&cv->lock);
	}
	pthread_mutex_unlock(&table.lock);
	return cv;
}

/* One more channel on file type of cv. */
static int
join(Cmd *cv, int type, int mode)
{
	int m = openmode(mode), r = 0;

	pthread_mutex_lock(&cv->lock);
	if (type == Qctl || type == Qdata)
		r = cv->nopen > 0 ? devpermcheck(cv->owner, cv->perm, mode) : devpermcheck(nobody, 0666, mode);
	if (r == 0 && cv->nopen == 0)
		r = take(cv);
	if (r == 0) {
		cv->nopen++;
		if (type == Qdata) {
			cv->nread += m != OWRITE;
			cv->nwrite += m != OREAD;
		} else if (type == Qstderr)
			cv->nerr++;
	}
	pthread_mutex_unlock(&cv->lock);
	return r;
}

/* Whether somebody has the other end of an output. */
static bool
isheld(int fd)
{
	struct pollfd p = {.fd = fd};

	return fd >= 0 && !(poll(&p, 1, 0) == 1 && (p.revents & POLLHUP));
}

static void
shut(Cmd *cv, int *fd)
{
	if (fd != &cv->in && isheld(*fd))
		cv->held = true;
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static bool
isalive(const Cmd *cv)
{
	return cv->pid != 0 && (!cv->done || cv->held || isheld(cv->out) || isheld(cv->err));
}

static void
terminate(const Cmd *cv)
{
	if (cv->pid != 0) {
		kill(-cv->pid, SIGTERM);
		kill(-cv->pid, SIGCONT); /* what is stopped would not notice */
	}
}

static void
leave(Cmd *cv, int type, int mode)
{
	pthread_mutex_lock(&cv->lock);
	if (type == Qctl && cv->killonclose && isalive(cv))
		terminate(cv);
	if (type == Qdata && mode != OREAD && --cv->nwrite == 0)
		shut(cv, &cv->in);
	if (type == Qdata && mode != OWRITE && --cv->nread == 0)
		shut(cv, &cv->out);
	if (type == Qstderr && --cv->nerr == 0)
		shut(cv, &cv->err);
	if (--cv->nopen == 0) {
		if (isalive(cv))
			terminate(cv);
		shut(cv, &cv->in);
		shut(cv, &cv->out);
		shut(cv, &cv->err);
		free(cv->owner);
		free(cv->dir);
		free(cv->arg0);
		free(cv->record);
		cv->owner = cv->dir = cv->arg0 = cv->record = NULL;
		cv->state = Closed;
		pthread_cond_broadcast(&cv->changed);
	}
	pthread_mutex_unlock(&cv->lock);
}

/* ---- running a command ---- */

static char *
endrecord(pid_t pid, const siginfo_t *si)
{
	char text[64] = "", *q, *s = NULL;

	if (si->si_code == CLD_EXITED) {
		if (si->si_status != 0)
			snprintf(text, sizeof text, "exit: %d", si->si_status);
	} else if (si->si_code == CLD_KILLED || si->si_code == CLD_DUMPED) {
		if (si->si_status == SIGTERM || si->si_status == SIGKILL)
			snprintf(text, sizeof text, "killed");
		else
			snprintf(text, sizeof text, "signal: %d", si->si_status);
	} else
		snprintf(text, sizeof text, "odd status: 0x%x", (unsigned)si->si_status);
	q = kquote(text);
	if (q == NULL || asprintf(&s, "%d 0 0 0 %s", (int)pid, q) < 0)
		s = NULL;
	free(q);
	return s;
}

/* Waits for the command to end, then for the conversation to be closed. */
static void
attend(void *v)
{
	Cmd *cv = v;
	pid_t pid = cv->pid;
	siginfo_t si;
	char *s, *q;
	int r;

	memset(&si, 0, sizeof si);
	do
		r = waitid(P_PID, pid, &si, WEXITED | WNOWAIT);
	while (r < 0 && errno == EINTR);
	if (r == 0)
		s = endrecord(pid, &si);
	else {
		kerrno(errno);
		q = kquote(kerrstr());
		if (q == NULL || asprintf(&s, "0 0 0 0 %s", q) < 0)
			s = NULL;
		free(q);
	}
	pthread_mutex_lock(&cv->lock);
	cv->done = true;
	if (cv->nopen > 0) {
		cv->record = s;
		cv->state = Done;
	} else
		free(s);
	pthread_cond_broadcast(&cv->changed);
	while (cv->nopen > 0)
		pthread_cond_wait(&cv->changed, &cv->lock);
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	cv->pid = 0;
	pthread_mutex_unlock(&cv->lock);
}

/* What the child needs, made before there is one: between fork and exec nothing may be allocated. */
typedef struct Launch Launch;
struct Launch {
	char **argv;
	const char *dir;
	int fd[3];	/* to be 0, 1, 2; all above 2 */
	int report;
	int nice;
	bool setid;
	uid_t uid;
	gid_t gid;
};

typedef struct Trouble Trouble;
struct Trouble {
	enum { Tchdir, Tid, Texec } what;
	int err;
};

static _Noreturn void
child(const Launch *l)
{
	static const int sigs[] = {SIGPIPE, SIGXFSZ, SIGUSR1, SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGCHLD};
	Trouble t = {Texec, 0};
	sigset_t none;

	setpgid(0, 0);
	for (size_t i = 0; i < sizeof sigs / sizeof sigs[0]; i++)
		signal(sigs[i], SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	for (int i = 0; i < 3; i++)
		if (dup2(l->fd[i], i) < 0)
			goto bad;
	/* Libraries may have opened files without the flag. If the host cannot do it at once it is left at that. */
#ifdef SYS_close_range
	syscall(SYS_close_range, 3U, ~0U, 4U /* CLOSE_RANGE_CLOEXEC */);
#endif
	khostlimits();
	if (l->nice >= 0)
		setpriority(PRIO_PROCESS, 0, l->nice);
	/* By system calls: the library's functions would speak to threads that are not here. */
	t.what = Tid;
	if (l->setid && (syscall(SYS_setgroups, 1, &l->gid) < 0 || syscall(SYS_setgid, l->gid) < 0 || syscall(SYS_setuid, l->uid) < 0))
		goto bad;
	t.what = Tchdir;
	if (chdir(l->dir) < 0)
		goto bad;
	t.what = Texec;
	execvp(l->argv[0], l->argv);
bad:
	t.err = errno;
	(void)!write(l->report, &t, sizeof t);
	_exit(127);
}

static void
closepair(int p[2])
{
	for (int i = 0; i < 2; i++)
		if (p[i] >= 0)
			close(p[i]);
	p[0] = p[1] = -1;
}

/* A pipe whose ends are not among the first three numbers, should emu have been started without them. */
static int
highpipe(int p[2])
{
	if (pipe2(p, O_CLOEXEC) < 0) {
		p[0] = p[1] = -1;
		return kerrno(errno);
	}
	for (int i = 0; i < 2; i++)
		if (p[i] < 3) {
			int fd = fcntl(p[i], F_DUPFD_CLOEXEC, 3);
			if (fd < 0) {
				kerrno(errno);
				closepair(p);
				return -1;
			}
			close(p[i]);
			p[i] = fd;
		}
	return 0;
}

static int
explain(const Launch *l, const Trouble *t)
{
	char buf[ERRMAX];
	const char *s = strerror_r(t->err, buf, sizeof buf);

	switch (t->what) {
	case Tchdir:
		return kerror("can't chdir to %s: %s", l->dir, s);
	case Tid:
		return kerror("can't set uid/gid %d/%d: %s", (int)l->uid, (int)l->gid, s);
	case Texec:
		break;
	}
	return kerror("exec failed: %s", s);
}

/* Commands run as the host's user of that name, if emu may do that. */
static void
identity(Launch *l)
{
	l->setid = getuid() == 0 && up->env->uid != 0;
	l->uid = up->env->uid;
	l->gid = up->env->gid;
	if (up->env->uid < 0 || up->env->gid < 0) {
		struct passwd pw, *r = NULL;
		char buf[4096];
		getpwnam_r("nobody", &pw, buf, sizeof buf, &r);
		l->uid = r != NULL ? pw.pw_uid : 65534;
		l->gid = r != NULL ? pw.pw_gid : 65534;
	}
}

/* The pid of the new child, or -1. Waits until it runs the command. */
static pid_t
launch(const Launch *l, int report)
{
	sigset_t all, old;
	Trouble t;
	ssize_t n;

	/* No handler of ours may run in the child. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	pid_t pid = fork();
	if (pid == 0)
		child(l);
	int err = errno;
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	close(l->report);
	if (pid < 0) {
		kerrno(err);
		return -1;
	}
	do
		n = read(report, &t, sizeof t);
	while (n < 0 && errno == EINTR);
	if (n == sizeof t) {
		while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
			;
		explain(l, &t);
		return -1;
	}
	return pid;
}

/* Called with cv's lock. */
static int
start(Cmd *cv, char **argv)
{
	int p[4][2] = {{-1, -1}, {-1, -1}, {-1, -1}, {-1, -1}}; /* stdin, stdout, stderr, report */
	Launch l = {.argv = argv, .dir = cv->dir, .nice = cv->nice};
	int r = -1;

	char *arg0 = strdup(argv[0]);
	if (arg0 == NULL)
		return kerror("%s", Enomem);
	for (int i = 0; i < 4; i++)
		if (highpipe(p[i]) < 0)
			goto out;
	identity(&l);
	l.fd[0] = p[0][0];
	l.fd[1] = p[1][1];
	l.fd[2] = p[2][1];
	l.report = p[3][1];
	pid_t pid = launch(&l, p[3][0]);
	p[3][1] = -1;
	if (pid < 0)
		goto out;
	cv->pid = pid;
	cv->done = cv->held = false;
	if (kproc("cmd", attend, cv, NULL) < 0) {
		terminate(cv);
		kill(-pid, SIGKILL);
		while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
			;
		cv->pid = 0;
		goto out;
	}
	cv->in = p[0][1];
	cv->out = p[1][0];
	cv->err = p[2][0];
	p[0][1] = p[1][0] = p[2][0] = -1;
	fcntl(cv->in, F_SETFL, O_NONBLOCK);
	fcntl(cv->out, F_SETFL, O_NONBLOCK);
	fcntl(cv->err, F_SETFL, O_NONBLOCK);
	free(cv->arg0);
	cv->arg0 = arg0;
	arg0 = NULL;
	cv->state = Execute;
	r = 0;
out:
	for (int i = 0; i < 4; i++)
		closepair(p[i]);
	free(arg0);
	return r;
}

/* The words of an exec message, as a list for the host; the words stay cb's. */
static int
execute(Cmd *cv, Cmdbuf *cb)
{
	if (cb->nf < 2)
		return kerror("wrong #args in control message \"exec\"");
	if (cv->pid != 0 || cv->state != Open)
		return kerror("%s", Einuse);
	char **argv = calloc(cb->nf, sizeof *argv);
	if (argv == NULL)
		return kerror("%s", Enomem);
	for (int i = 1; i < cb->nf; i++)
		argv[i - 1] = cb->f[i];
	int r = start(cv, argv);
	free(argv);
	return r;
}

static int
control(Cmd *cv, const void *buf, long n)
{
	enum { Cdir, Cexec, Ckill, Ckillonclose, Cnice };
	static const Cmdtab tab[] = {
	    {Cdir, "dir", 2}, {Cexec, "exec", 0}, {Ckill, "kill", 1}, {Ckillonclose, "killonclose", 1}, {Cnice, "nice", 0},
	};
	Cmdbuf *cb = parsecmd(buf, n);
	const Cmdtab *ct = cb != NULL ? lookupcmd(cb, tab, sizeof tab / sizeof tab[0]) : NULL;
	char *s, *end;
	int r = 0;

	if (ct == NULL) {
		cmdbuf_free(cb);
		return -1;
	}
	pthread_mutex_lock(&cv->lock);
	switch (ct->index) {
	case Cdir:
		s = strdup(cb->f[1]);
		if (s != NULL) {
			free(cv->dir);
			cv->dir = s;
		} else
			r = kerror("%s", Enomem);
		break;
	case Cexec:
		r = execute(cv, cb);
		break;
	case Ckill:
		if (cv->pid == 0)
			r = kerror("not started");
		else
			terminate(cv);
		break;
	case Ckillonclose:
		cv->killonclose = true;
		break;
	case Cnice:
		cv->nice = NICEST;
		if (cb->nf > 1) {
			long v = strtol(cb->f[1], &end, 10);
			if (cb->nf > 2 || end == cb->f[1] || *end != 0)
				r = kerror("%s", Ebadarg);
			else
				cv->nice = v < 0 ? 0 : v > NICEST ? NICEST : (int)v;
		}
		break;
	}
	pthread_mutex_unlock(&cv->lock);
	cmdbuf_free(cb);
	return r;
}

/* ---- the files' data ---- */

/* The descriptor stays open while the caller's channel is. */
static int
endof(Cmd *cv, const int *fd)
{
	pthread_mutex_lock(&cv->lock);
	int v = *fd;
	pthread_mutex_unlock(&cv->lock);
	return v;
}

static long
readoutput(int fd, void *buf, long n)
{
	if (fd < 0 || n == 0)
		return 0;
	for (;;) {
		ssize_t r = read(fd, buf, n);
		if (r >= 0)
			return r;
		if (errno == EAGAIN) {
			if (kwaitfd(fd, POLLIN, -1) < 0)
				return -1;
		} else if (errno != EINTR)
			return kerrno(errno);
	}
}

static long
writeinput(int fd, const char *buf, long n)
{
	long done = 0;

	if (fd < 0)
		return kerror("%s", Ehungup);
	while (done < n) {
		ssize_t r = write(fd, buf + done, n - done);
		if (r >= 0)
			done += r;
		else if (errno == EAGAIN) {
			if (kwaitfd(fd, POLLOUT, -1) < 0)
				return -1;
		} else if (errno == EPIPE)
			return kerror("%s", Ehungup);
		else if (errno != EINTR)
			return kerrno(errno);
	}
	return n;
}

static long
readwait(Cmd *cv, void *buf, long n)
{
	int r = 0;

	pthread_mutex_lock(&cv->lock);
	while (cv->state != Done && (r = ksleep(&cv->changed, &cv->lock, -1)) >= 0)
		;
	if (r < 0)
		n = -1;
	else if (cv->record == NULL)
		n = 0;
	else {
		n = readstr(0, buf, n, cv->record);
		free(cv->record);
		cv->record = NULL;
	}
	pthread_mutex_unlock(&cv->lock);
	return n;
}

static long
readstatus(Cmd *cv, void *buf, long n, int64_t off)
{
	char *s = NULL;

	pthread_mutex_lock(&cv->lock);
	char *dir = kquote(cv->dir != NULL ? cv->dir : fs_root != NULL ? fs_root : "/");
	char *arg0 = kquote(cv->arg0 != NULL ? cv->arg0 : "");
	if (dir == NULL || arg0 == NULL || asprintf(&s, "cmd/%d %d %s %s %s\n", cv->n, cv->nopen, cv->state, dir, arg0) < 0)
		s = NULL;
	pthread_mutex_unlock(&cv->lock);
	n = s != NULL ? readstr(off, buf, n, s) : kerror("%s", Enomem);
	free(dir);
	free(arg0);
	free(s);
	return n;
}

/* ---- the device ---- */

static void
convdir(Chan *c, int n, int i, StyxDir *d)
{
	Cmd *cv = table.cmd[n];

	pthread_mutex_lock(&cv->lock);
	bool used = cv->nopen > 0;
	uint32_t perm = convfile[i].perm != 0 ? convfile[i].perm : used ? cv->perm : 0666;
	devdir(c, (StyxQid){.path = QPATH(n, convfile[i].type)}, convfile[i].name, 0, used ? cv->owner : nobody, perm, d);
	pthread_mutex_unlock(&cv->lock);
}

static void
directory(Chan *c, uint64_t path, const char *name, StyxDir *d)
{
	devdir(c, (StyxQid){.path = path, .type = STYX_QTDIR}, name, 0, nobody, 0555, d);
}

static int
cmdgen(Chan *c, const Dirtab *tab, int ntab, int i, StyxDir *d)
{
	char name[16];

	(void)tab;
	(void)ntab;
	switch (QTYPE(c)) {
	case Qtop:
		if (i < 0)
			directory(c, Qtop, "#C", d);
		else if (i == 0)
			directory(c, Qcmd, "cmd", d);
		else
			return -1;
		return 1;
	case Qcmd:
		if (i == DEVDOTDOT)
			directory(c, Qtop, "#C", d);
		else if (i == -1)
			directory(c, Qcmd, "cmd", d);
		else if (i == 0)
			devdir(c, (StyxQid){.path = Qclone}, "clone", 0, nobody, 0666, d);
		else if (i <= ncmds()) {
			snprintf(name, sizeof name, "%d", i - 1);
			directory(c, QPATH(i - 1, Qconv), name, d);
		} else
			return -1;
		return 1;
	case Qconv:
		if (i == DEVDOTDOT)
			directory(c, Qcmd, "cmd", d);
		else if (i == -1) {
			snprintf(name, sizeof name, "%d", QCONV(c));
			directory(c, c->qid.path, name, d);
		} else if (i < NCONVFILE)
			convdir(c, QCONV(c), i, d);
		else
			return -1;
		return 1;
	}
	return -1;
}

static Chan *
cmdattach(const char *spec)
{
	if (options.nocmd)
		return kerrorp("%s", Enoattach);
	return devattach(&cmddev, spec);
}

static Walkqid *
cmdwalk(Chan *c, Chan *nc, const char **names, int n)
{
	return devwalk(c, nc, names, n, NULL, 0, cmdgen);
}

static int
cmdstat(Chan *c, StyxDir *d)
{
	int type = QTYPE(c);

	if (c->qid.type & STYX_QTDIR)
		return devstat(c, d, NULL, 0, cmdgen);
	if (type == Qclone)
		devdir(c, c->qid, "clone", 0, nobody, 0666, d);
	for (int i = 0; i < NCONVFILE; i++)
		if (convfile[i].type == type)
			convdir(c, QCONV(c), i, d);
	return 0;
}

static Chan *
cmdopen(Chan *c, int mode)
{
	int m = openmode(mode), type = QTYPE(c);
	Cmd *cv;

	if (m < 0)
		return NULL;
	switch (type) {
	case Qclone:
		cv = allot();
		if (cv == NULL)
			return NULL;
		c->qid = (StyxQid){.path = QPATH(cv->n, Qctl)};
		break;
	case Qctl:
	case Qdata:
		if (join(cmdof(c), type, mode) < 0)
			return NULL;
		break;
	case Qstderr:
	case Qwait:
		if (m != OREAD)
			return kerrorp("%s", Eperm);
		if (join(cmdof(c), type, mode) < 0)
			return NULL;
		break;
	default:
		if (m != OREAD || (mode & (OTRUNC | ORCLOSE)))
			return kerrorp("%s", Eperm);
	}
	return devopened(c, m);
}

static void
cmdclose(Chan *c)
{
	int type = QTYPE(c);

	if ((c->flag & COPEN) && (type == Qctl || type == Qdata || type == Qstderr || type == Qwait))
		leave(cmdof(c), type, c->mode);
}

static long
cmdread(Chan *c, void *buf, long n, int64_t off)
{
	char num[16];
	Cmd *cv;

	if (c->qid.type & STYX_QTDIR)
		return devdirread(c, buf, n, NULL, 0, cmdgen);
	cv = cmdof(c);
	switch (QTYPE(c)) {
	case Qctl:
		snprintf(num, sizeof num, "%d", cv->n);
		return readstr(off, buf, n, num);
	case Qdata:
		return readoutput(endof(cv, &cv->out), buf, n);
	case Qstderr:
		return readoutput(endof(cv, &cv->err), buf, n);
	case Qwait:
		return readwait(cv, buf, n);
	case Qstatus:
		return readstatus(cv, buf, n, off);
	}
	return kerror("%s", Eperm);
}

static long
cmdwrite(Chan *c, const void *buf, long n, int64_t off)
{
	Cmd *cv = cmdof(c);

	(void)off;
	switch (QTYPE(c)) {
	case Qctl:
		return control(cv, buf, n) < 0 ? -1 : n;
	case Qdata:
		return writeinput(endof(cv, &cv->in), buf, n);
	}
	return kerror("%s", Eperm);
}

static int
cmdwstat(Chan *c, StyxDir *d)
{
	int type = QTYPE(c), r = 0;

	if (type != Qctl && type != Qdata && type != Qstderr)
		return kerror("%s", Eperm);
	Cmd *cv = cmdof(c);
	pthread_mutex_lock(&cv->lock);
	if (cv->nopen == 0 || (strcmp(cv->owner, up->env->user) != 0 && !iseve()))
		r = kerror("%s", Eperm);
	else
		devchange(&cv->owner, &cv->perm, d);
	pthread_mutex_unlock(&cv->lock);
	return r;
}

static void
cmdinit(void)
{
	/* Who started emu may have had children disappear by themselves; we must wait for ours. */
	signal(SIGCHLD, SIG_DFL);
}

/* Ends all commands: those that do not by themselves soon are not asked again. */
static void
cmdshutdown(void)
{
	struct timespec tick = {0, 5000000};
	int n = ncmds(), left = 0;
	pid_t *pid = calloc(n > 0 ? n : 1, sizeof *pid);

	for (int i = 0; i < n && pid != NULL; i++) {
		Cmd *cv = table.cmd[i];
		pthread_mutex_lock(&cv->lock);
		if (isalive(cv)) {
			terminate(cv);
			pid[left++] = cv->pid;
		}
		pthread_mutex_unlock(&cv->lock);
	}
	for (int ms = 0; left > 0; ms += 5) {
		for (int i = 0; i < left; i++) {
			/* The leader would count as one of its group until it is reaped; its own thread comes too late. */
			waitpid(pid[i], NULL, WNOHANG);
			if (ms >= GRACEMS)
				kill(-pid[i], SIGKILL);
			if (ms >= GRACEMS || (kill(-pid[i], 0) < 0 && errno == ESRCH))
				pid[i--] = pid[--left];
		}
		if (left > 0)
			nanosleep(&tick, NULL);
	}
	free(pid);
}

Dev cmddev = {
    .dc = 'C',
    .name = "cmd",
    .init = cmdinit,
    .shutdown = cmdshutdown,
    .attach = cmdattach,
    .walk = cmdwalk,
    .stat = cmdstat,
    .open = cmdopen,
    .close = cmdclose,
    .read = cmdread,
    .write = cmdwrite,
    .wstat = cmdwstat,
};
