/*
 * Writes every form of every instruction of arm64enc, a line each: the bytes in hexadecimal, a tab, what it is in the words of the assembler.
 * forms.py compares the two. Registers go through all their numbers in each place.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libinterp/jit/arm64enc.h"

static uint8_t space[4096];
static uint8_t *const begin = space + 2048; /* of each instruction: labels can lie before it */
static Codebuf buf, *b = &buf;

static const char *const shifts[] = {"lsl", "lsr", "asr", "ror"};
static const char *const extends[] = {"uxtb", "uxth", "uxtw", "uxtx", "sxtb", "sxth", "sxtw", "sxtx"};
static const char *const ccs[] = {"eq", "ne", "hs", "lo", "mi", "pl", "vs", "vc", "hi", "ls", "ge", "lt", "gt", "le"};

static void
reset(void)
{
	codebuf_init(b, space, sizeof space, space);
	b->at = begin;
}

static void __attribute__((format(printf, 1, 2)))
line(const char *fmt, ...)
{
	uint8_t *p;
	va_list ap;

	if (b->bad || b->full)
		printf("!");
	for (p = begin; p < b->at; p++)
		printf("%02x", *p);
	printf("\t");
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	printf("\n");
	reset();
}

/* The name of a register in a static buffer of its own, a few of which live at a time. */
static const char *
named(const char *fmt, int r)
{
	static char text[16][8];
	static unsigned next;
	char *t = text[next++ % 16];

	snprintf(t, 8, fmt, r);
	return t;
}

static const char *
R(int size, int r)
{
	if (r == ZR)
		return size == 8 ? "xzr" : "wzr";
	return named(size == 8 ? "x%d" : "w%d", r);
}

/* Where 31 is the stack pointer. */
static const char *
S(int size, int r)
{
	if (r == SP)
		return size == 8 ? "sp" : "wsp";
	return R(size, r);
}

static const char *
V(int size, int r)
{
	return named(size == 16 ? "q%d" : size == 8 ? "d%d" : "s%d", r);
}

#define EACH(v, n) for (int v = 0; v < (int)(n); v++)
#define SIZES(s) for (int s = 4; s <= 8; s *= 2)
/* Registers for places after the first. */
#define OTHERS int a = (d * 7 + 3) % 32, c = (d * 5 + 11) % 32, e = 31 - d; (void)a, (void)c, (void)e

