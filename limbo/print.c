/*
 * Expressions and types as diagnostics show them. Prints trees as parsed, as checked, and as lowered.
 */
#include <stdlib.h>
#include <string.h>

#include "limbo/ast.h"

enum {
	MAXTEXT = 4096, /* bytes of a text; the rest is cut off */
	MAXSTRING = 10	/* bytes of a string constant */
};

typedef struct Out Out;
struct Out {
	Limbo *l;
	char *p;
	int n, cap;
	bool full;
};

static void expr(Out *o, Node *n);
static void type(Out *o, Type *t);

static void
putn(Out *o, const char *s, int n)
{
	char *p;
	int cap;

	if (o->full)
		return;
	if (o->n + n > MAXTEXT) {
		o->full = true;
		s = "...";
		n = 3;
	}
	if (o->n + n + 1 > o->cap) {
		cap = o->cap * 2 + n + 64;
		p = lalloc(o->l, cap);
		if (o->n > 0)
			memcpy(p, o->p, o->n);
		o->p = p;
		o->cap = cap;
	}
	memcpy(o->p + o->n, s, n);
	o->n += n;
	o->p[o->n] = '\0';
}

static void
put(Out *o, const char *s)
{
	putn(o, s, strlen(s));
}

static void
name(Out *o, const Node *n)
{
	if (n->sym != NULL)
		put(o, n->sym->name);
	else if (n->decl != NULL && n->decl->sym != NULL)
		put(o, n->decl->sym->name);
	else
		put(o, "?");
}

static void
string(Out *o, Str s)
{
	static const char esc[] = "\nn\tt\rr\bb\aa\ff\vv\"\"\\\\";
	char c[3] = "\\";
	const char *q;
	uint32_t i, n;

	n = s.n;
	if (n > MAXSTRING) {
		n = MAXSTRING;
		while (n > 0 && ((uint8_t)s.s[n] & 0xc0) == 0x80)
			n--;
	}
	put(o, "\"");
	for (i = 0; i < n; i++) {
		for (q = esc; *q != '\0'; q += 2)
			if (*q == s.s[i])
				break;
		if (*q != '\0') {
			c[1] = q[1];
			putn(o, c, 2);
		} else if (s.s[i] == '\0')
			put(o, "\\0");
		else
			putn(o, s.s + i, 1);
	}
	if (n < s.n)
		put(o, "...");
	put(o, "\"");
}

static void
constant(Out *o, Node *n)
{
	char buf[40];
	Tkind k;

	k = n->ty == NULL ? Tnil : n->ty->kind;
	switch (k) {
	case Tbyte:
		put(o, "byte ");
		/* fall through */
	case Tint:
	case Tbig:
		snprintf(buf, sizeof buf, "%lld", (long long)n->ival);
		put(o, buf);
		break;
	case Tfixed:
		put(o, realtext((double)n->ival * n->ty->unit, buf));
		break;
	case Treal:
		put(o, realtext(n->rval, buf));
		break;
	case Tstring:
		if (n->str.s == NULL && n->str.n == 0)
			put(o, "nil");
		else
			string(o, n->str);
		break;
	default:
		put(o, "nil");
	}
}

/* The elements of a list of cells, with something between them. */
static void
list(Out *o, Node *n, const char *sep)
{
	for (; n != NULL && n->op == Oseq && !o->full; n = n->right) {
		expr(o, n->left);
		if (n->right != NULL)
			put(o, sep);
	}
}

static const char *const prefix[NOP] = {
	[Oneg] = "-",	   [Onot] = "!",      [Ocomp] = "~",   [Oplus] = "+",	    [Oderef] = "*",	 [Opreinc] = "++",
	[Opredec] = "--",  [Orecv] = "<-",    [Ohd] = "hd ",   [Otl] = "tl ",	    [Olen] = "len ",	 [Oref] = "ref ",
	[Otagof] = "tagof ", [Ospawn] = "spawn ", [Oraise] = "raise ", [Oreturn] = "return ", [Ofnref] = "ref ",
};

