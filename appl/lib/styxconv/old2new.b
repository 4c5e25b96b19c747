implement Styxconv;

#
# Lets a client of the old protocol use a server of the new one; see styxconv(2).
#

include "sys.m";
	sys: Sys;

include "tables.m";
	tables: Tables;
	Strhash, Table: import tables;

include "styx.m";
	styx: Styx;
	Rmsg, Tmsg: import styx;

include "styxconv.m";

Request:	type ref Old;
Call:		type ref Tmsg;
Answer:		type ref Rmsg;

include "oldstyx.inc";
include "relay.inc";

Minmsize:	con 256;
Shortlen:	con Namelen - 1 - 9;	# what is left of a name that is too long, before ~ and 8 digits
Lowpaths:	con big (1 << 30);	# paths from here on get other numbers, from here on

Ocexec:		con 16r20;		# in an open mode, of no concern to servers

Edir:		con "bad offset or count in directory read";

State: adt
{
	started:	ref Lock;	# held until the version is agreed on
	iounit:		int;
	dirs:		ref Table[ref Dirstate];	# by fid: the directories that are open, and what is being opened
	longnames:	ref Strhash[string];		# what a short name stands for
	shortnames:	ref Strhash[string];
	paths:		ref Paths;

	new:		fn(): ref State;
};

# The new protocol reads directories from the beginning to the end.
Dirstate: adt
{
	lock:	ref Lock;
	off:	big;			# where the server goes on
	eof:	int;
	pos:	big;			# where entries begin
	entries: array of byte;		# that have been read
};

# numbers for paths that are too large, in the order they are met
Paths: adt
{
	keys:	array of big;
	numbers: array of int;		# 0: free
	n:	int;

	new:	fn(size: int): ref Paths;
	slot:	fn(p: self ref Paths, path: big): int;
	number:	fn(p: self ref Paths, path: big): int;
};

init()
{
	sys = load Sys Sys->PATH;
	tables = load Tables Tables->PATH;
	styx = load Styx Styx->PATH;
	styx->init();
}

State.new(): ref State
{
	return ref State(ref Lock(1, nil), 0, Table[ref Dirstate].new(61, nil), Strhash[string].new(509, nil),
		Strhash[string].new(509, nil), Paths.new(64));
}

readrequest(fd: ref Sys->FD): (Request, string)
{
	return Old.read(fd, 0);
}

readanswer(fd: ref Sys->FD): (Answer, string)
{
	a := Rmsg.read(fd, Styx->MAXRPC);
	if(a != nil)
		pick e := a {
		Readerror =>
			return (nil, e.error);
		}
	return (a, nil);
}

open(r: ref Relay, q: ref Req): string
{
	(m, err) := r.call(q, Styx->NOTAG, ref Tmsg.Version(0, Styx->MAXRPC, Styx->VERSION));
	if(err != nil)
		return err;
	pick v := m {
	Version =>
		if(v.version != Styx->VERSION)
			return "unknown version '" + v.version + "'";
		if(v.msize < Minmsize || v.msize > Styx->MAXRPC)
			return sys->sprint("bad message size %d", v.msize);
		r.st.iounit = v.msize - Styx->IOHDRSZ;
	}
	r.unlock(r.st.started);
	return nil;
}

isflush(t: Request): (int, int)
{
	return (t.mtype == Tflush, t.newfid);
}

rerror(tag: int, text: string): array of byte
{
	m := Old.new(Rerror, 0);
	m.tag = tag;
	m.name = text;
	return m.pack();
}

rflush(tag: int): array of byte
{
	m := Old.new(Rflush, 0);
	m.tag = tag;
	return m.pack();
}

tflush(oldtag: int): Call
{
	return ref Tmsg.Flush(0, oldtag);
}

check(t: Call, a: Answer): string
{
	pick e := a {
	Error =>
		if(e.ename == nil)
			return "error without a text";
		return e.ename;
	}
	if(a.mtype() != t.mtype()+1)
		return Ebad;
	return nil;
}

