/*
 * Reading object files. Everything is checked as it is met, so that errors come in the order of the file and have the
 * texts that dis(6) gives; what a loader may rely on afterwards is said at dis_read.
 */
#include <stdlib.h>
#include <string.h>

#include "dis/impl.h"
#include "dis/pages.h"

static const char implausible[] = "implausible Dis file";

/*
 * A reader's place in the file. Getters return zero values once something has failed; fail is set by the first error
 * alone, so a run of getters needs one check behind it.
 */
typedef struct Reader {
	const uint8_t *start, *p, *end;
	DisModule *m;
	DisError *err;
	bool failed;
} Reader;

static void
fail(Reader *r, const char *msg, const char *detail)
{
	if (r->failed)
		return;
	r->failed = true;
	dis_fail(r->err, (size_t)(r->p - r->start), msg, "%s", detail);
}

static size_t
left(const Reader *r)
{
	return (size_t)(r->end - r->p);
}

static int32_t
operand(Reader *r)
{
	int32_t v = 0;
	int n;

	if (r->failed)
		return 0;
	n = dis_getoperand(r->p, r->end, &v);
	if (n == 0) {
		fail(r, implausible, "file ends within an operand");
		return 0;
	}
	r->p += n;
	return v;
}

/* The next n bytes, or NULL. */
static const uint8_t *
bytes(Reader *r, size_t n)
{
	const uint8_t *p = r->p;

	if (r->failed)
		return NULL;
	if (n > left(r)) {
		fail(r, implausible, "file ends too early");
		return NULL;
	}
	r->p += n;
	return p;
}

static int
byte(Reader *r)
{
	const uint8_t *p = bytes(r, 1);

	return p ? *p : 0;
}

static uint32_t
big32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static uint64_t
big64(const uint8_t *p)
{
	return (uint64_t)big32(p) << 32 | big32(p + 4);
}

static uint32_t
word(Reader *r)
{
	const uint8_t *p = bytes(r, 4);

	return p ? big32(p) : 0;
}

static char *
string(Reader *r)
{
	const uint8_t *z;
	char *s;

	if (r->failed)
		return NULL;
	z = left(r) ? memchr(r->p, 0, left(r)) : NULL;
	if (z == NULL) {
		fail(r, implausible, "file ends within a string");
		return NULL;
	}
	s = dis_strndup(r->m, (const char *)r->p, (size_t)(z - r->p));
	if (s == NULL)
		fail(r, "out of memory: main", "");
	r->p = z + 1;
	return s;
}

/*
 * An array for n elements, each of which takes at least least bytes of what is left of the file: a wild count is found
 * before memory is asked for.
 */
static void *
array(Reader *r, int32_t n, size_t least, size_t size, const char *what)
{
	void *p;

	if (r->failed)
		return NULL;
	if (n < 0 || (size_t)n > left(r) / least) {
		fail(r, implausible, what);
		return NULL;
	}
	p = dis_array(r->m, n, size);
	if (p == NULL)
		fail(r, "out of memory: main", "");
	return p;
}

static void
header(Reader *r)
{
	DisModule *m = r->m;
	int32_t magic, n, v[4];
	int len;

	len = dis_getoperand(r->p, r->end, &magic);
	if (len == 0 || (magic != DIS_XMAGIC && magic != DIS_SMAGIC)) {
		fail(r, "bad magic", "not a Dis object file");
		return;
	}
	r->p += len;
	if (magic == DIS_SMAGIC) {
		n = operand(r);
		if (r->failed)
			return;
		if (n < 0 || (size_t)n > left(r)) {
			fail(r, "corrupt signature", "signature is longer than the file");
			return;
		}
		m->issigned = true;
		m->nsign = n;
		m->sign = (uint8_t *)dis_strndup(m, (const char *)r->p, (size_t)n);
		if (m->sign == NULL) {
			fail(r, "out of memory: main", "");
			return;
		}
		r->p += n;
	}
	m->body = (size_t)(r->p - r->start);
	m->flags = operand(r);
	m->stackext = operand(r);
	for (int i = 0; i < 4; i++)
		v[i] = operand(r);
	m->entrypc = operand(r);
	m->entrydesc = operand(r);
	if (r->failed)
		return;
	for (int i = 0; i < 4; i++)
		if (v[i] < 0) {
			fail(r, implausible, "negative size in the header");
			return;
		}
	m->ncode = v[0];
	m->datasize = v[1];
	m->ntypes = v[2];
	m->nlinks = v[3];
}

