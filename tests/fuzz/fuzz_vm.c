/*
 * Fuzz target: loading an object file and running it for a bounded number of turns. Build with
 * clang -fsanitize=fuzzer,address,undefined -D_GNU_SOURCE -fno-strict-aliasing -fwrapv -I. with this file and the
 * sources of libinterp (without mod), dis, emu (without main) and libstyx.
 *
 * There are no devices, and the builtin modules are replaced by one function that takes a string, an array and a list
 * apart, so that a program reaches nothing outside of the machine. All exported functions are called, each in a process
 * of its own; what they leave is collected.
 */
#include <stdlib.h>
#include <string.h>

#include "libinterp/mod/builtins.h"
#include "libinterp/mod/modtab.h"
#include "libinterp/vm.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv);

Dev *const devtab[] = {NULL};
const int ndevtab = 0;

typedef struct Frame {
	Framehead head;
	Ref s, a, l;
} Frame;

static Type *Thandle;

static void
fini(void *host)
{
	free(host);
}

static int
probe(Prog *p, void *fp)
{
	Frame *f = fp;
	size_t n = 0;
	char *s = str_utf8(f->s, &n);
	Arr a = arr_get(f->a);
	Ref l = f->l, r = H;
	void *v;
	int i;

	for (i = 0; i < 100 && list_next(&l, 4, &v); i++)
		n += *(uint8_t *)v;
	if (a.len > 0 && a.esize > 0)
		n += a.data[0] + a.data[(size_t)a.len * a.esize - 1];
	free(s);
	if (handle_get(f->s, Thandle) == NULL) {
		s = malloc(1);
		if (s == NULL || handle_new(p, &r, Thandle, s) < 0) {
			free(s);
			return -1;
		}
	}
	vm_retref(fp, r);
	return n == 77 ? vm_raise(p, "probed") : 0;
}

static const Builtinfn fns[] = {{"print", probe, 0xac849033, 48, 2, "\x00\xe0", true}, {"sprint", probe, 0x4c0624b6, 48, 2, "\x00\xe0", true}};

#define X(m) extern const Builtinmod builtin_##m; \
	const Builtinmod builtin_##m = {"$" #m, fns, nelem(fns), NULL};
BUILTIN_MODULES(X)
#undef X

static Osenv *env;

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	options.heapmax = 16 << 20;
	options.mainmax = 4 << 20;
	eve = strdup("fuzz");
	env = osenv_new();
	if (env == NULL || proc_attach("fuzz", env) == NULL || vm_init() < 0)
		abort();
	sched_init(env);
	Thandle = vm_handletype("Handle", 8, NULL, 0, fini);
	return 0;
}

static void
start(Module *m, Inst *pc, Type *t)
{
	Osenv *e = osenv_fork(env);
	Prog *p;
	Ref r;

	if (e == NULL || (p = prog_new(prog_first(), e)) == NULL)
		return;
	r = frame_new(p, t);
	if (r == 0) {
		prog_free(p);
		return;
	}
	p->act[0].called = true;
	p->fp = ref2ptr(r);
	p->m = m;
	m->ref++;
	p->pc = pc;
	sched_ready(p);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char msg[160];
	Module *m;
	Code *c;
	int i;

	vm_enter();
	c = code_frombytes("fuzz", data, size, msg);
	m = c != NULL ? module_new(c) : NULL;
	if (m != NULL) {
		for (i = 0; i < c->nlinks && i < 8; i++)
			if (c->link[i].pc >= 0 && c->link[i].frame != NULL)
				start(m, c->inst + c->link[i].pc, c->link[i].frame);
		if (c->entry != NULL)
			start(m, c->inst + c->entrypc, c->entry);
		vm_leave();
		sched_turns(10);
		vm_enter();
		while (prog_first() != NULL)
			prog_kill(prog_first());
		module_put(m);
		gc_full();
	}
	vm_leave();
	return 0;
}
