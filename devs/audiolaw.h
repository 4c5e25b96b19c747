/*
 * Samples of telephony, ITU-T G.711: eight bits for a 16-bit sample, and back. audiolaw.c
 */
#ifndef DEVS_AUDIOLAW_H
#define DEVS_AUDIOLAW_H

#include <stdint.h>

/* v: -32768 to 32767. */
uint8_t ulaw_encode(int v);
int ulaw_decode(uint8_t u);
uint8_t alaw_encode(int v);
int alaw_decode(uint8_t a);

#endif
