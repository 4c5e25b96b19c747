/*
 * Code generation: expressions. Each is asked for in one of four ways: where its value is (gen_addr), computed into a
 * given place (gen_to), as a condition (gen_cond), or for its effects (gen_effect). Passing the place down is what
 * keeps moves out of the code: `x = a + b` is one instruction.
 *
 * gen_to must yield the value as if it had been computed completely before the place is written. Constructs that write
 * the place in steps ask reads() whether they would read what they have written, and early() whether a partly
 * written place could be seen after an exception; else they work in a temporary.
 */
#include "limbo/gen.h"

/* -------------------------------------------------------------------- places */

Addr
gen_deref(Gen *g, Addr p, int off, int keep)
{
	Addr t;

	if (a_direct(p) && !((keep & K_LEA) && p.kind == Amp))
		return a_ind(p, off);
	t = tmp_ptr(g);
	emit(g, IMOVP, p, a_none, t);
	return a_ind(t, off);
}

int
indexop(Vkind k)
{
	switch (k) {
	case Vb:
		return IINDB;
	case Vw:
	case Vp:
		return IINDW;
	case Vl:
		return IINDL;
	case Vf:
		return IINDF;
	default:
		return IINDX;
	}
}

Addr
gen_name(Gen *g, Decl *d)
{
	Inlined *inl = g->inl;
	int i;

	if (d->kind == Dglobal)
		return a_item(d->aux, 0);
	/* an argument of a body that stands for a call */
	if (inl && d->kind == Darg)
		for (i = 0; i < inl->nbinds; i++)
			if (inl->binds[i].arg == d)
				return inl->binds[i].at;
	return a_slot(slot_var(g, d), 0);
}

static Addr
gen_index(Gen *g, Node *n, int keep)
{
	Addr at = tmp_word(g), arr, idx, p;
	int mark;

	arr = gen_stable(g, n->left, effects(n->right));
	if (keep && arr.kind != Afp) {
		p = tmp_ptr(g);
		emit(g, IMOVP, arr, a_none, p);
		arr = p;
	}
	mark = tmp_mark(g);
	idx = gen_addr(g, n->right, 0);
	emit(g, indexop(vkind(g, n->ty)), arr, at, idx);
	tmp_release(g, mark);
	at = a_ind(at, 0);
	at.interior = true;
	return at;
}

/* m->x, a variable of another module: word 0 of what m refers to is the address of its data. */
static Addr
gen_mdata(Gen *g, Node *n, int keep)
{
	Addr at = tmp_word(g), m, p;

	use_data(g, n);
	m = gen_addr(g, n->left, 0);
	if (keep && m.kind != Afp) {
		p = tmp_ptr(g);
		emit(g, IMOVP, m, a_none, p);
		m = p;
	}
	m = gen_deref(g, m, 0, 0);
	emit(g, IMOVW, m, a_none, at);
	at = a_ind(at, n->decl->offset);
	at.interior = true;
	return at;
}

static void gen_opas(Gen *g, Node *n, Addr *val);
static void gen_incdec(Gen *g, Node *n, Addr *old, Addr *val);
static bool gen_into(Gen *g, Node *n, Addr dst);

Addr
gen_addr(Gen *g, Node *n, int keep)
{
	Addr a, t;
	int mark;

	switch (n->op) {
	case Oconst:
		return const_addr(g, n);
	case Oname:
		return gen_name(g, n->decl);
	case Odot:
		types_size(g->l, n->left->ty);
		a = gen_addr(g, n->left, keep);
		return a_off(a, n->decl->offset);
	case Oderef:
		a = gen_addr(g, n->left, keep);
		return gen_deref(g, a, 0, keep);
	case Otagof:
		a = gen_addr(g, n->left, keep);
		return gen_deref(g, a, 0, keep);
	case Oindex:
		return gen_index(g, n, keep);
	case Omdot:
		if (n->decl->kind != Dfn)
			return gen_mdata(g, n, keep);
		break;
	case Oas:
	case Otupas:
	case Osliceas:
		if (gen_assign(g, n, &a))
			return a;
		return a_nil(g);
	case Oaddas:
	case Osubas:
	case Omulas:
	case Odivas:
	case Omodas:
	case Oexpas:
	case Oandas:
	case Ooras:
	case Oxoras:
	case Olshas:
	case Orshas:
		gen_opas(g, n, &a);
		return a;
	case Opreinc:
	case Opredec:
		gen_incdec(g, n, NULL, &a);
		return a;
	case Orecv:
		if (n == g->recvnode)
			return g->recvaddr;
		break;
	default:
		break;
	}
	t = tmp_new(g, n->ty);
	mark = tmp_mark(g);
	gen_to(g, n, t);
	tmp_release(g, mark);
	return t;
}

