/*
 * The instructions of arm64 (A64) as functions that append their encoding to a Codebuf. Knows nothing of Dis.
 *
 * A group of instructions is one function, the operation an enum. Destinations come first, the registers named by names of functions: r
 * general, v floating point, m memory, i immediate, l label. size is 4 or 8, the bytes of the operation; writing 4 clears the upper half. Number
 * 31 is the zero register, or the stack pointer, as the machine has it for each form: ZR and SP say which is meant, but the encoder does not
 * check it. What cannot be encoded (an immediate too large, a label too far) sets bad (codebuf.h); arm_fits_* tell beforehand.
 */
#ifndef LIBINTERP_JIT_ARM64ENC_H
#define LIBINTERP_JIT_ARM64ENC_H

#include "libinterp/jit/codebuf.h"

enum { FP = 29, LR = 30, ZR = 31, SP = 31 };

/* ------------------------------------------------------------ integers */

/* dst = src; not for SP (add 0). */
void arm_mov_rr(Codebuf *b, int size, int dst, int src);
/* Any value, in one to four instructions. */
void arm_mov_ri(Codebuf *b, int dst, uint64_t imm);
/* movz, movn, movk: 16 bits at bit shift (0, 16, 32, 48). */
typedef enum ArmMovw { ArmMovn = 0, ArmMovz = 2, ArmMovk = 3 } ArmMovw;
void arm_movw(Codebuf *b, ArmMovw op, int size, int dst, uint32_t imm, int shift);

typedef enum ArmShift { ArmLsl, ArmLsr, ArmAsr, ArmRor } ArmShift;
/* How an index or the last operand of an addition is extended. */
typedef enum ArmExtend { ArmUxtb, ArmUxth, ArmUxtw, ArmUxtx, ArmSxtb, ArmSxth, ArmSxtw, ArmSxtx } ArmExtend;

/* With S: flags are set; compare is Subs to ZR. */
typedef enum ArmAdd { ArmAdd_, ArmAdds, ArmSub, ArmSubs } ArmAdd;
/* a op (c shifted by n); no ror. */
void arm_add_rrr(Codebuf *b, ArmAdd op, int size, int dst, int a, int c, ArmShift shift, int n);
/* a op (c extended, shifted left by n, 0-4). */
void arm_add_rrx(Codebuf *b, ArmAdd op, int size, int dst, int a, int c, ArmExtend ext, int n);
/* a op imm: 0-4095, or a multiple of 4096 up to 4095 * 4096. */
void arm_add_rri(Codebuf *b, ArmAdd op, int size, int dst, int a, uint32_t imm);
bool arm_fits_add(uint64_t imm);

typedef enum ArmLogic { ArmAnd, ArmBic, ArmOrr, ArmOrn, ArmEor, ArmEon, ArmAnds, ArmBics } ArmLogic;
void arm_logic_rrr(Codebuf *b, ArmLogic op, int size, int dst, int a, int c, ArmShift shift, int n);
/* And, Orr, Eor, Ands with a repeated run of bits. */
void arm_logic_rri(Codebuf *b, ArmLogic op, int size, int dst, int a, uint64_t imm);
bool arm_fits_logic(int size, uint64_t imm);

