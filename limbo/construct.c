/*
 * Expressions that make or take apart objects, other than calls: tuples, arrays and lists with their elements, load, type
 * arguments, index, slice and tag.
 */
#include <stdlib.h>

#include "limbo/check.h"

bool
check_tuple(Check *c, Node *e)
{
	bool ok = true;
	Type **v;
	int n = 0;

	for (Node *m = e->left; m; m = m->right) {
		n++;
		if (m->left->op == Onil) {
			lerror(c->l, m->left->src.start, "nil is not a variable");
			ok = false;
		} else if (!check_value(c, m->left)) {
			ok = false;
		} else if (m->left->ty->kind == Tnone) {
			lerror(c->l, m->left->src.start, "expressions cannot have type %s", typetext(c->l, m->left->ty));
			ok = false;
		}
	}
	if (!ok)
		return false;
	v = lalloc(c->l, (size_t)n * sizeof *v);
	n = 0;
	for (Node *m = e->left; m; m = m->right)
		v[n++] = m->left->ty;
	e->ty = tuple_type(c, e->src, v, n);
	return e->ty->kind != Terror;
}

bool
check_size(Check *c, Node *size, const char *what)
{
	if (!check_value(c, size))
		return false;
	if (size->ty->kind == Terror)
		return true;
	if (size->ty->kind != Tint) {
		lerror(c->l, size->src.start, "%s size %s is not an int", what, exprtyped(c->l, size));
		return false;
	}
	return true;
}

/* A labelled element of an array initialiser, for finding overlaps. */
typedef struct Span Span;
struct Span {
	int64_t lo, hi;
	int seq;
	Node *elem;
};

static int
span_cmp(const void *a, const void *b)
{
	const Span *x = a, *y = b;

	if (x->lo != y->lo)
		return x->lo < y->lo ? -1 : 1;
	return x->seq < y->seq ? -1 : x->seq > y->seq;
}

static bool
index_value(Check *c, Node *q, bool range, int64_t *v)
{
	Node *k;

	if (!check_value(c, q) || q->ty->kind == Terror)
		return false;
	if (q->ty->kind != Tint) {
		lerror(c->l, q->src.start, "array index %s is not an int", exprtyped(c->l, q));
		return false;
	}
	k = fold(c, q);
	if (!k) {
		lerror(c->l, q->src.start, "%s '%s' is not constant", range ? "range" : "array index", exprtext(c->l, q));
		return false;
	}
	*v = k->ival;
	return true;
}

static bool
check_overlaps(Check *c, Span *v, int n)
{
	bool ok = true;
	int top = 0;

	qsort(v, (size_t)n, sizeof *v, span_cmp);
	for (int i = 1; i < n; i++) {
		if (v[i].lo <= v[top].hi) {
			Span *a = &v[top], *b = &v[i];

			if (a->seq > b->seq) {
				a = &v[i];
				b = &v[top];
			}
			lerror(c->l, b->elem->src.start, "array index '%s' overlaps with '%s' on line %s",
			       qual_list(c, b->elem->left), qual_list(c, a->elem->left),
			       posname(c->l, a->elem->src.start));
			ok = false;
		}
		if (v[i].hi > v[top].hi)
			top = i;
	}
	return ok;
}

bool
check_arrinit(Check *c, Node *e)
{
	Node *size = NULL, *star = NULL;
	Type *t = NULL;
	bool ok = true, labels = false;
	int64_t next = 0, high = -1, limit = INT32_MAX;
	int n = 0, ns = 0;
	Span *v;

	if (e->left) {
		ok = check_size(c, e->left, "array");
		if (ok && e->left->ty->kind == Tint && (size = fold(c, e->left)))
			limit = size->ival;
	}
	for (Node *m = e->right; m; m = m->right) {
		n++;
		for (Node *q = m->left->left; q; q = q->right) {
			labels = true;
			n++;
		}
	}
	v = labels ? lalloc(c->l, (size_t)n * sizeof *v) : NULL;
	for (Node *m = e->right; m; m = m->right) {
		Node *el = m->left;
		Type *common;

		if (!el->left) {
			Node *k = const_int(c, el->src, c->l->tint, next);

			k->ival = next;
			el->left = mknode(c->l, Oseq, el->src, k, NULL);
			if (next >= limit) {
				lerror(c->l, el->src.start, "array index '%lld' out of bounds", (long long)next);
				ok = false;
			}
			if (labels)
				v[ns] = (Span){ next, next, ns, el }, ns++;
			if (next > high)
				high = next;
			next++;
		} else {
			for (Node *s = el->left; s; s = s->right) {
				Node *q = s->left;
				int64_t lo, hi;

				if (q->op == Ostar) {
					if (star) {
						lerror(c->l, q->src.start, "array index * duplicated on line %s",
						       posname(c->l, star->src.start));
						ok = false;
					}
					star = q;
					continue;
				}
				if (q->op == Orange) {
					if (!index_value(c, q->left, true, &lo) || !index_value(c, q->right, true, &hi)) {
						ok = false;
						continue;
					}
					q->ty = c->l->tint;
				} else {
					if (!index_value(c, q, false, &lo)) {
						ok = false;
						continue;
					}
					hi = lo;
				}
				if (lo < 0 || hi >= limit || hi < lo) {
					lerror(c->l, q->src.start, "array index '%s' out of bounds", exprtext(c->l, q));
					ok = false;
					continue;
				}
				v[ns] = (Span){ lo, hi, ns, el };
				ns++;
				next = hi + 1;
				if (hi > high)
					high = hi;
			}
		}
		if (!check_value(c, el->right)) {
			ok = false;
			continue;
		}
		el->ty = el->right->ty;
		if (!t) {
			t = el->ty;
			continue;
		}
		common = type_common(c, t, el->ty);
		if (!common) {
			lerror(c->l, el->right->src.start, "inconsistent types %s and %s and in array initializer",
			       typetext(c->l, t), typetext(c->l, el->ty));
			ok = false;
			continue;
		}
		t = common;
	}
	if (labels && !check_overlaps(c, v, ns))
		ok = false;
	if (!ok)
		return false;
	if (t->kind != Terror && (!type_complete(t) || !type_isdata(t))) {
		lerror(c->l, e->src.start, "type for array not specific");
		return false;
	}
	if (!e->left)
		e->left = const_int(c, e->src, c->l->tint, high + 1);
	e->ty = type_of(c, Tarray, t);
	return true;
}

