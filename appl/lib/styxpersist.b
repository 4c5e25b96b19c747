implement Styxpersist;

#
# A connection to a file server that comes back; see styxpersist(2).
#
# Requests of the client go to the server as they are. What each fid stands for is remembered, so that a new server can
# be brought to the same state; then the requests that are not answered yet are sent again.
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

	restore:	fn(f: self ref Fid): string;
};

client, server: ref Sys->FD;
fids: list of ref Fid;
pending: list of ref Tmsg;		# the latest first
msize := 0;
version: string;

init(clientfd: ref Sys->FD, usefac: int, nil: string): (chan of chan of ref Sys->FD, string)
{
	sys = load Sys Sys->PATH;
	styx = load Styx Styx->PATH;
	if(styx == nil)
		return (nil, sys->sprint("cannot load %s: %r", Styx->PATH));
	styx->init();
	if(usefac)
		return (nil, "authentication by factotum is not available");
	c := chan of chan of ref Sys->FD;
	spawn serve(clientfd, c);
	return (c, nil);
}

serve(fd: ref Sys->FD, connect: chan of chan of ref Sys->FD)
{
	client = fd;
	requests := chan of ref Tmsg;
	answers := chan of (ref Sys->FD, ref Rmsg);
	spawn clientreader(client, requests);
	for(;;) alt {
	t := <-requests =>
		if(t == nil)
			return;
		pick v := t {
		Version =>
			fids = nil;
			pending = nil;
			server = nil;
			msize = v.msize;
			if(dial(connect, answers))
				send(ref Rmsg.Version(t.tag, msize, version));
			else
				send(ref Rmsg.Error(t.tag, "cannot reach the server"));
			continue;
		}
		request(t, connect, answers);
	(from, r) := <-answers =>
		if(from != server)
			continue;		# of a connection that is gone
		if(r == nil)
			dial(connect, answers);
		else
			answer(r);
	}
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

serverreader(fd: ref Sys->FD, c: chan of (ref Sys->FD, ref Rmsg))
{
	for(;;){
		r := Rmsg.read(fd, msize);
		if(r != nil && tagof r == tagof Rmsg.Readerror)
			r = nil;
		c <-= (fd, r);
		if(r == nil)
			return;
	}
}

send(r: ref Rmsg)
{
	a := r.pack();
	put(client, a);
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

request(t: ref Tmsg, connect: chan of chan of ref Sys->FD, answers: chan of (ref Sys->FD, ref Rmsg))
{
	if(islost(t))
		return;
	pending = t :: pending;
	a := t.pack();
	if(server == nil || !put(server, a))
		dial(connect, answers);
}

# about a file that the new server does not have: answers it
islost(t: ref Tmsg): int
{
	(f, n) := subject(t);
	if(f == nil || f.lost == nil)
		return 0;
	if(tagof t == tagof Tmsg.Clunk || tagof t == tagof Tmsg.Remove)
		forget(n);
	if(tagof t == tagof Tmsg.Clunk)
		send(ref Rmsg.Clunk(t.tag));
	else
		send(ref Rmsg.Error(t.tag, f.lost));
	return 1;
}

# the fid that a request is about
subject(t: ref Tmsg): (ref Fid, int)
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
	return (find(n), n);
}

find(n: int): ref Fid
{
	for(l := fids; l != nil; l = tl l)
		if((hd l).fid == n)
			return hd l;
	return nil;
}

forget(n: int)
{
	r: list of ref Fid;
	for(l := fids; l != nil; l = tl l)
		if((hd l).fid != n)
			r = hd l :: r;
	fids = r;
}

# passes an answer on, and learns from it what became of the fid
answer(r: ref Rmsg)
{
	t: ref Tmsg;
	rest: list of ref Tmsg;
	for(l := pending; l != nil; l = tl l)
		if((hd l).tag == r.tag && t == nil)
			t = hd l;
		else
			rest = hd l :: rest;
	for(pending = nil; rest != nil; rest = tl rest)
		pending = hd rest :: pending;
	if(t == nil)
		return;
	ok := tagof r != tagof Rmsg.Error;
	pick m := t {
	Attach =>
		if(ok)
			fids = ref Fid(m.fid, m.uname, m.aname, nil, -1, nil) :: fids;
	Walk =>
		f := find(m.fid);
		pick w := r {
		Walk =>
			if(f != nil && len w.qids == len m.names){
				path := f.path;
				for(i := 0; i < len m.names; i++)
					if(m.names[i] != "..")
						path = m.names[i] :: path;
					else if(path != nil)
						path = tl path;
				forget(m.newfid);
				fids = ref Fid(m.newfid, f.uname, f.aname, path, -1, nil) :: fids;
			}
		}
	Open =>
		f := find(m.fid);
		if(ok && f != nil)
			f.mode = m.mode;
	Create =>
		f := find(m.fid);
		if(ok && f != nil){
			f.path = m.name :: f.path;
			f.mode = m.mode;
		}
	Clunk =>
		forget(m.fid);
	Remove =>
		forget(m.fid);
	Flush =>
		rest = nil;
		for(l = pending; l != nil; l = tl l)
			if((hd l).tag != m.oldtag)
				rest = hd l :: rest;
		for(pending = nil; rest != nil; rest = tl rest)
			pending = hd rest :: pending;
	}
	send(r);
}

#
# a new server
#

rpc(t: ref Tmsg): (ref Rmsg, string)
{
	a := t.pack();
	if(!put(server, a))
		return (nil, "connection lost");
	r := Rmsg.read(server, 0);
	if(r == nil)
		return (nil, "connection lost");
	pick e := r {
	Readerror =>
		return (nil, "connection lost");
	Error =>
		return (nil, e.ename);
	}
	return (r, nil);
}

# until a connection holds; 0 if there is no server any more, and all that waits has failed
dial(connect: chan of chan of ref Sys->FD, answers: chan of (ref Sys->FD, ref Rmsg)): int
{
	for(;;){
		reply := chan of ref Sys->FD;
		connect <-= reply;
		server = <-reply;
		if(server == nil){
			for(; pending != nil; pending = tl pending)
				send(ref Rmsg.Error((hd pending).tag, "cannot reach the server"));
			return 0;
		}
		if(establish() == nil)
			break;
		server = nil;
	}
	spawn serverreader(server, answers);
	again: list of ref Tmsg;
	for(; pending != nil; pending = tl pending)
		again = hd pending :: again;
	for(; again != nil; again = tl again)
		if(!islost(hd again)){
			pending = hd again :: pending;
			put(server, (hd again).pack());	# the reader sees it if this fails
		}
	return 1;
}

establish(): string
{
	(r, err) := rpc(ref Tmsg.Version(Styx->NOTAG, msize, Styx->VERSION));
	if(err != nil)
		return err;
	pick v := r {
	Version =>
		if(v.msize < msize)
			msize = v.msize;
		version = v.version;
	* =>
		return "bad answer";
	}
	for(l := fids; l != nil; l = tl l){
		(hd l).lost = (hd l).restore();
		if((hd l).lost == "connection lost"){
			(hd l).lost = nil;
			return "connection lost";
		}
	}
	return nil;
}

Fid.restore(f: self ref Fid): string
{
	(nil, err) := rpc(ref Tmsg.Attach(1, f.fid, Styx->NOFID, f.uname, f.aname));
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
		(r, err) = rpc(ref Tmsg.Walk(1, f.fid, f.fid, a));
		if(err == nil)
			pick w := r {
			Walk =>
				if(len w.qids != n)
					err = "file does not exist";
			}
		if(err != nil){
			rpc(ref Tmsg.Clunk(1, f.fid));
			return err;
		}
	}
	if(f.mode >= 0){
		(nil, err) = rpc(ref Tmsg.Open(1, f.fid, f.mode & ~Sys->OTRUNC));
		if(err != nil){
			rpc(ref Tmsg.Clunk(1, f.fid));
			return err;
		}
	}
	return nil;
}
