/*
 * #c : the console and small files about the system. cons(3)
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "devs/console.h"
#include "devs/devs.h"

enum {
	Qdir,
	Qcons, Qconsctl, Qdrivers, Qhostowner, Qhoststdin, Qhoststdout, Qhoststderr, Qjit, Qkeyboard, Qkprint,
	Qmemory, Qmsec, Qnotquiterandom, Qnull, Qrandom, Qscancode, Qsysctl, Qsysname, Qtime, Quser,
	NAMELEN = 127, /* longest user or system name */
};

static const Dirtab constab[] = {
    {"cons", {.path = Qcons}, 0, 0666},
    {"consctl", {.path = Qconsctl}, 0, 0222},
    {"drivers", {.path = Qdrivers}, 0, 0444},
    {"hostowner", {.path = Qhostowner}, 0, 0644},
    {"hoststdin", {.path = Qhoststdin}, 0, 0444},
    {"hoststdout", {.path = Qhoststdout}, 0, 0222},
    {"hoststderr", {.path = Qhoststderr}, 0, 0222},
    {"jit", {.path = Qjit}, 0, 0666},
    {"keyboard", {.path = Qkeyboard}, 0, 0666},
    {"kprint", {.path = Qkprint}, 0, 0444},
    {"memory", {.path = Qmemory}, 0, 0444},
    {"msec", {.path = Qmsec}, 11, 0444},
    {"notquiterandom", {.path = Qnotquiterandom}, 0, 0444},
    {"null", {.path = Qnull}, 0, 0666},
    {"random", {.path = Qrandom}, 0, 0444},
    {"scancode", {.path = Qscancode}, 0, 0444},
    {"sysctl", {.path = Qsysctl}, 0, 0644},
    {"sysname", {.path = Qsysname}, 0, 0644},
    {"time", {.path = Qtime}, 0, 0644},
    {"user", {.path = Quser}, 0, 0644},
};
enum { NCONS = sizeof constab / sizeof constab[0] };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* the fields below */
static int nconsctl; /* opens of consctl: raw mode ends with the last */
static char sysname[NAMELEN + 1];
static Queue *keys; /* runes injected through keyboard */

/* aux of a channel on cons: which host descriptor its writes go to. NULL is standard output. */
static char tostderr;

void
cons_tostderr(Chan *c)
{
	c->aux = &tostderr;
}

static void
consinit(void)
{
	if (gethostname(sysname, sizeof sysname - 1) < 0)
		strcpy(sysname, "inferno");
	keys = qopen(512, 0);
}

static void
consshutdown(void)
{
	console_restore();
}

static Chan *
consattach(const char *spec)
{
	return devattach(&consdev, spec);
}

static Walkqid *
conswalk(Chan *c, Chan *nc, const char **names, int n)
{
	return devwalk(c, nc, names, n, constab, NCONS, devgen);
}

static int
consstat(Chan *c, StyxDir *d)
{
	return devstat(c, d, constab, NCONS, devgen);
}

static Chan *
consopen(Chan *c, int mode)
{
	Queue *q = NULL;

	if (c->qid.path == Qscancode)
		return kerrorp("%s", Enotsup);
	c = devopen(c, mode, constab, NCONS, devgen);
	if (c == NULL)
		return NULL;
	switch (c->qid.path) {
	case Qconsctl:
		pthread_mutex_lock(&lock);
		nconsctl++;
		pthread_mutex_unlock(&lock);
		break;
	case Qkprint:
		q = console_divert();
		if (q == NULL) {
			c->flag &= ~(uint32_t)COPEN;
			return NULL;
		}
		c->aux = q;
		break;
	}
	return c;
}

static void
consclose(Chan *c)
{
	if (!(c->flag & COPEN))
		return;
	switch (c->qid.path) {
	case Qconsctl:
		pthread_mutex_lock(&lock);
		if (--nconsctl == 0)
			console_raw(false);
		pthread_mutex_unlock(&lock);
		break;
	case Qkprint:
		console_undivert(c->aux);
		break;
	}
}

