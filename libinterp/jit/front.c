/*
 * From instructions to functions: which words of the frame live where, and which of them get a register. Knows no machine. What instructions do
 * is in effect.c, how control goes in flow.c.
 */
#include <stdlib.h>
#include <string.h>

#include "libinterp/jit/front.h"

/* ------------------------------------------------------------ keys */

static void
makekeys(Fn *f, unsigned opd, int oc, const Operand *o, double w)
{
	int i = -1, class;

	if (opd == 0 || fn_result(f, oc, o))
		return;
	if (oc == OC_IFP) {
		i = fn_newkey(f, o->o1, KW);
	} else if (oc == OC_FP && !(opd & DIS_ACC_ADDR) && (class = fn_class(opd)) >= 0) {
		i = fn_newkey(f, o->v, class);
		if (i >= 0 && dis_kindref(opd & DIS_KIND_MASK))
			f->k[i].through = true;
	}
	if (i >= 0)
		f->k[i].weight += w;
}

static double
weight(int depth)
{
	double w = 1;

	for (; depth > 0 && w < 1e6; depth--)
		w *= 8;
	return w;
}

int
fn_derived(const Fn *f, int a, int class, int32_t pc)
{
	Loop *l = fn_innermost(f, pc);
	int i;

	if (l == NULL || l->barrier || set_has(&l->defs, a))
		return -1;
	for (i = 0; i < f->nk; i++)
		if (f->k[i].base == a && f->k[i].class == class)
			return i;
	return -1;
}

/* Find square roots; their results have keys. */
static void
roots(Fn *f)
{
	const Inst *in;
	Block *b;
	int32_t pc;
	int i, k;

	f->root = room_new((size_t)(f->hi - f->lo) * sizeof *f->root);
	if (f->root == NULL)
		return;
	for (i = 0; i < f->nb; i++)
		for (b = &f->b[i], pc = b->first; pc <= b->last; pc++) {
			in = &f->c->inst[pc];
			if (!fn_isroot(f, b, in) || (k = fn_newkey(f, in[2].s.v, KF)) < 0)
				continue;
			f->k[k].weight += weight(b->depth);
			f->root[pc - f->lo] = true;
		}
}

/* Keys of all operands; then which of them must stay in memory because an address of theirs is taken; then derived ones. */
static void
keys(Fn *f, const Machine *m)
{
	Code *c = f->c;
	const Inst *in;
	Block *b;
	const Effect *e;
	Loop *l;
	int i, j, a;
	int32_t pc;
	uint32_t k;
	double w;

	for (i = 0; i < f->nb; i++)
		for (b = &f->b[i], w = weight(b->depth), pc = b->first; pc <= b->last; pc++) {
			in = &c->inst[pc];
			makekeys(f, dis_ops[in->op].src, in->sc, &in->s, w);
			makekeys(f, dis_ops[in->op].mid, in->mc, &in->m, w);
			if (in->dc != OC_IMM)
				makekeys(f, dis_ops[in->op].dst, in->dc, &in->d, w);
		}
	if (m->roots)
		roots(f);
	if (f->frame != NULL)
		for (k = 0; k < f->frame->nref; k++)
			if ((i = fn_key(f, (int32_t)f->frame->ref[k], KW)) >= 0)
				f->k[i].through = true;
	for (i = 0; i < f->nb; i++)
		for (b = &f->b[i], pc = b->first; pc <= b->last; pc++) {
			in = &c->inst[pc];
			if (in->op == ILEA && (in->sc == OC_WFP || (in->sc == OC_FP && !fn_forresult(in))))
				for (j = 0; j < f->nk; j++)
					if (in->sc == OC_WFP || f->k[j].off + f->k[j].size > in->s.v)
						f->k[j].memory = true;
		}
	for (i = 1; i < f->nk; i++)
		for (j = 0; j < i; j++)
			if (f->k[i].off < f->k[j].off + f->k[j].size && f->k[j].off < f->k[i].off + f->k[i].size) {
				set_add(&f->k[i].clash, j);
				set_add(&f->k[j].clash, i);
			}
	/* What happens in loops. */
	if (f->nloop == 0)
		return;
	for (i = 0; i < f->nb; i++)
		for (b = &f->b[i], pc = b->first; pc <= b->last; pc++) {
			e = fn_effect(f, &c->inst[pc]);
			for (j = 0; j < f->nloop; j++) {
				l = &f->loop[j];
				if (pc < l->first || pc > l->last)
					continue;
				set_or(&l->defs, &e->def);
				l->barrier |= e->barrier;
			}
		}
	for (i = 0; i < f->nb; i++)
		for (b = &f->b[i], w = weight(b->depth), pc = b->first; pc <= b->last; pc++) {
			in = &c->inst[pc];
			if (!fn_indexes(in) || in->sc != OC_FP)
				continue;
			a = fn_key(f, in->s.v, KW);
			l = fn_innermost(f, pc);
			if (a < 0 || f->k[a].memory || l == NULL || l->barrier || set_has(&l->defs, a))
				continue;
			for (j = KLEN; j <= KDATA && f->nk < NKEY; j++) {
				int d = fn_derived(f, a, j, pc);

				if (d < 0) {
					d = fn_newkey(f, -1000000 - a, j);
					if (d < 0)
						continue;
					f->k[d].base = (int16_t)a;
					f->nderived++;
				}
				/* The elements' address saves a load on the way to them, the length a part of a comparison. */
				f->k[d].weight += j == KDATA ? w : w * 0.6;
			}
		}
}

