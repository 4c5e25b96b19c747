/*
 * The open documents: their texts, which take the place of the files of the same names; checking them; diagnostics.
 *
 * A document is checked when there is nothing else to do, or when a question needs it. What it read is kept in mind: a change of
 * one of these files makes it dirty too. A diagnostic in an included file is shown at the include.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "limbols/limbols.h"

enum {
	MAXERRORS = 500,
	MAXKEPT = 12, /* documents whose checked text is kept for questions */
	MAXFILES = 2000 /* read in one check */
};
#define MAXREAD ((size_t)128 << 20)

/* -------------------------------------------------------------- documents */

Doc *
doc_find(Server *s, const char *uri)
{
	Doc *d;

	for (d = s->docs; d != NULL; d = d->next)
		if (strcmp(d->uri, uri) == 0)
			return d;
	return NULL;
}

Doc *
doc_bypath(Server *s, const char *path)
{
	char *real;
	Doc *d;

	for (d = s->docs; d != NULL; d = d->next)
		if (strcmp(d->path, path) == 0)
			return d;
	real = realpath(path, NULL);
	if (real == NULL)
		return NULL;
	for (d = s->docs; d != NULL; d = d->next)
		if (d->real != NULL && strcmp(d->real, real) == 0)
			break;
	free(real);
	return d;
}

static void
forget(Doc *d)
{
	limbo_free(d->limbo);
	d->limbo = NULL;
}

static void
forget_reads(Doc *d)
{
	int i;

	for (i = 0; i < d->nreads; i++)
		free(d->reads[i]);
	free(d->reads);
	d->reads = NULL;
	d->nreads = d->capreads = 0;
}

static void
forget_found(Doc *d)
{
	int i;

	for (i = 0; i < d->nfound; i++) {
		free(d->found[i].file);
		free(d->found[i].text);
		free(d->found[i].hint);
	}
	free(d->found);
	d->found = NULL;
	d->nfound = d->capfound = 0;
}

static void
stale(Doc *d)
{
	forget(d);
	d->dirty = true;
}

Doc *
doc_open(Server *s, const char *uri, const char *text, size_t n)
{
	Doc *d;

	d = doc_find(s, uri);
	if (d == NULL) {
		d = xalloc(sizeof *d);
		d->uri = xstrdup(uri);
		d->path = uri_path(uri);
		d->real = realpath(d->path, NULL);
		d->next = s->docs;
		s->docs = d;
	}
	doc_change(s, d, text, n);
	return d;
}

void
doc_change(Server *s, Doc *d, const char *text, size_t n)
{
	text_set(&d->text, text, n);
	stale(d);
	docs_touched(s, d);
}

void
docs_touched(Server *s, Doc *d)
{
	Doc *o;
	int i;

	for (o = s->docs; o != NULL; o = o->next)
		for (i = 0; i < o->nreads; i++)
			if (strcmp(o->reads[i], d->path) == 0 || (d->real != NULL && strcmp(o->reads[i], d->real) == 0)) {
				stale(o);
				break;
			}
}

void
docs_stale(Server *s)
{
	Doc *d;

	for (d = s->docs; d != NULL; d = d->next)
		stale(d);
}

static void
publish(Server *s, const char *uri, const Doc *d, json_object *list)
{
	json_object *p;

	p = json_object_new_object();
	json_object_object_add(p, "uri", json_str(uri));
	if (d != NULL && d->hasversion)
		json_object_object_add(p, "version", json_object_new_int64(d->version));
	json_object_object_add(p, "diagnostics", list);
	rpc_notify(s, "textDocument/publishDiagnostics", p);
}

static void
free_doc(Doc *d)
{
	forget(d);
	forget_reads(d);
	forget_found(d);
	text_free(&d->text);
	free(d->uri);
	free(d->path);
	free(d->real);
	free(d);
}

void
doc_close(Server *s, Doc *d)
{
	Doc **p;

	for (p = &s->docs; *p != d;)
		p = &(*p)->next;
	*p = d->next;
	docs_touched(s, d);
	publish(s, d->uri, NULL, json_object_new_array());
	free_doc(d);
}

void
docs_free(Server *s)
{
	Doc *d;

	while ((d = s->docs) != NULL) {
		s->docs = d->next;
		free_doc(d);
	}
}

/* ---------------------------------------------------------------- reading */

/* Files are kept in mind without symbolic links; what is not there, under the clean name. */
static void
note_read(Doc *d, const char *name)
{
	char *p;
	int i;

	p = realpath(name, NULL);
	if (p == NULL)
		p = path_clean(name);
	for (i = 0; i < d->nreads; i++)
		if (strcmp(d->reads[i], p) == 0) {
			free(p);
			return;
		}
	d->reads = xgrow(d->reads, d->nreads, &d->capreads, sizeof *d->reads);
	d->reads[d->nreads++] = p;
}

