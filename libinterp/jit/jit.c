/*
 * When functions are compiled, and where their code is kept. What is said in jit.h about the native stack makes
 * this simple: whoever is here has left native code, and nothing of it is on any stack but below blocking builtins, whose way back
 * looks at jit_epoch first.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

#include "libinterp/jit/jit.h"

#define CODESIZE (32u << 20)
#define THUNKSIZE 4096u
#define MAXFN (1u << 20)
#define NEVER 0xffff
#define SEEN 64 /* sites that are remembered */

const void *interp_jit;

static int level;
static bool usable;
static int calls = 50, turns = 200; /* visits of a function, of a loop, before it is compiled */
/* So many times as many before the first of all is: the compiler itself must be worth having in memory. */
static int first = 4;
static bool dump;
static FILE *perfmap;

static uint8_t *rw, *rx;
typedef struct Hole {
	uint32_t at, size;
} Hole;
static Hole *hole; /* free pieces, by address */
static size_t nhole, ahole;
static Jfn **fns; /* by address */
static size_t nfns, afns;
uint32_t jit_epoch;
static uint32_t clock_;

/* ------------------------------------------------------------ code memory */

static bool
putholes(uint32_t at, uint32_t size)
{
	Hole *nh;
	size_t i;

	for (i = 0; i < nhole && hole[i].at < at; i++)
		;
	if (i > 0 && hole[i - 1].at + hole[i - 1].size == at) {
		hole[i - 1].size += size;
		if (i < nhole && hole[i - 1].at + hole[i - 1].size == hole[i].at) {
			hole[i - 1].size += hole[i].size;
			memmove(&hole[i], &hole[i + 1], (nhole - i - 1) * sizeof *hole);
			nhole--;
		}
		return true;
	}
	if (i < nhole && at + size == hole[i].at) {
		hole[i].at = at;
		hole[i].size += size;
		return true;
	}
	if (nhole == ahole) {
		nh = realloc(hole, (ahole * 2 + 64) * sizeof *nh);
		if (nh == NULL)
			return false; /* lost until the next time all is dropped */
		hole = nh;
		ahole = ahole * 2 + 64;
	}
	memmove(&hole[i + 1], &hole[i], (nhole - i) * sizeof *hole);
	hole[i] = (Hole){at, size};
	nhole++;
	return true;
}

/* The largest hole. */
static Hole *
largest(void)
{
	Hole *best = NULL;
	size_t i;

	for (i = 0; i < nhole; i++)
		if (best == NULL || hole[i].size > best->size)
			best = &hole[i];
	return best;
}

static Jfn *
findfn(const uint8_t *at)
{
	size_t lo = 0, hi = nfns, mid;

	while (lo < hi) {
		mid = (lo + hi) / 2;
		if (at < fns[mid]->start)
			hi = mid;
		else if (at >= fns[mid]->start + fns[mid]->size)
			lo = mid + 1;
		else
			return fns[mid];
	}
	return NULL;
}

