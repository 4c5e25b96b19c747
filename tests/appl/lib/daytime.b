# times as numbers and text
implement T;

include "sys.m";
	sys: Sys;
include "draw.m";
include "daytime.m";
	daytime: Daytime;

T: module
{
	init: fn(ctxt: ref Draw->Context, argv: list of string);
};

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	daytime = load Daytime Daytime->PATH;
	if(daytime == nil){
		sys->print("cannot load Daytime: %r\n");
		return;
	}

	for(l := list of {0, 784111777, 951782400, 951868799, 2147483647, -1, -86400, 68256000, 1709251199}; l != nil; l = tl l){
		tm := daytime->gmt(hd l);
		sys->print("%s %d %d\n", daytime->text(tm), tm.yday, daytime->tm2epoch(tm) == hd l);
	}
	for(d := list of {"Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994", "Sun Nov  6 08:49:37 EST 1994",
			"Sun, 06 Nov 1994 08:49:37 +0130", "Sun, 06 Nov 1994 08:49:37 XXX", "rubbish", ""}; d != nil; d = tl d){
		tm := daytime->string2tm(hd d);
		if(tm == nil)
			sys->print("nil\n");
		else
			sys->print("%d\n", daytime->tm2epoch(tm));
	}
}
