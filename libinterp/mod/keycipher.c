/*
 * $Keyring: symmetric ciphers, keyring-crypt(2). AES, DES and Blowfish are OpenSSL's. It offers no way to run RC4 backwards, and
 * Debian's has no IDEA at all: these two are here.
 *
 * A state holds the key and, for CBC, what the next block is chained to. CBC is done in calls of whole blocks, so that
 * the chaining value can be kept from call to call and changes of direction.
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
	PIECE = 1 << 20, /* bytes done before others get a turn */
	MAXBLOCK = 16,
	IDEAKEYS = 52,
};

enum { AES, DES, IDEA, BLOWFISH, RC4, NALG };

typedef struct Cipher {
	int alg;
	EVP_CIPHER_CTX *enc, *dec; /* one block on its own (ECB); not RC4, IDEA */
	union {
		uint16_t idea[2][IDEAKEYS]; /* encryption, decryption */
		struct {
			uint8_t s[256], i, j;
		} rc4;
	};
	uint8_t chain[MAXBLOCK];
} Cipher;

static const struct {
	const char *name; /* OpenSSL's */
	const char *adt;
	uint32_t block;
} algs[NALG] = {
	[AES] = {NULL, "AESstate", 16}, [DES] = {"DES-ECB", "DESstate", 8}, [IDEA] = {NULL, "IDEAstate", 8},
	[BLOWFISH] = {"BF-ECB", "BFstate", 8}, [RC4] = {NULL, "RC4state", 1},
};

static Type *types[NALG];

static void
fini(void *host)
{
	Cipher *c = host;

	EVP_CIPHER_CTX_free(c->enc);
	EVP_CIPHER_CTX_free(c->dec);
	OPENSSL_cleanse(c, sizeof *c);
	free(c);
}

int
keycipher_init(void)
{
	for (int i = 0; i < NALG; i++) {
		if (types[i] == NULL)
			types[i] = vm_handletype(algs[i].adt, 4, (const uint8_t *)"", 0, fini);
		if (types[i] == NULL)
			return kerror("%s", Enomem);
	}
	return 0;
}

/* ------------------------------------------------------------ IDEA */

/* Multiplication modulo 2^16+1, where 0 stands for 2^16. */
static uint16_t
mul(uint16_t a, uint16_t b)
{
	uint32_t p;

	if (a == 0)
		return (uint16_t)(1 - b);
	if (b == 0)
		return (uint16_t)(1 - a);
	p = (uint32_t)a * b % 65537;
	return (uint16_t)p;
}

/* The inverse for mul: x^(2^16-1). */
static uint16_t
inverse(uint16_t x)
{
	uint16_t r = 1;

	for (int i = 0; i < 16; i++) {
		r = mul(r, x);
		if (i < 15)
			x = mul(x, x);
	}
	return r;
}

static void
ideakeys(uint16_t ek[IDEAKEYS], uint16_t dk[IDEAKEYS], const uint8_t *key)
{
	int i, r, bit;
	uint32_t w;

	/* Eight words of the key, then those of the key turned left by 25 bits, and so on. */
	for (i = 0; i < IDEAKEYS; i++) {
		bit = (i / 8 * 25 + i % 8 * 16) % 128;
		w = (uint32_t)key[bit / 8] << 16 | (uint32_t)key[(bit / 8 + 1) % 16] << 8 | key[(bit / 8 + 2) % 16];
		ek[i] = (uint16_t)(w >> (8 - bit % 8));
	}
	/* The rounds backwards; between two the middle words have changed places. */
	for (r = 0; r <= 8; r++) {
		const uint16_t *k = ek + (8 - r) * 6;
		bool swap = r > 0 && r < 8;

		dk[r * 6] = inverse(k[0]);
		dk[r * 6 + 1] = (uint16_t)-k[swap ? 2 : 1];
		dk[r * 6 + 2] = (uint16_t)-k[swap ? 1 : 2];
		dk[r * 6 + 3] = inverse(k[3]);
		if (r < 8) {
			dk[r * 6 + 4] = k[-2];
			dk[r * 6 + 5] = k[-1];
		}
	}
}

