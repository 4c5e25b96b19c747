/*
 * Code generation: the unit. Gives variables their places, has all functions compiled, and when everything is known
 * (which constants, descriptors, members of other modules are used) lays out module data, numbers descriptors, and
 * turns symbolic operands into those of a DisModule.
 */
#include <stdlib.h>
#include <string.h>

#include "limbo/gen.h"

/* ------------------------------------------------------------------ variables */

static Item *
variable(Gen *g, Decl *d)
{
	Map m = { .g = g };
	int size, align;
	Item *it;

	if (types_isptr(d->ty)) {
		size = align = 4;
		map_set(&m, 0);
	} else {
		size = types_size(g->l, d->ty);
		align = d->ty->align > 0 ? d->ty->align : 1;
		map_type(&m, d->ty, 0);
	}
	it = item_new(g, desc_intern(g, size, m.p, m.n), align);
	it->decl = d;
	return it;
}

/* The data of the interface lie first, in the order of their names: other modules count on it. */
static void
interface_data(Gen *g)
{
	Unit *u = &g->l->unit;
	int nfns, i, off = 0;
	Decl *d;

	if (u->nimpls == 0)
		return;
	g->data = types_members(g->l, u->modules[0]->ty, &g->ndata, &nfns);
	for (i = 0; i < g->ndata; i++) {
		Item *it = NULL;

		for (d = u->globals; d; d = d->next)
			if (d->sym == g->data[i]->sym && d->inmodule)
				it = d->aux;
		if (!it)
			it = variable(g, g->data[i]);
		off = (off + it->align - 1) / it->align * it->align;
		it->fixed = true;
		it->off = off;
		off += it->shape->size;
		g->data[i]->aux = it;
	}
}

static void
variables(Gen *g)
{
	Decl *d;

	for (d = g->l->unit.globals; d; d = d->next)
		d->aux = d->kind == Dglobal ? variable(g, d) : NULL;
	interface_data(g);
	for (d = g->l->unit.globals; d; d = d->next)
		if (d->kind == Dglobal)
			data_global(g, d);
}

/* ------------------------------------------------------------------ functions */

static void
functions(Gen *g)
{
	Unit *u = &g->l->unit;
	bool more;
	Func *f;
	int i;

	for (i = 0; i < u->nfns; i++) {
		f = lalloc(g->l, sizeof *f);
		f->decl = u->fns[i];
		f->entry = lalloc(g->l, sizeof *f->entry);
		f->link = -1;
		u->fns[i]->aux = f;
	}
	for (i = 0; i < u->nifacefns; i++) {
		Decl *d = u->ifacefns[i];

		if (d->target && d->target->aux)
			d->target->reached = true;
	}
	/* what is reached only from code that came out as dead is still compiled: the checker's word counts */
	do {
		more = false;
		for (i = 0; i < u->nfns; i++) {
			f = u->fns[i]->aux;
			if (f->done || !(f->decl->reached || f->exported))
				continue;
			gen_function(g, f);
			more = true;
		}
	} while (more);
}

/* ------------------------------------------------------------------- assembly */

static void
keep(Func **work, int *n, Func *f)
{
	if (f->done && !f->kept) {
		f->kept = true;
		work[(*n)++] = f;
	}
}

/* Finds the functions that something in the object needs. */
static void
keep_needed(Gen *g)
{
	Unit *u = &g->l->unit;
	Func **work = lalloc(g->l, (size_t)(u->nfns + 1) * sizeof *work), *f;
	int nwork = 0, i;

	for (i = 0; i < u->nfns; i++)
		((Func *)u->fns[i]->aux)->exported = false;
	for (i = 0; i < u->nifacefns; i++)
		keep(work, &nwork, func_of(g, u->ifacefns[i]));
	while (nwork > 0) {
		f = work[--nwork];
		for (i = 0; i < f->nlater; i++) {
			const Addr *a = &f->later[i].a;

			if (a->kind == Aself)
				a->fn->exported = true;
			if (a->kind == Aself || a->kind == Aentry || a->kind == Aframe)
				keep(work, &nwork, a->fn);
		}
	}
	g->kept = work;
	for (i = 0; i < u->nfns; i++) {
		f = u->fns[i]->aux;
		if (f->kept)
			g->kept[g->nkept++] = f;
	}
}

