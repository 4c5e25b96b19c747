implement Styxservers;

#
# File servers; see styxservers(2).
#
# A process reads messages from the connection and sends them on a channel.
# The server proper answers some by itself and gives the rest to default,
# which finds its way about the tree by asking the Navigator's process.
#

include "sys.m";
	sys: Sys;
	Dir, Qid: import Sys;

include "styx.m";
	styx: Styx;
	Tmsg, Rmsg: import styx;

include "styxservers.m";

Nhash:		con 64;
Minmsize:	con 256;
Chunk:		con 32;		# directory entries asked for at a time

trace: int;

init(s: Styx)
{
	sys = load Sys Sys->PATH;
	styx = s;
}

traceset(on: int)
{
	trace = on;
}

Styxserver.new(fd: ref Sys->FD, t: ref Navigator, rootpath: big): (chan of ref Tmsg, ref Styxserver)
{
	tchan := chan of ref Tmsg;
	srv := ref Styxserver(fd, array[Nhash] of list of ref Fid, chan[1] of int, t, rootpath, 0, nil);
	sync := chan of int;
	spawn reader(fd, tchan, srv, sync);
	<-sync;
	return (tchan, srv);
}

# messages from the connection; it must not be held open by anything else that we inherit
reader(fd: ref Sys->FD, tchan: chan of ref Tmsg, srv: ref Styxserver, sync: chan of int)
{
	sys->pctl(Sys->NEWFD|Sys->NEWNS, list of {2, fd.fd});
	fd = sys->fildes(fd.fd);
	sync <-= 1;
	for(;;){
		m := Tmsg.read(fd, srv.msize);
		if(trace)
			sys->fprint(sys->fildes(2), "<- %s\n", m.text());
		tchan <-= m;
		if(m == nil || tagof m == tagof Tmsg.Readerror)
			return;
	}
}

#
# replies
#

Styxserver.reply(srv: self ref Styxserver, m: ref Rmsg): int
{
	if(srv.replychan != nil){
		srv.replychan <-= m;
		return 0;
	}
	return srv.replydirect(m);
}

Styxserver.replydirect(srv: self ref Styxserver, m: ref Rmsg): int
{
	if(trace)
		sys->fprint(sys->fildes(2), "-> %s\n", m.text());
	n := m.packedsize();
	if(srv.msize == 0 && tagof m != tagof Rmsg.Version && tagof m != tagof Rmsg.Error)
		m = ref Rmsg.Error(m.tag, "Tversion not seen");
	else if(srv.msize != 0 && n > srv.msize)
		m = ref Rmsg.Error(m.tag, "Styx reply didn't fit");
	a := m.pack();
	if(a == nil)
		return -1;
	return sys->write(srv.fd, a, len a);
}

Styxserver.error(srv: self ref Styxserver, m: ref Tmsg, msg: string)
{
	srv.reply(ref Rmsg.Error(m.tag, msg));
}

Styxserver.iounit(srv: self ref Styxserver): int
{
	n := srv.msize - Styx->IOHDRSZ;
	if(n < 0)
		return 0;
	return n;
}

#
# fids
#

slot(fid: int): int
{
	return fid & (Nhash - 1);
}

lookup(srv: ref Styxserver, fid: int): ref Fid
{
	for(l := srv.fids[slot(fid)]; l != nil; l = tl l)
		if((hd l).fid == fid)
			return hd l;
	return nil;
}

Styxserver.getfid(srv: self ref Styxserver, fid: int): ref Fid
{
	srv.fidlock <-= 1;
	f := lookup(srv, fid);
	<-srv.fidlock;
	return f;
}

Styxserver.newfid(srv: self ref Styxserver, fid: int): ref Fid
{
	if(fid == Styx->NOFID)
		return nil;
	srv.fidlock <-= 1;
	f: ref Fid;
	if(lookup(srv, fid) == nil){
		f = ref Fid(fid, big 0, 0, 0, 0, (0, 0), nil, nil, nil);
		srv.fids[slot(fid)] = f :: srv.fids[slot(fid)];
	}
	<-srv.fidlock;
	return f;
}

