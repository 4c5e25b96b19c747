/*
 * Functions as code of amd64.
 *
 *	rbx	fp			r15	the Prog
 *	rbp	mp			r14	what is left of the turn
 *	rdi, r8-r13	keys		rax, rcx, rdx, rsi	scratch
 *	xmm2-xmm15	keys		xmm0, xmm1		scratch
 *
 * References are 32 bits and are used as addresses as they are: all that is reached from one, with an offset of at most 64K, lies in the arena
 * or where there is no access; the fault becomes the exception (jit.c). Sums of references are made in 32 bits. In scratch registers
 * source operands come through rcx, middle ones through rax, destinations through rdx.
 *
 * While a body runs, rsp is a multiple of 16. A call pushes fp and the return address.
 */
#include <stddef.h>
#include <stdlib.h>

#include "libinterp/jit/amd64enc.h"
#include "libinterp/jit/jit.h"

#define PROG(field) mem_base(R15, (int32_t)offsetof(Prog, field))
#define CALLCOST 4
#define NATIVESTACK 65536 /* of a worker's stack, for return addresses */

Thunks jit_thunks;
const Machine jit_machine = {1u << RDI | 0x3f00u, 0xfffcu};

static const uint8_t *tdrop, *tdestroy, *tkeep, *tmcall; /* thunks, where they run */

/* ------------------------------------------------------------ state */

/* Code out of the way, written behind the function. */
typedef struct Cold {
	struct Cold *next;
	Label at, back;
	int what;
	int reg;
	int32_t pc;
	uint32_t snap;
	uint8_t nsnap, kind;
	Type *t;
	int n;
} Cold;

enum { CEXIT, CDESTROY, CSHADE, CFRAME, CWIDE, CRET, CRETSLOW };

typedef struct Emit {
	Fn *f;
	Jfn *j;
	Codebuf b;
	Label start, *label;
	Set valid, dirty; /* keys in their registers; and not in memory */
	int16_t owner[32];/* key that a register was last used for */
	Set *at;	  /* what lives before each instruction of the block, and behind the last */
	Block *blk;
	const Inst *in;
	Effect e;
	int32_t pc;
	Cold *cold, **coldtail;
	uint32_t asite, asave, aentry;
	Set lastset;	  /* of the last snapshot */
	uint32_t lastsnap;
	uint8_t lastn;
	bool havelast;
	bool nomem;
	Label after; /* of a sequence that is done in one go if a guess holds, up to pc until */
	int32_t until;
} Emit;

/* Where an operand is. trap: reading it may fault. */
enum { VREG, VXMM, VIMM, VMEM };

typedef struct Val {
	uint8_t k;
	bool trap;
	int8_t reg;
	int32_t imm;
	Mem m;
} Val;

static const uint8_t classsize[] = {4, 1, 8, 8, 4, 4};

static bool
grow(Emit *e, void *place, uint32_t n, uint32_t *a, size_t size)
{
	void **pp = place, *np;

	if (n < *a)
		return true;
	np = realloc(*pp, (*a * 2 + 32) * size);
	if (np == NULL) {
		e->nomem = true;
		return false;
	}
	*pp = np;
	*a = *a * 2 + 32;
	return true;
}

/* The registers to be saved where these keys live. */
static uint32_t
snap(Emit *e, const Set *live, uint8_t *n)
{
	Set s = e->dirty;
	const Key *k;
	int i;

	set_and(&s, live);
	if (e->havelast && memcmp(&s, &e->lastset, sizeof s) == 0) {
		*n = e->lastn;
		return e->lastsnap;
	}
	e->lastset = s;
	e->lastsnap = e->j->nsave;
	e->lastn = 0;
	e->havelast = true;
	for (i = set_next(&s, 0); i >= 0; i = set_next(&s, i + 1)) {
		k = &e->f->k[i];
		if (!grow(e, &e->j->save, e->j->nsave, &e->asave, sizeof(Save)))
			break;
		e->j->save[e->j->nsave++] = (Save){k->off, (uint8_t)(k->reg + (k->class == KF ? 16 : 0)), k->class};
		e->lastn++;
	}
	*n = e->lastn;
	return e->lastsnap;
}

static void
addsite(Emit *e, int32_t pc, int kind, uint32_t sn, uint8_t nsn)
{
	if (!grow(e, &e->j->site, e->j->nsite, &e->asite, sizeof(Site)))
		return;
	e->j->site[e->j->nsite++] = (Site){codebuf_offset(&e->b), pc, sn, nsn, (uint8_t)kind};
}

/* The next instruction may fault. */
static void
trap(Emit *e, int kind)
{
	uint8_t n;
	uint32_t s = snap(e, &e->at[e->pc - e->blk->first], &n);

	addsite(e, e->pc, kind, s, n);
}

static Cold *
cold(Emit *e, int what)
{
	static Cold none;
	Cold *c = calloc(1, sizeof *c);

	if (c == NULL) {
		e->nomem = true;
		none = (Cold){0};
		return &none;
	}
	c->what = what;
	c->pc = e->pc;
	*e->coldtail = c;
	e->coldtail = &c->next;
	return c;
}

/* A label to jump to in order to leave at this instruction as it was before. */
static Label *
leaveto(Emit *e, int kind)
{
	Cold *c = cold(e, CEXIT);

	c->kind = (uint8_t)kind;
	c->snap = snap(e, &e->at[e->pc - e->blk->first], &c->nsnap);
	return &c->at;
}

static void
jcc_leave(Emit *e, Cc cc, int kind)
{
	amd_jcc_l(&e->b, cc, leaveto(e, kind));
}

static void
entryhere(Emit *e, int32_t pc)
{
	/* Pairs of pc and offset for now. */
	if (!grow(e, &e->j->entry, e->j->nentry + 1, &e->aentry, sizeof(int32_t)))
		return;
	e->j->entry[e->j->nentry++] = pc;
	e->j->entry[e->j->nentry++] = (int32_t)codebuf_offset(&e->b);
}

/* ------------------------------------------------------------ keys and operands */

static Mem
fpmem(int32_t off)
{
	return mem_base(RBX, off);
}

static void
loadmem(Emit *e, int class, int reg, Mem m)
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
		amd_mov_mr(&e->b, classsize[class], m, reg);
}

static void
move(Emit *e, int class, int to, int from)
{
	if (to == from)
		return;
	if (class == KF)
		amd_sse_xx(&e->b, SseMovapd, to, from);
	else
		amd_mov_rr(&e->b, class == KL ? 8 : 4, to, from);
}

/* Key i has its value in its register; what was there before is gone. */
static void
own(Emit *e, int i)
{
	const Key *k = &e->f->k[i];
	int16_t *o = &e->owner[k->reg + (k->class == KF ? 16 : 0)];

	if (*o >= 0 && *o != i) {
		set_del(&e->valid, *o);
		set_del(&e->dirty, *o);
	}
	*o = (int16_t)i;
	set_add(&e->valid, i);
}

/* Make key i valid. Uses rcx for what is derived. */
static void
need(Emit *e, int i)
{
	const Key *k = &e->f->k[i];
	const Key *a;
	Label nil = {0};
	int base = RCX;

	if (set_has(&e->valid, i))
		return;
	if (k->base < 0) {
		loadmem(e, k->class, k->reg, fpmem(k->off));
	} else {
		/* nil has no elements: whatever the index, it will be too large. */
		a = &e->f->k[k->base];
		if (a->reg >= 0 && set_has(&e->valid, k->base))
			base = a->reg;
		else
			amd_mov_rm(&e->b, 4, RCX, fpmem(a->off));
		amd_zero_r(&e->b, k->reg);
		amd_alu_ri(&e->b, AluCmp, 4, base, -1);
		amd_jcc_short(&e->b, CcE, &nil);
		trap(e, SITE_NIL);
		amd_mov_rm(&e->b, 4, k->reg, mem_base(base, k->class == KLEN ? 0 : 8));
		amd_bind(&e->b, &nil);
	}
	own(e, i);
}

static int
keyof(Emit *e, int oc, const Operand *o, int class)
{
	int i;

	if (oc != OC_FP)
		return -1;
	i = fn_key(e->f, o->v, class);
	return i >= 0 && e->f->k[i].reg >= 0 ? i : -1;
}

/* The register that holds the reference word at off(fp), perhaps scratch. */
static int
baseof(Emit *e, int32_t off, int scratch)
{
	int i = fn_key(e->f, off, KW);

	if (i >= 0 && e->f->k[i].reg >= 0) {
		need(e, i);
		return e->f->k[i].reg;
	}
	amd_mov_rm(&e->b, 4, scratch, fpmem(off));
	return scratch;
}

static Val
memval(Mem m, bool tr)
{
	return (Val){.k = VMEM, .m = m, .trap = tr};
}

static Val
regval(int class, int reg)
{
	return (Val){.k = class == KF ? VXMM : VREG, .reg = (int8_t)reg};
}

/* Where operand o is; write: its value is not needed. */
static Val
where(Emit *e, int oc, const Operand *o, int class, int scratch, bool write)
{
	int i;

	switch (oc) {
	case OC_FP:
		i = keyof(e, oc, o, class);
		if (i < 0)
			return memval(fpmem(o->v), false);
		if (!write)
			need(e, i);
		return regval(class, e->f->k[i].reg);
	case OC_MP:
		return memval(mem_base(RBP, o->v), false);
	case OC_IMM:
		return (Val){.k = VIMM, .imm = class == KB ? (uint8_t)o->v : o->v};
	case OC_IFP:
		return memval(mem_base(baseof(e, o->o1, scratch), o->o2), true);
	case OC_IMP:
		amd_mov_rm(&e->b, 4, scratch, mem_base(RBP, o->o1));
		return memval(mem_base(scratch, o->o2), true);
	case OC_ABS:
		return memval(mem_abs((uint32_t)o->v), false);
	}
	e->b.bad = true;
	return memval(fpmem(0), false);
}

static Val
src(Emit *e, int class)
{
	return where(e, e->in->sc, &e->in->s, class, RCX, false);
}

static Val
mid(Emit *e, int class)
{
	return where(e, e->in->mc, &e->in->m, class, RAX, false);
}

