/*
 * What editors ask of a unit (limbo.h): which declaration is meant somewhere, what is declared in the file, and which names
 * could stand in a place.
 *
 * For that, the checker notes every name whose declaration it finds, and every declaration. It goes on in spite of syntax errors
 * and of missing modules, with what there is: then only the errors up to there are reported. What nothing uses, and is not looked
 * at otherwise, is completed at the end without a word.
 *
 * The names that could stand in a place are found while the place is checked: the editor puts a name there that no program
 * has, the mark, and where the checker cannot find it, it asks what it could have found (edit_names, edit_members).
 */
#include <string.h>

#include "limbo/check.h"
#include "limbo/parse.h"

/* A mention of a declaration, with the type that it has there; or the declaration itself. */
typedef struct Note Note;
struct Note {
	Src at;
	Decl *d;
	Type *ty; /* NULL: that of d */
	bool own; /* d is declared here */
};

/* A declaration of the main file; for those of one statement `next` no longer serves once the unit has been checked. */
typedef struct Item Item;
struct Item {
	Decl *d;
	Decl *owner;
	Src whole;
	int depth;
};

typedef struct Edit Edit;
struct Edit {
	Note *notes;
	int nnotes, capnotes;
	Item *items;
	int nitems, capitems;
	Sym *mark; /* completion; else NULL */
	LimboVisit *visit;
	void *aux;
};

static void *
grow(Limbo *l, void *v, int n, int *cap, size_t size)
{
	void *w;

	if (n < *cap)
		return v;
	*cap = *cap * 2 + 64;
	w = lalloc(l, *cap * size);
	if (n > 0)
		memcpy(w, v, n * size);
	return w;
}

void
edit_init(Limbo *l)
{
	l->edit = lalloc(l, sizeof(Edit));
}

static void
nodiag(void *aux, const LimboDiag *d)
{
	(void)aux;
	(void)d;
}

/* Nothing is reported any more. */
void
edit_silence(Limbo *l)
{
	l->o.diag = nodiag;
}

/* ------------------------------------------------------------------ notes */

static bool
in_main(Limbo *l, Pos p)
{
	const Lex *lx = l->lex;
	const char *file;
	int line, col;

	if (p.line <= 0 || lx->nseg == 0)
		return false;
	poswhere(l, p, &file, &line, &col);
	return file == lx->seg[0].file;
}

static void
add_note(Check *c, Src at, Decl *d, Type *t, bool own)
{
	Edit *ed = c->l->edit;
	Note *n;

	if (ed->mark != NULL || d->sym == NULL || !in_main(c->l, at.start))
		return;
	ed->notes = grow(c->l, ed->notes, ed->nnotes, &ed->capnotes, sizeof *ed->notes);
	n = &ed->notes[ed->nnotes++];
	n->at = at;
	n->d = d;
	n->ty = t;
	n->own = own;
}

void
edit_decl(Check *c, Decl *d)
{
	if (d->kind != Dundef && d->kind != Dunbound)
		add_note(c, d->src, d, NULL, true);
}

/* The last name within s, which is d's. */
static Src
last_word(Src s, const Decl *d)
{
	if (s.stop.line > 0 && s.stop.col >= (int)d->sym->len) {
		s.start.line = s.stop.line;
		s.start.col = s.stop.col - (int)d->sym->len;
	}
	return s;
}

/* The name at the end of `at` means d. */
void
edit_use(Check *c, Src at, Decl *d, Type *t)
{
	if (d->kind != Dundef && d->sym != NULL)
		add_note(c, last_word(at, d), d, t, false);
}

void
edit_node(Check *c, Node *e)
{
	Edit *ed = c->l->edit;

	switch (e->op) {
	case Odot:
	case Omdot:
		if (e->decl != NULL)
			edit_use(c, e->src, e->decl, e->ty);
		else if (e->sym == ed->mark && e->left->ty != NULL)
			edit_members(c, e->sym, e->left->ty, e->op == Odot ? Tdot : Tarrow, e->left->flags & Ftype);
		return;
	case Oname:
		if (e->decl != NULL)
			add_note(c, e->src, e->decl, e->ty, false);
		return;
	default:
		return;
	}
}

/* ------------------------------------------------------------ declarations */

static Decl *
meant(Decl *d)
{
	int n;

	/* imports of imports end somewhere */
	for (n = 0; d->kind == Dimport && d->target != NULL && n < 64; n++)
		d = d->target;
	return d;
}

static Type *
types_of(const Decl *d)
{
	return d->ty != NULL && d->kind == Dtype && (d->ty->kind == Tadt || d->ty->kind == Tmodule) &&
	       d->ty->decl != NULL ? d->ty : NULL;
}