Addr
gen_stable(Gen *g, Node *n, unsigned later)
{
	Addr a, t;
	int mark;

	if (!later || n->op == Oconst || n->op == Oname)
		return gen_addr(g, n, 0);
	t = tmp_new(g, n->ty);
	mark = tmp_mark(g);
	a = gen_addr(g, n, 0);
	if (!a.interior)
		return a; /* t is not used and costs nothing */
	move(g, n->ty, a, t);
	tmp_release(g, mark);
	return t;
}

static void
pair(Gen *g, Node *l, Node *r, Addr *a, Addr *b, bool rightfirst)
{
	if (rightfirst) {
		*b = gen_stable(g, r, effects(l));
		*a = gen_addr(g, l, 0);
	} else {
		*a = gen_stable(g, l, effects(r));
		*b = gen_addr(g, r, 0);
	}
}

void
gen_pair(Gen *g, Node *l, Node *r, Addr *a, Addr *b)
{
	pair(g, l, r, a, b, weight(r) > weight(l));
}

void
gen_pair2(Gen *g, Node *l, Node *r, Addr *a, Addr *b)
{
	pair(g, l, r, a, b, weight(r) >= weight(l));
}

/* ---------------------------------------------------------------- arithmetic */

/* The instruction for op on values of kind k, or 0. Strings: k is Vp. */
static int
opcode(Op op, Vkind k)
{
	static const struct {
		Op op;
		uint8_t code[5]; /* Vb Vw Vl Vf, string */
	} tab[] = {
		{ Oadd, { IADDB, IADDW, IADDL, IADDF, IADDC } },
		{ Osub, { ISUBB, ISUBW, ISUBL, ISUBF, 0 } },
		{ Omul, { IMULB, IMULW, IMULL, IMULF, 0 } },
		{ Odiv, { IDIVB, IDIVW, IDIVL, IDIVF, 0 } },
		{ Omod, { IMODB, IMODW, IMODL, 0, 0 } },
		{ Oexp, { 0, IEXPW, IEXPL, IEXPF, 0 } },
		{ Oand, { IANDB, IANDW, IANDL, 0, 0 } },
		{ Oor, { IORB, IORW, IORL, 0, 0 } },
		{ Oxor, { IXORB, IXORW, IXORL, 0, 0 } },
		{ Olsh, { ISHLB, ISHLW, ISHLL, 0, 0 } },
		{ Orsh, { ISHRB, ISHRW, ISHRL, 0, 0 } },
	};
	unsigned i;

	if (k > Vp)
		return 0;
	for (i = 0; i < sizeof tab / sizeof *tab; i++)
		if (tab[i].op == op)
			return tab[i].code[k];
	return 0;
}

static bool
commutes(Op op, Type *t)
{
	if (t->kind == Tstring)
		return false;
	return op == Oadd || op == Omul || op == Oand || op == Oor || op == Oxor;
}

/* Whether dst can hold an intermediate value while `other` is evaluated. */
static bool
canhold(Gen *g, Addr dst, Node *other, Type *t)
{
	if (dst.kind != Afp)
		return false;
	if (dst.slot->temp)
		return true;
	if (dst.slot->fixed && dst.slot->off < DIS_FRAME_ARGS)
		return false;
	return !reads(g, other, dst, t) && (!g->guard || other->op == Oconst || other->op == Oname);
}

bool
uses_slot(Addr a, Slot *s)
{
	return (a.kind == Afp || a.kind == Aindfp) && a.slot == s;
}

