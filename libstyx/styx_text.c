/*
 * Messages as text, for traces. The form is that of the Limbo module Styx, so that traces of host and Limbo programs
 * look alike.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "styx_int.h"

typedef struct Text {
	char *p;
	char *end; /* where the last byte, the NUL, may stand */
} Text;

static void __attribute__((format(printf, 2, 3)))
add(Text *t, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(t->p, (size_t)(t->end - t->p) + 1, fmt, ap);
	va_end(ap);
	if (n > 0)
		t->p += n > t->end - t->p ? t->end - t->p : n;
}

/* Control characters would spoil the reader's terminal and are shown as numbers. */
static void
add_string(Text *t, const char *s)
{
	add(t, "\"");
	for (; s != NULL && *s != '\0'; s++) {
		unsigned char c = (unsigned char)*s;

		if (c == '"' || c == '\\')
			add(t, "\\%c", c);
		else if (c < ' ' || c == 0x7F)
			add(t, "\\u%04x", c);
		else
			add(t, "%c", c);
	}
	add(t, "\"");
}

static void
add_qid(Text *t, const StyxQid *q)
{
	add(t, "Qid(16r%" PRIx64 ",%" PRIu32 ",16r%02x)", q->path, q->vers, q->type);
}

static void
add_dir(Text *t, const StyxDir *d)
{
	add(t, "Dir(");
	add_string(t, d->name);
	add(t, ",");
	add_string(t, d->uid);
	add(t, ",");
	add_string(t, d->gid);
	add(t, ",");
	add_qid(t, &d->qid);
	add(t, ",8r%" PRIo32 ",%" PRIu32 ",%" PRIu32 ",%" PRIu64 ",16r%x,%" PRIu32 ")", d->mode, d->atime, d->mtime,
		d->length, d->type, d->dev);
}

static void
add_stat(Text *t, const StyxFcall *f)
{
	char strs[512];
	StyxDir d;
	size_t n = f->stat == NULL ? 0 : styx_dir_check(f->stat, f->nstat);

	if (n != 0 && n == f->nstat && n <= sizeof strs) {
		styx_dir_decode(f->stat, n, &d, strs);
		add_dir(t, &d);
	} else
		add(t, "array[%u] of byte", f->nstat);
}

static void
add_field(Text *t, const StyxFcall *f, char letter)
{
	int i;

	switch (letter) {
	case 'z':
		add(t, "%" PRIu32, f->msize);
		break;
	case 'f':
		add(t, "%" PRIu32, f->fid);
		break;
	case 'a':
		add(t, "%" PRIu32, f->afid);
		break;
	case 'w':
		add(t, "%" PRIu32, f->newfid);
		break;
	case 't':
		add(t, "%u", f->oldtag);
		break;
	case 'm':
		add(t, "%u", f->mode);
		break;
	case 'p':
		add(t, "8r%" PRIo32, f->perm);
		break;
	case 'i':
		add(t, "%" PRIu32, f->iounit);
		break;
	case 'o':
		add(t, "%" PRIu64, f->offset);
		break;
	case 'c':
		add(t, "%" PRIu32, f->count);
		break;
	case 'D':
		add(t, "array[%" PRIu32 "] of byte", f->count);
		break;
	case 'q':
		add_qid(t, &f->qid);
		break;
	case 'S':
		add_stat(t, f);
		break;
	case 'W':
		if (f->nwname == 0)
			add(t, "nil");
		for (i = 0; i < f->nwname && i < STYX_MAXWELEM; i++) {
			add(t, i == 0 ? "array[] of {" : ",");
			add_string(t, f->wname[i]);
		}
		if (f->nwname > 0)
			add(t, "}");
		break;
	case 'Q':
		if (f->nwqid == 0)
			add(t, "nil");
		for (i = 0; i < f->nwqid && i < STYX_MAXWELEM; i++) {
			add(t, i == 0 ? "array[] of {" : ",");
			add_qid(t, &f->wqid[i]);
		}
		if (f->nwqid > 0)
			add(t, "}");
		break;
	default:
		add_string(t, *styx_strfield((StyxFcall *)f, letter));
	}
}

char *
styx_text(char *buf, size_t n, const StyxFcall *f)
{
	const StyxLayout *l = styx_layout(f->type);
	Text t = {buf, buf};
	const char *p;

	if (n == 0)
		return buf;
	t.end = buf + n - 1;
	buf[0] = '\0';
	if (l == NULL) {
		add(&t, "unknown(%u,%u)", f->type, f->tag);
		return buf;
	}
	add(&t, "%cmsg.%s(%u", f->type & 1 ? 'R' : 'T', l->name, f->tag);
	for (p = l->fields; *p != '\0'; p++) {
		add(&t, ",");
		add_field(&t, f, *p);
	}
	add(&t, ")");
	return buf;
}

char *
styx_dir_text(char *buf, size_t n, const StyxDir *d)
{
	Text t = {buf, buf};

	if (n == 0)
		return buf;
	t.end = buf + n - 1;
	buf[0] = '\0';
	add_dir(&t, d);
	return buf;
}
