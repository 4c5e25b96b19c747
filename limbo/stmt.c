/*
 * Statements and function bodies: local declarations, conditions, labels, and the constructs with arms. A body that has no
 * errors is lowered when its end is reached.
 */
#include <stdlib.h>
#include <string.h>

#include "limbo/check.h"

static void statement(Check *c, Node *n);

/* ------------------------------------------------------------------ locals */

bool
add_local(Check *c, Decl *d)
{
	bool fresh = declare(c, d);

	d->tag = c->scope->depth - Sglobal;
	if (d->kind != Dlocal || d->ty->kind == Tnone)
		return fresh;
	if (c->ltail)
		c->ltail->next = d;
	else
		c->fn->locals = d;
	c->ltail = d;
	d->next = NULL;
	if (c->btail)
		c->btail->bnext = d;
	else
		c->block->decls = d;
	c->btail = d;
	return fresh;
}

/*
 * Variables of a declaration statement. Afterwards they are part of the function's chain of locals, still one after another:
 * n->flags says how many they are.
 */
static void
local_vars(Check *c, Node *n)
{
	Decl *next, *d = n->decls;

	n->flags = 0;
	for (; d; d = next) {
		next = d->next;
		d->ty = type_resolve(c, d->ty);
		d->checked = true;
		check_var(c, d);
		add_local(c, d);
		n->flags++;
	}
	if (!n->left || !check_value(c, n->left))
		return;
	d = n->decls;
	for (int i = 0; i < n->flags; i++, d = d->next) {
		if (!accepts(c, d->ty, n->left->ty)) {
			Node v = { .op = Oname, .src = d->src, .sym = d->sym, .decl = d, .ty = d->ty };

			lerror(c->l, d->src.start, "type clash in %s = %s", exprtyped(c->l, &v), exprtyped(c->l, n->left));
			return;
		}
	}
}

static void
odd_local(Check *c, Decl *d)
{
	declare(c, d);
	PUSH(c, odd, d);
}

static void
local_decl(Check *c, Node *n)
{
	if (n->op == Odecl && n->decls && n->decls->kind == Dlocal) {
		local_vars(c, n);
		return;
	}
	for (Decl *d = n->decls; d; d = d->next) {
		switch (d->kind) {
		case Dconst:
			odd_local(c, d);
			const_value(c, d);
			break;
		case Dtype:
			odd_local(c, d);
			type_ofdecl(c, d);
			break;
		case Dexcept:
			odd_local(c, d);
			decl_type(c, d);
			break;
		case Dimport:
			d->init = node_copy(c->l, n->left);
			odd_local(c, d);
			import_target(c, d);
			break;
		default:
			lerror(c->l, d->src.start, "illegal declaration of %s", d->sym->name);
			break;
		}
	}
	n->op = Oskip;
}

/* ---------------------------------------------------------- blocks, labels */

static void
statements(Check *c, Node *list)
{
	for (Node *s = list; s; s = s->right)
		statement(c, s->left);
}

typedef struct Outer Outer;
struct Outer {
	Node *block;
	Decl *tail;
};

static Outer
enter_block(Check *c, Node *b)
{
	Outer o = { c->block, c->btail };

	scope_push(c);
	c->block = b;
	c->btail = NULL;
	return o;
}

static void
leave_block(Check *c, Outer o)
{
	scope_pop(c);
	c->block = o.block;
	c->btail = o.tail;
}

static void
block(Check *c, Node *n)
{
	Outer o = enter_block(c, n);

	statements(c, n->left);
	leave_block(c, o);
}

static void
body(Check *c, Node *n)
{
	if (n)
		statement(c, n);
}

/* A breakable statement becomes the innermost target, and its label known. */
static void
push_target(Check *c, Node *n)
{
	if (n->label) {
		Decl *old = n->label->label, *d;

		if (old)
			lerror(c->l, n->src.start, "label %s duplicated on line %s", n->label->name,
			       posname(c->l, old->src.start));
		d = mkdecl(c->l, Dlabel, n->label, n->src, NULL);
		d->init = n;
		d->old = old;
		n->label->label = d;
	}
	PUSH(c, targets, n);
}

