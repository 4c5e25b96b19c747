/*
 * Instructions at their limits, memory at its limits, and programs that mean harm: what the virtual machine makes of
 * them. Programs are assembly text around the standard module of machine.h.
 */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/libinterp/machine.h"

#define RESULT "	movp	32(fp),0(16(fp))\n	ret\n"
#define WORD "	cvtwc	64(fp),32(fp)\n" RESULT
#define BIG "	cvtlc	64(fp),32(fp)\n" RESULT
#define REAL "	cvtfc	64(fp),32(fp)\n" RESULT

static const struct {
	const char *code, *want;
} cases[] = {
	/* numbers */
	{"	movw	$-7,64(fp)\n	divw	$3,64(fp)\n" WORD, "-2"},
	{"	movw	$-7,64(fp)\n	modw	$3,64(fp)\n" WORD, "-1"},
	{"	movw	$7,64(fp)\n	divw	$0,64(fp)\n" WORD, "exception: zero divide"},
	{"	movw	$1,64(fp)\n	shlw	$31,64(fp)\n	divw	$-1,64(fp)\n" WORD, "-2147483648"},
	{"	movw	$1,64(fp)\n	shlw	$31,64(fp)\n	modw	$-1,64(fp)\n" WORD, "0"},
	{"	movw	$1,64(fp)\n	shlw	$33,64(fp)\n" WORD, "2"},
	{"	movw	$-8,64(fp)\n	shrw	$1,64(fp)\n" WORD, "-4"},
	{"	movw	$-1,64(fp)\n	lsrw	$28,64(fp)\n" WORD, "15"},
	{"	movw	$3,64(fp)\n	expw	$4,64(fp)\n" WORD, "81"},
	{"	movw	$200,72(fp)\n	cvtwb	72(fp),80(fp)\n	addb	80(fp),80(fp),81(fp)\n	cvtbw	81(fp),64(fp)\n" WORD, "144"},
	{"	movl	40(mp),64(fp)\n	mull	40(mp),64(fp)\n" BIG, "49"},
	{"	movf	32(mp),64(fp)\n	addf	32(mp),32(mp),64(fp)\n" REAL, "3"},
	{"	negf	32(mp),64(fp)\n" REAL, "-1.5"},
	{"	cvtfw	32(mp),64(fp)\n" WORD, "2"},
	/* fixed point: the smallest number of 64 bits divided by -1 */
	{"	movw	$63,28(fp)\n	movw	$1,68(fp)\n	movw	$5,64(fp)\n	divx	$-1,68(fp),64(fp)\n" WORD, "0"},
	{"	movw	$-1,20(fp)\n	movw	$63,28(fp)\n	movw	$1,68(fp)\n	movw	$5,64(fp)\n	mulx0	$1,68(fp),64(fp)\n" WORD, "0"},
	{"	nop\n", "exception: illegal dis instruction"},
	/* an operand behind nil, whatever the offset */
	{"	movw	4(12(mp)),64(fp)\n" WORD, "exception: dereference of nil"},
	{"	movw	60000(12(mp)),64(fp)\n" WORD, "exception: dereference of nil"},
	{"	movw	64(fp),4(32(fp))\n" WORD, "exception: dereference of nil"},
	/* strings */
	{"	addc	0(mp),0(mp),32(fp)\n	addc	4(mp),32(fp)\n	addc	8(mp),32(fp)\n" RESULT, "aaé日"},
	{"	movp	0(mp),32(fp)\n	insc	$98,$1,32(fp)\n	movp	32(fp),36(fp)\n	insc	$0x65e5,$2,32(fp)\n"
	 "	addc	36(fp),32(fp)\n" RESULT, "ab日ab"},
	{"	movp	0(mp),32(fp)\n	insc	$98,$2,32(fp)\n" RESULT, "exception: array bounds error"},
	{"	movp	0(mp),32(fp)\n	insc	$98,$0,32(fp)\n	addc	0(mp),32(fp)\n" RESULT, "ba"},
	{"	indc	0(mp),$0,64(fp)\n" WORD, "97"},
	{"	indc	0(mp),$-1,64(fp)\n" WORD, "exception: array bounds error"},
	{"	indc	12(mp),$0,64(fp)\n" WORD, "exception: dereference of nil"},
	{"	movp	0(mp),32(fp)\n	slicec	$0,$1,32(fp)\n	addc	32(fp),32(fp)\n" RESULT, "aa"},
	{"	movp	0(mp),32(fp)\n	slicec	$1,$0,32(fp)\n" RESULT, "exception: array bounds error"},
	{"	cvtca	8(mp),36(fp)\n	lena	36(fp),64(fp)\n" WORD, "3"},
	/* arrays */
	{"	newa	$10,$2,36(fp)\n	indw	36(fp),68(fp),$9\n	movw	0(68(fp)),64(fp)\n" WORD, "0"},
	{"	newa	$10,$2,36(fp)\n	indw	36(fp),68(fp),$10\n" WORD, "exception: array bounds error"},
	{"	newa	$10,$2,36(fp)\n	indw	36(fp),68(fp),$-1\n" WORD, "exception: array bounds error"},
	{"	newa	$-1,$2,36(fp)\n" WORD, "exception: negative array size"},
	{"	newa	$0x1fffffff,$4,36(fp)\n" WORD, "gone"} /* out of memory is not kept broken */,
	{"	indw	36(fp),68(fp),$0\n" WORD, "exception: array bounds error"},
	{"	newa	$4,$3,36(fp)\n	indw	36(fp),68(fp),$2\n	movp	4(mp),0(68(fp))\n	slicea	$1,$3,36(fp)\n"
	 "	indw	36(fp),68(fp),$1\n	movp	0(68(fp)),32(fp)\n" RESULT, "é"},
	{"	newa	$4,$3,36(fp)\n	newa	$2,$3,40(fp)\n	indw	40(fp),68(fp),$1\n	movp	8(mp),0(68(fp))\n"
	 "	slicela	40(fp),$2,36(fp)\n	movp	12(mp),40(fp)\n	indw	36(fp),68(fp),$3\n	movp	0(68(fp)),32(fp)\n" RESULT, "日"},
	{"	newa	$1,$3,36(fp)\n	newa	$2,$3,40(fp)\n	slicela	40(fp),$0,36(fp)\n" RESULT, "exception: array bounds error"},
	/* lists */
	{"	consw	$5,36(fp)\n	consw	$6,36(fp)\n	tail	36(fp),40(fp)\n	headw	40(fp),64(fp)\n" WORD, "5"},
	{"	consp	4(mp),36(fp)\n	consp	0(mp),36(fp)\n	lenl	36(fp),64(fp)\n" WORD, "2"},
	{"	consl	40(mp),36(fp)\n	headl	36(fp),64(fp)\n" BIG, "7"},
	{"	headw	36(fp),64(fp)\n" WORD, "exception: dereference of nil"},
	/* channels */
	{"	newcw	-,$1,36(fp)\n	send	48(mp),36(fp)\n	recv	36(fp),64(fp)\n" WORD, "3"},
	{"	newcw	-,-,36(fp)\n	send	48(mp),36(fp)\n" WORD, "blocked"},
	{"	recv	36(fp),64(fp)\n" WORD, "exception: dereference of nil"},
	/* the other ends of a process */
	{"	exit\n", "gone"},
	{"	jmp	$0\n", "runs"},
	{"	raise	0(mp)\n", "exception: a"},
	{"	raise	12(mp)\n", "exception: dereference of nil"},
};