Styxserver.delfid(srv: self ref Styxserver, c: ref Fid)
{
	if(c == nil)
		return;
	srv.fidlock <-= 1;
	r: list of ref Fid;
	for(l := srv.fids[slot(c.fid)]; l != nil; l = tl l)
		if(hd l != c)
			r = hd l :: r;
	srv.fids[slot(c.fid)] = r;
	<-srv.fidlock;
}

Styxserver.allfids(srv: self ref Styxserver): list of ref Fid
{
	srv.fidlock <-= 1;
	r: list of ref Fid;
	for(i := 0; i < len srv.fids; i++)
		for(l := srv.fids[i]; l != nil; l = tl l)
			r = hd l :: r;
	<-srv.fidlock;
	return r;
}

Fid.clone(f: self ref Fid, nf: ref Fid): ref Fid
{
	nf.path = f.path;
	nf.qtype = f.qtype;
	nf.isopen = 0;
	nf.mode = f.mode;
	nf.doffset = (0, 0);
	nf.uname = f.uname;
	nf.param = f.param;
	nf.data = f.data;
	return nf;
}

Fid.open(f: self ref Fid, mode: int, qid: Qid)
{
	f.isopen = 1;
	f.mode = mode;
	f.doffset = (0, 0);
	f.path = qid.path;
	f.qtype = qid.qtype;
}

Fid.walk(f: self ref Fid, qid: Qid)
{
	f.path = qid.path;
	f.qtype = qid.qtype;
}

#
# the tree
#

Navigator.new(c: chan of ref Navop): ref Navigator
{
	return ref Navigator(c, chan of (ref Dir, string));
}

Navigator.stat(t: self ref Navigator, q: big): (ref Dir, string)
{
	t.c <-= ref Navop.Stat(t.reply, q);
	return <-t.reply;
}

Navigator.walk(t: self ref Navigator, parentq: big, name: string): (ref Dir, string)
{
	t.c <-= ref Navop.Walk(t.reply, parentq, name);
	return <-t.reply;
}

Navigator.readdir(t: self ref Navigator, q: big, offset, count: int): array of ref Dir
{
	t.c <-= ref Navop.Readdir(t.reply, q, offset, count);
	l: list of ref Dir;
	n := 0;
	for(;;){
		(d, nil) := <-t.reply;
		if(d == nil)
			break;
		l = d :: l;
		n++;
	}
	if(n == 0)
		return nil;
	a := array[n] of ref Dir;
	for(; l != nil; l = tl l)
		a[--n] = hd l;
	return a;
}

# the directory that holds the file
parent(srv: ref Styxserver, path: big): (ref Dir, string)
{
	(d, err) := srv.t.walk(path, "..");
	if(d == nil && err == nil)
		err = Enotfound;
	return (d, err);
}

#
# permission
#

# open mode without the bits beside it, -1 if it makes no sense
openmode(o: int): int
{
	o &= ~(Sys->OTRUNC|Sys->ORCLOSE);
	if(o < 0 || o > Sys->ORDWR)
		return -1;
	return o;
}

openok(uname: string, omode, perm: int, fuid, fgid: string): int
{
	if(perm & Sys->DMDIR && omode & Sys->OTRUNC)
		return 0;
	need: int;
	case omode & 3 {
	Sys->OREAD =>
		need = 4;
	Sys->OWRITE =>
		need = 2;
	Sys->ORDWR =>
		need = 6;
	* =>
		need = 1;
	}
	if(omode & Sys->OTRUNC)
		need |= 2;
	if((perm & need) == need)
		return 1;
	if(uname == fuid && (perm >> 6 & need) == need)
		return 1;
	return uname == fgid && (perm >> 3 & need) == need;
}

#
# version, attach and walk
#

version(srv: ref Styxserver, m: ref Tmsg.Version)
{
	(msize, vers) := styx->compatible(m, Styx->MAXRPC, Styx->VERSION);
	if(vers != "unknown" && msize < Minmsize){
		srv.error(m, "message size too small");
		return;
	}
	for(l := srv.allfids(); l != nil; l = tl l)
		srv.delfid(hd l);
	if(vers != "unknown")
		srv.msize = msize;
	srv.reply(ref Rmsg.Version(m.tag, msize, vers));
}

