/*
 * Loading: from an object file to code that the interpreter runs. Instructions are decoded once, into fixed-size Insts
 * whose operands have been classified; module data are built once, as an image that instances copy.
 */
#include <stdio.h>
#include <stdlib.h>

#include "dis/pages.h"
#include "libinterp/jit/jit.h"

static Code *codes;

Code *
code_first(void)
{
	return codes;
}

/* ------------------------------------------------------------ instructions */

/* How many immediates need a place in the arena; they are numbered in the order of decoding. */
typedef struct Decoder {
	Code *c;
	DisModule *dm;
	uint32_t nlit;
	bool filling; /* second pass: literals have addresses */
} Decoder;

static bool
isimm(unsigned opd)
{
	unsigned kind = opd & DIS_KIND_MASK;

	if (opd & (DIS_ACC_WRITE | DIS_ACC_ADDR))
		return false;
	switch (kind) {
	case DIS_K_B:
	case DIS_K_W:
	case DIS_K_H:
	case DIS_K_R:
	case DIS_K_DESC:
	case DIS_K_SIZE:
	case DIS_K_IMP:
	case DIS_K_IDX:
	case DIS_K_PC:
		return true;
	}
	return false;
}

static void
immediate(Decoder *d, unsigned opd, int32_t v, Operand *o, uint8_t *oc)
{
	Ref a;

	if (isimm(opd)) {
		*oc = OC_IMM;
		o->v = v;
		return;
	}
	a = d->c->lits + d->nlit++ * 8;
	*oc = OC_ABS;
	o->v = (int32_t)a;
	if (d->filling)
		*(Abig *)ref2ptr(a) = v;
}

static void
operand(Decoder *d, unsigned opd, int mode, int32_t v, int32_t v2, Operand *o, uint8_t *oc)
{
	o->v = v;
	*oc = OC_NONE;
	switch (mode) {
	case DIS_AFP:
		*oc = v >= 0 && v < 65536 ? OC_FP : OC_WFP;
		break;
	case DIS_AMP:
		*oc = v >= 0 && (v < 65536 || v <= d->dm->datasize - 8) ? OC_MP : OC_WMP;
		break;
	case DIS_AIMM:
		immediate(d, opd, v, o, oc);
		break;
	case DIS_AINDFP:
	case DIS_AINDMP:
		*oc = mode == DIS_AINDFP ? OC_IFP : OC_IMP;
		o->o1 = (uint16_t)v;
		o->o2 = (uint16_t)v2;
		break;
	}
}

static Type *
descriptor(Code *c, int32_t n)
{
	return n >= 0 && n < c->ntypes ? c->types[n] : NULL;
}

static void
decode(Decoder *d, int32_t i)
{
	const DisInst *in = &d->dm->code[i];
	const DisOp *op;
	Inst *t = &d->c->inst[i];
	bool newchan = false;

	memset(t, 0, sizeof *t);
	t->op = in->op < DIS_NOPS ? in->op : INOP;
	op = &dis_ops[t->op];
	switch (t->op) {
	case INEWCB:
	case INEWCW:
	case INEWCF:
	case INEWCP:
	case INEWCL:
	case INEWCM:
	case INEWCMP:
		newchan = true;
	}
	operand(d, op->src, DIS_SRCMODE(in->mode), in->src, in->src2, &t->s, &t->sc);
	operand(d, op->dst, DIS_DSTMODE(in->mode), in->dst, in->dst2, &t->d, &t->dc);
	switch (DIS_MIDMODE(in->mode)) {
	case DIS_MIMM:
		operand(d, op->mid, DIS_AIMM, in->mid, 0, &t->m, &t->mc);
		break;
	case DIS_MFP:
		operand(d, op->mid, DIS_AFP, in->mid & 0xffff, 0, &t->m, &t->mc);
		break;
	case DIS_MMP:
		operand(d, op->mid, DIS_AMP, in->mid & 0xffff, 0, &t->m, &t->mc);
		break;
	default:
		if (op->mid != 0) {
			t->m = t->d;
			t->mc = t->dc;
			if (newchan) {
				t->m.v = 0;
				t->mc = OC_IMM;
			}
		}
	}
	if ((op->src & DIS_KIND_MASK) == DIS_K_DESC && t->sc == OC_IMM)
		t->x = descriptor(d->c, t->s.v);
	else if ((op->mid & DIS_KIND_MASK) == DIS_K_DESC && t->mc == OC_IMM)
		t->x = descriptor(d->c, t->m.v);
	/* An immediate target, checked by the reader, becomes a distance. */
	if (op->flags & DIS_F_CHKPC && t->dc == OC_IMM)
		t->d.v -= i;
	t->go = interp_go(t->op, t->sc, t->mc, t->dc);
}

