/*
 * Type parameters: substitution, instances of polymorphic adts, and calls of polymorphic functions, whose parameters are
 * found from the arguments.
 *
 * An instance has its own Type with data fields and tags of its own; methods and constants stay with the generic adt and
 * are seen through the instance (adt_substituted). There is one instance for each list of actual types, so instances
 * compare by identity as other adts do.
 */
#include <string.h>

#include "limbo/check.h"

enum {
	Maxinst = 1000, /* instances in a unit: a program that makes more does so without end */
	Maxdepth = 40,	/* of actual types within actual types */
};

/* ------------------------------------------------------------ substitution */

bool
type_haspoly(Type *t)
{
	switch (t->kind) {
	case Tpoly:
		return true;
	case Tref:
	case Tarray:
	case Tlist:
	case Tchan:
	case Tpick:
		return type_haspoly(t->tof);
	case Ttuple:
		for (Decl *d = t->ids; d; d = d->next)
			if (type_haspoly(d->ty))
				return true;
		return false;
	case Tfn:
		for (Decl *d = t->ids; d; d = d->next)
			if (type_haspoly(d->ty))
				return true;
		return type_haspoly(t->tof);
	case Tadt:
		if (!t->targs)
			return t->polys != NULL;
		for (int i = 0; i < t->ntargs; i++)
			if (type_haspoly(t->targs[i]))
				return true;
		return false;
	default:
		return false;
	}
}

bool
type_same(const Type *a, const Type *b)
{
	const Decl *x, *y;

	if (a == b)
		return true;
	if (a->kind != b->kind)
		return false;
	switch (a->kind) {
	case Tref:
	case Tarray:
	case Tlist:
	case Tchan:
		return type_same(a->tof, b->tof);
	case Tfn:
	case Ttuple:
		for (x = a->ids, y = b->ids; x && y; x = x->next, y = y->next)
			if (x->isself != y->isself || !type_same(x->ty, y->ty))
				return false;
		if (x || y || a->varargs != b->varargs)
			return false;
		return a->kind == Ttuple || (type_same(a->tof, b->tof) && a->polys == b->polys);
	case Tfixed:
		return a->unit == b->unit;
	case Tnone:
	case Tnil:
	case Tint:
	case Tbig:
	case Tbyte:
	case Treal:
	case Tstring:
		return true;
	default:
		return false;
	}
}

static int
depth(const Type *t)
{
	int n = 0, k;

	switch (t->kind) {
	case Tref:
	case Tarray:
	case Tlist:
	case Tchan:
		return 1 + depth(t->tof);
	case Tpick:
		return depth(t->tof);
	case Ttuple:
	case Tfn:
		for (const Decl *d = t->ids; d; d = d->next)
			if ((k = depth(d->ty)) > n)
				n = k;
		return n + 1;
	case Tadt:
		for (int i = 0; i < t->ntargs; i++)
			if ((k = depth(t->targs[i])) > n)
				n = k;
		return n + 1;
	default:
		return 0;
	}
}

Type *
type_instance(Check *c, Type *g, Type **targs, int n, Pos at)
{
	Type *t, **link;
	Decl *p = g->polys, **tail;
	bool own = true;

	for (int i = 0; i < n; i++, p = p->next)
		if (targs[i]->kind != Tpoly || targs[i]->decl != p)
			own = false;
	if (own)
		return g;
	for (link = &g->insts; *link; link = &(*link)->insts) {
		int i;

		t = *link;
		for (i = 0; i < n; i++)
			if (!type_same(t->targs[i], targs[i]))
				break;
		if (i == n)
			return t;
	}
	for (int i = 0; i < n; i++) {
		if (c->ninst >= Maxinst || depth(targs[i]) > Maxdepth) {
			if (!c->deep)
				lerror(c->l, at.line ? at : g->src.start, "too many instantiations of %s",
				       typetext(c->l, g));
			c->deep = true;
			return c->l->terror;
		}
	}
	c->ninst++;
	t = mktype(c->l, Tadt, g->src, NULL);
	*link = t;
	t->decl = g->decl;
	t->polys = g->polys;
	t->generic = g;
	t->targs = lalloc(c->l, (size_t)n * sizeof *targs);
	memcpy(t->targs, targs, (size_t)n * sizeof *targs);
	t->ntargs = n;
	type_weigh(c, t, at);
	/* The tags can be named before their fields are known. */
	tail = &t->tags;
	for (Decl *d = g->tags; d; d = d->next) {
		Decl *k = mkdecl(c->l, Dtag, d->sym, d->src, NULL);

		k->tag = d->tag;
		k->dot = d->dot;
		k->checked = true;
		k->ty = mktype(c->l, Tpick, d->src, t);
		k->ty->decl = k;
		*tail = k;
		tail = &k->next;
	}
	type_use(c, g);
	type_use(c, t);
	if (c->nest == 0)
		type_drain(c);
	return t;
}

