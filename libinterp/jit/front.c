/*
 * From instructions to functions: control flow, which words of the frame live where, and which of them get a register. Knows no machine.
 */
#include <stdlib.h>
#include <string.h>

#include "libinterp/jit/jit.h"

#define MAXINST 20000
#define OUT (-2)   /* not in the function */
#define INSIDE (-1)

static const uint8_t how[DIS_NOPS] = {
#define I(op) [op] = HOW_INLINE
	I(ICALL), I(IFRAME), I(IRET), I(IJMP), I(ICASE), I(IGOTO), I(IRUNT), I(IECLR),
	I(IHEADB), I(IHEADW), I(IHEADP), I(IHEADF), I(IHEADL), I(ITAIL), I(ILEA),
	I(IINDX), I(IINDW), I(IINDF), I(IINDB), I(IINDL), I(IMOVP), I(IMOVB), I(IMOVW), I(IMOVF), I(IMOVL),
	I(ICVTBW), I(ICVTWB), I(ICVTWF), I(ICVTLF), I(ICVTLW), I(ICVTWL), I(ICVTFW), I(ICVTFL),
	I(IADDB), I(IADDW), I(IADDF), I(IADDL), I(ISUBB), I(ISUBW), I(ISUBF), I(ISUBL), I(IMULB), I(IMULW), I(IMULF), I(IMULL),
	I(IDIVF), I(IDIVW), I(IMODW), I(IDIVL), I(IMODL), I(IANDB), I(IANDW), I(IANDL), I(IORB), I(IORW), I(IORL), I(IXORB), I(IXORW), I(IXORL),
	I(ISHLB), I(ISHLW), I(ISHLL), I(ISHRB), I(ISHRW), I(ISHRL), I(ILSRW), I(ILSRL), I(INEGF),
	I(IINDC), I(ILENC), I(ILENA),
	I(IBEQB), I(IBNEB), I(IBLTB), I(IBLEB), I(IBGTB), I(IBGEB), I(IBEQW), I(IBNEW), I(IBLTW), I(IBLEW), I(IBGTW), I(IBGEW),
	I(IBEQF), I(IBNEF), I(IBLTF), I(IBLEF), I(IBGTF), I(IBGEF), I(IBEQL), I(IBNEL), I(IBLTL), I(IBLEL), I(IBGTL), I(IBGEL),
#undef I
#define I(op) [op] = HOW_HELPER
	I(IMFRAME), I(IMCALL), I(IMOVM), I(ISEND), I(IRECV), I(IALT), I(INBALT), I(IRAISE), I(INEW), I(INEWZ), I(INEWA), I(INEWAZ), I(ICONSB), I(ICONSW), I(ICONSP), I(ICONSF),
	I(ICONSL), I(ILENL), I(ICVTCA), I(ICVTAC), I(ICVTWC), I(ICVTLC), I(ICVTCW), I(IINSC), I(IADDC), I(ISLICEC), I(ISLICEA),
	I(IBEQC), I(IBNEC), I(IBLTC), I(IBLEC), I(IBGTC), I(IBGEC), I(ICASEC),
#undef I
};

int
fn_how(Code *c, const Inst *in)
{
	const DisOp *op = &dis_ops[in->op];
	int32_t *t;
	int n;

	if (in->sc == OC_WFP || in->sc == OC_WMP || in->mc == OC_WFP || in->mc == OC_WMP || in->dc == OC_WFP || in->dc == OC_WMP)
		return HOW_STEP;
	/* An operand that is missing, or a place that is no place. */
	if ((op->src != 0 && in->sc == OC_NONE) || (op->mid != 0 && in->mc == OC_NONE) || (op->dst != 0 && in->dc == OC_NONE))
		return HOW_STEP;
	if ((op->mid & DIS_ACC_WRITE && in->mc == OC_IMM) || (op->dst & DIS_ACC_WRITE && in->dc == OC_IMM))
		return HOW_STEP;
	if (op->flags & DIS_F_CHKPC && in->dc != OC_IMM)
		return HOW_STEP;
	if ((in->op == IFRAME || in->op == INEW || in->op == INEWZ || in->op == INEWA || in->op == INEWAZ) && in->x == NULL)
		return HOW_STEP;
	if (in->op == ICASE || in->op == IGOTO) {
		n = fn_table(c, in, &t);
		free(t);
		if (n <= 0)
			return HOW_STEP;
	}
	return how[in->op];
}

