/*
 * Expressions: names, operators, constructors other than calls. Every node gets its type; the tree keeps its shape for the
 * diagnostics (lower.c rewrites it afterwards).
 */
#include <stdlib.h>
#include <string.h>

#include "limbo/check.h"

static bool check_mdot(Check *c, Node *e, bool via);

/* ---------------------------------------------------------------- helpers */

Node *
unparen(Node *e)
{
	while (e && e->op == Oparen)
		e = e->left;
	return e;
}

bool
accepts(Check *c, Type *dst, Type *src)
{
	if (dst->kind == Terror || src->kind == Terror)
		return true;
	if (dst == src)
		return dst->kind != Tnone;
	if (src->kind == Tnone || dst->kind == Tnone)
		return false;
	return types_accept(c->l, dst, src);
}

static Type *
type_of(Check *c, Tkind k, Type *t)
{
	Type *r = mktype(c->l, k, t->src, t);

	r->checked = true;
	return type_weigh(c, r, t->src.start);
}

Type *
ref_to(Check *c, Type *t)
{
	return type_of(c, Tref, t);
}

Type *
adt_of(Type *t)
{
	if (t->kind == Tref)
		t = t->tof;
	if (t->kind == Tpick)
		t = t->tof;
	return t->kind == Tadt ? t : NULL;
}

Type *
tuple_type(Check *c, Src src, Type **v, int n)
{
	Type *t = mktype(c->l, Ttuple, src, NULL);
	Decl **tail = &t->ids;

	t->checked = true;
	for (int i = 0; i < n; i++) {
		*tail = mkdecl(c->l, Dfield, tuple_sym(c, i), src, v[i]);
		(*tail)->checked = true;
		tail = &(*tail)->next;
	}
	return type_weigh(c, t, src.start);
}

/* Can it be the type of a variable: does it say what nil in it is? */
bool
type_complete(const Type *t)
{
	switch (t->kind) {
	case Tnil:
	case Tnone:
	case Texcept:
		return false;
	case Tarray:
	case Tlist:
	case Tchan:
		return type_complete(t->tof);
	case Tref:
		return t->tof->kind != Ttuple || type_complete(t->tof);
	case Ttuple:
		for (const Decl *d = t->ids; d; d = d->next)
			if (!type_complete(d->ty))
				return false;
		return true;
	default:
		return true;
	}
}

Type *
type_common(Check *c, Type *a, Type *b)
{
	Type *x, *y;

	if (a->kind == Tnil && b->kind == Tnil)
		return a;
	if (accepts(c, a, b))
		return a;
	if (accepts(c, b, a))
		return b;
	if (a->kind == Tref && b->kind == Tref) {
		x = adt_of(a);
		y = adt_of(b);
		if (x && y && x->tags && types_equal(c->l, x, y))
			return ref_to(c, x);
		return NULL;
	}
	if (a->kind == Tlist && b->kind == Tlist) {
		x = type_common(c, a->tof, b->tof);
		return x ? type_of(c, Tlist, x) : NULL;
	}
	if (a->kind == Ttuple && b->kind == Ttuple) {
		Decl *d = a->ids, *f = b->ids;
		Type **v;
		int n = 0;

		for (; d && f; d = d->next, f = f->next)
			n++;
		if (d || f)
			return NULL;
		v = lalloc(c->l, (size_t)n * sizeof *v);
		n = 0;
		for (d = a->ids, f = b->ids; d; d = d->next, f = f->next)
			if (!(v[n++] = type_common(c, d->ty, f->ty)))
				return NULL;
		return tuple_type(c, a->src, v, n);
	}
	return NULL;
}

const char *
op_text(Op op)
{
	switch (op) {
	case Oadd: return "+";
	case Osub: return "-";
	case Omul: return "*";
	case Odiv: return "/";
	case Omod: return "%";
	case Oexp: return "**";
	case Oand: return "&";
	case Oor: return "|";
	case Oxor: return "^";
	case Olsh: return "<<";
	case Orsh: return ">>";
	case Oeq: return "==";
	case One: return "!=";
	case Olt: return "<";
	case Ole: return "<=";
	case Ogt: return ">";
	case Oge: return ">=";
	case Oandand: return "&&";
	case Ooror: return "||";
	case Ocons: return "::";
	case Oas: return "=";
	case Odas: return ":=";
	case Oaddas: return "+=";
	case Osubas: return "-=";
	case Omulas: return "*=";
	case Odivas: return "/=";
	case Omodas: return "%=";
	case Oexpas: return "**=";
	case Oandas: return "&=";
	case Ooras: return "|=";
	case Oxoras: return "^=";
	case Olshas: return "<<=";
	case Orshas: return ">>=";
	case Osend: return "<-=";
	case Oneg: return "-";
	case Oplus: return "+";
	case Onot: return "!";
	case Ocomp: return "~";
	case Opreinc:
	case Opostinc: return "++";
	case Opredec:
	case Opostdec: return "--";
	default: return "?";
	}
}

