/*
 * Functions as code of amd64: the order in which a function is written, and what each instruction becomes. amd64.h
 */
#include "libinterp/jit/amd64.h"

const Machine jit_machine = {.gpr = 1u << RSI | 1u << RDI | 0x3f00u, .notframes = 1u << RSI | 1u << R13, .fpr = 0xfffcu, .fuses = true, .roots = true, .lights = true,
	.reals = 16, .fp = RBX, .value = RCX, .turn = R14};

/* ------------------------------------------------------------ instructions */

static void
inlined(Emit *e)
{
	switch (e->in->op) {
	case IRUNT:
	case IECLR:
		break;
	case ICALL:
		if (fn_lightcall(e->f, e->pc) != NULL)
			em_lightcall(e, fn_lightcall(e->f, e->pc));
		else
			em_call(e);
		break;
	case IFRAME:
		if (fn_lightcall(e->f, e->pc) == NULL)
			em_frame(e);
		break;
	case IRET:
		if (e->f->light)
			em_lightret(e);
		else
			em_ret(e);
		break;
	case IJMP:
		em_edges(e);
		em_budget(e);
		if (!em_isnext(e, e->pc + e->in->d.v))
			em_jumpto(e, e->pc + e->in->d.v);
		break;
	case ICASE:
		em_choose(e);
		break;
	case IGOTO:
		em_dispatch(e);
		break;
	case IHEADB:
		em_head(e, KB, 4);
		break;
	case IHEADW:
		em_head(e, KW, 4);
		break;
	case IHEADF:
		em_head(e, KF, 8);
		break;
	case IHEADL:
		em_head(e, KL, 8);
		break;
	case IHEADP:
		em_fromlist(e, 4);
		break;
	case ITAIL:
		em_fromlist(e, 0);
		break;
	case ILEA:
		em_lea(e);
		break;
	case IINDX:
		em_indexing(e, 0);
		break;
	case IINDB:
		em_indexing(e, 1);
		break;
	case IINDW:
		em_indexing(e, 4);
		break;
	case IINDF:
	case IINDL:
		em_indexing(e, 8);
		break;
	case IINDC:
		em_character(e);
		break;
	case ILENA:
	case ILENC:
		em_length(e);
		break;
	case IMOVP:
		em_movp(e);
		break;
	case IMOVB:
		em_convert(e, KB, KB);
		break;
	case IMOVW:
		em_convert(e, KW, KW);
		break;
	case IMOVF:
		em_convert(e, KF, KF);
		break;
	case IMOVL:
		em_convert(e, KL, KL);
		break;
	case ICVTBW:
		em_convert(e, KB, KW);
		break;
	case ICVTWB:
		em_convert(e, KW, KB);
		break;
	case ICVTLW:
		em_convert(e, KL, KW);
		break;
	case ICVTWL:
		em_convert(e, KW, KL);
		break;
	case ICVTWF:
		em_toreal(e, KW);
		break;
	case ICVTLF:
		em_toreal(e, KL);
		break;
	case ICVTFW:
		em_roundreal(e, KW);
		break;
	case ICVTFL:
		em_roundreal(e, KL);
		break;
	case INEGF:
		em_negate(e);
		break;
#define ALU(op, name) \
	case I##name##B: \
		em_alu3(e, op, KB); \
		break; \
	case I##name##W: \
		em_alu3(e, op, KW); \
		break; \
	case I##name##L: \
		em_alu3(e, op, KL); \
		break;
	ALU(AluAdd, ADD)
	ALU(AluSub, SUB)
	ALU(AluAnd, AND)
	ALU(AluOr, OR)
	ALU(AluXor, XOR)
#undef ALU
	case IMULB:
		em_mul3(e, KB);
		break;
	case IMULW:
		em_mul3(e, KW);
		break;
	case IMULL:
		em_mul3(e, KL);
		break;
	case ISHLB:
		em_shift3(e, ShShl, KB);
		break;
	case ISHLW:
		em_shift3(e, ShShl, KW);
		break;
	case ISHLL:
		em_shift3(e, ShShl, KL);
		break;
	case ISHRB:
		em_shift3(e, ShShr, KB);
		break;
	case ISHRW:
		em_shiftright(e);
		break;
	case ISHRL:
		em_shift3(e, ShSar, KL);
		break;
	case ILSRW:
		em_shift3(e, ShShr, KW);
		break;
	case ILSRL:
		em_shift3(e, ShShr, KL);
		break;
	case IDIVW:
		em_divide(e, KW, false);
		break;
	case IMODW:
		em_divide(e, KW, true);
		break;
	case IDIVL:
		em_divide(e, KL, false);
		break;
	case IMODL:
		em_divide(e, KL, true);
		break;
	case IADDF:
		em_real3(e, SseAddsd);
		break;
	case ISUBF:
		em_real3(e, SseSubsd);
		break;
	case IMULF:
		em_real3(e, SseMulsd);
		break;
	case IDIVF:
		em_real3(e, SseDivsd);
		break;
#define BRANCHES(S, class, lt, le, gt, ge) \
	case IBEQ##S: \
		em_branch(e, class, CcE); \
		break; \
	case IBNE##S: \
		em_branch(e, class, CcNE); \
		break; \
	case IBLT##S: \
		em_branch(e, class, lt); \
		break; \
	case IBLE##S: \
		em_branch(e, class, le); \
		break; \
	case IBGT##S: \
		em_branch(e, class, gt); \
		break; \
	case IBGE##S: \
		em_branch(e, class, ge); \
		break;
	BRANCHES(W, KW, CcL, CcLE, CcG, CcGE)
	BRANCHES(L, KL, CcL, CcLE, CcG, CcGE)
	BRANCHES(B, KB, CcB, CcBE, CcA, CcAE)
#undef BRANCHES
	case IBEQF:
	case IBNEF:
	case IBLTF:
	case IBLEF:
	case IBGTF:
	case IBGEF:
		em_branchreal(e, e->in->op);
		break;
	default:
		e->b.bad = true;
	}
}

