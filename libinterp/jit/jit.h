/*
 * The compiler to native code, as the rest of the machine sees it, and what its own files share.
 *
 * What is compiled is a function: the instructions that control reaches from an entry without going through calls. It is compiled
 * when it has been called, or has looped, often enough. The front (front.h) finds the instructions, the flow between them and the words of the
 * frame worth a register; an emitter (amd64.h) writes the code; jit.c decides when, keeps code and what is known about it; enter.c goes in and out.
 *
 * The truth about a process stays where the interpreter has it: frames in the arena, Acts, and p->m. Native code keeps the pc, and some
 * words of the running frame in registers, and nothing else; at each point where it may be left it is known (Site) which registers have to
 * be written to the frame. The native stack holds return addresses and, but for light calls (light.c), nothing of value: it is a prediction of what
 * the Acts say, and dropped whenever native code is left for whatever reason. Going on is possible wherever there is an entry (Jcode).
 */
#ifndef LIBINTERP_JIT_JIT_H
#define LIBINTERP_JIT_JIT_H

#include "libinterp/jit/room.h"
#include "libinterp/ops.h"

/* ------------------------------------------------------------ for the machine */

/* Prepare, or find out that it cannot be: then nothing is compiled. */
void jit_init(void);
/* Level 0 interprets. Has effect on what is loaded from then on. */
void jit_setlevel(int level);
int jit_level(void);
/* Whether there can be native code at all on this machine. */
bool jit_usable(void);
/*
 * How often a function is called, or a loop begun again, in the interpreter before it is compiled, 1 to 65000; 0: never. For tests.
 */
void jit_thresholds(int calls, int turns);
/* While the collector looks for roots, p, which runs or is NULL, has Acts for all its frames. False: no memory. */
bool jit_showframes(Prog *p);
void jit_hideframes(Prog *p);
/* Code that has been loaded; or is going away. */
void jit_attach(Code *c);
void jit_detach(Code *c);

/*
 * The interpreter is at an instruction whose go is interp_jit: an entry of compiled code, or a place that counts towards it. p's registers
 * are saved; budget is in p->jit.budget. Returns one of these; registers are in p.
 */
enum { JIT_CONT, JIT_QUANTUM = 1 + RUN_QUANTUM, JIT_BLOCKED = 1 + RUN_BLOCKED, JIT_RAISED = 1 + RUN_RAISED, JIT_EXIT = 1 + RUN_EXIT,
	JIT_GO,	    /* on with pc */
	JIT_INTERP, /* the instruction at pc is to be interpreted, whatever its go says */
	JIT_RET,    /* (inside) native code has returned to where it was entered */
	JIT_CALL,   /* (inside) a call of compiled code is to be made */
	JIT_CAUGHT, /* (inside) an exception has been raised, and p is at its handler */
	JIT_RESUME, /* (inside) the same, and on with jit.target, where the native stack is jit.resume */
};
int jit_enter(Prog *p);

/* ------------------------------------------------------------ words of the frame */

/*
 * A Key is a word of the frame as a candidate for a register: an offset and how it is used. Words that are used in two ways at once, and
 * those that others may look at, stay in memory. through: each store goes to memory too (references). KLEN and KDATA are derived: length
 * and address of the elements of the array in key base; they are loaded from there and never stored.
 */
enum { KW, KB, KL, KF, KLEN, KDATA };
enum { NKEY = 256, NSETW = NKEY / 64 };

typedef struct Set {
	uint64_t w[NSETW];
} Set;

typedef struct Key {
	int32_t off;
	uint8_t class, size;
	bool through, memory;
	int8_t reg; /* -1: none; 0-15 of the kind that class needs */
	int16_t base;
	double weight;
	Set clash;  /* that overlap in memory */
	Set meets;  /* that live at the same time */
} Key;

static inline bool
set_has(const Set *s, int i)
{
	return s->w[i >> 6] >> (i & 63) & 1;
}

static inline void
set_add(Set *s, int i)
{
	s->w[i >> 6] |= (uint64_t)1 << (i & 63);
}

static inline void
set_del(Set *s, int i)
{
	s->w[i >> 6] &= ~((uint64_t)1 << (i & 63));
}

static inline bool
set_or(Set *s, const Set *t)
{
	uint64_t old, grown = 0;
	int i;

	for (i = 0; i < NSETW; i++) {
		old = s->w[i];
		s->w[i] |= t->w[i];
		grown |= old ^ s->w[i];
	}
	return grown != 0;
}

