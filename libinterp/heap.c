/*
 * Objects: blocks of the arena with a count and a type in front, allocated from chunks of equal blocks, and destroyed
 * when the count reaches 0. Everything that decides what is a block and whether it is free is kept outside of the
 * arena, so that a program which scribbles there loses its own data and nothing else.
 */
#include <limits.h>
#include <stdlib.h>

#include "libinterp/jit/jit.h"

#define NCLASS nelem(classes)
#define SMALLPAGES 1u
#define MEDIUMPAGES 4u
#define RESERVE (1u << 20) /* of a pool, that restricted processes leave alone */

/* Block sizes, headers included; those above SMALLMAX are cut from larger chunks. At most a quarter is lost. */
#define SMALLMAX 1024
static const uint16_t classes[] = {
	16,  24,  32,	40,   48,   56,	  64,	80,   96,   112,  128,	160,  192,  224,   256,	  320,	 384,	448,   512,  640,
	768, 896, 1024, 1280, 1536, 1792, 2048, 2560, 3072, 3584, 4096, 5120, 6144, 7168, 8192, 10240, 12288, 14336, 16384,
};

static uint8_t classof8[16384 / 8 + 1]; /* by size / 8 */
static Chunk *partial[NPOOLS][64];	/* chunks of a class with free blocks */
static Chunk *all;			/* circular list of all chunks would do; a plain one is enough */
Chunk *heap_pages[(0xffffffffu >> ARENA_PAGESHIFT) + 1];

Pool pools[NPOOLS];
Quick heap_quick[NQUICK + 1];
static uint32_t unquick; /* calls of heap_unquick */

/*
 * Objects whose count reached 0 while another was being destroyed (a stack), and large arrays of which elements from at
 * on have not been released yet. All are in state GC_DEAD. turnwork is what may be released in this turn.
 */
#define BIG 1024	/* references of a large array, released at a time */
#define STATEANDFREE (sizeof *((Chunk *)0)->free + sizeof *((Chunk *)0)->state) /* one table: for each block */
#define TURNWORK 10000	/* a millisecond or two */
#define LEASTWORK 64	/* released in any case: small things go at once whatever else there is to do */
static struct Dead {
	Chunk *c;
	Ref r;
	uint32_t ix;
} *dead;
static size_t ndead, adead;
static struct Bigdead {
	Ref r;
	uint32_t at;
} *big;
static size_t nbig, abig;
static int turnwork = TURNWORK;
static bool destroying;

Chunk *
heap_chunks(void)
{
	return all;
}

Chunk *
heap_onpage(uint32_t page)
{
	return heap_pages[page];
}

int
heap_init(uint64_t heapmax, uint64_t mainmax)
{
	int i, s = 0;

	for (i = 0; i < NCLASS; i++)
		for (; s <= classes[i] / 8; s++)
			classof8[s] = i;
	for (i = 0; i < NQUICK; i++)
		heap_quick[i].max = QUICKMAX;
	pools[POOL_HEAP].name = "heap";
	pools[POOL_HEAP].max = heapmax;
	pools[POOL_MAIN].name = "main";
	pools[POOL_MAIN].max = mainmax;
	pools[POOL_IMAGE].name = "image";
	pools[POOL_IMAGE].max = options.imagemax != 0 ? options.imagemax : 512u << 20;
	return 0;
}

bool
vm_imagetake(uint64_t n)
{
	Pool *po = &pools[POOL_IMAGE];

	if (po->used > po->max || n > po->max - po->used)
		return false;
	po->used += n;
	po->allocs++;
	if (po->used > po->high)
		po->high = po->used;
	return true;
}

void
vm_imagegive(uint64_t n)
{
	Pool *po = &pools[POOL_IMAGE];

	po->used -= n < po->used ? n : po->used;
	po->frees++;
}

bool
host_take(uint64_t n)
{
	Pool *po = &pools[POOL_MAIN];

	if (po->used > po->max || n > po->max - po->used)
		return false;
	po->used += n;
	if (po->used > po->high)
		po->high = po->used;
	return true;
}