static void
integers(void)
{
	static const char *const adds[] = {"add", "adds", "sub", "subs"}, *const carries[] = {"adc", "adcs", "sbc", "sbcs"};
	static const char *const logics[] = {"and", "bic", "orr", "orn", "eor", "eon", "ands", "bics"};
	static const char *const ones[] = {"rbit", "rev16", "rev32", "rev", "clz", "cls"};
	static const char *const muls[] = {"madd", "msub", "smaddl", "smsubl", "umaddl", "umsubl"};
	static const char *const bfms[] = {"sbfm", "bfm", "ubfm"}, *const movws[] = {"movn", NULL, "movz", "movk"};
	static const struct {
		ArmTwo op;
		const char *name;
	} twos[] = {{ArmUdiv, "udiv"}, {ArmSdiv, "sdiv"}, {ArmLslv, "lsl"}, {ArmLsrv, "lsr"}, {ArmAsrv, "asr"}, {ArmRorv, "ror"}};

	SIZES(s) EACH(d, 32) {
		OTHERS;
		arm_mov_rr(b, s, d, a);
		line("mov %s, %s", R(s, d), R(s, a));
		EACH(op, 4) {
			if (movws[op] == NULL)
				continue;
			for (int sh = 0; sh < s * 8; sh += 16) {
				arm_movw(b, op, s, d, 0x1234 + (uint32_t)d, sh);
				line("%s %s, #%d, lsl #%d", movws[op], R(s, d), 0x1234 + d, sh);
			}
		}
		EACH(op, 4) {
			EACH(sh, 3) {
				int n = (d + sh * 11) % (s * 8);
				arm_add_rrr(b, op, s, d, a, c, sh, n);
				line("%s %s, %s, %s, %s #%d", adds[op], R(s, d), R(s, a), R(s, c), shifts[sh], n);
			}
			EACH(x, 8) {
				int w = (x & 3) == 3 ? s : 4;
				arm_add_rrx(b, op, s, d, a, c, x, d % 5);
				line("%s %s, %s, %s, %s #%d", adds[op], op & 1 ? R(s, d) : S(s, d), S(s, a), R(w, c), extends[x], d % 5);
			}
			arm_add_rri(b, op, s, d, a, (uint32_t)d * 132);
			line("%s %s, %s, #%d", adds[op], op & 1 ? R(s, d) : S(s, d), S(s, a), d * 132);
			arm_add_rri(b, op, s, d, a, (uint32_t)(d + 1) * 4096);
			line("%s %s, %s, #%d, lsl #12", adds[op], op & 1 ? R(s, d) : S(s, d), S(s, a), d + 1);
			arm_carry_rrr(b, op, s, d, a, c);
			line("%s %s, %s, %s", carries[op], R(s, d), R(s, a), R(s, c));
		}
		EACH(op, 8) EACH(sh, 4) {
			int n = (d * 3 + sh) % (s * 8);
			arm_logic_rrr(b, op, s, d, a, c, sh, n);
			line("%s %s, %s, %s, %s #%d", logics[op], R(s, d), R(s, a), R(s, c), shifts[sh], n);
		}
		EACH(i, 6) {
			arm_two_rrr(b, twos[i].op, s, d, a, c);
			line("%s %s, %s, %s", twos[i].name, R(s, d), R(s, a), R(s, c));
			if (i == ArmRev32 && s == 4)
				continue;
			arm_one_rr(b, i, s, d, a);
			line("%s %s, %s", ones[i], R(s, d), R(s, a));
		}
		EACH(op, 6) {
			arm_mul_rrrr(b, op, s, d, a, c, e);
			if (op <= ArmMsub)
				line("%s %s, %s, %s, %s", muls[op], R(s, d), R(s, a), R(s, c), R(s, e));
			else
				line("%s %s, %s, %s, %s", muls[op], R(8, d), R(4, a), R(4, c), R(8, e));
		}
		EACH(i, 2) {
			arm_mulh_rrr(b, i, d, a, c);
			line("%cmulh %s, %s, %s", i ? 's' : 'u', R(8, d), R(8, a), R(8, c));
		}
		EACH(op, 3) {
			int r = (d * 5) % (s * 8), m = (d * 3 + 1) % (s * 8);
			arm_bfm_rr(b, op, s, d, a, r, m);
			line("%s %s, %s, #%d, #%d", bfms[op], R(s, d), R(s, a), r, m);
		}
		EACH(sh, 4) {
			int n = (d * 2 + sh) % (s * 8);
			arm_shift_rri(b, sh, s, d, a, n);
			line("%s %s, %s, #%d", shifts[sh], R(s, d), R(s, a), n);
		}
		arm_extr_rrri(b, s, d, a, c, d);
		line("extr %s, %s, %s, #%d", R(s, d), R(s, a), R(s, c), d);
		arm_ext_rr(b, true, s, 1, d, a);
		line("sxtb %s, %s", R(s, d), R(4, a));
		arm_ext_rr(b, true, s, 2, d, a);
		line("sxth %s, %s", R(s, d), R(4, a));
		arm_ext_rr(b, false, s, 1, d, a);
		line("uxtb %s, %s", R(4, d), R(4, a));
		arm_ext_rr(b, false, s, 2, d, a);
		line("uxth %s, %s", R(4, d), R(4, a));
		if (s == 8) {
			arm_ext_rr(b, true, 8, 4, d, a);
			line("sxtw %s, %s", R(8, d), R(4, a));
			arm_ext_rr(b, false, 8, 4, d, a);
			line("ubfx %s, %s, #0, #32", R(8, d), R(8, a));
		}
	}
}

