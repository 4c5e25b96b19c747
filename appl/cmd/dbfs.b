implement Dbfs;

#
# A file of records as a directory of files; see dbfs(4).
#

include "sys.m";
	sys: Sys;
	Dir, Qid: import sys;

include "draw.m";

include "arg.m";
	arg: Arg;

include "bufio.m";
	bufio: Bufio;
	Iobuf: import bufio;

include "styx.m";
	styx: Styx;
	Rmsg, Tmsg: import styx;

include "styxservers.m";
	styxservers: Styxservers;
	nametree: Nametree;
	Fid, Styxserver, Navigator, Navop: import styxservers;
	Tree: import nametree;

Dbfs: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

# paths: the root, the two files, and from Qrecord on records
Qroot, Qnew, Qindex, Qrecord: con big iota;

Maxrecord: con 1 << 20;

Record: adt
{
	path:	big;
	text:	array of byte;		# without empty lines
};

# what has been written through a fid and is not stored yet
Draft: adt
{
	fid:	int;
	text:	array of byte;
};

file: string;
readonly: int;
records: list of ref Record;		# the latest first
drafts: list of ref Draft;
npath := Qrecord;
owner: string;
tree: ref Tree;
srv: ref Styxserver;

init(nil: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	arg = load Arg Arg->PATH;
	if(arg == nil)
		nomod(Arg->PATH);
	bufio = load Bufio Bufio->PATH;
	if(bufio == nil)
		nomod(Bufio->PATH);
	styx = load Styx Styx->PATH;
	if(styx == nil)
		nomod(Styx->PATH);
	styxservers = load Styxservers Styxservers->PATH;
	if(styxservers == nil)
		nomod(Styxservers->PATH);
	nametree = load Nametree Nametree->PATH;
	if(nametree == nil)
		nomod(Nametree->PATH);
	styx->init();
	styxservers->init(styx);
	nametree->init();
	flags := Sys->MREPL;
	arg->init(argv);
	arg->setusage("dbfs [-abr] file mountpoint");
	while((o := arg->opt()) != 0)
		case o {
		'a' =>	flags = Sys->MAFTER;
		'b' =>	flags = Sys->MBEFORE;
		'r' =>	readonly = 1;
		* =>	arg->usage();
		}
	argv = arg->argv();
	if(len argv != 2)
		arg->usage();
	file = hd argv;
	mountpoint := hd tl argv;
	owner = user();
	navops: chan of ref Navop;
	(tree, navops) = nametree->start();
	perm := 8r555;
	if(!readonly)
		perm = 8r755;
	tree.create(Qroot, entry(".", Qroot, Sys->DMDIR | perm, 0));
	if(!readonly)
		tree.create(Qroot, entry("new", Qnew, 8r222, 0));
	tree.create(Qroot, entry("index", Qindex, 8r444, 0));
	if((e := readall()) != nil){
		tree.quit();
		fatal(e, "open");
	}
	p := array[2] of ref Sys->FD;
	if(sys->pipe(p) < 0)
		fatal(sys->sprint("can't create pipe: %r"), "pipe");
	c: chan of ref Tmsg;
	(c, srv) = Styxserver.new(p[0], Navigator.new(navops), Qroot);
	p[0] = nil;
	ready := chan of int;
	spawn serve(c, ready);
	<-ready;
	if(sys->mount(p[1], nil, mountpoint, flags, nil) < 0)
		fatal(sys->sprint("can't mount on %s: %r", mountpoint), "mount");
}

serve(c: chan of ref Tmsg, ready: chan of int)
{
	sys->pctl(Sys->NEWPGRP | Sys->FORKNS, nil);
	ready <-= 1;
	while((m := <-c) != nil)
		pick r := m {
		Readerror =>
			tree.quit();
			return;
		Open =>
			open(r);
		Read =>
			read(r);
		Write =>
			write(r);
		Clunk =>
			if((f := srv.clunk(r)) != nil)
				store(f);
		Remove =>
			remove(r);
		Wstat =>
			# the files have the names and modes that they have
			srv.error(m, Styxservers->Eperm);
		* =>
			srv.default(m);
		}
	tree.quit();
}

