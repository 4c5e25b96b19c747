/* See wire.h. */
#include <check.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "wire.h"

size_t
unhex(const char *hex, uint8_t *buf, size_t n)
{
	size_t len = 0;
	int nib = 0, v = 0;

	for (; *hex != '\0'; hex++) {
		if (*hex == ' ')
			continue;
		v = v << 4 | (*hex <= '9' ? *hex - '0' : *hex - 'a' + 10);
		if (nib ^= 1)
			continue;
		ck_assert_uint_lt(len, n);
		buf[len++] = (uint8_t)v;
		v = 0;
	}
	ck_assert_int_eq(nib, 0);
	return len;
}

void
wire_pair(int fd[2])
{
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fd), 0);
}

void
wire_write(int fd, const void *buf, size_t n)
{
	const uint8_t *p = buf;
	ssize_t w;

	for (; n > 0; p += w, n -= (size_t)w) {
		w = send(fd, p, n, MSG_NOSIGNAL);
		ck_assert_int_gt(w, 0);
	}
}

void
wire_send(int fd, const char *hex)
{
	uint8_t buf[1024];

	wire_write(fd, buf, unhex(hex, buf, sizeof buf));
}

void
wire_fcall(int fd, const StyxFcall *f)
{
	size_t n = styx_size(f);
	uint8_t *buf = malloc(n);

	ck_assert_uint_ne(n, 0);
	ck_assert_uint_eq(styx_encode(f, buf, n), n);
	wire_write(fd, buf, n);
	free(buf);
}

/* Reads n bytes; less at the end of the stream. */
static size_t
read_fully(int fd, uint8_t *buf, size_t n)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};
	size_t done = 0;
	ssize_t r;

	while (done < n) {
		ck_assert_msg(poll(&p, 1, 20000) == 1, "nothing came from the other side");
		r = read(fd, buf + done, n - done);
		if (r <= 0)
			break;
		done += (size_t)r;
	}
	return done;
}

static size_t
read_raw(int fd, uint8_t *buf, size_t n)
{
	size_t size;

	size = read_fully(fd, buf, 4);
	if (size == 0)
		return 0;
	ck_assert_uint_eq(size, 4);
	size = styx_peek(buf, 4);
	ck_assert_uint_le(size, n);
	ck_assert_uint_ge(size, 7);
	ck_assert_uint_eq(read_fully(fd, buf + 4, size - 4), size - 4);
	return size;
}

size_t
wire_read(int fd, void *buf, size_t n, StyxFcall *f)
{
	size_t size = read_raw(fd, buf, n);

	if (size > 0)
		ck_assert(styx_decode(f, buf, size));
	return size;
}

static void
hex(char *s, const uint8_t *buf, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		sprintf(s + 2 * i, "%02x", buf[i]);
	s[2 * n] = '\0';
}

void
wire_expect(int fd, const char *want)
{
	uint8_t w[1024], got[1024];
	char ws[2049], gs[2049];
	size_t n = unhex(want, w, sizeof w);

	hex(ws, w, n);
	hex(gs, got, read_raw(fd, got, sizeof got));
	ck_assert_str_eq(gs, ws);
}

void
wire_expect_error(int fd, uint16_t tag, const char *text)
{
	uint8_t buf[1024];
	StyxFcall f;
	char s[300];

	ck_assert_uint_ne(wire_read(fd, buf, sizeof buf, &f), 0);
	ck_assert_msg(f.type == STYX_RERROR, "%s", styx_text(s, sizeof s, &f));
	ck_assert_uint_eq(f.tag, tag);
	ck_assert_str_eq(f.ename, text);
}

void
wire_expect_eof(int fd)
{
	uint8_t c;

	ck_assert_uint_eq(read_fully(fd, &c, 1), 0);
}

void
wire_expect_silence(int fd)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};

	ck_assert_int_eq(poll(&p, 1, 60), 0);
}