/* dst = a op b, once the operands are where they are; code takes b, a. */
static void
combine(Gen *g, int code, bool comm, Type *lt, Addr a, Addr b, Addr dst)
{
	if (a_same(a, dst)) {
		emit(g, code, b, a_none, dst);
	} else if (comm && a_same(b, dst)) {
		emit(g, code, a, a_none, dst);
	} else if (comm && a.kind == Aimm && a_midok(b)) {
		emit(g, code, a, b, dst);
	} else if (a_midok(a)) {
		emit(g, code, b, a, dst);
	} else if (comm && a_midok(b)) {
		emit(g, code, a, b, dst);
	} else if (dst.kind == Afp && (dst.slot->temp || !g->guard) && !uses_slot(b, dst.slot) && !uses_slot(a, dst.slot)) {
		move(g, lt, a, dst);
		emit(g, code, b, a_none, dst);
	} else {
		emit(g, code, b, into_mid(g, lt, a), dst);
	}
}

static void
gen_arith(Gen *g, Node *n, Addr dst)
{
	Node *l = n->left, *r = n->right;
	Vkind k = vkind(g, n->ty);
	int code = opcode(n->op, k), mark = tmp_mark(g);
	bool comm = commutes(n->op, n->ty), heavy;
	Addr a, b;

	if (n->op == Osub && same_var(l, r)) {
		a = k == Vw ? a_imm(0) : k == Vb ? a_item(item_byte(g, 0), 0) : k == Vl ? a_item(item_big(g, 0), 0) :
			a_item(item_real(g, 0.0), 0);
		move(g, n->ty, a, dst);
		return;
	}
	heavy = weight(r) > weight(l);
	if (!isplace(l) && canhold(g, dst, r, n->ty)) {
		if (heavy && !isplace(r)) {
			b = gen_addr(g, r, 0);
			gen_to(g, l, dst);
		} else {
			gen_to(g, l, dst);
			b = gen_addr(g, r, 0);
		}
		emit(g, code, b, a_none, dst);
	} else if (isplace(l) && !isplace(r) && (heavy || weight(l) == 0) && r->ty->kind == n->ty->kind &&
		   canhold(g, dst, l, n->ty)) {
		gen_to(g, r, dst);
		a = gen_addr(g, l, 0);
		if (comm)
			emit(g, code, a, a_none, dst);
		else
			emit(g, code, dst, into_mid(g, l->ty, a), dst);
	} else {
		gen_pair(g, l, r, &a, &b);
		combine(g, code, comm, l->ty, a, b, dst);
	}
	tmp_release(g, mark);
}

/* `left op= right`; *val is the place of left. */
static void
gen_opas(Gen *g, Node *n, Addr *val)
{
	Op op = Oadd + (n->op - Oaddas);
	Node *l = n->left, *r = n->right;
	Addr s, i, a, b, t;
	Vkind k;
	int mark;

	if (l->op == Oinds) {
		t = tmp_word(g);
		mark = tmp_mark(g);
		s = gen_addr(g, l->left, effects(l->right) || effects(r) ? K_INDEX : 0);
		i = gen_addr(g, l->right, 0);
		if (!a_midok(i) || effects(r)) {
			a = tmp_word(g);
			move(g, l->right->ty, i, a);
			i = a;
		}
		b = gen_addr(g, r, 0);
		emit(g, IINDC, s, i, t);
		emit(g, opcode(op, Vw), b, a_none, t);
		emit(g, IINSC, t, i, s);
		tmp_release(g, mark);
		*val = t;
		return;
	}
	k = vkind(g, l->ty);
	a = gen_addr(g, l, effects(r) ? K_INDEX : 0);
	mark = tmp_mark(g);
	b = gen_addr(g, r, 0);
	if (l->ty->kind == Tfixed && (op == Omul || op == Odiv))
		gen_fixop(g, op, l->ty, l->ty, r->ty, a, b, a);
	else
		emit(g, opcode(op, k), b, a_none, a);
	tmp_release(g, mark);
	*val = a;
}

static Addr
one(Gen *g, Vkind k)
{
	switch (k) {
	case Vb:
		return a_item(item_byte(g, 1), 0);
	case Vl:
		return a_item(item_big(g, 1), 0);
	case Vf:
		return a_item(item_real(g, 1.0), 0);
	default:
		return a_imm(1);
	}
}

