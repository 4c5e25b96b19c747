/*
 * #A : sound, through ALSA. audio(3)
 *
 * The library is loaded when the device is first attached. Between emu and it samples are always 16-bit PCM: laws and volumes are applied
 * here, so that they mean the same on every host.
 */
#include <alsa/asoundlib.h>
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "devs/audiolaw.h"
#include "devs/devs.h"

enum { Qaudio = 1, Qctl };
static const Dirtab tab[] = {{"audio", {.path = Qaudio}, 0, 0666}, {"audioctl", {.path = Qctl}, 0, 0666}};
enum { NTAB = sizeof tab / sizeof tab[0] };

enum {
	CHUNK = 1024,	/* frames converted at a time */
	STEP = 100,	/* ms after which a wait looks whether it has been interrupted */
	LINGER = 3000,	/* ms given to what was written when the file is closed */
};

/* ---- settings ---- */

/* What can be set by a word; values are indices into names. */
typedef struct Choice {
	const char *key;
	const char *const names[4];
} Choice;
enum { Indev, Outdev, Enc, Rate, Bits, Chans, NCHOICE };
static const Choice choices[NCHOICE] = {
    [Indev] = {"indev", {"mic", "line"}},
    [Outdev] = {"outdev", {"spkr", "hdph", "line"}},
    [Enc] = {"enc", {"pcm", "ulaw", "alaw"}},
    [Rate] = {"rate", {"8000", "11025", "22050", "44100"}},
    [Bits] = {"bits", {"16", "8"}},
    [Chans] = {"chans", {"2", "1"}},
};
/* And by a number of 0 to 100. */
enum { Left, Right, Buf, NLEVEL };

enum { In, Out, NDIR };
static const char *const dirname[NDIR] = {"in", "out"};

typedef struct Conf {
	int choice[NCHOICE];
	int level[NLEVEL];
} Conf;

/* A direction of the open file. Whoever sets busy has the stream alone. */
typedef struct Stream {
	bool busy;
	snd_pcm_t *pcm;		/* NULL: to be opened */
	Conf conf;		/* as it was opened */
} Stream;

static struct {
	pthread_mutex_t lock;
	pthread_cond_t idle;
	bool open;		/* audio is */
	Conf conf[NDIR];
	Stream stream[NDIR];
} audio = {
    .lock = PTHREAD_MUTEX_INITIALIZER,
    .idle = PTHREAD_COND_INITIALIZER,
    .conf = {{.level = {100, 100, 100}}, {.level = {100, 100, 100}}},
};

static int
number(const Conf *c, int choice)
{
	return atoi(choices[choice].names[c->choice[choice]]);
}

static bool
linear(const Conf *c)
{
	return c->choice[Enc] == 0;
}

static int
samplesize(const Conf *c)
{
	return linear(c) ? number(c, Bits) / 8 : 1;
}

/* ---- the library ---- */

#define FUNCTIONS(F) \
	F(snd_pcm_open) F(snd_pcm_close) F(snd_pcm_set_params) F(snd_pcm_writei) F(snd_pcm_readi) F(snd_pcm_recover) F(snd_pcm_wait) \
	F(snd_pcm_drain) F(snd_pcm_state) F(snd_pcm_start) F(snd_lib_error_set_handler)
static struct {
#define F(name) __typeof__(&name) name;
	FUNCTIONS(F)
#undef F
} alsa;

static void
quiet(const char *file, int line, const char *function, int err, const char *fmt, ...)
{
	(void)file, (void)line, (void)function, (void)err, (void)fmt;
}

static bool loaded;

static void
load(void)
{
	void *h = dlopen("libasound.so.2", RTLD_NOW | RTLD_LOCAL);

	if (h == NULL)
		return;
#define F(name) if ((*(void **)&alsa.name = dlsym(h, #name)) == NULL) return;
	FUNCTIONS(F)
#undef F
	alsa.snd_lib_error_set_handler(quiet);
	loaded = true;
}

static int
alsaerror(int r)
{
	switch (-r) {
	case EBUSY:
		return kerror("device busy");
	case ENOENT: case ENODEV: case ENXIO:
		return kerror("%s", Enodev);
	}
	return kerrno(-r);
}

/* ---- the tree ---- */

static Chan *
audioattach(const char *spec)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	if (options.nohost)
		return kerrorp("%s", Enoattach);
	pthread_once(&once, load);
	if (!loaded)
		return kerrorp("%s", Enodev);
	return devattach(&audiodev, spec);
}

