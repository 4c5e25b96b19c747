/*
 * See gen.h.
 *
 * A module is generated function by function, callees first. Variables of all kinds lie in module data and in each frame; an operand of a kind
 * is any variable, field or interior address of that kind that the place where it stands may name. Loops have counters that their bodies do
 * not write. Work is bounded: every instruction costs as often as the loops around it run, a call what its callee costs, and nothing is
 * generated that would go over the budget of its function.
 */
#include <stdlib.h>
#include <string.h>

#include "tests/jit/gen.h"

#define nelem(x) ((int)(sizeof(x) / sizeof((x)[0])))

/* Kinds of variables. Arrays and lists follow in the order of their elements. */
typedef enum Kind {
	KB, KW, KL, KF, KC, /* byte, word, big, real, string */
	KS,		    /* structure with references */
	KN,		    /* memory without references, 16 bytes: word, word, big */
	KP0, KP1, KP2,	    /* references to adts */
	KAB, KAW, KAL, KAF, KAC, KAS,
	KLB, KLW, KLL, KLF, KLC, KLS, KLN,
	KMD,		    /* reference to the module itself, for its exports */
	KMI,		    /* the same, with an import list */
	KCH,		    /* channel of word */
	KX,		    /* what a handler gets */
	NKIND
} Kind;

enum { TMP, TBYTE, TWORD, TREF, TBIG, TSTRUCT, TPLAIN, TADT0, NTYPE = TADT0 + 3 };

#define NFN 8
#define MAINBUDGET 20000
#define NADT 3

typedef struct Var {
	Kind kind;
	int off;
	bool prot; /* not to be written by chance */
} Var;

/* A layout. */
typedef struct Shape {
	Var v[160];
	int n, size;
	uint8_t map[256];
} Shape;

typedef struct Opd {
	int mode; /* DIS_AFP ... */
	int v, v2;
} Opd;

static const Opd none = {DIS_AXXX, 0, 0};

typedef struct Fn {
	Shape f;
	int desc, pc, nargs;
	Kind arg[6], ret;
	bool noret, recursive, worker;
	int64_t cost;
} Fn;

/* A label, and the places that name it. */
typedef struct Fix {
	int inst, label;
} Fix;

typedef struct Table {
	Kind kind; /* KW, KL, KC; KN: of a goto */
	int off, n;
	int64_t lo[8], hi[8];
	char *slo[8], *shi[8];
	int label[9];
} Table;

typedef struct Handler {
	int from, to, desc, eoff, wild, n, nexc;
	const char *name[4];
	int label[4];
} Handler;

typedef struct Gen {
	uint64_t rng;
	Genmod *gm;
	DisModule *dm;
	Shape mp, strct, plain, adt[NADT];
	Fn fn[NFN], *cur;
	int nfn;
	const struct Gen *lib; /* its functions may be called */
	int modoff;

	int label[4096], nlabel;
	Fix fix[4096];
	int nfix;
	Table tab[40];
	int ntab;
	Handler h[200];
	int nh, ntype;

	/* the function being generated */
	int64_t mult, cost, budget;
	int depth, trying;
	bool local;   /* names nothing outside of its frame */
	bool scalars; /* an interior address is in use: nothing may free what it points into */
	bool calledself;
	int retlabel;
	int frame, t0, t1, ea, alt, counter[6], ncounter, ptr; /* offsets of temporaries */
	Kind eakind, ptrkind;
	bool ealive, ptrlive;
} Gen;

static const char *const patterns[] = {"exc1", "exc2", "exc*", "zero divide", "array*", "dereference of nil", "e*", "*"};

/* ------------------------------------------------------------ chance */

static uint64_t
rnd(Gen *g)
{
	g->rng ^= g->rng >> 12;
	g->rng ^= g->rng << 25;
	g->rng ^= g->rng >> 27;
	return g->rng * 0x2545f4914f6cdd1dull;
}

static int
below(Gen *g, int n)
{
	return (int)((rnd(g) >> 33) % (uint64_t)n);
}

static bool
chance(Gen *g, int percent)
{
	return below(g, 100) < percent;
}

static int32_t
word(Gen *g)
{
	static const int32_t edge[] = {0, 1, -1, 2, 3, 7, 8, 31, 32, 33, 63, 64, 127, 128, 255, 256, -128, 32767, -32768, 65535, 1000, 536870911,
				       -536870912};

	return chance(g, 80) ? edge[below(g, nelem(edge))] : (int32_t)(rnd(g) >> 34) - (1 << 29);
}

static int64_t
big(Gen *g)
{
	static const int64_t edge[] = {INT64_MIN, INT64_MAX, INT32_MIN, INT32_MAX, (int64_t)INT32_MAX + 1, (int64_t)INT32_MIN - 1, 1ll << 53};

	return chance(g, 40) ? word(g) : chance(g, 50) ? edge[below(g, nelem(edge))] : (int64_t)rnd(g);
}

static double
real(Gen *g)
{
	static const double edge[] = {0.0, -0.0, 0.5, -0.5, 1.5, 2.5, 1e10, -1e10, 2147483647.4, 2147483647.5, -2147483648.5, -2147483649.0,
				      9.2233720368547758e18, 1e300, -1e300, 5e-324, 0.1, 3.0};

	return chance(g, 50) ? edge[below(g, nelem(edge))] : (double)(int64_t)rnd(g) / (double)(1ll << below(g, 62));
}

static const char *
string(Gen *g)
{
	static const char *const s[] = {"", "a", "b", "exc1", "exc2", "hello, world", "123", "-77", "0x1f", "1.5e3", "é", "日本", "a\xf0\x9f\x98\x80z",
					"zz", "9223372036854775807", "exc12", "  42 "};

	return s[below(g, nelem(s))];
}

/* ------------------------------------------------------------ layouts */

static bool
isref(Kind k)
{
	return k == KC || k >= KP0;
}

static int
sizeofkind(const Gen *g, Kind k)
{
	switch (k) {
	case KB:
		return 1;
	case KL:
	case KF:
		return 8;
	case KS:
		return g->strct.size;
	case KN:
		return 16;
	default:
		return 4;
	}
}

static int
alignment(Kind k)
{
	return k == KB ? 1 : k == KL || k == KF || k == KS || k == KN ? 8 : 4;
}

static void
setref(Shape *s, int off)
{
	s->map[off / 32] |= (uint8_t)(0x80 >> off / 4 % 8);
}

static int
addvar(Gen *g, Shape *s, Kind k)
{
	int a = alignment(k), off = (s->size + a - 1) / a * a, i;

	s->v[s->n++] = (Var){k, off, false};
	s->size = off + sizeofkind(g, k);
	if (isref(k))
		setref(s, off);
	if (k == KS)
		for (i = 0; i < g->strct.n; i++)
			if (isref(g->strct.v[i].kind))
				setref(s, off + g->strct.v[i].off);
	return off;
}

/* A word that is no variable. */
static int
addword(Shape *s)
{
	s->size = (s->size + 3) & ~3;
	s->size += 4;
	return s->size - 4;
}

static void
finish(Shape *s)
{
	s->size = (s->size + 7) & ~7;
}

static int
addtype(Gen *g, const Shape *s)
{
	int n = s->size / 32 + 1;

	while (n > 0 && s->map[n - 1] == 0)
		n--;
	dis_add_type(g->dm, g->ntype, s->size, s->map, n);
	return g->ntype++;
}

/* ------------------------------------------------------------ operands */

static Opd
fp(int off)
{
	return (Opd){DIS_AFP, off, 0};
}

static Opd
mp(int off)
{
	return (Opd){DIS_AMP, off, 0};
}

static Opd
imm(int v)
{
	return (Opd){DIS_AIMM, v, 0};
}

static Opd
ind(int off, int off2)
{
	return (Opd){DIS_AINDFP, off, off2};
}

typedef struct Choice {
	Opd direct[200], behind[400];
	int ndirect, nbehind;
} Choice;

static const Shape *
shapeof(const Gen *g, Kind k)
{
	return k == KS ? &g->strct : k == KN ? &g->plain : k >= KP0 && k <= KP2 ? &g->adt[k - KP0] : NULL;
}

