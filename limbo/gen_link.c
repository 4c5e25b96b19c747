/*
 * Code generation: what the module shows to others, and what it wants of them. The link table has the interface's
 * functions and those to which references are made; each import list what is used of one module type, or all of it if values of
 * that type can cross a module boundary, since then both sides must count alike.
 */
#include <stdlib.h>
#include <string.h>

#include "limbo/gen.h"

/* A set of types already walked, by address. */
typedef struct Seen Seen;
struct Seen {
	Type **v;
	size_t n, cap;
};

static bool
see(Gen *g, Seen *s, Type *t)
{
	size_t i, cap;
	Type **old = s->v;

	if (s->n * 2 >= s->cap) {
		cap = s->cap;
		s->cap = cap ? cap * 2 : 64;
		s->v = lalloc(g->l, s->cap * sizeof *s->v);
		s->n = 0;
		for (i = 0; i < cap; i++)
			if (old[i])
				see(g, s, old[i]);
	}
	for (i = ((uintptr_t)t >> 4) & (s->cap - 1); s->v[i]; i = (i + 1) & (s->cap - 1))
		if (s->v[i] == t)
			return false;
	s->v[i] = t;
	s->n++;
	return true;
}

/* Finds module types in t, through everything but the members of modules. */
static void
walk(Gen *g, Seen *s, Type *t)
{
	Decl *d, *tag;
	Modtype *m;

	for (; t; t = t->tof) {
		switch (t->kind) {
		case Tref:
		case Tarray:
		case Tlist:
		case Tchan:
			continue;
		case Tadt:
		case Tpick:
		case Ttuple:
		case Texcept:
		case Tfn:
		case Tmodule:
			break;
		default:
			return;
		}
		if (!see(g, s, t))
			return;
		if (t->kind == Tmodule) {
			for (m = g->mods; m; m = m->next)
				if (m->ty == t || types_equal(g->l, m->ty, t))
					m->complete = true;
			return;
		}
		for (d = t->ids; d; d = d->next)
			if (d->kind == Dfield || d->kind == Darg)
				walk(g, s, d->ty);
		if (t->kind == Tadt) {
			for (tag = t->tags; tag; tag = tag->next)
				walk(g, s, tag->ty);
			return;
		}
		if (t->kind == Ttuple || t->kind == Texcept)
			return;
		/* a pick's adt, a function's result */
	}
}

static int
bysimplename(const void *a, const void *b)
{
	const Func *x = *(Func *const *)a, *y = *(Func *const *)b;
	int c = strcmp(x->decl->sym->name, y->decl->sym->name);

	if (c == 0)
		c = strcmp(x->decl->dot && x->decl->dot->sym ? x->decl->dot->sym->name : "",
			   y->decl->dot && y->decl->dot->sym ? y->decl->dot->sym->name : "");
	if (c == 0)
		c = x->decl->src.start.line < y->decl->src.start.line ? -1 : 1;
	return c;
}

void
links_make(Gen *g)
{
	Unit *u = &g->l->unit;
	int i, n = 0, most = u->nifacefns + u->nfns;
	Func *f;

	g->links = lalloc(g->l, (size_t)(most + 1) * sizeof *g->links);
	g->linkdecls = lalloc(g->l, (size_t)(most + 1) * sizeof *g->linkdecls);
	g->dotmp = g->ndata > 0 && u->nimpls == 1;
	for (i = 0; i < u->nifacefns; i++) {
		f = func_of(g, u->ifacefns[i]);
		f->link = n;
		g->links[n] = f;
		g->linkdecls[n++] = u->ifacefns[i];
	}
	g->niface = n;
	for (i = 0; i < u->nfns; i++) {
		f = u->fns[i]->aux;
		if (f->link < 0 && f->exported)
			g->links[n++] = f;
	}
	if (n > g->niface)
		qsort(g->links + g->niface, (size_t)(n - g->niface), sizeof *g->links, bysimplename);
	for (i = g->niface; i < n; i++) {
		g->linkdecls[i] = g->links[i]->decl;
		g->links[i]->link = i;
	}
	g->nlinks = n;
}

