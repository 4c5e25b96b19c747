/*
 * Append-only and exclusive files of the host (fsmodes.c), for #U (devfs.c).
 *
 * The host has no such modes that a user may set. They are rules among the programs of this emu, as lock files and logs need them, and last as
 * long as it runs. A file is known by its device and inode; it is held open (without access) so that the number stays its own; there are
 * at most 4096, and never more than a quarter of the descriptors that the process may have.
 */
#ifndef DEVS_FSMODES_H
#define DEVS_FSMODES_H

#include <stdint.h>
#include <sys/stat.h>

/* STYX_DMAPPEND and STYX_DMEXCL, or 0. */
uint32_t fsmodes_get(const struct stat *st);
/* Remembers bits (perhaps 0) for the file, which has that path and stat. 0, or -1 with the error set: nothing is changed. */
int fsmodes_set(const char *path, const struct stat *st, uint32_t bits);
/* Opens an exclusive file: 0, or -1 (Einuse). Each success needs a leave with a stat of the same file. */
int fsmodes_enter(const struct stat *st);
void fsmodes_leave(const struct stat *st);

#endif
