/*
 * Code generation: after a function's instructions are there. Jumps are threaded, code that nothing reaches is dropped,
 * pointers that a return releases anyway are not cleared; then slots get their places. And, when module data have their
 * places too, operands that an instruction cannot express are taken apart.
 */
#include <stdlib.h>
#include <string.h>

#include "limbo/gen.h"

/* ---------------------------------------------------------------------- jumps */

static bool
iscond(const Inst *in)
{
	return dis_ops[in->op].flags & DIS_F_COND;
}

static bool
isclear(Gen *g, const Inst *in)
{
	return in->op == IMOVP && in->s.kind == Amp && in->s.item == g->nil && in->d.kind == Afp;
}

/* The branch with the opposite meaning, or -1: the order of reals has none, because of NaN. */
static int
opposite(int op)
{
	static const uint8_t t[][2] = {
		{ IBEQB, IBNEB }, { IBLTB, IBGEB }, { IBLEB, IBGTB }, { IBEQW, IBNEW }, { IBLTW, IBGEW },
		{ IBLEW, IBGTW }, { IBEQL, IBNEL }, { IBLTL, IBGEL }, { IBLEL, IBGTL }, { IBEQC, IBNEC },
		{ IBLTC, IBGEC }, { IBLEC, IBGTC }, { IBEQF, IBNEF },
	};
	unsigned i;

	for (i = 0; i < sizeof t / sizeof *t; i++) {
		if (t[i][0] == op)
			return t[i][1];
		if (t[i][1] == op)
			return t[i][0];
	}
	return -1;
}

static void
thread(Gen *g, Inst *c, int n)
{
	Label *lb;
	int i, k, pc;

	for (lb = g->labels; lb; lb = lb->next) {
		if (!lb->placed || lb->mark)
			continue;
		for (k = 0; k < n && lb->pc < n && c[lb->pc].op == IJMP; k++)
			lb->pc = c[lb->pc].d.label->pc;
	}
	for (i = 0; i < n; i++) {
		if (c[i].op != IJMP)
			continue;
		/* a jump to where the function returns without doing more is a return */
		for (pc = c[i].d.label->pc; pc < n && isclear(g, &c[pc]); pc++)
			;
		if (pc < n && c[pc].op == IRET) {
			c[i].op = IRET;
			c[i].d = a_none;
		}
	}
}

/* ------------------------------------------------------------------ dead code */

typedef struct Work Work;
struct Work {
	int *v;
	int n;
};

static void
reach(Inst *c, int n, Work *w, int pc)
{
	if (pc < n && !c[pc].live) {
		c[pc].live = true;
		w->v[w->n++] = pc;
	}
}

static void
flood(Inst *c, int n, Work *w)
{
	int i;

	while (w->n > 0) {
		int pc = w->v[--w->n];
		Inst *in = &c[pc];
		unsigned flags;

		if (in->gone) {
			reach(c, n, w, pc + 1);
			continue;
		}
		flags = dis_ops[in->op].flags;
		if (!(flags & DIS_F_NOFALL))
			reach(c, n, w, pc + 1);
		if (in->d.kind == Apc)
			reach(c, n, w, in->d.label->pc);
		if (in->d.kind == Amp && in->d.item->table)
			for (i = 0; i < in->d.item->ninit; i++)
				if (in->d.item->init[i].kind == Ipc)
					reach(c, n, w, in->d.item->init[i].label->pc);
	}
}

static void
sweep(Gen *g, Inst *c, int n)
{
	Work w = { .v = gen_scratch(g, 1, (size_t)(n + 1) * sizeof(int)) };
	Handler *h;
	bool more;
	int i;

	reach(c, n, &w, 0);
	flood(c, n, &w);
	do {
		more = false;
		for (h = g->fnhandlers; h; h = h->next) {
			if (h->gone)
				continue;
			for (i = h->from->pc; i < h->to->pc && i < n; i++)
				if (c[i].live && !c[i].gone)
					break;
			if (i >= h->to->pc || i >= n)
				continue;
			for (i = 0; i < h->nlabels; i++)
				reach(c, n, &w, h->labels[i].label->pc);
			if (h->wild)
				reach(c, n, &w, h->wild->pc);
			if (w.n > 0) {
				more = true;
				flood(c, n, &w);
			}
		}
	} while (more);
	for (i = 0; i < n; i++)
		if (!c[i].live)
			c[i].gone = true;
}

