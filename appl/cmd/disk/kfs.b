implement Kfs;

#
# A file system in a file; see kfs(4).
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

Kfs: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

progname: con "kfs";

include "kfs.inc";

include "kfsctl.inc";

Efull:	con "file system full";
Ereadonly: con "file system is read only";
Ehalted: con "file system is halted";

root: ref File;
files: array of list of ref File;	# by path
next := 2;				# where to look for a free block
nopermissions, readonly: int;
problems := 0;
file: string;

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
	arg->setusage("disk/kfs [-rPRD] [-b bsize] [-n nblocks] [-n name] file [mountpoint]");
	reaming, blocks: int = 0;
	size := 4096;
	ctlname := "kfs.cmd";
	while((o := arg->opt()) != 0)
		case o {
		'r' =>	reaming = 1;
		'b' =>	size = int arg->earg();
		'n' =>
			# of blocks, or the name of the command file
			s := arg->earg();
			if(s != nil && str->drop(s, "0-9") == nil)
				blocks = int s;
			else if(s == nil || str->take(s, "^/") != s)
				fatal("bad name " + s);
			else
				ctlname = "kfs." + s + ".cmd";
		'P' =>	nopermissions = 1;
		'R' =>	readonly = 1;
		'D' =>	styxservers->traceset(1);
		* =>	arg->usage();
		}
	argv = arg->argv();
	if(argv == nil || len argv > 2)
		arg->usage();
	file = hd argv;
	if(reaming)
		ream(size, blocks);
	mode := Sys->ORDWR;
	if(readonly)
		mode = Sys->OREAD;
	opendisk(file, mode);
	root = rootfile();
	walk(root);
	if(problems && !readonly)
		fatal(sys->sprint("%s has %d problems; run disk/kfscheck", file, problems));
	files = array[1021] of list of ref File;
	enter(root);
	err := ctlserve(ctlname);
	if(err != nil)
		sys->fprint(sys->fildes(2), "kfs: no command file: %s\n", err);
	if(tl argv == nil){
		serve(sys->fildes(0));
		return;
	}
	p := array[2] of ref Sys->FD;
	if(sys->pipe(p) < 0)
		fatal(sys->sprint("can't make pipe: %r"));
	started := chan of int;
	spawn background(p[0], started);
	<-started;
	p[0] = nil;
	if(sys->mount(p[1], nil, hd tl argv, Sys->MREPL | Sys->MCREATE, nil) < 0)
		fatal(sys->sprint("can't mount on %s: %r", hd tl argv));
}

problem(s: string): int
{
	problems++;
	say(s);
	return fixing;
}

enter(f: ref File)
{
	i := path(f) % len files;
	files[i] = f :: files[i];
	for(l := f.kids; l != nil; l = tl l)
		enter(hd l);
}

find(path: big): ref File
{
	for(l := files[int path % len files]; l != nil; l = tl l)
		if((hd l).d.qid.path == path)
			return hd l;
	return nil;
}

user(): string
{
	fd := sys->open("/dev/user", Sys->OREAD);
	buf := array[128] of byte;
	if(fd == nil || (n := sys->read(fd, buf, len buf)) <= 0)
		return "inferno";
	return string buf[0:n];
}

# makes an empty file system; blocks 0: as large as the file is
ream(size, blocks: int)
{
	if(size < 512 || size > 65536 || size % 512 != 0)
		fatal("bad block size " + string size);
	fd := sys->open(file, Sys->ORDWR);
	if(fd == nil)
		fd = sys->create(file, Sys->ORDWR, 8r600);
	if(fd == nil)
		fatal(sys->sprint("can't create %s: %r", file));
	if(blocks == 0){
		(ok, d) := sys->fstat(fd);
		if(ok >= 0)
			blocks = int (d.length / big size);
		if(blocks == 0)
			blocks = 4096;
	}
	if(blocks < 3)
		fatal("too few blocks");
	setsize(size);
	disk = fd;
	a := array[size] of {* => byte 0};
	hdr := array of byte sys->sprint("%s%d %d\n", Magic, size, blocks);
	a[0:] = hdr;
	if(sys->pwrite(fd, a, size, big 0) != size)
		fatal(sys->sprint("error writing %s: %r", file));
	now := daytime->now();
	u := user();
	f := ref File;
	f.ptr = array[Nptr] of {* => 0};
	f.d = Sys->Dir("/", u, u, u, Sys->Qid(big 0, 0, Sys->QTDIR), Sys->DMDIR | 8r775, now, now, big 0, 0, 0);
	b := array[size] of {* => byte 0};
	pack(f, b, 0);
	if((err := putblock(1, b, Tdir, 0)) != nil)
		fatal(err);
	# so that it has its length
	z := array[1] of {byte 0};
	if(sys->fstat(fd).t1.length < big blocks * big size && sys->pwrite(fd, z, 1, big blocks * big size - big 1) != 1)
		fatal(sys->sprint("error writing %s: %r", file));
}

