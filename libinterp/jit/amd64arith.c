/*
 * Arithmetic of integers and reals. amd64.h
 */
#include "libinterp/jit/amd64.h"

void
em_alu_v(Emit *e, Alu op, int size, int reg, Val v)
{
	switch (v.k) {
	case VREG:
		amd_alu_rr(&e->b, op, size, reg, v.reg);
		break;
	case VIMM:
		amd_alu_ri(&e->b, op, size, reg, v.imm);
		break;
	case VMEM:
		em_traps(e, &v);
		amd_alu_rm(&e->b, op, size, reg, v.m);
		break;
	}
}

void
em_alu3(Emit *e, Alu op, int class)
{
	const Inst *in = e->in;
	bool two = em_sameplace(in->mc, &in->m, in->dc, &in->d), comm = op != AluSub;
	int size = class == KB ? 4 : em_size[class], r;
	Val s = em_src(e, class), m, d;

	if (class == KB && s.k == VMEM) {
		em_ld(e, KB, RCX, s);
		s = em_regval(KB, RCX);
	}
	d = em_dst(e, class);
	if (d.k == VMEM) {
		if (two && s.k != VIMM) {
			r = em_rd(e, class, s, RCX);
			em_traps(e, &d);
			amd_alu_mr(&e->b, op, em_size[class], d.m, r);
		} else if (two) {
			em_traps(e, &d);
			amd_alu_mi(&e->b, op, em_size[class], d.m, class == KB ? (int8_t)s.imm : s.imm);
		} else {
			m = em_mid(e, class);
			if (m.k == VREG && s.k == VIMM && s.imm != INT32_MIN && (op == AluAdd || op == AluSub))
				amd_lea_rm(&e->b, size, RAX, mem_base(m.reg, op == AluAdd ? s.imm : -s.imm));
			else {
				em_ld(e, class, RAX, m);
				em_alu_v(e, op, size, RAX, s);
			}
			em_put(e, d, class, RAX);
			em_hold(e);
		}
		return;
	}
	r = d.reg;
	m = em_mid(e, class);
	if (two) {
		em_alu_v(e, op, size, r, s);
	} else if (s.k == VREG && s.reg == r) {
		if (comm) {
			if (class == KB && m.k == VMEM) {
				em_ld(e, KB, RAX, m);
				m = em_regval(KB, RAX);
			}
			em_alu_v(e, op, size, r, m);
		} else {
			em_ld(e, class, RAX, m);
			amd_alu_rr(&e->b, op, size, RAX, r);
			em_move(e, class, r, RAX);
		}
	} else if (m.k == VREG && op == AluAdd && s.k == VREG) {
		amd_lea_rm(&e->b, size, r, mem_index(m.reg, s.reg, 1, 0));
	} else if (m.k == VREG && op == AluAdd && s.k == VIMM && m.reg != r) {
		amd_lea_rm(&e->b, size, r, mem_base(m.reg, s.imm));
	} else if (m.k == VREG && op == AluSub && s.k == VIMM && m.reg != r && s.imm != INT32_MIN) {
		amd_lea_rm(&e->b, size, r, mem_base(m.reg, -s.imm));
	} else {
		if (s.trap) {
			em_ld(e, class, RCX, s);
			s = em_regval(class, RCX);
		}
		em_ld(e, class, r, m);
		em_alu_v(e, op, size, r, s);
	}
	if (class == KB && (op == AluAdd || op == AluSub))
		amd_zx_rr(&e->b, 4, 1, r, r);
	em_written(e, in->dc, &in->d, class);
}

void
em_mul3(Emit *e, int class)
{
	const Inst *in = e->in;
	int size = class == KB ? 4 : em_size[class], r;
	Val s = em_src(e, class), m, d;

	if (s.k == VMEM) {
		em_ld(e, class, RCX, s);
		s = em_regval(class, RCX);
	}
	m = em_mid(e, class);
	if (class == KB && m.k == VMEM) {
		em_ld(e, KB, RAX, m);
		m = em_regval(KB, RAX);
	}
	d = em_dst(e, class);
	r = d.k == VREG ? d.reg : RAX;
	if (s.k == VIMM) {
		if (m.k == VIMM)
			amd_mov_ri(&e->b, r, (uint32_t)((uint32_t)m.imm * (uint32_t)s.imm));
		else if (m.k == VREG)
			amd_imul_rri(&e->b, size, r, m.reg, s.imm);
		else {
			em_traps(e, &m);
			amd_imul_rmi(&e->b, size, r, m.m, s.imm);
		}
	} else if (s.reg == r) {
		if (m.k == VMEM) {
			em_traps(e, &m);
			amd_imul_rm(&e->b, size, r, m.m);
		} else
			amd_imul_rr(&e->b, size, r, em_rd(e, class, m, RAX));
	} else {
		em_ld(e, class, r, m);
		amd_imul_rr(&e->b, size, r, s.reg);
	}
	if (class == KB)
		amd_zx_rr(&e->b, 4, 1, r, r);
	if (d.k == VMEM)
		em_put(e, d, class, r);
	else
		em_written(e, in->dc, &in->d, class);
}

