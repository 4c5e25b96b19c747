/*
 * The instructions of amd64 as functions that append their encoding to a Codebuf. Knows nothing of Dis.
 *
 * A group of instructions is one function, the operation an enum. Names end with what the operands are, destination first: r register,
 * x SSE register, m memory, i immediate, c the register cl, l label. size is that of the operation in bytes: 1, 2, 4 or 8. As the machine
 * has it, writing 4 bytes of a register clears the upper half, writing 1 or 2 leaves the rest. Byte registers are always the low ones (spl,
 * bpl, sil, dil; never ah). The shortest encoding is taken. What cannot be encoded sets bad (codebuf.h).
 */
#ifndef LIBINTERP_JIT_AMD64ENC_H
#define LIBINTERP_JIT_AMD64ENC_H

#include "libinterp/jit/codebuf.h"

enum { RAX, RCX, RDX, RBX, RSP, RBP, RSI, RDI, R8, R9, R10, R11, R12, R13, R14, R15, NOREG = -1, RIP = -2 };
enum { XMM0, XMM1, XMM2, XMM3, XMM4, XMM5, XMM6, XMM7, XMM8, XMM9, XMM10, XMM11, XMM12, XMM13, XMM14, XMM15 };

/*
 * Memory at base + index*scale + disp. base NOREG: none. index NOREG: none; RSP cannot be one. scale is 1, 2, 4 or 8. base RIP: the label,
 * or disp bytes after the end of the instruction. wrap: the address is computed modulo 2^32 (one byte more), so that whatever the registers
 * hold it lies in the low 4 GiB; without it, disp is signed and the sum has 64 bits.
 */
typedef struct Mem {
	int8_t base, index;
	uint8_t scale;
	bool wrap;
	int32_t disp;
	Label *label;
} Mem;

static inline Mem
mem_base(int base, int32_t disp)
{
	return (Mem){.base = (int8_t)base, .index = NOREG, .scale = 1, .disp = disp};
}

static inline Mem
mem_index(int base, int index, int scale, int32_t disp)
{
	return (Mem){.base = (int8_t)base, .index = (int8_t)index, .scale = (uint8_t)scale, .disp = disp};
}

/* An address below 4 GiB. */
static inline Mem
mem_abs(uint32_t addr)
{
	return (Mem){.base = NOREG, .index = NOREG, .scale = 1, .disp = (int32_t)addr, .wrap = addr >> 31};
}

static inline Mem
mem_label(Label *l)
{
	return (Mem){.base = RIP, .index = NOREG, .scale = 1, .label = l};
}

static inline Mem
mem_wrap(Mem m)
{
	m.wrap = true;
	return m;
}

/* ------------------------------------------------------------ moves */

void amd_mov_rr(Codebuf *b, int size, int dst, int src);
void amd_mov_rm(Codebuf *b, int size, int dst, Mem src);
void amd_mov_mr(Codebuf *b, int size, Mem dst, int src);
/* imm is extended by its sign to 8 bytes where size is 8. */
void amd_mov_mi(Codebuf *b, int size, Mem dst, int32_t imm);
/* The whole register, flags untouched. */
void amd_mov_ri(Codebuf *b, int dst, uint64_t imm);
/* The whole register = 0, in fewer bytes; changes flags. */
void amd_zero_r(Codebuf *b, int dst);
/* Extend from ssize to a larger size; zero from 4 to 8 is a move of 4. */
void amd_zx_rr(Codebuf *b, int size, int ssize, int dst, int src);
void amd_zx_rm(Codebuf *b, int size, int ssize, int dst, Mem src);
void amd_sx_rr(Codebuf *b, int size, int ssize, int dst, int src);
void amd_sx_rm(Codebuf *b, int size, int ssize, int dst, Mem src);
void amd_lea_rm(Codebuf *b, int size, int dst, Mem m);
void amd_xchg_rr(Codebuf *b, int size, int dst, int src);
void amd_xchg_rm(Codebuf *b, int size, int dst, Mem m); /* locked, as the machine does by itself */
void amd_push_r(Codebuf *b, int reg);
void amd_push_m(Codebuf *b, Mem m);
void amd_push_i(Codebuf *b, int32_t imm);
void amd_pop_r(Codebuf *b, int reg);
void amd_pop_m(Codebuf *b, Mem m);
void amd_bswap_r(Codebuf *b, int size, int reg); /* 4 or 8 */

/* ------------------------------------------------------------ integers */

/* Numbers are those of the machine's; test is a group of its own there. */
typedef enum Alu { AluAdd, AluOr, AluAdc, AluSbb, AluAnd, AluSub, AluXor, AluCmp, AluTest } Alu;

