/*
 * Operands and registers: where values are, how they get into registers and back, and where native code may be left. amd64.h
 */
#include "libinterp/jit/amd64.h"

const uint8_t em_size[] = {4, 1, 8, 8, 4, 4};

/* ------------------------------------------------------------ sites and ways out */

static bool
grow(Emit *e, void *place, uint32_t n, uint32_t *a, size_t size)
{
	void **pp = place, *np;

	if (n < *a)
		return true;
	np = realloc(*pp, (*a * 2 + 32) * size);
	if (np == NULL) {
		e->nomem = true;
		return false;
	}
	*pp = np;
	*a = *a * 2 + 32;
	return true;
}

void
em_addsave(Emit *e, Save s)
{
	if (grow(e, &e->j->save, e->j->nsave, &e->asave, sizeof(Save)))
		e->j->save[e->j->nsave++] = s;
}

uint32_t
em_snap(Emit *e, const Set *live, int32_t pc, bool behind, uint8_t *n)
{
	Set s = e->dirty;
	const Key *k;
	int i;

	set_and(&s, live);
	if (e->havelast && e->lastpc == pc && e->lastbehind == behind && memcmp(&s, &e->lastset, sizeof s) == 0) {
		*n = e->lastn;
		return e->lastsnap;
	}
	e->lastset = s;
	e->lastpc = pc;
	e->lastbehind = behind;
	e->lastsnap = e->j->nsave;
	e->havelast = true;
	for (i = set_next(&s, 0); i >= 0; i = set_next(&s, i + 1)) {
		k = &e->f->k[i];
		em_addsave(e, (Save){k->off, (uint8_t)(k->reg + (k->class == KF ? 16 : 0)), k->class});
	}
	em_lightsaves(e, pc, behind);
	*n = e->lastn = (uint8_t)(e->j->nsave - e->lastsnap);
	return e->lastsnap;
}

uint32_t
em_snapstart(Emit *e, uint8_t *n)
{
	uint32_t at = e->j->nsave;

	em_lightsaves(e, e->f->pc, false);
	*n = (uint8_t)(e->j->nsave - at);
	return at;
}

void
em_addsite(Emit *e, int32_t pc, int kind, uint32_t sn, uint8_t nsn)
{
	int unmade = e->unmade[pc - e->f->lo] ? UNMADE : MADE;

	if (!grow(e, &e->j->site, e->j->nsite, &e->asite, sizeof(Site)))
		return;
	if (kind != SITE_NEXT && kind != SITE_LIGHT && unmade == MADE)
		unmade = em_lightmade(e, pc);
	e->j->site[e->j->nsite++] = (Site){codebuf_offset(&e->b), pc, sn, nsn, (uint8_t)kind, (uint8_t)unmade};
}

/* Where the interpreter begins if it is to do this instruction: at the indexing whose result is not in the frame. */
static int32_t
beginning(const Emit *e, int kind)
{
	int32_t pc = e->pc;

	if (kind == SITE_INTERP || kind == SITE_QUANTUM)
		while (pc > e->blk->first && fn_fused(e->f, pc - 1))
			pc--;
	return pc;
}

/* The next instruction may fault. */
void
em_trap(Emit *e, int kind)
{
	int32_t pc = beginning(e, kind);
	uint8_t n;
	uint32_t s = em_snap(e, &e->at[pc - e->blk->first], pc, false, &n);

	em_addsite(e, pc, kind, s, n);
}

Cold *
em_cold(Emit *e, int what)
{
	static Cold none;
	Cold *c = room_new(sizeof *c);

	if (c == NULL) {
		e->nomem = true;
		none = (Cold){0};
		return &none;
	}
	c->what = what;
	c->pc = e->pc;
	*e->coldtail = c;
	e->coldtail = &c->next;
	return c;
}

