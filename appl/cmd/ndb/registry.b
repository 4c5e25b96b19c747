implement Registry;

#
# The registry of services; see registry(4).
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "arg.m";
	arg: Arg;

include "bufio.m";

include "attrdb.m";
	attrdb: Attrdb;
	Db, Dbentry, Attr: import attrdb;

include "styx.m";
	styx: Styx;
	Rmsg, Tmsg: import styx;

include "styxservers.m";
	styxservers: Styxservers;
	Fid, Navigator, Navop, Styxserver: import styxservers;

include "string.m";
	str: String;

Registry: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

# paths: the root, the four files, and from Qservice on services, in steps of one
Qroot, Qnew, Qfind, Qindex, Qevent, Qservice: con iota;

Service: adt
{
	path:		int;
	name:		string;
	owner:		string;
	attrs:		list of (string, string);	# the latest first
	fid:		int;		# open on new, -1 if that is closed
	removed:	int;

	text:		fn(s: self ref Service): string;
	get:		fn(s: self ref Service, attr: string): string;
	set:		fn(s: self ref Service, attr, val: string);
};

# what a fid on find or event has
Filter: adt
{
	fid:	int;
	attrs:	list of (string, string);
};

Waiting: adt
{
	fid:	int;
	vers:	int;			# that it has seen
	msg:	ref Tmsg.Read;		# nil: none waits
};

services: list of ref Service;	# the latest first
filters: list of ref Filter;
waiting: list of ref Waiting;
npath := Qservice;
vers := 0;
start: int;
srv: ref Styxserver;
dbfile := "";

init(nil: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	arg = load Arg Arg->PATH;
	if(arg == nil)
		nomod(Arg->PATH);
	attrdb = load Attrdb Attrdb->PATH;
	if(attrdb == nil)
		nomod(Attrdb->PATH);
	styx = load Styx Styx->PATH;
	if(styx == nil)
		nomod(Styx->PATH);
	styx->init();
	styxservers = load Styxservers Styxservers->PATH;
	if(styxservers == nil)
		nomod(Styxservers->PATH);
	str = load String String->PATH;
	if(str == nil)
		nomod(String->PATH);
	styxservers->init(styx);
	arg->init(argv);
	arg->setusage("ndb/registry [-f dbfile]");
	while((o := arg->opt()) != 0)
		case o {
		'f' =>	dbfile = arg->earg();
		* =>	arg->usage();
		}
	if(arg->argv() != nil)
		arg->usage();
	if(dbfile != nil){
		err := attrdb->init();
		if(err != nil)
			fail("can't initialise attrdb: " + err);
		static();
	}
	sys->pctl(Sys->FORKNS, nil);
	navs := chan of ref Navop;
	spawn navigate(navs);
	c: chan of ref Tmsg;
	(c, srv) = Styxserver.new(sys->fildes(0), Navigator.new(navs), big Qroot);
	while((m := <-c) != nil)
		request(m);
	navs <-= nil;
}

fail(s: string)
{
	sys->fprint(sys->fildes(2), "registry: %s\n", s);
	raise "fail:error";
}

# services that are entered in a database
static()
{
	db := Db.open(dbfile);
	if(db == nil)
		fail(sys->sprint("can't open %s: %r", dbfile));
	ptr: ref Attrdb->Dbptr;
	for(;;){
		e: ref Dbentry;
		(e, ptr) = db.find(ptr, "service");
		if(e == nil)
			break;
		name := e.findfirst("service");
		if(badname(name) != nil || lookup(name) != nil)
			continue;
		s := newservice("registry", -1);
		s.name = name;
		for(l := e.lines; l != nil; l = tl l)
			for(p := (hd l).pairs; p != nil; p = tl p)
				if((hd p).attr != "service")
					s.set((hd p).attr, (hd p).val);
		s.set("persist", "1");
	}
}

newservice(owner: string, fid: int): ref Service
{
	s := ref Service(npath++, nil, owner, nil, fid, 0);
	services = s :: services;
	return s;
}

lookup(name: string): ref Service
{
	for(l := services; l != nil; l = tl l)
		if((hd l).name == name)
			return hd l;
	return nil;
}

bypath(path: int): ref Service
{
	for(l := services; l != nil; l = tl l)
		if((hd l).path == path)
			return hd l;
	return nil;
}

badname(s: string): string
{
	if(s == nil || s == "." || s == ".." || s == "new" || s == "find" || s == "index" || s == "event")
		return "bad service name";
	for(i := 0; i < len s; i++)
		if(s[i] <= ' ' || s[i] == '/' || s[i] == 16r7f)
			return "bad character in service name";
	return nil;
}

Service.text(s: self ref Service): string
{
	l: list of string;
	r: list of string;
	for(a := s.attrs; a != nil; a = tl a){
		(attr, val) := hd a;
		r = val :: attr :: r;
	}
	for(; r != nil; r = tl r)
		l = hd r :: l;
	return str->quoted(s.name :: l) + "\n";
}