static Walkqid *
audiowalk(Chan *c, Chan *nc, const char **names, int n)
{
	return devwalk(c, nc, names, n, tab, NTAB, devgen);
}

static int
audiostat(Chan *c, StyxDir *d)
{
	return devstat(c, d, tab, NTAB, devgen);
}

/* ---- streams ---- */

static int
openstream(Stream *s, int dir, const Conf *c)
{
	int r = alsa.snd_pcm_open(&s->pcm, "default", dir == In ? SND_PCM_STREAM_CAPTURE : SND_PCM_STREAM_PLAYBACK, SND_PCM_NONBLOCK);

	if (r < 0) {
		s->pcm = NULL;
		return alsaerror(r);
	}
	r = alsa.snd_pcm_set_params(s->pcm, SND_PCM_FORMAT_S16_LE, SND_PCM_ACCESS_RW_INTERLEAVED, (unsigned)number(c, Chans),
	    (unsigned)number(c, Rate), 1, 10000 + (unsigned)c->level[Buf] * 4900);
	if (r < 0) {
		alsa.snd_pcm_close(s->pcm);
		s->pcm = NULL;
		return alsaerror(r);
	}
	s->conf = *c;
	return 0;
}

/* Lets what was written be heard, as far as that does not take too long. */
static void
endstream(Stream *s, int dir)
{
	if (s->pcm == NULL)
		return;
	if (dir == Out) {
		alsa.snd_pcm_drain(s->pcm);
		for (int ms = 0; ms < LINGER && alsa.snd_pcm_state(s->pcm) == SND_PCM_STATE_DRAINING; ms += STEP)
			alsa.snd_pcm_wait(s->pcm, STEP);
	}
	alsa.snd_pcm_close(s->pcm);
	s->pcm = NULL;
}

/* Whether a stream opened with a must be opened again to be as b says. */
static bool
differs(const Conf *a, const Conf *b)
{
	return a->choice[Rate] != b->choice[Rate] || a->choice[Chans] != b->choice[Chans] || a->level[Buf] != b->level[Buf];
}

/* The stream for the caller alone, as is set now, or NULL. */
static Stream *
take(int dir)
{
	Stream *s = &audio.stream[dir];
	int r = 0;

	pthread_mutex_lock(&audio.lock);
	while (s->busy && r == 0)
		r = ksleep(&audio.idle, &audio.lock, -1);
	if (r == 0)
		s->busy = true;
	Conf c = audio.conf[dir];
	pthread_mutex_unlock(&audio.lock);
	if (r < 0)
		return NULL;
	if (s->pcm != NULL && differs(&s->conf, &c))
		endstream(s, dir);
	s->conf = c;
	return s;
}

static void
give(Stream *s)
{
	pthread_mutex_lock(&audio.lock);
	s->busy = false;
	pthread_cond_broadcast(&audio.idle);
	pthread_mutex_unlock(&audio.lock);
}

/* After r, the result of a transfer that was less than 0: whether to try again. */
static bool
again(Stream *s, int r)
{
	if (kinterrupted()) {
		kerror("%s", Eintr);
		return false;
	}
	if (r == -EAGAIN) {
		r = alsa.snd_pcm_wait(s->pcm, STEP);
		if (r >= 0 || r == -EINTR)
			return true;
	}
	r = alsa.snd_pcm_recover(s->pcm, r, 1);
	if (r >= 0)
		return true;
	alsaerror(r);
	return false;
}

/* ---- samples ---- */

static int16_t
scale(int v, int level)
{
	return (int16_t)(v * level / 100);
}

static int
decode(const Conf *c, const uint8_t *p)
{
	switch (c->choice[Enc]) {
	case 1:
		return ulaw_decode(*p);
	case 2:
		return alaw_decode(*p);
	}
	return samplesize(c) == 1 ? (*p - 128) * 256 : (int16_t)(p[0] | p[1] << 8);
}

static void
encode(const Conf *c, int v, uint8_t *p)
{
	switch (c->choice[Enc]) {
	case 1:
		*p = ulaw_encode(v);
		return;
	case 2:
		*p = alaw_encode(v);
		return;
	}
	if (samplesize(c) == 1)
		*p = (uint8_t)((v >> 8) + 128);
	else {
		p[0] = (uint8_t)v;
		p[1] = (uint8_t)(v >> 8);
	}
}

