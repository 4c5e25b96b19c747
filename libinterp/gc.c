/*
 * The collector of cyclic garbage. Counts free everything else at once; what counts cannot free are cycles.
 *
 * A pass goes in small steps between turns of the scheduler:
 *	roots	the references in frames of processes and in code are shaded
 *	mark	shaded objects are scanned, what they refer to is shaded
 *	scan	blocks that have not been shaded are collected as candidates
 *	verify	in one step: a candidate is garbage if all its references come from garbage
 * Programs run between the steps and move references about, so marking may miss objects that live. It need not be
 * exact: the verification counts the references that candidates have among themselves, and whoever has more than
 * that is referenced from outside and lives with all it refers to. Marking only keeps the number of candidates small.
 * (vm.marking makes counting shade what is counted, with the same purpose.)
 *
 * Colours: outside of a pass all objects have gc_colour; a pass begins by changing it, so that all are unmarked.
 */
#include <stdlib.h>

#include "libinterp/vm.h"

#define DYING 3
#define MINPASS (4u << 20) /* bytes allocated before a pass is started while programs run */

#define MINIDLE (256u << 10) /* the same while nothing runs */

enum { IDLE, ROOTS, MARK, SCAN, VERIFY };

typedef struct Refs {
	Ref *r;
	size_t n, a;
} Refs;

uint8_t gc_colour = 1;
uint32_t gc_pass = 1;

static int phase;
Prog *gc_root;
static uint32_t scanpage;
static Refs grey, cand;
static uint64_t since;	    /* bytes allocated since the last pass */
static uint64_t lastend;    /* when it ended, ms */
static uint64_t passcost;   /* steps it took */

static bool
push(Refs *s, Ref r)
{
	Ref *nr;

	if (s->n == s->a) {
		nr = realloc(s->r, (s->a * 2 + 1024) * sizeof *nr);
		if (nr == NULL)
			return false;
		s->r = nr;
		s->a = s->a * 2 + 1024;
	}
	s->r[s->n++] = r;
	return true;
}

static void
drop(Refs *s)
{
	s->n = 0;
	if (s->a > 1 << 16) {
		free(s->r);
		s->r = NULL;
		s->a = 0;
	}
}

void
gc_shade(Ref r)
{
	uint32_t ix;
	Chunk *c = heap_find(r, &ix);

	if (c == NULL || c->state[ix] == gc_colour)
		return;
	c->state[ix] = gc_colour;
	push(&grey, r);
}

/* Calls fn for every reference that the live object r holds. Returns how many. */
static uint32_t
eachref(Ref r, Chunk *c, uint32_t ix, void (*fn)(Ref))
{
	uint32_t cap = c->block - HEAP_HDR, i, k, n, done = 0;
	Hostobj *ho = c->host ? c->host[ix] : NULL;
	Type *t = heap_type(r), *e;
	Channel *ch;
	Ref a;

	if (ho != NULL && ho->kind == TK_CHAN) {
		ch = (Channel *)ho;
		if (ch->elem->nref > 0)
			for (i = 0; i < ch->n; i++) {
				a = channel_item(ch, i);
				for (k = 0; k < ch->elem->nref; k++, done++)
					fn(ldw(a + ch->elem->ref[k]));
			}
		return done;
	}
	if (ho != NULL && ho->kind == TK_MODULE) {
		fn(((Modlink *)ho)->m->mp);
		return 1;
	}
	if (t == NULL)
		return 0;
	switch (t->kind) {
	case TK_ARRAY:
		a = ldw(r + 12);
		n = ldw(r);
		e = t->elem;
		if (a != H) {
			fn(a);
			return 1;
		}
		if (e->nref == 0 || 16 + (uint64_t)n * e->size > cap)
			return 0;
		for (i = 0, a = r + 16; i < n; i++, a += e->size)
			for (k = 0; k < e->nref; k++, done++)
				fn(ldw(a + e->ref[k]));
		break;
	case TK_ADT:
	case TK_HANDLE:
	case TK_LIST:
	case TK_MP:
		if (t->size <= cap)
			for (k = 0; k < t->nref; k++, done++)
				fn(ldw(r + t->ref[k]));
		break;
	}
	return done;
}

