/*
 * Frames and calls of Dis functions, and instructions for which a C function is called. amd64.h
 */
#include "libinterp/jit/amd64.h"

/* ------------------------------------------------------------ frames and calls */

/*
 * How many Acts there are is in r13 as well as in memory, where nothing has to wait for it; a function that makes no frames may have r13
 * for a key. Who runs, and who has called whom, is not written down: jit_sync finds out when somebody else is to know.
 */

/* rdx = the topmost Act but n; the number of Acts is in register reg. Uses rsi. */
static void
topact(Emit *e, int n, int reg)
{
	amd_mov_rm(&e->b, 8, RSI, PROG(act));
	amd_lea_rm(&e->b, 8, RDX, mem_index(reg, reg, 4, 0));
	amd_lea_rm(&e->b, 8, RDX, mem_index(RSI, RDX, 8, -n * (int)sizeof(Act)));
}

/*
 * The call that the frame made by this instruction is for, if nothing happens in between but what is done inline: 0 if not. Such a frame gets its
 * Act when it is called, unless it needed a new piece of stack. Where native code is left before that, jit_exit makes it.
 */
static int32_t
callof(Emit *e)
{
	return em_keyof(e, e->in->dc, &e->in->d, KW) >= 0 ? fn_callof(e->f, e->blk, e->pc) : 0;
}

void
em_frame(Emit *e)
{
	Type *t = e->in->x;
	int32_t call, pc;
	uint32_t i;
	Cold *c;

	_Static_assert(sizeof(Act) == 40 && offsetof(Act, called) % 4 == 0 && offsetof(Act, cross) < offsetof(Act, called) + 4, "Act");
	e->b.bad |= e->f->light;
	call = callof(e);
	c = em_cold(e, CFRAME);
	c->t = t;
	c->snap = em_snap(e, &e->at[e->pc - e->blk->first], e->pc, false, &c->nsnap);
	amd_mov_rm(&e->b, 4, RCX, PROG(sp));
	amd_mov_rm(&e->b, 4, RSI, PROG(se));
	amd_lea_rm(&e->b, 8, RAX, mem_base(RCX, (int32_t)t->frame));
	amd_alu_rr(&e->b, AluCmp, 8, RSI, RAX);
	amd_jcc_l(&e->b, CcB, &c->at);
	amd_alu_rm(&e->b, AluCmp, 4, R13, PROG(aact));
	amd_jcc_l(&e->b, CcE, &c->at);
	if (call == 0) {
		amd_mov_mr(&e->b, 4, PROG(sp), RAX);
		topact(e, 0, R13);
		amd_alu_ri(&e->b, AluAdd, 4, R13, 1);
		amd_mov_mr(&e->b, 4, PROG(nact), R13);
		amd_mov_mr(&e->b, 4, mem_base(RDX, offsetof(Act, fp)), RCX);
		amd_mov_mi(&e->b, 4, mem_base(RDX, offsetof(Act, called)), 0);
		amd_mov_ri(&e->b, RSI, (uint64_t)(uintptr_t)t);
		amd_mov_mr(&e->b, 8, mem_base(RDX, offsetof(Act, t)), RSI);
	}
	e->calls = call;
	e->tomake = t;
	for (pc = e->pc + 1; pc < call; pc++)
		e->unmade[pc - e->f->lo] = true;
	amd_mov_mi(&e->b, 4, mem_base(RCX, DIS_FRAME_RET), -1);
	for (i = 0; i < t->nref; i++)
		amd_mov_mi(&e->b, 4, mem_base(RCX, (int32_t)t->ref[i]), -1);
	amd_bind(&e->b, &c->back);
	em_putdst(e, KW, RCX);
}