/* The places of kind k that lie in something of kind h at address a (its memory, not a reference to it). */
static void
inside(const Gen *g, Choice *c, Kind h, Kind k, Opd a)
{
	const Shape *s = h == KS || h == KN ? shapeof(g, h) : NULL;
	Opd o = a;
	int i;

	if (h == k)
		c->behind[c->nbehind++] = a;
	for (i = 0; s != NULL && i < s->n; i++)
		if (s->v[i].kind == k) {
			o.v2 = a.v2 + s->v[i].off;
			c->behind[c->nbehind++] = o;
		}
}

static void
choices(const Gen *g, Choice *c, const Shape *s, int base, Kind k, bool write)
{
	const Shape *in;
	Opd o;
	int i, j;

	for (i = 0; i < s->n; i++) {
		if (s->v[i].kind == k && !(write && s->v[i].prot))
			c->direct[c->ndirect++] = (Opd){base, s->v[i].off, 0};
		in = shapeof(g, s->v[i].kind);
		if (in == NULL || s->v[i].prot)
			continue;
		for (j = 0; j < in->n; j++)
			if (in->v[j].kind == k) {
				if (s->v[i].kind == KS || s->v[i].kind == KN) {
					c->direct[c->ndirect++] = (Opd){base, s->v[i].off + in->v[j].off, 0};
				} else {
					o = (Opd){base == DIS_AFP ? DIS_AINDFP : DIS_AINDMP, s->v[i].off, in->v[j].off};
					c->behind[c->nbehind++] = o;
				}
			}
	}
}

static Opd
pick(Gen *g, Kind k, bool write, bool middle)
{
	Choice f = {.ndirect = 0}, m = {.ndirect = 0}, *c = &f;

	if (g->ealive && !middle) {
		inside(g, &f, g->eakind, k, ind(g->ea, 0));
		if (f.nbehind > 0 && chance(g, 60))
			return f.behind[below(g, f.nbehind)];
	}
	if (g->ptrlive && !middle) {
		f.nbehind = 0;
		inside(g, &f, g->ptrkind, k, ind(g->ptr, 0));
		if (f.nbehind > 0 && chance(g, 8))
			return f.behind[below(g, f.nbehind)];
		f.nbehind = 0;
	}
	choices(g, &f, &g->cur->f, DIS_AFP, k, write);
	if (!g->local && chance(g, 30)) {
		choices(g, &m, &g->mp, DIS_AMP, k, write);
		if (m.ndirect > 0)
			c = &m;
	}
	/* References that lie in objects are often nil. */
	if (!middle && c->nbehind > 0 && (c->ndirect == 0 || chance(g, isref(k) && k != KC ? 4 : 12)))
		return c->behind[below(g, c->nbehind)];
	if (c->ndirect == 0)
		abort(); /* every function has every kind */
	return c->direct[below(g, c->ndirect)];
}

static Opd
rd(Gen *g, Kind k)
{
	if (k == KW && chance(g, 30))
		return imm(word(g));
	return pick(g, k, false, false);
}

static Opd
wr(Gen *g, Kind k)
{
	return pick(g, k, true, false);
}

static Opd
mid(Gen *g, Kind k)
{
	if (k == KW && chance(g, 30))
		return imm((int16_t)word(g));
	return pick(g, k, false, true);
}

/* A variable of the frame, to be written. */
static Opd
own(Gen *g, Kind k)
{
	bool was = g->local;
	Opd o;

	g->local = true;
	o = pick(g, k, true, true);
	g->local = was;
	return o;
}

/* ------------------------------------------------------------ instructions */

static int
here(const Gen *g)
{
	return g->dm->ncode;
}

static int
ins(Gen *g, int op, Opd s, Opd m, Opd d)
{
	static const uint8_t middle[] = {[DIS_AMP] = DIS_MMP, [DIS_AFP] = DIS_MFP, [DIS_AIMM] = DIS_MIMM, [DIS_AXXX] = DIS_MXXX};
	DisInst in = {.op = (uint8_t)op, .mode = DIS_MODE(middle[m.mode], s.mode, d.mode), .mid = m.v, .src = s.v, .src2 = s.v2, .dst = d.v,
		      .dst2 = d.v2};

	g->cost += g->mult;
	if (dis_add_inst(g->dm, &in) == NULL)
		abort();
	return g->dm->ncode - 1;
}

static int
newlabel(Gen *g)
{
	if (g->nlabel == nelem(g->label))
		abort();
	g->label[g->nlabel] = -1;
	return g->nlabel++;
}

static void
bind(Gen *g, int label)
{
	g->label[label] = here(g);
}

/* A branch; m and s as its table row says. */
static void
branch(Gen *g, int op, Opd s, Opd m, int label)
{
	if (g->nfix == nelem(g->fix))
		abort();
	g->fix[g->nfix++] = (Fix){ins(g, op, s, m, imm(0)), label};
}

static void
jump(Gen *g, int label)
{
	branch(g, IJMP, none, none, label);
}

static int
moveop(Kind k)
{
	switch (k) {
	case KB:
		return IMOVB;
	case KW:
		return IMOVW;
	case KL:
		return IMOVL;
	case KF:
		return IMOVF;
	case KS:
		return IMOVMP;
	case KN:
		return IMOVM;
	default:
		return IMOVP;
	}
}

/* d = s */
static void
move(Gen *g, Kind k, Opd s, Opd d)
{
	ins(g, moveop(k), s, k == KS ? imm(TSTRUCT) : k == KN ? imm(16) : none, d);
}

static void
setscalar(Gen *g, Kind k, Opd d)
{
	switch (k) {
	case KW:
		ins(g, IMOVW, imm(word(g)), none, d);
		break;
	case KB:
		ins(g, ICVTWB, imm(below(g, 256)), none, d);
		break;
	case KL:
		ins(g, ICVTWL, imm(word(g)), none, d);
		break;
	case KF:
		ins(g, ICVTWF, imm(word(g)), none, d);
		break;
	default:
		abort();
	}
}

static void statement(Gen *g);

static void
block(Gen *g, int n)
{
	g->depth++;
	while (n-- > 0 && g->cost < g->budget)
		statement(g);
	g->depth--;
}

/* Whether so many more instructions, here, are within the budget. */
static bool
affords(Gen *g, int64_t n)
{
	return n < 1 << 20 && g->cost + g->mult * n < g->budget;
}

/* ------------------------------------------------------------ numbers */

static Kind
kindof(unsigned opd)
{
	switch (opd & DIS_KIND_MASK) {
	case DIS_K_B:
		return KB;
	case DIS_K_L:
		return KL;
	case DIS_K_F:
		return KF;
	case DIS_K_C:
		return KC;
	default:
		return KW;
	}
}

static const uint8_t numbers[] = {
	IMOVB, IMOVW, IMOVL, IMOVF, ICVTBW, ICVTWB, ICVTFW, ICVTWF, ICVTLF, ICVTFL, ICVTLW, ICVTWL, IADDB, IADDW, IADDL, IADDF, ISUBB, ISUBW,
	ISUBL, ISUBF, IMULB, IMULW, IMULL, IMULF, IDIVF, INEGF, IANDB, IANDW, IANDL, IORB, IORW, IORL, IXORB, IXORW, IXORL, ISHLB, ISHLW, ISHLL,
	ISHRB, ISHRW, ISHRL, ILSRW, ILSRL, IEXPW, IEXPL, IEXPF, ICVTCW, ICVTCL, ICVTCF, ILENC, IADDW, ISUBW, IADDL, IMOVW, ICVTFX, ICVTXF,
	IDIVB, IDIVW, IDIVL, IMODB, IMODW, IMODL};

static void
arithmetic(Gen *g)
{
	int op = numbers[below(g, nelem(numbers) - (chance(g, 70) ? 6 : 0))];
	const DisOp *o = &dis_ops[op];
	Opd s = rd(g, kindof(o->src)), m = none;

	/* The middle operand may be left out where the destination does for it. */
	if (o->mid != 0 && (!(o->mid & DIS_ACC_OPT) || chance(g, 60)))
		m = mid(g, kindof(o->mid));
	if ((op == IDIVW || op == IMODW || op == IDIVL || op == IMODL) && kindof(o->src) == KW && chance(g, 60))
		s = imm(1 + below(g, 20));
	ins(g, op, s, m, wr(g, kindof(o->dst)));
}

