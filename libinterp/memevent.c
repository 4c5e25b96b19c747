/*
 * What is allocated and released, one by one, for the reader of #%/memevent, mem(3). While somebody reads all instructions are carried out
 * one by one (prof_turn), so that it is known which one an event is of.
 *
 * Events are noted by whoever holds the VM and taken by the reader, which must not wait for it: so they have a lock of their own.
 */
#include <stdlib.h>
#include <string.h>

#include "libinterp/vm.h"

enum { NEVENT = 65536, WORDS = 4 };

static struct {
	pthread_mutex_t lock;
	pthread_cond_t some;
	bool open;
	int reader;		       /* process whose events are not noted: it would read about its reading */
	uint32_t (*ring)[WORDS];       /* while open */
	uint32_t first, n;
} ev = {.lock = PTHREAD_MUTEX_INITIALIZER, .some = PTHREAD_COND_INITIALIZER};

int
memevent_open(void)
{
	int r = -1;

	pthread_mutex_lock(&ev.lock);
	if (ev.open)
		kerror("%s", Einuse);
	else if ((ev.ring = calloc(NEVENT, sizeof *ev.ring)) == NULL)
		kerror("%s", Enomem);
	else {
		ev.open = true;
		ev.reader = up->env->pid;
		ev.first = ev.n = 0;
		r = 0;
	}
	pthread_mutex_unlock(&ev.lock);
	if (r < 0)
		return -1;
	vm_enter();
	prof_events(true);
	vm_leave();
	return 0;
}

void
memevent_close(void)
{
	vm_enter();
	prof_events(false);
	vm_leave();
	pthread_mutex_lock(&ev.lock);
	free(ev.ring);
	ev.ring = NULL;
	ev.open = false;
	pthread_mutex_unlock(&ev.lock);
}

void
memevent_note(int pool, uint32_t pc, Ref r, uint32_t size)
{
	pthread_mutex_lock(&ev.lock);
	if (ev.open && (vm_cur == NULL || vm_cur->v.pid != ev.reader)) {
		if (ev.n == NEVENT) {
			ev.first = (ev.first + 1) % NEVENT;
			ev.n--;
		}
		memcpy(ev.ring[(ev.first + ev.n++) % NEVENT], (uint32_t[]){(uint32_t)pool, pc, r, size}, sizeof *ev.ring);
		pthread_cond_signal(&ev.some);
	}
	pthread_mutex_unlock(&ev.lock);
}

long
memevent_read(uint32_t *w, long n)
{
	long i;

	pthread_mutex_lock(&ev.lock);
	ev.reader = up->env->pid;
	while (ev.n == 0)
		if (ksleep(&ev.some, &ev.lock, -1) < 0) {
			pthread_mutex_unlock(&ev.lock);
			return -1;
		}
	for (i = 0; i < n && ev.n > 0; i++, ev.n--) {
		memcpy(w + i * WORDS, ev.ring[ev.first], sizeof *ev.ring);
		ev.first = (ev.first + 1) % NEVENT;
	}
	pthread_mutex_unlock(&ev.lock);
	return i;
}
