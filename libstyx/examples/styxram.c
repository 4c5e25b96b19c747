/*
 * styxram: a file server whose tree lives in memory. It shows the whole of a server: a table of operations over nodes
 * that fids hold references to.
 *
 *	styxram [-v] [-p port]	listens on 127.0.0.1, prints the port
 *	styxram [-v] -s		serves its standard input, a socket
 *
 * Operations run one after the other (there is no dispatch), but connections have a thread each; one lock guards the
 * tree.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "styx.h"

enum { MAXFILE = 256 * 1024 * 1024 };

/*
 * A file or directory. It is alive while it has a name (or is the root) or a fid stands for it; refs counts both.
 * Children are a list, in the order in which directory reads show them.
 */
typedef struct Node {
	int refs;
	char *name;
	char *uid;
	StyxQid qid;
	uint32_t perm; /* type bits included */
	uint32_t atime, mtime;
	uint8_t *data;
	size_t length, cap;
	struct Node *parent; /* NULL: the root, or removed */
	struct Node *child, *sibling;
} Node;

/* What a fid stands for. */
typedef struct Handle {
	Node *node;
	char *uname;
	bool rclose;
	size_t nread; /* entries of a directory that have been read */
} Handle;

static pthread_mutex_t tree = PTHREAD_MUTEX_INITIALIZER;
static Node *root;
static uint64_t nextpath = 1;
static bool verbose;

/* ---- nodes; tree held ---- */

static Node *
node_new(Node *parent, const char *name, uint32_t perm, const char *uid)
{
	Node *n = calloc(1, sizeof *n);
	Node **p;

	if (n == NULL)
		return NULL;
	n->name = strdup(name);
	n->uid = strdup(uid);
	if (n->name == NULL || n->uid == NULL) {
		free(n->name);
		free(n->uid);
		free(n);
		return NULL;
	}
	n->refs = 1;
	n->perm = perm;
	n->qid = (StyxQid){nextpath++, 0, (uint8_t)(perm >> 24)};
	n->atime = n->mtime = (uint32_t)time(NULL);
	n->parent = parent;
	if (parent != NULL) {
		for (p = &parent->child; *p != NULL; p = &(*p)->sibling)
			;
		*p = n;
		parent->mtime = n->mtime;
		parent->qid.vers++;
	}
	return n;
}

static void
node_unref(Node *n)
{
	if (--n->refs > 0)
		return;
	free(n->name);
	free(n->uid);
	free(n->data);
	free(n);
}

static Node *
node_find(Node *dir, const char *name)
{
	Node *n;

	for (n = dir->child; n != NULL && strcmp(n->name, name) != 0; n = n->sibling)
		;
	return n;
}

static const char *
node_remove(Node *n)
{
	Node **p;

	if (n == root)
		return "cannot remove root";
	if (n->parent == NULL)
		return NULL; /* somebody was faster */
	if (n->child != NULL)
		return STYX_ENOTEMPTY;
	for (p = &n->parent->child; *p != n; p = &(*p)->sibling)
		;
	*p = n->sibling;
	n->parent->mtime = (uint32_t)time(NULL);
	n->parent->qid.vers++;
	n->parent = NULL;
	node_unref(n);
	return NULL;
}

static const char *
node_resize(Node *n, uint64_t length)
{
	if (length > MAXFILE)
		return "file too big";
	if (length > n->cap) {
		size_t cap = n->cap == 0 ? 256 : n->cap;
		uint8_t *p;

		while (cap < length)
			cap *= 2;
		p = realloc(n->data, cap);
		if (p == NULL)
			return STYX_ENOMEM;
		n->data = p;
		n->cap = cap;
	}
	if (length > n->length)
		memset(n->data + n->length, 0, length - n->length);
	n->length = length;
	n->mtime = (uint32_t)time(NULL);
	n->qid.vers++;
	return NULL;
}

static StyxDir
node_dir(const Node *n)
{
	return (StyxDir){.qid = n->qid, .mode = n->perm, .atime = n->atime, .mtime = n->mtime,
		.length = n->perm & STYX_DMDIR ? 0 : n->length, .name = n->name, .uid = n->uid,
		.gid = n->uid, .muid = ""};
}

/*
 * Permission want (4 read, 2 write, 1 execute) on n for a user, by the first class that applies; there are no groups.
 */
