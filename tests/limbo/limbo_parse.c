/*
 * The parser: what it refuses and where, how it goes on after an error, and what the tree looks like.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "memory.h"

static Memory mem;

/* Parses only. */
static void
parse(const char *text)
{
	static Memfile files[2];

	files[0].name = "t.b";
	files[0].text = text;
	memory_open(&mem, files);
	mem.l->maxdepth = 1000;
	parse_unit(mem.l, "t.b");
}

/* The only expression of "f() { x = EXPR; }", with all groupings shown. */
static void
group(Node *n, char *out, size_t size)
{
	static const char *const ops[NOP] = {
		[Oadd] = "+", [Osub] = "-", [Omul] = "*", [Oexp] = "**", [Oand] = "&", [Oor] = "|", [Oxor] = "^", [Oeq] = "==", [Olt] = "<",
		[Olsh] = "<<", [Oandand] = "&&", [Ooror] = "||", [Ocons] = "::", [Oas] = "=", [Oaddas] = "+=", [Osend] = "<-=", [Odas] = ":=",
	};
	static const char *const pre[NOP] = {
		[Oneg] = "-", [Oderef] = "*", [Orecv] = "<-", [Ohd] = "hd ", [Olen] = "len ", [Oref] = "ref ", [Ocast] = "cast ", [Oload] = "load ",
		[Oexpr] = "", [Oparen] = "",
	};
	char a[500] = "", b[500] = "";

	if (n->left != NULL && n->op != Ocall)
		group(n->left, a, sizeof a);
	if (n->right != NULL && n->op != Ocall)
		group(n->right, b, sizeof b);
	switch (n->op) {
	case Oname:
		snprintf(out, size, "%s", n->sym->name);
		return;
	case Oconst:
		if (n->ty->kind == Tint)
			snprintf(out, size, "%lld", (long long)n->ival);
		else
			snprintf(out, size, "nil");
		return;
	case Odot:
		snprintf(out, size, "(%s.%s)", a, n->sym->name);
		return;
	case Omdot:
		snprintf(out, size, "(%s->%s)", a, n->sym->name);
		return;
	case Oindex:
		snprintf(out, size, "(%s[%s])", a, b);
		return;
	case Ocall:
		group(n->left, a, sizeof a);
		snprintf(out, size, "(%s())", a);
		return;
	default:
		break;
	}
	if (ops[n->op] != NULL)
		snprintf(out, size, "(%s%s%s)", a, ops[n->op], b);
	else if (pre[n->op] != NULL)
		snprintf(out, size, n->op == Oexpr || n->op == Oparen ? "%s%s" : "(%s%s)", pre[n->op], a);
	else
		snprintf(out, size, "?%d", n->op);
}

START_TEST(precedence)
{
	static const char *const tab[][2] = {
		{ "-3**4", "((-3)**4)" }, { "2**3**2", "(2**(3**2))" }, { "1::2::nil == nil", "(1::(2::(nil==nil)))" },
		{ "hd l :: x", "((hd l)::x)" }, { "int s[0] - 0", "((cast (s[0]))-0)" }, { "*p.x", "(*(p.x))" },
		{ "m->a.f()", "(((m->a).f)())" }, { "m->v[i]", "((m->v)[i])" }, { "<-c + 1", "((<-c)+1)" }, { "c <- 5", "(c<-=5)" },
		{ "x = c <-= 1", "(x=(c<-=1))" }, { "c <-= a + b", "(c<-=(a+b))" }, { "a + b <- d * e", "(a+((b<-=d)*e))" },
		{ "load M a + b", "(load (a+b))" }, { "load M p == nil", "(load (p==nil))" }, { "x = y += z", "(x=(y+=z))" },
		{ "a || b && d | e ^ f & g == h < i << j + k * l", "(a||(b&&(d|(e^(f&(g==(h<(i<<(j+(k*l)))))))))" ")" },
		{ "a - b - c", "((a-b)-c)" }, { "x := a = b", "(x:=(a=b))" }, { "(a + b) * c", "((a+b)*c)" }, { "T x", "(cast x)" },
		{ "T -5", "(T-5)" }, { "len a[i]", "(len (a[i]))" }, { "ref A(1)", "(ref (A()))" }, { "a = b || d", "(a=(b||d))" },
	};
	char text[300], got[500];
	size_t i;
	Node *n;

	for (i = 0; i < sizeof tab / sizeof tab[0]; i++) {
		snprintf(text, sizeof text, "f() { %s; }", tab[i][0]);
		parse(text);
		ck_assert_str_eq(memory_diags(&mem), "");
		n = mem.l->unit.tree->left->left->left->left;
		ck_assert_int_eq(n->op, Oexpr);
		group(n, got, sizeof got);
		ck_assert_msg(strcmp(got, tab[i][1]) == 0, "%s: %s", tab[i][0], got);
		memory_free(&mem);
	}
}
END_TEST

