/*
 * A Styx transport over a channel.
 */
#include "devs/chanstyx.h"

void
chanstyx_init(Chanstyx *s, Chan *conn)
{
	s->conn = conn;
	pthread_mutex_init(&s->lock, NULL);
	s->reader = NULL;
	s->hungup = false;
}

void
chanstyx_fini(Chanstyx *s)
{
	pthread_mutex_destroy(&s->lock);
}

ssize_t
chanstyx_read(void *aux, void *buf, size_t n, char *err, size_t nerr)
{
	Chanstyx *s = aux;
	long r = -1;

	pthread_mutex_lock(&s->lock);
	bool hungup = s->hungup;
	s->reader = up;
	pthread_mutex_unlock(&s->lock);
	if (!hungup)
		r = chan_read(s->conn, buf, n, 0);
	pthread_mutex_lock(&s->lock);
	s->reader = NULL;
	hungup = s->hungup;
	pthread_mutex_unlock(&s->lock);
	/* A hang-up interrupts whoever reads; that is no interruption of what else the thread does. */
	if (r < 0 && hungup)
		proc_clearintr(up);
	else if (r < 0 && kinterrupted())
		return STYX_RINTR;
	if (r < 0)
		styx_errcopy(err, nerr, hungup ? Ehungup : kerrstr());
	return r;
}

ssize_t
chanstyx_write(void *aux, const void *buf, size_t n, char *err, size_t nerr)
{
	Chanstyx *s = aux;
	bool nowait = up->nowait;

	/* What the thread does otherwise is not to wait; its answers have to be sent. */
	up->nowait = false;
	up->nointr++;
	long r = chan_write(s->conn, buf, n, 0);
	up->nointr--;
	up->nowait = nowait;
	up->exception = NULL;
	if (r < 0)
		styx_errcopy(err, nerr, kerrstr());
	return r;
}

void
chanstyx_hangup(void *aux)
{
	Chanstyx *s = aux;

	pthread_mutex_lock(&s->lock);
	s->hungup = true;
	if (s->reader != NULL)
		proc_interrupt(s->reader);
	pthread_mutex_unlock(&s->lock);
}
