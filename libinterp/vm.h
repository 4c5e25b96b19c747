/*
 * The inside of the virtual machine: what its own files share. Builtin modules use interp.h.
 *
 * Trust. The arena may hold any bytes. All that decides where the host reads, writes or jumps lives outside: which
 * blocks of the arena are allocated and how large they are (Chunk), what host object an object stands for (Hostobj),
 * frames and return addresses (Act), code (Code). What the arena says (a length, a reference, a count) is checked at
 * each use, at least so far that the access stays inside the arena: its committed part is followed by ARENA_SLACK
 * bytes that may be touched by any access at a small offset from a checked address.
 *
 * Everything here is protected by holding the VM (sched.c), except what says otherwise.
 */
#ifndef LIBINTERP_VM_H
#define LIBINTERP_VM_H

#include <string.h>

#include "dis/dis.h"
#include "libinterp/interp.h"

#define unlikely(x) __builtin_expect(!!(x), 0)
#define likely(x) __builtin_expect(!!(x), 1)
#define nelem(x) ((int)(sizeof(x) / sizeof((x)[0])))

/* Words of the arena: no alignment can be relied upon there. */
typedef int32_t Aword __attribute__((aligned(1), may_alias));
typedef uint32_t Auword __attribute__((aligned(1), may_alias));
typedef int64_t Abig __attribute__((aligned(1), may_alias));
typedef double Areal __attribute__((aligned(1), may_alias));
typedef float Afloat __attribute__((aligned(1), may_alias));
typedef int16_t Ashort __attribute__((aligned(1), may_alias));
typedef uint32_t Aref __attribute__((aligned(1), may_alias));

/* ------------------------------------------------------------ arena.c */

/*
 * The arena is [ARENA_LO, arena.lo + span); beyond follow ARENA_SLACK bytes that are mapped but not handed out, then
 * address space without access up to ARENA_END. span only grows. An address a with a - ARENA_LO < span (unsigned) is
 * good for an access of up to ARENA_SLACK bytes.
 */
#define ARENA_MAP 0x00010000u /* a page below that is touched as headers of forged references */
#define ARENA_LO 0x00014000u
#define ARENA_SLACK 0x20000u
#define ARENA_PAGESHIFT 14
#define ARENA_PAGE (1u << ARENA_PAGESHIFT)
#if defined(__SANITIZE_ADDRESS__)
#define ARENA_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ARENA_ASAN 1
#endif
#endif
#ifdef ARENA_ASAN
/* The sanitizer's shadow begins at 0x7fff8000. Addresses above are never touched: every use is checked. */
#define ARENA_TOP 0x7ff00000u
#define ARENA_END 0x7fff0000ull
#else
#define ARENA_TOP 0xff000000u
#define ARENA_END 0x180000000ull
#endif

int arena_init(void);
/* A run of n pages; *zero tells whether it is known to be zero. 0 if the address space is exhausted. */
Ref arena_pages(uint32_t n, bool *zero);
void arena_free(Ref r, uint32_t n);
/* Begin to give the memory of all free pages back to the host; large runs are given back anyhow. */
void arena_trimall(void);
/* Give back about 8 MiB. True if more remains. */
bool arena_trim(void);
/*
 * Memory of the host for what is kept beside pieces of the arena: n zeroed bytes, or NULL; table_free wants the same n. Large ones are mapped,
 * one by one: malloc would collect what it is given back and then return all of it to the host at once, which takes milliseconds.
 */
void *table_new(size_t n);
void table_free(void *p, size_t n);

/* ------------------------------------------------------------ types: type.c */

/*
 * The shape of an object. Kinds other than ADT have objects with a layout of the machine's own:
 *	STRING	word 0 length in code points, word 4 bytes per code point (1 or 4), code points from 8 on
 *	ARRAY	word 0 length, word 4 element size, word 8 address of element 0, word 12 the array that owns the storage
 *		or H; an owner's elements follow at 16. elem is the element type
 *	LIST	word 0 the tail, then the value at voff. elem is the value's type
 *	CHAN, MODULE, HANDLE	something of the host, see Hostobj; a channel's buffered items lie in the object at 8,
 *		word 0 of a module reference is the address of its module data
 *	MP	module data
 *	RAW	stacks and literals
 * ref lists the offsets of the words that are counted references, ascending.
 *
 * Types are found by layout (except handle types), numbered, and named by their number in object headers, where it may
 * be forged: whoever looks one up by number checks sizes against the block. users counts what holds a Type outside
 * the arena, except frames; a type without users is freed by the collector once no object has its number.
 */
enum { TK_ADT, TK_STRING, TK_ARRAY, TK_LIST, TK_CHAN, TK_MODULE, TK_HANDLE, TK_MP, TK_RAW };

