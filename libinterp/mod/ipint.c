/*
 * The operations of IPint, keyring-ipint(2), and its type.
 *
 * Plain arithmetic is done at once: sizes are bounded so that it cannot take long. Powers and primes give the VM up.
 */
#include <stdlib.h>
#include <string.h>

#include "emu/openssl.h"
#include "libinterp/mod/ipint.h"
#include "libinterp/mod/sys.h"

static Type *Tipint;

static void
fini(void *host)
{
	BN_clear_free(host);
}

int
ipint_init(void)
{
	if (crypto_load() < 0)
		return -1;
	if (Tipint == NULL)
		Tipint = vm_handletype("IPint", 4, (const uint8_t *)"", 0, fini);
	return Tipint != NULL ? 0 : kerror("%s", Enomem);
}

const BIGNUM *
ipint_get(Prog *p, Ref r)
{
	const BIGNUM *b;

	if (r == H) {
		vm_raise_nil(p);
		return NULL;
	}
	b = handle_get(r, Tipint);
	if (b == NULL)
		vm_raise_type(p);
	return b;
}

int
ipint_set(Prog *p, Ref *dst, BIGNUM *b)
{
	Ref r = H;
	int32_t *x;

	if (b == NULL)
		return vm_raise(p, "out of memory: main");
	if (BN_num_bits(b) > IPINT_MAXBITS) {
		BN_clear_free(b);
		return vm_raise(p, "number too large");
	}
	if (handle_new(p, &r, Tipint, b) < 0) {
		BN_clear_free(b);
		return -1;
	}
	x = ref2ptr(r);
	*x = 0;
	ref_set(dst, r);
	return 0;
}

static int
ret(Prog *p, void *fp, BIGNUM *b)
{
	return ipint_set(p, vm_result(fp, 4), b);
}

/* Result of a BN_ function that stores in b: ok is what it returned. */
static int
retif(Prog *p, void *fp, int ok, BIGNUM *b)
{
	if (!ok) {
		BN_clear_free(b);
		b = NULL;
	}
	return ret(p, fp, b);
}

static int
rettext(Prog *p, void *fp, char *s)
{
	int r;

	if (s == NULL)
		return vm_raise(p, "out of memory: main");
	r = vm_retstr(p, fp, s);
	free(s);
	return r;
}

/* ------------------------------------------------------------ text and bytes */

typedef struct F_Keyring_IPint_iptob64 Fone;
typedef struct F_Keyring_IPint_add Ftwo;

/* Where a program wants a result may be any address. */
typedef struct R_Keyring_IPint_div Rdiv __attribute__((aligned(1)));

int
ipint_iptob64(Prog *p, void *fp)
{
	const BIGNUM *b = ipint_get(p, ((Fone *)fp)->a0);

	return b != NULL ? rettext(p, fp, ipint_text(b, 64)) : -1;
}

int
ipint_iptob64z(Prog *p, void *fp)
{
	const BIGNUM *b = ipint_get(p, ((Fone *)fp)->a0);

	return b != NULL ? rettext(p, fp, ipint_b64z(b)) : -1;
}

int
ipint_iptostr(Prog *p, void *fp)
{
	struct F_Keyring_IPint_iptostr *f = fp;
	const BIGNUM *b = ipint_get(p, f->a0);

	return b != NULL ? rettext(p, fp, ipint_text(b, f->a1)) : -1;
}

static int
parse(Prog *p, void *fp, Ref s, int base)
{
	BIGNUM *b;
	Cname text;
	bool ok;

	if (cname_get(p, &text, s) < 0)
		return -1;
	b = ipint_parse(text.s, base, &ok);
	cname_free(&text);
	if (!ok) {
		vm_retref(fp, H);
		return 0;
	}
	return ret(p, fp, b);
}

int
ipint_b64toip(Prog *p, void *fp)
{
	return parse(p, fp, ((Fone *)fp)->a0, 64);
}

int
ipint_strtoip(Prog *p, void *fp)
{
	struct F_Keyring_IPint_strtoip *f = fp;

	return parse(p, fp, f->a0, f->a1);
}

int
ipint_iptobebytes(Prog *p, void *fp)
{
	const BIGNUM *b = ipint_get(p, ((Fone *)fp)->a0);
	size_t n;
	uint8_t *buf;
	int r;

	if (b == NULL)
		return -1;
	n = BN_is_zero(b) ? 1 : (size_t)BN_num_bytes(b);
	buf = calloc(n, 1);
	if (buf == NULL)
		return vm_raise(p, "out of memory: main");
	BN_bn2bin(b, buf);
	r = arr_setbytes(p, vm_result(fp, 4), buf, n);
	OPENSSL_cleanse(buf, n);
	free(buf);
	return r;
}

