/*
 * Declarations: types by name are looked up, adts and modules completed, constants evaluated. All of it happens when
 * something is first used, in the place where it was declared; an adt that nothing uses is never looked at.
 *
 * Completing an adt resolves the types of its members, which may need other adts: those are queued and completed when the
 * type that was asked for has been resolved, so recursion does not follow the program's chains of types.
 */
#include <math.h>
#include <string.h>

#include "limbo/check.h"

static Type *resolve(Check *c, Type *t);

const char *
decl_name(Check *c, const Decl *d)
{
	if (d->dot && d->dot->ty && d->dot->ty->kind == Tadt)
		return lprintf(c->l, "%s.%s", d->dot->sym->name, d->sym->name);
	return d->sym->name;
}

Sym *
tuple_sym(Check *c, int i)
{
	if (i >= c->ntsyms) {
		int n = i + 16;
		Sym **v = lalloc(c->l, (size_t)n * sizeof *v);

		for (int k = 0; k < n; k++) {
			char *s;

			if (k < c->ntsyms) {
				v[k] = c->tsyms[k];
				continue;
			}
			s = lprintf(c->l, "t%d", k);
			v[k] = lsym(c->l, s, strlen(s));
		}
		c->tsyms = v;
		c->ntsyms = n;
	}
	return c->tsyms[i];
}

/* ----------------------------------------------------------- what may hold */

bool
type_isdata(const Type *t)
{
	switch (t->kind) {
	case Tnone:
	case Tfn:
	case Tpick:
		return false;
	case Tadt:
		return !t->tags;
	default:
		return true;
	}
}

/* A component of another type. */
static bool
need_data(Check *c, Type *t, Pos at)
{
	if (t->kind == Terror)
		return false;
	if (t->kind == Tfn) {
		lerror(c->l, at, "data cannot have a fn type like %s", typetext(c->l, t));
		return false;
	}
	if (!type_isdata(t)) {
		lerror(c->l, at, "%s, an adt with pick fields, must be used with ref", typetext(c->l, t));
		return false;
	}
	return true;
}

bool
check_var(Check *c, Decl *d)
{
	Type *t = d->ty;

	if (t->kind == Terror)
		return false;
	if (t->kind == Tfn)
		lerror(c->l, d->src.start, "cannot declare %s to be a function", d->sym->name);
	else if (!type_isdata(t))
		lerror(c->l, d->src.start, "cannot declare %s with type %s", d->sym->name, typetext(c->l, t));
	else
		return true;
	d->ty = c->l->terror;
	return false;
}

enum {
	Maxweight = 10000,
};

static int
weight(const Type *t)
{
	return t->weight ? t->weight : 1;
}

Type *
type_weigh(Check *c, Type *t, Pos at)
{
	int w = 1;

	switch (t->kind) {
	case Tref:
	case Tarray:
	case Tlist:
	case Tchan:
		w += weight(t->tof);
		break;
	case Tfn:
	case Ttuple:
		for (const Decl *d = t->ids; d && w <= Maxweight; d = d->next)
			w += weight(d->ty);
		if (t->tof)
			w += weight(t->tof);
		break;
	case Tadt:
		for (int i = 0; i < t->ntargs && w <= Maxweight; i++)
			w += weight(t->targs[i]);
		break;
	default:
		break;
	}
	t->weight = w;
	if (w <= Maxweight)
		return t;
	lerror(c->l, at, "type is too large");
	return c->l->terror;
}

/* ---------------------------------------------------------- types by name */

void
type_use(Check *c, Type *t)
{
	if (t->checked || t->checking)
		return;
	t->checking = true;
	PUSH(c, pending, t);
}

