/*
 * Profiles, as prof(3) serves them: where processes are found running (sampling), how often each instruction of a process is
 * carried out (coverage), which instructions hold how much memory. At most one of these runs at a time.
 *
 * While a profile runs the scheduler gives turns through prof_turn. A sample is taken when the clock has ticked: some
 * instructions are carried out one by one, so that any may be found, not only those where a turn can end. Coverage and
 * memory need all instructions one by one.
 *
 * A Profmod has the counts for the object file of that path. Those of sampling and coverage are for each instruction. Those
 * of memory come in pairs, now and at most: first of the whole module, then of each instruction.
 *
 * Memory events (memevent.c) are noted beside any of these, and need the same.
 *
 * All is protected by holding the VM, but for the tick.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

#include "libinterp/vm.h"

#define SPREAD 127 /* instructions, at most, from the tick to the sample */

enum { OFF, SAMPLE, COVER, MEMORY };

typedef struct Profmod Profmod;
struct Profmod {
	Profmod *next;
	int id;
	char *name, *path;
	uint32_t n; /* counts */
	uint32_t *count;
};

/* Who has allocated a block. */
struct Profwho {
	Profmod *m;
	uint32_t pc, size;
};

bool prof_on;

static int mode;
static bool events;
static Profmod *mods, **modtail = &mods;
static int nextid = 1;
static char **wanted; /* names or paths, NULL: all */
static int interval = 100;
static int pid;	      /* COVER */
static uint32_t pools_; /* MEMORY: a bit for each pool */
static Code *lastcode; /* and its Profmod, NULL if it is not wanted */
static Profmod *lastmod;
static atomic_bool tick;
static atomic_uint clocks; /* the clock that has this number goes on */

/* ------------------------------------------------------------ modules */

static bool
iswanted(Code *c)
{
	int i;

	if (c->builtin != NULL)
		return false;
	if (wanted == NULL)
		return true;
	for (i = 0; wanted[i] != NULL; i++)
		if (strcmp(wanted[i], c->path) == 0 || strcmp(wanted[i], c->name) == 0)
			return true;
	return false;
}

static void
freemod(Profmod *m)
{
	free(m->name);
	free(m->path);
	free(m->count);
	free(m);
}

/* The counts for c, made when first asked for; NULL if it is not wanted (or there is no memory for them). */
static Profmod *
modof(Code *c)
{
	uint32_t n = mode == MEMORY ? 2 * ((uint32_t)c->ninst + 2) : (uint32_t)c->ninst + 1;
	Profmod *m;

	if (c == lastcode)
		return lastmod;
	lastcode = c;
	lastmod = NULL;
	if (!iswanted(c))
		return NULL;
	for (m = mods; m != NULL; m = m->next)
		if (m->n == n && strcmp(m->path, c->path) == 0)
			return lastmod = m;
	m = calloc(1, sizeof *m);
	if (m == NULL)
		return NULL;
	m->name = strdup(c->name);
	m->path = strdup(c->path);
	m->count = calloc(n, sizeof *m->count);
	if (m->name == NULL || m->path == NULL || m->count == NULL) {
		freemod(m);
		return NULL;
	}
	m->n = n;
	m->id = nextid++;
	*modtail = m;
	modtail = &m->next;
	return lastmod = m;
}

void
prof_codegone(Code *c)
{
	if (c == lastcode)
		lastcode = NULL;
}

/* ------------------------------------------------------------ counting */

static void
hit(Prog *p)
{
	Profmod *m = p->m != NULL ? modof(p->m->code) : NULL;
	uint32_t pc;

	if (m == NULL)
		return;
	pc = (uint32_t)(p->pc - p->m->code->inst);
	if (pc < m->n && m->count[pc] != UINT32_MAX)
		m->count[pc]++;
}

