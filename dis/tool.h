/*
 * What the tools disdump and disasm share.
 */
#ifndef DIS_TOOL_H
#define DIS_TOOL_H

#include "dis/dis.h"

/*
 * Append the contents of a file to b; the path - is standard input. False with errno set if it cannot be read or is
 * longer than most bytes (EFBIG).
 */
bool slurp(const char *path, DisBuf *b, size_t most);

#endif
