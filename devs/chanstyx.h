/*
 * A Styx transport (styx.h) over a channel: for the mount driver and for export, which both own a connection's channel.
 */
#ifndef DEVS_CHANSTYX_H
#define DEVS_CHANSTYX_H

#include "emu/emu.h"

/* aux of the transport's functions below: stands at the beginning of the structure of who uses it. The channel is borrowed. */
typedef struct Chanstyx Chanstyx;
struct Chanstyx {
	Chan *conn;
	pthread_mutex_t lock; /* the fields below */
	Proc *reader;	      /* the thread in the channel's read */
	bool hungup;
};

void chanstyx_init(Chanstyx *s, Chan *conn);
void chanstyx_fini(Chanstyx *s);
/* read, write and hangup of a StyxTransport. A write is not cut short by interruptions: half a message would be the connection's end. */
ssize_t chanstyx_read(void *aux, void *buf, size_t n, char *err, size_t nerr);
ssize_t chanstyx_write(void *aux, const void *buf, size_t n, char *err, size_t nerr);
void chanstyx_hangup(void *aux);

#endif
