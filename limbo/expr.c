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

Type *
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
		return has_effects(e->left) || has_effects(e->right) || has_effects(node_third(e));
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
	Type *t = e->left->ty;

	if (t && t->kind == Tref)
		t = t->tof;
	if (t && (t->kind == Tadt || t->kind == Tmodule) && !c->l->toomany) {
		for (Decl *d = t->ids; d; d = d->next)
			advise(c, e->sym, d);
		for (Decl *d = t->tags; d; d = d->next)
			advise(c, e->sym, d);
	}
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

	bool ok = x->op == Omdot ? check_mdot(c, x, true) : check_expr(c, x);
	if (x->op == Omdot && c->l->edit)
		edit_node(c, x);
	if (!ok)
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
	if (c->l->edit)
		edit_node(c, e);
	if (!ok) {
		e->ty = c->l->terror;
		c->failed = true;
	}
	return ok;
}
