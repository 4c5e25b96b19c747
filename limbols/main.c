/*
 * limbols, the language server of Limbo, limbols(1): options, and the loop.
 */
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "limbols/limbols.h"

enum {
	QUIET = 100 /* milliseconds without a message before documents are checked: somebody may be typing */
};

static bool
input_within(const Server *s, int ms)
{
	struct pollfd p = { .fd = s->in, .events = POLLIN };

	return poll(&p, 1, ms) > 0;
}

static void
loop(Server *s)
{
	json_object *m;
	bool more;

	while (!s->exit && !s->broken) {
		m = rpc_next(s, &more);
		if (m != NULL) {
			serve(s, m);
			json_object_put(m);
		}
		if (more)
			continue;
		if (s->eof)
			return;
		if (docs_dirty(s) && !input_within(s, QUIET))
			docs_check(s);
		else
			rpc_fill(s);
	}
}

static int
usage(void)
{
	fprintf(stderr, "usage: limbols [-w] [-I incdir] ...\n");
	return 1;
}

int
main(int argc, char *argv[])
{
	Server s = { .in = 0, .out = 1 };
	char *root, *module;
	int i, cap, r;

	/* some editors say how they talk, which is the only way there is */
	if (argc > 1 && strcmp(argv[argc - 1], "--stdio") == 0)
		argc--;
	cap = 0;
	while ((i = getopt(argc, argv, "I:w")) != -1) {
		switch (i) {
		case 'I':
			s.incdirs = xgrow(s.incdirs, s.nincdirs, &cap, sizeof *s.incdirs);
			s.incdirs[s.nincdirs++] = optarg;
			break;
		case 'w':
			s.warn++;
			break;
		default:
			return usage();
		}
	}
	if (optind < argc)
		return usage();
	signal(SIGPIPE, SIG_IGN);
	root = limbo_root(LIMBO_ROOT);
	module = NULL;
	if (root != NULL && asprintf(&module, "%s/module", root) < 0)
		module = NULL;
	if (module != NULL) {
		s.incdirs = xgrow(s.incdirs, s.nincdirs, &cap, sizeof *s.incdirs);
		s.incdirs[s.nincdirs++] = module;
	}
	loop(&s);
	r = s.exit && s.shutdown ? 0 : 1;
	docs_free(&s);
	free(s.buf);
	free(s.incdirs);
	free(module);
	free(root);
	return r;
}
