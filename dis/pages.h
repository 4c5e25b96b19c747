/*
 * Memory of the host in large pieces.
 */
#ifndef DIS_PAGES_H
#define DIS_PAGES_H

#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>

/* Have the n bytes at p, which are going to be written, from the host at once: faults for each page take longer. */
static inline void
pages_want(void *p, size_t n)
{
#ifdef MADV_POPULATE_WRITE
	enum { PAGE = 4096, WORTHWHILE = 16 * PAGE };
	uintptr_t from = ((uintptr_t)p + PAGE - 1) & ~(uintptr_t)(PAGE - 1), to = ((uintptr_t)p + n) & ~(uintptr_t)(PAGE - 1);

	if (n >= WORTHWHILE)
		madvise((void *)from, to - from, MADV_POPULATE_WRITE);
#endif
}

#endif
