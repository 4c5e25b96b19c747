/*
 * Strings: views, making them, and the string instructions. A string is immutable to all but its only holder, who may
 * change and extend it in place; blocks of the heap are larger than needed by up to a quarter, and strings that grow
 * are given half as much again.
 */
#include <stdlib.h>

#include "libinterp/vm.h"

#define MAXLEN ((1u << 30) - 64)

/* str_get, for the instructions below. */
static inline Str
view(Ref r)
{
	Str s = {0, NULL, NULL};
	uint32_t len, width;
	const void *d;

	if (!arena_ok(r) || *heap_typeid(r) != Tstring->id)
		return s;
	len = ldw(r);
	width = ldw(r + 4);
	if (width == 1 && (d = arena_mem(r + 8, len)) != NULL) {
		s.len = len;
		s.b = d;
	} else if (width == 4 && r % 8 == 0 && (d = arena_mem(r + 8, (uint64_t)len * 4)) != NULL) {
		s.len = len;
		s.w = d;
	}
	return s;
}

Str
str_get(Ref r)
{
	return view(r);
}

Ref
string_alloc(uint32_t n, int width)
{
	Ref r;

	if (n > MAXLEN)
		return 0;
	r = heap_alloc(POOL_HEAP, Tstring, 8 + (uint64_t)n * width);
	vm_moved((uint64_t)n * width);
	if (r != 0)
		stw(r + 4, width);
	return r;
}

static inline bool
iswide(Str s)
{
	return s.w != NULL;
}

/* Copy code points from to to of s to position at of the string r, which has room and is wide if s is. */
static void
put(Ref r, uint32_t at, Str s, uint32_t from, uint32_t to)
{
	uint32_t i, *w;
	uint8_t *b;

	if (ldw(r + 4) == 4) {
		w = (uint32_t *)ref2ptr(r + 8) + at;
		if (s.w != NULL)
			memmove(w, s.w + from, (size_t)(to - from) * 4);
		else
			for (i = from; i < to; i++)
				*w++ = s.b[i];
	} else if (to > from) {
		b = (uint8_t *)ref2ptr(r + 8) + at;
		memmove(b, s.b + from, to - from);
	}
}

/* Code points the block of string r has room for. */
static uint32_t
room(Ref r, uint32_t width)
{
	uint32_t cap = heap_capacity(r);

	return cap < 8 ? 0 : (cap - 8) / width;
}

/* Whether the block of string r, which s shows, has room for n code points. Blocks are multiples of 8 bytes. */
static inline bool
fits(Ref r, Str s, uint32_t n)
{
	uint32_t width = s.w != NULL ? 4 : 1;

	return ((uint64_t)n * width <= (((uint64_t)s.len * width + 7) & ~(uint64_t)7) && r % 8 == 0) || room(r, width) >= n;
}

int
string_frombytes(Prog *p, Ref *dst, const uint8_t *s, size_t n, bool truncate)
{
	uint32_t c, len = 0, k, *w;
	size_t i;
	bool wide = false;
	uint8_t *b;
	Ref r;
	int m;

	for (i = 0; i < n && s[i] < 0x80; i++)
		;
	len = i;
	for (; i < n; i += m, len++) {
		if (truncate && s[i] >= 0x80 && n - i < 4 && n - i < (s[i] < 0xe0 ? 2u : s[i] < 0xf0 ? 3u : 4u)) {
			n = i;
			break;
		}
		m = conv_getutf8(s + i, n - i, &c);
		if (c > 0xff)
			wide = true;
	}
	if (len == 0) {
		ref_set(dst, H);
		return 0;
	}
	if (n >= MAXLEN || (r = string_alloc(len, wide ? 4 : 1)) == 0)
		return vm_raise_heap(p);
	b = ref2ptr(r + 8);
	w = (uint32_t *)b;
	if (!wide && len == n)
		memcpy(b, s, n);
	else
		for (i = k = 0; i < n && k < len; i += m, k++) {
			m = conv_getutf8(s + i, n - i, &c);
			if (wide)
				w[k] = c;
			else
				b[k] = (uint8_t)c;
		}
	stw(r, len);
	ref_set(dst, r);
	return 0;
}

int
str_set(Prog *p, Ref *dst, const char *s, size_t n)
{
	return string_frombytes(p, dst, (const uint8_t *)s, n, false);
}