/* Left and right take turns; one channel alone is the left one. */
static int
level(const Conf *c, long i)
{
	return c->level[number(c, Chans) == 2 && (i & 1) ? Right : Left];
}

/* Plays n frames. Those played, or -1 if there was none. */
static long
play(Stream *s, const uint8_t *buf, long n)
{
	int16_t pcm[CHUNK * 2];
	int chans = number(&s->conf, Chans), size = samplesize(&s->conf);
	long done = 0;

	while (done < n) {
		long k = n - done < CHUNK ? n - done : CHUNK;
		for (long i = 0; i < k * chans; i++)
			pcm[i] = scale(decode(&s->conf, buf + (done * chans + i) * size), level(&s->conf, i));
		for (long at = 0; at < k;) {
			snd_pcm_sframes_t r = alsa.snd_pcm_writei(s->pcm, pcm + at * chans, (snd_pcm_uframes_t)(k - at));
			if (r >= 0)
				at += r, done += r;
			else if (!again(s, (int)r))
				return done > 0 ? done : -1;
		}
	}
	return done;
}

static long
record(Stream *s, uint8_t *buf, long n)
{
	int16_t pcm[CHUNK * 2];
	int chans = number(&s->conf, Chans), size = samplesize(&s->conf);
	long done = 0;

	while (done < n) {
		long k = n - done < CHUNK ? n - done : CHUNK;
		snd_pcm_sframes_t r = alsa.snd_pcm_readi(s->pcm, pcm, (snd_pcm_uframes_t)k);
		if (r < 0) {
			if (again(s, (int)r))
				continue;
			return done > 0 ? done : -1;
		}
		for (long i = 0; i < r * chans; i++)
			encode(&s->conf, scale(pcm[i], level(&s->conf, i)), buf + (done * chans + i) * size);
		done += r;
	}
	return done;
}

/* Whole frames between the caller and the host. */
static long
transfer(int dir, void *buf, long n)
{
	Stream *s = take(dir);
	long r = -1;

	if (s == NULL)
		return -1;
	int frame = samplesize(&s->conf) * number(&s->conf, Chans);
	if (n % frame != 0)
		kerror("%s", Ebadarg);
	else if (s->pcm != NULL || openstream(s, dir, &s->conf) == 0)
		r = dir == In ? record(s, buf, n / frame) : play(s, buf, n / frame);
	give(s);
	return r < 0 ? -1 : r * frame;
}

/* ---- audioctl: reading ---- */

static void
putchoice(FILE *f, const char *prefix, const Conf *c, int which)
{
	const Choice *h = &choices[which];

	fprintf(f, "%s%s %s", prefix, h->key, h->names[c->choice[which]]);
	for (int i = 0; i < 4 && h->names[i] != NULL; i++)
		if (i != c->choice[which])
			fprintf(f, " %s", h->names[i]);
	fputc('\n', f);
}

static void
putlevels(FILE *f, int dir)
{
	const int *l = audio.conf[dir].level;

	if (l[Left] == l[Right])
		fprintf(f, "%s %d 0 100\n", dirname[dir], l[Left]);
	else
		fprintf(f, "%s left %d 0 100\n%s right %d 0 100\n", dirname[dir], l[Left], dirname[dir], l[Right]);
}

static long
readctl(void *buf, long n, int64_t off)
{
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	if (f == NULL)
		return kerror("%s", Enomem);
	pthread_mutex_lock(&audio.lock);
	const Conf *in = &audio.conf[In], *out = &audio.conf[Out];
	for (int i = 0; i < NCHOICE; i++)
		if (i == Indev || i == Outdev || in->choice[i] == out->choice[i])
			putchoice(f, "", i == Indev ? in : out, i);
		else {
			putchoice(f, "in ", in, i);
			putchoice(f, "out ", out, i);
		}
	putlevels(f, In);
	putlevels(f, Out);
	fprintf(f, "in buf %d 0 100\nout buf %d 0 100\n", in->level[Buf], out->level[Buf]);
	pthread_mutex_unlock(&audio.lock);
	long r = fclose(f) == 0 ? readstr(off, buf, n, text) : kerror("%s", Enomem);
	free(text);
	return r;
}

/* ---- audioctl: writing ---- */

