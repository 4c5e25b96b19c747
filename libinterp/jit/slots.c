/*
 * What is known about the references in a frame at compile time: which are nil, and which need not be counted. jit.h
 */
#include <stdlib.h>
#include <string.h>

#include "libinterp/jit/jit.h"

/* ------------------------------------------------------------ nil */

/*
 * Words of module data that somebody may write to, as a map with a byte for each; *limit is where those begin of which nothing is known. NULL: no
 * memory.
 */
static uint8_t *
written(const Code *c, uint32_t *limit)
{
	uint32_t n = c->mpsize / 4, i, from, to;
	uint8_t *map = calloc((size_t)n + 1, 1);
	const Operand *o[3];
	const Inst *in;
	unsigned opd[3];
	uint8_t oc[3];
	int k;

	if (map == NULL)
		return NULL;
	*limit = n;
	for (in = c->inst; in < c->inst + c->ninst; in++) {
		opd[0] = dis_ops[in->op].src;
		opd[1] = dis_ops[in->op].mid;
		opd[2] = dis_ops[in->op].dst;
		oc[0] = in->sc;
		oc[1] = in->mc;
		oc[2] = in->dc;
		o[0] = &in->s;
		o[1] = &in->m;
		o[2] = &in->d;
		for (k = 0; k < 3; k++) {
			if (oc[k] != OC_MP || !(opd[k] & (DIS_ACC_WRITE | DIS_ACC_ADDR)))
				continue;
			from = (uint32_t)o[k]->v / 4;
			to = from + 2;
			/* How large that is is not known. */
			if (opd[k] & DIS_ACC_ADDR)
				*limit = from < *limit ? from : *limit;
			for (i = from; i < to && i < n; i++)
				map[i] = 1;
		}
	}
	return map;
}

/* Compilers have one such word. */
bool
fn_isnil(Code *c, int32_t off)
{
	Jcode *jc = c->jit;
	uint32_t limit, at;
	const Inst *in;
	uint8_t *map;

	if (jc->nil == -2) {
		jc->nil = -1;
		map = c->image != H ? written(c, &limit) : NULL;
		for (in = c->inst; map != NULL && in < c->inst + c->ninst && jc->nil < 0; in++) {
			if (in->op != IMOVP || in->sc != OC_MP)
				continue;
			at = (uint32_t)in->s.v;
			if (at % 4 == 0 && at / 4 < limit && !map[at / 4] && ldw(c->image + at) == H)
				jc->nil = in->s.v;
		}
		free(map);
	}
	return jc->nil >= 0 && jc->nil == off;
}

/* ------------------------------------------------------------ no value yet */

static bool
at(int oc, const Operand *o, int32_t off)
{
	return (oc == OC_IFP && o->o1 == off) || (oc == OC_FP && o->v == off);
}

/* The instruction gives the slot at off a value, without looking at the old one but in order to release it. */
static bool
sets(const Fn *f, const Inst *in, int32_t off)
{
	const Lightcall *lc;

	switch (in->op) {
	case IMOVP: case IHEADP: case ITAIL: case INEW: case INEWZ: case INEWA: case INEWAZ:
		return in->dc == OC_FP && in->d.v == off && !at(in->sc, &in->s, off);
	case ICALL:
		lc = fn_lightcall(f, (int32_t)(in - f->c->inst));
		return lc != NULL && lc->sig.result == RESULT_REF && lc->own && f->c->inst[lc->lea].s.v == off;
	}
	return false;
}

/* It does anything else with it. */
static bool
touches(const Fn *f, const Inst *in, int32_t off)
{
	const Lightcall *lc;

	if (in->op == ILEA && in->sc == OC_FP) {
		lc = fn_lightcall(f, (int32_t)(in - f->c->inst));
		return (lc == NULL || lc->sig.result == RESULT_MEM || lc->sig.result == RESULT_NONE) && in->s.v < off + 4;
	}
	if (sets(f, in, off))
		return in->mc != OC_NONE && at(in->mc, &in->m, off);
	return at(in->sc, &in->s, off) || (in->mc != OC_NONE && at(in->mc, &in->m, off)) || (in->dc != OC_IMM && at(in->dc, &in->d, off)) ||
		fn_overwrites(in, off);
}