Styxserver.attach(srv: self ref Styxserver, m: ref Tmsg.Attach): ref Fid
{
	(d, err) := srv.t.stat(srv.rootpath);
	if(d == nil){
		srv.error(m, err);
		return nil;
	}
	if((d.qid.qtype & Sys->QTDIR) == 0){
		srv.error(m, Enotdir);
		return nil;
	}
	f := srv.newfid(m.fid);
	if(f == nil){
		srv.error(m, Einuse);
		return nil;
	}
	f.path = d.qid.path;
	f.qtype = d.qid.qtype;
	f.mode = Sys->OREAD;
	f.uname = m.uname;
	f.param = m.aname;
	srv.reply(ref Rmsg.Attach(m.tag, d.qid));
	return f;
}

Styxserver.walk(srv: self ref Styxserver, m: ref Tmsg.Walk): ref Fid
{
	f := srv.getfid(m.fid);
	if(f == nil){
		srv.error(m, Ebadfid);
		return nil;
	}
	if(f.isopen){
		srv.error(m, Eopen);
		return nil;
	}
	nf := f;
	if(m.newfid != m.fid){
		nf = srv.newfid(m.newfid);
		if(nf == nil){
			srv.error(m, Einuse);
			return nil;
		}
		f.clone(nf);
	}
	n := len m.names;
	qids := array[n] of Qid;
	at := Qid(f.path, 0, f.qtype);
	for(i := 0; i < n; i++){
		(q, err) := step(srv, f.uname, at, m.names[i]);
		if(err != nil){
			if(nf != f)
				srv.delfid(nf);
			if(i == 0)
				srv.error(m, err);
			else
				srv.reply(ref Rmsg.Walk(m.tag, qids[0:i]));
			return nil;
		}
		at = qids[i] = q;
	}
	nf.walk(at);
	srv.reply(ref Rmsg.Walk(m.tag, qids));
	return nf;
}

# one name of a walk
step(srv: ref Styxserver, uname: string, at: Qid, name: string): (Qid, string)
{
	if((at.qtype & Sys->QTDIR) == 0)
		return (at, Enotdir);
	(d, err) := srv.t.stat(at.path);
	if(d == nil)
		return (at, err);
	if(!openok(uname, Styx->OEXEC, d.mode, d.uid, d.gid))
		return (at, Eperm);
	if(name == "..")
		if(at.path == srv.rootpath)
			return (d.qid, nil);
	(d, err) = srv.t.walk(at.path, name);
	if(d == nil){
		if(err == nil)
			err = Enotfound;
		return (at, err);
	}
	return (d.qid, nil);
}

Styxserver.clunk(srv: self ref Styxserver, m: ref Tmsg.Clunk): ref Fid
{
	f := srv.getfid(m.fid);
	if(f == nil){
		srv.error(m, Ebadfid);
		return nil;
	}
	srv.delfid(f);
	srv.reply(ref Rmsg.Clunk(m.tag));
	return f;
}

#
# open and create
#

Styxserver.canopen(srv: self ref Styxserver, m: ref Tmsg.Open): (ref Fid, int, ref Dir, string)
{
	f := srv.getfid(m.fid);
	if(f == nil)
		return (nil, 0, nil, Ebadfid);
	if(f.isopen)
		return (nil, 0, nil, Eopen);
	(d, err) := srv.t.stat(f.path);
	if(d == nil)
		return (nil, 0, nil, err);
	mode := openmode(m.mode);
	if(mode < 0)
		return (nil, 0, nil, Ebadarg);
	if(d.qid.qtype & Sys->QTDIR && m.mode != Sys->OREAD)
		return (nil, 0, nil, Eperm);
	if(!openok(f.uname, m.mode, d.mode, d.uid, d.gid))
		return (nil, 0, nil, Eperm);
	if(m.mode & Sys->ORCLOSE){
		(p, perr) := parent(srv, f.path);
		if(p == nil)
			return (nil, 0, nil, perr);
		if(!openok(f.uname, Sys->OWRITE, p.mode, p.uid, p.gid))
			return (nil, 0, nil, Eperm);
	}
	return (f, m.mode & ~Sys->OTRUNC, d, nil);
}

