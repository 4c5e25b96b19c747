/*
 * Assembly text: printing, assembling, and that one undoes the other.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "samples.h"

/* The assembly text of an object file; freed by the caller. */
static char *
textof(const DisModule *m, size_t *n)
{
	char *text = NULL;
	FILE *f = open_memstream(&text, n);

	ck_assert(dis_print_asm(f, m));
	fclose(f);
	return text;
}

static DisModule *
mustassemble(const char *text, size_t n)
{
	DisError err = {0};
	DisModule *m = dis_assemble(text, n, &err);

	ck_assert_msg(m != NULL, "line %zu: %s", err.at, err.msg);
	return m;
}

START_TEST(roundtrip)
{
	DisBuf b = {0}, c = {0};
	DisModule *m;
	size_t n;
	char *text;

	samplefile(_i, &b);
	m = dis_read(b.p, b.n, NULL);
	ck_assert_ptr_nonnull(m);
	text = textof(m, &n);
	dis_free(m);
	m = mustassemble(text, n);
	ck_assert(dis_write(m, &c, NULL));
	ck_assert_uint_eq(b.n, c.n);
	ck_assert_mem_eq(b.p, c.p, b.n);
	dis_free(m);
	free(text);
	dis_buffree(&b);
	dis_buffree(&c);
}
END_TEST

static const char handlertext[] = "#0\n"
				  "\tblew\t$0,32(fp),$4\n"
				  "\traise\t0(mp)\n"
				  "\tmovw\t$0,0(16(fp))\n"
				  "\tret\n"
				  "\taddw\t$1,32(fp),0(16(fp))\n"
				  "\tret\n"
				  "\tflags\t0x60\n"
				  "\tstack\t400\n"
				  "\tentry\t-1, -1\n"
				  "\tdesc\t$0,4,\"80\"\n"
				  "\tdesc\t$1,40,\"0040\"\n"
				  "\tvar\t@mp,4\n"
				  "\tstring\t@mp+0,\"neg\"\n"
				  "\tmodule\tW\n"
				  "\tlink\t1,0,0xe67bf126,\"f\"\n"
				  "\tldts\t@ldt,0\n"
				  "\texceptions\t1\n"
				  "\texception\t0, 2, 36, -1, 1, 0\n"
				  "\texctab\t\"ne*\", 2\n"
				  "\texctab\t*, -1\n"
				  "\tsource\t\"/w.b\"\n";

START_TEST(exacttext)
{
	DisBuf b = {0};
	DisModule *m;
	size_t n;
	char *text;

	samplefile(0, &b);
	m = dis_read(b.p, b.n, NULL);
	text = textof(m, &n);
	ck_assert_str_eq(text, handlertext);
	free(text);
	dis_free(m);
	dis_buffree(&b);
}
END_TEST

static const char *
remark(void *arg, int32_t pc)
{
	(void)arg;
	return pc == 1 ? "w.b:6, \"quoted\" x" : NULL;
}

START_TEST(notes)
{
	DisBuf b = {0}, c = {0};
	DisModule *m;
	char *text = NULL;
	size_t n;
	FILE *f;

	samplefile(0, &b);
	m = dis_read(b.p, b.n, NULL);
	f = open_memstream(&text, &n);
	ck_assert(dis_print_asm_notes(f, m, remark, NULL));
	fclose(f);
	dis_free(m);
	ck_assert_ptr_nonnull(strstr(text, "\traise\t0(mp)\t# w.b:6, \"quoted\" x\n"));
	m = mustassemble(text, n);
	ck_assert(dis_write(m, &c, NULL));
	ck_assert_uint_eq(b.n, c.n);
	ck_assert_mem_eq(b.p, c.p, b.n);
	dis_free(m);
	free(text);
	dis_buffree(&b);
	dis_buffree(&c);
}
END_TEST

static const struct {
	const char *text;
	DisInst in;
} insts[] = {
    {"addw\t$1,32(fp),0(16(fp))", {IADDW, 0x95, 32, 1, 0, 16, 0}},
    {"addw\t4(8(mp)),12(mp)", {IADDW, 0x20, 0, 8, 4, 12, 0}},
    {"addw\t-,$-1,12(mp)", {IADDW, 0x58, -1, 0, 0, 12, 0}},
    {"ret", {IRET, 0x1b, 0, 0, 0, 0, 0}},
    {"jmp\t$15", {IJMP, 0x1a, 0, 0, 0, 15, 0}},
    {"raise\t-4(fp)", {IRAISE, 0x0b, 0, -4, 0, 0, 0}},
    {"newcw\t$2,40(fp)", {INEWCW, 0x59, 2, 0, 0, 40, 0}},
    {"newcw\t40(fp)", {INEWCW, 0x19, 0, 0, 0, 40, 0}},
    {"newcm\t$4,40(fp)", {INEWCM, 0x11, 0, 4, 0, 40, 0}},
    {"mcall\t64(fp),$0,44(fp)", {IMCALL, 0x49, 0, 64, 0, 44, 0}},
    {"movw\t?6,?7", {IMOVW, 0x37, 0, 0, 0, 0, 0}},
    {"op200\t-,-,-", {200, 0x1b, 0, 0, 0, 0, 0}},
};

