# a tree exported through a pipe and mounted again
implement T;

include "sys.m";
	sys: Sys;
include "draw.m";

T: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	sys->pctl(Sys->NEWENV|Sys->FORKNS, nil);
	fd := sys->create("#e/file", Sys->OWRITE, 8r666);
	sys->fprint(fd, "contents");
	p := array[2] of ref Sys->FD;
	sys->pipe(p);
	sys->print("export %d\n", sys->export(p[0], "#e", Sys->EXPASYNC));
	(n, v) := sys->fversion(p[1], 8216, "9P2000");
	sys->print("fversion %d %s\n", n, v);
	(n, v) = sys->fversion(p[1], 8216, "");
	sys->print("fversion %d %s\n", n, v);
	fd = sys->fauth(p[1], nil);
	sys->print("fauth %d\n", fd == nil);
	sys->print("mount %d\n", sys->mount(p[1], nil, "/n", Sys->MREPL|Sys->MCREATE, nil) >= 0);
	b := array[100] of byte;
	n = sys->read(p[1], b, 100);
	sys->print("read from the connection %d %r\n", n);
	fd = sys->open("/n/file", Sys->ORDWR);
	if(fd == nil){
		sys->print("open: %r\n");
		return;
	}
	n = sys->read(fd, b, 100);
	sys->print("%s, %d\n", string b[0:n], sys->iounit(fd));
	(ok, d) := sys->fstat(fd);
	sys->print("%d %s %c %bd\n", ok, d.name, d.dtype, d.length);
	big20 := array[20000] of {* => byte 'x'};
	fd = sys->create("/n/new", Sys->ORDWR, 8r666);
	sys->print("%d\n", sys->write(fd, big20, len big20));
	sys->print("%d\n", sys->readn(sys->open("/n/new", Sys->OREAD), array[30000] of byte, 30000));
	sys->print("%d\n", sys->remove("/n/file"));
	sys->print("%d\n", sys->open("#e/file", Sys->OREAD) == nil);
	if(sys->open("/n/file", Sys->OREAD) == nil)
		sys->print("%r\n");
	sys->print("%d\n", sys->unmount(nil, "/n"));
}
