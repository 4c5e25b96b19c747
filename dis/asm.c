/*
 * The assembler: the text that print.c writes, back into a module. Lines stand alone; each is a mnemonic or directive
 * and its arguments. The syntax is described in disasm(1).
 */
#include <limits.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "dis/impl.h"

/*
 * The text and the module under construction. Each parsing function leaves p behind what it took and returns whether
 * it liked it; the first error is kept and ends the work. Lines end before newlines and comments, at eol.
 */
typedef struct Asm {
	const char *p, *eol, *end;
	size_t line;
	DisModule *m;
	DisError *err;
	bool failed;

	DisBuf tmp; /* values of the item being read */
	bool flagsgiven;
	int32_t lists;    /* as ldts says, -1 before it */
	int32_t items;    /* imports still to come in the current list */
	int32_t handlers; /* as exceptions says, -1 before it */
	int32_t labels;   /* labels still to come in the current handler */
	bool wild;        /* and perhaps one for * */
} Asm;

static bool fail(Asm *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

static bool
fail(Asm *a, const char *fmt, ...)
{
	char msg[sizeof a->err->msg];
	va_list ap;

	if (a->failed)
		return false;
	a->failed = true;
	va_start(ap, fmt);
	vsnprintf(msg, sizeof msg, fmt, ap);
	va_end(ap);
	return dis_fail(a->err, a->line, msg, NULL);
}

static bool
nomem(Asm *a)
{
	return fail(a, "out of memory");
}

/* Fail unless p, just allocated, is something. */
static bool
got(Asm *a, const void *p)
{
	return p ? true : nomem(a);
}

static void
blanks(Asm *a)
{
	while (a->p < a->eol && (*a->p == ' ' || *a->p == '\t' || *a->p == '\r'))
		a->p++;
}

/* Take the character c, if it is next. */
static bool
take(Asm *a, char c)
{
	blanks(a);
	if (a->p < a->eol && *a->p == c) {
		a->p++;
		return true;
	}
	return false;
}

/* What is next, for messages. */
static bool
expected(Asm *a, const char *what)
{
	int n;

	blanks(a);
	n = (int)(a->eol - a->p);
	if (n == 0)
		return fail(a, "%s expected", what);
	return fail(a, "%s expected at '%.*s'", what, n > 30 ? 30 : n, a->p);
}

static bool
need(Asm *a, char c)
{
	char what[] = {'\'', c, '\'', 0};

	return take(a, c) || expected(a, what);
}

static bool
literal(Asm *a, const char *s)
{
	size_t n = strlen(s);

	blanks(a);
	if ((size_t)(a->eol - a->p) < n || memcmp(a->p, s, n) != 0)
		return false;
	a->p += n;
	return true;
}

static int
digitvalue(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return 99;
}

/*
 * A number, decimal or after 0x hexadecimal, with an optional sign, of at most bits bits: the value may be anything
 * that these can hold as signed or as unsigned.
 */
static bool
number(Asm *a, int bits, int64_t *v)
{
	uint64_t u = 0, most = bits == 64 ? UINT64_MAX : ((uint64_t)1 << bits) - 1;
	bool minus = false, any = false;
	unsigned base = 10, d;

	blanks(a);
	if (a->p < a->eol && (*a->p == '-' || *a->p == '+'))
		minus = *a->p++ == '-';
	if (a->eol - a->p >= 2 && a->p[0] == '0' && (a->p[1] == 'x' || a->p[1] == 'X')) {
		base = 16;
		a->p += 2;
	}
	for (; a->p < a->eol && (d = (unsigned)digitvalue(*a->p)) < base; a->p++) {
		any = true;
		if (u > (most - d) / base)
			return fail(a, "number does not fit in %d bits", bits);
		u = u * base + d;
	}
	if (!any)
		return expected(a, "number");
	if (minus && u > (uint64_t)1 << (bits - 1))
		return fail(a, "number does not fit in %d bits", bits);
	if (minus)
		u = -u;
	else if (bits < 64 && u > most >> 1)
		u |= ~most;
	*v = (int64_t)u;
	return true;
}

static bool
word(Asm *a, int32_t *v)
{
	int64_t n;

	*v = 0;
	if (!number(a, 32, &n))
		return false;
	*v = (int32_t)n;
	return true;
}

/* A number that the file holds as an operand. */
static bool
operand(Asm *a, int32_t *v)
{
	int64_t n;

	*v = 0;
	if (!number(a, 63, &n))
		return false;
	if (n < DIS_MINOPERAND || n > DIS_MAXOPERAND)
		return fail(a, "%lld does not fit in an operand of 30 bits", (long long)n);
	*v = (int32_t)n;
	return true;
}

/* A number that is a count or size. */
static bool
count(Asm *a, int32_t *v)
{
	return operand(a, v) && (*v >= 0 || fail(a, "%d must not be negative", *v));
}

static bool
commaoperand(Asm *a, int32_t *v)
{
	*v = 0;
	return need(a, ',') && operand(a, v);
}

static bool
put(Asm *a, const void *p, size_t n)
{
	return dis_bufput(&a->tmp, p, n) || nomem(a);
}

/* A string in quotes, into tmp, with a 0 behind it that is not counted. */
static bool
string(Asm *a)
{
	int hi, lo;
	char c;

	a->tmp.n = 0;
	if (!take(a, '"'))
		return expected(a, "string");
	for (;;) {
		if (a->p >= a->eol)
			return fail(a, "string does not end");
		c = *a->p++;
		if (c == '"')
			break;
		if (c == '\\') {
			if (a->p >= a->eol)
				return fail(a, "string does not end");
			c = *a->p++;
			switch (c) {
			case 'n':
				c = '\n';
				break;
			case 't':
				c = '\t';
				break;
			case 'r':
				c = '\r';
				break;
			case 'z':
				c = 0;
				break;
			case '"':
			case '\\':
				break;
			case 'x':
				hi = a->eol - a->p >= 2 ? digitvalue(a->p[0]) : 99;
				lo = hi < 16 ? digitvalue(a->p[1]) : 99;
				if (lo > 15)
					return fail(a, "two hexadecimal digits expected after \\x");
				c = (char)(hi << 4 | lo);
				a->p += 2;
				break;
			default:
				return fail(a, "unknown escape \\%c in a string", c >= ' ' && c < 0x7f ? c : '?');
			}
		}
		if (!put(a, &c, 1))
			return false;
	}
	if (!put(a, "", 1))
		return false;
	a->tmp.n--;
	return true;
}

/* A string that becomes a name in the file: it must not hold a 0. */
static bool
name(Asm *a)
{
	return string(a) && (memchr(a->tmp.p, 0, a->tmp.n) == NULL || fail(a, "\\z within a name"));
}

/* Bytes as hexadecimal digits in quotes, into tmp. */
static bool
hexbytes(Asm *a)
{
	size_t n;
	int hi, lo;

	if (!string(a))
		return false;
	n = a->tmp.n;
	if (n % 2)
		return fail(a, "odd number of hexadecimal digits");
	for (size_t i = 0; i < n; i += 2) {
		hi = digitvalue((char)a->tmp.p[i]);
		lo = digitvalue((char)a->tmp.p[i + 1]);
		if (hi > 15 || lo > 15)
			return fail(a, "hexadecimal digits expected");
		a->tmp.p[i / 2] = (uint8_t)(hi << 4 | lo);
	}
	a->tmp.n = n / 2;
	return true;
}

/* An operand of an instruction, as source and destination write it. */
typedef struct Place {
	unsigned mode;
	int32_t off, off2;
} Place;

static bool
reg(Asm *a, unsigned *mode)
{
	if (literal(a, "(fp)"))
		*mode = DIS_AFP;
	else if (literal(a, "(mp)"))
		*mode = DIS_AMP;
	else
		return false;
	return true;
}

static bool
place(Asm *a, Place *o)
{
	int32_t v;

	*o = (Place){0};
	if (take(a, '$')) {
		o->mode = DIS_AIMM;
		return operand(a, &o->off);
	}
	if (literal(a, "?6") || literal(a, "?7")) {
		o->mode = (unsigned)(a->p[-1] - '0');
		return true;
	}
	blanks(a);
	if (a->p < a->eol && *a->p == '-' && (a->p + 1 == a->eol || digitvalue(a->p[1]) > 9)) {
		a->p++;
		o->mode = DIS_AXXX;
		return true;
	}
	if (!operand(a, &v))
		return false;
	if (reg(a, &o->mode)) {
		o->off = v;
		return true;
	}
	if (!need(a, '('))
		return false;
	o->off2 = v;
	if (!operand(a, &o->off))
		return false;
	if (!reg(a, &o->mode))
		return expected(a, "(fp) or (mp)");
	o->mode |= DIS_AIND;
	if (o->off < 0 || o->off > 0xffff || o->off2 < 0 || o->off2 > 0xffff)
		return fail(a, "offsets of %d(%d()) must be 0..65535", o->off2, o->off);
	return need(a, ')');
}

static bool
middle(Asm *a, DisInst *in, const Place *o)
{
	in->mid = o->off;
	switch (o->mode) {
	case DIS_AXXX:
		return true;
	case DIS_AIMM:
		in->mode |= DIS_MIMM;
		return (o->off >= -32768 && o->off <= 32767) || fail(a, "middle immediate %d needs 16 bits", o->off);
	case DIS_AFP:
		in->mode |= DIS_MFP;
		break;
	case DIS_AMP:
		in->mode |= DIS_MMP;
		break;
	default:
		return fail(a, "middle operand must be $n, n(fp) or n(mp)");
	}
	return (o->off >= 0 && o->off <= 0xffff) || fail(a, "middle offset %d must be 0..65535", o->off);
}

static int
bits(unsigned x)
{
	return (int)((x & 1) + (x >> 1 & 1) + (x >> 2 & 1));
}

static bool
instruction(Asm *a, unsigned op)
{
	Place o[3], none = {DIS_AXXX, 0, 0}, s = none, m = none, d = none;
	unsigned want, opt;
	DisInst in = {0};
	int n = 0, k = 0;

	blanks(a);
	if (a->p < a->eol)
		do {
			if (n == 3)
				return fail(a, "more than three operands");
			if (!place(a, &o[n]))
				return false;
			n++;
		} while (take(a, ','));
	want = dis_shape(op, &opt);
	if (n == 3)
		want = DIS_HASSRC | DIS_HASMID | DIS_HASDST;
	else if (n == bits(want & ~opt))
		want &= ~opt;
	else if (n != bits(want))
		return fail(a, "%d operands, but the instruction has %d (write - for a missing one of three)", n,
			    bits(want));
	if (want & DIS_HASSRC)
		s = o[k++];
	if (want & DIS_HASMID)
		m = o[k++];
	if (want & DIS_HASDST)
		d = o[k++];
	in.op = (uint8_t)op;
	in.mode = DIS_MODE(0, s.mode, d.mode);
	in.src = s.off;
	in.src2 = s.off2;
	in.dst = d.off;
	in.dst2 = d.off2;
	return middle(a, &in, &m) && got(a, dis_add_inst(a->m, &in));
}

/* @mp+off */
static bool
address(Asm *a, int32_t *off)
{
	if (!literal(a, "@mp"))
		return expected(a, "@mp");
	*off = 0;
	return !take(a, '+') || operand(a, off);
}

static bool
desc(Asm *a)
{
	int32_t num, size;

	if (!need(a, '$') || !operand(a, &num) || !commaoperand(a, &size) || !need(a, ',') || !hexbytes(a))
		return false;
	if (a->tmp.n > DIS_MAXMAP)
		return fail(a, "map of more than %d bytes", DIS_MAXMAP);
	return got(a, dis_add_type(a->m, num, size, a->tmp.p, (int32_t)a->tmp.n));
}

static bool
realvalue(Asm *a, double *x)
{
	char text[400];
	size_t n = 0;
	int64_t v;
	char *e;

	blanks(a);
	if (a->eol - a->p >= 2 && a->p[0] == '0' && (a->p[1] == 'x' || a->p[1] == 'X')) {
		if (!number(a, 64, &v))
			return false;
		memcpy(x, &v, sizeof *x);
		return true;
	}
	while (a->p + n < a->eol && n < sizeof text - 1 && (digitvalue(a->p[n]) < 10 || strchr("+-.eE", a->p[n])) &&
	       a->p[n] != 0)
		n++;
	memcpy(text, a->p, n);
	text[n] = 0;
	*x = strtod(text, &e);
	if (e == text || *e)
		return expected(a, "real");
	a->p += n;
	return true;
}

/* byte, word, long, real: @mp+off and values. */
static bool
numbers(Asm *a, int type)
{
	int32_t off, n = 0;
	int64_t v;
	double x;
	bool ok;

	if (!address(a, &off))
		return false;
	a->tmp.n = 0;
	for (; take(a, ','); n++) {
		uint8_t b;
		int32_t w;

		if (type == DIS_DEFF)
			ok = realvalue(a, &x) && put(a, &x, 8);
		else if (type == DIS_DEFL)
			ok = number(a, 64, &v) && put(a, &v, 8);
		else if (type == DIS_DEFW)
			ok = word(a, &w) && put(a, &w, 4);
		else {
			ok = number(a, 8, &v);
			b = (uint8_t)v;
			ok = ok && put(a, &b, 1);
		}
		if (!ok)
			return false;
		if (n == DIS_MAXOPERAND)
			return fail(a, "too many values");
	}
	return got(a, dis_add_data(a->m, type, off, n, a->tmp.p));
}

static bool
textitem(Asm *a)
{
	int32_t off;

	if (!address(a, &off) || !need(a, ',') || !string(a))
		return false;
	if (a->tmp.n > DIS_MAXOPERAND)
		return fail(a, "string too long");
	return got(a, dis_add_data(a->m, DIS_DEFS, off, (int32_t)a->tmp.n, a->tmp.p));
}

/* The count of an item that does not need one, where it is unusual. */
static bool
idlecount(Asm *a, DisData *d)
{
	if (!got(a, d))
		return false;
	return !take(a, ',') || operand(a, &d->count);
}

static bool
array(Asm *a)
{
	int32_t off, t, len;

	return address(a, &off) && need(a, ',') && need(a, '$') && word(a, &t) && need(a, ',') && word(a, &len) &&
	       idlecount(a, dis_add_array(a->m, off, t, len));
}

static bool
indir(Asm *a)
{
	int32_t off, index;

	return address(a, &off) && need(a, ',') && word(a, &index) && idlecount(a, dis_add_ind(a->m, off, index));
}

static bool
apop(Asm *a)
{
	DisData *d = dis_add_apop(a->m);

	if (!got(a, d))
		return false;
	blanks(a);
	if (a->p < a->eol && !address(a, &d->off))
		return false;
	return idlecount(a, d);
}

static bool
module(Asm *a)
{
	const char *s;

	blanks(a);
	if (a->p < a->eol && *a->p == '"') {
		if (!name(a))
			return false;
		a->m->name = dis_strndup(a->m, (const char *)a->tmp.p, a->tmp.n);
	} else {
		for (s = a->p; a->p < a->eol && *a->p != ' ' && *a->p != '\t' && *a->p != '\r' && *a->p; a->p++)
			;
		if (a->p == s)
			return expected(a, "name");
		a->m->name = dis_strndup(a->m, s, (size_t)(a->p - s));
	}
	return got(a, a->m->name);
}

static bool
linkitem(Asm *a)
{
	int32_t t, pc, sig;

	return operand(a, &t) && commaoperand(a, &pc) && need(a, ',') && word(a, &sig) && need(a, ',') && name(a) &&
	       got(a, dis_add_link(a->m, pc, t, (uint32_t)sig, (const char *)a->tmp.p));
}

static bool
ldts(Asm *a)
{
	if (!literal(a, "@ldt"))
		return expected(a, "@ldt");
	if (a->lists >= 0)
		return fail(a, "second ldts");
	return need(a, ',') && count(a, &a->lists);
}

/* The offset behind @ldt is only for the reader: lists and imports are in order. */
static bool
ldtoffset(Asm *a)
{
	int32_t off;

	if (a->lists < 0)
		return fail(a, "no ldts before this");
	return !take(a, '+') || operand(a, &off);
}

static bool
importlist(Asm *a)
{
	if (!ldtoffset(a))
		return false;
	if (a->items > 0)
		return fail(a, "%d imports are missing in the list before", a->items);
	if (a->m->nimports == a->lists)
		return fail(a, "more than %d import lists", a->lists);
	return need(a, ',') && count(a, &a->items) && got(a, dis_add_imports(a->m));
}

static bool
ext(Asm *a)
{
	int32_t sig;

	if (!literal(a, "@ldt"))
		return expected(a, "@ldt");
	if (!ldtoffset(a) || !need(a, ',') || !word(a, &sig) || !need(a, ',') || !name(a))
		return false;
	if (a->items == 0)
		return fail(a, "more imports than their list has");
	a->items--;
	return got(a, dis_add_import(a->m, &a->m->import[a->m->nimports - 1], (uint32_t)sig, (const char *)a->tmp.p));
}

static bool
words(Asm *a)
{
	if (literal(a, "@ldt"))
		return importlist(a);
	return numbers(a, DIS_DEFW);
}

static bool
exceptions(Asm *a)
{
	if (a->handlers >= 0)
		return fail(a, "second exceptions");
	return count(a, &a->handlers);
}

static bool
exception(Asm *a)
{
	DisHandler *h, v = {0};

	if (!operand(a, &v.pc1) || !commaoperand(a, &v.pc2) || !commaoperand(a, &v.eoff) || !commaoperand(a, &v.desc) ||
	    !commaoperand(a, &a->labels) || !commaoperand(a, &v.nexc))
		return false;
	if (a->labels < 0 || a->labels > 0xffff || v.nexc < 0 || v.nexc > a->labels)
		return fail(a, "bad counts of labels");
	if (a->handlers < 0)
		return fail(a, "no exceptions before this");
	if (a->m->nhandlers == a->handlers)
		return fail(a, "more than %d handlers", a->handlers);
	h = dis_add_handler(a->m);
	if (!got(a, h))
		return false;
	v.wild = -1;
	*h = v;
	a->wild = true;
	return true;
}

static bool
exctab(Asm *a)
{
	DisHandler *h;
	int32_t pc;

	if (a->m->nhandlers == 0)
		return fail(a, "no exception before this");
	h = &a->m->handler[a->m->nhandlers - 1];
	if (take(a, '*')) {
		if (a->labels > 0 || !a->wild)
			return fail(a, "* must be the last label, and the only one");
		a->wild = false;
		return commaoperand(a, &h->wild);
	}
	if (!name(a) || !commaoperand(a, &pc))
		return false;
	if (a->labels == 0)
		return fail(a, "more labels than their handler has");
	a->labels--;
	return got(a, dis_add_label(a->m, h, (const char *)a->tmp.p, pc));
}

static bool
source(Asm *a)
{
	if (!name(a))
		return false;
	a->m->source = dis_strndup(a->m, (const char *)a->tmp.p, a->tmp.n);
	return got(a, a->m->source);
}

static bool
sign(Asm *a)
{
	if (!hexbytes(a))
		return false;
	if (a->tmp.n > DIS_MAXFILE)
		return fail(a, "signature too long");
	a->m->issigned = true;
	a->m->nsign = (int32_t)a->tmp.n;
	a->m->sign = (uint8_t *)dis_strndup(a->m, (const char *)a->tmp.p, a->tmp.n);
	return got(a, a->m->sign);
}

static bool
flags(Asm *a)
{
	a->flagsgiven = true;
	return word(a, &a->m->flags);
}

static bool
stack(Asm *a)
{
	return operand(a, &a->m->stackext);
}

static bool
entry(Asm *a)
{
	return operand(a, &a->m->entrypc) && commaoperand(a, &a->m->entrydesc);
}

static bool
var(Asm *a)
{
	return (literal(a, "@mp") || expected(a, "@mp")) && need(a, ',') && operand(a, &a->m->datasize);
}

static bool
bytesitem(Asm *a)
{
	return numbers(a, DIS_DEFB);
}

static bool
longs(Asm *a)
{
	return numbers(a, DIS_DEFL);
}

static bool
reals(Asm *a)
{
	return numbers(a, DIS_DEFF);
}

static const struct {
	const char *name;
	bool (*parse)(Asm *a);
} directives[] = {
    {"apop", apop},     {"array", array},         {"byte", bytesitem},        {"desc", desc},
    {"entry", entry},   {"exception", exception}, {"exceptions", exceptions}, {"exctab", exctab},
    {"ext", ext},       {"flags", flags},         {"indir", indir},           {"ldts", ldts},
    {"link", linkitem}, {"long", longs},          {"module", module},         {"real", reals},
    {"sign", sign},     {"source", source},       {"stack", stack},           {"string", textitem},
    {"var", var},       {"word", words},
};

/* op175 and such: opcodes without a name. */
static int
numberedop(const char *s, size_t n)
{
	int v = 0;

	if (n < 3 || n > 5 || memcmp(s, "op", 2) != 0)
		return -1;
	for (size_t i = 2; i < n; i++) {
		if (digitvalue(s[i]) > 9)
			return -1;
		v = v * 10 + digitvalue(s[i]);
	}
	return v < 256 ? v : -1;
}

static bool
statement(Asm *a)
{
	const char *s;
	size_t n;
	int op;

	blanks(a);
	s = a->p;
	while (a->p < a->eol && ((*a->p >= 'a' && *a->p <= 'z') || digitvalue(*a->p) < 10))
		a->p++;
	n = (size_t)(a->p - s);
	if (n == 0)
		return a->p == a->eol || expected(a, "instruction or directive");
	op = dis_opcode(s, n);
	if (op < 0)
		op = numberedop(s, n);
	if (op >= 0) {
		if (!instruction(a, (unsigned)op))
			return false;
	} else {
		size_t i, nd = sizeof directives / sizeof directives[0];

		for (i = 0; i < nd; i++)
			if (strlen(directives[i].name) == n && memcmp(directives[i].name, s, n) == 0)
				break;
		if (i == nd)
			return fail(a, "unknown instruction '%.*s'", n > 30 ? 30 : (int)n, s);
		if (!directives[i].parse(a))
			return false;
	}
	blanks(a);
	return a->p == a->eol || expected(a, "end of line");
}

/* Find the end of the statement at p: a newline, or a # outside of strings. Returns where the next line begins. */
static const char *
endofline(Asm *a)
{
	const char *p = a->p, *nl = memchr(p, '\n', (size_t)(a->end - p));
	bool instring = false;

	if (nl == NULL)
		nl = a->end;
	for (; p < nl; p++) {
		if (*p == '"')
			instring = !instring;
		else if (*p == '\\' && instring && p + 1 < nl)
			p++;
		else if (*p == '#' && !instring)
			break;
	}
	a->eol = p;
	return nl < a->end ? nl + 1 : nl;
}

static bool
finish(Asm *a)
{
	if (a->lists >= 0 && (a->m->nimports != a->lists || a->items > 0))
		return fail(a, "import lists or imports are missing");
	if (a->handlers >= 0 && (a->m->nhandlers != a->handlers || a->labels > 0))
		return fail(a, "handlers or labels are missing");
	if (!a->flagsgiven) {
		a->m->flags = 0;
		if (a->lists >= 0)
			a->m->flags |= DIS_HASLDT;
		if (a->handlers >= 0)
			a->m->flags |= DIS_HASEXCEPT;
	}
	return true;
}

DisModule *
dis_assemble(const char *text, size_t n, DisError *err)
{
	Asm a = {.p = text, .end = text + n, .err = err, .lists = -1, .handlers = -1};
	const char *next;

	a.m = dis_new();
	if (a.m == NULL) {
		dis_fail(err, 0, "out of memory", NULL);
		return NULL;
	}
	while (a.p < a.end && !a.failed) {
		a.line++;
		next = endofline(&a);
		if (!statement(&a))
			break;
		a.p = next;
	}
	if (!a.failed)
		finish(&a);
	dis_buffree(&a.tmp);
	if (a.failed) {
		dis_free(a.m);
		return NULL;
	}
	return a.m;
}
