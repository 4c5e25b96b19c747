implement Memfs;

#
# A file system in memory; see memfs(4).
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

Memfs: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

Dir, Qid: import Sys;

BLOCK: con 8192;	# files are kept in pieces of this size
UNIT: con 512;		# and accounted in pieces of this size
NHASH: con 1021;

Eexist: con "file already exists";
Efidinuse: con "fid in use";
Efid: con "unknown fid";
Efull: con "filesystem full";
Eisdir: con "file is a directory";
Emode: con "bad open mode";
Ename: con "bad file name";
Enotdir: con "not a directory";
Enotempty: con "directory not empty";
Enotexist: con "file does not exist";
Enotopen: con "file not open for this";
Eoffset: con "bad offset";
Eopen: con "fid already open";
Eperm: con "permission denied";
Eroot: con "root directory";
Ebusy: con "exclusive use file already open";

File: adt
{
	d:		Dir;		# name, qid, times, ...; length is that of data
	parent:		ref File;	# nil if it was removed; the root is its own
	children:	array of ref File;
	nchildren:	int;
	place:		int;		# among the parent's children
	data:		array of array of byte;
	nopen:		int;

	isdir:		fn(f: self ref File): int;
	may:		fn(f: self ref File, user: string, perm: int): int;
};

Handle: adt
{
	fid:	int;
	user:	string;
	f:	ref File;
	mode:	int;			# -1: not open
	rclose:	int;
	entries: array of ref File;	# of a directory, as it was at offset 0
	next:	int;			# of those
	offset:	big;			# where next stands

	close:	fn(h: self ref Handle);
};

root: ref File;
names := array[NHASH] of list of ref File;	# by parent and name; grows
nnames := 0;
handles := array[127] of list of ref Handle;
npath: int;
limit := big -1;	# units, if not negative
used := big 0;
msize := Styx->MAXRPC;

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
	arg->init(argv);
	arg->setusage("memfs [-s] [-rab] [-m size] [mountpoint]");
	stdin := 0;
	flags := Sys->MREPL;
	while((o := arg->opt()) != 0)
		case o {
		's' =>	stdin = 1;
		'r' =>	flags = Sys->MREPL;
		'a' =>	flags = Sys->MAFTER;
		'b' =>	flags = Sys->MBEFORE;
		'm' =>
			(n, rest) := str->tobig(arg->earg(), 10);
			if(rest == "k" || rest == "K")
				n *= big 1024;
			else if(rest == "m" || rest == "M")
				n *= big (1024*1024);
			else if(rest != nil)
				arg->usage();
			if(n <= big 0)
				arg->usage();
			limit = n / big UNIT;
		* =>
			arg->usage();
		}
	argv = arg->argv();
	if(len argv > 1 || stdin && argv != nil)
		arg->usage();
	if(stdin){
		serve(sys->fildes(0));
		return;
	}
	where := "/tmp";
	if(argv != nil)
		where = hd argv;
	p := array[2] of ref Sys->FD;
	if(sys->pipe(p) < 0){
		sys->fprint(sys->fildes(2), "memfs: can't make pipe: %r\n");
		raise "fail:error";
	}
	started := chan of int;
	spawn background(p[0], started);
	<-started;
	p[0] = nil;
	if(sys->mount(p[1], nil, where, flags | Sys->MCREATE, nil) < 0){
		sys->fprint(sys->fildes(2), "memfs: failed to mount onto %s: %r\n", where);
		raise "fail:error";
	}
}

background(fd: ref Sys->FD, started: chan of int)
{
	sys->pctl(Sys->NEWPGRP | Sys->FORKNS | Sys->NEWFD, fd.fd :: nil);
	fd = ref Sys->FD(fd.fd);
	started <-= 1;
	serve(fd);
}

serve(fd: ref Sys->FD)
{
	while((m := Tmsg.read(fd, msize)) != nil){
		pick t := m {
		Readerror =>
			return;
		}
		r := request(m);
		r.tag = m.tag;
		a := r.pack();
		if(sys->write(fd, a, len a) != len a)
			return;
	}
}