void amd_alu_rr(Codebuf *b, Alu op, int size, int dst, int src);
void amd_alu_rm(Codebuf *b, Alu op, int size, int dst, Mem src);
void amd_alu_mr(Codebuf *b, Alu op, int size, Mem dst, int src);
void amd_alu_ri(Codebuf *b, Alu op, int size, int dst, int32_t imm);
void amd_alu_mi(Codebuf *b, Alu op, int size, Mem dst, int32_t imm);

typedef enum Unary { UnNot = 2, UnNeg, UnMul, UnImul, UnDiv, UnIdiv, UnInc, UnDec } Unary;

/* Mul to Idiv take and leave rdx:rax (ax for bytes). */
void amd_un_r(Codebuf *b, Unary op, int size, int reg);
void amd_un_m(Codebuf *b, Unary op, int size, Mem m);
/* rdx:rax = rax with its sign: cwd, cdq, cqo. */
void amd_signrdx(Codebuf *b, int size);
/* rax = its lower half with sign: cbw, cwde, cdqe. */
void amd_signrax(Codebuf *b, int size);

/* Sizes 2, 4, 8. */
void amd_imul_rr(Codebuf *b, int size, int dst, int src);
void amd_imul_rm(Codebuf *b, int size, int dst, Mem src);
void amd_imul_rri(Codebuf *b, int size, int dst, int src, int32_t imm);
void amd_imul_rmi(Codebuf *b, int size, int dst, Mem src, int32_t imm);

typedef enum Shift { ShRol, ShRor, ShRcl, ShRcr, ShShl, ShShr, ShSar = 7 } Shift;

void amd_shift_ri(Codebuf *b, Shift op, int size, int reg, int n);
void amd_shift_rc(Codebuf *b, Shift op, int size, int reg);
void amd_shift_mi(Codebuf *b, Shift op, int size, Mem m, int n);
void amd_shift_mc(Codebuf *b, Shift op, int size, Mem m);

/* dst shifted, filled from src. Sizes 2, 4, 8. */
typedef enum Shd { ShdShld, ShdShrd } Shd;

void amd_shd_rri(Codebuf *b, Shd op, int size, int dst, int src, int n);
void amd_shd_rrc(Codebuf *b, Shd op, int size, int dst, int src);
void amd_shd_mri(Codebuf *b, Shd op, int size, Mem dst, int src, int n);
void amd_shd_mrc(Codebuf *b, Shd op, int size, Mem dst, int src);

/* Bit number src or n of dst, into the carry. Sizes 2, 4, 8. */
typedef enum Bt { BtTest = 4, BtSet, BtReset, BtFlip } Bt;

void amd_bt_rr(Codebuf *b, Bt op, int size, int dst, int src);
void amd_bt_ri(Codebuf *b, Bt op, int size, int dst, int n);
void amd_bt_mi(Codebuf *b, Bt op, int size, Mem dst, int n);

/* Sizes 2, 4, 8. The last three are not there on every machine. */
typedef enum Bits { BitsBsf, BitsBsr, BitsTzcnt, BitsLzcnt, BitsPopcnt } Bits;

void amd_bits_rr(Codebuf *b, Bits op, int size, int dst, int src);
void amd_bits_rm(Codebuf *b, Bits op, int size, int dst, Mem src);

/* ------------------------------------------------------------ conditions and jumps */

/* Numbers are those of the machine's; a condition ^ 1 is its opposite. Below and above are unsigned, less and greater signed. */
typedef enum Cc { CcO, CcNO, CcB, CcAE, CcE, CcNE, CcBE, CcA, CcS, CcNS, CcP, CcNP, CcL, CcGE, CcLE, CcG } Cc;

void amd_set_r(Codebuf *b, Cc cc, int reg); /* the low byte */
void amd_set_m(Codebuf *b, Cc cc, Mem m);
void amd_cmov_rr(Codebuf *b, Cc cc, int size, int dst, int src); /* sizes 2, 4, 8 */
void amd_cmov_rm(Codebuf *b, Cc cc, int size, int dst, Mem src);

