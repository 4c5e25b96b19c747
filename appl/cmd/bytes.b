implement Bytes;

#
# Cuts out or replaces a range of bytes; see bytes(1).
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "string.m";
	str: String;

Bytes: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

init(nil: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	str = load String String->PATH;
	if(str == nil)
		nomod(String->PATH);
	if(len argv != 3 && len argv != 4)
		usage();
	start := number(hd tl argv);
	end := number(hd tl tl argv);
	new: array of byte;
	if(len argv == 4)
		new = unescape(hd tl tl tl argv);
	in := sys->fildes(0);
	buf := array[Sys->ATOMICIO] of byte;
	at := big 0;
	replaced := 0;
	while((n := sys->read(in, buf, len buf)) > 0){
		a := clip(start - at, n);
		b := n;
		if(end >= big 0)
			b = clip(end - at, n);
		if(b < a)
			b = a;
		if(new == nil)
			put(buf[a:b]);
		else{
			put(buf[0:a]);
			if(!replaced && at + big n >= start){
				put(new);
				replaced = 1;
			}
			put(buf[b:n]);
		}
		at += big n;
	}
	if(n < 0){
		sys->fprint(sys->fildes(2), "bytes: read error: %r\n");
		raise "fail:read error";
	}
	if(new != nil && !replaced)
		put(new);
}

usage()
{
	sys->fprint(sys->fildes(2), "usage: bytes start end [bytes]\n");
	raise "fail:usage";
}

# `end' is that of the input
number(s: string): big
{
	if(s == "end")
		return big -1;
	(n, rest) := str->tobig(s, 0);
	if(s == nil || rest != nil || n < big 0)
		usage();
	return n;
}

clip(n: big, max: int): int
{
	if(n < big 0)
		return 0;
	if(n > big max)
		return max;
	return int n;
}

put(a: array of byte)
{
	if(len a > 0 && sys->write(sys->fildes(1), a, len a) != len a){
		sys->fprint(sys->fildes(2), "bytes: write error: %r\n");
		raise "fail:write error";
	}
}

# \xhh, \n, \t and the like
unescape(s: string): array of byte
{
	a := array[4*len s] of byte;
	n := 0;
	for(i := 0; i < len s; i++){
		if(s[i] == '\\' && i+1 < len s){
			i++;
			if(s[i] == 'x' && i+2 < len s){
				(v, rest) := str->toint(s[i+1:i+3], 16);
				if(rest == nil){
					a[n++] = byte v;
					i += 2;
					continue;
				}
			}
			c := s[i];
			case c {
			'n' =>	c = '\n';
			't' =>	c = '\t';
			'r' =>	c = '\r';
			'0' =>	c = 0;
			}
			a[n++] = byte c;
			continue;
		}
		b := array of byte s[i:i+1];
		a[n:] = b;
		n += len b;
	}
	return a[0:n];
}

nomod(path: string)
{
	sys->fprint(sys->fildes(2), "bytes: cannot load %s: %r\n", path);
	raise "fail:bad module";
}
