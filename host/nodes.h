/*
 * The files of a mounted server as the kernel of the host knows them: inode numbers on its side, fids on the server's.
 *
 * A Node stands for one name in one directory. The kernel holds nodes by counted look-ups and gives them back by forgetting
 * (see fuse's lookup and forget); a directory's node stays as long as nodes are in it, because a fid that is wanted only later is
 * walked from there. A name that turns out to be another file than before (its qid has changed) gets a new node, so that an open
 * file keeps its own.
 */
#ifndef HOST_NODES_H
#define HOST_NODES_H

#include "styx.h"

typedef struct Node Node;
struct Node {
	Node *dir;       /* NULL: the root, or a name that is gone */
	char *name;
	uint64_t path;   /* of the qid, with type what makes it this file */
	uint8_t type;
	uint32_t vers;   /* of the qid when the file was last opened: what the kernel's cache of its contents is worth */
	bool cached;     /* there is such a cache */
	int64_t size;    /* the length that the kernel knows */
	uint32_t fid;    /* STYX_NOFID: not walked to yet */
	struct Oldfid *old; /* fids it had, which a request may still be using */
	uint64_t lookups;
	unsigned children;
	Node *next;      /* in the hash chain */
};

typedef struct Nodes Nodes;

/* A table whose root is fid, on c, which outlives it. NULL: out of memory. */
Nodes *nodes_new(StyxClient *c, uint32_t fid, const StyxQid *qid);
Node *nodes_root(Nodes *t);

/*
 * The node for name in dir, which is the file qid says; one look-up more. fid is a fid of it, taken over (clunked if there is one
 * already), or STYX_NOFID. NULL: out of memory, fid is still the caller's.
 */
Node *nodes_enter(Nodes *t, Node *dir, const char *name, const StyxQid *qid, uint32_t fid);

/* n look-ups fewer. */
void nodes_forget(Nodes *t, Node *n, uint64_t lookups);

/* The name has gone. */
void nodes_removed(Nodes *t, Node *dir, const char *name);
/*
 * The file's name is newname now; a node that had that name has lost it. Servers differ in whether a fid stands for a file or for
 * a path: all fids of the file and of what is below it are walked to anew.
 */
void nodes_renamed(Nodes *t, Node *dir, const char *name, const char *newname);

/* The node's fid, walked to if need be. STYX_NOFID, and an error text in call. */
uint32_t nodes_fid(Nodes *t, Node *n, StyxCall *call);

#endif
