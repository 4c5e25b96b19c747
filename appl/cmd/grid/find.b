implement Gridfind;

#
# Mounts a service of the registry, or runs a command on it; see grid(1).
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "arg.m";
	arg: Arg;

include "registries.m";
	registries: Registries;
	Registry, Service: import registries;

include "sh.m";
	sh: Sh;
	Context, Listnode: import sh;

Gridfind: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

progname: con "grid/find";

include "ask.inc";

init(ctxt: ref Draw->Context, argv: list of string)
{
	loadall();
	arg->init(argv);
	arg->setusage("grid/find [-c] [-m registry] [-a attr val]... mountpoint|{command} [arg...]");
	flags := Sys->MREPL;
	while((o := arg->opt()) != 0)
		case o {
		'c' =>
			flags |= Sys->MCREATE;
		* =>
			if(!option(o))
				arg->usage();
		}
	argv = arg->argv();
	if(argv == nil || hd argv == nil)
		arg->usage();
	cmd: list of ref Listnode;
	if((hd argv)[0] == '{')
		cmd = parse(argv);
	else if(tl argv != nil)
		arg->usage();
	l := services();
	if(l == nil)
		fail("no such service", "not found");
	for(; l != nil; l = tl l){
		s := hd l;
		a := s.attach(nil, nil);
		if(a == nil){
			warn(sys->sprint("cannot attach to %s: %r", s.addr));
			continue;
		}
		if(cmd != nil){
			run(ctxt, cmd, s.addr, a.fd);
			return;
		}
		if(sys->mount(a.fd, nil, hd argv, flags, nil) >= 0)
			return;
		warn(sys->sprint("cannot mount %s on %s: %r", s.addr, hd argv));
	}
	fail("no service answers", "not found");
}

parse(argv: list of string): list of ref Listnode
{
	sh = load Sh Sh->PATH;
	if(sh == nil)
		nomod(Sh->PATH);
	sh->initialise();
	(c, err) := sh->parse(hd argv);
	if(err != nil)
		fail(err, "parse error");
	return ref Listnode(c, nil) :: sh->stringlist2list(tl argv);
}

run(ctxt: ref Draw->Context, cmd: list of ref Listnode, addr: string, fd: ref Sys->FD)
{
	sys->pctl(Sys->FORKFD, nil);
	sys->dup(fd.fd, 0);
	sys->dup(fd.fd, 1);
	fd = nil;
	sys->pctl(Sys->NEWFD, 0 :: 1 :: 2 :: nil);
	context := Context.new(ctxt);
	context.set("addr", ref Listnode(nil, addr) :: nil);
	status := context.run(cmd, 1);
	if(status != nil)
		raise "fail:" + status;
}