request(m: ref Tmsg): ref Rmsg
{
	err: string;
	r: ref Rmsg;
	pick t := m {
	Version =>
		version: string;
		(msize, version) = styx->compatible(t, 65536 + Styx->IOHDRSZ, Styx->VERSION);
		clearhandles();
		return ref Rmsg.Version(0, msize, version);
	Auth =>
		err = "authentication not required";
	Attach =>
		(r, err) = attach(t);
	Flush =>
		return ref Rmsg.Flush(0);
	Walk =>
		(r, err) = walk(t);
	Open =>
		(r, err) = open(t);
	Create =>
		(r, err) = create(t);
	Read =>
		(r, err) = read(t);
	Write =>
		(r, err) = write(t);
	Clunk =>
		h := handle(t.fid);
		if(h == nil)
			err = Efid;
		else{
			h.close();
			r = ref Rmsg.Clunk(0);
		}
	Remove =>
		h := handle(t.fid);
		if(h == nil)
			err = Efid;
		else{
			err = remove(h.f, h.user);
			h.close();
			r = ref Rmsg.Remove(0);
		}
	Stat =>
		h := handle(t.fid);
		if(h == nil)
			err = Efid;
		else
			r = ref Rmsg.Stat(0, h.f.d);
	Wstat =>
		h := handle(t.fid);
		if(h == nil)
			err = Efid;
		else
			err = wstat(h.f, h.user, t.stat);
		r = ref Rmsg.Wstat(0);
	* =>
		err = "bad message";
	}
	if(err != nil)
		return ref Rmsg.Error(0, err);
	return r;
}

# handles of files

handle(fid: int): ref Handle
{
	for(l := handles[(fid & 16r7fffffff) % len handles]; l != nil; l = tl l)
		if((hd l).fid == fid)
			return hd l;
	return nil;
}

newhandle(fid: int, user: string, f: ref File): ref Handle
{
	h := ref Handle(fid, user, f, -1, 0, nil, 0, big 0);
	i := (fid & 16r7fffffff) % len handles;
	handles[i] = h :: handles[i];
	return h;
}

Handle.close(h: self ref Handle)
{
	i := (h.fid & 16r7fffffff) % len handles;
	r: list of ref Handle;
	for(l := handles[i]; l != nil; l = tl l)
		if(hd l != h)
			r = hd l :: r;
	handles[i] = r;
	if(h.mode >= 0){
		h.f.nopen--;
		if(h.rclose)
			remove(h.f, h.user);
		h.mode = -1;
		free(h.f);
	}
}

clearhandles()
{
	for(i := 0; i < len handles; i++)
		while(handles[i] != nil)
			(hd handles[i]).close();
}

# files

File.isdir(f: self ref File): int
{
	return f.d.mode & Sys->DMDIR;
}

File.may(f: self ref File, user: string, perm: int): int
{
	have := f.d.mode;
	if(user == f.d.uid)
		have |= have >> 6;
	if(user == f.d.gid)
		have |= have >> 3;
	return (have & perm) == perm;
}

newfile(parent: ref File, name, user, group: string, mode: int): ref File
{
	now := daytime->now();
	qtype := (mode >> 24) & 16rff;
	f := ref File(Dir(name, user, group, nil, Qid(big npath++, 0, qtype), mode, now, now, big 0, 0, 0), parent, nil, 0, 0, nil, 0);
	return f;
}

hash(parent: ref File, name: string): int
{
	h := int parent.d.qid.path;
	for(i := 0; i < len name; i++)
		h = h*31 + name[i];
	return (h & 16r7fffffff) % len names;
}

lookup(dir: ref File, name: string): ref File
{
	for(l := names[hash(dir, name)]; l != nil; l = tl l)
		if((hd l).parent == dir && (hd l).d.name == name)
			return hd l;
	return nil;
}

enter(f: ref File)
{
	if(++nnames > 4 * len names){
		old := names;
		names = array[4 * len old + 1] of list of ref File;
		for(n := 0; n < len old; n++)
			for(l := old[n]; l != nil; l = tl l){
				h := hash((hd l).parent, (hd l).d.name);
				names[h] = hd l :: names[h];
			}
	}
	i := hash(f.parent, f.d.name);
	names[i] = f :: names[i];
}

