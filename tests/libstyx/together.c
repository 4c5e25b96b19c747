/*
 * Client and server over a socket, with many threads on both sides: nothing is mixed up, lost, or left over, whatever
 * is interrupted and whenever the connection breaks.
 */
#include <check.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "testfs.h"
#include "wire.h"

enum { NTHREAD = 12 };

static Served srv;
static Workers *workers;
static StyxClient *c;
static uint32_t root;
static bool reads_itself; /* the client has no thread that reads */
static sem_t closed;
static void (*realclose)(void *);
static atomic_int running;
static atomic_bool stop;

static void
count_close(void *aux)
{
	realclose(aux);
	sem_post(&closed);
}

static ssize_t (*realread)(void *, void *, size_t, char *, size_t);

/* A read that comes back now and then, as one does that interruptions end. */
static ssize_t
short_read(void *aux, void *buf, size_t n, char *err, size_t nerr)
{
	struct pollfd pf = {.fd = srv.fd, .events = POLLIN};

	return poll(&pf, 1, 5) == 0 ? STYX_RINTR : realread(aux, buf, n, err, nerr);
}

/* In place the client's requests read their own answers. */
static void
start(int nworkers, uint32_t msize, bool inplace)
{
	StyxServerConf conf = {0};
	StyxClientConf cconf = {.inplace = inplace};
	StyxTransport t;
	StyxCall *call = styx_call_new();
	char err[STYX_ERRMAX];

	if (nworkers > 0) {
		workers = workers_new(nworkers);
		conf.dispatch = workers_dispatch;
		conf.aux = workers;
	}
	serve_start(&srv, &testfs_ops, &conf);
	ck_assert(styx_transport_fd(&t, srv.fd, srv.fd));
	realclose = t.close;
	t.close = count_close;
	sem_init(&closed, 0, 0);
	reads_itself = inplace;
	realread = t.read;
	if (inplace)
		t.read = short_read;
	c = styx_client_new(&t, &cconf, err, sizeof err);
	ck_assert_ptr_nonnull(c);
	ck_assert_int_eq(styx_client_version(c, call, msize, NULL), 0);
	ck_assert_int_eq(styx_client_attach(c, call, STYX_NOFID, "inferno", "", &root, NULL), 0);
	styx_call_free(call);
}

static void
end(void)
{
	styx_client_free(c);
	sem_wait(&closed);
	serve_wait(&srv);
	ck_assert_int_eq(testfs_handles(), 0);
	ck_assert_int_eq(testfs_blocked(), 0);
	if (workers != NULL)
		workers_free(workers);
	workers = NULL;
}

static uint32_t
open_file(StyxCall *call, const char *name, int mode)
{
	uint32_t fid;
	StyxQid q;

	ck_assert_msg(styx_client_walk(c, call, root, &name, 1, &fid, &q) == 1, "%s", styx_call_error(call));
	ck_assert_msg(styx_client_open(c, call, fid, mode, NULL, NULL) == 0, "%s", styx_call_error(call));
	return fid;
}

static void
settled(unsigned nfid)
{
	StyxCall *call = styx_call_new();
	unsigned r, f;
	int i;
	StyxDir d;
	void *mem;

	for (i = 0; i < 1000; i++) {
		/* What nobody waits for is only read together with what somebody does. */
		if (reads_itself && styx_client_stat(c, call, root, &d, &mem) == 0)
			free(mem);
		styx_client_counts(c, &r, &f);
		if (r == 0 && f == nfid)
			break;
		usleep(5000);
	}
	styx_call_free(call);
	ck_assert_uint_eq(r, 0);
	ck_assert_uint_eq(f, nfid);
	styx_server_counts(srv.server, &r, &f);
	ck_assert_uint_eq(f, nfid);
}

/*
 * Each thread its own part of /data, written and read back in odd pieces, mixed with walks, stats and directory
 * reads.
 */
