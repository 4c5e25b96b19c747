/*
 * $Loader: modules taken apart and made in memory, loader(2). The one builtin module that looks inside the machine.
 *
 * A module that a program makes goes the way of one in a file: it is written as an object file and read again, so that
 * everything a file is checked for is checked. What is added to it later (types, links) is put into its code.
 */
#include <stdlib.h>
#include <string.h>

#include "libinterp/mod/builtins.h"
#include "libinterp/jit/jit.h"
#include "libinterp/vm.h"

BUILTIN_DECLS(Loader)

enum { MAXLINK = 65536, MAXTYPES = 65536 };

/* Values of Limbo, as loader.m declares them. */
typedef struct Linst {
	uint8_t op, addr, pad[2];
	int32_t src, mid, dst;
} Linst;

typedef struct Ltype {
	int32_t size;
	Ref map;
} Ltype;

typedef struct Llink {
	Ref name;
	int32_t sig, pc, tdesc;
} Llink;

static Type *Tinst, *Ttype, *Tlink;

static int
loaderinit(void)
{
	Tinst = vm_type(sizeof(Linst), (const uint8_t *)"", 0);
	Ttype = vm_type(sizeof(Ltype), (const uint8_t *)"\x40", 1);
	Tlink = vm_type(sizeof(Llink), (const uint8_t *)"\x80", 1);
	return Tinst != NULL && Ttype != NULL && Tlink != NULL ? 0 : kerror("%s", Enomem);
}

/* The module behind a reference, or NULL with the error string set. */
static Module *
module(Ref r)
{
	Modlink *ml = r != H ? heap_host(r, TK_MODULE) : NULL;

	if (ml == NULL)
		return kerrorp("nil mp");
	return ml->m;
}

/* The same, of a module that newmod made. */
static Code *
made(Ref r)
{
	Module *m = module(r);

	if (m == NULL)
		return NULL;
	if (m->code->dm == NULL || !(m->code->dm->flags & DIS_DYNMOD))
		return kerrorp("need newmod");
	return m->code;
}

/* ------------------------------------------------------------ taking apart */

static int32_t
pack(int mode, int32_t v, int32_t v2)
{
	return mode & DIS_AIND && mode <= DIS_AINDFP ? (int32_t)((uint32_t)v << 16 | (v2 & 0xffff)) : v;
}

int
Loader_ifetch(Prog *p, void *fp)
{
	struct F_Loader_ifetch *f = fp;
	Module *m = module(f->a0);
	const DisModule *dm = m != NULL ? m->code->dm : NULL;
	const DisInst *in;
	Linst l;
	Ref r = H;
	Arr a;

	if (m != NULL && dm == NULL)
		kerror("builtin module");
	if (dm == NULL) {
		vm_retref(fp, H);
		return 0;
	}
	if (arr_new(p, &r, Tinst, (uint32_t)dm->ncode) < 0)
		return -1;
	a = arr_get(r);
	for (uint32_t i = 0; i < a.len; i++) {
		in = &dm->code[i];
		l = (Linst){
			.op = in->op,
			.addr = in->mode,
			.src = pack(DIS_SRCMODE(in->mode), in->src, in->src2),
			.mid = in->mid,
			.dst = pack(DIS_DSTMODE(in->mode), in->dst, in->dst2),
		};
		memcpy(a.data + i * sizeof l, &l, sizeof l);
	}
	vm_retref(fp, r);
	return 0;
}

int
Loader_tdesc(Prog *p, void *fp)
{
	struct F_Loader_tdesc *f = fp;
	Module *m = module(f->a0);
	Code *c = m != NULL ? m->code : NULL;
	Ref r = H;
	Ltype *t;
	Arr a;

	if (c == NULL) {
		vm_retref(fp, H);
		return 0;
	}
	if (arr_new(p, &r, Ttype, (uint32_t)c->ntypes) < 0)
		return -1;
	a = arr_get(r);
	for (uint32_t i = 0; i < a.len; i++) {
		if (c->types[i] == NULL)
			continue;
		t = (Ltype *)(a.data + i * sizeof *t);
		t->size = (int32_t)c->types[i]->size;
		if (c->types[i]->nmap > 0 && arr_setbytes(p, &t->map, c->types[i]->map, c->types[i]->nmap) < 0) {
			ref_dec(r);
			return -1;
		}
	}
	vm_retref(fp, r);
	return 0;
}

