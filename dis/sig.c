/*
 * Link signatures: the MD5 digest of a type's encoding, folded to 32 bits.
 */
#include <string.h>

#include "dis/impl.h"

/*
 * MD5 (RFC 1321) is defined with 64 additive constants, floor(2^32 * |sin(i+1)|); here they are written out since
 * the library's sine need not be the same everywhere.
 */
static const uint32_t sines[64] = {
    0xd76aa478, 0xe8c7b756, 0x242070db, 0xc1bdceee, 0xf57c0faf, 0x4787c62a, 0xa8304613, 0xfd469501,
    0x698098d8, 0x8b44f7af, 0xffff5bb1, 0x895cd7be, 0x6b901122, 0xfd987193, 0xa679438e, 0x49b40821,
    0xf61e2562, 0xc040b340, 0x265e5a51, 0xe9b6c7aa, 0xd62f105d, 0x02441453, 0xd8a1e681, 0xe7d3fbc8,
    0x21e1cde6, 0xc33707d6, 0xf4d50d87, 0x455a14ed, 0xa9e3e905, 0xfcefa3f8, 0x676f02d9, 0x8d2a4c8a,
    0xfffa3942, 0x8771f681, 0x6d9d6122, 0xfde5380c, 0xa4beea44, 0x4bdecfa9, 0xf6bb4b60, 0xbebfbc70,
    0x289b7ec6, 0xeaa127fa, 0xd4ef3085, 0x04881d05, 0xd9d4d039, 0xe6db99e5, 0x1fa27cf8, 0xc4ac5665,
    0xf4292244, 0x432aff97, 0xab9423a7, 0xfc93a039, 0x655b59c3, 0x8f0ccc92, 0xffeff47d, 0x85845dd1,
    0x6fa87e4f, 0xfe2ce6e0, 0xa3014314, 0x4e0811a1, 0xf7537e82, 0xbd3af235, 0x2ad7d2bb, 0xeb86d391,
};

static const uint8_t rotations[4][4] = {{7, 12, 17, 22}, {5, 9, 14, 20}, {4, 11, 16, 23}, {6, 10, 15, 21}};

static uint32_t
little32(const uint8_t *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static void
block(uint32_t state[4], const uint8_t *p)
{
	uint32_t a = state[0], b = state[1], c = state[2], d = state[3];
	uint32_t x[16], f, t;
	int k, r;

	for (int i = 0; i < 16; i++)
		x[i] = little32(p + 4 * i);
	for (int i = 0; i < 64; i++) {
		switch (i / 16) {
		case 0:
			f = (b & c) | (~b & d);
			k = i;
			break;
		case 1:
			f = (b & d) | (c & ~d);
			k = (5 * i + 1) % 16;
			break;
		case 2:
			f = b ^ c ^ d;
			k = (3 * i + 5) % 16;
			break;
		default:
			f = c ^ (b | ~d);
			k = 7 * i % 16;
			break;
		}
		r = rotations[i / 16][i % 4];
		t = a + f + x[k] + sines[i];
		a = d;
		d = c;
		c = b;
		b += t << r | t >> (32 - r);
	}
	state[0] += a;
	state[1] += b;
	state[2] += c;
	state[3] += d;
}

void
dis_md5(const void *data, size_t n, uint8_t digest[16])
{
	uint32_t state[4] = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476};
	uint64_t bits = (uint64_t)n * 8;
	const uint8_t *p = data;
	uint8_t tail[128] = {0};
	size_t ntail;

	for (; n >= 64; n -= 64, p += 64)
		block(state, p);
	if (n)
		memcpy(tail, p, n);
	tail[n] = 0x80;
	ntail = n < 56 ? 64 : 128;
	for (int i = 0; i < 8; i++)
		tail[ntail - 8 + (size_t)i] = bits >> 8 * i & 0xff;
	for (size_t i = 0; i < ntail; i += 64)
		block(state, tail + i);
	for (int i = 0; i < 16; i++)
		digest[i] = state[i / 4] >> 8 * (i % 4) & 0xff;
}

uint32_t
dis_sig(const char *encoded, size_t n)
{
	uint8_t d[16];

	dis_md5(encoded, n, d);
	return little32(d) ^ little32(d + 4) ^ little32(d + 8) ^ little32(d + 12);
}