/* ------------------------------------------------------------ liveness */

bool
fn_handled(const Fn *f)
{
	int i;

	for (i = 0; i < f->c->nhandlers; i++)
		if (f->c->handler[i].pc1 < f->hi && f->c->handler[i].pc2 > f->lo)
			return true;
	return false;
}

static void
localsets(Fn *f, Block *b)
{
	const Effect *e;
	bool barrier = false;
	Set u;
	int32_t pc;

	memset(&b->gen, 0, sizeof b->gen);
	memset(&b->kill, 0, sizeof b->kill);
	memset(&b->wgen, 0, sizeof b->wgen);
	memset(&b->wkill, 0, sizeof b->wkill);
	for (pc = b->first; pc <= b->last; pc++) {
		e = fn_effect(f, &f->c->inst[pc]);
		u = e->use;
		set_minus(&u, &b->kill);
		set_or(&b->gen, &u);
		set_or(&b->kill, &e->def);
		if (!barrier) {
			if (e->how == HOW_INLINE || fn_root(f, pc)) {
				u = e->use;
				set_minus(&u, &b->wkill);
				set_or(&b->wgen, &u);
			}
			set_or(&b->wkill, &e->def);
			if (e->barrier)
				memset(&b->wkill, 0xff, sizeof b->wkill);
			barrier = e->barrier;
		}
	}
}

static void
liveness(Fn *f)
{
	Block *b;
	Handler *h;
	Set s;
	int i, j, k, r;
	bool more = true, handled = fn_handled(f);

	for (i = 0; i < f->nb; i++) {
		b = &f->b[i];
		memset(&b->live, 0, sizeof b->live);
		memset(&b->out, 0, sizeof b->out);
		memset(&b->trap, 0, sizeof b->trap);
		localsets(f, b);
	}
	while (more) {
		more = false;
		for (i = f->nb - 1; i >= 0; i--) {
			b = &f->b[i];
			for (j = 0; j < b->nsucc; j++)
				set_or(&b->out, &f->b[b->succ[j]].live);
			for (j = 0; handled && j < f->c->nhandlers; j++) {
				h = &f->c->handler[j];
				if (b->last < h->pc1 || b->first >= h->pc2)
					continue;
				for (k = 0; k <= h->nlabel; k++) {
					r = k < h->nlabel ? h->label[k].pc : h->wild;
					if (r >= f->lo && r < f->hi && f->bix[r - f->lo] >= 0)
						set_or(&b->trap, &f->b[f->bix[r - f->lo]].live);
				}
			}
			s = b->out;
			set_minus(&s, &b->kill);
			set_or(&s, &b->gen);
			set_or(&s, &b->trap);
			more |= set_or(&b->live, &s);
		}
	}
}

