/*
 * Types: when two are equal, which values a place accepts, and how values lie in memory. All types have been
 * completed by decl.c.
 */
#include <stdlib.h>
#include <string.h>

#include "limbo/ast.h"

/* -------------------------------------------------------------- equality */

/*
 * Types may contain themselves through adts and modules. Equality is the greatest relation that agrees with the rules: a pair
 * that is being compared counts as equal. Since one difference anywhere decides the whole question, a pair that has been found equal on
 * this assumption may be kept as well, so that no pair is looked at twice. The pairs are a hash table.
 */
typedef struct Pair Pair;
struct Pair {
	const Type *a, *b;
};

typedef struct Pairs Pairs;
struct Pairs {
	Pair small[32];
	Pair *tab; /* a power of two; NULL: none yet */
	uint32_t size;
	uint32_t n;
};

static bool equal(Limbo *l, Type *a, Type *b, Pairs *ps);

static Pair *
pairslot(Pairs *ps, const Type *a, const Type *b)
{
	uint64_t h;
	uint32_t i;

	h = ((uintptr_t)a ^ ((uintptr_t)b << 1)) * 0x9e3779b97f4a7c15u;
	i = h >> 40;
	for (;; i++) {
		i &= ps->size - 1;
		if (ps->tab[i].a == NULL || (ps->tab[i].a == a && ps->tab[i].b == b))
			return &ps->tab[i];
	}
}

/* Whether the pair is there already; it is from now on. */
static bool
assumed(Limbo *l, Pairs *ps, const Type *a, const Type *b)
{
	Pair *p, *old;
	uint32_t i, n;

	if (ps->tab == NULL) {
		memset(ps->small, 0, sizeof ps->small);
		ps->tab = ps->small;
		ps->size = sizeof ps->small / sizeof ps->small[0];
	}
	p = pairslot(ps, a, b);
	if (p->a != NULL)
		return true;
	if (ps->n * 2 >= ps->size) {
		old = ps->tab;
		n = ps->size;
		ps->size = n * 4;
		ps->tab = lalloc(l, ps->size * sizeof *p);
		for (i = 0; i < n; i++)
			if (old[i].a != NULL)
				*pairslot(ps, old[i].a, old[i].b) = old[i];
		p = pairslot(ps, a, b);
	}
	p->a = a;
	p->b = b;
	ps->n++;
	return false;
}

static bool
isdata(const Decl *d)
{
	return d->kind == Dfield || d->kind == Dglobal;
}

static Decl *
nextdata(Decl *d)
{
	while (d != NULL && !isdata(d))
		d = d->next;
	return d;
}

/* Data fields: with names and marks for adts, only the types for tuples. */
static bool
fields_equal(Limbo *l, Decl *a, Decl *b, bool names, Pairs *ps)
{
	for (;;) {
		a = nextdata(a);
		b = nextdata(b);
		if (a == NULL || b == NULL)
			return a == b;
		if (names && (a->sym != b->sym || a->cyclic != b->cyclic))
			return false;
		if (!equal(l, a->ty, b->ty, ps))
			return false;
		a = a->next;
		b = b->next;
	}
}

/* The i-th type parameter of an adt: what it stands for, or itself. */
static Type *
param(const Type *t, int i)
{
	Decl *d;

	if (t->targs != NULL)
		return i < t->ntargs ? t->targs[i] : NULL;
	for (d = t->polys; d != NULL && i > 0; d = d->next)
		i--;
	return d == NULL ? NULL : d->ty;
}

static bool
params_equal(Limbo *l, const Type *a, const Type *b, Pairs *ps)
{
	Type *p, *q;
	int i;

	if (a->targs == NULL && b->targs == NULL && a->polys == NULL && b->polys == NULL)
		return true;
	for (i = 0;; i++) {
		p = param(a, i);
		q = param(b, i);
		if (p == NULL || q == NULL)
			return p == q;
		if (!equal(l, p, q, ps))
			return false;
	}
}

static bool
polys_equal(Limbo *l, Decl *a, Decl *b, Pairs *ps)
{
	for (; a != NULL && b != NULL; a = a->next, b = b->next)
		if (a->sym != b->sym || (a->ty != NULL && b->ty != NULL && !equal(l, a->ty, b->ty, ps)))
			return false;
	return a == b;
}

static bool
tags_equal(Limbo *l, Decl *a, Decl *b, Pairs *ps)
{
	for (; a != NULL && b != NULL; a = a->next, b = b->next)
		if (a->sym != b->sym || !fields_equal(l, a->ty->ids, b->ty->ids, true, ps))
			return false;
	return a == b;
}

