/*
 * Scopes and names. A name's innermost declaration hangs on its Sym; what it hides is behind it (Decl.old), and a stack of
 * declarations undoes a scope when it is left. Adts and modules are completed lazily, from anywhere, so their members are
 * not put into scopes but found through a chain of environments that ends at module level.
 */
#include <string.h>

#include "limbo/check.h"

void *
check_grow(Limbo *l, void *vec, int n, int *cap)
{
	int nc = *cap ? *cap * 2 : 32;
	void **v = lalloc(l, (size_t)nc * sizeof(void *));

	if (n > 0)
		memcpy(v, vec, (size_t)n * sizeof(void *));
	*cap = nc;
	return v;
}

/* ------------------------------------------------------------------ scopes */

void
scope_push(Check *c)
{
	Scope *s = lalloc(c->l, sizeof *s);

	s->up = c->scope;
	s->depth = c->scope ? c->scope->depth + 1 : Sglobal;
	s->base = c->nstack;
	c->scope = s;
	if (s->depth > Maxscope && !c->l->fatal)
		lfatal(c->l, "scope too deep");
}

void
scope_pop(Check *c)
{
	while (c->nstack > c->scope->base) {
		Decl *d = c->stack[--c->nstack];

		d->sym->decl = d->old;
		if (d->kind == Dimport && d->target && d->target->kind == Dtype && d->target->ty->decl &&
		    d->target->ty->decl->instance == d)
			d->target->ty->decl->instance = d->implied;
	}
	c->scope = c->scope->up;
}

bool
declare(Check *c, Decl *d)
{
	Decl *old = d->sym->decl;
	bool fresh = true;

	if (old && old->scope == c->scope && old->kind != Dundef) {
		/* The body of a function takes the place of its declaration. */
		if (!(d->kind == Dfn && old->kind == Dfn && !old->defined)) {
			lerror(c->l, d->src.start, "redeclaration of %s %s, previously declared as %s on line %s",
			       declkind(d, false), d->sym->name, declkind(old, true), posname(c->l, old->src.start));
			fresh = false;
		}
	}
	d->old = old;
	d->scope = c->scope;
	d->sym->decl = d;
	PUSH(c, stack, d);
	if (c->l->edit)
		edit_decl(c, d);
	return fresh;
}

/* ----------------------------------------------------------------- members */

typedef struct Mtab Mtab;
struct Mtab {
	uint32_t mask;
	Decl *d[];
};

static uint32_t
symhash(const Sym *s)
{
	uintptr_t x = (uintptr_t)s >> 4;

	return (uint32_t)(x ^ x >> 9);
}

static Decl *
linear(Decl *d, const Sym *s)
{
	for (; d; d = d->next)
		if (d->sym == s)
			return d;
	return NULL;
}

static void
tab_add(Mtab *m, Decl *d)
{
	uint32_t i;

	for (; d; d = d->next) {
		for (i = symhash(d->sym) & m->mask; m->d[i]; i = (i + 1) & m->mask)
			if (m->d[i]->sym == d->sym)
				break;
		if (!m->d[i])
			m->d[i] = d;
	}
}

void
member_table(Check *c, Type *t)
{
	uint32_t n = 0, size = 16;
	Mtab *m;

	if (t->mtab)
		return;
	for (Decl *d = t->ids; d; d = d->next)
		n++;
	for (Decl *d = t->tags; d; d = d->next)
		n++;
	if (n < 8)
		return;
	while (size < 2 * n)
		size *= 2;
	m = lalloc(c->l, sizeof *m + size * sizeof(Decl *));
	m->mask = size - 1;
	tab_add(m, t->ids);
	tab_add(m, t->tags);
	t->mtab = m;
}

Decl *
member_find(Type *t, Sym *s)
{
	Decl *d;

	if (t->mtab) {
		Mtab *m = t->mtab;

		for (uint32_t i = symhash(s) & m->mask; m->d[i]; i = (i + 1) & m->mask)
			if (m->d[i]->sym == s)
				return m->d[i];
		d = NULL;
	} else {
		d = linear(t->ids, s);
		if (!d)
			d = linear(t->tags, s);
	}
	if (!d && t->kind == Tpick)
		return member_find(t->tof, s);
	if (!d && t->generic)
		return member_find(t->generic, s);
	return d;
}

/* ------------------------------------------------------------------ lookup */

/* The declaration at module level, whatever hides it now. */
static Decl *
global_decl(Sym *s)
{
	Decl *d = s->decl;

	while (d && d->scope->depth > Sglobal)
		d = d->old;
	return d;
}

Decl *
lookup(Check *c, Sym *s)
{
	Decl *late = NULL;
	bool global = false;

	for (Env *e = c->env; e; e = e->up) {
		Decl *d = NULL;

		if (e->members) {
			d = member_find(e->members, s);
			/* Fields and functions are no names of their adt's body; a module's serve if nothing else does. */
			if (d && (d->kind == Dfield || d->kind == Dfn || d->kind == Dtag)) {
				if (e->members->kind == Tmodule)
					late = d;
				d = NULL;
			}
		}
		if (!d)
			d = linear(e->polys, s);
		if (d)
			return d;
		if (e->global)
			global = true;
	}
	Decl *d = global ? global_decl(s) : s->decl;
	return d ? d : late;
}

void
advise(Check *c, const Sym *s, const Decl *d)
{
	if (!c->l->advice && d->kind != Dundef && diag_alike(s->name, d->sym->name))
		c->l->advice = lprintf(c->l, "did you mean %s?", d->sym->name);
}

Decl *
lookup_name(Check *c, Sym *s, Pos at)
{
	Decl *d = lookup(c, s);

	if (!d) {
		if (c->l->edit)
			edit_names(c, s);
		if (!diag_known(s->name) && !c->l->toomany)
			for (int i = c->nstack - 1; i >= 0 && !c->l->advice; i--)
				advise(c, s, c->stack[i]);
		lerror(c->l, at, "%s is not declared", s->name);
		c->nundeclared++;
		d = mkdecl(c->l, Dundef, s, (Src){ at, at }, c->l->terror);
		declare(c, d);
		return NULL;
	}
	if (d->kind == Dundef)
		return NULL;
	d->refs++;
	return d;
}

/* ------------------------------------------------------------------ places */

/*
 * Members are checked where they were declared: their adt's names come first, then their module's, then those of module
 * level. What has no owner is of module level, for local declarations are checked on the spot.
 */
void
place_enter(Check *c, const Decl *d, Place *p)
{
	int n = 0;

	p->env = c->env;
	p->iota = c->iota;
	p->selfadt = c->selfadt;
	p->methodof = c->methodof;
	c->iota = -1;
	c->methodof = NULL;
	c->selfadt = NULL;
	memset(p->frame, 0, sizeof p->frame);
	for (const Decl *o = d->dot; o && n < 3; o = o->dot) {
		Env *e = &p->frame[n++];

		if (!o->ty)
			break;
		e->members = o->ty;
		if (o->ty->kind == Tadt) {
			e->polys = o->ty->polys;
			if (!c->selfadt)
				c->selfadt = o->ty;
		}
	}
	n++;
	p->frame[n - 1].global = true;
	for (int i = 0; i < n - 1; i++)
		p->frame[i].up = &p->frame[i + 1];
	c->env = &p->frame[0];
}

void
place_leave(Check *c, const Place *p)
{
	c->env = p->env;
	c->iota = p->iota;
	c->selfadt = p->selfadt;
	c->methodof = p->methodof;
}
