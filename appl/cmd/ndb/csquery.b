implement Csquery;

#
# Asks the connection server; see cs(8).
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "arg.m";
	arg: Arg;

Csquery: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

init(nil: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	arg = load Arg Arg->PATH;
	if(arg == nil)
		nomod(Arg->PATH);
	arg->init(argv);
	arg->setusage("csquery [-x /net] [-s server] [address ...]");
	net := "/net";
	server: string;
	while((o := arg->opt()) != 0)
		case o {
		'x' =>	net = arg->earg();
		's' =>	server = arg->earg();
		* =>	arg->usage();
		}
	argv = arg->argv();
	if(server == nil)
		server = net + "/cs";
	fd := sys->open(server, Sys->ORDWR);
	if(fd == nil){
		sys->fprint(sys->fildes(2), "csquery: can't open %s: %r\n", server);
		raise "fail:open";
	}
	if(argv != nil){
		for(; argv != nil; argv = tl argv)
			ask(fd, hd argv);
		return;
	}
	buf := array[Sys->ATOMICIO] of byte;
	in := sys->fildes(0);
	sys->print("> ");
	while((n := sys->read(in, buf, len buf)) > 0){
		(nil, l) := sys->tokenize(string buf[0:n], "\n");
		for(; l != nil; l = tl l)
			ask(fd, hd l);
		sys->print("> ");
	}
}

ask(fd: ref Sys->FD, addr: string)
{
	if(sys->fprint(fd, "%s", addr) < 0){
		sys->print("%s: %r\n", addr);
		return;
	}
	sys->seek(fd, big 0, Sys->SEEKSTART);
	buf := array[Sys->ATOMICIO] of byte;
	while((n := sys->read(fd, buf, len buf)) > 0)
		sys->print("%s\n", string buf[0:n]);
	if(n < 0)
		sys->print("%s: %r\n", addr);
}

nomod(path: string)
{
	sys->fprint(sys->fildes(2), "csquery: cannot load %s: %r\n", path);
	raise "fail:bad module";
}
