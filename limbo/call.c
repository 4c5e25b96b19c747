/*
 * Calls: functions, methods, references, constructors and conversions written as calls; which module instance a
 * function is called through; the formats of print and its like.
 */
#include <string.h>

#include "limbo/check.h"

/* ---------------------------------------------------------- whose function */

bool
decl_islocal(const Decl *adt)
{
	return !adt->dot || adt->dot->inmodule;
}

static Node *
name_of(Check *c, Decl *d, Src src)
{
	Node *n = mknode(c->l, Oname, src, NULL, NULL);

	n->sym = d->sym;
	n->decl = d;
	n->ty = decl_type(c, d);
	return n;
}

/* The variable behind an import; NULL if it is a module type. */
static Node *
import_module(Check *c, Decl *d, Src src)
{
	Decl *v = d->dot;

	if (v->kind == Dtype || (v->kind == Dimport && v->target && v->target->kind == Dtype))
		return NULL;
	return name_of(c, v, src);
}

/* The leftmost m-> within a chain of dots and type arguments, which supplies the instance for a method at its end. */
static Node *
leftmost_mdot(Node *e)
{
	for (;;) {
		switch (e->op) {
		case Omdot:
			return e;
		case Odot:
		case Oindex:
		case Oinst:
			if (e->op != Odot && !(e->flags & Ftype))
				return NULL;
			e = e->left;
			break;
		default:
			return NULL;
		}
	}
}

static const char *
because_interface(Check *c, Node *e, const char *verb, const char *m)
{
	if (*verb == 'c')
		return lprintf(c->l, "cannot call '%s' because %s is a module interface", exprtext(c->l, e), m);
	return lprintf(c->l, "cannot use '%s' as a function reference because %s is a module interface", exprtext(c->l, e),
		       m);
}

/* The instance for a method of an adt of another module. */
static Node *
method_instance(Check *c, Node *e, Decl *adt, Decl *import, const char *verb, bool *ok)
{
	Node *m;

	if (!import)
		import = adt->instance;
	if (!import) {
		lerror(c->l, e->src.start, "cannot %s '%s' without importing %s from a variable", verb, exprtext(c->l, e),
		       adt->sym->name);
		*ok = false;
		return NULL;
	}
	import->refs++;
	m = import_module(c, import, e->src);
	if (!m) {
		lerror(c->l, e->src.start, "%s", because_interface(c, e, verb, import->dot->sym->name));
		*ok = false;
	}
	return m;
}

Node *
fn_instance(Check *c, Node *e, const char *verb, bool *ok)
{
	Node *m, *x;
	Decl *d, *adt;

	*ok = true;
	e = unparen(e);
	d = e->decl;
	switch (e->op) {
	case Oname:
		if (d->kind != Dimport)
			return NULL;
		m = import_module(c, d, e->src);
		if (!m) {
			lerror(c->l, e->src.start, "%s", because_interface(c, e, verb, d->dot->sym->name));
			*ok = false;
		}
		return m;
	case Omdot:
		if (e->flags & Fvia) {
			if (d->kind == Dimport)
				return import_module(c, d, e->src);
			return NULL;
		}
		if (!(e->left->flags & Ftype))
			return e->left;
		if (*verb == 'c')
			lerror(c->l, e->left->src.start, "'%s' is not a value", exprtext(c->l, e->left));
		else
			lerror(c->l, e->src.start, "%s",
			       because_interface(c, e, verb, typetext(c->l, e->left->ty)));
		*ok = false;
		return NULL;
	case Odot:
		if (d->kind != Dfn)
			return NULL; /* of a bound */
		adt = d->dot;
		x = e->left;
		m = leftmost_mdot(x);
		if (m && m->left->ty->kind == Tmodule && !(m->left->flags & Ftype)) {
			if (adt->dot && types_equal(c->l, m->left->ty, adt->dot->ty)) {
				if (m->flags & Fvia)
					return m->left;
				return node_copy(c->l, m->left);
			}
		}
		if (decl_islocal(adt))
			return NULL;
		if (m && (m->left->flags & Ftype) && (x->flags & Ftype)) {
			lerror(c->l, e->src.start, "%s", because_interface(c, e, verb, typetext(c->l, m->left->ty)));
			*ok = false;
			return NULL;
		}
		/* A.f where A itself was imported: that import counts, not the latest. */
		while (x->op == Oindex || x->op == Oinst || x->op == Oparen)
			x = x->left;
		if (x->op == Oname && (x->flags & Ftype) && x->decl->kind == Dimport)
			return method_instance(c, e, adt, x->decl, verb, ok);
		return method_instance(c, e, adt, NULL, verb, ok);
	default:
		return NULL;
	}
}

