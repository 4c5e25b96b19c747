# matching of one element
implement T;

include "sys.m";
	sys: Sys;
include "draw.m";
include "filepat.m";
	filepat: Filepat;

T: module
{
	init: fn(ctxt: ref Draw->Context, argv: list of string);
};

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	filepat = load Filepat Filepat->PATH;
	if(filepat == nil){
		sys->print("cannot load Filepat: %r\n");
		return;
	}

	for(l := list of {("*", "abc"), ("*", ""), ("a*c", "abbc"), ("a*c", "abbd"), ("?", "x"), ("?", ""), ("[a-c]x", "bx"), ("[^a-c]x", "bx"), ("[^a-c]x", "dx"),
			("[a", "a"), ("\\*", "*"), ("\\*", "x"), ("*.b", ".b"), ("a**b*c", "aXbYc"), ("[]a]", "]"), ("*a*a*a*a*b", "aaaaaaaaaaaaaaaaaaaaaaaa")}; l != nil; l = tl l){
		(p, s) := hd l;
		sys->print("%s %s %d\n", p, s, filepat->match(p, s));
	}
}
