/* See roundtrip.h. */
#include <stdlib.h>
#include <string.h>

#include "roundtrip.h"

void
mustbe(bool ok)
{
	if (!ok)
		abort();
}

void
roundtrip(DisModule *m)
{
	DisBuf first = {0}, second = {0};
	DisModule *n;
	char *text = NULL;
	size_t len = 0;
	DisError err;
	FILE *f;

	mustbe(dis_write(m, &first, &err));
	f = open_memstream(&text, &len);
	mustbe(f && dis_print_asm(f, m));
	fclose(f);
	n = dis_assemble(text, len, &err);
	mustbe(n && dis_write(n, &second, &err));
	mustbe(first.n == second.n && memcmp(first.p, second.p, first.n) == 0);
	dis_free(n);
	free(text);
	dis_buffree(&first);
	dis_buffree(&second);
}