/* The function that serves a bound, in the form that the code generator wants but for the module variable. */
Node *
bound_function(Check *c, Decl *d, Decl *adt, const char *what, Node *at, bool *ok)
{
	Node *n = mknode(c->l, Oname, at->src, NULL, NULL);

	(void)what;
	n->sym = d->sym;
	n->decl = d;
	n->flags = Ffn;
	n->ty = d->kind == Dimport ? d->target->ty : d->ty;
	if (d->kind == Dimport) {
		n->third = import_module(c, d, at->src);
		if (!n->third) {
			lerror(c->l, at->src.start, "cannot use '%s' because %s is a module interface", d->sym->name,
			       d->dot->sym->name);
			*ok = false;
		}
	} else if (adt && !decl_islocal(adt)) {
		n->third = NULL;
		if (adt->instance)
			n->third = import_module(c, adt->instance, at->src);
		if (!n->third) {
			lerror(c->l, at->src.start, "cannot use '%s.%s' without importing %s from a variable",
			       adt->sym->name, d->sym->name, adt->sym->name);
			*ok = false;
		}
	}
	return n;
}

/* A function's name as a value: e becomes a reference to it. */
bool
fnref(Check *c, Node *e)
{
	Node *f = unparen(e), *in = mknode(c->l, e->op, e->src, NULL, NULL);
	Node *m;
	bool ok;

	if (f->op == Odot && f->decl && f->decl->kind == Dfn && f->decl->dot->ty->polys) {
		lerror(c->l, e->src.start, "cannot have a polymorphic adt function reference %s", exprtext(c->l, f));
		return false;
	}
	m = fn_instance(c, f, "use", &ok);
	if (!ok)
		return false;
	f->third = m;
	*in = *e;
	e->op = Ofnref;
	e->left = in;
	e->right = e->third = NULL;
	e->decl = NULL;
	e->ty = ref_to(c, in->ty);
	e->flags = 0;
	return true;
}

/* ------------------------------------------------------------------ formats */

typedef struct Format Format;
struct Format {
	Check *c;
	Node *fn;  /* what is called */
	Node *arg; /* next argument */
	Pos at;
};

static void
format_error(Format *f, const char *text)
{
	lerror(f->c->l, f->at, "'%s': %s", exprtext(f->c->l, f->fn), text);
}

static bool
format_accepts(int verb, bool big, Type *t)
{
	Tkind k = t->kind;

	switch (verb) {
	case 'c':
		return k == Tint;
	case 'x':
	case 'X':
		if (k == Tstring || k == Tarray || k == Tref || k == Tchan || k == Tlist || k == Tmodule)
			return true;
		/* fall through */
	case 'd':
	case 'o':
		return k == (big ? Tbig : Tint);
	case 'e':
	case 'f':
	case 'g':
	case 'E':
	case 'G':
		return k == Treal;
	case 's':
	case 'q':
		return k == Tstring || k == Tnil;
	case 'H':
		return types_isptr(t);
	default:
		return false;
	}
}