START_TEST(instructions)
{
	const char *got = machine_code(cases[_i].code);

	ck_assert_msg(strcmp(got, cases[_i].want) == 0, "%s\ngives %s, not %s", cases[_i].code, got, cases[_i].want);
}
END_TEST

/* Forged addresses and references. Whatever comes of it, it is an exception or a result, and the machine goes on. */
static const char *const hostile[] = {
	/* any address of the 32 bits, read and written */
	"	movw	$0x1000,64(fp)\n	movw	0(64(fp)),68(fp)\n" RESULT,
	"	movw	$-16,64(fp)\n	movw	68(fp),0(64(fp))\n" RESULT,
	"	movw	$0x1fffffff,64(fp)\n	shlw	$2,64(fp)\n	movw	68(fp),65535(64(fp))\n" RESULT,
	"	movw	68(fp),-500000000(fp)\n" RESULT,
	"	movw	68(fp),500000000(fp)\n" RESULT,
	"	movw	500000000(mp),68(fp)\n" RESULT,
	"	movm	-500000000(fp),$30000,68(fp)\n" RESULT,
	/* forged references, counted and dropped */
	"	movw	$0x12345,36(fp)\n	movp	36(fp),40(fp)\n	movp	12(mp),40(fp)\n" RESULT,
	"	lea	64(fp),36(fp)\n	movp	36(fp),40(fp)\n	movp	12(mp),40(fp)\n	movp	12(mp),36(fp)\n" RESULT,
	"	movp	0(mp),36(fp)\n	addw	$1,36(fp)\n	addc	36(fp),36(fp),32(fp)\n" RESULT,
	"	movw	$0x14004,36(fp)\n	movp	36(fp),40(fp)\n	movp	12(mp),40(fp)\n" RESULT, /* the first bytes of the arena */
	/* one count too few: freed while in use, then again */
	"	newa	$10,$2,36(fp)\n	movw	36(fp),40(fp)\n	movp	12(mp),40(fp)\n	movp	12(mp),36(fp)\n" RESULT,
	"	addc	0(mp),4(mp),36(fp)\n	movw	36(fp),40(fp)\n	movp	12(mp),40(fp)\n	addc	36(fp),0(mp),32(fp)\n" RESULT,
	/* a string's length and width, an array's length, data and owner, and the header */
	"	addc	0(mp),4(mp),36(fp)\n	movw	$0x1fffffff,0(36(fp))\n	addc	36(fp),0(mp),32(fp)\n" RESULT,
	"	addc	0(mp),4(mp),36(fp)\n	movw	$3,4(36(fp))\n	addc	36(fp),0(mp),32(fp)\n" RESULT,
	"	addc	0(mp),4(mp),36(fp)\n	movw	$4,4(36(fp))\n	insc	$99,$0,36(fp)\n" RESULT,
	"	newa	$10,$2,36(fp)\n	movw	$-1,0(36(fp))\n	indw	36(fp),68(fp),$0x10000000\n	movw	68(fp),0(68(fp))\n" RESULT,
	"	newa	$10,$3,36(fp)\n	movw	$1000000,0(36(fp))\n	movp	12(mp),36(fp)\n" RESULT,
	"	newa	$10,$3,36(fp)\n	movw	$16,8(36(fp))\n	slicea	$0,$4,36(fp)\n	slicela	36(fp),$0,36(fp)\n" RESULT,
	"	newa	$10,$2,36(fp)\n	movw	$77,12(36(fp))\n	movp	12(mp),36(fp)\n" RESULT,
	"	newa	$10,$2,36(fp)\n	movw	36(fp),64(fp)\n	subw	$8,64(fp)\n	movw	$0,0(64(fp))\n	movp	12(mp),36(fp)\n" RESULT,
	"	newa	$10,$2,36(fp)\n	movw	36(fp),64(fp)\n	subw	$4,64(fp)\n	movw	$9999,0(64(fp))\n	movp	12(mp),36(fp)\n" RESULT,
	/* types changed: an array called a channel, a list, a module */
	"	newa	$10,$2,36(fp)\n	send	48(mp),36(fp)\n" RESULT,
	"	newa	$10,$2,36(fp)\n	headp	36(fp),32(fp)\n" RESULT,
	"	newa	$10,$2,36(fp)\n	mframe	36(fp),$0,64(fp)\n" RESULT,
	"	newcw	-,-,36(fp)\n	movw	$-1,0(36(fp))\n	movw	$-1,4(36(fp))\n	movp	36(fp),40(fp)\n	nbalt	64(fp),68(fp)\n" RESULT,
	/* frames: the machine's words, calls of what is no frame */
	"	lea	0(fp),64(fp)\n	movw	$0,0(64(fp))\n	movw	$-1,4(64(fp))\n	movw	$-1,8(64(fp))\n	movw	$-1,12(64(fp))\n	ret\n",
	"	call	64(fp),$0\n" RESULT,
	"	lea	0(fp),64(fp)\n	call	64(fp),$0\n" RESULT,
	"	frame	$1,64(fp)\n	frame	$1,68(fp)\n	call	64(fp),$0\n" RESULT,
	"	spawn	64(fp),$0\n" RESULT,
	"	frame	$77,64(fp)\n" RESULT,
	"	new	$-5,36(fp)\n" RESULT,
	"	movw	$1000000,64(fp)\n	call	64(fp),64(fp)\n" RESULT,
	/* alt and case tables that are none */
	"	movw	$0x1fffffff,64(fp)\n	movw	$0x1fffffff,68(fp)\n	alt	64(fp),72(fp)\n" RESULT,
	"	movw	$2,64(fp)\n	movw	$-1,72(fp)\n	nbalt	64(fp),72(fp)\n" RESULT,
	"	movw	$0x1fffffff,64(fp)\n	case	$5,64(fp)\n" RESULT,
	"	movw	$1,64(fp)\n	movw	$0,68(fp)\n	movw	$99,72(fp)\n	movw	$-7,76(fp)\n	case	$5,64(fp)\n" RESULT,
	"	goto	$0x10000000,64(fp)\n" RESULT,
	"	raise	64(fp)\n",
	"	movw	$0x54320,36(fp)\n	raise	36(fp)\n",
	/* operands that are missing */
	"	movw	-,-\n" RESULT,
	"	movp	36(fp),-\n" RESULT,
	"	indw	-,-,-\n" RESULT,
	"	send	-,-\n" RESULT,
};

