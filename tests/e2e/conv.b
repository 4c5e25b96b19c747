implement Conv;

#
# conv old2new|new2old addr server: connects those who call addr to the server, and says how it ended.
#

include "sys.m";
	sys: Sys;
include "draw.m";
include "dial.m";
	dial: Dial;
include "styxconv.m";
	styxconv: Styxconv;

Conv: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

init(nil: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	dial = load Dial Dial->PATH;
	argv = tl argv;
	styxconv = load Styxconv "/dis/lib/styxconv/" + hd argv + ".dis";
	styxconv->init();
	c := dial->announce(hd tl argv);
	if(c == nil)
		raise sys->sprint("fail:%r");
	sys->print("listening\n");
	spawn listener(c, hd tl tl argv);
}

listener(c: ref Dial->Connection, server: string)
{
	for(;;){
		l := dial->listen(c);
		if(l == nil)
			return;
		spawn converse(dial->accept(l), server);
	}
}

converse(fd: ref Sys->FD, server: string)
{
	s := dial->dial(server, nil);
	fds := s.dfd;
	s = nil;
	styxconv->styxconv(fd, fds);
	sys->print("end: %r.\n");
}