START_TEST(instructions)
{
	char text[DIS_INSTTEXT], small[4];
	DisModule *m;
	int n;

	n = dis_printinst(&insts[_i].in, text, sizeof text);
	ck_assert_str_eq(text, insts[_i].text);
	ck_assert_int_eq(n, (int)strlen(text));
	ck_assert_int_eq(dis_printinst(&insts[_i].in, small, sizeof small), n);
	ck_assert_uint_lt(strlen(small), sizeof small);
	m = mustassemble(text, strlen(text));
	ck_assert_int_eq(m->ncode, 1);
	ck_assert_mem_eq(&m->code[0].op, &insts[_i].in.op, 1);
	ck_assert_int_eq(m->code[0].mode, insts[_i].in.mode);
	ck_assert_int_eq(m->code[0].mid, insts[_i].in.mid);
	ck_assert_int_eq(m->code[0].src, insts[_i].in.src);
	ck_assert_int_eq(m->code[0].src2, insts[_i].in.src2);
	ck_assert_int_eq(m->code[0].dst, insts[_i].in.dst);
	ck_assert_int_eq(m->code[0].dst2, insts[_i].in.dst2);
	dis_free(m);
}
END_TEST

/* What people may write differently from the printer. */
START_TEST(loosetext)
{
	static const char text[] = "# comment\r\n"
				   "\n"
				   "addw $0x10 , 32(fp) ,36(fp) # more\n"
				   "   word @mp,0xffffffff,-1,4294967295\n"
				   "real @mp+8,1,2.5e3,0x3ff0000000000000\n"
				   "string @mp+4,\"#\\x41\\r\\t\"\n"
				   "ldts @ldt,0";
	DisModule *m = mustassemble(text, sizeof text - 1);

	ck_assert_int_eq(m->ncode, 1);
	ck_assert_int_eq(m->code[0].src, 16);
	ck_assert_int_eq(m->data[0].count, 3);
	for (int i = 0; i < 3; i++)
		ck_assert_int_eq(m->data[0].u.words[i], -1);
	ck_assert(m->data[1].u.reals[1] == 2500.0);
	ck_assert(m->data[1].u.reals[2] == 1.0);
	ck_assert_int_eq(m->data[2].count, 4);
	ck_assert_str_eq(m->data[2].u.str, "#A\r\t");
	ck_assert_int_eq(m->flags, DIS_HASLDT);
	dis_free(m);
}
END_TEST

static const struct {
	const char *text;
	size_t line;
	const char *msg;
} wrong[] = {
    {"frob $1", 1, "unknown instruction 'frob'"},
    {"ret\nret $1", 2, "1 operands, but the instruction has 0 (write - for a missing one of three)"},
    {"jmp $1,$2", 1, "2 operands, but the instruction has 1 (write - for a missing one of three)"},
    {"addw $1,$2,$3,$4", 1, "more than three operands"},
    {"addw $1,0(4(fp)),8(fp)", 1, "middle operand must be $n, n(fp) or n(mp)"},
    {"addw $1,$40000,8(fp)", 1, "middle immediate 40000 needs 16 bits"},
    {"addw $1,70000(fp),8(fp)", 1, "middle offset 70000 must be 0..65535"},
    {"movw $1,70000(8(fp))", 1, "offsets of 70000(8()) must be 0..65535"},
    {"movw $536870912,8(fp)", 1, "536870912 does not fit in an operand of 30 bits"},
    {"movw $1,8(sp)", 1, "number expected at 'sp)'"},
    {"movw $1,8(4(sp))", 1, "(fp) or (mp) expected at '(sp))'"},
    {"movw $1 8(fp)", 1, "1 operands, but the instruction has 2 (write - for a missing one of three)"},
    {"ret x", 1, "number expected at 'x'"},
    {"movw $1,8(fp) x", 1, "end of line expected at 'x'"},
    {"word @mp+0,4294967296", 1, "number does not fit in 32 bits"},
    {"byte @mp+0,256", 1, "number does not fit in 8 bits"},
    {"byte @mp+0,-129", 1, "number does not fit in 8 bits"},
    {"long @mp+0,18446744073709551616", 1, "number does not fit in 64 bits"},
    {"real @mp+0,x", 1, "real expected at 'x'"},
    {"string @mp+0,\"abc", 1, "string does not end"},
    {"string @mp+0,\"\\q\"", 1, "unknown escape \\q in a string"},
    {"string @mp+0,\"\\x4\"", 1, "two hexadecimal digits expected after \\x"},
    {"link 0,0,0x1,\"a\\zb\"", 1, "\\z within a name"},
    {"desc $0,4,\"8\"", 1, "odd number of hexadecimal digits"},
    {"desc $0,4,\"8g\"", 1, "hexadecimal digits expected"},
    {"word @ldt+0,1", 1, "no ldts before this"},
    {"ldts @ldt,1\nword @ldt+0,0\nword @ldt+1,0", 3, "more than 1 import lists"},
    {"ldts @ldt,1\nword @ldt+0,1", 2, "import lists or imports are missing"},
    {"ldts @ldt,1\next @ldt+0,1,\"x\"", 2, "more imports than their list has"},
    {"ldts @ldt,1\nldts @ldt,1", 2, "second ldts"},
    {"exception 0,0,0,0,0,0", 1, "no exceptions before this"},
    {"exceptions 1", 1, "handlers or labels are missing"},
    {"exctab \"a\", 1", 1, "no exception before this"},
    {"exceptions 1\nexception 0,0,0,0,1,2", 2, "bad counts of labels"},
    {"exceptions 1\nexception 0,0,0,0,1,0\nexctab *, 1", 3, "* must be the last label, and the only one"},
    {"exceptions -1", 1, "-1 must not be negative"},
    {",", 1, "instruction or directive expected at ','"},
};

