/*
 * disdump: show what is in Dis object files. See disdump(1).
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "dis/tool.h"

/* Sections to show, and other wishes. */
enum {
	SIZES = 1,
	CODE = 2,
	TYPES = 4,
	DATA = 8,
	LINKS = 16,
	HANDLERS = 32,
	EVERYTHING = 63,
	ASM = 64,
	CHECK = 128,
};

static void
show(const DisModule *m, unsigned what)
{
	if (what & ASM) {
		dis_print_asm(stdout, m);
		return;
	}
	if (what & SIZES)
		dis_print_sizes(stdout, m);
	if (what & CODE)
		dis_print_code(stdout, m);
	if (what & TYPES)
		dis_print_types(stdout, m);
	if (what & DATA)
		dis_print_data(stdout, m);
	if (what & LINKS) {
		dis_print_links(stdout, m);
		dis_print_imports(stdout, m);
	}
	if ((what & HANDLERS) && (m->flags & DIS_HASEXCEPT))
		dis_print_handlers(stdout, m);
}

static bool
dump(const char *path, unsigned what)
{
	DisError err = {0};
	DisBuf b = {0};
	DisModule *m;
	bool ok = false;

	if (!slurp(path, &b, DIS_MAXFILE)) {
		fprintf(stderr, "disdump: can't read %s: %s\n", path, strerror(errno));
		dis_buffree(&b);
		return false;
	}
	m = dis_read(b.p, b.n, &err);
	dis_buffree(&b);
	if (m == NULL) {
		fprintf(stderr, "disdump: %s: %s (at byte %zu: %s)\n", path, err.msg, err.at, err.detail);
		return false;
	}
	if ((what & CHECK) && !dis_check(m, &err))
		fprintf(stderr, "disdump: %s: %s %zu: %s\n", path, err.msg, err.at, err.detail);
	else
		ok = true;
	show(m, what);
	dis_free(m);
	return ok;
}

int
main(int argc, char **argv)
{
	unsigned what = 0;
	bool bad = false;
	int c, status = 0;

	while ((c = getopt(argc, argv, "Scdkistx")) != -1)
		switch (c) {
		case 'S':
			what |= ASM;
			break;
		case 'c':
			what |= CODE;
			break;
		case 'd':
			what |= DATA;
			break;
		case 'i':
			what |= LINKS;
			break;
		case 'k':
			what |= CHECK;
			break;
		case 's':
			what |= SIZES;
			break;
		case 't':
			what |= TYPES;
			break;
		case 'x':
			what |= HANDLERS;
			break;
		default:
			bad = true;
			break;
		}
	if (bad || optind >= argc) {
		fputs("usage: disdump [-S] [-cdkistx] file.dis ...\n", stderr);
		return 2;
	}
	if (what == 0)
		what = EVERYTHING;
	for (int i = optind; i < argc; i++) {
		if (argc - optind > 1 && what != CHECK)
			printf("# %s\n", argv[i]);
		if (!dump(argv[i], what))
			status = 1;
	}
	if (fflush(stdout) != 0) {
		fprintf(stderr, "disdump: write error: %s\n", strerror(errno));
		return 1;
	}
	return status;
}
