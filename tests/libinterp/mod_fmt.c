/*
 * Formatted output without a machine: every conversion, flag and border of print(2).
 */
#include <check.h>
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libinterp/mod/fmt.h"

/* Arguments are taken from a list that is written beside the format. */
typedef struct Arg {
	char kind; /* d, l (big), f, s, w (wide string) */
	int64_t i;
	double f;
	const char *s;
	const uint32_t *w;
} Arg;

typedef struct Src {
	Fmtargs a;
	const Arg *arg;
	int n;
} Src;

static const Arg *
next(Fmtargs *a, char kind)
{
	Src *s = (Src *)a;

	if (s->n == 0)
		return NULL;
	s->n--;
	ck_assert_int_eq(s->arg->kind, kind);
	return s->arg++;
}

static bool
word(Fmtargs *a, int32_t *v)
{
	const Arg *x = next(a, 'd');

	if (x != NULL)
		*v = (int32_t)x->i;
	return x != NULL;
}

static bool
big(Fmtargs *a, int64_t *v)
{
	const Arg *x = next(a, 'l');

	if (x != NULL)
		*v = x->i;
	return x != NULL;
}

static bool
real(Fmtargs *a, double *v)
{
	const Arg *x = next(a, 'f');

	if (x != NULL)
		*v = x->f;
	return x != NULL;
}

static bool
str(Fmtargs *a, Str *v)
{
	Src *s = (Src *)a;
	const Arg *x = next(a, s->n > 0 ? s->arg->kind : 's');
	uint32_t n = 0;

	if (x == NULL)
		return false;
	if (x->kind == 'w') {
		while (x->w[n] != 0)
			n++;
		*v = (Str){n, NULL, x->w};
	} else
		*v = x->s != NULL ? fmt_str(x->s, strlen(x->s)) : fmt_str(NULL, 0);
	return true;
}

static bool
ref(Fmtargs *a, char *buf)
{
	(void)a;
	strcpy(buf, "1.2a");
	return true;
}

static void
check(int line, const char *want, const char *fmt, const Arg *arg, int n)
{
	Src s = {{word, big, real, str, ref, "the error"}, arg, n};
	Fmtbuf b;

	fmtbuf_init(&b);
	fmt_format(&b, fmt_str(fmt, strlen(fmt)), &s.a);
	if (b.n != strlen(want) || memcmp(b.s, want, b.n) != 0)
		ck_abort_msg("line %d: %s gives [%.*s], not [%s]", line, fmt, (int)b.n, b.s, want);
	fmtbuf_free(&b);
}

#define D(v) {'d', (v), 0, NULL, NULL}
#define L(v) {'l', (int64_t)(v), 0, NULL, NULL}
#define F(v) {'f', 0, (v), NULL, NULL}
#define S(v) {'s', 0, 0, (v), NULL}
#define W(v) {'w', 0, 0, NULL, (const uint32_t *)(v)}
#define T(want, fmt, ...) \
	do { \
		const Arg t_[] = {__VA_ARGS__}; \
		check(__LINE__, want, fmt, t_, (int)(sizeof t_ / sizeof t_[0])); \
	} while (0)
#define T0(want, fmt) check(__LINE__, want, fmt, NULL, 0)

START_TEST(test_int)
{
	T("   42", "%5d", D(42));
	T("42   ", "%-5d", D(42));
	T("00042", "%05d", D(42));
	T("-0042", "%05d", D(-42));
	T("-00042", "%.5d", D(-42));
	T("   00042", "%8.5d", D(42));
	T("00042   ", "%-8.5d", D(42));
	T("042", "%.3d", D(42));
	T("+42", "%+d", D(42));
	T("+42  ", "%-+5d", D(42));
	T("0", "%.0d", D(0));
	T("4294967295", "%ud", D(-1));
	T("1,234,567", "%,d", D(1234567));
	T("-1,234,567", "%,d", D(-1234567));
	T("999", "%,d", D(999));
	T("   1,234,567", "%12,d", D(1234567));
	T("1,234,567   ", "%-12,d", D(1234567));
	T("123,456,789,012", "%,bd", L(123456789012));
	T("12,345,678", "%,x", D(0x12345678));
	T("-2147483648", "%d", D(INT32_MIN));
	T("-9223372036854775808", "%bd", L(INT64_MIN));
	T("18446744073709551615", "%ubd", L(-1));
	T("18446744073709551615", "%bud", L(-1));
	T("00000000000000ff", "%.16bux", L(255));
	T("00000000000000000007", "%.20bd", L(7));
	T("7", "%hld", D(7));
}
END_TEST

