/*
 * #a : TLS over any descriptor. tls(3)
 *
 * The protocol is OpenSSL's, which sees only memory: what it wants to send is taken out of `out` and written to the transport, a
 * channel, and what that gives is put into `in`. So TLS runs over whatever can be opened, also a connection of another machine's
 * network, and its waits can be interrupted like all others.
 */
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "devs/devs.h"
#include "emu/openssl.h"

enum {
	Qtop, Qclone, Qconv, Qctl, Qdata, Qstatus,
	MAXTLS = 4096,
	RECORD = 16384 + 512, /* bytes read from the transport at a time: about one record */
};

static const struct {
	const char *name;
	int type;
	uint32_t perm;
} convfile[] = {{"ctl", Qctl, 0660}, {"data", Qdata, 0660}, {"status", Qstatus, 0444}};
enum { NCONVFILE = sizeof convfile / sizeof convfile[0] };

#define QPATH(conv, type) ((uint64_t)(conv) << 8 | (type))
#define QTYPE(c) ((int)((c)->qid.path & 0xFF))
#define QCONV(c) ((int)((c)->qid.path >> 8))

/*
 * A conversation. Locks, from outer to inner: rlock makes one thread at a time wait for the transport's input, wlock keeps what
 * is written in order, lock guards the rest and all of OpenSSL's state and is not held while the transport waits. nopen is
 * guarded by tablelock.
 */
typedef struct Tls Tls;
struct Tls {
	pthread_mutex_t rlock, wlock, lock;
	int n;
	int nopen;
	char *owner;
	Chan *conn;	/* the transport, or NULL */
	SSL_CTX *ctx;
	SSL *ssl;
	BIO *in, *out;	/* ssl's */
	bool server, up; /* up: the handshake is done */
	bool noverify;
};

static pthread_mutex_t tablelock = PTHREAD_MUTEX_INITIALIZER;
static Tls *table[MAXTLS];
static int ntable;

static Tls *
tlsof(const Chan *c)
{
	pthread_mutex_lock(&tablelock);
	Tls *t = QCONV(c) < ntable ? table[QCONV(c)] : NULL;
	pthread_mutex_unlock(&tablelock);
	return t;
}

/* ---- the tree ---- */

static void
convdir(Chan *c, int n, int i, StyxDir *d)
{
	pthread_mutex_lock(&tablelock);
	const char *owner = table[n]->nopen > 0 ? table[n]->owner : eve;
	devdir(c, (StyxQid){.path = QPATH(n, convfile[i].type)}, convfile[i].name, 0, owner, convfile[i].perm, d);
	pthread_mutex_unlock(&tablelock);
}

static int
tlsgen(Chan *c, const Dirtab *tab, int ntab, int i, StyxDir *d)
{
	char name[16];
	int n = QCONV(c);

	(void)tab;
	(void)ntab;
	if (QTYPE(c) == Qconv && i >= 0) {
		if (i >= NCONVFILE)
			return -1;
		convdir(c, n, i, d);
		return 1;
	}
	if (QTYPE(c) == Qconv && i == -1) {
		snprintf(name, sizeof name, "%d", n);
		devdir(c, c->qid, name, 0, eve, 0555, d);
		return 1;
	}
	pthread_mutex_lock(&tablelock);
	int count = ntable;
	pthread_mutex_unlock(&tablelock);
	if (i < 0)
		devdir(c, (StyxQid){.path = Qtop, .type = STYX_QTDIR}, "#a", 0, eve, 0555, d);
	else if (i == 0)
		devdir(c, (StyxQid){.path = Qclone}, "clone", 0, eve, 0666, d);
	else if (i - 1 < count) {
		snprintf(name, sizeof name, "%d", i - 1);
		devdir(c, (StyxQid){.path = QPATH(i - 1, Qconv), .type = STYX_QTDIR}, name, 0, eve, 0555, d);
	} else
		return -1;
	return 1;
}

static Chan *
tlsattach(const char *spec)
{
	return devattach(&tlsdev, spec);
}

static Walkqid *
tlswalk(Chan *c, Chan *nc, const char **names, int n)
{
	return devwalk(c, nc, names, n, NULL, 0, tlsgen);
}