/* Shifts of unsigned words and rotations, as programs write them without having either; and what only looks like one. */
static void
rotation(Gen *g)
{
	int k = 3 + below(g, 29), rest = chance(g, 90) ? 32 - k : below(g, 30);
	Opd x = chance(g, 80) ? own(g, KW) : mid(g, KW), t = chance(g, 50) ? fp(g->t0) : own(g, KW), u = chance(g, 70) ? fp(g->t1) : own(g, KW);

	ins(g, ISHRW, imm(k), x, t);
	ins(g, IANDW, imm((int32_t)((1u << rest) - 1)), none, t);
	if (chance(g, 80)) {
		ins(g, ISHLW, imm(rest), chance(g, 90) ? x : own(g, KW), u);
		ins(g, IORW, u, none, t);
		if (chance(g, 30))
			ins(g, IADDW, u, none, own(g, KW));
	}
	ins(g, IMOVW, t, none, wr(g, KW));
}

static void
fixed(Gen *g)
{
	static const uint8_t ops[] = {IMULX, IDIVX, ICVTXX, IMULX0, IDIVX0, ICVTXX0, IMULX1, IDIVX1, ICVTXX1};
	int op = ops[below(g, nelem(ops))];
	Opd s;

	ins(g, IMOVW, imm(word(g)), none, fp(DIS_FRAME_STEMP));
	ins(g, IMOVW, imm(below(g, 80) - 40), none, fp(DIS_FRAME_DTEMP));
	s = rd(g, KW);
	if (op == ICVTXX || op == ICVTXX0 || op == ICVTXX1)
		ins(g, op, s, chance(g, 50) ? imm(below(g, 40)) : fp(DIS_FRAME_DTEMP), wr(g, KW));
	else
		ins(g, op, s, chance(g, 50) ? mid(g, KW) : none, wr(g, KW));
}

static void
narrow(Gen *g)
{
	Opd t = fp(g->t0);

	if (chance(g, 50)) {
		ins(g, IMOVW, imm(0), none, t);
		ins(g, ICVTWS, rd(g, KW), none, t);
		ins(g, ICVTSW, t, none, wr(g, KW));
	} else {
		ins(g, ICVTFR, rd(g, KF), none, t);
		ins(g, ICVTRF, t, none, wr(g, KF));
	}
}

/* ------------------------------------------------------------ strings */

static void
strings(Gen *g)
{
	Opd d, t = fp(g->t0);
	int l;

	switch (below(g, 12)) {
	case 0:
	case 1:
		/* Strings stay short. */
		d = own(g, KC);
		ins(g, IADDC, rd(g, KC), chance(g, 60) ? mid(g, KC) : none, d);
		ins(g, ILENC, d, none, t);
		l = newlabel(g);
		branch(g, IBLEW, t, imm(100), l);
		ins(g, ISLICEC, imm(below(g, 20)), imm(60 + below(g, 40)), d);
		bind(g, l);
		break;
	case 2:
		ins(g, IINSC, imm(chance(g, 50) ? 'a' + below(g, 26) : below(g, 0x11000)), imm(chance(g, 80) ? 0 : below(g, 4)), own(g, KC));
		break;
	case 3:
		ins(g, IINDC, rd(g, KC), imm(chance(g, 80) ? 0 : below(g, 4)), wr(g, KW));
		break;
	case 4:
		ins(g, ISLICEC, imm(0), imm(chance(g, 80) ? below(g, 2) : below(g, 5)), own(g, KC));
		break;
	case 5:
		ins(g, ICVTWC, rd(g, KW), none, wr(g, KC));
		break;
	case 6:
		ins(g, ICVTLC, rd(g, KL), none, wr(g, KC));
		break;
	case 7:
		ins(g, ICVTFC, rd(g, KF), none, wr(g, KC));
		break;
	case 8:
		ins(g, ICVTCA, rd(g, KC), none, wr(g, KAB));
		break;
	case 9:
		ins(g, ICVTAC, rd(g, KAB), none, wr(g, KC));
		break;
	default:
		move(g, KC, rd(g, KC), wr(g, KC));
	}
}

/* ------------------------------------------------------------ arrays */

static int
elemtype(Kind a)
{
	static const int t[] = {TBYTE, TWORD, TBIG, TBIG, TREF, TSTRUCT};

	return t[a - KAB];
}

static Kind
elemkind(Kind a)
{
	static const Kind k[] = {KB, KW, KL, KF, KC, KS};

	return k[a - KAB];
}

static Kind
anyarray(Gen *g)
{
	return KAB + (unsigned)below(g, 6);
}

static int
indexop(Gen *g, Kind a)
{
	static const int op[] = {IINDB, IINDW, IINDL, IINDF, IINDX, IINDX};

	return chance(g, 10) ? IINDX : op[a - KAB];
}

/* Numbers and strings only, so that nothing frees what the interior address points into. */
static void
simple(Gen *g, int n)
{
	bool was = g->scalars;

	g->scalars = true;
	while (n-- > 0) {
		Kind k;

		switch (below(g, 8)) {
		case 0:
			k = g->eakind == KS || g->eakind == KN ? KW : g->eakind;
			move(g, k, rd(g, k), wr(g, k));
			break;
		case 1:
			if (g->eakind == KS) {
				move(g, KS, pick(g, KS, false, false), pick(g, KS, true, false));
				break;
			}
			/* fall through */
		case 2:
			move(g, KC, rd(g, KC), wr(g, KC));
			break;
		default:
			arithmetic(g);
		}
	}
	g->scalars = was;
}

static void
element(Gen *g, Kind a, Opd arr, Opd index, int uses)
{
	ins(g, indexop(g, a), arr, fp(g->ea), index);
	g->eakind = elemkind(a);
	g->ealive = true;
	simple(g, uses);
	g->ealive = false;
}

static void
arrays(Gen *g)
{
	Kind a = anyarray(g);
	Opd i, arr;

	switch (below(g, 8)) {
	case 0:
		ins(g, chance(g, 70) ? INEWA : INEWAZ, imm(chance(g, 95) ? below(g, 9) : below(g, 40) - 1), imm(elemtype(a)), own(g, a));
		break;
	case 1:
		ins(g, ILENA, rd(g, a), none, wr(g, KW));
		break;
	case 2:
		i = own(g, a);
		if (chance(g, 70))
			ins(g, INEWA, imm(4 + below(g, 5)), imm(elemtype(a)), i);
		ins(g, ISLICEA, imm(below(g, 3)), imm(2 + below(g, 3)), i);
		break;
	case 3:
		i = own(g, a);
		if (chance(g, 80))
			ins(g, INEWA, imm(8 + below(g, 5)), imm(elemtype(a)), i);
		ins(g, ISLICELA, rd(g, a), imm(below(g, 3)), i);
		break;
	case 4:
		move(g, a, rd(g, a), wr(g, a));
		break;
	default:
		i = chance(g, 95) ? imm(below(g, 4)) : rd(g, KW);
		arr = rd(g, a);
		if (chance(g, 30)) {
			arr = own(g, a);
			ins(g, INEWA, imm(3 + below(g, 5)), imm(elemtype(a)), arr);
		}
		element(g, a, arr, i, 1 + below(g, 3));
	}
}

/* ------------------------------------------------------------ lists, adts, memory */

static void
lists(Gen *g)
{
	static const uint8_t cons[] = {ICONSB, ICONSW, ICONSL, ICONSF, ICONSP, ICONSMP, ICONSM};
	static const uint8_t head[] = {IHEADB, IHEADW, IHEADL, IHEADF, IHEADP, IHEADMP, IHEADM};
	static const Kind elem[] = {KB, KW, KL, KF, KC, KS, KN};
	int i = below(g, 7);
	Kind l = KLB + (unsigned)i;
	Opd m = i == 5 ? imm(TSTRUCT) : i == 6 ? imm(16) : none, d;

	switch (below(g, 7)) {
	case 0:
	case 1:
	case 2:
		ins(g, cons[i], rd(g, elem[i]), m, wr(g, l));
		break;
	case 3:
		d = own(g, l);
		if (chance(g, 70))
			ins(g, cons[i], rd(g, elem[i]), m, d);
		ins(g, head[i], chance(g, 90) ? d : rd(g, l), m, wr(g, elem[i]));
		break;
	case 4:
		d = own(g, l);
		if (chance(g, 70))
			ins(g, cons[i], rd(g, elem[i]), m, d);
		ins(g, ITAIL, chance(g, 90) ? d : rd(g, l), none, d);
		break;
	case 5:
		ins(g, ILENL, rd(g, l), none, wr(g, KW));
		break;
	default:
		move(g, l, rd(g, l), wr(g, l));
	}
}

