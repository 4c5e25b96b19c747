/*
 * The client, answered byte by byte: agreement, the state of fids after every kind of failure, interruption, and the
 * end of the connection.
 */
#include <check.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "wire.h"

#define RVERSION "13000000 65 ffff 18200000 0600 395032303030"

static StyxClient *c;
static StyxCall *call;
static int fd; /* the server's end */
static sem_t closed;
static void (*realclose)(void *);
static char logged[300];

static void
count_close(void *aux)
{
	realclose(aux);
	sem_post(&closed);
}

static void
take_log(void *aux, const char *line)
{
	(void)aux;
	strncpy(logged, line, sizeof logged - 1);
}

static void
start(const StyxClientConf *conf)
{
	StyxClientConf dflt = {.log = take_log};
	StyxTransport t;
	char err[STYX_ERRMAX];
	int p[2];

	wire_pair(p);
	fd = p[0];
	ck_assert(styx_transport_fd(&t, p[1], p[1]));
	realclose = t.close;
	t.close = count_close;
	sem_init(&closed, 0, 0);
	c = styx_client_new(&t, conf != NULL ? conf : &dflt, err, sizeof err);
	ck_assert_ptr_nonnull(c);
	call = styx_call_new();
}

static void
counts(unsigned nreq, unsigned nfid)
{
	unsigned r, f;
	int i;

	/* The reader may still be about to settle the last answer. */
	for (i = 0; i < 200; i++) {
		styx_client_counts(c, &r, &f);
		if (r == nreq && f == nfid)
			return;
		usleep(5000);
	}
	ck_assert_uint_eq(r, nreq);
	ck_assert_uint_eq(f, nfid);
}

static void
end(void)
{
	styx_client_free(c);
	close(fd);
	sem_wait(&closed);
	styx_call_free(call);
}

/* A function run beside the test, which plays the server meanwhile. */
typedef struct Job {
	pthread_t tid;
	StyxCall *call;
	int kind;
	uint32_t fid, newfid;
	const char *name;
	long ret;
	char buf[100];
	StyxQid qid;
} Job;

enum { VERSION, ATTACH, WALK, CLONE, READ, CLUNK, REMOVE, OPEN, STAT, READDIR, WALK2, WRITE };

static void *
job_run(void *arg)
{
	Job *j = arg;
	const char *names[2] = {j->name, j->name};
	StyxQid qids[2];
	uint32_t iounit = 0;
	StyxDir d;
	void *mem = NULL;

	switch (j->kind) {
	case VERSION:
		j->ret = styx_client_version(c, j->call, j->fid, j->name);
		break;
	case ATTACH:
		j->ret = styx_client_attach(c, j->call, STYX_NOFID, "inferno", "", &j->newfid, &j->qid);
		break;
	case WALK:
		j->ret = styx_client_walk(c, j->call, j->fid, names, 1, &j->newfid, qids);
		break;
	case WALK2:
		j->ret = styx_client_walk(c, j->call, j->fid, names, 2, &j->newfid, qids);
		break;
	case CLONE:
		j->ret = styx_client_walk(c, j->call, j->fid, NULL, 0, &j->newfid, NULL);
		break;
	case READ:
		j->ret = styx_client_read(c, j->call, j->fid, 0, j->buf, sizeof j->buf);
		break;
	case READDIR:
		j->ret = styx_client_readdir(c, j->call, j->fid, 0, j->buf, sizeof j->buf);
		break;
	case WRITE:
		j->ret = styx_client_write(c, j->call, j->fid, 0, "data", 4);
		break;
	case CLUNK:
		j->ret = styx_client_clunk(c, j->call, j->fid);
		break;
	case REMOVE:
		j->ret = styx_client_remove(c, j->call, j->fid);
		break;
	case OPEN:
		j->ret = styx_client_open(c, j->call, j->fid, 0, &j->qid, &iounit);
		j->newfid = iounit;
		break;
	case STAT:
		j->ret = styx_client_stat(c, j->call, j->fid, &d, &mem);
		if (j->ret == 0)
			strcpy(j->buf, d.name);
		free(mem);
		break;
	}
	return NULL;
}

