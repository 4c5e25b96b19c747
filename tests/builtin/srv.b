# the host's resolver
implement T;

include "sys.m";
	sys: Sys;
include "draw.m";
include "srv.m";
	srv: Srv;

T: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

show(l: list of string)
{
	if(l == nil)
		sys->print("none");
	for(; l != nil; l = tl l)
		sys->print(" %s", hd l);
	sys->print("\n");
}

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	srv = load Srv Srv->PATH;
	if(srv == nil){
		sys->print("cannot load %s: %r\n", Srv->PATH);
		return;
	}
	srv->init();
	show(srv->iph2a("127.0.0.1"));
	show(srv->iph2a("::1"));
	show(srv->iph2a(""));
	show(srv->ipa2h("not an address"));
	sys->print("[%s] [%s] [%s]\n", srv->ipn2p("tcp", "no-such-service"), srv->ipn2p(nil, nil), srv->ipn2p("a!b", "c"));
}