static const Site *
findsite(const Jfn *j, uint32_t off)
{
	uint32_t lo = 0, hi = j->nsite, mid;

	while (lo < hi) {
		mid = (lo + hi) / 2;
		if (j->site[mid].off < off)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < j->nsite && j->site[lo].off == off ? &j->site[lo] : NULL;
}

const Site *
jit_site(const uint8_t *at, const Jfn **j)
{
	static struct {
		const uint8_t *at;
		const Jfn *j;
		const Site *s;
	} seen[SEEN], *m;
	static uint32_t epoch;
	const Site *s = NULL;

	if (jit_epoch != epoch) {
		memset(seen, 0, sizeof seen);
		epoch = jit_epoch;
	}
	m = &seen[((uintptr_t)at * 0x9e3779b1u >> 16) % SEEN];
	if (at == m->at) {
		*j = m->j;
		return m->s;
	}
	*j = findfn(at - 1); /* a call may be the last thing in a function; no function begins with an access */
	if (*j != NULL)
		s = findsite(*j, (uint32_t)(at - (*j)->start));
	if (s == NULL) {
		fprintf(stderr, "emu: native code has gone astray at %p\n", (const void *)at);
		abort();
	}
	m->at = at;
	m->j = *j;
	m->s = s;
	return s;
}

bool
jit_inthunk(const uint8_t *at)
{
	return at < rx + THUNKSIZE;
}

/* Not each time: it is a search. */
void
jit_used(const uint8_t *at)
{
	Jfn *j;

	if (++clock_ % 64 == 0 && (j = findfn(at)) != NULL)
		j->stamp = clock_;
}

static const void *
original(const Inst *in)
{
	return interp_go(in->op, in->sc, in->mc, in->dc);
}

static void
dropfn(Jfn *j)
{
	Jcode *jc = j->c->jit;
	Jfn **l;
	size_t i;
	uint32_t k;
	int32_t pc;

	if (j->light)
		jc->light[j->pc] = jit_thunks.nolight;
	for (k = 0; k < j->nentry; k++) {
		pc = j->entry[k];
		if ((uint8_t *)jc->entry[pc] >= j->start && (uint8_t *)jc->entry[pc] < j->start + j->size)
			jc->entry[pc] = jit_thunks.nocode;
		if (!(jc->flags[pc] & JC_COUNT))
			j->c->inst[pc].go = original(&j->c->inst[pc]);
	}
	for (l = &jc->fn; *l != j; l = &(*l)->next)
		;
	*l = j->next;
	for (i = 0; i < nfns && fns[i] != j; i++)
		;
	memmove(&fns[i], &fns[i + 1], (nfns - i - 1) * sizeof *fns);
	nfns--;
	putholes((uint32_t)(j->start - rx), j->size);
	host_give(j->cost);
	free(j->site);
	free(j->save);
	free(j->entry);
	free(j);
	jit_epoch++;
}

void
jit_drop(Jcode *jc)
{
	while (jc->fn != NULL)
		dropfn(jc->fn);
}

/* What is for light calls is not entered: it is as old as what is for others. */
static uint32_t
stampof(const Jfn *j)
{
	const Jcode *jc = j->c->jit;
	uint32_t stamp = j->stamp;

	if (j->light)
		for (j = jc->fn; j != NULL; j = j->next)
			if (clock_ - j->stamp < clock_ - stamp)
				stamp = j->stamp;
	return stamp;
}

/* Drop the half of all functions that has not been entered for longest. */
static void
evict(void)
{
	uint64_t sum = 0;
	uint32_t mean;
	size_t i;

	for (i = 0; i < nfns; i++)
		sum += clock_ - stampof(fns[i]);
	if (nfns == 0)
		return;
	mean = (uint32_t)(sum / nfns);
	for (i = nfns; i-- > 0;)
		if (clock_ - stampof(fns[i]) >= mean)
			dropfn(fns[i]);
}

static bool
addfn(Jfn *j)
{
	Jfn **nf;
	size_t i;

	if (nfns == afns) {
		nf = realloc(fns, (afns * 2 + 64) * sizeof *nf);
		if (nf == NULL)
			return false;
		fns = nf;
		afns = afns * 2 + 64;
	}
	for (i = nfns; i > 0 && fns[i - 1]->start > j->start; i--)
		fns[i] = fns[i - 1];
	fns[i] = j;
	nfns++;
	return true;
}

/* ------------------------------------------------------------ compiling */

static void
tellperf(const Jfn *j)
{
	const Code *c = j->c;
	const char *name = NULL;
	int32_t i;

	if (perfmap == NULL)
		return;
	for (i = 0; i < c->nlinks; i++)
		if (c->link[i].pc == j->pc)
			name = c->link[i].name;
	if (name != NULL)
		fprintf(perfmap, "%lx %x %s.%s%s\n", (unsigned long)j->start, j->size, c->name, name, j->light ? "'" : "");
	else
		fprintf(perfmap, "%lx %x %s.%d%s\n", (unsigned long)j->start, j->size, c->name, j->pc, j->light ? "'" : "");
	fflush(perfmap);
}

static void
dumpfn(const Fn *f, const Jfn *j)
{
	uint32_t i;

	fn_print(stderr, f);
	fprintf(stderr, "code at %p, %u bytes:", (void *)j->start, j->size);
	for (i = 0; i < j->size; i++)
		fprintf(stderr, "%s%02x", i % 32 == 0 ? "\n\t" : "", j->start[i]);
	fprintf(stderr, "\n");
}

/* What has been written to p is to be executed at exec. */
static void
settle(uint8_t *p, uint8_t *exec, size_t n)
{
	__builtin___clear_cache((char *)p, (char *)p + n);
	__builtin___clear_cache((char *)exec, (char *)exec + n);
}

static void
discard(Jfn *j)
{
	if (j != NULL) {
		free(j->site);
		free(j->save);
		free(j->entry);
		free(j);
	}
}

/* The function that pc belongs to, as compilers lay them out. */
static int32_t
functionof(const Code *c, int32_t pc)
{
	const Jcode *jc = c->jit;

	while (pc > 0 && !(jc->flags[pc] & JC_START))
		pc--;
	return pc;
}

bool
jit_compile(Module *m, int32_t pc, bool light)
{
	Machine machine = jit_machine;
	Code *c = m->code;
	Jcode *jc = c->jit;
	Fn *f;
	Jfn *j = NULL;
	Hole *h;
	size_t n = 0;
	uint32_t k, nentry;
	int32_t at;
	int try;

	if (jc->entry == NULL) {
		jc->entry = malloc(((size_t)c->ninst + 1) * sizeof *jc->entry);
		jc->light = malloc(((size_t)c->ninst + 1) * sizeof *jc->light);
		if (jc->entry == NULL || jc->light == NULL) {
			free(jc->entry);
			free(jc->light);
			jc->entry = jc->light = NULL;
			return false;
		}
		for (at = 0; at <= c->ninst; at++) {
			jc->entry[at] = jit_thunks.nocode;
			jc->light[at] = jit_thunks.nolight;
		}
	}
	machine.lights = machine.lights && jit_lightstack();
	f = fn_new(c, functionof(c, pc), m->mp, light, &machine);
	if (f == NULL)
		return false;
	for (try = 0; try < 2; try++) {
		j = calloc(1, sizeof *j);
		h = largest();
		if (j != NULL && h != NULL) {
			n = emit_fn(f, rw + h->at, h->size < MAXFN ? h->size : MAXFN, rx + h->at, j);
			if (n == SIZE_MAX) {
				if (dump)
					fprintf(stderr, "no code for %s at %d\n", c->name, f->pc);
				break;
			}
			if (n != 0)
				break;
		}
		if (j == NULL || (h != NULL && h->size >= MAXFN))
			break;
		discard(j);
		j = NULL;
		evict();
	}
	if (j == NULL || n == 0 || n == SIZE_MAX)
		goto no;
	j->c = c;
	j->pc = f->pc;
	j->light = light;
	j->frame = light ? f->frame->frame : 0;
	j->start = rx + h->at;
	j->size = (uint32_t)((n + 15) & ~(size_t)15);
	if (j->size > h->size)
		j->size = h->size;
	settle(rw + h->at, j->start, j->size);
	j->stamp = clock_;
	j->cost = j->size + j->nsite * sizeof(Site) + j->nsave * sizeof(Save) + sizeof *j;
	if (!host_take(j->cost))
		goto no;
	if (!addfn(j)) {
		host_give(j->cost);
		goto no;
	}
	h->at += j->size;
	h->size -= j->size;
	j->next = jc->fn;
	jc->fn = j;
	nentry = j->nentry / 2;
	for (k = 0; k < nentry; k++) {
		at = j->entry[2 * k];
		if (at < c->ninst) {
			jc->entry[at] = j->start + j->entry[2 * k + 1];
			c->inst[at].go = interp_jit;
		}
		j->entry[k] = at < c->ninst ? at : 0;
	}
	j->nentry = nentry;
	if (light)
		jc->light[j->pc] = j->start;
	tellperf(j);
	if (dump)
		dumpfn(f, j);
	fn_free(f);
	return true;
no:
	discard(j);
	fn_free(f);
	return false;
}

bool
jit_hot(Module *m, int32_t pc)
{
	Jcode *jc = m->code->jit;
	int limit = jc->flags[pc] & JC_START ? calls : turns;

	if (nfns == 0)
		limit *= first;
	if (limit == 0 || jc->count[pc] == NEVER || ++jc->count[pc] < limit)
		return false;
	if (jit_compile(m, pc, false) && jc->entry[pc] != jit_thunks.nocode) {
		jc->count[pc] = 0; /* to be counted again if it is evicted */
		return true;
	}
	jc->count[pc] = NEVER;
	return false;
}

/* ------------------------------------------------------------ modules */

void
jit_attach(Code *c)
{
	Jcode *jc;
	Inst *in;
	int32_t pc, i;
	int flags = c->dm != NULL ? c->dm->flags : 0;

	if (!usable || flags & DIS_DONTCOMPILE || (level == 0 && !(flags & DIS_MUSTCOMPILE)) || c->ninst == 0)
		return;
	jc = calloc(1, sizeof *jc);
	if (jc == NULL)
		return;
	jc->nil = -2;
	jc->count = calloc((size_t)c->ninst + 1, sizeof *jc->count);
	jc->flags = calloc((size_t)c->ninst + 1, 1);
	if (jc->count == NULL || jc->flags == NULL) {
		free(jc->count);
		free(jc->flags);
		free(jc);
		return;
	}
	c->jit = jc;
	jc->flags[c->entrypc] |= JC_START;
	for (i = 0; i < c->nlinks; i++)
		if (c->link[i].pc >= 0)
			jc->flags[c->link[i].pc] |= JC_START;
	for (pc = 0; pc < c->ninst; pc++) {
		in = &c->inst[pc];
		if (!(dis_ops[in->op].flags & DIS_F_CHKPC) || in->dc != OC_IMM)
			continue;
		if (in->op == ICALL || in->op == ISPAWN)
			jc->flags[pc + in->d.v] |= JC_START;
		else if (in->d.v <= 0)
			jc->flags[pc + in->d.v] |= JC_LOOP;
	}
	for (pc = 0; pc < c->ninst; pc++)
		if (jc->flags[pc] && c->inst[pc].go != interp_go(INOP, OC_NONE, OC_NONE, OC_NONE)) {
			jc->flags[pc] |= JC_COUNT;
			c->inst[pc].go = interp_jit;
		}
}

void
jit_detach(Code *c)
{
	Jcode *jc = c->jit;

	if (jc == NULL)
		return;
	jit_drop(jc);
	free(jc->entry);
	free(jc->light);
	free(jc->sig);
	free(jc->calls);
	free(jc->count);
	free(jc->flags);
	free(jc);
	c->jit = NULL;
}

void
jit_setlevel(int n)
{
	level = n;
}

void
jit_thresholds(int ncalls, int nturns)
{
	calls = ncalls;
	turns = nturns;
	first = 1;
}

bool
jit_usable(void)
{
	return usable;
}

int
jit_level(void)
{
	return level;
}

/* ------------------------------------------------------------ faults */

static struct sigaction oldsegv;

/* An access of native code that faults goes on as if it had called the exit thunk. */
static void
fault(int sig, siginfo_t *si, void *v)
{
#ifdef __x86_64__
	ucontext_t *uc = v;
	greg_t *g = uc->uc_mcontext.gregs;
	uint8_t *pc = (uint8_t *)g[REG_RIP];

	if (pc >= rx + THUNKSIZE && pc < rx + CODESIZE) {
		g[REG_RSP] -= 8;
		*(greg_t *)g[REG_RSP] = g[REG_RIP];
		g[REG_RIP] = (greg_t)(uintptr_t)jit_thunks.exit;
		return;
	}
#elif defined(__aarch64__)
	ucontext_t *uc = v;
	uint8_t *pc = (uint8_t *)(uintptr_t)uc->uc_mcontext.pc;

	if (pc >= rx + THUNKSIZE && pc < rx + CODESIZE) {
		uc->uc_mcontext.regs[30] = uc->uc_mcontext.pc;
		uc->uc_mcontext.pc = (uintptr_t)jit_thunks.exit;
		return;
	}
#endif
	if (oldsegv.sa_flags & SA_SIGINFO && oldsegv.sa_sigaction != NULL) {
		oldsegv.sa_sigaction(sig, si, v);
	} else if (oldsegv.sa_handler != SIG_DFL && oldsegv.sa_handler != SIG_IGN) {
		oldsegv.sa_handler(sig);
	} else {
		/* It happens again, and then as if there were no handler. */
		signal(sig, SIG_DFL);
	}
}

void
jit_init(void)
{
	struct sigaction sa;
	const char *opt = getenv("EMU_JIT");
	char name[64];
	int fd;

	level = options.jit;
#if defined(ARENA_ASAN) || !(defined(__x86_64__) || defined(__aarch64__))
	return;
#endif
	if (opt != NULL) {
		dump = strstr(opt, "dump") != NULL;
		if (strstr(opt, "force") != NULL) {
			level = 1;
			jit_thresholds(1, 1);
		}
		if (strstr(opt, "short") != NULL)
			sched_quantum(2);
		if (strstr(opt, "perf") != NULL) {
			snprintf(name, sizeof name, "/tmp/perf-%d.map", (int)getpid());
			perfmap = fopen(name, "we");
		}
	}
	fd = memfd_create("emu-code", MFD_CLOEXEC);
	if (fd >= 0 && ftruncate(fd, CODESIZE) == 0) {
		rw = mmap(NULL, CODESIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
		rx = mmap(NULL, CODESIZE, PROT_READ | PROT_EXEC, MAP_SHARED, fd, 0);
	}
	if (fd >= 0)
		close(fd);
	if (rw == NULL || rw == MAP_FAILED || rx == NULL || rx == MAP_FAILED || emit_thunks(rw, THUNKSIZE, rx) == 0 ||
	    !putholes(THUNKSIZE, CODESIZE - THUNKSIZE)) {
		if (level > 0)
			fprintf(stderr, "emu: no memory for machine code here: programs are interpreted\n");
		level = 0;
		return;
	}
	settle(rw, rx, THUNKSIZE);
	memset(&sa, 0, sizeof sa);
	sa.sa_sigaction = fault;
	sa.sa_flags = SA_SIGINFO | SA_ONSTACK;
	sigemptyset(&sa.sa_mask);
	sigaction(SIGSEGV, &sa, &oldsegv);
	usable = true;
}
