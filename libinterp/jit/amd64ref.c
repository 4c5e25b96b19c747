/*
 * References and what is behind them: counts, lists, arrays, strings. amd64.h
 */
#include "libinterp/jit/amd64.h"

/* Count what reg refers to. */
void
em_count(Emit *e, int reg)
{
	Label nil = {0};
	Cold *c;

	amd_alu_ri(&e->b, AluCmp, 4, reg, -1);
	amd_jcc_short(&e->b, CcE, &nil);
	/* What is no reference at all is left to the interpreter; nothing has been changed yet. */
	em_trap(e, SITE_INTERP);
	amd_alu_mi(&e->b, AluAdd, 4, mem_base(reg, -8), 1);
	amd_alu_mi(&e->b, AluCmp, 1, PROG(jit.marking), 0);
	c = em_cold(e, CSHADE);
	c->reg = reg;
	amd_jcc_l(&e->b, CcNE, &c->at);
	amd_bind(&e->b, &c->back);
	amd_bind(&e->b, &nil);
}

/* There is a block at hand for a new object of t, or fn is called. take: eax is that object, of which nothing is set. */
static Cold *
block(Emit *e, Type *t, Type *arg, const void *fn)
{
	Cold *c = em_cold(e, CALLOC);

	c->t = arg;
	c->fn = fn;
	c->snap = em_snap(e, &e->at[e->pc - e->blk->first], e->pc, false, &c->nsnap);
	if (t == NULL || t->quick == NQUICK) {
		amd_jmp_l(&e->b, &c->at);
		return c;
	}
	amd_mov_ri(&e->b, RSI, (uint64_t)(uintptr_t)&heap_quick[t->quick]);
	amd_mov_rm(&e->b, 4, RAX, mem_base(RSI, offsetof(Quick, n)));
	amd_alu_ri(&e->b, AluSub, 4, RAX, 1);
	amd_jcc_l(&e->b, CcB, &c->at);
	return c;
}

static void
take(Emit *e, const Type *t)
{
	amd_mov_mr(&e->b, 4, mem_base(RSI, offsetof(Quick, n)), RAX);
	amd_mov_rm(&e->b, 4, RAX, mem_index(RSI, RAX, 4, offsetof(Quick, r)));
	amd_mov_mi(&e->b, 4, mem_base(RAX, -8), 1);
	amd_mov_mi(&e->b, 4, mem_base(RAX, -4), (int32_t)t->id);
}

void
em_new(Emit *e, Type *t, const void *fn)
{
	Cold *c = block(e, t, t, fn);
	uint32_t off, k = 0;
	bool ref;

	if (t->quick != NQUICK) {
		take(e, t);
		for (off = 0; off < t->size; off += 4) {
			ref = k < t->nref && t->ref[k] == off;
			k += ref;
			amd_mov_mi(&e->b, 4, mem_base(RAX, (int32_t)off), ref ? -1 : 0);
		}
	}
	amd_bind(&e->b, &c->back);
	amd_mov_rr(&e->b, 4, RCX, RAX);
}

void
em_cons(Emit *e, Type *elem, int class, const void *fn)
{
	Type *t = type_list(elem);
	Label nil = {0};
	Cold *c = block(e, t, elem, fn);

	if (elem->nref > 0) {
		/* It is not the time of marking, or there would be no block. What is no reference is left to the interpreter. */
		amd_alu_ri(&e->b, AluCmp, 4, RDX, -1);
		amd_jcc_short(&e->b, CcE, &nil);
		em_trap(e, SITE_INTERP);
		amd_alu_mi(&e->b, AluAdd, 4, mem_base(RDX, -8), 1);
		amd_bind(&e->b, &nil);
	}
	if (t != NULL) {
		take(e, t);
		amd_mov_mr(&e->b, em_size[class], mem_base(RAX, (int32_t)t->voff), RDX);
		amd_mov_mr(&e->b, 4, mem_base(RAX, 0), RCX);
	}
	amd_bind(&e->b, &c->back);
	amd_mov_rr(&e->b, 4, RCX, RAX);
}

/* Drop the reference in rax, the last thing that the instruction does. */
static void
decrement(Emit *e)
{
	Label nil = {0};
	Cold *c;

	amd_alu_ri(&e->b, AluCmp, 4, RAX, -1);
	amd_jcc_short(&e->b, CcE, &nil);
	c = em_cold(e, CDESTROY);
	c->snap = em_snap(e, &e->at[e->pc - e->blk->first + 1], e->pc, true, &c->nsnap);
	/* What was no reference has no count: that is all then. */
	em_addsite(e, e->pc, SITE_NEXT, c->snap, c->nsnap);
	amd_alu_mi(&e->b, AluSub, 4, mem_base(RAX, -8), 1);
	amd_jcc_l(&e->b, CcE, &c->at);
	amd_bind(&e->b, &c->back);
	amd_bind(&e->b, &nil);
}

