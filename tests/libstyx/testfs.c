/* See testfs.h. */
#include <check.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "testfs.h"
#include "wire.h"

enum { ROOT, BLOCK, DATA, PIPE, DIR, SLOW, REFUSE, BIGSTAT, NFILE, ENTRY = 100, AUTH = 10000 };

static const char *const names[NFILE] = {"/", "block", "data", "pipe", "dir", "slow", "refuse", "bigstat"};

typedef struct Handle {
	int file;
	int pos; /* of a directory: entries read */
} Handle;

static atomic_int nhandle, lastwrite, nremove, nopen;

static pthread_mutex_t lk = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static StyxReq *blocked[2000];
static int nblocked;
static uint8_t data[1 << 20];
static size_t ndata;

const char *
testfs_dirname(int i, char buf[256])
{
	int n = snprintf(buf, 256, "%d", i), len = 1 + i * 7 % 250;

	for (; n < len; n++)
		buf[n] = (char)('a' + n % 26);
	buf[n] = '\0';
	return buf;
}

static StyxQid
qid(int file)
{
	return (StyxQid){(uint64_t)file, 0, file == ROOT || file == DIR ? STYX_QTDIR : file == AUTH ? STYX_QTAUTH : 0};
}

static void *
handle_new(int file)
{
	Handle *h = calloc(1, sizeof *h);

	h->file = file;
	nhandle++;
	return h;
}

static void
fs_auth(StyxReq *r)
{
	r->newfid->aux = handle_new(AUTH);
	r->newfid->qid = qid(AUTH);
	styx_respond(r);
}

static void
fs_attach(StyxReq *r)
{
	if (strcmp(r->t.aname, "nowhere") == 0) {
		styx_error(r, "unknown tree");
		return;
	}
	r->newfid->aux = handle_new(ROOT);
	r->newfid->qid = qid(ROOT);
	styx_respond(r);
}

static int
step(int file, const char *name)
{
	char buf[256];
	int i;

	if (strcmp(name, "..") == 0)
		return ROOT;
	if (file == ROOT)
		for (i = 1; i < NFILE; i++)
			if (strcmp(name, names[i]) == 0)
				return i;
	if (file == DIR) {
		i = atoi(name);
		if (i >= 0 && i < NDIR && strcmp(testfs_dirname(i, buf), name) == 0)
			return ENTRY + i;
	}
	return -1;
}

static void
fs_walk(StyxReq *r)
{
	int i, file = ((Handle *)r->fid->aux)->file, to;

	for (i = 0; i < r->t.nwname; i++) {
		to = step(file, r->t.wname[i]);
		if (to < 0)
			break;
		file = to;
		r->r.wqid[r->r.nwqid++] = qid(file);
	}
	if (i == 0 && r->t.nwname > 0) {
		styx_error(r, STYX_ENOTEXIST);
		return;
	}
	if (i == r->t.nwname)
		r->newfid->aux = handle_new(file);
	styx_respond(r);
}

static void
fs_open(StyxReq *r)
{
	Handle *h = r->fid->aux;

	if (h->file == REFUSE) {
		styx_error(r, "quota used");
		return;
	}
	nopen++;
	if (h->file == DATA && r->t.mode & STYX_OTRUNC) {
		pthread_mutex_lock(&lk);
		ndata = 0;
		pthread_mutex_unlock(&lk);
	}
	styx_respond(r);
}

static void
fs_create(StyxReq *r)
{
	Handle *h = r->fid->aux;

	if (strcmp(r->t.name, "data") != 0) {
		styx_error(r, "quota used");
		return;
	}
	h->file = DATA;
	r->fid->qid = qid(DATA);
	styx_respond(r);
}

static StyxDir
dir(int file, char buf[256])
{
	StyxQid q = qid(file);
	const char *name = file >= AUTH ? "auth" : file >= ENTRY ? testfs_dirname(file - ENTRY, buf) : names[file];

	return (StyxDir){.qid = q, .mode = (uint32_t)q.type << 24 | 0644, .name = name, .uid = "inferno", .gid = "inferno", .muid = ""};
}

