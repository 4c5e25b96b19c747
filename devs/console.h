/*
 * The host's end of the console (console.c), for #c (devcons.c).
 */
#ifndef DEVS_CONSOLE_H
#define DEVS_CONSOLE_H

#include "emu/emu.h"

/* At most n bytes: a line or the rest of one, keys in raw mode; 0 at the end. Blocks. */
long console_read(void *buf, long n);
/* The host's standard input itself. */
long console_readhost(void *buf, long n);
/* To host descriptor 1 or 2, or to the reader of kprint. */
long console_output(int hostfd, const void *buf, long n);
/* To the host's descriptor, always. */
long console_hostwrite(int fd, const void *buf, long n);
void console_raw(bool on);
void console_restore(void); /* the terminal as it was found */
int console_shell(void); /* the calling process is the shell at the console. 0 or -1 */
/* Takes all console output; NULL if somebody has it already. Ended by console_undivert with that queue. */
Queue *console_divert(void);
void console_undivert(Queue *q);

#endif
