/*
 * Dis processes: creation, frames, groups, and the ways they end.
 */
#include <stdio.h>
#include <stdlib.h>

#include "libinterp/vm.h"

#define FIRSTCHUNK 120u      /* stack of a new process besides its first frame, */
#define FIRSTROOM 2000u	     /* and if there are no more processes than */
#define FEWPROGS 500
#define MAXCHUNK (256u << 10) /* stack pieces double up to this */

static Prog *all, *last;
static Prog **hash; /* by number; the size is a power of two */
static uint32_t nhash;
static int nprog;
static int nextpid = 1;
static bool keepbroken = true;
static int nbroken;
static int nholding; /* processes, not broken, in the first process's group */
static int first; /* how process 1 ended: 0, or 1 if with a message */

int
prog_status(void)
{
	return first;
}

/*
 * When emu ends. Broken processes do nothing more by themselves: when there are no others, that is the end. A process started
 * with a command is over when the command is, that is, the first process and what stayed in its group; servers that went into
 * a group of their own do not hold it. A daemon (-d) has no command: everything counts.
 */
static void
checkend(void)
{
	if (nprog == nbroken || (options.init == NULL && nholding == 0))
		sched_ended();
}

/* p no longer holds emu. */
static void
letgo(Prog *p)
{
	if (p->holds)
		nholding--;
	p->holds = false;
}

int
prog_count(void)
{
	return nprog;
}

Prog *
prog_first(void)
{
	return all;
}

Prog *
prog_bypid(int pid)
{
	Prog *p;

	if (nhash == 0)
		return NULL;
	for (p = hash[(uint32_t)pid & (nhash - 1)]; p != NULL && p->v.pid != pid; p = p->hash)
		;
	return p;
}

static bool
enter(Prog *p)
{
	uint32_t i, n = nhash == 0 ? 256 : nhash * 4;
	Prog **h, *q;

	if ((uint32_t)nprog >= nhash) {
		h = calloc(n, sizeof *h);
		if (h == NULL && nhash == 0)
			return false;
		if (h != NULL) {
			free(hash);
			hash = h;
			nhash = n;
			for (q = all; q != NULL; q = q->next) {
				i = (uint32_t)q->v.pid & (nhash - 1);
				q->hash = hash[i];
				hash[i] = q;
			}
		}
	}
	i = (uint32_t)p->v.pid & (nhash - 1);
	p->hash = hash[i];
	hash[i] = p;
	return true;
}

static void
leave(Prog *p)
{
	Prog **l;

	for (l = &hash[(uint32_t)p->v.pid & (nhash - 1)]; *l != p; l = &(*l)->hash)
		;
	*l = p->hash;
}

void
prog_setbroken(bool keep)
{
	keepbroken = keep;
}

/* ------------------------------------------------------------ groups */

static void
group_leave(Prog *p)
{
	Group *g = p->grp;

	if (g == NULL)
		return;
	if (p->gprev)
		p->gprev->gnext = p->gnext;
	else
		g->first = p->gnext;
	if (p->gnext)
		p->gnext->gprev = p->gprev;
	else
		g->last = p->gprev;
	if (g->leader == p)
		g->leader = NULL;
	p->grp = NULL;
	if (--g->ref == 0)
		free(g);
}

static void
group_join(Prog *p, Group *g)
{
	p->gprev = g->last;
	p->gnext = NULL;
	if (g->last)
		g->last->gnext = p;
	else
		g->first = p;
	g->last = p;
	p->grp = g;
	g->ref++;
	if (g->id == 1) {
		p->holds = true;
		nholding++;
	}
}

int
prog_newgroup(Prog *p)
{
	Group *g;

	if (p->grp != NULL && p->grp->leader == p)
		return 0;
	g = calloc(1, sizeof *g);
	if (g == NULL)
		return vm_raise(p, "out of memory: main");
	g->id = p->v.pid;
	if (p->grp != NULL) {
		g->private_ = p->grp->private_;
		group_leave(p);
		letgo(p);
	}
	p->exflags = 0;
	group_join(p, g);
	g->leader = p;
	return 0;
}

int
vm_newpgrp(Prog *p)
{
	return prog_newgroup(p);
}

/* ------------------------------------------------------------ creation */

