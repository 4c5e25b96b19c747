/*
 * Operands, the instruction table, signatures.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "samples.h"

static void
operandis(int32_t v, const char *hex)
{
	DisBuf b = {0};
	uint8_t p[4];
	int32_t w;
	int n;

	hexput(&b, hex);
	n = dis_putoperand(p, v);
	ck_assert_int_eq(n, (int)b.n);
	ck_assert_mem_eq(p, b.p, b.n);
	ck_assert_int_eq(dis_getoperand(b.p, b.p + b.n, &w), n);
	ck_assert_int_eq(w, v);
	for (size_t i = 0; i < b.n; i++)
		ck_assert_int_eq(dis_getoperand(b.p, b.p + i, &w), 0);
	dis_buffree(&b);
}

START_TEST(operands)
{
	operandis(0, "00");
	operandis(63, "3f");
	operandis(-1, "7f");
	operandis(-64, "40");
	operandis(64, "8040");
	operandis(-65, "bfbf");
	operandis(8191, "9fff");
	operandis(-8192, "a000");
	operandis(8192, "c0002000");
	operandis(-8193, "ffffdfff");
	operandis(819248, "c00c8030");
	operandis(923426, "c00e1722");
	operandis(DIS_MAXOPERAND, "dfffffff");
	operandis(DIS_MINOPERAND, "e0000000");
}
END_TEST

START_TEST(operandrange)
{
	uint8_t p[4];
	int32_t v;

	ck_assert_int_eq(dis_putoperand(p, DIS_MAXOPERAND + 1), 0);
	ck_assert_int_eq(dis_putoperand(p, DIS_MINOPERAND - 1), 0);
	for (v = -9000; v <= 9000; v++) {
		int32_t w = 0;
		int n = dis_putoperand(p, v);

		ck_assert_int_gt(n, 0);
		ck_assert_int_eq(dis_getoperand(p, p + n, &w), n);
		ck_assert_int_eq(w, v);
	}
}
END_TEST

/* Longer forms than needed are understood. */
START_TEST(longforms)
{
	static const uint8_t two[] = {0xbf, 0xff}, four[] = {0xff, 0xff, 0xff, 0xff}, five[] = {0xc0, 0, 0, 5};
	int32_t v;

	ck_assert_int_eq(dis_getoperand(two, two + 2, &v), 2);
	ck_assert_int_eq(v, -1);
	ck_assert_int_eq(dis_getoperand(four, four + 4, &v), 4);
	ck_assert_int_eq(v, -1);
	ck_assert_int_eq(dis_getoperand(five, five + 4, &v), 4);
	ck_assert_int_eq(v, 5);
}
END_TEST

START_TEST(optable)
{
	int checked = 0, cond = 0;

	ck_assert_int_eq(DIS_NOPS, 175);
	for (int i = 0; i < DIS_NOPS; i++) {
		const DisOp *o = &dis_ops[i];

		ck_assert_int_eq(dis_opcode(o->name, strlen(o->name)), i);
		ck_assert_str_eq(dis_opname((unsigned)i), o->name);
		checked += (o->flags & DIS_F_CHKPC) != 0;
		cond += (o->flags & DIS_F_COND) != 0;
	}
	ck_assert_int_eq(cond, 30);
	ck_assert_int_eq(checked, 33);
	ck_assert_int_eq(dis_opcode("add", 3), -1);
	ck_assert_int_eq(dis_opcode("addw", 3), -1);
	ck_assert_ptr_null(dis_opname(175));
	ck_assert_int_eq(IADDW, 0x3a);
	ck_assert_int_eq(IBEQL, 134);
	ck_assert_int_eq(IRAISE, 0x9e);
	ck_assert_int_eq(ISELF, 174);
	ck_assert_uint_eq(dis_ops[INEWCB].mid, DIS_OPD_oW);
	ck_assert_uint_eq(dis_ops[IINDX].mid, DIS_OPD_wEa);
	ck_assert_uint_eq(dis_kindsize(DIS_K_L), 8);
	ck_assert_uint_eq(dis_kindsize(DIS_K_C), 4);
	ck_assert(dis_kindref(DIS_K_C) && !dis_kindref(DIS_K_EA));
}
END_TEST

