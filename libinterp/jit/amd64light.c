/*
 * Light calls. light.c says what they are; amd64.h
 *
 * Results are returned in rax or xmm0. The next frame is behind the running one, or at the bottom of the stack of light calls; it gets what
 * is stored to it at once, but neither nil nor the place of the result, nor is it written down where it is. If native code is left, the Site says
 * what is missing.
 */
#include "libinterp/jit/amd64.h"

Mem
em_lightmem(Emit *e, int32_t off)
{
	return e->f->light ? mem_base(RBX, (int32_t)e->f->frame->frame + off) : mem_abs(jit_light + (uint32_t)off);
}

/* ------------------------------------------------------------ what is to be done if native code is left */

static void
save(Emit *e, int class, int32_t off)
{
	em_addsave(e, (Save){.off = off, .class = (uint8_t)class});
}

static void
slots(Emit *e, uint16_t mask, int class)
{
	uint32_t i;

	for (i = 0; mask >> i != 0; i++)
		if (mask & 1 << i)
			save(e, class, (int32_t)e->f->frame->ref[i]);
}

/* About the frame itself, before the instruction at pc or behind it. */
static void
ownslots(Emit *e, int32_t pc, bool behind)
{
	const Slots *s = &e->f->slots;
	uint16_t unset = 0, count;

	count = behind ? fn_lentafter(e->f, pc) : s->lent[pc - e->f->lo];
	if (e->f->light) {
		unset = behind ? fn_unsetafter(e->f, pc) : s->unset[pc - e->f->lo];
		count |= s->unowned & (uint16_t)~unset;
	}
	slots(e, unset, SAVE_NIL);
	slots(e, count, SAVE_COUNT);
}

/* About the next one, of which the instructions before pc have been done. When it has been called, what it has not been passed is its own affair. */
static void
nextslots(Emit *e, const Lightcall *lc, int32_t pc)
{
	uint32_t i;

	for (i = 0; i < lc->t->nref; i++)
		if (lc->arg[i] == 0 || lc->arg[i] >= pc) {
			if (pc <= lc->call)
				save(e, SAVE_NEXTNIL, (int32_t)lc->t->ref[i]);
		} else if (lc->lent & 1 << i)
			save(e, SAVE_NEXTCOUNT, (int32_t)lc->t->ref[i]);
	if (lc->lea == 0 || lc->lea >= pc)
		save(e, SAVE_NOPLACE, 0);
	else if (lc->own)
		save(e, SAVE_PLACE, e->f->c->inst[lc->lea].s.v);
	else
		save(e, SAVE_SAMEPLACE, 0);
}

void
em_lightsaves(Emit *e, int32_t pc, bool behind)
{
	const Lightcall *lc;

	ownslots(e, pc, behind);
	if (behind)
		pc++;
	lc = fn_lightcall(e->f, pc);
	if (lc != NULL && pc > lc->frame) {
		save(e, SAVE_FRAME, e->f->c->inst[lc->frame].d.v);
		nextslots(e, lc, pc);
	}
}

int
em_lightmade(const Emit *e, int32_t pc)
{
	const Lightcall *lc = fn_lightcall(e->f, pc);

	return lc != NULL && pc > lc->frame ? UNMADE_LIGHT : MADE;
}

/* ------------------------------------------------------------ functions */

void
em_lightstart(Emit *e)
{
	const Fn *f = e->f;
	uint32_t max = 0, i;
	Cold *c;
	int k;

	for (i = 0; f->slots.first >> i != 0; i++)
		if (f->slots.first & 1 << i)
			amd_mov_mi(&e->b, 4, em_fpmem((int32_t)f->frame->ref[i]), -1);
	for (k = 0; k < f->nlc; k++)
		if (f->lc[k].t->frame > max)
			max = f->lc[k].t->frame;
	if (max == 0)
		return;
	c = em_cold(e, CEXIT);
	c->kind = SITE_GO;
	c->snap = em_snapstart(e, &c->nsnap);
	amd_alu_ri(&e->b, AluCmp, 4, RBX, (int32_t)(jit_light + LIGHTSTACK - max - f->frame->frame));
	amd_jcc_l(&e->b, CcA, &c->at);
}

