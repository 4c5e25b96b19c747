/* Fuzz target: the assembler. What it accepts and the reader takes too survives the round trip. */
#include "roundtrip.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	DisBuf b = {0};
	DisError err;
	DisModule *m = dis_assemble((const char *)data, size, &err), *n;

	if (m != NULL && dis_write(m, &b, &err)) {
		n = dis_read(b.p, b.n, &err);
		if (n != NULL) {
			dis_check(n, &err);
			roundtrip(n);
		}
		dis_free(n);
	}
	dis_free(m);
	dis_buffree(&b);
	return 0;
}
