implement Sleep;

#
# Waits; see sleep(1).
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "string.m";
	str: String;

Sleep: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

MAX: con 2147483;	# the most whose milliseconds are an int

init(nil: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	str = load String String->PATH;
	if(str == nil)
		nomod(String->PATH);
	if(len argv == 2){
		(n, rest) := str->tobig(hd tl argv, 10);
		if(hd tl argv != nil && rest == nil){
			if(n > big MAX)
				n = big MAX;
			if(n > big 0)
				sys->sleep(int n * 1000);
			return;
		}
	}
	sys->fprint(sys->fildes(2), "usage: sleep time\n");
	raise "fail:usage";
}

nomod(path: string)
{
	sys->fprint(sys->fildes(2), "sleep: cannot load %s: %r\n", path);
	raise "fail:bad module";
}
