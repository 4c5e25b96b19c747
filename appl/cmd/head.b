implement Head;

#
# Prints the first lines of files; see tail(1).
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

Head: module
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
	str = load String String->PATH;
	if(str == nil)
		nomod(String->PATH);
	n := big 10;
	if(argv != nil && tl argv != nil && len hd tl argv > 1){
		a := hd tl argv;
		if(a[0] == '-' && str->drop(a[1:], "0-9") == nil){
			n = big a[1:];
			argv = hd argv :: tl tl argv;
		}
	}
	arg->init(argv);
	arg->setusage("head [-n N] [file...]");
	while((o := arg->opt()) != 0)
		case o {
		'n' =>
			a := arg->earg();
			if(a == nil || str->drop(a, "0-9") != nil)
				arg->usage();
			n = big a;
		* =>
			arg->usage();
		}
	argv = arg->argv();
	out := bufio->fopen(sys->fildes(1), Bufio->OWRITE);
	if(argv == nil)
		copy(bufio->fopen(sys->fildes(0), Bufio->OREAD), "<stdin>", out, n);
	many := len argv > 1;
	for(sep := ""; argv != nil; argv = tl argv){
		f := bufio->open(hd argv, Bufio->OREAD);
		if(f == nil){
			out.flush();
			sys->fprint(sys->fildes(2), "head: cannot open %s: %r\n", hd argv);
			failed = 1;
			continue;
		}
		if(many)
			out.puts(sep + "==> " + hd argv + " <==\n");
		sep = "\n";
		copy(f, hd argv, out, n);
	}
	if(out.flush() == Bufio->ERROR){
		sys->fprint(sys->fildes(2), "head: write error: %r\n");
		failed = 1;
	}
	if(failed)
		raise "fail:errors";
}

copy(in: ref Iobuf, name: string, out: ref Iobuf, n: big)
{
	for(; n > big 0; n--){
		s := in.gets('\n');
		if(s == nil){
			if(in.ungetb() == Bufio->ERROR){
				out.flush();
				sys->fprint(sys->fildes(2), "head: error reading %s: %r\n", name);
				failed = 1;
			}
			return;
		}
		out.puts(s);
	}
}

nomod(path: string)
{
	sys->fprint(sys->fildes(2), "head: cannot load %s: %r\n", path);
	raise "fail:bad module";
}
