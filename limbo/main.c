/*
 * The command, limbo(1): options, files, output; diagnostics on standard error, on a terminal with the source line.
 */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "limbo/ast.h"

enum {
	MAXINC = 32,	/* include directories in all */
	MAXPATHREC = 511 /* bytes of the source path recorded in an object */
};

typedef struct Cmd Cmd;
struct Cmd {
	LimboOptions o;
	const char *incdirs[MAXINC + 1];
	int nincdirs;
	const char *out;
	const char *suffix;
	const char *root;   /* stripped from the recorded path; may be NULL */
	bool assembly;	    /* -S */
	bool annotate;	    /* -G */
	bool abortonfatal;  /* -f */
	int listing;	    /* option letter, or 0 */
	const char *listed; /* its module or name */
	const char *debug;  /* -D letters */
	bool terminal;
	bool colour;
	/* the source line shown last comes from here */
	char *text;
	size_t ntext;
	char *textname;
};

/* ------------------------------------------------------------------ files */

/* A file whose length is known may be of any; from a device or a pipe, which may never end, come so many bytes at most. */
#define MAXSTREAM ((size_t)32 << 20)

static char *
readfile(void *aux, const char *name, size_t *np)
{
	struct stat st;
	char *p, *q;
	size_t n, cap, max = MAXSTREAM;
	ssize_t r;
	int fd, e;

	(void)aux;
	fd = open(name, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return NULL;
	cap = 8192;
	if (fstat(fd, &st) == 0) {
		if (S_ISDIR(st.st_mode)) {
			close(fd);
			errno = EISDIR;
			return NULL;
		}
		if (S_ISREG(st.st_mode) && st.st_size > 0) {
			cap = (size_t)st.st_size + 1;
			max = SIZE_MAX / 4; /* and more, if it grows meanwhile */
		}
	}
	p = malloc(cap);
	n = 0;
	while (p != NULL) {
		if (n == cap) {
			if (cap >= max) {
				free(p);
				close(fd);
				errno = EFBIG;
				return NULL;
			}
			q = realloc(p, cap * 2);
			if (q == NULL)
				break;
			p = q;
			cap *= 2;
		}
		r = read(fd, p + n, cap - n);
		if (r < 0 && errno == EINTR)
			continue;
		if (r < 0) {
			e = errno;
			free(p);
			close(fd);
			errno = e;
			return NULL;
		}
		if (r == 0) {
			close(fd);
			*np = n;
			return p;
		}
		n += r;
	}
	free(p);
	close(fd);
	errno = ENOMEM;
	return NULL;
}

static void
discard(const char *name)
{
	struct stat st;

	/* a device stays */
	if (lstat(name, &st) == 0 && (S_ISREG(st.st_mode) || S_ISLNK(st.st_mode)))
		unlink(name);
}

/* ------------------------------------------------------------ diagnostics */

/* Line n of a file, counted from 1, without its newline; NULL if there is none. */
static const char *
sourceline(Cmd *c, const char *file, int n, int *len)
{
	const char *p, *e;

	if (c->textname == NULL || strcmp(c->textname, file) != 0) {
		free(c->text);
		free(c->textname);
		c->textname = strdup(file);
		c->text = readfile(NULL, file, &c->ntext);
	}
	if (c->text == NULL)
		return NULL;
	for (p = c->text; n > 1; n--) {
		p = memchr(p, '\n', c->ntext - (p - c->text));
		if (p == NULL)
			return NULL;
		p++;
	}
	e = memchr(p, '\n', c->ntext - (p - c->text));
	*len = (e == NULL ? c->text + c->ntext : e) - p;
	return p;
}

static bool
inname(char c)
{
	return isalnum((unsigned char)c) || c == '_' || (unsigned char)c >= 0x80;
}

static void
showline(Cmd *c, const LimboDiag *d)
{
	const char *s;
	int i, n, to;

	if (d->file == NULL || d->line <= 0 || d->col < 0)
		return;
	s = sourceline(c, d->file, d->line, &n);
	if (s == NULL || n == 0 || n > 300 || d->col > n)
		return;
	fprintf(stderr, "    %.*s\n    ", n, s);
	for (i = 0; i < d->col; i++)
		if (s[i] == '\t')
			fputc('\t', stderr);
		else if (((unsigned char)s[i] & 0xc0) != 0x80)
			fputc(' ', stderr);
	to = d->col + 1;
	if (d->endline == d->line && d->endcol > d->col)
		to = d->endcol;
	else if (d->col < n && inname(s[d->col]))
		while (to < n && inname(s[to]))
			to++;
	fputs(c->colour ? "\033[1;32m^" : "^", stderr);
	for (i = d->col + 1; i < to && i < n; i++)
		if (((unsigned char)s[i] & 0xc0) != 0x80)
			fputc('~', stderr);
	fputs(c->colour ? "\033[0m\n" : "\n", stderr);
}

static void
diag(void *aux, const LimboDiag *d)
{
	Cmd *c = aux;

	if (d->where != NULL)
		fprintf(stderr, c->colour ? "\033[1m%s:\033[0m " : "%s: ", d->where);
	if (d->warning)
		fputs("warning: ", stderr);
	fprintf(stderr, "%s\n", d->text);
	if (c->terminal) {
		showline(c, d);
		if (d->hint != NULL)
			fprintf(stderr, "    hint: %s\n", d->hint);
	}
	if (c->abortonfatal && strncmp(d->text, "fatal ", 6) == 0)
		abort();
}

/* ------------------------------------------------------------------ names */

/* The source path recorded in the object: absolute, below the root. */
static char *
recorded(Cmd *c, const char *name)
{
	char *p, *r;
	size_t n;

	p = limbo_cleanpath(name);
	if (p == NULL)
		return NULL;
	r = c->root != NULL ? limbo_cleanpath(c->root) : NULL;
	n = r != NULL ? strlen(r) : 0;
	if (n > 1 && strncmp(p, r, n) == 0 && p[n] == '/')
		memmove(p, p + n, strlen(p + n) + 1);
	free(r);
	if (strlen(p) > MAXPATHREC)
		memmove(p, strrchr(p, '/') + 1, strlen(strrchr(p, '/')));
	if (strlen(p) > MAXPATHREC)
		p[MAXPATHREC] = '\0';
	return p;
}

/* Output name: last element of the source's name, less `.b`, plus the suffix. malloc'd. */
static char *
outname(Cmd *c, const char *src)
{
	const char *s;
	size_t n;
	char *p;

	if (c->out != NULL)
		return strdup(c->out);
	s = strrchr(src, '/');
	s = s == NULL ? src : s + 1;
	n = strlen(s);
	if (n > 2 && strcmp(s + n - 2, ".b") == 0)
		n -= 2;
	return asprintf(&p, "%.*s%s", (int)n, s, c->suffix) < 0 ? NULL : p;
}

static char *
sblname(Cmd *c, const char *out)
{
	size_t n, k;
	char *p;

	n = strlen(out);
	k = strlen(c->suffix);
	if (n > k && strcmp(out + n - k, c->suffix) == 0)
		n -= k;
	else if (n > 4 && strcmp(out + n - 4, ".dis") == 0)
		n -= 4;
	return asprintf(&p, "%.*s.sbl", (int)n, out) < 0 ? NULL : p;
}

/* ---------------------------------------------------------------- compile */

static bool
failed(const char *name)
{
	fprintf(stderr, "can't write %s: %s\n", name, strerror(errno));
	return false;
}

static bool
writeobject(Cmd *c, Limbo *l, DisModule *m, const char *out)
{
	DisBuf b = { 0 };
	DisError err;
	bool ok;
	FILE *f;

	if (c->assembly) {
		f = fopen(out, "w");
		if (f == NULL)
			return failed(out);
		ok = c->annotate ? dis_print_asm_notes(f, m, limbo_note, l) : dis_print_asm(f, m);
		if (fclose(f) != 0 || !ok)
			return failed(out);
		return true;
	}
	if (!dis_write(m, &b, &err)) {
		fprintf(stderr, "fatal limbo compiler error: %s%s%s\n", err.msg, err.detail[0] != '\0' ? ": " : "", err.detail);
		dis_buffree(&b);
		return false;
	}
	f = fopen(out, "w");
	ok = f != NULL && fwrite(b.p, 1, b.n, f) == b.n;
	if (f != NULL && fclose(f) != 0)
		ok = false;
	dis_buffree(&b);
	return ok ? true : failed(out);
}

static bool
writesymbols(Limbo *l, const char *name)
{
	FILE *f;
	int r;

	f = fopen(name, "w");
	if (f == NULL)
		return failed(name);
	r = limbo_sbl(l, f);
	if (fclose(f) != 0 || r < 0)
		return failed(name);
	return true;
}

/* Lists what is asked for of the unit. */
static bool
list(Cmd *c, Limbo *l, const char *src)
{
	if (limbo_check(l, src) > 0)
		return false;
	if (limbo_interface(l, c->listing, c->listed, stdout) < 0) {
		fprintf(stderr, "%s: no %s %s\n", src, c->listing == 'X' ? "function" : "module", c->listed);
		return false;
	}
	return true;
}

static bool
compile(Cmd *c, const char *src)
{
	char *out, *sbl, *path;
	DisModule *m;
	bool ok;
	Limbo *l;

	path = recorded(c, src);
	c->o.path = path;
	l = limbo_new(&c->o);
	out = outname(c, src);
	sbl = out != NULL ? sblname(c, out) : NULL;
	if (l == NULL || out == NULL || sbl == NULL || path == NULL) {
		fprintf(stderr, "fatal limbo compiler error: out of memory\n");
		limbo_free(l);
		free(path);
		free(out);
		free(sbl);
		return false;
	}
	if (c->listing != 0)
		ok = list(c, l, src);
	else {
		m = limbo_compile(l, src);
		ok = m != NULL && writeobject(c, l, m, out);
		if (ok && c->o.symbols)
			ok = writesymbols(l, sbl);
		if (!ok) {
			discard(out);
			if (c->o.symbols)
				discard(sbl);
		} else if (c->debug != NULL) {
			if (strchr(c->debug, 's') != NULL)
				dis_print_sizes(stdout, m);
			if (strchr(c->debug, 'S') != NULL)
				limbo_interface(l, 'D', NULL, stdout);
		}
	}
	fflush(stdout);
	limbo_free(l);
	free(path);
	free(out);
	free(sbl);
	return ok;
}

/* ------------------------------------------------------------------ main */

static int
usage(void)
{
	fprintf(stderr, "usage: limbo [-CGSacgwe] [-I incdir] [-o outfile] [-{T|t|d} module] [-D debug] file ...\n");
	return 1;
}

static bool
addinc(Cmd *c, const char *dir)
{
	if (c->nincdirs >= MAXINC) {
		fprintf(stderr, "fatal limbo compiler error: out of include path space\n");
		return false;
	}
	c->incdirs[c->nincdirs++] = dir;
	return true;
}

/* One option letter; arg is its argument where it takes one. 0, or the exit status. */
static int
option(Cmd *c, int letter, const char *arg)
{
	switch (letter) {
	case 'I':
		return addinc(c, arg) ? 0 : 1;
	case 'o':
		c->out = arg;
		return 0;
	case 's':
		c->o.stackextent = atoi(arg);
		return 0;
	case 'x':
		c->suffix = arg;
		return 0;
	case 'D':
		c->debug = arg;
		return 0;
	case 't':
	case 'T':
	case 'd':
	case 'X':
		c->listing = letter;
		c->listed = arg;
		return 0;
	case 'a':
	case 'A':
		c->listing = letter;
		c->listed = NULL;
		return 0;
	case 'S':
		c->assembly = true;
		return 0;
	case 'G':
		c->annotate = true;
		c->o.symbols |= 2;
		return 0;
	case 'g':
		c->o.symbols |= 1;
		return 0;
	case 'w':
		c->o.warn++;
		return 0;
	case 'e':
		c->o.maxerrors = 1000;
		return 0;
	case 'c':
		c->o.mustcompile = 1;
		return 0;
	case 'C':
		c->o.dontcompile = 1;
		return 0;
	case 'i':
		c->o.noinline = 1;
		return 0;
	case 'F':
		c->o.selfrefs = 1;
		return 0;
	case 'z':
		c->o.newaz = 1;
		return 0;
	case 'y':
		c->o.oldcyclic = 1;
		return 0;
	case 'f':
		c->abortonfatal = true;
		return 0;
	case 'O':
		return 0;
	default:
		return usage();
	}
}

int
main(int argc, char *argv[])
{
	Cmd cmd = { .suffix = NULL }, *c = &cmd;
	char *root, *module;
	const char *s, *arg;
	bool ok, several;
	int i, r;

	c->o.maxerrors = 20;
	for (i = 1; i < argc && argv[i][0] == '-' && argv[i][1] != '\0'; i++) {
		if (strcmp(argv[i], "--") == 0) {
			i++;
			break;
		}
		for (s = argv[i] + 1; *s != '\0'; s++) {
			arg = NULL;
			if (strchr("IosxDtTdX", *s) != NULL) {
				r = *s;
				if (s[1] != '\0')
					arg = s + 1;
				else if (i + 1 < argc)
					arg = argv[++i];
				else
					return usage();
				r = option(c, r, arg);
				if (r != 0)
					return r;
				break;
			}
			r = option(c, *s, NULL);
			if (r != 0)
				return r;
		}
	}
	if (i >= argc || (c->out != NULL && argc - i > 1))
		return usage();
	if (c->suffix == NULL)
		c->suffix = c->assembly ? ".s" : ".dis";
	root = limbo_root(LIMBO_ROOT);
	module = NULL;
	if (root != NULL && asprintf(&module, "%s/module", root) < 0)
		module = NULL;
	c->root = root;
	c->incdirs[c->nincdirs] = module;
	c->o.incdirs = c->incdirs;
	c->o.nincdirs = c->nincdirs + (module != NULL);
	c->o.readfile = readfile;
	c->o.diag = diag;
	c->o.aux = c;
	c->o.listing = c->listing != 0;
	c->o.maxmem = (size_t)sysconf(_SC_PHYS_PAGES) / 4 * 3 * (size_t)sysconf(_SC_PAGESIZE);
	c->terminal = isatty(2);
	c->colour = c->terminal && getenv("NO_COLOR") == NULL && getenv("TERM") != NULL && strcmp(getenv("TERM"), "dumb") != 0;

	ok = true;
	several = argc - i > 1;
	for (; i < argc; i++) {
		if (several) {
			printf("%s:\n", argv[i]);
			fflush(stdout);
		}
		if (!compile(c, argv[i]))
			ok = false;
	}
	free(root);
	free(module);
	free(c->text);
	free(c->textname);
	if (fflush(stdout) != 0 || ferror(stdout))
		ok = false;
	return ok ? 0 : 1;
}
