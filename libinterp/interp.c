/*
 * The interpreter: threaded code. Each Inst holds the address of the code that carries it out, which ends by jumping to
 * that of the next one.
 *
 * Every opcode has one general form, whose operands may be of any class. Frequent opcodes have further forms for the
 * frequent combinations of classes, chosen when the module is loaded (interp_go). A form is named by three letters for
 * source, middle and destination:
 *	F off(fp)	I immediate	M off(mp)	N off2(off1(fp))	G any
 * The table of forms is made of the same macros that make the code.
 *
 * Registers: pc, fp, mp, m (the running module), budget (what is left of the turn: backward branches and calls take
 * from it as many instructions as they go back, roughly). They are put into the Prog before anything that may look at
 * them: calls of builtins, raising, giving up the VM.
 */
#include <stdlib.h>

#include "libinterp/jit/jit.h"

/* A call is charged like so many instructions. */
#define CALLCOST 4

typedef struct Form {
	uint8_t op, sc, mc, dc;
	int32_t go; /* distance of its code from that of INOP, so that the table needs no relocation */
} Form;

#define CLASS_F OC_FP
#define CLASS_I OC_IMM
#define CLASS_M OC_MP
#define CLASS_N OC_IFP
#define CLASS_G 0xff

static const void *general[DIS_NOPS + 1]; /* the last: see jit_enter */
static const Form *forms; /* those of an opcode are together: */
static struct {
	uint16_t first, n;
} formsof[DIS_NOPS];

const void *
interp_go(int op, int sc, int mc, int dc)
{
	int cc = dc;
	const Form *f, *end;

	/* Branches and jumps go to fixed places; call can use a computed one. */
	if (dis_ops[op].flags & DIS_F_CHKPC && dc != OC_IMM && op != ICALL)
		return general[INOP];
	/* A form that does not use an operand is entered under class OC_NONE for it. */
	if (dis_ops[op].src == 0)
		sc = OC_NONE;
	if (dis_ops[op].mid == 0)
		mc = OC_NONE;
	if (dis_ops[op].dst == 0 || dis_ops[op].flags & DIS_F_CHKPC)
		dc = OC_NONE;
	if (op == ICALL && cc != OC_IMM)
		return general[op];
	f = forms + formsof[op].first;
	for (end = f + formsof[op].n; f < end; f++)
		if (f->sc == sc && f->mc == mc && f->dc == dc)
			return (const char *)general[INOP] + f->go;
	return general[op];
}

/* The place of an operand, NULL if it lies behind nil or outside of the arena, or if there is none. */
static uint8_t *
place(uint8_t oc, const Operand *o, uint8_t *fp, uint8_t *mp)
{
	uint32_t b;
	int64_t a;

	switch (oc) {
	case OC_FP:
		return fp + (uint32_t)o->v;
	case OC_MP:
		return mp + (uint32_t)o->v;
	case OC_IMM:
		return (uint8_t *)(uintptr_t)&o->v;
	case OC_IFP:
		b = *(Auword *)(fp + o->o1);
		return arena_ok(b) ? (uint8_t *)ref2ptr(b) + o->o2 : NULL;
	case OC_IMP:
		b = *(Auword *)(mp + o->o1);
		return arena_ok(b) ? (uint8_t *)ref2ptr(b) + o->o2 : NULL;
	case OC_ABS:
		return ref2ptr((Ref)o->v);
	case OC_WFP:
	case OC_WMP:
		a = (int64_t)(uintptr_t)(oc == OC_WFP ? fp : mp) + o->v;
		if (a < ARENA_LO || a - ARENA_LO >= vm.span)
			return NULL;
		return ref2ptr((Ref)a);
	}
	return NULL;
}