static void
read_dir(StyxReq *r, Handle *h)
{
	int first = h->file == ROOT ? 1 : ENTRY, end = h->file == ROOT ? NFILE : ENTRY + NDIR;
	char buf[256];
	StyxDir d;

	if (r->t.offset == 0)
		h->pos = 0;
	for (; first + h->pos < end; h->pos++) {
		d = dir(first + h->pos, buf);
		if (!styx_req_adddir(r, &d))
			break;
	}
	styx_respond(r);
}

static void
read_data(StyxReq *r)
{
	uint8_t *buf = styx_req_buffer(r);

	pthread_mutex_lock(&lk);
	if (r->t.offset < ndata) {
		r->r.count = r->t.count < ndata - r->t.offset ? r->t.count : (uint32_t)(ndata - r->t.offset);
		memcpy(buf, data + r->t.offset, r->r.count);
		r->r.data = buf;
	}
	pthread_mutex_unlock(&lk);
	styx_respond(r);
}

static void
fs_read(StyxReq *r)
{
	Handle *h = r->fid->aux;

	switch (h->file) {
	case ROOT:
	case DIR:
		read_dir(r, h);
		return;
	case BLOCK:
		pthread_mutex_lock(&lk);
		if (!styx_req_flushed(r)) {
			blocked[nblocked++] = r;
			pthread_cond_broadcast(&changed);
			r = NULL;
		}
		pthread_mutex_unlock(&lk);
		if (r != NULL)
			styx_error(r, STYX_EINTR);
		return;
	case DATA:
		read_data(r);
		return;
	case SLOW:
		usleep(3000);
		r->r.data = "slow";
		r->r.count = r->t.count < 4 ? r->t.count : 4;
		styx_respond(r);
		return;
	case AUTH:
		r->r.data = "auth";
		r->r.count = 4;
		styx_respond(r);
		return;
	}
	styx_respond(r);
}

static void
fs_write(StyxReq *r)
{
	Handle *h = r->fid->aux;
	const char *err = NULL;

	if (h->file == DATA) {
		pthread_mutex_lock(&lk);
		if (r->t.offset + r->t.count > sizeof data)
			err = "file too big";
		else {
			memcpy(data + r->t.offset, r->t.data, r->t.count);
			if (r->t.offset + r->t.count > ndata)
				ndata = r->t.offset + r->t.count;
		}
		pthread_mutex_unlock(&lk);
	}
	lastwrite = (int)r->t.count;
	styx_error(r, err);
}

static void
fs_remove(StyxReq *r)
{
	nremove++;
	styx_error(r, STYX_EPERM);
}

static void
fs_stat(StyxReq *r)
{
	Handle *h = r->fid->aux;
	char buf[256], big[6001];

	if (h->file == REFUSE) {
		styx_error(r, "quota used");
		return;
	}
	r->dir = dir(h->file, buf);
	if (h->file == BIGSTAT) {
		memset(big, 'u', sizeof big - 1);
		big[sizeof big - 1] = '\0';
		r->dir.uid = big;
	}
	styx_respond(r);
}

static void
fs_wstat(StyxReq *r)
{
	styx_error(r, styx_dir_isnull(&r->dir) ? NULL : STYX_EPERM);
}

static void
fs_flush(StyxReq *r)
{
	bool found = false;
	int i;

	pthread_mutex_lock(&lk);
	for (i = 0; i < nblocked; i++)
		if (blocked[i] == r) {
			memmove(&blocked[i], &blocked[i + 1], (size_t)(--nblocked - i) * sizeof blocked[0]);
			found = true;
			break;
		}
	pthread_mutex_unlock(&lk);
	if (found)
		styx_error(r, STYX_EINTR);
}

static void
fs_destroy(StyxFid *f)
{
	if (f->aux == NULL)
		return;
	if (f->isopen && !f->isauth && ((Handle *)f->aux)->file != DATA)
		nopen--;
	free(f->aux);
	nhandle--;
}

#define OPS \
	.attach = fs_attach, .walk = fs_walk, .open = fs_open, .create = fs_create, .read = fs_read, .write = fs_write, \
	.remove = fs_remove, .stat = fs_stat, .wstat = fs_wstat, .flush = fs_flush, .destroy = fs_destroy

const StyxOps testfs_ops = {OPS};
const StyxOps testfs_authops = {.auth = fs_auth, OPS};