void
em_instruction(Emit *e)
{
	int how = fn_how(e->f->c, e->in), i;

	e->e = *fn_effect(e->f, e->in);
	if (fn_root(e->f, e->pc)) {
		em_root(e);
		return;
	}
	if (how == HOW_INLINE) {
		if (e->e.barrier && e->in->op != ICALL && e->in->op != IRET)
			em_flush(e);
		inlined(e);
		/* A light call has its result in a register. */
		if (e->e.barrier && (e->in->op != ICALL || fn_lightcall(e->f, e->pc) == NULL))
			em_forget(e);
		/* What was derived from an array that has changed is to be made again. */
		for (i = set_next(&e->e.def, 0); i >= 0; i = set_next(&e->e.def, i + 1))
			if (e->f->k[i].base >= 0)
				set_del(&e->valid, i);
	} else if (how == HOW_HELPER) {
		em_helper(e);
	} else {
		em_flush(e);
		em_step(e);
	}
}

/* ------------------------------------------------------------ out of the way */

/* The instructions of a square root one by one; then registers are what they are on the way that has been left. */
static void
rootbysteps(Emit *e, Cold *c)
{
	Set s = c->valid;
	int32_t i;
	int k;

	e->blk = c->blk;
	fn_liveat(e->f, c->blk, e->at);
	e->at[c->blk->last - c->blk->first + 1] = c->blk->out;
	set_or(&e->at[c->blk->last - c->blk->first + 1], &c->blk->trap);
	e->pc = c->pc;
	e->in = &e->f->c->inst[e->pc];
	e->havelast = false;
	e->valid = c->valid;
	e->dirty = c->dirty;
	memset(&e->e, 0, sizeof e->e);
	e->e.barrier = true;
	em_flush(e);
	em_forget(e);
	for (i = 0; i < ROOTLEN; i++, e->pc++, e->in++)
		if (fn_how(e->f->c, e->in) == HOW_HELPER)
			em_helper(e);
		else
			inlined(e);
	e->pc--;
	e->in--;
	em_forget(e);
	for (k = set_next(&s, 0); k >= 0; k = set_next(&s, k + 1))
		if (e->f->k[k].base < 0)
			em_need(e, k);
	for (k = set_next(&s, 0); k >= 0; k = set_next(&s, k + 1))
		em_need(e, k);
	amd_jmp_l(&e->b, &c->back);
}

static void
leave(Emit *e, Cold *c, int kind)
{
	amd_call_to(&e->b, jit_thunks.exit);
	em_addsite(e, c->pc, kind, c->snap, c->nsnap);
}

