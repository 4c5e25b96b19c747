/*
 * Channels: send, receive, alt, for processes and for threads of the host.
 *
 * A Channel has queues of waiting senders and receivers, and items buffered in its object. A process that waits in send
 * or receive has one Waiter, in alt one for each channel; a thread of the host has a Hostwait. A value is taken from
 * the sender's memory, and put into the receiver's, at the moment of the rendezvous.
 */
#include <stdlib.h>

#include "libinterp/vm.h"

/*
 * A thread of the host that waits, or (async) a value on its way that nobody waits for. done and result are set by
 * whoever holds the VM, under hwlock, which the waiting thread sleeps with.
 */
struct Hostwait {
	Waiter w;
	uint8_t *buf;
	bool async;
	bool done;
	int result;
	pthread_cond_t cond;
};

static pthread_mutex_t hwlock = PTHREAD_MUTEX_INITIALIZER;

/* The channels of late, by reference. Channels that go are taken out. */
#define NSEEN 64
static struct {
	Ref r;
	Channel *c;
} seen[NSEEN];

#define SEEN(r) (&seen[(r) / 8 % NSEEN])

static inline Channel *
channel(Ref r)
{
	Channel *c;

	if (likely(SEEN(r)->r == r))
		return SEEN(r)->c;
	c = heap_host(r, TK_CHAN);
	if (c != NULL) {
		SEEN(r)->r = r;
		SEEN(r)->c = c;
	}
	return c;
}

static uint32_t
rnd(void)
{
	static uint32_t x = 2463534242u;

	x ^= x << 13;
	x ^= x >> 17;
	x ^= x << 5;
	return x;
}

/* ------------------------------------------------------------ queues */

static void
enqueue(Waiter *w, Channel *c, bool recv)
{
	Waiter **first = recv ? &c->rfirst : &c->sfirst, **last = recv ? &c->rlast : &c->slast;

	w->ch = c;
	w->recv = recv;
	w->next = NULL;
	w->prev = *last;
	if (*last)
		(*last)->next = w;
	else
		*first = w;
	*last = w;
}

static void
dequeue(Waiter *w)
{
	Channel *c = w->ch;

	if (c == NULL)
		return;
	if (w->prev)
		w->prev->next = w->next;
	else if (w->recv)
		c->rfirst = w->next;
	else
		c->sfirst = w->next;
	if (w->next)
		w->next->prev = w->prev;
	else if (w->recv)
		c->rlast = w->prev;
	else
		c->slast = w->prev;
	w->ch = NULL;
}

void
channel_unwait(Prog *p)
{
	int i;

	dequeue(&p->w1);
	for (i = 0; i < p->nalt; i++)
		dequeue(&p->alt[i]);
	if (p->nalt > 64) {
		free(p->alt);
		p->alt = NULL;
		p->aalt = 0;
	}
	p->nalt = 0;
}

static void
hostdone(Hostwait *hw, int result)
{
	dequeue(&hw->w);
	if (hw->async) {
		free(hw->buf);
		free(hw);
		return;
	}
	pthread_mutex_lock(&hwlock);
	hw->done = true;
	hw->result = result;
	pthread_cond_signal(&hw->cond);
	pthread_mutex_unlock(&hwlock);
}

/* The waiter's rendezvous has taken place. */
static void
complete(Waiter *w)
{
	Prog *p = w->p;

	if (w->hw != NULL) {
		hostdone(w->hw, 0);
		return;
	}
	if (p->state == Palt)
		*p->altres = w->entry;
	channel_unwait(p);
	sched_ready(p);
}

/* ------------------------------------------------------------ values */

Ref
channel_item(Channel *c, uint32_t i)
{
	uint32_t k = c->front + i;

	if (k >= c->cap)
		k -= c->cap;
	return c->h.obj + 8 + k * c->esize;
}

/* Store the value at src, whose references are counted for it already, where the receiver wants it. */
static void
give(Waiter *w, Channel *c, const void *src)
{
	Ref a = w->addr;

	if (w->hw != NULL) {
		memcpy(w->hw->buf, src, c->esize);
		return;
	}
	if (w->index >= 0) {
		stw(a, (uint32_t)w->index);
		a += c->off8 ? 8 : 4;
	}
	if (c->elem->nref == 0 && c->esize == 4)
		*(Auword *)ref2ptr(a) = *(const Auword *)src;
	else if (c->elem->nref == 0)
		memmove(ref2ptr(a), src, c->esize);
	else
		value_move(c->elem, ref2ptr(a), src);
}

