implement Tcs;

#
# Translates character sets; see tcs(1).
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "arg.m";
	arg: Arg;

include "bufio.m";
	bufio: Bufio;
	Iobuf: import bufio;

include "convcs.m";
	convcs: Convcs;

Tcs: module
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
	convcs = load Convcs Convcs->PATH;
	if(convcs == nil)
		nomod(Convcs->PATH);
	err := convcs->init(nil);
	if(err != nil)
		fail("can't initialise: " + err);
	arg->init(argv);
	arg->setusage("tcs [-l [-v] [cs]] [-f ics] [-t ocs] [file ...]");
	list0, verbose: int = 0;
	from := "utf-8";
	onto := "utf-8";
	while((o := arg->opt()) != 0)
		case o {
		'l' =>	list0 = 1;
		'v' =>	verbose = 1;
		'f' =>	from = arg->earg();
		't' =>	onto = arg->earg();
		* =>	arg->usage();
		}
	argv = arg->argv();
	if(list0){
		show(argv, verbose);
		return;
	}
	(btos, e1) := convcs->getbtos(from);
	if(btos == nil)
		fail(e1);
	(stob, e2) := convcs->getstob(onto);
	if(stob == nil)
		fail(e2);
	out := sys->fildes(1);
	if(argv == nil)
		convert(sys->fildes(0), "<stdin>", btos, stob, out);
	for(; argv != nil; argv = tl argv){
		fd := sys->open(hd argv, Sys->OREAD);
		if(fd == nil)
			fail(sys->sprint("can't open %s: %r", hd argv));
		convert(fd, hd argv, btos, stob, out);
	}
}

fail(s: string)
{
	sys->fprint(sys->fildes(2), "tcs: %s\n", s);
	raise "fail:error";
}

show(argv: list of string, verbose: int)
{
	want: string;
	if(argv != nil)
		want = hd argv;
	for(l := convcs->enumcs(); l != nil; l = tl l){
		(name, desc, nil) := hd l;
		if(want != nil && want != name)
			continue;
		if(verbose)
			sys->print("%s\t%s\n", name, desc);
		else
			sys->print("%s\n", name);
	}
}

convert(fd: ref Sys->FD, name: string, btos: Btos, stob: Stob, out: ref Sys->FD)
{
	buf := array[8192] of byte;
	have := 0;
	bstate, sstate: string;
	for(;;){
		n := sys->read(fd, buf[have:], len buf - have);
		if(n < 0)
			fail(sys->sprint("error reading %s: %r", name));
		limit := -1;
		if(n == 0)
			limit = 0;
		have += n;
		text: string;
		used: int;
		(bstate, text, used) = btos->btos(bstate, buf[0:have], limit);
		a: array of byte;
		(sstate, a) = stob->stob(sstate, text);
		if(len a > 0 && sys->write(out, a, len a) != len a)
			fail(sys->sprint("write error: %r"));
		buf[0:] = buf[used:have];
		have -= used;
		if(n == 0)
			return;
	}
}

nomod(path: string)
{
	sys->fprint(sys->fildes(2), "tcs: cannot load %s: %r\n", path);
	raise "fail:bad module";
}