/* What instructions do to slots: give them a value (sets), write to them otherwise, or in particular, nil. */
typedef struct What {
	uint16_t sets, writes, nil;
} What;

static bool
tothe(unsigned opd, int oc)
{
	return oc == OC_FP && opd & (DIS_ACC_WRITE | DIS_ACC_ADDR);
}

/* What is addressed by lea is another affair: escaping. */
static What
what(const Fn *f, const Inst *in)
{
	const DisOp *op = &dis_ops[in->op];
	What w = {0, 0, 0};
	int32_t off;
	uint32_t i;

	if (in->op == ILEA || (in->op != ICALL && !tothe(op->src, in->sc) && !tothe(op->mid, in->mc) && !tothe(op->dst, in->dc)))
		return w;
	for (i = 0; i < f->frame->nref; i++) {
		off = (int32_t)f->frame->ref[i];
		if (sets(f, in, off)) {
			w.sets |= (uint16_t)(1 << i);
			if (in->op == IMOVP && in->sc == OC_MP && fn_isnil(f->c, in->s.v))
				w.nil |= (uint16_t)(1 << i);
		} else if (fn_overwrites(in, off))
			w.writes |= (uint16_t)(1 << i);
	}
	return w;
}

/*
 * What holds before each block on all ways to it, and behind it, if an instruction ends what is in ends[pc - lo], and then what is in makes holds;
 * entry holds when the function begins.
 */
static void
flow(const Fn *f, uint16_t all, uint16_t entry, const uint16_t *ends, const uint16_t *makes, uint16_t *begin, uint16_t *end)
{
	int i, j, first = f->bix[f->pc - f->lo];
	bool more = true;
	const Block *b;
	int32_t at;
	uint16_t s;

	for (i = 0; i < f->nb; i++)
		begin[i] = i == first ? entry : f->b[i].caught ? 0 : all;
	while (more) {
		more = false;
		for (i = 0; i < f->nb; i++) {
			b = &f->b[i];
			s = begin[i];
			for (at = b->first - f->lo; at <= b->last - f->lo; at++)
				s = (s & (uint16_t)~ends[at]) | makes[at];
			end[i] = s;
			for (j = 0; j < b->nsucc; j++) {
				more |= (begin[b->succ[j]] & ~s) != 0;
				begin[b->succ[j]] &= s;
			}
		}
	}
}

/* A slot is unset as long as it is so on all ways; what is unset on some only, or looked at, is made nil when the function begins. */
static void
unset(Fn *f, uint16_t all, const uint16_t *given, const uint16_t *none, uint16_t *begin, uint16_t *end)
{
	const Block *b;
	int32_t pc;
	uint32_t k;
	uint16_t s;
	int i, j;

	flow(f, all, all, given, none, begin, end);
	for (i = 0; i < f->nb; i++)
		for (b = &f->b[i], j = 0; j < b->nsucc; j++)
			f->slots.first |= (uint16_t)(end[i] & ~begin[b->succ[j]]);
	f->slots.first |= all & (uint16_t)~begin[f->bix[f->pc - f->lo]];
	for (i = 0; i < f->nb; i++)
		for (b = &f->b[i], s = begin[i], pc = b->first; pc <= b->last; pc++) {
			for (k = 0; k < f->frame->nref; k++)
				if (s & 1 << k && touches(f, &f->c->inst[pc], (int32_t)f->frame->ref[k]))
					f->slots.first |= (uint16_t)(1 << k);
			f->slots.unset[pc - f->lo] = s;
			s &= (uint16_t)~given[pc - f->lo];
		}
	for (pc = f->lo; pc < f->hi; pc++)
		f->slots.unset[pc - f->lo] &= (uint16_t)~f->slots.first;
}