int
fn_class(unsigned opd)
{
	switch (opd & DIS_KIND_MASK) {
	case DIS_K_B:
		return KB;
	case DIS_K_L:
		return KL;
	case DIS_K_F:
		return KF;
	case DIS_K_R:
	case DIS_K_H:
	case DIS_K_MEM:
	case DIS_K_VAL:
	case DIS_K_ALT:
	case DIS_K_TAB:
	case DIS_K_ANY:
	case DIS_K_NONE:
		return -1;
	}
	return KW;
}

static const uint8_t classsize[] = {4, 1, 8, 8, 4, 4};

static inline uint32_t
idof(int32_t off, int class)
{
	return (uint32_t)off << 3 | (uint32_t)class;
}

int
fn_key(const Fn *f, int32_t off, int class)
{
	int i;

	for (i = 0; i < f->nk; i++)
		if (f->kid[i] == idof(off, class))
			return i;
	return -1;
}

static int
newkey(Fn *f, int32_t off, int class)
{
	Key *k;
	int i = fn_key(f, off, class);

	if (i >= 0 || f->nk == NKEY)
		return i;
	k = &f->k[f->nk];
	memset(k, 0, sizeof *k);
	k->off = off;
	k->class = (uint8_t)class;
	k->size = classsize[class];
	k->reg = -1;
	k->base = -1;
	f->kid[f->nk] = idof(off, class);
	return f->nk++;
}

/* ------------------------------------------------------------ instructions */

static bool
ends(const Inst *in)
{
	return dis_ops[in->op].flags & (DIS_F_NOFALL | DIS_F_COND);
}

int
fn_table(Code *c, const Inst *in, int32_t **t)
{
	const uint8_t *p;
	Ref a;
	int32_t n, i, k;

	*t = NULL;
	if (in->dc != OC_MP || c->image == H)
		return -1;
	a = c->image + (uint32_t)in->d.v;
	if (in->op == IGOTO)
		a -= 4;
	p = vm_mem(a, 8);
	if (p == NULL || (uint32_t)in->d.v > c->mpsize)
		return -1;
	n = *(const Aword *)p;
	if (n < 0 || n > 10000)
		return -1;
	k = in->op == IGOTO ? n * 4 : in->op == ICASEL ? 12 + n * 24 : 8 + n * 12;
	if ((uint64_t)in->d.v + (uint32_t)k > c->mpsize)
		return -1;
	k = 0;
	*t = malloc((size_t)(n + 1) * sizeof **t);
	if (*t == NULL)
		return -1;
	for (i = 0; i < n; i++)
		(*t)[k++] = in->op == IGOTO ? ((const Aword *)(p + 4))[i] : in->op == ICASEL ? *(const Aword *)(p + 8 + i * 24 + 16)
			: ((const Aword *)(p + 4))[i * 3 + 2];
	if (in->op != IGOTO)
		(*t)[k++] = in->op == ICASEL ? *(const Aword *)(p + 8 + (size_t)n * 24) : ((const Aword *)(p + 4))[n * 3];
	for (i = n = 0; i < k; i++)
		if ((uint32_t)(*t)[i] < (uint32_t)c->ninst)
			(*t)[n++] = (*t)[i];
	/* That one is compiled as a whole. */
	return in->op == ICASE && n < k ? -1 : n;
}

/* Whether the result address of a frame being prepared is set: nothing else can see it before the call is over. */
static bool
forresult(const Inst *in)
{
	return in->op == ILEA && in->sc == OC_FP && in->dc == OC_IFP && in->d.o2 == DIS_FRAME_RET;
}