serve(r: ref Relay, q: ref Req, t: Request): array of byte
{
	a := Old.new(t.mtype+1, t.fid);
	a.tag = t.tag;
	err: string;
	if(r.st.iounit == 0 && t.mtype != Tnop)
		if(r.lock(q, r.st.started))
			r.unlock(r.st.started);
	case t.mtype {
	Tnop =>	;
	Tattach =>
		err = qid(r, q, a, ref Tmsg.Attach(0, t.fid, Styx->NOFID, t.name, t.aname));
	Tclone =>
		(nil, err) = r.rpc(q, ref Tmsg.Walk(0, t.fid, t.newfid, nil));
	Twalk =>
		err = qid(r, q, a, ref Tmsg.Walk(0, t.fid, t.fid, array[] of {longname(r.st, t.name)}));
	Topen =>
		err = opened(r, q, a, ref Tmsg.Open(0, t.fid, t.mode & ~Ocexec));
	Tcreate =>
		err = opened(r, q, a, ref Tmsg.Create(0, t.fid, longname(r.st, t.name), t.perm & Modebits, t.mode & ~Ocexec));
	Tread =>
		(a.data, err) = read(r, q, t);
	Twrite =>
		(a.count, err) = write(r, q, t);
	Tclunk =>
		q.firm = 1;
		r.st.dirs.del(t.fid);
		(nil, err) = r.rpc(q, ref Tmsg.Clunk(0, t.fid));
	Tremove =>
		q.firm = 1;
		r.st.dirs.del(t.fid);
		(nil, err) = r.rpc(q, ref Tmsg.Remove(0, t.fid));
	Tstat =>
		(a.data, nil, err) = stat(r, q, t.fid);
	Twstat =>
		err = wstat(r, q, t);
	}
	if(err == Eflushed && q.flushed)
		return nil;
	if(err != nil)
		return rerror(t.tag, err);
	return a.pack();
}

# asks for something that is answered by a qid
qid(r: ref Relay, q: ref Req, a: ref Old, t: ref Tmsg): string
{
	(m, err) := r.rpc(q, t);
	if(err != nil)
		return err;
	got: Sys->Qid;
	pick v := m {
	Attach =>	got = v.qid;
	Walk =>
		if(len v.qids != 1)
			return "file does not exist";
		got = v.qids[0];
	Open or Create =>	got = v.qid;
	}
	a.qid = oldqid(r.st, got);
	return nil;
}

# What reads already has to wait until it is known whether it is a directory.
opened(r: ref Relay, q: ref Req, a: ref Old, t: ref Tmsg): string
{
	dirs := r.st.dirs;
	d := ref Dirstate(ref Lock(1, nil), big 0, 0, big 0, nil);
	if(!dirs.add(a.fid, d))
		return qid(r, q, a, t);		# it is open
	err := qid(r, q, a, t);
	r.unlock(d.lock);
	if((err != nil || !(a.qid.qtype & Sys->QTDIR)) && dirs.find(a.fid) == d)
		dirs.del(a.fid);
	return err;
}

oldqid(st: ref State, q: Sys->Qid): Sys->Qid
{
	if(q.path < big 0 || q.path >= Lowpaths)
		q.path = Lowpaths + big st.paths.number(q.path);
	return q;
}

#
# files
#

read(r: ref Relay, q: ref Req, t: ref Old): (array of byte, string)
{
	if(t.offset < big 0)
		return (nil, "negative i/o offset");
	d := r.st.dirs.find(t.fid);
	if(d != nil){
		if(!r.lock(q, d.lock))
			return (nil, Eflushed);
		if(r.st.dirs.find(t.fid) == d){
			(a, err) := readdir(r, q, d, t);
			r.unlock(d.lock);
			return (a, err);
		}
		r.unlock(d.lock);
	}
	count := t.count;
	if(count > r.st.iounit)
		count = r.st.iounit;
	return readnew(r, q, t.fid, t.offset, count);
}