void
em_lightret(Emit *e)
{
	const Fn *f = e->f;
	const Slots *s = &f->slots;
	int32_t at = e->pc - f->lo;
	uint16_t keep = (f->sig->args & f->sig->lent) | s->unowned | s->unset[at] | s->nil[at] | e->moved;
	Label nil;
	uint32_t i;
	Cold *c;

	for (i = 0; i < f->frame->nref; i++) {
		if (keep & 1 << i)
			continue;
		nil = (Label){0};
		c = em_cold(e, CRETLIGHT);
		c->n = (int)i;
		c->mask = keep;
		c->snap = e->j->nsave;
		ownslots(e, e->pc, false);
		slots(e, e->moved, SAVE_NIL);
		if (f->sig->result >= RESULT_REF)
			em_addsave(e, (Save){.off = f->sig->result, .reg = f->sig->result == RESULT + KF ? 16 : RAX, .class = SAVE_RESULT});
		c->nsnap = (uint8_t)(e->j->nsave - c->snap);
		e->havelast = false;
		amd_mov_rm(&e->b, 4, RCX, em_fpmem((int32_t)f->frame->ref[i]));
		amd_alu_ri(&e->b, AluCmp, 4, RCX, -1);
		amd_jcc_short(&e->b, CcE, &nil);
		em_addsite(e, e->pc, SITE_INTERP, c->snap, c->nsnap);
		amd_alu_mi(&e->b, AluSub, 4, mem_base(RCX, -8), 1);
		amd_jcc_l(&e->b, CcE, &c->at);
		amd_bind(&e->b, &c->back);
		amd_bind(&e->b, &nil);
	}
	e->moved = 0;
	amd_ret(&e->b);
}

/* Reference n, in rcx, is not used any more; the result is in rax or xmm0. */
void
em_lightdestroy(Emit *e, Cold *c)
{
	const Fn *f = e->f;
	uint32_t i;

	for (i = 0; i <= (uint32_t)c->n; i++)
		if (!(c->mask & 1 << i))
			amd_mov_mi(&e->b, 4, em_fpmem((int32_t)f->frame->ref[i]), -1);
	amd_alu_ri(&e->b, AluSub, 8, RSP, 16);
	if (f->sig->result == RESULT + KF)
		amd_sse_mx(&e->b, SseMovsd, mem_base(RSP, 0), XMM0);
	else
		amd_mov_mr(&e->b, 8, mem_base(RSP, 0), RAX);
	amd_push_r(&e->b, RSI);
	amd_push_r(&e->b, RSI);
	amd_mov_rr(&e->b, 4, RSI, RCX);
	em_callkeep(e, (const void *)(uintptr_t)jit_destroy);
	amd_mov_rr(&e->b, 4, RCX, RAX);
	amd_pop_r(&e->b, RSI);
	amd_pop_r(&e->b, RSI);
	if (f->sig->result == RESULT + KF)
		amd_sse_xm(&e->b, SseMovsd, XMM0, mem_base(RSP, 0));
	else
		amd_mov_rm(&e->b, 8, RAX, mem_base(RSP, 0));
	amd_alu_ri(&e->b, AluAdd, 8, RSP, 16);
	amd_alu_rr(&e->b, AluTest, 4, RCX, RCX);
	amd_jcc_l(&e->b, CcE, &c->back);
	amd_call_to(&e->b, jit_thunks.exit);
	em_addsite(e, c->pc, SITE_INTERP, c->snap, c->nsnap);
}

/* movp to the result, which is returned in eax. A variable that is counted gives its count away. */
void
em_lightresult(Emit *e)
{
	const Inst *in = e->in;
	const Slots *s = &e->f->slots;
	int k = in->sc == OC_FP ? fn_slot(e->f->frame, in->s.v) : -1, r;

	r = em_rd(e, KW, em_src(e, KW), RCX);
	if (in->sc == OC_MP && fn_isnil(e->f->c, in->s.v)) {
		amd_mov_ri(&e->b, RAX, H);
		return;
	}
	if (k >= 0 && !((s->unowned | s->lent[e->pc - e->f->lo] | s->unset[e->pc - e->f->lo] | (e->f->sig->args & e->f->sig->lent)) & 1 << k))
		e->moved = (uint16_t)(1 << k);
	else
		em_count(e, r);
	em_move(e, KW, RAX, r);
}

/* ------------------------------------------------------------ calls */

static bool
word(int oc, const Operand *o)
{
	return oc == OC_IMM || (oc == OC_FP && o->v >= DIS_FRAME_ARGS);
}

/* That returns here: in is ret, or a movw of such an operand to the result and then ret. */
static bool
returns(const Inst *in, const Inst *end)
{
	if (in < end && in->op == IMOVW && word(in->sc, &in->s) && in->dc == OC_IFP && in->d.o1 == DIS_FRAME_RET && in->d.o2 == 0)
		in++;
	return in < end && in->op == IRET;
}

void
em_hold(Emit *e)
{
	if (!fn_lightframe(e->f, e->pc, e->in->dc, &e->in->d))
		return;
	e->held = e->pc;
	e->heldoff = e->in->d.o2;
}

