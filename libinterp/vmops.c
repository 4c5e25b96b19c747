/*
 * What the kernel asks of the virtual machine: the files of /prog and a few of /dev. All of it is called by threads that
 * do not hold the VM.
 */
#include <stdio.h>
#include <stdlib.h>

#include "libinterp/jit/jit.h"

static const char *const statename[NPSTATE] = {"alt", "send", "recv", "debug", "ready", "release", "exiting", "broken"};

/* Enter the VM and find a process; NULL, with the VM left again and the error set, if it is gone. */
static Prog *
enter(int pid)
{
	Prog *p;

	vm_enter();
	p = prog_bypid(pid);
	if (p == NULL) {
		vm_leave();
		return kerrorp("%s", Ethread);
	}
	return p;
}

static int
vm_pids(int **out)
{
	Prog *p;
	int n = 0;

	vm_enter();
	*out = malloc((size_t)(prog_count() + 1) * sizeof **out);
	if (*out != NULL)
		for (p = prog_first(); p != NULL; p = p->next)
			(*out)[n++] = p->v.pid;
	vm_leave();
	return n;
}

static Osenv *
vm_env(int pid)
{
	Prog *p = enter(pid);
	Osenv *e;

	if (p == NULL)
		return NULL;
	e = osenv_ref(p->v.env);
	vm_leave();
	return e;
}

static char *
vm_status(int pid)
{
	Prog *p = enter(pid);
	const char *mod;
	char *s, *user, in[80];

	if (p == NULL)
		return NULL;
	pthread_mutex_lock(&p->v.env->lock);
	user = strdup(p->v.env->user != NULL ? p->v.env->user : "");
	pthread_mutex_unlock(&p->v.env->lock);
	in[0] = 0;
	if (p->builtin)
		snprintf(in, sizeof in, "[%s]", p->bname);
	mod = p->m != NULL ? p->m->code->name : "";
	if (asprintf(&s, "%8d %8d %10s %s %10s %5lluK %s%s", pid, p->grp != NULL ? p->grp->id : 0, user != NULL ? user : "",
		     "   0:00.0", statename[p->state],
		     (unsigned long long)(p->mem + p->aact * sizeof(Act) + sizeof *p + 1023) / 1024, mod, in) < 0)
		s = NULL;
	free(user);
	vm_leave();
	return s;
}

static char *
vm_stack(int pid)
{
	Prog *p = enter(pid);
	Module *m;
	Inst *pc;
	Act *a;
	uint32_t cur;
	FILE *f;
	char *s = NULL;
	size_t n;

	if (p == NULL)
		return NULL;
	if (p->state == Pready) {
		vm_leave();
		return kerrorp("thread must be stopped");
	}
	f = open_memstream(&s, &n);
	if (f == NULL) {
		vm_leave();
		return kerrorp("%s", Enomem);
	}
	m = p->m;
	pc = p->pc;
	if (p->state == Palt || p->state == Psend || p->state == Precv)
		pc--;
	for (cur = p->cur; p->nact > 0;) {
		a = &p->act[cur];
		fprintf(f, "%.8x %.8x %.8x %.8x %d %s\n", a->fp, (uint32_t)(pc - m->code->inst), m->mp, m->code->image, 0,
			m->code->path);
		if (cur == 0)
			break;
		pc = a->ret - 1;
		if (a->cross)
			m = a->m;
		cur = a->prev;
	}
	fclose(f);
	vm_leave();
	return s;
}

static char *
vm_exception(int pid)
{
	Prog *p = enter(pid);
	char *s;

	if (p == NULL)
		return NULL;
	s = strdup(p->exrecord != NULL ? p->exrecord : "");
	vm_leave();
	return s;
}

static int
vm_pgrp(int pid)
{
	Prog *p = enter(pid);
	int id;

	if (p == NULL)
		return -1;
	id = p->grp != NULL ? p->grp->id : -1;
	vm_leave();
	return id;
}

static int
vm_isprivate(int pid)
{
	Prog *p = enter(pid);
	int r;

	if (p == NULL)
		return -1;
	r = p->grp != NULL && p->grp->private_;
	vm_leave();
	return r;
}

static void
killgroup(Prog *p, int but)
{
	Group *g = p->grp;
	Prog *q;
	int *pids, n = 0, i;

	if (g == NULL || (pids = malloc((size_t)g->ref * sizeof *pids)) == NULL)
		return;
	for (q = g->first; q != NULL; q = q->gnext)
		if (q->v.pid != but)
			pids[n++] = q->v.pid;
	for (i = 0; i < n; i++)
		if ((q = prog_bypid(pids[i])) != NULL)
			prog_kill(q);
	free(pids);
}

enum { CMkill, CMkillgrp, CMrestricted, CMexceptions, CMprivate, CMnice };