static const void *
offered(Waiter *w)
{
	return w->hw != NULL ? (const void *)w->hw->buf : ref2ptr(w->addr);
}

/* A value of the sender at src is handed on: its references are counted unless they travel with it (async). */
static void
countfor(Waiter *w, Channel *c, const void *src)
{
	if (w == NULL || w->hw == NULL || !w->hw->async)
		heap_increfs(c->elem, src, 1);
}

static inline bool
cansend(Channel *c)
{
	return c->rfirst != NULL || c->n < c->cap;
}

static inline bool
canrecv(Channel *c)
{
	return c->n > 0 || c->sfirst != NULL;
}

/* cansend holds: send the value at src, for sender w or, if NULL, the caller. */
static void
dosend(Channel *c, const void *src)
{
	Waiter *r = c->rfirst;

	if (c->elem->nref != 0)
		heap_increfs(c->elem, src, 1);
	if (r != NULL) {
		give(r, c, src);
		complete(r);
		return;
	}
	memmove(ref2ptr(channel_item(c, c->n)), src, c->esize);
	c->n++;
}

/* canrecv holds: receive for w. */
static void
dorecv(Channel *c, Waiter *w)
{
	Waiter *s = c->sfirst;
	const void *src;
	uint32_t k;

	if (c->n > 0) {
		src = ref2ptr(channel_item(c, 0));
		if (unlikely(vm.marking))
			for (k = 0; k < c->elem->nref; k++)
				gc_shade(*(const Aref *)((const uint8_t *)src + c->elem->ref[k]));
		give(w, c, src);
		c->front = c->front + 1 == c->cap ? 0 : c->front + 1;
		c->n--;
		if (s != NULL) {
			src = offered(s);
			countfor(s, c, src);
			memmove(ref2ptr(channel_item(c, c->n)), src, c->esize);
			c->n++;
			complete(s);
		}
		return;
	}
	src = offered(s);
	countfor(s, c, src);
	give(w, c, src);
	complete(s);
}

/* ------------------------------------------------------------ making, ending */

int
channel_make(Prog *p, Ref *dst, Type *elem, int32_t n, bool off8)
{
	Channel *c;
	Ref r;

	if (n < 0)
		return vm_raise(p, "negative array size");
	c = host_alloc(sizeof *c);
	if (c == NULL)
		return vm_raise(p, "out of memory: main");
	r = heap_alloc(POOL_HEAP, Tchan, 8 + (uint64_t)n * elem->size);
	if (r == 0) {
		host_free(c, sizeof *c);
		return vm_raise_heap(p);
	}
	c->h.kind = TK_CHAN;
	c->elem = elem;
	c->esize = elem->size;
	c->cap = (uint32_t)n;
	c->off8 = off8;
	if (heap_sethost(r, &c->h) < 0) {
		host_free(c, sizeof *c);
		refdec(r);
		return vm_raise_heap(p);
	}
	if (elem->users != UINT32_MAX)
		elem->users++;
	ref_set(dst, r);
	return 0;
}

static void
hangwaiters(Waiter *w, bool hostonly)
{
	Waiter *next;
	Prog *p;

	for (; w != NULL; w = next) {
		next = w->next;
		if (w->hw != NULL) {
			if (w->hw->async)
				heap_droprefs_host(w->ch->elem, w->hw->buf);
			hostdone(w->hw, -1);
		} else if (!hostonly) {
			p = w->p;
			vm_raise(p, p->state == Palt ? "alt channel hungup" : "channel hangup");
			/* The process may have several places in this queue. */
			while (next != NULL && next->p == p)
				next = next->next;
			channel_unwait(p);
			sched_ready(p);
		}
	}
}

void
channel_destroy(Channel *c)
{
	uint32_t i;

	if (SEEN(c->h.obj)->r == c->h.obj) {
		SEEN(c->h.obj)->r = 0;
		SEEN(c->h.obj)->c = NULL;
	}
	hangwaiters(c->sfirst, false);
	hangwaiters(c->rfirst, false);
	for (i = 0; i < c->n; i++)
		heap_droprefs(c->elem, channel_item(c, i), 1);
	if (c->onfree != NULL)
		fini_queue(c->onfree, c->aux);
	type_put(c->elem);
	host_free(c, sizeof *c);
}

/* ------------------------------------------------------------ processes */

