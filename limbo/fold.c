/*
 * Constants: arithmetic on them as the running program would do it, and the value of a checked expression if all in it is
 * constant. Nothing here changes a tree; results are new nodes.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "limbo/check.h"

bool
is_const(const Node *e)
{
	return e->op == Oconst;
}

/* An integer of a type, reduced to its width. */
Node *
const_int(Check *c, Src src, Type *ty, int64_t v)
{
	Node *n = mknode(c->l, Oconst, src, NULL, NULL);

	n->ty = ty;
	switch (ty->kind) {
	case Tint:
	case Tfixed:
		v = (int32_t)(uint32_t)(uint64_t)v;
		break;
	case Tbyte:
		v &= 0xff;
		break;
	default:
		break;
	}
	n->ival = v;
	return n;
}

static Node *
const_real(Check *c, Src src, Type *ty, double v)
{
	Node *n = mknode(c->l, Oconst, src, NULL, NULL);

	n->ty = ty;
	n->rval = v;
	return n;
}

Node *
const_str(Check *c, Src src, const char *s, size_t n)
{
	Node *e = mknode(c->l, Oconst, src, NULL, NULL);

	e->ty = c->l->tstring;
	e->str = lstr(c->l, s, n);
	return e;
}

/* Constants are copied where they are used: the code generator may keep notes in nodes. */
Node *
const_copy(Check *c, Node *v, Src src)
{
	Node *n = mknode(c->l, v->op, src, NULL, NULL);
	Node **tail;

	n->ty = v->ty;
	if (v->op == Oconst) {
		if (v->ty->kind == Treal)
			n->rval = v->rval;
		else if (v->ty->kind == Tstring)
			n->str = v->str;
		else
			n->ival = v->ival;
		return n;
	}
	tail = &n->left;
	for (Node *m = v->left; m; m = m->right) {
		*tail = mknode(c->l, Oseq, src, const_copy(c, m->left, src), NULL);
		tail = &(*tail)->right;
	}
	return n;
}

int
lstr_cmp(Str a, Str b)
{
	uint32_t n = a.n < b.n ? a.n : b.n;
	int r = n ? memcmp(a.s, b.s, n) : 0;

	if (r != 0)
		return r;
	return a.n < b.n ? -1 : a.n > b.n;
}

static int64_t
runes(Str s)
{
	int64_t n = 0;

	for (uint32_t i = 0; i < s.n; i++)
		n += (s.s[i] & 0xc0) != 0x80;
	return n;
}

static uint64_t
ipow(uint64_t x, uint64_t n)
{
	uint64_t r = 1;

	for (; n; n >>= 1) {
		if (n & 1)
			r *= x;
		x *= x;
	}
	return r;
}

static double
rpow(double x, int64_t n)
{
	double r = 1;
	bool neg = n < 0;

	for (uint64_t k = neg ? -(uint64_t)n : (uint64_t)n; k; k >>= 1) {
		if (k & 1)
			r *= x;
		x *= x;
	}
	return neg ? 1 / r : r;
}

/* Nearest integer, halves away from zero, taken modulo 2^64 where it does not fit. */
static int64_t
real_int(double v)
{
	v = v < 0 ? v - 0.5 : v + 0.5;
	if (!(v > -9.3e18 && v < 9.3e18)) {
		if (!isfinite(v))
			return INT64_MIN;
		v = fmod(trunc(v), 18446744073709551616.0);
		if (v < 0)
			v += 18446744073709551616.0;
		return (int64_t)(uint64_t)v;
	}
	if (v >= 9223372036854775808.0)
		return (int64_t)(uint64_t)v;
	if (v < -9223372036854775808.0)
		return INT64_MIN;
	return (int64_t)v;
}

/* ------------------------------------------------------------------ casts */

/* A constant string as integer must be a sign and digits only. */
static Node *
string_int(Check *c, Node *e, Str s)
{
	uint64_t v = 0;
	uint32_t i = 0;
	bool neg = false;

	if (i < s.n && (s.s[i] == '-' || s.s[i] == '+'))
		neg = s.s[i++] == '-';
	for (; i < s.n; i++) {
		unsigned char ch = (unsigned char)s.s[i];

		if (ch < '0' || ch > '9') {
			uint32_t n = 1;

			while (i + n < s.n && (s.s[i + n] & 0xc0) == 0x80)
				n++;
			lerror(c->l, (Pos){ 0, 0 }, "digit '%.*s' not radix 10", (int)n, s.s + i);
			v = 0;
			break;
		}
		v = v * 10 + (ch - '0');
	}
	if (neg)
		v = -v;
	return const_int(c, e->src, e->ty, (int64_t)v);
}

