/*
 * Functions as code of arm64. What is done here is what loops over numbers, arrays and references are made of, and calls inside a module; all else is
 * left to the interpreter's step. emit.h
 *
 *	x19	the Prog		x20	fp
 *	x21	mp			w22	what is left of the turn, not negative
 *	x23-x28	keys			d8-d15	keys
 *	x9	source operands		x10	middle ones	x11	destinations
 *	x12-x15	scratch			x16	addresses	d0, d1	scratch
 *
 * C functions preserve all keys. The native stack is not used for calls of Dis functions: what is called is jumped to, and returns to where its Act
 * says. So sp stays the same while native code runs, and the link register means nothing.
 */
#include "libinterp/jit/arm64enc.h"
#include "libinterp/jit/emit.h"

enum { XP = 19, XFP, XMP, XTURN, XSRC = 9, XMID, XDST, XOLD, XTMP, XTMP2, XADDR = 16 };
enum { D0, D1 };
#define NSAVED 64 /* words of registers that jit_exit gets: x0 to x30 and one more, d0 to d31 */

#define PROG(field) arm_disp(XP, (int32_t)offsetof(Prog, field))

const Machine jit_machine = {.gpr = 0x3fu << 23, .fpr = 0xff00u, .steps = true, .reals = 32, .fp = XFP, .value = XSRC, .turn = XTURN};

Thunks jit_thunks;
static const void *incthunk, *retthunk;

enum { CDESTROY = CMACHINE, CSHADE, CFRAME, CWIDE, CRET };

/* ------------------------------------------------------------ operands */

enum { VREG, VIMM, VMEM };

/* Where an operand is. trap: reading it may fault. */
typedef struct Val {
	uint8_t k;
	bool trap;
	int8_t reg; /* or the base */
	int32_t v;  /* immediate, or what is added to the base */
} Val;

static Val
memval(int base, int32_t disp, bool trap)
{
	return (Val){.k = VMEM, .reg = (int8_t)base, .v = disp, .trap = trap};
}

static Val
regval(int reg)
{
	return (Val){.k = VREG, .reg = (int8_t)reg};
}

/* The address as an access of size bytes can have it: that access is the next instruction. */
static ArmMem
reach(Emit *e, int size, Val v)
{
	if (arm_fits_disp(size, v.v)) {
		if (v.trap)
			em_trap(e, SITE_NIL);
		return arm_disp(v.reg, v.v);
	}
	arm_mov_ri(&e->b, XADDR, (uint64_t)(int64_t)v.v);
	if (v.trap)
		em_trap(e, SITE_NIL);
	return arm_index(v.reg, XADDR, ArmUxtx, false);
}

static void
load(Emit *e, int class, int reg, Val v)
{
	ArmMem m = reach(e, em_size[class], v);

	if (class == KF)
		arm_ldr_vm(&e->b, 8, reg, m);
	else
		arm_ldr_rm(&e->b, em_size[class], reg, m);
}

static void
store(Emit *e, int class, Val v, int reg)
{
	ArmMem m = reach(e, em_size[class], v);

	if (class == KF)
		arm_str_vm(&e->b, 8, reg, m);
	else
		arm_str_rm(&e->b, em_size[class], reg, m);
}

static void
move(Emit *e, int class, int to, int from)
{
	if (to == from)
		return;
	if (class == KF)
		arm_f1_vv(&e->b, ArmFmov, 8, to, from);
	else
		arm_mov_rr(&e->b, class == KL ? 8 : 4, to, from);
}

void
em_storekey(Emit *e, int i)
{
	const Key *k = &e->f->k[i];

	store(e, k->class, memval(XFP, k->off, false), k->reg);
}

void
em_loadkey(Emit *e, int i)
{
	const Key *k = &e->f->k[i], *a;
	Label nil = {0};
	int base = XTMP;

	if (k->base < 0) {
		load(e, k->class, k->reg, memval(XFP, k->off, false));
		return;
	}
	/* nil has no elements: whatever the index, it will be too large. */
	a = &e->f->k[k->base];
	if (a->reg >= 0 && set_has(&e->valid, k->base))
		base = a->reg;
	else
		load(e, KW, XTMP, memval(XFP, a->off, false));
	arm_mov_ri(&e->b, k->reg, 0);
	arm_add_rri(&e->b, ArmAdds, 4, ZR, base, 1);
	arm_bcc_l(&e->b, ArmEq, &nil);
	em_trap(e, SITE_NIL);
	arm_ldr_rm(&e->b, 4, k->reg, arm_disp(base, k->class == KLEN ? 0 : 8));
	arm_bind(&e->b, &nil);
}

/* Where operand o is; write: its value is not needed. */
static Val
where(Emit *e, int oc, const Operand *o, int class, int scratch, bool write)
{
	int i;

	switch (oc) {
	case OC_FP:
		i = em_keyof(e, oc, o, class);
		if (i < 0)
			return memval(XFP, o->v, false);
		if (!write)
			em_need(e, i);
		return regval(e->f->k[i].reg);
	case OC_MP:
		return memval(XMP, o->v, false);
	case OC_IMM:
		return (Val){.k = VIMM, .v = class == KB ? (uint8_t)o->v : o->v};
	case OC_IFP:
		i = fn_key(e->f, o->o1, KW);
		if (i >= 0 && e->f->k[i].reg >= 0) {
			em_need(e, i);
			return memval(e->f->k[i].reg, o->o2, true);
		}
		load(e, KW, scratch, memval(XFP, o->o1, false));
		return memval(scratch, o->o2, true);
	case OC_IMP:
		load(e, KW, scratch, memval(XMP, o->o1, false));
		return memval(scratch, o->o2, true);
	case OC_ABS:
		arm_mov_ri(&e->b, scratch, (uint32_t)o->v);
		return memval(scratch, 0, false);
	}
	e->b.bad = true;
	return memval(XFP, 0, false);
}

