/*
 * The unit as a whole: names of module level, the implemented modules, initial values, function definitions against their
 * declarations; then the bodies, and what is needed of them.
 */
#include <stdlib.h>
#include <string.h>

#include "limbo/check.h"

static const Pos nowhere; /* the end of the unit, as a diagnostic names it */

static void
add_global(Check *c, Decl *d)
{
	d->next = NULL;
	if (c->gtail)
		c->gtail->next = d;
	else
		c->globals = d;
	c->gtail = d;
}

/* ----------------------------------------------------- implemented modules */

static int
impl_index(Check *c, const Sym *s)
{
	Unit *u = &c->l->unit;

	for (int i = 0; i < u->nimpls; i++)
		if (u->impls[i] == s)
			return i;
	return -1;
}

static Decl *
module_level(Check *c, Sym *s)
{
	return s->decl && s->decl->scope == c->scope ? s->decl : NULL;
}

/* The members of an implemented module are names of module level. */
static void
implement(Check *c, Decl *m)
{
	m->inmodule = true;
	for (Decl *d = m->ty->ids; d; d = d->next) {
		Decl *old = module_level(c, d->sym), *g;

		if (d->kind == Dfield) {
			if (old && old->kind == Dglobal && old->inmodule) {
				d->target = old;
				continue;
			}
			g = mkdecl(c->l, Dglobal, d->sym, d->src, d->ty);
			g->inmodule = true;
			g->dot = NULL;
			g->implied = d;
			d->target = g;
			declare(c, g);
			continue;
		}
		d->inmodule = true;
		if (old && old->inmodule && old->kind == d->kind)
			continue;
		if (old && d->kind == Dfn && old->kind == Dfn && old->init)
			continue; /* its body stands before the module */
		declare(c, d);
	}
}

/* Another copy of a member in a second implemented module must have its type. */
static void
check_members(Check *c, Decl *m)
{
	for (Decl *d = m->ty->ids; d; d = d->next) {
		Decl *first = NULL;

		if (d->kind != Dfn && d->kind != Dfield)
			continue;
		for (int i = 0; i < c->l->unit.nimpls && !first; i++) {
			Decl *o = c->l->unit.modules[i];

			if (o == m)
				break;
			first = member_find(o->ty, d->sym);
		}
		if (first && first->kind == d->kind && !types_equal(c->l, decl_type(c, first), decl_type(c, d)))
			lerror(c->l, d->src.start, "redeclaration of %s %s, previously declared as %s on line %s",
			       declkind(d, false), d->sym->name, declkind(first, true),
			       posname(c->l, first->src.start));
	}
}

static bool
same_data(Check *c, Type *a, Type *b)
{
	int na, nb, nf;
	Decl **x = types_members(c->l, a, &na, &nf), **y = types_members(c->l, b, &nb, &nf);

	if (na != nb)
		return false;
	for (int i = 0; i < na; i++)
		if (x[i]->sym != y[i]->sym || !types_equal(c->l, x[i]->ty, y[i]->ty))
			return false;
	return true;
}

/* Finds the implemented modules; false if the unit cannot be checked without them. */
static bool
find_modules(Check *c)
{
	Unit *u = &c->l->unit;
	bool ok = true;

	if (u->nimpls == 0) {
		if (c->l->o.listing)
			return true;
		lerror(c->l, nowhere, "no implementation module");
		return false;
	}
	u->modules = lalloc(c->l, (size_t)u->nimpls * sizeof *u->modules);
	for (int i = 0; i < u->nimpls; i++) {
		Decl *d = module_level(c, u->impls[i]);

		if (d && d->kind != Dtype && d->kind != Dundef && d->kind != Dfn) {
			lerror(c->l, d->src.start, "cannot implement %s %s", declkind(d, false), d->sym->name);
			ok = false;
		} else if (!d || d->kind != Dtype || d->ty->kind != Tmodule) {
			lerror(c->l, nowhere, "no definition for implementation module %s", u->impls[i]->name);
			ok = false;
		} else {
			u->modules[i] = d;
		}
	}
	return ok;
}

/* ---------------------------------------------------------- names of a unit */

