implement Log;

#
# Prints what was installed and when; see install(8).
#

progname: con "log";

include "files.inc";
include "../disk/archive.inc";
include "wrap.inc";

Log: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

init(nil: ref Draw->Context, argv: list of string)
{
	loadall();
	arg->init(argv);
	arg->setusage("install/log [-v] [-r root] [name ...]");
	verbose := 0;
	while((o := arg->opt()) != 0)
		case o {
		'r' =>	setroot(arg->earg());
		'v' =>	verbose = 1;
		* =>	arg->usage();
		}
	argv = arg->argv();
	if(argv == nil)
		argv = packages();
	for(; argv != nil; argv = tl argv){
		v: array of ref Version;
		if(goodpackname(hd argv))
			v = versions(hd argv);
		if(len v == 0)
			warn(hd argv + ": nothing in the log");
		last: array of ref Entry;
		for(i := 0; i < len v; i++){
			(p, err) := Pack.logged(hd argv, v[i].time, v[i].state);
			if(err != nil){
				warn(err);
				continue;
			}
			tell(p, v[i].state);
			if(verbose){
				files := p.current();
				a := compare(last, files);
				for(j := 0; j < len a; j++)
					sys->print("\t%c %q\n", a[j].verb, a[j].name);
				if(v[i].state == Done)
					last = files;
			}
		}
	}
	if(failed)
		raise "fail:errors";
}

tell(p: ref Pack, state: string)
{
	s := p.title() + " " + daytime->text(daytime->local(p.time));
	if(p.base != 0)
		s += ", an update of " + string p.base;
	case state {
	Begun =>	s += ", interrupted";
	Undone =>	s += ", undone";
	}
	if(p.desc != nil)
		s += ": " + p.desc;
	sys->print("%s\n", s);
}
