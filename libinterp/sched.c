/*
 * Scheduling: which thread holds the VM, and which process it runs.
 *
 * The VM is handed on like a baton. Who wants it and cannot have it waits in a queue and is served first; the holder
 * looks at the queue between turns. A worker thread runs processes in turn while it holds the baton. When a builtin
 * gives the VM up while processes are ready, another worker is woken, or made, to run them; a worker that hands the
 * baton to somebody in the queue goes to sleep, since that thread goes on as the runner when its own process's turn
 * ends. The run queue belongs to the holder.
 *
 * lock protects held, the queue of those who want the VM, and the idle workers. It is held for moments only.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "libinterp/jit/jit.h"

static int quantum = 2048;
#define SPIN 100 /* looks, a few microseconds */
#define GCSTEP 8000	/* work of a step of the collector while nothing else is to do */
#define DRAIN 8000	/* of what was left over from destroying something large, in a turn */
#define GCREST 300	/* ms until an idle machine looks whether there is garbage */
#define MAXIDLE 4	/* workers that wait for work */
#ifdef ARENA_ASAN
#define STACK (1u << 20)
#else
#define STACK (256u << 10) /* address space; only what is used costs memory */
#endif

typedef struct Want Want;
struct Want {
	Want *next;
	pthread_cond_t cond;
	bool got;
};

typedef struct Worker Worker;
struct Worker {
	Worker *next;
	pthread_cond_t cond;
	bool wake;
};

/* A finaliser to be run by the thread that saw the object die. */
typedef struct Fini {
	struct Fini *next;
	void (*fn)(void *);
	void *arg;
} Fini;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t endcond = PTHREAD_COND_INITIALIZER;
static atomic_bool held;
static bool ended, single;
static bool waking; /* a worker has been woken and has not come yet */
static Want *wfirst, *wlast;
static atomic_int nwant;
static Worker *idle;
static int nidle, nminding; /* of the idle, how many look after garbage in a while */
static Osenv *baseenv;

static Prog *rfirst, *rlast;
static int nready;

_Thread_local Prog *vm_cur;
/*
 * How this thread came to hold the VM: nest[level] counts the vm_enter at that level, which end without giving it up; a
 * vm_enter of a thread that has given it up opens the next level. Level 0 is the worker with its process.
 */
#define MAXLEVEL 16
static _Thread_local int nest[MAXLEVEL], level;
static _Thread_local bool holding; /* this thread has the VM */
static _Thread_local Fini *finis, **finitail;

static void *worker(void *);

/* ------------------------------------------------------------ the baton */

static inline void
relax(void)
{
#if defined(__x86_64__) || defined(__i386__)
	__builtin_ia32_pause();
#elif defined(__aarch64__)
	__asm__ volatile("yield");
#endif
}

static void
acquire(bool iswoken)
{
	Want w;
	int i;

	/* Between two calls of the host it is held for a moment only, which is over sooner than this thread can fall asleep. */
	for (i = 0; i < SPIN && atomic_load_explicit(&held, memory_order_relaxed); i++)
		relax();
	pthread_mutex_lock(&lock);
	if (iswoken)
		waking = false;
	if (!held) {
		held = true;
	} else {
		w.next = NULL;
		w.got = false;
		pthread_cond_init(&w.cond, NULL);
		if (wlast)
			wlast->next = &w;
		else
			wfirst = &w;
		wlast = &w;
		atomic_fetch_add(&nwant, 1);
		while (!w.got)
			pthread_cond_wait(&w.cond, &lock);
		pthread_cond_destroy(&w.cond);
	}
	pthread_mutex_unlock(&lock);
	holding = true;
	if (finis != NULL)
		vm.poll = true;
}

/* With lock held: the first who wants it gets the baton. */
static bool
handover(void)
{
	Want *w = wfirst;

	if (w == NULL)
		return false;
	wfirst = w->next;
	if (wfirst == NULL)
		wlast = NULL;
	atomic_fetch_sub(&nwant, 1);
	w->got = true;
	pthread_cond_signal(&w->cond);
	return true;
}

/* With lock held: get a worker to run what is ready. */
static void
callworker(void)
{
	Worker *w;
	pthread_t t;
	pthread_attr_t at;

	if (waking || single)
		return;
	if (idle != NULL) {
		w = idle;
		idle = w->next;
		nidle--;
		w->wake = true;
		waking = true;
		pthread_cond_signal(&w->cond);
		return;
	}
	pthread_attr_init(&at);
	pthread_attr_setdetachstate(&at, PTHREAD_CREATE_DETACHED);
	pthread_attr_setstacksize(&at, STACK);
	if (pthread_create(&t, &at, worker, NULL) == 0)
		waking = true;
	pthread_attr_destroy(&at);
}

static void
release(void)
{
	bool work = nready > 0 || heap_left();

	holding = false;
	pthread_mutex_lock(&lock);
	if (!handover()) {
		/* Processes that wait all the time leave garbage, too. */
		if (work || (nminding == 0 && gc_idle()))
			callworker();
		held = false;
	}
	pthread_mutex_unlock(&lock);
}