typedef enum ArmTwo { ArmUdiv = 2, ArmSdiv, ArmLslv = 8, ArmLsrv, ArmAsrv, ArmRorv } ArmTwo;
void arm_two_rrr(Codebuf *b, ArmTwo op, int size, int dst, int a, int c);
typedef enum ArmCarry { ArmAdc, ArmAdcs, ArmSbc, ArmSbcs } ArmCarry;
void arm_carry_rrr(Codebuf *b, ArmCarry op, int size, int dst, int a, int c);
typedef enum ArmOne { ArmRbit, ArmRev16, ArmRev32, ArmRev, ArmClz, ArmCls } ArmOne; /* Rev32: size 8 only */
void arm_one_rr(Codebuf *b, ArmOne op, int size, int dst, int a);
/* dst = d + a * c, d - a * c; the long ones multiply 4 bytes to 8, size is ignored. */
typedef enum ArmMul { ArmMadd, ArmMsub, ArmSmaddl, ArmSmsubl, ArmUmaddl, ArmUmsubl } ArmMul;
void arm_mul_rrrr(Codebuf *b, ArmMul op, int size, int dst, int a, int c, int d);
/* The upper half of the product of 8 bytes. */
void arm_mulh_rrr(Codebuf *b, bool issigned, int dst, int a, int c);
/* Bit fields, as the machine numbers them: shifts by immediates, sign and zero extensions and more are made of these. */
typedef enum ArmBfm { ArmSbfm, ArmBfm_, ArmUbfm } ArmBfm;
void arm_bfm_rr(Codebuf *b, ArmBfm op, int size, int dst, int a, int immr, int imms);
void arm_shift_rri(Codebuf *b, ArmShift op, int size, int dst, int a, int n);
/* Extend from ssize 1, 2, 4. */
void arm_ext_rr(Codebuf *b, bool issigned, int size, int ssize, int dst, int a);
void arm_extr_rrri(Codebuf *b, int size, int dst, int a, int c, int n);

/* ------------------------------------------------------------ conditions and jumps */

/* A condition ^ 1 is its opposite. Lo and hi are unsigned, lt and gt signed. */
typedef enum ArmCc {
	ArmEq, ArmNe, ArmHs, ArmLo, ArmMi, ArmPl, ArmVs, ArmVc, ArmHi, ArmLs, ArmGe, ArmLt, ArmGt, ArmLe, ArmAl
} ArmCc;
/* cc ? a : c, c + 1, ~c, -c */
typedef enum ArmSel { ArmCsel, ArmCsinc, ArmCsinv, ArmCsneg } ArmSel;
void arm_sel_rrr(Codebuf *b, ArmSel op, int size, int dst, int a, int c, ArmCc cc);
/* dst = cc */
void arm_set_r(Codebuf *b, int dst, ArmCc cc);
/* If cc compare a with c (a number below 32), else flags = nzcv. */
void arm_ccmp_rr(Codebuf *b, int size, int a, int c, int nzcv, ArmCc cc);
void arm_ccmp_ri(Codebuf *b, int size, int a, int c, int nzcv, ArmCc cc);

void arm_bind(Codebuf *b, Label *l);
void arm_b_l(Codebuf *b, Label *l);		     /* reaches 128 MiB */
void arm_bl_l(Codebuf *b, Label *l);
void arm_bcc_l(Codebuf *b, ArmCc cc, Label *l);	     /* 1 MiB */
void arm_cbz_l(Codebuf *b, bool nonzero, int size, int reg, Label *l);
void arm_tbz_l(Codebuf *b, bool nonzero, int reg, int bit, Label *l); /* 32 KiB */
void arm_b_to(Codebuf *b, const void *target);
void arm_bl_to(Codebuf *b, const void *target);
void arm_br_r(Codebuf *b, int reg);
void arm_blr_r(Codebuf *b, int reg);
void arm_ret(Codebuf *b);
/* The address of a label within 1 MiB; what is there, of 4 or 8 bytes. */
void arm_adr_l(Codebuf *b, int dst, Label *l);
void arm_ldr_l(Codebuf *b, int size, int dst, Label *l);
/* Data for jump tables: the 8-byte address where the label runs, and its 4-byte offset from the start of the buffer. */
void arm_data_address(Codebuf *b, Label *l);
void arm_data_offset(Codebuf *b, Label *l);

/* ------------------------------------------------------------ memory */

/*
 * base + disp: a multiple of the access's size up to 4095 of them, or -256 to 255. base + index, extended from 4 bytes or not (Uxtw, Uxtx
 * (plain), Sxtw), times the size of the access or not. With pre the base becomes the address, with post it does so afterwards; disp is
 * then -256 to 255.
 */
typedef enum ArmMode { ArmDisp, ArmIndex, ArmPre, ArmPost } ArmMode;
typedef struct ArmMem {
	ArmMode mode;
	int base, index;
	ArmExtend ext;
	bool scaled;
	int32_t disp;
} ArmMem;

static inline ArmMem
arm_disp(int base, int32_t disp)
{
	return (ArmMem){.mode = ArmDisp, .base = base, .disp = disp};
}