/* Puts those functions together, in the order of the source. */
static void
assemble(Gen *g)
{
	Handler **last = &g->handlers, *h;
	int i, total = 0;
	Label *lb;
	Func *f;

	for (i = 0; i < g->nkept; i++) {
		f = g->kept[i];
		f->base = total;
		total += f->ncode;
		for (lb = f->labels; lb; lb = lb->next)
			lb->pc += f->base;
		for (h = f->handlers; h; h = h->next) {
			*last = h;
			last = &h->next;
		}
		if (f->frame->size > g->maxframe)
			g->maxframe = f->frame->size;
	}
	g->ncode = total;
	if (!g->l->o.symbols)
		return;
	g->code = lalloc(g->l, (size_t)(total + 1) * sizeof *g->code);
	for (i = 0; i < g->nkept; i++)
		if (g->kept[i]->ncode > 0)
			memcpy(g->code + g->kept[i]->base, g->kept[i]->insts, (size_t)g->kept[i]->ncode * sizeof *g->code);
}

/* ---------------------------------------------------------------- descriptors */

static int
bysize(const void *a, const void *b)
{
	const Desc *x = *(Desc *const *)a, *y = *(Desc *const *)b;

	if (x->size != y->size)
		return x->size < y->size ? -1 : 1;
	if (x->nmap != y->nmap)
		return x->nmap < y->nmap ? -1 : 1;
	return x->nmap > 0 ? memcmp(x->map, y->map, (size_t)x->nmap) : 0;
}

static bool
descriptors(Gen *g)
{
	Map m = { .g = g };
	Desc **v, *d;
	Item *it;
	int n = 0, i;

	for (it = g->items; it; it = it->next)
		if (it->off >= 0)
			map_desc(&m, it->shape, it->off);
	if (m.n > DIS_MAXMAP) {
		lerror(g->l, (Pos){ 0 }, "module data too large");
		g->failed = true;
	}
	if (!dis_add_type(g->m, 0, g->m->datasize, m.p, m.n))
		return false;
	for (i = 0; i < 256; i++)
		for (d = g->descs[i]; d; d = d->next)
			n += d->used;
	v = lalloc(g->l, (size_t)(n + 1) * sizeof *v);
	n = 0;
	for (i = 0; i < 256; i++)
		for (d = g->descs[i]; d; d = d->next)
			if (d->used)
				v[n++] = d;
	if (n > 1)
		qsort(v, (size_t)n, sizeof *v, bysize);
	if (n > 32000) {
		lerror(g->l, (Pos){ 0 }, "too many type descriptors");
		g->failed = true;
	}
	for (i = 0; i < n; i++) {
		v[i]->num = i + 1;
		if (v[i]->nmap > DIS_MAXMAP) {
			lerror(g->l, (Pos){ 0 }, "type is too large");
			g->failed = true;
			break;
		}
		if (!dis_add_type(g->m, i + 1, v[i]->size, v[i]->map, v[i]->nmap))
			return false;
	}
	return true;
}

/* ----------------------------------------------------------------------- code */

/* Marks the descriptors that instructions name; some were only wanted by code that is gone. */
static void
mark_used(Gen *g)
{
	Handler *h;
	Desc *d;
	Item *it;
	int i, k;

	for (i = 0; i < 256; i++)
		for (d = g->descs[i]; d; d = d->next)
			d->used = false;
	for (i = 0; i < g->nkept; i++) {
		g->kept[i]->frame->used = true;
		for (k = 0; k < g->kept[i]->nlater; k++) {
			const Addr *a = &g->kept[i]->later[k].a;

			if (a->kind == Adesc)
				a->desc->used = true;
		}
	}
	for (i = 0; i < g->nlinks; i++)
		g->links[i]->frame->used = true;
	for (h = g->handlers; h; h = h->next)
		if (h->desc)
			h->desc->used = true;
	for (it = g->items; it; it = it->next) {
		Init *in = it->init;

		if (it->off < 0)
			continue;
		for (i = 0; i < it->ninit; i++)
			if (in[i].kind == Iarray) {
				Init *stack[8] = { &in[i] };
				int at[8] = { -1 }, depth = 1;

				/* arrays within arrays, at most four deep */
				while (depth > 0) {
					Init *a = stack[depth - 1];
					int j = ++at[depth - 1];

					if (j == 0)
						a->array.desc->used = true;
					if (j >= a->array.nelems) {
						depth--;
					} else if (a->array.elems[j].kind == Iarray && depth < 8) {
						stack[depth] = &a->array.elems[j];
						at[depth++] = -1;
					}
				}
			}
	}
}