START_TEST(harm)
{
	const char *got = machine_code(hostile[_i]);

	ck_assert_msg(strncmp(got, "error", 5) != 0, "%s\n%s", hostile[_i], got);
	/* Nothing of the machine itself has suffered. */
	ck_assert_str_eq(machine_code("	addc	0(mp),4(mp),32(fp)\n" RESULT), "éa");
}
END_TEST

/* A million objects that refer to themselves do not fill a small heap. */
START_TEST(cycles)
{
	ck_assert_str_eq(machine_code("	movw	$1000000,64(fp)\n"
				      "	new	$4,36(fp)\n"
				      "	movp	36(fp),4(36(fp))\n"
				      "	subw	$1,64(fp)\n"
				      "	bgtw	64(fp),$0,$1\n"
				      "	movp	0(mp),32(fp)\n" RESULT),
			 "a");
	vm_enter();
	gc_full();
	vm_leave();
	ck_assert_uint_lt(pools[POOL_HEAP].used, 1 << 20);
}
END_TEST

/* Neither does a list of a million cells need the host's stack when it goes, nor are its blocks lost. */
START_TEST(longlist)
{
	uint64_t before = pools[POOL_HEAP].used;

	ck_assert_str_eq(machine_code("	movw	$1000000,64(fp)\n"
				      "	consw	64(fp),36(fp)\n"
				      "	subw	$1,64(fp)\n"
				      "	bgtw	64(fp),$0,$1\n"
				      "	lenl	36(fp),64(fp)\n" WORD),
			 "1000000");
	ck_assert_uint_le(pools[POOL_HEAP].used, before + 65536);
}
END_TEST

