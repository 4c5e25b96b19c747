/*
 * See arm64enc.h.
 *
 * Instructions that name a label not bound yet hold in its field how many words back the previous such instruction is, 0 if there is none;
 * what field it is, the instruction tells. Data that does so is in a list of its own (shrt of the Label): (1 + offset of the previous one) * 2,
 * + 1 for addresses.
 */
#include <string.h>

#include "libinterp/jit/arm64enc.h"

static void
word(Codebuf *b, uint32_t v)
{
	if (!b->bad)
		codebuf_put(b, &v, 4);
}

/* v must be below n; what is too large leaves no trace. */
static uint32_t
field(Codebuf *b, int64_t v, int64_t n)
{
	if (v < 0 || v >= n) {
		b->bad = true;
		return 0;
	}
	return (uint32_t)v;
}

static uint32_t
reg(Codebuf *b, int r)
{
	return field(b, r, 32);
}

/* Bit 31 of most integer instructions, and 22 of most floating point ones. */
static uint32_t
wide(Codebuf *b, int size)
{
	if (size != 4 && size != 8)
		b->bad = true;
	return size == 8;
}

static uint32_t
three(Codebuf *b, int dst, int a, int c)
{
	return reg(b, c) << 16 | reg(b, a) << 5 | reg(b, dst);
}

/* ------------------------------------------------------------ integers */

void
arm_mov_rr(Codebuf *b, int size, int dst, int src)
{
	arm_logic_rrr(b, ArmOrr, size, dst, ZR, src, ArmLsl, 0);
}

void
arm_movw(Codebuf *b, ArmMovw op, int size, int dst, uint32_t imm, int shift)
{
	if (shift % 16 != 0)
		b->bad = true;
	word(b, wide(b, size) << 31 | (uint32_t)op << 29 | 0x12800000 | field(b, shift / 16, size / 2) << 21 | field(b, imm, 65536) << 5 |
			reg(b, dst));
}

void
arm_mov_ri(Codebuf *b, int dst, uint64_t imm)
{
	int i, zeros = 0, ones = 0, size = imm <= UINT32_MAX ? 4 : 8;
	uint32_t part, fill;
	bool first = true;

	for (i = 0; i < size * 8; i += 16) {
		part = imm >> i & 0xffff;
		zeros += part == 0;
		ones += part == 0xffff;
	}
	if (zeros < size / 2 - 1 && ones < size / 2 - 1 && arm_fits_logic(size, imm)) {
		arm_logic_rri(b, ArmOrr, size, dst, ZR, imm);
		return;
	}
	fill = ones > zeros ? 0xffff : 0;
	for (i = 0; i < size * 8; i += 16) {
		part = imm >> i & 0xffff;
		if (part == fill)
			continue;
		if (first)
			arm_movw(b, fill != 0 ? ArmMovn : ArmMovz, size, dst, fill != 0 ? part ^ 0xffff : part, i);
		else
			arm_movw(b, ArmMovk, size, dst, part, i);
		first = false;
	}
	if (first)
		arm_movw(b, fill != 0 ? ArmMovn : ArmMovz, size, dst, 0, 0);
}

void
arm_add_rrr(Codebuf *b, ArmAdd op, int size, int dst, int a, int c, ArmShift shift, int n)
{
	word(b, wide(b, size) << 31 | (uint32_t)op << 29 | 0x0b000000 | field(b, shift, ArmRor) << 22 | field(b, n, size * 8) << 10 |
			three(b, dst, a, c));
}

void
arm_add_rrx(Codebuf *b, ArmAdd op, int size, int dst, int a, int c, ArmExtend ext, int n)
{
	word(b, wide(b, size) << 31 | (uint32_t)op << 29 | 0x0b200000 | (uint32_t)ext << 13 | field(b, n, 5) << 10 | three(b, dst, a, c));
}

bool
arm_fits_add(uint64_t imm)
{
	return imm < 4096 || (imm % 4096 == 0 && imm < 1 << 24);
}

