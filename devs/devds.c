/*
 * #k : files of files. A disk here is made of other files: the same data in all of them, one after the other, in turns, or a part of one. ds(3)
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "devs/devs.h"

enum {
	Qtop, Qds, Qctl, Qdisk, /* of the first disk */
	MAXFILE = 8,
	MAXDISK = 64,
	TURN = 8192, /* bytes of one file before it is the next one's turn */
};

enum { Mirror, Cat, Inter, Part, Del, Clear };
static const Cmdtab cmdtab[] = {
    {Mirror, "mirror", 0}, {Cat, "cat", 0}, {Inter, "inter", 0}, {Part, "part", 5}, {Del, "del", 2}, {Clear, "clear", 1},
};
enum { NCMD = sizeof cmdtab / sizeof cmdtab[0] };

/* Does not change once it is made. Counted: one that is deleted stays for the channels on it. */
typedef struct Disk Disk;
struct Disk {
	atomic_int ref;
	int kind;
	char *name, *line; /* line: of ctl */
	Chan *file[MAXFILE];
	int64_t length[MAXFILE];
	int nfile;
	int64_t start;	/* of a part */
	int64_t size;
	uint64_t path;
};

static struct {
	pthread_mutex_t lock;
	Disk *disk[MAXDISK];
	int n;
	uint64_t lastpath;
} ds = {.lock = PTHREAD_MUTEX_INITIALIZER, .lastpath = Qdisk};

static void
disk_put(Disk *d)
{
	if (d == NULL || atomic_fetch_sub(&d->ref, 1) != 1)
		return;
	for (int i = 0; i < d->nfile; i++)
		cclose(d->file[i]);
	free(d->name);
	free(d->line);
	free(d);
}

/* The disk with that name, or (NULL) that path, referenced, or NULL. */
static Disk *
disk_find(const char *name, uint64_t path)
{
	Disk *d = NULL;

	pthread_mutex_lock(&ds.lock);
	for (int i = 0; i < ds.n && d == NULL; i++)
		if (name != NULL ? strcmp(ds.disk[i]->name, name) == 0 : ds.disk[i]->path == path)
			d = ds.disk[i];
	if (d != NULL)
		atomic_fetch_add(&d->ref, 1);
	pthread_mutex_unlock(&ds.lock);
	return d;
}

static int
dsgen(Chan *c, const Dirtab *tab, int ntab, int i, StyxDir *d)
{
	static const StyxQid top = {.path = Qtop, .type = STYX_QTDIR}, dir = {.path = Qds, .type = STYX_QTDIR};

	(void)tab;
	(void)ntab;
	if (i == DEVDOTDOT || (i == -1 && c->qid.path == Qtop)) {
		devdir(c, top, "#k", 0, eve, 0555, d);
		return 1;
	}
	if (i == -1 || c->qid.path == Qtop) {
		if (i > 0)
			return -1;
		devdir(c, dir, "ds", 0, eve, 0555, d);
		return 1;
	}
	if (i == 0) {
		devdir(c, (StyxQid){.path = Qctl}, "ctl", 0, eve, 0664, d);
		return 1;
	}
	pthread_mutex_lock(&ds.lock);
	bool is = i - 1 < ds.n;
	if (is) {
		const Disk *k = ds.disk[i - 1];
		devdir(c, (StyxQid){.path = k->path}, k->name, k->size, eve, 0664, d);
	}
	pthread_mutex_unlock(&ds.lock);
	return is ? 1 : -1;
}

static Chan *
dsattach(const char *spec)
{
	return devattach(&dsdev, spec);
}

static Walkqid *
dswalk(Chan *c, Chan *nc, const char **names, int n)
{
	return devwalk(c, nc, names, n, NULL, 0, dsgen);
}

static int
dsstat(Chan *c, StyxDir *d)
{
	Chan dir = *c;

	/* Files are generated from their directory. */
	if (c->qid.type & STYX_QTDIR)
		return devstat(c, d, NULL, 0, dsgen);
	dir.qid.path = Qds;
	for (int i = 0; dsgen(&dir, NULL, 0, i, d) == 1; i++) {
		if (d->qid.path == c->qid.path)
			return 0;
		dir_clear(d);
	}
	return kerror("%s", Enonexist);
}

