implement Styxlib, Dirgenmod;

#
# File servers in the style of devices; see styxlib(2).
#

include "sys.m";
	sys: Sys;
	Dir, Qid: import Sys;

include "styx.m";
	styx: Styx;
	Tmsg, Rmsg: import styx;

include "styxlib.m";

Nhash:		con 64;
Minmsize:	con 256;

init(s: Styx): string
{
	sys = load Sys Sys->PATH;
	styx = s;
	if(styx == nil)
		return "no styx module";
	return nil;
}

dirgenmodule(): Dirgenmod
{
	return load Dirgenmod SELF;
}

#
# connections and fids
#

Styxserver.new(fd: ref Sys->FD): (chan of ref Tmsg, ref Styxserver)
{
	tchan := chan of ref Tmsg;
	srv := ref Styxserver(fd, array[Nhash] of list of ref Chan, nil, 0);
	sync := chan of int;
	spawn reader(fd, srv, tchan, sync);
	<-sync;
	return (tchan, srv);
}

reader(fd: ref Sys->FD, srv: ref Styxserver, tchan: chan of ref Tmsg, sync: chan of int)
{
	sys->pctl(Sys->NEWFD|Sys->NEWNS, fd.fd :: nil);
	fd = sys->fildes(fd.fd);
	sync <-= 1;
	for(;;){
		m := Tmsg.read(fd, srv.msize);
		tchan <-= m;
		if(m == nil || tagof m == tagof Tmsg.Readerror)
			return;
	}
}

Styxserver.reply(srv: self ref Styxserver, m: ref Rmsg): int
{
	a := m.pack();
	if(a == nil)
		return -1;
	return sys->write(srv.fd, a, len a);
}

error(srv: ref Styxserver, m: ref Tmsg, e: string)
{
	srv.reply(ref Rmsg.Error(m.tag, e));
}

slot(fid: int): int
{
	return fid & (Nhash - 1);
}

Styxserver.fidtochan(srv: self ref Styxserver, fid: int): ref Chan
{
	for(l := srv.chans[slot(fid)]; l != nil; l = tl l)
		if((hd l).fid == fid)
			return hd l;
	return nil;
}

Styxserver.newchan(srv: self ref Styxserver, fid: int): ref Chan
{
	if(fid == Styx->NOFID || srv.fidtochan(fid) != nil)
		return nil;
	c := ref Chan(fid, Qid(big 0, 0, 0), 0, 0, nil, nil, nil);
	srv.chans[slot(fid)] = c :: srv.chans[slot(fid)];
	return c;
}

Styxserver.chanfree(srv: self ref Styxserver, c: ref Chan)
{
	r: list of ref Chan;
	for(l := srv.chans[slot(c.fid)]; l != nil; l = tl l)
		if(hd l != c)
			r = hd l :: r;
	srv.chans[slot(c.fid)] = r;
}

Styxserver.chanlist(srv: self ref Styxserver): list of ref Chan
{
	r: list of ref Chan;
	for(i := 0; i < len srv.chans; i++)
		for(l := srv.chans[i]; l != nil; l = tl l)
			r = hd l :: r;
	return r;
}

Styxserver.clone(srv: self ref Styxserver, c: ref Chan, fid: int): ref Chan
{
	n := srv.newchan(fid);
	if(n == nil)
		return nil;
	n.qid = c.qid;
	n.uname = c.uname;
	n.path = c.path;
	n.data = c.data;
	return n;
}

Chan.isdir(c: self ref Chan): int
{
	return (c.qid.qtype & Sys->QTDIR) != 0;
}

#
# operations
#

Styxserver.devversion(srv: self ref Styxserver, m: ref Tmsg.Version): int
{
	(msize, version) := styx->compatible(m, Styx->MAXRPC, Styx->VERSION);
	if(msize < Minmsize){
		error(srv, m, "message size too small");
		return -1;
	}
	srv.msize = msize;
	srv.reply(ref Rmsg.Version(m.tag, msize, version));
	return 0;
}

Styxserver.devauth(srv: self ref Styxserver, m: ref Tmsg.Auth)
{
	error(srv, m, "authentication not required");
}

