/*
 * The checker: programs that it takes, and what it says about others. Places are checked by the programs in
 * tests/conformance; here only the texts of the diagnostics are compared.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "memory.h"

static const char head[] = "implement T;\n"
	"Sys: module { PATH: con \"$Sys\"; FD: adt { fd: int; }; fildes: fn(n: int): ref FD; print: fn(s: string, *): int; };\n"
	"Draw: module { PATH: con \"$Draw\"; };\n"
	"T: module { init: fn(); };\n"
	"sys: Sys;\n";

/* Declarations, statements of init, and the diagnostics without their places, a line each. */
static const struct {
	const char *decls;
	const char *stmts;
	const char *diags;
} cases[] = {
	{ "",
	  "x: int = -2147483648;",
	  "type clash in 'x' of type int = '-2147483648' of type big\n" },
	{ "",
	  "x := 5; y := x<-1;",
	  "cannot send on 'x' of type int\n" },
	{ "",
	  "union := 5; iota := 6; sys->print(\"%d %d\", union, iota);",
	  "" },
	{ "",
	  "x := 0**-1;",
	  "0 to negative power in constant expression\n" },
	{ "",
	  "x := 1/0;",
	  "divide by 0 in constant expression\n" },
	{ "",
	  "r: real = 1;",
	  "type clash in 'r' of type real = '1' of type int\n" },
	{ "",
	  "x := 1 + 1.0;",
	  "type clash in '1' of type int + '1' of type real\n" },
	{ "",
	  "x := int \"12abc\";",
	  "near ` EOF ` : digit 'a' not radix 10\n" },
	{ "",
	  "x := 1.0 % 2.0;",
	  "cannot % '1' of type real and '2' of type real\n" },
	{ "",
	  "x := 1 << big 3;",
	  "shift 'big 3' of type big is not an int\n" },
	{ "",
	  "x := byte 7; c := x ** 2;",
	  "exponend 'x' of type byte is not int, big or real\n" },
	{ "",
	  "x := !\"a\";",
	  "cannot apply ! to '\"a\"' of type string\n" },
	{ "",
	  "x := 1 && 2.0;",
	  "&&'s right operand is not an int: '2' of type real\n" },
	{ "",
	  "\"abc\"[0] = 5;",
	  "cannot assign to '\"abc\"[0]'\n" },
	{ "",
	  "s := \"abc\"; x := s[1]++; s[1] += 2;",
	  "" },
	{ "",
	  "a := array[3] of {1,2,3,4};",
	  "array index '3' out of bounds\n" },
	{ "",
	  "a := array[] of {1, \"a\"};",
	  "inconsistent types int and string and in array initializer\n" },
	{ "",
	  "a := array[] of {nil, nil};",
	  "type for array not specific\n" },
	{ "",
	  "a := array[3] of {0 => 1, 0 => 2};",
	  "array index '0' overlaps with '0' on line t.b:N\n" },
	{ "",
	  "a := array[5] of int; a[1:2] = a;",
	  "cannot assign to 'a[1:2]'\n" },
	{ "",
	  "l := 1 :: \"a\" :: nil;",
	  "type clash in '1' of type int :: '\"a\"::nil' of type list of string\n" },
	{ "",
	  "sys->print(\"%d\", 1 :: 2 :: nil == nil);",
	  "cannot :: to 'nil==nil' of type int\n" },
	{ "",
	  "x := nil;",
	  "cannot declare 'x' from 'nil'\n" },
	{ "",
	  "(x, y) := (1, nil);",
	  "cannot declare '(x, y)' from '(1, nil)' of type (int, polymorphic type)\n" },
	{ "",
	  "x := (1,2); y := (1,2); sys->print(\"%d\", x == y);",
	  "cannot compare 'x' of type (int, int) to 'y' of type (int, int)\n" },
	{ "",
	  "x := 1; y := 2; z := 3; (x, y, z) = (y, z, x);",
	  "" },
	{ "A: adt {x, y: int;}; B: adt {x, y: int;};",
	  "a: A; b: B; b = (1,2); a = b;",
	  "" },
	{ "A: adt {x, y: int;}; C: adt {p, q: int;};",
	  "a: A; c: C; a = c;",
	  "type clash in 'a' of type A = 'c' of type C\n" },
	{ "A: adt {x, y: int;}; f(a: ref A): int { return a.x+a.y; }",
	  "sys->print(\"%d\", f(ref (3,4)));",
	  "" },
	{ "A: adt {x, y: int;};",
	  "a := A(1);",
	  "cannot make a A from '1' of type int\n" },
	{ "A: adt {x: int; f: fn(a: self ref A): int;}; A.f(a: self ref A): int { return a.x; }",
	  "a := A(5); sys->print(\"%d\", a.f());",
	  "'a.f': argument type mismatch: expected ref A saw 'a' of type A\n" },
	{ "A: adt {x: int; f: fn(x: self A);}; A.f(x: A) {}",
	  "a: A;",
	  "type mismatch: A.f defined as fn(x: A) declared as fn(x: self A) on line t.b:N\n" },
	{ "A: adt {x: A;};",
	  "",
	  "" },
	{ "A: adt {x: A;};",
	  "a: A;",
	  "illegal type cycle without a reference in field x of adt A\n" },
	{ "P: adt { n: int; pick { A => a: int; B or C => s: string; D => } };",
	  "q: ref P = ref P.C(1, \"x\"); pick z := q { A => ; B or C => sys->print(\"%s %d\", z.s, tagof z); * => ; }",
	  "" },
	{ "P: adt { n: int; pick { A => a: int; B or C => s: string; D => } };",
	  "q: ref P = ref P.A(1,2); x := q.a;",
	  "cannot yet index field a of 'q' of type ref P\n" },
	{ "P: adt { n: int; pick { A => a: int; B or C => s: string; D => } };",
	  "q := ref P;",
	  "instances of ref 'P' must be qualified with a pick tag\n" },
	{ "P: adt { n: int; pick { A => a: int; B or C => s: string; D => } };",
	  "a: array of ref P; b := array[] of {ref P.A(1,2)}; a = b;",
	  "type clash in 'a' of type array of ref P = 'b' of type array of ref P.A\n" },
	{ "P: adt { n: int; pick { A => a: int; B or C => s: string; D => } };",
	  "l := ref P.A(1,2) :: ref P.D(3) :: nil; sys->print(\"%d\", len l);",
	  "" },
	{ "P: adt { n: int; pick { A => a: int; B or C => s: string; D => } };",
	  "q: ref P = ref P.A(1,2); r := ref *q; r.n = 9;",
	  "" },
	{ "",
	  "Sys->print(\"a\");",
	  "'Sys' is not a value\n" },
	{ "",
	  "x: Sys; x = load Draw Draw->PATH;",
	  "type clash in 'x' of type Sys = 'load Draw Draw->PATH' of type Draw\n" },
	{ "",
	  "(load Sys Sys->PATH)->print(\"hi\\n\");",
	  "" },
	{ "",
	  "sys->print(\"%d\\n\", \"a\");",
	  "'sys->print': format '%d' incompatible with argument '\"a\"' of type string\n" },
	{ "",
	  "s := \"%d\"; sys->print(s, 1);",
	  "'sys->print': format argument 's' of type string is not a string constant\n" },
	{ "f(x: int): int { return x+1; }",
	  "g := f; h := f; sys->print(\"%d %d\", g(3), g == h);",
	  "" },
	{ "c: con x; x: con 5;",
	  "sys->print(\"%d\", c);",
	  "x's value cannot be determined\nc's value cannot be determined\n" },
	{ "a, b, c: con iota; d, e: con 1 << iota;",
	  "sys->print(\"%d %d %d %d %d\", a, b, c, d, e);",
	  "" },
	{ "x := 5; x = 6;",
	  "",
	  "duplicate assignment to 'x', previously assigned on line t.b:N\n" },
	{ "g := 1 :: nil;",
	  "",
	  "can't initialize 'g' of type list of int\n" },
	{ "",
	  "for(i:=0; i<2; i++); for(i:=0; i<2; i++);",
	  "redeclaration of local i, previously declared as a local on line t.b:N\n" },
	{ "f(x: int) { x := 2; }",
	  "",
	  "redeclaration of local x, previously declared as an argument on line t.b:N\n" },
	{ "f(x: int): int { if(x) return 1; }",
	  "f(1);",
	  "no return at end of function f\n" },
	{ "",
	  "if(1.0) ;",
	  "if conditional must be an int, not '1' of type real\n" },
	{ "",
	  "case 3 { 1 to 5 => ; 3 => ; }",
	  "case qualifier '3' overlaps with '1 to 5' on line t.b:N\n" },
	{ "",
	  "case 1 { 1 => continue; }",
	  "no appropriate target for 'continue'\n" },
	{ "F: exception(int);",
	  "raise F;",
	  "too few exception arguments\n" },
	{ "",
	  "raise 5;",
	  "'raise 5': raise argument '5' of type int is not a string or exception\n" },
	{ "",
	  "alt { 5 => ; }",
	  "alt guard '5' has no communication\n" },
	{ "",
	  "spawn sys->print(\"x\");",
	  "cannot spawn functions which return values, such as 'sys->print(\"x\")' of type int\n" },
	{ "id[T](x: T): T { return x; }",
	  "sys->print(\"%s %d\", id(\"x\"), len id(1::nil));",
	  "" },
	{ "id[T](x: T): T { return x; }",
	  "id(5);",
	  "function call type mismatch\n" },
	{ "id[T](x: T): T { return x; }",
	  "x := id(nil);",
	  "cannot determine the instantiated type of T\n" },
	{ "S: adt[T] { l: list of T; };",
	  "s: ref S[int];",
	  "int is not a pointer type\n" },
	{ "S: adt[T] { l: list of T; };",
	  "s: ref S;",
	  "polymorphic type S[T] illegal here\n" },
	{ "F: type fixed(2.0**-16);",
	  "x := F(3.25); y := F 2; sys->print(\"%g %g %d\", real (x*y), real (x/y), int x);",
	  "" },
	{ "F: type fixed(0.1); G: type fixed(0.01);",
	  "x := F(3.25); y := G 2.0; z := x*y;",
	  "type clash in 'x' of type fixed point(.1) * 'y' of type fixed point(.01)\n" },
	{ "F: type fixed(1.0, 1e20);",
	  "x: F;",
	  "cannot fit fixed type into an int\n" },
	{ "E: exception(int, string);",
	  "{ raise E(1,\"x\"); } exception e { \"*\" => sys->print(\"s\"); E => (a,b) := e; sys->print(\"%d %s\", a, b); }",
	  "" },
	{ "max[T](a: array of T): T for { T => gt: fn(x, y: T): int; } { m := a[0]; for(i := 1; i < len a; i++) if(T.gt(a[i], m)) m = a[i]; return m; } gt(a, b: string): int { return a > b; }",
	  "sys->print(\"%s\", max(array[] of {\"x\", \"z\", \"b\"}));",
	  "" },
	{ "P: adt { n: int; pick { A => a: int; } };",
	  "x := P.A(1,2);",
	  "P.A, an adt with pick fields, must be used with ref\n" },
	{ "A: adt { x: int; };",
	  "x := A.x;",
	  "'A' is not a value\n" },
	{ "",
	  "L: for(;;) { alt { * => break L; } }",
	  "" },
	{ "f(): int { for(;;) ; } g(): int { while(1) { } } h(): int { raise \"x\"; } k(x: int): int { case x { 1 => return 1; * => exit; } } m(x: int): int { do { if(x) break; return 1; } while(1); return 0; }",
	  "f(); g(); h(); k(1); m(1);",
	  "" },
	{ "f(): int { for(;;) break; }",
	  "f();",
	  "no return at end of function f\n" },
	{ "f(x: int): int { case x { 1 => return 1; } }",
	  "f(1);",
	  "no return at end of function f\n" },
	{ "M: module { A: adt { x: int; f: fn(a: self A): int; }; g: fn(); v: int; };",
	  "a := M->A(1); A: import M; a.f();",
	  "cannot call 'a.f' because M is a module interface\n" },
	{ "M: module { A: adt { x: int; f: fn(a: self A): int; }; g: fn(); v: int; };",
	  "g, v: import M; g();",
	  "cannot call 'g' because M is a module interface\n" },
	{ "M: module { A: adt { x: int; f: fn(a: self A): int; }; g: fn(); v: int; };",
	  "g, v: import M; v = 1;",
	  "cannot use 'v' because M is a module interface\n" },
	{ "M: module { g: fn(); v: int; };",
	  "x := M->g;",
	  "cannot use 'M->g' as a function reference because M is a module interface\n" },
	{ "M: module { A: adt { x: int; f: fn(a: self A): int; }; };",
	  "a := M->A(1); x := a.f;",
	  "cannot use 'a.f' without importing A from a variable\n" },
	{ "M: module { g: fn(); v: int; };",
	  "x := M->v;",
	  "'M' is not a value\n" },
	{ "",
	  "x: sys->FD; y: ref sys->FD; y = sys->fildes(1); x = *y;",
	  "" },
	{ "f(x: int, s: string, *) { }",
	  "",
	  "cannot define functions with a '*' argument, such as f\n" },
	{ "A: adt { x: int; pick { B => y: int; } m: int; };",
	  "a: ref A;",
	  "pick fields must be the last data fields in an adt\n" },
	{ "",
	  "x := load T \"a\"; (x)->init();",
	  "" },
	{ "",
	  "x := 5; x();",
	  "'x' is not a function or type name\n" },
	{ "",
	  "sys->print(\"%d %d\\n\", 1);",
	  "'sys->print': too few arguments for format '%d'\n" },
	{ "",
	  "sys->print(\"%z\\n\", 1);",
	  "'sys->print': invalid character z in format '%z'\n" },
	{ "",
	  "sys->print(\"%\", 1);",
	  "'sys->print': incomplete format '%'\n" },
	{ "",
	  "sys->print(\"%*d %bd %x %c %5.2g %q %ud %#x %+d\", 1, 2, big 3, \"s\", 4, 5.0, \"s\", 1, 2, 3);",
	  "" },
	{ "E: exception;",
	  "x := E;",
	  "exception E is not a variable\n" },
	{ "a: import a;",
	  "",
	  "illegal forward reference to 'a'\n" },
	{ "c: con (y := 5);",
	  "z := c;",
	  "illegal declaration expression 'y'\nc's value cannot be determined\n" },
	{ "T0: type (int, string); T1: type (T0, T0); T2: type (T1, T1); T3: type (T2, T2); T4: type (T3, T3); T5: type (T4, T4); T6: type (T5, T5); T7: type (T6, T6); T8: type (T7, T7); T9: type (T8, T8); U0: type (T9, T9); U1: type (U0, U0); U2: type (U1, U1); U3: type (U2, U2);",
	  "",
	  "type is too large\n" },
	{ "A: adt[T] { x: ref A[list of T]; };",
	  "a: ref A[string];",
	  "too many instantiations of A[T]\n" },
	{ "f: fn();",
	  "f();",
	  "function f not defined\n" },
	{ "f: fn(); f() { }",
	  "f();",
	  "" },
	{ "A: adt { x: int; f: fn(); };",
	  "a: A;",
	  "function A.f not defined\n" },
	{ "A: adt { x: int; f: fn(); };",
	  "",
	  "" },
	{ "R: adt[T] { read: fn[U](u: U): int for { U => getc: fn(u: self U): int; }; x: T; }; R[T].read[U](u: U): int for { U => getc: fn(u: self U): int; } { return u.getc(); } F: adt { n: int; getc: fn(f: self ref F): int; }; F.getc(f: self ref F): int { return f.n; }",
	  "x := R[string].read(ref F(1));",
	  "" },
	{ "P: adt { pick { A => n: int; B => s: string; } f: fn(p: self ref P): int; }; P.f(p: self ref P): int { pick q := p { A => return q.n; B => return len q.s; } }",
	  "x := (ref P.A(1)).f();",
	  "" },
	{ "",
	  "a := array[5] of int; (a[2:], nil) = (a[0:2], 0);",
	  "" },
	{ "",
	  "{ raise \"x\"; } exception e { \"x*\" => e = \"y\"; sys->print(\"%s\", e); }",
	  "" },
	{ "E: exception(int); f() raises E { raise E(1); }",
	  "{ f(); } exception e { E => n := e + 1; m := e.t0; sys->print(\"%d%d\", n, m); * => raise e; }",
	  "" },
	{ "M: module { E: exception(int); A: adt { x: int; f: fn(a: self ref A): ref A; }; get: fn(): ref A; };",
	  "m: M; { raise M->E(1); } exception e { M->E => sys->print(\"%d\", e); } a := m->get(); b := m->a.f(); c := m->get().f();",
	  "cannot call 'm->get().f' without importing A from a variable\n" },
	{ "f(): (int, string) { return (1, nil); } A: adt { n: int; s: string; };",
	  "a := A(f()); b := ref A(f()); b = ref f(); (n, s) := a; (a.n, nil) = f(); nil = f();",
	  "" },
	{ "",
	  "x: int; { x: string; { x := 1.0; sys->print(\"%g\", x); } sys->print(\"%s\", x); } sys->print(\"%d\", x);",
	  "" },
	{ "",
	  "case 1 { 5 to 1 => ; }",
	  "unmatchable case qualifier '5 to 1 =>scope'\n" },
	{ "",
	  "case \"a\" { \"a\" to \"c\" or \"e\" => ; \"b\" => ; }",
	  "case qualifier '\"b\"' overlaps with '\"a\" to \"c\" or \"e\"' on line t.b:N\n" },
	{ "",
	  "case big 1 { big 1 to big 2 => ; }",
	  "range 'big 1' of type big to 'big 2' of type big is not an int or string range\n" },
	{ "f(n: int): int { return n; }",
	  "a := array[] of { f }; l := f :: nil; x := a[0](1) + (hd l)(2); spawn g(a[0]); } g(f: ref fn(n: int): int) { sys->print(\"%d\", f(1));",
	  "" },
};

