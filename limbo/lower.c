/*
 * Lowering: rewrites checked expressions and statements into the forms that the code generator wants, as listed in ast.h:
 * constants replaced by their values and folded, imported names and methods turned into module members, references followed
 * explicitly, declarations with values into assignments.
 */
#include <string.h>

#include "limbo/check.h"

static void lower_list(Check *c, Node *list);

static Node *
member_of(Check *c, Node *m, Decl *d, Src src, Type *ty)
{
	Node *n = mknode(c->l, Omdot, src, m, NULL);

	n->sym = d->sym;
	n->decl = d;
	n->ty = ty;
	return n;
}

static Node *
field_of(Check *c, Node *x, Decl *d, Src src, Type *ty)
{
	Node *n = mknode(c->l, Odot, src, x, NULL);

	n->sym = d->sym;
	n->decl = d;
	n->ty = ty;
	return n;
}

static Node *
deref(Check *c, Node *p)
{
	Node *n = mknode(c->l, Oderef, p->src, p, NULL);

	n->ty = p->ty->tof;
	return n;
}

/* The declaration with the body, for a function of this unit. */
static Decl *
body_of(Decl *d)
{
	return d->kind == Dfn && d->target ? d->target : d;
}

/* Notes that the function being lowered uses d. */
static void
use(Check *c, Decl *d, bool reference)
{
	if (d->kind == Dfn && !c->dead)
		PUSH(c, uses, (char *)d + reference);
}

static Callees *
callees(Check *c)
{
	Callees *v = lalloc(c->l, sizeof *v + (size_t)c->nuses * sizeof v->d[0]);

	for (int i = 0; i < c->nuses; i++) {
		uintptr_t p = (uintptr_t)c->uses[i];

		v->d[i].fn = (Decl *)((char *)c->uses[i] - (p & 1));
		v->d[i].exported = p & 1;
	}
	v->n = c->nuses;
	return v;
}

/* What a function's name stands for: our own, a member of a module, a bound's. */
static Node *
lower_fn(Check *c, Node *e, bool reference)
{
	Node *m = NULL;
	Decl *d;

	e = unparen(e);
	d = e->decl;
	if (e->op == Omdot && !(e->flags & Fvia))
		m = lower(c, e->left);
	else if (e->third)
		m = lower(c, e->third);
	if (d->kind == Dimport)
		d = d->target;
	if (m)
		return member_of(c, m, d, e->src, e->ty);
	e->op = Oname;
	e->decl = body_of(d);
	e->sym = e->decl->sym;
	e->left = e->right = e->third = NULL;
	use(c, e->decl, reference);
	return e;
}

/* A name that is a value. */
static Node *
lower_name(Check *c, Node *e)
{
	Decl *d = e->decl;

	if (d->kind == Dimport) {
		Decl *v = d->dot;
		Node *m = mknode(c->l, Oname, e->src, NULL, NULL);

		m->sym = v->sym;
		m->decl = v;
		m->ty = v->kind == Dimport ? v->target->ty : v->ty;
		return member_of(c, lower_name(c, m), d->target, e->src, e->ty);
	}
	if (d->kind == Dlocal && d->target) {
		/* A pick's or handler's variable as one arm sees it. */
		Decl *var = d->target;

		e->op = Oname;
		e->left = NULL;
		e->decl = var;
		e->sym = var->sym;
		if (var->ty->kind == Texcept && d->dot) {
			Type *exc = d->init->ty;

			e->ty = ref_to(c, exc);
			return field_of(c, deref(c, e), d->dot, e->src, d->ty);
		}
		return e;
	}
	if (d->kind == Dfield && d->target)
		e->decl = d->target; /* data of our own interface */
	e->op = Oname;
	e->left = NULL;
	return e;
}

/* Gives a value another type that accepts it. */
static Node *
retype(Check *c, Node *e, Type *t)
{
	(void)c;
	e->ty = t;
	if (e->op == Oconst && t->kind == Tstring && e->str.s == NULL)
		e->str = (Str){ "", 0 };
	return e;
}

static bool
is_nil(const Node *e)
{
	return e->op == Oconst && e->ty->kind == Tnil;
}

/* nil as the empty string, where the other operand is a string. */
static Node *
nil_string(Check *c, Node *e, const Node *other)
{
	if (other->ty->kind == Tstring && is_nil(e))
		return const_str(c, e->src, "", 0);
	return e;
}