static Decl *
subst_fields(Check *c, Decl *d, const Bind *b)
{
	Decl *list = NULL, **tail = &list;

	for (; d; d = d->next) {
		Decl *k;

		if (d->kind != Dfield && d->kind != Darg)
			continue;
		k = mkdecl(c->l, d->kind, d->sym, d->src, type_subst(c, d->ty, b));
		k->dot = d->dot;
		k->isself = d->isself;
		k->cyclic = d->cyclic;
		k->unnamed = d->unnamed;
		k->checked = true;
		*tail = k;
		tail = &k->next;
	}
	return list;
}

/* Queued after its generic adt, or while that is being completed: then its own turn comes later. */
void
instance_complete(Check *c, Type *t)
{
	Type *g = t->generic;
	Bind b = { g->polys, t->targs, t->ntargs };

	t->ids = subst_fields(c, g->ids, &b);
	for (Decl *x = t->tags, *y = g->tags; x && y; x = x->next, y = y->next) {
		x->ty->ids = subst_fields(c, y->ty->ids, &b);
		x->ty->checked = true;
	}
	member_table(c, t);
	t->checked = true;
	t->checking = false;
	PUSH(c, adts, t);
}

static Type *
bound_type(const Bind *b, const Type *t)
{
	int i = 0;

	for (Decl *d = b->polys; d && i < b->n; d = d->next, i++)
		if (d == t->decl)
			return b->types[i];
	return NULL;
}

Type *
type_subst(Check *c, Type *t, const Bind *b)
{
	Type *r, *n;

	if (!t || !type_haspoly(t))
		return t;
	switch (t->kind) {
	case Tpoly:
		r = bound_type(b, t);
		return r ? r : t;
	case Tref:
	case Tarray:
	case Tlist:
	case Tchan:
		r = type_subst(c, t->tof, b);
		if (r == t->tof)
			return t;
		if (r->kind == Terror)
			return r;
		n = mktype(c->l, t->kind, t->src, r);
		n->checked = true;
		return type_weigh(c, n, t->src.start);
	case Ttuple:
		n = mktype(c->l, t->kind, t->src, NULL);
		n->ids = subst_fields(c, t->ids, b);
		n->checked = true;
		return type_weigh(c, n, t->src.start);
	case Tfn:
		n = mktype(c->l, t->kind, t->src, NULL);
		n->decl = t->decl;
		n->ids = subst_fields(c, t->ids, b);
		n->tof = type_subst(c, t->tof, b);
		n->polys = t->polys;
		n->bounds = t->bounds;
		n->varargs = t->varargs;
		n->hasraises = t->hasraises;
		n->eraises = t->eraises;
		n->checked = true;
		return type_weigh(c, n, t->src.start);
	case Tpick:
		r = type_subst(c, t->tof, b);
		if (r == t->tof || r->kind != Tadt)
			return r == t->tof ? t : r;
		for (Decl *d = r->tags; d; d = d->next)
			if (d->sym == t->decl->sym)
				return d->ty;
		return c->l->terror;
	case Tadt: {
		Type **v, *g = t->generic ? t->generic : t;
		Decl *p = g->polys;
		int np = 0;
		bool changed = false;

		for (Decl *d = g->polys; d; d = d->next)
			np++;
		v = lalloc(c->l, (size_t)np * sizeof *v);
		for (int i = 0; i < np; i++, p = p->next) {
			Type *from = t->targs ? t->targs[i] : p->ty;

			v[i] = type_subst(c, from, b);
			if (v[i] != from)
				changed = true;
			if (v[i]->kind == Terror)
				return v[i];
		}
		return changed ? type_instance(c, g, v, np, t->src.start) : t;
	}
	default:
		return t;
	}
}

