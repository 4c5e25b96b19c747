implement Conns;

# Takes TCP connections on a port and echoes what comes on each, with a process per connection:
#	conns port
# Says `ready' when it listens.

include "sys.m";
	sys: Sys;
include "draw.m";

Conns: module
{
	init: fn(nil: ref Draw->Context, argv: list of string);
};

init(nil: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	(ok, a) := sys->announce("tcp!127.0.0.1!" + hd tl argv);
	if(ok < 0)
		raise sys->sprint("fail:announce: %r");
	sys->print("ready\n");
	for(;;){
		(lok, c) := sys->listen(a);
		if(lok < 0)
			raise sys->sprint("fail:listen: %r");
		spawn echo(c);
	}
}

echo(c: Sys->Connection)
{
	fd := sys->open(c.dir + "/data", Sys->ORDWR);
	if(fd == nil){
		sys->fprint(sys->fildes(2), "conns: open %s/data: %r\n", c.dir);
		return;
	}
	c.cfd = nil;
	buf := array[512] of byte;
	while((n := sys->read(fd, buf, len buf)) > 0)
		if(sys->write(fd, buf, n) != n){
			sys->fprint(sys->fildes(2), "conns: write: %r\n");
			return;
		}
}
