/*
 * The scanner: tokens, constants, places, includes, `#line`, and text that is no text.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "limbo/parse.h"
#include "memory.h"

static Memory mem;
static Memfile files[8];

static Lex *
scan(const char *text, size_t n)
{
	memset(files, 0, sizeof files);
	files[0].name = "t.b";
	files[0].text = text;
	files[0].n = n;
	memory_open(&mem, files);
	ck_assert_int_eq(lex_open(mem.l, "t.b"), 0);
	return mem.l->lex;
}

/* The text's tokens as kinds; the last one is in t. */
static void
one(const char *text, Token *t)
{
	Token end;
	Lex *lx;

	lx = scan(text, 0);
	*t = *lex_next(lx);
	end = *lex_next(lx);
	ck_assert_msg(end.kind == KEOF, "%s: more than one token", text);
}

START_TEST(integers)
{
	static const struct {
		const char *text;
		int kind;
		int64_t v;
	} tab[] = {
		{ "0", KINT, 0 }, { "2147483647", KINT, 2147483647 }, { "2147483648", KBIG, 2147483648 },
		{ "16r80000000", KBIG, 2147483648 }, { "16rFFFFFFFFFFFFFFFF", KINT, -1 }, { "36rzZ", KINT, 1295 },
		{ "16rfFfF", KINT, 65535 }, { "2r101", KINT, 5 }, { "99999999999999999999", KBIG, 7766279631452241919 },
		{ "'a'", KINT, 'a' }, { "'\\n'", KINT, 10 }, { "'\\u0041'", KINT, 65 }, { "'\\0'", KINT, 0 }, { "'''", KINT, 39 },
		{ "'\\''", KINT, 39 }, { "'\"'", KINT, 34 }, { "'é'", KINT, 0xe9 }, { "'😀'", KINT, 0x1f600 },
		{ "007", KINT, 7 }, { "016r10", KINT, 16 },
	};
	size_t i;
	Token t;

	for (i = 0; i < sizeof tab / sizeof tab[0]; i++) {
		one(tab[i].text, &t);
		ck_assert_msg(t.kind == tab[i].kind, "%s: kind %d", tab[i].text, t.kind);
		ck_assert_msg(t.ival == tab[i].v, "%s: %lld", tab[i].text, (long long)t.ival);
		ck_assert_str_eq(memory_diags(&mem), "");
		memory_free(&mem);
	}
}
END_TEST

START_TEST(reals)
{
	static const struct {
		const char *text;
		double v;
		const char *print;
	} tab[] = {
		{ "1e3", 1000, "1000" }, { "1.", 1, "1" }, { ".5", .5, ".5" }, { "1.5e-2", .015, ".015" }, { "1.e2", 100, "100" },
		{ "16r1.8", 1.5, "1.5" }, { "2r0.101", .625, ".625" }, { "0.1", .1, ".1" }, { "1e20", 1e20, "1e+20" },
		{ "1e-5", 1e-5, "1e-05" }, { "0.0001", 1e-4, ".0001" }, { "100000.0", 1e5, "100000" }, { "1e15", 1e15, "1e+15" },
		{ "1234567.0", 1234567, "1234567" }, { "1E+300", 1e300, "1e+300" }, { "0.30000000000000004", .1 + .2, ".30000000000000004" },
		{ "5e-324", 5e-324, "5e-324" }, { "12.5", 12.5, "12.5" },
	};
	char buf[40];
	size_t i;
	Token t;

	for (i = 0; i < sizeof tab / sizeof tab[0]; i++) {
		one(tab[i].text, &t);
		ck_assert_msg(t.kind == KREAL, "%s: kind %d", tab[i].text, t.kind);
		ck_assert_msg(t.rval == tab[i].v, "%s: %g", tab[i].text, t.rval);
		ck_assert_str_eq(realtext(t.rval, buf), tab[i].print);
		memory_free(&mem);
	}
}
END_TEST