/* A label to jump to in order to leave at this instruction as it was before. */
Label *
em_leaveto(Emit *e, int kind)
{
	Cold *c = em_cold(e, CEXIT);

	c->kind = (uint8_t)kind;
	c->pc = beginning(e, kind);
	c->snap = em_snap(e, &e->at[c->pc - e->blk->first], c->pc, false, &c->nsnap);
	return &c->at;
}

void
em_jcc_leave(Emit *e, Cc cc, int kind)
{
	amd_jcc_l(&e->b, cc, em_leaveto(e, kind));
}

void
em_entryhere(Emit *e, int32_t pc)
{
	if (e->f->light)
		return;
	/* Pairs of pc and offset for now. */
	if (!grow(e, &e->j->entry, e->j->nentry + 1, &e->aentry, sizeof(int32_t)))
		return;
	e->j->entry[e->j->nentry++] = pc;
	e->j->entry[e->j->nentry++] = (int32_t)codebuf_offset(&e->b);
}

/* ------------------------------------------------------------ keys and operands */

void
em_loadmem(Emit *e, int class, int reg, Mem m)
{
	switch (class) {
	case KB:
		amd_zx_rm(&e->b, 4, 1, reg, m);
		break;
	case KL:
		amd_mov_rm(&e->b, 8, reg, m);
		break;
	case KF:
		amd_sse_xm(&e->b, SseMovsd, reg, m);
		break;
	default:
		amd_mov_rm(&e->b, 4, reg, m);
	}
}

static void
storemem(Emit *e, int class, Mem m, int reg)
{
	if (class == KF)
		amd_sse_mx(&e->b, SseMovsd, m, reg);
	else
		amd_mov_mr(&e->b, em_size[class], m, reg);
}

void
em_move(Emit *e, int class, int to, int from)
{
	if (to == from)
		return;
	if (class == KF)
		amd_sse_xx(&e->b, SseMovapd, to, from);
	else
		amd_mov_rr(&e->b, class == KL ? 8 : 4, to, from);
}

/* Key i has its value in its register; what was there before is gone. */
void
em_own(Emit *e, int i)
{
	const Key *k = &e->f->k[i];
	int16_t *o = &e->owner[k->reg + (k->class == KF ? 16 : 0)];

	if (*o >= 0 && *o != i) {
		set_del(&e->valid, *o);
		set_del(&e->dirty, *o);
	}
	*o = (int16_t)i;
	set_add(&e->valid, i);
}

/* Make key i valid. Uses rcx for what is derived. */
void
em_need(Emit *e, int i)
{
	const Key *k = &e->f->k[i];
	const Key *a;
	Label nil = {0};
	int base = RCX;

	if (set_has(&e->valid, i))
		return;
	if (k->base < 0) {
		em_loadmem(e, k->class, k->reg, em_fpmem(k->off));
	} else {
		/* nil has no elements: whatever the index, it will be too large. */
		a = &e->f->k[k->base];
		if (a->reg >= 0 && set_has(&e->valid, k->base))
			base = a->reg;
		else
			amd_mov_rm(&e->b, 4, RCX, em_fpmem(a->off));
		amd_zero_r(&e->b, k->reg);
		amd_alu_ri(&e->b, AluCmp, 4, base, -1);
		amd_jcc_short(&e->b, CcE, &nil);
		em_trap(e, SITE_NIL);
		amd_mov_rm(&e->b, 4, k->reg, mem_base(base, k->class == KLEN ? 0 : 8));
		amd_bind(&e->b, &nil);
	}
	em_own(e, i);
}

int
em_keyof(Emit *e, int oc, const Operand *o, int class)
{
	int i;

	if (oc != OC_FP)
		return -1;
	i = fn_key(e->f, o->v, class);
	return i >= 0 && e->f->k[i].reg >= 0 ? i : -1;
}

/* The register that holds the reference word at off(fp), perhaps scratch. */
static int
baseof(Emit *e, int32_t off, int scratch)
{
	int i = fn_key(e->f, off, KW);

	if (i >= 0 && e->f->k[i].reg >= 0) {
		em_need(e, i);
		return e->f->k[i].reg;
	}
	amd_mov_rm(&e->b, 4, scratch, em_fpmem(off));
	return scratch;
}

