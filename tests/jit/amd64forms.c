/*
 * Writes every form of every instruction of amd64enc, a line each: the bytes in hexadecimal, a tab, what it is in the words of the assembler
 * (Intel syntax). forms.py compares the two.
 *
 * Registers and memory operands are not multiplied with each other everywhere, which would give millions of lines: each goes through all its
 * values while the other goes through those that have encodings of their own.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "libinterp/jit/amd64enc.h"

static uint8_t space[2048];
static uint8_t *const begin = space + 1024; /* of each instruction: labels can lie before it */
static Codebuf buf, *b = &buf;

static const int sizes[] = {1, 2, 4, 8};
static const char *const regs[4][16] = {
	{"al", "cl", "dl", "bl", "spl", "bpl", "sil", "dil", "r8b", "r9b", "r10b", "r11b", "r12b", "r13b", "r14b", "r15b"},
	{"ax", "cx", "dx", "bx", "sp", "bp", "si", "di", "r8w", "r9w", "r10w", "r11w", "r12w", "r13w", "r14w", "r15w"},
	{"eax", "ecx", "edx", "ebx", "esp", "ebp", "esi", "edi", "r8d", "r9d", "r10d", "r11d", "r12d", "r13d", "r14d", "r15d"},
	{"rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15"},
};
static const char *const alus[] = {"add", "or", "adc", "sbb", "and", "sub", "xor", "cmp", "test"};
static const char *const uns[] = {"", "", "not", "neg", "mul", "imul", "div", "idiv", "inc", "dec"};
static const char *const shifts[] = {"rol", "ror", "rcl", "rcr", "shl", "shr", NULL, "sar"};
static const char *const bts[] = {"", "", "", "", "bt", "bts", "btr", "btc"};
static const char *const bitnames[] = {"bsf", "bsr", "tzcnt", "lzcnt", "popcnt"};
static const char *const ccs[] = {"o", "no", "b", "ae", "e", "ne", "be", "a", "s", "ns", "p", "np", "l", "ge", "le", "g"};
static const struct {
	const char *name;
	int size;
} sses[NSSE] = {
	[SseMovss] = {"movss", 4}, [SseMovsd] = {"movsd", 8}, [SseMovaps] = {"movaps", 16}, [SseMovapd] = {"movapd", 16},
	[SseMovups] = {"movups", 16}, [SseMovupd] = {"movupd", 16}, [SseMovdqa] = {"movdqa", 16}, [SseMovdqu] = {"movdqu", 16},
	[SseMovq] = {"movq", 8}, [SseAddss] = {"addss", 4}, [SseAddsd] = {"addsd", 8}, [SseSubss] = {"subss", 4}, [SseSubsd] = {"subsd", 8},
	[SseMulss] = {"mulss", 4}, [SseMulsd] = {"mulsd", 8}, [SseDivss] = {"divss", 4}, [SseDivsd] = {"divsd", 8}, [SseMinss] = {"minss", 4},
	[SseMinsd] = {"minsd", 8}, [SseMaxss] = {"maxss", 4}, [SseMaxsd] = {"maxsd", 8}, [SseSqrtss] = {"sqrtss", 4},
	[SseSqrtsd] = {"sqrtsd", 8}, [SseUcomiss] = {"ucomiss", 4}, [SseUcomisd] = {"ucomisd", 8}, [SseComiss] = {"comiss", 4},
	[SseComisd] = {"comisd", 8}, [SseCvtss2sd] = {"cvtss2sd", 4}, [SseCvtsd2ss] = {"cvtsd2ss", 8}, [SseAndps] = {"andps", 16},
	[SseAndpd] = {"andpd", 16}, [SseAndnps] = {"andnps", 16}, [SseAndnpd] = {"andnpd", 16}, [SseOrps] = {"orps", 16},
	[SseOrpd] = {"orpd", 16}, [SseXorps] = {"xorps", 16}, [SseXorpd] = {"xorpd", 16}, [SsePand] = {"pand", 16}, [SsePandn] = {"pandn", 16},
	[SsePor] = {"por", 16}, [SsePxor] = {"pxor", 16}, [SseUnpcklps] = {"unpcklps", 16}, [SseUnpcklpd] = {"unpcklpd", 16},
};
static const struct {
	const char *name;
	int size;
} sseimms[NSSEIMM] = {
	[SseCmpss] = {"cmpss", 4}, [SseCmpsd] = {"cmpsd", 8}, [SseRoundss] = {"roundss", 4}, [SseRoundsd] = {"roundsd", 8},
	[SseShufps] = {"shufps", 16}, [SseShufpd] = {"shufpd", 16},
};

