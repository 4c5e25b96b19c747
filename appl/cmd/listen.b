implement Listen;

#
# Runs a command for each call to a network address; see listen(1).
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

Listen: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

progname: con "listen";

include "netauth.inc";

include "listen.inc";

init(ctxt: ref Draw->Context, argv: list of string)
{
	loadall();
	arg->init(argv);
	arg->setusage("listen [-i {initscript}] [-Ast] [-v] [-k keyfile] [-a alg]... addr command [arg...]");
	while((o := arg->opt()) != 0)
		if(o == 'a')
			algs = arg->earg() :: algs;
		else if(!option(o))
			arg->usage();
	argv = arg->argv();
	if(len argv < 2)
		arg->usage();
	serve(ctxt, hd argv, tl argv);
}

announced(nil: ref Dial->Connection): ref Sys->FD
{
	return nil;
}
