# expressions of all types, into all kinds of places
implement Expressions;

include "sys.m";
	sys: Sys;
	print: import sys;
include "draw.m";
include "math.m";

Expressions: module
{
	count: int;
	name: string;
	ratio: real;
	flag: byte;
	init: fn(ctxt: ref Draw->Context, argv: list of string);
};

Point: adt {
	x, y: int;
	add: fn(p: self Point, q: Point): Point;
};
Node: adt {
	v: int;
	b: byte;
	r: real;
	p: Point;
	s: string;
	next: cyclic ref Node;
	new: fn(v: int, s: string): ref Node;
	length: fn(n: self ref Node): int;
};
Fix: type fixed(0.1);
Bin: type fixed(0.125);

table := array[] of {"zero", "one", 3 => "three"};
matrix := array[] of {array[] of {1, 2}, array[2] of {* => 3}};
bits := array[4] of {byte 1, * => byte 16rff};
origin := Point(0, 5);
head: ref Node;

Point.add(p: self Point, q: Point): Point
{
	return (p.x + q.x, p.y + q.y);
}

Node.new(v: int, s: string): ref Node
{
	return ref Node(v, byte v, real v, (v, v), s, nil);
}

Node.length(n: self ref Node): int
{
	if(n == nil)
		return 0;
	return 1 + n.next.length();
}

swap(a, b: int, t: (int, string)): (string, int)
{
	(a, b) = (b, a);
	((a, nil), b) = (t, a);
	u := (b, t.t1);
	u = (u.t0 + 1, u.t1[1:]);
	head.p = (head.p.y, head.p.x);
	origin = Point(origin.y, origin.x);
	return (u.t1, a + u.t0);
}

words(n: int): string
{
	s := "a" + string n + "," + string big n + string real n;
	s[len s] = 'x';
	s[0] += 2;
	s[1]++;
	c := s[0]++;
	head.s = head.s + s[1:len s - 1] + table[n];
	head.next.s[c] = s[--n];
	return s[n:];
}

numbers(i: int, b: byte, g: big, r: real): int
{
	x := i * 70000 + 2000000000 - (i << 3);
	x **= 2;
	y := -x ^ ~i;
	g = g * big x + (big i << 5);
	g %= big 7;
	r = r / 2.0 - -r;
	r *= r ** i;
	b = b + byte x & byte 15;
	b <<= 1;
	count = x = y++;
	ratio += r;
	flag |= b;
	matrix[1][i] = matrix[0][1] - matrix[i][i];
	bits[i] ^= byte y;
	z := x < y || g > big 3 && !(r <= 2.5);
	head.next.next.v = z;
	return (x == y) + int g + int r + int b + z;
}

fixes(x: int): real
{
	f := Fix(2.5);
	g := Bin x;
	f = f * f + Fix g;
	g = Bin(f) / g;
	f /= Fix 3;
	return real f + real g + real (Bin(f) * g);
}

lists(l: list of int, a: array of Point): list of string
{
	l = 1 :: 2 :: l;
	m := Point(1, 2) :: Point(hd l, len l) :: nil;
	a[1] = hd m;
	a[1:] = a[0:1];
	a[0] = a[1].add((hd tl m).add(origin));
	r := list of {"x", string len a, name};
	r = words(1) :: words(2) :: r;
	return (hd r)[0:1] :: tl r;
}

apply(f: ref fn(a: int, b: string): ref Node, n: int): ref Node
{
	p := f(n, "f");
	p.next = f(n + 1, p.s + "g");
	return p;
}

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	math := load Math Math->PATH;
	head = apply(Node.new, 3);
	g := Node.new;
	head.next.next = g(head.length(), "end");
	(s, n) := swap(1, 2, (3, "xyz"));
	print("%s %d %g %bd\n", s, n, math->sqrt(real numbers(n, byte n, big n, real n)), big n);
	for(l := lists(1 :: nil, array[3] of Point); l != nil; l = tl l)
		print("%s %g\n", hd l, fixes(n));
}