/* The label is here. */
void amd_bind(Codebuf *b, Label *l);
/* Back to a bound label in the shortest form; forward in 4 bytes, or in one (_short): bad when it turns out to be too far. */
void amd_jmp_l(Codebuf *b, Label *l);
void amd_jmp_short(Codebuf *b, Label *l);
void amd_jcc_l(Codebuf *b, Cc cc, Label *l);
void amd_jcc_short(Codebuf *b, Cc cc, Label *l);
void amd_call_l(Codebuf *b, Label *l);
void amd_jmp_r(Codebuf *b, int reg);
void amd_jmp_m(Codebuf *b, Mem m);
void amd_call_r(Codebuf *b, int reg);
void amd_call_m(Codebuf *b, Mem m);
void amd_ret(Codebuf *b);
/* Outside of the buffer, within 2 GiB of where the instruction runs: see amd_reaches. bad if it is farther. */
void amd_jmp_to(Codebuf *b, const void *target);
void amd_jcc_to(Codebuf *b, Cc cc, const void *target);
void amd_call_to(Codebuf *b, const void *target);
/* Whether all of the buffer reaches target. */
bool amd_reaches(const Codebuf *b, const void *target);
/* Aim a jump, conditional jump or call in 4 bytes that begins at that offset at another target; for code in place. */
void amd_retarget(Codebuf *b, uint32_t offset, const void *target);

/* Data for jump tables: the 8-byte address where the label runs, and its 4-byte offset from the start of the buffer. */
void amd_data_address(Codebuf *b, Label *l);
void amd_data_offset(Codebuf *b, Label *l);

/* ------------------------------------------------------------ SSE: scalar floats (ss, 4 bytes) and doubles (sd, 8 bytes), and whole registers */

typedef enum Sse {
	/* Moves, which have a form that stores. Between registers Movss and Movsd leave the upper part, Movq clears it. */
	SseMovss, SseMovsd, SseMovaps, SseMovapd, SseMovups, SseMovupd, SseMovdqa, SseMovdqu, SseMovq,
	/* Arithmetic. */
	SseAddss, SseAddsd, SseSubss, SseSubsd, SseMulss, SseMulsd, SseDivss, SseDivsd, SseMinss, SseMinsd, SseMaxss, SseMaxsd, SseSqrtss,
	SseSqrtsd,
	/* Comparisons, into zero, parity and carry. */
	SseUcomiss, SseUcomisd, SseComiss, SseComisd,
	/* Between the two. */
	SseCvtss2sd, SseCvtsd2ss,
	/* Bits. */
	SseAndps, SseAndpd, SseAndnps, SseAndnpd, SseOrps, SseOrpd, SseXorps, SseXorpd, SsePand, SsePandn, SsePor, SsePxor,
	/* Others. */
	SseUnpcklps, SseUnpcklpd,
	NSSE
} Sse;

void amd_sse_xx(Codebuf *b, Sse op, int dst, int src);
void amd_sse_xm(Codebuf *b, Sse op, int dst, Mem src);
void amd_sse_mx(Codebuf *b, Sse op, Mem dst, int src); /* moves only */

/* With a byte: Cmp (predicate), Round (mode; not there on every machine), Shuf. */
typedef enum Sseimm { SseCmpss, SseCmpsd, SseRoundss, SseRoundsd, SseShufps, SseShufpd, NSSEIMM } Sseimm;

void amd_sse_xxi(Codebuf *b, Sseimm op, int dst, int src, int imm);
void amd_sse_xmi(Codebuf *b, Sseimm op, int dst, Mem src, int imm);

/* Bits between register files: movd, movq. size 4 or 8. */
void amd_movd_xr(Codebuf *b, int size, int dst, int src);
void amd_movd_rx(Codebuf *b, int size, int dst, int src);

/* Integers of isize 4 or 8 to float (fsize 4) or double (8). Only a part of dst is written: clear it first, for speed. */
void amd_cvt_xr(Codebuf *b, int fsize, int isize, int dst, int src);
void amd_cvt_xm(Codebuf *b, int fsize, int isize, int dst, Mem src);
/* And back: rounded as the mode says, or towards zero. Out of range gives the most negative integer. */
void amd_cvt_rx(Codebuf *b, bool trunc, int isize, int fsize, int dst, int src);
void amd_cvt_rm(Codebuf *b, bool trunc, int isize, int fsize, int dst, Mem src);

void amd_ldmxcsr(Codebuf *b, Mem m);
void amd_stmxcsr(Codebuf *b, Mem m);

/* ------------------------------------------------------------ others */

/* rcx elements from rsi to rdi; of rax to rdi. */
void amd_rep_movs(Codebuf *b, int size);
void amd_rep_stos(Codebuf *b, int size);
/* n bytes that do nothing, in few instructions; until the offset is a multiple of n, a power of two. */
void amd_nop(Codebuf *b, size_t n);
void amd_align(Codebuf *b, uint32_t n);
void amd_ud2(Codebuf *b);
void amd_int3(Codebuf *b);
void amd_pause(Codebuf *b);

#endif
