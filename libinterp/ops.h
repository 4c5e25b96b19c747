/*
 * Instructions that are too long for the interpreter's loop, shared by it and compiled code. Values are passed by value,
 * places by host address (in the arena). Those that can fail return -1 after raising. See dis(6) for what they do.
 */
#ifndef LIBINTERP_OPS_H
#define LIBINTERP_OPS_H

#include "libinterp/vm.h"

int op_new(Prog *p, Type *t, Aref *dst);
int op_newa(Prog *p, int32_t n, Type *t, Aref *dst);
int op_cons(Prog *p, Type *elem, const void *val, Aref *dst);
int op_movm(Prog *p, const void *src, int32_t n, void *dst);
int op_movmp(Prog *p, Type *t, const void *src, void *dst);
/* Value of n bytes (or of type t) of a list cell to dst. */
int op_head(Prog *p, Ref l, uint32_t n, void *dst);
int op_headmp(Prog *p, Ref l, Type *t, void *dst);
int32_t op_lenl(Ref l);
int op_cvtca(Prog *p, Ref s, Aref *dst);
int op_cvtac(Prog *p, Ref a, Aref *dst);
int op_cvtwc(Prog *p, int64_t v, Aref *dst);
int op_cvtfc(Prog *p, double v, Aref *dst);
int64_t op_cvtcl(Ref s, bool word);
double op_cvtcf(Ref s);
int op_indc(Prog *p, Ref s, int32_t i, Aword *dst);
int op_tcmp(Prog *p, Ref a, Ref b);
int op_raise(Prog *p, Ref r);
/* Rounding to integers: as cvtfw and cvtfl. */
int op_cvtfl(Prog *p, double v, bool word, int64_t *r);
int64_t op_expl(int64_t x, int32_t e);
double op_expf(double x, int32_t e);
/* Arithmetic with traps: op is '+', '-', '*', '/'. */
int op_trapped(Prog *p, int op, double a, double b, Areal *dst);
/* Fixed point. sh: v << p or >> -p. */
int op_fixed(Prog *p, int op, int32_t s, int32_t m, int32_t a, int32_t scale, Aword *dst);
/* The instruction number that a case table at r gives for v, -1 if the table lies outside of the arena. */
int32_t op_case(Ref r, int32_t v);
int32_t op_casel(Ref r, int64_t v);
int32_t op_casec(Ref r, Ref v);
/* Spawn and calls through module references. */
Modlink *op_modlink(Prog *p, Ref r);

/* The function that idx means in the module reference r, and the link that r is, as found lately: for as long as that is not freed. */
typedef struct Linkseen {
	Ref r;
	int32_t idx;
	uint32_t gen;
	Modlink *ml;
	Link *l;
} Linkseen;

enum { NLINKSEEN = 256 };
extern Linkseen op_linkseen[NLINKSEEN];
Link *op_findlink(Prog *p, Ref r, int32_t idx, Modlink **ml);

/* NULL: there is no such function, or (*ml is NULL, and that is raised) r is no module. */
static inline Link *
op_link(Prog *p, Ref r, int32_t idx, Modlink **ml)
{
	const Linkseen *s = &op_linkseen[((r >> 3) + (uint32_t)idx * 31) % NLINKSEEN];

	if (unlikely(s->r != r || s->idx != idx || s->gen != *modlink_gen(r)))
		return op_findlink(p, r, idx, ml);
	*ml = s->ml;
	return s->l;
}

int op_mframe(Prog *p, Ref r, int32_t idx, Aword *dst);
int op_mspawn(Prog *p, Ref frame, int32_t idx, Ref r);

#endif