/* Bytes of the operand at an address, UINT32_MAX: not known. */
static uint32_t
extent(const Inst *in, unsigned opd)
{
	if ((opd & DIS_KIND_MASK) == DIS_K_MEM && in->mc == OC_IMM) {
		if ((dis_ops[in->op].mid & DIS_KIND_MASK) == DIS_K_DESC)
			return in->x != NULL ? ((Type *)in->x)->size : UINT32_MAX;
		return in->m.v < 0 ? 0 : (uint32_t)in->m.v;
	}
	return UINT32_MAX;
}

static bool
indexes(const Inst *in)
{
	return in->op == IINDX || in->op == IINDW || in->op == IINDF || in->op == IINDB || in->op == IINDL;
}

bool
fn_fused(const Fn *f, int32_t pc)
{
	return f->fused != NULL && pc >= f->lo && f->fused[pc - f->lo];
}

bool
fn_root(const Fn *f, int32_t pc)
{
	return f->root != NULL && pc >= f->lo && f->root[pc - f->lo];
}

/* That one begins at in, in block b. */
static bool
isroot(const Fn *f, const Block *b, const Inst *in)
{
	int32_t frame = in->d.v;
	Modlink *ml;
	Link *l;
	Ref r;

	if (in->op != IMFRAME || in - f->c->inst + ROOTLEN - 1 > b->last || f->mp == 0 || in->sc != OC_MP || in->mc != OC_IMM ||
	    in->dc != OC_FP || (uint32_t)in->s.v + 4 > f->c->mpsize)
		return false;
	if (in[1].op != IMOVF || (in[1].sc != OC_FP && in[1].sc != OC_MP) || in[1].dc != OC_IFP || in[1].d.o1 != frame ||
	    in[1].d.o2 != DIS_FRAME_ARGS)
		return false;
	if (!forresult(&in[2]) || in[2].d.o1 != frame)
		return false;
	if (in[3].op != IMCALL || in[3].sc != OC_FP || in[3].s.v != frame || in[3].mc != OC_IMM || in[3].m.v != in->m.v ||
	    in[3].dc != OC_MP || in[3].d.v != in->s.v)
		return false;
	r = ldw(f->mp + (uint32_t)in->s.v);
	ml = heap_host(r, TK_MODULE);
	l = ml != NULL ? modlink_fn(ml, in->m.v) : NULL;
	return l != NULL && ml->m->code->builtin != NULL && strcmp(ml->m->code->name, "$Math") == 0 && strcmp(l->name, "sqrt") == 0;
}

bool
fn_result(const Fn *f, int oc, const Operand *o)
{
	return f->sig != NULL && f->sig->result >= RESULT_REF && oc == OC_IFP && o->o1 == DIS_FRAME_RET;
}

bool
fn_lightframe(const Fn *f, int32_t pc, int oc, const Operand *o)
{
	const Lightcall *lc = f->nlc > 0 ? fn_lightcall(f, pc) : NULL;
	int32_t frame;

	if (lc == NULL)
		return false;
	frame = f->c->inst[lc->frame].d.v;
	return (oc == OC_IFP && o->o1 == frame) || (oc == OC_FP && o->v == frame);
}

/* The array and the index that an instruction for indexing reads. */
static void
element(Fn *f, const Inst *in, Effect *e)
{
	int i, d, class;

	if (in->dc == OC_FP && (i = fn_key(f, in->d.v, KW)) >= 0)
		set_add(&e->use, i);
	if (in->sc == OC_FP && (i = fn_key(f, in->s.v, KW)) >= 0)
		for (class = KLEN; class <= KDATA; class++)
			if ((d = fn_derived(f, i, class, (int32_t)(in - f->c->inst))) >= 0)
				set_add(&e->use, d);
}