START_TEST(test_bases)
{
	T("-1", "%x", D(-1));
	T("ffffffff", "%ux", D(-1));
	T("FFFFFFFF", "%uX", D(-1));
	T("0xff", "%#x", D(255));
	T("0XFF", "%#X", D(255));
	T("0x0", "%#x", D(0));
	T("    0xff", "%#8x", D(255));
	T("      0xff", "%#10x", D(255));
	T("0x0000ff", "%#08x", D(255));
	T("000000ff", "%.8x", D(255));
	T("0x000000ff", "%#.8x", D(255));
	T("05", "%2.2ux", D(5));
	T("010", "%#o", D(8));
	T("-10", "%o", D(-8));
	T("37777777777", "%uo", D(-1));
	T("0xff", "%#bx", L(255));
}
END_TEST

START_TEST(test_star)
{
	T("    42", "%*d", D(6), D(42));
	T("42    ", "%*d", D(-6), D(42));
	T("000042", "%.*d", D(6), D(42));
	T("42", "%.*d", D(-1), D(42));
	T("     abc", "%*.*s", D(8), D(3), S("abcdef"));
}
END_TEST

START_TEST(test_strings)
{
	static const uint32_t euro[] = {0xe9, 0x20ac, 0}, smile[] = {0x1f600, 'x', 0}, wideq[] = {0x20ac, ' ', '\'', 0};

	T("abc", "%s", S("abc"));
	T("ab", "%.2s", S("abcdef"));
	T("   ab", "%5.2s", S("abc"));
	T("    x", "%5.1s", S("xyz"));
	T("", "%.0s", S("abc"));
	T("  abc", "%05s", S("abc"));
	T("", "%s", S(NULL));
	T("    ", "%4s", S(NULL));
	T("é€    ", "%-6s", W(euro));
	T("   \xc3\xa4\xc3\xb6", "%5s", S("\xe4\xf6"));
	T("\xc3\xa4", "%.1s", S("\xe4\xf6"));
	T("😀x", "%s", W(smile));
	T("    a", "%5c", D('a'));
	T("a    ", "%-5c", D('a'));
	T("  😀", "%3c", D(0x1f600));
	T("\xef\xbf\xbd", "%c", D(0xd800));
	T("\xef\xbf\xbd", "%c", D(-1));
	T("ab", "%q", S("ab"));
	T("'a b'", "%q", S("a b"));
	T("'it''s'", "%q", S("it's"));
	T("''", "%q", S(""));
	T("'ab'", "%#q", S("ab"));
	T("a=b", "%q", S("a=b"));
	T("''''", "%q", S("'"));
	T("     'a b'", "%10q", S("a b"));
	T("'a b'     ", "%-10q", S("a b"));
	T("abc", "%.2q", S("abc"));
	T("       abc", "%10q", S("abc"));
	T("   '\xc3\xa4 \xc3\xb6'", "%10q", S("\xe4 \xf6"));
	T("'€ '''", "%q", W(wideq));
}
END_TEST

START_TEST(test_reals)
{
	T("3.141590", "%f", F(3.14159));
	T("2", "%.0f", F(2.5));
	T("4", "%.0f", F(3.5));
	T("2.", "%#.0f", F(2.5));
	T("4.", "%#.0f", F(3.5));
	T("0.10000000000000000555", "%.25f", F(.1));
	T("2.35", "%.2f", F(2.345));
	T("1.00", "%.2f", F(1.005));
	T("    3.50", "%08.2f", F(3.5));
	T("+3.14", "%+.2f", F(3.14159));
	T("3.14      ", "%-10.2f", F(3.14159));
	T("1.500000e+00", "%e", F(1.5));
	T("3.142e+05", "%.3e", F(314159.));
	T("1.000000e-300", "%e", F(1e-300));
	T("3.141590E+00", "%E", F(3.14159));
	T("-0.000000", "%f", F(-0.));
}
END_TEST

