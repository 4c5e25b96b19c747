/*
 * Text to tokens: names, constants and operators. Text is scanned in place; it ends with a NUL, which is the end only at
 * `end`.
 */
#include <stdlib.h>
#include <string.h>

#include "limbo/parse.h"
#include "limbo/util.h"

enum {
	MAXNAME = 256,		 /* significant runes of a name */
	RUNEERR = 0xfffd
};

/* Classes of bytes. */
enum {
	CLETTER = 1, /* may begin a name */
	CDIGIT = 2,
	CNAME = CLETTER | CDIGIT,
	CPLAIN = 4 /* stands for itself in a string */
};

#define L8(c) c, c, c, c, c, c, c, c
#define L26(c) L8(c), L8(c), L8(c), c, c
static const uint8_t class[256] = {
	/* 00 */ 0, 4, 4, 4, 4, 4, 4, 4, 4, 4, 0, 4, 4, 4, 4, 4, L8(4), L8(4),
	/* 20 */ 4, 4, 0, 4, 4, 4, 4, 4, L8(4), L8(6), 6, 6, 4, 4, 4, 4, 4, 4,
	/* 40 */ 4, L26(5), 4, 0, 4, 4, 5,
	/* 60 */ 4, L26(5), 4, 4, 4, 4, 4,
};

static const struct {
	const char *name;
	int token;
} keywords[] = {
	{ "adt", KADT },	 { "alt", KALT },	   { "array", KARRAY },	    { "big", KBIGT },
	{ "break", KBREAK },	 { "byte", KBYTE },	   { "case", KCASE },	    { "chan", KCHAN },
	{ "con", KCON },	 { "continue", KCONTINUE }, { "cyclic", KCYCLIC },   { "do", KDO },
	{ "dynamic", KDYNAMIC }, { "else", KELSE },	   { "exception", KEXCEPT }, { "exit", KEXIT },
	{ "fixed", KFIXED },	 { "fn", KFN },		   { "for", KFOR },	    { "hd", KHD },
	{ "if", KIF },		 { "implement", KIMPLEMENT }, { "import", KIMPORT }, { "include", KINCLUDE },
	{ "int", KINTT },	 { "len", KLEN },	   { "list", KLIST },	    { "load", KLOAD },
	{ "module", KMODULE },	 { "nil", KNIL },	   { "of", KOF },	    { "or", KOR },
	{ "pick", KPICK },	 { "raise", KRAISE },	   { "raises", KRAISES },   { "real", KREALT },
	{ "ref", KREF },	 { "return", KRETURN },	   { "self", KSELF },	    { "spawn", KSPAWN },
	{ "string", KSTRINGT },	 { "tagof", KTAGOF },	   { "tl", KTL },	    { "to", KTO },
	{ "type", KTYPE },	 { "while", KWHILE },
};

const char *
limbo_keyword(int i)
{
	return i >= 0 && (size_t)i < sizeof keywords / sizeof keywords[0] ? keywords[i].name : NULL;
}

void
lex_keywords(Limbo *l)
{
	size_t i;

	for (i = 0; i < sizeof keywords / sizeof keywords[0]; i++)
		lsym(l, keywords[i].name, strlen(keywords[i].name))->token = keywords[i].token;
}

/* ------------------------------------------------------------------ runes */

/* Decodes the rune at p, before end; *n its length. What is no UTF-8 is RUNEERR, one byte long. */
static int
rune_at(const char *s, const char *end, int *n)
{
	const uint8_t *p = (const uint8_t *)s;
	ptrdiff_t left = end - s;
	int c, r;

	c = p[0];
	*n = 1;
	if (c < 0x80)
		return c;
	if (c >= 0xc2 && c < 0xe0 && left >= 2 && (p[1] & 0xc0) == 0x80) {
		*n = 2;
		return (c & 0x1f) << 6 | (p[1] & 0x3f);
	}
	if (c >= 0xe0 && c < 0xf0 && left >= 3 && (p[1] & 0xc0) == 0x80 && (p[2] & 0xc0) == 0x80) {
		r = (c & 0x0f) << 12 | (p[1] & 0x3f) << 6 | (p[2] & 0x3f);
		if (r < 0x800)
			return RUNEERR;
		*n = 3;
		return r;
	}
	if (c >= 0xf0 && c < 0xf5 && left >= 4 && (p[1] & 0xc0) == 0x80 && (p[2] & 0xc0) == 0x80 && (p[3] & 0xc0) == 0x80) {
		r = (c & 0x07) << 18 | (p[1] & 0x3f) << 12 | (p[2] & 0x3f) << 6 | (p[3] & 0x3f);
		if (r < 0x10000 || r > 0x10ffff)
			return RUNEERR;
		*n = 4;
		return r;
	}
	return RUNEERR;
}