readnew(r: ref Relay, q: ref Req, fid: int, off: big, count: int): (array of byte, string)
{
	(m, err) := r.rpc(q, ref Tmsg.Read(0, fid, off, count));
	if(err != nil)
		return (nil, err);
	pick v := m {
	Read =>
		if(len v.data > count)
			return (nil, Ebad);
		return (v.data, nil);
	}
	return (nil, Ebad);
}

# What is too much for one message of the server goes in several.
write(r: ref Relay, q: ref Req, t: ref Old): (int, string)
{
	if(t.offset < big 0)
		return (0, "negative i/o offset");
	n := 0;
	do{
		data := t.data[n:];
		if(len data > r.st.iounit)
			data = data[0:r.st.iounit];
		(m, err) := r.rpc(q, ref Tmsg.Write(0, t.fid, t.offset + big n, data));
		count := 0;
		if(err == nil)
			pick v := m {
			Write =>
				count = v.count;
				if(count < 0 || count > len data)
					err = Ebad;
			}
		if(err != nil){
			if(n > 0)
				break;
			return (0, err);
		}
		n += count;
		if(count < len data)
			break;
	}while(n < len t.data);
	return (n, nil);
}

#
# directories
#

readdir(r: ref Relay, q: ref Req, d: ref Dirstate, t: ref Old): (array of byte, string)
{
	n := t.count / Dirlen;
	if(n > Maxfdata / Dirlen)
		n = Maxfdata / Dirlen;
	if(t.offset % big Dirlen != big 0 || n == 0 && t.count > 0)
		return (nil, Edir);
	n *= Dirlen;
	if(t.offset == big 0 || t.offset < d.pos){
		d.off = d.pos = big 0;
		d.eof = 0;
		d.entries = nil;
	}
	for(;;){
		skip := len d.entries;
		if(t.offset - d.pos < big skip)
			skip = int (t.offset - d.pos);
		d.pos += big skip;
		d.entries = d.entries[skip:];
		if(d.eof || d.pos == t.offset && len d.entries >= n)
			break;
		err := more(r, q, d, t.fid);
		if(err != nil){
			if(d.pos == t.offset && len d.entries > 0)
				break;
			return (nil, err);
		}
	}
	if(n > len d.entries)
		n = len d.entries;
	return (d.entries[0:n], nil);
}

# what the server has next
more(r: ref Relay, q: ref Req, d: ref Dirstate, fid: int): string
{
	(a, err) := readnew(r, q, fid, d.off, r.st.iounit);
	if(err != nil)
		return err;
	d.off += big len a;
	d.eof = len a == 0;
	stats: list of array of byte;
	nstat := 0;
	while(len a > 0){
		(n, e) := styx->unpackdir(a);
		if(n == 0)
			return Ebad;
		stats = packstat(olddir(r.st, e)) :: stats;
		nstat++;
		a = a[n:];
	}
	old := d.entries;
	d.entries = array[len old + nstat*Dirlen] of byte;
	d.entries[0:] = old;
	for(; stats != nil; stats = tl stats)
		d.entries[len old + --nstat*Dirlen:] = hd stats;
	return nil;
}

olddir(st: ref State, d: Sys->Dir): Sys->Dir
{
	d.name = shortname(st, d.name);
	d.qid = oldqid(st, d.qid);
	return d;
}

#
# stats
#

# as the client sees it, and as it is
stat(r: ref Relay, q: ref Req, fid: int): (array of byte, Sys->Dir, string)
{
	(m, err) := r.rpc(q, ref Tmsg.Stat(0, fid));
	if(err == nil)
		pick v := m {
		Stat =>
			return (packstat(olddir(r.st, v.stat)), v.stat, nil);
		}
	return (nil, sys->zerodir, err);
}

