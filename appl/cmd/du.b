implement Du;

#
# Sizes of files and directories; see du(1).
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "arg.m";
	arg: Arg;

include "readdir.m";
	readdir: Readdir;

include "string.m";
	str: String;

Du: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

aflag, nflag, sflag, tflag, uflag: int;
unit := big 1;		# that the size of each file is rounded up to
failed: int;
above: list of Sys->Dir;	# directories being counted

init(nil: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	arg = load Arg Arg->PATH;
	if(arg == nil)
		nomod(Arg->PATH);
	readdir = load Readdir Readdir->PATH;
	if(readdir == nil)
		nomod(Readdir->PATH);
	str = load String String->PATH;
	if(str == nil)
		nomod(String->PATH);
	arg->init(argv);
	arg->setusage("du [-anstu] [-b bsize] [file ...]");
	while((o := arg->opt()) != 0)
		case o {
		'a' =>	aflag = 1;
		'n' =>	nflag = 1;
		's' =>	sflag = 1;
		't' =>	tflag = 1;
		'u' =>	tflag = uflag = 1;
		'b' =>
			(n, rest) := str->tobig(arg->earg(), 0);
			if(rest == "k" || rest == "K")
				n *= big 1024;
			else if(rest != nil)
				arg->usage();
			if(n <= big 0)
				arg->usage();
			unit = n;
		* =>
			arg->usage();
		}
	argv = arg->argv();
	if(argv == nil)
		argv = "." :: nil;
	for(; argv != nil; argv = tl argv){
		(ok, d) := sys->stat(hd argv);
		if(ok < 0)
			error(sys->sprint("can't stat %s: %r", hd argv));
		else
			du(hd argv, d, 1);
	}
	if(failed)
		raise "fail:error";
}

# size in bytes of the tree at name
du(name: string, d: Sys->Dir, top: int): big
{
	if((d.mode & Sys->DMDIR) == 0){
		size := (d.length + unit - big 1) / unit * unit;
		if(top || aflag && !sflag || nflag && !sflag)
			show(name, d, size);
		return size;
	}
	total := big 0;
	# a directory bound below itself counts once
	for(l := above; l != nil; l = tl l)
		if(same(hd l, d))
			return total;
	(a, n) := readdir->init(name, Readdir->NAME | Readdir->COMPACT);
	if(n < 0){
		error(sys->sprint("can't read %s: %r", name));
		return total;
	}
	prefix := name + "/";
	if(name == ".")
		prefix = "";
	else if(name[len name - 1] == '/')
		prefix = name;
	above = d :: above;
	for(i := 0; i < n; i++){
		sub := *a[i];
		if(sub.mode & Sys->DMDIR){
			# what is bound there
			(ok, s) := sys->stat(prefix + sub.name);
			if(ok >= 0)
				sub = s;
		}
		total += du(prefix + a[i].name, sub, 0);
	}
	above = tl above;
	if((top || !sflag) && !nflag)
		show(name, d, total);
	return total;
}

same(a, b: Sys->Dir): int
{
	return a.dtype == b.dtype && a.dev == b.dev && a.qid.path == b.qid.path && a.qid.qtype == b.qid.qtype;
}

show(name: string, d: Sys->Dir, size: big)
{
	time := d.mtime;
	if(uflag)
		time = d.atime;
	s := name;
	if(nflag && tflag)
		s = sys->sprint("%s %ud %bd 0", name, time, d.length);
	else if(tflag && !nflag)
		s = sys->sprint("%ud %q", time, name);
	else if(!nflag)
		s = sys->sprint("%-4bd %q", (size + big 1023) / big 1024, name);
	if(sys->print("%s\n", s) < 0){
		sys->fprint(sys->fildes(2), "du: write error: %r\n");
		raise "fail:write error";
	}
}

error(s: string)
{
	sys->fprint(sys->fildes(2), "du: %s\n", s);
	failed = 1;
}

nomod(path: string)
{
	sys->fprint(sys->fildes(2), "du: cannot load %s: %r\n", path);
	raise "fail:bad module";
}
