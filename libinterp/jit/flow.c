/*
 * Which instructions a function has: control flow, its blocks and loops.
 */
#include <stdlib.h>
#include <string.h>

#include "libinterp/jit/front.h"

#define MAXINST 20000
#define OUT (-2)   /* not in the function */
#define INSIDE (-1)

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

bool
fn_discover(Fn *f)
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

bool
fn_blocks(Fn *f)
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
		if (fn_ends(in))
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

bool
fn_loops(Fn *f)
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

Loop *
fn_innermost(const Fn *f, int32_t pc)
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
