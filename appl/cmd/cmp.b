implement Cmp;

#
# Compares two files byte by byte; see cmp(1).
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "arg.m";
	arg: Arg;

include "string.m";
	str: String;

include "bufio.m";
	bufio: Bufio;
	Iobuf: import bufio;

Cmp: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

init(nil: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	arg = load Arg Arg->PATH;
	if(arg == nil)
		nomod(Arg->PATH);
	str = load String String->PATH;
	if(str == nil)
		nomod(String->PATH);
	bufio = load Bufio Bufio->PATH;
	if(bufio == nil)
		nomod(Bufio->PATH);
	arg->init(argv);
	arg->setusage(nil);
	lflag, sflag, Lflag: int = 0;
	while((o := arg->opt()) != 0)
		case o {
		'l' =>	lflag = 1;
		's' =>	sflag = 1;
		'L' =>	Lflag = 1;
		* =>	usage();
		}
	argv = arg->argv();
	if(len argv < 2 || len argv > 4)
		usage();
	na := hd argv;
	nb := hd tl argv;
	argv = tl tl argv;
	a := open(na, argv);
	if(argv != nil)
		argv = tl argv;
	b := open(nb, argv);
	line := big 1;
	differ := 0;
	for(n := big 1;; n++){
		c := a.getb();
		d := b.getb();
		if(c == Bufio->ERROR)
			error(na, n);
		if(d == Bufio->ERROR)
			error(nb, n);
		if(c < 0 && d < 0)
			break;
		if(c < 0 || d < 0){
			short := na;
			if(d < 0)
				short = nb;
			sys->print("EOF on %s after %bd bytes\n", short, n - big 1);
			raise "fail:EOF";
		}
		if(c != d){
			differ = 1;
			if(sflag)
				break;
			if(lflag)
				sys->print("%6bd 0x%.2x 0x%.2x\n", n, c, d);
			else{
				sys->print("%s %s differ: char %bd", na, nb, n);
				if(Lflag)
					sys->print(" line %bd", line);
				sys->print("\n");
				break;
			}
		}
		if(c == '\n')
			line++;
	}
	if(differ)
		raise "fail:differ";
}

usage()
{
	sys->fprint(sys->fildes(2), "Usage: cmp [-lsL] file1 file2 [offset1 [offset2] ]\n");
	raise "fail:usage";
}

open(name: string, offset: list of string): ref Iobuf
{
	f := bufio->open(name, Bufio->OREAD);
	if(f == nil){
		sys->fprint(sys->fildes(2), "cmp: can't open %s: %r\n", name);
		raise "fail:open";
	}
	if(offset != nil){
		(n, rest) := str->tobig(hd offset, 0);
		if(hd offset == nil || rest != nil || n < big 0)
			usage();
		if(f.seek(n, Bufio->SEEKSTART) < big 0){
			sys->fprint(sys->fildes(2), "cmp: can't seek in %s: %r\n", name);
			raise "fail:seek";
		}
	}
	return f;
}

error(name: string, n: big)
{
	sys->fprint(sys->fildes(2), "cmp: error on %s after %bd bytes: %r\n", name, n - big 1);
	raise "fail:error";
}

nomod(path: string)
{
	sys->fprint(sys->fildes(2), "cmp: cannot load %s: %r\n", path);
	raise "fail:bad module";
}