struct Type {
	uint32_t id;
	uint8_t kind;
	bool simple;   /* an ADT or LIST of few references */
	uint8_t quick; /* of a small simple type, heap_quick; else NQUICK */
	uint32_t size; /* of an ADT, HANDLE, MP: the object; of LIST: the cell; else of the fixed part */
	uint32_t frame; /* bytes of a frame of this type on the stack */
	uint32_t voff; /* LIST */
	uint32_t nref;
	uint32_t *ref;
	uint32_t nmap;
	uint8_t *map;
	Type *elem;
	Type *array, *list, *mp; /* types derived from this one, or NULL; they hold it as users */
	uint32_t users;		 /* UINT32_MAX: for ever */
	uint32_t seen;		 /* by the collector */
	Type *next;		 /* in the hash chain */
	const char *name;
	void (*fini)(void *);
};

extern Type *Tstring, *Tchan, *Tmodule, *Traw;

int type_init(void);
/* The type of that layout, one user more. NULL: no memory. */
Type *type_get(uint32_t size, const uint8_t *map, uint32_t nmap);
void type_put(Type *t);
/* Derived types; they live as long as needed. NULL: no memory. */
Type *type_array(Type *elem);
Type *type_list(Type *elem);
Type *type_mp(Type *t);
/* All types by number, some of them NULL. */
extern Type **type_all;
extern uint32_t type_n;

/* The type with that number, or NULL. */
static inline Type *
type_byid(uint32_t id)
{
	return id < type_n ? type_all[id] : NULL;
}

bool type_isref(const Type *t, uint32_t off);
/* Free what is unused and has not been seen since pass. */
void type_sweep(uint32_t pass);

/* Initialise n values of type t at p, which is zero: references nil. */
void type_initrefs(const Type *t, void *p, uint32_t n);

/* ------------------------------------------------------------ objects: heap.c */

/*
 * An object is preceded by 8 bytes: the reference count and the number of its type. A Chunk is a run of pages cut into
 * blocks of one size for objects and their headers, or one block for a large object. What a block is used for is known
 * outside of the arena: state is 0 for free blocks, else the collector's colour; host, if present, has a Hostobj or
 * NULL for each block.
 */
#define HEAP_HDR 8u

typedef struct Hostobj {
	uint8_t kind; /* TK_CHAN, TK_MODULE, TK_HANDLE, TK_MP */
	Ref obj;      /* its object, H when that is gone */
} Hostobj;

typedef struct Chunk Chunk;
struct Chunk {
	Ref base;
	uint32_t block;	 /* bytes */
	uint32_t nblock;
	uint32_t nfree;
	uint32_t recip;	 /* 2^32 / block, rounded up */
	uint8_t class;	 /* size class, or HEAP_LARGE */
	uint8_t pool;
	uint16_t *free;	 /* stack of free blocks */
	uint8_t *state;
	Hostobj **host;
	struct Profwho *who;   /* a memory profile's, or NULL */
	/* The above is what allocation and release look at. */
	struct Gccount *count; /* the collector's, while it verifies */
	uint32_t npages;
	Chunk *next, *prev; /* of the class's chunks with free blocks */
	Chunk *anext, *aprev; /* of all chunks */
};

#define HEAP_LARGE 0xff
extern Chunk *heap_pages[(0xffffffffu >> ARENA_PAGESHIFT) + 1]; /* the chunk each page of the arena belongs to */

enum { POOL_HEAP, POOL_MAIN, POOL_IMAGE, NPOOLS };

typedef struct Pool {
	const char *name;
	uint64_t max, used, high;
	uint64_t allocs, frees;
	uint64_t lastwarn;
	bool restricted; /* no more than max - 1 MiB: for restricted processes, set when one runs */
} Pool;

extern Pool pools[NPOOLS];

/*
 * Blocks of simple objects that were released are kept for the next ones of that size: by size, 16 bytes to 64. For all else they are
 * in use; the collector and statistics have them given back first. They were found by their headers alone: a hostile program can have any
 * address of the arena put here.
 */
#define QUICK 64
#define NQUICK (QUICK / 8 - 1)
#define QUICKMAX 63
typedef struct Quick {
	uint32_t n, max;
	Ref r[QUICKMAX];
} Quick;

extern Quick heap_quick[NQUICK + 1]; /* the last one is empty, and stays so */

/* Where to look for an object of so many bytes. */
static inline uint8_t
heap_quickfor(uint32_t size)
{
	return size + HEAP_HDR > QUICK ? NQUICK : size <= 16 - HEAP_HDR ? 0 : (uint8_t)((size + HEAP_HDR + 7) / 8 - 2);
}