open(m: ref Tmsg.Open)
{
	(f, mode, d, e) := srv.canopen(m);
	if(f == nil){
		srv.error(m, e);
		return;
	}
	if(f.path >= Qrecord && find(f.path) == nil){
		srv.error(m, Styxservers->Enotfound);
		return;
	}
	f.open(mode, d.qid);
	if(f.path == Qnew || m.mode & Sys->OTRUNC)
		drafts = ref Draft(f.fid, array[0] of byte) :: drafts;
	srv.reply(ref Rmsg.Open(m.tag, d.qid, srv.iounit()));
}

read(m: ref Tmsg.Read)
{
	(f, e) := srv.canread(m);
	if(f == nil){
		srv.error(m, e);
		return;
	}
	if(f.path == Qindex){
		s := "";
		for(l := records; l != nil; l = tl l)
			s = string number(hd l) + "\n" + s;
		srv.reply(styxservers->readstr(m, s));
	}else if(f.path >= Qrecord){
		r := find(f.path);
		if(r == nil)
			srv.error(m, Styxservers->Enotfound);
		else
			srv.reply(styxservers->readbytes(m, r.text));
	}else
		srv.read(m);
}

write(m: ref Tmsg.Write)
{
	(f, e) := srv.canwrite(m);
	if(f == nil){
		srv.error(m, e);
		return;
	}
	d := draft(f);
	if(d == nil)
		e = Styxservers->Enotfound;
	else if(m.offset + big len m.data > big Maxrecord)
		e = "record too large";
	if(e != nil){
		srv.error(m, e);
		return;
	}
	o := int m.offset;
	n := o + len m.data;
	if(n > len d.text){
		a := array[n] of {* => byte '\n'};
		a[0:] = d.text;
		d.text = a;
	}
	d.text[o:] = m.data;
	srv.reply(ref Rmsg.Write(m.tag, len m.data));
}

remove(m: ref Tmsg.Remove)
{
	(f, nil, e) := srv.canremove(m);
	if(f != nil && (readonly || f.path < Qrecord))
		e = Styxservers->Eperm;
	if(f == nil || e != nil){
		if((f = srv.getfid(m.fid)) != nil)
			srv.delfid(f);
		srv.error(m, e);
		return;
	}
	srv.delfid(f);
	forget(f.fid);
	old := records;
	l: list of ref Record;
	for(r := reverse(records); r != nil; r = tl r)
		if((hd r).path != f.path)
			l = hd r :: l;
	records = l;
	if((e = writeall()) != nil){
		records = old;
		srv.error(m, e);
		return;
	}
	tree.remove(f.path);
	srv.reply(ref Rmsg.Remove(m.tag));
}

# the fid's draft; of a record's own text if there is none yet
draft(f: ref Fid): ref Draft
{
	for(l := drafts; l != nil; l = tl l)
		if((hd l).fid == f.fid)
			return hd l;
	r := find(f.path);
	if(r == nil)
		return nil;
	d := ref Draft(f.fid, array[len r.text] of byte);
	d.text[0:] = r.text;
	drafts = d :: drafts;
	return d;
}

forget(fid: int): ref Draft
{
	d: ref Draft;
	l: list of ref Draft;
	for(o := drafts; o != nil; o = tl o)
		if((hd o).fid == fid)
			d = hd o;
		else
			l = hd o :: l;
	drafts = l;
	return d;
}

# f is closed: what has been written becomes the record
store(f: ref Fid)
{
	d := forget(f.fid);
	if(d == nil)
		return;
	text := d.text;
	text = squeeze(text);
	r: ref Record;
	if(f.path == Qnew){
		if(len text == 0)
			return;
		r = add(text);
	}else{
		r = find(f.path);
		if(r == nil)
			return;
		r.text = text;
		tree.wstat(r.path, entry(string number(r), r.path, permissions(), len text));
	}
	if((e := writeall()) != nil)
		complain(e);
}

