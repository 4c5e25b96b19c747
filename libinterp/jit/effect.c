/*
 * What an instruction does to the words of a frame: how it is compiled, its operands as keys, its effect.
 */
#include <stdlib.h>
#include <string.h>

#include "libinterp/jit/front.h"

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

int
fn_newkey(Fn *f, int32_t off, int class)
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

bool
fn_ends(const Inst *in)
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
bool
fn_forresult(const Inst *in)
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

bool
fn_indexes(const Inst *in)
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
bool
fn_isroot(const Fn *f, const Block *b, const Inst *in)
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
	if (!fn_forresult(&in[2]) || in[2].d.o1 != frame)
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
	if (fn_indexes(in))
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
bool
fn_effects(Fn *f)
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