int heap_init(uint64_t heapmax, uint64_t mainmax);
/*
 * A new object with count 1 and size bytes after the header, all zero (references are not set to nil). Collects garbage
 * when the pool is exhausted. 0: out of memory; nothing is raised.
 */
Ref heap_alloc(int pool, Type *t, uint64_t size);
/* Give back the blocks that are kept; from heap_unquick until heap_requick, calls of which may be nested, none is kept. */
void heap_giveback(void);
void heap_unquick(void);
void heap_requick(void);
/* What the block of an object holds, or 0 if r is not the address of a live object. */
uint32_t heap_capacity(Ref r);
/* The host object of r, of that kind, or NULL. */
void *heap_host(Ref r, int kind);
/* Attach one. -1: no memory. */
int heap_sethost(Ref r, Hostobj *ho);
/* What the host has to do when the object is gone that ho, no TK_MP, stood beside. */
void heap_endhost(Hostobj *ho);
/*
 * The count reached 0: the object is destroyed at once, and all that dies with it. What is large is destroyed in pieces,
 * though: after a certain amount in one turn of the scheduler the rest is left to heap_drain.
 */
void heap_destroy(Ref r);
/* Destroy what was left over: so many references at most, 0: all. */
void heap_drain(int work);
bool heap_left(void); /* whether something was left over */
/* A new turn begins. As heap_left. */
bool heap_turn(void);
/* Free a block without looking at its content: what was in it has been dealt with. */
void heap_freeblock(Ref r);
/* Release the references in n values of type t at address a (checked), setting them to nil. */
void heap_droprefs(const Type *t, Ref a, uint32_t n);
/* Release the references in the value of type t at p, which lies outside of the arena. */
void heap_droprefs_host(const Type *t, const void *p);
/* Count the references in n values of type t at p. */
void heap_increfs(const Type *t, const void *p, uint32_t n);
void heap_sayfull(int pool);
/*
 * Memory of the host that Dis programs can make grow (what stands behind objects, code, frames' records) counts as part
 * of the main pool. host_alloc gives n zeroed bytes or NULL; host_free wants the same n.
 */
void *host_alloc(size_t n);
void host_free(void *p, size_t n);
bool host_take(uint64_t n);
void host_give(uint64_t n);
/* All chunks, newest first, linked by anext. */
Chunk *heap_chunks(void);
/* The chunk on a page (address >> ARENA_PAGESHIFT), or NULL. */
Chunk *heap_onpage(uint32_t page);

/* ------------------------------------------------------------ the machine's state */

/*
 * Small numbers that the interpreter looks at all the time.
 */
typedef struct Vmstate {
	uint32_t span;	  /* of the arena */
	bool marking;	  /* the collector marks: references that are counted are shaded */
	bool poll;	  /* something to be done before the next instruction: finalisers */
	uint32_t fpmask;  /* traps of the running process */
} Vmstate;

extern Vmstate vm;

static inline bool
arena_ok(Ref r)
{
	return r - ARENA_LO < vm.span;
}

/* vm_mem, inline. */
static inline void *
arena_mem(Ref r, uint64_t n)
{
	return arena_ok(r) && n <= (uint64_t)vm.span - (r - ARENA_LO) ? ref2ptr(r) : NULL;
}

static inline Auword *
heap_count(Ref r)
{
	return (Auword *)((uint8_t *)ref2ptr(r) - 8);
}

static inline Auword *
heap_typeid(Ref r)
{
	return (Auword *)((uint8_t *)ref2ptr(r) - 4);
}

static inline uint32_t
ldw(Ref r)
{
	return *(Auword *)ref2ptr(r);
}

static inline void
stw(Ref r, uint32_t v)
{
	*(Auword *)ref2ptr(r) = v;
}

/*
 * While vm.marking: r is alive. Counting does it; who takes a reference out of an object or puts it into one without
 * counting it has to call it.
 */
void gc_shade(Ref r);
void gc_nocounts(Chunk *c); /* the chunk is about to go */

static inline void
ref_moved(Ref r)
{
	if (unlikely(vm.marking))
		gc_shade(r);
}

static inline void
refinc(Ref r)
{
	if (arena_ok(r)) {
		++*heap_count(r);
		if (unlikely(vm.marking))
			gc_shade(r);
	}
}

static inline void
refdec(Ref r)
{
	if (arena_ok(r) && --*heap_count(r) == 0)
		heap_destroy(r);
}

/* Live object r's chunk and block number, or NULL. */
static inline Chunk *
heap_find(Ref r, uint32_t *ix)
{
	Chunk *c;
	uint32_t off, i = 0;

	if (!arena_ok(r))
		return NULL;
	r -= HEAP_HDR;
	c = heap_pages[r >> ARENA_PAGESHIFT];
	if (c == NULL)
		return NULL;
	off = r - c->base;
	if (c->class == HEAP_LARGE) {
		if (off != 0)
			return NULL;
	} else {
		i = (uint32_t)((uint64_t)off * c->recip >> 32);
		if (i >= c->nblock || i * c->block != off)
			return NULL;
	}
	if (c->state[i] == 0)
		return NULL;
	*ix = i;
	return c;
}

