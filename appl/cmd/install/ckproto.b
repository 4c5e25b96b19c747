implement Ckproto;

#
# Compares a tree with what a prototype lists; see install(8).
#

progname: con "ckproto";

include "files.inc";
include "../disk/proto.inc";

Ckproto: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

complaints := 0;

init(nil: ref Draw->Context, argv: list of string)
{
	loadall();
	arg->init(argv);
	arg->setusage("install/ckproto [-r root] proto ...");
	while((o := arg->opt()) != 0)
		case o {
		'r' =>	setroot(arg->earg());
		* =>	arg->usage();
		}
	argv = arg->argv();
	if(argv == nil)
		arg->usage();
	trees: list of ref Protofile;
	for(; argv != nil; argv = tl argv)
		if((p := readproto(hd argv, root)) != nil)
			trees = p :: trees;
	if(failed)
		raise "fail:errors";
	check("", trees);
	if(failed)
		raise "fail:errors";
	if(complaints)
		raise "fail:differs";
}

# a directory, as the prototypes have it that list it; its name has a slash behind, but the root's
check(dir: string, ps: list of ref Protofile)
{
	listed := Strhash[list of ref Protofile].new(0, nil);
	seen: list of string;
	for(l := ps; l != nil; l = tl l){
		a := protobelow(hd l);
		for(i := 0; i < len a; i++){
			name := a[i].d.name;
			q := listed.find(name);
			if(q == nil)
				seen = name :: seen;
			listed.del(name);
			listed.add(name, a[i] :: q);
			compared(dir + name, a[i]);
		}
	}
	for(; ps != nil; ps = tl ps){
		(a, n) := readdir->init((hd ps).from + "/", Readdir->NAME | Readdir->COMPACT);
		for(i := 0; i < n; i++){
			name := a[i].name;
			if(listed.find(name) == nil && !(dir == nil && name == "wrap")){
				complain("not listed", dir + name);
				listed.add(name, hd ps :: nil);
			}
		}
	}
	order: list of string;
	for(; seen != nil; seen = tl seen)
		order = hd seen :: order;
	for(; order != nil; order = tl order){
		dirs: list of ref Protofile;
		for(q := listed.find(hd order); q != nil; q = tl q)
			if((hd q).d.mode & Sys->DMDIR)
				dirs = hd q :: dirs;
		if(dirs != nil)
			check(dir + hd order + "/", dirs);
	}
}

# with where its contents are
compared(name: string, p: ref Protofile)
{
	(ok, d) := sys->stat(p.from);
	if(ok < 0)
		complain("missing", name);
	else if((d.mode ^ p.d.mode) & Permissions)
		complain(sys->sprint("mode %uo, not %uo", d.mode & 8r777, p.d.mode & 8r777), name);
	else if(d.uid != p.d.uid)
		complain(sys->sprint("owner %s, not %s", d.uid, p.d.uid), name);
	else if(d.gid != p.d.gid)
		complain(sys->sprint("group %s, not %s", d.gid, p.d.gid), name);
}

complain(what, name: string)
{
	sys->print("%s: %q\n", what, name);
	complaints = 1;
}
