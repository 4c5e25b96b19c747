/*
 * The server, spoken to byte by byte: versions, the checks of every request, fids, flushes in their order, new
 * sessions, limits and the end.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "testfs.h"
#include "wire.h"

#define VERSION "13000000 64 ffff 18200000 0600 395032303030"
#define RVERSION "13000000 65 ffff 18200000 0600 395032303030"
#define ATTACH1 "1a000000 68 0100 01000000 ffffffff 0700 696e6665726e6f 0000"
#define RATTACH "14000000 69 0100 80 00000000 0000000000000000"

static Served s;
static int fd;
static StyxFcall rx;
static uint8_t rbuf[70000];

static void
start(const StyxOps *ops, const StyxServerConf *conf)
{
	serve_start(&s, ops, conf);
	fd = s.fd;
}

/* However it ended (a socket closed with bytes unread resets the connection), nothing is left. */
static void
end_anyhow(void)
{
	serve_end(&s);
	ck_assert_int_eq(testfs_handles(), 0);
}

static void
end(void)
{
	end_anyhow();
	ck_assert_int_eq(s.ret, 0);
}

/* A server with a session and its root as fid 1. */
static void
session(const StyxServerConf *conf)
{
	start(&testfs_ops, conf);
	wire_send(fd, VERSION);
	wire_expect(fd, RVERSION);
	wire_send(fd, ATTACH1);
	wire_expect(fd, RATTACH);
}

static void
send_walk(int tag, uint32_t fid, uint32_t newfid, int n, const char *const *names)
{
	StyxFcall f = {.type = STYX_TWALK, .tag = (uint16_t)tag, .fid = fid, .newfid = newfid, .nwname = (uint16_t)n};
	int i;

	for (i = 0; i < n; i++)
		f.wname[i] = names[i];
	wire_fcall(fd, &f);
}

static StyxFcall *
answer(int tag, int type)
{
	char text[300];

	ck_assert_uint_ne(wire_read(fd, rbuf, sizeof rbuf, &rx), 0);
	ck_assert_msg(rx.type == type && rx.tag == tag, "%s", styx_text(text, sizeof text, &rx));
	return &rx;
}

static void
walk(uint32_t fid, uint32_t newfid, const char *name)
{
	send_walk(1, fid, newfid, name != NULL, &name);
	ck_assert_int_eq(answer(1, STYX_RWALK)->nwqid, name != NULL);
}

static void
send_open(int tag, uint32_t fid, int mode)
{
	wire_fcall(fd, &(StyxFcall){.type = STYX_TOPEN, .tag = (uint16_t)tag, .fid = fid, .mode = (uint8_t)mode});
}

static void
walk_open(uint32_t newfid, const char *name, int mode)
{
	walk(1, newfid, name);
	send_open(1, newfid, mode);
	answer(1, STYX_ROPEN);
}

static void
send_read(int tag, uint32_t fid, uint64_t offset, uint32_t count)
{
	wire_fcall(fd, &(StyxFcall){.type = STYX_TREAD, .tag = (uint16_t)tag, .fid = fid, .offset = offset, .count = count});
}

static void
send_write(int tag, uint32_t fid, uint64_t offset, uint32_t count)
{
	static const char zeros[20000];

	wire_fcall(fd, &(StyxFcall){.type = STYX_TWRITE, .tag = (uint16_t)tag, .fid = fid, .offset = offset, .count = count,
		.data = zeros});
}

static void
send_fid(int type, int tag, uint32_t fid)
{
	wire_fcall(fd, &(StyxFcall){.type = (uint8_t)type, .tag = (uint16_t)tag, .fid = fid});
}

static void
clunk(uint32_t fid)
{
	send_fid(STYX_TCLUNK, 1, fid);
	answer(1, STYX_RCLUNK);
}

static void
send_flush(int tag, int oldtag)
{
	wire_fcall(fd, &(StyxFcall){.type = STYX_TFLUSH, .tag = (uint16_t)tag, .oldtag = (uint16_t)oldtag});
}

START_TEST(version)
{
	static const struct {
		uint32_t msize;
		const char *asked;
		uint32_t granted;
		const char *answer;
	} t[] = {
		{8216, "9P2000", 8216, "9P2000"},
		{1000000, "9P2000.L", 65560, "9P2000"},
		{8192, "9P2000.u", 8192, "9P2000"},
		{8192, "9P2000.XYZ", 8192, "9P2000"},
		{64, "9P3000", 64, "9P2000"},
		{8192, "9P1999", 8192, "unknown"},
		{UINT32_MAX, "Styx", UINT32_MAX, "unknown"},
		{8192, "", 8192, "unknown"},
	};
	unsigned i;

	start(&testfs_ops, NULL);
	wire_fcall(fd, &(StyxFcall){.type = STYX_TVERSION, .tag = STYX_NOTAG, .msize = 63, .version = "9P2000"});
	wire_expect_error(fd, STYX_NOTAG, "message size too small");
	wire_send(fd, ATTACH1);
	wire_expect_error(fd, 1, "Tversion not seen");
	for (i = 0; i < sizeof t / sizeof t[0]; i++) {
		wire_fcall(fd, &(StyxFcall){.type = STYX_TVERSION, .tag = 77, .msize = t[i].msize, .version = t[i].asked});
		answer(77, STYX_RVERSION);
		ck_assert_uint_eq(rx.msize, t[i].granted);
		ck_assert_str_eq(rx.version, t[i].answer);
	}
	wire_send(fd, ATTACH1);
	wire_expect_error(fd, 1, "Tversion not seen"); /* the last one agreed on nothing */
	end();
}
END_TEST

