implement Styxconv;

#
# Lets a client of the new protocol use a server of the old one; see styxconv(2).
#

include "sys.m";
	sys: Sys;

include "tables.m";
	tables: Tables;
	Table: import tables;

include "styx.m";
	styx: Styx;
	Rmsg, Tmsg: import styx;

include "styxconv.m";

Request:	type ref Tmsg;
Call:		type ref Old;
Answer:		type ref Old;

include "oldstyx.inc";
include "relay.inc";

Maxfid:		con 16rFFFE;
Minmsize:	con 256;
Direntlen:	con Styx->STATFIXLEN + 3*(Namelen-1);	# at most, of an entry of a directory, if its text is UTF-8

Eauth:		con "authentication not required";
Efid:		con "fid unknown or out of range";
Einuse:		con "fid already in use";
Elong:		con "name is too long for the server";

State: adt
{
	msize:		int;			# 0 before the client has sent a version
	fids:		ref Table[ref Fid];
	nfids:		int;			# those of the server
	freefids:	list of int;

	new:		fn(): ref State;
	newfid:		fn(st: self ref State): int;
};

Fid: adt
{
	old:		int;			# number at the server; -1: it is not there yet
	isdir:		int;
	isopen:		int;
	off, pos:	big;			# of a directory: where the next read must be, and where that is at the server
	lock:		ref Lock;		# held while it is made or moved
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
	return ref State(0, Table[ref Fid].new(1009, nil), 0, nil);
}

State.newfid(st: self ref State): int
{
	if(st.freefids != nil){
		n := hd st.freefids;
		st.freefids = tl st.freefids;
		return n;
	}
	if(st.nfids > Maxfid)
		return -1;
	return st.nfids++;
}

readrequest(fd: ref Sys->FD): (Request, string)
{
	t := Tmsg.read(fd, Styx->MAXRPC);
	if(t != nil)
		pick e := t {
		Readerror =>
			return (nil, e.error);
		}
	return (t, nil);
}

readanswer(fd: ref Sys->FD): (Answer, string)
{
	return Old.read(fd, 1);
}

open(nil: ref Relay, nil: ref Req): string
{
	return nil;
}

isflush(t: Request): (int, int)
{
	pick f := t {
	Flush =>
		return (1, f.oldtag);
	}
	return (0, 0);
}

rerror(tag: int, text: string): array of byte
{
	return (ref Rmsg.Error(tag, text)).pack();
}

rflush(tag: int): array of byte
{
	return (ref Rmsg.Flush(tag)).pack();
}

tflush(oldtag: int): Call
{
	t := Old.new(Tflush, 0);
	t.newfid = oldtag;
	return t;
}

check(t: Call, a: Answer): string
{
	if(a.mtype == Rerror){
		if(a.name == nil)
			return "error without a text";
		return a.name;
	}
	if(a.mtype != t.mtype+1 || a.fid != t.fid)
		return Ebad;
	return nil;
}

serve(r: ref Relay, q: ref Req, t: Request): array of byte
{
	(a, err) := request9(r, q, t);
	if(err == Eflushed && q.flushed)
		return nil;
	if(err != nil)
		return rerror(q.tag, err);
	a.tag = q.tag;
	return a.pack();
}

request9(r: ref Relay, q: ref Req, t: Request): (ref Rmsg, string)
{
	st := r.st;
	if(tagof t != tagof Tmsg.Version && st.msize == 0)
		return (nil, "Tversion not seen");
	f: ref Fid;
	n := Styx->NOFID;
	pick m := t {
	Version =>	return version(r, q, m);
	Auth =>	return (nil, Eauth);
	Attach =>	return attach(r, q, m);
	Walk =>	n = m.fid;
	Open =>	n = m.fid;
	Create =>	n = m.fid;
	Read =>	n = m.fid;
	Write =>	n = m.fid;
	Clunk or Stat or Remove =>	n = m.fid;
	Wstat =>	n = m.fid;
	}
	f = st.fids.find(n);
	if(f != nil && f.lock.held){
		if(!r.lock(q, f.lock))
			return (nil, Eflushed);
		r.unlock(f.lock);
	}
	if(f == nil || f.old < 0)
		return (nil, Efid);
	pick m := t {
	Walk =>	return walk(r, q, f, m);
	Open =>	return openfid(r, q, f, m);
	Create =>	return create(r, q, f, m);
	Read =>	return read(r, q, f, m);
	Write =>	return write(r, q, f, m);
	Stat =>	return stat(r, q, f);
	Wstat =>	return wstat(r, q, f, m);
	Clunk =>
		st.fids.del(m.fid);
		return (ref Rmsg.Clunk, clunk(r, q, Tclunk, f));
	Remove =>
		st.fids.del(m.fid);
		return (ref Rmsg.Remove, clunk(r, q, Tremove, f));
	}
	return (nil, "unknown request");
}

