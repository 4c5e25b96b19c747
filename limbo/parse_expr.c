/*
 * Expressions. Binary operators by precedence climbing over one table; the rest by descent.
 */
#include "limbo/parse.h"

/* How loosely each binary operator binds: 1 is loosest. Those of level 1, `::`, `**` and `<-` group to the right. */
enum {
	PASSIGN = 1,
	PLOAD,
	POROR,
	PANDAND,
	PCONS,
	POR,
	PXOR,
	PAND,
	PEQ,
	PREL,
	PSHIFT,
	PADD,
	PMUL,
	PEXP,
	PSEND
};

static const struct {
	uint8_t prec;
	uint8_t right;
	uint8_t op;
} binary[NTOKEN] = {
	['='] = { PASSIGN, 1, Oas },	 [KDAS] = { PASSIGN, 1, Odas },	   [KADDAS] = { PASSIGN, 1, Oaddas },
	[KSUBAS] = { PASSIGN, 1, Osubas }, [KMULAS] = { PASSIGN, 1, Omulas }, [KDIVAS] = { PASSIGN, 1, Odivas },
	[KMODAS] = { PASSIGN, 1, Omodas }, [KEXPAS] = { PASSIGN, 1, Oexpas }, [KANDAS] = { PASSIGN, 1, Oandas },
	[KORAS] = { PASSIGN, 1, Ooras },	 [KXORAS] = { PASSIGN, 1, Oxoras }, [KLSHAS] = { PASSIGN, 1, Olshas },
	[KRSHAS] = { PASSIGN, 1, Orshas }, [KOROR] = { POROR, 0, Ooror },	   [KANDAND] = { PANDAND, 0, Oandand },
	[KCONS] = { PCONS, 1, Ocons },	 ['|'] = { POR, 0, Oor },	   ['^'] = { PXOR, 0, Oxor },
	['&'] = { PAND, 0, Oand },	 [KEQ] = { PEQ, 0, Oeq },	   [KNE] = { PEQ, 0, One },
	['<'] = { PREL, 0, Olt },	 ['>'] = { PREL, 0, Ogt },	   [KLE] = { PREL, 0, Ole },
	[KGE] = { PREL, 0, Oge },	 [KLSH] = { PSHIFT, 0, Olsh },	   [KRSH] = { PSHIFT, 0, Orsh },
	['+'] = { PADD, 0, Oadd },	 ['-'] = { PADD, 0, Osub },	   ['*'] = { PMUL, 0, Omul },
	['/'] = { PMUL, 0, Odiv },	 ['%'] = { PMUL, 0, Omod },	   [KEXP] = { PEXP, 1, Oexp },
	[KCOMM] = { PSEND, 1, Osend },
};

static Node *unary(Parser *p);

/* `nil` on the left of an assignment discards. */
void
as_pattern(Limbo *l, Node *n)
{
	Node *c;

	while (n->op == Oparen)
		n = n->left;
	if (n->op == Oconst && n->ty == l->tnil)
		n->op = Onil;
	else if (n->op == Otuple)
		for (c = n->left; c != NULL; c = c->right)
			as_pattern(l, c->left);
}

bool
is_pattern(Node *n)
{
	Node *c;

	while (n->op == Oparen)
		n = n->left;
	if (n->op == Otuple) {
		for (c = n->left; c != NULL; c = c->right)
			if (!is_pattern(c->left))
				return false;
		return true;
	}
	return n->op == Oname || n->op == Onil || (n->op == Oconst && n->ty->kind == Tnil);
}

/* expr {"," expr} */
static List
exprs(Parser *p)
{
	List list = { 0 };
	Node *n;

	do {
		n = EXPR(p);
		if (p->bad)
			break;
		list_add(p, &list, n);
	} while (accept_tok(p, ','));
	return list;
}

/* A node with a type of its own, which counts in the height. */
static Node *
typed(Parser *p, Op op, Pos start, Node *left, Type *t, int height)
{
	Node *n;

	n = pnode(p, op, start, left, NULL);
	n->ty = t;
	if (height >= n->height)
		n->height = height + 1;
	return n;
}

