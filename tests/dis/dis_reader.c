/*
 * The reader and writer: what is accepted, what is refused with which text, and that nothing crashes either.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "samples.h"

static DisModule *
mustread(const DisBuf *b)
{
	DisError err = {0};
	DisModule *m = dis_read(b->p, b->n, &err);

	ck_assert_msg(m != NULL, "%s at %zu: %s", err.msg, err.at, err.detail);
	return m;
}

START_TEST(roundtrip)
{
	DisBuf b = {0}, c = {0};
	DisModule *m;

	samplefile(_i, &b);
	m = mustread(&b);
	ck_assert(dis_write(m, &c, NULL));
	ck_assert_uint_eq(b.n, c.n);
	ck_assert_mem_eq(b.p, c.p, b.n);
	dis_free(m);
	dis_buffree(&b);
	dis_buffree(&c);
}
END_TEST

START_TEST(contents)
{
	DisBuf b = {0};
	DisModule *m;

	samplefile(0, &b);
	m = mustread(&b);
	ck_assert_int_eq(m->flags, DIS_HASLDT | DIS_HASEXCEPT);
	ck_assert_int_eq(m->stackext, 400);
	ck_assert_int_eq(m->datasize, 4);
	ck_assert_int_eq(m->ncode, 6);
	ck_assert_int_eq(m->code[4].op, IADDW);
	ck_assert_int_eq(m->code[4].mode, DIS_MODE(DIS_MFP, DIS_AIMM, DIS_AINDFP));
	ck_assert_int_eq(m->code[4].src, 1);
	ck_assert_int_eq(m->code[4].mid, 32);
	ck_assert_int_eq(m->code[4].dst, 16);
	ck_assert_int_eq(m->code[4].dst2, 0);
	ck_assert_int_eq(m->ntypes, 2);
	ck_assert_int_eq(dis_type(m, 1)->size, 40);
	ck_assert(dis_isref(dis_type(m, 1), 36));
	ck_assert(!dis_isref(dis_type(m, 1), 32));
	ck_assert(!dis_isref(dis_type(m, 1), 40));
	ck_assert_ptr_null(dis_type(m, 2));
	ck_assert_ptr_null(dis_type(m, -1));
	ck_assert_int_eq(m->ndata, 1);
	ck_assert_int_eq(m->data[0].type, DIS_DEFS);
	ck_assert_str_eq(m->data[0].u.str, "neg");
	ck_assert_str_eq(m->name, "W");
	ck_assert_int_eq(m->nlinks, 1);
	ck_assert_uint_eq(m->link[0].sig, 0xe67bf126);
	ck_assert_str_eq(m->link[0].name, "f");
	ck_assert_int_eq(m->nimports, 0);
	ck_assert_int_eq(m->nhandlers, 1);
	ck_assert_int_eq(m->handler[0].eoff, 36);
	ck_assert_int_eq(m->handler[0].nlabels, 1);
	ck_assert_int_eq(m->handler[0].nexc, 0);
	ck_assert_str_eq(m->handler[0].label[0].name, "ne*");
	ck_assert_int_eq(m->handler[0].label[0].pc, 2);
	ck_assert_int_eq(m->handler[0].wild, -1);
	ck_assert_str_eq(m->source, "/w.b");
	ck_assert(!m->issigned);
	ck_assert_uint_eq(m->body, 4);
	ck_assert(dis_check(m, NULL));
	dis_free(m);
	dis_buffree(&b);
}
END_TEST

/* The examples pass the strict checks, what everything() adds to them does not. */
START_TEST(checks)
{
	DisError err = {0};
	DisBuf b = {0};
	DisModule *m;

	samplefile(1, &b);
	m = mustread(&b);
	ck_assert_msg(dis_check(m, &err), "%s %zu: %s", err.msg, err.at, err.detail);
	m->code[1].dst = -4;
	ck_assert(!dis_check(m, &err));
	ck_assert_str_eq(err.msg, "bad operand");
	ck_assert_uint_eq(err.at, 1);
	dis_free(m);
	dis_buffree(&b);
	m = everything();
	ck_assert(!dis_check(m, &err));
	ck_assert_str_eq(err.msg, "bad operand");
	dis_free(m);
}
END_TEST

