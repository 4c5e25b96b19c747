/*
 * The coding of operands, and growable buffers.
 */
#include <stdlib.h>
#include <string.h>

#include "dis/impl.h"

int
dis_getoperand(const uint8_t *p, const uint8_t *end, int32_t *v)
{
	uint32_t u;

	if (p >= end)
		return 0;
	switch (p[0] & 0xc0) {
	case 0x00:
		*v = p[0];
		return 1;
	case 0x40:
		*v = (int32_t)p[0] - 128;
		return 1;
	case 0x80:
		if (end - p < 2)
			return 0;
		u = (uint32_t)(p[0] & 0x3f) << 8 | p[1];
		*v = (int32_t)(u ^ 0x2000) - 0x2000;
		return 2;
	default:
		if (end - p < 4)
			return 0;
		u = (uint32_t)(p[0] & 0x3f) << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
		*v = (int32_t)(u ^ 0x20000000) - 0x20000000;
		return 4;
	}
}

int
dis_putoperand(uint8_t *p, int32_t v)
{
	uint32_t u = (uint32_t)v;

	if (v >= -64 && v <= 63) {
		p[0] = u & 0x7f;
		return 1;
	}
	if (v >= -8192 && v <= 8191) {
		p[0] = 0x80 | (u >> 8 & 0x3f);
		p[1] = u & 0xff;
		return 2;
	}
	if (v < DIS_MINOPERAND || v > DIS_MAXOPERAND)
		return 0;
	p[0] = 0xc0 | (u >> 24 & 0x3f);
	p[1] = u >> 16 & 0xff;
	p[2] = u >> 8 & 0xff;
	p[3] = u & 0xff;
	return 4;
}

uint8_t *
dis_bufroom(DisBuf *b, size_t n)
{
	size_t cap;
	uint8_t *q;

	if (b->oom)
		return NULL;
	if (n > b->cap - b->n) {
		cap = b->cap ? b->cap : 512;
		while (cap - b->n < n) {
			if (cap > SIZE_MAX / 2) {
				b->oom = true;
				return NULL;
			}
			cap *= 2;
		}
		q = realloc(b->p, cap);
		if (q == NULL) {
			b->oom = true;
			return NULL;
		}
		b->p = q;
		b->cap = cap;
	}
	return b->p + b->n;
}

bool
dis_bufput(DisBuf *b, const void *p, size_t n)
{
	uint8_t *q = dis_bufroom(b, n);

	if (q == NULL)
		return false;
	if (n)
		memcpy(q, p, n);
	b->n += n;
	return true;
}

void
dis_buffree(DisBuf *b)
{
	free(b->p);
	*b = (DisBuf){0};
}
