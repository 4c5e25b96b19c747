implement Tokenize;

#
# Splits a string, one token a line; see tokenize(1).
#

include "sys.m";
	sys: Sys;

include "draw.m";

Tokenize: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

init(nil: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	if(len argv != 3){
		sys->fprint(sys->fildes(2), "usage: tokenize string delimiters\n");
		raise "fail:usage";
	}
	(nil, l) := sys->tokenize(hd tl argv, hd tl tl argv);
	for(; l != nil; l = tl l)
		if(sys->print("%s\n", hd l) < 0){
			sys->fprint(sys->fildes(2), "tokenize: write error: %r\n");
			raise "fail:write error";
		}
}