static void
get(Emit *e, int class, int reg, Val v)
{
	if (v.k == VREG)
		move(e, class, reg, v.reg);
	else if (v.k == VMEM)
		load(e, class, reg, v);
	else
		arm_mov_ri(&e->b, reg, class == KL ? (uint64_t)(int64_t)v.v : (uint32_t)v.v);
}

/* The register in which the operand is: its own, or scratch. */
static int
operand(Emit *e, int oc, const Operand *o, int class, int scratch, int scratchf)
{
	Val v = where(e, oc, o, class, scratch, false);

	if (v.k == VREG)
		return v.reg;
	if (class == KF)
		scratch = scratchf;
	get(e, class, scratch, v);
	return scratch;
}

static int
source(Emit *e, int class)
{
	return operand(e, e->in->sc, &e->in->s, class, XSRC, D0);
}

static int
middle(Emit *e, int class)
{
	return operand(e, e->in->mc, &e->in->m, class, XMID, D1);
}

/* The register to make the destination's value in, which done then puts where it belongs. */
static int
target(Emit *e, int class, Val *d)
{
	*d = where(e, e->in->dc, &e->in->d, class, XDST, true);
	return d->k == VREG ? d->reg : class == KF ? D0 : XTMP;
}

static void
done(Emit *e, int class, Val d, int reg)
{
	if (d.k == VMEM)
		store(e, class, d, reg);
	else {
		move(e, class, d.reg, reg);
		em_written(e, e->in->dc, &e->in->d, class);
	}
}

static void
leaveif(Emit *e, ArmCc cc, int kind)
{
	arm_bcc_l(&e->b, cc, em_leaveto(e, kind));
}

static void
compare(Emit *e, int size, int a, int32_t imm)
{
	if (imm >= 0 && imm < 4096)
		arm_add_rri(&e->b, ArmSubs, size, ZR, a, (uint32_t)imm);
	else if (imm < 0 && imm > -4096)
		arm_add_rri(&e->b, ArmAdds, size, ZR, a, (uint32_t)-imm);
	else {
		arm_mov_ri(&e->b, XTMP2, size == 8 ? (uint64_t)(int64_t)imm : (uint32_t)imm);
		arm_add_rrr(&e->b, ArmSubs, size, ZR, a, XTMP2, ArmLsl, 0);
	}
}

/* A C function of p and what is in x1 and so on. */
static void
callc(Emit *e, const void *fn)
{
	arm_mov_rr(&e->b, 8, 0, XP);
	arm_mov_ri(&e->b, XADDR, (uint64_t)(uintptr_t)fn);
	arm_blr_r(&e->b, XADDR);
}

/* ------------------------------------------------------------ numbers */

static void
zerobyte(Emit *e, int class, int r)
{
	if (class == KB)
		arm_ext_rr(&e->b, false, 4, 1, r, r);
}

static int
width(int class)
{
	return class == KL ? 8 : 4;
}

static void
add(Emit *e, ArmAdd op, int class)
{
	const Inst *in = e->in;
	Val d;
	int m = middle(e, class), s, r;

	if (in->sc == OC_IMM && arm_fits_add((uint64_t)(uint32_t)in->s.v) && in->s.v >= 0) {
		r = target(e, class, &d);
		arm_add_rri(&e->b, op, width(class), r, m, (uint32_t)in->s.v);
	} else {
		s = source(e, class);
		r = target(e, class, &d);
		arm_add_rrr(&e->b, op, width(class), r, m, s, ArmLsl, 0);
	}
	zerobyte(e, class, r);
	done(e, class, d, r);
}

static void
logic(Emit *e, ArmLogic op, int class)
{
	Val d;
	int m = middle(e, class), s = source(e, class), r = target(e, class, &d);

	arm_logic_rrr(&e->b, op, width(class), r, m, s, ArmLsl, 0);
	done(e, class, d, r);
}

static void
multiply(Emit *e, int class)
{
	Val d;
	int m = middle(e, class), s = source(e, class), r = target(e, class, &d);

	arm_mul_rrrr(&e->b, ArmMadd, width(class), r, m, s, ZR);
	zerobyte(e, class, r);
	done(e, class, d, r);
}

static void
shift(Emit *e, ArmTwo op, int class)
{
	Val d;
	int m = middle(e, class), s = source(e, KW), r = target(e, class, &d);

	arm_two_rrr(&e->b, op, width(class), r, m, s);
	zerobyte(e, class, r);
	done(e, class, d, r);
}

static void
divide(Emit *e, int class, bool mod)
{
	Val d;
	int s = source(e, class), m = middle(e, class), r;

	arm_add_rri(&e->b, ArmSubs, width(class), ZR, s, 0);
	leaveif(e, ArmEq, SITE_ZERO);
	r = target(e, class, &d);
	arm_two_rrr(&e->b, ArmSdiv, width(class), XTMP2, m, s);
	if (mod)
		arm_mul_rrrr(&e->b, ArmMsub, width(class), r, XTMP2, s, m);
	else
		arm_mov_rr(&e->b, width(class), r, XTMP2);
	done(e, class, d, r);
}

static void
real(Emit *e, ArmF2 op)
{
	Val d;
	int m = middle(e, KF), s = source(e, KF), r = target(e, KF, &d);

	arm_f2_vvv(&e->b, op, 8, r, m, s);
	done(e, KF, d, r);
}

static void
negate(Emit *e)
{
	Val d;
	int s = source(e, KF), r = target(e, KF, &d);

	arm_f1_vv(&e->b, ArmFneg, 8, r, s);
	done(e, KF, d, r);
}

static void
toreal(Emit *e, int class)
{
	Val d;
	int s = source(e, class), r = target(e, KF, &d);

	arm_scvtf_vr(&e->b, 8, width(class), r, s);
	done(e, KF, d, r);
}

