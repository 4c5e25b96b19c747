/*
 * Types, with what belongs to functions: arguments, type parameters and their bounds, raises clauses.
 */
#include <string.h>

#include "limbo/parse.h"

/* polys = "[" names "]" */
Decl *
parse_polys(Parser *p)
{
	Decl *d, *e;

	if (!accept_tok(p, '['))
		return NULL;
	d = parse_names(p);
	expect(p, ']');
	for (e = d; e != NULL; e = e->next) {
		e->kind = Dpoly;
		e->ty = mktype(p->l, Tpoly, e->src, NULL);
		e->ty->decl = e;
	}
	return d;
}

/* t0, t1, ... : members of tuples and exceptions */
static Sym *
member_name(Limbo *l, int i)
{
	char buf[16];

	return lsym(l, buf, snprintf(buf, sizeof buf, "t%d", i));
}

bool
is_basic(int kind)
{
	return kind == KINTT || kind == KBIGT || kind == KBYTE || kind == KREALT || kind == KSTRINGT;
}

Type *
basic_type(Parser *p, int kind)
{
	switch (kind) {
	case KINTT:
		return p->l->tint;
	case KBIGT:
		return p->l->tbig;
	case KBYTE:
		return p->l->tbyte;
	case KREALT:
		return p->l->treal;
	default:
		return p->l->tstring;
	}
}

/* type {"," type} as members t0, t1, ... ; *height is the greatest height among them */
Decl *
parse_typelist(Parser *p, int *count, int *height)
{
	Decl *first, **tail, *d;
	Pos start;
	Type *t;
	int n;

	first = NULL;
	tail = &first;
	n = 0;
	*height = 0;
	do {
		start = p->tok->src.start;
		t = parse_type(p);
		if (p->bad)
			break;
		*height = max_height(*height, p->theight);
		d = mkdecl(p->l, Dfield, NULL, src_from(p, start), t);
		d->tag = n;
		*tail = d;
		tail = &d->next;
		n++;
	} while (accept_tok(p, ','));
	*count = n;
	/* a long list of names that nobody will ask for is cheap enough: they are interned */
	n = 0;
	for (d = first; d != NULL; d = d->next)
		d->sym = member_name(p->l, n++);
	return first;
}

/* targs = ["cyclic"] type {"," ["cyclic"] type} "]" */
Type **
parse_targs(Parser *p, int *n)
{
	Type **v, **w, *t, *c;
	bool cyclic;
	int cap, height;

	v = NULL;
	cap = *n = 0;
	height = 0;
	do {
		cyclic = accept_tok(p, KCYCLIC);
		t = parse_type(p);
		if (p->bad)
			return v;
		height = max_height(height, p->theight);
		if (cyclic) {
			c = mktype(p->l, t->kind, t->src, NULL);
			*c = *t;
			c->cyclic = true;
			t = c;
		}
		if (*n == cap) {
			cap = cap * 2 + 2;
			w = lalloc(p->l, cap * sizeof *w);
			if (*n > 0)
				memcpy(w, v, *n * sizeof *w);
			v = w;
		}
		v[(*n)++] = t;
	} while (accept_tok(p, ','));
	expect(p, ']');
	p->theight = height;
	return v;
}

/* t ["[" targs "]"] */
static Type *
instance(Parser *p, Type *t, Pos start)
{
	int h, n;
	Type **v;

	h = p->theight;
	if (!accept_tok(p, '['))
		return t;
	v = parse_targs(p, &n);
	t = mktype(p->l, Tinst, src_from(p, start), t);
	t->targs = v;
	t->ntargs = n;
	p->theight = max_height(p->theight, h) + 1;
	return t;
}

/*
 * formals = "*" | formal {"," formal} ["," "*"]
 * formal = argname {"," argname} ":" (type | "self" ["ref"] nametype)     argname = id | "nil"
 */
