# compression, and back
implement T;

include "sys.m";
	sys: Sys;
include "draw.m";
include "filter.m";

T: module
{
	init: fn(ctxt: ref Draw->Context, argv: list of string);
};

run(path: string, in: array of byte, param: string): (array of byte, string)
{
	f := load Filter path;
	if(f == nil)
		return (nil, sys->sprint("cannot load %s: %r", path));
	f->init();
	rq := f->start(param);
	out := array[0] of byte;
	o := 0;
	for(;;){
		pick m := <-rq {
		Fill =>
			n := len m.buf;
			if(n > len in - o)
				n = len in - o;
			if(n > 777)
				n = 777;
			m.buf[0:] = in[o:o+n];
			o += n;
			m.reply <-= n;
		Result =>
			a := array[len out + len m.buf] of byte;
			a[0:] = out;
			a[len out:] = m.buf;
			out = a;
			m.reply <-= 0;
		Finished =>
			return (out, nil);
		Error =>
			return (nil, m.e);
		}
	}
}

try(a: array of byte, how, kind: string): int
{
	(c, err) := run(Filter->DEFLATEPATH, a, how);
	if(err != nil){
		sys->print("deflate: %s\n", err);
		return 0;
	}
	(b, err2) := run(Filter->INFLATEPATH, c, kind);
	if(err2 != nil){
		sys->print("inflate: %s\n", err2);
		return 0;
	}
	if(len a != len b)
		return 0;
	for(i := 0; i < len a; i++)
		if(a[i] != b[i])
			return 0;
	return 1;
}

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	text := "";
	for(i := 0; i < 3000; i++)
		text += "line " + string (i*i % 97) + "\n";
	a := array of byte text;
	noise := array[100000] of byte;
	x := 1;
	for(i = 0; i < len noise; i++){
		x = x*1103515245 + 12345;
		noise[i] = byte (x >> 16);
	}
	for(l := list of {"6", "h6", "z6", "0", "1", "9", "h0"}; l != nil; l = tl l){
		kind := "";
		if((hd l)[0] > '9')
			kind = (hd l)[0:1];
		sys->print("%s %d %d %d\n", hd l, try(a, hd l, kind), try(noise, hd l, kind), try(array[0] of byte, hd l, kind));
	}
	(nil, err) := run(Filter->INFLATEPATH, array of byte "not compressed at all", "h");
	sys->print("%s\n", err);
	(c, nil) := run(Filter->DEFLATEPATH, a, "6");
	sys->print("%d\n", len c < len a / 4);
	(nil, err) = run(Filter->INFLATEPATH, c[0:len c - 5], "");
	sys->print("%s\n", err);
	(s, nil) := run(Filter->SLIPPATH, array[] of {byte 1, byte 192, byte 219, byte 2}, "encode");
	for(i = 0; i < len s; i++)
		sys->print("%d ", int s[i]);
	(s, nil) = run(Filter->SLIPPATH, s, "decode");
	for(i = 0; i < len s; i++)
		sys->print("%d ", int s[i]);
	sys->print("\n");
}