/* Where operand o is; write: its value is not needed. */
Val
em_where(Emit *e, int oc, const Operand *o, int class, int scratch, bool write)
{
	Mem m;
	int i;

	if (oc == OC_MP && class == KW && !write && fn_isnil(e->f->c, o->v))
		return (Val){.k = VIMM, .imm = -1};
	if (fn_result(e->f, oc, o))
		return em_regval(class, class == KF ? XMM0 : RAX);
	if (oc == OC_IFP && fn_lightframe(e->f, e->pc, oc, o))
		return em_memval(em_lightmem(e, o->o2), false);
	switch (oc) {
	case OC_FP:
		i = em_keyof(e, oc, o, class);
		if (i < 0)
			return em_memval(em_fpmem(o->v), false);
		if (!write)
			em_need(e, i);
		return em_regval(class, e->f->k[i].reg);
	case OC_MP:
		return em_memval(mem_base(RBP, o->v), false);
	case OC_IMM:
		return (Val){.k = VIMM, .imm = class == KB ? (uint8_t)o->v : o->v};
	case OC_IFP:
		if (fn_fused(e->f, e->pc - 1) && e->in[-1].m.v == o->o1) {
			m = e->place;
			m.disp = (int32_t)((uint32_t)m.disp + (uint32_t)o->o2);
			return em_memval(m, true);
		}
		return em_memval(mem_base(baseof(e, o->o1, scratch), o->o2), true);
	case OC_IMP:
		amd_mov_rm(&e->b, 4, scratch, mem_base(RBP, o->o1));
		return em_memval(mem_base(scratch, o->o2), true);
	case OC_ABS:
		return em_memval(mem_abs((uint32_t)o->v), false);
	}
	e->b.bad = true;
	return em_memval(em_fpmem(0), false);
}

Val
em_src(Emit *e, int class)
{
	return em_where(e, e->in->sc, &e->in->s, class, RCX, false);
}

Val
em_mid(Emit *e, int class)
{
	return em_where(e, e->in->mc, &e->in->m, class, RAX, false);
}

Val
em_dst(Emit *e, int class)
{
	return em_where(e, e->in->dc, &e->in->d, class, RDX, true);
}

void
em_traps(Emit *e, const Val *v)
{
	if (v->trap)
		em_trap(e, SITE_NIL);
}

/* reg = v. */
void
em_ld(Emit *e, int class, int reg, Val v)
{
	switch (v.k) {
	case VREG:
	case VXMM:
		em_move(e, class, reg, v.reg);
		break;
	case VIMM:
		amd_mov_ri(&e->b, reg, (uint32_t)v.imm);
		break;
	case VMEM:
		em_traps(e, &v);
		em_loadmem(e, class, reg, v.m);
	}
}

/* A register that holds v: its own or scratch. */
int
em_rd(Emit *e, int class, Val v, int scratch)
{
	if (v.k == VREG || v.k == VXMM)
		return v.reg;
	em_ld(e, class, scratch, v);
	return scratch;
}

/* The key of an operand that is written has its new value in its register. */
void
em_written(Emit *e, int oc, const Operand *o, int class)
{
	int i = em_keyof(e, oc, o, class);
	const Key *k;

	if (i < 0)
		return;
	k = &e->f->k[i];
	em_own(e, i);
	/* What a barrier has written is not in registers only: dirtiness counts on that. */
	if (k->through || e->e.barrier)
		storemem(e, class, em_fpmem(k->off), k->reg);
	else
		set_add(&e->dirty, i);
}

/* Operand d = reg. */
void
em_put(Emit *e, Val d, int class, int reg)
{
	if (d.k == VMEM) {
		em_traps(e, &d);
		storemem(e, class, d.m, reg);
	} else
		em_move(e, class, d.reg, reg);
}