static Chan *
dsopen(Chan *c, int mode)
{
	int m = devmayopen(c, mode, dsstat);

	if (m < 0)
		return NULL;
	if (c->qid.path >= Qdisk && (c->aux = disk_find(NULL, c->qid.path)) == NULL)
		return kerrorp("%s", Enonexist);
	return devopened(c, m);
}

static void
dsclose(Chan *c)
{
	if ((c->flag & COPEN) && c->qid.path >= Qdisk)
		disk_put(c->aux);
}

/* ---- data ---- */

static long
fileio(Chan *c, char *buf, long n, int64_t off, bool write)
{
	long done = 0, r = 0;

	while (done < n) {
		r = write ? chan_write(c, buf + done, n - done, off + done) : chan_read(c, buf + done, n - done, off + done);
		if (r <= 0)
			break;
		done += r;
	}
	return done > 0 || r >= 0 ? done : -1;
}

/* All files must take what is written; for a read one that answers will do. */
static long
mirrorio(Disk *d, char *buf, long n, int64_t off, bool write)
{
	long r = -1, least = n;

	for (int i = 0; i < d->nfile; i++) {
		r = fileio(d->file[i], buf, n, off, write);
		if (write ? r < 0 : r == n)
			return r;
		if (r < least)
			least = r;
	}
	return write ? least : r;
}

/* Where the byte at off of d is: the file, the offset there, and how many bytes follow in it at most. */
static int
place(const Disk *d, int64_t off, int64_t *at, int64_t *len)
{
	int i = 0;

	if (d->kind == Inter) {
		i = off / TURN % d->nfile;
		*at = off / TURN / d->nfile * TURN + off % TURN;
		*len = TURN - off % TURN;
		return i;
	}
	while (d->kind == Cat && off >= d->length[i])
		off -= d->length[i++];
	*at = d->start + off;
	*len = d->kind == Part ? d->size - off : d->length[i] - off;
	return i;
}

static long
diskio(Disk *d, char *buf, long n, int64_t off, bool write)
{
	long done = 0;

	if (off >= d->size || n <= 0)
		return 0;
	if (n > d->size - off)
		n = d->size - off;
	if (d->kind == Mirror)
		return mirrorio(d, buf, n, off, write);
	while (done < n) {
		int64_t at, len;
		int i = place(d, off + done, &at, &len);
		long k = len < n - done ? len : n - done;
		long r = fileio(d->file[i], buf + done, k, at, write);
		if (r < 0 && done == 0)
			return -1;
		if (r > 0)
			done += r;
		if (r != k)
			break;
	}
	return done;
}

static char *
config(void)
{
	char *s = NULL;
	size_t n;
	FILE *f = open_memstream(&s, &n);

	if (f == NULL)
		return kerrorp("%s", Enomem);
	pthread_mutex_lock(&ds.lock);
	for (int i = 0; i < ds.n; i++)
		fprintf(f, "%s\n", ds.disk[i]->line);
	pthread_mutex_unlock(&ds.lock);
	fclose(f);
	return s;
}

static long
dsread(Chan *c, void *buf, long n, int64_t off)
{
	if (c->qid.type & STYX_QTDIR)
		return devdirread(c, buf, n, NULL, 0, dsgen);
	if (c->qid.path != Qctl)
		return diskio(c->aux, buf, n, off, false);
	char *s = config();
	if (s == NULL)
		return -1;
	n = readstr(off, buf, n, s);
	free(s);
	return n;
}

/* ---- configuration ---- */

static int
number(const char *s, int64_t *v)
{
	char *end;

	*v = strtoll(s, &end, 0);
	if (end == s || *end != 0 || *v < 0)
		return kerror("%s", Ebadarg);
	return 0;
}

static int
addfile(Disk *d, const char *name)
{
	StyxDir st;
	Chan *c = namec(name, Aopen, ORDWR, 0);

	if (c == NULL)
		return -1;
	if (c->type->stat(c, &st) < 0) {
		cclose(c);
		return -1;
	}
	d->length[d->nfile] = st.length;
	d->file[d->nfile++] = c;
	dir_clear(&st);
	return 0;
}

