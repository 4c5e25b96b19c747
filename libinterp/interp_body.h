/*
 * The code of the instructions: the body of the interpreter's loop after the forms, and of its slow version for debuggers.
 * Not a header: included inside a function that has pc, fp, mp, m, budget and p. See interp.c.
 */
	WORD3(CODE_W3, ONE)
	BIG3(CODE_L3, ONE)
	BIGSH3(CODE_LS3, ONE)
	BYTE3(CODE_B3, ONE)
	BYTESH3(CODE_BS3, ONE)
	REAL3(CODE_F3, ONE)
	INDC3(CODE_INDC, ONE)
	BRANCHW(CODE_BW, ONE2)
	BRANCHB(CODE_BB, ONE2)
	BRANCHL(CODE_BL, ONE2)
	BRANCHF(CODE_BF, ONE2)
	INDEX(CODE_XG, ONE2)
	MOVES(CODE, ONE2, ONE2)

	/* ---- control */
L_IRUNT:
L_IECLR:
	NEXT;
L_IJMP:
	JUMP(pc->d.v);
L_ICALL:
	{
		Ref f = SG(Aref);
		Act *a = &p->act[p->nact - 1];
		int32_t t;

		if (unlikely(a->fp != f || a->called) && (a = frame_top(p, f)) == NULL)
			goto nil;
		if (unlikely(pc->dc != OC_IMM)) {
			t = DG(Aword);
			if ((uint32_t)t >= (uint32_t)m->code->ninst)
				goto illegal;
			t -= (int32_t)(pc - m->code->inst);
		} else
			t = pc->d.v;
		a->called = true;
		a->prev = p->cur;
		p->cur = (uint32_t)(a - p->act);
		a->ret = (Inst *)(uintptr_t)(pc + 1);
		fp = ref2ptr(f);
		pc += t;
		if ((budget -= CALLCOST) <= 0)
			goto quantum;
		GO;
	}
L_IFRAME:
	{
		Type *t = TYPE(s);
		Aword *d = &DG(Aword);
		Ref f = frame_fast(p, t);

		if (unlikely(f == 0))
			goto nomain;
		*d = (int32_t)f;
		NEXT;
	}
L_IMFRAME:
	TRY(op_mframe(p, SG(Aref), MG(Aword), &DG(Aword)));
	NEXT;
L_IMCALL:
	{
		Ref f = SG(Aref);
		int32_t idx = MG(Aword);
		Modlink *ml;
		Link *l = op_link(p, DG(Aref), idx, &ml);
		Act *a = &p->act[p->nact - 1];

		if (unlikely(ml == NULL))
			goto fault;
		if (unlikely(l == NULL || (l->fn == NULL && l->pc < 0)))
			goto invalid;
		if (unlikely(a->fp != f || a->called) && (a = frame_top(p, f)) == NULL)
			goto nil;
		if (l->fn != NULL) {
			SAVE;
			if (vm_callbuiltin(p, ml->m, l, a) < 0)
				goto after;
			POLL;
			budget -= CALLCOST;
			pc++;
			if (unlikely(p->yield)) {
				p->yield = false;
				goto quantum;
			}
			if (budget <= 0)
				goto quantum;
			GO;
		}
		a->called = true;
		a->prev = p->cur;
		p->cur = (uint32_t)(a - p->act);
		a->ret = (Inst *)(uintptr_t)(pc + 1);
		a->cross = true;
		a->m = m;
		m = ml->m;
		m->ref++;
		mp = ref2ptr(m->mp);
		fp = ref2ptr(f);
		pc = m->code->inst + l->pc;
		if ((budget -= CALLCOST) <= 0)
			goto quantum;
		GO;
	}
L_IRET:
	{
		uint32_t i, cur = p->cur;
		Act *a;
		const Type *t;
		Ref r;

		while (unlikely(p->nact - 1 > cur))
			frame_pop(p);
		if (cur == 0)
			goto exit;
		a = &p->act[cur];
		t = a->t;
		for (i = 0; i < t->nref; i++) {
			r = *(Aref *)(fp + t->ref[i]);
			if (r != H && arena_ok(r) && --*heap_count(r) == 0)
				heap_destroy(r);
		}
		pc = a->ret;
		p->cur = a->prev;
		if (a->cross) {
			module_put(m);
			m = a->m;
			mp = ref2ptr(m->mp);
		}
		if (unlikely(a->newchunk)) {
			frame_drop(p);
		} else {
			p->nact--;
			p->sp = a->fp;
		}
		fp = ref2ptr(p->act[p->cur].fp);
		/* The frame is gone: what is left to do belongs to the caller. */
		if (unlikely(vm.poll)) {
			SAVE;
			vm_runfinis();
			if (p->killed || p->pending != NULL)
				goto afternext;
		}
		GO;
	}