START_TEST(signedfile)
{
	DisBuf b = {0};
	DisModule *m;

	samplefile(3, &b);
	m = mustread(&b);
	ck_assert(m->issigned);
	ck_assert_int_eq(m->nsign, 3);
	ck_assert_mem_eq(m->sign, "\x02\xaa\xbb", 3);
	ck_assert_uint_eq(m->body, 8);
	ck_assert_int_eq(m->flags, DIS_HASLDT);
	dis_free(m);
	dis_buffree(&b);
}
END_TEST

/* Files and the error each is refused with; NULL if it is to be read. */
static const struct {
	const char *hex, *error;
} cases[] = {
    {"", "bad magic"},
    {"c0", "bad magic"},
    {"c00c8031 00", "bad magic"},
    {"c00e1722 3f 00", "corrupt signature"},
    {"c00e1722 7f 00", "corrupt signature"},
    {"c00c8030 00", "implausible Dis file"},
    /* Sizes in the header: code, data, types, links. */
    {"c00c8030 8040 00 7f 00 00 00 7f 7f 00 4100 00 00 00", "implausible Dis file"},
    {"c00c8030 8040 00 00 7f 00 00 7f 7f 00 4100 00 00 00", "implausible Dis file"},
    {"c00c8030 8040 00 00 00 7f 00 7f 7f 00 4100 00 00 00", "implausible Dis file"},
    {"c00c8030 8040 00 00 00 00 7f 7f 7f 00 4100 00 00 00", "implausible Dis file"},
    {"c00c8030 8040 00 dfffffff 00 00 00 7f 7f 00 4100 00 00 00", "implausible Dis file"},
    {"c00c8030 8040 00 00 00 dfffffff 00 7f 7f 00 4100 00 00 00", "implausible Dis file"},
    {"c00c8030 8040 00 00 00 00 dfffffff 7f 7f 00 4100 00 00 00", "implausible Dis file"},
    /* Long operands, no source path, bytes behind it, unknown flags, a wild entry. */
    {"c00c8030 c0000040 8000 8000 c0000000 00 00 ffffffff bfff 00 4100 00 00 00", NULL},
    {"c00c8030 8040 00 00 00 00 00 7f 7f 00 4100 00 00", NULL},
    {"c00c8030 8040 00 00 00 00 00 7f 7f 00 4100 00 00 6100 ffff", NULL},
    {"c00c8030 8440 00 00 00 00 00 7f 7f 00 4100 00 00 00", NULL},
    {"c00c8030 8040 00 00 00 00 00 9fff 9fff 00 4100 00 00 00", NULL},
    /* Branches. jmp $0, $1, $-1; jmp without immediate; beqc; goto is not checked. */
    {"c00c8030 8040 00 01 00 00 00 7f 7f 0d1a00 00 4100 00 00 00", NULL},
    {"c00c8030 8040 00 01 00 00 00 7f 7f 0d1a01 00 4100 00 00 00", "bad branch addr"},
    {"c00c8030 8040 00 01 00 00 00 7f 7f 0d1a7f 00 4100 00 00 00", "bad branch addr"},
    {"c00c8030 8040 00 01 00 00 00 7f 7f 0d1905 00 4100 00 00 00", NULL},
    {"c00c8030 8040 00 01 00 00 00 7f 7f 69c2000001 00 4100 00 00 00", "bad branch addr"},
    {"c00c8030 8040 00 01 00 00 00 7f 7f 031205 09 00 4100 00 00 00", NULL},
    {"c00c8030 8040 00 01 00 00 00 7f 7f ff1a05 00 4100 00 00 00", NULL},
    /* Types. */
    {"c00c8030 8040 00 00 00 01 00 7f 7f 000000 00 4100 00 00 00", NULL},
    {"c00c8030 8040 00 00 00 01 00 7f 7f 010000 00 4100 00 00 00", NULL},
    {"c00c8030 8040 00 00 00 01 00 7f 7f 020000 00 4100 00 00 00", "heap id range"},
    {"c00c8030 8040 00 00 00 01 00 7f 7f 7f0000 00 4100 00 00 00", "heap id range"},
    {"c00c8030 8040 00 00 00 01 00 7f 7f 007f00 00 4100 00 00 00", "implausible Dis file"},
    {"c00c8030 8040 00 00 00 01 00 7f 7f 00007f 00 4100 00 00 00", "implausible Dis file"},
    {"c00c8030 8040 00 00 00 01 00 7f 7f 0000c0020001 00 4100 00 00 00", "implausible Dis file"},
    {"c00c8030 8040 00 00 04 01 00 7f 7f 000400 00 4100 00 00 00", NULL},
    {"c00c8030 8040 00 00 04 01 00 7f 7f 000800 00 4100 00 00 00", "bad desc for mp"},
    {"c00c8030 8040 00 00 04 01 00 7f 7f 010400 00 4100 00 00 00", "bad desc for mp"},
    {"c00c8030 8040 00 00 04 00 00 7f 7f 00 4100 00 00 00", "bad desc for mp"},
    {"c00c8030 8040 00 00 00 01 00 7f 7f 000800 00 4100 00 00 00", NULL},
    /* Name and what follows. */
    {"c00c8030 8040 00 00 00 00 00 7f 7f 00 00 00 00 00", NULL},
    {"c00c8030 8050 00 00 00 00 00 7f 7f 00 4100 00 00 00", "obsolete dis"},
    {"c00c8030 10 00 00 00 00 00 7f 7f 00 4100", "obsolete dis"},
    {"c00c8030 8040 00 00 00 00 00 7f 7f 00 4100 7f 00 00", "implausible Dis file"},
    {"c00c8030 8040 00 00 00 00 00 7f 7f 00 4100 01 7f 00 00", "implausible Dis file"},
    {"c00c8030 8040 00 00 00 00 00 7f 7f 00 4100 01 9fff 00 00", "implausible Dis file"},
    {"c00c8030 20 00 00 00 00 00 7f 7f 00 4100 01 00 00 00 7f 00 7f 00", NULL},
    {"c00c8030 20 00 00 00 00 00 7f 7f 00 4100 01 00 00 00 7f 7f 7f 00", "implausible Dis file"},
    {"c00c8030 20 00 00 00 00 00 7f 7f 00 4100 01 00 00 00 7f c0020001 6100 00 7f 00", "implausible Dis file"},
};

