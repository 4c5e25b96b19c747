implement Unicode;

#
# Characters and their numbers; see unicode(1).
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

Unicode: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

numbers, text: int;
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
	str = load String String->PATH;
	if(str == nil)
		nomod(String->PATH);
	arg->init(argv);
	arg->setusage("unicode { [-t] hex hex ... | hexmin-hexmax ... | [-n] char ... }");
	while((o := arg->opt()) != 0)
		case o {
		'n' =>	numbers = 1;
		't' =>	text = 1;
		* =>	arg->usage();
		}
	argv = arg->argv();
	if(argv == nil)
		arg->usage();
	out = bufio->fopen(sys->fildes(1), Bufio->OWRITE);
	if(!numbers && ishyphenated(hd argv))
		ranges(argv);
	else if(numbers || !ishex(hd argv))
		for(; argv != nil; argv = tl argv)
			for(i := 0; i < len hd argv; i++)
				out.puts(sys->sprint("%.4x\n", (hd argv)[i]));
	else{
		for(; argv != nil; argv = tl argv){
			(c, rest) := str->toint(hd argv, 16);
			if(rest != nil || c < 0 || c > Sys->Runemax)
				bad(hd argv);
			out.putc(c);
			if(!text)
				out.putc('\n');
		}
	}
	if(out.flush() == Bufio->ERROR){
		sys->fprint(sys->fildes(2), "unicode: write error: %r\n");
		raise "fail:write error";
	}
}

bad(s: string)
{
	out.flush();
	sys->fprint(sys->fildes(2), "unicode: bad unicode value: %s\n", s);
	raise "fail:error";
}

ishex(s: string): int
{
	return len s > 1 && str->drop(s, "0-9a-fA-F") == nil;
}

ishyphenated(s: string): int
{
	(a, b) := str->splitl(s, "-");
	return a != nil && len b > 1 && str->drop(a, "0-9a-fA-F") == nil && str->drop(b[1:], "0-9a-fA-F") == nil;
}

ranges(argv: list of string)
{
	for(; argv != nil; argv = tl argv){
		if(!ishyphenated(hd argv))
			bad(hd argv);
		(a, b) := str->splitl(hd argv, "-");
		lo := str->toint(a, 16).t0;
		hi := str->toint(b[1:], 16).t0;
		if(lo < 0 || hi > Sys->Runemax || hi < lo)
			bad(hd argv);
		for(n := 0; lo <= hi; lo++){
			out.puts(sys->sprint("%.4x %c", lo, lo));
			if(lo == hi || ++n % 8 == 0)
				out.putc('\n');
			else
				out.putc('\t');
		}
	}
}

nomod(path: string)
{
	sys->fprint(sys->fildes(2), "unicode: cannot load %s: %r\n", path);
	raise "fail:bad module";
}
