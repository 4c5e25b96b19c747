/*
 * Fuzz target: the reader and the assembler of the Dis object format. Build with
 * clang -fsanitize=fuzzer,address,undefined -I. tests/fuzz/fuzz_dis.c
 * dis/{object,operand,read,write,check,print,asm,sig}.c
 *
 * Input that begins with the byte 't' is assembly text, all else an object file. What is read must survive being
 * written, printed and assembled, and come out the same.
 */
#include <stdlib.h>
#include <string.h>

#include "dis/dis.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
mustbe(bool ok)
{
	if (!ok)
		abort();
}

static void
object(const uint8_t *data, size_t size)
{
	DisBuf first = {0}, second = {0};
	DisModule *m, *n;
	char *text = NULL;
	size_t len = 0;
	DisError err;
	FILE *f;

	m = dis_read(data, size, &err);
	if (m == NULL)
		return;
	dis_check(m, &err);
	mustbe(dis_write(m, &first, &err));
	f = open_memstream(&text, &len);
	mustbe(f && dis_print_asm(f, m));
	fclose(f);
	n = dis_assemble(text, len, &err);
	mustbe(n && dis_write(n, &second, &err));
	mustbe(first.n == second.n && memcmp(first.p, second.p, first.n) == 0);
	dis_free(n);
	dis_free(m);
	free(text);
	dis_buffree(&first);
	dis_buffree(&second);
}

static void
text(const char *data, size_t size)
{
	DisBuf b = {0};
	DisError err;
	DisModule *m = dis_assemble(data, size, &err);

	if (m && dis_write(m, &b, &err))
		object(b.p, b.n);
	dis_free(m);
	dis_buffree(&b);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size > 0 && data[0] == 't')
		text((const char *)data + 1, size - 1);
	else
		object(data, size);
	return 0;
}