static int
tlsstat(Chan *c, StyxDir *d)
{
	if (QTYPE(c) == Qclone) {
		devdir(c, c->qid, "clone", 0, eve, 0666, d);
		return 0;
	}
	for (int i = 0; i < NCONVFILE; i++)
		if (convfile[i].type == QTYPE(c)) {
			convdir(c, QCONV(c), i, d);
			return 0;
		}
	return devstat(c, d, NULL, 0, tlsgen);
}

/* ---- conversations ---- */

/* The lowest free conversation, opened. */
static Tls *
claim(void)
{
	Tls *t = NULL;
	int i;

	if (tls_load() < 0)
		return NULL;
	pthread_mutex_lock(&tablelock);
	for (i = 0; i < ntable && table[i]->nopen > 0; i++)
		;
	if (i < ntable)
		t = table[i];
	else if (i < MAXTLS && (t = calloc(1, sizeof *t)) != NULL) {
		pthread_mutex_init(&t->rlock, NULL);
		pthread_mutex_init(&t->wlock, NULL);
		pthread_mutex_init(&t->lock, NULL);
		t->n = i;
		table[ntable++] = t;
	}
	if (t != NULL) {
		t->nopen = 1;
		devsetowner(&t->owner, up->env->user);
	} else
		kerror("%s", i < MAXTLS ? Enomem : Enodev);
	pthread_mutex_unlock(&tablelock);
	return t;
}

static int
reopen(Tls *t)
{
	int r = 0;

	pthread_mutex_lock(&tablelock);
	if (t->nopen == 0)
		devsetowner(&t->owner, up->env->user);
	else if (strcmp(t->owner, up->env->user) != 0 && !iseve())
		r = kerror("%s", Eperm);
	if (r == 0)
		t->nopen++;
	pthread_mutex_unlock(&tablelock);
	return r;
}

/* The reason for which OpenSSL has just refused something, as the error string. Returns -1. */
static int
sslerror(const Tls *t, const char *what)
{
	unsigned long e = ERR_get_error();
	const char *reason = e != 0 ? ERR_reason_error_string(e) : NULL;
	long v = t->ssl != NULL ? SSL_get_verify_result(t->ssl) : X509_V_OK;

	ERR_clear_error();
	if (v != X509_V_OK && !t->up && !t->noverify)
		return kerror("tls: %s", X509_verify_cert_error_string(v));
	return kerror("tls: %s", reason != NULL ? reason : what);
}

/* Writes to the transport what OpenSSL has to say; wlock is held, lock is held and given up meanwhile. */
static int
flush(Tls *t)
{
	char buf[RECORD];
	int n, r = 0;

	while (r == 0 && (n = BIO_read(t->out, buf, sizeof buf)) > 0) {
		pthread_mutex_unlock(&t->lock);
		if (chan_write(t->conn, buf, n, 0) != n)
			r = -1;
		pthread_mutex_lock(&t->lock);
	}
	return r;
}

/* More of what the transport gives; rlock is held, lock is held and given up meanwhile. Bytes, 0 at its end, or -1. */
static long
more(Tls *t)
{
	char buf[RECORD];

	pthread_mutex_unlock(&t->lock);
	long n = chan_read(t->conn, buf, sizeof buf, 0);
	pthread_mutex_lock(&t->lock);
	if (n > 0)
		BIO_write(t->in, buf, n);
	return n;
}

/* Sends what a read or a handshake has produced, in the order of locks: rlock is held, lock is held and given up meanwhile. */
static int
answer(Tls *t)
{
	if (BIO_ctrl_pending(t->out) == 0)
		return 0;
	pthread_mutex_unlock(&t->lock);
	pthread_mutex_lock(&t->wlock);
	pthread_mutex_lock(&t->lock);
	int r = flush(t);
	pthread_mutex_unlock(&t->wlock);
	return r;
}

