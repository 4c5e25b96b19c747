implement Rm;

#
# Removes files; see rm(1).
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "arg.m";
	arg: Arg;

include "readdir.m";
	readdir: Readdir;

Rm: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

force, tree, writable: int;
failed: int;

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
	arg->setusage(nil);
	while((o := arg->opt()) != 0)
		case o {
		'r' =>	tree = 1;
		'f' =>	force = 1;
		'F' =>	writable = 1;
		* =>	usage();
		}
	argv = arg->argv();
	if(argv == nil && !force)
		usage();
	if(tree)
		sys->pctl(Sys->FORKNS, nil);
	for(; argv != nil; argv = tl argv)
		remove(hd argv);
	if(failed && !force)
		raise "fail:errors";
}

usage()
{
	sys->fprint(sys->fildes(2), "Usage: rm [-fr] file ...\n");
	raise "fail:usage";
}

remove(name: string)
{
	# a name that stands for a directory elsewhere, as a host's link, goes by itself
	if(sys->remove(name) >= 0)
		return;
	why := sys->sprint("%r");
	if(tree){
		(ok, d) := sys->stat(name);
		if(ok >= 0 && d.mode & Sys->DMDIR){
			if(writable && (d.mode & 8r700) != 8r700){
				nd := Sys->nulldir;
				nd.mode = d.mode | 8r700;
				sys->wstat(name, nd);
			}
			(a, n) := readdir->init(name, Readdir->NONE | Readdir->COMPACT);
			if(n < 0)
				why = sys->sprint("%r");
			else{
				bad := failed;
				for(i := 0; i < n; i++){
					sub := name + "/" + a[i].name;
					# what is bound there belongs elsewhere
					sys->unmount(nil, sub);
					remove(sub);
				}
				if(sys->remove(name) >= 0)
					return;
				if(failed > bad)	# said already
					return;
				why = sys->sprint("%r");
			}
		}
	}
	failed++;
	if(!force)
		sys->fprint(sys->fildes(2), "rm: %s: %s\n", name, why);
}

nomod(path: string)
{
	sys->fprint(sys->fildes(2), "rm: cannot load %s: %r\n", path);
	raise "fail:bad module";
}