Styxserver.devattach(srv: self ref Styxserver, m: ref Tmsg.Attach): ref Chan
{
	c := srv.newchan(m.fid);
	if(c == nil){
		error(srv, m, Einuse);
		return nil;
	}
	c.qid = Qid(big 0, 0, Sys->QTDIR);
	c.uname = m.uname;
	c.path = "/";
	srv.uname = m.uname;
	srv.reply(ref Rmsg.Attach(m.tag, c.qid));
	return c;
}

Styxserver.devflush(srv: self ref Styxserver, m: ref Tmsg.Flush)
{
	srv.reply(ref Rmsg.Flush(m.tag));
}

Styxserver.devwalk(srv: self ref Styxserver, m: ref Tmsg.Walk, gen: Dirgenmod, tab: array of Dirtab): ref Chan
{
	c := srv.fidtochan(m.fid);
	if(c == nil){
		error(srv, m, Ebadfid);
		return nil;
	}
	if(c.open){
		error(srv, m, Eopen);
		return nil;
	}
	n := c;
	if(m.newfid != m.fid){
		n = srv.clone(c, m.newfid);
		if(n == nil){
			error(srv, m, Einuse);
			return nil;
		}
	}
	old := *n;
	qids := array[len m.names] of Qid;
	for(i := 0; i < len m.names; i++){
		err := walk1(srv, n, m.names[i], gen, tab);
		if(err != nil){
			if(n != c)
				srv.chanfree(n);
			else
				*n = old;
			if(i == 0)
				error(srv, m, err);
			else
				srv.reply(ref Rmsg.Walk(m.tag, qids[0:i]));
			return nil;
		}
		qids[i] = n.qid;
	}
	srv.reply(ref Rmsg.Walk(m.tag, qids));
	return n;
}

walk1(srv: ref Styxserver, c: ref Chan, name: string, gen: Dirgenmod, tab: array of Dirtab): string
{
	if(!c.isdir())
		return Enotdir;
	if(name == ".." || name == "."){
		if(c.qid.path == big 0)
			return nil;
		if(name == ".")
			return nil;
		c.qid = Qid(big 0, 0, Sys->QTDIR);
		c.path = "/";
		return nil;
	}
	for(i := 0; ; i++){
		(ok, d) := gen->dirgen(srv, c, tab, i);
		if(ok < 0)
			return Enotfound;
		if(ok > 0 && d.name == name){
			c.qid = d.qid;
			if(c.path != "/")
				c.path += "/";
			c.path += name;
			return nil;
		}
	}
}

Styxserver.devclunk(srv: self ref Styxserver, m: ref Tmsg.Clunk): ref Chan
{
	c := srv.fidtochan(m.fid);
	if(c == nil){
		error(srv, m, Ebadfid);
		return nil;
	}
	srv.chanfree(c);
	srv.reply(ref Rmsg.Clunk(m.tag));
	return c;
}

# what a chan stands for; directories that are not listed describe themselves
lookup(srv: ref Styxserver, c: ref Chan, gen: Dirgenmod, tab: array of Dirtab): (int, Dir)
{
	for(i := 0; ; i++){
		(ok, d) := gen->dirgen(srv, c, tab, i);
		if(ok < 0)
			break;
		if(ok > 0 && d.qid.path == c.qid.path)
			return (1, d);
	}
	if(!c.isdir())
		return (0, devdir(c, c.qid, nil, big 0, srv.uname, 0));
	name := c.path;
	for(i = len name; i > 0 && name[i-1] != '/'; i--)
		;
	if(i < len name)
		name = name[i:];
	return (1, devdir(c, c.qid, name, big 0, srv.uname, 8r555));
}

Styxserver.devstat(srv: self ref Styxserver, m: ref Tmsg.Stat, gen: Dirgenmod, tab: array of Dirtab)
{
	c := srv.fidtochan(m.fid);
	if(c == nil){
		error(srv, m, Ebadfid);
		return;
	}
	(ok, d) := lookup(srv, c, gen, tab);
	if(!ok){
		error(srv, m, Enotfound);
		return;
	}
	srv.reply(ref Rmsg.Stat(m.tag, d));
}