int
ipint_iptobytes(Prog *p, void *fp)
{
	return ipint_iptobebytes(p, fp);
}

int
ipint_bebytestoip(Prog *p, void *fp)
{
	Ref r = ((Fone *)fp)->a0;
	Arr a = arr_bytes(r);

	if (r == H)
		return vm_raise_nil(p);
	if (a.len > IPINT_MAXBITS / 8)
		return vm_raise(p, "number too large");
	return ret(p, fp, BN_bin2bn(a.data, (int)a.len, NULL));
}

int
ipint_bytestoip(Prog *p, void *fp)
{
	return ipint_bebytestoip(p, fp);
}

int
ipint_inttoip(Prog *p, void *fp)
{
	int32_t v = ((struct F_Keyring_IPint_inttoip *)fp)->a0;
	BIGNUM *b = BN_new();

	if (b != NULL && !BN_set_word(b, v < 0 ? -(BN_ULONG)(int64_t)v : (BN_ULONG)v)) {
		BN_free(b);
		b = NULL;
	}
	if (b != NULL && v < 0)
		BN_set_negative(b, 1);
	return ret(p, fp, b);
}

int
ipint_iptoint(Prog *p, void *fp)
{
	Ref r = ((Fone *)fp)->a0;
	const BIGNUM *b = r != H ? ipint_get(p, r) : NULL;
	int32_t v = 0;

	if (r != H && b == NULL)
		return -1;
	if (b != NULL && BN_num_bits(b) > 31)
		v = BN_is_negative(b) ? INT32_MIN : INT32_MAX;
	else if (b != NULL) {
		v = (int32_t)BN_get_word(b);
		if (BN_is_negative(b))
			v = -v;
	}
	vm_retint(fp, v);
	return 0;
}

int
ipint_bits(Prog *p, void *fp)
{
	Ref r = ((Fone *)fp)->a0;
	const BIGNUM *b = r != H ? ipint_get(p, r) : NULL;

	if (r != H && b == NULL)
		return -1;
	vm_retint(fp, b == NULL ? 0 : BN_is_zero(b) ? 1 : BN_num_bits(b));
	return 0;
}

/* ------------------------------------------------------------ arithmetic */

static int
two(Prog *p, void *fp, const BIGNUM **a, const BIGNUM **b)
{
	Ftwo *f = fp;

	*a = ipint_get(p, f->a0);
	if (*a == NULL)
		return -1;
	*b = ipint_get(p, f->a1);
	return *b != NULL ? 0 : -1;
}

int
ipint_add(Prog *p, void *fp)
{
	const BIGNUM *a, *b;
	BIGNUM *r;

	if (two(p, fp, &a, &b) < 0)
		return -1;
	r = BN_new();
	return retif(p, fp, r != NULL && BN_add(r, a, b), r);
}

int
ipint_sub(Prog *p, void *fp)
{
	const BIGNUM *a, *b;
	BIGNUM *r;

	if (two(p, fp, &a, &b) < 0)
		return -1;
	r = BN_new();
	return retif(p, fp, r != NULL && BN_sub(r, a, b), r);
}

int
ipint_neg(Prog *p, void *fp)
{
	const BIGNUM *a = ipint_get(p, ((Fone *)fp)->a0);
	BIGNUM *r;

	if (a == NULL)
		return -1;
	r = BN_dup(a);
	if (r != NULL)
		BN_set_negative(r, !BN_is_negative(a));
	return ret(p, fp, r);
}

int
ipint_copy(Prog *p, void *fp)
{
	const BIGNUM *a = ipint_get(p, ((Fone *)fp)->a0);

	return a != NULL ? ret(p, fp, BN_dup(a)) : -1;
}

int
ipint_mul(Prog *p, void *fp)
{
	const BIGNUM *a, *b;
	BN_CTX *ctx;
	BIGNUM *r;
	int ok;

	if (two(p, fp, &a, &b) < 0)
		return -1;
	if (BN_num_bits(a) + BN_num_bits(b) > IPINT_MAXBITS + 1)
		return vm_raise(p, "number too large");
	r = BN_new();
	ctx = BN_CTX_new();
	ok = r != NULL && ctx != NULL && BN_mul(r, a, b, ctx);
	BN_CTX_free(ctx);
	return retif(p, fp, ok, r);
}

