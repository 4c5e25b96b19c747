/*
 * Code generation: what makes objects (tuples, references, arrays, lists, slices, channels, exception records) and what
 * takes them apart (assignment, patterns).
 */
#include "limbo/gen.h"

Decl *
field_next(Decl *d)
{
	while (d && d->kind != Dfield)
		d = d->next;
	return d;
}

/* ------------------------------------------------------- tuples and records */

/* Neither raises nor has effects. */
static bool
quiet(Node *n)
{
	while (n->op == Odot)
		n = n->left;
	return n->op == Oconst || n->op == Oname;
}

/* Stores the members of an Otuple one by one. */
static void
fill(Gen *g, Node *n, Addr dst)
{
	Type *t = n->ty;
	bool common = t->kind == Tpick;
	Decl *f;
	Node *c;

	types_size(g->l, t);
	f = field_next(common ? t->tof->ids : t->ids);
	for (c = n->left; c; c = c->right) {
		if (!f && common) {
			common = false;
			f = field_next(t->ids);
		}
		if (!f)
			break;
		gen_to(g, c->left, a_off(dst, f->offset));
		f = field_next(f->next);
	}
}

void
gen_tuple(Gen *g, Node *n, Addr dst)
{
	bool direct = true, safe = early(g, dst);
	int mark = tmp_mark(g);
	Node *c;
	Addr t;

	if (!dst.fresh && n->left)
		for (c = n->left->right; c && direct; c = c->right)
			direct = (safe || quiet(c->left)) && !reads(g, c->left, dst, n->ty);
	if (direct) {
		fill(g, n, dst);
		return;
	}
	t = tmp_new(g, n->ty);
	fill(g, n, t);
	move(g, n->ty, t, dst);
	tmp_release(g, mark);
}

static int
pick_tag(Type *t)
{
	return t->kind == Tpick ? t->decl->tag : -1;
}

/* Whether a new object can be reached through dst itself while its members are evaluated from n. */
static bool
canbase(Gen *g, Addr dst, Node *n, Type *t)
{
	return dst.kind == Afp && !(dst.slot->fixed && dst.slot->off < DIS_FRAME_ARGS) && early(g, dst) &&
	       !reads(g, n, dst, t);
}

/* ref *p where only the tag tells what *p is. */
static void
copy_pick(Gen *g, Node *n, Addr dst)
{
	Type *adt = n->left->ty;
	int mark = tmp_mark(g), ntags = 0, i;
	Addr obj = tmp_ptr(g), p, t;
	Label **labels, *end = label_new(g);
	Desc **descs;
	Decl *tag;

	p = gen_addr(g, n->left->left, 0);
	if (!a_direct(p)) {
		t = tmp_ptr(g);
		emit(g, IMOVP, p, a_none, t);
		p = t;
	}
	for (tag = adt->tags; tag; tag = tag->next)
		ntags++;
	labels = lalloc(g->l, (size_t)(ntags + 1) * sizeof *labels);
	descs = lalloc(g->l, (size_t)(ntags + 1) * sizeof *descs);
	for (tag = adt->tags, i = 0; tag; tag = tag->next, i++) {
		int j = 0;

		descs[i] = desc_of(g, tag->ty);
		while (descs[j] != descs[i])
			j++;
		labels[i] = j < i ? labels[j] : label_new(g);
	}
	gen_tagcase(g, a_ind(p, 0), labels, ntags);
	for (i = 0; i < ntags; i++) {
		Desc *d = descs[i];

		if (labels[i]->placed)
			continue;
		label_place(g, labels[i], false);
		emit(g, INEW, a_desc(d), a_none, obj);
		if (d->nmap > 0)
			emit(g, IMOVMP, a_ind(p, 0), a_desc(d), a_ind(obj, 0));
		else
			emit(g, IMOVM, a_ind(p, 0), a_mid(g, d->size), a_ind(obj, 0));
		if (i + 1 < ntags)
			jump(g, end);
	}
	label_place(g, end, false);
	emit(g, IMOVP, obj, a_none, dst);
	tmp_release(g, mark);
}

