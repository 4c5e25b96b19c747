implement Gridquery;

#
# Prints services of the registry; see grid(1).
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "arg.m";
	arg: Arg;

include "registries.m";
	registries: Registries;
	Registry, Service: import registries;

Gridquery: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

progname: con "grid/query";

include "ask.inc";

init(nil: ref Draw->Context, argv: list of string)
{
	loadall();
	arg->init(argv);
	arg->setusage("grid/query [-m registry] [-a attr val]...");
	while((o := arg->opt()) != 0)
		if(!option(o))
			arg->usage();
	if(arg->argv() != nil)
		arg->usage();
	l := services();
	if(l == nil)
		raise "fail:not found";
	for(; l != nil; l = tl l){
		s := hd l;
		sys->print("%s\n", s.addr);
		for(a := s.attrs.attrs; a != nil; a = tl a)
			sys->print("\t%q %q\n", (hd a).t0, (hd a).t1);
	}
}