static double
string_real(Str s)
{
	char buf[512];
	uint32_t n = 0, i = 0;

	while (i < s.n && (s.s[i] == ' ' || s.s[i] == '\t' || s.s[i] == '\n' || s.s[i] == '\r'))
		i++;
	/* The longest prefix made of the characters of a decimal number: no hexadecimal, no names of infinities. */
	for (; i < s.n && n < sizeof buf - 1 && s.s[i] && strchr("0123456789+-.eE", s.s[i]); i++)
		buf[n++] = s.s[i];
	buf[n] = 0;
	return strtod(buf, NULL);
}

static Node *
fixed_from(Check *c, Node *e, double v)
{
	v /= e->ty->unit;
	if (!isfinite(v))
		return NULL;
	return const_int(c, e->src, e->ty, real_int(v));
}

static Node *
fold_cast(Check *c, Node *e, Node *a)
{
	Tkind from = a->ty->kind, to = e->ty->kind;
	char buf[40];

	if (a->op == Otuple || from == Tnil) {
		if (from == Tnil && (to == Tarray || to < Tnil))
			return NULL;
		if (a->op == Otuple && to != Tadt && to != Ttuple)
			return NULL;
		a = const_copy(c, a, e->src);
		a->ty = e->ty;
		return a;
	}
	switch (from) {
	case Tint:
	case Tbig:
	case Tbyte:
		switch (to) {
		case Tint:
		case Tbig:
		case Tbyte:
			return const_int(c, e->src, e->ty, a->ival);
		case Treal:
			return const_real(c, e->src, e->ty, (double)a->ival);
		case Tfixed:
			return fixed_from(c, e, (double)a->ival);
		case Tstring:
			snprintf(buf, sizeof buf, "%lld", (long long)a->ival);
			return const_str(c, e->src, buf, strlen(buf));
		default:
			return NULL;
		}
	case Tfixed:
		switch (to) {
		case Tint:
		case Tbyte:
			return const_int(c, e->src, e->ty, (int64_t)((double)a->ival * a->ty->unit));
		case Tbig: /* by way of real */
			return const_int(c, e->src, e->ty, real_int((double)a->ival * a->ty->unit));
		case Treal:
			return const_real(c, e->src, e->ty, (double)a->ival * a->ty->unit);
		case Tfixed:
			if (a->ty->unit == e->ty->unit)
				return const_int(c, e->src, e->ty, a->ival);
			return const_int(c, e->src, e->ty, (int64_t)((double)a->ival * a->ty->unit / e->ty->unit));
		default:
			return NULL;
		}
	case Treal:
		switch (to) {
		case Tint:
		case Tbig:
		case Tbyte:
			return const_int(c, e->src, e->ty, real_int(a->rval));
		case Treal:
			return const_real(c, e->src, e->ty, a->rval);
		case Tfixed:
			return fixed_from(c, e, a->rval);
		case Tstring:
			if (!isfinite(a->rval))
				return NULL;
			realtext(a->rval, buf);
			return const_str(c, e->src, buf, strlen(buf));
		default:
			return NULL;
		}
	case Tstring:
		switch (to) {
		case Tint:
		case Tbig:
		case Tbyte:
			return string_int(c, e, a->str);
		case Treal:
			return const_real(c, e->src, e->ty, string_real(a->str));
		case Tstring:
			return const_str(c, e->src, a->str.s, a->str.n);
		default:
			return NULL;
		}
	default:
		return NULL;
	}
}

/* -------------------------------------------------------------- operators */

static Node *
fold_compare(Check *c, Node *e, int less, int equal)
{
	int v = 0;

	switch (e->op) {
	case Oeq:
		v = equal;
		break;
	case One:
		v = !equal;
		break;
	case Olt:
		v = less;
		break;
	case Ole:
		v = less || equal;
		break;
	case Ogt:
		v = !less && !equal;
		break;
	default:
		v = !less;
		break;
	}
	return const_int(c, e->src, c->l->tint, v);
}

static Node *
fold_real(Check *c, Node *e, double a, double b)
{
	double v;

	switch (e->op) {
	case Oadd:
		v = a + b;
		break;
	case Osub:
		v = a - b;
		break;
	case Omul:
		v = a * b;
		break;
	case Odiv:
		v = a / b;
		break;
	case Oeq:
	case One:
	case Olt:
	case Ole:
	case Ogt:
	case Oge:
		if (isnan(a) || isnan(b))
			return const_int(c, e->src, c->l->tint, e->op == One);
		return fold_compare(c, e, a < b, a == b);
	default:
		return NULL;
	}
	return const_real(c, e->src, e->ty, v);
}