static void
pop_target(Check *c, Node *n)
{
	c->ntargets--;
	if (n->label) {
		Decl *d = n->label->label;

		if (!d->refs)
			lwarn(c->l, 1, n->src.start, "label %s never referenced", n->label->name);
		n->label->label = d->old;
	}
}

static bool
is_loop(const Node *n)
{
	return n->op == Ofor || n->op == Odo;
}

static void
jump(Check *c, Node *n)
{
	bool cont = n->op == Ocontinue;
	Sym *label = n->label ? n->label : n->sym;

	for (int i = c->ntargets - 1; i >= 0; i--) {
		Node *t = c->targets[i];

		if ((cont && !is_loop(t)) || (label && t->label != label))
			continue;
		if (label && label->label)
			label->label->refs++;
		n->target = t;
		return;
	}
	lerror(c->l, n->src.start, "no appropriate target for '%s%s%s'", cont ? "continue" : "break", label ? " " : "",
	       label ? label->name : "");
}

static void
condition(Check *c, Node *e, const char *what, Pos at)
{
	if (!e || !check_value(c, e) || e->ty->kind == Terror)
		return;
	if (e->ty->kind != Tint)
		lerror(c->l, at, "%s conditional must be an int, not %s", what, exprtyped(c->l, e));
}

/* ------------------------------------------------------------- qualifiers */

/* "1 to 5 or 7", as written. */
const char *
qual_list(Check *c, Node *q)
{
	const char *s = "";

	for (; q; q = q->right)
		s = lprintf(c->l, "%s%s%s", s, exprtext(c->l, q->left), q->right ? " or " : "");
	return s;
}

/* A constant qualifier with its range. Strings compare by bytes, all others by number. */
typedef struct Label Label;
struct Label {
	Node *lo, *hi;
	Node *arm;
	int seq;
};

static int
value_cmp(const Node *a, const Node *b)
{
	if (a->op == Oname || b->op == Oname) {
		/* declared exceptions: by identity, before all strings */
		uintptr_t x = a->op == Oname ? (uintptr_t)a->decl : UINTPTR_MAX;
		uintptr_t y = b->op == Oname ? (uintptr_t)b->decl : UINTPTR_MAX;

		return x < y ? -1 : x > y;
	}
	if (a->ty->kind == Tstring)
		return str_cmp(a->str, b->str);
	return a->ival < b->ival ? -1 : a->ival > b->ival;
}

static int
label_cmp(const void *a, const void *b)
{
	const Label *x = a, *y = b;
	int r = value_cmp(x->lo, y->lo);

	if (r != 0)
		return r;
	return x->seq < y->seq ? -1 : x->seq > y->seq;
}

static void
overlaps(Check *c, Label *v, int n, const char *what)
{
	int top = 0;

	qsort(v, (size_t)n, sizeof *v, label_cmp);
	for (int i = 1; i < n; i++) {
		if (value_cmp(v[i].lo, v[top].hi) <= 0) {
			Label *a = &v[top], *b = &v[i];

			if (a->seq > b->seq) {
				a = &v[i];
				b = &v[top];
			}
			lerror(c->l, b->arm->src.start, "%s qualifier '%s' overlaps with '%s' on line %s", what,
			       qual_list(c, b->arm->left), qual_list(c, a->arm->left),
			       posname(c->l, a->arm->src.start));
		}
		if (value_cmp(v[i].hi, v[top].hi) > 0)
			top = i;
	}
}

static int
count_quals(const Node *arms)
{
	int n = 0;

	for (const Node *a = arms; a; a = a->right)
		for (const Node *q = a->left->left; q; q = q->right)
			n++;
	return n;
}

/* A second `*`. */
static bool
star(Check *c, Node **first, Node *q, const char *what)
{
	if (*first) {
		lerror(c->l, q->src.start, "%s qualifier * duplicated on line %s", what, posname(c->l, (*first)->src.start));
		return false;
	}
	*first = q;
	return true;
}

static void
arm_body(Check *c, Node *arm, const char *what)
{
	Node *b = arm->right;

	if (!b || !b->left)
		lwarn(c->l, 1, arm->left ? arm->left->left->src.start : arm->src.start, "no body for %s '%s'", what,
		      qual_list(c, arm->left));
	if (b)
		statements(c, b->left);
}

static void
arm(Check *c, Node *a, const char *what)
{
	Outer o = enter_block(c, a->right);

	arm_body(c, a, what);
	leave_block(c, o);
}

