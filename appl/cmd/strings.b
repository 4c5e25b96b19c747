implement Strings;

#
# Prints the printable strings of files; see strings(1).
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "bufio.m";
	bufio: Bufio;
	Iobuf: import bufio;

Strings: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

MIN: con 6;
MAX: con 70;

out: ref Iobuf;
failed: int;

init(nil: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	bufio = load Bufio Bufio->PATH;
	if(bufio == nil)
		nomod(Bufio->PATH);
	if(argv != nil)
		argv = tl argv;
	out = bufio->fopen(sys->fildes(1), Bufio->OWRITE);
	if(argv == nil)
		strings(bufio->fopen(sys->fildes(0), Bufio->OREAD), "<stdin>");
	many := argv != nil && tl argv != nil;
	for(; argv != nil; argv = tl argv){
		f := bufio->open(hd argv, Bufio->OREAD);
		if(f == nil){
			out.flush();
			sys->fprint(sys->fildes(2), "strings: cannot open %s: %r\n", hd argv);
			failed = 1;
			continue;
		}
		if(many)
			out.puts(hd argv + ":\n");
		strings(f, hd argv);
	}
	if(out.flush() == Bufio->ERROR){
		sys->fprint(sys->fildes(2), "strings: write error: %r\n");
		failed = 1;
	}
	if(failed)
		raise "fail:errors";
}

strings(f: ref Iobuf, name: string)
{
	s := "";
	start := big 0;
	for(;;){
		at := f.offset();
		c := f.getc();
		if(c >= ' ' && c <= '~' || c > 16ra0 && c != Sys->UTFerror){
			if(s == nil)
				start = at;
			s[len s] = c;
			if(len s == MAX){
				out.puts(sys->sprint("%8bd: %s ...\n", start, s));
				s = nil;
			}
			continue;
		}
		if(len s >= MIN)
			out.puts(sys->sprint("%8bd: %s\n", start, s));
		s = nil;
		if(c == Bufio->ERROR){
			out.flush();
			sys->fprint(sys->fildes(2), "strings: error reading %s: %r\n", name);
			failed = 1;
		}
		if(c < 0)
			return;
	}
}

nomod(path: string)
{
	sys->fprint(sys->fildes(2), "strings: cannot load %s: %r\n", path);
	raise "fail:bad module";
}