/* texpr = expr | basic | "array" "of" type | "list" "of" type | "cyclic" type ; true if it can only be a type */
static bool
texpr(Parser *p, Node **np)
{
	const Token *next;
	Type *t, *c;
	Pos start;
	int k;

	start = p->tok->src.start;
	k = p->tok->kind;
	c = NULL;
	if (k == KCYCLIC) {
		advance(p);
		t = parse_type(p);
		if (p->bad)
			return false;
		c = mktype(p->l, t->kind, t->src, NULL);
		*c = *t;
		c->cyclic = true;
		*np = typed(p, Otype, start, NULL, c, p->theight);
		return true;
	}
	if (is_basic(k)) {
		next = peek(p);
		if (next->kind == ']' || next->kind == ',') {
			*np = typed(p, Otype, start, NULL, basic_type(p, k), 1);
			advance(p);
			(*np)->src.stop = p->end;
			return true;
		}
	}
	if ((k == KARRAY || k == KLIST) && peek(p)->kind == KOF) {
		/* list of { }, array of byte s are expressions */
		advance(p);
		advance(p);
		if (k == KLIST && p->tok->kind == '{') {
			List list = { 0 };
			advance(p);
			do {
				if (p->tok->kind == '}' && list.first != NULL)
					break;
				*np = EXPR(p);
				if (p->bad)
					return false;
				list_add(p, &list, *np);
			} while (accept_tok(p, ','));
			expect(p, '}');
			*np = pnode(p, Olistinit, start, NULL, list.first);
			return false;
		}
		t = mktype(p->l, k == KARRAY ? Tarray : Tlist, src_from(p, start), NULL);
		t->tof = parse_type(p);
		t->src.stop = p->end;
		if (k == KARRAY && p->tok->kind != ']' && p->tok->kind != ',') {
			*np = unary(p);
			if (p->bad)
				return false;
			*np = typed(p, Ocast, start, *np, t, p->theight);
			return false;
		}
		*np = typed(p, Otype, start, NULL, t, p->theight + 1);
		return true;
	}
	*np = EXPR(p);
	return false;
}

/* after postfix "[" : index, slice or type arguments */
static Node *
brackets(Parser *p, Node *left, Pos start)
{
	List list = { 0 };
	Node *from, *to, *n;
	bool istype;
	Type *t, **v;
	int i;

	from = to = NULL;
	istype = false;
	if (p->tok->kind != ':') {
		istype = texpr(p, &from);
		if (p->bad)
			return left;
	}
	if (!istype && accept_tok(p, ':')) {
		if (p->tok->kind != ']')
			to = EXPR(p);
		expect(p, ']');
		if (p->bad)
			return left;
		n = pnode(p, Oslice, start, left, from);
		n->third = to;
		if (to != NULL && to->height >= n->height)
			n->height = to->height + 1;
		return n;
	}
	if (from == NULL) {
		syntax_error(p);
		return left;
	}
	if (!istype && p->tok->kind == ']') {
		advance(p);
		return pnode(p, Oindex, start, left, from);
	}
	list_add(p, &list, from);
	while (accept_tok(p, ',')) {
		texpr(p, &from);
		if (p->bad)
			return left;
		list_add(p, &list, from);
	}
	expect(p, ']');
	if (p->bad)
		return left;
	i = 0;
	for (n = list.first; n != NULL; n = n->right)
		i++;
	v = lalloc(p->l, i * sizeof *v);
	i = 0;
	for (n = list.first; n != NULL; n = n->right) {
		v[i] = node_totype(p->l, n->left);
		if (v[i] == NULL) {
			syntax_error(p);
			return left;
		}
		i++;
	}
	t = mktype(p->l, Tinst, src_from(p, start), NULL);
	t->targs = v;
	t->ntargs = i;
	return typed(p, Oinst, start, left, t, list.height);
}

/* primary = id | "nil" | INT | REAL | STRING | "(" expr {"," expr} ")" */
static Node *
primary(Parser *p)
{
	Node *n;
	Pos start;
	List list;

	start = p->tok->src.start;
	switch (p->tok->kind) {
	case KNAME:
		n = mknode(p->l, Oname, p->tok->src, NULL, NULL);
		n->sym = p->tok->sym;
		break;
	case KNIL:
		n = mknode(p->l, Oconst, p->tok->src, NULL, NULL);
		n->ty = p->l->tnil;
		break;
	case KINT:
	case KBIG:
		n = mknode(p->l, Oconst, p->tok->src, NULL, NULL);
		n->ty = p->tok->kind == KINT ? p->l->tint : p->l->tbig;
		n->ival = p->tok->ival;
		break;
	case KREAL:
		n = mknode(p->l, Oconst, p->tok->src, NULL, NULL);
		n->ty = p->l->treal;
		n->rval = p->tok->rval;
		break;
	case KSTRING:
		n = mknode(p->l, Oconst, p->tok->src, NULL, NULL);
		n->ty = p->l->tstring;
		n->str = p->tok->str;
		break;
	case '(':
		advance(p);
		list = exprs(p);
		expect(p, ')');
		if (p->bad)
			return NULL;
		if (list.first->right == NULL)
			return pnode(p, Oparen, start, list.first->left, NULL);
		return pnode(p, Otuple, start, list.first, NULL);
	default:
		syntax_error(p);
		return NULL;
	}
	n->height = 1;
	advance(p);
	return n;
}

