/*
 * How native code is entered and left: activations of the interpreter become native frames and back, exceptions go through both.
 */
#include <string.h>

#include "libinterp/jit/jit.h"

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
	void *e;
	int r;

	for (;;) {
		c = p->m->code;
		if (vm.fpmask != 0)
			return JIT_INTERP;
		e = jit_entryof(c, p->pc);
		if (e == NULL) {
			if (!jit_hot(p->m, (int32_t)(p->pc - c->inst)))
				return JIT_INTERP;
			e = jit_entryof(c, p->pc);
		}
		jit_used(e);
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
	if (!jit_compile(p->m, pc, true)) {
		jc->flags[pc] ^= JC_LIGHT | JC_HEAVY;
		jit_drop(jc);
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
	if (jit_inthunk(at))
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