void
gen_ref(Gen *g, Node *n, Addr dst)
{
	Type *t = n->ty->tof;
	Node *v = n->left;
	int mark = tmp_mark(g), tag = pick_tag(t);
	Addr obj, a, src;

	if (!v && tag < 0) {
		emit(g, INEW, a_desc(desc_of(g, t)), a_none, dst);
		return;
	}
	if (v && v->op == Otuple)
		t = v->ty;
	tag = pick_tag(t);
	if (v && v->op != Otuple && v->op == Oderef && v->ty->kind == Tadt && v->ty->tags) {
		copy_pick(g, n, dst);
		return;
	}
	if (canbase(g, dst, v, n->ty))
		obj = dst;
	else
		obj = tmp_ptr(g);
	if (v && v->op != Otuple) {
		/* a copy of a value */
		src = gen_addr(g, v, 0);
		emit(g, INEW, a_desc(desc_of(g, t)), a_none, obj);
		a = a_ind(obj, 0);
		if (vkind(g, t) == Vm || vkind(g, t) == Vmp)
			move(g, t, src, a);
	} else {
		emit(g, INEW, a_desc(desc_of(g, t)), a_none, obj);
		a = a_ind(obj, 0);
		a.fresh = true;
		if (tag >= 0)
			emit(g, IMOVW, a_int(g, tag), a_none, a);
		if (v)
			fill(g, v, a);
	}
	if (!a_same(obj, dst))
		emit(g, IMOVP, obj, a_none, dst);
	tmp_release(g, mark);
}

Addr
gen_exception(Gen *g, Node *n)
{
	Type *t = n->ty;
	Addr obj = tmp_ptr(g), a;
	Map m = { .g = g };
	const char *name = n->decl->excname ? n->decl->excname : n->decl->sym->name;
	int end = 8, align = 4;
	Decl *f;
	Node *c;

	types_size(g->l, t);
	map_set(&m, 0);
	for (f = t->ids; f; f = f->next) {
		map_type(&m, f->ty, f->offset);
		end = f->offset + types_size(g->l, f->ty);
		if (!types_isptr(f->ty) && f->ty->align > align)
			align = f->ty->align;
	}
	end = (end + align - 1) / align * align;
	emit(g, INEW, a_desc(desc_intern(g, end, m.p, m.n)), a_none, obj);
	a = a_ind(obj, 0);
	a.fresh = true;
	emit(g, IMOVP, a_item(item_string(g, lstr(g->l, name, __builtin_strlen(name))), 0), a_none, a);
	emit(g, IMOVW, a_imm(0), a_none, a_off(a, 4));
	for (c = n->left, f = t->ids; c && f; c = c->right, f = f->next)
		gen_to(g, c->left, a_off(a, f->offset));
	return obj;
}

/* -------------------------------------------------------------------- arrays */

void
gen_array(Gen *g, Node *n, Addr dst)
{
	int mark = tmp_mark(g);
	Addr a = gen_addr(g, n->left, 0);

	emit(g, g->l->o.newaz ? INEWAZ : INEWA, a, a_desc(desc_of(g, n->ty->tof)), dst);
	tmp_release(g, mark);
}

/* Elements given singly or by ranges; *star the value of `*`; *allconst whether all values are constants. */
static int64_t
survey(Node *n, Node **star, bool *allconst)
{
	int64_t given = 0;
	Node *c, *q;

	*star = NULL;
	*allconst = true;
	for (c = n->right; c; c = c->right) {
		Node *el = c->left;

		if (!const_is(el->right))
			*allconst = false;
		for (q = el->left; q; q = q->right) {
			if (q->left->op == Ostar)
				*star = el->right;
			else if (q->left->op == Orange)
				given += (int32_t)q->left->right->ival - (int64_t)(int32_t)q->left->left->ival + 1;
			else
				given++;
		}
	}
	return given;
}

