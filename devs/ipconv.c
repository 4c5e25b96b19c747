/*
 * Conversations of #I: sockets, connections, announcements, data.
 */
#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "devs/ipconv.h"

enum {
	MAXCONV = 32768,
	BACKLOG = 256,
	MINKEEPALIVE = 120, /* seconds */
	RESLO = 600, RESHI = 1023, /* local ports of a reserved connection */
};

const char *const convstate[] = {"Closed", "Announcing", "Announced", "Connecting", "Established"};

/*
 * The conversations of each protocol; they are made when first needed and stay. A bit for each that may be free (whether it is says
 * its nopen), and below lowest there are none.
 */
static struct {
	pthread_mutex_t lock;
	Conv *conv[MAXCONV];
	int n;
	uint64_t free[MAXCONV / 64];
	int lowest; /* index in free */
} table[NPROTO] = {[0 ... NPROTO - 1] = {.lock = PTHREAD_MUTEX_INITIALIZER}};

/* ---- sockets ---- */

static Sock *
sock_new(int proto)
{
	int type = (proto == UDP ? SOCK_DGRAM : SOCK_STREAM) | SOCK_CLOEXEC, one = 1, zero = 0;
	Sock *s = calloc(1, sizeof *s);

	if (s == NULL)
		return kerrorp("%s", Enomem);
	atomic_init(&s->ref, 1);
	if (proto == UNIX) {
		s->fd = socket(AF_UNIX, type, 0);
		if (s->fd < 0) {
			free(s);
			kerrno(errno);
			return NULL;
		}
		return s;
	}
	s->v6 = true;
	s->fd = socket(AF_INET6, type, 0);
	if (s->fd >= 0 && setsockopt(s->fd, IPPROTO_IPV6, IPV6_V6ONLY, &zero, sizeof zero) < 0) {
		close(s->fd);
		s->fd = -1;
	}
	if (s->fd < 0) {
		s->v6 = false;
		s->fd = socket(AF_INET, type, 0);
	}
	if (s->fd < 0) {
		free(s);
		kerrno(errno);
		return NULL;
	}
	if (proto == UDP)
		setsockopt(s->fd, SOL_SOCKET, SO_BROADCAST, &one, sizeof one);
	else
		setsockopt(s->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
	return s;
}

static void
sock_put(Sock *s)
{
	if (s == NULL || atomic_fetch_sub(&s->ref, 1) != 1)
		return;
	close(s->fd);
	free(s->path);
	free(s);
}

/* The conversation's socket, referenced, or NULL with Ehungup. */
static Sock *
sock_get(Conv *cv)
{
	Sock *s = NULL;

	pthread_mutex_lock(&cv->lock);
	if (cv->sock != NULL && !cv->sock->dead) {
		s = cv->sock;
		atomic_fetch_add(&s->ref, 1);
	}
	pthread_mutex_unlock(&cv->lock);
	if (s == NULL)
		return kerrorp("%s", Ehungup);
	return s;
}

static socklen_t
toaddr(const Sock *s, const Ipaddr *ip, int port, struct sockaddr_storage *ss)
{
	memset(ss, 0, sizeof *ss);
	if (s->v6) {
		struct sockaddr_in6 *a = (struct sockaddr_in6 *)ss;
		a->sin6_family = AF_INET6;
		a->sin6_port = htons(port);
		memcpy(&a->sin6_addr, ip->a, 16);
		a->sin6_scope_id = ip->scope;
		/* An unspecified IPv4 address means all of this socket's. */
		if (ip_isany(ip))
			memset(&a->sin6_addr, 0, 16);
		return sizeof *a;
	}
	struct sockaddr_in *a = (struct sockaddr_in *)ss;
	a->sin_family = AF_INET;
	a->sin_port = htons(port);
	if (!ip_isany(ip))
		memcpy(&a->sin_addr, ip->a + 12, 4);
	return sizeof *a;
}

static void
fromaddr(const struct sockaddr_storage *ss, Ipaddr *ip, int *port)
{
	memset(ip, 0, sizeof *ip);
	*port = 0;
	if (ss->ss_family == AF_INET6) {
		const struct sockaddr_in6 *a = (const struct sockaddr_in6 *)ss;
		memcpy(ip->a, &a->sin6_addr, 16);
		*port = ntohs(a->sin6_port);
	} else if (ss->ss_family == AF_INET) {
		const struct sockaddr_in *a = (const struct sockaddr_in *)ss;
		ip->a[10] = ip->a[11] = 0xFF;
		memcpy(ip->a + 12, &a->sin_addr, 4);
		*port = ntohs(a->sin_port);
	}
}

/* ---- the table ---- */

Conv *
conv_byindex(int proto, int n)
{
	Conv *cv = NULL;

	pthread_mutex_lock(&table[proto].lock);
	if (n >= 0 && n < table[proto].n)
		cv = table[proto].conv[n];
	pthread_mutex_unlock(&table[proto].lock);
	return cv;
}

int
conv_count(int proto)
{
	pthread_mutex_lock(&table[proto].lock);
	int n = table[proto].n;
	pthread_mutex_unlock(&table[proto].lock);
	return n;
}

static void
setowner(Conv *cv)
{
	devsetowner(&cv->owner, up->env->user);
	cv->perm = 0660;
}

/* The lowest conversation that may be free, or n; table lock held. */
static int
lowest(int proto)
{
	int words = (table[proto].n + 63) / 64;

	while (table[proto].lowest < words && table[proto].free[table[proto].lowest] == 0)
		table[proto].lowest++;
	if (table[proto].lowest == words)
		return table[proto].n;
	return 64 * table[proto].lowest + __builtin_ctzll(table[proto].free[table[proto].lowest]);
}

static void
markfree(const Conv *cv)
{
	int w = cv->n / 64;

	pthread_mutex_lock(&table[cv->proto].lock);
	table[cv->proto].free[w] |= 1ull << cv->n % 64;
	if (w < table[cv->proto].lowest)
		table[cv->proto].lowest = w;
	pthread_mutex_unlock(&table[cv->proto].lock);
}

/* Takes the lowest free conversation; it has no socket yet. */
static Conv *
claim(int proto)
{
	Conv *cv = NULL;
	int i;

	pthread_mutex_lock(&table[proto].lock);
	while ((i = lowest(proto)) < table[proto].n) {
		cv = table[proto].conv[i];
		table[proto].free[i / 64] &= ~(1ull << i % 64);
		pthread_mutex_lock(&cv->lock);
		if (cv->nopen == 0)
			break;
		pthread_mutex_unlock(&cv->lock);
	}
	if (i == table[proto].n) {
		cv = i < MAXCONV ? calloc(1, sizeof *cv) : NULL;
		if (cv == NULL) {
			pthread_mutex_unlock(&table[proto].lock);
			return kerrorp("%s", i < MAXCONV ? Enomem : Enodev);
		}
		pthread_mutex_init(&cv->lock, NULL);
		cv->proto = proto;
		cv->n = i;
		cv->owner = strdup("network");
		table[proto].conv[table[proto].n++] = cv;
		pthread_mutex_lock(&cv->lock);
	}
	cv->nopen = 1;
	cv->state = CLOSED;
	cv->used = false;
	cv->headers = NOHEADERS;
	setowner(cv);
	pthread_mutex_unlock(&cv->lock);
	pthread_mutex_unlock(&table[proto].lock);
	return cv;
}

Conv *
conv_alloc(int proto)
{
	Conv *cv = claim(proto);

	if (cv == NULL)
		return NULL;
	Sock *s = sock_new(proto);
	if (s == NULL) {
		conv_close(cv);
		return NULL;
	}
	pthread_mutex_lock(&cv->lock);
	cv->sock = s;
	pthread_mutex_unlock(&cv->lock);
	return cv;
}

int
conv_open(Conv *cv)
{
	int r = 0;
	bool unmark = false;

	pthread_mutex_lock(&cv->lock);
	if (cv->nopen++ == 0) {
		cv->state = CLOSED;
		cv->used = false;
		cv->headers = NOHEADERS;
		setowner(cv);
		cv->sock = sock_new(cv->proto);
		if (cv->sock == NULL) {
			cv->nopen--;
			unmark = true;
			r = -1;
		}
	} else if (strcmp(cv->owner, up->env->user) != 0 && !iseve() && (cv->perm & 06) != 06) {
		cv->nopen--;
		r = kerror("%s", Eperm);
	}
	pthread_mutex_unlock(&cv->lock);
	if (unmark)
		markfree(cv);
	return r;
}

/* Ends the socket's use: whoever waits in it is woken. The lock is held. */
static Sock *
detach(Conv *cv)
{
	Sock *s = cv->sock;

	cv->sock = NULL;
	cv->state = CLOSED;
	if (s != NULL) {
		s->dead = true;
		shutdown(s->fd, SHUT_RDWR);
		if (s->path != NULL)
			unlink(s->path);
	}
	return s;
}

void
conv_close(Conv *cv)
{
	Sock *s = NULL;

	pthread_mutex_lock(&cv->lock);
	bool last = --cv->nopen == 0;
	if (last)
		s = detach(cv);
	pthread_mutex_unlock(&cv->lock);
	if (last)
		markfree(cv);
	sock_put(s);
}

/* A name of the host: a path, or with @ for the NUL before it a name that is in no directory. Peers need not have one. */
static int
unixname(const struct sockaddr_un *sun, socklen_t len, char *buf, size_t n)
{
	int k = (int)len - (int)offsetof(struct sockaddr_un, sun_path);

	if (k <= 0)
		return snprintf(buf, n, "unnamed\n");
	if (sun->sun_path[0] == 0)
		return snprintf(buf, n, "@%.*s\n", k - 1, sun->sun_path + 1);
	return snprintf(buf, n, "%.*s\n", k, sun->sun_path);
}

int
conv_name(Conv *cv, bool remote, char *buf, size_t n)
{
	struct sockaddr_storage ss;
	socklen_t len = sizeof ss;
	Ipaddr ip = ipany;
	int port = 0;
	char text[IPSTRLEN];

	memset(&ss, 0, sizeof ss);
	pthread_mutex_lock(&cv->lock);
	if (cv->sock != NULL && cv->proto == UNIX) {
		if ((remote ? getpeername : getsockname)(cv->sock->fd, (struct sockaddr *)&ss, &len) < 0)
			len = 0;
		pthread_mutex_unlock(&cv->lock);
		return unixname((struct sockaddr_un *)&ss, len, buf, n);
	}
	if (cv->sock != NULL && (remote ? getpeername : getsockname)(cv->sock->fd, (struct sockaddr *)&ss, &len) == 0)
		fromaddr(&ss, &ip, &port);
	pthread_mutex_unlock(&cv->lock);
	return snprintf(buf, n, "%s!%d\n", ip_format(&ip, text), port);
}

/* ---- ctl ---- */

/* Takes a fresh conversation for a connect or announce. Its socket, referenced, or NULL. */
static Sock *
begin(Conv *cv, int state)
{
	Sock *s = NULL;

	pthread_mutex_lock(&cv->lock);
	if (cv->state != CLOSED || cv->used || cv->sock == NULL)
		kerror("connection in use");
	else {
		cv->used = true;
		cv->state = state;
		s = cv->sock;
		atomic_fetch_add(&s->ref, 1);
	}
	pthread_mutex_unlock(&cv->lock);
	return s;
}

static void
finish(Conv *cv, Sock *s, int state)
{
	pthread_mutex_lock(&cv->lock);
	if (cv->sock == s && !s->dead)
		cv->state = state;
	pthread_mutex_unlock(&cv->lock);
	sock_put(s);
}

static int
bindlocal(Sock *s, const Ipaddr *ip, int port)
{
	struct sockaddr_storage ss;
	socklen_t len = toaddr(s, ip, port, &ss);

	if (bind(s->fd, (struct sockaddr *)&ss, len) < 0)
		return kerrno(errno);
	return 0;
}

static int
bindreserved(Sock *s)
{
	for (int p = RESHI; p >= RESLO; p--) {
		struct sockaddr_storage ss;
		socklen_t len = toaddr(s, &ipany, p, &ss);
		if (bind(s->fd, (struct sockaddr *)&ss, len) == 0)
			return 0;
		if (errno != EADDRINUSE)
			return kerrno(errno);
	}
	return kerrno(EADDRINUSE);
}

/* An IPv4 address on a socket that can only do the other kind, and so on. */
static int
checkfamily(const Sock *s, const Ipaddr *ip)
{
	if (!s->v6 && !ip_isv4(ip) && !ip_isany(ip))
		return kerrno(EAFNOSUPPORT);
	return 0;
}

/* addr!port[!r] */
static int
parseaddr(char *text, Ipaddr *ip, int *port, bool *reserved)
{
	char *bang = strchr(text, '!'), *r;

	if (bang == NULL)
		return kerror("malformed address");
	*bang++ = 0;
	*reserved = false;
	r = strchr(bang, '!');
	if (r != NULL) {
		*r++ = 0;
		*reserved = strcmp(r, "r") == 0;
	}
	if (ip_parse(text, ip) < 0)
		return -1;
	*port = port_parse(bang);
	return *port < 0 ? -1 : 0;
}

/*
 * The host's calls on sockets wait inside the host, which costs one call less than to ask first. An interruption ends them with
 * EINTR; so does a signal that meant something else, and then they go on.
 */
static int
connecting(Sock *s, const struct sockaddr *sa, socklen_t len)
{
	int e = 0;
	socklen_t elen = sizeof e;

	if (khostcall_begin() < 0)
		return -1;
	if (connect(s->fd, sa, len) < 0)
		e = errno;
	khostcall_end();
	if (e == EINTR) {
		/* It goes on by itself. */
		if (kwaitfd(s->fd, POLLOUT, -1) < 0)
			return -1;
		e = 0;
		getsockopt(s->fd, SOL_SOCKET, SO_ERROR, &e, &elen);
	}
	if (s->dead)
		return kerror("%s", Ehungup);
	return e != 0 ? kerrno(e) : 0;
}

/* The host's address for a name as above; a service behind it, as dial strings have, means nothing. Its length, or -1. */
static int
unixaddr(const char *name, struct sockaddr_un *sun)
{
	size_t k = strcspn(name, "!");

	memset(sun, 0, sizeof *sun);
	sun->sun_family = AF_UNIX;
	if (options.nohost)
		return kerror("%s", Eperm);
	if (name[0] != '/' && name[0] != '@')
		return kerror("malformed address");
	if (k >= sizeof sun->sun_path)
		return kerror("address too long");
	memcpy(sun->sun_path, name, k);
	if (name[0] == '@')
		sun->sun_path[0] = 0;
	return offsetof(struct sockaddr_un, sun_path) + k + (name[0] == '/');
}

static int
unixconnect(Conv *cv, Cmdbuf *cb)
{
	struct sockaddr_un sun;

	if (cb->nf != 2)
		return kerror("bad args to connect");
	int len = unixaddr(cb->f[1], &sun);
	Sock *s = len > 0 ? begin(cv, CONNECTING) : NULL;
	if (s == NULL)
		return -1;
	int r = connecting(s, (struct sockaddr *)&sun, len);
	finish(cv, s, r == 0 ? ESTABLISHED : CLOSED);
	return r;
}

/* Whether a socket is left at the path to which nobody listens any more. */
static bool
stale(const struct sockaddr_un *sun, socklen_t len)
{
	struct stat st;
	int fd;

	if (sun->sun_path[0] == 0 || lstat(sun->sun_path, &st) < 0 || !S_ISSOCK(st.st_mode))
		return false;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return false;
	bool dead = connect(fd, (const struct sockaddr *)sun, len) < 0 && errno == ECONNREFUSED;
	close(fd);
	return dead;
}

static int
unixannounce(Conv *cv, Cmdbuf *cb)
{
	struct sockaddr_un sun;

	if (cb->nf != 2)
		return kerror("bad args to announce");
	int len = unixaddr(cb->f[1], &sun);
	Sock *s = len > 0 ? begin(cv, ANNOUNCING) : NULL;
	if (s == NULL)
		return -1;
	int r = bind(s->fd, (struct sockaddr *)&sun, len);
	if (r < 0 && errno == EADDRINUSE && stale(&sun, len)) {
		unlink(sun.sun_path);
		r = bind(s->fd, (struct sockaddr *)&sun, len);
	}
	if (r == 0 && sun.sun_path[0] != 0)
		s->path = strdup(sun.sun_path);
	if (r < 0 || listen(s->fd, BACKLOG) < 0)
		r = kerrno(errno);
	finish(cv, s, r == 0 ? ANNOUNCED : CLOSED);
	return r;
}

static int
ctlconnect(Conv *cv, Cmdbuf *cb)
{
	Ipaddr ip;
	int port = 0, lport = 0, r = 0;
	bool reserved = false;
	struct sockaddr_storage ss;

	if (cb->nf < 2 || cb->nf > 3)
		return kerror("bad args to connect");
	if (parseaddr(cb->f[1], &ip, &port, &reserved) < 0)
		return -1;
	if (cb->nf == 3) {
		char *p = strrchr(cb->f[2], '!');
		lport = port_parse(p != NULL ? p + 1 : cb->f[2]);
		if (lport < 0)
			return -1;
	}
	Sock *s = begin(cv, CONNECTING);
	if (s == NULL)
		return -1;
	if (ip_isany(&ip)) {
		/* "Any" as a destination is this host. */
		ip_parse(s->v6 && !ip_isv4(&ip) ? "::1" : "127.0.0.1", &ip);
	}
	r = checkfamily(s, &ip);
	if (r == 0 && reserved)
		r = bindreserved(s);
	else if (r == 0 && lport > 0)
		r = bindlocal(s, &ipany, lport);
	if (r == 0) {
		r = connecting(s, (struct sockaddr *)&ss, toaddr(s, &ip, port, &ss));
	}
	finish(cv, s, r == 0 ? ESTABLISHED : CLOSED);
	return r < 0 ? -1 : 0;
}

static int
ctlannounce(Conv *cv, Cmdbuf *cb, bool bindonly)
{
	Ipaddr ip = ipany;
	int port, r = 0, one = 1;
	char *text, *bang;

	if (cb->nf != 2)
		return kerror(bindonly ? "bad args to bind" : "bad args to announce");
	text = cb->f[1];
	bang = strrchr(text, '!');
	if (bang != NULL) {
		*bang++ = 0;
		if (strcmp(text, "*") != 0 && ip_parse(text, &ip) < 0)
			return -1;
		text = bang;
	}
	if (strcmp(text, "*") == 0) {
		if (!iseve())
			return kerror("%s", Eperm);
		port = 0;
	} else if ((port = port_parse(text)) < 0)
		return -1;
	if (bindonly) {
		Sock *s = sock_get(cv);
		if (s == NULL)
			return -1;
		r = checkfamily(s, &ip);
		if (r == 0)
			r = bindlocal(s, &ip, port);
		sock_put(s);
		return r;
	}
	Sock *s = begin(cv, ANNOUNCING);
	if (s == NULL)
		return -1;
	setsockopt(s->fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
	r = checkfamily(s, &ip);
	if (r == 0)
		r = bindlocal(s, &ip, port);
	if (r == 0 && cv->proto == TCP && listen(s->fd, BACKLOG) < 0)
		r = kerrno(errno);
	finish(cv, s, r == 0 ? ANNOUNCED : CLOSED);
	return r;
}

static int
ctlhangup(Conv *cv)
{
	struct linger reset = {.l_onoff = 1, .l_linger = 0};

	if (cv->proto == UDP)
		return kerror("unknown control request");
	pthread_mutex_lock(&cv->lock);
	if (cv->sock != NULL && cv->state == ESTABLISHED)
		setsockopt(cv->sock->fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
	Sock *s = detach(cv);
	cv->used = true;
	pthread_mutex_unlock(&cv->lock);
	sock_put(s);
	return 0;
}

static int
ctlkeepalive(Conv *cv, Cmdbuf *cb)
{
	int one = 1, secs = cb->nf > 1 ? atoi(cb->f[1]) / 1000 : MINKEEPALIVE;

	if (cv->proto != TCP)
		return kerror("unknown control request");
	if (secs < MINKEEPALIVE)
		secs = MINKEEPALIVE;
	Sock *s = sock_get(cv);
	if (s == NULL)
		return -1;
	setsockopt(s->fd, SOL_SOCKET, SO_KEEPALIVE, &one, sizeof one);
	setsockopt(s->fd, IPPROTO_TCP, TCP_KEEPIDLE, &secs, sizeof secs);
	sock_put(s);
	return 0;
}

int
conv_ctl(Conv *cv, const void *buf, long n)
{
	static const char *const modes[] = {[HEADERS] = "headers", [OLDHEADERS] = "oldheaders", [HEADERS4] = "headers4"};
	Cmdbuf *cb = parsecmd(buf, n);
	int r = 0;

	if (cb == NULL)
		return -1;
	if (cb->nf == 0)
		r = kerror("short control request");
	else if (cv->proto == UNIX && strcmp(cb->f[0], "connect") == 0)
		r = unixconnect(cv, cb);
	else if (cv->proto == UNIX && strcmp(cb->f[0], "announce") == 0)
		r = unixannounce(cv, cb);
	else if (cv->proto == UNIX && strcmp(cb->f[0], "bind") == 0)
		r = kerror("unknown control request");
	else if (strcmp(cb->f[0], "connect") == 0)
		r = ctlconnect(cv, cb);
	else if (strcmp(cb->f[0], "announce") == 0)
		r = ctlannounce(cv, cb, false);
	else if (strcmp(cb->f[0], "bind") == 0)
		r = ctlannounce(cv, cb, true);
	else if (strcmp(cb->f[0], "hangup") == 0)
		r = ctlhangup(cv);
	else if (strcmp(cb->f[0], "keepalive") == 0)
		r = ctlkeepalive(cv, cb);
	else if (strcmp(cb->f[0], "ttl") == 0 || strcmp(cb->f[0], "tos") == 0 || strcmp(cb->f[0], "ignoreadvice") == 0 ||
		 strcmp(cb->f[0], "accept") == 0)
		r = 0;
	else if (strcmp(cb->f[0], "reject") == 0)
		r = ctlhangup(cv);
	else {
		r = kerror("unknown control request");
		for (int i = HEADERS; i <= HEADERS4; i++)
			if (cv->proto == UDP && strcmp(cb->f[0], modes[i]) == 0) {
				pthread_mutex_lock(&cv->lock);
				cv->headers = i;
				pthread_mutex_unlock(&cv->lock);
				r = 0;
			}
	}
	cmdbuf_free(cb);
	return r;
}

Conv *
conv_listen(Conv *cv)
{
	int fd, one = 1;

	pthread_mutex_lock(&cv->lock);
	bool ok = cv->state == ANNOUNCED && cv->proto != UDP;
	pthread_mutex_unlock(&cv->lock);
	if (!ok)
		return kerrorp("not announced");
	Sock *s = sock_get(cv);
	if (s == NULL)
		return NULL;
	int e = EINTR;
	for (fd = -1; fd < 0 && (e == EINTR || e == ECONNABORTED);) {
		if (khostcall_begin() < 0) {
			sock_put(s);
			return NULL;
		}
		fd = accept4(s->fd, NULL, NULL, SOCK_CLOEXEC);
		e = errno;
		khostcall_end();
	}
	if (fd < 0) {
		if (s->dead || e == EINVAL)
			kerror("%s", Ehungup);
		else
			kerrno(e);
		sock_put(s);
		return NULL;
	}
	Sock *ns = calloc(1, sizeof *ns);
	Conv *nc = ns != NULL ? claim(cv->proto) : NULL;
	if (nc == NULL) {
		close(fd);
		free(ns);
		sock_put(s);
		return NULL;
	}
	if (cv->proto == TCP)
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
	atomic_init(&ns->ref, 1);
	ns->fd = fd;
	ns->v6 = s->v6;
	pthread_mutex_lock(&nc->lock);
	nc->sock = ns;
	nc->state = ESTABLISHED;
	nc->used = true;
	pthread_mutex_unlock(&nc->lock);
	sock_put(s);
	return nc;
}

/* ---- data ---- */

static const int headersize[] = {[NOHEADERS] = 0, [HEADERS] = 52, [OLDHEADERS] = 36, [HEADERS4] = 12};

static void
put16(uint8_t *p, int v)
{
	p[0] = v >> 8;
	p[1] = v;
}

static int
fillheader(Sock *s, int mode, const struct sockaddr_storage *from, uint8_t *h)
{
	struct sockaddr_storage ss;
	socklen_t len = sizeof ss;
	Ipaddr rip, lip = ipany;
	int rport, lport = 0;

	fromaddr(from, &rip, &rport);
	memset(&ss, 0, sizeof ss);
	if (getsockname(s->fd, (struct sockaddr *)&ss, &len) == 0)
		fromaddr(&ss, &lip, &lport);
	switch (mode) {
	case HEADERS:
		memcpy(h, rip.a, 16);
		memcpy(h + 16, lip.a, 16);
		memcpy(h + 32, lip.a, 16);
		put16(h + 48, rport);
		put16(h + 50, lport);
		break;
	case OLDHEADERS:
		memcpy(h, rip.a, 16);
		memcpy(h + 16, lip.a, 16);
		put16(h + 32, rport);
		put16(h + 34, lport);
		break;
	case HEADERS4:
		if (!ip_isv4(&rip))
			return kerror("OUdphdrlenv4 with IPv6 address");
		memcpy(h, rip.a + 12, 4);
		memcpy(h + 4, lip.a + 12, 4);
		put16(h + 8, rport);
		put16(h + 10, lport);
		break;
	}
	return 0;
}

long
conv_read(Conv *cv, void *buf, long n)
{
	int h = headersize[cv->headers];
	struct sockaddr_storage from;
	long r;

	if (n < h)
		return kerror("%s", Ebadarg);
	Sock *s = sock_get(cv);
	if (s == NULL)
		return -1;
	for (;;) {
		socklen_t len = sizeof from;
		if (h > 0)
			memset(&from, 0, sizeof from);
		if (khostcall_begin() < 0) {
			sock_put(s);
			return -1;
		}
		r = recvfrom(s->fd, (uint8_t *)buf + h, n - h, 0, h > 0 ? (struct sockaddr *)&from : NULL, h > 0 ? &len : NULL);
		int e = errno;
		khostcall_end();
		if (r > 0 || (r == 0 && !s->dead))
			break;
		if (r < 0 && e == EINTR)
			continue;
		if (s->dead || e == ENOTCONN)
			kerror("%s", Ehungup);
		else
			kerrno(e);
		sock_put(s);
		return -1;
	}
	if (h > 0 && fillheader(s, cv->headers, &from, buf) < 0)
		r = -1 - h;
	sock_put(s);
	return r + h;
}

static long
senddatagram(Conv *cv, Sock *s, const uint8_t *buf, long n)
{
	int h = headersize[cv->headers], port = 0;
	struct sockaddr_storage to;
	socklen_t len = 0;
	Ipaddr ip = ipany;

	if (n < h)
		return kerror("%s", Eshort);
	if (h > 0) {
		int at = cv->headers == HEADERS ? 48 : cv->headers == OLDHEADERS ? 32 : 8;
		if (cv->headers == HEADERS4) {
			ip.a[10] = ip.a[11] = 0xFF;
			memcpy(ip.a + 12, buf, 4);
		} else
			memcpy(ip.a, buf, 16);
		port = buf[at] << 8 | buf[at + 1];
		len = toaddr(s, &ip, port, &to);
	}
	for (;;) {
		if (khostcall_begin() < 0)
			return -1;
		long r = sendto(s->fd, buf + h, n - h, MSG_NOSIGNAL, h > 0 ? (struct sockaddr *)&to : NULL, len);
		int e = errno;
		khostcall_end();
		if (r >= 0)
			return n;
		if (e != EINTR)
			return kerrno(e);
	}
}

long
conv_write(Conv *cv, const void *buf, long n)
{
	Sock *s = sock_get(cv);
	long done = 0;

	if (s == NULL)
		return -1;
	if (cv->proto == UDP) {
		n = senddatagram(cv, s, buf, n);
		sock_put(s);
		return n;
	}
	while (done < n) {
		if (khostcall_begin() < 0) {
			sock_put(s);
			return -1;
		}
		long r = send(s->fd, (const char *)buf + done, n - done, MSG_NOSIGNAL);
		int e = errno;
		khostcall_end();
		if (r >= 0) {
			done += r;
			continue;
		}
		if (e == EINTR)
			continue;
		if (s->dead || e == ENOTCONN)
			kerror("%s", Ehungup);
		else
			kerrno(e);
		sock_put(s);
		return -1;
	}
	sock_put(s);
	return n;
}
