/*
 * Fuzz target: the Limbo compiler, from text to object file. Build with
 * clang -fsanitize=fuzzer,address,undefined -D_GNU_SOURCE -I. tests/fuzz/fuzz_limbo.c limbo/[!m]*.c
 * dis/{object,operand,read,write,check,print,asm,sig}.c -lm -lpthread
 *
 * The input is the source; `include "a.m"` reads it again from its first NUL on, so that includes and whatever they may do are
 * reached too. What compiles must be an object that can be written, read back and passes all checks.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "limbo/limbo.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct Input Input;
struct Input {
	const uint8_t *data;
	size_t size;
	int reads;
};

static char *
readfile(void *aux, const char *name, size_t *n)
{
	Input *in = aux;
	const uint8_t *from;
	size_t left;
	char *p;

	if (in->reads++ > 100) {
		errno = EIO;
		return NULL;
	}
	from = in->data;
	left = in->size;
	if (strcmp(name, "a.m") == 0) {
		from = memchr(in->data, '\0', in->size);
		if (from == NULL) {
			errno = ENOENT;
			return NULL;
		}
		from++;
		left = in->data + in->size - from;
	} else if (strcmp(name, "t.b") != 0) {
		errno = ENOENT;
		return NULL;
	}
	p = malloc(left + 1);
	if (p != NULL)
		memcpy(p, from, left);
	*n = left;
	return p;
}

static void
diag(void *aux, const LimboDiag *d)
{
	(void)aux;
	if (d->text == NULL)
		abort();
}

static void
mustbe(int ok)
{
	if (!ok)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	Input in = { data, size, 0 };
	LimboOptions o = { .readfile = readfile, .diag = diag, .aux = &in, .warn = 2, .maxerrors = 20, .symbols = 1 };
	DisModule *m, *n;
	DisBuf b = { 0 };
	DisError err;
	char *text = NULL;
	size_t len = 0;
	Limbo *l;
	FILE *f;

	l = limbo_new(&o);
	m = limbo_compile(l, "t.b");
	if (m != NULL) {
		mustbe(limbo_nerrors(l) == 0);
		if (dis_write(m, &b, &err)) {
			n = dis_read(b.p, b.n, &err);
			mustbe(n != NULL);
			mustbe(dis_check(n, &err));
			dis_free(n);
		}
		dis_buffree(&b);
		f = open_memstream(&text, &len);
		mustbe(f != NULL && limbo_sbl(l, f) == 0);
		fclose(f);
		free(text);
	} else
		mustbe(limbo_nerrors(l) > 0);
	limbo_free(l);
	return 0;
}
