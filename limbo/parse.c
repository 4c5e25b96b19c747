/*
 * Tokens to tree: the unit, declarations and types. Expressions and statements are in parse_expr.c and parse_stmt.c.
 *
 * By recursive descent; over each function stands its production. What the tree looks like is told at the top of ast.h.
 * Names are not looked up here.
 */
#include <string.h>

#include "limbo/parse.h"

/* ---------------------------------------------------------------- tokens */

static void
shift(Parser *p)
{
	if (p->ahead != NULL) {
		p->tok = p->ahead;
		p->ahead = NULL;
	} else
		p->tok = lex_next(p->lx);
}

/* The current token is accepted. */
void
advance(Parser *p)
{
	p->end = p->tok->src.stop;
	if (p->quiet > 0)
		p->quiet--;
	shift(p);
}

/* The token after the current one. */
const Token *
peek(Parser *p)
{
	if (p->ahead == NULL)
		p->ahead = lex_next(p->lx);
	return p->ahead;
}

/* The current token fits nowhere. */
void
syntax_error(Parser *p)
{
	if (p->bad)
		return;
	if (p->quiet == 0)
		lex_error(p->lx, p->tok->src.start, p->tok, "syntax error");
	p->l->syntaxonly = true;
	p->quiet = 3;
	p->bad = true;
	if (p->l->toomany || p->l->fatal)
		p->stop = true;
}

bool
accept_tok(Parser *p, int kind)
{
	if (p->bad || p->tok->kind != kind)
		return false;
	advance(p);
	return true;
}

bool
expect(Parser *p, int kind)
{
	if (p->bad)
		return false;
	if (p->tok->kind != kind) {
		syntax_error(p);
		return false;
	}
	advance(p);
	return true;
}

/* Recovery passes over the current token. */
void
skip_token(Parser *p)
{
	if (p->tok->kind == KEOF)
		p->stop = true;
	else {
		p->end = p->tok->src.stop;
		shift(p);
	}
}

void
skip_braces(Parser *p)
{
	int depth;

	depth = 0;
	do {
		if (p->tok->kind == '{')
			depth++;
		else if (p->tok->kind == '}')
			depth--;
		skip_token(p);
	} while (depth > 0 && !p->stop);
}

bool
recovered(Parser *p)
{
	if (p->tok->kind == KEOF)
		p->stop = true;
	if (p->stop)
		return false;
	p->bad = false;
	return true;
}

static void
too_deep(Parser *p)
{
	if (!p->bad)
		lex_error(p->lx, p->tok->src.start, p->tok, "nesting too deep (limit %d)", p->l->maxdepth);
	p->bad = true;
	p->stop = true;
}

bool
enter(Parser *p)
{
	if (++p->depth > p->l->maxdepth)
		too_deep(p);
	return !p->bad;
}

void
leave(Parser *p)
{
	p->depth--;
}

/* ------------------------------------------------------------------ tree */

Src
src_from(Parser *p, Pos start)
{
	Src s;

	s.start = start;
	s.stop = p->end;
	return s;
}

static int
max(int a, int b)
{
	return a > b ? a : b;
}

/* A node over what has been parsed since start. */
Node *
pnode(Parser *p, Op op, Pos start, Node *left, Node *right)
{
	Node *n;
	int h;

	h = left != NULL ? left->height : 0;
	if (right != NULL && right->height > h)
		h = right->height;
	n = mknode(p->l, op, src_from(p, start), left, right);
	n->height = h + 1;
	if (h >= p->l->maxdepth)
		too_deep(p);
	return n;
}

void
list_add(Parser *p, List *list, Node *n)
{
	Node *cell;

	cell = mknode(p->l, Oseq, n->src, n, NULL);
	if (list->first == NULL)
		list->first = cell;
	else
		list->last->right = cell;
	list->last = cell;
	list->height = max(list->height, n->height);
	list->first->height = list->height;
	list->first->src.stop = n->src.stop;
}

/* ---------------------------------------------------------------- names */

/* names = id {"," id} ; the kind and type of the declarations are set later */
Decl *
parse_names(Parser *p)
{
	Decl *first, **tail, *d;

	first = NULL;
	tail = &first;
	do {
		if (p->tok->kind != KNAME) {
			syntax_error(p);
			return first;
		}
		d = mkdecl(p->l, Dunbound, p->tok->sym, p->tok->src, NULL);
		*tail = d;
		tail = &d->next;
		advance(p);
	} while (accept_tok(p, ','));
	return first;
}

