implement Nsbuild;

#
# Makes a name space as a file says; see nsbuild(1).
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "newns.m";
	newns: Newns;

Nsbuild: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

init(nil: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	newns = load Newns Newns->PATH;
	if(newns == nil)
		nomod(Newns->PATH);
	if(len argv > 2){
		sys->fprint(sys->fildes(2), "usage: nsbuild [file]\n");
		raise "fail:usage";
	}
	file := "namespace";
	if(len argv == 2)
		file = hd tl argv;
	err := newns->newns(nil, file);
	if(err != nil){
		sys->fprint(sys->fildes(2), "nsbuild: error building namespace: %s\n", err);
		raise "fail:newns";
	}
}

nomod(path: string)
{
	sys->fprint(sys->fildes(2), "nsbuild: cannot load %s: %r\n", path);
	raise "fail:bad module";
}
