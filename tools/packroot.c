/*
 * packroot DIR OUT: packs the tree below DIR into one file, in the format of devs/rootfs.h.
 * Used by the build; symbolic links are followed, other special files are refused.
 */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "devs/rootfs.h"

typedef struct Blob Blob;
struct Blob {
	char *p;
	size_t n, max;
};

static Rootent *ent;
static char **path;
static uint32_t nent, maxent;
static Blob names, data;

static void
fatal(const char *what, const char *name)
{
	fprintf(stderr, "packroot: %s %s: %s\n", what, name, strerror(errno));
	exit(1);
}

static uint32_t
put(Blob *b, const void *p, size_t n)
{
	uint32_t at = b->n;

	if (b->n + n > UINT32_MAX / 2)
		fatal("too large", "tree");
	while (b->n + n > b->max) {
		b->max = b->max == 0 ? 1 << 20 : 2 * b->max;
		b->p = realloc(b->p, b->max);
		if (b->p == NULL)
			fatal("cannot allocate", "memory");
	}
	if (n > 0)
		memcpy(b->p + b->n, p, n);
	b->n += n;
	return at;
}

static uint32_t
add(const char *name, const char *full, uint32_t parent, int isdir)
{
	if (nent == maxent) {
		maxent = maxent == 0 ? 1024 : 2 * maxent;
		ent = realloc(ent, maxent * sizeof *ent);
		path = realloc(path, maxent * sizeof *path);
		if (ent == NULL || path == NULL)
			fatal("cannot allocate", "memory");
	}
	ent[nent] = (Rootent){.name = put(&names, name, strlen(name) + 1), .parent = parent, .isdir = isdir};
	path[nent] = strdup(full);
	return nent++;
}

static void
addfile(uint32_t e)
{
	char buf[65536];
	size_t n;
	FILE *f = fopen(path[e], "rb");

	if (f == NULL)
		fatal("cannot open", path[e]);
	ent[e].first = data.n;
	while ((n = fread(buf, 1, sizeof buf, f)) > 0)
		put(&data, buf, n);
	if (ferror(f))
		fatal("cannot read", path[e]);
	fclose(f);
	ent[e].n = data.n - ent[e].first;
}

static int
byname(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static void
adddir(uint32_t e)
{
	struct dirent **list;
	struct stat st;
	int n = scandir(path[e], &list, NULL, byname);

	if (n < 0)
		fatal("cannot read", path[e]);
	ent[e].first = nent;
	for (int i = 0; i < n; i++) {
		const char *name = list[i]->d_name;
		char *full;
		if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0) {
			free(list[i]);
			continue;
		}
		if (asprintf(&full, "%s/%s", path[e], name) < 0 || stat(full, &st) < 0)
			fatal("cannot stat", name);
		if (!S_ISDIR(st.st_mode) && !S_ISREG(st.st_mode)) {
			errno = EINVAL;
			fatal("not a file or directory:", full);
		}
		add(name, full, e, S_ISDIR(st.st_mode));
		ent[e].n++;
		free(full);
		free(list[i]);
	}
	free(list);
}

int
main(int argc, char **argv)
{
	if (argc != 3) {
		fprintf(stderr, "usage: packroot DIR OUT\n");
		return 1;
	}
	/* Breadth first: the entries of a directory are numbered together. */
	add("/", argv[1], 0, 1);
	for (uint32_t e = 0; e < nent; e++) {
		if (ent[e].isdir)
			adddir(e);
		else
			addfile(e);
	}
	Roothdr h = {.magic = ROOTFS_MAGIC, .nent = nent};
	const char *epoch = getenv("SOURCE_DATE_EPOCH");
	h.mtime = epoch != NULL ? strtoul(epoch, NULL, 10) : 0;
	h.names = sizeof h + nent * sizeof *ent;
	h.data = h.names + names.n;
	h.size = h.data + data.n;
	FILE *f = fopen(argv[2], "wb");
	if (f == NULL || fwrite(&h, sizeof h, 1, f) != 1 || fwrite(ent, sizeof *ent, nent, f) != nent ||
	    fwrite(names.p, 1, names.n, f) != names.n || fwrite(data.p, 1, data.n, f) != data.n || fclose(f) != 0)
		fatal("cannot write", argv[2]);
	for (uint32_t e = 0; e < nent; e++)
		free(path[e]);
	free(path);
	free(ent);
	free(names.p);
	free(data.p);
	return 0;
}