static bool
fns_equal(Limbo *l, Type *a, Type *b, Pairs *ps)
{
	Decl *x, *y;

	if (a->varargs != b->varargs)
		return false;
	for (x = a->ids, y = b->ids; x != NULL && y != NULL; x = x->next, y = y->next)
		if (x->isself != y->isself || !equal(l, x->ty, y->ty, ps))
			return false;
	return x == y && polys_equal(l, a->polys, b->polys, ps) && equal(l, a->tof, b->tof, ps);
}

static bool
modules_equal(Limbo *l, Type *a, Type *b, Pairs *ps)
{
	int i, nd, nf, md, mf;
	Decl **x, **y;

	x = types_members(l, a, &nd, &nf);
	y = types_members(l, b, &md, &mf);
	if (nd != md || nf != mf)
		return false;
	for (i = 0; i < nd + nf; i++)
		if (x[i]->sym != y[i]->sym)
			return false;
	for (i = 0; i < nd + nf; i++)
		if (!equal(l, x[i]->ty, y[i]->ty, ps))
			return false;
	return true;
}

/* Bounds of parameters of the same name. */
static bool
bounds_equal(Limbo *l, Decl *a, Decl *b, Pairs *ps)
{
	for (; a != NULL && b != NULL; a = a->next, b = b->next)
		if (a->sym != b->sym || !equal(l, a->ty, b->ty, ps))
			return false;
	return a == b;
}

static bool
equal(Limbo *l, Type *a, Type *b, Pairs *ps)
{
	if (a == b)
		return true;
	if (a == NULL || b == NULL)
		return false;
	if (a->kind != b->kind)
		return a->kind == Terror || b->kind == Terror;
	switch (a->kind) {
	case Terror:
	case Tnone:
	case Tnil:
	case Tint:
	case Tbig:
	case Tbyte:
	case Treal:
	case Tstring:
		return true;
	case Tfixed:
		return a->unit == b->unit;
	case Tref:
	case Tarray:
	case Tlist:
	case Tchan:
		return equal(l, a->tof, b->tof, ps);
	case Tfn:
		return fns_equal(l, a, b, ps);
	case Ttuple:
		return fields_equal(l, a->ids, b->ids, false, ps);
	case Texcept:
		return fields_equal(l, a->ids, b->ids, false, ps);
	case Tpoly:
		if (a->decl->sym != b->decl->sym)
			return false;
		if (a->ids == NULL || b->ids == NULL)
			return a->ids == b->ids;
		break;
	case Tadt:
	case Tpick:
	case Tmodule:
		break;
	default:
		return false;
	}
	if (assumed(l, ps, a, b))
		return true;
	switch (a->kind) {
	case Tadt:
		if (a->generic != NULL && a->generic == b->generic)
			return params_equal(l, a, b, ps);
		return fields_equal(l, a->ids, b->ids, true, ps) && tags_equal(l, a->tags, b->tags, ps) &&
		       params_equal(l, a, b, ps);
	case Tpick:
		return fields_equal(l, a->ids, b->ids, true, ps) && equal(l, a->tof, b->tof, ps);
	case Tmodule:
		return modules_equal(l, a, b, ps);
	default:
		return bounds_equal(l, a->ids, b->ids, ps);
	}
}

bool
types_equal(Limbo *l, Type *a, Type *b)
{
	Pairs ps;

	if (a == b)
		return true;
	ps.tab = NULL;
	ps.n = 0;
	return equal(l, a, b, &ps);
}

/* ------------------------------------------------------------ acceptance */

/* The data members of a tuple, adt or variant one after the other: those of the adt, then the variant's own. */
typedef struct Members Members;
struct Members {
	Decl *d;
	Decl *own;
};

static Members
first_member(Type *t)
{
	Members m = { NULL, NULL };

	if (t->kind == Tpick) {
		m.d = nextdata(t->tof->ids);
		m.own = t->ids;
	} else
		m.d = nextdata(t->ids);
	if (m.d == NULL) {
		m.d = nextdata(m.own);
		m.own = NULL;
	}
	return m;
}

static void
next_member(Members *m)
{
	m->d = nextdata(m->d->next);
	if (m->d == NULL) {
		m->d = nextdata(m->own);
		m->own = NULL;
	}
}

static bool accepts(Limbo *l, Type *dst, Type *src, bool exact);

static bool
members_accept(Limbo *l, Type *dst, Type *src, bool exact)
{
	Members a, b;

	for (a = first_member(dst), b = first_member(src); a.d != NULL && b.d != NULL; next_member(&a), next_member(&b))
		if (!accepts(l, a.d->ty, b.d->ty, exact))
			return false;
	return a.d == b.d;
}