static void *
worker(void *arg)
{
	int me = (int)(intptr_t)arg, i;
	StyxCall *call = styx_call_new();
	uint32_t fid = open_file(call, "data", STYX_ORDWR), other;
	size_t part = 80000, n;
	uint8_t *out = malloc(part), *in = malloc(part);
	uint64_t base = (uint64_t)me * part;
	const char *none = "none";
	StyxDir d;
	StyxQid q;
	void *mem;

	for (i = 0; i < 15; i++) {
		memset(out, me * 16 + i, part);
		n = (size_t)(part - (size_t)(i * 777));
		ck_assert_int_eq(styx_client_write(c, call, fid, base, out, n), (ssize_t)n);
		memset(in, 0, part);
		ck_assert_int_eq(styx_client_read(c, call, fid, base, in, n), (ssize_t)n);
		ck_assert_mem_eq(in, out, n);
		ck_assert_int_eq(styx_client_stat(c, call, fid, &d, &mem), 0);
		ck_assert_str_eq(d.name, "data");
		free(mem);
		ck_assert_int_eq(styx_client_walk(c, call, root, &none, 1, &other, &q), -1);
		ck_assert_str_eq(styx_call_error(call), "file does not exist");
		ck_assert_int_eq(styx_client_walk(c, call, root, NULL, 0, &other, NULL), 0);
		ck_assert_int_eq(styx_client_remove(c, call, other), -1);
		ck_assert_str_eq(styx_call_error(call), "permission denied");
	}
	ck_assert_int_eq(styx_client_clunk(c, call, fid), 0);
	styx_call_free(call);
	free(in);
	free(out);
	return NULL;
}

START_TEST(many_threads)
{
	static const uint32_t msizes[] = {0, 8216, 256, 1000};
	pthread_t tid[NTHREAD];
	int i;

	start(_i % 4 == 1 ? 0 : 6, msizes[_i % 4], _i >= 4);
	ck_assert_uint_eq(styx_client_msize(c), msizes[_i % 4] == 0 ? 65560 : msizes[_i % 4]);
	for (i = 0; i < NTHREAD; i++)
		ck_assert_int_eq(pthread_create(&tid[i], NULL, worker, (void *)(intptr_t)i), 0);
	for (i = 0; i < NTHREAD; i++)
		pthread_join(tid[i], NULL);
	settled(1);
	end();
}
END_TEST

START_TEST(whole_directory)
{
	StyxCall *call = styx_call_new();
	uint32_t fid;
	uint8_t buf[4096];
	char strs[4096], want[256];
	uint64_t offset = 0;
	ssize_t n;
	size_t off, size;
	int i = 0;
	StyxDir d;

	start(2, 8216, false);
	fid = open_file(call, "dir", STYX_OREAD);
	while ((n = styx_client_readdir(c, call, fid, offset, buf, _i == 0 ? 340 : sizeof buf)) > 0) {
		for (off = 0; off < (size_t)n; off += size) {
			size = styx_dir_decode(buf + off, (size_t)n - off, &d, strs);
			ck_assert_str_eq(d.name, testfs_dirname(i++, want));
		}
		offset += (uint64_t)n;
	}
	ck_assert_int_eq(n, 0);
	ck_assert_int_eq(i, NDIR);
	styx_client_clunk(c, call, fid);
	styx_call_free(call);
	end();
}
END_TEST

/* Writes up to iounit stay whole. */
START_TEST(write_sizes)
{
	StyxCall *call = styx_call_new();
	static char buf[200000];
	StyxFcall tx = {.type = STYX_TWRITE, .data = buf, .count = 17}, rx;
	StyxQid q;
	uint32_t fid, iounit;
	const char *pipe = "pipe";
	void *mem;

	start(0, 0, false);
	ck_assert_int_eq(styx_client_walk(c, call, root, &pipe, 1, &fid, &q), 1);
	ck_assert_int_eq(styx_client_open(c, call, fid, STYX_OWRITE, &q, &iounit), 0);
	ck_assert_uint_eq(iounit, 65536);
	ck_assert_int_eq(styx_client_write(c, call, fid, 0, buf, 65536), 65536);
	ck_assert_int_eq(testfs_last_write(), 65536);
	ck_assert_int_eq(styx_client_write(c, call, fid, 0, buf, 0), 0);
	ck_assert_int_eq(testfs_last_write(), 0);
	ck_assert_int_eq(styx_client_write(c, call, fid, 0, buf, 200000), 200000);
	ck_assert_int_eq(testfs_last_write(), 200000 - 3 * 65536);
	tx.fid = fid;
	ck_assert_int_eq(styx_client_rpc(c, call, &tx, &rx, &mem), 0);
	ck_assert_uint_eq(rx.count, 17);
	free(mem);
	tx = (StyxFcall){.type = STYX_TSTAT, .fid = fid};
	ck_assert_int_eq(styx_client_rpc(c, call, &tx, &rx, &mem), 0);
	ck_assert_uint_eq(styx_dir_check(rx.stat, rx.nstat), rx.nstat);
	free(mem);
	styx_client_clunk(c, call, fid);
	styx_call_free(call);
	end();
}
END_TEST

