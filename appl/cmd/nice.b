implement Nice;

#
# Runs a command with less of the machine; see nice(1).
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "arg.m";

include "sh.m";
	sh: Sh;
	Context: import sh;

Nice: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

init(ctxt: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	arg := load Arg Arg->PATH;
	if(arg == nil)
		nomod(Arg->PATH);
	sh = load Sh Sh->PATH;
	if(sh == nil)
		nomod(Sh->PATH);
	sh->initialise();
	level := "5";
	arg->init(argv);
	arg->setusage("nice [-n level] cmd [arg ...]");
	while((o := arg->opt()) != 0)
		case o {
		'n' =>
			level = arg->earg();
		* =>
			arg->usage();
		}
	argv = arg->argv();
	if(argv == nil)
		arg->usage();
	ctl := sys->sprint("#p/%d/ctl", sys->pctl(0, nil));
	fd := sys->open(ctl, Sys->OWRITE);
	if(fd == nil || sys->fprint(fd, "nice %s", level) < 0){
		sys->fprint(sys->fildes(2), "nice: level %s: %r\n", level);
		raise "fail:error";
	}
	fd = nil;
	status := Context.new(ctxt).run(sh->stringlist2list(argv), 1);
	if(status != nil)
		raise "fail:" + status;
}

nomod(path: string)
{
	sys->fprint(sys->fildes(2), "nice: cannot load %s: %r\n", path);
	raise "fail:bad module";
}
