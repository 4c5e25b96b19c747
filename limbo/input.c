/*
 * Where text comes from: files, includes and `#line`, the places of everything in them, and messages about tokens.
 *
 * A file is read whole; its text stays as long as the context, so that strings without escapes can point into it.
 */
#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "limbo/parse.h"
#include "limbo/util.h"

enum {
	MAXINCLUDE = 32,  /* depth */
	MAXFILES = 100000 /* files read in one unit: ends clever include cycles */
};
#define MAXTEXT ((size_t)1 << 30) /* bytes read in one unit */

static const struct {
	int token;
	const char *text;
} operators[] = {
	{ KEXP, "**" }, { KLSH, "<<" }, { KRSH, ">>" }, { KEQ, "==" }, { KNE, "!=" }, { KLE, "<=" }, { KGE, ">=" },
	{ KANDAND, "&&" }, { KOROR, "||" }, { KCONS, "::" }, { KCOMM, "<-" }, { KINC, "++" }, { KDEC, "--" },
	{ KADDAS, "+=" }, { KSUBAS, "-=" }, { KMULAS, "*=" }, { KDIVAS, "/=" }, { KMODAS, "%=" }, { KEXPAS, "**=" },
	{ KANDAS, "&=" }, { KORAS, "|=" }, { KXORAS, "^=" }, { KLSHAS, "<<=" }, { KRSHAS, ">>=" }, { KDAS, ":=" },
	{ KARROW, "->" }, { KLABEL, "=>" },
};

/* --------------------------------------------------------------- places */

static Seg *
newseg(Lex *lx)
{
	Seg *s;
	int cap;

	if (lx->nseg == lx->segcap) {
		cap = lx->segcap * 2 + 64;
		s = lalloc(lx->l, cap * sizeof *s);
		if (lx->nseg > 0)
			memcpy(s, lx->seg, lx->nseg * sizeof *s);
		lx->seg = s;
		lx->segcap = cap;
	}
	s = &lx->seg[lx->nseg++];
	memset(s, 0, sizeof *s);
	return s;
}

static const Seg *
findseg(const Lex *lx, int line)
{
	int lo, hi, mid;

	lo = 0;
	hi = lx->nseg;
	while (hi - lo > 1) {
		mid = lo + (hi - lo) / 2;
		if (lx->seg[mid].line <= line)
			lo = mid;
		else
			hi = mid;
	}
	return &lx->seg[lo];
}

const char *
posname(Limbo *l, Pos p)
{
	const Seg *s;
	char *t, *own;
	int k;

	if (l->lex == NULL || ((Lex *)l->lex)->nseg == 0)
		return "?";
	t = NULL;
	for (; p.line > 0; p.line = s->parent) {
		s = findseg(l->lex, p.line);
		k = p.line - s->line;
		if (s->rname != NULL)
			own = lprintf(l, "%s:%d [ %s:%d ]", s->rname, s->rline + k, s->file, s->real + k);
		else
			own = lprintf(l, "%s:%d", s->file, s->real + k);
		t = t == NULL ? own : lprintf(l, "%s: %s", t, own);
	}
	return t == NULL ? "?" : t;
}

int
posmain(Limbo *l, Pos p)
{
	const Seg *s;

	if (l->lex == NULL || ((Lex *)l->lex)->nseg == 0 || p.line <= 0)
		return 0;
	for (s = findseg(l->lex, p.line); s->parent > 0; s = findseg(l->lex, p.line))
		p.line = s->parent;
	return s->real + (p.line - s->line);
}

void
poswhere(Limbo *l, Pos p, const char **file, int *line, int *col)
{
	const Seg *s;

	if (l->lex == NULL || ((Lex *)l->lex)->nseg == 0 || p.line <= 0) {
		*file = "?";
		*line = 0;
		*col = -1;
		return;
	}
	s = findseg(l->lex, p.line);
	*file = s->file;
	*line = s->real + (p.line - s->line);
	*col = p.col;
}

Pos
lex_here(Limbo *l)
{
	Pos p = { 0, 0 };
	Lex *lx;

	lx = l->lex;
	if (lx != NULL)
		p = lx->last->src.start;
	return p;
}

static const char *
string_text(Limbo *l, Str s)
{
	static const char esc[] = "\nn\tt\rr\bb\aa\ff\vv\"\"\\\\";
	const char *q;
	char *t, *o;
	uint32_t i, n;

	n = s.n > 200 ? 200 : s.n;
	while (n < s.n && n > 0 && ((uint8_t)s.s[n] & 0xc0) == 0x80)
		n--;
	o = t = lalloc(l, (size_t)n * 2 + 8);
	*o++ = '"';
	for (i = 0; i < n; i++) {
		for (q = esc; *q != '\0'; q += 2)
			if (*q == s.s[i])
				break;
		if (*q != '\0') {
			*o++ = '\\';
			*o++ = q[1];
		} else if (s.s[i] == '\0') {
			*o++ = '\\';
			*o++ = '0';
		} else
			*o++ = s.s[i];
	}
	if (n < s.n)
		o = stpcpy(o, "...");
	strcpy(o, "\"");
	return t;
}

