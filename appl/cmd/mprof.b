implement Mprof;

#
# Which parts of programs hold how much memory; see prof(1).
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "arg.m";
	arg: Arg;

include "profile.m";
	profile: Profile;

Mprof: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

include "prof.inc";

pools := 0;

init(ctxt: ref Draw->Context, argv: list of string)
{
	setup("mprof");
	arg->init(argv);
	arg->setusage("mprof [-123befnv] [-m module]... [command [arg ...]]");
	show := begin := end := 0;
	while((o := arg->opt()) != 0)
		case o {
		'1' =>	pools |= Profile->MAIN;
		'2' =>	pools |= Profile->HEAP;
		'3' =>	pools |= Profile->IMAGE;
		'b' =>	begin = 1;
		'e' =>	end = 1;
		'f' =>	show |= Profile->FUNCTION;
		'n' =>	show |= Profile->MODULE;
		'v' =>	show |= Profile->VERBOSE;
		'm' =>	profile->profile(arg->earg());
		* =>	arg->usage();
		}
	if(pools == 0)
		pools = Profile->HEAP;
	argv = arg->argv();
	if(argv != nil && (begin || end))
		arg->usage();
	if(begin){
		if(start(0) < 0)
			failed();
		return;
	}
	if(argv != nil)
		run(ctxt, argv, start);
	else if(profile->stop() < 0)
		failed();
	profile->memshow(profile->memstats(), show);
	if((argv != nil || end) && profile->end() < 0)
		failed();
}

start(nil: int): int
{
	return profile->memstart(pools);
}