static Job *
job(int kind, uint32_t fid, const char *name)
{
	Job *j = calloc(1, sizeof *j);

	j->kind = kind;
	j->fid = fid;
	j->name = name;
	j->call = styx_call_new();
	ck_assert_int_eq(pthread_create(&j->tid, NULL, job_run, j), 0);
	return j;
}

static void
job_end(Job *j, long ret, const char *err)
{
	pthread_join(j->tid, NULL);
	ck_assert_msg(j->ret == ret, "%ld %s", j->ret, styx_call_error(j->call));
	if (err != NULL)
		ck_assert_str_eq(styx_call_error(j->call), err);
	styx_call_free(j->call);
	free(j);
}

/* Does one request against one answer. */
static void
exchange(int kind, uint32_t fid, const char *name, const char *request, const char *answer, long ret, const char *err)
{
	Job *j = job(kind, fid, name);

	wire_expect(fd, request);
	wire_send(fd, answer);
	job_end(j, ret, err);
}

#define TVERSION "13000000 64 ffff 18200000 0600 395032303030"
#define TATTACH "1a000000 68 0100 01000000 ffffffff 0700 696e6665726e6f 0000"
#define RATTACH "14000000 69 0100 80 00000000 1000000000000000"
#define QUOTA "13000000 6b 0100 0a00 71756f74612075736564"

static void
session(const StyxClientConf *conf)
{
	start(conf);
	exchange(VERSION, 8216, NULL, TVERSION, RVERSION, 0, NULL);
	exchange(ATTACH, 0, NULL, TATTACH, RATTACH, 0, NULL);
	counts(0, 1);
}

static void
version_case(uint32_t msize, const char *asked, uint32_t rmsize, const char *ranswer, const char *err)
{
	Job *j;
	uint8_t buf[200];
	StyxFcall f;

	start(NULL);
	j = job(VERSION, msize, asked);
	wire_read(fd, buf, sizeof buf, &f);
	ck_assert_int_eq(f.type, STYX_TVERSION);
	ck_assert_uint_eq(f.tag, STYX_NOTAG);
	ck_assert_uint_eq(f.msize, msize == 0 ? 131096 : msize);
	ck_assert_str_eq(f.version, asked == NULL ? "9P2000" : asked);
	wire_fcall(fd, &(StyxFcall){.type = STYX_RVERSION, .tag = STYX_NOTAG, .msize = rmsize, .version = ranswer});
	job_end(j, err == NULL ? 0 : -1, err);
	ck_assert_uint_eq(styx_client_msize(c), err == NULL ? rmsize : 0);
	ck_assert_str_eq(styx_client_agreed(c), err == NULL ? ranswer : "");
	end();
}

START_TEST(version)
{
	version_case(0, NULL, 131096, "9P2000", NULL);
	version_case(0, NULL, 8216, "9P2000", NULL);
	version_case(0, "9P2000.u", 256, "9P2000", NULL);
	version_case(0, "9P2000.u", 256, "9P2000.u", NULL);
	version_case(8216, NULL, 8217, "9P2000", "server tries to increase msize in fversion");
	version_case(8216, NULL, 255, "9P2000", "nonsense value of msize in fversion");
	version_case(8216, NULL, 8216, "unknown", "bad 9P version returned from server");
	version_case(8216, NULL, 8216, "9P", "bad 9P version returned from server");
	version_case(8216, NULL, 8216, "", "bad 9P version returned from server");
	version_case(8216, NULL, 8216, "9P2000.u", "bad 9P version returned from server");
}
END_TEST