/* What will be used before the next barrier, of keys with registers. */
static void
wanted(Fn *f)
{
	Block *b;
	Set s, has;
	int i, j;
	bool more = true;

	memset(&has, 0, sizeof has);
	for (i = 0; i < f->nk; i++)
		if (f->k[i].reg >= 0)
			set_add(&has, i);
	while (more) {
		more = false;
		for (i = f->nb - 1; i >= 0; i--) {
			b = &f->b[i];
			memset(&s, 0, sizeof s);
			for (j = 0; j < b->nsucc; j++)
				set_or(&s, &f->b[b->succ[j]].want);
			set_minus(&s, &b->wkill);
			set_or(&s, &b->wgen);
			set_and(&s, &has);
			more |= set_or(&b->want, &s);
		}
	}
	/* A function begins with everything in memory. */
	b = &f->b[f->bix[f->pc - f->lo]];
	if (b->npred == 0)
		memset(&b->want, 0, sizeof b->want);
}

/*
 * Which keys may differ from memory at the start of blocks. Must go through the instructions as the emitter does: a barrier stores all that
 * live, and at the end of a block what lives in a successor that does not want it is stored.
 */
static void
dirtiness(Fn *f)
{
	Block *b, *t;
	const Effect *e;
	Set s, u, has;
	int32_t pc;
	int i, j;
	bool more = true;

	memset(&has, 0, sizeof has);
	for (i = 0; i < f->nk; i++)
		if (f->k[i].reg >= 0 && !f->k[i].through && f->k[i].base < 0)
			set_add(&has, i);
	while (more) {
		more = false;
		for (i = 0; i < f->nb; i++) {
			b = &f->b[i];
			s = b->dirty;
			for (pc = b->first; pc <= b->last; pc++) {
				e = fn_effect(f, &f->c->inst[pc]);
				if (e->barrier)
					memset(&s, 0, sizeof s);
				else {
					u = e->def;
					set_and(&u, &has);
					set_or(&s, &u);
				}
			}
			for (j = 0; j < b->nsucc; j++) {
				t = &f->b[b->succ[j]];
				u = s;
				set_and(&u, &t->want);
				more |= set_or(&t->dirty, &u);
			}
		}
	}
}

void
fn_liveat(Fn *f, const Block *b, Set *at)
{
	const Effect *e;
	Set s = b->out;
	int32_t pc;

	for (pc = b->last; pc >= b->first; pc--) {
		e = fn_effect(f, &f->c->inst[pc]);
		set_minus(&s, &e->def);
		set_or(&s, &e->use);
		set_or(&s, &b->trap);
		at[pc - b->first] = s;
	}
}

/* ------------------------------------------------------------ elements of arrays */

/* Instructions that take the place of an element as it is; the emitter sees to the order in which it uses registers. */
static bool
takesplace(const Inst *in, int32_t t)
{
	bool s = in->sc == OC_IFP && in->s.o1 == t, m = in->mc == OC_IFP && in->m.o1 == t, d = in->dc == OC_IFP && in->d.o1 == t;

	if ((in->sc == OC_FP && in->s.v == t) || (in->mc == OC_FP && in->m.v == t && dis_ops[in->op].mid & DIS_ACC_READ) ||
	    (in->dc == OC_FP && in->d.v == t && dis_ops[in->op].dst & DIS_ACC_READ))
		return false;
	switch (in->op) {
	case IMOVP: case IMOVB: case IMOVW: case IMOVF: case IMOVL:
	case ICVTBW: case ICVTWB: case ICVTWF: case ICVTLF: case ICVTLW: case ICVTWL: case ICVTFW: case ICVTFL: case INEGF:
	case IHEADB: case IHEADW: case IHEADP: case IHEADF: case IHEADL: case ITAIL:
	case ILENA: case ILENC: case IINDC:
	case IINDB: case IINDW: case IINDF: case IINDL:
	case IADDB: case IADDW: case IADDF: case IADDL: case ISUBB: case ISUBW: case ISUBF: case ISUBL:
	case IMULB: case IMULW: case IMULF: case IMULL: case IDIVF:
	case IANDB: case IANDW: case IANDL: case IORB: case IORW: case IORL: case IXORB: case IXORW: case IXORL:
	case ISHLB: case ISHLW: case ISHLL: case ISHRB: case ISHRW: case ISHRL: case ILSRW: case ILSRL:
		/* One scratch register holds what is needed; the destination's is free unless that goes through another reference. */
		return d || s != m;
	case IBEQB: case IBNEB: case IBLTB: case IBLEB: case IBGTB: case IBGEB:
	case IBEQW: case IBNEW: case IBLTW: case IBLEW: case IBGTW: case IBGEW:
	case IBEQF: case IBNEF: case IBLTF: case IBLEF: case IBGTF: case IBGEF:
	case IBEQL: case IBNEL: case IBLTL: case IBLEL: case IBGTL: case IBGEL:
		return s || m;
	}
	return false;
}