int
str_setc(Prog *p, Ref *dst, const char *s)
{
	return str_set(p, dst, s, s == NULL ? 0 : strlen(s));
}

int
str_setrunes(Prog *p, Ref *dst, const uint32_t *w, size_t n)
{
	bool wide = false;
	size_t i;
	Ref r;

	if (n == 0) {
		ref_set(dst, H);
		return 0;
	}
	for (i = 0; i < n; i++)
		if (w[i] > 0xff)
			wide = true;
	if (n > MAXLEN || (r = string_alloc((uint32_t)n, wide ? 4 : 1)) == 0)
		return vm_raise_heap(p);
	for (i = 0; i < n; i++)
		if (wide)
			((uint32_t *)ref2ptr(r + 8))[i] = w[i];
		else
			((uint8_t *)ref2ptr(r + 8))[i] = (uint8_t)w[i];
	stw(r, (uint32_t)n);
	ref_set(dst, r);
	return 0;
}

size_t
str_utf8len(Ref r)
{
	Str s = str_get(r);
	size_t n = 0;
	uint32_t i, c;

	for (i = 0; i < s.len; i++) {
		c = str_at(s, i);
		n += c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 || c > 0x10ffff ? 3 : 4;
	}
	return n;
}

char *
str_utf8(Ref r, size_t *n)
{
	Str s = str_get(r);
	uint32_t i;
	char *b, *p;

	/* Others may scribble on the string meanwhile: every character is given its greatest size. */
	p = b = malloc((size_t)s.len * (s.w != NULL ? 4 : 2) + 1);
	if (b == NULL)
		return NULL;
	for (i = 0; i < s.len; i++)
		p += conv_pututf8(str_at(s, i), p);
	*p = 0;
	if (n != NULL)
		*n = (size_t)(p - b);
	return b;
}

char *
str_copy(Ref r, char *buf, size_t n)
{
	str_copylen(r, buf, n);
	return buf;
}

size_t
str_copylen(Ref r, char *buf, size_t n)
{
	Str s = str_get(r);
	uint32_t i;
	char t[4];
	size_t k = 0;
	Abig w;
	int m;

	if (s.b != NULL) {
		for (; k + 8 <= s.len && k + 9 <= n && !((w = *(const Abig *)(s.b + k)) & 0x8080808080808080); k += 8)
			*(Abig *)(buf + k) = w;
		for (; k < s.len && k + 1 < n && s.b[k] < 0x80; k++)
			buf[k] = (char)s.b[k];
	}
	for (i = (uint32_t)k; i < s.len; i++) {
		m = conv_pututf8(str_at(s, i), t);
		if (k + m >= n)
			break;
		memcpy(buf + k, t, m);
		k += m;
	}
	buf[k] = 0;
	return k;
}

int
str_cmp(Ref a, Ref b)
{
	Str s, t;
	uint32_t i, n, c, d;
	int k;

	if (a == b)
		return 0;
	s = view(a);
	t = view(b);
	n = s.len < t.len ? s.len : t.len;
	vm_moved(n);
	if (n > 0 && s.b != NULL && t.b != NULL) {
		k = memcmp(s.b, t.b, n);
		if (k != 0)
			return k < 0 ? -1 : 1;
	} else
		for (i = 0; i < n; i++) {
			c = str_at(s, i);
			d = str_at(t, i);
			if (c != d)
				return c < d ? -1 : 1;
		}
	return s.len < t.len ? -1 : s.len > t.len;
}

int
str_differ(Ref a, Ref b)
{
	Str s, t;

	if (a == b)
		return 0;
	s = view(a);
	t = view(b);
	if (s.len != t.len)
		return 1;
	vm_moved(s.len);
	if (s.len > 0 && s.b != NULL && t.b != NULL)
		return memcmp(s.b, t.b, s.len) != 0;
	return str_cmp(a, b);
}

bool
str_eq(Ref a, const char *b)
{
	Str s = str_get(a);
	size_t n = strlen(b), i = 0;
	uint32_t k, c;

	for (k = 0; k < s.len; k++) {
		if (i >= n)
			return false;
		i += conv_getutf8((const uint8_t *)b + i, n - i, &c);
		if (c != str_at(s, k))
			return false;
	}
	return i == n;
}

