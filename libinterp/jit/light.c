/*
 * Light calls: calls for which no Act is made. Their frames are on a stack of their own, one behind the other; that they have been called, and by
 * whom, is known from the native stack alone, on which such a call leaves the frame that calls and the return address, in this order. When native
 * code is left the process gets frames and Acts from that (jit_acts), and Acts alone for as long as the collector looks for roots.
 *
 * This is possible where nothing below native code looks at Acts, and nobody knows where a frame is: a function that is called so has no
 * handlers, calls others only so, takes no addresses but those for results, and contains nothing but code of its own and of C functions
 * that leave frames alone. What is called so has code of its own, which is no place to enter. The interpreter goes on in the usual code
 * when such code has been left.
 */
#include <stdlib.h>
#include <string.h>

#include "libinterp/jit/jit.h"

#define MAXFRAME 32768
#define MAXREACH 200 /* functions looked at for one */

static Jcode *
jcode(const Code *c)
{
	return c->jit;
}

/* ------------------------------------------------------------ which */

/* C functions for these look at no frame. The rest of an instruction that is not inline is done by the interpreter. */
static bool
modest(const Inst *in)
{
	bool indirect = in->dc == OC_IFP || in->dc == OC_IMP;

	switch (in->op) {
	case INEW: case INEWZ: case INEWA: case INEWAZ:
	case ICONSB: case ICONSW: case ICONSP: case ICONSL: case ILENL:
	case IBEQC: case IBNEC: case IBLTC: case IBLEC: case IBGTC: case IBGEC:
	case IRAISE:
		return true;
	case IINSC: case IADDC: case ISLICEC: case ICVTWC:
		return !indirect;
	case IMOVM:
		return in->mc == OC_IMM && in->m.v >= 4 && in->m.v <= 32;
	}
	return false;
}

int
fn_slot(const Type *t, int32_t off)
{
	uint32_t i;

	if (t != NULL && t->nref <= MAXREFS)
		for (i = 0; i < t->nref; i++)
			if ((int32_t)t->ref[i] == off)
				return (int)i;
	return -1;
}

/* The bytes from off on that an operand in the frame may write: its extent is not known if its address is taken. */
static bool
writes(unsigned opd, int oc, const Operand *o, int32_t off)
{
	int class = fn_class(opd);

	if (!(opd & (DIS_ACC_WRITE | DIS_ACC_ADDR)) || oc != OC_FP || o->v >= off + 4)
		return false;
	return opd & DIS_ACC_ADDR || class < 0 || o->v + (class == KL || class == KF ? 8 : 4) > off;
}

bool
fn_overwrites(const Inst *in, int32_t off)
{
	const DisOp *op = &dis_ops[in->op];

	return writes(op->src, in->sc, &in->s, off) || writes(op->mid, in->mc, &in->m, off) || (in->dc != OC_IMM && writes(op->dst, in->dc, &in->d, off));
}

int32_t
fn_callof(const Fn *f, const Block *b, int32_t pc)
{
	const Inst *frame = &f->c->inst[pc], *in;

	if (frame->op != IFRAME || frame->dc != OC_FP || frame->x == NULL)
		return 0;
	for (pc++; pc <= b->last; pc++) {
		in = &f->c->inst[pc];
		if (in->op == ICALL && in->dc == OC_IMM)
			return in->sc == OC_FP && in->s.v == frame->d.v ? pc : 0;
		if (fn_how(f->c, in) != HOW_INLINE || in->op == IFRAME || in->op == ICALL || dis_ops[in->op].flags & (DIS_F_COND | DIS_F_NOFALL))
			return 0;
		if (in->op != ILEA && fn_overwrites(in, frame->d.v))
			return 0;
	}
	return 0;
}

static bool
throughframe(int oc, const Operand *o, int32_t frame)
{
	return (oc == OC_IFP && o->o1 == frame) || (oc == OC_FP && o->v == frame);
}

