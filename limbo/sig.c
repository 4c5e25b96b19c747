/*
 * Link signatures: the text that stands for a type, and its hash. The encoding is described in dis(6).
 *
 * Adts, variants, tuples and modules are numbered in the order in which their text begins; a later one that is equal
 * (types_equal) is written as `@` and the number.
 */
#include <stdlib.h>
#include <string.h>

#include "limbo/ast.h"

typedef struct Sig Sig;
struct Sig {
	Limbo *l;
	char *p;
	size_t n, cap;
	Type **class; /* numbered from 1 */
	int nclass;
	int classcap;
	bool toolong;
};

enum {
	MAXSIG = 16 << 20 /* an absurd length */
};

static void encode(Sig *s, Type *t);

static void
put(Sig *s, const char *t, size_t n)
{
	char *p;
	size_t cap;

	if (s->n + n > MAXSIG) {
		s->toolong = true;
		return;
	}
	if (s->n + n + 1 > s->cap) {
		cap = s->cap * 2 + n + 256;
		p = lalloc(s->l, cap);
		if (s->n > 0)
			memcpy(p, s->p, s->n);
		s->p = p;
		s->cap = cap;
	}
	memcpy(s->p + s->n, t, n);
	s->n += n;
	s->p[s->n] = '\0';
}

static void
putstr(Sig *s, const char *t)
{
	put(s, t, strlen(t));
}

static void
putsym(Sig *s, const Sym *y)
{
	if (y != NULL)
		put(s, y->name, y->len);
}

/*
 * An instance of an adt whose actual types are the adt's own parameters, in any order, is written as the adt itself:
 * in Pair: adt[A, B], Pair[B, A] is a Pair.
 */
static Type *
plain(Type *t)
{
	Decl *d;
	int i;

	if (t->kind != Tadt || t->generic == NULL || t->ntargs == 0)
		return t;
	for (i = 0; i < t->ntargs; i++) {
		if (t->targs[i]->kind != Tpoly)
			return t;
		for (d = t->generic->polys; d != NULL; d = d->next)
			if (d == t->targs[i]->decl)
				break;
		if (d == NULL)
			return t;
	}
	return t->generic;
}

/* True if an equal type has a number already, which is written; else t gets the next. */
static bool
shared(Sig *s, Type *t)
{
	char buf[16];
	Type **v;
	int i;

	for (i = 0; i < s->nclass; i++)
		if (s->class[i] == t)
			break;
	if (i == s->nclass)
		for (i = 0; i < s->nclass; i++)
			if (s->class[i]->kind == t->kind && types_equal(s->l, s->class[i], t))
				break;
	if (i < s->nclass) {
		snprintf(buf, sizeof buf, "@%d", i + 1);
		putstr(s, buf);
		return true;
	}
	if (s->nclass == s->classcap) {
		v = lalloc(s->l, (s->classcap * 2 + 32) * sizeof *v);
		if (s->nclass > 0)
			memcpy(v, s->class, s->nclass * sizeof *v);
		s->class = v;
		s->classcap = s->classcap * 2 + 32;
	}
	s->class[s->nclass++] = t;
	return false;
}

/* name:type,... of the data fields; true if there were any */
static bool
fields(Sig *s, Decl *d)
{
	bool any;

	any = false;
	for (; d != NULL; d = d->next) {
		if (d->kind != Dfield && d->kind != Dglobal)
			continue;
		if (any)
			putstr(s, ",");
		any = true;
		putsym(s, d->sym);
		putstr(s, ":");
		if (d->cyclic)
			putstr(s, "y");
		encode(s, d->ty);
		if (s->toolong)
			break;
	}
	return any;
}

static void
tuple(Sig *s, Decl *d)
{
	for (; d != NULL; d = d->next) {
		encode(s, d->ty);
		if (d->next != NULL)
			putstr(s, ",");
	}
}

