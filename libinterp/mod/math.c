/*
 * $Math: elementary functions, floating-point control, bit patterns: math-elem(2), math-fp(2). Functions on arrays are
 * in mathvec.c. The host's library does the work; here is what differs, and the flags.
 */
#include <fenv.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "libinterp/mod/builtins.h"

BUILTIN_DECLS(Math)

/* Where a program wants a result may be any address. */
typedef struct R_Math_lgamma Rlgamma __attribute__((aligned(1)));
typedef struct R_Math_modf Rmodf __attribute__((aligned(1)));

/* Bits of the control word beside the traps. */
enum { RND_NR = 0, RND_NINF = 0x100, RND_PINF = 0x200, RND_Z = 0x300, RND_MASK = 0x300, FPALL = 0x1f };

enum { LONGBESSEL = 100000 }; /* orders above are not computed while others wait */

/*
 * Flags need attention only if the process has traps; otherwise they are left to accumulate where the machine finds
 * them.
 */
static inline void
begin(Prog *p)
{
	if (prog_view(p)->fpmask != 0)
		vm_fpbegin(p);
}

static inline int
retreal(Prog *p, void *fp, double v)
{
	if (prog_view(p)->fpmask != 0 && vm_fpend(p) < 0)
		return -1;
	vm_retreal(fp, v);
	return 0;
}

/* ------------------------------------------------------------ functions of reals */