L_ISPAWN:
	SAVE;
	TRY(prog_spawn(p, SG(Aref), m, (Inst *)(uintptr_t)(pc + pc->d.v)));
	NEXT;
L_IMSPAWN:
	SAVE;
	TRY(op_mspawn(p, SG(Aref), MG(Aword), DG(Aref)));
	NEXT;
L_IEXIT:
	goto exit;
L_IGOTO:
	{
		int32_t i = SG(Aword);
		Ref t = ptr2ref(P_G(d)) + (uint32_t)i * 4;

		if (!arena_ok(t))
			goto illegal;
		JUMPTO((int32_t)ldw(t));
	}
L_ICASE:
	{
		int32_t v = SG(Aword);

		JUMPTO(op_case(ptr2ref(P_G(d)), v));
	}
L_ICASEL:
	{
		int64_t v = SG(Abig);

		JUMPTO(op_casel(ptr2ref(P_G(d)), v));
	}
L_ICASEC:
	{
		Ref v = SG(Aref);

		JUMPTO(op_casec(ptr2ref(P_G(d)), v));
	}
L_IMOVPC:
	DG(Aword) = SG(Aword);
	NEXT;
L_IRAISE:
	op_raise(p, SG(Aref));
	goto fault;
L_ILOAD:
	{
		Aref *d = &DG(Aref);
		int32_t il = MG(Aword);
		char *path = str_utf8(SG(Aref), NULL);
		int r;

		if (path == NULL)
			goto nomain;
		SAVE;
		r = vm_load(p, path, m, il, (Ref *)d);
		free(path);
		if (r < 0 || p->killed || p->pending != NULL)
			goto after;
		POLL;
		NEXT;
	}
L_ISELF:
	{
		Aref *d = &DG(Aref);

		if (modlink_new((Ref *)d, m, NULL) < 0)
			goto noheap;
		POLL;
		NEXT;
	}

	/* ---- channels: an instruction that blocks has been done when the process runs again */
L_ISEND:
	{
		Ref v = ptr2ref(P_G(s));
		int r;

		SAVE;
		r = channel_send(p, DG(Aref), v);
		if (r != 0)
			goto comm;
		NEXT;
	}
L_IRECV:
	{
		Ref v = ptr2ref(P_G(d));
		int r;

		SAVE;
		r = channel_recv(p, SG(Aref), v);
		if (r != 0)
			goto comm;
		POLL;
		NEXT;
	}
L_IALT:
L_INBALT:
	{
		Ref t = ptr2ref(P_G(s));
		Aword *d = &DG(Aword);
		int r;

		SAVE;
		r = channel_alt(p, t, d, pc->op == IALT);
		if (r != 0)
			goto comm;
		POLL;
		NEXT;
	}
comm:
	goto after_comm;

	/* ---- objects */
L_INEW:
L_INEWZ:
	TRY(op_new(p, TYPE(s), &DG(Aref)));
	NEXT;
L_INEWA:
L_INEWAZ:
	TRY(op_newa(p, SG(Aword), TYPE(m), &DG(Aref)));
	YIELD;
	NEXT;
L_IMNEWZ:
	{
		Modlink *ml = op_modlink(p, SG(Aref));
		int32_t n = MG(Aword);
		Type *t = NULL;

		if (ml == NULL)
			goto fault;
		if (n >= 0 && n < ml->m->code->ntypes)
			t = ml->m->code->types[n];
		if (t == NULL)
			goto illegal;
		TRY(op_new(p, t, &DG(Aref)));
		NEXT;
	}
L_INEWCB:
	TRY(channel_make(p, (Ref *)&DG(Aref), Tbyte, MG(Aword), false));
	NEXT;
L_INEWCW:
	TRY(channel_make(p, (Ref *)&DG(Aref), Tword, MG(Aword), false));
	NEXT;
L_INEWCF:
L_INEWCL:
	TRY(channel_make(p, (Ref *)&DG(Aref), Tbig, MG(Aword), true));
	NEXT;
L_INEWCP:
	TRY(channel_make(p, (Ref *)&DG(Aref), Tref, MG(Aword), false));
	NEXT;
L_INEWCM:
	{
		int32_t n = SG(Aword);
		Type *t = n >= 0 ? type_get((uint32_t)n, NULL, 0) : NULL;
		int r;

		if (t == NULL)
			goto illegal;
		r = channel_make(p, (Ref *)&DG(Aref), t, MG(Aword), false);
		type_put(t);
		TRY(r);
		NEXT;
	}
L_INEWCMP:
	TRY(channel_make(p, (Ref *)&DG(Aref), TYPE(s), MG(Aword), false));
	NEXT;
L_ICONSB:
	TRY(op_cons(p, Tbyte, P_G(s), &DG(Aref)));
	NEXT;
