/*
 * Builtin functions called the way only a hostile object file can: any word as any argument, references copied without
 * being counted, results put anywhere. Whatever they answer, the host must not notice. Run with a sanitizer.
 *
 * Each program is made from a seed: it fills a pool of values of all kinds and then makes random calls, each with a
 * handler that leads to the next. MOD_HOSTILE=first,count runs other seeds.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libinterp/mod/modtab.h"
#include "tests/libinterp/machine.h"

#define X(m) extern const Builtinmod builtin_##m;
BUILTIN_MODULES(X)
#undef X
#define X(m) &builtin_##m,
static const Builtinmod *const mods[] = {BUILTIN_MODULES(X)};
#undef X

enum {
	NMOD = nelem(mods),
	CALLS = 60,
	POOL = 24,

	/* module data: paths, module references, the pool */
	PATHS = 0,
	MODS = 64,
	POOLAT = 128,
	DATA = POOLAT + 8 * POOL,

	/* frame of the program: the frame of a call, an exception */
	CALLEE = 40,
	EXC = 44,
	FRAME = 64,

	/* descriptors: 5 and up are element types */
	TDATA = 0,
	TFRAME,
	TVAR,
	TADT,
	TREF,
	TBYTE,
	TWORD,
	TREAL,
	TDIR,
};

/* Not for random arguments: they wait, or compute, for as long as they are asked to. */
static const char *const skip[] = {
	"sleep", "pipe", "genprime", "genstrongprime", "gensafeprime", "DSAprimes", "jn", "yn", "probably_prime",
};

static uint32_t seed;

static uint32_t
rnd(uint32_t n)
{
	seed = seed * 1664525 + 1013904223;
	return (seed >> 8) % n;
}

static void
add(DisModule *m, const char *name, uint8_t mode, int32_t src, int32_t mid, int32_t dst, int32_t dst2)
{
	DisInst in = {.op = (uint8_t)dis_opcode(name, strlen(name)), .mode = mode, .src = src, .mid = mid, .dst = dst, .dst2 = dst2};

	ck_assert_ptr_nonnull(dis_add_inst(m, &in));
}

#define IMM_MP DIS_MODE(DIS_MXXX, DIS_AIMM, DIS_AMP)
#define MP_IMM_MP DIS_MODE(DIS_MIMM, DIS_AMP, DIS_AMP)
#define IMM_IMM_MP DIS_MODE(DIS_MIMM, DIS_AIMM, DIS_AMP)

static int32_t
slot(void)
{
	return POOLAT + 8 * (int32_t)rnd(POOL);
}

static int32_t
number(void)
{
	static const int32_t n[] = {0, 1, 2, 3, 4, 7, 8, 16, 20, 64, 100, 255, 1000, ARENA_LO, ARENA_LO + 4, DIS_MAXOPERAND, -1, -2, DIS_MINOPERAND};

	return rnd(4) == 0 ? (int32_t)rnd(1u << 29) : n[rnd(nelem(n))];
}

/* A value for the pool, made as an honest program would. */
static void
value(DisModule *m, int32_t at)
{
	switch (rnd(7)) {
	case 0:
		add(m, "new", IMM_MP, TADT, 0, at, 0);
		break;
	case 1:
		add(m, "newcw", DIS_MODE(DIS_MXXX, DIS_AXXX, DIS_AMP), 0, 0, at, 0);
		break;
	case 2:
		add(m, "consp", DIS_MODE(DIS_MXXX, DIS_AMP, DIS_AMP), slot(), 0, at, 0);
		break;
	case 3:
		add(m, "consw", IMM_MP, number(), 0, at, 0);
		break;
	default:
		add(m, "newaz", IMM_IMM_MP, (int32_t)rnd(rnd(2) ? 8 : 300), TREF + (int32_t)rnd(5), at, 0);
		break;
	}
}

static bool
skipped(const char *name)
{
	for (int i = 0; i < nelem(skip); i++)
		if (strcmp(skip[i], name) == 0)
			return true;
	return false;
}

static void
call(DisModule *m)
{
	int k = (int)rnd(NMOD), f = (int)rnd((uint32_t)mods[k]->nfn);
	const Builtinfn *fn = &mods[k]->fn[f];
	int32_t mod = MODS + 4 * k, off, size = (int32_t)fn->size, first = m->ncode;
	DisHandler *h;

	if (skipped(fn->name))
		return;
	if (fn->varargs) {
		size = 96;
		add(m, "frame", DIS_MODE(DIS_MXXX, DIS_AIMM, DIS_AFP), TVAR, 0, CALLEE, 0);
	} else
		add(m, "mframe", DIS_MODE(DIS_MIMM, DIS_AMP, DIS_AFP), mod, f, CALLEE, 0);
	for (off = DIS_FRAME_ARGS; off < size; off += 4)
		switch (rnd(5)) {
		case 0: /* not counted */
			add(m, "movw", DIS_MODE(DIS_MXXX, DIS_AMP, DIS_AINDFP), slot(), 0, CALLEE, off);
			break;
		case 1:
			add(m, "movw", DIS_MODE(DIS_MXXX, DIS_AIMM, DIS_AINDFP), number(), 0, CALLEE, off);
			break;
		case 2:
			add(m, "lea", DIS_MODE(DIS_MXXX, DIS_AMP, DIS_AINDFP), slot() + 4 * (int32_t)rnd(2), 0, CALLEE, off);
			break;
		default:
			add(m, "movp", DIS_MODE(DIS_MXXX, DIS_AMP, DIS_AINDFP), slot(), 0, CALLEE, off);
			break;
		}
	switch (rnd(6)) {
	case 0:
		add(m, "movw", DIS_MODE(DIS_MXXX, DIS_AIMM, DIS_AINDFP), number(), 0, CALLEE, DIS_FRAME_RET);
		break;
	case 1: /* into an object */
		add(m, "movw", DIS_MODE(DIS_MXXX, DIS_AMP, DIS_AINDFP), slot(), 0, CALLEE, DIS_FRAME_RET);
		break;
	default:
		add(m, "lea", DIS_MODE(DIS_MXXX, DIS_AMP, DIS_AINDFP), slot(), 0, CALLEE, DIS_FRAME_RET);
		break;
	}
	add(m, "mcall", DIS_MODE(DIS_MIMM, DIS_AFP, DIS_AMP), CALLEE, f, mod, 0);
	h = dis_add_handler(m);
	ck_assert_ptr_nonnull(h);
	h->eoff = EXC;
	h->pc1 = first;
	h->pc2 = h->wild = m->ncode;
	h->desc = -1;
	if (rnd(4) == 0)
		value(m, slot());
}