/* The heap is finite, and usable again afterwards. */
START_TEST(fullheap)
{
	ck_assert_str_eq(machine_code("	consp	36(fp),36(fp)\n	newa	$100000,$2,40(fp)\n	consp	40(fp),36(fp)\n	jmp	$1\n"),
			 "gone"); /* out of memory is not kept broken */
	ck_assert_str_eq(machine_code("	newa	$1000000,$2,40(fp)\n	lena	40(fp),64(fp)\n" WORD), "1000000");
}
END_TEST

/* What a well-behaved program used is free again when it has ended: blocks, code, what stands behind objects. */
START_TEST(nothingleft)
{
	static const char code[] = "	newcw	-,$3,36(fp)\n	self	40(fp)\n	newa	$10,$3,44(fp)\n	indw	44(fp),68(fp),$2\n"
				   "	movp	36(fp),0(68(fp))\n	slicea	$1,$5,44(fp)\n	consp	44(fp),48(fp)\n"
				   "	frame	$1,64(fp)\n	spawn	64(fp),$9\n	ret\n";
	uint64_t heap, host;
	Code *c;
	int i, n, left;

	ck_assert_str_eq(machine_code(code), "gone");
	heap_giveback();
	heap = pools[POOL_HEAP].used;
	host = pools[POOL_MAIN].used;
	for (c = code_first(), n = 0; c != NULL; c = c->next)
		n++;
	for (i = 0; i < 100; i++)
		ck_assert_str_eq(machine_code(code), "gone");
	for (c = code_first(), left = 0; c != NULL; c = c->next)
		left++;
	ck_assert_int_eq(left, n);
	heap_giveback();
	ck_assert_uint_eq(pools[POOL_HEAP].used, heap);
	ck_assert_uint_eq(pools[POOL_MAIN].used, host);
}
END_TEST

