/*
 * Instructions as functions; see ops.h.
 */
#include <fenv.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "libinterp/ops.h"

/* ------------------------------------------------------------ memory */

int
op_new(Prog *p, Type *t, Aref *dst)
{
	Ref r = heap_new(t);
	uint32_t i;

	if (r == 0)
		return vm_raise_heap(p);
	for (i = 0; i < t->nref; i++)
		stw(r + t->ref[i], H);
	ref_set((Ref *)dst, r);
	return 0;
}

int
op_newa(Prog *p, int32_t n, Type *t, Aref *dst)
{
	Ref r;

	if (n < 0)
		return vm_raise(p, "negative array size");
	r = array_alloc(t, (uint32_t)n);
	if (r == 0)
		return vm_raise_heap(p);
	ref_set((Ref *)dst, r);
	return 0;
}

int
op_cons(Prog *p, Type *elem, const void *val, Aref *dst)
{
	Type *t = elem->list != NULL ? elem->list : type_list(elem);
	Ref r;
	void *v;

	if (t == NULL || (r = heap_newraw(t)) == 0)
		return vm_raise_heap(p);
	v = ref2ptr(r + t->voff);
	switch (elem->size) {
	case 1:
		*(uint8_t *)v = *(const uint8_t *)val;
		break;
	case 4:
		*(Aword *)v = *(const Aword *)val;
		if (elem->nref == 1)
			refinc(*(Aref *)v);
		break;
	case 8:
		*(Abig *)v = *(const Abig *)val;
		heap_increfs(elem, v, 1);
		break;
	default:
		memcpy(v, val, elem->size);
		heap_increfs(elem, v, 1);
	}
	ref_moved(*dst);
	stw(r, *dst);
	*dst = r;
	return 0;
}

/* Whether n bytes at a host address lie in the arena. */
static inline bool
inarena(const void *p, uint64_t n)
{
	uintptr_t a = (uintptr_t)p;

	return a - ARENA_LO < vm.span && n <= vm.span - (a - ARENA_LO);
}

int
op_movm(Prog *p, const void *src, int32_t n, void *dst)
{
	if (n <= 0)
		return 0;
	if (!inarena(src, (uint64_t)n) || !inarena(dst, (uint64_t)n))
		return vm_raise_nil(p);
	memmove(dst, src, (size_t)n);
	return 0;
}

int
op_movmp(Prog *p, Type *t, const void *src, void *dst)
{
	if (!inarena(src, t->size) || !inarena(dst, t->size))
		return vm_raise_nil(p);
	heap_increfs(t, src, 1);
	value_move(t, dst, src);
	return 0;
}

/* Address of the value in cell l, checked for n bytes. */
static void *
cellvalue(Ref l, uint32_t n)
{
	Type *t;

	if (!arena_ok(l))
		return NULL;
	t = heap_type(l);
	if (t == NULL || t->kind != TK_LIST)
		return NULL;
	return vm_mem(l + t->voff, n);
}

int
op_head(Prog *p, Ref l, uint32_t n, void *dst)
{
	void *v = cellvalue(l, n);

	if (v == NULL || (int32_t)n < 0 || !inarena(dst, n))
		return vm_raise_nil(p);
	memmove(dst, v, n);
	return 0;
}

int
op_headmp(Prog *p, Ref l, Type *t, void *dst)
{
	void *v = cellvalue(l, t->size);

	if (v == NULL)
		return vm_raise_nil(p);
	return op_movmp(p, t, v, dst);
}

int32_t
op_lenl(Ref l)
{
	uint32_t n = 0;

	/* A forged cycle ends as well. */
	for (; arena_ok(l) && n < INT32_MAX / 4; l = ldw(l))
		n++;
	vm_moved((uint64_t)n * 8);
	return (int32_t)n;
}

int
op_tcmp(Prog *p, Ref a, Ref b)
{
	if (a == H)
		return 0;
	if (!arena_ok(a) || !arena_ok(b) || *heap_typeid(a) != *heap_typeid(b))
		return vm_raise(p, "type check");
	return 0;
}

