/*
 * Statements.
 */
#include "limbo/parse.h"

/*
 * Where arms of case, alt, pick or exception are being read, an expression may turn out to be the qualifier of the
 * next arm: it is then left here, and the list of statements ends.
 */
typedef struct Arms Arms;
struct Arms {
	Node *qual;
};

static Node *statement(Parser *p, Arms *arms);

/* Recovery in statements: past `;`, past balanced braces, or at the `}` that ends the block. */
static bool
sync_stmt(Parser *p)
{
	while (!p->stop) {
		if (p->tok->kind == ';') {
			advance(p);
			break;
		}
		if (p->tok->kind == '}' || p->tok->kind == KEOF)
			break;
		if (p->tok->kind == '{') {
			skip_braces(p);
			break;
		}
		skip_token(p);
	}
	return recovered(p);
}

/* {stmt} up to `}`, or up to what begins the next arm */
static List
statements(Parser *p, Arms *arms)
{
	List list = { 0 };
	Node *n;
	int k;

	for (;;) {
		if (p->bad && !sync_stmt(p))
			break;
		if (p->tok->kind == '}')
			break;
		if (arms != NULL && p->tok->kind == '*') {
			k = peek(p)->kind;
			if (k == KLABEL || k == KOR)
				break;
		}
		n = statement(p, arms);
		if (arms != NULL && arms->qual != NULL)
			break;
		if (n != NULL)
			list_add(p, &list, n);
	}
	return list;
}

/* "{" {stmt} "}" */
Node *
parse_block(Parser *p)
{
	List list = { 0 };
	Pos start;

	start = p->tok->src.start;
	if (!expect(p, '{'))
		return NULL;
	if (enter(p))
		list = statements(p, NULL);
	leave(p);
	expect(p, '}');
	return pnode(p, Oblock, start, list.first, NULL);
}

/* "{" arm {arm} "}"	arm = quals "=>" {stmt} */
static Node *
parse_arms(Parser *p, bool pick)
{
	List list = { 0 }, quals, body;
	Arms arms = { NULL };
	Pos start, bstart;
	Node *n, *c;

	if (!expect(p, '{'))
		return NULL;
	if (p->tok->kind == '}') {
		syntax_error(p);
		if (!recovered(p))
			return NULL;
		advance(p);
		return NULL;
	}
	do {
		start = arms.qual != NULL ? arms.qual->src.start : p->tok->src.start;
		quals = parse_quals(p, arms.qual);
		arms.qual = NULL;
		if (pick && !p->bad)
			for (c = quals.first; c != NULL; c = c->right)
				if (c->left->op != Oname && c->left->op != Ostar)
					syntax_error(p);
		expect(p, KLABEL);
		if (p->bad) {
			/* look for the `=>`, but not beyond this statement */
			while (!p->stop && p->tok->kind != KLABEL && p->tok->kind != ';' && p->tok->kind != '{' &&
			       p->tok->kind != '}' && p->tok->kind != KEOF)
				skip_token(p);
			if (!recovered(p))
				return NULL;
			if (p->tok->kind == KLABEL || p->tok->kind == ';')
				advance(p);
		}
		bstart = p->tok->src.start;
		body = statements(p, &arms);
		n = pnode(p, Oblock, bstart, body.first, NULL);
		list_add(p, &list, pnode(p, Oarm, start, quals.first, n));
	} while (!p->stop && (arms.qual != NULL || p->tok->kind != '}'));
	expect(p, '}');
	return list.first;
}

/* "(" expr ")" */
static Node *
condition(Parser *p)
{
	Node *n;

	if (!expect(p, '('))
		return NULL;
	n = EXPR(p);
	expect(p, ')');
	return n;
}

static void
higher(Node *n, const Node *part)
{
	if (part != NULL && part->height >= n->height)
		n->height = part->height + 1;
}

/* "if" "(" expr ")" stmt ["else" stmt] */
static Node *
ifstmt(Parser *p, Pos start)
{
	Node *n, *cond, *then, *other;

	advance(p);
	cond = condition(p);
	then = p->bad ? NULL : statement(p, NULL);
	other = NULL;
	if (accept_tok(p, KELSE))
		other = statement(p, NULL);
	if (p->bad)
		return NULL;
	n = pnode(p, Oif, start, cond, then);
	n->third = other;
	higher(n, other);
	return n;
}

