/*
 * Instances of modules, references to them, linking, and the builtin modules.
 */
#include <stdio.h>
#include <stdlib.h>

#include "libinterp/mod/modtab.h"
#include "libinterp/vm.h"

#define X(m) extern const Builtinmod builtin_##m;
BUILTIN_MODULES(X)
#undef X

#define X(m) &builtin_##m,
static const Builtinmod *const builtins[] = {BUILTIN_MODULES(X) NULL};
#undef X

static Code *builtincode[nelem(builtins)]; /* NULL: not asked for yet */

/* ------------------------------------------------------------ builtin modules */

static Code *
makebuiltin(const Builtinmod *b)
{
	Code *c = calloc(1, sizeof *c);
	const Builtinfn *f;
	Link *l;
	int i;

	if (c == NULL)
		return kerrorp("%s", Enomem);
	c->ref = 1;
	c->builtin = b;
	c->path = c->name = (char *)(uintptr_t)b->name;
	c->image = H;
	c->mp = type_mp(Tword);
	c->link = calloc((size_t)b->nfn + 1, sizeof *c->link);
	if (c->link == NULL)
		goto nomem;
	c->nlinks = b->nfn;
	for (i = 0; i < b->nfn; i++) {
		f = &b->fn[i];
		l = &c->link[i];
		l->name = (char *)(uintptr_t)f->name;
		l->sig = f->sig;
		l->pc = l->desc = -1;
		l->fn = f->fn;
		l->varargs = f->varargs;
		l->frame = vm_type(f->size, (const uint8_t *)f->map, f->nmap);
		if (l->frame == NULL)
			goto nomem;
		l->nfixed = l->frame->nref;
	}
	if (b->init == NULL || b->init() == 0)
		return c;
	free(c->link);
	free(c);
	return NULL;
nomem:
	free(c->link);
	free(c);
	return kerrorp("%s", Enomem);
}

Code *
code_builtin(const char *name)
{
	int i;

	for (i = 0; builtins[i] != NULL; i++)
		if (strcmp(builtins[i]->name, name) == 0) {
			if (builtincode[i] == NULL && (builtincode[i] = makebuiltin(builtins[i])) == NULL)
				return NULL;
			builtincode[i]->ref++;
			return builtincode[i];
		}
	return kerrorp("module not built-in");
}

/* ------------------------------------------------------------ instances */

/* Copy the initial data: strings are shared, arrays copied. */
static bool
copydata(Code *c, Ref mp)
{
	Type *t = c->mp;
	uint8_t *p = ref2ptr(mp);
	uint32_t i;
	Ref r, nr;
	Arr a;

	memcpy(p, ref2ptr(c->image), t->size);
	for (i = 0; i < t->nref; i++) {
		r = *(Aref *)(p + t->ref[i]);
		a = arr_get(r);
		if (r == H)
			continue;
		if (a.data == NULL) {
			refinc(r);
			continue;
		}
		nr = array_alloc(a.elem, a.len);
		if (nr == 0) {
			for (; i < t->nref; i++)
				*(Aref *)(p + t->ref[i]) = H;
			return false;
		}
		memcpy(ref2ptr(nr + 16), a.data, (size_t)a.len * a.esize);
		heap_increfs(a.elem, a.data, a.len);
		*(Aref *)(p + t->ref[i]) = nr;
	}
	return true;
}

Module *
module_new(Code *c)
{
	Module *m = host_alloc(sizeof *m);

	if (m == NULL) {
		code_put(c);
		return NULL;
	}
	m->h.kind = TK_MP;
	m->h.obj = H;
	m->ref = 1;
	m->code = c;
	if (c->builtin != NULL)
		return m;
	m->mp = heap_alloc(POOL_HEAP, c->mp, c->mp->size);
	if (m->mp != 0 && !copydata(c, m->mp)) {
		refdec(m->mp);
		m->mp = 0;
	}
	if (m->mp == 0 || heap_sethost(m->mp, &m->h) < 0) {
		if (m->mp != 0)
			refdec(m->mp);
		host_free(m, sizeof *m);
		code_put(c);
		return NULL;
	}
	return m;
}

void
module_destroyed(Module *m)
{
	m->h.obj = H;
	m->mp = 0;
}

void
module_put(Module *m)
{
	uint32_t ix;
	Chunk *c;

	if (--m->ref > 0)
		return;
	if (m->mp != 0) {
		c = heap_find(m->mp, &ix);
		if (c != NULL && c->host != NULL && c->host[ix] == &m->h)
			c->host[ix] = NULL;
		refdec(m->mp);
	}
	code_put(m->code);
	host_free(m, sizeof *m);
}