int
ipint_div(Prog *p, void *fp)
{
	Rdiv *res;
	const BIGNUM *a, *b;
	BN_CTX *ctx;
	BIGNUM *q, *r;
	Ref rq = H, rr = H;
	int ok;

	if (two(p, fp, &a, &b) < 0)
		return -1;
	if (BN_is_zero(b))
		return vm_raise(p, "zero divide");
	q = BN_new();
	r = BN_new();
	ctx = BN_CTX_new();
	ok = q != NULL && r != NULL && ctx != NULL && BN_div(q, r, a, b, ctx);
	BN_CTX_free(ctx);
	if (!ok) {
		BN_free(q);
		BN_free(r);
		return vm_raise(p, "out of memory: main");
	}
	if (ipint_set(p, &rq, q) < 0) {
		BN_free(r);
		return -1;
	}
	if (ipint_set(p, &rr, r) < 0) {
		ref_dec(rq);
		return -1;
	}
	res = vm_result(fp, sizeof *res);
	ref_set(&res->t0, rq);
	ref_set(&res->t1, rr);
	return 0;
}

int
ipint_mod(Prog *p, void *fp)
{
	const BIGNUM *a, *b;
	BN_CTX *ctx;
	BIGNUM *r;
	int ok;

	if (two(p, fp, &a, &b) < 0)
		return -1;
	if (BN_is_zero(b))
		return vm_raise(p, "zero divide");
	r = BN_new();
	ctx = BN_CTX_new();
	ok = r != NULL && ctx != NULL && BN_nnmod(r, a, b, ctx);
	BN_CTX_free(ctx);
	return retif(p, fp, ok, r);
}

/* b ** e, exactly. */
static int
power(Prog *p, void *fp, const BIGNUM *b, const BIGNUM *e)
{
	BN_CTX *ctx;
	BIGNUM *r;
	int ok;

	/* Only 0, 1 and -1 have large powers that fit. */
	if (BN_num_bits(b) > 1 && (BN_num_bits(e) > 24 || (uint64_t)(BN_num_bits(b) - 1) * BN_get_word(e) > IPINT_MAXBITS))
		return vm_raise(p, "number too large");
	if (BN_num_bits(b) <= 1) {
		r = BN_is_zero(e) ? BN_new() : BN_dup(b);
		if (r != NULL && BN_is_zero(e) && !BN_one(r)) {
			BN_free(r);
			r = NULL;
		}
		if (r != NULL && !BN_is_odd(e))
			BN_set_negative(r, 0);
		return ret(p, fp, r);
	}
	r = BN_new();
	ctx = BN_CTX_new();
	ok = r != NULL && ctx != NULL && BN_exp(r, b, e, ctx);
	BN_CTX_free(ctx);
	return retif(p, fp, ok, r);
}

int
ipint_expmod(Prog *p, void *fp)
{
	struct F_Keyring_IPint_expmod *f = fp;
	const BIGNUM *b = ipint_get(p, f->a0), *e, *m;
	Ref rm = f->a2;
	BIGNUM *r, *am;
	BN_CTX *ctx;
	int ok;

	if (b == NULL || (e = ipint_get(p, f->a1)) == NULL)
		return -1;
	if (BN_is_negative(e))
		return vm_raise(p, "invalid argument");
	if (rm == H)
		return power(p, fp, b, e);
	m = ipint_get(p, rm);
	if (m == NULL)
		return -1;
	if (BN_is_zero(m))
		return vm_raise(p, "zero divide");
	if (BN_num_bits(m) > IPINT_MAXMOD || BN_num_bits(e) > 4 * IPINT_MAXMOD)
		return vm_raise(p, "number too large");
	sys_begin();
	r = BN_new();
	am = BN_dup(m);
	ctx = BN_CTX_new();
	ok = r != NULL && am != NULL && ctx != NULL;
	if (ok) {
		BN_set_negative(am, 0);
		ok = BN_is_one(am) ? (BN_zero(r), 1) : BN_nnmod(r, b, am, ctx) && BN_mod_exp(r, r, e, am, ctx);
	}
	BN_CTX_free(ctx);
	BN_free(am);
	if (sys_end(p) < 0) {
		BN_clear_free(r);
		return -1;
	}
	return retif(p, fp, ok, r);
}

int
ipint_invert(Prog *p, void *fp)
{
	const BIGNUM *a, *m;
	BIGNUM *r, *am, *g;
	BN_CTX *ctx;
	int ok;

	if (two(p, fp, &a, &m) < 0)
		return -1;
	if (BN_is_zero(m))
		return vm_raise(p, "zero divide");
	if (BN_num_bits(m) > 4 * IPINT_MAXMOD)
		return vm_raise(p, "number too large");
	r = BN_new();
	g = BN_new();
	am = BN_dup(m);
	ctx = BN_CTX_new();
	ok = r != NULL && g != NULL && am != NULL && ctx != NULL;
	if (ok) {
		BN_set_negative(am, 0);
		ok = BN_nnmod(r, a, am, ctx) && BN_gcd(g, r, am, ctx);
	}
	if (ok && !BN_is_one(g)) {
		BN_CTX_free(ctx);
		BN_free(am);
		BN_free(g);
		BN_free(r);
		return vm_raise(p, "invalid argument");
	}
	if (ok)
		ok = BN_is_one(am) ? (BN_zero(r), 1) : BN_mod_inverse(r, r, am, ctx) != NULL;
	BN_CTX_free(ctx);
	BN_free(am);
	BN_free(g);
	return retif(p, fp, ok, r);
}

