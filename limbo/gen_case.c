/*
 * Code generation: statements that choose among arms: case, pick, alt, and exception handlers; their tables.
 */
#include <stdlib.h>
#include <string.h>

#include "limbo/gen.h"

/* --------------------------------------------------------------------- tables */

static void
put_label(Gen *g, Item *it, int off, Label *lb)
{
	if (!g->dead)
		lb->refs++;
	item_init(g, it, (Init){ .kind = Ipc, .off = off, .label = lb });
}

static void
put_word(Gen *g, Item *it, int off, int64_t v)
{
	item_init(g, it, (Init){ .kind = Iword, .off = off, .ival = (int32_t)v });
}

/* The table of a goto: count, then places. The operand is the word after the count. */
static Addr
goto_table(Gen *g, Label **labels, int n)
{
	Item *it = item_new(g, desc_intern(g, 4 + 4 * n, NULL, 0), 4);
	int i;

	it->table = true;
	put_word(g, it, 0, n);
	for (i = 0; i < n; i++)
		put_label(g, it, 4 + 4 * i, labels[i]);
	return a_item(it, 4);
}

void
gen_tagcase(Gen *g, Addr tag, Label **labels, int n)
{
	Label *most = NULL;
	int i, j, count, best = 0, others;
	Addr t;

	for (i = 0; i < n && i < 64; i++) {
		count = 0;
		for (j = 0; j < n; j++)
			count += labels[j] == labels[i];
		if (count > best) {
			best = count;
			most = labels[i];
		}
	}
	others = n - best;
	if (others == 0) {
		/* only to see that it is not nil */
		t = tmp_word(g);
		emit(g, IMOVW, tag, a_none, t);
		if (most)
			jump(g, most);
	} else if (others <= 2) {
		for (i = 0; i < n; i++)
			if (labels[i] != most)
				branch(g, IBEQW, tag, a_mid(g, i), labels[i]);
		jump(g, most);
	} else {
		emit(g, IGOTO, tag, a_none, goto_table(g, labels, n));
	}
}

/* ----------------------------------------------------------------------- case */

typedef struct Range Range;
struct Range {
	int64_t lo, hi;
	Str slo, shi; /* string case; shi.s NULL: equality */
	Label *label;
};

static int
cmpstr(Str a, Str b)
{
	uint32_t n = a.n < b.n ? a.n : b.n;
	int c = n > 0 ? memcmp(a.s, b.s, n) : 0;

	if (c == 0)
		c = a.n < b.n ? -1 : a.n > b.n;
	return c;
}

static int
byvalue(const void *a, const void *b)
{
	const Range *x = a, *y = b;

	return x->lo < y->lo ? -1 : x->lo > y->lo;
}

static int
bystring(const void *a, const void *b)
{
	return cmpstr(((const Range *)a)->slo, ((const Range *)b)->slo);
}

/* Ranges of the arms, sorted, adjacent ones of an arm joined. *other: the arm of `*`. Each arm's label is in its aux. */
static Range *
ranges(Gen *g, Node *n, bool isstr, int *count, Label **other)
{
	int most = 0, k = 0, i, j;
	Node *c, *q;
	Range *r;

	for (c = n->right; c; c = c->right)
		for (q = c->left->left; q; q = q->right)
			most++;
	r = lalloc(g->l, (size_t)(most + 1) * sizeof *r);
	for (c = n->right; c; c = c->right) {
		Node *arm = c->left;
		Label *lb = label_new(g);

		arm->aux = lb;
		for (q = arm->left; q; q = q->right) {
			Node *v = q->left;

			if (v->op == Ostar) {
				*other = lb;
				continue;
			}
			r[k].label = lb;
			if (isstr) {
				r[k].slo = v->op == Orange ? v->left->str : v->str;
				if (v->op == Orange)
					r[k].shi = v->right->str;
			} else {
				r[k].lo = v->op == Orange ? v->left->ival : v->ival;
				r[k].hi = v->op == Orange ? v->right->ival : v->ival;
				if (r[k].lo > r[k].hi)
					continue;
			}
			k++;
		}
	}
	if (k > 1)
		qsort(r, (size_t)k, sizeof *r, isstr ? bystring : byvalue);
	if (!isstr) {
		for (i = j = 0; i < k; i++) {
			if (j > 0 && r[j - 1].label == r[i].label && r[j - 1].hi != INT64_MAX && r[j - 1].hi + 1 == r[i].lo)
				r[j - 1].hi = r[i].hi;
			else
				r[j++] = r[i];
		}
		k = j;
	}
	*count = k;
	return r;
}