/* What does nothing because of what comes next. next[i]: first instruction kept at or after i. */
static void
tidy(Gen *g, Inst *c, int n, int *next)
{
	int i;

	next[n] = n;
	for (i = n - 1; i >= 0; i--) {
		int follow = next[i + 1];

		if (!c[i].gone && follow < n) {
			if (c[i].op == IJMP && c[i].d.label->pc > i && next[c[i].d.label->pc] == follow)
				c[i].gone = true;
			else if (isclear(g, &c[i]) && (c[follow].op == IRET || c[follow].op == IEXIT))
				c[i].gone = true;
		}
		next[i] = c[i].gone ? follow : i;
	}
}

/* Turns round branches that only jump over a jump. */
static bool
invert(Gen *g, Inst *c, int n, int *next)
{
	bool *target = gen_scratch(g, 1, (size_t)n + 1), any = false;
	int i, j, op;
	Label *lb;

	memset(target, 0, (size_t)n + 1);
	for (lb = g->labels; lb; lb = lb->next)
		if (lb->placed && (!lb->mark || lb == g->fn->entry))
			target[next[lb->pc]] = true;
	for (i = 0; i < n; i++) {
		if (c[i].gone || !iscond(&c[i]))
			continue;
		j = next[i + 1];
		if (j >= n || c[j].gone || c[j].op != IJMP || target[j] || next[c[i].d.label->pc] != next[j + 1])
			continue;
		op = opposite(c[i].op);
		if (op < 0)
			continue;
		c[i].op = (uint8_t)op;
		c[i].d = c[j].d;
		c[j].gone = true;
		any = true;
	}
	return any;
}

/* ---------------------------------------------------------------------- slots */

static void
use(Addr a, bool clears)
{
	if (a.kind != Afp && a.kind != Aindfp)
		return;
	a.slot->uses++;
	if (!clears)
		a.slot->sets++;
}

static int
byuse(const void *a, const void *b)
{
	const Slot *x = *(Slot *const *)a, *y = *(Slot *const *)b;
	bool lx = x->shape->size > 8, ly = y->shape->size > 8;

	if (lx != ly)
		return lx ? 1 : -1;
	if (x->uses != y->uses)
		return x->uses > y->uses ? -1 : 1;
	return x->off < y->off ? -1 : 1; /* off: order of creation so far */
}

static int64_t
place(Slot **v, int n, int64_t end)
{
	int i, hole = -1;

	for (i = 0; i < n; i++) {
		Slot *s = v[i];

		if (hole >= 0 && s->shape->size == 4 && s->align == 4) {
			s->off = hole;
			hole = -1;
			continue;
		}
		if (s->align == 8 && end % 8 == 4)
			hole = (int)end;
		end = (end + s->align - 1) / s->align * s->align;
		s->off = (int)end;
		end += s->shape->size;
		if (end > DIS_MAXOPERAND / 2)
			break;
	}
	return end;
}

static void
layout(Gen *g, Inst *c, int n)
{
	Slot **v, *s;
	int i, k = 0, count = 0, pass;
	int64_t start = DIS_FRAME_ARGS, end, total = 0;
	Map m = { .g = g };

	for (i = 0; i < n; i++) {
		if (c[i].gone)
			continue;
		use(c[i].s, false);
		use(c[i].m, false);
		use(c[i].d, isclear(g, &c[i]));
	}
	for (s = g->slots; s; s = s->next)
		count++;
	v = gen_scratch(g, 1, (size_t)(count + 1) * sizeof *v);
	for (pass = 0; pass < 2; pass++) {
		for (s = g->slots; s; s = s->next) {
			if (s->fixed) {
				if (pass == 0 && s->off + s->shape->size > start)
					start = s->off + s->shape->size;
				continue;
			}
			/* in order of creation, those that only the machine touches last */
			if ((s->sets > 0 && pass == 0) || (s->sets == 0 && s->keep && pass == 1)) {
				s->off = k;
				v[k++] = s;
				total += s->shape->size;
			}
		}
	}
	for (i = 0; i < n; i++)
		if (!c[i].gone && isclear(g, &c[i]) && c[i].d.slot->sets == 0 && !c[i].d.slot->keep && !c[i].d.slot->fixed)
			c[i].gone = true;
	if (start + total > 64 && k > 1)
		qsort(v, (size_t)k, sizeof *v, byuse);
	end = place(v, k, start);
	if (end > DIS_MAXOPERAND / 16) {
		lerror(g->l, g->fn->decl->src.start, "frame of function %s too large", member_name(g, g->fn->decl));
		g->failed = true;
		end = start;
	}
	for (s = g->slots; s; s = s->next)
		if (s->fixed ? s->off >= DIS_FRAME_ARGS : s->sets > 0 || s->keep)
			map_desc(&m, s->shape, s->off);
	end = (end + 7) / 8 * 8;
	g->fn->frame = desc_intern(g, (int)end, m.p, m.n);
}

