/*
 * Listings of interfaces: tables and C declarations for those who write builtin modules, and signatures with the text
 * they are made from. The options -t -T -d -a -A -X -D of limbo(1).
 */
#include <stdlib.h>
#include <string.h>

#include "limbo/ast.h"

enum {
	MAXBYTES = 1 << 16 /* of a pointer map */
};

typedef struct Map Map;
struct Map {
	uint8_t b[MAXBYTES];
	int n;
};

static void
mark(void *aux, int off)
{
	Map *m = aux;
	int w;

	w = off / 4;
	if (w / 8 >= MAXBYTES)
		return;
	m->b[w / 8] |= 0x80 >> (w % 8);
	if (w / 8 + 1 > m->n)
		m->n = w / 8 + 1;
}

static void
putmap(FILE *f, const Map *m)
{
	int i;

	if (m->n == 0) {
		fputs("{0}", f);
		return;
	}
	fputc('{', f);
	for (i = 0; i < m->n; i++)
		fprintf(f, "0x%x,", m->b[i]);
	fputc('}', f);
}

/* A name of Limbo as one of C. */
static const char *
cname(Limbo *l, const Sym *s)
{
	static const char *const words[] = {
		"auto", "char", "const", "default", "double", "enum", "extern", "float", "goto", "inline", "long", "register",
		"restrict", "short", "signed", "sizeof", "static", "struct", "switch", "typedef", "union", "unsigned", "void",
		"volatile",
	};
	size_t i;

	for (i = 0; i < sizeof words / sizeof words[0]; i++)
		if (strcmp(words[i], s->name) == 0)
			return lprintf(l, "%s_", s->name);
	return s->name;
}

static const char *
owner(Limbo *l, const Decl *fn, const Decl *module)
{
	return cname(l, fn->dot != NULL && fn->dot->sym != NULL ? fn->dot->sym : module->sym);
}

/* The frame of a function: rounded size, and the map of its arguments. */
static int
frame(Limbo *l, Type *fn, Map *m)
{
	Decl *d;
	int end;

	memset(m, 0, sizeof *m);
	end = types_frame(l, fn, NULL);
	for (d = fn->ids; d != NULL; d = d->next)
		types_map(l, d->ty, d->offset, mark, m);
	return (end + 7) & ~7;
}

static Map *
newmap(Limbo *l)
{
	return lalloc(l, sizeof(Map));
}

/* -t: the table of functions */
static void
table(Limbo *l, Decl *module, FILE *f)
{
	int i, nd, nf, size;
	Decl **v;
	Map *m;

	m = newmap(l);
	v = types_members(l, module->ty, &nd, &nf);
	fprintf(f, "typedef struct{char *name; uint32_t sig; int (*fn)(Prog*, void*); int size; int np; uint8_t map[16];} Runtab;\n");
	fprintf(f, "Runtab %smodtab[]={\n", module->sym->name);
	for (i = nd; i < nd + nf; i++) {
		fprintf(f, "\t\"%s%s%s\",0x%x,%s_%s,", v[i]->dot != NULL && v[i]->dot != module ? v[i]->dot->sym->name : "",
			v[i]->dot != NULL && v[i]->dot != module ? "." : "", v[i]->sym->name, sig_type(l, v[i]->ty),
			owner(l, v[i], module), v[i]->sym->name);
		if (v[i]->ty->varargs)
			fputs("0,0,{0},\n", f);
		else {
			size = frame(l, v[i]->ty, m);
			fprintf(f, "%d,%d,", size, m->n);
			putmap(f, m);
			fputs(",\n", f);
		}
	}
	fprintf(f, "\t0\n};\n#define %smodlen\t%d\n", module->sym->name, nf);
}

/* ------------------------------------------------------ C declarations */

typedef struct Cout Cout;
struct Cout {
	Limbo *l;
	FILE *f;
	const char *module; /* prefix of names of its adts */
	bool longnames;
	int off;
	int pads;
};

static const char *adtname(Cout *c, const Decl *d);

static void
pad(Cout *c, int off, int depth)
{
	if (off > c->off)
		fprintf(c->f, "%.*suint8_t\t_pad%d[%d];\n", depth, "\t\t\t\t\t\t\t\t", c->pads++, off - c->off);
	c->off = off;
}