#define REAL1(name, expr) \
	int Math_##name(Prog *p, void *fp) \
	{ \
		double x = ((struct F_Math_##name *)fp)->a0, v; \
\
		begin(p); \
		v = (expr); \
		return retreal(p, fp, v); \
	}

#define REAL2(name, expr) \
	int Math_##name(Prog *p, void *fp) \
	{ \
		double x = ((struct F_Math_##name *)fp)->a0, y = ((struct F_Math_##name *)fp)->a1, v; \
\
		begin(p); \
		v = (expr); \
		return retreal(p, fp, v); \
	}

REAL1(acos, acos(x))
REAL1(acosh, acosh(x))
REAL1(asin, asin(x))
REAL1(asinh, asinh(x))
REAL1(atan, atan(x))
REAL1(atanh, atanh(x))
REAL1(cbrt, cbrt(x))
REAL1(ceil, ceil(x))
REAL1(cos, cos(x))
REAL1(cosh, cosh(x))
REAL1(erf, erf(x))
REAL1(erfc, erfc(x))
REAL1(exp, exp(x))
REAL1(expm1, expm1(x))
REAL1(fabs, fabs(x))
REAL1(floor, floor(x))
REAL1(j0, j0(x))
REAL1(j1, j1(x))
REAL1(log, log(x))
REAL1(log10, log10(x))
REAL1(log1p, log1p(x))
REAL1(rint, rint(x))
REAL1(sin, sin(x))
REAL1(sinh, sinh(x))
REAL1(sqrt, sqrt(x))
REAL1(tan, tan(x))
REAL1(tanh, tanh(x))
REAL1(y0, y0(x))
REAL1(y1, y1(x))

REAL2(atan2, atan2(x, y))
REAL2(copysign, copysign(x, y))
REAL2(fdim, x > y ? x - y : 0)
REAL2(fmax, x > y ? x : y)
REAL2(fmin, x < y ? x : y)
REAL2(fmod, fmod(x, y))
REAL2(hypot, hypot(x, y))
REAL2(nextafter, nextafter(x, y))
REAL2(pow, pow(x, y))
REAL2(remainder, remainder(x, y))

int
Math_scalbn(Prog *p, void *fp)
{
	struct F_Math_scalbn *f = fp;
	double v;

	begin(p);
	v = scalbn(f->a0, f->a1);
	return retreal(p, fp, v);
}

int
Math_pow10(Prog *p, void *fp)
{
	struct F_Math_pow10 *f = fp;
	int n = f->a0;
	char t[16] = "1e";
	double v;

	/* The table of powers that the conversion of decimal numbers has is exact where a product is not. */
	n = n < -400 ? -400 : n > 400 ? 400 : n;
	begin(p);
	if (n < 0) {
		t[2] = '-';
		n = -n;
	} else
		t[2] = '+';
	t[3] = (char)('0' + n / 100);
	t[4] = (char)('0' + n / 10 % 10);
	t[5] = (char)('0' + n % 10);
	t[6] = 0;
	v = strtod(t, NULL);
	return retreal(p, fp, v);
}

/*
 * Whether |Jn(x)| is certainly below the least real: it is at most (|x|/2)^n / n!. The library would take n steps to
 * find that out.
 */
static bool
vanishes(double n, double x)
{
	return n > fabs(x) && n * log(fabs(x) / 2) - lgamma(n + 1) < -800;
}

int
Math_jn(Prog *p, void *fp)
{
	struct F_Math_jn *f = fp;
	int n = f->a0;
	double x = f->a1, an = fabs((double)n), v;
	bool slow = an > LONGBESSEL;

	begin(p);
	if (slow && vanishes(an, x))
		v = 0;
	else {
		if (slow)
			vm_release();
		v = jn(n, x);
		if (slow)
			vm_acquire();
	}
	return retreal(p, fp, v);
}

int
Math_yn(Prog *p, void *fp)
{
	struct F_Math_yn *f = fp;
	int n = f->a0;
	double x = f->a1, v;
	bool slow = fabs((double)n) > LONGBESSEL;

	begin(p);
	if (slow)
		vm_release();
	v = yn(n, x);
	if (slow)
		vm_acquire();
	return retreal(p, fp, v);
}

int
Math_lgamma(Prog *p, void *fp)
{
	struct F_Math_lgamma *f = fp;
	Rlgamma *ret;
	int sign = 1;
	double v;

	begin(p);
	v = lgamma_r(f->a0, &sign);
	if (prog_view(p)->fpmask != 0 && vm_fpend(p) < 0)
		return -1;
	ret = vm_result(fp, sizeof *ret);
	ret->t0 = sign < 0 ? -1 : 1;
	memcpy(&ret->t1, &v, sizeof v);
	return 0;
}

int
Math_modf(Prog *p, void *fp)
{
	struct F_Math_modf *f = fp;
	Rmodf *ret = vm_result(fp, sizeof *ret);
	double whole, v = modf(f->a0, &whole);

	(void)p;
	/* As int of a real: what does not fit is the least int. */
	ret->t0 = whole >= INT32_MIN && whole <= INT32_MAX ? (int32_t)whole : INT32_MIN;
	memcpy(&ret->t1, &v, sizeof v);
	return 0;
}

/* ------------------------------------------------------------ functions to int */

int
Math_finite(Prog *p, void *fp)
{
	struct F_Math_finite *f = fp;

	(void)p;
	vm_retint(fp, isfinite(f->a0) != 0);
	return 0;
}

int
Math_isnan(Prog *p, void *fp)
{
	struct F_Math_isnan *f = fp;

	(void)p;
	vm_retint(fp, isnan(f->a0) != 0);
	return 0;
}

int
Math_ilogb(Prog *p, void *fp)
{
	struct F_Math_ilogb *f = fp;
	double x = f->a0;

	(void)p;
	vm_retint(fp, x == 0 ? -INT32_MAX : !isfinite(x) ? INT32_MAX : ilogb(x));
	return 0;
}

/* ------------------------------------------------------------ bits */

int
Math_bits32real(Prog *p, void *fp)
{
	struct F_Math_bits32real *f = fp;
	float v;

	(void)p;
	memcpy(&v, &f->a0, 4);
	vm_retreal(fp, v);
	return 0;
}

int
Math_bits64real(Prog *p, void *fp)
{
	struct F_Math_bits64real *f = fp;
	double v;

	(void)p;
	memcpy(&v, &f->a0, 8);
	vm_retreal(fp, v);
	return 0;
}

int
Math_realbits32(Prog *p, void *fp)
{
	struct F_Math_realbits32 *f = fp;
	float v = (float)f->a0;
	int32_t w;

	(void)p;
	memcpy(&w, &v, 4);
	vm_retint(fp, w);
	return 0;
}

int
Math_realbits64(Prog *p, void *fp)
{
	struct F_Math_realbits64 *f = fp;
	int64_t w;

	(void)p;
	memcpy(&w, &f->a0, 8);
	vm_retbig(fp, w);
	return 0;
}

/* ------------------------------------------------------------ control and status */

static const int rounding[4] = {FE_TONEAREST, FE_DOWNWARD, FE_UPWARD, FE_TOWARDZERO};

static uint32_t
control(Prog *p)
{
	uint32_t i;
	int r = vm_fpgetround();

	for (i = 0; i < 3 && rounding[i] != r; i++)
		;
	return prog_view(p)->fpmask | i << 8;
}

int
Math_getFPcontrol(Prog *p, void *fp)
{
	vm_retint(fp, (int32_t)control(p));
	return 0;
}

int
Math_FPcontrol(Prog *p, void *fp)
{
	struct F_Math_FPcontrol *f = fp;
	uint32_t r = (uint32_t)f->a0, mask = (uint32_t)f->a1, old = control(p), new = (old & ~mask) | (r & mask);

	if (((old ^ new) & FPALL) != 0)
		vm_fpsetmask(p, new & FPALL);
	if (((old ^ new) & RND_MASK) != 0)
		vm_fpsetround(rounding[(new & RND_MASK) >> 8]);
	vm_retint(fp, (int32_t)(old & mask));
	return 0;
}

int
Math_getFPstatus(Prog *p, void *fp)
{
	(void)p;
	vm_retint(fp, (int32_t)vm_fpstatus(0));
	return 0;
}

int
Math_FPstatus(Prog *p, void *fp)
{
	struct F_Math_FPstatus *f = fp;
	uint32_t r = (uint32_t)f->a0, mask = (uint32_t)f->a1 & FPALL, old, set;
	int fe = 0;

	(void)p;
	set = r & mask;
	old = vm_fpstatus(mask & ~set);
	set &= ~old;
	if (set & FPINVAL)
		fe |= FE_INVALID;
	if (set & FPZDIV)
		fe |= FE_DIVBYZERO;
	if (set & FPOVFL)
		fe |= FE_OVERFLOW;
	if (set & FPUNFL)
		fe |= FE_UNDERFLOW;
	if (set & FPINEX)
		fe |= FE_INEXACT;
	if (fe != 0)
		feraiseexcept(fe);
	vm_retint(fp, (int32_t)(old & mask));
	return 0;
}

BUILTIN_MODULE(Math, NULL)