int
prof_turn(Prog *p, int budget)
{
	static uint32_t rnd = 1;
	int why = RUN_QUANTUM, n = budget;
	bool every = events || mode == MEMORY || (mode == COVER && p->v.pid == pid), sample = false;

	if (mode == SAMPLE && atomic_exchange(&tick, false)) {
		rnd = rnd * 1664525 + 1013904223;
		n = (int)(rnd >> 16 & SPREAD);
		sample = true;
	} else if (!every) {
		return interp(p, budget);
	}
	for (; n > 0 && why == RUN_QUANTUM; n--) {
		if (mode == COVER && p->v.pid == pid)
			hit(p);
		why = interp_step(p);
		if (p->killed || p->pending != NULL)
			return why == RUN_QUANTUM ? RUN_RAISED : why;
	}
	if (sample && why != RUN_EXIT)
		hit(p);
	return why;
}

static void
add(Profmod *m, uint32_t pc, int64_t size)
{
	uint32_t i, at[2] = {0, 2 * (pc + 1)};
	int64_t v;

	for (i = 0; i < 2; i++) {
		if (at[i] + 1 >= m->n)
			continue;
		v = m->count[at[i]] + size;
		m->count[at[i]] = v < 0 ? 0 : v > UINT32_MAX ? UINT32_MAX : (uint32_t)v;
		if (m->count[at[i]] > m->count[at[i] + 1])
			m->count[at[i] + 1] = m->count[at[i]];
	}
}

/* The number of the instruction under way, or ~0. */
static uint32_t
pcnow(const Prog *p)
{
	return p != NULL && p->m != NULL ? (uint32_t)(p->pc - p->m->code->inst) : ~0u;
}

static void
note(const Chunk *c, uint32_t ix, uint32_t size)
{
	memevent_note(c->pool, pcnow(vm_cur), c->base + ix * c->block, size);
}

void
prof_alloc(Chunk *c, uint32_t ix)
{
	Prog *p = vm_cur;
	Profmod *m;
	struct Profwho *w;

	if (events)
		note(c, ix, c->block);
	if (mode != MEMORY || !(pools_ & 1u << c->pool) || p == NULL || p->m == NULL || (m = modof(p->m->code)) == NULL)
		return;
	if (c->who == NULL && (c->who = calloc(c->nblock, sizeof *c->who)) == NULL)
		return;
	w = &c->who[ix];
	w->m = m;
	w->pc = pcnow(p);
	w->size = c->block;
	add(m, w->pc, w->size);
}

void
prof_freed(Chunk *c, uint32_t ix)
{
	struct Profwho *w;

	if (events)
		note(c, ix, 0);
	if (c->who == NULL)
		return;
	w = &c->who[ix];
	if (w->m != NULL)
		add(w->m, w->pc, -(int64_t)w->size);
	w->m = NULL;
}

/* ------------------------------------------------------------ control */

static void
ticker(void *arg)
{
	static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	static pthread_cond_t never = PTHREAD_COND_INITIALIZER;
	uint32_t number = (uint32_t)((uintptr_t)arg >> 32);
	int ms = (int)(uint32_t)(uintptr_t)arg;

	pthread_mutex_lock(&lock);
	while (ksleep(&never, &lock, ms) >= 0 && atomic_load(&clocks) == number)
		atomic_store(&tick, true);
	pthread_mutex_unlock(&lock);
}

static void
freewords(void)
{
	int i;

	for (i = 0; wanted != NULL && wanted[i] != NULL; i++)
		free(wanted[i]);
	free(wanted);
	wanted = NULL;
}

/* Who is in a builtin now, such as the writer, is to begin a new turn when it returns. */
static void
newturns(void)
{
	Prog *p;

	for (p = prog_first(); p != NULL; p = p->next)
		if (p->builtin)
			p->yield = true;
}

static void
turn(bool on)
{
	if (on && !prof_on)
		heap_unquick();
	else if (!on && prof_on)
		heap_requick();
	prof_on = on;
}

static void
stop(void)
{
	newturns();
	mode = OFF;
	turn(events);
	atomic_fetch_add(&clocks, 1);
}