/* The frame in rcx is called: rdx is its Act then. */
static void
tocall(Emit *e)
{
	const Type *t = e->tomake;
	Cold *c;

	topact(e, 1, R13);
	if (e->pc == e->calls) {
		/* No other frame is at the same place. */
		c = em_cold(e, CMADE);
		amd_alu_rm(&e->b, AluCmp, 4, RCX, mem_base(RDX, offsetof(Act, fp)));
		amd_jcc_l(&e->b, CcE, &c->at);
		amd_alu_ri(&e->b, AluAdd, 8, RDX, sizeof(Act));
		amd_alu_ri(&e->b, AluAdd, 4, R13, 1);
		amd_mov_mr(&e->b, 4, PROG(nact), R13);
		amd_lea_rm(&e->b, 4, RAX, mem_base(RCX, (int32_t)t->frame));
		amd_mov_mr(&e->b, 4, PROG(sp), RAX);
		amd_mov_mr(&e->b, 4, mem_base(RDX, offsetof(Act, fp)), RCX);
		amd_mov_mi(&e->b, 4, mem_base(RDX, offsetof(Act, called)), 1);
		amd_mov_ri(&e->b, RSI, (uint64_t)(uintptr_t)t);
		amd_mov_mr(&e->b, 8, mem_base(RDX, offsetof(Act, t)), RSI);
		amd_bind(&e->b, &c->back);
		return;
	}
	amd_alu_rm(&e->b, AluCmp, 4, RCX, mem_base(RDX, offsetof(Act, fp)));
	em_jcc_leave(e, CcNE, SITE_INTERP);
	amd_alu_mi(&e->b, AluCmp, 1, mem_base(RDX, offsetof(Act, called)), 0);
	em_jcc_leave(e, CcNE, SITE_INTERP);
	amd_mov_mi(&e->b, 1, mem_base(RDX, offsetof(Act, called)), 1);
}

void
em_call(Emit *e)
{
	Inst *ret = (Inst *)(uintptr_t)(e->in + 1);
	int32_t to = e->pc + e->in->d.v;
	Jcode *jc = e->f->c->jit;

	em_flush(e);
	em_ld(e, KW, RCX, em_src(e, KW));
	tocall(e);
	amd_mov_mi(&e->b, 4, mem_base(RDX, offsetof(Act, prev)), (int32_t)JIT_NOPREV);
	amd_mov_ri(&e->b, RAX, (uint64_t)(uintptr_t)ret);
	amd_mov_mr(&e->b, 8, mem_base(RDX, offsetof(Act, ret)), RAX);
	amd_push_r(&e->b, RBX);
	amd_mov_rr(&e->b, 4, RBX, RCX);
	if (to == e->f->pc) {
		amd_call_l(&e->b, &e->start);
	} else {
		amd_mov_ri(&e->b, RAX, (uint64_t)(uintptr_t)&jc->entry[to]);
		amd_call_m(&e->b, mem_base(RAX, 0));
	}
	em_addsite(e, e->pc, SITE_CALL, 0, 0);
	amd_pop_r(&e->b, RBX);
	em_entryhere(e, e->pc + 1);
	em_forget(e);
}

/* rdx = the topmost Act, rax = its index. */
void
em_ownact(Emit *e)
{
	if (!e->f->frames)
		amd_mov_rm(&e->b, 4, RAX, PROG(nact));
	topact(e, 1, e->f->frames ? R13 : RAX);
	amd_lea_rm(&e->b, 4, RAX, mem_base(e->f->frames ? R13 : RAX, -1));
}

/*
 * Return: what interp does, for a frame of the expected type that no other module called, without uncalled frames above it. All else in C.
 */
