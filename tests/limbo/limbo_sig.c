/*
 * Link signatures and frames: the worked examples of dis(6), and every function of the builtin modules against the table
 * that object files in circulation agree with (tests/dis/signatures.tsv).
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "memory.h"

static Memory mem;

/* Members of one module; some names stand for declarations that are made before it. */
static const struct {
	const char *decl; /* of a member f */
	const char *text;
	uint32_t sig;
} vectors[] = {
	{ "f: fn()", "f()n", 0x9cd71c5e },
	{ "f: fn(): int", "f()i", 0x616977e8 },
	{ "f: fn(x: int): int", "f(i)i", 0xe67bf126 },
	{ "f: fn(a, b: int): int", "f(i,i)i", 0x6584767b },
	{ "f: fn(s: string, *): int", "f*(s)i", 0xac849033 },
	{ "f: fn(s: string, *): string", "f*(s)s", 0x4c0624b6 },
	{ "f: fn(a: byte, b: int, c: big, d: real, e: string)", "f(b,i,B,r,s)n", 0x944dc037 },
	{ "f: fn(t: (int, string), l: list of int, a: array of byte, c: chan of (int, string)): (int, string)",
	  "f(t(i,s),Li,Ab,C@1)@1", 0x74eb0db7 },
	{ "f: fn(t: ref Tree): ref Tree", "f(Ra(v:i,l:yR@1,r:yR@1))R@1", 0x736bcc11 },
	{ "f: fn(s: ref Shape, c: ref Shape.Circle, b: ref Shape.Box)",
	  "f(Ra(name:s,Circle=>p(r:r)@1,Box=>p(w:B,h:B)@1,Sq=>@3,Nil=>p()@1),R@2,R@3)n", 0x5225faad },
	{ "f: fn[T](x: T, y: list of T): T for { T => eq: fn(a, b: T): int; }", "f()(P,LP)P", 0x7a7e27dd },
	{ "f: fn(m: Q): Q", "f(m{s:s;x:i;alpha:f(i)s;get:f(SRa(a:i))i;zed:f()n;})@1", 0x00ec5591 },
	{ "f: fn(x: fixed(0.5)): fixed(0.5, 10.0)", "f(x.5)x7.450580596923828e-09", 0xe04106b8 },
	{ "f: fn(x: fixed(0.1)): fixed(0.25, 100.0)", "f(x.1)x5.960464477539063e-08", 0x236781f4 },
	{ "E: exception(int); f: fn(x: int) raises (E)", "f(i)(E)n", 0xb769a9ce },
	{ "Emod: exception; f: fn(i: int) raises (Emod)", "f(i)(Emod)n", 0x42f90e4c },
	{ "f: fn(a: array of array of int, f: ref fn(x: int): string)", "f(AAi,Rf(i)s)n", 0x1e7b0ad7 },
	{ "f: fn(f: ref fn(i: int): int): array of chan of real", "f(Rf(i)i)ACr", 0xa77fabcf },
	{ "f: fn(t: ref Tab[string])", "f(Ra()(items:ALt(i,s),n:i))n", 0xc38c6c2e },
	{ "f: fn[T](t: ref Tab[T], x: T): int", "f()(Ra()(items:ALt(i,P),n:i),P)i", 0x66c85d5f },
	{ "f: fn(a: Empty, b: ref Empty)", "f(a(),R@1)n", 0x243f2f64 },
	{ "f: fn(a: Pt, b: Pu, c: (int, int))", "f(a(x:i,y:i),@1,t(i,i))n", 0x397e3c39 },
	{ "f: fn(x: ref Pt, y: ref Pu)", "f(Ra(x:i,y:i),R@1)n", 0x81f3f797 },
	{ "f: fn(f: ref fn(x: int) raises (X), g: ref fn[T](x: T): T); X: exception", "f(Rf(i)(X)n,Rf()(P)P)n", 0 },
	{ "f: fn(x: int, y, z: (int, string)): (int, string)", "f(i,t(i,s),@1)@1", 0x896112a1 },
	{ "f: fn(l: ref L)", "f(Ra(next:yR@1,v:b))n", 0x0dc7f8ca },
	{ "f: fn(p: ref P.A, q: ref P)", "f(Rp(s:s)a(k:i,A=>@1,B=>@1,C=>p()@2),R@2)n", 0x68c68b9f },
	{ "f: fn(i: int, b: array of byte): ref Empty", "f(i,Ab)Ra()", 0x62a7cf80 },
};

static const char prologue[] =
	"implement T;\nT: module { };\n"
	"Tree: adt { v: int; l, r: cyclic ref Tree; };\n"
	"Shape: adt { name: string; pick { Circle => r: real; Box or Sq => w, h: big; Nil => } };\n"
	"Q: module { x: int; s: string; R: adt { a: int; get: fn(q: self ref R): int; }; zed: fn(); alpha: fn(n: int): string; };\n"
	"Tab: adt[T] { items: array of list of (int, T); n: int; };\n"
	"Empty: adt { };\n"
	"Pt, Pu: adt { x, y: int; };\n"
	"L: adt { next: cyclic ref L; v: byte; };\n"
	"P: adt { k: int; pick { A or B => s: string; C => } };\n";

