/*
 * The laws of G.711 (devs/audiolaw.h): values of the recommendation's tables, and how far a code is from what it stands for.
 */
#include <check.h>
#include <stdlib.h>

#include "devs/audiolaw.h"

START_TEST(values)
{
	/* The ends, zero, and the first step of some segments; silence is 0xFF and 0xD5. */
	ck_assert_int_eq(ulaw_decode(0xFF), 0);
	ck_assert_int_eq(ulaw_decode(0x80), 32124);
	ck_assert_int_eq(ulaw_decode(0x00), -32124);
	ck_assert_int_eq(ulaw_decode(0xEF), 132);
	ck_assert_int_eq(ulaw_decode(0xDF), 396);
	ck_assert_int_eq(alaw_decode(0xD5), 8);
	ck_assert_int_eq(alaw_decode(0x55), -8);
	ck_assert_int_eq(alaw_decode(0xAA), 32256);
	ck_assert_int_eq(alaw_decode(0x2A), -32256);
	ck_assert_int_eq(ulaw_encode(0), 0xFF);
	ck_assert_int_eq(ulaw_encode(32767), 0x80);
	ck_assert_int_eq(ulaw_encode(-32768), 0x00);
	ck_assert_int_eq(alaw_encode(0), 0xD5);
	ck_assert_int_eq(alaw_encode(-1), 0x55);
	ck_assert_int_eq(alaw_encode(32767), 0xAA);
	ck_assert_int_eq(alaw_encode(-32768), 0x2A);
}
END_TEST

/* A code stands for the middle of an interval, which is 2 * half << segment wide; what is beyond the last is the last. */
static void
middles(uint8_t (*encode)(int), int (*decode)(uint8_t), int half, int last)
{
	for (int v = -32768; v <= 32767; v++) {
		int d = decode(encode(v)), seg = 0;
		while (abs(d) + 132 >= 256 << seg)
			seg++;
		if (abs(v) <= last)
			ck_assert_int_le(abs(d - v), half << seg);
		if (v < 32767)
			ck_assert_int_le(d, decode(encode(v + 1)));
	}
	for (int c = 0; c < 256; c++)
		ck_assert_int_eq(decode(encode(decode((uint8_t)c))), decode((uint8_t)c));
}

START_TEST(ulaw)
{
	middles(ulaw_encode, ulaw_decode, 4, 32635);
}
END_TEST

START_TEST(alaw)
{
	middles(alaw_encode, alaw_decode, 8, 32768);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("law");
	TCase *t = tcase_create("g711");
	SRunner *r = srunner_create(s);

	tcase_add_test(t, values);
	tcase_add_test(t, ulaw);
	tcase_add_test(t, alaw);
	suite_add_tcase(s, t);
	srunner_run_all(r, CK_ENV);
	int failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
