/*
 * For tests of the virtual machine: programs given as assembly text, run on the calling thread alone.
 */
#ifndef TESTS_MACHINE_H
#define TESTS_MACHINE_H

#include "libinterp/vm.h"

/* Starts the machine with that many bytes of heap and stack. Once per program. */
void machine_init(uint64_t heap, uint64_t main);

/*
 * Assembles text, calls its first link, run: fn(): string, in a process of its own and returns what it gives (static),
 * "exception: " and the text, "error: " and the reason if it does not assemble or load, "gone" if it ended without a
 * result, or "runs" if it is not done after many turns (it is then killed).
 */
const char *machine_run(const char *text);

/* The same for an object file. */
const char *machine_load(const void *p, size_t n);

/*
 * A module with the standard frame around these instructions: module data 64 bytes, the strings "a", "é" and "日" at
 * 0, 4 and 8(mp), references 12..24(mp), words from 32(mp) on (32: 8 bytes of 1.5, 40: big 7, 48: word 3); descriptor
 * 1 is run's frame: 256 bytes, references 32..60(fp); 2 an int; 3 a reference; 4 {int, ref}; 5 a byte.
 */
const char *machine_code(const char *instructions);

#endif