/* Tversion byte by byte, then everything at once. */
START_TEST(pieces)
{
	uint8_t buf[256];
	size_t n, i;

	start(&testfs_ops, NULL);
	n = unhex(VERSION, buf, sizeof buf);
	for (i = 0; i < n; i++) {
		wire_write(fd, buf + i, 1);
		usleep(500);
	}
	wire_expect(fd, RVERSION);
	n = unhex(ATTACH1 "11000000 6e 0200 01000000 03000000 0000" "0b000000 78 0300 03000000", buf, sizeof buf);
	wire_write(fd, buf, n);
	wire_expect(fd, RATTACH);
	wire_expect(fd, "09000000 6f 0200 0000");
	wire_expect(fd, "07000000 79 0300");
	end();
}
END_TEST

START_TEST(auth_refused)
{
	start(&testfs_ops, NULL);
	wire_send(fd, VERSION);
	wire_expect(fd, RVERSION);
	wire_send(fd, "16000000 66 0100 05000000 0700 696e6665726e6f 0000");
	wire_expect(fd, "24000000 6b 0100 1b00 61757468656e7469636174696f6e206e6f74207265717569726564");
	/* The fid has stayed free, and an afid in the attach is ignored. */
	wire_fcall(fd, &(StyxFcall){.type = STYX_TATTACH, .tag = 1, .fid = 5, .afid = 9, .uname = "x"});
	answer(1, STYX_RATTACH);
	end();
}
END_TEST

START_TEST(auth)
{
	start(&testfs_authops, NULL);
	wire_send(fd, VERSION);
	wire_expect(fd, RVERSION);
	wire_fcall(fd, &(StyxFcall){.type = STYX_TAUTH, .tag = 1, .afid = 5, .uname = "x"});
	ck_assert_uint_eq(answer(1, STYX_RAUTH)->qid.type, STYX_QTAUTH);
	send_read(1, 5, 0, 100);
	ck_assert_uint_eq(answer(1, STYX_RREAD)->count, 4);
	send_write(1, 5, 0, 3);
	ck_assert_uint_eq(answer(1, STYX_RWRITE)->count, 3);
	send_open(1, 5, 0);
	wire_expect_error(fd, 1, STYX_EUNKNOWNMODE);
	send_walk(1, 5, 6, 0, NULL);
	wire_expect_error(fd, 1, "not a directory");
	wire_fcall(fd, &(StyxFcall){.type = STYX_TATTACH, .tag = 1, .fid = 1, .afid = 77, .uname = "x"});
	wire_expect_error(fd, 1, STYX_ENOFID);
	wire_fcall(fd, &(StyxFcall){.type = STYX_TATTACH, .tag = 1, .fid = 1, .afid = 5, .uname = "x"});
	answer(1, STYX_RATTACH);
	wire_fcall(fd, &(StyxFcall){.type = STYX_TATTACH, .tag = 1, .fid = 2, .afid = 1, .uname = "x"});
	wire_expect_error(fd, 1, STYX_ENOFID); /* no auth fid */
	clunk(5);
	end();
}
END_TEST

START_TEST(attach)
{
	session(NULL);
	wire_send(fd, ATTACH1);
	wire_expect_error(fd, 1, STYX_EFIDINUSE);
	wire_fcall(fd, &(StyxFcall){.type = STYX_TATTACH, .tag = 1, .fid = 2, .afid = STYX_NOFID, .aname = "nowhere"});
	wire_expect_error(fd, 1, "unknown tree");
	wire_fcall(fd, &(StyxFcall){.type = STYX_TATTACH, .tag = 0, .fid = 2, .afid = STYX_NOFID});
	answer(0, STYX_RATTACH); /* so fid 2 was free, and tag 0 is a tag */
	wire_fcall(fd, &(StyxFcall){.type = STYX_TATTACH, .tag = 0, .fid = 0, .afid = STYX_NOFID});
	answer(0, STYX_RATTACH);
	wire_fcall(fd, &(StyxFcall){.type = STYX_TATTACH, .tag = 1, .fid = STYX_NOFID, .afid = STYX_NOFID});
	wire_expect_error(fd, 1, STYX_ENOFID);
	clunk(1);
	walk(2, 1, "dir");
	end();
}
END_TEST