START_TEST(strings)
{
	static const struct {
		const char *text;
		const char *v;
		uint32_t n;
	} tab[] = {
		{ "\"\"", "", 0 }, { "\"abc\"", "abc", 3 }, { "\"a\\0b\"", "a\0b", 3 }, { "\"\\t\\n\\\\\\\"\\'\"", "\t\n\\\"'", 5 },
		{ "\"\\u65e5本\"", "日本", 6 }, { "`a\\n`", "a\\n", 3 }, { "`abc\ndef\\n`", "abc\ndef\\n", 9 }, { "\"é\"", "é", 2 },
		{ "\"a\xff" "b\"", "a\xef\xbf\xbd" "b", 5 }, { "`\xc0\x80`", "\xef\xbf\xbd\xef\xbf\xbd", 6 },
	};
	size_t i;
	Token t;

	for (i = 0; i < sizeof tab / sizeof tab[0]; i++) {
		one(tab[i].text, &t);
		ck_assert_msg(t.kind == KSTRING, "%s: kind %d", tab[i].text, t.kind);
		ck_assert_msg(t.str.n == tab[i].n && memcmp(t.str.s, tab[i].v, tab[i].n) == 0, "%s: %.*s", tab[i].text, (int)t.str.n, t.str.s);
		ck_assert_str_eq(memory_diags(&mem), "");
		memory_free(&mem);
	}
}
END_TEST

START_TEST(tokens)
{
	static const int want[] = {
		KNAME, KCOMM, KINT, KNAME, KDEC, KNAME, KNAME, KCOMM, '=', KEXP, KEXPAS, KLSHAS, KLSH, '<', KLE, KARROW, '-', KLABEL, KEQ, '=', KCONS, ':', KDAS,
		KREAL, KREAL, KNAME, '.', KNAME, KINT, KNAME, KANDAND, KANDAS, '&', KOROR, KORAS, '|', KNE, '!', KWHILE, KNAME, KEOF,
	};
	size_t i;
	Token t;
	Lex *lx;

	lx = scan("x<-1 a--b c<-=** **= <<= << < <= -> - => == = :: : := 1..2 t.t0 0x10 && &= & || |= | != ! while été # end", 0);
	for (i = 0; i < sizeof want / sizeof want[0]; i++) {
		t = *lex_next(lx);
		ck_assert_msg(t.kind == want[i], "token %zu is %d", i, t.kind);
	}
	memory_free(&mem);
}
END_TEST

START_TEST(names)
{
	char long1[400], long2[400];
	Token a, b;
	Lex *lx;
	char text[1000];

	memset(long1, 'x', sizeof long1);
	memset(long2, 'x', sizeof long2);
	long1[300] = long2[300] = '\0';
	long2[280] = 'y';
	snprintf(text, sizeof text, "%s %s", long1, long2);
	lx = scan(text, 0);
	a = *lex_next(lx);
	b = *lex_next(lx);
	ck_assert_ptr_eq(a.sym, b.sym);
	ck_assert_uint_eq(a.sym->len, 256);
	memory_free(&mem);
}
END_TEST

START_TEST(places)
{
	const char *file;
	int line, col;
	Token t;
	Lex *lx;

	lx = scan("a\n  b # c\n#line 100 \"other.y\"\nd\n`x\ny` e", 0);
	t = *lex_next(lx);
	ck_assert_str_eq(posname(mem.l, t.src.start), "t.b:1");
	t = *lex_next(lx);
	ck_assert_str_eq(posname(mem.l, t.src.start), "t.b:2");
	ck_assert_int_eq(t.src.start.col, 2);
	ck_assert_int_eq(t.src.stop.col, 3);
	t = *lex_next(lx);
	ck_assert_str_eq(posname(mem.l, t.src.start), "other.y:100 [ t.b:4 ]");
	poswhere(mem.l, t.src.start, &file, &line, &col);
	ck_assert_str_eq(file, "t.b");
	ck_assert_int_eq(line, 4);
	t = *lex_next(lx);
	ck_assert_str_eq(posname(mem.l, t.src.start), "other.y:101 [ t.b:5 ]");
	t = *lex_next(lx);
	ck_assert_str_eq(posname(mem.l, t.src.start), "other.y:102 [ t.b:6 ]");
	ck_assert_int_eq(t.src.start.col, 3);
	memory_free(&mem);
}
END_TEST

START_TEST(includes)
{
	static const Memfile f[] = {
		{ "d/t.b", "implement T;\ninclude \"a.m\"; x: int;\nT: module{};\ny: nothing here;\n", 0 },
		{ "d/a.m", "a: int;\ninclude \"b.m\";\n", 0 },
		{ "d/b.m", "b: int;\n\nc: con 1 +;\n", 0 },
		{ NULL, NULL, 0 },
	};

	memory_open(&mem, f);
	limbo_check(mem.l, "d/t.b");
	ck_assert_str_eq(memory_diags(&mem), "d/b.m:3: d/a.m:2: d/t.b:2: near ` ; ` : syntax error\n"
					     "d/t.b:4: near ` here ` : syntax error\n");
	ck_assert_int_eq(mem.l->unit.nfiles, 3);
	ck_assert_str_eq(mem.l->unit.files[0].s, "t.b");
	ck_assert_str_eq(mem.l->unit.files[2].s, "b.m");
	memory_free(&mem);
}
END_TEST