/* exact: below array or chan, where a variant is no substitute for its adt. */
static bool
accepts(Limbo *l, Type *dst, Type *src, bool exact)
{
	if (dst == src)
		return true;
	if (dst == NULL || src == NULL)
		return false;
	if (dst->kind == Terror || src->kind == Terror)
		return true;
	switch (dst->kind) {
	case Tstring:
	case Tmodule:
	case Tpoly:
		return src->kind == Tnil || types_equal(l, dst, src);
	case Ttuple:
		if (src->kind != Ttuple && src->kind != Tpick && (src->kind != Tadt || src->tags != NULL))
			return false;
		return members_accept(l, dst, src, exact);
	case Tadt:
		if (src->kind == Ttuple && dst->tags == NULL)
			return members_accept(l, dst, src, exact);
		return types_equal(l, dst, src);
	case Tpick:
		if (src->kind == Ttuple)
			return members_accept(l, dst, src, exact);
		return types_equal(l, dst, src);
	case Tref:
		if (src->kind == Tnil)
			return true;
		if (src->kind != Tref)
			return false;
		if (dst->tof->kind == Tadt && src->tof->kind == Tpick)
			return !exact && types_equal(l, dst->tof, src->tof->tof);
		return accepts(l, dst->tof, src->tof, exact);
	case Tlist:
		return src->kind == Tnil || (src->kind == Tlist && accepts(l, dst->tof, src->tof, exact));
	case Tarray:
	case Tchan:
		return src->kind == Tnil || (src->kind == dst->kind && accepts(l, dst->tof, src->tof, true));
	default:
		return types_equal(l, dst, src);
	}
}

bool
types_accept(Limbo *l, Type *dst, Type *src)
{
	return accepts(l, dst, src, false);
}

/* ---------------------------------------------------------------- layout */

bool
types_isptr(const Type *t)
{
	switch (t->kind) {
	case Tnil:
	case Tstring:
	case Tref:
	case Tarray:
	case Tlist:
	case Tchan:
	case Tmodule:
	case Tpoly:
	case Texcept:
		return true;
	default:
		return false;
	}
}

static int
roundup(int n, int align)
{
	return (n + align - 1) / align * align;
}

/* Lays data fields out from off; *align is raised to the largest alignment among them. Returns the end. */
static int
lay(Limbo *l, Decl *d, int off, int *align)
{
	for (d = nextdata(d); d != NULL; d = nextdata(d->next)) {
		types_size(l, d->ty);
		off = roundup(off, d->ty->align);
		d->offset = off;
		if (d->ty->size > (1 << 30) - off)
			off = 1 << 30; /* absurd; the generator refuses it */
		else
			off += d->ty->size;
		if (d->ty->align > *align)
			*align = d->ty->align;
	}
	return off;
}

int
types_size(Limbo *l, Type *t)
{
	int end;

	if (t->sized)
		return t->size;
	if (t->sizing) {
		/* contains itself: reported by the checker */
		t->align = 4;
		return t->size = 4;
	}
	t->sizing = true;
	t->align = 1;
	switch (t->kind) {
	case Ttuple:
	case Tadt:
		if (t->kind == Tadt && t->tags != NULL) {
			/* the fixed part: tag, then the common fields; its end is where variants go on */
			t->align = 4;
			t->size = lay(l, t->ids, 4, &t->align);
			break;
		}
		end = lay(l, t->ids, 0, &t->align);
		t->size = roundup(end, t->align);
		break;
	case Tpick:
		end = types_size(l, t->tof);
		t->align = t->tof->align;
		end = lay(l, t->ids, end, &t->align);
		t->size = roundup(end, t->align);
		break;
	case Texcept:
		/* of the record; a variable that holds one is a pointer */
		t->align = 4;
		end = lay(l, t->ids, 8, &t->align);
		t->size = roundup(end, t->align);
		break;
	case Tnone:
		t->size = 0;
		break;
	default:
		t->size = 4;
		t->align = 4;
	}
	t->sizing = false;
	t->sized = t->kind < Tname;
	return t->size;
}

static int
hidden(Decl *poly, int off)
{
	Decl *d;

	for (; poly != NULL; poly = poly->next)
		for (d = poly->ty->ids; d != NULL; d = d->next) {
			d->offset = off;
			off += 8;
		}
	return off;
}

int
types_frame(Limbo *l, Type *fn, int *end)
{
	Decl *d;
	int off;

	off = DIS_FRAME_ARGS;
	for (d = fn->ids; d != NULL; d = d->next) {
		if (d->ty->kind == Texcept) {
			off = roundup(off, 4);
			d->offset = off;
			off += 4;
			continue;
		}
		types_size(l, d->ty);
		off = roundup(off, d->ty->align);
		d->offset = off;
		off += d->ty->size;
	}
	if (end != NULL)
		*end = off;
	d = fn->decl != NULL ? fn->decl->dot : NULL;
	if (fn->polys != NULL || (d != NULL && d->ty != NULL && d->ty->kind == Tadt && d->ty->polys != NULL)) {
		off = roundup(off, 4);
		off = hidden(fn->polys, off);
		if (d != NULL && d->ty != NULL && d->ty->kind == Tadt)
			off = hidden(d->ty->polys, off);
	}
	return off;
}

