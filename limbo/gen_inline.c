/*
 * Code generation: calls of small functions of the same unit, replaced by the function's body. Only bodies without
 * locals, loops, handlers or raise qualify, whose own calls are of such functions: what an exception is and where it is
 * caught must not change.
 *
 * Arguments that are constants or variables of the caller stand for themselves, unless the body assigns to them; the
 * others are evaluated into temporaries first.
 */
#include "limbo/gen.h"

#define MAXCOST 16 /* nodes in the body, roughly instructions and operands */
#define MAXDEPTH 4 /* bodies within bodies */
#define NEVER 1000

static bool small(Gen *g, Func *f);

static int
cost(Gen *g, Node *n, Decl *self)
{
	int c = 1;
	Func *f;

	if (!n)
		return 0;
	switch (n->op) {
	case Oseq:
		for (c = 0; n && c <= MAXCOST; n = n->right)
			c += n->op == Oseq ? cost(g, n->left, self) : cost(g, n, self);
		return c;
	case Oblock:
		if (n->decls)
			return NEVER;
		c = 0;
		break;
	case Oskip:
	case Oconst:
		return n->op == Oconst;
	case Oexpr:
		c = 0;
		break;
	case Odecl:
		return NEVER;
	case Oname:
		if (!n->decl || n->decl->kind == Dlocal || n->decl->kind == Dfield || n->decl == self)
			return NEVER;
		return 1;
	case Ocall:
		/* a declared exception is known to the caller of the function that raises it, and no further */
		f = n->left->op == Oname && n->left->decl && n->left->decl->kind == Dfn && n->left->decl != self ?
			func_of(g, n->left->decl) : NULL;
		if (!f || f->small < 0 || f->active)
			return NEVER;
		f->active = true;
		if (!small(g, f))
			c = NEVER;
		f->active = false;
		break;
	case Ofor:
	case Odo:
	case Ocase:
	case Oalt:
	case Opickst:
	case Oexcept:
	case Oraise:
	case Ospawn:
	case Oexit:
	case Obreak:
	case Ocontinue:
	case Oarrinit:
		return NEVER;
	default:
		break;
	}
	if (c <= MAXCOST)
		c += cost(g, n->left, self);
	if (c <= MAXCOST)
		c += cost(g, n->right, self);
	if (c <= MAXCOST)
		c += cost(g, node_third(n), self);
	if (n->op == Ocall && n->hidden)
		c = NEVER;
	return c;
}

static bool
small(Gen *g, Func *f)
{
	Decl *d = f->decl;

	if (f->small == 0) {
		f->small = -1;
		if (d->init && d->init->op == Oblock && !d->ty->polys && !d->ty->varargs && cost(g, d->init, d) <= MAXCOST)
			f->small = 1;
	}
	return f->small > 0;
}

/* Whether the function surely returns a value. */
static bool
returns(Node *n)
{
	Node *last = NULL;

	if (!n)
		return false;
	switch (n->op) {
	case Oreturn:
		return true;
	case Oblock:
		return returns(n->left);
	case Oseq:
		for (; n; n = n->right)
			last = n->left;
		return returns(last);
	case Oif:
		return returns(n->right) && returns(n->third);
	default:
		return false;
	}
}

bool
inline_call(Gen *g, Node *n, Func *f, Addr dst)
{
	Inlined in = { .fn = f, .dst = dst, .outer = g->inl, .depth = g->inl ? g->inl->depth + 1 : 1 };
	Node *body = f->decl->init, *c;
	int mark, i, pass, from;
	Decl *formal;
	Addr at;

	if (g->l->o.noinline || n->hidden || f->active || in.depth > MAXDEPTH || !small(g, f))
		return false;
	if (n->ty && n->ty->kind != Tnone && !returns(body))
		return false;
	mark = tmp_mark(g);
	for (c = n->right; c; c = c->right)
		in.nbinds++;
	in.binds = lalloc(g->l, (size_t)(in.nbinds + 1) * sizeof *in.binds);
	/* as for a call: what contains calls comes first */
	for (pass = 0; pass < 2; pass++) {
		formal = f->decl->ty->ids;
		for (c = n->right, i = 0; c && formal; c = c->right, formal = formal->next, i++) {
			Node *e = c->left;

			if (((effects(e) & E_CALL) != 0) != (pass == 0))
				continue;
			in.binds[i].arg = formal;
			if ((e->op == Oconst || (e->op == Oname && (e->decl->kind == Dlocal || e->decl->kind == Darg))) &&
			    !assigned(body, formal)) {
				in.binds[i].at = gen_addr(g, e, 0);
				continue;
			}
			at = tmp_new(g, formal->ty);
			gen_to(g, e, at);
			in.binds[i].at = at;
		}
	}
	in.end = label_new(g);
	f->active = true;
	g->inl = &in;
	from = g->nscope;
	gen_stmt(g, body);
	g->nscope = from;
	g->inl = in.outer;
	f->active = false;
	label_place(g, in.end, false);
	tmp_release(g, mark);
	return true;
}
