/*
 * Numbers and characters as text and back, as the conversion instructions and print need them.
 */
#include <ctype.h>
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "libinterp/vm.h"

/*
 * Powers of ten: 10^(i - POW10MIN) is pow10[i] * 2^n, n such that pow10[i] has 126 bits; cut off, and 1 added, so that it is
 * never less than the true value.
 */
#define POW10MIN 292
#define POW10MAX 324
#define POWBITS 1280 /* 2^POWBITS / 10^POW10MIN has more than 126 */

typedef struct Pow10 {
	uint64_t hi, lo;
} Pow10;

static Pow10 pow10tab[POW10MIN + POW10MAX + 1];

/* The uppermost 126 bits of the number in n words, the least significant first. */
static Pow10
top126(const uint32_t *w, int n)
{
	unsigned __int128 v = 0;
	int bits, from, i;
	Pow10 p;

	while (w[n - 1] == 0)
		n--;
	bits = n * 32 - __builtin_clz(w[n - 1]);
	from = bits - 126; /* of the least bit taken; below 0: there are not so many */
	for (i = bits - 1; i >= from; i--)
		v = v << 1 | (i >= 0 ? w[i / 32] >> i % 32 & 1 : 0);
	v++;
	p.hi = (uint64_t)(v >> 64);
	p.lo = (uint64_t)v;
	return p;
}

static void
pow10init(void)
{
	uint32_t w[POWBITS / 32 + 1] = {1};
	const int n = POWBITS / 32 + 1;
	uint64_t x;
	int k, i;

	for (k = 0; k <= POW10MAX; k++) {
		pow10tab[POW10MIN + k] = top126(w, n);
		for (i = 0, x = 0; i < n; i++, x >>= 32) {
			x += (uint64_t)w[i] * 10;
			w[i] = (uint32_t)x;
		}
	}
	memset(w, 0, sizeof w);
	w[n - 1] = 1;
	for (k = 1; k <= POW10MIN; k++) {
		for (i = n - 1, x = 0; i >= 0; i--) {
			x = x << 32 | w[i];
			w[i] = (uint32_t)(x / 10);
			x %= 10;
		}
		pow10tab[POW10MIN - k] = top126(w, n);
	}
}

/* x * p / 2^127, where a fraction makes the last bit 1. */
static uint64_t
scaled(Pow10 p, uint64_t x)
{
	unsigned __int128 v = (unsigned __int128)p.hi * x + (uint64_t)((unsigned __int128)p.lo * x >> 64);

	return (uint64_t)(v >> 63) | (((uint64_t)v & INT64_MAX) != 0);
}

/*
 * After R. Giulietti, "The Schubfach way to render doubles". The numbers that round to v lie between its neighbours;
 * 10^k is the greatest power of ten that is not greater than this distance, so that one or two multiples of it are
 * among them, and at most one of 10^(k+1). Everything is looked at four times as large, where the bounds are integers.
 */
int
conv_shortest(double v, char *buf, int *exp10)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	uint64_t bits, c, lo, mid, hi, s, t, odd;
	int q, k, h, n;
	bool low, high, even;
	char digits[24], *d = digits + sizeof digits;
	Pow10 p;

	pthread_once(&once, pow10init);
	memcpy(&bits, &v, sizeof bits);
	c = bits & ((1ull << 52) - 1);
	q = (int)(bits >> 52 & 0x7ff);
	/* Below a power of two the neighbour is nearer. */
	even = c != 0 || q <= 1;
	if (q != 0)
		c |= 1ull << 52;
	else
		q = 1;
	q -= 1075;
	odd = c & 1; /* then the bounds themselves round to another */
	/* floor(q log10 2), of three quarters of it for the uneven interval; floor(log2 10^-k) */
	k = (int)((q * 661971961083LL - (even ? 0 : 274743187321LL)) >> 41);
	h = q + (int)(-k * 913124641741LL >> 38) + 2;
	p = pow10tab[POW10MIN - k];
	mid = scaled(p, (c << 2) << h);
	lo = scaled(p, ((c << 2) - (even ? 2 : 1)) << h) + odd;
	hi = scaled(p, ((c << 2) + 2) << h) - odd;
	s = mid >> 2;
	t = s / 10 * 10;
	low = lo <= t << 2;
	high = (t + 10) << 2 <= hi;
	if (low != high && s >= 10) {
		s = low ? t : t + 10;
	} else {
		low = lo <= s << 2;
		high = (s + 1) << 2 <= hi;
		if (low != high)
			s += high;
		else if (mid > (s << 2) + 2 || (mid == (s << 2) + 2 && s & 1))
			s++;
	}
	for (; s % 10 == 0; k++)
		s /= 10;
	for (; s != 0; s /= 10)
		*--d = (char)('0' + s % 10);
	n = (int)(digits + sizeof digits - d);
	memcpy(buf, d, (size_t)n);
	buf[n] = 0;
	*exp10 = k + n;
	return n;
}

