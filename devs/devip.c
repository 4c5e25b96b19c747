/*
 * #I : the network, over the host's sockets. ip(3)
 */
#include <arpa/inet.h>
#include <errno.h>
#include <net/if_arp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "devs/devs.h"
#include "devs/ipconv.h"

enum {
	Qtop, Qarp, Qndb,   /* top level */
	Qproto, Qclone, Qstats, /* of a protocol */
	Qconv, Qctl, Qdata, Qlisten, Qlocal, Qremote, Qstatus, /* of a conversation */
	NDBMAX = 1022,
};

static const char *const protoname[NPROTO] = {[TCP] = "tcp", [UDP] = "udp", [UNIX] = "unix"};
static const int protoorder[NPROTO] = {UDP, TCP, UNIX}; /* as listed */
static const struct {
	const char *name;
	int type;
	uint32_t perm; /* 0: the conversation's own */
} convfile[] = {
    {"ctl", Qctl, 0}, {"data", Qdata, 0}, {"listen", Qlisten, 0}, {"local", Qlocal, 0444}, {"remote", Qremote, 0444},
    {"status", Qstatus, 0444},
};
enum { NCONVFILE = sizeof convfile / sizeof convfile[0] };

/* Qid path: protocol, conversation, file. */
#define QPATH(proto, conv, type) ((uint64_t)(proto) << 24 | (uint64_t)(conv) << 8 | (type))
#define QTYPE(c) ((int)((c)->qid.path & 0xFF))
#define QCONV(c) ((int)((c)->qid.path >> 8 & 0xFFFF))
#define QPROTO(c) ((int)((c)->qid.path >> 24))

static struct {
	pthread_mutex_t lock;
	char text[NDBMAX];
	int n;
	uint32_t vers, mtime;
} ndb = {.lock = PTHREAD_MUTEX_INITIALIZER};

static Conv *
convof(const Chan *c)
{
	return conv_byindex(QPROTO(c), QCONV(c));
}

static const char network[] = "network";

static void
convdir(Chan *c, int proto, int n, int i, StyxDir *d)
{
	Conv *cv = conv_byindex(proto, n);

	pthread_mutex_lock(&cv->lock);
	const char *owner = cv->nopen > 0 ? cv->owner : network;
	uint32_t perm = convfile[i].perm != 0 ? convfile[i].perm : cv->nopen > 0 ? cv->perm : 0666;
	devdir(c, (StyxQid){.path = QPATH(proto, n, convfile[i].type)}, convfile[i].name, 0, owner, perm, d);
	pthread_mutex_unlock(&cv->lock);
}

static int
topgen(Chan *c, int i, StyxDir *d)
{
	if (i < 0)
		devdir(c, (StyxQid){.path = Qtop, .type = STYX_QTDIR}, "#I", 0, network, 0555, d);
	else if (i < NPROTO)
		devdir(c, (StyxQid){.path = QPATH(protoorder[i], 0, Qproto), .type = STYX_QTDIR}, protoname[protoorder[i]], 0, network,
		       0555, d);
	else if (i == NPROTO)
		devdir(c, (StyxQid){.path = Qarp}, "arp", 0, network, 0664, d);
	else if (i == NPROTO + 1) {
		pthread_mutex_lock(&ndb.lock);
		devdir(c, (StyxQid){.path = Qndb, .vers = ndb.vers}, "ndb", ndb.n, network, 0664, d);
		if (ndb.mtime != 0)
			d->mtime = ndb.mtime;
		pthread_mutex_unlock(&ndb.lock);
	} else
		return -1;
	return 1;
}

/* The number of a conversation that exists, or -1. */
static int
convnumber(int proto, const char *name)
{
	int n = 0;

	if (name[0] == '0' && name[1] != 0)
		return -1;
	for (const char *s = name; *s != 0; s++) {
		if (*s < '0' || *s > '9' || n > 99999)
			return -1;
		n = 10 * n + *s - '0';
	}
	return name[0] != 0 && n < conv_count(proto) ? n : -1;
}

/*
 * For a walk tab holds its names: then only those of the conversations are shown that may be meant, so that a walk takes the same
 * time however many there are.
 */