int
channel_send(Prog *p, Ref r, Ref addr)
{
	Channel *c = channel(r);

	if (c == NULL || arena_mem(addr, c->esize) == NULL)
		return vm_raise_nil(p);
	if (cansend(c)) {
		dosend(c, ref2ptr(addr));
		return 0;
	}
	p->w1.addr = addr;
	p->w1.index = -1;
	enqueue(&p->w1, c, false);
	p->state = Psend;
	return 1;
}

int
channel_recv(Prog *p, Ref r, Ref addr)
{
	Channel *c = channel(r);

	if (c == NULL || arena_mem(addr, c->esize) == NULL)
		return vm_raise_nil(p);
	p->w1.addr = addr;
	p->w1.index = -1;
	if (canrecv(c)) {
		dorecv(c, &p->w1);
		return 0;
	}
	enqueue(&p->w1, c, true);
	p->state = Precv;
	return 1;
}

/*
 * Alt. The entries of the table are gone through with each channel in them, those of arrays included, as a Waiter each.
 */
typedef struct Altscan {
	Prog *p;
	uint32_t nsend, n;
	Ref tab;
	int found;	/* ready ones so far */
	Waiter pick;	/* one of them, chosen evenly */
	Channel *pickch;
	int count;	/* channels */
} Altscan;

static void
altready(Altscan *s, Channel *c, Waiter *w, bool recv)
{
	s->count++;
	if (!(recv ? canrecv(c) : cansend(c)))
		return;
	if (rnd() % (uint32_t)++s->found == 0) {
		s->pick = *w;
		s->pick.recv = recv;
		s->pickch = c;
	}
}

static int
altadd(Altscan *s, Channel *c, Waiter *w, bool recv)
{
	Prog *p = s->p;
	Waiter *q;

	/* Room for all of them was made after the first scan; nothing can have changed since. */
	if (p->nalt >= p->aalt)
		return -1;
	q = &p->alt[p->nalt++];
	*q = *w;
	enqueue(q, c, recv);
	return 0;
}

/* add: enqueue, else look what is ready. 0, or -1 after raising. */
static int
altscan(Altscan *s, bool add)
{
	Prog *p = s->p;
	Waiter w;
	Channel *c;
	uint32_t i, k;
	Ref r;
	Arr a;
	bool recv;

	memset(&w, 0, sizeof w);
	w.p = p;
	for (i = 0; i < s->n; i++) {
		recv = i >= s->nsend;
		r = ldw(s->tab + 8 + i * 8);
		w.addr = ldw(s->tab + 12 + i * 8);
		w.entry = (int32_t)i;
		w.index = -1;
		c = channel(r);
		if (c != NULL) {
			if (arena_mem(w.addr, c->esize) == NULL)
				return vm_raise_nil(p);
			if (!add)
				altready(s, c, &w, recv);
			else if (altadd(s, c, &w, recv) < 0)
				return vm_raise(p, "out of memory: main");
			continue;
		}
		a = arr_of(r, Tref);
		if (!recv || a.data == NULL)
			return vm_raise_nil(p);
		for (k = 0; k < a.len; k++) {
			c = channel(((Aref *)a.data)[k]);
			if (c == NULL)
				continue;
			if (arena_mem(w.addr, (uint64_t)c->esize + 8) == NULL)
				return vm_raise_nil(p);
			w.index = (int32_t)k;
			if (!add)
				altready(s, c, &w, true);
			else if (altadd(s, c, &w, true) < 0)
				return vm_raise(p, "out of memory: main");
		}
	}
	return 0;
}

/* Whether a channel among the waiters of p is there in both directions. */
static bool
bothways(Prog *p)
{
	Waiter *w;
	int i;

	for (i = 0; i < p->nalt; i++)
		if (!p->alt[i].recv)
			for (w = p->alt[i].ch->rfirst; w != NULL; w = w->next)
				if (w->p == p)
					return true;
	return false;
}

