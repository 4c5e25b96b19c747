/*
 * See amd64enc.h. Every instruction goes through encode, which knows prefixes, the operand bytes and where a label's field lies.
 *
 * A wide place that names a label not bound yet holds (1 + offset of the previous such place) * 8 + what it is, see Place; a short one holds
 * the distance back to the previous short one, 0 if there is none.
 */
#include <string.h>

#include "libinterp/jit/amd64enc.h"

/* What a form needs besides opcode and operands. */
enum {
	P66 = 1,
	PF2 = 2,
	PF3 = 4,
	W = 8,	     /* 8-byte operands */
	BREG = 16,   /* the register operand is a byte register */
	BRM = 32,    /* so is the other, if it is a register */
	PREFIX = P66 | PF2 | PF3
};

/* A place that names a label: relative to the end of the instruction, which is so many bytes behind the field, or data. */
enum Place { REL0, REL1, REL2, OFFSET, REL4, ADDRESS };

/* Opcodes of two and three bytes are written as they stand in the code: 0x0fa2, 0x0f38f0. */
typedef struct Form {
	int flags;
	uint32_t op;
	int reg;      /* register operand, or more opcode */
	int rm;	      /* the other operand, if m is NULL */
	const Mem *m;
	int immsize;
	int64_t imm;
} Form;

typedef struct Insn {
	uint8_t b[24];
	int n;
} Insn;

static void
byte(Insn *i, unsigned v)
{
	i->b[i->n++] = (uint8_t)v;
}

static void
number(Insn *i, int size, int64_t v)
{
	memcpy(i->b + i->n, &v, (size_t)size);
	i->n += size;
}

static bool
isreg(int r)
{
	return r >= 0 && r <= 15;
}

static bool
fits8(int64_t v)
{
	return v == (int8_t)v;
}

static bool
fits32(int64_t v)
{
	return v == (int32_t)v;
}

static bool
memok(const Mem *m)
{
	if (m->base == RIP)
		return m->index == NOREG && !m->wrap;
	if (m->label != NULL || (m->base != NOREG && !isreg(m->base)))
		return false;
	return m->index == NOREG ||
	       (isreg(m->index) && m->index != RSP && (m->scale == 1 || m->scale == 2 || m->scale == 4 || m->scale == 8));
}

/* The displacement of a field at that offset that names l, or a link in l's list. */
static int32_t
name(Label *l, uint32_t offset, int place)
{
	if (l->bound)
		return (int32_t)(l->at - (offset + 4 + (uint32_t)place));
	return (int32_t)(l->wide << 3 | (uint32_t)place);
}

/* The operand bytes for memory. Returns where in i the label's field is, or 0. */
static int
memory(Codebuf *b, Insn *i, int reg, const Mem *m, int trail)
{
	int base = m->base, index = m->index, rm = reg << 3, field, mod, size;

	if (base == NOREG && index != NOREG && m->scale == 1) {
		base = index;
		index = NOREG;
	}
	if (base == RIP) {
		byte(i, (unsigned)(rm | 5));
		field = i->n;
		number(i, 4, m->label != NULL ? name(m->label, codebuf_offset(b) + (uint32_t)field, trail) : m->disp);
		return m->label != NULL && !m->label->bound ? field : 0;
	}
	if (base == NOREG) {
		byte(i, (unsigned)(rm | 4));
		byte(i, (unsigned)(__builtin_ctz(m->scale) << 6 | ((index != NOREG ? index : RSP) & 7) << 3 | 5));
		number(i, 4, m->disp);
		return 0;
	}
	mod = m->disp == 0 && (base & 7) != RBP ? 0 : fits8(m->disp) ? 1 : 2;
	size = mod == 2 ? 4 : mod;
	if (index != NOREG || (base & 7) == RSP) {
		byte(i, (unsigned)(mod << 6 | rm | 4));
		byte(i, (unsigned)(__builtin_ctz(m->scale) << 6 | ((index != NOREG ? index : RSP) & 7) << 3 | (base & 7)));
	} else
		byte(i, (unsigned)(mod << 6 | rm | (base & 7)));
	number(i, size, m->disp);
	return 0;
}

static void
put(Codebuf *b, const Insn *i)
{
	if (b->full || sizeof i->b > (size_t)(b->end - b->at)) {
		codebuf_put(b, i->b, (size_t)i->n);
		return;
	}
	memcpy(b->at, i->b, sizeof i->b);
	b->at += i->n;
}

