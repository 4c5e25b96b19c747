/*
 * Arrays, lists, adts and handles.
 */
#include <stdlib.h>

#include "libinterp/vm.h"

/* ------------------------------------------------------------ arrays */

Arr
arr_get(Ref r)
{
	Arr a = {0, 1, NULL, Tbyte};
	uint32_t n, esize;
	Type *t;
	void *d;

	if (!arena_ok(r))
		return a;
	t = heap_type(r);
	if (t == NULL || t->kind != TK_ARRAY)
		return a;
	a.elem = t->elem;
	a.esize = esize = t->elem->size;
	n = ldw(r);
	d = vm_mem(ldw(r + 8), (uint64_t)n * esize);
	if (d == NULL)
		return a;
	a.len = n;
	a.data = d;
	return a;
}

Arr
arr_bytes(Ref r)
{
	return arr_of(r, Tbyte);
}

Arr
arr_of(Ref r, Type *elem)
{
	static const Arr none = {0, 1, NULL, NULL};
	Arr a = arr_get(r);

	vm_moved((uint64_t)a.len * a.esize);
	if (a.elem != elem) {
		a = none;
		a.elem = elem;
		a.esize = elem->size;
	}
	return a;
}

Ref
array_alloc(Type *elem, uint32_t n)
{
	Type *t = type_array(elem);
	Ref r;

	if (t == NULL)
		return 0;
	r = heap_alloc(POOL_HEAP, t, 16 + (uint64_t)n * elem->size);
	if (r == 0)
		return 0;
	stw(r, n);
	stw(r + 4, elem->size);
	stw(r + 8, r + 16);
	stw(r + 12, H);
	type_initrefs(elem, ref2ptr(r + 16), n);
	vm_moved((uint64_t)n * elem->size);
	return r;
}

int
arr_new(Prog *p, Ref *dst, Type *elem, uint32_t n)
{
	Ref r = array_alloc(elem, n);

	if (r == 0)
		return vm_raise_heap(p);
	ref_set(dst, r);
	return 0;
}

int
arr_setbytes(Prog *p, Ref *dst, const void *data, size_t n)
{
	Ref r = n < 1u << 30 ? array_alloc(Tbyte, (uint32_t)n) : 0;

	if (r == 0)
		return vm_raise_heap(p);
	if (n > 0)
		memcpy(ref2ptr(r + 16), data, n);
	ref_set(dst, r);
	return 0;
}

int
array_slice(Prog *p, Ref *place, int32_t a, int32_t b)
{
	Ref r = *(Aref *)place, nr, root;
	Arr v;
	Type *t;

	if (r == H) {
		if (a == b)
			return 0;
		return vm_raise_nil(p);
	}
	v = arr_get(r);
	if (a < 0 || b < a || (uint32_t)b > v.len)
		return vm_raise_bounds(p);
	t = type_array(v.elem);
	root = v.data != NULL ? ldw(r + 12) : H;
	if (root == H)
		root = r;
	nr = t == NULL ? 0 : heap_alloc(POOL_HEAP, t, 16);
	if (nr == 0)
		return vm_raise_heap(p);
	stw(nr, (uint32_t)(b - a));
	stw(nr + 4, v.esize);
	stw(nr + 8, v.data != NULL ? ptr2ref(v.data) + (uint32_t)a * v.esize : nr + 16);
	refinc(root);
	stw(nr + 12, root);
	ref_set(place, nr);
	return 0;
}

void
value_move(const Type *t, void *dst, const void *src)
{
	Ref small[16], *old = small;
	uint8_t *to = dst;
	uint32_t k;

	if (t->nref > (uint32_t)nelem(small) && (old = malloc(t->nref * sizeof *old)) == NULL)
		old = NULL; /* the old ones leak until the next collection */
	for (k = 0; old != NULL && k < t->nref; k++)
		old[k] = *(Aref *)(to + t->ref[k]);
	memmove(to, src, t->size);
	for (k = 0; old != NULL && k < t->nref; k++)
		if (old[k] != H)
			refdec(old[k]);
	if (old != small)
		free(old);
}

