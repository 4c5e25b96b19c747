/*
 * Code generation: calls, references to functions, module values.
 *
 * At most one frame exists that has not been called yet: arguments that contain calls are evaluated into temporaries
 * before the frame is allocated, the others directly into the frame.
 */
#include <string.h>

#include "limbo/gen.h"

/* ------------------------------------------------------------------- modules */

Modtype *
modtype(Gen *g, Type *t)
{
	Modtype *m;
	int i;

	for (i = 0; i < g->nmodscache; i++)
		if (g->modscache[i]->ty == t)
			return g->modscache[i];
	for (m = g->mods; m; m = m->next)
		if (m->ty == t || types_equal(g->l, m->ty, t))
			return m;
	m = lalloc(g->l, sizeof *m);
	m->ty = t;
	m->members = types_members(g->l, t, &m->ndata, &m->nfns);
	m->used = lalloc(g->l, (size_t)m->nfns + 1);
	m->index = lalloc(g->l, (size_t)(m->nfns + 1) * sizeof *m->index);
	m->list = -1;
	m->next = g->mods;
	g->mods = m;
	GROW(g, g->modscache, g->nmodscache, g->cmodscache);
	g->modscache[g->nmodscache++] = m;
	return m;
}

const char *
member_name(Gen *g, Decl *d)
{
	if (d->dot && d->dot->ty && d->dot->ty->kind == Tadt && d->dot->sym)
		return lprintf(g->l, "%s.%s", d->dot->sym->name, d->sym->name);
	return d->sym->name;
}

/* The function's place among those of its module type t; equal types have equal lists. */
int
member_index(Gen *g, Modtype *m, Type *t, Decl *member)
{
	int ndata, nfns, i;
	Decl **v = m->members;

	ndata = m->ndata;
	nfns = m->nfns;
	if (t != m->ty)
		v = types_members(g->l, t, &ndata, &nfns);
	for (i = 0; i < nfns; i++)
		if (v[ndata + i] == member)
			return i;
	for (i = 0; i < nfns; i++)
		if (strcmp(member_name(g, v[ndata + i]), member_name(g, member)) == 0)
			return i;
	lfatal(g->l, "%s is not in its module", member->sym->name);
	g->failed = true;
	return 0;
}

/* The index of an Omdot's function in the import list of its module's type, as an operand. */
static Addr
link_index(Gen *g, Node *n)
{
	Type *t = n->left->ty;
	Modtype *m = modtype(g, t);
	int k;

	if (m->nfns == 0) {
		lfatal(g->l, "%s is not in its module", n->decl->sym->name);
		g->failed = true;
		return a_imm(0);
	}
	k = member_index(g, m, t, n->decl);
	return (Addr){ .kind = Alink, .mod = m, .off = k };
}

void
use_data(Gen *g, Node *n)
{
	Type *t = n->left->ty;
	Modtype *m = modtype(g, t);
	int off = 0, i;

	/* the data of a module lie in the order of their names */
	for (i = 0; i < m->ndata; i++) {
		Decl *d = m->members[i];
		int size = types_size(g->l, d->ty);
		int align = types_isptr(d->ty) ? 4 : d->ty->align;

		if (align > 1)
			off = (off + align - 1) / align * align;
		if (d->sym == n->decl->sym)
			n->decl->offset = off;
		off += size;
	}
	m->data = true;
}

void
gen_load(Gen *g, Node *n, Addr dst)
{
	int mark = tmp_mark(g);
	Modtype *m = modtype(g, n->ty);
	Addr path = gen_addr(g, n->left, 0);

	emit(g, ILOAD, path, (Addr){ .kind = Aload, .mod = m }, dst);
	tmp_release(g, mark);
}

/* A module value for this very instance, and the operand that is fn's index in it. */
static Addr
gen_self(Gen *g)
{
	static const uint8_t refmap[1] = { 0x80 };
	Label *have;
	Addr self;

	if (g->l->o.selfrefs) {
		self = tmp_ptr(g);
		emit(g, ISELF, a_none, a_none, self);
		return self;
	}
	if (!g->self)
		g->self = item_new(g, desc_intern(g, 4, refmap, 1), 4);
	self = a_item(g->self, 0);
	have = label_new(g);
	branch(g, IBNEW, a_nil(g), self, have);
	emit(g, ILOAD, a_item(item_string(g, lstr(g->l, "$self", 5)), 0), (Addr){ .kind = Aown }, self);
	label_place(g, have, false);
	return self;
}