START_TEST(md5)
{
	static const struct {
		const char *text, *digest;
	} known[] = {
	    /* From the document that defines it. */
	    {"", "d41d8cd98f00b204e9800998ecf8427e"},
	    {"abc", "900150983cd24fb0d6963f7d28e17f72"},
	    {"message digest", "f96b697d7cb7938d525a2f31aaf161d0"},
	    {"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", "d174ab98d277d9f5a5611c2c9f419d9f"},
	    {"12345678901234567890123456789012345678901234567890123456789012345678901234567890",
	     "57edf4a22be3c955ac49da2e2107b67a"},
	};
	uint8_t d[16];

	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
		DisBuf b = {0};

		hexput(&b, known[i].digest);
		dis_md5(known[i].text, strlen(known[i].text), d);
		ck_assert_mem_eq(d, b.p, 16);
		dis_buffree(&b);
	}
}
END_TEST

static uint32_t
sig(const char *s)
{
	return dis_sig(s, strlen(s));
}

START_TEST(signatures)
{
	ck_assert_uint_eq(sig("f()n"), 0x9cd71c5e);
	ck_assert_uint_eq(sig("f(i)i"), 0xe67bf126);
	ck_assert_uint_eq(sig("f*(s)i"), 0xac849033);
	ck_assert_uint_eq(sig("f(Ra(fd:i),R@1,s,i,s)i"), 0x74c17b3a);
	ck_assert_uint_eq(sig("dflag:i;"), 0xcd41098c);
	ck_assert_uint_eq(sig("f()(Rf(P)P,LP)LP"), 0xf1b8cf67);
	ck_assert_uint_eq(sig("f(SRa()(items:ALt(i,P),nilval:P),i)P"), 0xde19938f);
	ck_assert_uint_eq(sig("allbits:a(a:Ab);noaddr:@1;selfv4:@1;selfv6:@1;v4allrouter:@1;v4allsys:@1;v4bcast:@1;"
			      "v4noaddr:@1;v4prefix:Ab;"),
			  0x60b373dc);
	ck_assert_uint_eq(sig("f(Rp(s:s)a(k:i,A=>@1,B=>@1,C=>p()@2),R@2)n"), 0x68c68b9f);
	ck_assert_uint_eq(sig("f(i)(Emod)n"), 0x42f90e4c);
	ck_assert_uint_eq(sig("f(x.1)x5.960464477539063e-08"), 0x236781f4);
}
END_TEST

/* Every builtin function: module, name, signature, frame, map, origin, encoding. */
START_TEST(builtins)
{
	FILE *f = fopen(TESTDIR "/signatures.tsv", "r");
	char line[8192], *field[7], *p;
	int n = 0, k;

	ck_assert_ptr_nonnull(f);
	while (fgets(line, sizeof line, f)) {
		if (line[0] == '#')
			continue;
		line[strcspn(line, "\n")] = 0;
		for (k = 0, p = line; k < 7; k++)
			field[k] = strsep(&p, "\t");
		ck_assert_ptr_nonnull(field[6]);
		ck_assert_msg(dis_sig(field[6], strlen(field[6])) == strtoul(field[2], NULL, 16), "%s %s", field[0],
			      field[1]);
		n++;
	}
	fclose(f);
	ck_assert_int_ge(n, 400);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("dis coding");
	TCase *t = tcase_create("all");
	SRunner *r;
	int failed;

	tcase_add_test(t, operands);
	tcase_add_test(t, operandrange);
	tcase_add_test(t, longforms);
	tcase_add_test(t, optable);
	tcase_add_test(t, md5);
	tcase_add_test(t, signatures);
	tcase_add_test(t, builtins);
	suite_add_tcase(s, t);
	r = srunner_create(s);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed ? 1 : 0;
}
