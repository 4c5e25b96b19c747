/*
 * $Sys: text: sys-print(2), sys-tokenize(2), sys-byte2char(2).
 */
#include <stdio.h>

#include "libinterp/mod/fmt.h"
#include "libinterp/mod/sys.h"
#include "libinterp/vm.h"

BUILTIN_DECLS(Sys)

/* Where a program wants a result may be any address. */
typedef struct R_Sys_tokenize Rtokenize __attribute__((aligned(1)));
typedef struct R_Sys_byte2char Rbyte2char __attribute__((aligned(1)));

enum {
	STEP = 1 << 20, /* characters after which others get a turn */
};

/* ------------------------------------------------------------ print */

/*
 * Variable arguments follow the fixed ones in the frame: words one after the other, bigs and reals at multiples of 8.
 * Which is which only the format tells.
 */
typedef struct Frameargs {
	Fmtargs a;
	const uint8_t *fp;
	uint32_t off, size;
} Frameargs;

static const void *
take(Fmtargs *a, uint32_t n)
{
	Frameargs *f = (Frameargs *)a;
	uint32_t off = (f->off + n - 1) & ~(n - 1);

	if (off > f->size || f->size - off < n)
		return NULL;
	f->off = off + n;
	return f->fp + off;
}

static bool
argword(Fmtargs *a, int32_t *v)
{
	const void *q = take(a, 4);

	if (q != NULL)
		memcpy(v, q, 4);
	return q != NULL;
}

static bool
argbig(Fmtargs *a, int64_t *v)
{
	const void *q = take(a, 8);

	if (q != NULL)
		memcpy(v, q, 8);
	return q != NULL;
}

static bool
argreal(Fmtargs *a, double *v)
{
	const void *q = take(a, 8);

	if (q != NULL)
		memcpy(v, q, 8);
	return q != NULL;
}

static bool
argstr(Fmtargs *a, Str *s)
{
	int32_t r;

	if (!argword(a, &r))
		return false;
	*s = str_get((Ref)r);
	return true;
}

static bool
argref(Fmtargs *a, char *buf)
{
	int32_t w;
	Ref r;

	if (!argword(a, &w))
		return false;
	r = (Ref)w;
	if (r == H)
		strcpy(buf, "nil");
	else if (adt_get(r, 0) != NULL && arena_ok(r))
		snprintf(buf, 64, "%d.%.8x", (int)*heap_count(r), *heap_typeid(r));
	else
		snprintf(buf, 64, "?.%.8x", r);
	return true;
}

/* Format with the arguments from offset off of the frame. -1 after raising; b is to be freed in any case. */
static int
format(Prog *p, void *fp, Ref fmt, uint32_t off, Fmtbuf *b)
{
	Frameargs args = {
		{argword, argbig, argreal, argstr, argref, kerrstr()}, fp, off, vm_framesize(p),
	};

	fmtbuf_init(b);
	fmt_format(b, str_get(fmt), &args.a);
	return b->full ? vm_raise_heap(p) : 0;
}

static int
formatfd(Prog *p, void *fp, int fd, Ref fmt, uint32_t off)
{
	Fmtbuf b;
	long r;

	if (format(p, fp, fmt, off, &b) < 0) {
		fmtbuf_free(&b);
		return -1;
	}
	sys_begin();
	r = kwrite(fd, b.s, (long)b.n);
	fmtbuf_free(&b);
	if (sys_end(p) < 0)
		return -1;
	vm_retint(fp, (int32_t)r);
	return 0;
}

int
Sys_print(Prog *p, void *fp)
{
	struct F_Sys_print *f = fp;

	return formatfd(p, fp, 1, f->a0, offsetof(struct F_Sys_print, a0) + 4);
}

int
Sys_fprint(Prog *p, void *fp)
{
	struct F_Sys_fprint *f = fp;

	return formatfd(p, fp, sys_fd(f->a0), f->a1, offsetof(struct F_Sys_fprint, a1) + 4);
}

int
Sys_sprint(Prog *p, void *fp)
{
	struct F_Sys_sprint *f = fp;
	const char *z;
	Fmtbuf b;
	int r = format(p, fp, f->a0, offsetof(struct F_Sys_sprint, a0) + 4, &b);

	if (r == 0) {
		z = memchr(b.s, 0, b.n);
		r = str_set(p, vm_result(fp, 4), b.s, z != NULL ? (size_t)(z - b.s) : b.n);
	}
	fmtbuf_free(&b);
	return r;
}

int
Sys_aprint(Prog *p, void *fp)
{
	struct F_Sys_aprint *f = fp;
	Fmtbuf b;
	int r = format(p, fp, f->a0, offsetof(struct F_Sys_aprint, a0) + 4, &b);

	if (r == 0)
		r = arr_setbytes(p, vm_result(fp, 4), b.s, b.n);
	fmtbuf_free(&b);
	return r;
}

/* ------------------------------------------------------------ words */

