/*
 * The sample object files.
 */
#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "samples.h"

const Sample samples[] = {
    {"handler", "c00c8030 8060 8190 06 04 02 01 7f 7f"
		"60 92 20 00 04  9e 03 00  2d 15 00 10 00  0c 1b  3a 95 20 01 10 00  0c 1b"
		"00 04 01 80  01 28 02 0040"
		"33 00 6e6567 00  57 00  00 01 e67bf126 66 00  00 00"
		"01 24 00 02 7f 01 6e652a00 02 7f 00  2f772e6200"},
    {"array",
     "c00c8030 80608280 15100302 7f7f1151 01032855 09282c5d 922c0007 3d11012c 72893028 2c290d24 30000d1a 02728a30"
     "28012905 0c300062 9220c001 11700b9e 03043a08 20000d1a 0f2d107f 000d1a0f 2d050010 00728a30 28012929 30003453"
     "8d342410 04290108 340c1b00 10017001 04018002 80400200 66330462 6967330c 6f6e6500 58007f7f 57c234ba 2e6d7000"
     "0002a8f3 49746600 00000138 090c7f01 62696700 0d7f002f 65782e62 00"},
    {"empty", "c00c8030 00 00 00 00 00 00 7f 7f  00  00"},
    {"signed", "c00e1722 03 02aabb 8040 00 00 00 00 00 7f 7f  00  4100  00 00  2f6100"},
};
const int nsamples = sizeof samples / sizeof samples[0];

void
hexput(DisBuf *b, const char *hex)
{
	int half = -1, v;

	for (const char *p = hex; *p; p++) {
		if (*p == ' ')
			continue;
		v = *p <= '9' ? *p - '0' : (*p | 0x20) - 'a' + 10;
		ck_assert(v >= 0 && v < 16);
		if (half < 0)
			half = v;
		else {
			uint8_t c = (uint8_t)(half << 4 | v);

			ck_assert(dis_bufput(b, &c, 1));
			half = -1;
		}
	}
	ck_assert_int_eq(half, -1);
}

static void
inst(DisModule *m, int op, unsigned mid, unsigned src, unsigned dst, DisInst v)
{
	v.op = (uint8_t)op;
	v.mode = DIS_MODE(mid, src, dst);
	ck_assert_ptr_nonnull(dis_add_inst(m, &v));
}

