/*
 * $Srv: names and addresses as the host resolves them, srv(2). Each question is asked on a thread of its own, for the
 * host's resolver may take half a minute and cannot be interrupted, while a killed process must not wait.
 */
#include <arpa/inet.h>
#include <netdb.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "libinterp/mod/sys.h"

BUILTIN_DECLS(Srv)

enum { MAXADDR = 10 };

/*
 * A question and its answer, shared by asker and resolver: whoever lets go last frees it.
 */
typedef struct Query {
	pthread_mutex_t lock;
	pthread_cond_t answered;
	int ref;
	bool done;
	void (*ask)(struct Query *q);
	char *name;
	int n;
	char *answer[MAXADDR];
} Query;

static void
put(Query *q)
{
	pthread_mutex_lock(&q->lock);
	int ref = --q->ref;
	pthread_mutex_unlock(&q->lock);
	if (ref > 0)
		return;
	for (int i = 0; i < q->n; i++)
		free(q->answer[i]);
	pthread_mutex_destroy(&q->lock);
	pthread_cond_destroy(&q->answered);
	free(q->name);
	free(q);
}

static void
add(Query *q, const char *s)
{
	for (int i = 0; i < q->n; i++)
		if (strcmp(q->answer[i], s) == 0)
			return;
	if (q->n < MAXADDR && (q->answer[q->n] = strdup(s)) != NULL)
		q->n++;
}

static void
addresses(Query *q)
{
	struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *list = NULL;
	char t[INET6_ADDRSTRLEN];
	const void *a;

	if (getaddrinfo(q->name, NULL, &hints, &list) != 0)
		return;
	for (struct addrinfo *ai = list; ai != NULL; ai = ai->ai_next) {
		if (ai->ai_family == AF_INET)
			a = &((struct sockaddr_in *)ai->ai_addr)->sin_addr;
		else if (ai->ai_family == AF_INET6)
			a = &((struct sockaddr_in6 *)ai->ai_addr)->sin6_addr;
		else
			continue;
		if (inet_ntop(ai->ai_family, a, t, sizeof t) != NULL)
			add(q, t);
	}
	freeaddrinfo(list);
}

static void
names(Query *q)
{
	struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICHOST}, *ai = NULL;
	char host[NI_MAXHOST];

	if (getaddrinfo(q->name, NULL, &hints, &ai) != 0)
		return;
	if (getnameinfo(ai->ai_addr, ai->ai_addrlen, host, sizeof host, NULL, 0, NI_NAMEREQD) == 0)
		add(q, host);
	freeaddrinfo(ai);
}

/* name is net!service. */
static void
port(Query *q)
{
	struct servent se, *r = NULL;
	char buf[8192], t[16], *service = strchr(q->name, '!');

	if (service == NULL)
		return;
	*service++ = 0;
	if (getservbyname_r(service, q->name, &se, buf, sizeof buf, &r) == 0 && r != NULL) {
		snprintf(t, sizeof t, "%d", ntohs((uint16_t)se.s_port));
		add(q, t);
	}
}

static void
resolver(void *arg)
{
	Query *q = arg;

	q->ask(q);
	pthread_mutex_lock(&q->lock);
	q->done = true;
	pthread_cond_signal(&q->answered);
	pthread_mutex_unlock(&q->lock);
	put(q);
}

/*
 * Ask about name (taken over), with the VM given up. The query, to be put, or NULL: no answer came.
 */
static Query *
query(char *name, void (*ask)(Query *))
{
	Query *q = calloc(1, sizeof *q);
	bool done;

	if (q == NULL || name == NULL) {
		free(q);
		free(name);
		kerror("%s", Enomem);
		return NULL;
	}
	pthread_mutex_init(&q->lock, NULL);
	pthread_cond_init(&q->answered, NULL);
	q->ref = 2;
	q->ask = ask;
	q->name = name;
	if (kproc("resolve", resolver, q, NULL) < 0) {
		q->ref = 1;
		put(q);
		return NULL;
	}
	pthread_mutex_lock(&q->lock);
	while (!q->done)
		if (ksleep(&q->answered, &q->lock, -1) < 0)
			break;
	done = q->done;
	pthread_mutex_unlock(&q->lock);
	if (!done) {
		put(q);
		return NULL;
	}
	return q;
}

/* The answers as a list of strings. */
static int
retlist(Prog *p, void *fp, Query *q)
{
	Ref list = H, s = H;

	for (int i = q != NULL ? q->n - 1 : -1; i >= 0; i--)
		if (str_setc(p, &s, q->answer[i]) < 0 || list_cons(p, &list, Tref, &s) < 0) {
			ref_dec(s);
			ref_dec(list);
			put(q);
			return -1;
		}
	ref_dec(s);
	if (q != NULL)
		put(q);
	vm_retref(fp, list);
	return 0;
}

int
Srv_init(Prog *p, void *fp)
{
	(void)p;
	(void)fp;
	return 0;
}

int
Srv_iph2a(Prog *p, void *fp)
{
	struct F_Srv_iph2a *f = fp;
	char *name = str_utf8(f->a0, NULL);
	Query *q;

	sys_begin();
	q = query(name, addresses);
	vm_acquire();
	return retlist(p, fp, q);
}

int
Srv_ipa2h(Prog *p, void *fp)
{
	struct F_Srv_ipa2h *f = fp;
	char *name = str_utf8(f->a0, NULL);
	Query *q;

	sys_begin();
	q = query(name, names);
	vm_acquire();
	return retlist(p, fp, q);
}

int
Srv_ipn2p(Prog *p, void *fp)
{
	struct F_Srv_ipn2p *f = fp;
	Cname net, service;
	char *name = NULL;
	Query *q;
	int r;

	if (cname_get(p, &net, f->a0) < 0)
		return -1;
	if (cname_get(p, &service, f->a1) < 0) {
		cname_free(&net);
		return -1;
	}
	if (asprintf(&name, "%s!%s", net.s, service.s) < 0)
		name = NULL;
	cname_free(&net);
	cname_free(&service);
	sys_begin();
	q = query(name, port);
	vm_acquire();
	r = vm_retstr(p, fp, q != NULL && q->n > 0 ? q->answer[0] : "");
	if (q != NULL)
		put(q);
	return r;
}

BUILTIN_MODULE(Srv, NULL)
