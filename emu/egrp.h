/*
 * Inside environment groups, for #e (devs/devenv.c).
 */
#ifndef EMU_EGRP_H
#define EMU_EGRP_H

#include "emu/emu.h"

/* One variable. It stays in memory while a channel refers to it, even when it has been removed from its group. */
struct Evalue {
	atomic_int ref;
	Evalue *next;	/* in order of creation */
	uint64_t path;	/* unique in the group */
	uint32_t vers;	/* counts changes */
	bool gone;
	size_t len;
	char *val;
	char name[];
};

struct Egrp {
	atomic_int ref;
	pthread_mutex_t lock; /* guards all of the group and its values */
	Evalue *first;
	uint64_t lastpath;
};

void evalue_put(Evalue *v);
/* With the lock held: find by name; add a new one (not checked for duplicates); remove from the group. */
Evalue *egrp_find(Egrp *g, const char *name);
Evalue *egrp_add(Egrp *g, const char *name);
void egrp_remove(Egrp *g, Evalue *v);
/* Replaces bytes at off; the value grows as needed, gaps are zero. 0 or -1. */
int evalue_write(Evalue *v, const void *buf, size_t n, size_t off);

#endif