/* Every immediate of the logical instructions. */
static void
bitmasks(void)
{
	static const char *const names[] = {"and", "orr", "eor", "ands"};
	int n = 0;

	SIZES(s) for (int width = 2; width <= s * 8; width *= 2)
		for (int ones = 1; ones < width; ones++)
			for (int rot = 0; rot < width; rot++) {
				uint64_t mask = width == 64 ? UINT64_MAX : ((uint64_t)1 << width) - 1, v = ((uint64_t)1 << ones) - 1;
				int op = n++ % 4, i;

				if (rot > 0)
					v = (v >> rot | v << (width - rot)) & mask;
				for (i = width; i < s * 8; i *= 2)
					v |= v << i;
				if (!arm_fits_logic(s, v))
					b->bad = true;
				arm_logic_rri(b, (ArmLogic)(op * 2), s, n % 31, 30 - n % 31, v);
				line("%s %s, %s, #%#llx", names[op], R(s, n % 31), R(s, 30 - n % 31), (unsigned long long)v);
			}
}

static void
jumps(void)
{
	static const int far[] = {0, 4, 100, 1024, 2044};
	static const char *const sels[] = {"csel", "csinc", "csinv", "csneg"};

	EACH(i, 5) {
		Label l = {.bound = true, .at = codebuf_offset(b) - (uint32_t)far[i]};
		arm_b_l(b, &l);
		line("b .-%d", far[i]);
		arm_bl_l(b, &l);
		line("bl .-%d", far[i]);
		arm_b_to(b, begin + far[i] * 1000);
		line("b .+%d", far[i] * 1000);
		arm_bl_to(b, begin + far[i] * 10);
		line("bl .+%d", far[i] * 10);
		EACH(cc, 14) {
			arm_bcc_l(b, cc, &l);
			line("b.%s .-%d", ccs[cc], far[i]);
		}
		EACH(d, 32) {
			SIZES(s) {
				arm_cbz_l(b, d & 1, s, d, &l);
				line("cb%sz %s, .-%d", d & 1 ? "n" : "", R(s, d), far[i]);
				arm_ldr_l(b, s, d, &l);
				line("ldr %s, .-%d", R(s, d), far[i]);
			}
			arm_tbz_l(b, d & 1, d, d * 2 + i % 2, &l);
			line("tb%sz %s, #%d, .-%d", d & 1 ? "n" : "", R(d * 2 + i % 2 < 32 ? 4 : 8, d), d * 2 + i % 2, far[i]);
			Label odd = {.bound = true, .at = codebuf_offset(b) - (uint32_t)(far[i] + d)};
			if (far[i] + d <= 2048) {
				arm_adr_l(b, d, &odd);
				line("adr %s, .-%d", R(8, d), far[i] + d);
			}
		}
	}
	EACH(d, 32) {
		OTHERS;
		arm_br_r(b, d);
		line("br %s", R(8, d));
		arm_blr_r(b, d);
		line("blr %s", R(8, d));
		SIZES(s) EACH(cc, 14) {
			arm_sel_rrr(b, cc % 4, s, d, a, c, cc);
			line("%s %s, %s, %s, %s", sels[cc % 4], R(s, d), R(s, a), R(s, c), ccs[cc]);
			arm_ccmp_rr(b, s, d, a, cc, cc);
			line("ccmp %s, %s, #%d, %s", R(s, d), R(s, a), cc, ccs[cc]);
			arm_ccmp_ri(b, s, d, a, cc, cc);
			line("ccmp %s, #%d, #%d, %s", R(s, d), a, cc, ccs[cc]);
			if (s == 4) {
				arm_set_r(b, d, cc);
				line("cset %s, %s", R(4, d), ccs[cc]);
			}
		}
	}
	arm_ret(b);
	line("ret");
}

