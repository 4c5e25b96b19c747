implement Cat;

#
# Copies files to standard output; see cat(1).
#

include "sys.m";
	sys: Sys;

include "draw.m";

Cat: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

init(nil: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	if(argv != nil)
		argv = tl argv;
	if(argv == nil)
		argv = "-" :: nil;
	out := sys->fildes(1);
	for(; argv != nil; argv = tl argv)
		if(hd argv == "-")
			copy(sys->fildes(0), "<stdin>", out);
		else{
			fd := sys->open(hd argv, Sys->OREAD);
			if(fd == nil)
				fail(sys->sprint("cannot open %s: %r", hd argv), "bad open");
			copy(fd, hd argv, out);
		}
}

copy(fd: ref Sys->FD, name: string, out: ref Sys->FD)
{
	buf := array[Sys->ATOMICIO] of byte;
	while((n := sys->read(fd, buf, len buf)) > 0)
		if(sys->write(out, buf, n) != n)
			fail(sys->sprint("write error: %r"), "write error");
	if(n < 0)
		fail(sys->sprint("error reading %s: %r", name), "read error");
}

fail(msg, status: string)
{
	sys->fprint(sys->fildes(2), "cat: %s\n", msg);
	raise "fail:" + status;
}