/* A thread that reads /block until it is told to stop; every read ends by interruption or with data. */
typedef struct Victim {
	pthread_t tid;
	StyxCall *call;
	atomic_int done;
} Victim;

static void *
victim(void *arg)
{
	Victim *v = arg;
	uint32_t fid;
	char buf[100];
	ssize_t n;
	StyxQid q;
	static const char *const names[] = {"block", "slow", "data"};
	int i = 0;

	while (!stop) {
		styx_call_resume(v->call);
		if (styx_client_walk(c, v->call, root, &names[i++ % 3], 1, &fid, &q) != 1) {
			ck_assert_str_eq(styx_call_error(v->call), "interrupted");
			continue;
		}
		if (styx_client_open(c, v->call, fid, STYX_OREAD, NULL, NULL) == 0) {
			n = styx_client_read(c, v->call, fid, 0, buf, sizeof buf);
			if (n < 0)
				ck_assert_str_eq(styx_call_error(v->call), "interrupted");
			v->done++;
		} else
			ck_assert_str_eq(styx_call_error(v->call), "interrupted");
		styx_client_clunk(c, v->call, fid);
	}
	return NULL;
}

START_TEST(interruptions)
{
	Victim v[NTHREAD] = {0};
	StyxCall *call = styx_call_new();
	int i, k, total = 0;

	stop = false;
	start(5, 0, _i == 1);
	for (i = 0; i < NTHREAD; i++) {
		v[i].call = styx_call_new();
		ck_assert_int_eq(pthread_create(&v[i].tid, NULL, victim, &v[i]), 0);
	}
	srand(7);
	/* At least so many interruptions, and on until enough reads have come through between them. */
	for (k = 0; k < 2000 || total <= 50; k++) {
		for (i = 0, total = 0; i < NTHREAD; i++)
			total += v[i].done;
		styx_call_interrupt(v[rand() % NTHREAD].call);
		if (k % 50 == 0)
			testfs_release("now");
		if (k % 4 == 0)
			usleep(300);
	}
	stop = true;
	for (i = 0; i < NTHREAD; i++) {
		/* It may have begun another read between. */
		while (pthread_tryjoin_np(v[i].tid, NULL) != 0) {
			styx_call_interrupt(v[i].call);
			usleep(1000);
		}
		styx_call_free(v[i].call);
	}
	settled(1);
	/* All is as at first: the connection works and holds nothing. */
	for (i = 0; i < 200; i++)
		ck_assert_int_eq(styx_client_clunk(c, call, open_file(call, "data", STYX_OREAD)), 0);
	ck_assert_int_eq(testfs_settled(1), 1);
	styx_call_free(call);
	end();
}
END_TEST

/* Everything that fails must do so soon, and with a text. */
static void *
until_dead(void *arg)
{
	int me = (int)(intptr_t)arg;
	StyxCall *call = styx_call_new();
	const char *name = me % 2 ? "block" : "data";
	uint32_t fid;
	char buf[5000];
	StyxQid q;

	running++;
	for (;;) {
		if (styx_client_walk(c, call, root, &name, 1, &fid, &q) < 0)
			break;
		if (styx_client_open(c, call, fid, STYX_OREAD, NULL, NULL) < 0 ||
			styx_client_read(c, call, fid, 0, buf, sizeof buf) < 0) {
			ck_assert_str_ne(styx_call_error(call), "");
			styx_client_clunk(c, call, fid);
			break;
		}
		styx_client_clunk(c, call, fid);
	}
	ck_assert_str_ne(styx_call_error(call), "");
	styx_call_free(call);
	return NULL;
}