static void
place(Reader *r, unsigned mode, int32_t *off, int32_t *off2)
{
	switch (mode) {
	case DIS_AMP:
	case DIS_AFP:
	case DIS_AIMM:
		*off = operand(r);
		break;
	case DIS_AINDMP:
	case DIS_AINDFP:
		*off = operand(r) & 0xffff;
		*off2 = operand(r) & 0xffff;
		break;
	}
}

static void
code(Reader *r)
{
	DisModule *m = r->m;
	const uint8_t *p;
	DisInst *in;

	m->code = array(r, m->ncode, 2, sizeof *m->code, "more instructions than the file has room for");
	if (!r->failed)
		pages_want(m->code, (size_t)m->ncode * sizeof *m->code);
	for (int32_t i = 0; i < m->ncode && !r->failed; i++) {
		p = bytes(r, 2);
		if (p == NULL)
			return;
		in = &m->code[i];
		in->op = p[0];
		in->mode = p[1];
		if (DIS_MIDMODE(in->mode) == DIS_MIMM)
			in->mid = (int16_t)operand(r);
		else if (DIS_MIDMODE(in->mode) != DIS_MXXX)
			in->mid = operand(r) & 0xffff;
		place(r, DIS_SRCMODE(in->mode), &in->src, &in->src2);
		place(r, DIS_DSTMODE(in->mode), &in->dst, &in->dst2);
		if (DIS_DSTMODE(in->mode) == DIS_AIMM && in->op < DIS_NOPS && (dis_ops[in->op].flags & DIS_F_CHKPC) &&
		    (in->dst < 0 || in->dst >= m->ncode))
			fail(r, "bad branch addr", "destination is no instruction of the module");
	}
}

static void
types(Reader *r)
{
	DisModule *m = r->m;
	const DisType *mp;
	const uint8_t *map;
	DisType *t;

	m->type = array(r, m->ntypes, 3, sizeof *m->type, "more descriptors than the file has room for");
	if (r->failed)
		return;
	m->typeix = dis_alloc(m, (size_t)m->ntypes * sizeof *m->typeix);
	if (m->typeix == NULL) {
		fail(r, "out of memory: main", "");
		return;
	}
	for (int32_t i = 0; i < m->ntypes; i++)
		m->typeix[i] = -1;
	for (int32_t i = 0; i < m->ntypes; i++) {
		t = &m->type[i];
		t->num = operand(r);
		t->size = operand(r);
		t->nmap = operand(r);
		if (r->failed)
			return;
		if (t->num < 0 || t->num > m->ntypes) {
			fail(r, "heap id range", "number of a descriptor is above their count");
			return;
		}
		if (t->size < 0 || t->nmap < 0 || t->nmap > DIS_MAXMAP) {
			fail(r, implausible, "descriptor with a bad size or map");
			return;
		}
		map = bytes(r, (size_t)t->nmap);
		if (map == NULL)
			return;
		t->map = (uint8_t *)dis_strndup(m, (const char *)map, (size_t)t->nmap);
		if (t->map == NULL) {
			fail(r, "out of memory: main", "");
			return;
		}
		/* The number next to the last is let through, as it always was, but names nothing. */
		if (t->num < m->ntypes)
			m->typeix[t->num] = i;
	}
	if (m->datasize != 0) {
		mp = dis_type(m, 0);
		if (mp == NULL || mp->size != m->datasize)
			fail(r, "bad desc for mp", "descriptor 0 is missing or is not as large as module data");
	}
}

/*
 * While the data section is read, the words that hold an array must be known, since DIND may only name such a word.
 * Known keeps them in a hash table with open addressing. A word is named by its segment (0 is module data, k the k-th
 * array) and its offset there. Whatever is stored over the word takes it out again.
 */
typedef struct Held {
	int32_t seg, off;
	int32_t array; /* segment number of the array held there, 0: no longer any, -1: slot never used */
} Held;

typedef struct Known {
	uintptr_t seed; /* so that a file cannot be made whose words all meet in one slot */
	Held *slot;
	size_t nslots, used; /* nslots is a power of two; used counts slots that are not -1 */
	int32_t live;
} Known;

