/*
 * The devices' tables of operations, one per file, for devtab.c.
 */
#ifndef DEVS_DEVS_H
#define DEVS_DEVS_H

#include "emu/emu.h"

extern Dev rootdev; /* devroot.c  #/ */
extern const void *rootfs_image; /* the packed root (rootfs.h), or NULL */
extern Dev consdev; /* devcons.c  #c */
void cons_tostderr(Chan *c); /* writes on this channel of cons go to standard error */
extern Dev envdev;  /* devenv.c   #e */
extern Dev mntdev;  /* devmnt.c   #M */
extern Dev pipedev; /* devpipe.c  #| */
extern Dev progdev; /* devprog.c  #p */
extern Dev srvdev;  /* devsrv.c   #s */
extern Dev dupdev;  /* devdup.c   #d */
/* The line that #d and /prog/n/fd show of descriptor fd: as snprintf. width: of the version. */
long fdline(char *buf, size_t n, int fd, Chan *f, int width);
extern Dev profdev; /* devprof.c  #P */
extern Dev memdev;  /* devmem.c   #% */
extern Dev fsdev;   /* devfs.c    #U */
extern char *fs_root;  /* host directory that #U serves, or NULL */
extern Dev ipdev;   /* devip.c    #I */
extern Dev tlsdev;   /* devtls.c   #a */
extern Dev cmddev;  /* devcmd.c   #C; refuses when options.nocmd */
extern Dev dsdev;   /* devds.c    #k */
extern Dev eiadev;  /* deveia.c   #t; and */
extern Dev audiodev; /* devaudio.c #A; both refuse when options.nohost */
extern Dev indirdev; /* devindir.c #* */

#endif
