/*
 * See codebuf.h.
 */
#include <string.h>

#include "libinterp/jit/codebuf.h"

void
codebuf_init(Codebuf *b, void *p, size_t n, const void *exec)
{
	b->start = b->at = p;
	b->end = b->start + n;
	b->toexec = (ptrdiff_t)((uintptr_t)exec - (uintptr_t)p);
	b->full = b->bad = false;
}

void
codebuf_put(Codebuf *b, const void *p, size_t n)
{
	if (b->full)
		return;
	if (n > (size_t)(b->end - b->at)) {
		b->full = true;
		return;
	}
	memcpy(b->at, p, n);
	b->at += n;
}

void
codebuf_alignzero(Codebuf *b, uint32_t n)
{
	while (!b->full && codebuf_offset(b) % n != 0)
		codebuf_put(b, "", 1);
}