/* Add or subtract a half, cut; what does not fit is rare enough for the interpreter. */
static void
rounded(Emit *e, int class)
{
	Val d;
	int s = source(e, KF);

	arm_fcmp_vv(&e->b, false, 8, s, s);
	leaveif(e, ArmVs, SITE_INTERP);
	/* The half has the sign of the value. */
	arm_fmov_rv(&e->b, 8, XTMP, s);
	arm_mov_ri(&e->b, XTMP2, 0x3fe0000000000000u);
	arm_bfm_rr(&e->b, ArmUbfm, 8, XTMP, XTMP, 63, 63);
	arm_logic_rrr(&e->b, ArmOrr, 8, XTMP2, XTMP2, XTMP, ArmLsl, 63);
	arm_fmov_vr(&e->b, 8, D1, XTMP2);
	arm_f2_vvv(&e->b, ArmFadd, 8, D1, s, D1);
	arm_fcvts_rv(&e->b, ArmZero, 8, 8, XTMP, D1);
	if (class == KW) {
		arm_add_rrx(&e->b, ArmSubs, 8, ZR, XTMP, XTMP, ArmSxtw, 0);
		leaveif(e, ArmNe, SITE_INTERP);
		compare(e, 4, XTMP, INT32_MIN);
		leaveif(e, ArmEq, SITE_INTERP);
	} else {
		/* What is cut to an end of the range may have been beyond it: x and x + 1 then differ in sign. */
		arm_add_rri(&e->b, ArmAdds, 8, ZR, XTMP, 1);
		leaveif(e, ArmVs, SITE_INTERP);
		arm_add_rri(&e->b, ArmSubs, 8, ZR, XTMP, 1);
		leaveif(e, ArmVs, SITE_INTERP);
	}
	d = where(e, e->in->dc, &e->in->d, class, XDST, true);
	done(e, class, d, XTMP);
}

/* Moves and conversions of integers: read as class from, write as class to. */
static void
convert(Emit *e, int from, int to)
{
	Val d;
	int s = source(e, from), r = target(e, to, &d);

	if (from == KW && to == KL)
		arm_ext_rr(&e->b, true, 8, 4, r, s);
	else if (from == KW && to == KB)
		arm_ext_rr(&e->b, false, 4, 1, r, s);
	else
		move(e, from == KF ? KF : to == KL ? KL : KW, r, s);
	done(e, to, d, r);
}

/* ------------------------------------------------------------ jumps */

void
em_bind(Emit *e, Label *l)
{
	arm_bind(&e->b, l);
}

void
em_jump(Emit *e, Label *l)
{
	arm_b_l(&e->b, l);
}

void
em_jumpto(Emit *e, int32_t pc)
{
	arm_b_l(&e->b, em_labelof(e, pc));
}

/* w22 -= n; below 0 native code is left. */
static void
budget(Emit *e, int32_t n, Label *l)
{
	if (arm_fits_add((uint64_t)n))
		arm_add_rri(&e->b, ArmSubs, 4, XTURN, XTURN, (uint32_t)n);
	else {
		arm_mov_ri(&e->b, XTMP2, (uint32_t)n);
		arm_add_rrr(&e->b, ArmSubs, 4, XTURN, XTURN, XTMP2, ArmLsl, 0);
	}
	arm_bcc_l(&e->b, ArmLo, l);
}

static void
edges(Emit *e)
{
	int32_t far = em_back(e);

	em_edges(e);
	if (far > 0)
		budget(e, far, em_leaveto(e, SITE_QUANTUM));
}

static void
next(Emit *e)
{
	if (!em_isnext(e, e->pc + 1))
		em_jumpto(e, e->pc + 1);
}

static void
branch(Emit *e, int class, ArmCc cc)
{
	const Inst *in = e->in;
	int s, m;

	edges(e);
	s = source(e, class);
	if (in->mc == OC_IMM) {
		compare(e, width(class), s, class == KB ? (uint8_t)in->m.v : in->m.v);
	} else {
		m = middle(e, class);
		arm_add_rrr(&e->b, ArmSubs, width(class), ZR, s, m, ArmLsl, 0);
	}
	arm_bcc_l(&e->b, cc, em_labelof(e, e->pc + in->d.v));
	next(e);
}

static void
branchreal(Emit *e, ArmCc cc)
{
	int s, m;

	edges(e);
	s = source(e, KF);
	m = middle(e, KF);
	arm_fcmp_vv(&e->b, false, 8, s, m);
	arm_bcc_l(&e->b, cc, em_labelof(e, e->pc + e->in->d.v));
	next(e);
}

/* ------------------------------------------------------------ references */

/* Count what reg refers to. What is no reference at all is left to the interpreter; nothing has been changed yet. */
static void
countref(Emit *e, int reg)
{
	Label nil = {0};
	Cold *c;

	arm_add_rri(&e->b, ArmAdds, 4, ZR, reg, 1);
	arm_bcc_l(&e->b, ArmEq, &nil);
	em_trap(e, SITE_INTERP);
	arm_ldr_rm(&e->b, 4, XTMP, arm_disp(reg, -8));
	arm_add_rri(&e->b, ArmAdd_, 4, XTMP, XTMP, 1);
	arm_str_rm(&e->b, 4, XTMP, arm_disp(reg, -8));
	arm_ldr_rm(&e->b, 1, XTMP, PROG(jit.marking));
	c = em_cold(e, CSHADE);
	c->reg = reg;
	arm_cbz_l(&e->b, true, 4, XTMP, &c->at);
	arm_bind(&e->b, &c->back);
	arm_bind(&e->b, &nil);
}

/* Release what XOLD refers to, the last thing that the instruction does. */
static void
release(Emit *e)
{
	Label nil = {0};
	Cold *c;

	arm_add_rri(&e->b, ArmAdds, 4, ZR, XOLD, 1);
	arm_bcc_l(&e->b, ArmEq, &nil);
	c = em_cold(e, CDESTROY);
	c->snap = em_snap(e, &e->at[e->pc - e->blk->first + 1], e->pc, true, &c->nsnap);
	/* What was no reference has no count: that is all then. */
	em_addsite(e, e->pc, SITE_NEXT, c->snap, c->nsnap);
	arm_ldr_rm(&e->b, 4, XTMP, arm_disp(XOLD, -8));
	arm_add_rri(&e->b, ArmSubs, 4, XTMP, XTMP, 1);
	arm_str_rm(&e->b, 4, XTMP, arm_disp(XOLD, -8));
	arm_bcc_l(&e->b, ArmEq, &c->at);
	arm_bind(&e->b, &c->back);
	arm_bind(&e->b, &nil);
}