void
arm_add_rri(Codebuf *b, ArmAdd op, int size, int dst, int a, uint32_t imm)
{
	uint32_t shifted = imm >= 4096;

	if (!arm_fits_add(imm))
		b->bad = true;
	word(b, wide(b, size) << 31 | (uint32_t)op << 29 | 0x11000000 | shifted << 22 | (shifted ? imm >> 12 : imm) << 10 | reg(b, a) << 5 |
			reg(b, dst));
}

void
arm_logic_rrr(Codebuf *b, ArmLogic op, int size, int dst, int a, int c, ArmShift shift, int n)
{
	word(b, wide(b, size) << 31 | (uint32_t)op >> 1 << 29 | 0x0a000000 | (uint32_t)shift << 22 | ((uint32_t)op & 1) << 21 |
			field(b, n, size * 8) << 10 | three(b, dst, a, c));
}

/*
 * An immediate of the logical instructions is an element of 2 to 64 bits, repeated, that is a run of ones rotated right; it is not all zeros
 * or all ones. The fields N, immr, imms, in the instruction's places; -1 if it is none.
 */
static int32_t
bitmask(int size, uint64_t v)
{
	unsigned width, ones, rot;
	uint64_t mask, e;

	if (size == 4) {
		if (v > UINT32_MAX)
			return -1;
		v |= v << 32;
	}
	if (v == 0 || v == UINT64_MAX)
		return -1;
	for (width = 64; width > 2; width /= 2) {
		mask = ((uint64_t)1 << width / 2) - 1;
		if ((v & mask) != (v >> width / 2 & mask))
			break;
	}
	mask = width == 64 ? UINT64_MAX : ((uint64_t)1 << width) - 1;
	e = v & mask;
	ones = (unsigned)__builtin_popcountll(e);
	for (rot = 0; rot < width; rot++) {
		/* Rotated left by rot, the ones are at the bottom. */
		uint64_t r = rot == 0 ? e : (e << rot | e >> (width - rot)) & mask;

		if (r == ((uint64_t)1 << ones) - 1)
			return (int32_t)((width == 64) << 22 | rot << 16 | ((~(width * 2 - 1) & 0x3f) | (ones - 1)) << 10);
	}
	return -1;
}

bool
arm_fits_logic(int size, uint64_t imm)
{
	return bitmask(size, imm) >= 0;
}

void
arm_logic_rri(Codebuf *b, ArmLogic op, int size, int dst, int a, uint64_t imm)
{
	int32_t f = bitmask(size, imm);

	if (f < 0 || op & 1)
		b->bad = true;
	word(b, wide(b, size) << 31 | (uint32_t)op >> 1 << 29 | 0x12000000 | (uint32_t)f | reg(b, a) << 5 | reg(b, dst));
}

void
arm_two_rrr(Codebuf *b, ArmTwo op, int size, int dst, int a, int c)
{
	word(b, wide(b, size) << 31 | 0x1ac00000 | (uint32_t)op << 10 | three(b, dst, a, c));
}

void
arm_carry_rrr(Codebuf *b, ArmCarry op, int size, int dst, int a, int c)
{
	word(b, wide(b, size) << 31 | (uint32_t)op << 29 | 0x1a000000 | three(b, dst, a, c));
}

void
arm_one_rr(Codebuf *b, ArmOne op, int size, int dst, int a)
{
	/* The operation of all bytes is one number for 4 bytes, the next for 8. */
	uint32_t n = op == ArmRev && size == 4 ? 2 : (uint32_t)op;

	if (op == ArmRev32 && size != 8)
		b->bad = true;
	word(b, wide(b, size) << 31 | 0x5ac00000 | n << 10 | reg(b, a) << 5 | reg(b, dst));
}

void
arm_mul_rrrr(Codebuf *b, ArmMul op, int size, int dst, int a, int c, int d)
{
	static const uint32_t ops[] = {0, 0x8000, 0x80200000, 0x80208000, 0x80a00000, 0x80a08000};

	word(b, ops[op] | (op <= ArmMsub ? wide(b, size) << 31 : 0) | 0x1b000000 | reg(b, d) << 10 | three(b, dst, a, c));
}

void
arm_mulh_rrr(Codebuf *b, bool issigned, int dst, int a, int c)
{
	word(b, (issigned ? 0x9b407c00 : 0x9bc07c00) | three(b, dst, a, c));
}