Decl *
import_target(Check *c, Decl *d)
{
	Decl *x, *m;
	Type *t;

	if (d->checked)
		return d->target;
	if (d->checking || !d->init) {
		if (d->checking)
			lerror(c->l, d->src.start, "illegal forward reference to '%s'", d->sym->name);
		return NULL;
	}
	d->checking = true;
	x = d->scope->depth == Sglobal ? d->init->sym->decl : lookup(c, d->init->sym);
	while (d->scope->depth == Sglobal && x && x->scope && x->scope->depth > Sglobal)
		x = x->old;
	d->dot = x;
	if (!x || x->kind == Dundef) {
		d->checked = true;
		d->ty = c->l->terror;
		if (!x)
			lookup_name(c, d->init->sym, d->init->src.start);
		return NULL;
	}
	x->refs++;
	t = decl_type(c, x);
	d->checking = false;
	d->checked = true;
	if (!t || t->kind == Terror) {
		d->ty = c->l->terror;
		return NULL;
	}
	if (t->kind != Tmodule || (x->kind == Dimport && x->target->kind != Dfield && x->target->kind != Dtype)) {
		d->init->decl = x;
		d->init->ty = t;
		lerror(c->l, d->init->src.start, "cannot import from %s", exprtyped(c->l, d->init));
		d->ty = c->l->terror;
		return NULL;
	}
	member_table(c, t);
	m = member_find(t, d->sym);
	if (c->l->edit) {
		edit_use(c, d->init->src, x, NULL);
		if (m)
			edit_use(c, d->src, m, NULL);
		else
			edit_members(c, d->sym, t, Tmodule, false);
	}
	if (!m) {
		d->init->decl = x;
		d->init->ty = t;
		lerror(c->l, d->src.start, "%s is not a member of '%s'", d->sym->name, exprtext(c->l, d->init));
		d->ty = c->l->terror;
		return NULL;
	}
	d->target = m;
	if (m->kind == Dtype) {
		type_ofdecl(c, m);
		/* The latest import in scope supplies the module for the methods. */
		Type *adt = m->ty;
		if (adt->kind == Tadt && adt->decl) {
			d->target = m;
			d->implied = adt->decl->instance;
			adt->decl->instance = d;
		}
	}
	return m;
}

Type *
type_ofdecl(Check *c, Decl *d)
{
	Place p;
	Type *def, *r;
	static const char circular[] = "circularity in definition of %s";

	if (d->kind == Dimport) {
		d = import_target(c, d);
		if (!d)
			return c->l->terror;
	}
	if (d->kind == Dpoly)
		return d->ty;
	if (d->kind != Dtype)
		return NULL;
	if (d->ty->kind == Tadt || d->ty->kind == Tmodule)
		return d->ty;
	if (d->checked)
		return d->ty;
	if (d->checking) {
		/* Reported by the declaration where the circle began, which finds itself marked. */
		d->defined = true;
		return c->l->terror;
	}
	d->checking = true;
	def = d->ty;
	c->nest++; /* adts that it mentions may mention it: they are completed when it is known */
	if (d->scope && d->scope->depth > Sglobal && !d->dot) {
		r = type_resolve(c, def);
	} else {
		place_enter(c, d, &p);
		r = type_resolve(c, def);
		place_leave(c, &p);
	}
	d->checking = false;
	d->checked = true;
	if (d->defined) {
		lerror(c->l, def->src.start, circular, def->kind == Tname ? def->id->name : typetext(c->l, def));
		r = c->l->terror;
	}
	d->ty = r;
	if (--c->nest == 0)
		type_drain(c);
	return r;
}

/* The module type before ->, which may be named by a variable. */
static Type *
module_of(Check *c, Type *t)
{
	Type *m;

	if (t->kind == Tname) {
		Decl *d = lookup_name(c, t->id, t->src.start);

		if (!d)
			return NULL;
		if (c->l->edit)
			edit_use(c, t->src, d, NULL);
		m = decl_type(c, d);
		if (!m) {
			lerror(c->l, t->src.start, "%s's type cannot be determined", t->id->name);
			return NULL;
		}
	} else {
		m = resolve(c, t);
	}
	if (m->kind == Terror)
		return NULL;
	if (m->kind != Tmodule) {
		lerror(c->l, t->src.start, "%s is not a module", typetext(c->l, m));
		return NULL;
	}
	return m;
}

