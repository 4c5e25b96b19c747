/*
 * What the files of the emitter for amd64 share.
 *
 *	rbx	fp			r15	the Prog
 *	rbp	mp			r14	what is left of the turn, not negative
 *	rdi, r8-r13	keys		rax, rcx, rdx		scratch
 *	rsi	scratch in functions that make frames, in others a key
 *	r13	the number of Acts in functions that make frames, in others a key
 *	xmm2-xmm15	keys		xmm0, xmm1		scratch
 *
 * References are 32 bits and are used as addresses as they are: all that is reached from one, with an offset of at most 64K, lies in the arena
 * or where there is no access; the fault becomes the exception (jit.c). Sums of references are made in 32 bits. In scratch registers
 * source operands come through rcx, middle ones through rax, destinations through rdx.
 *
 * While a body runs, rsp is a multiple of 16. A call pushes fp and the return address, as light.c expects it.
 */
#ifndef LIBINTERP_JIT_AMD64_H
#define LIBINTERP_JIT_AMD64_H

#include "libinterp/jit/amd64enc.h"
#include "libinterp/jit/emit.h"

#define PROG(field) mem_base(R15, (int32_t)offsetof(Prog, field))

enum { CDESTROY = CMACHINE, CSHADE, CFRAME, CMADE, CWIDE, CRET, CRETLIGHT, CRETSLOW, CROOT, CALLOC, CENTRY, CMCALL, CYIELD };

/* Where an operand is. trap: reading it may fault. */
enum { VREG, VXMM, VIMM, VMEM };

typedef struct Val {
	uint8_t k;
	bool trap;
	int8_t reg;
	int32_t imm;
	Mem m;
} Val;

/* Thunks, where they run (amd64thunk.c): call the function in rax, with p and what is in rsi and so on. */
extern struct Emthunks {
	const uint8_t *drop;	/* registers are gone after it; leaves if the function says so */
	const uint8_t *mcall;	/* the same for calls through module references, which may go on in compiled code */
	/* Two of each: for functions that have no reals in registers, and for those that have. */
	const uint8_t *keep[2];	   /* all registers but scratch and rsi stay */
	const uint8_t *destroy[2]; /* the count of the object in rax has come to 0 */
} em_thunks;

/* ------------------------------------------------------------ amd64val.c: operands, and what is in which register */

static inline Mem
em_fpmem(int32_t off)
{
	return mem_base(RBX, off);
}

static inline Val
em_memval(Mem m, bool trap)
{
	return (Val){.k = VMEM, .m = m, .trap = trap};
}

static inline Val
em_regval(int class, int reg)
{
	return (Val){.k = class == KF ? VXMM : VREG, .reg = (int8_t)reg};
}

/* Of the element that the instruction before has indexed: fn_fused. */
extern Mem em_place;

/* The place where operand o is; write: its value is not needed. src, mid, dst: of the instruction's own. */
Val em_where(Emit *e, int oc, const Operand *o, int class, int scratch, bool write);
Val em_src(Emit *e, int class);
Val em_mid(Emit *e, int class);
Val em_dst(Emit *e, int class);
/* The next machine instruction goes through v and may fault. */
void em_traps(Emit *e, const Val *v);
/* reg = v; a register that holds v, its own or scratch; d = reg; the instruction's destination = reg. */
void em_ld(Emit *e, int class, int reg, Val v);
int em_rd(Emit *e, int class, Val v, int scratch);
void em_put(Emit *e, Val d, int class, int reg);
void em_putdst(Emit *e, int class, int reg);
void em_loadmem(Emit *e, int class, int reg, Mem m);
void em_move(Emit *e, int class, int to, int from);
/* A jump to em_leaveto. */
void em_jcc_leave(Emit *e, Cc cc, int kind);

/*
 * Calls of C functions with p and what is in rsi, rdx and so on: one that keeps all registers but scratch and rsi; a barrier; one that may end in
 * leaving native code, through the thunk drop or mcall.
 */
void em_callkeep(Emit *e, const void *fn);
void em_callc(Emit *e, const void *fn);
void em_calldrop(Emit *e, const void *fn, const void *thunk);