const char *
lex_near(Limbo *l, const Token *t)
{
	char buf[40];
	const char *s;
	size_t i;
	Lex *lx;

	lx = l->lex;
	if (t == NULL) {
		if (lx == NULL)
			return "";
		t = lx->last;
	}
	s = "EOF";
	switch (t->kind) {
	case KEOF:
		break;
	case KNAME:
		s = t->sym->name;
		break;
	case KINT:
	case KBIG:
		snprintf(buf, sizeof buf, "%lld", (long long)t->ival);
		s = buf;
		break;
	case KREAL:
		s = realtext(t->rval, buf);
		break;
	case KSTRING:
		s = string_text(l, t->str);
		break;
	default:
		if (t->kind >= KADT) {
			s = t->sym->name;
			break;
		}
		if (t->kind < KNAME) {
			buf[0] = t->kind;
			buf[1] = '\0';
			s = buf;
			break;
		}
		for (i = 0; i < sizeof operators / sizeof operators[0]; i++)
			if (operators[i].token == t->kind)
				s = operators[i].text;
	}
	return lprintf(l, "near ` %s ` : ", s);
}

void
lex_error(Lex *lx, Pos at, const Token *tok, const char *fmt, ...)
{
	va_list arg;
	char *text;
	char small[600];
	Pos stop = { 0, 0 };
	int n;

	if (lx->l->toomany || lx->l->fatal) {
		lx->l->nerrors++;
		return;
	}
	va_start(arg, fmt);
	n = vsnprintf(small, sizeof small, fmt, arg);
	va_end(arg);
	text = small;
	if (n >= (int)sizeof small) {
		text = lalloc(lx->l, (size_t)n + 1);
		va_start(arg, fmt);
		vsnprintf(text, (size_t)n + 1, fmt, arg);
		va_end(arg);
	}
	if (tok != NULL)
		stop = tok->src.stop;
	ldiag(lx->l, 0, at, stop, lprintf(lx->l, "%s%s", lex_near(lx->l, tok), text));
}

/* ---------------------------------------------------------------- files */

static void
addfile(Limbo *l, const char *name)
{
	const char *s;
	Str *f;
	int i;

	s = strrchr(name, '/');
	s = s == NULL ? name : s + 1;
	for (i = 0; i < l->unit.nfiles; i++)
		if (l->unit.files[i].n == strlen(s) && memcmp(l->unit.files[i].s, s, strlen(s)) == 0)
			return;
	if ((l->unit.nfiles & (l->unit.nfiles - 1)) == 0) {
		f = lalloc(l, (l->unit.nfiles * 2 + 1) * sizeof *f);
		if (l->unit.nfiles > 0)
			memcpy(f, l->unit.files, l->unit.nfiles * sizeof *f);
		l->unit.files = f;
	}
	l->unit.files[l->unit.nfiles++] = lstr(l, s, strlen(s));
}

/* Why readinto failed; e: its errno. */
static const char *
readerror(Limbo *l, int e)
{
	const char *s;

	s = l->o.readerror != NULL ? l->o.readerror(l->o.aux) : NULL;
	return s != NULL ? s : strerror(e);
}

/* Reads a file and makes it the current one, below `parent`. False with errno set. */
static bool
readinto(Lex *lx, const char *name, int parent)
{
	char *text, *t, **list;
	Limbo *l;
	size_t n;
	Seg *s;

	l = lx->l;
	n = 0;
	text = l->o.readfile(l->o.aux, name, &n);
	if (text == NULL)
		return false;
	if (n > MAXTEXT - lx->total) {
		free(text);
		errno = EFBIG;
		return false;
	}
	t = realloc(text, n + 1);
	if (t == NULL) {
		free(text);
		errno = ENOMEM;
		return false;
	}
	text = t;
	text[n] = '\0';
	if (lx->ntexts == lx->textcap) {
		list = realloc(lx->texts, (lx->textcap * 2 + 16) * sizeof *list);
		if (list == NULL) {
			free(text);
			errno = ENOMEM;
			return false;
		}
		lx->texts = list;
		lx->textcap = lx->textcap * 2 + 16;
	}
	lx->texts[lx->ntexts++] = text;
	lx->total += n;
	lx->nfiles++;
	lx->p = lx->bol = text;
	lx->end = text + n;
	lx->line++;
	s = newseg(lx);
	s->line = lx->line;
	s->real = 1;
	s->file = lstr(l, name, strlen(name)).s;
	s->parent = parent;
	addfile(l, name);
	return true;
}