/* A new object of t, which is an ADT or LIST, as by heap_alloc. What it contains may be anything. */
static inline Ref
heap_newraw(Type *t)
{
	Quick *q = &heap_quick[t->quick];
	Ref r;

	if (unlikely(q->n == 0))
		return heap_alloc(POOL_HEAP, t, t->size);
	r = q->r[--q->n];
	*heap_count(r) = 1;
	*heap_typeid(r) = t->id;
	return r;
}

/* The same, and it is zero. */
static inline Ref
heap_new(Type *t)
{
	Abig *w, *end;
	Ref r;

	if (heap_quick[t->quick].n == 0)
		return heap_alloc(POOL_HEAP, t, t->size);
	r = heap_newraw(t);
	for (w = ref2ptr(r), end = w + (t->size + 7) / 8; w < end;) {
		*w++ = 0;
		__asm__("" : "+r"(w)); /* no call of memset for so little */
	}
	return r;
}

/* The type an object's header names, or NULL. */
static inline Type *
heap_type(Ref r)
{
	return type_byid(*heap_typeid(r));
}

/* ------------------------------------------------------------ gc.c */

/*
 * Work of the collector. Its unit is a reference or an object looked at: some ten nanoseconds.
 * gc_step does about so much; true if a pass is in progress and more work remains. A whole collection now: gc_full.
 */
bool gc_step(int work);
void gc_full(void);
/* How much is to be done now to keep up with the programs, 0 nothing. gc_idle: whether to go on while nothing else is to do. */
int gc_debt(void);
bool gc_idle(void);
/* Whether anything has been allocated since, so that there will be something to do some time. */
bool gc_pending(void);
/* A pass is to begin as soon as none is going on that has begun already. */
void gc_request(void);
/* What it has done, see mem(3). pause: the longest step, in microseconds of the processor. */
typedef struct Gcstats {
	uint64_t runs, steps, objects, candidates, freed, forced, pause;
} Gcstats;
extern Gcstats gc_stats;
/* A step or the like took from then (gc_clock, microseconds of the thread) to now. */
uint64_t gc_clock(void);
void gc_paused(uint64_t then);
/* Whether a full collection could free a good part of an exhausted heap. */
bool gc_worth(void);
/* n bytes are about to be allocated for an object of type t: some of the work may be done before. */
/* Colour of new objects. */
extern uint8_t gc_colour;
extern uint32_t gc_pass;
/* Bytes allocated since the last pass began; when they are so many there is to be a step at once. */
extern uint64_t gc_since, gc_next;
void gc_more(void);

static inline void
gc_allocated(Type *t, uint64_t n)
{
	gc_since += n;
	t->seen = gc_pass;
	if (unlikely(gc_since >= gc_next)) {
		gc_more();
		t->seen = gc_pass;
	}
}
/* Other states of a block: garbage, to be freed by the collector; and destroyed by its count, but not yet dealt with. */
enum { GC_DYING = 3, GC_DEAD = 4 };
/* p ends: if its roots are next, go on with those of the one after it. */
void gc_nextroot(Prog *p);

/* ------------------------------------------------------------ code: load.c, link.c */

/*
 * An instruction, decoded. go is where the interpreter jumps. Operands: a class (OC_*) and a 32-bit field each: an
 * offset, an immediate, two 16-bit offsets, an absolute address, or for branches the distance in instructions. x is
 * the descriptor or the like that an immediate operand names.
 */
enum {
	OC_NONE,
	OC_FP,	  /* off(fp), 0 <= off < 64K */
	OC_MP,	  /* off(mp), inside module data or below 64K */
	OC_IMM,	  /* read only word */
	OC_IFP,	  /* o2(o1(fp)) */
	OC_IMP,	  /* o2(o1(mp)) */
	OC_ABS,	  /* absolute address of a literal */
	OC_WFP,	  /* off(fp), any offset: the sum is checked */
	OC_WMP,
	NOC,
};

typedef union Operand {
	int32_t v;
	struct {
		uint16_t o1, o2;
	};
} Operand;

struct Inst {
	const void *go;
	Operand s, m, d;
	uint8_t op;
	uint8_t sc, mc, dc;
	void *x; /* Type of descriptor operand, or NULL */
};

