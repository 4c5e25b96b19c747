/*
 * The Dis virtual machine as the rest of the program sees it: what main needs to start it, and what the builtin modules
 * (libinterp/mod/) need to be called from Limbo and to handle its values. The machine is described in dis(6).
 *
 * Memory. Everything Dis code can address lies in one arena of low memory. A Dis reference, and every other address a
 * Dis program handles, is a Ref: 32 bits. ref2ptr and ptr2ref are the only conversions between a Ref and a host pointer.
 * Nothing in the arena can be trusted: a hostile object file may have written any bytes anywhere in it, and while the
 * VM is released another process may be changing them. Hence the rules for builtins:
 *	- take values of references apart only through the views below (str_get, arr_get, adt_get, handle_get, ...), which
 *	  check that what they return lies in the arena; copy a number out of the arena before checking and using it;
 *	- keep nothing of the host in the arena: an object that stands for a host thing is a handle (handle_new).
 * The frame of a builtin is always a valid piece of the arena of the size its table entry says.
 *
 * The VM is held by one thread at a time, like a baton. Builtins are called with it held and may touch the arena, and
 * call the functions below, only while they hold it. Around anything that may block they call vm_release and
 * vm_acquire; in between, arguments that are references in the frame stay alive, and raw bytes of arrays may be read
 * and written (data read from the host may go directly into an array). Pointers into frames and objects stay valid,
 * since nothing in the arena ever moves, as long as the object is referenced.
 *
 * Errors. Functions that allocate return 0, or -1 after raising an exception on the process (usually out of memory:
 * heap). A builtin passes that on by returning -1 at once. All other failures of system calls are told to the program
 * by a value and the error string of its Osenv (kerror), as everywhere.
 */
#ifndef LIBINTERP_INTERP_H
#define LIBINTERP_INTERP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "emu/emu.h"

typedef uint32_t Ref;
typedef struct Prog Prog;
typedef struct Type Type;
typedef struct Builtinmod Builtinmod;
typedef struct Link Link;
typedef struct Code Code;
typedef struct Inst Inst;

/* nil, for all kinds of references. */
#define H ((Ref)0xffffffffu)

static inline void *
ref2ptr(Ref r)
{
	return (void *)(uintptr_t)r;
}

static inline Ref
ptr2ref(const void *p)
{
	return (Ref)(uintptr_t)p;
}

/* ------------------------------------------------------------ starting: vm.c */

/*
 * Reserve the arena, make the builtin modules known and fill vmops. Uses options (heapmax, mainmax). 0, or -1 after
 * printing why on the host's standard error (the arena's addresses are taken).
 */
int vm_init(void);

/*
 * Start process 1 from the object file of that name and run until the last process has ended. env is its environment
 * (a reference is taken). Called once, by a thread without a Proc; it becomes the first of the VM's threads. Returns
 * the exit status for emu: 0, or 1 if process 1 ended with a message or broke, or if the file could not be loaded (the
 * reason has been printed on the console). Processes that are broken do not keep the VM running.
 */
int vm_boot(const char *path, Osenv *env);

/* ------------------------------------------------------------ the process: what builtins may know of it */

/*
 * A Dis process, as far as builtins are concerned. The rest of the structure is private (vm.h).
 */
typedef struct Procview {
	int pid;
	Osenv *env;	   /* also up->env while the process runs */
	uint32_t fpmask;   /* Math->FPcontrol: enabled traps, FP* bits of vm_fpcontrol */
} Procview;

static inline Procview *
prog_view(Prog *p)
{
	return (Procview *)p; /* a Prog begins with it */
}

/* The process that is running on the calling thread, or NULL (host threads inside vm_enter). */
Prog *vm_self(void);

/*
 * Give up the VM, and take it back. Between the two the process is in state release; it may be killed or get an
 * exception from its group, whereupon the blocking kernel call it is in fails with Eintr. The builtin then cleans up
 * and returns as usual: the machine deals with what is pending. Cheap if nobody else can run. Do not nest.
 */
void vm_release(void);
void vm_acquire(void);

/* Whether the running process has been killed or has an exception coming: long loops inside a builtin end then. */
bool vm_interrupted(void);

