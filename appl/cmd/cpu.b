implement Cpu;

#
# Runs a command on another system, with this one's devices; see cpu(1).
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

Cpu: module
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
	arg->setusage(nil);
	alg := "none";
	while((o := arg->opt()) != 0)
		case o {
		'C' =>	alg = arg->earg();
		* =>	usage();
		}
	argv = arg->argv();
	if(argv == nil)
		usage();
	addr := dial->netmkaddr(hd argv, "net", "rstyx");
	cmd := "sh";
	if(tl argv != nil)
		cmd = str->quoted(tl argv);
	(auth, err) := loadauth();
	if(auth == nil)
		fail(err, "no authentication");
	file := keyfile(nil, addr);
	(ai, nil) := readkey(file);
	if(ai == nil)
		fail("cannot find certificate in " + file + "; use getauthinfo", "no certificate");
	c := dial->dial(addr, nil);
	if(c == nil)
		fail(sys->sprint("can't dial %s: %r", addr), "dial");
	(fd, why) := auth->client(alg, ai, c.dfd);
	if(fd == nil)
		fail("authentication failed: " + why, "auth");
	text := array of byte ("auxi/cpuslave -- " + cmd + "\n");
	if(sys->fprint(fd, "%d\n", len text) < 0 || sys->write(fd, text, len text) != len text)
		fail(sys->sprint("can't send command: %r"), "error");
	if(sys->export(fd, "/", Sys->EXPWAIT) < 0)
		fail(sys->sprint("can't export: %r"), "export");
}

usage()
{
	sys->fprint(sys->fildes(2), "Usage: cpu [-C cryptoalg] mach command args...\n");
	raise "fail:usage";
}

fail(s, status: string)
{
	sys->fprint(sys->fildes(2), "cpu: %s\n", s);
	raise "fail:" + status;
}

nomod(path: string)
{
	sys->fprint(sys->fildes(2), "cpu: cannot load %s: %r\n", path);
	raise "fail:bad module";
}