forget(f: ref File)
{
	i := hash(f.parent, f.d.name);
	r: list of ref File;
	for(l := names[i]; l != nil; l = tl l)
		if(hd l != f)
			r = hd l :: r;
	names[i] = r;
	nnames--;
}

units(length: big): big
{
	return (length + big (UNIT-1)) / big UNIT;
}

# give its space back when nobody can reach it
free(f: ref File)
{
	if(f.parent == nil && f.nopen == 0){
		used -= units(f.d.length);
		f.d.length = big 0;
		f.data = nil;
	}
}

changed(f: ref File)
{
	f.d.mtime = daytime->now();
	f.d.qid.vers++;
}

badname(s: string): int
{
	if(s == nil || s == "." || s == "..")
		return 1;
	for(i := 0; i < len s; i++)
		if(s[i] == '/' || s[i] == 0)
			return 1;
	return 0;
}

# new length; 0 if there is no room
resize(f: ref File, length: big): int
{
	more := units(length) - units(f.d.length);
	if(limit >= big 0 && used + more > limit || length > big 16r7fffffff * big 1024)
		return 0;
	n := int ((length + big (BLOCK-1)) / big BLOCK);
	if(n > len f.data){
		a := array[n + n/2] of array of byte;
		a[0:] = f.data;
		f.data = a;
	}
	if(length < f.d.length){
		for(i := n; i < len f.data; i++)
			f.data[i] = nil;
		rest := int (length % big BLOCK);
		if(rest > 0 && f.data[n-1] != nil){
			b := array[BLOCK] of {* => byte 0};
			b[0:] = f.data[n-1][0:rest];
			f.data[n-1] = b;
		}
	}
	used += more;
	f.d.length = length;
	return 1;
}

# requests

attach(t: ref Tmsg.Attach): (ref Rmsg, string)
{
	if(handle(t.fid) != nil)
		return (nil, Efidinuse);
	if(root == nil){
		root = newfile(nil, "/", t.uname, "memfs", Sys->DMDIR | 8r755);
		root.parent = root;
	}
	newhandle(t.fid, t.uname, root);
	return (ref Rmsg.Attach(0, root.d.qid), nil);
}

walk(t: ref Tmsg.Walk): (ref Rmsg, string)
{
	h := handle(t.fid);
	if(h == nil)
		return (nil, Efid);
	if(t.newfid != t.fid && handle(t.newfid) != nil)
		return (nil, Efidinuse);
	if(t.newfid == t.fid && h.mode >= 0)
		return (nil, Eopen);
	f := h.f;
	qids := array[len t.names] of Qid;
	for(i := 0; i < len t.names; i++){
		err := "";
		g: ref File;
		if(!f.isdir())
			err = Enotdir;
		else if(!f.may(h.user, 8r1))
			err = Eperm;
		else if(f.parent == nil)
			err = Enotexist;
		else if(t.names[i] == "..")
			g = f.parent;
		else if((g = lookup(f, t.names[i])) == nil)
			err = Enotexist;
		if(err != nil){
			if(i == 0)
				return (nil, err);
			return (ref Rmsg.Walk(0, qids[0:i]), nil);
		}
		f = g;
		qids[i] = f.d.qid;
	}
	if(t.newfid == t.fid)
		h.f = f;
	else
		newhandle(t.newfid, h.user, f);
	return (ref Rmsg.Walk(0, qids), nil);
}

# permissions that an open mode asks for, -1 if it is none
perms(mode: int): int
{
	if(mode & ~(3 | Sys->OTRUNC | Sys->ORCLOSE))
		return -1;
	p := 8r4;
	case mode & 3 {
	Sys->OWRITE =>	p = 8r2;
	Sys->ORDWR =>	p = 8r6;
	3 =>	p = 8r1;
	}
	if(mode & Sys->OTRUNC)
		p |= 8r2;
	return p;
}

