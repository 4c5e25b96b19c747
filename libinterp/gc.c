/*
 * The collector of cyclic garbage. Counts free everything else at once; what counts cannot free are cycles.
 *
 * A pass goes in small steps between turns of the scheduler, while programs run between the steps:
 *	roots	the references in frames of processes and in code are shaded
 *	mark	shaded objects are scanned, what they refer to is shaded
 *	scan	blocks that have not been shaded are collected as candidates, with their counts
 *	count	the references that candidates hold on each other are counted
 *	compare	a candidate that has more references than those, or whose count has changed, is shaded
 *	revive	shaded objects are scanned as in mark
 *	doom	the candidates that remain are garbage, and so marked
 *	bury	what they stand for in the host is finished, references they hold on others are released
 *	free	their blocks are freed
 *
 * Marking need not be exact: what it does not know of (references that builtins keep outside of the arena, or that were
 * moved without being counted) shows in the comparison. It keeps the number of candidates small.
 *
 * Why what remains after revive is garbage although programs have run meanwhile: while vm.marking a program that gets at
 * a candidate that is alive after all, which it can only through a reference from outside, either counts a new
 * reference (and shades), or drops one: the count differs then from the one of the scan, or is greater than what
 * candidates were found to hold. References that move out of an object, or into one, without being counted are shaded
 * by who moves them (ref_moved).
 *
 * Colours: outside of a pass all objects have gc_colour; a pass begins by changing it, so that all are unmarked.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

#include "libinterp/vm.h"

#define STEP 4000	    /* the least work of a step worth while */
#define MAXSTEP 8000	    /* and the most: a millisecond or two where nothing is in the cache */
#define BETWEEN (64u << 10) /* bytes allocated from one step to the next, if there is much to do */
#define TURNS 256	    /* a pass goes on once in so many turns, whatever the programs do */
#define PIECE 2048	    /* references of a large array or of a stack, looked at at once */
#define MINPASS (4u << 20)  /* bytes allocated before a pass is started while programs run */
#define MAXBARREN 2
#define MINIDLE (256u << 10) /* the same while nothing runs */
#define IDLEREST 200	    /* ms between passes while nothing runs */

enum { IDLE, ROOTS, MARK, SCAN, COUNT, COMPARE, REVIVE, DOOM, BURY, FREE };

/*
 * A stack of references, in segments that the host gives and takes back one by one: nothing is copied when it grows, and nothing large
 * is given back at once.
 */
#define SEGSHIFT 16
#define SEG ((size_t)1 << SEGSHIFT)

typedef struct Refs {
	Ref **seg;
	size_t n;	   /* references */
	size_t nseg, aseg; /* segments that are there, and slots for them; below low they have been given back */
	size_t low;
} Refs;

/* Of a candidate: its count when it was found, and how many of those references candidates hold. */
struct Gccount {
	uint32_t held, found;
};

uint8_t gc_colour = 1;
uint32_t gc_pass = 1;
Gcstats gc_stats;

static int phase;
static Prog *root;	    /* the process whose frames are next */
static uint32_t rootact;    /* and of those, which */
static uint32_t scanpage;
static Refs grey, cand;
static size_t next;	    /* of the candidates */
static Ref part;	    /* the shaded object that has been scanned up to at */
static uint32_t at;
uint64_t gc_since, gc_next = UINT64_MAX;
static uint64_t base;	    /* bytes in use when it ended */
static uint64_t done, expected; /* work of this pass */
static uint64_t room;	    /* bytes that may be allocated before it has to be done */
static uint64_t freedbefore; /* objects, when it began */
static int barren;	    /* passes in a row that found nothing: those that follow can wait, up to 2^MAXBARREN times as long */
static uint64_t spent;	    /* us of the processor on this pass */
static uint64_t lastend, passtime; /* ms: when the last one ended, and what it took */
static int turns;
static bool requested;	    /* a pass, although little has been allocated */