static int
rune_put(char *s, int r)
{
	uint8_t *p = (uint8_t *)s;

	if (r < 0x80) {
		p[0] = r;
		return 1;
	}
	if (r < 0x800) {
		p[0] = 0xc0 | r >> 6;
		p[1] = 0x80 | (r & 0x3f);
		return 2;
	}
	if (r < 0x10000) {
		p[0] = 0xe0 | r >> 12;
		p[1] = 0x80 | (r >> 6 & 0x3f);
		p[2] = 0x80 | (r & 0x3f);
		return 3;
	}
	p[0] = 0xf0 | r >> 18;
	p[1] = 0x80 | (r >> 12 & 0x3f);
	p[2] = 0x80 | (r >> 6 & 0x3f);
	p[3] = 0x80 | (r & 0x3f);
	return 4;
}

static void
buf_rune(Lex *lx, int r)
{
	char *p;
	size_t cap;

	if (lx->bufcap - lx->nbuf < 4) {
		cap = lx->bufcap * 2 + 256;
		p = realloc(lx->buf, cap);
		if (p == NULL)
			return; /* the text is cut; the next lalloc reports */
		lx->buf = p;
		lx->bufcap = cap;
	}
	lx->nbuf += rune_put(lx->buf + lx->nbuf, r);
}

/* A rune as a message shows it. */
static const char *
rune_text(Limbo *l, int r)
{
	char s[8];

	if (r < ' ' || r == 0x7f)
		return lprintf(l, "\\u%.4x", r);
	s[rune_put(s, r)] = '\0';
	return lprintf(l, "%s", s);
}

/* ------------------------------------------------------------ constants */

static int
digit_value(int c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'Z')
		return c - 'A' + 10;
	return 99;
}

static void
integer(Token *t, uint64_t v)
{
	int64_t n = (int64_t)v;

	t->kind = n > 0x7fffffff || n < -0x7fffffff ? KBIG : KINT;
	t->ival = n;
}

/* text of a decimal real constant, without a limit on its length */
static double
decimal(Lex *lx, const char *s, size_t n)
{
	char small[64], *p;
	double v;

	p = n < sizeof small ? small : lalloc(lx->l, n + 1);
	memcpy(p, s, n);
	p[n] = '\0';
	v = strtod(p, NULL);
	return v;
}

/*
 * A number at s: decimal, radix, real.
 *	digits | digits r alnums [ . alnums ] | digits . [digits] [exp] | . digits [exp] | digits exp
 */
