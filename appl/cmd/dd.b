implement Dd;

#
# Copies and converts a file in blocks; see dd(1).
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "string.m";
	str: String;

Dd: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

ifile, ofile: string;
ibs := 512;
obs := 512;
cbs := 0;
skip, iseek, oseek: big;
files := 1;
count := big -1;

Ascii, Ebcdic, Ibm, Block, Unblock, Lcase, Ucase, Swab, Noerror, Sync: con 1 << iota;
conv := 0;

in, out: ref Sys->FD;
obuf: array of byte;
nobuf := 0;
line: array of byte;		# record being made, for block and unblock
nline := 0;
overlong := 0;
infull, inpart, outfull, outpart, ntrunc: big;
table: array of byte;

init(nil: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	str = load String String->PATH;
	if(str == nil)
		nomod(String->PATH);
	if(argv != nil)
		argv = tl argv;
	for(; argv != nil; argv = tl argv){
		key := hd argv;
		if(tl argv == nil)
			fail(sys->sprint("arg %s needs a value", key), "arg");
		argv = tl argv;
		val := hd argv;
		case key {
		"-if" =>	ifile = val;
		"-of" =>	ofile = val;
		"-ibs" =>	ibs = size(val);
		"-obs" =>	obs = size(val);
		"-bs" =>	ibs = obs = size(val);
		"-cbs" =>	cbs = size(val);
		"-skip" =>	skip = number(val);
		"-iseek" =>	iseek = number(val);
		"-seek" or "-oseek" =>	oseek = number(val);
		"-count" =>	count = number(val);
		"-files" =>	files = int number(val);
		"-conv" =>	conversions(val);
		* =>	fail("bad arg: " + key, "arg");
		}
	}
	if(cbs > 0 && conv & Ascii)
		conv |= Unblock;
	if(cbs > 0 && conv & (Ebcdic | Ibm))
		conv |= Block;
	if(cbs == 0 && conv & (Block | Unblock))
		fail("cbs must be given to block or unblock", "arg");
	in = sys->fildes(0);
	if(ifile != nil){
		in = sys->open(ifile, Sys->OREAD);
		if(in == nil)
			fail(sys->sprint("open %s: %r", ifile), "open");
	}
	out = sys->fildes(1);
	if(ofile != nil){
		if(oseek > big 0)
			out = sys->open(ofile, Sys->OWRITE);
		else
			out = nil;
		if(out == nil)
			out = sys->create(ofile, Sys->OWRITE, 8r666);
		if(out == nil)
			fail(sys->sprint("create %s: %r", ofile), "create");
	}
	if(iseek > big 0 && sys->seek(in, iseek * big ibs, Sys->SEEKRELA) < big 0)
		fail(sys->sprint("seek %s: %r", ifile), "seek");
	if(oseek > big 0 && sys->seek(out, oseek * big obs, Sys->SEEKRELA) < big 0)
		fail(sys->sprint("seek %s: %r", ofile), "seek");
	maketable();
	obuf = array[obs] of byte;
	if(cbs > 0)
		line = array[cbs] of byte;
	buf := array[ibs] of byte;
	for(; skip > big 0 && sys->read(in, buf, len buf) > 0; skip--)
		;
	copy(buf);
	flushline();
	flush();
	statistics();
}

fail(s, status: string)
{
	sys->fprint(sys->fildes(2), "dd: %s\n", s);
	raise "fail:" + status;
}

statistics()
{
	sys->fprint(sys->fildes(2), "%bd+%bd records in\n", infull, inpart);
	sys->fprint(sys->fildes(2), "%bd+%bd records out\n", outfull, outpart);
	if(ntrunc > big 0)
		sys->fprint(sys->fildes(2), "%bd truncated records\n", ntrunc);
}

# factors separated by x, each with k (1024), b (512) or w (2)
number(s: string): big
{
	v := big 1;
	for(rest := s;;){
		(n, r) := str->tobig(rest, 10);
		if(len r == len rest || n < big 0)
			fail("bad number: " + s, "arg");
		v *= n;
		for(; r != nil && r[0] != 'x'; r = r[1:])
			case r[0] {
			'k' =>	v *= big 1024;
			'b' =>	v *= big 512;
			'w' =>	v *= big 2;
			* =>	fail("bad number: " + s, "arg");
			}
		if(r == nil)
			return v;
		rest = r[1:];
	}
}

size(s: string): int
{
	n := number(s);
	if(n <= big 0 || n > big (64*1024*1024))
		fail("bad size: " + s, "arg");
	return int n;
}

conversions(s: string)
{
	(nil, l) := sys->tokenize(s, ",");
	for(; l != nil; l = tl l)
		case hd l {
		"ascii" =>	conv |= Ascii;
		"ebcdic" =>	conv |= Ebcdic;
		"ibm" =>	conv |= Ibm;
		"block" =>	conv |= Block;
		"unblock" =>	conv |= Unblock;
		"lcase" =>	conv |= Lcase;
		"ucase" =>	conv |= Ucase;
		"swab" =>	conv |= Swab;
		"noerror" =>	conv |= Noerror;
		"sync" =>	conv |= Sync;
		* =>	fail("bad conversion: " + hd l, "arg");
		}
}

