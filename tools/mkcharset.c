/*
 * The table of a character set of one and two bytes, as the host's iconv knows it, for /lib/convcs; see convcs(2).
 *
 *	mkcharset NAME OUTPUT
 *
 * The first line has the ranges of first and second bytes of the two-byte characters; then follow, in UTF-8, the 256 characters
 * of one byte and those of two bytes by rows. What is not a character is U+FFFD.
 */
#include <iconv.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static iconv_t conv;

// the UTF-8 of n bytes in out, 0 if they are not exactly one character
static size_t
convert(char *in, size_t n, char out[8])
{
	char *o = out;
	size_t left = 8;

	iconv(conv, NULL, NULL, NULL, NULL);
	if (iconv(conv, &in, &n, &o, &left) == (size_t)-1 || n != 0)
		return 0;
	size_t len = (size_t)(o - out), chars = 0;
	for (size_t i = 0; i < len; i++)
		chars += (out[i] & 0xc0) != 0x80;
	return chars == 1 ? len : 0;
}

static void
put(FILE *f, char *in, size_t n)
{
	char out[8];
	size_t len = convert(in, n, out);

	if (len == 0)
		fputs("\xef\xbf\xbd", f);
	else
		fwrite(out, 1, len, f);
}

int
main(int argc, char *argv[])
{
	int lo[2] = {256, 256}, hi[2] = {-1, -1};
	char in[2], out[8];

	if (argc != 3) {
		fprintf(stderr, "usage: mkcharset name output\n");
		return 2;
	}
	conv = iconv_open("UTF-8", argv[1]);
	FILE *f = fopen(argv[2], "wb");
	if (conv == (iconv_t)-1 || f == NULL) {
		perror(conv == (iconv_t)-1 ? argv[1] : argv[2]);
		return 1;
	}
	for (int i = 0; i < 0x10000; i++) {
		int b[2] = {i >> 8, i & 0xff};
		in[0] = (char)b[0];
		in[1] = (char)b[1];
		if (convert(in, 1, out) != 0 || convert(in, 2, out) == 0)
			continue;
		for (int j = 0; j < 2; j++) {
			lo[j] = b[j] < lo[j] ? b[j] : lo[j];
			hi[j] = b[j] > hi[j] ? b[j] : hi[j];
		}
	}
	fprintf(f, "%d %d %d %d\n", lo[0], hi[0], lo[1], hi[1]);
	for (int i = 0; i < 256; i++) {
		in[0] = (char)i;
		put(f, in, 1);
	}
	for (int i = lo[0]; i <= hi[0]; i++)
		for (int j = lo[1]; j <= hi[1]; j++) {
			in[0] = (char)i;
			in[1] = (char)j;
			put(f, in, 2);
		}
	if (fclose(f) != 0) {
		perror(argv[2]);
		return 1;
	}
	return 0;
}