int
channel_alt(Prog *p, Ref tab, Aword *res, bool block)
{
	Altscan s;
	uint32_t ns, nr;
	Waiter *na;
	int i;

	memset(&s, 0, sizeof s);
	s.p = p;
	s.tab = tab;
	if (arena_mem(tab, 8) == NULL)
		return vm_raise_nil(p);
	ns = ldw(tab);
	nr = ldw(tab + 4);
	if (arena_mem(tab, 8 + 8 * ((uint64_t)ns + nr)) == NULL)
		return vm_raise_nil(p);
	s.nsend = ns;
	s.n = ns + nr;
	if (altscan(&s, false) < 0)
		return -1;
	if (s.found > 0) {
		if (s.pick.recv)
			dorecv(s.pickch, &s.pick);
		else
			dosend(s.pickch, ref2ptr(s.pick.addr));
		*res = s.pick.entry;
		return 0;
	}
	if (s.count > p->aalt) {
		na = realloc(p->alt, (size_t)s.count * sizeof *na);
		if (na == NULL)
			return vm_raise(p, "out of memory: main");
		p->alt = na;
		p->aalt = s.count;
	}
	if (!block && ns == 0) {
		*res = (int32_t)s.n;
		return 0;
	}
	p->nalt = 0;
	i = altscan(&s, true);
	if (i == 0 && ns > 0 && bothways(p))
		i = vm_raise(p, "alt send/recv on same chan");
	if (i < 0 || !block) {
		channel_unwait(p);
		*res = (int32_t)s.n;
		return i;
	}
	p->altres = res;
	p->state = Palt;
	return 1;
}

/* ------------------------------------------------------------ from C */

int
chan_new(Prog *p, Ref *dst, Type *elem, uint32_t n)
{
	return channel_make(p, dst, elem, n > INT32_MAX ? -1 : (int32_t)n, false);
}

uint32_t
chan_esize(Ref r)
{
	Channel *c = channel(r);

	return c == NULL ? 0 : c->esize;
}

int
chan_nbsend(Ref r, const void *val)
{
	Channel *c = channel(r);

	if (c == NULL || c->hung)
		return kerror("%s", Ehungup);
	if (!cansend(c))
		return 0;
	dosend(c, val);
	return 1;
}

int
chan_nbrecv(Ref r, void *val)
{
	Channel *c = channel(r);
	Hostwait hw;

	if (c == NULL || c->hung)
		return kerror("%s", Ehungup);
	if (!canrecv(c))
		return 0;
	memset(&hw, 0, sizeof hw);
	hw.w.hw = &hw;
	hw.buf = val;
	dorecv(c, &hw.w);
	return 1;
}

static int
hostwait(Channel *c, void *buf, bool recv)
{
	Hostwait hw;
	int r = 0;

	memset(&hw, 0, sizeof hw);
	hw.w.hw = &hw;
	hw.w.index = -1;
	hw.buf = buf;
	pthread_cond_init(&hw.cond, NULL);
	enqueue(&hw.w, c, recv);
	vm_release();
	pthread_mutex_lock(&hwlock);
	while (!hw.done && (r = ksleep(&hw.cond, &hwlock, -1)) >= 0)
		;
	pthread_mutex_unlock(&hwlock);
	vm_acquire();
	/* With the VM held nothing changes any more. */
	if (hw.done) {
		r = hw.result;
		if (r < 0)
			kerror("%s", Ehungup);
	} else {
		dequeue(&hw.w);
		kerror("%s", Eintr);
		r = -1;
	}
	pthread_cond_destroy(&hw.cond);
	return r;
}

int
chan_send(Ref r, const void *val)
{
	int k = chan_nbsend(r, val);

	if (k != 0)
		return k < 0 ? -1 : 0;
	return hostwait(channel(r), (void *)(uintptr_t)val, false);
}

int
chan_recv(Ref r, void *val)
{
	int k = chan_nbrecv(r, val);

	if (k != 0)
		return k < 0 ? -1 : 0;
	return hostwait(channel(r), val, true);
}

int
chan_post(Ref r, const void *val)
{
	Channel *c = channel(r);
	Hostwait *hw;
	int k = chan_nbsend(r, val);

	if (k != 0)
		return k < 0 ? -1 : 0;
	hw = calloc(1, sizeof *hw);
	if (hw == NULL || (hw->buf = malloc(c->esize + 1)) == NULL) {
		free(hw);
		return kerror("%s", Enomem);
	}
	memcpy(hw->buf, val, c->esize);
	heap_increfs(c->elem, val, 1);
	hw->w.hw = hw;
	hw->w.index = -1;
	hw->async = true;
	enqueue(&hw->w, c, false);
	return 0;
}

void
chan_hangup(Ref r)
{
	Channel *c = channel(r);

	if (c == NULL)
		return;
	c->hung = true;
	hangwaiters(c->sfirst, true);
	hangwaiters(c->rfirst, true);
}

void
chan_onfree(Ref r, void (*fn)(void *), void *aux)
{
	Channel *c = channel(r);

	if (c != NULL) {
		c->onfree = fn;
		c->aux = aux;
	}
}
