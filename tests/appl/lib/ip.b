# addresses and masks
implement T;

include "sys.m";
	sys: Sys;
include "draw.m";
include "ip.m";
	ip: IP;
	IPaddr: import ip;

T: module
{
	init: fn(ctxt: ref Draw->Context, argv: list of string);
};

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	ip = load IP IP->PATH;
	if(ip == nil){
		sys->print("cannot load IP: %r\n");
		return;
	}

	ip->init();
	for(l := list of {"1.2.3.4", "1.2", "bad", "2001:db8::1:0:0:1", "::", "::1", "::ffff:10.0.0.1", "1:2:3:4:5:6:7:8", "1.2.3.4.5", "256.1.1.1", "1::2::3", ""}; l != nil; l = tl l){
		(ok, a) := IPaddr.parse(hd l);
		if(ok < 0)
			sys->print("%s bad\n", hd l);
		else
			sys->print("%s %s\n", hd l, a.text());
	}
	for(l = list of {"/120", "/24", "255.255.255.0", "ffff:ffff::"}; l != nil; l = tl l){
		(ok, m) := IPaddr.parsemask(hd l);
		sys->print("%s %d %s\n", hd l, ok, m.masktext());
	}
	(nil, a, m) := IPaddr.parsecidr("10.1.2.3/112");
	sys->print("%s %s %s %s\n", a.text(), m.masktext(), a.mask(m).text(), a.maskn(m).text());
	sys->print("%d %d %d %d\n", a.class(), a.isv4(), a.isvalid(), ip->v4allsys.ismulticast());
	b := array[8] of byte;
	sys->print("%d %d %ux\n", ip->put2(b, 0, 16r1234), ip->put4(b, 2, int 16rdeadbeef), ip->get4(b, 2));
}