static void
install_pattern(Check *c, Node *p)
{
	p = unparen(p);
	if (p->op == Otuple) {
		for (Node *m = p->left; m; m = m->right)
			install_pattern(c, m->left);
	} else if (p->op == Oname) {
		p->decl = mkdecl(c->l, Dglobal, p->sym, p->src, NULL);
		p->decl->implicit = true;
		declare(c, p->decl);
	}
}

static void
add_pattern(Check *c, Node *p)
{
	p = unparen(p);
	if (p->op == Otuple) {
		for (Node *m = p->left; m; m = m->right)
			add_pattern(c, m->left);
	} else if (p->op == Oname) {
		add_global(c, p->decl);
	}
}

static void
install_fn(Check *c, Node *n)
{
	Decl *d = n->decl;

	PUSH(c, fns, d);
	d->init = n->left;
	if (!n->third)
		declare(c, d);
	d->defined = true;
}

static void
install(Check *c, Node *n)
{
	switch (n->op) {
	case Odecl:
		for (Decl *d = n->decls; d; d = d->next) {
			if (d->kind == Dglobal && d->ty->kind == Tfn && !n->left)
				d->kind = Dfn; /* of a function that is defined elsewhere in the unit */
			declare(c, d);
			if (d->kind == Dtype && d->ty->kind == Tmodule && impl_index(c, d->sym) >= 0 && !d->inmodule)
				implement(c, d);
		}
		return;
	case Oimport:
		for (Decl *d = n->decls; d; d = d->next) {
			d->init = node_copy(c->l, n->left);
			declare(c, d);
		}
		return;
	case Oexpr:
		if (n->left->op == Odas)
			install_pattern(c, n->left->left);
		return;
	case Ofn:
		install_fn(c, n);
		return;
	default:
		return;
	}
}

/* ------------------------------------------------------------ initial values */

typedef struct Init Init;
struct Init {
	Check *c;
	const char *name; /* 'g' as messages print it */
	Pos at;
	bool failed;
};

/* The constant value of an initialiser, lowered; NULL after a diagnostic. */
static Node *
init_value(Init *in, Node *e, int arrays)
{
	Check *c = in->c;
	Limbo *l = c->l;
	Node *x = unparen(e), *v, *size;

	switch (x->op) {
	case Oarray:
	case Oarrinit:
		if (arrays == 4) {
			lerror(l, in->at, "'%s's initializer has arrays nested more than 4 deep", in->name);
			return NULL;
		}
		size = fold(c, x->left);
		if (!size) {
			lerror(l, in->at, "'%s's size is not a constant", in->name);
			return NULL;
		}
		if (size->ival < 0) {
			lerror(l, in->at, "'%s's size is negative", in->name);
			return NULL;
		}
		x->left = size;
		for (Node *m = x->right; m; m = m->right) {
			v = init_value(in, m->left->right, arrays + 1);
			if (!v)
				return NULL;
			m->left->right = v;
			for (Node *q = m->left->left; q; q = q->right) {
				if (q->left->op == Orange) {
					q->left->left = fold(c, q->left->left);
					q->left->right = fold(c, q->left->right);
				} else if (q->left->op != Ostar) {
					q->left = fold(c, q->left);
				}
			}
		}
		types_size(l, x->ty);
		types_size(l, x->ty->tof);
		return x;
	case Otuple:
	case Ocall:
		if (x->op == Ocall && (!(x->left->flags & Ftype) || x->third))
			break;
		for (Node *m = x->op == Otuple ? x->left : x->right; m; m = m->right) {
			v = init_value(in, m->left, arrays);
			if (!v)
				return NULL;
			m->left = v;
		}
		if (x->op == Ocall) {
			x->op = Otuple;
			x->left = x->right;
			x->right = NULL;
		}
		types_size(l, x->ty);
		return x;
	default:
		break;
	}
	v = fold(c, x);
	if (v) {
		types_size(l, v->ty);
		return v;
	}
	switch (x->ty->kind) {
	case Tint:
	case Tbig:
	case Tbyte:
	case Treal:
	case Tstring:
	case Tfixed:
	case Ttuple:
	case Tadt:
	case Tarray:
		lerror(l, in->at, "'%s's initializer, '%s', is not a constant expression", in->name, exprtext(l, x));
		return NULL;
	default:
		in->failed = true;
		return NULL;
	}
}

