implement Kill;

#
# Kills processes by their numbers, with nothing but the kernel's help; see tiny(1).
#

include "sys.m";
	sys: Sys;

include "draw.m";

Kill: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

init(nil: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	if(argv == nil || tl argv == nil){
		sys->fprint(sys->fildes(2), "usage: kill pid ...\n");
		raise "fail:usage";
	}
	failed := 0;
	for(argv = tl argv; argv != nil; argv = tl argv){
		ctl := "/prog/" + hd argv + "/ctl";
		fd := sys->open(ctl, Sys->OWRITE);
		if(fd == nil || sys->fprint(fd, "kill") < 0){
			sys->fprint(sys->fildes(2), "kill: %s: %r\n", ctl);
			failed = 1;
		}
	}
	if(failed)
		raise "fail:errors";
}