Prog *
prog_new(Prog *parent, Osenv *env)
{
	Prog *p = host_alloc(sizeof *p);

	if (p == NULL) {
		osenv_put(env);
		return NULL;
	}
	while (prog_bypid(nextpid) != NULL)
		nextpid = nextpid == INT32_MAX ? 1 : nextpid + 1;
	p->v.pid = nextpid;
	if (!enter(p)) {
		osenv_put(env);
		host_free(p, sizeof *p);
		return NULL;
	}
	nextpid = nextpid == INT32_MAX ? 1 : nextpid + 1;
	p->act = p->act0;
	p->aact = nelem(p->act0);
	p->chunk = p->chunk0;
	p->achunk = nelem(p->chunk0);
	p->v.env = env;
	env->pid = p->v.pid;
	p->exval = H;
	p->w1.p = p;
	p->state = Pready;
	if (parent != NULL) {
		group_join(p, parent->grp);
		p->exflags = parent->exflags;
		p->restrict_ = p->restrictkids = parent->restrictkids;
		p->nice = parent->nice;
		p->v.fpmask = parent->v.fpmask;
		p->fpround = parent->fpround;
	} else if (prog_newgroup(p) < 0) {
		leave(p);
		osenv_put(env);
		host_free(p, sizeof *p);
		return NULL;
	}
	p->prev = last;
	if (last)
		last->next = p;
	else
		all = p;
	last = p;
	nprog++;
	return p;
}

const char *
prog_module(Prog *p)
{
	if (p->builtin && p->bname != NULL)
		return p->bname;
	return p->m != NULL ? p->m->code->name : "";
}

/* ------------------------------------------------------------ frames */

static bool
moreacts(Prog *p)
{
	uint32_t n = p->aact < 8 ? 8 : p->aact * 2, had = p->act == p->act0 ? 0 : p->aact;
	Act *na;

	if (n >= 1u << 28 || !host_take((uint64_t)(n - had) * sizeof *na))
		return false;
	na = realloc(had == 0 ? NULL : p->act, n * sizeof *na);
	if (na == NULL) {
		host_give((uint64_t)(n - had) * sizeof *na);
		return false;
	}
	if (had == 0)
		memcpy(na, p->act0, sizeof p->act0);
	p->act = na;
	p->aact = n;
	return true;
}

bool
prog_acts(Prog *p, uint32_t n)
{
	while (p->aact - p->nact < n)
		if (!moreacts(p))
			return false;
	return true;
}

Ref
frame_new(Prog *p, Type *t)
{
	uint32_t n = t->frame, size, room;
	bool fresh = false;
	Stkchunk *nc, k;
	Ref r;

	if (p->nact == p->aact && !moreacts(p))
		return 0;
	if (n > p->se - p->sp || p->nchunk == 0) {
		if (p->nchunk == p->achunk) {
			nc = realloc(p->chunk == p->chunk0 ? NULL : p->chunk, (size_t)(p->achunk * 2 + 2) * sizeof *nc);
			if (nc == NULL)
				return 0;
			if (p->chunk == p->chunk0)
				memcpy(nc, p->chunk0, sizeof p->chunk0);
			p->chunk = nc;
			p->achunk = p->achunk * 2 + 2;
		}
		if (p->spare.base != 0 && p->spare.size >= n) {
			k = p->spare;
			p->spare.base = 0;
		} else {
			room = nprog <= FEWPROGS ? FIRSTROOM : FIRSTCHUNK;
			size = p->nchunk == 0 ? room : p->chunk[p->nchunk - 1].size * 2;
			if (size > MAXCHUNK)
				size = MAXCHUNK;
			if (size / 2 < n)
				size = p->nchunk == 0 ? n + room : n + n / 2;
			if (t->size >= 1u << 29 || (k.base = heap_alloc(POOL_MAIN, Traw, size)) == 0)
				return 0;
			k.size = size;
			p->mem += size;
		}
		k.sp = p->sp;
		p->chunk[p->nchunk++] = k;
		p->sp = k.base;
		p->se = k.base + k.size;
		fresh = true;
	}
	r = frame_fast(p, t);
	p->act[p->nact - 1].newchunk = fresh;
	return r;
}

/* Give back the newest stack piece, keeping one in reserve. */
static void
dropchunk(Prog *p)
{
	Stkchunk k = p->chunk[--p->nchunk], gone = k;

	p->sp = k.sp;
	p->se = p->nchunk == 0 ? k.sp : p->chunk[p->nchunk - 1].base + p->chunk[p->nchunk - 1].size;
	if (p->spare.base == 0 || p->spare.size < k.size) {
		gone = p->spare;
		p->spare = k;
	}
	if (gone.base != 0) {
		p->mem -= gone.size;
		heap_freeblock(gone.base);
	}
}

