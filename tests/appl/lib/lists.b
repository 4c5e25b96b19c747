# polymorphic lists and tables
implement T;

include "sys.m";
	sys: Sys;
include "draw.m";
include "lists.m";
	lists: Lists;
include "tables.m";
	tables: Tables;
	Table, Strhash: import tables;

T: module
{
	init: fn(ctxt: ref Draw->Context, argv: list of string);
};

S: adt
{
	s:	string;

	eq:	fn(a, b: ref S): int;
};

S.eq(a, b: ref S): int
{
	return a.s == b.s;
}

double(s: string): string
{
	return s + s;
}

short(s: string): int
{
	return len s == 1;
}

show(l: list of string)
{
	for(; l != nil; l = tl l)
		sys->print("%s ", hd l);
	sys->print("\n");
}

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	lists = load Lists Lists->PATH;
	if(lists == nil){
		sys->print("cannot load Lists: %r\n");
		return;
	}
	tables = load Tables Tables->PATH;
	if(tables == nil){
		sys->print("cannot load Tables: %r\n");
		return;
	}

	l := list of {"a", "bb", "ccc", "d"};
	show(lists->map(double, l));
	sys->print("%d %d\n", lists->allsat(short, l), lists->anysat(short, l));
	show(lists->filter(short, l));
	(p, q) := lists->partition(short, l);
	show(p);
	show(q);
	show(lists->append(l, "e"));
	show(lists->concat(l, "x" :: nil));
	show(lists->combine("b" :: "a" :: nil, "c" :: nil));
	show(lists->reverse(l));
	sys->print("%s\n", lists->last(l));
	s := list of {ref S("a"), ref S("b"), ref S("c")};
	sys->print("%d %d %d %d\n", len lists->find(ref S("b"), s), len lists->delete(ref S("c"), s), lists->ismember(ref S("c"), s), lists->ismember(ref S("d"), s));
	{
		lists->pair(l, s);
	} exception e {
	"*" =>
		sys->print("%s\n", e);
	}
	t := Table[string].new(0, "none");
	sys->print("%d %d %s %s\n", t.add(-5, "x"), t.add(-5, "y"), t.find(-5), t.find(6));
	sys->print("%d %d\n", t.del(-5), t.del(-5));
	h := Strhash[string].new(3, nil);
	h.add("k", "1");
	h.add("k", "2");
	sys->print("%s ", h.find("k"));
	h.del("k");
	sys->print("%s %d\n", h.find("k"), h.find("z") == nil);
}