static void
objects(Gen *g)
{
	int i = below(g, NADT), j;
	Kind k = KP0 + (unsigned)i;
	const Shape *s = &g->adt[i];
	Opd d;

	switch (below(g, 6)) {
	case 0:
	case 1:
	case 2:
		d = own(g, k);
		ins(g, chance(g, 80) ? INEW : INEWZ, imm(TADT0 + i), none, d);
		for (j = 0; j < s->n; j++)
			if (chance(g, 50) && s->v[j].kind <= KC)
				move(g, s->v[j].kind, pick(g, s->v[j].kind, false, false), ind(d.v, s->v[j].off));
		break;
	case 3:
		d = own(g, k);
		ins(g, ITCMP, chance(g, 80) ? d : rd(g, k), none, chance(g, 80) ? d : rd(g, k));
		break;
	case 4:
		if (!g->local) {
			d = own(g, KMD);
			ins(g, ISELF, none, none, d);
			ins(g, IMNEWZ, d, imm(TADT0 + i), wr(g, k));
			break;
		}
		/* fall through */
	default:
		move(g, k, rd(g, k), wr(g, k));
	}
}

static void
memory(Gen *g)
{
	switch (below(g, 4)) {
	case 0:
		move(g, KS, rd(g, KS), wr(g, KS));
		break;
	case 1:
		move(g, KN, rd(g, KN), wr(g, KN));
		break;
	case 2:
		if (chance(g, 50))
			ins(g, IRUNT, rd(g, KC), none, own(g, KC));
		else
			ins(g, IECLR, none, none, none);
		break;
	default:
		/* A word by its bytes. */
		ins(g, IMOVM, own(g, KW), imm(4), own(g, KW));
	}
}

/* ------------------------------------------------------------ control */

/* A branch to label, or not, that depends on some data. */
static void
condition(Gen *g, int label)
{
	static const uint8_t first[] = {IBEQB, IBEQW, IBEQF, IBEQC}, bigs[] = {IBNEL, IBLTL, IBLEL, IBGTL, IBGEL, IBEQL};
	static const Kind kind[] = {KB, KW, KF, KC};
	int i = below(g, 6);

	if (i == 4)
		branch(g, bigs[below(g, 6)], rd(g, KL), mid(g, KL), label);
	else {
		i = i == 5 ? 1 : i;
		branch(g, first[i] + below(g, 6), rd(g, kind[i]), mid(g, kind[i]), label);
	}
}

static void
choice(Gen *g)
{
	int other = newlabel(g), end = newlabel(g);

	condition(g, other);
	block(g, 1 + below(g, 3));
	if (chance(g, 40)) {
		jump(g, end);
		bind(g, other);
		block(g, 1 + below(g, 3));
	} else
		bind(g, other);
	bind(g, end);
}

/* n times a block, with a counter that goes down or up. */
static void
loop(Gen *g)
{
	int n = 1 + below(g, chance(g, 10) ? 60 : 8), top = newlabel(g), out = newlabel(g), c;
	int64_t mult = g->mult;

	if (g->ncounter == nelem(g->counter) || !affords(g, 30 * n))
		return;
	c = g->counter[g->ncounter++];
	if (chance(g, 50)) {
		ins(g, IMOVW, imm(n), none, fp(c));
		g->mult *= n;
		bind(g, top);
		block(g, 1 + below(g, 4));
		if (chance(g, 20))
			condition(g, out);
		ins(g, ISUBW, imm(1), none, fp(c));
		branch(g, IBGTW, fp(c), imm(0), top);
	} else {
		ins(g, IMOVW, imm(0), none, fp(c));
		g->mult *= n;
		bind(g, top);
		branch(g, IBGEW, fp(c), imm(n), out);
		if (chance(g, 20))
			condition(g, out);
		block(g, 1 + below(g, 4));
		ins(g, IADDW, imm(1), none, fp(c));
		jump(g, top);
	}
	bind(g, out);
	g->mult = mult;
	g->ncounter--;
}

/* Along an array by index, as programs do; now and then too far, or with other steps. */
static void
arrayloop(Gen *g)
{
	Kind a = anyarray(g), b = chance(g, 50) ? a : anyarray(g);
	int top = newlabel(g), out = newlabel(g), i, limit;
	Opd arr = own(g, a), brr = own(g, b);
	int64_t mult = g->mult;

	if (g->ncounter + 2 > nelem(g->counter) || !affords(g, 300))
		return;
	i = g->counter[g->ncounter++];
	limit = g->counter[g->ncounter++];
	if (chance(g, 50))
		ins(g, INEWA, imm(below(g, 12)), imm(elemtype(a)), arr);
	if (chance(g, 50))
		ins(g, INEWA, imm(12), imm(elemtype(b)), brr);
	ins(g, IMOVW, imm(chance(g, 95) ? below(g, 3) : -1), none, fp(i));
	if (chance(g, 80))
		ins(g, ILENA, arr, none, fp(limit));
	else
		ins(g, IMOVW, imm(below(g, 10)), none, fp(limit));
	/* Whatever the length is, it was made by newa with less than a dozen, or sliced. */
	g->mult *= 12;
	bind(g, top);
	branch(g, IBGEW, fp(i), fp(limit), out);
	element(g, a, arr, fp(i), 1 + below(g, 3));
	if (chance(g, 40))
		element(g, b, brr, fp(i), 1 + below(g, 2));
	if (chance(g, 10))
		block(g, 1);
	ins(g, IADDW, imm(1 + (chance(g, 10) ? 1 : 0)), none, fp(i));
	jump(g, top);
	bind(g, out);
	g->mult = mult;
	g->ncounter -= 2;
}

static char *
copy(Gen *g, const char *s)
{
	return dis_strdup(g->dm, s);
}

static void
table(Gen *g)
{
	Table *t;
	int n = 1 + below(g, 4), i, end, at;
	int64_t v;

	if (g->local || g->ntab == nelem(g->tab))
		return;
	t = &g->tab[g->ntab++];
	memset(t, 0, sizeof *t);
	t->kind = (Kind[]){KW, KW, KL, KC, KN}[below(g, 5)];
	t->n = n;
	end = newlabel(g);
	g->mp.size = (g->mp.size + 7) & ~7;
	t->off = g->mp.size;
	v = t->kind == KL ? big(g) / 2 : word(g) / 2;
	for (i = 0; i < n; i++) {
		/* The default may be any arm. */
		t->label[i] = newlabel(g);
		t->lo[i] = v;
		v += 1 + below(g, 3);
		t->hi[i] = v;
		v += below(g, 20);
	}
	t->label[n] = chance(g, 80) ? end : t->label[0];
	switch (t->kind) {
	case KW:
		g->mp.size += 8 + 12 * n;
		ins(g, ICASE, chance(g, 50) ? rd(g, KW) : imm((int)t->lo[0]), none, mp(t->off));
		break;
	case KL:
		g->mp.size += 16 + 24 * n;
		ins(g, ICASEL, rd(g, KL), none, mp(t->off));
		break;
	case KC: {
		static const char *const order[] = {"1", "123", "4", "a", "b", "exc1", "exc2", "g", "hello", "hello, world", "zz", "é"};

		at = 0;
		for (i = 0; i < n; i++) {
			at += below(g, 2);
			t->slo[i] = copy(g, order[at++]);
			if (chance(g, 30))
				t->shi[i] = copy(g, order[at++]);
			if (at >= nelem(order) - 2) {
				t->n = n = i + 1;
				break;
			}
		}
		t->label[n] = end;
		for (i = 0; i < n; i++) {
			setref(&g->mp, t->off + 4 + 12 * i);
			setref(&g->mp, t->off + 8 + 12 * i);
		}
		g->mp.size += 8 + 12 * n;
		ins(g, ICASEC, rd(g, KC), none, mp(t->off));
		break;
	}
	default:
		/* goto looks at no bounds. */
		n = t->n = 4;
		for (i = 0; i < 4; i++)
			t->label[i] = i == 0 ? newlabel(g) : chance(g, 50) ? newlabel(g) : t->label[i - 1];
		t->label[4] = end;
		/* The words are preceded by their number. */
		t->off += 4;
		g->mp.size += 20;
		ins(g, IANDW, imm(3), mid(g, KW), fp(g->t0));
		ins(g, IGOTO, fp(g->t0), none, mp(t->off));
	}
	for (i = 0; i < n; i++) {
		if (g->label[t->label[i]] < 0)
			bind(g, t->label[i]);
		block(g, 1 + below(g, 2));
		if (chance(g, 80))
			jump(g, end);
	}
	bind(g, end);
}

