/*
 * Texts and files: lines and columns, URIs and names, reading.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "limbols/limbols.h"

#define MAXFILE ((size_t)64 << 20)

/* ----------------------------------------------------------------- memory */

static void
nomem(void)
{
	fprintf(stderr, "limbols: out of memory\n");
	exit(1);
}

void *
xalloc(size_t n)
{
	void *p;

	p = calloc(1, n > 0 ? n : 1);
	if (p == NULL)
		nomem();
	return p;
}

void *
xgrow(void *v, int n, int *cap, size_t size)
{
	if (n < *cap)
		return v;
	*cap = *cap * 2 + 16;
	v = reallocarray(v, *cap, size);
	if (v == NULL)
		nomem();
	return v;
}

char *
xstrdup(const char *s)
{
	char *p;

	p = strdup(s);
	if (p == NULL)
		nomem();
	return p;
}

/* ------------------------------------------------------------------ texts */

void
text_set(Text *t, const char *s, size_t n)
{
	const char *p, *e;
	size_t k;
	int i;

	text_free(t);
	t->s = xalloc(n + 1);
	memcpy(t->s, s, n);
	t->n = n;
	k = 1;
	e = t->s + n;
	for (p = t->s; (p = memchr(p, '\n', e - p)) != NULL; p++)
		k++;
	if (k > INT_MAX)
		k = INT_MAX;
	t->nlines = (int)k;
	t->bol = reallocarray(NULL, k, sizeof *t->bol);
	if (t->bol == NULL)
		nomem();
	t->bol[0] = 0;
	p = t->s;
	for (i = 1; i < t->nlines; i++) {
		p = (const char *)memchr(p, '\n', e - p) + 1;
		t->bol[i] = p - t->s;
	}
}

void
text_free(Text *t)
{
	free(t->s);
	free(t->bol);
	t->s = NULL;
	t->bol = NULL;
	t->n = 0;
	t->nlines = 0;
}

const char *
text_line(const Text *t, int line, size_t *n)
{
	size_t b, e;

	if (line < 0 || line >= t->nlines) {
		*n = 0;
		return "";
	}
	b = t->bol[line];
	e = line + 1 < t->nlines ? t->bol[line + 1] - 1 : t->n;
	if (e > b && t->s[e - 1] == '\r')
		e--;
	*n = e - b;
	return t->s + b;
}

/* UTF-16 units of the character that begins with this byte; 0 for the other bytes of a character. */
static int
units(unsigned char c)
{
	return (c & 0xc0) == 0x80 ? 0 : c >= 0xf0 ? 2 : 1;
}

int
byte_column(const Server *s, const Text *t, int line, int character)
{
	const char *p;
	size_t n, i;
	int u;

	p = text_line(t, line, &n);
	if (character <= 0)
		return 0;
	if (s->utf8)
		i = (size_t)character < n ? (size_t)character : n;
	else {
		u = 0;
		for (i = 0; i < n; i++) {
			int k = units(p[i]);

			if (k > 0 && u + k > character)
				break;
			u += k;
		}
	}
	/* not into the middle of a character */
	while (i > 0 && i < n && units(p[i]) == 0)
		i--;
	return (int)i;
}

int
text_column(const Server *s, const Text *t, int line, int col)
{
	const char *p;
	size_t n, i;
	int u;

	p = text_line(t, line, &n);
	if (col < 0)
		col = 0;
	if ((size_t)col > n)
		col = (int)n;
	if (s->utf8)
		return col;
	u = 0;
	for (i = 0; i < (size_t)col; i++)
		u += units(p[i]);
	return u;
}

size_t
text_offset(const Server *s, const Text *t, int line, int character)
{
	if (line < 0)
		return 0;
	if (line >= t->nlines)
		return t->n;
	return t->bol[line] + byte_column(s, t, line, character);
}

static json_object *
position(const Server *s, const Text *t, int line, int col)
{
	json_object *o;

	line--;
	if (line >= t->nlines)
		line = t->nlines - 1;
	if (line < 0)
		line = 0;
	o = json_object_new_object();
	json_object_object_add(o, "line", json_object_new_int(line));
	json_object_object_add(o, "character", json_object_new_int(text_column(s, t, line, col)));
	return o;
}

json_object *
json_range(const Server *s, const Text *t, int line, int col, int endline, int endcol)
{
	json_object *o;

	if (endline < line || (endline == line && endcol < col)) {
		endline = line;
		endcol = col;
	}
	o = json_object_new_object();
	json_object_object_add(o, "start", position(s, t, line, col));
	json_object_object_add(o, "end", position(s, t, endline, endcol));
	return o;
}

bool
in_name(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c >= 0x80;
}

/* ------------------------------------------------------------------ names */

static int
hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* file://host/path without the host; another scheme stays as it is, a name under which no file is found. */
char *
uri_path(const char *uri)
{
	const char *p;
	char *path, *o;

	if (strncmp(uri, "file://", 7) != 0)
		return xstrdup(uri);
	p = strchr(uri + 7, '/');
	if (p == NULL)
		return xstrdup(uri);
	path = o = xalloc(strlen(p) + 1);
	while (*p != '\0') {
		if (*p == '%' && hex(p[1]) >= 0 && hex(p[2]) >= 0 && (hex(p[1]) | hex(p[2])) != 0) {
			*o++ = (char)(hex(p[1]) << 4 | hex(p[2]));
			p += 3;
		} else {
			*o++ = *p++;
		}
	}
	return path;
}

char *
path_uri(const char *path)
{
	static const char digits[] = "0123456789ABCDEF";
	const char *p;
	char *uri, *o;

	if (path[0] != '/')
		return xstrdup(path);
	uri = xalloc(strlen(path) * 3 + 8);
	o = stpcpy(uri, "file://");
	for (p = path; *p != '\0'; p++) {
		if ((in_name(*p) && (unsigned char)*p < 0x80) || strchr("/-.~", *p) != NULL)
			*o++ = *p;
		else {
			*o++ = '%';
			*o++ = digits[(unsigned char)*p >> 4];
			*o++ = digits[*p & 15];
		}
	}
	return uri;
}

char *
path_clean(const char *path)
{
	char *p = limbo_cleanpath(path);

	return p != NULL ? p : xstrdup(path);
}

/* ------------------------------------------------------------------ files */

char *
file_read(const char *path, size_t *np)
{
	struct stat st;
	size_t n, size;
	ssize_t r;
	char *p;
	int fd, e;

	/* an include may name anything: not even opening a fifo may block */
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		return NULL;
	e = 0;
	if (fstat(fd, &st) < 0)
		e = errno;
	else if (S_ISDIR(st.st_mode))
		e = EISDIR;
	else if (!S_ISREG(st.st_mode))
		e = EINVAL;
	else if (st.st_size > (off_t)MAXFILE)
		e = EFBIG;
	if (e != 0) {
		close(fd);
		errno = e;
		return NULL;
	}
	size = (size_t)st.st_size;
	p = malloc(size + 1);
	n = 0;
	while (p != NULL && n < size) {
		r = read(fd, p + n, size - n);
		if (r < 0 && errno == EINTR)
			continue;
		if (r < 0) {
			e = errno;
			free(p);
			close(fd);
			errno = e;
			return NULL;
		}
		if (r == 0)
			break;
		n += r;
	}
	close(fd);
	if (p == NULL) {
		errno = ENOMEM;
		return NULL;
	}
	p[n] = '\0';
	*np = n;
	return p;
}
