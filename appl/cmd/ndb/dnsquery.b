implement Dnsquery;

#
# Asks the domain name server; see dns(8).
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "arg.m";
	arg: Arg;

Dnsquery: module
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
	arg->setusage("dnsquery [-x /net] [-s server] [address ...]");
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
		server = net + "/dns";
	fd := sys->open(server, Sys->ORDWR);
	if(fd == nil){
		sys->fprint(sys->fildes(2), "dnsquery: can't open %s: %r\n", server);
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

ask(fd: ref Sys->FD, query: string)
{
	(n, f) := sys->tokenize(query, " \t");
	if(n == 0)
		return;
	name := hd f;
	rtype := "ip";
	if(n > 1)
		rtype = hd tl f;
	else if(isaddress(name))
		rtype = "ptr";
	if(rtype == "ptr" && isaddress(name))
		name = reverse(name);
	if(sys->fprint(fd, "%s %s", name, rtype) < 0){
		sys->print("!%r\n");
		return;
	}
	sys->seek(fd, big 0, Sys->SEEKSTART);
	buf := array[Sys->ATOMICIO] of byte;
	while((n = sys->read(fd, buf, len buf)) > 0)
		sys->print("%s\n", string buf[0:n]);
	if(n < 0)
		sys->print("!%r\n");
}

isaddress(s: string): int
{
	dots := 0;
	for(i := 0; i < len s; i++)
		if(s[i] == '.')
			dots++;
		else if(s[i] < '0' || s[i] > '9')
			return 0;
	return dots == 3;
}

reverse(addr: string): string
{
	(nil, l) := sys->tokenize(addr, ".");
	s := "in-addr.arpa";
	for(; l != nil; l = tl l)
		s = hd l + "." + s;
	return s;
}

nomod(path: string)
{
	sys->fprint(sys->fildes(2), "dnsquery: cannot load %s: %r\n", path);
	raise "fail:bad module";
}