static void
program(DisBuf *b)
{
	static const char *const text[] = {"a", "#e/x", "#e", "abc def", "é", "日本語", "%d %s %g %bd %q %*.*f %H", "/dev/null", "12345678901234567890"};
	uint8_t map[(DATA / 4 + 7) / 8];
	DisModule *m = dis_new();
	DisImports *il;
	DisError err;
	int i, k;

	memset(map, 0, sizeof map);
	for (i = 0; i < DATA / 4; i++)
		if (i < POOLAT / 4 || i % 2 == 0)
			map[i / 8] |= (uint8_t)(0x80 >> i % 8);
	m->name = dis_strdup(m, "T");
	m->stackext = 1000;
	m->datasize = DATA;
	m->flags = DIS_HASLDT | DIS_HASEXCEPT;
	dis_add_type(m, TDATA, DATA, map, sizeof map);
	dis_add_type(m, TFRAME, FRAME, (const uint8_t *)"\x00\x10", 2);
	dis_add_type(m, TVAR, 96, (const uint8_t *)"\x00\xc0", 2);
	dis_add_type(m, TADT, 16, (const uint8_t *)"\x50", 1);
	dis_add_type(m, TREF, 4, (const uint8_t *)"\x80", 1);
	dis_add_type(m, TBYTE, 1, (const uint8_t *)"", 0);
	dis_add_type(m, TWORD, 4, (const uint8_t *)"", 0);
	dis_add_type(m, TREAL, 8, (const uint8_t *)"", 0);
	dis_add_type(m, TDIR, 64, (const uint8_t *)"\xf0", 1);
	for (k = 0; k < NMOD; k++) {
		dis_add_data(m, DIS_DEFS, PATHS + 4 * k, (int32_t)strlen(mods[k]->name), mods[k]->name);
		il = dis_add_imports(m);
		for (i = 0; i < mods[k]->nfn; i++)
			dis_add_import(m, il, mods[k]->fn[i].sig, mods[k]->fn[i].name);
	}
	for (i = 0; i < nelem(text); i++)
		dis_add_data(m, DIS_DEFS, POOLAT + 8 * i, (int32_t)strlen(text[i]), text[i]);
	for (k = 0; k < NMOD; k++)
		add(m, "load", MP_IMM_MP, PATHS + 4 * k, k, MODS + 4 * k, 0);
	for (i = nelem(text); i < POOL; i++)
		value(m, POOLAT + 8 * i);
	for (i = 0; i < CALLS; i++)
		call(m);
	add(m, "ret", DIS_MODE(DIS_MXXX, DIS_AXXX, DIS_AXXX), 0, 0, 0, 0);
	dis_add_link(m, 0, TFRAME, 0x4ee5965a, "run");
	ck_assert_msg(dis_write(m, b, &err), "%s", err.msg);
	dis_free(m);
}

START_TEST(test_calls)
{
	uint32_t first = 1, count = 300, s;
	const char *e = getenv("MOD_HOSTILE"), *r;
	int ran = 0;

	if (e != NULL)
		ck_assert_int_eq(sscanf(e, "%u,%u", &first, &count), 2);
	machine_init(64 << 20, 16 << 20);
	dev_init();
	for (s = first; s < first + count; s++) {
		DisBuf b = {0};
		seed = s * 2654435761u;
		program(&b);
		r = machine_load(b.p, b.n);
		ck_assert_msg(strncmp(r, "error", 5) != 0, "seed %u: %s", s, r);
		if (strcmp(r, "gone") == 0)
			ran++;
		dis_buffree(&b);
	}
	/* Most programs come to their end: the calls are really made. */
	ck_assert_int_gt(ran, (int)count / 2);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("hostile");
	TCase *t = tcase_create("hostile");

	tcase_set_timeout(t, 600);
	tcase_add_test(t, test_calls);
	suite_add_tcase(s, t);
	SRunner *r = srunner_create(s);
	if (getenv("MOD_HOSTILE") != NULL)
		srunner_set_fork_status(r, CK_NOFORK);
	srunner_run_all(r, CK_NORMAL);
	int n = srunner_ntests_failed(r);
	srunner_free(r);
	return n != 0;
}