static int
handshake(Tls *t)
{
	for (;;) {
		int r = SSL_do_handshake(t->ssl), e = SSL_get_error(t->ssl, r);
		if (r != 1 && e != SSL_ERROR_WANT_READ && e != SSL_ERROR_WANT_WRITE) {
			sslerror(t, "handshake failed");
			char err[ERRMAX];
			snprintf(err, sizeof err, "%s", kerrstr());
			answer(t); /* the alert */
			kseterrstr(err);
			return -1;
		}
		if (answer(t) < 0)
			return -1;
		if (r == 1) {
			t->up = true;
			return 0;
		}
		long n = e == SSL_ERROR_WANT_READ ? more(t) : 1;
		if (n == 0)
			return kerror("tls: connection closed during handshake");
		if (n < 0)
			return -1;
	}
}

static int
usepem(SSL_CTX *ctx, const char *cert, const char *key)
{
	BIO *b = BIO_new_mem_buf(cert, -1);
	X509 *x = b != NULL ? PEM_read_bio_X509(b, NULL, NULL, NULL) : NULL;
	int ok = x != NULL && SSL_CTX_use_certificate(ctx, x) == 1;

	X509_free(x);
	/* What follows are the certificates that lead to one the peer knows. */
	while (ok && (x = PEM_read_bio_X509(b, NULL, NULL, NULL)) != NULL)
		if (SSL_CTX_add_extra_chain_cert(ctx, x) != 1) {
			X509_free(x);
			ok = 0;
		}
	BIO_free(b);
	b = ok ? BIO_new_mem_buf(key, -1) : NULL;
	EVP_PKEY *k = b != NULL ? PEM_read_bio_PrivateKey(b, NULL, NULL, NULL) : NULL;
	ok = ok && k != NULL && SSL_CTX_use_PrivateKey(ctx, k) == 1 && SSL_CTX_check_private_key(ctx) == 1;
	EVP_PKEY_free(k);
	BIO_free(b);
	ERR_clear_error();
	return ok;
}

/* The whole of a small file of the caller's name space, or NULL. */
static char *
slurp(const char *name)
{
	enum { MAXPEM = 256 * 1024 };
	Chan *c = namec(name, Aopen, OREAD, 0);
	char *buf = c != NULL ? malloc(MAXPEM + 1) : NULL;
	long n = 0, r = 1;

	if (buf == NULL) {
		cclose(c);
		return NULL;
	}
	while (n < MAXPEM && (r = chan_read(c, buf + n, MAXPEM - n, n)) > 0)
		n += r;
	cclose(c);
	if (r < 0) {
		free(buf);
		return NULL;
	}
	buf[n] = 0;
	return buf;
}

/* ---- ctl: all with rlock and lock held ---- */

static int
ctlfd(Tls *t, Cmdbuf *cb)
{
	if (t->ssl != NULL)
		return kerror("connection in use");
	pthread_mutex_unlock(&t->lock);
	Chan *c = fdtochan(atoi(cb->f[1]), ORDWR, true);
	pthread_mutex_lock(&t->lock);
	if (c == NULL)
		return -1;
	cclose(t->conn);
	t->conn = c;
	return 0;
}

static int
begin(Tls *t, bool server)
{
	if (t->conn == NULL)
		return kerror("must set fd before handshake");
	if (t->ssl != NULL)
		return kerror("connection in use");
	t->server = server;
	t->ctx = SSL_CTX_new(server ? TLS_server_method() : TLS_client_method());
	if (t->ctx == NULL)
		return sslerror(t, Enomem);
	SSL_CTX_set_min_proto_version(t->ctx, TLS1_2_VERSION);
	SSL_CTX_set_mode(t->ctx, SSL_MODE_AUTO_RETRY | SSL_MODE_RELEASE_BUFFERS);
	return 0;
}

static int
startssl(Tls *t)
{
	t->ssl = SSL_new(t->ctx);
	t->in = BIO_new(BIO_s_mem());
	t->out = BIO_new(BIO_s_mem());
	if (t->ssl == NULL || t->in == NULL || t->out == NULL) {
		BIO_free(t->in);
		BIO_free(t->out);
		return kerror("%s", Enomem);
	}
	BIO_set_mem_eof_return(t->in, -1);
	BIO_set_mem_eof_return(t->out, -1);
	SSL_set_bio(t->ssl, t->in, t->out);
	return 0;
}