static void
settype(Decl *names, Dkind kind, Type *t)
{
	for (; names != NULL; names = names->next) {
		names->kind = kind;
		names->ty = t;
	}
}

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

/* ---------------------------------------------------------------- types */

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
static Decl *
type_list(Parser *p, int *count, int *height)
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
		*height = max(*height, p->theight);
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
		height = max(height, p->theight);
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
	p->theight = max(p->theight, h) + 1;
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
		*height = max(*height, p->theight);
		for (d = group; d != NULL; d = d->next) {
			d->ty = t;
			d->isself = self;
		}
		if (!accept_tok(p, ','))
			return;
	}
}

/* bounds = "for" "{" names "=>" {datafld} { names "=>" {datafld} } "}" */
static Bound *
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
			settype(names, Dfield, parse_type(p));
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
static Type *
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
		h = max(h, p->theight);
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
		d = type_list(p, &n, &h);
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

/* --------------------------------------------------------- declarations */

/* Recovery inside an adt, module or pick body: past the next `;`, or at the `}`. */
static bool
sync_member(Parser *p)
{
	while (!p->stop) {
		if (p->tok->kind == ';') {
			advance(p);
			break;
		}
		if (p->tok->kind == '}' || p->tok->kind == KEOF)
			break;
		if (p->tok->kind == '{')
			skip_braces(p);
		else
			skip_token(p);
	}
	return recovered(p);
}

static Decl *
lastdecl(Decl *d)
{
	while (d->next != NULL)
		d = d->next;
	return d;
}

/* Members: what they belong to; a member of function type is a function. */
static void
members(Decl *names, Dkind kind, Type *t, Decl *owner)
{
	Decl *d;

	if (kind == Dfield && t != NULL && t->kind == Tfn) {
		kind = Dfn;
		if (t->decl == NULL)
			t->decl = names;
	}
	for (d = names; d != NULL; d = d->next) {
		d->kind = kind;
		d->ty = t;
		d->dot = owner;
		if (kind == Dfn)
			d->isself = t->ids != NULL && t->ids->isself;
	}
}

/* names ":" "con" expr : each name has its own copy and its iota */
static void
constants(Parser *p, Decl *names, Decl *owner)
{
	Node *e;
	Decl *d;
	int i;

	e = EXPR(p);
	if (p->bad)
		e = NULL;
	i = 0;
	for (d = names; d != NULL; d = d->next) {
		d->kind = Dconst;
		d->dot = owner;
		d->iota = i++;
		d->init = d->next == NULL ? e : node_copy(p->l, e);
	}
}

/* names ":" "exception" ["(" type {"," type} ")"] */
static void
exceptions(Parser *p, Decl *names, Decl *owner)
{
	Decl *d;
	Type *t;
	int n, h;

	t = mktype(p->l, Texcept, p->tok->src, NULL);
	advance(p);
	if (accept_tok(p, '(')) {
		if (p->tok->kind != ')')
			t->ids = type_list(p, &n, &h);
		expect(p, ')');
	}
	t->src.stop = p->end;
	for (d = names; d != NULL; d = d->next) {
		d->kind = Dexcept;
		d->dot = owner;
		d->ty = t;
		if (d->next != NULL) {
			t = mktype(p->l, Texcept, t->src, NULL);
			t->ids = d->ty->ids;
		}
	}
}

/* datafld = names ":" ["cyclic"] type ";" ; also "con" expr, which is refused later in picks */
static Decl *
datafield(Parser *p, Decl *owner)
{
	bool cyclic;
	Decl *names, *d;
	Type *t;

	names = parse_names(p);
	if (!expect(p, ':'))
		return NULL;
	if (accept_tok(p, KCON))
		constants(p, names, owner);
	else {
		cyclic = accept_tok(p, KCYCLIC);
		t = parse_type(p);
		if (p->bad)
			return NULL;
		members(names, Dfield, t, owner);
		for (d = names; d != NULL; d = d->next)
			d->cyclic = cyclic;
	}
	expect(p, ';');
	return p->bad ? NULL : names;
}

