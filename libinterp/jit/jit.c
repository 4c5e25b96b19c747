/*
 * When functions are compiled, where their code is kept, and how it is entered and left. What is said in jit.h about the native stack makes
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

/* The function that pc is in; light: for light calls. */
static bool
compile(Module *m, int32_t pc, bool light)
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
	while (jc->fn != NULL)
		dropfn(jc->fn);
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

/* ------------------------------------------------------------ in and out */

void
jit_sync(Prog *p)
{
	Act *act = p->act;
	uint32_t i, j;

	for (i = p->nact - 1; i > 0 && !act[i].called; i--)
		;
	p->cur = i;
	while (i > 0 && act[i].prev == JIT_NOPREV) {
		for (j = i - 1; j > 0 && !act[j].called; j--)
			;
		act[i].prev = j;
		i = j;
	}
}

void *
jit_entryof(Code *c, const Inst *pc)
{
	Jcode *jc = c->jit;
	void *e;

	if (jc == NULL || jc->entry == NULL)
		return NULL;
	e = jc->entry[pc - c->inst];
	return e == jit_thunks.nocode ? NULL : e;
}

/* Somebody came by at pc: is it time? */
static bool
count(Module *m, int32_t pc)
{
	Jcode *jc = m->code->jit;
	int limit = jc->flags[pc] & JC_START ? calls : turns;

	if (limit == 0 || jc->count[pc] == NEVER || ++jc->count[pc] < limit)
		return false;
	if (compile(m, pc, false) && jc->entry[pc] != jit_thunks.nocode) {
		jc->count[pc] = 0; /* to be counted again if it is evicted */
		return true;
	}
	jc->count[pc] = NEVER;
	return false;
}

static bool
maycatch(const Prog *p)
{
	return p->raised && !p->killed && p->pending == NULL && p->dbg == NULL && !vm.poll && !prof_on;
}

/* As in the scheduler's turn: go on in a handler, which takes from the turn. What is not simple is left to it. */
static bool
caught(Prog *p)
{
	char text[EXTEXT];

	return maycatch(p) && exc_handle(p, text);
}

/* p is at a handler. If that is in the function whose native stack is sp, which ran at cur, it is native code that goes on there. */
static int
resume(Prog *p, uint32_t cur, uint64_t budget, const uint64_t *sp)
{
	void *e = jit_entryof(p->m->code, p->pc);

	p->jit.budget = (int32_t)budget - CATCHCOST * JIT_SCALE;
	if (e == NULL || p->cur != cur || vm.poll || p->jit.budget <= 0)
		return JIT_CAUGHT;
	p->jit.marking = vm.marking;
	p->jit.target = e;
	p->jit.resume = sp;
	return JIT_RESUME;
}

int
jit_enter(Prog *p)
{
	Code *c;
	Act *a;
	Jfn *j;
	void *e;
	int r;

	for (;;) {
		c = p->m->code;
		if (vm.fpmask != 0)
			return JIT_INTERP;
		e = jit_entryof(c, p->pc);
		if (e == NULL) {
			if (!count(p->m, (int32_t)(p->pc - c->inst)))
				return JIT_INTERP;
			e = jit_entryof(c, p->pc);
		}
		if (++clock_ % 64 == 0 && (j = findfn(e)) != NULL)
			j->stamp = clock_;
		p->jit.marking = vm.marking;
		p->jit.budget = p->jit.budget < 0 ? 0 : p->jit.budget * JIT_SCALE;
		r = jit_thunks.enter(p, e);
		p->jit.budget /= JIT_SCALE;
		jit_sync(p);
		if (r == JIT_CAUGHT || (r == JIT_RAISED && caught(p))) {
			p->jit.budget -= CATCHCOST;
			if (vm.poll || p->jit.budget <= 0)
				return JIT_QUANTUM;
			if (jit_entryof(p->m->code, p->pc) == NULL)
				return JIT_GO;
			continue;
		}
		if (r != JIT_RET)
			return r;
		/* The Act of the function that returned is still there above the top. */
		a = &p->act[p->nact];
		p->pc = a->ret;
		p->fp = ref2ptr(p->act[p->cur].fp);
		if (p->jit.budget <= 0)
			return JIT_QUANTUM;
		if (jit_entryof(p->m->code, p->pc) == NULL)
			return JIT_GO;
	}
}

