implement Stackv;

#
# The call stack of a process with the values of its variables; see stack(1).
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "arg.m";
	arg: Arg;

include "debug.m";
	debug: Debug;
	Exp, Module, Prog, Src, Sym: import debug;

Stackv: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

include "stack.inc";

depth := 3;
types := 1;

init(nil: ref Draw->Context, argv: list of string)
{
	setup("stackv");
	arg->init(argv);
	arg->setusage("stackv [-Tl] [-r maxrecur] [-p dispath sblpath]... pid [sym...]");
	lines := 0;
	while((o := arg->opt()) != 0)
		case o {
		'T' =>	types = 0;
		'l' =>	lines = 1;
		'r' =>	depth = int arg->earg();
		'p' =>
			dis := arg->earg();
			addpath(dis, arg->earg());
		* =>	arg->usage();
		}
	argv = arg->argv();
	if(argv == nil)
		arg->usage();
	frames := stackof(hd argv);
	for(i := 0; i < len frames; i++){
		e := frames[i];
		if(e.findsym() != nil){
			sys->print("unknown fn() Module %s PC %d\n", e.m.path, e.pc);
			continue;
		}
		sys->print("%s() %s\n", e.name, place(e.src()));
		if(!lines){
			part := e.expand();
			for(j := 0; j < len part; j++)
				if(part[j].name != "module" || tl argv != nil && i == 0)
					showall(part[j].expand(), "\t", depth, tl argv);
		}
	}
}

showall(l: array of ref Exp, indent: string, left: int, only: list of string)
{
	for(i := 0; i < len l; i++)
		if(only == nil || ismember(l[i].name, only))
			show(l[i], indent, left);
}

ismember(s: string, l: list of string): int
{
	for(; l != nil; l = tl l)
		if(hd l == s)
			return 1;
	return 0;
}

show(e: ref Exp, indent: string, left: int)
{
	(v, more) := e.val();
	t := "";
	if(types)
		t = ": " + e.typename();
	if(v != nil)
		v = " = " + v;
	sys->print("%s%s%s%s\n", indent, e.name, t, v);
	if(more && left > 1)
		showall(e.expand(), indent + "\t", left - 1, nil);
}