START_TEST(cycle)
{
	static const Memfile f[] = {
		{ "t.b", "include \"t.b\";\ninclude \"t.b\";\n", 0 },
		{ NULL, NULL, 0 },
	};

	memory_open(&mem, f);
	limbo_check(mem.l, "t.b");
	ck_assert_int_eq(strncmp(memory_diags(&mem), "fatal limbo compiler error: t.b:1: t.b:1: ", 42), 0);
	ck_assert_ptr_nonnull(strstr(mem.diags, ": include file depth too great\n"));
	memory_free(&mem);
}
END_TEST

START_TEST(errors)
{
	static const struct {
		const char *text;
		const char *want;
	} tab[] = {
		{ "x := '';", "t.b:1: near ` := ` : missing closing '\n" },
		{ "x := 'ab';", "t.b:1: near ` := ` : missing closing '\n" },
		{ "x := '\\q';", "t.b:1: near ` := ` : unrecognized escape \\q\n" },
		{ "x := '\\u12';", "t.b:1: near ` := ` : malformed \\u escape sequence\n" },
		{ "x := 1r0;", "t.b:1: near ` := ` : radix '1' must be between 2 and 36\n" },
		{ "x := 37r0;", "t.b:1: near ` := ` : radix '37' must be between 2 and 36\n" },
		{ "x := 10r12a;", "t.b:1: near ` := ` : digit 'a' not radix 10\n" },
		{ "x := 1e+;", "t.b:1: near ` := ` : malformed numerical constant '1e+'\n" },
		{ "x := 2r;", "t.b:1: near ` := ` : malformed numerical constant '2r'\n" },
		{ "x := \"abc\n;", "t.b:1: near ` := ` : newline in string constant\n" },
		{ "x := \"abc", "t.b:1: near ` := ` : end of file in string constant\n" },
		{ "x := `abc", "t.b:1: near ` := ` : end of file in raw string constant\n" },
		{ "x := '", "t.b:1: near ` := ` : end of file in character constant\n" },
		{ "x := 5 @ 6", "t.b:1: near ` 5 ` : unknown character @\n" },
		{ "x\xc2\xa0:= 5", "t.b:1: near ` x ` : unknown character \xc2\xa0\n" },
		{ "x \"a\" \x01", "t.b:1: near ` \"a\" ` : unknown character \\u0001\n" },
	};
	size_t i;
	Token t;
	Lex *lx;

	for (i = 0; i < sizeof tab / sizeof tab[0]; i++) {
		lx = scan(tab[i].text, 0);
		do
			t = *lex_next(lx);
		while (t.kind != KEOF);
		ck_assert_str_eq(memory_diags(&mem), tab[i].want);
		memory_free(&mem);
	}
}
END_TEST

/* Anything at all ends, and without reading outside of the text. */
START_TEST(noise)
{
	uint32_t r;
	char *text;
	size_t i;
	Token t;
	int k;
	Lex *lx;

	text = malloc(4096);
	r = 1;
	for (k = 0; k < 300; k++) {
		for (i = 0; i < 4096; i++) {
			r = r * 1664525 + 1013904223;
			text[i] = k % 3 == 0 ? (char)(r >> 24) : "'\"`\\#\nu0aeEr.1 \xc3\xa9\xff\0<-=:"[(r >> 24) % 24];
		}
		lx = scan(text, 4096);
		do
			t = *lex_next(lx);
		while (t.kind != KEOF);
		memory_free(&mem);
	}
	free(text);
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("lex");
	Suite *s = suite_create("limbo_lex");
	SRunner *sr;
	int failed;

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, integers);
	tcase_add_test(tc, reals);
	tcase_add_test(tc, strings);
	tcase_add_test(tc, tokens);
	tcase_add_test(tc, names);
	tcase_add_test(tc, places);
	tcase_add_test(tc, includes);
	tcase_add_test(tc, cycle);
	tcase_add_test(tc, errors);
	tcase_add_test(tc, noise);
	suite_add_tcase(s, tc);
	sr = srunner_create(s);
	srunner_run_all(sr, CK_NORMAL);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? 0 : 1;
}