static const char *
number(Lex *lx, Token *t, const char *s)
{
	const char *p, *d;
	uint64_t v;
	double scale, r;
	int radix, k;
	Pos at;

	at = t->src.start;
	p = s;
	v = 0;
	while (class[(uint8_t)*p] & CDIGIT)
		v = v * 10 + (uint64_t)(*p++ - '0');
	if (*p == 'r' || *p == 'R') {
		if (p - s > 2 || v < 2 || v > 36) {
			for (d = s; d < p - 1 && *d == '0'; d++)
				;
			if (p - d > 2 || v < 2 || v > 36) {
				lex_error(lx, at, NULL, "radix '%.*s' must be between 2 and 36", (int)(p - s > 100 ? 100 : p - s), s);
				v = 36;
			}
		}
		radix = v;
		p++;
		d = p;
		v = 0;
		r = 0;
		t->kind = KINT;
		for (; (class[(uint8_t)*p] & CNAME) && *p != '_'; p++) {
			k = digit_value((uint8_t)*p);
			if (k >= radix) {
				lex_error(lx, at, NULL, "digit '%c' not radix %d", *p, radix);
				while ((class[(uint8_t)*p] & CNAME) && *p != '_')
					p++;
				integer(t, v);
				return p;
			}
			v = v * radix + k;
			r = r * radix + k;
		}
		if (p == d) {
			lex_error(lx, at, NULL, "malformed numerical constant '%.*s'", (int)(p - s), s);
			t->ival = 0;
			return p;
		}
		if (*p != '.') {
			integer(t, v);
			return p;
		}
		scale = 1;
		for (p++; (class[(uint8_t)*p] & CNAME) && *p != '_'; p++) {
			k = digit_value((uint8_t)*p);
			if (k >= radix) {
				lex_error(lx, at, NULL, "digit '%c' not radix %d", *p, radix);
				while ((class[(uint8_t)*p] & CNAME) && *p != '_')
					p++;
				break;
			}
			scale /= radix;
			r += k * scale;
		}
		t->kind = KREAL;
		t->rval = r;
		return p;
	}
	if (*p != '.' && *p != 'e' && *p != 'E') {
		integer(t, v);
		return p;
	}
	if (*p == '.')
		for (p++; class[(uint8_t)*p] & CDIGIT; p++)
			;
	if (*p == 'e' || *p == 'E') {
		p++;
		if (*p == '+' || *p == '-')
			p++;
		if (!(class[(uint8_t)*p] & CDIGIT)) {
			lex_error(lx, at, NULL, "malformed numerical constant '%.*s'", (int)(p - s > 100 ? 100 : p - s), s);
			t->kind = KREAL;
			t->rval = 0;
			return p;
		}
		while (class[(uint8_t)*p] & CDIGIT)
			p++;
	}
	t->kind = KREAL;
	t->rval = decimal(lx, s, p - s);
	return p;
}

/* The escape whose backslash is at *pp; moves *pp past it. A bad one is reported and stands for the character itself. */
static int
escape(Lex *lx, Pos at, const char **pp)
{
	static const char tab[] = "\\\\''\"\"a\ab\bf\fn\nr\rt\tv\v";
	const char *p, *q;
	int r, n, i, k;

	p = *pp + 1;
	if (*p == '0') {
		*pp = p + 1;
		return 0;
	}
	if (*p == 'u') {
		r = 0;
		p++;
		for (i = 0; i < 4; i++, p++) {
			k = digit_value((uint8_t)*p);
			if (k >= 16) {
				lex_error(lx, at, NULL, "malformed \\u escape sequence");
				*pp = p;
				return RUNEERR;
			}
			r = r * 16 + k;
		}
		*pp = p;
		return r;
	}
	for (q = tab; *q != '\0'; q += 2)
		if (*q == *p) {
			*pp = p + 1;
			return (uint8_t)q[1];
		}
	r = rune_at(p, lx->end, &n);
	if (p == lx->end || r == '\n') {
		/* the caller sees that the constant does not end */
		*pp = p;
		return '\\';
	}
	lex_error(lx, at, NULL, "unrecognized escape \\%s", rune_text(lx->l, r));
	*pp = p + n;
	return r;
}

static const char *
charconst(Lex *lx, Token *t, const char *s)
{
	const char *p, *q;
	int r, n;
	Pos at;

	at = t->src.start;
	p = s + 1;
	t->kind = KINT;
	if (p >= lx->end) {
		lex_error(lx, at, NULL, "end of file in character constant");
		t->ival = 0;
		return lx->end;
	}
	if (*p == '\\')
		r = escape(lx, at, &p);
	else {
		r = rune_at(p, lx->end, &n);
		p += n;
		if (r == '\n') {
			lx->line++;
			lx->bol = p;
		}
	}
	t->ival = r;
	if (*p == '\'')
		return p + 1;
	if (p >= lx->end) {
		lex_error(lx, at, NULL, "end of file in character constant");
		return p;
	}
	lex_error(lx, at, NULL, "missing closing '");
	/* 'abc': go on after it */
	for (q = p; class[(uint8_t)*q] & CNAME; q++)
		;
	return *q == '\'' ? q + 1 : p;
}

