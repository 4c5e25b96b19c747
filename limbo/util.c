/*
 * What all passes use: memory that lives as long as the context, interned names, constructors of tree, types and declarations, and
 * diagnostics.
 */
#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "limbo/parse.h"
#include "limbo/util.h"

/*
 * Memory comes from anonymous mappings, which are zero already; they double in size as more is needed, so that a small unit
 * costs little and a large one few system calls. Large ones ask for huge pages: a tree of a million lines is mostly page faults.
 */
enum {
	FIRSTCHUNK = 256 << 10,
	HUGE = 2 << 20, /* size and alignment of a huge page */
	MAXCHUNK = 32 << 20
};

typedef struct Chunk Chunk;
struct Chunk {
	Chunk *next;
	size_t size;
};

typedef struct Mem Mem;
struct Mem {
	char *p;
	char *end;
	Chunk *chunks;
	size_t next; /* size of the next chunk */
	size_t total; /* bytes in chunks */
	Sym **tab;   /* hash table of names, a power of two */
	uint32_t tabsize;
	uint32_t nsyms;
};

static void
nomem(void)
{
	fprintf(stderr, "fatal limbo compiler error: out of memory\n");
	exit(1);
}

/* Ends the compilation. */
static void
giveup(Limbo *l, const char *why)
{
	jmp_buf *to = l->giveup;

	if (to == NULL)
		nomem();
	l->giveup = NULL;
	lfatal(l, "%s", why);
	longjmp(*to, 1);
}