/* D = the reference in XSRC, which is counted; the old one is released. */
static void
setref(Emit *e)
{
	const Inst *in = e->in;
	int i = em_keyof(e, in->dc, &in->d, KW);
	Val d = where(e, in->dc, &in->d, KW, XDST, true);

	if (i >= 0 && !set_has(&e->valid, i))
		load(e, KW, XOLD, memval(XFP, in->d.v, false));
	else
		get(e, KW, XOLD, d);
	countref(e, XSRC);
	done(e, KW, d, XSRC);
	release(e);
}

static void
movp(Emit *e)
{
	get(e, KW, XSRC, where(e, e->in->sc, &e->in->s, KW, XSRC, false));
	setref(e);
}

/* D = word at off of the list in S, a reference or a value. */
static void
fromlist(Emit *e, int off)
{
	int s = source(e, KW);

	em_trap(e, SITE_NIL);
	arm_ldr_rm(&e->b, 4, XSRC, arm_disp(s, off));
	setref(e);
}

static void
head(Emit *e, int class, int off)
{
	Val d;
	int s = source(e, KW), r = target(e, class, &d);

	load(e, class, r, memval(s, off, true));
	done(e, class, d, r);
}

static void
length(Emit *e)
{
	Label nil = {0};
	int a = em_keyof(e, e->in->sc, &e->in->s, KW), len = -1, s;
	Val d;

	if (e->in->op == ILENA && a >= 0)
		len = fn_derived(e->f, a, KLEN, e->pc);
	if (len >= 0 && e->f->k[len].reg >= 0) {
		em_need(e, len);
		d = where(e, e->in->dc, &e->in->d, KW, XDST, true);
		done(e, KW, d, e->f->k[len].reg);
		return;
	}
	s = source(e, KW);
	arm_mov_ri(&e->b, XTMP, 0);
	arm_add_rri(&e->b, ArmAdds, 4, ZR, s, 1);
	arm_bcc_l(&e->b, ArmEq, &nil);
	em_trap(e, SITE_NIL);
	arm_ldr_rm(&e->b, 4, XTMP, arm_disp(s, 0));
	arm_bind(&e->b, &nil);
	d = where(e, e->in->dc, &e->in->d, KW, XDST, true);
	done(e, KW, d, XTMP);
}

/* w12 = the address at base + disp, in 32 bits. */
static void
sum(Emit *e, int base, int32_t disp)
{
	arm_mov_ri(&e->b, XADDR, (uint32_t)disp);
	arm_add_rrr(&e->b, ArmAdd_, 4, XOLD, base, XADDR, ArmLsl, 0);
}

/* The place of the source operand; the reference it goes through must not be nil. */
static void
lea(Emit *e)
{
	const Inst *in = e->in;
	Val v, d;

	if (in->sc == OC_ABS) {
		arm_mov_ri(&e->b, XOLD, (uint32_t)in->s.v);
	} else if (in->sc == OC_FP) {
		sum(e, XFP, in->s.v);
	} else {
		v = where(e, in->sc, &in->s, KW, XSRC, true);
		if (v.trap) {
			arm_add_rri(&e->b, ArmAdds, 4, ZR, v.reg, 1);
			leaveif(e, ArmEq, SITE_NIL);
		}
		sum(e, v.reg, v.v);
	}
	d = where(e, in->dc, &in->d, KW, XDST, true);
	done(e, KW, d, XOLD);
}

/* size: of the elements, or 0, as the array says. */
static void
indexing(Emit *e, int size)
{
	const Inst *in = e->in;
	int len, data, ar = -1, ix, k;
	Val m;

	em_elements(e, &len, &data);
	if (len < 0 || data < 0 || size == 0)
		ar = source(e, KW);
	ix = operand(e, in->dc, &in->d, KW, XDST, D0);
	if (len < 0) {
		em_trap(e, SITE_BOUNDS);
		arm_ldr_rm(&e->b, 4, XTMP, arm_disp(ar, 0));
	}
	arm_add_rrr(&e->b, ArmSubs, 4, ZR, ix, len >= 0 ? e->f->k[len].reg : XTMP, ArmLsl, 0);
	leaveif(e, ArmHs, SITE_BOUNDS);
	k = data >= 0 ? e->f->k[data].reg : XTMP2;
	if (data < 0) {
		em_trap(e, SITE_BOUNDS);
		arm_ldr_rm(&e->b, 4, XTMP2, arm_disp(ar, 8));
	}
	if (size == 0) {
		em_trap(e, SITE_BOUNDS);
		arm_ldr_rm(&e->b, 4, XTMP, arm_disp(ar, 4));
		arm_mul_rrrr(&e->b, ArmMadd, 4, XOLD, ix, XTMP, k);
	} else
		arm_add_rrr(&e->b, ArmAdd_, 4, XOLD, k, ix, ArmLsl, size == 8 ? 3 : size == 4 ? 2 : 0);
	m = where(e, in->mc, &in->m, KW, XMID, true);
	if (m.k == VMEM)
		store(e, KW, m, XOLD);
	else {
		arm_mov_rr(&e->b, 4, m.reg, XOLD);
		em_written(e, in->mc, &in->m, KW);
	}
}