/* The place of operand f (s, m or d) by class letter. */
#define P_F(f) (fp + (uint32_t)pc->f.v)
#define P_M(f) (mp + (uint32_t)pc->f.v)
#define P_I(f) ((uint8_t *)(uintptr_t)&pc->f.v)
#define P_N(f) ({ \
	uint32_t b_ = *(Auword *)(fp + pc->f.o1); \
	if (unlikely(!arena_ok(b_))) \
		goto nil; \
	(uint8_t *)ref2ptr(b_) + pc->f.o2; \
})
#define P_G(f) ({ \
	uint8_t *pl_ = place(pc->f##c, &pc->f, fp, mp); \
	if (unlikely(pl_ == NULL)) \
		goto nil; \
	pl_; \
})
#define S_(T, c) (*(T *)P_##c(s))
#define M_(T, c) (*(T *)P_##c(m))
#define D_(T, c) (*(T *)P_##c(d))
/* General operands. */
#define SG(T) S_(T, G)
#define MG(T) M_(T, G)
#define DG(T) D_(T, G)

#define NEXT \
	do { \
		pc++; \
		goto *pc->go; \
	} while (0)
/* On with pc where it is now. */
#define GO goto *pc->go
#define JUMP(dist) \
	do { \
		int d_ = (dist); \
		pc += d_; \
		if (d_ <= 0 && (budget += d_ - 1) <= 0) \
			goto quantum; \
		GO; \
	} while (0)
#define JUMPTO(index) \
	do { \
		int32_t i_ = (index); \
		if (unlikely((uint32_t)i_ >= (uint32_t)m->code->ninst)) \
			goto illegal; \
		JUMP(i_ - (int32_t)(pc - m->code->inst)); \
	} while (0)

#define SAVE (p->pc = (Inst *)(uintptr_t)pc, p->fp = fp, p->m = m)
/* After anything that may have dropped the last reference to something of the host. */
#define POLL \
	do { \
		if (unlikely(vm.poll)) { \
			SAVE; \
			vm_runfinis(); \
			if (p->killed || p->pending != NULL) \
				goto after; \
		} \
	} while (0)
/* After what may have taken long (vm_endturn). */
#define YIELD \
	do { \
		if (unlikely(p->yield)) { \
			p->yield = false; \
			pc++; \
			goto quantum; \
		} \
	} while (0)
#define TRY(e) \
	do { \
		if (unlikely((e) < 0)) \
			goto fault; \
		POLL; \
	} while (0)
#define DROP(r) \
	do { \
		Ref o_ = (r); \
		if (arena_ok(o_) && --*heap_count(o_) == 0) { \
			heap_destroy(o_); \
			POLL; \
		} \
	} while (0)
/* The descriptor that operand f names. */
#define TYPE(f) ({ \
	Type *t_ = pc->x; \
	if (unlikely(t_ == NULL)) { \
		int32_t n_ = *(Aword *)P_G(f); \
		if (n_ >= 0 && n_ < m->code->ntypes) \
			t_ = m->code->types[n_]; \
		if (t_ == NULL) \
			goto illegal; \
	} \
	t_; \
})

/* ------------------------------------------------------------ forms */

#if defined(__clang__) || defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || !defined(__OPTIMIZE__)
/* Time grows with the square of the number of computed jumps where they are merged: only the most frequent forms. */
#define FORMS3(X, op, e) X(op, e, F, F, F) X(op, e, I, F, F)
#define FORMS3S(X, op, e) X(op, e, F, F, F)
#define FORMSB(X, op, e) X(op, e, F, F) X(op, e, I, F) X(op, e, F, I)
#define FORMS2(X, op, e) X(op, e, F, F) X(op, e, N, F)
#define FORMS2I(X, op, e) FORMS2(X, op, e) X(op, e, I, F)
#define FORMSX(X, op, e) X(op, e, F, F)
#else
#define FORMS3(X, op, e) \
	X(op, e, F, F, F) X(op, e, I, F, F) X(op, e, M, F, F) X(op, e, N, F, F) X(op, e, F, I, F) X(op, e, F, M, F) \
	X(op, e, F, N, F) X(op, e, I, N, N) X(op, e, I, N, F) X(op, e, I, F, N) X(op, e, F, F, N) X(op, e, F, N, N) \
	X(op, e, I, M, M) X(op, e, F, M, M) X(op, e, I, M, F) X(op, e, M, M, F)