int
testfs_release(const char *text)
{
	StyxReq *r;
	int n = 0;

	for (;;) {
		pthread_mutex_lock(&lk);
		r = nblocked > 0 ? blocked[0] : NULL;
		if (r != NULL)
			memmove(&blocked[0], &blocked[1], (size_t)--nblocked * sizeof blocked[0]);
		pthread_mutex_unlock(&lk);
		if (r == NULL)
			return n;
		r->r.data = text;
		r->r.count = (uint32_t)strlen(text);
		styx_respond(r);
		n++;
	}
}

int
testfs_blocked(void)
{
	int n;

	pthread_mutex_lock(&lk);
	n = nblocked;
	pthread_mutex_unlock(&lk);
	return n;
}

void
testfs_wait_blocked(int n)
{
	pthread_mutex_lock(&lk);
	while (nblocked < n)
		pthread_cond_wait(&changed, &lk);
	pthread_mutex_unlock(&lk);
}

int
testfs_handles(void)
{
	return nhandle;
}

int
testfs_settled(int n)
{
	for (int i = 0; i < 1000 && testfs_handles() != n; i++)
		usleep(5000);
	return testfs_handles();
}

int
testfs_last_write(void)
{
	return lastwrite;
}

int
testfs_open_fids(void)
{
	return nopen;
}

int
testfs_removes(void)
{
	return nremove;
}

/* ---- workers ---- */

struct Workers {
	pthread_mutex_t lk;
	pthread_cond_t cv;
	StyxReq *queue[4096];
	int head, tail;
	bool stop;
	int n;
	pthread_t tid[64];
};

static void *
work(void *arg)
{
	Workers *w = arg;
	StyxReq *r;

	for (;;) {
		pthread_mutex_lock(&w->lk);
		while (w->head == w->tail && !w->stop)
			pthread_cond_wait(&w->cv, &w->lk);
		if (w->head == w->tail) {
			pthread_mutex_unlock(&w->lk);
			return NULL;
		}
		r = w->queue[w->head++ % 4096];
		pthread_mutex_unlock(&w->lk);
		styx_req_run(r);
	}
}

Workers *
workers_new(int n)
{
	Workers *w = calloc(1, sizeof *w);

	pthread_mutex_init(&w->lk, NULL);
	pthread_cond_init(&w->cv, NULL);
	for (w->n = 0; w->n < n; w->n++)
		ck_assert_int_eq(pthread_create(&w->tid[w->n], NULL, work, w), 0);
	return w;
}

int
workers_dispatch(void *aux, StyxReq *r)
{
	Workers *w = aux;
	bool full;

	pthread_mutex_lock(&w->lk);
	full = w->tail - w->head == 4096;
	if (!full)
		w->queue[w->tail++ % 4096] = r;
	pthread_cond_signal(&w->cv);
	pthread_mutex_unlock(&w->lk);
	return full ? -1 : 0;
}

void
workers_free(Workers *w)
{
	int i;

	pthread_mutex_lock(&w->lk);
	w->stop = true;
	pthread_cond_broadcast(&w->cv);
	pthread_mutex_unlock(&w->lk);
	for (i = 0; i < w->n; i++)
		pthread_join(w->tid[i], NULL);
	pthread_mutex_destroy(&w->lk);
	pthread_cond_destroy(&w->cv);
	free(w);
}

/* ---- a server ---- */

static void *
serve(void *arg)
{
	Served *s = arg;

	s->ret = styx_server_run(s->server, s->err, sizeof s->err);
	return NULL;
}

void
serve_start(Served *s, const StyxOps *ops, const StyxServerConf *conf)
{
	StyxTransport t;
	int fd[2];

	wire_pair(fd);
	ck_assert(styx_transport_fd(&t, fd[1], fd[1]));
	s->fd = fd[0];
	s->server = styx_server_new(&t, ops, conf);
	ck_assert_ptr_nonnull(s->server);
	ck_assert_int_eq(pthread_create(&s->tid, NULL, serve, s), 0);
}

void
serve_wait(Served *s)
{
	unsigned nreq, nfid;

	pthread_join(s->tid, NULL);
	styx_server_counts(s->server, &nreq, &nfid);
	ck_assert_uint_eq(nreq, 0);
	ck_assert_uint_eq(nfid, 0);
	styx_server_free(s->server);
}

void
serve_end(Served *s)
{
	close(s->fd);
	serve_wait(s);
}
