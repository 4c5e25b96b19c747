/*
 * Kernel processes: the Proc of each host thread, starting threads, waiting, and interrupting what waits.
 *
 * A wait is either on a condition (ksleep) or inside the host (khostcall, kwaitfd). The interrupter wakes the first by
 * a broadcast made while it holds the sleeper's mutex, so that the wake-up cannot fall between test and wait. For the
 * second it sends SIGUSR1; the signal may come just before the host call begins, so a background thread (the nagger)
 * repeats it until the target has left the call.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "emu/emu.h"

enum {
	KSTACK = 256 * 1024,	/* kernel processes do not recurse; name evaluation keeps long names on the heap */
	NAGMS = 5,		/* how often a signal is repeated */
};

_Thread_local Proc *up;

/* Procs that have been interrupted inside a host call and have not left it yet. Holds no reference: proc_detach removes. */
static struct {
	pthread_mutex_t lock;
	pthread_cond_t more;
	Proc **p;
	int n, max;
	bool running;
} nag = {.lock = PTHREAD_MUTEX_INITIALIZER, .more = PTHREAD_COND_INITIALIZER};

static void
ignoresignal(int sig)
{
	(void)sig;
}

static void
catchusr1(void)
{
	struct sigaction sa;

	memset(&sa, 0, sizeof sa);
	sa.sa_handler = ignoresignal;
	sigemptyset(&sa.sa_mask);
	sigaction(SIGUSR1, &sa, NULL);
}

Proc *
proc_attach(const char *name, Osenv *env)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, catchusr1);
	if (up != NULL)
		return up;
	Proc *p = calloc(1, sizeof *p);
	if (p == NULL)
		return NULL;
	pthread_mutex_init(&p->lock, NULL);
	p->thread = pthread_self();
	strncpy(p->name, name, sizeof p->name - 1);
	p->env = env != NULL ? osenv_ref(env) : NULL;
	up = p;
	return p;
}

static void
nag_remove(Proc *p)
{
	pthread_mutex_lock(&nag.lock);
	for (int i = 0; i < nag.n; i++)
		if (nag.p[i] == p)
			nag.p[i--] = nag.p[--nag.n];
	pthread_mutex_unlock(&nag.lock);
}

void
proc_detach(void)
{
	Proc *p = up;

	if (p == NULL)
		return;
	nag_remove(p);
	Osenv *env = p->env;
	p->env = NULL;
	osenv_put(env);
	/* Wait for an interrupter that still holds the lock. */
	pthread_mutex_lock(&p->lock);
	pthread_mutex_unlock(&p->lock);
	up = NULL;
	styx_call_free(p->call);
	pthread_mutex_destroy(&p->lock);
	free(p);
}

typedef struct Start Start;
struct Start {
	void (*fn)(void *);
	void *arg;
	Osenv *env;
	char name[32];
};

static void *
kprocmain(void *v)
{
	Start s = *(Start *)v;

	free(v);
	if (proc_attach(s.name, s.env) != NULL) {
		up->errto = up->ownerr;
		osenv_put(s.env);
		s.fn(s.arg);
		proc_detach();
	}
	return NULL;
}

int
kproc(const char *name, void (*fn)(void *), void *arg, Osenv *env)
{
	pthread_attr_t attr;
	pthread_t t;
	Start *s = calloc(1, sizeof *s);

	if (s == NULL)
		return kerror("%s", Enomem);
	s->fn = fn;
	s->arg = arg;
	s->env = env != NULL ? osenv_ref(env) : osenv_new();
	strncpy(s->name, name, sizeof s->name - 1);
	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, KSTACK);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	int e = pthread_create(&t, &attr, kprocmain, s);
	pthread_attr_destroy(&attr);
	if (e != 0) {
		osenv_put(s->env);
		free(s);
		return kerrno(e);
	}
	return 0;
}

static void
nagger(void *v)
{
	struct timespec ts = {0, NAGMS * 1000000L};

	(void)v;
	pthread_mutex_lock(&nag.lock);
	for (;;) {
		while (nag.n == 0)
			pthread_cond_wait(&nag.more, &nag.lock);
		for (int i = 0; i < nag.n; i++) {
			Proc *p = nag.p[i];
			if (atomic_load(&p->inhost) && atomic_load(&p->intr))
				pthread_kill(p->thread, SIGUSR1);
			else
				nag.p[i--] = nag.p[--nag.n];
		}
		pthread_mutex_unlock(&nag.lock);
		nanosleep(&ts, NULL);
		pthread_mutex_lock(&nag.lock);
	}
}

