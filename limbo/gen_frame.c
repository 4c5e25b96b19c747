/*
 * Code generation: places. Frame slots and temporaries, operands, pointer maps and descriptors, and the emission of single
 * instructions. Called by all the other gen files; calls none of them but gen_data.c for constants.
 */
#include <string.h>

#include "limbo/gen.h"

const Addr a_none = { .kind = Anone };

void *
gen_grow(Gen *g, void *p, int n, int *c, size_t size)
{
	int nc = *c ? *c * 2 : 16;
	void *q = lalloc(g->l, (size_t)nc * size);

	if (n > 0)
		memcpy(q, p, (size_t)n * size);
	*c = nc;
	return q;
}

void *
gen_scratch(Gen *g, int which, size_t size)
{
	if (g->scratch[which].size < size) {
		g->scratch[which].size = size * 2 + 256;
		g->scratch[which].p = lalloc(g->l, g->scratch[which].size);
	}
	return g->scratch[which].p;
}

/* ------------------------------------------------------------- pointer maps */

/* Sees to it that byte i of the map is there. */
static void
map_room(Map *m, int i)
{
	int nc = m->cap ? m->cap : 16;
	uint8_t *q;

	if (i < m->cap)
		return;
	while (nc <= i)
		nc *= 2;
	q = lalloc(m->g->l, (size_t)nc);
	if (m->n > 0)
		memcpy(q, m->p, (size_t)m->n);
	m->p = q;
	m->cap = nc;
}

static void
map_or(Map *m, int i, unsigned bits)
{
	m->p[i] |= (uint8_t)bits;
	if (bits & 0xff && i >= m->n)
		m->n = i + 1;
}

void
map_set(Map *m, int off)
{
	map_room(m, off / 32);
	map_or(m, off / 32, 0x80 >> (off / 4 % 8));
}

static void
map_fields(Map *m, Decl *d, int off)
{
	for (d = field_next(d); d; d = field_next(d->next))
		map_type(m, d->ty, off + d->offset);
}

/* Of what is made of others each part is mapped once, however often it occurs. */
void
map_type(Map *m, Type *t, int off)
{
	switch (t->kind) {
	case Ttuple:
	case Tadt:
	case Tpick:
		if (types_hasptr(m->g->l, t))
			map_desc(m, desc_of(m->g, t), off);
		break;
	default:
		if (types_isptr(t))
			map_set(m, off);
	}
}

void
map_desc(Map *m, const Desc *d, int off)
{
	int i, at = off / 32, shift = off / 4 % 8;

	if (d->nmap == 0)
		return;
	map_room(m, at + d->nmap);
	for (i = 0; i < d->nmap; i++) {
		map_or(m, at + i, d->map[i] >> shift);
		map_or(m, at + i + 1, (unsigned)d->map[i] << (8 - shift));
	}
}

Desc *
desc_intern(Gen *g, int size, const uint8_t *map, int nmap)
{
	uint32_t h = (uint32_t)size;
	Desc *d, **bucket;
	int i;

	while (nmap > 0 && map[nmap - 1] == 0)
		nmap--;
	for (i = 0; i < nmap; i++)
		h = h * 31 + map[i];
	bucket = &g->descs[(h ^ h >> 8 ^ h >> 16) & 255];
	for (d = *bucket; d; d = d->next)
		if (d->size == size && d->nmap == nmap && (nmap == 0 || memcmp(d->map, map, (size_t)nmap) == 0))
			return d;
	d = lalloc(g->l, sizeof *d);
	d->size = size;
	d->nmap = nmap;
	if (nmap > 0) {
		d->map = lalloc(g->l, (size_t)nmap);
		memcpy(d->map, map, (size_t)nmap);
	}
	d->next = *bucket;
	*bucket = d;
	return d;
}

Desc *
desc_of(Gen *g, Type *t)
{
	Map m = { .g = g };
	struct Typedesc *c = &g->typedescs[((uintptr_t)t >> 4) % (sizeof g->typedescs / sizeof *g->typedescs)];

	if (t->kind == Tnone)
		return desc_intern(g, 0, NULL, 0);
	if (c->ty == t)
		return c->desc;
	switch (t->kind) {
	case Ttuple:
	case Tadt:
	case Tpick:
		if (types_size(g->l, t) > MAXMAP || !types_hasptr(g->l, t))
			break;
		if (t->kind == Tpick)
			map_fields(&m, t->tof->ids, 0);
		map_fields(&m, t->ids, 0);
		break;
	default:
		map_type(&m, t, 0);
	}
	c->ty = t;
	c->desc = desc_intern(g, types_size(g->l, t), m.p, m.n);
	return c->desc;
}

bool
desc_isref(const Desc *d, int off)
{
	int i = off / 32;

	return i < d->nmap && (d->map[i] & 0x80 >> (off / 4 % 8));
}

Vkind
vkind(Gen *g, Type *t)
{
	switch (t->kind) {
	case Tbyte:
		return Vb;
	case Tint:
	case Tfixed:
		return Vw;
	case Tbig:
		return Vl;
	case Treal:
		return Vf;
	case Ttuple:
	case Tadt:
	case Tpick:
		return types_hasptr(g->l, t) ? Vmp : Vm;
	case Tnone:
	case Terror:
		return Vm;
	default:
		return Vp;
	}
}