static void
character(Emit *e)
{
	int s = source(e, KW), ix = middle(e, KW);
	Cold *c;
	Val d;

	em_trap(e, SITE_NIL);
	arm_ldr_rm(&e->b, 4, XTMP, arm_disp(s, 0));
	arm_add_rrr(&e->b, ArmSubs, 4, ZR, ix, XTMP, ArmLsl, 0);
	leaveif(e, ArmHs, SITE_BOUNDS);
	c = em_cold(e, CWIDE);
	c->reg = s;
	c->n = ix;
	c->snap = em_snap(e, &e->at[e->pc - e->blk->first], e->pc, false, &c->nsnap);
	em_trap(e, SITE_NIL);
	arm_ldr_rm(&e->b, 4, XTMP, arm_disp(s, 4));
	arm_add_rri(&e->b, ArmSubs, 4, ZR, XTMP, 4);
	arm_bcc_l(&e->b, ArmEq, &c->at);
	arm_add_rrr(&e->b, ArmAdd_, 4, XOLD, s, ix, ArmLsl, 0);
	em_trap(e, SITE_NIL);
	arm_ldr_rm(&e->b, 1, XTMP, arm_disp(XOLD, 8));
	arm_bind(&e->b, &c->back);
	d = where(e, e->in->dc, &e->in->d, KW, XDST, true);
	done(e, KW, d, XTMP);
}

/* ------------------------------------------------------------ frames, and what is done in C */

static void
frame(Emit *e)
{
	Cold *c = em_cold(e, CFRAME);
	Val d;

	c->snap = em_snap(e, &e->at[e->pc - e->blk->first], e->pc, false, &c->nsnap);
	arm_mov_ri(&e->b, 1, (uint64_t)(uintptr_t)e->in->x);
	callc(e, (const void *)(uintptr_t)jit_frame);
	arm_cbz_l(&e->b, false, 4, 0, &c->at);
	arm_mov_rr(&e->b, 4, XTMP, 0);
	d = where(e, e->in->dc, &e->in->d, KW, XDST, true);
	done(e, KW, d, XTMP);
}

/* The instruction by a C function of p and what is in x1 to x3, which may go on elsewhere or leave. */
static void
inc(Emit *e, const void *fn)
{
	arm_mov_ri(&e->b, 4, (uint64_t)(uintptr_t)fn);
	arm_mov_ri(&e->b, 5, (uint64_t)(uintptr_t)e->in);
	arm_bl_to(&e->b, incthunk);
	em_forget(e);
	if (!(dis_ops[e->in->op].flags & DIS_F_NOFALL))
		em_entryhere(e, e->pc + 1);
}

static void
mcall(Emit *e)
{
	em_flush(e);
	get(e, KW, XSRC, where(e, e->in->sc, &e->in->s, KW, XSRC, false));
	get(e, KW, XMID, where(e, e->in->mc, &e->in->m, KW, XMID, false));
	get(e, KW, XDST, where(e, e->in->dc, &e->in->d, KW, XDST, false));
	arm_mov_rr(&e->b, 4, 1, XSRC);
	arm_mov_rr(&e->b, 4, 2, XMID);
	arm_mov_rr(&e->b, 4, 3, XDST);
	inc(e, (const void *)(uintptr_t)jit_mcall);
}

/* By the interpreter's step. */
static void
step(Emit *e)
{
	unsigned flags = dis_ops[e->in->op].flags;

	em_flush(e);
	inc(e, (const void *)(uintptr_t)jit_step);
	/* A branch that has not been taken; emit.c does the same for those that are steps for the front half too. */
	if (flags & DIS_F_COND && fn_how(e->f->c, e->in) != HOW_STEP) {
		em_edges(e);
		next(e);
	}
}

/* x12 = the topmost Act, w13 = its index. */
static void
topact(Emit *e)
{
	arm_ldr_rm(&e->b, 4, XTMP, PROG(nact));
	arm_ldr_rm(&e->b, 8, XOLD, PROG(act));
	arm_add_rri(&e->b, ArmSub, 4, XTMP, XTMP, 1);
	arm_mov_ri(&e->b, XTMP2, sizeof(Act));
	arm_mul_rrrr(&e->b, ArmMadd, 8, XOLD, XTMP, XTMP2, XOLD);
}

static ArmMem
act(size_t off)
{
	return arm_disp(XOLD, (int32_t)off);
}

static void
call(Emit *e)
{
	const Jcode *jc = e->f->c->jit;

	em_flush(e);
	get(e, KW, XSRC, where(e, e->in->sc, &e->in->s, KW, XSRC, false));
	topact(e);
	arm_ldr_rm(&e->b, 4, XTMP, act(offsetof(Act, fp)));
	arm_add_rrr(&e->b, ArmSubs, 4, ZR, XTMP, XSRC, ArmLsl, 0);
	leaveif(e, ArmNe, SITE_INTERP);
	arm_ldr_rm(&e->b, 1, XTMP, act(offsetof(Act, called)));
	arm_cbz_l(&e->b, true, 4, XTMP, em_leaveto(e, SITE_INTERP));
	arm_mov_ri(&e->b, XTMP, 1);
	arm_str_rm(&e->b, 1, XTMP, act(offsetof(Act, called)));
	arm_mov_ri(&e->b, XTMP, JIT_NOPREV);
	arm_str_rm(&e->b, 4, XTMP, act(offsetof(Act, prev)));
	arm_mov_ri(&e->b, XTMP, (uint64_t)(uintptr_t)(e->in + 1));
	arm_str_rm(&e->b, 8, XTMP, act(offsetof(Act, ret)));
	arm_mov_rr(&e->b, 4, XFP, XSRC);
	arm_mov_ri(&e->b, XADDR, (uint64_t)(uintptr_t)&jc->entry[e->pc + e->in->d.v]);
	arm_ldr_rm(&e->b, 8, XADDR, arm_disp(XADDR, 0));
	/* Where there is no code this is the way out. */
	arm_blr_r(&e->b, XADDR);
	em_addsite(e, e->pc, SITE_CALL, 0, 0);
	em_entryhere(e, e->pc + 1);
	em_forget(e);
}

