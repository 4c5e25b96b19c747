/*
 * Random programs (gen.c) under two engines, whose final states must be the same: the data of both modules with all that hangs from them,
 * reference counts included; how each process ended, and where; and what is left in the heap when all is gone.
 *
 * usage: jit_diff [-s seed] [-n programs] [-j jobs] [-f failures] [-p] [-k] [-m]
 *	-s  the first seed (1)             -n  how many programs (1000)
 *	-j  processes at a time (1)        -f  how many failures end the run (1)
 *	-p  print the program of the first seed and what becomes of it, and do nothing else
 *	-k  keep failing programs as they are instead of making them small
 *	-m  programs that mean harm: they are spoilt, and may do what they like but end the machine
 *
 * Programs run in children, so that a crash is a failure as any other. A failure is printed with its seed.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "libinterp/vm.h"
#include "tests/jit/engines.h"
#include "tests/jit/gen.h"

#define TURNS 5000 /* of a quantum each: more than any program needs */
#define FEWTURNS 10 /* for those that mean harm, and may never end */
#define PATIENCE 60 /* seconds for one program */

static Osenv *env;

/* What a child tells about itself. */
typedef struct Shared {
	volatile uint64_t seed, done, unset; /* unset: those that read what they have not set */
	volatile int engine;
} Shared;

static Shared *shared;
static bool harmful;

/* Standard output; the machine, which says there what breaks, has none. */
static FILE *out;

/* ------------------------------------------------------------ the state as text */

typedef struct Text {
	char *p;
	size_t n, cap;
	int64_t left; /* bytes in the heap; -1: not known, the collector has been at work */
} Text;

static void __attribute__((format(printf, 2, 3)))
say(Text *t, const char *fmt, ...)
{
	va_list ap;
	int n;

	for (;;) {
		va_start(ap, fmt);
		n = vsnprintf(t->p + t->n, t->cap - t->n, fmt, ap);
		va_end(ap);
		if ((size_t)n < t->cap - t->n)
			break;
		t->cap = t->cap * 2 + 4096;
		t->p = realloc(t->p, t->cap);
		if (t->p == NULL)
			abort();
	}
	t->n += (size_t)n;
}

/* Objects seen, in the order in which they were met; waiting ones are still to be described. */
typedef struct Seen {
	Ref *obj;
	uint32_t n, cap;
	struct {
		Ref r;
		uint32_t n, round;
	} hash[1 << 14];
	uint32_t round;
} Seen;

static Seen seen;

static uint32_t
number(Ref r)
{
	uint32_t h = r * 2654435761u >> 18;

	while (seen.hash[h].round == seen.round && seen.hash[h].r != r)
		h = (h + 1) % nelem(seen.hash);
	if (seen.hash[h].round == seen.round)
		return seen.hash[h].n;
	if (seen.n == nelem(seen.hash) - 1)
		return UINT32_MAX; /* far more than a program makes */
	if (seen.n == seen.cap) {
		seen.cap = seen.cap * 2 + 100;
		seen.obj = realloc(seen.obj, seen.cap * sizeof *seen.obj);
	}
	seen.obj[seen.n] = r;
	seen.hash[h].r = r;
	seen.hash[h].round = seen.round;
	return seen.hash[h].n = seen.n++;
}

static void
describeref(Text *t, Ref r)
{
	if (r == H)
		say(t, " nil");
	else if (heap_capacity(r) == 0)
		say(t, " bad reference %#x", r);
	else
		say(t, " @%u", number(r));
}

/* n bytes at p that are no references. All NaNs are one: which of several an operation gives is nowhere said. */
static void
describebytes(Text *t, const uint8_t *p, uint32_t off, uint32_t n)
{
	uint64_t v = 0;
	uint32_t k;

	for (; n > 0; p += k, off += k, n -= k) {
		k = off % 8 == 0 && n >= 8 ? 8 : off % 4 == 0 && n >= 4 ? 4 : 1;
		v = 0;
		memcpy(&v, p, k);
		if (k == 8 && (v & 0x7ff0000000000000) == 0x7ff0000000000000 && (v & 0xfffffffffffff) != 0)
			say(t, " nan");
		else
			say(t, " %llx", (unsigned long long)v);
	}
}

