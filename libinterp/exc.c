/*
 * Exceptions: raising, and the search for a handler through the frames of a process. See dis(6).
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "libinterp/vm.h"

static Ref oomstring = H;
static char nomem[] = "out of memory: main";

int
vm_raise(Prog *p, const char *fmt, ...)
{
	va_list ap;

	if (p == NULL)
		return -1;
	if (p->exstr == NULL || p->exstr == nomem)
		p->exstr = malloc(EXSTR);
	if (p->exstr != NULL) {
		va_start(ap, fmt);
		vsnprintf(p->exstr, EXSTR, fmt, ap);
		va_end(ap);
	} else
		p->exstr = nomem;
	ref_set(&p->exval, H);
	p->raised = true;
	return -1;
}

int
vm_raise_nil(Prog *p)
{
	return vm_raise(p, "dereference of nil");
}

int
vm_raise_bounds(Prog *p)
{
	return vm_raise(p, "array bounds error");
}

int
vm_raise_heap(Prog *p)
{
	return vm_raise(p, "out of memory: heap");
}

int
vm_raise_type(Prog *p)
{
	return vm_raise(p, "type not constructed correctly");
}

int
exc_raise(Prog *p, Ref r)
{
	ref_set(&p->exval, r);
	p->raised = true;
	return -1;
}

void
exc_clear(Prog *p)
{
	p->raised = false;
	ref_set(&p->exval, H);
}

void
exc_freetext(Prog *p)
{
	if (p->exstr != nomem)
		free(p->exstr);
	p->exstr = NULL;
}

static bool
isstring(Ref r)
{
	return arena_ok(r) && *heap_typeid(r) == Tstring->id;
}

/* The name of an exception value, which is its first word; the value itself if it is a string. */
static Ref
exc_name(Ref r)
{
	if (isstring(r) || heap_capacity(r) < 4)
		return r;
	return ldw(r);
}

void
exc_text(Ref r, char *buf, size_t n)
{
	str_copy(exc_name(r), buf, n);
}

/*
 * The handler of c for an exception at instruction pc: where to go on, or -1. declared: only labels of declared
 * exceptions count, else only those of strings.
 */
static int32_t
search(Code *c, int32_t pc, const char *text, size_t len, bool declared, const Handler **hp)
{
	const Handler *h;
	const Handlerlabel *l;
	int32_t i, j, from, to;

	for (i = 0; i < c->nhandlers; i++) {
		h = &c->handler[i];
		if (pc < h->pc1 || pc >= h->pc2)
			continue;
		*hp = h;
		from = declared ? 0 : h->nexc;
		to = declared ? h->nexc : h->nlabel;
		for (j = from; j < to; j++) {
			l = &h->label[j];
			if ((l->pattern ? len >= l->len : len == l->len) && memcmp(text, l->name, l->len) == 0)
				return l->pc;
		}
		if (h->wild != -1)
			return h->wild;
	}
	return -1;
}

/* The value the handler gets, counted. asstring: a declared exception that has turned into its name. */
static Ref
value(Prog *p, bool asstring)
{
	Ref r = H;

	if (p->exval == H) {
		if (str_setc(NULL, &r, p->exstr) < 0) {
			refinc(oomstring);
			r = oomstring;
		}
		return r;
	}
	r = asstring ? exc_name(p->exval) : p->exval;
	refinc(r);
	return r;
}

/* "pc module text", for $Sys and debuggers. Made at each exception that is caught: by hand, in the room of the last one. */
static void
record(Prog *p, int32_t pc, const char *text, size_t ntext)
{
	const char *name = p->m->code->name;
	size_t nname = strlen(name), n = nname + ntext + 14;
	char digits[12], *s;
	int i = sizeof digits;

	if (n > p->exroom) {
		s = malloc(n + 64);
		if (s == NULL)
			return;
		free(p->exrecord);
		p->exrecord = s;
		p->exroom = (uint32_t)n + 64;
	}
	do {
		digits[--i] = (char)('0' + pc % 10);
		pc /= 10;
	} while (pc != 0);
	s = mempcpy(p->exrecord, digits + i, sizeof digits - (size_t)i);
	*s++ = ' ';
	s = mempcpy(s, name, nname);
	*s++ = ' ';
	memcpy(s, text, ntext + 1);
}

bool
exc_find(Prog *p, Inst *pc, uint32_t depth, Caught *x)
{
	Module *m = p->m;
	size_t len;
	Act *a;

	if (p->exval != H) {
		len = str_copylen(exc_name(p->exval), x->text, EXTEXT);
		x->declared = !isstring(p->exval);
	} else {
		len = strlen(p->exstr);
		if (len >= EXTEXT)
			len = conv_cut(p->exstr, EXTEXT - 1);
		memcpy(x->text, p->exstr, len);
		x->text[len] = 0;
		x->declared = false;
	}
	x->len = len;
	if (len == 0 || p->nact == 0)
		return false;
	x->to = -1;
	x->cur = p->cur;
	for (;; depth++) {
		if (x->declared && depth <= 1)
			x->to = search(m->code, (int32_t)(pc - m->code->inst), x->text, len, true, &x->h);
		if (x->to < 0 && x->declared && depth > 0)
			x->declared = false;
		if (x->to < 0 && !x->declared)
			x->to = search(m->code, (int32_t)(pc - m->code->inst), x->text, len, false, &x->h);
		if (x->to >= 0)
			return true;
		if (x->cur == 0)
			return false;
		a = &p->act[x->cur];
		pc = a->ret - 1;
		if (a->cross)
			m = a->m;
		x->cur = a->prev;
	}
}

void
exc_enter(Prog *p, const Caught *x)
{
	const Handler *h = x->h;
	Aref *place;
	Code *c;
	Act *a;
	Ref v;

	record(p, (int32_t)(p->pc - p->m->code->inst), x->text, x->len);
	v = value(p, p->exval != H && !isstring(p->exval) && !x->declared);
	while (p->nact - 1 > x->cur) {
		a = &p->act[p->nact - 1];
		if (a->called && a->cross) {
			module_put(p->m);
			p->m = a->m;
		}
		frame_pop(p);
	}
	p->cur = x->cur;
	p->fp = ref2ptr(p->act[x->cur].fp);
	if (h->t != NULL && vm_mem(ptr2ref(p->fp), h->t->size) != NULL)
		heap_droprefs(h->t, ptr2ref(p->fp), 1);
	place = h->eoff >= 0 ? vm_mem(ptr2ref(p->fp) + (uint32_t)h->eoff, 4) : NULL;
	if (place != NULL)
		ref_set((Ref *)place, v);
	else
		refdec(v);
	free(p->pending);
	p->pending = NULL;
	exc_clear(p);
	c = p->m->code;
	p->pc = c->inst + (x->to < c->ninst ? x->to : c->ninst);
}

bool
exc_handle(Prog *p, char *text)
{
	Caught x;

	if (!exc_find(p, p->pc, 0, &x)) {
		strcpy(text, x.text);
		return false;
	}
	exc_enter(p, &x);
	return true;
}

int
exc_init(void)
{
	return str_setc(NULL, &oomstring, "out of memory: heap");
}