static void
formals(Parser *p, Type *fn, int *height)
{
	Decl *group, **tail, *d;
	bool self, isref, pattern;
	Pos start;
	Type *t;
	Node *n;

	tail = &fn->ids;
	while (!p->bad) {
		if (accept_tok(p, '*')) {
			fn->varargs = true;
			return;
		}
		group = NULL;
		pattern = false;
		for (;;) {
			start = p->tok->src.start;
			if (p->tok->kind == KNAME || p->tok->kind == KNIL) {
				d = mkdecl(p->l, Darg, p->tok->sym, p->tok->src, NULL);
				d->unnamed = p->tok->kind == KNIL;
				advance(p);
				*tail = d;
				tail = &d->next;
				if (group == NULL)
					group = d;
			} else if (p->tok->kind == '(') {
				n = EXPR(p);
				if (p->bad)
					return;
				if (!is_pattern(n)) {
					syntax_error(p);
					return;
				}
				pattern = true;
			} else {
				syntax_error(p);
				return;
			}
			if (!accept_tok(p, ','))
				break;
		}
		start = p->tok->src.start;
		if (!expect(p, ':'))
			return;
		if (pattern) {
			p->l->syntaxonly = true;
			lerror(p->l, start, "illegal argument declaration");
		}
		self = accept_tok(p, KSELF);
		start = p->tok->src.start;
		t = parse_type(p);
		if (p->bad)
			return;
		if (self) {
			isref = t->kind == Tref;
			switch (isref ? t->tof->kind : t->kind) {
			case Tname:
			case Tdot:
				break;
			case Tinst:
				if ((isref ? t->tof : t)->tof->kind != Tarrow)
					break;
				/* fall through */
			default:
				syntax_error(p);
				return;
			}
		}
		*height = max_height(*height, p->theight);
		for (d = group; d != NULL; d = d->next) {
			d->ty = t;
			d->isself = self;
		}
		if (!accept_tok(p, ','))
			return;
	}
}

/* bounds = "for" "{" names "=>" {datafld} { names "=>" {datafld} } "}" */
Bound *
parse_bounds(Parser *p)
{
	Bound *first, **tail, *b;
	Decl *names, **ftail;

	if (!accept_tok(p, KFOR))
		return NULL;
	first = NULL;
	tail = &first;
	if (!expect(p, '{'))
		return NULL;
	names = parse_names(p);
	while (!p->bad) {
		if (!expect(p, KLABEL))
			return first;
		b = lalloc(p->l, sizeof *b);
		b->names = names;
		*tail = b;
		tail = &b->next;
		ftail = &b->fns;
		for (;;) {
			if (p->tok->kind == '}') {
				advance(p);
				return first;
			}
			names = parse_names(p);
			if (p->bad || p->tok->kind == KLABEL)
				break;
			if (!expect(p, ':'))
				break;
			set_decls(names, Dfield, parse_type(p));
			expect(p, ';');
			*ftail = names;
			for (; names != NULL; names = names->next) {
				ftail = &names->next;
				if (names->ty != NULL && names->ty->kind == Tfn && names->ty->decl == NULL)
					names->ty->decl = names;
			}
		}
	}
	return first;
}

/* raises = "raises" ( id | "nil" | "(" patitem {"," patitem} ")" ) */
static void
raises(Parser *p, Type *fn)
{
	List list = { 0 };
	Node *n, *c;

	if (!accept_tok(p, KRAISES))
		return;
	fn->hasraises = true;
	if (accept_tok(p, KNIL))
		return;
	if (p->tok->kind == KNAME) {
		n = mknode(p->l, Oname, p->tok->src, NULL, NULL);
		n->sym = p->tok->sym;
		advance(p);
		list_add(p, &list, n);
	} else if (p->tok->kind == '(') {
		n = EXPR(p);
		if (p->bad)
			return;
		if (!is_pattern(n)) {
			syntax_error(p);
			return;
		}
		as_pattern(p->l, n);
		if (n->op == Oparen)
			list_add(p, &list, n->left);
		else
			for (c = n->left; c != NULL; c = c->right)
				list_add(p, &list, c->left);
	} else {
		syntax_error(p);
		return;
	}
	fn->eraises = list.first;
}

