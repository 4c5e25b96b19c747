implement Rcmd;

#
# Runs a command on another system; see rcmd(1).
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "arg.m";
	arg: Arg;

include "dial.m";
	dial: Dial;

include "string.m";
	str: String;

include "keyring.m";

include "security.m";

Rcmd: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

include "netauth.inc";

init(nil: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	arg = load Arg Arg->PATH;
	if(arg == nil)
		nomod(Arg->PATH);
	dial = load Dial Dial->PATH;
	if(dial == nil)
		nomod(Dial->PATH);
	str = load String String->PATH;
	if(str == nil)
		nomod(String->PATH);
	arg->init(argv);
	arg->setusage("rcmd [-A] [-f keyfile] [-e alg] [-x exportpath] tcp!mach cmd");
	noauth := 0;
	alg := "none";
	dir := "/";
	keyname: string;
	while((o := arg->opt()) != 0)
		case o {
		'A' =>	noauth = 1;
		'e' =>	alg = arg->earg();
		'f' =>	keyname = arg->earg();
		'x' =>	dir = arg->earg();
		* =>	arg->usage();
		}
	argv = arg->argv();
	if(argv == nil)
		arg->usage();
	addr := dial->netmkaddr(hd argv, "net", "rstyx");
	cmd := "sh";
	if(tl argv != nil)
		cmd = str->quoted(tl argv);
	c := dial->dial(addr, nil);
	if(c == nil)
		fail(sys->sprint("can't dial %s: %r", addr), "dial");
	fd := c.dfd;
	if(!noauth){
		(auth, err) := loadauth();
		if(auth == nil)
			fail(err, "error");
		(ai, kerr) := readkey(keyfile(keyname, addr));
		if(ai == nil)
			fail(kerr, "readauthinfo failed");
		why: string;
		(fd, why) = auth->client(alg, ai, fd);
		if(fd == nil)
			fail("authentication failed: " + why, "auth");
	}
	text := array of byte (cmd + "\n");
	if(sys->fprint(fd, "%d\n", len text) < 0 || sys->write(fd, text, len text) != len text)
		fail(sys->sprint("can't send command: %r"), "error");
	if(sys->export(fd, dir, Sys->EXPWAIT) < 0)
		fail(sys->sprint("can't export: %r"), "export");
}

fail(s, status: string)
{
	sys->fprint(sys->fildes(2), "rcmd: %s\n", s);
	raise "fail:" + status;
}

nomod(path: string)
{
	sys->fprint(sys->fildes(2), "rcmd: cannot load %s: %r\n", path);
	raise "fail:bad module";
}
