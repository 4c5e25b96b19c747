/*
 * A small file system for the tests of client and server, with files that block, and counts of everything that is
 * alive.
 *
 *	/		directory
 *	/block		a read waits for testfs_release
 *	/data		bytes, up to 1 MB
 *	/pipe		writes are counted with their sizes
 *	/dir		NDIR files with names of 1 to 250 bytes
 *	/slow		a read takes some milliseconds, and succeeds in spite of a flush
 *	/refuse		walks fine; every other request fails with "quota used"
 *	/bigstat	its stat is too long for small messages
 */
#ifndef TESTS_LIBSTYX_TESTFS_H
#define TESTS_LIBSTYX_TESTFS_H

#include <pthread.h>

#include "styx.h"

enum { NDIR = 3000 };

extern const StyxOps testfs_ops;
extern const StyxOps testfs_authops; /* with auth */

/* Answers the reads that are blocked, with the text; how many. */
int testfs_release(const char *text);
int testfs_blocked(void);
void testfs_wait_blocked(int n);
int testfs_handles(void); /* fids that stand for a file */
/* Those when there are n of them, or after some seconds: the worker that answered an open may hold its file past the clunk. */
int testfs_settled(int n);
const char *testfs_dirname(int i, char buf[256]);
int testfs_last_write(void); /* size of the last write to /pipe */
int testfs_open_fids(void);
int testfs_removes(void);

/* Workers: threads that run requests. dispatch goes into StyxServerConf. */
typedef struct Workers Workers;
Workers *workers_new(int n);
int workers_dispatch(void *workers, StyxReq *r);
void workers_free(Workers *w);

/* A server in a thread of its own. */
typedef struct Served {
	StyxServer *server;
	pthread_t tid;
	int ret;
	char err[STYX_ERRMAX];
	int fd; /* the client's end */
} Served;

void serve_start(Served *s, const StyxOps *ops, const StyxServerConf *conf);
/* Waits until the server has ended by itself, and frees it. */
void serve_wait(Served *s);
/* Closes the client's end first. */
void serve_end(Served *s);

#endif