void
prof_events(bool on)
{
	newturns();
	events = on;
	turn(on || mode != OFF);
}

/* Forget all counts. */
static void
clear(void)
{
	Profmod *m;
	Chunk *c;

	for (c = heap_chunks(); c != NULL; c = c->anext) {
		free(c->who);
		c->who = NULL;
	}
	while ((m = mods) != NULL) {
		mods = m->next;
		freemod(m);
	}
	modtail = &mods;
	lastcode = NULL;
}

static int
start(int what)
{
	stop();
	if (what == SAMPLE &&
	    kproc("prof", ticker, (void *)((uintptr_t)atomic_load(&clocks) << 32 | (uintptr_t)interval), NULL) < 0)
		return -1;
	clear();
	mode = what;
	turn(true);
	return 0;
}

static int
want(Cmdbuf *cb)
{
	int i;

	freewords();
	if (cb->nf < 2)
		return 0;
	wanted = calloc((size_t)cb->nf, sizeof *wanted);
	for (i = 1; wanted != NULL && i < cb->nf; i++)
		if ((wanted[i - 1] = strdup(cb->f[i])) == NULL) {
			freewords();
			break;
		}
	lastcode = NULL;
	return wanted != NULL ? 0 : kerror("%s", Enomem);
}

static int
command(Cmdbuf *cb)
{
	static const int pool[] = {POOL_MAIN, POOL_HEAP, POOL_IMAGE};
	const char *w = cb->nf > 0 ? cb->f[0] : "", *s;
	int n;

	if (strcmp(w, "module") == 0)
		return want(cb);
	if (strcmp(w, "start") == 0 && cb->nf == 1)
		return start(SAMPLE);
	if (strcmp(w, "startcp") == 0 && cb->nf == 2 && (n = atoi(cb->f[1])) > 0) {
		if (prog_bypid(n) == NULL)
			return kerror("%s", Ethread);
		pid = n;
		return start(COVER);
	}
	if (strncmp(w, "startmp", 7) == 0 && cb->nf == 1) {
		pools_ = 0;
		for (s = w + 7; *s >= '1' && *s <= '3'; s++)
			pools_ |= 1u << pool[*s - '1'];
		if (*s == 0 && s > w + 7)
			return start(MEMORY);
	}
	if (strcmp(w, "stop") == 0 && cb->nf == 1) {
		stop();
		return 0;
	}
	if (strcmp(w, "end") == 0 && cb->nf == 1) {
		stop();
		clear();
		freewords();
		interval = 100;
		return 0;
	}
	if (strcmp(w, "interval") == 0 && cb->nf == 2 && (n = atoi(cb->f[1])) > 0) {
		interval = n;
		return 0;
	}
	return kerror("%s", Ebadarg);
}

int
prof_ctl(Cmdbuf *cb)
{
	int r;

	vm_enter();
	r = command(cb);
	vm_leave();
	return r;
}

int
prof_module(int i, int *id, char **name, char **path)
{
	Profmod *m;
	int r = -1;

	vm_enter();
	for (m = mods; m != NULL; m = m->next)
		if (i < 0 ? m->id == *id : i-- == 0)
			break;
	if (m != NULL) {
		*id = m->id;
		if (name != NULL)
			*name = strdup(m->name);
		if (path != NULL)
			*path = strdup(m->path);
		r = 0;
	}
	vm_leave();
	return r;
}

int
prof_next(int id, uint32_t *pos, uint32_t *count)
{
	Profmod *m;
	int r = -1;

	vm_enter();
	for (m = mods; m != NULL && m->id != id; m = m->next)
		;
	if (m != NULL) {
		while (*pos < m->n && m->count[*pos] == 0)
			++*pos;
		r = *pos < m->n;
		if (r)
			*count = m->count[*pos];
	}
	vm_leave();
	return r < 0 ? kerror("%s", Enonexist) : r;
}
