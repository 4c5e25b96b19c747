/*
 * Formatted output as print(2) describes it: the conversions themselves, without processes and the arena, so that all
 * that print, sprint and their kin of $Sys can produce is also available to C code and to tests.
 */
#ifndef LIBINTERP_MOD_FMT_H
#define LIBINTERP_MOD_FMT_H

#include "libinterp/interp.h"

/*
 * Where text goes: UTF-8 in a buffer that grows; short texts never leave the structure. full is set, and nothing more is
 * added, when memory ran out or the text would exceed FMT_MAX bytes (a width may be any number).
 */
enum { FMT_MAX = 512 << 20 };

typedef struct Fmtbuf {
	char *s;
	size_t n, cap;
	bool full;
	char small[512];
} Fmtbuf;

void fmtbuf_init(Fmtbuf *b);
void fmtbuf_free(Fmtbuf *b);
void fmtbuf_add(Fmtbuf *b, const char *s, size_t n);

/*
 * Where arguments come from, one call for each in the order of the conversions. They return false if there is none; the
 * conversion then gives nothing. A string must stay valid until the next call.
 */
typedef struct Fmtargs Fmtargs;
struct Fmtargs {
	bool (*word)(Fmtargs *a, int32_t *v);
	bool (*big)(Fmtargs *a, int64_t *v);
	bool (*real)(Fmtargs *a, double *v);
	bool (*str)(Fmtargs *a, Str *s);
	/* %H: the text for a reference. buf has room for 64. */
	bool (*ref)(Fmtargs *a, char *buf);
	const char *errstr; /* for %r */
};

/* Append the text of format fmt. Both end at a character 0. Always succeeds, but see full. */
void fmt_format(Fmtbuf *b, Str fmt, Fmtargs *args);

/* A Str of n bytes of Latin-1. */
static inline Str
fmt_str(const char *s, size_t n)
{
	return (Str){(uint32_t)n, (const uint8_t *)s, NULL};
}

#endif