static char *
copy(const Text *t, size_t *n)
{
	char *p;

	p = malloc(t->n + 1);
	if (p == NULL) {
		errno = ENOMEM;
		return NULL;
	}
	memcpy(p, t->s, t->n + 1);
	*n = t->n;
	return p;
}

char *
readfile(void *aux, const char *name, size_t *n)
{
	Server *s = aux;
	char *p;
	Doc *d;

	if (s->checking != NULL) {
		if (s->files-- <= 0) {
			errno = EFBIG;
			return NULL;
		}
		if (strcmp(name, s->checking->path) != 0)
			note_read(s->checking, name);
	}
	d = doc_bypath(s, name);
	p = d != NULL ? copy(&d->text, n) : file_read(name, n);
	if (p != NULL && s->checking != NULL) {
		if (*n > s->budget) {
			free(p);
			errno = EFBIG;
			return NULL;
		}
		s->budget -= *n;
	}
	return p;
}

char *
include_find(Server *s, Doc *d, const char *name, size_t len)
{
	const char *slash;
	char *path, *p;
	size_t n;
	int i, k;

	slash = strrchr(d->path, '/');
	for (i = -1; i < s->nincdirs; i++) {
		if (len > 0 && name[0] == '/')
			k = asprintf(&path, "%.*s", (int)len, name);
		else if (i < 0)
			k = asprintf(&path, "%.*s%.*s", slash == NULL ? 0 : (int)(slash + 1 - d->path), d->path, (int)len, name);
		else
			k = asprintf(&path, "%s/%.*s", s->incdirs[i], (int)len, name);
		if (k < 0)
			return NULL;
		p = readfile(s, path, &n);
		if (p != NULL) {
			free(p);
			p = path_clean(path);
			free(path);
			return p;
		}
		free(path);
	}
	return NULL;
}

/* --------------------------------------------------------------- checking */

static char *
copy_text(const char *t)
{
	return t == NULL ? NULL : xstrdup(t);
}

static void
diag(void *aux, const LimboDiag *g)
{
	Server *s = aux;
	Doc *d = s->checking;
	Found *f;

	d->found = xgrow(d->found, d->nfound, &d->capfound, sizeof *d->found);
	f = &d->found[d->nfound++];
	memset(f, 0, sizeof *f);
	f->warning = g->warning != 0;
	f->here = g->file == NULL || strcmp(g->file, d->path) == 0;
	f->file = copy_text(g->file);
	f->line = g->line;
	f->col = g->col;
	f->endline = g->endline;
	f->endcol = g->endcol;
	f->mainline = g->mainline;
	f->text = copy_text(g->text);
	f->hint = copy_text(g->hint);
}

/* The first word of the text that is not in a comment. */
static bool
begins_implement(const char *p, size_t n)
{
	static const char word[] = "implement";
	const char *e = p + n;

	for (;;) {
		while (p < e && strchr(" \t\r\n\f\v", *p) != NULL && *p != '\0')
			p++;
		if (p == e || *p != '#')
			break;
		p = memchr(p, '\n', e - p);
		if (p == NULL)
			return false;
	}
	return (size_t)(e - p) > sizeof word - 1 && memcmp(p, word, sizeof word - 1) == 0 && !in_name(p[sizeof word - 1]);
}

static bool
ends(const char *s, const char *suffix)
{
	size_t n = strlen(s), k = strlen(suffix);

	return n >= k && strcmp(s + n - k, suffix) == 0;
}

/* What is included by programs implements nothing, and leaves names to whoever includes it. */
static bool
is_part(const Doc *d, const char *text, size_t n)
{
	return !ends(d->path, ".b") && !begins_implement(text, n);
}

void
options(Server *s, Doc *d, const char *text, size_t n, LimboOptions *o)
{
	memset(o, 0, sizeof *o);
	o->readfile = readfile;
	o->diag = diag;
	o->aux = s;
	o->incdirs = s->incdirs;
	o->nincdirs = s->nincdirs;
	o->warn = s->warn;
	o->maxerrors = MAXERRORS;
	o->editor = 1;
	o->listing = is_part(d, text, n);
	o->maxmem = (size_t)1 << 30;
}

/* Only the documents that were asked about last keep what the compiler knows of them. */
static void
make_room(Server *s)
{
	Doc *d, *old;
	int n;

	for (;;) {
		n = 0;
		old = NULL;
		for (d = s->docs; d != NULL; d = d->next) {
			if (d->limbo == NULL)
				continue;
			n++;
			if (old == NULL || d->used < old->used)
				old = d;
		}
		if (n < MAXKEPT)
			return;
		forget(old);
	}
}

static void
check(Server *s, Doc *d)
{
	LimboOptions o;

	make_room(s);
	forget(d);
	forget_reads(d);
	forget_found(d);
	d->used = ++s->clock;
	options(s, d, d->text.s, d->text.n, &o);
	d->limbo = limbo_new(&o);
	if (d->limbo == NULL)
		return;
	s->checking = d;
	s->budget = MAXREAD;
	s->files = MAXFILES;
	limbo_check(d->limbo, d->path);
	s->checking = NULL;
}

