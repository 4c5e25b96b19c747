/*
 * Assignment and declaration: what can be assigned to, tuples taken apart, names made by `:=`.
 */
#include <string.h>

#include "limbo/check.h"

/* The old rules for `cyclic`: a field without it in a cycle is only given a value when its adt is made. */
static bool
check_complete(Check *c, Node *e)
{
	for (Node *x = unparen(e); x->op == Odot || x->op == Oindex; x = unparen(x->left)) {
		Type *t = x->left->ty;

		if (x->op == Oindex)
			continue;
		if (t->kind == Tref)
			t = t->tof;
		if (x->decl && (t->kind == Tadt || t->kind == Tpick) && completes_cycle(c, x->decl, t)) {
			const char *of = exprtext(c->l, x->left);

			lerror(c->l, e->src.start, "cannot assign to %s because field '%s' of %s could complete a cycle to %s",
			       exprtext(c->l, e), x->decl->sym->name, of, of);
			return false;
		}
	}
	return true;
}

bool
check_lvalue(Check *c, Node *e)
{
	Node *x = unparen(e);
	Decl *d;

	if (c->l->o.oldcyclic && !check_complete(c, x))
		return false;

	switch (x->op) {
	case Oname:
		d = x->decl && x->decl->kind == Dimport ? x->decl->target : x->decl;
		if (d && (d->kind == Dglobal || d->kind == Dfield || d->kind == Darg ||
			  (d->kind == Dlocal && (!d->target || d->ty->kind == Tstring || d->target->ty->kind != Texcept))))
			return true;
		break;
	case Omdot:
		if (x->decl && (x->decl->kind == Dfield || x->decl->kind == Dglobal))
			return true;
		break;
	case Oderef:
		return true;
	case Odot: {
		Node *o = unparen(x->left);

		if (!x->decl || x->decl->kind != Dfield || (o->flags & Ftype))
			break;
		if (o->ty->kind == Tref)
			return true;
		if (o->op == Ocall || o->op == Ohd || o->op == Orecv || o->op == Otuple || o->op == Oload ||
		    o->op == Ocast || (o->op >= Oas && o->op <= Odas)) {
			lwarn(c->l, 1, e->src.start, "assignment to %s ignored", exprtyped(c->l, e));
			return true;
		}
		return check_lvalue(c, o);
	}
	case Oindex:
		if (x->left->ty->kind == Tarray)
			return true;
		if (x->left->ty->kind == Tstring) {
			Node *s = unparen(x->left);

			if (s->op == Oname || s->op == Odot || s->op == Omdot || s->op == Oderef || s->op == Oindex) {
				Decl *k = s->op == Oname || s->op == Odot || s->op == Omdot ? s->decl : NULL;

				if (k && k->kind == Dimport)
					k = k->target;
				if (!k || (k->kind != Dconst && k->kind != Dfn))
					return s->op != Oindex || s->left->ty->kind == Tarray;
			}
		}
		break;
	default:
		break;
	}
	lerror(c->l, e->src.start, "cannot assign to '%s'", exprtext(c->l, e));
	return false;
}

/* The i-th data field of what can be taken apart, or NULL. */
static Decl *
data_field(Decl *d)
{
	while (d && d->kind != Dfield)
		d = d->next;
	return d;
}

static bool
can_split(const Type *t)
{
	return t->kind == Ttuple || (t->kind == Tadt && !t->tags) || t->kind == Tpick;
}

/* First and following fields of a tuple, adt or variant: the variant's own come after the common ones. */
static Decl *
next_field(Type *t, Decl *d, bool *own)
{
	if (!d) {
		d = data_field(t->kind == Tpick ? t->tof->ids : t->ids);
		*own = t->kind != Tpick;
	} else {
		d = data_field(d->next);
	}
	if (!d && !*own) {
		*own = true;
		d = data_field(t->ids);
	}
	return d;
}

static bool
pattern_accepts(Check *c, Node *pat, Type *t)
{
	Decl *d = NULL;
	bool own;

	pat = unparen(pat);
	if (pat->op == Onil || t->kind == Terror)
		return true;
	if (pat->op != Otuple)
		return accepts(c, pat->ty, t);
	if (!can_split(t))
		return false;
	for (Node *m = pat->left; m; m = m->right) {
		d = next_field(t, d, &own);
		if (!d || !pattern_accepts(c, m->left, d->ty))
			return false;
	}
	return next_field(t, d, &own) == NULL;
}

/* a[i:] of an array can be assigned to. */
static bool
open_slice(const Node *e)
{
	return e->op == Oslice && e->ty->kind == Tarray && !e->third;
}

/* The left side of a tuple assignment: lvalues, nil and tuples of them. Gives the tuple a type for diagnostics. */
static bool
check_pattern(Check *c, Node *pat)
{
	Node *p = unparen(pat);
	bool ok = true;
	Type **v;
	int n = 0;

	if (p->op == Onil) {
		p->ty = pat->ty = c->l->tnil;
		return true;
	}
	if (p->op != Otuple)
		return check_value(c, pat) && (open_slice(p) || check_lvalue(c, pat));
	for (Node *m = p->left; m; m = m->right) {
		if (!check_pattern(c, m->left))
			ok = false;
		n++;
	}
	if (!ok)
		return false;
	v = lalloc(c->l, (size_t)n * sizeof *v);
	n = 0;
	for (Node *m = p->left; m; m = m->right)
		v[n++] = m->left->ty;
	p->ty = pat->ty = tuple_type(c, p->src, v, n);
	return true;
}

