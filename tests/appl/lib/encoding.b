# bytes as text
implement T;

include "sys.m";
	sys: Sys;
include "draw.m";
include "encoding.m";

T: module
{
	init: fn(ctxt: ref Draw->Context, argv: list of string);
};

try(path: string)
{
	e := load Encoding path;
	if(e == nil){
		sys->print("cannot load %s: %r\n", path);
		return;
	}
	s := e->enc(array of byte "foobar!");
	sys->print("%s %s [%s] %s [%s] %s %d\n", s, string e->dec(s), e->enc(nil), string e->dec(""), string e->dec(e->enc(array of byte "f")),
		e->enc(array of byte "f"), len e->dec(e->enc(array[3] of {* => byte 255})));
}

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	try(Encoding->BASE64PATH);
	try(Encoding->BASE32PATH);
	try(Encoding->BASE32APATH);
	try(Encoding->BASE16PATH);
}