static bool
setsresult(const Inst *in)
{
	return in->op == ILEA && in->dc == OC_IFP && in->d.o2 == DIS_FRAME_RET &&
		(in->sc == OC_FP || (in->sc == OC_IFP && in->s.o1 == DIS_FRAME_RET && in->s.o2 == 0));
}

/*
 * What happens between frame and call: the frame is only written to; references are passed once, by moves; the place of the result is set
 * once at most.
 */
static bool
passes(const Fn *f, Lightcall *lc)
{
	int32_t frame = f->c->inst[lc->frame].d.v, pc;
	const Inst *in;
	unsigned dst;
	int i, k;

	for (pc = lc->frame + 1; pc < lc->call; pc++) {
		in = &f->c->inst[pc];
		if (throughframe(in->sc, &in->s, frame) || (in->dc == OC_FP && in->d.v == frame))
			return false;
		if (throughframe(in->mc, &in->m, frame) && (in->mc != in->dc || in->m.v != in->d.v))
			return false;
		if (in->dc != OC_IFP || in->d.o1 != frame)
			continue;
		if (setsresult(in)) {
			lc->own = in->sc == OC_FP;
			if (lc->lea != 0 || (lc->own && in->s.v < DIS_FRAME_ARGS))
				return false;
			lc->lea = pc;
			continue;
		}
		dst = dis_ops[in->op].dst;
		k = in->d.o2;
		i = fn_slot(lc->t, k);
		if (k < DIS_FRAME_ARGS || k >= (int32_t)lc->t->size || in->op == ILEA)
			return false;
		if (i < 0) {
			k += 4;
			if (dis_kindref(dst & DIS_KIND_MASK) || ((fn_class(dst) == KL || fn_class(dst) == KF) && fn_slot(lc->t, k) >= 0))
				return false;
			continue;
		}
		if ((in->op != IMOVP && in->op != IHEADP && in->op != ITAIL) || lc->arg[i] != 0)
			return false;
		lc->arg[i] = pc;
	}
	return true;
}

/* Those references that variables of f count while the call lasts. */
static void
lends(const Fn *f, Lightcall *lc)
{
	const Inst *in;
	int32_t pc;
	uint32_t i;
	int k;

	lc->lent = 0;
	for (i = 0; i < lc->t->nref; i++) {
		if (lc->arg[i] == 0 || !(lc->sig.lent & 1 << i))
			continue;
		in = &f->c->inst[lc->arg[i]];
		if (in->op != IMOVP || in->sc != OC_FP || fn_slot(f->frame, in->s.v) < 0 || (k = fn_key(f, in->s.v, KW)) < 0 || f->k[k].memory)
			continue;
		for (pc = lc->arg[i] + 1; pc < lc->call && (f->c->inst[pc].op == ILEA || !fn_overwrites(&f->c->inst[pc], in->s.v)); pc++)
			;
		if (pc < lc->call)
			continue;
		/* What is written before the function returns may be what it has been lent. */
		if (lc->sig.result == RESULT_MEM && lc->lea != 0 && lc->own && f->c->inst[lc->lea].s.v <= in->s.v)
			continue;
		lc->lent |= (uint16_t)(1 << i);
	}
}

bool
fn_lightcalls(Fn *f)
{
	int32_t pc, to;
	Lightcall lc, *nlc;
	const Block *b;
	int i;

	for (i = 0; i < f->nb; i++)
		for (b = &f->b[i], pc = b->first; pc <= b->last; pc++) {
			memset(&lc, 0, sizeof lc);
			lc.frame = pc;
			lc.call = fn_callof(f, b, pc);
			lc.t = f->c->inst[pc].x;
			if (lc.call == 0)
				continue;
			to = lc.call + f->c->inst[lc.call].d.v;
			if (to < 0 || to >= f->c->ninst || !(jcode(f->c)->flags[to] & JC_START) || fn_frametype(f->c, to) != lc.t || !fn_light(f->c, to))
				continue;
			lc.sig = fn_sig(f->c, to);
			if (!passes(f, &lc) || (lc.lea == 0 && lc.sig.result != RESULT_NONE))
				continue;
			lends(f, &lc);
			if (f->nlc == f->alc) {
				nlc = room_more(f->lc, (size_t)f->nlc * sizeof *nlc, (size_t)(f->alc * 2 + 8) * sizeof *nlc);
				if (nlc == NULL)
					return false;
				f->lc = nlc;
				f->alc = f->alc * 2 + 8;
			}
			f->lc[f->nlc++] = lc;
		}
	return true;
}