/* An exported function, or a builtin one. */
struct Link {
	char *name;
	uint32_t sig;
	int32_t pc;   /* -1: .mp or builtin */
	int32_t desc;
	Type *frame;  /* or NULL */
	Builtin *fn;  /* builtin */
	uint32_t nfixed; /* builtin: references of the fixed part of the frame are the first nfixed of frame's */
	bool varargs;
};

typedef struct Handlerlabel {
	char *name;
	uint32_t len; /* without the * of a pattern */
	bool pattern;
	int32_t pc;
} Handlerlabel;

typedef struct Handler {
	int32_t pc1, pc2, eoff, wild;
	Type *t; /* references to clear, or NULL */
	int32_t nexc, nlabel;
	Handlerlabel *label;
} Handler;

/*
 * The code of a module, shared by its instances. Counted by instances (ref). dm is the object file it came from: names
 * in links and handlers, import lists and the like point into it. image is an object of type mp that holds the initial
 * module data; its strings are shared by all instances. lits holds immediates whose address is needed.
 */
struct Code {
	int ref;
	char *path;
	char *name;
	const Builtinmod *builtin; /* or NULL */
	DisModule *dm;
	/* the file */
	int dc;
	uint32_t dev, qtype, vers;
	uint64_t qpath;
	uint32_t mtime;

	Inst *inst;
	int32_t ninst; /* followed by one that raises illegal dis instruction */
	int32_t ntypes;
	Type **types;
	Type *mp;
	uint32_t mpsize;
	Ref image;
	Ref lits;
	int32_t nlinks;
	Link *link;
	int32_t nhandlers;
	Handler *handler;
	int32_t entrypc;
	Type *entry;
	uint32_t stackext;
	uint64_t cost;	/* bytes taken from the main pool for it */
	void *jit;	/* the native compiler's */
	bool compiled;	/* a program has asked for that */
	Code *next, *prev;
};

/*
 * An instance of a module: code and module data. Counted by module references (Modlink) and by the frames that run in
 * it. mp is one counted object of type code->mp (0 for builtins).
 */
typedef struct Module {
	Hostobj h; /* TK_MP; obj is mp */
	int ref;
	Code *code;
	Ref mp;
} Module;

/*
 * What a module reference in the arena stands for: an instance, and the functions of the import list it was loaded
 * with. nfn -1: exports only (self).
 */
typedef struct Modlink {
	Hostobj h; /* TK_MODULE */
	Module *m;
	int32_t nfn;
	Link **fn;
} Modlink;

/* The code at path, read if necessary; one reference. NULL with the error string set. Gives up the VM. */
Code *code_load(const char *path);
/* From bytes: path names it. Not shared. NULL with msg set (at least 160 bytes). Takes the VM as held. */
Code *code_frombytes(const char *path, const void *p, size_t n, char *msg);
Code *code_builtin(const char *name);
Code *code_fromdis(const char *path, DisModule *dm, char *msg); /* takes over dm, also on failure */
void code_put(Code *c);
Code *code_first(void);
/* A new instance of c, taking over the caller's reference to c (also on failure); NULL: out of memory. One reference. */
Module *module_new(Code *c);
void module_put(Module *m);
void module_destroyed(Module *m); /* its mp was garbage, and what holds the module is */
/*
 * *dst = new reference to m for import list il (NULL: exports). 0; 1 with the error string set if linking fails; -1 if
 * out of memory. m is not consumed.
 */
int modlink_new(Ref *dst, Module *m, const DisImports *il);
void modlink_free(Modlink *ml);
/* Changes whenever one that r stood for is freed, and now and then besides; never 0. */
enum { NLINKGEN = 256 };
extern uint32_t modlink_gens[NLINKGEN];

static inline const uint32_t *
modlink_gen(Ref r)
{
	return &modlink_gens[(r >> 3) % NLINKGEN];
}

/* The load instruction. 0, or -1 after raising. Gives up the VM. */
int vm_load(Prog *p, const char *path, Module *self, int32_t il, Ref *dst);
/* Function idx of a module reference, or NULL. */
Link *modlink_fn(Modlink *ml, int32_t idx);

/* ------------------------------------------------------------ processes: prog.c */

/*
 * A frame, called or not yet. The arena holds its content only; where it is, how large, and where it returns to are
 * kept here. prev is the index of the caller's Act. ret: where the caller goes on. m: the module of the caller if it is
 * another than the callee's, to be restored by the return (counted), else NULL.
 */
typedef struct Act {
	Type *t;
	Inst *ret;
	Module *m;
	Ref fp;
	uint32_t prev;
	bool called;
	bool newchunk; /* the first frame in its stack chunk */
	bool cross;    /* m is valid */
} Act;

typedef struct Stkchunk {
	Ref base;      /* RAW object */
	uint32_t size;
	Ref sp;	       /* of the chunk below when this one was started */
} Stkchunk;