static const char *const infix[NOP] = {
	[Oadd] = "+",	  [Osub] = "-",	    [Omul] = "*",    [Odiv] = "/",    [Omod] = "%",    [Oexp] = "**",
	[Oand] = "&",	  [Oor] = "|",	    [Oxor] = "^",    [Olsh] = "<<",   [Orsh] = ">>",   [Oeq] = "==",
	[One] = "!=",	  [Olt] = "<",	    [Ole] = "<=",    [Ogt] = ">",     [Oge] = ">=",    [Oandand] = "&&",
	[Ooror] = "||",	  [Ocons] = "::",   [Oas] = "=",     [Oaddas] = "+=", [Osubas] = "-=", [Omulas] = "*=",
	[Odivas] = "/=",  [Omodas] = "%=",  [Oexpas] = "**=", [Oandas] = "&=", [Ooras] = "|=", [Oxoras] = "^=",
	[Olshas] = "<<=", [Orshas] = ">>=", [Odas] = ":=",   [Otupas] = "=",  [Osend] = "<-=", [Osliceas] = "=",
	[Orange] = " to ",
};

/* array [n] of {q =>e, ...}: elements without index get theirs. */
static void
arrayinit(Out *o, Node *n)
{
	int64_t next, most, k;
	char buf[40];
	Node *c, *q, *e;

	put(o, "array [");
	if (n->left != NULL)
		expr(o, n->left);
	else {
		next = most = 0;
		for (c = n->right; c != NULL; c = c->right) {
			e = c->left;
			for (q = e->left; q != NULL && q->op == Oseq; q = q->right) {
				k = -1;
				if (q->left->op == Oconst)
					k = q->left->ival;
				else if (q->left->op == Orange && q->left->right->op == Oconst)
					k = q->left->right->ival;
				if (k >= 0 && k < INT32_MAX)
					next = k;
			}
			if (e->left == NULL || e->left->op != Oseq || e->left->left->op != Ostar)
				next++;
			if (next > most)
				most = next;
		}
		snprintf(buf, sizeof buf, "%lld", (long long)most);
		put(o, buf);
	}
	put(o, "] of {");
	next = 0;
	for (c = n->right; c != NULL && !o->full; c = c->right) {
		e = c->left;
		if (e->left == NULL) {
			snprintf(buf, sizeof buf, "%lld", (long long)next++);
			put(o, buf);
		} else {
			expr(o, e->left);
			for (q = e->left; q->op == Oseq && q->right != NULL; q = q->right)
				;
			if (q->op == Oseq)
				q = q->left;
			if (q->op == Orange)
				q = q->right;
			if (q->op == Oconst)
				next = q->ival + 1;
		}
		put(o, " =>");
		expr(o, e->right);
		if (c->right != NULL)
			put(o, ", ");
	}
	put(o, "}");
}