int
Loader_link(Prog *p, void *fp)
{
	struct F_Loader_link *f = fp;
	Module *m = module(f->a0);
	Code *c = m != NULL ? m->code : NULL;
	const Link *l;
	Ref r = H;
	Llink *t;
	Arr a;

	if (c == NULL) {
		vm_retref(fp, H);
		return 0;
	}
	if (arr_new(p, &r, Tlink, (uint32_t)c->nlinks) < 0)
		return -1;
	a = arr_get(r);
	for (uint32_t i = 0; i < a.len; i++) {
		l = &c->link[a.len - 1 - i];
		t = (Llink *)(a.data + i * sizeof *t);
		t->sig = (int32_t)l->sig;
		t->pc = l->pc;
		t->tdesc = l->desc;
		if (str_setc(p, &t->name, l->name) < 0) {
			ref_dec(r);
			return -1;
		}
	}
	vm_retref(fp, r);
	return 0;
}

/* ------------------------------------------------------------ making */

int
Loader_dnew(Prog *p, void *fp)
{
	struct F_Loader_dnew *f = fp;
	int32_t size = f->a0;
	Ref map = f->a1, r = H;
	Arr a = arr_bytes(map);
	Type *t;
	int e;

	if (map == H || size < 0 || size > DIS_MAXOPERAND) {
		kerror("%s", Ebadarg);
		vm_retref(fp, H);
		return 0;
	}
	t = type_get((uint32_t)size, a.len > 0 ? a.data : (const uint8_t *)"", a.len);
	if (t == NULL)
		return vm_raise(p, "out of memory: main");
	e = adt_new(p, &r, t);
	type_put(t);
	if (e < 0)
		return -1;
	vm_retref(fp, r);
	return 0;
}

static void
unpack(int mode, int32_t v, int32_t *a, int32_t *b)
{
	*a = v;
	*b = 0;
	if (mode == DIS_AINDFP || mode == DIS_AINDMP) {
		*a = (int32_t)((uint32_t)v >> 16);
		*b = v & 0xffff;
	} else if (mode == DIS_AXXX)
		*a = 0;
}

/*
 * The object file of a module with these instructions, type 0 for its data, and nlink links that lead nowhere yet. False
 * with the error string set.
 */
static bool
objectfile(DisBuf *b, const char *name, int32_t ss, int32_t nlink, Arr inst, const Type *t)
{
	DisModule *dm = dis_new();
	DisError err;
	DisInst in;
	Linst l;
	bool ok = false;

	if (dm == NULL || (dm->name = dis_strdup(dm, name)) == NULL)
		goto nomem;
	dm->stackext = ss;
	dm->datasize = (int32_t)t->size;
	if (dis_add_type(dm, 0, (int32_t)t->size, t->map, (int32_t)t->nmap) == NULL)
		goto nomem;
	for (uint32_t i = 0; i < inst.len; i++) {
		memcpy(&l, inst.data + i * sizeof l, sizeof l);
		in = (DisInst){.op = l.op, .mode = l.addr, .mid = DIS_MIDMODE(l.addr) != DIS_MXXX ? l.mid : 0};
		unpack(DIS_SRCMODE(l.addr), l.src, &in.src, &in.src2);
		unpack(DIS_DSTMODE(l.addr), l.dst, &in.dst, &in.dst2);
		if (dis_add_inst(dm, &in) == NULL)
			goto nomem;
	}
	for (int32_t i = 0; i < nlink; i++)
		if (dis_add_link(dm, -1, -1, 0, "") == NULL)
			goto nomem;
	ok = dis_write(dm, b, &err);
	if (!ok)
		kerror("%s", err.msg);
	dis_free(dm);
	return ok;
nomem:
	kerror("%s", Enomem);
	dis_free(dm);
	return false;
}

