/*
 * Words: splitting and quoting as the kernel does it in control messages, and tables of commands.
 */
#include <stdlib.h>
#include <string.h>

#include "emu/emu.h"

static bool
isblank_(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

char **
ktokenize(const char *s, int *n)
{
	size_t len = strlen(s);
	/* One block: pointers, then the text; there are at most len/2+1 words. */
	char **f = malloc((len / 2 + 2) * sizeof *f + len + 1);

	*n = 0;
	if (f == NULL)
		return NULL;
	char *t = (char *)(f + len / 2 + 2);
	for (;;) {
		while (isblank_(*s))
			s++;
		if (*s == 0)
			break;
		f[(*n)++] = t;
		bool quoted = false;
		for (; *s != 0 && (quoted || !isblank_(*s)); s++) {
			if (*s != '\'')
				*t++ = *s;
			else if (!quoted)
				quoted = true;
			else if (s[1] == '\'')
				*t++ = *s++;
			else
				quoted = false;
		}
		*t++ = 0;
	}
	f[*n] = NULL;
	return f;
}

char *
kquote(const char *s)
{
	bool need = *s == 0;
	size_t n = 3;

	for (const char *p = s; *p != 0; p++) {
		if ((unsigned char)*p <= ' ' || *p == '\'')
			need = true;
		n += *p == '\'' ? 2 : 1;
	}
	char *q = malloc(n), *t = q;
	if (q == NULL)
		return NULL;
	if (need)
		*t++ = '\'';
	for (; *s != 0; s++) {
		if (*s == '\'')
			*t++ = '\'';
		*t++ = *s;
	}
	if (need)
		*t++ = '\'';
	*t = 0;
	return q;
}

Cmdbuf *
parsecmd(const void *buf, long n)
{
	Cmdbuf *cb = calloc(1, sizeof *cb);

	if (cb == NULL)
		return kerrorp("%s", Enomem);
	if (n > 0 && ((const char *)buf)[n - 1] == '\n')
		n--;
	cb->buf = strndup(buf, n);
	cb->f = cb->buf != NULL ? ktokenize(cb->buf, &cb->nf) : NULL;
	if (cb->f == NULL) {
		cmdbuf_free(cb);
		return kerrorp("%s", Enomem);
	}
	return cb;
}

void
cmdbuf_free(Cmdbuf *cb)
{
	if (cb == NULL)
		return;
	free(cb->f);
	free(cb->buf);
	free(cb);
}

static void *
cmderror(Cmdbuf *cb, const char *what)
{
	size_t n = 1;

	for (int i = 0; i < cb->nf; i++)
		n += 2 * strlen(cb->f[i]) + 3;
	char *s = malloc(n), *t = s;
	if (s == NULL)
		return kerrorp("%s", Enomem);
	*t = 0;
	for (int i = 0; i < cb->nf; i++) {
		char *q = kquote(cb->f[i]);
		if (i > 0)
			*t++ = ' ';
		t = stpcpy(t, q != NULL ? q : "");
		free(q);
	}
	kerror("%s \"%s\"", what, s);
	free(s);
	return NULL;
}

const Cmdtab *
lookupcmd(Cmdbuf *cb, const Cmdtab *tab, int ntab)
{
	if (cb->nf == 0)
		return kerrorp("empty control message");
	for (int i = 0; i < ntab; i++) {
		if (strcmp(tab[i].cmd, "*") != 0 && strcmp(tab[i].cmd, cb->f[0]) != 0)
			continue;
		if (tab[i].narg != 0 && tab[i].narg != cb->nf)
			return cmderror(cb, "wrong #args in control message");
		return &tab[i];
	}
	return cmderror(cb, "unknown control message");
}