static const Cmdtab ctltab[] = {
	{CMkill, "kill", 1},
	{CMkillgrp, "killgrp", 1},
	{CMrestricted, "restricted", 1},
	{CMexceptions, "exceptions", 2},
	{CMprivate, "private", 1},
	{CMnice, "nice", 2},
};

static int
vm_ctl(int pid, Cmdbuf *cb)
{
	const Cmdtab *ct = lookupcmd(cb, ctltab, nelem(ctltab));
	Prog *p;
	int r = 0;

	if (ct == NULL || (p = enter(pid)) == NULL)
		return -1;
	switch (ct->index) {
	case CMkill:
		prog_kill(p);
		break;
	case CMkillgrp:
		killgroup(p, up->env != NULL ? up->env->pid : 0);
		break;
	case CMrestricted:
		p->restrictkids = true;
		break;
	case CMprivate:
		if (p->grp != NULL)
			p->grp->private_ = true;
		break;
	case CMnice:
		if (strlen(cb->f[1]) != 1 || cb->f[1][0] < '0' || cb->f[1][0] > '0' + NICEST)
			r = kerror("%s", Ebadctl);
		else
			p->nice = cb->f[1][0] - '0';
		break;
	case CMexceptions:
		if (strcmp(cb->f[1], "propagate") != 0 && strcmp(cb->f[1], "notifyleader") != 0)
			r = kerror("%s", Ebadctl);
		else if (p->grp == NULL || p->grp->leader != p)
			r = kerror("%s", Eperm);
		else
			p->exflags |= cb->f[1][0] == 'p' ? EXpropagate : EXnotify;
		break;
	}
	vm_leave();
	return r;
}

static char *
vm_memory(void)
{
	static const int order[] = {POOL_MAIN, POOL_HEAP, POOL_IMAGE};
	Pool *po;
	FILE *f;
	char *s = NULL;
	size_t n;
	int i;

	f = open_memstream(&s, &n);
	if (f == NULL)
		return kerrorp("%s", Enomem);
	vm_enter();
	heap_giveback();
	for (i = 0; i < nelem(order); i++) {
		po = &pools[order[i]];
		fprintf(f, "%11llu %11llu %11llu %11llu %11llu %11d %11llu %s\n", (unsigned long long)po->used,
			(unsigned long long)po->max, (unsigned long long)po->high, (unsigned long long)po->allocs,
			(unsigned long long)po->frees, 0, (unsigned long long)(po->max - po->used), po->name);
	}
	vm_leave();
	fclose(f);
	return s;
}

static char *
vm_memgc(size_t *n)
{
	char *s = NULL;
	int len;

	vm_enter();
	len = asprintf(&s,
		       "runs: %llu\nsweeps: %llu\nbchain: %llu\nhalted: %llu\nepochs: %u\ndestroy: %llu\n"
		       "inspects: %llu\nbusy: %d\nidle: %d\nidlepass: %llu\npartial: %llu\npause: %llu\n",
		       (unsigned long long)gc_stats.runs, (unsigned long long)gc_stats.steps, 0ull,
		       (unsigned long long)gc_stats.forced, gc_pass, (unsigned long long)gc_stats.freed,
		       (unsigned long long)gc_stats.objects, vm.marking, !vm.marking, 0ull,
		       (unsigned long long)gc_stats.candidates, (unsigned long long)gc_stats.pause);
	vm_leave();
	*n = len < 0 ? 0 : (size_t)len;
	return len < 0 ? kerrorp("%s", Enomem) : s;
}

static void
putwords(FILE *f, const uint32_t *w, int n)
{
	for (int i = 0; i < 4 * n; i++)
		putc(w[i / 4] >> (24 - i % 4 * 8) & 0xff, f);
}

static void
putpair(FILE *f, uint32_t addr, uint32_t size, uint32_t flags)
{
	uint32_t w[2] = {addr, size | flags << 30};

	putwords(f, w, 2);
}

/* Runs of blocks, or (sum) chunks: free 0, or in use 1. */
static char *
vm_memblocks(bool sum, size_t *n)
{
	uint32_t page, i, from, last = (ARENA_LO + vm.span) >> ARENA_PAGESHIFT;
	char *s = NULL;
	FILE *f = open_memstream(&s, n);
	Chunk *c;

	if (f == NULL)
		return kerrorp("%s", Enomem);
	vm_enter();
	heap_giveback();
	for (page = ARENA_LO >> ARENA_PAGESHIFT; page <= last; page += c != NULL ? c->npages : 1) {
		c = heap_onpage(page);
		if (c == NULL)
			continue;
		if (sum || c->nblock == 1) {
			putpair(f, c->base, (c->nblock - c->nfree) * c->block, 1);
			continue;
		}
		for (from = i = 0; i < c->nblock; from = i) {
			while (i < c->nblock && (c->state[i] == 0) == (c->state[from] == 0))
				i++;
			putpair(f, c->base + from * c->block, (i - from) * c->block, c->state[from] != 0);
		}
	}
	vm_leave();
	if (fclose(f) != 0) {
		free(s);
		return kerrorp("%s", Enomem);
	}
	return s;
}

