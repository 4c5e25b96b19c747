/*
 * Text as the line editor sees it: wide characters, and where they come to stand on the screen. See screentext.h.
 */
#include <stdlib.h>
#include <string.h>
#include <wctype.h>

#include "devs/screentext.h"

size_t
utf8_decode(const char *s, size_t n, wchar_t *c)
{
	const unsigned char *p = (const unsigned char *)s;
	size_t k = p[0] < 0x80 ? 1 : p[0] >= 0xF0 ? 4 : p[0] >= 0xE0 ? 3 : p[0] >= 0xC2 ? 2 : 1;
	uint32_t v = k == 1 ? p[0] : p[0] & (0x7F >> k);

	if (p[0] >= 0xF5 || k > n)
		k = 1, v = p[0];
	for (size_t i = 1; i < k; i++) {
		if ((p[i] & 0xC0) != 0x80) {
			*c = p[0];
			return 1;
		}
		v = v << 6 | (p[i] & 0x3F);
	}
	*c = v;
	return k;
}

bool
utf8_incomplete(const char *s, size_t n)
{
	const unsigned char *p = (const unsigned char *)s;
	size_t k = p[0] >= 0xF5 ? 1 : p[0] >= 0xF0 ? 4 : p[0] >= 0xE0 ? 3 : p[0] >= 0xC2 ? 2 : 1;

	for (size_t i = 1; i < n && i < k; i++)
		if ((p[i] & 0xC0) != 0x80)
			return false;
	return n < k;
}

static size_t
encode(wchar_t c, char *out)
{
	uint32_t v = c;

	if (v < 0x80) {
		out[0] = v;
		return 1;
	}
	if (v < 0x800) {
		out[0] = 0xC0 | v >> 6;
		out[1] = 0x80 | (v & 0x3F);
		return 2;
	}
	if (v < 0x10000) {
		out[0] = 0xE0 | v >> 12;
		out[1] = 0x80 | (v >> 6 & 0x3F);
		out[2] = 0x80 | (v & 0x3F);
		return 3;
	}
	out[0] = 0xF0 | v >> 18;
	out[1] = 0x80 | (v >> 12 & 0x3F);
	out[2] = 0x80 | (v >> 6 & 0x3F);
	out[3] = 0x80 | (v & 0x3F);
	return 4;
}

char *
utf8_narrow(const wchar_t *s, size_t n, size_t *len)
{
	char *p = malloc(4 * n + 1);
	size_t k = 0;

	if (p == NULL)
		return NULL;
	for (size_t i = 0; i < n; i++)
		k += encode(s[i], p + k);
	p[k] = 0;
	*len = k;
	return p;
}

wchar_t *
utf8_widen(const char *s)
{
	size_t n = strlen(s), k = 0;
	wchar_t *w = malloc((n + 1) * sizeof *w);

	if (w == NULL)
		return NULL;
	for (size_t i = 0; i < n;)
		i += utf8_decode(s + i, n - i, &w[k++]);
	w[k] = 0;
	return w;
}

void
screen_advance(Pos *p, const wchar_t *s, size_t n, int cols)
{
	bool literal = false;

	for (size_t i = 0; i < n; i++) {
		wchar_t c = s[i];
		int w;
		if (c == LITERAL) {
			literal = !literal;
			continue;
		}
		if (literal)
			continue;
		p->full = false;
		if (c == '\n') {
			p->row++;
			p->col = 0;
			continue;
		}
		if (c == '\t')
			w = 8 - p->col % 8;
		else if (iswprint(c))
			w = wcwidth(c);
		else
			w = iswcntrl(c) && c < 0x80 ? 2 : c > 0xFFFF ? 8 : 7;
		if (w > 1 && c != '\t' && iswprint(c) && p->col + w > cols) {
			p->row++;
			p->col = 0;
		}
		p->col += w;
		while (p->col >= cols) {
			p->row++;
			p->col -= cols;
			p->full = p->col == 0;
		}
	}
}

/* The escape sequence at s[0..n): its length. */
static size_t
escape(const char *s, size_t n)
{
	size_t i = 2;

	if (n < 2)
		return n;
	if (s[1] == '[') {
		while (i < n && (unsigned char)s[i] >= 0x20 && (unsigned char)s[i] < 0x40)
			i++;
		return i < n ? i + 1 : n;
	}
	if (s[1] == ']') {
		while (i < n && s[i] != 7 && s[i] != 033)
			i++;
		return i + 1 < n && s[i] == 033 ? i + 2 : i < n ? i + 1 : n;
	}
	return 2;
}

size_t
screen_prompt(wchar_t *w, const char *s, size_t n)
{
	size_t k = 0;

	for (size_t i = 0; i < n;) {
		wchar_t c;
		if (s[i] == 033) {
			size_t m = escape(s + i, n - i);
			w[k++] = LITERAL;
			for (; m > 0; m--)
				w[k++] = (unsigned char)s[i++];
			w[k++] = LITERAL;
			continue;
		}
		i += utf8_decode(s + i, n - i, &c);
		if (c >= ' ' || c == '\t' || c == '\n')
			w[k++] = c;
	}
	return k;
}