/* ++ and --. *old (if wanted, a place already) receives the value before, *val the place after. */
static void
gen_incdec(Gen *g, Node *n, Addr *old, Addr *val)
{
	bool inc = n->op == Opreinc || n->op == Opostinc;
	Node *l = n->left;
	Vkind k = vkind(g, l->ty);
	int code = opcode(inc ? Oadd : Osub, k);
	Addr a, i, t, s;
	int mark;

	if (l->op == Oinds) {
		t = tmp_word(g);
		mark = tmp_mark(g);
		s = gen_addr(g, l->left, effects(l->right) ? K_INDEX : 0);
		i = into_mid(g, l->right->ty, gen_addr(g, l->right, 0));
		emit(g, IINDC, s, i, t);
		if (old)
			emit(g, IMOVW, t, a_none, *old);
		emit(g, inc ? IADDW : ISUBW, a_imm(1), a_none, t);
		emit(g, IINSC, t, i, s);
		tmp_release(g, mark);
		*val = t;
		return;
	}
	a = gen_addr(g, l, 0);
	if (old)
		move(g, l->ty, a, *old);
	emit(g, code, one(g, k), a_none, a);
	*val = a;
}

/* -------------------------------------------------------------- conversions */

static void
gen_cast(Gen *g, Node *n, Addr dst)
{
	static const uint8_t direct[5][5] = {
		/* to:	    b	     w	      l	       f	string */
		[Vb] = { IMOVB, ICVTBW, 0, 0, 0 },
		[Vw] = { ICVTWB, IMOVW, ICVTWL, ICVTWF, ICVTWC },
		[Vl] = { 0, ICVTLW, IMOVL, ICVTLF, ICVTLC },
		[Vf] = { 0, ICVTFW, ICVTFL, IMOVF, ICVTFC },
		[Vp] = { 0, ICVTCW, ICVTCL, ICVTCF, IMOVP },
	};
	Type *from = n->left->ty, *to = n->ty;
	Vkind f = vkind(g, from), k = vkind(g, to);
	int mark = tmp_mark(g), code;
	Addr a, t;

	if (from->kind == Tfixed || to->kind == Tfixed) {
		a = gen_addr(g, n->left, 0);
		gen_fixcast(g, from, to, a, dst);
		tmp_release(g, mark);
		return;
	}
	if (to->kind == Tarray && from->kind == Tstring) {
		emit(g, ICVTCA, gen_addr(g, n->left, 0), a_none, dst);
		tmp_release(g, mark);
		return;
	}
	if (to->kind == Tstring && from->kind == Tarray) {
		emit(g, ICVTAC, gen_addr(g, n->left, 0), a_none, dst);
		tmp_release(g, mark);
		return;
	}
	if (f > Vp || k > Vp || (f == Vp && from->kind != Tstring) || (k == Vp && to->kind != Tstring)) {
		/* between types of one representation */
		gen_to(g, n->left, dst);
		return;
	}
	code = direct[f][k];
	if (f == k) {
		gen_to(g, n->left, dst);
		return;
	}
	if (code) {
		a = gen_addr(g, n->left, 0);
		emit(g, code, a, a_none, dst);
	} else {
		/* by way of a word */
		t = tmp_word(g);
		a = gen_addr(g, n->left, 0);
		emit(g, direct[f][Vw], a, a_none, t);
		emit(g, direct[Vw][k], t, a_none, dst);
	}
	tmp_release(g, mark);
}

/* ------------------------------------------------------------ communications */

bool
packed(Gen *g, Type *tuple)
{
	Type *elem = tuple->ids->next->ty;
	Vkind k = vkind(g, elem);

	if (k != Vm && k != Vmp)
		return false;
	types_size(g->l, elem);
	return elem->align == 8;
}

Addr
packed_new(Gen *g, Type *tuple)
{
	Type *elem = tuple->ids->next->ty;
	Map m = { .g = g };

	map_type(&m, elem, 4);
	return tmp_shape(g, desc_intern(g, 4 + types_size(g->l, elem), m.p, m.n), 8);
}

void
packed_move(Gen *g, Type *tuple, Addr src, Addr dst)
{
	types_size(g->l, tuple);
	emit(g, IMOVW, src, a_none, a_off(dst, tuple->ids->offset));
	move(g, tuple->ids->next->ty, a_off(src, 4), a_off(dst, tuple->ids->next->offset));
}

/* An address that stays what it is while the process waits. */
static bool
waitable(Addr a)
{
	return a.kind != Aindmp;
}