void
em_coldcode(Emit *e, Cold *c)
{
	const Type *t = e->f->frame;
	Label slow = {0};
	int i;

	amd_bind(&e->b, &c->at);
	switch (c->what) {
	case CEXIT:
		leave(e, c, c->kind);
		break;
	case CDESTROY:
		amd_call_to(&e->b, em_thunks.destroy[e->reals]);
		em_addsite(e, c->pc, SITE_NEXT, c->snap, c->nsnap);
		amd_jmp_l(&e->b, &c->back);
		break;
	case CSHADE:
		/* rax and rcx hold the references the instruction is about. */
		amd_push_r(&e->b, RAX);
		amd_push_r(&e->b, RCX);
		amd_push_r(&e->b, RDX);
		amd_push_r(&e->b, RSI);
		amd_mov_rr(&e->b, 4, RSI, c->reg);
		em_callkeep(e, (const void *)(uintptr_t)jit_shade);
		amd_pop_r(&e->b, RSI);
		amd_pop_r(&e->b, RDX);
		amd_pop_r(&e->b, RCX);
		amd_pop_r(&e->b, RAX);
		amd_jmp_l(&e->b, &c->back);
		break;
	case CFRAME:
		amd_mov_ri(&e->b, RSI, (uint64_t)(uintptr_t)c->t);
		em_callkeep(e, (const void *)(uintptr_t)jit_frame);
		amd_mov_rm(&e->b, 4, R13, PROG(nact));
		amd_mov_rr(&e->b, 4, RCX, RAX);
		amd_alu_rr(&e->b, AluTest, 4, RAX, RAX);
		amd_jcc_l(&e->b, CcNE, &c->back);
		leave(e, c, SITE_NOMAIN);
		break;
	case CMADE:
		amd_mov_mi(&e->b, 1, mem_base(RDX, offsetof(Act, called)), 1);
		amd_jmp_l(&e->b, &c->back);
		break;
	case CWIDE:
		em_addsite(e, c->pc, SITE_NIL, c->snap, c->nsnap);
		amd_mov_rm(&e->b, 4, c->to, mem_wrap(mem_index(c->reg, c->n, 4, 8)));
		amd_jmp_l(&e->b, &c->back);
		break;
	case CRETLIGHT:
		em_lightdestroy(e, c);
		break;
	case CRET:
		/* Reference n is the last one: those before it are gone already. With finalisers to run all else is done in C. */
		for (i = 0; i <= c->n; i++)
			amd_mov_mi(&e->b, 4, em_fpmem((int32_t)t->ref[i]), -1);
		amd_mov_rr(&e->b, 4, RSI, RCX);
		em_callkeep(e, (const void *)(uintptr_t)jit_destroy);
		amd_alu_rr(&e->b, AluTest, 4, RAX, RAX);
		amd_jcc_l(&e->b, CcNE, &slow);
		em_ownact(e);
		amd_jmp_l(&e->b, &c->back);
		amd_bind(&e->b, &slow);
		/* fall through */
	case CRETSLOW:
		amd_mov_ri(&e->b, R8, (uint64_t)(uintptr_t)&e->f->c->inst[c->pc]);
		amd_mov_ri(&e->b, RAX, (uint64_t)(uintptr_t)jit_ret);
		amd_call_to(&e->b, em_thunks.drop);
		amd_jcc_to(&e->b, CcNE, jit_thunks.leave);
		amd_ret(&e->b);
		break;
	case CROOT:
		rootbysteps(e, c);
		break;
	case CMCALL:
		em_slowmcall(e, c);
		break;
	case CYIELD:
		amd_mov_mi(&e->b, 1, PROG(yield), 0);
		amd_alu_rr(&e->b, AluXor, 4, R14, R14);
		amd_jmp_l(&e->b, &c->back);
		break;
	case CENTRY:
		/* Behind a light call: come from elsewhere, with all in memory. */
		em_entryhere(e, c->pc + 1);
		em_forget(e);
		for (i = set_next(&c->valid, 0); i >= 0; i = set_next(&c->valid, i + 1))
			em_need(e, i);
		amd_jmp_l(&e->b, &c->back);
		break;
	case CALLOC:
		amd_mov_ri(&e->b, RSI, (uint64_t)(uintptr_t)c->t);
		em_callc(e, c->fn);
		amd_alu_rr(&e->b, AluTest, 4, RAX, RAX);
		amd_jcc_l(&e->b, CcNE, &c->back);
		leave(e, c, SITE_RAISED);
		break;
	}
}

/* The function begins: the turn has some left, and there is room on the stack. */
void
em_begin(Emit *e)
{
	Cold *c = em_cold(e, CEXIT);

	if (e->f->light)
		em_lightstart(e);
	c->kind = SITE_QUANTUM;
	c->snap = em_snapstart(e, &c->nsnap);
	amd_alu_ri(&e->b, AluSub, 4, R14, CALLCOST);
	amd_jcc_l(&e->b, CcB, &c->at);
	if (e->f->light) {
		em_lightargs(e);
		return;
	}
	c = em_cold(e, CEXIT);
	c->kind = SITE_GO;
	amd_alu_rm(&e->b, AluCmp, 8, RSP, PROG(jit.low));
	amd_jcc_l(&e->b, CcB, &c->at);
}

void
em_bind(Emit *e, Label *l)
{
	amd_bind(&e->b, l);
}

void
em_jump(Emit *e, Label *l)
{
	amd_jmp_l(&e->b, l);
}