START_TEST(version_failures)
{
	Job *j;

	start(NULL);
	ck_assert_int_eq(styx_client_version(c, call, 0, "9P1999"), -1);
	ck_assert_str_eq(styx_call_error(call), "bad 9P version specification");
	ck_assert_int_eq(styx_client_version(c, call, 100, NULL), -1);
	exchange(VERSION, 8216, NULL, TVERSION, "13000000 6b ffff 0a00 71756f74612075736564", -1, "quota used");
	exchange(VERSION, 8216, NULL, TVERSION, "07000000 79 ffff", -1, "unexpected reply type in fversion");
	job_end(job(ATTACH, 0, NULL), -1, "version not established for mount channel");
	exchange(VERSION, 8216, NULL, TVERSION, RVERSION, 0, NULL); /* at last */
	ck_assert_int_eq(styx_client_version(c, call, 0, NULL), 0); /* without a message */
	ck_assert_int_eq(styx_client_version(c, call, 0, "9P2000.u"), 0);
	end();

	start(NULL);
	j = job(VERSION, 8216, NULL);
	wire_expect(fd, TVERSION);
	shutdown(fd, SHUT_RDWR);
	job_end(j, -1, "EOF receiving fversion reply");
	end();

	start(NULL);
	j = job(VERSION, 8216, NULL);
	wire_expect(fd, TVERSION);
	wire_send(fd, "13000000 65 ffff 18200000 0700 395032303030");
	job_end(j, -1, "bad fversion conversion on reply");
	end();

	start(NULL);
	j = job(VERSION, 8216, NULL);
	wire_expect(fd, TVERSION);
	styx_call_interrupt(j->call);
	job_end(j, -1, "interrupted");
	ck_assert(styx_client_dead(c, NULL, 0));
	end();
}
END_TEST

START_TEST(version_in_pieces)
{
	uint8_t buf[100];
	size_t n = unhex(RVERSION, buf, sizeof buf), i;
	Job *j;

	start(NULL);
	j = job(VERSION, 8216, NULL);
	wire_expect(fd, TVERSION);
	for (i = 0; i < n; i++) {
		wire_write(fd, buf + i, 1);
		usleep(500);
	}
	job_end(j, 0, NULL);
	end();
}
END_TEST

/* The server's own words reach the caller, and no fid is lost or sent to its end when it was never made. */
START_TEST(refusals)
{
	session(NULL);
	exchange(CLONE, 1, NULL, "11000000 6e 0100 01000000 02000000 0000", QUOTA, -1, "quota used");
	exchange(WALK, 1, "a", "14000000 6e 0100 01000000 02000000 0100 0100 61", QUOTA, -1, "quota used");
	exchange(OPEN, 1, NULL, "0c000000 70 0100 01000000 00", QUOTA, -1, "quota used");
	exchange(STAT, 1, NULL, "0b000000 7c 0100 01000000", QUOTA, -1, "quota used");
	exchange(READ, 1, NULL, "17000000 74 0100 01000000 0000000000000000 64000000", QUOTA, -1, "quota used");
	exchange(ATTACH, 0, NULL, "1a000000 68 0100 02000000 ffffffff 0700 696e6665726e6f 0000", QUOTA, -1, "quota used");
	counts(0, 1);
	exchange(CLONE, 1, NULL, "11000000 6e 0100 01000000 02000000 0000", "09000000 6f 0100 0000", 0, NULL);
	exchange(CLUNK, 2, NULL, "0b000000 78 0100 02000000", QUOTA, -1, "quota used");
	counts(0, 1);
	exchange(CLONE, 1, NULL, "11000000 6e 0100 01000000 02000000 0000", "09000000 6f 0100 0000", 0, NULL);
	exchange(REMOVE, 2, NULL, "0b000000 7a 0100 02000000", QUOTA, -1, "quota used");
	counts(0, 1);
	end();
}
END_TEST

