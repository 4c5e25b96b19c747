implement Share;

#
# Offers a directory of the host to the network: see share(1).
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "arg.m";
	arg: Arg;

include "dial.m";
	dial: Dial;

include "env.m";
	env: Env;

include "names.m";
	names: Names;

Share: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

stderr: ref Sys->FD;

init(nil: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	stderr = sys->fildes(2);
	arg = load Arg Arg->PATH;
	if(arg == nil)
		nomod(Arg->PATH);
	dial = load Dial Dial->PATH;
	if(dial == nil)
		nomod(Dial->PATH);
	env = load Env Env->PATH;
	if(env == nil)
		nomod(Env->PATH);
	names = load Names Names->PATH;
	if(names == nil)
		nomod(Names->PATH);

	arg->init(argv);
	arg->setusage("share [-qrv] [-a address] [dir]");
	flags := Sys->EXPWAIT;
	addr := "tcp!*!styx";
	quiet, verbose: int = 0;
	while((o := arg->opt()) != 0)
		case o {
		'a' =>	addr = arg->earg();
		'q' =>	quiet = 1;
		'r' =>	flags |= Sys->EXPRDONLY;
		'v' =>	verbose = 1;
		* =>	arg->usage();
		}
	argv = arg->argv();
	if(len argv > 1)
		arg->usage();
	dir := ".";
	if(argv != nil)
		dir = hd argv;
	if(dir[0:1] != "/")
		dir = names->cleanname(env->getenv("emuwdir") + "/" + dir);
	root := "#U*" + dir;
	(ok, d) := sys->stat(root);
	if(ok < 0)
		fail(sys->sprint("%s: %r", dir));
	if((d.mode & Sys->DMDIR) == 0)
		fail(dir + ": not a directory");

	c := dial->announce(addr);
	if(c == nil)
		fail(sys->sprint("can't announce %s: %r", addr));
	if(!quiet)
		sys->fprint(stderr, "share: %s at %s%s\n", dir, addr, access(flags));
	sys->pctl(Sys->FORKFD, nil);
	for(wait := 10;;){
		call := dial->listen(c);
		if(call == nil){
			sys->fprint(stderr, "share: %s: %r\n", addr);
			sys->sleep(wait);
			if(wait < 10000)
				wait *= 2;
			continue;
		}
		wait = 10;
		spawn serve(call, root, flags, verbose);
	}
}

access(flags: int): string
{
	if(flags & Sys->EXPRDONLY)
		return ", read only";
	return ", anybody may read and write";
}

serve(call: ref Dial->Connection, root: string, flags, verbose: int)
{
	sys->pctl(Sys->NEWFD, 2 :: call.cfd.fd :: nil);
	call.cfd = ref Sys->FD(call.cfd.fd);
	fd := dial->accept(call);
	if(fd == nil)
		return;
	sys->fprint(call.cfd, "keepalive");
	who := "";
	if(verbose){
		who = remote(call.dir);
		sys->fprint(sys->fildes(2), "share: %s has come\n", who);
	}
	sys->pctl(Sys->NEWFD, 2 :: fd.fd :: nil);
	fd = ref Sys->FD(fd.fd);
	call = nil;
	if(sys->export(fd, root, flags) < 0)
		sys->fprint(sys->fildes(2), "share: can't export: %r\n");
	else if(verbose)
		sys->fprint(sys->fildes(2), "share: %s has gone\n", who);
}

remote(dir: string): string
{
	fd := sys->open(dir + "/remote", Sys->OREAD);
	buf := array[256] of byte;
	if(fd == nil || (n := sys->read(fd, buf, len buf)) <= 0)
		return "somebody";
	(nil, w) := sys->tokenize(string buf[0:n], "\n");
	return hd w;
}

fail(why: string)
{
	sys->fprint(stderr, "share: %s\n", why);
	raise "fail:" + why;
}

nomod(path: string)
{
	fail(sys->sprint("cannot load %s: %r", path));
}
