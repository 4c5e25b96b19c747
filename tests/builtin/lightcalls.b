implement T;

# Calls of functions without handlers: their results when what they let go of is closed as they return, when they are deeper than the stack for
# them, and when memory is short; who called them when something fails.

include "sys.m";
	sys: Sys;
	FD: import sys;
include "draw.m";

T: module
{
	init: fn(nil: ref Draw->Context, argv: list of string);
};

Hold: adt {
	fd:	ref FD;
	text:	string;
	next:	ref Hold;
};

# The last reference is that of the variable.
number(h: ref Hold): int
{
	fd := h.fd;
	h.fd = nil;
	return 7;
}

long(h: ref Hold): big
{
	fd := h.fd;
	h.fd = nil;
	return big 7 << 40;
}

fraction(h: ref Hold): real
{
	fd := h.fd;
	h.fd = nil;
	return 7.25;
}

word(h: ref Hold): string
{
	fd := h.fd;
	h.fd = nil;
	s := h.text;
	return s;
}

both(h: ref Hold): (int, string)
{
	fd := h.fd;
	h.fd = nil;
	return (7, h.text);
}

outer(h: ref Hold, kind: int): string
{
	case kind {
	0 =>
		return string number(h);
	1 =>
		return string long(h);
	2 =>
		return string fraction(h);
	3 =>
		return word(h);
	}
	(n, s) := both(h);
	return s + string n;
}

depth(n: int, l: list of string): int
{
	if(n == 0)
		return len l;
	return depth(n-1, l) + 1;
}

chain(n: int, h: ref Hold): ref Hold
{
	if(n == 0)
		return h;
	return chain(n-1, ref Hold(nil, h.text, h));
}

count(h: ref Hold): int
{
	n := 0;
	for(; h != nil; h = h.next)
		n++;
	return n;
}

fails(n: int, h: ref Hold): int
{
	if(n == 0)
		return len h.next.text;
	return fails(n-1, h) + 1;
}

even(n: int): int
{
	if(n == 0)
		return 1;
	return odd(n-1);
}

odd(n: int): int
{
	if(n == 0)
		return 0;
	return even(n-1);
}

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	h := ref Hold(nil, "text", nil);
	for(i := 0; i < 20; i++){
		for(kind := 0; kind < 5; kind++){
			h.fd = sys->open("/dev/null", Sys->OREAD);
			s := outer(h, kind);
			if(i == 19)
				sys->print("%s\n", s);
		}
	}
	sys->print("%s\n", h.text);
	sys->print("%d\n", depth(20000, "x" :: "y" :: nil));
	sys->print("%d\n", count(chain(20000, h)));
	sys->print("%d %d\n", even(30001), odd(30001));
	for(i = 0; i < 20; i++){
		{
			fails(i, h);
		}exception e{
		"dereference*" =>
			if(i == 19)
				sys->print("%s\n", e);
		}
	}
	fails(10000, h);
}
