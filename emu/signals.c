/*
 * Signals of the host: taken by one thread, so that what they cause is orderly. emu(1) says what each does.
 *
 * A signal is taken and acted upon in one step, under a lock. So who has read from the terminal can tell whether ^C came first
 * (signals_settle): the host voids what was typed before it, and what was typed after it must not be lost.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include "emu/emu.h"

static struct {
	pthread_mutex_t lock; /* held while a signal is taken and acted upon; outside all others */
	int fd;		      /* gives the signals, or -1 */
	bool interrupt;	      /* SIGINT is among them */
} sig = {.lock = PTHREAD_MUTEX_INITIALIZER, .fd = -1};

/* ^Z: the terminal is put in order, then the signal does what it would have done. */
static void
suspend(void)
{
	sigset_t set;

	console_suspend();
	sigemptyset(&set);
	sigaddset(&set, SIGTSTP);
	kill(getpid(), SIGTSTP);
	pthread_sigmask(SIG_UNBLOCK, &set, NULL);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	console_resume();
}

static void
act(int signo)
{
	switch (signo) {
	case SIGWINCH:
		console_resized();
		break;
	case SIGTSTP:
		suspend();
		break;
	case SIGCONT:
		console_resume();
		break;
	case SIGINT:
		if (console_interrupt())
			break;
		khalt(128 + signo);
		break;
	default:
		khalt(128 + signo);
	}
}

static void *
signals(void *v)
{
	struct signalfd_siginfo si;
	struct pollfd pf = {.fd = sig.fd, .events = POLLIN};
	Osenv *env = NULL;

	(void)v;
	for (;;) {
		poll(&pf, 1, -1);
		/* The kernel wants to know for whom it acts. */
		if (env == NULL && (env = osenv_new()) != NULL)
			proc_attach("signals", env);
		pthread_mutex_lock(&sig.lock);
		if (read(sig.fd, &si, sizeof si) == sizeof si)
			act(si.ssi_signo);
		pthread_mutex_unlock(&sig.lock);
	}
	return NULL;
}

void
signals_settle(void)
{
	struct timespec ts = {0, 100000};
	sigset_t set;

	if (!sig.interrupt)
		return;
	for (;;) {
		pthread_mutex_lock(&sig.lock);
		bool more = sigpending(&set) == 0 && sigismember(&set, SIGINT);
		pthread_mutex_unlock(&sig.lock);
		if (!more)
			return;
		nanosleep(&ts, NULL); /* the other thread is on its way */
	}
}

void
signals_init(void)
{
	static const int sigs[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT}, tty[] = {SIGTSTP, SIGCONT, SIGWINCH};
	struct sigaction old;
	sigset_t set;
	pthread_t t;
	int n = 0;

	/* What these say comes as an error of the write. */
	options.pipeends = signal(SIGPIPE, SIG_IGN) != SIG_IGN;
	signal(SIGXFSZ, SIG_IGN);
	sigemptyset(&set);
	for (size_t i = 0; i < sizeof sigs / sizeof sigs[0]; i++)
		if (sigaction(sigs[i], NULL, &old) == 0 && old.sa_handler != SIG_IGN) {
			sigaddset(&set, sigs[i]);
			n++;
		}
	if (console_isterminal())
		for (size_t i = 0; i < sizeof tty / sizeof tty[0]; i++)
			if (sigaction(tty[i], NULL, &old) == 0 && old.sa_handler != SIG_IGN) {
				sigaddset(&set, tty[i]);
				n++;
			}
	if (n == 0 || (sig.fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK)) < 0)
		return;
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	if (pthread_create(&t, NULL, signals, NULL) == 0) {
		sig.interrupt = sigismember(&set, SIGINT) == 1;
		pthread_detach(t);
	} else
		pthread_sigmask(SIG_UNBLOCK, &set, NULL);
}
