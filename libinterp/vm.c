/*
 * Starting the virtual machine.
 */
#include <stdio.h>
#include <stdlib.h>

#include "libinterp/jit/jit.h"

/* Pools are large by default: the host gives only what is used, and the limit is there to be met by programs gone wild. */
#define HEAPMAX (1ull << 30)
#define MAINMAX (512ull << 20)

int
vm_init(void)
{
	uint64_t heapmax = options.heapmax != 0 ? options.heapmax : HEAPMAX;
	uint64_t mainmax = options.mainmax != 0 ? options.mainmax : MAINMAX;

	if (arena_init() < 0)
		return -1;
	if (heap_init(heapmax, mainmax) < 0 || type_init() < 0 || exc_init() < 0) {
		fprintf(stderr, "emu: no memory for the virtual machine\n");
		return -1;
	}
	interp_init();
	jit_init();
	vmops_init();
	return 0;
}

/* The first process, in module m. */
static int
firstproc(Module *m, Osenv *env)
{
	Code *c = m->code;
	Prog *p = prog_new(NULL, osenv_ref(env));
	Type *t = c->entry != NULL ? c->entry : Tbig;
	Ref r;

	if (p == NULL)
		return -1;
	r = frame_new(p, t);
	if (r == 0) {
		prog_free(p);
		return -1;
	}
	p->act[0].called = true;
	p->cur = 0;
	p->fp = ref2ptr(r);
	p->m = m;
	p->pc = c->inst + c->entrypc;
	sched_ready(p);
	return 0;
}

int
vm_boot(const char *path, Osenv *env)
{
	Code *c;
	Module *m;
	int r = -1;

	if (proc_attach("main", env) == NULL) {
		fprintf(stderr, "emu: no memory\n");
		return 1;
	}
	sched_init(env);
	vm_enter();
	c = code_load(path);
	if (c == NULL) {
		fprintf(stderr, "panic: loading \"%s\": %s\n", path, kerrstr());
	} else if ((m = module_new(c)) == NULL) {
		kprint("emu: %s: out of memory: heap\n", path);
	} else {
		r = firstproc(m, env);
		if (r < 0) {
			kprint("emu: %s: out of memory: main\n", path);
			module_put(m);
		}
	}
	vm_leave();
	if (r == 0)
		sched_run();
	proc_detach();
	return r < 0 ? 1 : prog_status();
}