START_TEST(errors)
{
	DisError err = {0};
	DisBuf b = {0};
	DisModule *m;

	hexput(&b, cases[_i].hex);
	m = dis_read(b.p, b.n, &err);
	if (cases[_i].error) {
		ck_assert_msg(m == NULL, "%s", cases[_i].hex);
		ck_assert_str_eq(err.msg, cases[_i].error);
	} else
		ck_assert_msg(m != NULL, "%s: %s (%s)", cases[_i].hex, err.msg, err.detail);
	dis_free(m);
	dis_buffree(&b);
}
END_TEST

/*
 * Data items in a module with 16 bytes of data and the descriptors 0: 16 bytes, 1: a word, 2: a reference, 3: nothing
 * (its number is missing), 4: no bytes.
 */
static const struct {
	const char *items, *error;
} items[] = {
    {"", NULL},
    {"2100 00000001", NULL},
    {"200100 00000001", NULL},
    {"210c 00000001", NULL},
    {"210d 00000001", "implausible Dis file"},
    {"217f 00000001", "implausible Dis file"},
    {"207f00 00000001", "implausible Dis file"},
    {"20 dfffffff 00", "implausible Dis file"},
    {"8201 0000000000000000 0000000000000000", "implausible Dis file"},
    {"8200 0000000000000000 0000000000000000", NULL},
    {"1110 00", "implausible Dis file"},
    {"110f 00", NULL},
    {"310c 61", NULL},
    {"310d 61", "implausible Dis file"},
    {"3102 61", "implausible Dis file"},
    {"3110 61", "implausible Dis file"},
    {"3200 ff00", NULL},
    {"9100 00000000", "bad data item"},
    {"0100 00", "bad data item"},
    {"f100 00", "bad data item"},
    /* Arrays. */
    {"5100 0000000100000003", NULL},
    {"5000 00 0000000100000003", NULL},
    {"5100 ffffffff00000003", "bad array type"},
    {"5100 0000000600000003", "bad array type"},
    {"5100 0000000500000003", "bad array type"},
    {"5100 0000000300000003", "bad array type"},
    {"5100 00000001ffffffff", "implausible Dis file"},
    {"5110 0000000100000003", "implausible Dis file"},
    {"5100 0000000100000003 6100 00000000 2300 000000010000000200000003 7100 2104 00000001", NULL},
    {"5100 0000000100000003 6100 00000001 2300 000000010000000200000003", "implausible Dis file"},
    {"5100 0000000100000003 6100 00000001 217c 00000001", NULL},
    {"5100 0000000100000003 6100 00000001 2178 00000001", "implausible Dis file"},
    {"5100 0000000100000003 6100 00000003", NULL},
    {"5100 0000000100000003 6100 00000003 7100 6100 00000000", NULL},
    {"5100 0000000100000003 6100 00000004", "array init range"},
    {"5100 0000000100000003 6100 ffffffff", "array init range"},
    {"5100 000000017fffffff 6100 7fffffff", NULL},
    {"5100 000000007fffffff 6100 7ffffffe 2100 00000001", "implausible Dis file"},
    {"5100 0000000400000003 6100 00000002 1100 00", "implausible Dis file"},
    {"6100 00000000", "ind not array"},
    {"5100 0000000100000003 6104 00000000", "ind not array"},
    {"5100 0000000100000003 617f 00000000", "ind not array"},
    {"5100 0000000100000003 2100 00000000 6100 00000000", "ind not array"},
    {"5104 0000000100000003 1107 00 6104 00000000", "ind not array"},
    {"5104 0000000100000003 1108 00 6104 00000000", NULL},
    {"5104 0000000100000003 3104 61 6104 00000000", "ind not array"},
    {"5104 0000000100000003 3100 61 5104 0000000100000002 6104 00000003", "array init range"},
    {"7100", "pop range"},
    {"5100 0000000100000003 6100 00000000 7100 7100", "pop range"},
    /* Nested: four are fine. */
    {"5100 0000000200000001 6100 00000000 5100 0000000200000001 6100 00000000 5100 0000000200000001 6100 00000000"
     "5100 0000000100000001 6100 00000000 2100 00000001 7100 7100 7100 7100",
     NULL},
    {"5100 0000000200000001 6100 00000000 5100 0000000200000001 6100 00000000 5100 0000000200000001 6100 00000000"
     "5100 0000000200000001 6100 00000000 5100 0000000100000001 6100 00000000",
     "array init range"},
};

