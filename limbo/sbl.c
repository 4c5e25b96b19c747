/*
 * Symbol files, sbl(6): for each instruction the source it came from, and where arguments, locals and module data are and
 * of what type. Written from what the code generator left in Limbo.gen.
 */
#include <string.h>

#include "limbo/gen.h"

typedef struct Sbl Sbl;
struct Sbl {
	Limbo *l;
	Gen *g;
	FILE *f;
	int file, line; /* as last written */
	Type **types;	/* adts, pick variants and modules, by index */
	int ntypes, ctypes;
	struct Ent **hash; /* of types, by address */
	int nhash;
};
typedef struct Ent Ent;
struct Ent {
	Type *ty;
	int index;
	Ent *next;
};

/* ---------------------------------------------------------------------- places */

static int
file_index(Sbl *s, const char *name)
{
	const char *base = strrchr(name, '/');
	Unit *u = &s->l->unit;
	size_t n;
	int i;

	base = base ? base + 1 : name;
	n = strlen(base);
	for (i = 0; i < u->nfiles; i++)
		if (u->files[i].n == n && memcmp(u->files[i].s, base, n) == 0)
			return i;
	return s->file;
}

static void
write_pos(Sbl *s, Pos p)
{
	const char *name = NULL;
	int line = s->line, col = 0, file = s->file;

	if (p.line > 0) {
		poswhere(s->l, p, &name, &line, &col);
		if (name)
			file = file_index(s, name);
	}
	if (file != s->file)
		fprintf(s->f, "%d:", file);
	if (line != s->line)
		fprintf(s->f, "%d.", line);
	fprintf(s->f, "%d", col);
	s->file = file;
	s->line = line;
}

static void
write_src(Sbl *s, Src src)
{
	Pos stop = src.stop.line > 0 ? src.stop : src.start;

	write_pos(s, src.start);
	putc(',', s->f);
	write_pos(s, stop);
	putc(' ', s->f);
}

/* ----------------------------------------------------------------------- types */

static bool
listed(const Type *t)
{
	return t->kind == Tadt || t->kind == Tpick || t->kind == Tmodule;
}

static int
type_index(Sbl *s, Type *t)
{
	Ent *e, **bucket = &s->hash[((uintptr_t)t >> 4) % (unsigned)s->nhash];

	for (e = *bucket; e; e = e->next)
		if (e->ty == t)
			return e->index;
	e = lalloc(s->l, sizeof *e);
	e->ty = t;
	e->index = s->ntypes;
	e->next = *bucket;
	*bucket = e;
	GROW(s->g, s->types, s->ntypes, s->ctypes);
	s->types[s->ntypes++] = t;
	return e->index;
}

/* Gives indices to the listed types in t; those found are searched later, in turn. */
static void
collect(Sbl *s, Type *t)
{
	Decl *d;

	for (; t; t = t->tof) {
		if (listed(t)) {
			type_index(s, t);
			return;
		}
		switch (t->kind) {
		case Tref:
		case Tarray:
		case Tlist:
		case Tchan:
			break;
		case Tfn:
			return;
		case Ttuple:
		case Texcept:
			for (d = t->ids; d; d = d->next)
				collect(s, d->ty);
			return;
		default:
			return;
		}
	}
}

static void
collect_ids(Sbl *s, Decl *d)
{
	for (; d; d = d->next)
		if (d->kind == Dfield && d->ty->kind != Tfn)
			collect(s, d->ty);
}

static void write_type(Sbl *s, Type *t);

static bool
shown(const Decl *d)
{
	return d->sym && d->sym->name[0] != '.';
}

static void
write_id(Sbl *s, Decl *d, int off)
{
	fprintf(s->f, "%d:%s:", off, d->sym->name);
	write_src(s, d->src);
	write_type(s, d->ty);
	putc('\n', s->f);
}

/* Data fields of an adt, tuple or exception. */
static void
write_fields(Sbl *s, Decl *ids, Decl *more)
{
	Decl *lists[2] = { ids, more }, *d;
	int i, n = 0;

	for (i = 0; i < 2; i++)
		for (d = lists[i]; d; d = d->next)
			n += d->kind == Dfield && d->ty->kind != Tfn && shown(d);
	fprintf(s->f, "%d\n", n);
	for (i = 0; i < 2; i++)
		for (d = lists[i]; d; d = d->next)
			if (d->kind == Dfield && d->ty->kind != Tfn && shown(d))
				write_id(s, d, d->offset);
}