void
em_ret(Emit *e)
{
	const Type *t = e->f->frame;
	Cold *slow = em_cold(e, CRETSLOW), *c;
	Label nil;
	uint32_t i, n = t != NULL ? t->nref : 0;

	if (t == NULL || n > 12) {
		amd_jmp_l(&e->b, &slow->at);
		return;
	}
	em_ownact(e);
	/* As they were written, for the processor's sake: called, then newchunk, which the first Act of all has, and cross. */
	amd_alu_mi(&e->b, AluCmp, 1, mem_base(RDX, offsetof(Act, called)), 0);
	amd_jcc_l(&e->b, CcE, &slow->at);
	amd_alu_mi(&e->b, AluCmp, 2, mem_base(RDX, offsetof(Act, newchunk)), 0);
	amd_jcc_l(&e->b, CcNE, &slow->at);
	amd_mov_ri(&e->b, RCX, (uint64_t)(uintptr_t)t);
	amd_alu_rm(&e->b, AluCmp, 8, RCX, mem_base(RDX, offsetof(Act, t)));
	amd_jcc_l(&e->b, CcNE, &slow->at);
	for (i = 0; i < n; i++) {
		if (e->f->slots.nil[e->pc - e->f->lo] & 1 << i)
			continue;
		nil = (Label){0};
		c = em_cold(e, CRET);
		c->n = (int)i;
		amd_mov_rm(&e->b, 4, RCX, em_fpmem((int32_t)t->ref[i]));
		amd_alu_ri(&e->b, AluCmp, 4, RCX, -1);
		amd_jcc_short(&e->b, CcE, &nil);
		em_trap(e, SITE_INTERP);
		amd_alu_mi(&e->b, AluSub, 4, mem_base(RCX, -8), 1);
		amd_jcc_l(&e->b, CcE, &c->at);
		amd_bind(&e->b, &c->back);
		amd_bind(&e->b, &nil);
	}
	amd_mov_mr(&e->b, 4, PROG(nact), RAX);
	amd_mov_rr(&e->b, 4, R13, RAX);
	amd_mov_mr(&e->b, 4, PROG(sp), RBX);
	amd_ret(&e->b);
}

/* ------------------------------------------------------------ calls of C functions */

static Ref
newobject(Prog *p, Type *t)
{
	Ref r = heap_new(t);
	uint32_t i;

	if (r == 0) {
		vm_raise_heap(p);
		return 0;
	}
	for (i = 0; i < t->nref; i++)
		stw(r + t->ref[i], H);
	return r;
}

static Ref
newarray(Prog *p, Type *t, int32_t n)
{
	Ref r;

	if (n < 0) {
		vm_raise(p, "negative array size");
		return 0;
	}
	r = array_alloc(t, (uint32_t)n);
	if (r == 0)
		vm_raise_heap(p);
	return r;
}

static Ref
cons(Prog *p, Type *elem, int64_t v, Ref tail)
{
	Type *t = elem->list;
	Aref l = tail;
	Ref r;

	if (unlikely(t == NULL))
		return op_cons(p, elem, &v, &l) < 0 ? 0 : l;
	r = heap_newraw(t);
	if (unlikely(r == 0)) {
		vm_raise_heap(p);
		return 0;
	}
	if (elem->size == 4) {
		stw(r + t->voff, (uint32_t)v);
		if (elem->nref == 1)
			refinc((Ref)v);
	} else
		memcpy(ref2ptr(r + t->voff), &v, elem->size);
	ref_moved(tail);
	stw(r, tail);
	return r;
}

static Ref
mframe(Prog *p, Ref r, int32_t idx)
{
	Aword f;

	return op_mframe(p, r, idx, &f) < 0 ? 0 : (Ref)f;
}

/* A reference that a helper made is in eax, 0 when it has raised. */
static void
checkref(Emit *e)
{
	amd_alu_rr(&e->b, AluTest, 4, RAX, RAX);
	em_jcc_leave(e, CcE, SITE_RAISED);
	amd_mov_rr(&e->b, 4, RCX, RAX);
}

/* What may have taken long (vm_endturn) has been called: then the turn ends where the budget is looked at next. Flags change. */
static void
yields(Emit *e)
{
	Cold *c = em_cold(e, CYIELD);

	amd_alu_mi(&e->b, AluCmp, 1, PROG(yield), 0);
	amd_jcc_l(&e->b, CcNE, &c->at);
	amd_bind(&e->b, &c->back);
}