START_TEST(dataitems)
{
	DisError err = {0};
	DisBuf b = {0};
	DisModule *m;

	hexput(&b, "c00c8030 8040 00 00 10 05 00 7f 7f 00100180 010400 02040180 050400 040000");
	hexput(&b, items[_i].items);
	hexput(&b, "00 4100 00 00 00");
	m = dis_read(b.p, b.n, &err);
	if (items[_i].error) {
		ck_assert_msg(m == NULL, "%s", items[_i].items);
		ck_assert_msg(strcmp(err.msg, items[_i].error) == 0, "%s: %s", items[_i].items, err.msg);
	} else
		ck_assert_msg(m != NULL, "%s: %s (%s)", items[_i].items, err.msg, err.detail);
	dis_free(m);
	dis_buffree(&b);
}
END_TEST

/* Many arrays: the table of held arrays grows and forgets nothing. */
START_TEST(manyarrays)
{
	enum { N = 5000 };
	DisError err = {0};
	DisBuf b = {0};
	DisModule *m = dis_new();

	m->datasize = 4 * N;
	dis_add_type(m, 0, 4 * N, NULL, 0);
	dis_add_type(m, 1, 4, NULL, 0);
	for (int i = 0; i < N; i++)
		dis_add_array(m, 4 * i, 1, i);
	for (int i = 0; i < N; i++) {
		dis_add_ind(m, 4 * i, i);
		dis_add_apop(m);
	}
	ck_assert(dis_write(m, &b, NULL));
	dis_free(m);
	m = dis_read(b.p, b.n, &err);
	ck_assert_msg(m != NULL, "%s", err.msg);
	dis_add_ind(m, 4 * 17, 18);
	b.n = 0;
	ck_assert(dis_write(m, &b, NULL));
	dis_free(m);
	ck_assert_ptr_null(dis_read(b.p, b.n, &err));
	ck_assert_str_eq(err.msg, "array init range");
	dis_buffree(&b);
}
END_TEST