Styxserver.open(srv: self ref Styxserver, m: ref Tmsg.Open): ref Fid
{
	(f, mode, d, err) := srv.canopen(m);
	if(f == nil){
		srv.error(m, err);
		return nil;
	}
	f.open(mode, d.qid);
	srv.reply(ref Rmsg.Open(m.tag, d.qid, srv.iounit()));
	return f;
}

Styxserver.cancreate(srv: self ref Styxserver, m: ref Tmsg.Create): (ref Fid, int, ref Dir, string)
{
	f := srv.getfid(m.fid);
	if(f == nil)
		return (nil, 0, nil, Ebadfid);
	if(f.isopen)
		return (nil, 0, nil, Eopen);
	(d, err) := srv.t.stat(f.path);
	if(d == nil)
		return (nil, 0, nil, err);
	if((d.mode & Sys->DMDIR) == 0)
		return (nil, 0, nil, Enotdir);
	if(m.name == "")
		return (nil, 0, nil, Ename);
	if(m.name == "." || m.name == "..")
		return (nil, 0, nil, Edot);
	for(i := 0; i < len m.name; i++)
		if(m.name[i] == '/' || m.name[i] < ' ')
			return (nil, 0, nil, Ename);
	if(!openok(f.uname, Sys->OWRITE, d.mode, d.uid, d.gid))
		return (nil, 0, nil, Eperm);
	(old, nil) := srv.t.walk(f.path, m.name);
	if(old != nil)
		return (nil, 0, nil, Eexists);
	mode := openmode(m.mode);
	if(mode < 0 || (m.perm & Sys->DMDIR && m.mode != Sys->OREAD))
		return (nil, 0, nil, Ebadarg);
	n := Sys->zerodir;
	n.name = m.name;
	n.uid = n.muid = f.uname;
	n.gid = d.gid;
	n.dtype = d.dtype;
	n.dev = d.dev;
	if(m.perm & Sys->DMDIR)
		n.mode = m.perm & (~8r777 | d.mode & 8r777);
	else
		n.mode = m.perm & (~8r666 | d.mode & 8r666);
	n.qid.qtype = n.mode >> 24 & 16rff;
	return (f, m.mode & ~Sys->OTRUNC, ref n, nil);
}

#
# reading and writing
#

Styxserver.canread(srv: self ref Styxserver, m: ref Tmsg.Read): (ref Fid, string)
{
	f := srv.getfid(m.fid);
	if(f == nil)
		return (nil, Ebadfid);
	if(!f.isopen)
		return (nil, Enotopen);
	case f.mode & 3 {
	Sys->OREAD or Sys->ORDWR or Styx->OEXEC =>
		;
	* =>
		return (nil, Eaccess);
	}
	if(m.count < 0 || m.count > srv.iounit())
		return (nil, Ecount);
	if(m.offset < big 0)
		return (nil, Eoffset);
	return (f, nil);
}

Styxserver.canwrite(srv: self ref Styxserver, m: ref Tmsg.Write): (ref Fid, string)
{
	f := srv.getfid(m.fid);
	if(f == nil)
		return (nil, Ebadfid);
	if(!f.isopen)
		return (nil, Enotopen);
	if(f.qtype & Sys->QTDIR)
		return (nil, Eperm);
	case f.mode & 3 {
	Sys->OWRITE or Sys->ORDWR =>
		;
	* =>
		return (nil, Eaccess);
	}
	if(len m.data > srv.iounit())
		return (nil, Ecount);
	if(m.offset < big 0)
		return (nil, Eoffset);
	return (f, nil);
}