#
# blocks
#

alloc(): int
{
	for(i := 0; i < nblocks; i++){
		if(next >= nblocks)
			next = 2;
		n := next++;
		if(used[n] == byte 0){
			used[n] = byte 1;
			nused++;
			return n;
		}
	}
	return 0;
}

free(n: int)
{
	if(n != 0 && used[n] != byte 0){
		used[n] = byte 0;
		nused--;
		if(n < next)
			next = n;
	}
}

# an empty block
fresh(kind, path: int): (int, string)
{
	b := alloc();
	if(b == 0)
		return (0, Efull);
	err := putblock(b, array[bsize] of {* => byte 0}, kind, path);
	if(err != nil){
		free(b);
		return (0, err);
	}
	return (b, nil);
}

# the block of the n-th piece, made if need be; the entry is written later
makeblock(f: ref File, n: int): (int, string)
{
	err: string;
	if(n < Ndirect){
		if(f.ptr[n] == 0)
			(f.ptr[n], err) = fresh(kind(f), path(f));
		return (f.ptr[n], err);
	}
	n -= Ndirect;
	span := big perblock;
	for(level := 1; big n >= span; level++){
		if(level == 3)
			return (0, "file too large");
		n -= int span;
		span *= big perblock;
	}
	i := Ndirect + level - 1;
	if(f.ptr[i] == 0)
		(f.ptr[i], err) = fresh(Tindirect, path(f));
	b := f.ptr[i];
	for(; err == nil && level > 0; level--){
		span /= big perblock;
		a: array of byte;
		(a, err) = getblock(b, Tindirect, path(f));
		if(a == nil)
			break;
		o := 4 * int (big n / span);
		n = int (big n % span);
		c := get4(a, o);
		if(c == 0){
			k := Tindirect;
			if(level == 1)
				k = kind(f);
			(c, err) = fresh(k, path(f));
			if(c == 0)
				break;
			(a, err) = getblock(b, Tindirect, path(f));
			if(a == nil)
				break;
			put4(a, o, c);
			err = putblock(b, a, Tindirect, path(f));
		}
		b = c;
	}
	if(err != nil)
		return (0, err);
	return (b, nil);
}

# frees what lies behind a pointer from the keep-th piece on; 1 if nothing is left of it
prune(f: ref File, b, level: int, keep: big): int
{
	if(b == 0)
		return 1;
	if(level > 0){
		(old, nil) := getblock(b, Tindirect, path(f));
		if(old != nil){
			a := array[bsize] of byte;
			a[0:] = old;
			span := big 1;
			for(i := 1; i < level; i++)
				span *= big perblock;
			changed := 0;
			for(i = 0; i < perblock; i++){
				c := get4(a, 4*i);
				if(c != 0 && keep < big (i+1) * span && prune(f, c, level - 1, keep - big i * span)){
					put4(a, 4*i, 0);
					changed = 1;
				}
			}
			if(changed && keep > big 0)
				putblock(b, a, Tindirect, path(f));
		}
	}
	if(keep > big 0)
		return 0;
	free(b);
	return 1;
}

setlength(f: ref File, length: big): string
{
	if(length < f.d.length){
		keep := (length + big (dsize-1)) / big dsize;
		base := big 0;
		span := big 1;
		for(i := 0; i < Nptr; i++){
			level := max(0, i - Ndirect + 1);
			if(level > 0)
				span *= big perblock;
			if(keep < base + span && prune(f, f.ptr[i], level, keep - base))
				f.ptr[i] = 0;
			base += span;
		}
		rest := int (length % big dsize);
		if(rest != 0 && (b := mapblock(f, int (length / big dsize))) != 0){
			(a, err) := getblock(b, Tfile, path(f));
			if(a == nil)
				return err;
			for(i = rest; i < dsize; i++)
				a[i] = byte 0;
			err = putblock(b, a, Tfile, path(f));
			if(err != nil)
				return err;
		}
	}
	f.d.length = length;
	return writeentry(f);
}