void
frame_drop(Prog *p)
{
	Act *a = &p->act[--p->nact];

	if (a->newchunk)
		dropchunk(p);
	else
		p->sp = a->fp;
}

void
frame_pop(Prog *p)
{
	Act a = p->act[p->nact - 1];
	uint32_t i;
	Ref r;

	for (i = 0; i < a.t->nref; i++) {
		r = ldw(a.fp + a.t->ref[i]);
		if (r != H) {
			stw(a.fp + a.t->ref[i], H);
			refdec(r);
		}
	}
	frame_drop(p);
}

Act *
frame_top(Prog *p, Ref r)
{
	uint32_t i;

	for (i = p->nact; i > p->cur + 1; i--)
		if (p->act[i - 1].fp == r && !p->act[i - 1].called)
			break;
	if (i <= p->cur + 1)
		return NULL;
	while (p->nact > i)
		frame_pop(p);
	return &p->act[i - 1];
}

int
prog_spawn(Prog *p, Ref frame, Module *m, Inst *pc)
{
	Act *a = frame_top(p, frame);
	Prog *q;
	Osenv *env;
	Type *t;
	Ref r;

	if (a == NULL)
		return vm_raise_nil(p);
	t = a->t;
	env = osenv_fork(p->v.env);
	if (env == NULL || (q = prog_new(p, env)) == NULL)
		return vm_raise(p, "out of memory: main");
	r = frame_new(q, t);
	if (r == 0) {
		prog_free(q);
		return vm_raise(p, "out of memory: main");
	}
	if (t->size > DIS_FRAME_ARGS)
		memcpy((uint8_t *)ref2ptr(r) + DIS_FRAME_ARGS, (uint8_t *)ref2ptr(frame) + DIS_FRAME_ARGS, t->size - DIS_FRAME_ARGS);
	type_initrefs(t, ref2ptr(frame), 1);
	frame_pop(p);
	q->act[0].called = 1;
	q->cur = 0;
	q->fp = ref2ptr(r);
	q->m = m;
	m->ref++;
	q->pc = pc;
	debug_spawned(p, q);
	if (q->state == Pready)
		sched_ready(q);
	return 0;
}

/* ------------------------------------------------------------ the end */

/* Release all that p holds but its environment. */
static void
dismantle(Prog *p)
{
	Act *a;
	int i;

	while (p->nact > 0) {
		a = &p->act[p->nact - 1];
		if (a->called && a->cross) {
			module_put(p->m);
			p->m = a->m;
		}
		frame_pop(p);
	}
	for (i = 0; i < p->nchunk; i++)
		heap_freeblock(p->chunk[i].base);
	if (p->spare.base != 0)
		heap_freeblock(p->spare.base);
	p->nchunk = 0;
	p->spare.base = 0;
	exc_clear(p);
	handle_unpin(p);
}

/* What p's end is called to those who wait for it, malloc'd, or NULL. */
static char *
exitrecord(Prog *p, const char *msg)
{
	char *s;

	if (p->v.pid == 1 && msg[0] != 0)
		first = 1;
	if (asprintf(&s, "%d \"%s\":%s", p->v.pid, prog_module(p), msg) < 0)
		return NULL;
	if (strlen(s) > 180)
		s[conv_cut(s, 180)] = 0;
	return s;
}

/* Closes env's descriptors on its behalf. The VM is free meanwhile if that can wait for anything. */
static void
closefds(Osenv *env)
{
	Osenv *old = up->env;

	if (osenv_leavefds(env))
		return;
	up->env = env;
	vm_release();
	osenv_closefds(env);
	vm_acquire();
	up->env = old;
}

static void
tell(Osenv *env, char *record)
{
	if (record != NULL)
		osenv_exited(env, record);
	free(record);
}

/*
 * Ends p. record is for those who wait for it, or NULL: they may rely on its files being closed, one of a server on being written.
 */
static void
end(Prog *p, char *record)
{
	Osenv *env = p->v.env, *old = up->env;
	bool held = p->holds;

	if (p->state == Pbroken)
		nbroken--;
	p->state = Pexiting;
	if (vm_cur == p)
		vm_cur = NULL;
	channel_unwait(p);
	sched_unqueue(p);
	closefds(env);
	tell(env, record);
	dismantle(p);
	if (p->m != NULL)
		module_put(p->m);
	p->m = NULL;
	group_leave(p);
	gc_nextroot(p);
	if (p->prev)
		p->prev->next = p->next;
	else
		all = p->next;
	if (p->next)
		p->next->prev = p->prev;
	else
		last = p->prev;
	leave(p);
	if (p->act != p->act0) {
		host_give((uint64_t)p->aact * sizeof(Act));
		free(p->act);
	}
	if (p->chunk != p->chunk0)
		free(p->chunk);
	exc_freetext(p);
	free(p->alt);
	free(p->pin);
	free(p->pending);
	free(p->exrecord);
	free(p->brokenwhy);
	host_free(p, sizeof *p);
	up->env = env;
	vm_runfinis();
	vm_release();
	osenv_release(env);
	up->env = old;
	vm_acquire();
	osenv_put(env);
	nprog--;
	if (held)
		nholding--;
	checkend();
}