int
op_raise(Prog *p, Ref r)
{
	if (r == H)
		return vm_raise_nil(p);
	refinc(r);
	return exc_raise(p, r);
}

/* ------------------------------------------------------------ conversions */

int
op_cvtca(Prog *p, Ref s, Aref *dst)
{
	Str v = str_get(s);
	size_t n = str_utf8len(s), k;
	uint32_t i;
	uint8_t *b;
	char t[4];
	int m;
	Ref r;

	if (n >= 1u << 30 || (r = array_alloc(Tbyte, (uint32_t)n)) == 0)
		return vm_raise_heap(p);
	b = ref2ptr(r + 16);
	if (v.b != NULL && n == v.len) {
		memcpy(b, v.b, n);
	} else {
		for (i = 0, k = 0; i < v.len; i++, k += (size_t)m) {
			m = conv_pututf8(str_at(v, i), t);
			if (k + (size_t)m > n)
				break;
			memcpy(b + k, t, (size_t)m);
		}
	}
	ref_set((Ref *)dst, r);
	return 0;
}

int
op_cvtac(Prog *p, Ref a, Aref *dst)
{
	Arr v;

	if (a == H) {
		ref_set((Ref *)dst, H);
		return 0;
	}
	v = arr_bytes(a);
	return string_frombytes(p, (Ref *)dst, v.data, v.len, true);
}

int
op_cvtwc(Prog *p, int64_t v, Aref *dst)
{
	char buf[24], *e = buf + sizeof buf, *s = e;
	uint64_t u = v < 0 ? -(uint64_t)v : (uint64_t)v;

	do {
		*--s = (char)('0' + u % 10);
		u /= 10;
	} while (u != 0);
	if (v < 0)
		*--s = '-';
	return str_set(p, (Ref *)dst, s, (size_t)(e - s));
}

int
op_cvtfc(Prog *p, double v, Aref *dst)
{
	char buf[32];
	int n = conv_real(v, buf);

	return str_set(p, (Ref *)dst, buf, (size_t)n);
}

int64_t
op_cvtcl(Ref s, bool word)
{
	Str v = str_get(s);
	char buf[64];
	uint32_t i, k, c;

	/* White space may precede; a few dozen characters decide, unless there are as many zeros. */
	for (i = 0; i < v.len && ((c = str_at(v, i)) == ' ' || (c >= '\t' && c <= '\r')); i++)
		;
	k = 0;
	if (i < v.len && ((c = str_at(v, i)) == '-' || c == '+')) {
		buf[k++] = (char)c;
		i++;
	}
	while (i < v.len && str_at(v, i) == '0' && v.len - i > sizeof buf - 2)
		i++;
	if (v.len - i > sizeof buf - 2) {
		char *u = str_utf8(s, NULL);
		int64_t r = 0;

		if (u != NULL)
			r = word ? conv_toword(u, strlen(u)) : conv_tobig(u, strlen(u));
		free(u);
		return r;
	}
	for (; i < v.len && k < sizeof buf; i++) {
		c = str_at(v, i);
		buf[k++] = c < 0x80 ? (char)c : '?';
	}
	return word ? conv_toword(buf, k) : conv_tobig(buf, k);
}

double
op_cvtcf(Ref s)
{
	char *u = str_utf8(s, NULL);
	double v = u != NULL ? conv_toreal(u, strlen(u)) : 0;

	free(u);
	return v;
}

int
op_indc(Prog *p, Ref r, int32_t i, Aword *dst)
{
	uint32_t off = 8 + (uint32_t)i;
	Str s;

	if (r == H)
		return vm_raise_nil(p);
	/* A narrow string that lies in the arena as far as the index goes. */
	if (arena_ok(r) && (uint32_t)i < ldw(r) && ldw(r + 4) == 1 && *heap_typeid(r) == Tstring->id &&
	    (uint64_t)(r - ARENA_LO) + off < vm.span) {
		*dst = *((uint8_t *)ref2ptr(r) + off);
		return 0;
	}
	s = str_get(r);
	if ((uint32_t)i >= s.len)
		return vm_raise_bounds(p);
	*dst = (int32_t)str_at(s, (uint32_t)i);
	return 0;
}

