implement Touch;

#
# Sets the time of files, and creates them; see touch(1).
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "arg.m";
	arg: Arg;

include "daytime.m";
	daytime: Daytime;

include "string.m";
	str: String;

Touch: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

init(nil: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	arg = load Arg Arg->PATH;
	if(arg == nil)
		nomod(Arg->PATH);
	daytime = load Daytime Daytime->PATH;
	if(daytime == nil)
		nomod(Daytime->PATH);
	str = load String String->PATH;
	if(str == nil)
		nomod(String->PATH);
	arg->init(argv);
	arg->setusage("touch [-c] [-t time] file ...");
	time := daytime->now();
	set, nocreate: int = 0;
	while((o := arg->opt()) != 0)
		case o {
		'c' =>
			nocreate = 1;
		't' =>
			# all bits set in a Dir mean no change
			(t, rest) := str->tobig(v := arg->earg(), 10);
			if(v == nil || rest != nil || len v > 10 || t < big 0 || t >= big 16rffffffff)
				arg->usage();
			time = int t;
			set = 1;
		* =>
			arg->usage();
		}
	argv = arg->argv();
	if(argv == nil)
		arg->usage();
	nd := Sys->nulldir;
	nd.mtime = time;
	failed := 0;
	for(; argv != nil; argv = tl argv){
		name := hd argv;
		what := "change time";
		if(sys->wstat(name, nd) >= 0)
			continue;
		why := sys->sprint("%r");
		if(!nocreate && sys->stat(name).t0 < 0){
			what = "create";
			fd := sys->create(name, Sys->OREAD | Sys->OEXCL, 8r666);
			if(fd != nil && (!set || sys->fwstat(fd, nd) >= 0))
				continue;
			if(fd != nil)
				what = "change time";
			why = sys->sprint("%r");
		}
		sys->fprint(sys->fildes(2), "touch: %s: cannot %s: %s\n", name, what, why);
		failed = 1;
	}
	if(failed)
		raise "fail:touch";
}

nomod(path: string)
{
	sys->fprint(sys->fildes(2), "touch: cannot load %s: %r\n", path);
	raise "fail:bad module";
}
