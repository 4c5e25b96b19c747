/*
 * $Math: functions on arrays: math-linalg(2) and math-export(2).
 *
 * Work on large arrays takes turns with other processes: between two pieces the arrays may change, but not go away.
 */
#include <endian.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "libinterp/mod/builtins.h"

BUILTIN_DECLS(Math)

enum { TURN = 1 << 22 }; /* steps between two turns of others */

static const char Emath[] = "invalid math argument";

/* Elements lie in the arena, at any address. */
typedef double Real __attribute__((aligned(1), may_alias));
typedef int32_t Int __attribute__((aligned(1), may_alias));

/* Count n steps; false if the caller should give up, for its process has been killed. */
static bool
turn(uint64_t *steps, uint64_t n)
{
	*steps += n;
	if (*steps < TURN)
		return true;
	*steps = 0;
	vm_release();
	vm_acquire();
	return !vm_interrupted();
}

static void
begin(Prog *p)
{
	if (prog_view(p)->fpmask != 0)
		vm_fpbegin(p);
}

static int
end(Prog *p)
{
	return prog_view(p)->fpmask != 0 ? vm_fpend(p) : 0;
}

/* ------------------------------------------------------------ vectors */

int
Math_dot(Prog *p, void *fp)
{
	struct F_Math_dot *f = fp;
	Arr x, y;
	const Real *a, *b;
	double s = 0;

	if (f->a0 == H || f->a1 == H)
		return vm_raise_nil(p);
	x = arr_of(f->a0, Tbig);
	y = arr_of(f->a1, Tbig);
	if (x.len != y.len)
		return vm_raise(p, Emath);
	a = (const Real *)x.data;
	b = (const Real *)y.data;
	begin(p);
	for (uint32_t i = 0; i < x.len; i++)
		s += a[i] * b[i];
	if (end(p) < 0)
		return -1;
	vm_retreal(fp, s);
	return 0;
}

int
Math_norm1(Prog *p, void *fp)
{
	struct F_Math_norm1 *f = fp;
	Arr x = arr_of(f->a0, Tbig);
	const Real *a = (const Real *)x.data;
	double s = 0;

	if (f->a0 == H)
		return vm_raise_nil(p);
	begin(p);
	for (uint32_t i = 0; i < x.len; i++)
		s += fabs(a[i]);
	if (end(p) < 0)
		return -1;
	vm_retreal(fp, s);
	return 0;
}

int
Math_norm2(Prog *p, void *fp)
{
	struct F_Math_norm2 *f = fp;
	Arr x = arr_of(f->a0, Tbig);
	const Real *a = (const Real *)x.data;
	double s = 0;

	if (f->a0 == H)
		return vm_raise_nil(p);
	begin(p);
	for (uint32_t i = 0; i < x.len; i++)
		s += a[i] * a[i];
	s = sqrt(s);
	if (end(p) < 0)
		return -1;
	vm_retreal(fp, s);
	return 0;
}

int
Math_iamax(Prog *p, void *fp)
{
	struct F_Math_iamax *f = fp;
	Arr x = arr_of(f->a0, Tbig);
	const Real *a = (const Real *)x.data;
	uint32_t best = 0;

	if (f->a0 == H)
		return vm_raise_nil(p);
	for (uint32_t i = 1; i < x.len; i++)
		if (fabs(a[i]) > fabs(a[best]))
			best = i;
	vm_retint(fp, (int32_t)best);
	return 0;
}

/* ------------------------------------------------------------ matrices */

/*
 * A matrix as gemm sees it: element (i, j) after transposition is at d[i * ri + j * cj].
 */
typedef struct Matrix {
	Real *d;
	uint64_t ri, cj;
} Matrix;

/*
 * Set up a rows by cols matrix (after transposition) with leading dimension ld. 0, or -1 after raising: every element
 * must lie inside the array.
 */
static int
matrix(Prog *p, Matrix *m, Ref r, bool trans, int32_t rows, int32_t cols, int32_t ld)
{
	Arr a = arr_of(r, Tbig);
	int64_t nrow = trans ? cols : rows, ncol = trans ? rows : cols;

	if (r == H)
		return vm_raise_nil(p);
	if (ld < nrow || (nrow > 0 && ncol > 0 && (int64_t)ld * (ncol - 1) + nrow > a.len))
		return vm_raise_bounds(p);
	m->d = (Real *)a.data;
	m->ri = trans ? (uint64_t)ld : 1;
	m->cj = trans ? 1 : (uint64_t)ld;
	return 0;
}