const Lightcall *
fn_lightcall(const Fn *f, int32_t pc)
{
	int lo = 0, hi = f->nlc, mid;

	while (lo < hi) {
		mid = (lo + hi) / 2;
		if (pc < f->lc[mid].frame)
			hi = mid;
		else if (pc > f->lc[mid].call)
			lo = mid + 1;
		else
			return &f->lc[mid];
	}
	return NULL;
}

/* ------------------------------------------------------------ what calls are like */

/* The class of the result that is written through 16(fp) by an instruction that leaves it in a register, or -1. */
static int
resultof(const Inst *in)
{
	switch (in->op) {
	case IMOVW: case IADDW: case ISUBW: case IANDW: case IORW: case IXORW: case IMULW: case ICVTBW: case ICVTLW: case IHEADW:
	case IDIVW: case IMODW: case ISHLW: case ISHRW: case ILENA: case ILENC:
		return RESULT + KW;
	case IMOVL: case IADDL: case ISUBL: case IANDL: case IORL: case IXORL: case IMULL: case IDIVL: case IMODL: case ISHLL: case ISHRL: case ICVTWL:
		return RESULT + KL;
	case IMOVF: case IADDF: case ISUBF: case IMULF: case IDIVF:
		return RESULT + KF;
	case IMOVP:
		return RESULT_REF;
	}
	return -1;
}

static bool
atresult(int oc, const Operand *o)
{
	return (oc == OC_IFP && o->o1 == DIS_FRAME_RET) || (oc == OC_FP && o->v < DIS_FRAME_RET + 4 && o->v + 8 > DIS_FRAME_RET);
}

/* The result is in a register if each return comes behind an instruction that makes it. */
static uint8_t
result(const Fn *f)
{
	const Inst *in;
	const Block *b;
	bool made;
	int32_t pc;
	int i, r = -1, k;
	bool any = false;

	for (i = 0; i < f->nb; i++)
		for (b = &f->b[i], pc = b->first; pc <= b->last; pc++) {
			in = &f->c->inst[pc];
			if (atresult(in->sc, &in->s) || (in->mc != OC_NONE && atresult(in->mc, &in->m)))
				return RESULT_MEM;
			made = in->dc != OC_IMM && atresult(in->dc, &in->d);
			any |= made;
		}
	if (!any)
		return RESULT_NONE;
	for (i = 0; i < f->nb; i++)
		for (b = &f->b[i], pc = b->first; pc <= b->last; pc++) {
			in = &f->c->inst[pc];
			made = in->dc != OC_IMM && atresult(in->dc, &in->d);
			if (in->op == IRET && (pc == b->first || !atresult(in[-1].dc, &in[-1].d) || in[-1].dc == OC_IMM))
				return RESULT_MEM;
			if (!made)
				continue;
			k = resultof(in);
			if (in->dc != OC_IFP || in->d.o2 != 0 || k < 0 || (r >= 0 && k != r) || pc == b->last || in[1].op != IRET)
				return RESULT_MEM;
			r = k;
		}
	return (uint8_t)r;
}

/* The references in a frame of type t that the instruction may set, which writes to it. */
static uint16_t
setsin(const Inst *in, const Type *t)
{
	int class = fn_class(dis_ops[in->op].dst), size = class == KL || class == KF ? 8 : class >= 0 ? 4 : INT32_MAX / 2;
	uint16_t set = 0;
	uint32_t i;

	if (in->op == ILEA)
		size = 4;
	for (i = 0; i < t->nref; i++)
		if ((int32_t)t->ref[i] + 4 > in->d.o2 && (int32_t)t->ref[i] < in->d.o2 + size)
			set |= (uint16_t)(1 << i);
	return set;
}

