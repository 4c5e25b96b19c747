/*
 * The host's end of the console: standard input by lines or by keys, standard output and error, and who has diverted them.
 *
 * At a terminal a line that is wanted is edited (lineedit.c), or typed in the host's own line mode where that is not possible. While
 * nobody wants a line the terminal stays in that mode, so echo and job control are what the user is used to; only raw mode (consctl
 * rawon) takes every key. The thread that wants input reads it, one at a time, the others wait. Input that is no terminal is
 * passed on byte for byte, a line a read, and its end is final.
 *
 * ^C is for the shell that reads commands here, and for what it has started since it last wanted one: the foreground. Shells make
 * themselves known (consctl shell); the latest that lives counts. Each time it reads it gets a new number, which what it starts
 * inherits (Osenv.foreground).
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "devs/console.h"
#include "devs/lineedit.h"

enum { CHUNK = 8192, KPRINTMAX = 32 * 1024 };

static struct {
	pthread_mutex_t lock;
	pthread_cond_t change; /* input has come, or the reader has gone */
	bool none;	       /* no input at all: -d, -I */
	bool tty;
	atomic_bool raw;	       /* the editor asks without the lock, holding its own */
	bool reading;	       /* a thread is in the host's read, */
	bool editing;	       /* or in the editor */
	bool eof;	       /* final */
	int eofs;	       /* ends of file typed on a terminal, to be reported once each */
	bool flush;	       /* deliver a partial line */
	int wake[2];	       /* tells the reading thread that the mode changed */
	struct termios saved, rawmode;
	char *buf;	       /* bytes read and not delivered: from off on */
	size_t off, n, max;
} in = {.lock = PTHREAD_MUTEX_INITIALIZER, .change = PTHREAD_COND_INITIALIZER};

static struct {
	pthread_mutex_t lock;
	int *shell; /* pids of shells, the latest last */
	int nshell, maxshell;
	int number; /* of the foreground */
	int left;   /* foreground that was interrupted last */
} front = {.lock = PTHREAD_MUTEX_INITIALIZER};

static struct {
	pthread_mutex_t lock;
	Queue *q; /* console output goes here instead */
} divert = {.lock = PTHREAD_MUTEX_INITIALIZER};

/* A fault of emu itself: the terminal is left as it was found, then the signal does what it does. */
static void
crash(int sig)
{
	tcsetattr(0, TCSANOW, &in.saved);
	signal(sig, SIG_DFL);
	raise(sig);
}