static int
istrans(int32_t c)
{
	return c == 'N' ? 0 : c == 'T' || c == 'C' ? 1 : -1;
}

int
Math_gemm(Prog *p, void *fp)
{
	struct F_Math_gemm *f = fp;
	int ta = istrans(f->a0), tb = istrans(f->a1);
	int32_t m = f->a2, n = f->a3, k = f->a4, i, j, l;
	double alpha = f->a5, beta = f->a10, t, s;
	bool noa = f->a6 == H;
	Matrix a = {NULL, 0, 0}, b, c;
	uint64_t steps = 0;

	if (ta < 0 || tb < 0 || m < 0 || n < 0 || k < 0)
		return vm_raise(p, Emath);
	/* Without a, B' itself is added, m rows of it. */
	if ((!noa && matrix(p, &a, f->a6, ta, m, k, f->a7) < 0) ||
	    matrix(p, &b, f->a8, tb, noa && k < m ? m : k, n, f->a9) < 0 || matrix(p, &c, f->a11, false, m, n, f->a12) < 0)
		return -1;
	if (m == 0 || n == 0 || ((alpha == 0 || k == 0) && beta == 1))
		return 0;
	begin(p);
	for (j = 0; j < n; j++) {
		Real *cj = c.d + (uint64_t)j * c.cj;
		for (i = 0; i < m; i++)
			cj[i] = beta == 0 ? 0 : beta * cj[i];
		if (alpha == 0)
			k = 0;
		else if (noa) {
			for (i = 0; i < m; i++)
				cj[i] += alpha * b.d[(uint64_t)i * b.ri + (uint64_t)j * b.cj];
			k = 0;
		} else if (ta) {
			/* The columns of the array are the rows of A': inner products run along memory. */
			for (i = 0; i < m; i++) {
				const Real *ai = a.d + (uint64_t)i * a.ri;
				s = 0;
				for (l = 0; l < k; l++)
					s += ai[l] * b.d[(uint64_t)l * b.ri + (uint64_t)j * b.cj];
				cj[i] += alpha * s;
				if (!turn(&steps, (uint64_t)k))
					return 0;
			}
			continue;
		}
		for (l = 0; l < k; l++) {
			const Real *al = a.d + (uint64_t)l * a.cj;
			t = alpha * b.d[(uint64_t)l * b.ri + (uint64_t)j * b.cj];
			for (i = 0; i < m; i++)
				cj[i] += t * al[i];
			if (!turn(&steps, (uint64_t)m))
				return 0;
		}
		if (!turn(&steps, (uint64_t)m))
			return 0;
	}
	return end(p);
}

/* ------------------------------------------------------------ sorting */

static inline double
at(Arr x, int32_t i)
{
	return ((const Real *)x.data)[i];
}

/*
 * Merge sort of n indices into x, in s, with t as scratch. Whatever comparisons say (NaNs, elements that change
 * meanwhile), it ends and s is a permutation. False if given up.
 */
static bool
mergesort(Arr x, int32_t *s, int32_t *t, uint32_t n)
{
	enum { RUN = 8 };
	uint64_t steps = 0;
	int32_t *from = s, *to = t, *swap;
	uint32_t lo, i, j, k, mid, hi, w;

	for (lo = 0; lo < n; lo += RUN)
		for (i = lo + 1; i < n && i < lo + RUN; i++) {
			int32_t v = s[i];
			for (j = i; j > lo && at(x, s[j - 1]) > at(x, v); j--)
				s[j] = s[j - 1];
			s[j] = v;
		}
	for (w = RUN; w < n; w *= 2) {
		for (lo = 0; lo < n; lo = hi) {
			mid = n - lo > w ? lo + w : n;
			hi = n - mid > w ? mid + w : n;
			for (i = lo, j = mid, k = lo; k < hi; k++)
				if (i < mid && (j >= hi || !(at(x, from[i]) > at(x, from[j]))))
					to[k] = from[i++];
				else
					to[k] = from[j++];
			if (!turn(&steps, hi - lo))
				return false;
		}
		swap = from;
		from = to;
		to = swap;
	}
	if (from != s)
		memcpy(s, from, (size_t)n * sizeof *s);
	return true;
}

