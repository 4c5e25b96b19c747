/*
 * styxcl: a command for the files of a Styx server.
 *
 *	styxcl [-v] [-u user] [-a aname] address command [arg ...]
 *
 *	ls path		cat path	put path (from standard input)
 *	mkdir path	rm path		stat path
 *	mv path name	chmod octal path
 *
 * The address is one for styx_dial, or a number, that of an open descriptor.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "styx.h"

static StyxClient *client;
static StyxCall *call;
static uint32_t root;

static void __attribute__((noreturn))
fail(const char *what)
{
	fprintf(stderr, "styxcl: %s: %s\n", what, styx_call_error(call));
	exit(1);
}

static void
trace(void *aux, const StyxFcall *f)
{
	char buf[1024];

	(void)aux;
	fprintf(stderr, "%s\n", styx_text(buf, sizeof buf, f));
}

/*
 * Walks to path, up to 16 names a time. With last not NULL stops at the directory of the last name, which is returned
 * there.
 */
static uint32_t
walk(const char *path, const char **last)
{
	char *copy = strdup(path), *p, *save = NULL;
	const char *names[STYX_MAXWELEM];
	StyxQid qids[STYX_MAXWELEM];
	uint32_t fid = root, to;
	int n = 0, got;
	bool more = true, final;

	if (last != NULL) {
		p = strrchr(copy, '/');
		*last = strdup(p == NULL ? copy : p + 1);
		*(p == NULL ? copy : p) = '\0';
	}
	for (p = strtok_r(copy, "/", &save), final = p == NULL; more; p = strtok_r(NULL, "/", &save)) {
		if (p != NULL)
			names[n++] = p;
		else
			more = false;
		if (n == STYX_MAXWELEM || (p == NULL && (n > 0 || final))) {
			got = styx_client_walk(client, call, fid, names, n, &to, qids);
			if (got < n) {
				if (got >= 0)
					fprintf(stderr, "styxcl: %s: %s: " STYX_ENOTEXIST "\n", path, names[got]);
				else
					fprintf(stderr, "styxcl: %s: %s\n", path, styx_call_error(call));
				exit(1);
			}
			if (fid != root)
				styx_client_clunk(client, call, fid);
			fid = to;
			n = 0;
		}
	}
	free(copy);
	return fid;
}

static void
print_dir(const StyxDir *d)
{
	printf("%c%c%03o %s %s %10llu %s\n", d->mode & STYX_DMDIR ? 'd' : '-', d->mode & STYX_DMAPPEND ? 'a' : '-',
		d->mode & 0777, d->uid, d->gid, (unsigned long long)d->length, d->name);
}

static void
cmd_stat(const char *path)
{
	uint32_t fid = walk(path, NULL);
	StyxDir d;
	void *mem;

	if (styx_client_stat(client, call, fid, &d, &mem) < 0)
		fail(path);
	print_dir(&d);
	free(mem);
	styx_client_clunk(client, call, fid);
}

static void
cmd_ls(const char *path)
{
	uint32_t fid = walk(path, NULL);
	StyxQid qid;
	StyxDir d;
	uint8_t buf[8192];
	char strs[sizeof buf];
	uint64_t offset = 0;
	ssize_t n;
	size_t off, size;

	if (styx_client_open(client, call, fid, STYX_OREAD, &qid, NULL) < 0)
		fail(path);
	if ((qid.type & STYX_QTDIR) == 0) {
		cmd_stat(path);
		return;
	}
	while ((n = styx_client_readdir(client, call, fid, offset, buf, sizeof buf)) > 0) {
		for (off = 0; off < (size_t)n; off += size) {
			size = styx_dir_decode(buf + off, (size_t)n - off, &d, strs);
			print_dir(&d);
		}
		offset += (uint64_t)n;
	}
	if (n < 0)
		fail(path);
	styx_client_clunk(client, call, fid);
}

static void
cmd_cat(const char *path)
{
	uint32_t fid = walk(path, NULL);
	size_t max = 1 << 20;
	char *buf = malloc(max);
	uint64_t offset = 0;
	ssize_t n;

	if (styx_client_open(client, call, fid, STYX_OREAD, NULL, NULL) < 0)
		fail(path);
	while ((n = styx_client_read(client, call, fid, offset, buf, max)) > 0) {
		fwrite(buf, 1, (size_t)n, stdout);
		offset += (uint64_t)n;
	}
	if (n < 0)
		fail(path);
	free(buf);
	styx_client_clunk(client, call, fid);
}

