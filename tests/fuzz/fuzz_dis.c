/* Fuzz target: the reader of object files and their checker. */
#include "roundtrip.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	DisError err;
	DisModule *m = dis_read(data, size, &err);

	if (m == NULL)
		return 0;
	dis_check(m, &err);
	roundtrip(m);
	dis_free(m);
	return 0;
}