static int
setlevel(Conf *c, const char *key, const char *value)
{
	char *end;
	long v = strtol(value, &end, 10);
	int *l = c->level;

	if (end == value || *end != 0 || v < 0 || v > 100)
		return -1;
	if (strcmp(key, "vol") == 0)
		l[Left] = l[Right] = (int)v;
	else if (strcmp(key, "left") == 0)
		l[Left] = (int)v;
	else if (strcmp(key, "right") == 0)
		l[Right] = (int)v;
	else if (strcmp(key, "buf") == 0)
		l[Buf] = (int)v;
	else
		return -1;
	return 0;
}

static int
set(Conf *c, const char *key, const char *value)
{
	for (int i = 0; i < NCHOICE; i++) {
		if (strcmp(choices[i].key, key) != 0)
			continue;
		for (int v = 0; v < 4 && choices[i].names[v] != NULL; v++)
			if (strcmp(choices[i].names[v], value) == 0) {
				c->choice[i] = v;
				return 0;
			}
		return -1;
	}
	return setlevel(c, key, value);
}

static int
words(Conf *conf, char **w, int n)
{
	int dirs = 0;

	for (int i = 0; i < n; i++) {
		if (strcmp(w[i], "in") == 0)
			dirs |= 1 << In;
		else if (strcmp(w[i], "out") == 0)
			dirs |= 1 << Out;
		else {
			if (i + 1 == n)
				return -1;
			for (int d = 0; d < NDIR; d++)
				if ((dirs == 0 || dirs & 1 << d) && set(&conf[d], w[i], w[i + 1]) < 0)
					return -1;
			i++;
		}
	}
	return 0;
}

static long
writectl(const void *buf, long n)
{
	Cmdbuf *cb = parsecmd(buf, n);
	Conf conf[NDIR];

	if (cb == NULL)
		return -1;
	pthread_mutex_lock(&audio.lock);
	memcpy(conf, audio.conf, sizeof conf);
	int r = words(conf, cb->f, cb->nf);
	if (r == 0)
		memcpy(audio.conf, conf, sizeof conf);
	pthread_mutex_unlock(&audio.lock);
	cmdbuf_free(cb);
	return r < 0 ? kerror("%s", Ebadarg) : n;
}

/* ---- files ---- */

/* The host's devices are opened at once, so that whoever opens the file learns whether there are any. */
static int
openstreams(int mode)
{
	Conf conf[NDIR];

	pthread_mutex_lock(&audio.lock);
	memcpy(conf, audio.conf, sizeof conf);
	pthread_mutex_unlock(&audio.lock);
	for (int d = 0; d < NDIR; d++) {
		if (mode != ORDWR && mode != (d == In ? OREAD : OWRITE))
			continue;
		if (openstream(&audio.stream[d], d, &conf[d]) < 0) {
			endstream(&audio.stream[In], In);
			return -1;
		}
	}
	return 0;
}

static int
claim(void)
{
	pthread_mutex_lock(&audio.lock);
	int r = audio.open ? kerror("%s", Einuse) : 0;
	audio.open = true;
	pthread_mutex_unlock(&audio.lock);
	return r;
}

static void
release(void)
{
	pthread_mutex_lock(&audio.lock);
	audio.open = false;
	pthread_mutex_unlock(&audio.lock);
}

static Chan *
audioopen(Chan *c, int mode)
{
	Chan *o = devopen(c, mode, tab, NTAB, devgen);

	if (o == NULL || o->qid.path != Qaudio)
		return o;
	if (claim() == 0) {
		if (openstreams(o->mode) == 0)
			return o;
		release();
	}
	o->flag &= ~COPEN;
	return NULL;
}

static void
audioclose(Chan *c)
{
	if (!(c->flag & COPEN) || c->qid.path != Qaudio)
		return;
	for (int d = 0; d < NDIR; d++)
		endstream(&audio.stream[d], d);
	release();
}

static long
audioread(Chan *c, void *buf, long n, int64_t off)
{
	if (c->qid.type & STYX_QTDIR)
		return devdirread(c, buf, n, tab, NTAB, devgen);
	return c->qid.path == Qctl ? readctl(buf, n, off) : transfer(In, buf, n);
}

static long
audiowrite(Chan *c, const void *buf, long n, int64_t off)
{
	(void)off;
	return c->qid.path == Qctl ? writectl(buf, n) : transfer(Out, (void *)buf, n);
}

Dev audiodev = {
    .dc = 'A',
    .name = "audio",
    .attach = audioattach,
    .walk = audiowalk,
    .stat = audiostat,
    .open = audioopen,
    .close = audioclose,
    .read = audioread,
    .write = audiowrite,
};
