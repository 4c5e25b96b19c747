implement Styxlisten;

#
# Offers the file server that a command is to the network; see listen(1).
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

Styxlisten: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

include "netauth.inc";

Listnode: import Sh;

TIMEOUT: con 60000;	# milliseconds a caller may take to authenticate

verbose, hostnames: int;
auth: Auth;
ai: ref Keyring->Authinfo;
algs: list of string;

init(ctxt: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	arg = load Arg Arg->PATH;
	if(arg == nil)
		nomod(Arg->PATH);
	dial = load Dial Dial->PATH;
	if(dial == nil)
		nomod(Dial->PATH);
	sh = load Sh Sh->PATH;
	if(sh == nil)
		nomod(Sh->PATH);
	sh->initialise();
	arg->init(argv);
	arg->setusage("styxlisten [-a alg]... [-Atsv] [-k keyfile] address cmd [arg...]");
	noauth, stay, trusted: int = 0;
	keyname: string;
	while((o := arg->opt()) != 0)
		case o {
		'A' =>	noauth = 1;
		'a' =>	algs = arg->earg() :: algs;
		'h' =>	hostnames = 1;
		'k' =>	keyname = arg->earg();
		's' =>	stay = 1;
		't' =>	trusted = 1;
		'v' =>	verbose = 1;
		* =>	arg->usage();
		}
	argv = arg->argv();
	if(len argv < 2)
		arg->usage();
	addr := dial->netmkaddr(hd argv, "tcp", "styx");
	cmd := sh->stringlist2list(tl argv);
	if((s := (hd cmd).word) != nil && s[0] == '{'){
		(c, err) := sh->parse(s);
		if(err != nil)
			fail(err, "parse error");
		cmd = ref Listnode(c, nil) :: tl cmd;
	}
	if(!noauth){
		err: string;
		(auth, err) = loadauth();
		if(auth == nil)
			fail(err, "error");
		(ai, err) = readkey(keyfile(keyname, nil));
		if(ai == nil)
			fail(err, "error");
	}
	c := dial->announce(addr);
	if(c == nil)
		fail(sys->sprint("cannot announce on %s: %r", addr), "error");
	p := array[2] of ref Sys->FD;
	if(sys->pipe(p) < 0)
		fail(sys->sprint("can't make pipe: %r"), "error");

	started := chan of int;
	ended := chan[1] of int;
	spawn server(ctxt, cmd, p[0], started, ended);
	<-started;
	p[0] = nil;
	spawn listener(c, p[1], trusted, started);
	lpid := <-started;
	c = nil;
	p = nil;
	if(stay){
		<-ended;
		kill(lpid);
	}else
		spawn reap(lpid, ended);
}

fail(msg, status: string)
{
	sys->fprint(sys->fildes(2), "styxlisten: %s\n", msg);
	raise "fail:" + status;
}

kill(pid: int)
{
	fd := sys->open("#p/" + string pid + "/ctl", Sys->OWRITE);
	if(fd != nil)
		sys->fprint(fd, "kill");
}

reap(pid: int, ended: chan of int)
{
	sys->pctl(Sys->NEWFD, nil);
	<-ended;
	kill(pid);
}

server(ctxt: ref Draw->Context, cmd: list of ref Listnode, fd: ref Sys->FD, started, ended: chan of int)
{
	sys->pctl(Sys->FORKNS | Sys->NEWFD, fd.fd :: 1 :: 2 :: nil);
	sys->dup(fd.fd, 0);
	sys->pctl(Sys->NEWFD, 0 :: 1 :: 2 :: nil);
	fd = nil;
	started <-= 1;
	{
		Context.new(ctxt).run(cmd, 0);
	}exception{
	"fail:*" =>
		;
	}
	ended <-= 1;
}

listener(c: ref Dial->Connection, srv: ref Sys->FD, trusted: int, started: chan of int)
{
	sys->pctl(Sys->FORKNS | Sys->NEWFD, 2 :: c.cfd.fd :: srv.fd :: nil);
	if(!trusted)
		sys->unmount(nil, "/mnt/keys");
	c.cfd = ref Sys->FD(c.cfd.fd);
	started <-= sys->pctl(0, nil);
	for(wait := 10; wait < 20000;){
		call := dial->listen(c);
		if(call == nil){
			sys->fprint(sys->fildes(2), "styxlisten: listen failed: %r\n");
			sys->sleep(wait);
			wait *= 2;
			continue;
		}
		wait = 10;
		if(verbose)
			sys->fprint(sys->fildes(2), "styxlisten: got connection from %s\n", remote(call.dir));
		ready := chan of int;
		spawn take(call, srv, ready);
		<-ready;
	}
}

remote(dir: string): string
{
	fd := sys->open(dir + "/remote", Sys->OREAD);
	buf := array[256] of byte;
	if(fd == nil || (n := sys->read(fd, buf, len buf)) <= 0)
		return "unknown";
	if(buf[n-1] == byte '\n')
		n--;
	return string buf[0:n];
}

# an attachment of the server for each caller
take(call: ref Dial->Connection, srv: ref Sys->FD, ready: chan of int)
{
	sys->pctl(Sys->FORKNS | Sys->NEWFD, 2 :: call.cfd.fd :: srv.fd :: nil);
	call.cfd = ref Sys->FD(call.cfd.fd);
	ready <-= 1;
	fd := dial->accept(call);
	if(fd == nil)
		return;
	sys->fprint(call.cfd, "keepalive");
	if(auth != nil){
		user: string;
		result := chan[1] of (ref Sys->FD, string);
		timer := chan[1] of int;
		spawn timeout(timer);
		spawn authenticate(fd, result);
		alt {
		(fd, user) = <-result =>
			;
		<-timer =>
			sys->fprint(call.cfd, "hangup");
			fd = nil;
			user = "timed out";
		}
		if(fd == nil){
			sys->fprint(sys->fildes(2), "styxlisten: authentication failed: %s\n", user);
			return;
		}
		if(verbose)
			sys->fprint(sys->fildes(2), "styxlisten: authenticated as %s\n", user);
		ufd := sys->open("/dev/user", Sys->OWRITE);
		if(ufd == nil || sys->fprint(ufd, "%s", user) < 0){
			sys->fprint(sys->fildes(2), "styxlisten: cannot become %s: %r\n", user);
			return;
		}
	}
	aname := "";
	if(hostnames)
		aname = remote(call.dir);
	if(sys->mount(ref Sys->FD(srv.fd), nil, "/", Sys->MREPL, aname) < 0){
		sys->fprint(sys->fildes(2), "styxlisten: mount failed: %r\n");
		return;
	}
	sys->export(fd, "/", Sys->EXPWAIT);
}

authenticate(fd: ref Sys->FD, result: chan of (ref Sys->FD, string))
{
	result <-= auth->server(algs, ai, fd, 0);
}

timeout(c: chan of int)
{
	sys->sleep(TIMEOUT);
	c <-= 1;
}

nomod(path: string)
{
	sys->fprint(sys->fildes(2), "styxlisten: cannot load %s: %r\n", path);
	raise "fail:bad module";
}