static void
write_type(Sbl *s, Type *t)
{
	if (!t) {
		putc('n', s->f);
		return;
	}
	if (listed(t)) {
		fprintf(s->f, "@%d\n", type_index(s, t));
		return;
	}
	switch (t->kind) {
	case Tnil:
		putc('N', s->f);
		break;
	case Tint:
	case Tfixed:
		putc('i', s->f);
		break;
	case Tbig:
		putc('B', s->f);
		break;
	case Tbyte:
		putc('b', s->f);
		break;
	case Treal:
		putc('f', s->f);
		break;
	case Tstring:
		putc('s', s->f);
		break;
	case Tpoly:
		putc('P', s->f);
		break;
	case Tarray:
	case Tchan:
	case Tlist:
	case Tref:
		putc(t->kind == Tarray ? 'A' : t->kind == Tchan ? 'C' : t->kind == Tlist ? 'L' : 'R', s->f);
		if (t->tof->kind == Tfn) {
			/* as the object is made: a module and an index */
			fprintf(s->f, "t8.2\n0:t0:");
			write_src(s, t->src);
			fprintf(s->f, "N\n4:t1:");
			write_src(s, t->src);
			fprintf(s->f, "i\n");
		} else {
			write_type(s, t->tof);
		}
		break;
	case Ttuple:
		fprintf(s->f, "t%d.", types_size(s->l, t));
		write_fields(s, t->ids, NULL);
		break;
	case Texcept:
		fprintf(s->f, "Rt4.");
		write_fields(s, t->ids, NULL);
		break;
	default:
		putc('n', s->f);
		break;
	}
}

static const char *
adt_name(Sbl *s, Type *t)
{
	Decl *d = t->kind == Tpick ? t->tof->decl : t->decl, *in = d ? d->dot : NULL;
	Unit *u = &s->l->unit;
	const char *name = d && d->sym ? d->sym->name : "adt";
	int i;

	if (t->kind == Tpick)
		name = lprintf(s->l, "%s.%s", name, t->decl->sym->name);
	for (i = 0; in && i < u->nimpls; i++)
		if (u->modules[i] == in)
			in = NULL;
	return in && in->sym ? lprintf(s->l, "%s->%s", in->sym->name, name) : name;
}

static void
write_definition(Sbl *s, Type *t)
{
	Decl *d, *tag;
	int n = 0;
	Src src = t->decl ? t->decl->src : t->src;

	switch (t->kind) {
	case Tmodule:
		fprintf(s->f, "m%s\n", t->decl && t->decl->sym ? t->decl->sym->name : "module");
		write_src(s, src);
		for (d = t->ids; d; d = d->next)
			n += d->kind == Dfield && d->ty->kind != Tfn && shown(d);
		fprintf(s->f, "%d\n", n);
		for (d = t->ids; d; d = d->next)
			if (d->kind == Dfield && d->ty->kind != Tfn && shown(d))
				write_id(s, d, d->offset);
		break;
	case Tpick:
		fprintf(s->f, "a%s ", adt_name(s, t));
		write_src(s, src);
		fprintf(s->f, "%d\n", types_size(s->l, t));
		write_fields(s, t->tof->ids, t->ids);
		break;
	default:
		fprintf(s->f, "%c%s ", t->tags ? 'p' : 'a', adt_name(s, t));
		write_src(s, src);
		fprintf(s->f, "%d\n", t->tags ? 0 : types_size(s->l, t));
		write_fields(s, t->ids, NULL);
		if (!t->tags)
			break;
		for (tag = t->tags; tag; tag = tag->next)
			n++;
		fprintf(s->f, "%d\n", n);
		for (tag = t->tags; tag; tag = tag->next) {
			fprintf(s->f, "%s:", tag->sym->name);
			write_src(s, tag->src);
			fprintf(s->f, "%d\n", types_size(s->l, tag->ty));
			write_fields(s, tag->ty->ids, NULL);
		}
		break;
	}
}

/* ------------------------------------------------------------------- functions */