static bool
singles(const Range *r, int n, bool isstr)
{
	int i;

	for (i = 0; i < n; i++)
		if (isstr ? r[i].shi.s != NULL : r[i].lo != r[i].hi)
			return false;
	return true;
}

static void
case_int(Gen *g, Range *r, int n, Addr v, Label *other)
{
	int64_t lo, hi;
	int i, k;
	Label **labels;
	Addr t;
	Item *it;

	/* tables hold the last value plus one, which the greatest int has not */
	if (n > 0 && r[n - 1].hi == INT32_MAX) {
		if (r[n - 1].lo == INT32_MAX)
			branch(g, IBEQW, a_int(g, r[n - 1].lo), v, r[n - 1].label);
		else
			branch(g, IBLEW, a_int(g, r[n - 1].lo), v, r[n - 1].label);
		n--;
	}
	if (n <= 2 && singles(r, n, false)) {
		for (i = 0; i < n; i++)
			branch(g, IBEQW, a_int(g, r[i].lo), v, r[i].label);
		jump(g, other);
		return;
	}
	lo = r[0].lo;
	hi = r[n - 1].hi;
	if (hi - lo + 1 >= 3 && hi - lo + 1 <= 3 * (int64_t)n) {
		t = v;
		if (lo != 0) {
			t = tmp_word(g);
			emit(g, ISUBW, a_int(g, lo), v, t);
		}
		branch(g, IBGTW, a_imm(0), t, other);
		branch(g, IBLTW, a_int(g, hi - lo), t, other);
		labels = lalloc(g->l, (size_t)(hi - lo + 1) * sizeof *labels);
		for (i = k = 0; k <= hi - lo; k++) {
			while (i < n && r[i].hi < lo + k)
				i++;
			labels[k] = r[i].lo <= lo + k ? r[i].label : other;
		}
		emit(g, IGOTO, t, a_none, goto_table(g, labels, (int)(hi - lo + 1)));
		return;
	}
	it = item_new(g, desc_intern(g, 8 + 12 * n, NULL, 0), 4);
	it->table = true;
	put_word(g, it, 0, n);
	for (i = 0; i < n; i++) {
		put_word(g, it, 4 + 12 * i, r[i].lo);
		put_word(g, it, 8 + 12 * i, r[i].hi + 1);
		put_label(g, it, 12 + 12 * i, r[i].label);
	}
	put_label(g, it, 4 + 12 * n, other);
	emit(g, ICASE, v, a_none, a_item(it, 0));
}

static void
case_big(Gen *g, Range *r, int n, Addr v, Label *other)
{
	Item *it;
	int i;

	if (n > 0 && r[n - 1].hi == INT64_MAX) {
		branch(g, r[n - 1].lo == INT64_MAX ? IBEQL : IBLEL, a_item(item_big(g, r[n - 1].lo), 0), v, r[n - 1].label);
		n--;
	}
	if (n <= 2 && singles(r, n, false)) {
		for (i = 0; i < n; i++)
			branch(g, IBEQL, a_item(item_big(g, r[i].lo), 0), v, r[i].label);
		jump(g, other);
		return;
	}
	it = item_new(g, desc_intern(g, 12 + 24 * n, NULL, 0), 8);
	it->table = true;
	put_word(g, it, 0, n);
	for (i = 0; i < n; i++) {
		item_init(g, it, (Init){ .kind = Ibig, .off = 8 + 24 * i, .ival = r[i].lo });
		item_init(g, it, (Init){ .kind = Ibig, .off = 16 + 24 * i, .ival = r[i].hi + 1 });
		put_label(g, it, 24 + 24 * i, r[i].label);
	}
	put_label(g, it, 8 + 24 * n, other);
	emit(g, ICASEL, v, a_none, a_item(it, 0));
}