/* A named type, generic adts included. */
static Type *
named(Check *c, Type *t)
{
	Type *m, *r;
	Decl *d;

	switch (t->kind) {
	case Tname:
		d = lookup_name(c, t->id, t->src.start);
		if (!d)
			return c->l->terror;
		break;
	case Tarrow:
		m = module_of(c, t->tof);
		if (!m)
			return c->l->terror;
		member_table(c, m);
		d = member_find(m, t->id);
		if (!d) {
			if (c->l->edit)
				edit_members(c, t->id, m, Tname, true);
			lerror(c->l, t->src.start, "%s is not a member of %s", t->id->name, typetext(c->l, m));
			return c->l->terror;
		}
		d->refs++;
		break;
	case Tdot:
		m = t->tof->kind == Tname || t->tof->kind == Tarrow ? named(c, t->tof) : resolve(c, t->tof);
		if (m->kind == Terror)
			return m;
		if (m->kind != Tadt) {
			lerror(c->l, t->src.start, "%s is not an adt", typetext(c->l, m));
			return c->l->terror;
		}
		if (m->polys && !m->targs && c->selfadt != m) {
			lerror(c->l, t->src.start, "polymorphic type %s illegal here", typetext(c->l, m));
			return c->l->terror;
		}
		type_use(c, m);
		member_table(c, m);
		d = member_find(m, t->id);
		if (!d || d->kind != Dtag) {
			if (c->l->edit)
				edit_members(c, t->id, m, Tadt, true);
			lerror(c->l, t->src.start, "%s is not a pick tag of %s", t->id->name, typetext(c->l, m));
			return c->l->terror;
		}
		if (c->l->edit)
			edit_use(c, t->src, d, NULL);
		return d->ty;
	default:
		return resolve(c, t);
	}
	if (c->l->edit)
		edit_use(c, t->src, d, NULL);
	r = type_ofdecl(c, d);
	if (!r) {
		lerror(c->l, t->src.start, "%s is not a type", t->id->name);
		return c->l->terror;
	}
	if (r->kind == Tadt || r->kind == Tmodule)
		type_use(c, r);
	return r;
}

static Type *
instantiate(Check *c, Type *t)
{
	Type *g = named(c, t->tof);
	bool ok = g->kind != Terror;
	int n = 0;

	for (int i = 0; i < t->ntargs; i++) {
		t->targs[i] = resolve(c, t->targs[i]);
		if (t->targs[i]->kind == Terror)
			ok = false;
	}
	if (!ok)
		return c->l->terror;
	if (g->kind != Tadt || !g->polys) {
		lerror(c->l, t->src.start, "%s is not a polymorphic adt", typetext(c->l, g));
		return c->l->terror;
	}
	for (Decl *p = g->polys; p; p = p->next)
		n++;
	if (n != t->ntargs) {
		lerror(c->l, t->src.start, "too %s actual types in instantiation", n < t->ntargs ? "many" : "few");
		return c->l->terror;
	}
	for (int i = 0; i < n; i++) {
		if (!types_isptr(t->targs[i])) {
			lerror(c->l, t->src.start, "%s is not a pointer type", typetext(c->l, t->targs[i]));
			return c->l->terror;
		}
	}
	return type_instance(c, g, t->targs, n, t->src.start);
}

/* -------------------------------------------------------------- components */

void
polys_setup(Check *c, Decl *polys, Bound *bounds)
{
	for (Decl *d = polys; d; d = d->next) {
		if (d->ty && d->ty->kind == Tpoly)
			continue;
		d->ty = mktype(c->l, Tpoly, d->src, NULL);
		d->ty->decl = d;
		d->ty->checked = true;
	}
	for (Bound *b = bounds; b; b = b->next) {
		for (Decl *f = b->fns; f; f = f->next) {
			c->inbound = true;
			f->ty = resolve(c, f->ty);
			c->inbound = false;
			if (f->ty->kind != Tfn && f->ty->kind != Terror) {
				lerror(c->l, f->src.start, "only function types expected");
				f->ty = c->l->terror;
			}
		}
		for (Decl *n = b->names; n; n = n->next) {
			Decl *d = lookup(c, n->sym), **tail;

			if (!d || d->kind != Dpoly) {
				lerror(c->l, n->src.start, "%s is not a polymorphic type", n->sym->name);
				continue;
			}
			for (tail = &d->ty->ids; *tail;)
				tail = &(*tail)->next;
			for (Decl *f = b->fns; f; f = f->next) {
				Decl *k;

				if (f->ty->kind != Tfn)
					continue;
				k = mkdecl(c->l, Dfield, f->sym, f->src, f->ty);
				k->dot = d;
				k->checked = true;
				*tail = k;
				tail = &k->next;
			}
		}
	}
}