START_TEST(walks)
{
	static const char *const three[] = {"dir", "nope", "x"}, *const bad[] = {"a/b", "../..", "a\001"};
	static const char *const dots[] = {".", "dir", "", "..", "."}, *const filedot[] = {"data", "."};
	const char *many[17], *longname;
	char big[65001];
	int i;

	session(NULL);
	send_walk(1, 1, 2, 3, three);
	ck_assert_int_eq(answer(1, STYX_RWALK)->nwqid, 1);
	send_fid(STYX_TCLUNK, 1, 2);
	wire_expect_error(fd, 1, STYX_ENOFID); /* it was not made */
	send_walk(1, 1, 2, 1, &three[1]);
	wire_expect_error(fd, 1, "file does not exist");
	for (i = 0; i < 3; i++) {
		send_walk(1, 1, 2, 1, &bad[i]);
		ck_assert_int_eq(strncmp(answer(1, STYX_RERROR)->ename, STYX_EBADCHAR, strlen(STYX_EBADCHAR)), 0);
	}
	send_walk(1, 77, 2, 0, NULL);
	wire_expect_error(fd, 1, STYX_ENOFID);
	send_walk(1, 1, STYX_NOFID, 0, NULL);
	wire_expect_error(fd, 1, STYX_ENOFID);
	for (i = 0; i < 16; i++)
		many[i] = "..";
	send_walk(1, 1, 2, 16, many);
	ck_assert_int_eq(answer(1, STYX_RWALK)->nwqid, 16);
	send_walk(1, 1, 2, 0, NULL);
	wire_expect_error(fd, 1, STYX_EFIDINUSE);
	clunk(2);
	send_walk(1, 1, 2, 5, dots); /* `.' and empty names are the directory itself */
	ck_assert_int_eq(answer(1, STYX_RWALK)->nwqid, 5);
	ck_assert_uint_eq(rx.wqid[0].path, 0);
	ck_assert_uint_eq(rx.wqid[1].path, 4);
	ck_assert_uint_eq(rx.wqid[2].path, 4);
	ck_assert_uint_eq(rx.wqid[4].path, 0);
	clunk(2);
	send_walk(1, 1, 2, 2, filedot);
	ck_assert_int_eq(answer(1, STYX_RWALK)->nwqid, 1);
	send_fid(STYX_TCLUNK, 1, 2);
	wire_expect_error(fd, 1, STYX_ENOFID);
	walk(1, 2, "data");
	send_walk(1, 2, 3, 1, three);
	wire_expect_error(fd, 1, "not a directory");
	/* A fid that moves itself, or stays where it was. */
	walk(1, 3, NULL);
	walk(3, 3, "dir");
	send_walk(1, 3, 3, 1, three);
	wire_expect_error(fd, 1, "file does not exist");
	send_fid(STYX_TSTAT, 1, 3);
	answer(1, STYX_RSTAT);
	/* From an open fid to another, but not itself. */
	send_open(1, 3, 0);
	answer(1, STYX_ROPEN);
	walk(3, 4, "..");
	walk(3, 5, NULL);
	send_walk(1, 3, 3, 1, many);
	wire_expect_error(fd, 1, "walk of open fid");
	memset(big, 'n', 65000);
	big[65000] = '\0';
	longname = big;
	end();
	start(&testfs_ops, NULL);
	wire_fcall(fd, &(StyxFcall){.type = STYX_TVERSION, .tag = STYX_NOTAG, .msize = 100000, .version = "9P2000"});
	answer(STYX_NOTAG, STYX_RVERSION);
	wire_send(fd, ATTACH1);
	wire_expect(fd, RATTACH);
	send_walk(1, 1, 2, 1, &longname);
	wire_expect_error(fd, 1, "file does not exist");
	end();
}
END_TEST