static inline void
set_minus(Set *s, const Set *t)
{
	for (int i = 0; i < NSETW; i++)
		s->w[i] &= ~t->w[i];
}

static inline void
set_and(Set *s, const Set *t)
{
	for (int i = 0; i < NSETW; i++)
		s->w[i] &= t->w[i];
}

static inline bool
set_meets(const Set *s, const Set *t)
{
	uint64_t r = 0;

	for (int i = 0; i < NSETW; i++)
		r |= s->w[i] & t->w[i];
	return r != 0;
}

static inline bool
set_empty(const Set *s)
{
	uint64_t r = 0;

	for (int i = 0; i < NSETW; i++)
		r |= s->w[i];
	return r == 0;
}

/* The first member from i on, or -1: for (k = set_next(s, 0); k >= 0; k = set_next(s, k + 1)). */
static inline int
set_next(const Set *s, int i)
{
	uint64_t w;
	int j;

	if (i >= NKEY)
		return -1;
	j = i >> 6;
	w = s->w[j] >> (i & 63) << (i & 63);
	for (;;) {
		if (w != 0)
			return j * 64 + __builtin_ctzll(w);
		if (++j == NSETW)
			return -1;
		w = s->w[j];
	}
}

/* ------------------------------------------------------------ functions: front.c */

/*
 * A basic block. live: keys whose value is needed at its start. want: those among them that have a register and are used before the next
 * barrier; they are in their registers whenever control comes here. dirty: those that may differ from what is in the frame then.
 */
typedef struct Block {
	int32_t first, last; /* pcs */
	int nsucc, asucc;
	int *succ;	     /* indices */
	int two[2];	     /* room for most */
	int npred;
	int depth;	     /* of loops */
	bool header;	     /* of a loop */
	bool caught;	     /* entered by exceptions */
	bool entry;	     /* of the function */
	bool landing;	     /* entered by tables the interpreter looks at */
	Set live, out, want, dirty;
	Set trap;	     /* live in handlers that cover it */
	Set gen, kill;	     /* used before, and written, in it */
	Set wgen, wkill;     /* the same, as far as the first barrier */
} Block;

/* A loop: the pcs from first to last, as compilers lay them out. */
typedef struct Loop {
	int32_t first, last;
	bool barrier;
	Set defs;
} Loop;

/*
 * What is known about the references in a frame, as masks. In code for light calls: first: those that the function sets to nil when it begins.
 * unset: those that have no value yet before an instruction: they are nil, but not in memory. unowned: those that are copies of what
 * callers lent. In all code: lent: those that are not counted before an instruction, because what they were copied from
 * stays what it is until they are written again; nil: those that are nil then. When native code is left all that is made good: SAVE_NIL, SAVE_COUNT.
 */
typedef struct Slots {
	uint16_t first, unowned;
	uint16_t *unset, *lent, *nil; /* by pc - lo */
} Slots;

/*
 * What an instruction means for keys: those it reads, those it writes; barrier: registers do not survive it. Reads and writes of a
 * barrier are in memory.
 */
typedef struct Effect {
	Set use, def;
	bool barrier;
	uint8_t how; /* HOW_... */
} Effect;

typedef struct Callsite {
	int32_t to, at;
} Callsite;

typedef struct Fn {
	Roommark mark; /* it and all it refers to come behind that */
	Code *c;
	int32_t pc; /* entry */
	Ref mp;	    /* module data of the instance that runs, for guesses */
	int32_t lo, hi; /* pcs lie in lo <= pc < hi */
	int32_t *bix;	/* by pc - lo: block that begins here or -1; -2: not in the function */
	Block *b;
	int nb, ab;
	Loop *loop;
	int nloop, aloop;
	Key *k;
	uint32_t *kid; /* by key: offset and class in one, to be looked for */
	int nk;
	int nderived;
	int32_t ninst;
	bool frames; /* makes some, or calls, otherwise than by light calls */
	bool light;  /* the code is for light calls: light.c */
	Type *frame; /* what its frame seems to be, or NULL */
	Effect *eff, once; /* by pc - lo, when keys are known; and before */
	bool *fused;	    /* by pc - lo: see fn_fused */
	bool *root;	    /* by pc - lo: see fn_root */
	struct Sig *sig;    /* of light calls of it, in code for them */
	struct Lightcall *lc;
	int nlc, alc;
	struct Slots slots;
} Fn;

/*
 * How much an emitter has: masks of registers for words, those among them that functions which make frames do not get, and for reals; and
 * whether it can do indexing and use of the element in one (fn_fused), square roots (fn_root), and light calls.
 */