/* -------------------------------------------------------------------- finish */

static void
finish_handlers(Gen *g)
{
	Handler *h, *next, **last = &g->fn->handlers;
	int i;

	for (h = g->fnhandlers; h; h = next) {
		next = h->next;
		h->next = NULL;
		if (h->from->pc >= h->to->pc)
			continue;
		h->varoff = h->var->off;
		h->from->kept = h->to->kept = true;
		for (i = 0; i < h->nlabels; i++)
			h->labels[i].label->kept = true;
		if (h->wild)
			h->wild->kept = true;
		if (h->nclear > 0) {
			Map m = { .g = g };
			int most = 0;

			for (i = 0; i < h->nclear; i++) {
				Slot *s = h->clear[i];

				/* what is not kept is in no instruction */
				if (!(s->sets > 0 || s->keep) || s->fixed)
					continue;
				map_desc(&m, s->shape, s->off);
				if (s->off + s->shape->size > most)
					most = s->off + s->shape->size;
			}
			if (m.n > 0) {
				/* a descriptor for a piece of the frame from its start */
				h->desc = desc_intern(g, g->fn->frame->size, m.p, m.n);
				h->desc->used = true;
			}
		}
		*last = h;
		last = &h->next;
	}
}

static int
mode(Akind k)
{
	static const uint8_t modes[] = { [Anone] = DIS_AXXX, [Afp] = DIS_AFP, [Amp] = DIS_AMP, [Aindfp] = DIS_AINDFP, [Aindmp] = DIS_AINDMP,
					 [Aimm] = DIS_AIMM, [Apc] = DIS_AIMM, [Adesc] = DIS_AIMM, [Aframe] = DIS_AIMM,
					 [Aentry] = DIS_AIMM, [Alink] = DIS_AIMM, [Aself] = DIS_AIMM, [Aload] = DIS_AIMM,
					 [Aown] = DIS_AIMM };

	return modes[k];
}

static int
midmode(Akind k)
{
	return k == Anone ? DIS_MXXX : k == Afp ? DIS_MFP : k == Amp ? DIS_MMP : DIS_MIMM;
}

/* An operand of instruction pc: what is known of it; the rest comes later. */
static int32_t
settle(Gen *g, const Addr *a, int pc, int operand)
{
	Later *w;

	switch (a->kind) {
	case Anone:
		return 0;
	case Aimm:
		return a->off;
	case Afp:
	case Aindfp:
		return a->slot->off + a->off;
	default:
		GROW(g, g->later, g->nlater, g->clater);
		w = &g->later[g->nlater++];
		w->pc = pc;
		w->operand = operand;
		w->a = *a;
		if (a->kind == Apc && a->label) {
			w->a.off = a->label->pc;
			w->a.label = NULL;
		}
		return 0;
	}
}

/* Makes n instructions the code of f. */
static void
pack(Gen *g, Func *f, const Inst *c, int n)
{
	int i;

	f->ncode = n;
	f->code = lalloc(g->l, (size_t)(n + 1) * sizeof *f->code);
	g->nlater = 0;
	for (i = 0; i < n; i++) {
		const Inst *in = &c[i];
		DisInst *d = &f->code[i];

		d->op = in->op;
		d->mode = DIS_MODE(midmode(in->m.kind), mode(in->s.kind), mode(in->d.kind));
		d->src = settle(g, &in->s, i, 0);
		d->mid = settle(g, &in->m, i, 1);
		d->dst = settle(g, &in->d, i, 2);
		if (in->s.kind == Aindfp || in->s.kind == Aindmp) {
			d->src2 = in->s.off2;
			g->wide |= d->src > 65535 || d->src2 > 65535;
		}
		if (in->d.kind == Aindfp || in->d.kind == Aindmp) {
			d->dst2 = in->d.off2;
			g->wide |= d->dst > 65535 || d->dst2 > 65535;
		}
		g->wide |= d->mid > 32767;
	}
	f->nlater = g->nlater;
	f->later = lalloc(g->l, (size_t)(f->nlater + 1) * sizeof *f->later);
	if (f->nlater > 0)
		memcpy(f->later, g->later, (size_t)f->nlater * sizeof *f->later);
	if (g->l->o.symbols) {
		f->insts = lalloc(g->l, (size_t)(n + 1) * sizeof *f->insts);
		if (n > 0)
			memcpy(f->insts, c, (size_t)n * sizeof *f->insts);
	}
}

