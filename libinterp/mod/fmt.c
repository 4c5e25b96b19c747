/*
 * Formatted output: the conversions of print(2). Digits of reals come from the C library, whose conversions are exact
 * and correctly rounded, and from conv.c (shortest text).
 */
#include <fenv.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libinterp/mod/fmt.h"

enum {
	FPREC = 20,    /* most digits after the point, or significant ones */
	REALMAX = 400, /* room for the text of a real without padding: 309 digits, a point, FPREC more */
};

/* What stands between % and the verb. */
typedef struct Spec {
	bool left, plus, space, comma, sharp, zero, uns, big;
	int32_t width; /* -1: none */
	int32_t prec;
} Spec;

/* ------------------------------------------------------------ the buffer */

void
fmtbuf_init(Fmtbuf *b)
{
	b->s = b->small;
	b->n = 0;
	b->cap = sizeof b->small;
	b->full = false;
}

void
fmtbuf_free(Fmtbuf *b)
{
	if (b->s != b->small)
		free(b->s);
	fmtbuf_init(b);
}

/* Room for n more bytes. */
static bool
room(Fmtbuf *b, size_t n)
{
	size_t cap;
	char *s;

	if (b->full)
		return false;
	if (b->cap - b->n >= n)
		return true;
	if (n > FMT_MAX || b->n + n > FMT_MAX) {
		b->full = true;
		return false;
	}
	cap = b->cap * 2;
	if (cap < b->n + n)
		cap = b->n + n;
	s = b->s == b->small ? malloc(cap) : realloc(b->s, cap);
	if (s == NULL) {
		b->full = true;
		return false;
	}
	if (b->s == b->small)
		memcpy(s, b->small, b->n);
	b->s = s;
	b->cap = cap;
	return true;
}

void
fmtbuf_add(Fmtbuf *b, const char *s, size_t n)
{
	if (!room(b, n))
		return;
	memcpy(b->s + b->n, s, n);
	b->n += n;
}

static void
fill(Fmtbuf *b, int c, int64_t n)
{
	if (n <= 0 || !room(b, (size_t)n))
		return;
	memset(b->s + b->n, c, (size_t)n);
	b->n += (size_t)n;
}

/* ASCII, which is one character a byte. */
static void
padded(Fmtbuf *b, const Spec *sp, const char *s, size_t n)
{
	int64_t pad = sp->width - (int64_t)n;

	if (!sp->left)
		fill(b, ' ', pad);
	fmtbuf_add(b, s, n);
	if (sp->left)
		fill(b, ' ', pad);
}

/* ------------------------------------------------------------ strings */

/* Length up to the first character 0. */
static uint32_t
cstrlen(Str s)
{
	uint32_t i;
	const uint8_t *z;

	if (s.w == NULL) {
		if (s.b == NULL)
			return 0;
		z = memchr(s.b, 0, s.len);
		return z != NULL ? (uint32_t)(z - s.b) : s.len;
	}
	for (i = 0; i < s.len && s.w[i] != 0; i++)
		;
	return i;
}

/* Characters from to to of s; doubled is written twice if it occurs (0: none). */
static void
chars(Fmtbuf *b, Str s, uint32_t from, uint32_t to, uint32_t doubled)
{
	char *p;
	uint32_t i, c;

	if (to <= from || !room(b, (size_t)(to - from) * 4))
		return;
	p = b->s + b->n;
	for (i = from; i < to; i++) {
		c = str_at(s, i);
		if (c == doubled && doubled != 0) {
			/* Only quotes: one byte each, so the room kept for four is enough. */
			*p++ = (char)c;
			*p++ = (char)c;
		} else if (c < 0x80)
			*p++ = (char)c;
		else
			p += conv_pututf8(c, p);
	}
	b->n = (size_t)(p - b->s);
}

static void
string(Fmtbuf *b, const Spec *sp, Str s)
{
	uint32_t n = cstrlen(s);
	int64_t pad;

	if (sp->prec >= 0 && n > (uint32_t)sp->prec)
		n = (uint32_t)sp->prec;
	pad = sp->width - (int64_t)n;
	if (!sp->left)
		fill(b, ' ', pad);
	chars(b, s, 0, n, 0);
	if (sp->left)
		fill(b, ' ', pad);
}

static void
quoted(Fmtbuf *b, const Spec *sp, Str s)
{
	uint32_t i, c, n = cstrlen(s);
	int64_t bytes = 2, pad;
	bool quote = sp->sharp || n == 0;
	Spec plain = *sp;
	char t[4];

	for (i = 0; i < n; i++) {
		c = str_at(s, i);
		if (c <= ' ' || c == '\'')
			quote = true;
		bytes += c < 0x80 ? 1 + (c == '\'') : conv_pututf8(c, t);
	}
	if (!quote) {
		plain.prec = -1;
		string(b, &plain, s);
		return;
	}
	/* The width of quoted text is one of bytes: programs' columns depend on it. */
	pad = sp->width - bytes;
	if (!sp->left)
		fill(b, ' ', pad);
	fmtbuf_add(b, "'", 1);
	chars(b, s, 0, n, '\'');
	fmtbuf_add(b, "'", 1);
	if (sp->left)
		fill(b, ' ', pad);
}