void
host_give(uint64_t n)
{
	pools[POOL_MAIN].used -= n;
}

void *
host_alloc(size_t n)
{
	void *p;

	if (!host_take(n))
		return NULL;
	p = calloc(1, n);
	if (p == NULL)
		host_give(n);
	return p;
}

void
host_free(void *p, size_t n)
{
	if (p != NULL) {
		free(p);
		host_give(n);
	}
}

void
heap_sayfull(int pool)
{
	Pool *po = &pools[pool];
	uint64_t now = kmsec();

	if (po->lastwarn != 0 && now - po->lastwarn < 10000)
		return;
	po->lastwarn = now != 0 ? now : 1;
	kprint("arena %s too large: size %llu cursize %llu arenasize %llu maxsize %llu\n", po->name,
	       (unsigned long long)po->used, (unsigned long long)po->used, (unsigned long long)po->high,
	       (unsigned long long)po->max);
}

/* ------------------------------------------------------------ chunks */

static void
chunk_free(Chunk *c)
{
	uint32_t i, p0 = c->base >> ARENA_PAGESHIFT;

	for (i = 0; i < c->npages; i++)
		heap_pages[p0 + i] = NULL;
	arena_free(c->base, c->npages);
	if (c->aprev)
		c->aprev->anext = c->anext;
	else
		all = c->anext;
	if (c->anext)
		c->anext->aprev = c->aprev;
	table_free(c->free, c->nblock * STATEANDFREE);
	table_free(c->host, c->nblock * sizeof *c->host);
	gc_nocounts(c);
	free(c->who);
	free(c);
}

static Chunk *
chunk_new(int pool, int class, uint32_t block, uint32_t npages, bool *zero)
{
	Chunk *c;
	uint32_t i, p0;

	c = calloc(1, sizeof *c);
	if (c == NULL)
		return NULL;
	c->pool = pool;
	c->class = class;
	c->block = block;
	c->npages = npages;
	c->nblock = class == HEAP_LARGE ? 1 : npages * ARENA_PAGE / block;
	c->recip = class == HEAP_LARGE ? 0 : (uint32_t)((0x100000000ull + block - 1) / block);
	c->free = table_new(c->nblock * STATEANDFREE);
	if (c->free == NULL || (c->base = arena_pages(npages, zero)) == 0) {
		table_free(c->free, c->nblock * STATEANDFREE);
		free(c);
		return NULL;
	}
	c->state = (uint8_t *)(c->free + c->nblock);
	p0 = c->base >> ARENA_PAGESHIFT;
	for (i = 0; i < npages; i++)
		heap_pages[p0 + i] = c;
	if (class != HEAP_LARGE)
		for (i = 0; i < c->nblock; i++)
			c->free[i] = c->nblock - 1 - i;
	c->nfree = c->nblock;
	c->anext = all;
	if (all)
		all->aprev = c;
	all = c;
	return c;
}

static void
partial_add(Chunk *c)
{
	Chunk **l = &partial[c->pool][c->class];

	c->prev = NULL;
	c->next = *l;
	if (*l)
		(*l)->prev = c;
	*l = c;
}

static void
partial_del(Chunk *c)
{
	if (c->prev)
		c->prev->next = c->next;
	else
		partial[c->pool][c->class] = c->next;
	if (c->next)
		c->next->prev = c->prev;
}

uint32_t
heap_capacity(Ref r)
{
	uint32_t ix;
	Chunk *c = heap_find(r, &ix);

	return c == NULL ? 0 : c->block - HEAP_HDR;
}

void *
heap_host(Ref r, int kind)
{
	uint32_t ix;
	Chunk *c = heap_find(r, &ix);

	if (c == NULL || c->host == NULL || c->host[ix] == NULL || c->host[ix]->kind != kind)
		return NULL;
	return c->host[ix];
}