/* -------------------------------------------------------------------- case */

static Node *
case_value(Check *c, Node *q, Type *t, bool range, bool *reported)
{
	Node *k;

	*reported = true;
	if (!check_value(c, q))
		return NULL;
	if (q->ty->kind == Terror || t->kind == Terror)
		return NULL;
	if (!accepts(c, t, q->ty)) {
		lerror(c->l, q->src.start, "case qualifier %s clashes with %s", exprtyped(c->l, q), typetext(c->l, t));
		return NULL;
	}
	k = fold(c, q);
	if (!k) {
		lerror(c->l, q->src.start, "case %s '%s' is not constant", range ? "range" : "qualifier",
		       exprtext(c->l, q));
		return NULL;
	}
	if (t->kind == Tstring && k->ty->kind != Tstring)
		k = const_str(c, q->src, "", 0);
	return k;
}

static void
check_case(Check *c, Node *n)
{
	Node *all = NULL, **fixed;
	Type *t = c->l->terror;
	int nq = count_quals(n->right), nl = 0, k = 0;
	Label *v = lalloc(c->l, (size_t)(nq + 1) * sizeof *v);
	bool rep;

	fixed = lalloc(c->l, (size_t)(nq + 1) * sizeof *fixed);
	if (check_value(c, n->left)) {
		t = n->left->ty;
		if (t->kind != Tint && t->kind != Tbig && t->kind != Tstring) {
			if (t->kind != Terror)
				lerror(c->l, n->left->src.start, "case argument %s is not an int or big or string",
				       exprtyped(c->l, n->left));
			t = c->l->terror;
		}
	}
	for (Node *a = n->right; a; a = a->right) {
		for (Node *s = a->left->left; s; s = s->right, k++) {
			Node *q = s->left, *lo, *hi;

			if (q->op == Ostar) {
				star(c, &all, q, "case");
				continue;
			}
			if (q->op == Orange) {
				lo = case_value(c, q->left, t, true, &rep);
				hi = case_value(c, q->right, t, true, &rep);
				if (!lo || !hi)
					continue;
				if (t->kind != Tint && t->kind != Tstring) {
					lerror(c->l, q->src.start, "range %s to %s is not an int or string range",
					       exprtyped(c->l, q->left), exprtyped(c->l, q->right));
					continue;
				}
				if (value_cmp(lo, hi) > 0) {
					Node *b = a->left->right ? a->left->right->left : NULL;

					lerror(c->l, q->src.start, "unmatchable case qualifier '%s =>scope%s'",
					       qual_list(c, a->left->left),
					       b && b->left->op == Oexpr ? exprtext(c->l, b->left->left) : "");
					continue;
				}
				fixed[k] = mknode(c->l, Orange, q->src, lo, hi);
				fixed[k]->ty = t;
			} else {
				lo = hi = case_value(c, q, t, false, &rep);
				if (!lo)
					continue;
				fixed[k] = lo;
			}
			v[nl] = (Label){ lo, hi, a->left, nl };
			nl++;
		}
	}
	if (nl > 1)
		overlaps(c, v, nl, "case");
	push_target(c, n);
	for (Node *a = n->right; a; a = a->right)
		arm(c, a->left, "case qualifier");
	pop_target(c, n);
	k = 0;
	for (Node *a = n->right; a; a = a->right)
		for (Node *s = a->left->left; s; s = s->right, k++)
			if (fixed[k])
				s->left = fixed[k];
}

/* --------------------------------------------------------------------- alt */

/* The communication in a guard: the send or receive, or NULL. */
static Node *
communication(Node *g)
{
	g = unparen(g);
	if (g->op == Oas || g->op == Odas)
		g = unparen(g->right);
	return g->op == Orecv || g->op == Osend ? g : NULL;
}

