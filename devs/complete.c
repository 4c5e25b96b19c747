/*
 * What may stand at the end of a command line of the shell: commands, functions, options, file names, variables. See lineedit.h.
 *
 * It acts for the process that reads the line, the shell, and so sees its name space, its directory and its environment, where
 * $path is if it is not the default. sh(1) gives the syntax; what is not understood is taken for a word among arguments. The options of a
 * command are those in the synopsis of its manual page.
 */
#include <stdlib.h>
#include <string.h>
#include <stdio.h>

#include "devs/lineedit.h"

/* The word at the end of the text. */
typedef struct Word {
	size_t start;	/* in the text, at its quote if it has one */
	char *s;	/* as the shell would see it */
	size_t n;
	bool quoted;
	bool command;	/* it is where a command stands */
	bool variable;	/* it follows a $ */
	char *cmd;	/* the command that it is an argument of, or empty */
} Word;

static const char special[] = " \t\r\n|$'#<>;^(){}`&=\"";

static bool
parse(const char *t, size_t n, Word *w)
{
	bool command = true, quote = false, word = false;

	memset(w, 0, sizeof *w);
	w->s = malloc(n + 1);
	w->cmd = calloc(1, n + 1);
	if (w->s == NULL || w->cmd == NULL) {
		free(w->s);
		free(w->cmd);
		return false;
	}
	w->start = n;
	w->command = true;
	for (size_t i = 0; i < n; i++) {
		char c = t[i];
		if (quote) {
			if (c == '\'' && i + 1 < n && t[i + 1] == '\'') {
				w->s[w->n++] = '\'';
				i++;
			} else if (c == '\'')
				quote = false;
			else
				w->s[w->n++] = c;
			continue;
		}
		if (c == '#' && word && w->n > 0) {
			/* A comment for the shell; but names of devices are written so, and nothing else is of use here. */
			w->s[w->n++] = c;
			continue;
		}
		if (c == '\'' || strchr(special, c) == NULL || (c == '#' && !word)) {
			if (!word) {
				word = true;
				w->start = i;
				w->n = 0;
				w->quoted = w->variable = false;
				w->command = command;
				if (i > 0 && t[i - 1] == '$') {
					w->variable = true;
					w->command = false;
				}
			}
			if (c == '\'')
				quote = w->quoted = true;
			else
				w->s[w->n++] = c;
			continue;
		}
		/* The word has ended here. */
		if (word && strchr(" \t\r", c) != NULL) {
			bool before = command && w->n == 1 && (w->s[0] == '@' || w->s[0] == '!');
			if (command && !before) {
				memcpy(w->cmd, w->s, w->n);
				w->cmd[w->n] = 0;
			}
			command = before;
		}
		word = false;
		if (strchr("\n;|&{}()", c) != NULL)
			w->cmd[0] = 0;
		if (strchr("\n;|&{", c) != NULL)
			command = true;
		else if (strchr(" \t\r}", c) == NULL)
			command = false;
		w->start = i + 1;
		w->n = 0;
		w->quoted = false;
		w->command = command;
		w->variable = c == '$';
	}
	w->s[w->n] = 0;
	return true;
}

/* ---- candidates ---- */

typedef struct Names {
	char **p;
	int n, max;
} Names;

static void
add(Names *l, const char *s, size_t n, const char *suffix)
{
	char *t;

	if (l->n == l->max) {
		int max = l->max == 0 ? 64 : 2 * l->max;
		char **p = realloc(l->p, max * sizeof *p);
		if (p == NULL)
			return;
		l->p = p;
		l->max = max;
	}
	if (asprintf(&t, "%.*s%s", (int)n, s, suffix) >= 0)
		l->p[l->n++] = t;
}

static bool
begins(const char *s, const char *with)
{
	return strncmp(s, with, strlen(with)) == 0;
}