Limbo *
doc_limbo(Server *s, Doc *d)
{
	if (d->limbo == NULL)
		check(s, d);
	d->used = ++s->clock;
	return d->limbo;
}

/* ------------------------------------------------------------ diagnostics */

/* Where what begins at *col ends, when the compiler did not say: with the name, string or character there. */
static void
token_end(const Text *t, int line, int *col, int *endcol)
{
	const char *p;
	size_t n, i, b;

	p = text_line(t, line - 1, &n);
	if (*col < 0 || (size_t)*col > n) {
		/* all of the line */
		for (b = 0; b < n && (p[b] == ' ' || p[b] == '\t');)
			b++;
		*col = (int)b;
		*endcol = (int)n;
		return;
	}
	i = *col;
	if (i < n && in_name(p[i])) {
		while (i < n && in_name(p[i]))
			i++;
	} else if (i < n && (p[i] == '"' || p[i] == '\'' || p[i] == '`')) {
		for (b = i++; i < n && p[i] != p[b]; i++)
			if (p[i] == '\\' && p[b] != '`' && i + 1 < n)
				i++;
		if (i < n)
			i++;
	} else if (i < n) {
		do
			i++;
		while (i < n && ((unsigned char)p[i] & 0xc0) == 0x80);
	}
	*endcol = (int)i;
}

static json_object *
related(Server *s, const Found *f)
{
	json_object *list, *o, *where;
	char *uri, *path, *p;
	Text t = { 0 };
	int col, endcol;
	size_t n;

	path = path_clean(f->file);
	p = readfile(s, path, &n);
	if (p != NULL)
		text_set(&t, p, n);
	else
		text_set(&t, "", 0);
	free(p);
	uri = path_uri(path);
	col = f->col;
	token_end(&t, f->line, &col, &endcol);
	where = json_object_new_object();
	json_object_object_add(where, "uri", json_str(uri));
	json_object_object_add(where, "range", json_range(s, &t, f->line, col, f->line, endcol));
	o = json_object_new_object();
	json_object_object_add(o, "location", where);
	json_object_object_add(o, "message", json_str(f->text));
	list = json_object_new_array();
	json_object_array_add(list, o);
	text_free(&t);
	free(uri);
	free(path);
	return list;
}

static json_object *
diagnostic(Server *s, Doc *d, const Found *f)
{
	int line, col, endline, endcol;
	json_object *o, *tags;
	char *text;
	int k;

	line = f->here ? f->line : f->mainline;
	col = f->here ? f->col : -1;
	if (line <= 0) {
		line = 1;
		col = -1;
	}
	endline = line;
	if (f->here && f->col >= 0 && f->endline >= line && f->endcol >= 0 && (f->endline > line || f->endcol > col)) {
		endline = f->endline;
		endcol = f->endcol;
	} else {
		token_end(&d->text, line, &col, &endcol);
	}
	k = asprintf(&text, "%s%s%.0d%s%s%s%s", f->here ? "" : f->file, f->here ? "" : ":", f->here ? 0 : f->line,
		     f->here ? "" : ": ", f->text, f->hint != NULL ? "\nhint: " : "", f->hint != NULL ? f->hint : "");
	o = json_object_new_object();
	json_object_object_add(o, "range", json_range(s, &d->text, line, col, endline, endcol));
	json_object_object_add(o, "severity", json_object_new_int(f->warning ? 2 : 1));
	json_object_object_add(o, "source", json_object_new_string("limbo"));
	json_object_object_add(o, "message", json_str(k < 0 ? f->text : text));
	if (k >= 0)
		free(text);
	if (s->tags && f->warning && ends(f->text, "not referenced")) {
		tags = json_object_new_array();
		json_object_array_add(tags, json_object_new_int(1));
		json_object_object_add(o, "tags", tags);
	}
	if (s->related && !f->here && f->line > 0)
		json_object_object_add(o, "relatedInformation", related(s, f));
	return o;
}

bool
docs_dirty(const Server *s)
{
	const Doc *d;

	for (d = s->docs; d != NULL; d = d->next)
		if (d->dirty)
			return true;
	return false;
}

void
docs_check(Server *s)
{
	json_object *list;
	bool part;
	Doc *d;
	int i;

	for (d = s->docs; d != NULL && !d->dirty;)
		d = d->next;
	if (d == NULL)
		return;
	d->dirty = false;
	if (d->limbo == NULL)
		check(s, d);
	part = is_part(d, d->text.s, d->text.n);
	list = json_object_new_array();
	for (i = 0; i < d->nfound; i++)
		if (!part || !ends(d->found[i].text, "is not declared"))
			json_object_array_add(list, diagnostic(s, d, &d->found[i]));
	publish(s, d->uri, d, list);
}