static int
setsize(Disk *d)
{
	int64_t least = d->length[0], sum = 0;

	for (int i = 0; i < d->nfile; i++) {
		if (d->length[i] < least)
			least = d->length[i];
		if (__builtin_add_overflow(sum, d->length[i], &sum))
			return kerror("%s", Ebadarg);
	}
	switch (d->kind) {
	case Mirror:
		d->size = least;
		break;
	case Cat:
		d->size = sum;
		break;
	case Inter:
		d->size = least / TURN * TURN;
		if (__builtin_mul_overflow(d->size, (int64_t)d->nfile, &d->size))
			return kerror("%s", Ebadarg);
		break;
	case Part:
		/* What is asked for is cut at the file's end. */
		if (d->start > least)
			return kerror("%s", Ebadarg);
		if (d->size > least - d->start)
			d->size = least - d->start;
		break;
	}
	return 0;
}

static char *
joined(Cmdbuf *cb)
{
	char *s = strdup("");

	for (int i = 0; i < cb->nf && s != NULL; i++) {
		char *q = kquote(cb->f[i]), *t = NULL;
		if (q == NULL || asprintf(&t, "%s%s%s", s, i > 0 ? " " : "", q) < 0)
			t = NULL;
		free(q);
		free(s);
		s = t;
	}
	return s;
}

static int
enlist(Disk *d)
{
	int r = 0;

	pthread_mutex_lock(&ds.lock);
	for (int i = 0; i < ds.n; i++)
		if (strcmp(ds.disk[i]->name, d->name) == 0)
			r = kerror("%s", Eexist);
	if (r == 0 && ds.n == MAXDISK)
		r = kerror("%s", Enodev);
	if (r == 0) {
		d->path = ds.lastpath++;
		ds.disk[ds.n++] = d;
	}
	pthread_mutex_unlock(&ds.lock);
	return r;
}

static int
configure(int kind, Cmdbuf *cb)
{
	int n = kind == Part ? 1 : cb->nf - 2;

	if (n < 1 || n > MAXFILE)
		return kerror("%s", Ebadarg);
	if (strcmp(cb->f[1], "ctl") == 0)
		return kerror("%s", Eexist);
	if (cb->f[1][0] == 0 || strcmp(cb->f[1], ".") == 0 || strcmp(cb->f[1], "..") == 0 || validname(cb->f[1], false) < 0)
		return kerror("%s", Efilename);
	Disk *d = calloc(1, sizeof *d);
	if (d == NULL)
		return kerror("%s", Enomem);
	atomic_init(&d->ref, 1);
	d->kind = kind;
	d->name = strdup(cb->f[1]);
	d->line = joined(cb);
	int r = d->name == NULL || d->line == NULL ? kerror("%s", Enomem) : 0;
	if (r == 0 && kind == Part && (number(cb->f[3], &d->start) < 0 || number(cb->f[4], &d->size) < 0))
		r = -1;
	for (int i = 0; i < n && r == 0; i++)
		r = addfile(d, cb->f[2 + i]);
	if (r == 0)
		r = setsize(d);
	if (r == 0)
		r = enlist(d);
	if (r < 0)
		disk_put(d);
	return r;
}

/* Takes the disk of that name, or all, off the list. */
static int
delist(const char *name)
{
	Disk *gone[MAXDISK];
	int n = 0, k = 0;

	pthread_mutex_lock(&ds.lock);
	for (int i = 0; i < ds.n; i++)
		if (name == NULL || strcmp(ds.disk[i]->name, name) == 0)
			gone[n++] = ds.disk[i];
		else
			ds.disk[k++] = ds.disk[i];
	ds.n = k;
	pthread_mutex_unlock(&ds.lock);
	for (int i = 0; i < n; i++)
		disk_put(gone[i]);
	return name != NULL && n == 0 ? kerror("%s", Enonexist) : 0;
}

static long
dswrite(Chan *c, const void *buf, long n, int64_t off)
{
	if (c->qid.path != Qctl)
		return diskio(c->aux, (char *)buf, n, off, true);
	Cmdbuf *cb = parsecmd(buf, n);
	const Cmdtab *ct = cb != NULL ? lookupcmd(cb, cmdtab, NCMD) : NULL;
	int r = -1;
	if (ct != NULL)
		switch (ct->index) {
		case Del:
			r = delist(cb->f[1]);
			break;
		case Clear:
			r = delist(NULL);
			break;
		default:
			r = configure(ct->index, cb);
		}
	cmdbuf_free(cb);
	return r < 0 ? -1 : n;
}

Dev dsdev = {
    .dc = 'k',
    .name = "ds",
    .attach = dsattach,
    .walk = dswalk,
    .stat = dsstat,
    .open = dsopen,
    .close = dsclose,
    .read = dsread,
    .write = dswrite,
};
