/*
 * Numbers and characters as text and back, as the conversion instructions and print need them.
 */
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "libinterp/vm.h"

int
conv_shortest(double v, char *buf, int *exp10)
{
	char t[40], *e;
	int prec, n;

	/*
	 * Any decimal of 15 digits survives the way through a normal double, so the shortest one is among the first
	 * that are printed with 15, without trailing zeros. Subnormal ones have fewer.
	 */
	for (prec = v < 2.2250738585072014e-308 ? 1 : 15; prec <= 17; prec++) {
		snprintf(t, sizeof t, "%.*e", prec - 1, v);
		if (strtod(t, NULL) == v)
			break;
	}
	e = strchr(t, 'e');
	*exp10 = atoi(e + 1) + 1;
	buf[0] = t[0];
	n = prec > 17 ? 17 : prec;
	if (n > 1)
		memcpy(buf + 1, t + 2, (size_t)n - 1); /* after the point */
	while (n > 1 && buf[n - 1] == '0')
		n--;
	buf[n] = 0;
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