void
em_shift3(Emit *e, Shift op, int class)
{
	const Inst *in = e->in;
	int size = class == KB ? 4 : em_size[class], r;
	Val s = em_src(e, KW), m, d;

	if (s.k != VIMM)
		em_ld(e, KW, RCX, s);
	m = em_mid(e, class);
	d = em_dst(e, class);
	r = d.k == VREG ? d.reg : RAX;
	em_ld(e, class, r, m);
	if (s.k == VIMM)
		amd_shift_ri(&e->b, op, size, r, s.imm & (class == KL ? 63 : 31));
	else
		amd_shift_rc(&e->b, op, size, r);
	if (class == KB)
		amd_zx_rr(&e->b, 4, 1, r, r);
	if (d.k == VMEM)
		em_put(e, d, class, r);
	else
		em_written(e, in->dc, &in->d, class);
}

/* Whether nobody looks at word key u behind the instruction at pc, which is in this block. */
static bool
dead(Emit *e, int u, int32_t pc)
{
	const Set *after = &e->at[pc + 1 - e->blk->first];
	const Key *k = u >= 0 ? &e->f->k[u] : NULL;

	return k != NULL && !k->memory && !k->through && !set_has(after, u) && !set_meets(after, &k->clash) && !set_has(&e->blk->trap, u) &&
		!set_meets(&e->blk->trap, &k->clash);
}

/*
 * x >> k with the sign's copies masked out is a shift of unsigned words; or-ed with x << 32-k it is a rotation. As compilers write it:
 * shrw, andw, shlw, orw.
 */
void
em_shiftright(Emit *e)
{
	const Inst *in = e->in;
	int k = in->sc == OC_IMM ? in->s.v : 0, n = 0, t, x, u, r;
	Shift op = ShShr;
	Val m, d;

	t = in->dc == OC_FP ? fn_key(e->f, in->d.v, KW) : -1;
	if (k > 0 && k < 32 && t >= 0 && e->pc < e->blk->last && in[1].op == IANDW && in[1].sc == OC_IMM &&
	    in[1].s.v == (int32_t)((1u << (32 - k)) - 1) && in[1].dc == OC_FP && in[1].d.v == in->d.v && in[1].mc == OC_FP &&
	    in[1].m.v == in->d.v)
		n = 1;
	if (n == 0) {
		em_shift3(e, ShSar, KW);
		return;
	}
	if (e->pc + 3 <= e->blk->last && in[2].op == ISHLW && in[2].sc == OC_IMM && in[2].s.v == 32 - k && in->mc == OC_FP &&
	    in[2].mc == OC_FP && in[2].m.v == in->m.v && in[2].dc == OC_FP && in[3].op == IORW && in[3].sc == OC_FP &&
	    in[3].s.v == in[2].d.v && in[3].dc == OC_FP && in[3].d.v == in->d.v && in[3].mc == OC_FP && in[3].m.v == in->d.v) {
		x = fn_key(e->f, in->m.v, KW);
		u = fn_key(e->f, in[2].d.v, KW);
		/* Three different words that do not overlap. */
		if (x >= 0 && u >= 0 && x != t && u != t && u != x && !set_has(&e->f->k[x].clash, t) && !set_has(&e->f->k[u].clash, t) &&
		    dead(e, u, e->pc + 3)) {
			n = 3;
			op = ShRor;
		}
	}
	m = em_mid(e, KW);
	d = em_dst(e, KW);
	r = d.k == VREG ? d.reg : RAX;
	em_ld(e, KW, r, m);
	amd_shift_ri(&e->b, op, 4, r, k);
	if (d.k == VMEM)
		em_put(e, d, KW, r);
	else
		em_written(e, in->dc, &in->d, KW);
	e->pc += n;
	e->in += n;
}

