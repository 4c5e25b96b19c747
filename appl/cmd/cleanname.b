implement Cleanname;

#
# Simplifies file names; see cleanname(1).
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "arg.m";
	arg: Arg;

include "names.m";
	names: Names;

Cleanname: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

init(nil: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	arg = load Arg Arg->PATH;
	if(arg == nil)
		nomod(Arg->PATH);
	names = load Names Names->PATH;
	if(names == nil)
		nomod(Names->PATH);
	arg->init(argv);
	arg->setusage("cleanname [-d pwd] name ...");
	dir: string;
	while((o := arg->opt()) != 0)
		case o {
		'd' =>	dir = arg->earg();
		* =>	arg->usage();
		}
	argv = arg->argv();
	if(argv == nil)
		arg->usage();
	for(; argv != nil; argv = tl argv)
		if(sys->print("%s\n", names->cleanname(names->rooted(dir, hd argv))) < 0){
			sys->fprint(sys->fildes(2), "cleanname: write error: %r\n");
			raise "fail:write error";
		}
}

nomod(path: string)
{
	sys->fprint(sys->fildes(2), "cleanname: cannot load %s: %r\n", path);
	raise "fail:bad module";
}