void
imports_make(Gen *g)
{
	Seen s = { 0 };
	Modtype *m;
	int i, k, pos;

	/* what is left of the code says what is used */
	g->nlists = 0;
	g->ownlist = -1;
	for (m = g->mods; m; m = m->next) {
		m->loaded = false;
		for (i = 0; i < m->nfns; i++)
			m->used[i] = false;
	}
	for (i = 0; i < g->nkept; i++)
		for (k = 0; k < g->kept[i]->nlater; k++) {
			const Addr *a = &g->kept[i]->later[k].a;

			if (a->kind == Alink) {
				a->mod->used[a->off] = true;
			} else if (a->kind == Aload && !a->mod->loaded) {
				a->mod->loaded = true;
				a->mod->list = g->nlists++;
			} else if (a->kind == Aown && g->ownlist < 0) {
				g->ownlist = g->nlists++;
			}
		}
	for (m = g->mods; m; m = m->next) {
		for (i = 0; i < m->nfns; i++)
			if (m->used[i])
				walk(g, &s, m->members[m->ndata + i]->ty);
		for (i = 0; i < m->ndata && m->data; i++)
			walk(g, &s, m->members[i]->ty);
	}
	for (i = 0; i < g->nlinks; i++)
		walk(g, &s, g->linkdecls[i]->ty);
	for (i = 0; i < g->ndata; i++)
		walk(g, &s, g->data[i]->ty);
	for (i = 0; i < g->l->unit.nimpls; i++) {
		/* data fields of the adts that the interface declares */
		Type *t = g->l->unit.modules[i]->ty;
		Decl *d;

		for (d = t->ids; d; d = d->next)
			if (d->kind == Dtype && d->ty && d->ty->kind == Tadt && d->ty->checked)
				walk(g, &s, d->ty);
	}
	for (m = g->mods; m; m = m->next) {
		if (!m->loaded)
			m->complete = true;
		pos = m->data || (m->complete && m->ndata > 0) ? 1 : 0;
		for (i = 0; i < m->nfns; i++)
			m->index[i] = m->used[i] || m->complete ? pos++ : -1;
	}
}

static bool
write_own(Gen *g, DisImports *list)
{
	Limbo *l = g->l;
	int i;

	if (g->dotmp && !dis_add_import(g->m, list, sig_data(l, g->data, g->ndata), ".mp"))
		return false;
	for (i = 0; i < g->nlinks; i++)
		if (!dis_add_import(g->m, list, sig_type(l, g->linkdecls[i]->ty), member_name(g, g->linkdecls[i])))
			return false;
	return true;
}

void
links_write(Gen *g)
{
	Limbo *l = g->l;
	Modtype *m;
	int i, k;
	bool ok = true;

	if (g->dotmp)
		ok = dis_add_link(g->m, -1, -1, sig_data(l, g->data, g->ndata), ".mp");
	for (i = 0; i < g->nlinks && ok; i++) {
		Func *f = g->links[i];

		ok = dis_add_link(g->m, f->entry->pc, f->frame->num, sig_type(l, g->linkdecls[i]->ty),
				  member_name(g, g->linkdecls[i]));
	}
	for (i = 0; i < g->nlists && ok; i++) {
		DisImports *list = dis_add_imports(g->m);

		ok = list;
		if (i == g->ownlist) {
			ok = ok && write_own(g, list);
			continue;
		}
		for (m = g->mods; m && m->list != i; m = m->next)
			;
		if (!m)
			continue;
		if (ok && (m->data || (m->complete && m->ndata > 0)))
			ok = dis_add_import(g->m, list, sig_data(l, m->members, m->ndata), ".mp");
		for (k = 0; k < m->nfns && ok; k++)
			if (m->index[k] >= 0)
				ok = dis_add_import(g->m, list, sig_type(l, m->members[m->ndata + k]->ty),
						    member_name(g, m->members[m->ndata + k]));
	}
	if (!ok)
		g->failed = true;
}