static Decl *
copyfields(Limbo *l, Decl *d)
{
	Decl *first, **tail, *c;

	first = NULL;
	for (tail = &first; d != NULL; d = d->next) {
		c = mkdecl(l, d->kind, d->sym, d->src, d->ty);
		c->dot = d->dot;
		c->init = node_copy(l, d->init);
		c->iota = d->iota;
		c->cyclic = d->cyclic;
		c->isself = d->isself;
		*tail = c;
		tail = &c->next;
	}
	return first;
}

/* "pick" "{" pickarm {pickarm} "}"	pickarm = id {"or" id} "=>" {datafld} */
static void
pickbody(Parser *p, Type *adt, Decl *owner)
{
	Decl *tags, **tail, *d, *fields, **ftail;
	bool ahead;
	int n;

	advance(p);
	n = 0;
	adt->npicks++;
	for (tail = &adt->tags; *tail != NULL; tail = &(*tail)->next)
		n++;
	if (!expect(p, '{'))
		return;
	do {
		tags = NULL;
		do {
			if (p->tok->kind != KNAME) {
				syntax_error(p);
				break;
			}
			d = mkdecl(p->l, Dtag, p->tok->sym, p->tok->src, NULL);
			d->tag = n++;
			d->dot = owner;
			*tail = d;
			tail = &d->next;
			if (tags == NULL)
				tags = d;
			advance(p);
		} while (accept_tok(p, KOR));
		expect(p, KLABEL);
		if (p->bad) {
			/* find the end of the tags, or of the pick */
			while (!p->stop && p->tok->kind != KLABEL && p->tok->kind != '}' && p->tok->kind != KEOF)
				skip_token(p);
			if (!recovered(p))
				return;
			if (p->tok->kind == KLABEL)
				advance(p);
		}
		fields = NULL;
		ftail = &fields;
		while (p->tok->kind == KNAME || p->bad) {
			if (!p->bad) {
				ahead = peek(p)->kind == KOR || p->ahead->kind == KLABEL;
				if (ahead)
					break;
				*ftail = datafield(p, owner);
				while (*ftail != NULL)
					ftail = &(*ftail)->next;
			}
			if (p->bad && !sync_member(p))
				return;
		}
		for (d = tags; d != NULL; d = d->next) {
			d->ty = mktype(p->l, Tpick, d->src, adt);
			d->ty->decl = d;
			d->ty->ids = d == tags ? fields : copyfields(p->l, fields);
		}
	} while (p->tok->kind == KNAME);
	if (!expect(p, '}') && sync_member(p))
		accept_tok(p, '}');
}

/*
 * adtbody = "adt" [polys] "{" {field} "}" [bounds] | "adt" [polys] bounds "{" {field} "}"
 * field = datafld | "pick" "{" pickarm {pickarm} "}" | names ":" "con" expr ";"
 */
static Type *
adtbody(Parser *p, Decl *owner)
{
	Decl **tail, *d;
	Type *t;
	Pos start;

	start = p->tok->src.start;
	advance(p);
	t = mktype(p->l, Tadt, src_from(p, start), NULL);
	t->decl = owner;
	if (p->tok->kind == '[')
		t->polys = parse_polys(p);
	if (p->tok->kind == KFOR)
		t->bounds = parse_bounds(p);
	if (!expect(p, '{'))
		return t;
	tail = &t->ids;
	while (p->tok->kind != '}' || p->bad) {
		if (!p->bad) {
			if (p->tok->kind == KPICK)
				pickbody(p, t, owner);
			else if (p->tok->kind == KNAME) {
				*tail = datafield(p, owner);
				for (d = *tail; d != NULL; d = d->next) {
					if (d->kind == Dfield && t->npicks > 0 && t->afterpick == NULL)
						t->afterpick = d;
					tail = &d->next;
				}
			} else
				syntax_error(p);
		}
		if (p->bad && !sync_member(p))
			return t;
	}
	advance(p);
	if (p->tok->kind == KFOR && t->bounds == NULL)
		t->bounds = parse_bounds(p);
	t->src.stop = p->end;
	return t;
}

static Decl *
adtdecl(Parser *p, Decl *names, Decl *owner)
{
	Decl *d;
	Type *t;

	t = adtbody(p, names);
	for (d = names; d != NULL; d = d->next) {
		d->kind = Dtype;
		d->ty = t;
		d->dot = owner;
	}
	return names;
}

