/* What both targets of dis/ ask of an object: what was read can be written, printed and assembled, and comes out the same. */
#include <stdbool.h>

#include "dis/dis.h"

/* aborts unless ok, which the fuzzer takes for a crash */
void mustbe(bool ok);

/* takes m through the writer, the printer and the assembler; m stays the caller's */
void roundtrip(DisModule *m);