/* Takes the next argument for a verb, or for a `*` within the directive. */
static bool
format_arg(Format *f, int verb, bool big, const char *text)
{
	Limbo *l = f->c->l;

	if (!f->arg) {
		format_error(f, lprintf(l, "too few arguments for format '%s'", text));
		return false;
	}
	if (!format_accepts(verb, big, f->arg->left->ty)) {
		format_error(f, lprintf(l, "format '%s' incompatible with argument %s", text,
					exprtyped(l, f->arg->left)));
		return false;
	}
	f->arg = f->arg->right;
	return true;
}

static bool
format_check(Check *c, Node *e, Node *fmt, Node *rest)
{
	Format f = { c, e->left, rest, e->src.start };
	Limbo *l = c->l;
	Node *k = fold(c, fmt);
	const char *s, *end;

	if (!k || k->op != Oconst || k->ty->kind != Tstring) {
		format_error(&f, lprintf(l, "format argument %s is not a string constant", exprtyped(l, fmt)));
		return false;
	}
	s = k->str.s;
	end = s + k->str.n;
	while (s < end) {
		const char *start = s, *text;
		bool flags[128] = { false };
		int ch;

		if (*s++ != '%')
			continue;
		for (;; s++) {
			if (s == end) {
				format_error(&f, lprintf(l, "incomplete format '%.*s'", (int)(s - start), start));
				return false;
			}
			ch = (unsigned char)*s;
			if ((ch >= '0' && ch <= '9') || ch == '.')
				continue;
			if (ch == '*') {
				text = lprintf(l, "%.*s", (int)(s + 1 - start), start);
				if (!format_arg(&f, 'd', false, text))
					return false;
				continue;
			}
			if (!ch || !strchr("+-#,bu", ch))
				break;
			if (flags[ch]) {
				format_error(&f, lprintf(l, "duplicate flag %c in format '%.*s'", ch,
							 (int)(s + 1 - start), start));
				return false;
			}
			flags[ch] = true;
		}
		s++;
		while (s < end && (*s & 0xc0) == 0x80)
			s++; /* the rest of a rune */
		text = lprintf(l, "%.*s", (int)(s - start), start);
		if (ch == '%' || ch == 'r')
			continue;
		if (!ch || ch >= 128 || !strchr("cdoxXefgEGsqH", ch)) {
			const char *v = text + strlen(text);

			do
				v--;
			while (v > text && (*v & 0xc0) == 0x80);
			format_error(&f, lprintf(l, "invalid character %s in format '%s'", v, text));
			return false;
		}
		if (!format_arg(&f, ch, flags['b'], text))
			return false;
	}
	if (f.arg) {
		format_error(&f, "more arguments than formats");
		return false;
	}
	return true;
}

/* -------------------------------------------------------------------- calls */

bool
check_args(Check *c, Node *args)
{
	bool ok = true;

	for (Node *a = args; a; a = a->right)
		if (!check_value(c, a->left))
			ok = false;
	return ok;
}

static bool
match_args(Check *c, Node *e, Type *ft, Node *selfarg)
{
	Node *a = e->right, *last = NULL;
	Decl *d = ft->ids;

	for (; d; d = d->next) {
		Node *arg = selfarg;

		if (selfarg) {
			selfarg = NULL;
		} else {
			if (!a) {
				lerror(c->l, e->src.start, "'%s': too few function arguments", exprtext(c->l, e->left));
				return false;
			}
			arg = a->left;
			a = a->right;
		}
		if (!accepts(c, d->ty, arg->ty)) {
			lerror(c->l, e->src.start, "'%s': argument type mismatch: expected %s saw %s",
			       exprtext(c->l, e->left), typetext(c->l, d->ty), exprtyped(c->l, arg));
			return false;
		}
		last = arg;
	}
	if (a && !ft->varargs) {
		lerror(c->l, e->src.start, "'%s': too many function arguments", exprtext(c->l, e->left));
		return false;
	}
	if (ft->varargs && last)
		return format_check(c, e, last, a);
	return true;
}