/* What the interpreter does, for a frame of the expected type that no other module called, without uncalled frames above it. */
static bool
ret(Emit *e)
{
	const Type *t = e->f->frame;
	Label slow = {0}, nil;
	Cold *c;
	uint32_t i;

	if (t == NULL || t->nref > MAXREFS)
		return false;
	topact(e);
	arm_ldr_rm(&e->b, 1, XTMP2, act(offsetof(Act, called)));
	arm_cbz_l(&e->b, false, 4, XTMP2, &slow);
	arm_ldr_rm(&e->b, 1, XTMP2, act(offsetof(Act, newchunk)));
	arm_cbz_l(&e->b, true, 4, XTMP2, &slow);
	arm_ldr_rm(&e->b, 1, XTMP2, act(offsetof(Act, cross)));
	arm_cbz_l(&e->b, true, 4, XTMP2, &slow);
	arm_ldr_rm(&e->b, 8, XTMP2, act(offsetof(Act, t)));
	arm_mov_ri(&e->b, XADDR, (uint64_t)(uintptr_t)t);
	arm_add_rrr(&e->b, ArmSubs, 8, ZR, XTMP2, XADDR, ArmLsl, 0);
	arm_bcc_l(&e->b, ArmNe, &slow);
	for (i = 0; i < t->nref; i++) {
		nil = (Label){0};
		load(e, KW, XSRC, memval(XFP, (int32_t)t->ref[i], false));
		arm_add_rri(&e->b, ArmAdds, 4, ZR, XSRC, 1);
		arm_bcc_l(&e->b, ArmEq, &nil);
		em_trap(e, SITE_INTERP);
		arm_ldr_rm(&e->b, 4, XTMP2, arm_disp(XSRC, -8));
		arm_add_rri(&e->b, ArmSubs, 4, XTMP2, XTMP2, 1);
		c = em_cold(e, CRET);
		c->n = (int)i;
		arm_str_rm(&e->b, 4, XTMP2, arm_disp(XSRC, -8));
		arm_bcc_l(&e->b, ArmEq, &c->at);
		arm_bind(&e->b, &c->back);
		/* Should a later one be none at all, the interpreter begins from the start. */
		arm_mov_ri(&e->b, XTMP2, H);
		store(e, KW, memval(XFP, (int32_t)t->ref[i], false), XTMP2);
		arm_bind(&e->b, &nil);
	}
	topact(e);
	arm_str_rm(&e->b, 4, XTMP, PROG(nact));
	arm_str_rm(&e->b, 4, XFP, PROG(sp));
	arm_b_to(&e->b, retthunk);
	arm_bind(&e->b, &slow);
	step(e);
	return true;
}

static bool
inlined(Emit *e)
{
	switch (e->in->op) {
	case IRUNT:
	case IECLR:
		break;
	case IFRAME:
		frame(e);
		break;
	case ICALL:
		call(e);
		break;
	case IRET:
		return ret(e);
	case IJMP:
		edges(e);
		if (!em_isnext(e, e->pc + e->in->d.v))
			em_jumpto(e, e->pc + e->in->d.v);
		break;
	case IHEADB:
		head(e, KB, 4);
		break;
	case IHEADW:
		head(e, KW, 4);
		break;
	case IHEADF:
		head(e, KF, 8);
		break;
	case IHEADL:
		head(e, KL, 8);
		break;
	case IHEADP:
		fromlist(e, 4);
		break;
	case ITAIL:
		fromlist(e, 0);
		break;
	case ILEA:
		lea(e);
		break;
	case IINDX:
		indexing(e, 0);
		break;
	case IINDB:
		indexing(e, 1);
		break;
	case IINDW:
		indexing(e, 4);
		break;
	case IINDF:
	case IINDL:
		indexing(e, 8);
		break;
	case IINDC:
		character(e);
		break;
	case ILENA:
	case ILENC:
		length(e);
		break;
	case IMOVP:
		movp(e);
		break;
	case IMOVB:
		convert(e, KB, KB);
		break;
	case IMOVW:
		convert(e, KW, KW);
		break;
	case IMOVF:
		convert(e, KF, KF);
		break;
	case IMOVL:
		convert(e, KL, KL);
		break;
	case ICVTBW:
		convert(e, KB, KW);
		break;
	case ICVTWB:
		convert(e, KW, KB);
		break;
	case ICVTLW:
		convert(e, KL, KW);
		break;
	case ICVTWL:
		convert(e, KW, KL);
		break;
	case ICVTWF:
		toreal(e, KW);
		break;
	case ICVTLF:
		toreal(e, KL);
		break;
	case ICVTFW:
		rounded(e, KW);
		break;
	case ICVTFL:
		rounded(e, KL);
		break;
	case INEGF:
		negate(e);
		break;
#define THREE(name, what, op) \
	case I##name##B: \
		what(e, op, KB); \
		break; \
	case I##name##W: \
		what(e, op, KW); \
		break; \
	case I##name##L: \
		what(e, op, KL); \
		break;
	THREE(ADD, add, ArmAdd_)
	THREE(SUB, add, ArmSub)
	THREE(AND, logic, ArmAnd)
	THREE(OR, logic, ArmOrr)
	THREE(XOR, logic, ArmEor)
	THREE(SHL, shift, ArmLslv)
#undef THREE
	case IMULB:
		multiply(e, KB);
		break;
	case IMULW:
		multiply(e, KW);
		break;
	case IMULL:
		multiply(e, KL);
		break;
	case ISHRB:
		shift(e, ArmLsrv, KB);
		break;
	case ISHRW:
		shift(e, ArmAsrv, KW);
		break;
	case ISHRL:
		shift(e, ArmAsrv, KL);
		break;
	case ILSRW:
		shift(e, ArmLsrv, KW);
		break;
	case ILSRL:
		shift(e, ArmLsrv, KL);
		break;
	case IDIVW:
		divide(e, KW, false);
		break;
	case IMODW:
		divide(e, KW, true);
		break;
	case IDIVL:
		divide(e, KL, false);
		break;
	case IMODL:
		divide(e, KL, true);
		break;
	case IADDF:
		real(e, ArmFadd);
		break;
	case ISUBF:
		real(e, ArmFsub);
		break;
	case IMULF:
		real(e, ArmFmul);
		break;
	case IDIVF:
		real(e, ArmFdiv);
		break;
#define BRANCHES(S, class, lt, le, gt, ge) \
	case IBEQ##S: \
		branch(e, class, ArmEq); \
		break; \
	case IBNE##S: \
		branch(e, class, ArmNe); \
		break; \
	case IBLT##S: \
		branch(e, class, lt); \
		break; \
	case IBLE##S: \
		branch(e, class, le); \
		break; \
	case IBGT##S: \
		branch(e, class, gt); \
		break; \
	case IBGE##S: \
		branch(e, class, ge); \
		break;
	BRANCHES(W, KW, ArmLt, ArmLe, ArmGt, ArmGe)
	BRANCHES(L, KL, ArmLt, ArmLe, ArmGt, ArmGe)
	BRANCHES(B, KB, ArmLo, ArmLs, ArmHi, ArmHs)
#undef BRANCHES
	/* The conditions are those that do not hold where a NaN is compared, but for the second. */
	case IBEQF:
		branchreal(e, ArmEq);
		break;
	case IBNEF:
		branchreal(e, ArmNe);
		break;
	case IBLTF:
		branchreal(e, ArmMi);
		break;
	case IBLEF:
		branchreal(e, ArmLs);
		break;
	case IBGTF:
		branchreal(e, ArmGt);
		break;
	case IBGEF:
		branchreal(e, ArmGe);
		break;
	default:
		return false;
	}
	return true;
}

