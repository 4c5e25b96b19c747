/*
 * The checks a load does not make: whether instructions are ones a compiler could have written.
 */
#include "dis/impl.h"

static const char badop[] = "bad opcode";
static const char badoperand[] = "bad operand";

/* Which operand is looked at, for messages. */
typedef struct Which {
	const DisModule *m;
	DisError *err;
	int32_t pc;
	const char *operand;
} Which;

static bool
bad(const Which *w, const char *why)
{
	char text[DIS_INSTTEXT];

	dis_printinst(&w->m->code[w->pc], text, sizeof text);
	for (char *p = text; *p; p++)
		if (*p == '\t')
			*p = ' ';
	return dis_fail(w->err, (size_t)w->pc, badoperand, "%s: %s: %s", text, w->operand, why);
}

static bool
immediate(const Which *w, unsigned opd, int32_t v)
{
	const DisModule *m = w->m;

	if (opd & DIS_ACC_ADDR) {
		if ((opd & DIS_KIND_MASK) == DIS_K_MEM || (opd & DIS_ACC_WRITE))
			return bad(w, "must not be an immediate");
		return true;
	}
	if (opd & DIS_ACC_WRITE)
		return bad(w, "must not be an immediate");
	switch (opd & DIS_KIND_MASK) {
	case DIS_K_DESC:
		return dis_type(m, v) ? true : bad(w, "no such descriptor");
	case DIS_K_IMP:
		return v >= 0 && v < m->nimports ? true : bad(w, "no such import list");
	case DIS_K_PC:
		return v >= 0 && v < m->ncode ? true : bad(w, "no such instruction");
	case DIS_K_SIZE:
		return v >= 0 ? true : bad(w, "negative size");
	case DIS_K_W:
	case DIS_K_IDX:
		return true;
	default:
		return bad(w, "must not be an immediate");
	}
}

/* What is at off(mp) must be module data; a value of unknown size may be empty. */
static bool
inmp(const Which *w, int32_t off, int32_t size)
{
	if (off < 0 || (int64_t)off + size > w->m->datasize)
		return bad(w, "outside of module data");
	return true;
}

static bool
place(const Which *w, unsigned opd, unsigned mode, int32_t off)
{
	switch (mode) {
	case DIS_AMP:
		return inmp(w, off, (int32_t)dis_kindsize(opd & DIS_KIND_MASK));
	case DIS_AINDMP:
		return inmp(w, off, 4);
	case DIS_AFP:
		return off >= 0 ? true : bad(w, "negative offset");
	case DIS_AINDFP:
		return true;
	case DIS_AIMM:
		return immediate(w, opd, off);
	default:
		return bad(w, "reserved mode");
	}
}

static bool
inst(const DisModule *m, int32_t pc, DisError *err)
{
	const DisInst *in = &m->code[pc];
	unsigned smode = DIS_SRCMODE(in->mode), dmode = DIS_DSTMODE(in->mode), mmode = DIS_MIDMODE(in->mode);
	unsigned want, opt, have;
	Which w = {m, err, pc, "source"};
	const DisOp *op;

	if (in->op >= DIS_NOPS || (dis_ops[in->op].flags & DIS_X_IL))
		return dis_fail(err, (size_t)pc, badop, "opcode %d", in->op);
	op = &dis_ops[in->op];
	want = dis_shape(in->op, &opt);
	have = (smode != DIS_AXXX ? DIS_HASSRC : 0) | (mmode != DIS_MXXX ? DIS_HASMID : 0) |
	       (dmode != DIS_AXXX ? DIS_HASDST : 0);
	if ((have & ~want) || (want & ~have & ~opt)) {
		w.operand = op->name;
		return bad(&w, "operand missing or too many");
	}
	if ((have & DIS_HASSRC) && !place(&w, op->src, smode, in->src))
		return false;
	w.operand = "middle";
	if (have & DIS_HASMID) {
		if (mmode == DIS_MIMM) {
			if (!immediate(&w, op->mid, in->mid))
				return false;
		} else if (mmode == DIS_MMP && !inmp(&w, in->mid, (int32_t)dis_kindsize(op->mid & DIS_KIND_MASK)))
			return false;
	}
	w.operand = "destination";
	return !(have & DIS_HASDST) || place(&w, op->dst, dmode, in->dst);
}

static bool
type(const DisType *t, size_t n, DisError *err)
{
	for (int32_t i = 0; i < t->nmap; i++)
		for (int32_t k = 0; k < 8; k++)
			if ((t->map[i] & (0x80 >> k)) && (int64_t)(i * 8 + k + 1) * 4 > t->size)
				return dis_fail(err, n, "bad descriptor", "reference behind the end of descriptor %d",
						t->num);
	return true;
}

static bool
handler(const DisModule *m, int32_t n, DisError *err)
{
	const DisHandler *h = &m->handler[n];

	if (h->pc1 < 0 || h->pc1 > h->pc2 || h->pc2 > m->ncode)
		return dis_fail(err, (size_t)n, "bad handler", "range %d..%d", h->pc1, h->pc2);
	if (h->eoff < 0 || h->eoff % 4 != 0)
		return dis_fail(err, (size_t)n, "bad handler", "variable at %d", h->eoff);
	if (h->desc != -1 && dis_type(m, h->desc) == NULL)
		return dis_fail(err, (size_t)n, "bad handler", "no descriptor %d", h->desc);
	for (int32_t i = 0; i < h->nlabels; i++)
		if (h->label[i].pc < 0 || h->label[i].pc >= m->ncode)
			return dis_fail(err, (size_t)n, "bad handler", "no instruction %d", h->label[i].pc);
	if (h->wild < -1 || h->wild >= m->ncode)
		return dis_fail(err, (size_t)n, "bad handler", "no instruction %d", h->wild);
	return true;
}

static bool
function(const DisModule *m, int32_t pc, int32_t desc)
{
	return pc >= -1 && pc < m->ncode && (desc == -1 || dis_type(m, desc) != NULL);
}

bool
dis_check(const DisModule *m, DisError *err)
{
	for (int32_t i = 0; i < m->ncode; i++)
		if (!inst(m, i, err))
			return false;
	for (int32_t i = 0; i < m->ntypes; i++)
		if (!type(&m->type[i], (size_t)i, err))
			return false;
	for (int32_t i = 0; i < m->nlinks; i++)
		if (!function(m, m->link[i].pc, m->link[i].desc))
			return dis_fail(err, (size_t)i, "bad link", "%.80s: pc %d, descriptor %d", m->link[i].name,
					m->link[i].pc, m->link[i].desc);
	if (!function(m, m->entrypc, m->entrydesc))
		return dis_fail(err, 0, "bad entry", "pc %d, descriptor %d", m->entrypc, m->entrydesc);
	for (int32_t i = 0; i < m->nhandlers; i++)
		if (!handler(m, i, err))
			return false;
	return true;
}