static void
encode(Codebuf *b, Form f)
{
	Insn i = {.n = 0};
	uint32_t offset = codebuf_offset(b);
	int rex, field = 0;
	const Mem *m = f.m;

	if (!isreg(f.reg) || (m == NULL ? !isreg(f.rm) : !memok(m)))
		b->bad = true;
	if (b->bad || b->full)
		return;
	rex = (f.flags & W) != 0 ? 0x48 : 0;
	if (f.reg > 7)
		rex |= 0x44;
	if ((f.flags & BREG) != 0 && f.reg > 3)
		rex |= 0x40;
	if (m == NULL) {
		if (f.rm > 7)
			rex |= 0x41;
		if ((f.flags & BRM) != 0 && f.rm > 3)
			rex |= 0x40;
	} else {
		if (m->base > 7 || (m->base == NOREG && m->scale == 1 && m->index > 7))
			rex |= 0x41;
		if (m->index > 7 && (m->base != NOREG || m->scale != 1))
			rex |= 0x42;
		if (m->wrap)
			byte(&i, 0x67);
	}
	switch (f.flags & PREFIX) {
	case P66:
		byte(&i, 0x66);
		break;
	case PF2:
		byte(&i, 0xf2);
		break;
	case PF3:
		byte(&i, 0xf3);
		break;
	case PF3 | P66:
		byte(&i, 0x66);
		byte(&i, 0xf3);
		break;
	}
	if (rex != 0)
		byte(&i, (unsigned)rex);
	if (f.op > 0xffff)
		byte(&i, f.op >> 16);
	if (f.op > 0xff)
		byte(&i, f.op >> 8);
	byte(&i, f.op);
	if (m != NULL)
		field = memory(b, &i, f.reg & 7, m, f.immsize);
	else
		byte(&i, (unsigned)(0xc0 | (f.reg & 7) << 3 | (f.rm & 7)));
	number(&i, f.immsize, f.imm);
	put(b, &i);
	if (field != 0 && !b->full)
		m->label->wide = 1 + offset + (uint32_t)field;
}

static void
form_r(Codebuf *b, int flags, uint32_t op, int reg, int rm)
{
	encode(b, (Form){.flags = flags, .op = op, .reg = reg, .rm = rm});
}

static void
form_m(Codebuf *b, int flags, uint32_t op, int reg, Mem m)
{
	encode(b, (Form){.flags = flags, .op = op, .reg = reg, .m = &m});
}

static void
form_ri(Codebuf *b, int flags, uint32_t op, int reg, int rm, int immsize, int64_t imm)
{
	encode(b, (Form){.flags = flags, .op = op, .reg = reg, .rm = rm, .immsize = immsize, .imm = imm});
}

static void
form_mi(Codebuf *b, int flags, uint32_t op, int reg, Mem m, int immsize, int64_t imm)
{
	encode(b, (Form){.flags = flags, .op = op, .reg = reg, .m = &m, .immsize = immsize, .imm = imm});
}

/* Forms without operand bytes: the register, if any (-1), is part of the opcode. */
static void
form_o(Codebuf *b, int flags, uint32_t op, int reg, int immsize, int64_t imm)
{
	Insn i = {.n = 0};
	int rex = ((flags & W) != 0 ? 0x48 : 0) | (reg > 7 ? 0x41 : 0);

	if (reg < -1 || reg > 15)
		b->bad = true;
	if (b->bad)
		return;
	if ((flags & P66) != 0)
		byte(&i, 0x66);
	if ((flags & PF3) != 0)
		byte(&i, 0xf3);
	if (rex != 0)
		byte(&i, (unsigned)rex);
	if (op > 0xff)
		byte(&i, op >> 8);
	byte(&i, op | (reg > 0 ? (unsigned)reg & 7 : 0));
	number(&i, immsize, imm);
	put(b, &i);
}

/* Flags for a size; sizes are the bits of allowed. */
static int
sized(Codebuf *b, int size, int allowed)
{
	if (size != 1 && size != 2 && size != 4 && size != 8)
		size = 0;
	if ((size & allowed) == 0)
		b->bad = true;
	return size == 1 ? BREG | BRM : size == 2 ? P66 : size == 8 ? W : 0;
}

/* Whether the operation is of bytes or not is bit 0 of most opcodes. */
static uint32_t
wide(int size)
{
	return size != 1;
}

static int
immsize(int size)
{
	return size == 8 ? 4 : size;
}

/* An immediate of that size as a signed number. */
static int32_t
immediate(Codebuf *b, int size, int32_t imm)
{
	if ((size == 1 && (imm < -128 || imm > 255)) || (size == 2 && (imm < -32768 || imm > 65535)))
		b->bad = true;
	return size == 1 ? (int8_t)imm : size == 2 ? (int16_t)imm : imm;
}