/* D can be stored to: before something is made for it. */
static void
probe(Emit *e)
{
	Val d;

	if (e->in->dc != OC_IFP && e->in->dc != OC_IMP)
		return;
	d = em_where(e, e->in->dc, &e->in->d, KW, RDX, true);
	em_ld(e, KW, RAX, d);
}

static void
argref(Emit *e, int reg, const void *p)
{
	amd_mov_ri(&e->b, reg, (uint64_t)(uintptr_t)p);
}

void
em_step(Emit *e)
{
	em_calldrop(e, (const void *)(uintptr_t)jit_step, em_thunks.drop);
	em_forget(e);
}

static bool
indirect(int oc)
{
	return oc == OC_IFP || oc == OC_IMP;
}

static void
stringbranch(Emit *e, Cc cc)
{
	em_ld(e, KW, RCX, em_src(e, KW));
	em_ld(e, KW, RAX, em_mid(e, KW));
	em_flush(e);
	amd_mov_rr(&e->b, 4, RDI, RCX);
	amd_mov_rr(&e->b, 4, RSI, RAX);
	amd_mov_ri(&e->b, RAX, cc == CcE || cc == CcNE ? (uint64_t)(uintptr_t)str_differ : (uint64_t)(uintptr_t)str_cmp);
	amd_call_r(&e->b, RAX);
	em_forget(e);
	yields(e);
	/* What edges and budget need does not touch rax. */
	em_edges(e);
	em_budget(e);
	amd_alu_rr(&e->b, AluTest, 4, RAX, RAX);
	em_branchto(e, cc);
}

/* A helper that may raise has been called. */
static void
checkraised(Emit *e)
{
	em_forget(e);
	amd_alu_rr(&e->b, AluTest, 4, RAX, RAX);
	em_jcc_leave(e, CcNE, SITE_RAISED);
}

/*
 * insc of the character in ecx at eax: in place, where the only holder of a string of bytes writes over one of them, or appends one that
 * finds room in the same eight bytes. All else goes on behind this.
 */
static void
character(Emit *e, Label *done)
{
	Val d = em_where(e, e->in->dc, &e->in->d, KW, RDX, true);
	Label slow = {0}, store = {0};
	Mem at = mem_wrap(mem_index(RDX, RAX, 1, 8));

	if (e->in->dc == OC_FP)
		d = em_memval(em_fpmem(e->in->d.v), false);
	amd_mov_rm(&e->b, 4, RDX, d.m);
	amd_alu_ri(&e->b, AluCmp, 4, RDX, -1);
	amd_jcc_short(&e->b, CcE, &slow);
	amd_alu_ri(&e->b, AluCmp, 4, RCX, 255);
	amd_jcc_short(&e->b, CcA, &slow);
	em_trap(e, SITE_INTERP);
	amd_alu_mi(&e->b, AluCmp, 4, mem_base(RDX, -8), 1);
	amd_jcc_short(&e->b, CcNE, &slow);
	em_trap(e, SITE_INTERP);
	amd_alu_mi(&e->b, AluCmp, 4, mem_base(RDX, -4), (int32_t)Tstring->id);
	amd_jcc_short(&e->b, CcNE, &slow);
	em_trap(e, SITE_INTERP);
	amd_alu_mi(&e->b, AluCmp, 4, mem_base(RDX, 4), 1);
	amd_jcc_short(&e->b, CcNE, &slow);
	em_trap(e, SITE_INTERP);
	amd_alu_rm(&e->b, AluCmp, 4, RAX, mem_base(RDX, 0));
	amd_jcc_short(&e->b, CcB, &store);
	amd_jcc_short(&e->b, CcNE, &slow);
	amd_alu_ri(&e->b, AluTest, 4, RAX, 7);
	amd_jcc_short(&e->b, CcE, &slow);
	amd_alu_ri(&e->b, AluTest, 4, RDX, 7);
	amd_jcc_short(&e->b, CcNE, &slow);
	em_trap(e, SITE_INTERP);
	amd_mov_mr(&e->b, 1, at, RCX);
	em_trap(e, SITE_INTERP);
	amd_alu_mi(&e->b, AluAdd, 4, mem_base(RDX, 0), 1);
	amd_jmp_l(&e->b, done);
	amd_bind(&e->b, &store);
	em_trap(e, SITE_INTERP);
	amd_mov_mr(&e->b, 1, at, RCX);
	amd_jmp_l(&e->b, done);
	amd_bind(&e->b, &slow);
}

