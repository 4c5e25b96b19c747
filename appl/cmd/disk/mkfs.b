implement Mkfs;

#
# Copies the files that a prototype lists, or makes an archive of them; see mkfs(8).
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "arg.m";
	arg: Arg;

include "bufio.m";
	bufio: Bufio;
	Iobuf: import bufio;

include "readdir.m";
	readdir: Readdir;

include "string.m";
	str: String;

Mkfs: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

include "archive.inc";
include "proto.inc";

dest: string;
archive, listing, keep, verbose: int;
out: ref Iobuf;
later: list of (string, Sys->Dir);	# directories, whose modes are set when they have been filled
failed: int;

init(nil: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	arg = load Arg Arg->PATH;
	if(arg == nil)
		nomod(Arg->PATH);
	bufio = load Bufio Bufio->PATH;
	if(bufio == nil)
		nomod(Bufio->PATH);
	readdir = load Readdir Readdir->PATH;
	if(readdir == nil)
		nomod(Readdir->PATH);
	str = load String String->PATH;
	if(str == nil)
		nomod(String->PATH);
	arg->init(argv);
	arg->setusage("disk/mkfs {-a | -x | -d root} [-pv] [-s source] proto ...");
	srcroot := "";
	while((o := arg->opt()) != 0)
		case o {
		'a' =>	archive = 1;
		'd' =>	dest = arg->earg();
		'p' =>	keep = 1;
		's' =>	srcroot = arg->earg();
		'v' =>	verbose = 1;
		'x' =>	listing = 1;
		* =>	arg->usage();
		}
	argv = arg->argv();
	if(argv == nil || archive + listing + (dest != nil) != 1)
		arg->usage();
	out = bufio->fopen(sys->fildes(1), Sys->OWRITE);
	for(; argv != nil; argv = tl argv)
		if((p := readproto(hd argv, srcroot)) != nil)
			tree("", p);
	for(; later != nil; later = tl later)
		setmode((hd later).t0, (hd later).t1);
	if(archive)
		out.puts(Endmark);
	if(out.flush() < 0)
		warn(sys->sprint("write error: %r"));
	if(failed)
		raise "fail:errors";
}

warn(s: string)
{
	sys->fprint(sys->fildes(2), "mkfs: %s\n", s);
	failed = 1;
}

# what is in p, a directory named dir in the result
tree(dir: string, p: ref Protofile)
{
	a := protobelow(p);
	for(i := 0; i < len a; i++){
		name := a[i].d.name;
		if(dir != "")
			name = dir + "/" + name;
		put(name, a[i].from, a[i].d);
		if(a[i].d.mode & Sys->DMDIR)
			tree(name, a[i]);
	}
}

put(name, from: string, d: Sys->Dir)
{
	if(verbose)
		sys->fprint(sys->fildes(2), "%s\n", name);
	if(listing)
		out.puts(sys->sprint("%q\t%q\t%bd\t%d\n", name, from, d.length, d.mtime));
	else if(archive)
		member(name, from, d);
	else
		copy(name, from, d);
}

member(name, from: string, d: Sys->Dir)
{
	fd: ref Sys->FD;
	if(!(d.mode & Sys->DMDIR)){
		fd = sys->open(from, Sys->OREAD);
		if(fd == nil){
			warn(sys->sprint("can't open %s: %r", from));
			return;
		}
	}
	out.puts(archiveheader(name, ref d, d.length));
	buf := array[Sys->ATOMICIO] of byte;
	n: int;
	for(left := d.length; left > big 0; left -= big n){
		n = len buf;
		if(big n > left)
			n = int left;
		r := sys->readn(fd, buf, n);
		if(r < n){
			# its length has been told
			warn(from + ": shorter than its length");
			if(r < 0)
				r = 0;
			for(i := r; i < n; i++)
				buf[i] = byte 0;
		}
		out.write(buf, n);
	}
}

copy(name, from: string, d: Sys->Dir)
{
	target := dest + "/" + name;
	w := sys->nulldir;
	if(d.mode & Sys->DMDIR){
		(ok, old) := sys->stat(target);
		if(ok < 0 && sys->create(target, Sys->OREAD, Sys->DMDIR | 8r777) == nil || ok >= 0 && !(old.mode & Sys->DMDIR)){
			warn(sys->sprint("can't make directory %s: %r", target));
			return;
		}
	}else{
		in := sys->open(from, Sys->OREAD);
		if(in == nil){
			warn(sys->sprint("can't open %s: %r", from));
			return;
		}
		fd := sys->create(target, Sys->OWRITE, 8r666);
		if(fd == nil){
			warn(sys->sprint("can't create %s: %r", target));
			return;
		}
		if(sys->stream(in, fd, Sys->ATOMICIO) < 0)
			warn(sys->sprint("can't copy %s: %r", from));
		w.mtime = d.mtime;
	}
	w.mode = d.mode;
	if(keep){
		w.uid = d.uid;
		w.gid = d.gid;
	}
	if(d.mode & Sys->DMDIR)
		later = (target, w) :: later;
	else
		setmode(target, w);
}

setmode(target: string, w: Sys->Dir)
{
	if(sys->wstat(target, w) < 0)
		warn(sys->sprint("can't set the mode of %s: %r", target));
}

nomod(path: string)
{
	sys->fprint(sys->fildes(2), "mkfs: cannot load %s: %r\n", path);
	raise "fail:load";
}
