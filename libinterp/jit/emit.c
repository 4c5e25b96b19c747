/*
 * What emitters have in common: the order in which a function is written, which keys are in their registers, and where native code may be left.
 * emit.h
 */
#include "libinterp/jit/emit.h"

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
		em_addsave(e, (Save){k->off, (uint8_t)(k->reg + (k->class == KF ? jit_machine.reals : 0)), k->class});
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

/* ------------------------------------------------------------ keys */

/* Key i has its value in its register; what was there before is gone. */
void
em_own(Emit *e, int i)
{
	const Key *k = &e->f->k[i];
	int16_t *o = &e->owner[k->reg + (k->class == KF ? jit_machine.reals : 0)];

	if (*o >= 0 && *o != i) {
		set_del(&e->valid, *o);
		set_del(&e->dirty, *o);
	}
	*o = (int16_t)i;
	set_add(&e->valid, i);
}

/* Make key i valid. */
void
em_need(Emit *e, int i)
{
	if (set_has(&e->valid, i))
		return;
	em_loadkey(e, i);
	em_own(e, i);
}

void
em_elements(Emit *e, int *len, int *data)
{
	int a = e->in->sc == OC_FP ? fn_key(e->f, e->in->s.v, KW) : -1;

	*len = a >= 0 ? fn_derived(e->f, a, KLEN, e->pc) : -1;
	*data = a >= 0 ? fn_derived(e->f, a, KDATA, e->pc) : -1;
	if (*len >= 0 && e->f->k[*len].reg < 0)
		*len = -1;
	if (*data >= 0 && e->f->k[*data].reg < 0)
		*data = -1;
	if (*len >= 0)
		em_need(e, *len);
	if (*data >= 0)
		em_need(e, *data);
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
		em_storekey(e, i);
	else
		set_add(&e->dirty, i);
}

bool
em_sameplace(int ac, const Operand *a, int bc, const Operand *b)
{
	return ac == bc && a->v == b->v;
}

/* ------------------------------------------------------------ barriers */

static void
store(Emit *e, int i)
{
	em_storekey(e, i);
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
		store(e, i);
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
			store(e, i);
	}
}

/* ------------------------------------------------------------ jumps */

/* Where the block at pc is; a place that tables say can not be reached is left to the interpreter. */
Label *
em_labelof(Emit *e, int32_t pc)
{
	if (pc < e->f->lo || pc >= e->f->hi || e->f->bix[pc - e->f->lo] < 0)
		return em_leaveto(e, SITE_INTERP);
	return &e->label[e->f->bix[pc - e->f->lo]];
}

bool
em_isnext(Emit *e, int32_t pc)
{
	/* Blocks are laid out in the order of their pcs, the entry first. */
	int i = (int)(e->blk - e->f->b), t = e->f->bix[pc - e->f->lo], first = e->f->bix[e->f->pc - e->f->lo];

	if (i == first)
		i = first == 0 ? 1 : 0;
	else
		i = i + 1 == first ? i + 2 : i + 1;
	return t == i;
}

int32_t
em_back(const Emit *e)
{
	int32_t far = 0, d;
	int j;

	for (j = 0; j < e->blk->nsucc; j++) {
		d = e->pc - e->f->b[e->blk->succ[j]].first + 1;
		if (d > far)
			far = d;
	}
	return far;
}

/* ------------------------------------------------------------ functions */

static bool
jumps(const Inst *in)
{
	return dis_ops[in->op].flags & (DIS_F_COND | DIS_F_NOFALL);
}

