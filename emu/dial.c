/*
 * Network calls: dial, announce and listen of the Sys module, on the files below /net (dial(2), cs(8)).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "emu/emu.h"

enum { LINEMAX = 8192 }; /* a line of the connection server */

/* A dial string taken apart: netdir, protocol and the rest. */
typedef struct Addr Addr;
struct Addr {
	char *block;
	const char *netdir; /* NULL: none given */
	const char *proto;
	const char *rest;   /* "" if the string had no service part */
};

static int
splitaddr(const char *s, Addr *a, bool needproto)
{
	char *bang, *slash;

	a->block = strdup(s);
	if (a->block == NULL)
		return kerror("%s", Enomem);
	a->netdir = NULL;
	a->proto = a->block;
	bang = strchr(a->block, '!');
	if (bang == NULL) {
		if (needproto) {
			free(a->block);
			return kerror("bad dial string: %s", s);
		}
		a->rest = a->block;
		a->proto = "net";
		return 0;
	}
	*bang = 0;
	a->rest = bang + 1;
	if (a->block[0] == '/' || a->block[0] == '#') {
		slash = strrchr(a->block, '/');
		if (slash == NULL || slash == a->block) {
			free(a->block);
			return kerror("bad dial string: %s", s);
		}
		*slash = 0;
		a->netdir = a->block;
		a->proto = slash + 1;
	}
	return 0;
}

/* Appends context to the error string. */
static void
context(const char *fmt, const char *arg1, const char *arg2)
{
	char err[ERRMAX], ctx[PATH_CUT];

	snprintf(err, sizeof err, "%s", kerrstr());
	snprintf(ctx, sizeof ctx, fmt, arg1, arg2);
	kerror("%s (%s)", err, ctx);
}

/* Opens a clone file and makes it connect or announce. */
static int
call(const char *clone, const char *verb, const char *addr, const char *local, bool data, Kconn *c)
{
	char num[32];
	char *msg = NULL, *dir = NULL, *name = NULL;
	const char *slash = strrchr(clone, '/');

	c->dfd = c->cfd = -1;
	c->dir = NULL;
	int cfd = kopen(clone, ORDWR);
	if (cfd < 0) {
		context("%s%s", clone, "");
		return -1;
	}
	long n = kread(cfd, num, sizeof num - 1);
	if (n <= 0 || slash == NULL) {
		if (n == 0)
			kerror("%s", Eio);
		context("read %s%s", clone, "");
		kclose(cfd);
		return -1;
	}
	num[n] = 0;
	if (asprintf(&msg, "%s %s%s%s", verb, addr, local != NULL ? " " : "", local != NULL ? local : "") < 0 ||
	    asprintf(&dir, "%.*s/%ld", (int)(slash - clone), clone, strtol(num, NULL, 10)) < 0) {
		kclose(cfd);
		return kerror("%s", Enomem);
	}
	if (kwrite(cfd, msg, strlen(msg)) < 0) {
		char *what = NULL;
		if (asprintf(&what, "%s %s", verb, addr) >= 0)
			context("%s %s", what, local != NULL ? local : "");
		free(what);
		goto bad;
	}
	if (data) {
		if (asprintf(&name, "%s/data", dir) < 0)
			goto bad;
		c->dfd = kopen(name, ORDWR);
		if (c->dfd < 0) {
			context("%s%s", name, "");
			goto bad;
		}
	}
	free(name);
	free(msg);
	c->cfd = cfd;
	c->dir = dir;
	return 0;
bad:
	free(name);
	free(msg);
	free(dir);
	kclose(cfd);
	return -1;
}

/* Without a connection server: the address goes to the protocol as it is. */
static int
callplain(const char *netdir, const Addr *a, const char *verb, const char *local, bool data, Kconn *c)
{
	char *clone = NULL;

	if (asprintf(&clone, "%s/%s/clone", netdir, a->proto) < 0)
		return kerror("%s", Enomem);
	int r = call(clone, verb, a->rest, local, data, c);
	free(clone);
	return r;
}