void
em_putdst(Emit *e, int class, int reg)
{
	Val d = em_dst(e, class);

	em_put(e, d, class, reg);
	em_written(e, e->in->dc, &e->in->d, class);
}

bool
em_sameplace(int ac, const Operand *a, int bc, const Operand *b)
{
	return ac == bc && a->v == b->v;
}

/* ------------------------------------------------------------ barriers */

static void
storekey(Emit *e, int i)
{
	const Key *k = &e->f->k[i];

	storemem(e, k->class, em_fpmem(k->off), k->reg);
	set_del(&e->dirty, i);
}

/* All that live go to memory. */
void
em_flush(Emit *e)
{
	Set s = e->dirty, live = e->at[e->pc - e->blk->first];
	int i;

	set_or(&live, &e->at[e->pc - e->blk->first + 1]);
	set_and(&s, &live);
	for (i = set_next(&s, 0); i >= 0; i = set_next(&s, i + 1))
		storekey(e, i);
	memset(&e->dirty, 0, sizeof e->dirty);
}

void
em_forget(Emit *e)
{
	memset(&e->valid, 0, sizeof e->valid);
	memset(&e->dirty, 0, sizeof e->dirty);
	memset(e->owner, 0xff, sizeof e->owner);
}

/* Before the jump that ends the block: what its successors want is in registers, what they only need is in memory. */
void
em_edges(Emit *e)
{
	Block *t;
	Set s;
	int i, j;

	for (j = 0; j < e->blk->nsucc; j++) {
		t = &e->f->b[e->blk->succ[j]];
		s = t->want;
		/* Derived ones last: they are made from others. */
		for (i = set_next(&s, 0); i >= 0; i = set_next(&s, i + 1))
			if (e->f->k[i].base < 0)
				em_need(e, i);
	}
	for (j = 0; j < e->blk->nsucc; j++) {
		t = &e->f->b[e->blk->succ[j]];
		s = t->want;
		for (i = set_next(&s, 0); i >= 0; i = set_next(&s, i + 1))
			em_need(e, i);
	}
	for (j = 0; j < e->blk->nsucc; j++) {
		t = &e->f->b[e->blk->succ[j]];
		s = e->dirty;
		set_and(&s, &t->live);
		set_minus(&s, &t->want);
		for (i = set_next(&s, 0); i >= 0; i = set_next(&s, i + 1))
			storekey(e, i);
	}
}

/* A C function that keeps all registers but scratch. */
void
em_callkeep(Emit *e, const void *fn)
{
	amd_mov_ri(&e->b, RAX, (uint64_t)(uintptr_t)fn);
	amd_call_to(&e->b, em_thunks.keep[e->reals]);
}

/* A C function called as it is: the instruction is a barrier. */
void
em_callc(Emit *e, const void *fn)
{
	if (e->f->light) {
		amd_mov_mr(&e->b, 8, PROG(jit.frames), RSP);
		amd_mov_mr(&e->b, 8, PROG(jit.fp), RBX);
	}
	amd_mov_rr(&e->b, 8, RDI, R15);
	amd_mov_ri(&e->b, RAX, (uint64_t)(uintptr_t)fn);
	amd_call_r(&e->b, RAX);
	if (e->f->light)
		amd_mov_mi(&e->b, 8, PROG(jit.frames), 0);
}

/* A C function that may end in leaving native code: status 0 goes on. Thunks give it back in eax and the flags. */
void
em_calldrop(Emit *e, const void *fn, const void *thunk)
{
	e->b.bad |= e->f->light;
	amd_mov_ri(&e->b, R8, (uint64_t)(uintptr_t)e->in);
	amd_mov_ri(&e->b, RAX, (uint64_t)(uintptr_t)fn);
	amd_call_to(&e->b, thunk);
	amd_jcc_to(&e->b, CcNE, jit_thunks.leave);
	if (!(dis_ops[e->in->op].flags & DIS_F_NOFALL))
		em_entryhere(e, e->pc + 1);
}