/* ------------------------------------------------------------ processes that wait in the host */

static void
switchin(Prog *p)
{
	vm_cur = p;
	p->state = Pready;
	pools[POOL_HEAP].restricted = pools[POOL_MAIN].restricted = p->restrict_;
	fp_switchin(p);
}

Prog *
vm_self(void)
{
	return level > 0 ? NULL : vm_cur;
}

bool
vm_running(void)
{
	return level == 0;
}

void
vm_release(void)
{
	Prog *p = vm_cur;

	if (p != NULL && level == 0 && p->state != Pexiting) {
		fp_switchout(p);
		p->kproc = up;
		p->state = Prelease;
		debug_event(p, "release");
	}
	release();
}

void
vm_acquire(void)
{
	Prog *p = vm_cur;

	acquire(false);
	if (p != NULL && level == 0 && p->state != Pexiting) {
		p->kproc = NULL;
		switchin(p);
		if (p->killed || p->pending != NULL)
			proc_clearintr(up);
		debug_event(p, "run");
	}
}

bool
vm_interrupted(void)
{
	Prog *p = vm_self();

	return p != NULL && (p->killed || p->pending != NULL);
}

void
vm_endturn(void)
{
	if (vm_cur != NULL) {
		vm_cur->yield = true;
		vm_cur->jit.budget = 0;
	}
}

void
vm_yield(void)
{
	Prog *p = vm_self();

	if (p != NULL)
		p->yield = true;
}

void
vm_enter(void)
{
	if (holding) {
		nest[level]++;
		return;
	}
	acquire(false);
	if (level < MAXLEVEL - 1)
		level++;
	nest[level] = 1;
	pools[POOL_HEAP].restricted = pools[POOL_MAIN].restricted = false;
	vm.fpmask = 0;
}

void
vm_leave(void)
{
	if (--nest[level] > 0 || level == 0)
		return;
	vm_runfinis();
	level--;
	release();
}

/* ------------------------------------------------------------ finalisers */

void
fini_queue(void (*fn)(void *), void *arg)
{
	Fini *f = malloc(sizeof *f);

	if (f == NULL)
		return; /* what it stands for stays open: there is nothing better to do */
	f->fn = fn;
	f->arg = arg;
	f->next = NULL;
	if (finis == NULL)
		finitail = &finis;
	*finitail = f;
	finitail = &f->next;
	vm.poll = true;
}

void
vm_runfinis(void)
{
	static _Thread_local bool running;
	Fini *f;

	vm.poll = false;
	if (running)
		return;
	running = true;
	while ((f = finis) != NULL) {
		finis = f->next;
		f->fn(f->arg);
		free(f);
	}
	running = false;
	vm.poll = false;
}

/* ------------------------------------------------------------ the run queue */

void
sched_ready(Prog *p)
{
	p->state = Pready;
	if (p->queued)
		return;
	debug_event(p, "run");
	if (p->state != Pready)
		return; /* the debugger has stopped it */
	p->queued = true;
	p->qnext = NULL;
	if (rlast)
		rlast->qnext = p;
	else
		rfirst = p;
	rlast = p;
	nready++;
}

void
sched_unqueue(Prog *p)
{
	Prog **l, *prev = NULL;

	if (!p->queued)
		return;
	for (l = &rfirst; *l != p; l = &(*l)->qnext)
		prev = *l;
	*l = p->qnext;
	if (rlast == p)
		rlast = prev;
	p->queued = false;
	nready--;
}

static Prog *
next(void)
{
	Prog *p = rfirst;

	if (p != NULL)
		sched_unqueue(p);
	return p;
}

void
sched_quantum(int n)
{
	quantum = n;
}

/* Instruction by instruction, as the debugger says. */
static int
debugturn(Prog *p)
{
	int i, why = RUN_QUANTUM;

	for (i = 0; i < quantum && why == RUN_QUANTUM; i++) {
		if (debug_stop(p))
			return RUN_BLOCKED;
		why = interp_step(p);
		if (p->killed || p->pending != NULL)
			return why == RUN_QUANTUM ? RUN_RAISED : why;
	}
	return why;
}

/* Go on with p, in native code at once if that is where it is. */
static inline int
run(Prog *p, int left)
{
	int r;

	if (p->pc->go != interp_jit)
		return interp(p, left);
	p->jit.budget = left;
	r = jit_enter(p);
	if (r != JIT_GO && r != JIT_INTERP)
		return r - 1;
	if (p->jit.budget <= 0)
		return RUN_QUANTUM;
	return interp(p, p->jit.budget);
}