static Mem mems[4096];
static int nmem, nfew;

static void
reset(void)
{
	codebuf_init(b, space, sizeof space, space);
	b->at = begin;
}

/* The line for what has just been encoded. */
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

static const char *
reg(int size, int r)
{
	return regs[__builtin_ctz((unsigned)size)][r];
}

/* A memory operand; size 0 leaves the size out. */
static const char *
mem(int size, Mem m)
{
	static char text[100];
	static const char *const ptr[] = {"BYTE PTR ", "WORD PTR ", "DWORD PTR ", "QWORD PTR ", "XMMWORD PTR "};
	int w = m.wrap ? 4 : 8, n = 0;

	if (size != 0)
		n = sprintf(text, "%s", ptr[__builtin_ctz((unsigned)size)]);
	if (m.base == NOREG && m.index == NOREG) {
		sprintf(text + n, m.wrap ? "[eiz+%#x]" : "ds:%#x", m.disp);
		return text;
	}
	n += sprintf(text + n, "[");
	if (m.base == RIP)
		n += sprintf(text + n, "rip");
	else if (m.base != NOREG)
		n += sprintf(text + n, "%s", reg(w, m.base));
	if (m.index != NOREG && m.base == NOREG && m.scale == 1)
		n += sprintf(text + n, "%s", reg(w, m.index));
	else if (m.index != NOREG)
		n += sprintf(text + n, "%s%s*%d", m.base != NOREG ? "+" : "", reg(w, m.index), m.scale);
	if (m.disp != 0 || m.base == RIP)
		n += sprintf(text + n, "%+d", m.disp);
	sprintf(text + n, "]");
	return text;
}

/* All shapes of memory operands, those of different encoding first. */
static void
makemems(void)
{
	static const int disps[] = {0, 1, 127, 128, -128, -129, 0x7fffffff, INT32_MIN};
	int base, index, i;

	mems[nmem++] = mem_base(RAX, 0);
	mems[nmem++] = mem_base(RSP, 0);
	mems[nmem++] = mem_base(RBP, 0);
	mems[nmem++] = mem_base(RSI, 0x1000);
	mems[nmem++] = mem_base(R12, 8);
	mems[nmem++] = mem_base(R13, 0);
	mems[nmem++] = mem_index(RBX, RCX, 4, 4);
	mems[nmem++] = mem_index(R13, R12, 8, 0);
	mems[nmem++] = mem_index(NOREG, R9, 2, 16);
	mems[nmem++] = mem_abs(0x12345678);
	mems[nmem++] = mem_abs(0x92345678);
	mems[nmem++] = (Mem){.base = RIP, .index = NOREG, .scale = 1, .disp = 64};
	mems[nmem++] = mem_wrap(mem_index(R15, RDI, 1, 12));
	nfew = nmem;
	for (base = RAX; base <= R15; base++)
		for (i = 0; i < 8; i++)
			mems[nmem++] = mem_base(base, disps[i]);
	for (base = NOREG; base <= R15; base++)
		for (index = RAX; index <= R15; index++)
			if (index != RSP)
				mems[nmem++] = mem_index(base, index, 1 << ((base + index) & 3), disps[(base + index / 3) & 7]);
	for (i = 0; i < 8; i++) {
		mems[nmem++] = (Mem){.base = RIP, .index = NOREG, .scale = 1, .disp = disps[i]};
		mems[nmem++] = mem_wrap(mem_base(i * 2, disps[i]));
		mems[nmem++] = mem_wrap(mem_index(15 - i, i != RSP ? i : R12, 4, disps[i]));
	}
}

#define EACH(v, n) for (int v = 0; v < (int)(n); v++)
#define SIZES(s, from) for (int s##_ = from, s = 0; s##_ < 4 && (s = sizes[s##_]) != 0; s##_++)