void
em_setplace(Emit *e, int oc, const Operand *o, int reg, bool count, bool release)
{
	int i = em_keyof(e, oc, o, KW);
	Val d = em_where(e, oc, o, KW, RDX, true);

	if (release && i >= 0 && !set_has(&e->valid, i))
		amd_mov_rm(&e->b, 4, RAX, em_fpmem(o->v));
	else if (release)
		em_ld(e, KW, RAX, d);
	if (count)
		em_count(e, reg);
	em_put(e, d, KW, reg);
	em_written(e, oc, o, KW);
	if (release)
		decrement(e);
}

/* D = the reference in reg (not rax, rdx), which is counted if count is set; the old one is released. */
void
em_setref(Emit *e, int reg, bool count)
{
	const Inst *in = e->in;
	const Slots *s = &e->f->slots;
	const Lightcall *lc;
	int k = in->dc == OC_FP ? fn_slot(e->f->frame, in->d.v) : -1, at = e->pc - e->f->lo;
	bool release = true;

	if (in->dc == OC_IFP && fn_lightframe(e->f, e->pc, in->dc, &in->d)) {
		lc = fn_lightcall(e->f, e->pc);
		k = fn_slot(lc->t, in->d.o2);
		count = count && !(lc->lent & 1 << k);
		release = false;
	} else if (k >= 0) {
		count = count && !((s->unowned | fn_lentafter(e->f, e->pc)) & 1 << k);
		release = !((s->unowned | s->unset[at] | s->nil[at] | s->lent[at]) & 1 << k);
	}
	em_setplace(e, in->dc, &in->d, reg, count, release);
}

void
em_movp(Emit *e)
{
	bool nil = e->in->sc == OC_MP && fn_isnil(e->f->c, e->in->s.v);
	int r, i;

	if (fn_result(e->f, e->in->dc, &e->in->d)) {
		em_lightresult(e);
		return;
	}
	r = em_rd(e, KW, em_src(e, KW), RCX);
	i = em_keyof(e, e->in->dc, &e->in->d, KW);
	/* The register of D may be the one the value is in, as for x = x. */
	if (i >= 0 && e->f->k[i].reg == r) {
		amd_mov_rr(&e->b, 4, RCX, r);
		r = RCX;
	}
	em_setref(e, r, !nil);
}

/* D = word at off of the list in S. */
void
em_fromlist(Emit *e, int off)
{
	int r = em_rd(e, KW, em_src(e, KW), RCX);

	em_trap(e, SITE_NIL);
	amd_mov_rm(&e->b, 4, RCX, mem_base(r, off));
	em_setref(e, RCX, true);
}

void
em_head(Emit *e, int class, int off)
{
	int r = em_rd(e, KW, em_src(e, KW), RCX), x = class == KF ? XMM0 : RAX;
	Val d = em_dst(e, class);

	if (d.k != VMEM)
		x = d.reg;
	em_trap(e, SITE_NIL);
	em_loadmem(e, class, x, mem_base(r, off));
	if (d.k == VMEM)
		em_put(e, d, class, x);
	else
		em_written(e, e->in->dc, &e->in->d, class);
}

void
em_length(Emit *e)
{
	Label nil = {0};
	int a = em_keyof(e, e->in->sc, &e->in->s, KW), len = -1;

	if (e->in->op == ILENA && a >= 0)
		len = fn_derived(e->f, a, KLEN, e->pc);
	if (len >= 0 && e->f->k[len].reg >= 0) {
		em_need(e, len);
		em_putdst(e, KW, e->f->k[len].reg);
		return;
	}
	em_ld(e, KW, RCX, em_src(e, KW));
	amd_zero_r(&e->b, RAX);
	amd_alu_ri(&e->b, AluCmp, 4, RCX, -1);
	amd_jcc_short(&e->b, CcE, &nil);
	em_trap(e, SITE_NIL);
	amd_mov_rm(&e->b, 4, RAX, mem_base(RCX, 0));
	amd_bind(&e->b, &nil);
	em_putdst(e, KW, RAX);
}

/* The place of an operand as an address in reg; the reference it goes through must not be nil. */
void
em_address(Emit *e, int oc, const Operand *o, int reg)
{
	Val v;
	Mem m;

	switch (oc) {
	case OC_FP:
		amd_lea_rm(&e->b, 4, reg, em_fpmem(o->v));
		return;
	case OC_MP:
		amd_lea_rm(&e->b, 4, reg, mem_base(RBP, o->v));
		return;
	case OC_ABS:
		amd_mov_ri(&e->b, reg, (uint32_t)o->v);
		return;
	}
	v = em_where(e, oc, o, KW, reg, true);
	m = v.m;
	amd_alu_ri(&e->b, AluCmp, 4, m.base, -1);
	em_jcc_leave(e, CcE, SITE_NIL);
	amd_lea_rm(&e->b, 4, reg, m);
}

void
em_lea(Emit *e)
{
	if (fn_lightframe(e->f, e->pc, e->in->dc, &e->in->d) && fn_lightcall(e->f, e->pc)->sig.result != RESULT_MEM)
		return;
	em_address(e, e->in->sc, &e->in->s, RCX);
	em_putdst(e, KW, RCX);
}