bool
clash(Check *c, Node *e, const char *op)
{
	lerror(c->l, e->src.start, "type clash in %s %s %s", exprtyped(c->l, e->left), op, exprtyped(c->l, e->right));
	return false;
}

bool
check_assign(Check *c, Node *e)
{
	Node *l = unparen(e->left);
	bool ok;

	if (l->op == Onil) {
		if (!check_expr(c, e->right))
			return false;
		if (e->right->ty->kind != Tpick && !make_value(c, e->right))
			return false;
		e->left->ty = l->ty = c->l->tnil;
		e->ty = e->right->ty;
		return true;
	}
	if (l->op == Otuple) {
		ok = check_pattern(c, e->left);
		if (!check_expr(c, e->right) || !ok)
			return false;
		if (e->right->ty->kind != Tpick && !make_value(c, e->right))
			return false;
		if (!pattern_accepts(c, e->left, e->right->ty))
			return clash(c, e, "=");
		e->ty = e->right->ty;
		return true;
	}
	ok = check_value(c, e->left);
	if (!check_value(c, e->right) || !ok)
		return false;
	if (!open_slice(l) && !check_lvalue(c, e->left))
		return false;
	if (!accepts(c, e->left->ty, e->right->ty))
		return clash(c, e, "=");
	e->ty = e->left->ty;
	return true;
}

static bool
declare_name(Check *c, Node *p, Type *t, bool warn)
{
	Decl *d = p->decl, *old;

	p->ty = t;
	if (d) {
		d->ty = t; /* at module level names are declared beforehand */
		d->checked = true;
		return true;
	}
	d = mkdecl(c->l, Dlocal, p->sym, p->src, t);
	d->implicit = true;
	d->checked = true;
	p->decl = d;
	old = p->sym->decl;
	if (warn && old && old->scope != c->scope && old->kind != Dfn && old->kind != Dundef &&
	    !(old->kind == Dimport && old->target && old->target->kind == Dfn))
		lwarn(c->l, 1, p->src.start, "redeclaration of %s %s, previously declared as %s on line %s",
		      declkind(d, false), d->sym->name, declkind(old, true), posname(c->l, old->src.start));
	return add_local(c, d);
}

/* Declares the names in a pattern with types from t; t may be terror. False if a part is no name (reported). */
bool
declare_pattern(Check *c, Node *pat, Type *t, bool warn)
{
	Node *p = unparen(pat);
	Decl *d = NULL;
	bool own, ok = true;

	if (p->op == Onil) {
		p->ty = pat->ty = t;
		return true;
	}
	if (p->op == Oname && (c->fn || p->decl)) {
		ok = declare_name(c, p, t, warn);
		pat->ty = t;
		return ok;
	}
	if (p->op != Otuple) {
		lerror(c->l, pat->src.start, "illegal declaration expression '%s'", exprtext(c->l, pat));
		return false;
	}
	p->ty = pat->ty = t;
	for (Node *m = p->left; m; m = m->right) {
		Type *mt = t;

		if (t->kind != Terror) {
			d = next_field(t, d, &own);
			mt = d->ty;
		}
		if (!declare_pattern(c, m->left, mt, warn))
			ok = false;
	}
	return ok;
}

/* The names of a pattern whose value was reported as wrong: mentioning them says nothing more. */
void
silence_pattern(Node *pat)
{
	Node *p = unparen(pat);

	if (p->op == Otuple) {
		for (Node *m = p->left; m; m = m->right)
			silence_pattern(m->left);
	} else if (p->op == Oname && p->decl) {
		p->decl->kind = Dundef;
	}
}

/* Has t the form of the pattern, and enough of a type for each name? */
static bool
pattern_fits(Node *pat, Type *t)
{
	Node *p = unparen(pat);
	Decl *d = NULL;
	bool own;

	if (p->op == Onil || t->kind == Terror)
		return true;
	if (p->op != Otuple)
		return type_complete(t);
	if (!can_split(t))
		return false;
	for (Node *m = p->left; m; m = m->right) {
		d = next_field(t, d, &own);
		if (!d || !pattern_fits(m->left, d->ty))
			return false;
	}
	return next_field(t, d, &own) == NULL;
}

bool
check_declare(Check *c, Node *e)
{
	Node *l = unparen(e->left), *r = e->right;
	int errors = c->l->nerrors - c->nundeclared;
	bool ok = check_expr(c, r);
	Type *t;

	if (ok && !(r->ty->kind == Tpick && l->op == Otuple))
		ok = make_value(c, r);
	t = ok ? r->ty : c->l->terror;
	/* A function without result gives a variable that cannot be used. */
	if (ok && !pattern_fits(e->left, t) && !(l->op == Oname && t->kind == Tnone) &&
	    (l->op == Oname || l->op == Otuple)) {
		lerror(c->l, e->src.start, "cannot declare '%s' from %s", exprtext(c->l, e->left), exprtyped(c->l, r));
		t = c->l->terror;
		ok = false;
	}
	if (!declare_pattern(c, e->left, t, true))
		return false;
	if (!ok && c->l->nerrors - c->nundeclared != errors)
		silence_pattern(e->left);
	e->ty = t;
	return ok;
}
