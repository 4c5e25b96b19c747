/*
 * Many processes at once in one name space: binding, walking, listing, changing groups, being interrupted. What it proves is that nothing
 * breaks (best under the sanitizers), that each call has one of the results that it may have, and that the name space is whole afterwards.
 */
#include <check.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "devs/devs.h"

/* As ck_assert_msg, which leaves a trace even when all is well, and that is slow. */
#define MUST(cond)                                                       \
	do {                                                             \
		if (!(cond))                                             \
			ck_abort_msg("%s: error string %s", #cond, kerrstr()); \
	} while (0)

enum { NTHREAD = 8, ROUNDS = 400 };

static Osenv *env;

static void
start(void)
{
	eve = strdup("tester");
	dev_init();
	env = osenv_new();
	ck_assert_ptr_nonnull(proc_attach("test", env));
}

static void
end(void)
{
	proc_detach();
	osenv_put(env);
	dev_shutdown();
	free(eve);
}

/* Runs fn in NTHREAD kernel processes that share the groups of env (or have descriptors of their own), and waits for them. */
typedef struct Worker Worker;
struct Worker {
	pthread_t t;
	int i;
	void (*fn)(int i);
	Osenv *env;
};

static void *
work(void *v)
{
	Worker *w = v;

	proc_attach("worker", w->env);
	w->fn(w->i);
	proc_detach();
	return NULL;
}

static void
together(void (*fn)(int i))
{
	Worker w[NTHREAD];

	for (int i = 0; i < NTHREAD; i++) {
		w[i] = (Worker){.i = i, .fn = fn, .env = osenv_fork(env)};
		ck_assert_int_eq(pthread_create(&w[i].t, NULL, work, &w[i]), 0);
	}
	for (int i = 0; i < NTHREAD; i++) {
		pthread_join(w[i].t, NULL);
		osenv_put(w[i].env);
	}
}

static bool
among(const char *err, const char *const *list)
{
	for (; *list != NULL; list++)
		if (strstr(err, *list) != NULL)
			return true;
	return false;
}

static void
binder(int i)
{
	static const char *const may[] = {"not mounted", "not in union", "does not exist", NULL};
	static const char *const dir[] = {"#c", "#e", "#s", "/dev", "/chan", "#d"};

	for (int k = 0; k < ROUNDS; k++) {
		const char *from = dir[(i + k) % 6], *on = k % 3 == 0 ? "/env" : "/chan";
		int fd, r;
		switch ((i + k) % 5) {
		case 0:
			r = kbind(from, on, MBEFORE);
			MUST(r > 0);
			break;
		case 1:
			r = kbind(from, on, k % 7 == 0 ? MREPL : MAFTER);
			MUST(r > 0);
			break;
		case 2:
			if (kunmount(k % 2 ? from : NULL, on) < 0)
				MUST(among(kerrstr(), may));
			break;
		case 3:
			fd = kopen("/chan/../chan/./null", OREAD);
			if (fd >= 0)
				MUST(kclose(fd) == 0);
			else
				MUST(among(kerrstr(), may));
			break;
		case 4:
			fd = kopen(on, OREAD);
			MUST(fd >= 0);
			StyxDir *d;
			long n;
			while ((n = kdirread(fd, &d)) > 0)
				kdirfree(d, n);
			MUST(n == 0);
			kclose(fd);
			break;
		}
	}
}

START_TEST(binding)
{
	StyxDir d;

	together(binder);
	kunmount(NULL, "/chan");
	kunmount(NULL, "/env");
	ck_assert_int_lt(kstat("/chan/null", &d), 0);
	ck_assert_int_gt(kbind("#c", "/chan", MREPL), 0);
	ck_assert_int_eq(kstat("/chan/null", &d), 0);
	dir_clear(&d);
}
END_TEST

static void
grouper(int i)
{
	char name[32];

	for (int k = 0; k < ROUNDS / 4; k++) {
		snprintf(name, sizeof name, "#e/v%d", (i + k) % 5);
		int fd = kcreate(name, ORDWR, 0666);
		if (fd >= 0) {
			kwrite(fd, name, strlen(name));
			int fds[] = {fd};
			if (k % 4 == 0)
				MUST(kpctl(k % 8 == 0 ? NEWFD : FORKFD, fds, 1) == 0);
			MUST(kdup(fd, fd + 3) >= 0);
			kclose(fd + 3);
			kclose(fd);
		}
		kremove(name);
		if (k % 5 == 0)
			MUST(kpctl(FORKNS | FORKENV, NULL, 0) == 0);
		if (k % 9 == 0) {
			MUST(kchdir("#c") == 0);
			MUST(kpctl(NEWNS, NULL, 0) == 0);
		}
		char *dot = pgrp_dot(up->env->pgrp);
		MUST(dot != NULL);
		free(dot);
		for (int l = 0;; l++) {
			char *s = pgrp_nsline(up->env->pgrp, l);
			if (s == NULL)
				break;
			free(s);
		}
	}
}

START_TEST(groups)
{
	kbind("#c", "/dev", MBEFORE);
	together(grouper);
	StyxDir d;
	ck_assert_int_eq(kstat("/dev/null", &d), 0);
	dir_clear(&d);
}
END_TEST

/* One pipe between all: what is written comes out once, whole. */
static int ends[2];
static atomic_int got, sum;

static void
pipeuser(int i)
{
	int n;

	for (int k = 0; k < ROUNDS; k++)
		if (i % 2 == 0) {
			n = i * ROUNDS + k;
			MUST(kwrite(ends[0], &n, sizeof n) == (long)sizeof n);
		} else {
			MUST(kread(ends[1], &n, sizeof n) == (long)sizeof n);
			atomic_fetch_add(&got, 1);
			atomic_fetch_add(&sum, n);
		}
}

START_TEST(onepipe)
{
	int want = 0;

	atomic_store(&got, 0);
	atomic_store(&sum, 0);
	ck_assert_int_eq(kpipe(ends), 0);
	together(pipeuser);
	for (int i = 0; i < NTHREAD; i += 2)
		for (int k = 0; k < ROUNDS; k++)
			want += i * ROUNDS + k;
	ck_assert_int_eq(atomic_load(&got), NTHREAD / 2 * ROUNDS);
	ck_assert_int_eq(atomic_load(&sum), want);
	kclose(ends[0]);
	kclose(ends[1]);
}
END_TEST

/* Readers of a pipe that never gets anything, interrupted. */
static Proc *_Atomic waiting[NTHREAD];

static void
reader(int i)
{
	char c;

	atomic_store(&waiting[i], up);
	if (kread(ends[1], &c, 1) < 0)
		ck_assert_str_eq(kerrstr(), Eintr);
	else
		ck_abort_msg("read something");
	proc_clearintr(up);
	atomic_store(&waiting[i], NULL);
}

static void *
interrupter(void *v)
{
	int left = NTHREAD;

	(void)v;
	while (left > 0)
		for (int i = 0; i < NTHREAD; i++) {
			Proc *p = atomic_load(&waiting[i]);
			if (p == NULL)
				continue;
			proc_interrupt(p);
			while (atomic_load(&waiting[i]) != NULL)
				sched_yield();
			left--;
		}
	return NULL;
}

START_TEST(interrupts)
{
	pthread_t t;

	ck_assert_int_eq(kpipe(ends), 0);
	ck_assert_int_eq(pthread_create(&t, NULL, interrupter, NULL), 0);
	together(reader);
	pthread_join(t, NULL);
	/* Nobody has taken anything away. */
	ck_assert_int_eq(kwrite(ends[0], "x", 1), 1);
	char c;
	ck_assert_int_eq(kread(ends[1], &c, 1), 1);
	kclose(ends[0]);
	kclose(ends[1]);
}
END_TEST

/* One host directory and one open file, renamed, read, listed, asked and changed by all. */
static int shared;
static char hostdir[] = "/tmp/kernel_together.XXXXXX";

static void
fileuser(int i)
{
	static const char *const may[] = {"does not exist", "already exists", "File exists", "already in use", NULL};
	char name[32], buf[64];
	StyxDir d, *list;

	for (int k = 0; k < ROUNDS / 2; k++) {
		snprintf(name, sizeof name, "#U/f%d", (i * 7 + k) % 11);
		int fd = -1, r = 0;
		switch ((i + k) % 6) {
		case 0:
			styx_dir_null(&d);
			d.name = name + 3;
			r = kfwstat(shared, &d);
			break;
		case 1:
			MUST(kpread(shared, buf, sizeof buf, 0) >= 0);
			MUST(kfstat(shared, &d) == 0);
			dir_clear(&d);
			break;
		case 2:
			fd = r = kcreate(name, ORDWR | (k % 2 ? ORCLOSE : 0), 0666 | (k % 3 ? 0 : STYX_DMEXCL));
			if (fd >= 0)
				MUST(kwrite(fd, name, strlen(name)) > 0);
			break;
		case 3:
			r = kremove(name);
			break;
		case 4:
			fd = kopen("#U", OREAD);
			MUST(fd >= 0);
			long n;
			while ((n = kdirread(fd, &list)) > 0)
				kdirfree(list, n);
			MUST(n == 0);
			break;
		case 5:
			styx_dir_null(&d);
			d.mode = 0600 | (k & 1) * 044;
			d.length = k % 40;
			MUST(kfwstat(shared, &d) == 0 || among(kerrstr(), may));
			break;
		}
		MUST(r >= 0 || among(kerrstr(), may));
		if (fd >= 0)
			kclose(fd);
	}
}

START_TEST(hostfiles)
{
	ck_assert_ptr_nonnull(mkdtemp(hostdir));
	fs_root = hostdir;
	shared = kcreate("#U/shared", ORDWR, 0666);
	ck_assert_int_ge(shared, 0);
	together(fileuser);
	kclose(shared);
	int fd = kopen("#U", OREAD);
	StyxDir *list;
	long n;
	char name[300];
	while ((n = kdirread(fd, &list)) > 0) {
		for (long i = 0; i < n; i++) {
			snprintf(name, sizeof name, "#U/%s", list[i].name);
			ck_assert_int_eq(kremove(name), 0);
		}
		kdirfree(list, n);
	}
	kclose(fd);
	ck_assert_int_eq(rmdir(hostdir), 0);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("together");
	TCase *t = tcase_create("name space");
	SRunner *r = srunner_create(s);

	tcase_set_timeout(t, 240);
	tcase_add_checked_fixture(t, start, end);
	tcase_add_test(t, binding);
	tcase_add_test(t, groups);
	tcase_add_test(t, onepipe);
	tcase_add_test(t, interrupts);
	tcase_add_test(t, hostfiles);
	suite_add_tcase(s, t);
	srunner_run_all(r, CK_ENV);
	int failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