#
# service
#

background(fd: ref Sys->FD, started: chan of int)
{
	sys->pctl(Sys->NEWPGRP | Sys->FORKNS | Sys->NEWFD, fd.fd :: disk.fd :: 2 :: nil);
	fd = ref Sys->FD(fd.fd);
	disk = ref Sys->FD(disk.fd);
	started <-= 1;
	serve(fd);
}

srv: ref Styxserver;

serve(fd: ref Sys->FD)
{
	navs := chan of ref Navop;
	spawn navigate(navs);
	tm: chan of ref Tmsg;
	(tm, srv) = Styxserver.new(fd, Navigator.new(navs), big 0);
	fd = nil;
	if(ctlio == nil)
		ctlio = noctl();
	for(;;) alt {
	m := <-tm =>
		if(m == nil){
			navs <-= nil;
			return;
		}
		serve1(m);
	(nil, n, fid, rc) := <-ctlio.read =>
		ctlread(n, fid, rc);
	(nil, data, fid, wc) := <-ctlio.write =>
		ctlwrite(data, fid, wc);
	}
}

serve1(m: ref Tmsg)
{
	err: string;
	if(halted)
		err = halting(m);
	else
		pick t := m {
		Attach =>
			if(noattach)
				err = "nobody can attach";
			else
				srv.default(m);
		Open =>
			err = open(t);
		Create =>
			err = create(t);
		Read =>
			err = read(t);
		Write =>
			err = write(t);
		Clunk =>
			f := srv.clunk(t);
			if(f != nil)
				closed(f);
		Remove =>
			err = remove(t);
		Wstat =>
			err = wstat(t);
		Readerror =>
			;
		* =>
			srv.default(m);
		}
	if(err != nil)
		srv.error(m, err);
}

# so that clients can leave
halting(m: ref Tmsg): string
{
	pick t := m {
	Clunk =>
		srv.clunk(t);
	Flush =>
		srv.default(m);
	Readerror =>
		;
	* =>
		return Ehalted;
	}
	return nil;
}

navigate(navs: chan of ref Navop)
{
	while((m := <-navs) != nil){
		f := find(m.path);
		pick n := m {
		Stat =>
			answer(n.reply, f);
		Walk =>
			if(f == nil || n.name == ".."){
				if(f != nil)
					f = f.parent;
				answer(n.reply, f);
			}else
				answer(n.reply, lookup(f, n.name));
		Readdir =>
			if(f != nil){
				i := 0;
				for(l := f.kids; l != nil && i < n.offset + n.count; l = tl l){
					if(i >= n.offset)
						n.reply <-= (dirof(hd l), nil);
					i++;
				}
			}
			n.reply <-= (nil, nil);
		}
	}
}

answer(reply: chan of (ref Sys->Dir, string), f: ref File)
{
	if(f == nil){
		reply <-= (nil, Styxservers->Enotfound);
		return;
	}
	reply <-= (dirof(f), nil);
}

# as others see it
dirof(f: ref File): ref Sys->Dir
{
	d := ref f.d;
	if(isdir(f))
		d.length = big 0;
	if(nopermissions)
		d.mode |= 8r777;
	return d;
}

lookup(f: ref File, name: string): ref File
{
	for(l := f.kids; l != nil; l = tl l)
		if((hd l).d.name == name)
			return hd l;
	return nil;
}

touch(f: ref File, who: string)
{
	f.d.mtime = daytime->now();
	f.d.muid = who;
	f.d.qid.vers++;
}

open(t: ref Tmsg.Open): string
{
	(fid, mode, d, err) := srv.canopen(t);
	if(fid == nil)
		return err;
	f := find(fid.path);
	if(readonly && t.mode != Sys->OREAD && t.mode != 3)
		return Ereadonly;
	if(f.d.mode & Sys->DMEXCL && f.nopen > 0)
		return "exclusive use file already open";
	if(t.mode & Sys->OTRUNC && (f.d.mode & Sys->DMAPPEND) == 0){
		touch(f, fid.uname);
		err = setlength(f, big 0);
		if(err != nil)
			return err;
	}
	fid.open(mode, d.qid);
	f.nopen++;
	srv.reply(ref Rmsg.Open(t.tag, d.qid, srv.iounit()));
	return nil;
}