static const char *
raises(Limbo *l, const Type *t)
{
	const char *s = "";
	Node *n;

	if (!t->hasraises)
		return "";
	for (n = t->eraises; n != NULL; n = n->right)
		s = lprintf(l, "%s%s%s", s, *s != '\0' ? ", " : "", exprtext(l, n->left));
	if (t->eraises == NULL)
		return " raises nil";
	return lprintf(l, t->eraises->right != NULL ? " raises (%s)" : " raises %s", s);
}

static const char *
owner_name(const Decl *d)
{
	return d->dot != NULL && d->dot->sym != NULL && d->kind != Dlocal && d->kind != Dimport ? d->dot->sym->name : NULL;
}

/* Diagnostics show ten bytes of a string; a path should be seen whole. */
static const char *
string_text(Limbo *l, Str s)
{
	char *t, *o;
	uint32_t i;
	bool cut = s.n > 200;

	if (cut)
		for (s.n = 200; s.n > 0 && (s.s[s.n] & 0xc0) == 0x80;)
			s.n--;
	o = t = lalloc(l, (size_t)s.n * 4 + 8);
	*o++ = '"';
	for (i = 0; i < s.n; i++) {
		uint8_t b = s.s[i];

		if (b == '\n' || b == '\t' || b == '"' || b == '\\') {
			*o++ = '\\';
			*o++ = b == '\n' ? 'n' : b == '\t' ? 't' : (char)b;
		} else {
			*o++ = b < ' ' ? '?' : (char)b;
		}
	}
	strcpy(o, cut ? "...\"" : "\"");
	return t;
}

/* The declaration as one line. t: its type in that place, or NULL. */
static const char *
decl_text(Limbo *l, Decl *d, Type *t)
{
	const char *name = d->sym->name, *s;
	Decl *a;

	if (d->kind == Dimport)
		return lprintf(l, "%s: import", name);
	if (owner_name(d) != NULL)
		name = lprintf(l, "%s%s%s", owner_name(d), d->dot->ty != NULL && d->dot->ty->kind == Tmodule ? "->" : ".",
			       name);
	if (t == NULL || t->kind == Terror)
		t = d->ty;
	switch (d->kind) {
	case Dconst:
		if (d->checked && d->init != NULL && d->init->op == Oconst && d->init->ty->kind == Tstring)
			return lprintf(l, "%s: con %s", name, string_text(l, d->init->str));
		if (d->checked && d->init != NULL && is_const(d->init))
			return lprintf(l, "%s: con %s", name, exprtext(l, d->init));
		return lprintf(l, "%s: con", name);
	case Dtype:
		if (t != NULL && t->kind == Tmodule)
			return lprintf(l, "%s: module", name);
		if (t != NULL && t->kind == Tadt && t->decl == d)
			return lprintf(l, "%s: adt", name);
		return lprintf(l, "%s: type %s", name, t != NULL ? typetext(l, t) : "?");
	case Dtag:
		return lprintf(l, "%s: pick variant", name);
	case Dpoly:
		return lprintf(l, "%s: type parameter", name);
	case Dexcept:
		s = "";
		for (a = t != NULL ? t->ids : NULL; a != NULL; a = a->next)
			s = lprintf(l, "%s%s%s", s, *s != '\0' ? ", " : "", typetext(l, a->ty));
		return lprintf(l, *s != '\0' ? "%s: exception(%s)" : "%s: exception%s", name, s);
	case Dfn:
		if (t != NULL && t->kind == Tref && t->tof->kind == Tfn)
			t = t->tof;
		if (t != NULL && t->kind == Tfn)
			return lprintf(l, "%s: %s%s", name, typetext(l, t), raises(l, t));
		/* fall through */
	default:
		return lprintf(l, "%s: %s%s", name, d->isself ? "self " : "", t != NULL && t->kind != Terror ? typetext(l, t) : "?");
	}
}

static LimboKind
decl_kind(const Decl *d)
{
	switch (d->kind) {
	case Dtype:
		if (d->ty != NULL && d->ty->kind == Tmodule)
			return LIMBO_MODULE;
		return d->ty != NULL && d->ty->kind == Tadt ? LIMBO_ADT : LIMBO_TYPE;
	case Dconst:
		return LIMBO_CONSTANT;
	case Darg:
		return LIMBO_ARGUMENT;
	case Dfn:
		return d->dot != NULL && d->dot->ty != NULL && d->dot->ty->kind == Tadt ? LIMBO_METHOD : LIMBO_FUNCTION;
	case Dfield:
		return d->ty != NULL && d->ty->kind == Tfn ? LIMBO_METHOD : LIMBO_FIELD;
	case Dtag:
		return LIMBO_TAG;
	case Dpoly:
		return LIMBO_PARAMETER;
	case Dexcept:
		return LIMBO_EXCEPTION;
	default:
		return LIMBO_VARIABLE;
	}
}

