/*
 * Names of host files, for the programs that compile: where the modules' interfaces are, and one name for one file.
 */
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "limbo/limbo.h"

static bool
isdir(const char *name)
{
	struct stat st;

	return stat(name, &st) == 0 && S_ISDIR(st.st_mode);
}

char *
limbo_root(const char *fallback)
{
	static const char *const near[] = { "../root", "../share/emu/root" };
	char exe[PATH_MAX], *p;
	const char *s, *e;
	ssize_t n;
	size_t i;

	s = getenv("EMU");
	for (; s != NULL && *s != '\0'; s = e) {
		s += strspn(s, " \t");
		e = s + strcspn(s, " \t");
		if (strncmp(s, "-r", 2) != 0)
			continue;
		s += 2;
		if (s == e) {
			s += strspn(s, " \t");
			e = s + strcspn(s, " \t");
		}
		if (e > s)
			return strndup(s, e - s);
	}
	s = getenv("ROOT");
	if (s != NULL && *s != '\0')
		return strdup(s);
	n = readlink("/proc/self/exe", exe, sizeof exe - 1);
	if (n > 0) {
		exe[n] = '\0';
		p = strrchr(exe, '/');
		if (p != NULL)
			*p = '\0';
		for (i = 0; i < sizeof near / sizeof near[0]; i++) {
			if (asprintf(&p, "%s/%s/module", exe, near[i]) < 0)
				return NULL;
			if (isdir(p)) {
				*strrchr(p, '/') = '\0';
				return p;
			}
			free(p);
		}
	}
	return strdup(fallback);
}

char *
limbo_cleanpath(const char *name)
{
	char cwd[PATH_MAX], *p, *o;
	const char *s, *e;

	cwd[0] = '\0';
	if (name[0] != '/' && getcwd(cwd, sizeof cwd) == NULL)
		return strdup(name);
	p = o = malloc(strlen(cwd) + strlen(name) + 3);
	if (p == NULL)
		return NULL;
	s = cwd;
	for (;;) {
		s += strspn(s, "/");
		if (*s == '\0') {
			if (name == NULL)
				break;
			s = name;
			name = NULL;
			continue;
		}
		e = strchrnul(s, '/');
		if (e - s == 2 && s[0] == '.' && s[1] == '.') {
			while (o > p && *--o != '/')
				;
		} else if (!(e - s == 1 && s[0] == '.')) {
			*o++ = '/';
			o = mempcpy(o, s, e - s);
		}
		s = e;
	}
	if (o == p)
		*o++ = '/';
	*o = '\0';
	return p;
}
