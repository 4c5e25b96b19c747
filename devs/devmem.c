/*
 * #% : the memory of the virtual machine, for those who look for what fills it, mem(3).
 */
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "devs/devs.h"

enum { Qctl = 1, Qstate, Qsum, Qevent, Qprof, Qheap, Qgc };

static const Dirtab tab[] = {
    {"memctl", {.path = Qctl}, 0, 0666},
    {"memstate", {.path = Qstate}, 0, 0444},
    {"memsum", {.path = Qsum}, 0, 0444},
    {"memevent", {.path = Qevent}, 0, 0444},
    {"memprof", {.path = Qprof}, 0, 0444},
    {"memheap", {.path = Qheap}, 0, 0444},
    {"memgc", {.path = Qgc}, 0, 0444},
};
#define NTAB ((int)(sizeof tab / sizeof tab[0]))

/* An open file has its content, taken when it was opened, in aux. */
typedef struct Text {
	size_t n;
	char *s;
} Text;

static Chan *
memattach(const char *spec)
{
	return devattach(&memdev, spec);
}

static Walkqid *
memwalk(Chan *c, Chan *nc, const char **names, int n)
{
	return devwalk(c, nc, names, n, tab, NTAB, devgen);
}

static int
memstat(Chan *c, StyxDir *d)
{
	return devstat(c, d, tab, NTAB, devgen);
}

static char *
content(int file, size_t *n)
{
	switch (file) {
	case Qctl:
		*n = 0;
		return calloc(1, 1);
	case Qstate:
	case Qsum:
		return vmops.memblocks(file == Qsum, n);
	case Qprof:
	case Qheap:
		return vmops.memobjects(file == Qprof, n);
	default:
		return vmops.memgc(n);
	}
}

static Chan *
memopen(Chan *c, int mode)
{
	Chan *o = devopen(c, mode, tab, NTAB, devgen);
	Text *t;

	if (o == NULL || o->qid.type & STYX_QTDIR)
		return o;
	if (o->qid.path == Qevent) {
		if (vmops.eventsopen() == 0)
			return o;
		o->flag &= ~COPEN;
		return NULL;
	}
	t = calloc(1, sizeof *t);
	if (t != NULL)
		t->s = content((int)o->qid.path, &t->n);
	if (t == NULL || t->s == NULL) {
		free(t);
		kerror("%s", Enomem);
		o->flag &= ~COPEN;
		return NULL;
	}
	o->aux = t;
	return o;
}

static void
memclose(Chan *c)
{
	Text *t = c->aux;

	if (c->qid.path == Qevent && (c->flag & COPEN))
		vmops.eventsclose();
	if (t != NULL) {
		free(t->s);
		free(t);
	}
}

/* Events as they come, in numbers with the most significant byte first. */
static long
readevents(void *buf, long n)
{
	enum { QUADRUPLE = 16, MOST = 512 };
	uint32_t w[MOST * 4];

	if (n < QUADRUPLE)
		return kerror("%s", Etoosmall);
	long r = vmops.eventsread(w, n / QUADRUPLE < MOST ? n / QUADRUPLE : MOST);
	if (r < 0)
		return -1;
	for (long i = 0; i < r * 4; i++)
		w[i] = htonl(w[i]);
	memcpy(buf, w, (size_t)r * QUADRUPLE);
	return r * QUADRUPLE;
}

static long
memread(Chan *c, void *buf, long n, int64_t off)
{
	Text *t = c->aux;

	if (c->qid.type & STYX_QTDIR)
		return devdirread(c, buf, n, tab, NTAB, devgen);
	if (c->qid.path == Qevent)
		return readevents(buf, n);
	if (off < 0 || (uint64_t)off >= t->n)
		return 0;
	if ((uint64_t)n > t->n - (uint64_t)off)
		n = (long)(t->n - (uint64_t)off);
	memcpy(buf, t->s + off, (size_t)n);
	return n;
}

static long
memwrite(Chan *c, const void *buf, long n, int64_t off)
{
	(void)off;
	if (c->qid.path != Qctl)
		return kerror("%s", Eperm);
	Cmdbuf *cb = parsecmd(buf, n);
	if (cb == NULL)
		return -1;
	int r = vmops.memctl(cb);
	cmdbuf_free(cb);
	return r < 0 ? -1 : n;
}

Dev memdev = {
    .dc = '%',
    .name = "mem",
    .attach = memattach,
    .walk = memwalk,
    .stat = memstat,
    .open = memopen,
    .close = memclose,
    .read = memread,
    .write = memwrite,
};