static void
raises_resolve(Check *c, Type *t)
{
	for (Node *s = t->eraises; s; s = s->right) {
		Node *e = s->left;
		Decl *d = NULL;

		if (e->op == Oname) {
			d = lookup_name(c, e->sym, e->src.start);
			if (!d)
				continue;
			if (d->kind == Dimport)
				d = import_target(c, d);
		}
		if (!d || d->kind != Dexcept) {
			lerror(c->l, e->src.start, "%s: illegal raises expression", exprtext(c->l, e));
			continue;
		}
		decl_type(c, d);
		e->decl = d;
		e->ty = d->ty;
		if (c->l->edit)
			edit_use(c, e->src, d, NULL);
	}
}

static bool
self_check(Check *c, Type *adt, Decl *arg, bool first)
{
	Type *t = arg->ty;

	if (t->kind == Terror || (c->inbound && first))
		return true;
	if (!first) {
		lerror(c->l, arg->src.start, "only the first argument can use self");
		arg->isself = false;
	} else if (!adt) {
		lerror(c->l, arg->src.start, "function is not a member of an adt, so can't use self");
		arg->isself = false;
	} else if (t != adt && !(t->kind == Tref && t->tof == adt)) {
		const char *s = typetext(c->l, adt);

		lerror(c->l, arg->src.start, "self argument's type must be %s or ref %s", s, s);
	} else {
		return true;
	}
	return false;
}

static Type *
fn_resolve(Check *c, Type *t)
{
	Env env = { .up = c->env, .polys = t->polys };
	Type *adt = c->methodof, *self = c->selfadt;
	Decl *last = NULL;
	bool ok = true, inbound = c->inbound;

	if (t->checked)
		return t->generic ? t->generic : t;
	t->checked = true;
	c->methodof = NULL;
	c->env = &env;
	c->inbound = false;
	polys_setup(c, t->polys, t->bounds);
	for (Decl *a = t->ids; a; a = a->next) {
		if (a->isself && adt)
			c->selfadt = adt;
		a->ty = resolve(c, a->ty);
		c->selfadt = self;
		a->checked = true;
		check_var(c, a);
		c->inbound = inbound;
		if (a->isself && !self_check(c, adt, a, a == t->ids))
			ok = false;
		c->inbound = false;
		last = a;
	}
	if (t->varargs && (!last || (last->ty->kind != Tstring && last->ty->kind != Terror)))
		lerror(c->l, t->src.start, "variable arguments must be preceded by a string");
	if (!t->tof) {
		t->tof = c->l->tnone;
	} else if (t->tof->kind != Tnone) {
		Pos at = t->tof->src.start;

		t->tof = resolve(c, t->tof);
		if (!need_data(c, t->tof, at))
			t->tof = c->l->terror;
	}
	raises_resolve(c, t);
	c->env = env.up;
	c->methodof = adt;
	if (!ok || type_weigh(c, t, t->src.start) != t) {
		t->generic = c->l->terror;
		return c->l->terror;
	}
	return t;
}

/* A constant real above zero. */
static bool
fixed_real(Check *c, Node *e, const char *what, double *v)
{
	Node *k;

	if (!check_value(c, e))
		return false;
	if (e->ty->kind == Terror)
		return false;
	if (e->ty->kind != Treal) {
		lerror(c->l, e->src.start, "fixed point %s not real", what);
		return false;
	}
	k = fold(c, e);
	if (!k) {
		lerror(c->l, e->src.start, "fixed point %s not constant", what);
		return false;
	}
	*v = k->rval;
	if (!(*v > 0) || !isfinite(*v)) {
		lerror(c->l, e->src.start, "non-positive fixed point %s", what);
		return false;
	}
	return true;
}

