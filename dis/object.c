/*
 * Modules in memory: their pool, making and extending them, looking things up, and the instruction set as an array.
 */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "dis/impl.h"

const DisOp dis_ops[DIS_NOPS] = {
#define X(num, id, name, src, mid, dst, flags) {name, DIS_OPD_##src, DIS_OPD_##mid, DIS_OPD_##dst, flags},
    DIS_OPCODES(X)
#undef X
};

/* The table must be dense: a row's place is its number. */
enum {
#define X(num, id, name, src, mid, dst, flags) PLACE_##id,
	DIS_OPCODES(X)
#undef X
};
#define X(num, id, name, src, mid, dst, flags) _Static_assert(PLACE_##id == num, "opcode " name " is out of place");
DIS_OPCODES(X)
#undef X

const char *
dis_opname(unsigned op)
{
	return op < DIS_NOPS ? dis_ops[op].name : NULL;
}

int
dis_opcode(const char *name, size_t len)
{
	for (int i = 0; i < DIS_NOPS; i++)
		if (strlen(dis_ops[i].name) == len && memcmp(dis_ops[i].name, name, len) == 0)
			return i;
	return -1;
}

unsigned
dis_kindsize(DisKind kind)
{
	switch (kind) {
	case DIS_K_B:
		return 1;
	case DIS_K_H:
		return 2;
	case DIS_K_L:
	case DIS_K_F:
		return 8;
	case DIS_K_NONE:
	case DIS_K_MEM:
	case DIS_K_VAL:
	case DIS_K_ALT:
	case DIS_K_TAB:
	case DIS_K_ANY:
		return 0;
	default:
		return 4;
	}
}

bool
dis_kindref(DisKind kind)
{
	switch (kind) {
	case DIS_K_P:
	case DIS_K_C:
	case DIS_K_A:
	case DIS_K_LS:
	case DIS_K_CH:
	case DIS_K_MD:
		return true;
	default:
		return false;
	}
}

unsigned
dis_shape(unsigned op, unsigned *opt)
{
	const DisOp *o;
	unsigned s;

	*opt = 0;
	if (op >= DIS_NOPS)
		return 0;
	o = &dis_ops[op];
	s = (o->src ? DIS_HASSRC : 0) | (o->mid ? DIS_HASMID : 0) | (o->dst ? DIS_HASDST : 0);
	if (o->mid & DIS_ACC_OPT)
		*opt = DIS_HASMID;
	return s;
}

bool
dis_fail(DisError *err, size_t at, const char *msg, const char *fmt, ...)
{
	va_list ap;

	if (err == NULL)
		return false;
	snprintf(err->msg, sizeof err->msg, "%s", msg);
	err->detail[0] = 0;
	err->at = at;
	if (fmt) {
		va_start(ap, fmt);
		vsnprintf(err->detail, sizeof err->detail, fmt, ap);
		va_end(ap);
	}
	return false;
}

/*
 * A pool is a chain of chunks, the newest first, of which only the first is carved from. Chunks grow with the pool, so
 * that a small module costs little and a large one few allocations; what does not fit well gets a chunk of its own,
 * which goes behind the first.
 */
typedef struct DisPool DisPool;
struct DisPool {
	DisPool *next;
	size_t used, size;
	_Alignas(16) uint8_t mem[];
};

enum {
	FIRSTCHUNK = 2048,
	LASTCHUNK = 256 * 1024,
};

static DisPool *
newchunk(size_t size)
{
	DisPool *p;

	if (size > SIZE_MAX / 2)
		return NULL;
	p = calloc(1, sizeof *p + size);
	if (p)
		p->size = size;
	return p;
}

