implement Stack;

#
# The call stack of a process; see stack(1).
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "arg.m";
	arg: Arg;

include "debug.m";
	debug: Debug;
	Exp, Module, Prog, Src, Sym: import debug;

Stack: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

include "stack.inc";

init(nil: ref Draw->Context, argv: list of string)
{
	setup("stack");
	arg->init(argv);
	arg->setusage("stack [-v] [-p dispath sblpath]... pid");
	verbose := 0;
	while((o := arg->opt()) != 0)
		case o {
		'v' =>	verbose = 1;
		'p' =>
			dis := arg->earg();
			addpath(dis, arg->earg());
		* =>	arg->usage();
		}
	argv = arg->argv();
	if(len argv != 1)
		arg->usage();
	frames := stackof(hd argv);
	for(i := 0; i < len frames; i++){
		e := frames[i];
		if(verbose)
			sys->print("%8.8ux %s:%d ", e.offset, e.m.path, e.pc);
		if(e.findsym() == nil)
			sys->print("%s() %s\n", e.name, place(e.src()));
		else
			sys->print("unknown fn() Module %s PC %d\n", e.m.path, e.pc);
	}
}