/* What is in a frame besides its arguments is none of its caller's business. */
static void
arguments(Gen *g, const Fn *f, int self)
{
	int i;

	for (i = 0; i < f->nargs; i++) {
		Opd d = ind(g->frame, f->f.v[i].off);

		if (i == 0 && f->recursive) {
			if (self)
				ins(g, ISUBW, imm(1), fp(f->f.v[0].off), d);
			else
				ins(g, IMOVW, imm(below(g, 4)), none, d);
		} else
			move(g, f->arg[i], rd(g, f->arg[i]), d);
	}
	if (!f->noret)
		ins(g, ILEA, pick(g, f->ret, true, true), none, ind(g->frame, DIS_FRAME_RET));
}

static void
call(Gen *g)
{
	bool self = g->cur->recursive && !g->calledself && g->mult == 1 && g->trying == 0 && chance(g, 30);
	bool lib = !self && g->lib != NULL && !g->local && chance(g, 40);
	const Fn *f = NULL;
	int i, skip = newlabel(g), mod;

	if (self) {
		f = g->cur;
		g->calledself = true;
		branch(g, IBLEW, fp(f->f.v[0].off), imm(0), skip);
	} else {
		const Gen *from = lib ? g->lib : g;

		if (from->nfn == 0)
			return;
		f = &from->fn[below(g, from->nfn)];
		if (f->worker || !affords(g, f->cost + 20))
			return;
		i = (int)(f - from->fn);
	}
	if (lib) {
		ins(g, IMFRAME, mp(g->modoff), imm(-(i + 1)), fp(g->frame));
		arguments(g, f, 0);
		ins(g, IMCALL, fp(g->frame), imm(-(i + 1)), mp(g->modoff));
	} else if (!self && !g->local && chance(g, 15)) {
		mod = own(g, KMD).v;
		ins(g, ISELF, none, none, fp(mod));
		ins(g, IMFRAME, fp(mod), imm(-(i + 1)), fp(g->frame));
		arguments(g, f, 0);
		ins(g, IMCALL, fp(g->frame), imm(-(i + 1)), fp(mod));
	} else {
		ins(g, IFRAME, imm(f->desc), none, fp(g->frame));
		arguments(g, f, self);
		if (chance(g, 4)) {
			ins(g, IMOVPC, imm(f->pc), none, fp(g->t1));
			ins(g, ICALL, fp(g->frame), none, fp(g->t1));
		} else
			ins(g, ICALL, fp(g->frame), none, imm(f->pc));
	}
	if (!self)
		g->cost += g->mult * f->cost;
	bind(g, skip);
}

/* Through an import list: the module loads itself. */
static void
selfload(Gen *g)
{
	int mod = own(g, KMI).v, i;
	const Fn *f;

	if (g->local || g->nfn == 0)
		return;
	i = below(g, g->nfn);
	f = &g->fn[i];
	if (f->worker || !affords(g, f->cost + 40))
		return;
	ins(g, ILOAD, mp(g->mp.v[0].off), imm(0), fp(mod));
	ins(g, IMFRAME, fp(mod), imm(i), fp(g->frame));
	arguments(g, f, 0);
	ins(g, IMCALL, fp(g->frame), imm(i), fp(mod));
	g->cost += g->mult * f->cost;
}

static void
raise(Gen *g)
{
	static const uint8_t ops[] = {IDIVW, IMODL, IDIVB};

	switch (below(g, 4)) {
	case 0:
		ins(g, IRAISE, own(g, KC), none, none);
		break;
	case 1:
		ins(g, IRAISE, own(g, KP0), none, none);
		break;
	case 2:
		ins(g, IMOVP, rd(g, KC), none, own(g, KC));
		ins(g, IRAISE, rd(g, KC), none, none);
		break;
	default: {
		int op = ops[below(g, 3)];
		Kind k = op == IDIVW ? KW : op == IMODL ? KL : KB;

		ins(g, op, pick(g, k, false, false), mid(g, k), wr(g, k));
	}
	}
}

/* A block with a handler behind it. */
static void
try(Gen *g)
{
	int end = newlabel(g), i, k, x;
	Shape clear = g->cur->f;
	Handler *h;

	if (g->nh >= nelem(g->h) - 20)
		return;
	x = own(g, KX).v;
	Handler t = {.from = here(g), .eoff = x, .wild = -1, .desc = -1};
	g->trying++;
	block(g, 1 + below(g, 4));
	if (chance(g, 20))
		raise(g);
	g->trying--;
	jump(g, end);
	t.to = here(g);
	t.n = below(g, 4);
	t.nexc = chance(g, 30) ? below(g, t.n + 1) : 0;
	if (chance(g, 70)) {
		/* The references that the handler finds nil. */
		for (i = 0; i < clear.n; i++)
			if (chance(g, 60) && isref(clear.v[i].kind))
				clear.map[clear.v[i].off / 32] &= (uint8_t)~(0x80 >> clear.v[i].off / 4 % 8);
		t.desc = addtype(g, &clear);
	}
	for (i = 0; i <= t.n; i++) {
		k = newlabel(g);
		if (i < t.n) {
			t.name[i] = patterns[below(g, nelem(patterns) - 1)];
			t.label[i] = k;
		} else if (chance(g, 92))
			t.wild = k;
		bind(g, k);
		/* A string; where all exceptions go it may be an adt. */
		if (i >= t.nexc && i < t.n)
			move(g, KC, fp(x), own(g, KC));
		block(g, below(g, 3));
		/* What is an adt does not go where it would be a string. */
		if (i < t.nexc || chance(g, 80))
			jump(g, end);
	}
	bind(g, end);
	h = &g->h[g->nh++];
	*h = t;
}

/* ------------------------------------------------------------ channels and processes */

static void
channels(Gen *g)
{
	static const uint8_t make[] = {INEWCB, INEWCW, INEWCL, INEWCF, INEWCP, INEWCMP, INEWCM};
	static const Kind kind[] = {KB, KW, KL, KF, KC, KS, KN};
	int i = below(g, 7), n = 1 + below(g, 3), k;
	Opd ch = own(g, KX), size = i == 5 ? imm(TSTRUCT) : i == 6 ? imm(16) : none;

	ins(g, make[i], size, imm(n), ch);
	for (k = 0; k < n; k++)
		ins(g, ISEND, rd(g, kind[i]), none, ch);
	if (i < 5 && chance(g, 40)) {
		/* A table with one channel; the word behind it is not looked at. */
		ins(g, IMOVW, imm(0), none, fp(g->alt));
		ins(g, IMOVW, imm(1), none, fp(g->alt + 4));
		ins(g, IMOVP, ch, none, fp(g->alt + 8));
		ins(g, ILEA, own(g, kind[i]), none, fp(g->alt + 12));
		ins(g, chance(g, 50) ? IALT : INBALT, fp(g->alt), none, wr(g, KW));
		n--;
	}
	while (n-- > 0)
		ins(g, IRECV, ch, none, wr(g, kind[i]));
	ins(g, IMOVP, fp(g->cur->f.v[g->cur->nargs].off), none, ch);
}

