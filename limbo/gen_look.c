/*
 * Code generation: what is asked about expressions before code for them is made: whether they have effects, how many
 * temporaries they need, and whether they read what is about to be written.
 */
#include "limbo/gen.h"

#define T_DONE 1

static int
max(int a, int b)
{
	return a > b ? a : b;
}

/* What effects and weight tell, kept in n->temps: T_DONE, E_*, weight from bit 8. */
static int
scan(Node *n)
{
	int w = 0, wl = 0, wr = 0;
	int e = 0, v;
	Node *c;

	if (!n)
		return T_DONE;
	if (n->temps & T_DONE)
		return n->temps;
	if (n->op == Oseq) {
		for (c = n; c; c = c->right) {
			v = scan(c->op == Oseq ? c->left : c);
			e |= v & (E_CALL | E_SIDE);
			w = max(w, v >> 8);
			if (c->op != Oseq)
				break;
		}
		n->temps = T_DONE | e | w << 8;
		return n->temps;
	}
	v = scan(n->left);
	wl = v >> 8;
	e |= v;
	v = scan(n->right);
	wr = v >> 8;
	e |= v;
	e |= scan(node_third(n));
	if (n->op == Ocall)
		e |= scan(n->hidden);
	switch (n->op) {
	case Oconst:
	case Oname:
	case Onil:
		break;
	case Odot:
		w = wl;
		break;
	case Oderef:
		w = n->left->op == Oname ? 0 : max(1, wl);
		break;
	case Ocall:
		e |= E_CALL;
		w = 1 + max(wl, wr);
		break;
	case Orecv:
	case Osend:
		e |= E_SIDE;
		w = max(1, wl == wr ? wl + 1 : max(wl, wr));
		break;
	case Opreinc:
	case Opredec:
	case Opostinc:
	case Opostdec:
		e |= E_SIDE;
		w = max(1, wl);
		break;
	default:
		if (n->op >= Oas && n->op <= Otupas)
			e |= E_SIDE;
		if (n->op == Osliceas || n->op == Oload)
			e |= E_SIDE;
		w = wl == wr ? wl + 1 : max(wl, wr);
		break;
	}
	w = w > 10000 ? 10000 : w;
	n->temps = T_DONE | (e & (E_CALL | E_SIDE)) | w << 8;
	return n->temps;
}

unsigned
effects(Node *n)
{
	return (unsigned)scan(n) & (E_CALL | E_SIDE);
}

int
weight(Node *n)
{
	return scan(n) >> 8;
}

static bool
aggregate(Type *t)
{
	return t->kind == Ttuple || t->kind == Tadt || t->kind == Tpick;
}

/* Whether a place of type r may have one of type d in it; types of the same shape count as the same. */
static bool
contains(Gen *g, Type *r, Type *d)
{
	Decl *f;

	if (types_isptr(r) && types_isptr(d))
		return true;
	if (r->kind == d->kind && !aggregate(r))
		return true;
	if (!aggregate(r))
		return false;
	if (aggregate(d) && desc_of(g, r) == desc_of(g, d))
		return true;
	for (f = field_next(r->ids); f; f = field_next(f->next))
		if (contains(g, f->ty, d))
			return true;
	if (r->kind == Tpick)
		for (f = field_next(r->tof->ids); f; f = field_next(f->next))
			if (contains(g, f->ty, d))
				return true;
	if (r->kind == Tadt)
		for (Decl *tag = r->tags; tag; tag = tag->next)
			for (f = field_next(tag->ty->ids); f; f = field_next(f->next))
				if (contains(g, f->ty, d))
					return true;
	return false;
}

bool
indirect(Addr a)
{
	return a.kind == Aindfp || a.kind == Aindmp;
}

bool
reads(Gen *g, Node *n, Addr a, Type *t)
{
	Addr v;

	for (; n && n->op == Oseq; n = n->right)
		if (reads(g, n->left, a, t))
			return true;
	if (!n || a.fresh)
		return false;
	switch (n->op) {
	case Oconst:
		return false;
	case Oname:
		if (!n->decl)
			return false;
		switch (n->decl->kind) {
		case Dlocal:
		case Darg:
		case Dglobal:
			v = gen_name(g, n->decl);
			if (v.kind == Afp)
				return a.kind == Afp && a.slot == v.slot;
			if (v.kind != Amp)
				return false;
			if (a.kind == Amp)
				return a.item == v.item;
			return a.kind == Aindfp && a.slot == g->ret && contains(g, n->decl->ty, t);
		default:
			return false;
		}
	case Oderef:
	case Oindex:
		if (indirect(a) && contains(g, n->ty, t))
			return true;
		break;
	case Omdot:
		if (a.kind != Afp && n->ty->kind != Tfn && contains(g, n->ty, t))
			return true;
		break;
	case Ocall:
		if (a.kind == Amp || (indirect(a) && a.slot != g->ret))
			return true;
		break;
	default:
		break;
	}
	return reads(g, n->left, a, t) || reads(g, n->right, a, t) || reads(g, node_third(n), a, t) ||
	       (n->op == Ocall && reads(g, n->hidden, a, t));
}

bool
early(Gen *g, Addr dst)
{
	if (dst.fresh)
		return true;
	if (dst.kind == Afp)
		return dst.slot->temp || !g->guard;
	return dst.kind == Aindfp && dst.slot == g->ret;
}

/* A value that is somewhere already: no instruction computes it. */
bool
isplace(Node *n)
{
	switch (n->op) {
	case Oconst:
	case Oname:
	case Oderef:
	case Oindex:
	case Otagof:
	case Omdot:
		return true;
	case Odot:
		return isplace(n->left);
	default:
		return false;
	}
}

bool
same_var(Node *a, Node *b)
{
	return a->op == Oname && b->op == Oname && a->decl == b->decl &&
	       (a->decl->kind == Dlocal || a->decl->kind == Darg || a->decl->kind == Dglobal);
}

/* A variable equals itself: so it was always compiled, even for a NaN. */
int
const_cond(Node *n)
{
	if (n->op == Oconst && n->ty->kind == Tint)
		return n->ival != 0;
	if ((n->op == Oeq || n->op == One) && same_var(n->left, n->right))
		return n->op == Oeq;
	return -1;
}

bool
is_nilconst(Node *n)
{
	return n->op == Oconst && types_isptr(n->ty) && (n->ty->kind != Tstring || n->str.n == 0);
}
