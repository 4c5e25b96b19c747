implement Unmount;

#
# Undoes bind and mount; see bind(1).
#

include "sys.m";
	sys: Sys;

include "draw.m";

Unmount: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

init(nil: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	source: string;
	case len argv {
	2 =>
		argv = tl argv;
	3 =>
		argv = tl argv;
		source = hd argv;
		argv = tl argv;
	* =>
		sys->fprint(sys->fildes(2), "Usage: unmount [source] target\n");
		raise "fail:usage";
	}
	if(sys->unmount(source, hd argv) < 0){
		sys->fprint(sys->fildes(2), "unmount: %r\n");
		raise "fail:error";
	}
}