# a new session: the files of the one before are closed when this is answered
version(r: ref Relay, q: ref Req, m: ref Tmsg.Version): (ref Rmsg, string)
{
	st := r.st;
	(reqs, fids) := (r.reqs, st.fids);
	r.reqs = Table[ref Req].new(61, nil);
	fresh := State.new();
	st.fids = fresh.fids;
	st.msize = 0;
	q.firm = 1;
	for(i := 0; i < len reqs.items; i++)
		for(l := reqs.items[i]; l != nil; l = tl l)
			(hd l).t1.void = 1;
	q.void = 0;
	for(i = 0; i < len reqs.items; i++)
		for(l = reqs.items[i]; l != nil; l = tl l)
			if((hd l).t1 != q)
				r.abandon(q, (hd l).t1);
	for(i = 0; i < len fids.items; i++)
		for(k := fids.items[i]; k != nil; k = tl k){
			if((hd k).t1.old >= 0)
				clunk(r, q, Tclunk, (hd k).t1);
		}
	(msize, vers) := styx->compatible(m, Styx->MAXRPC, Styx->VERSION);
	if(vers == Styx->VERSION){
		if(msize < Minmsize)
			return (nil, "message size too small");
		st.msize = msize;
	}
	return (ref Rmsg.Version(0, msize, vers), nil);
}

toolong(s: string): int
{
	return styx->utflen(s) >= Namelen;
}

badname(s: string): string
{
	for(i := 0; i < len s; i++)
		if(s[i] < ' ' || s[i] == 16r7F || s[i] == '/')
			break;
	if(s == nil || i < len s)
		return "bad character in file name";
	if(toolong(s))
		return Elong;
	return nil;
}

# a number of the server for fid, which is taken from now on
newfid(st: ref State, fid: int): (ref Fid, int, string)
{
	if(fid == Styx->NOFID)
		return (nil, 0, Efid);
	if(st.fids.find(fid) != nil)
		return (nil, 0, Einuse);
	n := st.newfid();
	if(n < 0)
		return (nil, 0, "too many fids");
	f := ref Fid(-1, 0, 0, big 0, big 0, ref Lock(1, nil));
	st.fids.add(fid, f);
	return (f, n, nil);
}

# closes or removes; the fid is gone in any case
clunk(r: ref Relay, q: ref Req, how: int, f: ref Fid): string
{
	old := f.old;
	f.old = -1;
	return drop(r, q, how, old);
}

drop(r: ref Relay, q: ref Req, how, old: int): string
{
	q.firm = 1;
	(nil, err) := r.rpc(q, Old.new(how, old));
	r.st.freefids = old :: r.st.freefids;
	return err;
}

attach(r: ref Relay, q: ref Req, m: ref Tmsg.Attach): (ref Rmsg, string)
{
	if(m.afid != Styx->NOFID)
		return (nil, Eauth);
	if(toolong(m.uname) || toolong(m.aname))
		return (nil, Elong);
	fids := r.st.fids;
	(f, n, err) := newfid(r.st, m.fid);
	if(err != nil)
		return (nil, err);
	t := Old.new(Tattach, n);
	(t.name, t.aname) = (m.uname, m.aname);
	a: Answer;
	(a, err) = r.rpc(q, t);
	r.unlock(f.lock);
	if(err != nil){
		fids.del(m.fid);
		r.st.freefids = n :: r.st.freefids;
		return (nil, err);
	}
	f.old = n;
	f.isdir = a.qid.qtype;
	return (ref Rmsg.Attach(0, a.qid), nil);
}

