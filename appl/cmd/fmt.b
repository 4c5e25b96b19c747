implement Fmt;

#
# Fills lines; see fmt(1).
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "arg.m";
	arg: Arg;

include "bufio.m";
	bufio: Bufio;
	Iobuf: import bufio;

Fmt: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

join, indent: int;
length := 70;
out: ref Iobuf;
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
	arg->setusage("fmt [-j] [-i indent] [-l length] [file...]");
	join = 1;
	while((o := arg->opt()) != 0)
		case o {
		'i' =>	indent = number(arg->earg());
		'j' =>	join = 0;
		'l' or 'w' =>	length = number(arg->earg());
		* =>	arg->usage();
		}
	argv = arg->argv();
	out = bufio->fopen(sys->fildes(1), Bufio->OWRITE);
	if(argv == nil)
		fmt(bufio->fopen(sys->fildes(0), Bufio->OREAD), "<stdin>");
	for(; argv != nil; argv = tl argv){
		f := bufio->open(hd argv, Bufio->OREAD);
		if(f == nil){
			out.flush();
			sys->fprint(sys->fildes(2), "fmt: can't open %s: %r\n", hd argv);
			failed = 1;
			continue;
		}
		fmt(f, hd argv);
		if(tl argv != nil)
			out.puts("\n");
	}
	if(out.flush() == Bufio->ERROR){
		sys->fprint(sys->fildes(2), "fmt: write error: %r\n");
		failed = 1;
	}
	if(failed)
		raise "fail:errors";
}

number(s: string): int
{
	if(s == nil || len s > 9)
		arg->usage();
	for(i := 0; i < len s; i++)
		if(s[i] < '0' || s[i] > '9')
			arg->usage();
	return int s;
}

# columns of white space in front
leading(s: string): int
{
	n := 0;
	for(i := 0; i < len s; i++)
		case s[i] {
		' ' =>	n++;
		'\t' =>	n = (n + 8) & ~7;
		* =>	return n;
		}
	return n;
}

fmt(f: ref Iobuf, name: string)
{
	words: list of string;		# of the paragraph, the last one first
	front := 0;
	while((s := f.gets('\n')) != nil){
		(nil, l) := sys->tokenize(s, " \t\n");
		n := leading(s);
		if(words != nil && (l == nil || n != front || !join)){
			paragraph(words, front);
			words = nil;
		}
		if(l == nil){
			out.puts("\n");
			continue;
		}
		front = n;
		for(; l != nil; l = tl l)
			words = hd l :: words;
	}
	if(words != nil)
		paragraph(words, front);
	if(f.ungetb() == Bufio->ERROR){
		out.flush();
		sys->fprint(sys->fildes(2), "fmt: error reading %s: %r\n", name);
		failed = 1;
	}
}

paragraph(words: list of string, front: int)
{
	l: list of string;
	for(; words != nil; words = tl words)
		l = hd words :: l;
	front += indent;
	col := -1;		# -1: at the start of a line
	for(; l != nil; l = tl l){
		w := hd l;
		if(col >= 0){
			if(col + 1 + len w > length){
				out.puts("\n");
				col = -1;
			}else{
				out.puts(" ");
				col++;
			}
		}
		if(col < 0){
			for(col = 0; col + 8 <= front; col += 8)
				out.puts("\t");
			for(; col < front; col++)
				out.puts(" ");
		}
		out.puts(w);
		col += len w;
	}
	out.puts("\n");
}

nomod(path: string)
{
	sys->fprint(sys->fildes(2), "fmt: cannot load %s: %r\n", path);
	raise "fail:bad module";
}
