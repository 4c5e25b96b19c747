implement Info;

#
# Tells what packages are; see install(8).
#

progname: con "info";

include "files.inc";
include "../disk/archive.inc";
include "wrap.inc";

Info: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

init(nil: ref Draw->Context, argv: list of string)
{
	loadall();
	arg->init(argv);
	arg->setusage("install/info [-cv] archive ...");
	check := verbose := 0;
	while((o := arg->opt()) != 0)
		case o {
		'c' =>	check = 1;
		'v' =>	verbose = 1;
		* =>	arg->usage();
		}
	argv = arg->argv();
	if(argv == nil)
		arg->usage();
	for(; argv != nil; argv = tl argv){
		(p, err) := Pack.open(hd argv);
		if(err == nil && check)
			err = p.check();
		if(err != nil)
			warn(err);
		else
			tell(p, verbose);
	}
	if(failed)
		raise "fail:errors";
}

tell(p: ref Pack, verbose: int)
{
	sys->print("name\t%s\ntime\t%d\t%s\n", p.name, p.time, daytime->text(daytime->local(p.time)));
	if(p.base != 0)
		sys->print("base\t%d\t%s\n", p.base, daytime->text(daytime->local(p.base)));
	if(p.desc != nil)
		sys->print("desc\t%s\n", p.desc);
	(n, length) := p.count();
	sys->print("files\t%d\nbytes\t%bd\n", n, length);
	for(i := 0; verbose && i < len p.files; i++)
		sys->print("%s", wraptext(p.files[i]));
}