/* The arguments of a constructor as one expression, for messages and conversions. */
static Node *
args_tuple(Check *c, Node *e)
{
	Node *t;
	Type **v;
	int n = 0;

	if (e->right && !e->right->right)
		return e->right->left;
	t = mknode(c->l, Otuple, e->src, e->right, NULL);
	for (Node *a = e->right; a; a = a->right)
		n++;
	v = lalloc(c->l, (size_t)(n + 1) * sizeof *v);
	n = 0;
	for (Node *a = e->right; a; a = a->right)
		v[n++] = a->left->ty;
	t->ty = tuple_type(c, e->src, v, n);
	return t;
}

static bool
fields_accept(Check *c, Decl *d, Node **args)
{
	for (; d; d = d->next) {
		if (d->kind != Dfield)
			continue;
		if (!*args || !accepts(c, d->ty, (*args)->left->ty))
			return false;
		*args = (*args)->right;
	}
	return true;
}

static bool
cannot_make(Check *c, Node *e, Type *t)
{
	lerror(c->l, e->src.start, "cannot make a %s from %s", typetext(c->l, t), exprtyped(c->l, args_tuple(c, e)));
	return false;
}

/* T(...): a constructor, or a conversion; the latter is marked by e->third. */
static bool
check_construct(Check *c, Node *e, bool underref)
{
	Type *t = e->left->ty;
	Node *a = e->right;

	e->ty = t;
	e->third = NULL;
	if (t->kind == Tadt && t->polys && !t->targs && c->selfadt != t) {
		lerror(c->l, e->src.start, "polymorphic type %s illegal here", typetext(c->l, t));
		return false;
	}
	if (t->kind == Tpick || (t->kind == Tadt && t->tags)) {
		if (!underref) {
			lerror(c->l, e->src.start, "%s, an adt with pick fields, must be used with ref",
			       typetext(c->l, t));
			return false;
		}
		if (t->kind == Tadt) {
			lerror(c->l, e->src.start, "instances of ref '%s' must be qualified with a pick tag",
			       exprtext(c->l, e->left));
			return false;
		}
		if (!fields_accept(c, t->tof->ids, &a) || !fields_accept(c, t->ids, &a) || a)
			return cannot_make(c, e, t);
		return true;
	}
	if (t->kind == Tadt && fields_accept(c, t->ids, &a) && !a)
		return true;
	if (e->right) {
		Node cast = { .op = Ocast, .src = e->src, .ty = t, .left = args_tuple(c, e) };
		Type *s = cast.left->ty;
		bool num = t->kind >= Tint && t->kind <= Tfixed && s->kind >= Tint && s->kind <= Tfixed;
		bool bytes = (t->kind == Tstring && s->kind == Tarray && s->tof->kind == Tbyte) ||
			     (t->kind == Tarray && t->tof->kind == Tbyte && s->kind == Tstring);

		if (num || bytes || accepts(c, t, s)) {
			e->third = cast.left;
			if (t->kind != Tadt) {
				/* Printed as a cast, like one that is written with a basic type. */
				e->op = Ocast;
				e->left = cast.left;
				e->right = e->third = NULL;
				e->flags = 0;
			}
			return true;
		}
	}
	return cannot_make(c, e, t);
}

static bool
check_except(Check *c, Node *e)
{
	Node *a = e->right;

	e->ty = e->left->ty;
	for (Decl *d = e->ty->ids; d; d = d->next) {
		if (!a) {
			lerror(c->l, e->src.start, "too few exception arguments");
			return false;
		}
		if (!accepts(c, d->ty, a->left->ty))
			break;
		a = a->right;
		if (!d->next && !a)
			goto ok;
	}
	if (!e->ty->ids && !a)
		goto ok;
	Node *t = e->right && e->right->right ? args_tuple(c, e) : NULL;
	const char *text = t ? exprtext(c->l, t) : lprintf(c->l, "(%s)", e->right ? exprtext(c->l, e->right->left) : "");
	lerror(c->l, e->src.start, "cannot make a '%s' from '%s'", exprtext(c->l, e->left), text);
	return false;
ok:
	e->flags |= Fexcept;
	return true;
}

