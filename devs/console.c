/*
 * The host's end of the console: standard input by lines or by keys, standard output and error, and who has diverted them.
 *
 * The terminal stays in the host's own line mode, so that editing, echo and job control are what the user is used to; only raw
 * mode (consctl rawon) takes every key. There is no reading ahead of need: the thread that wants input reads it, one at a time,
 * the others wait. Input that is no terminal is passed on byte for byte, a line a read, and its end is final.
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

enum { CHUNK = 8192, KPRINTMAX = 32 * 1024 };

static struct {
	pthread_mutex_t lock;
	pthread_cond_t change; /* input has come, or the reader has gone */
	bool none;	       /* no input at all: -d, -I */
	bool tty;
	bool raw;
	bool reading;	       /* a thread is in the host's read */
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
	Queue *q; /* console output goes here instead */
} divert = {.lock = PTHREAD_MUTEX_INITIALIZER};

void
console_init(const Options *o)
{
	in.none = o->nocons;
	in.tty = !in.none && isatty(0) && tcgetattr(0, &in.saved) == 0;
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
	if (in.raw)
		setraw(false);
}

void
console_raw(bool on)
{
	pthread_mutex_lock(&in.lock);
	if (in.raw != on) {
		in.raw = on;
		if (on && in.n > 0)
			in.flush = true;
		setraw(on);
		if (in.reading && in.wake[1] >= 0)
			(void)!write(in.wake[1], "", 1);
		pthread_cond_broadcast(&in.change);
	}
	pthread_mutex_unlock(&in.lock);
}

/* Room for CHUNK more bytes; the lock is held. */
static int
room(void)
{
	if (in.off > 0) {
		memmove(in.buf, in.buf + in.off, in.n);
		in.off = 0;
	}
	if (in.max - in.n < CHUNK) {
		char *b = realloc(in.buf, in.n + CHUNK);
		if (b == NULL)
			return kerror("%s", Enomem);
		in.buf = b;
		in.max = in.n + CHUNK;
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

/* One read of the host, with the lock given up meanwhile. 0, or -1 when interrupted. */
static int
fill(void)
{
	char tmp[CHUNK], w;
	struct pollfd pf[2] = {{.fd = 0, .events = POLLIN}, {.fd = in.wake[0], .events = POLLIN}};
	long n = -1;
	int e = EAGAIN, r = 0;

	in.reading = true;
	pthread_mutex_unlock(&in.lock);
	if (khostcall_begin() < 0)
		r = -1;
	else {
		int k = poll(pf, 2, -1);
		if (k > 0 && pf[0].revents != 0) {
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
	if (n > 0 && room() == 0) {
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

long
console_read(void *buf, long n)
{
	size_t k;

	if (in.none)
		return kerror("%s", Enonexist);
	if (n <= 0)
		return 0;
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
		} else if (fill() < 0) {
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