/* Numbers to another process and back; each end does something meanwhile. */
static void
exchange(Gen *g)
{
	const Fn *f = NULL;
	Opd to, from;
	int i, n = 1 + below(g, 5), c, top = newlabel(g);
	int64_t mult = g->mult;

	for (i = 0; i < g->nfn; i++)
		if (g->fn[i].worker)
			f = &g->fn[i];
	if (f == NULL || g->local || g->ncounter == nelem(g->counter) || !affords(g, f->cost + n * 60))
		return;
	to = own(g, KCH);
	from = own(g, KCH);
	if (to.v == from.v)
		return;
	c = g->counter[g->ncounter++];
	ins(g, INEWCW, none, chance(g, 50) ? imm(below(g, 3)) : none, to);
	ins(g, INEWCW, none, none, from);
	ins(g, IFRAME, imm(f->desc), none, fp(g->frame));
	ins(g, IMOVW, imm(n), none, ind(g->frame, f->f.v[0].off));
	ins(g, IMOVP, to, none, ind(g->frame, f->f.v[1].off));
	ins(g, IMOVP, from, none, ind(g->frame, f->f.v[2].off));
	if (chance(g, 50))
		ins(g, ISPAWN, fp(g->frame), none, imm(f->pc));
	else {
		i = own(g, KMD).v;
		ins(g, ISELF, none, none, fp(i));
		ins(g, IMSPAWN, fp(g->frame), imm(-((int)(f - g->fn) + 1)), fp(i));
	}
	ins(g, IMOVW, imm(n), none, fp(c));
	g->mult *= n;
	bind(g, top);
	ins(g, ISEND, own(g, KW), none, to);
	g->scalars = true;
	simple(g, below(g, 3));
	g->scalars = false;
	if (chance(g, 30)) {
		ins(g, IMOVW, imm(0), none, fp(g->alt));
		ins(g, IMOVW, imm(1), none, fp(g->alt + 4));
		ins(g, IMOVP, from, none, fp(g->alt + 8));
		ins(g, ILEA, own(g, KW), none, fp(g->alt + 12));
		ins(g, IALT, fp(g->alt), none, wr(g, KW));
	} else
		ins(g, IRECV, from, none, own(g, KW));
	ins(g, ISUBW, imm(1), none, fp(c));
	branch(g, IBGTW, fp(c), imm(0), top);
	g->mult = mult;
	g->ncounter--;
	g->cost += g->mult * f->cost;
}

static void
statement(Gen *g)
{
	int c = below(g, 100);
	bool nest = g->depth < 5;

	g->eakind = KW;
	/* Most of what main does may fail without ending it. */
	if (g->depth == 1 && g->budget == MAINBUDGET && g->trying == 0 && chance(g, 85)) {
		try(g);
		return;
	}
	if (c < 30)
		arithmetic(g);
	else if (c < 38)
		strings(g);
	else if (c < 47)
		arrays(g);
	else if (c < 53)
		lists(g);
	else if (c < 59)
		objects(g);
	else if (c < 62)
		memory(g);
	else if (c < 64)
		fixed(g);
	else if (c < 65 && chance(g, 50))
		rotation(g);
	else if (c < 65)
		narrow(g);
	else if (c < 66)
		channels(g);
	else if (c < 67)
		exchange(g);
	else if (c < 74)
		call(g);
	else if (c < 75)
		selfload(g);
	else if (!nest)
		arithmetic(g);
	else if (c < 82)
		choice(g);
	else if (c < 87)
		loop(g);
	else if (c < 91)
		arrayloop(g);
	else if (c < 94)
		table(g);
	else if (c < 98)
		try(g);
	else if (c < 99) {
		if (g->trying > 0 || chance(g, 10))
			raise(g);
	} else if (chance(g, 20))
		jump(g, g->retlabel);
}

/* ------------------------------------------------------------ functions and modules */

static void
variables(Gen *g, Shape *s, int some)
{
	int k, n;

	for (k = KB; k < KMD; k++) {
		n = k == KW ? 2 + below(g, 4) : k <= KC ? 1 + below(g, some) : k <= KN ? 1 : k <= KP2 ? 1 + below(g, 2) : 1;
		while (n-- > 0)
			addvar(g, s, (Kind)k);
	}
}

/* What the function takes and gives. */
static void
interface(Gen *g, Fn *f)
{
	static const Kind args[] = {KW, KW, KL, KF, KB, KC, KAW, KAB, KP0, KLW, KS};
	static const Kind rets[] = {KW, KW, KL, KF, KB, KC, KAW, KP1, KLW, KS};
	int i;

	memset(f, 0, sizeof *f);
	f->ret = rets[below(g, nelem(rets))];
	f->noret = chance(g, 20);
	f->nargs = below(g, 5);
	for (i = 0; i < f->nargs; i++)
		f->arg[i] = args[below(g, nelem(args))];
}

static void
layout(Gen *g, Fn *f)
{
	Shape *s = &f->f;
	int i;

	s->size = DIS_FRAME_ARGS;
	for (i = 0; i < f->nargs; i++) {
		addvar(g, s, f->arg[i]);
		/* Arguments are aligned to words at least. */
		s->size = (s->size + 3) & ~3;
	}
	if (f->recursive || f->worker)
		s->v[0].prot = true;
	/* One that stays nil. */
	addvar(g, s, KX);
	s->v[s->n - 1].prot = true;
	variables(g, s, 3);
	for (i = 0; i < 2; i++) {
		addvar(g, s, KX);
		addvar(g, s, KCH);
		if (f->worker)
			s->v[s->n - 1].prot = true;
		addvar(g, s, KMD);
		addvar(g, s, KMI);
	}
	g->frame = addword(s);
	g->t0 = addword(s);
	g->t1 = addword(s);
	g->ea = addword(s);
	g->ptr = addword(s);
	for (i = 0; i < nelem(g->counter); i++)
		g->counter[i] = addword(s);
	g->alt = addword(s);
	addword(s);
	setref(s, addword(s));
	addword(s);
	addword(s);
	finish(s);
	f->desc = addtype(g, s);
}

/* Make objects for variables of a layout, from the i-th on. */
static void
start(Gen *g, const Shape *s, int i, int base, int percent)
{
	for (; i < s->n; i++) {
		Kind k = s->v[i].kind;
		Opd d = {base, s->v[i].off, 0};

		if (!chance(g, percent))
			continue;
		if (k >= KP0 && k <= KP2)
			ins(g, INEW, imm(TADT0 + (int)(k - KP0)), none, d);
		else if (k >= KAB && k <= KAS)
			ins(g, INEWA, imm(chance(g, 80) ? 4 + below(g, 5) : below(g, 4)), imm(elemtype(k)), d);
		else if (k == KLW)
			ins(g, ICONSW, imm(word(g)), none, d);
		else if (k == KC && base == DIS_AFP)
			ins(g, ICVTWC, imm(word(g)), none, d);
	}
}

static void
prologue(Gen *g, Fn *f, bool main)
{
	const Shape *s = &f->f, *in;
	int i, j;
	Kind k;

	for (i = f->nargs; i < s->n; i++) {
		k = s->v[i].kind;
		if (k <= KF)
			setscalar(g, k, fp(s->v[i].off));
		in = k == KS || k == KN ? shapeof(g, k) : NULL;
		/* What lies between the fields is copied with them. */
		for (j = 0; in != NULL && j < in->size; j += 4)
			if (!(in->map[j / 32] & 0x80 >> j / 4 % 8))
				ins(g, IMOVW, imm(0), none, fp(s->v[i].off + j));
		for (j = 0; in != NULL && j < in->n; j++)
			if (in->v[j].kind <= KF)
				setscalar(g, in->v[j].kind, fp(s->v[i].off + in->v[j].off));
	}
	/* The address of a variable, for all of the function. */
	g->ptrlive = false;
	if (chance(g, 50)) {
		g->ptrkind = (Kind[]){KW, KL, KF, KC, KS, KN}[below(g, 6)];
		ins(g, ILEA, pick(g, g->ptrkind, true, true), none, fp(g->ptr));
		g->ptrlive = true;
	}
	/* Something to work with. */
	start(g, s, f->nargs, DIS_AFP, main ? 95 : 75);
	if (main)
		start(g, &g->mp, 1, DIS_AMP, 90);
}

