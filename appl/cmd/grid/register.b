implement Register;

#
# Runs a command as a service in the registry; see grid(1).
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

Register: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

progname: con "grid/register";

include "../netauth.inc";

include "../listen.inc";

include "reg.inc";

init(ctxt: ref Draw->Context, argv: list of string)
{
	loadall();
	arg->init(argv);
	arg->setusage("grid/register [-Astuv] [-i {initscript}] [-k keyfile] [-m registry] [-a attr val]... command [arg...]");
	while((o := arg->opt()) != 0)
		case o {
		'a' =>	attribute();
		'm' =>	regdir = arg->earg();
		'u' =>	serial = 1;
		* =>
			if(!option(o))
				arg->usage();
		}
	argv = arg->argv();
	if(argv == nil)
		arg->usage();
	openregistry();
	serve(ctxt, "tcp!*!0", argv);
}