/* Whether a local is somewhere in the frame. */
static bool
placed(const Decl *d)
{
	const Slot *s = d->aux;

	return shown(d) && s && (s->fixed || s->sets > 0 || s->keep);
}

static void
write_function(Sbl *s, Func *f)
{
	Decl *d;
	int n;

	fprintf(s->f, "%d:%s\n", f->entry->pc, member_name(s->g, f->decl));
	n = 0;
	for (d = f->decl->ty->ids; d; d = d->next)
		n += shown(d) && !d->unnamed;
	fprintf(s->f, "%d\n", n);
	for (d = f->decl->ty->ids; d; d = d->next)
		if (shown(d) && !d->unnamed)
			write_id(s, d, ((Slot *)d->aux)->off);
	n = 0;
	for (d = f->decl->locals; d; d = d->next)
		n += placed(d);
	fprintf(s->f, "%d\n", n);
	for (d = f->decl->locals; d; d = d->next)
		if (placed(d))
			write_id(s, d, ((Slot *)d->aux)->off);
	write_type(s, f->decl->ty->tof);
}

static void
collect_all(Sbl *s)
{
	Unit *u = &s->l->unit;
	Decl *d, *tag;
	int i;

	for (i = 0; i < u->nfns; i++) {
		Func *f = u->fns[i]->aux;

		if (!f->kept)
			continue;
		for (d = f->decl->ty->ids; d; d = d->next)
			collect(s, d->ty);
		for (d = f->decl->locals; d; d = d->next)
			if (placed(d))
				collect(s, d->ty);
		collect(s, f->decl->ty->tof);
	}
	for (d = u->globals; d; d = d->next)
		if (d->kind == Dglobal)
			collect(s, d->ty);
	for (i = 0; i < s->ntypes; i++) {
		Type *t = s->types[i];

		if (t->kind == Tpick)
			collect_ids(s, t->tof->ids);
		collect_ids(s, t->ids);
		if (t->kind == Tadt)
			for (tag = t->tags; tag; tag = tag->next)
				collect_ids(s, tag->ty->ids);
	}
}

int
limbo_sbl(Limbo *l, FILE *f)
{
	Gen *g = l->gen;
	Unit *u = &l->unit;
	Sbl s = { .l = l, .g = g, .f = f, .nhash = 512 };
	Src last = { 0 };
	Decl *d;
	int i, n, *block, nblocks = 0;

	if (!g || !g->m)
		return -1;
	s.hash = lalloc(l, (size_t)s.nhash * sizeof *s.hash);
	fprintf(f, "limbo .sbl 2.1\n%s\n%d\n", u->nimpls > 0 ? u->impls[0]->name : "", u->nfiles);
	for (i = 0; i < u->nfiles; i++)
		fprintf(f, "%.*s\n", (int)u->files[i].n, u->files[i].s);
	fprintf(f, "%d\n", g->ncode);
	block = lalloc(l, (size_t)(g->block + 1) * sizeof *block); /* its number plus one, in order of first use */
	for (i = 0; i < g->ncode; i++) {
		if (g->code[i].src.start.line > 0)
			last = g->code[i].src;
		write_src(&s, last);
		n = g->code[i].block;
		if (block[n] == 0)
			block[n] = ++nblocks;
		fprintf(f, "%d\n", block[n] - 1);
	}
	collect_all(&s);
	fprintf(f, "%d\n", s.ntypes);
	for (i = 0; i < s.ntypes; i++)
		write_definition(&s, s.types[i]);
	n = 0;
	for (i = 0; i < u->nfns; i++)
		n += ((Func *)u->fns[i]->aux)->kept;
	fprintf(f, "%d\n", n);
	for (i = 0; i < u->nfns; i++)
		if (((Func *)u->fns[i]->aux)->kept)
			write_function(&s, u->fns[i]->aux);
	n = 0;
	for (d = u->globals; d; d = d->next)
		n += d->kind == Dglobal && shown(d) && d->aux;
	fprintf(f, "%d\n", n);
	for (d = u->globals; d; d = d->next)
		if (d->kind == Dglobal && shown(d) && d->aux)
			write_id(&s, d, ((Item *)d->aux)->off);
	return ferror(f) ? -1 : 0;
}