static void
describevalue(Text *t, const Type *ty, Ref a)
{
	const uint8_t *p = ref2ptr(a);
	uint32_t i, off = 0;

	for (i = 0; i < ty->nref; i++) {
		describebytes(t, p + off, off, ty->ref[i] - off);
		describeref(t, ldw(a + ty->ref[i]));
		off = ty->ref[i] + 4;
	}
	describebytes(t, p + off, off, ty->size - off);
}

static void
describe(Text *t, Ref r)
{
	Type *ty = heap_type(r);
	Channel *c;
	Str s;
	Arr a;
	uint32_t i;

	say(t, "@%u count %u:", number(r), *heap_count(r));
	switch (ty->kind) {
	case TK_STRING:
		s = str_get(r);
		say(t, " string %u %u", s.len, ldw(r + 4));
		for (i = 0; i < s.len; i++)
			say(t, " %x", str_at(s, i));
		break;
	case TK_ARRAY:
		a = arr_get(r);
		say(t, " array %u of %u, in", a.len, a.esize);
		describeref(t, ldw(r + 12));
		say(t, ":");
		for (i = 0; i < a.len; i++)
			describevalue(t, a.elem, ptr2ref(a.data) + i * a.esize);
		break;
	case TK_LIST:
		say(t, " cell");
		describeref(t, ldw(r));
		describevalue(t, ty->elem, r + ty->voff);
		break;
	case TK_CHAN:
		c = heap_host(r, TK_CHAN);
		say(t, " channel of %u, %u of %u", c->esize, c->n, c->cap);
		for (i = 0; i < c->n; i++)
			describevalue(t, c->elem, channel_item(c, i));
		break;
	case TK_MODULE:
		say(t, " module");
		break;
	case TK_ADT:
	case TK_MP:
		say(t, " %s %u", ty->kind == TK_ADT ? "adt" : "data", ty->size);
		describevalue(t, ty, r);
		break;
	default:
		say(t, " something else: %d", ty->kind);
	}
	say(t, "\n");
}

static void
describeprog(Text *t, Prog *p, int firstpid)
{
	static const char *const states[] = {"alt", "send", "recv", "debug", "ready", "release", "exiting", "broken"};
	Module *m = p->m;
	Inst *pc = p->pc;
	uint32_t cur = p->cur;
	Act *a;

	say(t, "process %d: %s%s%s, at", p->v.pid - firstpid, states[p->state], p->brokenwhy != NULL ? " " : "",
	    p->brokenwhy != NULL ? p->brokenwhy : "");
	for (;;) {
		say(t, " %s:%d", m->code->name, (int)(pc - m->code->inst));
		if (cur == 0)
			break;
		a = &p->act[cur];
		pc = a->ret;
		if (a->cross)
			m = a->m;
		cur = a->prev;
	}
	say(t, "\n");
	if (p->exrecord != NULL)
		say(t, "last exception %s\n", p->exrecord);
}

/* ------------------------------------------------------------ running */

typedef struct Object {
	DisBuf b[GEN_MODULES];
	int32_t modoff;
} Object;

static Prog *
start(Module *m, int fill)
{
	Type *t = m->code->entry;
	Prog *p = prog_new(NULL, osenv_fork(env));
	uint32_t off;
	Ref r;

	r = frame_new(p, t);
	/* Whatever is read without having been set shows as a difference between two fillings. */
	for (off = DIS_FRAME_ARGS; off < t->size; off += 4)
		if (!type_isref(t, off))
			memset(ref2ptr(r + off), fill, 4);
	memset(ref2ptr(p->sp), fill, p->se - p->sp);
	p->act[0].called = true;
	p->fp = ref2ptr(r);
	p->m = m;
	m->ref++;
	p->pc = m->code->inst + m->code->entrypc;
	sched_ready(p);
	return p;
}