START_TEST(open_states)
{
	session(NULL);
	walk(1, 2, "data");
	send_read(1, 2, 0, 10);
	wire_expect_error(fd, 1, STYX_EUNKNOWNMODE);
	send_write(1, 2, 0, 10);
	wire_expect_error(fd, 1, STYX_EUNKNOWNMODE);
	send_open(1, 2, 0x80);
	wire_expect_error(fd, 1, STYX_EUNKNOWNMODE);
	send_open(1, 2, STYX_OREAD);
	ck_assert_uint_eq(answer(1, STYX_ROPEN)->iounit, 8192);
	send_open(1, 2, STYX_OREAD);
	wire_expect_error(fd, 1, STYX_EUNKNOWNMODE);
	send_write(1, 2, 0, 10);
	wire_expect_error(fd, 1, STYX_EBADMODE);
	send_read(1, 2, 0, 8193);
	wire_expect_error(fd, 1, STYX_ECOUNT);
	send_read(1, 2, UINT64_C(1) << 63, 10);
	wire_expect_error(fd, 1, STYX_EOFFSET);
	send_read(1, 2, INT64_MAX, 10);
	ck_assert_uint_eq(answer(1, STYX_RREAD)->count, 0);
	send_read(1, 2, 0, 8192);
	ck_assert_uint_eq(answer(1, STYX_RREAD)->count, 0);
	walk_open(3, "data", STYX_OWRITE);
	send_read(1, 3, 0, 10);
	wire_expect_error(fd, 1, STYX_EBADMODE);
	send_write(1, 3, INT64_MAX, 1);
	wire_expect_error(fd, 1, STYX_EOFFSET);
	send_write(1, 3, 0, 8192);
	ck_assert_uint_eq(answer(1, STYX_RWRITE)->count, 8192);
	send_write(1, 3, 0, 0);
	ck_assert_uint_eq(answer(1, STYX_RWRITE)->count, 0);
	send_read(1, 2, 8190, 100);
	ck_assert_uint_eq(answer(1, STYX_RREAD)->count, 2);
	walk_open(4, "dir", STYX_OREAD);
	send_write(1, 4, 0, 1);
	wire_expect_error(fd, 1, STYX_EBADMODE);
	walk(1, 5, "refuse");
	send_open(1, 5, 0);
	wire_expect_error(fd, 1, "quota used");
	send_open(1, 77, 0);
	wire_expect_error(fd, 1, STYX_ENOFID);
	send_read(1, 77, 0, 1);
	wire_expect_error(fd, 1, STYX_ENOFID);
	send_write(1, 77, 0, 1);
	wire_expect_error(fd, 1, STYX_ENOFID);
	send_fid(STYX_TSTAT, 1, 77);
	wire_expect_error(fd, 1, STYX_ENOFID);
	send_fid(STYX_TREMOVE, 1, 77);
	wire_expect_error(fd, 1, STYX_ENOFID);
	end();
}
END_TEST

static void
send_create(uint32_t fid, const char *name)
{
	wire_fcall(fd, &(StyxFcall){.type = STYX_TCREATE, .tag = 1, .fid = fid, .name = name, .perm = 0666, .mode = 1});
}

START_TEST(creates)
{
	session(NULL);
	walk(1, 2, NULL);
	send_create(2, ".");
	wire_expect_error(fd, 1, "file name syntax");
	send_create(2, "..");
	wire_expect_error(fd, 1, "file name syntax");
	send_create(2, "");
	wire_expect_error(fd, 1, "file name syntax");
	send_create(2, "a/b");
	wire_expect_error(fd, 1, "bad character in file name: a/b");
	send_create(2, "other");
	wire_expect_error(fd, 1, "quota used");
	walk(1, 3, "pipe");
	send_create(3, "data");
	wire_expect_error(fd, 1, "not a directory");
	send_create(2, "data");
	ck_assert_uint_eq(answer(1, STYX_RCREATE)->qid.path, 2);
	send_write(1, 2, 0, 5);
	answer(1, STYX_RWRITE);
	send_create(2, "data");
	wire_expect_error(fd, 1, STYX_EUNKNOWNMODE);
	end();
}
END_TEST

START_TEST(removes)
{
	int before = testfs_removes();

	session(NULL);
	walk(1, 2, "data");
	send_fid(STYX_TREMOVE, 1, 2);
	wire_expect_error(fd, 1, "permission denied");
	ck_assert_int_eq(testfs_removes(), before + 1);
	send_fid(STYX_TREMOVE, 1, 2);
	wire_expect_error(fd, 1, STYX_ENOFID); /* it went in spite of the error */
	ck_assert_int_eq(testfs_handles(), 1);
	end();
}
END_TEST

static void
send_wstat(const StyxDir *d, int cut)
{
	uint8_t buf[300];
	size_t n = styx_dir_encode(d, buf, sizeof buf);

	wire_fcall(fd, &(StyxFcall){.type = STYX_TWSTAT, .tag = 1, .fid = 2, .stat = buf, .nstat = (uint16_t)(n - (size_t)cut)});
}

START_TEST(stats)
{
	StyxDir d;

	session(NULL);
	walk(1, 2, "data");
	send_fid(STYX_TSTAT, 1, 2);
	answer(1, STYX_RSTAT);
	ck_assert_uint_eq(styx_dir_check(rx.stat, rx.nstat), rx.nstat);
	styx_dir_null(&d);
	send_wstat(&d, 0);
	answer(1, STYX_RWSTAT);
	send_wstat(&d, 1);
	wire_expect_error(fd, 1, STYX_EBADSTAT);
	send_wstat(&d, 49);
	wire_expect_error(fd, 1, STYX_EBADSTAT);
	d.name = "a/b";
	send_wstat(&d, 0);
	wire_expect_error(fd, 1, "bad character in file name: a/b");
	d.name = "..";
	send_wstat(&d, 0);
	wire_expect_error(fd, 1, "file name syntax");
	d.name = "ok";
	send_wstat(&d, 0);
	wire_expect_error(fd, 1, "permission denied");
	styx_dir_null(&d);
	d.mode = STYX_DMDIR | 0700;
	send_wstat(&d, 0);
	wire_expect_error(fd, 1, "wstat prohibited");
	walk(1, 3, "bigstat");
	send_fid(STYX_TSTAT, 1, 3);
	ck_assert_uint_gt(answer(1, STYX_RSTAT)->nstat, 6000);
	wire_fcall(fd, &(StyxFcall){.type = STYX_TVERSION, .tag = STYX_NOTAG, .msize = 4096, .version = "9P2000"});
	answer(STYX_NOTAG, STYX_RVERSION);
	wire_send(fd, ATTACH1);
	wire_expect(fd, RATTACH);
	walk(1, 3, "bigstat");
	send_fid(STYX_TSTAT, 1, 3);
	wire_expect_error(fd, 1, "failed to convert R-message");
	end();
}
END_TEST