int
op_cvtfl(Prog *p, double v, bool word, int64_t *r)
{
	double t = v >= 0 ? v + 0.5 : v - 0.5;
	double lo = word ? -2147483649.0 : -9223372036854775808.0, hi = word ? 2147483648.0 : 9223372036854775808.0;

	if (word ? t > lo && t < hi : t >= lo && t < hi) {
		*r = (int64_t)t;
		return 0;
	}
	*r = word ? INT32_MIN : INT64_MIN;
	feraiseexcept(FE_INVALID);
	return vm.fpmask != 0 ? fp_trap(p, FPINVAL) : 0;
}

/* ------------------------------------------------------------ arithmetic */

int64_t
op_expl(int64_t x, int32_t e)
{
	uint32_t n = e < 0 ? -(uint32_t)e : (uint32_t)e;
	int64_t r = 1;

	for (; n != 0; n >>= 1, x *= x)
		if (n & 1)
			r *= x;
	return r;
}

double
op_expf(double x, int32_t e)
{
	uint32_t n = e < 0 ? -(uint32_t)e : (uint32_t)e;
	double r = 1;

	for (; n != 0; n >>= 1, x *= x)
		if (n & 1)
			r *= x;
	return e < 0 ? 1 / r : r;
}

__attribute__((noinline)) int
op_trapped(Prog *p, int op, double a, double b, Areal *dst)
{
	volatile double x = a, y = b, r;

	vm_fpbegin(p);
	switch (op) {
	case '+':
		r = x + y;
		break;
	case '-':
		r = x - y;
		break;
	case '*':
		r = x * y;
		break;
	default:
		r = x / y;
		break;
	}
	if (vm_fpend(p) < 0)
		return -1;
	*dst = r;
	return 0;
}

static int64_t
sh(int64_t v, int32_t p)
{
	if (p >= 0)
		return (int64_t)((uint64_t)v << (p & 63));
	return v >> (-p & 63);
}

/* Shifts reach the smallest number, whose quotient by -1 is itself, as everywhere. */
static int64_t
quotient(int64_t a, int32_t b)
{
	return b == -1 ? (int64_t)-(uint64_t)a : a / b;
}

/*
 * Fixed point: a is the constant, scale the exponent (with flags in the low bits for the rounding forms).
 */
int
op_fixed(Prog *p, int op, int32_t s, int32_t m, int32_t a, int32_t scale, Aword *dst)
{
	int64_t r = 0, v, w, x;
	int32_t q = scale >> 2;
	bool usev = (scale & 2) != 0, usew = (scale & 1) != 0;

	w = q < 0 ? ((int64_t)1 << (-q & 63)) - 1 : 0;
	switch (op) {
	case IMULX:
		r = sh((int64_t)m * s, scale);
		break;
	case IDIVX:
		if (s == 0)
			goto zero;
		r = quotient(sh(m, scale), s);
		break;
	case ICVTXX:
		r = sh(s, scale);
		break;
	case IMULX0:
		if (m == 0 || s == 0)
			break;
		if (a == 0)
			goto zero;
		r = quotient(sh((int64_t)m * s, scale), a);
		break;
	case IDIVX0:
		if (m == 0)
			break;
		if (s == 0)
			goto zero;
		r = quotient(sh((int64_t)a * m, scale), s);
		break;
	case ICVTXX0:
		if (s == 0)
			break;
		if (a == 0)
			goto zero;
		r = quotient(sh(s, scale), a);
		break;
	case IMULX1:
		if (m == 0 || s == 0)
			break;
		if (a == 0)
			goto zero;
		x = (int64_t)m * s;
		v = usev ? (int64_t)a - 1 : 0;
		if ((m < 0) != (s < 0))
			v = -v;
		if (usew && ((!usev && x < 0) || (usev && x > 0)))
			x += w;
		r = quotient(sh(x, q) + v, a);
		break;
	case IDIVX1:
		if (m == 0)
			break;
		if (s == 0)
			goto zero;
		v = usev ? 1 : 0;
		if ((m < 0) != (s < 0))
			v = -v;
		x = (int64_t)a * m;
		if (usew && m <= 0)
			x += w;
		r = quotient(sh(x, q), s) + v;
		break;
	case ICVTXX1:
		if (s == 0)
			break;
		if (a == 0)
			goto zero;
		v = usev ? (int64_t)a - 1 : 0;
		if (s < 0)
			v = -v;
		x = s;
		if (usew && ((!usev && s < 0) || (usev && s > 0)))
			x += w;
		r = quotient(sh(x, q) + v, a);
		break;
	}
	*dst = (int32_t)r;
	return 0;
zero:
	return vm_raise(p, "zero divide");
}