static void
check_alt(Check *c, Node *n)
{
	Node *all = NULL;

	push_target(c, n);
	for (Node *a = n->right; a; a = a->right) {
		Node *arm = a->left;
		Outer o = enter_block(c, arm->right);

		for (Node *s = arm->left; s; s = s->right) {
			Node *g = s->left;

			if (g->op == Ostar) {
				if (all)
					lerror(c->l, g->src.start, "alt guard * duplicated on line %s",
					       posname(c->l, all->src.start));
				all = g;
				continue;
			}
			if (g->op == Orange) {
				lerror(c->l, g->src.start, "alt guard '%s' is illegal", exprtext(c->l, g));
				continue;
			}
			if (!check_expr(c, g))
				continue;
			if (!communication(g))
				lerror(c->l, g->src.start, "alt guard '%s' has no communication", exprtext(c->l, g));
		}
		arm_body(c, arm, "alt guard");
		leave_block(c, o);
	}
	pop_target(c, n);
}

/* -------------------------------------------------------------------- pick */

/* The name under which an arm sees the variable. */
static Decl *
alias(Check *c, Decl *var, Type *t)
{
	Decl *d = mkdecl(c->l, Dlocal, var->sym, var->src, t);

	d->target = var;
	d->checked = true;
	d->refs = 1;
	declare(c, d);
	d->tag = c->scope->depth - Sglobal;
	return d;
}

static void
check_pick(Check *c, Node *n)
{
	Decl *var = n->decl;
	Type *adt = NULL;
	Node *all = NULL, **seen = NULL;
	bool ok = check_value(c, n->left);
	int ntags = 0;
	Outer o = enter_block(c, n);

	if (ok) {
		Type *t = n->left->ty;

		if (t->kind == Tref && t->tof->kind == Tadt && t->tof->tags) {
			adt = t->tof;
		} else if (t->kind != Terror) {
			lerror(c->l, n->left->src.start, "pick argument %s is not a ref adt with pick tags",
			       exprtyped(c->l, n->left));
		}
	}
	var->ty = adt ? n->left->ty : c->l->terror;
	var->checked = true;
	var->implicit = true;
	add_local(c, var);
	var->refs = 1;
	if (adt) {
		for (Decl *d = adt->tags; d; d = d->next)
			ntags++;
		seen = lalloc(c->l, (size_t)ntags * sizeof *seen);
	}
	push_target(c, n);
	for (Node *a = n->right; a; a = a->right) {
		Node *arm = a->left, *first = NULL;
		Type *t = NULL;
		Outer in;

		for (Node *s = arm->left; s; s = s->right) {
			Node *q = s->left;
			Decl *d;

			if (q->op == Ostar) {
				star(c, &all, q, "pick");
				t = var->ty;
				continue;
			}
			if (!adt)
				continue;
			d = q->op == Oname ? member_find(adt, q->sym) : NULL;
			if (!d || d->kind != Dtag) {
				Node v = { .op = Oname, .src = var->src, .sym = var->sym, .decl = var, .ty = var->ty };

				lerror(c->l, q->src.start, "pick qualifier '%s' is not a member of %s",
				       exprtext(c->l, q), exprtyped(c->l, &v));
				continue;
			}
			d->refs++;
			q->decl = d;
			q->ty = d->ty;
			if (seen[d->tag])
				lerror(c->l, q->src.start, "pick qualifier '%s' duplicated on line %s",
				       exprtext(c->l, q), posname(c->l, seen[d->tag]->src.start));
			else
				seen[d->tag] = q;
			if (!t) {
				t = ref_to(c, d->ty);
				first = q;
			} else if (first && !types_equal(c->l, t->tof, d->ty)) {
				lerror(c->l, first->src.start, "type clash in pick qualifiers %s and %s",
				       exprtyped(c->l, first), exprtyped(c->l, q));
			}
		}
		arm->decl = var;
		in = enter_block(c, arm->right);
		alias(c, var, t ? t : c->l->terror);
		arm_body(c, arm, "pick qualifier");
		leave_block(c, in);
	}
	pop_target(c, n);
	leave_block(c, o);
}

/* -------------------------------------------------------------- exceptions */