closed(fid: ref Fid)
{
	if(!fid.isopen)
		return;
	f := find(fid.path);
	if(f == nil)
		return;
	f.nopen--;
	if(fid.mode & Sys->ORCLOSE)
		delete(f, fid.uname);
}

create(t: ref Tmsg.Create): string
{
	(fid, mode, d, err) := srv.cancreate(t);
	if(fid == nil)
		return err;
	if(readonly)
		return Ereadonly;
	if(badname(t.name))
		return Styxservers->Ename;
	if(len array of byte fid.uname > Usersize)
		return "user name too long";
	dir := find(fid.path);
	f := ref File;
	f.d = *d;
	f.nopen = 1;
	err = newfile(dir, f, fid.uname);
	if(err != nil)
		return err;
	fid.open(mode, f.d.qid);
	srv.reply(ref Rmsg.Create(t.tag, f.d.qid, srv.iounit()));
	return nil;
}

# puts f, which has its name, owners and mode, into a directory
newfile(dir, f: ref File, who: string): string
{
	f.ptr = array[Nptr] of {* => 0};
	f.d.qid.path = big ++maxpath;
	f.d.atime = f.d.mtime = daytime->now();
	f.d.length = big 0;
	f.parent = dir;
	err := place(dir, f);
	if(err == nil)
		err = writeentry(f);
	if(err != nil)
		return err;
	dir.kids = f :: dir.kids;
	enter(f);
	touch(dir, who);
	writeentry(dir);
	return nil;
}

# finds a slot for the entry of f
place(dir, f: ref File): string
{
	n := int (dir.d.length / big dsize);
	for(i := 0; i < n; i++){
		(a, nil) := getblock(b := mapblock(dir, i), Tdir, path(dir));
		if(a == nil)
			continue;
		for(j := 0; j < slots; j++)
			if((get4(a, j * Entsize) & Alloc) == 0){
				f.block = b;
				f.slot = j;
				return nil;
			}
	}
	(b, err) := makeblock(dir, n);
	if(b == 0)
		return err;
	f.block = b;
	f.slot = 0;
	dir.d.length += big dsize;
	return writeentry(dir);
}

read(t: ref Tmsg.Read): string
{
	(fid, err) := srv.canread(t);
	if(fid == nil)
		return err;
	if(fid.qtype & Sys->QTDIR){
		srv.read(t);
		return nil;
	}
	f := find(fid.path);
	if(f == nil)
		return Styxservers->Enotfound;
	n := t.count;
	if(t.offset >= f.d.length)
		n = 0;
	else if(big n > f.d.length - t.offset)
		n = int (f.d.length - t.offset);
	data := array[n] of byte;
	for(i := 0; i < n;){
		o := t.offset + big i;
		from := int (o % big dsize);
		m := dsize - from;
		if(m > n - i)
			m = n - i;
		b := mapblock(f, int (o / big dsize));
		if(b == 0)
			data[i:] = array[m] of {* => byte 0};
		else{
			(a, e) := getblock(b, Tfile, path(f));
			if(a == nil)
				return e;
			data[i:] = a[from:from+m];
		}
		i += m;
	}
	if(atimes && f.d.atime != (now := daytime->now())){
		f.d.atime = now;
		writeentry(f);
	}
	srv.reply(ref Rmsg.Read(t.tag, data));
	return nil;
}

write(t: ref Tmsg.Write): string
{
	(fid, err) := srv.canwrite(t);
	if(fid == nil)
		return err;
	f := find(fid.path);
	if(f == nil)
		return Styxservers->Enotfound;
	offset := t.offset;
	if(f.d.mode & Sys->DMAPPEND)
		offset = f.d.length;
	n := len t.data;
	for(i := 0; i < n;){
		o := offset + big i;
		from := int (o % big dsize);
		m := dsize - from;
		if(m > n - i)
			m = n - i;
		b: int;
		(b, err) = makeblock(f, int (o / big dsize));
		if(b == 0)
			break;
		a: array of byte;
		(a, err) = getblock(b, Tfile, path(f));
		if(a == nil)
			break;
		a[from:] = t.data[i:i+m];
		if((err = putblock(b, a, Tfile, path(f))) != nil)
			break;
		i += m;
	}
	if(offset + big i > f.d.length)
		f.d.length = offset + big i;
	touch(f, fid.uname);
	e := writeentry(f);
	if(err == nil)
		err = e;
	if(err != nil)
		return err;
	srv.reply(ref Rmsg.Write(t.tag, n));
	return nil;
}

