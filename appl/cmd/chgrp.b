implement Chgrp;

#
# Changes group or owner of files; see chmod(1).
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "arg.m";
	arg: Arg;

Chgrp: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

init(nil: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	arg = load Arg Arg->PATH;
	if(arg == nil)
		nomod(Arg->PATH);
	arg->init(argv);
	arg->setusage("chgrp [-uo] group file ...");
	owner := 0;
	while((o := arg->opt()) != 0)
		case o {
		'u' or 'o' =>	owner = 1;
		* =>	arg->usage();
		}
	argv = arg->argv();
	if(len argv < 2)
		arg->usage();
	nd := Sys->nulldir;
	if(owner)
		nd.uid = hd argv;
	else
		nd.gid = hd argv;
	failed := 0;
	for(argv = tl argv; argv != nil; argv = tl argv)
		if(sys->wstat(hd argv, nd) < 0){
			sys->fprint(sys->fildes(2), "chgrp: can't change %s: %r\n", hd argv);
			failed = 1;
		}
	if(failed)
		raise "fail:error";
}

nomod(path: string)
{
	sys->fprint(sys->fildes(2), "chgrp: cannot load %s: %r\n", path);
	raise "fail:bad module";
}