typedef struct Machine {
	uint32_t gpr, notframes, fpr;
	bool fuses, roots, lights;
	bool steps; /* it leaves so much to the interpreter's step that all blocks are worth an entry */
	/* Among the registers that jit_exit gets: where the real ones begin, and which are the frame, what is raised, and what is left of the turn. */
	uint8_t reals, fp, value, turn;
} Machine;


/*
 * The function at pc, analysed, with registers given out; NULL: it cannot be compiled or there is no memory. mp: data of an instance, for
 * guesses. light: for light calls, which must be possible.
 */
Fn *fn_new(Code *c, int32_t pc, Ref mp, bool light, const Machine *m);
/* Its instructions and blocks only. */
Fn *fn_shape(Code *c, int32_t pc);
/* With all that has been taken from the room (room.h) since. */
void fn_free(Fn *f);
/* Some of it is covered by a handler. */
bool fn_handled(const Fn *f);
/* The descriptor of the frames that calls of pc in this module pass, or NULL. */
Type *fn_frametype(Code *c, int32_t pc);
/* The calls of pc in this module, at least those that look like any, and others behind them; NULL: no memory. */
const Callsite *fn_callers(Code *c, int32_t pc);
/* Good until the next one is asked for. */
const Effect *fn_effect(Fn *f, const Inst *in);
/* The key of a word of the frame, or -1. */
int fn_key(const Fn *f, int32_t off, int class);
/* The derived key of array key a that indexing at pc may use, or -1. */
int fn_derived(const Fn *f, int a, int class, int32_t pc);
/*
 * Whether the address that indexing at pc makes is used by the instruction behind it, and by nothing else: then it is not written into the
 * frame. That instruction goes through the array and the index. Where the interpreter is to go on with it, it begins with the indexing.
 */
bool fn_fused(const Fn *f, int32_t pc);
/*
 * Whether a square root begins at pc, as compilers write it: mframe, movf of the argument, lea of the result, mcall; for a module reference that
 * is $Math's now. Such a sequence reads the argument and writes the result, and is no barrier; the emitter sees to it that the reference is
 * still what it was.
 */
enum { ROOTLEN = 4 };
bool fn_root(const Fn *f, int32_t pc);
/* Whether that operand is the result, which is returned in a register. */
bool fn_result(const Fn *f, int oc, const Operand *o);
/* Targets of case and goto tables. Returns how many, *t malloc'd; -1: cannot be told. */
int fn_table(Code *c, const Inst *in, int32_t **t);
/* Class of a word of that operand kind (KW, KB, KL, KF), or -1. */
int fn_class(unsigned opd);
void fn_print(FILE *fp, const Fn *f);
/* Before (into at[0..n-1]) each instruction of block b: what lives there. */
void fn_liveat(Fn *f, const Block *b, Set *at);

/* How instructions are compiled: by code of their own, by a helper of their own, or by the interpreter's step. */
enum { HOW_STEP, HOW_HELPER, HOW_INLINE };
int fn_how(Code *c, const Inst *in);

/* ------------------------------------------------------------ light calls: light.c */

/*
 * What a light call of a function is like. result: where its result is when it returns: in memory as usual, in a register as a value of class
 * result - RESULT or as a reference that is counted, or it has none. Masks of references in its frame, by their place in the descriptor:
 * args: those that callers set; lent: those among them that the function does not write. They are not released by it: the
 * caller sees to it that they are counted as long as the call lasts, which its own variables may do. inreg: which of the first words behind
 * DIS_FRAME_ARGS are passed in registers too.
 */
enum { RESULT_MEM, RESULT_NONE, RESULT_REF, RESULT };
enum { MAXREFS = 12, NINREG = 2 };

typedef struct Sig {
	uint16_t args, lent;
	uint8_t result;
	uint8_t inreg;
} Sig;

/*
 * One: of the frame made at pc frame; lea: where the place of the result is set, or 0; own: it is a word of the caller's frame, otherwise the place
 * of the caller's own result; arg: where references are passed, or 0.
 */
typedef struct Lightcall {
	int32_t frame, call, lea;
	bool own;
	int32_t arg[MAXREFS];
	uint16_t lent; /* those that a variable of the caller counts */
	Type *t;
	Sig sig;
} Lightcall;