copy(buf: array of byte)
{
	while(count < big 0 || infull + inpart < count){
		n := sys->read(in, buf, len buf);
		if(n == 0){
			if(--files <= 0)
				return;
			continue;
		}
		if(n < 0){
			sys->fprint(sys->fildes(2), "dd: read error: %r\n");
			if((conv & Noerror) == 0){
				flushline();
				flush();
				statistics();
				raise "fail:read error";
			}
			statistics();
			for(n = 0; n < len buf; n++)
				buf[n] = byte 0;
			sys->seek(in, big len buf, Sys->SEEKRELA);
			inpart++;
		}else if(n == len buf)
			infull++;
		else{
			inpart++;
			if(conv & Sync)
				for(; n < len buf; n++)
					buf[n] = byte 0;
		}
		i: int;
		if(conv & Swab)
			for(i = 0; i+1 < n; i += 2){
				b := buf[i];
				buf[i] = buf[i+1];
				buf[i+1] = b;
			}
		if(table != nil)
			for(i = 0; i < n; i++)
				buf[i] = table[int buf[i]];
		if(conv & Block)
			block(buf[0:n]);
		else if(conv & Unblock)
			unblock(buf[0:n]);
		else
			put(buf[0:n]);
	}
}

put(a: array of byte)
{
	while(len a > 0){
		n := obs - nobuf;
		if(n > len a)
			n = len a;
		obuf[nobuf:] = a[0:n];
		nobuf += n;
		a = a[n:];
		if(nobuf == obs)
			flush();
	}
}

flush()
{
	if(nobuf == 0)
		return;
	if(nobuf == obs)
		outfull++;
	else
		outpart++;
	n := nobuf;
	nobuf = 0;
	if(sys->write(out, obuf, n) != n){
		sys->fprint(sys->fildes(2), "dd: write error: %r\n");
		statistics();
		raise "fail:write error";
	}
}

# lines to records of cbs bytes
block(a: array of byte)
{
	for(i := 0; i < len a; i++)
		if(a[i] == newline()){
			nline = pad(nline);
			put(line);
			nline = overlong = 0;
		}else if(nline < cbs)
			line[nline++] = a[i];
		else if(!overlong){
			overlong = 1;
			ntrunc++;
		}
}

blank(): byte
{
	if(conv & (Ebcdic | Ibm))
		return byte 16r40;
	return byte ' ';
}

newline(): byte
{
	if(conv & (Ebcdic | Ibm))
		return table['\n'];
	return byte '\n';
}

pad(n: int): int
{
	while(n < cbs)
		line[n++] = blank();
	return n;
}

# and back
unblock(a: array of byte)
{
	for(i := 0; i < len a; i++){
		line[nline++] = a[i];
		if(nline == cbs)
			flushline();
	}
}

flushline()
{
	if(nline == 0)
		return;
	if(conv & Block){
		pad(nline);
		put(line);
	}else{
		n := nline;
		while(n > 0 && line[n-1] == byte ' ')
			n--;
		put(line[0:n]);
		put(array[] of {byte '\n'});
	}
	nline = 0;
}

# EBCDIC of the bytes of ASCII, in hexadecimal
E0: con "00010203372d2e2f1605250b0c0d0e0f101112133c3d322618193f271c1d1e1f" +
	"404f7f7b5b6c507d4d5d5c4e6b604b61f0f1f2f3f4f5f6f7f8f97a5e4c7e6e6f" +
	"7cc1c2c3c4c5c6c7c8c9d1d2d3d4d5d6d7d8d9e2e3e4e5e6e7e8e94ae05a5f6d" +
	"79818283848586878889919293949596979899a2a3a4a5a6a7a8a9c06ad0a107";

maketable()
{
	if((conv & (Ascii | Ebcdic | Ibm | Lcase | Ucase)) == 0)
		return;
	toebcdic := array[256] of {* => byte 16r3f};
	toascii := array[256] of {* => byte 16r1a};
	for(i := 0; i < 128; i++){
		e := str->toint(E0[2*i:2*i+2], 16).t0;
		if(conv & Ibm)
			case i {
			'!' =>	e = 16r5a;
			'[' =>	e = 16rad;
			']' =>	e = 16rbd;
			'|' =>	e = 16r4f;
			}
		toebcdic[i] = byte e;
		toascii[e] = byte i;
	}
	table = array[256] of byte;
	for(i = 0; i < 256; i++){
		c := i;
		if(conv & Ascii)
			c = int toascii[c];
		if(conv & Lcase && c >= 'A' && c <= 'Z')
			c += 'a' - 'A';
		if(conv & Ucase && c >= 'a' && c <= 'z')
			c += 'A' - 'a';
		if(conv & (Ebcdic | Ibm))
			c = int toebcdic[c];
		table[i] = byte c;
	}
}

nomod(path: string)
{
	sys->fprint(sys->fildes(2), "dd: cannot load %s: %r\n", path);
	raise "fail:bad module";
}