typedef struct Segment {
	int32_t elem; /* bytes of an element */
	int32_t len;  /* elements */
} Segment;

typedef struct Where {
	int32_t seg;
	int64_t base;
} Where;

static Held *
find(Known *k, int32_t seg, int32_t off)
{
	uint64_t x = ((uint64_t)(uint32_t)seg << 32 | (uint32_t)off) + k->seed;
	size_t h;

	x = (x ^ x >> 31) * 0x7fb5d329728ea185u;
	x = (x ^ x >> 27) * 0x81dadef4bc2dd44du;
	h = (size_t)(x ^ x >> 33) & (k->nslots - 1);
	while (k->slot[h].array != -1 && (k->slot[h].seg != seg || k->slot[h].off != off))
		h = (h + 1) & (k->nslots - 1);
	return &k->slot[h];
}

static bool
hold(Known *k, int32_t seg, int32_t off, int32_t array)
{
	Known old = *k;
	Held *h;

	if ((k->used + 1) * 2 > k->nslots) {
		k->nslots = old.nslots ? old.nslots * 2 : 64;
		k->slot = malloc(k->nslots * sizeof *k->slot);
		if (k->slot == NULL) {
			*k = old;
			return false;
		}
		for (size_t i = 0; i < k->nslots; i++)
			k->slot[i].array = -1;
		for (size_t i = 0; i < old.nslots; i++)
			if (old.slot[i].array != -1)
				*find(k, old.slot[i].seg, old.slot[i].off) = old.slot[i];
		free(old.slot);
	}
	h = find(k, seg, off);
	if (h->array == -1)
		k->used++;
	if (h->array <= 0)
		k->live++;
	*h = (Held){seg, off, array};
	return true;
}

static void
overwrite(Known *k, int32_t seg, int64_t off, int64_t n)
{
	Held *h;

	if (k->live == 0)
		return;
	for (int64_t o = off & ~(int64_t)3; o < off + n; o += 4) {
		h = find(k, seg, (int32_t)o);
		if (h->array > 0) {
			h->array = 0;
			k->live--;
		}
	}
}

/* The values of an item: count of them, each size bytes in the file. */
static const uint8_t *
values(Reader *r, DisData *d, size_t size)
{
	if (d->count < 0) {
		fail(r, implausible, "negative count of a data item");
		return NULL;
	}
	return bytes(r, (size_t)d->count * size);
}

static void
itemdata(Reader *r, DisData *d)
{
	DisModule *m = r->m;
	const uint8_t *p;
	uint64_t v;

	switch (d->type) {
	case DIS_DEFB:
		p = values(r, d, 1);
		if (p && (d->u.bytes = (uint8_t *)dis_strndup(m, (const char *)p, (size_t)d->count)) == NULL)
			fail(r, "out of memory: main", "");
		break;
	case DIS_DEFS:
		p = values(r, d, 1);
		if (p && (d->u.str = dis_strndup(m, (const char *)p, (size_t)d->count)) == NULL)
			fail(r, "out of memory: main", "");
		break;
	case DIS_DEFW:
		p = values(r, d, 4);
		if (p == NULL)
			break;
		d->u.words = dis_alloc(m, (size_t)d->count * 4);
		if (d->u.words == NULL)
			fail(r, "out of memory: main", "");
		for (int32_t i = 0; i < d->count && !r->failed; i++)
			d->u.words[i] = (int32_t)big32(p + 4 * (size_t)i);
		break;
	case DIS_DEFF:
	case DIS_DEFL:
		p = values(r, d, 8);
		if (p == NULL)
			break;
		d->u.bigs = dis_alloc(m, (size_t)d->count * 8);
		if (d->u.bigs == NULL)
			fail(r, "out of memory: main", "");
		for (int32_t i = 0; i < d->count && !r->failed; i++) {
			v = big64(p + 8 * (size_t)i);
			if (d->type == DIS_DEFL)
				d->u.bigs[i] = (int64_t)v;
			else
				memcpy(&d->u.reals[i], &v, 8);
		}
		break;
	case DIS_DEFA:
		d->u.array.desc = (int32_t)word(r);
		d->u.array.len = (int32_t)word(r);
		break;
	case DIS_DIND:
		d->u.index = (int32_t)word(r);
		break;
	case DIS_DAPOP:
		break;
	default:
		fail(r, "bad data item", "unknown type of data item");
		break;
	}
}

