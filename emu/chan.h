/*
 * Inside the kernel: mount tables, shared by chan.c (evaluating names) and pgrp.c (changing tables).
 */
#ifndef EMU_CHAN_H
#define EMU_CHAN_H

#include "emu/emu.h"

typedef struct Mount Mount;
typedef struct Mhead Mhead;

/*
 * Beside the flags of bind(2): the element is a server's tree that alone replaces a directory (mount without -a, -b). Its server decides what
 * may be created there, so that a mounted tree works like a local one even without MCREATE.
 */
enum { MTREE = 0x100 };

/* One element of what is mounted on a file. Guarded by the Mhead's lock; `to` never changes. */
struct Mount {
	Mount *next;
	Chan *to;
	int flag;	/* MREPL, MBEFORE or MAFTER, with MCREATE, MCACHE: as given */
	int id;		/* order of mounting, for /prog/n/ns */
	char *spec;	/* attach name of a mount, or NULL for a bind */
};

/*
 * A mount point of one name space: the file `from` is replaced by the union of the elements. Counted: a channel that
 * reads the union keeps it. An element taken out later is not seen by the next step of such a reader.
 */
struct Mhead {
	atomic_int ref;
	pthread_rwlock_t lock;
	Chan *from;
	Mount *mount;
	Mhead *next;	/* hash chain */
};

enum { MNTHASH = 64 };

/* `ns` guards the hash chains and the pointers; see emu.h for the lock order. */
struct Pgrp {
	atomic_int ref;
	int id;
	pthread_rwlock_t ns;
	Mhead *mnthash[MNTHASH];
	int nmount;	/* mount points, to skip the search when there are none */
	Chan *slash;
	Chan *dot;
	atomic_bool nodevs;
	uint32_t progmode;
};

/* The stat of what stands at a name, in as few exchanges with a server as it takes. 0 or -1. */
int chan_stat(const char *name, StyxDir *d);
Mhead *mhead_ref(Mhead *m);
void mhead_put(Mhead *m);
/* The mount point on c's file in p, referenced, or NULL. */
Mhead *findmount(Pgrp *p, const Chan *c);
/* Element i of the union, referenced, and its flags; NULL past the end. */
Chan *mhead_elem(Mhead *m, int i, int *flag);
int mhead_count(Mhead *m);
/* Puts `new` on `old` (both referenced by the caller). Sequence number or -1. */
int cmount(Pgrp *p, Chan *new, Chan *old, int flag, const char *spec);
/* new NULL: everything. */
int cunmount(Pgrp *p, Chan *old, Chan *new);
Chan *pgrp_slash(Pgrp *p); /* references */
Chan *pgrp_dotchan(Pgrp *p);
void pgrp_setdot(Pgrp *p, Chan *c);
void pgrp_setslash(Pgrp *p, Chan *c);
void pgrp_setnodevs(Pgrp *p);
Pgrp *pgrp_copy(Pgrp *p);
Pgrp *pgrp_empty(Pgrp *p); /* pctl NEWNS: root is p's current directory */
Fgrp *fgrp_copy(Fgrp *f);
void fgrp_keep(Fgrp *from, Fgrp *to, const int *fds, int n); /* copies the listed open descriptors at the same numbers */
Egrp *egrp_copy(Egrp *e);

#endif
