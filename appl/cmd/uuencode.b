implement Uuencode;

#
# Writes a file as text; see uuencode(1).
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "bufio.m";
	bufio: Bufio;
	Iobuf: import bufio;

Uuencode: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

init(nil: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	bufio = load Bufio Bufio->PATH;
	if(bufio == nil)
		nomod(Bufio->PATH);
	in: ref Iobuf;
	mode := 8r644;
	case len argv {
	2 =>
		in = bufio->fopen(sys->fildes(0), Bufio->OREAD);
	3 =>
		argv = tl argv;
		in = bufio->open(hd argv, Bufio->OREAD);
		if(in == nil){
			sys->fprint(sys->fildes(2), "uuencode: can't open %s: %r\n", hd argv);
			raise "fail:open";
		}
		(nil, d) := sys->fstat(in.fd);
		mode = d.mode & 8r777;
	* =>
		sys->fprint(sys->fildes(2), "usage: uuencode [sourcefile] remotefile\n");
		raise "fail:usage";
	}
	out := bufio->fopen(sys->fildes(1), Bufio->OWRITE);
	out.puts(sys->sprint("begin %.3o %s\n", mode, hd tl argv));
	buf := array[45] of byte;
	while((n := in.read(buf, len buf)) > 0){
		out.putc(enc(n));
		for(i := n; i < len buf; i++)
			buf[i] = byte 0;
		for(i = 0; i < n; i += 3){
			v := int buf[i] << 16 | int buf[i+1] << 8 | int buf[i+2];
			for(s := 18; s >= 0; s -= 6)
				out.putc(enc((v >> s) & 8r77));
		}
		out.putc('\n');
	}
	out.puts(" \nend\n");
	if(out.flush() == Bufio->ERROR){
		sys->fprint(sys->fildes(2), "uuencode: write error: %r\n");
		raise "fail:write error";
	}
}

enc(n: int): int
{
	return n + ' ';
}

nomod(path: string)
{
	sys->fprint(sys->fildes(2), "uuencode: cannot load %s: %r\n", path);
	raise "fail:bad module";
}
