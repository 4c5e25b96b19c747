/*
 * Styx messages as bytes: sizes, encoding, strict decoding, the checks of names, and versions. Nothing here allocates
 * or keeps state.
 */
#include <string.h>

#include "styx_int.h"

static const StyxLayout layouts[STYX_TMAX - STYX_TVERSION] = {
	{"Version", "zv"}, {"Version", "zv"},
	{"Auth", "aun"}, {"Auth", "q"},
	{"Attach", "faun"}, {"Attach", "q"},
	{"Error", NULL}, {"Error", "e"},
	{"Flush", "t"}, {"Flush", ""},
	{"Walk", "fwW"}, {"Walk", "Q"},
	{"Open", "fm"}, {"Open", "qi"},
	{"Create", "fNpm"}, {"Create", "qi"},
	{"Read", "foc"}, {"Read", "D"},
	{"Write", "foD"}, {"Write", "c"},
	{"Clunk", "f"}, {"Clunk", ""},
	{"Remove", "f"}, {"Remove", ""},
	{"Stat", "f"}, {"Stat", "S"},
	{"Wstat", "fS"}, {"Wstat", ""},
};

const StyxLayout *
styx_layout(unsigned type)
{
	if (type < STYX_TVERSION || type >= STYX_TMAX || layouts[type - STYX_TVERSION].fields == NULL)
		return NULL;
	return &layouts[type - STYX_TVERSION];
}

const char **
styx_strfield(StyxFcall *f, char letter)
{
	switch (letter) {
	case 'v':
		return &f->version;
	case 'u':
		return &f->uname;
	case 'n':
		return &f->aname;
	case 'e':
		return &f->ename;
	case 'N':
		return &f->name;
	}
	return NULL;
}

/* Four-byte fields that stand alone; the same for both directions. */
static uint32_t *
word_field(StyxFcall *f, char letter)
{
	switch (letter) {
	case 'z':
		return &f->msize;
	case 'f':
		return &f->fid;
	case 'a':
		return &f->afid;
	case 'w':
		return &f->newfid;
	case 'p':
		return &f->perm;
	case 'i':
		return &f->iounit;
	case 'c':
	case 'D':
		return &f->count;
	}
	return NULL;
}

/*
 * Where encoding goes. With buf NULL bytes are only counted: that is how a message's size is found, by the same code
 * that writes it.
 */
typedef struct Out {
	uint8_t *buf;
	size_t n;     /* room at buf */
	uint64_t len; /* bytes so far */
	bool bad;
} Out;

/* Room for n more bytes; NULL if only counting or there is none. */
static uint8_t *
out_room(Out *o, size_t n)
{
	uint8_t *p = NULL;

	if (o->buf != NULL && !o->bad) {
		if (n > o->n - o->len) {
			o->bad = true;
			return NULL;
		}
		p = o->buf + o->len;
	}
	o->len += n;
	return p;
}

static void
out2(Out *o, uint16_t v)
{
	uint8_t *p = out_room(o, 2);

	if (p != NULL)
		styx_put2(p, v);
}

static void
out4(Out *o, uint32_t v)
{
	uint8_t *p = out_room(o, 4);

	if (p != NULL)
		styx_put4(p, v);
}

static void
out_bytes(Out *o, const void *data, size_t n)
{
	uint8_t *p = out_room(o, n);

	/* data may be in its place already: a server's answer that was read straight into its message. */
	if (p != NULL && n > 0 && p != data)
		memmove(p, data, n);
}

static void
out_string(Out *o, const char *s)
{
	size_t n = s == NULL ? 0 : strlen(s);

	if (n > UINT16_MAX) {
		o->bad = true;
		return;
	}
	out2(o, (uint16_t)n);
	out_bytes(o, s, n);
}

static void
out_qid(Out *o, const StyxQid *q)
{
	uint8_t *p = out_room(o, STYX_QIDSZ);

	if (p != NULL) {
		p[0] = q->type;
		styx_put4(p + 1, q->vers);
		styx_put8(p + 5, q->path);
	}
}