L_ICONSW:
	TRY(op_cons(p, Tword, P_G(s), &DG(Aref)));
	NEXT;
L_ICONSP:
	TRY(op_cons(p, Tref, P_G(s), &DG(Aref)));
	NEXT;
L_ICONSF:
L_ICONSL:
	TRY(op_cons(p, Tbig, P_G(s), &DG(Aref)));
	NEXT;
L_ICONSM:
	{
		int32_t n = MG(Aword);
		uint8_t *s = P_G(s);
		Type *t;
		int r;

		if (n < 0 || vm_mem(ptr2ref(s), (uint64_t)n) == NULL)
			goto nil;
		t = type_get((uint32_t)n, NULL, 0);
		if (t == NULL)
			goto noheap;
		r = op_cons(p, t, s, &DG(Aref));
		type_put(t);
		TRY(r);
		NEXT;
	}
L_ICONSMP:
	{
		Type *t = TYPE(m);
		uint8_t *s = P_G(s);

		if (vm_mem(ptr2ref(s), t->size) == NULL)
			goto nil;
		TRY(op_cons(p, t, s, &DG(Aref)));
		NEXT;
	}
L_IHEADB:
	TRY(op_head(p, SG(Aref), 1, P_G(d)));
	NEXT;
L_IHEADF:
L_IHEADL:
	TRY(op_head(p, SG(Aref), 8, P_G(d)));
	NEXT;
L_IHEADM:
	TRY(op_head(p, SG(Aref), MG(Auword), P_G(d)));
	NEXT;
L_IHEADMP:
	TRY(op_headmp(p, SG(Aref), TYPE(m), P_G(d)));
	NEXT;
L_IMOVM:
	TRY(op_movm(p, P_G(s), MG(Aword), P_G(d)));
	NEXT;
L_IMOVMP:
	TRY(op_movmp(p, TYPE(m), P_G(s), P_G(d)));
	NEXT;
L_ITCMP:
	TRY(op_tcmp(p, SG(Aref), DG(Aref)));
	NEXT;
L_ISLICEA:
	TRY(array_slice(p, (Ref *)&DG(Aref), SG(Aword), MG(Aword)));
	NEXT;
L_ISLICELA:
	TRY(array_slicela(p, SG(Aref), MG(Aword), DG(Aref)));
	YIELD;
	NEXT;
L_ILENL:
	{
		Ref l = SG(Aref);

		DG(Aword) = op_lenl(l);
		YIELD;
		NEXT;
	}

	/* ---- strings */
L_ICVTCA:
	TRY(op_cvtca(p, SG(Aref), &DG(Aref)));
	YIELD;
	NEXT;
L_ICVTAC:
	TRY(op_cvtac(p, SG(Aref), &DG(Aref)));
	YIELD;
	NEXT;
L_ICVTWC:
	TRY(op_cvtwc(p, SG(Aword), &DG(Aref)));
	NEXT;
L_ICVTLC:
	TRY(op_cvtwc(p, SG(Abig), &DG(Aref)));
	NEXT;
L_ICVTFC:
	TRY(op_cvtfc(p, SG(Areal), &DG(Aref)));
	NEXT;
L_ICVTCW:
	{
		int64_t v = op_cvtcl(SG(Aref), true);

		DG(Aword) = (int32_t)v;
		NEXT;
	}
L_ICVTCL:
	{
		int64_t v = op_cvtcl(SG(Aref), false);

		DG(Abig) = v;
		NEXT;
	}
L_ICVTCF:
	{
		double v = op_cvtcf(SG(Aref));

		DG(Areal) = v;
		NEXT;
	}
L_IINSC:
	TRY(string_insc(p, (Ref *)&DG(Aref), MG(Aword), SG(Aword)));
	YIELD;
	NEXT;
L_IADDC:
	TRY(string_cat(p, (Ref *)&DG(Aref), MG(Aref), SG(Aref)));
	YIELD;
	NEXT;
L_ISLICEC:
	TRY(string_slice(p, (Ref *)&DG(Aref), SG(Aword), MG(Aword)));
	YIELD;
	NEXT;
#define STRBRANCH(op, rel) \
	L_##op: \
	{ \
		int r_ = str_cmp(SG(Aref), MG(Aref)); \
		if (unlikely(p->yield)) { \
			p->yield = false; \
			budget = 0; \
		} \
		if (r_ rel 0) \
			JUMP(pc->d.v); \
		NEXT; \
	}
	STRBRANCH(IBEQC, ==)
	STRBRANCH(IBNEC, !=)
	STRBRANCH(IBLTC, <)
	STRBRANCH(IBLEC, <=)
	STRBRANCH(IBGTC, >)
	STRBRANCH(IBGEC, >=)

	/* ---- numbers */
