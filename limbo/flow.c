/*
 * What control can reach: the end of a function, and from the functions of the interface all others. Works on lowered
 * bodies, where constant conditions are constants.
 */
#include "limbo/check.h"

static bool falls(Node *n);

static bool
falls_list(Node *list)
{
	for (; list; list = list->right)
		if (!falls(list->left))
			return false;
	return true;
}

/* -1: not constant */
static int
constant(const Node *e)
{
	if (!e)
		return 1;
	return e->op == Oconst && e->ty->kind == Tint ? e->ival != 0 : -1;
}

/* Can any arm be left at its end? A `*` among the qualifiers, or all tags of a pick, leave no other way past. */
static bool
falls_arms(Node *n, bool needstar)
{
	bool star = !needstar, ends = false;
	int tags = 0;

	for (Node *a = n->right; a; a = a->right) {
		for (Node *q = a->left->left; q; q = q->right) {
			if (q->left->op == Ostar)
				star = true;
			tags++;
		}
		if (falls(a->left->right))
			ends = true;
	}
	if (n->op == Opickst && n->decl && n->decl->ty->kind == Tref) {
		for (Decl *d = n->decl->ty->tof->tags; d; d = d->next)
			tags--;
		if (tags >= 0)
			star = true;
	}
	return ends || !star || n->nbreaks > 0;
}

/* Can control continue after the statement? Breaks that can be reached are counted where they lead. */
static bool
falls(Node *n)
{
	bool end;
	int k;

	if (!n)
		return true;
	switch (n->op) {
	case Oblock:
		return falls_list(n->left);
	case Oif:
		k = constant(n->left);
		if (k == 1)
			return falls(n->right);
		if (k == 0)
			return falls(n->third);
		end = falls(n->right);
		return falls(n->third) || end;
	case Ofor:
		n->nbreaks = 0;
		k = constant(n->third);
		if (k == 0)
			return true;
		falls(n->right);
		return k != 1 || n->nbreaks > 0;
	case Odo:
		n->nbreaks = 0;
		n->flags &= ~Fcontinued;
		end = falls(n->right) || (n->flags & Fcontinued);
		return (end && constant(n->left) != 1) || n->nbreaks > 0;
	case Ocase:
	case Opickst:
		n->nbreaks = 0;
		return falls_arms(n, true);
	case Oalt:
		n->nbreaks = 0;
		return falls_arms(n, false);
	case Oexcept:
		n->nbreaks = 0;
		end = falls(n->left);
		return falls_arms(n, false) || end;
	case Obreak:
		if (n->target)
			n->target->nbreaks++;
		return false;
	case Ocontinue:
		if (n->target)
			n->target->flags |= Fcontinued;
		return false;
	case Oreturn:
	case Oexit:
	case Oraise:
		return false;
	default:
		return true;
	}
}

bool
flow_end(Check *c, Node *body)
{
	(void)c;
	return falls(body);
}

/* ------------------------------------------------------------ reachability */

static void reach_expr(Check *c, Node *e);
static void reach_stmt(Check *c, Node *n);

static void
reach_fn(Check *c, Decl *d, bool exported)
{
	if (d->kind != Dfn)
		return;
	if (d->target)
		d = d->target;
	if (exported)
		d->exported = true;
	if (d->reached || !d->init)
		return;
	d->reached = true;
	PUSH(c, todo, d);
}

static void
reach_list(Check *c, Node *list)
{
	for (; list; list = list->right)
		reach_expr(c, list->left);
}

static void
reach_expr(Check *c, Node *e)
{
	if (!e)
		return;
	switch (e->op) {
	case Oconst:
		return;
	case Oname:
		if (e->decl && e->decl->kind == Dfn)
			reach_fn(c, e->decl, false);
		return;
	case Ofnref:
		if (e->left->op == Oname && e->left->decl->kind == Dfn)
			reach_fn(c, e->left->decl, true);
		else
			reach_expr(c, e->left->left);
		return;
	case Ocall:
		reach_expr(c, e->left);
		reach_list(c, e->right);
		for (Node *h = e->hidden; h; h = h->right) {
			if (h->left->op == Oname)
				reach_fn(c, h->left->decl, true);
			else
				reach_expr(c, h->left->left);
		}
		return;
	case Otuple:
	case Olistinit:
		reach_list(c, e->left);
		reach_list(c, e->right);
		return;
	case Oarrinit:
		reach_expr(c, e->left);
		for (Node *m = e->right; m; m = m->right)
			reach_expr(c, m->left->right);
		return;
	default:
		reach_expr(c, e->left);
		reach_expr(c, e->right);
		reach_expr(c, e->third);
		return;
	}
}

static void
reach_stmt(Check *c, Node *n)
{
	int k;

	if (!n)
		return;
	switch (n->op) {
	case Oblock:
		for (Node *s = n->left; s; s = s->right)
			reach_stmt(c, s->left);
		return;
	case Oexpr:
	case Oreturn:
	case Oraise:
	case Ospawn:
		reach_expr(c, n->left);
		return;
	case Oif:
		k = constant(n->left);
		reach_expr(c, n->left);
		if (k != 0)
			reach_stmt(c, n->right);
		if (k != 1)
			reach_stmt(c, n->third);
		return;
	case Ofor:
		reach_expr(c, n->left);
		reach_expr(c, n->third);
		if (constant(n->third) == 0)
			return;
		reach_expr(c, n->fourth);
		reach_stmt(c, n->right);
		return;
	case Odo:
		reach_expr(c, n->left);
		reach_stmt(c, n->right);
		return;
	case Ocase:
	case Opickst:
	case Oalt:
		reach_expr(c, n->left);
		for (Node *a = n->right; a; a = a->right) {
			if (n->op == Oalt)
				reach_list(c, a->left->left);
			reach_stmt(c, a->left->right);
		}
		return;
	case Oexcept:
		reach_stmt(c, n->left);
		for (Node *a = n->right; a; a = a->right)
			reach_stmt(c, a->left->right);
		return;
	default:
		return;
	}
}

void
reach_all(Check *c)
{
	Unit *u = &c->l->unit;

	for (int i = 0; i < u->nifacefns; i++)
		reach_fn(c, u->ifacefns[i], false);
	for (int i = 0; i < c->ntodo; i++)
		reach_stmt(c, c->todo[i]->init);
}
