implement Listen;

#
# Runs a command for each call to a network address; see listen(1).
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

Listen: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

include "netauth.inc";

Listnode: import Sh;

TIMEOUT: con 60000;	# milliseconds a caller may take to authenticate
MAXAUTH: con 256;	# callers that may be at it

addr: string;
verbose: int;
auth: Auth;		# nil: without authentication
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
	arg->setusage("listen [-i {initscript}] [-Ast] [-v] [-k keyfile] [-a alg]... addr command [arg...]");
	noauth, stay, trusted: int = 0;
	script, keyname: string;
	while((o := arg->opt()) != 0)
		case o {
		'A' =>	noauth = 1;
		'a' =>	algs = arg->earg() :: algs;
		'i' =>	script = arg->earg();
		'k' =>	keyname = arg->earg();
		's' =>	stay = 1;
		't' =>	trusted = 1;
		'v' =>	verbose = 1;
		* =>	arg->usage();
		}
	argv = arg->argv();
	if(len argv < 2)
		arg->usage();
	addr = hd argv;
	cmd := words(tl argv);
	iscript: list of ref Listnode;
	if(script != nil)
		iscript = words(script :: nil);
	if(!noauth)
		loadkeys(keyname);

	c := dial->announce(addr);
	if(c == nil)
		fail(sys->sprint("failed to announce on '%s': %s", addr, reason(sys->sprint("%r"))), "cannot announce");
	started := chan of int;
	done := chan[1] of string;
	spawn listener(ctxt, c, cmd, iscript, trusted, started, done);
	<-started;
	c = nil;
	if(stay)
		raise "fail:" + <-done;
}

fail(msg, status: string)
{
	sys->fprint(sys->fildes(2), "listen: %s\n", msg);
	raise "fail:" + status;
}

# without the name of the network's file
reason(err: string): string
{
	s := "announce writing ";
	if(len err < len s || err[0:len s] != s)
		return err;
	for(i := len s; i+1 < len err; i++)
		if(err[i] == ':' && err[i+1] == ' ')
			return err[i+2:];
	return err;
}

# a block is parsed once
words(argv: list of string): list of ref Listnode
{
	l := sh->stringlist2list(argv);
	s := (hd l).word;
	if(s == nil || s[0] != '{')
		return l;
	(c, err) := sh->parse(s);
	if(err != nil)
		fail(err, "parse error");
	return ref Listnode(c, nil) :: tl l;
}

loadkeys(keyname: string)
{
	err: string;
	(auth, err) = loadauth();
	if(auth == nil)
		fail(err, "bad keyfile");
	(ai, err) = readkey(keyfile(keyname, nil));
	if(ai == nil)
		fail(err, "bad keyfile");
	if(algs == nil)
		algs = "none" :: contents("#D/clone", "encalgs", contents("#D/clone", "hashalgs", nil));
}

# words of a file of the ssl device, in front of l
contents(clone, file: string, l: list of string): list of string
{
	cfd := sys->open(clone, Sys->ORDWR);
	buf := array[1024] of byte;
	if(cfd == nil || (n := sys->read(cfd, buf, len buf)) <= 0)
		return l;
	fd := sys->open("#D/" + string buf[0:n] + "/" + file, Sys->OREAD);
	if(fd == nil || (n = sys->read(fd, buf, len buf)) <= 0)
		return l;
	(nil, w) := sys->tokenize(string buf[0:n], " \t\n");
	for(; w != nil; w = tl w)
		l = hd w :: l;
	return l;
}

listener(ctxt: ref Draw->Context, c: ref Dial->Connection, cmd, script: list of ref Listnode,
	trusted: int, started: chan of int, done: chan of string)
{
	# changes to the caller's name space do not cut off the calls that come
	sys->pctl(Sys->FORKNS | Sys->FORKFD, nil);
	if(!trusted)
		sys->unmount(nil, "/mnt/keys");
	context := Context.new(ctxt);
	if(script != nil){
		context.set("net", ref Listnode(nil, c.dir) :: nil);
		{
			context.run(script, 0);
		}exception{
		"fail:*" =>
			;
		}
	}
	sys->pctl(Sys->NEWFD, 2 :: c.cfd.fd :: nil);
	c.cfd = ref Sys->FD(c.cfd.fd);
	started <-= 1;
	slots := chan[MAXAUTH] of int;
	for(wait := 10;;){
		call := dial->listen(c);
		if(call == nil){
			# calls that failed before they were taken, or too many files: others may do better
			err := sys->sprint("%r");
			sys->fprint(sys->fildes(2), "listen: listen error on '%s': %s\n", addr, err);
			if(wait > 10000)
				break;
			sys->sleep(wait);
			wait *= 2;
			continue;
		}
		wait = 10;
		if(verbose)
			sys->fprint(sys->fildes(2), "listen: got connection on %s from %s\n", addr, remote(call.dir));
		if(auth != nil)
			slots <-= 1;
		ready := chan of int;
		spawn take(context, call, cmd, slots, ready);
		<-ready;
	}
	done <-= "listen error";
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

# one call, in a process, name space and environment of its own
take(context: ref Context, call: ref Dial->Connection, cmd: list of ref Listnode, slots: chan of int, ready: chan of int)
{
	sys->pctl(Sys->FORKNS | Sys->NEWFD, 2 :: call.cfd.fd :: nil);
	call.cfd = ref Sys->FD(call.cfd.fd);
	ready <-= 1;
	fd := dial->accept(call);
	if(fd != nil)
		sys->fprint(call.cfd, "keepalive");
	user := "";
	if(auth != nil){
		if(fd != nil){
			result := chan[1] of (ref Sys->FD, string);
			timer := chan[1] of int;
			spawn timeout(timer, TIMEOUT);
			spawn authenticate(fd, result);
			alt {
			(fd, user) = <-result =>
				;
			<-timer =>
				sys->fprint(call.cfd, "hangup");
				fd = nil;
				user = "timed out";
			}
		}
		<-slots;
		if(fd == nil){
			sys->fprint(sys->fildes(2), "listen: auth on %s failed: %s\n", addr, user);
			return;
		}
		if(verbose)
			sys->fprint(sys->fildes(2), "listen: authenticated on %s as %s\n", addr, user);
	}
	if(fd == nil)
		return;		# gone already
	sys->dup(fd.fd, 0);
	sys->dup(fd.fd, 1);
	dir := call.dir;
	sys->pctl(Sys->NEWFD, 0 :: 1 :: 2 :: nil);	# before fd goes, which may be one of these
	call = nil;
	fd = nil;
	c := context.copy(1);
	c.set("user", ref Listnode(nil, user) :: nil);
	c.set("net", ref Listnode(nil, dir) :: nil);
	{
		c.run(cmd, 1);
	}exception{
	"fail:*" or
	"write on closed pipe" =>
		;
	}
}

authenticate(fd: ref Sys->FD, result: chan of (ref Sys->FD, string))
{
	result <-= auth->server(algs, ai, fd, 1);
}

timeout(c: chan of int, ms: int)
{
	sys->sleep(ms);
	c <-= 1;
}

nomod(path: string)
{
	sys->fprint(sys->fildes(2), "listen: cannot load %s: %r\n", path);
	raise "fail:bad module";
}