# The client writes all of a stat: what differs from the present one is what it changes. Nobody can change qid, type and device.
wstat(r: ref Relay, q: ref Req, t: ref Old): string
{
	(a, d, err) := stat(r, q, t.fid);
	if(err != nil)
		return err;
	old := unpackstat(a);
	new := unpackstat(t.data);
	w := sys->nulldir;
	if(new.name != old.name)
		w.name = longname(r.st, new.name);
	if(new.uid != old.uid)
		w.uid = new.uid;
	if(new.gid != old.gid)
		w.gid = new.gid;
	if(new.name == nil || new.uid == nil && old.uid != nil || new.gid == nil && old.gid != nil)
		return "name, user or group is empty";
	if(new.mode != old.mode)
		w.mode = new.mode | d.mode & ~Modebits;
	if(new.atime != old.atime)
		w.atime = new.atime;
	if(new.mtime != old.mtime)
		w.mtime = new.mtime;
	if(new.length != old.length)
		w.length = new.length;
	if(same(styx->packdir(w), styx->packdir(sys->nulldir)))
		return nil;
	(nil, err) = r.rpc(q, ref Tmsg.Wstat(0, t.fid, w));
	return err;
}

#
# names that are too long
#
# They are cut, and get a number behind a ~ that comes of the whole name. A name that looks so already is
# treated like them, so that what a short name stands for is certain.
#

shortname(st: ref State, name: string): string
{
	for(i := 0; i < len name && name[i] != 0; i++)
		;
	if(i == len name && styx->utflen(name) < Namelen && !isshort(name))
		return name;
	short := st.shortnames.find(name);
	if(short != nil)
		return short;
	short = name;
	if(i < len name || !isshort(name))
		short = nil;
	h := hash(name);
	while(short == nil || st.longnames.find(short) != nil)
		short = cut(name[0:i], Shortlen) + sys->sprint("~%.8ux", h++);
	st.longnames.add(short, name);
	st.shortnames.add(name, short);
	return short;
}

longname(st: ref State, name: string): string
{
	long := st.longnames.find(name);
	if(long == nil)
		return name;
	return long;
}

# ends in ~ and 8 digits
isshort(name: string): int
{
	n := len name - 9;
	if(n < 0 || name[n] != '~')
		return 0;
	while(++n < len name)
		if(!(name[n] >= '0' && name[n] <= '9' || name[n] >= 'a' && name[n] <= 'f'))
			return 0;
	return 1;
}

# of Fowler, Noll and Vo
hash(s: string): int
{
	h := int 16r811C9DC5;
	a := array of byte s;
	for(i := 0; i < len a; i++)
		h = (h ^ int a[i]) * 16r01000193;
	return h;
}

#
# large paths
#

Paths.new(size: int): ref Paths
{
	return ref Paths(array[size] of big, array[size] of {* => 0}, 0);
}

# where path is, or is to be
Paths.slot(p: self ref Paths, path: big): int
{
	h := (int path ^ int (path >> 32)) * 16r01000193;
	i := (h ^ h >> 15) & len p.keys - 1;
	while(p.numbers[i] != 0 && p.keys[i] != path)
		i = i+1 & len p.keys - 1;
	return i;
}

Paths.number(p: self ref Paths, path: big): int
{
	i := p.slot(path);
	if(p.numbers[i] != 0)
		return p.numbers[i];
	if(2 * p.n >= len p.keys){
		more := Paths.new(2 * len p.keys);
		for(j := 0; j < len p.keys; j++)
			if(p.numbers[j] != 0){
				k := more.slot(p.keys[j]);
				more.keys[k] = p.keys[j];
				more.numbers[k] = p.numbers[j];
			}
		p.keys = more.keys;
		p.numbers = more.numbers;
		i = p.slot(path);
	}
	p.keys[i] = path;
	return p.numbers[i] = ++p.n;
}