/* Stores v into element idx of arr. */
static void
store_element(Gen *g, Addr arr, Addr idx, Node *v)
{
	int mark = tmp_mark(g);
	Addr at = tmp_word(g);

	emit(g, indexop(vkind(g, v->ty)), arr, at, idx);
	at = a_ind(at, 0);
	at.interior = true;
	gen_to(g, v, at);
	tmp_release(g, mark);
}

void
gen_arrinit(Gen *g, Node *n, Addr dst)
{
	int64_t len = arrinit_len(n), given, size = types_size(g->l, n->ty->tof);
	bool allconst, ptrs = types_hasptr(g->l, n->ty->tof);
	int mark = tmp_mark(g);
	Node *star, *c, *q;
	Addr arr, cnt, a;
	Label *top, *done;
	int op = g->l->o.newaz ? INEWAZ : INEWA;

	given = survey(n, &star, &allconst);
	if (early(g, dst) && !reads(g, n->right, dst, n->ty))
		arr = dst;
	else
		arr = tmp_ptr(g);
	arr.fresh = false;
	a = gen_addr(g, n->left, 0);
	if (allconst && len > 0 && len * size <= 65536 && (given >= 3 || (star && !const_zero(star) && len <= 64)) &&
	    (star ? len <= 64 || given * 2 >= len : true)) {
		/* a copy of an array in module data */
		emit(g, op, a, a_desc(desc_of(g, n->ty->tof)), arr);
		emit(g, ISLICELA, a_item(data_array(g, n, (int)len), 0), a_imm(0), arr);
	} else {
		if (star && const_zero(star)) {
			/* nil comes by itself */
			if (!ptrs || size != 4)
				op = INEWAZ;
			star = NULL;
		}
		emit(g, op, a, a_desc(desc_of(g, n->ty->tof)), arr);
		if (star) {
			cnt = tmp_word(g);
			top = label_new(g);
			done = label_new(g);
			emit(g, ILENA, arr, a_none, cnt);
			label_place(g, top, !g->dead);
			branch(g, IBEQW, a_imm(0), cnt, done);
			emit(g, ISUBW, a_imm(1), a_none, cnt);
			g->loops++;
			store_element(g, arr, cnt, star);
			g->loops--;
			jump(g, top);
			label_place(g, done, false);
		}
		for (c = n->right; c; c = c->right) {
			for (q = c->left->left; q; q = q->right) {
				int64_t lo, hi;

				if (q->left->op == Ostar)
					continue;
				if (q->left->op != Orange) {
					store_element(g, arr, a_int(g, (int32_t)q->left->ival), c->left->right);
					continue;
				}
				lo = (int32_t)q->left->left->ival;
				hi = (int32_t)q->left->right->ival;
				if (lo > hi)
					continue;
				cnt = tmp_word(g);
				top = label_new(g);
				emit(g, IMOVW, a_int(g, lo), a_none, cnt);
				label_place(g, top, !g->dead);
				g->loops++;
				store_element(g, arr, cnt, c->left->right);
				g->loops--;
				emit(g, IADDW, a_imm(1), a_none, cnt);
				branch(g, IBGEW, a_int(g, hi), cnt, top);
			}
		}
	}
	if (!a_same(arr, dst))
		emit(g, IMOVP, arr, a_none, dst);
	tmp_release(g, mark);
}

/* --------------------------------------------------------------------- lists */

static void
cons(Gen *g, Type *t, Addr v, Addr dst)
{
	static const uint8_t ops[] = { [Vb] = ICONSB, [Vw] = ICONSW, [Vl] = ICONSL, [Vf] = ICONSF,
				       [Vp] = ICONSP, [Vm] = ICONSM, [Vmp] = ICONSMP };
	Vkind k = vkind(g, t);
	Addr m = a_none;

	if (k == Vm)
		m = a_mid(g, types_size(g->l, t));
	else if (k == Vmp)
		m = a_desc(desc_of(g, t));
	emit(g, ops[k], v, m, dst);
}

