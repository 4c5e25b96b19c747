/*
 * Questions about names in a document: where they are declared, what they are, where else they are; and what the document declares.
 */
#include <stdlib.h>
#include <string.h>

#include "limbols/limbols.h"

enum {
	MAXSHOWN = 30, /* lines of a declaration in a hover */
};

/* ------------------------------------------------------------------ places */

/* The text of a file, open or not; one file after another is asked for. */
typedef struct Source Source;
struct Source {
	Server *s;
	Text text;
	const Text *t;
	char *uri;
};

static bool
source_open(Server *s, const char *file, Source *f)
{
	char *p, *path;
	size_t n;
	Doc *d;

	memset(f, 0, sizeof *f);
	f->s = s;
	if (file == NULL)
		return false;
	d = doc_bypath(s, file);
	if (d != NULL) {
		f->t = &d->text;
		f->uri = xstrdup(d->uri);
		return true;
	}
	p = file_read(file, &n);
	if (p == NULL)
		return false;
	text_set(&f->text, p, n);
	free(p);
	f->t = &f->text;
	path = path_clean(file);
	f->uri = path_uri(path);
	free(path);
	return true;
}

static void
source_close(Source *f)
{
	text_free(&f->text);
	free(f->uri);
}

static json_object *
location(const char *uri, json_object *range)
{
	json_object *o;

	o = json_object_new_object();
	json_object_object_add(o, "uri", json_str(uri));
	json_object_object_add(o, "range", range);
	return o;
}

/* What the name at a place of the client means. */
static bool
find(Server *s, Doc *d, int line, int character, LimboEntity *e, LimboPlace *at)
{
	Limbo *l;

	if (line < 0 || line >= d->text.nlines)
		return false;
	l = doc_limbo(s, d);
	return l != NULL && limbo_at(l, line + 1, byte_column(s, &d->text, line, character), e, at) == 0;
}

/* --------------------------------------------------------------- includes */

bool
in_include(const Text *t, size_t at, size_t *b, size_t *e)
{
	static const char word[] = "include";
	const char *p, *q, *end;
	size_t n;
	int lo = 0, hi = t->nlines, mid;

	while (hi - lo > 1) {
		mid = lo + (hi - lo) / 2;
		if (t->bol[mid] <= at)
			lo = mid;
		else
			hi = mid;
	}
	p = text_line(t, lo, &n);
	end = p + n;
	while (p < end && (*p == ' ' || *p == '\t'))
		p++;
	if ((size_t)(end - p) < sizeof word || memcmp(p, word, sizeof word - 1) != 0)
		return false;
	p += sizeof word - 1;
	while (p < end && (*p == ' ' || *p == '\t'))
		p++;
	if (p == end || *p != '"')
		return false;
	p++;
	q = memchr(p, '"', end - p);
	if (q == NULL)
		q = end;
	*b = p - t->s;
	*e = q - t->s;
	return *b <= at && at <= *e;
}

static json_object *
included(Server *s, Doc *d, int line, int character)
{
	json_object *o;
	size_t b, e;
	Source f;
	char *path;

	if (!in_include(&d->text, text_offset(s, &d->text, line, character), &b, &e))
		return NULL;
	path = include_find(s, d, d->text.s + b, e - b);
	if (path == NULL)
		return NULL;
	o = NULL;
	if (source_open(s, path, &f))
		o = location(f.uri, json_range(s, f.t, 1, 0, 1, 0));
	source_close(&f);
	free(path);
	return o;
}

/* --------------------------------------------------------------- questions */

json_object *
ask_definition(Server *s, Doc *d, int line, int character)
{
	json_object *o;
	LimboEntity e;
	LimboPlace at;
	Source f;

	if (!find(s, d, line, character, &e, &at))
		return included(s, d, line, character);
	o = NULL;
	if (source_open(s, e.at.file, &f))
		o = location(f.uri, json_range(s, f.t, e.at.line, e.at.col, e.at.endline, e.at.endcol));
	source_close(&f);
	return o;
}

/* The comment in a line, without its `#`; false if it has none. */
static bool
comment(const char *p, size_t n, size_t *b, bool *alone)
{
	char quote = '\0';
	size_t i;

	*alone = true;
	for (i = 0; i < n; i++) {
		if (quote != '\0') {
			if (p[i] == '\\' && quote != '`')
				i++;
			else if (p[i] == quote)
				quote = '\0';
		} else if (p[i] == '#') {
			*b = i + 1;
			return true;
		} else if (p[i] != ' ' && p[i] != '\t') {
			*alone = false;
			if (p[i] == '"' || p[i] == '\'' || p[i] == '`')
				quote = p[i];
		}
	}
	return false;
}

