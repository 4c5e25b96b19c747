/*
 * Code generation: functions and statements, except those that choose among arms (gen_case.c).
 *
 * Pointers declared in inner blocks are cleared when their block is left, by whatever way; those of the function's
 * outermost block go with the frame.
 */
#include "limbo/gen.h"

/* ---------------------------------------------------------------------- stubs */

/*
 * The way from a branch to its target when temporaries with pointers must be given up on it; the code stands at the end
 * of the function.
 */
typedef struct Stub Stub;
struct Stub {
	Label *from, *to;
	Slot **slots;
	int nslots;
	Src src;
	int block;
	Stub *next;
};

void
stub_add(Gen *g, Label *from, Label *to, int mark)
{
	Stub *s;
	int i;

	if (g->dead && from->refs == 0)
		return;
	s = lalloc(g->l, sizeof *s);
	s->from = from;
	s->to = to;
	s->src = g->src;
	s->slots = lalloc(g->l, (size_t)(g->nheld - mark + 1) * sizeof *s->slots);
	for (i = mark; i < g->nheld; i++)
		if (g->held[i]->shape->nmap > 0 && g->held[i]->dirty)
			s->slots[s->nslots++] = g->held[i];
	to->refs++; /* the target is reached, also if it is placed before the stub */
	s->next = g->stubs;
	g->stubs = s;
}

void
stubs_flush(Gen *g)
{
	Stub *s;
	int i;

	for (s = g->stubs; s; s = s->next) {
		g->src = s->src;
		label_place(g, s->from, false);
		for (i = 0; i < s->nslots; i++)
			tmp_clear(g, s->slots[i]);
		jump(g, s->to);
		s->to->refs--;
	}
	g->stubs = NULL;
}

/* --------------------------------------------------------------------- scopes */

void
locals_push(Gen *g, Decl *locals)
{
	Decl *d;
	Slot *s;

	for (d = locals; d; d = d->bnext) {
		if (d->kind != Dlocal)
			continue;
		s = slot_var(g, d);
		if (s->owned || s->shape->nmap == 0)
			continue;
		s->owned = true;
		GROW(g, g->scope, g->nscope, g->cscope);
		g->scope[g->nscope++] = s;
		guard_slot(g, s);
	}
}

void
locals_clear(Gen *g, int from)
{
	int i;

	for (i = g->nscope - 1; i >= from; i--)
		tmp_clear(g, g->scope[i]);
}

void
exit_push(Gen *g, Exit *x, Node *stmt, Label *brk, Label *cont)
{
	x->stmt = stmt;
	x->brk = brk;
	x->cont = cont;
	x->nscope = g->nscope;
	x->outer = g->exits;
	g->exits = x;
}

static void
gen_list_of(Gen *g, Node *c)
{
	for (; c; c = c->right)
		gen_stmt(g, c->left);
}

void
gen_block(Gen *g, Node *n)
{
	int from = g->nscope;

	if (n->op != Oblock) {
		gen_stmt(g, n);
		return;
	}
	locals_push(g, n->decls);
	gen_list_of(g, n->left);
	locals_clear(g, from);
	g->nscope = from;
}

/* ----------------------------------------------------------------- statements */

static void
gen_if(Gen *g, Node *n)
{
	Label *no, *end;
	int c = const_cond(n->left);

	if (c >= 0) {
		if (c)
			gen_stmt(g, n->right);
		else if (n->third)
			gen_stmt(g, n->third);
		return;
	}
	no = label_new(g);
	gen_cond(g, n->left, false, no);
	gen_stmt(g, n->right);
	if (!n->third) {
		label_place(g, no, false);
		return;
	}
	end = label_new(g);
	jump(g, end);
	label_place(g, no, false);
	gen_stmt(g, n->third);
	label_place(g, end, false);
}

static void
gen_for(Gen *g, Node *n)
{
	Label *body = label_new(g), *cont = label_new(g), *test = label_new(g), *brk = label_new(g);
	int c = n->third ? const_cond(n->third) : 1;
	bool live;
	Exit x;

	if (n->left)
		gen_effect(g, n->left);
	if (c == 0 || g->dead)
		return;
	exit_push(g, &x, n, brk, cont);
	g->loops++;
	if (c < 0)
		jump(g, test);
	/* the test at the end jumps back */
	live = c > 0 ? !g->dead : test->refs > 0;
	label_place(g, body, live);
	if (n->right)
		gen_stmt(g, n->right);
	label_place(g, cont, false);
	if (n->fourth)
		gen_effect(g, n->fourth);
	if (c < 0) {
		label_place(g, test, false);
		gen_cond(g, n->third, true, body);
	} else {
		jump(g, body);
	}
	g->loops--;
	label_place(g, brk, false);
	g->exits = x.outer;
}

static void
gen_do(Gen *g, Node *n)
{
	Label *body = label_new(g), *cont = label_new(g), *brk = label_new(g);
	Exit x;

	exit_push(g, &x, n, brk, cont);
	g->loops++;
	label_place(g, body, true);
	if (n->right)
		gen_stmt(g, n->right);
	label_place(g, cont, false);
	if (n->left)
		gen_cond(g, n->left, true, body);
	else
		jump(g, body);
	g->loops--;
	label_place(g, brk, false);
	g->exits = x.outer;
}

static void
gen_leave(Gen *g, Node *n)
{
	Exit *x;
	Label *to;

	for (x = g->exits; x && x->stmt != n->target; x = x->outer)
		;
	to = x ? n->op == Obreak ? x->brk : x->cont : NULL;
	if (!to) {
		lfatal(g->l, "break or continue without target");
		g->failed = true;
		return;
	}
	locals_clear(g, x->nscope);
	jump(g, to);
}

