implement Echo;

#
# Prints its arguments in one write; see echo(1).
#

include "sys.m";
	sys: Sys;

include "draw.m";

Echo: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

init(nil: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	if(argv != nil)
		argv = tl argv;
	nl := "\n";
	if(argv != nil && (hd argv == "-n" || hd argv == "--")){
		if(hd argv == "-n")
			nl = "";
		argv = tl argv;
	}
	s := "";
	for(; argv != nil; argv = tl argv){
		s += hd argv;
		if(tl argv != nil)
			s += " ";
	}
	buf := array of byte (s + nl);
	if(sys->write(sys->fildes(1), buf, len buf) != len buf){
		sys->fprint(sys->fildes(2), "echo: write error: %r\n");
		raise "fail:write error";
	}
}