/* ------------------------------------------------------------ amd64arith.c: numbers */

void em_alu_v(Emit *e, Alu op, int size, int reg, Val v);
void em_sse_v(Emit *e, Sse op, int x, Val v);
void em_alu3(Emit *e, Alu op, int class);
void em_mul3(Emit *e, int class);
void em_shift3(Emit *e, Shift op, int class);
/* shrw, perhaps with what comes behind it: e is at the last instruction that has been done. */
void em_shiftright(Emit *e);
void em_divide(Emit *e, int class, bool mod);
void em_real3(Emit *e, Sse op);
void em_negate(Emit *e);
void em_roundreal(Emit *e, int class);
void em_toreal(Emit *e, int class);
/* Moves and conversions of integers: read as class from, write as class to. */
void em_convert(Emit *e, int from, int to);

/* ------------------------------------------------------------ amd64ref.c: references, lists, arrays, strings */

/* D = the reference in reg (not rax, rdx), which is counted if count is set; the old one is released. */
void em_setref(Emit *e, int reg, bool count);
/* The same for another operand; the old one is released if release is set. */
void em_setplace(Emit *e, int oc, const Operand *o, int reg, bool count, bool release);
void em_count(Emit *e, int reg);
/*
 * rcx = a new object of t with its references nil; or a cell for a list of elem, which is a basic type, with the value in rdx before the tail in ecx.
 * If there is no block at hand fn(p, type, rdx, rcx) does it. For barriers: changes rsi, and what fn changes.
 */
void em_new(Emit *e, Type *t, const void *fn);
void em_cons(Emit *e, Type *elem, int class, const void *fn);
/*
 * rcx = a new object of t, references nil; or a cell for a list of elem with the value in rdx, of that class, before the tail in ecx. Without a block at
 * hand fn(p, type, rdx, rcx) does the whole. Registers hold no keys.
 */
void em_new(Emit *e, Type *t, const void *fn);
void em_cons(Emit *e, Type *elem, int class, const void *fn);
/* The place of an operand as an address in reg; the reference it goes through must not be nil. */
void em_address(Emit *e, int oc, const Operand *o, int reg);
void em_movp(Emit *e);
/* D = word at off of the list in S, a reference or a value. */
void em_fromlist(Emit *e, int off);
void em_head(Emit *e, int class, int off);
void em_length(Emit *e);
void em_lea(Emit *e);
/* size: of the elements, or 0, as the array says. */
void em_indexing(Emit *e, int size);
void em_character(Emit *e);

/* ------------------------------------------------------------ amd64flow.c: jumps inside the function */

/* The condition of a comparison of swapped operands. */
Cc em_swapped(Cc cc);

/* Backward jumps take from the turn. */
void em_budget(Emit *e);
void em_branchto(Emit *e, Cc cc);
void em_branch(Emit *e, int class, Cc cc);
void em_branchreal(Emit *e, int op);
void em_dispatch(Emit *e);
void em_choose(Emit *e);

/* ------------------------------------------------------------ amd64call.c: frames, calls, and what C functions do */

void em_frame(Emit *e);
void em_call(Emit *e);
void em_ret(Emit *e);
/* A square root (fn_root). Otherwise its four instructions are done one by one, in cold code. */
void em_root(Emit *e);
void em_ownact(Emit *e);
/* The instruction by a function of its own; by the interpreter's. */
void em_helper(Emit *e);
void em_slowmcall(Emit *e, Cold *c);
void em_step(Emit *e);

/* ------------------------------------------------------------ amd64light.c: light calls */

/* off in the next frame, during the preparation of such a call. */
Mem em_lightmem(Emit *e, int32_t off);
/* rax has been stored to the destination: if that is in such a frame, it is known. */
void em_hold(Emit *e);
void em_lightstart(Emit *e);
/* Behind that: keys which have been passed in registers. */
void em_lightargs(Emit *e);
void em_lightresult(Emit *e);
void em_lightret(Emit *e);
void em_lightdestroy(Emit *e, Cold *c);
void em_lightcall(Emit *e, const Lightcall *lc);

#endif
