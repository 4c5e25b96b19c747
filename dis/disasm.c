/*
 * disasm: assemble Dis object files from text. See disasm(1).
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "dis/tool.h"

/* Text is larger than what it stands for, but not beyond all measure. */
enum { MAXTEXT = 512 * 1024 * 1024 };

/* The last element of path with .s replaced by .dis. The caller frees it. */
static char *
outname(const char *path)
{
	const char *base = strrchr(path, '/');
	size_t n;
	char *out;

	base = base ? base + 1 : path;
	n = strlen(base);
	if (n > 2 && strcmp(base + n - 2, ".s") == 0)
		n -= 2;
	out = malloc(n + 5);
	if (out)
		snprintf(out, n + 5, "%.*s.dis", (int)n, base);
	return out;
}

static bool
save(const char *path, const DisBuf *b)
{
	bool toout = strcmp(path, "-") == 0;
	FILE *f = toout ? stdout : fopen(path, "wb");
	bool ok;

	if (f == NULL) {
		fprintf(stderr, "disasm: can't create %s: %s\n", path, strerror(errno));
		return false;
	}
	ok = fwrite(b->p, 1, b->n, f) == b->n;
	ok = (toout ? fflush(f) : fclose(f)) == 0 && ok;
	if (!ok) {
		fprintf(stderr, "disasm: can't write %s: %s\n", path, strerror(errno));
		if (!toout)
			unlink(path);
	}
	return ok;
}

/* Whether the object would load and looks like a compiler's. */
static bool
loads(const char *path, const DisBuf *b)
{
	DisError err = {0};
	DisModule *m = dis_read(b->p, b->n, &err);
	bool ok = m && dis_check(m, &err);

	if (m == NULL)
		fprintf(stderr, "disasm: %s: %s (at byte %zu: %s)\n", path, err.msg, err.at, err.detail);
	else if (!ok)
		fprintf(stderr, "disasm: %s: %s %zu: %s\n", path, err.msg, err.at, err.detail);
	dis_free(m);
	return ok;
}

static bool
assemble(const char *path, const char *out, bool force)
{
	DisBuf text = {0}, object = {0};
	DisError err = {0};
	DisModule *m;
	bool ok = false;

	if (!slurp(path, &text, MAXTEXT)) {
		fprintf(stderr, "disasm: can't read %s: %s\n", path, strerror(errno));
		dis_buffree(&text);
		return false;
	}
	m = dis_assemble(text.n ? (const char *)text.p : "", text.n, &err);
	if (m == NULL)
		fprintf(stderr, "%s:%zu: %s\n", path, err.at, err.msg);
	else if (!dis_write(m, &object, &err))
		fprintf(stderr, "disasm: %s: %s: %s\n", path, err.msg, err.detail);
	else if (force || loads(path, &object))
		ok = save(out, &object);
	dis_free(m);
	dis_buffree(&text);
	dis_buffree(&object);
	return ok;
}

int
main(int argc, char **argv)
{
	const char *out = NULL;
	char *made = NULL;
	bool force = false, bad = false, ok;
	int c;

	while ((c = getopt(argc, argv, "fo:")) != -1)
		switch (c) {
		case 'f':
			force = true;
			break;
		case 'o':
			out = optarg;
			break;
		default:
			bad = true;
			break;
		}
	if (bad || argc - optind != 1) {
		fputs("usage: disasm [-f] [-o file.dis] file.s\n", stderr);
		return 2;
	}
	if (out == NULL && strcmp(argv[optind], "-") == 0)
		out = "-";
	if (out == NULL)
		out = made = outname(argv[optind]);
	if (out == NULL) {
		fputs("disasm: out of memory\n", stderr);
		return 1;
	}
	ok = assemble(argv[optind], out, force);
	free(made);
	return ok ? 0 : 1;
}
