implement Pause;

#
# Waits for ever; see sleep(1).
#

include "sys.m";
	sys: Sys;

include "draw.m";

Pause: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	<-chan of int;
}
