/*
 * #t : the host's serial ports. eia(3)
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/serial.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include "devs/devs.h"

enum { Data, Ctl, Status, NKIND, MAXPORT = 128 };
static const char *const kindname[NKIND] = {"", "ctl", "status"};

#define QPATH(port, kind) ((uint64_t)((port) * NKIND + (kind) + 1))
#define PORT(c) (&eia.port[((c)->qid.path - 1) / NKIND])
#define KIND(c) ((int)(((c)->qid.path - 1) % NKIND))

/* A port stays for ever once it was found; lock guards the rest. A file that is open holds the descriptor. */
typedef struct Port {
	pthread_mutex_t lock;
	char *path;
	uint32_t perm[NKIND];
	int nopen;
	int fd;			/* while nopen > 0 */
	bool set;		/* settings are those last made */
	struct termios settings;
} Port;

static struct {
	pthread_mutex_t lock;
	Port port[MAXPORT];
	int n;
} eia = {.lock = PTHREAD_MUTEX_INITIALIZER};

static const struct {
	int rate;
	speed_t code;
} speeds[] = {
    {0, B0}, {50, B50}, {75, B75}, {110, B110}, {134, B134}, {150, B150}, {200, B200}, {300, B300}, {600, B600}, {1200, B1200},
    {1800, B1800}, {2400, B2400}, {4800, B4800}, {9600, B9600}, {19200, B19200}, {38400, B38400}, {57600, B57600},
    {115200, B115200}, {230400, B230400}, {460800, B460800},
};
enum { NSPEED = sizeof speeds / sizeof speeds[0] };

/* ---- which ports there are ---- */

static bool
known(const char *path)
{
	for (int i = 0; i < eia.n; i++)
		if (strcmp(eia.port[i].path, path) == 0)
			return true;
	return false;
}

/* Ports of a kind are numbered without gaps; what has appeared since the last time comes after the others. */
static void
find(const char *prefix)
{
	char path[64];
	struct stat st;

	for (int i = 0; i < MAXPORT && eia.n < MAXPORT; i++) {
		snprintf(path, sizeof path, "/dev/%s%d", prefix, i);
		if (stat(path, &st) < 0 || !S_ISCHR(st.st_mode))
			return;
		if (known(path))
			continue;
		Port *p = &eia.port[eia.n];
		if ((p->path = strdup(path)) == NULL)
			return;
		pthread_mutex_init(&p->lock, NULL);
		for (int k = 0; k < NKIND; k++)
			p->perm[k] = 0660;
		p->fd = -1;
		eia.n++;
	}
}

static int
nports(bool look)
{
	pthread_mutex_lock(&eia.lock);
	if (look) {
		find("ttyS");
		find("ttyUSB");
		find("ttyACM");
	}
	int n = eia.n;
	pthread_mutex_unlock(&eia.lock);
	return n;
}

/* ---- the tree ---- */

static int
eiagen(Chan *c, const Dirtab *tab, int ntab, int i, StyxDir *d)
{
	char name[32];

	(void)tab;
	(void)ntab;
	if (i < 0) {
		devdir(c, (StyxQid){.type = STYX_QTDIR}, "#t", 0, eve, 0555, d);
		return 1;
	}
	if (i >= nports(false) * NKIND)
		return -1;
	Port *p = &eia.port[i / NKIND];
	pthread_mutex_lock(&p->lock);
	uint32_t perm = p->perm[i % NKIND];
	pthread_mutex_unlock(&p->lock);
	snprintf(name, sizeof name, "eia%d%s", i / NKIND, kindname[i % NKIND]);
	devdir(c, (StyxQid){.path = QPATH(i / NKIND, i % NKIND)}, name, 0, eve, perm, d);
	return 1;
}

static Chan *
eiaattach(const char *spec)
{
	if (options.nohost)
		return kerrorp("%s", Enoattach);
	if (nports(true) == 0)
		return kerrorp("%s", Enodev);
	return devattach(&eiadev, spec);
}

static Walkqid *
eiawalk(Chan *c, Chan *nc, const char **names, int n)
{
	return devwalk(c, nc, names, n, NULL, 0, eiagen);
}

static int
eiastat(Chan *c, StyxDir *d)
{
	return devstat(c, d, NULL, 0, eiagen);
}

