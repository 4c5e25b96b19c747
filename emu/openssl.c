/*
 * Loading OpenSSL's libraries late. Each of its functions that is used here is defined as a jump to where the library
 * has it; without them the program would be linked with the libraries, which would be loaded before it starts.
 */
#include <dlfcn.h>
#include <pthread.h>
#include <stdbool.h>

#include <openssl/opensslv.h>

#include "emu/emu.h"
#include "emu/openssl.h"

/* clang-format off */

#define CRYPTO(X) \
	X(ASN1_OCTET_STRING_free) X(BIO_ctrl) X(BIO_ctrl_pending) X(BIO_free) X(BIO_new) X(BIO_new_mem_buf) X(BIO_read) \
	X(BIO_s_mem) X(BIO_write) X(BN_CTX_end) X(BN_CTX_free) X(BN_CTX_get) X(BN_CTX_new) X(BN_CTX_start) \
	X(BN_GENCB_free) X(BN_GENCB_new) X(BN_GENCB_set) X(BN_add) X(BN_add_word) X(BN_bin2bn) X(BN_bn2bin) \
	X(BN_bn2binpad) X(BN_bn2dec) X(BN_bn2hex) X(BN_check_prime) X(BN_clear_free) X(BN_cmp) X(BN_copy) X(BN_dec2bn) \
	X(BN_div) X(BN_dup) X(BN_exp) X(BN_free) X(BN_gcd) X(BN_generate_prime_ex2) X(BN_get_word) X(BN_hex2bn) \
	X(BN_is_negative) X(BN_is_odd) X(BN_is_one) X(BN_is_zero) X(BN_lshift) X(BN_lshift1) X(BN_mask_bits) \
	X(BN_mod_exp) X(BN_mod_inverse) X(BN_mul) X(BN_new) X(BN_nnmod) X(BN_num_bits) X(BN_rand) X(BN_rand_range) \
	X(BN_rshift) X(BN_rshift1) X(BN_set_bit) X(BN_set_negative) X(BN_set_word) X(BN_sub) X(BN_sub_word) \
	X(BN_zero_ex) X(CRYPTO_free) X(ERR_clear_error) X(ERR_get_error) X(ERR_reason_error_string) \
	X(EVP_CIPHER_CTX_free) X(EVP_CIPHER_CTX_new) X(EVP_CIPHER_CTX_set_key_length) X(EVP_CIPHER_CTX_set_padding) \
	X(EVP_CIPHER_fetch) X(EVP_CipherInit_ex) X(EVP_CipherUpdate) X(EVP_DigestFinal_ex) X(EVP_DigestInit_ex) \
	X(EVP_DigestUpdate) X(EVP_MD_CTX_copy_ex) X(EVP_MD_CTX_free) X(EVP_MD_CTX_new) X(EVP_MD_fetch) X(EVP_PKEY_free) \
	X(EVP_aes_128_ecb) X(EVP_aes_192_ecb) X(EVP_aes_256_ecb) X(OPENSSL_cleanse) X(OSSL_LIB_CTX_free) \
	X(OSSL_LIB_CTX_new) X(OSSL_PROVIDER_load) X(PEM_read_bio_PrivateKey) X(PEM_read_bio_X509) X(RAND_bytes) X(SHA1) \
	X(X509_VERIFY_PARAM_set1_ip_asc) X(X509_free) X(X509_verify_cert_error_string) X(a2i_IPADDRESS)

#define TLS(X) \
	X(SSL_CIPHER_get_name) X(SSL_CTX_check_private_key) X(SSL_CTX_ctrl) X(SSL_CTX_free) X(SSL_CTX_new) \
	X(SSL_CTX_set_default_verify_paths) X(SSL_CTX_set_verify) X(SSL_CTX_use_PrivateKey) X(SSL_CTX_use_certificate) \
	X(SSL_ctrl) X(SSL_do_handshake) X(SSL_free) X(SSL_get0_param) X(SSL_get_current_cipher) X(SSL_get_error) \
	X(SSL_get_verify_result) X(SSL_get_version) X(SSL_new) X(SSL_read_ex) X(SSL_set1_host) X(SSL_set_accept_state) \
	X(SSL_set_bio) X(SSL_set_connect_state) X(SSL_shutdown) X(SSL_write_ex) X(TLS_client_method) \
	X(TLS_server_method)

/* clang-format on */

#if defined(__x86_64__)
#define JUMP(f) "jmp *at_" f "(%rip)\n"
#elif defined(__aarch64__)
#define JUMP(f) "adrp x16, at_" f "\nldr x16, [x16, :lo12:at_" f "]\nbr x16\n"
#else
#error "how does this machine jump through a variable without changing a register that passes arguments?"
#endif

#define DEFINE(f) \
	extern void *at_##f __attribute__((visibility("hidden"))); \
	void *at_##f; \
	__asm__(".text\n.p2align 4\n.globl " #f "\n.hidden " #f "\n.type " #f ", %function\n" \
		#f ":\n" JUMP(#f) ".size " #f ", .-" #f "\n");
CRYPTO(DEFINE)
TLS(DEFINE)

#define STRING_(x) #x
#define STRING(x) STRING_(x)
#define SONAME(name) name ".so." STRING(OPENSSL_VERSION_MAJOR)
#define FIND(f) \
	if ((at_##f = dlsym(lib, #f)) == NULL) \
		return kerror("%s", dlerror());

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static bool crypto, tls;

static int
findcrypto(void)
{
	void *lib = dlopen(SONAME("libcrypto"), RTLD_LAZY | RTLD_LOCAL);

	if (lib == NULL)
		return kerror("%s", dlerror());
	CRYPTO(FIND)
	crypto = true;
	return 0;
}

static int
findtls(void)
{
	void *lib = dlopen(SONAME("libssl"), RTLD_LAZY | RTLD_LOCAL);

	if (lib == NULL)
		return kerror("%s", dlerror());
	TLS(FIND)
	tls = true;
	return 0;
}

int
crypto_load(void)
{
	pthread_mutex_lock(&lock);
	int r = crypto ? 0 : findcrypto();
	pthread_mutex_unlock(&lock);
	return r;
}

int
tls_load(void)
{
	if (crypto_load() < 0)
		return -1;
	pthread_mutex_lock(&lock);
	int r = tls ? 0 : findtls();
	pthread_mutex_unlock(&lock);
	return r;
}