START_TEST(examples)
{
	char text[4096];
	const char *s;
	Decl *d;
	size_t n;

	snprintf(text, sizeof text, "%sM: module { %s; };\nm: M; f() { m = nil; }\n", prologue, vectors[_i].decl);
	memory_check(&mem, text);
	ck_assert_str_eq(memory_diags(&mem), "");
	d = memory_find(&mem, "M->f");
	ck_assert_ptr_nonnull(d);
	s = sig_text(mem.l, d->ty, &n);
	ck_assert_str_eq(s, vectors[_i].text);
	if (vectors[_i].sig != 0)
		ck_assert_uint_eq(sig_type(mem.l, d->ty), vectors[_i].sig);
	memory_free(&mem);
}
END_TEST

START_TEST(methods)
{
	static const char text[] =
		"implement T;\nT: module {\n"
		"Tree: adt { v: int; l, r: cyclic ref Tree; walk: fn(t: self ref Tree, f: ref fn(n: int)): int; };\n"
		"Tab: adt[T] { items: array of list of (int, T); n: int; add: fn(t: self ref Tab, x: T); };\n"
		"count: int; name: string; };\n"
		"Tree.walk(t: self ref Tree, f: ref fn(n: int)): int { f(t.v); return 0; }\n"
		"Tab[T].add(t: self ref Tab[T], x: T) { t.items[0] = (1, x) :: nil; }\n"
		"f() { t: ref Tree; u: ref Tab[string]; t.walk(nil); u.add(\"\"); }\n";
	int nd, nf;
	Decl **v;

	memory_check(&mem, text);
	ck_assert_msg(strstr(memory_diags(&mem), "warning") == mem.diags || mem.l->nerrors == 0, "%s", mem.diags);
	ck_assert_uint_eq(sig_type(mem.l, memory_find(&mem, "T->Tree->walk")->ty), 0x2093768b);
	ck_assert_uint_eq(sig_type(mem.l, memory_find(&mem, "T->Tab->add")->ty), 0xcfb30a6d);
	v = types_members(mem.l, memory_find(&mem, "T")->ty, &nd, &nf);
	ck_assert_int_eq(nd, 2);
	ck_assert_int_eq(nf, 2);
	ck_assert_str_eq(v[0]->sym->name, "count");
	ck_assert_str_eq(v[2]->sym->name, "add");
	ck_assert_str_eq(v[3]->sym->name, "walk");
	ck_assert_uint_eq(sig_data(mem.l, v, nd), 0x33ac7065);
	memory_free(&mem);
}
END_TEST

/* ------------------------------------------------------- builtin modules */

static const char *const sources[][2] = {
	{ "Crypt", "ipints.m crypt.m" }, { "Draw", "sys.m draw.m" }, { "Freetype", "sys.m draw.m freetype.m" },
	{ "IPints", "ipints.m" }, { "Keyring", "sys.m ipints.m keyring.m" }, { "Loader", "loader.m" }, { "Math", "math.m" },
	{ "Prefab", "sys.m draw.m prefab.m" }, { "Srv", "srv.m" }, { "Sys", "sys.m" }, { "Tk", "sys.m draw.m tk.m" },
};

static void
setbit(void *aux, int off)
{
	char *map = aux;

	map[off / 4 / 8] |= 0x80 >> (off / 4 % 8);
}

static void
row(const char *fn, uint32_t sig, const char *size, const char *map, Decl *module)
{
	char got[64] = "", bits[64] = "";
	int i, n, nd, nf, end;
	Decl **v, *d;
	const char *simple;

	simple = strrchr(fn, '.');
	v = types_members(mem.l, module->ty, &nd, &nf);
	d = NULL;
	for (i = nd; i < nd + nf; i++) {
		if (strcmp(v[i]->sym->name, simple == NULL ? fn : simple + 1) != 0)
			continue;
		if (simple != NULL && (v[i]->dot->sym->len != (size_t)(simple - fn) || memcmp(v[i]->dot->sym->name, fn, simple - fn) != 0))
			continue;
		if (simple == NULL && v[i]->dot != module)
			continue;
		d = v[i];
	}
	ck_assert_msg(d != NULL, "no function %s", fn);
	ck_assert_msg(sig_type(mem.l, d->ty) == sig, "%s: %.8x, want %.8x", fn, sig_type(mem.l, d->ty), sig);
	if (d->ty->varargs) {
		ck_assert_str_eq(size, "varargs");
		return;
	}
	end = types_frame(mem.l, d->ty, NULL);
	ck_assert_msg((end + 7) / 8 * 8 == atoi(size), "%s: frame of %d", fn, end);
	for (d = d->ty->ids; d != NULL; d = d->next)
		types_map(mem.l, d->ty, d->offset, setbit, bits);
	for (n = 63; n > 0 && bits[n - 1] == 0; n--)
		;
	for (i = 0; i < n; i++)
		snprintf(got + 2 * i, 3, "%.2x", (uint8_t)bits[i]);
	ck_assert_msg(strcmp(n > 0 ? got : "-", map) == 0, "%s: map %s, want %s", fn, got, map);
}