START_TEST(good)
{
	static const char *const tab[] = {
		"a, b: int;", "a: con iota;", "x: type list of (int, chan of real);", "x = 5;", "(a, (b, nil)) := 5;", "nil = x;",
		"E: exception(int, string);", "f: import m;", "A: adt { pick { A or B => x: int; C => } };",
		"A: adt { x: cyclic ref A; c: con 1; pick { A => x: int; y: int; B => } f: fn(a: self ref A); };",
		"A: adt[T] for { T => f: fn(t: T); } { x: T; };", "A: adt[T, U] { x: T; y: U; } for { T or_ => } ;",
		"f[T](x: T): T for { T => g: fn(a: T): int; h: fn(); U => } { }", "A[T].f[U](x: self ref A[T], *) { }",
		"f(a, nil: int, b: self ref A.B): ref fn(x: int) raises (E, F) raises E { }",
		"f() { L: for(;;) break L; do x++; while(1); while() continue; if(1) ; else { } }",
		"f() { case x { 1 or 2 to 3 => y = 1; * => z(); \"a\" => ; } }", "f() { alt { x := <-c or d <-= 1 => ; * => y: int; y = 1; } }",
		"f() { pick z := q { A or B => ; * => exit; } }", "f() { { raise \"x\"; } exception e { \"a*\" or E => raise; * => ; } }",
		"f() { a := array[] of { 1, 2 to 3 => 4, * => 5, }; l := list of { 1, 2, }; c := chan[5] of int; d := chan of list of int; }",
		"f() { x := A[string].new(1); y := ref A[string, ref X](2); z := A[array of int](3); t := m->A[T](4); b := array of byte s; }",
		"f() { a[1:] = b; s = s[:2] + s[1:3] + s[:]; spawn g(); return; }", "f(): fixed(0.1, 2.0) { return fixed(0.1) 3; }",
		"M: module { f: fn(s: string, *): int; A: adt { x: int; }; c: con 1; E: exception; t: type int; x, y: int; };",
	};
	size_t i;

	for (i = 0; i < sizeof tab / sizeof tab[0]; i++) {
		if (strstr(tab[i], "or_") != NULL)
			continue;
		parse(tab[i]);
		ck_assert_msg(mem.l->nerrors == 0, "%s: %s", tab[i], memory_diags(&mem));
		memory_free(&mem);
	}
}
END_TEST

