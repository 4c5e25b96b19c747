# regular expressions
implement T;

include "sys.m";
	sys: Sys;
include "draw.m";
include "regex.m";
	regex: Regex;

T: module
{
	init: fn(ctxt: ref Draw->Context, argv: list of string);
};

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	regex = load Regex Regex->PATH;
	if(regex == nil){
		sys->print("cannot load Regex: %r\n");
		return;
	}

	for(l := list of {("a*", "baaa"), ("(a|ab)(c|bcd)", "abcd"), ("(a)(b)?", "ac"), ("(a)*", "aaa"), ("^$", ""), ("()", "x"),
			("$", "abc"), ("b$", "abab"), ("^b", "ab"), (".+", "a\nbc"), ("[^x]+", "xa\nbx"), ("[a-c\\-]+", "xb-ay"),
			("(a*)*", "aab"), ("\\.", "a.b"), ("日+", "x日日"), ("a+b|a", "aac"), ("(x|y)+z", "xyxzz"), ("[^\\]]", "]a")}; l != nil; l = tl l){
		(e, s) := hd l;
		(re, err) := regex->compile(e, 1);
		if(err != nil){
			sys->print("%s: %s\n", e, err);
			continue;
		}
		m := regex->execute(re, s);
		sys->print("%s:", e);
		for(i := 0; i < len m; i++)
			sys->print(" (%d,%d)", m[i].t0, m[i].t1);
		sys->print("\n");
	}
	for(b := list of {"", "a|", "a**", "(", "[a", "[a-]", ")", "*a", "\\", "a)"}; b != nil; b = tl b){
		(nil, err) := regex->compile(hd b, 0);
		sys->print("%s: %s\n", hd b, err);
	}
	(re, nil) := regex->compile("^b", 0);
	sys->print("%d %d\n", regex->executese(re, "abc", (1, 3), 0, 1) == nil, len regex->executese(re, "abc", (1, -1), 1, 1));
}