static void
function(Sig *s, Type *t)
{
	Node *e;
	Decl *d;

	putstr(s, t->varargs ? "f*" : "f");
	if (t->polys != NULL)
		putstr(s, "()");
	putstr(s, "(");
	for (d = t->ids; d != NULL; d = d->next) {
		if (d->isself)
			putstr(s, "S");
		encode(s, d->ty);
		if (d->next != NULL)
			putstr(s, ",");
	}
	putstr(s, ")");
	if (t->hasraises) {
		putstr(s, "(");
		for (e = t->eraises; e != NULL; e = e->right) {
			putsym(s, e->left->decl != NULL ? e->left->decl->sym : e->left->sym);
			if (e->right != NULL)
				putstr(s, ",");
		}
		putstr(s, ")");
	}
	encode(s, t->tof);
}

static void
items(Sig *s, Decl **v, int n)
{
	int i;

	for (i = 0; i < n && !s->toolong; i++) {
		putsym(s, v[i]->sym);
		putstr(s, ":");
		encode(s, v[i]->ty);
		putstr(s, ";");
	}
}

static void
encode(Sig *s, Type *t)
{
	char buf[40];
	Decl **v, *d;
	int nd, nf;

	if (t == NULL || s->toolong)
		return;
	switch (t->kind) {
	case Tnone:
		putstr(s, "n");
		break;
	case Tint:
		putstr(s, "i");
		break;
	case Tbig:
		putstr(s, "B");
		break;
	case Tbyte:
		putstr(s, "b");
		break;
	case Treal:
		putstr(s, "r");
		break;
	case Tstring:
		putstr(s, "s");
		break;
	case Tpoly:
		putstr(s, "P");
		break;
	case Tfixed:
		putstr(s, "x");
		putstr(s, realtext(t->unit, buf));
		break;
	case Tref:
		putstr(s, "R");
		encode(s, t->tof);
		break;
	case Tarray:
		putstr(s, "A");
		encode(s, t->tof);
		break;
	case Tlist:
		putstr(s, "L");
		encode(s, t->tof);
		break;
	case Tchan:
		putstr(s, "C");
		encode(s, t->tof);
		break;
	case Tfn:
		function(s, t);
		break;
	case Ttuple:
		if (shared(s, t))
			break;
		putstr(s, "t(");
		tuple(s, t->ids);
		putstr(s, ")");
		break;
	case Tadt:
		t = plain(t);
		if (shared(s, t))
			break;
		putstr(s, t->polys != NULL || t->targs != NULL ? "a()(" : "a(");
		fields(s, t->ids);
		for (d = t->tags; d != NULL; d = d->next) {
			putstr(s, ",");
			putsym(s, d->sym);
			putstr(s, "=>");
			encode(s, d->ty);
		}
		putstr(s, ")");
		break;
	case Tpick:
		if (shared(s, t))
			break;
		putstr(s, "p(");
		fields(s, t->ids);
		putstr(s, ")");
		encode(s, t->tof);
		break;
	case Tmodule:
		if (shared(s, t))
			break;
		putstr(s, "m{");
		v = types_members(s->l, t, &nd, &nf);
		items(s, v, nd + nf);
		putstr(s, "}");
		break;
	case Tnil:
	case Texcept:
	default:
		putstr(s, "n");
		break;
	}
}

const char *
sig_text(Limbo *l, Type *t, size_t *n)
{
	Sig s = { .l = l };

	encode(&s, t);
	if (s.toolong)
		lfatal(l, "signature too long");
	*n = s.n;
	return s.p == NULL ? "" : s.p;
}

uint32_t
sig_type(Limbo *l, Type *t)
{
	const char *s;
	size_t n;

	if (!t->sigok) {
		s = sig_text(l, t, &n);
		t->sig = dis_sig(s, n);
		t->sigok = true;
	}
	return t->sig;
}

uint32_t
sig_data(Limbo *l, Decl **members, int n)
{
	Sig s = { .l = l };

	items(&s, members, n);
	return dis_sig(s.p == NULL ? "" : s.p, s.n);
}