/* fn(p, address of D, a, b): a is the middle operand and b the source, or, for slices, the other way round. */
static void
stringop(Emit *e, const void *fn, bool slice)
{
	Label done = {0};

	em_ld(e, KW, RCX, em_src(e, KW));
	em_ld(e, KW, RAX, em_mid(e, KW));
	em_flush(e);
	if (e->in->op == IINSC)
		character(e, &done);
	em_address(e, e->in->dc, &e->in->d, RSI);
	if (slice) {
		amd_mov_rr(&e->b, 4, RDX, RCX);
		amd_mov_rr(&e->b, 4, RCX, RAX);
	} else
		amd_mov_rr(&e->b, 4, RDX, RAX);
	em_callc(e, fn);
	checkraised(e);
	yields(e);
	amd_bind(&e->b, &done);
}

/* A few bytes from one place to another, which may overlap: all is read before something is written. */
static bool
copybytes(Emit *e)
{
	const Inst *in = e->in;
	int n = in->mc == OC_IMM ? in->m.v : 0, size = n >= 16 ? 16 : n >= 8 ? 8 : 4;
	Val s, d;
	Mem m;

	if (n < 4 || n > 32)
		return false;
	em_flush(e);
	s = em_where(e, in->sc, &in->s, KW, RCX, true);
	d = em_where(e, in->dc, &in->d, KW, RDX, true);
	if (in->sc == OC_FP)
		s = em_memval(em_fpmem(in->s.v), false);
	if (in->dc == OC_FP)
		d = em_memval(em_fpmem(in->d.v), false);
	if (s.k != VMEM || d.k != VMEM) {
		e->b.bad = true;
		return true;
	}
	m = s.m;
	m.disp += n - size;
	if (size == 16) {
		em_traps(e, &s);
		amd_sse_xm(&e->b, SseMovups, XMM0, s.m);
		em_traps(e, &s);
		amd_sse_xm(&e->b, SseMovups, XMM1, m);
	} else {
		em_traps(e, &s);
		amd_mov_rm(&e->b, size, RAX, s.m);
		em_traps(e, &s);
		amd_mov_rm(&e->b, size, RCX, m);
	}
	m = d.m;
	m.disp += n - size;
	if (size == 16) {
		em_traps(e, &d);
		amd_sse_mx(&e->b, SseMovups, d.m, XMM0);
		em_traps(e, &d);
		amd_sse_mx(&e->b, SseMovups, m, XMM1);
	} else {
		em_traps(e, &d);
		amd_mov_mr(&e->b, size, d.m, RAX);
		em_traps(e, &d);
		amd_mov_mr(&e->b, size, m, RCX);
	}
	em_forget(e);
	return true;
}

