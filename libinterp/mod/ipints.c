/*
 * $IPints: large integers and primes, keyring-ipint(2). The search for primes takes as long as it takes: others run
 * meanwhile, and it ends when its process is killed.
 */
#include <stdlib.h>
#include <string.h>

#include <openssl/rand.h>
#include <openssl/sha.h>

#include "libinterp/mod/ipint.h"
#include "libinterp/mod/sys.h"

BUILTIN_DECLS(IPints)

/* Where a program wants a result may be any address. */
typedef struct R_IPints_gensafeprime Rsafe __attribute__((aligned(1)));
typedef struct R_IPints_DSAprimes Rdsa __attribute__((aligned(1)));

#define FORWARD(op) IPINT_FORWARD(IPints, op)
IPINT_OPS(FORWARD)

int
IPints_IPint_random(Prog *p, void *fp)
{
	struct F_IPints_IPint_random *f = fp;

	return ipint_random(p, fp, f->a0);
}

/* ------------------------------------------------------------ interruption */

static int
goon(int a, int b, BN_GENCB *cb)
{
	(void)a;
	(void)b;
	(void)cb;
	return atomic_load(&up->intr) == 0;
}

BN_GENCB *
ipint_callback(void)
{
	BN_GENCB *cb = BN_GENCB_new();

	if (cb != NULL)
		BN_GENCB_set(cb, goon, NULL);
	return cb;
}

/*
 * What every search needs. ok turns false for good when memory runs out or the process is interrupted; all steps then
 * do nothing, so that a search checks it in its loops only.
 */
typedef struct Work {
	BN_CTX *ctx;
	BN_GENCB *cb;
	bool ok;
} Work;

static void
work_begin(Work *w)
{
	w->ctx = BN_CTX_new();
	w->cb = ipint_callback();
	w->ok = w->ctx != NULL && w->cb != NULL;
	if (w->ok)
		BN_CTX_start(w->ctx);
}

static void
work_end(Work *w)
{
	if (w->ctx != NULL && w->cb != NULL)
		BN_CTX_end(w->ctx);
	BN_CTX_free(w->ctx);
	BN_GENCB_free(w->cb);
}

static void
need(Work *w, int r)
{
	if (r == 0 || atomic_load(&up->intr))
		w->ok = false;
}

static BIGNUM *
temp(Work *w)
{
	BIGNUM *b = w->ok ? BN_CTX_get(w->ctx) : NULL;

	if (b == NULL)
		w->ok = false;
	return b;
}

static bool
isprime(Work *w, const BIGNUM *b)
{
	int r;

	if (!w->ok)
		return false;
	r = BN_check_prime(b, w->ctx, w->cb);
	if (r < 0)
		w->ok = false;
	return r == 1;
}

/* The result of a search, or an exception: interrupted ones leave it to the machine to say so. */
static int
retsearch(Prog *p, void *fp, bool ok, BIGNUM *b)
{
	if (ok)
		return ipint_set(p, vm_result(fp, 4), b);
	BN_clear_free(b);
	if (vm_interrupted()) {
		vm_retref(fp, H);
		return 0;
	}
	return vm_raise(p, "out of memory: main");
}

static int
badbits(Prog *p, int32_t n, int32_t least)
{
	if (n < least)
		return vm_raise(p, "invalid argument");
	if (n > IPINT_MAXMOD)
		return vm_raise(p, "number too large");
	return 0;
}

/* ------------------------------------------------------------ primes */

int
IPints_probably_prime(Prog *p, void *fp)
{
	struct F_IPints_probably_prime *f = fp;
	const BIGNUM *b = ipint_get(p, f->a0);
	Work w;
	bool r = false;

	if (b == NULL)
		return -1;
	if (BN_num_bits(b) > IPINT_MAXMOD)
		return vm_raise(p, "number too large");
	if (!BN_is_negative(b)) {
		sys_begin();
		work_begin(&w);
		r = isprime(&w, b);
		work_end(&w);
		if (sys_end(p) < 0)
			return -1;
		if (!w.ok && !vm_interrupted())
			return vm_raise(p, "out of memory: main");
	}
	vm_retint(fp, r);
	return 0;
}

int
IPints_genprime(Prog *p, void *fp)
{
	struct F_IPints_genprime *f = fp;
	int32_t nbits = f->a0;
	BIGNUM *b;
	Work w;

	if (badbits(p, nbits, 2) < 0)
		return -1;
	sys_begin();
	work_begin(&w);
	b = BN_new();
	need(&w, b != NULL && w.ok && BN_generate_prime_ex2(b, nbits, 0, NULL, NULL, w.cb, w.ctx));
	work_end(&w);
	if (sys_end(p) < 0) {
		BN_clear_free(b);
		return -1;
	}
	return retsearch(p, fp, w.ok, b);
}

