implement Mc;

#
# Prints words in columns; see mc(1).
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "arg.m";
	arg: Arg;

include "bufio.m";
	bufio: Bufio;
	Iobuf: import bufio;

Mc: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

failed: int;

init(nil: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	arg = load Arg Arg->PATH;
	if(arg == nil)
		nomod(Arg->PATH);
	bufio = load Bufio Bufio->PATH;
	if(bufio == nil)
		nomod(Bufio->PATH);
	arg->init(argv);
	arg->setusage("mc [-c columns] [file ...]");
	width := 65;
	while((o := arg->opt()) != 0)
		case o {
		'c' =>
			width = int arg->earg();
			if(width <= 0)
				arg->usage();
		* =>
			arg->usage();
		}
	argv = arg->argv();
	lines: list of string;
	if(argv == nil)
		lines = collect(bufio->fopen(sys->fildes(0), Bufio->OREAD), "<stdin>", lines);
	for(; argv != nil; argv = tl argv){
		f := bufio->open(hd argv, Bufio->OREAD);
		if(f == nil)
			error(sys->sprint("cannot open %s: %r", hd argv));
		else
			lines = collect(f, hd argv, lines);
	}
	columns(lines, width);
	if(failed)
		raise "fail:errors";
}

error(s: string)
{
	sys->fprint(sys->fildes(2), "mc: %s\n", s);
	failed = 1;
}

# onto the front of a list
collect(f: ref Iobuf, name: string, l: list of string): list of string
{
	while((s := f.gets('\n')) != nil){
		if(s[len s - 1] == '\n')
			s = s[0:len s - 1];
		l = s :: l;
	}
	if(f.ungetb() == Bufio->ERROR)
		error(sys->sprint("error reading %s: %r", name));
	return l;
}

columns(l: list of string, width: int)
{
	a := array[len l] of string;
	widest := 0;
	for(i := len a; --i >= 0; l = tl l){
		a[i] = hd l;
		if(len a[i] > widest)
			widest = len a[i];
	}
	widest++;
	ncol := width / widest;
	if(ncol < 1)
		ncol = 1;
	rows := (len a + ncol - 1) / ncol;
	out := bufio->fopen(sys->fildes(1), Bufio->OWRITE);
	for(r := 0; r < rows; r++){
		s := "";
		for(i = r; i < len a; i += rows)
			if(i + rows < len a)
				s += sys->sprint("%*s", -widest, a[i]);
			else
				s += a[i];
		out.puts(s + "\n");
	}
	if(out.flush() == Bufio->ERROR)
		error(sys->sprint("write error: %r"));
}

nomod(path: string)
{
	sys->fprint(sys->fildes(2), "mc: cannot load %s: %r\n", path);
	raise "fail:bad module";
}