static void
ideablock(const uint16_t *k, uint8_t *b)
{
	uint16_t x[4], s, t, u;
	int i;

	for (i = 0; i < 4; i++)
		x[i] = (uint16_t)(b[i * 2] << 8 | b[i * 2 + 1]);
	for (i = 0; i < 8; i++, k += 6) {
		x[0] = mul(x[0], k[0]);
		x[1] = (uint16_t)(x[1] + k[1]);
		x[2] = (uint16_t)(x[2] + k[2]);
		x[3] = mul(x[3], k[3]);
		s = mul(x[0] ^ x[2], k[4]);
		t = mul((uint16_t)((x[1] ^ x[3]) + s), k[5]);
		s = (uint16_t)(s + t);
		x[0] ^= t;
		x[3] ^= s;
		u = x[1] ^ s;
		x[1] = x[2] ^ t;
		x[2] = u;
	}
	u = x[1];
	x[0] = mul(x[0], k[0]);
	x[1] = (uint16_t)(x[2] + k[1]);
	x[2] = (uint16_t)(u + k[2]);
	x[3] = mul(x[3], k[3]);
	for (i = 0; i < 4; i++) {
		b[i * 2] = (uint8_t)(x[i] >> 8);
		b[i * 2 + 1] = (uint8_t)x[i];
	}
}

/* ------------------------------------------------------------ RC4 */

static void
swap(uint8_t *a, uint8_t *b)
{
	uint8_t t = *a;

	*a = *b;
	*b = t;
}

static void
rc4key(Cipher *c, Arr key)
{
	uint8_t j = 0;
	int i;

	for (i = 0; i < 256; i++)
		c->rc4.s[i] = (uint8_t)i;
	for (i = 0; i < 256; i++) {
		j = (uint8_t)(j + c->rc4.s[i] + key.data[(uint32_t)i % key.len]);
		swap(&c->rc4.s[i], &c->rc4.s[j]);
	}
	c->rc4.i = c->rc4.j = 0;
}

static uint8_t
rc4next(Cipher *c)
{
	uint8_t *s = c->rc4.s, i = ++c->rc4.i, j = c->rc4.j = (uint8_t)(c->rc4.j + s[i]);

	swap(&s[i], &s[j]);
	return s[(uint8_t)(s[i] + s[j])];
}

static void
rc4undo(Cipher *c)
{
	uint8_t *s = c->rc4.s, i = c->rc4.i--, j = c->rc4.j;

	swap(&s[i], &s[j]);
	c->rc4.j = (uint8_t)(j - s[i]);
}

/* ------------------------------------------------------------ states */

static EVP_CIPHER_CTX *
blockctx(const EVP_CIPHER *ev, Arr key, uint32_t keylen, int enc)
{
	EVP_CIPHER_CTX *x = EVP_CIPHER_CTX_new();

	if (x != NULL && EVP_CipherInit_ex(x, ev, NULL, NULL, NULL, enc) && EVP_CIPHER_CTX_set_key_length(x, (int)keylen) &&
	    EVP_CipherInit_ex(x, NULL, NULL, key.data, NULL, enc) && EVP_CIPHER_CTX_set_padding(x, 0))
		return x;
	EVP_CIPHER_CTX_free(x);
	return NULL;
}

static const EVP_CIPHER *
fetch(int alg, uint32_t keylen)
{
	static EVP_CIPHER *legacy[NALG];

	if (alg == AES)
		return keylen == 16 ? EVP_aes_128_ecb() : keylen == 24 ? EVP_aes_192_ecb() : EVP_aes_256_ecb();
	if (legacy[alg] == NULL)
		legacy[alg] = EVP_CIPHER_fetch(keyring_legacy(), algs[alg].name, NULL);
	return legacy[alg];
}

