/*
 * Files served by Limbo programs: turns the calls of the kernel's server device into messages on a pair of channels and
 * their replies into results. See sys-file2chan(2).
 *
 * The program holds the two channels; when it has dropped both, the file goes. A request makes a reply channel of one
 * item, sends a tuple with it and waits for the reply; the reply channels of requests in progress are listed so that
 * they can be hung up. Close messages are posted, so that they are neither lost nor waited for.
 */
#include <stdlib.h>

#include "libinterp/vm.h"

#define NSLOTS 16

typedef struct Pending Pending;
struct Pending {
	Pending *next;
	Ref reply;
};

/* Protected by holding the VM. ref: one for the file, one for each channel that is alive. */
typedef struct Served {
	int ref;
	Srvfile *f;
	Ref rd, wr; /* not counted; H when gone */
	Pending *pending;
} Served;

typedef struct Readmsg {
	int32_t off, count, fid;
	Ref reply;
} Readmsg;

typedef struct Writemsg {
	int32_t off;
	Ref data;
	int32_t fid;
	Ref reply;
} Writemsg;

typedef struct Readreply {
	Ref data, err;
} Readreply;

typedef struct Writereply {
	int32_t n;
	Ref err;
} Writereply;

static Type *Treadmsg, *Twritemsg, *Treadreply, *Twritereply;

static int
types(void)
{
	static const uint8_t rm[1] = {0x10}, wm[1] = {0x50}, rr[1] = {0xc0}, wr[1] = {0x40};

	if (Twritereply != NULL)
		return 0;
	Treadmsg = vm_type(16, rm, 1);
	Twritemsg = vm_type(16, wm, 1);
	Treadreply = vm_type(8, rr, 1);
	Twritereply = vm_type(8, wr, 1);
	return Treadmsg && Twritemsg && Treadreply && Twritereply ? 0 : -1;
}

static void
served_put(Served *s)
{
	if (--s->ref == 0)
		free(s);
}

/*
 * Send msg on the channel *chp (whose reply channel is at *rp) and wait for the reply.
 */
static int
request(Served *s, Ref ch, const void *msg, Ref rc, void *reply)
{
	Pending pd, **l;
	int r;

	if (ch == H)
		return kerror("%s", Ehungup);
	s->ref++;
	pd.reply = rc;
	pd.next = s->pending;
	s->pending = &pd;
	r = chan_send(ch, msg);
	if (r == 0)
		r = chan_recv(rc, reply);
	for (l = &s->pending; *l != &pd; l = &(*l)->next)
		;
	*l = pd.next;
	served_put(s);
	return r;
}

static long
f2c_read(void *aux, uint32_t fid, void *buf, long n, int64_t off)
{
	Served *s = aux;
	Readmsg m;
	Readreply r;
	Arr a;
	Ref rc = H;
	char err[ERRMAX];
	long got = -1;

	vm_enter();
	if (s->rd == H) {
		kerror("%s", Ehungup);
	} else if (chan_new(NULL, &rc, Treadreply, 1) < 0) {
		kerror("%s", Enomem);
	} else {
		m.off = (int32_t)off;
		m.count = (int32_t)n;
		m.fid = (int32_t)fid;
		m.reply = rc;
		if (request(s, s->rd, &m, rc, &r) == 0) {
			if (str_get(r.err).len > 0) {
				kerror("%s", str_copy(r.err, err, sizeof err));
			} else {
				a = arr_bytes(r.data);
				got = a.len < n ? a.len : n;
				if (got > 0)
					memcpy(buf, a.data, (size_t)got);
			}
			ref_dec(r.data);
			ref_dec(r.err);
		}
		ref_dec(rc);
	}
	vm_leave();
	return got;
}

static long
f2c_write(void *aux, uint32_t fid, const void *buf, long n, int64_t off)
{
	Served *s = aux;
	Writemsg m;
	Writereply r;
	Ref rc = H;
	char err[ERRMAX];
	long got = -1;

	m.data = H;
	vm_enter();
	if (s->wr == H) {
		kerror("%s", Ehungup);
	} else if (chan_new(NULL, &rc, Twritereply, 1) < 0 || arr_setbytes(NULL, &m.data, buf, (size_t)n) < 0) {
		kerror("%s", Enomem);
	} else {
		m.off = (int32_t)off;
		m.fid = (int32_t)fid;
		m.reply = rc;
		if (request(s, s->wr, &m, rc, &r) == 0) {
			if (str_get(r.err).len > 0)
				kerror("%s", str_copy(r.err, err, sizeof err));
			else
				got = r.n < 0 ? 0 : r.n;
			ref_dec(r.err);
		}
	}
	ref_dec(m.data);
	ref_dec(rc);
	vm_leave();
	return got;
}

static void
f2c_clunk(void *aux, uint32_t fid)
{
	Served *s = aux;
	Readmsg rm = {0, 0, (int32_t)fid, H};
	Writemsg wm = {0, H, (int32_t)fid, H};

	vm_enter();
	if (s->rd != H)
		chan_post(s->rd, &rm);
	if (s->wr != H)
		chan_post(s->wr, &wm);
	vm_leave();
}

static void
f2c_gone(void *aux)
{
	vm_enter();
	served_put(aux);
	vm_leave();
}

static const Srvops f2cops = {f2c_read, f2c_write, f2c_clunk, f2c_gone};

/* A channel has lost its last reference. */
static void
dropped(Served *s)
{
	Pending *pd;

	if (s->rd == H && s->wr == H && s->f != NULL) {
		for (pd = s->pending; pd != NULL; pd = pd->next)
			chan_hangup(pd->reply);
		vm_release();
		srv_hangup(s->f);
		vm_acquire();
	}
	served_put(s);
}

static void
rdgone(void *aux)
{
	Served *s = aux;

	s->rd = H;
	dropped(s);
}

static void
wrgone(void *aux)
{
	Served *s = aux;

	s->wr = H;
	dropped(s);
}

int
vm_file2chan(Prog *p, const char *dir, const char *file, Ref *read, Ref *write)
{
	Served *s;
	Ref rd = H, wr = H;
	Srvfile *f;

	if (types() < 0 || (s = calloc(1, sizeof *s)) == NULL)
		return vm_raise(p, "out of memory: main");
	s->ref = 1;
	s->rd = s->wr = H;
	if (chan_new(p, &rd, Treadmsg, NSLOTS) < 0 || chan_new(p, &wr, Twritemsg, NSLOTS) < 0) {
		ref_dec(rd);
		free(s);
		return -1;
	}
	/* Requests may come before the call returns: all must be in place. */
	s->rd = rd;
	s->wr = wr;
	s->ref = 3;
	vm_release();
	f = srv_create(dir, file, &f2cops, s);
	vm_acquire();
	if (f == NULL) {
		free(s);
		ref_dec(rd);
		ref_dec(wr);
		return 1;
	}
	s->f = f;
	chan_onfree(rd, rdgone, s);
	chan_onfree(wr, wrgone, s);
	ref_set(read, rd);
	ref_set(write, wr);
	return 0;
}