START_TEST(names)
{
	for (size_t len = 126; len <= 129; len++) {
		DisError err = {0};
		DisBuf b = {0};
		DisModule *m;

		hexput(&b, "c00c8030 8040 00 00 00 00 00 7f 7f 00");
		for (size_t i = 0; i < len; i++)
			dis_bufput(&b, "n", 1);
		hexput(&b, "00 00 00 00");
		m = dis_read(b.p, b.n, &err);
		if (len < DIS_MAXNAME)
			ck_assert_msg(m != NULL, "%s", err.msg);
		else {
			ck_assert_ptr_null(m);
			ck_assert_str_eq(err.msg, "bad module name");
		}
		dis_free(m);
		dis_buffree(&b);
	}
}
END_TEST

START_TEST(longfile)
{
	uint8_t *p = calloc(1, DIS_MAXFILE);
	DisError err = {0};
	DisBuf b = {0};
	DisModule *m;

	samplefile(0, &b);
	memcpy(p, b.p, b.n);
	dis_buffree(&b);
	m = dis_read(p, DIS_MAXFILE - 1, &err);
	ck_assert_ptr_nonnull(m);
	ck_assert_str_eq(m->source, "/w.b");
	dis_free(m);
	ck_assert_ptr_null(dis_read(p, DIS_MAXFILE, &err));
	ck_assert_str_eq(err.msg, "implausible length");
	free(p);
}
END_TEST

static bool
knownerror(const char *s)
{
	static const char *const known[] = {
	    "bad magic",       "corrupt signature", "implausible Dis file", "bad branch addr",    "heap id range",
	    "bad desc for mp", "bad data item",     "bad array type",       "ind not array",      "array init range",
	    "pop range",       "bad module name",   "obsolete dis",         "out of memory: main"};

	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
		if (strcmp(s, known[i]) == 0)
			return true;
	return false;
}

/* A copy that ends where memory ends, so that an overrun shows. */
static DisModule *
readcopy(const uint8_t *p, size_t n, DisError *err)
{
	uint8_t *copy = malloc(n ? n : 1);
	DisModule *m;

	memcpy(copy, p, n);
	m = dis_read(copy, n, err);
	free(copy);
	return m;
}

/* A file cut short is refused, unless only the source path suffers. */
START_TEST(truncation)
{
	DisBuf b = {0};
	DisModule *m;
	size_t body;

	samplefile(_i, &b);
	m = mustread(&b);
	body = m->source ? b.n - strlen(m->source) - 1 : b.n;
	dis_free(m);
	for (size_t n = 0; n < b.n; n++) {
		DisError err = {0};

		m = readcopy(b.p, n, &err);
		if (n >= body)
			ck_assert_msg(m != NULL, "%zu of %zu: %s", n, b.n, err.msg);
		else {
			ck_assert_msg(m == NULL, "%zu of %zu", n, b.n);
			ck_assert_msg(knownerror(err.msg), "%s", err.msg);
		}
		dis_free(m);
	}
	dis_buffree(&b);
}
END_TEST

