implement Encoding;

#
# Base 32; see encoding(2).
#

include "encoding.m";

digits:	con "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

enc(a: array of byte): string
{
	s := "";
	v := bits := 0;
	for(i := 0; i < len a; i++){
		v = (v << 8 | int a[i]) & 16rffff;
		for(bits += 8; bits >= 5; bits -= 5)
			s[len s] = digits[v >> (bits-5) & 31];
	}
	if(bits > 0)
		s[len s] = digits[v << (5-bits) & 31];
	while(len s % 8)
		s[len s] = '=';
	return s;
}

value(c: int): int
{
	if(c >= 'a' && c <= 'z')
		c += 'A' - 'a';
	for(i := 0; i < len digits; i++)
		if(digits[i] == c)
			return i;
	return -1;
}

dec(s: string): array of byte
{
	a := array[(len s*5)/8] of byte;
	n := v := bits := 0;
	for(i := 0; i < len s; i++){
		d := value(s[i]);
		if(d < 0)
			continue;
		v = (v << 5 | d) & 16rffff;
		bits += 5;
		if(bits >= 8){
			bits -= 8;
			a[n++] = byte (v >> bits);
		}
	}
	return a[0:n];
}