# The old protocol walks by one name, and moves the fid: a clone goes ahead.
walk(r: ref Relay, q: ref Req, f: ref Fid, m: ref Tmsg.Walk): (ref Rmsg, string)
{
	if(f.isopen)
		return (nil, "cannot walk from an open fid");
	st := r.st;
	fids := st.fids;
	nf := f;
	n: int;
	err: string;
	if(m.newfid != m.fid)
		(nf, n, err) = newfid(st, m.newfid);
	else if(len m.names == 0)
		return (ref Rmsg.Walk(0, nil), nil);
	else if((n = st.newfid()) < 0)
		err = "too many fids";
	if(err != nil)
		return (nil, err);
	nf.lock.held = 1;
	(qids, made, e) := steps(r, q, f.old, n, m.names);
	r.unlock(nf.lock);
	if(e != nil || len qids < len m.names){
		if(nf != f)
			fids.del(m.newfid);
		if(made)
			drop(r, q, Tclunk, n);
		else
			st.freefids = n :: st.freefids;
		return (ref Rmsg.Walk(0, qids), e);
	}
	gone := nf.old;
	nf.old = n;
	if(len qids > 0)
		nf.isdir = qids[len qids-1].qtype;
	else
		nf.isdir = f.isdir;
	if(nf == f)
		drop(r, q, Tclunk, gone);
	return (ref Rmsg.Walk(0, qids), nil);
}

# As far as it goes from fid to newfid: what was found, and whether newfid is there; an error if not even the first name is.
steps(r: ref Relay, q: ref Req, fid, newfid: int, names: array of string): (array of Sys->Qid, int, string)
{
	t := Old.new(Tclone, fid);
	t.newfid = newfid;
	(a, err) := r.rpc(q, t);
	if(err != nil)
		return (nil, 0, err);
	qids := array[len names] of Sys->Qid;
	for(i := 0; i < len names; i++){
		err = badname(names[i]);
		if(err == Elong)
			err = "file does not exist: its name would be too long for the server";
		if(err == nil){
			t = Old.new(Twalk, newfid);
			t.name = names[i];
			(a, err) = r.rpc(q, t);
		}
		if(err != nil){
			if(i > 0 && err != Eflushed)
				err = nil;
			break;
		}
		qids[i] = a.qid;
	}
	return (qids[0:i], 1, err);
}

openfid(r: ref Relay, q: ref Req, f: ref Fid, m: ref Tmsg.Open): (ref Rmsg, string)
{
	if(f.isopen)
		return (nil, "fid is open");
	t := Old.new(Topen, f.old);
	t.mode = m.mode;
	(a, err) := r.rpc(q, t);
	if(err != nil)
		return (nil, err);
	f.isopen = 1;
	f.isdir = a.qid.qtype;
	return (ref Rmsg.Open(0, a.qid, iounit(r.st)), nil);
}

create(r: ref Relay, q: ref Req, f: ref Fid, m: ref Tmsg.Create): (ref Rmsg, string)
{
	if(f.isopen)
		return (nil, "fid is open");
	if(m.name == "." || m.name == "..")
		return (nil, "file name syntax");
	err := badname(m.name);
	if(err != nil)
		return (nil, err);
	t := Old.new(Tcreate, f.old);
	t.name = m.name;
	t.perm = m.perm & Modebits;
	t.mode = m.mode;
	a: Answer;
	(a, err) = r.rpc(q, t);
	if(err != nil)
		return (nil, err);
	f.isopen = 1;
	f.isdir = a.qid.qtype;
	return (ref Rmsg.Create(0, a.qid, iounit(r.st)), nil);
}

# the bytes of one message
iounit(st: ref State): int
{
	return st.msize - Styx->IOHDRSZ;
}

read(r: ref Relay, q: ref Req, f: ref Fid, m: ref Tmsg.Read): (ref Rmsg, string)
{
	count := iounit(r.st);
	if(m.count >= 0 && m.count < count)
		count = m.count;
	if(m.offset < big 0)
		return (nil, "negative i/o offset");
	if(f.isdir)
		return readdir(r, q, f, m.offset, count);
	t := Old.new(Tread, f.old);
	t.offset = m.offset;
	t.count = count;
	(a, err) := r.rpc(q, t);
	if(err == nil && len a.data > count)
		err = Ebad;
	if(err != nil)
		return (nil, err);
	return (ref Rmsg.Read(0, a.data), nil);
}

