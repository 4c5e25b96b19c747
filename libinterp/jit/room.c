/*
 * Memory for what is only needed while a function is compiled: pieces of it are given out one behind the other, and taken back together.
 */
#include <stdlib.h>
#include <string.h>

#include "libinterp/jit/room.h"

#define NPIECE 24
#define FIRST (64u << 10) /* bytes; each piece is at least twice as large as the one before. The first is kept */

static struct Piece {
	uint8_t *p;
	size_t size;
} pieces[NPIECE];
static Roommark top;

Roommark
room_mark(void)
{
	return top;
}

void *
room_raw(size_t n)
{
	struct Piece *c;
	size_t size;
	void *p;

	n = (n + 15) & ~(size_t)15;
	c = &pieces[top.piece];
	if (c->p == NULL || n > c->size - top.used) {
		size = c->p == NULL ? FIRST : c->size * 2;
		if (c->p != NULL)
			c++;
		while (size < n)
			size *= 2;
		if (c == pieces + NPIECE || (c->p = malloc(size)) == NULL)
			return NULL;
		c->size = size;
		top = (Roommark){.piece = (int)(c - pieces)};
	}
	p = c->p + top.used;
	top.used += n;
	return p;
}

void *
room_new(size_t n)
{
	void *p = room_raw(n);

	return p == NULL ? NULL : memset(p, 0, n);
}

void *
room_more(void *p, size_t had, size_t n)
{
	void *q = room_new(n);

	if (q != NULL && had > 0)
		memcpy(q, p, had);
	return q;
}

void
room_release(Roommark m)
{
	for (; top.piece > m.piece; top.piece--) {
		free(pieces[top.piece].p);
		pieces[top.piece].p = NULL;
	}
	top = m;
}