static bool
push(Refs *s, Ref r)
{
	Ref **ns;
	void *m;

	if (s->n == s->nseg << SEGSHIFT) {
		if (s->nseg == s->aseg) {
			ns = realloc(s->seg, (s->aseg * 2 + 64) * sizeof *ns);
			if (ns == NULL)
				return false;
			s->seg = ns;
			s->aseg = s->aseg * 2 + 64;
		}
		m = mmap(NULL, SEG * sizeof(Ref), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (m == MAP_FAILED)
			return false;
		s->seg[s->nseg++] = m;
	}
	s->seg[s->n >> SEGSHIFT][s->n & (SEG - 1)] = r;
	s->n++;
	return true;
}

static Ref
pop(Refs *s)
{
	s->n--;
	/* One segment is kept for what is pushed next. */
	if (s->nseg > (s->n >> SEGSHIFT) + 2)
		munmap(s->seg[--s->nseg], SEG * sizeof(Ref));
	return s->seg[s->n >> SEGSHIFT][s->n & (SEG - 1)];
}

static Ref
item(Refs *s, size_t i)
{
	return s->seg[i >> SEGSHIFT][i & (SEG - 1)];
}

/* The references before i are not wanted any more. */
static void
droplow(Refs *s, size_t i)
{
	if (s->low < i >> SEGSHIFT) {
		munmap(s->seg[s->low], SEG * sizeof(Ref));
		s->low++;
	}
}

/* All of it, which is little by now. */
static void
drop(Refs *s)
{
	for (; s->low < s->nseg; s->low++)
		munmap(s->seg[s->low], SEG * sizeof(Ref));
	free(s->seg);
	memset(s, 0, sizeof *s);
}

void
gc_nocounts(Chunk *c)
{
	table_free(c->count, c->nblock * sizeof *c->count);
	c->count = NULL;
}

static bool
iswhite(uint8_t state)
{
	return state != gc_colour && (state == 1 || state == 2);
}

static Chunk *
white(Ref r, uint32_t *ix)
{
	Chunk *c = heap_find(r, ix);

	return c != NULL && iswhite(c->state[*ix]) ? c : NULL;
}

void
gc_shade(Ref r)
{
	uint32_t ix;
	Chunk *c = white(r, &ix);

	if (c == NULL)
		return;
	c->state[ix] = gc_colour;
	push(&grey, r); /* if it does not fit, the counts will tell of what it refers to */
}

/*
 * Calls fn for the references in the live object r, from element i on, a piece at a time. Returns the element to go on
 * with, 0 when that was all. *work is what it cost.
 */
static uint32_t
eachref(Ref r, Chunk *c, uint32_t ix, uint32_t i, void (*fn)(Ref), int *work)
{
	uint32_t cap = c->block - HEAP_HDR, k, n, piece;
	Hostobj *ho = c->host ? c->host[ix] : NULL;
	Type *t = heap_type(r), *e;
	Channel *ch = NULL;
	Ref a;

	--*work;
	if (ho != NULL && ho->kind == TK_CHAN) {
		ch = (Channel *)ho;
		e = ch->elem;
		n = ch->n;
	} else if (ho != NULL && ho->kind == TK_MODULE) {
		fn(((Modlink *)ho)->m->mp);
		return 0;
	} else if (t == NULL) {
		return 0;
	} else if (t->kind == TK_ARRAY) {
		a = ldw(r + 12);
		if (a != H) {
			fn(a);
			return 0;
		}
		e = t->elem;
		n = ldw(r);
		if (16 + (uint64_t)n * e->size > cap)
			return 0;
	} else {
		if (t->kind == TK_ADT || t->kind == TK_HANDLE || t->kind == TK_LIST || t->kind == TK_MP)
			if (t->size <= cap)
				for (k = 0; k < t->nref; k++, --*work)
					fn(ldw(r + t->ref[k]));
		return 0;
	}
	if (e->nref == 0)
		return 0;
	for (piece = 0; i < n && piece < PIECE; i++, piece += e->nref) {
		a = ch != NULL ? channel_item(ch, i) : r + 16 + i * e->size;
		for (k = 0; k < e->nref; k++)
			fn(ldw(a + e->ref[k]));
	}
	*work -= (int)piece;
	return i < n ? i : 0;
}

/* ------------------------------------------------------------ roots, mark, scan */

/* Some of the stack of one process. False at the end, after code. */
static bool
rootstep(int *work)
{
	Prog *q = root;
	Code *c;
	Act *a;
	uint32_t k, n;

	if (q == NULL) {
		for (c = code_first(); c != NULL; c = c->next) {
			gc_shade(c->image);
			--*work;
		}
		return false;
	}
	if (rootact == 0) {
		gc_shade(q->exval);
		if (q->m != NULL)
			gc_shade(q->m->mp);
		*work -= 4;
	}
	for (n = 0; rootact < q->nact && n < PIECE; rootact++) {
		a = &q->act[rootact];
		a->t->seen = gc_pass;
		for (k = 0; k < a->t->nref; k++)
			gc_shade(ldw(a->fp + a->t->ref[k]));
		if (a->cross && a->m != NULL)
			gc_shade(a->m->mp);
		n += 1 + a->t->nref;
	}
	*work -= (int)n;
	if (rootact >= q->nact)
		gc_nextroot(q);
	return true;
}

void
gc_nextroot(Prog *q)
{
	if (root == q) {
		root = q->next;
		rootact = 0;
	}
}

static bool
markstep(int *work)
{
	uint32_t ix;
	Chunk *c;

	if (at == 0) {
		if (grey.n == 0)
			return false;
		part = pop(&grey);
		gc_stats.objects++;
	}
	c = heap_find(part, &ix);
	at = c != NULL ? eachref(part, c, ix, at, gc_shade, work) : 0;
	--*work;
	return true;
}

/* Blocks of a chunk that were not shaded. Stacks and the like (the main pool) are never garbage here. */
static void
scanchunk(Chunk *c)
{
	Hostobj *ho;
	uint32_t i;
	Type *t;
	Ref r;

	for (i = 0; i < c->nblock; i++) {
		if (c->state[i] == 0)
			continue;
		r = c->base + i * c->block + HEAP_HDR;
		t = heap_type(r);
		if (t != NULL)
			t->seen = gc_pass;
		if (!iswhite(c->state[i]))
			continue;
		if ((c->count == NULL && (c->pool != POOL_HEAP || (c->count = table_new(c->nblock * sizeof *c->count)) == NULL)) || !push(&cand, r)) {
			c->state[i] = gc_colour;
			continue;
		}
		ho = c->host ? c->host[i] : NULL;
		c->count[i].held = *heap_count(r) + (ho != NULL && ho->kind == TK_MP ? (uint32_t)((Module *)ho)->ref - 1 : 0);
		c->count[i].found = 0;
	}
}

static bool
scanstep(int *work)
{
	Chunk *c;

	while (*work > 0) {
		/* Nothing lies above the usable part. */
		if (scanpage > ARENA_TOP >> ARENA_PAGESHIFT || (scanpage << ARENA_PAGESHIFT) - ARENA_LO > vm.span)
			return false;
		c = heap_onpage(scanpage);
		if (c == NULL) {
			scanpage++;
			--*work;
			continue;
		}
		scanchunk(c);
		*work -= (int)c->nblock + 1;
		scanpage += c->npages;
	}
	return true;
}

/* ------------------------------------------------------------ candidates */

/* The candidate that is next if it is in that state still, with its chunk. */
static Chunk *
candidate(bool dying, uint32_t *ix)
{
	Chunk *c = heap_find(item(&cand, next), ix);

	if (c == NULL || c->count == NULL || !(dying ? c->state[*ix] == GC_DYING : iswhite(c->state[*ix])))
		return NULL;
	return c;
}

static void
countone(Ref r)
{
	Chunk *c;
	uint32_t ix;

	if (r != H && (c = white(r, &ix)) != NULL && c->count != NULL)
		c->count[ix].found++;
}

static void
compare(Ref r, Chunk *c, uint32_t ix)
{
	Hostobj *ho = c->host ? c->host[ix] : NULL;
	uint32_t held = *heap_count(r);

	if (ho != NULL && ho->kind == TK_MP)
		held += (uint32_t)((Module *)ho)->ref - 1;
	if (held != c->count[ix].held || held > c->count[ix].found)
		gc_shade(r);
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
	if (c != NULL && c->state[ix] != GC_DYING)
		refdec(r);
}

static void
buryhost(Chunk *c, uint32_t ix)
{
	Hostobj *ho = c->host ? c->host[ix] : NULL;

	if (ho == NULL)
		return;
	c->host[ix] = NULL;
	if (ho->kind == TK_MP) {
		module_destroyed((Module *)ho);
		return;
	}
	if (ho->kind == TK_CHAN)
		((Channel *)ho)->n = 0;
	heap_endhost(ho);
}

static bool
isunit(Chunk *c, uint32_t ix)
{
	return c->host != NULL && c->host[ix] != NULL && c->host[ix]->kind == TK_MODULE;
}

/* One candidate, or a piece of it, as the phase says. False at the end. */
static bool
candstep(int *work)
{
	uint32_t ix;
	Chunk *c;
	Ref r;

	if (next >= cand.n) {
		next = at = 0;
		return false;
	}
	r = item(&cand, next);
	--*work;
	c = candidate(phase >= BURY, &ix);
	if (c == NULL) {
		at = 0;
	} else switch (phase) {
	case COUNT:
		at = eachref(r, c, ix, at, countone, work);
		break;
	case COMPARE:
		compare(r, c, ix);
		break;
	case DOOM:
		c->state[ix] = GC_DYING;
		*heap_count(r) = 0x40000000; /* nothing brings it down to 0 now */
		break;
	case BURY:
		at = isunit(c, ix) ? 0 : eachref(r, c, ix, at, dropone, work);
		if (at == 0)
			buryhost(c, ix);
		break;
	case FREE:
		gc_stats.freed++;
		heap_freeblock(r);
		break;
	}
	if (phase == FREE && (c = heap_onpage((r - HEAP_HDR) >> ARENA_PAGESHIFT)) != NULL) {
		/* The other candidates in this chunk come next: they were found in this order. */
		if (next + 1 >= cand.n || heap_onpage((item(&cand, next + 1) - HEAP_HDR) >> ARENA_PAGESHIFT) != c)
			gc_nocounts(c);
	}
	if (at == 0)
		next++;
	if (phase == FREE)
		droplow(&cand, next);
	return true;
}

/* ------------------------------------------------------------ driving it */

uint64_t
gc_clock(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ts); /* what else the host does meanwhile is not counted */
	return (uint64_t)ts.tv_sec * 1000000 + (uint64_t)ts.tv_nsec / 1000;
}