static void
place(Limbo *l, Src s, LimboPlace *p)
{
	const char *file;

	memset(p, 0, sizeof *p);
	if (s.start.line <= 0)
		return;
	poswhere(l, s.start, &p->file, &p->line, &p->col);
	p->endline = p->line;
	p->endcol = p->col;
	if (s.stop.line > 0) {
		poswhere(l, s.stop, &file, &p->endline, &p->endcol);
		if (strcmp(file, p->file) != 0) {
			p->endline = p->line;
			p->endcol = p->col;
		}
	}
}

static Src
to_end(const Decl *d, const Type *t)
{
	Src s = d->src;

	if (t != NULL && t->src.stop.line >= s.start.line)
		s.stop = t->src.stop;
	return s;
}

/* A method's body is declared as A.f, of which f is the name. */
static void
name_place(Limbo *l, const Decl *d, LimboPlace *p)
{
	place(l, last_word(d->src, d), p);
	p->endline = p->line;
	p->endcol = p->col + (int)d->sym->len;
}

static bool
describe(Limbo *l, Decl *d, Type *t, LimboEntity *e)
{
	Decl *m = meant(d);

	memset(e, 0, sizeof *e);
	if (m->sym == NULL)
		return false;
	e->kind = decl_kind(m);
	e->name = d->sym->name;
	e->owner = owner_name(m);
	e->text = decl_text(l, m, t);
	/* of an import, and of what it means, the latter counts */
	name_place(l, m, &e->at);
	if (types_of(m) != NULL)
		place(l, to_end(m, m->ty), &e->whole);
	return true;
}

/* ----------------------------------------------------------------- outline */

static void
add_item(Limbo *l, Decl *d, Decl *owner, Src whole, int depth)
{
	Edit *ed = l->edit;
	Item *i;

	ed->items = grow(l, ed->items, ed->nitems, &ed->capitems, sizeof *ed->items);
	i = &ed->items[ed->nitems++];
	i->d = d;
	i->owner = owner;
	i->whole = whole;
	i->depth = depth;
}

static void
outline_decl(Limbo *l, Decl *d, Decl *owner, Src whole, int depth)
{
	Type *t;
	Decl *m;

	add_item(l, d, owner, whole, depth);
	t = types_of(d);
	if (t == NULL || t->decl != d || depth > 8)
		return;
	for (m = t->ids; m != NULL; m = m->next)
		outline_decl(l, m, d, to_end(m, m->ty), depth + 1);
	for (m = t->tags; m != NULL; m = m->next)
		if (m->ty != NULL) {
			add_item(l, m, d, m->src, depth + 1);
			/* further tags of the same arm have copies of the fields */
			for (Decl *f = m->ty->ids; f != NULL && m->src.start.line <= f->src.start.line; f = f->next)
				add_item(l, f, m, to_end(f, f->ty), depth + 2);
		}
}

static void
outline_pattern(Limbo *l, Node *p, Src whole)
{
	Node *m;
	Decl *d;

	p = unparen(p);
	if (p->op == Otuple) {
		for (m = p->left; m != NULL; m = m->right)
			outline_pattern(l, m->left, whole);
	} else if (p->op == Oname) {
		/* the checker will make another declaration: this one is for the outline only */
		d = mkdecl(l, Dglobal, p->sym, p->src, NULL);
		add_item(l, d, NULL, whole, 0);
	}
}

static Sym *
last_name(const Node *n)
{
	return n->op == Oname || n->op == Odot ? n->sym : NULL;
}

void
edit_parsed(Limbo *l)
{
	Node *s, *n;
	Decl *d;

	for (s = l->unit.tree; s != NULL; s = s->right) {
		n = s->left;
		if (!in_main(l, n->src.start))
			continue;
		switch (n->op) {
		case Odecl:
			for (d = n->decls; d != NULL; d = d->next)
				outline_decl(l, d, NULL, n->src, 0);
			break;
		case Ofn:
			d = NULL;
			if (n->third != NULL && last_name(n->third) != NULL)
				d = mkdecl(l, Dtype, last_name(n->third), n->third->src, NULL);
			add_item(l, n->decl, d, n->src, 0);
			break;
		case Oexpr:
			if (n->left->op == Odas)
				outline_pattern(l, n->left->left, n->src);
			break;
		default:
			break;
		}
	}
}