/* For each memory operand with one register, and each register with the few. */
#define MEMREG(m, r, code) \
	do { \
		EACH(m##_, nmem) { \
			Mem m = mems[m##_]; \
			int r = m##_ % 16; \
			code; \
		} \
		EACH(m##_, nfew) EACH(r, 16) { \
			Mem m = mems[m##_]; \
			code; \
		} \
	} while (0)

static void
moves(void)
{
	static const uint64_t consts[] = {0, 1, 0x7fffffff, 0x80000000, 0xffffffff, 0x100000000, 0xffffffff80000000, 0xffffffff7fffffff,
					  UINT64_MAX, 0x123456789abcdef0};
	static const int imms[] = {0, 1, -1, 127, -128};

	SIZES(s, 0) {
		EACH(d, 16) EACH(r, 16) {
			amd_mov_rr(b, s, d, r);
			line("mov %s,%s", reg(s, d), reg(s, r));
			if (d == RAX && r == RAX)
				continue; /* the assembler has nop for it, which does something else */
			amd_xchg_rr(b, s, d, r);
			line("xchg %s,%s", reg(s, d), reg(s, r));
		}
		MEMREG(m, r, {
			amd_mov_rm(b, s, r, m);
			line("mov %s,%s", reg(s, r), mem(s, m));
			amd_mov_mr(b, s, m, r);
			line("mov %s,%s", mem(s, m), reg(s, r));
			amd_xchg_rm(b, s, r, m);
			line("xchg %s,%s", reg(s, r), mem(s, m));
			amd_mov_mi(b, s, m, imms[r % 5]);
			line("mov %s,%d", mem(s, m), imms[r % 5]);
		});
	}
	amd_mov_mi(b, 8, mem_base(RAX, 0), INT32_MIN);
	line("mov QWORD PTR [rax],%d", INT32_MIN);
	amd_mov_mi(b, 4, mem_base(RAX, 0), INT32_MAX);
	line("mov DWORD PTR [rax],%d", INT32_MAX);
	amd_mov_mi(b, 2, mem_base(RAX, 0), 0xffff);
	line("mov WORD PTR [rax],%d", 0xffff);
	EACH(d, 16) {
		EACH(i, 10) {
			amd_mov_ri(b, d, consts[i]);
			if (consts[i] <= UINT32_MAX)
				line("mov %s,%#llx", reg(4, d), (unsigned long long)consts[i]);
			else
				line("mov %s,%#llx", reg(8, d), (unsigned long long)consts[i]);
		}
		amd_zero_r(b, d);
		line("xor %s,%s", reg(4, d), reg(4, d));
		amd_push_r(b, d);
		line("push %s", reg(8, d));
		amd_pop_r(b, d);
		line("pop %s", reg(8, d));
		amd_bswap_r(b, 4, d);
		line("bswap %s", reg(4, d));
		amd_bswap_r(b, 8, d);
		line("bswap %s", reg(8, d));
	}
	EACH(i, 5) {
		amd_push_i(b, imms[i] * 2);
		line("push %d", imms[i] * 2);
	}
	EACH(i, nmem) {
		amd_push_m(b, mems[i]);
		line("push %s", mem(8, mems[i]));
		amd_pop_m(b, mems[i]);
		line("pop %s", mem(8, mems[i]));
		amd_lea_rm(b, 8, i % 16, mems[i]);
		line("lea %s,%s", reg(8, i % 16), mem(0, mems[i]));
		amd_lea_rm(b, 4, i % 16, mems[i]);
		line("lea %s,%s", reg(4, i % 16), mem(0, mems[i]));
	}
	/* Zero extension to 8 bytes is that to 4. */
	SIZES(s, 1) SIZES(t, 0) {
		if (t >= s)
			continue;
		int z = s == 8 ? 4 : s;
		EACH(d, 16) EACH(r, 16) {
			amd_zx_rr(b, s, t, d, r);
			line(t == 4 ? "mov %s,%s" : "movzx %s,%s", reg(z, d), reg(t, r));
			amd_sx_rr(b, s, t, d, r);
			line(t == 4 ? "movsxd %s,%s" : "movsx %s,%s", reg(s, d), reg(t, r));
		}
		MEMREG(m, r, {
			amd_zx_rm(b, s, t, r, m);
			line(t == 4 ? "mov %s,%s" : "movzx %s,%s", reg(z, r), mem(t, m));
			amd_sx_rm(b, s, t, r, m);
			line(t == 4 ? "movsxd %s,%s" : "movsx %s,%s", reg(s, r), mem(t, m));
		});
	}
}

static void
integers(void)
{
	static const int imms[] = {0, 1, -1, 127, -128, 128, -129, 255, 32767, -32768, 65535, 0x7fffffff, INT32_MIN};
	static const int nimm[] = {6, 11, 13, 13};
	static const int count[] = {0, 1, 2, 7, 8, 31, 63};
	static const char *const sign[] = {"", "cwd", "cdq", "cqo"}, *const half[] = {"", "cbw", "cwde", "cdqe"};

	SIZES(s, 0) EACH(op, AluTest + 1) {
		EACH(d, 16) EACH(r, 16) {
			amd_alu_rr(b, op, s, d, r);
			line("%s %s,%s", alus[op], reg(s, d), reg(s, r));
		}
		MEMREG(m, r, {
			amd_alu_rm(b, op, s, r, m);
			if (op == AluTest)
				line("test %s,%s", mem(s, m), reg(s, r));
			else
				line("%s %s,%s", alus[op], reg(s, r), mem(s, m));
			amd_alu_mr(b, op, s, m, r);
			line("%s %s,%s", alus[op], mem(s, m), reg(s, r));
			int v = imms[r % nimm[s_]];
			if (s == 1 && (v > 255 || v < -128))
				v = 17;
			amd_alu_mi(b, op, s, m, v);
			line("%s %s,%d", alus[op], mem(s, m), v);
		});
		EACH(r, 16) EACH(i, nimm[s_]) {
			if (s == 1 && imms[i] < -128)
				continue;
			amd_alu_ri(b, op, s, r, imms[i]);
			line("%s %s,%d", alus[op], reg(s, r), imms[i]);
		}
	}
	SIZES(s, 0) {
		for (int op = UnNot; op <= UnDec; op++) {
			EACH(r, 16) {
				amd_un_r(b, op, s, r);
				line("%s %s", uns[op], reg(s, r));
			}
			EACH(i, nmem) {
				amd_un_m(b, op, s, mems[i]);
				line("%s %s", uns[op], mem(s, mems[i]));
			}
		}
		for (int op = ShRol; op <= ShSar; op++) {
			if (shifts[op] == NULL)
				continue;
			EACH(r, 16) {
				EACH(i, s == 8 ? 7 : 6) {
					amd_shift_ri(b, op, s, r, count[i]);
					line("%s %s,%d", shifts[op], reg(s, r), count[i]);
				}
				amd_shift_rc(b, op, s, r);
				line("%s %s,cl", shifts[op], reg(s, r));
			}
			EACH(i, nmem) {
				amd_shift_mi(b, op, s, mems[i], count[i % 6]);
				line("%s %s,%d", shifts[op], mem(s, mems[i]), count[i % 6]);
				amd_shift_mc(b, op, s, mems[i]);
				line("%s %s,cl", shifts[op], mem(s, mems[i]));
			}
		}
	}
	SIZES(s, 1) {
		amd_signrdx(b, s);
		line("%s", sign[s_]);
		amd_signrax(b, s);
		line("%s", half[s_]);
		EACH(d, 16) EACH(r, 16) {
			int v = imms[(d + r) % nimm[s_]];
			amd_imul_rr(b, s, d, r);
			line("imul %s,%s", reg(s, d), reg(s, r));
			amd_imul_rri(b, s, d, r, v);
			line("imul %s,%s,%d", reg(s, d), reg(s, r), v);
			EACH(op, 2) {
				amd_shd_rri(b, op, s, d, r, count[(d + r) % 6]);
				line("%s %s,%s,%d", op == ShdShld ? "shld" : "shrd", reg(s, d), reg(s, r), count[(d + r) % 6]);
				amd_shd_rrc(b, op, s, d, r);
				line("%s %s,%s,cl", op == ShdShld ? "shld" : "shrd", reg(s, d), reg(s, r));
			}
			for (int op = BtTest; op <= BtFlip; op++) {
				amd_bt_rr(b, op, s, d, r);
				line("%s %s,%s", bts[op], reg(s, d), reg(s, r));
				amd_bt_ri(b, op, s, d, r);
				line("%s %s,%d", bts[op], reg(s, d), r);
			}
			EACH(op, BitsPopcnt + 1) {
				amd_bits_rr(b, op, s, d, r);
				line("%s %s,%s", bitnames[op], reg(s, d), reg(s, r));
			}
			EACH(cc, 16) {
				amd_cmov_rr(b, cc, s, d, r);
				line("cmov%s %s,%s", ccs[cc], reg(s, d), reg(s, r));
			}
		}
		MEMREG(m, r, {
			int v = imms[r % nimm[s_]];
			amd_imul_rm(b, s, r, m);
			line("imul %s,%s", reg(s, r), mem(s, m));
			amd_imul_rmi(b, s, r, m, v);
			line("imul %s,%s,%d", reg(s, r), mem(s, m), v);
			EACH(op, 2) {
				amd_shd_mri(b, op, s, m, r, count[r % 6]);
				line("%s %s,%s,%d", op == ShdShld ? "shld" : "shrd", mem(s, m), reg(s, r), count[r % 6]);
				amd_shd_mrc(b, op, s, m, r);
				line("%s %s,%s,cl", op == ShdShld ? "shld" : "shrd", mem(s, m), reg(s, r));
			}
			for (int op = BtTest; op <= BtFlip; op++) {
				amd_bt_mi(b, op, s, m, r);
				line("%s %s,%d", bts[op], mem(s, m), r);
			}
			EACH(op, BitsPopcnt + 1) {
				amd_bits_rm(b, op, s, r, m);
				line("%s %s,%s", bitnames[op], reg(s, r), mem(s, m));
			}
			amd_cmov_rm(b, r, s, 15 - r, m);
			line("cmov%s %s,%s", ccs[r], reg(s, 15 - r), mem(s, m));
		});
	}
	EACH(cc, 16) {
		EACH(r, 16) {
			amd_set_r(b, cc, r);
			line("set%s %s", ccs[cc], reg(1, r));
		}
		EACH(i, nfew) {
			amd_set_m(b, cc, mems[i]);
			line("set%s %s", ccs[cc], mem(1, mems[i]));
		}
	}
}

static void
jumps(void)
{
	static const int far[] = {0, 1, 100, 126, 127, 128, 129, 1000};

	EACH(r, 16) {
		amd_jmp_r(b, r);
		line("jmp %s", reg(8, r));
		amd_call_r(b, r);
		line("call %s", reg(8, r));
	}
	EACH(i, nmem) {
		amd_jmp_m(b, mems[i]);
		line("jmp %s", mem(8, mems[i]));
		amd_call_m(b, mems[i]);
		line("call %s", mem(8, mems[i]));
	}
	EACH(i, 8) {
		Label l = {.bound = true, .at = codebuf_offset(b) - (uint32_t)far[i]};
		amd_jmp_l(b, &l);
		line("jmp .-%d", far[i]);
		amd_jcc_short(b, i, &l);
		if (far[i] <= 126)
			line("j%s .-%d", ccs[i], far[i]);
		else if (b->bad)
			reset();
		amd_call_l(b, &l);
		line("call .-%d", far[i]);
		EACH(cc, 16) {
			amd_jcc_l(b, cc, &l);
			line("j%s .-%d", ccs[cc], far[i]);
		}
		amd_jmp_to(b, begin - far[i]);
		line("{disp32} jmp .-%d", far[i]);
		amd_call_to(b, begin + far[i] * 1000);
		line("call .+%d", far[i] * 1000);
		amd_jcc_to(b, i, begin + far[i] * 1000);
		line("{disp32} j%s .+%d", ccs[i], far[i] * 1000);
		amd_jcc_to(b, i, begin);
		amd_retarget(b, 1024, begin + far[i] * 1000);
		line("{disp32} j%s .+%d", ccs[i], far[i] * 1000);
		amd_call_to(b, begin);
		amd_retarget(b, 1024, begin + far[i] * 1000);
		line("call .+%d", far[i] * 1000);
	}
}

static void
sse(void)
{
	EACH(op, NSSE) {
		const char *n = sses[op].name;
		int s = sses[op].size;
		EACH(d, 16) EACH(r, 16) {
			amd_sse_xx(b, op, d, r);
			line("%s xmm%d,xmm%d", n, d, r);
		}
		MEMREG(m, r, {
			amd_sse_xm(b, op, r, m);
			line("%s xmm%d,%s", n, r, mem(s, m));
			if (op <= SseMovq) {
				amd_sse_mx(b, op, m, r);
				line("%s %s,xmm%d", n, mem(s, m), r);
			}
		});
	}
	EACH(op, NSSEIMM) {
		const char *n = sseimms[op].name;
		int s = sseimms[op].size;
		EACH(d, 16) EACH(r, 16) {
			amd_sse_xxi(b, op, d, r, r & 3);
			line("%s xmm%d,xmm%d,%d", n, d, r, r & 3);
		}
		MEMREG(m, r, {
			amd_sse_xmi(b, op, r, m, r & 3);
			line("%s xmm%d,%s,%d", n, r, mem(s, m), r & 3);
		});
	}
	SIZES(s, 2) {
		EACH(d, 16) EACH(r, 16) {
			amd_movd_xr(b, s, d, r);
			line("mov%c xmm%d,%s", s == 4 ? 'd' : 'q', d, reg(s, r));
			amd_movd_rx(b, s, d, r);
			line("mov%c %s,xmm%d", s == 4 ? 'd' : 'q', reg(s, d), r);
			SIZES(f, 2) {
				char c = f == 4 ? 's' : 'd';
				amd_cvt_xr(b, f, s, d, r);
				line("cvtsi2s%c xmm%d,%s", c, d, reg(s, r));
				amd_cvt_rx(b, true, s, f, d, r);
				line("cvtts%c2si %s,xmm%d", c, reg(s, d), r);
				amd_cvt_rx(b, false, s, f, d, r);
				line("cvts%c2si %s,xmm%d", c, reg(s, d), r);
			}
		}
		MEMREG(m, r, {
			SIZES(f, 2) {
				char c = f == 4 ? 's' : 'd';
				amd_cvt_xm(b, f, s, r, m);
				line("cvtsi2s%c xmm%d,%s", c, r, mem(s, m));
				amd_cvt_rm(b, true, s, f, r, m);
				line("cvtts%c2si %s,%s", c, reg(s, r), mem(f, m));
				amd_cvt_rm(b, false, s, f, r, m);
				line("cvts%c2si %s,%s", c, reg(s, r), mem(f, m));
			}
		});
	}
	EACH(i, nmem) {
		amd_ldmxcsr(b, mems[i]);
		line("ldmxcsr %s", mem(4, mems[i]));
		amd_stmxcsr(b, mems[i]);
		line("stmxcsr %s", mem(4, mems[i]));
	}
}

static void
others(void)
{
	static const char suffix[] = "bwdq";
	static const char *const nop[] = {"nop", "xchg ax,ax", "nop DWORD PTR [rax]", "{disp8} nop DWORD PTR [rax]",
					  "{disp8} nop DWORD PTR [rax+rax]", "{disp8} nop WORD PTR [rax+rax]", "{disp32} nop DWORD PTR [rax]",
					  "{disp32} nop DWORD PTR [rax+rax]", "{disp32} nop WORD PTR [rax+rax]"};

	SIZES(s, 0) {
		amd_rep_movs(b, s);
		line("rep movs%c", suffix[s_]);
		amd_rep_stos(b, s);
		line("rep stos%c", suffix[s_]);
	}
	EACH(n, 9) {
		amd_nop(b, (size_t)n + 1);
		line("%s", nop[n]);
	}
	amd_ret(b);
	line("ret");
	amd_ud2(b);
	line("ud2");
	amd_int3(b);
	line("int3");
	amd_pause(b);
	line("pause");
}

int
main(void)
{
	makemems();
	reset();
	moves();
	integers();
	jumps();
	sse();
	others();
	return 0;
}