bool
check_listinit(Check *c, Node *e)
{
	Type *t = NULL;
	bool ok = true;

	for (Node *m = e->right ? e->right : e->left; m; m = m->right) {
		Type *common;

		if (!check_value(c, m->left)) {
			ok = false;
			continue;
		}
		if (m->left->ty->kind == Tnone) {
			lerror(c->l, m->left->src.start, "expressions cannot have type %s", typetext(c->l, m->left->ty));
			ok = false;
			continue;
		}
		common = t ? type_common(c, t, m->left->ty) : m->left->ty;
		if (!common) {
			lerror(c->l, m->left->src.start, "inconsistent types %s and %s and in list initializer",
			       typetext(c->l, t), typetext(c->l, m->left->ty));
			ok = false;
			continue;
		}
		t = common;
	}
	if (!ok || !t)
		return false;
	e->ty = type_of(c, Tlist, t);
	return true;
}

bool
check_load(Check *c, Node *e)
{
	Decl *d = lookup_name(c, e->sym, e->src.start);
	bool ok = check_value(c, e->left);
	Type *t;

	if (!d)
		return false;
	if (d->kind == Dimport) {
		d = import_target(c, d);
		if (!d)
			return false;
	}
	t = d->kind == Dtype ? decl_type(c, d) : NULL;
	if (t && t->kind == Terror)
		return false;
	if (!t || t->kind != Tmodule) {
		lerror(c->l, e->src.start, "cannot load a %s, ", t ? typetext(c->l, t) : d->sym->name);
		return false;
	}
	e->ty = t;
	if (!ok)
		return false;
	if (e->left->ty->kind != Tstring && e->left->ty->kind != Terror) {
		lerror(c->l, e->src.start, "cannot load a module from %s", exprtyped(c->l, e->left));
		return false;
	}
	return true;
}

/* ---------------------------------------------------------- index and slice */

/* A[T]: type arguments. */
bool
check_inst(Check *c, Node *e)
{
	Type *t = node_totype(c->l, e);

	if (!t) {
		lerror(c->l, e->src.start, "'%s' is not a type", exprtext(c->l, e));
		return false;
	}
	e->ty = type_resolve(c, t);
	e->flags |= Ftype;
	return e->ty->kind != Terror;
}

bool
check_index(Check *c, Node *e)
{
	Type *t;
	bool ok = check_expr(c, e->left);

	if (ok && (e->left->flags & Ftype) && e->left->ty->kind != Tmodule)
		return check_inst(c, e);
	if (ok)
		ok = make_value(c, e->left);
	if (!check_value(c, e->right) || !ok)
		return false;
	t = e->left->ty;
	if (t->kind != Tarray && t->kind != Tstring) {
		lerror(c->l, e->src.start, "cannot index %s", exprtyped(c->l, e->left));
		return false;
	}
	if (e->right->ty->kind != Tint) {
		if (e->right->ty->kind == Terror)
			return false;
		lerror(c->l, e->src.start, "cannot index %s with %s", exprtyped(c->l, e->left),
		       exprtyped(c->l, e->right));
		return false;
	}
	e->ty = t->kind == Tstring ? c->l->tint : t->tof;
	return true;
}

bool
check_slice(Check *c, Node *e)
{
	bool ok = check_value(c, e->left), fits;
	Tkind k;

	if (e->right && !check_value(c, e->right))
		ok = false;
	if (e->third && !check_value(c, e->third))
		ok = false;
	if (!ok)
		return false;
	k = e->left->ty->kind;
	fits = (k == Tarray || k == Tstring) && (!e->right || e->right->ty->kind == Tint) &&
	       (!e->third || e->third->ty->kind == Tint);
	if (!fits) {
		lerror(c->l, e->src.start, "cannot slice %s with '%s:%s'", exprtyped(c->l, e->left),
		       e->right ? exprtext(c->l, e->right) : "", e->third ? exprtext(c->l, e->third) : "");
		return false;
	}
	e->ty = e->left->ty;
	return true;
}

bool
check_tagof(Check *c, Node *e)
{
	Type *t;

	if (!check_expr(c, e->left))
		return false;
	t = e->left->ty;
	e->ty = c->l->tint;
	if (e->left->flags & Ftype) {
		if (t->kind == Tpick)
			return true;
	} else if (!(e->left->flags & (Ffn | Fexcept))) {
		Type *a = adt_of(t);

		if (t->kind == Tref && a && a->tags)
			return true;
	}
	lerror(c->l, e->src.start, "cannot get the tag value for %s", exprtyped(c->l, e->left));
	return false;
}
