/*
 * Debugging: the sessions behind /prog/n/dbgctl, and queries of memory behind /prog/n/heap. See prog(3).
 *
 * A session is an open dbgctl. It reads events of its process; the first that gives a command controls it (p->dbg) until
 * it is closed. A controlled process runs instruction by instruction, asking debug_stop before each. A writer waits
 * for the process to stop outside of the VM, on the session's condition.
 *
 * Protected by holding the VM: all of p->dbg, p->watch, what. Under lock: events, done, reason.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

#include "libinterp/vm.h"

typedef struct Debug Debug;
typedef struct Event {
	struct Event *next;
	char text[];
} Event;

typedef struct Bpt {
	struct Bpt *next;
	char *path;
	int32_t pc;
} Bpt;

enum { RUN, STEP, TORET };

struct Debug {
	Debug *next; /* of the process's sessions */
	Prog *p;     /* NULL when it has ended */
	int what;    /* RUN.. */
	long steps;
	uint32_t depth; /* TORET: stop when the frame with that number is gone */
	bool stop;   /* asked for */
	bool first;  /* a breakpoint at the first instruction does not count: it is where we are */
	Bpt *bpt;

	pthread_mutex_t lock;
	pthread_cond_t cond;
	Event *ev, **evtail;
	bool ended;
	bool done;
	char *reason; /* why it stopped, or NULL: as asked */
};

/* ------------------------------------------------------------ events */

static void
put(Debug *d, const char *text)
{
	Event *e = malloc(sizeof *e + strlen(text) + 1);

	if (e == NULL)
		return;
	strcpy(e->text, text);
	e->next = NULL;
	pthread_mutex_lock(&d->lock);
	*d->evtail = e;
	d->evtail = &e->next;
	pthread_cond_broadcast(&d->cond);
	pthread_mutex_unlock(&d->lock);
}

void
debug_event(Prog *p, const char *what)
{
	static const char *const names[NPSTATE] = {"alt", "send", "recv"};
	Debug *d;

	if (likely(p->watch == NULL))
		return;
	if (what == NULL)
		what = names[p->state];
	if (what != NULL)
		for (d = p->watch; d != NULL; d = d->next)
			put(d, what);
}

/* Wake a writer: the process has stopped. reason NULL: as it asked. */
static void
finished(Debug *d, const char *reason)
{
	pthread_mutex_lock(&d->lock);
	d->done = true;
	free(d->reason);
	d->reason = reason != NULL ? strdup(reason) : NULL;
	pthread_cond_broadcast(&d->cond);
	pthread_mutex_unlock(&d->lock);
}

void
debug_spawned(Prog *p, Prog *child)
{
	char text[40];

	if (p->watch == NULL)
		return;
	snprintf(text, sizeof text, "new %d", child->v.pid);
	debug_event(p, text);
	child->state = Pdebug; /* until its debugger starts it */
}

void
debug_loaded(Prog *p, const char *path)
{
	char *text;

	if (p->watch == NULL || asprintf(&text, "load %s", path) < 0)
		return;
	debug_event(p, text);
	free(text);
}

void
debug_ended(Prog *p, const char *why)
{
	Debug *d, *next;
	bool gone = strcmp(why, "exited") == 0;

	debug_event(p, why);
	if (p->dbg != NULL)
		finished(p->dbg, why);
	if (!gone)
		return;
	for (d = p->watch; d != NULL; d = next) {
		next = d->next;
		d->p = NULL;
		pthread_mutex_lock(&d->lock);
		d->ended = true;
		pthread_cond_broadcast(&d->cond);
		pthread_mutex_unlock(&d->lock);
	}
	p->watch = p->dbg = NULL;
}

void
debug_codegone(Code *c)
{
	(void)c; /* breakpoints are kept by path: they hold for the next one loaded from there */
}

static bool
atbpt(Debug *d, Prog *p)
{
	const char *path = p->m->code->path, *last = strrchr(path, '/');
	int32_t pc = (int32_t)(p->pc - p->m->code->inst);
	Bpt *b;

	last = last != NULL ? last + 1 : path;
	for (b = d->bpt; b != NULL; b = b->next)
		if (b->pc == pc && (strcmp(b->path, path) == 0 || strcmp(b->path, last) == 0))
			return true;
	return false;
}

