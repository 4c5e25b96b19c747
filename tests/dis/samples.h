/*
 * Object files for the tests: worked examples byte by byte, and one built by hand that has a bit of everything.
 */
#ifndef SAMPLES_H
#define SAMPLES_H

#include "dis/dis.h"

/* An object file; in hexadecimal, blanks ignored. */
typedef struct Sample {
	const char *name;
	const char *hex;
} Sample;

extern const Sample samples[];
extern const int nsamples;

/* Append the bytes that the hexadecimal text stands for. */
void hexput(DisBuf *b, const char *hex);

/* A module with every kind of operand, data item, link, import and handler. */
DisModule *everything(void);

/* All valid sample files, 0..nfiles()-1: the examples, then everything(). Free with dis_buffree. */
int nfiles(void);
void samplefile(int i, DisBuf *b);

#endif