static const char *
stringconst(Lex *lx, Token *t, const char *s)
{
	const char *p, *run;
	int r, n;
	Pos at;

	at = t->src.start;
	p = s + 1;
	for (;;) {
		while (class[(uint8_t)*p] & CPLAIN)
			p++;
		if ((uint8_t)*p < 0x80)
			break;
		if (rune_at(p, lx->end, &n) == RUNEERR && n == 1)
			break;
		p += n;
	}
	t->kind = KSTRING;
	if (*p == '"') {
		t->str.s = s + 1;
		t->str.n = p - (s + 1);
		return p + 1;
	}
	/* something needs translation, or it does not end */
	lx->nbuf = 0;
	for (run = s + 1; run < p; run += n)
		buf_rune(lx, rune_at(run, p, &n));
	for (;;) {
		if (*p == '"') {
			p++;
			break;
		}
		if (*p == '\n') {
			lex_error(lx, at, NULL, "newline in string constant");
			break;
		}
		if (p >= lx->end) {
			lex_error(lx, at, NULL, "end of file in string constant");
			break;
		}
		if (*p == '\\') {
			buf_rune(lx, escape(lx, at, &p));
			continue;
		}
		r = rune_at(p, lx->end, &n);
		buf_rune(lx, r);
		p += n;
	}
	t->str = lstr(lx->l, lx->buf == NULL ? "" : lx->buf, lx->nbuf);
	return p;
}

static const char *
rawstring(Lex *lx, Token *t, const char *s)
{
	const char *p, *e;
	bool good;
	int n;

	s++;
	e = memchr(s, '`', lx->end - s);
	if (e == NULL) {
		lex_error(lx, t->src.start, NULL, "end of file in raw string constant");
		e = lx->end;
	}
	good = true;
	for (p = s; p < e; p += n) {
		n = 1;
		if (*p == '\n') {
			lx->line++;
			lx->bol = p + 1;
		} else if ((uint8_t)*p >= 0x80 && rune_at(p, e, &n) == RUNEERR && n == 1)
			good = false;
	}
	t->kind = KSTRING;
	t->str.s = s;
	t->str.n = e - s;
	if (!good) {
		lx->nbuf = 0;
		for (p = s; p < e; p += n)
			buf_rune(lx, rune_at(p, e, &n));
		t->str = lstr(lx->l, lx->buf == NULL ? "" : lx->buf, lx->nbuf);
	}
	return e < lx->end ? e + 1 : e;
}

/* ---------------------------------------------------------------- names */

/* A name with runes beyond ASCII, or a very long one: only MAXNAME runes count. */
static const char *
longname(Lex *lx, Token *t, const char *s)
{
	const char *p;
	int r, n, k;

	lx->nbuf = 0;
	k = 0;
	for (p = s;; p += n) {
		r = rune_at(p, lx->end, &n);
		if (r < 0x80 ? !(class[r] & CNAME) : r <= 0xa0)
			break;
		if (k++ < MAXNAME)
			buf_rune(lx, r);
	}
	t->sym = lsym(lx->l, lx->buf == NULL ? "" : lx->buf, lx->nbuf);
	t->kind = t->sym->token != 0 ? t->sym->token : KNAME;
	return p;
}

/*
 * The next token. The long switch goes by the first character; longest match.
 */