/* Would leaving the expression out make a difference? */
bool
has_effects(const Node *e)
{
	if (!e)
		return false;
	switch (e->op) {
	case Ocall:
	case Oas:
	case Odas:
	case Osend:
	case Orecv:
	case Opreinc:
	case Opredec:
	case Opostinc:
	case Opostdec:
		return true;
	default:
		if (e->op >= Oaddas && e->op <= Orshas)
			return true;
		return has_effects(e->left) || has_effects(e->right) || has_effects(e->third);
	}
}

/* ------------------------------------------------------------------- names */

/* e names d (not an import any more). `at` is where d would have to be known. */
static bool
mention(Check *c, Node *e, Decl *d)
{
	Type *t;

	switch (d->kind) {
	case Dconst:
		if (!d->checked) {
			Pos p = d->src.start, q = e->src.start;

			if (d->checking || p.line > q.line || (p.line == q.line && p.col > q.col)) {
				lerror(c->l, q, "%s's value cannot be determined", d->sym->name);
				return false;
			}
		}
		if (!const_value(c, d)) {
			lerror(c->l, e->src.start, "%s's value cannot be determined", d->sym->name);
			return false;
		}
		e->ty = d->ty;
		return true;
	case Dtype:
	case Dpoly:
	case Dtag:
		e->ty = decl_type(c, d);
		e->flags |= Ftype;
		return e->ty->kind != Terror;
	case Dfn:
		e->ty = decl_type(c, d);
		e->flags |= Ffn;
		return e->ty->kind == Tfn;
	case Dexcept:
		e->ty = decl_type(c, d);
		e->flags |= Fexcept;
		return true;
	case Dundef:
		return false;
	default:
		t = decl_type(c, d);
		if (!t) {
			lerror(c->l, e->src.start, "%s %s's type is not fully defined", declkind(d, false), d->sym->name);
			return false;
		}
		e->ty = t;
		/* Declared with a type that is wrong: reported there. One made by := from an undeclared name goes on. */
		return t->kind != Terror || d->implicit;
	}
}

static Sym *
exception_sym(Check *c, Sym *s)
{
	const char *text = lprintf(c->l, "exception %s", s->name);

	return lsym(c->l, text, strlen(text));
}

static bool
check_name(Check *c, Node *e)
{
	Decl *d;

	if (c->iota >= 0 && e->sym == c->siota) {
		e->ty = c->l->tint;
		return true;
	}
	d = lookup_name(c, e->sym, e->src.start);
	if (!d)
		return false;
	e->decl = d;
	if (d->kind == Dlocal && d->target && d->ty->kind == Texcept && d->target->ty->kind == Texcept)
		e->sym = exception_sym(c, d->sym); /* how diagnostics show it */
	if (d->kind == Dimport) {
		Decl *t = import_target(c, d);

		if (!t)
			return false;
		t->refs++;
		if (!mention(c, e, t))
			return false;
		/* Data of a module needs an instance. */
		if (t->kind == Dfield && d->dot->kind == Dtype) {
			lerror(c->l, e->src.start, "cannot use '%s' because %s is a module interface", exprtext(c->l, e),
			       d->dot->sym->name);
			return false;
		}
		return true;
	}
	return mention(c, e, d);
}

static bool
bare_generic(Check *c, Type *t, Pos at)
{
	if (t->kind == Tpick)
		t = t->tof;
	if (t->kind != Tadt || !t->polys || t->targs || c->selfadt == t)
		return false;
	lerror(c->l, at, "polymorphic type %s illegal here", typetext(c->l, t));
	return true;
}

static bool
not_member(Check *c, Node *e)
{
	lerror(c->l, e->src.start, "'%s' is not a member of %s", e->sym->name, exprtyped(c->l, e->left));
	return false;
}

static bool
in_variants(Type *adt, Sym *s)
{
	for (Decl *g = adt->tags; g; g = g->next)
		for (Decl *d = g->ty->ids; d; d = d->next)
			if (d->sym == s)
				return true;
	return false;
}

/* A handler's variable in an arm for one exception: `e.t0` is its only argument. */
static bool
exception_member(Node *e)
{
	Node *v = unparen(e->left);
	Decl *d = v->op == Oname ? v->decl : NULL;

	return d && d->kind == Dlocal && d->target && d->dot && d->iota == 1 && strcmp(e->sym->name, "t0") == 0;
}