/* The scratch register in which an address is kept for the next instruction: the one of the operand that uses it (fn_fused). */
static int
keeper(const Inst *in, int32_t t)
{
	if (dis_ops[in->op].flags & DIS_F_COND || (in->dc == OC_IFP && in->d.o1 == t))
		return RDX;
	return in->mc == OC_IFP && in->m.o1 == t ? RAX : RCX;
}

void
em_indexing(Emit *e, int size)
{
	const Inst *in = e->in;
	bool fused = fn_fused(e->f, e->pc), wide;
	int to = fused ? keeper(in + 1, in->m.v) : RCX;
	int len, data, ar = -1, dr;
	Val ix, m;

	em_elements(e, &len, &data);
	if (len < 0 || data < 0 || size == 0)
		ar = em_rd(e, KW, em_src(e, KW), RCX);
	ix = em_where(e, in->dc, &in->d, KW, RDX, false);
	if (ix.k == VMEM) {
		em_ld(e, KW, RDX, ix);
		ix = em_regval(KW, RDX);
	}
	if (len < 0)
		em_trap(e, SITE_BOUNDS);
	if (ix.k == VIMM) {
		if (len >= 0)
			amd_alu_ri(&e->b, AluCmp, 4, e->f->k[len].reg, ix.imm);
		else
			amd_alu_mi(&e->b, AluCmp, 4, mem_base(ar, 0), ix.imm);
		em_jcc_leave(e, CcBE, SITE_BOUNDS);
	} else {
		if (len >= 0)
			amd_alu_rr(&e->b, AluCmp, 4, ix.reg, e->f->k[len].reg);
		else
			amd_alu_rm(&e->b, AluCmp, 4, ix.reg, mem_base(ar, 0));
		em_jcc_leave(e, CcAE, SITE_BOUNDS);
	}
	if (size == 0) {
		if (ix.k == VIMM) {
			amd_mov_ri(&e->b, RDX, (uint32_t)ix.imm);
			ix = em_regval(KW, RDX);
		}
		em_move(e, KW, RDX, ix.reg);
		em_trap(e, SITE_BOUNDS);
		amd_imul_rm(&e->b, 4, RDX, mem_base(ar, 4));
		ix = em_regval(KW, RDX);
	}
	if (data >= 0)
		dr = e->f->k[data].reg;
	else {
		dr = to == RDX && ix.k == VREG && ix.reg == RDX ? RCX : to;
		em_trap(e, SITE_BOUNDS);
		amd_mov_rm(&e->b, 4, dr, mem_base(ar, 8));
	}
	if (fused) {
		wide = ix.k == VIMM && (uint32_t)ix.imm >= 1 << 9;
		if (ix.k == VIMM)
			em_place = mem_base(dr, (int32_t)((uint32_t)ix.imm * (uint32_t)size));
		else
			em_place = mem_wrap(mem_index(dr, ix.reg, size, 0));
		if (wide || (ix.k == VREG && ix.reg == RDX)) {
			amd_lea_rm(&e->b, 4, to, em_place);
			em_place = mem_base(to, 0);
		}
		return;
	}
	m = em_where(e, in->mc, &in->m, KW, RAX, true);
	ar = m.k == VREG ? m.reg : RCX;
	if (ix.k == VIMM)
		amd_lea_rm(&e->b, 4, ar, mem_base(dr, (int32_t)((uint32_t)ix.imm * (uint32_t)size)));
	else
		amd_lea_rm(&e->b, 4, ar, mem_index(dr, ix.reg, size == 0 ? 1 : size, 0));
	if (m.k == VMEM)
		em_put(e, m, KW, ar);
	else
		em_written(e, in->mc, &in->m, KW);
}

void
em_character(Emit *e)
{
	int s = em_rd(e, KW, em_src(e, KW), RCX), r;
	Val ix = em_mid(e, KW), d;
	Cold *c;

	if (ix.k != VREG) {
		em_ld(e, KW, RAX, ix);
		ix = em_regval(KW, RAX);
	}
	em_trap(e, SITE_NIL);
	amd_alu_rm(&e->b, AluCmp, 4, ix.reg, mem_base(s, 0));
	em_jcc_leave(e, CcAE, SITE_BOUNDS);
	d = em_dst(e, KW);
	r = d.k == VREG ? d.reg : RAX;
	c = em_cold(e, CWIDE);
	c->reg = s;
	c->to = r;
	c->n = ix.reg;
	c->snap = em_snap(e, &e->at[e->pc - e->blk->first], e->pc, false, &c->nsnap);
	em_trap(e, SITE_NIL);
	amd_alu_mi(&e->b, AluCmp, 4, mem_base(s, 4), 4);
	amd_jcc_l(&e->b, CcE, &c->at);
	em_trap(e, SITE_NIL);
	amd_zx_rm(&e->b, 4, 1, r, mem_wrap(mem_index(s, ix.reg, 1, 8)));
	amd_bind(&e->b, &c->back);
	if (d.k == VMEM)
		em_put(e, d, KW, r);
	em_written(e, e->in->dc, &e->in->d, KW);
}
