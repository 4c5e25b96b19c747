/*
 * A transport over host file descriptors: sockets, pipes, terminals.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "styx.h"

typedef struct Fds {
	int rfd;
	int wfd;
} Fds;

static ssize_t
fail(char *err, size_t nerr)
{
	char text[STYX_ERRMAX];

	/* The GNU form: the result need not be in text. */
	styx_errcopy(err, nerr, strerror_r(errno, text, sizeof text));
	return -1;
}

static ssize_t
fds_read(void *aux, void *buf, size_t n, char *err, size_t nerr)
{
	Fds *f = aux;
	ssize_t r;

	do
		r = read(f->rfd, buf, n);
	while (r < 0 && errno == EINTR);
	return r < 0 ? fail(err, nerr) : r;
}

static ssize_t
fds_write(void *aux, const void *buf, size_t n, char *err, size_t nerr)
{
	Fds *f = aux;
	const char *p = buf;
	size_t done = 0;
	ssize_t r;

	while (done < n) {
		/* A socket whose other end has gone must not raise SIGPIPE in a program that knows nothing of it. */
		r = send(f->wfd, p + done, n - done, MSG_NOSIGNAL);
		if (r < 0 && errno == ENOTSOCK)
			r = write(f->wfd, p + done, n - done);
		if (r < 0 && errno == EINTR)
			continue;
		if (r < 0)
			return fail(err, nerr);
		done += (size_t)r;
	}
	return (ssize_t)done;
}

static void
fds_hangup(void *aux)
{
	Fds *f = aux;

	shutdown(f->rfd, SHUT_RDWR);
	if (f->wfd != f->rfd)
		shutdown(f->wfd, SHUT_RDWR);
}

static void
fds_close(void *aux)
{
	Fds *f = aux;

	close(f->rfd);
	if (f->wfd != f->rfd)
		close(f->wfd);
	free(f);
}

bool
styx_transport_fd(StyxTransport *t, int rfd, int wfd)
{
	Fds *f = malloc(sizeof *f);

	if (f == NULL)
		return false;
	f->rfd = rfd;
	f->wfd = wfd;
	*t = (StyxTransport){fds_read, fds_write, fds_hangup, fds_close, f};
	return true;
}