int
heap_sethost(Ref r, Hostobj *ho)
{
	uint32_t ix;
	Chunk *c = heap_find(r, &ix);

	if (c == NULL)
		return -1;
	if (c->host == NULL) {
		c->host = table_new(c->nblock * sizeof *c->host);
		if (c->host == NULL)
			return -1;
	}
	c->host[ix] = ho;
	ho->obj = r;
	return 0;
}

/* ------------------------------------------------------------ allocation */

/* A block for n bytes, header included; 0 if there is no room. */
static Ref
getblock(int pool, uint64_t n)
{
	Pool *po = &pools[pool];
	Chunk *c;
	uint32_t i, npages = 0;
	uint64_t limit = po->max, block;
	bool zero = false;
	Ref b;
	int class;

	if (po->restricted)
		limit = limit > RESERVE ? limit - RESERVE : 0;
	if (n <= 16384) {
		class = classof8[(n + 7) / 8];
		block = classes[class];
	} else {
		class = HEAP_LARGE;
		npages = (n + ARENA_PAGE - 1) / ARENA_PAGE;
		block = (uint64_t)npages * ARENA_PAGE;
	}
	if (block > limit || po->used > limit - block)
		return 0;
	if (class == HEAP_LARGE) {
		c = chunk_new(pool, HEAP_LARGE, block, npages, &zero);
		if (c == NULL)
			return 0;
		i = 0;
		c->nfree = 0;
		b = c->base;
	} else {
		c = partial[pool][class];
		if (c == NULL) {
			c = chunk_new(pool, class, block, block <= SMALLMAX ? SMALLPAGES : MEDIUMPAGES, &zero);
			if (c == NULL)
				return 0;
			partial_add(c);
		}
		i = c->free[--c->nfree];
		if (c->nfree == 0)
			partial_del(c);
		b = c->base + i * c->block;
		zero = false;
	}
	c->state[i] = gc_colour;
	po->used += block;
	po->allocs++;
	if (po->used > po->high)
		po->high = po->used;
	if (!zero)
		memset(ref2ptr(b), 0, n);
	if (unlikely(prof_on))
		prof_alloc(c, i);
	return b;
}

/* What getblock does in the usual case: a small block from a chunk that keeps others. 0: it is not that case. */
static inline Ref
quickblock(int pool, uint64_t n)
{
	Pool *po = &pools[pool];
	uint64_t *w, *end;
	Chunk *c;
	uint32_t i;
	Ref b;

	if (n > QUICK || po->restricted || prof_on)
		return 0;
	c = partial[pool][classof8[(n + 7) / 8]];
	if (c == NULL || c->nfree < 2 || po->used + c->block > po->max)
		return 0;
	i = c->free[--c->nfree];
	c->state[i] = gc_colour;
	po->used += c->block;
	po->allocs++;
	if (po->used > po->high)
		po->high = po->used;
	b = c->base + i * c->block;
	w = ref2ptr(b);
	end = w + (n + 7) / 8;
	while (w < end) {
		*w++ = 0;
		__asm__("" : "+r"(w)); /* no call of memset for so little */
	}
	return b;
}

/* A block by all means that there are, or 0. */
static Ref __attribute__((noinline))
slowblock(int pool, Type *t, uint64_t size)
{
	uint64_t n = size + HEAP_HDR;
	Pool *po = &pools[pool];
	Ref b = 0;

	if (size < 1u << 30)
		b = getblock(pool, n);
	if (b == 0) {
		heap_drain(0);
		heap_giveback();
		if (size < 1u << 30)
			b = getblock(pool, n);
	}
	if (b == 0) {
		if (n <= po->max && gc_worth() && jit_showframes(vm_cur)) {
			if (t->users != UINT32_MAX)
				t->users++;
			gc_full();
			jit_hideframes(vm_cur);
			gc_stats.forced++;
			heap_drain(0);
			type_put(t);
			if (size < 1u << 30)
				b = getblock(pool, n);
		}
		if (b == 0)
			heap_sayfull(pool);
	}
	t->seen = gc_pass; /* there may have been a new pass */
	return b;
}