/* Gives the names of a pattern their parts of a constant value. */
static void
init_assign(Check *c, Node *p, Node *v, Pos at)
{
	p = unparen(p);
	if (p->op == Onil)
		return;
	if (p->op == Otuple) {
		Node *m = v->op == Otuple ? v->left : NULL;

		for (Node *s = p->left; s && m; s = s->right, m = m->right)
			init_assign(c, s->left, m->left, at);
		return;
	}
	Decl *d = p->decl;
	if (d->init && d->defined) {
		lerror(c->l, at, "duplicate assignment to '%s', previously assigned on line %s", d->sym->name,
		       posname(c->l, d->init->src.start));
		return;
	}
	d->init = v;
	d->defined = true;
}

static Node *
initial(Check *c, Node *e, const char *name, Node *var, Pos at)
{
	Init in = { c, name, at, false };
	Node *v = init_value(&in, e, 0);

	if (in.failed) {
		if (var->ty->kind == Terror)
			var->ty = e->ty;
		lerror(c->l, at, "can't initialize %s", exprtyped(c->l, var));
	}
	return v;
}

static void
global_vars(Check *c, Node *n)
{
	Node *e = n->left, *v;
	Decl *d;
	int k = 0;

	for (d = n->decls; d; d = d->next)
		k++;
	Decl **list = lalloc(c->l, (size_t)k * sizeof *list);
	k = 0;
	for (d = n->decls; d; d = d->next)
		list[k++] = d;
	for (int i = 0; i < k; i++) {
		decl_type(c, list[i]);
		add_global(c, list[i]);
	}
	if (!e || !check_value(c, e) || e->ty->kind == Terror)
		return;
	for (int i = 0; i < k; i++) {
		Node var = { .op = Oname, .src = list[i]->src, .sym = list[i]->sym, .decl = list[i], .ty = list[i]->ty };

		d = list[i];
		if (d->ty->kind == Terror)
			continue;
		if (!accepts(c, d->ty, e->ty)) {
			lerror(c->l, d->src.start, "type clash in %s = %s", exprtyped(c->l, &var), exprtyped(c->l, e));
			return;
		}
		v = initial(c, e, d->sym->name, &var, d->src.start);
		if (!v)
			return;
		v = i + 1 < k && is_const(v) ? const_copy(c, v, v->src) : v;
		v->src.start = d->src.start;
		init_assign(c, &var, v, d->src.start);
	}
}

/* `x = e;` and `x := e;` of module level. */
static void
global_assign(Check *c, Node *e)
{
	Node *v, *l = unparen(e->left);

	if (e->op == Odas)
		add_pattern(c, l);
	if (!check_expr(c, e) || e->right->ty->kind == Terror)
		return;
	if (l->op != Oname && l->op != Otuple && l->op != Onil) {
		lerror(c->l, e->src.start, "cannot assign to '%s'", exprtext(c->l, e->left));
		return;
	}
	if (l->op == Onil)
		return;
	v = initial(c, e->right, exprtext(c->l, l), l, e->src.start);
	if (!v)
		return;
	v->src = e->src;
	init_assign(c, l, v, e->src.start);
}

/* -------------------------------------------------------- function definitions */

/* The adt before the last dot of a definition's name; NULL after an error. */
static Decl *
fn_owner(Check *c, Decl *fn, Node *q, Decl **params)
{
	Decl *d;
	Type *t;

	if (q->op == Oname) {
		d = lookup_name(c, q->sym, q->src.start);
		if (!d)
			return NULL;
		t = d->kind == Dtype ? type_ofdecl(c, d) : NULL;
	} else {
		Decl *o = q->op == Odot ? fn_owner(c, fn, q->left, params) : NULL;

		if (!o)
			return NULL;
		d = member_find(o->ty, q->sym);
		t = d && d->kind == Dtype ? type_ofdecl(c, d) : NULL;
	}
	*params = q->decls;
	if (t && t->kind == Terror)
		return NULL;
	if (!t || (t->kind != Tadt && t->kind != Tmodule)) {
		lerror(c->l, q->src.start, "'%s' is not an adt", exprtext(c->l, q));
		return NULL;
	}
	decl_type(c, t->decl);
	return t->decl;
}

