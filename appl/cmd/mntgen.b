implement Mntgen;

#
# A directory of mount points that appear when they are named; see mntgen(4).
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "daytime.m";
	daytime: Daytime;

include "styx.m";
	styx: Styx;
	Rmsg, Tmsg: import styx;

Mntgen: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

Dir, Qid: import Sys;

Enotexist: con "file does not exist";
Efid: con "unknown fid";

# path 0 is the root
Place: adt
{
	name:	string;
	path:	int;
	nfid:	int;
};

Handle: adt
{
	fid:	int;
	p:	ref Place;
	isopen:	int;
	rest:	list of ref Place;	# still to be read
	offset:	big;
};

root: ref Place;
places: list of ref Place;	# the latest first
handles: list of ref Handle;
npath := 1;
user: string;
start: int;
msize := Styx->MAXRPC;

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	daytime = load Daytime Daytime->PATH;
	if(daytime == nil)
		nomod(Daytime->PATH);
	styx = load Styx Styx->PATH;
	if(styx == nil)
		nomod(Styx->PATH);
	styx->init();
	start = daytime->now();
	root = ref Place("/", 0, 0);
	fd := sys->fildes(0);
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

handle(fid: int): ref Handle
{
	for(l := handles; l != nil; l = tl l)
		if((hd l).fid == fid)
			return hd l;
	return nil;
}

hold(h: ref Handle, p: ref Place)
{
	p.nfid++;
	drop(h);
	h.p = p;
}

drop(h: ref Handle)
{
	p := h.p;
	h.p = nil;
	if(p == nil || --p.nfid > 0 || p == root)
		return;
	r: list of ref Place;
	for(l := places; l != nil; l = tl l)
		if(hd l != p)
			r = hd l :: r;
	for(places = nil; r != nil; r = tl r)
		places = hd r :: places;
}

find(name: string): ref Place
{
	for(l := places; l != nil; l = tl l)
		if((hd l).name == name)
			return hd l;
	p := ref Place(name, npath++, 0);
	places = p :: places;
	return p;
}

qid(p: ref Place): Qid
{
	return Qid(big p.path, 0, Sys->QTDIR);
}

dir(p: ref Place): Dir
{
	return Dir(p.name, user, user, user, qid(p), Sys->DMDIR | 8r555, start, start, big 0, 0, 0);
}

request(m: ref Tmsg): ref Rmsg
{
	err := "permission denied";
	pick t := m {
	Version =>
		version: string;
		(msize, version) = styx->compatible(t, Styx->MAXRPC, Styx->VERSION);
		while(handles != nil)
			clunk(hd handles);
		return ref Rmsg.Version(0, msize, version);
	Auth =>
		err = "authentication not required";
	Attach =>
		if(handle(t.fid) != nil)
			err = "fid in use";
		else{
			if(user == nil)
				user = t.uname;
			h := ref Handle(t.fid, nil, 0, nil, big 0);
			hold(h, root);
			handles = h :: handles;
			return ref Rmsg.Attach(0, qid(root));
		}
	Flush =>
		return ref Rmsg.Flush(0);
	Walk =>
		return walk(t);
	Open =>
		h := handle(t.fid);
		if(h == nil)
			err = Efid;
		else if(h.isopen)
			err = "fid already open";
		else if(t.mode == Sys->OREAD){
			h.isopen = 1;
			return ref Rmsg.Open(0, qid(h.p), 0);
		}
	Read =>
		return read(t);
	Clunk =>
		h := handle(t.fid);
		if(h != nil){
			clunk(h);
			return ref Rmsg.Clunk(0);
		}
		err = Efid;
	Remove =>
		h := handle(t.fid);
		if(h != nil)
			clunk(h);
		else
			err = Efid;
	Stat =>
		h := handle(t.fid);
		if(h != nil)
			return ref Rmsg.Stat(0, dir(h.p));
		err = Efid;
	}
	return ref Rmsg.Error(0, err);
}

clunk(h: ref Handle)
{
	drop(h);
	r: list of ref Handle;
	for(l := handles; l != nil; l = tl l)
		if(hd l != h)
			r = hd l :: r;
	handles = r;
}

walk(t: ref Tmsg.Walk): ref Rmsg
{
	h := handle(t.fid);
	if(h == nil)
		return ref Rmsg.Error(0, Efid);
	if(t.newfid != t.fid && handle(t.newfid) != nil)
		return ref Rmsg.Error(0, "fid in use");
	nh := ref Handle(t.newfid, nil, 0, nil, big 0);
	hold(nh, h.p);
	qids := array[len t.names] of Qid;
	for(i := 0; i < len t.names; i++){
		if(t.names[i] == "..")
			hold(nh, root);
		else if(nh.p == root)
			hold(nh, find(t.names[i]));
		else
			break;
		qids[i] = qid(nh.p);
	}
	if(i < len t.names){
		drop(nh);
		if(i == 0)
			return ref Rmsg.Error(0, Enotexist);
	}else{
		if(t.newfid == t.fid)
			clunk(h);
		handles = nh :: handles;
	}
	return ref Rmsg.Walk(0, qids[0:i]);
}

read(t: ref Tmsg.Read): ref Rmsg
{
	h := handle(t.fid);
	if(h == nil)
		return ref Rmsg.Error(0, Efid);
	if(!h.isopen)
		return ref Rmsg.Error(0, "file not open");
	if(t.offset == big 0){
		h.rest = nil;
		if(h.p == root)
			for(l := places; l != nil; l = tl l)
				h.rest = hd l :: h.rest;
	}else if(t.offset != h.offset)
		return ref Rmsg.Error(0, "bad offset");
	a := array[0] of byte;
	for(; h.rest != nil; h.rest = tl h.rest){
		d := styx->packdir(dir(hd h.rest));
		if(len a + len d > t.count || len a + len d > msize - Styx->IOHDRSZ)
			break;
		b := array[len a + len d] of byte;
		b[0:] = a;
		b[len a:] = d;
		a = b;
	}
	h.offset = t.offset + big len a;
	return ref Rmsg.Read(0, a);
}

nomod(path: string)
{
	sys->fprint(sys->fildes(2), "mntgen: cannot load %s: %r\n", path);
	raise "fail:bad module";
}
