/*
 * Code generation: module data. Constants that cannot be immediates (each once), tables, initial values of variables,
 * and in the end where everything lies and what the object's data section says.
 */
#include <stdlib.h>
#include <string.h>

#include "limbo/gen.h"

/* Values that one array may be given: more than fits into an object file that is of any use. */
#define MAXINIT (1 << 20)

/* -------------------------------------------------------------------- items */

Item *
item_new(Gen *g, Desc *shape, int align)
{
	Item *it = lalloc(g->l, sizeof *it);

	it->shape = shape;
	it->align = align > 0 ? align : 1;
	it->serial = g->nitems++;
	if (g->lastitem)
		g->lastitem->next = it;
	else
		g->items = it;
	g->lastitem = it;
	return it;
}

void
item_init(Gen *g, Item *it, Init in)
{
	GROW(g, it->init, it->ninit, it->cinit);
	it->init[it->ninit++] = in;
	if (in.kind == Ipc) {
		it->table = true;
		in.label->kept = true;
	}
}

static bool
same_key(const Init *a, const Init *b)
{
	switch (a->kind) {
	case Istring:
		return a->str.n == b->str.n && memcmp(a->str.s, b->str.s, a->str.n) == 0;
	case Ireal:
		return memcmp(&a->rval, &b->rval, sizeof a->rval) == 0;
	default:
		return a->ival == b->ival;
	}
}

/* The constant item with that value, made when it is first wanted. */
static Item *
constant(Gen *g, Init key, int size, bool ref)
{
	static const uint8_t refmap[1] = { 0x80 };
	uint64_t h = (uint64_t)key.kind * 977;
	Item *it, **bucket;
	uint32_t i;

	if (key.kind == Istring) {
		for (i = 0; i < key.str.n; i++)
			h = h * 31 + (uint8_t)key.str.s[i];
	} else {
		uint64_t v;

		if (key.kind == Ireal)
			memcpy(&v, &key.rval, sizeof v);
		else
			v = (uint64_t)key.ival;
		h ^= v ^ v >> 13 ^ v >> 29 ^ v >> 47;
	}
	bucket = &g->consts[h * 0x9e3779b97f4a7c15u >> (64 - CONSTBITS)];
	for (it = *bucket; it; it = it->hnext)
		if (it->ckind == (int)key.kind && same_key(&it->key, &key))
			return it;
	it = item_new(g, desc_intern(g, size, refmap, ref ? 1 : 0), size);
	it->ckind = (int)key.kind;
	it->key = key;
	if (key.kind == Istring || key.kind == Ireal || key.ival != 0)
		item_init(g, it, key);
	it->hnext = *bucket;
	*bucket = it;
	return it;
}

Item *
item_word(Gen *g, int64_t v)
{
	return constant(g, (Init){ .kind = Iword, .ival = (int32_t)v }, 4, false);
}

Item *
item_byte(Gen *g, int v)
{
	return constant(g, (Init){ .kind = Ibyte, .ival = v & 0xff }, 1, false);
}

Item *
item_big(Gen *g, int64_t v)
{
	return constant(g, (Init){ .kind = Ibig, .ival = v }, 8, false);
}

Item *
item_real(Gen *g, double v)
{
	return constant(g, (Init){ .kind = Ireal, .rval = v }, 8, false);
}

Item *
item_string(Gen *g, Str s)
{
	return constant(g, (Init){ .kind = Istring, .str = s }, 4, true);
}

Addr
const_addr(Gen *g, Node *n)
{
	switch (n->ty->kind) {
	case Tint:
	case Tfixed:
		return a_int(g, (int32_t)n->ival);
	case Tbyte:
		return a_item(item_byte(g, (int)n->ival), 0);
	case Tbig:
		return a_item(item_big(g, n->ival), 0);
	case Treal:
		return a_item(item_real(g, n->rval), 0);
	case Tstring:
		if (n->str.n > 0)
			return a_item(item_string(g, n->str), 0);
		return a_nil(g);
	default:
		return a_nil(g);
	}
}

/* ----------------------------------------------------------- initial values */