static void
nag_add(Proc *p)
{
	bool start = false;

	pthread_mutex_lock(&nag.lock);
	for (int i = 0; i < nag.n; i++)
		if (nag.p[i] == p)
			goto out;
	if (nag.n == nag.max) {
		int max = nag.max == 0 ? 16 : 2 * nag.max;
		Proc **np = realloc(nag.p, max * sizeof *np);
		if (np == NULL)
			goto out;
		nag.p = np;
		nag.max = max;
	}
	nag.p[nag.n++] = p;
	start = !nag.running;
	nag.running = true;
	pthread_cond_signal(&nag.more);
out:
	pthread_mutex_unlock(&nag.lock);
	if (start)
		kproc("nagger", nagger, NULL, NULL);
}

void
proc_interrupt(Proc *p)
{
	struct timespec ts = {0, 50000};

	pthread_mutex_lock(&p->lock);
	atomic_store(&p->intr, 1);
	while (p->sleeping != NULL) {
		if (pthread_mutex_trylock(p->sleeplock) == 0) {
			pthread_cond_broadcast(p->sleeping);
			pthread_mutex_unlock(p->sleeplock);
			break;
		}
		/* The sleeper is on its way in or out and wants p->lock. */
		pthread_mutex_unlock(&p->lock);
		nanosleep(&ts, NULL);
		pthread_mutex_lock(&p->lock);
	}
	if (p->onintr != NULL)
		p->onintr(p->intrarg);
	if (atomic_load(&p->inhost)) {
		pthread_kill(p->thread, SIGUSR1);
		nag_add(p);
	}
	pthread_mutex_unlock(&p->lock);
}

bool
kinterrupted(void)
{
	return up != NULL && up->nointr == 0 && atomic_load(&up->intr);
}

void
proc_onintr(void (*fn)(void *), void *arg)
{
	pthread_mutex_lock(&up->lock);
	up->onintr = fn;
	up->intrarg = arg;
	if (fn != NULL && atomic_load(&up->intr))
		fn(arg);
	pthread_mutex_unlock(&up->lock);
}

void
proc_clearintr(Proc *p)
{
	atomic_store(&p->intr, 0);
}

int
ksleep(pthread_cond_t *c, pthread_mutex_t *m, int ms)
{
	Proc *p = up;
	struct timespec ts;
	int r = 0;

	pthread_mutex_lock(&p->lock);
	p->sleeping = c;
	p->sleeplock = m;
	pthread_mutex_unlock(&p->lock);
	if (!kinterrupted()) {
		if (ms < 0)
			pthread_cond_wait(c, m);
		else {
			clock_gettime(CLOCK_MONOTONIC, &ts); /* whatever the host's time of day does meanwhile */
			ts.tv_sec += ms / 1000;
			ts.tv_nsec += (ms % 1000) * 1000000L;
			if (ts.tv_nsec >= 1000000000L) {
				ts.tv_sec++;
				ts.tv_nsec -= 1000000000L;
			}
			if (pthread_cond_clockwait(c, m, CLOCK_MONOTONIC, &ts) == ETIMEDOUT)
				r = 1;
		}
	}
	pthread_mutex_lock(&p->lock);
	p->sleeping = NULL;
	pthread_mutex_unlock(&p->lock);
	if (kinterrupted())
		return kerror("%s", Eintr);
	return r;
}

int
khostcall_begin(void)
{
	if (up == NULL)
		return 0;
	atomic_store(&up->inhost, 1);
	if (kinterrupted()) {
		atomic_store(&up->inhost, 0);
		return kerror("%s", Eintr);
	}
	return 0;
}

void
khostcall_end(void)
{
	if (up != NULL)
		atomic_store(&up->inhost, 0);
}

int
kwaitfd(int fd, int events, int ms)
{
	struct pollfd pf = {.fd = fd, .events = events};

	for (;;) {
		if (khostcall_begin() < 0)
			return -1;
		int r = poll(&pf, 1, ms);
		int e = errno;
		khostcall_end();
		if (r > 0)
			return 0;
		if (r == 0)
			return 1;
		if (e != EINTR)
			return kerrno(e);
	}
}