/* An existing file is overwritten, as creat(2) does it. */
static uint32_t
create(const char *path, uint32_t perm, int mode)
{
	const char *last;
	uint32_t dir = walk(path, &last), fid;
	StyxQid qid;

	if ((perm & STYX_DMDIR) == 0 && styx_client_walk(client, call, dir, &last, 1, &fid, &qid) == 1) {
		if (styx_client_open(client, call, fid, mode | STYX_OTRUNC, NULL, NULL) < 0)
			fail(path);
		styx_client_clunk(client, call, dir);
	} else {
		fid = dir; /* which the create makes that of the file */
		if (styx_client_create(client, call, fid, last, perm, mode, NULL, NULL) < 0)
			fail(path);
	}
	free((char *)last);
	return fid;
}

static void
cmd_put(const char *path)
{
	uint32_t fid = create(path, 0666, STYX_OWRITE);
	char buf[65536];
	uint64_t offset = 0;
	size_t n;

	while ((n = fread(buf, 1, sizeof buf, stdin)) > 0) {
		if (styx_client_write(client, call, fid, offset, buf, n) != (ssize_t)n)
			fail(path);
		offset += n;
	}
	if (styx_client_clunk(client, call, fid) < 0)
		fail(path);
}

static void
cmd_wstat(const char *path, const StyxDir *d)
{
	uint32_t fid = walk(path, NULL);

	if (styx_client_wstat(client, call, fid, d) < 0)
		fail(path);
	styx_client_clunk(client, call, fid);
}

static void
cmd_chmod(const char *mode, const char *path)
{
	uint32_t fid = walk(path, NULL);
	StyxDir d, old;
	void *mem;

	if (styx_client_stat(client, call, fid, &old, &mem) < 0)
		fail(path);
	styx_dir_null(&d);
	d.mode = (old.mode & ~(uint32_t)0777) | (uint32_t)strtoul(mode, NULL, 8);
	free(mem);
	if (styx_client_wstat(client, call, fid, &d) < 0)
		fail(path);
	styx_client_clunk(client, call, fid);
}

static void
usage(void)
{
	fprintf(stderr, "usage: styxcl [-v] [-u user] [-a aname] address ls|cat|put|mkdir|rm|stat path\n"
			"       styxcl ... mv path name | chmod octal path\n");
	exit(2);
}

int
main(int argc, char **argv)
{
	StyxClientConf conf = {0};
	StyxTransport t;
	const char *uname = getenv("USER"), *aname = "", *cmd;
	char err[STYX_ERRMAX];
	StyxDir d;
	int c, fd;

	while ((c = getopt(argc, argv, "vu:a:")) != -1) {
		if (c == 'v')
			conf.trace = trace;
		else if (c == 'u')
			uname = optarg;
		else if (c == 'a')
			aname = optarg;
		else
			usage();
	}
	argc -= optind;
	argv += optind;
	if (argc < 3)
		usage();
	fd = strspn(argv[0], "0123456789") == strlen(argv[0]) ? atoi(argv[0]) : styx_dial(argv[0], err, sizeof err);
	if (fd < 0) {
		fprintf(stderr, "styxcl: %s: %s\n", argv[0], err);
		return 1;
	}
	call = styx_call_new();
	if (call == NULL || !styx_transport_fd(&t, fd, fd)) {
		fprintf(stderr, "styxcl: out of memory\n");
		return 1;
	}
	client = styx_client_new(&t, &conf, err, sizeof err);
	if (client == NULL) {
		fprintf(stderr, "styxcl: %s\n", err);
		return 1;
	}
	if (styx_client_version(client, call, 0, NULL) < 0)
		fail("version");
	if (styx_client_attach(client, call, STYX_NOFID, uname == NULL ? "none" : uname, aname, &root, NULL) < 0)
		fail("attach");
	cmd = argv[1];
	styx_dir_null(&d);
	if (strcmp(cmd, "ls") == 0)
		cmd_ls(argv[2]);
	else if (strcmp(cmd, "cat") == 0)
		cmd_cat(argv[2]);
	else if (strcmp(cmd, "put") == 0)
		cmd_put(argv[2]);
	else if (strcmp(cmd, "stat") == 0)
		cmd_stat(argv[2]);
	else if (strcmp(cmd, "mkdir") == 0)
		styx_client_clunk(client, call, create(argv[2], STYX_DMDIR | 0777, STYX_OREAD));
	else if (strcmp(cmd, "rm") == 0) {
		if (styx_client_remove(client, call, walk(argv[2], NULL)) < 0)
			fail(argv[2]);
	} else if (strcmp(cmd, "mv") == 0 && argc == 4) {
		d.name = argv[3];
		cmd_wstat(argv[2], &d);
	} else if (strcmp(cmd, "chmod") == 0 && argc == 4)
		cmd_chmod(argv[2], argv[3]);
	else
		usage();
	styx_client_free(client);
	styx_call_free(call);
	return fflush(stdout) == 0 ? 0 : 1;
}