/* ------------------------------------------------------------ references */

/* The link of that name; *hint is where to look first. */
static Link *
find(Code *c, const char *name, int32_t *hint)
{
	int32_t i, k;

	for (i = 0; i < c->nlinks; i++) {
		k = *hint + i;
		if (k >= c->nlinks)
			k -= c->nlinks;
		if (strcmp(c->link[k].name, name) == 0) {
			*hint = k + 1 < c->nlinks ? k + 1 : 0;
			return &c->link[k];
		}
	}
	return NULL;
}

static size_t
fnsize(const Modlink *ml)
{
	return ((size_t)ml->nfn + 1) * sizeof(Link *);
}

static void
freelink(Modlink *ml)
{
	host_free(ml->fn, fnsize(ml));
	host_free(ml, sizeof *ml);
}

int
modlink_new(Ref *dst, Module *m, const DisImports *il)
{
	Modlink *ml = host_alloc(sizeof *ml);
	Code *c = m->code;
	int32_t i, hint = 0;
	char msg[ERRMAX], *line;
	Link *l;
	Ref r;
	int n;

	if (ml == NULL)
		return -1;
	ml->h.kind = TK_MODULE;
	ml->m = m;
	ml->nfn = -1;
	if (il != NULL) {
		ml->nfn = il->n;
		ml->fn = host_alloc(fnsize(ml));
		if (ml->fn == NULL)
			goto nomem;
		for (i = 0; i < il->n; i++) {
			l = find(c, il->item[i].name, &hint);
			if (l == NULL || l->sig != il->item[i].sig) {
				snprintf(msg, sizeof msg, "link typecheck %s->%s() %x/%x", c->name, il->item[i].name,
					 l != NULL ? l->sig : 0, il->item[i].sig);
				n = asprintf(&line, "%s: %s\n", c->path, msg);
				if (n >= 0) {
					console_write(2, line, n);
					free(line);
				}
				kerror("%s", msg);
				freelink(ml);
				return 1;
			}
			ml->fn[i] = l;
		}
	}
	r = heap_alloc(POOL_HEAP, Tmodule, 8);
	if (r == 0)
		goto nomem;
	stw(r, m->mp != 0 ? m->mp : H);
	if (heap_sethost(r, &ml->h) < 0) {
		refdec(r);
		goto nomem;
	}
	m->ref++;
	ref_set(dst, r);
	return 0;
nomem:
	freelink(ml);
	return -1;
}

uint32_t modlink_gens[NLINKGEN] = {[0 ... NLINKGEN - 1] = 1};

void
modlink_free(Modlink *ml)
{
	if (ml->m->mp != 0)
		ref_moved(ml->m->mp); /* a process may be running in it */
	++modlink_gens[(ml->h.obj >> 3) % NLINKGEN];
	module_put(ml->m);
	freelink(ml);
}

Link *
modlink_fn(Modlink *ml, int32_t idx)
{
	Code *c = ml->m->code;

	if (idx < 0) {
		idx = -(idx + 1);
		return idx >= 0 && idx < c->nlinks ? &c->link[idx] : NULL;
	}
	if (ml->nfn < 0)
		return idx < c->nlinks ? &c->link[idx] : NULL;
	return idx < ml->nfn ? ml->fn[idx] : NULL;
}

int
vm_load(Prog *p, const char *path, Module *self, int32_t il, Ref *dst)
{
	DisModule *dm = self->code->dm;
	Module *m;
	Code *c;
	Ref r = H;
	int k;

	if (dm == NULL || !(dm->flags & DIS_HASLDT) || il < 0 || il >= dm->nimports)
		return vm_raise(p, "obsolete dis");
	if (strcmp(path, "$self") == 0) {
		m = self;
		m->ref++;
	} else {
		c = path[0] == '$' ? code_builtin(path) : code_load(path);
		m = NULL;
		if (c != NULL) {
			m = module_new(c);
			if (m == NULL)
				kerror("out of memory: heap");
		}
	}
	if (m != NULL) {
		k = modlink_new(&r, m, &dm->import[il]);
		if (k < 0)
			kerror("out of memory: main");
		module_put(m);
	}
	ref_set(dst, r);
	if (r != H)
		debug_loaded(p, path);
	return 0;
}