/* sig = "(" [formals] ")" [":" type] [bounds] ; then [raises] */
Type *
parse_sig(Parser *p, Pos start, Decl *polys)
{
	Type *fn;
	int h;

	fn = mktype(p->l, Tfn, src_from(p, start), p->l->tnone);
	fn->polys = polys;
	h = 0;
	if (!expect(p, '('))
		return fn;
	if (p->tok->kind != ')')
		formals(p, fn, &h);
	expect(p, ')');
	if (accept_tok(p, ':')) {
		fn->tof = parse_type(p);
		h = max_height(h, p->theight);
	}
	fn->bounds = parse_bounds(p);
	raises(p, fn);
	fn->src = src_from(p, start);
	p->theight = h + 1;
	return fn;
}

/* "fixed" "(" expr ["," expr] ")" */
Type *
parse_fixed(Parser *p)
{
	Type *t;

	t = mktype(p->l, Tfixed, p->tok->src, NULL);
	advance(p);
	expect(p, '(');
	t->scale = EXPR(p);
	if (accept_tok(p, ','))
		t->max = EXPR(p);
	expect(p, ')');
	t->src.stop = p->end;
	p->theight = 1;
	return t;
}

static Type *
constructor(Parser *p, Tkind kind, Pos start)
{
	Type *t;

	t = mktype(p->l, kind, src_from(p, start), NULL);
	t->tof = parse_type(p);
	t->src.stop = p->end;
	p->theight++;
	return t;
}

/*
 * type = basic | id ["[" targs "]"] | type "." id ["[" targs "]"] | type "->" id ["[" targs "]"]
 *	| "ref" type | "chan" "of" type | "array" "of" type | "list" "of" type
 *	| "(" type {"," type} ")" | "fn" [polys] sig [raises] | "fixed" "(" expr ["," expr] ")"
 */
static Type *
type_body(Parser *p)
{
	Tkind kind;
	Type *t;
	Decl *d;
	Pos start;
	int n, h;

	start = p->tok->src.start;
	p->theight = 1;
	switch (p->tok->kind) {
	case KINTT:
	case KBIGT:
	case KBYTE:
	case KREALT:
	case KSTRINGT:
		t = basic_type(p, p->tok->kind);
		advance(p);
		return t;
	case KREF:
		advance(p);
		return constructor(p, Tref, start);
	case KCHAN:
	case KARRAY:
	case KLIST:
		kind = p->tok->kind == KCHAN ? Tchan : p->tok->kind == KARRAY ? Tarray : Tlist;
		advance(p);
		expect(p, KOF);
		if (p->bad)
			return p->l->terror;
		return constructor(p, kind, start);
	case '(':
		advance(p);
		d = parse_typelist(p, &n, &h);
		expect(p, ')');
		p->theight = h + 1;
		if (p->bad)
			return p->l->terror;
		if (n == 1) {
			t = d->ty;
			break;
		}
		t = mktype(p->l, Ttuple, src_from(p, start), NULL);
		t->ids = d;
		return t;
	case KFN:
		advance(p);
		d = parse_polys(p);
		return parse_sig(p, start, d);
	case KFIXED:
		return parse_fixed(p);
	case KNAME:
		t = mktype(p->l, Tname, p->tok->src, NULL);
		t->id = p->tok->sym;
		advance(p);
		if (p->tok->kind == '[')
			t = instance(p, t, start);
		break;
	default:
		syntax_error(p);
		return p->l->terror;
	}
	while (!p->bad && (p->tok->kind == '.' || p->tok->kind == KARROW)) {
		kind = p->tok->kind == '.' ? Tdot : Tarrow;
		advance(p);
		if (p->tok->kind != KNAME) {
			syntax_error(p);
			break;
		}
		t = mktype(p->l, kind, src_from(p, start), t);
		t->id = p->tok->sym;
		advance(p);
		t->src.stop = p->end;
		p->theight++;
		if (p->tok->kind == '[')
			t = instance(p, t, start);
		if (p->theight > p->l->maxdepth)
			too_deep(p);
	}
	return t;
}

Type *
parse_type(Parser *p)
{
	Type *t;

	t = p->l->terror;
	if (enter(p))
		t = type_body(p);
	if (p->theight > p->l->maxdepth)
		too_deep(p);
	leave(p);
	return t;
}
