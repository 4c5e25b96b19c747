/*
 * Messages as bytes: the examples of intro(5) in both directions, every kind of malformed message, names, versions,
 * stats, and the text form.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "wire.h"

#define STAT_A "4200 0000 00000000 00 07000000 1200000000000000 a4010000 00ca9a3b 00ca9a3b 0500000000000000 " \
	"0500 612e747874 0700 696e6665726e6f 0700 696e6665726e6f 0000"
#define DONT "ffff ffffffff ff ffffffff ffffffffffffffff "

static const struct {
	const char *hex;
	const char *text;
} examples[] = {
	{"13000000 64 ffff 18200000 0600 395032303030", "Tmsg.Version(65535,8216,\"9P2000\")"},
	{"13000000 65 ffff 18200000 0600 395032303030", "Rmsg.Version(65535,8216,\"9P2000\")"},
	{"14000000 65 ffff 18200000 0700 756e6b6e6f776e", "Rmsg.Version(65535,8216,\"unknown\")"},
	{"15000000 64 ffff 00200000 0800 3950323030302e4c", "Tmsg.Version(65535,8192,\"9P2000.L\")"},
	{"16000000 66 0100 05000000 0700 696e6665726e6f 0000", "Tmsg.Auth(1,5,\"inferno\",\"\")"},
	{"14000000 67 0100 08 00000000 0500000000000000", "Rmsg.Auth(1,Qid(16r5,0,16r08))"},
	{"24000000 6b 0100 1b00 61757468656e7469636174696f6e206e6f74207265717569726564",
		"Rmsg.Error(1,\"authentication not required\")"},
	{"1a000000 68 0100 01000000 ffffffff 0700 696e6665726e6f 0000", "Tmsg.Attach(1,1,4294967295,\"inferno\",\"\")"},
	{"14000000 69 0100 80 00000000 1000000000000000", "Rmsg.Attach(1,Qid(16r10,0,16r80))"},
	{"1d000000 6e 0100 01000000 02000000 0200 0300 737562 0500 612e747874",
		"Tmsg.Walk(1,1,2,array[] of {\"sub\",\"a.txt\"})"},
	{"23000000 6f 0100 0200 80 03000000 1100000000000000 00 07000000 1200000000000000",
		"Rmsg.Walk(1,array[] of {Qid(16r11,3,16r80),Qid(16r12,7,16r00)})"},
	{"16000000 6f 0100 0100 80 03000000 1100000000000000", "Rmsg.Walk(1,array[] of {Qid(16r11,3,16r80)})"},
	{"11000000 6e 0100 01000000 03000000 0000", "Tmsg.Walk(1,1,3,nil)"},
	{"09000000 6f 0100 0000", "Rmsg.Walk(1,nil)"},
	{"0c000000 70 0100 02000000 12", "Tmsg.Open(1,2,18)"},
	{"18000000 71 0100 00 07000000 1200000000000000 00200000", "Rmsg.Open(1,Qid(16r12,7,16r00),8192)"},
	{"15000000 72 0100 03000000 0300 6e6577 b4010000 01", "Tmsg.Create(1,3,\"new\",8r664,1)"},
	{"13000000 72 0100 03000000 0100 64 fd010080 00", "Tmsg.Create(1,3,\"d\",8r20000000775,0)"},
	{"18000000 73 0100 00 00000000 1300000000000000 00200000", "Rmsg.Create(1,Qid(16r13,0,16r00),8192)"},
	{"17000000 74 0100 02000000 0500000000000000 64000000", "Tmsg.Read(1,2,5,100)"},
	{"10000000 75 0100 05000000 68656c6c6f", "Rmsg.Read(1,array[5] of byte)"},
	{"0b000000 75 0100 00000000", "Rmsg.Read(1,array[0] of byte)"},
	{"1b000000 76 0100 03000000 0000000000000000 04000000 64617461", "Tmsg.Write(1,3,0,array[4] of byte)"},
	{"0b000000 77 0100 04000000", "Rmsg.Write(1,4)"},
	{"0b000000 78 0100 03000000", "Tmsg.Clunk(1,3)"},
	{"07000000 79 0100", "Rmsg.Clunk(1)"},
	{"0b000000 7a 0100 02000000", "Tmsg.Remove(1,2)"},
	{"07000000 7b 0100", "Rmsg.Remove(1)"},
	{"09000000 6c 0200 0100", "Tmsg.Flush(2,1)"},
	{"07000000 6d 0200", "Rmsg.Flush(2)"},
	{"0b000000 7c 0100 02000000", "Tmsg.Stat(1,2)"},
	{"4d000000 7d 0100 4400 " STAT_A,
		"Rmsg.Stat(1,Dir(\"a.txt\",\"inferno\",\"inferno\",Qid(16r12,7,16r00),8r644,1000000000,1000000000,5,16r0,0))"},
	{"43000000 7e 0100 02000000 3600 3400 " DONT "ffffffff ffffffff ffffffff ffffffffffffffff 0500 622e747874 0000 0000 0000",
		"Tmsg.Wstat(1,2,Dir(\"b.txt\",\"\",\"\",Qid(16rffffffffffffffff,4294967295,16rff),8r37777777777,4294967295,"
		"4294967295,18446744073709551615,16rffff,4294967295))"},
	{"3e000000 7e 0100 02000000 3100 2f00 " DONT "80010000 ffffffff ffffffff ffffffffffffffff 0000 0000 0000 0000", NULL},
	{"07000000 7f 0100", "Rmsg.Wstat(1)"},
};
enum { NEXAMPLE = sizeof examples / sizeof examples[0] };

/* Decodes a copy of exactly n bytes on the heap, so that a sanitizer sees the first byte too many. */
static bool
decode(const uint8_t *msg, size_t n, StyxFcall *f)
{
	uint8_t *copy = malloc(n > 0 ? n : 1);
	bool ok;

	memcpy(copy, msg, n);
	ok = styx_decode(f, copy, n);
	free(copy);
	return ok;
}