#define FORMS3S(X, op, e) /* fewer */ \
	X(op, e, F, F, F) X(op, e, M, F, F) X(op, e, N, F, F) X(op, e, F, M, F) X(op, e, F, N, F) X(op, e, F, F, N) \
	X(op, e, N, N, F) X(op, e, F, N, N) X(op, e, M, M, F)
#define FORMSB(X, op, e) /* branches: source and middle */ \
	X(op, e, F, F) X(op, e, I, F) X(op, e, F, I) X(op, e, M, F) X(op, e, F, M) X(op, e, N, F) X(op, e, F, N) \
	X(op, e, I, N) X(op, e, N, I) X(op, e, M, I) X(op, e, I, M) X(op, e, N, M) X(op, e, M, N) X(op, e, N, N)
#define FORMS2(X, op, e) /* source and destination */ \
	X(op, e, F, F) X(op, e, M, F) X(op, e, N, F) X(op, e, F, M) X(op, e, F, N) X(op, e, M, N) X(op, e, N, N) \
	X(op, e, M, M) X(op, e, N, M)
#define FORMS2I(X, op, e) FORMS2(X, op, e) X(op, e, I, F) X(op, e, I, M) X(op, e, I, N)
#define FORMSX(X, op, e) /* indexing: array, index */ \
	X(op, e, F, F) X(op, e, F, I) X(op, e, M, F) X(op, e, M, I) X(op, e, N, F) X(op, e, N, I) X(op, e, F, M) \
	X(op, e, F, N) X(op, e, M, M)
#endif

/* The opcodes of each shape. e is an expression of s and m. */
#define WORD3(X, Y) \
	Y(X, IADDW, m_ + s_) Y(X, ISUBW, m_ - s_) Y(X, IMULW, m_ * s_) Y(X, IANDW, m_ & s_) Y(X, IORW, m_ | s_) \
	Y(X, IXORW, m_ ^ s_) Y(X, ISHLW, (int32_t)((uint32_t)m_ << (s_ & 31))) Y(X, ISHRW, m_ >> (s_ & 31)) \
	Y(X, ILSRW, (int32_t)((uint32_t)m_ >> (s_ & 31)))
#define BIG3(X, Y) \
	Y(X, IADDL, m_ + s_) Y(X, ISUBL, m_ - s_) Y(X, IMULL, m_ * s_) Y(X, IANDL, m_ & s_) Y(X, IORL, m_ | s_) \
	Y(X, IXORL, m_ ^ s_)
#define BIGSH3(X, Y) \
	Y(X, ISHLL, (int64_t)((uint64_t)m_ << (s_ & 63))) Y(X, ISHRL, m_ >> (s_ & 63)) \
	Y(X, ILSRL, (int64_t)((uint64_t)m_ >> (s_ & 63)))
#define BYTE3(X, Y) \
	Y(X, IADDB, m_ + s_) Y(X, ISUBB, m_ - s_) Y(X, IMULB, m_ * s_) Y(X, IANDB, m_ & s_) Y(X, IORB, m_ | s_) \
	Y(X, IXORB, m_ ^ s_)
#define BYTESH3(X, Y) \
	Y(X, ISHLB, (int32_t)((uint32_t)m_ << (s_ & 31))) Y(X, ISHRB, m_ >> (s_ & 31))
#define REAL3(X, Y) \
	Y(X, IADDF, '+') Y(X, ISUBF, '-') Y(X, IMULF, '*') Y(X, IDIVF, '/')
#define BRANCHW(X, Y) \
	Y(X, IBEQW, s_ == m_) Y(X, IBNEW, s_ != m_) Y(X, IBLTW, s_ < m_) Y(X, IBLEW, s_ <= m_) Y(X, IBGTW, s_ > m_) \
	Y(X, IBGEW, s_ >= m_)