static void
case_string(Gen *g, Range *r, int n, Addr v, Label *other)
{
	Map m = { .g = g };
	Item *it;
	int i;

	if (n <= 2 && a_midok(v) && singles(r, n, true)) {
		for (i = 0; i < n; i++)
			branch(g, IBEQC, r[i].slo.n > 0 ? a_item(item_string(g, r[i].slo), 0) : a_nil(g), v, r[i].label);
		jump(g, other);
		return;
	}
	for (i = 0; i < n; i++) {
		map_set(&m, 4 + 12 * i);
		map_set(&m, 8 + 12 * i);
	}
	it = item_new(g, desc_intern(g, 8 + 12 * n, m.p, m.n), 4);
	it->table = true;
	put_word(g, it, 0, n);
	for (i = 0; i < n; i++) {
		if (r[i].slo.n > 0)
			item_init(g, it, (Init){ .kind = Istring, .off = 4 + 12 * i, .str = r[i].slo });
		if (r[i].shi.s && r[i].shi.n > 0)
			item_init(g, it, (Init){ .kind = Istring, .off = 8 + 12 * i, .str = r[i].shi });
		put_label(g, it, 12 + 12 * i, r[i].label);
	}
	put_label(g, it, 4 + 12 * n, other);
	emit(g, ICASEC, v, a_none, a_item(it, 0));
}

void
gen_case(Gen *g, Node *n)
{
	Type *t = n->left->ty;
	bool isstr = t->kind == Tstring, isbig = t->kind == Tbig;
	int outer = tmp_mark(g), mark, count;
	Label *end = label_new(g), *other = end;
	Range *r = ranges(g, n, isstr, &count, &other);
	Addr v, w = a_none;
	Node *c;
	Exit x;

	if (!isstr)
		w = tmp_new(g, t);
	mark = tmp_mark(g);
	v = gen_addr(g, n->left, 0);
	if (!isstr && (tmp_holdsptr(g, mark) || !a_midok(v))) {
		move(g, t, v, w);
		v = w;
		tmp_release(g, mark);
	}
	if (isbig)
		case_big(g, r, count, v, other);
	else if (isstr)
		case_string(g, r, count, v, other);
	else
		case_int(g, r, count, v, other);
	exit_push(g, &x, n, end, NULL);
	for (c = n->right; c; c = c->right) {
		label_place(g, c->left->aux, false);
		gen_block(g, c->left->right);
		if (c->right)
			jump(g, end);
	}
	g->exits = x.outer;
	label_place(g, end, false);
	tmp_release(g, outer);
}

/* ----------------------------------------------------------------------- pick */

static bool
names(Node *n, Decl *d)
{
	for (; n && n->op == Oseq; n = n->right)
		if (names(n->left, d))
			return true;
	if (!n)
		return false;
	/* a part of the variable, or a character of it */
	if (n->op == Otuple || n->op == Odot || n->op == Oinds)
		return names(n->left, d);
	return n->op == Oname && n->decl == d;
}

bool
assigned(Node *n, Decl *d)
{
	for (; n && n->op == Oseq; n = n->right)
		if (assigned(n->left, d))
			return true;
	if (!n)
		return false;
	switch (n->op) {
	case Oas:
	case Otupas:
	case Opreinc:
	case Opredec:
	case Opostinc:
	case Opostdec:
		if (names(n->left, d))
			return true;
		break;
	default:
		if (n->op > Oas && n->op < Otupas && names(n->left, d))
			return true;
		break;
	}
	return assigned(n->left, d) || assigned(n->right, d) || assigned(node_third(n), d) ||
	       (n->op == Ofor && assigned(n->fourth, d));
}