static Type *
fixed_resolve(Check *c, Type *t)
{
	double scale, max, k;
	int p = 0, nest = c->nest;
	bool ok;

	if (t->checked)
		return t->unit > 0 ? t : c->l->terror;
	t->checked = true;
	t->unit = 0;
	c->nest = 0;
	ok = fixed_real(c, t->scale, t->max ? "scale/maximum" : "scale", &scale) &&
	     (!t->max || fixed_real(c, t->max, "maximum", &max));
	c->nest = nest;
	if (!ok)
		return c->l->terror;
	if (!t->max) {
		t->unit = scale;
		return t;
	}
	k = 2 * round(max / scale) + 1;
	while (p < 64 && ldexp(1, p) < k)
		p++;
	if (p < 1 || p > 32) {
		lerror(c->l, t->src.start, "cannot fit fixed type into an int");
		return c->l->terror;
	}
	t->unit = ldexp(scale, p - 32);
	return t;
}

static Type *
resolve(Check *c, Type *t)
{
	Type *r;
	Pos at;
	bool ok;

	switch (t->kind) {
	case Tname:
	case Tdot:
	case Tarrow:
		if (t->checked)
			return t->generic;
		r = named(c, t);
		if (r->kind == Tadt && r->polys && !r->targs && c->selfadt != r) {
			lerror(c->l, t->src.start, "polymorphic type %s illegal here", typetext(c->l, r));
			r = c->l->terror;
		}
		t->checked = true;
		t->generic = r;
		return r;
	case Tinst:
		if (!t->checked) {
			r = instantiate(c, t);
			t->checked = true;
			t->generic = r;
		}
		return t->generic;
	case Tref:
	case Tarray:
	case Tlist:
	case Tchan:
		if (!t->checked) {
			at = t->src.start;
			r = resolve(c, t->tof);
			if (t->kind == Tref) {
				if (r->kind != Tadt && r->kind != Tpick && r->kind != Ttuple && r->kind != Tfn &&
				    r->kind != Terror) {
					lerror(c->l, at, "cannot have a ref %s", typetext(c->l, r));
					r = c->l->terror;
				}
			} else if (!need_data(c, r, at)) {
				r = c->l->terror;
			}
			t->tof = r;
			t->checked = true;
			if (type_weigh(c, t, at) != t)
				t->tof = c->l->terror;
		}
		return t->tof->kind == Terror ? t->tof : t;
	case Ttuple:
		ok = true;
		if (!t->checked) {
			t->checked = true;
			for (Decl *d = t->ids; d; d = d->next) {
				at = d->ty->src.start;
				d->ty = resolve(c, d->ty);
				d->checked = true;
				if (!need_data(c, d->ty, at))
					d->ty = c->l->terror;
			}
			if (type_weigh(c, t, t->src.start) != t && t->ids)
				t->ids->ty = c->l->terror;
		}
		for (Decl *d = t->ids; d; d = d->next)
			if (d->ty->kind == Terror)
				ok = false;
		return ok ? t : c->l->terror;
	case Tfn:
		return fn_resolve(c, t);
	case Tfixed:
		return fixed_resolve(c, t);
	case Tadt:
	case Tmodule:
		type_use(c, t);
		return t;
	case Texcept:
		if (!t->checked) {
			t->checked = true;
			for (Decl *d = t->ids; d; d = d->next) {
				at = d->ty->src.start;
				d->ty = resolve(c, d->ty);
				d->checked = true;
				if (!need_data(c, d->ty, at))
					d->ty = c->l->terror;
			}
		}
		return t;
	default:
		return t;
	}
}

Type *
type_resolve(Check *c, Type *t)
{
	c->nest++;
	t = resolve(c, t);
	if (--c->nest == 0)
		type_drain(c);
	return t;
}

/* ---------------------------------------------------------------- members */