uint16_t
fn_passed(Code *c, const Type *t, int32_t pc)
{
	uint16_t all = (uint16_t)((1 << t->nref) - 1), args = 0;
	const Callsite *s = fn_callers(c, pc);
	const Inst *in, *p;

	if (s == NULL)
		return all;
	for (; s->to == pc; s++) {
		in = &c->inst[s->at];
		for (p = in - 1; p >= c->inst && in - p < 1000; p--) {
			if (p->op == IFRAME && p->dc == OC_FP && p->d.v == in->s.v)
				break;
			if (p->dc == OC_IFP && p->d.o1 == in->s.v)
				args |= setsin(p, t);
		}
		if (p < c->inst || in - p >= 1000)
			return all;
	}
	return args;
}

/* Which of the words that can be passed in registers the operand uses. That it is an argument is taken from the first use. */
static uint8_t
inreg(unsigned opd, int oc, const Operand *o)
{
	int32_t off = oc == OC_IFP ? o->o1 : oc == OC_FP && fn_class(opd) == KW ? o->v : 0;

	off -= DIS_FRAME_ARGS;
	return off >= 0 && off % 4 == 0 && off / 4 < NINREG ? (uint8_t)(1 << off / 4) : 0;
}

static Sig
signature(const Fn *f)
{
	Sig s = {.result = result(f), .args = fn_passed(f->c, f->frame, f->pc)};
	const DisOp *op;
	const Inst *in;
	uint32_t locals = 0;
	const Block *b;
	int32_t pc;
	uint32_t k;
	int i, slot;

	s.lent = s.args;
	for (i = 0; i < f->nb; i++)
		for (b = &f->b[i], pc = b->first; pc <= b->last; pc++) {
			in = &f->c->inst[pc];
			op = &dis_ops[in->op];
			for (k = 0; k < f->frame->nref; k++)
				if (fn_overwrites(in, (int32_t)f->frame->ref[k]))
					s.lent &= (uint16_t)~(1 << k);
			k = inreg(op->src, in->sc, &in->s) | inreg(op->mid, in->mc, &in->m) | inreg(op->dst, in->dc, &in->d);
			s.inreg |= (uint8_t)(k & ~locals);
			for (k = 0; k < NINREG; k++)
				if (fn_overwrites(in, DIS_FRAME_ARGS + 4 * (int32_t)k))
					locals |= 1u << k & ~s.inreg;
		}
	/* References that are not passed are nil. */
	for (i = 0; i < NINREG; i++)
		if ((slot = fn_slot(f->frame, DIS_FRAME_ARGS + 4 * i)) >= 0 && !(s.args & 1 << slot))
			s.inreg &= (uint8_t)~(1 << i);
	return s;
}

Sig
fn_sig(Code *c, int32_t pc)
{
	return jcode(c)->sig[pc];
}

/* Whether f itself allows it. The functions it calls are added to what[0..*n-1]. */
static bool
mayberun(const Fn *f, int32_t *what, int *n)
{
	Lightcall lc;
	const Inst *in;
	const Block *b;
	int32_t pc, to;
	int i, j, calls = 0;

	if (f->frame == NULL || f->frame->nref > MAXREFS || f->frame->frame > MAXFRAME || fn_handled(f))
		return false;
	for (i = 0; i < f->nb; i++)
		for (b = &f->b[i], pc = b->first; pc <= b->last; pc++) {
			in = &f->c->inst[pc];
			if (fn_how(f->c, in) != HOW_INLINE && !modest(in))
				return false;
			switch (in->op) {
			case ILEA:
				if (in->sc == OC_FP && !setsresult(in))
					return false;
				break;
			case ICALL:
				calls--;
				break;
			case IFRAME:
				memset(&lc, 0, sizeof lc);
				lc.frame = pc;
				lc.call = fn_callof(f, b, pc);
				lc.t = in->x;
				if (lc.call == 0 || lc.t->nref > MAXREFS || !passes(f, &lc))
					return false;
				calls++;
				to = lc.call + f->c->inst[lc.call].d.v;
				if (to < 0 || to >= f->c->ninst || !(jcode(f->c)->flags[to] & JC_START) || fn_frametype(f->c, to) != in->x)
					return false;
				for (j = 0; j < *n && what[j] != to; j++)
					;
				if (j == MAXREACH)
					return false;
				what[j] = to;
				if (j == *n)
					++*n;
			}
		}
	return calls == 0;
}