/*
 * postfix = primary | postfix "(" [expr {"," expr}] ")" | postfix "." id | postfix "->" id | postfix "[" ... "]"
 *	| postfix "++" | postfix "--"
 */
static Node *
postfix(Parser *p)
{
	List list;
	Node *n;
	Pos start;
	Op op;

	start = p->tok->src.start;
	n = primary(p);
	while (!p->bad) {
		switch (p->tok->kind) {
		case '(':
			advance(p);
			list = (List){ 0 };
			if (p->tok->kind != ')')
				list = exprs(p);
			expect(p, ')');
			if (p->bad)
				return n;
			n = pnode(p, Ocall, start, n, list.first);
			continue;
		case '.':
		case KARROW:
			op = p->tok->kind == '.' ? Odot : Omdot;
			advance(p);
			if (p->tok->kind != KNAME) {
				syntax_error(p);
				return n;
			}
			n = pnode(p, op, start, n, NULL);
			n->sym = p->tok->sym;
			advance(p);
			n->src.stop = p->end;
			continue;
		case '[':
			advance(p);
			n = brackets(p, n, start);
			continue;
		case KINC:
		case KDEC:
			op = p->tok->kind == KINC ? Opostinc : Opostdec;
			advance(p);
			n = pnode(p, op, start, n, NULL);
			continue;
		}
		break;
	}
	return n;
}

/* Can this token only begin an operand, so that a name before it must be a cast's type? */
static bool
begins_operand(int kind)
{
	switch (kind) {
	case KNAME: case KNIL: case KINT: case KBIG: case KREAL: case KSTRING:
	case '!': case '~': case KLEN: case KHD: case KTL: case KTAGOF: case KREF:
	case KARRAY: case KLIST: case KCHAN: case KFIXED:
	case KINTT: case KBIGT: case KBYTE: case KREALT: case KSTRINGT:
		return true;
	}
	return false;
}

/* elem = expr | qual "=>" expr ; in "{" elem {"," elem} [","] "}" */
static List
elements(Parser *p)
{
	List list = { 0 }, quals;
	Node *n, *e;
	Pos start;

	if (!expect(p, '{'))
		return list;
	do {
		if (p->tok->kind == '}' && list.first != NULL)
			break;
		start = p->tok->src.start;
		n = p->tok->kind == '*' && (peek(p)->kind == KLABEL || p->ahead->kind == KOR) ? NULL : EXPR(p);
		if (p->bad)
			return list;
		if (n == NULL || p->tok->kind == KLABEL || p->tok->kind == KTO || p->tok->kind == KOR) {
			quals = parse_quals(p, n);
			if (!expect(p, KLABEL))
				return list;
			e = EXPR(p);
			if (p->bad)
				return list;
			n = quals.first;
		} else {
			e = n;
			n = NULL;
		}
		list_add(p, &list, pnode(p, Oelem, start, n, e));
	} while (accept_tok(p, ','));
	expect(p, '}');
	return list;
}

/*
 *	"array" "[" expr "]" "of" type | "array" "[" [expr] "]" "of" "{" elements "}" | "array" "of" basic unary
 */
static Node *
arrayexpr(Parser *p, Pos start)
{
	Node *size, *n;
	Type *t;
	List list;

	advance(p);
	if (accept_tok(p, KOF)) {
		t = mktype(p->l, Tarray, src_from(p, start), NULL);
		if (!is_basic(p->tok->kind)) {
			syntax_error(p);
			return NULL;
		}
		t->tof = basic_type(p, p->tok->kind);
		advance(p);
		t->src.stop = p->end;
		n = unary(p);
		if (p->bad)
			return NULL;
		return typed(p, Ocast, start, n, t, 2);
	}
	expect(p, '[');
	size = NULL;
	if (p->tok->kind != ']')
		size = EXPR(p);
	expect(p, ']');
	expect(p, KOF);
	if (p->bad)
		return NULL;
	if (p->tok->kind == '{') {
		list = elements(p);
		if (p->bad)
			return NULL;
		return pnode(p, Oarrinit, start, size, list.first);
	}
	if (size == NULL) {
		syntax_error(p);
		return NULL;
	}
	t = mktype(p->l, Tarray, src_from(p, start), NULL);
	t->tof = parse_type(p);
	t->src.stop = p->end;
	if (p->bad)
		return NULL;
	return typed(p, Oarray, start, size, t, p->theight + 1);
}