/* -------------------------------------------------------------------- slots */

Slot *
slot_new(Gen *g, Desc *shape, int align)
{
	Slot *s = g->freeslots;

	if (s) {
		g->freeslots = s->next;
		*s = (Slot){ 0 };
	} else {
		s = lalloc(g->l, sizeof *s);
	}
	s->shape = shape;
	s->align = align > 0 ? align : 1;
	s->serial = g->nslots++;
	*g->lastslot = s;
	g->lastslot = &s->next;
	return s;
}

Slot *
slot_fixed(Gen *g, int off, Desc *shape)
{
	Slot *s = slot_new(g, shape, 1);

	s->fixed = true;
	s->off = off;
	return s;
}

static Desc *
shape_ptr(Gen *g)
{
	static const uint8_t map[1] = { 0x80 };

	return desc_intern(g, 4, map, 1);
}

static Desc *
shape_of(Gen *g, Type *t)
{
	return vkind(g, t) == Vp ? shape_ptr(g) : desc_of(g, t);
}

static int
align_of(Gen *g, Type *t)
{
	if (vkind(g, t) == Vp)
		return 4;
	if (t->kind == Tnone || t->kind == Terror)
		return 1;
	types_size(g->l, t);
	return t->align;
}

Slot *
slot_var(Gen *g, Decl *d)
{
	Slot *s = d->aux;

	if (!s) {
		s = slot_new(g, shape_of(g, d->ty), align_of(g, d->ty));
		d->aux = s;
	}
	return s;
}

Addr
tmp_shape(Gen *g, Desc *shape, int align)
{
	Slot *s = NULL;
	int i, best = -1;

	/* the oldest: the more a slot is used, the shorter its offset */
	for (i = 0; i < g->nfree; i++)
		if (g->free[i]->shape == shape && g->free[i]->align == align &&
		    (best < 0 || g->free[i]->serial < g->free[best]->serial))
			best = i;
	if (best >= 0) {
		s = g->free[best];
		g->free[best] = g->free[--g->nfree];
	}
	if (!s) {
		s = slot_new(g, shape, align);
		s->temp = true;
	}
	GROW(g, g->held, g->nheld, g->cheld);
	g->held[g->nheld++] = s;
	s->dirty = false;
	guard_slot(g, s);
	return a_slot(s, 0);
}

Addr
tmp_new(Gen *g, Type *t)
{
	/* a byte takes a word: fewer shapes, and no odd offsets */
	if (t->kind == Tbyte)
		return tmp_word(g);
	return tmp_shape(g, shape_of(g, t), align_of(g, t));
}

Addr
tmp_word(Gen *g)
{
	return tmp_shape(g, desc_intern(g, 4, NULL, 0), 4);
}

Addr
tmp_ptr(Gen *g)
{
	return tmp_shape(g, shape_ptr(g), 4);
}

int
tmp_mark(Gen *g)
{
	return g->nheld;
}

void
tmp_clear(Gen *g, Slot *s)
{
	int off;

	if (g->dead)
		return;
	for (off = 0; off < s->shape->nmap * 32; off += 4)
		if (desc_isref(s->shape, off))
			clear(g, a_slot(s, off));
}

void
tmp_release(Gen *g, int mark)
{
	while (g->nheld > mark) {
		Slot *s = g->held[--g->nheld];

		if (s->dirty)
			tmp_clear(g, s);
		GROW(g, g->free, g->nfree, g->cfree);
		g->free[g->nfree++] = s;
	}
}

void
tmp_drop(Gen *g, int mark)
{
	while (g->nheld > mark) {
		GROW(g, g->free, g->nfree, g->cfree);
		g->free[g->nfree++] = g->held[--g->nheld];
	}
}

bool
tmp_holdsptr(Gen *g, int mark)
{
	int i;

	for (i = mark; i < g->nheld; i++)
		if (g->held[i]->shape->nmap > 0)
			return true;
	return false;
}

/* ----------------------------------------------------------------- operands */

Addr
a_slot(Slot *s, int off)
{
	return (Addr){ .kind = Afp, .slot = s, .off = off };
}

Addr
a_item(Item *it, int off)
{
	return (Addr){ .kind = Amp, .item = it, .off = off };
}

Addr
a_imm(int v)
{
	return (Addr){ .kind = Aimm, .off = v };
}

Addr
a_desc(Desc *d)
{
	d->used = true;
	return (Addr){ .kind = Adesc, .desc = d };
}

Addr
a_ind(Addr base, int off)
{
	base.kind = base.kind == Amp ? Aindmp : Aindfp;
	base.off2 = off;
	base.fresh = false;
	base.interior = false;
	return base;
}

Addr
a_off(Addr a, int off)
{
	if (a.kind == Afp || a.kind == Amp)
		a.off += off;
	else
		a.off2 += off;
	return a;
}

