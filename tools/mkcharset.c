/*
 * The table of a character set of one and two bytes, as the host's iconv knows it, for /lib/convcs; see convcs(2).
 *
 *	mkcharset NAME OUTPUT
 *
 * The first line has the ranges of first and second bytes of the two-byte characters, and those of the second and third bytes of characters of
 * three, which begin with 8F (JIS X 0212 in EUC-JP), if there are any; then follow, in UTF-8, the 256 characters of one byte and those of
 * two and of three bytes by rows. What is not a character is U+FFFD.
 */
#include <iconv.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define THREE ((char)0x8f)

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

/* Ranges of the last two bytes of characters that begin with the n-2 bytes in. */
static void
ranges(char *in, size_t n, int lo[2], int hi[2])
{
	char out[8];

	lo[0] = lo[1] = 256;
	hi[0] = hi[1] = -1;
	for (int i = 0; i < 0x10000; i++) {
		int b[2] = {i >> 8, i & 0xff};
		in[n - 2] = (char)b[0];
		in[n - 1] = (char)b[1];
		if (convert(in, n - 1, out) != 0 || convert(in, n, out) == 0)
			continue;
		for (int j = 0; j < 2; j++) {
			lo[j] = b[j] < lo[j] ? b[j] : lo[j];
			hi[j] = b[j] > hi[j] ? b[j] : hi[j];
		}
	}
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
	int lo[2], hi[2], lo3[2], hi3[2];
	char in[3];

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
	ranges(in, 2, lo, hi);
	in[0] = THREE;
	ranges(in, 3, lo3, hi3);
	fprintf(f, "%d %d %d %d", lo[0], hi[0], lo[1], hi[1]);
	if (hi3[0] >= 0)
		fprintf(f, " %d %d %d %d", lo3[0], hi3[0], lo3[1], hi3[1]);
	fputc('\n', f);
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
	in[0] = THREE;
	for (int i = lo3[0]; i <= hi3[0]; i++)
		for (int j = lo3[1]; j <= hi3[1]; j++) {
			in[1] = (char)i;
			in[2] = (char)j;
			put(f, in, 3);
		}
	if (fclose(f) != 0) {
		perror(argv[2]);
		return 1;
	}
	return 0;
}
