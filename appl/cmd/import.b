implement Import;

#
# Mounts a tree of a Plan 9 system; see import(4).
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "arg.m";
	arg: Arg;

include "dial.m";
	dial: Dial;

include "factotum.m";

Import: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

init(nil: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	arg = load Arg Arg->PATH;
	if(arg == nil)
		nomod(Arg->PATH);
	dial = load Dial Dial->PATH;
	if(dial == nil)
		nomod(Dial->PATH);
	arg->init(argv);
	arg->setusage("import [-a|-b] [-c] [-e enc digest] host file [localfile]");
	flags := 0;
	filter := "clear";
	while((o := arg->opt()) != 0)
		case o {
		'a' =>	flags |= Sys->MAFTER;
		'b' =>	flags |= Sys->MBEFORE;
		'c' =>	flags |= Sys->MCREATE;
		'e' =>
			enc := arg->earg();
			filter = enc + " " + arg->earg();
		* =>	arg->usage();
		}
	argv = arg->argv();
	if(len argv != 2 && len argv != 3 || (flags & Sys->MAFTER && flags & Sys->MBEFORE))
		arg->usage();
	if(filter != "clear")
		fail("encrypted connections are not supported", "error");
	host := hd argv;
	file := hd tl argv;
	local := file;
	if(tl tl argv != nil)
		local = hd tl tl argv;

	facfd := sys->open("/mnt/factotum/rpc", Sys->ORDWR);
	if(facfd == nil)
		fail(sys->sprint("can't open /mnt/factotum/rpc: %r"), "factotum");
	factotum := load Factotum Factotum->PATH;
	if(factotum == nil)
		nomod(Factotum->PATH);
	factotum->init();
	addr := dial->netmkaddr(host, "net", "exportfs");
	c := dial->dial(addr, nil);
	if(c == nil)
		fail(sys->sprint("can't dial %s: %r", addr), "dial");
	if(factotum->proxy(c.dfd, facfd, "proto=p9any role=client") == nil)
		fail(sys->sprint("authentication failed: %r"), "auth");
	if(sys->fprint(c.dfd, "%s", file) < 0)
		fail(sys->sprint("can't write to %s: %r", host), "error");
	buf := array[256] of byte;
	n := sys->read(c.dfd, buf, len buf);
	if(n != 2 || string buf[0:2] != "OK"){
		if(n > 0)
			fail("bad remote tree: " + string buf[0:n], "error");
		if(n == 0)
			fail(host + " has hung up", "error");
		fail(sys->sprint("bad remote tree: %r"), "error");
	}
	if(sys->fprint(c.dfd, "impo nofilter clear\n") < 0)
		fail(sys->sprint("can't write to %s: %r", host), "error");
	if(sys->mount(c.dfd, nil, local, flags, "") < 0)
		fail(sys->sprint("can't mount %s: %r", host), "mount");
}

fail(msg, status: string)
{
	sys->fprint(sys->fildes(2), "import: %s\n", msg);
	raise "fail:" + status;
}

nomod(path: string)
{
	sys->fprint(sys->fildes(2), "import: cannot load %s: %r\n", path);
	raise "fail:bad module";
}