static int
ipgen(Chan *c, const Dirtab *tab, int ntab, int i, StyxDir *d)
{
	int proto = QPROTO(c), n = QCONV(c);
	char name[16];

	switch (QTYPE(c)) {
	case Qtop:
		return topgen(c, i, d);
	case Qproto:
		if (i == DEVDOTDOT)
			return topgen(c, -1, d);
		if (i == -1)
			devdir(c, c->qid, protoname[proto], 0, network, 0555, d);
		else if (i < (n = tab != NULL ? ntab : conv_count(proto))) {
			int k = tab != NULL ? convnumber(proto, tab[i].name) : i;
			if (k < 0)
				return 0;
			snprintf(name, sizeof name, "%d", k);
			devdir(c, (StyxQid){.path = QPATH(proto, k, Qconv), .type = STYX_QTDIR}, name, 0, network, 0555, d);
		} else if (i == n)
			devdir(c, (StyxQid){.path = QPATH(proto, 0, Qclone)}, "clone", 0, network, 0666, d);
		else if (i == n + 1)
			devdir(c, (StyxQid){.path = QPATH(proto, 0, Qstats)}, "stats", 0, network, 0444, d);
		else
			return -1;
		return 1;
	case Qconv:
		if (i == DEVDOTDOT)
			devdir(c, (StyxQid){.path = QPATH(proto, 0, Qproto), .type = STYX_QTDIR}, protoname[proto], 0, network, 0555, d);
		else if (i == -1) {
			snprintf(name, sizeof name, "%d", n);
			devdir(c, c->qid, name, 0, network, 0555, d);
		} else if (i < NCONVFILE)
			convdir(c, proto, n, i, d);
		else
			return -1;
		return 1;
	}
	return -1;
}

static Chan *
ipattach(const char *spec)
{
	if (spec[0] != 0 && strcmp(spec, "0") != 0)
		return kerrorp("bad specification");
	return devattach(&ipdev, spec);
}

static Walkqid *
ipwalk(Chan *c, Chan *nc, const char **names, int n)
{
	Dirtab *tab = calloc(n + 1, sizeof *tab);

	if (tab == NULL)
		return kerrorp("%s", Enomem);
	for (int i = 0; i < n; i++)
		tab[i].name = names[i];
	Walkqid *wq = devwalk(c, nc, names, n, tab, n, ipgen);
	free(tab);
	return wq;
}

static int
ipstat(Chan *c, StyxDir *d)
{
	int type = QTYPE(c);

	switch (type) {
	case Qtop:
	case Qproto:
	case Qconv:
		return devstat(c, d, NULL, 0, ipgen);
	case Qarp:
	case Qndb:
		topgen(c, type == Qarp ? NPROTO : NPROTO + 1, d);
		return 0;
	case Qclone:
	case Qstats:
		devdir(c, c->qid, type == Qclone ? "clone" : "stats", 0, network, type == Qclone ? 0666 : 0444, d);
		return 0;
	}
	for (int i = 0; i < NCONVFILE; i++)
		if (convfile[i].type == type)
			convdir(c, QPROTO(c), QCONV(c), i, d);
	return 0;
}

/* The channel becomes the ctl file of a conversation that was opened for it. */
static void
becomectl(Chan *c, Conv *cv)
{
	c->qid = (StyxQid){.path = QPATH(cv->proto, cv->n, Qctl)};
}

static Chan *
ipopen(Chan *c, int mode)
{
	Conv *cv = NULL;
	int m = openmode(mode);

	if (m < 0)
		return NULL;
	switch (QTYPE(c)) {
	case Qtop:
	case Qproto:
	case Qconv:
		if (m != OREAD || (mode & (OTRUNC | ORCLOSE)))
			return kerrorp("%s", Eperm);
		break;
	case Qndb:
		if (devpermcheck(eve, 0664, mode) < 0)
			return NULL;
		if ((mode & OTRUNC) && m == OWRITE) {
			pthread_mutex_lock(&ndb.lock);
			ndb.n = 0;
			ndb.vers++;
			pthread_mutex_unlock(&ndb.lock);
		}
		break;
	case Qarp:
		if (m != OWRITE)
			return kerrorp("%s", Eperm);
		break;
	case Qclone:
		cv = conv_alloc(QPROTO(c));
		if (cv == NULL)
			return NULL;
		becomectl(c, cv);
		break;
	case Qctl:
	case Qdata:
		if (conv_open(convof(c)) < 0)
			return NULL;
		break;
	case Qlisten:
		/* The announced conversation is held while we wait. */
		if (conv_open(convof(c)) < 0)
			return NULL;
		cv = conv_listen(convof(c));
		conv_close(convof(c));
		if (cv == NULL)
			return NULL;
		becomectl(c, cv);
		break;
	default:
		if (m != OREAD)
			return kerrorp("%s", Eperm);
	}
	return devopened(c, m);
}

static void
ipclose(Chan *c)
{
	if ((c->flag & COPEN) && (QTYPE(c) == Qctl || QTYPE(c) == Qdata))
		conv_close(convof(c));
}