Ref
heap_alloc(int pool, Type *t, uint64_t size)
{
	Ref b;

	gc_allocated(t, size + HEAP_HDR);
	b = quickblock(pool, size + HEAP_HDR);
	if (b == 0 && (b = slowblock(pool, t, size)) == 0)
		return 0;
	b += HEAP_HDR;
	*heap_count(b) = 1;
	*heap_typeid(b) = t->id;
	return b;
}

static void
freeblock(Chunk *c, uint32_t ix)
{
	Pool *po = &pools[c->pool];

	c->state[ix] = 0;
	if (c->host)
		c->host[ix] = NULL;
	if (unlikely(c->who != NULL || prof_on))
		prof_freed(c, ix);
	po->used -= c->block;
	po->frees++;
	if (c->class == HEAP_LARGE) {
		chunk_free(c);
		return;
	}
	c->free[c->nfree++] = ix;
	if (c->nfree == 1)
		partial_add(c);
	if (c->nfree == c->nblock && (c->next != NULL || c->prev != NULL)) {
		/* One empty chunk of a class is kept if it is the only one with room. */
		partial_del(c);
		chunk_free(c);
	}
}

void
heap_freeblock(Ref r)
{
	uint32_t ix;
	Chunk *c = heap_find(r, &ix);

	if (c != NULL)
		freeblock(c, ix);
}

/* ------------------------------------------------------------ references */

void
ref_inc(Ref r)
{
	refinc(r);
}

void
ref_dec(Ref r)
{
	refdec(r);
}

void
ref_set(Ref *place, Ref r)
{
	Ref old = *(Aref *)place;

	*(Aref *)place = r;
	ref_moved(r);
	refdec(old);
}

void
ref_copy(Ref *place, Ref r)
{
	refinc(r);
	ref_set(place, r);
}

void
heap_droprefs(const Type *t, Ref a, uint32_t n)
{
	uint32_t i, k;
	Aref *p;
	Ref r;

	if (t->nref == 0)
		return;
	for (i = 0; i < n; i++, a += t->size)
		for (k = 0; k < t->nref; k++) {
			p = ref2ptr(a + t->ref[k]);
			r = *p;
			*p = H;
			if (r != H)
				refdec(r);
		}
}

void
heap_droprefs_host(const Type *t, const void *p)
{
	uint32_t k;

	for (k = 0; k < t->nref; k++)
		ref_dec(*(const Aref *)((const uint8_t *)p + t->ref[k]));
}

void
heap_increfs(const Type *t, const void *p, uint32_t n)
{
	const uint8_t *b = p;
	uint32_t i, k;
	Ref r;

	if (t->nref == 0)
		return;
	for (i = 0; i < n; i++, b += t->size)
		for (k = 0; k < t->nref; k++) {
			r = *(const Aref *)(b + t->ref[k]);
			if (r != H)
				refinc(r);
		}
}

/* ------------------------------------------------------------ the end of objects */

static bool
pushdead(Ref r, Chunk *c, uint32_t ix)
{
	struct Dead *nd;

	if (ndead == adead) {
		nd = realloc(dead, (adead * 2 + 256) * sizeof *nd);
		if (nd == NULL)
			return false;
		dead = nd;
		adead = adead * 2 + 256;
	}
	dead[ndead++] = (struct Dead){c, r, ix};
	return true;
}

static bool
pushbig(Ref r)
{
	struct Bigdead *nb;

	if (nbig == abig) {
		nb = realloc(big, (abig * 2 + 16) * sizeof *nb);
		if (nb == NULL)
			return false;
		big = nb;
		abig = abig * 2 + 16;
	}
	big[nbig].r = r;
	big[nbig++].at = 0;
	return true;
}

void
heap_endhost(Hostobj *ho)
{
	switch (ho->kind) {
	case TK_CHAN:
		channel_destroy((Channel *)ho);
		break;
	case TK_MODULE:
		modlink_free((Modlink *)ho);
		break;
	case TK_HANDLE:
		handle_destroyed((Handle *)ho);
		break;
	}
}

