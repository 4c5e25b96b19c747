# S-expressions
implement T;

include "sys.m";
	sys: Sys;
include "draw.m";
include "bufio.m";
	bufio: Bufio;
	Iobuf: import bufio;
include "sexprs.m";
	sexprs: Sexprs;
	Sexp: import sexprs;

T: module
{
	init: fn(ctxt: ref Draw->Context, argv: list of string);
};

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	bufio = load Bufio Bufio->PATH;
	if(bufio == nil){
		sys->print("cannot load Bufio: %r\n");
		return;
	}
	sexprs = load Sexprs Sexprs->PATH;
	if(sexprs == nil){
		sys->print("cannot load Sexprs: %r\n");
		return;
	}

	sexprs->init();
	(e, rest, err) := Sexp.parse("(a \"b c\" #0102ff# |Zm9v| [text/plain] x (d ()) )tail");
	sys->print("%s %s %d %s [%s]\n", e.text(), rest, e.packedsize(), e.op(), err);
	p := e.pack();
	for(i := 0; i < len p; i++)
		if(int p[i] < ' ' || int p[i] > '~')
			sys->print("<%.2ux>", int p[i]);
		else
			sys->print("%c", int p[i]);
	sys->print("\n");
	(u, left, nil) := Sexp.unpack(p);
	sys->print("%d %d %d\n", u.eq(e), len left, len e.args());
	(u, nil, nil) = Sexp.parse(e.b64text());
	sys->print("%d\n", u.eq(e.copy()));
	for(l := list of {"(a b", ")", "#0x", "\"abc", "3:ab", "", "\"a\\n\\x41\\101\""}; l != nil; l = tl l){
		(e, rest, err) = Sexp.parse(hd l);
		if(e == nil)
			sys->print("nil %s\n", err);
		else
			sys->print("%q\n", e.astext());
	}
	b := bufio->sopen("(x y) z 3:abc");
	for(;;){
		(e, err) = Sexp.read(b);
		if(e == nil)
			break;
		sys->print("%s\n", e.text());
	}
}
