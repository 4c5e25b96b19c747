/*
 * Memory for what is only needed while a function is compiled. All that has been given out since room_mark is taken back by room_release; the
 * last one to be marked is the first to be released. One compiles at a time: whoever does has the VM.
 */
#ifndef LIBINTERP_JIT_ROOM_H
#define LIBINTERP_JIT_ROOM_H

#include <stddef.h>
#include <stdint.h>

typedef struct Roommark {
	int piece;
	size_t used;
} Roommark;

Roommark room_mark(void);
void room_release(Roommark m);
/* n bytes, zero or as they are, or NULL. */
void *room_new(size_t n);
void *room_raw(size_t n);
/* The same with the first had bytes of p in front. */
void *room_more(void *p, size_t had, size_t n);

#endif