int
Loader_newmod(Prog *p, void *fp)
{
	struct F_Loader_newmod *f = fp;
	int32_t ss = f->a1, nlink = f->a2;
	Ref rinst = f->a3, data = f->a4, r = H;
	Arr inst = arr_of(rinst, Tinst);
	const Type *t = arena_ok(data) && adt_get(data, 0) != NULL ? heap_type(data) : NULL;
	char name[DIS_MAXNAME], msg[160];
	DisBuf b = {0};
	Code *c = NULL;
	Module *m = NULL;
	int k;

	str_copy(f->a0, name, sizeof name);
	if (rinst == H || t == NULL || t->kind != TK_ADT || adt_get(data, t->size) == NULL || t->size > DIS_MAXOPERAND)
		kerror("nil parameters");
	else if (nlink < 0 || nlink > MAXLINK)
		kerror("bad nlink");
	else if (ss < 0 || ss > DIS_MAXOPERAND)
		kerror("%s", Ebadarg);
	else if (objectfile(&b, name, ss, nlink, inst, t)) {
		c = code_frombytes(name, b.p, b.n, msg);
		if (c == NULL)
			kerror("%s", msg);
	}
	dis_buffree(&b);
	if (c != NULL) {
		c->dm->flags |= DIS_DYNMOD;
		m = module_new(c);
		if (m == NULL)
			return vm_raise_heap(p);
		if (t->size > 0) {
			memcpy(ref2ptr(m->mp), ref2ptr(data), t->size);
			heap_increfs(t, ref2ptr(m->mp), 1);
		}
		k = modlink_new(&r, m, NULL);
		module_put(m);
		if (k < 0)
			return vm_raise(p, "out of memory: main");
	}
	vm_retref(fp, r);
	return 0;
}

/* Instructions that name type n were decoded before it existed. */
static void
settype(Code *c, int32_t n, Type *t)
{
	for (int32_t i = 0; i < c->ninst; i++) {
		Inst *in = &c->inst[i];
		const DisOp *op = &dis_ops[in->op];
		if ((op->src & DIS_KIND_MASK) == DIS_K_DESC) {
			if (in->sc == OC_IMM && in->s.v == n)
				in->x = t;
		} else if ((op->mid & DIS_KIND_MASK) == DIS_K_DESC && in->mc == OC_IMM && in->m.v == n)
			in->x = t;
	}
}

static int
addtype(Code *c, int32_t size, Arr map)
{
	const uint8_t *bits = map.len > 0 ? map.data : (const uint8_t *)"";
	int32_t n = c->ntypes;
	Type *t, **types;

	if (size < 0 || size > DIS_MAXOPERAND || n >= MAXTYPES)
		return kerror("%s", Ebadarg);
	t = type_get((uint32_t)size, bits, map.len);
	if (t == NULL)
		return kerror("%s", Enomem);
	types = realloc(c->types, ((size_t)n + 2) * sizeof *types);
	if (types == NULL) {
		type_put(t);
		return kerror("%s", Enomem);
	}
	types[n] = t;
	c->types = types;
	c->ntypes = n + 1;
	settype(c, n, t);
	return n;
}

int
Loader_tnew(Prog *p, void *fp)
{
	struct F_Loader_tnew *f = fp;
	Code *c = made(f->a0);

	(void)p;
	vm_retint(fp, c != NULL ? addtype(c, f->a1, arr_bytes(f->a2)) : -1);
	return 0;
}

static int
setlink(Code *c, int32_t idx, int32_t pc, int32_t tdesc)
{
	Link *l;

	if (tdesc < 0 || tdesc >= c->ntypes || c->types[tdesc] == NULL)
		return kerror("bad tdesc");
	if (pc < 0 || pc >= c->ninst)
		return kerror("bad pc");
	if (idx < 0 || idx >= c->nlinks)
		return kerror("bad idx");
	l = &c->link[idx];
	l->pc = pc;
	l->desc = tdesc;
	l->frame = c->types[tdesc];
	return 0;
}

int
Loader_ext(Prog *p, void *fp)
{
	struct F_Loader_ext *f = fp;
	Code *c = made(f->a0);

	(void)p;
	vm_retint(fp, c != NULL ? setlink(c, f->a1, f->a2, f->a3) : -1);
	return 0;
}

int
Loader_compile(Prog *p, void *fp)
{
	struct F_Loader_compile *f = fp;
	Module *m = module(f->a0);
	int r = m != NULL ? 0 : -1;

	(void)p;
	/* Functions are compiled when they are called, and their instructions stay; there is nothing to be done in advance. */
	if (m != NULL && m->code->compiled)
		r = kerror("compiled module");
	else if (m != NULL)
		m->code->compiled = jit_level() > 0 || f->a1 != 0;
	vm_retint(fp, r);
	return 0;
}

BUILTIN_MODULE(Loader, loaderinit)
