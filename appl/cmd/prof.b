implement Prof;

#
# Where programs spend their time; see prof(1).
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "arg.m";
	arg: Arg;

include "profile.m";
	profile: Profile;

Prof: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

include "prof.inc";

init(ctxt: ref Draw->Context, argv: list of string)
{
	setup("prof");
	arg->init(argv);
	arg->setusage("prof [-beflnv] [-m module]... [-s ms] [command [arg ...]]");
	show := begin := end := 0;
	while((o := arg->opt()) != 0)
		case o {
		'b' =>	begin = 1;
		'e' =>	end = 1;
		'f' =>	show |= Profile->FUNCTION;
		'l' =>	show |= Profile->LINE;
		'n' =>	show |= Profile->MODULE;
		'v' =>	show |= Profile->VERBOSE;
		'm' =>	profile->profile(arg->earg());
		's' =>
			ms := int arg->earg();
			if(ms <= 0)
				arg->usage();
			if(profile->sample(ms) < 0)
				failed();
		* =>	arg->usage();
		}
	argv = arg->argv();
	if(argv != nil && (begin || end))
		arg->usage();
	if(begin){
		if(profile->start() < 0)
			failed();
		return;
	}
	if(argv != nil)
		run(ctxt, argv, start);
	else if(profile->stop() < 0)
		failed();
	profile->show(profile->stats(), show);
	if((argv != nil || end) && profile->end() < 0)
		failed();
}

start(nil: int): int
{
	return profile->start();
}