/* ------------------------------------------------------------ roots, mark, scan */

/* The stack of one process. False at the end, after code. */
static bool
rootstep(int *work)
{
	Prog *q = gc_root;
	Code *c;
	Act *a;
	uint32_t i, k;

	if (q == NULL) {
		for (c = code_first(); c != NULL; c = c->next) {
			gc_shade(c->image);
			gc_shade(c->lits);
			--*work;
		}
		return false;
	}
	gc_root = q->next;
	gc_shade(q->exval);
	if (q->m != NULL)
		gc_shade(q->m->mp);
	for (i = 0; i < q->nact; i++) {
		a = &q->act[i];
		for (k = 0; k < a->t->nref; k++)
			gc_shade(ldw(a->fp + a->t->ref[k]));
		if (a->cross && a->m != NULL)
			gc_shade(a->m->mp);
		*work -= 1 + (int)a->t->nref;
	}
	for (i = 0; i < (uint32_t)q->nchunk; i++)
		gc_shade(q->chunk[i].base);
	if (q->spare.base != 0)
		gc_shade(q->spare.base);
	return true;
}

static bool
scanstep(int *work)
{
	uint32_t i;
	Chunk *c;
	Type *t;
	Ref r;

	while (*work > 0) {
		if (scanpage > ARENA_TOP >> ARENA_PAGESHIFT)
			return false;
		c = heap_onpage(scanpage);
		if (c == NULL) {
			scanpage++;
			--*work;
			/* Nothing lies above the usable part. */
			if ((scanpage << ARENA_PAGESHIFT) - ARENA_LO > vm.span)
				return false;
			continue;
		}
		for (i = 0; i < c->nblock; i++) {
			if (c->state[i] == 0)
				continue;
			r = c->base + i * c->block + HEAP_HDR;
			t = heap_type(r);
			if (t != NULL)
				t->seen = gc_pass;
			if (c->state[i] != gc_colour && !push(&cand, r))
				c->state[i] = gc_colour;
		}
		*work -= (int)c->nblock / 4 + 1;
		scanpage += c->npages;
	}
	return true;
}

/* ------------------------------------------------------------ verify */

static bool
white(Ref r, Chunk **c, uint32_t *ix)
{
	*c = heap_find(r, ix);
	return *c != NULL && (*c)->state[*ix] != gc_colour;
}

static void
countone(Ref r)
{
	Chunk *c;
	uint32_t ix;

	if (r != H && white(r, &c, &ix) && c->count != NULL)
		c->count[ix]++;
}

static void
revive(Ref r)
{
	Chunk *c;
	uint32_t ix;

	if (r != H && white(r, &c, &ix)) {
		c->state[ix] = gc_colour;
		push(&grey, r);
	}
}

static void
propagate(void)
{
	Chunk *c;
	uint32_t ix;
	Ref r;

	while (grey.n > 0) {
		r = grey.r[--grey.n];
		c = heap_find(r, &ix);
		if (c != NULL)
			eachref(r, c, ix, revive);
	}
}

/* A reference that garbage held. */
static void
dropone(Ref r)
{
	Chunk *c;
	uint32_t ix;

	if (r == H)
		return;
	c = heap_find(r, &ix);
	if (c != NULL && c->state[ix] != DYING)
		refdec(r);
}

static void
bury(Ref r, Chunk *c, uint32_t ix)
{
	Hostobj *ho = c->host ? c->host[ix] : NULL;

	if (ho == NULL || ho->kind != TK_MODULE)
		eachref(r, c, ix, dropone);
	if (ho == NULL)
		return;
	c->host[ix] = NULL;
	switch (ho->kind) {
	case TK_CHAN:
		((Channel *)ho)->n = 0;
		channel_destroy((Channel *)ho);
		break;
	case TK_MODULE:
		modlink_free((Modlink *)ho);
		break;
	case TK_HANDLE:
		handle_destroyed((Handle *)ho);
		break;
	case TK_MP:
		module_destroyed((Module *)ho);
		break;
	}
}

