implement Rm;

#
# Removes files, with nothing but the kernel's help; see tiny(1).
#

include "sys.m";
	sys: Sys;

include "draw.m";

Rm: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

init(nil: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	if(argv == nil || tl argv == nil){
		sys->fprint(sys->fildes(2), "usage: rm file ...\n");
		raise "fail:usage";
	}
	failed := 0;
	for(argv = tl argv; argv != nil; argv = tl argv)
		if(sys->remove(hd argv) < 0){
			sys->fprint(sys->fildes(2), "rm: %s: %r\n", hd argv);
			failed = 1;
		}
	if(failed)
		raise "fail:errors";
}