/* The least prime start + i * step, i >= 0, in b. */
static void
nextprime(Work *w, BIGNUM *b, const BIGNUM *start, const BIGNUM *step)
{
	if (!w->ok)
		return;
	need(w, BN_copy(b, start) != NULL);
	while (w->ok && !isprime(w, b))
		need(w, w->ok && BN_add(b, b, step));
}

/*
 * Gordon's method: p is a prime such that p - 1 has the large prime factor r, p + 1 the large prime factor s, and r - 1
 * the large prime factor t.
 */
static void
strongprime(Work *w, BIGNUM *p, int nbits)
{
	BIGNUM *s = temp(w), *t = temp(w), *r = temp(w), *p0 = temp(w), *x = temp(w), *step = temp(w);
	int sbits = (nbits - 20) / 2, tbits = sbits - 8;

	while (w->ok) {
		need(w, BN_generate_prime_ex2(s, sbits, 0, NULL, NULL, w->cb, w->ctx) &&
				BN_generate_prime_ex2(t, tbits, 0, NULL, NULL, w->cb, w->ctx));
		if (!w->ok)
			return;
		/* r = 2 i t + 1 */
		need(w, BN_lshift1(step, t) && BN_rand(x, 4, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY) && BN_mul(x, x, step, w->ctx) &&
				BN_add_word(x, 1));
		nextprime(w, r, x, step);
		if (!w->ok)
			return;
		/* p0 = 2 (s^(r-2) mod r) s - 1: 1 modulo r, -1 modulo s */
		need(w, BN_copy(x, r) != NULL && BN_sub_word(x, 2) && BN_mod_exp(p0, s, x, r, w->ctx) && BN_mul(p0, p0, s, w->ctx) &&
				BN_lshift1(p0, p0) && BN_sub_word(p0, 1));
		/* p = p0 + 2 j r s, from a random place with the right number of bits */
		need(w, w->ok && BN_mul(step, r, s, w->ctx) && BN_lshift1(step, step) &&
				BN_rand(x, nbits, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY));
		if (!w->ok)
			return;
		need(w, BN_sub(x, x, p0) && BN_div(x, NULL, x, step, w->ctx) && BN_add_word(x, 1) && BN_mul(x, x, step, w->ctx) &&
				BN_add(x, x, p0));
		if (!w->ok)
			return;
		for (need(w, BN_copy(p, x) != NULL); w->ok && BN_num_bits(p) == nbits; need(w, BN_add(p, p, step)))
			if (isprime(w, p))
				return;
	}
}

int
IPints_genstrongprime(Prog *p, void *fp)
{
	struct F_IPints_genstrongprime *f = fp;
	int32_t nbits = f->a0 < 64 ? 64 : f->a0;
	BIGNUM *b;
	Work w;

	if (badbits(p, nbits, 64) < 0)
		return -1;
	sys_begin();
	work_begin(&w);
	b = BN_new();
	need(&w, b != NULL);
	strongprime(&w, b, nbits);
	work_end(&w);
	if (sys_end(p) < 0) {
		BN_clear_free(b);
		return -1;
	}
	return retsearch(p, fp, w.ok, b);
}

/* A generator of the group modulo p = 2q + 1: not of order 1, 2 or q. */
static void
generator(Work *w, BIGNUM *g, const BIGNUM *p)
{
	BIGNUM *q = temp(w), *x = temp(w), *range = temp(w);

	need(w, w->ok && BN_rshift1(q, p) && BN_copy(range, p) != NULL && BN_sub_word(range, 3));
	while (w->ok) {
		need(w, BN_rand_range(g, range) && BN_add_word(g, 2) && BN_mod_exp(x, g, q, p, w->ctx));
		if (w->ok && !BN_is_one(x))
			return;
	}
}