/* Slots whose address goes to where it is not looked after. */
static uint16_t
escaping(const Fn *f)
{
	const Lightcall *lc;
	const Block *b;
	const Inst *in;
	uint16_t out = 0;
	int32_t pc;
	uint32_t k;
	int i;

	for (i = 0; i < f->nb; i++)
		for (b = &f->b[i], pc = b->first; pc <= b->last; pc++) {
			in = &f->c->inst[pc];
			if (in->op != ILEA || in->sc != OC_FP)
				continue;
			lc = fn_lightcall(f, pc);
			if (lc != NULL && lc->sig.result != RESULT_MEM && lc->sig.result != RESULT_NONE)
				continue;
			for (k = 0; k < f->frame->nref; k++)
				if ((int32_t)f->frame->ref[k] + 4 > in->s.v)
					out |= (uint16_t)(1 << k);
		}
	return out;
}

/* all: what callers do not pass. */
static void
nils(Fn *f, uint16_t all, const uint16_t *writes, const uint16_t *nil, uint16_t *begin, uint16_t *end)
{
	uint16_t out = escaping(f), s;
	const Block *b;
	int32_t pc;
	int i;

	flow(f, 0xffff, all, writes, nil, begin, end);
	for (i = 0; i < f->nb; i++)
		for (b = &f->b[i], s = begin[i], pc = b->first; pc <= b->last; pc++) {
			f->slots.nil[pc - f->lo] = s & (uint16_t)~out;
			s = (s & (uint16_t)~writes[pc - f->lo]) | nil[pc - f->lo];
		}
}

uint16_t
fn_unsetafter(const Fn *f, int32_t pc)
{
	if (f->sig == NULL || f->frame->nref == 0)
		return 0;
	return f->slots.unset[pc - f->lo] & (uint16_t)~what(f, &f->c->inst[pc]).sets;
}

/* ------------------------------------------------------------ not counted */

/* Slots that are only ever copies of what the caller has lent, or nil. */
static void
unowned(Fn *f)
{
	const Inst *in;
	const Block *b;
	int32_t pc, off;
	uint32_t k;
	int i, from;
	bool ok;

	for (k = 0; k < f->frame->nref; k++) {
		if (f->sig->args & 1 << k)
			continue;
		off = (int32_t)f->frame->ref[k];
		ok = true;
		for (i = 0; ok && i < f->nb; i++)
			for (b = &f->b[i], pc = b->first; ok && pc <= b->last; pc++) {
				in = &f->c->inst[pc];
				if (sets(f, in, off)) {
					from = in->op == IMOVP && in->sc == OC_FP ? fn_slot(f->frame, in->s.v) : -1;
					ok = (from >= 0 && f->sig->lent & 1 << from) || (in->op == IMOVP && in->sc == OC_MP && fn_isnil(f->c, in->s.v));
				} else {
					ok = !fn_overwrites(in, off);
					if (in->op == ILEA && !touches(f, in, off))
						ok = true;
				}
			}
		if (ok)
			f->slots.unowned |= (uint16_t)(1 << k);
	}
}

/* The instruction does not release anything, and it is not left for other code. */
static bool
quiet(const Fn *f, const Inst *in)
{
	const DisOp *op = &dis_ops[in->op];
	const Lightcall *lc;
	int32_t pc = (int32_t)(in - f->c->inst);

	if (fn_how(f->c, in) != HOW_INLINE || op->flags & (DIS_F_COND | DIS_F_NOFALL) || in->op == ICALL)
		return false;
	if (in->op == IFRAME || in->op == ILEA || !dis_kindref(op->dst & DIS_KIND_MASK) || in->dc == OC_IMM)
		return true;
	lc = fn_lightcall(f, pc);
	return lc != NULL && in->dc == OC_IFP && in->d.o1 == f->c->inst[lc->frame].d.v;
}