void
gen_cons(Gen *g, Node *n, Addr dst)
{
	Node *l = n->left, *r = n->right;
	int mark = tmp_mark(g);
	Addr v, place = dst, tail;

	if (r->op == Oconst || r->op == Oname || r->op == Odot || r->op == Oderef) {
		/* the tail can be fetched last */
		v = gen_stable(g, l, effects(r));
		tail = gen_addr(g, r, 0);
		if (!a_same(tail, dst)) {
			if (!early(g, dst) && !quiet(r))
				place = tmp_ptr(g);
			move(g, n->ty, tail, place);
		}
		place.fresh = false;
		cons(g, l->ty, v, place);
	} else {
		if (!early(g, dst) || reads(g, l, dst, n->ty) || (dst.kind == Aindfp && dst.slot != g->ret && !dst.fresh))
			place = tmp_ptr(g);
		if (effects(l) && !(effects(r) == 0 && quiet(r))) {
			v = gen_stable(g, l, effects(r));
			gen_to(g, r, place);
		} else {
			gen_to(g, r, place);
			v = gen_addr(g, l, 0);
		}
		place.fresh = false;
		cons(g, l->ty, v, place);
	}
	if (!a_same(place, dst))
		emit(g, IMOVP, place, a_none, dst);
	tmp_release(g, mark);
}

void
gen_list(Gen *g, Node *n, Addr dst)
{
	int mark = tmp_mark(g), count = 0, i, inner;
	bool temps = effects(n->right) != 0;
	Addr place = dst, *v;
	Node *c, **e;

	if (!early(g, dst) || reads(g, n->right, dst, n->ty))
		place = tmp_ptr(g);
	for (c = n->right; c; c = c->right)
		count++;
	e = lalloc(g->l, (size_t)(count + 1) * sizeof *e);
	v = lalloc(g->l, (size_t)(count + 1) * sizeof *v);
	for (c = n->right, i = 0; c; c = c->right, i++) {
		e[i] = c->left;
		if (temps)
			v[i] = gen_stable(g, e[i], c->right ? effects(c->right) : 0);
	}
	clear(g, place);
	place.fresh = false;
	for (i = count - 1; i >= 0; i--) {
		inner = tmp_mark(g);
		if (!temps)
			v[i] = gen_addr(g, e[i], 0);
		cons(g, e[i]->ty, v[i], place);
		tmp_release(g, inner);
	}
	if (!a_same(place, dst))
		emit(g, IMOVP, place, a_none, dst);
	tmp_release(g, mark);
}

/* -------------------------------------------------------------------- slices */

void
gen_slice(Gen *g, Node *n, Addr dst)
{
	Node *v = n->left;
	bool isstr = n->ty->kind == Tstring, place;
	unsigned later = effects(n->right) | effects(n->third);
	int mark = tmp_mark(g);
	Addr a, from, to, work, t;

	place = v->op == Oname || v->op == Odot || v->op == Oderef || v->op == Oindex || v->op == Omdot || v->op == Oconst;
	if (early(g, dst) && !reads(g, n->right, dst, n->ty) && !reads(g, n->third, dst, n->ty))
		work = dst;
	else
		work = tmp_ptr(g);
	if (place) {
		a = gen_stable(g, v, later);
		if (a_same(a, dst))
			work = dst;
	} else {
		gen_to(g, v, work);
		work.fresh = false;
		a = work;
	}
	from = a_imm(0);
	if (n->right) {
		from = gen_stable(g, n->right, effects(n->third));
		if (!a_same(a, work) && (from.kind == Aindfp || from.kind == Aindmp)) {
			t = tmp_word(g);
			emit(g, IMOVW, from, a_none, t);
			from = t;
		}
	}
	if (n->third) {
		to = into_mid(g, n->third->ty, gen_addr(g, n->third, 0));
	} else {
		to = tmp_word(g);
		emit(g, isstr ? ILENC : ILENA, a, a_none, to);
	}
	if (!a_same(a, work)) {
		move(g, n->ty, a, work);
		work.fresh = false;
	}
	emit(g, isstr ? ISLICEC : ISLICEA, from, to, work);
	if (!a_same(work, dst))
		emit(g, IMOVP, work, a_none, dst);
	tmp_release(g, mark);
}