/* Take apart the object in that block and free it. *work is what may be done yet. */
static void
destroy1(Ref r, Chunk *c, uint32_t ix, int *work)
{
	uint32_t n, cap = c->block - HEAP_HDR;
	Type *t = heap_type(r);
	Hostobj *ho = c->host ? c->host[ix] : NULL;
	Ref root;

	if (ho != NULL && ho->kind == TK_MP) {
		/* The data of a module that is there, which holds it: the count is a forgery. */
		*heap_count(r) = 1;
		if (c->state[ix] == GC_DEAD)
			c->state[ix] = gc_colour;
		--*work;
		return;
	}
	if (ho != NULL) {
		c->host[ix] = NULL;
		heap_endhost(ho);
	}
	if (t != NULL)
		switch (t->kind) {
		case TK_ARRAY:
			root = ldw(r + 12);
			n = ldw(r);
			if (root != H)
				refdec(root);
			else if (t->elem->nref > 0 && 16 + (uint64_t)n * t->elem->size <= cap) {
				if ((uint64_t)n * t->elem->nref > BIG) {
					ref_moved(r);
					c->state[ix] = GC_DEAD;
					if (pushbig(r))
						return;
				}
				heap_droprefs(t->elem, r + 16, n);
			}
			break;
		case TK_ADT:
		case TK_HANDLE:
		case TK_LIST:
		case TK_MP:
			if (t->size <= cap) {
				heap_droprefs(t, r, 1);
				*work -= (int)t->nref;
			}
			break;
		}
	--*work;
	freeblock(c, ix);
}

/* Some elements of the large array that came last. */
static void
bigstep(int *work)
{
	struct Bigdead b = big[nbig - 1];
	uint32_t ix = 0, n, k = 0;
	Chunk *c = heap_find(b.r, &ix);
	Type *t = heap_type(b.r);

	/* Its head may have been written over meanwhile, if only by a hostile program. */
	if (c == NULL || t == NULL || t->kind != TK_ARRAY || t->elem->nref == 0) {
		nbig--;
		return;
	}
	n = ldw(b.r);
	if (16 + (uint64_t)n * t->elem->size <= c->block - HEAP_HDR && b.at < n) {
		k = BIG / t->elem->nref + 1;
		if (k > n - b.at)
			k = n - b.at;
		heap_droprefs(t->elem, b.r + 16 + b.at * t->elem->size, k);
		*work -= (int)(k * t->elem->nref);
		big[nbig - 1].at = b.at + k;
	}
	if (k == 0) {
		nbig--;
		--*work;
		freeblock(c, ix);
	}
}

/* What lies above these marks, as far as work goes. */
static void
unwind(size_t dbase, size_t bbase, int *work)
{
	struct Dead d;

	while (*work > 0)
		if (ndead > dbase) {
			d = dead[--ndead];
			destroy1(d.r, d.c, d.ix, work);
		} else if (nbig > bbase) {
			bigstep(work);
		} else
			break;
}

/* An object that does not wait already: that, and no object, can only be the work of a forged count. */
static inline Chunk *
finddead(Ref r, uint32_t *ix)
{
	Chunk *c = heap_find(r, ix);

	return c != NULL && c->state[*ix] != GC_DEAD && c->state[*ix] != GC_DYING ? c : NULL;
}

/* It waits. Without memory it is lost to the count: the collector will find it. */
static void
later(Ref r)
{
	uint32_t ix;
	Chunk *c = finddead(r, &ix);

	if (c == NULL)
		return;
	ref_moved(r); /* what waits still has its references */
	if (pushdead(r, c, ix))
		c->state[ix] = GC_DEAD;
}

/* A block that is given back, with what stands behind it if its header lied. */
static void
unkept(Ref r)
{
	uint32_t ix;
	Chunk *c = finddead(r, &ix);
	int work = 0;

	if (c == NULL)
		return;
	if (c->host != NULL && c->host[ix] != NULL) {
		*heap_typeid(r) = 0;
		destroy1(r, c, ix, &work);
	} else
		freeblock(c, ix);
}