static const char *
decodeall(Code *c)
{
	Decoder d = {c, c->dm, 0, false};
	int32_t i;

	c->ninst = c->dm->ncode;
	c->inst = calloc((size_t)c->ninst + 1, sizeof *c->inst);
	if (c->inst == NULL)
		return "out of memory: main";
	pages_want(c->inst, ((size_t)c->ninst + 1) * sizeof *c->inst);
	for (i = 0; i < c->ninst; i++)
		decode(&d, i);
	if (d.nlit > 0) {
		c->lits = heap_alloc(POOL_MAIN, Traw, (uint64_t)d.nlit * 8);
		if (c->lits == 0)
			return "out of memory: main";
		d.nlit = 0;
		d.filling = true;
		for (i = 0; i < c->ninst; i++)
			decode(&d, i);
	}
	c->inst[c->ninst].op = INOP;
	c->inst[c->ninst].go = interp_go(INOP, OC_NONE, OC_NONE, OC_NONE);
	return NULL;
}

/* ------------------------------------------------------------ types, data */

static const char *
maketypes(Code *c)
{
	static const uint8_t none[1];
	const DisModule *dm = c->dm;
	const DisType *t;
	int32_t i;

	c->types = calloc((size_t)dm->ntypes + 1, sizeof *c->types);
	if (c->types == NULL)
		return "out of memory: main";
	c->ntypes = dm->ntypes;
	for (i = 0; i < dm->ntypes; i++) {
		t = dis_type(dm, i);
		if (t == NULL)
			continue;
		c->types[i] = type_get((uint32_t)t->size, t->nmap > 0 ? t->map : none, (uint32_t)t->nmap);
		if (c->types[i] == NULL)
			return "out of memory: main";
	}
	c->mpsize = (uint32_t)dm->datasize;
	if (dm->datasize > 0 && c->types[0] != NULL)
		c->mp = type_mp(c->types[0]);
	else
		c->mp = type_mp(Tword);
	if (c->mp == NULL)
		return "out of memory: main";
	if (c->mp->users != UINT32_MAX)
		c->mp->users++;
	return NULL;
}

/* Bytes of the image that an item changes or looks at. */
static uint64_t
stored(const DisData *d)
{
	switch (d->type) {
	case DIS_DEFB:
		return (uint64_t)d->count;
	case DIS_DEFW:
		return (uint64_t)d->count * 4;
	case DIS_DEFF:
	case DIS_DEFL:
		return (uint64_t)d->count * 8;
	case DIS_DAPOP:
		return 0;
	default:
		return sizeof(Aref);
	}
}

static const char *
makedata(Code *c)
{
	const DisModule *dm = c->dm;
	const DisData *it;
	Ref base, stack[DIS_MAXNEST], r, a;
	Arr arr;
	uint8_t *p;
	Type *t;
	uint64_t n;
	int depth = 0;
	int32_t i;

	base = c->image = heap_alloc(POOL_HEAP, c->mp, c->mp->size);
	if (c->image == 0) {
		c->image = H;
		return "out of memory: main";
	}
	p = ref2ptr(c->image);
	for (i = 0; i < (int32_t)c->mp->nref; i++)
		*(Aref *)(p + c->mp->ref[i]) = H;
	for (i = 0; i < dm->ndata; i++) {
		it = &dm->data[i];
		a = base + (uint32_t)it->off;
		n = stored(it);
		p = vm_mem(a, n);
		if (p == NULL && n > 0)
			return "implausible Dis file";
		if (n == 0 && it->type != DIS_DAPOP)
			continue;
		switch (it->type) {
		case DIS_DEFB:
			memcpy(p, it->u.bytes, (size_t)it->count);
			break;
		case DIS_DEFW:
			memcpy(p, it->u.words, (size_t)it->count * 4);
			break;
		case DIS_DEFF:
			memcpy(p, it->u.reals, (size_t)it->count * 8);
			break;
		case DIS_DEFL:
			memcpy(p, it->u.bigs, (size_t)it->count * 8);
			break;
		case DIS_DEFS:
			r = H;
			if (string_frombytes(NULL, &r, (uint8_t *)it->u.str, (size_t)it->count, true) < 0)
				return "out of memory: main";
			ref_set((Ref *)p, r);
			break;
		case DIS_DEFA:
			t = descriptor(c, it->u.array.desc);
			if (t == NULL)
				return "bad array type";
			if (it->u.array.len < 0 || (r = array_alloc(t, (uint32_t)it->u.array.len)) == 0)
				return "out of memory: main";
			ref_set((Ref *)p, r);
			break;
		case DIS_DIND:
			r = *(Aref *)p;
			if (!arena_ok(r))
				return "ind not array";
			t = heap_type(r);
			if (t == NULL || t->kind != TK_ARRAY)
				return "ind not array";
			arr = arr_get(r);
			if (it->u.index < 0 || (uint32_t)it->u.index > arr.len || depth >= DIS_MAXNEST)
				return "array init range";
			stack[depth++] = base;
			base = ptr2ref(arr.data) + (uint32_t)it->u.index * arr.esize;
			break;
		case DIS_DAPOP:
			if (depth == 0)
				return "pop range";
			base = stack[--depth];
			break;
		}
	}
	return NULL;
}