/* Without "t.b:3: " at the start of each line, and with line numbers elsewhere as N. */
static char *
strip(const char *s)
{
	char *out = malloc(strlen(s) + 1), *p = out;

	while (*s != '\0') {
		if (strncmp(s, "t.b:", 4) == 0 && (p == out || p[-1] == '\n')) {
			s += 4 + strspn(s + 4, "0123456789");
			if (strncmp(s, ": ", 2) == 0)
				s += 2;
			continue;
		}
		if (strncmp(s, "t.b:", 4) == 0) {
			memcpy(p, "t.b:N", 5);
			p += 5;
			s += 4 + strspn(s + 4, "0123456789");
			continue;
		}
		*p++ = *s++;
	}
	*p = '\0';
	return out;
}

START_TEST(diagnostics)
{
	static char text[16384];
	Memory mem;
	char *got;

	snprintf(text, sizeof text, "%s%s\ninit()\n{\n%s\n}\n", head, cases[_i].decls, cases[_i].stmts);
	memory_check(&mem, text);
	got = strip(memory_diags(&mem));
	ck_assert_msg(strcmp(got, cases[_i].diags) == 0, "%s\nwant %sgot %s", text, cases[_i].diags, got);
	free(got);
	memory_free(&mem);
}
END_TEST

static const struct {
	const char *stmts;
	const char *diags;
} warnings[] = {
	{ "L: for(;;) break;", "warning: label L never referenced\n" },
	{ "x := 1; { x := 2; sys->print(\"%d\", x); } sys->print(\"%d\", x);",
	  "warning: redeclaration of local x, previously declared as a local on line t.b:N\n" },
	{ "x := 1; x + 1;", "warning: result of expression 'x+1' not used\n" },
	{ "case 1 { 1 => }", "warning: no body for case qualifier '1'\n" },
	{ "x := 1;", "warning: local x not referenced\n" },
	{ "x := 1 << 40; sys->print(\"%d\", x);", "warning: shift amount 40 out of range\n" },
};

