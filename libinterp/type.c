/*
 * Types: one for each layout, whoever asks; handle types; and the types derived from them. The collector frees the ones
 * that nothing uses any more (type_sweep).
 */
#include <stdlib.h>

#include "libinterp/vm.h"

#define FOREVER UINT32_MAX
#define HASH 1024
#define SIMPLE 8 /* references in what is destroyed at a stroke */

Type *Tbyte, *Tword, *Tbig, *Tref, *Tstring, *Tchan, *Tmodule, *Traw;

static Type *hash[HASH];
Type **type_all;
uint32_t type_n;
static uint32_t atypes, freeids; /* freeids: NULL entries below type_n */

static uint32_t
hashof(uint32_t size, const uint8_t *map, uint32_t nmap)
{
	uint32_t h = size * 2654435761u, i;

	for (i = 0; i < nmap; i++)
		h = (h ^ map[i]) * 16777619u;
	return h % HASH;
}

static void
type_free(Type *t)
{
	free(t->ref);
	free(t->map);
	free(t);
}

static bool
enter(Type *t)
{
	Type **nt;
	uint32_t i = type_n;

	if (freeids > 0) {
		for (i = 0; type_all[i] != NULL; i++)
			;
		freeids--;
	} else {
		if (type_n == atypes) {
			nt = realloc(type_all, (atypes * 2 + 64) * sizeof *nt);
			if (nt == NULL)
				return false;
			type_all = nt;
			atypes = atypes * 2 + 64;
		}
		type_n++;
	}
	t->id = i;
	type_all[i] = t;
	return true;
}

static void
setsimple(Type *t, bool maybe)
{
	t->simple = maybe && t->nref <= SIMPLE;
	t->quick = t->simple ? heap_quickfor(t->size) : NQUICK;
}

/* A type of its own. Reference words that do not lie inside size are left out. */
static Type *
make(int kind, uint32_t size, const uint8_t *map, uint32_t nmap)
{
	Type *t;
	uint32_t i, n, off;

	t = calloc(1, sizeof *t);
	if (t == NULL)
		return NULL;
	t->kind = kind;
	t->size = size;
	t->frame = size < DIS_FRAME_ARGS ? DIS_FRAME_ARGS : (size + 7) & ~7u;
	for (i = n = 0; i < nmap; i++)
		n += __builtin_popcount(map[i]);
	t->ref = malloc((n + 1) * sizeof *t->ref);
	t->map = malloc(nmap + 1);
	if (t->ref == NULL || t->map == NULL) {
		type_free(t);
		return NULL;
	}
	if (nmap > 0)
		memcpy(t->map, map, nmap);
	t->nmap = nmap;
	for (i = 0; i < nmap * 8; i++) {
		off = i * 4;
		if (map[i / 8] & 0x80 >> i % 8 && off + 4 <= size)
			t->ref[t->nref++] = off;
	}
	setsimple(t, kind == TK_ADT);
	if (!enter(t)) {
		type_free(t);
		return NULL;
	}
	return t;
}

Type *
type_get(uint32_t size, const uint8_t *map, uint32_t nmap)
{
	Type *t;
	uint32_t h, words = size / 4, last;

	/* The canonical map: nothing beyond size, no zero bytes at the end. */
	last = (words + 7) / 8;
	if (nmap > last)
		nmap = last;
	while (nmap > 0 && map[nmap - 1] == 0)
		nmap--;
	h = hashof(size, map, nmap);
	for (t = hash[h]; t != NULL; t = t->next)
		if (t->size == size && t->nmap == nmap && (nmap == 0 || memcmp(t->map, map, nmap) == 0))
			break;
	if (t == NULL) {
		t = make(TK_ADT, size, map, nmap);
		if (t == NULL)
			return NULL;
		t->next = hash[h];
		hash[h] = t;
	}
	if (t->users != FOREVER)
		t->users++;
	return t;
}

void
type_put(Type *t)
{
	if (t != NULL && t->users != FOREVER && t->users > 0)
		t->users--;
}

Type *
vm_type(uint32_t size, const uint8_t *map, uint32_t nmap)
{
	Type *t = type_get(size, map, nmap);

	if (t != NULL)
		t->users = FOREVER;
	return t;
}