static void
operand(Fn *f, const Inst *in, unsigned opd, int oc, const Operand *o, Effect *e)
{
	int i, class;
	uint32_t n;
	int32_t pc = (int32_t)(in - f->c->inst);

	if (opd == 0)
		return;
	if (fn_lightframe(f, pc, oc, o))
		return;
	if (oc == OC_IFP) {
		if (fn_result(f, oc, o))
			return;
		if (fn_fused(f, pc - 1) && in[-1].m.v == o->o1)
			element(f, in - 1, e);
		else if ((i = fn_key(f, o->o1, KW)) >= 0)
			set_add(&e->use, i);
		return;
	}
	if (oc == OC_WFP) {
		e->barrier = true;
		for (i = 0; i < f->nk; i++)
			set_add(&e->use, i);
		return;
	}
	if (oc != OC_FP)
		return;
	class = opd & DIS_ACC_ADDR ? -1 : fn_class(opd);
	if (class < 0) {
		if (in->op == ILEA)
			return;
		/* What is there must be in memory. */
		n = opd & DIS_ACC_ADDR ? extent(in, opd) : 8;
		for (i = 0; i < f->nk; i++)
			if (f->k[i].off + f->k[i].size > o->v && (uint32_t)f->k[i].off < (n > 1u << 20 ? n : (uint32_t)o->v + n))
				set_add(&e->use, i);
		e->barrier = true;
		return;
	}
	i = fn_key(f, o->v, class);
	if (i < 0)
		return;
	if (opd & DIS_ACC_READ)
		set_add(&e->use, i);
	if (opd & DIS_ACC_WRITE && !(fn_fused(f, pc) && o == &in->m))
		set_add(&e->def, i);
}

static void
effect(Fn *f, const Inst *in, Effect *e)
{
	const DisOp *op = &dis_ops[in->op];
	int32_t pc = (int32_t)(in - f->c->inst);
	int i;

	memset(e, 0, sizeof *e);
	if (fn_root(f, pc)) {
		operand(f, in + 1, dis_ops[IMOVF].src, in[1].sc, &in[1].s, e);
		set_add(&e->def, fn_key(f, in[2].s.v, KF));
		return;
	}
	for (i = 1; i < ROOTLEN; i++)
		if (fn_root(f, pc - i))
			return;
	e->how = (uint8_t)fn_how(f->c, in);
	e->barrier = e->how != HOW_INLINE || in->op == ICALL || in->op == IRET;
	operand(f, in, op->src, in->sc, &in->s, e);
	operand(f, in, op->mid, in->mc, &in->m, e);
	if (in->dc != OC_IMM || !(op->flags & DIS_F_CHKPC))
		operand(f, in, op->dst, in->dc, &in->d, e);
	if (in->sc == OC_WMP || in->mc == OC_WMP || in->dc == OC_WMP)
		e->barrier = true;
	/* Fixed point looks at words that are no operands. */
	if (in->op >= IMULX && in->op <= ICVTXX1) {
		if ((i = fn_key(f, DIS_FRAME_STEMP, KW)) >= 0)
			set_add(&e->use, i);
		if ((i = fn_key(f, DIS_FRAME_DTEMP, KW)) >= 0)
			set_add(&e->use, i);
	}
	/* Where that goes is not known in all cases; what goes on there may need anything. */
	if ((in->op == IGOTO || in->op == ICASE || in->op == ICASEC || in->op == ICASEL) && fn_how(f->c, in) == HOW_STEP)
		for (i = 0; i < f->nk; i++)
			if (f->k[i].base < 0)
				set_add(&e->use, i);
	/* What is derived from an array ends with it, and is used in place of it. */
	for (i = f->nderived > 0 ? 0 : f->nk; i < f->nk; i++)
		if (f->k[i].base >= 0 && set_has(&e->def, f->k[i].base))
			set_add(&e->def, i);
	if (indexes(in))
		element(f, in, e);
	else if (in->op == ILENA && in->sc == OC_FP && (i = fn_key(f, in->s.v, KW)) >= 0 && (i = fn_derived(f, i, KLEN, pc)) >= 0)
		set_add(&e->use, i);
}

const Effect *
fn_effect(Fn *f, const Inst *in)
{
	if (f->eff != NULL)
		return &f->eff[in - f->c->inst - f->lo];
	effect(f, in, &f->once);
	return &f->once;
}

