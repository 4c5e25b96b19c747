implement Uudecode;

#
# Makes files of the text of uuencode; see uuencode(1).
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "arg.m";
	arg: Arg;

include "bufio.m";
	bufio: Bufio;
	Iobuf: import bufio;

include "string.m";
	str: String;

Uudecode: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

init(nil: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	arg = load Arg Arg->PATH;
	if(arg == nil)
		nomod(Arg->PATH);
	bufio = load Bufio Bufio->PATH;
	if(bufio == nil)
		nomod(Bufio->PATH);
	str = load String String->PATH;
	if(str == nil)
		nomod(String->PATH);
	arg->init(argv);
	arg->setusage("uudecode [-p] [file...]");
	print := 0;
	while((o := arg->opt()) != 0)
		case o {
		'p' =>	print = 1;
		* =>	arg->usage();
		}
	argv = arg->argv();
	failed := 0;
	if(argv == nil)
		failed = decode(bufio->fopen(sys->fildes(0), Bufio->OREAD), "<stdin>", print);
	for(; argv != nil; argv = tl argv){
		f := bufio->open(hd argv, Bufio->OREAD);
		if(f == nil){
			sys->fprint(sys->fildes(2), "uudecode: can't open %s: %r\n", hd argv);
			failed = 1;
		}else
			failed |= decode(f, hd argv, print);
	}
	if(failed)
		raise "fail:errors";
}

error(name, s: string): int
{
	sys->fprint(sys->fildes(2), "uudecode: %s: %s\n", name, s);
	return 1;
}

decode(in: ref Iobuf, name: string, print: int): int
{
	line: string;
	mode := 8r666;
	file: string;
	for(;;){
		line = in.gets('\n');
		if(line == nil)
			return error(name, "no `begin' line");
		(n, l) := sys->tokenize(line, " \r\n");
		if(n < 3 || hd l != "begin")
			continue;
		(m, rest) := str->toint(hd tl l, 8);
		if(rest != nil)
			continue;
		mode = m & 8r777;
		file = hd tl tl l;
		break;
	}
	out: ref Iobuf;
	if(print)
		out = bufio->fopen(sys->fildes(1), Bufio->OWRITE);
	else
		out = bufio->create(file, Bufio->OWRITE, mode);
	if(out == nil)
		return error(name, sys->sprint("can't create %s: %r", file));
	for(;;){
		line = in.gets('\n');
		if(line == nil)
			return error(name, "no `end' line");
		if(line == "end\n" || line == "end\r\n" || line == "end")
			break;
		n := dec(line, 0);
		for(i := 1; n > 0; i += 4){
			v := dec(line, i) << 18 | dec(line, i+1) << 12 | dec(line, i+2) << 6 | dec(line, i+3);
			for(s := 16; s >= 0 && n > 0; s -= 8){
				out.putb(byte (v >> s));
				n--;
			}
		}
	}
	if(out.flush() == Bufio->ERROR)
		return error(name, sys->sprint("error writing %s: %r", file));
	return 0;
}

# blanks at the end of a line may have been lost
dec(s: string, i: int): int
{
	if(i >= len s || s[i] == '\n' || s[i] == '\r')
		return 0;
	return (s[i] - ' ') & 8r77;
}

nomod(path: string)
{
	sys->fprint(sys->fildes(2), "uudecode: cannot load %s: %r\n", path);
	raise "fail:bad module";
}