bool
const_is(Node *n)
{
	Node *c;

	if (n->op == Oconst)
		return true;
	if (n->op != Otuple || n->ty->kind == Tpick || n->ty->kind == Texcept)
		return false;
	for (c = n->left; c; c = c->right)
		if (!const_is(c->left))
			return false;
	return true;
}

bool
const_zero(Node *n)
{
	Node *c;

	if (n->op == Otuple) {
		if (!const_is(n))
			return false;
		for (c = n->left; c; c = c->right)
			if (!const_zero(c->left))
				return false;
		return true;
	}
	if (n->op != Oconst)
		return false;
	switch (n->ty->kind) {
	case Tint:
	case Tbig:
	case Tbyte:
	case Tfixed:
		return n->ival == 0;
	case Treal:
		return n->rval == 0 && !__builtin_signbit(n->rval);
	case Tstring:
		return n->str.n == 0;
	default:
		return true;
	}
}

typedef struct Inits Inits;
struct Inits {
	Init *p;
	int n, c;
};

static void
put(Gen *g, Inits *in, Init v)
{
	GROW(g, in->p, in->n, in->c);
	in->p[in->n++] = v;
}

static void value(Gen *g, Inits *in, Node *n, int off);

int64_t
arrinit_len(Node *n)
{
	if (n->left && n->left->op == Oconst)
		return (int32_t)n->left->ival;
	return -1;
}

static bool
toolarge(Gen *g, Node *n)
{
	lerror(g->l, n->src.start, "array initializer is too large");
	g->failed = true;
	return false;
}

/* Elements lo to hi of the array. False after an error. */
static bool
fill_range(Gen *g, Inits *in, Node *n, Node *v, int64_t lo, int64_t hi, int64_t len, int64_t size)
{
	int64_t i;

	if (lo < 0)
		lo = 0;
	if (hi >= len)
		hi = len - 1;
	if (const_zero(v) || lo > hi)
		return true;
	if (hi * size > DIS_MAXOPERAND || hi - lo + in->n > MAXINIT)
		return toolarge(g, n);
	for (i = lo; i <= hi; i++)
		value(g, in, v, (int)(i * size));
	return true;
}

/* The elements of a constant array of len elements; left out are those that are zero or not mentioned. */
static void
elements(Gen *g, Inits *in, Node *n, int64_t len)
{
	int64_t size = types_size(g->l, n->ty->tof), lo, hi, i;
	Node *star = NULL, *c, *q;
	uint8_t *given = NULL;

	for (c = n->right; c; c = c->right)
		for (q = c->left->left; q; q = q->right)
			if (q->left->op == Ostar && !const_zero(c->left->right))
				star = c->left->right;
	if (star) {
		if (len > MAXINIT) {
			toolarge(g, n);
			return;
		}
		given = lalloc(g->l, (size_t)len + 1);
	}
	for (c = n->right; c; c = c->right) {
		Node *el = c->left;

		for (q = el->left; q; q = q->right) {
			if (q->left->op == Ostar)
				continue;
			if (q->left->op == Orange) {
				lo = (int32_t)q->left->left->ival;
				hi = (int32_t)q->left->right->ival;
			} else {
				lo = hi = (int32_t)q->left->ival;
			}
			if (!fill_range(g, in, n, el->right, lo, hi, len, size))
				return;
			for (i = lo < 0 ? 0 : lo; given && i <= hi && i < len; i++)
				given[i] = 1;
		}
	}
	for (i = 0; star && i < len; i++)
		if (!given[i] && !fill_range(g, in, n, star, i, i, len, size))
			return;
}

static int
byoff(const void *a, const void *b)
{
	const Init *x = a, *y = b;

	return x->off < y->off ? -1 : x->off > y->off;
}

static Init
array_init(Gen *g, Node *n, int64_t len, int off)
{
	Init a = { .kind = Iarray, .off = off };
	Inits in = { 0 };

	a.array.desc = desc_of(g, n->ty->tof);
	a.array.desc->used = true;
	a.array.n = (int)len;
	if (n->op == Oarrinit)
		elements(g, &in, n, len);
	if (in.n > 1)
		qsort(in.p, (size_t)in.n, sizeof *in.p, byoff);
	a.array.elems = in.p;
	a.array.nelems = in.n;
	return a;
}