/* The function that defines a global's or member's exception names: `M.1.E` in a module, `T.0.E` or `T.f.1.E` in the unit. */
static void
except_name(Check *c, Decl *d)
{
	Unit *u = &c->l->unit;
	const char *impl = u->nimpls ? u->impls[0]->name : "";

	if (d->excname)
		return;
	if (d->dot)
		d->excname = lprintf(c->l, "%s.1.%s", d->dot->sym->name, d->sym->name);
	else if (d->scope && d->scope->depth > Sglobal && c->fn)
		d->excname = lprintf(c->l, "%s.%s.%d.%s", impl, c->fn->sym->name, d->scope->depth - Sglobal,
				     d->sym->name);
	else
		d->excname = lprintf(c->l, "%s.0.%s", impl, d->sym->name);
}

/*
 * The type of what a name stands for. NULL for a variable whose declaration with := has not been reached.
 */
Type *
decl_type(Check *c, Decl *d)
{
	Place p;
	Decl *x;

	switch (d->kind) {
	case Dtype:
	case Dpoly: {
		Type *t = type_ofdecl(c, d);

		if (t->kind == Tadt || t->kind == Tmodule) {
			type_use(c, t);
			if (c->nest == 0)
				type_drain(c);
		}
		return t;
	}
	case Dimport:
		x = import_target(c, d);
		return x ? decl_type(c, x) : c->l->terror;
	case Dconst:
		const_value(c, d);
		return d->ty;
	case Dundef:
		return c->l->terror;
	case Dlocal:
	case Darg:
		return d->ty;
	case Dtag:
		return d->ty;
	default:
		break;
	}
	if (d->checked || !d->ty)
		return d->ty;
	if (d->checking)
		return c->l->terror;
	d->checking = true;
	c->nest++; /* as in type_ofdecl */
	if (d->scope && d->scope->depth > Sglobal && !d->dot) {
		d->ty = type_resolve(c, d->ty);
	} else {
		place_enter(c, d, &p);
		if (d->kind == Dfn && d->dot && d->dot->ty->kind == Tadt)
			c->methodof = d->dot->ty;
		d->ty = type_resolve(c, d->ty);
		place_leave(c, &p);
	}
	if (d->kind == Dexcept)
		except_name(c, d);
	if (d->kind == Dglobal || d->kind == Dfield)
		check_var(c, d);
	d->checking = false;
	d->checked = true;
	if (--c->nest == 0)
		type_drain(c);
	return d->ty;
}

Type *
except_value(Check *c, Type *exc)
{
	if (!exc->ids)
		return c->l->tnone;
	if (!exc->ids->next)
		return exc->ids->ty;
	if (!exc->generic) {
		/* The arguments once more as a tuple, for their offsets in the record are others. */
		int n = 0;
		Type **v;

		for (Decl *d = exc->ids; d; d = d->next)
			n++;
		v = lalloc(c->l, (size_t)n * sizeof *v);
		n = 0;
		for (Decl *d = exc->ids; d; d = d->next)
			v[n++] = d->ty;
		exc->generic = tuple_type(c, exc->src, v, n);
	}
	return exc->generic;
}

static void
duplicates(Check *c, Type *t, Decl *list)
{
	for (Decl *d = list; d; d = d->next) {
		Decl *old = member_find(t, d->sym);

		if (old != d)
			lerror(c->l, d->src.start, "redeclaration of %s %s, previously declared as %s on line %s",
			       declkind(d, false), d->sym->name, declkind(old, true), posname(c->l, old->src.start));
	}
}

static bool
after(const Decl *a, const Decl *b)
{
	Pos p = a->src.start, q = b->src.start;

	return p.line > q.line || (p.line == q.line && p.col > q.col);
}

