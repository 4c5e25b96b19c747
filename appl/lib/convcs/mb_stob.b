implement Stob;

#
# Text to character sets of one to three bytes; the argument is a table, see tools/mkcharset.
#

include "sys.m";

include "convcs.m";

include "mb.inc";

codes: array of array of int;	# by character, in pages of 256: the byte or bytes as a number; 0: none

init(file: string): string
{
	err := readtable(file);
	if(err != nil)
		return err;
	codes = array[256] of array of int;
	row := trail1 - trail0 + 1;
	row3 := third1 - third0 + 1;
	threes := threes();
	for(i := len tab; --i >= 0;){	# so that the first of equal ones holds
		u := tab[i];
		if(u == Bad || u > 16rffff)
			continue;
		c := i;
		if(i >= threes)
			c = Three<<16 | second0 + (i-threes)/row3 << 8 | third0 + (i-threes)%row3;
		else if(i >= 256)
			c = lead0 + (i-256)/row << 8 | trail0 + (i-256)%row;
		if(codes[u>>8] == nil)
			codes[u>>8] = array[256] of {* => 0};
		codes[u>>8][u&16rff] = c;
	}
	tab = nil;
	return nil;
}

stob(nil: Convcs->State, s: string): (Convcs->State, array of byte)
{
	a := array[3 * len s] of byte;
	n := 0;
	for(i := 0; i < len s; i++){
		u := s[i];
		c := 0;
		if(u <= 16rffff && codes[u>>8] != nil)
			c = codes[u>>8][u&16rff];
		if(c == 0 && u != 0)
			c = '?';
		if(c >= 16r10000)
			a[n++] = byte (c >> 16);
		if(c >= 256)
			a[n++] = byte (c >> 8);
		a[n++] = byte c;
	}
	return (nil, a[0:n]);
}