static long
ipread(Chan *c, void *buf, long n, int64_t off)
{
	char text[CONVNAME];
	Conv *cv;

	switch (QTYPE(c)) {
	case Qtop:
	case Qproto:
	case Qconv:
		return devdirread(c, buf, n, NULL, 0, ipgen);
	case Qndb:
		pthread_mutex_lock(&ndb.lock);
		if (off >= ndb.n)
			n = 0;
		else {
			if (n > ndb.n - off)
				n = ndb.n - off;
			memcpy(buf, ndb.text + off, n);
		}
		pthread_mutex_unlock(&ndb.lock);
		return n;
	case Qstats:
		return kerror("stats not implemented");
	case Qctl:
		snprintf(text, sizeof text, "%d", QCONV(c));
		return readstr(off, buf, n, text);
	case Qdata:
		return conv_read(convof(c), buf, n);
	case Qlocal:
	case Qremote:
		conv_name(convof(c), QTYPE(c) == Qremote, text, sizeof text);
		return readstr(off, buf, n, text);
	case Qstatus:
		cv = convof(c);
		pthread_mutex_lock(&cv->lock);
		snprintf(text, sizeof text, "%s\n", convstate[cv->state]);
		pthread_mutex_unlock(&cv->lock);
		return readstr(off, buf, n, text);
	}
	return kerror("%s", Eperm);
}

static long
ndbwrite(const void *buf, long n, int64_t off)
{
	pthread_mutex_lock(&ndb.lock);
	if (off > ndb.n || off + n > NDBMAX)
		n = kerror("%s", Eio);
	else {
		memcpy(ndb.text + off, buf, n);
		ndb.n = off + n;
		ndb.vers++;
		ndb.mtime = time(NULL);
	}
	pthread_mutex_unlock(&ndb.lock);
	return n;
}

/* add IP MAC */
static long
arpwrite(const void *buf, long n)
{
	Cmdbuf *cb = parsecmd(buf, n);
	struct arpreq ar;
	Ipaddr ip;
	int nmac = 0;
	long r = -1;

	if (cb == NULL)
		return -1;
	memset(&ar, 0, sizeof ar);
	if (cb->nf == 3 && strcmp(cb->f[0], "add") == 0 && ip_parse(cb->f[1], &ip) == 0 && ip_isv4(&ip)) {
		for (const char *s = cb->f[2]; *s != 0 && nmac < 6; s += 2) {
			unsigned b;
			if (*s == ':')
				s++;
			if (sscanf(s, "%2x", &b) != 1 || s[1] == 0)
				break;
			ar.arp_ha.sa_data[nmac++] = b;
		}
	}
	if (nmac == 6) {
		struct sockaddr_in *sin = (struct sockaddr_in *)&ar.arp_pa;
		sin->sin_family = AF_INET;
		memcpy(&sin->sin_addr, ip.a + 12, 4);
		ar.arp_ha.sa_family = ARPHRD_ETHER;
		ar.arp_flags = ATF_PERM | ATF_COM;
		int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
		if (fd < 0 || ioctl(fd, SIOCSARP, &ar) < 0)
			kerrno(errno);
		else
			r = n;
		if (fd >= 0)
			close(fd);
	} else
		kerror("bad arp request");
	cmdbuf_free(cb);
	return r;
}

static long
ipwrite(Chan *c, const void *buf, long n, int64_t off)
{
	switch (QTYPE(c)) {
	case Qctl:
		return conv_ctl(convof(c), buf, n) < 0 ? -1 : n;
	case Qdata:
		return conv_write(convof(c), buf, n);
	case Qndb:
		return ndbwrite(buf, n, off);
	case Qarp:
		return arpwrite(buf, n);
	}
	return kerror("%s", Eperm);
}

static int
ipwstat(Chan *c, StyxDir *d)
{
	if (QTYPE(c) != Qctl && QTYPE(c) != Qdata)
		return kerror("%s", Eperm);
	Conv *cv = convof(c);
	int r = 0;
	pthread_mutex_lock(&cv->lock);
	if (strcmp(cv->owner, up->env->user) != 0 && !iseve())
		r = kerror("%s", Eperm);
	else
		devchange(&cv->owner, &cv->perm, d);
	pthread_mutex_unlock(&cv->lock);
	return r;
}

Dev ipdev = {
    .dc = 'I',
    .name = "ip",
    .attach = ipattach,
    .walk = ipwalk,
    .stat = ipstat,
    .open = ipopen,
    .close = ipclose,
    .read = ipread,
    .write = ipwrite,
    .wstat = ipwstat,
};