/*
 * qemu's user mode does not see that code is written through another mapping of its pages, and goes on with what it has translated
 * before. A change of their protection makes it forget that.
 */
static void
forgetcode(void)
{
#ifdef __aarch64__
	unsigned long from, to;
	char line[512];
	FILE *f = fopen("/proc/self/maps", "r");

	while (f != NULL && fgets(line, sizeof line, f) != NULL)
		if (strstr(line, "r-xs") != NULL && strstr(line, "emu-code") != NULL && sscanf(line, "%lx-%lx", &from, &to) == 2) {
			mprotect((void *)from, to - from, PROT_READ);
			mprotect((void *)from, to - from, PROT_READ | PROT_EXEC);
		}
	if (f != NULL)
		fclose(f);
#endif
}

/* Runs it, and describes what became of it in t. False if it does not load or does not end. */
static bool
run(const Object *o, int engine, int fill, Text *t)
{
	static const char *const names[] = {"lib", "main"};
	uint64_t used;
	uint32_t pass;
	Module *m[GEN_MODULES];
	Ref r = H;
	char msg[160];
	int i, pid, turns, quantum;
	uint32_t k;
	Code *c;
	Prog *p;
	bool ended = false;

	forgetcode();
	t->n = 0;
	shared->engine = engine;
	engine_select(engine);
	/* Now and then native code is left all the time. */
	quantum = engine == ENGINE_FIRST && shared->seed % 4 == 0 ? 32 : 2048;
	sched_quantum(quantum);
	vm_enter();
	heap_giveback();
	used = pools[POOL_HEAP].used;
	pass = gc_pass;
	for (i = 0; i < GEN_MODULES; i++) {
		c = code_frombytes(names[i], o->b[i].p, o->b[i].n, msg);
		m[i] = c != NULL ? module_new(c) : NULL;
		if (m[i] == NULL) {
			say(t, "%s: %s\n", names[i], msg);
			while (i-- > 0)
				module_put(m[i]);
			vm_leave();
			return false;
		}
	}
	if (modlink_new(&r, m[GEN_LIB], NULL) != 0)
		abort();
	ref_set(ref2ptr(m[GEN_MAIN]->mp + (uint32_t)o->modoff), r);
	p = start(m[GEN_MAIN], fill);
	pid = p->v.pid;
	vm_leave();
	for (turns = 0; turns < (harmful ? FEWTURNS : TURNS) / 10 * (2048 / quantum) && !ended; turns++)
		ended = !sched_turns(10);
	vm_enter();
	if (harmful) {
		/* What it has left behind is nothing to look at. */
		while ((p = prog_first()) != NULL)
			prog_kill(p);
		for (i = 0; i < GEN_MODULES; i++)
			module_put(m[i]);
		gc_full();
		vm_leave();
		return true;
	}
	for (p = prog_first(); p != NULL; p = p->next)
		describeprog(t, p, pid);
	while ((p = prog_first()) != NULL)
		prog_kill(p);
	seen.n = 0;
	seen.round++;
	for (i = 0; i < GEN_MODULES; i++)
		number(m[i]->mp);
	for (k = 0; k < seen.n; k++)
		describe(t, seen.obj[k]);
	for (i = 0; i < GEN_MODULES; i++)
		module_put(m[i]);
	/* Cycles of adts stay, and are a part of the state as well. */
	heap_giveback();
	t->left = gc_pass == pass ? (int64_t)(pools[POOL_HEAP].used - used) : -1;
	if (t->left != 0)
		gc_full();
	vm_leave();
	return ended;
}