/* The names that a definition gives to the type parameters of its adt. */
static bool
fn_params(Check *c, Decl *fn, Decl *owner, Decl *params)
{
	Decl *p = owner->ty->polys, *q = params;

	if (!params)
		return true;
	for (; p && q; p = p->next, q = q->next) {
		q->ty = p->ty;
		q->kind = Dpoly;
		q->checked = true;
	}
	if (p || q) {
		lerror(c->l, fn->src.start, "adt polymorphic type mismatch");
		return false;
	}
	fn->instance = params;
	return true;
}

static int
count(const Decl *d)
{
	int n = 0;

	for (; d; d = d->next)
		n++;
	return n;
}

static bool
raises_agree(const Type *a, const Type *b)
{
	const Node *x, *y;
	int n = 0, m = 0;

	for (x = a->eraises; x; x = x->right)
		n++;
	for (y = b->eraises; y; y = y->right)
		m++;
	if (n != m)
		return false;
	for (x = a->eraises; x; x = x->right) {
		for (y = b->eraises; y && y->left->decl != x->left->decl;)
			y = y->right;
		if (!y)
			return false;
	}
	return true;
}

/* Ties a definition to its declaration d in an adt or interface, and compares them. */
static void
fn_implements(Check *c, Decl *fn, Decl *d)
{
	Type *t;

	if (d->target && d->target != fn) {
		lerror(c->l, fn->src.start, "redeclaration of function %s, previously declared as a function on line %s",
		       decl_name(c, fn), posname(c->l, d->target->src.start));
		return;
	}
	t = decl_type(c, d);
	if (!fn->implied)
		fn->implied = d;
	d->target = fn;
	if (t->kind != Tfn || fn->ty->kind != Tfn)
		return;
	if (count(t->polys) != count(fn->ty->polys)) {
		lerror(c->l, fn->src.start, "function polymorphic type mismatch");
	} else if (!types_equal(c->l, fn->ty, t)) {
		lerror(c->l, fn->src.start, "type mismatch: %s defined as %s declared as %s on line %s",
		       decl_name(c, fn), typetext(c->l, fn->ty), typetext(c->l, t), posname(c->l, d->src.start));
	} else if (t->hasraises && fn->ty->hasraises && !raises_agree(t, fn->ty)) {
		lerror(c->l, fn->src.start, "raises mismatch: %s", decl_name(c, fn));
	}
	if (t->hasraises && !fn->ty->hasraises) {
		fn->ty->hasraises = true;
		fn->ty->eraises = t->eraises;
	}
	d->ty = fn->ty;
}

static void
define_fn(Check *c, Node *n)
{
	Decl *fn = n->decl, *owner = NULL, *params = NULL, *d;
	Env env = { .up = NULL };
	Unit *u = &c->l->unit;

	if (n->third) {
		owner = fn_owner(c, fn, n->third, &params);
		if (!owner || !fn_params(c, fn, owner, params)) {
			fn->ty = c->l->terror;
			return;
		}
		if (owner->ty->kind == Tmodule)
			owner = NULL;
	}
	if (owner) {
		fn->dot = owner;
		env.polys = fn->instance ? fn->instance : owner->ty->polys;
		c->env = &env;
		c->methodof = owner->ty;
		c->selfadt = owner->ty;
	}
	fn->ty = type_resolve(c, fn->ty);
	fn->checked = true;
	c->env = NULL;
	c->methodof = NULL;
	c->selfadt = NULL;
	if (fn->ty->kind == Tfn && fn->ty->varargs)
		lerror(c->l, fn->src.start, "cannot define functions with a '*' argument, such as %s", fn->sym->name);
	if (!owner) {
		for (int i = 0; i < u->nimpls; i++) {
			d = member_find(u->modules[i]->ty, fn->sym);
			if (d && d->kind == Dfn)
				fn_implements(c, fn, d);
		}
		for (d = fn->old; d && d->kind == Dfn && d->scope == fn->scope; d = d->old)
			if (!d->defined && !d->inmodule)
				fn_implements(c, fn, d);
		return;
	}
	d = member_find(owner->ty, fn->sym);
	if (!d || d->kind != Dfn) {
		n->third->ty = owner->ty;
		n->third->decl = owner;
		lerror(c->l, fn->src.start, "'%s' is not a member of %s", fn->sym->name, exprtyped(c->l, n->third));
		return;
	}
	if (!decl_islocal(owner)) {
		lerror(c->l, fn->src.start, "cannot define %s: %s belongs to a module that is not implemented here",
		       decl_name(c, fn), owner->sym->name);
		return;
	}
	fn_implements(c, fn, d);
}

