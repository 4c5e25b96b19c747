# words, characters, borders of formats
implement T;

include "sys.m";
	sys: Sys;
include "draw.m";

T: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

words(s, d: string)
{
	(n, l) := sys->tokenize(s, d);
	sys->print("%d:", n);
	for(; l != nil; l = tl l)
		sys->print(" <%s>", hd l);
	sys->print("\n");
}

chars(b: array of byte)
{
	for(i := 0; i < len b; i++){
		(c, n, ok) := sys->byte2char(b, i);
		sys->print(" %x,%d,%d", c, n, ok);
	}
	sys->print("\n");
}

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	words("a b  c", " ");
	words("  lead and trail ", " ");
	words("a:b,c::d", ":,");
	words("", " ");
	words("abc", "");
	words("   ", " ");
	words("日本→語→", "→");
	words("ab→cd é ef", "→é ");
	words("tab\tnew\nline", "\t\n");
	long := "";
	for(i := 0; i < 1000; i++)
		long += "word" + string i + " ";
	(n, l) := sys->tokenize(long, " ");
	sys->print("%d %s\n", n, hd l);

	chars(array of byte "aé日😀");
	chars(array[] of {byte 16rff, byte 16rfe, byte 'x', byte 'y', byte 'z'});
	chars(array[] of {byte 16rc0, byte 16r80, byte 16red, byte 16ra0, byte 16r80, byte 16rf4, byte 16r90, byte 16r80, byte 16r80});
	chars(array[] of {byte 16ref, byte 16rbf, byte 16rbd});
	{ sys->byte2char(nil, 0); } exception e { "*" => sys->print("%s\n", e); }
	{ sys->byte2char(array[1] of byte, 1); } exception e { "*" => sys->print("%s\n", e); }
	{ sys->utfbytes(nil, 0); } exception e { "*" => sys->print("%s\n", e); }

	# a width that nothing has room for
	{ s := sys->sprint("%*d", 16r7fffffff, 1); sys->print("%d\n", len s); } exception e { "*" => sys->print("%s\n", e); }
	sys->print("%d %d\n", len sys->sprint(""), len sys->aprint(""));
	sys->print("%d\n", sys->fprint(nil, "x"));
	sys->print("%r\n");
}
