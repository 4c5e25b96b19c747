# messages packed and unpacked
implement T;

include "sys.m";
	sys: Sys;
include "draw.m";
include "styx.m";
	styx: Styx;
	Tmsg, Rmsg: import styx;

T: module
{
	init: fn(ctxt: ref Draw->Context, argv: list of string);
};

same(a, b: array of byte): int
{
	if(len a != len b)
		return 0;
	for(i := 0; i < len a; i++)
		if(a[i] != b[i])
			return 0;
	return 1;
}

t(m: ref Tmsg)
{
	a := m.pack();
	(n, u) := Tmsg.unpack(a);
	sys->print("%d %d %d %s\n", n, m.mtype(), same(a, u.pack()), u.text());
}

r(m: ref Rmsg)
{
	a := m.pack();
	(n, u) := Rmsg.unpack(a);
	sys->print("%d %d %d %s\n", n, m.mtype(), same(a, u.pack()), u.text());
}

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	styx = load Styx Styx->PATH;
	if(styx == nil){
		sys->print("cannot load Styx: %r\n");
		return;
	}

	styx->init();
	d := Sys->Dir("n", "u", "g", "m", (big 16r10, 7, 16r80), Sys->DMDIR | 8r755, 1, 2, big 3, 'M', 4);
	t(ref Tmsg.Version(65535, 8216, "9P2000"));
	t(ref Tmsg.Auth(1, 2, "u", "a"));
	t(ref Tmsg.Attach(1, 35, ~0, "root", "spec"));
	t(ref Tmsg.Flush(2, 1));
	t(ref Tmsg.Walk(1, 35, 38, nil));
	t(ref Tmsg.Walk(1, 35, 38, array[] of {"a", "b"}));
	t(ref Tmsg.Open(1, 38, 0));
	t(ref Tmsg.Create(1, 39, "new", 8r664, 1));
	t(ref Tmsg.Read(1, 38, big 0, 2048));
	t(ref Tmsg.Write(1, 39, big 0, array of byte "abcd"));
	t(ref Tmsg.Clunk(1, 38));
	t(ref Tmsg.Remove(1, 38));
	t(ref Tmsg.Stat(1, 38));
	t(ref Tmsg.Wstat(1, 38, d));
	q := Sys->Qid(big 16r10, 0, 16r80);
	r(ref Rmsg.Version(65535, 8216, "9P2000"));
	r(ref Rmsg.Auth(1, q));
	r(ref Rmsg.Attach(1, q));
	r(ref Rmsg.Flush(1));
	r(ref Rmsg.Error(1, "file does not exist"));
	r(ref Rmsg.Clunk(1));
	r(ref Rmsg.Remove(1));
	r(ref Rmsg.Wstat(1));
	r(ref Rmsg.Walk(1, array[] of {q}));
	r(ref Rmsg.Open(1, (big 16r12, 7, 0), 8192));
	r(ref Rmsg.Create(1, q, 0));
	r(ref Rmsg.Read(1, array of byte "abc"));
	r(ref Rmsg.Write(1, 3));
	r(ref Rmsg.Stat(1, d));
	for(l := list of {"9P2000.u", "9P2000.L", "9P3000", "9P1000", "Styx", "", "9P2000x"}; l != nil; l = tl l){
		(m, v) := styx->compatible(ref Tmsg.Version(0, 1000, hd l), 8216, "9P2000");
		sys->print("%s %d %s\n", hd l, m, v);
	}
	a := (ref Tmsg.Clunk(1, 38)).pack();
	(n, m) := Tmsg.unpack(a[0:5]);
	sys->print("%d %d %d\n", n, m == nil, styx->istmsg(a));
	a[4] = byte 106;
	(n, m) = Tmsg.unpack(a);
	sys->print("%d %d %d\n", n, m == nil, styx->utflen("é日x"));
}