void
gen_recv(Gen *g, Node *n, Addr dst)
{
	Node *c = n->left;
	int mark = tmp_mark(g);
	Addr ch, place = dst, tab, which;

	if (n == g->recvnode) {
		move(g, n->ty, g->recvaddr, dst);
		return;
	}
	if (c->ty->kind == Tchan) {
		if (!waitable(dst))
			place = tmp_new(g, n->ty);
		ch = gen_addr(g, c, 0);
		emit(g, IRECV, ch, a_none, place);
		move(g, n->ty, place, dst);
	} else {
		bool counted;
		Map m = { .g = g };

		if (packed(g, n->ty))
			place = packed_new(g, n->ty);
		else if (!waitable(dst))
			place = tmp_new(g, n->ty);
		ch = gen_addr(g, c, 0);
		counted = ch.kind != Afp;
		if (counted)
			map_set(&m, 8);
		tab = tmp_shape(g, desc_intern(g, 16, m.p, m.n), 4);
		which = tmp_word(g);
		emit(g, IMOVW, a_imm(0), a_none, tab);
		emit(g, IMOVW, a_imm(1), a_none, a_off(tab, 4));
		emit(g, counted ? IMOVP : IMOVW, ch, a_none, a_off(tab, 8));
		emit(g, ILEA, place, a_none, a_off(tab, 12));
		emit(g, IALT, tab, a_none, which);
		if (packed(g, n->ty))
			packed_move(g, n->ty, place, dst);
		else
			move(g, n->ty, place, dst);
	}
	tmp_release(g, mark);
}

static void
gen_send(Gen *g, Node *n, Addr *val)
{
	Addr ch, v, t;
	int mark;

	t = tmp_new(g, n->right->ty);
	mark = tmp_mark(g);
	gen_pair(g, n->left, n->right, &ch, &v);
	/* the value is read when a receiver comes: it must be in a place that lasts */
	if (v.kind == Aindmp || v.interior || (v.kind == Aimm && n->right->ty->kind != Tint && n->right->ty->kind != Tfixed)) {
		move(g, n->right->ty, v, t);
		v = t;
	}
	emit(g, ISEND, v, a_none, ch);
	if (val)
		*val = v;
	else
		tmp_release(g, mark);
}

/* ---------------------------------------------------------------- everything */

void
set_src(Gen *g, Node *n)
{
	if (n->src.start.line && !g->inl)
		g->src = n->src;
}

static void
gen_unary(Gen *g, Node *n, Addr dst)
{
	Vkind k = vkind(g, n->ty);
	int mark = tmp_mark(g);
	Addr a = gen_addr(g, n->left, 0), c;

	if (n->op == Oneg) {
		switch (k) {
		case Vb:
			emit(g, ISUBB, a, a_item(item_byte(g, 0), 0), dst);
			break;
		case Vl:
			emit(g, ISUBL, a, a_item(item_big(g, 0), 0), dst);
			break;
		case Vf:
			emit(g, INEGF, a, a_none, dst);
			break;
		default:
			emit(g, ISUBW, a, a_imm(0), dst);
			break;
		}
	} else {
		switch (k) {
		case Vb:
			c = a_item(item_byte(g, 0xff), 0);
			break;
		case Vl:
			c = a_item(item_big(g, -1), 0);
			break;
		default:
			c = a_imm(-1);
			break;
		}
		combine(g, opcode(Oxor, k), true, n->ty, a, c, dst);
	}
	tmp_release(g, mark);
}

static void
gen_head(Gen *g, Node *n, Addr dst)
{
	static const uint8_t ops[] = { [Vb] = IHEADB, [Vw] = IHEADW, [Vl] = IHEADL, [Vf] = IHEADF,
				       [Vp] = IHEADP, [Vm] = IHEADM, [Vmp] = IHEADMP };
	Vkind k = vkind(g, n->ty);
	int mark = tmp_mark(g);
	Addr l = gen_addr(g, n->left, 0), m = a_none;

	if (k == Vm)
		m = a_mid(g, types_size(g->l, n->ty));
	else if (k == Vmp)
		m = a_desc(desc_of(g, n->ty));
	emit(g, ops[k], l, m, dst);
	tmp_release(g, mark);
}