START_TEST(warned)
{
	static char text[4096];
	const Memfile files[] = { { "t.b", text, 0 }, { NULL, NULL, 0 } };
	Memory mem;
	char *got;

	snprintf(text, sizeof text, "%sinit()\n{\n%s\n}\n", head, warnings[_i].stmts);
	memory_open(&mem, files);
	mem.l->o.warn = 1;
	ck_assert_int_eq(limbo_check(mem.l, "t.b"), 0);
	got = strip(memory_diags(&mem));
	ck_assert_str_eq(got, warnings[_i].diags);
	free(got);
	memory_free(&mem);
}
END_TEST

/* Only what the interface needs is compiled, and references are known. */
START_TEST(reached)
{
	Memory mem;
	Unit *u;
	int seen = 0;

	memory_check(&mem, "implement T;\nT: module { init: fn(); };\n"
			   "init() { a(); if(0) c(); f := e; f(); }\n"
			   "a() { b(); }\nb() { a(); }\nc() { d(); }\nd() { }\ne() { }\n");
	ck_assert_str_eq(memory_diags(&mem), "");
	u = &mem.l->unit;
	for (int i = 0; i < u->nfns; i++) {
		const Decl *d = u->fns[i];

		if (d->reached)
			seen |= 1 << (d->sym->name[0] - 'a');
		ck_assert(d->exported == (d->sym->name[0] == 'e'));
	}
	ck_assert_int_eq(seen, 1 << 0 | 1 << 1 | 1 << 4 | 1 << 8);
	memory_free(&mem);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("check");
	TCase *t = tcase_create("all");
	SRunner *r;
	int failed;

	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, diagnostics, 0, sizeof cases / sizeof cases[0]);
	tcase_add_loop_test(t, warned, 0, sizeof warnings / sizeof warnings[0]);
	tcase_add_test(t, reached);
	suite_add_tcase(s, t);
	r = srunner_create(s);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
