/*
 * Adts that contain themselves: by value, which cannot be, and through references, which `cyclic` marks.
 */
#include "limbo/check.h"

/* Looks for t by value within itself; `adt` is the one whose field it is. marks: 1 on the path, 2 done. */
static void
value_cycle(Check *c, Type *adt, Decl *field)
{
	Type *t = field->ty;

	if (t->kind == Ttuple) {
		for (Decl *d = t->ids; d; d = d->next) {
			value_cycle(c, adt, d);
			if (d->ty->kind == Terror) {
				field->ty = d->ty;
				return;
			}
		}
		return;
	}
	if (t->kind != Tadt || t->mark == 2)
		return;
	if (t->mark == 1) {
		Decl *at = field;

		lerror(c->l, at->src.start, "illegal type cycle without a reference in field %s of adt %s", at->sym->name,
		       typetext(c->l, adt));
		field->ty = c->l->terror;
		return;
	}
	t->mark = 1;
	for (Decl *d = t->ids; d; d = d->next)
		if (d->kind == Dfield && d->ty)
			value_cycle(c, t, d);
	t->mark = 2;
}

/*
 * Does a value of t lead to the adt? `maybe` is the answer where that depends on what t stands for; `all`: also through fields that are
 * marked `cyclic`.
 */
static bool
leads_to(Check *c, Type *t, Type *adt, bool maybe, bool all)
{
	switch (t->kind) {
	case Tref:
	case Tarray:
	case Tlist:
	case Tchan:
		return leads_to(c, t->tof, adt, maybe, all);
	case Ttuple:
		for (Decl *d = t->ids; d; d = d->next)
			if (leads_to(c, d->ty, adt, maybe, all))
				return true;
		return false;
	case Tpick:
		return leads_to(c, t->tof, adt, maybe, all);
	case Tpoly:
	case Tmodule:
		return maybe;
	case Terror:
		return true;
	case Tadt:
		if (t == adt || (adt->polys && t->generic == adt))
			return true;
		if (t->mark == c->walk)
			return false;
		t->mark = c->walk;
		for (Decl *d = t->ids; d; d = d->next)
			if (d->kind == Dfield && d->ty && (all || !d->cyclic) && leads_to(c, d->ty, adt, maybe, all))
				return true;
		for (Decl *g = t->tags; g; g = g->next)
			for (Decl *d = g->ty->ids; d; d = d->next)
				if (d->ty && (all || !d->cyclic) && leads_to(c, d->ty, adt, maybe, all))
					return true;
		return false;
	default:
		return false;
	}
}

/* Marks `cyclic` that mean nothing; under the old rules also cycles without one. */
static void
check_cyclic(Check *c, Type *adt, Decl *d)
{
	for (; d; d = d->next) {
		if (d->kind != Dfield || !d->ty || (!d->cyclic && !c->l->o.oldcyclic))
			continue;
		c->walk++;
		if (d->cyclic && !leads_to(c, d->ty, adt, true, true))
			lerror(c->l, d->src.start, "spurious cyclic qualifier for field %s of adt %s", d->sym->name,
			       typetext(c->l, adt));
		else if (!d->cyclic && d->ty->kind != Terror && leads_to(c, d->ty, adt, false, false))
			lerror(c->l, d->src.start, "illegal circular reference to type %s in field %s of adt %s",
			       typetext(c->l, d->ty), d->sym->name, typetext(c->l, adt));
	}
}

bool
completes_cycle(Check *c, Decl *field, Type *adt)
{
	if (!c->l->o.oldcyclic || field->kind != Dfield || field->cyclic)
		return false;
	if (adt->kind == Tpick)
		adt = adt->tof;
	c->walk++;
	if (!leads_to(c, field->ty, adt, false, true))
		return false;
	c->walk++;
	return !leads_to(c, field->ty, adt, false, false); /* that one is an error already */
}

void
cycles(Check *c)
{
	int from = c->ncycled;

	for (int i = from; i < c->nadts; i++) {
		Type *t = c->adts[i];

		if (t->mark == 0) {
			Decl top = { .kind = Dfield, .ty = t };

			value_cycle(c, t, &top);
		}
		for (Decl *g = t->tags; g; g = g->next)
			for (Decl *d = g->ty->ids; d; d = d->next)
				value_cycle(c, t, d);
	}
	c->ncycled = c->nadts;
	for (int i = from; i < c->nadts; i++) {
		Type *t = c->adts[i];

		if (t->generic)
			continue;
		check_cyclic(c, t, t->ids);
		for (Decl *g = t->tags; g; g = g->next)
			check_cyclic(c, t, g->ty->ids);
	}
}