/* The characters of delim: a table for the first 256, a search for the others. */
typedef struct Delim {
	bool low[256];
	Str s;
} Delim;

static bool
isdelim(const Delim *d, uint32_t c)
{
	uint32_t i;

	if (c < 256)
		return d->low[c];
	if (d->s.w != NULL)
		for (i = 0; i < d->s.len; i++)
			if (d->s.w[i] == c)
				return true;
	return false;
}

/* A part of string s as a new string. */
static int
part(Prog *p, Ref *dst, Str s, uint32_t from, uint32_t to)
{
	uint32_t small[64], *w = small, i, n = to - from;
	int r;

	if (s.w != NULL)
		return str_setrunes(p, dst, s.w + from, n);
	if (n > (uint32_t)nelem(small) && (w = malloc((size_t)n * 4)) == NULL)
		return vm_raise(p, "out of memory: main");
	for (i = 0; i < n; i++)
		w[i] = s.b[from + i];
	r = str_setrunes(p, dst, w, n);
	if (w != small)
		free(w);
	return r;
}

int
Sys_tokenize(Prog *p, void *fp)
{
	struct F_Sys_tokenize *f = fp;
	Rtokenize *ret;
	Str s = str_get(f->a0);
	Delim d = {{false}, str_get(f->a1)};
	Ref list = H, word = H;
	uint32_t i, end;
	int32_t n = 0;

	for (i = 0; i < d.s.len; i++)
		if (str_at(d.s, i) < 256)
			d.low[str_at(d.s, i)] = true;
	/* From the end to the start: a list grows at its head. */
	for (i = d.s.len > 0 ? s.len : 0; i > 0;) {
		while (i > 0 && isdelim(&d, str_at(s, i - 1)))
			i--;
		if (i == 0)
			break;
		end = i;
		while (i > 0 && !isdelim(&d, str_at(s, i - 1)))
			i--;
		if (part(p, &word, s, i, end) < 0 || list_cons(p, &list, Tref, &word) < 0) {
			ref_dec(word);
			ref_dec(list);
			return -1;
		}
		n++;
	}
	ref_dec(word);
	ret = vm_result(fp, sizeof *ret);
	ret->t0 = n;
	ref_set(&ret->t1, list);
	return 0;
}

/* ------------------------------------------------------------ characters */

/* How many bytes the lead byte b calls for: a stray continuation byte counts as the lead of two. */
static uint32_t
wants(uint8_t b)
{
	return b < 0x80 ? 1 : b < 0xe0 ? 2 : b < 0xf0 ? 3 : 4;
}

/* Whether n > 0 bytes at s suffice to tell what stands there. */
static bool
complete(const uint8_t *s, size_t n)
{
	return n >= 4 || n >= wants(s[0]);
}

int
Sys_byte2char(Prog *p, void *fp)
{
	struct F_Sys_byte2char *f = fp;
	Rbyte2char *ret;
	Arr a = arr_bytes(f->a0);
	int32_t n = f->a1;
	uint32_t c = 0xfffd;
	int len = 0, ok = 0;

	if (n < 0 || (uint32_t)n >= a.len)
		return vm_raise_bounds(p);
	if (complete(a.data + n, a.len - (uint32_t)n)) {
		len = conv_getutf8(a.data + n, a.len - (uint32_t)n, &c);
		ok = len > 1 || c < 0x80;
	}
	ret = vm_result(fp, sizeof *ret);
	ret->t0 = (int32_t)c;
	ret->t1 = len;
	ret->t2 = ok;
	return 0;
}

int
Sys_char2byte(Prog *p, void *fp)
{
	struct F_Sys_char2byte *f = fp;
	int32_t c = f->a0, n = f->a2;
	Arr a = arr_bytes(f->a1);
	char t[4];
	int len;

	if (n < 0 || (uint32_t)n >= a.len)
		return vm_raise_bounds(p);
	/* The last code point is not taken either, as ever. */
	len = conv_pututf8(c < 0 || c >= 0x10ffff ? 0xfffd : (uint32_t)c, t);
	if ((uint32_t)len > a.len - (uint32_t)n)
		len = 0;
	else
		memcpy(a.data + n, t, (size_t)len);
	vm_retint(fp, len);
	return 0;
}

int
Sys_utfbytes(Prog *p, void *fp)
{
	struct F_Sys_utfbytes *f = fp;
	Ref buf = f->a0;
	Arr a = arr_bytes(buf);
	int32_t n = f->a1;
	uint32_t i = 0, c, step = 0;

	if (buf == H || n < 0 || (uint32_t)n > a.len)
		return vm_raise_bounds(p);
	while (i < (uint32_t)n && complete(a.data + i, (uint32_t)n - i)) {
		i += (uint32_t)conv_getutf8(a.data + i, (uint32_t)n - i, &c);
		if (++step == STEP) {
			step = 0;
			vm_release();
			vm_acquire();
			if (vm_interrupted())
				break;
		}
	}
	vm_retint(fp, (int32_t)i);
	return 0;
}
