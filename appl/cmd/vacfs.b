implement Vacfs;

#
# An archive on a Venti server as a read-only file system; see vacfs(4).
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "arg.m";
	arg: Arg;

include "styx.m";
	styx: Styx;
	Rmsg, Tmsg: import styx;

include "styxservers.m";
	styxservers: Styxservers;
	Fid, Navigator, Navop, Styxserver: import styxservers;

Vacfs: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

progname: con "vacfs";

include "vac/vaccmd.inc";

Maxread:	con Styx->MAXFDATA;	# of one answer

File: adt
{
	d:		Sys->Dir;
	entry:		ref Direntry;
	parent:		ref File;
	within:		ref Vacdir;		# where its contents are found
	source:		ref Source;		# of a file, when it has been asked for
	opened:		int;			# a directory whose files are known
	children:	array of ref File;
};

# a read under way, in a process of its own
Reading: adt
{
	tag:	int;
	flushed: int;
};

files: array of ref File;	# by path
nfiles := 0;

init(nil: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	arg = load Arg Arg->PATH;
	if(arg == nil)
		nomod(Arg->PATH);
	styx = load Styx Styx->PATH;
	if(styx == nil)
		nomod(Styx->PATH);
	styx->init();
	styxservers = load Styxservers Styxservers->PATH;
	if(styxservers == nil)
		nomod(Styxservers->PATH);
	styxservers->init(styx);
	vacinit();
	addr: string;
	flags := Sys->MREPL;
	arg->init(argv);
	arg->setusage("vacfs [-abD] [-s addr] archive mountpoint");
	while((o := arg->opt()) != 0)
		case o {
		'a' =>	flags = Sys->MAFTER;
		'b' =>	flags = Sys->MBEFORE;
		'D' =>	styxservers->traceset(1);
		's' =>	addr = arg->earg();
		* =>	arg->usage();
		}
	argv = arg->argv();
	if(len argv != 2)
		arg->usage();
	score := scoreof(hd argv);
	p := array[2] of ref Sys->FD;
	if(sys->pipe(p) < 0)
		fail(sys->sprint("can't make pipe: %r"), "error");
	started := chan of string;
	spawn serve(addr, score, p[0], started);
	err := <-started;
	p[0] = nil;
	if(err != nil)
		raise "fail:" + err;
	if(sys->mount(p[1], nil, hd tl argv, flags, nil) < 0)
		fail(sys->sprint("can't mount on %s: %r", hd tl argv), "error");
}

# The connection is made in the process group of the server, which ends with it.
serve(addr: string, score: array of byte, fd: ref Sys->FD, started: chan of string)
{
	pid := sys->pctl(Sys->NEWPGRP | Sys->FORKNS | Sys->NEWFD, fd.fd :: 2 :: nil);
	fd = sys->fildes(fd.fd);
	{
		s := connect(addr);
		(top, root, nil, err) := vac->open(s, score);
		if(err != nil)
			fail(err, "error");
		root.elem = "/";
		root.mode |= Vac->Mdir;
		f := newfile(nil, root, nil);
		f.within = top;
		children(f, top);
	}exception e{
	"fail:*" =>
		started <-= e[len "fail:":];
		killgrp(pid);
		return;
	}
	navs := chan of ref Navop;
	spawn navigate(navs);
	(tm, srv) := Styxserver.new(fd, Navigator.new(navs), big 0);
	fd = nil;
	started <-= nil;
	answers := chan of (ref Reading, ref Rmsg);
	reads: list of ref Reading;
	for(;;)alt{
	m := <-tm =>
		if(m == nil){
			killgrp(pid);
			return;
		}
		pick t := m {
		Read =>
			(f, err) := srv.canread(t);
			if(f == nil)
				srv.reply(ref Rmsg.Error(t.tag, err));
			else if(f.qtype & Sys->QTDIR)
				srv.read(t);
			else{
				r := ref Reading(t.tag, 0);
				reads = r :: reads;
				spawn read(files[int f.path], t, r, answers);
			}
		Flush =>
			for(l := reads; l != nil; l = tl l)
				if((hd l).tag == t.oldtag)
					(hd l).flushed = 1;
			srv.default(m);
		* =>
			srv.default(m);
		}
	(r, a) := <-answers =>
		left: list of ref Reading;
		for(; reads != nil; reads = tl reads)
			if(hd reads != r)
				left = hd reads :: left;
		reads = left;
		if(!r.flushed)
			srv.reply(a);
	}
}

