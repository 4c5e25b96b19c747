implement Srvfs9;

#
# Posts a tree, or a server, in Plan 9's /srv; see 9srvfs(4).
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "arg.m";
	arg: Arg;

include "string.m";
	str: String;

include "sh.m";
	sh: Sh;
	Context: import sh;

Srvfs9: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

Srv:	con "#₪";		# the device for it, where the host is Plan 9

init(ctxt: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	arg = load Arg Arg->PATH;
	if(arg == nil)
		nomod(Arg->PATH);
	str = load String String->PATH;
	if(str == nil)
		nomod(String->PATH);
	arg->init(argv);
	arg->setusage("9srvfs [-p perm] name path|{command}");
	perm := 8r600;
	while((o := arg->opt()) != 0)
		case o {
		'p' =>
			rest: string;
			s := arg->earg();
			(perm, rest) = str->toint(s, 8);
			if(s == nil || rest != nil || perm < 0 || perm > 8r777)
				arg->usage();
		* =>
			arg->usage();
		}
	argv = arg->argv();
	if(len argv != 2 || hd argv == nil || hd tl argv == nil)
		arg->usage();
	file := hd argv;
	if(str->splitl(file, "/").t1 == nil)
		file = Srv + "/" + file;
	what := hd tl argv;

	cmd: ref Sh->Cmd;
	if(what[0] == '{'){
		sh = load Sh Sh->PATH;
		if(sh == nil)
			nomod(Sh->PATH);
		sh->initialise();
		err: string;
		(cmd, err) = sh->parse(what);
		if(err != nil)
			fail(err, "parse error");
	}else{
		(ok, d) := sys->stat(what);
		if(ok < 0)
			fail(sys->sprint("cannot open %s: %r", what), "open");
		if((d.mode & Sys->DMDIR) == 0)
			fail(what + " is not a directory", "open");
	}
	fd := sys->create(file, Sys->ORDWR, perm);
	if(fd == nil)
		fail(sys->sprint("cannot create %s: %r", file), "create");
	if(cmd == nil){
		if(sys->export(fd, what, Sys->EXPASYNC) < 0)
			fail(sys->sprint("cannot export %s: %r", what), "export");
	}else{
		started := chan of int;
		spawn serve(ctxt, cmd, fd, started);
		<-started;
	}
}

# a server in a process group and name space of its own
serve(ctxt: ref Draw->Context, cmd: ref Sh->Cmd, fd: ref Sys->FD, started: chan of int)
{
	sys->pctl(Sys->NEWPGRP | Sys->FORKNS | Sys->NEWFD, fd.fd :: 1 :: 2 :: nil);
	sys->dup(fd.fd, 0);
	sys->pctl(Sys->NEWFD, 0 :: 1 :: 2 :: nil);
	fd = nil;
	started <-= 1;
	Context.new(ctxt).run(ref Sh->Listnode(cmd, nil) :: nil, 1);
}

fail(msg, status: string)
{
	sys->fprint(sys->fildes(2), "9srvfs: %s\n", msg);
	raise "fail:" + status;
}

nomod(path: string)
{
	fail(sys->sprint("cannot load %s: %r", path), "bad module");
}