void
arm_bfm_rr(Codebuf *b, ArmBfm op, int size, int dst, int a, int immr, int imms)
{
	word(b, wide(b, size) << 31 | (uint32_t)op << 29 | 0x13000000 | wide(b, size) << 22 | field(b, immr, size * 8) << 16 |
			field(b, imms, size * 8) << 10 | reg(b, a) << 5 | reg(b, dst));
}

void
arm_shift_rri(Codebuf *b, ArmShift op, int size, int dst, int a, int n)
{
	int bits = size * 8;

	if (n < 0 || n >= bits)
		b->bad = true;
	else if (op == ArmLsl)
		arm_bfm_rr(b, ArmUbfm, size, dst, a, (bits - n) % bits, bits - 1 - n);
	else if (op == ArmRor)
		arm_extr_rrri(b, size, dst, a, a, n);
	else
		arm_bfm_rr(b, op == ArmAsr ? ArmSbfm : ArmUbfm, size, dst, a, n, bits - 1);
}

void
arm_ext_rr(Codebuf *b, bool issigned, int size, int ssize, int dst, int a)
{
	if (ssize >= size || (ssize != 1 && ssize != 2 && ssize != 4))
		b->bad = true;
	/* What clears up to 32 bits clears the rest. */
	arm_bfm_rr(b, issigned ? ArmSbfm : ArmUbfm, issigned || ssize == 4 ? size : 4, dst, a, 0, ssize * 8 - 1);
}

void
arm_extr_rrri(Codebuf *b, int size, int dst, int a, int c, int n)
{
	word(b, wide(b, size) << 31 | 0x13800000 | wide(b, size) << 22 | field(b, n, size * 8) << 10 | three(b, dst, a, c));
}

/* ------------------------------------------------------------ conditions and jumps */

void
arm_sel_rrr(Codebuf *b, ArmSel op, int size, int dst, int a, int c, ArmCc cc)
{
	word(b, wide(b, size) << 31 | ((uint32_t)op >> 1) << 30 | 0x1a800000 | (uint32_t)cc << 12 | ((uint32_t)op & 1) << 10 |
			three(b, dst, a, c));
}

void
arm_set_r(Codebuf *b, int dst, ArmCc cc)
{
	arm_sel_rrr(b, ArmCsinc, 4, dst, ZR, ZR, cc ^ 1);
}

void
arm_ccmp_rr(Codebuf *b, int size, int a, int c, int nzcv, ArmCc cc)
{
	word(b, wide(b, size) << 31 | 0x7a400000 | reg(b, c) << 16 | (uint32_t)cc << 12 | reg(b, a) << 5 | field(b, nzcv, 16));
}

void
arm_ccmp_ri(Codebuf *b, int size, int a, int c, int nzcv, ArmCc cc)
{
	word(b, wide(b, size) << 31 | 0x7a400800 | field(b, c, 32) << 16 | (uint32_t)cc << 12 | reg(b, a) << 5 | field(b, nzcv, 16));
}

/* Where an instruction keeps the distance to a label, and its scale. */
typedef struct Place {
	int shift, bits;
	bool bytes; /* adr: in two pieces, counted in bytes */
} Place;

static Place
place(uint32_t v)
{
	if ((v & 0x7c000000) == 0x14000000)
		return (Place){0, 26, false}; /* b, bl */
	if ((v & 0x7e000000) == 0x36000000)
		return (Place){5, 14, false}; /* tbz */
	if ((v & 0x9f000000) == 0x10000000)
		return (Place){5, 19, true}; /* adr */
	return (Place){5, 19, false}; /* b.cc, cbz, ldr */
}

static int64_t
getfield(uint32_t v, Place p)
{
	return v >> p.shift & (((uint32_t)1 << p.bits) - 1);
}

/* The instruction v with n words in its field. */
static uint32_t
setfield(Codebuf *b, uint32_t v, Place p, int64_t n)
{
	int64_t lim = (int64_t)1 << (p.bits - 1);

	if (n < -lim || n >= lim)
		b->bad = true;
	return v | ((uint32_t)n & (((uint32_t)1 << p.bits) - 1)) << p.shift;
}

