/*
 * The ways to execute Dis code that diff.c compares: the interpreter, all compiled at once, and compiled while it runs. Where nothing can be
 * compiled they are all the interpreter.
 */
#ifndef TESTS_JIT_ENGINES_H
#define TESTS_JIT_ENGINES_H

#include "libinterp/jit/jit.h"

enum { ENGINE_INTERP, ENGINE_FIRST, ENGINE_LATER, ENGINES };

/* For code that is loaded from now on. */
static inline void
engine_select(int engine)
{
	jit_setlevel(engine != ENGINE_INTERP);
	if (engine == ENGINE_FIRST)
		jit_thresholds(1, 1);
	else
		jit_thresholds(2, 3);
}

#endif
