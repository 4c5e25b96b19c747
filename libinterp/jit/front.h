/*
 * Between the parts of the front: what instructions do (effect.c), how control goes (flow.c), where words live (front.c).
 */
#ifndef JIT_FRONT_H
#define JIT_FRONT_H

#include "libinterp/jit/jit.h"

/* effect.c */
bool fn_ends(const Inst *in);					/* control does not simply go on after it */
bool fn_forresult(const Inst *in);				/* it is a lea, of a place for a result */
bool fn_indexes(const Inst *in);				/* it makes the address of an element */
bool fn_isroot(const Fn *f, const Block *b, const Inst *in);	/* a square root begins at it, in block b */
int fn_newkey(Fn *f, int32_t off, int class);			/* the number of the key, found or made; -1: no more */
bool fn_effects(Fn *f);						/* once, when there will be no more keys; false: no memory */

/* flow.c; these are called in this order, and return false if the function cannot be compiled or there is no memory */
bool fn_discover(Fn *f);
bool fn_blocks(Fn *f);
bool fn_loops(Fn *f);
Loop *fn_innermost(const Fn *f, int32_t pc); /* NULL: none */

#endif