static void
worker(Gen *g, Fn *f)
{
	int top = newlabel(g), out = newlabel(g);
	int64_t mult = g->mult;

	g->local = true;
	bind(g, top);
	branch(g, IBLEW, fp(f->f.v[0].off), imm(0), out);
	g->mult *= 5;
	ins(g, IRECV, fp(f->f.v[1].off), none, own(g, KW));
	block(g, 1 + below(g, 4));
	ins(g, ISEND, own(g, KW), none, fp(f->f.v[2].off));
	ins(g, ISUBW, imm(1), none, fp(f->f.v[0].off));
	jump(g, top);
	bind(g, out);
	g->mult = mult;
	g->local = false;
}

/* What a function leaves in module data. */
static void
results(Gen *g)
{
	const Shape *s = &g->mp;
	int i;

	for (i = 1; i < s->n; i++)
		if (s->v[i].kind < KMD && chance(g, 50))
			move(g, s->v[i].kind, own(g, s->v[i].kind), mp(s->v[i].off));
}

static void
function(Gen *g, bool main)
{
	Fn *f = &g->fn[g->nfn];
	Kind k;

	interface(g, f);
	g->cur = f;
	if (main) {
		f->nargs = 0;
		f->noret = true;
	} else if (g->nfn == 0 && chance(g, 50)) {
		f->worker = f->noret = true;
		f->nargs = 3;
		f->arg[0] = KW;
		f->arg[1] = f->arg[2] = KCH;
	} else if (chance(g, 25)) {
		f->recursive = true;
		f->nargs = f->nargs > 0 ? f->nargs : 1;
		f->arg[0] = KW;
	}
	layout(g, f);
	f->pc = here(g);
	g->mult = 1;
	g->cost = 0;
	g->budget = main ? MAINBUDGET : 200 + below(g, 1500);
	g->calledself = false;
	g->ncounter = g->trying = g->depth = 0;
	g->retlabel = newlabel(g);
	g->local = f->worker;
	g->scalars = g->ealive = false;
	prologue(g, f, main);
	if (f->worker)
		worker(g, f);
	else
		block(g, main ? 8 + below(g, 25) : 2 + below(g, 8));
	bind(g, g->retlabel);
	if (!f->noret) {
		k = f->ret;
		move(g, k, pick(g, k, false, false), ind(DIS_FRAME_RET, 0));
	}
	if (main)
		results(g);
	ins(g, main && chance(g, 30) ? IEXIT : IRET, none, none, none);
	f->cost = f->recursive ? g->cost * 4 : g->cost;
	g->nfn++;
}

static void
structures(Gen *g)
{
	static const Kind fields[] = {KB, KW, KW, KL, KF, KC, KP0, KP1, KP2, KAW, KLW, KC};
	int i, n;

	addvar(g, &g->plain, KW);
	addvar(g, &g->plain, KW);
	addvar(g, &g->plain, KL);
	finish(&g->plain);
	n = 2 + below(g, 4);
	while (n-- > 0)
		addvar(g, &g->strct, (Kind[]){KW, KL, KF, KB, KC, KAB, KP0}[below(g, 7)]);
	addvar(g, &g->strct, KC);
	finish(&g->strct);
	for (i = 0; i < NADT; i++) {
		/* The first field of one that is raised is its name. */
		addvar(g, &g->adt[i], KC);
		n = 2 + below(g, 6);
		while (n-- > 0)
			addvar(g, &g->adt[i], fields[below(g, nelem(fields))]);
		finish(&g->adt[i]);
	}
}

/* The first descriptors of a module; that of its data is set when all is known. */
static void
types(Gen *g)
{
	static const uint8_t ref[] = {0x80};
	int i;

	dis_add_type(g->dm, TMP, 0, NULL, 0);
	dis_add_type(g->dm, TBYTE, 1, NULL, 0);
	dis_add_type(g->dm, TWORD, 4, NULL, 0);
	dis_add_type(g->dm, TREF, 4, ref, 1);
	dis_add_type(g->dm, TBIG, 8, NULL, 0);
	g->ntype = TSTRUCT;
	addtype(g, &g->strct);
	addtype(g, &g->plain);
	for (i = 0; i < NADT; i++)
		addtype(g, &g->adt[i]);
}

static void
pcword(Gen *g, DisData *d, int word)
{
	if (g->gm->npcword == nelem(g->gm->pcword))
		abort();
	g->gm->pcword[g->gm->npcword++] = &d->u.words[word];
}

static void
words(Gen *g, int off, int32_t v, bool pc)
{
	DisData *d = dis_add_data(g->dm, DIS_DEFW, off, 1, &v);

	if (pc)
		pcword(g, d, 0);
}

/* An initial value for each variable of module data. */
static void
data(Gen *g)
{
	const Shape *in;
	const char *s;
	int64_t l;
	double r;
	uint8_t b;
	Kind k;
	int i, j, off;

	s = "$self";
	dis_add_data(g->dm, DIS_DEFS, g->mp.v[0].off, (int32_t)strlen(s), s);
	for (i = 1; i < g->mp.n; i++) {
		in = g->mp.v[i].kind == KS || g->mp.v[i].kind == KN ? shapeof(g, g->mp.v[i].kind) : NULL;
		for (j = 0; j < (in != NULL ? in->n : 1); j++) {
			off = g->mp.v[i].off + (in != NULL ? in->v[j].off : 0);
			k = in != NULL ? in->v[j].kind : g->mp.v[i].kind;
			switch (k) {
			case KB:
				b = (uint8_t)rnd(g);
				dis_add_data(g->dm, DIS_DEFB, off, 1, &b);
				break;
			case KW:
				words(g, off, word(g), false);
				break;
			case KL:
				l = big(g);
				dis_add_data(g->dm, DIS_DEFL, off, 1, &l);
				break;
			case KF:
				r = real(g);
				dis_add_data(g->dm, DIS_DEFF, off, 1, &r);
				break;
			case KC:
				s = string(g);
				dis_add_data(g->dm, DIS_DEFS, off, (int32_t)strlen(s), s);
				break;
			case KAB:
			case KAW:
			case KAL:
			case KAF:
			case KAC:
				dis_add_array(g->dm, off, elemtype(k), below(g, 6));
				break;
			default:
				break;
			}
		}
	}
}

static void
tables(Gen *g)
{
	Table *t;
	int i, j, at;

	for (i = 0; i < g->ntab; i++) {
		t = &g->tab[i];
		at = t->off;
		if (t->kind == KN) {
			words(g, at - 4, 4, false);
			for (j = 0; j < 4; j++)
				words(g, at + 4 * j, g->label[t->label[j]], true);
			continue;
		}
		words(g, at, t->n, false);
		at += t->kind == KL ? 8 : 4;
		for (j = 0; j < t->n; j++) {
			switch (t->kind) {
			case KW:
				words(g, at, (int32_t)t->lo[j], false);
				words(g, at + 4, (int32_t)t->hi[j], false);
				at += 8;
				break;
			case KL:
				dis_add_data(g->dm, DIS_DEFL, at, 1, &t->lo[j]);
				dis_add_data(g->dm, DIS_DEFL, at + 8, 1, &t->hi[j]);
				at += 16;
				break;
			default:
				dis_add_data(g->dm, DIS_DEFS, at, (int32_t)strlen(t->slo[j]), t->slo[j]);
				if (t->shi[j] != NULL)
					dis_add_data(g->dm, DIS_DEFS, at + 4, (int32_t)strlen(t->shi[j]), t->shi[j]);
				at += 8;
			}
			words(g, at, g->label[t->label[j]], true);
			at += t->kind == KL ? 8 : 4;
		}
		words(g, at, g->label[t->label[t->n]], true);
	}
}

static void
handlers(Gen *g)
{
	DisHandler *d;
	Handler *h;
	int i, j;

	/* Inner ones come first: they were finished first. */
	for (i = 0; i < g->nh; i++) {
		h = &g->h[i];
		d = dis_add_handler(g->dm);
		d->pc1 = h->from;
		d->pc2 = h->to;
		d->eoff = h->eoff;
		d->desc = h->desc;
		d->nexc = h->nexc;
		d->wild = h->wild < 0 ? -1 : g->label[h->wild];
		for (j = 0; j < h->n; j++)
			dis_add_label(g->dm, d, h->name[j], g->label[h->label[j]]);
	}
	if (g->nh > 0)
		g->dm->flags |= DIS_HASEXCEPT;
}