/* ------------------------------------------------------------ tables */

int32_t
op_case(Ref r, int32_t v)
{
	const Aword *t = vm_mem(r, 4), *e;
	int32_t n, lo, hi, mid;

	if (t == NULL)
		return -1;
	n = t[0];
	if (n < 0 || vm_mem(r, 8 + (uint64_t)n * 12) == NULL)
		return -1;
	for (lo = 0, hi = n; lo < hi;) {
		mid = lo + (hi - lo) / 2;
		e = t + 1 + (size_t)mid * 3;
		if (v < e[0])
			hi = mid;
		else if (v < e[1] || e[1] <= e[0])
			return e[2];
		else
			lo = mid + 1;
	}
	return t[1 + (size_t)n * 3];
}

int32_t
op_casel(Ref r, int64_t v)
{
	const uint8_t *t = vm_mem(r, 8), *e;
	int32_t n, lo, hi, mid;
	int64_t from, to;

	if (t == NULL)
		return -1;
	n = *(const Aword *)t;
	if (n < 0 || vm_mem(r, 12 + (uint64_t)n * 24) == NULL)
		return -1;
	for (lo = 0, hi = n; lo < hi;) {
		mid = lo + (hi - lo) / 2;
		e = t + 8 + (size_t)mid * 24;
		from = *(const Abig *)e;
		to = *(const Abig *)(e + 8);
		if (v < from)
			hi = mid;
		else if (v < to || to <= from)
			return *(const Aword *)(e + 16);
		else
			lo = mid + 1;
	}
	return *(const Aword *)(t + 8 + (size_t)n * 24);
}

int32_t
op_casec(Ref r, Ref v)
{
	const Aword *t = vm_mem(r, 4), *e;
	int32_t n, lo, hi, mid;
	int k;

	if (t == NULL)
		return -1;
	n = t[0];
	if (n < 0 || vm_mem(r, 8 + (uint64_t)n * 12) == NULL)
		return -1;
	for (lo = 0, hi = n; lo < hi;) {
		mid = lo + (hi - lo) / 2;
		e = t + 1 + (size_t)mid * 3;
		k = str_cmp(v, (Ref)e[0]);
		if (k < 0)
			hi = mid;
		else if (k == 0 || ((Ref)e[1] != H && str_cmp(v, (Ref)e[1]) <= 0))
			return e[2];
		else
			lo = mid + 1;
	}
	return t[1 + (size_t)n * 3];
}

/* ------------------------------------------------------------ modules */

Modlink *
op_modlink(Prog *p, Ref r)
{
	Modlink *ml = heap_host(r, TK_MODULE);

	if (ml == NULL)
		vm_raise(p, "module not loaded");
	return ml;
}

Linkseen op_linkseen[NLINKSEEN];

