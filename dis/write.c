/*
 * Writing object files, in shortest form.
 */
#include <string.h>

#include "dis/impl.h"

static bool
put(DisBuf *b, const void *p, size_t n, DisError *err)
{
	if (!dis_bufput(b, p, n))
		return dis_fail(err, b->n, "out of memory", NULL);
	return true;
}

static bool
operand(DisBuf *b, int32_t v, DisError *err)
{
	uint8_t p[4];
	int n = dis_putoperand(p, v);

	if (n == 0)
		return dis_fail(err, b->n, "operand out of range", "%d needs more than 30 bits", v);
	return put(b, p, (size_t)n, err);
}

static bool
word(DisBuf *b, uint32_t v, DisError *err)
{
	uint8_t p[4] = {v >> 24, v >> 16 & 0xff, v >> 8 & 0xff, v & 0xff};

	return put(b, p, 4, err);
}

static bool
big(DisBuf *b, uint64_t v, DisError *err)
{
	return word(b, (uint32_t)(v >> 32), err) && word(b, (uint32_t)v, err);
}

static bool
string(DisBuf *b, const char *s, DisError *err)
{
	if (s == NULL)
		s = "";
	return put(b, s, strlen(s) + 1, err);
}

bool
dis_write_header(const DisModule *m, DisBuf *b, DisError *err)
{
	if (m->issigned) {
		if (!operand(b, DIS_SMAGIC, err) || !operand(b, m->nsign, err) ||
		    !put(b, m->sign, (size_t)m->nsign, err))
			return false;
	} else if (!operand(b, DIS_XMAGIC, err))
		return false;
	return operand(b, m->flags, err) && operand(b, m->stackext, err) && operand(b, m->ncode, err) &&
	       operand(b, m->datasize, err) && operand(b, m->ntypes, err) && operand(b, m->nlinks, err) &&
	       operand(b, m->entrypc, err) && operand(b, m->entrydesc, err);
}

static inline uint8_t *
short_operand(uint8_t *p, int32_t v)
{
	if (v >= -64 && v <= 63)
		*p++ = (uint8_t)v & 0x7f;
	else
		p += dis_putoperand(p, v);
	return p;
}

/* Whether an operand can be written, with a word on it if not. */
static bool
canwrite(const DisBuf *b, unsigned mode, int32_t off, int32_t off2, DisError *err)
{
	switch (mode) {
	case DIS_AMP:
	case DIS_AFP:
	case DIS_AIMM:
		if (off < DIS_MINOPERAND || off > DIS_MAXOPERAND)
			return dis_fail(err, b->n, "operand out of range", "%d needs more than 30 bits", off);
		return true;
	case DIS_AINDMP:
	case DIS_AINDFP:
		if (off < 0 || off > 0xffff || off2 < 0 || off2 > 0xffff)
			return dis_fail(err, b->n, "operand out of range", "%d(%d()): offsets must be 0..65535", off2,
					off);
		return true;
	default:
		return true;
	}
}

static bool
canwrite_middle(const DisBuf *b, const DisInst *in, DisError *err)
{
	switch (DIS_MIDMODE(in->mode)) {
	case DIS_MXXX:
		return true;
	case DIS_MIMM:
		if (in->mid < -32768 || in->mid > 32767)
			return dis_fail(err, b->n, "operand out of range", "middle immediate %d", in->mid);
		return true;
	default:
		if (in->mid < 0 || in->mid > 0xffff)
			return dis_fail(err, b->n, "operand out of range", "middle offset %d", in->mid);
		return true;
	}
}

bool
dis_write_code(const DisModule *m, DisBuf *b, DisError *err)
{
	enum { MOST = 2 + 5 * 4 }; /* bytes of an instruction */
	uint8_t *p;

	for (int32_t i = 0; i < m->ncode; i++) {
		const DisInst *in = &m->code[i];
		unsigned src = DIS_SRCMODE(in->mode), dst = DIS_DSTMODE(in->mode);

		if (!canwrite_middle(b, in, err) || !canwrite(b, src, in->src, in->src2, err) ||
		    !canwrite(b, dst, in->dst, in->dst2, err))
			return false;
		p = b->cap - b->n >= MOST ? b->p + b->n : dis_bufroom(b, MOST);
		if (p == NULL)
			return dis_fail(err, b->n, "out of memory", NULL);
		*p++ = in->op;
		*p++ = in->mode;
		if (DIS_MIDMODE(in->mode) != DIS_MXXX)
			p = short_operand(p, in->mid);
		if (src < DIS_AXXX || src == DIS_AINDMP || src == DIS_AINDFP)
			p = short_operand(p, in->src);
		if (src == DIS_AINDMP || src == DIS_AINDFP)
			p = short_operand(p, in->src2);
		if (dst < DIS_AXXX || dst == DIS_AINDMP || dst == DIS_AINDFP)
			p = short_operand(p, in->dst);
		if (dst == DIS_AINDMP || dst == DIS_AINDFP)
			p = short_operand(p, in->dst2);
		b->n = (size_t)(p - b->p);
	}
	return true;
}

bool
dis_write_types(const DisModule *m, DisBuf *b, DisError *err)
{
	for (int32_t i = 0; i < m->ntypes; i++) {
		const DisType *t = &m->type[i];

		if (!operand(b, t->num, err) || !operand(b, t->size, err) || !operand(b, t->nmap, err) ||
		    !put(b, t->map, (size_t)t->nmap, err))
			return false;
	}
	return true;
}