/* What makes a place of n's type, off bytes into something, hold the constant n. Zeros and nils are left out. */
static void
value(Gen *g, Inits *in, Node *n, int off)
{
	Init v = { .off = off };
	Decl *f;
	Node *c;
	int64_t len;

	switch (n->op) {
	case Otuple:
		types_size(g->l, n->ty);
		for (c = n->left, f = field_next(n->ty->ids); c && f; c = c->right, f = field_next(f->next))
			value(g, in, c->left, off + f->offset);
		return;
	case Oarrinit:
	case Oarray:
		len = n->left && n->left->op == Oconst ? (int32_t)n->left->ival : 0;
		if (len < 0) {
			lerror(g->l, n->src.start, "negative array size");
			g->failed = true;
			len = 0;
		}
		put(g, in, array_init(g, n, len, off));
		return;
	case Oconst:
		break;
	default:
		return;
	}
	switch (n->ty->kind) {
	case Tint:
	case Tfixed:
		v.kind = Iword;
		v.ival = (int32_t)n->ival;
		break;
	case Tbyte:
		v.kind = Ibyte;
		v.ival = n->ival & 0xff;
		break;
	case Tbig:
		v.kind = Ibig;
		v.ival = n->ival;
		break;
	case Treal:
		v.kind = Ireal;
		v.rval = n->rval;
		if (memcmp(&v.rval, &(double){ 0 }, sizeof v.rval) == 0)
			return;
		break;
	case Tstring:
		if (n->str.n == 0)
			return;
		v.kind = Istring;
		v.str = n->str;
		break;
	default:
		return;
	}
	if (v.kind != Ireal && v.kind != Istring && v.ival == 0)
		return;
	put(g, in, v);
}

void
data_global(Gen *g, Decl *d)
{
	Item *it = d->aux;
	Inits in = { 0 };
	int i;

	if (!d->init)
		return;
	value(g, &in, d->init, 0);
	for (i = 0; i < in.n; i++)
		item_init(g, it, in.p[i]);
}

Item *
data_array(Gen *g, Node *n, int len)
{
	static const uint8_t refmap[1] = { 0x80 };
	Item *it = item_new(g, desc_intern(g, 4, refmap, 1), 4);

	item_init(g, it, array_init(g, n, len, 0));
	return it;
}

/* ------------------------------------------------------------------- layout */


/* Small things by use, so that the shortest operands serve most; then what is large; ties in order of creation. */
static int
byuse(const void *a, const void *b)
{
	const Item *x = *(Item *const *)a, *y = *(Item *const *)b;
	bool lx = x->shape->size > 8, ly = y->shape->size > 8;

	if (lx != ly)
		return lx ? 1 : -1;
	if (x->uses != y->uses)
		return x->uses > y->uses ? -1 : 1;
	return x->serial < y->serial ? -1 : 1;
}

void
data_layout(Gen *g)
{
	Item **v, *it;
	int i, k, n = 0, hole = -1;
	int64_t end = 0;

	for (i = 0; i < g->nkept; i++)
		for (k = 0; k < g->kept[i]->nlater; k++) {
			const Addr *a = &g->kept[i]->later[k].a;

			if (a->kind == Amp || a->kind == Aindmp)
				a->item->uses++;
		}
	v = lalloc(g->l, (size_t)(g->nitems > 0 ? g->nitems : 1) * sizeof *v);
	for (it = g->items; it; it = it->next) {
		if (it->fixed) {
			if (it->off + it->shape->size > end)
				end = it->off + it->shape->size;
		} else if (it->uses > 0 || it->decl) {
			v[n++] = it;
		} else {
			it->off = -1; /* only used by code that is gone */
		}
	}
	if (n > 1)
		qsort(v, (size_t)n, sizeof *v, byuse);
	for (i = 0; i < n; i++) {
		it = v[i];
		if (hole >= 0 && it->shape->size == 4) {
			it->off = hole;
			hole = -1;
			continue;
		}
		if (it->align == 8 && end % 8 == 4)
			hole = (int)end;
		end = (end + it->align - 1) / it->align * it->align;
		it->off = (int)end;
		end += it->shape->size;
		if (end > DIS_MAXOPERAND - 64) {
			lerror(g->l, (Pos){ 0 }, "module data too large");
			g->failed = true;
			end = 0;
		}
	}
	end = (end + 3) / 4 * 4;
	g->m->datasize = (int32_t)end;
}

