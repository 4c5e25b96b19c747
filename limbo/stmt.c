/*
 * Statements and function bodies: local declarations, conditions, labels, and the constructs with arms. A body that has no
 * errors is lowered when its end is reached.
 */
#include <stdlib.h>
#include <string.h>

#include "limbo/check.h"

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
 * n->ndecls says how many they are.
 */
static void
local_vars(Check *c, Node *n)
{
	Decl *next, *d = n->decls;

	n->ndecls = 0;
	for (; d; d = next) {
		next = d->next;
		d->ty = type_resolve(c, d->ty);
		d->checked = true;
		check_var(c, d);
		add_local(c, d);
		n->ndecls++;
	}
	if (!n->left || !check_value(c, n->left))
		return;
	d = n->decls;
	for (int i = 0; i < n->ndecls; i++, d = d->next) {
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

void
statements(Check *c, Node *list)
{
	for (Node *s = list; s; s = s->right)
		statement(c, s->left);
}

Outer
enter_block(Check *c, Node *b)
{
	Outer o = { c->block, c->btail };

	scope_push(c);
	c->block = b;
	c->btail = NULL;
	return o;
}

void
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
void
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

void
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
	Sym *label = n->label;

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

void
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