/* ------------------------------------------------------------------ ending */

static Decl *
global_name(Sym *s)
{
	Decl *d = s->decl;

	while (d != NULL && d->scope != NULL && d->scope->depth > Sglobal)
		d = d->old;
	return d;
}

/* The unit has been checked as far as it goes. */
void
edit_finish(Limbo *l)
{
	Edit *ed = l->edit;
	Check *c = l->check;
	Node *s, *n;
	Decl *d;
	int i;

	edit_silence(l);
	if (c == NULL || l->fatal)
		return;
	for (i = 0; i < ed->nitems; i++)
		if (ed->items[i].depth == 0 && ed->items[i].d->kind == Dtype)
			decl_type(c, ed->items[i].d);
	for (i = 0; i < ed->nitems; i++)
		if (ed->items[i].depth > 0)
			add_note(c, ed->items[i].d->src, ed->items[i].d, NULL, true);
	/* A in the definition of A.f */
	for (s = l->unit.tree; s != NULL; s = s->right) {
		n = s->left;
		if (n->op != Ofn || n->third == NULL)
			continue;
		d = n->third->op == Oname ? global_name(n->third->sym) : NULL;
		if (d != NULL && d->kind != Dundef) {
			Src at = n->third->src;

			/* type parameters may follow the name */
			at.stop.line = at.start.line;
			at.stop.col = at.start.col + (int)n->third->sym->len;
			edit_use(c, at, d, NULL);
		}
		add_note(c, last_word(n->decl->src, n->decl), n->decl, NULL, true);
	}
}

/* -------------------------------------------------------------- completion */

static void
offer(Check *c, Decl *d)
{
	Edit *ed = c->l->edit;
	LimboEntity e;

	if (d->sym == NULL || d->sym == ed->mark || d->sym->name[0] == '.' || d->kind == Dundef || d->kind == Dunbound)
		return;
	if (describe(c->l, d, NULL, &e))
		ed->visit(ed->aux, &e);
}

static void
offer_list(Check *c, Decl *d, unsigned kinds)
{
	for (; d != NULL; d = d->next)
		if (kinds & 1u << d->kind)
			offer(c, d);
}

#define K(k) (1u << (k))

/* s stands where a name in scope should be. */
void
edit_names(Check *c, Sym *s)
{
	Edit *ed = c->l->edit;
	bool global = false;
	Decl *d;
	Env *e;
	int i;

	if (ed->mark == NULL || s != ed->mark)
		return;
	for (e = c->env; e != NULL; e = e->up) {
		if (e->members != NULL)
			offer_list(c, e->members->ids, K(Dtype) | K(Dconst) | K(Dexcept));
		offer_list(c, e->polys, ~0u);
		if (e->global)
			global = true;
	}
	for (i = c->nstack; i-- > 0;) {
		d = c->stack[i];
		if (global ? global_name(d->sym) == d : d->sym->decl == d)
			offer(c, d);
	}
}

/*
 * s stands where a member of t should be, after what is a type or a value. `how`: Tdot, Tarrow; or Tname where only types
 * are asked for, Tadt for pick tags, Tmodule for what can be imported.
 */
void
edit_members(Check *c, Sym *s, Type *t, Tkind how, bool istype)
{
	Edit *ed = c->l->edit;
	Decl *d;

	if (ed->mark == NULL || s != ed->mark || t == NULL)
		return;
	if (how != Tarrow && how != Tmodule && !istype && t->kind == Tref)
		t = t->tof;
	switch (t->kind) {
	case Tmodule:
		if (how == Tname)
			offer_list(c, t->ids, K(Dtype));
		else if (how == Tmodule)
			offer_list(c, t->ids, ~0u);
		else if (how == Tarrow)
			offer_list(c, t->ids, istype ? K(Dtype) | K(Dconst) | K(Dexcept) : ~0u);
		return;
	case Tpick:
		if (!istype && how == Tdot)
			offer_list(c, t->ids, K(Dfield));
		t = t->tof;
		/* fall through */
	case Tadt:
		if (how == Tname || how == Tadt) {
			offer_list(c, t->tags, ~0u);
			return;
		}
		if (how != Tdot)
			return;
		offer_list(c, t->ids, istype ? K(Dfn) | K(Dconst) : K(Dfield) | K(Dfn) | K(Dconst));
		/* an instance has only fields of its own */
		if (t->generic != NULL)
			offer_list(c, t->generic->ids, K(Dfn) | K(Dconst));
		if (istype)
			offer_list(c, t->tags, ~0u);
		return;
	case Ttuple:
	case Tpoly:
		if (how == Tdot)
			for (d = t->ids; d != NULL; d = d->next)
				offer(c, d);
		return;
	default:
		return;
	}
}