START_TEST(example)
{
	uint8_t msg[256], work[256], again[256];
	char text[600];
	size_t n = unhex(examples[_i].hex, msg, sizeof msg);
	StyxFcall f;

	memcpy(work, msg, n);
	ck_assert_uint_eq(styx_peek(msg, n), n);
	ck_assert(styx_decode(&f, work, n));
	ck_assert_uint_eq(styx_size(&f), n);
	ck_assert_uint_eq(styx_encode(&f, again, n - 1), 0);
	ck_assert_uint_eq(styx_encode(&f, again, sizeof again), n);
	ck_assert_mem_eq(again, msg, n);
	styx_text(text, sizeof text, &f);
	if (examples[_i].text != NULL)
		ck_assert_str_eq(text, examples[_i].text);
	styx_text(text, 5, &f);
	ck_assert_uint_eq(strlen(text), 4);
}
END_TEST

START_TEST(truncated_and_extended)
{
	uint8_t msg[300];
	size_t n = unhex(examples[_i].hex, msg, sizeof msg), k;
	StyxFcall f;

	for (k = 0; k < n; k++) {
		/* The size field as it was, and one that agrees. */
		ck_assert(!decode(msg, k, &f));
		if (k >= 4) {
			uint8_t cut[300];

			memcpy(cut, msg, k);
			cut[0] = (uint8_t)k;
			ck_assert_msg(!decode(cut, k, &f), "example %d cut to %zu", _i, k);
		}
	}
	msg[n] = 0;
	ck_assert(!decode(msg, n + 1, &f));
	msg[0]++;
	ck_assert(!decode(msg, n + 1, &f));
}
END_TEST

/*
 * Every single byte changed to some other values: nothing may go astray, and what is taken can be sent again as it
 * was.
 */
