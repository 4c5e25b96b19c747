implement Bind;

#
# Changes the name space; see bind(1).
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "arg.m";
	arg: Arg;

Bind: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

init(nil: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	arg = load Arg Arg->PATH;
	if(arg == nil)
		nomod(Arg->PATH);
	arg->init(argv);
	arg->setusage("bind [-a|-b|-c|-ac|-bc] [-q] source target");
	flags, quiet: int = 0;
	while((o := arg->opt()) != 0)
		case o {
		'a' =>	flags |= Sys->MAFTER;
		'b' =>	flags |= Sys->MBEFORE;
		'c' =>	flags |= Sys->MCREATE;
		'q' =>	quiet = 1;
		* =>	arg->usage();
		}
	argv = arg->argv();
	if(len argv != 2 || (flags & Sys->MAFTER && flags & Sys->MBEFORE))
		arg->usage();
	source := hd argv;
	target := hd tl argv;
	if(sys->bind(source, target, flags) >= 0 || quiet)
		return;
	why := sys->sprint("cannot bind %s onto %s: %r", source, target);
	for(; argv != nil; argv = tl argv)
		if(sys->stat(hd argv).t0 < 0){
			why = sys->sprint("%s: %r", hd argv);
			break;
		}
	sys->fprint(sys->fildes(2), "bind: %s\n", why);
	raise "fail:bind";
}

nomod(path: string)
{
	sys->fprint(sys->fildes(2), "bind: cannot load %s: %r\n", path);
	raise "fail:bad module";
}