void
gc_paused(uint64_t then)
{
	uint64_t d = gc_clock() - then;

	gc_stats.steps++;
	spent += d;
	if (d > gc_stats.pause)
		gc_stats.pause = d;
}

/* What has to be done now so that the pass is over when room has been used up. */
static int
behind(void)
{
	uint64_t due = gc_since < room ? (uint64_t)((double)gc_since / room * expected) : UINT64_MAX;

	if (due <= done + STEP)
		return 0;
	return due - done > MAXSTEP ? MAXSTEP : (int)(due - done);
}

/* Much is allocated in one turn. */
void
gc_more(void)
{
	uint64_t then;
	int work;

	gc_next = gc_since + BETWEEN;
	work = behind();
	if (work > 0) {
		then = gc_clock();
		gc_step(work);
		gc_paused(then);
	}
}

int
gc_debt(void)
{
	uint64_t used, max;
	int work;

	if (phase == IDLE) {
		if (requested)
			return STEP;
		used = pools[POOL_HEAP].used;
		max = pools[POOL_HEAP].max;
		if (used > max / 2)
			return gc_since > used / 4 && gc_since > MINPASS ? STEP : 0;
		return gc_since >> barren > (base > MINPASS ? base : MINPASS) ? STEP : 0;
	}
	work = behind();
	if (work > 0)
		return work;
	if (++turns < TURNS)
		return 0;
	turns = 0;
	return STEP;
}