/* Once, when there will be no more keys. */
static bool
effects(Fn *f)
{
	Effect *eff = room_raw((size_t)(f->hi - f->lo) * sizeof *eff);
	int32_t pc;
	int i;

	f->eff = NULL;
	if (eff == NULL)
		return false;
	for (i = 0; i < f->nb; i++)
		for (pc = f->b[i].first; pc <= f->b[i].last; pc++)
			effect(f, &f->c->inst[pc], &eff[pc - f->lo]);
	f->eff = eff;
	return true;
}

/* ------------------------------------------------------------ flow */

static bool
mark(Fn *f, int32_t *stack, int32_t *n, int32_t pc)
{
	if (pc < 0 || pc >= f->c->ninst)
		return false;
	if (f->bix[pc] == OUT) {
		f->bix[pc] = INSIDE;
		stack[(*n)++] = pc;
		if (pc < f->lo)
			f->lo = pc;
		if (pc >= f->hi)
			f->hi = pc + 1;
		return ++f->ninst <= MAXINST;
	}
	return true;
}

/* Follow control from what is on the stack. bix is indexed by pc here. */
static bool
follow(Fn *f, int32_t *stack, int32_t n)
{
	Code *c = f->c;
	const Inst *in;
	int32_t pc, *t;
	int i, nt;

	while (n > 0) {
		pc = stack[--n];
		in = &c->inst[pc];
		switch (in->op) {
		case IJMP:
			if (in->dc != OC_IMM || !mark(f, stack, &n, pc + in->d.v))
				return false;
			continue;
		case ICASE:
		case ICASEC:
		case ICASEL:
		case IGOTO:
			nt = fn_table(c, in, &t);
			for (i = 0; i < nt; i++)
				if (!mark(f, stack, &n, t[i])) {
					free(t);
					return false;
				}
			free(t);
			continue;
		case IRET:
		case IEXIT:
		case IRAISE:
			continue;
		}
		if (dis_ops[in->op].flags & DIS_F_COND)
			if (in->dc != OC_IMM || !mark(f, stack, &n, pc + in->d.v))
				return false;
		if (!mark(f, stack, &n, pc + 1))
			return false;
	}
	return true;
}

static bool
covers(const Fn *f, const Handler *h)
{
	int32_t pc, hi = h->pc2 < f->hi ? h->pc2 : f->hi;

	for (pc = h->pc1 > f->lo ? h->pc1 : f->lo; pc < hi; pc++)
		if (f->bix[pc] != OUT)
			return true;
	return false;
}

/* Room to look at any function so far: OUT for each instruction, and what is to be done. Code is compiled by one at a time. */
static int32_t *where, *todo;
static size_t room;

static bool
scratch(size_t n)
{
	size_t i;

	if (n <= room)
		return true;
	free(where);
	free(todo);
	where = malloc(n * sizeof *where);
	todo = malloc(n * sizeof *todo);
	if (where == NULL || todo == NULL) {
		free(where);
		free(todo);
		where = todo = NULL;
		room = 0;
		return false;
	}
	for (i = 0; i < n; i++)
		where[i] = OUT;
	room = n;
	return true;
}

static bool
discover(Fn *f)
{
	Code *c = f->c;
	int32_t *stack, n = 0, pc;
	bool ok, more = true;
	Handler *h;
	int i, j;

	if (!scratch((size_t)c->ninst))
		return false;
	stack = todo;
	f->bix = where;
	f->lo = f->pc;
	f->hi = f->pc;
	ok = mark(f, stack, &n, f->pc) && follow(f, stack, n);
	while (ok && more) {
		more = false;
		for (i = 0; ok && i < c->nhandlers; i++) {
			h = &c->handler[i];
			if (!covers(f, h))
				continue;
			n = 0;
			for (j = 0; ok && j < h->nlabel; j++)
				ok = h->label[j].pc >= c->ninst || mark(f, stack, &n, h->label[j].pc);
			if (ok && h->wild != -1)
				ok = mark(f, stack, &n, h->wild);
			if (n > 0) {
				more = true;
				ok = ok && follow(f, stack, n);
			}
		}
	}
	f->bix = ok ? room_raw((size_t)(f->hi - f->lo) * sizeof *f->bix) : NULL;
	for (pc = f->lo; pc < f->hi; pc++) {
		if (f->bix != NULL)
			f->bix[pc - f->lo] = where[pc];
		where[pc] = OUT;
	}
	return f->bix != NULL;
}