static bool
allowed(const Node *n, const char *uname, unsigned want)
{
	unsigned bits = strcmp(n->uid, uname) == 0 ? n->perm >> 6 : n->perm;

	return (bits & want) == want;
}

/* ---- operations ---- */

static Handle *
handle_new(Node *n, const char *uname)
{
	Handle *h = calloc(1, sizeof *h);

	if (h == NULL)
		return NULL;
	h->uname = strdup(uname);
	if (h->uname == NULL) {
		free(h);
		return NULL;
	}
	h->node = n;
	n->refs++;
	return h;
}

static void
op_attach(StyxReq *r)
{
	const char *err = NULL;

	pthread_mutex_lock(&tree);
	r->newfid->aux = handle_new(root, r->t.uname);
	r->newfid->qid = root->qid;
	if (r->newfid->aux == NULL)
		err = STYX_ENOMEM;
	pthread_mutex_unlock(&tree);
	styx_error(r, err);
}

static void
op_walk(StyxReq *r)
{
	Handle *h = r->fid->aux;
	const char *err = NULL;
	Node *n, *to;
	int i;

	pthread_mutex_lock(&tree);
	n = h->node;
	for (i = 0; i < r->t.nwname; i++) {
		if ((n->perm & STYX_DMDIR) == 0)
			err = STYX_ENOTDIR;
		else if (!allowed(n, h->uname, 1))
			err = STYX_EPERM;
		if (err != NULL)
			break;
		if (strcmp(r->t.wname[i], "..") == 0)
			to = n->parent != NULL ? n->parent : n;
		else
			to = node_find(n, r->t.wname[i]);
		if (to == NULL) {
			err = STYX_ENOTEXIST;
			break;
		}
		n = to;
		r->r.wqid[i] = n->qid;
	}
	r->r.nwqid = (uint16_t)i;
	if (i > 0)
		err = NULL; /* a walk that came some way is no error */
	if (err == NULL && i == r->t.nwname) {
		r->newfid->aux = handle_new(n, h->uname);
		if (r->newfid->aux == NULL)
			err = STYX_ENOMEM;
	}
	pthread_mutex_unlock(&tree);
	styx_error(r, err);
}

static const char *
do_open(Handle *h, unsigned mode)
{
	Node *n = h->node;
	bool dir = (n->perm & STYX_DMDIR) != 0;
	unsigned want = (unsigned[]){4, 2, 6, 1}[mode & 3];

	if (mode & STYX_OTRUNC)
		want |= 2;
	if (dir && (want & 2 || mode & STYX_ORCLOSE))
		return STYX_EPERM;
	if (!allowed(n, h->uname, want))
		return STYX_EPERM;
	if (mode & STYX_ORCLOSE && (n->parent == NULL || !allowed(n->parent, h->uname, 2)))
		return STYX_EPERM;
	h->rclose = (mode & STYX_ORCLOSE) != 0;
	return mode & STYX_OTRUNC && (n->perm & STYX_DMAPPEND) == 0 ? node_resize(n, 0) : NULL;
}

static void
op_open(StyxReq *r)
{
	Handle *h = r->fid->aux;
	const char *err;

	pthread_mutex_lock(&tree);
	err = do_open(h, r->t.mode);
	r->fid->qid = h->node->qid;
	pthread_mutex_unlock(&tree);
	styx_error(r, err);
}

static void
op_create(StyxReq *r)
{
	Handle *h = r->fid->aux;
	Node *dir, *n = NULL;
	const char *err = NULL;
	uint32_t perm = r->t.perm, mask = perm & STYX_DMDIR ? 0777 : 0666;

	pthread_mutex_lock(&tree);
	dir = h->node;
	if (!allowed(dir, h->uname, 2) || (dir != root && dir->parent == NULL))
		err = STYX_EPERM;
	else if (node_find(dir, r->t.name) != NULL)
		err = STYX_EEXIST;
	else if (perm & STYX_DMDIR && (r->t.mode & 3) != STYX_OREAD)
		err = STYX_EPERM;
	else {
		perm &= (~mask & (STYX_DMDIR | STYX_DMAPPEND | STYX_DMTMP | 0777)) | (dir->perm & mask);
		n = node_new(dir, r->t.name, perm, h->uname);
		if (n == NULL)
			err = STYX_ENOMEM;
	}
	if (n != NULL) {
		node_unref(dir);
		n->refs++;
		h->node = n;
		h->rclose = (r->t.mode & STYX_ORCLOSE) != 0;
		r->fid->qid = n->qid;
	}
	pthread_mutex_unlock(&tree);
	styx_error(r, err);
}