/* The number that an operand of f stands for. */
static int32_t
number(Gen *g, const Func *f, const Addr *a)
{
	int pos;

	switch (a->kind) {
	case Apc:
		return f->base + a->off;
	case Adesc:
		return a->desc->num;
	case Aframe:
		return a->fn->frame->num;
	case Aentry:
		return a->fn->entry->pc;
	case Alink:
		return a->mod->index[a->off];
	case Aself:
		pos = a->fn->link + (g->dotmp ? 1 : 0);
		return a->off2 ? -(pos + 1) : pos;
	case Aload:
		return a->mod->list;
	case Aown:
		return g->ownlist;
	case Amp:
	case Aindmp:
		return a->item->off + a->off;
	default:
		return 0;
	}
}

static bool
code(Gen *g)
{
	DisInst *code = dis_add_code(g->m, g->ncode);
	int i, k;

	if (!code)
		return false;
	for (i = 0; i < g->nkept; i++) {
		const Func *f = g->kept[i];

		if (f->ncode > 0)
			memcpy(code + f->base, f->code, (size_t)f->ncode * sizeof *code);
		for (k = 0; k < f->nlater; k++) {
			const Later *w = &f->later[k];
			DisInst *in = &code[f->base + w->pc];
			int32_t v = number(g, f, &w->a);

			if (w->operand == 0) {
				in->src = v;
			} else if (w->operand == 2) {
				in->dst = v;
			} else {
				in->mid = v;
				if (DIS_MIDMODE(in->mode) == DIS_MIMM && (v < -32768 || v > 32767)) {
					lerror(g->l, f->decl->src.start, "module is too large");
					g->failed = true;
					return true;
				}
			}
		}
	}
	return true;
}

static bool
handlers(Gen *g)
{
	Handler *h;
	int i;

	for (h = g->handlers; h; h = h->next) {
		DisHandler *d = dis_add_handler(g->m);

		if (!d)
			return false;
		g->m->flags |= DIS_HASEXCEPT;
		d->eoff = h->varoff;
		d->pc1 = h->from->pc;
		d->pc2 = h->to->pc;
		d->desc = h->desc ? h->desc->num : -1;
		d->nexc = h->nexc;
		d->wild = h->wild ? h->wild->pc : -1;
		for (i = 0; i < h->nlabels; i++) {
			char *name = lalloc(g->l, (size_t)h->labels[i].len + 1);

			memcpy(name, h->labels[i].name, h->labels[i].len);
			if (!dis_add_label(g->m, d, name, h->labels[i].label->pc))
				return false;
		}
	}
	return true;
}

/* Names of the implemented modules, joined; cut as loaders expect. */
static char *
module_name(Gen *g)
{
	Unit *u = &g->l->unit;
	const char *s = "";
	size_t n;
	int i;

	for (i = 0; i < u->nimpls; i++)
		s = i == 0 ? u->impls[i]->name : lprintf(g->l, "%s+%s", s, u->impls[i]->name);
	n = strlen(s);
	if (n > 63) {
		n = 63;
		while (n > 0 && ((uint8_t)s[n] & 0xc0) == 0x80)
			n--;
	}
	return dis_strndup(g->m, s, n);
}