static void
range(Codebuf *b, int v, int lo, int hi)
{
	if (v < lo || v > hi)
		b->bad = true;
}

/* ------------------------------------------------------------ moves */

void
amd_mov_rr(Codebuf *b, int size, int dst, int src)
{
	form_r(b, sized(b, size, 15), 0x88 | wide(size), src, dst);
}

void
amd_mov_rm(Codebuf *b, int size, int dst, Mem src)
{
	form_m(b, sized(b, size, 15), 0x8a | wide(size), dst, src);
}

void
amd_mov_mr(Codebuf *b, int size, Mem dst, int src)
{
	form_m(b, sized(b, size, 15), 0x88 | wide(size), src, dst);
}

void
amd_mov_mi(Codebuf *b, int size, Mem dst, int32_t imm)
{
	form_mi(b, sized(b, size, 15) & ~BREG, 0xc6 | wide(size), 0, dst, immsize(size), immediate(b, size, imm));
}

void
amd_mov_ri(Codebuf *b, int dst, uint64_t imm)
{
	if (dst < 0)
		b->bad = true;
	else if (imm <= UINT32_MAX)
		form_o(b, 0, 0xb8, dst, 4, (int64_t)imm);
	else if (fits32((int64_t)imm))
		form_ri(b, W, 0xc7, 0, dst, 4, (int64_t)imm);
	else
		form_o(b, W, 0xb8, dst, 8, (int64_t)imm);
}

void
amd_zero_r(Codebuf *b, int dst)
{
	form_r(b, 0, 0x31, dst, dst);
}

/* The opcode of an extension, and its flags in *flags: base is 0x0fb6 or 0x0fbe. */
static uint32_t
extension(Codebuf *b, int size, int ssize, uint32_t base, int *flags)
{
	*flags = sized(b, size, 14) | (ssize == 1 ? BRM : 0);
	if (ssize >= size || (ssize != 1 && ssize != 2))
		b->bad = true;
	return base | wide(ssize);
}

void
amd_zx_rr(Codebuf *b, int size, int ssize, int dst, int src)
{
	uint32_t op;
	int flags;

	if (size == 8 && ssize == 4) {
		amd_mov_rr(b, 4, dst, src);
		return;
	}
	/* What has 4 bytes has 8. */
	op = extension(b, size == 8 ? 4 : size, ssize, 0x0fb6, &flags);
	form_r(b, flags, op, dst, src);
}

void
amd_zx_rm(Codebuf *b, int size, int ssize, int dst, Mem src)
{
	uint32_t op;
	int flags;

	if (size == 8 && ssize == 4) {
		amd_mov_rm(b, 4, dst, src);
		return;
	}
	op = extension(b, size == 8 ? 4 : size, ssize, 0x0fb6, &flags);
	form_m(b, flags, op, dst, src);
}

void
amd_sx_rr(Codebuf *b, int size, int ssize, int dst, int src)
{
	uint32_t op;
	int flags;

	if (size == 8 && ssize == 4) {
		form_r(b, W, 0x63, dst, src);
		return;
	}
	op = extension(b, size, ssize, 0x0fbe, &flags);
	form_r(b, flags, op, dst, src);
}

void
amd_sx_rm(Codebuf *b, int size, int ssize, int dst, Mem src)
{
	uint32_t op;
	int flags;

	if (size == 8 && ssize == 4) {
		form_m(b, W, 0x63, dst, src);
		return;
	}
	op = extension(b, size, ssize, 0x0fbe, &flags);
	form_m(b, flags, op, dst, src);
}

void
amd_lea_rm(Codebuf *b, int size, int dst, Mem m)
{
	form_m(b, sized(b, size, 12), 0x8d, dst, m);
}

void
amd_xchg_rr(Codebuf *b, int size, int dst, int src)
{
	int flags = sized(b, size, 15);

	/* 0x90 is the form with rax, but with rax alone it does nothing, not even clear the upper half. */
	if (size > 1 && dst != src && (dst == RAX || src == RAX))
		form_o(b, flags, 0x90, dst == RAX ? src : dst, 0, 0);
	else
		form_r(b, flags, 0x86 | wide(size), src, dst);
}

void
amd_xchg_rm(Codebuf *b, int size, int dst, Mem m)
{
	form_m(b, sized(b, size, 15), 0x86 | wide(size), dst, m);
}

void
amd_push_r(Codebuf *b, int reg)
{
	range(b, reg, 0, 15);
	form_o(b, 0, 0x50, reg, 0, 0);
}