/* An instruction that names l; v has zero in the field. */
static void
named(Codebuf *b, uint32_t v, Label *l)
{
	uint32_t at = codebuf_offset(b);
	Place p = place(v);
	int64_t n;

	if (l->bound) {
		n = (int64_t)l->at - at;
		/* Code is in words; adr has the rest in bits of its own. */
		if (p.bytes)
			v |= ((uint32_t)n & 3) << 29;
		else if (n & 3)
			b->bad = true;
		n >>= 2;
	} else
		n = l->wide == 0 ? 0 : (at - (l->wide - 1)) / 4;
	word(b, setfield(b, v, p, n));
	if (!l->bound && !b->bad && !b->full)
		l->wide = 1 + at;
}

void
arm_bind(Codebuf *b, Label *l)
{
	uint32_t here = codebuf_offset(b), at, v;
	uint64_t address;
	int64_t back, n;
	Place p;

	if (l->bound)
		b->bad = true;
	if (b->full || b->bad)
		return;
	l->bound = true;
	l->at = here;
	while (l->wide != 0) {
		at = l->wide - 1;
		memcpy(&v, b->start + at, 4);
		p = place(v);
		back = getfield(v, p);
		l->wide = back == 0 ? 0 : l->wide - (uint32_t)back * 4;
		v &= ~((((uint32_t)1 << p.bits) - 1) << p.shift);
		n = (int64_t)here - at;
		if (p.bytes)
			v |= ((uint32_t)n & 3) << 29;
		else if (n & 3)
			b->bad = true;
		v = setfield(b, v, p, n >> 2);
		memcpy(b->start + at, &v, 4);
	}
	while (l->shrt != 0) {
		at = l->shrt - 1;
		memcpy(&v, b->start + at, 4);
		l->shrt = v >> 1;
		address = v & 1 ? codebuf_exec(b, here) : here;
		memcpy(b->start + at, &address, v & 1 ? 8 : 4);
	}
}

void
arm_b_l(Codebuf *b, Label *l)
{
	named(b, 0x14000000, l);
}

void
arm_bl_l(Codebuf *b, Label *l)
{
	named(b, 0x94000000, l);
}

void
arm_bcc_l(Codebuf *b, ArmCc cc, Label *l)
{
	named(b, 0x54000000 | cc, l);
}

void
arm_cbz_l(Codebuf *b, bool nonzero, int size, int r, Label *l)
{
	named(b, wide(b, size) << 31 | 0x34000000 | (uint32_t)nonzero << 24 | reg(b, r), l);
}

void
arm_tbz_l(Codebuf *b, bool nonzero, int r, int bit, Label *l)
{
	uint32_t n = field(b, bit, 64);

	named(b, n >> 5 << 31 | 0x36000000 | (uint32_t)nonzero << 24 | (n & 31) << 19 | reg(b, r), l);
}

static void
branch_to(Codebuf *b, uint32_t v, const void *target)
{
	int64_t n = (int64_t)((uintptr_t)target - codebuf_exec(b, codebuf_offset(b)));

	if (n & 3)
		b->bad = true;
	word(b, setfield(b, v, place(v), n >> 2));
}

void
arm_b_to(Codebuf *b, const void *target)
{
	branch_to(b, 0x14000000, target);
}

void
arm_bl_to(Codebuf *b, const void *target)
{
	branch_to(b, 0x94000000, target);
}

void
arm_br_r(Codebuf *b, int r)
{
	word(b, 0xd61f0000 | reg(b, r) << 5);
}

void
arm_blr_r(Codebuf *b, int r)
{
	word(b, 0xd63f0000 | reg(b, r) << 5);
}

void
arm_ret(Codebuf *b)
{
	word(b, 0xd65f0000 | LR << 5);
}

void
arm_adr_l(Codebuf *b, int dst, Label *l)
{
	named(b, 0x10000000 | reg(b, dst), l);
}

void
arm_ldr_l(Codebuf *b, int size, int dst, Label *l)
{
	named(b, 0x18000000 | wide(b, size) << 30 | reg(b, dst), l);
}

static void
data(Codebuf *b, Label *l, size_t size, uint64_t value)
{
	uint32_t at = codebuf_offset(b);

	if (!l->bound)
		value = l->shrt << 1 | (size == 8);
	codebuf_put(b, &value, size);
	if (!l->bound && !b->full)
		l->shrt = 1 + at;
}