/* Keeps the labels that others name, and has the rest used again. */
static void
keep_labels(Gen *g)
{
	Label *lb, *next;

	for (lb = g->labels; lb; lb = next) {
		next = lb->next;
		if (lb->kept || g->l->o.symbols) {
			lb->next = g->fn->labels;
			g->fn->labels = lb;
		} else {
			lb->next = g->freelabels;
			g->freelabels = lb;
		}
	}
	g->labels = NULL;
}

void
opt_recycle(Gen *g)
{
	if (!g->slots || g->l->o.symbols)
		return;
	*g->lastslot = g->freeslots;
	g->freeslots = g->slots;
	g->slots = NULL;
}

void
opt_function(Gen *g)
{
	Inst *c = g->code;
	int n = g->ncode, i, k;
	int *to;
	Label *lb;

	to = gen_scratch(g, 0, (size_t)(n + 2) * sizeof *to);
	thread(g, c, n);
	sweep(g, c, n);
	do
		tidy(g, c, n, to);
	while (invert(g, c, n, to));
	layout(g, c, n);

	for (i = k = 0; i < n; i++) {
		to[i] = k;
		if (!c[i].gone) {
			if (k != i)
				c[k] = c[i];
			k++;
		}
	}
	to[n] = k;
	for (lb = g->labels; lb; lb = lb->next)
		lb->pc = lb->placed ? to[lb->pc <= n ? lb->pc : n] : 0;
	pack(g, g->fn, c, k);
	finish_handlers(g);
	keep_labels(g);
}

/* ------------------------------------------------- operands that do not fit */

static int
base_off(Addr a)
{
	if (a.kind == Afp || a.kind == Aindfp)
		return a.slot->off + a.off;
	if (a.kind == Amp || a.kind == Aindmp)
		return a.item->off + a.off;
	return 0;
}

/* Whether the format can express all operands of f. */
static bool
fits(const Func *f)
{
	int i;

	for (i = 0; i < f->ncode; i++) {
		const DisInst *d = &f->code[i];

		if (DIS_MIDMODE(d->mode) == DIS_MFP && d->mid > 32767)
			return false;
		if (DIS_SRCMODE(d->mode) >= DIS_AIND && (d->src > 65535 || d->src2 > 65535))
			return false;
		if (DIS_DSTMODE(d->mode) >= DIS_AIND && (d->dst > 65535 || d->dst2 > 65535))
			return false;
	}
	for (i = 0; i < f->nlater; i++) {
		const Later *w = &f->later[i];

		if (w->a.kind == Amp && w->operand == 1 && w->a.item->off + w->a.off > 32767)
			return false;
		if (w->a.kind == Aindmp && w->a.item->off + w->a.off > 65535)
			return false;
	}
	return true;
}

static bool
wide_mid(Addr a)
{
	return (a.kind == Afp || a.kind == Amp) && base_off(a) > 32767;
}

static bool
wide_ind(Addr a)
{
	return (a.kind == Aindfp || a.kind == Aindmp) && (base_off(a) > 65535 || a.off2 > 65535);
}

typedef struct Out Out;
struct Out {
	Inst *v;
	int n, cap;
};

static void
put(Gen *g, Out *o, const Inst *like, int op, Addr s, Addr d)
{
	Inst in = *like;

	in.op = (uint8_t)op;
	in.s = s;
	in.m = a_none;
	in.d = d;
	GROW(g, o->v, o->n, o->cap);
	o->v[o->n++] = in;
}

/* The reference at a's base into scratch; the operand is then relative to it. */
static Addr
narrow(Gen *g, Out *o, const Inst *in, Addr a, Slot *scratch)
{
	Addr base = a, r = a_slot(scratch, 0);
	int off2 = a.off2;

	base.kind = a.kind == Aindfp ? Afp : Amp;
	base.off2 = 0;
	put(g, o, in, IMOVW, base, r);
	if (off2 > 65535) {
		/* look at the object first, so that nil is noticed */
		Slot *other = slot_new(g, scratch->shape, 1);

		other->fixed = true;
		other->off = DIS_FRAME_RTEMP;
		put(g, o, in, IMOVW, a_ind(r, 0), a_slot(other, 0));
		put(g, o, in, IADDW, a_int(g, off2), r);
		off2 = 0;
	}
	return a_ind(r, off2);
}