void
amd_push_m(Codebuf *b, Mem m)
{
	form_m(b, 0, 0xff, 6, m);
}

void
amd_push_i(Codebuf *b, int32_t imm)
{
	if (fits8(imm))
		form_o(b, 0, 0x6a, -1, 1, imm);
	else
		form_o(b, 0, 0x68, -1, 4, imm);
}

void
amd_pop_r(Codebuf *b, int reg)
{
	range(b, reg, 0, 15);
	form_o(b, 0, 0x58, reg, 0, 0);
}

void
amd_pop_m(Codebuf *b, Mem m)
{
	form_m(b, 0, 0x8f, 0, m);
}

void
amd_bswap_r(Codebuf *b, int size, int reg)
{
	range(b, reg, 0, 15);
	form_o(b, sized(b, size, 12), 0x0fc8, reg, 0, 0);
}

/* ------------------------------------------------------------ integers */

static uint32_t
aluop(Alu op)
{
	return op == AluTest ? 0x84 : (uint32_t)op << 3;
}

void
amd_alu_rr(Codebuf *b, Alu op, int size, int dst, int src)
{
	form_r(b, sized(b, size, 15), aluop(op) | wide(size), src, dst);
}

void
amd_alu_rm(Codebuf *b, Alu op, int size, int dst, Mem src)
{
	form_m(b, sized(b, size, 15), aluop(op) | (op != AluTest ? 2 : 0) | wide(size), dst, src);
}

void
amd_alu_mr(Codebuf *b, Alu op, int size, Mem dst, int src)
{
	form_m(b, sized(b, size, 15), aluop(op) | wide(size), src, dst);
}

void
amd_alu_ri(Codebuf *b, Alu op, int size, int dst, int32_t imm)
{
	int flags = sized(b, size, 15) & ~BREG;

	imm = immediate(b, size, imm);
	if (size != 1 && op != AluTest && fits8(imm))
		form_ri(b, flags, 0x83, (int)op, dst, 1, imm);
	else if (dst == RAX)
		form_o(b, flags, (op == AluTest ? 0xa8 : aluop(op) | 4) | wide(size), -1, immsize(size), imm);
	else if (op == AluTest)
		form_ri(b, flags, 0xf6 | wide(size), 0, dst, immsize(size), imm);
	else
		form_ri(b, flags, 0x80 | wide(size), (int)op, dst, immsize(size), imm);
}

void
amd_alu_mi(Codebuf *b, Alu op, int size, Mem dst, int32_t imm)
{
	int flags = sized(b, size, 15) & ~BREG;

	imm = immediate(b, size, imm);
	if (op == AluTest)
		form_mi(b, flags, 0xf6 | wide(size), 0, dst, immsize(size), imm);
	else if (size != 1 && fits8(imm))
		form_mi(b, flags, 0x83, (int)op, dst, 1, imm);
	else
		form_mi(b, flags, 0x80 | wide(size), (int)op, dst, immsize(size), imm);
}

void
amd_un_r(Codebuf *b, Unary op, int size, int reg)
{
	bool step = op >= UnInc;

	form_r(b, sized(b, size, 15) & ~BREG, (step ? 0xfe : 0xf6) | wide(size), (int)op - (step ? UnInc : 0), reg);
}

void
amd_un_m(Codebuf *b, Unary op, int size, Mem m)
{
	bool step = op >= UnInc;

	form_m(b, sized(b, size, 15) & ~BREG, (step ? 0xfe : 0xf6) | wide(size), (int)op - (step ? UnInc : 0), m);
}

void
amd_signrdx(Codebuf *b, int size)
{
	form_o(b, sized(b, size, 14), 0x99, -1, 0, 0);
}

void
amd_signrax(Codebuf *b, int size)
{
	form_o(b, sized(b, size, 14), 0x98, -1, 0, 0);
}

void
amd_imul_rr(Codebuf *b, int size, int dst, int src)
{
	form_r(b, sized(b, size, 14), 0x0faf, dst, src);
}

void
amd_imul_rm(Codebuf *b, int size, int dst, Mem src)
{
	form_m(b, sized(b, size, 14), 0x0faf, dst, src);
}

void
amd_imul_rri(Codebuf *b, int size, int dst, int src, int32_t imm)
{
	int flags = sized(b, size, 14);

	imm = immediate(b, size, imm);
	if (fits8(imm))
		form_ri(b, flags, 0x6b, dst, src, 1, imm);
	else
		form_ri(b, flags, 0x69, dst, src, immsize(size), imm);
}