int
Math_sort(Prog *p, void *fp)
{
	struct F_Math_sort *f = fp;
	Arr x, pi;
	int32_t *s;
	uint32_t i;

	if (f->a0 == H || f->a1 == H)
		return vm_raise_nil(p);
	x = arr_of(f->a0, Tbig);
	pi = arr_of(f->a1, Tword);
	if (pi.len == 0)
		return 0;
	/* The indices are checked and sorted outside of the arena, where nobody can change them. */
	s = malloc((size_t)pi.len * 2 * sizeof *s);
	if (s == NULL)
		return vm_raise(p, "out of memory: main");
	memcpy(s, pi.data, (size_t)pi.len * sizeof *s);
	for (i = 0; i < pi.len; i++)
		if (s[i] < 0 || (uint32_t)s[i] >= x.len) {
			free(s);
			return vm_raise(p, Emath);
		}
	if (mergesort(x, s, s + pi.len, pi.len))
		memcpy(pi.data, s, (size_t)pi.len * sizeof *s);
	free(s);
	return 0;
}

/* ------------------------------------------------------------ bytes */

/*
 * The two arrays of an import or export: n numbers and their bytes. 0, or -1 after raising.
 */
static int
pair(Prog *p, Ref bytes, Ref nums, Type *elem, uint32_t size, Arr *b, Arr *x)
{
	*b = arr_bytes(bytes);
	*x = arr_of(nums, elem);
	if ((uint64_t)x->len * size != b->len)
		return vm_raise(p, Emath);
	return 0;
}

int
Math_export_int(Prog *p, void *fp)
{
	struct F_Math_export_int *f = fp;
	Arr b, x;
	uint32_t w;

	if (pair(p, f->a0, f->a1, Tword, 4, &b, &x) < 0)
		return -1;
	for (uint32_t i = 0; i < x.len; i++) {
		w = htobe32((uint32_t)((Int *)x.data)[i]);
		memcpy(b.data + (size_t)i * 4, &w, 4);
	}
	return 0;
}

int
Math_import_int(Prog *p, void *fp)
{
	struct F_Math_import_int *f = fp;
	Arr b, x;
	uint32_t w;

	if (pair(p, f->a0, f->a1, Tword, 4, &b, &x) < 0)
		return -1;
	for (uint32_t i = 0; i < x.len; i++) {
		memcpy(&w, b.data + (size_t)i * 4, 4);
		((Int *)x.data)[i] = (int32_t)be32toh(w);
	}
	return 0;
}

int
Math_export_real32(Prog *p, void *fp)
{
	struct F_Math_export_real32 *f = fp;
	Arr b, x;
	uint32_t w;
	float v;

	if (pair(p, f->a0, f->a1, Tbig, 4, &b, &x) < 0)
		return -1;
	for (uint32_t i = 0; i < x.len; i++) {
		v = (float)((Real *)x.data)[i];
		memcpy(&w, &v, 4);
		w = htobe32(w);
		memcpy(b.data + (size_t)i * 4, &w, 4);
	}
	return 0;
}

int
Math_import_real32(Prog *p, void *fp)
{
	struct F_Math_import_real32 *f = fp;
	Arr b, x;
	uint32_t w;
	float v;

	if (pair(p, f->a0, f->a1, Tbig, 4, &b, &x) < 0)
		return -1;
	for (uint32_t i = 0; i < x.len; i++) {
		memcpy(&w, b.data + (size_t)i * 4, 4);
		w = be32toh(w);
		memcpy(&v, &w, 4);
		((Real *)x.data)[i] = v;
	}
	return 0;
}

int
Math_export_real(Prog *p, void *fp)
{
	struct F_Math_export_real *f = fp;
	Arr b, x;
	uint64_t w;

	if (pair(p, f->a0, f->a1, Tbig, 8, &b, &x) < 0)
		return -1;
	for (uint32_t i = 0; i < x.len; i++) {
		memcpy(&w, x.data + (size_t)i * 8, 8);
		w = htobe64(w);
		memcpy(b.data + (size_t)i * 8, &w, 8);
	}
	return 0;
}

int
Math_import_real(Prog *p, void *fp)
{
	struct F_Math_import_real *f = fp;
	Arr b, x;
	uint64_t w;

	if (pair(p, f->a0, f->a1, Tbig, 8, &b, &x) < 0)
		return -1;
	for (uint32_t i = 0; i < x.len; i++) {
		memcpy(&w, b.data + (size_t)i * 8, 8);
		w = be64toh(w);
		memcpy(x.data + (size_t)i * 8, &w, 8);
	}
	return 0;
}