#define BRANCHB(X, Y) \
	Y(X, IBEQB, s_ == m_) Y(X, IBNEB, s_ != m_) Y(X, IBLTB, s_ < m_) Y(X, IBLEB, s_ <= m_) Y(X, IBGTB, s_ > m_) \
	Y(X, IBGEB, s_ >= m_)
#define BRANCHL(X, Y) \
	Y(X, IBEQL, s_ == m_) Y(X, IBNEL, s_ != m_) Y(X, IBLTL, s_ < m_) Y(X, IBLEL, s_ <= m_) Y(X, IBGTL, s_ > m_) \
	Y(X, IBGEL, s_ >= m_)
#define BRANCHF(X, Y) \
	Y(X, IBEQF, s_ == m_) Y(X, IBNEF, s_ != m_) Y(X, IBLTF, s_ < m_) Y(X, IBLEF, s_ <= m_) Y(X, IBGTF, s_ > m_) \
	Y(X, IBGEF, s_ >= m_)
#define INDEX(X, Y) \
	Y(X, IINDX, ldw(arr_ + 4)) Y(X, IINDW, 4) Y(X, IINDB, 1) Y(X, IINDF, 8) Y(X, IINDL, 8)
#define INDC3(X, Y) Y(X, IINDC, 0)
#define ONE(X, op, e) X(op, e, G, G, G)
#define ONE2(X, op, e) X(op, e, G, G)

/* Code. */
#define ARITH(op, ST, MT, DT, e, S, M, D) \
	L_##op##_##S##M##D : \
	{ \
		ST s_ = S_(ST, S); \
		MT m_ = M_(MT, M); \
		D_(DT, D) = (DT)(e); \
		NEXT; \
	}
#define CODE_W3(op, e, S, M, D) ARITH(op, Aword, Aword, Aword, e, S, M, D)
#define CODE_L3(op, e, S, M, D) ARITH(op, Abig, Abig, Abig, e, S, M, D)
#define CODE_LS3(op, e, S, M, D) ARITH(op, Aword, Abig, Abig, e, S, M, D)
#define CODE_B3(op, e, S, M, D) ARITH(op, uint8_t, uint8_t, uint8_t, e, S, M, D)
#define CODE_BS3(op, e, S, M, D) ARITH(op, Aword, uint8_t, uint8_t, e, S, M, D)
#define CODE_F3(op, e, S, M, D) \
	L_##op##_##S##M##D : \
	{ \
		double s_ = S_(Areal, S), m_ = M_(Areal, M); \
		Areal *d_ = &D_(Areal, D); \
		if (unlikely(vm.fpmask != 0)) { \
			TRY(op_trapped(p, e, m_, s_, d_)); \
		} else { \
			*d_ = (e) == '+' ? m_ + s_ : (e) == '-' ? m_ - s_ : (e) == '*' ? m_ * s_ : m_ / s_; \
		} \
		NEXT; \
	}
#define BRANCH(op, T, e, S, M) \
	L_##op##_##S##M : \
	{ \
		T s_ = S_(T, S); \
		T m_ = M_(T, M); \
		if (e) \
			JUMP(pc->d.v); \
		NEXT; \
	}
#define CODE_BW(op, e, S, M) BRANCH(op, Aword, e, S, M)
#define CODE_BB(op, e, S, M) BRANCH(op, uint8_t, e, S, M)
#define CODE_BL(op, e, S, M) BRANCH(op, Abig, e, S, M)
#define CODE_BF(op, e, S, M) BRANCH(op, Areal, e, S, M)
#define CODE_X(op, e, S, D) /* the middle operand is nearly always off(fp) */ \
	L_##op##_##S##D : \
	{ \
		Ref arr_ = S_(Aref, S); \
		uint32_t i_ = (uint32_t)D_(Aword, D); \
		if (unlikely(!arena_ok(arr_)) || i_ >= ldw(arr_)) \
			goto bounds; \
		*(Auword *)P_F(m) = ldw(arr_ + 8) + i_ * (e); \
		NEXT; \
	}