static void cfields(Cout *c, Decl *d, int base, int depth);

static const char *
basic(const Type *t)
{
	switch (t->kind) {
	case Tbyte:
		return "uint8_t";
	case Tint:
	case Tfixed:
		return "int32_t";
	case Tbig:
		return "int64_t";
	case Treal:
		return "double";
	default:
		return "Ref";
	}
}

/* One member called name, at off. */
static void
cmember(Cout *c, Type *t, const char *name, int off, int depth)
{
	static const char tabs[] = "\t\t\t\t\t\t\t\t";
	int n;

	types_size(c->l, t);
	pad(c, off, depth);
	n = depth > 8 ? 8 : depth;
	switch (t->kind) {
	case Ttuple:
		fprintf(c->f, "%.*sstruct {\n", n, tabs);
		if (n < 8)
			cfields(c, t->ids, off, depth + 1);
		fprintf(c->f, "%.*s} %s;\n", n, tabs, name);
		break;
	case Tadt:
		fprintf(c->f, "%.*s%s\t%s;\n", n, tabs, adtname(c, t->decl), name);
		break;
	default:
		fprintf(c->f, "%.*s%s\t%s;", n, tabs, basic(t), name);
		if (strcmp(basic(t), "Ref") == 0)
			fprintf(c->f, "\t/* %s */", typetext(c->l, t));
		fputc('\n', c->f);
	}
	c->off = off + t->size;
}

static void
cfields(Cout *c, Decl *d, int base, int depth)
{
	for (; d != NULL; d = d->next)
		if (d->kind == Dfield || d->kind == Dglobal)
			cmember(c, d->ty, cname(c->l, d->sym), base + d->offset, depth);
}

static const char *
adtname(Cout *c, const Decl *d)
{
	const char *m;

	if (d == NULL)
		return "?";
	m = d->dot != NULL && d->dot->sym != NULL ? d->dot->sym->name : c->module;
	return lprintf(c->l, "%s_%s", m, d->sym->name);
}

static void
cadt(Cout *c, Decl *d)
{
	const char *name, *v;
	Type *t;
	Decl *tag;
	Map *m;

	t = d->ty;
	name = adtname(c, d);
	types_size(c->l, t);
	m = newmap(c->l);
	c->off = c->pads = 0;
	if (t->tags == NULL) {
		fprintf(c->f, "typedef struct {\n");
		cfields(c, t->ids, 0, 1);
		pad(c, t->size, 1);
		types_map(c->l, t, 0, mark, m);
		fprintf(c->f, "} %s;\n#define %s_size %d\n#define %s_map ", name, name, t->size, name);
		putmap(c->f, m);
		fputs("\n\n", c->f);
		return;
	}
	for (tag = t->tags; tag != NULL; tag = tag->next)
		fprintf(c->f, "#define %s_%s %d\n", name, tag->sym->name, tag->tag);
	fprintf(c->f, "typedef struct {\n\tint32_t\tpick;\n");
	c->off = 4;
	cfields(c, t->ids, 0, 1);
	fprintf(c->f, "\tunion {\n");
	for (tag = t->tags; tag != NULL; tag = tag->next) {
		types_size(c->l, tag->ty);
		c->off = t->size;
		fprintf(c->f, "\t\tstruct {\n");
		cfields(c, tag->ty->ids, 0, 3);
		fprintf(c->f, "\t\t} %s;\n", cname(c->l, tag->sym));
	}
	fprintf(c->f, "\t} u;\n} %s;\n", name);
	for (tag = t->tags; tag != NULL; tag = tag->next) {
		v = lprintf(c->l, "%s_%s", name, tag->sym->name);
		memset(m, 0, sizeof *m);
		types_map(c->l, tag->ty, 0, mark, m);
		fprintf(c->f, "#define %s_size %d\n#define %s_map ", v, tag->ty->size, v);
		putmap(c->f, m);
		fputc('\n', c->f);
	}
	fputc('\n', c->f);
}