typedef struct Group Group;
typedef struct Hostwait Hostwait;
typedef struct Channel Channel;
typedef struct Handle Handle;

/*
 * Somebody waiting on a channel: a process in send, recv or alt, or a thread of the host.
 */
typedef struct Waiter Waiter;
struct Waiter {
	Waiter *next, *prev;
	Channel *ch; /* NULL: not queued */
	Prog *p;     /* or */
	Hostwait *hw;
	Ref addr;    /* of the value; for arrays of channels of the index */
	int32_t entry; /* of the alt table */
	int32_t index; /* in the array of channels, or -1 */
	bool recv;
};

enum { Palt, Psend, Precv, Pdebug, Pready, Prelease, Pexiting, Pbroken, NPSTATE };

#define EXSTR 512
#define NICEST 8

/*
 * A process. There may be a hundred thousand, most of them waiting on a channel: what few need is behind a pointer, and
 * room for the first frames is in here.
 */
struct Prog {
	Procview v; /* first */
	uint8_t state;
	bool queued;
	bool raised;	   /* exstr or exval is to be raised */
	bool killed;
	bool restrict_;	   /* its allocations leave the reserve alone */
	bool restrictkids;
	bool builtin;	   /* executing one */
	bool fpused;	   /* it has asked for rounding, flags or traps */
	bool told;	   /* its group has been told of its end */
	bool holds;	   /* emu does not end while it lives */
	bool yield;	   /* ends its turn after the instruction, if that is one that may take long */
	uint8_t exflags;   /* EX* */
	uint8_t nice;	   /* each of its turns is that power of two shorter; at most NICEST */
	Prog *next, *prev; /* of all */
	Prog *hash;	   /* of those with the same place in the table of numbers */
	Prog *qnext;	   /* run queue */
	Group *grp;
	Prog *gnext, *gprev;

	/* registers while it is not running */
	Inst *pc;
	uint8_t *fp;
	Module *m;

	Act *act;
	Stkchunk *chunk;
	uint32_t nact, aact; /* used, allocated */
	uint32_t cur;	     /* the running frame */
	Ref sp, se;
	int nchunk, achunk;
	Stkchunk spare; /* base 0: none */
	uint64_t mem;	     /* bytes of stack */

	/* exceptions */
	Ref exval;	   /* counted, or H: then exstr */
	uint32_t fpstatus; /* FP* bits kept while it is not running */
	int fpround;	   /* FE_* */
	char *exstr;	   /* room for EXSTR bytes, made when first needed, or static */
	char *pending;	   /* text raised by others, or NULL */
	char *exrecord;	   /* of the last one caught, or NULL */
	uint32_t exroom;   /* bytes at exrecord */
	char *brokenwhy;

	/* waiting on channels */
	Waiter w1;
	Waiter *alt;
	int nalt, aalt;
	Aword *altres; /* where the chosen index goes */

	Proc *kproc;	   /* thread it is on while released */
	Link *link;	   /* the builtin it executes */
	const char *bname; /* of which module */
	Type *bframe;	   /* its frame */
	Handle **pin;
	int npin, apin;

	/* native code, while it runs: its stack, and what jit.c and the thunks tell each other */
	struct {
		void *sp, *low, *target;
		const uint64_t *resume;
		int32_t budget;
		int32_t status; /* why it was left */
		bool marking; /* vm.marking */
		void *frames; /* in a C function below light calls: where the native stack says what they are, or NULL */
		uint8_t *fp;  /* the topmost of these */
		uint32_t nact; /* while they are shown to the collector */
	} jit;

	struct Debug *dbg; /* the session that controls it, or NULL */
	struct Debug *watch; /* all sessions on it */

	Stkchunk chunk0[1];
	Act act0[2];
};

enum { EXpropagate = 1, EXnotify = 2 };

/* A process group. leader is NULL once that process is gone. */
struct Group {
	int id;
	int ref;
	Prog *leader;
	Prog *first, *last;
	bool private_;
};

/* Release all that p has, take it off all lists, and free it. Gives up the VM while descriptors are closed. */
void prog_free(Prog *p);
/* A new process in env (consumed), ready to be given a frame. parent may be NULL. NULL: no memory. */
Prog *prog_new(Prog *parent, Osenv *env);
/* The end: everything released, record sent. p is freed. */
void prog_exit(Prog *p, const char *msg);
Prog *prog_bypid(int pid);
Prog *prog_first(void);
/* Ends a process that is not running on the calling thread, or marks it for death. */
void prog_kill(Prog *p);
/* Raise text in p from outside. */
void prog_inject(Prog *p, const char *text);
/* The process has an unhandled exception text: group modes, broken or gone. p may be freed: true if so. */
bool prog_unhandled(Prog *p, const char *text);
/* Group modes for a process that ends with text. */
void prog_tellgroup(Prog *p, const char *text);
void prog_setbroken(bool keep);
int prog_count(void);
/* Exit status for emu: whether process 1 ended well. */
int prog_status(void);
int prog_newgroup(Prog *p);
const char *prog_module(Prog *p);

