/*
 * Operands: where values are, how they get into registers and back; and calls of C functions. amd64.h
 */
#include "libinterp/jit/amd64.h"

Mem em_place;

void
em_jcc_leave(Emit *e, Cc cc, int kind)
{
	amd_jcc_l(&e->b, cc, em_leaveto(e, kind));
}

/* ------------------------------------------------------------ keys and operands */

void
em_loadmem(Emit *e, int class, int reg, Mem m)
{
	switch (class) {
	case KB:
		amd_zx_rm(&e->b, 4, 1, reg, m);
		break;
	case KL:
		amd_mov_rm(&e->b, 8, reg, m);
		break;
	case KF:
		amd_sse_xm(&e->b, SseMovsd, reg, m);
		break;
	default:
		amd_mov_rm(&e->b, 4, reg, m);
	}
}

static void
storemem(Emit *e, int class, Mem m, int reg)
{
	if (class == KF)
		amd_sse_mx(&e->b, SseMovsd, m, reg);
	else
		amd_mov_mr(&e->b, em_size[class], m, reg);
}

void
em_move(Emit *e, int class, int to, int from)
{
	if (to == from)
		return;
	if (class == KF)
		amd_sse_xx(&e->b, SseMovapd, to, from);
	else
		amd_mov_rr(&e->b, class == KL ? 8 : 4, to, from);
}

void
em_storekey(Emit *e, int i)
{
	const Key *k = &e->f->k[i];

	storemem(e, k->class, em_fpmem(k->off), k->reg);
}

/* Uses rcx for what is derived. */
void
em_loadkey(Emit *e, int i)
{
	const Key *k = &e->f->k[i];
	const Key *a;
	Label nil = {0};
	int base = RCX;

	if (k->base < 0) {
		em_loadmem(e, k->class, k->reg, em_fpmem(k->off));
		return;
	}
	/* nil has no elements: whatever the index, it will be too large. */
	a = &e->f->k[k->base];
	if (a->reg >= 0 && set_has(&e->valid, k->base))
		base = a->reg;
	else
		amd_mov_rm(&e->b, 4, RCX, em_fpmem(a->off));
	amd_zero_r(&e->b, k->reg);
	amd_alu_ri(&e->b, AluCmp, 4, base, -1);
	amd_jcc_short(&e->b, CcE, &nil);
	em_trap(e, SITE_NIL);
	amd_mov_rm(&e->b, 4, k->reg, mem_base(base, k->class == KLEN ? 0 : 8));
	amd_bind(&e->b, &nil);
}

/* The register that holds the reference word at off(fp), perhaps scratch. */
static int
baseof(Emit *e, int32_t off, int scratch)
{
	int i = fn_key(e->f, off, KW);

	if (i >= 0 && e->f->k[i].reg >= 0) {
		em_need(e, i);
		return e->f->k[i].reg;
	}
	amd_mov_rm(&e->b, 4, scratch, em_fpmem(off));
	return scratch;
}

/* Where operand o is; write: its value is not needed. */
Val
em_where(Emit *e, int oc, const Operand *o, int class, int scratch, bool write)
{
	Mem m;
	int i;

	if (oc == OC_MP && class == KW && !write && fn_isnil(e->f->c, o->v))
		return (Val){.k = VIMM, .imm = -1};
	if (fn_result(e->f, oc, o))
		return em_regval(class, class == KF ? XMM0 : RAX);
	if (oc == OC_IFP && fn_lightframe(e->f, e->pc, oc, o))
		return em_memval(em_lightmem(e, o->o2), false);
	switch (oc) {
	case OC_FP:
		i = em_keyof(e, oc, o, class);
		if (i < 0)
			return em_memval(em_fpmem(o->v), false);
		if (!write)
			em_need(e, i);
		return em_regval(class, e->f->k[i].reg);
	case OC_MP:
		return em_memval(mem_base(RBP, o->v), false);
	case OC_IMM:
		return (Val){.k = VIMM, .imm = class == KB ? (uint8_t)o->v : o->v};
	case OC_IFP:
		if (fn_fused(e->f, e->pc - 1) && e->in[-1].m.v == o->o1) {
			m = em_place;
			m.disp = (int32_t)((uint32_t)m.disp + (uint32_t)o->o2);
			return em_memval(m, true);
		}
		return em_memval(mem_base(baseof(e, o->o1, scratch), o->o2), true);
	case OC_IMP:
		amd_mov_rm(&e->b, 4, scratch, mem_base(RBP, o->o1));
		return em_memval(mem_base(scratch, o->o2), true);
	case OC_ABS:
		return em_memval(mem_abs((uint32_t)o->v), false);
	}
	e->b.bad = true;
	return em_memval(em_fpmem(0), false);
}

