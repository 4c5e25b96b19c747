/*
 * $Keyring: its table and its IPints. Digests are in keydigest.c, ciphers in keycipher.c.
 *
 * Keys, certificates, authentication and the message functions are in the table, so that programs that name
 * them load, but refuse their service: what makes a value gives nil, what counts gives -1, and the error string says
 * which function it was.
 */
#include "libinterp/mod/ipint.h"
#include "libinterp/mod/builtins.h"
#include "libinterp/mod/keyring.h"

BUILTIN_DECLS(Keyring)

#define FORWARD(op) IPINT_FORWARD(Keyring, op)
IPINT_OPS(FORWARD)

int
Keyring_IPint_random(Prog *p, void *fp)
{
	struct F_Keyring_IPint_random *f = fp;

	/* The least number of bits has never meant anything. */
	return ipint_random(p, fp, f->a1);
}

/* ------------------------------------------------------------ refused */

static const char Erefused[] = "not available: Keyring->";

/* Functions that return a reference or a string. */
#define NILS(X) \
	X(DSAsk_gen) X(DSAsk_sign) X(EGsk_gen) X(EGsk_sign) X(RSApk_encrypt) X(RSAsk_decrypt) X(RSAsk_fill) X(RSAsk_gen) \
	X(RSAsk_sign) X(certtoattr) X(certtostr) X(genSK) X(genSKfromPK) X(getmsg) \
	X(pktoattr) X(pktostr) X(readauthinfo) X(sign) X(signm) X(sktoattr) X(sktopk) X(sktostr) \
	X(strtocert) X(strtopk) X(strtosk)

#define NILFN(name) \
	int Keyring_##name(Prog *p, void *fp) \
	{ \
		(void)p; \
		kerror("%s" #name, Erefused); \
		vm_retref(fp, H); \
		return 0; \
	}
NILS(NILFN)

/* Functions that return a count or a truth. */
#define INTS(X) \
	X(puterror, -1) X(putstring, -1) X(putbytearray, -1) X(sendmsg, -1) X(senderrmsg, -1) X(writeauthinfo, -1) X(verify, 0) \
	X(verifym, 0) X(DSApk_verify, 0) X(EGpk_verify, 0) X(RSApk_verify, 0)

#define INTFN(name, v) \
	int Keyring_##name(Prog *p, void *fp) \
	{ \
		(void)p; \
		kerror("%s" #name, Erefused); \
		vm_retint(fp, v); \
		return 0; \
	}
INTS(INTFN)

/* Functions that return a pair: one of the two is the error. */
static int
pair(Prog *p, void *fp, const char *name, int err)
{
	Ref *r = vm_result(fp, 8);

	kerror("%s%s", Erefused, name);
	ref_set(&r[0], H);
	ref_set(&r[1], H);
	return err >= 0 ? str_setc(p, &r[err], kerrstr()) : 0;
}

int
Keyring_auth(Prog *p, void *fp)
{
	return pair(p, fp, "auth", 0);
}

int
Keyring_getstring(Prog *p, void *fp)
{
	return pair(p, fp, "getstring", 1);
}

int
Keyring_getbytearray(Prog *p, void *fp)
{
	return pair(p, fp, "getbytearray", 1);
}

int
Keyring_dhparams(Prog *p, void *fp)
{
	return pair(p, fp, "dhparams", -1);
}

static int
keyinit(void)
{
	return ipint_init() < 0 || keydigest_init() < 0 || keycipher_init() < 0 ? -1 : 0;
}

BUILTIN_MODULE(Keyring, keyinit)
