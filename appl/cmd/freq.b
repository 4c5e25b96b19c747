implement Freq;

#
# Counts how often each character occurs; see freq(1).
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "arg.m";
	arg: Arg;

include "bufio.m";
	bufio: Bufio;
	Iobuf: import bufio;

Freq: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

dflag, xflag, oflag, cflag, rflag: int;
count: array of big;
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
	arg->setusage("freq [-dxocr] [file ...]");
	while((o := arg->opt()) != 0)
		case o {
		'd' =>	dflag = 1;
		'x' =>	xflag = 1;
		'o' =>	oflag = 1;
		'c' =>	cflag = 1;
		'r' =>	rflag = 1;
		* =>	arg->usage();
		}
	if(!dflag && !xflag && !oflag && !cflag)
		dflag = xflag = oflag = cflag = 1;
	argv = arg->argv();
	if(argv == nil)
		freq(bufio->fopen(sys->fildes(0), Bufio->OREAD), "<stdin>");
	for(; argv != nil; argv = tl argv){
		f := bufio->open(hd argv, Bufio->OREAD);
		if(f == nil)
			error(sys->sprint("cannot open %s: %r", hd argv));
		else
			freq(f, hd argv);
	}
	if(failed)
		raise "fail:errors";
}

error(s: string)
{
	sys->fprint(sys->fildes(2), "freq: %s\n", s);
	failed = 1;
}

freq(f: ref Iobuf, name: string)
{
	count = array[256] of {* => big 0};
	c: int;
	for(;;){
		if(rflag)
			c = f.getc();
		else
			c = f.getb();
		if(c < 0)
			break;
		if(c >= len count){
			a := array[c + c/2] of {* => big 0};
			a[0:] = count;
			count = a;
		}
		count[c]++;
	}
	if(c == Bufio->ERROR)
		error(sys->sprint("error reading %s: %r", name));
	out := bufio->fopen(sys->fildes(1), Bufio->OWRITE);
	for(i := 0; i < len count; i++){
		if(count[i] == big 0)
			continue;
		if(dflag)
			out.puts(sys->sprint("%3d ", i));
		if(oflag)
			out.puts(sys->sprint("%.3o ", i));
		if(xflag)
			out.puts(sys->sprint("%.2x ", i));
		if(cflag){
			if(i <= ' ' || i >= 16r7f && i < 16ra0 || i > 16rff && !rflag)
				out.puts("- ");
			else
				out.puts(sys->sprint("%c ", i));
		}
		out.puts(sys->sprint("%8bd\n", count[i]));
	}
	if(out.flush() == Bufio->ERROR){
		sys->fprint(sys->fildes(2), "freq: write error: %r\n");
		raise "fail:write error";
	}
}

nomod(path: string)
{
	sys->fprint(sys->fildes(2), "freq: cannot load %s: %r\n", path);
	raise "fail:bad module";
}