/* Entries of a directory that begin with base. commands: only what runs, named as commands are. */
static void
addfiles(Names *l, const char *dir, const char *base, bool commands)
{
	StyxDir *d;
	long n;
	int fd = kopen(dir, OREAD);

	while (fd >= 0 && (n = kdirread(fd, &d)) > 0) {
		for (long i = 0; i < n; i++) {
			const char *name = d[i].name;
			size_t k = strlen(name);
			if (!begins(name, base))
				continue;
			if (d[i].mode & STYX_DMDIR)
				add(l, name, k, "/");
			else if (!commands)
				add(l, name, k, "");
			else if (k > 4 && strcmp(name + k - 4, ".dis") == 0)
				add(l, name, k - 4, "");
			else if (d[i].mode & 0111)
				add(l, name, k, "");
		}
		kdirfree(d, n);
	}
	if (fd >= 0)
		kclose(fd);
}

static void
addenv(Names *l, const char *prefix, const char *base)
{
	StyxDir *d;
	long n;
	int fd = kopen("#e", OREAD);
	size_t k = strlen(prefix);

	while (fd >= 0 && (n = kdirread(fd, &d)) > 0) {
		for (long i = 0; i < n; i++)
			if (begins(d[i].name, prefix) && begins(d[i].name + k, base))
				add(l, d[i].name + k, strlen(d[i].name + k), "");
		kdirfree(d, n);
	}
	if (fd >= 0)
		kclose(fd);
}

/* Words of the environment variable, quoted as by the shell; free the result, which is one block. */
static char **
envwords(const char *name, int *n)
{
	size_t len;
	char *v = kgetenv(name, &len), *s = v != NULL ? strndup(v, len) : NULL;
	char **w = s != NULL ? ktokenize(s, n) : NULL;

	free(v);
	free(s);
	return w;
}

static void
addcommands(Names *l, const char *dir, const char *base)
{
	static const char *const builtin[] = {"builtin", "exit", "load", "loaded", "run", "syncenv", "unload", "whatis"};
	static const char *const std[] = {"and",  "apply", "flag",  "fn",     "for",	"getlines", "if",
					  "no",	  "or",	   "pctl",  "raise",  "rescue", "status",   "subfn", "while"};
	static const char *dflt[] = {"/dis", "."};
	int np = 0, nl = 0;
	char **path = envwords("path", &np), **loaded;
	const char *const *p = np > 0 ? (const char *const *)path : dflt;
	char *file;

	if (np == 0)
		np = 2;
	for (int i = 0; i < np; i++)
		if (asprintf(&file, "%s/%s", p[i], dir) >= 0) {
			addfiles(l, file, base, true);
			free(file);
		}
	free(path);
	if (dir[0] != 0)
		return;
	for (size_t i = 0; i < sizeof builtin / sizeof builtin[0]; i++)
		if (begins(builtin[i], base))
			add(l, builtin[i], strlen(builtin[i]), "");
	loaded = envwords("autoload", &nl);
	for (int k = 0; k < nl; k++)
		if (strcmp(loaded[k], "std") == 0)
			for (size_t i = 0; i < sizeof std / sizeof std[0]; i++)
				if (begins(std[i], base))
					add(l, std[i], strlen(std[i]), "");
	free(loaded);
	addenv(l, "fn-", base);
}

/* The text of the file, malloc'd; NULL if it cannot be read. */
static char *
readfile(const char *name)
{
	size_t have = 0, max = 0;
	char *t = NULL;
	long n = 0;
	int fd = kopen(name, OREAD);

	if (fd < 0)
		return NULL;
	do {
		have += n;
		if (max - have < 2) {
			char *new = realloc(t, max += 16 * 1024);
			if (new == NULL)
				break;
			t = new;
		}
	} while ((n = kread(fd, t + have, max - have - 1)) > 0);
	kclose(fd);
	if (t != NULL)
		t[have] = 0;
	return t;
}

/*
 * The next line of a manual page as words, or NULL at the end: without the name of a request, with - for \-, and with ITALIC where
 * italics begin; other fonts and escapes are gone.
 */
#define ITALIC '\001'

