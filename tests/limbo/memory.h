/*
 * Compiling texts that are in memory, for tests.
 */
#ifndef TESTS_LIMBO_MEMORY_H
#define TESTS_LIMBO_MEMORY_H

#include "limbo/ast.h"

/* Files by name, ended by a NULL name. A text without terminator may contain NULs: n, if not 0, is its length. */
typedef struct Memfile Memfile;
struct Memfile {
	const char *name;
	const char *text;
	size_t n;
};

/* A compilation: its context, and all diagnostics, a line each. */
typedef struct Memory Memory;
struct Memory {
	Limbo *l;
	const Memfile *files;
	char *diags;
	size_t ndiags;
	FILE *out;
};

/* Both leave a Memory that memory_free releases. */
void memory_open(Memory *m, const Memfile *files);
/* Checks "t.b" with that text; the diagnostics are in m->diags. */
void memory_check(Memory *m, const char *text);
void memory_free(Memory *m);
/* Flushes, so that diags is complete. */
const char *memory_diags(Memory *m);

/* The type or function declared under that name at top level ("M", or "f"), or as member ("M->f", "M->A.f", "A.f"). */
Decl *memory_find(Memory *m, const char *name);

#endif
