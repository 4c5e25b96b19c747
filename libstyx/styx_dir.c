/*
 * Stats: the attributes of a file as Rstat, Twstat and the reads of directories carry them.
 */
#include <string.h>

#include "styx_int.h"

enum { NSTR = 4, OFF_STR = 41 }; /* four strings follow the fixed part, at this offset */

static void
strings(const StyxDir *d, const char *s[NSTR], size_t len[NSTR])
{
	int i;

	s[0] = d->name;
	s[1] = d->uid;
	s[2] = d->gid;
	s[3] = d->muid;
	for (i = 0; i < NSTR; i++)
		len[i] = s[i] == NULL ? 0 : strlen(s[i]);
}

size_t
styx_dir_size(const StyxDir *d)
{
	const char *s[NSTR];
	size_t len[NSTR], n = STYX_STATFIXLEN;
	int i;

	strings(d, s, len);
	for (i = 0; i < NSTR; i++) {
		if (len[i] > STYX_STATMAX)
			return 0;
		n += len[i];
	}
	return n > STYX_STATMAX ? 0 : n;
}

size_t
styx_dir_encode(const StyxDir *d, void *buf, size_t n)
{
	const char *s[NSTR];
	size_t len[NSTR], size = styx_dir_size(d);
	uint8_t *p = buf;
	int i;

	if (size == 0 || size > n)
		return 0;
	strings(d, s, len);
	styx_put2(p, (uint16_t)(size - 2));
	styx_put2(p + 2, d->type);
	styx_put4(p + 4, d->dev);
	p[8] = d->qid.type;
	styx_put4(p + 9, d->qid.vers);
	styx_put8(p + 13, d->qid.path);
	styx_put4(p + 21, d->mode);
	styx_put4(p + 25, d->atime);
	styx_put4(p + 29, d->mtime);
	styx_put8(p + 33, d->length);
	p += OFF_STR;
	for (i = 0; i < NSTR; i++) {
		styx_put2(p, (uint16_t)len[i]);
		if (len[i] > 0)
			memcpy(p + 2, s[i], len[i]);
		p += 2 + len[i];
	}
	return size;
}

/* A control character or a '/' in a name of n bytes; "/" alone, the name of a root, is no fault. */
static bool
bad_name(const uint8_t *s, size_t n)
{
	size_t i;

	if (n == 1 && s[0] == '/')
		return false;
	for (i = 0; i < n; i++)
		if (s[i] < ' ' || s[i] == 0x7F || s[i] == '/')
			return true;
	return false;
}

size_t
styx_dir_shape(const void *buf, size_t n)
{
	const uint8_t *p = buf, *end;
	size_t size, len;
	int i;

	if (n < STYX_STATFIXLEN)
		return 0;
	size = styx_get2(p) + 2u;
	if (size < STYX_STATFIXLEN || size > n)
		return 0;
	end = p + size;
	p += OFF_STR;
	for (i = 0; i < NSTR; i++) {
		if (end - p < 2)
			return 0;
		len = styx_get2(p);
		p += 2;
		if (len > (size_t)(end - p) || memchr(p, 0, len) != NULL)
			return 0;
		p += len;
	}
	return p == end ? size : 0;
}

size_t
styx_dir_check(const void *buf, size_t n)
{
	const uint8_t *p = buf;
	size_t size = styx_dir_shape(buf, n);

	return size == 0 || bad_name(p + OFF_STR + 2, styx_get2(p + OFF_STR)) ? 0 : size;
}

size_t
styx_dir_parse(const void *buf, size_t n, StyxDir *d, char *strs)
{
	const uint8_t *p = buf;
	const char **to[NSTR] = {&d->name, &d->uid, &d->gid, &d->muid};
	size_t len, size = styx_dir_shape(buf, n);
	int i;

	if (size == 0)
		return 0;
	d->type = styx_get2(p + 2);
	d->dev = styx_get4(p + 4);
	d->qid.type = p[8];
	d->qid.vers = styx_get4(p + 9);
	d->qid.path = styx_get8(p + 13);
	d->mode = styx_get4(p + 21);
	d->atime = styx_get4(p + 25);
	d->mtime = styx_get4(p + 29);
	d->length = styx_get8(p + 33);
	p += OFF_STR;
	for (i = 0; i < NSTR; i++) {
		len = styx_get2(p);
		memcpy(strs, p + 2, len);
		strs[len] = '\0';
		*to[i] = strs;
		strs += len + 1;
		p += 2 + len;
	}
	return size;
}

size_t
styx_dir_decode(const void *buf, size_t n, StyxDir *d, char *strs)
{
	return styx_dir_check(buf, n) == 0 ? 0 : styx_dir_parse(buf, n, d, strs);
}

void
styx_dir_null(StyxDir *d)
{
	memset(d, 0xFF, sizeof *d);
	d->name = d->uid = d->gid = d->muid = "";
}

static bool
empty(const char *s)
{
	return s == NULL || s[0] == '\0';
}

bool
styx_dir_isnull(const StyxDir *d)
{
	return d->type == UINT16_MAX && d->dev == UINT32_MAX && d->qid.type == UINT8_MAX && d->qid.vers == UINT32_MAX &&
		d->qid.path == UINT64_MAX && d->mode == UINT32_MAX && d->atime == UINT32_MAX &&
		d->mtime == UINT32_MAX && d->length == UINT64_MAX && empty(d->name) && empty(d->uid) && empty(d->gid) && empty(d->muid);
}