static uint32_t
rnd(uint32_t *seed)
{
	*seed = *seed * 1664525 + 1013904223;
	return *seed >> 8;
}

/* Whatever bytes change, the file is refused with a known text or read; and what was read can be written and read. */
START_TEST(noise)
{
	uint32_t seed = 12345 + (uint32_t)_i;
	DisBuf b = {0}, c = {0}, out = {0};
	int readable = 0;

	samplefile(_i, &b);
	for (int round = 0; round < 20000; round++) {
		DisError err = {0};
		DisModule *m, *again;

		c.n = 0;
		dis_bufput(&c, b.p, b.n);
		for (uint32_t k = rnd(&seed) % 3 + 1; k > 0; k--) {
			uint32_t at = rnd(&seed) % (uint32_t)c.n;

			c.p[at] = rnd(&seed) % 2 ? (uint8_t)rnd(&seed) : c.p[at] ^ (uint8_t)(1 << rnd(&seed) % 8);
		}
		m = readcopy(c.p, c.n, &err);
		if (m == NULL) {
			ck_assert_msg(knownerror(err.msg), "%s", err.msg);
			continue;
		}
		readable++;
		dis_check(m, &err);
		out.n = 0;
		ck_assert_msg(dis_write(m, &out, &err), "%s %s", err.msg, err.detail);
		again = dis_read(out.p, out.n, &err);
		ck_assert_msg(again != NULL, "%s %s", err.msg, err.detail);
		ck_assert_int_eq(again->ncode, m->ncode);
		ck_assert_int_eq(again->ndata, m->ndata);
		dis_free(again);
		dis_free(m);
	}
	ck_assert_int_gt(readable, 0);
	dis_buffree(&b);
	dis_buffree(&c);
	dis_buffree(&out);
}
END_TEST

/* What the file cannot express is refused by the writer. */
START_TEST(unwritable)
{
	static const struct {
		uint8_t mode;
		DisInst in;
	} bad[] = {
	    {DIS_MODE(DIS_MXXX, DIS_AIMM, DIS_AXXX), {.src = DIS_MAXOPERAND + 1}},
	    {DIS_MODE(DIS_MIMM, DIS_AXXX, DIS_AXXX), {.mid = 32768}},
	    {DIS_MODE(DIS_MFP, DIS_AXXX, DIS_AXXX), {.mid = -1}},
	    {DIS_MODE(DIS_MMP, DIS_AXXX, DIS_AXXX), {.mid = 65536}},
	    {DIS_MODE(DIS_MXXX, DIS_AINDFP, DIS_AXXX), {.src = 65536}},
	    {DIS_MODE(DIS_MXXX, DIS_AXXX, DIS_AINDMP), {.dst2 = -1}},
	};
	DisError err = {0};
	DisBuf b = {0};

	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		DisModule *m = dis_new();
		DisInst in = bad[i].in;

		in.op = IADDW;
		in.mode = bad[i].mode;
		dis_add_inst(m, &in);
		ck_assert_msg(!dis_write(m, &b, &err), "%zu", i);
		ck_assert_str_eq(err.msg, "operand out of range");
		dis_free(m);
	}
	dis_buffree(&b);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("dis reader");
	TCase *t = tcase_create("all");
	SRunner *r;
	int failed;

	tcase_set_timeout(t, 120);
	tcase_add_loop_test(t, roundtrip, 0, nfiles());
	tcase_add_test(t, contents);
	tcase_add_test(t, checks);
	tcase_add_test(t, signedfile);
	tcase_add_loop_test(t, errors, 0, sizeof cases / sizeof cases[0]);
	tcase_add_loop_test(t, dataitems, 0, sizeof items / sizeof items[0]);
	tcase_add_test(t, manyarrays);
	tcase_add_test(t, names);
	tcase_add_test(t, longfile);
	tcase_add_loop_test(t, truncation, 0, nfiles());
	tcase_add_loop_test(t, noise, 0, nfiles());
	tcase_add_test(t, unwritable);
	suite_add_tcase(s, t);
	r = srunner_create(s);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed ? 1 : 0;
}