const Token *
lex_next(Lex *lx)
{
	const char *p, *s, *e;
	Token *t;
	uint32_t h;
	int r, n;

	t = &lx->ring[++lx->nring & 3];
	p = lx->p;
again:
	while (*p == ' ' || *p == '\t')
		p++;
	s = p;
	t->src.start.line = lx->line;
	t->src.start.col = s - lx->bol;
	switch (*p++) {
	case '\0':
		if (s < lx->end)
			goto unknown;
		lx->p = s;
		if (lex_pop(lx)) {
			p = lx->p;
			goto again;
		}
		p = s;
		t->kind = KEOF;
		break;
	case '\n':
		lx->line++;
		while (*p == '\n') {
			lx->line++;
			p++;
		}
		lx->bol = p;
		goto again;
	case '\r':
	case '\v':
	case '\f':
		goto again;
	case '#':
		e = memchr(p, '\n', lx->end - p);
		if (e == NULL)
			e = lx->end;
		else if (e - p > 6 && memcmp(p, "line", 4) == 0)
			lex_linecomment(lx, p, e);
		p = e;
		goto again;
	case '_':
	case 'a': case 'b': case 'c': case 'd': case 'e': case 'f': case 'g': case 'h': case 'i':
	case 'j': case 'k': case 'l': case 'm': case 'n': case 'o': case 'p': case 'q': case 'r':
	case 's': case 't': case 'u': case 'v': case 'w': case 'x': case 'y': case 'z':
	case 'A': case 'B': case 'C': case 'D': case 'E': case 'F': case 'G': case 'H': case 'I':
	case 'J': case 'K': case 'L': case 'M': case 'N': case 'O': case 'P': case 'Q': case 'R':
	case 'S': case 'T': case 'U': case 'V': case 'W': case 'X': case 'Y': case 'Z':
		h = (uint8_t)*s;
		while (class[(uint8_t)*p] & CNAME)
			h = SYMHASH(h, (uint8_t)*p++);
		if ((uint8_t)*p >= 0x80 || p - s > MAXNAME) {
			p = longname(lx, t, s);
			break;
		}
		t->sym = lsymhash(lx->l, s, p - s, h);
		t->kind = t->sym->token != 0 ? t->sym->token : KNAME;
		break;
	case '0': case '1': case '2': case '3': case '4': case '5': case '6': case '7': case '8': case '9':
		p = number(lx, t, s);
		break;
	case '.':
		if (class[(uint8_t)*p] & CDIGIT) {
			p = number(lx, t, s);
			break;
		}
		t->kind = '.';
		break;
	case '"':
		p = stringconst(lx, t, s);
		break;
	case '`':
		p = rawstring(lx, t, s);
		break;
	case '\'':
		p = charconst(lx, t, s);
		break;
	case '(': case ')': case '[': case ']': case '{': case '}': case ',': case ';': case '~':
		t->kind = *s;
		break;
#define ONE(c, k) if (*p == (c)) { p++; t->kind = (k); break; }
	case ':':
		ONE('=', KDAS)
		ONE(':', KCONS)
		t->kind = ':';
		break;
	case '+':
		ONE('=', KADDAS)
		ONE('+', KINC)
		t->kind = '+';
		break;
	case '-':
		ONE('>', KARROW)
		ONE('=', KSUBAS)
		ONE('-', KDEC)
		t->kind = '-';
		break;
	case '*':
		if (*p == '*') {
			p++;
			ONE('=', KEXPAS)
			t->kind = KEXP;
			break;
		}
		ONE('=', KMULAS)
		t->kind = '*';
		break;
	case '/':
		ONE('=', KDIVAS)
		t->kind = '/';
		break;
	case '%':
		ONE('=', KMODAS)
		t->kind = '%';
		break;
	case '^':
		ONE('=', KXORAS)
		t->kind = '^';
		break;
	case '&':
		ONE('&', KANDAND)
		ONE('=', KANDAS)
		t->kind = '&';
		break;
	case '|':
		ONE('|', KOROR)
		ONE('=', KORAS)
		t->kind = '|';
		break;
	case '=':
		ONE('=', KEQ)
		ONE('>', KLABEL)
		t->kind = '=';
		break;
	case '!':
		ONE('=', KNE)
		t->kind = '!';
		break;
	case '<':
		ONE('-', KCOMM)
		ONE('=', KLE)
		if (*p == '<') {
			p++;
			ONE('=', KLSHAS)
			t->kind = KLSH;
			break;
		}
		t->kind = '<';
		break;
	case '>':
		ONE('=', KGE)
		if (*p == '>') {
			p++;
			ONE('=', KRSHAS)
			t->kind = KRSH;
			break;
		}
		t->kind = '>';
		break;
#undef ONE
	default:
		if ((uint8_t)*s >= 0x80) {
			r = rune_at(s, lx->end, &n);
			if (r > 0xa0) {
				p = longname(lx, t, s);
				break;
			}
		}
	unknown:
		r = rune_at(s, lx->end, &n);
		lex_error(lx, t->src.start, NULL, "unknown character %s", rune_text(lx->l, r));
		p = s + n;
		goto again;
	}
	lx->p = p;
	t->src.stop.line = lx->line;
	t->src.stop.col = p - lx->bol;
	lx->last = t;
	return t;
}