/*
 * member = names ":" type ";" | names ":" adtbody ";" | names ":" "type" type ";"
 *	| names ":" "con" expr ";" | names ":" "exception" ["(" types0 ")"] ";"
 */
static Decl *
member(Parser *p, Decl *owner)
{
	Decl *names;
	Type *t;

	names = parse_names(p);
	if (!expect(p, ':'))
		return NULL;
	switch (p->tok->kind) {
	case KADT:
		adtdecl(p, names, owner);
		break;
	case KTYPE:
		advance(p);
		t = parse_type(p);
		members(names, Dtype, t, owner);
		break;
	case KCON:
		advance(p);
		constants(p, names, owner);
		break;
	case KEXCEPT:
		exceptions(p, names, owner);
		break;
	default:
		t = parse_type(p);
		members(names, Dfield, t, owner);
	}
	expect(p, ';');
	return p->bad ? NULL : names;
}

/* "module" "{" {member} "}" */
static Type *
modulebody(Parser *p, Decl *owner)
{
	Decl **tail;
	Type *t;
	Pos start;

	start = p->tok->src.start;
	advance(p);
	t = mktype(p->l, Tmodule, src_from(p, start), NULL);
	t->decl = owner;
	if (!expect(p, '{'))
		return t;
	tail = &t->ids;
	while (p->tok->kind != '}' || p->bad) {
		if (!p->bad) {
			*tail = member(p, owner);
			if (*tail != NULL)
				tail = &lastdecl(*tail)->next;
		}
		if (p->bad && !sync_member(p))
			return t;
	}
	advance(p);
	t->src.stop = p->end;
	return t;
}

/*
 * After names ":" :
 *	decl = ... "type" type ";" | "import" expr ";" | "con" expr ";" | type ["=" expr] ";" | "exception" [...] ";"
 * and at top level also adtbody and modules.
 */
Node *
parse_decl(Parser *p, Decl *names, Pos start, bool top)
{
	Node *n, *init;
	Type *t;

	init = NULL;
	n = NULL;
	switch (p->tok->kind) {
	case KADT:
	case KMODULE:
		if (!top) {
			syntax_error(p);
			return NULL;
		}
		if (p->tok->kind == KADT)
			adtdecl(p, names, NULL);
		else
			settype(names, Dtype, modulebody(p, names));
		break;
	case KTYPE:
		advance(p);
		settype(names, Dtype, parse_type(p));
		break;
	case KCON:
		advance(p);
		constants(p, names, NULL);
		break;
	case KEXCEPT:
		exceptions(p, names, NULL);
		break;
	case KIMPORT:
		advance(p);
		init = EXPR(p);
		if (p->bad)
			return NULL;
		if (init->op != Oname) {
			syntax_error(p);
			return NULL;
		}
		settype(names, Dimport, NULL);
		n = pnode(p, Oimport, start, init, NULL);
		break;
	default:
		t = parse_type(p);
		settype(names, top ? Dglobal : Dlocal, t);
		if (t->kind == Tfn && t->decl == NULL)
			t->decl = names;
		if (accept_tok(p, '='))
			init = EXPR(p);
	}
	expect(p, ';');
	if (p->bad)
		return NULL;
	if (n == NULL)
		n = pnode(p, Odecl, start, init, NULL);
	n->src.stop = p->end;
	n->decls = names;
	return n;
}

/* "include" STRING ";" : the text is read in place of what follows the `;` */
Node *
parse_include(Parser *p)
{
	Str name;

	advance(p);
	if (p->tok->kind != KSTRING) {
		syntax_error(p);
		return NULL;
	}
	name = p->tok->str;
	advance(p);
	if (p->bad || p->tok->kind != ';') {
		syntax_error(p);
		return NULL;
	}
	lex_include(p->lx, name);
	advance(p);
	return NULL;
}