static Val
dst(Emit *e, int class)
{
	return where(e, e->in->dc, &e->in->d, class, RDX, true);
}

static void
traps(Emit *e, const Val *v)
{
	if (v->trap)
		trap(e, SITE_NIL);
}

/* reg = v. */
static void
ld(Emit *e, int class, int reg, Val v)
{
	switch (v.k) {
	case VREG:
	case VXMM:
		move(e, class, reg, v.reg);
		break;
	case VIMM:
		amd_mov_ri(&e->b, reg, (uint32_t)v.imm);
		break;
	case VMEM:
		traps(e, &v);
		loadmem(e, class, reg, v.m);
	}
}

/* A register that holds v: its own or scratch. */
static int
rd(Emit *e, int class, Val v, int scratch)
{
	if (v.k == VREG || v.k == VXMM)
		return v.reg;
	ld(e, class, scratch, v);
	return scratch;
}

/* The key of an operand that is written has its new value in its register. */
static void
written(Emit *e, int oc, const Operand *o, int class)
{
	int i = keyof(e, oc, o, class);
	const Key *k;

	if (i < 0)
		return;
	k = &e->f->k[i];
	own(e, i);
	if (k->through)
		storemem(e, class, fpmem(k->off), k->reg);
	else
		set_add(&e->dirty, i);
}

/* Operand d = reg. */
static void
put(Emit *e, Val d, int class, int reg)
{
	if (d.k == VMEM) {
		traps(e, &d);
		storemem(e, class, d.m, reg);
	} else
		move(e, class, d.reg, reg);
}

static void
putdst(Emit *e, int class, int reg)
{
	Val d = dst(e, class);

	put(e, d, class, reg);
	written(e, e->in->dc, &e->in->d, class);
}

static bool
sameplace(int ac, const Operand *a, int bc, const Operand *b)
{
	return ac == bc && a->v == b->v;
}

/* ------------------------------------------------------------ barriers */

static void
storekey(Emit *e, int i)
{
	const Key *k = &e->f->k[i];

	storemem(e, k->class, fpmem(k->off), k->reg);
	set_del(&e->dirty, i);
}

/* All that live go to memory. */
static void
flush(Emit *e)
{
	Set s = e->dirty, live = e->at[e->pc - e->blk->first];
	int i;

	set_or(&live, &e->at[e->pc - e->blk->first + 1]);
	set_and(&s, &live);
	for (i = set_next(&s, 0); i >= 0; i = set_next(&s, i + 1))
		storekey(e, i);
	memset(&e->dirty, 0, sizeof e->dirty);
}

static void
forget(Emit *e)
{
	memset(&e->valid, 0, sizeof e->valid);
	memset(&e->dirty, 0, sizeof e->dirty);
	memset(e->owner, 0xff, sizeof e->owner);
}

/* Before the jump that ends the block: what its successors want is in registers, what they only need is in memory. */
static void
edges(Emit *e)
{
	Block *t;
	Set s;
	int i, j;

	for (j = 0; j < e->blk->nsucc; j++) {
		t = &e->f->b[e->blk->succ[j]];
		s = t->want;
		/* Derived ones last: they are made from others. */
		for (i = set_next(&s, 0); i >= 0; i = set_next(&s, i + 1))
			if (e->f->k[i].base < 0)
				need(e, i);
	}
	for (j = 0; j < e->blk->nsucc; j++) {
		t = &e->f->b[e->blk->succ[j]];
		s = t->want;
		for (i = set_next(&s, 0); i >= 0; i = set_next(&s, i + 1))
			need(e, i);
	}
	for (j = 0; j < e->blk->nsucc; j++) {
		t = &e->f->b[e->blk->succ[j]];
		s = e->dirty;
		set_and(&s, &t->live);
		set_minus(&s, &t->want);
		for (i = set_next(&s, 0); i >= 0; i = set_next(&s, i + 1))
			storekey(e, i);
	}
}

/* A C function that keeps all registers but scratch. */
static void
callkeep(Emit *e, const void *fn)
{
	amd_mov_ri(&e->b, RAX, (uint64_t)(uintptr_t)fn);
	amd_call_to(&e->b, tkeep);
}

/* A C function called as it is: the instruction is a barrier. */
static void
callc(Emit *e, const void *fn)
{
	amd_mov_rr(&e->b, 8, RDI, R15);
	amd_mov_ri(&e->b, RAX, (uint64_t)(uintptr_t)fn);
	amd_call_r(&e->b, RAX);
}

/* A C function that may end in leaving native code: status 0 goes on. Thunks give it back in eax and the flags. */
static void
calldrop(Emit *e, const void *fn, const void *thunk)
{
	amd_mov_ri(&e->b, R8, (uint64_t)(uintptr_t)e->in);
	amd_mov_ri(&e->b, RAX, (uint64_t)(uintptr_t)fn);
	amd_call_to(&e->b, thunk);
	amd_jcc_to(&e->b, CcNE, jit_thunks.leave);
	if (!(dis_ops[e->in->op].flags & DIS_F_NOFALL))
		entryhere(e, e->pc + 1);
}

/* ------------------------------------------------------------ arithmetic */

static void
alu_v(Emit *e, Alu op, int size, int reg, Val v)
{
	switch (v.k) {
	case VREG:
		amd_alu_rr(&e->b, op, size, reg, v.reg);
		break;
	case VIMM:
		amd_alu_ri(&e->b, op, size, reg, v.imm);
		break;
	case VMEM:
		traps(e, &v);
		amd_alu_rm(&e->b, op, size, reg, v.m);
		break;
	}
}

static void
alu3(Emit *e, Alu op, int class)
{
	const Inst *in = e->in;
	bool two = sameplace(in->mc, &in->m, in->dc, &in->d), comm = op != AluSub;
	int size = class == KB ? 4 : classsize[class], r;
	Val s = src(e, class), m, d;

	if (class == KB && s.k == VMEM) {
		ld(e, KB, RCX, s);
		s = regval(KB, RCX);
	}
	d = dst(e, class);
	if (d.k == VMEM) {
		if (two && s.k != VIMM) {
			r = rd(e, class, s, RCX);
			traps(e, &d);
			amd_alu_mr(&e->b, op, classsize[class], d.m, r);
		} else if (two) {
			traps(e, &d);
			amd_alu_mi(&e->b, op, classsize[class], d.m, class == KB ? (int8_t)s.imm : s.imm);
		} else {
			ld(e, class, RAX, mid(e, class));
			alu_v(e, op, size, RAX, s);
			put(e, d, class, RAX);
		}
		return;
	}
	r = d.reg;
	m = mid(e, class);
	if (two) {
		alu_v(e, op, size, r, s);
	} else if (s.k == VREG && s.reg == r) {
		if (comm) {
			if (class == KB && m.k == VMEM) {
				ld(e, KB, RAX, m);
				m = regval(KB, RAX);
			}
			alu_v(e, op, size, r, m);
		} else {
			ld(e, class, RAX, m);
			amd_alu_rr(&e->b, op, size, RAX, r);
			move(e, class, r, RAX);
		}
	} else if (m.k == VREG && op == AluAdd && s.k == VREG) {
		amd_lea_rm(&e->b, size, r, mem_index(m.reg, s.reg, 1, 0));
	} else if (m.k == VREG && op == AluAdd && s.k == VIMM && m.reg != r) {
		amd_lea_rm(&e->b, size, r, mem_base(m.reg, s.imm));
	} else if (m.k == VREG && op == AluSub && s.k == VIMM && m.reg != r && s.imm != INT32_MIN) {
		amd_lea_rm(&e->b, size, r, mem_base(m.reg, -s.imm));
	} else {
		if (s.trap) {
			ld(e, class, RCX, s);
			s = regval(class, RCX);
		}
		ld(e, class, r, m);
		alu_v(e, op, size, r, s);
	}
	if (class == KB && (op == AluAdd || op == AluSub))
		amd_zx_rr(&e->b, 4, 1, r, r);
	written(e, in->dc, &in->d, class);
}

static void
mul3(Emit *e, int class)
{
	const Inst *in = e->in;
	int size = class == KB ? 4 : classsize[class], r;
	Val s = src(e, class), m, d;

	if (s.k == VMEM) {
		ld(e, class, RCX, s);
		s = regval(class, RCX);
	}
	m = mid(e, class);
	if (class == KB && m.k == VMEM) {
		ld(e, KB, RAX, m);
		m = regval(KB, RAX);
	}
	d = dst(e, class);
	r = d.k == VREG ? d.reg : RAX;
	if (s.k == VIMM) {
		if (m.k == VIMM)
			amd_mov_ri(&e->b, r, (uint32_t)((uint32_t)m.imm * (uint32_t)s.imm));
		else if (m.k == VREG)
			amd_imul_rri(&e->b, size, r, m.reg, s.imm);
		else {
			traps(e, &m);
			amd_imul_rmi(&e->b, size, r, m.m, s.imm);
		}
	} else if (s.reg == r) {
		if (m.k == VMEM) {
			traps(e, &m);
			amd_imul_rm(&e->b, size, r, m.m);
		} else
			amd_imul_rr(&e->b, size, r, rd(e, class, m, RAX));
	} else {
		ld(e, class, r, m);
		amd_imul_rr(&e->b, size, r, s.reg);
	}
	if (class == KB)
		amd_zx_rr(&e->b, 4, 1, r, r);
	if (d.k == VMEM)
		put(e, d, class, r);
	else
		written(e, in->dc, &in->d, class);
}

static void
shift3(Emit *e, Shift op, int class)
{
	const Inst *in = e->in;
	int size = class == KB ? 4 : classsize[class], r;
	Val s = src(e, KW), m, d;

	if (s.k != VIMM)
		ld(e, KW, RCX, s);
	m = mid(e, class);
	d = dst(e, class);
	r = d.k == VREG ? d.reg : RAX;
	ld(e, class, r, m);
	if (s.k == VIMM)
		amd_shift_ri(&e->b, op, size, r, s.imm & (class == KL ? 63 : 31));
	else
		amd_shift_rc(&e->b, op, size, r);
	if (class == KB)
		amd_zx_rr(&e->b, 4, 1, r, r);
	if (d.k == VMEM)
		put(e, d, class, r);
	else
		written(e, in->dc, &in->d, class);
}

