implement Tarfs;

#
# An archive as a read-only file system; see tarfs(4).
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "arg.m";
	arg: Arg;

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

Tarfs: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

progname: con "tarfs";

include "tar.inc";

File: adt
{
	d:		Sys->Dir;
	offset:		big;		# of the contents in the archive
	size:		big;
	parent:		ref File;
	children:	list of ref File;
};

files: array of ref File;	# by path
nfiles := 0;
tar: ref Sys->FD;
user: string;

init(nil: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	arg = load Arg Arg->PATH;
	if(arg == nil)
		nomod(Arg->PATH);
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
	arg->init(argv);
	arg->setusage("tarfs [-a|-b|-ac|-bc] [-D] [-p] file mountpoint");
	flags := Sys->MREPL;
	perms := 0;
	while((o := arg->opt()) != 0)
		case o {
		'a' =>	flags = flags & Sys->MCREATE | Sys->MAFTER;
		'b' =>	flags = flags & Sys->MCREATE | Sys->MBEFORE;
		'c' =>	flags |= Sys->MCREATE;
		'D' =>	styxservers->traceset(1);
		'p' =>	perms = 1;
		* =>	arg->usage();
		}
	argv = arg->argv();
	if(len argv != 2)
		arg->usage();
	file := hd argv;
	tar = sys->open(file, Sys->OREAD);
	if(tar == nil)
		fatal(sys->sprint("can't open %s: %r", file));
	(nil, d) := sys->fstat(tar);
	user = d.uid;
	files = array[64] of ref File;
	newfile(nil, "/", Sys->DMDIR | 8r555, d.uid, d.gid, daytime->now(), big 0, big 0);
	contents(perms);
	p := array[2] of ref Sys->FD;
	if(sys->pipe(p) < 0)
		fatal(sys->sprint("can't make pipe: %r"));
	started := chan of int;
	spawn serve(p[0], started);
	<-started;
	p[0] = nil;
	if(sys->mount(p[1], nil, hd tl argv, flags, nil) < 0)
		fatal(sys->sprint("can't mount on %s: %r", hd tl argv));
}

newfile(parent: ref File, name: string, mode: int, uid, gid: string, mtime: int, offset, size: big): ref File
{
	qt := 0;
	if(mode & Sys->DMDIR)
		qt = Sys->QTDIR;
	d := Sys->Dir(name, uid, gid, uid, (big nfiles, 0, qt), mode, mtime, mtime, size, 0, 0);
	f := ref File(d, offset, size, parent, nil);
	if(parent == nil)
		f.parent = f;
	else
		parent.children = f :: parent.children;
	if(nfiles == len files){
		a := array[2*nfiles] of ref File;
		a[0:] = files;
		files = a;
	}
	files[nfiles++] = f;
	return f;
}

find(dir: ref File, name: string): ref File
{
	for(l := dir.children; l != nil; l = tl l)
		if((hd l).d.name == name)
			return hd l;
	return nil;
}

# what is there already
lookup(path: string): ref File
{
	f := files[0];
	(nil, l) := sys->tokenize(path, "/");
	for(; l != nil && f != nil; l = tl l)
		if(hd l != "." && hd l != "..")
			f = find(f, hd l);
	return f;
}

contents(perms: int)
{
	while((h := header(tar)) != nil){
		offset := sys->seek(tar, big 0, Sys->SEEKRELA);
		skip(tar, h.size);
		f := files[0];
		(nil, l) := sys->tokenize(h.name, "/");
		for(; l != nil; l = tl l){
			name := hd l;
			if(name == "." || name == "..")
				continue;
			g := find(f, name);
			if(g == nil)
				g = newfile(f, name, Sys->DMDIR | 8r555, h.uid, h.gid, h.mtime, big 0, big 0);
			f = g;
		}
		if(f == files[0])
			continue;
		mode := h.mode;
		if(perms)
			mode |= 8r444;
		f.d.uid = h.uid;
		f.d.gid = h.gid;
		f.d.mtime = f.d.atime = h.mtime;
		if(h.dir)
			f.d.mode = Sys->DMDIR | mode | 8r555;
		else if(f.children == nil){
			f.d.mode = mode;
			f.d.qid.qtype = 0;
			f.offset = offset;
			f.size = h.size;
			if(h.link == '1' && (g := lookup(h.linkto)) != nil){
				f.offset = g.offset;
				f.size = g.size;
			}
			f.d.length = f.size;
		}
	}
}

serve(fd: ref Sys->FD, started: chan of int)
{
	sys->pctl(Sys->NEWPGRP | Sys->FORKNS | Sys->NEWFD, fd.fd :: tar.fd :: 2 :: nil);
	fd = ref Sys->FD(fd.fd);
	tar = ref Sys->FD(tar.fd);
	navs := chan of ref Navop;
	spawn navigate(navs);
	(tm, srv) := Styxserver.new(fd, Navigator.new(navs), big 0);
	fd = nil;
	started <-= 1;
	while((m := <-tm) != nil)
		pick t := m {
		Read =>
			(f, err) := srv.canread(t);
			if(f == nil)
				srv.reply(ref Rmsg.Error(t.tag, err));
			else if(f.qtype & Sys->QTDIR)
				srv.read(t);
			else
				srv.reply(read(t, files[int f.path]));
		* =>
			srv.default(m);
		}
	navs <-= nil;
}

read(t: ref Tmsg.Read, f: ref File): ref Rmsg
{
	n := t.count;
	if(t.offset < big 0 || t.offset >= f.size)
		return ref Rmsg.Read(t.tag, nil);
	if(big n > f.size - t.offset)
		n = int (f.size - t.offset);
	a := array[n] of byte;
	n = sys->pread(tar, a, n, f.offset + t.offset);
	if(n < 0)
		return ref Rmsg.Error(t.tag, sys->sprint("%r"));
	return ref Rmsg.Read(t.tag, a[0:n]);
}

navigate(navs: chan of ref Navop)
{
	while((m := <-navs) != nil){
		f := files[int m.path];
		pick n := m {
		Stat =>
			n.reply <-= (ref f.d, nil);
		Walk =>
			g := f.parent;
			if(n.name != "..")
				g = find(f, n.name);
			if(g == nil)
				n.reply <-= (nil, Styxservers->Enotfound);
			else
				n.reply <-= (ref g.d, nil);
		Readdir =>
			i := 0;
			for(l := f.children; l != nil; l = tl l){
				if(i >= n.offset && i < n.offset + n.count)
					n.reply <-= (ref (hd l).d, nil);
				i++;
			}
			n.reply <-= (nil, nil);
		}
	}
}

nomod(path: string)
{
	sys->fprint(sys->fildes(2), "tarfs: cannot load %s: %r\n", path);
	raise "fail:bad module";
}
