implement Styxpersist;

#
# A connection to a file server that comes back; see styxpersist(2).
#
# Requests of the client go to the server as they are. What each fid stands for is remembered, so that a new server can
# be brought to the same state; then the requests that are not answered yet are sent again.
#
# One process, serve, knows everything and never waits for the server: it has others read from it, write to it, and find
# a new one. So it sees when the client goes, and ends them.
#

include "sys.m";
	sys: Sys;

include "styx.m";
	styx: Styx;
	Rmsg, Tmsg: import styx;

include "styxpersist.m";

Fid: adt
{
	fid:	int;
	uname, aname: string;
	path:	list of string;		# from the root, the last element first
	mode:	int;			# -1: not open
	lost:	string;			# why the new server does not know it

	restore:	fn(f: self ref Fid, fd: ref Sys->FD): string;
};

# A server that knows the fids, and the processes that talk to it.
Conn: adt
{
	fd:	ref Sys->FD;
	out:	chan of array of byte;	# what is to be written
	reader, writer: int;

	new:	fn(fd: ref Sys->FD, msize: int, answers: chan of (ref Sys->FD, ref Rmsg)): ref Conn;
	end:	fn(c: self ref Conn);
};

# What a new server was told, and said.
Found: adt
{
	fd:	ref Sys->FD;		# nil: there is no server
	version: string;
	msize:	int;
	fids:	list of (ref Fid, string);	# and why it does not know them
	changes: int;

	establish:	fn(f: self ref Found, fids: list of ref Fid): int;
};

Lost: con "connection lost";

Persist: adt
{
	client:	ref Sys->FD;
	connect: chan of chan of ref Sys->FD;
	conn:	ref Conn;		# nil: the server is away
	finder:	int;			# looks for a server; 0: nobody does
	found:	chan of ref Found;
	answers: chan of (ref Sys->FD, ref Rmsg);	# nil: the connection is lost
	fids:	list of ref Fid;
	changes: int;			# of fids since the client came, while the server was away
	pending: list of ref Tmsg;	# not answered, the latest first
	queue, behind: list of array of byte;	# to be written: the first of queue first, then the last of behind
	hello:	ref Tmsg.Version;	# not answered
	msize:	int;

	serve:	fn(p: self ref Persist);
	request:	fn(p: self ref Persist, t: ref Tmsg);
	answer:	fn(p: self ref Persist, r: ref Rmsg);
	send:	fn(p: self ref Persist, r: ref Rmsg);
	islost:	fn(p: self ref Persist, t: ref Tmsg): int;
	find:	fn(p: self ref Persist, n: int): ref Fid;
	forget:	fn(p: self ref Persist, n: int);
	away:	fn(p: self ref Persist);
	settle:	fn(p: self ref Persist);
	seek:	fn(p: self ref Persist, fd: ref Sys->FD);
	connected:	fn(p: self ref Persist, f: ref Found);
	quit:	fn(p: self ref Persist);
};

init(clientfd: ref Sys->FD, usefac: int, nil: string): (chan of chan of ref Sys->FD, string)
{
	sys = load Sys Sys->PATH;
	styx = load Styx Styx->PATH;
	if(styx == nil)
		return (nil, sys->sprint("cannot load %s: %r", Styx->PATH));
	styx->init();
	if(usefac)
		return (nil, "authentication by factotum is not available");
	p := ref Persist;
	p.client = clientfd;
	p.connect = chan[1] of chan of ref Sys->FD;	# so that nobody has to wait there; see quit
	p.found = chan of ref Found;
	p.answers = chan of (ref Sys->FD, ref Rmsg);
	p.finder = p.changes = p.msize = 0;
	spawn p.serve();
	return (p.connect, nil);
}

