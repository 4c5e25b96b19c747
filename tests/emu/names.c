/*
 * How the host's names come inside and go back (devs/fsnames.h).
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "devs/fsnames.h"

static void
both(const char *host, const char *inside)
{
	char *in = fsname_inside(host), *out = fsname_host(in);

	ck_assert_str_eq(in, inside);
	ck_assert_str_eq(out, host);
	free(in);
	free(out);
}

START_TEST(kept)
{
	both("plain", "plain");
	both("a b", "a b");
	both("caf\xC3\xA9", "caf\xC3\xA9");
	both("\xE6\xBC\xA2\xF0\x9F\x98\x80", "\xE6\xBC\xA2\xF0\x9F\x98\x80");
	both("\xF4\x8F\xBF\xBF", "\xF4\x8F\xBF\xBF");
	both("\xEE\xBC\xA0", "\xEE\xBC\xA0"); /* U+EF20 stands for nothing */
	both("", "");
}
END_TEST

START_TEST(escaped)
{
	both("\n", "\xEE\xBC\x8A");
	both("\x7F", "\xEE\xBD\xBF");
	both("caf\xE9", "caf\xEE\xBF\xA9");
	both("\xFF", "\xEE\xBF\xBF");
	both("\xC0\xAF", "\xEE\xBF\x80\xEE\xBE\xAF");		 /* over-long */
	both("\xED\xA0\x80", "\xEE\xBF\xAD\xEE\xBE\xA0\xEE\xBE\x80"); /* half of a pair */
	both("\xF4\x90\x80\x80", "\xEE\xBF\xB4\xEE\xBE\x90\xEE\xBE\x80\xEE\xBE\x80");
	both("\xE2\x82", "\xEE\xBF\xA2\xEE\xBE\x82"); /* cut short */
	both("\xEE\xBE\x80", "\xEE\xBF\xAE\xEE\xBE\xBE\xEE\xBE\x80"); /* an escape itself */
}
END_TEST

/* Every name of up to two bytes survives, and of three with one of each kind at the end. */
START_TEST(exhaustive)
{
	static const unsigned char ends[] = {0, 1, 0x1F, 0x20, 0x7F, 0x80, 0x8F, 0xA0, 0xBC, 0xBF, 0xC0, 0xEE, 0xFF};

	for (int a = 1; a < 256; a++)
		for (int b = 0; b < 256; b++)
			for (size_t c = 0; c < (b == 0 ? 1 : sizeof ends); c++) {
				char host[4] = {a, b, ends[c], 0};
				char *in = fsname_inside(host), *out = fsname_host(in);
				bool clean = strcmp(out, host) == 0;
				for (const unsigned char *s = (unsigned char *)in; *s != 0; s++)
					clean = clean && *s >= 0x20 && *s != 0x7F;
				if (!clean)
					ck_abort_msg("%02x %02x %02x", a, b, ends[c]);
				free(in);
				free(out);
			}
}
END_TEST

START_TEST(people)
{
	char *u = fsuser(0), *no = fsuser(4000000001u);
	gid_t g = 1;

	ck_assert_str_eq(u, "root");
	ck_assert_str_eq(no, "#4000000001");
	ck_assert(fsgroupid("root", &g));
	ck_assert_int_eq(g, 0);
	ck_assert(!fsgroupid("no such group", &g));
	ck_assert(fsmember(0, 0));
	ck_assert(!fsmember(0, 4000000001u));
	ck_assert(!fsmember(4000000001u, 0));
	free(u);
	free(no);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("names");
	TCase *t = tcase_create("host");
	SRunner *r = srunner_create(s);

	tcase_set_timeout(t, 240);
	tcase_add_test(t, kept);
	tcase_add_test(t, escaped);
	tcase_add_test(t, exhaustive);
	tcase_add_test(t, people);
	suite_add_tcase(s, t);
	srunner_run_all(r, CK_ENV);
	int failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