static void
cframe(Cout *c, Decl *fn, Decl *module)
{
	const char *name;
	char buf[32];
	Decl *d;
	int end, n;

	name = lprintf(c->l, "%s%s%s_%s", c->longnames && fn->dot != module ? module->sym->name : "",
		       c->longnames && fn->dot != module ? "_" : "", owner(c->l, fn, module), fn->sym->name);
	end = types_frame(c->l, fn->ty, NULL);
	fprintf(c->f, "typedef struct {\n\tint32_t\tregs[4];\n");
	if (fn->ty->tof->kind == Tnone)
		fprintf(c->f, "\tRef\tnoret;\n");
	else
		fprintf(c->f, "\tRef\tret;\t/* to %s */\n", typetext(c->l, fn->ty->tof));
	fprintf(c->f, "\tuint8_t\ttemps[12];\n");
	c->off = DIS_FRAME_ARGS;
	c->pads = 0;
	n = 0;
	for (d = fn->ty->ids; d != NULL; d = d->next) {
		snprintf(buf, sizeof buf, "_arg%d", n++);
		cmember(c, d->ty, d->unnamed || d->sym == NULL ? buf : cname(c->l, d->sym), d->offset, 1);
	}
	if (fn->ty->varargs) {
		pad(c, (end + 3) & ~3, 1);
		fprintf(c->f, "\tint32_t\tvargs;\n");
	}
	fprintf(c->f, "} F_%s;\n\n", name);
}

static void
cconst(Cout *c, Decl *d, Decl *module)
{
	char buf[40];
	Node *v;

	v = d->init;
	if (v == NULL || v->op != Oconst || v->ty == NULL)
		return;
	fprintf(c->f, "#define %s_%s ", module->sym->name, d->sym->name);
	switch (v->ty->kind) {
	case Tint:
	case Tbyte:
		fprintf(c->f, "%lld\n", (long long)v->ival);
		break;
	case Tbig:
		fprintf(c->f, "%lldLL\n", (long long)v->ival);
		break;
	case Treal:
		fprintf(c->f, "%s\n", realtext(v->rval, buf));
		break;
	case Tstring: {
		uint32_t i;

		fputc('"', c->f);
		for (i = 0; i < v->str.n; i++) {
			uint8_t b = v->str.s[i];

			if (b == '"' || b == '\\')
				fprintf(c->f, "\\%c", b);
			else if (b < ' ' || b >= 0x7f)
				fprintf(c->f, "\\%.3o", b);
			else
				fputc(b, c->f);
		}
		fputs("\"\n", c->f);
		break;
	}
	default:
		fputs("0\n", c->f);
	}
}

/* An adt must be declared in C before one that holds it by value. */
static void
cadtorder(Cout *c, Decl *d, Decl *module)
{
	Decl *e;

	if (d->aux == c || d->ty->polys != NULL)
		return;
	d->aux = c;
	for (e = d->ty->ids; e != NULL; e = e->next)
		if (e->kind == Dfield && e->ty->kind == Tadt && e->ty->decl != NULL && e->ty->decl->dot == module)
			cadtorder(c, e->ty->decl, module);
	cadt(c, d);
}

/* -a */
static void
declarations(Limbo *l, Decl *module, bool longnames, FILE *f)
{
	Cout c = { .l = l, .f = f, .module = module->sym->name, .longnames = longnames };
	int i, nd, nf;
	Decl **v, *d;

	for (d = module->ty->ids; d != NULL; d = d->next)
		if (d->kind == Dtype && d->ty->kind == Tadt && d->ty->decl == d)
			cadtorder(&c, d, module);
	v = types_members(l, module->ty, &nd, &nf);
	for (i = nd; i < nd + nf; i++)
		if (v[i]->ty->polys == NULL)
			cframe(&c, v[i], module);
	for (d = module->ty->ids; d != NULL; d = d->next)
		if (d->kind == Dconst)
			cconst(&c, d, module);
}

