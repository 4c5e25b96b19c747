/*
 * Jumps inside a function: branches, case and goto. amd64.h
 */
#include "libinterp/jit/amd64.h"

void
em_jumpto(Emit *e, int32_t pc)
{
	amd_jmp_l(&e->b, em_labelof(e, pc));
}

/* Backward jumps take from the turn. */
void
em_budget(Emit *e)
{
	int32_t far = em_back(e);

	if (far <= 0)
		return;
	amd_alu_ri(&e->b, AluSub, 4, R14, far);
	em_jcc_leave(e, CcB, SITE_QUANTUM);
}

void
em_branchto(Emit *e, Cc cc)
{
	int32_t to = e->pc + e->in->d.v;

	if (em_isnext(e, to) && e->pc + 1 != to) {
		amd_jcc_l(&e->b, cc ^ 1, em_labelof(e, e->pc + 1));
		return;
	}
	amd_jcc_l(&e->b, cc, em_labelof(e, to));
	if (!em_isnext(e, e->pc + 1))
		em_jumpto(e, e->pc + 1);
}

Cc
em_swapped(Cc cc)
{
	switch (cc) {
	case CcL:
		return CcG;
	case CcG:
		return CcL;
	case CcLE:
		return CcGE;
	case CcGE:
		return CcLE;
	case CcB:
		return CcA;
	case CcA:
		return CcB;
	case CcBE:
		return CcAE;
	case CcAE:
		return CcBE;
	default:
		return cc;
	}
}

void
em_branch(Emit *e, int class, Cc cc)
{
	int size = em_size[class], r;
	Val s, m;

	em_edges(e);
	em_budget(e);
	s = em_src(e, class);
	m = em_mid(e, class);
	if (s.k == VIMM && m.k != VIMM) {
		Val t = s;

		s = m;
		m = t;
		cc = em_swapped(cc);
	}
	if (s.k == VMEM && m.k == VREG) {
		em_traps(e, &s);
		amd_alu_mr(&e->b, AluCmp, size, s.m, m.reg);
	} else if (s.k == VMEM && m.k == VIMM) {
		em_traps(e, &s);
		amd_alu_mi(&e->b, AluCmp, size, s.m, class == KB ? (int8_t)m.imm : m.imm);
	} else {
		r = em_rd(e, class, s, RCX);
		if (m.k == VIMM && m.imm == 0)
			amd_alu_rr(&e->b, AluTest, size, r, r);
		else if (m.k == VIMM && class == KB)
			amd_alu_ri(&e->b, AluCmp, 4, r, m.imm);
		else
			em_alu_v(e, AluCmp, size, r, m);
	}
	em_branchto(e, cc);
}

void
em_branchreal(Emit *e, int op)
{
	int32_t to = e->pc + e->in->d.v;
	Label no = {0};
	Val s, m;

	em_edges(e);
	em_budget(e);
	s = em_src(e, KF);
	m = em_mid(e, KF);
	switch (op) {
	case IBEQF:
	case IBNEF:
		em_sse_v(e, SseUcomisd, em_rd(e, KF, s, XMM0), m);
		if (op == IBEQF) {
			amd_jcc_l(&e->b, CcP, &no);
			amd_jcc_l(&e->b, CcE, em_labelof(e, to));
			amd_bind(&e->b, &no);
		} else {
			amd_jcc_l(&e->b, CcP, em_labelof(e, to));
			amd_jcc_l(&e->b, CcNE, em_labelof(e, to));
		}
		break;
	case IBLTF:
	case IBLEF:
		em_sse_v(e, SseComisd, em_rd(e, KF, m, XMM0), s);
		amd_jcc_l(&e->b, op == IBLTF ? CcA : CcAE, em_labelof(e, to));
		break;
	default:
		em_sse_v(e, SseComisd, em_rd(e, KF, s, XMM0), m);
		amd_jcc_l(&e->b, op == IBGTF ? CcA : CcAE, em_labelof(e, to));
	}
	if (!em_isnext(e, e->pc + 1))
		em_jumpto(e, e->pc + 1);
}

typedef struct Range {
	int32_t lo, hi, pc;
} Range;