#define CODE_XG(op, e, S, D) \
	L_##op##_G : \
	{ \
		Ref arr_ = SG(Aref); \
		uint32_t i_ = DG(Auword); \
		if (unlikely(!arena_ok(arr_)) || i_ >= ldw(arr_)) \
			goto bounds; \
		MG(Auword) = ldw(arr_ + 8) + i_ * (e); \
		NEXT; \
	}
#define MOVE(op, ST, DT, e, S, D) \
	L_##op##_##S##D : \
	{ \
		ST s_ = S_(ST, S); \
		D_(DT, D) = (DT)(e); \
		NEXT; \
	}
#define CODE_MOVW(op, e, S, D) MOVE(op, Aword, Aword, e, S, D)
#define CODE_MOVB(op, e, S, D) MOVE(op, uint8_t, uint8_t, e, S, D)
#define CODE_MOVL(op, e, S, D) MOVE(op, Abig, Abig, e, S, D)
#define CODE_CVTBW(op, e, S, D) MOVE(op, uint8_t, Aword, e, S, D)
#define CODE_CVTWB(op, e, S, D) MOVE(op, Aword, uint8_t, e, S, D)
#define CODE_CVTWL(op, e, S, D) MOVE(op, Aword, Abig, e, S, D)
#define CODE_CVTLW(op, e, S, D) MOVE(op, Abig, Aword, e, S, D)
#define CODE_CVTWF(op, e, S, D) MOVE(op, Aword, Areal, e, S, D)
#define CODE_CVTLF(op, e, S, D) MOVE(op, Abig, Areal, e, S, D)
#define CODE_NEGF(op, e, S, D) MOVE(op, Areal, Areal, e, S, D)
#define CODE_MOVP(op, e, S, D) \
	L_##op##_##S##D : \
	{ \
		Ref s_ = S_(Aref, S); \
		Aref *d_ = &D_(Aref, D); \
		Ref old_ = *d_; \
		refinc(s_); \
		*d_ = s_; \
		DROP(old_); \
		NEXT; \
	}
