implement Regstyxlisten;

#
# Offers a file server at an address that is in the registry; see grid(1).
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

Regstyxlisten: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

progname: con "grid/regstyxlisten";

include "../netauth.inc";

include "../styxlisten.inc";

include "reg.inc";

init(ctxt: ref Draw->Context, argv: list of string)
{
	loadall();
	arg->init(argv);
	arg->setusage("grid/regstyxlisten [-a alg]... [-Atsv] [-k keyfile] [-m registry] [-r attr val]... address cmd [arg...]");
	while((o := arg->opt()) != 0)
		case o {
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
	serve(ctxt, argv);
}