static int
eiawstat(Chan *c, StyxDir *d)
{
	if (c->qid.type & STYX_QTDIR || !iseve() || d->name[0] != 0)
		return kerror("%s", Eperm);
	if (d->mode != (uint32_t)~0) {
		Port *p = PORT(c);
		pthread_mutex_lock(&p->lock);
		p->perm[KIND(c)] = d->mode & 0777;
		pthread_mutex_unlock(&p->lock);
	}
	return 0;
}

/* ---- the port ---- */

static void
standard(struct termios *t)
{
	cfmakeraw(t);
	t->c_iflag &= ~(tcflag_t)(IXON | IXOFF);
	t->c_cflag &= ~(tcflag_t)(CSTOPB | PARENB | PARODD | CRTSCTS);
	t->c_cflag |= CREAD | CLOCAL | CS8;
	t->c_cc[VMIN] = 1;
	t->c_cc[VTIME] = 0;
	cfsetispeed(t, B9600);
	cfsetospeed(t, B9600);
}

/* With p's lock. */
static int
apply(Port *p, const struct termios *t)
{
	if (tcsetattr(p->fd, TCSANOW, t) < 0)
		return kerrno(errno);
	p->settings = *t;
	p->set = true;
	return 0;
}

/* With p's lock: 0, or -1 with nothing open. */
static int
openport(Port *p)
{
	struct termios t;

	if (p->nopen > 0)
		return 0;
	p->fd = open(p->path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	if (p->fd < 0)
		return kerrno(errno);
	if (tcgetattr(p->fd, &t) < 0)
		kerrno(errno);
	else {
		if (p->set)
			t = p->settings;
		else
			standard(&t);
		if (apply(p, &t) == 0)
			return 0;
	}
	close(p->fd);
	p->fd = -1;
	return -1;
}

static Chan *
eiaopen(Chan *c, int mode)
{
	Chan *o = devopen(c, mode, NULL, 0, eiagen);

	if (o == NULL || o->qid.type & STYX_QTDIR)
		return o;
	Port *p = PORT(o);
	pthread_mutex_lock(&p->lock);
	int r = openport(p);
	if (r == 0)
		p->nopen++;
	pthread_mutex_unlock(&p->lock);
	if (r < 0) {
		o->flag &= ~COPEN;
		return NULL;
	}
	return o;
}

static void
eiaclose(Chan *c)
{
	if (!(c->flag & COPEN) || c->qid.type & STYX_QTDIR)
		return;
	Port *p = PORT(c);
	pthread_mutex_lock(&p->lock);
	if (--p->nopen == 0) {
		close(p->fd);
		p->fd = -1;
	}
	pthread_mutex_unlock(&p->lock);
}

static long
status(Port *p, void *buf, long n, int64_t off)
{
	char s[128];
	struct serial_icounter_struct count;
	int rate = 0;

	pthread_mutex_lock(&p->lock);
	if (ioctl(p->fd, TIOCGICOUNT, &count) < 0)
		count.frame = count.overrun = 0;
	speed_t code = cfgetospeed(&p->settings);
	for (int i = 0; i < NSPEED; i++)
		if (speeds[i].code == code)
			rate = speeds[i].rate;
	snprintf(s, sizeof s, "opens %d ferr %d oerr %d baud %d\n", p->nopen, count.frame, count.overrun, rate);
	pthread_mutex_unlock(&p->lock);
	return readstr(off, buf, n, s);
}

static long
eiaread(Chan *c, void *buf, long n, int64_t off)
{
	if (c->qid.type & STYX_QTDIR)
		return devdirread(c, buf, n, NULL, 0, eiagen);
	Port *p = PORT(c);
	if (KIND(c) == Ctl)
		return readnum(off, buf, n, (unsigned long)(p - eia.port));
	if (KIND(c) == Status)
		return status(p, buf, n, off);
	for (;;) {
		if (kwaitfd(p->fd, POLLIN, -1) < 0)
			return -1;
		ssize_t r = read(p->fd, buf, (size_t)n);
		if (r >= 0)
			return r;
		if (errno != EAGAIN && errno != EINTR)
			return kerrno(errno);
	}
}

/* ---- control ---- */

static int
setspeed(struct termios *t, int rate)
{
	for (int i = 0; i < NSPEED; i++)
		if (speeds[i].rate == rate) {
			cfsetispeed(t, speeds[i].code);
			cfsetospeed(t, speeds[i].code);
			return 0;
		}
	return kerror("%s", Ebadarg);
}

static int
setbits(struct termios *t, int n)
{
	static const tcflag_t size[] = {CS5, CS6, CS7, CS8};

	if (n < 5 || n > 8)
		return kerror("%s", Ebadarg);
	t->c_cflag = (t->c_cflag & ~(tcflag_t)CSIZE) | size[n - 5];
	return 0;
}

static int
setstop(struct termios *t, int n)
{
	if (n != 1 && n != 2)
		return kerror("%s", Ebadarg);
	t->c_cflag = (t->c_cflag & ~(tcflag_t)CSTOPB) | (n == 2 ? CSTOPB : 0);
	return 0;
}

static int
setparity(struct termios *t, char kind)
{
	tcflag_t f;

	switch (kind) {
	case 'e': case 'E': f = PARENB; break;
	case 'o': case 'O': f = PARENB | PARODD; break;
	case 'n': case 'N': f = 0; break;
	default: return kerror("%s", Ebadarg);
	}
	t->c_cflag = (t->c_cflag & ~(tcflag_t)(PARENB | PARODD)) | f;
	return 0;
}

static void
setflag(tcflag_t *flags, tcflag_t f, bool on)
{
	*flags = on ? *flags | f : *flags & ~f;
}

/* Sets (on) or clears lines of the modem. */
static int
line(Port *p, int lines, bool on)
{
	return ioctl(p->fd, on ? TIOCMBIS : TIOCMBIC, &lines) < 0 ? kerrno(errno) : 0;
}

static int
sendbreak(Port *p)
{
	if (khostcall_begin() < 0)
		return -1;
	int r = tcsendbreak(p->fd, 0), e = errno;
	khostcall_end();
	return r < 0 ? kerrno(e) : 0;
}

/* One word of a control message, with p's lock. What is not known is ignored. */
static int
control(Port *p, const char *w)
{
	struct termios t = p->settings;
	int n = atoi(w + 1), r = 0;

	if (strcmp(w, "break") == 0)
		return sendbreak(p);
	switch (w[0] | 0x20) {
	case 'b': r = setspeed(&t, n); break;
	case 'l': r = setbits(&t, n); break;
	case 's': r = setstop(&t, n); break;
	case 'p': r = setparity(&t, w[1]); break;
	case 'x': setflag(&t.c_iflag, IXON | IXOFF, n != 0); break;
	case 'm': setflag(&t.c_cflag, CRTSCTS, n != 0); break;
	case 'd': return line(p, TIOCM_DTR, n != 0);
	case 'r': return line(p, TIOCM_RTS, n != 0);
	case 'h': return line(p, TIOCM_DTR | TIOCM_RTS, false);
	case 'f': return tcflush(p->fd, TCIOFLUSH) < 0 ? kerrno(errno) : 0;
	case 'k': return sendbreak(p);
	default: return 0;
	}
	return r < 0 ? -1 : apply(p, &t);
}

static long
command(Port *p, const void *buf, long n)
{
	Cmdbuf *cb = parsecmd(buf, n);
	int r = 0;

	if (cb == NULL)
		return -1;
	pthread_mutex_lock(&p->lock);
	for (int i = 0; i < cb->nf && r == 0; i++)
		r = control(p, cb->f[i]);
	pthread_mutex_unlock(&p->lock);
	cmdbuf_free(cb);
	return r < 0 ? -1 : n;
}

static long
eiawrite(Chan *c, const void *buf, long n, int64_t off)
{
	const char *b = buf;
	long done = 0;

	(void)off;
	if (KIND(c) == Status)
		return kerror("%s", Eperm);
	Port *p = PORT(c);
	if (KIND(c) == Ctl)
		return command(p, buf, n);
	while (done < n) {
		if (kwaitfd(p->fd, POLLOUT, -1) < 0)
			return done > 0 ? done : -1;
		ssize_t r = write(p->fd, b + done, (size_t)(n - done));
		if (r >= 0)
			done += r;
		else if (errno != EAGAIN && errno != EINTR)
			return kerrno(errno);
	}
	return done;
}

Dev eiadev = {
    .dc = 't',
    .name = "eia",
    .attach = eiaattach,
    .walk = eiawalk,
    .stat = eiastat,
    .wstat = eiawstat,
    .open = eiaopen,
    .close = eiaclose,
    .read = eiaread,
    .write = eiawrite,
};