/* ------------------------------------------------------------------ channels */

void
gen_chan(Gen *g, Node *n, Addr dst)
{
	static const uint8_t ops[] = { [Vb] = INEWCB, [Vw] = INEWCW, [Vl] = INEWCL, [Vf] = INEWCF,
				       [Vp] = INEWCP, [Vm] = INEWCM, [Vmp] = INEWCMP };
	Type *t = n->ty->tof;
	Vkind k = vkind(g, t);
	int mark = tmp_mark(g);
	Addr size = a_imm(0), s = a_none;

	if (n->left)
		size = into_mid(g, n->left->ty, gen_addr(g, n->left, 0));
	if (k == Vm)
		s = a_int(g, types_size(g->l, t));
	else if (k == Vmp)
		s = a_desc(desc_of(g, t));
	emit(g, ops[k], s, size, dst);
	tmp_release(g, mark);
}

/* ---------------------------------------------------------------- assignment */

void
gen_store(Gen *g, Node *lhs, Addr src, Type *t)
{
	int mark = tmp_mark(g);
	Addr s, i;
	Decl *f;
	Node *c;

	switch (lhs->op) {
	case Onil:
		break;
	case Otuple:
		types_size(g->l, t);
		f = field_next(t->kind == Tpick ? t->tof->ids : t->ids);
		for (c = lhs->left; c; c = c->right) {
			if (!f && t->kind == Tpick)
				f = field_next(t->ids);
			if (!f)
				break;
			gen_store(g, c->left, a_off(src, f->offset), f->ty);
			f = field_next(f->next);
		}
		break;
	case Oinds:
		s = gen_addr(g, lhs->left, effects(lhs->right) ? K_INDEX : 0);
		i = into_mid(g, lhs->right->ty, gen_addr(g, lhs->right, 0));
		emit(g, IINSC, src, i, s);
		break;
	case Oslice:
		s = gen_addr(g, lhs->left, effects(lhs->right) ? K_INDEX : 0);
		i = a_imm(0);
		if (lhs->right)
			i = into_mid(g, lhs->right->ty, gen_addr(g, lhs->right, 0));
		emit(g, ISLICELA, src, i, s);
		break;
	default:
		move(g, t, src, gen_addr(g, lhs, 0));
		break;
	}
	tmp_release(g, mark);
}

/* Members of a pattern against members of a tuple constructor. */
typedef struct Pair Pair;
struct Pair {
	Node *lhs, *rhs;
	Addr val;
	bool done;
};

static int
npairs(Node *p, Node *v)
{
	Node *a, *b;
	int n = 0;

	if (p->op != Otuple || v->op != Otuple)
		return 1;
	for (a = p->left, b = v->left; a && b; a = a->right, b = b->right)
		n += npairs(a->left, b->left);
	return n;
}

static int
pairs(Node *p, Node *v, Pair *out, int n)
{
	Node *a, *b;

	if (p->op != Otuple || v->op != Otuple) {
		out[n].lhs = p;
		out[n].rhs = v;
		return n + 1;
	}
	for (a = p->left, b = v->left; a && b; a = a->right, b = b->right)
		n = pairs(a->left, b->left, out, n);
	return n;
}

/* Whether a later right side reads what lhs names. */
static bool
readlater(Gen *g, Pair *p, int i, int n, Addr a)
{
	int j;

	for (j = i + 1; j < n; j++)
		if (reads(g, p[j].rhs, a, p[i].lhs->ty))
			return true;
	return false;
}

