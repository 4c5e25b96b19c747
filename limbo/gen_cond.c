/*
 * Code generation: conditions, as jumps and as values.
 */
#include "limbo/gen.h"

static bool
iscompare(Op op)
{
	return op >= Oeq && op <= Oge;
}

/* Of eq ne lt le gt ge. */
static Op
negated(Op op)
{
	static const Op t[] = { One, Oeq, Oge, Ogt, Ole, Olt };

	return t[op - Oeq];
}

static Op
swapped(Op op)
{
	static const Op t[] = { Oeq, One, Ogt, Oge, Olt, Ole };

	return t[op - Oeq];
}

static int
branchop(Op op, Vkind k)
{
	static const uint8_t t[5][6] = {
		[Vb] = { IBEQB, IBNEB, IBLTB, IBLEB, IBGTB, IBGEB },
		[Vw] = { IBEQW, IBNEW, IBLTW, IBLEW, IBGTW, IBGEW },
		[Vl] = { IBEQL, IBNEL, IBLTL, IBLEL, IBGTL, IBGEL },
		[Vf] = { IBEQF, IBNEF, IBLTF, IBLEF, IBGTF, IBGEF },
		[Vp] = { IBEQC, IBNEC, IBLTC, IBLEC, IBGTC, IBGEC },
	};

	return t[k][op - Oeq];
}

/* The type by which l and r are compared. */
static Type *
compare_type(Node *l, Node *r)
{
	return l->ty->kind == Tnil ? r->ty : l->ty;
}

static void
emit_compare(Gen *g, Op op, Type *t, Addr a, Addr b, Label *to)
{
	Vkind k = vkind(g, t);

	if (k == Vp && t->kind != Tstring)
		k = Vw;
	if (k > Vp)
		k = Vw;
	if (!a_midok(b) || ((b.kind == Aimm || (b.kind == Amp && b.item->decl == NULL)) && a_midok(a) && a.kind != Aimm)) {
		if (a_midok(a)) {
			Addr x = a;

			a = b;
			b = x;
			op = swapped(op);
		} else {
			b = into_mid(g, t, b);
		}
	}
	branch(g, branchop(op, k), a, b, to);
}

/*
 * Comparison. In Limbo the result is what the opposite branch leaves over, which matters for reals: with a NaN all of
 * < <= > >= are true.
 */
static void
gen_compare(Gen *g, Node *n, bool sense, Label *to)
{
	Node *l = n->left, *r = n->right;
	Type *t = compare_type(l, r);
	int outer = tmp_mark(g), mark;
	bool isptr = types_isptr(t), viaskip;
	Addr a, b, ta = a_none, tb = a_none;
	Label *target = to, *skip = NULL;
	Op op = n->op;

	if (!isptr) {
		ta = tmp_new(g, t);
		tb = tmp_new(g, t);
	}
	mark = tmp_mark(g);
	gen_pair2(g, l, r, &a, &b);
	if (tmp_holdsptr(g, mark)) {
		if (isptr) {
			target = label_new(g);
		} else {
			if (a.kind == Aindfp || a.kind == Aindmp) {
				move(g, t, a, ta);
				a = ta;
			}
			if (b.kind == Aindfp || b.kind == Aindmp) {
				move(g, t, b, tb);
				b = tb;
			}
			tmp_release(g, mark);
		}
	}
	viaskip = t->kind == Treal && op != Oeq && op != One && sense;
	if (!sense || viaskip)
		op = negated(op);
	if (viaskip) {
		skip = label_new(g);
		emit_compare(g, op, t, a, b, skip);
		jump(g, to);
		label_place(g, skip, false);
	} else {
		emit_compare(g, op, t, a, b, target);
	}
	if (target != to)
		stub_add(g, target, to, mark);
	tmp_release(g, outer);
}

void
gen_cond(Gen *g, Node *n, bool sense, Label *to)
{
	Src src = g->src;
	Addr a, w;
	Label *skip;
	int c = const_cond(n), outer, mark;

	if (g->dead)
		return;
	set_src(g, n);
	if (c >= 0) {
		if ((c != 0) == sense)
			jump(g, to);
	} else if (n->op == Onot) {
		gen_cond(g, n->left, !sense, to);
	} else if (n->op == Oandand || n->op == Ooror) {
		/* the value that decides without the right operand */
		bool decides = n->op == Ooror;

		if (sense == decides) {
			gen_cond(g, n->left, sense, to);
			gen_cond(g, n->right, sense, to);
		} else {
			skip = label_new(g);
			gen_cond(g, n->left, decides, skip);
			gen_cond(g, n->right, sense, to);
			label_place(g, skip, false);
		}
	} else if (iscompare(n->op)) {
		gen_compare(g, n, sense, to);
	} else {
		outer = tmp_mark(g);
		w = tmp_word(g);
		mark = tmp_mark(g);
		a = gen_addr(g, n, 0);
		if (tmp_holdsptr(g, mark)) {
			move(g, n->ty, a, w);
			a = w;
			tmp_release(g, mark);
		}
		if (a_midok(a))
			branch(g, sense ? IBNEW : IBEQW, a_imm(0), a, to);
		else
			branch(g, sense ? IBNEW : IBEQW, a, a_imm(0), to);
		tmp_release(g, outer);
	}
	g->src = src;
}

/* The truth of n as 1 or 0. */
void
gen_bool(Gen *g, Node *n, Addr dst)
{
	Label *no = label_new(g), *end;
	int mark = tmp_mark(g);
	bool simple = iscompare(n->op);
	Addr a, b;

	if (const_cond(n) >= 0) {
		emit(g, IMOVW, a_imm(const_cond(n)), a_none, dst);
		return;
	}
	if (simple) {
		Type *t = compare_type(n->left, n->right);

		gen_pair2(g, n->left, n->right, &a, &b);
		if (dst.kind == Afp && !uses_slot(a, dst.slot) && !uses_slot(b, dst.slot) &&
		    (dst.slot->temp || !g->guard || !(indirect(a) || indirect(b)))) {
			if (!a_midok(a) && !a_midok(b))
				b = into_mid(g, t, b);
			emit(g, IMOVW, a_imm(0), a_none, dst);
			emit_compare(g, negated(n->op), t, a, b, no);
			emit(g, IMOVW, a_imm(1), a_none, dst);
			label_place(g, no, false);
			tmp_release(g, mark);
			return;
		}
		emit_compare(g, negated(n->op), t, a, b, no);
	} else {
		if (dst.kind == Afp && dst.slot->temp) {
			emit(g, IMOVW, a_imm(0), a_none, dst);
			gen_cond(g, n, false, no);
			emit(g, IMOVW, a_imm(1), a_none, dst);
			label_place(g, no, false);
			return;
		}
		gen_cond(g, n, false, no);
	}
	end = label_new(g);
	emit(g, IMOVW, a_imm(1), a_none, dst);
	jump(g, end);
	label_place(g, no, false);
	emit(g, IMOVW, a_imm(0), a_none, dst);
	label_place(g, end, false);
	tmp_release(g, mark);
}
