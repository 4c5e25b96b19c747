/*
 * Paths: how a channel was reached. See the essay at Path in emu.h.
 */
#include <stdlib.h>
#include <string.h>

#include "emu/emu.h"

Path *
path_new(Path *up_, const char *elem, Chan *mtpt)
{
	size_t n = strlen(elem);
	Path *p = malloc(sizeof *p + n + 1);

	if (p == NULL)
		return NULL;
	atomic_init(&p->ref, 1);
	p->up = up_ != NULL ? path_ref(up_) : NULL;
	p->mtpt = mtpt != NULL ? chan_ref(mtpt) : NULL;
	memcpy(p->elem, elem, n + 1);
	return p;
}

Path *
path_ref(Path *p)
{
	if (p != NULL)
		atomic_fetch_add(&p->ref, 1);
	return p;
}

void
path_put(Path *p)
{
	/* A loop, not recursion: names may have thousands of elements. */
	while (p != NULL && atomic_fetch_sub(&p->ref, 1) == 1) {
		Path *next = p->up;
		cclose(p->mtpt);
		free(p);
		p = next;
	}
}

char *
chan_name(const Chan *c)
{
	size_t n = 1;
	const Path *p;

	if (c == NULL || c->path == NULL)
		return strdup("");
	for (p = c->path; p != NULL; p = p->up)
		n += strlen(p->elem) + 1;
	char *s = malloc(n);
	if (s == NULL)
		return NULL;
	/* Written from the end; the root may be "/" itself, which needs no further slash. */
	char *e = s + n - 1;
	*e = 0;
	for (p = c->path; p != NULL; p = p->up) {
		size_t k = strlen(p->elem);
		if (p->up == NULL && k == 1 && p->elem[0] == '/' && *e == '/')
			break;
		e -= k;
		memcpy(e, p->elem, k);
		if (p->up != NULL)
			*--e = '/';
	}
	memmove(s, e, s + n - e);
	return s;
}
