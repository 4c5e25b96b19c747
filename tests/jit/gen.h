/*
 * Random Dis programs that a compiler could have written: they keep to the types of their variables, read nothing that they have not set, and
 * come to an end. So whatever executes Dis must end them in the same state.
 *
 * A program is two modules: main, and lib, whose functions main calls through a module reference that whoever loads them puts at modoff of
 * main's data. It starts at main's entry. What it has computed is in the data of the two modules.
 */
#ifndef TESTS_JIT_GEN_H
#define TESTS_JIT_GEN_H

#include "dis/dis.h"

enum { GEN_LIB, GEN_MAIN, GEN_MODULES };

typedef struct Genmod {
	DisModule *dm;
	int32_t *pcword[512]; /* words of data that are instruction numbers: case tables */
	int npcword;
} Genmod;

typedef struct Program {
	Genmod mod[GEN_MODULES];
	int32_t modoff;
} Program;

/* The program of that seed. Free with program_free. */
void program_make(Program *pr, uint64_t seed);
void program_free(Program *pr);

/* Make it one that no compiler has written: instructions, types, handlers and data are changed here and there. It may not even load. */
void program_spoil(Program *pr, uint64_t seed);

/* Take out the instructions of a module that are marked; jumps to one go to what follows it. */
void program_cut(Genmod *gm, const bool *out);

#endif