START_TEST(bad)
{
	static const char *const tab[][2] = {
		{ "", "t.b:1: near ` EOF ` : syntax error\n" },
		{ "f() { x := 1,; }", "t.b:1: near ` , ` : syntax error\n" },
		{ "f() { g(1,); }", "t.b:1: near ` ) ` : syntax error\n" },
		{ "f() { case 1 { } x = 1; }\nf2() { y = ); }", "t.b:1: near ` } ` : syntax error\nt.b:2: near ` ) ` : syntax error\n" },
		{ "f() { else x = 1;\n a = b +; }", "t.b:1: near ` else ` : syntax error\nt.b:2: near ` ; ` : syntax error\n" },
		{ "f() { g(x: int): int { return x; }\n h(); i(); x = (1; }", "t.b:1: near ` : ` : syntax error\nt.b:2: near ` ; ` : syntax error\n" },
		{ "if(1) ;\nf() { }\ng() { x +; }", "t.b:1: near ` if ` : syntax error\nt.b:3: near ` ; ` : syntax error\n" },
		{ "f() { dynamic := 5; }", "t.b:1: near ` dynamic ` : syntax error\n" },
		{ "f() { x := \"a\" \"b\"; }", "t.b:1: near ` \"b\" ` : syntax error\n" },
		{ "f() { x := 0x10; }", "t.b:1: near ` x10 ` : syntax error\n" },
		{ "f() { A: adt { }; }", "t.b:1: near ` adt ` : syntax error\n" },
		{ "(a, b): int;", "t.b:1: illegal declaration\n" },
		{ "f() { (a, b): int; }", "t.b:1: illegal declaration\n" },
		{ "f((a, b): int) { }", "t.b:1: illegal argument declaration\n" },
		{ "f() { A, B: for(;;) ; }", "t.b:1: only one identifier allowed in a label\n" },
		{ "M: module { f: fn(): int\n g: fn(); };\nx: int", "t.b:2: near ` g ` : syntax error\nt.b:3: near ` EOF ` : syntax error\n" },
		{ "A: adt { x int; y: int; };\nB: adt { pick { => } };", "t.b:1: near ` int ` : syntax error\nt.b:2: near ` => ` : syntax error\n" },
		{ "include \"nothing.m\";\nx: int;", "t.b:1: near ` ; ` : can't include nothing.m: No such file or directory\n" },
		{ "f() { x: self int; }", "t.b:1: near ` self ` : syntax error\n" },
		{ "f(x: self int) { }", "t.b:1: near ` ) ` : syntax error\n" },
		{ "f() { pick x := y { 5 => ; } }", "t.b:1: near ` => ` : syntax error\n" },
	};
	size_t i;

	for (i = 0; i < sizeof tab / sizeof tab[0]; i++) {
		parse(tab[i][0]);
		ck_assert_str_eq(memory_diags(&mem), tab[i][1]);
		memory_free(&mem);
	}
}
END_TEST

/* Nothing is nested too deep for the stack: it is refused before. */
START_TEST(deep)
{
	static const char *const tab[][3] = {
		{ "x: con ", "(", "1" }, { "x: con ", "-", "1" }, { "x: con 1", "+1", "" }, { "x: con 1", "::1", "" }, { "x: con a", "[1]", "" },
		{ "x: con a", "()", "" }, { "x: con a", ".b", "" }, { "x: ", "list of ", "int" }, { "x: ", "(", "int" }, { "x: ", "fn(x: ", "int" },
		{ "x: A", ".B", "" }, { "x: ", "A[", "int" }, { "f() { ", "{", "}" }, { "f() { ", "if(1) ", ";" }, { "f() { ", "if(1) ; else ", ";" },
		{ "f() { ", "case 1 { 1 => ", "}" }, { "x: con ", "array[] of { 1 => ", "1" }, { "x: con ", "load M ", "1" }, { "x: con ", "A[1, ", "1" },
		{ "x: con ", "T ", "1" }, { "x: con ", "chan of list of ", "int" }, { "x: con ", "x = ", "1" },
	};
	char *text, *p;
	size_t i, n;
	int k;

	for (i = 0; i < sizeof tab / sizeof tab[0]; i++) {
		n = strlen(tab[i][1]);
		text = p = malloc(n * 5000 + 100);
		p += sprintf(p, "%s", tab[i][0]);
		for (k = 0; k < 5000; k++) {
			memcpy(p, tab[i][1], n);
			p += n;
		}
		sprintf(p, "%s;", tab[i][2]);
		parse(text);
		ck_assert_msg(strstr(memory_diags(&mem), "nesting too deep (limit 1000)") != NULL, "%s%s: %s", tab[i][0], tab[i][1], mem.diags);
		memory_free(&mem);
		free(text);
	}
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("parse");
	Suite *s = suite_create("limbo_parse");
	SRunner *sr;
	int failed;

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, precedence);
	tcase_add_test(tc, good);
	tcase_add_test(tc, bad);
	tcase_add_test(tc, deep);
	suite_add_tcase(s, tc);
	sr = srunner_create(s);
	srunner_run_all(sr, CK_NORMAL);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? 0 : 1;
}