# as many entries as surely fit
readdir(r: ref Relay, q: ref Req, f: ref Fid, off: big, count: int): (ref Rmsg, string)
{
	if(off != big 0 && off != f.off)
		return (nil, "bad offset in directory read");
	pos := big 0;
	if(off != big 0)
		pos = f.pos;
	n := count / Direntlen;
	if(n == 0)
		n = 1;
	t := Old.new(Tread, f.old);
	t.offset = pos;
	t.count = n * Dirlen;
	(a, err) := r.rpc(q, t);
	if(err != nil)
		return (nil, err);
	if(len a.data > t.count || len a.data % Dirlen != 0)
		return (nil, Ebad);
	d := array[count] of byte;
	o := 0;
	for(i := 0; i < len a.data; i += Dirlen){
		e := styx->packdir(unpackstat(a.data[i:i+Dirlen]));
		if(len e > count-o)
			break;
		d[o:] = e;
		o += len e;
	}
	if(o == 0 && len a.data > 0)
		return (nil, "count is too small for an entry");
	f.off = off + big o;
	f.pos = pos + big i;
	return (ref Rmsg.Read(0, d[0:o]), nil);
}

write(r: ref Relay, q: ref Req, f: ref Fid, m: ref Tmsg.Write): (ref Rmsg, string)
{
	if(m.offset < big 0)
		return (nil, "negative i/o offset");
	t := Old.new(Twrite, f.old);
	t.offset = m.offset;
	t.data = m.data;
	if(len t.data > Maxfdata)
		t.data = t.data[0:Maxfdata];
	(a, err) := r.rpc(q, t);
	if(err == nil && a.count > len t.data)
		err = Ebad;
	if(err != nil)
		return (nil, err);
	return (ref Rmsg.Write(0, a.count), nil);
}

stat(r: ref Relay, q: ref Req, f: ref Fid): (ref Rmsg, string)
{
	(a, err) := r.rpc(q, Old.new(Tstat, f.old));
	if(err != nil)
		return (nil, err);
	return (ref Rmsg.Stat(0, unpackstat(a.data)), nil);
}

# The old protocol writes the whole stat: what does not change is as it was.
wstat(r: ref Relay, q: ref Req, f: ref Fid, m: ref Tmsg.Wstat): (ref Rmsg, string)
{
	(nil, none) := styx->unpackdir(styx->packdir(sys->nulldir));
	w := m.stat;
	(a, err) := r.rpc(q, Old.new(Tstat, f.old));
	if(err != nil)
		return (nil, err);
	d := unpackstat(a.data);
	if(w.qid.qtype != none.qid.qtype && w.qid.qtype != d.qid.qtype || w.qid.path != none.qid.path && w.qid.path != d.qid.path ||
	   w.qid.vers != none.qid.vers && w.qid.vers != d.qid.vers || w.dtype != none.dtype && w.dtype != d.dtype ||
	   w.dev != none.dev && w.dev != d.dev || w.muid != nil || w.mode != none.mode && w.mode & ~Modebits)
		return (nil, "wstat prohibited");
	if(f.old < 0)
		return (nil, Efid);
	t := Old.new(Twstat, f.old);
	t.data = array[Dirlen] of byte;
	t.data[0:] = a.data;
	if(w.name != nil && w.name != d.name){
		if((err = badname(w.name)) != nil)
			return (nil, err);
		pstring(t.data, Sname, Namelen, w.name);
	}
	if(toolong(w.uid) || toolong(w.gid))
		return (nil, Elong);
	if(w.uid != nil && w.uid != d.uid)
		pstring(t.data, Suid, Namelen, w.uid);
	if(w.gid != nil && w.gid != d.gid)
		pstring(t.data, Sgid, Namelen, w.gid);
	if(w.mode != none.mode)
		p32(t.data, Smode, w.mode);
	if(w.atime != none.atime)
		p32(t.data, Satime, w.atime);
	if(w.mtime != none.mtime)
		p32(t.data, Smtime, w.mtime);
	if(w.length != none.length)
		p64(t.data, Slength, w.length);
	if(!same(t.data, a.data))
		(a, err) = r.rpc(q, t);
	return (ref Rmsg.Wstat, err);
}
