implement Dialcmd;

#
# Runs a command on a connection to a network address; see listen(1).
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

Dialcmd: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

include "netauth.inc";

Listnode: import Sh;

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
	arg->setusage("dial [-A] [-k keyfile] [-a alg] addr command [arg...]");
	noauth := 0;
	alg := "none";
	keyname: string;
	while((o := arg->opt()) != 0)
		case o {
		'A' =>	noauth = 1;
		'a' =>	alg = arg->earg();
		'k' =>	keyname = arg->earg();
		* =>	arg->usage();
		}
	argv = arg->argv();
	if(len argv < 2)
		arg->usage();
	addr := hd argv;
	cmd := sh->stringlist2list(tl argv);
	if((s := (hd cmd).word) != nil && s[0] == '{'){
		(c, err) := sh->parse(s);
		if(err != nil)
			fail(err, "parse error");
		cmd = ref Listnode(c, nil) :: tl cmd;
	}
	auth: Auth;
	ai: ref Keyring->Authinfo;
	if(!noauth){
		err: string;
		(auth, err) = loadauth();
		if(auth == nil)
			fail(err, "bad keyfile");
		(ai, err) = readkey(keyfile(keyname, addr));
		if(ai == nil)
			fail(err, "bad keyfile");
	}
	c := dial->dial(addr, nil);
	if(c == nil)
		fail(sys->sprint("cannot dial %s: %r", addr), "errors");
	if(c.cfd != nil)
		sys->fprint(c.cfd, "keepalive");
	fd := c.dfd;
	user := "";
	if(auth != nil){
		(fd, user) = auth->client(alg, ai, fd);
		if(fd == nil)
			fail("authentication failed: " + user, "errors");
	}
	sys->pctl(Sys->FORKFD, nil);
	sys->dup(fd.fd, 0);
	sys->dup(fd.fd, 1);
	dir := c.dir;
	cfd := c.cfd;
	sys->pctl(Sys->NEWFD, 0 :: 1 :: 2 :: cfd.fd :: nil);
	c = nil;
	fd = nil;
	context := Context.new(ctxt);
	context.set("user", ref Listnode(nil, user) :: nil);
	context.set("net", ref Listnode(nil, dir) :: nil);
	status := context.run(cmd, 1);
	if(status != nil)
		raise "fail:" + status;
}

fail(msg, status: string)
{
	sys->fprint(sys->fildes(2), "dial: %s\n", msg);
	raise "fail:" + status;
}

nomod(path: string)
{
	sys->fprint(sys->fildes(2), "dial: cannot load %s: %r\n", path);
	raise "fail:bad module";
}