/* All of /dir through reads of count bytes: each name once. Returns the end's offset. */
static uint64_t
read_all(uint32_t fid, uint32_t count)
{
	uint64_t offset = 0;
	char want[256], strs[700];
	size_t off, size;
	int n = 0;
	StyxDir d;

	for (;;) {
		send_read(1, fid, offset, count);
		answer(1, STYX_RREAD);
		if (rx.count == 0)
			break;
		ck_assert_uint_le(rx.count, count);
		for (off = 0; off < rx.count; off += size) {
			size = styx_dir_decode((const uint8_t *)rx.data + off, rx.count - off, &d, strs);
			ck_assert_uint_ne(size, 0);
			ck_assert_str_eq(d.name, testfs_dirname(n++, want));
		}
		offset += rx.count;
	}
	ck_assert_int_eq(n, NDIR);
	return offset;
}

START_TEST(directories)
{
	static const uint32_t counts[] = {320, 512, 2048, 4096, 8192};
	uint64_t end0 = 0, at;
	unsigned i;

	session(NULL);
	walk_open(2, "dir", STYX_OREAD);
	for (i = 0; i < 5; i++) {
		at = read_all(2, counts[i]);
		if (i > 0)
			ck_assert_uint_eq(at, end0);
		end0 = at;
	}
	send_read(1, 2, 0, 700);
	at = answer(1, STYX_RREAD)->count;
	ck_assert_uint_gt(at, 0);
	send_read(1, 2, 1, 700);
	wire_expect_error(fd, 1, "can't seek on a directory");
	send_read(1, 2, at + 1, 700);
	wire_expect_error(fd, 1, "can't seek on a directory");
	send_read(1, 2, at, 700);
	ck_assert_uint_gt(answer(1, STYX_RREAD)->count, 0);
	send_read(1, 2, 0, 40); /* too small for any entry: an error and not the end */
	answer(1, STYX_RERROR);
	send_read(1, 2, 0, 700);
	ck_assert_uint_eq(answer(1, STYX_RREAD)->count, at);
	send_write(1, 2, 0, 1);
	wire_expect_error(fd, 1, STYX_EBADMODE);
	walk(1, 3, "dir");
	send_open(1, 3, STYX_ORDWR); /* which this file system allows */
	answer(1, STYX_ROPEN);
	send_write(1, 3, 0, 1);
	wire_expect_error(fd, 1, "file is a directory");
	end();
}
END_TEST

START_TEST(readonly)
{
	StyxServerConf conf = {.readonly = true};
	StyxDir d;

	session(&conf);
	walk(1, 2, "data");
	send_open(1, 2, STYX_OWRITE);
	wire_expect_error(fd, 1, "file system read only");
	send_open(1, 2, STYX_OREAD | STYX_OTRUNC);
	wire_expect_error(fd, 1, "file system read only");
	send_open(1, 2, STYX_OREAD | STYX_ORCLOSE);
	wire_expect_error(fd, 1, "file system read only");
	styx_dir_null(&d);
	send_wstat(&d, 0);
	answer(1, STYX_RWSTAT);
	d.length = 0;
	send_wstat(&d, 0);
	wire_expect_error(fd, 1, "file system read only");
	send_create(1, "data");
	wire_expect_error(fd, 1, "file system read only");
	send_open(1, 2, STYX_OREAD);
	answer(1, STYX_ROPEN);
	send_fid(STYX_TREMOVE, 1, 2);
	wire_expect_error(fd, 1, "file system read only");
	send_fid(STYX_TREMOVE, 1, 2);
	wire_expect_error(fd, 1, STYX_ENOFID);
	end();
}
END_TEST

START_TEST(blocked_reads)
{
	session(NULL);
	walk_open(2, "block", STYX_OREAD);
	walk_open(3, "block", STYX_OREAD);
	send_read(10, 2, 0, 100);
	send_read(11, 3, 0, 100);
	send_fid(STYX_TSTAT, 1, 1);
	answer(1, STYX_RSTAT); /* at once */
	send_read(10, 3, 0, 100);
	wire_expect_error(fd, 10, "duplicate tag");
	testfs_wait_blocked(2);
	testfs_release("key");
	ck_assert_uint_eq(answer(10, STYX_RREAD)->count, 3);
	ck_assert_mem_eq(rx.data, "key", 3);
	answer(11, STYX_RREAD);
	end();
}
END_TEST

