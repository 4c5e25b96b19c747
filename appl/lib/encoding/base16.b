implement Encoding;

#
# Base 16; see encoding(2).
#

include "encoding.m";

digits:	con "0123456789ABCDEF";

enc(a: array of byte): string
{
	s := "";
	for(i := 0; i < len a; i++){
		s[len s] = digits[int a[i] >> 4];
		s[len s] = digits[int a[i] & 15];
	}
	return s;
}

value(c: int): int
{
	case c {
	'0' to '9' =>
		return c - '0';
	'A' to 'F' =>
		return c - 'A' + 10;
	'a' to 'f' =>
		return c - 'a' + 10;
	}
	return -1;
}

dec(s: string): array of byte
{
	a := array[len s/2] of byte;
	n := 0;
	hi := -1;
	for(i := 0; i < len s; i++){
		d := value(s[i]);
		if(d < 0)
			continue;
		if(hi < 0)
			hi = d;
		else{
			a[n++] = byte (hi << 4 | d);
			hi = -1;
		}
	}
	return a[0:n];
}