int
IPints_gensafeprime(Prog *p, void *fp)
{
	struct F_IPints_gensafeprime *f = fp;
	Rsafe *ret;
	int32_t nbits = f->a0;
	BIGNUM *b, *g;
	Ref rb = H, rg = H;
	Work w;

	if (badbits(p, nbits, 8) < 0)
		return -1;
	sys_begin();
	work_begin(&w);
	b = BN_new();
	g = BN_new();
	need(&w, b != NULL && g != NULL && w.ok && BN_generate_prime_ex2(b, nbits, 1, NULL, NULL, w.cb, w.ctx));
	if (w.ok)
		generator(&w, g, b);
	work_end(&w);
	if (sys_end(p) < 0 || !w.ok) {
		BN_clear_free(b);
		BN_clear_free(g);
		return vm_interrupted() ? 0 : vm_raise(p, "out of memory: main");
	}
	if (ipint_set(p, &rb, b) < 0) {
		BN_clear_free(g);
		return -1;
	}
	if (ipint_set(p, &rg, g) < 0) {
		ref_dec(rb);
		return -1;
	}
	ret = vm_result(fp, sizeof *ret);
	ref_set(&ret->t0, rb);
	ref_set(&ret->t1, rg);
	return 0;
}

/* ------------------------------------------------------------ primes for DSA */

enum { SEED = 20, PBITS = 1024, QBITS = 160 };

/* out = SHA1((seed + k) mod 2^160) */
static bool
hashplus(const uint8_t *seed, uint32_t k, uint8_t *out)
{
	uint8_t t[SEED];
	uint64_t c = k;

	for (int i = SEED - 1; i >= 0; i--) {
		c += seed[i];
		t[i] = (uint8_t)c;
		c >>= 8;
	}
	return SHA1(t, SEED, out) != NULL;
}

/* q from the seed, as the first edition of the standard (FIPS 186) has it. */
static void
dsaq(Work *w, BIGNUM *q, const uint8_t *seed)
{
	uint8_t u[SEED], v[SEED];

	need(w, hashplus(seed, 0, u) && hashplus(seed, 1, v));
	for (int i = 0; i < SEED; i++)
		u[i] ^= v[i];
	u[0] |= 0x80;
	u[SEED - 1] |= 1;
	need(w, w->ok && BN_bin2bn(u, SEED, q) != NULL);
}

/* p for that q; false if none of the 4096 candidates is prime. */
static bool
dsap(Work *w, BIGNUM *p, const BIGNUM *q, const uint8_t *seed)
{
	enum { N = (PBITS - 1) / QBITS }; /* whole hashes below the top bit */
	BIGNUM *x = temp(w), *c = temp(w), *q2 = temp(w);
	uint8_t buf[(N + 1) * SEED];
	uint32_t off = 2;

	need(w, w->ok && BN_lshift1(q2, q));
	for (int count = 0; count < 4096 && w->ok; count++, off += N + 1) {
		for (uint32_t k = 0; k <= N; k++)
			need(w, hashplus(seed, off + k, buf + (N - k) * SEED));
		need(w, w->ok && BN_bin2bn(buf, sizeof buf, x) != NULL);
		if (w->ok && BN_num_bits(x) >= PBITS)
			need(w, BN_mask_bits(x, PBITS - 1));
		need(w, w->ok && BN_set_bit(x, PBITS - 1) && BN_mod(c, x, q2, w->ctx) && BN_sub(p, x, c) && BN_add_word(p, 1));
		if (w->ok && BN_num_bits(p) == PBITS && isprime(w, p))
			return true;
	}
	return false;
}

static void
dsaprimes(Work *w, BIGNUM *q, BIGNUM *p, uint8_t *seed)
{
	while (w->ok) {
		need(w, RAND_bytes(seed, SEED) == 1);
		dsaq(w, q, seed);
		if (isprime(w, q) && dsap(w, p, q, seed))
			return;
	}
}

int
IPints_DSAprimes(Prog *p, void *fp)
{
	Rdsa *ret;
	BIGNUM *bq, *bp;
	Ref rq = H, rp = H;
	uint8_t seed[SEED];
	Work w;

	sys_begin();
	work_begin(&w);
	bq = BN_new();
	bp = BN_new();
	need(&w, bq != NULL && bp != NULL);
	dsaprimes(&w, bq, bp, seed);
	work_end(&w);
	if (sys_end(p) < 0 || !w.ok) {
		BN_free(bq);
		BN_free(bp);
		return vm_interrupted() ? 0 : vm_raise(p, "out of memory: main");
	}
	if (ipint_set(p, &rq, bq) < 0) {
		BN_free(bp);
		return -1;
	}
	if (ipint_set(p, &rp, bp) < 0) {
		ref_dec(rq);
		return -1;
	}
	ret = vm_result(fp, sizeof *ret);
	ref_set(&ret->t0, rq);
	ref_set(&ret->t1, rp);
	return arr_setbytes(p, &ret->t2, seed, SEED);
}

BUILTIN_MODULE(IPints, ipint_init)
