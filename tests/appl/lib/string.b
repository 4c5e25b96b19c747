# characters, classes, numbers and quotes
implement T;

include "sys.m";
	sys: Sys;
include "draw.m";
include "string.m";
	str: String;

T: module
{
	init: fn(ctxt: ref Draw->Context, argv: list of string);
};

show2(p: (string, string))
{
	sys->print("%s|%s\n", p.t0, p.t1);
}

words(l: list of string)
{
	for(; l != nil; l = tl l)
		sys->print("%s|", hd l);
	sys->print("\n");
}

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	str = load String String->PATH;
	if(str == nil){
		sys->print("cannot load String: %r\n");
		return;
	}

	show2(str->splitl("hello world", " o"));
	show2(str->splitr("hello world", " o"));
	show2(str->splitl("abc", "x"));
	show2(str->splitr("abc", "x"));
	show2(str->splitstrl("a::b::c", "::"));
	show2(str->splitstrr("a::b::c", "::"));
	show2(str->splitstrl("abc", ""));
	show2(str->splitstrr("abc", ""));
	show2(str->splitstrl("abc", "xyz"));
	sys->print("%s|%s\n", str->drop("  x y", " "), str->take("12ab", "0-9"));
	sys->print("%d %d %d %d %d\n", str->in('b', "a-c"), str->in('-', "a-"), str->in('b', "^a-c"), str->in('x', "^"), str->in('x', ""));
	sys->print("%d %d\n", str->prefix("ab", "abc"), str->prefix("abc", "ab"));
	sys->print("%s %s\n", str->tolower("ÀBc"), str->toupper("àbC"));
	for(l := list of {("16rff", 0), ("0x1f", 0), ("- 5", 10), ("99999999999", 10), (" -12z", 10), ("zz", 36), ("", 10)}; l != nil; l = tl l){
		(s, b) := hd l;
		(v, r) := str->toint(s, b);
		sys->print("%d,%s\n", v, r);
	}
	(bv, br) := str->tobig("99999999999 x", 10);
	sys->print("%bd,%s\n", bv, br);
	for(m := list of {(".5", 10), ("1e", 10), ("16r1.8p", 0), ("-inf", 10), ("1.5e3x", 10), ("-2.5", 10), ("infinity", 10), ("1.", 10)}; m != nil; m = tl m){
		(s, b) := hd m;
		(v, r) := str->toreal(s, b);
		sys->print("%g,%s\n", v, r);
	}
	words(str->append("c", "a" :: "b" :: nil));
	words(str->unquoted(" a 'b c' it''s 'it''s' x'y z'w '' 'un bal"));
	sys->print("%s\n", str->quoted("a" :: "b c" :: "" :: "it's" :: nil));
	sys->print("%s\n", str->quotedc("a" :: "$x" :: nil, "$"));
}