static void
mapfields(Limbo *l, Decl *d, int off, void (*mark)(void *, int), void *aux)
{
	for (d = nextdata(d); d != NULL; d = nextdata(d->next))
		types_map(l, d->ty, off + d->offset, mark, aux);
}

void
types_map(Limbo *l, Type *t, int off, void (*mark)(void *aux, int off), void *aux)
{
	types_size(l, t);
	switch (t->kind) {
	case Ttuple:
	case Tadt:
	case Tpick:
		if (t->size > MAXMAP || !types_hasptr(l, t))
			return;
		if (t->instof)
			return; /* contains itself: an error elsewhere */
		t->instof = true;
		if (t->kind == Tpick)
			mapfields(l, t->tof->ids, off, mark, aux);
		mapfields(l, t->ids, off, mark, aux);
		t->instof = false;
		break;
	default:
		if (types_isptr(t))
			mark(aux, off);
	}
}

static bool
anyptr(Limbo *l, Decl *d)
{
	for (d = nextdata(d); d != NULL; d = nextdata(d->next))
		if (types_hasptr(l, d->ty))
			return true;
	return false;
}

bool
types_hasptr(Limbo *l, Type *t)
{
	bool r;

	if (t->kind != Ttuple && t->kind != Tadt && t->kind != Tpick)
		return types_isptr(t);
	if (t->ptrs == 0) {
		t->ptrs = 1; /* contains itself: an error elsewhere */
		r = anyptr(l, t->ids) || (t->kind == Tpick && anyptr(l, t->tof->ids));
		t->ptrs = r ? 2 : 1;
	}
	return t->ptrs == 2;
}

/* --------------------------------------------------------------- modules */

static int
byname(const void *pa, const void *pb)
{
	const Sym *a = (*(Decl *const *)pa)->sym, *b = (*(Decl *const *)pb)->sym;
	int r;

	r = memcmp(a->name, b->name, a->len < b->len ? a->len : b->len);
	if (r == 0)
		r = (a->len > b->len) - (a->len < b->len);
	if (r == 0)
		/* in order of declaration */
		r = (*(Decl *const *)pa)->offset - (*(Decl *const *)pb)->offset;
	return r;
}

/* Sorts, stably, without disturbing the declarations' offsets. */
static void
sortnames(Limbo *l, Decl **v, int n)
{
	int *save, i;

	if (n < 2)
		return;
	save = lalloc(l, n * sizeof *save);
	for (i = 0; i < n; i++) {
		save[i] = v[i]->offset;
		v[i]->offset = i;
	}
	qsort(v, n, sizeof *v, byname);
	for (i = 0; i < n; i++)
		v[i]->offset = save[v[i]->offset];
}

/* Calls f for every function of a module: its own, and the methods of the adts declared in it. */
static int
eachfn(Type *m, Decl **v)
{
	Decl *d, *e;
	int n;

	n = 0;
	for (d = m->ids; d != NULL; d = d->next) {
		if (d->kind == Dfn) {
			if (v != NULL)
				v[n] = d;
			n++;
		} else if (d->kind == Dtype && d->ty != NULL && d->ty->kind == Tadt && d->ty->decl == d)
			for (e = d->ty->ids; e != NULL; e = e->next)
				if (e->kind == Dfn) {
					if (v != NULL)
						v[n] = e;
					n++;
				}
	}
	return n;
}

Decl **
types_members(Limbo *l, Type *m, int *ndata, int *nfns)
{
	int nd, nf, i;
	Decl **v, *d;

	if (m->members != NULL) {
		*ndata = m->nmdata;
		*nfns = m->nmfns;
		return m->members;
	}
	nd = 0;
	for (d = m->ids; d != NULL; d = d->next)
		nd += isdata(d);
	nf = eachfn(m, NULL);
	v = lalloc(l, (nd + nf + 1) * sizeof *v);
	i = 0;
	for (d = m->ids; d != NULL; d = d->next)
		if (isdata(d))
			v[i++] = d;
	eachfn(m, v + nd);
	sortnames(l, v, nd);
	sortnames(l, v + nd, nf);
	if (m->checked) {
		m->members = v;
		m->nmdata = nd;
		m->nmfns = nf;
	}
	*ndata = nd;
	*nfns = nf;
	return v;
}