bool
gc_idle(void)
{
	uint64_t used = pools[POOL_HEAP].used;

	if (phase != IDLE)
		return true;
	return requested || (gc_since > 0 && ((gc_since > used / 8 && gc_since > MINIDLE) || kmsec() - lastend > IDLEREST + passtime * 10));
}

bool
gc_pending(void)
{
	return phase != IDLE || gc_since > 0 || requested;
}

void
gc_request(void)
{
	requested = true;
}

bool
gc_worth(void)
{
	return phase != IDLE || gc_since > pools[POOL_HEAP].used / 16;
}

static void
start(void)
{
	uint64_t used = pools[POOL_HEAP].used, left = pools[POOL_HEAP].max - used;

	requested = false;
	heap_unquick();
	gc_colour = gc_colour == 1 ? 2 : 1;
	gc_pass++;
	phase = ROOTS;
	root = prog_first();
	rootact = 0;
	scanpage = ARENA_LO >> ARENA_PAGESHIFT;
	vm.marking = true;
	gc_since = done = spent = 0;
	gc_next = BETWEEN;
	freedbefore = gc_stats.freed;
	expected = (used + pools[POOL_MAIN].used) / 8 + STEP;
	room = used / 2 < left / 2 ? used / 2 : left / 2;
	if (room < MINPASS)
		room = MINPASS;
}

static void
finish(void)
{
	gc_stats.candidates += cand.n;
	type_sweep(gc_pass);
	drop(&cand);
	drop(&grey);
	arena_trimall();
	phase = IDLE;
	heap_requick();
	gc_next = UINT64_MAX;
	base = pools[POOL_HEAP].used;
	if (gc_stats.freed != freedbefore)
		barren = 0;
	else if (barren < MAXBARREN)
		barren++;
	lastend = kmsec();
	passtime = spent / 1000;
	gc_stats.runs++;
}

bool
gc_step(int work)
{
	int left = work;

	if (phase == IDLE)
		start();
	while (left > 0 && phase != IDLE)
		switch (phase) {
		case ROOTS:
			if (!rootstep(&left))
				phase = MARK;
			break;
		case MARK:
			if (!markstep(&left))
				phase = SCAN;
			break;
		case SCAN:
			if (grey.n > 0)
				phase = MARK; /* counted meanwhile */
			else if (!scanstep(&left))
				phase = COUNT;
			break;
		case REVIVE:
			if (!markstep(&left)) {
				phase = DOOM;
				vm.marking = false;
			}
			break;
		case FREE:
			if (!candstep(&left))
				finish();
			break;
		default:
			if (!candstep(&left))
				phase++;
		}
	done += (uint64_t)(work - left);
	return phase != IDLE;
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
