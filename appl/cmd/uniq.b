implement Uniq;

#
# Drops repeated lines; see uniq(1).
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "arg.m";
	arg: Arg;

include "bufio.m";
	bufio: Bufio;
	Iobuf: import bufio;

Uniq: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

uflag, dflag, cflag: int;

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
	arg->setusage("uniq [-udc] [file]");
	while((o := arg->opt()) != 0)
		case o {
		'u' =>	uflag = 1;
		'd' =>	dflag = 1;
		'c' =>	cflag = 1;
		* =>	arg->usage();
		}
	argv = arg->argv();
	if(len argv > 1)
		arg->usage();
	in := bufio->fopen(sys->fildes(0), Bufio->OREAD);
	if(argv != nil)
		in = bufio->open(hd argv, Bufio->OREAD);
	if(in == nil){
		sys->fprint(sys->fildes(2), "uniq: cannot open %s: %r\n", hd argv);
		raise "fail:open file";
	}
	out := bufio->fopen(sys->fildes(1), Bufio->OWRITE);
	prev: string;
	n := 0;
	for(;;){
		s := in.gets('\n');
		if(s != nil && s[len s - 1] != '\n')
			s += "\n";
		if(n > 0 && s == prev){
			n++;
			continue;
		}
		if(n > 0 && (n == 1 && !dflag || n > 1 && !uflag)){
			if(cflag)
				out.puts(string n + "\t");
			out.puts(prev);
		}
		if(s == nil)
			break;
		prev = s;
		n = 1;
	}
	if(in.ungetb() == Bufio->ERROR){
		out.flush();
		sys->fprint(sys->fildes(2), "uniq: read error: %r\n");
		raise "fail:read error";
	}
	if(out.flush() == Bufio->ERROR){
		sys->fprint(sys->fildes(2), "uniq: write error: %r\n");
		raise "fail:write error";
	}
}

nomod(path: string)
{
	sys->fprint(sys->fildes(2), "uniq: cannot load %s: %r\n", path);
	raise "fail:bad module";
}