/* "for" "(" [expr] ";" [expr] ";" [expr] ")" stmt */
static Node *
forstmt(Parser *p, Pos start)
{
	Node *n, *init, *cond, *post, *body;

	init = cond = post = NULL;
	advance(p);
	expect(p, '(');
	if (!p->bad && p->tok->kind != ';')
		init = EXPR(p);
	expect(p, ';');
	if (!p->bad && p->tok->kind != ';')
		cond = EXPR(p);
	expect(p, ';');
	if (!p->bad && p->tok->kind != ')')
		post = EXPR(p);
	expect(p, ')');
	body = p->bad ? NULL : statement(p, NULL);
	if (p->bad)
		return NULL;
	n = pnode(p, Ofor, start, init, body);
	n->third = cond;
	n->fourth = post;
	higher(n, cond);
	higher(n, post);
	return n;
}

/* "while" "(" [expr] ")" stmt */
static Node *
whilestmt(Parser *p, Pos start)
{
	Node *n, *cond, *body;

	cond = NULL;
	advance(p);
	expect(p, '(');
	if (!p->bad && p->tok->kind != ')')
		cond = EXPR(p);
	expect(p, ')');
	body = p->bad ? NULL : statement(p, NULL);
	if (p->bad)
		return NULL;
	n = pnode(p, Ofor, start, NULL, body);
	n->third = cond;
	higher(n, cond);
	return n;
}

/* "do" stmt "while" "(" [expr] ")" ";" */
static Node *
dostmt(Parser *p, Pos start)
{
	Node *cond, *body;

	cond = NULL;
	advance(p);
	body = statement(p, NULL);
	expect(p, KWHILE);
	expect(p, '(');
	if (!p->bad && p->tok->kind != ')')
		cond = EXPR(p);
	expect(p, ')');
	expect(p, ';');
	if (p->bad)
		return NULL;
	return pnode(p, Odo, start, cond, body);
}

/* "case" expr "{" arms "}" | "alt" "{" arms "}" | "pick" id ":=" expr "{" arms "}" */
static Node *
armstmt(Parser *p, Pos start)
{
	Node *n, *subject, *arms;
	Decl *d;
	Op op;

	d = NULL;
	subject = NULL;
	switch (p->tok->kind) {
	case KCASE:
		op = Ocase;
		advance(p);
		subject = EXPR(p);
		break;
	case KALT:
		op = Oalt;
		advance(p);
		break;
	default:
		op = Opickst;
		advance(p);
		if (p->tok->kind != KNAME) {
			syntax_error(p);
			return NULL;
		}
		d = mkdecl(p->l, Dlocal, p->tok->sym, p->tok->src, NULL);
		advance(p);
		expect(p, KDAS);
		subject = p->bad ? NULL : EXPR(p);
	}
	arms = p->bad ? NULL : parse_arms(p, op == Opickst);
	if (p->bad)
		return NULL;
	n = pnode(p, op, start, subject, arms);
	n->decl = d;
	return n;
}

/* "{" {stmt} "}" ["exception" [id] "{" arms "}"] */
static Node *
blockstmt(Parser *p, Pos start)
{
	Node *n, *arms;
	Decl *d;

	n = parse_block(p);
	if (p->bad || !accept_tok(p, KEXCEPT))
		return n;
	d = NULL;
	if (p->tok->kind == KNAME) {
		d = mkdecl(p->l, Dlocal, p->tok->sym, p->tok->src, NULL);
		advance(p);
	}
	arms = parse_arms(p, false);
	if (p->bad)
		return NULL;
	n = pnode(p, Oexcept, start, n, arms);
	n->decl = d;
	return n;
}

/* "break" [id] ";" and those like it */
static Node *
jump(Parser *p, Op op, Pos start)
{
	Node *n;

	advance(p);
	n = pnode(p, op, start, NULL, NULL);
	if (p->tok->kind == KNAME) {
		n->label = p->tok->sym;
		advance(p);
		n->src.stop = p->end;
	}
	expect(p, ';');
	return n;
}