bool
debug_stop(Prog *p)
{
	Debug *d = p->dbg;
	const char *reason = NULL;
	bool first = d->first;

	d->first = false;
	if (d->stop)
		reason = "stopped";
	else if (!first && atbpt(d, p))
		reason = "breakpoint";
	else if (!(d->what == STEP && d->steps-- <= 0) && !(d->what == TORET && p->cur < d->depth))
		return false;
	d->stop = false;
	p->state = Pdebug;
	finished(d, reason);
	return true;
}

/* ------------------------------------------------------------ sessions */

void *
debug_open(int pid)
{
	Debug *d = calloc(1, sizeof *d);
	Prog *p;

	if (d == NULL)
		return kerrorp("%s", Enomem);
	vm_enter();
	p = prog_bypid(pid);
	if (p == NULL) {
		vm_leave();
		free(d);
		return kerrorp("%s", Ethread);
	}
	pthread_mutex_init(&d->lock, NULL);
	pthread_cond_init(&d->cond, NULL);
	d->evtail = &d->ev;
	d->p = p;
	d->next = p->watch;
	p->watch = d;
	vm_leave();
	return d;
}

void
debug_close(void *v)
{
	Debug *d = v, **l;
	Event *e;
	Bpt *b;
	Prog *p;

	vm_enter();
	p = d->p;
	if (p != NULL) {
		for (l = &p->watch; *l != d; l = &(*l)->next)
			;
		*l = d->next;
		if (p->dbg == d)
			p->dbg = NULL;
		/* Nobody is left who could let it go on. */
		if (p->state == Pdebug && p->watch == NULL)
			sched_ready(p);
	}
	vm_leave();
	while ((e = d->ev) != NULL) {
		d->ev = e->next;
		free(e);
	}
	while ((b = d->bpt) != NULL) {
		d->bpt = b->next;
		free(b->path);
		free(b);
	}
	free(d->reason);
	pthread_cond_destroy(&d->cond);
	pthread_mutex_destroy(&d->lock);
	free(d);
}

char *
debug_read(void *v)
{
	Debug *d = v;
	Event *e;
	char *s;

	pthread_mutex_lock(&d->lock);
	while (d->ev == NULL && !d->ended)
		if (ksleep(&d->cond, &d->lock, -1) < 0) {
			pthread_mutex_unlock(&d->lock);
			return NULL;
		}
	e = d->ev;
	if (e != NULL) {
		d->ev = e->next;
		if (d->ev == NULL)
			d->evtail = &d->ev;
	}
	pthread_mutex_unlock(&d->lock);
	s = strdup(e != NULL ? e->text : "");
	free(e);
	return s;
}

/* Wait until the process has stopped. */
static int
await(Debug *d)
{
	int r = 0;

	pthread_mutex_lock(&d->lock);
	while (!d->done && (r = ksleep(&d->cond, &d->lock, -1)) >= 0)
		;
	if (d->done)
		r = d->reason == NULL ? 0 : kerror("child: %s", d->reason);
	pthread_mutex_unlock(&d->lock);
	return r;
}

enum { CMstep, CMtoret, CMcont, CMstart, CMstop, CMunstop, CMmaim, CMbpt };

static const Cmdtab dbgtab[] = {
	{CMstep, "step", 0},	 {CMtoret, "toret", 1}, {CMcont, "cont", 1}, {CMstart, "start", 1}, {CMstop, "stop", 1},
	{CMunstop, "unstop", 1}, {CMmaim, "maim", 1},	{CMbpt, "bpt", 4},
};

static int
breakpoint(Debug *d, Cmdbuf *cb)
{
	bool set = strcmp(cb->f[1], "set") == 0;
	int32_t pc = (int32_t)strtol(cb->f[3], NULL, 0);
	Bpt *b, **l;

	if (!set && strcmp(cb->f[1], "del") != 0)
		return kerror("%s", Ebadctl);
	for (l = &d->bpt; (b = *l) != NULL; l = &b->next)
		if (b->pc == pc && strcmp(b->path, cb->f[2]) == 0)
			break;
	if (!set) {
		if (b != NULL) {
			*l = b->next;
			free(b->path);
			free(b);
		}
		return 0;
	}
	if (b != NULL)
		return 0;
	b = calloc(1, sizeof *b);
	if (b == NULL || (b->path = strdup(cb->f[2])) == NULL) {
		free(b);
		return kerror("%s", Enomem);
	}
	b->pc = pc;
	b->next = d->bpt;
	d->bpt = b;
	return 0;
}