/* Power of two, or -1. */
static int
log2of(int32_t v)
{
	return v > 0 && (v & (v - 1)) == 0 ? __builtin_ctz((unsigned)v) : -1;
}

void
em_divide(Emit *e, int class, bool mod)
{
	int size = em_size[class], c = RCX, k;
	Label minus = {0}, done = {0};
	Val s = em_src(e, class);

	if (s.k != VIMM)
		c = em_rd(e, class, s, RCX);
	/* An operand behind nil comes before a divisor that is zero. */
	em_ld(e, class, RAX, em_mid(e, class));
	if (s.k == VIMM && s.imm == 0) {
		amd_jmp_l(&e->b, em_leaveto(e, SITE_ZERO));
		return;
	}
	if (s.k == VIMM && (k = log2of(s.imm)) > 0 && class == KW) {
		/* Towards zero: negative values are rounded up first. */
		amd_mov_rr(&e->b, 4, RDX, RAX);
		amd_shift_ri(&e->b, ShSar, 4, RDX, 31);
		amd_shift_ri(&e->b, ShShr, 4, RDX, 32 - k);
		amd_alu_rr(&e->b, AluAdd, 4, RAX, RDX);
		if (mod) {
			amd_alu_ri(&e->b, AluAnd, 4, RAX, (int32_t)((1u << k) - 1));
			amd_alu_rr(&e->b, AluSub, 4, RAX, RDX);
		} else
			amd_shift_ri(&e->b, ShSar, 4, RAX, k);
		em_putdst(e, class, RAX);
		return;
	}
	if (s.k == VIMM) {
		em_ld(e, class, RCX, s);
	} else {
		amd_alu_rr(&e->b, AluTest, size, c, c);
		em_jcc_leave(e, CcE, SITE_ZERO);
	}
	if (s.k != VIMM || s.imm == -1) {
		amd_alu_ri(&e->b, AluCmp, size, c, -1);
		amd_jcc_short(&e->b, CcE, &minus);
	}
	amd_signrdx(&e->b, size);
	amd_un_r(&e->b, UnIdiv, size, c);
	if (mod)
		amd_mov_rr(&e->b, 8, RAX, RDX);
	if (s.k != VIMM || s.imm == -1) {
		amd_jmp_short(&e->b, &done);
		amd_bind(&e->b, &minus);
		if (mod)
			amd_zero_r(&e->b, RAX);
		else
			amd_un_r(&e->b, UnNeg, size, RAX);
		amd_bind(&e->b, &done);
	}
	em_putdst(e, class, RAX);
}

void
em_sse_v(Emit *e, Sse op, int x, Val v)
{
	if (v.k == VXMM)
		amd_sse_xx(&e->b, op, x, v.reg);
	else {
		em_traps(e, &v);
		amd_sse_xm(&e->b, op, x, v.m);
	}
}

void
em_real3(Emit *e, Sse op)
{
	const Inst *in = e->in;
	bool two = em_sameplace(in->mc, &in->m, in->dc, &in->d), comm = op == SseAddsd || op == SseMulsd;
	Val s = em_src(e, KF), d = em_dst(e, KF), m = em_mid(e, KF);
	int x = d.k == VXMM ? d.reg : XMM0;

	if (d.k == VXMM && two) {
		em_sse_v(e, op, x, s);
	} else if (d.k == VXMM && s.k == VXMM && s.reg == x) {
		if (comm) {
			/* NaNs aside, which have no identity here, the order does not matter. */
			em_sse_v(e, op, x, m);
		} else {
			em_ld(e, KF, XMM0, m);
			em_sse_v(e, op, XMM0, s);
			em_move(e, KF, x, XMM0);
		}
	} else {
		if (s.trap && d.k == VXMM) {
			em_ld(e, KF, XMM1, s);
			s = em_regval(KF, XMM1);
		}
		em_ld(e, KF, x, m);
		em_sse_v(e, op, x, s);
	}
	if (d.k == VMEM)
		em_put(e, d, KF, x);
	else
		em_written(e, in->dc, &in->d, KF);
}

void
em_negate(Emit *e)
{
	Val s = em_src(e, KF);

	if (s.k == VXMM)
		amd_movd_rx(&e->b, 8, RAX, s.reg);
	else
		em_ld(e, KL, RAX, s);
	amd_bt_ri(&e->b, BtFlip, 8, RAX, 63);
	amd_movd_xr(&e->b, 8, XMM0, RAX);
	em_putdst(e, KF, XMM0);
}