Type *
adt_substituted(Check *c, Type *adt, Type *t)
{
	Bind b;

	if (!adt || !adt->targs || !t)
		return t;
	b = (Bind){ adt->generic->polys, adt->targs, adt->ntargs };
	c->nest++;
	t = type_subst(c, t, &b);
	if (--c->nest == 0)
		type_drain(c);
	return t;
}

/* --------------------------------------------------------------- inference */

static bool
unify(Check *c, Bind *b, Type *f, Type *a)
{
	Decl *x, *y;

	if (a->kind == Terror || f->kind == Terror)
		return true;
	if (f->kind == Tpoly) {
		int i = 0;

		for (x = b->polys; x && x != f->decl; x = x->next)
			i++;
		if (!x)
			return true;
		if (a->kind == Tnil)
			return true;
		if (!types_isptr(a))
			return false;
		if (!b->types[i] || accepts(c, a, b->types[i]))
			b->types[i] = a;
		else if (!accepts(c, b->types[i], a))
			return false;
		return true;
	}
	if (a->kind == Tnil)
		return true;
	switch (f->kind) {
	case Tref:
	case Tarray:
	case Tlist:
	case Tchan:
		/* a variant is accepted as its adt */
		if (a->kind == f->kind && f->tof->kind == Tadt && a->tof->kind == Tpick)
			return unify(c, b, f->tof, a->tof->tof);
		return a->kind == f->kind && unify(c, b, f->tof, a->tof);
	case Tpick:
		return a->kind == Tpick && unify(c, b, f->tof, a->tof);
	case Ttuple:
		if (a->kind != Ttuple && a->kind != Tadt)
			return false;
		y = a->ids;
		for (x = f->ids; x; x = x->next) {
			while (y && y->kind != Dfield)
				y = y->next;
			if (!y || !unify(c, b, x->ty, y->ty))
				return false;
			y = y->next;
		}
		return true;
	case Tfn:
		if (a->kind != Tfn)
			return false;
		for (x = f->ids, y = a->ids; x && y; x = x->next, y = y->next)
			if (!unify(c, b, x->ty, y->ty))
				return false;
		return x == y && unify(c, b, f->tof, a->tof);
	case Tadt: {
		Type *g = f->generic ? f->generic : f;
		Decl *p = g->polys, *q;

		if (!g->polys)
			return true; /* whether it is accepted is seen later */
		if (a->kind != Tadt || (a->generic ? a->generic : a) != g)
			return a->kind == Ttuple || a->kind == Tadt;
		q = p;
		for (int i = 0; p; i++, p = p->next, q = q->next) {
			Type *ft = f->targs ? f->targs[i] : p->ty;
			Type *at = a->targs ? a->targs[i] : q->ty;

			if (!unify(c, b, ft, at))
				return false;
		}
		return true;
	}
	default:
		return true;
	}
}

/* Has the function that serves the bound the type that the bound asks for? `self` makes no difference. */
static bool
compatible(Check *c, Type *want, Type *have)
{
	Decl *x, *y;

	if (have->kind != Tfn || have->varargs || have->polys)
		return false;
	for (x = want->ids, y = have->ids; x && y; x = x->next, y = y->next)
		if (!types_equal(c->l, x->ty, y->ty))
			return false;
	return x == y && types_equal(c->l, want->tof, have->tof);
}