/* *result = new state. Key and initial chaining value have been checked. */
static int
setup(Prog *p, void *fp, int alg, Arr key, uint32_t keylen, Arr ivec)
{
	Cipher *c = calloc(1, sizeof *c);
	const EVP_CIPHER *ev;
	Ref r = H;

	if (c == NULL)
		return vm_raise(p, "out of memory: main");
	c->alg = alg;
	if (ivec.len > 0)
		memcpy(c->chain, ivec.data, algs[alg].block);
	if (alg == RC4) {
		rc4key(c, key);
	} else if (alg == IDEA) {
		ideakeys(c->idea[0], c->idea[1], key.data);
	} else {
		ev = fetch(alg, keylen);
		if (ev == NULL) {
			fini(c);
			return vm_raise(p, "cipher not available: %s", algs[alg].name);
		}
		c->enc = blockctx(ev, key, keylen, 1);
		c->dec = blockctx(ev, key, keylen, 0);
		if (c->enc == NULL || c->dec == NULL) {
			fini(c);
			return vm_raise(p, "out of memory: main");
		}
	}
	if (handle_new(p, &r, types[alg], c) < 0) {
		fini(c);
		return -1;
	}
	*(int32_t *)ref2ptr(r) = 0;
	vm_retref(fp, r);
	return 0;
}

/* keyok, ivok: whether key and ivec have lengths that do; of the key no more than most bytes are used. */
static int
blocksetup(Prog *p, void *fp, int alg, Ref keyref, Ref ivref, bool keyok, uint32_t most, bool ivok)
{
	Arr key = arr_bytes(keyref), iv = arr_bytes(ivref);

	if (!keyok)
		return vm_raise(p, "bad encryption key");
	if (ivref != H && !ivok)
		return vm_raise(p, "bad ivec");
	return setup(p, fp, alg, key, key.len < most ? key.len : most, iv);
}

#define SETUP(name, alg, keyok, most, ivok) \
	int Keyring_##name(Prog *p, void *fp) \
	{ \
		struct F_Keyring_##name *f = fp; \
		uint32_t klen = arr_bytes(f->a0).len, ivlen = arr_bytes(f->a1).len; \
\
		return blocksetup(p, fp, alg, f->a0, f->a1, keyok, most, ivok); \
	}

SETUP(aessetup, AES, klen == 16 || klen == 24 || klen == 32, 32, ivlen >= 16)
SETUP(dessetup, DES, klen >= 8, 8, ivlen >= 8)
SETUP(ideasetup, IDEA, klen >= 16, 16, ivlen >= 8)
SETUP(blowfishsetup, BLOWFISH, klen >= 1 && klen <= 56, 56, ivlen == 8)

int
Keyring_rc4setup(Prog *p, void *fp)
{
	struct F_Keyring_rc4setup *f = fp;
	Arr key = arr_bytes(f->a0), none = {0};

	if (f->a0 == H) {
		vm_retref(fp, H);
		return 0;
	}
	if (key.len == 0)
		return vm_raise(p, "bad encryption key");
	return setup(p, fp, RC4, key, key.len, none);
}

/* The cipher behind state, NULL after raising. */
static Cipher *
state(Prog *p, Ref r, int alg)
{
	Cipher *c;

	if (r == H) {
		vm_raise_nil(p);
		return NULL;
	}
	c = handle_get(r, types[alg]);
	if (c == NULL)
		vm_raise(p, "type not constructed correctly: bad encryption state");
	return c;
}

/* ------------------------------------------------------------ blocks */

static void
turnwords(uint8_t *b)
{
	for (int i = 0; i < 8; i += 4) {
		swap(&b[i], &b[i + 3]);
		swap(&b[i + 1], &b[i + 2]);
	}
}

static bool
oneblock(Cipher *c, uint8_t *b, bool decrypt)
{
	bool ok;
	int n;

	if (c->alg == BLOWFISH) {
		/* Inferno has always taken the words of a block with the least byte first, other than the rest of the world. */
		turnwords(b);
		ok = EVP_CipherUpdate(decrypt ? c->dec : c->enc, b, &n, b, 8);
		turnwords(b);
		return ok;
	}
	if (c->alg == IDEA) {
		ideablock(c->idea[decrypt], b);
		return true;
	}
	return EVP_CipherUpdate(decrypt ? c->dec : c->enc, b, &n, b, (int)algs[c->alg].block);
}

static void
xor(uint8_t *a, const uint8_t *b, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		a[i] ^= b[i];
}

