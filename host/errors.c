/*
 * Servers report errors as texts, each in its own words. See intro(5) on why most agree on those in the table.
 */
#include <errno.h>
#include <string.h>
#include <strings.h>

#include "errors.h"

/* The first that is found in the text counts, so the longer stand before the shorter. */
static const struct {
	const char *text;
	int number;
} table[] = {
	{"interrupted", EINTR},
	{"does not exist", ENOENT},
	{"not found", ENOENT},
	{"no such file", ENOENT},
	{"directory entry not found", ENOENT},
	{"already exists", EEXIST},
	{"file exists", EEXIST},
	{"directory is not empty", ENOTEMPTY},
	{"directory not empty", ENOTEMPTY},
	{"not a directory", ENOTDIR},
	{"is a directory", EISDIR},
	{"permission denied", EACCES},
	{"not owner", EPERM},
	{"wstat prohibited", EPERM},
	{"cannot rename", EPERM},
	{"not permitted", EPERM},
	{"read only", EROFS},
	{"read-only", EROFS},
	{"exclusive", EBUSY},
	{"in use", EBUSY},
	{"file locked", EBUSY},
	{"no space", ENOSPC},
	{"file system full", ENOSPC},
	{"disk full", ENOSPC},
	{"too long", ENAMETOOLONG},
	{"file name syntax", EINVAL},
	{"bad character in file name", EINVAL},
	{"bad arg", EINVAL},
	{"bad process or channel control request", EINVAL},
	{"hungup", EPIPE},
	{"hung up", EPIPE},
	{"out of memory", ENOMEM},
	{"too many", EMFILE},
	{"not supported", EOPNOTSUPP},
	{"timed out", ETIMEDOUT},
	{"connection refused", ECONNREFUSED},
	{"authentication", EACCES},
};

int
errors_number(const char *text)
{
	char own[128];
	size_t i;
	int e;

	for (e = 1; e < 134; e++)
		if (strcasecmp(text, strerror_r(e, own, sizeof own)) == 0)
			return e;
	for (i = 0; i < sizeof table / sizeof table[0]; i++)
		if (strcasestr(text, table[i].text) != NULL)
			return table[i].number;
	return EIO;
}