void
gen_pick(Gen *g, Node *n)
{
	Decl *var = n->decl, *tag;
	Type *adt = var->ty->kind == Tref ? var->ty->tof : NULL;
	Node *v = n->left, *c, *q;
	int from = g->nscope, ntags = 0, i;
	Label *end = label_new(g), *other = end, **labels;
	Decl *subject;
	Exit x;

	if (adt && adt->kind == Tpick)
		adt = adt->tof;
	for (tag = adt ? adt->tags : NULL; tag; tag = tag->next)
		ntags++;
	labels = lalloc(g->l, (size_t)(ntags + 1) * sizeof *labels);
	exit_push(g, &x, n, end, NULL);
	subject = v->op == Oname && (v->decl->kind == Dlocal || v->decl->kind == Darg) ? v->decl : NULL;
	if (subject && !assigned(n->right, subject) && !assigned(n->right, var)) {
		/* the variable is just another name of the subject */
		var->aux = slot_var(g, subject);
		slot_var(g, subject)->owned = true;
	} else {
		Slot *s = slot_var(g, var);

		gen_to(g, v, a_slot(s, 0));
		if (!s->owned) {
			s->owned = true;
			GROW(g, g->scope, g->nscope, g->cscope);
			g->scope[g->nscope++] = s;
			guard_slot(g, s);
		}
	}
	for (c = n->right; c; c = c->right) {
		Label *lb = label_new(g);

		c->left->aux = lb;
		for (q = c->left->left; q; q = q->right) {
			if (q->left->op == Ostar) {
				other = lb;
				continue;
			}
			tag = q->left->decl;
			if (tag && tag->kind == Dtag && tag->tag >= 0 && tag->tag < ntags)
				labels[tag->tag] = lb;
			else
				for (tag = adt ? adt->tags : NULL; tag; tag = tag->next)
					if (tag->sym == q->left->sym && tag->tag < ntags)
						labels[tag->tag] = lb;
		}
	}
	for (i = 0; i < ntags; i++)
		if (!labels[i])
			labels[i] = other;
	/* leaving by the default without an arm must clear the variable too */
	gen_tagcase(g, a_ind(a_slot(slot_var(g, var), 0), 0), labels, ntags);
	for (c = n->right; c; c = c->right) {
		label_place(g, c->left->aux, false);
		gen_block(g, c->left->right);
		if (c->right)
			jump(g, end);
	}
	/* `break` and arms meet here, still with the variable */
	label_place(g, end, false);
	g->exits = x.outer;
	locals_clear(g, from);
	g->nscope = from;
}

/* ------------------------------------------------------------------------ alt */

typedef struct Comm Comm;
struct Comm {
	Node *guard;  /* the whole expression */
	Node *comm;   /* the Osend or Orecv in it */
	Node *arm;
	bool send;
	bool counted; /* the channel word in the table is a counted reference */
	int entry;
	Label *label;
	Addr place;   /* what is sent, or where to receive */
	bool after;   /* the rest of the guard is evaluated afterwards */
};

static Node *
find_comm(Node *n)
{
	Node *c;

	for (; n && n->op == Oseq; n = n->right)
		if ((c = find_comm(n->left)))
			return c;
	if (!n)
		return NULL;
	if (n->op == Orecv || n->op == Osend)
		return n;
	if ((c = find_comm(n->left)))
		return c;
	if ((c = find_comm(n->right)))
		return c;
	return find_comm(node_third(n));
}

static Type *
recv_type(Node *comm)
{
	return comm->ty;
}

/* Where to receive: the variable itself if the guard just assigns to one. */
static void
recv_place(Gen *g, Comm *c)
{
	Node *e = c->guard;
	Type *t = recv_type(c->comm);
	bool arr = c->comm->left->ty->kind == Tarray;

	if (e->op == Oas && e->right == c->comm && e->left->op == Oname && !(arr && packed(g, t))) {
		c->place = gen_addr(g, e->left, 0);
		return;
	}
	c->after = e != c->comm;
	if (arr && packed(g, t))
		c->place = packed_new(g, t);
	else
		c->place = tmp_new(g, t);
}

static void
alt_entry(Gen *g, Comm *c, Addr tab)
{
	Addr e = a_off(tab, 8 + 8 * c->entry), ch, v, t;
	Node *n = c->comm;
	int mark;

	if (!c->send) {
		mark = tmp_mark(g);
		ch = gen_addr(g, n->left, 0);
		emit(g, c->counted ? IMOVP : IMOVW, ch, a_none, e);
		tmp_release(g, mark);
		emit(g, ILEA, c->place, a_none, a_off(e, 4));
		return;
	}
	mark = tmp_mark(g);
	ch = gen_addr(g, n->left, 0);
	emit(g, c->counted ? IMOVP : IMOVW, ch, a_none, e);
	tmp_release(g, mark);
	t = tmp_new(g, n->right->ty);
	v = gen_addr(g, n->right, 0);
	if (v.kind == Aindmp || v.interior) {
		move(g, n->right->ty, v, t);
		v = t;
	}
	emit(g, ILEA, v, a_none, a_off(e, 4));
}