int
ipint_eq(Prog *p, void *fp)
{
	const BIGNUM *a, *b;

	if (two(p, fp, &a, &b) < 0)
		return -1;
	vm_retint(fp, BN_cmp(a, b) == 0);
	return 0;
}

int
ipint_cmp(Prog *p, void *fp)
{
	const BIGNUM *a, *b;

	if (two(p, fp, &a, &b) < 0)
		return -1;
	vm_retint(fp, BN_cmp(a, b));
	return 0;
}

/* ------------------------------------------------------------ bits */

/* Shift the magnitude left by n, or right by -n. */
static int
shift(Prog *p, void *fp, const BIGNUM *a, int64_t n)
{
	BIGNUM *r;
	int ok;

	if (n > 0 && !BN_is_zero(a) && BN_num_bits(a) + n > IPINT_MAXBITS)
		return vm_raise(p, "number too large");
	r = BN_new();
	if (r == NULL)
		return ret(p, fp, NULL);
	if (BN_is_zero(a) || -n >= BN_num_bits(a)) {
		BN_zero(r);
		ok = 1;
	} else
		ok = n >= 0 ? BN_lshift(r, a, (int)n) : BN_rshift(r, a, (int)-n);
	return retif(p, fp, ok, r);
}

int
ipint_shl(Prog *p, void *fp)
{
	struct F_Keyring_IPint_shl *f = fp;
	const BIGNUM *a = ipint_get(p, f->a0);

	return a != NULL ? shift(p, fp, a, f->a1) : -1;
}

int
ipint_shr(Prog *p, void *fp)
{
	struct F_Keyring_IPint_shr *f = fp;
	const BIGNUM *a = ipint_get(p, f->a0);

	return a != NULL ? shift(p, fp, a, -(int64_t)f->a1) : -1;
}

/* a op b on the magnitudes, byte by byte. */
static int
bitwise(Prog *p, void *fp, int op)
{
	const BIGNUM *a, *b;
	size_t n, i;
	uint8_t *x, *y;
	bool neg;
	BIGNUM *r = NULL;

	if (two(p, fp, &a, &b) < 0)
		return -1;
	n = (size_t)BN_num_bytes(a);
	if ((size_t)BN_num_bytes(b) > n)
		n = (size_t)BN_num_bytes(b);
	neg = BN_is_negative(op != '&' && BN_num_bytes(b) > BN_num_bytes(a) ? b : a);
	x = malloc(n + 1);
	y = malloc(n + 1);
	if (x != NULL && y != NULL) {
		BN_bn2binpad(a, x, (int)n);
		BN_bn2binpad(b, y, (int)n);
		for (i = 0; i < n; i++)
			x[i] = op == '&' ? x[i] & y[i] : op == '|' ? x[i] | y[i] : x[i] ^ y[i];
		r = BN_bin2bn(x, (int)n, NULL);
		if (r != NULL)
			BN_set_negative(r, neg);
	}
	free(x);
	free(y);
	return ret(p, fp, r);
}

int
ipint_and(Prog *p, void *fp)
{
	return bitwise(p, fp, '&');
}

int
ipint_ori(Prog *p, void *fp)
{
	return bitwise(p, fp, '|');
}

int
ipint_xor(Prog *p, void *fp)
{
	return bitwise(p, fp, '^');
}

/* All bits of the words of 32 bits that the magnitude takes. */
int
ipint_not(Prog *p, void *fp)
{
	const BIGNUM *a = ipint_get(p, ((Fone *)fp)->a0);
	BIGNUM *r = NULL;
	uint8_t *x;
	size_t n, i;

	if (a == NULL)
		return -1;
	n = ((size_t)BN_num_bytes(a) + 3) / 4 * 4;
	x = malloc(n + 1);
	if (x != NULL) {
		BN_bn2binpad(a, x, (int)n);
		for (i = 0; i < n; i++)
			x[i] = (uint8_t)~x[i];
		r = BN_bin2bn(x, (int)n, NULL);
	}
	free(x);
	return ret(p, fp, r);
}

int
ipint_random(Prog *p, void *fp, int32_t nbits)
{
	BIGNUM *r;

	if (nbits < 0)
		return vm_raise(p, "invalid argument");
	if (nbits > IPINT_MAXBITS)
		return vm_raise(p, "number too large");
	r = BN_new();
	return retif(p, fp, r != NULL && BN_rand(r, nbits, BN_RAND_TOP_ANY, BN_RAND_BOTTOM_ANY), r);
}
