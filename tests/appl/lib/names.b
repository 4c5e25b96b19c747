# file names as text
implement T;

include "sys.m";
	sys: Sys;
include "draw.m";
include "names.m";
	names: Names;

T: module
{
	init: fn(ctxt: ref Draw->Context, argv: list of string);
};

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	names = load Names Names->PATH;
	if(names == nil){
		sys->print("cannot load Names: %r\n");
		return;
	}

	for(l := list of {"", "/../a", "../../x", "#s/a/..", "#s/../x", "a/..", "/", "//a//./b/", "a/../../b"}; l != nil; l = tl l)
		sys->print("%s\n", names->cleanname(hd l));
	for(l = list of {"/x", "/a/b/", "a//b/./c/../d/", "x"}; l != nil; l = tl l)
		sys->print("[%s]", names->dirname(hd l));
	sys->print("\n[%s][%s][%s]\n", names->basename("/a/b/", nil), names->basename("/a/x.dis", ".dis"), names->basename(".dis", ".dis"));
	sys->print("%d %s\n", len names->elements("/a//b"), hd names->elements("/a//b"));
	sys->print("%s %s\n", names->pathname(list of {"/", "a", "b"}), names->pathname(list of {"a", "b"}));
	sys->print("%d %d %d %d\n", names->isprefix("/a", "/a/b"), names->isprefix("/a", "/ab"), names->isprefix("/", "/a"), names->isprefix("", "a"));
	sys->print("%s %s %s\n", names->rooted("/r", "a"), names->rooted("/r", "#s"), names->rooted(nil, "a"));
	sys->print("[%s][%s][%s]\n", names->relative("/a", "/a"), names->relative("/a/b", "/a"), names->relative("/b", "/a"));
}