static void
out_field(Out *o, StyxFcall *f, char letter)
{
	uint8_t *p;
	int i;

	switch (letter) {
	case 't':
		out2(o, f->oldtag);
		break;
	case 'm':
		if ((p = out_room(o, 1)) != NULL)
			*p = f->mode;
		break;
	case 'o':
		if ((p = out_room(o, 8)) != NULL)
			styx_put8(p, f->offset);
		break;
	case 'D':
		out4(o, f->count);
		out_bytes(o, f->data, f->count);
		break;
	case 'q':
		out_qid(o, &f->qid);
		break;
	case 'S':
		out2(o, f->nstat);
		out_bytes(o, f->stat, f->nstat);
		break;
	case 'W':
		if (f->nwname > STYX_MAXWELEM) {
			o->bad = true;
			break;
		}
		out2(o, f->nwname);
		for (i = 0; i < f->nwname; i++)
			out_string(o, f->wname[i]);
		break;
	case 'Q':
		if (f->nwqid > STYX_MAXWELEM) {
			o->bad = true;
			break;
		}
		out2(o, f->nwqid);
		for (i = 0; i < f->nwqid; i++)
			out_qid(o, &f->wqid[i]);
		break;
	default:
		if (word_field(f, letter) != NULL)
			out4(o, *word_field(f, letter));
		else
			out_string(o, *styx_strfield(f, letter));
	}
}

static size_t
put_message(const StyxFcall *f, uint8_t *buf, size_t n)
{
	const StyxLayout *l = styx_layout(f->type);
	Out o = {buf, n, 0, false};
	const char *p;
	uint8_t *h;

	if (l == NULL)
		return 0;
	h = out_room(&o, STYX_HDRSZ);
	for (p = l->fields; *p != '\0' && !o.bad; p++)
		out_field(&o, (StyxFcall *)f, *p); /* field accessors serve decoding too; nothing is written to f */
	if (o.bad || o.len > INT32_MAX)
		return 0;
	if (h != NULL) {
		styx_put4(h, (uint32_t)o.len);
		h[4] = f->type;
		styx_put2(h + 5, f->tag);
	}
	return (size_t)o.len;
}

size_t
styx_size(const StyxFcall *f)
{
	return put_message(f, NULL, 0);
}

size_t
styx_encode(const StyxFcall *f, void *buf, size_t n)
{
	return buf == NULL ? 0 : put_message(f, buf, n);
}

size_t
styx_peek(const void *buf, size_t n)
{
	return n < 4 ? 0 : styx_get4(buf);
}

/* What is left to decode. Once something is missing bad stays set and no field is taken any more. */
typedef struct In {
	uint8_t *p;
	uint8_t *end;
	bool bad;
} In;

static uint8_t *
in_bytes(In *in, size_t n)
{
	uint8_t *p = in->p;

	if (in->bad || n > (size_t)(in->end - p)) {
		in->bad = true;
		return NULL;
	}
	in->p = p + n;
	return p;
}

static uint16_t
in2(In *in)
{
	uint8_t *p = in_bytes(in, 2);

	return p == NULL ? 0 : styx_get2(p);
}

static uint32_t
in4(In *in)
{
	uint8_t *p = in_bytes(in, 4);

	return p == NULL ? 0 : styx_get4(p);
}

/*
 * A string in place: moved one byte down, over the high byte of its length (which has been read), it leaves the room
 * for its NUL.
 */
static const char *
in_string(In *in)
{
	size_t n = in2(in);
	uint8_t *p = in_bytes(in, n);

	if (p == NULL)
		return NULL;
	if (memchr(p, 0, n) != NULL) {
		in->bad = true;
		return NULL;
	}
	memmove(p - 1, p, n);
	p[n - 1] = '\0';
	return (char *)p - 1;
}

static void
in_qid(In *in, StyxQid *q)
{
	uint8_t *p = in_bytes(in, STYX_QIDSZ);

	if (p != NULL) {
		q->type = p[0];
		q->vers = styx_get4(p + 1);
		q->path = styx_get8(p + 5);
	}
}