typedef struct Buf Buf;
struct Buf {
	char *s;
	size_t n, cap;
};

static void
add(Buf *b, const char *p, size_t n)
{
	if (b->n + n + 1 > b->cap) {
		size_t cap = b->cap * 2 + n + 256;
		char *q = xalloc(cap);

		if (b->n > 0)
			memcpy(q, b->s, b->n);
		free(b->s);
		b->s = q;
		b->cap = cap;
	}
	memcpy(b->s + b->n, p, n);
	b->n += n;
	b->s[b->n] = '\0';
}

static void
adds(Buf *b, const char *p)
{
	add(b, p, strlen(p));
}

/* What the program's author says of a declaration: beside it, or else in the lines above it. */
static void
add_comments(Buf *b, const Text *t, int line)
{
	const char *p;
	size_t n, k;
	bool alone;
	int i;

	p = text_line(t, line, &n);
	if (comment(p, n, &k, &alone)) {
		adds(b, "\n\n");
		add(b, p + k, n - k);
		return;
	}
	for (i = line; i > 0; i--) {
		p = text_line(t, i - 1, &n);
		if (!comment(p, n, &k, &alone) || !alone)
			break;
	}
	if (i < line)
		adds(b, "\n");
	for (; i < line && i + MAXSHOWN > line; i++) {
		p = text_line(t, i, &n);
		if (comment(p, n, &k, &alone)) {
			adds(b, "\n");
			add(b, p + k, n - k);
		}
	}
}

/* An adt is shown as it is written. */
static void
add_source(Buf *b, const Text *t, const LimboPlace *p)
{
	const char *q, *first;
	size_t n, in;
	int i;

	/* without the indentation of the first line */
	first = text_line(t, p->line - 1, &n);
	for (in = 0; in < n && (first[in] == ' ' || first[in] == '\t');)
		in++;
	for (i = p->line; i <= p->endline; i++) {
		if (i > p->line)
			adds(b, "\n");
		if (i - p->line == MAXSHOWN) {
			adds(b, "\t...");
			return;
		}
		q = text_line(t, i - 1, &n);
		if (n >= in && memcmp(q, first, in) == 0) {
			q += in;
			n -= in;
		}
		add(b, q, n);
	}
}

json_object *
ask_hover(Server *s, Doc *d, int line, int character)
{
	json_object *o, *c;
	LimboEntity e;
	LimboPlace at;
	const char *base;
	Buf b = { 0 };
	Source f;
	bool have;

	if (!find(s, d, line, character, &e, &at))
		return NULL;
	have = source_open(s, e.at.file, &f);
	if (s->markdown)
		adds(&b, "```limbo\n");
	if (have && e.kind == LIMBO_ADT && e.whole.file != NULL)
		add_source(&b, f.t, &e.whole);
	else
		adds(&b, e.text);
	if (s->markdown)
		adds(&b, "\n```");
	if (have)
		add_comments(&b, f.t, e.at.line - 1);
	if (have && strcmp(f.uri, d->uri) != 0) {
		base = strrchr(e.at.file, '/');
		adds(&b, "\n\n");
		adds(&b, base == NULL ? e.at.file : base + 1);
	}
	source_close(&f);
	c = json_object_new_object();
	json_object_object_add(c, "kind", json_object_new_string(s->markdown ? "markdown" : "plaintext"));
	json_object_object_add(c, "value", json_text(b.s, b.n));
	free(b.s);
	o = json_object_new_object();
	json_object_object_add(o, "contents", c);
	json_object_object_add(o, "range", json_range(s, &d->text, at.line, at.col, at.endline, at.endcol));
	return o;
}

/* ----------------------------------------------------------------- mentions */

typedef struct Mentions Mentions;
struct Mentions {
	LimboPlace *v;
	int n, cap;
};

static void
mention(void *aux, const LimboPlace *p)
{
	Mentions *m = aux;

	m->v = xgrow(m->v, m->n, &m->cap, sizeof *m->v);
	m->v[m->n++] = *p;
}

static int
by_place(const void *a, const void *b)
{
	const LimboPlace *x = a, *y = b;

	if (x->line != y->line)
		return x->line < y->line ? -1 : 1;
	return x->col < y->col ? -1 : x->col > y->col;
}

static void
mentions(Server *s, Doc *d, int line, int character, Mentions *m)
{
	Limbo *l;
	int i, n;

	memset(m, 0, sizeof *m);
	if (line < 0 || line >= d->text.nlines)
		return;
	l = doc_limbo(s, d);
	if (l == NULL)
		return;
	limbo_mentions(l, line + 1, byte_column(s, &d->text, line, character), mention, m);
	if (m->n == 0)
		return;
	qsort(m->v, m->n, sizeof *m->v, by_place);
	n = 1;
	for (i = 1; i < m->n; i++)
		if (by_place(&m->v[i], &m->v[n - 1]) != 0)
			m->v[n++] = m->v[i];
	m->n = n;
}