/* Power of two, or -1. */
static int
log2of(int32_t v)
{
	return v > 0 && (v & (v - 1)) == 0 ? __builtin_ctz((unsigned)v) : -1;
}

static void
divide(Emit *e, int class, bool mod)
{
	int size = classsize[class], c = RCX, k;
	Label minus = {0}, done = {0};
	Val s = src(e, class);

	if (s.k != VIMM)
		c = rd(e, class, s, RCX);
	/* An operand behind nil comes before a divisor that is zero. */
	ld(e, class, RAX, mid(e, class));
	if (s.k == VIMM && s.imm == 0) {
		amd_jmp_l(&e->b, leaveto(e, SITE_ZERO));
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
		putdst(e, class, RAX);
		return;
	}
	if (s.k == VIMM) {
		ld(e, class, RCX, s);
	} else {
		amd_alu_rr(&e->b, AluTest, size, c, c);
		jcc_leave(e, CcE, SITE_ZERO);
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
	putdst(e, class, RAX);
}

static void
sse_v(Emit *e, Sse op, int x, Val v)
{
	if (v.k == VXMM)
		amd_sse_xx(&e->b, op, x, v.reg);
	else {
		traps(e, &v);
		amd_sse_xm(&e->b, op, x, v.m);
	}
}

static void
real3(Emit *e, Sse op)
{
	const Inst *in = e->in;
	bool two = sameplace(in->mc, &in->m, in->dc, &in->d), comm = op == SseAddsd || op == SseMulsd;
	Val s = src(e, KF), d = dst(e, KF), m = mid(e, KF);
	int x = d.k == VXMM ? d.reg : XMM0;

	if (d.k == VXMM && two) {
		sse_v(e, op, x, s);
	} else if (d.k == VXMM && s.k == VXMM && s.reg == x) {
		if (comm) {
			/* NaNs aside, which have no identity here, the order does not matter. */
			sse_v(e, op, x, m);
		} else {
			ld(e, KF, XMM0, m);
			sse_v(e, op, XMM0, s);
			move(e, KF, x, XMM0);
		}
	} else {
		if (s.trap && d.k == VXMM) {
			ld(e, KF, XMM1, s);
			s = regval(KF, XMM1);
		}
		ld(e, KF, x, m);
		sse_v(e, op, x, s);
	}
	if (d.k == VMEM)
		put(e, d, KF, x);
	else
		written(e, in->dc, &in->d, KF);
}

static void
negate(Emit *e)
{
	Val s = src(e, KF);

	if (s.k == VXMM)
		amd_movd_rx(&e->b, 8, RAX, s.reg);
	else
		ld(e, KL, RAX, s);
	amd_bt_ri(&e->b, BtFlip, 8, RAX, 63);
	amd_movd_xr(&e->b, 8, XMM0, RAX);
	putdst(e, KF, XMM0);
}

/* cvtfw, cvtfl: add or subtract a half, cut; what does not fit is rare enough for the interpreter. */
static void
roundreal(Emit *e, int class)
{
	Label neg = {0}, done = {0};
	int size = classsize[class];

	ld(e, KF, XMM0, src(e, KF));
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
	jcc_leave(e, CcE, SITE_INTERP);
	putdst(e, class, RAX);
}

static void
toreal(Emit *e, int class)
{
	Val s = src(e, class), d;
	int x;

	if (s.k != VREG) {
		ld(e, class, RCX, s);
		s = regval(class, RCX);
	}
	d = dst(e, KF);
	x = d.k == VXMM ? d.reg : XMM0;
	amd_sse_xx(&e->b, SseXorpd, x, x);
	amd_cvt_xr(&e->b, 8, classsize[class], x, s.reg);
	if (d.k == VMEM)
		put(e, d, KF, x);
	else
		written(e, e->in->dc, &e->in->d, KF);
}

/* Moves and conversions of integers: read as class from, write as class to. */
static void
convert(Emit *e, int from, int to)
{
	Val s = src(e, from), d = dst(e, to);
	int r;

	if (d.k == VMEM && s.k == VIMM && from == to) {
		traps(e, &d);
		amd_mov_mi(&e->b, classsize[to], d.m, to == KB ? (int8_t)s.imm : s.imm);
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
				traps(e, &s);
				amd_sx_rm(&e->b, 8, 4, RCX, s.m);
			}
		} else
			r = rd(e, from == KL && to == KW ? KW : from, s, from == KF ? XMM0 : RCX);
		put(e, d, to, r);
		return;
	}
	r = d.reg;
	if (from == KW && to == KL) {
		if (s.k == VIMM)
			amd_mov_ri(&e->b, r, (uint64_t)(int64_t)s.imm);
		else if (s.k == VREG)
			amd_sx_rr(&e->b, 8, 4, r, s.reg);
		else {
			traps(e, &s);
			amd_sx_rm(&e->b, 8, 4, r, s.m);
		}
	} else if (from == KL && to == KW) {
		if (s.k == VREG)
			amd_mov_rr(&e->b, 4, r, s.reg);
		else
			ld(e, KW, r, s);
	} else if (from == KW && to == KB) {
		if (s.k == VIMM)
			amd_mov_ri(&e->b, r, (uint8_t)s.imm);
		else if (s.k == VREG)
			amd_zx_rr(&e->b, 4, 1, r, s.reg);
		else
			ld(e, KB, r, s);
	} else
		ld(e, from, r, s);
	written(e, e->in->dc, &e->in->d, to);
}

/* ------------------------------------------------------------ references */

/* Count what reg refers to. */
static void
increment(Emit *e, int reg)
{
	Label nil = {0};
	Cold *c;

	amd_alu_ri(&e->b, AluCmp, 4, reg, -1);
	amd_jcc_short(&e->b, CcE, &nil);
	/* What is no reference at all is left to the interpreter; nothing has been changed yet. */
	trap(e, SITE_INTERP);
	amd_alu_mi(&e->b, AluAdd, 4, mem_base(reg, -8), 1);
	amd_alu_mi(&e->b, AluCmp, 1, PROG(jit.marking), 0);
	c = cold(e, CSHADE);
	c->reg = reg;
	amd_jcc_l(&e->b, CcNE, &c->at);
	amd_bind(&e->b, &c->back);
	amd_bind(&e->b, &nil);
}

/* Drop a reference in reg, the last thing that the instruction does. */
static void
decrement(Emit *e, int reg)
{
	Label nil = {0};
	Cold *c;

	amd_alu_ri(&e->b, AluCmp, 4, reg, -1);
	amd_jcc_short(&e->b, CcE, &nil);
	c = cold(e, CDESTROY);
	c->reg = reg;
	c->snap = snap(e, &e->at[e->pc - e->blk->first + 1], &c->nsnap);
	/* What was no reference has no count: that is all then. */
	addsite(e, e->pc, SITE_NEXT, c->snap, c->nsnap);
	amd_alu_mi(&e->b, AluSub, 4, mem_base(reg, -8), 1);
	amd_jcc_l(&e->b, CcE, &c->at);
	amd_bind(&e->b, &c->back);
	amd_bind(&e->b, &nil);
}

/* D = the reference in reg (not rax, rdx), which is counted if count is set; the old one is released. */
static void
setref(Emit *e, int reg, bool count)
{
	const Inst *in = e->in;
	int i = keyof(e, in->dc, &in->d, KW);
	Val d = dst(e, KW);

	if (i >= 0 && !set_has(&e->valid, i))
		amd_mov_rm(&e->b, 4, RAX, fpmem(in->d.v));
	else
		ld(e, KW, RAX, d);
	if (count)
		increment(e, reg);
	put(e, d, KW, reg);
	written(e, in->dc, &in->d, KW);
	decrement(e, RAX);
}

static void
movp(Emit *e)
{
	int r = rd(e, KW, src(e, KW), RCX);
	int i = keyof(e, e->in->dc, &e->in->d, KW);

	/* The register of D may be the one the value is in, as for x = x. */
	if (i >= 0 && e->f->k[i].reg == r) {
		amd_mov_rr(&e->b, 4, RCX, r);
		r = RCX;
	}
	setref(e, r, true);
}

/* D = word at off of the list in S. */
static void
fromlist(Emit *e, int off)
{
	int r = rd(e, KW, src(e, KW), RCX);

	trap(e, SITE_NIL);
	amd_mov_rm(&e->b, 4, RCX, mem_base(r, off));
	setref(e, RCX, true);
}

static void
head(Emit *e, int class, int off)
{
	int r = rd(e, KW, src(e, KW), RCX), x = class == KF ? XMM0 : RAX;
	Val d = dst(e, class);

	if (d.k != VMEM)
		x = d.reg;
	trap(e, SITE_NIL);
	loadmem(e, class, x, mem_base(r, off));
	if (d.k == VMEM)
		put(e, d, class, x);
	else
		written(e, e->in->dc, &e->in->d, class);
}

static void
length(Emit *e)
{
	Label nil = {0};

	ld(e, KW, RCX, src(e, KW));
	amd_zero_r(&e->b, RAX);
	amd_alu_ri(&e->b, AluCmp, 4, RCX, -1);
	amd_jcc_short(&e->b, CcE, &nil);
	trap(e, SITE_NIL);
	amd_mov_rm(&e->b, 4, RAX, mem_base(RCX, 0));
	amd_bind(&e->b, &nil);
	putdst(e, KW, RAX);
}

/* The place of an operand as an address in reg; the reference it goes through must not be nil. */
static void
address(Emit *e, int oc, const Operand *o, int reg)
{
	Val v;
	Mem m;

	switch (oc) {
	case OC_FP:
		amd_lea_rm(&e->b, 4, reg, fpmem(o->v));
		return;
	case OC_MP:
		amd_lea_rm(&e->b, 4, reg, mem_base(RBP, o->v));
		return;
	case OC_ABS:
		amd_mov_ri(&e->b, reg, (uint32_t)o->v);
		return;
	}
	v = where(e, oc, o, KW, reg, true);
	m = v.m;
	amd_alu_ri(&e->b, AluCmp, 4, m.base, -1);
	jcc_leave(e, CcE, SITE_NIL);
	amd_lea_rm(&e->b, 4, reg, m);
}

