/*
 * $Keyring: digests, keyring-sha1(2): MD4, MD5, SHA-1 and SHA-2, and HMAC with the first two, over OpenSSL.
 *
 * A DigestState is a computation in progress. Data may come in pieces of any size; large ones take turns with other
 * processes. A state belongs to the function that made it and cannot be used after the digest has been taken from it.
 */
#include <stdlib.h>
#include <string.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/provider.h>

#include "libinterp/mod/builtins.h"
#include "libinterp/mod/keyring.h"

BUILTIN_DECLS(Keyring)

enum {
	PIECE = 1 << 20, /* bytes hashed before others get a turn */
	HMACKEY = 64,
};

enum { MD4, MD5, SHA1, SHA224, SHA256, SHA384, SHA512, NALG };

static const struct {
	const char *name;
	int len;
} algs[NALG] = {
	[MD4] = {"MD4", 16}, [MD5] = {"MD5", 16}, [SHA1] = {"SHA1", 20}, [SHA224] = {"SHA224", 28},
	[SHA256] = {"SHA256", 32}, [SHA384] = {"SHA384", 48}, [SHA512] = {"SHA512", 64},
};

typedef struct Digest {
	EVP_MD_CTX *ctx;
	int alg;
	bool hmac;
	bool done;
} Digest;

static Type *Tdigest;

static void
fini(void *host)
{
	Digest *d = host;

	EVP_MD_CTX_free(d->ctx);
	free(d);
}

int
keydigest_init(void)
{
	if (Tdigest == NULL)
		Tdigest = vm_handletype("DigestState", 4, (const uint8_t *)"", 0, fini);
	return Tdigest != NULL ? 0 : kerror("%s", Enomem);
}

OSSL_LIB_CTX *
keyring_legacy(void)
{
	static OSSL_LIB_CTX *legacy;

	if (legacy == NULL) {
		legacy = OSSL_LIB_CTX_new();
		if (legacy == NULL || OSSL_PROVIDER_load(legacy, "legacy") == NULL) {
			OSSL_LIB_CTX_free(legacy);
			legacy = NULL;
		}
	}
	return legacy;
}

/* The algorithm, fetched once; MD4 is only in the legacy provider. NULL if this host's OpenSSL does not have it. */
static const EVP_MD *
fetch(int alg)
{
	static EVP_MD *md[NALG];
	OSSL_LIB_CTX *from;

	if (md[alg] != NULL)
		return md[alg];
	from = alg == MD4 ? keyring_legacy() : NULL;
	if (alg == MD4 && from == NULL)
		return NULL;
	md[alg] = EVP_MD_fetch(from, algs[alg].name, NULL);
	return md[alg];
}

static int
badstate(Prog *p)
{
	return vm_raise(p, "type not constructed correctly: DigestState");
}

static int
failed(Prog *p)
{
	return vm_raise(p, "out of memory: main");
}

/* The context after a block of key xor pad, as HMAC has it. */
static bool
keyed(EVP_MD_CTX *ctx, int alg, Arr key, uint8_t pad)
{
	uint8_t k[HMACKEY];
	bool ok;

	memset(k, pad, sizeof k);
	for (uint32_t i = 0; i < key.len; i++)
		k[i] ^= key.data[i];
	ok = EVP_DigestInit_ex(ctx, fetch(alg), NULL) && EVP_DigestUpdate(ctx, k, sizeof k);
	OPENSSL_cleanse(k, sizeof k);
	return ok;
}

/* *dst = new state, begun (key, if it is not NULL). 0, or -1 after raising. */
static int
newstate(Prog *p, Ref *dst, int alg, const Arr *key)
{
	Digest *d;
	int32_t *x;

	if (fetch(alg) == NULL)
		return vm_raise(p, "digest not available: %s", algs[alg].name);
	d = calloc(1, sizeof *d);
	if (d == NULL)
		return failed(p);
	d->alg = alg;
	d->hmac = key != NULL;
	d->ctx = EVP_MD_CTX_new();
	if (d->ctx == NULL || !(key != NULL ? keyed(d->ctx, alg, *key, 0x36) : EVP_DigestInit_ex(d->ctx, fetch(alg), NULL))) {
		fini(d);
		return failed(p);
	}
	if (handle_new(p, dst, Tdigest, d) < 0) {
		fini(d);
		return -1;
	}
	x = ref2ptr(*dst);
	*x = 0;
	return 0;
}