void
amd_imul_rmi(Codebuf *b, int size, int dst, Mem src, int32_t imm)
{
	int flags = sized(b, size, 14);

	imm = immediate(b, size, imm);
	if (fits8(imm))
		form_mi(b, flags, 0x6b, dst, src, 1, imm);
	else
		form_mi(b, flags, 0x69, dst, src, immsize(size), imm);
}

void
amd_shift_ri(Codebuf *b, Shift op, int size, int reg, int n)
{
	int flags = sized(b, size, 15) & ~BREG;

	range(b, n, 0, size == 8 ? 63 : 31);
	if (n == 1)
		form_r(b, flags, 0xd0 | wide(size), (int)op, reg);
	else
		form_ri(b, flags, 0xc0 | wide(size), (int)op, reg, 1, n);
}

void
amd_shift_rc(Codebuf *b, Shift op, int size, int reg)
{
	form_r(b, sized(b, size, 15) & ~BREG, 0xd2 | wide(size), (int)op, reg);
}

void
amd_shift_mi(Codebuf *b, Shift op, int size, Mem m, int n)
{
	int flags = sized(b, size, 15) & ~BREG;

	range(b, n, 0, size == 8 ? 63 : 31);
	if (n == 1)
		form_m(b, flags, 0xd0 | wide(size), (int)op, m);
	else
		form_mi(b, flags, 0xc0 | wide(size), (int)op, m, 1, n);
}

void
amd_shift_mc(Codebuf *b, Shift op, int size, Mem m)
{
	form_m(b, sized(b, size, 15) & ~BREG, 0xd2 | wide(size), (int)op, m);
}

static uint32_t
shdop(Shd op, bool cl)
{
	return (op == ShdShld ? 0x0fa4 : 0x0fac) | cl;
}

void
amd_shd_rri(Codebuf *b, Shd op, int size, int dst, int src, int n)
{
	range(b, n, 0, size == 8 ? 63 : 31);
	form_ri(b, sized(b, size, 14), shdop(op, false), src, dst, 1, n);
}

void
amd_shd_rrc(Codebuf *b, Shd op, int size, int dst, int src)
{
	form_r(b, sized(b, size, 14), shdop(op, true), src, dst);
}

void
amd_shd_mri(Codebuf *b, Shd op, int size, Mem dst, int src, int n)
{
	range(b, n, 0, size == 8 ? 63 : 31);
	form_mi(b, sized(b, size, 14), shdop(op, false), src, dst, 1, n);
}

void
amd_shd_mrc(Codebuf *b, Shd op, int size, Mem dst, int src)
{
	form_m(b, sized(b, size, 14), shdop(op, true), src, dst);
}

void
amd_bt_rr(Codebuf *b, Bt op, int size, int dst, int src)
{
	form_r(b, sized(b, size, 14), 0x0f83 | (uint32_t)op << 3, src, dst);
}

void
amd_bt_ri(Codebuf *b, Bt op, int size, int dst, int n)
{
	range(b, n, 0, size * 8 - 1);
	form_ri(b, sized(b, size, 14), 0x0fba, (int)op, dst, 1, n);
}

void
amd_bt_mi(Codebuf *b, Bt op, int size, Mem dst, int n)
{
	range(b, n, 0, size * 8 - 1);
	form_mi(b, sized(b, size, 14), 0x0fba, (int)op, dst, 1, n);
}

static const struct {
	int flags;
	uint32_t op;
} bits[] = {
	[BitsBsf] = {0, 0x0fbc},
	[BitsBsr] = {0, 0x0fbd},
	[BitsTzcnt] = {PF3, 0x0fbc},
	[BitsLzcnt] = {PF3, 0x0fbd},
	[BitsPopcnt] = {PF3, 0x0fb8},
};

void
amd_bits_rr(Codebuf *b, Bits op, int size, int dst, int src)
{
	form_r(b, sized(b, size, 14) | bits[op].flags, bits[op].op, dst, src);
}

void
amd_bits_rm(Codebuf *b, Bits op, int size, int dst, Mem src)
{
	form_m(b, sized(b, size, 14) | bits[op].flags, bits[op].op, dst, src);
}

/* ------------------------------------------------------------ conditions and jumps */

void
amd_set_r(Codebuf *b, Cc cc, int reg)
{
	form_r(b, BRM, 0x0f90 | cc, 0, reg);
}

void
amd_set_m(Codebuf *b, Cc cc, Mem m)
{
	form_m(b, 0, 0x0f90 | cc, 0, m);
}

void
amd_cmov_rr(Codebuf *b, Cc cc, int size, int dst, int src)
{
	form_r(b, sized(b, size, 14), 0x0f40 | cc, dst, src);
}