static Node *
lower_cast(Check *c, Node *e)
{
	Type *t = e->ty, *s;

	e->left = lower(c, e->left);
	s = e->left->ty;
	if (t->kind == Tarray && t->tof->kind == Tbyte && s->kind == Tnil) {
		/* an empty array, not nil */
		e->left = const_str(c, e->src, "", 0);
		return e;
	}
	if (t->kind == s->kind && t->kind == Tfixed && t->unit != s->unit)
		goto convert;
	if (accepts(c, t, s)) {
		Src src = e->src;

		e = retype(c, e->left, t);
		e->src = src;
		return e;
	}
convert:
	if (e->left->op == Oconst) {
		Node *v = fold_op(c, e, e->left, NULL);

		if (v)
			return v;
	}
	return e;
}

/* Left sides: patterns keep their shape. */
static Node *
lower_pattern(Check *c, Node *p)
{
	p = unparen(p);
	if (p->op == Otuple) {
		for (Node *m = p->left; m; m = m->right)
			m->left = lower_pattern(c, m->left);
		return p;
	}
	return p->op == Onil ? p : lower(c, p);
}

static Node *
lower_assign(Check *c, Node *e)
{
	Node *l = unparen(e->left);

	if (l->op == Onil || l->ty->kind == Tnone)
		return lower(c, e->right);
	if (l->op == Otuple) {
		e->op = Otupas;
		e->left = lower_pattern(c, l);
		e->right = lower(c, e->right);
		return e;
	}
	e->op = l->op == Oslice ? Osliceas : Oas;
	e->left = lower(c, l);
	e->right = nil_string(c, lower(c, e->right), e->left);
	return e;
}

/* T(...) as constructor. */
static Node *
lower_construct(Check *c, Node *e)
{
	if (e->third) {
		e->op = Ocast;
		e->left = e->third;
		e->right = e->third = NULL;
		return lower_cast(c, e);
	}
	e->op = Otuple;
	e->left = e->right;
	e->right = NULL;
	lower_list(c, e->left);
	return e;
}

static Node *
lower_call(Check *c, Node *e)
{
	Node *f = unparen(e->left);

	if (f->flags & Ftype)
		return lower_construct(c, e);
	if (f->flags & Fexcept) {
		Decl *d = f->decl->kind == Dimport ? f->decl->target : f->decl;

		e->op = Otuple;
		e->decl = d;
		e->left = e->right;
		e->right = NULL;
		lower_list(c, e->left);
		return e;
	}
	if (e->third) {
		/* self goes first */
		e->right = mknode(c->l, Oseq, e->third->src, e->third, e->right);
		e->third = NULL;
	}
	lower_list(c, e->right);
	e->left = (f->flags & Ffn) ? lower_fn(c, f, false) : lower(c, f);
	for (Node *h = e->hidden; h; h = h->right)
		h->left = lower_fn(c, h->left, true);
	return e;
}

static Node *
lower_dot(Check *c, Node *e)
{
	Node *x;

	if (!e->decl)
		return lower(c, e->left); /* the only argument of an exception */
	if (e->flags & Ffn)
		return lower_fn(c, e, false);
	x = lower(c, e->left);
	if (x->ty->kind == Tref)
		x = deref(c, x);
	e->left = x;
	if (x->op == Otuple) {
		Node *v = fold_op(c, e, x, NULL);

		if (v && v->op == Oconst)
			return v;
	}
	return e;
}

static Node *
lower_array(Check *c, Node *e)
{
	e->left = lower(c, e->left);
	for (Node *m = e->right; m; m = m->right) {
		Node *el = m->left;

		for (Node *q = el->left; q; q = q->right) {
			if (q->left->op == Orange) {
				q->left->left = lower(c, q->left->left);
				q->left->right = lower(c, q->left->right);
			} else if (q->left->op != Ostar) {
				q->left = lower(c, q->left);
			}
		}
		el->right = lower(c, el->right);
	}
	return e;
}

static Node *
lower_binary(Check *c, Node *e)
{
	Node *v;

	e->left = lower(c, e->left);
	if ((e->op == Oandand || e->op == Ooror) && e->left->op == Oconst &&
	    (e->op == Ooror) == (e->left->ival != 0)) {
		c->dead++;
		lower(c, e->right);
		c->dead--;
		return const_int(c, e->src, e->ty, e->op == Ooror);
	}
	e->right = lower(c, e->right);
	switch (e->op) {
	case Oadd:
	case Oeq:
	case One:
	case Olt:
	case Ole:
	case Ogt:
	case Oge:
		e->left = nil_string(c, e->left, e->right);
		e->right = nil_string(c, e->right, e->left);
		break;
	case Omul:
	case Odiv:
		/* A product of conversions to a fixed type is computed from what was converted. */
		if (e->ty->kind == Tfixed) {
			if (e->left->op == Ocast && e->left->left->ty->kind == Tfixed)
				e->left = e->left->left;
			if (e->right->op == Ocast && e->right->left->ty->kind == Tfixed)
				e->right = e->right->left;
		}
		break;
	default:
		break;
	}
	if (e->left->op == Oconst && e->right->op == Oconst && (v = fold_op(c, e, e->left, e->right)) != NULL)
		return v;
	return e;
}