static void
read_dir(StyxReq *r, Handle *h)
{
	Node *n;
	StyxDir d;
	size_t i;

	if (r->t.offset == 0)
		h->nread = 0;
	for (n = h->node->child, i = 0; n != NULL && i < h->nread; i++)
		n = n->sibling;
	for (; n != NULL; n = n->sibling) {
		d = node_dir(n);
		if (!styx_req_adddir(r, &d))
			break;
		h->nread++;
	}
}

static void
op_read(StyxReq *r)
{
	Handle *h = r->fid->aux;
	Node *n;
	void *buf;
	const char *err = NULL;

	pthread_mutex_lock(&tree);
	n = h->node;
	if (n->perm & STYX_DMDIR) {
		read_dir(r, h);
	} else if (r->t.offset < n->length) {
		r->r.count = r->t.count;
		if (r->r.count > n->length - r->t.offset)
			r->r.count = (uint32_t)(n->length - r->t.offset);
		r->r.data = buf = styx_req_buffer(r);
		if (buf != NULL)
			memcpy(buf, n->data + r->t.offset, r->r.count);
		else
			err = STYX_ENOMEM;
	}
	n->atime = (uint32_t)time(NULL);
	pthread_mutex_unlock(&tree);
	styx_error(r, err);
}

static void
op_write(StyxReq *r)
{
	Handle *h = r->fid->aux;
	Node *n;
	const char *err = NULL;
	uint64_t offset = r->t.offset;

	pthread_mutex_lock(&tree);
	n = h->node;
	if (n->perm & STYX_DMAPPEND)
		offset = n->length;
	if (offset + r->t.count > n->length)
		err = node_resize(n, offset + r->t.count);
	if (err == NULL && r->t.count > 0) {
		memcpy(n->data + offset, r->t.data, r->t.count);
		n->mtime = (uint32_t)time(NULL);
		n->qid.vers++;
	}
	pthread_mutex_unlock(&tree);
	styx_error(r, err);
}

static void
op_remove(StyxReq *r)
{
	Handle *h = r->fid->aux;
	const char *err;

	pthread_mutex_lock(&tree);
	if (h->node->parent != NULL && !allowed(h->node->parent, h->uname, 2))
		err = STYX_EPERM;
	else
		err = node_remove(h->node);
	pthread_mutex_unlock(&tree);
	styx_error(r, err);
}

static void
op_stat(StyxReq *r)
{
	Handle *h = r->fid->aux;

	/* The names may change as soon as the lock is released, but must hold until the answer is made. */
	pthread_mutex_lock(&tree);
	r->dir = node_dir(h->node);
	r->dir.name = strdupa(r->dir.name);
	r->dir.uid = r->dir.gid = strdupa(r->dir.uid);
	pthread_mutex_unlock(&tree);
	styx_respond(r);
}

/* Everything is checked before anything is changed. */
static const char *
do_wstat(Handle *h, const StyxDir *d)
{
	Node *n = h->node;
	bool owner = strcmp(n->uid, h->uname) == 0;
	char *name = NULL;
	const char *err = NULL;

	if (d->name[0] != '\0' && strcmp(d->name, n->name) != 0) {
		if (n->parent == NULL || !allowed(n->parent, h->uname, 2))
			return STYX_EPERM;
		if (node_find(n->parent, d->name) != NULL)
			return STYX_EEXIST;
	}
	if (d->length != UINT64_MAX && (n->perm & STYX_DMDIR ? d->length != 0 : !allowed(n, h->uname, 2)))
		return STYX_EPERM;
	if (d->length != UINT64_MAX && d->length > MAXFILE)
		return "file too big";
	if ((d->mode != UINT32_MAX || d->mtime != UINT32_MAX || d->atime != UINT32_MAX) && !owner)
		return STYX_EPERM;
	if (d->uid[0] != '\0' && strcmp(d->uid, n->uid) != 0)
		return STYX_EWSTAT;
	if (d->gid[0] != '\0' && strcmp(d->gid, n->uid) != 0)
		return STYX_EWSTAT;

	if (d->name[0] != '\0') {
		name = strdup(d->name);
		if (name == NULL)
			return STYX_ENOMEM;
	}
	if (d->length != UINT64_MAX && (n->perm & STYX_DMDIR) == 0)
		err = node_resize(n, d->length);
	if (err != NULL) {
		free(name);
		return err;
	}
	if (name != NULL) {
		free(n->name);
		n->name = name;
	}
	if (d->mode != UINT32_MAX)
		n->perm = (n->perm & STYX_DMDIR) | (d->mode & (STYX_DMAPPEND | STYX_DMTMP | 0777));
	if (d->mtime != UINT32_MAX)
		n->mtime = d->mtime;
	if (d->atime != UINT32_MAX)
		n->atime = d->atime;
	return NULL;
}