void
amd_cmov_rm(Codebuf *b, Cc cc, int size, int dst, Mem src)
{
	form_m(b, sized(b, size, 14), 0x0f40 | cc, dst, src);
}

void
amd_bind(Codebuf *b, Label *l)
{
	uint32_t here = codebuf_offset(b), at, back;
	int32_t v;
	uint64_t address;
	int place;

	if (l->bound)
		b->bad = true;
	if (b->full || b->bad)
		return;
	l->bound = true;
	l->at = here;
	while (l->wide != 0) {
		at = l->wide - 1;
		memcpy(&v, b->start + at, 4);
		l->wide = (uint32_t)v >> 3;
		place = v & 7;
		if (place == ADDRESS) {
			address = codebuf_exec(b, here);
			memcpy(b->start + at, &address, 8);
			continue;
		}
		v = place == OFFSET ? (int32_t)here : name(l, at, place);
		memcpy(b->start + at, &v, 4);
	}
	while (l->shrt != 0) {
		at = l->shrt - 1;
		back = b->start[at];
		if (here - (at + 1) > 127)
			b->bad = true;
		b->start[at] = (uint8_t)(here - (at + 1));
		l->shrt = back != 0 ? l->shrt - back : 0;
	}
}

/* A jump, of op and then 4 bytes; shortop is its opcode with 1 byte, 0 if there is none. */
static void
jump(Codebuf *b, uint32_t op, uint32_t shortop, Label *l)
{
	uint32_t offset = codebuf_offset(b), field = op > 0xff ? 2 : 1;
	int64_t back = (int64_t)l->at - (offset + 2);

	if (l->bound && shortop != 0 && fits8(back)) {
		form_o(b, 0, shortop, -1, 1, back);
		return;
	}
	form_o(b, 0, op, -1, 4, name(l, offset + field, REL0));
	if (!l->bound && !b->full && !b->bad)
		l->wide = 1 + offset + field;
}

static void
jumpshort(Codebuf *b, uint32_t op, Label *l)
{
	uint32_t offset = codebuf_offset(b), back = l->shrt != 0 ? offset + 2 - l->shrt : 0;

	if (l->bound) {
		if (!fits8((int64_t)l->at - (offset + 2)))
			b->bad = true;
		form_o(b, 0, op, -1, 1, (int64_t)l->at - (offset + 2));
		return;
	}
	if (back > 127)
		b->bad = true;
	form_o(b, 0, op, -1, 1, back);
	if (!b->full && !b->bad)
		l->shrt = offset + 2;
}

void
amd_jmp_l(Codebuf *b, Label *l)
{
	jump(b, 0xe9, 0xeb, l);
}

void
amd_jmp_short(Codebuf *b, Label *l)
{
	jumpshort(b, 0xeb, l);
}

void
amd_jcc_l(Codebuf *b, Cc cc, Label *l)
{
	jump(b, 0x0f80 | cc, 0x70 | cc, l);
}

void
amd_jcc_short(Codebuf *b, Cc cc, Label *l)
{
	jumpshort(b, 0x70 | cc, l);
}

void
amd_call_l(Codebuf *b, Label *l)
{
	jump(b, 0xe8, 0, l);
}

void
amd_jmp_r(Codebuf *b, int reg)
{
	form_r(b, 0, 0xff, 4, reg);
}

void
amd_jmp_m(Codebuf *b, Mem m)
{
	form_m(b, 0, 0xff, 4, m);
}

void
amd_call_r(Codebuf *b, int reg)
{
	form_r(b, 0, 0xff, 2, reg);
}

void
amd_call_m(Codebuf *b, Mem m)
{
	form_m(b, 0, 0xff, 2, m);
}

void
amd_ret(Codebuf *b)
{
	form_o(b, 0, 0xc3, -1, 0, 0);
}

/* A jump in 4 bytes that ends at that offset. */
static int64_t
distance(Codebuf *b, uint32_t end, const void *target)
{
	int64_t d = (int64_t)((uintptr_t)target - codebuf_exec(b, end));

	if (!fits32(d))
		b->bad = true;
	return d;
}

void
amd_jmp_to(Codebuf *b, const void *target)
{
	form_o(b, 0, 0xe9, -1, 4, distance(b, codebuf_offset(b) + 5, target));
}

void
amd_jcc_to(Codebuf *b, Cc cc, const void *target)
{
	form_o(b, 0, 0x0f80 | cc, -1, 4, distance(b, codebuf_offset(b) + 6, target));
}

void
amd_call_to(Codebuf *b, const void *target)
{
	form_o(b, 0, 0xe8, -1, 4, distance(b, codebuf_offset(b) + 5, target));
}

