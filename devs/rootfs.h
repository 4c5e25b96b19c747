/*
 * The format of the root that is packed into emu: written by packroot at build time, served by devroot.c.
 *
 * A file is: header, entries, names, data. The entries of one directory stand together, sorted by name (bytes), and the
 * directory says where: so nothing has to be built at start-up. Entry 0 is the root. Numbers are the host's.
 */
#ifndef DEVS_ROOTFS_H
#define DEVS_ROOTFS_H

#include <stdint.h>

#define ROOTFS_MAGIC 0x75746f72 /* "rootu" without its tail */

typedef struct Roothdr Roothdr;
struct Roothdr {
	uint32_t magic;
	uint32_t nent;
	uint32_t names; /* offset in the file */
	uint32_t data;
	uint32_t size;	/* of the whole */
	uint32_t mtime; /* seconds since 1970 for all files */
};

typedef struct Rootent Rootent;
struct Rootent {
	uint32_t name;	 /* offset in names; terminated */
	uint32_t parent; /* entry */
	uint32_t isdir;
	uint32_t first; /* directory: first entry; file: offset in data */
	uint32_t n;	/* directory: entries; file: bytes */
};

#endif