static bool
check_dot(Check *c, Node *e)
{
	Node *x = e->left;
	Type *t, *adt;
	Decl *d;
	bool istype;

	if (!(x->op == Omdot ? check_mdot(c, x, true) : check_expr(c, x)))
		return false;
	t = x->ty;
	istype = x->flags & Ftype;
	if (x->flags & (Ffn | Fexcept)) {
		lerror(c->l, e->src.start, "%s cannot be qualified with .", exprtyped(c->l, x));
		return false;
	}
	if (!istype && exception_member(e)) {
		e->ty = t;
		e->decl = NULL;
		return true;
	}
	if (t->kind == Tpoly) {
		for (d = t->ids; d && d->sym != e->sym;)
			d = d->next;
		if (!d)
			return not_member(c, e);
		d->refs++;
		e->decl = d;
		e->ty = d->ty;
		e->flags |= Ffn;
		return true;
	}
	if (!istype && t->kind == Tref)
		t = t->tof;
	if (t->kind != Tadt && t->kind != Tpick && (t->kind != Ttuple || istype)) {
		lerror(c->l, e->src.start, "%s cannot be qualified with .", exprtyped(c->l, x));
		return false;
	}
	adt = t->kind == Tpick ? t->tof : t->kind == Tadt ? t : NULL;
	d = member_find(t, e->sym);
	if (d && d->kind == Dtag && t->kind == Tpick && !istype)
		d = NULL;
	if (!d) {
		if (!istype && t->kind == Tadt && in_variants(t, e->sym)) {
			lerror(c->l, e->src.start, "cannot yet index field %s of %s", e->sym->name, exprtyped(c->l, x));
			return false;
		}
		return not_member(c, e);
	}
	d->refs++;
	e->decl = d;
	if (istype && d->kind != Dconst && bare_generic(c, t, x->src.start))
		return false;
	switch (d->kind) {
	case Dfield:
		if (istype) {
			lerror(c->l, e->src.start, "'%s' is not a value", exprtext(c->l, x));
			return false;
		}
		e->ty = d->ty;
		return true;
	case Dfn:
		e->ty = adt_substituted(c, adt, decl_type(c, d));
		e->flags |= Ffn;
		return e->ty->kind == Tfn;
	case Dconst:
		if (!istype && has_effects(x))
			lwarn(c->l, 1, e->src.start, "result of expression '%s' ignored", exprtext(c->l, x));
		return mention(c, e, d);
	default:
		return mention(c, e, d);
	}
}

static bool
check_mdot(Check *c, Node *e, bool via)
{
	Node *m = e->left;
	Decl *d;

	if (!check_expr(c, m))
		return false;
	if (m->ty->kind != Tmodule || (m->flags & (Ffn | Fexcept))) {
		lerror(c->l, e->src.start, "%s cannot be qualified with ->", exprtyped(c->l, m));
		return false;
	}
	member_table(c, m->ty);
	d = member_find(m->ty, e->sym);
	if (!d && via && !(m->flags & Ftype)) {
		Decl *x = lookup(c, e->sym);

		if (x && x->kind != Dundef) {
			if (!check_name(c, e))
				return false;
			e->flags |= Fvia;
			return true;
		}
	}
	if (!d)
		return not_member(c, e);
	d->refs++;
	e->decl = d;
	if (!mention(c, e, d))
		return false;
	if ((d->kind == Dfield || d->kind == Dglobal) && (m->flags & Ftype)) {
		lerror(c->l, e->src.start, "'%s' is not a value", exprtext(c->l, m));
		return false;
	}
	return true;
}

bool
make_value(Check *c, Node *e)
{
	Type *t = e->ty;

	if (e->flags & (Ftype | Fexcept)) {
		Node *n = unparen(e);

		if (n->op == Oname && n->decl) {
			Decl *d = n->decl->kind == Dimport ? n->decl->target : n->decl;

			if (d->kind == Dtype && t->kind == Tmodule)
				lerror(c->l, e->src.start, "'%s' is not a value", exprtext(c->l, n));
			else
				lerror(c->l, e->src.start, "%s %s is not a variable", declkind(d, false), n->sym->name);
		} else {
			lerror(c->l, e->src.start, "'%s' is %s, not a value", exprtext(c->l, e),
			       e->flags & Ftype ? "a type" : "an exception");
		}
		return false;
	}
	if (e->flags & Ffn)
		return fnref(c, e);
	if ((t->kind == Tadt && t->tags) || t->kind == Tpick) {
		lerror(c->l, e->src.start, "expressions cannot have type %s", typetext(c->l, t));
		return false;
	}
	return true;
}

bool
check_value(Check *c, Node *e)
{
	if (!check_expr(c, e))
		return false;
	if (!(e->flags & (Ftype | Ffn | Fexcept)) && e->ty->kind != Tadt && e->ty->kind != Tpick)
		return true;
	return make_value(c, e);
}

