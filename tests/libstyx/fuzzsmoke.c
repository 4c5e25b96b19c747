/*
 * Runs the fuzz target on inputs made here: random sequences of well-formed messages, whole and with bytes changed,
 * so that every build goes over the same ground a little without a fuzzer. usage: styx_fuzzsmoke [rounds [seed]]
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "styx.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static unsigned seed = 1;

static unsigned
rnd(unsigned n)
{
	seed = seed * 1103515245u + 12345u;
	return (seed >> 8) % n;
}

static const char *
rname(void)
{
	static const char *const names[] = {"d", "dir", "f", "x", "..", ".", "", "a/b", "f2", "d d"};

	return names[rnd(10)];
}

static StyxQid
rqid(void)
{
	return (StyxQid){rnd(5), rnd(3), rnd(2) ? STYX_QTDIR : 0};
}

/* A message of a random kind; few numbers, so that they meet. */
static size_t
make(uint8_t *buf, size_t n, int type)
{
	uint8_t stat[100];
	StyxDir d;
	StyxFcall f = {.type = (uint8_t)type};
	int i;

	f.tag = (uint16_t)(type == STYX_RVERSION ? STYX_NOTAG : 1 + rnd(6));
	f.fid = 1 + rnd(6);
	f.newfid = 1 + rnd(6);
	f.afid = rnd(2) ? STYX_NOFID : 1 + rnd(6);
	f.oldtag = (uint16_t)(1 + rnd(6));
	f.mode = (uint8_t)(rnd(4) ? rnd(4) : rnd(256));
	f.perm = rnd(2) ? STYX_DMDIR | 0777 : 0666;
	f.msize = rnd(3) ? 8216 : rnd(300);
	f.iounit = rnd(10000);
	f.offset = rnd(4) ? 0 : rnd(4) ? rnd(1000) : UINT64_MAX - rnd(10);
	f.count = rnd(100);
	f.data = "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789";
	f.qid = rqid();
	f.version = rnd(8) ? "9P2000" : "9P2000.L";
	f.uname = f.aname = f.ename = rname();
	f.name = rname();
	f.nwname = (uint16_t)rnd(4);
	f.nwqid = (uint16_t)rnd(4);
	for (i = 0; i < 4; i++) {
		f.wname[i] = rname();
		f.wqid[i] = rqid();
	}
	styx_dir_null(&d);
	d.name = rname();
	f.nstat = (uint16_t)styx_dir_encode(&d, stat, sizeof stat);
	f.stat = stat;
	return styx_encode(&f, buf, n);
}

int
main(int argc, char **argv)
{
	long i, rounds = argc > 1 ? atol(argv[1]) : 20000;
	static const char kinds[] = "mdsaAaAc";
	static const int answers[] = {STYX_RVERSION, STYX_RATTACH, STYX_RWALK, STYX_ROPEN, STYX_RREAD, STYX_RREAD, STYX_RWRITE,
		STYX_RSTAT, STYX_RREMOVE, STYX_RCLUNK};
	uint8_t buf[8192], *p;
	size_t n;
	unsigned k, m;

	if (argc > 2)
		seed = (unsigned)atol(argv[2]);
	for (i = 0; i < rounds; i++) {
		buf[0] = (uint8_t)kinds[rnd(8)];
		n = 1;
		m = buf[0] == 'm' || buf[0] == 'd' ? 1 : 1 + rnd(40);
		if (buf[0] == 's')
			n += make(buf + n, sizeof buf - n, STYX_TVERSION);
		for (k = 0; k < m && n < sizeof buf - 300; k++) {
			int type = STYX_TVERSION + 2 * (int)rnd(14);

			if (type == STYX_TVERSION && rnd(4))
				type = STYX_TREAD;
			if (type == STYX_TERROR)
				type = STYX_TWALK;
			if (buf[0] == 'c')
				type = k < 10 && rnd(20) ? answers[k] : type + 1;
			p = buf + n;
			n += make(p, sizeof buf - n, type);
			if (buf[0] == 'c' && k > 0 && rnd(20)) { /* the tag that the client has sent */
				p[5] = 1;
				p[6] = 0;
			}
		}
		if (buf[0] == 'd' && n > 20) /* begin with the stat of a Twstat */
			memmove(buf + 1, buf + 14, n -= 13);
		if (rnd(2))
			for (k = 1 + rnd(3); k > 0; k--)
				buf[1 + rnd((unsigned)n)] = (uint8_t)rnd(256);
		p = malloc(n);
		memcpy(p, buf, n);
		LLVMFuzzerTestOneInput(p, n);
		free(p);
	}
	printf("%ld inputs\n", rounds);
	return 0;
}