Func *
func_of(Gen *g, Decl *d)
{
	if (!d->aux && d->target)
		d = d->target;
	if (!d->aux) {
		Func *f = lalloc(g->l, sizeof *f);

		lfatal(g->l, "function %s has no body", d->sym->name);
		g->failed = true;
		f->decl = d;
		f->entry = lalloc(g->l, sizeof *f->entry);
		f->link = -1;
		f->done = true;
		f->frame = desc_intern(g, 32, NULL, 0);
		d->aux = f;
	}
	return d->aux;
}

static Addr
self_index(Gen *g, Func *f)
{
	f->exported = true;
	return (Addr){ .kind = Aself, .fn = f, .off2 = g->l->o.selfrefs ? 1 : 0 };
}

/* The pair that stands for a function: module value and index, both as operands. n: Oname or Omdot. */
static void
gen_pairof(Gen *g, Node *n, Addr *mod, Addr *index)
{
	if (n->op == Ofnref)
		n = n->left;
	if (n->op == Omdot) {
		*index = link_index(g, n);
		*mod = gen_addr(g, n->left, 0);
	} else if (n->decl->kind == Dfield && g->hidden) {
		*mod = a_slot(g->hidden, n->decl->offset - g->hidden->off);
		*index = a_off(*mod, 4);
	} else {
		*index = self_index(g, func_of(g, n->decl));
		*mod = gen_self(g);
	}
}

void
gen_fnref(Gen *g, Node *n, Addr dst)
{
	static const uint8_t map[1] = { 0x80 };
	int mark = tmp_mark(g);
	Addr obj, mod, index, a;

	if (dst.kind == Afp && early(g, dst) && !reads(g, n->left, dst, n->ty))
		obj = dst;
	else
		obj = tmp_ptr(g);
	gen_pairof(g, n->left, &mod, &index);
	emit(g, INEW, a_desc(desc_intern(g, 8, map, 1)), a_none, obj);
	a = a_ind(obj, 0);
	emit(g, IMOVP, mod, a_none, a);
	emit(g, IMOVW, index, a_none, a_off(a, 4));
	if (!a_same(obj, dst))
		emit(g, IMOVP, obj, a_none, dst);
	tmp_release(g, mark);
}

/* --------------------------------------------------------------------- calls */

typedef struct Arg Arg;
struct Arg {
	Node *e;
	Type *ty;
	int off;
	bool ready;
	Addr val;
};

static void
size_align(Gen *g, Type *t, int *size, int *align)
{
	if (vkind(g, t) == Vp) {
		*size = *align = 4;
		return;
	}
	*size = types_size(g->l, t);
	*align = t->align > 0 ? t->align : 1;
}

/* A copy of the pointer at a, if it must outlast the evaluation of the arguments that are still to come. */
static Addr
hold(Gen *g, Addr a, Arg *args, int n, Type *t)
{
	int i;
	Addr p;

	for (i = 0; i < n; i++)
		if (!args[i].ready && effects(args[i].e) && (!a_direct(a) || reads(g, args[i].e, a, t))) {
			p = tmp_ptr(g);
			emit(g, IMOVP, a, a_none, p);
			return p;
		}
	return a;
}