int
conv_real(double v, char *buf)
{
	char d[20], *p = buf;
	int n, k, i;

	if (isnan(v))
		return sprintf(buf, "NaN");
	if (signbit(v)) {
		*p++ = '-';
		v = -v;
	}
	if (isinf(v))
		return (int)(p - buf) + sprintf(p, "Infinity");
	if (v == 0) {
		*p++ = '0';
		*p = 0;
		return (int)(p - buf);
	}
	n = conv_shortest(v, d, &k);
	if (k <= -4 || k > n + 5) {
		*p++ = d[0];
		if (n > 1) {
			*p++ = '.';
			memcpy(p, d + 1, n - 1);
			p += n - 1;
		}
		p += sprintf(p, "e%c%02d", k - 1 < 0 ? '-' : '+', abs(k - 1));
	} else if (k <= 0) {
		*p++ = '.';
		for (i = k; i < 0; i++)
			*p++ = '0';
		memcpy(p, d, n);
		p += n;
	} else {
		for (i = 0; i < n || i < k; i++) {
			if (i == k)
				*p++ = '.';
			*p++ = i < n ? d[i] : '0';
		}
	}
	*p = 0;
	return (int)(p - buf);
}

static size_t
space(const char *s, size_t n)
{
	size_t i;

	for (i = 0; i < n && (s[i] == ' ' || (s[i] >= '\t' && s[i] <= '\r')); i++)
		;
	return i;
}

double
conv_toreal(const char *s, size_t n)
{
	char small[128], *t = small;
	size_t i = space(s, n), b = i, j;
	bool neg = false, digits = false;
	double v;

	if (i < n && (s[i] == '+' || s[i] == '-'))
		neg = s[i++] == '-';
	if (n - i >= 3 && strncasecmp(s + i, "nan", 3) == 0)
		return NAN;
	if (n - i >= 8 && strncasecmp(s + i, "infinity", 8) == 0)
		return neg ? -INFINITY : INFINITY;
	for (; i < n && isdigit((unsigned char)s[i]); i++)
		digits = true;
	if (i < n && s[i] == '.')
		for (i++; i < n && isdigit((unsigned char)s[i]); i++)
			digits = true;
	if (!digits)
		return neg ? -0.0 : 0.0;
	if (i < n && (s[i] == 'e' || s[i] == 'E')) {
		j = i + 1;
		if (j < n && (s[j] == '+' || s[j] == '-'))
			j++;
		if (j < n && isdigit((unsigned char)s[j])) {
			while (j < n && isdigit((unsigned char)s[j]))
				j++;
			i = j;
		}
	}
	if (i - b >= sizeof small && (t = malloc(i - b + 1)) == NULL)
		return 0;
	memcpy(t, s + b, i - b);
	t[i - b] = 0;
	v = strtod(t, NULL);
	if (t != small)
		free(t);
	return v;
}

int32_t
conv_toword(const char *s, size_t n)
{
	size_t i = space(s, n);
	bool neg = false;
	int64_t v = 0;

	if (i < n && (s[i] == '+' || s[i] == '-'))
		neg = s[i++] == '-';
	for (; i < n && isdigit((unsigned char)s[i]); i++) {
		v = v * 10 + (s[i] - '0');
		if (v > 2147483648ll)
			v = 2147483648ll;
	}
	if (neg)
		return (int32_t)-v;
	return v > INT32_MAX ? INT32_MAX : (int32_t)v;
}

int64_t
conv_tobig(const char *s, size_t n)
{
	size_t i = space(s, n);
	bool neg = false;
	uint64_t v = 0;

	if (i < n && (s[i] == '+' || s[i] == '-'))
		neg = s[i++] == '-';
	for (; i < n && isdigit((unsigned char)s[i]); i++)
		v = v * 10 + (uint64_t)(s[i] - '0');
	return (int64_t)(neg ? -v : v);
}

int
conv_pututf8(uint32_t c, char *buf)
{
	if (c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		c = 0xfffd;
	if (c < 0x80) {
		buf[0] = (char)c;
		return 1;
	}
	if (c < 0x800) {
		buf[0] = (char)(0xc0 | c >> 6);
		buf[1] = (char)(0x80 | (c & 0x3f));
		return 2;
	}
	if (c < 0x10000) {
		buf[0] = (char)(0xe0 | c >> 12);
		buf[1] = (char)(0x80 | (c >> 6 & 0x3f));
		buf[2] = (char)(0x80 | (c & 0x3f));
		return 3;
	}
	buf[0] = (char)(0xf0 | c >> 18);
	buf[1] = (char)(0x80 | (c >> 12 & 0x3f));
	buf[2] = (char)(0x80 | (c >> 6 & 0x3f));
	buf[3] = (char)(0x80 | (c & 0x3f));
	return 4;
}

int
conv_getutf8(const uint8_t *s, size_t n, uint32_t *c)
{
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
	uint32_t v;
	int len, i;

	if (s[0] < 0x80) {
		*c = s[0];
		return 1;
	}
	*c = 0xfffd;
	if (s[0] < 0xc2 || s[0] > 0xf4)
		return 1;
	len = s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : 4;
	if (n < (size_t)len)
		return 1;
	v = s[0] & (0x7f >> len);
	for (i = 1; i < len; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 1;
		v = v << 6 | (s[i] & 0x3f);
	}
	if (v < least[len] || v > 0x10ffff || (v >= 0xd800 && v <= 0xdfff))
		return 1;
	*c = v;
	return len;
}

size_t
conv_cut(const char *s, size_t n)
{
	while (n > 0 && (s[n] & 0xc0) == 0x80)
		n--;
	return n;
}