START_TEST(walk_answers)
{
	session(NULL);
	exchange(WALK2, 1, "a", "17000000 6e 0100 01000000 02000000 0200 0100 61 0100 61",
		"16000000 6f 0100 0100 80 00000000 1100000000000000", 1, NULL);
	counts(0, 1);
	exchange(WALK, 1, "a", "14000000 6e 0100 01000000 02000000 0100 0100 61", "09000000 6f 0100 0000", -1,
		"file does not exist");
	counts(0, 1);
	/* More qids than names: the fid may exist, and is clunked. */
	exchange(CLONE, 1, NULL, "11000000 6e 0100 01000000 02000000 0000",
		"16000000 6f 0100 0100 80 00000000 1100000000000000", -1, "too many QIDs returned by walk");
	wire_expect(fd, "0b000000 78 0100 02000000");
	counts(1, 2);
	wire_send(fd, "07000000 79 0100");
	counts(0, 1);
	end();
}
END_TEST

START_TEST(names_not_sent)
{
	const char *bad[] = {"a/b", ".", ""};
	StyxQid q;
	uint32_t f;
	int i;

	session(NULL);
	for (i = 0; i < 3; i++)
		ck_assert_int_eq(styx_client_walk(c, call, 1, &bad[i], 1, &f, &q), -1);
	ck_assert_int_eq(styx_client_create(c, call, 1, "..", 0, 0, NULL, NULL), -1);
	ck_assert_str_eq(styx_call_error(call), "file name syntax");
	ck_assert_int_eq(styx_client_walk(c, call, 1, bad, 17, &f, &q), -1);
	counts(0, 1);
	end();
}
END_TEST

START_TEST(counts_clipped)
{
	Job *j;

	session(NULL);
	exchange(WRITE, 1, NULL, "1b000000 76 0100 01000000 0000000000000000 04000000 64617461", "0b000000 77 0100 ff000000", 4, NULL);
	j = job(READ, 1, NULL);
	wire_expect(fd, "17000000 74 0100 01000000 0000000000000000 64000000");
	char big[200];
	memset(big, 'x', sizeof big);
	wire_fcall(fd, &(StyxFcall){.type = STYX_RREAD, .tag = 1, .count = 200, .data = big});
	job_end(j, 100, NULL);
	exchange(OPEN, 1, NULL, "0c000000 70 0100 01000000 00", "18000000 71 0100 00 00000000 1300000000000000 ffffffff", 0, NULL);
	end();
}
END_TEST

START_TEST(bad_stats)
{
	session(NULL);
	exchange(STAT, 1, NULL, "0b000000 7c 0100 01000000", "09000000 7d 0100 0000", -1, "malformed stat buffer");
	exchange(STAT, 1, NULL, "0b000000 7c 0100 01000000", "0d000000 7d 0100 0400 02000000", -1, "malformed stat buffer");
	exchange(READDIR, 1, NULL, "17000000 74 0100 01000000 0000000000000000 64000000", "10000000 75 0100 05000000 68656c6c6f", -1,
		"invalid directory entry received from server");
	end();
}
END_TEST

/* A mismatched answer is an error of that request alone; an unknown tag is nobody's; both are told. */
START_TEST(odd_answers)
{
	session(NULL);
	wire_send(fd, "07000000 79 0900");
	exchange(STAT, 1, NULL, "0b000000 7c 0100 01000000", "07000000 79 0100", -1, "mount rpc error");
	ck_assert_str_eq(logged, "mismatched reply type 121 to request type 124 tag 1");
	exchange(CLUNK, 1, NULL, "0b000000 78 0100 01000000", "07000000 79 0100", 0, NULL);
	end();
	session(NULL);
	wire_send(fd, "0b000000 77 0900 00000000");
	exchange(CLUNK, 1, NULL, "0b000000 78 0100 01000000", "07000000 79 0100", 0, NULL);
	ck_assert_str_eq(logged, "unexpected reply tag 9; type 119");
	end();
}
END_TEST

static const char *const lethal[] = {
	"00000000", "06000000", "19200000 75 0100", "ffffffff", "07000000 78 0100", "08000000 79 0100 00", "10000000 75 0100 06000000 68656c6c6f",
	"0b000000 78 0100 01000000", NULL, /* NULL: the stream ends */
};

