implement Archfs;

#
# An archive of mkfs as a read-only file system; see archfs(4).
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "arg.m";
	arg: Arg;

include "bufio.m";
	bufio: Bufio;
	Iobuf: import bufio;

include "daytime.m";
	daytime: Daytime;

include "string.m";
	str: String;

include "styx.m";
	styx: Styx;
	Rmsg, Tmsg: import styx;

include "styxservers.m";
	styxservers: Styxservers;
	Fid, Navigator, Navop, Styxserver: import styxservers;
	nametree: Nametree;
	Tree: import nametree;

Archfs: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

Endmark: con "end of archive\n";

archive: ref Sys->FD;
tree: ref Tree;
npath := 1;
places: array of (big, big);		# of the contents, by path: where and how long
dirs: list of (string, big);		# that are there

init(nil: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	arg = load Arg Arg->PATH;
	if(arg == nil)
		nomod(Arg->PATH);
	bufio = load Bufio Bufio->PATH;
	if(bufio == nil)
		nomod(Bufio->PATH);
	daytime = load Daytime Daytime->PATH;
	if(daytime == nil)
		nomod(Daytime->PATH);
	str = load String String->PATH;
	if(str == nil)
		nomod(String->PATH);
	styx = load Styx Styx->PATH;
	if(styx == nil)
		nomod(Styx->PATH);
	styx->init();
	styxservers = load Styxservers Styxservers->PATH;
	if(styxservers == nil)
		nomod(Styxservers->PATH);
	styxservers->init(styx);
	nametree = load Nametree Nametree->PATH;
	if(nametree == nil)
		nomod(Nametree->PATH);
	nametree->init();
	arg->init(argv);
	arg->setusage("archfs [-ab] [-s] [-m mntpt] archive [prefix ...]");
	flags := Sys->MREPL;
	mountpoint := "/mnt/arch";
	stdin := 0;
	while((o := arg->opt()) != 0)
		case o {
		'a' =>	flags = Sys->MAFTER;
		'b' =>	flags = Sys->MBEFORE;
		'm' =>	mountpoint = arg->earg();
		's' =>	stdin = 1;
		* =>	arg->usage();
		}
	argv = arg->argv();
	if(argv == nil)
		arg->usage();
	archive = sys->open(hd argv, Sys->OREAD);
	if(archive == nil)
		fatal(sys->sprint("can't open %s: %r", hd argv));
	places = array[64] of (big, big);
	nav: chan of ref Navop;
	(tree, nav) = nametree->start();
	contents(hd argv, tl argv);
	if(stdin){
		serve(sys->fildes(0), nav);
		return;
	}
	p := array[2] of ref Sys->FD;
	if(sys->pipe(p) < 0)
		fatal(sys->sprint("can't make pipe: %r"));
	started := chan of int;
	spawn background(p[0], nav, started);
	<-started;
	p[0] = nil;
	if(sys->mount(p[1], nil, mountpoint, flags, nil) < 0)
		fatal(sys->sprint("can't mount on %s: %r", mountpoint));
}

fatal(s: string)
{
	sys->fprint(sys->fildes(2), "archfs: %s\n", s);
	raise "fail:error";
}

# name mode uid gid mtime length, then as many bytes
contents(file: string, prefixes: list of string)
{
	(nil, d) := sys->fstat(archive);
	root := Sys->Dir("/", d.uid, d.gid, d.uid, Sys->Qid(big 0, 0, Sys->QTDIR), Sys->DMDIR | 8r555, d.mtime, d.mtime, big 0, 0, 0);
	tree.create(big 0, root);
	f := bufio->fopen(archive, Bufio->OREAD);
	for(;;){
		s := f.gets('\n');
		if(s == nil)
			fatal(file + ": unexpected end of archive");
		if(s == Endmark)
			break;
		l := str->unquoted(s);
		if(len l != 6)
			fatal(file + ": bad header");
		name := hd l;
		l = tl l;
		(mode, nil) := str->toint(hd l, 8);
		uid := hd tl l;
		gid := hd tl tl l;
		l = tl tl tl l;
		length := big hd tl l;
		offset := f.offset();
		if(wanted(name, prefixes)){
			if(mode & Sys->DMDIR)
				length = big 0;
			(nil, els) := sys->tokenize(name, "/");
			dir := "";
			parent := big 0;
			for(; els != nil && tl els != nil; els = tl els){
				dir += "/" + hd els;
				parent = directory(parent, dir, hd els, root);
			}
			if(els != nil){
				q := Sys->Qid(big npath, 0, mode >> 24 & 16rff);
				e := Sys->Dir(hd els, uid, gid, uid, q, mode & ~8r222, int hd l, int hd l, length, 0, 0);
				if(tree.create(parent, e) == nil){
					if(mode & Sys->DMDIR)
						dirs = (dir + "/" + hd els, e.qid.path) :: dirs;
					note(offset, length);
				}
			}
		}
		if((mode & Sys->DMDIR) == 0 && f.seek(offset + big hd tl l, Bufio->SEEKSTART) < big 0)
			fatal(sys->sprint("%s: can't seek: %r", file));
	}
}

wanted(name: string, prefixes: list of string): int
{
	for(l := prefixes; l != nil; l = tl l)
		if(name == hd l || str->prefix(hd l + "/", name))
			return 1;
	return prefixes == nil;
}

directory(parent: big, path, name: string, like: Sys->Dir): big
{
	for(l := dirs; l != nil; l = tl l)
		if((hd l).t0 == path)
			return (hd l).t1;
	d := like;
	d.name = name;
	d.qid.path = big npath;
	tree.create(parent, d);
	dirs = (path, d.qid.path) :: dirs;
	note(big 0, big 0);
	return d.qid.path;
}

note(offset, length: big)
{
	if(npath == len places){
		a := array[2*npath] of (big, big);
		a[0:] = places;
		places = a;
	}
	places[npath++] = (offset, length);
}

background(fd: ref Sys->FD, nav: chan of ref Navop, started: chan of int)
{
	sys->pctl(Sys->NEWPGRP | Sys->FORKNS | Sys->NEWFD, fd.fd :: archive.fd :: 2 :: nil);
	fd = ref Sys->FD(fd.fd);
	archive = ref Sys->FD(archive.fd);
	started <-= 1;
	serve(fd, nav);
}

serve(fd: ref Sys->FD, nav: chan of ref Navop)
{
	(tm, srv) := Styxserver.new(fd, Navigator.new(nav), big 0);
	fd = nil;
	while((m := <-tm) != nil)
		pick t := m {
		Read =>
			(f, err) := srv.canread(t);
			if(f == nil)
				srv.error(m, err);
			else if(f.qtype & Sys->QTDIR)
				srv.read(t);
			else
				srv.reply(read(t, int f.path));
		* =>
			srv.default(m);
		}
	tree.quit();
}

read(t: ref Tmsg.Read, path: int): ref Rmsg
{
	(offset, length) := places[path];
	n := t.count;
	if(t.offset >= length)
		n = 0;
	else if(big n > length - t.offset)
		n = int (length - t.offset);
	a := array[n] of byte;
	n = sys->pread(archive, a, n, offset + t.offset);
	if(n < 0)
		return ref Rmsg.Error(t.tag, sys->sprint("%r"));
	return ref Rmsg.Read(t.tag, a[0:n]);
}

nomod(path: string)
{
	sys->fprint(sys->fildes(2), "archfs: cannot load %s: %r\n", path);
	raise "fail:bad module";
}
