/*
 * Styx as hexadecimal text over a socket, for tests that play one side of a connection byte by byte.
 */
#ifndef TESTS_LIBSTYX_WIRE_H
#define TESTS_LIBSTYX_WIRE_H

#include <stddef.h>
#include <stdint.h>

#include "styx.h"

/* Bytes of a string of hexadecimal digits; blanks are ignored. Returns their number. */
size_t unhex(const char *hex, uint8_t *buf, size_t n);

void wire_pair(int fd[2]);
void wire_send(int fd, const char *hex);
void wire_write(int fd, const void *buf, size_t n);
void wire_fcall(int fd, const StyxFcall *f);
/*
 * Reads one message, at most n bytes, and decodes it to f. Fails the test if none comes within some seconds. Returns
 * its size, 0 at the end.
 */
size_t wire_read(int fd, void *buf, size_t n, StyxFcall *f);
/* Reads one message and compares it. */
void wire_expect(int fd, const char *hex);
void wire_expect_error(int fd, uint16_t tag, const char *text);
void wire_expect_eof(int fd);
/* Nothing arrives for a short while. */
void wire_expect_silence(int fd);

#endif
