/*
 * What the files of $Keyring share.
 */
#ifndef LIBINTERP_MOD_KEYRING_H
#define LIBINTERP_MOD_KEYRING_H

/* Each makes its types; called once. 0 or -1. */
int keydigest_init(void);
int keycipher_init(void);

/*
 * OpenSSL's legacy provider has a library context of its own, so that nothing else changes. NULL if this host does not
 * have it.
 */
struct ossl_lib_ctx_st *keyring_legacy(void);

#endif