/* ------------------------------------------------------------ links, handlers */

static const char *
makelinks(Code *c)
{
	const DisModule *dm = c->dm;
	const DisHandler *h;
	Handler *t;
	Link *l;
	int32_t i, k;
	size_t n;

	c->link = calloc((size_t)dm->nlinks + 1, sizeof *c->link);
	if (c->link == NULL)
		return "out of memory: main";
	c->nlinks = dm->nlinks;
	for (i = 0; i < dm->nlinks; i++) {
		l = &c->link[i];
		l->name = dm->link[i].name;
		l->sig = dm->link[i].sig;
		l->pc = dm->link[i].pc;
		l->desc = dm->link[i].desc;
		l->frame = descriptor(c, l->desc);
		if (l->pc < 0 || l->pc >= c->ninst)
			l->pc = -1;
	}
	c->handler = calloc((size_t)dm->nhandlers + 1, sizeof *c->handler);
	if (c->handler == NULL)
		return "out of memory: main";
	for (i = 0; i < dm->nhandlers; i++) {
		h = &dm->handler[i];
		t = &c->handler[i];
		t->pc1 = h->pc1;
		t->pc2 = h->pc2;
		t->eoff = h->eoff;
		t->wild = h->wild;
		t->t = descriptor(c, h->desc);
		t->nlabel = h->nlabels;
		t->nexc = h->nexc < h->nlabels ? h->nexc : h->nlabels;
		if (t->nexc < 0)
			t->nexc = 0;
		t->label = calloc((size_t)h->nlabels + 1, sizeof *t->label);
		if (t->label == NULL)
			return "out of memory: main";
		c->nhandlers = i + 1;
		for (k = 0; k < h->nlabels; k++) {
			n = strlen(h->label[k].name);
			t->label[k].name = h->label[k].name;
			t->label[k].pattern = n > 0 && h->label[k].name[n - 1] == '*';
			t->label[k].len = (uint32_t)(t->label[k].pattern ? n - 1 : n);
			t->label[k].pc = h->label[k].pc < 0 ? c->ninst : h->label[k].pc;
		}
	}
	return NULL;
}

/* ------------------------------------------------------------ code */

static void
code_free(Code *c)
{
	int32_t i;

	if (c->prev != NULL || codes == c) {
		if (c->prev)
			c->prev->next = c->next;
		else
			codes = c->next;
		if (c->next)
			c->next->prev = c->prev;
	}
	debug_codegone(c);
	jit_detach(c);
	prof_codegone(c);
	refdec(c->image);
	if (c->lits != 0)
		heap_freeblock(c->lits);
	for (i = 0; i < c->ntypes; i++)
		type_put(c->types[i]);
	type_put(c->mp);
	for (i = 0; i < c->nhandlers; i++)
		free(c->handler[i].label);
	free(c->handler);
	free(c->link);
	free(c->types);
	free(c->inst);
	dis_free(c->dm);
	host_give(c->cost);
	free(c->path);
	free(c);
}

void
code_put(Code *c)
{
	if (--c->ref == 0 && c->builtin == NULL)
		code_free(c);
}

/* About what a module takes of the host's memory. */
static uint64_t
dis_cost(const DisModule *dm)
{
	uint64_t n = (uint64_t)dm->ncode * (sizeof(Inst) + sizeof(DisInst)) + (uint64_t)dm->nlinks * (sizeof(Link) + sizeof(DisLink));
	int32_t i;

	for (i = 0; i < dm->ntypes; i++)
		n += sizeof(DisType) + (uint64_t)dm->type[i].nmap;
	for (i = 0; i < dm->ndata; i++)
		n += sizeof(DisData) + 8 * (uint64_t)(dm->data[i].count > 0 ? dm->data[i].count : 0);
	for (i = 0; i < dm->nhandlers; i++)
		n += sizeof(Handler) + (uint64_t)dm->handler[i].nlabels * (sizeof(Handlerlabel) + sizeof(DisLabel));
	return n;
}

