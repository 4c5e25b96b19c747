/*
 * What the files of this library share and nobody else sees.
 */
#ifndef DIS_IMPL_H
#define DIS_IMPL_H

#include "dis/dis.h"

/*
 * Fill in an error and return false, for "return dis_fail(...)". msg is copied as it is; the detail is formatted and
 * may be NULL. err may be NULL.
 */
bool dis_fail(DisError *err, size_t at, const char *msg, const char *fmt, ...) __attribute__((format(printf, 4, 5)));

/*
 * Make room for one more element behind the n that an array of the module holds, and return the (perhaps moved) array;
 * NULL if out of memory. There is no capacity field: an array of n elements always has room for the next power of two,
 * at least 4, and dis_array allocates to the same rule.
 */
void *dis_grow(DisModule *m, void *array, int32_t n, size_t size);

/* A zeroed array of n elements that dis_grow can extend. */
void *dis_array(DisModule *m, int32_t n, size_t size);

/* Room for n more bytes at the end of b; NULL if memory ran out. */
uint8_t *dis_bufroom(DisBuf *b, size_t n);

/* Which operands an opcode's row shows: bits below; *opt is set to DIS_HASMID if the middle one may be left out. */
enum {
	DIS_HASSRC = 1,
	DIS_HASMID = 2,
	DIS_HASDST = 4,
};
unsigned dis_shape(unsigned op, unsigned *opt);

/* The sections of a file one by one, for dis_write and for telling their sizes. */
bool dis_write_header(const DisModule *m, DisBuf *b, DisError *err);
bool dis_write_code(const DisModule *m, DisBuf *b, DisError *err);
bool dis_write_types(const DisModule *m, DisBuf *b, DisError *err);
bool dis_write_data(const DisModule *m, DisBuf *b, DisError *err);
bool dis_write_links(const DisModule *m, DisBuf *b, DisError *err);
bool dis_write_imports(const DisModule *m, DisBuf *b, DisError *err);
bool dis_write_handlers(const DisModule *m, DisBuf *b, DisError *err);

#endif
