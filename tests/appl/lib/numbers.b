# generators, hashes and sums
implement T;

include "sys.m";
	sys: Sys;
include "draw.m";
include "rand.m";
	rand: Rand;
include "hash.m";
	hash: Hash;
	HashTable, HashVal: import hash;
include "crc.m";
	crc: Crc;
include "strinttab.m";
	tab: StringIntTab;
	StringInt: import tab;

T: module
{
	init: fn(ctxt: ref Draw->Context, argv: list of string);
};

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	rand = load Rand Rand->PATH;
	if(rand == nil){
		sys->print("cannot load Rand: %r\n");
		return;
	}
	hash = load Hash Hash->PATH;
	if(hash == nil){
		sys->print("cannot load Hash: %r\n");
		return;
	}
	crc = load Crc Crc->PATH;
	if(crc == nil){
		sys->print("cannot load Crc: %r\n");
		return;
	}
	tab = load StringIntTab StringIntTab->PATH;
	if(tab == nil){
		sys->print("cannot load StringIntTab: %r\n");
		return;
	}

	rand->init(1);
	for(i := 0; i < 8; i++)
		sys->print("%d ", rand->rand(1000));
	rand->init(42);
	for(i = 0; i < 4; i++)
		sys->print("%d ", rand->rand(1000000));
	sys->print("%bd\n", rand->bigrand(big 1000000000000));
	sys->print("%d %d\n", hash->fun1("hello", 1000), hash->fun1("/dis/sh.dis", 251));
	h := hash->new(7);
	h.insert("a", HashVal(1, 0.0, "x"));
	h.insert("a", HashVal(2, 0.0, "y"));
	h.insert("b", HashVal(3, 0.0, "z"));
	h.find("b").i++;
	sys->print("%d %d %d\n", h.find("a").i, h.find("b").i, len h.all());
	h.delete("a");
	sys->print("%d %d\n", h.find("a") == nil, len h.all());
	a := array of byte "123456789";
	sys->print("%ux ", crc->crc(crc->init(0, ~0), a, len a));
	sys->print("%ux ", crc->crc(crc->init(0, 0), a, len a));
	st := crc->init(0, ~0);
	crc->crc(st, a, 4);
	sys->print("%ux\n", crc->crc(st, a[4:], 5));
	t := array[] of {StringInt("a", 1), StringInt("b", 2), StringInt("d", 3)};
	(ok, v) := tab->lookup(t, "b");
	(no, nil) := tab->lookup(t, "c");
	sys->print("%d %d %d %s\n", ok, v, no, tab->revlookup(t, 3));
}