START_TEST(builtins)
{
	char line[4096], module[64], fn[128], size[32], map[64], text[1024], *p, *w;
	Decl *m;
	uint32_t sig;
	FILE *f;
	int n;

	f = fopen(ROOTDIR "/tests/dis/signatures.tsv", "r");
	ck_assert_ptr_nonnull(f);
	p = text + sprintf(text, "implement T;\nT: module { };\n");
	w = strdup(sources[_i][1]);
	for (char *s = strtok(w, " "); s != NULL; s = strtok(NULL, " "))
		p += sprintf(p, "include \"" ROOTDIR "/module/%s\";\n", s);
	free(w);
	sprintf(p, "x: %s; f() { x = nil; }\n", sources[_i][0]);
	memory_check(&mem, text);
	ck_assert_str_eq(memory_diags(&mem), "");
	m = memory_find(&mem, sources[_i][0]);
	ck_assert_ptr_nonnull(m);
	n = 0;
	while (fgets(line, sizeof line, f) != NULL)
		if (sscanf(line, "$%63s %127s %x %31s %63s", module, fn, &sig, size, map) == 5 && strcmp(module, sources[_i][0]) == 0) {
			row(fn, sig, size, map, m);
			n++;
		}
	ck_assert_int_gt(n, 0);
	fclose(f);
	memory_free(&mem);
}
END_TEST

/* ---------------------------------------------------------------- layout */

START_TEST(layout)
{
	static const char text[] =
		"implement T;\nT: module {\n"
		"A: adt { b: byte; i: int; c: byte; r: real; s: string; };\n"
		"P: adt { n: int; pick { A => a: int; B => r: real; C => } };\n"
		"E: adt { };\n"
		"N: adt { a: A; b: byte; };\n"
		"v: int; s: string; b: byte; w: int;\n"
		"f: fn(n: byte, b: big, c: byte, s: string): int;\n"
		"g: fn(nil: byte, t: (byte, big), e: E): int;\n"
		"};\n"
		"f(n: byte, b: big, c: byte, s: string): int { return 0; }\n"
		"g(nil: byte, t: (byte, big), e: E): int { x: A; y: ref P; z: N; q: E; return 0; }\n";
	static const struct {
		const char *name;
		int offset;
	} fields[] = {
		{ "T->A->b", 0 }, { "T->A->i", 4 }, { "T->A->c", 8 }, { "T->A->r", 16 }, { "T->A->s", 24 }, { "T->P->n", 4 },
		{ "T->N->b", 32 },
	};
	int end, i;
	Decl *d;

	memory_check(&mem, text);
	ck_assert_msg(mem.l->nerrors == 0, "%s", memory_diags(&mem));
	ck_assert_int_eq(types_size(mem.l, memory_find(&mem, "T->A")->ty), 32);
	ck_assert_int_eq(types_size(mem.l, memory_find(&mem, "T->E")->ty), 0);
	ck_assert_int_eq(memory_find(&mem, "T->E")->ty->align, 1);
	ck_assert_int_eq(types_size(mem.l, memory_find(&mem, "T->N")->ty), 40);
	d = memory_find(&mem, "T->P")->ty->tags;
	ck_assert_int_eq(types_size(mem.l, d->ty), 12);
	ck_assert_int_eq(d->ty->ids->offset, 8);
	ck_assert_int_eq(types_size(mem.l, d->next->ty), 16);
	ck_assert_int_eq(d->next->ty->ids->offset, 8);
	ck_assert_int_eq(types_size(mem.l, d->next->next->ty), 8);
	for (i = 0; i < (int)(sizeof fields / sizeof fields[0]); i++)
		ck_assert_msg(memory_find(&mem, fields[i].name)->offset == fields[i].offset, "%s: %d", fields[i].name,
			      memory_find(&mem, fields[i].name)->offset);
	d = memory_find(&mem, "T->f");
	ck_assert_int_eq(types_frame(mem.l, d->ty, &end), 56);
	ck_assert_int_eq(d->ty->ids->offset, 32);
	ck_assert_int_eq(d->ty->ids->next->offset, 40);
	ck_assert_int_eq(d->ty->ids->next->next->offset, 48);
	ck_assert_int_eq(d->ty->ids->next->next->next->offset, 52);
	d = memory_find(&mem, "T->g");
	ck_assert_int_eq(types_frame(mem.l, d->ty, NULL), 56);
	ck_assert_int_eq(d->ty->ids->next->offset, 40);
	memory_free(&mem);
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("sig");
	Suite *s = suite_create("limbo_sig");
	SRunner *sr;
	int failed;

	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, examples, 0, sizeof vectors / sizeof vectors[0]);
	tcase_add_test(tc, methods);
	tcase_add_loop_test(tc, builtins, 0, sizeof sources / sizeof sources[0]);
	tcase_add_test(tc, layout);
	suite_add_tcase(s, tc);
	sr = srunner_create(s);
	srunner_run_all(sr, CK_NORMAL);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? 0 : 1;
}
