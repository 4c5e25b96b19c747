implement Stream;

#
# Copies between files inside the system; see stream(1).
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "arg.m";
	arg: Arg;

Stream: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

init(nil: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	arg = load Arg Arg->PATH;
	if(arg == nil)
		nomod(Arg->PATH);
	arg->init(argv);
	arg->setusage("stream [-a] [-b bufsize] file1 [file2]");
	async := 0;
	size := Sys->ATOMICIO;
	while((o := arg->opt()) != 0)
		case o {
		'a' =>	async = 1;
		'b' =>	size = int arg->earg();
		* =>	arg->usage();
		}
	argv = arg->argv();
	if(argv == nil || len argv > 2 || size <= 0)
		arg->usage();
	done := chan[2] of string;
	n := 1;
	if(tl argv == nil){
		f := open(hd argv, Sys->OREAD);
		spawn stream(f, sys->fildes(1), size, done);
	}else{
		f := open(hd argv, Sys->ORDWR);
		g := open(hd tl argv, Sys->ORDWR);
		spawn stream(f, g, size, done);
		spawn stream(g, f, size, done);
		n = 2;
	}
	if(async)
		return;
	failed := 0;
	while(--n >= 0)
		if((err := <-done) != nil){
			sys->fprint(sys->fildes(2), "stream: %s\n", err);
			failed = 1;
		}
	if(failed)
		raise "fail:error";
}

stream(from, onto: ref Sys->FD, size: int, done: chan of string)
{
	{
		# of an error of reading or writing it tells by the error string only
		sys->werrstr("");
		sys->stream(from, onto, size);
		done <-= sys->sprint("%r");
	}exception e{
	"write on closed pipe" =>
		done <-= e;
	}
}

open(name: string, mode: int): ref Sys->FD
{
	fd := sys->open(name, mode);
	if(fd == nil){
		sys->fprint(sys->fildes(2), "stream: can't open %s: %r\n", name);
		raise "fail:open";
	}
	return fd;
}

nomod(path: string)
{
	sys->fprint(sys->fildes(2), "stream: cannot load %s: %r\n", path);
	raise "fail:bad module";
}