/* A call without a place for the result is none that the function called can make sense of. */
static bool
agrees(const Fn *f)
{
	int32_t pc, call;
	const Block *b;
	Lightcall lc;
	int i;

	for (i = 0; i < f->nb; i++)
		for (b = &f->b[i], pc = b->first; pc <= b->last; pc++) {
			if (f->c->inst[pc].op != IFRAME)
				continue;
			call = fn_callof(f, b, pc);
			lc = (Lightcall){.frame = pc, .call = call, .t = f->c->inst[pc].x};
			passes(f, &lc);
			if (lc.lea == 0 && fn_sig(f->c, call + f->c->inst[call].d.v).result != RESULT_NONE)
				return false;
		}
	return true;
}

/*
 * The answer is kept in the flags of the functions that had to be looked at. Those that are reached from one that is light are light; one that is not
 * makes those heavy from which it has been reached.
 */
bool
fn_light(Code *c, int32_t pc)
{
	Jcode *jc = jcode(c);
	uint8_t *flags = jc->flags;
	int32_t what[MAXREACH + 1];
	int from[MAXREACH + 1], n = 1, i, k, pass;
	bool ok = true;
	Fn *f;

	if (flags[pc] & (JC_LIGHT | JC_HEAVY))
		return flags[pc] & JC_LIGHT;
	if (jc->sig == NULL && (jc->sig = calloc((size_t)c->ninst, sizeof *jc->sig)) == NULL)
		return false;
	what[0] = pc;
	for (pass = 0; pass < 2; pass++)
		for (i = 0; i < n && ok; i++) {
			if (flags[what[i]] & JC_LIGHT)
				continue;
			k = n;
			ok = !(flags[what[i]] & JC_HEAVY);
			if (ok) {
				f = fn_shape(c, what[i]);
				ok = f != NULL && (pass == 0 ? mayberun(f, what, &n) : agrees(f));
				if (ok && pass == 0)
					jc->sig[what[i]] = signature(f);
				fn_free(f);
			}
			for (; k < n; k++)
				from[k] = i;
			for (k = i; !ok && k > 0; k = from[k])
				flags[what[k]] |= JC_HEAVY;
		}
	if (!ok)
		flags[pc] |= JC_HEAVY;
	for (i = 0; ok && i < n; i++)
		flags[what[i]] |= JC_LIGHT;
	return ok;
}

/* ------------------------------------------------------------ their frames */

const Inst *
jit_madeby(const Inst *in)
{
	while ((--in)->op != IFRAME)
		;
	return in;
}

/* The descriptor of the frame for the call. */
static Type *
frameof(const Inst *call)
{
	return jit_madeby(call)->x;
}

/* ------------------------------------------------------------ leaving */

typedef struct Frame {
	uint8_t *fp;
	const Jfn *j; /* where it was called */
	const Site *site;
	const Inst *call;
	Ref caller;
} Frame;

/* Innermost first; and how many jit_acts has not copied. */
static Frame frames[LIGHTSTACK / DIS_FRAME_ARGS];
static uint32_t nleft;
Ref jit_light;

bool
jit_lightstack(void)
{
	if (jit_light == 0)
		jit_light = heap_alloc(POOL_MAIN, Traw, LIGHTSTACK);
	return jit_light != 0;
}

