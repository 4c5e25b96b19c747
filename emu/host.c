/*
 * The host below: clocks, and the end of emu.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "emu/emu.h"

const char kversion[] = "Fourth Edition (20151010)";

Options options;
Vmops vmops;

static atomic_llong timeoffset; /* microseconds that /dev/time adds to the host's clock */

uint64_t
kmsec(void)
{
	static atomic_ullong start;
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	unsigned long long now = ts.tv_sec * 1000ULL + ts.tv_nsec / 1000000, zero = 0;
	if (atomic_load(&start) == 0)
		atomic_compare_exchange_strong(&start, &zero, now);
	return now - atomic_load(&start);
}

int64_t
ktime(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return ts.tv_sec * 1000000LL + ts.tv_nsec / 1000 + atomic_load(&timeoffset);
}

void
ksettime(int64_t us)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	atomic_store(&timeoffset, us - (ts.tv_sec * 1000000LL + ts.tv_nsec / 1000));
}

void
khostlimits(void)
{
	struct rlimit rl;

	if (options.nofile != 0 && getrlimit(RLIMIT_NOFILE, &rl) == 0) {
		rl.rlim_cur = options.nofile;
		setrlimit(RLIMIT_NOFILE, &rl);
	}
}

void
khalt(int status)
{
	static pthread_mutex_t once = PTHREAD_MUTEX_INITIALIZER;

	/* The first caller ends the process; others wait for that. */
	pthread_mutex_lock(&once);
	dev_shutdown();
	fflush(NULL);
	_exit(status);
}
