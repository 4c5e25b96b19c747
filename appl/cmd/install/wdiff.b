implement Wdiff;

#
# Compares a tree with the packages installed in it; see install(8).
#

progname: con "wdiff";

include "files.inc";
include "../disk/archive.inc";
include "wrap.inc";

Wdiff: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

long, all, times: int;
differs: int;

init(nil: ref Draw->Context, argv: list of string)
{
	loadall();
	arg->init(argv);
	arg->setusage("install/wdiff [-lLot] [-r root] package ...");
	while((o := arg->opt()) != 0)
		case o {
		'l' =>	long = 1;
		'L' =>	all = 1;
		'o' =>	owners = 1;
		'r' =>	setroot(arg->earg());
		't' =>	times = 1;
		* =>	arg->usage();
		}
	argv = arg->argv();
	if(argv == nil)
		arg->usage();
	for(; argv != nil; argv = tl argv){
		p: ref Pack;
		err: string;
		(ok, d) := sys->stat(hd argv);
		if(ok >= 0 && !(d.mode & Sys->DMDIR))
			(p, err) = Pack.open(hd argv);
		else if(!goodpackname(hd argv))
			err = hd argv + ": no archive, and no name of a package";
		else{
			(p, err) = installed(hd argv);
			if(p == nil && err == nil)
				err = hd argv + " is not installed";
		}
		if(err != nil){
			warn(err);
			continue;
		}
		a := p.current();
		for(i := 0; i < len a; i++)
			compared(a[i]);
	}
	if(failed)
		raise "fail:errors";
	if(differs)
		raise "fail:differs";
}

# with what is in the tree
compared(e: ref Entry)
{
	(ok, d) := sys->stat(path(e.name));
	if(ok < 0){
		tell('d', e, nil);
		return;
	}
	if((d.mode & Sys->DMDIR) != (e.d.mode & Sys->DMDIR)){
		if(e.isdir())
			tell('c', e, "no directory");
		else
			tell('c', e, "a directory");
		return;
	}
	if(!e.isdir()){
		(sum, length) := filesum(path(e.name));
		if(sum == nil){
			warn(sys->sprint("can't read %s: %r", path(e.name)));
			return;
		}
		if(sum != e.sum){
			tell('c', e, sys->sprint("%bd bytes, not %bd", length, e.d.length));
			return;
		}
	}
	s := "";
	if((d.mode & Permissions) != e.d.mode)
		s += sys->sprint(", mode %uo, not %uo", d.mode, e.d.mode);
	if(owners && d.uid != e.d.uid)
		s += sys->sprint(", owner %s, not %s", d.uid, e.d.uid);
	if(owners && d.gid != e.d.gid)
		s += sys->sprint(", group %s, not %s", d.gid, e.d.gid);
	if(times && !e.isdir() && d.mtime != e.d.mtime)
		s += sys->sprint(", time %d, not %d", d.mtime, e.d.mtime);
	if(s != nil)
		tell('m', e, s[2:]);
	else if(all)
		sys->print("= %q\n", e.name);
}

tell(verb: int, e: ref Entry, what: string)
{
	differs = 1;
	if(long && what != nil)
		sys->print("%c %q: %s\n", verb, e.name, what);
	else
		sys->print("%c %q\n", verb, e.name);
}