int
lex_open(Limbo *l, const char *name)
{
	const char *slash;
	LimboDiag d;
	Lex *lx;
	int e;

	lx = lalloc(l, sizeof *lx);
	lx->l = l;
	l->lex = lx;
	slash = strrchr(name, '/');
	lx->dir = slash == NULL ? "" : lstr(l, name, slash + 1 - name).s;
	lx->p = lx->bol = lx->end = "";
	lx->last = &lx->ring[0];
	errno = 0;
	if (!readinto(lx, name, 0)) {
		e = errno;
		memset(&d, 0, sizeof d);
		d.col = d.endline = d.endcol = -1;
		d.file = name;
		d.text = lprintf(l, "can't open %s: %s", name, readerror(l, e));
		l->nerrors++;
		l->o.diag(l->o.aux, &d);
		return -1;
	}
	lx->last->src.start.line = lx->line;
	return 0;
}

void
lex_free(Limbo *l)
{
	Lex *lx;
	int i;

	lx = l->lex;
	if (lx == NULL)
		return;
	for (i = 0; i < lx->ntexts; i++)
		free(lx->texts[i]);
	free(lx->texts);
	free(lx->buf);
	l->lex = NULL;
}

void
lex_include(Lex *lx, Str f)
{
	const char *name, *path;
	Input *in;
	Limbo *l;
	Pos at;
	Seg seg;
	int i, k, e;
	bool ok;

	l = lx->l;
	at = lx->last->src.start;
	if (memchr(f.s, '\0', f.n) != NULL || f.n == 0) {
		lex_error(lx, at, NULL, "can't include %s: %s", lstr(l, f.s, strnlen(f.s, f.n)).s, strerror(ENOENT));
		return;
	}
	name = lstr(l, f.s, f.n).s;
	if (lx->depth >= MAXINCLUDE) {
		lfatal(l, "%s: include file depth too great", posname(l, at));
		return;
	}
	if (lx->nfiles >= MAXFILES) {
		lfatal(l, "%s: too many include files", posname(l, at));
		return;
	}
	seg = *findseg(lx, lx->line);
	k = lx->line - seg.line;
	in = lalloc(l, sizeof *in);
	in->up = lx->in;
	in->p = lx->p;
	in->bol = lx->bol;
	in->end = lx->end;
	in->seg = seg;
	in->seg.real += k;
	in->seg.rline += k;
	errno = 0;
	if (name[0] == '/')
		ok = readinto(lx, name, at.line);
	else {
		ok = readinto(lx, lprintf(l, "%s%s", lx->dir, name), at.line);
		for (i = 0; !ok && i < l->o.nincdirs; i++) {
			path = l->o.incdirs[i];
			k = strlen(path);
			ok = readinto(lx, lprintf(l, "%s%s%s", path, k > 0 && path[k - 1] == '/' ? "" : "/", name), at.line);
		}
	}
	if (!ok) {
		e = errno;
		lex_error(lx, at, NULL, "can't include %s: %s", name, readerror(l, e));
		return;
	}
	lx->in = in;
	lx->depth++;
}

/* End of the current file: back to the one that included it. False at the end of the unit. */
bool
lex_pop(Lex *lx)
{
	Input *in;
	Seg *s;

	in = lx->in;
	if (in == NULL || lx->l->fatal)
		return false;
	lx->in = in->up;
	lx->depth--;
	lx->p = in->p;
	lx->bol = in->bol;
	lx->end = in->end;
	lx->line++;
	s = newseg(lx);
	*s = in->seg;
	s->line = lx->line;
	return true;
}

/* The comment from p (after `#`) to e: re-bases the lines after it if it is exactly `line N "name"`. */
void
lex_linecomment(Lex *lx, const char *p, const char *e)
{
	const char *q;
	Seg old, *s;
	int n;

	p += 4;
	if (p >= e || (*p != ' ' && *p != '\t'))
		return;
	while (p < e && (*p == ' ' || *p == '\t'))
		p++;
	if (p >= e || !isdigit((uint8_t)*p))
		return;
	for (n = 0; p < e && isdigit((uint8_t)*p); p++) {
		if (n > 100000000)
			return;
		n = n * 10 + (*p - '0');
	}
	while (p < e && (*p == ' ' || *p == '\t'))
		p++;
	if (p >= e || *p != '"')
		return;
	q = memchr(p + 1, '"', e - (p + 1));
	if (q == NULL || q + 1 != e || memchr(p, '\0', q - p) != NULL)
		return;
	old = *findseg(lx, lx->line);
	s = newseg(lx);
	*s = old;
	s->line = lx->line + 1;
	s->real = old.real + (lx->line - old.line) + 1;
	s->rname = lstr(lx->l, p + 1, q - (p + 1)).s;
	s->rline = n;
}