/* The text of an operand; size is that of the access. */
static const char *
mem(int size, ArmMem m)
{
	static char t[80];

	switch (m.mode) {
	case ArmPre:
		sprintf(t, "[%s, #%d]!", S(8, m.base), m.disp);
		break;
	case ArmPost:
		sprintf(t, "[%s], #%d", S(8, m.base), m.disp);
		break;
	case ArmIndex:
		sprintf(t, "[%s, %s", S(8, m.base), R(m.ext & 1 ? 8 : 4, m.index));
		if (m.scaled || m.ext != ArmUxtx)
			sprintf(t + strlen(t), ", %s", m.ext == ArmUxtx ? "lsl" : extends[m.ext]);
		if (m.scaled)
			sprintf(t + strlen(t), " #%d", __builtin_ctz((unsigned)size));
		strcat(t, "]");
		break;
	default:
		sprintf(t, "[%s, #%d]", S(8, m.base), m.disp);
	}
	return t;
}

/* An instruction's name, or that of its form with an unscaled displacement. */
static const char *
name(const char *n, bool un)
{
	static char text[8];

	snprintf(text, sizeof text, "%.2s%s%s", n, un ? "u" : "", &n[2]);
	return text;
}

static void
one(int size, int d, ArmMem m)
{
	static const char *const loads[] = {"ldrb", "ldrh", "ldr", "ldr"}, *const stores[] = {"strb", "strh", "str", "str"};
	static const char *const sloads[] = {"ldrsb", "ldrsh", "ldrsw"};
	/* With a displacement that is not scaled: ldur. */
	bool un = m.mode == ArmDisp && (m.disp < 0 || m.disp % size != 0);
	int i = __builtin_ctz((unsigned)size);

	if (size <= 8) {
		arm_ldr_rm(b, size, d, m);
		line("%s %s, %s", name(loads[i], un), R(size == 8 ? 8 : 4, d), mem(size, m));
		arm_str_rm(b, size, d, m);
		line("%s %s, %s", name(stores[i], un), R(size == 8 ? 8 : 4, d), mem(size, m));
	}
	if (size <= 4) {
		arm_ldrs_rm(b, 8, size, d, m);
		line("%s %s, %s", name(sloads[i], un), R(8, d), mem(size, m));
	}
	if (size <= 2) {
		arm_ldrs_rm(b, 4, size, d, m);
		line("%s %s, %s", name(sloads[i], un), R(4, d), mem(size, m));
	}
	if (size >= 4) {
		arm_ldr_vm(b, size, d, m);
		line("%s %s, %s", name("ldr", un), V(size, d), mem(size, m));
		arm_str_vm(b, size, d, m);
		line("%s %s, %s", name("str", un), V(size, d), mem(size, m));
	}
}

static void
memory(void)
{
	static const ArmExtend ext[] = {ArmUxtw, ArmUxtx, ArmSxtw, ArmSxtx};
	static const ArmMode modes[] = {ArmDisp, ArmPre, ArmPost};

	for (int s = 1; s <= 16; s *= 2)
		EACH(d, 32) {
			OTHERS;
			one(s, d, arm_disp(a, d * 131 % 4096 * s));
			one(s, d, arm_disp(a, 4095 * s));
			one(s, d, arm_disp(c, d - 31));
			one(s, d, arm_disp(c, d * 16 - 250));
			/* A register that is loaded and moved at once is not defined. */
			if (a != d) {
				one(s, d, (ArmMem){.mode = ArmPre, .base = a, .disp = d * 16 - 250});
				one(s, d, (ArmMem){.mode = ArmPost, .base = a, .disp = d * 16 - 241});
			}
			EACH(x, 4) EACH(scaled, 2)
				if (s > 1 || !scaled)
					one(s, d, arm_index(a, c, ext[x], scaled));
		}
	SIZES(s) EACH(d, 32) EACH(i, 3) {
		int a = (d + 1) % 32, c = (d + 5) % 32;
		ArmMem m = {.mode = modes[i], .base = c, .disp = (d * 4 - 64) * s};
		const char *t = mem(s, m);

		arm_stp_rr(b, s, d, a, m);
		line("stp %s, %s, %s", R(s, d), R(s, a), t);
		arm_ldp_rr(b, s, d, a, m);
		line("ldp %s, %s, %s", R(s, d), R(s, a), t);
		arm_stp_vv(b, s, d, a, m);
		line("stp %s, %s, %s", V(s, d), V(s, a), t);
		arm_ldp_vv(b, s, d, a, m);
		line("ldp %s, %s, %s", V(s, d), V(s, a), t);
	}
}