START_TEST(connection_lost)
{
	Job *j[20];
	uint8_t buf[64];
	StyxFcall f;
	unsigned i, k;

	for (k = 0; k < sizeof lethal / sizeof lethal[0]; k++) {
		session(NULL);
		for (i = 0; i < 20; i++)
			j[i] = job(i % 2 ? READ : CLONE, 1, NULL);
		for (i = 0; i < 20; i++)
			wire_read(fd, buf, sizeof buf, &f);
		if (lethal[k] != NULL)
			wire_send(fd, lethal[k]);
		else
			close(fd);
		for (i = 0; i < 20; i++)
			job_end(j[i], -1, "mount rpc error");
		ck_assert_int_eq(styx_client_clunk(c, call, 1), -1);
		ck_assert_str_eq(styx_call_error(call), "mount rpc error");
		ck_assert_int_eq(styx_client_version(c, call, 0, NULL), -1);
		counts(0, 0);
		if (lethal[k] == NULL)
			fd = dup(0);
		end();
	}
}
END_TEST

START_TEST(own_words_at_the_end)
{
	StyxClientConf conf = {.eof = "i/o on hungup channel"};
	char err[STYX_ERRMAX];
	Job *j;

	session(&conf);
	j = job(READ, 1, NULL);
	wire_expect(fd, "17000000 74 0100 01000000 0000000000000000 64000000");
	shutdown(fd, SHUT_RDWR);
	job_end(j, -1, "i/o on hungup channel");
	end();
	session(&conf);
	ck_assert(!styx_client_dead(c, err, sizeof err));
	j = job(READ, 1, NULL);
	wire_expect(fd, "17000000 74 0100 01000000 0000000000000000 64000000");
	styx_client_hangup(c, "unmounted");
	job_end(j, -1, "unmounted");
	ck_assert(styx_client_dead(c, err, sizeof err));
	ck_assert_str_eq(err, "unmounted");
	end();
}
END_TEST

#define TREAD "17000000 74 0100 01000000 0000000000000000 64000000"
#define TFLUSH2 "09000000 6c 0200 0100"
#define RFLUSH2 "07000000 6d 0200"

START_TEST(interrupted)
{
	Job *j;

	session(NULL);
	j = job(READ, 1, NULL);
	wire_expect(fd, TREAD);
	styx_call_interrupt(j->call);
	wire_expect(fd, TFLUSH2);
	wire_expect_silence(fd); /* and the request waits */
	wire_send(fd, RFLUSH2);
	job_end(j, -1, "interrupted");
	counts(0, 1);

	/* The answer comes first and counts; the tags stay taken until the Rflush. */
	j = job(READ, 1, NULL);
	wire_expect(fd, TREAD);
	styx_call_interrupt(j->call);
	wire_expect(fd, TFLUSH2);
	wire_send(fd, "10000000 75 0100 05000000 68656c6c6f");
	job_end(j, 5, NULL);
	exchange(CLUNK, 1, NULL, "0b000000 78 0300 01000000", "07000000 79 0300", 0, NULL);
	wire_send(fd, RFLUSH2);
	counts(0, 0);
	exchange(ATTACH, 0, NULL, TATTACH, RATTACH, 0, NULL); /* tag 1 again */

	/* An Rerror to a Tflush is as good. */
	j = job(READ, 1, NULL);
	wire_expect(fd, TREAD);
	styx_call_interrupt(j->call);
	wire_expect(fd, TFLUSH2);
	wire_send(fd, "13000000 6b 0200 0a00 71756f74612075736564");
	job_end(j, -1, "interrupted");

	/* Insisting sends another, about the same old tag; every answer is waited for before tags are used again. */
	j = job(READ, 1, NULL);
	wire_expect(fd, TREAD);
	styx_call_interrupt(j->call);
	wire_expect(fd, TFLUSH2);
	styx_call_interrupt(j->call);
	wire_expect(fd, "09000000 6c 0300 0100");
	wire_send(fd, RFLUSH2);
	job_end(j, -1, "interrupted");
	counts(1, 1);
	wire_send(fd, "07000000 6d 0300");
	counts(0, 1);

	/* An answer of "interrupted" to the request itself. */
	j = job(READ, 1, NULL);
	wire_expect(fd, TREAD);
	styx_call_interrupt(j->call);
	wire_expect(fd, TFLUSH2);
	wire_send(fd, "14000000 6b 0100 0b00 696e746572727570746564");
	job_end(j, -1, "interrupted");
	wire_send(fd, RFLUSH2);
	counts(0, 1);
	end();
}
END_TEST