/* So is the stack. */
START_TEST(deep)
{
	ck_assert_str_eq(machine_code("	frame	$1,64(fp)\n	call	64(fp),$0\n"), "gone");
	ck_assert_uint_lt(pools[POOL_MAIN].used, 1 << 20);
}
END_TEST

/* What an array held before is not seen again (field report: secrets leaked through reused memory). */
START_TEST(clean)
{
	ck_assert_str_eq(machine_code("	newa	$4000,$2,36(fp)\n"
				      "	movw	$3999,64(fp)\n"
				      "	indw	36(fp),68(fp),64(fp)\n"
				      "	movw	$-1,0(68(fp))\n"
				      "	subw	$1,64(fp)\n"
				      "	bgew	64(fp),$0,$2\n"
				      "	movp	12(mp),36(fp)\n"
				      "	newa	$4000,$2,36(fp)\n"
				      "	movw	$3999,64(fp)\n"
				      "	indw	36(fp),68(fp),64(fp)\n"
				      "	addw	0(68(fp)),72(fp)\n"
				      "	subw	$1,64(fp)\n"
				      "	bgew	64(fp),$0,$9\n"
				      "	cvtwc	72(fp),32(fp)\n" RESULT),
			 "0");
}
END_TEST

/* Random bytes in place of an object file. */
START_TEST(noise)
{
	uint8_t b[300];
	size_t i, n;

	srand(_i + 1);
	n = (size_t)rand() % sizeof b;
	for (i = 0; i < n; i++)
		b[i] = (uint8_t)rand();
	ck_assert_msg(strncmp(machine_load(b, n), "error", 5) == 0, "random bytes load");
}
END_TEST

/* ------------------------------------------------------------ conversions */

START_TEST(reals)
{
	static const struct {
		double v;
		const char *s;
	} t[] = {
		{0.5, ".5"}, {1.0 / 3, ".3333333333333333"}, {100000, "100000"}, {1e6, "1e+06"}, {1234567, "1234567"},
		{0.0001, ".0001"}, {0.00001, "1e-05"}, {1e21, "1e+21"}, {-2.5, "-2.5"}, {0, "0"}, {-0.0, "-0"},
		{5e-324, "5e-324"}, {1.7976931348623157e308, "1.7976931348623157e+308"}, {9007199254740993.0, "9007199254740992"},
		{INFINITY, "Infinity"}, {-INFINITY, "-Infinity"}, {NAN, "NaN"}, {123456.789, "123456.789"},
	};
	char b[32];
	int i;

	for (i = 0; i < nelem(t); i++) {
		conv_real(t[i].v, b);
		ck_assert_str_eq(b, t[i].s);
		if (!isnan(t[i].v))
			ck_assert(conv_toreal(b, strlen(b)) == t[i].v);
	}
}
END_TEST

/* What printf and strtod find by trying: the fewest digits that read back. */
static int
tried(double v, char *buf, int *exp10)
{
	char t[40];
	int prec, n;

	for (prec = 1; prec < 17; prec++) {
		snprintf(t, sizeof t, "%.*e", prec - 1, v);
		if (strtod(t, NULL) == v)
			break;
	}
	snprintf(t, sizeof t, "%.*e", prec - 1, v);
	*exp10 = atoi(strchr(t, 'e') + 1) + 1;
	n = 0;
	buf[n++] = t[0];
	if (prec > 1)
		for (char *p = t + 2; *p != 'e'; p++)
			buf[n++] = *p;
	while (n > 1 && buf[n - 1] == '0')
		n--;
	buf[n] = 0;
	return n;
}

static void
checkshortest(double v)
{
	char a[40], b[64];
	int ea, eb, na, nb;

	if (!isfinite(v) || v <= 0)
		return;
	na = conv_shortest(v, a, &ea);
	nb = tried(v, b, &eb);
	/* Below a power of two there is less room than above: the nearest of so many digits may not do while another does. */
	if (na < nb && frexp(v, &nb) == 0.5) {
		snprintf(b, sizeof b, "0.%se%d", a, ea);
		ck_assert_msg(strtod(b, NULL) == v, "%a: %s", v, b);
		return;
	}
	ck_assert_msg(na == nb && ea == eb && strcmp(a, b) == 0, "%a: %s e%d, expected %s e%d", v, a, ea, b, eb);
}