void
heap_giveback(void)
{
	Quick *q;

	for (q = heap_quick; q < heap_quick + NQUICK; q++)
		while (q->n > 0)
			unkept(q->r[--q->n]);
}

void
heap_unquick(void)
{
	int i;

	heap_giveback();
	unquick++;
	for (i = 0; i < NQUICK; i++)
		heap_quick[i].max = 0;
}

void
heap_requick(void)
{
	int i;

	if (--unquick == 0)
		for (i = 0; i < NQUICK; i++)
			heap_quick[i].max = QUICKMAX;
}

/* The block of a simple object that is no more. */
static inline void
release(const Type *t, Ref r)
{
	Quick *q = &heap_quick[t->quick];

	if (likely(q->n < q->max)) {
		*(Abig *)heap_count(r) = 0;
		q->r[q->n++] = r;
	} else
		unkept(r);
}

/* Take apart a simple object. The last one of those that die with it is given back, H if there is none; the others wait. */
static inline Ref
destroysimple(const Type *t, Ref r)
{
	Ref last = H, q;
	uint32_t k;

	for (k = 0; k < t->nref; k++) {
		q = ldw(r + t->ref[k]);
		if (!arena_ok(q) || --*heap_count(q) != 0)
			continue;
		if (last != H)
			later(last);
		last = q;
	}
	release(t, r);
	return last;
}

/* The usual case of heap_destroy: a simple object, the last reference to no other, whose block is kept. Those in it are nil then, if it is not that. */
static inline bool
destroyquick(Ref r)
{
	const Type *t;
	Quick *q;
	uint32_t k;
	Aref *p;

	if (destroying || !arena_ok(r) || (t = heap_type(r)) == NULL)
		return false;
	q = &heap_quick[t->quick];
	if (q->n >= q->max)
		return false;
	for (k = 0; k < t->nref; k++) {
		p = ref2ptr(r + t->ref[k]);
		if (arena_ok(*p)) {
			if (*heap_count(*p) == 1)
				return false;
			--*heap_count(*p);
		}
		*p = H;
	}
	*(Abig *)heap_count(r) = 0;
	q->r[q->n++] = r;
	turnwork--;
	return true;
}

static void __attribute__((noinline))
destroy(Ref r)
{
	size_t dbase = ndead, bbase = nbig;
	const Type *t;
	struct Dead d;
	uint32_t ix;
	Chunk *c;
	int work;

	if (destroying) {
		later(r);
		return;
	}
	work = turnwork > LEASTWORK ? turnwork : LEASTWORK;
	turnwork -= work;
	/* Most objects are simple, and so is what dies with them. */
	while (arena_ok(r) && (t = heap_type(r)) != NULL && t->simple) {
		work -= 1 + (int)t->nref;
		r = unquick > 0 && finddead(r, &ix) == NULL ? H : destroysimple(t, r);
		if (r == H && ndead > dbase) {
			d = dead[--ndead];
			d.c->state[d.ix] = gc_colour;
			r = d.r;
		}
		if (work <= 0 && r != H)
			later(r);
		if (work <= 0 || r == H) {
			turnwork += work;
			return;
		}
	}
	c = finddead(r, &ix);
	destroying = true;
	if (c != NULL)
		destroy1(r, c, ix, &work);
	if (ndead > dbase || nbig > bbase)
		unwind(dbase, bbase, &work);
	turnwork += work;
	destroying = false;
}

void
heap_destroy(Ref r)
{
	if (!destroyquick(r))
		destroy(r);
}

void
heap_drain(int work)
{
	if (work == 0)
		work = INT_MAX;
	destroying = true;
	unwind(0, 0, &work);
	destroying = false;
	if (ndead == 0 && adead > 1 << 16) {
		free(dead);
		dead = NULL;
		adead = 0;
	}
}

bool
heap_left(void)
{
	return ndead > 0 || nbig > 0;
}

bool
heap_turn(void)
{
	turnwork = TURNWORK;
	return heap_left();
}