static Node *
fold_shift(Check *c, Node *e, Node *a, int64_t n)
{
	int bits = a->ty->kind == Tbig ? 64 : a->ty->kind == Tint ? 32 : 8;
	int64_t v = a->ival;

	if (n < 0 || n >= bits) {
		lwarn(c->l, 1, e->src.start, "shift amount %lld out of range", (long long)n);
		n = 0;
	}
	if (e->op == Olsh)
		v = (int64_t)((uint64_t)v << n);
	else if (v >= 0)
		v >>= n;
	else
		v = (int64_t)~(~(uint64_t)v >> n);
	return const_int(c, e->src, e->ty, v);
}

static Node *
fold_int(Check *c, Node *e, Node *l, Node *r)
{
	int64_t a = l->ival, b = r->ival;
	uint64_t v;

	switch (e->op) {
	case Oadd:
		v = (uint64_t)a + (uint64_t)b;
		break;
	case Osub:
		v = (uint64_t)a - (uint64_t)b;
		break;
	case Omul:
		v = (uint64_t)a * (uint64_t)b;
		break;
	case Odiv:
	case Omod:
		if (b == 0) {
			lerror(c->l, e->src.start, "%s by 0 in constant expression", e->op == Odiv ? "divide" : "mod");
			v = 0;
		} else if (b == -1) {
			v = e->op == Odiv ? -(uint64_t)a : 0;
		} else {
			v = (uint64_t)(e->op == Odiv ? a / b : a % b);
		}
		break;
	case Oexp:
		if (b >= 0) {
			v = ipow((uint64_t)a, (uint64_t)b);
		} else if (a == 0) {
			lerror(c->l, e->src.start, "0 to negative power in constant expression");
			v = 0;
		} else {
			v = a == 1 ? 1 : a == -1 ? (b & 1 ? UINT64_MAX : 1) : 0;
		}
		break;
	case Oand:
		v = (uint64_t)(a & b);
		break;
	case Oor:
		v = (uint64_t)(a | b);
		break;
	case Oxor:
		v = (uint64_t)(a ^ b);
		break;
	case Olsh:
	case Orsh:
		return fold_shift(c, e, l, b);
	case Oeq:
	case One:
	case Olt:
	case Ole:
	case Ogt:
	case Oge:
		return fold_compare(c, e, a < b, a == b);
	case Oandand:
		v = a && b;
		break;
	case Ooror:
		v = a || b;
		break;
	default:
		return NULL;
	}
	return const_int(c, e->src, e->ty, (int64_t)v);
}

/*
 * A sum of strings leaves room behind its text, so that a long chain of them is not copied again and again: only the next
 * sum along the chain, which has this one as left operand, writes there.
 */
static Node *
fold_string(Check *c, Node *e, Node *l, Node *r)
{
	Str a = l->ty->kind == Tstring ? l->str : (Str){ "", 0 };
	Str b = r->ty->kind == Tstring ? r->str : (Str){ "", 0 };
	size_t room = l->flags & Froom ? l->room : 0;
	Node *n;
	char *s;

	if (e->op != Oadd || (uint64_t)a.n + b.n > 1u << 18)
		return NULL;
	if (room >= a.n + b.n) {
		s = (char *)(uintptr_t)a.s;
	} else {
		room = a.n + b.n;
		if (a.n > b.n)
			room += room / 2;
		s = lalloc(c->l, room + 1);
		if (a.n)
			memcpy(s, a.s, a.n);
	}
	if (b.n)
		memcpy(s + a.n, b.s, b.n);
	n = mknode(c->l, Oconst, e->src, NULL, NULL);
	n->ty = e->ty;
	n->str = (Str){ s, a.n + b.n };
	n->flags = Froom;
	n->room = room;
	return n;
}

static bool
isint(Tkind k)
{
	return k == Tint || k == Tbig || k == Tbyte;
}

static Node *
member_value(Node *tuple, const Decl *field)
{
	Node *m = tuple->left;

	for (Decl *d = tuple->ty->ids; d && m; d = d->next) {
		if (d->kind != Dfield)
			continue;
		if (d->sym == field->sym)
			return m->left;
		m = m->right;
	}
	return NULL;
}