static void
module(Gen *g)
{
	static const char *const names[NFN] = {"f0", "f1", "f2", "f3", "f4", "f5", "f6", "f7"};
	DisImports *il;
	int n = 1 + below(g, 4), i;

	g->dm = g->gm->dm = dis_new();
	addvar(g, &g->mp, KC);
	g->mp.v[0].prot = true;
	variables(g, &g->mp, 4);
	g->modoff = addword(&g->mp);
	setref(&g->mp, g->modoff);
	types(g);
	for (i = 0; i < n; i++)
		function(g, false);
	if (g->lib != NULL)
		function(g, true);
	finish(&g->mp);
	g->dm->datasize = g->mp.size;
	g->dm->type[TMP].size = g->mp.size;
	g->dm->type[TMP].map = dis_alloc(g->dm, sizeof g->mp.map);
	memcpy(g->dm->type[TMP].map, g->mp.map, sizeof g->mp.map);
	g->dm->type[TMP].nmap = (g->mp.size + 31) / 32;
	data(g);
	tables(g);
	handlers(g);
	for (i = 0; i < g->nfix; i++)
		g->dm->code[g->fix[i].inst].dst = g->label[g->fix[i].label];
	g->dm->name = dis_strdup(g->dm, g->lib != NULL ? "Main" : "Lib");
	g->dm->stackext = 1000;
	il = dis_add_imports(g->dm);
	if (g->lib != NULL) {
		g->dm->entrypc = g->fn[g->nfn - 1].pc;
		g->dm->entrydesc = g->fn[g->nfn - 1].desc;
	}
	for (i = 0; i < g->nfn; i++) {
		dis_add_link(g->dm, g->fn[i].pc, g->fn[i].desc, (uint32_t)i, names[i]);
		dis_add_import(g->dm, il, (uint32_t)i, names[i]);
	}
}

void
program_make(Program *pr, uint64_t seed)
{
	static Gen gens[GEN_MODULES];
	uint64_t s = (seed + 1) * 0x9e3779b97f4a7c15ull;
	int i;

	memset(pr, 0, sizeof *pr);
	for (i = 0; i < GEN_MODULES; i++) {
		Gen *g = &gens[i];

		memset(g, 0, sizeof *g);
		/* Both modules have the same structures. */
		g->rng = s | 1;
		structures(g);
		g->rng = (s ^ (s >> 29)) * 0xbf58476d1ce4e5b9ull + (uint64_t)i;
		g->rng |= 1;
		g->gm = &pr->mod[i];
		g->lib = i == GEN_MAIN ? &gens[GEN_LIB] : NULL;
		module(g);
	}
	pr->modoff = gens[GEN_MAIN].modoff;
}

void
program_free(Program *pr)
{
	int i;

	for (i = 0; i < GEN_MODULES; i++)
		dis_free(pr->mod[i].dm);
}

static int32_t
spoilt(Gen *g, int32_t v)
{
	switch (below(g, 5)) {
	case 0:
		return v + 4 * (below(g, 9) - 4);
	case 1:
		return v + below(g, 9) - 4;
	case 2:
		return word(g);
	case 3:
		return below(g, 64) * 4;
	default:
		return v ^ 1 << below(g, 20);
	}
}

static void
spoilinst(Gen *g, DisModule *m, DisInst *in)
{
	static const uint8_t smodes[] = {DIS_AMP, DIS_AFP, DIS_AIMM, DIS_AXXX, DIS_AINDMP, DIS_AINDFP};
	static const uint8_t mmodes[] = {DIS_MXXX, DIS_MIMM, DIS_MFP, DIS_MMP};
	const DisInst *other = &m->code[below(g, m->ncode)];

	switch (below(g, 9)) {
	case 0:
		in->op = (uint8_t)below(g, DIS_NOPS);
		break;
	case 1:
		in->mode = DIS_MODE(mmodes[below(g, 4)], smodes[below(g, 6)], smodes[below(g, 6)]);
		break;
	case 2:
		in->src = spoilt(g, in->src);
		break;
	case 3:
		in->src2 = spoilt(g, in->src2);
		break;
	case 4:
		in->dst = spoilt(g, in->dst);
		break;
	case 5:
		in->dst2 = spoilt(g, in->dst2);
		break;
	case 6:
		in->mid = spoilt(g, in->mid);
		break;
	case 7:
		in->op = other->op;
		break;
	default:
		*in = *other;
	}
	in->mid = DIS_MIDMODE(in->mode) == DIS_MIMM ? (int16_t)in->mid : in->mid & 0xffff;
	if (dis_ops[in->op].flags & DIS_F_CHKPC && DIS_DSTMODE(in->mode) == DIS_AIMM && (in->dst < 0 || in->dst >= m->ncode))
		in->dst = below(g, m->ncode);
}

void
program_spoil(Program *pr, uint64_t seed)
{
	static Gen gen;
	Gen *g = &gen;
	DisModule *m;
	DisType *t;
	DisHandler *h;
	int n;

	g->rng = (seed + 1) * 0xd6e8feb86659fd93ull | 1;
	for (n = 1 + below(g, 8); n > 0; n--) {
		m = pr->mod[below(g, GEN_MODULES)].dm;
		switch (below(g, 12)) {
		case 0:
			t = &m->type[below(g, m->ntypes)];
			if (t->nmap > 0 && chance(g, 70))
				t->map[below(g, t->nmap)] ^= (uint8_t)(1 << below(g, 8));
			else if (t->num != TMP)
				t->size = below(g, 400);
			break;
		case 1:
			if (m->nhandlers > 0) {
				h = &m->handler[below(g, m->nhandlers)];
				h->eoff = chance(g, 50) ? spoilt(g, h->eoff) : h->eoff;
				h->desc = chance(g, 30) ? below(g, m->ntypes) : h->desc;
				h->wild = chance(g, 30) ? below(g, m->ncode) : h->wild;
				h->pc2 = chance(g, 30) ? below(g, m->ncode) : h->pc2;
			}
			break;
		case 2:
			if (pr->mod[GEN_MAIN].npcword > 0)
				*pr->mod[GEN_MAIN].pcword[below(g, pr->mod[GEN_MAIN].npcword)] = word(g);
			break;
		case 3:
			m->link[below(g, m->nlinks)].desc = below(g, m->ntypes);
			break;
		default:
			spoilinst(g, m, &m->code[below(g, m->ncode)]);
		}
	}
}

void
program_cut(Genmod *gm, const bool *out)
{
	DisModule *m = gm->dm;
	int32_t *to = malloc(((size_t)m->ncode + 1) * sizeof *to), n = 0, i, j;
	DisHandler *h;

	for (i = 0; i <= m->ncode; i++) {
		to[i] = n;
		if (i < m->ncode && !out[i])
			m->code[n++] = m->code[i];
	}
	for (i = 0; i < n; i++) {
		if (dis_ops[m->code[i].op].flags & DIS_F_CHKPC && DIS_DSTMODE(m->code[i].mode) == DIS_AIMM)
			m->code[i].dst = to[m->code[i].dst];
		if (m->code[i].op == IMOVPC)
			m->code[i].src = to[m->code[i].src];
	}
	for (i = 0; i < gm->npcword; i++)
		*gm->pcword[i] = to[*gm->pcword[i]];
	for (i = 0; i < m->nlinks; i++)
		m->link[i].pc = to[m->link[i].pc];
	if (m->entrypc >= 0)
		m->entrypc = to[m->entrypc];
	for (i = 0; i < m->nhandlers; i++) {
		h = &m->handler[i];
		h->pc1 = to[h->pc1];
		h->pc2 = to[h->pc2];
		if (h->wild >= 0)
			h->wild = to[h->wild];
		for (j = 0; j < h->nlabels; j++)
			h->label[j].pc = to[h->label[j].pc];
	}
	m->ncode = n;
	free(to);
}