static void
entry(Gen *g)
{
	Unit *u = &g->l->unit;
	int i;

	g->m->entrypc = g->m->entrydesc = -1;
	for (i = 0; i < g->niface; i++) {
		Decl *d = g->linkdecls[i];

		if (strcmp(d->sym->name, "init") != 0 || (d->dot && d->dot->ty && d->dot->ty->kind == Tadt))
			continue;
		if (u->nimpls > 1 && d->dot && d->dot != u->modules[0] && g->m->entrypc >= 0)
			continue;
		g->m->entrypc = g->links[i]->entry->pc;
		g->m->entrydesc = g->links[i]->frame->num;
		return;
	}
}

void
gen_abandon(Limbo *l)
{
	Gen *g = l->gen;

	if (!g)
		return;
	dis_free(g->m);
	g->m = NULL;
}

DisModule *
gen_unit(Limbo *l)
{
	Gen *g = lalloc(l, sizeof *g);
	bool ok;

	g->l = l;
	l->gen = g;
	g->m = dis_new();
	if (!g->m) {
		lfatal(l, "out of memory");
		return NULL;
	}
	g->ownlist = -1;
	variables(g);
	functions(g);
	if (g->failed || l->nerrors > 0) {
		gen_abandon(l);
		return NULL;
	}
	keep_needed(g);
	links_make(g);
	imports_make(g);
	data_layout(g);
	opt_legalise(g);
	assemble(g);
	if (!g->failed)
		mark_used(g);
	ok = !g->failed && descriptors(g) && code(g) && handlers(g);
	if (ok && !g->failed) {
		data_write(g);
		links_write(g);
		entry(g);
		g->m->name = module_name(g);
		g->m->source = dis_strdup(g->m, l->o.path ? l->o.path : "");
		g->m->stackext = l->o.stackextent > 0 ? l->o.stackextent : g->maxframe * 10 > 320 ? g->maxframe * 10 : 320;
		if (l->o.mustcompile)
			g->m->flags |= DIS_MUSTCOMPILE;
		if (l->o.dontcompile)
			g->m->flags |= DIS_DONTCOMPILE;
	}
	if (!ok || g->failed || l->nerrors > 0 || !g->m->name) {
		if (l->nerrors == 0)
			lfatal(l, "out of memory");
		gen_abandon(l);
		return NULL;
	}
	return g->m;
}

/* ------------------------------------------------------------- annotations */

/* The names of what an operand addresses, if it has any: "x" of a variable. */
static const char *
operand_name(Gen *g, Addr a)
{
	Decl *d;

	switch (a.kind) {
	case Amp:
	case Aindmp:
		return a.item->decl && a.item->decl->sym ? a.item->decl->sym->name : NULL;
	case Afp:
	case Aindfp:
		if (a.slot->off < DIS_FRAME_ARGS || a.slot->temp)
			return NULL;
		for (int i = 0; i < g->l->unit.nfns; i++) {
			Decl *fn = g->l->unit.fns[i];

			for (d = fn->ty->ids; d; d = d->next)
				if (d->aux == a.slot)
					return d->sym ? d->sym->name : NULL;
			for (d = fn->locals; d; d = d->next)
				if (d->aux == a.slot)
					return d->sym ? d->sym->name : NULL;
		}
		return NULL;
	case Aentry:
		return member_name(g, a.fn->decl);
	case Alink:
		return member_name(g, a.mod->members[a.mod->ndata + a.off]);
	default:
		return NULL;
	}
}

const char *
gen_note(Limbo *l, int pc)
{
	Gen *g = l->gen;
	const char *file = NULL, *s, *name;
	int line = 0, col = 0, k;
	Inst *in;

	if (!g || !l->o.symbols || pc < 0 || pc >= g->ncode)
		return NULL;
	in = &g->code[pc];
	if (in->src.start.line <= 0)
		return NULL;
	poswhere(l, in->src.start, &file, &line, &col);
	s = lprintf(l, "%s:%d:", file ? file : "?", line);
	for (k = 0; k < 3; k++) {
		name = operand_name(g, k == 0 ? in->s : k == 1 ? in->m : in->d);
		if (name)
			s = lprintf(l, "%s %s", s, name);
	}
	return s;
}