/* Each object, or (sum) for each type of object how many there are and what they take. */
static char *
vm_memobjects(bool sum, size_t *n)
{
	uint32_t page, i, id, last = (ARENA_LO + vm.span) >> ARENA_PAGESHIFT, ntype = 0, (*total)[2] = NULL, (*nt)[2];
	char *s = NULL;
	FILE *f = open_memstream(&s, n);
	bool ok = f != NULL;
	Chunk *c;

	if (!ok)
		return kerrorp("%s", Enomem);
	vm_enter();
	heap_giveback();
	for (page = ARENA_LO >> ARENA_PAGESHIFT; page <= last; page += c != NULL ? c->npages : 1) {
		c = heap_onpage(page);
		for (i = 0; c != NULL && c->pool == POOL_HEAP && i < c->nblock; i++) {
			Ref r = c->base + i * c->block + HEAP_HDR;
			if (c->state[i] == 0 || heap_type(r) == NULL)
				continue;
			id = *heap_typeid(r);
			if (!sum) {
				putwords(f, (uint32_t[]){r, id, *heap_count(r), c->block}, 4);
				continue;
			}
			if (id >= ntype) {
				nt = realloc(total, (id + 64) * sizeof *nt);
				if (nt == NULL) {
					ok = false;
					continue;
				}
				memset(nt + ntype, 0, (id + 64 - ntype) * sizeof *nt);
				total = nt;
				ntype = id + 64;
			}
			total[id][0]++;
			total[id][1] += c->block;
		}
	}
	vm_leave();
	for (id = 0; id < ntype; id++)
		if (total[id][0] > 0)
			putwords(f, (uint32_t[]){POOL_HEAP, id, total[id][0], total[id][1]}, 4);
	free(total);
	if (fclose(f) != 0 || !ok) {
		free(s);
		return kerrorp("%s", Enomem);
	}
	return s;
}

static int
vm_memctl(Cmdbuf *cb)
{
	const char *what = cb->nf > 0 ? cb->f[0] : "";

	if (cb->nf != 1 || (strcmp(what, "collect") != 0 && strcmp(what, "clear") != 0))
		return kerror("%s", Ebadarg);
	vm_enter();
	if (strcmp(what, "collect") == 0)
		gc_request();
	else
		gc_stats.pause = 0;
	vm_leave();
	return 0;
}

static int
vm_getjit(void)
{
	return jit_level();
}

static int
vm_setjit(int level)
{
	if (level < 0 || level > 9)
		return kerror("%s", Ebadarg);
	jit_setlevel(level);
	return 0;
}

static void
vm_setbroken(int keep)
{
	vm_enter();
	prog_setbroken(keep != 0);
	vm_leave();
}

static void
vm_interrupt(int shell, int foreground, int left)
{
	Prog *p;
	int *pids, n, f;

	vm_enter();
	pids = malloc((size_t)(prog_count() + 1) * sizeof *pids);
	for (p = prog_first(), n = 0; pids != NULL && p != NULL; p = p->next)
		pids[n++] = p->v.pid;
	/* Ending one gives the VM up, so the next may be gone. */
	for (int i = 0; i < n; i++) {
		p = prog_bypid(pids[i]);
		if (p == NULL || p->v.env == NULL)
			continue;
		f = atomic_load(&p->v.env->foreground);
		if (pids[i] == shell)
			prog_inject(p, "fail:interrupted");
		else if (f != 0 && f == left)
			prog_kill(p);
		else if (f != 0 && f == foreground)
			prog_inject(p, "fail:interrupted");
	}
	free(pids);
	vm_leave();
}

void
vmops_init(void)
{
	vmops.pids = vm_pids;
	vmops.env = vm_env;
	vmops.status = vm_status;
	vmops.stack = vm_stack;
	vmops.exception = vm_exception;
	vmops.pgrp = vm_pgrp;
	vmops.isprivate = vm_isprivate;
	vmops.ctl = vm_ctl;
	vmops.dbgopen = debug_open;
	vmops.dbgclose = debug_close;
	vmops.dbgctl = debug_ctl;
	vmops.dbgevent = debug_read;
	vmops.heap = debug_heap;
	vmops.memory = vm_memory;
	vmops.memgc = vm_memgc;
	vmops.memblocks = vm_memblocks;
	vmops.memobjects = vm_memobjects;
	vmops.memctl = vm_memctl;
	vmops.eventsopen = memevent_open;
	vmops.eventsclose = memevent_close;
	vmops.eventsread = memevent_read;
	vmops.profctl = prof_ctl;
	vmops.profmodule = prof_module;
	vmops.profnext = prof_next;
	vmops.getjit = vm_getjit;
	vmops.setjit = vm_setjit;
	vmops.setbroken = vm_setbroken;
	vmops.interrupt = vm_interrupt;
}