Styxserver.read(srv: self ref Styxserver, m: ref Tmsg.Read): ref Fid
{
	(f, err) := srv.canread(m);
	if(f == nil){
		srv.error(m, err);
		return nil;
	}
	if((f.qtype & Sys->QTDIR) == 0){
		srv.error(m, Eperm);
		return nil;
	}
	# doffset is the index of the next entry, and the byte offset where it would start
	(i, at) := f.doffset;
	if(m.offset != big at)
		(i, at) = skip(srv, f.path, m.offset);
	buf := array[m.count] of byte;
	n := 0;
scan:
	for(;;){
		a := srv.t.readdir(f.path, i, Chunk);
		for(j := 0; j < len a; j++){
			d := styx->packdir(*a[j]);
			if(n + len d > len buf)
				break scan;
			buf[n:] = d;
			n += len d;
			i++;
		}
		if(len a < Chunk)
			break;
	}
	f.doffset = (i, at + n);
	srv.reply(ref Rmsg.Read(m.tag, buf[0:n]));
	return f;
}

# the first entry at offset or behind it
skip(srv: ref Styxserver, path: big, offset: big): (int, int)
{
	i := at := 0;
	for(;;){
		a := srv.t.readdir(path, i, Chunk);
		for(j := 0; j < len a; j++){
			if(big at >= offset)
				return (i, at);
			at += styx->packdirsize(*a[j]);
			i++;
		}
		if(len a < Chunk)
			return (i, at);
	}
}

readbytes(m: ref Tmsg.Read, d: array of byte): ref Rmsg.Read
{
	r := ref Rmsg.Read(m.tag, nil);
	if(d == nil || m.offset < big 0 || m.offset >= big len d)
		return r;
	o := int m.offset;
	e := len d;
	if(m.count < e - o)
		e = o + m.count;
	r.data = d[o:e];
	return r;
}

readstr(m: ref Tmsg.Read, s: string): ref Rmsg.Read
{
	return readbytes(m, array of byte s);
}

#
# stat and remove
#

Styxserver.stat(srv: self ref Styxserver, m: ref Tmsg.Stat)
{
	f := srv.getfid(m.fid);
	if(f == nil){
		srv.error(m, Ebadfid);
		return;
	}
	(d, err) := srv.t.stat(f.path);
	if(d == nil){
		srv.error(m, err);
		return;
	}
	srv.reply(ref Rmsg.Stat(m.tag, *d));
}

# the fid, the path of its directory, or an error
Styxserver.canremove(srv: self ref Styxserver, m: ref Tmsg.Remove): (ref Fid, big, string)
{
	f := srv.getfid(m.fid);
	if(f == nil)
		return (nil, big 0, Ebadfid);
	if(f.path == srv.rootpath)
		return (f, big 0, Eperm);
	(p, nil) := parent(srv, f.path);
	if(p == nil)
		return (f, big 0, "can't find parent directory");
	if(!openok(f.uname, Sys->OWRITE, p.mode, p.uid, p.gid))
		return (f, big 0, Eperm);
	return (f, p.qid.path, nil);
}

Styxserver.remove(srv: self ref Styxserver, m: ref Tmsg.Remove): ref Fid
{
	(f, nil, err) := srv.canremove(m);
	if(f == nil){
		srv.error(m, err);
		return nil;
	}
	srv.delfid(f);	# whether it works or not
	if(err != nil){
		srv.error(m, err);
		return nil;
	}
	srv.reply(ref Rmsg.Remove(m.tag));
	return f;
}

#
# everything that the server does not do by itself
#

Styxserver.default(srv: self ref Styxserver, gm: ref Tmsg)
{
	if(gm == nil){
		srv.t.c <-= nil;
		exit;
	}
	pick m := gm {
	Readerror =>
		srv.t.c <-= nil;
		exit;
	Version =>
		version(srv, m);
	Auth =>
		srv.error(m, "authentication not required");
	Flush =>
		srv.reply(ref Rmsg.Flush(m.tag));
	Attach =>
		srv.attach(m);
	Walk =>
		srv.walk(m);
	Open =>
		srv.open(m);
	Create =>
		srv.error(m, Eperm);
	Read =>
		srv.read(m);
	Write =>
		srv.error(m, Eperm);
	Clunk =>
		srv.clunk(m);
	Stat =>
		srv.stat(m);
	Remove =>
		srv.delfid(srv.getfid(m.fid));
		srv.error(m, Eperm);
	Wstat =>
		srv.error(m, Eperm);
	}
}
