/*
 * Text as the line editor sees it: wide characters, and where they come to stand on the screen. For lineedit.c
 */
#ifndef DEVS_SCREENTEXT_H
#define DEVS_SCREENTEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <wchar.h>

enum { LITERAL = 1 }; /* brackets what has no width, in prompts for libedit */

/* One character of UTF-8 in s[0..n), n > 0: its length. A byte that is none stands for itself. */
size_t utf8_decode(const char *s, size_t n, wchar_t *c);
/* Whether s[0..n) may be the beginning of a longer character. */
bool utf8_incomplete(const char *s, size_t n);
/* UTF-8 of s[0..n), malloc'd and terminated; *len is its length. NULL: no memory. */
char *utf8_narrow(const wchar_t *s, size_t n, size_t *len);
/* The reverse, of a whole string. */
wchar_t *utf8_widen(const char *s);

typedef struct Pos {
	int row, col;
	bool full; /* the column is 0 because the row before is full */
} Pos;

/* Moves p over s[0..n), laid out as libedit does it on a screen of cols columns. The thread's locale must be one of UTF-8. */
void screen_advance(Pos *p, const wchar_t *s, size_t n, int cols);
/*
 * Output s[0..n) as a prompt in w: its visible characters, and its escape sequences between LITERALs. Returns the length, at
 * most 4 * n.
 */
size_t screen_prompt(wchar_t *w, const char *s, size_t n);

#endif
