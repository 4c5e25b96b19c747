/*
 * Environment groups: the variables behind #e.
 */
#include <stdlib.h>
#include <string.h>

#include "emu/chan.h"
#include "emu/egrp.h"

Egrp *
egrp_new(void)
{
	Egrp *g = calloc(1, sizeof *g);

	if (g == NULL)
		return kerrorp("%s", Enomem);
	atomic_init(&g->ref, 1);
	pthread_mutex_init(&g->lock, NULL);
	return g;
}

Egrp *
egrp_ref(Egrp *g)
{
	atomic_fetch_add(&g->ref, 1);
	return g;
}

void
evalue_put(Evalue *v)
{
	if (v == NULL || atomic_fetch_sub(&v->ref, 1) != 1)
		return;
	free(v->val);
	free(v);
}

void
egrp_put(Egrp *g)
{
	if (g == NULL || atomic_fetch_sub(&g->ref, 1) != 1)
		return;
	while (g->first != NULL)
		egrp_remove(g, g->first);
	pthread_mutex_destroy(&g->lock);
	free(g);
}

Evalue *
egrp_find(Egrp *g, const char *name)
{
	for (Evalue *v = g->first; v != NULL; v = v->next)
		if (strcmp(v->name, name) == 0)
			return v;
	return NULL;
}

Evalue *
egrp_add(Egrp *g, const char *name)
{
	size_t n = strlen(name);
	Evalue *v = calloc(1, sizeof *v + n + 1), **l;

	if (v == NULL)
		return kerrorp("%s", Enomem);
	atomic_init(&v->ref, 1);
	memcpy(v->name, name, n);
	v->path = ++g->lastpath;
	for (l = &g->first; *l != NULL; l = &(*l)->next)
		;
	*l = v;
	return v;
}

void
egrp_remove(Egrp *g, Evalue *v)
{
	for (Evalue **l = &g->first; *l != NULL; l = &(*l)->next)
		if (*l == v) {
			*l = v->next;
			v->next = NULL;
			v->gone = true;
			evalue_put(v);
			return;
		}
}

int
evalue_write(Evalue *v, const void *buf, size_t n, size_t off)
{
	if (off + n > v->len) {
		char *p = realloc(v->val, off + n);
		if (p == NULL && off + n > 0)
			return kerror("%s", Enomem);
		if (off > v->len)
			memset(p + v->len, 0, off - v->len);
		v->val = p;
		v->len = off + n;
	}
	if (n > 0)
		memcpy(v->val + off, buf, n);
	v->vers++;
	return 0;
}

Egrp *
egrp_copy(Egrp *o)
{
	Egrp *g = egrp_new();

	if (g == NULL)
		return NULL;
	pthread_mutex_lock(&o->lock);
	for (Evalue *v = o->first; v != NULL; v = v->next) {
		Evalue *n = egrp_add(g, v->name);
		if (n == NULL || evalue_write(n, v->val, v->len, 0) < 0) {
			pthread_mutex_unlock(&o->lock);
			egrp_put(g);
			return NULL;
		}
		n->path = v->path;
		n->vers = v->vers;
	}
	g->lastpath = o->lastpath;
	pthread_mutex_unlock(&o->lock);
	return g;
}

int
ksetenv(const char *name, const void *val, size_t n)
{
	Egrp *g = up->env->egrp;
	int r = -1;

	pthread_mutex_lock(&g->lock);
	Evalue *v = egrp_find(g, name);
	if (v == NULL)
		v = egrp_add(g, name);
	if (v != NULL) {
		v->len = 0;
		r = evalue_write(v, val, n, 0);
	}
	pthread_mutex_unlock(&g->lock);
	return r;
}

char *
kgetenv(const char *name, size_t *n)
{
	Egrp *g = up->env->egrp;
	char *s = NULL;

	pthread_mutex_lock(&g->lock);
	Evalue *v = egrp_find(g, name);
	if (v != NULL && (s = malloc(v->len + 1)) != NULL) {
		if (v->len > 0)
			memcpy(s, v->val, v->len);
		s[v->len] = 0;
		if (n != NULL)
			*n = v->len;
	}
	pthread_mutex_unlock(&g->lock);
	if (s == NULL)
		kerror("%s", Enonexist);
	return s;
}
