/*
 * Append-only and exclusive files of the host. See fsmodes.h.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "devs/fsmodes.h"
#include "emu/emu.h"

enum { MAXSPECIAL = 4096 };

typedef struct Special Special;
struct Special {
	Special *next;
	dev_t dev;
	ino_t ino;
	int fd;
	uint32_t bits;
	bool inuse; /* exclusive, and open */
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static Special *specials;
static atomic_int count; /* of specials, to pass by the lock when there are none */

/* The lock is held. */
static Special **
find(const struct stat *st)
{
	Special **l = &specials;

	while (*l != NULL && ((*l)->dev != st->st_dev || (*l)->ino != st->st_ino))
		l = &(*l)->next;
	return l;
}

static void
drop(Special **l)
{
	Special *s = *l;

	*l = s->next;
	close(s->fd);
	free(s);
	atomic_fetch_sub(&count, 1);
}

/* Files that have no name left will not be asked for again. */
static void
sweep(void)
{
	struct stat st;

	for (Special **l = &specials; *l != NULL;)
		if (!(*l)->inuse && fstat((*l)->fd, &st) == 0 && st.st_nlink == 0)
			drop(l);
		else
			l = &(*l)->next;
}

/* Whether there may be one more: they must not take the descriptors that others need. */
static bool
room(void)
{
	struct rlimit l;
	int n = atomic_load(&count);

	return n < MAXSPECIAL && (getrlimit(RLIMIT_NOFILE, &l) < 0 || (rlim_t)n < l.rlim_cur / 4);
}

uint32_t
fsmodes_get(const struct stat *st)
{
	if (atomic_load(&count) == 0)
		return 0;
	pthread_mutex_lock(&lock);
	Special *s = *find(st);
	uint32_t bits = s != NULL ? s->bits : 0;
	pthread_mutex_unlock(&lock);
	return bits;
}

int
fsmodes_set(const char *path, const struct stat *st, uint32_t bits)
{
	struct stat now;
	int fd = -1, r = 0;

	if (bits == 0 && atomic_load(&count) == 0)
		return 0;
	pthread_mutex_lock(&lock);
	sweep();
	Special **l = find(st), *s = *l;
	if (s != NULL) {
		s->bits = bits;
		if (bits == 0 && !s->inuse)
			drop(l);
	} else if (bits != 0 && !room()) {
		r = kerror("%s", Enofd);
	} else if (bits != 0) {
		fd = open(path, O_PATH | O_CLOEXEC);
		if (fd < 0 || fstat(fd, &now) < 0)
			r = errno == ENOENT ? kerror("%s", Enonexist) : kerrno(errno);
		else if (now.st_dev != st->st_dev || now.st_ino != st->st_ino)
			r = kerror("%s", Enonexist);
		else if ((s = malloc(sizeof *s)) == NULL)
			r = kerror("%s", Enomem);
		else {
			*s = (Special){.next = specials, .dev = st->st_dev, .ino = st->st_ino, .fd = fd, .bits = bits};
			specials = s;
			atomic_fetch_add(&count, 1);
		}
		if (r < 0 && fd >= 0)
			close(fd);
	}
	pthread_mutex_unlock(&lock);
	return r;
}

int
fsmodes_enter(const struct stat *st)
{
	pthread_mutex_lock(&lock);
	Special *s = *find(st);
	int r = s != NULL && s->inuse ? kerror("%s", Einuse) : 0;
	if (s != NULL && r == 0)
		s->inuse = true;
	pthread_mutex_unlock(&lock);
	return r;
}

void
fsmodes_leave(const struct stat *st)
{
	pthread_mutex_lock(&lock);
	Special **l = find(st);
	if (*l != NULL) {
		(*l)->inuse = false;
		if ((*l)->bits == 0)
			drop(l);
	}
	pthread_mutex_unlock(&lock);
}
