/*
 * Compiling texts that are in memory, for tests.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "memory.h"

static char *
ondisk(const char *name, size_t *n)
{
	char *p;
	FILE *f;

	f = fopen(name, "r");
	if (f == NULL)
		return NULL;
	p = malloc(1 << 20);
	*n = fread(p, 1, 1 << 20, f);
	fclose(f);
	return p;
}

static char *
readfile(void *aux, const char *name, size_t *n)
{
	Memory *m = aux;
	const Memfile *f;
	char *p;

	for (f = m->files; f->name != NULL; f++)
		if (strcmp(f->name, name) == 0) {
			*n = f->n != 0 ? f->n : strlen(f->text);
			p = malloc(*n + 1);
			memcpy(p, f->text, *n);
			return p;
		}
	/* absolute names are files of the source tree */
	if (name[0] == '/')
		return ondisk(name, n);
	errno = ENOENT;
	return NULL;
}

static void
diag(void *aux, const LimboDiag *d)
{
	Memory *m = aux;

	fprintf(m->out, "%s%s%s%s\n", d->where != NULL ? d->where : "", d->where != NULL ? ": " : "",
		d->warning ? "warning: " : "", d->text);
}

void
memory_open(Memory *m, const Memfile *files)
{
	LimboOptions o = { .readfile = readfile, .diag = diag, .aux = m, .maxerrors = 20 };

	memset(m, 0, sizeof *m);
	m->files = files;
	m->out = open_memstream(&m->diags, &m->ndiags);
	m->l = limbo_new(&o);
}

void
memory_check(Memory *m, const char *text)
{
	const Memfile files[] = { { "t.b", text, 0 }, { NULL, NULL, 0 } };

	memory_open(m, files);
	limbo_check(m->l, "t.b");
	m->files = NULL;
}

const char *
memory_diags(Memory *m)
{
	fflush(m->out);
	return m->diags;
}

void
memory_free(Memory *m)
{
	limbo_free(m->l);
	fclose(m->out);
	free(m->diags);
}

static Decl *
among(Decl *d, const char *name, size_t n)
{
	for (; d != NULL; d = d->next)
		if (d->sym->len == n && memcmp(d->sym->name, name, n) == 0)
			return d;
	return NULL;
}

Decl *
memory_find(Memory *m, const char *name)
{
	const char *e;
	Decl *d;
	Node *c;
	size_t n;

	n = strcspn(name, "-.");
	d = NULL;
	for (c = m->l->unit.tree; c != NULL && d == NULL; c = c->right)
		if (c->left->op == Odecl)
			d = among(c->left->decls, name, n);
		else if (c->left->op == Ofn && c->left->third == NULL)
			d = among(c->left->decl, name, n);
	for (name += n; d != NULL && *name != '\0'; name = e) {
		name += *name == '-' ? 2 : 1;
		e = name + strcspn(name, "-.");
		d = among(d->ty->ids, name, e - name);
	}
	return d;
}
