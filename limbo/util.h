/*
 * Services between util.c, api.c and the scanner that the other passes need not know.
 */
#ifndef LIMBO_UTIL_H
#define LIMBO_UTIL_H

#include "limbo/ast.h"

/* One step of the hash of a name. */
#define SYMHASH(h, c) ((uint32_t)(h) * 31 + (c))

int mem_init(Limbo *l);
void mem_free(Limbo *l);
void basic_types(Limbo *l);

/* As lsym, with the hash (SYMHASH over the bytes, from 0) computed already. */
Sym *lsymhash(Limbo *l, const char *s, size_t n, uint32_t h);

/* hint.c: advice for a message, or NULL */
const char *diag_hint(const char *text);

#endif