#define CODE_LEA(op, e, S, D) \
	L_##op##_##S##D : \
	{ \
		Ref a_ = ptr2ref(P_##S(s)); \
		D_(Aref, D) = a_; \
		NEXT; \
	}
#define CODE_INDC(op, e, S, M, D) \
	L_##op##_##S##M##D : \
	{ \
		Ref s_ = S_(Aref, S); \
		Aword m_ = M_(Aword, M); \
		TRY(op_indc(p, s_, m_, &m_)); \
		D_(Aword, D) = m_; \
		NEXT; \
	}
#define CODE_LENA(op, e, S, D) \
	L_##op##_##S##D : \
	{ \
		Ref s_ = S_(Aref, S); \
		D_(Aword, D) = arena_ok(s_) ? (int32_t)ldw(s_) : 0; \
		NEXT; \
	}
#define CODE_TAIL(op, e, S, D) \
	L_##op##_##S##D : \
	{ \
		Ref s_ = S_(Aref, S), old_; \
		Aref *d_ = &D_(Aref, D); \
		if (unlikely(!arena_ok(s_))) \
			goto nil; \
		s_ = ldw(s_); \
		refinc(s_); \
		old_ = *d_; \
		*d_ = s_; \
		DROP(old_); \
		NEXT; \
	}
#define CODE_HEADW(op, e, S, D) \
	L_##op##_##S##D : \
	{ \
		Ref s_ = S_(Aref, S); \
		if (unlikely(!arena_ok(s_))) \
			goto nil; \
		D_(Aword, D) = (int32_t)ldw(s_ + 4); \
		NEXT; \
	}
#define CODE_HEADP(op, e, S, D) \
	L_##op##_##S##D : \
	{ \
		Ref s_ = S_(Aref, S), old_; \
		Aref *d_ = &D_(Aref, D); \
		if (unlikely(!arena_ok(s_))) \
			goto nil; \
		s_ = ldw(s_ + 4); \
		refinc(s_); \
		old_ = *d_; \
		*d_ = s_; \
		DROP(old_); \
		NEXT; \
	}

#define MOVES(X, Y, YI) \
	YI(X##_MOVW, IMOVW, s_) Y(X##_MOVB, IMOVB, s_) Y(X##_MOVL, IMOVL, s_) Y(X##_MOVL, IMOVF, s_) \
	Y(X##_CVTBW, ICVTBW, s_) YI(X##_CVTWB, ICVTWB, s_) YI(X##_CVTWL, ICVTWL, s_) Y(X##_CVTLW, ICVTLW, s_) \
	Y(X##_LEA, ILEA, 0) YI(X##_CVTWF, ICVTWF, s_) Y(X##_CVTLF, ICVTLF, s_) Y(X##_NEGF, INEGF, -s_) Y(X##_MOVP, IMOVP, s_) \
	Y(X##_LENA, ILENA, s_) Y(X##_LENA, ILENC, s_) Y(X##_TAIL, ITAIL, s_) Y(X##_HEADW, IHEADW, s_) \
	Y(X##_HEADP, IHEADP, s_)

/* Entries of the table of forms. */
#define PLACE(label) ((const char *)&&label - (const char *)&&L_INOP)
#define ENTRY3(op, e, S, M, D) {op, CLASS_##S, CLASS_##M, CLASS_##D, PLACE(L_##op##_##S##M##D)},
#define ENTRYB(op, e, S, M) {op, CLASS_##S, CLASS_##M, OC_NONE, PLACE(L_##op##_##S##M)},
#define ENTRY2(op, e, S, D) {op, CLASS_##S, OC_NONE, CLASS_##D, PLACE(L_##op##_##S##D)},
#define ENTRYX(op, e, S, D) {op, CLASS_##S, OC_FP, CLASS_##D, PLACE(L_##op##_##S##D)},
#define ENTRY_MOVW ENTRY2
#define ENTRY_MOVB ENTRY2
#define ENTRY_MOVL ENTRY2
#define ENTRY_CVTBW ENTRY2
#define ENTRY_CVTWB ENTRY2
#define ENTRY_CVTWL ENTRY2
#define ENTRY_CVTLW ENTRY2
#define ENTRY_CVTWF ENTRY2
#define ENTRY_CVTLF ENTRY2
#define ENTRY_NEGF ENTRY2
#define ENTRY_MOVP ENTRY2
#define ENTRY_LENA ENTRY2
#define ENTRY_LEA ENTRY2
#define ENTRY_TAIL ENTRY2
#define ENTRY_HEADW ENTRY2
#define ENTRY_HEADP ENTRY2
/* The general ones of three and two operands. */
#define GENERAL3(op, e, S, M, D) general[op] = &&L_##op##_GGG;
#define GENERALB(op, e, S, M) general[op] = &&L_##op##_GG;
#define GENERALX(op, e, S, D) general[op] = &&L_##op##_G;
#define GENERAL_MOVW(op, e, S, D) general[op] = &&L_##op##_GG;
#define GENERAL_MOVB GENERAL_MOVW
#define GENERAL_MOVL GENERAL_MOVW
#define GENERAL_CVTBW GENERAL_MOVW
#define GENERAL_CVTWB GENERAL_MOVW
#define GENERAL_CVTWL GENERAL_MOVW
#define GENERAL_CVTLW GENERAL_MOVW
#define GENERAL_CVTWF GENERAL_MOVW
#define GENERAL_CVTLF GENERAL_MOVW
#define GENERAL_NEGF GENERAL_MOVW
#define GENERAL_MOVP GENERAL_MOVW
#define GENERAL_LENA GENERAL_MOVW
#define GENERAL_LEA GENERAL_MOVW
#define GENERAL_TAIL GENERAL_MOVW
#define GENERAL_HEADW GENERAL_MOVW
#define GENERAL_HEADP GENERAL_MOVW

/* The opcodes that have only a general form, below in the order of the instruction set. */
#define PLAIN(X) \
	X(INOP) X(IALT) X(INBALT) X(IGOTO) X(ICALL) X(IFRAME) X(ISPAWN) X(IRUNT) X(ILOAD) X(IMCALL) X(IMSPAWN) \
	X(IMFRAME) X(IRET) X(IJMP) X(ICASE) X(IEXIT) X(INEW) X(INEWA) X(INEWCB) X(INEWCW) X(INEWCF) X(INEWCP) \
	X(INEWCM) X(INEWCMP) X(ISEND) X(IRECV) X(ICONSB) X(ICONSW) X(ICONSP) X(ICONSF) X(ICONSM) X(ICONSMP) \
	X(IHEADB) X(IHEADF) X(IHEADM) X(IHEADMP) X(IMOVM) X(IMOVMP) X(ICVTFW) X(ICVTCA) X(ICVTAC) X(ICVTWC) \
	X(ICVTCW) X(ICVTFC) X(ICVTCF) X(IDIVB) X(IDIVW) X(IMODW) X(IMODB) X(IINSC) X(IADDC) X(ILENL) \
	X(IBEQC) X(IBNEC) X(IBLTC) X(IBLEC) X(IBGTC) X(IBGEC) X(ISLICEA) X(ISLICELA) X(ISLICEC) X(IDIVL) X(IMODL) \
	X(ICVTFL) X(ICVTLC) X(ICVTCL) X(IHEADL) X(ICONSL) X(INEWCL) X(ICASEC) X(IMOVPC) X(ITCMP) X(IMNEWZ) X(ICVTRF) \
	X(ICVTFR) X(ICVTWS) X(ICVTSW) X(IECLR) X(INEWZ) X(INEWAZ) X(IRAISE) X(ICASEL) X(IMULX) X(IDIVX) X(ICVTXX) \
	X(IMULX0) X(IDIVX0) X(ICVTXX0) X(IMULX1) X(IDIVX1) X(ICVTXX1) X(ICVTFX) X(ICVTXF) X(IEXPW) X(IEXPL) X(IEXPF) \
	X(ISELF)

#define GENERALS \
	WORD3(GENERAL3, ONE) \
	BIG3(GENERAL3, ONE) \
	BIGSH3(GENERAL3, ONE) \
	BYTE3(GENERAL3, ONE) \
	BYTESH3(GENERAL3, ONE) \
	REAL3(GENERAL3, ONE) \
	INDC3(GENERAL3, ONE) \
	BRANCHW(GENERALB, ONE2) \
	BRANCHB(GENERALB, ONE2) \
	BRANCHL(GENERALB, ONE2) \
	BRANCHF(GENERALB, ONE2) \
	INDEX(GENERALX, ONE2) \
	MOVES(GENERAL, ONE2, ONE2)

int
interp(Prog *p, int budget)
{
	const Inst *pc;
	uint8_t *fp, *mp;
	Module *m;

	if (p == NULL) {
		/* Called once by interp_init: labels can be named in here only. */
#define X(op) general[op] = &&L_##op;
		PLAIN(X)
#undef X
		GENERALS
		static const Form table[] = {
			WORD3(ENTRY3, FORMS3)
			BIG3(ENTRY3, FORMS3S)
			BIGSH3(ENTRY3, FORMS3)
			BYTE3(ENTRY3, FORMS3S)
			REAL3(ENTRY3, FORMS3S)
			INDC3(ENTRY3, FORMS3)
			BRANCHW(ENTRYB, FORMSB)
			BRANCHB(ENTRYB, FORMSB)
			BRANCHL(ENTRYB, FORMSB)
			BRANCHF(ENTRYB, FORMSB)
			INDEX(ENTRYX, FORMSX)
			MOVES(ENTRY, FORMS2, FORMS2I)
			{IFRAME, OC_IMM, OC_NONE, OC_FP, PLACE(L_IFRAME_F)},
			{ICALL, OC_FP, OC_NONE, OC_NONE, PLACE(L_ICALL_F)},
			{INEW, OC_IMM, OC_NONE, OC_FP, PLACE(L_INEW_F)},
			{INEW, OC_IMM, OC_NONE, OC_IFP, PLACE(L_INEW_N)},
		};
		uint16_t i;

		forms = table;
		for (i = 0; i < nelem(table); i++)
			if (formsof[table[i].op].n++ == 0)
				formsof[table[i].op].first = i;
		general[DIS_NOPS] = &&L_JIT;
		return 0;
	}
	pc = p->pc;
	fp = p->fp;
	m = p->m;
	mp = ref2ptr(m->mp);
	goto *pc->go;

	/* ---- forms */
	WORD3(CODE_W3, FORMS3)
	BIG3(CODE_L3, FORMS3S)
	BIGSH3(CODE_LS3, FORMS3)
	BYTE3(CODE_B3, FORMS3S)
	REAL3(CODE_F3, FORMS3S)
	INDC3(CODE_INDC, FORMS3)
	BRANCHW(CODE_BW, FORMSB)
	BRANCHB(CODE_BB, FORMSB)
	BRANCHL(CODE_BL, FORMSB)
	BRANCHF(CODE_BF, FORMSB)
	INDEX(CODE_X, FORMSX)
	MOVES(CODE, FORMS2, FORMS2I)
L_IFRAME_F:
	{
		Type *t = pc->x;
		Ref f;

		if (unlikely(t == NULL))
			goto L_IFRAME;
		f = frame_fast(p, t);
		if (unlikely(f == 0))
			goto nomain;
		*(Aref *)P_F(d) = f;
		NEXT;
	}
L_ICALL_F:
	{
		Ref f = S_(Aref, F);
		Act *a = &p->act[p->nact - 1];

		if (unlikely(a->fp != f || a->called))
			goto L_ICALL;
		a->called = true;
		a->prev = p->cur;
		p->cur = p->nact - 1;
		a->ret = (Inst *)(uintptr_t)(pc + 1);
		fp = ref2ptr(f);
		pc += pc->d.v;
		if ((budget -= CALLCOST) <= 0)
			goto quantum;
		GO;
	}
L_INEW_F:
	if (unlikely(pc->x == NULL))
		goto L_INEW;
	TRY(op_new(p, pc->x, (Aref *)P_F(d)));
	NEXT;
L_INEW_N:
	if (unlikely(pc->x == NULL))
		goto L_INEW;
	TRY(op_new(p, pc->x, (Aref *)P_N(d)));
	NEXT;
L_JIT:
	{
		int r;

		SAVE;
		p->jit.budget = budget;
		r = jit_enter(p);
		if (r != JIT_GO && r != JIT_INTERP)
			return r - 1;
		budget = p->jit.budget;
		pc = p->pc;
		fp = p->fp;
		m = p->m;
		mp = ref2ptr(m->mp);
		if (r == JIT_INTERP)
			goto *interp_go(pc->op, pc->sc, pc->mc, pc->dc);
		if (budget <= 0)
			goto quantum;
		GO;
	}
#include "libinterp/interp_body.h"
}

/*
 * The slow version: one instruction, always in its general form.
 */
#undef NEXT
#define NEXT \
	do { \
		pc++; \
		goto quantum; \
	} while (0)
#undef GO
#define GO goto quantum

int
interp_step(Prog *p)
{
	static const void *labels[DIS_NOPS];
	const Inst *pc = p->pc;
	uint8_t *fp = p->fp, *mp;
	Module *m = p->m;
	int budget = 1 << 20;

	if (labels[0] == NULL) {
#define general labels
#define X(op) general[op] = &&L_##op;
		PLAIN(X)
#undef X
		GENERALS
#undef general
	}
	mp = ref2ptr(m->mp);
	if (pc->go == general[INOP])
		goto illegal;
	goto *labels[pc->op];
#include "libinterp/interp_body.h"
}

void
interp_init(void)
{
	if (forms == NULL) {
		interp(NULL, 0);
		interp_jit = general[DIS_NOPS];
	}
}