static void
search(Emit *e, const Range *r, int n, int32_t other)
{
	Label less = {0};
	int k = n / 2;

	if (n == 0) {
		em_jumpto(e, other);
		return;
	}
	amd_alu_ri(&e->b, AluCmp, 4, RAX, r[k].lo);
	if (r[k].hi == r[k].lo + 1)
		amd_jcc_l(&e->b, CcE, &e->label[e->f->bix[r[k].pc - e->f->lo]]);
	amd_jcc_l(&e->b, CcL, &less);
	if (r[k].hi <= r[k].lo)
		em_jumpto(e, r[k].pc);
	else {
		if (r[k].hi != r[k].lo + 1) {
			amd_alu_ri(&e->b, AluCmp, 4, RAX, r[k].hi);
			amd_jcc_l(&e->b, CcL, &e->label[e->f->bix[r[k].pc - e->f->lo]]);
		}
		search(e, r + k + 1, n - k - 1, other);
	}
	amd_bind(&e->b, &less);
	search(e, r, k, other);
}

/* Jump to the eax'th of n pcs. */
static void
through(Emit *e, const int32_t *to, int32_t n)
{
	Label table = {0};
	int32_t i;

	amd_lea_rm(&e->b, 8, RCX, mem_label(&table));
	amd_jmp_m(&e->b, mem_index(RCX, RAX, 8, 0));
	codebuf_alignzero(&e->b, 8);
	amd_bind(&e->b, &table);
	for (i = 0; i < n; i++)
		amd_data_address(&e->b, em_labelof(e, to[i]));
}

/* goto: what lies outside of the table is left to the interpreter. */
void
em_dispatch(Emit *e)
{
	const Aword *t = ref2ptr(e->f->c->image + (uint32_t)e->in->d.v);
	int32_t n = t[-1], *to = malloc((size_t)n * sizeof *to);

	if (to == NULL) {
		e->nomem = true;
		return;
	}
	memcpy(to, t, (size_t)n * sizeof *to);
	em_edges(e);
	em_budget(e);
	em_ld(e, KW, RAX, em_src(e, KW));
	amd_alu_ri(&e->b, AluCmp, 4, RAX, n);
	em_jcc_leave(e, CcAE, SITE_INTERP);
	through(e, to, n);
	free(to);
}

/* Tables are taken as they are in the file: what a program writes over its own has no effect here. */
void
em_choose(Emit *e)
{
	Code *c = e->f->c;
	const Aword *t = ref2ptr(c->image + (uint32_t)e->in->d.v);
	int32_t n = t[0], i, other = t[1 + (size_t)n * 3], v;
	Range *r = calloc((size_t)n + 1, sizeof *r);
	int32_t *to;
	int64_t span;
	int k;

	em_edges(e);
	em_budget(e);
	if (r == NULL) {
		e->nomem = true;
		return;
	}
	for (i = 0; i < n; i++)
		r[i] = (Range){t[1 + i * 3], t[2 + i * 3], t[3 + i * 3]};
	em_ld(e, KW, RAX, em_src(e, KW));
	span = n > 0 ? (int64_t)r[n - 1].hi - r[0].lo : 0;
	if (n < 4 || span > n * 8 || span > 4096 || span <= 0) {
		search(e, r, n, other);
		free(r);
		return;
	}
	if (r[0].lo != 0)
		amd_alu_ri(&e->b, AluSub, 4, RAX, r[0].lo);
	amd_alu_ri(&e->b, AluCmp, 4, RAX, (int32_t)span);
	amd_jcc_l(&e->b, CcAE, em_labelof(e, other));
	to = malloc((size_t)span * sizeof *to);
	if (to == NULL) {
		e->nomem = true;
		free(r);
		return;
	}
	for (k = 0, v = r[0].lo; v - r[0].lo < (int32_t)span; v++) {
		while (k < n && r[k].hi <= v && r[k].hi > r[k].lo)
			k++;
		to[v - r[0].lo] = k < n && v >= r[k].lo ? r[k].pc : other;
	}
	through(e, to, (int32_t)span);
	free(to);
	free(r);
}