/* The next n bytes, at most a block; fewer are only xored (AES). */
static bool
chained(Cipher *c, uint8_t *b, uint32_t n, bool decrypt)
{
	uint32_t block = algs[c->alg].block;
	uint8_t was[MAXBLOCK];

	if (n < block) {
		if (!oneblock(c, c->chain, false))
			return false;
		xor(b, c->chain, n);
		return true;
	}
	if (decrypt) {
		memcpy(was, b, block);
		if (!oneblock(c, b, true))
			return false;
		xor(b, c->chain, block);
		memcpy(c->chain, was, block);
		return true;
	}
	xor(b, c->chain, block);
	if (!oneblock(c, b, false))
		return false;
	memcpy(c->chain, b, block);
	return true;
}

/* Others get a turn. False if the process is to end what it does. */
static bool
breathe(void)
{
	vm_release();
	vm_acquire();
	return !vm_interrupted();
}

static int
crypt(Prog *p, Ref st, int alg, Ref buf, int32_t n, bool decrypt, bool cbc)
{
	Cipher *c = state(p, st, alg);
	Arr a = arr_bytes(buf);
	uint32_t i, k, block = algs[alg].block;
	bool ok;

	if (c == NULL)
		return -1;
	if (buf == H)
		return 0;
	if (n < 0 || (uint32_t)n > a.len)
		return vm_raise_bounds(p);
	if ((uint32_t)n % block != 0 && alg != AES)
		return vm_raise(p, "data not multiple of block size");
	for (i = 0; i < (uint32_t)n; i += k) {
		k = (uint32_t)n - i < block ? (uint32_t)n - i : block;
		ok = cbc ? chained(c, a.data + i, k, decrypt) : oneblock(c, a.data + i, decrypt);
		if (!ok)
			return vm_raise(p, "cipher failed");
		if ((i + k) % PIECE == 0 && !breathe())
			break;
	}
	return 0;
}

#define CRYPT(name, alg, cbc) \
	int Keyring_##name(Prog *p, void *fp) \
	{ \
		struct F_Keyring_##name *f = fp; \
\
		return crypt(p, f->a0, alg, f->a1, f->a2, f->a3 != 0, cbc); \
	}

CRYPT(aescbc, AES, true)
CRYPT(descbc, DES, true)
CRYPT(desecb, DES, false)
CRYPT(ideacbc, IDEA, true)
CRYPT(ideaecb, IDEA, false)
CRYPT(blowfishcbc, BLOWFISH, true)

/* ------------------------------------------------------------ the stream */

int
Keyring_rc4(Prog *p, void *fp)
{
	struct F_Keyring_rc4 *f = fp;
	Cipher *c = state(p, f->a0, RC4);
	Arr a = arr_bytes(f->a1);
	uint32_t i, n = (uint32_t)f->a2;

	if (c == NULL)
		return -1;
	if (f->a1 == H)
		return 0;
	if (n > a.len) /* or negative */
		return vm_raise_bounds(p);
	for (i = 0; i < n; i++) {
		a.data[i] ^= rc4next(c);
		if ((i + 1) % PIECE == 0 && !breathe())
			break;
	}
	return 0;
}

static int
move(Prog *p, Ref st, int32_t n, void (*step)(Cipher *))
{
	Cipher *c = state(p, st, RC4);

	if (c == NULL)
		return -1;
	for (int32_t i = 1; i <= n; i++) {
		step(c);
		if (i % PIECE == 0 && !breathe())
			break;
	}
	return 0;
}

static void
rc4drop(Cipher *c)
{
	rc4next(c);
}

int
Keyring_rc4skip(Prog *p, void *fp)
{
	struct F_Keyring_rc4skip *f = fp;

	return f->a1 >= 0 ? move(p, f->a0, f->a1, rc4drop) : vm_raise_bounds(p);
}

int
Keyring_rc4back(Prog *p, void *fp)
{
	struct F_Keyring_rc4back *f = fp;

	return f->a1 >= 0 ? move(p, f->a0, f->a1, rc4undo) : vm_raise_bounds(p);
}