/* Let the process run under control of d. */
static int
letgo(Debug *d, int what, long n)
{
	Prog *p = d->p;

	if (up->env != NULL && up->env->pid == p->v.pid)
		return kerror("cannot step yourself");
	if (p->state == Pbroken)
		return kerror("prog broken");
	if (p->dbg != NULL && p->dbg != d)
		return kerror("prog already debugged");
	p->dbg = d;
	d->what = what;
	d->steps = n;
	d->depth = p->cur;
	d->first = true;
	d->stop = false;
	d->done = false;
	if (p->state == Pdebug)
		sched_ready(p);
	return 0;
}

int
debug_ctl(void *v, Cmdbuf *cb)
{
	Debug *d = v;
	const Cmdtab *ct = NULL;
	Prog *p;
	long n = 1;
	int r = -1;
	bool wait = false;

	if (cb->nf > 0 && strncmp(cb->f[0], "step", 4) == 0 && isdigit((unsigned char)cb->f[0][4])) {
		n = strtol(cb->f[0] + 4, NULL, 10);
		ct = &dbgtab[0];
	} else if ((ct = lookupcmd(cb, dbgtab, nelem(dbgtab))) == NULL)
		return -1;
	else if (ct->index == CMstep && cb->nf > 1)
		n = strtol(cb->f[1], NULL, 10);
	vm_enter();
	p = d->p;
	if (p == NULL) {
		vm_leave();
		return kerror("%s", Ethread);
	}
	switch (ct->index) {
	case CMstep:
		r = letgo(d, STEP, n);
		wait = true;
		break;
	case CMtoret:
		r = letgo(d, TORET, 0);
		wait = true;
		break;
	case CMcont:
		r = letgo(d, RUN, 0);
		wait = true;
		break;
	case CMstart:
		if (p->dbg != NULL && p->dbg != d) {
			r = kerror("prog debugged");
			break;
		}
		if (p->state == Pdebug)
			sched_ready(p);
		r = 0;
		break;
	case CMstop:
		if (p->dbg != NULL && p->dbg != d) {
			r = kerror("prog already debugged");
			break;
		}
		if (p->dbg == NULL)
			r = letgo(d, RUN, 0);
		else
			r = 0;
		if (r == 0)
			d->stop = true;
		break;
	case CMunstop:
		d->stop = false;
		if (p->dbg == d && p->state == Pdebug) {
			p->dbg = NULL;
			sched_ready(p);
		} else if (p->dbg == d)
			p->dbg = NULL;
		r = 0;
		break;
	case CMmaim:
		if (p->state == Pdebug)
			sched_ready(p);
		p->dbg = NULL;
		prog_inject(p, "maimed");
		r = 0;
		break;
	case CMbpt:
		r = breakpoint(d, cb);
		break;
	}
	vm_leave();
	if (r == 0 && wait)
		r = await(d);
	return r;
}

/* ------------------------------------------------------------ memory */

typedef struct Query {
	Ref addr;
	bool code;
	char module[128];
	int32_t pc;
	int fmt;
	long n;
} Query;

/* addr.Fn or pc+module.In, numbers as in C. */
static int
parse(const char *s, Query *q)
{
	char *e;
	const char *dot;
	size_t n;

	memset(q, 0, sizeof *q);
	q->addr = (Ref)strtoul(s, &e, 0);
	if (e == s)
		return kerror("%s", Ebadctl);
	if (*e == '+') {
		q->code = true;
		q->pc = (int32_t)q->addr;
		dot = strrchr(e, '.');
		if (dot == NULL || (n = (size_t)(dot - e - 1)) >= sizeof q->module)
			return kerror("%s", Ebadctl);
		memcpy(q->module, e + 1, n);
		e = (char *)(uintptr_t)dot;
	}
	if (*e != '.' || e[1] == 0)
		return kerror("%s", Ebadctl);
	q->fmt = e[1];
	q->n = strtol(e + 2, NULL, 0);
	if (q->n < 1)
		q->n = 1;
	if (q->n > 10000)
		q->n = 10000;
	return 0;
}

