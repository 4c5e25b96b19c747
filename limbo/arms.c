/*
 * Statements with arms: case, alt, pick and the handlers of exceptions; their qualifiers and what overlaps among them.
 */
#include <stdlib.h>

#include "limbo/check.h"

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
		return lstr_cmp(a->str, b->str);
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

void
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

void
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

void
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

				if (c->l->edit)
					edit_members(c, q->sym, adt, Tadt, true);
				lerror(c->l, q->src.start, "pick qualifier '%s' is not a member of %s",
				       exprtext(c->l, q), exprtyped(c->l, &v));
				continue;
			}
			d->refs++;
			q->decl = d;
			q->ty = d->ty;
			if (c->l->edit)
				edit_use(c, q->src, d, NULL);
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

void
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

void
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
