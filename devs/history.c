/*
 * The file of lines typed at the shell's prompt: $XDG_STATE_HOME/emu/history, else ~/.local/state/emu/history.
 *
 * A line of the file is a line of the shell; in it \n and \\ stand for newline and backslash. Each is appended when it has been
 * typed, so several emus share the file. It is cut to its newest half when it has grown to twice FILEMAX lines.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "devs/lineedit.h"

enum { FILEMAX = 2000 };

static char *path; /* NULL: there is none */

static void
findpath(void)
{
	const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
	int r = -1;

	if (state != NULL && state[0] == '/')
		r = asprintf(&path, "%s/emu/history", state);
	else if (home != NULL && home[0] == '/')
		r = asprintf(&path, "%s/.local/state/emu/history", home);
	if (r < 0) {
		path = NULL;
		return;
	}
	for (char *p = path + 1; *p != 0; p++)
		if (*p == '/') {
			*p = 0;
			mkdir(path, 0700);
			*p = '/';
		}
}

/* In place: the line without its newline, escapes replaced. */
static void
unescape(char *s)
{
	char *d = s;

	for (; *s != 0 && *s != '\n'; s++) {
		if (*s == '\\' && (s[1] == 'n' || s[1] == '\\'))
			*d++ = *++s == 'n' ? '\n' : '\\';
		else
			*d++ = *s;
	}
	*d = 0;
}

/* Keeps the newest FILEMAX of the n lines in f. */
static void
shorten(FILE *f, long n)
{
	char *tmp, *line = NULL;
	size_t max = 0;
	ssize_t k;

	if (asprintf(&tmp, "%s.new", path) < 0)
		return;
	int fd = open(tmp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	FILE *out = fd >= 0 ? fdopen(fd, "w") : NULL;
	if (out != NULL) {
		rewind(f);
		for (long i = 0; (k = getline(&line, &max, f)) > 0; i++)
			if (i >= n - FILEMAX)
				fwrite(line, 1, k, out);
		if (fclose(out) == 0)
			rename(tmp, path);
		else
			unlink(tmp);
	}
	free(line);
	free(tmp);
}

void
history_load(void (*each)(const char *line))
{
	char *line = NULL;
	size_t max = 0;
	long n = 0;

	findpath();
	FILE *f = path != NULL ? fopen(path, "re") : NULL;
	if (f == NULL)
		return;
	while (getline(&line, &max, f) > 0) {
		unescape(line);
		if (line[0] != 0)
			each(line);
		n++;
	}
	free(line);
	if (n >= 2 * FILEMAX)
		shorten(f, n);
	fclose(f);
}

void
history_add(const char *line)
{
	size_t k = 0;
	char *s = path != NULL ? malloc(2 * strlen(line) + 2) : NULL;

	if (s == NULL)
		return;
	for (; *line != 0; line++) {
		if (*line == '\n' || *line == '\\') {
			s[k++] = '\\';
			s[k++] = *line == '\n' ? 'n' : '\\';
		} else
			s[k++] = *line;
	}
	s[k++] = '\n';
	int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
	if (fd >= 0) {
		(void)!write(fd, s, k);
		close(fd);
	}
	free(s);
}