void
em_instruction(Emit *e)
{
	int i;

	e->e = *fn_effect(e->f, e->in);
	if (fn_how(e->f->c, e->in) != HOW_INLINE) {
		if (e->in->op == IMCALL && fn_how(e->f->c, e->in) == HOW_HELPER)
			mcall(e);
		else
			step(e);
		return;
	}
	if (e->e.barrier)
		em_flush(e);
	if (!inlined(e)) {
		step(e);
		return;
	}
	if (e->e.barrier)
		em_forget(e);
	/* What was derived from an array that has changed is to be made again. */
	for (i = set_next(&e->e.def, 0); i >= 0; i = set_next(&e->e.def, i + 1))
		if (e->f->k[i].base >= 0)
			set_del(&e->valid, i);
}

static void
leave(Emit *e, Cold *c, int kind)
{
	arm_bl_to(&e->b, jit_thunks.exit);
	em_addsite(e, c->pc, kind, c->snap, c->nsnap);
}

void
em_coldcode(Emit *e, Cold *c)
{
	arm_bind(&e->b, &c->at);
	switch (c->what) {
	case CEXIT:
		leave(e, c, c->kind);
		break;
	case CDESTROY:
		arm_mov_rr(&e->b, 4, 1, XOLD);
		callc(e, (const void *)(uintptr_t)jit_destroy);
		arm_cbz_l(&e->b, false, 4, 0, &c->back);
		leave(e, c, SITE_NEXT);
		break;
	case CSHADE:
		arm_stp_rr(&e->b, 8, XSRC, XDST, (ArmMem){.mode = ArmPre, .base = SP, .disp = -32});
		arm_str_rm(&e->b, 8, XOLD, arm_disp(SP, 16));
		arm_mov_rr(&e->b, 4, 1, c->reg);
		callc(e, (const void *)(uintptr_t)jit_shade);
		arm_ldr_rm(&e->b, 8, XOLD, arm_disp(SP, 16));
		arm_ldp_rr(&e->b, 8, XSRC, XDST, (ArmMem){.mode = ArmPost, .base = SP, .disp = 32});
		arm_b_l(&e->b, &c->back);
		break;
	case CFRAME:
		leave(e, c, SITE_NOMAIN);
		break;
	case CRET:
		/* It is the last reference. Those before it are nil already; with finalisers to run the interpreter does the rest. */
		arm_mov_ri(&e->b, XTMP2, H);
		store(e, KW, memval(XFP, (int32_t)e->f->frame->ref[c->n], false), XTMP2);
		arm_mov_rr(&e->b, 4, 1, XSRC);
		callc(e, (const void *)(uintptr_t)jit_destroy);
		arm_cbz_l(&e->b, false, 4, 0, &c->back);
		arm_bl_to(&e->b, jit_thunks.exit);
		em_addsite(e, c->pc, SITE_INTERP, 0, 0);
		break;
	case CWIDE:
		arm_add_rrr(&e->b, ArmAdd_, 4, XOLD, c->reg, c->n, ArmLsl, 2);
		em_addsite(e, c->pc, SITE_NIL, c->snap, c->nsnap);
		arm_ldr_rm(&e->b, 4, XTMP, arm_disp(XOLD, 8));
		arm_b_l(&e->b, &c->back);
		break;
	}
}

void
em_begin(Emit *e)
{
	Cold *c = em_cold(e, CEXIT);

	c->kind = SITE_QUANTUM;
	c->snap = em_snapstart(e, &c->nsnap);
	budget(e, CALLCOST, &c->at);
}

/* There are no light calls, and all references are counted at once. */
void
em_lightsaves(Emit *e, int32_t pc, bool behind)
{
	(void)e;
	(void)pc;
	(void)behind;
}

int
em_lightmade(const Emit *e, int32_t pc)
{
	(void)e;
	(void)pc;
	return MADE;
}

/* ------------------------------------------------------------ in and out */

/* fp, mp and the turn as p has them; on at the address in x16. */
static void
goon(Codebuf *b)
{
	arm_ldr_rm(b, 8, XFP, PROG(fp));
	arm_ldr_rm(b, 8, XTMP, PROG(m));
	arm_ldr_rm(b, 4, XMP, arm_disp(XTMP, offsetof(Module, mp)));
	arm_ldr_rm(b, 4, XTURN, PROG(jit.budget));
	arm_br_r(b, XADDR);
}

