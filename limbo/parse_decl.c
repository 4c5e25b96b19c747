/*
 * Declarations: names, members of adts and modules, constants, exceptions.
 */
#include "limbo/parse.h"

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

/* All of them are of that kind and type. */
void
set_decls(Decl *names, Dkind kind, Type *t)
{
	for (; names != NULL; names = names->next) {
		names->kind = kind;
		names->ty = t;
	}
}

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
			t->ids = parse_typelist(p, &n, &h);
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
			set_decls(names, Dtype, modulebody(p, names));
		break;
	case KTYPE:
		advance(p);
		set_decls(names, Dtype, parse_type(p));
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
		set_decls(names, Dimport, NULL);
		n = pnode(p, Oimport, start, init, NULL);
		break;
	default:
		t = parse_type(p);
		set_decls(names, top ? Dglobal : Dlocal, t);
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