/* The functions that stand for the bounds of the parameters p, as a chain. */
static bool
hidden(Check *c, Node *e, Decl *p, const Bind *b, Node ***tail)
{
	for (int i = 0; p; p = p->next, i++) {
		Type *a = b->types[i];

		for (Decl *f = p->ty->ids; f; f = f->next) {
			Type *want = type_subst(c, f->ty, b), *adt = adt_of(a);
			Decl *d = NULL;
			Node *n;
			bool ok = true;

			if (a->kind == Tpoly) {
				for (d = a->ids; d && d->sym != f->sym;)
					d = d->next;
				adt = NULL;
			} else if (adt) {
				d = member_find(adt, f->sym);
				if (d && d->kind != Dfn)
					d = NULL;
			}
			if (!d && a->kind != Tpoly) {
				adt = NULL;
				d = lookup(c, f->sym);
				if (d && d->kind == Dimport)
					import_target(c, d);
				if (d && d->kind != Dfn && !(d->kind == Dimport && d->target && d->target->kind == Dfn))
					d = NULL;
			}
			if (!d) {
				if (c->l->o.warn)
					lerror(c->l, e->src.start, "type %s does not have a '%s' function",
					       typetext(c->l, a), f->sym->name);
				return false;
			}
			d->refs++;
			Type *have = d->kind == Dfield ? d->ty : adt_substituted(c, adt, decl_type(c, d));
			if (!compatible(c, want, have)) {
				lerror(c->l, e->src.start, "%s and %s are not compatible wrt %s", typetext(c->l, a),
				       typetext(c->l, p->ty), f->sym->name);
				return false;
			}
			n = bound_function(c, d, adt ? adt->decl : NULL, f->sym->name, e, &ok);
			if (!ok)
				return false;
			**tail = mknode(c->l, Oseq, e->src, n, NULL);
			*tail = &(**tail)->right;
		}
	}
	return true;
}

static bool
need_bounds(Decl *p)
{
	for (; p; p = p->next)
		if (p->ty->ids)
			return true;
	return false;
}

bool
poly_call(Check *c, Node *e, Type **ft, Decl *method, Type *adt, Node *selfarg)
{
	static const char mismatch[] = "function call type mismatch";
	Type *fn = *ft;
	Decl *formal = fn->ids;
	Node **tail = &e->hidden, *a = e->right;
	Bind b = { fn->polys, NULL, 0 };
	int i = 0;

	e->hidden = NULL;
	if (fn->polys) {
		for (Decl *p = fn->polys; p; p = p->next)
			b.n++;
		b.types = lalloc(c->l, (size_t)b.n * sizeof(Type *));
		for (; formal; formal = formal->next) {
			Node *arg = selfarg;

			if (selfarg) {
				selfarg = NULL;
			} else {
				if (!a)
					break;
				arg = a->left;
				a = a->right;
			}
			if (!unify(c, &b, formal->ty, arg->ty)) {
				lerror(c->l, e->src.start, mismatch);
				return false;
			}
		}
		for (Decl *p = fn->polys; p; p = p->next, i++) {
			if (!b.types[i]) {
				lerror(c->l, e->src.start, "cannot determine the instantiated type of %s", p->sym->name);
				return false;
			}
		}
		c->nest++;
		*ft = type_subst(c, fn, &b);
		if (--c->nest == 0)
			type_drain(c);
		if (!hidden(c, e, fn->polys, &b, &tail)) {
			lerror(c->l, e->src.start, mismatch);
			return false;
		}
	}
	if (method && adt && adt->polys && need_bounds(adt->polys)) {
		Type *g = adt->generic ? adt->generic : adt;
		Bind own = { g->polys, adt->targs, adt->ntargs };

		if (!own.types) {
			for (Decl *p = g->polys; p; p = p->next)
				own.n++;
			own.types = lalloc(c->l, (size_t)own.n * sizeof(Type *));
			i = 0;
			for (Decl *p = g->polys; p; p = p->next)
				own.types[i++] = p->ty;
		}
		if (!hidden(c, e, g->polys, &own, &tail)) {
			lerror(c->l, e->src.start, mismatch);
			return false;
		}
	}
	return true;
}