/* Find those pairs (fn_fused), where nobody wants the address afterwards. False: no memory. */
static bool
fuse(Fn *f)
{
	const Inst *in;
	const Effect *e;
	Block *b;
	Key *k;
	Set *at, after;
	bool *fused = room_new((size_t)(f->hi - f->lo) * sizeof *fused), any = false;
	int32_t pc, max = 0;
	int i, t;

	for (i = 0; i < f->nb; i++)
		if (f->b[i].last - f->b[i].first > max)
			max = f->b[i].last - f->b[i].first;
	at = room_raw((size_t)(max + 2) * sizeof *at);
	if (fused == NULL || at == NULL)
		return false;
	for (i = 0; i < f->nb; i++) {
		b = &f->b[i];
		fn_liveat(f, b, at);
		at[b->last - b->first + 1] = b->out;
		for (pc = b->first; pc < b->last; pc++) {
			in = &f->c->inst[pc];
			if (!fn_indexes(in) || in->op == IINDX || in->mc != OC_FP || fn_how(f->c, in) != HOW_INLINE || fn_how(f->c, in + 1) != HOW_INLINE)
				continue;
			t = fn_key(f, in->m.v, KW);
			if (t < 0 || f->k[t].memory || f->k[t].through || !takesplace(in + 1, in->m.v))
				continue;
			if ((in->sc == OC_FP && in->s.v == in->m.v) || (in->dc == OC_FP && in->d.v == in->m.v))
				continue;
			k = &f->k[t];
			e = fn_effect(f, in + 1);
			after = at[pc + 2 - b->first];
			set_minus(&after, &e->def);
			set_or(&after, &b->trap);
			if (e->barrier || set_has(&after, t) || set_meets(&after, &k->clash) || set_meets(&e->use, &k->clash) || set_meets(&e->def, &k->clash))
				continue;
			fused[pc - f->lo] = any = true;
			k->weight -= 2 * weight(b->depth);
		}
	}
	if (!any)
		return true;
	f->fused = fused;
	if (!fn_effects(f))
		return false;
	liveness(f);
	return true;
}

/* ------------------------------------------------------------ registers */

static bool
interference(Fn *f)
{
	Set *at, s, *after;
	const Effect *e;
	Block *b;
	int32_t pc, max = 0;
	int i, k, j;

	for (i = 0; i < f->nb; i++)
		if (f->b[i].last - f->b[i].first >= max)
			max = f->b[i].last - f->b[i].first + 1;
	at = room_raw((size_t)(max + 1) * sizeof *at);
	if (at == NULL)
		return false;
	for (i = 0; i < f->nb; i++) {
		b = &f->b[i];
		fn_liveat(f, b, at);
		at[b->last - b->first + 1] = b->out;
		for (pc = b->first; pc <= b->last; pc++) {
			e = fn_effect(f, &f->c->inst[pc]);
			after = &at[pc - b->first + 1];
			for (k = set_next(&e->def, 0); k >= 0; k = set_next(&e->def, k + 1)) {
				s = *after;
				set_or(&s, &b->trap);
				/* One writes what another is to find there. */
				if (set_meets(&f->k[k].clash, &s)) {
					f->k[k].memory = true;
					for (j = set_next(&s, 0); j >= 0; j = set_next(&s, j + 1))
						if (set_has(&f->k[k].clash, j))
							f->k[j].memory = true;
				}
			}
			/* All that live at one point meet, and with what is written there. */
			s = *after;
			set_or(&s, &e->def);
			set_or(&s, &e->use);
			for (k = set_next(&s, 0); k >= 0; k = set_next(&s, k + 1))
				set_or(&f->k[k].meets, &s);
		}
		s = b->live;
		for (k = set_next(&s, 0); k >= 0; k = set_next(&s, k + 1)) {
			set_or(&f->k[k].meets, &s);
			if (b->entry && set_meets(&f->k[k].clash, &s))
				f->k[k].memory = true;
		}
	}
	return true;
}

