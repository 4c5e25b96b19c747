/*
 * What the files of $Sys share, and what other builtin modules need of it: descriptors and names taken from Limbo
 * values.
 */
#ifndef LIBINTERP_MOD_SYS_H
#define LIBINTERP_MOD_SYS_H

#include <stdlib.h>
#include <string.h>

#include "libinterp/mod/builtins.h"

/*
 * Descriptors. An FD made by the system is a handle: its host side holds the descriptor group it was made in and its
 * number there, which is closed at the last reference. All uses of an FD go by the number in the object and the
 * caller's group; a program may make an FD of its own with any number. The number of nil, and of what is no FD, is -1.
 */
int sys_fd(Ref r);
/*
 * *dst = new FD that owns descriptor fd of the caller's group. 0; -1 after raising, fd has then been closed.
 */
int sys_newfd(Prog *p, Ref *dst, int fd);

/*
 * A string as a C string, for kernel calls: taken before the VM is given up, freed with cname_free. An empty Cname is
 * the empty string.
 */
typedef struct Cname {
	char *s;
	char small[232];
} Cname;

int cname_get(Prog *p, Cname *c, Ref r); /* 0; -1 after raising, nothing to be freed */
void cname_free(Cname *c);

/*
 * Brackets of a kernel call that may block. sys_end takes the VM back and raises the exception the kernel asked for, if
 * any: -1 then, else 0.
 */
static inline void
sys_begin(void)
{
	up->exception = NULL;
	vm_release();
}

int sys_end(Prog *p);

/* The error string, valid until the next failing call. */
static inline const char *
sys_errstr(void)
{
	return kerrstr();
}

/* Dir in memory, as programs see it, and its type. Pointers to it in the arena need not be aligned. */
typedef struct Sysdir {
	Ref name, uid, gid, muid;
	int64_t path;
	int32_t vers, qtype;
	int32_t mode, atime, mtime, pad;
	int64_t length;
	int32_t dtype, dev;
} Sysdir;

_Static_assert(sizeof(Sysdir) == 64, "Dir has 64 bytes");

/* Called once by the module's init. */
int sysfd_init(void);
int sysdir_init(void);
int sysns_init(void);

#endif