/* ------------------------------------------------------------ data section */

static int32_t
word_of(const Init *in)
{
	return in->kind == Ipc ? in->label->pc : (int32_t)in->ival;
}

static const uint8_t dtype[] = {
	[Ibyte] = DIS_DEFB, [Iword] = DIS_DEFW, [Ipc] = DIS_DEFW, [Ibig] = DIS_DEFL, [Ireal] = DIS_DEFF,
};
static const uint8_t dsize[] = { [Ibyte] = 1, [Iword] = 4, [Ipc] = 4, [Ibig] = 8, [Ireal] = 8 };

/* Writes n values in order of place, each run of adjacent ones of a kind as one item. False if memory ran out. */
static bool
write_values(Gen *g, Init *v, int n)
{
	int i, j, k;

	for (i = 0; i < n; i = j) {
		Init *a = &v[i];
		bool ok;

		j = i + 1;
		if (a->kind == Istring) {
			if (!dis_add_data(g->m, DIS_DEFS, a->off, (int32_t)a->str.n, a->str.s))
				return false;
			continue;
		}
		if (a->kind == Iarray) {
			ok = dis_add_array(g->m, a->off, a->array.desc->num, a->array.n);
			if (ok && a->array.nelems > 0) {
				ok = dis_add_ind(g->m, a->off, 0) && write_values(g, a->array.elems, a->array.nelems) &&
				     dis_add_apop(g->m);
			}
			if (!ok)
				return false;
			continue;
		}
		while (j < n && v[j].kind <= Ipc && v[j].kind != Istring && dtype[v[j].kind] == dtype[a->kind] &&
		       v[j].off == v[j - 1].off + dsize[a->kind])
			j++;
		switch (dtype[a->kind]) {
		case DIS_DEFB: {
			uint8_t *p = lalloc(g->l, (size_t)(j - i));

			for (k = i; k < j; k++)
				p[k - i] = (uint8_t)v[k].ival;
			ok = dis_add_data(g->m, DIS_DEFB, a->off, j - i, p);
			break;
		}
		case DIS_DEFW: {
			int32_t *p = lalloc(g->l, (size_t)(j - i) * sizeof *p);

			for (k = i; k < j; k++)
				p[k - i] = word_of(&v[k]);
			ok = dis_add_data(g->m, DIS_DEFW, a->off, j - i, p);
			break;
		}
		case DIS_DEFL: {
			int64_t *p = lalloc(g->l, (size_t)(j - i) * sizeof *p);

			for (k = i; k < j; k++)
				p[k - i] = v[k].ival;
			ok = dis_add_data(g->m, DIS_DEFL, a->off, j - i, p);
			break;
		}
		default: {
			double *p = lalloc(g->l, (size_t)(j - i) * sizeof *p);

			for (k = i; k < j; k++)
				p[k - i] = v[k].rval;
			ok = dis_add_data(g->m, DIS_DEFF, a->off, j - i, p);
			break;
		}
		}
		if (!ok)
			return false;
	}
	return true;
}

void
data_write(Gen *g)
{
	Inits all = { 0 };
	Item *it;
	int i;

	for (it = g->items; it; it = it->next) {
		if (it->off < 0)
			continue;
		for (i = 0; i < it->ninit; i++) {
			Init v = it->init[i];

			v.off += it->off;
			put(g, &all, v);
		}
	}
	if (all.n > 0)
		qsort(all.p, (size_t)all.n, sizeof *all.p, byoff);
	if (!write_values(g, all.p, all.n))
		g->failed = true;
}