static long
randomread(void *buf, long n)
{
	long done = 0;

	while (done < n) {
		long r = getrandom((char *)buf + done, n - done, 0);
		if (r > 0)
			done += r;
	}
	return n;
}

static long
drivers(void *buf, long n, int64_t off)
{
	char s[32 * 64];
	int k = 0;

	for (int i = 0; i < ndevtab && k < (int)sizeof s - 64; i++) {
		int dc = devtab[i]->dc;
		s[k++] = '#';
		if (dc < 0x80)
			s[k++] = dc;
		else {
			s[k++] = 0xC0 | dc >> 6;
			s[k++] = 0x80 | (dc & 0x3F);
		}
		k += snprintf(s + k, sizeof s - k, " %s\n", devtab[i]->name);
	}
	s[k] = 0;
	return readstr(off, buf, n, s);
}

static long
consread(Chan *c, void *buf, long n, int64_t off)
{
	char s[64], *text;

	if (n <= 0)
		return 0;
	switch (c->qid.path) {
	case Qdir:
		return devdirread(c, buf, n, constab, NCONS, devgen);
	case Qcons:
		return console_read(buf, n);
	case Qdrivers:
		return drivers(buf, n, off);
	case Qhostowner:
		return readstr(off, buf, n, eve);
	case Qhoststdin:
		return console_readhost(buf, n);
	case Qjit:
		snprintf(s, sizeof s, "%d", vmops.getjit != NULL ? vmops.getjit() : 0);
		return readstr(off, buf, n, s);
	case Qkeyboard:
		return qread(keys, buf, n);
	case Qkprint:
		return qread(c->aux, buf, n);
	case Qmemory:
		text = vmops.memory != NULL ? vmops.memory() : NULL;
		if (text == NULL)
			return 0;
		n = readstr(off, buf, n, text);
		free(text);
		return n;
	case Qmsec:
		return readnum(off, buf, n, kmsec());
	case Qnull:
		return 0;
	case Qrandom:
	case Qnotquiterandom:
		return randomread(buf, n);
	case Qsysctl:
		return readstr(off, buf, n, kversion);
	case Qsysname:
		pthread_mutex_lock(&lock);
		n = readstr(off, buf, n, sysname);
		pthread_mutex_unlock(&lock);
		return n;
	case Qtime:
		snprintf(s, sizeof s, "%lld", (long long)ktime());
		return readstr(off, buf, n, s);
	case Quser:
		return readstr(off, buf, n, up->env->user);
	}
	return kerror("%s", Eperm);
}

/* A name that is written in one piece: terminated copy without the last newline. */
static int
nametext(const void *buf, long n, int64_t off, char *out)
{
	if (off != 0 || n <= 0 || n > NAMELEN)
		return kerror("%s", Ebadarg);
	memcpy(out, buf, n);
	out[n] = 0;
	if (out[n - 1] == '\n')
		out[n - 1] = 0;
	if (out[0] == 0)
		return kerror("%s", Ebadarg);
	return 0;
}

static long
consctl(const char *buf, long n)
{
	bool first = true;

	for (long i = 0; i < n;) {
		while (i < n && strchr(" \t\n", buf[i]) != NULL && buf[i] != 0)
			i++;
		long j = i;
		while (j < n && (buf[j] == 0 || strchr(" \t\n", buf[j]) == NULL))
			j++;
		if (j - i == 5 && memcmp(buf + i, "rawon", 5) == 0)
			console_raw(true);
		else if (first && j - i == 6 && memcmp(buf + i, "rawoff", 6) == 0)
			console_raw(false);
		else if (j - i == 5 && memcmp(buf + i, "shell", 5) == 0 && console_shell() < 0)
			return -1;
		first = false;
		i = j;
	}
	return n;
}

