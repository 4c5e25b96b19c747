implement Wfind;

#
# Finds the packages that files are of; see install(8).
#

progname: con "wfind";

include "files.inc";
include "../disk/archive.inc";
include "wrap.inc";

Wfind: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

init(nil: ref Draw->Context, argv: list of string)
{
	loadall();
	arg->init(argv);
	arg->setusage("install/wfind [-a] [-p package] ... [-r root] path ...");
	all := 0;
	which: list of string;
	while((o := arg->opt()) != 0)
		case o {
		'a' =>	all = 1;
		'p' =>	which = arg->earg() :: which;
		'r' =>	setroot(arg->earg());
		* =>	arg->usage();
		}
	argv = arg->argv();
	if(argv == nil)
		arg->usage();
	if(which == nil)
		which = packages();
	l: list of ref Pack;
	for(; which != nil; which = tl which){
		v := versions(hd which);
		n := 0;
		for(i := len v - 1; i >= 0; i--)
			if(v[i].state == Done && (n++ == 0 || all)){
				(p, err) := Pack.logged(hd which, v[i].time, Done);
				if(err != nil)
					warn(err);
				else
					l = p :: l;
			}
		if(n == 0)
			warn(hd which + " is not installed");
	}
	ps: list of ref Pack;
	for(; l != nil; l = tl l)
		ps = hd l :: ps;
	for(; argv != nil; argv = tl argv){
		found := 0;
		for(l = ps; l != nil; l = tl l)
			if((e := find((hd l).current(), treename(hd argv))) != nil){
				sys->print("%s %q\n", (hd l).title(), e.name);
				found = 1;
			}
		if(!found)
			warn(hd argv + ": of no package");
	}
	if(failed)
		raise "fail:errors";
}