/* Frames. Room for n more Acts. */
bool prog_acts(Prog *p, uint32_t n);
/* A new uncalled frame of type t; its address, or 0 when out of memory (main). */
Ref frame_new(Prog *p, Type *t);
/* Pop the topmost Act: references released, memory returned. */
void frame_pop(Prog *p);
/* The same without looking at its content. */
void frame_drop(Prog *p);
static inline Ref
frame_fast(Prog *p, Type *t)
{
	uint32_t i;
	uint8_t *fp;
	Act *a;

	if (unlikely(t->frame > p->se - p->sp || p->nact == p->aact))
		return frame_new(p, t);
	fp = ref2ptr(p->sp);
	a = &p->act[p->nact++];
	a->fp = p->sp;
	a->called = a->cross = a->newchunk = false;
	a->t = t;
	p->sp += t->frame;
	*(Aref *)(fp + DIS_FRAME_RET) = H;
	for (i = 0; i < t->nref; i++)
		*(Aref *)(fp + t->ref[i]) = H;
	return a->fp;
}

/* The uncalled frame at address r, on top (others above it are dropped), or NULL. */
Act *frame_top(Prog *p, Ref r);
/* Spawn: a new process running pc in m (a reference is taken) with the frame at address r of p. 0, -1 after raising. */
int prog_spawn(Prog *p, Ref frame, Module *m, Inst *pc);

/* ------------------------------------------------------------ sched.c */

/* Before anything else: env is what the VM's threads act for between processes. */
void sched_init(Osenv *env);
void sched_ready(Prog *p); /* to the tail of the run queue */
void sched_unqueue(Prog *p);
void sched_run(void); /* of the first thread; returns when the last process has ended */
/*
 * For tests and fuzzing: run at most n turns on the calling thread, which does not hold the VM; from then on no others
 * are started. True while processes are ready.
 */
bool sched_turns(int n);
/* Instructions of a turn. For tests. */
void sched_quantum(int n);
void sched_ended(void);	   /* the last process is gone */
extern _Thread_local Prog *vm_cur;
/*
 * The running process's turn ends after its instruction: a builtin, or one that moves, fills or compares what may be large. These say
 * how many bytes, as a turn is counted in instructions and others wait.
 */
void vm_endturn(void);
#define LARGE (64u << 10)
static inline void
vm_moved(uint64_t n)
{
	if (unlikely(n >= LARGE))
		vm_endturn();
}
/* Whether the calling thread holds the VM for its process, not inside vm_enter. */
bool vm_running(void);

/* ------------------------------------------------------------ exc.c */

enum { EXTEXT = 128 };
enum { CATCHCOST = 64 }; /* of an exception that is caught, in instructions of a turn */

/*
 * Find a handler for the exception raised in p (p->raised) at p->pc, unwind to it and set the registers. True if
 * handled; else text (EXTEXT bytes) has what was raised and the frames are untouched.
 */
bool exc_handle(Prog *p, char *text);

/* A handler: of which frame, where it is, and what has been raised. */
typedef struct Caught {
	const Handler *h;
	uint32_t cur;
	int32_t to;
	bool declared; /* and is still a declared exception for it */
	size_t len;
	char text[EXTEXT];
} Caught;

/*
 * The two halves of that. The search begins at pc, in p->cur, depth frames below the one in which the exception has been raised. False: there
 * is only the text.
 */
bool exc_find(Prog *p, Inst *pc, uint32_t depth, Caught *x);
void exc_enter(Prog *p, const Caught *x);
/* Text of exception value r. */
void exc_text(Ref r, char *buf, size_t n);
/* Raise value r, taking over the reference. */
int exc_raise(Prog *p, Ref r);
void exc_clear(Prog *p);
void exc_freetext(Prog *p); /* when it ends */
int exc_init(void);

/* ------------------------------------------------------------ interp.c */

/* Why the interpreter stopped. */
enum {
	RUN_QUANTUM, /* used up its time */
	RUN_BLOCKED, /* waits on a channel, or is stopped */
	RUN_RAISED,  /* p->raised, or killed or pending */
	RUN_EXIT,    /* ended without exception */
};
int interp(Prog *p, int budget);
/* n instructions of p one by one, as a debugger wants it. */
int interp_step(Prog *p);
/* Where the interpreter goes for an instruction with these operands. */
const void *interp_go(int op, int sc, int mc, int dc);
void interp_init(void);

