# locators
implement T;

include "sys.m";
	sys: Sys;
include "draw.m";
include "url.m";
	url: Url;
	ParsedUrl: import url;

T: module
{
	init: fn(ctxt: ref Draw->Context, argv: list of string);
};

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	url = load Url Url->PATH;
	if(url == nil){
		sys->print("cannot load Url: %r\n");
		return;
	}

	url->init();
	sys->print("%s %s\n", url->makeurl("HTTP://A.B").tostring(), url->makeurl("foo:bar").tostring());
	u := url->makeurl("http://me:pw@h.o.st:80/a/b?q=1#f");
	sys->print("%d %s %s %s %s [%s] %s %s %s\n", u.scheme, u.user, u.passwd, u.host, u.port, u.pstart, u.path, u.query, u.frag);
	for(l := list of {"d", "../d", "/d", "//g/x", "?y", "#z", "./", "http://o/p"}; l != nil; l = tl l){
		u = url->makeurl(hd l);
		u.makeabsolute(url->makeurl("http://h/a/b/c?q"));
		sys->print("%s\n", u.tostring());
	}
	sys->print("%s\n", url->makeurl("file:/x").host);
}