static bool
call(Check *c, Node *e, bool underref)
{
	bool ok = check_expr(c, e->left), inst;
	Node *f = unparen(e->left), *selfarg = NULL;
	Decl *method = NULL;
	Type *ft, *adt = NULL;

	if (!check_args(c, e->right) || !ok)
		return false;
	if (f->flags & Ftype)
		return check_construct(c, e, underref);
	if (f->flags & Fexcept)
		return check_except(c, e);
	ft = f->ty;
	if (f->flags & Ffn) {
		if (f->op == Odot && f->decl->kind == Dfield && !(f->left->flags & Ftype) && ft->ids && ft->ids->isself) {
			selfarg = f->left;
		} else if (f->op == Odot && f->decl->kind == Dfn) {
			method = f->decl;
			adt = adt_of(f->left->ty);
			if (ft->ids && ft->ids->isself) {
				if (f->left->flags & (Ftype | Ffn | Fexcept)) {
					lerror(c->l, e->src.start, "'%s' is a type and cannot be a self argument",
					       exprtext(c->l, f->left));
					return false;
				}
				selfarg = f->left;
			} else if (!(f->left->flags & Ftype) && has_effects(f->left)) {
				lwarn(c->l, 1, e->src.start, "result of expression '%s' ignored",
				      exprtext(c->l, f->left));
			}
		}
		f->third = fn_instance(c, f, "call", &inst);
		if (!inst)
			return false;
	} else if (ft->kind == Tref && ft->tof->kind == Tfn) {
		ft = ft->tof;
	} else {
		if (ft->kind != Terror)
			lerror(c->l, e->src.start, "'%s' is not a function or type name", exprtext(c->l, e->left));
		return false;
	}
	if ((ft->polys || (adt && adt->polys)) && !poly_call(c, e, &ft, method, adt, selfarg))
		return false;
	if (!match_args(c, e, ft, selfarg))
		return false;
	e->third = selfarg;
	e->ty = ft->tof;
	return true;
}

bool
check_call(Check *c, Node *e)
{
	return call(c, e, false);
}

/* ------------------------------------------------------------------ ref e */

bool
check_refcons(Check *c, Node *e)
{
	Node *x = unparen(e->left);
	Type *t;

	if (x->op == Ocall) {
		if (!call(c, x, true)) {
			x->ty = c->l->terror;
			return false;
		}
		for (Node *p = e->left; p != x; p = p->left)
			p->ty = x->ty;
	} else if (!check_expr(c, e->left)) {
		return false;
	}
	t = x->ty;
	if (x->op == Ocall && (x->left->flags & Ftype) && t->kind == Tpick) {
		e->ty = ref_to(c, t);
		return true;
	}
	if (x->flags & Ftype) {
		if (t->kind == Tadt && t->tags) {
			lerror(c->l, e->src.start, "instances of ref '%s' must be qualified with a pick tag",
			       exprtext(c->l, x));
			return false;
		}
		if (t->kind == Tadt && t->polys && !t->targs && c->selfadt != t) {
			lerror(c->l, e->src.start, "polymorphic type %s illegal here", typetext(c->l, t));
			return false;
		}
		if (t->kind == Tadt || t->kind == Tpick || t->kind == Ttuple) {
			e->ty = ref_to(c, t);
			return true;
		}
	} else if (x->flags & Ffn) {
		Node *inner = e->left;

		if (!fnref(c, inner))
			return false;
		Src src = e->src;
		*e = *inner;
		e->src = src;
		return true;
	} else if (!(x->flags & Fexcept)) {
		if (t->kind == Terror)
			return false;
		if (t->kind == Ttuple || t->kind == Tadt || t->kind == Tpick) {
			e->ty = ref_to(c, t);
			return true;
		}
	}
	lerror(c->l, e->src.start, "cannot make a ref from %s", exprtyped(c->l, e->left));
	return false;
}