open(t: ref Tmsg.Open): (ref Rmsg, string)
{
	h := handle(t.fid);
	if(h == nil)
		return (nil, Efid);
	if(h.mode >= 0)
		return (nil, Eopen);
	f := h.f;
	p := perms(t.mode);
	if(p < 0)
		return (nil, Emode);
	if(f.isdir() && t.mode != Sys->OREAD)
		return (nil, Eperm);
	if(!f.may(h.user, p))
		return (nil, Eperm);
	if(t.mode & Sys->ORCLOSE && (f.parent == nil || f == root || !f.parent.may(h.user, 8r2)))
		return (nil, Eperm);
	if(f.d.mode & Sys->DMEXCL && f.nopen > 0)
		return (nil, Ebusy);
	if(t.mode & Sys->OTRUNC && !f.isdir() && (f.d.mode & Sys->DMAPPEND) == 0){
		resize(f, big 0);
		changed(f);
	}
	return (ref Rmsg.Open(0, opened(h, t.mode), msize - Styx->IOHDRSZ), nil);
}

opened(h: ref Handle, mode: int): Qid
{
	h.mode = mode & 3;
	h.rclose = mode & Sys->ORCLOSE;
	h.f.nopen++;
	return h.f.d.qid;
}

create(t: ref Tmsg.Create): (ref Rmsg, string)
{
	h := handle(t.fid);
	if(h == nil)
		return (nil, Efid);
	if(h.mode >= 0)
		return (nil, Eopen);
	dir := h.f;
	if(!dir.isdir())
		return (nil, Enotdir);
	if(dir.parent == nil)
		return (nil, Enotexist);
	if(badname(t.name))
		return (nil, Ename);
	if(!dir.may(h.user, 8r2))
		return (nil, Eperm);
	if(lookup(dir, t.name) != nil)
		return (nil, Eexist);
	if(perms(t.mode) < 0)
		return (nil, Emode);
	mode := t.perm & (Sys->DMDIR | Sys->DMAPPEND | Sys->DMEXCL | Sys->DMTMP | 8r777);
	if(mode & Sys->DMDIR){
		if(t.mode & ~Sys->ORCLOSE)
			return (nil, Eperm);
		mode &= ~8r777 | dir.d.mode & 8r777;
	}else
		mode &= ~8r666 | dir.d.mode & 8r666;
	f := newfile(dir, t.name, h.user, dir.d.gid, mode);
	enter(f);
	if(dir.nchildren == len dir.children){
		a := array[2*dir.nchildren + 8] of ref File;
		a[0:] = dir.children;
		dir.children = a;
	}
	f.place = dir.nchildren;
	dir.children[dir.nchildren++] = f;
	changed(dir);
	h.f = f;
	return (ref Rmsg.Create(0, opened(h, t.mode), msize - Styx->IOHDRSZ), nil);
}

read(t: ref Tmsg.Read): (ref Rmsg, string)
{
	h := handle(t.fid);
	if(h == nil)
		return (nil, Efid);
	if(h.mode < 0 || h.mode == Sys->OWRITE)
		return (nil, Enotopen);
	if(t.offset < big 0 || t.count < 0)
		return (nil, Eoffset);
	count := t.count;
	if(count > msize - Styx->IOHDRSZ)
		count = msize - Styx->IOHDRSZ;
	f := h.f;
	f.d.atime = daytime->now();
	if(f.isdir())
		return readdir(h, t.offset, count);
	if(t.offset >= f.d.length)
		return (ref Rmsg.Read(0, nil), nil);
	if(big count > f.d.length - t.offset)
		count = int (f.d.length - t.offset);
	a := array[count] of byte;
	for(n := 0; n < count;){
		pos := t.offset + big n;
		o := int (pos % big BLOCK);
		m := BLOCK - o;
		if(m > count - n)
			m = count - n;
		b := f.data[int (pos / big BLOCK)];
		if(b == nil)
			b = array[BLOCK] of {* => byte 0};
		a[n:] = b[o:o+m];
		n += m;
	}
	return (ref Rmsg.Read(0, a), nil);
}