static void
object_free(Object *o)
{
	int i;

	for (i = 0; i < GEN_MODULES; i++)
		dis_buffree(&o->b[i]);
}

static void
object_make(Object *o, const Program *pr)
{
	DisError err;
	int i;

	memset(o, 0, sizeof *o);
	for (i = 0; i < GEN_MODULES; i++)
		if (!dis_write(pr->mod[i].dm, &o->b[i], &err)) {
			fprintf(stderr, "jit_diff: %s\n", err.msg);
			abort();
		}
	o->modoff = pr->modoff;
}

static bool
equal(const Text *a, const Text *b)
{
	return a->n == b->n && memcmp(a->p, b->p, a->n) == 0 && (a->left == b->left || a->left < 0 || b->left < 0);
}

/* UNSET: it depends on what it has not set. MORE: the next is for another child. */
enum { SAME, DIFFERENT, INVALID, UNSET, MORE };

static Text want, have;

/* Programs that mean harm need not do the same. */
static int
survive(const Program *pr)
{
	DisBuf b = {0};
	DisError err;
	Object o;
	int i;

	for (i = 0; i < GEN_MODULES; i++) {
		if (!dis_write(pr->mod[i].dm, &b, &err)) {
			dis_buffree(&b);
			return SAME;
		}
		dis_buffree(&b);
	}
	object_make(&o, pr);
	for (i = 0; i < ENGINES; i++)
		run(&o, i, 0, &have);
	object_free(&o);
	return SAME;
}

/* What the engines make of it. For INVALID, have says why. */
static int
compare(const Program *pr)
{
	DisError err;
	Object o;
	int i, r = SAME;

	if (harmful)
		return survive(pr);
	say(&want, "%s", "");
	for (i = 0; i < GEN_MODULES; i++)
		if (!dis_check(pr->mod[i].dm, &err)) {
			have.n = 0;
			say(&have, "%s: %zu: %s %s\n", i == GEN_MAIN ? "main" : "lib", err.at, err.msg, err.detail);
			return INVALID;
		}
	object_make(&o, pr);
	want.n = have.n = 0;
	if (!run(&o, ENGINE_INTERP, 0, &want) || !run(&o, ENGINE_INTERP, 0xa5, &have))
		r = INVALID;
	else if (!equal(&want, &have))
		r = UNSET;
	for (i = ENGINE_INTERP + 1; i < ENGINES && r == SAME; i++)
		if (!run(&o, i, 0, &have) || !equal(&want, &have))
			r = DIFFERENT;
	object_free(&o);
	return r;
}

/* ------------------------------------------------------------ failures */

static void
printprogram(const Program *pr)
{
	int i;

	for (i = 0; i < GEN_MODULES; i++) {
		fprintf(out, "---- %s\n", i == GEN_MAIN ? "main" : "lib");
		dis_print_asm(out, pr->mod[i].dm);
	}
}

/* The lines in which two states differ. */
static void
printdifference(void)
{
	char *a = want.p, *b = have.p, *ae, *be;
	int n = 0;

	if (want.left != have.left)
		fprintf(out, "- %lld bytes left\n+ %lld bytes left\n", (long long)want.left, (long long)have.left);
	while (*a != 0 || *b != 0) {
		ae = strchrnul(a, '\n');
		be = strchrnul(b, '\n');
		if ((ae - a != be - b || memcmp(a, b, (size_t)(ae - a)) != 0) && n++ < 10)
			fprintf(out, "- %.*s\n+ %.*s\n", (int)(ae - a), a, (int)(be - b), b);
		a = *ae != 0 ? ae + 1 : ae;
		b = *be != 0 ? be + 1 : be;
	}
}

static void
makecut(Program *pr, uint64_t seed, bool *const cut[GEN_MODULES])
{
	int i;

	program_make(pr, seed);
	if (harmful)
		program_spoil(pr, seed);
	for (i = 0; i < GEN_MODULES; i++)
		if (cut[i] != NULL)
			program_cut(&pr->mod[i], cut[i]);
}