START_TEST(test_general)
{
	T("100000", "%g", F(100000.));
	T("1e+06", "%g", F(1e6));
	T("1234567", "%g", F(1234567.));
	T("123456789", "%g", F(123456789.));
	T(".1", "%g", F(.1));
	T(".0001", "%g", F(.0001));
	T("1e-05", "%g", F(.00001));
	T(".00012345", "%g", F(.00012345));
	T("-.5", "%g", F(-.5));
	T("-.25", "%+#g", F(-.25));
	T("0", "%g", F(0.));
	T("-0", "%g", F(-0.));
	T("1E-20", "%G", F(1e-20));
	T("5e-324", "%g", F(4.9406564584124654e-324));
	T("1.7976931348623157e+308", "%g", F(DBL_MAX));
	T("9007199254740992", "%g", F(9007199254740993.));
	T("1.23e+03", "%.3g", F(1234.));
	T("0.1", "%.10g", F(.1));
	T("0.10000000000000001", "%.17g", F(.1));
	T("       0.1", "%10g", F(.1));
	T("  0.5", "%5g", F(.5));
	T("1", "%#g", F(1.));
	T("1.000", "%#.4g", F(1.));
	T("0.000123", "%.3g", F(1.234e-4));
	T("1.23e-05", "%.3g", F(1.234e-5));
	T("0.1", "%.0g", F(.1));
	T("0.3", "%.0g", F(.3));
	T("50000", "%.0g", F(50000.));
	T("5e+05", "%.0g", F(500000.));
	T("0.125", "%.0g", F(.125));
	T("0", "%.0g", F(0.));
}
END_TEST

START_TEST(test_nonfinite)
{
	double inf = INFINITY, nan = NAN;

	T("Infinity", "%g", F(inf));
	T("-Infinity", "%f", F(-inf));
	T("Infinity", "%E", F(inf));
	T("Infinity", "%+g", F(inf));
	T("    Infinity", "%12.3f", F(inf));
	T("Infinity    ", "%-12g", F(inf));
	T("NaN", "%e", F(nan));
	T("   NaN", "%6g", F(nan));
	T("NaN   ", "%-6g", F(-nan));
}
END_TEST

START_TEST(test_formats)
{
	T0("the error|the error", "%r|%20.2r");
	T0("100%", "100%%");
	T0("%", "%-5%");
	T0("ab", "ab%");
	T0("ab", "ab%5.3");
	T0("ab", "ab%-+");
	T0("", "");
	T("5", "%kyd", D(5));
	T("x5y6z", "x%dy%dz", D(5), D(6));
	T0("a", "a%*d");
	T0("ab", "a%db");
	T0("1.2a", "%H");
	T("é1", "\xe9%d", D(1));
}
END_TEST

/* Widths of any size end in "full", not in a crash. */
START_TEST(test_huge)
{
	const Arg arg[] = {D(INT32_MAX), D(1), D(INT32_MIN), D(1), D(INT32_MAX), D(7)};
	static const char *const fmt[] = {"%*d", "%*d", "%.*d", "%,.*d", "%99999999999d", "%.99999999999d"};
	Fmtbuf b;

	for (size_t i = 0; i < sizeof fmt / sizeof fmt[0]; i++) {
		Src s = {{word, big, real, str, ref, ""}, arg, 2};
		if (strchr(fmt[i], '*') == NULL) {
			s.arg = arg + 1;
			s.n = 1;
		}
		fmtbuf_init(&b);
		fmt_format(&b, fmt_str(fmt[i], strlen(fmt[i])), &s.a);
		ck_assert(b.full);
		fmtbuf_free(&b);
	}
}
END_TEST

START_TEST(test_growth)
{
	char *s = malloc(100001);
	Fmtbuf b;
	Arg arg = S(s);
	Src src = {{word, big, real, str, ref, ""}, &arg, 1};

	memset(s, 'x', 100000);
	s[100000] = 0;
	fmtbuf_init(&b);
	fmt_format(&b, fmt_str("<%s>", 4), &src.a);
	ck_assert_uint_eq(b.n, 100002);
	ck_assert_int_eq(b.s[0], '<');
	ck_assert_mem_eq(b.s + 1, s, 100000);
	ck_assert_int_eq(b.s[100001], '>');
	fmtbuf_free(&b);
	free(s);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("fmt");
	TCase *t = tcase_create("fmt");

	tcase_set_timeout(t, 60);
	tcase_add_test(t, test_int);
	tcase_add_test(t, test_bases);
	tcase_add_test(t, test_star);
	tcase_add_test(t, test_strings);
	tcase_add_test(t, test_reals);
	tcase_add_test(t, test_general);
	tcase_add_test(t, test_nonfinite);
	tcase_add_test(t, test_formats);
	tcase_add_test(t, test_huge);
	tcase_add_test(t, test_growth);
	suite_add_tcase(s, t);
	SRunner *r = srunner_create(s);
	srunner_run_all(r, CK_NORMAL);
	int n = srunner_ntests_failed(r);
	srunner_free(r);
	return n != 0;
}