/* client NAME: with the server of that name, which has to prove it, unless noverify was said. */
static int
ctlclient(Tls *t, Cmdbuf *cb)
{
	const char *name = cb->f[1];
	ASN1_OCTET_STRING *ip = a2i_IPADDRESS(name);

	ASN1_OCTET_STRING_free(ip);
	if (begin(t, false) < 0)
		return -1;
	if (!t->noverify) {
		SSL_CTX_set_default_verify_paths(t->ctx);
		SSL_CTX_set_verify(t->ctx, SSL_VERIFY_PEER, NULL);
	}
	if (startssl(t) < 0)
		return -1;
	if (ip != NULL)
		X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(t->ssl), name);
	else if (SSL_set_tlsext_host_name(t->ssl, name) != 1 || SSL_set1_host(t->ssl, name) != 1)
		return sslerror(t, Ebadarg);
	SSL_set_connect_state(t->ssl);
	return handshake(t);
}

/* server CERT KEY: files of PEM in the caller's name space. */
static int
ctlserver(Tls *t, Cmdbuf *cb)
{
	pthread_mutex_unlock(&t->lock);
	char *cert = slurp(cb->f[1]), *key = cert != NULL ? slurp(cb->f[2]) : NULL;
	pthread_mutex_lock(&t->lock);
	int r = key != NULL ? begin(t, true) : -1;
	if (r == 0 && !usepem(t->ctx, cert, key))
		r = kerror("tls: no certificate and key in these files");
	if (r == 0)
		r = startssl(t);
	if (key != NULL)
		OPENSSL_cleanse(key, strlen(key));
	free(cert);
	free(key);
	if (r < 0)
		return -1;
	SSL_set_accept_state(t->ssl);
	return handshake(t);
}

static long
tlsctl(Tls *t, const void *buf, long n)
{
	enum { CMfd, CMclient, CMserver, CMnoverify };
	static const Cmdtab tab[] = {{CMfd, "fd", 2}, {CMclient, "client", 2}, {CMserver, "server", 3}, {CMnoverify, "noverify", 1}};
	Cmdbuf *cb = parsecmd(buf, n);
	const Cmdtab *ct = cb != NULL ? lookupcmd(cb, tab, sizeof tab / sizeof tab[0]) : NULL;
	int r = -1;

	if (ct != NULL && pthread_mutex_trylock(&t->rlock) != 0)
		kerror("%s", Einuse);
	else if (ct != NULL) {
		pthread_mutex_lock(&t->lock);
		switch (ct->index) {
		case CMfd:
			r = ctlfd(t, cb);
			break;
		case CMclient:
			r = ctlclient(t, cb);
			break;
		case CMserver:
			r = ctlserver(t, cb);
			break;
		case CMnoverify:
			t->noverify = true;
			r = 0;
		}
		pthread_mutex_unlock(&t->lock);
		pthread_mutex_unlock(&t->rlock);
	}
	if (cb != NULL)
		cmdbuf_free(cb);
	return r < 0 ? -1 : n;
}

/* ---- data ---- */

static long
tlsread(Tls *t, void *buf, long n)
{
	size_t got;
	long r;

	if (n == 0)
		return 0;
	/* Not to wait for who waits for the peer: that could not be interrupted. */
	if (pthread_mutex_trylock(&t->rlock) != 0)
		return kerror("%s", Einuse);
	pthread_mutex_lock(&t->lock);
	for (;;) {
		if (!t->up) {
			r = kerror("%s", Ebadusefd);
			break;
		}
		if (SSL_read_ex(t->ssl, buf, n, &got) == 1) {
			r = got;
			break;
		}
		int e = SSL_get_error(t->ssl, 0);
		if (e == SSL_ERROR_ZERO_RETURN) {
			r = 0;
			break;
		}
		if (e != SSL_ERROR_WANT_READ) {
			r = sslerror(t, Eio);
			break;
		}
		r = answer(t) < 0 ? -1 : more(t);
		if (r < 0)
			break;
		if (r == 0) {
			/* Without the peer's farewell anybody may have cut the text short. */
			r = kerror("tls: connection cut off");
			break;
		}
	}
	pthread_mutex_unlock(&t->lock);
	pthread_mutex_unlock(&t->rlock);
	return r;
}

