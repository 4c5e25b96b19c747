/*
 * Integers of any size as Limbo has them: IPint, which is the same type in $IPints, $Keyring and $Crypt. A number is an
 * OpenSSL BIGNUM behind a handle; it never changes once made.
 */
#ifndef LIBINTERP_MOD_IPINT_H
#define LIBINTERP_MOD_IPINT_H

#include <openssl/bn.h>

#include "libinterp/interp.h"

enum {
	IPINT_MAXBITS = 1 << 20, /* larger results raise "number too large" */
	IPINT_MAXMOD = 16384,	 /* bits of moduli, exponents times four and primes: what can be computed in seconds */
};

int ipint_init(void); /* loads libcrypto and makes the type; may be called more than once. 0, or -1 with the error string set */

/*
 * The number of r, valid until the builtin returns. NULL after raising: dereference of nil, or type not constructed
 * correctly.
 */
const BIGNUM *ipint_get(Prog *p, Ref r);

/* *dst = new IPint of value b, which is taken over, on failure too; NULL is reported as memory exhaustion. 0 or -1. */
int ipint_set(Prog *p, Ref *dst, BIGNUM *b);

/* Text and bytes; see keyring-ipint(2). malloc'd; NULL: no memory. */
char *ipint_text(const BIGNUM *b, int base);
char *ipint_b64z(const BIGNUM *b);
/* The number that text is in that base. *ok is false if it is none. NULL with *ok: no memory. */
BIGNUM *ipint_parse(const char *s, int base, bool *ok);

/* A computation by a thread that has given the VM up ends when its process is killed: for BN_ functions that call back. */
BN_GENCB *ipint_callback(void);

/* The operations; arguments are in frames as builtins.h declares them for both modules. */
#define IPINT_OPS(X) \
	X(iptob64) X(iptob64z) X(b64toip) X(iptobytes) X(iptobebytes) X(bytestoip) X(bebytestoip) X(inttoip) X(iptoint) \
	X(iptostr) X(strtoip) X(bits) X(expmod) X(invert) X(add) X(sub) X(neg) X(mul) X(div) X(mod) X(eq) X(cmp) X(copy) \
	X(shl) X(shr) X(and) X(ori) X(xor) X(not)

#define IPINT_DECL(op) int ipint_##op(Prog *p, void *fp);
IPINT_OPS(IPINT_DECL)

/* random(nbits) with the number of bits taken out of the frame. */
int ipint_random(Prog *p, void *fp, int32_t nbits);

/* Defines Mod_IPint_op for all of them. */
#define IPINT_FORWARD(mod, op) \
	int mod##_IPint_##op(Prog *p, void *fp) \
	{ \
		return ipint_##op(p, fp); \
	}

#endif