Persist.serve(p: self ref Persist)
{
	requests := chan of ref Tmsg;
	spawn clientreader(p.client, requests);
	nobody := chan of array of byte;
	for(;;){
		out := nobody;
		a: array of byte;
		if(p.queue == nil)
			for(; p.behind != nil; p.behind = tl p.behind)
				p.queue = hd p.behind :: p.queue;
		if(p.queue != nil)
			(out, a) = (p.conn.out, hd p.queue);
		alt {
		t := <-requests =>
			if(t == nil){
				p.quit();
				return;
			}
			p.request(t);
		(from, r) := <-p.answers =>
			if(p.conn == nil || from != p.conn.fd)
				;		# of a connection that is gone
			else if(r == nil){
				p.away();
				p.seek(nil);
			}else
				p.answer(r);
		f := <-p.found =>
			p.connected(f);
		out <-= a =>
			p.queue = tl p.queue;
		}
	}
}

# The client is gone. Who answers on connect is told by nil, when he listens next.
Persist.quit(p: self ref Persist)
{
	if(p.conn != nil)
		p.conn.end();
	if(p.finder != 0)
		kill(p.finder);
	alt {
	<-p.connect =>	;
	* =>	;
	}
	p.connect <-= nil;
}

kill(pid: int)
{
	fd := sys->open("#p/" + string pid + "/ctl", Sys->OWRITE);
	if(fd != nil)
		sys->fprint(fd, "kill");
}

clientreader(fd: ref Sys->FD, c: chan of ref Tmsg)
{
	for(;;){
		t := Tmsg.read(fd, 0);
		if(t != nil && tagof t == tagof Tmsg.Readerror)
			t = nil;
		c <-= t;
		if(t == nil)
			return;
	}
}

Conn.new(fd: ref Sys->FD, msize: int, answers: chan of (ref Sys->FD, ref Rmsg)): ref Conn
{
	c := ref Conn(fd, chan of array of byte, 0, 0);
	pid := chan of int;
	spawn serverreader(fd, msize, answers, pid);
	c.reader = <-pid;
	spawn serverwriter(fd, c.out, answers, pid);
	c.writer = <-pid;
	return c;
}

Conn.end(c: self ref Conn)
{
	kill(c.reader);
	kill(c.writer);
}

serverreader(fd: ref Sys->FD, msize: int, c: chan of (ref Sys->FD, ref Rmsg), pid: chan of int)
{
	pid <-= sys->pctl(0, nil);
	for(;;){
		r := Rmsg.read(fd, msize);
		if(r != nil && tagof r == tagof Rmsg.Readerror)
			r = nil;
		c <-= (fd, r);
		if(r == nil)
			return;
	}
}

serverwriter(fd: ref Sys->FD, out: chan of array of byte, c: chan of (ref Sys->FD, ref Rmsg), pid: chan of int)
{
	pid <-= sys->pctl(0, nil);
	while(put(fd, <-out))
		;
	c <-= (fd, nil);
}

Persist.send(p: self ref Persist, r: ref Rmsg)
{
	put(p.client, r.pack());
}

put(fd: ref Sys->FD, a: array of byte): int
{
	{
		return sys->write(fd, a, len a) == len a;
	}exception{
	"write on closed pipe" =>
		return 0;
	}
}

Persist.request(p: self ref Persist, t: ref Tmsg)
{
	pick v := t {
	Version =>
		p.fids = nil;
		p.pending = nil;
		p.changes++;
		p.hello = v;
		p.msize = v.msize;
		p.away();
		p.seek(nil);
		return;
	}
	if(p.conn != nil && p.islost(t))
		return;
	p.pending = t :: p.pending;
	if(p.conn != nil){
		p.behind = t.pack() :: p.behind;
		return;
	}
	p.settle();
	if(p.pending != nil)
		p.seek(nil);
}

# about a file that the new server does not have: answers it
Persist.islost(p: self ref Persist, t: ref Tmsg): int
{
	n := subject(t);
	f := p.find(n);
	if(f == nil || f.lost == nil)
		return 0;
	if(tagof t == tagof Tmsg.Clunk || tagof t == tagof Tmsg.Remove)
		p.forget(n);
	if(tagof t == tagof Tmsg.Clunk)
		p.send(ref Rmsg.Clunk(t.tag));
	else
		p.send(ref Rmsg.Error(t.tag, f.lost));
	return 1;
}