/* ------------------------------------------------------------- assignment */

bool
check_lvalue(Check *c, Node *e)
{
	Node *x = unparen(e);
	Decl *d;

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

static bool
clash(Check *c, Node *e, const char *op)
{
	lerror(c->l, e->src.start, "type clash in %s %s %s", exprtyped(c->l, e->left), op, exprtyped(c->l, e->right));
	return false;
}

static bool
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

static bool
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

/* --------------------------------------------------------------- operators */

static bool
arith_kind(Op op, Tkind k)
{
	switch (op) {
	case Oadd:
	case Olt:
	case Ole:
	case Ogt:
	case Oge:
		return k == Tint || k == Tbig || k == Tbyte || k == Treal || k == Tfixed || k == Tstring;
	case Osub:
	case Omul:
	case Odiv:
		return k == Tint || k == Tbig || k == Tbyte || k == Treal || k == Tfixed;
	default:
		return k == Tint || k == Tbig || k == Tbyte;
	}
}

/* The operands of a binary operator have been checked: do they go together? `text` is the operator as written. */
static bool
check_operands(Check *c, Node *e, Op op, const char *text)
{
	Type *a = e->left->ty, *b = e->right->ty;

	switch (op) {
	case Oexp:
		if (a->kind != Tint && a->kind != Tbig && a->kind != Treal) {
			lerror(c->l, e->src.start, "exponend %s is not int, big or real", exprtyped(c->l, e->left));
			return false;
		}
		if (b->kind != Tint) {
			lerror(c->l, e->src.start, "exponent %s is not int", exprtyped(c->l, e->right));
			return false;
		}
		return true;
	case Olsh:
	case Orsh:
		if (!arith_kind(op, a->kind)) {
			lerror(c->l, e->src.start, "cannot %s %s %s", exprtyped(c->l, e->left), text,
			       exprtyped(c->l, e->right));
			return false;
		}
		if (b->kind != Tint) {
			lerror(c->l, e->src.start, "shift %s is not an int", exprtyped(c->l, e->right));
			return false;
		}
		return true;
	default:
		break;
	}
	/* nil is a string here */
	if (op == Oadd || (op >= Olt && op <= Oge)) {
		if (a->kind == Tstring && b->kind == Tnil)
			return true;
		if (a->kind == Tnil && b->kind == Tstring)
			return true;
	}
	if (!arith_kind(op, a->kind) || !arith_kind(op, b->kind)) {
		lerror(c->l, e->src.start, "cannot %s %s and %s", text, exprtyped(c->l, e->left),
		       exprtyped(c->l, e->right));
		return false;
	}
	if (a->kind != b->kind || (a->kind == Tfixed && !types_equal(c->l, a, b)))
		return clash(c, e, text);
	return true;
}

static bool
comparable(Tkind k)
{
	switch (k) {
	case Tint:
	case Tbig:
	case Tbyte:
	case Treal:
	case Tfixed:
	case Tstring:
	case Tref:
	case Tlist:
	case Tarray:
	case Tchan:
	case Tmodule:
	case Tpoly:
	case Tnil:
		return true;
	default:
		return false;
	}
}

static bool
check_both(Check *c, Node *e)
{
	bool ok = check_value(c, e->left);

	return check_value(c, e->right) && ok;
}

static bool
check_binary(Check *c, Node *e)
{
	Type *a, *b, *t;

	if (!check_both(c, e))
		return false;
	a = e->left->ty;
	b = e->right->ty;
	switch (e->op) {
	case Oeq:
	case One:
		if (!comparable(a->kind) || !comparable(b->kind) || (!accepts(c, a, b) && !accepts(c, b, a))) {
			lerror(c->l, e->src.start, "cannot compare %s to %s", exprtyped(c->l, e->left),
			       exprtyped(c->l, e->right));
			return false;
		}
		e->ty = c->l->tint;
		return true;
	case Oandand:
	case Ooror:
		if (a->kind != Tint) {
			lerror(c->l, e->src.start, "%s's left operand is not an int: %s", op_text(e->op),
			       exprtyped(c->l, e->left));
			return false;
		}
		if (b->kind != Tint) {
			lerror(c->l, e->src.start, "%s's right operand is not an int: %s", op_text(e->op),
			       exprtyped(c->l, e->right));
			return false;
		}
		e->ty = c->l->tint;
		return true;
	case Ocons:
		if (b->kind == Tnil) {
			t = a;
		} else if (b->kind == Tlist) {
			t = type_common(c, b->tof, a);
			if (!t)
				return clash(c, e, "::");
		} else {
			lerror(c->l, e->src.start, "cannot :: to %s", exprtyped(c->l, e->right));
			return false;
		}
		if (a->kind == Tnone || a->kind == Tfn)
			return clash(c, e, "::");
		e->ty = b->kind == Tlist && t == b->tof ? b : type_of(c, Tlist, t);
		return true;
	case Osend:
		if (a->kind != Tchan) {
			lerror(c->l, e->src.start, "cannot send on %s", exprtyped(c->l, e->left));
			return false;
		}
		if (!accepts(c, a->tof, b))
			return clash(c, e, "<-=");
		e->ty = a->tof;
		return true;
	default:
		break;
	}
	if (!check_operands(c, e, e->op, op_text(e->op)))
		return false;
	e->ty = e->op >= Olt && e->op <= Oge ? c->l->tint : a->kind == Tnil ? b : a;
	return true;
}

static bool
check_opassign(Check *c, Node *e)
{
	static const Op plain[] = { Oadd, Osub, Omul, Odiv, Omod, Oexp, Oand, Oor, Oxor, Olsh, Orsh };

	if (!check_both(c, e) || !check_lvalue(c, e->left))
		return false;
	if (!check_operands(c, e, plain[e->op - Oaddas], op_text(e->op)))
		return false;
	e->ty = e->left->ty;
	return true;
}

static bool
cannot_apply(Check *c, Node *e)
{
	lerror(c->l, e->src.start, "cannot apply %s to %s", op_text(e->op), exprtyped(c->l, e->left));
	return false;
}

static bool
check_unary(Check *c, Node *e)
{
	Type *t, *v[2];
	Tkind k;

	if (!check_value(c, e->left))
		return false;
	t = e->left->ty;
	k = t->kind;
	switch (e->op) {
	case Oplus:
		e->ty = t;
		return true;
	case Oneg:
		if (k != Tint && k != Tbig && k != Tbyte && k != Treal && k != Tfixed)
			return cannot_apply(c, e);
		e->ty = t;
		return true;
	case Onot:
		if (k != Tint)
			return cannot_apply(c, e);
		e->ty = t;
		return true;
	case Ocomp:
		if (k != Tint && k != Tbig && k != Tbyte)
			return cannot_apply(c, e);
		e->ty = t;
		return true;
	case Opreinc:
	case Opredec:
	case Opostinc:
	case Opostdec:
		if (k != Tint && k != Tbig && k != Tbyte && k != Treal)
			return cannot_apply(c, e);
		e->ty = t;
		return check_lvalue(c, e->left);
	case Orecv:
		if (k == Tchan) {
			e->ty = t->tof;
			return true;
		}
		if (k == Tarray && t->tof->kind == Tchan) {
			v[0] = c->l->tint;
			v[1] = t->tof->tof;
			e->ty = tuple_type(c, e->src, v, 2);
			return true;
		}
		lerror(c->l, e->src.start, "cannot receive on %s", exprtyped(c->l, e->left));
		return false;
	case Ohd:
	case Otl:
		if (k != Tlist) {
			lerror(c->l, e->src.start, "cannot %s %s", e->op == Ohd ? "hd" : "tl", exprtyped(c->l, e->left));
			return false;
		}
		e->ty = e->op == Ohd ? t->tof : t;
		return true;
	case Olen:
		if (k != Tstring && k != Tarray && k != Tlist) {
			lerror(c->l, e->src.start, "len requires an array, string or list in %s",
			       exprtyped(c->l, e->left));
			return false;
		}
		e->ty = c->l->tint;
		return true;
	case Oderef:
		if (k != Tref || t->tof->kind == Tfn) {
			lerror(c->l, e->src.start, "cannot * %s", exprtyped(c->l, e->left));
			return false;
		}
		e->ty = t->tof;
		return true;
	default:
		return false;
	}
}

static bool
scalar(Tkind k)
{
	return k == Tint || k == Tbig || k == Tbyte || k == Treal || k == Tstring || k == Tfixed;
}

static bool
check_cast(Check *c, Node *e)
{
	Type *t = type_resolve(c, e->ty), *s;

	e->ty = t;
	if (!check_value(c, e->left) || t->kind == Terror)
		return false;
	s = e->left->ty;
	if (s->kind == Terror)
		return true;
	if (accepts(c, t, s) || (scalar(t->kind) && scalar(s->kind)))
		return true;
	if (t->kind == Tstring && s->kind == Tarray && s->tof->kind == Tbyte)
		return true;
	if (t->kind == Tarray && t->tof->kind == Tbyte && s->kind == Tstring)
		return true;
	lerror(c->l, e->src.start, "cannot make a %s from %s", typetext(c->l, t), exprtyped(c->l, e->left));
	return false;
}

/* ---------------------------------------------------------- constructors */

static bool
check_tuple(Check *c, Node *e)
{
	bool ok = true;
	Type **v;
	int n = 0;

	for (Node *m = e->left; m; m = m->right) {
		n++;
		if (m->left->op == Onil) {
			lerror(c->l, m->left->src.start, "nil is not a variable");
			ok = false;
		} else if (!check_value(c, m->left)) {
			ok = false;
		} else if (m->left->ty->kind == Tnone) {
			lerror(c->l, m->left->src.start, "expressions cannot have type %s", typetext(c->l, m->left->ty));
			ok = false;
		}
	}
	if (!ok)
		return false;
	v = lalloc(c->l, (size_t)n * sizeof *v);
	n = 0;
	for (Node *m = e->left; m; m = m->right)
		v[n++] = m->left->ty;
	e->ty = tuple_type(c, e->src, v, n);
	return e->ty->kind != Terror;
}

static bool
check_size(Check *c, Node *size, const char *what)
{
	if (!check_value(c, size))
		return false;
	if (size->ty->kind == Terror)
		return true;
	if (size->ty->kind != Tint) {
		lerror(c->l, size->src.start, "%s size %s is not an int", what, exprtyped(c->l, size));
		return false;
	}
	return true;
}

/* A labelled element of an array initialiser, for finding overlaps. */
typedef struct Span Span;
struct Span {
	int64_t lo, hi;
	int seq;
	Node *elem;
};

static int
span_cmp(const void *a, const void *b)
{
	const Span *x = a, *y = b;

	if (x->lo != y->lo)
		return x->lo < y->lo ? -1 : 1;
	return x->seq < y->seq ? -1 : x->seq > y->seq;
}

static bool
index_value(Check *c, Node *q, bool range, int64_t *v)
{
	Node *k;

	if (!check_value(c, q) || q->ty->kind == Terror)
		return false;
	if (q->ty->kind != Tint) {
		lerror(c->l, q->src.start, "array index %s is not an int", exprtyped(c->l, q));
		return false;
	}
	k = fold(c, q);
	if (!k) {
		lerror(c->l, q->src.start, "%s '%s' is not constant", range ? "range" : "array index", exprtext(c->l, q));
		return false;
	}
	*v = k->ival;
	return true;
}

static bool
check_overlaps(Check *c, Span *v, int n)
{
	bool ok = true;
	int top = 0;

	qsort(v, (size_t)n, sizeof *v, span_cmp);
	for (int i = 1; i < n; i++) {
		if (v[i].lo <= v[top].hi) {
			Span *a = &v[top], *b = &v[i];

			if (a->seq > b->seq) {
				a = &v[i];
				b = &v[top];
			}
			lerror(c->l, b->elem->src.start, "array index '%s' overlaps with '%s' on line %s",
			       qual_list(c, b->elem->left), qual_list(c, a->elem->left),
			       posname(c->l, a->elem->src.start));
			ok = false;
		}
		if (v[i].hi > v[top].hi)
			top = i;
	}
	return ok;
}

static bool
check_arrinit(Check *c, Node *e)
{
	Node *size = NULL, *star = NULL;
	Type *t = NULL;
	bool ok = true, labels = false;
	int64_t next = 0, high = -1, limit = INT32_MAX;
	int n = 0, ns = 0;
	Span *v;

	if (e->left) {
		ok = check_size(c, e->left, "array");
		if (ok && e->left->ty->kind == Tint && (size = fold(c, e->left)))
			limit = size->ival;
	}
	for (Node *m = e->right; m; m = m->right) {
		n++;
		for (Node *q = m->left->left; q; q = q->right) {
			labels = true;
			n++;
		}
	}
	v = labels ? lalloc(c->l, (size_t)n * sizeof *v) : NULL;
	for (Node *m = e->right; m; m = m->right) {
		Node *el = m->left;
		Type *common;

		if (!el->left) {
			Node *k = const_int(c, el->src, c->l->tint, next);

			k->ival = next;
			el->left = mknode(c->l, Oseq, el->src, k, NULL);
			if (next >= limit) {
				lerror(c->l, el->src.start, "array index '%lld' out of bounds", (long long)next);
				ok = false;
			}
			if (labels)
				v[ns] = (Span){ next, next, ns, el }, ns++;
			if (next > high)
				high = next;
			next++;
		} else {
			for (Node *s = el->left; s; s = s->right) {
				Node *q = s->left;
				int64_t lo, hi;

				if (q->op == Ostar) {
					if (star) {
						lerror(c->l, q->src.start, "array index * duplicated on line %s",
						       posname(c->l, star->src.start));
						ok = false;
					}
					star = q;
					continue;
				}
				if (q->op == Orange) {
					if (!index_value(c, q->left, true, &lo) || !index_value(c, q->right, true, &hi)) {
						ok = false;
						continue;
					}
					q->ty = c->l->tint;
				} else {
					if (!index_value(c, q, false, &lo)) {
						ok = false;
						continue;
					}
					hi = lo;
				}
				if (lo < 0 || hi >= limit || hi < lo) {
					lerror(c->l, q->src.start, "array index '%s' out of bounds", exprtext(c->l, q));
					ok = false;
					continue;
				}
				v[ns] = (Span){ lo, hi, ns, el };
				ns++;
				next = hi + 1;
				if (hi > high)
					high = hi;
			}
		}
		if (!check_value(c, el->right)) {
			ok = false;
			continue;
		}
		el->ty = el->right->ty;
		if (!t) {
			t = el->ty;
			continue;
		}
		common = type_common(c, t, el->ty);
		if (!common) {
			lerror(c->l, el->right->src.start, "inconsistent types %s and %s and in array initializer",
			       typetext(c->l, t), typetext(c->l, el->ty));
			ok = false;
			continue;
		}
		t = common;
	}
	if (labels && !check_overlaps(c, v, ns))
		ok = false;
	if (!ok)
		return false;
	if (t->kind != Terror && (!type_complete(t) || !type_isdata(t))) {
		lerror(c->l, e->src.start, "type for array not specific");
		return false;
	}
	if (!e->left)
		e->left = const_int(c, e->src, c->l->tint, high + 1);
	e->ty = type_of(c, Tarray, t);
	return true;
}

static bool
check_listinit(Check *c, Node *e)
{
	Type *t = NULL;
	bool ok = true;

	for (Node *m = e->right ? e->right : e->left; m; m = m->right) {
		Type *common;

		if (!check_value(c, m->left)) {
			ok = false;
			continue;
		}
		if (m->left->ty->kind == Tnone) {
			lerror(c->l, m->left->src.start, "expressions cannot have type %s", typetext(c->l, m->left->ty));
			ok = false;
			continue;
		}
		common = t ? type_common(c, t, m->left->ty) : m->left->ty;
		if (!common) {
			lerror(c->l, m->left->src.start, "inconsistent types %s and %s and in list initializer",
			       typetext(c->l, t), typetext(c->l, m->left->ty));
			ok = false;
			continue;
		}
		t = common;
	}
	if (!ok || !t)
		return false;
	e->ty = type_of(c, Tlist, t);
	return true;
}

static bool
check_load(Check *c, Node *e)
{
	Decl *d = lookup_name(c, e->sym, e->src.start);
	bool ok = check_value(c, e->left);
	Type *t;

	if (!d)
		return false;
	if (d->kind == Dimport) {
		d = import_target(c, d);
		if (!d)
			return false;
	}
	t = d->kind == Dtype ? decl_type(c, d) : NULL;
	if (t && t->kind == Terror)
		return false;
	if (!t || t->kind != Tmodule) {
		lerror(c->l, e->src.start, "cannot load a %s, ", t ? typetext(c->l, t) : d->sym->name);
		return false;
	}
	e->ty = t;
	if (!ok)
		return false;
	if (e->left->ty->kind != Tstring && e->left->ty->kind != Terror) {
		lerror(c->l, e->src.start, "cannot load a module from %s", exprtyped(c->l, e->left));
		return false;
	}
	return true;
}

/* ---------------------------------------------------------- index and slice */

/* A[T]: type arguments. */
static bool
check_inst(Check *c, Node *e)
{
	Type *t = node_totype(c->l, e);

	if (!t) {
		lerror(c->l, e->src.start, "'%s' is not a type", exprtext(c->l, e));
		return false;
	}
	e->ty = type_resolve(c, t);
	e->flags |= Ftype;
	return e->ty->kind != Terror;
}

static bool
check_index(Check *c, Node *e)
{
	Type *t;
	bool ok = check_expr(c, e->left);

	if (ok && (e->left->flags & Ftype) && e->left->ty->kind != Tmodule)
		return check_inst(c, e);
	if (ok)
		ok = make_value(c, e->left);
	if (!check_value(c, e->right) || !ok)
		return false;
	t = e->left->ty;
	if (t->kind != Tarray && t->kind != Tstring) {
		lerror(c->l, e->src.start, "cannot index %s", exprtyped(c->l, e->left));
		return false;
	}
	if (e->right->ty->kind != Tint) {
		if (e->right->ty->kind == Terror)
			return false;
		lerror(c->l, e->src.start, "cannot index %s with %s", exprtyped(c->l, e->left),
		       exprtyped(c->l, e->right));
		return false;
	}
	e->ty = t->kind == Tstring ? c->l->tint : t->tof;
	return true;
}

static bool
check_slice(Check *c, Node *e)
{
	bool ok = check_value(c, e->left), fits;
	Tkind k;

	if (e->right && !check_value(c, e->right))
		ok = false;
	if (e->third && !check_value(c, e->third))
		ok = false;
	if (!ok)
		return false;
	k = e->left->ty->kind;
	fits = (k == Tarray || k == Tstring) && (!e->right || e->right->ty->kind == Tint) &&
	       (!e->third || e->third->ty->kind == Tint);
	if (!fits) {
		lerror(c->l, e->src.start, "cannot slice %s with '%s:%s'", exprtyped(c->l, e->left),
		       e->right ? exprtext(c->l, e->right) : "", e->third ? exprtext(c->l, e->third) : "");
		return false;
	}
	e->ty = e->left->ty;
	return true;
}

static bool
check_tagof(Check *c, Node *e)
{
	Type *t;

	if (!check_expr(c, e->left))
		return false;
	t = e->left->ty;
	e->ty = c->l->tint;
	if (e->left->flags & Ftype) {
		if (t->kind == Tpick)
			return true;
	} else if (!(e->left->flags & (Ffn | Fexcept))) {
		Type *a = adt_of(t);

		if (t->kind == Tref && a && a->tags)
			return true;
	}
	lerror(c->l, e->src.start, "cannot get the tag value for %s", exprtyped(c->l, e->left));
	return false;
}

/* -------------------------------------------------------------------- all */

bool
check_expr(Check *c, Node *e)
{
	bool ok = true;

	switch (e->op) {
	case Oconst:
		break;
	case Oname:
		ok = check_name(c, e);
		break;
	case Onil:
		e->ty = c->l->tnil;
		break;
	case Oparen:
		ok = check_expr(c, e->left);
		e->ty = e->left->ty;
		e->flags = e->left->flags & (Ftype | Ffn | Fexcept);
		break;
	case Oplus:
	case Oneg:
	case Onot:
	case Ocomp:
	case Opreinc:
	case Opredec:
	case Opostinc:
	case Opostdec:
	case Orecv:
	case Ohd:
	case Otl:
	case Olen:
	case Oderef:
		ok = check_unary(c, e);
		break;
	case Oref:
		ok = check_refcons(c, e);
		break;
	case Otagof:
		ok = check_tagof(c, e);
		break;
	case Ocast:
		ok = check_cast(c, e);
		break;
	case Oload:
		ok = check_load(c, e);
		break;
	case Oadd:
	case Osub:
	case Omul:
	case Odiv:
	case Omod:
	case Oexp:
	case Oand:
	case Oor:
	case Oxor:
	case Olsh:
	case Orsh:
	case Oeq:
	case One:
	case Olt:
	case Ole:
	case Ogt:
	case Oge:
	case Oandand:
	case Ooror:
	case Ocons:
	case Osend:
		ok = check_binary(c, e);
		break;
	case Oas:
		ok = check_assign(c, e);
		break;
	case Odas:
		ok = check_declare(c, e);
		break;
	case Oaddas:
	case Osubas:
	case Omulas:
	case Odivas:
	case Omodas:
	case Oexpas:
	case Oandas:
	case Ooras:
	case Oxoras:
	case Olshas:
	case Orshas:
		ok = check_opassign(c, e);
		break;
	case Oindex:
		ok = check_index(c, e);
		break;
	case Oinst:
		ok = check_inst(c, e);
		break;
	case Otype:
		e->ty = type_resolve(c, e->ty);
		e->flags |= Ftype;
		ok = e->ty->kind != Terror;
		break;
	case Oslice:
		ok = check_slice(c, e);
		break;
	case Odot:
		ok = check_dot(c, e);
		break;
	case Omdot:
		ok = check_mdot(c, e, false);
		break;
	case Ocall:
		ok = check_call(c, e);
		break;
	case Otuple:
		ok = check_tuple(c, e);
		break;
	case Oarray:
		e->ty = type_resolve(c, e->ty);
		ok = check_size(c, e->left, "array") && e->ty->kind != Terror;
		break;
	case Oarrinit:
		ok = check_arrinit(c, e);
		break;
	case Olistinit:
		ok = check_listinit(c, e);
		break;
	case Ochan:
		e->ty = type_resolve(c, e->ty);
		ok = (!e->left || check_size(c, e->left, "channel")) && e->ty->kind != Terror;
		break;
	default:
		lerror(c->l, e->src.start, "'%s' is not an expression", exprtext(c->l, e));
		ok = false;
		break;
	}
	if (!ok) {
		e->ty = c->l->terror;
		c->failed = true;
	}
	return ok;
}