static bool
succ(Fn *f, Block *b, int32_t pc)
{
	int *ns, t = f->bix[pc - f->lo];

	if (b->nsucc == 0) {
		b->succ = b->two;
		b->asucc = nelem(b->two);
	} else if (b->nsucc == b->asucc) {
		ns = room_more(b->succ, (size_t)b->nsucc * sizeof *ns, (size_t)b->asucc * 4 * sizeof *ns);
		if (ns == NULL)
			return false;
		b->succ = ns;
		b->asucc *= 4;
	}
	b->succ[b->nsucc++] = t;
	f->b[t].npred++;
	return true;
}

/* A block begins at pc. bix holds -3 for that until all are known. */
static void
leader(Fn *f, int32_t pc)
{
	if (pc >= f->lo && pc < f->hi && f->bix[pc - f->lo] == INSIDE)
		f->bix[pc - f->lo] = -3;
}

static bool
blocks(Fn *f)
{
	Code *c = f->c;
	const Inst *in;
	Block *b = NULL;
	Handler *h;
	int32_t pc, *t;
	int i, j, n;

	leader(f, f->pc);
	for (pc = f->lo; pc < f->hi; pc++) {
		if (f->bix[pc - f->lo] == OUT)
			continue;
		in = &c->inst[pc];
		if (ends(in))
			leader(f, pc + 1);
		if ((in->op == IJMP || dis_ops[in->op].flags & DIS_F_COND) && in->dc == OC_IMM)
			leader(f, pc + in->d.v);
		else if (in->op == ICASE || in->op == ICASEC || in->op == ICASEL || in->op == IGOTO) {
			n = fn_table(c, in, &t);
			for (i = 0; i < n; i++)
				leader(f, t[i]);
			free(t);
		}
	}
	for (i = 0; i < c->nhandlers; i++) {
		h = &c->handler[i];
		for (j = 0; j < h->nlabel; j++)
			leader(f, h->label[j].pc);
		leader(f, h->wild);
		/* What a handler covers begins and ends with blocks. */
		leader(f, h->pc1);
		leader(f, h->pc2);
	}
	for (pc = f->lo; pc < f->hi; pc++)
		f->nb += f->bix[pc - f->lo] == -3 || (f->bix[pc - f->lo] != OUT && (pc == f->lo || f->bix[pc - 1 - f->lo] == OUT));
	f->b = room_new((size_t)f->nb * sizeof *f->b);
	if (f->b == NULL)
		return false;
	for (f->nb = 0, pc = f->lo; pc < f->hi; pc++) {
		if (f->bix[pc - f->lo] == OUT) {
			b = NULL;
			continue;
		}
		if (f->bix[pc - f->lo] == -3 || b == NULL) {
			f->bix[pc - f->lo] = f->nb;
			b = &f->b[f->nb++];
			b->first = pc;
		}
		b->last = pc;
	}
	for (i = 0; i < f->nb; i++) {
		b = &f->b[i];
		in = &c->inst[b->last];
		if (in->op == IJMP || dis_ops[in->op].flags & DIS_F_COND) {
			if (!succ(f, b, b->last + in->d.v))
				return false;
		} else if (in->op == ICASE || in->op == ICASEC || in->op == ICASEL || in->op == IGOTO) {
			n = fn_table(c, in, &t);
			for (j = 0; j < n; j++) {
				if (!succ(f, b, t[j])) {
					free(t);
					return false;
				}
				f->b[f->bix[t[j] - f->lo]].landing |= in->op != ICASE && in->op != IGOTO;
			}
			free(t);
		}
		if (!(dis_ops[in->op].flags & DIS_F_NOFALL) && !succ(f, b, b->last + 1))
			return false;
	}
	f->b[f->bix[f->pc - f->lo]].entry = true;
	for (i = 0; i < c->nhandlers; i++) {
		h = &c->handler[i];
		if (h->pc1 >= f->hi || h->pc2 <= f->lo)
			continue;
		for (j = 0; j < h->nlabel; j++)
			if (h->label[j].pc >= f->lo && h->label[j].pc < f->hi && f->bix[h->label[j].pc - f->lo] >= 0)
				f->b[f->bix[h->label[j].pc - f->lo]].caught = true;
		if (h->wild >= f->lo && h->wild < f->hi && f->bix[h->wild - f->lo] >= 0)
			f->b[f->bix[h->wild - f->lo]].caught = true;
	}
	return true;
}