static void
op_wstat(StyxReq *r)
{
	const char *err;

	pthread_mutex_lock(&tree);
	err = do_wstat(r->fid->aux, &r->dir);
	pthread_mutex_unlock(&tree);
	styx_error(r, err);
}

static void
op_destroy(StyxFid *f)
{
	Handle *h = f->aux;

	if (h == NULL)
		return;
	pthread_mutex_lock(&tree);
	if (h->rclose)
		node_remove(h->node);
	node_unref(h->node);
	pthread_mutex_unlock(&tree);
	free(h->uname);
	free(h);
}

static const StyxOps ops = {
	.attach = op_attach,
	.walk = op_walk,
	.open = op_open,
	.create = op_create,
	.read = op_read,
	.write = op_write,
	.remove = op_remove,
	.stat = op_stat,
	.wstat = op_wstat,
	.destroy = op_destroy,
};

/* ---- connections ---- */

static void
trace(void *aux, const StyxFcall *f)
{
	char buf[1024];

	(void)aux;
	fprintf(stderr, "%s\n", styx_text(buf, sizeof buf, f));
}

static int
serve(int fd)
{
	StyxServerConf conf = {.trace = verbose ? trace : NULL};
	StyxTransport t;
	StyxServer *s;
	char err[STYX_ERRMAX];
	int ret;

	if (!styx_transport_fd(&t, fd, fd))
		return -1;
	s = styx_server_new(&t, &ops, &conf);
	if (s == NULL) {
		t.close(t.aux);
		return -1;
	}
	ret = styx_server_run(s, err, sizeof err);
	if (ret != 0)
		fprintf(stderr, "styxram: %s\n", err);
	styx_server_free(s);
	return ret;
}

static void *
connection(void *arg)
{
	serve((int)(intptr_t)arg);
	return NULL;
}

static int
listen_on(int port)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
	socklen_t len = sizeof a;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), one = 1, c;
	pthread_t tid;

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
	if (fd < 0 || bind(fd, (struct sockaddr *)&a, sizeof a) < 0 || listen(fd, SOMAXCONN) < 0 ||
		getsockname(fd, (struct sockaddr *)&a, &len) < 0) {
		perror("styxram: listen");
		return 1;
	}
	printf("%d\n", ntohs(a.sin_port));
	fflush(stdout);
	for (;;) {
		c = accept(fd, NULL, NULL);
		if (c < 0) {
			perror("styxram: accept");
			return 1;
		}
		if (pthread_create(&tid, NULL, connection, (void *)(intptr_t)c) != 0) {
			fprintf(stderr, "styxram: no thread for a connection\n");
			close(c);
			continue;
		}
		pthread_detach(tid);
	}
}

int
main(int argc, char **argv)
{
	bool std = false;
	int port = 0, c, ret;

	while ((c = getopt(argc, argv, "vsp:")) != -1) {
		switch (c) {
		case 'v':
			verbose = true;
			break;
		case 's':
			std = true;
			break;
		case 'p':
			port = atoi(optarg);
			break;
		default:
			fprintf(stderr, "usage: styxram [-v] [-p port | -s]\n");
			return 2;
		}
	}
	root = node_new(NULL, "/", STYX_DMDIR | 0777, "styxram");
	if (root == NULL) {
		fprintf(stderr, "styxram: out of memory\n");
		return 1;
	}
	ret = std ? serve(0) != 0 : listen_on(port);
	return ret;
}
