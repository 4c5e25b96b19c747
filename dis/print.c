/*
 * Modules as text: the assembly form, which asm.c reads back, and listings of single sections for people.
 */
#include <stdlib.h>
#include <string.h>

#include "dis/impl.h"

static void
operandtext(char *p, size_t n, unsigned mode, int32_t off, int32_t off2)
{
	switch (mode) {
	case DIS_AMP:
		snprintf(p, n, "%d(mp)", off);
		break;
	case DIS_AFP:
		snprintf(p, n, "%d(fp)", off);
		break;
	case DIS_AIMM:
		snprintf(p, n, "$%d", off);
		break;
	case DIS_AXXX:
		snprintf(p, n, "-");
		break;
	case DIS_AINDMP:
		snprintf(p, n, "%d(%d(mp))", off2, off);
		break;
	case DIS_AINDFP:
		snprintf(p, n, "%d(%d(fp))", off2, off);
		break;
	default:
		snprintf(p, n, "?%u", mode);
		break;
	}
}

/*
 * Operands an instruction does not have are left out where the opcode's row lets the assembler know which they are:
 * all that the row shows are there, but perhaps the optional one. Otherwise three are printed, with - for a missing
 * one.
 */
int
dis_printinst(const DisInst *in, char *buf, size_t n)
{
	char s[40], m[40], d[40], num[8], text[DIS_INSTTEXT];
	unsigned smode = DIS_SRCMODE(in->mode), dmode = DIS_DSTMODE(in->mode), mmode = DIS_MIDMODE(in->mode);
	unsigned want, opt, have;
	const char *name = dis_opname(in->op), *sep = "\t";
	int len;

	if (name == NULL) {
		snprintf(num, sizeof num, "op%d", in->op);
		name = num;
	}
	operandtext(s, sizeof s, smode, in->src, in->src2);
	operandtext(d, sizeof d, dmode, in->dst, in->dst2);
	operandtext(m, sizeof m,
		    mmode == DIS_MIMM  ? DIS_AIMM
		    : mmode == DIS_MFP ? DIS_AFP
		    : mmode == DIS_MMP ? DIS_AMP
				       : DIS_AXXX,
		    in->mid, 0);
	want = dis_shape(in->op, &opt);
	have = (smode != DIS_AXXX ? DIS_HASSRC : 0) | (mmode != DIS_MXXX ? DIS_HASMID : 0) |
	       (dmode != DIS_AXXX ? DIS_HASDST : 0);
	if (in->op >= DIS_NOPS || (have != want && have != (want & ~opt)))
		return snprintf(buf, n, "%s\t%s,%s,%s", name, s, m, d);
	len = snprintf(text, sizeof text, "%s", name);
	if (have & DIS_HASSRC) {
		len += snprintf(text + len, sizeof text - (size_t)len, "%s%s", sep, s);
		sep = ",";
	}
	if (have & DIS_HASMID) {
		len += snprintf(text + len, sizeof text - (size_t)len, "%s%s", sep, m);
		sep = ",";
	}
	if (have & DIS_HASDST)
		snprintf(text + len, sizeof text - (size_t)len, "%s%s", sep, d);
	return snprintf(buf, n, "%s", text);
}

/* The length of the well-formed UTF-8 sequence at p, of n bytes, or 0. */
static size_t
utf8(const uint8_t *p, size_t n)
{
	static const uint32_t least[5] = {0, 0, 0x80, 0x800, 0x10000};
	uint32_t c;
	size_t len;

	if (p[0] < 0x80)
		return 1;
	len = p[0] >= 0xf0 && p[0] < 0xf8 ? 4 : p[0] >= 0xe0 ? 3 : 2;
	if (p[0] < 0xc2 || p[0] >= 0xf5 || len > n)
		return 0;
	c = p[0] & (0x7fu >> len);
	for (size_t i = 1; i < len; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (p[i] & 0x3f);
	}
	if (c < least[len] || c > 0x10ffff || (c >= 0xd800 && c < 0xe000))
		return 0;
	return len;
}