START_TEST(flush)
{
	session(NULL);
	walk_open(2, "block", STYX_OREAD);
	send_flush(20, 99); /* unknown */
	answer(20, STYX_RFLUSH);
	send_flush(20, 20); /* itself */
	answer(20, STYX_RFLUSH);
	send_flush(STYX_NOTAG, 1);
	answer(STYX_NOTAG, STYX_RFLUSH);

	send_read(10, 2, 0, 100);
	testfs_wait_blocked(1);
	send_flush(20, 10);
	answer(20, STYX_RFLUSH); /* and nothing for 10 */
	ck_assert_int_eq(testfs_blocked(), 0);
	send_flush(21, 10); /* again, after it has gone */
	answer(21, STYX_RFLUSH);

	/* The tag is free again; what arrives later goes to the later read and is not lost. */
	send_read(10, 2, 0, 100);
	testfs_wait_blocked(1);
	testfs_release("x");
	answer(10, STYX_RREAD);

	/* Flush under a tag in use is answered nonetheless. */
	send_read(10, 2, 0, 100);
	testfs_wait_blocked(1);
	send_flush(10, 10);
	answer(10, STYX_RFLUSH);
	send_fid(STYX_TSTAT, 1, 1);
	answer(1, STYX_RSTAT);
	end();
}
END_TEST

/*
 * Two flushes of a request that succeeds in spite of them: its answer, then theirs in order; a flush of a flush comes
 * last.
 */
START_TEST(flush_order)
{
	Workers *w = workers_new(4);
	StyxServerConf conf = {.dispatch = workers_dispatch, .aux = w};
	int i;

	session(&conf);
	walk_open(2, "slow", STYX_OREAD);
	for (i = 0; i < 50; i++) {
		send_read(10, 2, 0, 100);
		usleep(1000); /* it will usually be running by now */
		send_flush(20, 10);
		send_flush(21, 10);
		send_flush(22, 20);
		wire_read(fd, rbuf, sizeof rbuf, &rx);
		if (rx.tag == 10) {
			ck_assert_int_eq(rx.type, STYX_RREAD);
			answer(20, STYX_RFLUSH);
		} else {
			ck_assert_int_eq(rx.type, STYX_RFLUSH);
			ck_assert_int_eq(rx.tag, 20);
		}
		answer(21, STYX_RFLUSH);
		answer(22, STYX_RFLUSH);
	}
	wire_expect_silence(fd);
	end();
	workers_free(w);
}
END_TEST

/* The one worker is busy, so requests wait for it, and a flush drops them there: nothing happens, no fid is made. */
START_TEST(flush_of_waiting)
{
	Workers *w = workers_new(1);
	StyxServerConf conf = {.dispatch = workers_dispatch, .aux = w};
	int i;

	session(&conf);
	walk_open(2, "slow", STYX_OREAD);
	for (i = 0; i < 20; i++) {
		send_read(10, 2, 0, 100);
		send_walk(11, 1, 30, 0, NULL);
		send_flush(12, 11);
		send_walk(13, 1, 30, 0, NULL);
		/* Either the first walk was answered before the flush, then the second fails; or it never was. */
		bool first = false, second = false, flushed = false;

		while (!second || !flushed) {
			wire_read(fd, rbuf, sizeof rbuf, &rx);
			if (rx.tag == 11) {
				ck_assert(!flushed);
				first = true;
			} else if (rx.tag == 12)
				flushed = true;
			else if (rx.tag == 13) {
				second = true;
				ck_assert_int_eq(rx.type, first ? STYX_RERROR : STYX_RWALK);
			} else
				ck_assert_int_eq(rx.tag, 10);
		}
		send_fid(STYX_TCLUNK, 14, 30);
		wire_read(fd, rbuf, sizeof rbuf, &rx);
		if (rx.tag == 10)
			wire_read(fd, rbuf, sizeof rbuf, &rx);
		else {
			ck_assert_int_eq(rx.type, STYX_RCLUNK);
			continue;
		}
		ck_assert_int_eq(rx.type, STYX_RCLUNK);
	}
	end();
	workers_free(w);
}
END_TEST

START_TEST(new_session)
{
	session(NULL);
	walk_open(2, "block", STYX_OREAD);
	walk(1, 3, NULL);
	send_read(10, 2, 0, 100);
	testfs_wait_blocked(1);
	send_flush(20, 99);
	answer(20, STYX_RFLUSH);
	wire_send(fd, VERSION);
	wire_expect(fd, RVERSION); /* no answer to the read, which was given up */
	ck_assert_int_eq(testfs_blocked(), 0);
	ck_assert_int_eq(testfs_handles(), 0);
	send_fid(STYX_TCLUNK, 10, 1);
	wire_expect_error(fd, 10, STYX_ENOFID);
	wire_send(fd, ATTACH1);
	wire_expect(fd, RATTACH);
	walk_open(2, "block", STYX_OREAD);
	end();
}
END_TEST

