/*
 * Tokens to tree: what all productions use, and the unit with its functions. Types are in parse_type.c, declarations in
 * parse_decl.c, expressions in parse_expr.c, statements in parse_stmt.c.
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

void
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

int
max_height(int a, int b)
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
	list->height = max_height(list->height, n->height);
	list->first->height = list->height;
	list->first->src.stop = n->src.stop;
}

/* ------------------------------------------------------------------ unit */

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