#define DIVIDE(op, T, e, special) \
	L_##op: \
	{ \
		T s_ = SG(T), m_ = MG(T); \
		if (unlikely(s_ == 0)) \
			goto zero; \
		DG(T) = (T)((special) ? 0 - m_ : (e)); \
		NEXT; \
	}
#define MODULO(op, T, special) \
	L_##op: \
	{ \
		T s_ = SG(T), m_ = MG(T); \
		if (unlikely(s_ == 0)) \
			goto zero; \
		DG(T) = (T)((special) ? 0 : m_ % s_); \
		NEXT; \
	}
	DIVIDE(IDIVB, uint8_t, m_ / s_, false)
	DIVIDE(IDIVW, Aword, m_ / s_, s_ == -1)
	DIVIDE(IDIVL, Abig, m_ / s_, s_ == -1)
	MODULO(IMODB, uint8_t, false)
	MODULO(IMODW, Aword, s_ == -1)
	MODULO(IMODL, Abig, s_ == -1)
L_ICVTFW:
	{
		int64_t v;

		TRY(op_cvtfl(p, SG(Areal), true, &v));
		DG(Aword) = (int32_t)v;
		NEXT;
	}
L_ICVTFL:
	{
		int64_t v;

		TRY(op_cvtfl(p, SG(Areal), false, &v));
		DG(Abig) = v;
		NEXT;
	}
L_ICVTFX:
	{
		int64_t v;

		TRY(op_cvtfl(p, SG(Areal) * MG(Areal), true, &v));
		DG(Aword) = (int32_t)v;
		NEXT;
	}
L_ICVTXF:
	{
		double v = SG(Aword) * MG(Areal);

		DG(Areal) = v;
		NEXT;
	}
L_ICVTRF:
	{
		double v = SG(Afloat);

		DG(Areal) = v;
		NEXT;
	}
L_ICVTFR:
	{
		float v = (float)SG(Areal);

		DG(Afloat) = v;
		NEXT;
	}
L_ICVTWS:
	{
		int32_t v = SG(Aword);

		DG(Ashort) = (int16_t)v;
		NEXT;
	}
L_ICVTSW:
	{
		int32_t v = SG(Ashort);

		DG(Aword) = v;
		NEXT;
	}
L_IEXPW:
	{
		int32_t e = SG(Aword), r = (int32_t)op_expl(MG(Aword), e);

		if (e < 0) {
			if (r == 0)
				goto zero;
			r = r == 1 || r == -1 ? r : 0;
		}
		DG(Aword) = r;
		NEXT;
	}
L_IEXPL:
	{
		int32_t e = SG(Aword);
		int64_t r = op_expl(MG(Abig), e);

		if (e < 0) {
			if (r == 0)
				goto zero;
			r = r == 1 || r == -1 ? r : 0;
		}
		DG(Abig) = r;
		NEXT;
	}
L_IEXPF:
	{
		int32_t e = SG(Aword);
		double r;

		if (vm.fpmask != 0)
			vm_fpbegin(p);
		r = op_expf(MG(Areal), e);
		if (vm.fpmask != 0)
			TRY(vm_fpend(p));
		DG(Areal) = r;
		NEXT;
	}
L_IMULX:
L_IDIVX:
L_IMULX0:
L_IDIVX0:
L_IMULX1:
L_IDIVX1:
	TRY(op_fixed(p, pc->op, SG(Aword), MG(Aword), *(Aword *)(fp + DIS_FRAME_STEMP), *(Aword *)(fp + DIS_FRAME_DTEMP),
		     &DG(Aword)));
	NEXT;
L_ICVTXX:
L_ICVTXX0:
L_ICVTXX1:
	TRY(op_fixed(p, pc->op, SG(Aword), 0, *(Aword *)(fp + DIS_FRAME_STEMP), MG(Aword), &DG(Aword)));
	NEXT;

	/* ---- ends */
L_INOP:
illegal:
	vm_raise(p, "illegal dis instruction");
	goto fault;
nil:
	vm_raise_nil(p);
	goto fault;
bounds:
	vm_raise_bounds(p);
	goto fault;
zero:
	vm_raise(p, "zero divide");
	goto fault;
invalid:
	vm_raise(p, "invalid mframe");
	goto fault;
nomain:
	vm_raise(p, "out of memory: main");
	goto fault;
noheap:
	vm_raise_heap(p);
fault:
	SAVE;
	return RUN_RAISED;
after_comm:
	if (p->state == Pready)
		return RUN_RAISED; /* nothing was waited for: it was raised */
	p->pc++;
	return RUN_BLOCKED;
after:
	/* Killed, or an exception from outside, or one of a builtin: it belongs to this instruction. */
	return RUN_RAISED;
afternext:
	return RUN_RAISED;
quantum:
	SAVE;
	return RUN_QUANTUM;
exit:
	SAVE;
	return RUN_EXIT;