int
limbo_complete(Limbo *l, const char *name, const char *mark, LimboVisit *visit, void *aux)
{
	Edit *ed = l->edit;

	if (ed == NULL)
		return -1;
	ed->mark = lsym(l, mark, strlen(mark));
	ed->visit = visit;
	ed->aux = aux;
	edit_silence(l);
	limbo_check(l, name);
	return 0;
}

/* ---------------------------------------------------------------- questions */

static bool
within(Limbo *l, Src s, int line, int col, LimboPlace *p)
{
	if (col < s.start.col)
		return false;
	place(l, s, p);
	return p->line == line && p->col <= col && (p->endline > line || col <= p->endcol);
}

/* At the border of two names the one that begins counts; a mention says more than a declaration. */
static const Note *
find_note(Limbo *l, int line, int col, LimboPlace *at)
{
	Edit *ed = l->edit;
	const Note *best = NULL, *n;
	LimboPlace p;
	int i;

	for (i = 0; i < ed->nnotes; i++) {
		n = &ed->notes[i];
		if (!within(l, n->at, line, col, &p))
			continue;
		if (best == NULL || p.col > at->col || (best->own && !n->own && p.col == at->col)) {
			best = n;
			*at = p;
		}
	}
	return best;
}

int
limbo_at(Limbo *l, int line, int col, LimboEntity *e, LimboPlace *at)
{
	Edit *ed = l->edit;
	const Note *best;
	Decl *d, *to;

	if (ed == NULL || l->lex == NULL)
		return -1;
	best = find_note(l, line, col, at);
	if (best == NULL)
		return -1;
	d = meant(best->d);
	if (!describe(l, best->d, best->ty, e))
		return -1;
	/* From a function's declaration to its body and back; from elsewhere to the body, if it is here. */
	to = NULL;
	if (d->kind == Dfn && d->target != NULL && d->target->kind == Dfn)
		to = d->target;
	else if (d->kind == Dfn && best->own)
		to = d->implied;
	if (to != NULL)
		name_place(l, to, &e->at);
	return 0;
}

/* One declaration for all that are declared together: interface and body, a variable and its names in the arms of a pick. */
static const Decl *
origin(Decl *d)
{
	d = meant(d);
	if (d->kind == Dfn && d->target == NULL && d->implied != NULL)
		d = d->implied;
	else if (d->kind == Dlocal && d->target != NULL)
		d = d->target;
	else if (d->kind == Dglobal && d->implied != NULL)
		d = d->implied;
	return d;
}

int
limbo_mentions(Limbo *l, int line, int col, void (*found)(void *aux, const LimboPlace *p), void *aux)
{
	Edit *ed = l->edit;
	const Note *best;
	const Decl *d;
	LimboPlace p;
	int i, n;

	if (ed == NULL || l->lex == NULL)
		return 0;
	best = find_note(l, line, col, &p);
	if (best == NULL)
		return 0;
	d = origin(best->d);
	n = 0;
	for (i = 0; i < ed->nnotes; i++) {
		if (ed->notes[i].d->sym != d->sym || origin(ed->notes[i].d) != d)
			continue;
		place(l, ed->notes[i].at, &p);
		found(aux, &p);
		n++;
	}
	return n;
}

void
limbo_outline(Limbo *l, LimboVisit *visit, void *aux)
{
	Edit *ed = l->edit;
	LimboEntity e;
	int i;

	if (ed == NULL || l->lex == NULL)
		return;
	for (i = 0; i < ed->nitems; i++) {
		const Item *it = &ed->items[i];
		Decl *d = it->d;
		Type *t = NULL;

		if (d->sym == NULL || d->sym->name[0] == '.')
			continue;
		/* declared by := at module level: what the checker found */
		if (d->kind == Dglobal && d->ty == NULL) {
			Decl *g = global_name(d->sym);

			if (g != NULL && g->kind == Dglobal && g->src.start.line == d->src.start.line)
				t = g->ty;
		}
		if (!describe(l, d, t, &e))
			continue;
		if (it->owner != NULL && it->owner->sym != NULL)
			e.owner = it->owner->sym->name;
		e.depth = it->depth;
		place(l, it->whole, &e.whole);
		if (e.whole.line == 0)
			e.whole = e.at;
		visit(aux, &e);
	}
}