/* rax = what is at off in the next frame. */
static void
hold(Emit *e, const Lightcall *lc, int32_t off)
{
	int32_t pc = e->pc - 1;

	if (pc == lc->lea)
		pc--;
	if (e->held != pc || e->heldoff != off)
		amd_mov_rm(&e->b, 4, RAX, em_lightmem(e, off));
}

/*
 * A function that begins with a comparison of arguments and then may return at once, as most recursive ones do: where it does, there is no call, and
 * the result is in rax. As that happens a few times at most before something takes from the turn, this does not.
 */
static void
atonce(Emit *e, const Lightcall *lc, const Inst *in, Label *done)
{
	static const Cc cond[] = {CcE, CcNE, CcL, CcLE, CcG, CcGE};
	static const uint8_t ops[] = {IBEQW, IBNEW, IBLTW, IBLEW, IBGTW, IBGEW};
	const Inst *end = e->f->c->inst + e->f->c->ninst, *then = NULL;
	const Operand *arg;
	Cc cc;
	int i;

	for (i = 0; i < nelem(ops) && ops[i] != in->op; i++)
		;
	if (i == nelem(ops) || lc->t->nref != 0 || in->dc != OC_IMM || in->d.v <= 0 || !word(in->sc, &in->s) || !word(in->mc, &in->m) ||
	    (in->sc == OC_IMM) == (in->mc == OC_IMM) || (lc->sig.result != RESULT + KW && lc->sig.result != RESULT_NONE))
		return;
	if (returns(in + 1, end))
		then = in + 1;
	else if (returns(in + in->d.v, end))
		then = in + in->d.v;
	else
		return;
	if ((then->op == IRET) != (lc->sig.result == RESULT_NONE))
		return;
	cc = in->sc == OC_IMM ? em_swapped(cond[i]) : cond[i];
	arg = in->sc == OC_IMM ? &in->m : &in->s;
	if (then == in + 1)
		cc ^= 1;
	if (then->op == IMOVW && then->sc == OC_FP && then->s.v == arg->v) {
		hold(e, lc, arg->v);
		amd_alu_ri(&e->b, AluCmp, 4, RAX, in->sc == OC_IMM ? in->s.v : in->m.v);
	} else {
		if (then->op == IMOVW && then->sc == OC_IMM)
			amd_mov_ri(&e->b, RAX, (uint32_t)then->s.v);
		else if (then->op == IMOVW)
			hold(e, lc, then->s.v);
		amd_alu_mi(&e->b, AluCmp, 4, em_lightmem(e, arg->v), in->sc == OC_IMM ? in->s.v : in->m.v);
	}
	amd_jcc_l(&e->b, cc, done);
}

/* The result of the call goes where it belongs. */
static void
take(Emit *e, const Lightcall *lc)
{
	const Inst *lea = &e->f->c->inst[lc->lea];
	const Slots *s = &e->f->slots;
	int class = lc->sig.result - RESULT, at = e->pc - e->f->lo, k;
	Val d;

	if (lc->sig.result == RESULT_REF) {
		k = lc->own ? fn_slot(e->f->frame, lea->s.v) : -1;
		amd_mov_rr(&e->b, 4, RCX, RAX);
		em_setplace(e, lea->sc, &lea->s, RCX, false, k < 0 || !((s->nil[at] | s->unset[at]) & 1 << k));
		return;
	}
	d = em_where(e, lea->sc, &lea->s, class, RDX, true);
	em_put(e, d, class, class == KF ? XMM0 : RAX);
	em_written(e, lea->sc, &lea->s, class);
}

/* What has been passed, counted, but is not released by the function. */
static void
dropargs(Emit *e, const Lightcall *lc)
{
	uint16_t drop = 0;
	uint32_t i, k;
	Cold *c;
	Label nil;

	for (i = 0; i < lc->t->nref; i++)
		if (lc->arg[i] != 0 && lc->sig.lent & (uint16_t)~lc->lent & 1 << i)
			drop |= (uint16_t)(1 << i);
	for (i = 0; i < lc->t->nref; i++) {
		if (!(drop & 1 << i))
			continue;
		drop &= (uint16_t)~(1 << i);
		nil = (Label){0};
		amd_mov_rm(&e->b, 4, RAX, em_lightmem(e, (int32_t)lc->t->ref[i]));
		amd_alu_ri(&e->b, AluCmp, 4, RAX, -1);
		amd_jcc_short(&e->b, CcE, &nil);
		c = em_cold(e, CDESTROY);
		c->snap = em_snap(e, &e->at[e->pc - e->blk->first + 1], e->pc, true, &c->nsnap);
		for (k = i + 1; k < lc->t->nref; k++)
			if (drop & 1 << k) {
				save(e, SAVE_NEXTDROP, (int32_t)lc->t->ref[k]);
				c->nsnap++;
				e->havelast = false;
			}
		em_addsite(e, e->pc, SITE_NEXT, c->snap, c->nsnap);
		amd_alu_mi(&e->b, AluSub, 4, mem_base(RAX, -8), 1);
		amd_jcc_l(&e->b, CcE, &c->at);
		amd_bind(&e->b, &c->back);
		amd_bind(&e->b, &nil);
	}
}