static void
block(Emit *e, Block *b)
{
	const Inst *last = &e->f->c->inst[b->last];
	int i;

	e->blk = b;
	fn_liveat(e->f, b, e->at);
	e->at[b->last - b->first + 1] = b->out;
	set_or(&e->at[b->last - b->first + 1], &b->trap);
	em_bind(e, &e->label[b - e->f->b]);
	e->valid = b->want;
	e->dirty = b->dirty;
	memset(e->owner, 0xff, sizeof e->owner);
	for (i = set_next(&b->want, 0); i >= 0; i = set_next(&b->want, i + 1))
		em_own(e, i);
	e->havelast = false;
	for (e->pc = b->first; e->pc <= b->last; e->pc++) {
		e->in = &e->f->c->inst[e->pc];
		em_instruction(e);
	}
	e->pc = b->last;
	e->in = last;
	/* Steps that end blocks never come back here unless they go on to the next instruction. */
	if (!jumps(last) || (fn_how(e->f->c, last) == HOW_STEP && dis_ops[last->op].flags & DIS_F_COND)) {
		em_edges(e);
		if (!em_isnext(e, b->last + 1))
			em_jumpto(e, b->last + 1);
	}
}

/* What block b wants is in registers; derived ones last, which are made from others. */
static void
wants(Emit *e, const Block *b)
{
	Set s = b->want;
	int i;

	for (i = set_next(&s, 0); i >= 0; i = set_next(&s, i + 1))
		if (e->f->k[i].base < 0)
			em_need(e, i);
	for (i = set_next(&s, 0); i >= 0; i = set_next(&s, i + 1))
		em_need(e, i);
}

/* Come from elsewhere to the start of block b, with everything in memory. */
static void
landing(Emit *e, Block *b)
{
	e->blk = b;
	e->pc = b->first;
	e->in = &e->f->c->inst[e->pc];
	fn_liveat(e->f, b, e->at);
	e->at[b->last - b->first + 1] = b->out;
	em_forget(e);
	e->havelast = false;
	em_entryhere(e, b->first);
	wants(e, b);
	em_jump(e, &e->label[b - e->f->b]);
}

static void
prologue(Emit *e, Block *b)
{
	e->blk = b;
	e->pc = b->first;
	e->in = &e->f->c->inst[e->pc];
	fn_liveat(e->f, b, e->at);
	em_forget(e);
	em_bind(e, &e->start);
	em_entryhere(e, b->first);
	em_begin(e);
	/* What the block says about what differs from memory does no harm: nothing does. */
	wants(e, b);
}

size_t
emit_fn(Fn *f, void *p, size_t n, const void *exec, Jfn *j)
{
	Emit e;
	Cold *c;
	int i, first = f->bix[f->pc - f->lo];
	int32_t max = 0;
	size_t used = 0;

	memset(&e, 0, sizeof e);
	e.f = f;
	e.j = j;
	e.coldtail = &e.cold;
	e.calls = -1;
	for (i = 0; i < f->nk; i++)
		e.reals |= f->k[i].class == KF && f->k[i].reg >= 0;
	codebuf_init(&e.b, p, n, exec);
	for (i = 0; i < f->nb; i++)
		if (f->b[i].last - f->b[i].first > max)
			max = f->b[i].last - f->b[i].first;
	e.label = room_new((size_t)f->nb * sizeof *e.label);
	e.at = room_new(((size_t)max + 2) * sizeof *e.at);
	e.unmade = room_new((size_t)(f->hi - f->lo) * sizeof *e.unmade);
	if (e.label == NULL || e.at == NULL || e.unmade == NULL)
		goto out;
	prologue(&e, &f->b[first]);
	block(&e, &f->b[first]);
	for (i = 0; i < f->nb; i++)
		if (i != first)
			block(&e, &f->b[i]);
	for (i = 0; i < f->nb && !f->light; i++)
		if (i != first ? f->b[i].header || f->b[i].caught || f->b[i].landing || jit_machine.steps : f->b[i].npred > 0)
			landing(&e, &f->b[i]);
	/* Cold code may ask for more of it. */
	for (c = e.cold; c != NULL; c = c->next)
		em_coldcode(&e, c);
	if (!e.b.full && !e.b.bad && !e.nomem)
		used = codebuf_offset(&e.b);
out:
	if (e.b.bad)
		used = SIZE_MAX;
	return used;
}