/* One turn of p. Exceptions that are caught take from it, so that raising and catching for ever is no way out. */
static void
turn(Prog *p)
{
	char text[EXTEXT];
	int why, left;

	up->env = p->v.env;
	switchin(p);
	if (p->pending != NULL && !p->killed) {
		if (!p->raised)
			vm_raise(p, "%s", p->pending);
		free(p->pending);
		p->pending = NULL;
	}
	left = quantum >> p->nice;
	if (left == 0)
		left = 1;
	for (;; left -= CATCHCOST) {
		why = RUN_RAISED;
		if (!p->killed && !p->raised)
			why = p->dbg != NULL ? debugturn(p) : unlikely(prof_on) ? prof_turn(p, left) : run(p, left);
		if (why != RUN_RAISED || p->killed)
			break;
		if (!p->raised) {
			why = RUN_QUANTUM; /* something was injected; the next turn deals with it */
			break;
		}
		if (!exc_handle(p, text))
			break;
		why = RUN_QUANTUM;
		if (vm.poll)
			vm_runfinis();
		if (p->dbg != NULL || left <= CATCHCOST)
			break;
	}
	if (p->killed) {
		p->state = Pexiting;
		prog_tellgroup(p, "killed");
		prog_exit(p, "killed");
	} else if (why == RUN_RAISED) {
		prog_unhandled(p, text);
	} else if (why == RUN_EXIT) {
		p->state = Pexiting;
		prog_exit(p, "");
	} else {
		fp_switchout(p);
		if (why == RUN_QUANTUM)
			sched_ready(p);
		else
			debug_event(p, NULL);
	}
	vm_cur = NULL;
	up->env = baseenv;
	if (vm.poll)
		vm_runfinis();
}

/*
 * Between turns: some of what was left over from destroying large things, and what the collector has to do. quiet: nothing
 * else is to do. True if there is more.
 */
static bool
tidy(bool quiet)
{
	bool left = heap_turn(), more;
	int work = gc_debt();
	uint64_t then;

	if (quiet && work == 0 && gc_idle())
		work = GCSTEP;
	if (!left && work == 0)
		return arena_trim();
	then = gc_clock();
	if (left)
		heap_drain(DRAIN);
	more = work > 0 && gc_step(work);
	more |= arena_trim();
	gc_paused(then);
	if (vm.poll)
		vm_runfinis();
	return left || more;
}

/* Wait for work; the baton has been given away unless the queue is empty. False: this worker is not needed. */
static bool
rest(Worker *w, bool gc)
{
	struct timespec ts;
	bool need = true;
	Worker **l;

	holding = false;
	pthread_mutex_lock(&lock);
	if (!handover())
		held = false;
	if (nidle >= MAXIDLE && !gc) {
		pthread_mutex_unlock(&lock);
		return false;
	}
	w->wake = false;
	w->next = idle;
	idle = w;
	nidle++;
	if (gc) {
		nminding++;
		clock_gettime(CLOCK_MONOTONIC, &ts);
		ts.tv_nsec += GCREST * 1000000;
		if (ts.tv_nsec >= 1000000000) {
			ts.tv_nsec -= 1000000000;
			ts.tv_sec++;
		}
	}
	while (!w->wake && !ended)
		if (!gc)
			pthread_cond_wait(&w->cond, &lock);
		else if (pthread_cond_clockwait(&w->cond, &lock, CLOCK_MONOTONIC, &ts) != 0)
			break;
	if (gc)
		nminding--;
	if (!w->wake)
		for (l = &idle; *l != NULL; l = &(*l)->next)
			if (*l == w) {
				*l = w->next;
				nidle--;
				break;
			}
	if (ended)
		need = false;
	pthread_mutex_unlock(&lock);
	return need;
}

static void *
worker(void *arg)
{
	Worker w;
	Prog *p;
	bool more = true;

	(void)arg;
	memset(&w, 0, sizeof w);
	pthread_cond_init(&w.cond, NULL);
	if (proc_attach("vm", baseenv) == NULL)
		return NULL;
	acquire(true);
	while (more) {
		if (ended)
			break;
		if (atomic_load(&nwant) > 0) {
			/* Somebody waits; that thread runs on from there. */
			more = rest(&w, false);
			if (more)
				acquire(true);
			continue;
		}
		p = next();
		if (p != NULL) {
			turn(p);
			tidy(false);
			continue;
		}
		if (tidy(true))
			continue;
		more = rest(&w, gc_pending());
		if (more)
			acquire(true);
	}
	if (holding)
		release();
	pthread_cond_destroy(&w.cond);
	proc_detach();
	return NULL;
}

void
sched_ended(void)
{
	pthread_mutex_lock(&lock);
	ended = true;
	pthread_cond_broadcast(&endcond);
	pthread_mutex_unlock(&lock);
}

void
sched_init(Osenv *env)
{
	baseenv = env;
}

void
sched_run(void)
{
	pthread_mutex_lock(&lock);
	if (!ended)
		callworker();
	while (!ended)
		pthread_cond_wait(&endcond, &lock);
	pthread_mutex_unlock(&lock);
}

bool
sched_turns(int n)
{
	Prog *p;

	single = true;
	acquire(false);
	while (n-- > 0 && (p = next()) != NULL) {
		turn(p);
		tidy(false);
	}
	heap_drain(0);
	vm_runfinis();
	release();
	return nready > 0;
}
