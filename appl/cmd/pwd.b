implement Pwd;

#
# Prints the name of the working directory; see pwd(1).
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "workdir.m";
	workdir: Workdir;

Pwd: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	workdir = load Workdir Workdir->PATH;
	if(workdir == nil)
		nomod(Workdir->PATH);
	dir := workdir->init();
	if(dir == nil){
		sys->fprint(sys->fildes(2), "pwd: %r\n");
		raise "fail:error";
	}
	if(sys->print("%s\n", dir) < 0){
		sys->fprint(sys->fildes(2), "pwd: write error: %r\n");
		raise "fail:write error";
	}
}

nomod(path: string)
{
	sys->fprint(sys->fildes(2), "pwd: cannot load %s: %r\n", path);
	raise "fail:bad module";
}