void *
dis_alloc(DisModule *m, size_t n)
{
	DisPool *first = m->pool, *p;
	size_t size;
	void *v;

	if (n > SIZE_MAX / 4)
		return NULL;
	n = n ? (n + 7) & ~(size_t)7 : 8;
	if (first && n <= first->size - first->used) {
		v = first->mem + first->used;
		first->used += n;
		return v;
	}
	size = first && first->size >= FIRSTCHUNK ? first->size * 2 : FIRSTCHUNK;
	if (size > LASTCHUNK)
		size = LASTCHUNK;
	if (first && n > size / 4) {
		p = newchunk(n);
		if (p == NULL)
			return NULL;
		p->used = n;
		p->next = first->next;
		first->next = p;
		return p->mem;
	}
	p = newchunk(n > size ? n : size);
	if (p == NULL)
		return NULL;
	p->next = first;
	p->used = n;
	m->pool = p;
	return p->mem;
}

char *
dis_strndup(DisModule *m, const char *s, size_t n)
{
	char *t = dis_alloc(m, n + 1);

	if (t == NULL)
		return NULL;
	if (n)
		memcpy(t, s, n);
	t[n] = 0;
	return t;
}

char *
dis_strdup(DisModule *m, const char *s)
{
	return dis_strndup(m, s, strlen(s));
}

DisModule *
dis_new(void)
{
	DisModule *m = calloc(1, sizeof *m);

	if (m == NULL)
		return NULL;
	m->flags = DIS_HASLDT;
	m->entrypc = -1;
	m->entrydesc = -1;
	m->name = dis_strdup(m, "");
	if (m->name == NULL) {
		dis_free(m);
		return NULL;
	}
	return m;
}

void
dis_free(DisModule *m)
{
	DisPool *p, *next;

	if (m == NULL)
		return;
	for (p = m->pool; p; p = next) {
		next = p->next;
		free(p);
	}
	free(m);
}

static size_t
roomfor(int32_t n)
{
	size_t c = 4;

	if (n == 0)
		return 0;
	while (c < (size_t)n)
		c *= 2;
	return c;
}

void *
dis_array(DisModule *m, int32_t n, size_t size)
{
	return dis_alloc(m, roomfor(n) * size);
}

void *
dis_grow(DisModule *m, void *array, int32_t n, size_t size)
{
	size_t room = roomfor(n);
	uint8_t *a;

	if (n == INT32_MAX)
		return NULL;
	if ((size_t)n < room)
		return array;
	a = dis_array(m, n + 1, size);
	if (a && n)
		memcpy(a, array, (size_t)n * size);
	return a;
}

/* Set p to the zeroed next element of the array a, whose count is n; NULL if there is no memory. */
#define EXTEND(m, p, a, n)                                                                                             \
	do {                                                                                                           \
		void *grown_ = dis_grow(m, a, n, sizeof *(a));                                                         \
		p = NULL;                                                                                              \
		if (grown_) {                                                                                          \
			a = grown_;                                                                                    \
			p = &(a)[n];                                                                                   \
			memset(p, 0, sizeof *p);                                                                       \
		}                                                                                                      \
	} while (0)

DisInst *
dis_add_inst(DisModule *m, const DisInst *in)
{
	DisInst *p;

	EXTEND(m, p, m->code, m->ncode);
	if (p == NULL)
		return NULL;
	if (in)
		*p = *in;
	m->ncode++;
	return p;
}

DisInst *
dis_add_code(DisModule *m, int32_t n)
{
	DisInst *a;

	if (n < 0 || n > INT32_MAX - m->ncode)
		return NULL;
	a = dis_array(m, m->ncode + n, sizeof *a);
	if (a == NULL)
		return NULL;
	if (m->ncode > 0)
		memcpy(a, m->code, (size_t)m->ncode * sizeof *a);
	m->code = a;
	a += m->ncode;
	m->ncode += n;
	return a;
}

DisType *
dis_add_type(DisModule *m, int32_t num, int32_t size, const uint8_t *map, int32_t nmap)
{
	DisType *p;

	EXTEND(m, p, m->type, m->ntypes);
	if (p == NULL)
		return NULL;
	p->num = num;
	p->size = size;
	p->nmap = nmap;
	p->map = dis_alloc(m, (size_t)nmap);
	if (p->map == NULL)
		return NULL;
	if (nmap)
		memcpy(p->map, map, (size_t)nmap);
	m->ntypes++;
	m->typeix = NULL;
	return p;
}

