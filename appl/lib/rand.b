implement Rand;

#
# Pseudo-random numbers, a linear congruential generator; see rand(2).
#

include "rand.m";

Mask:	con (big 1 << 63) - big 1;

state: big;

init(seed: int)
{
	state = big seed;
}

next(): big
{
	state = state*big 1103515245 + big 12345;
	return (state & Mask) >> 10;
}

rand(modulus: int): int
{
	if(modulus <= 0)
		return 0;
	return int (next() % big modulus);
}

bigrand(modulus: big): big
{
	if(modulus <= big 0)
		return big 0;
	return next() % modulus;
}