START_TEST(limits)
{
	StyxServerConf conf = {.maxreq = 5, .maxfids = 10, .msize = 4096};
	uint32_t i;

	start(&testfs_ops, &conf);
	wire_send(fd, VERSION);
	ck_assert_uint_eq(answer(STYX_NOTAG, STYX_RVERSION)->msize, 4096);
	wire_send(fd, ATTACH1);
	wire_expect(fd, RATTACH);
	walk_open(2, "block", STYX_OREAD);
	for (i = 3; i <= 10; i++)
		walk(1, i, NULL);
	send_walk(1, 1, 11, 0, NULL);
	wire_expect_error(fd, 1, STYX_ETOOMANYFID);
	clunk(10);
	walk(1, 11, NULL);
	for (i = 0; i < 5; i++)
		send_read((int)(50 + i), 2, 0, 10);
	testfs_wait_blocked(5);
	send_fid(STYX_TSTAT, 1, 1);
	wire_expect_error(fd, 1, STYX_ETOOMANYREQ);
	send_flush(1, 52); /* which always has room */
	answer(1, STYX_RFLUSH);
	send_fid(STYX_TSTAT, 1, 1);
	answer(1, STYX_RSTAT);
	end();
}
END_TEST

/* Requests on one fid that has to be had alone wait for each other and are all served, in order. */
START_TEST(same_fid)
{
	Workers *w = workers_new(8);
	StyxServerConf conf = {.dispatch = workers_dispatch, .aux = w};
	uint64_t offset;
	int i, round;

	session(&conf);
	for (round = 0; round < 20; round++) {
		walk(1, 2, "dir");
		send_fid(STYX_TSTAT, 5, 2);
		send_open(6, 2, 0);
		send_open(7, 2, 0);
		for (i = 0; i < 3; i++)
			wire_read(fd, rbuf, sizeof rbuf, &rx);
		send_read(1, 2, 0, 1000);
		offset = answer(1, STYX_RREAD)->count;
		for (i = 0; i < 10; i++)
			send_read(10 + i, 2, 0, 1000); /* ten rewinds */
		for (i = 0; i < 10; i++) {
			wire_read(fd, rbuf, sizeof rbuf, &rx);
			ck_assert_int_eq(rx.type, STYX_RREAD);
			ck_assert_uint_eq(rx.count, offset);
		}
		/* A clunk in the middle: those behind it have no fid. */
		send_read(10, 2, 0, 1000);
		send_fid(STYX_TCLUNK, 11, 2);
		send_read(12, 2, 0, 1000);
		for (i = 0; i < 3; i++) {
			wire_read(fd, rbuf, sizeof rbuf, &rx);
			ck_assert_int_eq(rx.type, rx.tag == 10 ? STYX_RREAD : rx.tag == 11 ? STYX_RCLUNK : STYX_RERROR);
		}
	}
	end();
	workers_free(w);
}
END_TEST

static void
ends_with(const char *hex, const char *text)
{
	session(NULL);
	walk_open(2, "block", STYX_OREAD);
	send_read(10, 2, 0, 10);
	wire_send(fd, hex);
	wire_expect_eof(fd);
	serve_end(&s);
	ck_assert_int_eq(s.ret, -1);
	ck_assert_str_eq(s.err, text);
	ck_assert_int_eq(testfs_handles(), 0);
	ck_assert_int_eq(testfs_blocked(), 0);
}

START_TEST(fatal)
{
	ends_with("00000000", "bad length in Styx message header");
	ends_with("04000000", "bad length in Styx message header");
	ends_with("19200000", "bad length in Styx message header");
	ends_with("00000080", "bad length in Styx message header");
	ends_with("ffffffff", "bad length in Styx message header");
	ends_with("05000000 78", "bad T-message");
	ends_with("07000000 6a 0100", "bad T-message");
	ends_with("07000000 63 0100", "bad T-message");
	ends_with("0c000000 78 0100 03000000 00", "bad T-message");
	ends_with("0a000000 78 0100 030000", "bad T-message");
	ends_with("07000000 79 0100", "invalid T-message type 121");
	ends_with("0b000000 77 0100 04000000", "invalid T-message type 119");
	ends_with("13000000 6e 0100 01000000 02000000 1100 0000", "bad T-message");
	ends_with("15000000 72 0100 03000000 0300 6e0077 b4010000 01", "bad T-message");
}
END_TEST

/* The peer goes while requests are blocked, running and waiting for their turn. */
START_TEST(sudden_end)
{
	Workers *w = workers_new(4);
	StyxServerConf conf = {.dispatch = workers_dispatch, .aux = w};
	int i, round;

	for (round = 0; round < 20; round++) {
		session(&conf);
		walk_open(2, "block", STYX_OREAD);
		walk_open(3, "slow", STYX_OREAD);
		walk_open(4, "dir", STYX_OREAD);
		for (i = 0; i < 10; i++) {
			send_read(10 + i, 2, 0, 10);
			send_read(30 + i, 3, 0, 10);
			send_read(50 + i, 4, 0, 1000);
			send_walk(70 + i, 1, (uint32_t)(100 + i), 0, NULL);
			send_flush(90 + i, 10 + i);
		}
		end_anyhow();
		ck_assert_int_eq(testfs_blocked(), 0);
	}
	workers_free(w);
}
END_TEST