static DisData *
additem(DisModule *m, int type, int32_t off, int32_t count)
{
	DisData *p;

	EXTEND(m, p, m->data, m->ndata);
	if (p == NULL)
		return NULL;
	p->type = (uint8_t)type;
	p->off = off;
	p->count = count;
	m->ndata++;
	return p;
}

DisData *
dis_add_data(DisModule *m, int type, int32_t off, int32_t count, const void *data)
{
	size_t n = (size_t)count;
	DisData *d;
	void *copy;

	if (type == DIS_DEFW)
		n *= 4;
	else if (type == DIS_DEFF || type == DIS_DEFL)
		n *= 8;
	copy = dis_strndup(m, data, n);
	if (copy == NULL)
		return NULL;
	d = additem(m, type, off, count);
	if (d == NULL)
		return NULL;
	switch (type) {
	case DIS_DEFB:
		d->u.bytes = copy;
		break;
	case DIS_DEFW:
		d->u.words = copy;
		break;
	case DIS_DEFS:
		d->u.str = copy;
		break;
	case DIS_DEFF:
		d->u.reals = copy;
		break;
	case DIS_DEFL:
		d->u.bigs = copy;
		break;
	}
	return d;
}

DisData *
dis_add_array(DisModule *m, int32_t off, int32_t desc, int32_t len)
{
	DisData *d = additem(m, DIS_DEFA, off, 1);

	if (d) {
		d->u.array.desc = desc;
		d->u.array.len = len;
	}
	return d;
}

DisData *
dis_add_ind(DisModule *m, int32_t off, int32_t index)
{
	DisData *d = additem(m, DIS_DIND, off, 1);

	if (d)
		d->u.index = index;
	return d;
}

DisData *
dis_add_apop(DisModule *m)
{
	return additem(m, DIS_DAPOP, 0, 1);
}

DisLink *
dis_add_link(DisModule *m, int32_t pc, int32_t desc, uint32_t sig, const char *name)
{
	DisLink *p;

	EXTEND(m, p, m->link, m->nlinks);
	if (p == NULL)
		return NULL;
	p->pc = pc;
	p->desc = desc;
	p->sig = sig;
	p->name = dis_strdup(m, name);
	if (p->name == NULL)
		return NULL;
	m->nlinks++;
	return p;
}

DisImports *
dis_add_imports(DisModule *m)
{
	DisImports *p;

	EXTEND(m, p, m->import, m->nimports);
	if (p)
		m->nimports++;
	return p;
}

DisImport *
dis_add_import(DisModule *m, DisImports *list, uint32_t sig, const char *name)
{
	DisImport *p;

	EXTEND(m, p, list->item, list->n);
	if (p == NULL)
		return NULL;
	p->sig = sig;
	p->name = dis_strdup(m, name);
	if (p->name == NULL)
		return NULL;
	list->n++;
	return p;
}

DisHandler *
dis_add_handler(DisModule *m)
{
	DisHandler *p;

	EXTEND(m, p, m->handler, m->nhandlers);
	if (p == NULL)
		return NULL;
	p->desc = -1;
	p->wild = -1;
	m->nhandlers++;
	return p;
}

DisLabel *
dis_add_label(DisModule *m, DisHandler *h, const char *name, int32_t pc)
{
	DisLabel *p;

	EXTEND(m, p, h->label, h->nlabels);
	if (p == NULL)
		return NULL;
	p->name = dis_strdup(m, name);
	p->pc = pc;
	if (p->name == NULL)
		return NULL;
	h->nlabels++;
	return p;
}

const DisType *
dis_type(const DisModule *m, int32_t num)
{
	if (num < 0 || num >= m->ntypes)
		return NULL;
	if (m->typeix)
		return m->typeix[num] < 0 ? NULL : &m->type[m->typeix[num]];
	for (int32_t i = m->ntypes; --i >= 0;)
		if (m->type[i].num == num)
			return &m->type[i];
	return NULL;
}

bool
dis_isref(const DisType *t, int32_t off)
{
	int32_t w = off / 4;

	return off >= 0 && off < t->size && w / 8 < t->nmap && (t->map[w / 8] & (0x80 >> w % 8)) != 0;
}
