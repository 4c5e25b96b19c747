# sets of integers
implement T;

include "sys.m";
	sys: Sys;
include "draw.m";
include "sets32.m";
	sets: Sets;
	Set: import sets;

T: module
{
	init: fn(ctxt: ref Draw->Context, argv: list of string);
};

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	sets = load Sets Sets->PATH;
	if(sets == nil){
		sys->print("cannot load Sets: %r\n");
		return;
	}

	A: con Sets->A;
	B: con Sets->B;
	sets->init();
	s := sets->set().addlist(list of {1, 5, 20});
	sys->print("%s %s %s\n", s.str(), s.invert().str(), sets->set().str());
	t := sets->set().add(5).add(7);
	sys->print("%s %s %s %s\n", s.X(A&B, t).str(), s.X(A|B, t).str(), s.X(A&~B, t).str(), s.X(A^B, t).str());
	sys->print("%d %d %d %d\n", s.holds(5), s.holds(6), s.invert().holds(6), s.invert().holds(5));
	sys->print("%d %d %d %d\n", s.isempty(), s.del(1).del(5).del(20).isempty(), s.msb(), s.invert().msb());
	sys->print("%d %d\n", s.limit(), sets->set().limit());
	sys->print("%d %d\n", sets->str2set(s.str()).eq(s), sets->str2set(s.invert().str()).eq(s.invert()));
	sys->print("%d %d\n", sets->bytes2set(s.bytes(0)).eq(s), sets->bytes2set(s.invert().bytes(8)).eq(s.invert()));
	sys->print("%d\n", s.X(~A, s).eq(s.invert()));
}