static void
reals(void)
{
	static const char *const f2[] = {"fmul", "fdiv", "fadd", "fsub", "fmax", "fmin", "fmaxnm", "fminnm", "fnmul"};
	static const char *const f3[] = {"fmadd", "fmsub", "fnmadd", "fnmsub"};
	static const char *const f1[16] = {"fmov", "fabs", "fneg", "fsqrt", [8] = "frintn", "frintp", "frintm", "frintz", "frinta",
					   [14] = "frintx", "frinti"};
	static const char round[] = "npmza";

	SIZES(s) EACH(d, 32) {
		OTHERS;
		EACH(op, 9) {
			arm_f2_vvv(b, op, s, d, a, c);
			line("%s %s, %s, %s", f2[op], V(s, d), V(s, a), V(s, c));
		}
		EACH(op, 16) {
			if (f1[op] == NULL)
				continue;
			arm_f1_vv(b, op, s, d, a);
			line("%s %s, %s", f1[op], V(s, d), V(s, a));
		}
		EACH(op, 4) {
			arm_f3_vvvv(b, op, s, d, a, c, e);
			line("%s %s, %s, %s, %s", f3[op], V(s, d), V(s, a), V(s, c), V(s, e));
		}
		EACH(i, 2) {
			arm_fcmp_vv(b, i, s, d, a);
			line("fcmp%s %s, %s", i ? "e" : "", V(s, d), V(s, a));
			arm_fcmp_v0(b, i, s, d);
			line("fcmp%s %s, #0.0", i ? "e" : "", V(s, d));
		}
		EACH(cc, 14) {
			arm_fcsel_vvv(b, s, d, a, c, cc);
			line("fcsel %s, %s, %s, %s", V(s, d), V(s, a), V(s, c), ccs[cc]);
		}
		arm_fcvt_vv(b, s, 12 - s, d, a);
		line("fcvt %s, %s", V(s, d), V(12 - s, a));
		arm_fmov_vr(b, s, d, a);
		line("fmov %s, %s", V(s, d), R(s, a));
		arm_fmov_rv(b, s, d, a);
		line("fmov %s, %s", R(s, d), V(s, a));
		SIZES(f) {
			arm_scvtf_vr(b, f, s, d, a);
			line("scvtf %s, %s", V(f, d), R(s, a));
			arm_ucvtf_vr(b, f, s, d, a);
			line("ucvtf %s, %s", V(f, d), R(s, a));
			EACH(i, 5) {
				arm_fcvts_rv(b, i, s, f, d, a);
				line("fcvt%cs %s, %s", round[i], R(s, d), V(f, a));
			}
		}
	}
}

int
main(void)
{
	reset();
	integers();
	bitmasks();
	jumps();
	memory();
	reals();
	arm_nop(b);
	line("nop");
	arm_brk(b, 0xf000);
	line("brk #0xf000");
	EACH(d, 32) {
		arm_mrs_r(b, d, ArmFpcr);
		line("mrs %s, fpcr", R(8, d));
		arm_mrs_r(b, d, ArmFpsr);
		line("mrs %s, fpsr", R(8, d));
		arm_msr_r(b, ArmFpcr, d);
		line("msr fpcr, %s", R(8, d));
		arm_msr_r(b, ArmFpsr, d);
		line("msr fpsr, %s", R(8, d));
	}
	return 0;
}
