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
flow_end(Node *body)
{
	return falls(body);
}

/* ------------------------------------------------------------ reachability */

static void
reach_fn(Check *c, Decl *d)
{
	if (d->target)
		d = d->target;
	if (d->reached || !d->init)
		return;
	d->reached = true;
	PUSH(c, todo, d);
}

/* From the functions of the interface along the lists that lowering has left (lower.c). */
void
reach_all(Check *c)
{
	Unit *u = &c->l->unit;

	for (int i = 0; i < u->nifacefns; i++)
		reach_fn(c, u->ifacefns[i]);
	for (int i = 0; i < c->ntodo; i++) {
		Callees *v = c->todo[i]->aux;

		for (int k = 0; v && k < v->n; k++) {
			if (v->d[k].exported)
				v->d[k].fn->exported = true;
			reach_fn(c, v->d[k].fn);
		}
	}
	for (int i = 0; i < c->nfns; i++)
		c->fns[i]->aux = NULL;
}
