implement Cprof;

#
# Which parts of a program have been carried out; see prof(1).
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "arg.m";
	arg: Arg;

include "profile.m";
	profile: Profile;

Cprof: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

include "prof.inc";

init(ctxt: ref Draw->Context, argv: list of string)
{
	setup("cprof");
	arg->init(argv);
	arg->setusage("cprof [-fnrv] [-m module]... [command [arg ...]]");
	show := record := 0;
	while((o := arg->opt()) != 0)
		case o {
		'f' =>	show |= Profile->FUNCTION;
		'n' =>	show |= Profile->FREQUENCY;
		'r' =>	record = 1;
		'v' =>	show |= Profile->VERBOSE;
		'm' =>	profile->profile(arg->earg());
		* =>	arg->usage();
		}
	argv = arg->argv();
	if(argv == nil){
		# what earlier runs with -r have left in this directory
		profile->cpshow(profile->cpfstats(show), show);
		return;
	}
	run(ctxt, argv, start);
	p := profile->cpstats(record, show);
	if(p.mods == nil && profile->lasterror() != nil)
		failed();
	if(!record)
		profile->cpshow(p, show);
	if(profile->end() < 0)
		failed();
}

start(pid: int): int
{
	return profile->cpstart(pid);
}