void
arm_data_address(Codebuf *b, Label *l)
{
	data(b, l, 8, codebuf_exec(b, l->at));
}

void
arm_data_offset(Codebuf *b, Label *l)
{
	data(b, l, 4, l->at);
}

/* ------------------------------------------------------------ memory */

bool
arm_fits_disp(int size, int32_t disp)
{
	return (disp >= -256 && disp < 256) || (disp >= 0 && disp % size == 0 && disp / size < 4096);
}

/* A load or store: op has size, kind and direction. */
static void
access(Codebuf *b, uint32_t op, int size, int r, ArmMem m)
{
	uint32_t v = op | reg(b, m.base) << 5 | reg(b, r);

	switch (m.mode) {
	case ArmDisp:
		if (m.disp >= 0 && m.disp % size == 0) {
			word(b, v | 0x01000000 | field(b, m.disp / size, 4096) << 10);
			return;
		}
		break;
	case ArmIndex:
		if (m.ext != ArmUxtw && m.ext != ArmUxtx && m.ext != ArmSxtw && m.ext != ArmSxtx)
			b->bad = true;
		word(b, v | 0x00200800 | reg(b, m.index) << 16 | (uint32_t)m.ext << 13 | (uint32_t)m.scaled << 12);
		return;
	case ArmPre:
		v |= 0xc00;
		break;
	case ArmPost:
		v |= 0x400;
		break;
	}
	if (m.disp < -256 || m.disp > 255)
		b->bad = true;
	word(b, v | ((uint32_t)m.disp & 0x1ff) << 12);
}

/* Bits 31-30. */
static uint32_t
sizebits(Codebuf *b, int size)
{
	if (size != 1 && size != 2 && size != 4 && size != 8) {
		b->bad = true;
		return 0;
	}
	return (uint32_t)__builtin_ctz((unsigned)size) << 30;
}

void
arm_ldr_rm(Codebuf *b, int msize, int dst, ArmMem m)
{
	access(b, sizebits(b, msize) | 0x38400000, msize, dst, m);
}

void
arm_ldrs_rm(Codebuf *b, int size, int msize, int dst, ArmMem m)
{
	if (msize >= size || msize > 4)
		b->bad = true;
	access(b, sizebits(b, msize) | 0x38800000 | (wide(b, size) ^ 1) << 22, msize, dst, m);
}

void
arm_str_rm(Codebuf *b, int msize, int src, ArmMem m)
{
	access(b, sizebits(b, msize) | 0x38000000, msize, src, m);
}

static uint32_t
vsizebits(Codebuf *b, int size)
{
	if (size == 16)
		return 0x00800000;
	if (size != 4 && size != 8)
		b->bad = true;
	return sizebits(b, size);
}

void
arm_ldr_vm(Codebuf *b, int msize, int dst, ArmMem m)
{
	access(b, vsizebits(b, msize) | 0x3c400000, msize, dst, m);
}

void
arm_str_vm(Codebuf *b, int msize, int src, ArmMem m)
{
	access(b, vsizebits(b, msize) | 0x3c000000, msize, src, m);
}

static void
pair(Codebuf *b, uint32_t op, int size, int r, int s, ArmMem m)
{
	static const uint32_t mode[] = {[ArmDisp] = 2, [ArmIndex] = 0, [ArmPre] = 3, [ArmPost] = 1};
	int n = m.disp / size;

	if (mode[m.mode] == 0 || m.disp % size != 0 || n < -64 || n > 63)
		b->bad = true;
	word(b, op | mode[m.mode] << 23 | ((uint32_t)n & 0x7f) << 15 | reg(b, s) << 10 | reg(b, m.base) << 5 | reg(b, r));
}

void
arm_ldp_rr(Codebuf *b, int size, int r, int s, ArmMem m)
{
	pair(b, wide(b, size) << 31 | 0x28400000, size, r, s, m);
}

void
arm_stp_rr(Codebuf *b, int size, int r, int s, ArmMem m)
{
	pair(b, wide(b, size) << 31 | 0x28000000, size, r, s, m);
}