START_TEST(mutated)
{
	uint8_t msg[256], again[256];
	size_t n = unhex(examples[_i].hex, msg, sizeof msg), k;
	static const uint8_t values[] = {0, 1, 2, 0x10, 0x11, 0x7F, 0x80, 0xFF};
	unsigned v;
	StyxFcall f;
	char text[600];

	for (k = 0; k < n; k++)
		for (v = 0; v < sizeof values; v++) {
			uint8_t old = msg[k], *copy = malloc(n);

			msg[k] = values[v];
			memcpy(copy, msg, n);
			if (styx_decode(&f, copy, n)) {
				ck_assert_uint_eq(styx_encode(&f, again, sizeof again), n);
				ck_assert_mem_eq(again, msg, n);
				styx_text(text, sizeof text, &f);
			}
			free(copy);
			msg[k] = old;
		}
}
END_TEST

START_TEST(malformed)
{
	static const char *const bad[] = {
		"07000000 6a 0100",			/* Terror */
		"09000000 6a 0100 0000",
		"07000000 63 0100",			/* below and above the types */
		"07000000 80 0100",
		"08000000 79 0100 00",			/* trailing byte */
		"00000000", "04000000", "06000000 7901",
		"07000080 79 0100",
		"17000000 6f 0100 0200 80 03000000 1100000000000000 00",	/* fewer qids than said */
		"10000000 75 0100 06000000 68656c6c6f",	/* count beyond the end */
		"10000000 75 0100 ffffffff 68656c6c6f",
		"10000000 75 0100 04000000 68656c6c6f",
		"15000000 72 0100 03000000 0300 6e0077 b4010000 01",	/* NUL in a name */
		"16000000 66 0100 05000000 0700 696e6665726e00 0000",
		"15000000 72 0100 03000000 ffff 6e6577 b4010000 01",
	};
	uint8_t msg[64];
	StyxFcall f;
	unsigned i;

	for (i = 0; i < sizeof bad / sizeof bad[0]; i++)
		ck_assert_msg(!decode(msg, unhex(bad[i], msg, sizeof msg), &f), "%s", bad[i]);
}
END_TEST

START_TEST(sixteen_names)
{
	StyxFcall f = {.type = STYX_TWALK, .tag = 1, .fid = 1, .newfid = 2, .nwname = 16}, g;
	uint8_t msg[512];
	size_t n;
	int i;

	for (i = 0; i < 16; i++)
		f.wname[i] = "ab";
	n = styx_encode(&f, msg, sizeof msg);
	ck_assert_uint_eq(n, 17 + 16 * 4);
	ck_assert(decode(msg, n, &g));
	ck_assert_int_eq(g.nwname, 16);
	memcpy(msg + n, "\2\0ab", 4);
	n += 4;
	msg[0] = (uint8_t)n;
	msg[15] = 17;
	ck_assert(!decode(msg, n, &g));
	f.nwname = 17;
	ck_assert_uint_eq(styx_size(&f), 0);
	f = (StyxFcall){.type = STYX_RWALK, .nwqid = 17};
	ck_assert_uint_eq(styx_size(&f), 0);
}
END_TEST

START_TEST(not_encodable)
{
	char *big = malloc(65537);
	uint8_t *buf = malloc(70000);
	StyxFcall f = {.type = STYX_RERROR, .ename = big};

	memset(big, 'x', 65536);
	big[65536] = '\0';
	ck_assert_uint_eq(styx_size(&f), 0);
	ck_assert_uint_eq(styx_encode(&f, buf, 70000), 0);
	big[65535] = '\0';
	ck_assert_uint_eq(styx_size(&f), 9 + 65535);
	ck_assert_uint_eq(styx_encode(&f, buf, 70000), 9 + 65535);
	f = (StyxFcall){.type = STYX_TERROR};
	ck_assert_uint_eq(styx_size(&f), 0);
	f.type = 99;
	ck_assert_uint_eq(styx_size(&f), 0);
	f = (StyxFcall){.type = STYX_RREAD, .count = UINT32_MAX, .data = buf};
	ck_assert_uint_eq(styx_size(&f), 0);
	f = (StyxFcall){.type = STYX_RERROR}; /* NULL is the empty string */
	ck_assert_uint_eq(styx_encode(&f, buf, 70000), 9);
	free(big);
	free(buf);
}
END_TEST