/* The instructions of f as they were before pack, with offsets for places. */
static Inst *
unpack(Gen *g, const Func *f, Slot *frame)
{
	static const uint8_t kinds[] = { [DIS_AMP] = Amp, [DIS_AFP] = Afp, [DIS_AIMM] = Aimm, [DIS_AXXX] = Anone, [DIS_AINDMP] = Aindmp,
					 [DIS_AINDFP] = Aindfp };
	Inst *c = lalloc(g->l, (size_t)(f->ncode + 1) * sizeof *c);
	int i, k;

	for (i = 0; i < f->ncode; i++) {
		const DisInst *d = &f->code[i];
		Addr *a[3] = { &c[i].s, &c[i].m, &c[i].d };

		c[i].op = d->op;
		c[i].src = f->decl->src;
		c[i].s = (Addr){ .kind = kinds[DIS_SRCMODE(d->mode)], .off = d->src, .off2 = d->src2 };
		c[i].m = (Addr){ .kind = kinds[DIS_MIDMODE(d->mode) == DIS_MXXX ? DIS_AXXX : DIS_MIDMODE(d->mode) == DIS_MIMM ? DIS_AIMM
							: DIS_MIDMODE(d->mode) == DIS_MFP ? DIS_AFP : DIS_AMP],
				 .off = d->mid };
		c[i].d = (Addr){ .kind = kinds[DIS_DSTMODE(d->mode)], .off = d->dst, .off2 = d->dst2 };
		for (k = 0; k < 3; k++)
			if (a[k]->kind == Afp || a[k]->kind == Aindfp)
				a[k]->slot = frame;
	}
	for (i = 0; i < f->nlater; i++) {
		const Later *w = &f->later[i];

		*(w->operand == 0 ? &c[w->pc].s : w->operand == 1 ? &c[w->pc].m : &c[w->pc].d) = w->a;
	}
	return c;
}

static void
legalise(Gen *g, Func *f, Inst *c, Slot *s20, Slot *s24, Slot *s28)
{
	Out o = { 0 };
	Label *lb;
	int *to, i;

	to = gen_scratch(g, 0, (size_t)(f->ncode + 1) * sizeof *to);
	for (i = 0; i < f->ncode; i++) {
		Inst in = c[i];
		unsigned mid = dis_ops[in.op].mid;
		DisKind kind = (DisKind)(mid & DIS_KIND_MASK);
		Addr after = a_none;
		bool fixed = in.op >= IMULX && in.op <= ICVTXX1;
		bool big = kind == DIS_K_L || kind == DIS_K_F;

		to[i] = o.n;
		/* a big middle operand takes 24 and 28, fixed point 20 and 28 */
		big = big && wide_mid(in.m);
		if ((wide_ind(in.s) && wide_ind(in.d) && big) || ((wide_ind(in.s) || wide_ind(in.d)) && fixed)) {
			lerror(g->l, in.src.start, "expression addresses too much data");
			g->failed = true;
		}
		if (wide_ind(in.s))
			in.s = narrow(g, &o, &in, in.s, s20);
		if (wide_ind(in.d))
			in.d = narrow(g, &o, &in, in.d, big ? s20 : s28);
		if (wide_mid(in.m)) {
			if (mid & DIS_ACC_WRITE) {
				after = in.m;
			} else {
				put(g, &o, &in, kind == DIS_K_L ? IMOVL : kind == DIS_K_F ? IMOVF : kind == DIS_K_B ? IMOVB : IMOVW,
				    in.m, a_slot(s24, 0));
			}
			in.m = a_slot(s24, 0);
		}
		GROW(g, o.v, o.n, o.cap);
		o.v[o.n++] = in;
		if (after.kind != Anone)
			put(g, &o, &in, IMOVW, a_slot(s24, 0), after);
	}
	to[f->ncode] = o.n;
	for (lb = f->labels; lb; lb = lb->next)
		lb->pc = to[lb->pc <= f->ncode ? lb->pc : f->ncode];
	for (i = 0; i < o.n; i++)
		if (o.v[i].d.kind == Apc && !o.v[i].d.label)
			o.v[i].d.off = to[o.v[i].d.off];
	pack(g, f, o.v, o.n);
}

void
opt_legalise(Gen *g)
{
	Desc *word = desc_intern(g, 4, NULL, 0);
	Slot *frame, *s20, *s24, *s28;
	int i;

	/* nothing that is addressed lies far from the registers or from where a reference leads */
	if (!g->wide && g->m->datasize <= 32768)
		return;
	g->lastslot = &g->slots;
	frame = slot_fixed(g, 0, word);
	s20 = slot_fixed(g, DIS_FRAME_STEMP, word);
	s24 = slot_fixed(g, DIS_FRAME_RTEMP, word);
	s28 = slot_fixed(g, DIS_FRAME_DTEMP, word);
	for (i = 0; i < g->nkept; i++) {
		Func *f = g->kept[i];

		if (!fits(f))
			legalise(g, f, f->insts ? f->insts : unpack(g, f, frame), s20, s24, s28);
	}
}