/* What is stored by an item: bytes. */
static int64_t
extent(const DisData *d)
{
	switch (d->type) {
	case DIS_DEFB:
		return d->count;
	case DIS_DEFW:
		return (int64_t)d->count * 4;
	case DIS_DEFF:
	case DIS_DEFL:
		return (int64_t)d->count * 8;
	default:
		return 4;
	}
}

/* State of the data section: the segments so far, where arrays are held, and the stack of bases. */
typedef struct Section {
	Segment *seg;
	int32_t nsegs;
	Known known;
	Where stack[DIS_MAXNEST + 1];
	int depth;
} Section;

static bool
newsegment(Section *s, int32_t elem, int32_t len)
{
	Segment *p;

	if ((s->nsegs & (s->nsegs - 1)) == 0) {
		p = realloc(s->seg, (s->nsegs ? (size_t)s->nsegs * 2 : 1) * sizeof *p);
		if (p == NULL)
			return false;
		s->seg = p;
	}
	s->seg[s->nsegs++] = (Segment){elem, len};
	return true;
}

/* Carry out one item: check where it goes, and keep track of arrays. */
static void
item(Reader *r, Section *s, const DisData *d)
{
	Where *w = &s->stack[s->depth];
	int64_t off = w->base + d->off, n = extent(d);
	const Segment *seg = &s->seg[w->seg];
	const DisType *t;
	Held *h;

	if (d->type == DIS_DAPOP) {
		if (s->depth == 0)
			fail(r, "pop range", "no array is open");
		else
			s->depth--;
		return;
	}
	if (d->type == DIS_DIND) {
		h = off < 0 || off > INT32_MAX || s->known.nslots == 0 ? NULL : find(&s->known, w->seg, (int32_t)off);
		if (h == NULL || h->array <= 0) {
			fail(r, "ind not array", "no array at this place");
			return;
		}
		if (d->u.index < 0 || d->u.index > s->seg[h->array].len || s->depth == DIS_MAXNEST) {
			fail(r, "array init range", "index outside of the array, or too many arrays open");
			return;
		}
		s->stack[++s->depth] = (Where){h->array, (int64_t)d->u.index * s->seg[h->array].elem};
		return;
	}
	if (d->type == DIS_DEFA) {
		t = dis_type(r->m, d->u.array.desc);
		if (t == NULL) {
			fail(r, "bad array type", "elements of an unknown descriptor");
			return;
		}
		if (d->u.array.len < 0) {
			fail(r, implausible, "array of negative length");
			return;
		}
		if (!newsegment(s, t->size, d->u.array.len)) {
			fail(r, "out of memory: main", "");
			return;
		}
		seg = &s->seg[w->seg];
	}
	if (off < 0 || off + n > (int64_t)seg->elem * seg->len || off > INT32_MAX) {
		fail(r, implausible, "data item outside of module data or of its array");
		return;
	}
	if ((d->type == DIS_DEFA || d->type == DIS_DEFS) && off % 4 != 0) {
		fail(r, implausible, "reference at an odd address");
		return;
	}
	if (d->type != DIS_DEFA)
		overwrite(&s->known, w->seg, off, n);
	else if (!hold(&s->known, w->seg, (int32_t)off, s->nsegs - 1))
		fail(r, "out of memory: main", "");
}

static void
data(Reader *r)
{
	DisModule *m = r->m;
	Section s = {0};
	DisData *d, *grown;
	int c;

	if (r->failed)
		return;
	s.known.seed = (uintptr_t)m;
	if (!newsegment(&s, m->datasize, 1))
		fail(r, "out of memory: main", "");
	while (!r->failed && (c = byte(r)) != 0) {
		grown = dis_grow(m, m->data, m->ndata, sizeof *grown);
		if (grown == NULL) {
			fail(r, "out of memory: main", "");
			break;
		}
		m->data = grown;
		d = &m->data[m->ndata];
		memset(d, 0, sizeof *d);
		d->type = (uint8_t)(c >> 4);
		d->count = c & 15;
		if (d->count == 0)
			d->count = operand(r);
		d->off = operand(r);
		if (r->failed)
			break;
		itemdata(r, d);
		if (r->failed)
			break;
		item(r, &s, d);
		m->ndata++;
	}
	free(s.seg);
	free(s.known.slot);
}

