/*
 * Text of IPints: decimal, hexadecimal, and the bases 32 and 64 of their bytes, keyring-ipint(2).
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/crypto.h>

#include "libinterp/mod/ipint.h"

static const char digits64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char digits32[] = "23456789abcdefghijkmnpqrstuvwxyz";

/*
 * n bytes as digits of some bits each (5 or 6): groups of 8 or 4 digits, the last one filled with zero bits. In base 64
 * digits without any bit of the number are written =. out has room for 2 * n + 10.
 */
static size_t
encode(const uint8_t *p, size_t n, int bits, char *out)
{
	const char *digit = bits == 5 ? digits32 : digits64;
	size_t group = bits == 5 ? 5 : 3, per = bits == 5 ? 8 : 4, i, j, o = 0;
	uint64_t v;

	for (i = 0; i < n; i += group) {
		v = 0;
		for (j = 0; j < group; j++)
			v = v << 8 | (i + j < n ? p[i + j] : 0);
		for (j = 0; j < per; j++)
			if (bits == 6 && i * 8 + j * 6 >= n * 8)
				out[o++] = '=';
			else
				out[o++] = digit[v >> (bits * (per - 1 - j)) & ((1u << bits) - 1)];
	}
	out[o] = 0;
	return o;
}

/* Minus if asked for and needed, then the digits of the magnitude, after an additional zero byte if lead. */
static char *
bytestext(const BIGNUM *b, int bits, bool sign, bool lead)
{
	size_t n = (size_t)BN_num_bytes(b), m = n == 0 ? 1 : n;
	uint8_t *buf = calloc(m + 1, 1);
	char *s = malloc(m * 2 + 16), *q = s;

	if (buf == NULL || s == NULL) {
		free(buf);
		free(s);
		return NULL;
	}
	/* Zero is one byte 0. */
	BN_bn2bin(b, buf + 1);
	if (sign && BN_is_negative(b))
		*q++ = '-';
	if (lead && n > 0 && (buf[1] & 0x80))
		encode(buf, n + 1, bits, q);
	else
		encode(buf + 1, m, bits, q);
	free(buf);
	return s;
}

char *
ipint_b64z(const BIGNUM *b)
{
	return bytestext(b, 6, false, true);
}

char *
ipint_text(const BIGNUM *b, int base)
{
	char *t, *s, *q;
	size_t n;

	if (base == 64)
		return bytestext(b, 6, true, false);
	if (base == 32)
		return bytestext(b, 5, true, false);
	t = base == 10 ? BN_bn2dec(b) : BN_bn2hex(b);
	if (t == NULL)
		return NULL;
	/* BN_bn2hex writes whole bytes. */
	q = t + (*t == '-');
	n = 0;
	if (base != 10)
		while (q[n] == '0' && q[n + 1] != 0)
			n++;
	s = malloc(strlen(t) + 1);
	if (s != NULL) {
		s[0] = '-';
		strcpy(s + (*t == '-'), q + n);
	}
	OPENSSL_free(t);
	return s;
}

static int
digitval(int base, int c)
{
	const char *q;

	if (c == 0)
		return -1;
	switch (base) {
	case 10:
		return isdigit(c) ? c - '0' : -1;
	case 32:
		q = strchr(digits32, c);
		return q != NULL ? (int)(q - digits32) : -1;
	case 64:
		q = strchr(digits64, c);
		return q != NULL ? (int)(q - digits64) : -1;
	}
	return isdigit(c) ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* The bytes that n digits of some bits each stand for; an incomplete byte at the end is dropped. */
static BIGNUM *
frombytes(const char *s, size_t n, int base, int bits)
{
	uint8_t *buf = malloc(n + 1);
	size_t i, o = 0;
	uint32_t v = 0;
	int have = 0;
	BIGNUM *b;

	if (buf == NULL)
		return NULL;
	for (i = 0; i < n; i++) {
		v = v << bits | (uint32_t)digitval(base, (uint8_t)s[i]);
		have += bits;
		if (have >= 8) {
			have -= 8;
			buf[o++] = (uint8_t)(v >> have);
		}
	}
	b = BN_bin2bn(buf, (int)o, NULL);
	free(buf);
	return b;
}

BIGNUM *
ipint_parse(const char *s, int base, bool *ok)
{
	BIGNUM *b = NULL;
	bool neg = false;
	size_t n = 0;
	char *t;

	*ok = false;
	while (*s == ' ' || *s == '\t')
		s++;
	for (; *s == '-'; s++)
		neg = !neg;
	if (base != 10 && base != 32 && base != 64)
		base = 16;
	while (digitval(base, (uint8_t)s[n]) >= 0)
		n++;
	if (n == 0)
		return NULL;
	t = (char *)s + n;
	if (base == 64)
		while (*t == '=')
			t++;
	/* The conversions take time that grows with the square of the length. */
	if (*t != 0 || n > IPINT_MAXBITS / 3)
		return NULL;
	*ok = true;
	if (base == 64 || base == 32)
		b = frombytes(s, n, base, base == 64 ? 6 : 5);
	else {
		t = strndup(s, n);
		if (t != NULL && (base == 10 ? BN_dec2bn(&b, t) : BN_hex2bn(&b, t)) == 0) {
			BN_free(b);
			b = NULL;
		}
		free(t);
	}
	if (b != NULL && neg)
		BN_set_negative(b, 1);
	return b;
}