/* NULL if there is no memory. */
static Chunk *
newchunk(size_t n)
{
	size_t slack, cut;
	char *p;
	Chunk *c;

	slack = n >= HUGE ? HUGE : 0;
	p = mmap(NULL, n + slack, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (p == MAP_FAILED)
		return NULL;
	if (slack > 0) {
		/* keep the aligned part */
		cut = -(uintptr_t)p & (HUGE - 1);
		if (cut > 0)
			munmap(p, cut);
		if (slack > cut)
			munmap(p + cut + n, slack - cut);
		p += cut;
		madvise(p, n, MADV_HUGEPAGE);
	}
	c = (Chunk *)p;
	c->size = n;
	return c;
}

int
mem_init(Limbo *l)
{
	Chunk *c;
	Mem *m;

	c = newchunk(FIRSTCHUNK);
	if (c == NULL)
		return -1;
	m = (Mem *)(c + 1);
	m->chunks = c;
	m->p = (char *)(m + 1);
	m->end = (char *)c + FIRSTCHUNK;
	m->next = HUGE;
	l->mem = m;
	m->tabsize = 1024;
	m->tab = calloc(m->tabsize, sizeof(Sym *));
	if (m->tab == NULL) {
		munmap(c, c->size);
		return -1;
	}
	return 0;
}

void
mem_free(Limbo *l)
{
	Chunk *c, *next;
	Mem *m;

	m = l->mem;
	if (m == NULL)
		return;
	free(m->tab);
	for (c = m->chunks; c != NULL; c = next) {
		next = c->next;
		munmap(c, c->size);
	}
	l->mem = NULL;
}

static Chunk *
addchunk(Limbo *l, Mem *m, size_t n)
{
	Chunk *c;

	if (l->giveup != NULL && l->o.maxmem != 0 && (n > l->o.maxmem || m->total > l->o.maxmem - n))
		giveup(l, "out of memory");
	if (l->giveup != NULL && l->o.stop != NULL && l->o.stop(l->o.aux))
		giveup(l, "interrupted");
	c = newchunk(n);
	if (c == NULL)
		giveup(l, "out of memory");
	m->total += n;
	c->next = m->chunks;
	m->chunks = c;
	return c;
}

static void *
slowalloc(Limbo *l, Mem *m, size_t n)
{
	Chunk *c;
	void *p;

	if (n > SIZE_MAX / 2)
		giveup(l, "out of memory");
	if (n > m->next / 4) {
		/* of its own; what is left of the current one stays in use */
		c = addchunk(l, m, (n + sizeof(Chunk) + 4095) & ~(size_t)4095);
		return c + 1;
	}
	c = addchunk(l, m, m->next);
	m->p = (char *)(c + 1);
	m->end = (char *)c + m->next;
	if (m->next < MAXCHUNK)
		m->next *= 2;
	p = m->p;
	m->p += n;
	return p;
}

void *
lalloc(Limbo *l, size_t n)
{
	Mem *m;
	void *p;

	m = l->mem;
	n = (n + 7) & ~(size_t)7;
	if (n > (size_t)(m->end - m->p))
		return slowalloc(l, m, n);
	p = m->p;
	m->p += n;
	return p;
}

static void
growtab(Limbo *l, Mem *m)
{
	Sym **t, *s, *next;
	uint32_t i, n;

	n = m->tabsize * 4;
	t = calloc(n, sizeof(Sym *));
	if (t == NULL)
		giveup(l, "out of memory");
	for (i = 0; i < m->tabsize; i++)
		for (s = m->tab[i]; s != NULL; s = next) {
			next = s->next;
			s->next = t[s->hash & (n - 1)];
			t[s->hash & (n - 1)] = s;
		}
	free(m->tab);
	m->tab = t;
	m->tabsize = n;
}

/* Names are short: a call of memcmp costs more than it saves. */
static inline bool
same(const char *a, const char *b, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (a[i] != b[i])
			return false;
	return true;
}

Sym *
lsymhash(Limbo *l, const char *s, size_t n, uint32_t h)
{
	Sym *y;
	Mem *m;
	char *name;

	m = l->mem;
	h ^= h >> 15;
	for (y = m->tab[h & (m->tabsize - 1)]; y != NULL; y = y->next)
		if (y->hash == h && y->len == n && same(y->name, s, n))
			return y;
	if (m->nsyms++ > m->tabsize)
		growtab(l, m);
	y = lalloc(l, sizeof *y);
	name = lalloc(l, n + 1);
	memcpy(name, s, n);
	y->name = name;
	y->len = n;
	y->hash = h;
	y->next = m->tab[h & (m->tabsize - 1)];
	m->tab[h & (m->tabsize - 1)] = y;
	return y;
}

Sym *
lsym(Limbo *l, const char *s, size_t n)
{
	uint32_t h;
	size_t i;

	h = 0;
	for (i = 0; i < n; i++)
		h = SYMHASH(h, (uint8_t)s[i]);
	return lsymhash(l, s, n, h);
}

Str
lstr(Limbo *l, const char *s, size_t n)
{
	Str r;
	char *p;

	p = lalloc(l, n + 1);
	memcpy(p, s, n);
	r.s = p;
	r.n = n;
	return r;
}

static char *
vlprintf(Limbo *l, const char *fmt, va_list arg)
{
	char buf[512], *p;
	va_list again;
	int n;

	va_copy(again, arg);
	n = vsnprintf(buf, sizeof buf, fmt, arg);
	if (n < 0)
		n = 0;
	p = lalloc(l, (size_t)n + 1);
	if ((size_t)n < sizeof buf)
		memcpy(p, buf, n);
	else
		vsnprintf(p, (size_t)n + 1, fmt, again);
	va_end(again);
	return p;
}

char *
lprintf(Limbo *l, const char *fmt, ...)
{
	va_list arg;
	char *p;

	va_start(arg, fmt);
	p = vlprintf(l, fmt, arg);
	va_end(arg);
	return p;
}

Node *
mknode(Limbo *l, Op op, Src src, Node *left, Node *right)
{
	Node *n;

	n = lalloc(l, op == Oseq ? offsetof(Node, decl) : sizeof *n);
	n->op = (uint8_t)op;
	n->src = src;
	n->left = left;
	n->right = right;
	return n;
}

Type *
mktype(Limbo *l, Tkind k, Src src, Type *tof)
{
	Type *t;

	t = lalloc(l, sizeof *t);
	t->kind = k;
	t->src = src;
	t->tof = tof;
	return t;
}

Decl *
mkdecl(Limbo *l, Dkind k, Sym *s, Src src, Type *t)
{
	Decl *d;

	d = lalloc(l, sizeof *d);
	d->kind = k;
	d->sym = s;
	d->src = src;
	d->ty = t;
	return d;
}

/* The types that every unit has. */
void
basic_types(Limbo *l)
{
	static const struct {
		Tkind kind;
		int size;
		size_t at;
	} tab[] = {
		{ Terror, 4, offsetof(Limbo, terror) },	 { Tnone, 0, offsetof(Limbo, tnone) },
		{ Tnil, 4, offsetof(Limbo, tnil) },	 { Tint, 4, offsetof(Limbo, tint) },
		{ Tbig, 8, offsetof(Limbo, tbig) },	 { Tbyte, 1, offsetof(Limbo, tbyte) },
		{ Treal, 8, offsetof(Limbo, treal) },	 { Tstring, 4, offsetof(Limbo, tstring) },
	};
	Src nowhere = { { 0, 0 }, { 0, 0 } };
	Type *t;
	size_t i;

	for (i = 0; i < sizeof tab / sizeof tab[0]; i++) {
		t = mktype(l, tab[i].kind, nowhere, NULL);
		t->size = tab[i].size;
		t->align = t->size > 0 ? t->size : 1;
		t->sized = true;
		t->checked = true;
		*(Type **)((char *)l + tab[i].at) = t;
	}
}

/*
 * Just above a power of two the doubles below are nearer than those above: of two texts equally near to d, the one
 * that printf prefers may read back as another double, and the other one as d. e is then changed to that.
 */
static bool
neighbour(char *e, int prec, double d)
{
	char *last;
	int step;

	step = fabs(strtod(e, NULL)) < fabs(d) ? 1 : -1;
	last = strchr(e, 'e') - 1;
	if (prec == 0 || (step > 0 && *last == '9') || (step < 0 && *last == '0'))
		return false;
	*last += step;
	return strtod(e, NULL) == d;
}

/*
 * Text of a real: the fewest digits that read back. With n digits and the value 0.d1d2... * 10^k it is written plainly
 * for -4 < k <= n+5, without a zero before the point; else with an exponent of at least two digits.
 */
char *
realtext(double d, char *buf)
{
	char e[40], digits[24], *o;
	int prec, n, k, i;

	if (isnan(d))
		return strcpy(buf, "NaN");
	if (isinf(d))
		return strcpy(buf, d < 0 ? "-Infinity" : "Infinity");
	if (d == 0)
		return strcpy(buf, signbit(d) ? "-0" : "0");
	for (prec = 0; prec < 17; prec++) {
		snprintf(e, sizeof e, "%.*e", prec, d);
		if (strtod(e, NULL) == d || (prec > 14 && neighbour(e, prec, d)))
			break;
	}
	o = buf;
	n = 0;
	for (i = 0; e[i] != 'e'; i++)
		if (e[i] >= '0' && e[i] <= '9')
			digits[n++] = e[i];
	k = atoi(e + i + 1) + 1;
	while (n > 1 && digits[n - 1] == '0')
		n--;
	if (d < 0)
		*o++ = '-';
	if (k <= -4 || k > n + 5) {
		*o++ = digits[0];
		if (n > 1) {
			*o++ = '.';
			memcpy(o, digits + 1, n - 1);
			o += n - 1;
		}
		sprintf(o, "e%c%02d", k - 1 < 0 ? '-' : '+', abs(k - 1));
		return buf;
	}
	if (k <= 0) {
		*o++ = '.';
		for (i = k; i < 0; i++)
			*o++ = '0';
		memcpy(o, digits, n);
		o += n;
	} else
		for (i = 0; i < n || i < k; i++) {
			if (i == k)
				*o++ = '.';
			*o++ = i < n ? digits[i] : '0';
		}
	*o = '\0';
	return buf;
}

/* ------------------------------------------------------------ diagnostics */

void
ldiag(Limbo *l, int warning, Pos at, Pos stop, const char *text)
{
	const char *hint;
	LimboDiag d;

	hint = l->advice;
	l->advice = NULL;
	if (l->toomany || l->fatal || (warning && l->nerrors > 0))
		return;
	memset(&d, 0, sizeof d);
	d.endline = d.endcol = -1;
	if (warning)
		l->nwarnings++;
	else if (++l->nerrors >= (l->o.maxerrors > 0 ? l->o.maxerrors : 20)) {
		l->toomany = true;
		d.text = "too many errors, stopping";
		d.col = -1;
		l->o.diag(l->o.aux, &d);
		return;
	}
	d.warning = warning;
	d.text = text;
	d.where = posname(l, at);
	poswhere(l, at, &d.file, &d.line, &d.col);
	d.mainline = posmain(l, at);
	if (stop.line != 0) {
		const char *file;

		poswhere(l, stop, &file, &d.endline, &d.endcol);
	}
	d.hint = hint != NULL ? hint : diag_hint(text);
	l->o.diag(l->o.aux, &d);
}

void
lerror(Limbo *l, Pos at, const char *fmt, ...)
{
	Pos none = { 0, 0 };
	va_list arg;
	char *text;

	if (l->toomany || l->fatal) {
		l->nerrors++;
		return;
	}
	va_start(arg, fmt);
	text = vlprintf(l, fmt, arg);
	va_end(arg);
	if (at.line == 0) {
		text = lprintf(l, "%s%s", lex_near(l, NULL), text);
		at = lex_here(l);
	}
	ldiag(l, 0, at, none, text);
}

void
lwarn(Limbo *l, int level, Pos at, const char *fmt, ...)
{
	Pos none = { 0, 0 };
	va_list arg;
	char *text;

	if (level > l->o.warn || l->nerrors > 0)
		return;
	va_start(arg, fmt);
	text = vlprintf(l, fmt, arg);
	va_end(arg);
	if (at.line == 0)
		at = lex_here(l);
	ldiag(l, 1, at, none, text);
}

void
lfatal(Limbo *l, const char *fmt, ...)
{
	va_list arg;
	LimboDiag d;
	char *text;

	l->nerrors++;
	if (l->fatal)
		return;
	va_start(arg, fmt);
	text = vlprintf(l, fmt, arg);
	va_end(arg);
	l->fatal = true;
	memset(&d, 0, sizeof d);
	d.col = d.endline = d.endcol = -1;
	d.text = lprintf(l, "fatal limbo compiler error: %s", text);
	d.hint = diag_hint(d.text);
	l->o.diag(l->o.aux, &d);
}
