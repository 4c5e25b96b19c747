implement Mkdir;

#
# Makes directories; see mkdir(1).
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "arg.m";
	arg: Arg;

Mkdir: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

failed: int;

init(nil: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	arg = load Arg Arg->PATH;
	if(arg == nil)
		nomod(Arg->PATH);
	arg->init(argv);
	arg->setusage("mkdir [-p] dir...");
	parents := 0;
	while((o := arg->opt()) != 0)
		case o {
		'p' =>	parents = 1;
		* =>	arg->usage();
		}
	for(argv = arg->argv(); argv != nil; argv = tl argv)
		if(parents)
			mkpath(hd argv);
		else if(sys->stat(hd argv).t0 >= 0)
			error(sys->sprint("%s already exists", hd argv));
		else
			mkdir(hd argv, hd argv);
	if(failed)
		raise "fail:error";
}

mkdir(dir, arg: string): int
{
	if(sys->create(dir, Sys->OREAD, Sys->DMDIR | 8r777) == nil){
		error(sys->sprint("can't create %s: %r", arg));
		return -1;
	}
	return 0;
}

mkpath(dir: string)
{
	path := ".";
	if(dir != nil && (dir[0] == '/' || dir[0] == '#'))
		path = "";
	if(dir == nil)
		mkdir(dir, dir);
	(nil, els) := sys->tokenize(dir, "/");
	for(; els != nil; els = tl els){
		if(path == nil && (hd els)[0] == '#')
			path = hd els;
		else
			path += "/" + hd els;
		(ok, d) := sys->stat(path);
		if(ok >= 0 && (d.mode & Sys->DMDIR) == 0){
			error(sys->sprint("can't create %s: %s not a directory", dir, path));
			return;
		}
		if(ok < 0 && mkdir(path, dir) < 0)
			return;
	}
}

error(s: string)
{
	sys->fprint(sys->fildes(2), "mkdir: %s\n", s);
	failed = 1;
}

nomod(path: string)
{
	sys->fprint(sys->fildes(2), "mkdir: cannot load %s: %r\n", path);
	raise "fail:bad module";
}