static char *
manline(char **text)
{
	char *s = *text, *in = s, *out = s, *end;

	if (*s == 0)
		return NULL;
	end = strchr(s, '\n');
	*text = end != NULL ? end + 1 : s + strlen(s);
	if (end != NULL)
		*end = 0;
	if (*in == '.' && !begins(in, ".SH"))
		in += strcspn(in, " \t");
	while (*in == ' ' || *in == '\t')
		in++;
	for (; *in != 0; in++) {
		if (*in != '\\' || in[1] == 0)
			*out++ = *in;
		else if (*++in == 'f') {
			if (in[1] == 'I')
				*out++ = ITALIC;
			if (in[1] != 0)
				in++;
		} else if (*in == '-')
			*out++ = '-';
	}
	*out = 0;
	return s;
}

/* Whether the line, which is changed, has the word. */
static bool
hasword(char *line, const char *word)
{
	char *save, *t;

	for (t = strtok_r(line, ", \t", &save); t != NULL; t = strtok_r(NULL, ", \t", &save))
		if (strcmp(t, word) == 0)
			return true;
	return false;
}

/* The page that names the command before the dash of its NAME: the one called like it, or another. Malloc'd, or NULL. */
static char *
manpage(const char *cmd)
{
	static const char *const sections[] = {"1", "8", "4"};
	char *name, *text = NULL;

	for (int pass = 0; pass < 2; pass++)
		for (int i = 0; i < 3 && text == NULL; i++) {
			if (pass == 0) {
				if (asprintf(&name, "/man/%s/%s", sections[i], cmd) >= 0) {
					text = readfile(name);
					free(name);
				}
				continue;
			}
			if (asprintf(&name, "/man/%s", sections[i]) < 0)
				continue;
			Names l = {NULL, 0, 0};
			addfiles(&l, name, "", false);
			free(name);
			for (int k = 0; k < l.n; k++) {
				char *t = NULL, *copy, *p, *line;
				if (text == NULL && asprintf(&name, "/man/%s/%s", sections[i], l.p[k]) >= 0) {
					t = readfile(name);
					free(name);
				}
				p = copy = t != NULL ? strdup(t) : NULL;
				while (p != NULL && (line = manline(&p)) != NULL && !begins(line, ".SH NAME"))
					;
				if (p != NULL && (line = manline(&p)) != NULL) {
					char *dash = strstr(line, " - ");
					if (dash != NULL)
						*dash = 0;
					if (hasword(line, cmd)) {
						text = t;
						t = NULL;
					}
				}
				free(copy);
				free(t);
				free(l.p[k]);
			}
			free(l.p);
		}
	return text;
}