static int
codequery(FILE *f, Query *q)
{
	char text[DIS_INSTTEXT];
	const char *last;
	Code *c;
	long i;

	for (c = code_first(); c != NULL; c = c->next) {
		last = strrchr(c->path, '/');
		if (strcmp(c->path, q->module) == 0 || strcmp(c->name, q->module) == 0 ||
		    (last != NULL && strcmp(last + 1, q->module) == 0))
			break;
	}
	if (c == NULL || c->dm == NULL)
		return kerror("%s", Enonexist);
	for (i = 0; i < q->n && q->pc >= 0 && q->pc + i < c->ninst; i++) {
		dis_printinst(&c->dm->code[q->pc + i], text, sizeof text);
		fprintf(f, "%s\n", text);
	}
	return 0;
}

/* One item at a; 0 or -1. */
static int
item(FILE *f, Ref a, int fmt)
{
	Ref r;
	Arr v;
	Channel *c;
	char *s, num[40];
	void *val;

	r = fmt == 'B' || fmt == 'V' || fmt == 'R' || fmt == 'W' ? 0 : ldw(a);
	switch (fmt) {
	case 'W':
		fprintf(f, "%d\n", (int32_t)ldw(a));
		return 0;
	case 'B':
		fprintf(f, "%d\n", *(uint8_t *)ref2ptr(a));
		return 0;
	case 'V':
		fprintf(f, "%lld\n", (long long)*(Abig *)ref2ptr(a));
		return 0;
	case 'R':
		conv_real(*(Areal *)ref2ptr(a), num);
		fprintf(f, "%s\n", num);
		return 0;
	case 'P':
		if (r == H)
			fprintf(f, "nil\n");
		else
			fprintf(f, "%x\n", r);
		return 0;
	case 'L':
		// the address of the tail, which is the first word of an element, not the tail
		a = r;
		if (!list_next(&a, 0, &val))
			return kerror("nil list");
		fprintf(f, "%x.%x\n", r, ptr2ref(val));
		return 0;
	case 'A':
		v = arr_get(r);
		if (r == H)
			fprintf(f, "nil\n");
		else
			fprintf(f, "%u.%x\n", v.len, ptr2ref(v.data));
		return 0;
	case 'C':
		s = str_utf8(r, NULL);
		fprintf(f, "%u.%s", str_get(r).len, s != NULL ? s : "");
		free(s);
		return 0;
	case 'M':
		if (r == H)
			fprintf(f, "nil\n");
		else if (heap_host(r, TK_MODULE) == NULL)
			return kerror("misaligned address");
		else
			fprintf(f, "%x\n", ldw(r));
		return 0;
	case 'c':
		c = heap_host(r, TK_CHAN);
		if (r == H)
			fprintf(f, "nil\n");
		else if (c == NULL)
			return kerror("misaligned address");
		else if (c->cap == 0)
			fprintf(f, "0.%x\n", r);
		else
			fprintf(f, "%u.%x.%u.%u\n", c->n, r + 8, c->front, c->cap);
		return 0;
	}
	return kerror("%s", Ebadctl);
}

char *
debug_heap(int pid, const char *query)
{
	Query q;
	FILE *f;
	char *s = NULL;
	size_t n;
	int r = 0;
	long i;
	uint32_t size, align;

	if (parse(query, &q) < 0)
		return NULL;
	f = open_memstream(&s, &n);
	if (f == NULL)
		return kerrorp("%s", Enomem);
	size = q.fmt == 'B' ? 1 : q.fmt == 'V' || q.fmt == 'R' ? 8 : 4;
	align = size == 1 ? 1 : 4;
	vm_enter();
	if (prog_bypid(pid) == NULL)
		r = kerror("%s", Ethread);
	else if (q.code || q.fmt == 'I')
		r = codequery(f, &q);
	else if (q.addr % align != 0 || vm_mem(q.addr, (uint64_t)q.n * size) == NULL)
		r = kerror("misaligned address");
	else
		for (i = 0; i < q.n && r == 0; i++, q.addr += size)
			r = item(f, q.addr, q.fmt);
	vm_leave();
	fclose(f);
	if (r < 0) {
		free(s);
		return NULL;
	}
	return s;
}