/* The instructions that are functions; see ops.c. s, m, d point at the operands. 0, or -1 after raising. */
int vm_callbuiltin(Prog *p, Module *m, Link *l, Act *a);
/* Run the finalisers queued by this thread; they may give up the VM. Resets vm.poll. */
void vm_runfinis(void);
/* Queue a host object's finaliser for vm_runfinis. */
void fini_queue(void (*fn)(void *), void *arg);

/* ------------------------------------------------------------ string.c, object.c */

/* A new string with room for n code points of that width, length 0. 0: out of memory. */
Ref string_alloc(uint32_t n, int width);
int string_insc(Prog *p, Ref *place, int32_t ix, int32_t c);
int string_slice(Prog *p, Ref *place, int32_t a, int32_t b);
int string_cat(Prog *p, Ref *dst, Ref a, Ref b);
int string_frombytes(Prog *p, Ref *dst, const uint8_t *s, size_t n, bool truncate);
Ref array_alloc(Type *elem, uint32_t n);
int array_slice(Prog *p, Ref *place, int32_t a, int32_t b);
int array_slicela(Prog *p, Ref src, int32_t at, Ref dst);

/* ------------------------------------------------------------ chan.c */

struct Channel {
	Hostobj h; /* TK_CHAN */
	Type *elem;
	uint32_t esize;
	bool off8;	     /* value goes to offset 8 when received from an array of channels */
	bool hung;
	uint32_t cap, n, front;
	Waiter *sfirst, *slast;
	Waiter *rfirst, *rlast;
	void (*onfree)(void *);
	void *aux;
};

int channel_make(Prog *p, Ref *dst, Type *elem, int32_t n, bool off8);
/* 0 done, 1 blocked (state set), -1 raised. */
int channel_send(Prog *p, Ref r, Ref addr);
int channel_recv(Prog *p, Ref r, Ref addr);
int channel_alt(Prog *p, Ref tab, Aword *res, bool block);
/* Take p off all channels. */
void channel_unwait(Prog *p);
void channel_destroy(Channel *c);
/* The n buffered values, oldest first: address of item i. */
Ref channel_item(Channel *c, uint32_t i);

/* ------------------------------------------------------------ object.c */

struct Handle {
	Hostobj h; /* TK_HANDLE */
	Type *t;
	void *host;
	int pins;
};
/* Move one value whose references have been counted already over an old one, which is released. */
void value_move(const Type *t, void *dst, const void *src);
void handle_destroyed(Handle *hd);
void handle_unpin(Prog *p);

/* ------------------------------------------------------------ fp.c */

void fp_switchin(Prog *p);
void fp_switchout(Prog *p);
/* Raise the trap of those bits if p wants it. */
int fp_trap(Prog *p, uint32_t bits);

/* ------------------------------------------------------------ vmops.c, debug.c */

void vmops_init(void);

/* ------------------------------------------------------------ prof.c */

/* A profile runs, or somebody reads memory events: turns are given by prof_turn, which is as interp. */
extern bool prof_on;
int prof_turn(Prog *p, int budget);
/* A block has been allocated; it is freed, if prof_on or c->who is not NULL; code is going away. */
void prof_alloc(Chunk *c, uint32_t ix);
void prof_freed(Chunk *c, uint32_t ix);
void prof_codegone(Code *c);
void prof_events(bool on); /* memory events are wanted */
/* Behind vmops. */
int prof_ctl(Cmdbuf *cb);
int prof_module(int i, int *id, char **name, char **path);
int prof_next(int id, uint32_t *pos, uint32_t *count);

/* ------------------------------------------------------------ memevent.c */

/* One at a time: 0, or -1 with the error set. */
int memevent_open(void);
void memevent_close(void);
/* size: 0 when it is released. */
void memevent_note(int pool, uint32_t pc, Ref r, uint32_t size);
/* Waits for events and takes at most n, each four words: pool, pc, address, size. How many, or -1. */
long memevent_read(uint32_t *w, long n);

/*
 * What a debugger learns: an event (NULL: the state p is in now) for whoever reads p's dbgctl; a child of p; the end of
 * p; a module that was loaded; code that is going away, with its breakpoints.
 */
void debug_event(Prog *p, const char *what);
void debug_spawned(Prog *p, Prog *child);
void debug_ended(Prog *p, const char *why);
void debug_loaded(Prog *p, const char *path);
void debug_codegone(Code *c);
/* Before each instruction of a debugged process: true if it is to stop here. */
bool debug_stop(Prog *p);
void *debug_open(int pid);
void debug_close(void *v);
int debug_ctl(void *v, Cmdbuf *cb);
char *debug_read(void *v);
char *debug_heap(int pid, const char *query);

#endif