/* cvtfw, cvtfl: add or subtract a half, cut; what does not fit is rare enough for the interpreter. */
void
em_roundreal(Emit *e, int class)
{
	Label neg = {0}, done = {0};
	int size = em_size[class];

	em_ld(e, KF, XMM0, em_src(e, KF));
	amd_mov_ri(&e->b, RAX, 0x3fe0000000000000ull);
	amd_movd_xr(&e->b, 8, XMM1, RAX);
	amd_zero_r(&e->b, RAX);
	amd_movd_rx(&e->b, 8, RCX, XMM0);
	/* v >= 0 holds for -0 too: adding or subtracting then both give what is cut to 0. */
	amd_alu_rr(&e->b, AluTest, 8, RCX, RCX);
	amd_jcc_short(&e->b, CcS, &neg);
	amd_sse_xx(&e->b, SseAddsd, XMM0, XMM1);
	amd_jmp_short(&e->b, &done);
	amd_bind(&e->b, &neg);
	amd_sse_xx(&e->b, SseSubsd, XMM0, XMM1);
	amd_bind(&e->b, &done);
	amd_cvt_rx(&e->b, true, size, 8, RAX, XMM0);
	if (size == 4) {
		amd_alu_ri(&e->b, AluCmp, 4, RAX, INT32_MIN);
	} else {
		amd_mov_ri(&e->b, RCX, 1ull << 63);
		amd_alu_rr(&e->b, AluCmp, 8, RAX, RCX);
	}
	em_jcc_leave(e, CcE, SITE_INTERP);
	em_putdst(e, class, RAX);
}

void
em_toreal(Emit *e, int class)
{
	Val s = em_src(e, class), d;
	int x;

	if (s.k != VREG) {
		em_ld(e, class, RCX, s);
		s = em_regval(class, RCX);
	}
	d = em_dst(e, KF);
	x = d.k == VXMM ? d.reg : XMM0;
	amd_sse_xx(&e->b, SseXorpd, x, x);
	amd_cvt_xr(&e->b, 8, em_size[class], x, s.reg);
	if (d.k == VMEM)
		em_put(e, d, KF, x);
	else
		em_written(e, e->in->dc, &e->in->d, KF);
}

/* Moves and conversions of integers: read as class from, write as class to. */
void
em_convert(Emit *e, int from, int to)
{
	Val s = em_src(e, from), d = em_dst(e, to);
	int r;

	if (d.k == VMEM && s.k == VIMM && from == to) {
		em_traps(e, &d);
		amd_mov_mi(&e->b, em_size[to], d.m, to == KB ? (int8_t)s.imm : s.imm);
		return;
	}
	if (d.k == VMEM) {
		/* Reals in memory go as they are. */
		if (from == KF && s.k == VMEM)
			from = to = KL;
		if (from == KW && to == KL) {
			r = RCX;
			if (s.k == VIMM)
				amd_mov_ri(&e->b, RCX, (uint64_t)(int64_t)s.imm);
			else if (s.k == VREG)
				amd_sx_rr(&e->b, 8, 4, RCX, s.reg);
			else {
				em_traps(e, &s);
				amd_sx_rm(&e->b, 8, 4, RCX, s.m);
			}
		} else
			r = em_rd(e, from == KL && to == KW ? KW : from, s, from == KF ? XMM0 : RCX);
		em_put(e, d, to, r);
		return;
	}
	r = d.reg;
	if (from == KW && to == KL) {
		if (s.k == VIMM)
			amd_mov_ri(&e->b, r, (uint64_t)(int64_t)s.imm);
		else if (s.k == VREG)
			amd_sx_rr(&e->b, 8, 4, r, s.reg);
		else {
			em_traps(e, &s);
			amd_sx_rm(&e->b, 8, 4, r, s.m);
		}
	} else if (from == KL && to == KW) {
		if (s.k == VREG)
			amd_mov_rr(&e->b, 4, r, s.reg);
		else
			em_ld(e, KW, r, s);
	} else if (from == KW && to == KB) {
		if (s.k == VIMM)
			amd_mov_ri(&e->b, r, (uint8_t)s.imm);
		else if (s.k == VREG)
			amd_zx_rr(&e->b, 4, 1, r, s.reg);
		else
			em_ld(e, KB, r, s);
	} else
		em_ld(e, from, r, s);
	em_written(e, e->in->dc, &e->in->d, to);
}