/*
 * unary = ("+" | "-" | "!" | "~" | "*" | "++" | "--" | "<-" | "hd" | "tl" | "len" | "ref" | "tagof") unary
 *	| "array" ... | "list" "of" "{" expr {"," expr} [","] "}"
 *	| "chan" "of" type | "chan" "[" expr "]" "of" type
 *	| basic unary | id unary | "fixed" "(" ... ")" unary
 *	| postfix
 */
static Node *
unary_body(Parser *p)
{
	List list = { 0 };
	Node *n;
	Type *t;
	Pos start;
	Op op;

	start = p->tok->src.start;
	switch (p->tok->kind) {
	case '+':
		op = Oplus;
		break;
	case '-':
		op = Oneg;
		break;
	case '!':
		op = Onot;
		break;
	case '~':
		op = Ocomp;
		break;
	case '*':
		op = Oderef;
		break;
	case KINC:
		op = Opreinc;
		break;
	case KDEC:
		op = Opredec;
		break;
	case KCOMM:
		op = Orecv;
		break;
	case KHD:
		op = Ohd;
		break;
	case KTL:
		op = Otl;
		break;
	case KLEN:
		op = Olen;
		break;
	case KREF:
		op = Oref;
		break;
	case KTAGOF:
		op = Otagof;
		break;
	case KARRAY:
		return arrayexpr(p, start);
	case KLIST:
		advance(p);
		expect(p, KOF);
		expect(p, '{');
		while (!p->bad) {
			if (p->tok->kind == '}' && list.first != NULL)
				break;
			n = EXPR(p);
			if (p->bad)
				return NULL;
			list_add(p, &list, n);
			if (!accept_tok(p, ','))
				break;
		}
		expect(p, '}');
		if (p->bad)
			return NULL;
		return pnode(p, Olistinit, start, NULL, list.first);
	case KCHAN:
		advance(p);
		n = NULL;
		if (accept_tok(p, '[')) {
			n = EXPR(p);
			expect(p, ']');
		}
		expect(p, KOF);
		if (p->bad)
			return NULL;
		t = mktype(p->l, Tchan, src_from(p, start), NULL);
		t->tof = parse_type(p);
		t->src.stop = p->end;
		if (p->bad)
			return NULL;
		return typed(p, Ochan, start, n, t, p->theight + 1);
	case KINTT:
	case KBIGT:
	case KBYTE:
	case KREALT:
	case KSTRINGT:
		t = basic_type(p, p->tok->kind);
		advance(p);
		n = unary(p);
		if (p->bad)
			return NULL;
		return typed(p, Ocast, start, n, t, 1);
	case KFIXED:
		t = parse_fixed(p);
		n = p->bad ? NULL : unary(p);
		if (p->bad)
			return NULL;
		return typed(p, Ocast, start, n, t, 1);
	default:
		n = postfix(p);
		if (p->bad || n->op != Oname || !begins_operand(p->tok->kind))
			return n;
		t = mktype(p->l, Tname, n->src, NULL);
		t->id = n->sym;
		n = unary(p);
		if (p->bad)
			return NULL;
		return typed(p, Ocast, start, n, t, 1);
	}
	advance(p);
	n = unary(p);
	if (p->bad)
		return NULL;
	return pnode(p, op, start, n, NULL);
}

static Node *
unary(Parser *p)
{
	Node *n;

	n = enter(p) ? unary_body(p) : NULL;
	leave(p);
	return n;
}

/* "load" id expr | unary */
static Node *
operand(Parser *p)
{
	Node *n;
	Pos start;
	Sym *sym;

	if (p->tok->kind != KLOAD)
		return unary(p);
	start = p->tok->src.start;
	advance(p);
	if (p->tok->kind != KNAME) {
		syntax_error(p);
		return NULL;
	}
	sym = p->tok->sym;
	advance(p);
	n = parse_expr(p, POROR);
	if (p->bad)
		return NULL;
	n = pnode(p, Oload, start, n, NULL);
	n->sym = sym;
	return n;
}