Val
em_src(Emit *e, int class)
{
	return em_where(e, e->in->sc, &e->in->s, class, RCX, false);
}

Val
em_mid(Emit *e, int class)
{
	return em_where(e, e->in->mc, &e->in->m, class, RAX, false);
}

Val
em_dst(Emit *e, int class)
{
	return em_where(e, e->in->dc, &e->in->d, class, RDX, true);
}

void
em_traps(Emit *e, const Val *v)
{
	if (v->trap)
		em_trap(e, SITE_NIL);
}

/* reg = v. */
void
em_ld(Emit *e, int class, int reg, Val v)
{
	switch (v.k) {
	case VREG:
	case VXMM:
		em_move(e, class, reg, v.reg);
		break;
	case VIMM:
		amd_mov_ri(&e->b, reg, (uint32_t)v.imm);
		break;
	case VMEM:
		em_traps(e, &v);
		em_loadmem(e, class, reg, v.m);
	}
}

/* A register that holds v: its own or scratch. */
int
em_rd(Emit *e, int class, Val v, int scratch)
{
	if (v.k == VREG || v.k == VXMM)
		return v.reg;
	em_ld(e, class, scratch, v);
	return scratch;
}

/* Operand d = reg. */
void
em_put(Emit *e, Val d, int class, int reg)
{
	if (d.k == VMEM) {
		em_traps(e, &d);
		storemem(e, class, d.m, reg);
	} else
		em_move(e, class, d.reg, reg);
}

void
em_putdst(Emit *e, int class, int reg)
{
	Val d = em_dst(e, class);

	em_put(e, d, class, reg);
	em_written(e, e->in->dc, &e->in->d, class);
}

/* ------------------------------------------------------------ calls of C functions */

/* A C function that keeps all registers but scratch. */
void
em_callkeep(Emit *e, const void *fn)
{
	amd_mov_ri(&e->b, RAX, (uint64_t)(uintptr_t)fn);
	amd_call_to(&e->b, em_thunks.keep[e->reals]);
}

/* A C function called as it is: the instruction is a barrier. */
void
em_callc(Emit *e, const void *fn)
{
	if (e->f->light) {
		amd_mov_mr(&e->b, 8, PROG(jit.frames), RSP);
		amd_mov_mr(&e->b, 8, PROG(jit.fp), RBX);
	}
	amd_mov_rr(&e->b, 8, RDI, R15);
	amd_mov_ri(&e->b, RAX, (uint64_t)(uintptr_t)fn);
	amd_call_r(&e->b, RAX);
	if (e->f->light)
		amd_mov_mi(&e->b, 8, PROG(jit.frames), 0);
}

/* A C function that may end in leaving native code: status 0 goes on. Thunks give it back in eax and the flags. */
void
em_calldrop(Emit *e, const void *fn, const void *thunk)
{
	e->b.bad |= e->f->light;
	amd_mov_ri(&e->b, R8, (uint64_t)(uintptr_t)e->in);
	amd_mov_ri(&e->b, RAX, (uint64_t)(uintptr_t)fn);
	amd_call_to(&e->b, thunk);
	amd_jcc_to(&e->b, CcNE, jit_thunks.leave);
	if (!(dis_ops[e->in->op].flags & DIS_F_NOFALL))
		em_entryhere(e, e->pc + 1);
}
