# addresses, and calls to ourselves
implement T;

include "sys.m";
	sys: Sys;
include "draw.m";
include "dial.m";
	dial: Dial;

T: module
{
	init: fn(ctxt: ref Draw->Context, argv: list of string);
};

answer(c: ref Dial->Connection)
{
	n := dial->listen(c);
	if(n == nil){
		sys->print("listen: %r\n");
		return;
	}
	fd := dial->accept(n);
	if(fd == nil)
		sys->print("accept: %r\n");
	else
		sys->fprint(fd, "hello");
}

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	dial = load Dial Dial->PATH;
	if(dial == nil){
		sys->print("cannot load Dial: %r\n");
		return;
	}

	for(l := list of {("h", "tcp", "styx"), ("h!s", "tcp", "styx"), ("h", "", "x"), ("n!h!s", "tcp", "x"), ("h", "tcp", "")}; l != nil; l = tl l){
		(a, n, s) := hd l;
		sys->print("%s\n", dial->netmkaddr(a, n, s));
	}
	if(dial->announce("host") == nil)
		sys->print("%r\n");
	if(dial->dial("/nonet/tcp!h!9", nil) == nil)
		sys->print("%r\n");
	c := dial->announce("tcp!127.0.0.1!0");
	if(c == nil)
		c = dial->announce("tcp!*!0");
	if(c == nil){
		sys->print("announce: %r\n");
		return;
	}
	info := dial->netinfo(c);
	spawn answer(c);
	d := dial->dial("/net/tcp!127.0.0.1!" + info.lserv, nil);
	if(d == nil){
		sys->print("dial: %r\n");
		return;
	}
	buf := array[100] of byte;
	n := sys->read(d.dfd, buf, len buf);
	if(n > 0)
		sys->print("%s\n", string buf[0:n]);
	i2 := dial->netinfo(d);
	sys->print("%s %d %d\n", i2.root, i2.rserv == info.lserv, i2.raddr == "tcp!127.0.0.1!" + info.lserv);
}
