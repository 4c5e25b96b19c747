/*
 * Queues: bounded, blocking, of bytes or messages. Under pipes, the console, exit records, connections.
 *
 * Data stands in a list of blocks, one per write. With QMSG a read never crosses a block; the rest of a block stays for
 * the next read. Without it a read takes what there is, up to its size.
 */
#include <stdlib.h>
#include <string.h>

#include "emu/emu.h"

typedef struct Block Block;
struct Block {
	Block *next;
	long n;		/* bytes left */
	long off;	/* of the first */
	char data[];
};

struct Queue {
	atomic_int ref;
	pthread_mutex_t lock;
	pthread_cond_t canread;
	pthread_cond_t canwrite;
	Block *head, *tail;
	long len;	/* bytes queued */
	long nblocks;	/* blocks queued, empty ones too */
	int limit;
	int flags;
	bool hungup;
	int eofs;	/* reads answered 0 since hangup */
	char err[ERRMAX];
};

enum { MAXEOF = 3 }; /* end of file is reported so often before it becomes an error */

Queue *
qopen(int limit, int flags)
{
	Queue *q = calloc(1, sizeof *q);

	if (q == NULL)
		return kerrorp("%s", Enomem);
	atomic_init(&q->ref, 1);
	pthread_mutex_init(&q->lock, NULL);
	pthread_cond_init(&q->canread, NULL);
	pthread_cond_init(&q->canwrite, NULL);
	q->limit = limit;
	q->flags = flags;
	return q;
}

Queue *
qref(Queue *q)
{
	atomic_fetch_add(&q->ref, 1);
	return q;
}

static void
discard(Queue *q)
{
	Block *b;

	while ((b = q->head) != NULL) {
		q->head = b->next;
		free(b);
	}
	q->tail = NULL;
	q->len = 0;
	q->nblocks = 0;
}

void
qput(Queue *q)
{
	if (q == NULL || atomic_fetch_sub(&q->ref, 1) != 1)
		return;
	discard(q);
	pthread_mutex_destroy(&q->lock);
	pthread_cond_destroy(&q->canread);
	pthread_cond_destroy(&q->canwrite);
	free(q);
}

/* Takes the first block off if nothing of it is left. */
static void
trim(Queue *q)
{
	Block *b = q->head;

	if (b->n > 0)
		return;
	q->head = b->next;
	if (q->head == NULL)
		q->tail = NULL;
	q->nblocks--;
	free(b);
}

long
qread(Queue *q, void *buf, long n)
{
	long got = 0;

	pthread_mutex_lock(&q->lock);
	while (q->head == NULL) {
		if (q->hungup) {
			if (q->eofs++ < MAXEOF)
				got = 0;
			else
				got = kerror("%s", q->err);
			goto out;
		}
		if (ksleep(&q->canread, &q->lock, -1) < 0) {
			got = -1;
			goto out;
		}
	}
	do {
		Block *b = q->head;
		long k = b->n < n - got ? b->n : n - got;
		memcpy((char *)buf + got, b->data + b->off, k);
		b->off += k;
		b->n -= k;
		q->len -= k;
		got += k;
		trim(q);
	} while (!(q->flags & QMSG) && got < n && q->head != NULL);
	if (q->len < (q->limit + 1) / 2)
		pthread_cond_broadcast(&q->canwrite);
	if (q->head != NULL)
		pthread_cond_signal(&q->canread);
out:
	pthread_mutex_unlock(&q->lock);
	return got;
}

/* Appends a block; the lock is held. */
static int
append(Queue *q, const void *buf, long n)
{
	Block *b = q->tail;

	if ((q->flags & QCOALESCE) && b != NULL && n < 512) {
		Block *nb = realloc(b, sizeof *b + b->off + b->n + n);
		if (nb == NULL)
			return kerror("%s", Enomem);
		if (nb != b) {
			if (q->head == b)
				q->head = nb;
			else
				for (Block *p = q->head; p != NULL; p = p->next)
					if (p->next == b) {
						p->next = nb;
						break;
					}
			q->tail = nb;
		}
		memcpy(nb->data + nb->off + nb->n, buf, n);
		nb->n += n;
	} else {
		b = malloc(sizeof *b + n);
		if (b == NULL)
			return kerror("%s", Enomem);
		b->next = NULL;
		b->n = n;
		b->off = 0;
		if (n > 0)
			memcpy(b->data, buf, n);
		if (q->tail != NULL)
			q->tail->next = b;
		else
			q->head = b;
		q->tail = b;
		q->nblocks++;
	}
	q->len += n;
	pthread_cond_signal(&q->canread);
	return 0;
}

long
qwrite(Queue *q, const void *buf, long n)
{
	long r = n;

	pthread_mutex_lock(&q->lock);
	if (q->hungup)
		r = kerror("%s", q->err);
	else if (append(q, buf, n) < 0)
		r = -1;
	else if (q->len >= q->limit || q->nblocks > 4096)
		/* The data is in; the writer waits until the reader has caught up. */
		while (!q->hungup && (q->len >= (q->limit + 1) / 2 || q->nblocks > 2048))
			if (ksleep(&q->canwrite, &q->lock, -1) < 0) {
				r = -1;
				break;
			}
	pthread_mutex_unlock(&q->lock);
	return r;
}

long
qproduce(Queue *q, const void *buf, long n)
{
	long r = n;

	pthread_mutex_lock(&q->lock);
	if (q->hungup || q->len + n > q->limit)
		r = -1;
	else if (append(q, buf, n) < 0)
		r = -1;
	pthread_mutex_unlock(&q->lock);
	return r;
}

void
qhangup(Queue *q, const char *err)
{
	pthread_mutex_lock(&q->lock);
	if (!q->hungup) {
		q->hungup = true;
		q->eofs = 0;
		strncpy(q->err, err != NULL ? err : Ehungup, ERRMAX - 1);
	}
	pthread_cond_broadcast(&q->canread);
	pthread_cond_broadcast(&q->canwrite);
	pthread_mutex_unlock(&q->lock);
}

void
qclose(Queue *q)
{
	pthread_mutex_lock(&q->lock);
	discard(q);
	pthread_mutex_unlock(&q->lock);
	qhangup(q, NULL);
}

void
qreopen(Queue *q)
{
	pthread_mutex_lock(&q->lock);
	discard(q);
	q->hungup = false;
	q->eofs = 0;
	pthread_mutex_unlock(&q->lock);
}

long
qlen(Queue *q)
{
	pthread_mutex_lock(&q->lock);
	long n = q->len;
	pthread_mutex_unlock(&q->lock);
	return n;
}