static void
verify(void)
{
	Chunk *c;
	Hostobj *ho;
	Prog *p;
	uint32_t ix, held, i;
	size_t k, n;
	Ref r;

	/* Keep the candidates that are still there and unmarked. */
	for (k = n = 0; k < cand.n; k++) {
		r = cand.r[k];
		if (!white(r, &c, &ix))
			continue;
		if (c->count == NULL) {
			c->count = calloc(c->nblock, sizeof *c->count);
			if (c->count == NULL) {
				revive(r);
				continue;
			}
		}
		cand.r[n++] = r;
	}
	cand.n = n;
	propagate();
	for (k = 0; k < n; k++)
		if (white(cand.r[k], &c, &ix))
			eachref(cand.r[k], c, ix, countone);
	for (k = 0; k < n; k++) {
		r = cand.r[k];
		if (!white(r, &c, &ix))
			continue;
		held = *heap_count(r);
		ho = c->host ? c->host[ix] : NULL;
		if (ho != NULL && ho->kind == TK_MP)
			held += ((Module *)ho)->ref - 1;
		else if (*heap_typeid(r) == Traw->id)
			held = UINT32_MAX; /* stacks and literals are not counted */
		if (held > c->count[ix])
			revive(r);
	}
	propagate();
	for (c = heap_chunks(); c != NULL; c = c->anext)
		if (c->count != NULL) {
			free(c->count);
			c->count = NULL;
		}
	for (k = n = 0; k < cand.n; k++) {
		r = cand.r[k];
		if (!white(r, &c, &ix))
			continue;
		c->state[ix] = DYING;
		*heap_count(r) = 0x40000000; /* nothing brings it down to 0 now */
		cand.r[n++] = r;
	}
	for (k = 0; k < n; k++)
		if ((c = heap_find(cand.r[k], &ix)) != NULL)
			bury(cand.r[k], c, ix);
	for (k = 0; k < n; k++)
		heap_freeblock(cand.r[k]);
	for (p = prog_first(); p != NULL; p = p->next)
		for (i = 0; i < p->nact; i++)
			p->act[i].t->seen = gc_pass;
	type_sweep(gc_pass);
	drop(&cand);
	drop(&grey);
}

/* ------------------------------------------------------------ driving it */

void
gc_allocated(uint64_t n)
{
	since += n;
}

bool
gc_due(bool idle)
{
	uint64_t used = pools[POOL_HEAP].used, max = pools[POOL_HEAP].max;

	if (phase != IDLE)
		return true;
	if (idle)
		return since > 0 && ((since > used / 8 && since > MINIDLE) || kmsec() - lastend > 200 + passcost * 10);
	return since > (used > max / 2 ? used / 4 : used) && since > MINPASS;
}

bool
gc_pending(void)
{
	return phase != IDLE || since > 0;
}

bool
gc_worth(void)
{
	return phase != IDLE || since > pools[POOL_HEAP].used / 16;
}

static void
start(void)
{
	gc_colour = gc_colour == 1 ? 2 : 1;
	gc_pass++;
	phase = ROOTS;
	gc_root = prog_first();
	scanpage = ARENA_LO >> ARENA_PAGESHIFT;
	vm.marking = true;
	passcost = 0;
	since = 0;
}

bool
gc_step(int work)
{
	Chunk *c;
	uint32_t ix;
	Ref r;

	if (phase == IDLE)
		start();
	passcost++;
	while (work > 0)
		switch (phase) {
		case ROOTS:
			if (!rootstep(&work))
				phase = MARK;
			break;
		case MARK:
			if (grey.n == 0) {
				phase = SCAN;
				break;
			}
			r = grey.r[--grey.n];
			c = heap_find(r, &ix);
			if (c != NULL)
				work -= 1 + (int)eachref(r, c, ix, gc_shade);
			break;
		case SCAN:
			if (grey.n > 0)
				phase = MARK; /* counted meanwhile */
			else if (!scanstep(&work))
				phase = VERIFY;
			break;
		case VERIFY:
			vm.marking = false;
			verify();
			phase = IDLE;
			lastend = kmsec();
			return false;
		}
	return true;
}

void
gc_full(void)
{
	/* A pass in progress may have begun before the garbage was made. */
	if (phase != IDLE)
		while (gc_step(1 << 20))
			;
	while (gc_step(1 << 20))
		;
}
