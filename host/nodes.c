/*
 * The table of nodes: found by directory and name, counted. One lock over all of it, never held during a request.
 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "nodes.h"

struct Nodes {
	pthread_mutex_t lock;
	StyxClient *client;
	Node root;
	Node **bucket;
	size_t nbucket; /* a power of two */
	size_t count;
};

struct Oldfid {
	uint32_t fid;
	struct Oldfid *next;
};

static size_t
hash(const Node *dir, const char *name)
{
	uint64_t h = (uintptr_t)dir * 0x9E3779B97F4A7C15u;

	while (*name != '\0')
		h = (h ^ (unsigned char)*name++) * 0x100000001B3u;
	return (size_t)(h ^ h >> 32);
}

static Node **
slot(Nodes *t, const Node *dir, const char *name)
{
	Node **p = &t->bucket[hash(dir, name) & (t->nbucket - 1)];

	while (*p != NULL && ((*p)->dir != dir || strcmp((*p)->name, name) != 0))
		p = &(*p)->next;
	return p;
}

/* Twice as many buckets; without memory the chains just become longer. */
static void
grow(Nodes *t)
{
	size_t i, n = t->nbucket * 2;
	Node **b = calloc(n, sizeof *b), *p, **to;

	if (b == NULL)
		return;
	for (i = 0; i < t->nbucket; i++) {
		while ((p = t->bucket[i]) != NULL) {
			t->bucket[i] = p->next;
			to = &b[hash(p->dir, p->name) & (n - 1)];
			p->next = *to;
			*to = p;
		}
	}
	free(t->bucket);
	t->bucket = b;
	t->nbucket = n;
}

/* Frees a node that nobody holds, and then perhaps its directory. Only nodes without a name have no place in the table. */
static void
release(Nodes *t, Node *n)
{
	struct Oldfid *old;
	Node *dir, **p;

	while (n != &t->root && n->lookups == 0 && n->children == 0) {
		dir = n->dir;
		if (dir != NULL) {
			p = slot(t, dir, n->name);
			*p = n->next;
			t->count--;
			dir->children--;
		}
		if (n->fid != STYX_NOFID)
			styx_client_forget(t->client, n->fid);
		while ((old = n->old) != NULL) {
			n->old = old->next;
			styx_client_forget(t->client, old->fid);
			free(old);
		}
		free(n->name);
		free(n);
		if (dir == NULL)
			return;
		n = dir;
	}
}

/* Takes the name away from the node at p, which stays for those who hold it. */
static void
orphan(Nodes *t, Node **p)
{
	Node *n = *p, *dir = n->dir;

	*p = n->next;
	n->dir = NULL;
	t->count--;
	dir->children--;
	release(t, n);
	release(t, dir);
}

Nodes *
nodes_new(StyxClient *c, uint32_t fid, const StyxQid *qid)
{
	Nodes *t = calloc(1, sizeof *t);

	if (t == NULL)
		return NULL;
	t->nbucket = 256;
	t->bucket = calloc(t->nbucket, sizeof *t->bucket);
	if (t->bucket == NULL) {
		free(t);
		return NULL;
	}
	pthread_mutex_init(&t->lock, NULL);
	t->client = c;
	t->root.fid = fid;
	t->root.path = qid->path;
	t->root.type = qid->type;
	return t;
}

Node *
nodes_root(Nodes *t)
{
	return &t->root;
}

