# attribute databases
implement T;

include "sys.m";
	sys: Sys;
include "draw.m";
include "bufio.m";
	bufio: Bufio;
include "attrdb.m";
	attrdb: Attrdb;
	Db, Dbentry, Tuples: import attrdb;

T: module
{
	init: fn(ctxt: ref Draw->Context, argv: list of string);
};

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	attrdb = load Attrdb Attrdb->PATH;
	if(attrdb == nil){
		sys->print("cannot load Attrdb: %r\n");
		return;
	}

	if((err := attrdb->init()) != nil){
		sys->print("%s\n", err);
		return;
	}
	db := Db.sopen("# comment\nsys=a ip=1.2.3.4 dom='a b'\n\tmail\n\n\tip=\"5\"\"6\"\nsys=b # more\n\tip=7 x=\ntcp=styx port=6666\n");
	p: ref Attrdb->Dbptr;
	for(;;){
		e: ref Dbentry;
		(e, p) = db.find(p, "ip");
		if(e == nil)
			break;
		sys->print("%s %d:", e.findfirst("sys"), e.n);
		for(l := e.find("ip"); l != nil; l = tl l)
			for(a := (hd l).t1; a != nil; a = tl a)
				sys->print(" %s", (hd a).val);
		sys->print("\n");
	}
	(e, nil) := db.findpair(nil, "tcp", "styx");
	sys->print("%s\n", e.findfirst("port"));
	(e, nil) = db.findbyattr(nil, "sys", "a", "mail");
	sys->print("%d %s\n", e != nil, e.findfirst("dom"));
	(e, nil) = db.findpair(nil, "sys", "zz");
	sys->print("%d\n", e == nil);
	(t, perr) := attrdb->parseline("a='x", 1);
	sys->print("%d %s\n", t == nil, perr);
	(t, nil) = attrdb->parseline("a=1 b c= ", 1);
	sys->print("%d %d %d %d\n", t.n, t.hasattr("b"), t.haspair("a", "1"), t.haspair("c", ""));
}
