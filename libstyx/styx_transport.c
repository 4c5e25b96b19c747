/*
 * A transport over host file descriptors (sockets, pipes, terminals), and calling a server to get one.
 */
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
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

static int
dial_unix(const char *path, char *err, size_t nerr)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	int fd;

	if (strlen(path) >= sizeof a.sun_path) {
		errno = ENAMETOOLONG;
		return (int)fail(err, nerr);
	}
	strcpy(a.sun_path, path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return (int)fail(err, nerr);
	if (connect(fd, (struct sockaddr *)&a, sizeof a) < 0) {
		fail(err, nerr);
		close(fd);
		return -1;
	}
	return fd;
}

/* Every address of the host in turn; what is said in the end is why the last could not be reached. */
static int
dial_tcp(const char *host, const char *port, char *err, size_t nerr)
{
	struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *list, *a;
	int e, fd = -1, one = 1;

	e = getaddrinfo(host, port, &hints, &list);
	if (e != 0) {
		styx_errcopy(err, nerr, gai_strerror(e));
		return -1;
	}
	for (a = list; a != NULL; a = a->ai_next) {
		fd = socket(a->ai_family, a->ai_socktype | SOCK_CLOEXEC, a->ai_protocol);
		if (fd < 0) {
			fail(err, nerr);
			continue;
		}
		if (connect(fd, a->ai_addr, a->ai_addrlen) == 0)
			break;
		fail(err, nerr);
		close(fd);
		fd = -1;
	}
	freeaddrinfo(list);
	if (fd >= 0)
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
	return fd;
}

int
styx_dial(const char *addr, char *err, size_t nerr)
{
	char host[NI_MAXHOST];
	const char *port;

	if (strncmp(addr, "unix!", 5) == 0)
		return dial_unix(addr + 5, err, nerr);
	if (addr[0] == '/')
		return dial_unix(addr, err, nerr);
	if (strncmp(addr, "tcp!", 4) == 0 || strncmp(addr, "net!", 4) == 0)
		addr += 4;
	port = strchr(addr, '!');
	if (port == NULL) {
		/* As Unix writes it, host:port; but an address of several colons is one of IPv6. */
		port = strchr(addr, ':');
		if (port != NULL && strchr(port + 1, ':') != NULL)
			port = NULL;
	}
	if (port == NULL)
		port = addr + strlen(addr);
	if (port == addr || (size_t)(port - addr) >= sizeof host) {
		styx_errcopy(err, nerr, "bad network address");
		return -1;
	}
	snprintf(host, sizeof host, "%.*s", (int)(port - addr), addr);
	if (*port != '\0')
		port++;
	if (*port == '\0' || strcmp(port, "styx") == 0)
		port = STYX_PORT;
	return dial_tcp(host, port, err, nerr);
}