static Node *
lowered(Check *c, Node *e)
{
	Node *v;

	switch (e->op) {
	case Oconst:
	case Onil:
	case Ostar:
		return e;
	case Oname:
		v = e->flags & (Ftype | Ffn) ? NULL : fold(c, e);
		if (v)
			return v;
		if (e->flags & Ffn)
			return lower_fn(c, e, false);
		return lower_name(c, e);
	case Oparen:
	case Oplus: {
		Node *x = lower(c, e->left);

		return x;
	}
	case Oneg:
	case Onot:
	case Ocomp:
	case Olen:
		e->left = lower(c, e->left);
		v = e->left->op == Oconst ? fold_op(c, e, e->left, NULL) : NULL;
		return v ? v : e;
	case Oderef:
	case Opreinc:
	case Opredec:
	case Opostinc:
	case Opostdec:
	case Orecv:
	case Ohd:
	case Otl:
	case Oload:
		e->left = lower(c, e->left);
		return e;
	case Otagof:
		v = fold(c, e);
		if (v)
			return v;
		e->left = lower(c, e->left);
		return e;
	case Oref: {
		Node *x = unparen(e->left);

		if (x->flags & Ftype && x->op != Ocall)
			e->left = NULL;
		else
			e->left = lower(c, x);
		return e;
	}
	case Ocast:
		return lower_cast(c, e);
	case Oas:
	case Odas:
		return lower_assign(c, e);
	case Oindex:
		e->left = lower(c, e->left);
		e->right = lower(c, e->right);
		if (e->left->ty->kind == Tstring)
			e->op = Oinds;
		return e;
	case Oslice:
		e->left = lower(c, e->left);
		if (e->right)
			e->right = lower(c, e->right);
		if (e->third)
			e->third = lower(c, e->third);
		return e;
	case Odot:
	case Omdot:
		v = e->flags & (Ftype | Ffn) ? NULL : fold(c, e);
		if (v)
			return v;
		if (e->op == Odot)
			return lower_dot(c, e);
		if (e->flags & Ffn)
			return lower_fn(c, e, false);
		if (e->flags & Fvia)
			return lower_name(c, e);
		e->left = lower(c, e->left);
		return e;
	case Ocall:
		return lower_call(c, e);
	case Ofnref:
		e->left = lower_fn(c, e->left, true);
		return e;
	case Otuple:
		lower_list(c, e->left);
		return e;
	case Oarray:
		e->left = lower(c, e->left);
		return e;
	case Ochan:
		if (e->left)
			e->left = lower(c, e->left);
		return e;
	case Oarrinit:
		return lower_array(c, e);
	case Olistinit:
		lower_list(c, e->right ? e->right : e->left);
		return e;
	default:
		if (e->op >= Oadd && e->op <= Ocons)
			return lower_binary(c, e);
		if (e->op >= Oaddas && e->op <= Orshas) {
			e->left = lower(c, e->left);
			e->right = nil_string(c, lower(c, e->right), e->left);
			return e;
		}
		if (e->op == Osend) {
			e->left = lower(c, e->left);
			e->right = lower(c, e->right);
		}
		return e;
	}
}

Node *
lower(Check *c, Node *e)
{
	e = lowered(c, e);
	if (e->ty && !e->ty->sized && e->ty->kind != Tfn && e->ty->kind != Tnone)
		types_size(c->l, e->ty);
	return e;
}

static void
lower_list(Check *c, Node *list)
{
	for (; list; list = list->right)
		list->left = lower(c, list->left);
}

/* -------------------------------------------------------------- statements */

static void lower_stmt(Check *c, Node *n);
static void lower_stmts(Check *c, Node *list);