/* ------------------------------------------------------------ second pass */

static void
define(Check *c, Node *n)
{
	switch (n->op) {
	case Odecl:
		if (n->decls && n->decls->kind == Dglobal) {
			global_vars(c, n);
			return;
		}
		for (Decl *d = n->decls; d; d = d->next) {
			switch (d->kind) {
			case Dconst:
				const_value(c, d);
				break;
			case Dexcept:
			case Dfn:
				decl_type(c, d);
				break;
			case Dtype:
				if (d->ty->kind == Tmodule && (d->inmodule || c->l->o.listing))
					decl_type(c, d);
				else if (d->ty->kind != Tadt && d->ty->kind != Tmodule)
					type_ofdecl(c, d);
				break;
			default:
				break;
			}
		}
		return;
	case Oimport:
		for (Decl *d = n->decls; d; d = d->next)
			import_target(c, d);
		return;
	case Oexpr:
		global_assign(c, n->left);
		return;
	case Ofn:
		define_fn(c, n);
		return;
	default:
		return;
	}
}

/* The functions that a declaration announces: all its names are of one kind. */
static Decl *
fn_decls(const Node *n)
{
	return n->op == Odecl && n->decls && n->decls->kind == Dfn ? n->decls : NULL;
}

/* Functions of the implemented interfaces, and methods of the adts that are used, must be there. */
static void
check_defined(Check *c, int *from, bool first)
{
	Unit *u = &c->l->unit;

	if (first) {
		for (int i = 0; i < u->nimpls; i++)
			for (Decl *d = u->modules[i]->ty->ids; d; d = d->next)
				if (d->kind == Dfn && !d->target)
					lerror(c->l, d->src.start, "function %s not defined", d->sym->name);
	}
	if (!first) {
		for (Node *s = u->tree; s; s = s->right)
			for (Decl *d = fn_decls(s->left); d; d = d->next)
				if (!d->target && d->refs)
					lerror(c->l, d->src.start, "function %s not defined", d->sym->name);
	}
	for (; *from < c->nadts; ++*from) {
		Type *t = c->adts[*from];

		if (t->generic || !decl_islocal(t->decl))
			continue;
		for (Decl *d = t->ids; d; d = d->next)
			if (d->kind == Dfn && !d->target && d->ty->kind == Tfn)
				lerror(c->l, d->src.start, "function %s.%s not defined", t->decl->sym->name,
				       d->sym->name);
	}
}

/* ------------------------------------------------------------- the results */

static int
fn_cmp(const void *a, const void *b)
{
	Decl *const *x = a, *const *y = b;

	return strcmp((*x)->sym->name, (*y)->sym->name);
}

static bool
same_owner(const Decl *a, const Decl *b)
{
	const char *x = a->dot && a->dot->ty->kind == Tadt ? a->dot->sym->name : "";
	const char *y = b->dot && b->dot->ty->kind == Tadt ? b->dot->sym->name : "";

	return strcmp(x, y) == 0;
}

/* The interface's functions and data; of several implemented modules, the union. */
static void
interface(Check *c)
{
	Unit *u = &c->l->unit;
	Decl **v = NULL, **data = NULL, *last = NULL;
	int n = 0, total = 0, nd = 0, nf;

