/*
 * See machine.h.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "tests/libinterp/machine.h"

static Osenv *env;
static char out[4096];

void
machine_init(uint64_t heap, uint64_t mainpool)
{
	options.heapmax = heap;
	options.mainmax = mainpool;
	eve = strdup("tester");
	env = osenv_new();
	if (env == NULL || proc_attach("test", env) == NULL || vm_init() < 0)
		abort();
	sched_init(env);
	prog_setbroken(true);
}

/* Call m's first function in a new process. */
static void
start(Module *m, Ref result, int *pid)
{
	Code *c = m->code;
	Osenv *e = osenv_fork(env);
	Prog *p = prog_new(prog_first(), e);
	Link *l = &c->link[0];
	Ref r;

	*pid = p->v.pid;
	r = frame_new(p, l->frame);
	if (r == 0)
		abort();
	stw(r + DIS_FRAME_RET, result);
	p->act[0].called = true;
	p->fp = ref2ptr(r);
	p->m = m;
	p->pc = c->inst + l->pc;
	sched_ready(p);
}

static const char *
call(Code *c)
{
	Module *m;
	Ref cell = H;
	Prog *p;
	int pid, i;
	char *s;

	if (c->nlinks == 0 || c->link[0].pc < 0 || c->link[0].frame == NULL) {
		code_put(c);
		vm_leave();
		return "error: nothing to call";
	}
	m = module_new(c);
	if (m == NULL || adt_new(NULL, &cell, Tref) < 0)
		abort();
	start(m, cell, &pid);
	vm_leave();
	for (i = 0; i < 2000 && sched_turns(10); i++)
		;
	vm_enter();
	p = prog_bypid(pid);
	snprintf(out, sizeof out, "gone");
	if (p != NULL) {
		snprintf(out, sizeof out, "exception: %s", p->brokenwhy != NULL ? p->brokenwhy : "");
		if (p->state != Pbroken)
			snprintf(out, sizeof out, "%s", p->state == Pready ? "runs" : "blocked");
	} else if (ldw(cell) != H) {
		s = str_utf8(ldw(cell), NULL);
		snprintf(out, sizeof out, "%s", s);
		free(s);
	}
	while ((p = prog_first()) != NULL) {
		prog_kill(p);
		if (prog_first() != p)
			continue;
		/* It is in the host on another thread, and dies when it comes back. */
		vm_leave();
		usleep(1000);
		vm_enter();
	}
	ref_dec(cell);
	vm_leave();
	return out;
}

const char *
machine_load(const void *p, size_t n)
{
	char msg[160];
	Code *c;

	vm_enter();
	c = code_frombytes("test", p, n, msg);
	if (c == NULL) {
		vm_leave();
		snprintf(out, sizeof out, "error: %s", msg);
		return out;
	}
	return call(c);
}

const char *
machine_run(const char *text)
{
	DisError err;
	DisBuf b = {0};
	DisModule *dm = dis_assemble(text, strlen(text), &err);
	const char *r;

	if (dm == NULL || !dis_write(dm, &b, &err)) {
		snprintf(out, sizeof out, "error: line %zu: %s", err.at, err.msg);
		dis_free(dm);
		return out;
	}
	dis_free(dm);
	r = machine_load(b.p, b.n);
	dis_buffree(&b);
	return r;
}

const char *
machine_code(const char *instructions)
{
	static const char tail[] =
		"	flags	0x40\n"
		"	stack	1000\n"
		"	entry	-1, -1\n"
		"	desc	$0,64,\"fe\"\n"
		"	desc	$1,256,\"00ff\"\n"
		"	desc	$2,4,\"\"\n"
		"	desc	$3,4,\"80\"\n"
		"	desc	$4,8,\"40\"\n"
		"	desc	$5,1,\"\"\n"
		"	var	@mp,64\n"
		"	string	@mp+0,\"a\"\n"
		"	string	@mp+4,\"é\"\n"
		"	string	@mp+8,\"日\"\n"
		"	real	@mp+32,1.5\n"
		"	long	@mp+40,7\n"
		"	word	@mp+48,3\n"
		"	module	T\n"
		"	link	1,0,0x4ee5965a,\"run\"\n"
		"	ldts	@ldt,0\n"
		"	source	\"t.b\"\n";
	char *text;
	const char *r;

	if (asprintf(&text, "%s%s", instructions, tail) < 0)
		abort();
	r = machine_run(text);
	free(text);
	return r;
}