static const Key *sorting;

static int
byweight(const void *a, const void *b)
{
	int i = *(const int16_t *)a, j = *(const int16_t *)b;
	double x = sorting[i].weight, y = sorting[j].weight;

	return x != y ? (x < y) - (x > y) : i - j;
}

static void
allot(Fn *f, const Machine *m)
{
	int16_t order[NKEY];
	uint32_t free_;
	int i, j, n = 0, best;
	Key *k;

	for (i = 0; i < f->nk; i++)
		if (!f->k[i].memory && f->k[i].weight > 0)
			order[n++] = (int16_t)i;
	sorting = f->k;
	qsort(order, (size_t)n, sizeof *order, byweight);
	for (i = 0; i < n; i++) {
		best = order[i];
		k = &f->k[best];
		if (k->base >= 0 && f->k[k->base].memory)
			continue;
		free_ = k->class == KF ? m->fpr : f->frames ? m->gpr & ~m->notframes : m->gpr;
		for (j = set_next(&k->meets, 0); j >= 0; j = set_next(&k->meets, j + 1))
			if (j != best && f->k[j].reg >= 0 && (f->k[j].class == KF) == (k->class == KF))
				free_ &= ~(1u << f->k[j].reg);
		if (free_ != 0)
			k->reg = (int8_t)__builtin_ctz(free_);
	}
}

/* ------------------------------------------------------------ the whole */

static bool
makesframes(const Fn *f)
{
	int32_t pc;
	int i;

	for (i = 0; i < f->nb; i++)
		for (pc = f->b[i].first; pc <= f->b[i].last; pc++)
			switch (f->c->inst[pc].op) {
			case IFRAME:
			case ICALL:
				if (fn_lightcall(f, pc) != NULL)
					break;
				return true;
			case IMFRAME:
			case IMCALL:
				return true;
			}
	return false;
}

/* The descriptor of the frames that calls of pc in this module pass. */
static int
bytarget(const void *a, const void *b)
{
	const Callsite *x = a, *y = b;

	return x->to != y->to ? (x->to < y->to ? -1 : 1) : (x->at > y->at) - (x->at < y->at);
}

/* All calls inside the module, once. */
static bool
callsites(Code *c)
{
	Jcode *jc = c->jit;
	const Inst *in;
	int32_t i, n = 0;

	if (jc->calls != NULL)
		return true;
	for (i = 0; i < c->ninst; i++)
		n += c->inst[i].op == ICALL || c->inst[i].op == ISPAWN;
	jc->calls = malloc((size_t)(n + 1) * sizeof *jc->calls);
	if (jc->calls == NULL)
		return false;
	for (i = n = 0; i < c->ninst; i++) {
		in = &c->inst[i];
		if (in->op == IMOVPC)
			jc->indirect = true;
		if (in->op != ICALL && in->op != ISPAWN)
			continue;
		if (in->dc == OC_IMM && in->sc == OC_FP)
			jc->calls[n++] = (Callsite){i + in->d.v, i};
		else
			jc->indirect = true;
	}
	qsort(jc->calls, (size_t)n, sizeof *jc->calls, bytarget);
	jc->calls[n] = (Callsite){-1, -1};
	jc->ncalls = n;
	return true;
}

const Callsite *
fn_callers(Code *c, int32_t pc)
{
	Jcode *jc = c->jit;
	int32_t lo = 0, hi, mid;

	if (!callsites(c))
		return NULL;
	for (hi = jc->ncalls; lo < hi;) {
		mid = (lo + hi) / 2;
		if (jc->calls[mid].to < pc)
			lo = mid + 1;
		else
			hi = mid;
	}
	return &jc->calls[lo];
}