START_TEST(interrupted_before)
{
	char buf[10];

	session(NULL);
	styx_call_interrupt(call);
	ck_assert_int_eq(styx_client_read(c, call, 1, 0, buf, 10), -1);
	ck_assert_str_eq(styx_call_error(call), "interrupted");
	ck_assert(styx_call_interrupted(call));
	wire_expect_silence(fd);
	styx_call_resume(call);
	ck_assert(!styx_call_interrupted(call));
	styx_call_interrupt(call);
	ck_assert_int_eq(styx_client_clunk(c, call, 1), -1); /* sent all the same, but not waited for */
	wire_expect(fd, "0b000000 78 0100 01000000");
	counts(1, 1);
	wire_send(fd, "07000000 79 0100");
	counts(0, 0);
	end();
}
END_TEST

/* A fid that may or may not have been made is clunked, and its number not used before that is answered. */
START_TEST(interrupted_fids)
{
	Job *j;

	session(NULL);
	j = job(CLONE, 1, NULL);
	wire_expect(fd, "11000000 6e 0100 01000000 02000000 0000");
	styx_call_interrupt(j->call);
	wire_expect(fd, TFLUSH2);
	wire_send(fd, RFLUSH2);
	wire_expect(fd, "0b000000 78 0100 02000000");
	job_end(j, -1, "interrupted");
	exchange(CLONE, 1, NULL, "11000000 6e 0200 01000000 03000000 0000", "09000000 6f 0200 0000", 0, NULL);
	wire_send(fd, "12000000 6b 0100 0900 6e6f2073756368 2e2e"); /* it was not */
	counts(0, 2);

	/* The walk was done after all: the caller gets its fid. */
	j = job(CLONE, 1, NULL);
	wire_expect(fd, "11000000 6e 0100 01000000 02000000 0000");
	styx_call_interrupt(j->call);
	wire_expect(fd, TFLUSH2);
	wire_send(fd, "09000000 6f 0100 0000" RFLUSH2);
	job_end(j, 0, NULL);
	counts(0, 3);

	/* A clunk goes on without its caller. */
	j = job(CLUNK, 2, NULL);
	wire_expect(fd, "0b000000 78 0100 02000000");
	styx_call_interrupt(j->call);
	job_end(j, -1, "interrupted");
	counts(1, 3);
	wire_send(fd, "07000000 79 0100");
	counts(0, 2);

	/* A remove that never happened leaves a fid to be clunked. */
	j = job(REMOVE, 3, NULL);
	wire_expect(fd, "0b000000 7a 0100 03000000");
	styx_call_interrupt(j->call);
	wire_expect(fd, TFLUSH2);
	wire_send(fd, RFLUSH2);
	wire_expect(fd, "0b000000 78 0100 03000000");
	job_end(j, -1, "interrupted");
	wire_send(fd, "07000000 79 0100");
	counts(0, 1);

	/* Killed and then cut off. */
	j = job(CLONE, 1, NULL);
	wire_expect(fd, "11000000 6e 0100 01000000 03000000 0000");
	styx_call_interrupt(j->call);
	wire_expect(fd, TFLUSH2);
	shutdown(fd, SHUT_RDWR);
	job_end(j, -1, "mount rpc error");
	counts(0, 1);
	end();
}
END_TEST

