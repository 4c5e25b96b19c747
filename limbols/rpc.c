/*
 * Messages: a header block that says how long the body is, and the body in JSON. What arrives may be anything: malformed headers are
 * skipped line by line, bodies that are too large are passed over, bodies that are no JSON are answered with an error.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "limbols/limbols.h"

enum {
	MAXBODY = 128 << 20,
	MAXLINE = 8192, /* bytes of a header line */
	MAXDEPTH = 200, /* of nested JSON */
};

void
rpc_fill(Server *s)
{
	ssize_t r;
	char *p;

	if (s->capbuf - s->nbuf < 65536) {
		size_t cap = s->capbuf * 2 + 65536;

		p = realloc(s->buf, cap);
		if (p == NULL) {
			s->eof = true;
			return;
		}
		s->buf = p;
		s->capbuf = cap;
	}
	do
		r = read(s->in, s->buf + s->nbuf, s->capbuf - s->nbuf);
	while (r < 0 && errno == EINTR);
	if (r <= 0)
		s->eof = true;
	else
		s->nbuf += r;
}

static void
consume(Server *s, size_t n)
{
	memmove(s->buf, s->buf + n, s->nbuf - n);
	s->nbuf -= n;
	if (s->nbuf == 0 && s->capbuf > (4u << 20)) {
		free(s->buf);
		s->buf = NULL;
		s->capbuf = 0;
	}
}

/* A length: digits and blanks. False for anything else. */
static bool
length(const char *p, const char *e, size_t *n)
{
	size_t v = 0;
	bool any = false;

	while (p < e && (*p == ' ' || *p == '\t'))
		p++;
	for (; p < e && *p >= '0' && *p <= '9'; p++) {
		if (v > ((size_t)1 << 40))
			return false;
		v = v * 10 + (*p - '0');
		any = true;
	}
	while (p < e && (*p == ' ' || *p == '\t'))
		p++;
	*n = v;
	return any && p == e;
}

/*
 * Looks for the end of the header block. 1: found, *body is where the body begins and *n its length ((size_t)-1: none was given);
 * 0: more is needed; -1: *body bytes are no header and to be dropped.
 */
static int
header(const Server *s, size_t *body, size_t *n)
{
	static const char name[] = "Content-Length:";
	const char *p = s->buf, *end = s->buf + s->nbuf, *nl, *e;

	*n = (size_t)-1;
	for (;;) {
		nl = memchr(p, '\n', end - p);
		if (nl == NULL) {
			if (end - p <= MAXLINE)
				return 0;
			*body = s->nbuf;
			return -1;
		}
		e = nl > p && nl[-1] == '\r' ? nl - 1 : nl;
		if (e == p) {
			*body = nl + 1 - s->buf;
			return 1;
		}
		if ((size_t)(e - p) > sizeof name - 1 && strncasecmp(p, name, sizeof name - 1) == 0) {
			if (!length(p + sizeof name - 1, e, n)) {
				*body = nl + 1 - s->buf;
				return -1;
			}
		} else if (memchr(p, ':', e - p) == NULL) {
			/* no header at all: what comes after may be one */
			*body = nl + 1 - s->buf;
			return -1;
		}
		p = nl + 1;
	}
}