START_TEST(connection_loss)
{
	pthread_t tid[NTHREAD];
	unsigned nreq, nfid;
	int i, round;

	for (round = 0; round < 10; round++) {
		start(3, 0, _i == 1);
		running = 0;
		for (i = 0; i < NTHREAD; i++)
			ck_assert_int_eq(pthread_create(&tid[i], NULL, until_dead, (void *)(intptr_t)i), 0);
		while (running < NTHREAD || testfs_blocked() == 0)
			usleep(500);
		usleep((useconds_t)(rand() % 3000));
		if (round % 2)
			styx_server_hangup(srv.server);
		else
			styx_client_hangup(c, "i/o on hungup channel");
		for (i = 0; i < NTHREAD; i++)
			pthread_join(tid[i], NULL);
		styx_client_counts(c, &nreq, &nfid);
		ck_assert_uint_eq(nreq, 0);
		ck_assert_uint_eq(nfid, 1);
		end();
	}
}
END_TEST

/* What sends several requests before the first answer: by one thread, while others do it too. */
static void *
sender(void *arg)
{
	int me = (int)(intptr_t)arg;
	StyxCall *call = styx_call_new();
	const char *data = "data", *none = "none", *both[] = {"data", "none"};
	uint32_t fid = open_file(call, data, STYX_ORDWR);
	size_t part = 80000, i;
	uint8_t *out = malloc(part), *in = malloc(part);
	uint64_t base = (uint64_t)me * part;
	StyxAhead *a[4];
	const void *p;
	StyxQid q[2];
	StyxDir d;
	void *mem;

	for (int round = 0; round < 10; round++) {
		for (i = 0; i < part; i++)
			out[i] = (uint8_t)(me + round + i * i);
		ck_assert_int_eq(styx_client_bulkwrite(c, call, fid, base, out, part), (ssize_t)part);
		memset(in, 0, part);
		ck_assert_int_eq(styx_client_bulkread(c, call, fid, base, in, part), (ssize_t)part);
		ck_assert_mem_eq(in, out, part);
		/* An empty read is one, too. */
		ck_assert_int_eq(styx_client_bulkread(c, call, fid, base, in, 0), 0);

		ck_assert_int_eq(styx_client_walkstat(c, call, root, &data, 1, q, &d, &mem), 1);
		ck_assert_str_eq(d.name, "data");
		free(mem);
		ck_assert_int_eq(styx_client_walkstat(c, call, root, &none, 1, q, &d, &mem), -1);
		ck_assert_str_eq(styx_call_error(call), "file does not exist");
		ck_assert_int_lt(styx_client_walkstat(c, call, root, both, 2, q, &d, &mem), 2);

		/* Reads made ahead: some are fetched, in any order, some given up. */
		for (i = 0; i < 4; i++) {
			a[i] = styx_client_ahead(c, call, fid, base + 100 * i, 100);
			ck_assert_ptr_nonnull(a[i]);
		}
		ck_assert_int_eq(styx_client_ahead_wait(c, call, a[2], &p), 100);
		ck_assert_mem_eq(p, out + 200, 100);
		ck_assert_int_eq(styx_client_ahead_wait(c, call, a[0], &p), 100);
		ck_assert_mem_eq(p, out, 100);
		ck_assert_int_eq(styx_client_ahead_wait(c, call, a[2], &p), 100);
		for (i = 0; i < 4; i++)
			styx_client_ahead_free(c, a[i]);
	}
	ck_assert_int_eq(styx_client_clunk(c, call, fid), 0);
	styx_call_free(call);
	free(in);
	free(out);
	return NULL;
}

START_TEST(at_once)
{
	pthread_t tid[NTHREAD];
	int i;

	start(_i % 2 == 0 ? 0 : 6, 8216, _i >= 2);
	for (i = 0; i < NTHREAD; i++)
		ck_assert_int_eq(pthread_create(&tid[i], NULL, sender, (void *)(intptr_t)i), 0);
	for (i = 0; i < NTHREAD; i++)
		pthread_join(tid[i], NULL);
	settled(1);
	end();
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("styx client and server");
	TCase *t = tcase_create("together");
	SRunner *r;
	int failed;

	tcase_set_timeout(t, 200);
	tcase_add_loop_test(t, many_threads, 0, 8);
	tcase_add_loop_test(t, whole_directory, 0, 2);
	tcase_add_test(t, write_sizes);
	tcase_add_loop_test(t, interruptions, 0, 2);
	tcase_add_loop_test(t, connection_loss, 0, 2);
	tcase_add_loop_test(t, at_once, 0, 4);
	suite_add_tcase(suite, t);
	r = srunner_create(suite);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
