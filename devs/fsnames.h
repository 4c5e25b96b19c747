/*
 * What the host's files, users and groups are called inside (fsnames.c), for #U (devfs.c).
 *
 * Names of files are UTF-8 without control characters inside, and any bytes on the host. A host name that is both stays as it is. Of any
 * other, each byte that does not fit - a control character, or one that is no part of UTF-8 - becomes the private character U+EF00 plus
 * the byte. So every file of the host can be named, and a name leads back to the same file. What is already such a character on the host is
 * taken as three bytes that do not fit.
 */
#ifndef DEVS_FSNAMES_H
#define DEVS_FSNAMES_H

#include <stdbool.h>
#include <sys/types.h>

char *fsname_inside(const char *host); /* malloc'd, or NULL */
char *fsname_host(const char *inside); /* malloc'd, or NULL; may only contain '/' if inside does */

/* malloc'd name of a user or group, "#N" if the host has none for the number. */
char *fsuser(uid_t uid);
char *fsgroup(gid_t gid);
bool fsgroupid(const char *name, gid_t *gid);
/* Whether the host says that the user belongs to the group, as of some seconds ago. */
bool fsmember(uid_t uid, gid_t gid);

#endif