static bool
item(DisBuf *b, const DisData *d, DisError *err)
{
	uint8_t c;
	uint64_t v;
	bool ok = true;

	if (d->type < DIS_DEFB || d->type > DIS_DEFL)
		return dis_fail(err, b->n, "bad data item", "type %d", d->type);
	c = (uint8_t)(d->type << 4);
	if (d->count >= 1 && d->count <= 15)
		c |= (uint8_t)d->count;
	ok = put(b, &c, 1, err);
	if (ok && (c & 15) == 0)
		ok = operand(b, d->count, err);
	if (!ok || !operand(b, d->off, err))
		return false;
	switch (d->type) {
	case DIS_DEFB:
		return put(b, d->u.bytes, (size_t)d->count, err);
	case DIS_DEFS:
		return put(b, d->u.str, (size_t)d->count, err);
	case DIS_DEFW:
		for (int32_t i = 0; ok && i < d->count; i++)
			ok = word(b, (uint32_t)d->u.words[i], err);
		return ok;
	case DIS_DEFF:
		for (int32_t i = 0; ok && i < d->count; i++) {
			memcpy(&v, &d->u.reals[i], 8);
			ok = big(b, v, err);
		}
		return ok;
	case DIS_DEFL:
		for (int32_t i = 0; ok && i < d->count; i++)
			ok = big(b, (uint64_t)d->u.bigs[i], err);
		return ok;
	case DIS_DEFA:
		return word(b, (uint32_t)d->u.array.desc, err) && word(b, (uint32_t)d->u.array.len, err);
	case DIS_DIND:
		return word(b, (uint32_t)d->u.index, err);
	default:
		return true;
	}
}

bool
dis_write_data(const DisModule *m, DisBuf *b, DisError *err)
{
	for (int32_t i = 0; i < m->ndata; i++)
		if (!item(b, &m->data[i], err))
			return false;
	return put(b, "", 1, err);
}

bool
dis_write_links(const DisModule *m, DisBuf *b, DisError *err)
{
	for (int32_t i = 0; i < m->nlinks; i++) {
		const DisLink *l = &m->link[i];

		if (!operand(b, l->pc, err) || !operand(b, l->desc, err) || !word(b, l->sig, err) ||
		    !string(b, l->name, err))
			return false;
	}
	return true;
}

bool
dis_write_imports(const DisModule *m, DisBuf *b, DisError *err)
{
	if (!operand(b, m->nimports, err))
		return false;
	for (int32_t i = 0; i < m->nimports; i++) {
		const DisImports *l = &m->import[i];

		if (!operand(b, l->n, err))
			return false;
		for (int32_t k = 0; k < l->n; k++)
			if (!word(b, l->item[k].sig, err) || !string(b, l->item[k].name, err))
				return false;
	}
	return put(b, "", 1, err);
}

bool
dis_write_handlers(const DisModule *m, DisBuf *b, DisError *err)
{
	if (!operand(b, m->nhandlers, err))
		return false;
	for (int32_t i = 0; i < m->nhandlers; i++) {
		const DisHandler *h = &m->handler[i];

		if (h->nlabels < 0 || h->nlabels > 0xffff || h->nexc < 0 || h->nexc > h->nlabels || h->nexc > 0x1fff)
			return dis_fail(err, b->n, "too many labels", "handler %d", i);
		if (!operand(b, h->eoff, err) || !operand(b, h->pc1, err) || !operand(b, h->pc2, err) ||
		    !operand(b, h->desc, err) || !operand(b, h->nexc << 16 | h->nlabels, err))
			return false;
		for (int32_t k = 0; k < h->nlabels; k++)
			if (!string(b, h->label[k].name, err) || !operand(b, h->label[k].pc, err))
				return false;
		if (!operand(b, h->wild, err))
			return false;
	}
	return put(b, "", 1, err);
}

bool
dis_write(const DisModule *m, DisBuf *b, DisError *err)
{
	size_t start = b->n;

	if (m->name == NULL || strlen(m->name) >= DIS_MAXNAME)
		return dis_fail(err, 0, "bad module name", "longer than %d bytes", DIS_MAXNAME - 1);
	if (m->nimports > 0 && !(m->flags & DIS_HASLDT))
		return dis_fail(err, 0, "bad flags", "import lists without the flag 0x%x", DIS_HASLDT);
	if (m->nhandlers > 0 && !(m->flags & DIS_HASEXCEPT))
		return dis_fail(err, 0, "bad flags", "handlers without the flag 0x%x", DIS_HASEXCEPT);
	if (!dis_write_header(m, b, err) || !dis_write_code(m, b, err) || !dis_write_types(m, b, err) ||
	    !dis_write_data(m, b, err) || !string(b, m->name, err) || !dis_write_links(m, b, err))
		return false;
	if ((m->flags & DIS_HASLDT) && !dis_write_imports(m, b, err))
		return false;
	if ((m->flags & DIS_HASEXCEPT) && !dis_write_handlers(m, b, err))
		return false;
	if (m->source != NULL && !string(b, m->source, err))
		return false;
	if (b->n - start >= DIS_MAXFILE)
		return dis_fail(err, b->n, "object file too large", "%zu bytes", b->n - start);
	return true;
}