static void
in_field(In *in, StyxFcall *f, char letter)
{
	uint8_t *p;
	int i;

	switch (letter) {
	case 't':
		f->oldtag = in2(in);
		break;
	case 'm':
		if ((p = in_bytes(in, 1)) != NULL)
			f->mode = *p;
		break;
	case 'o':
		if ((p = in_bytes(in, 8)) != NULL)
			f->offset = styx_get8(p);
		break;
	case 'D':
		f->count = in4(in);
		f->data = in_bytes(in, f->count);
		break;
	case 'q':
		in_qid(in, &f->qid);
		break;
	case 'S':
		f->nstat = in2(in);
		f->stat = in_bytes(in, f->nstat);
		break;
	case 'W':
		f->nwname = in2(in);
		in->bad |= f->nwname > STYX_MAXWELEM;
		for (i = 0; i < f->nwname && !in->bad; i++)
			f->wname[i] = in_string(in);
		break;
	case 'Q':
		f->nwqid = in2(in);
		in->bad |= f->nwqid > STYX_MAXWELEM;
		for (i = 0; i < f->nwqid && !in->bad; i++)
			in_qid(in, &f->wqid[i]);
		break;
	default:
		if (word_field(f, letter) != NULL)
			*word_field(f, letter) = in4(in);
		else
			*styx_strfield(f, letter) = in_string(in);
	}
}

bool
styx_decode(StyxFcall *f, void *buf, size_t n)
{
	const StyxLayout *l;
	In in = {buf, (uint8_t *)buf + n, false};
	const char *p;

	memset(f, 0, sizeof *f);
	if (n < STYX_HDRSZ || styx_peek(buf, n) != n)
		return false;
	l = styx_layout(in.p[4]);
	if (l == NULL)
		return false;
	f->type = in.p[4];
	f->tag = styx_get2(in.p + 5);
	in.p += STYX_HDRSZ;
	for (p = l->fields; *p != '\0'; p++)
		in_field(&in, f, *p);
	if (in.bad || in.p != in.end) {
		memset(f, 0, sizeof *f);
		return false;
	}
	return true;
}

bool
styx_badchar(const char *name)
{
	const unsigned char *p;

	for (p = (const unsigned char *)name; *p != '\0'; p++)
		if (*p < ' ' || *p == 0x7F || *p == '/')
			return true;
	return false;
}

/* The name is quoted as the shell does, if it has to be. */
void
styx_badchar_error(const char *name, char *err, size_t nerr)
{
	char text[STYX_ERRMAX + 8];
	size_t i, n = strlen(STYX_EBADCHAR);
	bool quote = false;

	memcpy(text, STYX_EBADCHAR, n);
	for (i = 0; name[i] != '\0'; i++)
		quote |= (unsigned char)name[i] <= ' ' || name[i] == '\'';
	if (quote)
		text[n++] = '\'';
	for (i = 0; name[i] != '\0' && n < STYX_ERRMAX; i++) {
		text[n++] = name[i];
		if (name[i] == '\'')
			text[n++] = '\'';
	}
	if (quote)
		text[n++] = '\'';
	text[n] = '\0';
	styx_errcopy(err, nerr, text);
}

bool
styx_check_name(const char *name, char *err, size_t nerr)
{
	if (name == NULL || name[0] == '\0' || strcmp(name, ".") == 0 || strcmp(name, "..") == 0) {
		styx_errcopy(err, nerr, STYX_ENAMESYNTAX);
		return false;
	}
	if (styx_badchar(name)) {
		styx_badchar_error(name, err, nerr);
		return false;
	}
	return true;
}

bool
styx_check(const StyxFcall *f, char *err, size_t nerr)
{
	int i;

	if (f->type == STYX_TCREATE)
		return styx_check_name(f->name, err, nerr);
	if (f->type == STYX_TWALK)
		for (i = 0; i < f->nwname; i++)
			if (f->wname[i] == NULL || strcmp(f->wname[i], "..") != 0)
				if (!styx_check_name(f->wname[i], err, nerr))
					return false;
	return true;
}

const char *
styx_version_answer(const char *asked)
{
	const char *p;
	unsigned v = 0;

	if (strncmp(asked, "9P", 2) != 0)
		return "unknown";
	for (p = asked + 2; *p >= '0' && *p <= '9'; p++)
		if (v < 100000)
			v = v * 10 + (unsigned)(*p - '0');
	if ((*p != '\0' && *p != '.') || v < 2000)
		return "unknown";
	return STYX_VERSION;
}

void
styx_errcopy(char *to, size_t n, const char *from)
{
	size_t len;

	if (n == 0)
		return;
	len = strnlen(from, n);
	if (len >= n) {
		len = n - 1;
		while (len > 0 && ((unsigned char)from[len] & 0xC0) == 0x80)
			len--;
	}
	memmove(to, from, len);
	to[len] = '\0';
}
