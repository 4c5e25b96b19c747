/*
 * Completion. A name that no program has is put where the cursor is, the text is compiled, and the compiler is asked what could
 * stand there (limbo_complete). While somebody types, what is around the cursor is seldom a whole statement; so several ways of
 * ending it are tried until the compiler gets to the place.
 */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "limbols/limbols.h"

enum {
	MAXITEMS = 5000,
	MAXOPEN = 256,
};

/* ---------------------------------------------------------- where one is */

typedef enum Inside {
	Code,
	Comment,
	String,
} Inside;

/* What is open where the cursor stands: brackets, with the position of each, and the statement's beginning. */
typedef struct Around Around;
struct Around {
	Inside inside;
	char open[MAXOPEN]; /* ( [ { and } for a brace within an expression */
	int nopen;
	bool isfor[MAXOPEN]; /* a parenthesis after `for`: so many semicolons are still to come */
	int semis[MAXOPEN];
	bool arms;  /* the statement begins with case, alt or pick */
};

static bool
word_is(const char *p, size_t n, const char *w)
{
	return n == strlen(w) && memcmp(p, w, n) == 0;
}

static void
look_around(const char *p, size_t n, Around *a)
{
	bool begin = true, wasfor = false, wasof = false;
	size_t i, b;
	char c;

	memset(a, 0, sizeof *a);
	for (i = 0; i < n;) {
		c = p[i];
		if (c == '#') {
			while (i < n && p[i] != '\n')
				i++;
			if (i == n) {
				a->inside = Comment;
				return;
			}
			continue;
		}
		if (c == '"' || c == '\'' || c == '`') {
			for (i++; i < n && p[i] != c; i++) {
				if (p[i] == '\n' && c != '`')
					break;
				if (p[i] == '\\' && c != '`')
					i++;
			}
			if (i >= n) {
				a->inside = String;
				return;
			}
			i++;
			begin = wasfor = wasof = false;
			continue;
		}
		if (in_name(c)) {
			for (b = i; i < n && in_name(p[i]);)
				i++;
			if (begin)
				a->arms = word_is(p + b, i - b, "case") || word_is(p + b, i - b, "alt") || word_is(p + b, i - b, "pick");
			wasfor = word_is(p + b, i - b, "for");
			wasof = word_is(p + b, i - b, "of");
			begin = false;
			continue;
		}
		i++;
		switch (c) {
		case ' ':
		case '\t':
		case '\r':
		case '\n':
			continue;
		case '{':
			/* the elements of an array or list */
			if (wasof)
				c = '}';
			/* fall through */
		case '(':
		case '[':
			if (a->nopen < MAXOPEN) {
				a->isfor[a->nopen] = c == '(' && wasfor;
				a->semis[a->nopen] = 2;
				a->open[a->nopen] = c;
			}
			a->nopen++;
			begin = c == '{';
			if (begin)
				a->arms = false;
			break;
		case ')':
		case ']':
			if (a->nopen > 0 && (a->nopen > MAXOPEN || a->open[a->nopen - 1] != '{'))
				a->nopen--;
			break;
		case '}':
			if (a->nopen > 0 && a->nopen <= MAXOPEN && a->open[a->nopen - 1] == '}') {
				a->nopen--;
				begin = false;
				break;
			}
			/* what was not closed before it is a mistake */
			while (a->nopen > 0 && (a->nopen > MAXOPEN || a->open[a->nopen - 1] != '{'))
				a->nopen--;
			if (a->nopen > 0)
				a->nopen--;
			begin = true;
			a->arms = false;
			break;
		case ';':
			if (a->nopen > 0 && a->nopen <= MAXOPEN && a->open[a->nopen - 1] != '{') {
				if (a->isfor[a->nopen - 1] && a->semis[a->nopen - 1] > 0) {
					a->semis[a->nopen - 1]--;
					break;
				}
				/* likewise */
				while (a->nopen > 0 && a->open[a->nopen - 1] != '{')
					a->nopen--;
			}
			begin = true;
			a->arms = false;
			break;
		default:
			/* `=>` of an arm */
			if (c == '=' && i < n && p[i] == '>') {
				i++;
				begin = true;
				a->arms = false;
			} else {
				begin = false;
			}
			break;
		}
		wasfor = wasof = false;
	}
}

/* -------------------------------------------------------------- candidates */

typedef struct Items Items;
struct Items {
	json_object *list;
	int n;
};

