implement Sets;

#
# Sets of small integers, possibly infinite; see sets(2).
# Bit n of the words of a says whether n is in; m, 0 or ~0, stands for all words to come.
#

include "sets.m";

Bits:	con 32;

init()
{
}

set(): Set
{
	return Set(0, nil);
}

word(s: Set, i: int): int
{
	if(i < len s.a)
		return s.a[i];
	return s.m;
}

# a copy with at least n words
grown(s: Set, n: int): Set
{
	if(n < len s.a)
		n = len s.a;
	a := array[n] of int;
	for(i := 0; i < n; i++)
		a[i] = word(s, i);
	return Set(s.m, a);
}

# one word of X: o is a truth table with inputs A and B
op(o, x, y: int): int
{
	r := 0;
	if(o & A & B)
		r |= x & y;
	if(o & A & ~B)
		r |= x & ~y;
	if(o & ~A & B)
		r |= ~x & y;
	if(o & ~A & ~B & 2r1111)
		r |= ~x & ~y;
	return r;
}

Set.X(s1: self Set, o: int, s2: Set): Set
{
	n := len s1.a;
	if(len s2.a > n)
		n = len s2.a;
	a := array[n] of int;
	for(i := 0; i < n; i++)
		a[i] = op(o, word(s1, i), word(s2, i));
	return Set(op(o, s1.m, s2.m), a);
}

Set.invert(s: self Set): Set
{
	a := array[len s.a] of int;
	for(i := 0; i < len a; i++)
		a[i] = ~s.a[i];
	return Set(~s.m, a);
}

Set.add(s: self Set, n: int): Set
{
	r := grown(s, n/Bits + 1);
	r.a[n/Bits] |= 1 << (n % Bits);
	return r;
}

Set.addlist(s: self Set, ns: list of int): Set
{
	max := -1;
	for(l := ns; l != nil; l = tl l)
		if(hd l > max)
			max = hd l;
	if(max < 0)
		return s;
	r := grown(s, max/Bits + 1);
	for(; ns != nil; ns = tl ns)
		r.a[hd ns/Bits] |= 1 << (hd ns % Bits);
	return r;
}

Set.del(s: self Set, n: int): Set
{
	r := grown(s, n/Bits + 1);
	r.a[n/Bits] &= ~(1 << (n % Bits));
	return r;
}

Set.eq(s1: self Set, s2: Set): int
{
	if(s1.m != s2.m)
		return 0;
	for(i := 0; i < len s1.a || i < len s2.a; i++)
		if(word(s1, i) != word(s2, i))
			return 0;
	return 1;
}

Set.holds(s: self Set, n: int): int
{
	if(n < 0)
		return 0;
	return word(s, n/Bits) >> (n % Bits) & 1;
}

Set.isempty(s: self Set): int
{
	if(s.m)
		return 0;
	for(i := 0; i < len s.a; i++)
		if(s.a[i] != 0)
			return 0;
	return 1;
}

Set.msb(s: self Set): int
{
	return s.m != 0;
}

# one more than the highest number that differs from those to come
Set.limit(s: self Set): int
{
	for(i := len s.a - 1; i >= 0; i--)
		if((w := s.a[i] ^ s.m) != 0)
			for(b := Bits - 1; ; b--)
				if(w >> b & 1)
					return i*Bits + b + 1;
	return 0;
}

# hexadecimal digits of the explicit part, highest first, and the rest
Set.str(s: self Set): string
{
	t := "";
	for(d := (s.limit() + 3)/4 - 1; d >= 0; d--){
		v := word(s, d/8) >> (4*(d%8)) & 15;
		t[len t] = "0123456789abcdef"[v];
	}
	t[len t] = ':';
	t[len t] = '0' + (s.m & 1);
	return t;
}

str2set(str: string): Set
{
	n := len str;
	m := 0;
	for(i := 0; i < n && str[i] != ':'; i++)
		;
	if(i + 1 < n && str[i+1] == '1')
		m = ~0;
	s := Set(m, array[(i + 7)/8] of {* => m});
	for(d := 0; d < i; d++){
		c := str[i-1-d];
		v := 0;
		if(c >= '0' && c <= '9')
			v = c - '0';
		else if(c >= 'a' && c <= 'f')
			v = c - 'a' + 10;
		else if(c >= 'A' && c <= 'F')
			v = c - 'A' + 10;
		shift := 4*(d % 8);
		s.a[d/8] = s.a[d/8] & ~(15 << shift) | v << shift;
	}
	return s;
}

Set.bytes(s: self Set, n: int): array of byte
{
	need := s.limit()/8 + 1;	# the last bit says what is to come
	if(s.limit() == 0 && !s.m)
		need = 0;
	if(n < need)
		n = need;
	a := array[n] of byte;
	for(i := 0; i < n; i++)
		a[i] = byte (word(s, i/4) >> (8*(i % 4)));
	return a;
}

bytes2set(d: array of byte): Set
{
	n := len d;
	if(n == 0)
		return set();
	m := 0;
	if(int d[n-1] & 16r80)
		m = ~0;
	s := Set(m, array[(n + 3)/4] of {* => m});
	for(i := 0; i < n; i++){
		shift := 8*(i % 4);
		s.a[i/4] = s.a[i/4] & ~(16rff << shift) | int d[i] << shift;
	}
	return s;
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
	if(s.m){
		if(len t > 1)
			t[len t] = ' ';
		t += string n + "...";
	}
	return t + "}";
}