killgrp(pid: int)
{
	fd := sys->open(sys->sprint("#p/%d/ctl", pid), Sys->OWRITE);
	if(fd != nil)
		sys->fprint(fd, "killgrp");
}

read(f: ref File, t: ref Tmsg.Read, r: ref Reading, answers: chan of (ref Reading, ref Rmsg))
{
	(a, err) := contents(f, t.offset, t.count);
	if(err != nil)
		answers <-= (r, ref Rmsg.Error(t.tag, err));
	else
		answers <-= (r, ref Rmsg.Read(t.tag, a));
}

contents(f: ref File, off: big, count: int): (array of byte, string)
{
	if(f.source == nil)
		return (nil, "cannot be read");
	if(count > Maxread)
		count = Maxread;
	a := array[0] of byte;
	while(len a < count){
		(b, err) := f.source.read(off + big len a, count - len a);
		if(err != nil)
			return (nil, err);
		if(b == nil)
			break;
		if(len a == 0)
			a = b;
		else{
			c := array[len a + len b] of byte;
			c[0:] = a;
			c[len a:] = b;
			a = c;
		}
	}
	return (a, nil);
}

newfile(parent: ref File, e: ref Direntry, within: ref Vacdir): ref File
{
	qt := 0;
	if(e.mode & Vac->Mdir)
		qt = Sys->QTDIR;
	mode := vac->dirmode(e.mode) & ~8r222;
	f := ref File(Sys->Dir(e.elem, e.uid, e.gid, e.mid, (big nfiles, e.mcount, qt), mode, e.atime, e.mtime, big 0, 0, 0),
		e, parent, within, nil, 0, nil);
	if(parent == nil)
		f.parent = f;
	if(files == nil || nfiles == len files){
		a := array[2*nfiles + 64] of ref File;
		a[0:] = files;
		files = a;
	}
	files[nfiles++] = f;
	return f;
}

# Files whose names cannot be walked to are left out; those whose contents cannot be found cannot be read.
children(f: ref File, d: ref Vacdir)
{
	n := 0;
	a := array[len d.files] of ref File;
	for(l := d.files; l != nil; l = tl l)
		if(vac->goodname((hd l).elem)){
			c := newfile(f, hd l, d);
			if((c.d.mode & Sys->DMDIR) == 0){
				(c.source, nil) = d.open(hd l);
				if(c.source != nil)
					c.d.length = c.source.e.size;
			}
			a[n++] = c;
		}
	f.children = a[0:n];
	f.opened = 1;
}

look(f: ref File): string
{
	if(f.opened || (f.d.mode & Sys->DMDIR) == 0)
		return nil;
	(d, err) := f.within.opendir(f.entry);
	if(err != nil)
		return err;
	children(f, d);
	return nil;
}

find(f: ref File, name: string): ref File
{
	for(i := 0; i < len f.children; i++)
		if(f.children[i].d.name == name)
			return f.children[i];
	return nil;
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
			err: string;
			if(n.name != ".."){
				err = look(f);
				g = find(f, n.name);
			}
			if(err != nil)
				n.reply <-= (nil, err);
			else if(g == nil)
				n.reply <-= (nil, Styxservers->Enotfound);
			else
				n.reply <-= (ref g.d, nil);
		Readdir =>
			err := look(f);
			if(err != nil){
				n.reply <-= (nil, err);
				continue;
			}
			for(i := n.offset; i < len f.children && i < n.offset + n.count; i++)
				n.reply <-= (ref f.children[i].d, nil);
			n.reply <-= (nil, nil);
		}
	}
}