DisModule *
everything(void)
{
	static const uint8_t mpmap[] = {0xc1}, wide[] = {0, 0x40, 0, 0};
	const uint8_t bytes[] = {0, 255, 7};
	const int32_t words[] = {INT32_MIN, -1, 0, INT32_MAX, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13};
	const double reals[] = {0.1, -0.0, INFINITY, 5e-324, 1e300};
	const int64_t bigs[] = {INT64_MIN, INT64_MAX, -1};
	const uint64_t nan = 0x7ff8000000abcdefu;
	DisModule *m = dis_new();
	DisImports *l;
	DisHandler *h;
	double x;

	ck_assert_ptr_nonnull(m);
	m->flags = DIS_HASLDT | DIS_HASEXCEPT;
	m->stackext = 4000;
	m->datasize = 400;
	m->entrypc = 0;
	m->entrydesc = 1;
	m->name = dis_strdup(m, "Every+Thing");
	m->source = dis_strdup(m, "/appl/every \"thing\".b");

	inst(m, IADDW, DIS_MIMM, DIS_AIMM, DIS_AFP, (DisInst){.mid = -32768, .src = DIS_MAXOPERAND, .dst = 32});
	inst(m, IADDW, DIS_MFP, DIS_AIMM, DIS_AMP, (DisInst){.mid = 65535, .src = DIS_MINOPERAND, .dst = 396});
	inst(m, IADDW, DIS_MMP, DIS_AMP, DIS_AINDFP, (DisInst){.mid = 64, .src = 63, .dst = 65535, .dst2 = 65535});
	inst(m, IADDW, DIS_MXXX, DIS_AINDMP, DIS_AINDFP, (DisInst){.src = 64, .src2 = 8192, .dst = 32});
	inst(m, IBEQW, DIS_MIMM, DIS_AIMM, DIS_AIMM, (DisInst){.mid = 1, .src = 1, .dst = 0});
	inst(m, IJMP, DIS_MXXX, DIS_AXXX, DIS_AIMM, (DisInst){.dst = 5});
	inst(m, IRAISE, DIS_MXXX, DIS_AMP, DIS_AXXX, (DisInst){.src = 4});
	inst(m, INEWCB, DIS_MIMM, DIS_AXXX, DIS_AFP, (DisInst){.mid = 5, .dst = 40});
	inst(m, INEWCB, DIS_MXXX, DIS_AXXX, DIS_AFP, (DisInst){.dst = 40});
	inst(m, IRET, DIS_MXXX, DIS_AXXX, DIS_AXXX, (DisInst){0});
	/* What no compiler writes. */
	inst(m, IADDW, DIS_MXXX, DIS_AXXX, DIS_AXXX, (DisInst){0});
	inst(m, IRET, DIS_MFP, DIS_AXXX, DIS_AXXX, (DisInst){.mid = 1});
	inst(m, IJMP, DIS_MXXX, DIS_AIMM, DIS_AXXX, (DisInst){.src = -70000});
	inst(m, IMOVW, DIS_MXXX, 6, 7, (DisInst){0});
	inst(m, 175, DIS_MXXX, DIS_AIMM, DIS_AXXX, (DisInst){.src = 1});
	inst(m, 255, DIS_MMP, DIS_AXXX, DIS_AFP, (DisInst){.mid = 1, .dst = -1});
	inst(m, INOP, DIS_MXXX, DIS_AXXX, DIS_AXXX, (DisInst){0});

	ck_assert_ptr_nonnull(dis_add_type(m, 0, 400, mpmap, 1));
	ck_assert_ptr_nonnull(dis_add_type(m, 1, 8192, wide, 4));
	ck_assert_ptr_nonnull(dis_add_type(m, 2, 4, mpmap, 1));
	ck_assert_ptr_nonnull(dis_add_type(m, 3, 0, NULL, 0));

	dis_add_data(m, DIS_DEFS, 0, 0, "");
	dis_add_data(m, DIS_DEFS, 4, 9, "a\n\"\\\0\xff\xc3\xa4\r");
	dis_add_data(m, DIS_DEFS, 4, 3, "#\t\x7f");
	dis_add_data(m, DIS_DEFB, 12, 3, bytes);
	dis_add_data(m, DIS_DEFW, 16, 15, words);
	dis_add_data(m, DIS_DEFW, 16, 17, words);
	dis_add_data(m, DIS_DEFF, 120, 5, reals);
	memcpy(&x, &nan, sizeof x);
	dis_add_data(m, DIS_DEFF, 120, 1, &x);
	dis_add_data(m, DIS_DEFL, 160, 3, bigs);
	dis_add_data(m, DIS_DEFB, 16, 0, NULL);
	dis_add_array(m, 28, 2, 2);
	dis_add_ind(m, 28, 1);
	dis_add_array(m, 0, 0, 3);
	dis_add_ind(m, 0, 2);
	dis_add_data(m, DIS_DEFW, 12, 3, words);
	dis_add_data(m, DIS_DEFS, 0, 20, "a string with length");
	dis_add_apop(m)->count = 3;
	dis_add_apop(m)->off = 4;
	dis_add_ind(m, 28, 2)->count = 2;

	dis_add_link(m, -1, -1, 0x57c234ba, ".mp");
	dis_add_link(m, 0, 1, 0xffffffff, "init");
	dis_add_link(m, 9, 1, 0, "Adt.\xc3\xa4");
	l = dis_add_imports(m);
	dis_add_import(m, l, 0xac849033, "print");
	dis_add_import(m, l, 1, "");
	dis_add_imports(m);
	l = dis_add_imports(m);
	for (int i = 0; i < 20; i++)
		dis_add_import(m, l, (uint32_t)i, "x");

	h = dis_add_handler(m);
	h->eoff = 36;
	h->pc2 = 8;
	h->desc = 1;
	dis_add_label(m, h, "Every.0.E", 1);
	dis_add_label(m, h, "fail:*", 2);
	dis_add_label(m, h, "*", 3);
	h->nexc = 1;
	h->wild = 4;
	dis_add_handler(m);
	return m;
}

int
nfiles(void)
{
	return nsamples + 1;
}

void
samplefile(int i, DisBuf *b)
{
	DisModule *m;
	DisError err;

	if (i < nsamples) {
		hexput(b, samples[i].hex);
		return;
	}
	m = everything();
	ck_assert_msg(dis_write(m, b, &err), "%s: %s", err.msg, err.detail);
	dis_free(m);
}