/* The call in block b that the frame made at pc is for, with nothing in between but what is done inline, or 0. */
int32_t fn_callof(const Fn *f, const Block *b, int32_t pc);
/* Whether the function at pc can be called by light calls; what they are like. */
bool fn_light(Code *c, int32_t pc);
Sig fn_sig(Code *c, int32_t pc);
/* References that frames of type t for calls of pc in this module have set in them when they are called. */
uint16_t fn_passed(Code *c, const Type *t, int32_t pc);
/* Finds f's own; false: no memory. The one that pc is part of, frame and call included, or NULL. */
bool fn_lightcalls(Fn *f);
const Lightcall *fn_lightcall(const Fn *f, int32_t pc);
/* Whether the operand of the instruction at pc is the frame for a light call, or in it. It is nowhere written down where that is. */
bool fn_lightframe(const Fn *f, int32_t pc, int oc, const Operand *o);
/* The reference at off in frames of type t, or -1. */
int fn_slot(const Type *t, int32_t off);
/* Whether an operand of in may write to the word at off in the frame, or is an address at or below it. */
bool fn_overwrites(const Inst *in, int32_t off);

/* ------------------------------------------------------------ references in frames: slots.c */

/* False: no memory. Keys are known by then. */
bool fn_slots(Fn *f);
/* The same behind the instruction at pc. */
uint16_t fn_unsetafter(const Fn *f, int32_t pc);
uint16_t fn_lentafter(const Fn *f, int32_t pc);
/* Whether the word of module data at off is nil for ever. */
bool fn_isnil(Code *c, int32_t off);

/* ------------------------------------------------------------ code: jit.c */

/*
 * A place where native code may be left: after a call of the exit thunk, or at an access that faults. snap and nsnap name what is to be done
 * about the frame then (Save), and about the one that is being prepared or has been called.
 */
enum { SITE_NIL, SITE_BOUNDS, SITE_ZERO, SITE_NOMAIN, SITE_RAISED, SITE_QUANTUM, SITE_CALL, SITE_GO, SITE_NEXT, SITE_INTERP, SITE_LIGHT, SITE_RAISE, SITE_MCALL };

typedef struct Site {
	uint32_t off; /* in the code, of the access or behind the call */
	int32_t pc;
	uint32_t snap;
	uint8_t nsnap, kind;
	uint8_t unmade;
} Site;

/* Of the frame that the last IFRAME before pc made: it has an Act; none yet, but its place; it is on the stack of light calls. */
enum { MADE, UNMADE, UNMADE_LIGHT };

/*
 * The register (16 +: of SSE) goes to off(fp), as that class says. Or: off(fp) is nil; is to be counted; is the next frame; the same in
 * that frame, or it is to be released; the next frame's result goes to off(fp), or where that of this one goes, or nowhere. Or the register holds
 * the result, of class off.
 */
enum { SAVE_NIL = 16, SAVE_COUNT, SAVE_FRAME, SAVE_NEXTNIL, SAVE_NEXTCOUNT, SAVE_NEXTDROP, SAVE_PLACE, SAVE_SAMEPLACE, SAVE_NOPLACE, SAVE_RESULT };

typedef struct Save {
	int32_t off;
	uint8_t reg;
	uint8_t class;
} Save;

typedef struct Jfn {
	struct Jfn *next; /* of the module */
	Code *c;
	int32_t pc;
	uint8_t *start; /* where it runs */
	uint32_t size;
	Site *site;
	uint32_t nsite;
	Save *save;
	uint32_t nsave;
	int32_t *entry; /* pcs that have entries */
	uint32_t nentry;
	uint32_t stamp; /* last entered, for eviction */
	uint64_t cost;	/* bytes taken from the main pool */
	bool light;
	uint32_t frame; /* size of its own frame, if so */
} Jfn;

/*
 * What a module has: where native code can be entered, by pc (nocode: nowhere), where light calls go (nolight: not compiled), and how often the
 * interpreter came by.
 */
typedef struct Jcode {
	void **entry;	 /* NULL until something is compiled */
	void **light;
	Sig *sig;	 /* of functions that are light */
	Callsite *calls; /* by target, when fn_callers has been asked; one more ends them */
	int32_t ncalls;
	bool indirect;	 /* when that has been asked: there may be other calls in the module */
	int32_t nil;	 /* fn_isnil: -1: there is none; -2: not looked for yet */
	uint16_t *count;
	uint8_t *flags;
	Jfn *fn;
} Jcode;

/* A function or loop begins; visits are counted; it can be called by light calls, or cannot: fn_light. */
enum { JC_START = 1, JC_LOOP = 2, JC_COUNT = 4, JC_LIGHT = 8, JC_HEAVY = 16 };

/*
 * What native code writes as prev of the Acts it makes. It leaves p->cur as it is, too; jit_sync sets both right, before anybody looks. The
 * frame that runs is the topmost one that has been called.
 */