void
arm_ldp_vv(Codebuf *b, int size, int r, int s, ArmMem m)
{
	pair(b, wide(b, size) << 30 | 0x2c400000, size, r, s, m);
}

void
arm_stp_vv(Codebuf *b, int size, int r, int s, ArmMem m)
{
	pair(b, wide(b, size) << 30 | 0x2c000000, size, r, s, m);
}

/* ------------------------------------------------------------ floating point */

static uint32_t
ftype(Codebuf *b, int size)
{
	return wide(b, size) << 22;
}

void
arm_f2_vvv(Codebuf *b, ArmF2 op, int size, int dst, int a, int c)
{
	word(b, 0x1e200800 | ftype(b, size) | (uint32_t)op << 12 | three(b, dst, a, c));
}

void
arm_f1_vv(Codebuf *b, ArmF1 op, int size, int dst, int a)
{
	word(b, 0x1e204000 | ftype(b, size) | (uint32_t)op << 15 | reg(b, a) << 5 | reg(b, dst));
}

void
arm_f3_vvvv(Codebuf *b, ArmF3 op, int size, int dst, int a, int c, int d)
{
	word(b, 0x1f000000 | ftype(b, size) | ((uint32_t)op >> 1) << 21 | ((uint32_t)op & 1) << 15 | reg(b, d) << 10 | three(b, dst, a, c));
}

void
arm_fcmp_vv(Codebuf *b, bool signaling, int size, int a, int c)
{
	word(b, 0x1e202000 | ftype(b, size) | reg(b, c) << 16 | reg(b, a) << 5 | (uint32_t)signaling << 4);
}

void
arm_fcmp_v0(Codebuf *b, bool signaling, int size, int a)
{
	word(b, 0x1e202008 | ftype(b, size) | reg(b, a) << 5 | (uint32_t)signaling << 4);
}

void
arm_fcsel_vvv(Codebuf *b, int size, int dst, int a, int c, ArmCc cc)
{
	word(b, 0x1e200c00 | ftype(b, size) | (uint32_t)cc << 12 | three(b, dst, a, c));
}

void
arm_fcvt_vv(Codebuf *b, int size, int ssize, int dst, int a)
{
	if (size == ssize)
		b->bad = true;
	word(b, 0x1e224000 | ftype(b, ssize) | wide(b, size) << 15 | reg(b, a) << 5 | reg(b, dst));
}

static void
convert(Codebuf *b, uint32_t op, int isize, int fsize, int dst, int a)
{
	word(b, wide(b, isize) << 31 | 0x1e200000 | ftype(b, fsize) | op << 16 | reg(b, a) << 5 | reg(b, dst));
}

void
arm_scvtf_vr(Codebuf *b, int fsize, int isize, int dst, int a)
{
	convert(b, 2, isize, fsize, dst, a);
}

void
arm_ucvtf_vr(Codebuf *b, int fsize, int isize, int dst, int a)
{
	convert(b, 3, isize, fsize, dst, a);
}

void
arm_fcvts_rv(Codebuf *b, ArmRound round, int isize, int fsize, int dst, int a)
{
	/* Away has a number of its own. */
	convert(b, round == ArmAway ? 4 : (uint32_t)round << 3, isize, fsize, dst, a);
}

void
arm_fmov_vr(Codebuf *b, int size, int dst, int a)
{
	convert(b, 7, size, size, dst, a);
}

void
arm_fmov_rv(Codebuf *b, int size, int dst, int a)
{
	convert(b, 6, size, size, dst, a);
}

/* ------------------------------------------------------------ others */

void
arm_nop(Codebuf *b)
{
	word(b, 0xd503201f);
}

void
arm_brk(Codebuf *b, uint32_t imm)
{
	word(b, 0xd4200000 | field(b, imm, 65536) << 5);
}

void
arm_mrs_r(Codebuf *b, int dst, ArmSys r)
{
	word(b, 0xd53b4400 | (uint32_t)r << 5 | reg(b, dst));
}

void
arm_msr_r(Codebuf *b, ArmSys r, int src)
{
	word(b, 0xd51b4400 | (uint32_t)r << 5 | reg(b, src));
}