void
prog_free(Prog *p)
{
	end(p, NULL);
}

void
prog_exit(Prog *p, const char *msg)
{
	debug_ended(p, "exited");
	end(p, exitrecord(p, msg));
}

void
prog_kill(Prog *p)
{
	int pid = p->v.pid;

	if (p->state == Pexiting)
		return;
	p->killed = true;
	if (p->state == Prelease) {
		if (p->kproc != NULL)
			proc_interrupt(p->kproc);
		return;
	}
	if (p == vm_cur && vm_running())
		return;
	if (p->state != Pbroken)
		prog_tellgroup(p, "killed");
	/* Others may have run meanwhile: it may be gone, or find out by itself. */
	p = prog_bypid(pid);
	if (p != NULL && p->state != Pexiting && p->state != Prelease)
		prog_exit(p, "killed");
}

void
prog_inject(Prog *p, const char *text)
{
	if (p->state == Pbroken || p->state == Pexiting || p->state == Pdebug || p->pending != NULL || p->killed)
		return;
	p->pending = strdup(text);
	if (p->pending == NULL)
		return;
	switch (p->state) {
	case Prelease:
		if (p->kproc != NULL)
			proc_interrupt(p->kproc);
		break;
	case Palt:
	case Psend:
	case Precv:
		channel_unwait(p);
		p->pc--; /* it is the communication that is interrupted */
		sched_ready(p);
		break;
	}
}

void
prog_tellgroup(Prog *p, const char *text)
{
	Group *g = p->grp;
	Prog *q, *leader = g != NULL ? g->leader : NULL;
	uint32_t flags;
	int *pids, n, i;

	if (g == NULL || text[0] == 0 || p->told)
		return;
	p->told = true;
	flags = p->exflags & (leader != NULL ? leader->exflags : ~0u);
	if (flags == 0)
		return;
	pids = malloc((size_t)g->ref * sizeof *pids);
	if (pids == NULL)
		return;
	for (q = g->first, n = 0; q != NULL; q = q->gnext)
		if (q != p)
			pids[n++] = q->v.pid;
	for (i = 0; i < n; i++) {
		q = prog_bypid(pids[i]);
		if (q == NULL || q->grp != g)
			continue;
		if (flags & EXpropagate || q == g->leader) {
			prog_inject(q, text);
		} else {
			q->told = true; /* its own end is no news to the others */
			prog_kill(q);
		}
	}
	free(pids);
}

static bool
prefix(const char *s, const char *pre)
{
	return strncmp(s, pre, strlen(pre)) == 0;
}

bool
prog_unhandled(Prog *p, const char *text)
{
	Pool *po = &pools[POOL_HEAP];
	char *why;

	p->state = Pexiting; /* nobody else may end it now */
	if (text[0] == 0) {
		prog_exit(p, "");
		return true;
	}
	prog_tellgroup(p, text);
	if (prefix(text, "fail:") || strcmp(text, "interrupted") == 0) {
		prog_exit(p, text);
		return true;
	}
	kprint("[%s] Broken: \"%s\"\n", prog_module(p), text);
	if (!keepbroken || prefix(text, "out of memory") || po->used > po->max - po->max / 16) {
		prog_exit(p, text);
		return true;
	}
	p->state = Pbroken;
	exc_clear(p);
	free(p->pending);
	p->pending = NULL;
	p->brokenwhy = strdup(text);
	char *record = exitrecord(p, text);
	if (asprintf(&why, "broken: %s", text) >= 0) {
		debug_ended(p, why);
		free(why);
	}
	nbroken++;
	letgo(p);
	/* Only its memory is kept: who reads from it or waits for its files would wait for ever. The VM is free meanwhile, so p may go. */
	Osenv *env = osenv_ref(p->v.env);
	if (vm_cur == p)
		vm_cur = NULL;
	closefds(env);
	tell(env, record);
	osenv_put(env);
	checkend();
	return false;
}