/* "return" [expr] ";" and those like it */
static Node *
withexpr(Parser *p, Op op, Pos start, bool optional)
{
	Node *e;

	advance(p);
	e = NULL;
	if (!optional || p->tok->kind != ';')
		e = EXPR(p);
	if (p->bad)
		return NULL;
	e = pnode(p, op, start, e, NULL);
	expect(p, ';');
	return e;
}

/* [label] for, while, do, case, alt, pick */
static Node *
labelled(Parser *p, Pos start)
{
	switch (p->tok->kind) {
	case KFOR:
		return forstmt(p, start);
	case KWHILE:
		return whilestmt(p, start);
	case KDO:
		return dostmt(p, start);
	default:
		return armstmt(p, start);
	}
}

/* names ":" : a declaration or a label */
static Node *
declstmt(Parser *p, Pos start)
{
	Decl *names;
	Node *n;

	names = parse_names(p);
	if (!expect(p, ':'))
		return NULL;
	switch (p->tok->kind) {
	case KFOR:
	case KWHILE:
	case KDO:
	case KCASE:
	case KALT:
	case KPICK:
		if (names->next != NULL) {
			p->l->syntaxonly = true;
			lerror(p->l, start, "only one identifier allowed in a label");
		}
		n = labelled(p, start);
		if (n != NULL)
			n->label = names->sym;
		return n;
	}
	return parse_decl(p, names, start, false);
}

/* expr ";" , or the first qualifier of the next arm */
static Node *
exprstmt(Parser *p, Arms *arms, Pos start)
{
	Node *n;

	n = EXPR(p);
	if (p->bad)
		return NULL;
	if (arms != NULL && (p->tok->kind == KLABEL || p->tok->kind == KOR || p->tok->kind == KTO)) {
		arms->qual = n;
		return NULL;
	}
	if (p->tok->kind == ':' && n->op == Otuple && is_pattern(n)) {
		p->l->syntaxonly = true;
		lerror(p->l, start, "illegal declaration");
		advance(p);
		parse_type(p);
		expect(p, ';');
		return NULL;
	}
	n = pnode(p, Oexpr, start, n, NULL);
	expect(p, ';');
	return n;
}

static Node *
stmt_body(Parser *p, Arms *arms)
{
	const Token *next;
	Pos start;
	Node *n;

	start = p->tok->src.start;
	switch (p->tok->kind) {
	case ';':
		advance(p);
		return pnode(p, Oskip, start, NULL, NULL);
	case '{':
		return blockstmt(p, start);
	case KINCLUDE:
		return parse_include(p);
	case KIF:
		return ifstmt(p, start);
	case KFOR:
	case KWHILE:
	case KDO:
	case KCASE:
	case KALT:
	case KPICK:
		return labelled(p, start);
	case KBREAK:
		return jump(p, Obreak, start);
	case KCONTINUE:
		return jump(p, Ocontinue, start);
	case KRETURN:
		return withexpr(p, Oreturn, start, true);
	case KRAISE:
		return withexpr(p, Oraise, start, true);
	case KSPAWN:
		return withexpr(p, Ospawn, start, false);
	case KEXIT:
		advance(p);
		n = pnode(p, Oexit, start, NULL, NULL);
		expect(p, ';');
		return n;
	case KNAME:
		next = peek(p);
		if (next->kind == ':' || next->kind == ',')
			return declstmt(p, start);
		return exprstmt(p, arms, start);
	default:
		return exprstmt(p, arms, start);
	}
}

static Node *
statement(Parser *p, Arms *arms)
{
	Node *n;

	n = enter(p) ? stmt_body(p, arms) : NULL;
	leave(p);
	if (n == NULL && !p->bad && (arms == NULL || arms->qual == NULL)) {
		/* an include: stands for no statement where exactly one is wanted */
		n = mknode(p->l, Oskip, src_from(p, p->tok->src.start), NULL, NULL);
		n->height = 1;
	}
	return n;
}