static void
character(Fmtbuf *b, const Spec *sp, int32_t c)
{
	char t[4];
	int n = conv_pututf8((uint32_t)c, t);

	if (!sp->left)
		fill(b, ' ', sp->width - (int64_t)1);
	fmtbuf_add(b, t, (size_t)n);
	if (sp->left)
		fill(b, ' ', sp->width - (int64_t)1);
}

/* ------------------------------------------------------------ integers */

static void
integer(Fmtbuf *b, const Spec *sp, uint64_t u, bool neg, int verb)
{
	static const char lower[] = "0123456789abcdef", upper[] = "0123456789ABCDEF";
	char d[24], prefix[4]; /* d: digits, last first */
	int base = verb == 'd' ? 10 : verb == 'o' ? 8 : 16, nd = 0, np = 0;
	int64_t total, i, len, pad;

	do {
		d[nd++] = (verb == 'X' ? upper : lower)[u % base];
		u /= base;
	} while (u != 0);
	if (neg)
		prefix[np++] = '-';
	else if (sp->plus)
		prefix[np++] = '+';
	else if (sp->space)
		prefix[np++] = ' ';
	if (sp->sharp && base != 10 && !(base == 8 && nd == 1 && d[0] == '0')) {
		prefix[np++] = '0';
		if (base == 16)
			prefix[np++] = (char)verb;
	}
	total = sp->prec > nd ? sp->prec : nd;
	len = np + total + (sp->comma ? (total - 1) / 3 : 0);
	pad = sp->width - len;
	if (!sp->left && !sp->zero)
		fill(b, ' ', pad);
	fmtbuf_add(b, prefix, np);
	if (!sp->left && sp->zero)
		fill(b, '0', pad);
	if (!sp->comma) {
		fill(b, '0', total - nd);
		for (i = nd; i > 0 && room(b, 1);)
			b->s[b->n++] = d[--i];
	} else
		for (i = total; i > 0 && room(b, 2);) {
			i--;
			b->s[b->n++] = i < nd ? d[i] : '0';
			if (i > 0 && i % 3 == 0)
				b->s[b->n++] = ',';
		}
	if (sp->left)
		fill(b, ' ', pad);
}

/* ------------------------------------------------------------ reals */

/* v > 0 in %g style with as many digits as it takes to read back the same. */
static int
shortgeneral(double v, bool sharp, char *buf)
{
	char d[20];
	int k, n = conv_shortest(v, d, &k);

	/* Positional also for a few more digits than there are; the rest of the rule is C's. */
	if (k > n && k <= n + 4)
		return sprintf(buf, sharp ? "%#.*g" : "%.*g", k, v);
	return sprintf(buf, sharp ? "%#.*g" : "%.*g", n, v);
}

static int
general(double v, const Spec *sp, char *buf)
{
	int prec = sp->prec < 0 ? 6 : sp->prec > FPREC ? FPREC : sp->prec;

	if (prec == 0 && v > 0)
		return shortgeneral(v, sp->sharp, buf);
	return sprintf(buf, sp->sharp ? "%#.*g" : "%.*g", prec, v);
}

static void
real(Fmtbuf *b, const Spec *sp, double v, int verb)
{
	char t[REALMAX], *s = t;
	int n = 0, prec, round, i;
	bool neg = signbit(v) != 0;

	if (isnan(v)) {
		/* Which sign a NaN has is an accident of the processor. */
		padded(b, sp, "NaN", 3);
		return;
	}
	if (isinf(v)) {
		padded(b, sp, neg ? "-Infinity" : "Infinity", neg ? 9 : 8);
		return;
	}
	/* The library rounds as the process computes; text is always rounded to nearest. */
	round = fegetround();
	if (round != FE_TONEAREST)
		fesetround(FE_TONEAREST);
	if ((verb == 'g' || verb == 'G') && sp->width < 0 && sp->prec < 0)
		n = conv_real(v, t);
	else {
		if (neg) {
			t[n++] = '-';
			v = -v;
		} else if (sp->plus)
			t[n++] = '+';
		else if (sp->space)
			t[n++] = ' ';
		s = t + n;
		prec = sp->prec < 0 ? 6 : sp->prec > FPREC ? FPREC : sp->prec;
		switch (verb) {
		case 'f':
			n += sprintf(s, sp->sharp ? "%#.*f" : "%.*f", prec, v);
			break;
		case 'e':
		case 'E':
			n += sprintf(s, sp->sharp ? "%#.*e" : "%.*e", prec, v);
			break;
		default:
			n += general(v, sp, s);
			break;
		}
	}
	if (round != FE_TONEAREST)
		fesetround(round);
	if (verb == 'E' || verb == 'G')
		for (i = 0; i < n; i++)
			if (t[i] == 'e')
				t[i] = 'E';
	padded(b, sp, t, (size_t)n);
}