/* The frame for the next call, which native code has made room for and filled in as far as before in, gets an Act if it has none. */
static void
makeact(Prog *p, const Inst *in)
{
	Act *a = &p->act[p->nact];

	in = jit_madeby(in);
	if (*(Aref *)(p->fp + in->d.v) == a[-1].fp)
		return;
	p->nact++;
	a->t = in->x;
	a->fp = p->sp;
	a->called = a->newchunk = a->cross = false;
	p->sp += a->t->frame;
}

static void
giveresult(Ref place, int class, uint64_t w)
{
	uint8_t *to = ref2ptr(place);

	if (place == H) {
		if (class == RESULT_REF)
			ref_dec((Ref)w);
		return;
	}
	switch (class) {
	case RESULT_REF:
		ref_set((Ref *)to, (Ref)w);
		break;
	case RESULT + KW:
		*(Auword *)to = (uint32_t)w;
		break;
	default:
		*(Abig *)to = (int64_t)w;
	}
}

/* Registers go to the frame. */
static void
saveregs(const Jfn *j, const Site *s, const uint64_t *regs, uint8_t *fp)
{
	const Save *v;
	uint32_t i;

	for (i = 0; i < s->nsnap; i++) {
		v = &j->save[s->snap + i];
		switch (v->class) {
		case KB:
			*(fp + v->off) = (uint8_t)regs[v->reg];
			break;
		case KW:
			*(Auword *)(fp + v->off) = (uint32_t)regs[v->reg];
			break;
		case KL:
		case KF:
			*(Abig *)(fp + v->off) = (int64_t)regs[v->reg];
			break;
		}
	}
}

void
jit_saves(const Jfn *j, const Site *s, const uint64_t *regs, uint8_t *fp, Ref next)
{
	uint8_t *np = ref2ptr(next);
	const Save *v;
	uint32_t i;

	for (i = 0; i < s->nsnap; i++) {
		v = &j->save[s->snap + i];
		switch (v->class) {
		case SAVE_NIL:
			*(Aref *)(fp + v->off) = H;
			break;
		case SAVE_COUNT:
			ref_inc(*(Aref *)(fp + v->off));
			break;
		case SAVE_FRAME:
			*(Aref *)(fp + v->off) = next;
			break;
		case SAVE_NEXTNIL:
			*(Aref *)(np + v->off) = H;
			break;
		case SAVE_NEXTCOUNT:
			ref_inc(*(Aref *)(np + v->off));
			break;
		case SAVE_NEXTDROP:
			ref_dec(*(Aref *)(np + v->off));
			break;
		case SAVE_PLACE:
			*(Aref *)(np + DIS_FRAME_RET) = ptr2ref(fp) + (uint32_t)v->off;
			break;
		case SAVE_SAMEPLACE:
			*(Aref *)(np + DIS_FRAME_RET) = *(Aref *)(fp + DIS_FRAME_RET);
			break;
		case SAVE_NOPLACE:
			*(Aref *)(np + DIS_FRAME_RET) = H;
			break;
		case SAVE_RESULT:
			giveresult(*(Aref *)(fp + DIS_FRAME_RET), v->off, regs[v->reg]);
			break;
		}
	}
}

/*
 * A light call of a function that is not compiled so yet. Where it cannot be, those that would call it again and again in vain are made anew
 * without such calls.
 */
static int
uncompiled(Prog *p, const uint64_t *sp, uint8_t *fp)
{
	Code *c = p->m->code;
	Jcode *jc = c->jit;
	const Inst *call = jit_acts(p, sp, fp);
	const Type *t;
	const Jfn *j;
	int32_t pc;
	uint32_t i;

	if (call == NULL)
		call = c->inst + jit_site((const uint8_t *)sp[0], &j)->pc;
	else
		fp = p->fp;
	pc = (int32_t)(call - c->inst) + call->d.v;
	t = jit_madeby(call)->x;
	for (i = 0; i < t->nref; i++)
		if (!(jc->sig[pc].args & 1 << i))
			*(Aref *)(fp + t->ref[i]) = H;
	if (fp != p->fp)
		return jit_giveup(p, NULL);
	p->pc = c->inst + pc;
	jit_sync(p);
	if (!compile(p->m, pc, true)) {
		jc->flags[pc] ^= JC_LIGHT | JC_HEAVY;
		while (jc->fn != NULL)
			dropfn(jc->fn);
	}
	return JIT_GO;
}