# no empty lines, and a newline at the end
squeeze(a: array of byte): array of byte
{
	r := array[len a + 1] of byte;
	n := 0;
	for(i := 0; i < len a; i++)
		if(a[i] != byte '\n' || (n > 0 && r[n-1] != byte '\n'))
			r[n++] = a[i];
	if(n > 0 && r[n-1] != byte '\n')
		r[n++] = byte '\n';
	return r[0:n];
}

find(path: big): ref Record
{
	for(l := records; l != nil; l = tl l)
		if((hd l).path == path)
			return hd l;
	return nil;
}

number(r: ref Record): int
{
	return int (r.path - Qrecord);
}

add(text: array of byte): ref Record
{
	r := ref Record(npath++, text);
	records = r :: records;
	tree.create(Qroot, entry(string number(r), r.path, permissions(), len text));
	return r;
}

permissions(): int
{
	if(readonly)
		return 8r444;
	return 8r666;
}

readall(): string
{
	in := bufio->open(file, Bufio->OREAD);
	if(in == nil)
		return sys->sprint("can't open %s: %r", file);
	text := array[0] of byte;
	n := 0;
	do{
		s := in.gets('\n');
		line := array of byte s;
		if(s == nil || s == "\n"){
			if(n > 0)
				add(squeeze(text[0:n]));
			n = 0;
			if(s == nil)
				break;
			continue;
		}
		if(n + len line > len text){
			a := array[2 * (n + len line)] of byte;
			a[0:] = text[0:n];
			text = a;
		}
		text[n:] = line;
		n += len line;
	}while(n <= Maxrecord);
	if(n > Maxrecord)
		return sys->sprint("%s: record too large", file);
	return nil;
}

# to a file beside it, which then takes its place
writeall(): string
{
	new := file + ".new";
	out := bufio->create(new, Bufio->OWRITE, 8r666);
	if(out == nil)
		return sys->sprint("can't create %s: %r", new);
	for(l := reverse(records); l != nil; l = tl l){
		out.write((hd l).text, len (hd l).text);
		out.putc('\n');
	}
	if(out.flush() == Bufio->ERROR)
		return sys->sprint("%s: write error: %r", new);
	out.close();
	(ok, d) := sys->stat(file);
	nd := sys->nulldir;
	nd.name = base(file);
	if(ok >= 0)
		nd.mode = d.mode;
	sys->remove(file);
	if(sys->wstat(new, nd) < 0)
		return sys->sprint("can't rename %s: %r", new);
	return nil;
}

base(s: string): string
{
	for(i := len s; i > 0 && s[i-1] != '/'; i--)
		;
	return s[i:];
}

reverse(l: list of ref Record): list of ref Record
{
	r: list of ref Record;
	for(; l != nil; l = tl l)
		r = hd l :: r;
	return r;
}

entry(name: string, path: big, mode, length: int): Dir
{
	d := sys->zerodir;
	d.name = name;
	d.uid = d.gid = d.muid = owner;
	d.qid = Qid(path, 0, Sys->QTFILE);
	if(mode & Sys->DMDIR)
		d.qid.qtype = Sys->QTDIR;
	d.mode = mode;
	d.length = big length;
	return d;
}

user(): string
{
	fd := sys->open("/dev/user", Sys->OREAD);
	buf := array[128] of byte;
	if(fd == nil || (n := sys->read(fd, buf, len buf)) <= 0)
		return "none";
	return string buf[0:n];
}

complain(s: string)
{
	sys->fprint(sys->fildes(2), "dbfs: %s\n", s);
}

fatal(s, status: string)
{
	complain(s);
	raise "fail:" + status;
}

nomod(path: string)
{
	fatal(sys->sprint("cannot load %s: %r", path), "load");
}