Node *
nodes_enter(Nodes *t, Node *dir, const char *name, const StyxQid *qid, uint32_t fid)
{
	Node *n, **p;
	char *copy;

	pthread_mutex_lock(&t->lock);
	p = slot(t, dir, name);
	n = *p;
	if (n != NULL && (n->path != qid->path || n->type != qid->type)) {
		dir->lookups++; /* so that it survives */
		orphan(t, p);
		dir->lookups--;
		n = NULL;
	}
	if (n == NULL) {
		n = calloc(1, sizeof *n);
		copy = strdup(name);
		if (n == NULL || copy == NULL) {
			free(n);
			free(copy);
			pthread_mutex_unlock(&t->lock);
			return NULL;
		}
		if (t->count >= t->nbucket)
			grow(t);
		n->dir = dir;
		n->name = copy;
		n->path = qid->path;
		n->type = qid->type;
		n->fid = fid;
		dir->children++;
		t->count++;
		p = slot(t, dir, name);
		n->next = NULL;
		*p = n;
	} else if (n->fid == STYX_NOFID) {
		n->fid = fid;
	} else if (fid != STYX_NOFID) {
		styx_client_forget(t->client, fid);
	}
	n->lookups++;
	pthread_mutex_unlock(&t->lock);
	return n;
}

void
nodes_forget(Nodes *t, Node *n, uint64_t lookups)
{
	pthread_mutex_lock(&t->lock);
	n->lookups -= lookups <= n->lookups ? lookups : n->lookups;
	release(t, n);
	pthread_mutex_unlock(&t->lock);
}

void
nodes_removed(Nodes *t, Node *dir, const char *name)
{
	Node **p;

	pthread_mutex_lock(&t->lock);
	p = slot(t, dir, name);
	if (*p != NULL)
		orphan(t, p);
	pthread_mutex_unlock(&t->lock);
}

/* Retires the fids of n and of all nodes below. Without memory a fid stays. */
static void
retire(Nodes *t, Node *n)
{
	struct Oldfid *old;
	Node *p, *up;
	size_t i;

	for (i = 0; i < t->nbucket; i++) {
		for (p = t->bucket[i]; p != NULL; p = p->next) {
			for (up = p; up != NULL && up != n; up = up->dir)
				;
			if (up == NULL || p->fid == STYX_NOFID || (old = malloc(sizeof *old)) == NULL)
				continue;
			old->fid = p->fid;
			old->next = p->old;
			p->old = old;
			p->fid = STYX_NOFID;
		}
	}
}

void
nodes_renamed(Nodes *t, Node *dir, const char *name, const char *newname)
{
	char *copy = strdup(newname);
	Node *n, **p;

	pthread_mutex_lock(&t->lock);
	p = slot(t, dir, newname);
	if (*p != NULL)
		orphan(t, p);
	p = slot(t, dir, name);
	n = *p;
	if (n != NULL && copy == NULL) {
		orphan(t, p);
	} else if (n != NULL) {
		*p = n->next;
		free(n->name);
		n->name = copy;
		copy = NULL;
		p = slot(t, dir, newname);
		n->next = NULL;
		*p = n;
		retire(t, n);
	}
	pthread_mutex_unlock(&t->lock);
	free(copy);
}

/* The directory of a node without a fid has one or gets one first; nodes are held by their users, so none goes away here. */
uint32_t
nodes_fid(Nodes *t, Node *n, StyxCall *call)
{
	uint32_t fid, dirfid;
	const char *name;
	char *copy;
	Node *dir;
	StyxQid qid;

	pthread_mutex_lock(&t->lock);
	fid = n->fid;
	dir = n->dir;
	copy = fid == STYX_NOFID && dir != NULL ? strdup(n->name) : NULL;
	if (copy != NULL)
		dir->lookups++;
	pthread_mutex_unlock(&t->lock);
	if (copy == NULL)
		return fid;
	name = copy;
	dirfid = nodes_fid(t, dir, call);
	if (dirfid != STYX_NOFID && styx_client_walk(t->client, call, dirfid, &name, 1, &fid, &qid) == 1) {
		pthread_mutex_lock(&t->lock);
		if (qid.path != n->path || qid.type != n->type) {
			styx_client_forget(t->client, fid);
			fid = STYX_NOFID;
		} else if (n->fid == STYX_NOFID) {
			n->fid = fid;
		} else {
			styx_client_forget(t->client, fid);
			fid = n->fid;
		}
		pthread_mutex_unlock(&t->lock);
	}
	nodes_forget(t, dir, 1);
	free(copy);
	return fid;
}