/* ------------------------------------------------------------ formats */

static const char verbs[] = "doxXcsqefgEGr%H";

/*
 * Parse what follows a % at position *i; leaves *i behind the verb. Numbers that do not fit are cut to what no buffer
 * has room for. Returns the verb, or 0 at the end of the format or when an argument for * is missing.
 */
static int
parse(Str fmt, uint32_t n, uint32_t *i, Spec *sp, Fmtargs *args)
{
	bool dot = false, digits = false;
	int64_t num = 0;
	int32_t w;
	uint32_t c;

	*sp = (Spec){.width = -1, .prec = -1};
	while (*i < n) {
		c = str_at(fmt, (*i)++);
		if (c >= '0' && c <= '9') {
			if (!digits) {
				digits = true;
				num = 0;
				if (c == '0' && !dot) {
					sp->zero = true;
					digits = false;
					continue;
				}
			}
			num = num * 10 + (c - '0');
			if (num > INT32_MAX)
				num = INT32_MAX;
			*(dot ? &sp->prec : &sp->width) = (int32_t)num;
			continue;
		}
		digits = false;
		switch (c) {
		case '.':
			dot = true;
			sp->prec = 0;
			continue;
		case '*':
			if (!args->word(args, &w))
				return 0;
			if (dot)
				sp->prec = w < 0 ? -1 : w;
			else if (w < 0) {
				sp->left = true;
				sp->width = w == INT32_MIN ? INT32_MAX : -w;
			} else
				sp->width = w;
			continue;
		case '-':
			sp->left = true;
			continue;
		case '+':
			sp->plus = true;
			continue;
		case ' ':
			sp->space = true;
			continue;
		case ',':
			sp->comma = true;
			continue;
		case '#':
			sp->sharp = true;
			continue;
		case 'u':
			sp->uns = true;
			continue;
		case 'b':
			sp->big = true;
			continue;
		}
		if (c < 0x80 && strchr(verbs, (int)c) != NULL)
			return (int)c;
	}
	return 0;
}

static void
convert(Fmtbuf *b, const Spec *sp, int verb, Fmtargs *args)
{
	int32_t w;
	int64_t l;
	double v;
	Str s;
	char t[64];

	switch (verb) {
	case 'd':
	case 'o':
	case 'x':
	case 'X':
		if (sp->big) {
			if (!args->big(args, &l))
				return;
			if (sp->uns || l >= 0)
				integer(b, sp, (uint64_t)l, false, verb);
			else
				integer(b, sp, -(uint64_t)l, true, verb);
			return;
		}
		if (!args->word(args, &w))
			return;
		if (sp->uns || w >= 0)
			integer(b, sp, (uint32_t)w, false, verb);
		else
			integer(b, sp, (uint64_t) - (int64_t)w, true, verb);
		return;
	case 'c':
		if (args->word(args, &w))
			character(b, sp, w);
		return;
	case 's':
		if (args->str(args, &s))
			string(b, sp, s);
		return;
	case 'q':
		if (args->str(args, &s))
			quoted(b, sp, s);
		return;
	case 'e':
	case 'f':
	case 'g':
	case 'E':
	case 'G':
		if (args->real(args, &v))
			real(b, sp, v, verb);
		return;
	case 'r':
		fmtbuf_add(b, args->errstr, strlen(args->errstr));
		return;
	case '%':
		fmtbuf_add(b, "%", 1);
		return;
	case 'H':
		if (args->ref(args, t))
			padded(b, sp, t, strlen(t));
		return;
	}
}

void
fmt_format(Fmtbuf *b, Str fmt, Fmtargs *args)
{
	uint32_t n = cstrlen(fmt), i = 0, start;
	const uint8_t *z;
	Spec sp;
	int verb;

	while (i < n && !b->full) {
		start = i;
		if (fmt.w == NULL) {
			z = memchr(fmt.b + i, '%', n - i);
			i = z != NULL ? (uint32_t)(z - fmt.b) : n;
		} else
			while (i < n && fmt.w[i] != '%')
				i++;
		chars(b, fmt, start, i, 0);
		if (i == n)
			break;
		i++;
		verb = parse(fmt, n, &i, &sp, args);
		if (verb == 0)
			break;
		convert(b, &sp, verb, args);
	}
}