int
array_slicela(Prog *p, Ref src, int32_t at, Ref dst)
{
	Arr s, d;
	uint8_t *from, *to;
	uint32_t i, n;
	int64_t step;

	if (src == H)
		return 0;
	if (dst == H)
		return vm_raise_nil(p);
	s = arr_get(src);
	d = arr_get(dst);
	if (at < 0 || (uint64_t)at + s.len > d.len)
		return vm_raise_bounds(p);
	if (s.len == 0)
		return 0;
	if (s.elem != d.elem)
		return vm_raise(p, "type check");
	n = s.len;
	vm_moved((uint64_t)n * s.esize);
	from = s.data;
	to = d.data + (size_t)at * d.esize;
	if (s.elem->nref == 0) {
		memmove(to, from, (size_t)n * s.esize);
		return 0;
	}
	/* All are counted first: then nothing that is still to be copied dies when an old value goes. */
	heap_increfs(s.elem, from, n);
	step = s.esize;
	if (to > from) {
		from += (size_t)(n - 1) * s.esize;
		to += (size_t)(n - 1) * s.esize;
		step = -step;
	}
	for (i = 0; i < n; i++, from += step, to += step)
		value_move(s.elem, to, from);
	return 0;
}

/* ------------------------------------------------------------ lists */

bool
list_next(Ref *l, uint32_t vsize, void **val)
{
	Ref r = *l;
	Type *t;

	if (!arena_ok(r))
		return false;
	t = heap_type(r);
	if (t == NULL || t->kind != TK_LIST || t->size - t->voff < vsize)
		return false;
	*val = vm_mem(r + t->voff, vsize);
	if (*val == NULL)
		return false;
	*l = ldw(r);
	return true;
}

int
list_cons(Prog *p, Ref *dst, Type *elem, const void *val)
{
	Type *t = type_list(elem);
	Ref r;

	if (t == NULL || (r = heap_newraw(t)) == 0)
		return vm_raise_heap(p);
	memcpy(ref2ptr(r + t->voff), val, elem->size);
	heap_increfs(elem, ref2ptr(r + t->voff), 1);
	ref_moved(*(Aref *)dst);
	stw(r, *(Aref *)dst);
	*(Aref *)dst = r;
	return 0;
}

/* ------------------------------------------------------------ adts and handles */

int
adt_new(Prog *p, Ref *dst, Type *t)
{
	Ref r = heap_new(t);

	if (r == 0)
		return vm_raise_heap(p);
	type_initrefs(t, ref2ptr(r), 1);
	ref_set(dst, r);
	return 0;
}

void *
adt_get(Ref r, uint32_t size)
{
	if (heap_capacity(r) < size)
		return NULL;
	return ref2ptr(r);
}

int
handle_new(Prog *p, Ref *dst, Type *t, void *host)
{
	Handle *hd = host_alloc(sizeof *hd);
	Ref r;

	if (hd == NULL)
		return vm_raise_heap(p);
	r = heap_alloc(POOL_HEAP, t, t->size);
	if (r == 0) {
		host_free(hd, sizeof *hd);
		return vm_raise_heap(p);
	}
	hd->h.kind = TK_HANDLE;
	hd->t = t;
	type_initrefs(t, ref2ptr(r), 1);
	if (heap_sethost(r, &hd->h) < 0) {
		host_free(hd, sizeof *hd);
		refdec(r);
		return vm_raise_heap(p);
	}
	hd->host = host;
	ref_set(dst, r);
	return 0;
}

/*
 * What a builtin has taken out of its frame is pinned until the builtin returns: a hostile process could make the
 * reference in the frame disappear while the builtin has given up the VM.
 */
static bool
pin(Prog *p, Handle *hd)
{
	Handle **np;
	int i;

	for (i = 0; i < p->npin; i++)
		if (p->pin[i] == hd)
			return true;
	if (p->npin == p->apin) {
		np = realloc(p->pin, (size_t)(p->apin * 2 + 8) * sizeof *np);
		if (np == NULL)
			return false;
		p->pin = np;
		p->apin = p->apin * 2 + 8;
	}
	p->pin[p->npin++] = hd;
	hd->pins++;
	return true;
}

void *
handle_get(Ref r, Type *t)
{
	Handle *hd = heap_host(r, TK_HANDLE);
	Prog *p = vm_self();

	if (hd == NULL || hd->t != t)
		return NULL;
	if (p != NULL && p->builtin && !pin(p, hd))
		return NULL;
	return hd->host;
}

bool
handle_set(Ref r, Type *t, void *host)
{
	Handle *hd = heap_host(r, TK_HANDLE);

	if (hd == NULL || hd->t != t)
		return false;
	hd->host = host;
	return true;
}

static void
finish(Handle *hd)
{
	if (hd->host != NULL && hd->t->fini != NULL)
		fini_queue(hd->t->fini, hd->host);
	host_free(hd, sizeof *hd);
}

void
handle_destroyed(Handle *hd)
{
	hd->h.obj = H;
	if (hd->pins == 0)
		finish(hd);
}

void
handle_unpin(Prog *p)
{
	Handle *hd;

	while (p->npin > 0) {
		hd = p->pin[--p->npin];
		if (--hd->pins == 0 && hd->h.obj == H)
			finish(hd);
	}
}