#define JIT_NOPREV UINT32_MAX

void jit_sync(Prog *p); /* enter.c */

#define JIT_SCALE 32 /* an instruction of the interpreter's turn is so much of native code's */
extern uint32_t jit_epoch; /* changes when code goes away */
/* Where native code for the instruction at pc is entered, or NULL. */
void *jit_entryof(Code *c, const Inst *pc);

extern const void *interp_jit; /* go of patched instructions */

/* The function that pc is in is compiled; light: for light calls. False: it cannot be. */
bool jit_compile(Module *m, int32_t pc, bool light);
/* Somebody came by at pc: is it time? If so the function has been compiled. */
bool jit_hot(Module *m, int32_t pc);
/* The code at that address is entered; what has not been for longest goes when room is needed. */
void jit_used(const uint8_t *at);
/* All compiled functions of the module go. */
void jit_drop(Jcode *jc);
/* Is the address in what enters and leaves native code, not in a function's? */
bool jit_inthunk(const uint8_t *at);

/* The record for a return address, which there is, and the function it is in. */
const Site *jit_site(const uint8_t *at, const Jfn **j);
/* Do what it says besides saving registers, for the frame fp; next is the next one, or 0. */
void jit_saves(const Jfn *j, const Site *s, const uint64_t *regs, uint8_t *fp, Ref next);
/*
 * light.c. The stack of light calls, or 0, which is made when it is first asked for. Only one process runs native code, and it is left before another
 * does: there is no more than this one.
 */
enum { LIGHTSTACK = 192 << 10 };
extern Ref jit_light;
bool jit_lightstack(void);
/*
 * p gets frames and Acts for all that light calls have called, the topmost of which is at fp; sp points to what its call left on the native stack.
 * Returns the last call; p->fp is the topmost frame. NULL: no memory for some; then, when all that is said about fp has been done, jit_giveup
 * releases what they hold, and what one above them of type unmade does if that is not NULL, and raises an exception where the first of them was called.
 */
const Inst *jit_acts(Prog *p, const uint64_t *sp, uint8_t *fp);
int jit_giveup(Prog *p, const Type *unmade);
/*
 * If the exception that has been raised at p->pc in fp is handled by a function that has an Act there need be no Acts for those that light calls
 * have called. Returned is the native stack of the one that made the first of these calls, or NULL: nobody handles it. When all that is said about fp has been done, jit_catch releases what they hold, as jit_giveup does, and p is at the handler.
 */
const uint64_t *jit_catches(Prog *p, const uint64_t *sp, uint8_t *fp, Caught *x);
void jit_catch(Prog *p, const Caught *x, const Type *unmade);
/* A frame of p with the content of the one at from, which is not called yet, or 0. */
Ref jit_copyframe(Prog *p, Type *t, Ref from);
/* The instruction that makes the frame for the next call from in on. */
const Inst *jit_madeby(const Inst *in);

/* What emitters call: enter.c (jit_exit), jithelp.c. */
int jit_exit(Prog *p, const uint8_t *at, uint64_t *regs, const uint64_t *sp);
int jit_step(Prog *p);
int jit_mcall(Prog *p, Ref f, int32_t idx, Ref mod);
int jit_send(Prog *p, Ref ch, Ref addr);
int jit_recv(Prog *p, Ref ch, Ref addr);
int jit_alt(Prog *p, Ref tab, Ref res);
int jit_ret(Prog *p);
int jit_destroy(Prog *p, Ref r);
void jit_shade(Prog *p, Ref r);
/* A step has led elsewhere: native code to go on with, or NULL. */
void *jit_onward(Prog *p);
/* The same when a function has returned, whose Act is still there above the topmost one. */
void *jit_returned(Prog *p);
Ref jit_frame(Prog *p, Type *t);

/* ------------------------------------------------------------ emitter: amd64.c, amd64thunk.c */

typedef struct Thunks {
	int (*enter)(Prog *p, void *target);
	void *nocode;	/* what entry holds where there is none */
	void *nolight;	/* the same for light */
	void *exit;
	const void *leave; /* to be jumped to, with a status */
} Thunks;

extern Thunks jit_thunks;
extern const Machine jit_machine;

/* Write the thunks, and a function, to n bytes at p that run at exec. Bytes used, or 0: no room (or no memory). */
size_t emit_thunks(void *p, size_t n, const void *exec);
size_t emit_fn(Fn *f, void *p, size_t n, const void *exec, Jfn *j);

#endif