START_TEST(forget)
{
	session(NULL);
	styx_client_forget(c, 1);
	wire_expect(fd, "0b000000 78 0100 01000000");
	counts(1, 1);
	wire_send(fd, "07000000 79 0100");
	counts(0, 0);
	end();
}
END_TEST

/* With room for two requests the third waits, and can be interrupted there. */
START_TEST(room)
{
	StyxClientConf conf = {.maxreq = 2};
	Job *j[4];
	int i;

	session(&conf);
	j[0] = job(READ, 1, NULL);
	wire_expect(fd, TREAD);
	j[1] = job(READ, 1, NULL);
	wire_expect(fd, "17000000 74 0200 01000000 0000000000000000 64000000");
	j[2] = job(READ, 1, NULL);
	j[3] = job(READ, 1, NULL);
	wire_expect_silence(fd);
	styx_call_interrupt(j[2]->call);
	job_end(j[2], -1, "interrupted");
	wire_send(fd, "0b000000 75 0200 00000000");
	job_end(j[1], 0, NULL);
	wire_expect(fd, "17000000 74 0200 01000000 0000000000000000 64000000");
	for (i = 2; i > 0; i--)
		wire_send(fd, i == 1 ? "0b000000 75 0100 00000000" : "0b000000 75 0200 00000000");
	job_end(j[0], 0, NULL);
	job_end(j[3], 0, NULL);
	end();
}
END_TEST

/* A peer that never reads: writers are blocked, and freed by hangup. */
static void *
write_much(void *arg)
{
	static char big[8192];
	StyxCall *mine = styx_call_new();

	(void)arg;
	while (styx_client_write(c, mine, 1, 0, big, 8192) >= 0)
		;
	ck_assert_str_eq(styx_call_error(mine), "gone");
	styx_call_free(mine);
	return NULL;
}

START_TEST(stuck_writer)
{
	pthread_t tid[60];
	int i;

	session(NULL);
	for (i = 0; i < 60; i++) /* enough to fill the socket's buffer */
		ck_assert_int_eq(pthread_create(&tid[i], NULL, write_much, NULL), 0);
	usleep(100000);
	styx_client_hangup(c, "gone");
	for (i = 0; i < 60; i++)
		pthread_join(tid[i], NULL);
	counts(0, 1);
	end();
}
END_TEST

START_TEST(not_a_request)
{
	StyxFcall tx = {.type = STYX_TFLUSH, .fid = 1}, answer;
	void *mem;

	session(NULL);
	ck_assert_int_eq(styx_client_rpc(c, call, &tx, &answer, &mem), -1);
	tx.type = STYX_RSTAT;
	ck_assert_int_eq(styx_client_rpc(c, call, &tx, &answer, &mem), -1);
	tx = (StyxFcall){.type = STYX_TWRITE, .fid = 1, .count = 8216, .data = logged}; /* above the agreed size */
	ck_assert_int_eq(styx_client_rpc(c, call, &tx, &answer, &mem), -1);
	ck_assert_str_eq(styx_call_error(call), "request too long");
	counts(0, 1);
	end();
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("styx client");
	TCase *t = tcase_create("client");
	SRunner *r;
	int failed;

	tcase_set_timeout(t, 60);
	tcase_add_test(t, version);
	tcase_add_test(t, version_failures);
	tcase_add_test(t, version_in_pieces);
	tcase_add_test(t, refusals);
	tcase_add_test(t, walk_answers);
	tcase_add_test(t, names_not_sent);
	tcase_add_test(t, counts_clipped);
	tcase_add_test(t, bad_stats);
	tcase_add_test(t, odd_answers);
	tcase_add_test(t, connection_lost);
	tcase_add_test(t, own_words_at_the_end);
	tcase_add_test(t, interrupted);
	tcase_add_test(t, interrupted_before);
	tcase_add_test(t, interrupted_fids);
	tcase_add_test(t, forget);
	tcase_add_test(t, room);
	tcase_add_test(t, stuck_writer);
	tcase_add_test(t, not_a_request);
	suite_add_tcase(suite, t);
	r = srunner_create(suite);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