/* Starts the program again, which is to find what this one found. */
static void
reboot(void)
{
	sigset_t none;

	dev_shutdown();
	khostlimits();
	if (options.pipeends)
		signal(SIGPIPE, SIG_DFL);
	sigemptyset(&none);
	pthread_sigmask(SIG_SETMASK, &none, NULL);
	execv("/proc/self/exe", options.argv0);
	khalt(1);
}

static long
sysctl(const void *buf, long n)
{
	static const Cmdtab tab[] = {
	    {0, "halt", 0}, {1, "reboot", 1}, {2, "broken", 1}, {3, "nobroken", 1}, {4, "exdebug", 1},
	};

	if (!iseve())
		return kerror("%s", Eperm);
	Cmdbuf *cb = parsecmd(buf, n);
	if (cb == NULL)
		return -1;
	const Cmdtab *ct = cb->nf > 0 ? lookupcmd(cb, tab, sizeof tab / sizeof tab[0]) : NULL;
	if (ct == NULL) {
		cmdbuf_free(cb);
		return kerror("unknown control request");
	}
	switch (ct->index) {
	case 0:
		khalt(cb->nf > 1 ? atoi(cb->f[1]) : 0);
		break;
	case 1:
		reboot();
		break;
	case 2:
	case 3:
		if (vmops.setbroken != NULL)
			vmops.setbroken(ct->index == 2);
		break;
	}
	cmdbuf_free(cb);
	return n;
}

static long
conswrite(Chan *c, const void *buf, long n, int64_t off)
{
	char name[NAMELEN + 1];

	switch (c->qid.path) {
	case Qcons:
		return console_output(c->aux == &tostderr ? 2 : 1, buf, n);
	case Qconsctl:
		return consctl(buf, n);
	case Qhoststdout:
		return console_hostwrite(1, buf, n);
	case Qhoststderr:
		return console_hostwrite(2, buf, n);
	case Qkeyboard:
		qproduce(keys, buf, n);
		return n;
	case Qnull:
		return n;
	case Qjit:
		if (n > (long)sizeof name - 1)
			return kerror("%s", Ebadarg);
		memcpy(name, buf, n);
		name[n] = 0;
		if (name[0] < '0' || name[0] > '9' || (name[1] != 0 && name[1] != '\n'))
			return kerror("%s", Ebadarg);
		if (vmops.setjit == NULL || vmops.setjit(name[0] - '0') < 0)
			return kerror("%s", Ebadarg);
		return n;
	case Qhostowner:
		if (!iseve())
			return kerror("%s", Eperm);
		if (nametext(buf, n, off, name) < 0)
			return -1;
		char *s = strdup(name);
		if (s == NULL)
			return kerror("%s", Enomem);
		eve = s; /* the old name may still be in use by others; it is not freed */
		osenv_setuser(up->env, name);
		return n;
	case Quser:
		if (!iseve())
			return kerror("%s", Eperm);
		if (nametext(buf, n, off, name) < 0)
			return -1;
		osenv_setuser(up->env, name);
		return n;
	case Qsysname:
		if (!iseve())
			return kerror("%s", Eperm);
		if (nametext(buf, n, off, name) < 0)
			return -1;
		pthread_mutex_lock(&lock);
		strcpy(sysname, name);
		pthread_mutex_unlock(&lock);
		return n;
	case Qtime:
		if (!iseve())
			return kerror("%s", Eperm);
		if (n > (long)sizeof name - 1)
			return kerror("%s", Ebadarg);
		memcpy(name, buf, n);
		name[n] = 0;
		char *end;
		long long t = strtoll(name, &end, 10);
		if (end == name)
			return kerror("%s", Ebadarg);
		ksettime(t);
		return n;
	case Qsysctl:
		return sysctl(buf, n);
	}
	return kerror("%s", Eperm);
}

Dev consdev = {
    .dc = 'c',
    .name = "cons",
    .init = consinit,
    .shutdown = consshutdown,
    .attach = consattach,
    .walk = conswalk,
    .stat = consstat,
    .open = consopen,
    .close = consclose,
    .read = consread,
    .write = conswrite,
};
