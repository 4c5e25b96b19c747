/*
 * Network conversations over host sockets: addresses (ipaddr.c), and what the ctl commands do (ipconv.c). The tree is devip.c.
 */
#ifndef DEVS_IPCONV_H
#define DEVS_IPCONV_H

#include <netinet/in.h>

#include "emu/emu.h"

enum { IPSTRLEN = 64, CONVNAME = 128 /* a line of local or remote */ };

/* Any address as the device thinks of it: 16 bytes, IPv4 as ::ffff:a.b.c.d. */
typedef struct Ipaddr Ipaddr;
struct Ipaddr {
	uint8_t a[16];
	uint32_t scope; /* interface of a link-local address */
};

extern const Ipaddr ipany;
bool ip_isv4(const Ipaddr *ip);
bool ip_isany(const Ipaddr *ip);
/* Text in out (IPSTRLEN bytes); returns out. */
char *ip_format(const Ipaddr *ip, char *out);
/* Dotted decimal in all forms, or IPv6. 0 or -1 with "invalid IP address". */
int ip_parse(const char *s, Ipaddr *ip);
/* A port number in C notation. -1 with "non-numeric port number". */
int port_parse(const char *s);

enum { CLOSED, ANNOUNCING, ANNOUNCED, CONNECTING, ESTABLISHED };
extern const char *const convstate[];

enum { TCP, UDP, UNIX, NPROTO };
enum { NOHEADERS, HEADERS, OLDHEADERS, HEADERS4 };

/*
 * A host socket, shared by whoever is just using it. Closing a conversation shuts the socket down, which wakes them; the descriptor goes
 * with the last of them, so that its number is not reused under them.
 */
typedef struct Sock Sock;
struct Sock {
	atomic_int ref;
	int fd;
	bool v6;
	char *path; /* of UNIX: the file that an announcement has made, removed with the socket; or NULL */
	atomic_bool dead; /* hung up */
};

/*
 * A conversation: one numbered directory. nopen counts open ctl, data and listen files: at 0 it is closed and its number free. `lock` guards
 * all fields; it is not held while the host waits.
 */
typedef struct Conv Conv;
struct Conv {
	pthread_mutex_t lock;
	int proto;
	int n;
	int nopen;
	int state;
	bool used;    /* state is not fresh: connect and announce are refused */
	Sock *sock;
	int headers;
	uint32_t perm;
	char *owner;
};

/* All start with the lock free. Results as everywhere: -1 with the error set. */
int conv_open(Conv *cv);		 /* nopen++; a free one gets a socket and the caller as owner */
void conv_close(Conv *cv);
int conv_ctl(Conv *cv, const void *buf, long n);
Conv *conv_listen(Conv *cv);		 /* waits; a new conversation with nopen 1 */
long conv_read(Conv *cv, void *buf, long n);
long conv_write(Conv *cv, const void *buf, long n);
int conv_name(Conv *cv, bool remote, char *buf, size_t n); /* "addr!port\n" */

Conv *conv_alloc(int proto);		 /* lowest free number, opened (nopen 1) */
Conv *conv_byindex(int proto, int n);	 /* or NULL */
int conv_count(int proto);		 /* directories that exist */

#endif