Service.get(s: self ref Service, attr: string): string
{
	for(a := s.attrs; a != nil; a = tl a)
		if((hd a).t0 == attr)
			return (hd a).t1;
	return nil;
}

Service.set(s: self ref Service, attr, val: string)
{
	l, r: list of (string, string);
	for(l = s.attrs; l != nil; l = tl l)
		if((hd l).t0 != attr)
			r = hd l :: r;
	s.attrs = nil;
	for(; r != nil; r = tl r)
		s.attrs = hd r :: s.attrs;
	s.attrs = (attr, val) :: s.attrs;
}

changed()
{
	vers++;
	for(l := waiting; l != nil; l = tl l){
		w := hd l;
		if(w.msg != nil){
			srv.reply(ref Rmsg.Read(w.msg.tag, event()));
			w.msg = nil;
			w.vers = vers;
		}
	}
}

event(): array of byte
{
	return array of byte sys->sprint("%8.8d\n", vers);
}

remove(s: ref Service)
{
	r: list of ref Service;
	for(l := services; l != nil; l = tl l)
		if(hd l != s)
			r = hd l :: r;
	services = nil;
	for(; r != nil; r = tl r)
		services = hd r :: services;
	s.removed = 1;
	if(s.name != nil)
		changed();
}

#
# requests
#

request(gm: ref Tmsg)
{
	pick m := gm {
	Open =>
		(f, mode, d, err) := srv.canopen(m);
		if(f == nil){
			srv.reply(ref Rmsg.Error(m.tag, err));
			return;
		}
		case int f.path {
		Qnew =>
			newservice(f.uname, f.fid);
		Qfind =>
			filters = ref Filter(f.fid, nil) :: filters;
		Qevent =>
			waiting = ref Waiting(f.fid, vers, nil) :: waiting;
		}
		f.open(mode, d.qid);
		srv.reply(ref Rmsg.Open(m.tag, d.qid, srv.iounit()));
	Read =>
		(f, err) := srv.canread(m);
		if(f == nil){
			srv.reply(ref Rmsg.Error(m.tag, err));
			return;
		}
		if(f.qtype & Sys->QTDIR){
			srv.read(m);
			return;
		}
		read(m, f);
	Write =>
		(f, err) := srv.canwrite(m);
		if(f != nil)
			err = write(f, string m.data);
		if(err != nil)
			srv.reply(ref Rmsg.Error(m.tag, err));
		else
			srv.reply(ref Rmsg.Write(m.tag, len m.data));
	Clunk =>
		f := srv.clunk(m);
		if(f != nil && f.isopen)
			closed(f);
	Remove =>
		(f, nil, err) := srv.canremove(m);
		s: ref Service;
		uname: string;
		if(f != nil){
			uname = f.uname;
			s = bypath(int f.path);
			srv.delfid(f);
			if(f.isopen)
				closed(f);
		}
		if(err == nil && s == nil || s != nil && s.owner != uname)
			err = Styxservers->Eperm;
		if(s != nil && s.owner == uname){
			remove(s);
			err = nil;
		}
		if(err != nil)
			srv.reply(ref Rmsg.Error(m.tag, err));
		else
			srv.reply(ref Rmsg.Remove(m.tag));
	Flush =>
		for(l := waiting; l != nil; l = tl l)
			if((hd l).msg != nil && (hd l).msg.tag == m.oldtag)
				(hd l).msg = nil;
		srv.reply(ref Rmsg.Flush(m.tag));
	* =>
		srv.default(gm);
	}
}

closed(f: ref Fid)
{
	case int f.path {
	Qnew =>
		for(l := services; l != nil; l = tl l){
			s := hd l;
			if(s.fid == f.fid){
				s.fid = -1;
				if(s.name == nil || int s.get("persist") == 0)
					remove(s);
				return;
			}
		}
	Qfind =>
		r: list of ref Filter;
		for(l := filters; l != nil; l = tl l)
			if((hd l).fid != f.fid)
				r = hd l :: r;
		filters = r;
	Qevent =>
		r: list of ref Waiting;
		for(l := waiting; l != nil; l = tl l)
			if((hd l).fid != f.fid)
				r = hd l :: r;
		waiting = r;
	}
}

read(m: ref Tmsg.Read, f: ref Fid)
{
	text := "";
	case int f.path {
	Qnew =>
		for(l := services; l != nil; l = tl l)
			if((hd l).fid == f.fid && (hd l).name != nil)
				text = (hd l).text();
	Qindex =>
		text = listed(nil);
	Qfind =>
		for(l := filters; l != nil; l = tl l)
			if((hd l).fid == f.fid)
				text = listed((hd l).attrs);
	Qevent =>
		for(l := waiting; l != nil; l = tl l){
			w := hd l;
			if(w.fid != f.fid)
				continue;
			if(w.msg != nil)
				srv.reply(ref Rmsg.Error(m.tag, "concurrent read for event fid"));
			else if(w.vers != vers){
				w.vers = vers;
				srv.reply(ref Rmsg.Read(m.tag, event()));
			}else
				w.msg = m;
			return;
		}
	* =>
		s := bypath(int f.path);
		if(s == nil){
			srv.reply(ref Rmsg.Error(m.tag, Styxservers->Enotfound));
			return;
		}
		text = s.text();
	}
	srv.reply(styxservers->readstr(m, text));
}