Type *
fn_frametype(Code *c, int32_t pc)
{
	const Callsite *s;
	const Inst *in, *p;
	int32_t i, j;

	for (i = 0; i < c->nlinks; i++)
		if (c->link[i].pc == pc && c->link[i].frame != NULL)
			return c->link[i].frame;
	for (s = fn_callers(c, pc); s != NULL && s->to == pc; s++) {
		in = &c->inst[s->at];
		for (j = s->at - 1; j >= 0 && j > s->at - 200; j--) {
			p = &c->inst[j];
			if (p->op == IFRAME && p->dc == OC_FP && p->d.v == in->s.v)
				return p->x;
		}
	}
	return NULL;
}

Fn *
fn_shape(Code *c, int32_t pc)
{
	Roommark mark = room_mark();
	Fn *f = room_new(sizeof *f);

	if (f == NULL)
		return NULL;
	f->mark = mark;
	f->c = c;
	f->pc = pc;
	f->frame = fn_frametype(c, pc);
	if (fn_discover(f) && fn_blocks(f))
		return f;
	fn_free(f);
	return NULL;
}

Fn *
fn_new(Code *c, int32_t pc, Ref mp, bool light, const Machine *m)
{
	Fn *f = fn_shape(c, pc);

	if (f == NULL)
		return NULL;
	f->mp = mp;
	f->light = light;
	f->k = room_raw(NKEY * sizeof *f->k);
	f->kid = room_raw(NKEY * sizeof *f->kid);
	if (f->k == NULL || f->kid == NULL || !fn_loops(f))
		goto no;
	if (light)
		f->sig = &((Jcode *)c->jit)->sig[pc];
	keys(f, m);
	if (m->lights && !fn_lightcalls(f))
		goto no;
	f->frames = makesframes(f);
	if (!fn_effects(f) || !fn_slots(f))
		goto no;
	liveness(f);
	if (m->fuses && !fuse(f))
		goto no;
	if (!interference(f))
		goto no;
	allot(f, m);
	wanted(f);
	dirtiness(f);
	return f;
no:
	fn_free(f);
	return NULL;
}

void
fn_free(Fn *f)
{
	if (f != NULL)
		room_release(f->mark);
}

void
fn_print(FILE *fp, const Fn *f)
{
	static const char *const names[] = {"word", "byte", "big", "real", "len", "data"};
	char text[DIS_INSTTEXT];
	const Key *k;
	const Block *b;
	int32_t pc;
	int i, j;

	fprintf(fp, "function %s %d%s: %d instructions, %d blocks\n", f->c->name, f->pc, f->light ? ", for light calls" : "", f->ninst, f->nb);
	for (i = 0; i < f->nk; i++) {
		k = &f->k[i];
		if (k->base >= 0)
			fprintf(fp, "\t%s of %d(fp)", names[k->class], f->k[k->base].off);
		else
			fprintf(fp, "\t%s %d(fp)%s", names[k->class], k->off, k->through ? ", reference" : "");
		if (k->reg >= 0)
			fprintf(fp, ": register %s%d\n", k->class == KF ? "f" : "r", k->reg);
		else
			fprintf(fp, ": memory\n");
	}
	if (f->sig != NULL)
		fprintf(fp, "\tresult %d; references: passed %x, lent %x, nil first %x, unowned %x\n", f->sig->result, f->sig->args, f->sig->lent, f->slots.first,
			f->slots.unowned);
	for (i = 0; i < f->nlc; i++)
		fprintf(fp, "\tlight call at %d, lent %x\n", f->lc[i].call, f->lc[i].lent);
	for (i = 0; i < f->nb; i++) {
		b = &f->b[i];
		fprintf(fp, "block %d%s%s, depth %d, to", i, b->header ? ", loop" : "", b->caught ? ", handler" : "", b->depth);
		for (j = 0; j < b->nsucc; j++)
			fprintf(fp, " %d", b->succ[j]);
		fprintf(fp, "\n");
		for (pc = b->first; pc <= b->last; pc++) {
			dis_printinst(&f->c->dm->code[pc], text, sizeof text);
			fprintf(fp, "%6d\t%s", pc, text);
			if (f->slots.unset != NULL && f->slots.unset[pc - f->lo] | f->slots.lent[pc - f->lo] | f->slots.nil[pc - f->lo])
				fprintf(fp, "\tunset %x, lent %x, nil %x", f->slots.unset[pc - f->lo], f->slots.lent[pc - f->lo], f->slots.nil[pc - f->lo]);
			fprintf(fp, "\n");
		}
	}
}