/* expr = operand | expr binop expr | expr asgop expr | expr "<-" ["="] expr ; operators of at least this precedence */
Node *
parse_expr(Parser *p, int minprec)
{
	Node *left, *right;
	int k, prec;
	Pos start;

	if (!enter(p)) {
		leave(p);
		return NULL;
	}
	start = p->tok->src.start;
	left = operand(p);
	while (!p->bad) {
		k = p->tok->kind;
		prec = binary[k].prec;
		if (prec == 0 || prec < minprec)
			break;
		advance(p);
		if (k == KCOMM && p->tok->kind == '=') {
			advance(p);
			right = parse_expr(p, PASSIGN);
		} else
			right = parse_expr(p, binary[k].right ? prec : prec + 1);
		if (p->bad)
			break;
		if (k == '=' || k == KDAS)
			as_pattern(p->l, left);
		left = pnode(p, binary[k].op, start, left, right);
	}
	leave(p);
	return p->bad ? NULL : left;
}

/* qual = expr | expr "to" expr | "*" */
Node *
parse_qual(Parser *p, Node *first)
{
	Node *to;
	Pos start;
	int k;

	start = p->tok->src.start;
	if (first == NULL && p->tok->kind == '*') {
		k = peek(p)->kind;
		if (k == KLABEL || k == KOR) {
			advance(p);
			return pnode(p, Ostar, start, NULL, NULL);
		}
	}
	if (first == NULL)
		first = EXPR(p);
	else
		start = first->src.start;
	if (!accept_tok(p, KTO))
		return first;
	to = EXPR(p);
	if (p->bad)
		return NULL;
	return pnode(p, Orange, start, first, to);
}

/* qual {"or" qual} */
List
parse_quals(Parser *p, Node *first)
{
	List list = { 0 };
	Node *n;

	for (;;) {
		n = parse_qual(p, first);
		if (p->bad)
			return list;
		list_add(p, &list, n);
		if (!accept_tok(p, KOR))
			return list;
		first = NULL;
	}
}

/* --------------------------------------------------------------- helpers */

static Type *
of(Limbo *l, Tkind k, Node *n, Node *inner)
{
	Type *t;

	t = node_totype(l, inner);
	return t == NULL ? NULL : mktype(l, k, n->src, t);
}

Type *
node_totype(Limbo *l, Node *n)
{
	Decl **tail, *d;
	Type *t, *a;
	char buf[16];
	Node *c;
	int i;

	switch (n->op) {
	case Otype:
		return n->ty;
	case Oparen:
		return node_totype(l, n->left);
	case Oname:
		t = mktype(l, Tname, n->src, NULL);
		t->id = n->sym;
		return t;
	case Odot:
	case Omdot:
		t = of(l, n->op == Odot ? Tdot : Tarrow, n, n->left);
		if (t != NULL)
			t->id = n->sym;
		return t;
	case Oref:
		return of(l, Tref, n, n->left);
	case Ochan:
		return n->left == NULL ? n->ty : NULL;
	case Oindex:
		a = node_totype(l, n->right);
		t = of(l, Tinst, n, n->left);
		if (a == NULL || t == NULL)
			return NULL;
		t->targs = lalloc(l, sizeof *t->targs);
		t->targs[0] = a;
		t->ntargs = 1;
		return t;
	case Oinst:
		t = of(l, Tinst, n, n->left);
		if (t != NULL) {
			t->targs = n->ty->targs;
			t->ntargs = n->ty->ntargs;
		}
		return t;
	case Otuple:
		t = mktype(l, Ttuple, n->src, NULL);
		tail = &t->ids;
		i = 0;
		for (c = n->left; c != NULL; c = c->right) {
			a = node_totype(l, c->left);
			if (a == NULL)
				return NULL;
			d = mkdecl(l, Dfield, lsym(l, buf, snprintf(buf, sizeof buf, "t%d", i)), c->left->src, a);
			d->tag = i++;
			*tail = d;
			tail = &d->next;
		}
		return t;
	default:
		return NULL;
	}
}

Node *
node_copy(Limbo *l, Node *n)
{
	Node *first, **tail, *c;

	first = NULL;
	tail = &first;
	while (n != NULL) {
		c = mknode(l, n->op, n->src, NULL, NULL);
		*tail = c;
		if (n->op == Oseq) {
			/* cells of a long list */
			c->height = n->height;
			c->left = node_copy(l, n->left);
			tail = &c->right;
			n = n->right;
			continue;
		}
		*c = *n;
		c->left = node_copy(l, n->left);
		c->right = node_copy(l, n->right);
		if (n->op == Oslice)
			c->third = node_copy(l, n->third);
		break;
	}
	return first;
}