# the fid that a request is about
subject(t: ref Tmsg): int
{
	n := Styx->NOFID;
	pick m := t {
	Walk =>	n = m.fid;
	Open =>	n = m.fid;
	Create =>	n = m.fid;
	Read =>	n = m.fid;
	Write =>	n = m.fid;
	Clunk or Stat or Remove =>	n = m.fid;
	Wstat =>	n = m.fid;
	}
	return n;
}

Persist.find(p: self ref Persist, n: int): ref Fid
{
	for(l := p.fids; l != nil; l = tl l)
		if((hd l).fid == n)
			return hd l;
	return nil;
}

Persist.forget(p: self ref Persist, n: int)
{
	r: list of ref Fid;
	for(l := p.fids; l != nil; l = tl l)
		if((hd l).fid != n)
			r = hd l :: r;
	p.fids = r;
}

# requests but that with the tag
without(tag: int, l: list of ref Tmsg): list of ref Tmsg
{
	r: list of ref Tmsg;
	for(; l != nil; l = tl l)
		if((hd l).tag != tag)
			r = hd l :: r;
	return reverse(r);
}

# passes an answer on, and learns from it what became of the fid
Persist.answer(p: self ref Persist, r: ref Rmsg)
{
	t: ref Tmsg;
	rest: list of ref Tmsg;
	for(l := p.pending; l != nil; l = tl l)
		if((hd l).tag == r.tag && t == nil)
			t = hd l;
		else
			rest = hd l :: rest;
	for(p.pending = nil; rest != nil; rest = tl rest)
		p.pending = hd rest :: p.pending;
	if(t == nil)
		return;
	ok := tagof r != tagof Rmsg.Error;
	pick m := t {
	Attach =>
		if(ok)
			p.fids = ref Fid(m.fid, m.uname, m.aname, nil, -1, nil) :: p.fids;
	Walk =>
		f := p.find(m.fid);
		pick w := r {
		Walk =>
			if(f != nil && len w.qids == len m.names){
				path := f.path;
				for(i := 0; i < len m.names; i++)
					if(m.names[i] != "..")
						path = m.names[i] :: path;
					else if(path != nil)
						path = tl path;
				p.forget(m.newfid);
				p.fids = ref Fid(m.newfid, f.uname, f.aname, path, -1, nil) :: p.fids;
			}
		}
	Open =>
		f := p.find(m.fid);
		if(ok && f != nil)
			f.mode = m.mode;
	Create =>
		f := p.find(m.fid);
		if(ok && f != nil){
			f.path = m.name :: f.path;
			f.mode = m.mode;
		}
	Clunk =>
		p.forget(m.fid);
	Remove =>
		p.forget(m.fid);
	Flush =>
		p.pending = without(m.oldtag, p.pending);
	}
	p.send(r);
}

#
# a new server
#

# there is no server; what waits for it, waits
Persist.away(p: self ref Persist)
{
	if(p.conn != nil)
		p.conn.end();
	p.conn = nil;
	p.queue = p.behind = nil;
	p.settle();
}

# Answers what needs no server: a fid that is to be clunked, once all that is asked of it is answered, is not restored,
# and what is to be flushed is not sent again.
Persist.settle(p: self ref Persist)
{
	l := reverse(p.pending);
	p.pending = nil;
	for(; l != nil; l = tl l){
		pick t := hd l {
		Clunk =>
			for(k := p.pending; k != nil && subject(hd k) != t.fid; k = tl k)
				;
			if(k == nil){
				p.forget(t.fid);
				p.changes++;
				p.send(ref Rmsg.Clunk(t.tag));
				continue;
			}
		Flush =>
			p.pending = without(t.oldtag, p.pending);
			p.send(ref Rmsg.Flush(t.tag));
			continue;
		}
		p.pending = hd l :: p.pending;
	}
}

# has a server found, or the one at fd told of the fids
Persist.seek(p: self ref Persist, fd: ref Sys->FD)
{
	if(p.finder != 0)
		return;
	pid := chan of int;
	spawn finder(fd, p.connect, p.fids, p.msize, p.changes, p.found, pid);
	p.finder = <-pid;
}