static long
tlswrite(Tls *t, const void *buf, long n)
{
	size_t done = 0, k;
	int r = 0;

	pthread_mutex_lock(&t->wlock);
	pthread_mutex_lock(&t->lock);
	if (!t->up)
		r = kerror("%s", Ebadusefd);
	while (r == 0 && done < (size_t)n) {
		size_t want = n - done > 16384 ? 16384 : n - done;
		if (SSL_write_ex(t->ssl, (const char *)buf + done, want, &k) == 1) {
			done += k;
			r = flush(t);
		} else
			r = sslerror(t, Eio);
	}
	pthread_mutex_unlock(&t->lock);
	pthread_mutex_unlock(&t->wlock);
	return r < 0 ? -1 : n;
}

/* The last descriptor is gone: says farewell, and gives the transport up. */
static void
shut(Tls *t)
{
	pthread_mutex_lock(&t->wlock);
	pthread_mutex_lock(&t->lock);
	if (t->ssl != NULL && t->up && SSL_shutdown(t->ssl) >= 0)
		flush(t);
	SSL_free(t->ssl);
	SSL_CTX_free(t->ctx);
	Chan *conn = t->conn;
	t->ssl = NULL;
	t->ctx = NULL;
	t->in = t->out = NULL;
	t->conn = NULL;
	t->up = t->server = t->noverify = false;
	ERR_clear_error();
	pthread_mutex_unlock(&t->lock);
	pthread_mutex_unlock(&t->wlock);
	cclose(conn);
}

/* ---- files ---- */

static Chan *
tlsopen(Chan *c, int mode)
{
	int m = openmode(mode);
	Tls *t;

	if (m < 0)
		return NULL;
	switch (QTYPE(c)) {
	case Qclone:
		t = claim();
		if (t == NULL)
			return NULL;
		c->qid.path = QPATH(t->n, Qctl);
		break;
	case Qctl:
	case Qdata:
		if (reopen(tlsof(c)) < 0)
			return NULL;
		break;
	default:
		if (m != OREAD || (mode & (OTRUNC | ORCLOSE)))
			return kerrorp("%s", Eperm);
	}
	return devopened(c, m);
}

static void
tlsclose(Chan *c)
{
	if (!(c->flag & COPEN) || (QTYPE(c) != Qctl && QTYPE(c) != Qdata))
		return;
	Tls *t = tlsof(c);
	pthread_mutex_lock(&tablelock);
	bool last = t->nopen == 1;
	if (!last)
		t->nopen--;
	pthread_mutex_unlock(&tablelock);
	if (!last)
		return;
	/* Until it is clean nobody can claim it, and nobody else has it open. */
	shut(t);
	pthread_mutex_lock(&tablelock);
	t->nopen--;
	pthread_mutex_unlock(&tablelock);
}

static long
tlsfileread(Chan *c, void *buf, long n, int64_t off)
{
	char text[256] = "";
	Tls *t;

	switch (QTYPE(c)) {
	case Qctl:
		snprintf(text, sizeof text, "%d", QCONV(c));
		return readstr(off, buf, n, text);
	case Qdata:
		return tlsread(tlsof(c), buf, n);
	case Qstatus:
		t = tlsof(c);
		pthread_mutex_lock(&t->lock);
		if (t->up)
			snprintf(text, sizeof text, "Established %s %s\n", SSL_get_version(t->ssl), SSL_get_cipher_name(t->ssl));
		else
			snprintf(text, sizeof text, "%s\n", t->ssl != NULL ? "Handshake" : "Closed");
		pthread_mutex_unlock(&t->lock);
		return readstr(off, buf, n, text);
	}
	return devdirread(c, buf, n, NULL, 0, tlsgen);
}

static long
tlsfilewrite(Chan *c, const void *buf, long n, int64_t off)
{
	(void)off;
	switch (QTYPE(c)) {
	case Qctl:
		return tlsctl(tlsof(c), buf, n);
	case Qdata:
		return tlswrite(tlsof(c), buf, n);
	}
	return kerror("%s", Eperm);
}

Dev tlsdev = {
    .dc = 'a',
    .name = "tls",
    .attach = tlsattach,
    .walk = tlswalk,
    .stat = tlsstat,
    .open = tlsopen,
    .close = tlsclose,
    .read = tlsfileread,
    .write = tlsfilewrite,
};