bool
amd_reaches(const Codebuf *b, const void *target)
{
	int64_t first = (int64_t)((uintptr_t)target - codebuf_exec(b, 0));
	int64_t last = (int64_t)((uintptr_t)target - codebuf_exec(b, (uint32_t)(b->end - b->start)));

	return fits32(first) && fits32(last);
}

void
amd_retarget(Codebuf *b, uint32_t offset, const void *target)
{
	uint32_t field = offset + (b->start[offset] == 0x0f ? 2 : 1);
	int64_t d = distance(b, field + 4, target);

	if (!b->bad)
		memcpy(b->start + field, &d, 4);
}

/* A place in data that names l. */
static void
data(Codebuf *b, Label *l, size_t size, int place, uint64_t value)
{
	uint32_t offset = codebuf_offset(b);

	if (!l->bound)
		value = l->wide << 3 | (uint32_t)place;
	codebuf_put(b, &value, size);
	if (!l->bound && !b->full)
		l->wide = 1 + offset;
}

void
amd_data_address(Codebuf *b, Label *l)
{
	data(b, l, 8, ADDRESS, codebuf_exec(b, l->at));
}

void
amd_data_offset(Codebuf *b, Label *l)
{
	data(b, l, 4, OFFSET, l->at);
}

/* ------------------------------------------------------------ SSE */

static const struct {
	int flags;
	uint16_t op, store;
} sse[NSSE] = {
	[SseMovss] = {PF3, 0x0f10, 0x0f11},
	[SseMovsd] = {PF2, 0x0f10, 0x0f11},
	[SseMovaps] = {0, 0x0f28, 0x0f29},
	[SseMovapd] = {P66, 0x0f28, 0x0f29},
	[SseMovups] = {0, 0x0f10, 0x0f11},
	[SseMovupd] = {P66, 0x0f10, 0x0f11},
	[SseMovdqa] = {P66, 0x0f6f, 0x0f7f},
	[SseMovdqu] = {PF3, 0x0f6f, 0x0f7f},
	[SseMovq] = {PF3, 0x0f7e, 0x0fd6},
	[SseAddss] = {PF3, 0x0f58, 0},
	[SseAddsd] = {PF2, 0x0f58, 0},
	[SseSubss] = {PF3, 0x0f5c, 0},
	[SseSubsd] = {PF2, 0x0f5c, 0},
	[SseMulss] = {PF3, 0x0f59, 0},
	[SseMulsd] = {PF2, 0x0f59, 0},
	[SseDivss] = {PF3, 0x0f5e, 0},
	[SseDivsd] = {PF2, 0x0f5e, 0},
	[SseMinss] = {PF3, 0x0f5d, 0},
	[SseMinsd] = {PF2, 0x0f5d, 0},
	[SseMaxss] = {PF3, 0x0f5f, 0},
	[SseMaxsd] = {PF2, 0x0f5f, 0},
	[SseSqrtss] = {PF3, 0x0f51, 0},
	[SseSqrtsd] = {PF2, 0x0f51, 0},
	[SseUcomiss] = {0, 0x0f2e, 0},
	[SseUcomisd] = {P66, 0x0f2e, 0},
	[SseComiss] = {0, 0x0f2f, 0},
	[SseComisd] = {P66, 0x0f2f, 0},
	[SseCvtss2sd] = {PF3, 0x0f5a, 0},
	[SseCvtsd2ss] = {PF2, 0x0f5a, 0},
	[SseAndps] = {0, 0x0f54, 0},
	[SseAndpd] = {P66, 0x0f54, 0},
	[SseAndnps] = {0, 0x0f55, 0},
	[SseAndnpd] = {P66, 0x0f55, 0},
	[SseOrps] = {0, 0x0f56, 0},
	[SseOrpd] = {P66, 0x0f56, 0},
	[SseXorps] = {0, 0x0f57, 0},
	[SseXorpd] = {P66, 0x0f57, 0},
	[SsePand] = {P66, 0x0fdb, 0},
	[SsePandn] = {P66, 0x0fdf, 0},
	[SsePor] = {P66, 0x0feb, 0},
	[SsePxor] = {P66, 0x0fef, 0},
	[SseUnpcklps] = {0, 0x0f14, 0},
	[SseUnpcklpd] = {P66, 0x0f14, 0},
};

void
amd_sse_xx(Codebuf *b, Sse op, int dst, int src)
{
	form_r(b, sse[op].flags, sse[op].op, dst, src);
}

void
amd_sse_xm(Codebuf *b, Sse op, int dst, Mem src)
{
	form_m(b, sse[op].flags, sse[op].op, dst, src);
}