START_TEST(names)
{
	static const struct {
		const char *name, *create, *walk;
	} t[] = {
		{"a", NULL, NULL},
		{"a b", NULL, NULL},
		{"...", NULL, NULL},
		{"\xc3\xa9", NULL, NULL},
		{"..", STYX_ENAMESYNTAX, NULL},
		{".", STYX_ENAMESYNTAX, STYX_ENAMESYNTAX},
		{"", STYX_ENAMESYNTAX, STYX_ENAMESYNTAX},
		{"a/b", "bad character in file name: a/b", "bad character in file name: a/b"},
		{"../..", "bad character in file name: ../..", "bad character in file name: ../.."},
		{"a\nb", "bad character in file name: 'a\nb'", "bad character in file name: 'a\nb'"},
		{"\x7f", "bad character in file name: \x7f", "bad character in file name: \x7f"},
		{"it's/", "bad character in file name: 'it''s/'", "bad character in file name: 'it''s/'"},
	};
	char err[STYX_ERRMAX];
	unsigned i;

	for (i = 0; i < sizeof t / sizeof t[0]; i++) {
		StyxFcall c = {.type = STYX_TCREATE, .name = t[i].name};
		StyxFcall w = {.type = STYX_TWALK, .nwname = 2, .wname = {"x", t[i].name}};

		ck_assert_int_eq(styx_check(&c, err, sizeof err), t[i].create == NULL);
		if (t[i].create != NULL)
			ck_assert_str_eq(err, t[i].create);
		ck_assert_int_eq(styx_check(&w, err, sizeof err), t[i].walk == NULL);
		if (t[i].walk != NULL)
			ck_assert_str_eq(err, t[i].walk);
	}
}
END_TEST

START_TEST(versions)
{
	static const char *const yes[] = {"9P2000", "9P2000.u", "9P2000.L", "9P2000.anything", "9P3000", "9P2001", "9P99999999999", "9P2000."};
	static const char *const no[] = {"", "9P", "9P1000", "9P1999", "Styx", "9P2000x", "9p2000", "unknown", "9P2000,u", "9P-2000"};
	unsigned i;

	for (i = 0; i < sizeof yes / sizeof yes[0]; i++)
		ck_assert_str_eq(styx_version_answer(yes[i]), "9P2000");
	for (i = 0; i < sizeof no / sizeof no[0]; i++)
		ck_assert_str_eq(styx_version_answer(no[i]), "unknown");
}
END_TEST

START_TEST(stats)
{
	uint8_t buf[128], again[128];
	char strs[128], text[300];
	size_t n = unhex(STAT_A, buf, sizeof buf), k;
	StyxDir d;

	ck_assert_uint_eq(n, 68);
	ck_assert_uint_eq(styx_dir_check(buf, sizeof buf), n);
	ck_assert_uint_eq(styx_dir_decode(buf, n, &d, strs), n);
	ck_assert_str_eq(d.name, "a.txt");
	ck_assert_str_eq(d.uid, "inferno");
	ck_assert_str_eq(d.gid, "inferno");
	ck_assert_str_eq(d.muid, "");
	ck_assert_uint_eq(d.qid.path, 0x12);
	ck_assert_uint_eq(d.qid.vers, 7);
	ck_assert_uint_eq(d.mode, 0644);
	ck_assert_uint_eq(d.mtime, 1000000000);
	ck_assert_uint_eq(d.length, 5);
	ck_assert_uint_eq(styx_dir_size(&d), n);
	ck_assert_uint_eq(styx_dir_encode(&d, again, n - 1), 0);
	ck_assert_uint_eq(styx_dir_encode(&d, again, n), n);
	ck_assert_mem_eq(again, buf, n);
	ck_assert_str_eq(styx_dir_text(text, sizeof text, &d),
		"Dir(\"a.txt\",\"inferno\",\"inferno\",Qid(16r12,7,16r00),8r644,1000000000,1000000000,5,16r0,0)");

	for (k = 0; k < n; k++) {
		uint8_t *cut = malloc(n);

		ck_assert_uint_eq(styx_dir_check(buf, k), 0);
		memcpy(cut, buf, n);
		cut[0] = (uint8_t)(k - 2);
		cut[1] = k < 2 ? 0xFF : 0;
		ck_assert_uint_eq(styx_dir_check(cut, n), 0);
		free(cut);
	}
	for (k = 41; k < n; k++) { /* strings' lengths, NULs and characters of the name */
		uint8_t old = buf[k];
		size_t got;

		buf[k] = k >= 43 && k < 48 ? '/' : 0xFF;
		got = styx_dir_check(buf, n);
		buf[k] = 0;
		if (old != 0)
			ck_assert_uint_eq(styx_dir_check(buf, n), 0);
		buf[k] = old;
		if (k < 48)
			ck_assert_uint_eq(got, 0);
	}
	d.name = "/";
	n = styx_dir_encode(&d, buf, sizeof buf);
	ck_assert_uint_eq(styx_dir_decode(buf, n, &d, strs), n);
	d.name = "a/";
	n = styx_dir_encode(&d, buf, sizeof buf);
	ck_assert_uint_eq(styx_dir_check(buf, n), 0);
}
END_TEST

