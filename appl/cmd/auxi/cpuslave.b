implement Cpuslave;

#
# What cpu runs on the other system; see cpu(1).
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "sh.m";
	sh: Sh;
	Context: import sh;

Cpuslave: module
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
	if(argv != nil)
		argv = tl argv;
	if(argv != nil && hd argv == "--")
		argv = tl argv;
	if(argv == nil)
		argv = "sh" :: nil;
	status := sh->run(ctxt, argv);
	if(status != nil)
		raise "fail:" + status;
}

nomod(path: string)
{
	sys->fprint(sys->fildes(2), "cpuslave: cannot load %s: %r\n", path);
	raise "fail:bad module";
}