void
amd_sse_mx(Codebuf *b, Sse op, Mem dst, int src)
{
	if (sse[op].store == 0)
		b->bad = true;
	form_m(b, op == SseMovq ? P66 : sse[op].flags, sse[op].store, src, dst);
}

static const struct {
	int flags;
	uint32_t op;
} sseimm[NSSEIMM] = {
	[SseCmpss] = {PF3, 0x0fc2},
	[SseCmpsd] = {PF2, 0x0fc2},
	[SseRoundss] = {P66, 0x0f3a0a},
	[SseRoundsd] = {P66, 0x0f3a0b},
	[SseShufps] = {0, 0x0fc6},
	[SseShufpd] = {P66, 0x0fc6},
};

void
amd_sse_xxi(Codebuf *b, Sseimm op, int dst, int src, int imm)
{
	form_ri(b, sseimm[op].flags, sseimm[op].op, dst, src, 1, immediate(b, 1, imm));
}

void
amd_sse_xmi(Codebuf *b, Sseimm op, int dst, Mem src, int imm)
{
	form_mi(b, sseimm[op].flags, sseimm[op].op, dst, src, 1, immediate(b, 1, imm));
}

void
amd_movd_xr(Codebuf *b, int size, int dst, int src)
{
	form_r(b, P66 | sized(b, size, 12), 0x0f6e, dst, src);
}

void
amd_movd_rx(Codebuf *b, int size, int dst, int src)
{
	form_r(b, P66 | sized(b, size, 12), 0x0f7e, src, dst);
}

/* Flags of a conversion between integer and float. */
static int
conversion(Codebuf *b, int fsize, int isize)
{
	if (fsize != 4 && fsize != 8)
		b->bad = true;
	return sized(b, isize, 12) | (fsize == 4 ? PF3 : PF2);
}

void
amd_cvt_xr(Codebuf *b, int fsize, int isize, int dst, int src)
{
	form_r(b, conversion(b, fsize, isize), 0x0f2a, dst, src);
}

void
amd_cvt_xm(Codebuf *b, int fsize, int isize, int dst, Mem src)
{
	form_m(b, conversion(b, fsize, isize), 0x0f2a, dst, src);
}

void
amd_cvt_rx(Codebuf *b, bool trunc, int isize, int fsize, int dst, int src)
{
	form_r(b, conversion(b, fsize, isize), trunc ? 0x0f2c : 0x0f2d, dst, src);
}

void
amd_cvt_rm(Codebuf *b, bool trunc, int isize, int fsize, int dst, Mem src)
{
	form_m(b, conversion(b, fsize, isize), trunc ? 0x0f2c : 0x0f2d, dst, src);
}

void
amd_ldmxcsr(Codebuf *b, Mem m)
{
	form_m(b, 0, 0x0fae, 2, m);
}

void
amd_stmxcsr(Codebuf *b, Mem m)
{
	form_m(b, 0, 0x0fae, 3, m);
}

/* ------------------------------------------------------------ others */

void
amd_rep_movs(Codebuf *b, int size)
{
	form_o(b, PF3 | sized(b, size, 15), 0xa4 | wide(size), -1, 0, 0);
}

void
amd_rep_stos(Codebuf *b, int size)
{
	form_o(b, PF3 | sized(b, size, 15), 0xaa | wide(size), -1, 0, 0);
}

void
amd_nop(Codebuf *b, size_t n)
{
	static const uint8_t nop[9][9] = {
		{0x90},
		{0x66, 0x90},
		{0x0f, 0x1f, 0x00},
		{0x0f, 0x1f, 0x40},
		{0x0f, 0x1f, 0x44},
		{0x66, 0x0f, 0x1f, 0x44},
		{0x0f, 0x1f, 0x80},
		{0x0f, 0x1f, 0x84},
		{0x66, 0x0f, 0x1f, 0x84},
	};
	size_t k;

	for (; n > 0 && !b->full; n -= k) {
		k = n < 9 ? n : 9;
		codebuf_put(b, nop[k - 1], k);
	}
}

void
amd_align(Codebuf *b, uint32_t n)
{
	amd_nop(b, -codebuf_offset(b) & (n - 1));
}

void
amd_ud2(Codebuf *b)
{
	form_o(b, 0, 0x0f0b, -1, 0, 0);
}

void
amd_int3(Codebuf *b)
{
	form_o(b, 0, 0xcc, -1, 0, 0);
}

void
amd_pause(Codebuf *b)
{
	form_o(b, PF3, 0x90, -1, 0, 0);
}