START_TEST(dont_touch)
{
	StyxDir d;
	uint8_t buf[64], want[64];
	char strs[64];

	styx_dir_null(&d);
	ck_assert(styx_dir_isnull(&d));
	ck_assert_uint_eq(styx_dir_encode(&d, buf, sizeof buf), 49);
	unhex("2f00 " DONT "ffffffff ffffffff ffffffff ffffffffffffffff 0000 0000 0000 0000", want, sizeof want);
	ck_assert_mem_eq(buf, want, 49);
	ck_assert_uint_eq(styx_dir_decode(buf, 49, &d, strs), 49);
	ck_assert(styx_dir_isnull(&d));
	d.atime = 0;
	ck_assert(!styx_dir_isnull(&d));
	styx_dir_null(&d);
	d.muid = "x";
	ck_assert(!styx_dir_isnull(&d));
}
END_TEST

START_TEST(big_stat)
{
	char *big = malloc(65536);
	uint8_t *buf = malloc(70000);
	StyxDir d = {.name = big};

	memset(big, 'n', 65535);
	big[65535] = '\0';
	ck_assert_uint_eq(styx_dir_size(&d), 0);
	ck_assert_uint_eq(styx_dir_encode(&d, buf, 70000), 0);
	big[65535 - 49] = '\0';
	ck_assert_uint_eq(styx_dir_encode(&d, buf, 70000), 65535);
	ck_assert_uint_eq(styx_dir_check(buf, 65535), 65535);
	free(big);
	free(buf);
}
END_TEST

START_TEST(error_copies)
{
	char buf[8];

	styx_errcopy(buf, sizeof buf, "short");
	ck_assert_str_eq(buf, "short");
	styx_errcopy(buf, sizeof buf, "12345678");
	ck_assert_str_eq(buf, "1234567");
	styx_errcopy(buf, sizeof buf, "12345\xe6\xbc\xa2"); /* three bytes would not fit whole */
	ck_assert_str_eq(buf, "12345");
	styx_errcopy(NULL, 0, "x");
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("styx messages");
	TCase *t = tcase_create("messages");
	SRunner *r;
	int failed;

	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, example, 0, NEXAMPLE);
	tcase_add_loop_test(t, truncated_and_extended, 0, NEXAMPLE);
	tcase_add_loop_test(t, mutated, 0, NEXAMPLE);
	tcase_add_test(t, malformed);
	tcase_add_test(t, sixteen_names);
	tcase_add_test(t, not_encodable);
	tcase_add_test(t, names);
	tcase_add_test(t, versions);
	tcase_add_test(t, stats);
	tcase_add_test(t, dont_touch);
	tcase_add_test(t, big_stat);
	tcase_add_test(t, error_copies);
	suite_add_tcase(s, t);
	r = srunner_create(s);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