readdir(h: ref Handle, offset: big, count: int): (ref Rmsg, string)
{
	if(offset == big 0){
		h.entries = array[h.f.nchildren] of ref File;
		h.entries[0:] = h.f.children[0:h.f.nchildren];
		h.next = 0;
	}else if(offset != h.offset)
		return (nil, Eoffset);
	a := array[count] of byte;
	n := 0;
	for(; h.next < len h.entries; h.next++){
		f := h.entries[h.next];
		if(f.parent != h.f)
			continue;
		d := styx->packdir(f.d);
		if(n + len d > count){
			if(n == 0)
				return (nil, "count too small for a directory entry");
			break;
		}
		a[n:] = d;
		n += len d;
	}
	h.offset = offset + big n;
	return (ref Rmsg.Read(0, a[0:n]), nil);
}

write(t: ref Tmsg.Write): (ref Rmsg, string)
{
	h := handle(t.fid);
	if(h == nil)
		return (nil, Efid);
	if(h.mode != Sys->OWRITE && h.mode != Sys->ORDWR)
		return (nil, Enotopen);
	f := h.f;
	offset := t.offset;
	if(f.d.mode & Sys->DMAPPEND)
		offset = f.d.length;
	if(offset < big 0)
		return (nil, Eoffset);
	end := offset + big len t.data;
	if(end > f.d.length && len t.data > 0 && !resize(f, end))
		return (nil, Efull);
	for(n := 0; n < len t.data;){
		pos := offset + big n;
		i := int (pos / big BLOCK);
		o := int (pos % big BLOCK);
		m := BLOCK - o;
		if(m > len t.data - n)
			m = len t.data - n;
		if(f.data[i] == nil)
			f.data[i] = array[BLOCK] of {* => byte 0};
		f.data[i][o:] = t.data[n:n+m];
		n += m;
	}
	changed(f);
	return (ref Rmsg.Write(0, len t.data), nil);
}

remove(f: ref File, user: string): string
{
	dir := f.parent;
	if(f == root)
		return Eroot;
	if(dir == nil)
		return Enotexist;
	if(!dir.may(user, 8r2))
		return Eperm;
	if(f.nchildren > 0)
		return Enotempty;
	forget(f);
	last := dir.children[--dir.nchildren];
	dir.children[dir.nchildren] = nil;
	if(last != f){
		dir.children[f.place] = last;
		last.place = f.place;
	}
	changed(dir);
	f.parent = nil;
	free(f);
	return nil;
}

# all of the changes, or none
wstat(f: ref File, user: string, d: Dir): string
{
	n := Sys->nulldir;
	owner := user == f.d.uid;
	if(d.name != n.name && d.name != f.d.name){
		if(f == root)
			return Eroot;
		if(f.parent == nil)
			return Enotexist;
		if(badname(d.name))
			return Ename;
		if(!f.parent.may(user, 8r2))
			return Eperm;
		if(lookup(f.parent, d.name) != nil)
			return Eexist;
	}
	if(d.mode != n.mode && d.mode != f.d.mode){
		if(!owner || (d.mode ^ f.d.mode) & Sys->DMDIR)
			return Eperm;
	}
	if(d.mtime != n.mtime && d.mtime != f.d.mtime && !owner)
		return Eperm;
	if(d.gid != n.gid && d.gid != f.d.gid && !owner)
		return Eperm;
	if(d.uid != n.uid && d.uid != f.d.uid)
		return Eperm;
	if(d.length != n.length && d.length != f.d.length){
		if(f.isdir() || d.length < big 0 || !f.may(user, 8r2))
			return Eperm;
		if(!resize(f, d.length))
			return Efull;
		changed(f);
	}
	if(d.name != n.name && d.name != f.d.name){
		forget(f);
		f.d.name = d.name;
		enter(f);
		changed(f.parent);
	}
	if(d.mode != n.mode){
		f.d.mode = d.mode & (Sys->DMDIR | Sys->DMAPPEND | Sys->DMEXCL | Sys->DMTMP | 8r777);
		f.d.qid.qtype = (f.d.mode >> 24) & 16rff;
	}
	if(d.mtime != n.mtime)
		f.d.mtime = d.mtime;
	if(d.gid != n.gid)
		f.d.gid = d.gid;
	return nil;
}

nomod(path: string)
{
	sys->fprint(sys->fildes(2), "memfs: cannot load %s: %r\n", path);
	raise "fail:bad module";
}