/* Values that are made by one or more instructions; false if n is not of that sort. */
static bool
gen_into(Gen *g, Node *n, Addr dst)
{
	int mark = tmp_mark(g);
	Addr a, b;

	switch (n->op) {
	case Oadd:
	case Osub:
	case Omod:
	case Oexp:
	case Oand:
	case Oor:
	case Oxor:
	case Olsh:
	case Orsh:
		gen_arith(g, n, dst);
		break;
	case Omul:
	case Odiv:
		if (n->ty->kind != Tfixed)
			gen_arith(g, n, dst);
		else if (n->op == Omul)
			gen_fixmul(g, n->ty, n->left, n->right, dst);
		else
			gen_fixdiv(g, n->ty, n->left, n->right, dst);
		break;
	case Oneg:
	case Ocomp:
		gen_unary(g, n, dst);
		break;
	case Oeq:
	case One:
	case Olt:
	case Ole:
	case Ogt:
	case Oge:
	case Oandand:
	case Ooror:
		gen_bool(g, n, dst);
		break;
	case Onot:
		gen_bool(g, n, dst);
		break;
	case Opostinc:
	case Opostdec:
		gen_incdec(g, n, &dst, &a);
		tmp_release(g, mark);
		break;
	case Ocast:
		gen_cast(g, n, dst);
		break;
	case Olen:
		a = gen_addr(g, n->left, 0);
		emit(g, n->left->ty->kind == Tstring ? ILENC : n->left->ty->kind == Tlist ? ILENL : ILENA, a, a_none, dst);
		tmp_release(g, mark);
		break;
	case Ohd:
		gen_head(g, n, dst);
		break;
	case Otl:
		a = gen_addr(g, n->left, 0);
		emit(g, ITAIL, a, a_none, dst);
		tmp_release(g, mark);
		break;
	case Oinds:
		gen_pair(g, n->left, n->right, &a, &b);
		emit(g, IINDC, a, into_mid(g, n->right->ty, b), dst);
		tmp_release(g, mark);
		break;
	case Ocons:
		gen_cons(g, n, dst);
		break;
	case Olistinit:
		gen_list(g, n, dst);
		break;
	case Oslice:
		gen_slice(g, n, dst);
		break;
	case Otuple:
		gen_tuple(g, n, dst);
		break;
	case Oref:
		gen_ref(g, n, dst);
		break;
	case Oarray:
		gen_array(g, n, dst);
		break;
	case Oarrinit:
		gen_arrinit(g, n, dst);
		break;
	case Ochan:
		gen_chan(g, n, dst);
		break;
	case Oload:
		gen_load(g, n, dst);
		break;
	case Ofnref:
		gen_fnref(g, n, dst);
		break;
	case Ocall:
		gen_call(g, n, dst, false);
		break;
	case Orecv:
		gen_recv(g, n, dst);
		break;
	case Osend:
		gen_send(g, n, &a);
		move(g, n->ty, a, dst);
		tmp_release(g, mark);
		break;
	default:
		return false;
	}
	return true;
}

void
gen_to(Gen *g, Node *n, Addr dst)
{
	Src src = g->src;
	int mark;
	Addr a;

	if (g->dead)
		return;
	set_src(g, n);
	if (!gen_into(g, n, dst)) {
		mark = tmp_mark(g);
		a = gen_addr(g, n, 0);
		move(g, n->ty, a, dst);
		tmp_release(g, mark);
	}
	g->src = src;
}

void
gen_effect(Gen *g, Node *n)
{
	Src src = g->src;
	int mark = tmp_mark(g);
	Addr a;

	if (g->dead)
		return;
	set_src(g, n);
	switch (n->op) {
	case Oconst:
	case Oname:
	case Ofnref:
		break;
	case Oas:
	case Otupas:
	case Osliceas:
		gen_assign(g, n, NULL);
		break;
	case Osend:
		gen_send(g, n, NULL);
		break;
	case Opostinc:
	case Opostdec:
		gen_incdec(g, n, NULL, &a);
		break;
	case Ocall:
		if (!n->ty || n->ty->kind == Tnone) {
			gen_call(g, n, a_none, false);
			break;
		}
		gen_addr(g, n, 0);
		break;
	default:
		gen_addr(g, n, 0);
		break;
	}
	tmp_release(g, mark);
	g->src = src;
}