static bool
loops(Fn *f)
{
	Loop *l;
	Block *b, *t;
	int i, j, k;

	for (i = 0; i < f->nb; i++) {
		b = &f->b[i];
		for (j = 0; j < b->nsucc; j++) {
			t = &f->b[b->succ[j]];
			if (t->first > b->first)
				continue;
			t->header = true;
			for (k = 0; k < f->nloop && f->loop[k].first != t->first; k++)
				;
			if (k == f->nloop) {
				if (f->nloop == f->aloop) {
					l = room_more(f->loop, (size_t)f->nloop * sizeof *l, (size_t)(f->aloop * 2 + 8) * sizeof *l);
					if (l == NULL)
						return false;
					f->loop = l;
					f->aloop = f->aloop * 2 + 8;
				}
				memset(&f->loop[f->nloop++], 0, sizeof *l);
				f->loop[k].first = t->first;
			}
			if (f->loop[k].last < b->last)
				f->loop[k].last = b->last;
		}
	}
	for (i = 0; i < f->nb; i++)
		for (k = 0; k < f->nloop; k++)
			if (f->b[i].first >= f->loop[k].first && f->b[i].first <= f->loop[k].last)
				f->b[i].depth++;
	return true;
}

static Loop *
innermost(const Fn *f, int32_t pc)
{
	Loop *best = NULL, *l;
	int i;

	for (i = 0; i < f->nloop; i++) {
		l = &f->loop[i];
		if (pc >= l->first && pc <= l->last && (best == NULL || l->last - l->first < best->last - best->first))
			best = l;
	}
	return best;
}

/* ------------------------------------------------------------ keys */

static void
makekeys(Fn *f, unsigned opd, int oc, const Operand *o, double w)
{
	int i = -1, class;

	if (opd == 0 || fn_result(f, oc, o))
		return;
	if (oc == OC_IFP) {
		i = newkey(f, o->o1, KW);
	} else if (oc == OC_FP && !(opd & DIS_ACC_ADDR) && (class = fn_class(opd)) >= 0) {
		i = newkey(f, o->v, class);
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
	Loop *l = innermost(f, pc);
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
			if (!isroot(f, b, in) || (k = newkey(f, in[2].s.v, KF)) < 0)
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
			if (in->op == ILEA && (in->sc == OC_WFP || (in->sc == OC_FP && !forresult(in))))
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
			if (!indexes(in) || in->sc != OC_FP)
				continue;
			a = fn_key(f, in->s.v, KW);
			l = innermost(f, pc);
			if (a < 0 || f->k[a].memory || l == NULL || l->barrier || set_has(&l->defs, a))
				continue;
			for (j = KLEN; j <= KDATA && f->nk < NKEY; j++) {
				int d = fn_derived(f, a, j, pc);

				if (d < 0) {
					d = newkey(f, -1000000 - a, j);
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
			if (!indexes(in) || in->op == IINDX || in->mc != OC_FP || fn_how(f->c, in) != HOW_INLINE || fn_how(f->c, in + 1) != HOW_INLINE)
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
	if (!effects(f))
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
	if (discover(f) && blocks(f))
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
	if (f->k == NULL || f->kid == NULL || !loops(f))
		goto no;
	if (light)
		f->sig = &((Jcode *)c->jit)->sig[pc];
	keys(f, m);
	if (m->lights && !fn_lightcalls(f))
		goto no;
	f->frames = makesframes(f);
	if (!effects(f) || !fn_slots(f))
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