/* A hundred thousand requests with flushes of all kinds; nothing is left over. */
START_TEST(storm)
{
	Workers *w = workers_new(6);
	StyxServerConf conf = {.dispatch = workers_dispatch, .aux = w};
	static const char *const names[] = {"data", "nope", "dir", "slow", "block"};
	int i, n = getenv("STYX_STORM") != NULL ? atoi(getenv("STYX_STORM")) : 20000, got = 0;
	uint32_t fid;

	session(&conf);
	walk_open(2, "block", STYX_OREAD);
	walk_open(3, "data", STYX_ORDWR);
	srand(1);
	for (i = 0; i < n; i++) {
		int tag = 100 + i % 200;

		/*
		 * The tags' order makes sure that a flush's answer is read before its tag, and that of its victim, is
		 * used again.
		 */
		switch (rand() % 6) {
		case 0:
			send_flush(tag, 100 + rand() % 200);
			break;
		case 1:
			send_read(tag, 3, 0, 100);
			break;
		case 2:
			fid = 10 + (uint32_t)(rand() % 50);
			send_walk(tag, 1, fid, rand() % 2, &names[rand() % 5]);
			break;
		case 3:
			send_fid(STYX_TCLUNK, tag, 10 + (uint32_t)(rand() % 50));
			break;
		case 4:
			send_open(tag, 10 + (uint32_t)(rand() % 50), rand() % 3);
			break;
		case 5:
			send_fid(STYX_TSTAT, tag, 10 + (uint32_t)(rand() % 50));
			break;
		}
		if (i % 100 == 99) { /* a barrier: everything before it is flushed or answered */
			send_flush(50, tag);
			do {
				wire_read(fd, rbuf, sizeof rbuf, &rx);
				got++;
			} while (rx.tag != 50);
		}
	}
	ck_assert_int_gt(got, n / 100);
	wire_send(fd, VERSION);
	do
		wire_read(fd, rbuf, sizeof rbuf, &rx);
	while (rx.tag != STYX_NOTAG);
	wire_expect_silence(fd);
	wire_send(fd, ATTACH1);
	wire_expect(fd, RATTACH);
	ck_assert_int_eq(testfs_settled(1), 1);
	clunk(1);
	ck_assert_int_eq(testfs_settled(0), 0);
	end();
	workers_free(w);
}
END_TEST

/* A peer that sends and never reads: the server ends when it goes, whatever threads are stuck in writing. */
START_TEST(deaf_peer)
{
	Workers *w = workers_new(4);
	StyxServerConf conf = {.dispatch = workers_dispatch, .aux = w};
	int i, flags = MSG_DONTWAIT | MSG_NOSIGNAL;
	uint8_t msg[32];
	size_t n;

	session(&conf);
	walk_open(3, "data", STYX_ORDWR);
	send_write(1, 3, 0, 8192);
	answer(1, STYX_RWRITE);
	n = styx_encode(&(StyxFcall){.type = STYX_TREAD, .tag = 10, .fid = 3, .count = 8192}, msg, sizeof msg);
	for (i = 0; i < 2000; i++) {
		msg[5] = (uint8_t)i;
		msg[6] = (uint8_t)(1 + i / 256);
		if (send(fd, msg, n, flags) != (ssize_t)n)
			break;
	}
	usleep(20000);
	end_anyhow();
	workers_free(w);
}
END_TEST

START_TEST(hangup)
{
	session(NULL);
	walk_open(2, "block", STYX_OREAD);
	send_read(10, 2, 0, 10);
	testfs_wait_blocked(1);
	styx_server_hangup(s.server);
	styx_server_hangup(s.server);
	wire_expect_eof(fd);
	serve_end(&s);
	ck_assert_int_eq(testfs_handles(), 0);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("styx server");
	TCase *t = tcase_create("server");
	SRunner *r;
	int failed;

	tcase_set_timeout(t, 120);
	tcase_add_test(t, version);
	tcase_add_test(t, pieces);
	tcase_add_test(t, auth_refused);
	tcase_add_test(t, auth);
	tcase_add_test(t, attach);
	tcase_add_test(t, walks);
	tcase_add_test(t, open_states);
	tcase_add_test(t, creates);
	tcase_add_test(t, removes);
	tcase_add_test(t, stats);
	tcase_add_test(t, directories);
	tcase_add_test(t, readonly);
	tcase_add_test(t, blocked_reads);
	tcase_add_test(t, flush);
	tcase_add_test(t, flush_order);
	tcase_add_test(t, flush_of_waiting);
	tcase_add_test(t, new_session);
	tcase_add_test(t, limits);
	tcase_add_test(t, same_fid);
	tcase_add_test(t, fatal);
	tcase_add_test(t, sudden_end);
	tcase_add_test(t, storm);
	tcase_add_test(t, deaf_peer);
	tcase_add_test(t, hangup);
	suite_add_tcase(suite, t);
	r = srunner_create(suite);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