static void
check_handlers(Check *c, Node *n)
{
	int nq = count_quals(n->right), nl = 0, k = 0;
	Label *v = lalloc(c->l, (size_t)(nq + 1) * sizeof *v);
	Node *all = NULL, **fixed = lalloc(c->l, (size_t)(nq + 1) * sizeof *fixed);
	Decl *var = n->decl, *saved = c->handler;
	bool named = var != NULL;
	Outer o;

	statement(c, n->left);
	if (!var)
		var = n->decl = mkdecl(c->l, Dlocal, lsym(c->l, ".e", 2), n->src, NULL);
	var->ty = mktype(c->l, Texcept, n->src, NULL);
	var->ty->checked = true;
	var->checked = true;
	var->refs = 1;
	o = enter_block(c, n);
	add_local(c, var);
	push_target(c, n);
	for (Node *a = n->right; a; a = a->right) {
		Node *arm = a->left;
		Decl *exc = NULL, *name;
		Outer in;
		int nstr = 0, nexc = 0, nother = 0;

		for (Node *s = arm->left; s; s = s->right, k++) {
			Node *q = s->left, *val;

			if (q->op == Ostar) {
				star(c, &all, q, "exception");
				nother++;
				continue;
			}
			if (q->op == Orange) {
				lerror(c->l, q->src.start, "exception qualifier '%s' is illegal", exprtext(c->l, q));
				nother++;
				continue;
			}
			if (!check_expr(c, q)) {
				nother++;
				continue;
			}
			if (q->flags & Fexcept && q->op != Ocall) {
				val = mknode(c->l, Oname, q->src, NULL, NULL);
				val->decl = q->decl->kind == Dimport ? q->decl->target : q->decl;
				val->sym = val->decl->sym;
				val->ty = val->decl->ty;
				exc = val->decl;
				nexc++;
			} else if (!(q->flags & (Ftype | Ffn | Fexcept)) &&
				   (q->ty->kind == Tstring || q->ty->kind == Tnil)) {
				nstr++;
				val = fold(c, q);
				if (!val) {
					lerror(c->l, q->src.start, "exception qualifier '%s' is not constant",
					       exprtext(c->l, q));
					continue;
				}
				if (val->ty->kind == Tnil)
					val = const_str(c, q->src, "", 0);
			} else {
				nother++;
				if (q->ty->kind != Terror)
					lerror(c->l, q->src.start,
					       "exception qualifier %s is not a string or exception",
					       exprtyped(c->l, q));
				continue;
			}
			fixed[k] = val;
			v[nl] = (Label){ val, val, arm, nl };
			nl++;
		}
		in = enter_block(c, arm->right);
		arm->decl = var;
		c->handler = var;
		if (named) {
			/* The name as this arm sees it: string, arguments, or something that can only be raised again. */
			name = alias(c, var, var->ty);
			if (nexc == 0 && nother == 0) {
				name->ty = c->l->tstring;
			} else if (nexc == 1 && nstr == 0 && nother == 0) {
				Type *t = except_value(c, exc->ty);
				Decl *f;

				if (t->kind != Tnone) {
					f = mkdecl(c->l, Dfield, tuple_sym(c, 0), var->src, t);
					f->offset = 8;
					f->checked = true;
					name->ty = t;
					name->dot = f;
					name->init = fixed[k - 1];
					name->iota = exc->ty->ids->next ? 2 : 1;
				}
			}
		}
		arm_body(c, arm, "exception qualifier");
		leave_block(c, in);
		c->handler = saved;
	}
	if (nl > 1)
		overlaps(c, v, nl, "exception");
	pop_target(c, n);
	leave_block(c, o);
	k = 0;
	for (Node *a = n->right; a; a = a->right)
		for (Node *s = a->left->left; s; s = s->right, k++)
			if (fixed[k])
				s->left = fixed[k];
}

static void
check_raise(Check *c, Node *n)
{
	Node *e = n->left, *x;
	Decl *d = NULL;

	if (!e) {
		if (!c->handler)
			lerror(c->l, n->src.start, "'raise ': empty raise not in exception handler");
		n->decl = c->handler;
		return;
	}
	if (!check_expr(c, e))
		return;
	x = unparen(e);
	if (x->flags & Fexcept) {
		Node *name = x->op == Ocall ? unparen(x->left) : x;

		d = name->decl->kind == Dimport ? name->decl->target : name->decl;
		if (x->op != Ocall && x->ty->ids) {
			lerror(c->l, n->src.start, "too few exception arguments");
			return;
		}
		d->refs++;
		for (int i = 0; i < c->nraised; i++)
			if (c->raised[i] == d)
				return;
		PUSH(c, raised, d);
		return;
	}
	if (x->op == Oname && x->decl->kind == Dlocal && x->decl->target && x->decl->target->ty->kind == Texcept)
		return;
	if (!make_value(c, e))
		return;
	if (e->ty->kind != Tstring && e->ty->kind != Terror)
		lerror(c->l, n->src.start, "'raise %s': raise argument %s is not a string or exception",
		       exprtext(c->l, e), exprtyped(c->l, e));
}