remove(t: ref Tmsg.Remove): string
{
	(fid, nil, err) := srv.canremove(t);
	if(fid == nil)
		return err;
	f := find(fid.path);
	srv.delfid(fid);
	if(fid.isopen && f != nil)
		f.nopen--;
	if(err == nil)
		err = delete(f, fid.uname);
	if(err == nil)
		srv.reply(ref Rmsg.Remove(t.tag));
	return err;
}

delete(f: ref File, who: string): string
{
	if(f == nil)
		return Styxservers->Enotfound;
	if(readonly)
		return Ereadonly;
	if(f == root)
		return "root directory";
	if(f.kids != nil)
		return "directory not empty";
	(a, err) := getblock(f.block, Tdir, path(f.parent));
	if(a == nil)
		return err;
	put4(a, f.slot * Entsize, 0);
	err = putblock(f.block, a, Tdir, path(f.parent));
	if(err != nil)
		return err;
	for(i := 0; i < Nptr; i++)
		prune(f, f.ptr[i], max(0, i - Ndirect + 1), big 0);
	f.parent.kids = without(f.parent.kids, f);
	files[path(f) % len files] = without(files[path(f) % len files], f);
	touch(f.parent, who);
	return writeentry(f.parent);
}

without(l: list of ref File, f: ref File): list of ref File
{
	r: list of ref File;
	for(; l != nil && hd l != f; l = tl l)
		r = hd l :: r;
	if(l != nil)
		l = tl l;
	for(; r != nil; r = tl r)
		l = hd r :: l;
	return l;
}

# all of the changes, or none
wstat(t: ref Tmsg.Wstat): string
{
	fid := srv.getfid(t.fid);
	if(fid == nil)
		return Styxservers->Ebadfid;
	f := find(fid.path);
	if(f == nil)
		return Styxservers->Enotfound;
	d := t.stat;
	n := Sys->nulldir;
	may := fid.uname == f.d.uid || nopermissions;
	if(readonly)
		return Ereadonly;
	rename := d.name != n.name && d.name != f.d.name;
	if(rename){
		if(f == root)
			return "root directory";
		if(badname(d.name))
			return Styxservers->Ename;
		p := f.parent;
		if(!nopermissions && !styxservers->openok(fid.uname, Sys->OWRITE, p.d.mode, p.d.uid, p.d.gid))
			return Styxservers->Eperm;
		if(lookup(p, d.name) != nil)
			return Styxservers->Eexists;
	}
	if(d.mode != n.mode && d.mode != f.d.mode && (!may || (d.mode ^ f.d.mode) & Sys->DMDIR))
		return Styxservers->Eperm;
	if(d.mtime != n.mtime && d.mtime != f.d.mtime && !may)
		return Styxservers->Eperm;
	if(d.gid != n.gid && d.gid != f.d.gid && (!may || len array of byte d.gid > Usersize))
		return Styxservers->Eperm;
	if(d.uid != n.uid && d.uid != f.d.uid && (!nopermissions || len array of byte d.uid > Usersize))
		return Styxservers->Eperm;
	resize := d.length != n.length && d.length != f.d.length && !isdir(f);
	if(resize && (d.length < big 0 || !nopermissions && !styxservers->openok(fid.uname, Sys->OWRITE, f.d.mode, f.d.uid, f.d.gid)))
		return Styxservers->Eperm;
	if(rename)
		f.d.name = d.name;
	if(d.mode != n.mode){
		f.d.mode = d.mode & (Sys->DMDIR | Sys->DMAPPEND | Sys->DMEXCL | Sys->DMTMP | 8r777);
		f.d.qid.qtype = f.d.mode >> 24 & 16rff;
	}
	if(d.gid != n.gid)
		f.d.gid = d.gid;
	if(d.uid != n.uid)
		f.d.uid = d.uid;
	if(resize)
		touch(f, fid.uname);
	if(d.mtime != n.mtime)
		f.d.mtime = d.mtime;
	err: string;
	if(resize)
		err = setlength(f, d.length);
	else
		err = writeentry(f);
	if(err == nil)
		srv.reply(ref Rmsg.Wstat(t.tag));
	return err;
}

nomod(path: string)
{
	sys->fprint(sys->fildes(2), "kfs: cannot load %s: %r\n", path);
	raise "fail:bad module";
}