/* For each process that runs programs its own: memory for code is shared with children. */
static void
machine(void)
{
	/* Full heaps are slow ones: those that mean harm fill them all the time. */
	options.heapmax = harmful ? 8 << 20 : 256 << 20;
	options.mainmax = harmful ? 8 << 20 : 64 << 20;
	eve = strdup("tester");
	env = osenv_new();
	if (env == NULL || proc_attach("test", env) == NULL || vm_init() < 0)
		abort();
	sched_init(env);
	prog_setbroken(true);
}

/* The status of a child, which exits with what compare says; a signal is a difference too. */
static int
attempt(uint64_t seed, bool *const cut[GEN_MODULES])
{
	Program pr;
	int status;
	pid_t pid;

	fflush(NULL);
	pid = fork();
	if (pid == 0) {
		alarm(PATIENCE);
		machine();
		makecut(&pr, seed, cut);
		_exit(compare(&pr));
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return INVALID;
	if (WIFSIGNALED(status))
		return shared->engine == ENGINE_INTERP && !harmful ? INVALID : DIFFERENT;
	return WEXITSTATUS(status);
}

/* Leave out all instructions that a difference does not need, larger runs of them first. */
static void
shrink(uint64_t seed, int status, bool *cut[GEN_MODULES])
{
	Program pr;
	int i, k, n[GEN_MODULES], from, size;
	bool *old, less;

	program_make(&pr, seed);
	for (i = 0; i < GEN_MODULES; i++) {
		n[i] = pr.mod[i].dm->ncode;
		cut[i] = calloc((size_t)n[i], 1);
	}
	program_free(&pr);
	if (attempt(seed, cut) != status)
		return;
	do {
		less = false;
		for (size = 64; size > 0; size /= 2)
			for (i = 0; i < GEN_MODULES; i++)
				for (from = 0; from < n[i]; from += size) {
					bool new = false;

					old = malloc((size_t)n[i]);
					memcpy(old, cut[i], (size_t)n[i]);
					for (k = from; k < from + size && k < n[i]; k++) {
						new |= !cut[i][k];
						cut[i][k] = true;
					}
					if (new && attempt(seed, cut) == status)
						less = true;
					else
						memcpy(cut[i], old, (size_t)n[i]);
					free(old);
				}
	} while (less);
}

static void
report(uint64_t seed, const char *what, int status, bool keep)
{
	bool *cut[GEN_MODULES] = {NULL};
	Program pr;
	int i;

	fprintf(out, "seed %llu: %s\n", (unsigned long long)seed, what);
	fflush(out);
	if (!keep && status != INVALID)
		shrink(seed, status, cut);
	if (fork() == 0) {
		machine();
		makecut(&pr, seed, cut);
		printprogram(&pr);
		fflush(out);
		alarm(PATIENCE);
		switch (compare(&pr)) {
		case SAME:
			fprintf(out, "no difference in another run\n");
			break;
		default:
			fprintf(out, "(- interpreter, + engine %d)\n", shared->engine);
			printdifference();
		}
		fflush(out);
		_exit(0);
	}
	wait(NULL);
	for (i = 0; i < GEN_MODULES; i++)
		free(cut[i]);
}

/* ------------------------------------------------------------ many */

/* Every step-th program from the first to the last, in a child; continued behind one that fails. Returns the number of failures. */
static int
many(uint64_t first, uint64_t last, uint64_t step, int failures, bool keep)
{
	Program pr;
	uint64_t seed = first;
	char what[64];
	int status, n = 0, nrun = 0;
	pid_t pid;

	while (seed < last && n < failures) {
		pid = fork();
		if (pid == 0) {
			machine();
			for (; seed < last; seed += step) {
				shared->seed = seed;
				alarm(PATIENCE);
				program_make(&pr, seed);
				if (harmful)
					program_spoil(&pr, seed);
				status = compare(&pr);
				program_free(&pr);
				if (status == UNSET) {
					shared->unset++;
					continue;
				}
				if (status != SAME)
					_exit(status);
				shared->done++;
				/* What those that mean harm leave behind adds up. */
				if (harmful && ++nrun == 500)
					_exit(MORE);
			}
			_exit(0);
		}
		if (pid < 0 || waitpid(pid, &status, 0) != pid)
			abort();
		if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
			break;
		seed = shared->seed;
		if (WIFEXITED(status) && WEXITSTATUS(status) == MORE) {
			seed += step;
			continue;
		}
		if (WIFSIGNALED(status)) {
			snprintf(what, sizeof what, "%s in engine %d", strsignal(WTERMSIG(status)), shared->engine);
			status = shared->engine == ENGINE_INTERP && !harmful ? INVALID : DIFFERENT;
		} else {
			status = WEXITSTATUS(status);
			snprintf(what, sizeof what, "%s", status == INVALID ? "invalid program" : "different states");
		}
		report(seed, what, status, keep);
		n++;
		seed += step;
	}
	return n;
}

int
main(int argc, char **argv)
{
	uint64_t first = 1, count = 1000, done = 0, unset = 0;
	int jobs = 1, failures = 1, c, i, status, failed = 0;
	bool print = false, keep = false;
	Shared *all;
	Program pr;

	while ((c = getopt(argc, argv, "s:n:j:f:pkm")) != -1) {
		switch (c) {
		case 's':
			first = strtoull(optarg, NULL, 0);
			break;
		case 'n':
			count = strtoull(optarg, NULL, 0);
			break;
		case 'j':
			jobs = atoi(optarg);
			break;
		case 'f':
			failures = atoi(optarg);
			break;
		case 'p':
			print = true;
			break;
		case 'm':
			harmful = true;
			break;
		case 'k':
			keep = true;
			break;
		default:
			fprintf(stderr, "usage: jit_diff [-s seed] [-n programs] [-j jobs] [-f failures] [-p] [-k] [-m]\n");
			return 2;
		}
	}
	if (jobs < 1)
		jobs = 1;
	all = mmap(NULL, (size_t)jobs * sizeof *all, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (all == MAP_FAILED) {
		perror("jit_diff");
		return 2;
	}
	shared = all;
	out = fdopen(dup(1), "w");
	if (out == NULL || freopen("/dev/null", "w", stdout) == NULL) {
		perror("jit_diff");
		return 2;
	}
	if (print) {
		machine();
		program_make(&pr, first);
		if (harmful)
			program_spoil(&pr, first);
		printprogram(&pr);
		fflush(out);
		c = compare(&pr);
		fprintf(out, "%s\n%s", c == SAME ? "same" : c == DIFFERENT ? "different" : "invalid", want.p);
		if (c != SAME)
			printdifference();
		return c;
	}
	for (i = 0; i < jobs; i++) {
		fflush(NULL);
		if (fork() == 0) {
			shared = &all[i];
			status = many(first + (uint64_t)i, first + count, (uint64_t)jobs, failures, keep);
			fflush(NULL);
			_exit(status != 0);
		}
	}
	while (wait(&status) > 0 || errno == EINTR)
		if (status != 0)
			failed = 1;
	for (i = 0; i < jobs; i++) {
		done += all[i].done;
		unset += all[i].unset;
	}
	if (unset > 0)
		fprintf(out, "%llu programs read what they have not set, and are left out\n", (unsigned long long)unset);
	/* Nearly all have to say something. */
	if (unset > 10 + count / 1000)
		failed = 1;
	fprintf(out, "%llu programs %s in %d engines%s\n", (unsigned long long)done, harmful ? "do no harm" : "end alike", ENGINES,
		failed ? ", others do not" : "");
	return failed;
}
