/*
 * Reading whole files, for the tools.
 */
#include <errno.h>
#include <string.h>

#include "dis/tool.h"

bool
slurp(const char *path, DisBuf *b, size_t most)
{
	FILE *f = strcmp(path, "-") == 0 ? stdin : fopen(path, "rb");
	char chunk[8192];
	int failed = 0;
	size_t n;

	if (f == NULL)
		return false;
	while (failed == 0 && (n = fread(chunk, 1, sizeof chunk, f)) > 0) {
		if (n > most - b->n)
			failed = EFBIG;
		else if (!dis_bufput(b, chunk, n))
			failed = ENOMEM;
	}
	if (failed == 0 && ferror(f))
		failed = errno ? errno : EIO;
	if (f != stdin)
		fclose(f);
	errno = failed;
	return failed == 0;
}