/* ------------------------------------------------------- simple statements */

static void
check_spawn(Check *c, Node *n)
{
	Node *e = unparen(n->left), *f;

	if (e->op != Ocall) {
		if (check_expr(c, n->left))
			lerror(c->l, n->src.start, "cannot spawn '%s'", exprtext(c->l, n->left));
		return;
	}
	if (!check_expr(c, n->left))
		return;
	f = unparen(e->left);
	if (e->op != Ocall || (f->flags & (Ftype | Fexcept))) {
		lerror(c->l, n->src.start, "cannot spawn '%s'", exprtext(c->l, n->left));
		return;
	}
	if (e->ty->kind != Tnone && e->ty->kind != Terror)
		lerror(c->l, n->src.start, "cannot spawn functions which return values, such as %s",
		       exprtyped(c->l, n->left));
}

static void
check_return(Check *c, Node *n)
{
	Type *t = c->fn->ty->tof;

	if (!n->left) {
		if (t->kind != Tnone && t->kind != Terror)
			lerror(c->l, n->src.start, "return of nothing from a fn of %s", typetext(c->l, t));
		return;
	}
	if (!check_value(c, n->left))
		return;
	if (t->kind == Tnone) {
		if (n->left->ty->kind != Tnone && n->left->ty->kind != Terror)
			lerror(c->l, n->src.start, "return %s from a fn with no return type",
			       exprtyped(c->l, n->left));
	} else if (!accepts(c, t, n->left->ty)) {
		lerror(c->l, n->src.start, "return %s from a fn of %s", exprtyped(c->l, n->left), typetext(c->l, t));
	}
}

static void
check_statement_expr(Check *c, Node *e)
{
	if (!check_expr(c, e))
		return;
	Node *x = unparen(e);
	if ((x->flags & (Ftype | Ffn | Fexcept)) || x->ty->kind == Tpick || x->ty->kind == Tadt)
		if (!make_value(c, e))
			return;
	switch (x->op) {
	case Ocall:
		if (!(x->left->flags & Ftype))
			return;
		break;
	case Oas:
	case Odas:
	case Osend:
	case Orecv:
	case Opreinc:
	case Opredec:
	case Opostinc:
	case Opostdec:
		return;
	default:
		if (x->op >= Oaddas && x->op <= Orshas)
			return;
		break;
	}
	lwarn(c->l, 1, e->src.start, "result of expression '%s' not used", exprtext(c->l, e));
}

static void
statement(Check *c, Node *n)
{
	if (c->l->toomany || c->l->fatal)
		return;
	switch (n->op) {
	case Oskip:
	case Oexit:
		return;
	case Oblock:
		block(c, n);
		return;
	case Oexpr:
		check_statement_expr(c, n->left);
		return;
	case Odecl:
	case Oimport:
		local_decl(c, n);
		return;
	case Oif:
		condition(c, n->left, "if", n->left->src.start);
		body(c, n->right);
		body(c, n->third);
		return;
	case Ofor:
		if (n->left)
			check_statement_expr(c, n->left->op == Oexpr ? n->left->left : n->left);
		if (n->third)
			condition(c, n->third, "for", n->third->src.start);
		push_target(c, n);
		body(c, n->right);
		pop_target(c, n);
		if (n->fourth)
			check_statement_expr(c, n->fourth->op == Oexpr ? n->fourth->left : n->fourth);
		return;
	case Odo:
		push_target(c, n);
		body(c, n->right);
		pop_target(c, n);
		condition(c, n->left, "do", n->src.start);
		return;
	case Ocase:
		check_case(c, n);
		return;
	case Oalt:
		check_alt(c, n);
		return;
	case Opickst:
		check_pick(c, n);
		return;
	case Oexcept:
		check_handlers(c, n);
		return;
	case Obreak:
	case Ocontinue:
		jump(c, n);
		return;
	case Oreturn:
		check_return(c, n);
		return;
	case Oraise:
		check_raise(c, n);
		return;
	case Ospawn:
		check_spawn(c, n);
		return;
	default:
		check_statement_expr(c, n);
		return;
	}
}