Link *
op_findlink(Prog *p, Ref r, int32_t idx, Modlink **ml)
{
	Link *l;

	*ml = op_modlink(p, r);
	l = *ml != NULL ? modlink_fn(*ml, idx) : NULL;
	if (l != NULL)
		op_linkseen[((r >> 3) + (uint32_t)idx * 31) % NLINKSEEN] = (Linkseen){r, idx, *modlink_gen(r), *ml, l};
	return l;
}

int
op_mframe(Prog *p, Ref r, int32_t idx, Aword *dst)
{
	Modlink *ml;
	Link *l = op_link(p, r, idx, &ml);
	Ref f;

	if (ml == NULL)
		return -1;
	if (l == NULL || l->frame == NULL)
		return vm_raise(p, "invalid mframe");
	l->frame->seen = gc_pass; /* the module may go before the frame does */
	f = frame_fast(p, l->frame);
	if (f == 0)
		return vm_raise(p, "out of memory: main");
	*dst = (int32_t)f;
	return 0;
}

int
op_mspawn(Prog *p, Ref frame, int32_t idx, Ref r)
{
	Modlink *ml = op_modlink(p, r);
	Link *l;

	if (ml == NULL)
		return -1;
	l = modlink_fn(ml, idx);
	if (ml->m->code->builtin != NULL)
		return vm_raise(p, "spawn a builtin module");
	if (l == NULL || l->pc < 0)
		return vm_raise(p, "invalid mframe");
	return prog_spawn(p, frame, ml->m, ml->m->code->inst + l->pc);
}

/*
 * Call a builtin whose frame is a. The frame must hold what the function takes out of it as references, so that
 * these are counted while it runs.
 */
int
vm_callbuiltin(Prog *p, Module *m, Link *l, Act *a)
{
	uint32_t i, at = (uint32_t)(a - p->act);
	Type *t = a->t;
	Ref fp = a->fp;
	int r;

	if (t != l->frame) {
		if (t->size < l->frame->size)
			return vm_raise(p, "invalid mframe");
		for (i = 0; i < l->nfixed; i++)
			if (!type_isref(t, l->frame->ref[i]))
				return vm_raise(p, "invalid mframe");
	}
	p->builtin = true;
	p->link = l;
	p->bname = m->code->name;
	p->bframe = t;
	m->ref++; /* the caller's reference may go while it runs */
	r = l->fn(p, ref2ptr(fp));
	module_put(m);
	if (p->npin > 0)
		handle_unpin(p);
	if (p->killed)
		return -1; /* it dies inside the builtin, as its record will say */
	p->builtin = false;
	while (p->nact > at)
		frame_pop(p);
	if (up->exception != NULL) {
		r = vm_raise(p, "%s", up->exception);
		up->exception = NULL;
	}
	if (p->pending != NULL)
		return -1;
	return r < 0 && p->raised ? -1 : 0;
}

uint32_t
vm_framesize(Prog *p)
{
	return p->bframe->size;
}

bool
vm_frameref(Prog *p, uint32_t off)
{
	return type_isref(p->bframe, off);
}

void *
vm_result(void *fp, uint32_t n)
{
	static _Thread_local uint8_t scratch[4096];
	void *p = vm_mem(((Framehead *)fp)->ret, n);

	if (p == NULL) {
		memset(scratch, 0xff, sizeof scratch);
		p = scratch;
	}
	return p;
}

void
vm_retint(void *fp, int32_t v)
{
	*(Aword *)vm_result(fp, 4) = v;
}

void
vm_retbig(void *fp, int64_t v)
{
	*(Abig *)vm_result(fp, 8) = v;
}

void
vm_retreal(void *fp, double v)
{
	*(Areal *)vm_result(fp, 8) = v;
}

void
vm_retref(void *fp, Ref r)
{
	ref_set(vm_result(fp, 4), r);
}

int
vm_retstr(Prog *p, void *fp, const char *s)
{
	return str_setc(p, vm_result(fp, 4), s);
}