static void
lea(Emit *e)
{
	address(e, e->in->sc, &e->in->s, RCX);
	putdst(e, KW, RCX);
}

static void
indexing(Emit *e, int size)
{
	const Inst *in = e->in;
	int a = in->sc == OC_FP ? fn_key(e->f, in->s.v, KW) : -1, len = -1, data = -1, ar = -1, dr;
	Val ix, m;

	if (a >= 0) {
		len = fn_derived(e->f, a, KLEN, e->pc);
		data = fn_derived(e->f, a, KDATA, e->pc);
		if (len >= 0 && e->f->k[len].reg < 0)
			len = -1;
		if (data >= 0 && e->f->k[data].reg < 0)
			data = -1;
		if (len >= 0)
			need(e, len);
		if (data >= 0)
			need(e, data);
	}
	if (len < 0 || data < 0 || size == 0)
		ar = rd(e, KW, src(e, KW), RCX);
	ix = where(e, in->dc, &in->d, KW, RDX, false);
	if (ix.k == VMEM) {
		ld(e, KW, RDX, ix);
		ix = regval(KW, RDX);
	}
	if (len < 0)
		trap(e, SITE_BOUNDS);
	if (ix.k == VIMM) {
		if (len >= 0)
			amd_alu_ri(&e->b, AluCmp, 4, e->f->k[len].reg, ix.imm);
		else
			amd_alu_mi(&e->b, AluCmp, 4, mem_base(ar, 0), ix.imm);
		jcc_leave(e, CcBE, SITE_BOUNDS);
	} else {
		if (len >= 0)
			amd_alu_rr(&e->b, AluCmp, 4, ix.reg, e->f->k[len].reg);
		else
			amd_alu_rm(&e->b, AluCmp, 4, ix.reg, mem_base(ar, 0));
		jcc_leave(e, CcAE, SITE_BOUNDS);
	}
	if (size == 0) {
		if (ix.k == VIMM) {
			amd_mov_ri(&e->b, RDX, (uint32_t)ix.imm);
			ix = regval(KW, RDX);
		}
		trap(e, SITE_BOUNDS);
		amd_mov_rm(&e->b, 4, RSI, mem_base(ar, 4));
		amd_imul_rr(&e->b, 4, RSI, ix.reg);
		ix = regval(KW, RSI);
	}
	if (data >= 0)
		dr = e->f->k[data].reg;
	else {
		dr = RCX;
		trap(e, SITE_BOUNDS);
		amd_mov_rm(&e->b, 4, RCX, mem_base(ar, 8));
	}
	m = where(e, in->mc, &in->m, KW, RAX, true);
	ar = m.k == VREG ? m.reg : RCX;
	if (ix.k == VIMM)
		amd_lea_rm(&e->b, 4, ar, mem_base(dr, (int32_t)((uint32_t)ix.imm * (uint32_t)size)));
	else
		amd_lea_rm(&e->b, 4, ar, mem_index(dr, ix.reg, size == 0 ? 1 : size, 0));
	if (m.k == VMEM)
		put(e, m, KW, ar);
	else
		written(e, in->mc, &in->m, KW);
}

static void
character(Emit *e)
{
	int s = rd(e, KW, src(e, KW), RCX), r;
	Val ix = mid(e, KW), d;
	Cold *c;

	if (ix.k != VREG) {
		ld(e, KW, RAX, ix);
		ix = regval(KW, RAX);
	}
	trap(e, SITE_NIL);
	amd_alu_rm(&e->b, AluCmp, 4, ix.reg, mem_base(s, 0));
	jcc_leave(e, CcAE, SITE_BOUNDS);
	d = dst(e, KW);
	r = RAX;
	c = cold(e, CWIDE);
	c->reg = s;
	c->n = ix.reg;
	c->snap = snap(e, &e->at[e->pc - e->blk->first], &c->nsnap);
	trap(e, SITE_NIL);
	amd_alu_mi(&e->b, AluCmp, 4, mem_base(s, 4), 4);
	amd_jcc_l(&e->b, CcE, &c->at);
	amd_lea_rm(&e->b, 4, RAX, mem_index(s, ix.reg, 1, 8));
	trap(e, SITE_NIL);
	amd_zx_rm(&e->b, 4, 1, RAX, mem_base(RAX, 0));
	amd_bind(&e->b, &c->back);
	put(e, d, KW, r);
	written(e, e->in->dc, &e->in->d, KW);
}

/* ------------------------------------------------------------ control */

/* Where the block at pc is; a place that tables say can not be reached is left to the interpreter. */
static Label *
labelof(Emit *e, int32_t pc)
{
	if (pc < e->f->lo || pc >= e->f->hi || e->f->bix[pc - e->f->lo] < 0)
		return leaveto(e, SITE_INTERP);
	return &e->label[e->f->bix[pc - e->f->lo]];
}

static void
jumpto(Emit *e, int32_t pc)
{
	amd_jmp_l(&e->b, labelof(e, pc));
}

static bool
isnext(Emit *e, int32_t pc)
{
	/* Blocks are laid out in the order of their pcs, the entry first. */
	int i = (int)(e->blk - e->f->b), t = e->f->bix[pc - e->f->lo], first = e->f->bix[e->f->pc - e->f->lo];

	if (i == first)
		i = first == 0 ? 1 : 0;
	else
		i = i + 1 == first ? i + 2 : i + 1;
	return t == i;
}

/* Backward jumps take from the turn. */
static void
budget(Emit *e)
{
	int32_t far = 0, d;
	int j;

	for (j = 0; j < e->blk->nsucc; j++) {
		d = e->pc - e->f->b[e->blk->succ[j]].first + 1;
		if (d > far)
			far = d;
	}
	if (far <= 0)
		return;
	amd_alu_ri(&e->b, AluSub, 4, R14, far);
	jcc_leave(e, CcS, SITE_QUANTUM);
}

static void
branchto(Emit *e, Cc cc)
{
	int32_t to = e->pc + e->in->d.v;

	if (isnext(e, to) && e->pc + 1 != to) {
		amd_jcc_l(&e->b, cc ^ 1, labelof(e, e->pc + 1));
		return;
	}
	amd_jcc_l(&e->b, cc, labelof(e, to));
	if (!isnext(e, e->pc + 1))
		jumpto(e, e->pc + 1);
}

/* The condition of a comparison of swapped operands. */
static Cc
swapped(Cc cc)
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

static void
branch(Emit *e, int class, Cc cc)
{
	int size = classsize[class], r;
	Val s, m;

	edges(e);
	budget(e);
	s = src(e, class);
	m = mid(e, class);
	if (s.k == VIMM && m.k != VIMM) {
		Val t = s;

		s = m;
		m = t;
		cc = swapped(cc);
	}
	if (s.k == VMEM && m.k == VREG) {
		traps(e, &s);
		amd_alu_mr(&e->b, AluCmp, size, s.m, m.reg);
	} else if (s.k == VMEM && m.k == VIMM) {
		traps(e, &s);
		amd_alu_mi(&e->b, AluCmp, size, s.m, class == KB ? (int8_t)m.imm : m.imm);
	} else {
		r = rd(e, class, s, RCX);
		if (m.k == VIMM && m.imm == 0)
			amd_alu_rr(&e->b, AluTest, size, r, r);
		else if (m.k == VIMM && class == KB)
			amd_alu_ri(&e->b, AluCmp, 4, r, m.imm);
		else
			alu_v(e, AluCmp, size, r, m);
	}
	branchto(e, cc);
}

static void
branchreal(Emit *e, int op)
{
	int32_t to = e->pc + e->in->d.v;
	Label no = {0};
	Val s, m;

	edges(e);
	budget(e);
	s = src(e, KF);
	m = mid(e, KF);
	switch (op) {
	case IBEQF:
	case IBNEF:
		sse_v(e, SseUcomisd, rd(e, KF, s, XMM0), m);
		if (op == IBEQF) {
			amd_jcc_l(&e->b, CcP, &no);
			amd_jcc_l(&e->b, CcE, labelof(e, to));
			amd_bind(&e->b, &no);
		} else {
			amd_jcc_l(&e->b, CcP, labelof(e, to));
			amd_jcc_l(&e->b, CcNE, labelof(e, to));
		}
		break;
	case IBLTF:
	case IBLEF:
		sse_v(e, SseComisd, rd(e, KF, m, XMM0), s);
		amd_jcc_l(&e->b, op == IBLTF ? CcA : CcAE, labelof(e, to));
		break;
	default:
		sse_v(e, SseComisd, rd(e, KF, s, XMM0), m);
		amd_jcc_l(&e->b, op == IBGTF ? CcA : CcAE, labelof(e, to));
	}
	if (!isnext(e, e->pc + 1))
		jumpto(e, e->pc + 1);
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
		jumpto(e, other);
		return;
	}
	amd_alu_ri(&e->b, AluCmp, 4, RAX, r[k].lo);
	if (r[k].hi == r[k].lo + 1)
		amd_jcc_l(&e->b, CcE, &e->label[e->f->bix[r[k].pc - e->f->lo]]);
	amd_jcc_l(&e->b, CcL, &less);
	if (r[k].hi <= r[k].lo)
		jumpto(e, r[k].pc);
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
		amd_data_address(&e->b, labelof(e, to[i]));
}

/* goto: what lies outside of the table is left to the interpreter. */
static void
dispatch(Emit *e)
{
	const Aword *t = ref2ptr(e->f->c->image + (uint32_t)e->in->d.v);
	int32_t n = t[-1], *to = malloc((size_t)n * sizeof *to);

	if (to == NULL) {
		e->nomem = true;
		return;
	}
	memcpy(to, t, (size_t)n * sizeof *to);
	edges(e);
	budget(e);
	ld(e, KW, RAX, src(e, KW));
	amd_alu_ri(&e->b, AluCmp, 4, RAX, n);
	jcc_leave(e, CcAE, SITE_INTERP);
	through(e, to, n);
	free(to);
}