Code *
code_fromdis(const char *path, DisModule *dm, char *msg)
{
	Code *c = calloc(1, sizeof *c);
	const char *e;
	uint64_t cost = sizeof *c + dis_cost(dm);

	if (c != NULL && host_take(cost))
		c->cost = cost;
	if (c == NULL || c->cost == 0 || (c->path = strdup(path)) == NULL) {
		if (c != NULL)
			host_give(c->cost);
		free(c);
		dis_free(dm);
		strcpy(msg, "out of memory: main");
		return NULL;
	}
	c->ref = 1;
	c->dm = dm;
	c->name = dm->name;
	c->image = H;
	c->stackext = (uint32_t)dm->stackext;
	e = maketypes(c);
	if (e == NULL)
		e = makedata(c);
	if (e == NULL)
		e = decodeall(c);
	if (e == NULL)
		e = makelinks(c);
	if (e != NULL) {
		strcpy(msg, e);
		code_free(c);
		return NULL;
	}
	if ((uint32_t)dm->entrypc < (uint32_t)c->ninst && (uint32_t)dm->entrydesc < (uint32_t)c->ntypes) {
		c->entrypc = dm->entrypc;
		c->entry = c->types[dm->entrydesc];
	}
	jit_attach(c);
	c->next = codes;
	if (codes)
		codes->prev = c;
	codes = c;
	return c;
}

Code *
code_frombytes(const char *path, const void *p, size_t n, char *msg)
{
	DisError err;
	DisModule *dm = dis_read(p, n, &err);

	if (dm == NULL) {
		snprintf(msg, sizeof err.msg, "%s", err.msg);
		return NULL;
	}
	return code_fromdis(path, dm, msg);
}

static bool
samefile(const Code *c, const char *path, const Chan *ch, const StyxDir *d)
{
	return c->builtin == NULL && strcmp(c->path, path) == 0 && c->dc == ch->type->dc && c->dev == ch->dev &&
	       c->qpath == ch->qid.path && c->vers == ch->qid.vers && c->qtype == ch->qid.type && c->mtime == d->mtime;
}

/* The whole of an open file of that length, malloc'd. */
static uint8_t *
readall(Chan *ch, size_t len, size_t *got)
{
	uint8_t *b = malloc(len + 1);
	size_t n = 0;
	long k;

	if (b == NULL)
		return kerrorp("out of memory: main");
	while (n < len) {
		k = chan_read(ch, b + n, (long)(len - n), (int64_t)n);
		if (k < 0) {
			free(b);
			return NULL;
		}
		if (k == 0)
			break;
		n += (size_t)k;
	}
	*got = n;
	return b;
}

Code *
code_load(const char *path)
{
	char msg[160];
	StyxDir d;
	Chan *ch;
	Code *c = NULL;
	uint8_t *b = NULL;
	size_t n = 0;

	vm_release();
	ch = namec(path, Aopen, OREAD, 0);
	if (ch == NULL) {
		vm_acquire();
		return NULL;
	}
	memset(&d, 0, sizeof d);
	if (ch->type->stat(ch, &d) < 0)
		goto out;
	if (d.mode & STYX_DMDIR) {
		kerror("bad magic");
		goto out;
	}
	if ((int64_t)d.length < 0 || d.length >= DIS_MAXFILE) {
		kerror("implausible length");
		goto out;
	}
	vm_acquire();
	for (c = codes; c != NULL; c = c->next)
		if (samefile(c, path, ch, &d)) {
			c->ref++;
			break;
		}
	vm_release();
	if (c == NULL)
		b = readall(ch, d.length, &n);
out:
	if (b == NULL || c != NULL) {
		cclose(ch);
		dir_clear(&d);
		vm_acquire();
		return c;
	}
	vm_acquire();
	/* Another process may have been faster. */
	for (c = codes; c != NULL; c = c->next)
		if (samefile(c, path, ch, &d)) {
			c->ref++;
			break;
		}
	if (c == NULL && (c = code_frombytes(path, b, n, msg)) == NULL) {
		kerror("%s", msg);
	} else if (c->ref == 1) {
		c->dc = ch->type->dc;
		c->dev = ch->dev;
		c->qpath = ch->qid.path;
		c->vers = ch->qid.vers;
		c->qtype = ch->qid.type;
		c->mtime = d.mtime;
	}
	vm_release();
	cclose(ch);
	dir_clear(&d);
	free(b);
	vm_acquire();
	return c;
}