static int
item_kind(LimboKind k)
{
	static const int kinds[] = {
		[LIMBO_VARIABLE] = 6, [LIMBO_ARGUMENT] = 6, [LIMBO_FUNCTION] = 3, [LIMBO_METHOD] = 2, [LIMBO_FIELD] = 5,
		[LIMBO_CONSTANT] = 21, [LIMBO_ADT] = 22, [LIMBO_MODULE] = 9, [LIMBO_TYPE] = 8, [LIMBO_TAG] = 20,
		[LIMBO_EXCEPTION] = 23, [LIMBO_PARAMETER] = 25, [LIMBO_KEYWORD] = 14,
	};

	return kinds[k];
}

static void
item(Items *it, const char *name, const char *detail, int kind)
{
	json_object *o;

	if (it->n >= MAXITEMS)
		return;
	o = json_object_new_object();
	json_object_object_add(o, "label", json_str(name));
	json_object_object_add(o, "kind", json_object_new_int(kind));
	if (detail != NULL)
		json_object_object_add(o, "detail", json_str(detail));
	json_object_array_add(it->list, o);
	it->n++;
}

static void
candidate(void *aux, const LimboEntity *e)
{
	item(aux, e->name, e->text, item_kind(e->kind));
}

static void
module_level(void *aux, const LimboEntity *e)
{
	if (e->depth == 0 && e->owner == NULL)
		candidate(aux, e);
}

static void
keywords(Items *it)
{
	const char *w;
	int i;

	for (i = 0; (w = limbo_keyword(i)) != NULL; i++)
		item(it, w, NULL, item_kind(LIMBO_KEYWORD));
}

/* ------------------------------------------------------------------ asking */

/* The text to be compiled instead of the document's, through readfile. */
typedef struct Trial Trial;
struct Trial {
	Server *s;
	Doc *d;
	const char *head, *middle, *ending, *tail; /* of lengths */
	size_t nhead, ntail;
	int files;
	size_t budget;
};

static char *
trial_read(void *aux, const char *name, size_t *n)
{
	Trial *t = aux;
	char *p, *q;
	size_t size;

	if (t->files-- <= 0)
		return NULL;
	if (strcmp(name, t->d->path) != 0) {
		p = readfile(t->s, name, n);
		if (p != NULL && *n > t->budget) {
			free(p);
			return NULL;
		}
		if (p != NULL)
			t->budget -= *n;
		return p;
	}
	size = t->nhead + strlen(t->middle) + strlen(t->ending) + t->ntail;
	if (size > t->budget)
		return NULL;
	t->budget -= size;
	p = malloc(size + 1);
	if (p == NULL)
		return NULL;
	q = mempcpy(p, t->head, t->nhead);
	q = stpcpy(q, t->middle);
	q = stpcpy(q, t->ending);
	memcpy(q, t->tail, t->ntail);
	*n = size;
	return p;
}

static void
nodiag(void *aux, const LimboDiag *d)
{
	(void)aux;
	(void)d;
}

static bool
try(Trial *t, const char *ending, Items *it)
{
	LimboOptions o;
	Limbo *l;

	t->ending = ending;
	t->files = 2000;
	t->budget = (size_t)128 << 20;
	options(t->s, t->d, t->d->text.s, t->d->text.n, &o);
	o.readfile = trial_read;
	o.diag = nodiag;
	o.aux = t;
	l = limbo_new(&o);
	if (l != NULL)
		limbo_complete(l, t->d->path, t->middle, candidate, it);
	limbo_free(l);
	return it->n > 0;
}

/* Closes the brackets that are open in the statement. */
static char *
closers(const Around *a)
{
	char *s, *o;
	int i, k, n;

	n = a->nopen < MAXOPEN ? a->nopen : MAXOPEN;
	s = o = xalloc((size_t)n * 3 + 1);
	for (i = n; i-- > 0 && a->open[i] != '{';) {
		if (a->isfor[i])
			for (k = 0; k < a->semis[i]; k++)
				*o++ = ';';
		*o++ = a->open[i] == '(' ? ')' : a->open[i] == '[' ? ']' : '}';
	}
	return s;
}

/* Is nothing more in the line at p? */
static bool
line_ends(const char *p, size_t n)
{
	size_t i;

	for (i = 0; i < n && (p[i] == ' ' || p[i] == '\t' || p[i] == '\r');)
		i++;
	return i == n || p[i] == '\n' || p[i] == '#' || p[i] == '}';
}

static json_object *
result(Items *it)
{
	json_object *o;

	o = json_object_new_object();
	json_object_object_add(o, "isIncomplete", json_object_new_boolean(it->n >= MAXITEMS));
	json_object_object_add(o, "items", it->list);
	return o;
}

