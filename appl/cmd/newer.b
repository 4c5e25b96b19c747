implement Newer;

#
# Tests whether a file is newer than another; see newer(1).
#

include "sys.m";
	sys: Sys;

include "draw.m";

Newer: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

init(nil: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	if(len argv != 3){
		sys->fprint(sys->fildes(2), "usage: newer newfile oldfile\n");
		raise "fail:usage";
	}
	new := mtime("new", hd tl argv);
	old := mtime("old", hd tl tl argv);
	if(new < old)
		raise "fail:older";
}

mtime(which, name: string): big
{
	(ok, d) := sys->stat(name);
	if(ok < 0)
		raise sys->sprint("fail:%s:%r", which);
	if(d.mode & Sys->DMDIR)
		raise sys->sprint("fail:%s:directory", which);
	return big d.mtime & 16rffffffff;
}