/* Tables are taken as they are in the file: what a program writes over its own has no effect here. */
static void
choose(Emit *e)
{
	Code *c = e->f->c;
	const Aword *t = ref2ptr(c->image + (uint32_t)e->in->d.v);
	int32_t n = t[0], i, other = t[1 + (size_t)n * 3], v;
	Range *r = calloc((size_t)n + 1, sizeof *r);
	int32_t *to;
	int64_t span;
	int k;

	edges(e);
	budget(e);
	if (r == NULL) {
		e->nomem = true;
		return;
	}
	for (i = 0; i < n; i++)
		r[i] = (Range){t[1 + i * 3], t[2 + i * 3], t[3 + i * 3]};
	ld(e, KW, RAX, src(e, KW));
	span = n > 0 ? (int64_t)r[n - 1].hi - r[0].lo : 0;
	if (n < 4 || span > n * 8 || span > 4096 || span <= 0) {
		search(e, r, n, other);
		free(r);
		return;
	}
	if (r[0].lo != 0)
		amd_alu_ri(&e->b, AluSub, 4, RAX, r[0].lo);
	amd_alu_ri(&e->b, AluCmp, 4, RAX, (int32_t)span);
	amd_jcc_l(&e->b, CcAE, labelof(e, other));
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

/* ------------------------------------------------------------ frames, calls */

/* rdx = the topmost Act but n, rax = its number. Uses rsi. */
static void
topact(Emit *e, int n)
{
	amd_mov_rm(&e->b, 4, RAX, PROG(nact));
	amd_mov_rm(&e->b, 8, RSI, PROG(act));
	amd_lea_rm(&e->b, 8, RDX, mem_index(RAX, RAX, 4, 0));
	amd_lea_rm(&e->b, 8, RDX, mem_index(RSI, RDX, 8, -n * (int)sizeof(Act)));
}

static void
frame(Emit *e)
{
	Type *t = e->in->x;
	Cold *c = cold(e, CFRAME);
	uint32_t i;

	_Static_assert(sizeof(Act) == 40 && offsetof(Act, called) % 4 == 0 && offsetof(Act, cross) < offsetof(Act, called) + 4, "Act");
	c->t = t;
	c->snap = snap(e, &e->at[e->pc - e->blk->first], &c->nsnap);
	amd_mov_rm(&e->b, 4, RCX, PROG(sp));
	amd_mov_rm(&e->b, 4, RAX, PROG(se));
	amd_alu_rr(&e->b, AluSub, 4, RAX, RCX);
	amd_alu_ri(&e->b, AluCmp, 4, RAX, (int32_t)t->frame);
	amd_jcc_l(&e->b, CcB, &c->at);
	topact(e, 0);
	amd_alu_rm(&e->b, AluCmp, 4, RAX, PROG(aact));
	amd_jcc_l(&e->b, CcE, &c->at);
	amd_alu_ri(&e->b, AluAdd, 4, RAX, 1);
	amd_mov_mr(&e->b, 4, PROG(nact), RAX);
	amd_mov_mr(&e->b, 4, mem_base(RDX, offsetof(Act, fp)), RCX);
	amd_mov_mi(&e->b, 4, mem_base(RDX, offsetof(Act, called)), 0);
	amd_mov_ri(&e->b, RSI, (uint64_t)(uintptr_t)t);
	amd_mov_mr(&e->b, 8, mem_base(RDX, offsetof(Act, t)), RSI);
	amd_lea_rm(&e->b, 4, RAX, mem_base(RCX, (int32_t)t->frame));
	amd_mov_mr(&e->b, 4, PROG(sp), RAX);
	amd_mov_mi(&e->b, 4, mem_base(RCX, DIS_FRAME_RET), -1);
	for (i = 0; i < t->nref; i++)
		amd_mov_mi(&e->b, 4, mem_base(RCX, (int32_t)t->ref[i]), -1);
	amd_bind(&e->b, &c->back);
	putdst(e, KW, RCX);
}

static void
call(Emit *e)
{
	Inst *ret = (Inst *)(uintptr_t)(e->in + 1);
	int32_t to = e->pc + e->in->d.v;
	Jcode *jc = e->f->c->jit;

	flush(e);
	ld(e, KW, RCX, src(e, KW));
	topact(e, 1);
	amd_alu_rm(&e->b, AluCmp, 4, RCX, mem_base(RDX, offsetof(Act, fp)));
	jcc_leave(e, CcNE, SITE_INTERP);
	amd_alu_mi(&e->b, AluCmp, 1, mem_base(RDX, offsetof(Act, called)), 0);
	jcc_leave(e, CcNE, SITE_INTERP);
	amd_mov_rm(&e->b, 4, RSI, PROG(cur));
	amd_mov_mr(&e->b, 4, mem_base(RDX, offsetof(Act, prev)), RSI);
	amd_alu_ri(&e->b, AluSub, 4, RAX, 1);
	amd_mov_mr(&e->b, 4, PROG(cur), RAX);
	amd_mov_mi(&e->b, 1, mem_base(RDX, offsetof(Act, called)), 1);
	amd_mov_ri(&e->b, RAX, (uint64_t)(uintptr_t)ret);
	amd_mov_mr(&e->b, 8, mem_base(RDX, offsetof(Act, ret)), RAX);
	amd_push_r(&e->b, RBX);
	amd_mov_rr(&e->b, 4, RBX, RCX);
	if (to == e->f->pc) {
		amd_call_l(&e->b, &e->start);
	} else {
		amd_mov_ri(&e->b, RAX, (uint64_t)(uintptr_t)&jc->entry[to]);
		amd_call_m(&e->b, mem_base(RAX, 0));
	}
	addsite(e, e->pc, SITE_CALL, 0, 0);
	amd_pop_r(&e->b, RBX);
	entryhere(e, e->pc + 1);
	forget(e);
}

/*
 * Return: what interp does, for a frame of the expected type that no other module called, without uncalled frames above it, in which no
 * reference is the last one. All else in C.
 */
static void
ret(Emit *e)
{
	const Type *t = e->f->frame;
	Cold *slow = cold(e, CRETSLOW), *c;
	Label nil;
	uint32_t i, n = t != NULL ? t->nref : 0;

	if (t == NULL || n > 12) {
		amd_jmp_l(&e->b, &slow->at);
		return;
	}
	topact(e, 1);
	amd_alu_ri(&e->b, AluSub, 4, RAX, 1);
	amd_alu_rm(&e->b, AluCmp, 4, RAX, PROG(cur));
	amd_jcc_l(&e->b, CcNE, &slow->at);
	amd_alu_rr(&e->b, AluTest, 4, RAX, RAX);
	amd_jcc_l(&e->b, CcE, &slow->at);
	amd_alu_mi(&e->b, AluCmp, 2, mem_base(RDX, offsetof(Act, newchunk)), 0);
	amd_jcc_l(&e->b, CcNE, &slow->at);
	amd_mov_ri(&e->b, RCX, (uint64_t)(uintptr_t)t);
	amd_alu_rm(&e->b, AluCmp, 8, RCX, mem_base(RDX, offsetof(Act, t)));
	amd_jcc_l(&e->b, CcNE, &slow->at);
	for (i = 0; i < n; i++) {
		nil = (Label){0};
		c = cold(e, CRET);
		c->n = (int)i;
		amd_mov_rm(&e->b, 4, RCX, fpmem((int32_t)t->ref[i]));
		amd_alu_ri(&e->b, AluCmp, 4, RCX, -1);
		amd_jcc_short(&e->b, CcE, &nil);
		trap(e, SITE_INTERP);
		amd_alu_mi(&e->b, AluSub, 4, mem_base(RCX, -8), 1);
		amd_jcc_l(&e->b, CcE, &c->at);
		amd_bind(&e->b, &nil);
	}
	amd_mov_rm(&e->b, 4, RCX, mem_base(RDX, offsetof(Act, prev)));
	amd_mov_mr(&e->b, 4, PROG(cur), RCX);
	amd_mov_mr(&e->b, 4, PROG(nact), RAX);
	amd_mov_mr(&e->b, 4, PROG(sp), RBX);
	amd_ret(&e->b);
}

/* ------------------------------------------------------------ helpers */

static Ref
newobject(Prog *p, Type *t)
{
	Ref r = heap_alloc(POOL_HEAP, t, t->size);
	uint32_t i;

	if (r == 0) {
		vm_raise_heap(p);
		return 0;
	}
	for (i = 0; i < t->nref; i++)
		stw(r + t->ref[i], H);
	return r;
}

static Ref
newarray(Prog *p, Type *t, int32_t n)
{
	Ref r;

	if (n < 0) {
		vm_raise(p, "negative array size");
		return 0;
	}
	r = array_alloc(t, (uint32_t)n);
	if (r == 0)
		vm_raise_heap(p);
	return r;
}

static Ref
cons(Prog *p, Type *elem, int64_t v, Ref tail)
{
	Aref l = tail;

	return op_cons(p, elem, &v, &l) < 0 ? 0 : l;
}

static Ref
mframe(Prog *p, Ref r, int32_t idx)
{
	Aword f;

	return op_mframe(p, r, idx, &f) < 0 ? 0 : (Ref)f;
}

/* A reference that a helper made is in eax, 0 when it has raised. */
static void
checkref(Emit *e)
{
	amd_alu_rr(&e->b, AluTest, 4, RAX, RAX);
	jcc_leave(e, CcE, SITE_RAISED);
	amd_mov_rr(&e->b, 4, RCX, RAX);
}

/* D can be stored to: before something is made for it. */
static void
probe(Emit *e)
{
	Val d;

	if (e->in->dc != OC_IFP && e->in->dc != OC_IMP)
		return;
	d = where(e, e->in->dc, &e->in->d, KW, RDX, true);
	ld(e, KW, RAX, d);
}

static void
argref(Emit *e, int reg, const void *p)
{
	amd_mov_ri(&e->b, reg, (uint64_t)(uintptr_t)p);
}

static void
step(Emit *e)
{
	calldrop(e, (const void *)(uintptr_t)jit_step, tdrop);
	forget(e);
}

static bool
indirect(int oc)
{
	return oc == OC_IFP || oc == OC_IMP;
}

static void
stringbranch(Emit *e, Cc cc)
{
	ld(e, KW, RCX, src(e, KW));
	ld(e, KW, RSI, mid(e, KW));
	flush(e);
	amd_mov_rr(&e->b, 4, RDI, RCX);
	amd_mov_ri(&e->b, RAX, (uint64_t)(uintptr_t)str_cmp);
	amd_call_r(&e->b, RAX);
	forget(e);
	/* What edges and budget need does not touch rax. */
	edges(e);
	budget(e);
	amd_alu_rr(&e->b, AluTest, 4, RAX, RAX);
	branchto(e, cc);
}

/* A helper that may raise has been called. */
static void
checkraised(Emit *e)
{
	forget(e);
	amd_alu_rr(&e->b, AluTest, 4, RAX, RAX);
	jcc_leave(e, CcNE, SITE_RAISED);
}

/* fn(p, address of D, a, b): a is the middle operand and b the source, or, for slices, the other way round. */
static void
stringop(Emit *e, const void *fn, bool slice)
{
	ld(e, KW, RCX, src(e, KW));
	ld(e, KW, RAX, mid(e, KW));
	flush(e);
	address(e, e->in->dc, &e->in->d, RSI);
	if (slice) {
		amd_mov_rr(&e->b, 4, RDX, RCX);
		amd_mov_rr(&e->b, 4, RCX, RAX);
	} else
		amd_mov_rr(&e->b, 4, RDX, RAX);
	callc(e, fn);
	checkraised(e);
}

/* A few bytes from one place to another, which may overlap: all is read before something is written. */
static bool
copybytes(Emit *e)
{
	const Inst *in = e->in;
	int n = in->mc == OC_IMM ? in->m.v : 0, size = n >= 16 ? 16 : n >= 8 ? 8 : 4;
	Val s, d;
	Mem m;

	if (n < 4 || n > 32)
		return false;
	flush(e);
	s = where(e, in->sc, &in->s, KW, RCX, true);
	d = where(e, in->dc, &in->d, KW, RDX, true);
	if (in->sc == OC_FP)
		s = memval(fpmem(in->s.v), false);
	if (in->dc == OC_FP)
		d = memval(fpmem(in->d.v), false);
	if (s.k != VMEM || d.k != VMEM) {
		e->b.bad = true;
		return true;
	}
	m = s.m;
	m.disp += n - size;
	if (size == 16) {
		traps(e, &s);
		amd_sse_xm(&e->b, SseMovups, XMM0, s.m);
		traps(e, &s);
		amd_sse_xm(&e->b, SseMovups, XMM1, m);
	} else {
		traps(e, &s);
		amd_mov_rm(&e->b, size, RAX, s.m);
		traps(e, &s);
		amd_mov_rm(&e->b, size, RCX, m);
	}
	m = d.m;
	m.disp += n - size;
	if (size == 16) {
		traps(e, &d);
		amd_sse_mx(&e->b, SseMovups, d.m, XMM0);
		traps(e, &d);
		amd_sse_mx(&e->b, SseMovups, m, XMM1);
	} else {
		traps(e, &d);
		amd_mov_mr(&e->b, size, d.m, RAX);
		traps(e, &d);
		amd_mov_mr(&e->b, size, m, RCX);
	}
	forget(e);
	return true;
}

/*
 * A square root, as compilers write it: mframe, movf of the argument, lea of the result, mcall; for a module reference that is $Math's now.
 */
static bool
issqrt(Emit *e)
{
	const Inst *in = e->in;
	int32_t frame = in->d.v;
	Modlink *ml;
	Link *l;
	Ref r;

	if (e->pc + 3 > e->blk->last || e->f->mp == 0 || in->sc != OC_MP || in->mc != OC_IMM || in->dc != OC_FP ||
	    (uint32_t)in->s.v + 4 > e->f->c->mpsize)
		return false;
	if (in[1].op != IMOVF || (in[1].sc != OC_FP && in[1].sc != OC_MP) || in[1].dc != OC_IFP || in[1].d.o1 != frame ||
	    in[1].d.o2 != DIS_FRAME_ARGS)
		return false;
	if (in[2].op != ILEA || in[2].sc != OC_FP || in[2].dc != OC_IFP || in[2].d.o1 != frame || in[2].d.o2 != DIS_FRAME_RET)
		return false;
	if (in[3].op != IMCALL || in[3].sc != OC_FP || in[3].s.v != frame || in[3].mc != OC_IMM || in[3].m.v != in->m.v ||
	    in[3].dc != OC_MP || in[3].d.v != in->s.v)
		return false;
	r = ldw(e->f->mp + (uint32_t)in->s.v);
	ml = heap_host(r, TK_MODULE);
	l = ml != NULL ? modlink_fn(ml, in->m.v) : NULL;
	return l != NULL && ml->m->code->builtin != NULL && strcmp(ml->m->code->name, "$Math") == 0 && strcmp(l->name, "sqrt") == 0;
}

/* The reference is what it was, and no link has been freed since: then it means what it meant. */
static void
squareroot(Emit *e)
{
	const Inst *in = e->in;
	Label other = {0};

	ld(e, KF, XMM0, where(e, in[1].sc, &in[1].s, KF, RCX, false));
	amd_mov_ri(&e->b, RAX, (uint64_t)(uintptr_t)&modlink_epoch);
	amd_alu_mi(&e->b, AluCmp, 4, mem_base(RBP, in->s.v), (int32_t)ldw(e->f->mp + (uint32_t)in->s.v));
	amd_jcc_l(&e->b, CcNE, &other);
	amd_alu_mi(&e->b, AluCmp, 4, mem_base(RAX, 0), (int32_t)modlink_epoch);
	amd_jcc_l(&e->b, CcNE, &other);
	amd_sse_xx(&e->b, SseSqrtsd, XMM0, XMM0);
	amd_sse_mx(&e->b, SseMovsd, fpmem(in[2].s.v), XMM0);
	e->after = (Label){0};
	e->until = e->pc + 3;
	amd_jmp_l(&e->b, &e->after);
	amd_bind(&e->b, &other);
}

static void
helper(Emit *e)
{
	const Inst *in = e->in;
	Type *elem = NULL;
	int class = KW;

	switch (in->op) {
	case IMCALL:
		ld(e, KW, RCX, src(e, KW));
		ld(e, KW, RAX, mid(e, KW));
		ld(e, KW, RDX, where(e, in->dc, &in->d, KW, RDX, false));
		flush(e);
		amd_mov_rr(&e->b, 4, RSI, RCX);
		amd_mov_rr(&e->b, 4, RCX, RDX);
		amd_mov_rr(&e->b, 4, RDX, RAX);
		calldrop(e, (const void *)(uintptr_t)jit_mcall, tmcall);
		forget(e);
		return;
	case IMFRAME:
		probe(e);
		flush(e);
		if (issqrt(e))
			squareroot(e);
		ld(e, KW, RCX, src(e, KW));
		ld(e, KW, RAX, mid(e, KW));
		amd_mov_rr(&e->b, 4, RSI, RCX);
		amd_mov_rr(&e->b, 4, RDX, RAX);
		callc(e, (const void *)(uintptr_t)mframe);
		forget(e);
		checkref(e);
		putdst(e, KW, RCX);
		return;
	case INEW:
	case INEWZ:
		probe(e);
		flush(e);
		argref(e, RSI, in->x);
		callc(e, (const void *)(uintptr_t)newobject);
		forget(e);
		checkref(e);
		setref(e, RCX, false);
		return;
	case INEWA:
	case INEWAZ:
		probe(e);
		ld(e, KW, RCX, src(e, KW));
		flush(e);
		amd_mov_rr(&e->b, 4, RDX, RCX);
		argref(e, RSI, in->x);
		callc(e, (const void *)(uintptr_t)newarray);
		forget(e);
		checkref(e);
		setref(e, RCX, false);
		return;
	case ICONSW:
		elem = Tword;
		break;
	case ICONSP:
		elem = Tref;
		break;
	case ICONSB:
		elem = Tbyte;
		class = KB;
		break;
	case ICONSL:
		elem = Tbig;
		class = KL;
		break;
	case ISEND:
	case IRECV:
		if (indirect(in->op == ISEND ? in->sc : in->dc))
			break;
		if (in->op == ISEND) {
			ld(e, KW, RCX, where(e, in->dc, &in->d, KW, RDX, false));
			flush(e);
			address(e, in->sc, &in->s, RDX);
		} else {
			ld(e, KW, RCX, src(e, KW));
			flush(e);
			address(e, in->dc, &in->d, RDX);
		}
		amd_mov_rr(&e->b, 4, RSI, RCX);
		calldrop(e, (const void *)(uintptr_t)(in->op == ISEND ? jit_send : jit_recv), tdrop);
		forget(e);
		return;
	case IMOVM:
		if (copybytes(e))
			return;
		break;
	case IINSC:
	case IADDC:
		if (indirect(in->dc))
			break;
		stringop(e, in->op == IINSC ? (const void *)(uintptr_t)string_insc : (const void *)(uintptr_t)string_cat, false);
		return;
	case ISLICEC:
		if (indirect(in->dc))
			break;
		stringop(e, (const void *)(uintptr_t)string_slice, true);
		return;
	case ICVTWC:
		if (indirect(in->dc))
			break;
		ld(e, KW, RCX, src(e, KW));
		flush(e);
		amd_sx_rr(&e->b, 8, 4, RSI, RCX);
		address(e, in->dc, &in->d, RDX);
		callc(e, (const void *)(uintptr_t)op_cvtwc);
		checkraised(e);
		return;
	case IBEQC:
		stringbranch(e, CcE);
		return;
	case IBNEC:
		stringbranch(e, CcNE);
		return;
	case IBLTC:
		stringbranch(e, CcL);
		return;
	case IBLEC:
		stringbranch(e, CcLE);
		return;
	case IBGTC:
		stringbranch(e, CcG);
		return;
	case IBGEC:
		stringbranch(e, CcGE);
		return;
	}
	if (elem != NULL) {
		probe(e);
		ld(e, class, RCX, src(e, class));
		/* The tail is taken over as it is: the cell holds it from now on. */
		ld(e, KW, RAX, where(e, in->dc, &in->d, KW, RDX, false));
		flush(e);
		amd_mov_rr(&e->b, 8, RDX, RCX);
		amd_mov_rr(&e->b, 4, RCX, RAX);
		argref(e, RSI, elem);
		callc(e, (const void *)(uintptr_t)cons);
		forget(e);
		checkref(e);
		putdst(e, KW, RCX);
		return;
	}
	flush(e);
	step(e);
}

/* ------------------------------------------------------------ instructions */

static void
inlined(Emit *e)
{
	switch (e->in->op) {
	case IRUNT:
	case IECLR:
		break;
	case ICALL:
		call(e);
		break;
	case IFRAME:
		frame(e);
		break;
	case IRET:
		ret(e);
		break;
	case IJMP:
		edges(e);
		budget(e);
		if (!isnext(e, e->pc + e->in->d.v))
			jumpto(e, e->pc + e->in->d.v);
		break;
	case ICASE:
		choose(e);
		break;
	case IGOTO:
		dispatch(e);
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
		roundreal(e, KW);
		break;
	case ICVTFL:
		roundreal(e, KL);
		break;
	case INEGF:
		negate(e);
		break;
#define ALU(op, name) \
	case I##name##B: \
		alu3(e, op, KB); \
		break; \
	case I##name##W: \
		alu3(e, op, KW); \
		break; \
	case I##name##L: \
		alu3(e, op, KL); \
		break;
	ALU(AluAdd, ADD)
	ALU(AluSub, SUB)
	ALU(AluAnd, AND)
	ALU(AluOr, OR)
	ALU(AluXor, XOR)
#undef ALU
	case IMULB:
		mul3(e, KB);
		break;
	case IMULW:
		mul3(e, KW);
		break;
	case IMULL:
		mul3(e, KL);
		break;
	case ISHLB:
		shift3(e, ShShl, KB);
		break;
	case ISHLW:
		shift3(e, ShShl, KW);
		break;
	case ISHLL:
		shift3(e, ShShl, KL);
		break;
	case ISHRB:
		shift3(e, ShShr, KB);
		break;
	case ISHRW:
		shift3(e, ShSar, KW);
		break;
	case ISHRL:
		shift3(e, ShSar, KL);
		break;
	case ILSRW:
		shift3(e, ShShr, KW);
		break;
	case ILSRL:
		shift3(e, ShShr, KL);
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
		real3(e, SseAddsd);
		break;
	case ISUBF:
		real3(e, SseSubsd);
		break;
	case IMULF:
		real3(e, SseMulsd);
		break;
	case IDIVF:
		real3(e, SseDivsd);
		break;
#define BRANCHES(S, class, lt, le, gt, ge) \
	case IBEQ##S: \
		branch(e, class, CcE); \
		break; \
	case IBNE##S: \
		branch(e, class, CcNE); \
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
	BRANCHES(W, KW, CcL, CcLE, CcG, CcGE)
	BRANCHES(L, KL, CcL, CcLE, CcG, CcGE)
	BRANCHES(B, KB, CcB, CcBE, CcA, CcAE)
#undef BRANCHES
	case IBEQF:
	case IBNEF:
	case IBLTF:
	case IBLEF:
	case IBGTF:
	case IBGEF:
		branchreal(e, e->in->op);
		break;
	default:
		e->b.bad = true;
	}
}

static bool
jumps(const Inst *in)
{
	return dis_ops[in->op].flags & (DIS_F_COND | DIS_F_NOFALL);
}

static void
instruction(Emit *e)
{
	int how = fn_how(e->f->c, e->in), i;

	fn_effect(e->f, e->in, &e->e);
	if (how == HOW_INLINE) {
		if (e->e.barrier && e->in->op != ICALL && e->in->op != IRET)
			flush(e);
		inlined(e);
		if (e->e.barrier)
			forget(e);
		/* What was derived from an array that has changed is to be made again. */
		for (i = set_next(&e->e.def, 0); i >= 0; i = set_next(&e->e.def, i + 1))
			if (e->f->k[i].base >= 0)
				set_del(&e->valid, i);
	} else if (how == HOW_HELPER) {
		helper(e);
	} else {
		flush(e);
		step(e);
	}
}

static void
block(Emit *e, Block *b)
{
	const Inst *last = &e->f->c->inst[b->last];
	int i;

	e->blk = b;
	fn_liveat(e->f, b, e->at);
	e->at[b->last - b->first + 1] = b->out;
	set_or(&e->at[b->last - b->first + 1], &b->trap);
	amd_bind(&e->b, &e->label[b - e->f->b]);
	e->valid = b->want;
	e->dirty = b->dirty;
	memset(e->owner, 0xff, sizeof e->owner);
	for (i = set_next(&b->want, 0); i >= 0; i = set_next(&b->want, i + 1))
		own(e, i);
	e->havelast = false;
	for (e->pc = b->first; e->pc <= b->last; e->pc++) {
		e->in = &e->f->c->inst[e->pc];
		instruction(e);
		if (e->pc == e->until) {
			amd_bind(&e->b, &e->after);
			e->until = -1;
		}
	}
	e->pc = b->last;
	e->in = last;
	/* Steps that end blocks never come back here unless they go on to the next instruction. */
	if (!jumps(last) || (fn_how(e->f->c, last) == HOW_STEP && dis_ops[last->op].flags & DIS_F_COND)) {
		edges(e);
		if (!isnext(e, b->last + 1))
			jumpto(e, b->last + 1);
	}
}

/* ------------------------------------------------------------ out of the way */

static void
leave(Emit *e, Cold *c, int kind)
{
	amd_call_to(&e->b, jit_thunks.exit);
	addsite(e, c->pc, kind, c->snap, c->nsnap);
}

static void
coldcode(Emit *e, Cold *c)
{
	const Type *t = e->f->frame;
	int i;

	amd_bind(&e->b, &c->at);
	switch (c->what) {
	case CEXIT:
		leave(e, c, c->kind);
		break;
	case CDESTROY:
		amd_mov_rr(&e->b, 4, RSI, c->reg);
		amd_call_to(&e->b, tdestroy);
		addsite(e, c->pc, SITE_NEXT, c->snap, c->nsnap);
		amd_jmp_l(&e->b, &c->back);
		break;
	case CSHADE:
		/* rax and rcx hold the references the instruction is about. */
		amd_push_r(&e->b, RAX);
		amd_push_r(&e->b, RCX);
		amd_push_r(&e->b, RDX);
		amd_push_r(&e->b, RDX);
		amd_mov_rr(&e->b, 4, RSI, c->reg);
		callkeep(e, (const void *)(uintptr_t)jit_shade);
		amd_pop_r(&e->b, RDX);
		amd_pop_r(&e->b, RDX);
		amd_pop_r(&e->b, RCX);
		amd_pop_r(&e->b, RAX);
		amd_jmp_l(&e->b, &c->back);
		break;
	case CFRAME:
		amd_mov_ri(&e->b, RSI, (uint64_t)(uintptr_t)c->t);
		callkeep(e, (const void *)(uintptr_t)jit_frame);
		amd_mov_rr(&e->b, 4, RCX, RAX);
		amd_alu_rr(&e->b, AluTest, 4, RAX, RAX);
		amd_jcc_l(&e->b, CcNE, &c->back);
		leave(e, c, SITE_NOMAIN);
		break;
	case CWIDE:
		amd_lea_rm(&e->b, 4, RAX, mem_index(c->reg, c->n, 4, 8));
		addsite(e, c->pc, SITE_NIL, c->snap, c->nsnap);
		amd_mov_rm(&e->b, 4, RAX, mem_base(RAX, 0));
		amd_jmp_l(&e->b, &c->back);
		break;
	case CRET:
		/* Reference n is the last one: those before it are gone already. */
		amd_alu_mi(&e->b, AluAdd, 4, mem_base(RCX, -8), 1);
		for (i = 0; i < c->n; i++)
			amd_mov_mi(&e->b, 4, fpmem((int32_t)t->ref[i]), -1);
		/* fall through */
	case CRETSLOW:
		amd_mov_ri(&e->b, R8, (uint64_t)(uintptr_t)&e->f->c->inst[c->pc]);
		amd_mov_ri(&e->b, RAX, (uint64_t)(uintptr_t)jit_ret);
		amd_call_to(&e->b, tdrop);
		amd_jcc_to(&e->b, CcNE, jit_thunks.leave);
		amd_ret(&e->b);
		break;
	}
}

/* Come from elsewhere to the start of block b, with everything in memory. */
static void
landing(Emit *e, Block *b)
{
	Set s = b->want;
	int i;

	e->blk = b;
	e->pc = b->first;
	e->in = &e->f->c->inst[e->pc];
	fn_liveat(e->f, b, e->at);
	e->at[b->last - b->first + 1] = b->out;
	forget(e);
	e->havelast = false;
	entryhere(e, b->first);
	for (i = set_next(&s, 0); i >= 0; i = set_next(&s, i + 1))
		if (e->f->k[i].base < 0)
			need(e, i);
	for (i = set_next(&s, 0); i >= 0; i = set_next(&s, i + 1))
		need(e, i);
	amd_jmp_l(&e->b, &e->label[b - e->f->b]);
}

static void
prologue(Emit *e, Block *b)
{
	Cold *c = cold(e, CEXIT);
	Set s = b->want;
	int i;

	e->blk = b;
	e->pc = b->first;
	e->in = &e->f->c->inst[e->pc];
	fn_liveat(e->f, b, e->at);
	forget(e);
	amd_bind(&e->b, &e->start);
	entryhere(e, b->first);
	c->kind = SITE_QUANTUM;
	c->pc = b->first;
	amd_alu_ri(&e->b, AluSub, 4, R14, CALLCOST);
	amd_jcc_l(&e->b, CcS, &c->at);
	amd_alu_rm(&e->b, AluCmp, 8, RSP, PROG(jit.low));
	c = cold(e, CEXIT);
	c->kind = SITE_GO;
	c->pc = b->first;
	amd_jcc_l(&e->b, CcB, &c->at);
	for (i = set_next(&s, 0); i >= 0; i = set_next(&s, i + 1))
		if (e->f->k[i].base < 0)
			need(e, i);
	for (i = set_next(&s, 0); i >= 0; i = set_next(&s, i + 1))
		need(e, i);
	/* Nothing differs from memory; what the block says about it does no harm. */
}

size_t
emit_fn(Fn *f, void *p, size_t n, const void *exec, Jfn *j)
{
	Emit e;
	Cold *c, *next;
	int i, first = f->bix[f->pc - f->lo];
	int32_t max = 0;
	size_t used = 0;

	memset(&e, 0, sizeof e);
	e.f = f;
	e.j = j;
	e.coldtail = &e.cold;
	e.until = -1;
	codebuf_init(&e.b, p, n, exec);
	for (i = 0; i < f->nb; i++)
		if (f->b[i].last - f->b[i].first > max)
			max = f->b[i].last - f->b[i].first;
	e.label = calloc((size_t)f->nb, sizeof *e.label);
	e.at = calloc((size_t)max + 2, sizeof *e.at);
	if (e.label == NULL || e.at == NULL)
		goto out;
	prologue(&e, &f->b[first]);
	block(&e, &f->b[first]);
	for (i = 0; i < f->nb; i++)
		if (i != first)
			block(&e, &f->b[i]);
	for (i = 0; i < f->nb; i++)
		if (i != first ? f->b[i].header || f->b[i].caught || f->b[i].landing : f->b[i].npred > 0)
			landing(&e, &f->b[i]);
	/* Cold code may ask for more of it. */
	for (c = e.cold; c != NULL; c = c->next)
		coldcode(&e, c);
	if (!e.b.full && !e.b.bad && !e.nomem)
		used = codebuf_offset(&e.b);
out:
	if (e.b.bad)
		used = SIZE_MAX;
	for (c = e.cold; c != NULL; c = next) {
		next = c->next;
		free(c);
	}
	free(e.label);
	free(e.at);
	return used;
}

/* ------------------------------------------------------------ thunks */

static const uint8_t saved[] = {RDI, R8, R9, R10, R11};

size_t
emit_thunks(void *p, size_t n, const void *exec)
{
	static const uint8_t callee[] = {RBX, RBP, R12, R13, R14, R15};
	Codebuf b;
	Label leave = {0}, exitl = {0}, keep = {0}, cont = {0}, other = {0};
	uint32_t at;
	size_t i;
	int k;

	codebuf_init(&b, p, n, exec);
	/* enter(p, target) */
	at = codebuf_offset(&b);
	for (i = 0; i < sizeof callee; i++)
		amd_push_r(&b, callee[i]);
	amd_alu_ri(&b, AluSub, 8, RSP, 8);
	amd_mov_rr(&b, 8, R15, RDI);
	amd_mov_mr(&b, 8, PROG(jit.sp), RSP);
	amd_lea_rm(&b, 8, RAX, mem_base(RSP, -NATIVESTACK));
	amd_mov_mr(&b, 8, PROG(jit.low), RAX);
	amd_mov_rm(&b, 8, RBX, PROG(fp));
	amd_mov_rm(&b, 8, RAX, PROG(m));
	amd_mov_rm(&b, 4, RBP, mem_base(RAX, offsetof(Module, mp)));
	amd_mov_rm(&b, 4, R14, PROG(jit.budget));
	amd_mov_mi(&b, 4, PROG(jit.status), JIT_RET);
	amd_alu_ri(&b, AluSub, 8, RSP, 8);
	amd_call_r(&b, RSI);
	amd_mov_rm(&b, 4, RAX, PROG(jit.status));
	amd_mov_mr(&b, 4, PROG(jit.budget), R14);
	amd_alu_ri(&b, AluAdd, 8, RSP, 16);
	for (i = sizeof callee; i-- > 0;)
		amd_pop_r(&b, callee[i]);
	amd_ret(&b);
	jit_thunks.enter = (int (*)(Prog *, void *))codebuf_exec(&b, at);

	/*
	 * Jumped to in order to leave with the status in eax: a return to the above from wherever the stack is. Returns are paired with calls
	 * where nothing has been called since native code was entered, as after something that blocked: the processor guesses them all.
	 */
	amd_align(&b, 16);
	amd_bind(&b, &leave);
	jit_thunks.leave = (const void *)codebuf_exec(&b, codebuf_offset(&b));
	amd_mov_mr(&b, 4, PROG(jit.status), RAX);
	amd_mov_rm(&b, 8, RSP, PROG(jit.sp));
	amd_alu_ri(&b, AluSub, 8, RSP, 16);
	amd_ret(&b);

	/* Called from where native code is left: jit_exit(p, return address, registers). */
	amd_align(&b, 16);
	amd_bind(&b, &exitl);
	jit_thunks.exit = jit_thunks.nocode = (void *)codebuf_exec(&b, codebuf_offset(&b));
	amd_lea_rm(&b, 8, RSP, mem_base(RSP, -256));
	for (k = 0; k < 16; k++) {
		if (k != RSP)
			amd_mov_mr(&b, 8, mem_base(RSP, k * 8), k);
		amd_sse_mx(&b, SseMovsd, mem_base(RSP, 128 + k * 8), k);
	}
	amd_mov_rr(&b, 8, RDI, R15);
	amd_mov_rm(&b, 8, RSI, mem_base(RSP, 256));
	amd_mov_rr(&b, 8, RDX, RSP);
	amd_alu_ri(&b, AluAnd, 8, RSP, -16);
	amd_mov_ri(&b, RAX, (uint64_t)(uintptr_t)jit_exit);
	amd_call_r(&b, RAX);
	amd_lea_rm(&b, 8, RCX, mem_label(&leave));
	amd_push_r(&b, RCX);
	amd_ret(&b);

	/* Call the function in rax with p, rsi and so on; the flags tell whether the status is 0. The instruction is in r8. */
	amd_align(&b, 16);
	tdrop = (uint8_t *)codebuf_exec(&b, codebuf_offset(&b));
	amd_mov_mr(&b, 8, PROG(pc), R8);
	amd_mov_mr(&b, 8, PROG(fp), RBX);
	amd_mov_mr(&b, 4, PROG(jit.budget), R14);
	amd_mov_rr(&b, 8, RDI, R15);
	amd_alu_ri(&b, AluSub, 8, RSP, 8);
	amd_call_r(&b, RAX);
	amd_alu_ri(&b, AluAdd, 8, RSP, 8);
	amd_mov_rm(&b, 4, R14, PROG(jit.budget));
	amd_alu_rr(&b, AluTest, 4, RAX, RAX);
	amd_ret(&b);

	/* The same for calls through module references, which may go on in compiled code. */
	amd_align(&b, 16);
	tmcall = (uint8_t *)codebuf_exec(&b, codebuf_offset(&b));
	amd_mov_mr(&b, 8, PROG(pc), R8);
	amd_mov_mr(&b, 8, PROG(fp), RBX);
	amd_mov_mr(&b, 4, PROG(jit.budget), R14);
	amd_mov_rr(&b, 8, RDI, R15);
	amd_alu_ri(&b, AluSub, 8, RSP, 8);
	amd_call_r(&b, RAX);
	amd_mov_rm(&b, 4, R14, PROG(jit.budget));
	amd_alu_rr(&b, AluTest, 4, RAX, RAX);
	amd_jcc_l(&b, CcE, &cont);
	amd_alu_ri(&b, AluCmp, 4, RAX, JIT_CALL);
	amd_jcc_l(&b, CcNE, &other);
	amd_push_r(&b, RBX);
	amd_mov_rm(&b, 8, RBX, PROG(fp));
	amd_mov_rm(&b, 8, RAX, PROG(m));
	amd_mov_rm(&b, 4, RBP, mem_base(RAX, offsetof(Module, mp)));
	amd_call_m(&b, PROG(jit.target));
	amd_pop_r(&b, RBX);
	amd_mov_rm(&b, 8, RAX, PROG(m));
	amd_mov_rm(&b, 4, RBP, mem_base(RAX, offsetof(Module, mp)));
	amd_zero_r(&b, RAX);
	amd_bind(&b, &cont);
	amd_bind(&b, &other);
	amd_alu_ri(&b, AluAdd, 8, RSP, 8);
	amd_alu_rr(&b, AluTest, 4, RAX, RAX);
	amd_ret(&b);

	/* Call the function in rax with p, rsi and so on; only scratch registers change. */
	amd_align(&b, 16);
	amd_bind(&b, &keep);
	tkeep = (uint8_t *)codebuf_exec(&b, codebuf_offset(&b));
	for (i = 0; i < sizeof saved; i++)
		amd_push_r(&b, saved[i]);
	amd_alu_ri(&b, AluSub, 8, RSP, 128);
	for (k = 2; k < 16; k++)
		amd_sse_mx(&b, SseMovsd, mem_base(RSP, (k - 2) * 8), k);
	amd_mov_rr(&b, 8, RDI, R15);
	amd_call_r(&b, RAX);
	for (k = 2; k < 16; k++)
		amd_sse_xm(&b, SseMovsd, k, mem_base(RSP, (k - 2) * 8));
	amd_alu_ri(&b, AluAdd, 8, RSP, 128);
	for (i = sizeof saved; i-- > 0;)
		amd_pop_r(&b, saved[i]);
	amd_ret(&b);

	/* The count of the object in rsi has come to 0. */
	amd_align(&b, 16);
	tdestroy = (uint8_t *)codebuf_exec(&b, codebuf_offset(&b));
	amd_mov_ri(&b, RAX, (uint64_t)(uintptr_t)jit_destroy);
	amd_alu_ri(&b, AluSub, 8, RSP, 8);
	amd_call_l(&b, &keep);
	amd_alu_ri(&b, AluAdd, 8, RSP, 8);
	amd_alu_rr(&b, AluTest, 4, RAX, RAX);
	amd_jcc_l(&b, CcNE, &exitl);
	amd_ret(&b);
	return b.full || b.bad ? 0 : codebuf_offset(&b);
}