/* Is there `.` or `->` before this place? */
static bool
after_qualifier(const char *p, size_t n)
{
	while (n > 0 && (p[n - 1] == ' ' || p[n - 1] == '\t' || p[n - 1] == '\n' || p[n - 1] == '\r'))
		n--;
	return n > 0 && (p[n - 1] == '.' || (p[n - 1] == '>' && n > 1 && p[n - 2] == '-'));
}

static char *
mark_for(const Text *t)
{
	char *m;
	int i;

	for (i = 0;; i++) {
		if (asprintf(&m, "limbols_cursor_%d_", i) < 0)
			return NULL;
		if (memmem(t->s, t->n, m, strlen(m)) == NULL)
			return m;
		free(m);
	}
}

/* ---------------------------------------------------------------- includes */

static void
list_dir(Items *it, const char *dir, const char *prefix, size_t n, const char *suffix)
{
	struct dirent *e;
	char *path;
	DIR *f;

	if (asprintf(&path, "%s/%.*s", dir, (int)n, prefix) < 0)
		return;
	f = opendir(path);
	free(path);
	if (f == NULL)
		return;
	while ((e = readdir(f)) != NULL && it->n < MAXITEMS) {
		size_t k = strlen(e->d_name), m = strlen(suffix);

		if (e->d_name[0] == '.')
			continue;
		if (e->d_type == DT_DIR || (k > m && strcmp(e->d_name + k - m, suffix) == 0))
			item(it, e->d_name, dir, e->d_type == DT_DIR ? 19 : 17);
	}
	closedir(f);
}

/* Names of interfaces, within include "... */
static json_object *
complete_include(Server *s, Doc *d, size_t b, size_t at)
{
	Items it = { json_object_new_array(), 0 };
	const char *p = d->text.s + b, *slash;
	size_t n;
	char *dir;
	int i;

	/* what stands before the last slash is a directory */
	slash = memrchr(p, '/', at - b);
	n = slash == NULL ? 0 : (size_t)(slash + 1 - p);
	dir = xstrdup(d->path);
	slash = strrchr(dir, '/');
	if (slash != NULL && n < 1000) {
		dir[slash - dir] = '\0';
		list_dir(&it, *dir == '\0' ? "/" : dir, p, n, ".m");
	}
	free(dir);
	for (i = 0; i < s->nincdirs && n < 1000; i++)
		list_dir(&it, s->incdirs[i], p, n, ".m");
	return result(&it);
}

/* ------------------------------------------------------------------ request */

json_object *
ask_completion(Server *s, Doc *d, int line, int character, const char *trigger)
{
	Items it = { NULL, 0 };
	const Text *t = &d->text;
	size_t at, b, e;
	char *close, *mark, *endings[4];
	Around around;
	Trial trial = { .s = s, .d = d };
	bool member;
	int i;

	at = text_offset(s, t, line, character);
	if (in_include(t, at, &b, &e))
		return complete_include(s, d, b, at);
	for (b = at; b > 0 && in_name(t->s[b - 1]);)
		b--;
	for (e = at; e < t->n && in_name(t->s[e]);)
		e++;
	look_around(t->s, b, &around);
	member = after_qualifier(t->s, b);
	if (around.inside != Code || (b < at && t->s[b] >= '0' && t->s[b] <= '9') || (trigger != NULL && !member))
		return NULL;
	mark = mark_for(t);
	if (mark == NULL)
		return NULL;
	it.list = json_object_new_array();
	trial.head = t->s;
	trial.nhead = b;
	trial.middle = mark;
	trial.tail = t->s + e;
	trial.ntail = t->n - e;
	close = closers(&around);
	for (i = 0; i < 4; i++)
		endings[i] = NULL;
	if (asprintf(&endings[1], "%s;", close) < 0 || asprintf(&endings[2], "%s{*=>;}", close) < 0 ||
	    asprintf(&endings[3], "%s{}", close) < 0)
		abort();
	free(close);
	endings[0] = xstrdup("");
	/* As it stands first, unless the line ends here: what comes then hardly continues it. */
	if (around.arms || line_ends(trial.tail, trial.ntail)) {
		char *first = endings[around.arms ? 2 : 1];

		endings[around.arms ? 2 : 1] = endings[0];
		endings[0] = first;
	}
	for (i = 0; i < 4 && !try(&trial, endings[i], &it); i++)
		;
	for (i = 0; i < 4; i++)
		free(endings[i]);
	free(mark);
	if (!member) {
		if (it.n == 0) {
			Limbo *l = doc_limbo(s, d);

			if (l != NULL)
				limbo_outline(l, module_level, &it);
		}
		keywords(&it);
	}
	return result(&it);
}
