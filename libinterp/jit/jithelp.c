/*
 * What native code calls: instructions that are done in C. Each gives JIT_CONT, to go on behind the instruction, or why native code is left.
 */
#include "libinterp/jit/jit.h"

#define CALLCOST 4

/* A helper has done its instruction: back to native code if it is still there and may run. */
static int
goon(Prog *p, uint32_t was)
{
	if (unlikely(vm.poll)) {
		jit_sync(p);
		vm_runfinis();
		if (p->killed || p->pending != NULL)
			return JIT_RAISED;
	}
	p->jit.marking = vm.marking;
	if (unlikely(was != jit_epoch || vm.fpmask != 0 || p->dbg != NULL)) {
		p->pc++;
		return JIT_GO;
	}
	return JIT_CONT;
}

int
jit_step(Prog *p)
{
	Inst *pc = p->pc;
	uint8_t *fp = p->fp;
	uint32_t was = jit_epoch;
	int r;

	jit_sync(p);
	r = interp_step(p);
	/* As in the interpreter's turn: a loop that is closed by such an instruction ends as well. */
	p->jit.budget = p->jit.budget < JIT_SCALE ? 0 : p->jit.budget - JIT_SCALE;
	p->yield = false; /* it has taken all */
	if (r != RUN_QUANTUM)
		return 1 + r;
	if (p->killed || p->pending != NULL)
		return JIT_RAISED;
	if (p->pc != pc + 1 || p->fp != fp || dis_ops[pc->op].flags & DIS_F_NOFALL)
		return JIT_GO;
	p->jit.marking = vm.marking;
	if (was != jit_epoch || vm.fpmask != 0 || p->dbg != NULL)
		return JIT_GO;
	return JIT_CONT;
}

int
jit_mcall(Prog *p, Ref f, int32_t idx, Ref mod)
{
	Modlink *ml;
	Link *l = op_link(p, mod, idx, &ml);
	uint32_t was = jit_epoch;
	Act *a;
	int r;

	jit_sync(p);
	if (ml == NULL)
		return JIT_RAISED;
	if (l == NULL || (l->fn == NULL && l->pc < 0)) {
		vm_raise(p, "invalid mframe");
		return JIT_RAISED;
	}
	a = &p->act[p->nact - 1];
	if ((a->fp != f || a->called) && (a = frame_top(p, f)) == NULL) {
		vm_raise_nil(p);
		return JIT_RAISED;
	}
	if (l->fn != NULL) {
		if (vm_callbuiltin(p, ml->m, l, a) < 0)
			return JIT_RAISED;
		p->jit.budget -= CALLCOST;
		r = goon(p, was);
		if (r == JIT_RAISED)
			return r;
		if (p->yield || p->jit.budget <= 0) {
			p->yield = false;
			if (r == JIT_CONT)
				p->pc++;
			return JIT_QUANTUM;
		}
		return r;
	}
	a->called = true;
	a->prev = p->cur;
	p->cur = (uint32_t)(a - p->act);
	a->ret = p->pc + 1;
	a->cross = true;
	a->m = p->m;
	p->m = ml->m;
	p->m->ref++;
	p->fp = ref2ptr(f);
	p->pc = p->m->code->inst + l->pc;
	p->jit.target = jit_entryof(p->m->code, p->pc);
	return p->jit.target != NULL ? JIT_CALL : JIT_GO;
}

/* After a communication: r is what channel_send and the like gave. */
static int
communicated(Prog *p, int r, uint32_t was)
{
	if (r == 0)
		return goon(p, was);
	if (p->state == Pready)
		return JIT_RAISED;
	p->pc++;
	return JIT_BLOCKED;
}

int
jit_send(Prog *p, Ref ch, Ref addr)
{
	uint32_t was = jit_epoch;

	return communicated(p, channel_send(p, ch, addr), was);
}

int
jit_recv(Prog *p, Ref ch, Ref addr)
{
	uint32_t was = jit_epoch;

	return communicated(p, channel_recv(p, ch, addr), was);
}

int
jit_alt(Prog *p, Ref tab, Ref res)
{
	uint32_t was = jit_epoch;

	return communicated(p, channel_alt(p, tab, ref2ptr(res), p->pc->op == IALT), was);
}

int
jit_ret(Prog *p)
{
	uint32_t i, cur, was = jit_epoch;
	Act *a;
	Module *m;
	Inst *to;
	const Type *t;
	Ref r;

	jit_sync(p);
	cur = p->cur;
	while (p->nact - 1 > cur)
		frame_pop(p);
	if (cur == 0)
		return JIT_EXIT;
	a = &p->act[cur];
	t = a->t;
	to = a->ret;
	for (i = 0; i < t->nref; i++) {
		r = *(Aref *)(p->fp + t->ref[i]);
		if (r != H) {
			*(Aref *)(p->fp + t->ref[i]) = H;
			refdec(r);
		}
	}
	p->cur = a->prev;
	if (a->cross) {
		m = p->m;
		p->m = a->m;
		module_put(m);
	}
	frame_drop(p);
	if (likely(!vm.poll && was == jit_epoch))
		return JIT_CONT;
	p->pc = to;
	p->fp = ref2ptr(p->act[p->cur].fp);
	if (vm.poll) {
		vm_runfinis();
		if (p->killed || p->pending != NULL)
			return JIT_RAISED;
	}
	return JIT_GO;
}

int
jit_destroy(Prog *p, Ref r)
{
	(void)p;
	heap_destroy(r);
	return vm.poll;
}

void
jit_shade(Prog *p, Ref r)
{
	if (!vm.marking)
		p->jit.marking = false;
	else if (arena_ok(r))
		gc_shade(r);
}

Ref
jit_frame(Prog *p, Type *t)
{
	return frame_fast(p, t);
}

void *
jit_onward(Prog *p)
{
	p->jit.marking = vm.marking;
	if (p->jit.budget <= 0 || vm.poll || vm.fpmask != 0 || p->dbg != NULL || p->killed || p->pending != NULL)
		return NULL;
	return jit_entryof(p->m->code, p->pc);
}

void *
jit_returned(Prog *p)
{
	p->pc = p->act[p->nact].ret;
	jit_sync(p);
	p->fp = ref2ptr(p->act[p->cur].fp);
	return jit_onward(p);
}