void
gen_alt(Gen *g, Node *n)
{
	int ncomm = 0, nsend = 0, k, outer = tmp_mark(g), mark, i, sends, recvs;
	Label *end = label_new(g), *other = NULL, **labels;
	unsigned eff = 0;
	Node *c, *q, *star = NULL;
	Comm *v;
	Addr tab, which;
	Map m = { .g = g };
	Exit x;

	for (c = n->right; c; c = c->right)
		for (q = c->left->left; q; q = q->right)
			ncomm++;
	v = lalloc(g->l, (size_t)(ncomm + 1) * sizeof *v);
	k = 0;
	for (c = n->right; c; c = c->right) {
		c->left->aux = NULL;
		for (q = c->left->left; q; q = q->right) {
			Node *e = q->left, *comm;

			if (e->op == Ostar) {
				star = c->left;
				continue;
			}
			comm = find_comm(e);
			if (!comm)
				continue;
			v[k].guard = e;
			v[k].comm = comm;
			v[k].arm = c->left;
			v[k].send = comm->op == Osend;
			nsend += v[k].send;
			eff |= effects(comm->left);
			if (v[k].send)
				eff |= effects(comm->right);
			k++;
		}
	}
	ncomm = k;
	exit_push(g, &x, n, end, NULL);
	if (ncomm == 0) {
		if (star)
			gen_block(g, star->right);
		label_place(g, end, false);
		g->exits = x.outer;
		return;
	}
	sends = 0;
	recvs = nsend;
	for (i = 0; i < ncomm; i++) {
		Node *ch = v[i].comm->left;

		v[i].entry = v[i].send ? sends++ : recvs++;
		v[i].label = label_new(g);
		/* a local variable keeps its channel while we wait; others may be changed by another process */
		v[i].counted = !(ch->op == Oname && (ch->decl->kind == Dlocal || ch->decl->kind == Darg) && !(eff & E_SIDE));
		for (k = 0; k < ncomm && ch->op == Oname; k++) {
			Node *e = v[k].guard;

			if (e->op == Oas && e->left->op == Oname && e->left->decl == ch->decl)
				v[i].counted = true;
		}
		if (v[i].counted)
			map_set(&m, 8 + 8 * v[i].entry);
	}
	which = tmp_word(g);
	for (i = 0; i < ncomm; i++)
		if (!v[i].send)
			recv_place(g, &v[i]);
	mark = tmp_mark(g);
	tab = tmp_shape(g, desc_intern(g, 8 + 8 * ncomm, m.p, m.n), 4);
	emit(g, IMOVW, a_int(g, nsend), a_none, tab);
	emit(g, IMOVW, a_int(g, ncomm - nsend), a_none, a_off(tab, 4));
	for (i = 0; i < ncomm; i++)
		alt_entry(g, &v[i], tab);
	emit(g, star ? INBALT : IALT, tab, a_none, which);
	tmp_release(g, mark);

	/* to the guard that was chosen */
	labels = lalloc(g->l, (size_t)(ncomm + 1) * sizeof *labels);
	for (i = 0; i < ncomm; i++)
		labels[v[i].entry] = v[i].label;
	if (star) {
		other = label_new(g);
		labels[ncomm] = other;
	}
	k = ncomm + (star ? 1 : 0);
	if (k == 1) {
		jump(g, labels[0]);
	} else if (k == 2) {
		branch(g, IBEQW, a_imm(0), which, labels[0]);
		jump(g, labels[1]);
	} else {
		emit(g, IGOTO, which, a_none, goto_table(g, labels, k));
	}

	/* the arms; the temporaries of receives are cleared on each way that used them */
	for (c = n->right; c; c = c->right) {
		Label *body = label_new(g);

		for (i = 0; i < ncomm; i++) {
			Slot *s = v[i].place.slot;
			Type *t;

			if (v[i].arm != c->left)
				continue;
			label_place(g, v[i].label, false);
			if (v[i].after) {
				Addr value = v[i].place;
				int inner = tmp_mark(g);

				t = recv_type(v[i].comm);
				if (v[i].comm->left->ty->kind == Tarray && packed(g, t)) {
					value = tmp_new(g, t);
					packed_move(g, t, v[i].place, value);
				}
				g->recvnode = v[i].comm;
				g->recvaddr = value;
				gen_effect(g, v[i].guard);
				g->recvnode = NULL;
				tmp_release(g, inner);
			}
			if (!v[i].send && v[i].place.kind == Afp && s->temp)
				tmp_clear(g, s);
			jump(g, body);
		}
		if (star == c->left)
			label_place(g, other, false);
		label_place(g, body, false);
		gen_block(g, c->left->right);
		if (c->right)
			jump(g, end);
	}
	label_place(g, end, false);
	g->exits = x.outer;
	tmp_drop(g, outer);
}

