implement Calls;

# Functions that return at once or call themselves, and exceptions in them and while their arguments are made.

include "sys.m";
	sys: Sys;
	print: import sys;
include "draw.m";

Calls: module
{
	init: fn(nil: ref Draw->Context, nil: list of string);
};

g := 0;
none: array of int;

up(n, a: int): int
{
	if(n == 0)
		return a;
	return up(n - 1, a + n);
}

nothing(n: int)
{
	if(n <= 0)
		return;
	g += n;
	nothing(n - 1);
}

ack(m, n: int): int
{
	if(m == 0)
		return n + 1;
	if(n == 0)
		return ack(m - 1, 1);
	return ack(m - 1, ack(m, n - 1));
}

tak(x, y, z: int): int
{
	if(y >= x)
		return z;
	return tak(tak(x - 1, y, z), tak(y - 1, z, x), tak(z - 1, x, y));
}

harmonic(a, b: int): int
{
	if(b > 100)
		return a;
	return a / b + harmonic(a, b + 1);
}

below(a: array of int, i: int): int
{
	if(i < 0)
		return a[i];
	return below(a, i - 1);
}

length(s: string, n: int): int
{
	if(n == 0)
		return len s;
	return length(s + "x", n - 1);
}

# what is raised in place of the k'th of the calls in here
arguments(k: int): int
{
	l: list of int;
	{
		if(k == 0)
			return up(3, 1 / k);
		if(k == 1)
			return length("abc", none[k]);
		if(k == 2)
			return up(hd l, 1);
		if(k == 3)
			return up(length("abc", 4), up(1, none[1 % (k - 3)]));
		return up(k, length("", 2));
	}exception e{
	"zero*" =>
		return 1000 + len e;
	"*" =>
		return 2000 + len e;
	}
}

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	for(k := 0; k < 300; k++){
		x := up(k, 1);
		nothing(k);
		up(0, k);
		g ^= x + harmonic(k, 1) + up(0, 5) * up(-0, 7) + length("a", k % 3);
	}
	print("%d %d %d\n", g, ack(2, 200), tak(14, 8, 3));
	for(k = 0; k < 200; k++){
		{
			g += harmonic(k, -3);
		}exception e{
		"zero*" =>
			g += len e;
		}
		{
			g += below(array[4] of int, 3);
		}exception e{
		"array*" =>
			g += len e;
		}
		g = g * 3 + arguments(k % 6);
	}
	print("%d\n", g);
	print("%d\n", up(3000, 0));
	{
		up(1 << 30, 0);
	}exception e{
	"*" =>
		print("%s\n", e);
	}
}