START_TEST(errors)
{
	DisError err = {0};
	DisModule *m = dis_assemble(wrong[_i].text, strlen(wrong[_i].text), &err);

	ck_assert_msg(m == NULL, "%s", wrong[_i].text);
	ck_assert_str_eq(err.msg, wrong[_i].msg);
	ck_assert_uint_eq(err.at, wrong[_i].line);
}
END_TEST

static uint32_t
rnd(uint32_t *seed)
{
	*seed = *seed * 1664525 + 1013904223;
	return *seed >> 8;
}

/* Damaged text is assembled or refused; what is assembled can be written or is refused. */
START_TEST(noise)
{
	uint32_t seed = 777 + (uint32_t)_i;
	DisBuf b = {0}, out = {0};
	DisModule *m;
	char *text, *copy;
	size_t n;

	samplefile(_i, &b);
	m = dis_read(b.p, b.n, NULL);
	text = textof(m, &n);
	dis_free(m);
	for (int round = 0; round < 5000; round++) {
		DisError err = {0};
		size_t len = rnd(&seed) % 8 ? n : rnd(&seed) % (n + 1);

		copy = malloc(len ? len : 1);
		memcpy(copy, text, len);
		for (uint32_t k = rnd(&seed) % 3 + 1; k > 0 && len > 0; k--)
			copy[rnd(&seed) % len] = rnd(&seed) % 2 ? (char)rnd(&seed) : "\n\",$0(-#@\\"[rnd(&seed) % 10];
		m = dis_assemble(copy, len, &err);
		free(copy);
		out.n = 0;
		if (m == NULL)
			ck_assert_int_gt((int)strlen(err.msg), 0);
		else if (dis_write(m, &out, &err))
			dis_free(dis_read(out.p, out.n, &err));
		dis_free(m);
	}
	free(text);
	dis_buffree(&b);
	dis_buffree(&out);
}
END_TEST

/* The listings have their sections, and print anything. */
START_TEST(listings)
{
	DisModule *m = everything();
	char *text = NULL;
	size_t n;
	FILE *f = open_memstream(&text, &n);

	dis_print_sizes(f, m);
	dis_print_code(f, m);
	dis_print_types(f, m);
	dis_print_data(f, m);
	dis_print_links(f, m);
	dis_print_imports(f, m);
	dis_print_handlers(f, m);
	fclose(f);
	ck_assert_ptr_nonnull(strstr(text, "# init\n     0  addw      $536870911,$-32768,32(fp)\n"));
	ck_assert_ptr_nonnull(strstr(text, "\t   1 pc     0 desc    1 sig ffffffff \"init\"\n"));
	ck_assert_ptr_nonnull(strstr(text, "\t\texception \"Every.0.E\" -> 1\n\t\tstring \"fail:*\" -> 2\n"));
	free(text);
	dis_free(m);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("dis text");
	TCase *t = tcase_create("all");
	SRunner *r;
	int failed;

	tcase_set_timeout(t, 120);
	tcase_add_loop_test(t, roundtrip, 0, nfiles());
	tcase_add_test(t, exacttext);
	tcase_add_test(t, notes);
	tcase_add_loop_test(t, instructions, 0, sizeof insts / sizeof insts[0]);
	tcase_add_test(t, loosetext);
	tcase_add_loop_test(t, errors, 0, sizeof wrong / sizeof wrong[0]);
	tcase_add_loop_test(t, noise, 0, nfiles());
	tcase_add_test(t, listings);
	suite_add_tcase(s, t);
	r = srunner_create(s);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed ? 1 : 0;
}