/* fndef = fname sig [raises] "{" {stmt} "}"	fname = id [polys] {"." id [polys]} */
static Node *
fndef(Parser *p)
{
	Node *n, *qual, *part;
	Decl *d, *polys;
	Pos start;
	Sym *sym;
	Src src;
	Type *t;

	start = p->tok->src.start;
	qual = NULL;
	for (;;) {
		sym = p->tok->sym;
		src = p->tok->src;
		advance(p);
		polys = p->tok->kind == '[' ? parse_polys(p) : NULL;
		if (p->bad)
			return NULL;
		if (p->tok->kind != '.')
			break;
		part = pnode(p, qual == NULL ? Oname : Odot, start, qual, NULL);
		part->sym = sym;
		part->decls = polys;
		qual = part;
		advance(p);
		if (p->tok->kind != KNAME) {
			syntax_error(p);
			return NULL;
		}
	}
	src.start = start;
	d = mkdecl(p->l, Dfn, sym, src, NULL);
	t = parse_sig(p, start, polys);
	d->ty = t;
	t->decl = d;
	d->isself = t->ids != NULL && t->ids->isself;
	if (p->bad)
		return NULL;
	if (p->tok->kind != '{') {
		syntax_error(p);
		return NULL;
	}
	n = parse_block(p);
	d->init = n;
	d->defined = true;
	n = pnode(p, Ofn, start, n, NULL);
	n->decl = d;
	n->third = qual;
	return n;
}

/* lhs ("=" | ":=") expr ";"	lhs = id | "nil" | tuplepat */
static Node *
topassign(Parser *p)
{
	Node *n;
	Pos start;

	start = p->tok->src.start;
	n = EXPR(p);
	if (p->bad)
		return NULL;
	if (p->tok->kind == ':' && is_pattern(n)) {
		/* (a, b): type; */
		p->l->syntaxonly = true;
		lerror(p->l, start, "illegal declaration");
		advance(p);
		parse_type(p);
		expect(p, ';');
		return NULL;
	}
	if ((n->op != Oas && n->op != Odas) || !is_pattern(n->left)) {
		syntax_error(p);
		return NULL;
	}
	expect(p, ';');
	return pnode(p, Oexpr, start, n, NULL);
}

/* topdecl */
static Node *
topdecl(Parser *p)
{
	Decl *names;
	Pos start;

	start = p->tok->src.start;
	switch (p->tok->kind) {
	case KINCLUDE:
		return parse_include(p);
	case KNAME:
		switch (peek(p)->kind) {
		case '(':
		case '[':
		case '.':
			return fndef(p);
		case ':':
		case ',':
			names = parse_names(p);
			if (!expect(p, ':'))
				return NULL;
			return parse_decl(p, names, start, true);
		case '=':
		case KDAS:
			return topassign(p);
		}
		advance(p);
		syntax_error(p);
		return NULL;
	case KNIL:
	case '(':
		return topassign(p);
	default:
		syntax_error(p);
		return NULL;
	}
}

/* Recovery at top level: past the next `;` outside braces, or past braces. */
static bool
sync_top(Parser *p)
{
	while (!p->stop) {
		if (p->tok->kind == ';') {
			advance(p);
			break;
		}
		if (p->tok->kind == KEOF)
			break;
		if (p->tok->kind == '{') {
			skip_braces(p);
			if (p->tok->kind == ';')
				advance(p);
			break;
		}
		skip_token(p);
	}
	return recovered(p);
}

/* "implement" names ";" */
static void
implement(Parser *p)
{
	Decl *names, *d;
	Unit *u;
	int n;

	advance(p);
	names = parse_names(p);
	if (!expect(p, ';'))
		return;
	n = 0;
	for (d = names; d != NULL; d = d->next)
		n++;
	u = &p->l->unit;
	u->impls = lalloc(p->l, n * sizeof *u->impls);
	for (d = names; d != NULL; d = d->next)
		u->impls[u->nimpls++] = d->sym;
}

/* unit = ["implement" names ";"] topdecl {topdecl} */
int
parse_unit(Limbo *l, const char *name)
{
	List list = { 0 };
	Parser p;
	Node *n;

	if (lex_open(l, name) < 0)
		return -1;
	memset(&p, 0, sizeof p);
	p.l = l;
	p.lx = l->lex;
	shift(&p);
	if (p.tok->kind == KIMPLEMENT)
		implement(&p);
	do {
		n = p.bad ? NULL : topdecl(&p);
		if (n != NULL)
			list_add(&p, &list, n);
		if (p.bad && !sync_top(&p))
			break;
	} while (p.tok->kind != KEOF);
	l->unit.tree = list.first;
	return l->nerrors > 0 ? -1 : 0;
}
