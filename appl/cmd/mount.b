implement Mount;

#
# Attaches a file server to the name space; see bind(1).
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "arg.m";
	arg: Arg;

include "dial.m";
	dial: Dial;

include "sh.m";
	sh: Sh;
	Context: import sh;

include "keyring.m";

include "security.m";

include "factotum.m";

include "styxconv.m";

Mount: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

include "netauth.inc";

quiet: int;

init(ctxt: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	arg = load Arg Arg->PATH;
	if(arg == nil)
		nomod(Arg->PATH);
	dial = load Dial Dial->PATH;
	if(dial == nil)
		nomod(Dial->PATH);
	arg->init(argv);
	arg->setusage("mount [-a|-b] [-coA9] [-C cryptoalg] [-k keyfile] [-q] net!addr|file|{command} mountpoint [spec]");
	flags, noauth, old, plan9: int = 0;
	alg := "none";
	keyname: string;
	while((o := arg->opt()) != 0)
		case o {
		'a' =>	flags |= Sys->MAFTER;
		'b' =>	flags |= Sys->MBEFORE;
		'c' =>	flags |= Sys->MCREATE;
		'A' =>	noauth = 1;
		'C' =>	alg = arg->earg();
		'k' =>	keyname = arg->earg();
		'o' =>	old = 1;
		'q' =>	quiet = 1;
		'r' =>	flags |= Sys->MCACHE;
		'9' =>	plan9 = 1;
		* =>	arg->usage();
		}
	argv = arg->argv();
	if(len argv != 2 && len argv != 3 || (flags & Sys->MAFTER && flags & Sys->MBEFORE))
		arg->usage();
	source := hd argv;
	target := hd tl argv;
	spec: string;
	if(tl tl argv != nil)
		spec = hd tl tl argv;

	fd: ref Sys->FD;
	if(source != nil && source[0] == '{'){
		fd = command(ctxt, source);
		noauth = 1;
	}else{
		svc := "styx";
		if(plan9)
			svc = "9fs";
		fd = connect(source, svc);
		if(!noauth && !plan9)
			fd = authenticate(fd, alg, keyname, dial->netmkaddr(source, "net", svc));
	}
	if(old)
		fd = convert(fd);
	ok: int;
	if(plan9 && !noauth){
		factotum := load Factotum Factotum->PATH;
		if(factotum == nil)
			fail(sys->sprint("authentication is not available, -A does without: cannot load %s: %r", Factotum->PATH), "error");
		factotum->init();
		ok = factotum->mount(fd, target, flags, spec, nil).t0;
	}else
		ok = sys->mount(fd, nil, target, flags, spec);
	if(ok < 0)
		fail(sys->sprint("mount failed: %r"), "mount failed");
}

fail(msg, status: string)
{
	if(quiet)
		exit;
	sys->fprint(sys->fildes(2), "mount: %s\n", msg);
	raise "fail:" + status;
}

connect(source, svc: string): ref Sys->FD
{
	hasbang := 0;
	for(i := 0; i < len source; i++)
		if(source[i] == '!')
			hasbang = 1;
	if(!hasbang){
		fd := sys->open(source, Sys->ORDWR);
		if(fd != nil)
			return fd;
		if(source == nil || source[0] == '/' || source[0] == '#' || source[0] == '.')
			fail(sys->sprint("can't open %s: %r", source), "open failed");
	}
	addr := dial->netmkaddr(source, "net", svc);
	c := dial->dial(addr, nil);
	if(c == nil)
		fail(sys->sprint("can't dial %s: %r", addr), "dial failed");
	if(c.cfd != nil)
		sys->fprint(c.cfd, "keepalive");
	return c.dfd;
}

authenticate(fd: ref Sys->FD, alg, keyname, addr: string): ref Sys->FD
{
	(auth, err) := loadauth();
	if(auth == nil)
		fail(err, "error");
	(ai, kerr) := readkey(keyfile(keyname, addr));
	if(ai == nil)
		fail(kerr, "error");
	(nfd, why) := auth->client(alg, ai, fd);
	if(nfd == nil)
		fail("authentication failed: " + why, "error");
	return nfd;
}

# a server that runs for as long as it is mounted, in a process group and name space of its own
command(ctxt: ref Draw->Context, cmd: string): ref Sys->FD
{
	sh = load Sh Sh->PATH;
	if(sh == nil)
		nomod(Sh->PATH);
	sh->initialise();
	(c, err) := sh->parse(cmd);
	if(err != nil)
		fail(err, "parse error");
	p := array[2] of ref Sys->FD;
	if(sys->pipe(p) < 0)
		fail(sys->sprint("can't make pipe: %r"), "error");
	started := chan of int;
	spawn serve(ctxt, c, p[0], started);
	<-started;
	return p[1];
}

serve(ctxt: ref Draw->Context, c: ref Sh->Cmd, fd: ref Sys->FD, started: chan of int)
{
	sys->pctl(Sys->NEWPGRP | Sys->FORKNS | Sys->NEWFD, fd.fd :: 1 :: 2 :: nil);
	sys->dup(fd.fd, 0);
	sys->pctl(Sys->NEWFD, 0 :: 1 :: 2 :: nil);
	fd = nil;
	started <-= 1;
	Context.new(ctxt).run(ref Sh->Listnode(c, nil) :: nil, 1);
}

# the client's end of a relay to a server of the old protocol
convert(server: ref Sys->FD): ref Sys->FD
{
	conv := load Styxconv Styxconv->PATHNEW2OLD;
	if(conv == nil)
		nomod(Styxconv->PATHNEW2OLD);
	conv->init();
	p := array[2] of ref Sys->FD;
	if(sys->pipe(p) < 0)
		fail(sys->sprint("can't make pipe: %r"), "error");
	started := chan of int;
	spawn relay(conv, p[0], server, started);
	<-started;
	return p[1];
}

# for as long as it is mounted; so it must not keep the name space
relay(conv: Styxconv, client, server: ref Sys->FD, started: chan of int)
{
	sys->pctl(Sys->NEWPGRP | Sys->NEWNS | Sys->NEWFD, 2 :: client.fd :: server.fd :: nil);
	client = sys->fildes(client.fd);
	server = sys->fildes(server.fd);
	started <-= 1;
	conv->styxconv(client, server);
	why := sys->sprint("%r");
	if(why != nil && !quiet)
		sys->fprint(sys->fildes(2), "mount: %s\n", why);
}

nomod(path: string)
{
	sys->fprint(sys->fildes(2), "mount: cannot load %s: %r\n", path);
	raise "fail:bad module";
}