static void
expr(Out *o, Node *n)
{
	Node *c;
	int i;

	if (n == NULL || o->full)
		return;
	switch (n->op) {
	case Oconst:
		constant(o, n);
		return;
	case Oname:
		name(o, n);
		return;
	case Onil:
		put(o, "nil");
		return;
	case Ostar:
		put(o, "*");
		return;
	case Opostinc:
	case Opostdec:
		expr(o, n->left);
		put(o, n->op == Opostinc ? "++" : "--");
		return;
	case Ocast:
		type(o, n->ty);
		put(o, " ");
		expr(o, n->left);
		return;
	case Oload:
		put(o, "load ");
		if (n->sym != NULL)
			put(o, n->sym->name);
		else
			type(o, n->ty);
		put(o, " ");
		expr(o, n->left);
		return;
	case Oindex:
	case Oinds:
		expr(o, n->left);
		put(o, "[");
		expr(o, n->right);
		put(o, "]");
		return;
	case Oslice:
		expr(o, n->left);
		put(o, "[");
		expr(o, n->right);
		put(o, ":");
		expr(o, n->third);
		put(o, "]");
		return;
	case Odot:
	case Omdot:
		expr(o, n->left);
		put(o, n->op == Odot ? "." : "->");
		name(o, n);
		return;
	case Ocall:
		expr(o, n->left);
		put(o, "(");
		list(o, n->right, ", ");
		put(o, ")");
		return;
	case Otuple:
		if (n->ty != NULL && (n->ty->kind == Tadt || n->ty->kind == Tpick))
			type(o, n->ty);
		put(o, "(");
		list(o, n->left, ", ");
		put(o, ")");
		return;
	case Oarray:
		put(o, "array [");
		expr(o, n->left);
		put(o, "] of ");
		if (n->ty != NULL && n->ty->kind == Tarray)
			type(o, n->ty->tof);
		return;
	case Oarrinit:
		arrayinit(o, n);
		return;
	case Oelem:
		if (n->left != NULL) {
			expr(o, n->left);
			put(o, " =>");
		}
		expr(o, n->right);
		return;
	case Olistinit:
		for (c = n->right; c != NULL && !o->full; c = c->right) {
			expr(o, c->left);
			put(o, "::");
		}
		put(o, "nil");
		return;
	case Ochan:
		put(o, "chan ");
		if (n->left != NULL) {
			put(o, "[");
			expr(o, n->left);
			put(o, "] ");
		}
		put(o, "of ");
		if (n->ty != NULL && n->ty->kind == Tchan)
			type(o, n->ty->tof);
		return;
	case Oinst:
		expr(o, n->left);
		put(o, "[");
		if (n->ty != NULL)
			for (i = 0; i < n->ty->ntargs; i++) {
				if (i > 0)
					put(o, ", ");
				type(o, n->ty->targs[i]);
			}
		put(o, "]");
		return;
	case Otype:
		type(o, n->ty);
		return;
	case Oparen:
		put(o, "(");
		expr(o, n->left);
		put(o, ")");
		return;
	case Oseq:
		list(o, n, " or ");
		return;
	case Oexpr:
		expr(o, n->left);
		return;
	default:
		break;
	}
	if (n->op < NOP && prefix[n->op] != NULL) {
		put(o, prefix[n->op]);
		if (n->op == Oref && n->left == NULL && n->ty != NULL && n->ty->kind == Tref)
			type(o, n->ty->tof);
		expr(o, n->left);
	} else if (n->op < NOP && infix[n->op] != NULL) {
		expr(o, n->left);
		put(o, infix[n->op]);
		expr(o, n->right);
	} else
		put(o, "?");
}

/* ----------------------------------------------------------------- types */

/* Name of an adt or exception, with the module it comes from unless that is being implemented. */
static void
qualified(Out *o, const Decl *d)
{
	const Unit *u;
	int i;

	u = &o->l->unit;
	if (d->dot != NULL && d->dot->sym != NULL && d->dot->ty != NULL && d->dot->ty->kind == Tmodule) {
		for (i = 0; i < u->nimpls; i++)
			if (u->impls[i] == d->dot->sym)
				break;
		if (i == u->nimpls) {
			put(o, d->dot->sym->name);
			put(o, "->");
		}
	}
	put(o, d->sym != NULL ? d->sym->name : "?");
}

static void
params(Out *o, Type *t)
{
	Decl *d;
	int i;

	if (t->targs != NULL && t->ntargs > 0) {
		put(o, "[");
		for (i = 0; i < t->ntargs; i++) {
			if (i > 0)
				put(o, ", ");
			type(o, t->targs[i]);
		}
		put(o, "]");
	} else if (t->polys != NULL) {
		put(o, "[");
		for (d = t->polys; d != NULL; d = d->next) {
			put(o, d->sym->name);
			if (d->next != NULL)
				put(o, ", ");
		}
		put(o, "]");
	}
}

static void
function(Out *o, Type *t)
{
	Decl *d;

	put(o, "fn");
	params(o, t);
	put(o, "(");
	for (d = t->ids; d != NULL && !o->full; d = d->next) {
		if (d->unnamed)
			put(o, "nil");
		else if (d->sym != NULL)
			put(o, d->sym->name);
		put(o, ": ");
		if (d->isself)
			put(o, "self ");
		type(o, d->ty);
		if (d->next != NULL)
			put(o, ", ");
	}
	if (t->varargs)
		put(o, t->ids != NULL ? ", *" : "*");
	put(o, ")");
	if (t->tof != NULL && t->tof->kind != Tnone) {
		put(o, ": ");
		type(o, t->tof);
	}
}