static void
name(Reader *r)
{
	size_t n = left(r) < DIS_MAXNAME ? left(r) : DIS_MAXNAME;

	if (r->failed)
		return;
	if (n == 0 || memchr(r->p, 0, n) == NULL) {
		fail(r, "bad module name", "name does not end within 128 bytes");
		return;
	}
	r->m->name = string(r);
}

static void
links(Reader *r)
{
	DisModule *m = r->m;
	DisLink *l;

	m->link = array(r, m->nlinks, 7, sizeof *m->link, "more links than the file has room for");
	for (int32_t i = 0; i < m->nlinks && !r->failed; i++) {
		l = &m->link[i];
		l->pc = operand(r);
		l->desc = operand(r);
		l->sig = word(r);
		l->name = string(r);
	}
}

static void
imports(Reader *r)
{
	DisModule *m = r->m;
	DisImports *l;
	int32_t n;

	n = operand(r);
	m->import = array(r, n, 1, sizeof *m->import, "more import lists than the file has room for");
	if (r->failed)
		return;
	m->nimports = n;
	for (int32_t i = 0; i < m->nimports && !r->failed; i++) {
		l = &m->import[i];
		n = operand(r);
		l->item = array(r, n, 5, sizeof *l->item, "more imports than the file has room for");
		if (r->failed)
			return;
		l->n = n;
		for (int32_t k = 0; k < l->n && !r->failed; k++) {
			l->item[k].sig = word(r);
			l->item[k].name = string(r);
		}
	}
	byte(r);
}

static void
handlers(Reader *r)
{
	DisModule *m = r->m;
	DisHandler *h;
	int32_t n;

	n = operand(r);
	m->handler = array(r, n, 6, sizeof *m->handler, "more handlers than the file has room for");
	if (r->failed)
		return;
	m->nhandlers = n;
	for (int32_t i = 0; i < m->nhandlers && !r->failed; i++) {
		h = &m->handler[i];
		h->eoff = operand(r);
		h->pc1 = operand(r);
		h->pc2 = operand(r);
		h->desc = operand(r);
		n = operand(r);
		if (!r->failed && (n < 0 || n >> 16 > (n & 0xffff)))
			fail(r, implausible, "handler with a bad count of labels");
		h->label = array(r, n & 0xffff, 2, sizeof *h->label, "more labels than the file has room for");
		if (r->failed)
			return;
		h->nlabels = n & 0xffff;
		h->nexc = n >> 16;
		for (int32_t k = 0; k < h->nlabels && !r->failed; k++) {
			h->label[k].name = string(r);
			h->label[k].pc = operand(r);
		}
		h->wild = operand(r);
	}
	byte(r);
}

/* The path may be missing, or cut off without its final 0. */
static void
source(Reader *r)
{
	const uint8_t *z;
	size_t n = left(r);

	if (r->failed || n == 0)
		return;
	z = memchr(r->p, 0, n);
	if (z)
		n = (size_t)(z - r->p);
	r->m->source = dis_strndup(r->m, (const char *)r->p, n);
	if (r->m->source == NULL)
		fail(r, "out of memory: main", "");
}

DisModule *
dis_read(const uint8_t *p, size_t n, DisError *err)
{
	Reader r = {0};

	if (n >= DIS_MAXFILE) {
		dis_fail(err, 0, "implausible length", "file of %zu bytes", n);
		return NULL;
	}
	r.m = dis_new();
	if (r.m == NULL) {
		dis_fail(err, 0, "out of memory: main", NULL);
		return NULL;
	}
	if (n == 0)
		p = (const uint8_t *)"";
	r.start = r.p = p;
	r.end = p + n;
	r.err = err;
	header(&r);
	code(&r);
	types(&r);
	data(&r);
	name(&r);
	links(&r);
	if (!r.failed && (r.m->flags & DIS_HASLDT0))
		fail(&r, "obsolete dis", "import tables inside module data");
	if (!r.failed && (r.m->flags & DIS_HASLDT))
		imports(&r);
	if (!r.failed && (r.m->flags & DIS_HASEXCEPT))
		handlers(&r);
	source(&r);
	if (r.failed) {
		dis_free(r.m);
		return NULL;
	}
	return r.m;
}