finder(fd: ref Sys->FD, connect: chan of chan of ref Sys->FD, fids: list of ref Fid, msize, changes: int, c: chan of ref Found, pid: chan of int)
{
	pid <-= sys->pctl(0, nil);
	for(;;){
		if(fd == nil){
			reply := chan[1] of ref Sys->FD;
			connect <-= reply;
			fd = <-reply;
		}
		f := ref Found(fd, nil, msize, nil, changes);
		if(fd == nil || f.establish(fids)){
			c <-= f;
			return;
		}
		fd = nil;
	}
}

Persist.connected(p: self ref Persist, f: ref Found)
{
	p.finder = 0;
	if(f.fd == nil){
		if(p.hello != nil)
			p.send(ref Rmsg.Error(p.hello.tag, "cannot reach the server"));
		p.hello = nil;
		for(; p.pending != nil; p.pending = tl p.pending)
			p.send(ref Rmsg.Error((hd p.pending).tag, "cannot reach the server"));
		return;
	}
	if(f.changes != p.changes){
		p.seek(f.fd);
		return;
	}
	p.msize = f.msize;
	for(; f.fids != nil; f.fids = tl f.fids)
		(hd f.fids).t0.lost = (hd f.fids).t1;
	p.conn = Conn.new(f.fd, p.msize, p.answers);
	if(p.hello != nil)
		p.send(ref Rmsg.Version(p.hello.tag, p.msize, f.version));
	p.hello = nil;
	again := reverse(p.pending);
	for(p.pending = nil; again != nil; again = tl again)
		if(!p.islost(hd again)){
			p.pending = hd again :: p.pending;
			p.behind = (hd again).pack() :: p.behind;
		}
}

reverse(l: list of ref Tmsg): list of ref Tmsg
{
	r: list of ref Tmsg;
	for(; l != nil; l = tl l)
		r = hd l :: r;
	return r;
}

rpc(fd: ref Sys->FD, t: ref Tmsg): (ref Rmsg, string)
{
	if(!put(fd, t.pack()))
		return (nil, Lost);
	r := Rmsg.read(fd, 0);
	if(r == nil)
		return (nil, Lost);
	pick e := r {
	Readerror =>
		return (nil, Lost);
	Error =>
		return (nil, e.ename);
	}
	return (r, nil);
}

# tells a server of the fids; 0 if the connection does not hold
Found.establish(f: self ref Found, fids: list of ref Fid): int
{
	(r, err) := rpc(f.fd, ref Tmsg.Version(Styx->NOTAG, f.msize, Styx->VERSION));
	if(err != nil)
		return 0;
	pick v := r {
	Version =>
		if(v.msize < f.msize)
			f.msize = v.msize;
		f.version = v.version;
	* =>
		return 0;
	}
	for(; fids != nil; fids = tl fids){
		err = (hd fids).restore(f.fd);
		if(err == Lost)
			return 0;
		f.fids = (hd fids, err) :: f.fids;
	}
	return 1;
}

Fid.restore(f: self ref Fid, fd: ref Sys->FD): string
{
	(nil, err) := rpc(fd, ref Tmsg.Attach(1, f.fid, Styx->NOFID, f.uname, f.aname));
	if(err != nil)
		return err;
	names: list of string;
	for(l := f.path; l != nil; l = tl l)
		names = hd l :: names;
	while(names != nil){
		n := len names;
		if(n > Styx->MAXWELEM)
			n = Styx->MAXWELEM;
		a := array[n] of string;
		for(i := 0; i < n; i++){
			a[i] = hd names;
			names = tl names;
		}
		r: ref Rmsg;
		(r, err) = rpc(fd, ref Tmsg.Walk(1, f.fid, f.fid, a));
		if(err == nil)
			pick w := r {
			Walk =>
				if(len w.qids != n)
					err = "file does not exist";
			}
		if(err != nil){
			rpc(fd, ref Tmsg.Clunk(1, f.fid));
			return err;
		}
	}
	if(f.mode >= 0){
		(nil, err) = rpc(fd, ref Tmsg.Open(1, f.fid, f.mode & ~Sys->OTRUNC));
		if(err != nil){
			rpc(fd, ref Tmsg.Clunk(1, f.fid));
			return err;
		}
	}
	return nil;
}