json_object *
ask_highlight(Server *s, Doc *d, int line, int character)
{
	json_object *list, *o;
	Mentions m;
	int i;

	mentions(s, d, line, character, &m);
	list = json_object_new_array();
	for (i = 0; i < m.n; i++) {
		o = json_object_new_object();
		json_object_object_add(o, "range", json_range(s, &d->text, m.v[i].line, m.v[i].col, m.v[i].endline, m.v[i].endcol));
		json_object_array_add(list, o);
	}
	free(m.v);
	return list;
}

json_object *
ask_references(Server *s, Doc *d, int line, int character, bool declaration)
{
	json_object *list;
	LimboEntity e;
	LimboPlace at;
	Mentions m;
	bool have;
	int i;

	mentions(s, d, line, character, &m);
	have = find(s, d, line, character, &e, &at) && e.at.file != NULL && strcmp(e.at.file, d->path) == 0;
	list = json_object_new_array();
	for (i = 0; i < m.n; i++) {
		if (!declaration && have && m.v[i].line == e.at.line && m.v[i].col == e.at.col)
			continue;
		json_object_array_add(list, location(d->uri, json_range(s, &d->text, m.v[i].line, m.v[i].col, m.v[i].endline,
									m.v[i].endcol)));
	}
	free(m.v);
	return list;
}

/* ------------------------------------------------------------------ outline */

enum {
	MAXLEVEL = 16
};

typedef struct Outline Outline;
struct Outline {
	Server *s;
	Doc *d;
	json_object *list;
	json_object *last[MAXLEVEL]; /* symbol at each depth to which members can still be added */
};

static int
symbol_kind(LimboKind k)
{
	static const int kinds[] = {
		[LIMBO_VARIABLE] = 13, [LIMBO_ARGUMENT] = 13, [LIMBO_FUNCTION] = 12, [LIMBO_METHOD] = 6, [LIMBO_FIELD] = 8,
		[LIMBO_CONSTANT] = 14, [LIMBO_ADT] = 23, [LIMBO_MODULE] = 2, [LIMBO_TYPE] = 5, [LIMBO_TAG] = 22,
		[LIMBO_EXCEPTION] = 24, [LIMBO_PARAMETER] = 26, [LIMBO_KEYWORD] = 13,
	};

	return kinds[k];
}

static void
symbol(void *aux, const LimboEntity *e)
{
	Outline *u = aux;
	json_object *o, *list, *full;
	Server *s = u->s;
	const Text *t = &u->d->text;
	const char *detail;
	char *name = NULL;
	int depth;

	o = json_object_new_object();
	if (e->depth == 0 && e->owner != NULL && asprintf(&name, "%s.%s", e->owner, e->name) < 0)
		name = NULL;
	json_object_object_add(o, "name", json_str(name != NULL ? name : e->name));
	free(name);
	json_object_object_add(o, "kind", json_object_new_int(symbol_kind(e->kind)));
	full = json_range(s, t, e->whole.line, e->whole.col, e->whole.endline, e->whole.endcol);
	if (!s->hierarchy) {
		json_object_object_add(o, "location", location(u->d->uri, full));
		if (e->depth > 0 && e->owner != NULL)
			json_object_object_add(o, "containerName", json_str(e->owner));
		json_object_array_add(u->list, o);
		return;
	}
	detail = strstr(e->text, ": ");
	if (detail != NULL)
		json_object_object_add(o, "detail", json_str(detail + 2));
	json_object_object_add(o, "range", full);
	json_object_object_add(o, "selectionRange", json_range(s, t, e->at.line, e->at.col, e->at.endline, e->at.endcol));
	depth = e->depth < MAXLEVEL ? e->depth : MAXLEVEL - 1;
	list = u->list;
	if (depth > 0 && u->last[depth - 1] != NULL &&
	    !json_object_object_get_ex(u->last[depth - 1], "children", &list)) {
		list = json_object_new_array();
		json_object_object_add(u->last[depth - 1], "children", list);
	}
	json_object_array_add(list, o);
	u->last[depth] = o;
}

json_object *
ask_symbols(Server *s, Doc *d)
{
	Outline u = { .s = s, .d = d };
	Limbo *l;

	u.list = json_object_new_array();
	l = doc_limbo(s, d);
	if (l != NULL)
		limbo_outline(l, symbol, &u);
	return u.list;
}