/* ---------------------------------------------------------------- functions */

/* Raises clause against the exceptions that raise statements name. */
static void
check_raises(Check *c, Decl *fn)
{
	Type *t = fn->ty;

	if (!c->l->o.warn)
		return;
	for (int i = 0; i < c->nraised; i++) {
		Node *s;

		for (s = t->eraises; s && s->left->decl != c->raised[i];)
			s = s->right;
		if (!s)
			lwarn(c->l, 1, fn->src.start, "function '%s' raises %s but not declared", decl_name(c, fn),
			      c->raised[i]->sym->name);
	}
	for (Node *s = t->eraises; s; s = s->right) {
		int i;

		for (i = 0; i < c->nraised && c->raised[i] != s->left->decl;)
			i++;
		if (i == c->nraised)
			lwarn(c->l, 1, fn->src.start, "function '%s' does not raise %s but declared", decl_name(c, fn),
			      exprtext(c->l, s->left));
	}
}

static int
decl_order(const Decl *a, const Decl *b)
{
	if (a->src.start.line != b->src.start.line)
		return a->src.start.line < b->src.start.line ? -1 : 1;
	return a->src.start.col < b->src.start.col ? -1 : 1;
}

static void
unreferenced(Check *c, Decl *fn)
{
	int odd = 0;

	if (!c->l->o.warn)
		return;
	for (Decl *d = fn->ty->ids; d; d = d->next)
		if (!d->refs && !d->unnamed && !d->isself && d->sym->name[0] != '.')
			lwarn(c->l, 1, d->src.start, "argument %s not referenced", d->sym->name);
	for (Decl *d = fn->locals;; d = d->next) {
		while (odd < c->nodd && (!d || decl_order(c->odd[odd], d) < 0)) {
			Decl *o = c->odd[odd++];
			bool isfn = o->kind == Dimport && o->target && o->target->kind == Dfn;

			if (!o->refs)
				lwarn(c->l, 2, o->src.start, "%s %s not referenced",
				      isfn ? "function" : declkind(o, false), o->sym->name);
		}
		if (!d)
			break;
		if (!d->refs && d->sym->name[0] != '.')
			lwarn(c->l, 1, d->src.start, "local %s not referenced", d->sym->name);
	}
}

/* The adt's type parameters under the names that the definition gives them. */
static void
declare_params(Check *c, Decl *fn)
{
	Decl *owner = fn->dot && fn->dot->ty->kind == Tadt ? fn->dot : NULL;

	if (owner) {
		/* The definition's own names for them, if it gives any (unit.c). */
		for (Decl *p = fn->instance ? fn->instance : owner->ty->polys; p; p = p->next) {
			Decl *d = mkdecl(c->l, Dpoly, p->sym, p->src, p->ty);

			d->checked = true;
			declare(c, d);
		}
		c->selfadt = owner->ty;
	}
	for (Decl *p = fn->ty->polys; p; p = p->next) {
		Decl *d = mkdecl(c->l, Dpoly, p->sym, p->src, p->ty);

		d->checked = true;
		declare(c, d);
	}
}

void
check_body(Check *c, Decl *fn)
{
	int errors = c->l->nerrors;
	Node *b = fn->init;

	if (!fn->ty || fn->ty->kind != Tfn)
		return;
	c->fn = fn;
	c->ltail = c->btail = NULL;
	c->block = b;
	c->nraised = 0;
	c->nodd = 0;
	c->handler = NULL;
	c->failed = false;
	c->ntargets = 0;
	fn->locals = NULL;
	scope_push(c);
	declare_params(c, fn);
	for (Decl *a = fn->ty->ids; a; a = a->next)
		if (!a->unnamed && a->sym)
			declare(c, a);
	statements(c, b->left);
	check_raises(c, fn);
	/* What depends on an earlier error may have failed in silence. Others are lowered for the errors of folding. */
	if (c->l->nerrors == errors && !c->failed && !c->l->toomany && !c->l->fatal) {
		lower_body(c, fn);
		fn->falls = flow_end(b);
	}
	unreferenced(c, fn);
	scope_pop(c);
	c->fn = NULL;
	c->selfadt = NULL;
	c->block = NULL;
}
