# type parameters, bounds, function references, own module value
implement Poly;

include "sys.m";
	sys: Sys;
include "draw.m";

Poly: module
{
	init: fn(ctxt: ref Draw->Context, argv: list of string);
};

Word: adt {
	s: string;
	gt: fn(a, b: ref Word): int;
	text: fn(a: self ref Word): string;
};

Tab: adt[T] {
	items: array of list of (int, T);
	n: int;
	new: fn(n: int): ref Tab[T];
	add: fn(t: self ref Tab, k: int, v: T);
	find: fn(t: self ref Tab, k: int): T;
};

Word.gt(a, b: ref Word): int
{
	return a.s > b.s;
}

Word.text(a: self ref Word): string
{
	return a.s;
}

Tab[T].new(n: int): ref Tab[T]
{
	return ref Tab[T](array[n] of list of (int, T), 0);
}

Tab[T].add(t: self ref Tab[T], k: int, v: T)
{
	t.items[k % len t.items] = (k, v) :: t.items[k % len t.items];
	t.n++;
}

Tab[T].find(t: self ref Tab[T], k: int): T
{
	for(l := t.items[k % len t.items]; l != nil; l = tl l)
		if((hd l).t0 == k)
			return (hd l).t1;
	return nil;
}

max[T](a: array of T): T
	for { T => gt: fn(a, b: T): int; }
{
	m := a[0];
	for(i := 1; i < len a; i++)
		if(T.gt(a[i], m))
			m = a[i];
	return m;
}

both[T, U](a: array of T, b: array of U): (T, U)
	for {
	T => gt: fn(a, b: T): int;
	U => gt: fn(a, b: U): int;
	}
{
	return (max(a), max(b));
}

gt(a, b: string): int
{
	return a > b;
}

compose(f, g: ref fn(x: int): int, x: int): int
{
	return f(g(x));
}

inc(x: int): int
{
	return x + 1;
}

double(x: int): int
{
	return 2 * x;
}

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	t := Tab[string].new(10);
	t.add(3, "three");
	t.add(13, "thirteen");
	(w, s) := both(array[] of {ref Word("b"), ref Word("a")}, array[] of {"x", "z"});
	p := sys->print;
	sys->print("%s %s %s %d\n", t.find(3), w.text(), s, compose(inc, double, 5));
	if(p == nil)
		exit;
}