static bool
isoption(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* Options of the command, if base is how one begins: letters after a -, in the lines of the synopsis that are the command's. */
static void
addoptions(Names *l, const char *cmd, const char *base)
{
	const char *slash = strrchr(cmd, '/');
	char *page = NULL, *p, *line, *save, *t;
	bool synopsis = false, ours = true;

	/* A command of a directory may be on a page by that name, or by its last part only. */
	if (slash != NULL && cmd[0] != '/' && cmd[0] != '.')
		page = manpage(cmd);
	if (slash != NULL)
		cmd = slash + 1;
	if (cmd[0] == 0 || strcmp(cmd, ".") == 0 || strcmp(cmd, "..") == 0 || (page == NULL && (page = manpage(cmd)) == NULL)) {
		free(page);
		return;
	}
	p = page;
	while ((line = manline(&p)) != NULL) {
		if (begins(line, ".SH")) {
			if (synopsis)
				break;
			synopsis = strstr(line, "SYNOPSIS") != NULL;
			continue;
		}
		t = synopsis ? strtok_r(line, " \t[]|(){}\"", &save) : NULL;
		if (t != NULL && t[0] != '-' && t[0] != ITALIC) {
			const char *last = strrchr(t, '/');
			ours = strcmp(last != NULL ? last + 1 : t, cmd) == 0;
		}
		for (; t != NULL && ours; t = strtok_r(NULL, " \t[]|(){}\"", &save)) {
			if (t[0] != '-')
				continue;
			for (char *c = t + 1; isoption(*c); c++) {
				char option[3] = {'-', *c, 0};
				if (begins(option, base))
					add(l, option, 2, "");
			}
		}
	}
	free(page);
}

static int
byname(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void
sortunique(Names *l)
{
	int k = 0;

	if (l->n > 0)
		qsort(l->p, l->n, sizeof *l->p, byname);
	for (int i = 0; i < l->n; i++) {
		if (k > 0 && strcmp(l->p[i], l->p[k - 1]) == 0)
			free(l->p[i]);
		else
			l->p[k++] = l->p[i];
	}
	l->n = k;
}

/* ---- the result ---- */

/* What all names begin with, cut at a character. */
static size_t
common(const Names *l)
{
	size_t n = strlen(l->p[0]);

	for (int i = 1; i < l->n; i++) {
		size_t k = 0;
		while (k < n && l->p[i][k] == l->p[0][k])
			k++;
		n = k;
	}
	while (n > 0 && (l->p[0][n] & 0xC0) == 0x80)
		n--;
	return n;
}

/* The word as it is typed: quoted where that is needed, the quote left open if the name may go on. */
static char *
typed(const char *s, bool quoted, bool variable, bool whole)
{
	size_t n = strlen(s), k = 0;
	char *t = malloc(2 * n + 4);

	if (t == NULL)
		return NULL;
	if (!variable && !quoted)
		quoted = strpbrk(s[0] == '#' ? s + 1 : s, special) != NULL || strpbrk(s, "*?[") != NULL || (s[0] == '#' && whole);
	if (quoted)
		t[k++] = '\'';
	for (; *s != 0; s++) {
		if (quoted && *s == '\'')
			t[k++] = '\'';
		t[k++] = *s;
	}
	if (whole) {
		if (quoted)
			t[k++] = '\'';
		t[k++] = ' ';
	}
	t[k] = 0;
	return t;
}

void
completion_free(Completion *c)
{
	if (c == NULL)
		return;
	for (int i = 0; i < c->nnames; i++)
		free(c->names[i]);
	free(c->names);
	free(c->insert);
	free(c);
}

static bool
isfile(const char *s)
{
	return s[0] == '/' || s[0] == '#' || begins(s, "./") || begins(s, "../");
}

Completion *
complete(const char *text, size_t n)
{
	Names l = {NULL, 0, 0};
	Completion *c = calloc(1, sizeof *c);
	Word w;
	char *dir = NULL, *slash, *whole = NULL;

	if (c == NULL || !parse(text, n, &w)) {
		free(c);
		return NULL;
	}
	slash = strrchr(w.s, '/');
	const char *base = slash != NULL ? slash + 1 : w.s;
	dir = strndup(w.s, base - w.s);
	if (dir == NULL)
		goto out;
	if (w.variable)
		addenv(&l, "", w.s);
	else if (w.command && !isfile(w.s))
		addcommands(&l, dir, base);
	else {
		if (w.s[0] == '-' && dir[0] == 0)
			addoptions(&l, w.cmd, base);
		addfiles(&l, dir[0] != 0 ? dir : ".", base, false);
	}
	sortunique(&l);
	c->start = w.start;
	c->names = l.p;
	c->nnames = l.n;
	if (l.n > 0) {
		size_t k = common(&l);
		if (asprintf(&whole, "%s%.*s", w.variable ? "" : dir, (int)k, l.p[0]) < 0)
			whole = NULL;
		bool one = l.n == 1 && (k == 0 || l.p[0][k - 1] != '/');
		if (whole != NULL)
			c->insert = typed(whole, w.quoted, w.variable, one);
	}
out:
	free(w.s);
	free(w.cmd);
	free(dir);
	free(whole);
	if (c->insert == NULL) {
		completion_free(c);
		return NULL;
	}
	return c;
}