/* From a move to the next one to the same slot nothing is released: what has been moved is still where it was. */
static void
lent(Fn *f)
{
	const Inst *in;
	const Block *b;
	int32_t pc, end;
	int i, k, key;

	for (i = 0; i < f->nb; i++)
		for (b = &f->b[i], pc = b->first; pc <= b->last; pc++) {
			in = &f->c->inst[pc];
			if (in->op != IMOVP && in->op != IHEADP && in->op != ITAIL)
				continue;
			if (in->dc != OC_FP || in->sc == OC_FP || (k = fn_slot(f->frame, in->d.v)) < 0 || f->slots.unowned & 1 << k)
				continue;
			/* Releasing what is there must not release that. */
			if (!((f->slots.nil[pc - f->lo] | f->slots.lent[pc - f->lo]) & 1 << k))
				continue;
			if ((key = fn_key(f, in->d.v, KW)) < 0 || f->k[key].memory || (in->sc == OC_MP && fn_isnil(f->c, in->s.v)))
				continue;
			for (end = pc + 1; end <= b->last && quiet(f, &f->c->inst[end]); end++)
				;
			if (end > b->last)
				continue;
			in = &f->c->inst[end];
			if ((in->op != IMOVP && in->op != IHEADP && in->op != ITAIL) || in->dc != OC_FP || in->d.v != f->c->inst[pc].d.v)
				continue;
			while (end > pc)
				f->slots.lent[end-- - f->lo] |= (uint16_t)(1 << k);
		}
}

uint16_t
fn_lentafter(const Fn *f, int32_t pc)
{
	return f->slots.lent != NULL && pc + 1 < f->hi ? f->slots.lent[pc + 1 - f->lo] : 0;
}

/* What callers do not pass is nil when the function begins. Callers in other modules are not known, nor those that go through a variable. */
static uint16_t
notpassed(const Fn *f)
{
	uint16_t all = (uint16_t)((1 << f->frame->nref) - 1);
	int32_t i;

	if (f->sig != NULL)
		return all & (uint16_t)~f->sig->args;
	if (fn_callers(f->c, f->pc) == NULL || ((Jcode *)f->c->jit)->indirect)
		return 0;
	for (i = 0; i < f->c->nlinks; i++)
		if (f->c->link[i].pc == f->pc)
			return 0;
	return all & (uint16_t)~fn_passed(f->c, f->frame, f->pc);
}

bool
fn_slots(Fn *f)
{
	size_t n = (size_t)(f->hi - f->lo);
	uint16_t *given, *writes, *nil, *none, *begin, *end, all, *tmp;
	Slots *s = &f->slots;
	const Block *b;
	int32_t pc;
	What w;
	int i;

	s->unset = room_new(n * sizeof *s->unset);
	s->lent = room_new(n * sizeof *s->lent);
	s->nil = room_new(n * sizeof *s->nil);
	tmp = room_new((4 * n + 2 * (size_t)f->nb) * sizeof *tmp);
	if (s->unset == NULL || s->lent == NULL || s->nil == NULL || tmp == NULL)
		return false;
	if (f->frame != NULL && f->frame->nref > 0 && f->frame->nref <= MAXREFS) {
		given = tmp;
		writes = given + n;
		nil = writes + n;
		none = nil + n;
		begin = none + n;
		end = begin + f->nb;
		for (i = 0; i < f->nb; i++)
			for (b = &f->b[i], pc = b->first; pc <= b->last; pc++) {
				w = what(f, &f->c->inst[pc]);
				given[pc - f->lo] = w.sets;
				writes[pc - f->lo] = w.sets | w.writes;
				nil[pc - f->lo] = w.nil;
			}
		all = notpassed(f);
		if (f->sig != NULL) {
			unset(f, all, given, none, begin, end);
			unowned(f);
		}
		nils(f, all, writes, nil, begin, end);
		lent(f);
	}
	return true;
}
