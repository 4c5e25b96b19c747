/*
 * What an emitter for a machine is made of. emit.c goes through a function block by block and knows which keys are in their registers; the
 * machine's files say what each instruction becomes. Of these, emit.c calls those at the end of this file.
 */
#ifndef LIBINTERP_JIT_EMIT_H
#define LIBINTERP_JIT_EMIT_H

#include <stddef.h>
#include <stdlib.h>

#include "libinterp/jit/codebuf.h"
#include "libinterp/jit/jit.h"

#define CALLCOST 4 /* of a call, from what is left of the turn */

/* Code out of the way, written behind the function. */
typedef struct Cold {
	struct Cold *next;
	Label at, back;
	int what;
	int reg, to;
	int32_t pc;
	uint32_t snap;
	uint8_t nsnap, kind;
	uint16_t mask;
	Type *t;
	int n;
	const void *fn;
	Block *blk;
	Set valid, dirty;
} Cold;

/* What it is for: to leave, or what the machine says. */
enum { CEXIT, CMACHINE };

typedef struct Emit {
	Fn *f;
	Jfn *j;
	Codebuf b;
	Label start, *label;
	Set valid, dirty; /* keys in their registers; and not in memory */
	int16_t owner[64];/* key that a register was last used for */
	Set *at;	  /* what lives before each instruction of the block, and behind the last */
	Block *blk;
	const Inst *in;
	Effect e;
	int32_t pc;
	Cold *cold, **coldtail;
	uint32_t asite, asave, aentry;
	Set lastset;	  /* of the last snapshot */
	int32_t lastpc;
	bool lastbehind;
	uint32_t lastsnap;
	uint8_t lastn;
	bool havelast;
	bool nomem;
	bool reals; /* some are in registers */
	bool *unmade;  /* by pc - lo: see em_frame */
	int32_t calls; /* the call at which the last such frame gets its Act */
	Type *tomake;  /* its type */
	int32_t held;	/* behind the instruction there rax is heldoff of the next frame: em_hold */
	int32_t heldoff;
	uint16_t moved; /* the variable of which the result has been made: em_lightresult */
} Emit;

/* Bytes of a value of a class in memory. */
extern const uint8_t em_size[];

/* ------------------------------------------------------------ emit.c */

bool em_sameplace(int ac, const Operand *a, int bc, const Operand *b);
/* The key of an operand that has a register, or -1. */
int em_keyof(Emit *e, int oc, const Operand *o, int class);
/* The key of an operand that is written has its new value in its register. */
void em_written(Emit *e, int oc, const Operand *o, int class);
/* Key i has its value in its register now; makes it so. */
void em_own(Emit *e, int i);
void em_need(Emit *e, int i);
/* The keys, valid now, that hold the length and the address of the elements of the array in S, or -1. */
void em_elements(Emit *e, int *len, int *data);
/* All keys that live go to memory; registers hold none. */
void em_flush(Emit *e);
void em_forget(Emit *e);
/* Before the jump that ends the block: what its successors want is in registers, what they only need is in memory. */
void em_edges(Emit *e);

/*
 * What has to be done where these keys live, and the instruction at pc is not done yet, or is; the same where the function begins. A Site here;
 * one of the next machine instruction, which may fault.
 */
uint32_t em_snap(Emit *e, const Set *live, int32_t pc, bool behind, uint8_t *n);
uint32_t em_snapstart(Emit *e, uint8_t *n);
void em_addsave(Emit *e, Save s);
void em_addsite(Emit *e, int32_t pc, int kind, uint32_t sn, uint8_t nsn);
void em_trap(Emit *e, int kind);
/* Native code can be entered here, at pc. */
void em_entryhere(Emit *e, int32_t pc);
Cold *em_cold(Emit *e, int what);
/* A label to jump to in order to leave at this instruction as it was before. */
Label *em_leaveto(Emit *e, int kind);
/* Where the block at pc is; whether it comes next; how far this block's last instruction jumps back at most, or not more than 0. */
Label *em_labelof(Emit *e, int32_t pc);
bool em_isnext(Emit *e, int32_t pc);
int32_t em_back(const Emit *e);

/* ------------------------------------------------------------ the machine's */

/* The function begins: what is to be looked at then. */
void em_begin(Emit *e);
/* e->in, at e->pc. */
void em_instruction(Emit *e);
/* What c is for; its label is bound here. */
void em_coldcode(Emit *e, Cold *c);
/* A key from memory to its register, a derived one from what it is derived from; and back. */
void em_loadkey(Emit *e, int i);
void em_storekey(Emit *e, int i);
void em_bind(Emit *e, Label *l);
void em_jumpto(Emit *e, int32_t pc);
void em_jump(Emit *e, Label *l);
/* Adds to a snapshot what concerns references. */
void em_lightsaves(Emit *e, int32_t pc, bool behind);
/* Site.unmade at pc, with respect to such calls. */
int em_lightmade(const Emit *e, int32_t pc);

#endif
