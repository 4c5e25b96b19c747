/*
 * A code has a sign, the number of a segment, and four bits of where in the segment; each segment is twice as wide as the one before.
 */
#include "devs/audiolaw.h"

enum { SIGN = 0x80, BIAS = 0x84, ULIMIT = 32767 - BIAS, EVEN = 0x55 };

/* The segment of v: 256 and above begin the second one. */
static int
segment(int v)
{
	return v < 256 ? 0 : 31 - 7 - __builtin_clz((unsigned)v);
}

uint8_t
ulaw_encode(int v)
{
	int sign = v < 0 ? SIGN : 0;

	if (v < 0)
		v = -v;
	v = (v > ULIMIT ? ULIMIT : v) + BIAS;
	int seg = segment(v);
	return (uint8_t)~(sign | seg << 4 | (v >> (seg + 3) & 15));
}

int
ulaw_decode(uint8_t u)
{
	u = (uint8_t)~u;
	int v = (((u & 15) << 3) + BIAS) << (u >> 4 & 7);
	return u & SIGN ? BIAS - v : v - BIAS;
}

uint8_t
alaw_encode(int v)
{
	int sign = v < 0 ? 0 : SIGN;

	if (v < 0)
		v = -1 - v;
	int seg = segment(v);
	return (uint8_t)((sign | seg << 4 | (v >> (seg == 0 ? 4 : seg + 3) & 15)) ^ EVEN);
}

int
alaw_decode(uint8_t a)
{
	a ^= EVEN;
	int seg = a >> 4 & 7, v = ((a & 15) << 4) + 8;
	if (seg > 0)
		v = (v + 256) << (seg - 1);
	return a & SIGN ? v : -v;
}