static void
assign_pairs(Gen *g, Node *pattern, Node *tuple)
{
	int n = npairs(pattern, tuple), i, j;
	Pair *p = lalloc(g->l, (size_t)(n + 1) * sizeof *p);
	bool deferred = false, simple = true;
	Addr a;

	pairs(pattern, tuple, p, 0);
	for (i = 0; i < n; i++) {
		Node *lhs = p[i].lhs, *rhs = p[i].rhs;

		if (lhs->op == Onil) {
			gen_effect(g, rhs);
			p[i].done = true;
			continue;
		}
		if (lhs->op == Oname && (!deferred || simple)) {
			bool clash = false;

			a = gen_addr(g, lhs, 0);
			for (j = 0; j < i; j++)
				if (!p[j].done && p[j].lhs->decl == lhs->decl)
					clash = true;
			if (!clash && !readlater(g, p, i, n, a)) {
				gen_to(g, rhs, a);
				p[i].done = true;
				continue;
			}
		}
		deferred = true;
		if (lhs->op != Oname)
			simple = false;
		if (rhs->op == Oconst) {
			p[i].val = const_addr(g, rhs);
		} else {
			p[i].val = tmp_new(g, rhs->ty);
			gen_to(g, rhs, p[i].val);
		}
	}
	for (i = 0; i < n; i++)
		if (!p[i].done)
			gen_store(g, p[i].lhs, p[i].val, p[i].rhs->ty);
}

/* All leaves are variables or nil, and none is read by n. */
static bool
apart(Gen *g, Node *pattern, Node *n)
{
	Node *c;

	switch (pattern->op) {
	case Onil:
		return true;
	case Oname:
		if (pattern->decl->kind == Dglobal && n->op != Oname)
			return false;
		return !reads(g, n, gen_addr(g, pattern, 0), pattern->ty);
	case Otuple:
		for (c = pattern->left; c; c = c->right)
			if (!apart(g, c->left, n))
				return false;
		return true;
	default:
		return false;
	}
}

static bool
gen_tupas(Gen *g, Node *n, Addr *val)
{
	Node *pattern = n->left, *v = n->right;
	int mark = tmp_mark(g), inner;
	Addr a;

	if (!val && v->op == Otuple && v->ty->kind != Tpick) {
		assign_pairs(g, pattern, v);
		tmp_release(g, mark);
		return false;
	}
	if ((v->op == Oname || v->op == Odot || v->op == Oderef || v->op == Oindex || v == g->recvnode) &&
	    apart(g, pattern, v)) {
		a = gen_addr(g, v, 0);
	} else {
		a = tmp_new(g, v->ty);
		inner = tmp_mark(g);
		gen_to(g, v, a);
		tmp_release(g, inner);
	}
	gen_store(g, pattern, a, v->ty);
	if (val) {
		*val = a;
		return true;
	}
	tmp_release(g, mark);
	return false;
}

bool
gen_assign(Gen *g, Node *n, Addr *val)
{
	Node *l = n->left, *r = n->right;
	int mark = tmp_mark(g), keep;
	Addr s, i, v;

	switch (l->op) {
	case Onil:
		if (val) {
			*val = gen_addr(g, r, 0);
			return true;
		}
		gen_effect(g, r);
		return false;
	case Otuple:
		return gen_tupas(g, n, val);
	case Oinds:
		keep = effects(l->right) || effects(r) ? K_INDEX : 0;
		s = gen_addr(g, l->left, keep);
		i = into_mid(g, l->right->ty, gen_stable(g, l->right, effects(r)));
		v = gen_addr(g, r, 0);
		emit(g, IINSC, v, i, s);
		break;
	case Oslice:
		keep = effects(l->right) || effects(r) ? K_INDEX : 0;
		s = gen_addr(g, l->left, keep);
		i = a_imm(0);
		if (l->right)
			i = into_mid(g, l->right->ty, gen_stable(g, l->right, effects(r)));
		v = gen_addr(g, r, 0);
		emit(g, ISLICELA, v, i, s);
		break;
	default:
		keep = 0;
		if (effects(r)) {
			keep = K_INDEX;
			if (r->op == Ocall || r->op == Orecv)
				keep |= K_LEA;
		}
		v = gen_addr(g, l, keep);
		gen_to(g, r, v);
		break;
	}
	if (val) {
		*val = v;
		return true;
	}
	tmp_release(g, mark);
	return false;
}
