implement Auhdr;

#
# Prints the header of sound files; see auplay(1).
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "arg.m";
	arg: Arg;

include "bufio.m";
	bufio: Bufio;
	Iobuf: import bufio;

include "iaf.inc";

Auhdr: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

NAME: con "auhdr";

init(nil: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	arg = load Arg Arg->PATH;
	if(arg == nil)
		error(NAME, sys->sprint("cannot load %s: %r", Arg->PATH), "bad module");
	bufio = load Bufio Bufio->PATH;
	if(bufio == nil)
		error(NAME, sys->sprint("cannot load %s: %r", Bufio->PATH), "bad module");
	arg->init(argv);
	arg->setusage("auhdr file ...");
	if(arg->opt() != 0)
		arg->usage();
	argv = arg->argv();
	if(argv == nil)
		arg->usage();
	several := tl argv != nil;
	failed := 0;
	for(; argv != nil; argv = tl argv){
		s: ref Sound;
		err: string;
		f := bufio->open(hd argv, Bufio->OREAD);
		if(f == nil)
			err = sys->sprint("%r");
		else
			(s, err) = Sound.read(f);
		if(err != nil){
			sys->fprint(sys->fildes(2), "%s: %s: %s\n", NAME, hd argv, err);
			failed = 1;
			continue;
		}
		if(several)
			sys->print("%s:\n", hd argv);
		t := s.text();
		sys->print("%s", t[0:len t - 1]);
	}
	if(failed)
		raise "fail:errors";
}