/* The clone file of a cs line, seen from netdir instead of the place where cs believes to be. */
static char *
relocate(const char *netdir, const char *clone)
{
	char *s = NULL;
	const char *p = clone;

	if (*p == '/' || *p == '#') {
		p = strchr(p + 1, '/');
		if (p == NULL)
			return strdup(clone);
	}
	if (asprintf(&s, "%s%s%s", netdir, *p == '/' ? "" : "/", p) < 0)
		return NULL;
	return s;
}

static int
callcs(const char *netdir, const Addr *a, const char *verb, const char *local, bool data, bool first, Kconn *c)
{
	char *name = NULL, *line, *sp;
	char best[ERRMAX] = "";
	int r = -1;

	if (asprintf(&name, "%s/cs", netdir) < 0)
		return kerror("%s", Enomem);
	int fd = kopen(name, ORDWR);
	free(name);
	if (fd < 0)
		return callplain(netdir, a, verb, local, data, c);
	name = NULL;
	if (asprintf(&name, "%s!%s", a->proto, a->rest) < 0 || kwrite(fd, name, strlen(name)) < 0) {
		free(name);
		kclose(fd);
		return -1;
	}
	free(name);
	kseek(fd, 0, 0);
	line = malloc(LINEMAX + 1);
	for (long n; line != NULL && (n = kread(fd, line, LINEMAX)) > 0;) {
		line[n] = 0;
		line[strcspn(line, "\n")] = 0;
		sp = strchr(line, ' ');
		if (sp == NULL)
			continue;
		*sp++ = 0;
		char *clone = relocate(netdir, line);
		r = clone != NULL ? call(clone, verb, sp, local, data, c) : -1;
		free(clone);
		if (r == 0)
			break;
		if (strstr(kerrstr(), "does not exist") == NULL || best[0] == 0)
			snprintf(best, sizeof best, "%s", kerrstr());
		if (first)
			break;
	}
	free(line);
	kclose(fd);
	if (r < 0 && best[0] != 0)
		kseterrstr(best);
	else if (r < 0)
		kerror("cs: no translation");
	return r;
}

int
kdial(const char *addr, const char *local, Kconn *c)
{
	Addr a;
	char first[ERRMAX];

	if (local != NULL && local[0] == 0)
		local = NULL;
	if (splitaddr(addr, &a, false) < 0)
		return -1;
	int r = callcs(a.netdir != NULL ? a.netdir : "/net", &a, "connect", local, true, false, c);
	if (r < 0 && a.netdir == NULL && strstr(kerrstr(), "refused") == NULL) {
		snprintf(first, sizeof first, "%s", kerrstr());
		r = callcs("/net.alt", &a, "connect", local, true, false, c);
		if (r < 0 && (strstr(kerrstr(), "translate") != NULL || strstr(kerrstr(), "does not exist") != NULL))
			kseterrstr(first);
	}
	free(a.block);
	return r;
}

int
kannounce(const char *addr, Kconn *c)
{
	Addr a;

	if (splitaddr(addr, &a, true) < 0)
		return -1;
	int r = callcs(a.netdir != NULL ? a.netdir : "/net", &a, "announce", NULL, false, true, c);
	free(a.block);
	return r;
}

int
klisten(const Kconn *c, Kconn *nc)
{
	char *name = NULL;
	char num[32];
	const char *slash = strrchr(c->dir, '/');

	nc->dfd = nc->cfd = -1;
	nc->dir = NULL;
	if (slash == NULL)
		return kerror("%s", Ebadarg);
	if (asprintf(&name, "%s/listen", c->dir) < 0)
		return kerror("%s", Enomem);
	int fd = kopen(name, ORDWR);
	if (fd < 0) {
		context("%s%s", name, "");
		free(name);
		return -1;
	}
	free(name);
	long n = kread(fd, num, sizeof num - 1);
	if (n <= 0) {
		kclose(fd);
		return n < 0 ? -1 : kerror("%s", Eio);
	}
	num[n] = 0;
	if (asprintf(&nc->dir, "%.*s/%ld", (int)(slash - c->dir), c->dir, strtol(num, NULL, 10)) < 0) {
		nc->dir = NULL;
		kclose(fd);
		return kerror("%s", Enomem);
	}
	nc->cfd = fd;
	return 0;
}
