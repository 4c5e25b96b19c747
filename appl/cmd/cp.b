implement Cp;

#
# Copies files; see cp(1).
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "arg.m";
	arg: Arg;

include "readdir.m";
	readdir: Readdir;

Cp: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

Dir: import Sys;

progname: con "cp";

keepgroup, keepuser, keeptime, recursive: int;

include "copytree.inc";

init(nil: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	arg = load Arg Arg->PATH;
	if(arg == nil)
		nomod(Arg->PATH);
	readdir = load Readdir Readdir->PATH;
	if(readdir == nil)
		nomod(Readdir->PATH);
	arg->init(argv);
	arg->setusage("\tcp [-gux] src target\n\tcp [-r] [-gux] src ... directory");
	while((o := arg->opt()) != 0)
		case o {
		'g' =>	keepgroup = 1;
		'u' =>	keepuser = 1;
		'x' =>	keeptime = 1;
		'r' =>	recursive = 1;
		* =>	arg->usage();
		}
	argv = arg->argv();
	if(len argv < 2)
		arg->usage();
	copyargs(argv);
	if(failed)
		raise "fail:error";
}

copydata(from, onto: ref Sys->FD, fromname, ontoname: string): int
{
	buf := array[32*1024] of byte;
	while((n := sys->read(from, buf, len buf)) > 0)
		if(sys->write(onto, buf, n) != n){
			error(sys->sprint("error writing %s: %r", ontoname));
			return 0;
		}
	if(n < 0)
		error(sys->sprint("error reading %s: %r", fromname));
	return n == 0;
}

nomod(path: string)
{
	sys->fprint(sys->fildes(2), "cp: cannot load %s: %r\n", path);
	raise "fail:bad module";
}
