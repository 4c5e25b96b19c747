implement Sets;

#
# Sets of the integers 0 to 30 in a word; see sets(2).
# Bit 31 stands for all other numbers.
#

include "sets32.m";

Max:	con 31;

init()
{
}

set(): Set
{
	return Set(0);
}

Set.X(s1: self Set, o: int, s2: Set): Set
{
	(x, y) := (s1.s, s2.s);
	r := 0;
	if(o & A & B)
		r |= x & y;
	if(o & A & ~B)
		r |= x & ~y;
	if(o & ~A & B)
		r |= ~x & y;
	if(o & ~A & ~B & 2r1111)
		r |= ~x & ~y;
	return Set(r);
}

Set.invert(s: self Set): Set
{
	return Set(~s.s);
}

Set.add(s: self Set, n: int): Set
{
	return Set(s.s | 1 << n);
}

Set.addlist(s: self Set, ns: list of int): Set
{
	for(; ns != nil; ns = tl ns)
		s.s |= 1 << hd ns;
	return s;
}

Set.del(s: self Set, n: int): Set
{
	return Set(s.s & ~(1 << n));
}

Set.eq(s1: self Set, s2: Set): int
{
	return s1.s == s2.s;
}

Set.holds(s: self Set, n: int): int
{
	if(n < 0)
		return 0;
	if(n > Max)
		n = Max;
	return s.s >> n & 1;
}

Set.isempty(s: self Set): int
{
	return s.s == 0;
}

Set.msb(s: self Set): int
{
	return s.s < 0;
}

Set.limit(s: self Set): int
{
	w := s.s ^ s.s >> Max;
	for(n := Max; n > 0; n--)
		if(w >> (n-1) & 1)
			break;
	return n;
}

Set.str(s: self Set): string
{
	t := "";
	for(d := (s.limit() + 3)/4 - 1; d >= 0; d--)
		t[len t] = "0123456789abcdef"[s.s >> 4*d & 15];
	t[len t] = ':';
	t[len t] = '0' + s.msb();
	return t;
}

str2set(str: string): Set
{
	n := len str;
	for(i := 0; i < n && str[i] != ':'; i++)
		;
	s := 0;
	if(i + 1 < n && str[i+1] == '1')
		s = ~0;
	for(d := 0; d < i && d < 8; d++){
		c := str[i-1-d];
		v := 0;
		if(c >= '0' && c <= '9')
			v = c - '0';
		else if(c >= 'a' && c <= 'f')
			v = c - 'a' + 10;
		else if(c >= 'A' && c <= 'F')
			v = c - 'A' + 10;
		s = s & ~(15 << 4*d) | v << 4*d;
	}
	return Set(s);
}

Set.bytes(s: self Set, lim: int): array of byte
{
	n := s.limit()/8 + 1;
	if(s.s == 0)
		n = 0;
	if(n < lim)
		n = lim;
	a := array[n] of byte;
	for(i := 0; i < n; i++)
		if(i < 4)
			a[i] = byte (s.s >> 8*i);
		else
			a[i] = byte (s.s >> Max);
	return a;
}

bytes2set(d: array of byte): Set
{
	n := len d;
	s := 0;
	if(n > 0 && int d[n-1] & 16r80)
		s = ~0;
	for(i := 0; i < n && i < 4; i++)
		s = s & ~(16rff << 8*i) | int d[i] << 8*i;
	return Set(s);
}

Set.debugstr(s: self Set): string
{
	t := "{";
	n := s.limit();
	for(i := 0; i < n; i++)
		if(s.holds(i)){
			if(len t > 1)
				t[len t] = ' ';
			t += string i;
		}
	if(s.msb()){
		if(len t > 1)
			t[len t] = ' ';
		t += string n + "...";
	}
	return t + "}";
}