static void
catchcrash(void)
{
	static const int sigs[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
	struct sigaction sa;

	memset(&sa, 0, sizeof sa);
	sa.sa_handler = crash;
	sa.sa_flags = SA_ONSTACK;
	for (size_t i = 0; i < sizeof sigs / sizeof sigs[0]; i++)
		sigaction(sigs[i], &sa, NULL);
}

void
console_init(const Options *o)
{
	in.none = o->nocons;
	in.tty = !in.none && isatty(0) && tcgetattr(0, &in.saved) == 0;
	if (in.tty) {
		lineedit_init(!o->noedit);
		catchcrash();
	}
	if (pipe2(in.wake, O_CLOEXEC | O_NONBLOCK) < 0)
		in.wake[0] = in.wake[1] = -1;
}

static void
setraw(bool on)
{
	if (!in.tty)
		return;
	if (on) {
		in.rawmode = in.saved;
		in.rawmode.c_iflag &= ~(IGNBRK | BRKINT | PARMRK | ISTRIP | INLCR | IGNCR | IXON);
		in.rawmode.c_iflag |= ICRNL;
		in.rawmode.c_lflag &= ~(ECHO | ECHONL | ICANON | ISIG | IEXTEN);
		in.rawmode.c_cc[VMIN] = 1;
		in.rawmode.c_cc[VTIME] = 0;
		tcsetattr(0, TCSANOW, &in.rawmode);
	} else
		tcsetattr(0, TCSANOW, &in.saved);
}

void
console_restore(void)
{
	if (!in.tty)
		return;
	/* Output that ^S has stopped goes on when ^S means nothing: it is not to keep emu from ending. */
	struct termios t = in.saved;
	t.c_iflag &= ~IXON;
	tcsetattr(0, TCSANOW, &t);
	lineedit_end();
	setraw(false);
}

bool
console_isterminal(void)
{
	return in.tty;
}

void
console_resized(void)
{
	lineedit_resized();
}

void
console_suspend(void)
{
	lineedit_suspend();
	if (in.raw)
		setraw(false);
}

void
console_resume(void)
{
	if (tcgetpgrp(0) != getpgrp())
		return; /* in the background: the terminal is somebody else's */
	lineedit_resume();
	if (in.raw)
		setraw(true);
}

void
console_raw(bool on)
{
	pthread_mutex_lock(&in.lock);
	if (in.raw != on) {
		in.raw = on;
		if (on && in.n > 0)
			in.flush = true;
		if (in.editing) {
			/* It sets the mode when it has given up the line. */
			if (on)
				lineedit_stop();
		} else
			setraw(on);
		if (in.reading && in.wake[1] >= 0)
			(void)!write(in.wake[1], "", 1);
		pthread_cond_broadcast(&in.change);
	}
	pthread_mutex_unlock(&in.lock);
}

/* Room for n more bytes; the lock is held. */
static int
room(size_t n)
{
	if (in.off > 0) {
		memmove(in.buf, in.buf + in.off, in.n);
		in.off = 0;
	}
	if (in.max - in.n < n) {
		char *b = realloc(in.buf, in.n + n);
		if (b == NULL)
			return kerror("%s", Enomem);
		in.buf = b;
		in.max = in.n + n;
	}
	return 0;
}

/* Keys as programs know them: the terminal's DEL is a backspace. */
static void
mapkeys(char *p, long n)
{
	for (long i = 0; i < n; i++)
		if (p[i] == 0x7F)
			p[i] = '\b';
}

static void
append(const char *s, size_t n)
{
	if (n > 0 && room(n) == 0) {
		memcpy(in.buf + in.n, s, n);
		in.n += n;
	}
}

static bool
rawwanted(void)
{
	return in.raw;
}

/* One line from the editor, with the lock given up meanwhile. 0, or -1 when interrupted. */
static int
edit(bool shell)
{
	char *text;
	size_t n;

	in.reading = in.editing = true;
	pthread_mutex_unlock(&in.lock);
	int how = lineedit(shell, rawwanted, &text, &n);
	pthread_mutex_lock(&in.lock);
	in.reading = in.editing = false;
	append(text, n);
	free(text);
	if (how == EDIT_EOF)
		in.eofs++;
	else if (how == EDIT_HANGUP)
		in.eof = true;
	if (in.raw) {
		in.flush = in.n > 0;
		setraw(true);
	}
	pthread_cond_broadcast(&in.change);
	return how == EDIT_STOP && kinterrupted() ? kerror("%s", Eintr) : 0;
}

/* One read of the host, with the lock given up meanwhile. 0, or -1 when interrupted. */
static int
fill(void)
{
	char tmp[CHUNK], w;
	struct pollfd pf[2] = {{.fd = 0, .events = POLLIN}, {.fd = in.wake[0], .events = POLLIN}};
	long n = -1;
	int e = EAGAIN, r = 0;

	/* What the editor has read ahead comes first. */
	size_t ahead = lineedit_ahead(tmp, sizeof tmp);
	if (ahead > 0) {
		if (in.raw)
			mapkeys(tmp, ahead);
		append(tmp, ahead);
		return 0;
	}
	in.reading = true;
	pthread_mutex_unlock(&in.lock);
	if (khostcall_begin() < 0)
		r = -1;
	else {
		int k = poll(pf, 2, -1);
		if (in.tty)
			signals_settle();
		if (k > 0 && pf[0].revents != 0 && !kinterrupted()) {
			n = read(0, tmp, sizeof tmp);
			e = errno;
		}
		while (in.wake[0] >= 0 && (pf[1].revents & POLLIN) && read(in.wake[0], &w, 1) == 1)
			;
		khostcall_end();
		if (kinterrupted())
			r = kerror("%s", Eintr);
	}
	pthread_mutex_lock(&in.lock);
	in.reading = false;
	if (n > 0 && room(n) == 0) {
		if (in.tty && in.raw)
			mapkeys(tmp, n);
		memcpy(in.buf + in.n, tmp, n);
		in.n += n;
		r = 0;
	} else if (n == 0) {
		if (in.tty && !in.raw)
			in.eofs++;
		else
			in.eof = true;
	} else if (n < 0 && e != EAGAIN && e != EINTR)
		in.eof = true; /* the terminal has gone */
	pthread_cond_broadcast(&in.change);
	return r;
}

/* How many bytes a read of at most n may have now; 0: none yet. */
static size_t
ready(size_t n)
{
	char *nl;

	if (in.n == 0)
		return 0;
	if (n > in.n)
		n = in.n;
	if (in.raw)
		return n;
	nl = memchr(in.buf + in.off, '\n', n);
	if (nl != NULL)
		return nl + 1 - (in.buf + in.off);
	/* No line end within reach: a long line is passed on in pieces, the last one when the input ends. */
	if (in.eof || in.eofs > 0 || in.flush || n < in.n || in.n >= CHUNK || in.tty)
		return n;
	return 0;
}

/* ---- the foreground ---- */

/* The pid of the latest shell that lives, or 0. The lock is held. */
static int
lastshell(void)
{
	while (front.nshell > 0 && vmops.pgrp(front.shell[front.nshell - 1]) < 0)
		front.nshell--;
	return front.nshell > 0 ? front.shell[front.nshell - 1] : 0;
}

int
console_shell(void)
{
	int pid = up->env->pid, r = 0;

	pthread_mutex_lock(&front.lock);
	if (lastshell() != pid) {
		if (front.nshell == front.maxshell) {
			int max = 2 * front.maxshell + 4, *p = realloc(front.shell, max * sizeof *p);
			if (p == NULL)
				r = kerror("%s", Enomem);
			else {
				front.shell = p;
				front.maxshell = max;
			}
		}
		if (r == 0)
			front.shell[front.nshell++] = pid;
	}
	pthread_mutex_unlock(&front.lock);
	return r;
}

/* The caller reads the console: whether it is the shell there. What it has started so far is then no longer in the foreground. */
static bool
foreground(void)
{
	bool shell;

	if (!in.tty)
		return false;
	pthread_mutex_lock(&front.lock);
	shell = up->env->pid != 0 && lastshell() == up->env->pid;
	if (shell)
		atomic_store(&up->env->foreground, ++front.number);
	pthread_mutex_unlock(&front.lock);
	return shell;
}

bool
console_interrupt(void)
{
	if (!in.tty)
		return false;
	pthread_mutex_lock(&front.lock);
	int pid = lastshell(), number = front.number, left = front.left;
	front.left = number;
	pthread_mutex_unlock(&front.lock);
	if (pid == 0)
		return false;
	pthread_mutex_lock(&in.lock);
	in.n = in.eofs = 0; /* what was typed ahead is void; what comes later has not been read yet (signals_settle) */
	pthread_mutex_unlock(&in.lock);
	lineedit_interrupted();
	vmops.interrupt(pid, number, left >= number - 1 ? left : -1);
	return true;
}

long
console_read(void *buf, long n)
{
	size_t k;

	if (in.none)
		return kerror("%s", Enonexist);
	if (n <= 0)
		return 0;
	bool shell = foreground();
	pthread_mutex_lock(&in.lock);
	while ((k = ready(n)) == 0) {
		if (in.n == 0 && in.eofs > 0) {
			in.eofs--;
			break;
		}
		if (in.eof)
			break;
		if (in.reading) {
			if (ksleep(&in.change, &in.lock, -1) < 0) {
				pthread_mutex_unlock(&in.lock);
				return -1;
			}
		} else if ((in.tty && !in.raw && lineedit_available() ? edit(shell) : fill()) < 0) {
			pthread_mutex_unlock(&in.lock);
			return -1;
		}
	}
	if (k > 0) {
		memcpy(buf, in.buf + in.off, k);
		in.off += k;
		in.n -= k;
		if (in.n == 0)
			in.flush = false;
	}
	pthread_mutex_unlock(&in.lock);
	return k;
}

long
console_readhost(void *buf, long n)
{
	for (;;) {
		if (kwaitfd(0, POLLIN, -1) < 0)
			return -1;
		long r = read(0, buf, n);
		if (r >= 0)
			return r;
		if (errno != EINTR && errno != EAGAIN)
			return kerrno(errno);
	}
}

long
console_hostwrite(int fd, const void *buf, long n)
{
	long done = 0;

	if (lineedit_isterminal(fd)) {
		int e = lineedit_write(fd, buf, n);
		return e == 0 ? n : kerrno(e);
	}
	while (done < n) {
		if (khostcall_begin() < 0)
			return -1;
		long r = write(fd, (const char *)buf + done, n - done);
		int e = errno;
		khostcall_end();
		if (r >= 0) {
			done += r;
			continue;
		}
		if (e == EAGAIN) {
			if (kwaitfd(fd, POLLOUT, -1) < 0)
				return -1;
			continue;
		}
		if (e == EINTR && !kinterrupted())
			continue;
		if (e == EPIPE && options.pipeends && fd <= 2)
			khalt(128 + SIGPIPE); /* as the signal would, had it been left to */
		if (e == EPIPE && up != NULL)
			up->exception = "write on closed pipe";
		return kerrno(e);
	}
	return n;
}

long
console_output(int hostfd, const void *buf, long n)
{
	pthread_mutex_lock(&divert.lock);
	Queue *q = divert.q != NULL ? qref(divert.q) : NULL;
	pthread_mutex_unlock(&divert.lock);
	if (q != NULL) {
		qproduce(q, buf, n);
		qput(q);
		return n;
	}
	return console_hostwrite(hostfd, buf, n);
}

void
console_write(int hostfd, const void *buf, long n)
{
	console_output(hostfd, buf, n);
}

Queue *
console_divert(void)
{
	Queue *q = qopen(KPRINTMAX, QCOALESCE);

	if (q == NULL)
		return NULL;
	pthread_mutex_lock(&divert.lock);
	if (divert.q != NULL) {
		pthread_mutex_unlock(&divert.lock);
		qput(q);
		return kerrorp("%s", Einuse);
	}
	divert.q = qref(q);
	pthread_mutex_unlock(&divert.lock);
	return q;
}

void
console_undivert(Queue *q)
{
	pthread_mutex_lock(&divert.lock);
	if (divert.q == q) {
		divert.q = NULL;
		qput(q);
	}
	pthread_mutex_unlock(&divert.lock);
	qput(q);
}

void
kprint(const char *fmt, ...)
{
	va_list arg;
	char *s;

	va_start(arg, fmt);
	int n = vasprintf(&s, fmt, arg);
	va_end(arg);
	if (n < 0)
		return;
	console_output(1, s, n);
	free(s);
}