Type *
vm_handletype(const char *name, uint32_t size, const uint8_t *map, uint32_t nmap, void (*fini)(void *))
{
	Type *t = make(TK_HANDLE, size, map, nmap);

	if (t != NULL) {
		t->users = FOREVER;
		t->name = name;
		t->fini = fini;
	}
	return t;
}

static Type *
derive(Type *elem, Type **place, int kind, uint32_t size, uint32_t voff)
{
	Type *t;
	uint32_t i;

	if (*place != NULL)
		return *place;
	t = make(kind, size, NULL, 0);
	if (t == NULL)
		return NULL;
	t->elem = elem;
	t->voff = voff;
	if (kind == TK_LIST || kind == TK_MP) {
		free(t->ref);
		t->ref = malloc((elem->nref + 2) * sizeof *t->ref);
		if (t->ref == NULL) {
			type_all[t->id] = NULL;
			freeids++;
			type_free(t);
			return NULL;
		}
		if (kind == TK_LIST)
			t->ref[t->nref++] = 0;
		for (i = 0; i < elem->nref; i++)
			t->ref[t->nref++] = voff + elem->ref[i];
		setsimple(t, kind == TK_LIST);
	}
	if (elem->users != FOREVER)
		elem->users++;
	else
		t->users = FOREVER;
	*place = t;
	return t;
}

Type *
type_array(Type *elem)
{
	return derive(elem, &elem->array, TK_ARRAY, 16, 0);
}

Type *
type_list(Type *elem)
{
	uint32_t voff = elem->size % 8 == 0 && elem->size > 0 ? 8 : 4;

	if (elem->size > UINT32_MAX - 8)
		return NULL;
	return derive(elem, &elem->list, TK_LIST, voff + elem->size, voff);
}

Type *
type_mp(Type *t)
{
	return derive(t, &t->mp, TK_MP, t->size, 0);
}

bool
type_isref(const Type *t, uint32_t off)
{
	uint32_t w = off / 4;

	return off % 4 == 0 && off + 4 <= t->size && w / 8 < t->nmap && t->map[w / 8] & 0x80 >> w % 8;
}

void
type_initrefs(const Type *t, void *p, uint32_t n)
{
	uint8_t *b = p;
	uint32_t i, k;

	if (t->nref == 0)
		return;
	if (t->nref * 4 == t->size) {
		memset(b, 0xff, (size_t)n * t->size);
		return;
	}
	for (i = 0; i < n; i++, b += t->size)
		for (k = 0; k < t->nref; k++)
			*(Aref *)(b + t->ref[k]) = H;
}

/* Derived types go before what they are derived from, which then is freed in a later pass. */
void
type_sweep(uint32_t pass)
{
	Type *t, **l;
	uint32_t i;

	for (i = 0; i < type_n; i++) {
		t = type_all[i];
		if (t == NULL || t->users != 0 || t->seen == pass || t->array || t->list || t->mp)
			continue;
		if (t->elem != NULL) {
			if (t->elem->array == t)
				t->elem->array = NULL;
			if (t->elem->list == t)
				t->elem->list = NULL;
			if (t->elem->mp == t)
				t->elem->mp = NULL;
			type_put(t->elem);
		} else if (t->kind == TK_ADT) {
			for (l = &hash[hashof(t->size, t->map, t->nmap)]; *l != t; l = &(*l)->next)
				;
			*l = t->next;
		}
		type_all[i] = NULL;
		freeids++;
		type_free(t);
	}
}

static Type *
special(int kind, uint32_t size)
{
	Type *t = make(kind, size, NULL, 0);

	if (t != NULL)
		t->users = FOREVER;
	return t;
}

int
type_init(void)
{
	static const uint8_t refmap[1] = {0x80};

	/* Number 0 is not given out: zeroed memory then has no type. */
	if (type_n == 0) {
		type_all = calloc(64, sizeof *type_all);
		if (type_all == NULL)
			return -1;
		atypes = 64;
		type_n = 1;
	}
	Tbyte = vm_type(1, NULL, 0);
	Tword = vm_type(4, NULL, 0);
	Tbig = vm_type(8, NULL, 0);
	Tref = vm_type(4, refmap, 1);
	Tstring = special(TK_STRING, 8);
	Tchan = special(TK_CHAN, 8);
	Tmodule = special(TK_MODULE, 8);
	Traw = special(TK_RAW, 0);
	if (!Tbyte || !Tword || !Tbig || !Tref || !Tstring || !Tchan || !Tmodule || !Traw)
		return -1;
	return 0;
}
