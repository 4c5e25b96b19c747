# modules taken apart and made
implement T;

include "sys.m";
	sys: Sys;
include "draw.m";
include "loader.m";
	loader: Loader;
	Inst, Typedesc, Link: import loader;

T: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

f(x: int): int
{
	return x + 1;
}

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	loader = load Loader Loader->PATH;
	if(loader == nil){
		sys->print("cannot load %s: %r\n", Loader->PATH);
		return;
	}
	f(1);
	m := load Nilmod SELF;
	if(m == nil)
		sys->print("self: %r\n");
	inst := loader->ifetch(m);
	sys->print("%d %d\n", len inst > 20, int inst[len inst - 1].op);
	t := loader->tdesc(m);
	sys->print("%d %d\n", len t > 1, t[0].size > 0);
	l := loader->link(m);
	for(i := 0; i < len l; i++)
		if(l[i].name == "init")
			sys->print("init %d %x\n", l[i].pc, l[i].sig);
	s := load Nilmod Sys->PATH;
	if(loader->ifetch(s) == nil)
		sys->print("%r\n");
	l = loader->link(s);
	sys->print("%s %d %d\n", l[len l - 1].name, l[len l - 1].pc, l[len l - 1].tdesc);

	# add one to a word of the frame
	code := array[] of {
		Inst(byte 16r3a, byte 8r21, 32, 0, 36),
		Inst(byte 16r0c, byte 8r33, 0, 0, 0),
	};
	d := loader->dnew(16, array[] of {byte 16r40});
	n := loader->newmod("made", 0, 2, code, d);
	if(n == nil)
		sys->print("newmod: %r\n");
	k := loader->tnew(n, 48, array[] of {byte 0});
	sys->print("%d\n", k);
	sys->print("%d\n", loader->ext(n, 0, 0, k));
	sys->print("%d %d %d\n", loader->ext(n, 9, 0, k), loader->ext(n, 0, 9, k), loader->ext(n, 0, 0, 9));
	sys->print("%r\n");
	t = loader->tdesc(n);
	sys->print("%d: %d %d, %d %d\n", len t, t[0].size, len t[0].map, t[1].size, len t[1].map);
	inst = loader->ifetch(n);
	for(i = 0; i < len inst; i++)
		sys->print("%d %d %d %d %d\n", int inst[i].op, int inst[i].addr, inst[i].src, inst[i].mid, inst[i].dst);
	sys->print("%d %d\n", loader->compile(n, 0), loader->compile(nil, 0));
	if(loader->newmod("x", 0, 0, nil, d) == nil)
		sys->print("%r\n");
	if(loader->newmod("x", 0, -1, code, d) == nil)
		sys->print("%r\n");
	bad := array[] of {Inst(byte 16r0d, byte 8r32, 0, 0, 77)};
	if(loader->newmod("x", 0, 1, bad, d) == nil)
		sys->print("%r\n");
	if(loader->tnew(m, 8, nil) < 0)
		sys->print("%r\n");
	if(loader->dnew(8, nil) == nil)
		sys->print("dnew nil\n");
	if(loader->ifetch(nil) == nil)
		sys->print("%r\n");
}