/* Let others run for a moment, as sleep(0) does. */
void vm_yield(void);

/*
 * Threads of the host (kernel processes, devices) that have a Proc enter the VM for a while like this. They must not
 * hold a kernel lock. Inside they may use everything below that takes no Prog, or pass NULL for it.
 */
void vm_enter(void);
void vm_leave(void);

/* pctl(NEWPGRP): p becomes leader of a new process group, unless it leads one. */
int vm_newpgrp(Prog *p);

/* Raise an exception: a string (printf-like, at most 511 bytes). Always returns -1. With p NULL nothing is recorded. */
int vm_raise(Prog *p, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* The common ones. */
int vm_raise_nil(Prog *p);    /* dereference of nil */
int vm_raise_bounds(Prog *p); /* array bounds error */
int vm_raise_heap(Prog *p);   /* out of memory: heap */
int vm_raise_type(Prog *p);   /* type not constructed correctly */

/* Bits of fpmask and of the status: trap when enabled, recorded always. */
enum { FPINVAL = 1, FPZDIV = 2, FPOVFL = 4, FPUNFL = 8, FPINEX = 16 };
/* Rounding, as the host's FE_* value; set and get for the running process only. */
void vm_fpsetround(int round);
int vm_fpgetround(void);
/* The status bits raised since they were last cleared; clears those in mask. */
uint32_t vm_fpstatus(uint32_t clear);
/* Set the traps of p. */
void vm_fpsetmask(Prog *p, uint32_t mask);
/* After computing: raise sys: fp: ... if a trap enabled in p has newly happened since vm_fpbegin. 0 or -1. */
void vm_fpbegin(Prog *p);
int vm_fpend(Prog *p);

/* ------------------------------------------------------------ references: heap.c */

/*
 * Count r (H: nothing). Drop a reference: at the last one the object is destroyed at once.
 */
void ref_inc(Ref r);
void ref_dec(Ref r);
/* *place = r, taking over the caller's reference to r; what was there is released. place may lie in the arena. */
void ref_set(Ref *place, Ref r);
/* *place = r with counting. */
void ref_copy(Ref *place, Ref r);

/* n bytes at r if they lie in the arena, else NULL. For raw addresses such as result pointers. */
void *vm_mem(Ref r, uint64_t n);

/* ------------------------------------------------------------ types: type.c */

/*
 * A type: size and which words are references. Types of equal layout are one Type; a Type that was asked for by a
 * builtin lives for ever. map as in object files: bit 7 of map[0] is the word at offset 0.
 */
Type *vm_type(uint32_t size, const uint8_t *map, uint32_t nmap);
/* The types without references of 1, 4 and 8 bytes, and that of one reference. */
extern Type *Tbyte, *Tword, *Tbig, *Tref;

/*
 * A type whose objects stand for something of the host. Distinct from all others, even with equal layout. fini is
 * called with the host pointer after the last reference is gone, with the VM held, before the process that dropped it
 * executes another instruction; it may release the VM (to wait for a device's close, for example). It is not called
 * for objects whose host pointer is NULL. name is for messages; it must live for ever.
 */
Type *vm_handletype(const char *name, uint32_t size, const uint8_t *map, uint32_t nmap, void (*fini)(void *host));

/* ------------------------------------------------------------ strings: string.c */

/*
 * A string in memory is a sequence of code points, one byte each if all are below 256, else four. nil and "" are the
 * same to programs; here "" is always H. The view is valid while the string is referenced and the VM is held.
 */
typedef struct Str {
	uint32_t len;	   /* code points */
	const uint8_t *b;  /* narrow, or NULL */
	const uint32_t *w; /* wide, or NULL */
} Str;

Str str_get(Ref r); /* anything that is no string looks empty */

static inline uint32_t
str_at(Str s, uint32_t i)
{
	return s.w != NULL ? s.w[i] : s.b[i];
}

/* The UTF-8 of a string in malloc'd memory, followed by a 0; *n, if n is not NULL, gets its length. NULL: no memory. */
char *str_utf8(Ref r, size_t *n);
/* As much of it as fits into buf of size n, cut at a character, always ended by a 0. Returns buf, or how long that is. */
char *str_copy(Ref r, char *buf, size_t n);
size_t str_copylen(Ref r, char *buf, size_t n);
/* Length in bytes of its UTF-8. */
size_t str_utf8len(Ref r);
/* -1, 0, 1 as a is less than, equal to, greater than b. */
int str_cmp(Ref a, Ref b);
/* Not 0 if they differ, which takes less time to find out. */
int str_differ(Ref a, Ref b);
bool str_eq(Ref a, const char *b);

/* *dst = new string (the old value is released), from n bytes of UTF-8 (bad bytes become U+FFFD); from a C string. */
int str_set(Prog *p, Ref *dst, const char *s, size_t n);
int str_setc(Prog *p, Ref *dst, const char *s);
/* From code points. */
int str_setrunes(Prog *p, Ref *dst, const uint32_t *w, size_t n);

/* ------------------------------------------------------------ arrays: array.c */

/*
 * A view of an array: len elements of esize bytes at data. nil gives len 0, data NULL. A view is valid while the array
 * is referenced; len * esize bytes at data lie in the arena. elem is its element type (never NULL).
 */
typedef struct Arr {
	uint32_t len;
	uint32_t esize;
	uint8_t *data;
	Type *elem;
} Arr;

Arr arr_get(Ref r);
/* A view as elements of exactly esize bytes without references, or with elem; anything else gives len 0. */
Arr arr_bytes(Ref r);
Arr arr_of(Ref r, Type *elem);

/* *dst = new array of n elements, zero or nil. */
int arr_new(Prog *p, Ref *dst, Type *elem, uint32_t n);
/* *dst = new array of byte with that content. */
int arr_setbytes(Prog *p, Ref *dst, const void *data, size_t n);

/* ------------------------------------------------------------ lists: list.c */

/* If *l is a cell: its value (vsize bytes in the arena) in *val, its tail in *l, true. No counts change. */
bool list_next(Ref *l, uint32_t vsize, void **val);
/* *dst = (value of type elem at val) :: *dst. References in val are counted. */
int list_cons(Prog *p, Ref *dst, Type *elem, const void *val);

/* ------------------------------------------------------------ adts and handles: object.c */

/* *dst = new object of that type, zero and nil. */
int adt_new(Prog *p, Ref *dst, Type *t);
/* The object's memory if r is an object of at least size bytes, else NULL. Enough for adts whose makers are programs. */
void *adt_get(Ref r, uint32_t size);

/*
 * Handles: *dst = new object of a handle type, zero and nil, standing for host. On failure host is still the caller's
 * (fini is not called).
 */
int handle_new(Prog *p, Ref *dst, Type *t, void *host);
/* The host pointer of r if it is an object of that handle type (not one a program made itself), else NULL. */
void *handle_get(Ref r, Type *t);
/* Set another pointer (NULL: fini will not be called). r must be a handle of t; else false. */
bool handle_set(Ref r, Type *t, void *host);

/* ------------------------------------------------------------ modules, functions: builtin.c */

/*
 * A builtin function. fp points at its frame: 16 bytes of the machine, the result address, three words, then the
 * arguments; mod/builtins.h declares a struct F_Mod_fn for each. Returns 0, or -1 after vm_raise.
 */
typedef int Builtin(Prog *p, void *fp);

typedef struct Builtinfn {
	const char *name;
	Builtin *fn;
	uint32_t sig;
	uint32_t size; /* of the frame; of the fixed part if varargs */
	uint32_t nmap;
	const char *map;
	bool varargs;
} Builtinfn;

struct Builtinmod {
	const char *name;	/* with the $ */
	const Builtinfn *fn;	/* in the order of names after the dot */
	int nfn;
	/* Called when a program first loads it, and again if that failed (types are made here); or NULL. 0, or -1 with
	 * the error string set. */
	int (*init)(void);
};

/* Every frame begins like this. */
typedef struct Framehead {
	uint8_t machine[16];
	Ref ret;
	int32_t stemp, rtemp, dtemp;
} Framehead;

/*
 * Where a result of n bytes goes: the caller's variable. Never NULL: if the caller gave no valid address it is scratch
 * memory with all words H, at most 4096 bytes. References there are counted: assign with ref_set, ref_copy, str_set...
 */
void *vm_result(void *fp, uint32_t n);
/* The usual cases. */
void vm_retint(void *fp, int32_t v);
void vm_retbig(void *fp, int64_t v);
void vm_retreal(void *fp, double v);
void vm_retref(void *fp, Ref r); /* takes over the reference */
int vm_retstr(Prog *p, void *fp, const char *s);

/* Size in bytes of the frame being called: variable arguments end there. Whether the word at offset off is a reference. */
uint32_t vm_framesize(Prog *p);
bool vm_frameref(Prog *p, uint32_t off);

/* ------------------------------------------------------------ channels: chan.c */

/*
 * Channels used from C. Element layouts are those of dis(6), given as a Type. All are called with the VM held.
 * chan_new: *dst = new channel with n buffered items. 0 or -1.
 */
int chan_new(Prog *p, Ref *dst, Type *elem, uint32_t n);
/* The element size of a channel, 0 if r is none. */
uint32_t chan_esize(Ref r);
/*
 * Send a value (references in it are counted), or receive one (references received belong to the caller), from a host
 * thread or a builtin; waits, releasing the VM meanwhile. 0; -1 with the error string set: Eintr when the caller was
 * interrupted or killed, Ehungup when the channel was hung up by chan_hangup or r is no channel.
 */
int chan_send(Ref r, const void *val);
int chan_recv(Ref r, void *val);
/* The same without waiting: 1 done, 0 would block, -1 as above. */
int chan_nbsend(Ref r, const void *val);
int chan_nbrecv(Ref r, void *val);
/* Send without waiting and without ever losing the value: it is queued behind the waiting senders. 0 or -1 (no memory). */
int chan_post(Ref r, const void *val);
/* Ends all chan_send and chan_recv in progress on the channel by host threads, and all later ones, with Ehungup. */
void chan_hangup(Ref r);
/*
 * Have fn(aux) called when the last reference goes, as a handle's fini would be. One per channel; the last call counts,
 * fn NULL takes it back. A Ref kept for comparison or chan_send after that is no longer valid.
 */
void chan_onfree(Ref r, void (*fn)(void *aux), void *aux);

/*
 * file2chan: serves file in dir with two new channels of 16 items, which become *read and *write (counted, released
 * first). Everything sys-file2chan(2) says of requests, closing and hangup is done here. 0; 1 with the error string set;
 * -1 after raising.
 */
int vm_file2chan(Prog *p, const char *dir, const char *file, Ref *read, Ref *write);

/* ------------------------------------------------------------ numbers as text: conv.c */

/*
 * Shortest decimal digits that read back as v (finite, > 0): digits without point in buf (room for 18, 0-terminated),
 * value = 0.d1d2... * 10^*exp10. Returns the number of digits.
 */
int conv_shortest(double v, char *buf, int *exp10);
/* Text of a real as cvtfc and %g without width print it. buf has room for 32. Returns the length. */
int conv_real(double v, char *buf);
/* A real at the start of n bytes, as cvtcf reads it. */
double conv_toreal(const char *s, size_t n);
/* A decimal integer at the start of n bytes, as cvtcw (clamped) and cvtcl (wrapping) read it. */
int32_t conv_toword(const char *s, size_t n);
int64_t conv_tobig(const char *s, size_t n);
/* UTF-8: bytes of c (1..4) in buf; bad code points become U+FFFD. */
int conv_pututf8(uint32_t c, char *buf);
/* Decode one character of n > 0 bytes: length used (1 and 0xFFFD for a bad one). */
int conv_getutf8(const uint8_t *s, size_t n, uint32_t *c);

/* The greatest length <= n at which s (longer than n bytes) may be cut without splitting a character. */
size_t conv_cut(const char *s, size_t n);

/* ------------------------------------------------------------ memory for pictures: heap.c */

/* The image pool (-pimage): take n bytes from the allowance, false if it is exhausted; and give them back. With the VM
 * held. */
bool vm_imagetake(uint64_t n);
void vm_imagegive(uint64_t n);

#endif