Ref
jit_copyframe(Prog *p, Type *t, Ref from)
{
	Ref r = frame_new(p, t);

	if (r != 0)
		memcpy((uint8_t *)ref2ptr(r) + DIS_FRAME_RET, (uint8_t *)ref2ptr(from) + DIS_FRAME_RET, t->size - DIS_FRAME_RET);
	return r;
}

/* Fills frames, and says how many they are. */
static uint32_t
collect(const uint64_t *sp, uint8_t *fp)
{
	const Jfn *j;
	const Site *s;
	Frame *f;

	for (f = frames;; sp += 2) {
		s = jit_site((const uint8_t *)sp[0], &j);
		*f++ = (Frame){fp, j, s, j->c->inst + s->pc, (Ref)sp[1]};
		if (!j->light)
			return (uint32_t)(f - frames);
		fp = ref2ptr((Ref)sp[1]);
	}
}

/* What those that are left hold is released, and one above them of type unmade if that is not NULL; outer is what called the last one. */
static void
release(uint8_t *outer, const Type *unmade)
{
	Frame *f;

	if (unmade != NULL)
		heap_droprefs(unmade, ptr2ref(frames[0].fp) + frameof(frames[0].call)->frame, 1);
	for (f = frames; f < frames + nleft; f++) {
		/* One is about the result, which will not be. */
		if (f->site->nsnap > 1)
			jit_saves(f->j, f->site, NULL, f == frames + nleft - 1 ? outer : ref2ptr(f->caller), ptr2ref(f->fp));
		heap_droprefs(frameof(f->call), ptr2ref(f->fp), 1);
	}
}

const Inst *
jit_acts(Prog *p, const uint64_t *sp, uint8_t *fp)
{
	uint32_t n = collect(sp, fp);
	Frame *f;
	Act *a;
	Ref r;

	p->fp = ref2ptr(frames[n - 1].caller);
	for (f = &frames[n - 1]; f >= frames; f--) {
		r = jit_copyframe(p, frameof(f->call), ptr2ref(f->fp));
		if (r == 0) {
			nleft = (uint32_t)(f - frames) + 1;
			return NULL;
		}
		jit_saves(f->j, f->site, NULL, p->fp, r);
		a = &p->act[p->nact - 1];
		a->ret = (Inst *)(uintptr_t)f->call + 1;
		a->prev = JIT_NOPREV;
		a->called = true;
		p->fp = ref2ptr(r);
	}
	return frames[0].call;
}

int
jit_giveup(Prog *p, const Type *unmade)
{
	release(p->fp, unmade);
	p->pc = (Inst *)(uintptr_t)frames[nleft - 1].call;
	jit_sync(p);
	vm_raise(p, "out of memory: main");
	return JIT_RAISED;
}

const uint64_t *
jit_catches(Prog *p, const uint64_t *sp, uint8_t *fp, Caught *x)
{
	nleft = collect(sp, fp);
	p->fp = ref2ptr(frames[nleft - 1].caller);
	jit_sync(p);
	return exc_find(p, (Inst *)(uintptr_t)frames[nleft - 1].call, nleft, x) ? sp + 2 * (size_t)nleft : NULL;
}

void
jit_catch(Prog *p, const Caught *x, const Type *unmade)
{
	release(ref2ptr(frames[nleft - 1].caller), unmade);
	exc_enter(p, x);
}

bool
jit_showframes(Prog *p)
{
	const Frame *f;
	uint32_t n;

	if (p == NULL || p->jit.frames == NULL)
		return true;
	n = collect(p->jit.frames, p->jit.fp);
	if (!prog_acts(p, n))
		return false;
	p->jit.nact = p->nact;
	for (f = frames; f < frames + n; f++)
		p->act[p->nact++] = (Act){.t = frameof(f->call), .fp = ptr2ref(f->fp)};
	return true;
}

void
jit_hideframes(Prog *p)
{
	if (p != NULL && p->jit.frames != NULL)
		p->nact = p->jit.nact;
}