/* `a, b: T = e` is a = (b = e). */
static void
lower_decl(Check *c, Node *n)
{
	Decl *d = n->decls;
	Node *e, **place = &e;

	for (int i = 0; i < n->ndecls; i++, d = d->next)
		types_size(c->l, d->ty);
	if (!n->left)
		return;
	e = NULL;
	d = n->decls;
	for (int i = 0; i < n->ndecls; i++, d = d->next) {
		Node *v = mknode(c->l, Oname, d->src, NULL, NULL), *as;

		v->sym = d->sym;
		v->decl = d;
		v->ty = d->ty;
		as = mknode(c->l, Oas, n->src, v, NULL);
		as->ty = d->ty;
		*place = as;
		place = &as->right;
	}
	*place = nil_string(c, lower(c, n->left), &(Node){ .ty = n->decls->ty });
	n->op = Oexpr;
	n->left = e;
	n->ndecls = 0;
}

static void
lower_raise(Check *c, Node *n)
{
	Node *x = unparen(n->left), *v;
	Decl *d;

	if (!x) {
		v = mknode(c->l, Oname, n->src, NULL, NULL);
		v->decl = n->decl;
		v->sym = n->decl->sym;
		v->ty = n->decl->ty;
		n->left = v;
		return;
	}
	if ((x->flags & Fexcept) && x->op != Ocall) {
		d = x->decl->kind == Dimport ? x->decl->target : x->decl;
		v = mknode(c->l, Otuple, x->src, NULL, NULL);
		v->decl = d;
		v->ty = d->ty;
		types_size(c->l, v->ty);
		n->left = v;
		return;
	}
	if (x->op == Oname && x->decl->kind == Dlocal && x->decl->target && x->decl->target->ty->kind == Texcept) {
		x->decl = x->decl->target;
		x->sym = x->decl->sym;
		x->ty = x->decl->ty;
		n->left = x;
		return;
	}
	n->left = lower(c, x);
}

/* A statement that is executed only if `live`. */
static void
lower_branch(Check *c, Node *n, bool live)
{
	if (!live)
		c->dead++;
	lower_stmt(c, n);
	if (!live)
		c->dead--;
}

/* Is a condition constant with this outcome? */
static bool
always(const Node *e, bool outcome)
{
	return e && e->op == Oconst && e->ty->kind == Tint && (e->ival != 0) == outcome;
}

static void
lower_stmt(Check *c, Node *n)
{
	if (!n)
		return;
	switch (n->op) {
	case Oblock:
		lower_stmts(c, n->left);
		return;
	case Oexpr:
		n->left = lower(c, n->left);
		return;
	case Odecl:
		lower_decl(c, n);
		return;
	case Oif:
		n->left = lower(c, n->left);
		lower_branch(c, n->right, !always(n->left, false));
		lower_branch(c, n->third, !always(n->left, true));
		return;
	case Ofor:
		if (n->left)
			n->left = lower(c, n->left->op == Oexpr ? n->left->left : n->left);
		if (n->third)
			n->third = lower(c, n->third);
		if (always(n->third, false))
			c->dead++;
		if (n->fourth)
			n->fourth = lower(c, n->fourth->op == Oexpr ? n->fourth->left : n->fourth);
		lower_stmt(c, n->right);
		if (always(n->third, false))
			c->dead--;
		return;
	case Odo:
		if (n->left)
			n->left = lower(c, n->left);
		lower_stmt(c, n->right);
		return;
	case Ocase:
	case Opickst:
		n->left = lower(c, n->left);
		for (Node *a = n->right; a; a = a->right)
			lower_stmt(c, a->left->right);
		return;
	case Oexcept:
		lower_stmt(c, n->left);
		for (Node *a = n->right; a; a = a->right)
			lower_stmt(c, a->left->right);
		return;
	case Oalt:
		for (Node *a = n->right; a; a = a->right) {
			for (Node *s = a->left->left; s; s = s->right)
				if (s->left->op != Ostar)
					s->left = lower(c, s->left);
			lower_stmt(c, a->left->right);
		}
		return;
	case Oreturn:
	case Ospawn:
		if (n->left)
			n->left = lower(c, n->left);
		return;
	case Oraise:
		lower_raise(c, n);
		return;
	default:
		return;
	}
}

static void
lower_stmts(Check *c, Node *list)
{
	for (Node *s = list; s; s = s->right)
		lower_stmt(c, s->left);
}

void
lower_body(Check *c, Decl *fn)
{
	for (Decl *d = fn->locals; d; d = d->next)
		if (d->ty->kind != Terror)
			types_size(c->l, d->ty);
	types_frame(c->l, fn->ty, NULL);
	c->nuses = 0;
	c->dead = 0;
	lower_stmt(c, fn->init);
	fn->aux = callees(c);
}
