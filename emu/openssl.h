/*
 * OpenSSL's libraries, which are loaded only when a program asks for what needs them: a system that starts in a few
 * milliseconds cannot afford their thousands of relocations. Who includes OpenSSL's headers calls its functions as
 * usual, after one of these has returned 0. The functions that are used here are listed in openssl.c.
 */
#ifndef EMU_OPENSSL_H
#define EMU_OPENSSL_H

/* Load libcrypto, or libcrypto and libssl. 0, at once if that has been done; or -1 with the error string set. */
int crypto_load(void);
int tls_load(void);

#endif
