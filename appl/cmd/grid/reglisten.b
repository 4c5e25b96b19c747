implement Reglisten;

#
# Runs a command for each call to an address that is in the registry; see grid(1).
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "arg.m";
	arg: Arg;

include "dial.m";
	dial: Dial;

include "sh.m";
	sh: Sh;
	Context: import sh;

include "keyring.m";

include "security.m";

include "registries.m";
	registries: Registries;
	Attributes, Registry: import registries;

Reglisten: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

progname: con "grid/reglisten";

include "../netauth.inc";

include "../listen.inc";

include "reg.inc";

init(ctxt: ref Draw->Context, argv: list of string)
{
	loadall();
	arg->init(argv);
	arg->setusage("grid/reglisten [-i {initscript}] [-Astv] [-k keyfile] [-a alg]... [-m registry] [-r attr val]... addr command [arg...]");
	while((o := arg->opt()) != 0)
		case o {
		'a' =>	algs = arg->earg() :: algs;
		'm' =>	regdir = arg->earg();
		'r' =>	attribute();
		* =>
			if(!option(o))
				arg->usage();
		}
	argv = arg->argv();
	if(len argv < 2)
		arg->usage();
	openregistry();
	serve(ctxt, hd argv, tl argv);
}
