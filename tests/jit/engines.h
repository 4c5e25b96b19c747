/*
 * The ways to execute Dis code that diff.c compares. The interpreter is the first.
 */
#ifndef TESTS_JIT_ENGINES_H
#define TESTS_JIT_ENGINES_H

enum { ENGINE_INTERP };

static inline void
engine_init(void)
{
}

/* How many there are, and which is used for code that is loaded from now on. */
static inline int
engine_count(void)
{
	return 1;
}

static inline void
engine_select(int engine)
{
	(void)engine;
}

#endif
