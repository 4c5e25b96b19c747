implement Cd;

#
# Changes the working directory of its name space; see cd(1).
#

include "sys.m";
	sys: Sys;

include "draw.m";

Cd: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

init(nil: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	if(argv != nil)
		argv = tl argv;
	if(len argv > 1){
		sys->fprint(sys->fildes(2), "Usage: cd [directory]\n");
		raise "fail:usage";
	}
	dir: string;
	if(argv != nil)
		dir = hd argv;
	else
		dir = "/usr/" + user();
	if(sys->chdir(dir) < 0){
		sys->fprint(sys->fildes(2), "cd: %s: %r\n", dir);
		raise "fail:failed";
	}
}

user(): string
{
	fd := sys->open("/dev/user", Sys->OREAD);
	buf := array[128] of byte;
	if(fd == nil || (n := sys->read(fd, buf, len buf)) <= 0)
		return "inferno";
	return string buf[0:n];
}