static void
gen_return(Gen *g, Node *n)
{
	Inlined *inl = g->inl;

	if (inl) {
		if (n->left && inl->dst.kind != Anone && n->left->ty->kind != Tnone)
			gen_to(g, n->left, inl->dst);
		else if (n->left)
			gen_effect(g, n->left);
		jump(g, inl->end);
		return;
	}
	if (n->left) {
		if (n->left->ty->kind == Tnone)
			gen_effect(g, n->left);
		else
			gen_to(g, n->left, a_ind(a_slot(g->ret, 0), 0));
	}
	emit(g, IRET, a_none, a_none, a_none);
}

static void
gen_raise(Gen *g, Node *n)
{
	int mark = tmp_mark(g);
	Addr a;

	if (n->left->op == Otuple && n->left->ty->kind == Texcept)
		a = gen_exception(g, n->left);
	else
		a = gen_addr(g, n->left, 0);
	emit(g, IRAISE, a, a_none, a_none);
	tmp_release(g, mark);
}

void
gen_stmt(Gen *g, Node *n)
{
	int mark = tmp_mark(g);

	if (!n || g->dead)
		return;
	set_src(g, n);
	switch (n->op) {
	case Oseq:
		gen_list_of(g, n);
		break;
	case Oblock:
		gen_block(g, n);
		break;
	case Oexpr:
		if (n->left)
			gen_effect(g, n->left);
		break;
	case Odecl:
	case Oskip:
		break;
	case Oif:
		gen_if(g, n);
		break;
	case Ofor:
		gen_for(g, n);
		break;
	case Odo:
		gen_do(g, n);
		break;
	case Ocase:
		gen_case(g, n);
		break;
	case Oalt:
		gen_alt(g, n);
		break;
	case Opickst:
		gen_pick(g, n);
		break;
	case Oexcept:
		gen_except(g, n);
		break;
	case Obreak:
	case Ocontinue:
		gen_leave(g, n);
		break;
	case Oreturn:
		gen_return(g, n);
		break;
	case Oexit:
		emit(g, IEXIT, a_none, a_none, a_none);
		break;
	case Oraise:
		gen_raise(g, n);
		break;
	case Ospawn:
		gen_call(g, n->left, a_none, true);
		break;
	default:
		gen_effect(g, n);
		break;
	}
	tmp_release(g, mark);
}

/* ------------------------------------------------------------------ functions */

static void
frame_start(Gen *g, Func *f)
{
	Desc *word = desc_intern(g, 4, NULL, 0);
	Type *t = f->decl->ty;
	int end = DIS_FRAME_ARGS, total;
	Decl *d;

	opt_recycle(g);
	g->fn = f;
	g->ncode = 0;
	g->inl = NULL;
	g->slots = NULL;
	g->lastslot = &g->slots;
	g->labels = NULL;
	g->fnhandlers = NULL;
	g->lastfnhandler = &g->fnhandlers;
	g->dead = false;
	g->nfree = g->nheld = g->nscope = 0;
	g->guard = NULL;
	g->loops = 0;
	g->exits = NULL;
	g->stubs = NULL;
	g->hidden = NULL;
	g->src = f->decl->src;

	g->ret = slot_fixed(g, DIS_FRAME_RET, word);
	g->stemp = slot_fixed(g, DIS_FRAME_STEMP, word);
	g->dtemp = slot_fixed(g, DIS_FRAME_DTEMP, word);
	total = types_frame(g->l, t, &end);
	for (d = t->ids; d; d = d->next) {
		Map m = { .g = g };
		Slot *s;

		if (types_isptr(d->ty))
			map_set(&m, 0);
		else
			map_type(&m, d->ty, 0);
		s = slot_fixed(g, d->offset, desc_intern(g, types_isptr(d->ty) ? 4 : types_size(g->l, d->ty), m.p, m.n));
		s->owned = true;
		d->aux = s;
	}
	end = (end + 3) / 4 * 4;
	if (total > end) {
		Map m = { .g = g };
		int off;

		for (off = 0; off < total - end; off += 8)
			map_set(&m, off);
		g->hidden = slot_fixed(g, end, desc_intern(g, total - end, m.p, m.n));
	}
	for (d = f->decl->locals; d; d = d->next)
		d->aux = NULL;
}

void
gen_function(Gen *g, Func *f)
{
	Node *body = f->decl->init;
	Type *t = f->decl->ty;
	Decl *d;

	f->done = true;
	frame_start(g, f);
	f->entry->next = g->labels;
	g->labels = f->entry;
	f->entry->kept = f->entry->mark = true; /* the function starts with its first instruction */
	label_place(g, f->entry, true);
	if (body) {
		for (d = body->decls; d; d = d->bnext)
			if (d->kind == Dlocal)
				slot_var(g, d)->owned = true;
		if (body->op == Oblock)
			gen_list_of(g, body->left);
		else
			gen_stmt(g, body);
	}
	if (!g->dead) {
		if (t->tof && t->tof->kind != Tnone) {
			Pos at = body ? body->src.stop : f->decl->src.start;

			if (at.col > 0)
				at.col--;
			lerror(g->l, at, "no return at end of function %s", member_name(g, f->decl));
			g->failed = true;
		}
		if (body) {
			g->src.start = body->src.stop;
			if (g->src.start.col > 0)
				g->src.start.col--;
			g->src.stop = body->src.stop;
		}
		emit(g, IRET, a_none, a_none, a_none);
	}
	stubs_flush(g);
	opt_function(g);
}