static void
adt_complete(Check *c, Type *t)
{
	Decl self = { .dot = t->decl };
	Place p;

	place_enter(c, &self, &p);
	c->selfadt = t;
	polys_setup(c, t->polys, t->bounds);
	member_table(c, t);
	duplicates(c, t, t->ids);
	duplicates(c, t, t->tags);
	if (t->tags)
		for (Decl *d = t->ids; d; d = d->next)
			if (d->kind == Dfield && after(d, t->tags)) {
				lerror(c->l, d->src.start, "pick fields must be the last data fields in an adt");
				break;
			}
	for (Decl *d = t->ids; d; d = d->next) {
		if (d->checked || d->kind == Dconst)
			continue;
		d->checked = true;
		c->methodof = d->kind == Dfn ? t : NULL;
		d->ty = resolve(c, d->ty);
		c->methodof = NULL;
		if (d->kind == Dfn)
			d->isself = d->ty->kind == Tfn && d->ty->ids && d->ty->ids->isself;
		else
			check_var(c, d);
	}
	for (Decl *tag = t->tags; tag; tag = tag->next) {
		tag->checked = true;
		member_table(c, tag->ty);
		for (Decl *d = tag->ty->ids; d; d = d->next) {
			d->ty = resolve(c, d->ty);
			d->checked = true;
			check_var(c, d);
			for (Decl *o = tag->ty->ids; o != d; o = o->next)
				if (o->sym == d->sym) {
					lerror(c->l, d->src.start,
					       "redeclaration of %s %s, previously declared as %s on line %s",
					       declkind(d, false), d->sym->name, declkind(o, true),
					       posname(c->l, o->src.start));
					break;
				}
		}
		tag->ty->checked = true;
	}
	for (Decl *d = t->ids; d; d = d->next)
		if (d->kind == Dconst)
			const_value(c, d);
	place_leave(c, &p);
	t->checked = true;
	t->checking = false;
	PUSH(c, adts, t);
}

static void
module_complete(Check *c, Type *t)
{
	member_table(c, t);
	duplicates(c, t, t->ids);
	for (Decl *d = t->ids; d; d = d->next) {
		Type *m = decl_type(c, d);

		/* The methods count as the module's functions, so its adts are needed too. */
		if (d->kind == Dtype && m && m->kind == Tadt)
			type_use(c, m);
	}
	t->checked = true;
	t->checking = false;
}

/* --------------------------------------------------------------- completion */

/*
 * May be called again from within, when a constant's expression needs complete types: what is being completed just then is
 * left alone, all else is done.
 */
void
type_drain(Check *c)
{
	if (c->npending == 0 && c->ncycled == c->nadts)
		return;
	c->nest++;
	c->draining++;
	while (c->pendpos < c->npending) {
		Type *t = c->pending[c->pendpos++];

		if (t->kind == Tmodule)
			module_complete(c, t);
		else if (t->generic)
			instance_complete(c, t);
		else
			adt_complete(c, t);
	}
	c->npending = c->pendpos = 0;
	if (--c->draining == 0)
		cycles(c);
	c->nest--;
}

/* --------------------------------------------------------------- constants */

static bool
const_type(const Type *t)
{
	switch (t->kind) {
	case Tint:
	case Tbig:
	case Tbyte:
	case Treal:
	case Tstring:
	case Tfixed:
	case Ttuple:
	case Terror:
		return true;
	case Tadt:
		return !t->tags;
	default:
		return false;
	}
}

static void
const_eval(Check *c, Decl *d)
{
	Node *e = d->init, *v;
	int nest = c->nest;
	bool ok;

	d->init = NULL;
	c->iota = d->iota;
	c->nest = 0;
	type_drain(c);
	ok = check_value(c, e);
	c->nest = nest;
	if (!ok || e->ty->kind == Terror) {
		d->ty = c->l->terror;
		return;
	}
	if (!const_type(e->ty)) {
		lerror(c->l, d->src.start, "cannot have a %s constant", typetext(c->l, e->ty));
		d->ty = c->l->terror;
		return;
	}
	d->ty = e->ty;
	v = fold(c, e);
	if (!v) {
		lerror(c->l, d->src.start, "'%s's initializer, '%s', is not a constant expression", d->sym->name,
		       exprtext(c->l, e));
		return;
	}
	d->init = v;
}

bool
const_value(Check *c, Decl *d)
{
	Place p;

	if (d->checked)
		return d->ty->kind != Terror;
	if (d->checking)
		return false;
	d->checking = true;
	if (d->scope && d->scope->depth > Sglobal && !d->dot) {
		int iota = c->iota;

		const_eval(c, d);
		c->iota = iota;
	} else {
		place_enter(c, d, &p);
		const_eval(c, d);
		place_leave(c, &p);
	}
	d->checking = false;
	d->checked = true;
	return d->ty->kind != Terror;
}
