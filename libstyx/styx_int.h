/*
 * What the files of libstyx share and nobody else sees: little-endian access, and the table of message layouts.
 */
#ifndef LIBSTYX_STYX_INT_H
#define LIBSTYX_STYX_INT_H

#include "styx.h"

static inline uint16_t
styx_get2(const uint8_t *p)
{
	return (uint16_t)(p[0] | p[1] << 8);
}

static inline uint32_t
styx_get4(const uint8_t *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static inline uint64_t
styx_get8(const uint8_t *p)
{
	return styx_get4(p) | (uint64_t)styx_get4(p + 4) << 32;
}

static inline void
styx_put2(uint8_t *p, uint16_t v)
{
	p[0] = (uint8_t)v;
	p[1] = (uint8_t)(v >> 8);
}

static inline void
styx_put4(uint8_t *p, uint32_t v)
{
	styx_put2(p, (uint16_t)v);
	styx_put2(p + 2, (uint16_t)(v >> 16));
}

static inline void
styx_put8(uint8_t *p, uint64_t v)
{
	styx_put4(p, (uint32_t)v);
	styx_put4(p + 4, (uint32_t)(v >> 32));
}

/*
 * The body of each message as a string of letters, one for each field in its order on the wire. Size, encoding,
 * decoding and text all follow this one table (in styx_msg.c), so they cannot disagree.
 *
 *	z msize[4]	v version[s]	u uname[s]	n aname[s]	e ename[s]	N name[s]
 *	f fid[4]	a afid[4]	w newfid[4]	t oldtag[2]	m mode[1]	p perm[4]
 *	i iounit[4]	o offset[8]	c count[4]	D count[4] data[count]	q qid[13]
 *	S nstat[2] stat[nstat]		W nwname[2] nwname*(wname[s])	Q nwqid[2] nwqid*(qid[13])
 */
typedef struct StyxLayout {
	const char *name;   /* without the T or R */
	const char *fields; /* NULL: not a message */
} StyxLayout;

/* Layout of messages of a type; NULL if there is no such message. */
const StyxLayout *styx_layout(unsigned type);

/* A string field, by its letter; NULL if the letter is not one of a string. */
const char **styx_strfield(StyxFcall *f, char letter);

/* True if name has a byte that no name of a file may have: a control character or '/'. */
bool styx_badchar(const char *name);

/* The text for such a name. */
void styx_badchar_error(const char *name, char *err, size_t nerr);

/* styx_dir_check and styx_dir_decode without a judgement on the characters of the name. */
size_t styx_dir_shape(const void *buf, size_t n);
size_t styx_dir_parse(const void *buf, size_t n, StyxDir *d, char *strs);

#endif