/* Beside powers of two and of ten, where neighbours are at different distances or digits change, and anywhere. */
START_TEST(shortest)
{
	double v;
	uint64_t bits, x = 88172645463325252u;
	char text[16];
	int i;

	for (i = -1074; i < 1024; i++) {
		v = ldexp(1, i);
		checkshortest(v);
		checkshortest(nextafter(v, INFINITY));
		checkshortest(nextafter(v, 0));
	}
	for (i = -323; i <= 308; i++) {
		snprintf(text, sizeof text, "1e%d", i);
		v = strtod(text, NULL);
		checkshortest(v);
		checkshortest(v * 9);
		checkshortest(nextafter(v, INFINITY));
		checkshortest(nextafter(v, 0));
	}
	for (i = 0; i < 20000; i++) {
		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		bits = x & INT64_MAX;
		memcpy(&v, &bits, sizeof v);
		checkshortest(v);
		checkshortest((double)(x >> 40) / 1000);
		bits &= (1ull << (1 + i % 52)) - 1; /* subnormal */
		memcpy(&v, &bits, sizeof v);
		checkshortest(v);
	}
}
END_TEST

START_TEST(texts)
{
#define R(s) conv_toreal(s, strlen(s))
#define W(s) conv_toword(s, strlen(s))
#define B(s) conv_tobig(s, strlen(s))
	ck_assert(R(" \t-12.5e1x") == -125);
	ck_assert(R("5.") == 5 && R(".5") == .5 && R("1e") == 1 && R("1e+") == 1 && R("0x10") == 0);
	ck_assert(isinf(R("-infinity")) && isnan(R("NAN")) && R("inf") == 0);
	ck_assert(R("") == 0 && signbit(R("-")));
	ck_assert_int_eq(W("  +16r1f"), 16);
	ck_assert_int_eq(W("99999999999"), INT32_MAX);
	ck_assert_int_eq(W("-99999999999"), INT32_MIN);
	ck_assert_int_eq(W("- 1"), 0);
	ck_assert_int_eq(B("99999999999999999999"), 7766279631452241919);
	ck_assert_int_eq(B("-9223372036854775808"), INT64_MIN);
}
END_TEST

START_TEST(utf)
{
	static const uint8_t bad[] = {0xff, 0xc0, 0x80, 0xed, 0xa0, 0x80, 0xf4, 0x90, 0x80, 0x80};
	uint32_t c;
	size_t i;
	char b[4];

	for (c = 0; c <= 0x10ffff; c++) {
		uint32_t d;
		int n = conv_pututf8(c, b);

		ck_assert_int_eq(conv_getutf8((uint8_t *)b, (size_t)n, &d), n);
		if (c < 0xd800 || c > 0xdfff)
			ck_assert_uint_eq(c, d);
	}
	for (i = 0; i < sizeof bad; i++) {
		ck_assert_int_eq(conv_getutf8(bad + i, sizeof bad - i, &c), 1);
		ck_assert_uint_eq(c, 0xfffd);
	}
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("vm");
	TCase *t = tcase_create("core");
	SRunner *r;
	int n;

	machine_init(24 << 20, 8 << 20);
	tcase_set_timeout(t, 120);
	tcase_add_loop_test(t, instructions, 0, nelem(cases));
	tcase_add_loop_test(t, harm, 0, nelem(hostile));
	tcase_add_test(t, cycles);
	tcase_add_test(t, longlist);
	tcase_add_test(t, fullheap);
	tcase_add_test(t, nothingleft);
	tcase_add_test(t, deep);
	tcase_add_test(t, clean);
	tcase_add_loop_test(t, noise, 0, 50);
	tcase_add_test(t, reals);
	tcase_add_test(t, shortest);
	tcase_add_test(t, texts);
	tcase_add_test(t, utf);
	suite_add_tcase(s, t);
	r = srunner_create(s);
	/* All in one process: what one program does must not disturb the next. */
	srunner_set_fork_status(r, CK_NOFORK);
	srunner_run_all(r, CK_NORMAL);
	n = srunner_ntests_failed(r);
	srunner_free(r);
	return n == 0 ? 0 : 1;
}
