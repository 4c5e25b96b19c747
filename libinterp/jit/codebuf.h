/*
 * A buffer that machine code is written to, and places in it. Shared by the encoders of all architectures.
 *
 * Code is written at one address and may run at another (a second mapping of the same pages): toexec is the difference.
 * Only addresses outside of the buffer depend on it; code that does without those may be copied.
 *
 * A full buffer takes nothing more: what does not fit as a whole is not written, full is set and stays set, and
 * everything after it is ignored, so that an emitter need not check before its end. bad is set in the same way by an operand that has
 * no encoding, which is a mistake of the emitter: the code is not to be used then.
 *
 * A label is a place in the buffer that code can name before it is known. Zero is a fresh label. Until it is bound, the places that name it
 * form a list through their own bytes; so a label needs no memory, and forgetting one costs nothing.
 */
#ifndef LIBINTERP_JIT_CODEBUF_H
#define LIBINTERP_JIT_CODEBUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct Codebuf {
	uint8_t *start, *at, *end; /* at most 64 MiB */
	ptrdiff_t toexec;	   /* added to an address in the buffer it gives the one where it runs */
	bool full, bad;
} Codebuf;

typedef struct Label {
	bool bound;
	uint32_t at;	/* offset in the buffer, if bound */
	uint32_t wide;	/* else: 1 + offset of the last wide place that names it, 0 if there is none */
	uint32_t shrt;	/* and of the last short one */
} Label;

/* An empty buffer of n bytes at p, which runs at exec. */
void codebuf_init(Codebuf *b, void *p, size_t n, const void *exec);

static inline uint32_t
codebuf_offset(const Codebuf *b)
{
	return (uint32_t)(b->at - b->start);
}

/* The address at which what is at that offset runs. */
static inline uintptr_t
codebuf_exec(const Codebuf *b, uint32_t offset)
{
	return (uintptr_t)(b->start + offset) + (uintptr_t)b->toexec;
}

/* Append n bytes, all or none. */
void codebuf_put(Codebuf *b, const void *p, size_t n);

/* Append zero bytes until the offset is a multiple of n, a power of two: before data. (In code: nops of the architecture.) */
void codebuf_alignzero(Codebuf *b, uint32_t n);

#endif
