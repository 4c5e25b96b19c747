implement Cross;

# Calls between modules that hold references to one another: recursion, exceptions, unloading, and two instances with data of their own.

include "sys.m";
	sys: Sys;
include "draw.m";

Cross: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
	step:	fn(c: Cross, n: int): int;
	setup:	fn(c: Cross, name: string);
};

peer: Cross;
me: string;
count: int;

setup(c: Cross, name: string)
{
	sys = load Sys Sys->PATH;
	peer = c;
	me = name;
}

step(c: Cross, n: int): int
{
	count++;
	if(n <= 0)
		return count;
	if(n % 1000 == 999 && c == nil)
		raise "fail:" + me;
	return peer->step(c, n - 1) + 1;
}

init(nil: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	path := "#U*" + hd argv;	# a path of the host
	me = "main";
	for(round := 0; round < 3; round++){
		a := load Cross path;
		b := load Cross path;
		if(a == nil || b == nil){
			sys->print("cannot load %s: %r\n", path);
			return;
		}
		a->setup(b, "a");
		b->setup(a, "b");
		peer = a;
		for(i := 0; i < 200; i++)
			a->step(a, 50);
		sys->print("%d %d\n", a->step(a, 0), peer->step(a, 20));
		{
			sys->print("%d\n", peer->step(nil, 2500));
		}exception e{
		"fail:*" =>
			sys->print("%s\n", e);
		}
		a->setup(nil, nil);
		b->setup(nil, nil);
		{
			b->step(b, 2);
		}exception e{
		"*" =>
			sys->print("%s\n", e);
		}
		peer = nil;
	}
}