/* The reference is what it was, and its link has not been freed since: then it means what it meant. */
void
em_root(Emit *e)
{
	const Inst *in = e->in;
	Cold *c = em_cold(e, CROOT);
	Val d;
	Ref mod = ldw(e->f->mp + (uint32_t)in->s.v);
	int x;

	c->blk = e->blk;
	if (em_keyof(e, in[1].sc, &in[1].s, KF) >= 0)
		em_need(e, em_keyof(e, in[1].sc, &in[1].s, KF));
	c->dirty = e->dirty;
	amd_mov_ri(&e->b, RAX, (uint64_t)(uintptr_t)modlink_gen(mod));
	amd_alu_mi(&e->b, AluCmp, 4, mem_base(RBP, in->s.v), (int32_t)mod);
	amd_jcc_l(&e->b, CcNE, &c->at);
	amd_alu_mi(&e->b, AluCmp, 4, mem_base(RAX, 0), (int32_t)*modlink_gen(mod));
	amd_jcc_l(&e->b, CcNE, &c->at);
	d = em_where(e, OC_FP, &in[2].s, KF, RDX, true);
	x = d.k == VXMM ? d.reg : XMM0;
	em_sse_v(e, SseSqrtsd, x, em_where(e, in[1].sc, &in[1].s, KF, RCX, false));
	if (d.k == VMEM)
		em_put(e, d, KF, x);
	else
		em_written(e, OC_FP, &in[2].s, KF);
	amd_bind(&e->b, &c->back);
	c->valid = e->valid;
	e->pc += ROOTLEN - 1;
	e->in += ROOTLEN - 1;
}

/* Which function the call is of, as things are now; NULL: one in C, or none that is compiled. */
static Link *
callee(Emit *e, Module **m)
{
	const Inst *in = e->in;
	Modlink *ml;
	Jcode *jc;
	Link *l;

	if (in->dc != OC_MP || in->mc != OC_IMM || (uint32_t)in->d.v + 4 > e->f->c->mpsize || e->f->mp == 0)
		return NULL;
	ml = heap_host(ldw(e->f->mp + (uint32_t)in->d.v), TK_MODULE);
	l = ml != NULL ? modlink_fn(ml, in->m.v) : NULL;
	if (l == NULL || l->fn != NULL || l->pc < 0)
		return NULL;
	*m = ml->m;
	jc = ml->m->code->jit;
	return jc != NULL && jc->entry != NULL && ml->m->mp != 0 ? l : NULL;
}

/*
 * A call of a function that is compiled, if the module reference is what it was, and the link has not been freed since: then it means what it
 * meant. The frame is in rcx. All else is done by jit_mcall.
 */
static void
mcall(Emit *e)
{
	const Inst *in = e->in;
	Module *m;
	Link *l = callee(e, &m);
	Cold *c;
	Ref mod;

	if (l == NULL) {
		em_ld(e, KW, RCX, em_src(e, KW));
		em_ld(e, KW, RAX, em_mid(e, KW));
		em_ld(e, KW, RDX, em_where(e, in->dc, &in->d, KW, RDX, false));
		em_flush(e);
		amd_mov_rr(&e->b, 4, RSI, RCX);
		amd_mov_rr(&e->b, 4, RCX, RDX);
		amd_mov_rr(&e->b, 4, RDX, RAX);
		em_calldrop(e, (const void *)(uintptr_t)jit_mcall, em_thunks.mcall);
		em_forget(e);
		return;
	}
	c = em_cold(e, CMCALL);
	mod = ldw(e->f->mp + (uint32_t)in->d.v);
	em_ld(e, KW, RCX, em_src(e, KW));
	em_flush(e);
	amd_mov_ri(&e->b, RDX, (uint64_t)(uintptr_t)modlink_gen(mod));
	amd_alu_mi(&e->b, AluCmp, 4, mem_base(RDX, 0), (int32_t)*modlink_gen(mod));
	amd_jcc_l(&e->b, CcNE, &c->at);
	amd_alu_mi(&e->b, AluCmp, 4, mem_base(RBP, in->d.v), (int32_t)mod);
	amd_jcc_l(&e->b, CcNE, &c->at);
	topact(e, 1, R13);
	amd_alu_rm(&e->b, AluCmp, 4, RCX, mem_base(RDX, offsetof(Act, fp)));
	amd_jcc_l(&e->b, CcNE, &c->at);
	amd_alu_mi(&e->b, AluCmp, 1, mem_base(RDX, offsetof(Act, called)), 0);
	amd_jcc_l(&e->b, CcNE, &c->at);
	amd_mov_mi(&e->b, 1, mem_base(RDX, offsetof(Act, called)), 1);
	amd_mov_mi(&e->b, 1, mem_base(RDX, offsetof(Act, cross)), 1);
	amd_mov_mi(&e->b, 4, mem_base(RDX, offsetof(Act, prev)), (int32_t)JIT_NOPREV);
	amd_mov_rm(&e->b, 8, RSI, PROG(m));
	amd_mov_mr(&e->b, 8, mem_base(RDX, offsetof(Act, m)), RSI);
	amd_mov_ri(&e->b, RSI, (uint64_t)(uintptr_t)(in + 1));
	amd_mov_mr(&e->b, 8, mem_base(RDX, offsetof(Act, ret)), RSI);
	amd_mov_ri(&e->b, RAX, (uint64_t)(uintptr_t)m);
	amd_alu_mi(&e->b, AluAdd, 4, mem_base(RAX, offsetof(Module, ref)), 1);
	amd_mov_mr(&e->b, 8, PROG(m), RAX);
	amd_push_r(&e->b, RBX);
	amd_mov_rr(&e->b, 4, RBX, RCX);
	amd_mov_ri(&e->b, RBP, m->mp);
	amd_mov_ri(&e->b, RAX, (uint64_t)(uintptr_t)&((Jcode *)m->code->jit)->entry[l->pc]);
	amd_call_m(&e->b, mem_base(RAX, 0));
	em_addsite(e, e->pc, SITE_MCALL, 0, 0);
	amd_pop_r(&e->b, RBX);
	amd_mov_rm(&e->b, 8, RAX, PROG(m));
	amd_mov_rm(&e->b, 4, RBP, mem_base(RAX, offsetof(Module, mp)));
	amd_mov_rm(&e->b, 4, R13, PROG(nact));
	amd_bind(&e->b, &c->back);
	em_entryhere(e, e->pc + 1);
	em_forget(e);
}

