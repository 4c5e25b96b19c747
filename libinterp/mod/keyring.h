/*
 * What the files of $Keyring share.
 */
#ifndef LIBINTERP_MOD_KEYRING_H
#define LIBINTERP_MOD_KEYRING_H

/* Each makes its types; called once. 0 or -1. */
int keydigest_init(void);

#endif