Styxserver.devdirread(srv: self ref Styxserver, m: ref Tmsg.Read, gen: Dirgenmod, tab: array of Dirtab)
{
	c := srv.fidtochan(m.fid);
	if(c == nil){
		error(srv, m, Ebadfid);
		return;
	}
	if(!c.isdir()){
		error(srv, m, Enotdir);
		return;
	}
	max := m.count;
	if(max < 0 || max > Styx->MAXFDATA)
		max = Styx->MAXFDATA;
	buf := array[max] of byte;
	n := 0;
	at := big 0;
	for(i := 0; ; i++){
		(ok, d) := gen->dirgen(srv, c, tab, i);
		if(ok < 0)
			break;
		if(ok == 0)
			continue;
		a := styx->packdir(d);
		if(at >= m.offset){
			if(n + len a > max)
				break;
			buf[n:] = a;
			n += len a;
		}
		at += big len a;
	}
	srv.reply(ref Rmsg.Read(m.tag, buf[0:n]));
}

Styxserver.devopen(srv: self ref Styxserver, m: ref Tmsg.Open, gen: Dirgenmod, tab: array of Dirtab): ref Chan
{
	c := srv.fidtochan(m.fid);
	if(c == nil){
		error(srv, m, Ebadfid);
		return nil;
	}
	if(c.open){
		error(srv, m, Eopen);
		return nil;
	}
	mode := openmode(m.mode);
	if(mode < 0){
		error(srv, m, Ebadarg);
		return nil;
	}
	if(c.isdir() && m.mode != Sys->OREAD){
		error(srv, m, Eperm);
		return nil;
	}
	(ok, d) := lookup(srv, c, gen, tab);
	if(!ok){
		error(srv, m, Enotfound);
		return nil;
	}
	if(!openok(m.mode, d.mode, c.uname, d.uid, d.gid)){
		error(srv, m, Eperm);
		return nil;
	}
	c.open = 1;
	c.mode = mode;
	c.qid.vers = d.qid.vers;
	srv.reply(ref Rmsg.Open(m.tag, c.qid, Styx->MAXFDATA));
	return c;
}

Styxserver.devremove(srv: self ref Styxserver, m: ref Tmsg.Remove): ref Chan
{
	c := srv.fidtochan(m.fid);
	if(c == nil){
		error(srv, m, Ebadfid);
		return nil;
	}
	srv.chanfree(c);
	error(srv, m, Eperm);
	return c;
}

#
# helpers
#

readbytes(m: ref Tmsg.Read, d: array of byte): ref Rmsg.Read
{
	r := ref Rmsg.Read(m.tag, nil);
	if(m.offset < big 0 || m.offset >= big len d)
		return r;
	o := int m.offset;
	e := len d;
	if(m.count < e - o)
		e = o + m.count;
	r.data = d[o:e];
	return r;
}

readstr(m: ref Tmsg.Read, d: string): ref Rmsg.Read
{
	return readbytes(m, array of byte d);
}

# a number right justified in size-1 columns, and a blank
readnum(m: ref Tmsg.Read, val, size: int): ref Rmsg.Read
{
	return readbytes(m, sys->aprint("%*d ", size - 1, val));
}

openmode(o: int): int
{
	o &= ~(Sys->OTRUNC|Sys->ORCLOSE);
	if(o < 0 || o > Sys->ORDWR)
		return -1;
	return o;
}

openok(omode, perm: int, uname, funame, nil: string): int
{
	need := 0;
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
	if(uname == funame)
		perm >>= 6;
	return (perm & need) == need;
}

devdir(nil: ref Chan, qid: Qid, n: string, length: big, user: string, perm: int): Dir
{
	d := Sys->zerodir;
	d.name = n;
	d.uid = d.gid = user;
	d.qid = qid;
	d.mode = perm;
	if(qid.qtype & Sys->QTDIR)
		d.mode |= Sys->DMDIR;
	d.length = length;
	return d;
}

# entry i of a table
dirgen(srv: ref Styxserver, c: ref Chan, tab: array of Dirtab, i: int): (int, Dir)
{
	if(i < 0 || i >= len tab)
		return (-1, Sys->zerodir);
	t := tab[i];
	return (1, devdir(c, t.qid, t.name, t.length, srv.uname, t.perm));
}