size_t
emit_thunks(void *p, size_t n, const void *exec)
{
	Codebuf b;
	Label leave = {0}, away = {0}, on = {0}, there = {0};
	int k;

	codebuf_init(&b, p, n, exec);
	/* enter(p, target) */
	jit_thunks.enter = (int (*)(Prog *, void *))codebuf_exec(&b, codebuf_offset(&b));
	arm_stp_rr(&b, 8, FP, LR, (ArmMem){.mode = ArmPre, .base = SP, .disp = -160});
	for (k = 0; k < 5; k++)
		arm_stp_rr(&b, 8, 19 + 2 * k, 20 + 2 * k, arm_disp(SP, 16 + 16 * k));
	for (k = 0; k < 4; k++)
		arm_stp_vv(&b, 8, 8 + 2 * k, 9 + 2 * k, arm_disp(SP, 96 + 16 * k));
	arm_mov_rr(&b, 8, XP, 0);
	arm_mov_rr(&b, 8, XADDR, 1);
	arm_add_rri(&b, ArmAdd_, 8, XTMP, SP, 0);
	arm_str_rm(&b, 8, XTMP, PROG(jit.sp));
	goon(&b);

	/* Leave with the status in w0. */
	jit_thunks.leave = (const void *)codebuf_exec(&b, codebuf_offset(&b));
	arm_bind(&b, &leave);
	arm_str_rm(&b, 4, XTURN, PROG(jit.budget));
	arm_ldr_rm(&b, 8, XTMP, PROG(jit.sp));
	arm_add_rri(&b, ArmAdd_, 8, SP, XTMP, 0);
	for (k = 0; k < 4; k++)
		arm_ldp_vv(&b, 8, 8 + 2 * k, 9 + 2 * k, arm_disp(SP, 96 + 16 * k));
	for (k = 0; k < 5; k++)
		arm_ldp_rr(&b, 8, 19 + 2 * k, 20 + 2 * k, arm_disp(SP, 16 + 16 * k));
	arm_ldp_rr(&b, 8, FP, LR, (ArmMem){.mode = ArmPost, .base = SP, .disp = 160});
	arm_ret(&b);

	/* Called from where native code is left: jit_exit(p, return address, registers, stack). */
	jit_thunks.exit = jit_thunks.nocode = jit_thunks.nolight = (void *)codebuf_exec(&b, codebuf_offset(&b));
	arm_add_rri(&b, ArmSub, 8, SP, SP, 8 * NSAVED);
	for (k = 0; k < 30; k += 2)
		arm_stp_rr(&b, 8, k, k + 1, arm_disp(SP, 8 * k));
	arm_str_rm(&b, 8, LR, arm_disp(SP, 8 * 30));
	for (k = 0; k < 32; k++)
		arm_str_vm(&b, 8, k, arm_disp(SP, 8 * (32 + k)));
	arm_mov_rr(&b, 8, 0, XP);
	arm_mov_rr(&b, 8, 1, LR);
	arm_add_rri(&b, ArmAdd_, 8, 2, SP, 0);
	arm_add_rri(&b, ArmAdd_, 8, 3, SP, 8 * NSAVED);
	arm_mov_ri(&b, XADDR, (uint64_t)(uintptr_t)jit_exit);
	arm_blr_r(&b, XADDR);
	arm_add_rri(&b, ArmSubs, 4, ZR, 0, JIT_RESUME);
	arm_bcc_l(&b, ArmNe, &leave);
	arm_ldr_rm(&b, 8, XTMP, PROG(jit.sp));
	arm_add_rri(&b, ArmAdd_, 8, SP, XTMP, 0);
	arm_ldr_rm(&b, 8, XADDR, PROG(jit.target));
	goon(&b);

	/* The instruction in x5 by the function in x4. What goes on elsewhere goes on at an entry if there is one, in whatever function. */
	incthunk = (const void *)codebuf_exec(&b, codebuf_offset(&b));
	arm_str_rm(&b, 8, LR, (ArmMem){.mode = ArmPre, .base = SP, .disp = -16});
	arm_str_rm(&b, 8, 5, PROG(pc));
	arm_str_rm(&b, 8, XFP, PROG(fp));
	arm_str_rm(&b, 4, XTURN, PROG(jit.budget));
	arm_mov_rr(&b, 8, 0, XP);
	arm_blr_r(&b, 4);
	arm_ldr_rm(&b, 4, XTURN, PROG(jit.budget));
	arm_ldr_rm(&b, 8, LR, (ArmMem){.mode = ArmPost, .base = SP, .disp = 16});
	arm_cbz_l(&b, true, 4, 0, &away);
	arm_ret(&b);
	arm_bind(&b, &away);
	arm_ldr_rm(&b, 8, XADDR, PROG(jit.target));
	arm_add_rri(&b, ArmSubs, 4, ZR, 0, JIT_CALL);
	arm_bcc_l(&b, ArmEq, &there);
	arm_add_rri(&b, ArmSubs, 4, ZR, 0, JIT_GO);
	arm_bcc_l(&b, ArmNe, &leave);
	arm_mov_ri(&b, XADDR, (uint64_t)(uintptr_t)jit_onward);
	arm_b_l(&b, &on);

	/* A function has returned: nothing is left of it but its Act above the topmost one. */
	retthunk = (const void *)codebuf_exec(&b, codebuf_offset(&b));
	arm_str_rm(&b, 4, XTURN, PROG(jit.budget));
	arm_mov_ri(&b, XADDR, (uint64_t)(uintptr_t)jit_returned);
	arm_bind(&b, &on);
	arm_mov_rr(&b, 8, 0, XP);
	arm_blr_r(&b, XADDR);
	arm_mov_rr(&b, 8, XTMP, 0);
	arm_mov_ri(&b, 0, JIT_GO);
	arm_cbz_l(&b, false, 8, XTMP, &leave);
	arm_mov_rr(&b, 8, XADDR, XTMP);
	arm_bind(&b, &there);
	goon(&b);
	return b.full || b.bad ? 0 : codebuf_offset(&b);
}