static json_object *
parse(const char *p, size_t n)
{
	enum json_tokener_error err;
	json_tokener *t;
	json_object *o;

	t = json_tokener_new_ex(MAXDEPTH);
	if (t == NULL)
		return NULL;
	json_tokener_set_flags(t, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
	o = json_tokener_parse_ex(t, p, (int)n);
	err = json_tokener_get_error(t);
	if (err == json_tokener_continue && o == NULL) {
		/* a number may go on: tell it that the text is over */
		o = json_tokener_parse_ex(t, "", 1);
		err = json_tokener_get_error(t);
	} else if (err == json_tokener_success && json_tokener_get_parse_end(t) < n) {
		size_t i = json_tokener_get_parse_end(t);

		while (i < n && strchr(" \t\r\n", p[i]) != NULL && p[i] != '\0')
			i++;
		if (i < n)
			err = json_tokener_error_parse_unexpected;
	}
	json_tokener_free(t);
	if (err != json_tokener_success) {
		json_object_put(o);
		return NULL;
	}
	return o;
}

json_object *
rpc_next(Server *s, bool *more)
{
	json_object *o;
	size_t body, n;
	int r;

	*more = false;
	if (s->skip > 0) {
		n = s->skip < s->nbuf ? s->skip : s->nbuf;
		consume(s, n);
		s->skip -= n;
		if (s->skip > 0)
			return NULL;
		rpc_error(s, NULL, InvalidRequest, "message is too large");
	}
	if (s->nbuf == 0)
		return NULL;
	r = header(s, &body, &n);
	if (r == 0)
		return NULL;
	if (r < 0 || n == (size_t)-1) {
		consume(s, body);
		*more = true;
		return NULL;
	}
	if (n > MAXBODY) {
		consume(s, body);
		s->skip = n;
		*more = true;
		return NULL;
	}
	if (s->nbuf - body < n)
		return NULL;
	o = parse(s->buf + body, n);
	consume(s, body + n);
	*more = true;
	if (o == NULL)
		rpc_error(s, NULL, ParseError, "message is not valid JSON");
	else if (!json_object_is_type(o, json_type_object)) {
		rpc_error(s, NULL, InvalidRequest, "message is not an object");
		json_object_put(o);
		o = NULL;
	}
	return o;
}

/* ----------------------------------------------------------------- output */

static void
put(Server *s, const char *p, size_t n)
{
	ssize_t r;

	while (n > 0 && !s->broken) {
		r = write(s->out, p, n);
		if (r < 0 && errno == EINTR)
			continue;
		if (r <= 0) {
			s->broken = true;
			return;
		}
		p += r;
		n -= r;
	}
}

static void
transmit(Server *s, json_object *o)
{
	const char *p;
	char head[64];
	size_t n;
	int k;

	p = json_object_to_json_string_length(o, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE, &n);
	k = snprintf(head, sizeof head, "Content-Length: %zu\r\n\r\n", p == NULL ? 0 : n);
	if (p != NULL) {
		put(s, head, k);
		put(s, p, n);
	}
	json_object_put(o);
}

static json_object *
message(void)
{
	json_object *o;

	o = json_object_new_object();
	json_object_object_add(o, "jsonrpc", json_object_new_string("2.0"));
	return o;
}

void
rpc_result(Server *s, json_object *id, json_object *result)
{
	json_object *o;

	o = message();
	json_object_object_add(o, "id", json_object_get(id));
	json_object_object_add(o, "result", result);
	transmit(s, o);
}

void
rpc_error(Server *s, json_object *id, int code, const char *text)
{
	json_object *o, *e;

	o = message();
	json_object_object_add(o, "id", json_object_get(id));
	e = json_object_new_object();
	json_object_object_add(e, "code", json_object_new_int(code));
	json_object_object_add(e, "message", json_str(text));
	json_object_object_add(o, "error", e);
	transmit(s, o);
}

void
rpc_notify(Server *s, const char *method, json_object *params)
{
	json_object *o;

	o = message();
	json_object_object_add(o, "method", json_object_new_string(method));
	json_object_object_add(o, "params", params);
	transmit(s, o);
}

/* ------------------------------------------------------------------- JSON */

/* Length of the UTF-8 sequence at p, or 0 if there is none. */
static int
sequence(const unsigned char *p, size_t n)
{
	int k, i;

	if (p[0] < 0x80)
		return 1;
	k = p[0] >= 0xf0 ? 4 : p[0] >= 0xe0 ? 3 : 2;
	if (p[0] < 0xc2 || p[0] > 0xf4 || (size_t)k > n)
		return 0;
	for (i = 1; i < k; i++)
		if ((p[i] & 0xc0) != 0x80)
			return 0;
	if ((p[0] == 0xe0 && p[1] < 0xa0) || (p[0] == 0xed && p[1] > 0x9f) || (p[0] == 0xf0 && p[1] < 0x90) ||
	    (p[0] == 0xf4 && p[1] > 0x8f))
		return 0;
	return k;
}

json_object *
json_text(const char *s, size_t n)
{
	json_object *o;
	char *t, *q;
	size_t i;
	int k;

	q = t = xalloc(n * 3 + 1);
	for (i = 0; i < n; i += k) {
		k = sequence((const unsigned char *)s + i, n - i);
		if (k == 0) {
			memcpy(q, "\xef\xbf\xbd", 3);
			q += 3;
			k = 1;
		} else {
			memcpy(q, s + i, k);
			q += k;
		}
	}
	o = json_object_new_string_len(t, q - t);
	free(t);
	return o;
}

json_object *
json_str(const char *s)
{
	return json_text(s, strlen(s));
}

json_object *
json_get(json_object *o, const char *path)
{
	char name[64];
	const char *e;
	size_t n;

	for (;;) {
		e = strchrnul(path, '.');
		n = e - path;
		if (n >= sizeof name || !json_object_is_type(o, json_type_object))
			return NULL;
		memcpy(name, path, n);
		name[n] = '\0';
		if (!json_object_object_get_ex(o, name, &o))
			return NULL;
		if (*e == '\0')
			return o;
		path = e + 1;
	}
}

const char *
json_string(json_object *o, const char *path)
{
	o = json_get(o, path);
	return json_object_is_type(o, json_type_string) ? json_object_get_string(o) : NULL;
}