/* A string in quotes. Any bytes can be written, and the result is always one line of UTF-8. */
static void
quoted(FILE *f, const char *s, size_t n)
{
	const uint8_t *p = (const uint8_t *)s;
	size_t len;

	putc('"', f);
	for (; n > 0; n -= len, p += len) {
		len = utf8(p, n);
		if (len == 0 || (len == 1 && (*p < ' ' || *p == 0x7f || *p == '"' || *p == '\\'))) {
			len = 1;
			if (*p == '\n')
				fputs("\\n", f);
			else if (*p == '\t')
				fputs("\\t", f);
			else if (*p == 0)
				fputs("\\z", f);
			else if (*p == '"' || *p == '\\')
				fprintf(f, "\\%c", *p);
			else
				fprintf(f, "\\x%02x", *p);
		} else
			fwrite(p, 1, len, f);
	}
	putc('"', f);
}

static void
quotedname(FILE *f, const char *s)
{
	quoted(f, s, strlen(s));
}

/* A module's name needs no quotes if it looks like one. */
static void
modulename(FILE *f, const char *s)
{
	if (*s && strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+$") == strlen(s))
		fputs(s, f);
	else
		quotedname(f, s);
}

/* The shortest decimal form that reads back as the same bits, or the bits if there is none. */
static void
real(FILE *f, double x)
{
	char text[40];
	double y;
	uint64_t bits;

	for (int prec = 15; prec <= 17; prec++) {
		snprintf(text, sizeof text, "%.*g", prec, x);
		y = strtod(text, NULL);
		if (x - x == 0 && memcmp(&x, &y, sizeof x) == 0) {
			fputs(text, f);
			return;
		}
	}
	memcpy(&bits, &x, sizeof bits);
	fprintf(f, "0x%016llx", (unsigned long long)bits);
}

static void
typeline(FILE *f, const DisType *t)
{
	fprintf(f, "\tdesc\t$%d,%d,\"", t->num, t->size);
	for (int32_t i = 0; i < t->nmap; i++)
		fprintf(f, "%02x", t->map[i]);
	fputs("\"\n", f);
}

/* The count of an item whose count says nothing is only printed if it is not the usual one. */
static void
idlecount(FILE *f, const DisData *d)
{
	if (d->count != 1)
		fprintf(f, ",%d", d->count);
}

static void
dataline(FILE *f, const DisData *d)
{
	switch (d->type) {
	case DIS_DEFB:
		fprintf(f, "\tbyte\t@mp+%d", d->off);
		for (int32_t i = 0; i < d->count; i++)
			fprintf(f, ",%d", d->u.bytes[i]);
		break;
	case DIS_DEFW:
		fprintf(f, "\tword\t@mp+%d", d->off);
		for (int32_t i = 0; i < d->count; i++)
			fprintf(f, ",%d", d->u.words[i]);
		break;
	case DIS_DEFL:
		fprintf(f, "\tlong\t@mp+%d", d->off);
		for (int32_t i = 0; i < d->count; i++)
			fprintf(f, ",%lld", (long long)d->u.bigs[i]);
		break;
	case DIS_DEFF:
		fprintf(f, "\treal\t@mp+%d", d->off);
		for (int32_t i = 0; i < d->count; i++) {
			putc(',', f);
			real(f, d->u.reals[i]);
		}
		break;
	case DIS_DEFS:
		fprintf(f, "\tstring\t@mp+%d,", d->off);
		quoted(f, d->u.str, (size_t)d->count);
		break;
	case DIS_DEFA:
		fprintf(f, "\tarray\t@mp+%d,$%d,%d", d->off, d->u.array.desc, d->u.array.len);
		idlecount(f, d);
		break;
	case DIS_DIND:
		fprintf(f, "\tindir\t@mp+%d,%d", d->off, d->u.index);
		idlecount(f, d);
		break;
	case DIS_DAPOP:
		fputs("\tapop", f);
		if (d->off != 0 || d->count != 1)
			fprintf(f, "\t@mp+%d", d->off);
		idlecount(f, d);
		break;
	}
	putc('\n', f);
}

static void
linkline(FILE *f, const DisLink *l)
{
	fprintf(f, "\tlink\t%d,%d,0x%x,", l->desc, l->pc, l->sig);
	quotedname(f, l->name);
	putc('\n', f);
}

static void
importlines(FILE *f, const DisModule *m)
{
	int k = 0;

	fprintf(f, "\tldts\t@ldt,%d\n", m->nimports);
	for (int32_t i = 0; i < m->nimports; i++) {
		const DisImports *l = &m->import[i];

		fprintf(f, "\tword\t@ldt+%d,%d\n", i, l->n);
		for (int32_t j = 0; j < l->n; j++) {
			fprintf(f, "\text\t@ldt+%d,0x%x,", k++, l->item[j].sig);
			quotedname(f, l->item[j].name);
			putc('\n', f);
		}
	}
}

static void
handlerlines(FILE *f, const DisHandler *h)
{
	fprintf(f, "\texception\t%d, %d, %d, %d, %d, %d\n", h->pc1, h->pc2, h->eoff, h->desc, h->nlabels, h->nexc);
	for (int32_t i = 0; i < h->nlabels; i++) {
		fputs("\texctab\t", f);
		quotedname(f, h->label[i].name);
		fprintf(f, ", %d\n", h->label[i].pc);
	}
	fprintf(f, "\texctab\t*, %d\n", h->wild);
}

bool
dis_print_asm_notes(FILE *f, const DisModule *m, const char *(*note)(void *arg, int32_t pc), void *arg)
{
	char text[DIS_INSTTEXT];
	const char *remark;

	for (int32_t i = 0; i < m->ncode; i++) {
		if (i % 10 == 0)
			fprintf(f, "#%d\n", i);
		dis_printinst(&m->code[i], text, sizeof text);
		remark = note ? note(arg, i) : NULL;
		if (remark)
			fprintf(f, "\t%s\t# %s\n", text, remark);
		else
			fprintf(f, "\t%s\n", text);
	}
	fprintf(f, "\tflags\t0x%x\n", (unsigned)m->flags);
	fprintf(f, "\tstack\t%d\n", m->stackext);
	if (m->issigned) {
		fputs("\tsign\t\"", f);
		for (int32_t i = 0; i < m->nsign; i++)
			fprintf(f, "%02x", m->sign[i]);
		fputs("\"\n", f);
	}
	fprintf(f, "\tentry\t%d, %d\n", m->entrypc, m->entrydesc);
	for (int32_t i = 0; i < m->ntypes; i++)
		typeline(f, &m->type[i]);
	fprintf(f, "\tvar\t@mp,%d\n", m->datasize);
	for (int32_t i = 0; i < m->ndata; i++)
		dataline(f, &m->data[i]);
	fputs("\tmodule\t", f);
	modulename(f, m->name);
	putc('\n', f);
	for (int32_t i = 0; i < m->nlinks; i++)
		linkline(f, &m->link[i]);
	if (m->flags & DIS_HASLDT)
		importlines(f, m);
	if (m->flags & DIS_HASEXCEPT) {
		fprintf(f, "\texceptions\t%d\n", m->nhandlers);
		for (int32_t i = 0; i < m->nhandlers; i++)
			handlerlines(f, &m->handler[i]);
	}
	if (m->source) {
		fputs("\tsource\t", f);
		quotedname(f, m->source);
		putc('\n', f);
	}
	return ferror(f) == 0;
}

bool
dis_print_asm(FILE *f, const DisModule *m)
{
	return dis_print_asm_notes(f, m, NULL, NULL);
}

/* Listings. */

static void
sizeline(FILE *f, const DisModule *m, const char *name, int32_t n,
	 bool (*section)(const DisModule *m, DisBuf *b, DisError *err))
{
	DisBuf b = {0};
	DisError err;

	if (section(m, &b, &err))
		fprintf(f, "\t%-10s %8d %8zu\n", name, n, b.n);
	else
		fprintf(f, "\t%-10s %8d        ?\n", name, n);
	dis_buffree(&b);
}

static void
flagnames(FILE *f, int32_t flags)
{
	static const char *const names[] = {"MUSTCOMPILE", "DONTCOMPILE", "SHAREMP", "DYNMOD",
					    "HASLDT0",     "HASEXCEPT",   "HASLDT"};

	for (unsigned i = 0; i < sizeof names / sizeof names[0]; i++)
		if (flags & (1 << i))
			fprintf(f, " %s", names[i]);
}

void
dis_print_sizes(FILE *f, const DisModule *m)
{
	fputs("module ", f);
	modulename(f, m->name);
	putc('\n', f);
	if (m->source) {
		fputs("\tsource ", f);
		quotedname(f, m->source);
		putc('\n', f);
	}
	fprintf(f, "\tflags 0x%x", (unsigned)m->flags);
	flagnames(f, m->flags);
	if (m->issigned)
		fprintf(f, "\n\tsigned, %d bytes", m->nsign);
	fprintf(f, "\n\tstack extent %d\n\tmodule data %d\n", m->stackext, m->datasize);
	fprintf(f, "\tentry pc %d, descriptor %d\n", m->entrypc, m->entrydesc);
	fprintf(f, "\t%-10s %8s %8s\n", "section", "entries", "bytes");
	sizeline(f, m, "header", 1, dis_write_header);
	sizeline(f, m, "code", m->ncode, dis_write_code);
	sizeline(f, m, "types", m->ntypes, dis_write_types);
	sizeline(f, m, "data", m->ndata, dis_write_data);
	sizeline(f, m, "links", m->nlinks, dis_write_links);
	if (m->flags & DIS_HASLDT)
		sizeline(f, m, "imports", m->nimports, dis_write_imports);
	if (m->flags & DIS_HASEXCEPT)
		sizeline(f, m, "handlers", m->nhandlers, dis_write_handlers);
}

void
dis_print_code(FILE *f, const DisModule *m)
{
	char text[DIS_INSTTEXT], *tab;
	int32_t *fn, pc;

	fputs("code\n", f);
	/* The link whose function begins at an instruction, counted from 1; without memory names are left out. */
	fn = calloc((size_t)m->ncode + 1, sizeof *fn);
	for (int32_t i = m->nlinks; fn && --i >= 0;) {
		pc = m->link[i].pc;
		if (pc >= 0 && pc < m->ncode)
			fn[pc] = i + 1;
	}
	for (int32_t i = 0; i < m->ncode; i++) {
		if (fn && fn[i]) {
			fputs("# ", f);
			modulename(f, m->link[fn[i] - 1].name);
			putc('\n', f);
		}
		dis_printinst(&m->code[i], text, sizeof text);
		tab = strchr(text, '\t');
		if (tab)
			*tab++ = 0;
		fprintf(f, "%6d  %s%*s%s\n", i, text, tab ? 10 - (int)strlen(text) : 0, "", tab ? tab : "");
	}
	free(fn);
}

void
dis_print_types(FILE *f, const DisModule *m)
{
	fputs("types\n", f);
	for (int32_t i = 0; i < m->ntypes; i++)
		typeline(f, &m->type[i]);
}

void
dis_print_data(FILE *f, const DisModule *m)
{
	fputs("data\n", f);
	for (int32_t i = 0; i < m->ndata; i++)
		dataline(f, &m->data[i]);
}

void
dis_print_links(FILE *f, const DisModule *m)
{
	fputs("links\n", f);
	for (int32_t i = 0; i < m->nlinks; i++) {
		const DisLink *l = &m->link[i];

		fprintf(f, "\t%4d pc %5d desc %4d sig %08x ", i, l->pc, l->desc, l->sig);
		quotedname(f, l->name);
		putc('\n', f);
	}
}

void
dis_print_imports(FILE *f, const DisModule *m)
{
	fputs("imports\n", f);
	for (int32_t i = 0; i < m->nimports; i++) {
		fprintf(f, "\tlist %d\n", i);
		for (int32_t k = 0; k < m->import[i].n; k++) {
			const DisImport *p = &m->import[i].item[k];

			fprintf(f, "\t%4d sig %08x ", k, p->sig);
			quotedname(f, p->name);
			putc('\n', f);
		}
	}
}

void
dis_print_handlers(FILE *f, const DisModule *m)
{
	fputs("handlers\n", f);
	for (int32_t i = 0; i < m->nhandlers; i++) {
		const DisHandler *h = &m->handler[i];

		fprintf(f, "\t%d..%d variable %d(fp) desc %d\n", h->pc1, h->pc2, h->eoff, h->desc);
		for (int32_t k = 0; k < h->nlabels; k++) {
			fprintf(f, "\t\t%s ", k < h->nexc ? "exception" : "string");
			quotedname(f, h->label[k].name);
			fprintf(f, " -> %d\n", h->label[k].pc);
		}
		if (h->wild != -1)
			fprintf(f, "\t\t* -> %d\n", h->wild);
	}
}