# the oldest service first
listed(attrs: list of (string, string)): string
{
	text := "";
	for(l := services; l != nil; l = tl l)
		if((hd l).name != nil && matches(hd l, attrs))
			text = (hd l).text() + text;
	return text;
}

matches(s: ref Service, attrs: list of (string, string)): int
{
	for(; attrs != nil; attrs = tl attrs){
		(attr, val) := hd attrs;
		if(attr == "name"){
			if(val != "*" && val != s.name)
				return 0;
			continue;
		}
		for(a := s.attrs; a != nil; a = tl a)
			if((hd a).t0 == attr && (val == "*" || (hd a).t1 == val))
				break;
		if(a == nil)
			return 0;
	}
	return 1;
}

pairs(l: list of string): (list of (string, string), string)
{
	r: list of (string, string);
	for(; l != nil; l = tl tl l){
		if(tl l == nil)
			return (nil, "odd attribute/value pairs");
		r = (hd l, hd tl l) :: r;
	}
	p: list of (string, string);
	for(; r != nil; r = tl r)
		p = hd r :: p;
	return (p, nil);
}

write(f: ref Fid, data: string): string
{
	words := str->unquoted(data);
	s: ref Service;
	case int f.path {
	Qfind =>
		(p, err) := pairs(words);
		if(err != nil)
			return err;
		for(l := filters; l != nil; l = tl l)
			if((hd l).fid == f.fid)
				(hd l).attrs = p;
		return nil;
	Qnew =>
		for(l := services; l != nil; l = tl l)
			if((hd l).fid == f.fid)
				s = hd l;
	Qindex or Qevent =>
		return Styxservers->Eperm;
	* =>
		s = bypath(int f.path);
		if(s != nil && s.owner != f.uname)
			return Styxservers->Eperm;
	}
	if(s == nil)
		return Styxservers->Enotfound;
	if(words == nil)
		return "bad syntax";
	if(s.name == nil){
		err := badname(hd words);
		if(err != nil)
			return err;
		if(lookup(hd words) != nil)
			return "duplicate service name";
		s.name = hd words;
		words = tl words;
		changed();
		if(words == nil)
			return nil;
	}
	(p, err) := pairs(words);
	if(err != nil)
		return err;
	for(; p != nil; p = tl p)
		s.set((hd p).t0, (hd p).t1);
	changed();
	return nil;
}

#
# names
#

dir(path: int): (ref Sys->Dir, string)
{
	d := ref Sys->zerodir;
	d.uid = d.gid = d.muid = "registry";
	d.qid.path = big path;
	d.qid.vers = vers;
	case path {
	Qroot =>
		d.name = "/";
		d.mode = Sys->DMDIR | 8r555;
		d.qid.qtype = Sys->QTDIR;
	Qnew =>
		d.name = "new";
		d.mode = 8r666;
	Qfind =>
		d.name = "find";
		d.mode = 8r666;
	Qindex =>
		d.name = "index";
		d.mode = 8r444;
	Qevent =>
		d.name = "event";
		d.mode = 8r444;
	* =>
		s := bypath(path);
		if(s == nil)
			return (nil, Styxservers->Enotfound);
		d.name = s.name;
		d.uid = s.owner;
		d.mode = 8r644;
	}
	return (d, nil);
}

navigate(navs: chan of ref Navop)
{
	while((m := <-navs) != nil)
		pick n := m {
		Stat =>
			n.reply <-= dir(int n.path);
		Walk =>
			path := -1;
			case n.name {
			".." =>	path = Qroot;
			"new" =>	path = Qnew;
			"find" =>	path = Qfind;
			"index" =>	path = Qindex;
			"event" =>	path = Qevent;
			* =>
				s := lookup(n.name);
				if(s != nil)
					path = s.path;
			}
			if(path < 0)
				n.reply <-= (nil, Styxservers->Enotfound);
			else
				n.reply <-= dir(path);
		Readdir =>
			l: list of int;
			for(s := services; s != nil; s = tl s)
				if((hd s).name != nil)
					l = (hd s).path :: l;
			l = Qnew :: Qfind :: Qindex :: Qevent :: l;
			for(i := 0; l != nil; l = tl l){
				if(i >= n.offset && i < n.offset + n.count)
					n.reply <-= dir(hd l);
				i++;
			}
			n.reply <-= (nil, nil);
		}
}

nomod(path: string)
{
	sys->fprint(sys->fildes(2), "registry: cannot load %s: %r\n", path);
	raise "fail:bad module";
}