static void
type(Out *o, Type *t)
{
	char buf[40];
	Decl *d;

	if (t == NULL || o->full)
		return;
	if (t->cyclic)
		put(o, "cyclic ");
	switch (t->kind) {
	case Terror:
		put(o, "type error");
		break;
	case Tnone:
		put(o, "no type");
		break;
	case Tnil:
		put(o, "polymorphic type");
		break;
	case Tint:
		put(o, "int");
		break;
	case Tbig:
		put(o, "big");
		break;
	case Tbyte:
		put(o, "byte");
		break;
	case Treal:
		put(o, "real");
		break;
	case Tstring:
		put(o, "string");
		break;
	case Tfixed:
		put(o, "fixed point(");
		put(o, realtext(t->unit, buf));
		put(o, ")");
		break;
	case Ttuple:
		put(o, "(");
		for (d = t->ids; d != NULL && !o->full; d = d->next) {
			type(o, d->ty);
			if (d->next != NULL)
				put(o, ", ");
		}
		put(o, ")");
		break;
	case Tadt:
		if (t->decl == NULL) {
			put(o, "adt");
			break;
		}
		qualified(o, t->decl);
		params(o, t);
		break;
	case Tpick:
		type(o, t->tof);
		put(o, ".");
		put(o, t->decl != NULL && t->decl->sym != NULL ? t->decl->sym->name : "?");
		break;
	case Tref:
		put(o, "ref ");
		type(o, t->tof);
		break;
	case Tarray:
		put(o, "array of ");
		type(o, t->tof);
		break;
	case Tlist:
		put(o, "list of ");
		type(o, t->tof);
		break;
	case Tchan:
		put(o, "chan of ");
		type(o, t->tof);
		break;
	case Tfn:
		function(o, t);
		break;
	case Tmodule:
		put(o, t->decl != NULL && t->decl->sym != NULL ? t->decl->sym->name : "module");
		break;
	case Tpoly:
		put(o, t->decl != NULL && t->decl->sym != NULL ? t->decl->sym->name : "?");
		break;
	case Texcept:
		put(o, "exception");
		break;
	case Tname:
		put(o, t->id->name);
		break;
	case Tdot:
	case Tarrow:
		type(o, t->tof);
		put(o, t->kind == Tdot ? "." : "->");
		put(o, t->id->name);
		break;
	case Tinst:
		type(o, t->tof);
		params(o, t);
		break;
	case Tself:
		put(o, "self ");
		type(o, t->tof);
		break;
	case NTKIND:
		break;
	}
}

/* -------------------------------------------------------------- services */

static const char *
done(Out *o)
{
	return o->p == NULL ? "" : o->p;
}

const char *
exprtext(Limbo *l, Node *e)
{
	Out o = { .l = l };

	expr(&o, e);
	return done(&o);
}

const char *
typetext(Limbo *l, Type *t)
{
	Out o = { .l = l };

	type(&o, t);
	return done(&o);
}

const char *
exprtyped(Limbo *l, Node *e)
{
	Type *t;

	t = e->ty;
	if (t == NULL || t->kind == Terror || t->kind == Tnone || t->kind == Tnil)
		return lprintf(l, "'%s'", exprtext(l, e));
	return lprintf(l, "'%s' of type %s", exprtext(l, e), typetext(l, t));
}

const char *
declkind(const Decl *d, bool article)
{
	static const char *const kinds[] = {
		[Dunbound] = "an unbound name", [Dundef] = "an undefined name", [Dtype] = "a type", [Dconst] = "a con",
		[Dglobal] = "a global", [Dlocal] = "a local", [Darg] = "an argument", [Dfn] = "a function",
		[Dfield] = "a field", [Dtag] = "a pick tag", [Dpoly] = "a type", [Dexcept] = "an exception",
		[Dimport] = "an import", [Dlabel] = "a label",
	};
	const char *s;

	s = kinds[d->kind];
	return article ? s : strchr(s, ' ') + 1;
}
