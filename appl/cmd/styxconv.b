implement Styxconvcmd;

#
# Lets clients and servers of the old protocol and the new one meet; see styxconv(8).
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "arg.m";
	arg: Arg;

include "sh.m";
	sh: Sh;

include "styxconv.m";

Styxconvcmd: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

include "pipecmd.inc";

init(ctxt: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	arg = load Arg Arg->PATH;
	if(arg == nil)
		nomod(Arg->PATH);
	sh = load Sh Sh->PATH;
	if(sh == nil)
		nomod(Sh->PATH);
	arg->init(argv);
	arg->setusage("styxconv [-o] cmd [arg...]");
	path := Styxconv->PATHOLD2NEW;
	while((o := arg->opt()) != 0)
		case o {
		'o' =>	path = Styxconv->PATHNEW2OLD;
		* =>	arg->usage();
		}
	argv = arg->argv();
	if(argv == nil)
		arg->usage();
	conv := load Styxconv path;
	if(conv == nil)
		nomod(path);
	conv->init();
	server := pipecmd(ctxt, argv);
	if(server == nil)
		fail(sys->sprint("can't make pipe: %r"), "error");
	conv->styxconv(sys->fildes(0), server);
	why := sys->sprint("%r");
	if(why != nil)
		fail(why, "error");
}

fail(msg, status: string)
{
	sys->fprint(sys->fildes(2), "styxconv: %s\n", msg);
	raise "fail:" + status;
}

nomod(path: string)
{
	fail(sys->sprint("cannot load %s: %r", path), "bad module");
}