/* Raise what native code has been left for. False: it has not been left for that. */
static bool
raises(Prog *p, int kind, const uint64_t *regs)
{
	switch (kind) {
	case SITE_NIL:
		vm_raise_nil(p);
		return true;
	case SITE_BOUNDS:
		vm_raise_bounds(p);
		return true;
	case SITE_ZERO:
		vm_raise(p, "zero divide");
		return true;
	case SITE_NOMAIN:
		vm_raise(p, "out of memory: main");
		return true;
	case SITE_RAISE:
		op_raise(p, (Ref)regs[jit_machine.value]);
		return true;
	case SITE_RAISED:
		return true;
	}
	return false;
}

/* The same for an exception that has just been raised, in a light call: functions that have no Act have no handlers. JIT_RAISED: nobody handles it. */
static int
caughtbelow(Prog *p, const Jfn *j, const Site *s, const uint64_t *regs, uint8_t *fp, const uint64_t *sp, Type *unmade)
{
	uint32_t cur;
	Caught x;

	if (!maycatch(p) || (sp = jit_catches(p, sp, fp, &x)) == NULL)
		return JIT_RAISED;
	cur = p->cur;
	jit_saves(j, s, regs, fp, ptr2ref(fp) + j->frame);
	jit_catch(p, &x, unmade);
	return resume(p, cur, regs[jit_machine.turn], sp);
}

int
jit_exit(Prog *p, const uint8_t *at, uint64_t *regs, const uint64_t *sp)
{
	uint8_t *fp = ref2ptr((Ref)regs[jit_machine.fp]);
	Ref next = 0, from = jit_light;
	Type *unmade = NULL;
	const Jfn *j;
	const Site *s;
	Modlink *ml;
	bool raised;
	uint32_t cur;
	int r;

	p->jit.frames = NULL;
	if (at < rx + THUNKSIZE)
		return uncompiled(p, sp, fp);
	s = jit_site(at, &j);
	p->pc = j->c->inst + s->pc;
	if (s->unmade == UNMADE_LIGHT)
		unmade = jit_madeby(p->pc)->x;
	raised = raises(p, s->kind, regs);
	if (j->light) {
		if (raised && (r = caughtbelow(p, j, s, regs, fp, sp, unmade)) != JIT_RAISED)
			return r;
		from = ptr2ref(fp) + j->frame;
	}
	saveregs(j, s, regs, fp);
	p->fp = fp;
	if (j->light && jit_acts(p, sp, fp) == NULL) {
		*(Aref *)(fp + DIS_FRAME_RET) = H;
		jit_saves(j, s, regs, fp, from);
		return jit_giveup(p, unmade);
	}
	if (unmade != NULL && (next = jit_copyframe(p, unmade, from)) == 0) {
		jit_saves(j, s, regs, p->fp, from);
		heap_droprefs(unmade, from, 1);
		jit_sync(p);
		vm_raise(p, "out of memory: main");
		return JIT_RAISED;
	}
	jit_saves(j, s, regs, p->fp, next != 0 ? next : from);
	if (s->unmade == UNMADE)
		makeact(p, p->pc);
	jit_sync(p);
	cur = p->cur;
	if (raised)
		return !j->light && caught(p) ? resume(p, cur, regs[jit_machine.turn], sp) : JIT_RAISED;
	switch (s->kind) {
	case SITE_QUANTUM:
		return JIT_QUANTUM;
	case SITE_CALL:
		p->pc += p->pc->d.v;
		return JIT_GO;
	case SITE_MCALL:
		/* The Act of what has been called is the topmost one, and says who has called. */
		p->pc = p->m->code->inst + op_link(p, ldw(p->act[p->nact - 1].m->mp + (uint32_t)p->pc->d.v), p->pc->m.v, &ml)->pc;
		return JIT_GO;
	case SITE_GO:
		return JIT_GO;
	case SITE_NEXT:
		vm_runfinis();
		if (p->killed || p->pending != NULL)
			return JIT_RAISED;
		p->pc++;
		return JIT_GO;
	}
	return JIT_INTERP;
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
