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
count: array of int;

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
	failed := 0;
	if(argv == nil)
		freq(bufio->fopen(sys->fildes(0), Bufio->OREAD));
	for(; argv != nil; argv = tl argv){
		f := bufio->open(hd argv, Bufio->OREAD);
		if(f == nil){
			sys->fprint(sys->fildes(2), "freq: cannot open %s: %r\n", hd argv);
			failed = 1;
		}else
			freq(f);
	}
	if(failed)
		raise "fail:errors";
}

freq(f: ref Iobuf)
{
	count = array[256] of {* => 0};
	for(;;){
		c: int;
		if(rflag)
			c = f.getc();
		else
			c = f.getb();
		if(c < 0)
			break;
		if(c >= len count){
			a := array[c + c/2] of {* => 0};
			a[0:] = count;
			count = a;
		}
		count[c]++;
	}
	out := bufio->fopen(sys->fildes(1), Bufio->OWRITE);
	for(i := 0; i < len count; i++){
		if(count[i] == 0)
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
		out.puts(sys->sprint("%8d\n", count[i]));
	}
	out.flush();
}

nomod(path: string)
{
	sys->fprint(sys->fildes(2), "freq: cannot load %s: %r\n", path);
	raise "fail:bad module";
}