Node *
fold_op(Check *c, Node *e, Node *a, Node *b)
{
	Tkind k = a->ty->kind;

	switch (e->op) {
	case Ocast:
		return fold_cast(c, e, a);
	case Odot:
		return a->op == Otuple && e->decl ? member_value(a, e->decl) : NULL;
	default:
		break;
	}
	if (a->op != Oconst || (b && b->op != Oconst))
		return NULL;
	switch (e->op) {
	case Oplus:
	case Oparen:
		return a;
	case Oneg:
		if (k == Treal)
			return const_real(c, e->src, e->ty, -a->rval);
		return isint(k) || k == Tfixed ? const_int(c, e->src, e->ty, (int64_t)-(uint64_t)a->ival) : NULL;
	case Onot:
		return k == Tint ? const_int(c, e->src, e->ty, !a->ival) : NULL;
	case Ocomp:
		return isint(k) ? const_int(c, e->src, e->ty, ~a->ival) : NULL;
	case Olen:
		return k == Tstring ? const_int(c, e->src, e->ty, runes(a->str)) : NULL;
	default:
		break;
	}
	if (!b)
		return NULL;
	if (k == Tstring || (k == Tnil && b->ty->kind == Tstring))
		return fold_string(c, e, a, b);
	if (k == Tnil && b->ty->kind == Tnil && (e->op == Oeq || e->op == One))
		return const_int(c, e->src, c->l->tint, e->op == Oeq);
	if (e->op == Oexp && k == Treal && b->ty->kind == Tint)
		return const_real(c, e->src, e->ty, rpow(a->rval, b->ival));
	if (k == Treal && b->ty->kind == Treal)
		return fold_real(c, e, a->rval, b->rval);
	if (isint(k) && isint(b->ty->kind))
		return fold_int(c, e, a, b);
	if (k == Tfixed && b->ty->kind == Tfixed && e->op >= Oeq && e->op <= Oge && a->ty->unit == b->ty->unit)
		return fold_compare(c, e, a->ival < b->ival, a->ival == b->ival);
	return NULL;
}

/* The members of a tuple or of an adt's constructor, if all are constant. */
static Node *
fold_members(Check *c, Node *e, Node *members)
{
	Node *n = mknode(c->l, Otuple, e->src, NULL, NULL);
	Node **tail = &n->left;

	n->ty = e->ty;
	for (Node *m = members; m; m = m->right) {
		Node *v = fold(c, m->left);

		if (!v)
			return NULL;
		*tail = mknode(c->l, Oseq, m->src, v, NULL);
		tail = &(*tail)->right;
	}
	return n;
}

/* A call that builds an adt or converts to a named type: expr.c has checked it. */
static Node *
fold_call(Check *c, Node *e)
{
	if (!(e->left->flags & Ftype) || e->ty->kind == Texcept)
		return NULL;
	if (e->ty->kind == Tadt && !e->third)
		return fold_members(c, e, e->right);
	if (e->right && !e->right->right) {
		Node *v = fold(c, e->right->left), cast = *e;

		if (!v)
			return NULL;
		cast.op = Ocast;
		return fold_op(c, &cast, v, NULL);
	}
	return NULL;
}

Node *
fold(Check *c, Node *e)
{
	Node *a, *b = NULL;
	Decl *d;

	switch (e->op) {
	case Oconst:
		return e;
	case Oname:
		d = e->decl;
		if (d && d->kind == Dimport)
			d = d->target;
		if (c->iota >= 0 && !d && e->sym == c->siota)
			return const_int(c, e->src, c->l->tint, c->iota);
		if (d && d->kind == Dconst && d->init && d->checked && d->ty->kind != Terror)
			return const_copy(c, d->init, e->src);
		return NULL;
	case Odot:
	case Omdot:
		d = e->decl;
		if (d && d->kind == Dconst)
			return d->init && d->checked && d->ty->kind != Terror ? const_copy(c, d->init, e->src) : NULL;
		if (e->op == Omdot || !d || d->kind != Dfield || (e->left->flags & Ftype))
			return NULL;
		break;
	case Otagof:
		if (e->left->flags & Ftype) {
			Type *t = e->left->ty;

			return t->kind == Tpick ? const_int(c, e->src, c->l->tint, t->decl->tag) : NULL;
		}
		return NULL;
	case Otuple:
		return fold_members(c, e, e->left);
	case Ocall:
		return fold_call(c, e);
	case Oplus:
	case Oparen:
		if (e->left->flags & (Ftype | Ffn))
			return NULL;
		return fold(c, e->left);
	case Oneg:
	case Onot:
	case Ocomp:
	case Olen:
	case Ocast:
		break;
	case Oadd:
	case Osub:
	case Omul:
	case Odiv:
	case Omod:
	case Oexp:
	case Oand:
	case Oor:
	case Oxor:
	case Olsh:
	case Orsh:
	case Oeq:
	case One:
	case Olt:
	case Ole:
	case Ogt:
	case Oge:
	case Oandand:
	case Ooror:
		a = fold(c, e->left);
		b = a ? fold(c, e->right) : NULL;
		return b ? fold_op(c, e, a, b) : NULL;
	default:
		return NULL;
	}
	a = fold(c, e->left);
	return a ? fold_op(c, e, a, b) : NULL;
}