/*
 * Arguments go to memory, and some to registers as well, where nothing has to wait for them: ecx and edx. They come from where they are known to be:
 * from rax, or from the key that has been moved to memory.
 */
static const uint8_t argreg[NINREG] = {RCX, RDX};

static void
passinreg(Emit *e, const Lightcall *lc, int i)
{
	const Inst *code = e->f->c->inst, *in = NULL;
	int32_t frame = code[lc->frame].d.v, off = DIS_FRAME_ARGS + 4 * i, pc, last = 0;
	int k = -1;

	for (pc = lc->frame + 1; pc < lc->call; pc++)
		if (code[pc].dc == OC_IFP && code[pc].d.o1 == frame && code[pc].d.o2 <= off && code[pc].d.o2 + 8 > off)
			last = pc;
	in = &code[last];
	if (last > 0 && e->held == last && e->heldoff == off) {
		for (pc = last + 1; pc < lc->call && code[pc].op == ILEA; pc++)
			;
		if (pc == lc->call) {
			amd_mov_rr(&e->b, 4, argreg[i], RAX);
			return;
		}
	}
	if (last > 0 && (in->op == IMOVW || in->op == IMOVP) && in->d.o2 == off) {
		if (in->sc == OC_FP)
			k = em_keyof(e, in->sc, &in->s, KW);
		for (pc = last + 1; pc < lc->call && k >= 0; pc++)
			if (fn_overwrites(&code[pc], in->s.v))
				k = -1;
		if (k >= 0 && set_has(&e->valid, k)) {
			amd_mov_rr(&e->b, 4, argreg[i], e->f->k[k].reg);
			return;
		}
	}
	amd_mov_rm(&e->b, 4, argreg[i], em_lightmem(e, off));
}

/* What has been passed in a register; a block that nothing jumps to may want more than it did. */
void
em_lightargs(Emit *e)
{
	Block *b = e->blk;
	int i, k;

	for (i = 0; i < NINREG; i++) {
		k = e->f->sig->inreg & 1 << i ? fn_key(e->f, DIS_FRAME_ARGS + 4 * i, KW) : -1;
		if (k >= 0 && e->f->k[k].reg >= 0 && (set_has(&b->want, k) || (b->npred == 0 && set_has(&e->at[0], k)))) {
			set_add(&b->want, k);
			em_own(e, k);
			amd_mov_rr(&e->b, 4, e->f->k[k].reg, argreg[i]);
		}
	}
}

void
em_lightcall(Emit *e, const Lightcall *lc)
{
	int32_t to = e->pc + e->in->d.v;
	uint32_t i, snap;
	Label done = {0};
	Cold *c;

	em_flush(e);
	for (i = 0; i < lc->t->nref; i++)
		if (lc->arg[i] == 0 && lc->sig.args & 1 << i)
			amd_mov_mi(&e->b, 4, em_lightmem(e, (int32_t)lc->t->ref[i]), -1);
	for (i = 0; i < NINREG; i++)
		if (lc->sig.inreg & 1 << i)
			passinreg(e, lc, (int)i);
	atonce(e, lc, &e->f->c->inst[to], &done);
	amd_push_r(&e->b, RBX);
	if (e->f->light)
		amd_alu_ri(&e->b, AluAdd, 4, RBX, (int32_t)e->f->frame->frame);
	else
		amd_mov_ri(&e->b, RBX, jit_light);
	if (to == e->f->pc && e->f->light) {
		amd_call_l(&e->b, &e->start);
	} else {
		amd_mov_ri(&e->b, RAX, (uint64_t)(uintptr_t)&((Jcode *)e->f->c->jit)->light[to]);
		amd_call_m(&e->b, mem_base(RAX, 0));
	}
	snap = e->j->nsave;
	ownslots(e, e->pc, false);
	nextslots(e, lc, e->pc + 1);
	e->havelast = false;
	em_addsite(e, e->pc, SITE_LIGHT, snap, (uint8_t)(e->j->nsave - snap));
	amd_pop_r(&e->b, RBX);
	if (e->f->frames)
		amd_mov_rm(&e->b, 4, R13, PROG(nact));
	amd_bind(&e->b, &done);
	em_forget(e);
	if (lc->sig.result >= RESULT_REF)
		take(e, lc);
	dropargs(e, lc);
	if (!e->f->light) {
		c = em_cold(e, CENTRY);
		c->valid = e->valid;
		amd_bind(&e->b, &c->back);
	}
}
