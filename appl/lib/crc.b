implement Crc;

#
# Cyclic redundancy checks, lowest bit first; see crc(2).
#

include "crc.m";

Poly:	con int 16redb88320;

init(poly: int, reg: int): ref CRCstate
{
	if(poly == 0)
		poly = Poly;
	tab := array[256] of int;
	for(i := 0; i < 256; i++){
		c := i;
		for(j := 0; j < 8; j++)
			if(c & 1)
				c = c >> 1 & 16r7fffffff ^ poly;
			else
				c = c >> 1 & 16r7fffffff;
		tab[i] = c;
	}
	return ref CRCstate(0, tab, reg);
}

crc(state: ref CRCstate, buf: array of byte, nb: int): int
{
	tab := state.crctab;
	c := state.crc ^ state.reg;
	if(nb > len buf)
		nb = len buf;
	for(i := 0; i < nb; i++)
		c = c >> 8 & 16rffffff ^ tab[(c ^ int buf[i]) & 16rff];
	state.crc = c ^ state.reg;
	return state.crc;
}

reset(state: ref CRCstate)
{
	state.crc = 0;
}