	for (int i = 0; i < u->nimpls; i++) {
		types_members(c->l, u->modules[i]->ty, &nd, &nf);
		total += nf;
	}
	v = lalloc(c->l, (size_t)(total + 1) * sizeof *v);
	for (int i = 0; i < u->nimpls; i++) {
		Decl **m = types_members(c->l, u->modules[i]->ty, &nd, &nf);

		if (i == 0)
			data = m;
		for (int k = 0; k < nf; k++) {
			int j = 0;

			if (i > 0)
				while (j < n && (v[j]->sym != m[nd + k]->sym || !same_owner(v[j], m[nd + k])))
					j++;
			if (i == 0 || j == n)
				v[n++] = m[nd + k];
		}
	}
	if (u->nimpls > 1) {
		/* stable: by insertion order among equals */
		for (int i = 1; i < n; i++) {
			Decl *d = v[i];
			int j = i;

			while (j > 0 && fn_cmp(&v[j - 1], &d) > 0) {
				v[j] = v[j - 1];
				j--;
			}
			v[j] = d;
		}
	}
	u->ifacefns = v;
	u->nifacefns = n;
	if (u->nimpls == 0)
		return;
	/* Data of the interface comes first among the globals. */
	types_members(c->l, u->modules[0]->ty, &nd, &nf);
	Decl *rest = c->globals;
	for (int i = 0; i < nd; i++) {
		Decl *g = data[i]->target;

		if (last)
			last->next = g;
		else
			u->globals = g;
		last = g;
		g->aux = NULL;
	}
	u->ifacedata = nd ? data[0]->target : NULL;
	if (last)
		last->next = rest;
	else
		u->globals = rest;
}

static void
warn_globals(Check *c)
{
	if (c->l->o.warn < 2)
		return;
	for (int i = 0; i < c->nstack; i++) {
		Decl *d = c->stack[i];
		bool isfn = d->kind == Dimport && d->target && d->target->kind == Dfn;

		if (d->refs || d->inmodule || d->kind == Dfn || d->kind == Dundef || d->sym->name[0] == '.')
			continue;
		if (d->kind == Dtype && d->ty->kind == Tmodule)
			continue;
		lwarn(c->l, 2, d->src.start, "%s %s not referenced", isfn ? "function" : declkind(d, false),
		      d->sym->name);
	}
}

int
check_unit(Limbo *l)
{
	Check *c = lalloc(l, sizeof *c);
	Unit *u = &l->unit;
	int adts = 0;

	l->check = c;
	c->l = l;
	c->iota = -1;
	c->walk = 16;
	c->siota = lsym(l, "iota", 4);
	scope_push(c);
	for (Node *s = u->tree; s; s = s->right)
		install(c, s->left);
	if (!find_modules(c)) {
		if (!l->edit)
			return -1;
		/* an editor wants to know about the rest */
		edit_silence(l);
		u->nimpls = 0;
		l->o.listing = 1;
	}
	for (Node *s = u->tree; s; s = s->right)
		define(c, s->left);
	for (int i = 0; i < u->nimpls; i++) {
		decl_type(c, u->modules[i]);
		for (Decl *d = u->modules[i]->ty->ids; d; d = d->next)
			if (d->kind == Dfield && d->target && !d->target->checked)
				decl_type(c, d->target);
		if (i > 0) {
			check_members(c, u->modules[i]);
			if (!same_data(c, u->modules[0]->ty, u->modules[i]->ty))
				lerror(l, u->modules[i]->src.start, "%s's module data not consistent with that of %s",
				       u->modules[i]->sym->name, u->modules[0]->sym->name);
		}
	}
	if (!l->o.listing || u->nimpls)
		check_defined(c, &adts, true);
	for (int i = 0; i < c->nfns; i++)
		check_body(c, c->fns[i]);
	if (!l->o.listing || u->nimpls)
		check_defined(c, &adts, false);
	if (l->nerrors)
		return -1;
	u->fns = c->fns;
	u->nfns = c->nfns;
	interface(c);
	reach_all(c);
	for (int i = 0; i < c->nfns; i++) {
		Decl *fn = c->fns[i];

		if (fn->reached && fn->ty->tof->kind != Tnone && fn->falls)
			lerror(l, fn->init->src.stop, "no return at end of function %s", decl_name(c, fn));
	}
	warn_globals(c);
	return l->nerrors ? -1 : 0;
}