void
em_slowmcall(Emit *e, Cold *c)
{
	const Inst *in = &e->f->c->inst[c->pc];

	amd_mov_rr(&e->b, 4, RSI, RCX);
	amd_mov_ri(&e->b, RDX, (uint32_t)in->m.v);
	amd_mov_rm(&e->b, 4, RCX, mem_base(RBP, in->d.v));
	amd_mov_ri(&e->b, R8, (uint64_t)(uintptr_t)in);
	amd_mov_ri(&e->b, RAX, (uint64_t)(uintptr_t)jit_mcall);
	amd_call_to(&e->b, em_thunks.mcall);
	amd_jcc_to(&e->b, CcNE, jit_thunks.leave);
	amd_jmp_l(&e->b, &c->back);
}

void
em_helper(Emit *e)
{
	const Inst *in = e->in;
	Type *elem = NULL;
	int class = KW;

	switch (in->op) {
	case IMCALL:
		mcall(e);
		return;
	case IMFRAME:
		probe(e);
		em_flush(e);
		em_ld(e, KW, RCX, em_src(e, KW));
		em_ld(e, KW, RAX, em_mid(e, KW));
		amd_mov_rr(&e->b, 4, RSI, RCX);
		amd_mov_rr(&e->b, 4, RDX, RAX);
		em_callc(e, (const void *)(uintptr_t)mframe);
		amd_mov_rm(&e->b, 4, R13, PROG(nact));
		em_forget(e);
		checkref(e);
		em_putdst(e, KW, RCX);
		return;
	case INEW:
	case INEWZ:
		probe(e);
		em_flush(e);
		em_new(e, in->x, (const void *)(uintptr_t)newobject);
		em_forget(e);
		em_setref(e, RCX, false);
		return;
	case INEWA:
	case INEWAZ:
		probe(e);
		em_ld(e, KW, RCX, em_src(e, KW));
		em_flush(e);
		amd_mov_rr(&e->b, 4, RDX, RCX);
		argref(e, RSI, in->x);
		em_callc(e, (const void *)(uintptr_t)newarray);
		em_forget(e);
		checkref(e);
		yields(e);
		em_setref(e, RCX, false);
		return;
	case ICONSW:
		elem = Tword;
		break;
	case ICONSP:
		elem = Tref;
		break;
	case ICONSB:
		elem = Tbyte;
		class = KB;
		break;
	case ICONSL:
		elem = Tbig;
		class = KL;
		break;
	case ISEND:
	case IRECV:
		if (indirect(in->op == ISEND ? in->sc : in->dc))
			break;
		if (in->op == ISEND) {
			em_ld(e, KW, RCX, em_where(e, in->dc, &in->d, KW, RDX, false));
			em_flush(e);
			em_address(e, in->sc, &in->s, RDX);
		} else {
			em_ld(e, KW, RCX, em_src(e, KW));
			em_flush(e);
			em_address(e, in->dc, &in->d, RDX);
		}
		amd_mov_rr(&e->b, 4, RSI, RCX);
		em_calldrop(e, (const void *)(uintptr_t)(in->op == ISEND ? jit_send : jit_recv), em_thunks.drop);
		em_forget(e);
		return;
	case IMOVM:
		if (copybytes(e))
			return;
		break;
	case IINSC:
	case IADDC:
		if (indirect(in->dc))
			break;
		stringop(e, in->op == IINSC ? (const void *)(uintptr_t)string_insc : (const void *)(uintptr_t)string_cat, false);
		return;
	case ISLICEC:
		if (indirect(in->dc))
			break;
		stringop(e, (const void *)(uintptr_t)string_slice, true);
		return;
	case ICVTWC:
		if (indirect(in->dc))
			break;
		em_ld(e, KW, RCX, em_src(e, KW));
		em_flush(e);
		amd_sx_rr(&e->b, 8, 4, RSI, RCX);
		em_address(e, in->dc, &in->d, RDX);
		em_callc(e, (const void *)(uintptr_t)op_cvtwc);
		checkraised(e);
		return;
	case IALT:
	case INBALT:
		if (indirect(in->sc) || indirect(in->dc))
			break;
		em_flush(e);
		em_address(e, in->sc, &in->s, RSI);
		em_address(e, in->dc, &in->d, RDX);
		em_calldrop(e, (const void *)(uintptr_t)jit_alt, em_thunks.drop);
		em_forget(e);
		return;
	case IRAISE:
		em_ld(e, KW, RCX, em_src(e, KW));
		amd_jmp_l(&e->b, em_leaveto(e, SITE_RAISE));
		return;
	case ILENL:
		em_ld(e, KW, RCX, em_src(e, KW));
		em_flush(e);
		amd_mov_rr(&e->b, 4, RDI, RCX);
		amd_mov_ri(&e->b, RAX, (uint64_t)(uintptr_t)op_lenl);
		amd_call_r(&e->b, RAX);
		em_forget(e);
		yields(e);
		amd_mov_rr(&e->b, 4, RCX, RAX);
		em_putdst(e, KW, RCX);
		return;
	case IBEQC:
		stringbranch(e, CcE);
		return;
	case IBNEC:
		stringbranch(e, CcNE);
		return;
	case IBLTC:
		stringbranch(e, CcL);
		return;
	case IBLEC:
		stringbranch(e, CcLE);
		return;
	case IBGTC:
		stringbranch(e, CcG);
		return;
	case IBGEC:
		stringbranch(e, CcGE);
		return;
	}
	if (elem != NULL) {
		probe(e);
		em_ld(e, class, RCX, em_src(e, class));
		/* The tail is taken over as it is: the cell holds it from now on. */
		em_ld(e, KW, RAX, em_where(e, in->dc, &in->d, KW, RDX, false));
		em_flush(e);
		amd_mov_rr(&e->b, 8, RDX, RCX);
		amd_mov_rr(&e->b, 4, RCX, RAX);
		em_cons(e, elem, class, (const void *)(uintptr_t)cons);
		em_forget(e);
		em_putdst(e, KW, RCX);
		return;
	}
	em_flush(e);
	em_step(e);
}
