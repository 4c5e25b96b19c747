implement Encoding;

#
# Base 64; see encoding(2).
#

include "encoding.m";

digits:	con "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

enc(a: array of byte): string
{
	n := len a;
	s := "";
	for(i := 0; i < n; i += 3){
		v := int a[i] << 16;
		if(i + 1 < n)
			v |= int a[i+1] << 8;
		if(i + 2 < n)
			v |= int a[i+2];
		j := len s;
		s[j] = digits[v >> 18];
		s[j+1] = digits[v >> 12 & 63];
		s[j+2] = '=';
		s[j+3] = '=';
		if(i + 1 < n)
			s[j+2] = digits[v >> 6 & 63];
		if(i + 2 < n)
			s[j+3] = digits[v & 63];
	}
	return s;
}

value(c: int): int
{
	case c {
	'A' to 'Z' =>
		return c - 'A';
	'a' to 'z' =>
		return c - 'a' + 26;
	'0' to '9' =>
		return c - '0' + 52;
	'+' =>
		return 62;
	'/' =>
		return 63;
	}
	return -1;
}

dec(s: string): array of byte
{
	a := array[(len s + 3)/4*3] of byte;
	n := v := bits := 0;
	for(i := 0; i < len s && s[i] != '='; i++){
		d := value(s[i]);
		if(d < 0)
			continue;
		v = (v << 6 | d) & 16rffff;
		bits += 6;
		if(bits >= 8){
			bits -= 8;
			a[n++] = byte (v >> bits);
		}
	}
	return a[0:n];
}