/* Take the digest: out has room for it. */
static bool
finish(Digest *d, const Arr *key, uint8_t *out)
{
	unsigned n;

	d->done = true;
	if (!EVP_DigestFinal_ex(d->ctx, out, &n))
		return false;
	if (key == NULL)
		return true;
	return keyed(d->ctx, d->alg, *key, 0x5c) && EVP_DigestUpdate(d->ctx, out, n) && EVP_DigestFinal_ex(d->ctx, out, &n);
}

/*
 * All digests: n bytes of buf into state (nil: a new one), the result into digest if that is not nil.
 */
static int
digest(Prog *p, void *fp, int alg, Ref buf, int32_t n, const Arr *key, Ref out, Ref state)
{
	Arr data = arr_bytes(buf), dig = arr_bytes(out);
	uint8_t md[EVP_MAX_MD_SIZE];
	uint32_t i, k, len;
	Digest *d;
	Ref st = H;

	if (n < 0 || (buf == H && n != 0))
		return vm_raise(p, "invalid argument");
	if (out != H && dig.len < (uint32_t)algs[alg].len)
		return vm_raise(p, "bad digest value");
	len = (uint32_t)n < data.len ? (uint32_t)n : data.len;
	if (state == H) {
		if (newstate(p, &st, alg, key) < 0)
			return -1;
	} else {
		ref_inc(state);
		st = state;
	}
	d = handle_get(st, Tdigest);
	if (d == NULL || d->alg != alg || d->hmac != (key != NULL))
		goto bad;
	for (i = 0; i < len; i += k) {
		k = len - i < PIECE ? len - i : PIECE;
		/* Somebody else may have finished it meanwhile. */
		if (d->done)
			goto bad;
		if (!EVP_DigestUpdate(d->ctx, data.data + i, k)) {
			ref_dec(st);
			return failed(p);
		}
		if (k == PIECE) {
			vm_release();
			vm_acquire();
			if (vm_interrupted())
				break;
		}
	}
	if (d->done)
		goto bad;
	if (out != H) {
		if (!finish(d, key, md)) {
			ref_dec(st);
			return failed(p);
		}
		memcpy(dig.data, md, (size_t)algs[alg].len);
	}
	vm_retref(fp, st);
	return 0;
bad:
	ref_dec(st);
	return badstate(p);
}

#define DIGEST(name, alg) \
	int Keyring_##name(Prog *p, void *fp) \
	{ \
		struct F_Keyring_##name *f = fp; \
\
		return digest(p, fp, alg, f->a0, f->a1, NULL, f->a2, f->a3); \
	}

DIGEST(md4, MD4)
DIGEST(md5, MD5)
DIGEST(sha1, SHA1)
DIGEST(sha224, SHA224)
DIGEST(sha256, SHA256)
DIGEST(sha384, SHA384)
DIGEST(sha512, SHA512)

static int
hmac(Prog *p, void *fp, int alg, Ref data, int32_t n, Ref key, Ref out, Ref state)
{
	Arr k = arr_bytes(key);

	if (key == H || k.len > HMACKEY)
		return vm_raise(p, "bad encryption key");
	return digest(p, fp, alg, data, n, &k, out, state);
}

int
Keyring_hmac_md5(Prog *p, void *fp)
{
	struct F_Keyring_hmac_md5 *f = fp;

	return hmac(p, fp, MD5, f->a0, f->a1, f->a2, f->a3, f->a4);
}

int
Keyring_hmac_sha1(Prog *p, void *fp)
{
	struct F_Keyring_hmac_sha1 *f = fp;

	return hmac(p, fp, SHA1, f->a0, f->a1, f->a2, f->a3, f->a4);
}

int
Keyring_DigestState_copy(Prog *p, void *fp)
{
	struct F_Keyring_DigestState_copy *f = fp;
	Ref from = f->a0, r = H;
	Digest *d, *c;
	int32_t *x;

	if (from == H) {
		vm_retref(fp, H);
		return 0;
	}
	d = handle_get(from, Tdigest);
	if (d == NULL)
		return badstate(p);
	c = malloc(sizeof *c);
	if (c == NULL)
		return failed(p);
	*c = *d;
	c->ctx = EVP_MD_CTX_new();
	if (c->ctx == NULL || (!d->done && !EVP_MD_CTX_copy_ex(c->ctx, d->ctx))) {
		fini(c);
		return failed(p);
	}
	if (handle_new(p, &r, Tdigest, c) < 0) {
		fini(c);
		return -1;
	}
	x = ref2ptr(r);
	*x = 0;
	vm_retref(fp, r);
	return 0;
}