static inline ArmMem
arm_index(int base, int index, ArmExtend ext, bool scaled)
{
	return (ArmMem){.mode = ArmIndex, .base = base, .index = index, .ext = ext, .scaled = scaled};
}

bool arm_fits_disp(int size, int32_t disp);
/* msize bytes (1, 2, 4, 8), zero extended. */
void arm_ldr_rm(Codebuf *b, int msize, int dst, ArmMem m);
/* With sign, to size. msize 4 to 8: ldrsw. */
void arm_ldrs_rm(Codebuf *b, int size, int msize, int dst, ArmMem m);
void arm_str_rm(Codebuf *b, int msize, int src, ArmMem m);
/* Floating point: msize 4, 8, 16. */
void arm_ldr_vm(Codebuf *b, int msize, int dst, ArmMem m);
void arm_str_vm(Codebuf *b, int msize, int src, ArmMem m);
/* Two registers of size at base + disp, a multiple of size from -64 to 63 of them; modes disp, pre, post. */
void arm_ldp_rr(Codebuf *b, int size, int a, int c, ArmMem m);
void arm_stp_rr(Codebuf *b, int size, int a, int c, ArmMem m);
void arm_ldp_vv(Codebuf *b, int size, int a, int c, ArmMem m);
void arm_stp_vv(Codebuf *b, int size, int a, int c, ArmMem m);

/* ------------------------------------------------------------ floating point: size 4 or 8 */

typedef enum ArmF2 { ArmFmul, ArmFdiv, ArmFadd, ArmFsub, ArmFmax, ArmFmin, ArmFmaxnm, ArmFminnm, ArmFnmul } ArmF2;
void arm_f2_vvv(Codebuf *b, ArmF2 op, int size, int dst, int a, int c);
typedef enum ArmF1 {
	ArmFmov, ArmFabs, ArmFneg, ArmFsqrt, ArmFrintn = 8, ArmFrintp, ArmFrintm, ArmFrintz, ArmFrinta, ArmFrintx = 14, ArmFrinti
} ArmF1;
void arm_f1_vv(Codebuf *b, ArmF1 op, int size, int dst, int a);
/* d + a*c, d - a*c, -d - a*c, -d + a*c */
typedef enum ArmF3 { ArmFmadd, ArmFmsub, ArmFnmadd, ArmFnmsub } ArmF3;
void arm_f3_vvvv(Codebuf *b, ArmF3 op, int size, int dst, int a, int c, int d);
/* Flags; signaling: an exception for every NaN. */
void arm_fcmp_vv(Codebuf *b, bool signaling, int size, int a, int c);
void arm_fcmp_v0(Codebuf *b, bool signaling, int size, int a);
void arm_fcsel_vvv(Codebuf *b, int size, int dst, int a, int c, ArmCc cc);
/* From ssize to size, 4 and 8. */
void arm_fcvt_vv(Codebuf *b, int size, int ssize, int dst, int a);
/* Signed integers of isize to float of fsize; and back, towards zero or to the nearest, saturating. */
void arm_scvtf_vr(Codebuf *b, int fsize, int isize, int dst, int a);
void arm_ucvtf_vr(Codebuf *b, int fsize, int isize, int dst, int a);
typedef enum ArmRound { ArmNearest, ArmUp, ArmDown, ArmZero, ArmAway } ArmRound;
void arm_fcvts_rv(Codebuf *b, ArmRound round, int isize, int fsize, int dst, int a);
/* Bits between the register files. */
void arm_fmov_vr(Codebuf *b, int size, int dst, int a);
void arm_fmov_rv(Codebuf *b, int size, int dst, int a);

/* ------------------------------------------------------------ others */

void arm_nop(Codebuf *b);
void arm_brk(Codebuf *b, uint32_t imm);
/* Of floating point: what is to happen, what has happened. */
typedef enum ArmSys { ArmFpcr, ArmFpsr } ArmSys;
void arm_mrs_r(Codebuf *b, int dst, ArmSys reg);
void arm_msr_r(Codebuf *b, ArmSys reg, int src);

#endif
