implement Styxlisten;

#
# Offers the file server that a command is to the network; see listen(1).
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

Styxlisten: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

progname: con "styxlisten";

include "netauth.inc";

include "styxlisten.inc";

init(ctxt: ref Draw->Context, argv: list of string)
{
	loadall();
	arg->init(argv);
	arg->setusage("styxlisten [-a alg]... [-Atsv] [-k keyfile] address cmd [arg...]");
	while((o := arg->opt()) != 0)
		if(!option(o))
			arg->usage();
	argv = arg->argv();
	if(len argv < 2)
		arg->usage();
	serve(ctxt, argv);
}

announced(nil: ref Dial->Connection): ref Sys->FD
{
	return nil;
}
