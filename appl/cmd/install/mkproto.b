implement Mkproto;

#
# Makes a prototype of a tree; see install(8).
#

progname: con "mkproto";

include "files.inc";

Mkproto: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

modes: int;
excluded: list of string;
out: ref Iobuf;

init(nil: ref Draw->Context, argv: list of string)
{
	loadall();
	arg->init(argv);
	arg->setusage("install/mkproto [-mo] [-x path] ... root");
	while((o := arg->opt()) != 0)
		case o {
		'm' =>	modes = 1;
		'o' =>	modes = owners = 1;
		'x' =>	excluded = treename(arg->earg()) :: excluded;
		* =>	arg->usage();
		}
	argv = arg->argv();
	if(len argv != 1)
		arg->usage();
	excluded = "wrap" :: excluded;
	setroot(hd argv);
	out = bufio->fopen(sys->fildes(1), Sys->OWRITE);
	tree("", "");
	if(out.flush() < 0)
		warn(sys->sprint("write error: %r"));
	if(failed)
		raise "fail:errors";
}

# the lines of what is in a directory
tree(dir, indent: string)
{
	(a, n) := readdir->init(path(dir), Readdir->NAME | Readdir->COMPACT);
	if(n < 0)
		warn(sys->sprint("can't read %s: %r", path(dir)));
	for(i := 0; i < n; i++){
		name := a[i].name;
		if(dir != nil)
			name = dir + "/" + name;
		for(l := excluded; l != nil && hd l != name; l = tl l)
			;
		if(l != nil)
			continue;
		if(hascontrols(name)){
			warn(sys->sprint("%q: it cannot stand in a prototype", path(name)));
			continue;
		}
		s := indent + str->quotedc(a[i].name :: nil, "*+#");
		if(modes)
			s += " " + modetext(a[i].mode);
		if(owners)
			s += sys->sprint(" %q %q", a[i].uid, a[i].gid);
		if(out.puts(s + "\n") < 0)
			fatal(sys->sprint("write error: %r"));
		if(a[i].mode & Sys->DMDIR)
			tree(name, indent + "\t");
	}
}

modetext(mode: int): string
{
	s := "";
	if(mode & Sys->DMDIR)
		s = "d";
	if(mode & Sys->DMAPPEND)
		s += "a";
	if(mode & Sys->DMEXCL)
		s += "l";
	return s + sys->sprint("%uo", mode & 8r777);
}