void
gen_call(Gen *g, Node *n, Addr dst, bool spawn)
{
	Node *f = n->left, *c;
	Type *ft = f->ty && f->ty->kind == Tref ? f->ty->tof : f->ty;
	int mark = tmp_mark(g), nargs = 0, nhidden = 0, i, off, size, align;
	bool result = n->ty && n->ty->kind != Tnone && !spawn, bound;
	Addr frame, mod = a_none, index = a_none, ref, place = dst, d;
	Addr *hmod = NULL, *hindex = NULL;
	Func *local = NULL;
	Arg *args;
	Decl *formal;
	Map m = { .g = g };

	if (f->decl && (f->op == Oname || f->op == Omdot) && f->decl->kind == Dfn)
		ft = f->decl->ty;
	for (c = n->right; c; c = c->right)
		nargs++;
	for (c = n->hidden; c; c = c->right)
		nhidden++;
	args = lalloc(g->l, (size_t)(nargs + 1) * sizeof *args);

	/* where the arguments go */
	off = DIS_FRAME_ARGS;
	formal = ft->ids;
	for (c = n->right, i = 0; c; c = c->right, i++) {
		args[i].e = c->left;
		args[i].ty = formal ? formal->ty : c->left->ty;
		size_align(g, args[i].ty, &size, &align);
		off = (off + align - 1) / align * align;
		args[i].off = off;
		if (vkind(g, args[i].ty) == Vp)
			map_set(&m, off);
		else
			map_type(&m, args[i].ty, off);
		off += size;
		if (formal)
			formal = formal->next;
	}
	off = (off + 3) / 4 * 4;

	/* what comes before the frame */
	if (result && (dst.kind == Aindmp || dst.kind == Anone))
		place = tmp_new(g, n->ty);
	frame = tmp_word(g);
	bound = f->op == Oname && f->decl->kind == Dfield;
	if (bound || (f->op == Omdot && f->decl->kind == Dfn)) {
		/* the module is looked at last */
	} else if (f->op == Oname && f->decl->kind == Dfn) {
		local = func_of(g, f->decl);
		if (!spawn && inline_call(g, n, local, dst)) {
			tmp_release(g, mark);
			return;
		}
	}
	if (f->op == Omdot && f->decl->kind == Dfn && effects(f->left) & E_CALL) {
		mod = tmp_ptr(g);
		gen_to(g, f->left, mod);
	}
	for (i = 0; i < nargs; i++) {
		if (!(effects(args[i].e) & E_CALL))
			continue;
		args[i].val = tmp_new(g, args[i].e->ty);
		args[i].ready = true;
		gen_to(g, args[i].e, args[i].val);
	}
	if (nhidden > 0) {
		hmod = lalloc(g->l, (size_t)nhidden * sizeof *hmod);
		hindex = lalloc(g->l, (size_t)nhidden * sizeof *hindex);
		for (c = n->hidden, i = 0; c; c = c->right, i++)
			gen_pairof(g, c->left, &hmod[i], &hindex[i]);
	}

	/* the frame */
	if (local) {
		emit(g, IFRAME, (Addr){ .kind = Aframe, .fn = local }, a_none, frame);
	} else {
		if (bound) {
			gen_pairof(g, f, &mod, &index);
		} else if (f->op == Omdot && f->decl->kind == Dfn) {
			index = link_index(g, f);
			if (mod.kind == Anone)
				mod = hold(g, gen_addr(g, f->left, 0), args, nargs, f->left->ty);
		} else {
			ref = gen_addr(g, f, 0);
			if (!a_direct(ref)) {
				d = tmp_ptr(g);
				emit(g, IMOVP, ref, a_none, d);
				ref = d;
			} else {
				ref = hold(g, ref, args, nargs, f->ty);
			}
			index = tmp_word(g);
			emit(g, IMOVW, a_ind(ref, 4), a_none, index);
			mod = a_ind(ref, 0);
		}
		if (ft->varargs)
			emit(g, IFRAME, a_desc(desc_intern(g, (off + 7) / 8 * 8, m.p, m.n)), a_none, frame);
		else
			emit(g, IMFRAME, mod, index, frame);
	}
	for (i = 0; i < nargs; i++) {
		d = a_ind(frame, args[i].off);
		d.fresh = true;
		if (args[i].ready)
			move(g, args[i].e->ty, args[i].val, d);
		else
			gen_to(g, args[i].e, d);
	}
	for (i = 0; i < nhidden; i++) {
		d = a_ind(frame, off + 8 * i);
		emit(g, IMOVP, hmod[i], a_none, d);
		emit(g, IMOVW, hindex[i], a_none, a_off(d, 4));
	}
	if (result)
		emit(g, ILEA, place, a_none, a_ind(frame, DIS_FRAME_RET));
	if (local)
		emit(g, spawn ? ISPAWN : ICALL, frame, a_none, (Addr){ .kind = Aentry, .fn = local });
	else
		emit(g, spawn ? IMSPAWN : IMCALL, frame, index, mod);
	if (result && dst.kind != Anone)
		move(g, n->ty, place, dst);
	tmp_release(g, mark);
}