Addr
a_int(Gen *g, int64_t v)
{
	if (v >= DIS_MINOPERAND && v <= DIS_MAXOPERAND)
		return a_imm((int)v);
	return a_item(item_word(g, v), 0);
}

Addr
a_mid(Gen *g, int64_t v)
{
	if (v >= -32768 && v <= 32767)
		return a_imm((int)v);
	return a_item(item_word(g, v), 0);
}

Addr
a_nil(Gen *g)
{
	if (!g->nil)
		g->nil = item_new(g, shape_ptr(g), 4);
	return a_item(g->nil, 0);
}

bool
a_direct(Addr a)
{
	return a.kind == Afp || a.kind == Amp;
}

bool
a_same(Addr a, Addr b)
{
	if (a.kind != b.kind || a.off != b.off)
		return false;
	switch (a.kind) {
	case Afp:
		return a.slot == b.slot;
	case Amp:
		return a.item == b.item;
	case Aindfp:
		return a.slot == b.slot && a.off2 == b.off2;
	case Aindmp:
		return a.item == b.item && a.off2 == b.off2;
	case Aimm:
		return true;
	default:
		return false;
	}
}

bool
a_midok(Addr a)
{
	switch (a.kind) {
	case Afp:
	case Amp:
	case Adesc:
	case Alink:
	case Aself:
	case Aload:
	case Aown:
		return true;
	case Aimm:
		return a.off >= -32768 && a.off <= 32767;
	default:
		return false;
	}
}

Addr
into_mid(Gen *g, Type *t, Addr a)
{
	Addr c;

	if (a_midok(a))
		return a;
	if (a.kind == Aimm)
		return a_item(item_word(g, a.off), 0);
	c = tmp_new(g, t);
	move(g, t, a, c);
	return c;
}

/* ------------------------------------------------------------- instructions */

void
emit(Gen *g, int op, Addr s, Addr m, Addr d)
{
	Inst *in;

	if (g->dead)
		return;
	GROW(g, g->code, g->ncode, g->ccode);
	in = &g->code[g->ncode++];
	*in = (Inst){ .op = (uint8_t)op, .s = s, .m = m, .d = d, .src = g->src, .block = g->block };
	if (d.kind == Apc)
		d.label->refs++;
	if (d.kind == Afp)
		d.slot->dirty = d.slot->written = true;
	else if (op == ILEA && s.kind == Afp)
		s.slot->dirty = s.slot->written = true;
	if (dis_ops[op].flags & DIS_F_NOFALL) {
		g->dead = true;
		g->block++;
	} else if (dis_ops[op].flags & DIS_F_COND) {
		g->block++;
	}
}

Label *
label_new(Gen *g)
{
	Label *lb = g->freelabels;

	if (lb) {
		g->freelabels = lb->next;
		*lb = (Label){ 0 };
	} else {
		lb = lalloc(g->l, sizeof *lb);
	}
	lb->next = g->labels;
	g->labels = lb;
	return lb;
}

void
label_place(Gen *g, Label *lb, bool live)
{
	lb->pc = g->ncode;
	lb->placed = true;
	if (lb->refs > 0 || live) {
		if (!lb->mark)
			g->block++;
		g->dead = false;
	}
}

static Addr
a_label(Label *lb)
{
	return (Addr){ .kind = Apc, .label = lb };
}

void
jump(Gen *g, Label *lb)
{
	emit(g, IJMP, a_none, a_none, a_label(lb));
}

void
branch(Gen *g, int op, Addr s, Addr m, Label *lb)
{
	emit(g, op, s, m, a_label(lb));
}

void
clear(Gen *g, Addr dst)
{
	/* what nothing has written yet is still nil, unless control comes from below */
	if (dst.kind == Afp && !dst.slot->written && !dst.slot->fixed && g->loops == 0)
		return;
	if (!dst.fresh)
		emit(g, IMOVP, a_nil(g), a_none, dst);
}

void
move(Gen *g, Type *t, Addr src, Addr dst)
{
	static const uint8_t ops[] = { [Vb] = IMOVB, [Vw] = IMOVW, [Vl] = IMOVL, [Vf] = IMOVF, [Vp] = IMOVP };
	Vkind k = vkind(g, t);
	int size;

	if (a_same(src, dst))
		return;
	switch (k) {
	case Vm:
		size = t->kind == Tnone || t->kind == Terror ? 0 : types_size(g->l, t);
		if (size == 4 && t->align == 4)
			emit(g, IMOVW, src, a_none, dst);
		else if (size > 0)
			emit(g, IMOVM, src, a_mid(g, size), dst);
		break;
	case Vmp:
		size = types_size(g->l, t);
		if (size == 4)
			emit(g, IMOVP, src, a_none, dst);
		else
			emit(g, IMOVMP, src, a_desc(desc_of(g, t)), dst);
		break;
	case Vp:
		if (src.kind == Amp && src.item == g->nil)
			clear(g, dst);
		else
			emit(g, IMOVP, src, a_none, dst);
		break;
	default:
		emit(g, ops[k], src, a_none, dst);
		break;
	}
}