/* -T, -d: functions to be filled in */
static void
stubs(Limbo *l, Decl *module, bool dynamic, FILE *f)
{
	int i, nd, nf;
	Decl **v, *d;
	const char *o;
	Type *r;

	v = types_members(l, module->ty, &nd, &nf);
	fprintf(f, "#include \"libinterp/interp.h\"\n\n");
	if (dynamic)
		table(l, module, f);
	for (i = nd; i < nd + nf; i++) {
		d = v[i];
		o = owner(l, d, module);
		r = d->ty->tof;
		fprintf(f, "\nint\n%s_%s(Prog *p, void *fp)\n{\n\tF_%s_%s *f = fp;\n\n", o, d->sym->name, o, d->sym->name);
		if (types_isptr(r))
			fprintf(f, "\tvm_retref(fp, H);\n");
		fprintf(f, "\t(void)p;\n\t(void)f;\n\treturn 0;\n}\n");
	}
}

/* -------------------------------------------------------- signatures */

static void
signed_(Limbo *l, Decl *fn, FILE *f)
{
	size_t n;

	sig_text(l, fn->ty, &n);
	fprintf(f, "signed %s%s%s type %s len %zu sig 0x%x\n",
		fn->dot != NULL && fn->dot->ty != NULL && fn->dot->ty->kind == Tadt ? fn->dot->sym->name : "",
		fn->dot != NULL && fn->dot->ty != NULL && fn->dot->ty->kind == Tadt ? "." : "", fn->sym->name,
		typetext(l, fn->ty), n, sig_type(l, fn->ty));
}

static bool
signtext(Limbo *l, Decl *d, const char *name, FILE *f)
{
	const char *s;
	size_t n;

	if (d->kind != Dfn || strcmp(d->sym->name, name) != 0)
		return false;
	s = sig_text(l, d->ty, &n);
	fprintf(f, "sign %s len %zu\n", name, n);
	fwrite(s, 1, n, f);
	fputc('\n', f);
	return true;
}

/* -X: the text of every function of that name */
static bool
signatures(Limbo *l, const char *name, FILE *f)
{
	int i, nd, nf;
	Decl **v, *d;
	bool any;
	Node *c;

	any = false;
	for (c = l->unit.tree; c != NULL; c = c->right) {
		if (c->left->op == Ofn && c->left->decl->ty != NULL && c->left->third == NULL)
			any |= signtext(l, c->left->decl, name, f);
		if (c->left->op != Odecl)
			continue;
		for (d = c->left->decls; d != NULL; d = d->next)
			if (d->kind == Dtype && d->ty != NULL && d->ty->kind == Tmodule && d->ty->decl == d) {
				v = types_members(l, d->ty, &nd, &nf);
				for (i = nd; i < nd + nf; i++)
					any |= signtext(l, v[i], name, f);
			}
	}
	return any;
}

/* ---------------------------------------------------------------- service */

static Decl *
findmodule(Limbo *l, const char *name)
{
	Decl *d;
	Node *c;

	for (c = l->unit.tree; c != NULL; c = c->right)
		if (c->left->op == Odecl)
			for (d = c->left->decls; d != NULL; d = d->next)
				if (d->kind == Dtype && d->ty != NULL && d->ty->kind == Tmodule && d->ty->decl == d &&
				    (name == NULL || strcmp(d->sym->name, name) == 0))
					return d;
	return NULL;
}

int
limbo_interface(Limbo *l, int what, const char *name, FILE *f)
{
	Decl *m, *d;
	Node *c;
	int i;

	switch (what) {
	case 'X':
		return signatures(l, name, f) ? 0 : -1;
	case 'D':
		for (i = 0; i < l->unit.nifacefns; i++)
			signed_(l, l->unit.ifacefns[i], f);
		return 0;
	case 'a':
	case 'A':
		if (name != NULL)
			break;
		for (c = l->unit.tree; c != NULL; c = c->right)
			if (c->left->op == Odecl)
				for (d = c->left->decls; d != NULL; d = d->next)
					if (d->kind == Dtype && d->ty != NULL && d->ty->kind == Tmodule && d->ty->decl == d)
						declarations(l, d, what == 'A', f);
		return 0;
	}
	m = findmodule(l, name);
	if (m == NULL)
		return -1;
	switch (what) {
	case 't':
		table(l, m, f);
		return 0;
	case 'T':
	case 'd':
		stubs(l, m, what == 'd', f);
		return 0;
	case 'a':
	case 'A':
		declarations(l, m, what == 'A', f);
		return 0;
	}
	return -1;
}