/* ------------------------------------------------------------ instructions */

/*
 * Make *place a string of its own that can hold n code points of that width and has the content of the old one.
 * Returns it, or 0 when there is no memory.
 */
static Ref
own(Ref *place, Str s, uint32_t n, uint32_t width)
{
	Ref r = *(Aref *)place, nr;
	uint32_t old = s.w != NULL ? 4 : 1;

	if (r != H && s.len > 0 && *heap_count(r) == 1 && old >= width && fits(r, s, n))
		return r;
	if (old > width)
		width = old;
	if (n > s.len && s.len > 0)
		n += n / 2 + 8;
	nr = string_alloc(n, width);
	if (nr == 0)
		return 0;
	put(nr, 0, s, 0, s.len);
	stw(nr, s.len);
	ref_set(place, nr);
	return nr;
}

int
string_insc(Prog *p, Ref *place, int32_t ix, int32_t ch)
{
	Str s = view(*(Aref *)place);
	uint32_t c = (uint32_t)ch, n, i = (uint32_t)ix;
	Ref r;

	if (i > s.len)
		return vm_raise_bounds(p);
	n = i == s.len ? s.len + 1 : s.len;
	if (s.b != NULL && s.len > 0 && c <= 0xff && *heap_count(r = *(Aref *)place) == 1 && fits(r, s, n)) {
		*((uint8_t *)ref2ptr(r + 8) + i) = (uint8_t)c;
		stw(r, n);
		return 0;
	}
	r = own(place, s, n, c > 0xff ? 4 : 1);
	if (r == 0)
		return vm_raise_heap(p);
	if (ldw(r + 4) == 4)
		((uint32_t *)ref2ptr(r + 8))[i] = c;
	else
		((uint8_t *)ref2ptr(r + 8))[i] = (uint8_t)c;
	stw(r, n);
	return 0;
}

int
string_slice(Prog *p, Ref *place, int32_t a, int32_t b)
{
	Ref r = *(Aref *)place;
	Str s = view(r);
	Ref nr;

	if (a < 0 || b < a || (uint32_t)b > s.len)
		return vm_raise_bounds(p);
	if (a == b) {
		ref_set(place, H);
		return 0;
	}
	/* A slice is a string of its own; the only reference to one may keep it. */
	if (a == 0 && *heap_count(r) == 1 && room(r, s.w ? 4 : 1) / 4 < (uint32_t)b) {
		stw(r, (uint32_t)b);
		return 0;
	}
	nr = string_alloc((uint32_t)(b - a), s.w ? 4 : 1);
	if (nr == 0)
		return vm_raise_heap(p);
	put(nr, 0, s, (uint32_t)a, (uint32_t)b);
	stw(nr, (uint32_t)(b - a));
	ref_set(place, nr);
	return 0;
}

int
string_cat(Prog *p, Ref *dst, Ref a, Ref b)
{
	Str s = view(a), t = view(b);
	Ref r, old = *(Aref *)dst;
	uint64_t n = (uint64_t)s.len + t.len;
	uint32_t width = iswide(s) || iswide(t) ? 4 : 1;

	if (n > MAXLEN)
		return vm_raise_heap(p);
	if (t.len == 0 || s.len == 0) {
		r = n == 0 ? H : s.len == 0 ? b : a;
		ref_copy(dst, r);
		return 0;
	}
	if (old == a && s.b != NULL && t.b != NULL && a != b && *heap_count(a) == 1 && fits(a, s, (uint32_t)n)) {
		memmove(ref2ptr(a + 8 + s.len), t.b, t.len);
		vm_moved(t.len);
		stw(a, (uint32_t)n);
		return 0;
	}
	if (old == a) {
		r = own(dst, s, (uint32_t)n, width);
		if (r == 0)
			return vm_raise_heap(p);
		/* a == b: the views still show the old content, which is a prefix of the new. */
		if (a == b)
			t = view(r);
		put(r, s.len, t, 0, t.len);
		stw(r, (uint32_t)n);
		return 0;
	}
	r = string_alloc((uint32_t)n, width);
	if (r == 0)
		return vm_raise_heap(p);
	put(r, 0, s, 0, s.len);
	put(r, s.len, t, 0, t.len);
	stw(r, (uint32_t)n);
	ref_set(dst, r);
	return 0;
}
