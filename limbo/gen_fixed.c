/*
 * Code generation: fixed-point arithmetic. A value is an int that counts units of its type; the machine multiplies and
 * divides by powers of two exactly, and by other factors with a 31-bit mantissa and corrections; see dis(6).
 */
#include <math.h>

#include "limbo/gen.h"

static double
unit(Type *t)
{
	return t->kind == Tfixed && t->unit > 0 ? t->unit : 1.0;
}

/* Whether x is a power of two, and which. */
static bool
power2(double x, int *p)
{
	int e;

	if (frexp(x, &e) != 0.5)
		return false;
	*p = e - 1;
	return true;
}

/* x = (mantissa / 2^31) * 2^k, 2^30 <= mantissa < 2^31. */
static double
mantissa(double x, int *k)
{
	double f = floor(ldexp(frexp(x, k), 31) + 0.5);

	return f > 2147483647.0 ? 2147483647.0 : f;
}

/* How to scale by a factor. */
typedef struct Scale Scale;
struct Scale {
	enum { Szero, Sexact, Splain, Sadjust } kind;
	double a; /* the constant in STemp */
	int m;	  /* exponent */
	bool v, w;
};

static Scale
scale_mul(double alpha)
{
	Scale s = { .kind = Sexact };
	double eps;
	int k;

	if (power2(alpha, &s.m))
		return s;
	s.a = mantissa(1.0 / alpha, &k);
	s.m = 31 - k;
	if (s.m < -32) {
		s.kind = Szero;
		return s;
	}
	eps = ldexp(1.0, s.m) / (alpha * s.a) - 1;
	if (eps < 0) {
		s.v = true;
		eps = -eps;
	}
	if (s.m < 0 && ldexp(eps, 31) * s.a >= s.a - 1 + ldexp(1.0, s.m))
		s.w = true;
	s.kind = s.v || s.w ? Sadjust : Splain;
	return s;
}

static Scale
scale_div(double beta)
{
	Scale s = { .kind = Sexact };
	int k;

	if (power2(beta, &s.m))
		return s;
	s.a = mantissa(beta, &k);
	s.m = k - 31;
	if (s.m <= -62) {
		s.kind = Szero;
		return s;
	}
	s.v = ldexp(s.a, s.m) / beta - 1 < 0;
	s.w = s.m < 0;
	s.kind = s.v || s.w ? Sadjust : Splain;
	return s;
}

static int
scale_word(Scale s)
{
	if (s.kind == Sadjust)
		return s.m * 4 + (s.v ? 2 : 0) + (s.w ? 1 : 0);
	return s.m;
}

void
gen_fixop(Gen *g, Op op, Type *res, Type *lt, Type *rt, Addr l, Addr r, Addr dst)
{
	static const uint8_t ops[2][4] = { { 0, IMULX, IMULX0, IMULX1 }, { 0, IDIVX, IDIVX0, IDIVX1 } };
	Scale s;

	if (op == Omul)
		s = scale_mul(unit(lt) * unit(rt) / unit(res));
	else
		s = scale_div(unit(lt) / (unit(rt) * unit(res)));
	if (s.kind == Szero) {
		emit(g, IMOVW, a_imm(0), a_none, dst);
		return;
	}
	if (!a_same(l, dst))
		l = into_mid(g, lt, l);
	emit(g, IMOVW, a_int(g, scale_word(s)), a_none, a_slot(g->dtemp, 0));
	if (s.kind != Sexact)
		emit(g, IMOVW, a_int(g, (int64_t)s.a), a_none, a_slot(g->stemp, 0));
	emit(g, ops[op == Odiv][s.kind], r, a_same(l, dst) ? a_none : l, dst);
}

static void
gen_fixbin(Gen *g, Op op, Type *res, Node *l, Node *r, Addr dst)
{
	int mark = tmp_mark(g);
	Addr a, b;

	gen_pair(g, l, r, &a, &b);
	gen_fixop(g, op, res, l->ty, r->ty, a, b, dst);
	tmp_release(g, mark);
}

void
gen_fixmul(Gen *g, Type *res, Node *l, Node *r, Addr dst)
{
	gen_fixbin(g, Omul, res, l, r, dst);
}

void
gen_fixdiv(Gen *g, Type *res, Node *l, Node *r, Addr dst)
{
	gen_fixbin(g, Odiv, res, l, r, dst);
}

/* Between fixed point and whatever; reals are the way to and from bigs and strings, ints that of bytes. */
void
gen_fixcast(Gen *g, Type *from, Type *to, Addr src, Addr dst)
{
	static const uint8_t ops[] = { 0, ICVTXX, ICVTXX0, ICVTXX1 };
	bool exactfrom = from->kind == Tfixed || from->kind == Tint, exactto = to->kind == Tfixed || to->kind == Tint;
	Limbo *l = g->l;
	Addr t;
	Scale s;

	if (from->kind == Tbyte) {
		t = tmp_word(g);
		emit(g, ICVTBW, src, a_none, t);
		gen_fixcast(g, l->tint, to, t, dst);
	} else if (to->kind == Tbyte) {
		t = tmp_word(g);
		gen_fixcast(g, from, l->tint, src, t);
		emit(g, ICVTWB, t, a_none, dst);
	} else if (exactfrom && exactto) {
		if (unit(from) == unit(to)) {
			if (!a_same(src, dst))
				emit(g, IMOVW, src, a_none, dst);
			return;
		}
		s = scale_mul(unit(from) / unit(to));
		if (s.kind == Szero) {
			emit(g, IMOVW, a_imm(0), a_none, dst);
			return;
		}
		if (s.kind != Sexact)
			emit(g, IMOVW, a_int(g, (int64_t)s.a), a_none, a_slot(g->stemp, 0));
		emit(g, ops[s.kind], src, a_mid(g, scale_word(s)), dst);
	} else if (from->kind == Treal) {
		emit(g, ICVTFX, src, a_item(item_real(g, 1.0 / unit(to)), 0), dst);
	} else if (to->kind == Treal) {
		emit(g, ICVTXF, src, a_item(item_real(g, unit(from)), 0), dst);
	} else if (from->kind == Tfixed) {
		t = tmp_new(g, l->treal);
		emit(g, ICVTXF, src, a_item(item_real(g, unit(from)), 0), t);
		emit(g, to->kind == Tbig ? ICVTFL : ICVTFC, t, a_none, dst);
	} else {
		t = tmp_new(g, l->treal);
		emit(g, from->kind == Tbig ? ICVTLF : ICVTCF, src, a_none, t);
		emit(g, ICVTFX, t, a_item(item_real(g, 1.0 / unit(to)), 0), dst);
	}
}
