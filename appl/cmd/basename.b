implement Basename;

#
# Prints the last element of a file name, or the rest; see basename(1).
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "arg.m";
	arg: Arg;

include "names.m";
	names: Names;

Basename: module
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
	arg->setusage("basename [-d] string [suffix]");
	dir := 0;
	while((o := arg->opt()) != 0)
		case o {
		'd' =>	dir = 1;
		* =>	arg->usage();
		}
	argv = arg->argv();
	if(argv == nil || len argv > 2)
		arg->usage();
	s := hd argv;
	if(dir){
		s = names->dirname(s);
		if(s == nil)
			s = ".";
	}else{
		suffix: string;
		if(tl argv != nil)
			suffix = hd tl argv;
		s = names->basename(s, suffix);
	}
	if(sys->print("%s\n", s) < 0){
		sys->fprint(sys->fildes(2), "basename: write error: %r\n");
		raise "fail:write error";
	}
}

nomod(path: string)
{
	sys->fprint(sys->fildes(2), "basename: cannot load %s: %r\n", path);
	raise "fail:bad module";
}
