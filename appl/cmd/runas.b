implement Runas;

#
# Runs a command as another user; see runas(1).
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "sh.m";
	sh: Sh;
	Context: import sh;

Runas: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

init(ctxt: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	sh = load Sh Sh->PATH;
	if(sh == nil)
		nomod(Sh->PATH);
	sh->initialise();
	if(len argv < 3){
		sys->fprint(sys->fildes(2), "usage: runas user cmd [args...]\n");
		raise "fail:usage";
	}
	user := hd tl argv;
	fd := sys->open("/dev/user", Sys->OWRITE);
	if(fd == nil || sys->fprint(fd, "%s", user) < 0){
		sys->fprint(sys->fildes(2), "runas: cannot become %s: %r\n", user);
		raise "fail:error";
	}
	fd = nil;
	status := Context.new(ctxt).run(sh->stringlist2list(tl tl argv), 1);
	if(status != nil)
		raise "fail:" + status;
}

nomod(path: string)
{
	sys->fprint(sys->fildes(2), "runas: cannot load %s: %r\n", path);
	raise "fail:bad module";
}