/* ----------------------------------------------------------------- exceptions */

void
guard_slot(Gen *g, Slot *s)
{
	Guard *u = g->guard;

	if (!u || s->shape->nmap == 0 || s->guard == u->serial)
		return;
	s->guard = u->serial;
	GROW(g, u->slots, u->nslots, u->cslots);
	u->slots[u->nslots++] = s;
}

static int
hlabel_cmp(const void *a, const void *b)
{
	const Hlabel *x = a, *y = b;
	uint32_t n = x->len < y->len ? x->len : y->len;
	int c;

	if (x->order != y->order)
		return x->order - y->order;
	if (x->order == 2 && x->len != y->len)
		return x->len > y->len ? -1 : 1;
	c = memcmp(x->name, y->name, n);
	if (c == 0)
		c = x->len < y->len ? -1 : x->len > y->len;
	return c;
}

void
gen_except(Gen *g, Node *n)
{
	Handler *h = lalloc(g->l, sizeof *h);
	Label *end = label_new(g);
	Guard guard = { .serial = ++g->nguards, .outer = g->guard };
	int most = 0, i;
	Node *c, *q;
	Exit x;

	h->var = slot_var(g, n->decl);
	h->var->keep = true;
	h->var->owned = h->var->written = true;
	h->fn = g->fn;
	h->from = label_new(g);
	h->to = label_new(g);
	h->from->mark = h->to->mark = true;
	guard_slot(g, h->var);

	g->guard = &guard;
	label_place(g, h->from, false);
	gen_block(g, n->left);
	/* the ways out of the block that are part of it end here; where it is left, the range must not go on */
	h->to->pc = g->ncode;
	h->to->placed = true;
	g->guard = guard.outer;
	for (i = 0; i < guard.nslots; i++)
		guard_slot(g, guard.slots[i]);
	h->clear = guard.slots;
	h->nclear = guard.nslots;
	jump(g, end);

	for (c = n->right; c; c = c->right)
		for (q = c->left->left; q; q = q->right)
			most++;
	h->labels = lalloc(g->l, (size_t)(most + 1) * sizeof *h->labels);
	for (c = n->right; c; c = c->right) {
		Label *lb = label_new(g);

		c->left->aux = lb;
		lb->refs = 1;
		for (q = c->left->left; q; q = q->right) {
			Hlabel *hl = &h->labels[h->nlabels];
			Node *e = q->left;

			if (e->op == Ostar) {
				h->wild = lb;
				continue;
			}
			hl->label = lb;
			if (e->op == Oconst) {
				hl->name = e->str.n > 0 ? e->str.s : "";
				hl->len = e->str.n;
				hl->order = e->str.n > 0 && e->str.s[e->str.n - 1] == '*' ? 2 : 1;
			} else {
				hl->name = e->decl->excname ? e->decl->excname : e->decl->sym->name;
				hl->len = (uint32_t)strlen(hl->name);
				h->nexc++;
			}
			h->nlabels++;
		}
	}
	if (h->nlabels > 1)
		qsort(h->labels, (size_t)h->nlabels, sizeof *h->labels, hlabel_cmp);
	if (h->nlabels > 65535) {
		lerror(g->l, n->src.start, "too many exception qualifiers");
		g->failed = true;
	}
	*g->lastfnhandler = h;
	g->lastfnhandler = &h->next;

	exit_push(g, &x, n, end, NULL);
	for (c = n->right; c; c = c->right) {
		label_place(g, c->left->aux, false);
		gen_block(g, c->left->right);
		if (c->right)
			jump(g, end);
	}
	g->exits = x.outer;
	label_place(g, end, false);
}
