implement Comm;

#
# Compares two sorted files line by line; see comm(1).
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "arg.m";
	arg: Arg;

include "bufio.m";
	bufio: Bufio;
	Iobuf: import bufio;

Comm: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

indent := array[4] of string;	# before the lines of each column
show := array[4] of {* => 1};
out: ref Iobuf;

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
	arg->setusage("comm [-123] file1 file2");
	while((o := arg->opt()) != 0)
		case o {
		'1' to '3' =>	show[o - '0'] = 0;
		* =>	arg->usage();
		}
	argv = arg->argv();
	if(len argv != 2)
		arg->usage();
	tabs := "";
	for(i := 1; i <= 3; i++){
		indent[i] = tabs;
		if(show[i])
			tabs += "\t";
	}
	f := open(hd argv);
	g := open(hd tl argv);
	out = bufio->fopen(sys->fildes(1), Bufio->OWRITE);
	a := next(f);
	b := next(g);
	while(a != nil || b != nil)
		if(b == nil || a != nil && a < b){
			put(1, a);
			a = next(f);
		}else if(a == nil || b < a){
			put(2, b);
			b = next(g);
		}else{
			put(3, a);
			a = next(f);
			b = next(g);
		}
	if(out.flush() == Bufio->ERROR){
		sys->fprint(sys->fildes(2), "comm: write error: %r\n");
		raise "fail:write error";
	}
}

open(name: string): ref Iobuf
{
	if(name == "-")
		return bufio->fopen(sys->fildes(0), Bufio->OREAD);
	f := bufio->open(name, Bufio->OREAD);
	if(f == nil){
		sys->fprint(sys->fildes(2), "comm: cannot open %s: %r\n", name);
		raise "fail:open";
	}
	return f;
}

next(f: ref Iobuf): string
{
	s := f.gets('\n');
	if(s == nil && f.ungetb() == Bufio->ERROR){
		out.flush();
		sys->fprint(sys->fildes(2), "comm: read error: %r\n");
		raise "fail:read error";
	}
	if(s != nil && s[len s - 1] != '\n')
		s += "\n";
	return s;
}

put(column: int, s: string)
{
	if(show[column])
		out.puts(indent[column] + s);
}

nomod(path: string)
{
	sys->fprint(sys->fildes(2), "comm: cannot load %s: %r\n", path);
	raise "fail:bad module";
}
