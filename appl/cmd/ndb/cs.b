implement Cs;

#
# The connection server: translates dial strings; see cs(8).
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "arg.m";
	arg: Arg;

include "bufio.m";

include "attrdb.m";
	attrdb: Attrdb;
	Db, Dbentry, Tuples: import attrdb;

include "ip.m";
	ip: IP;
	IPaddr: import ip;

include "ipattr.m";
	ipattr: IPattr;

include "srv.m";
	srv: Srv;

include "string.m";
	str: String;

Cs: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

LIFE: con 120;			# seconds an answer is kept
NCACHE: con 16;
TIMEOUT: con 30*1000;		# milliseconds until a question has failed
MAXATTR: con 8;			# attributes whose values are attributes

Answer: type (list of string, string);	# translations, or an error

Query: adt
{
	fid:	int;
	serial:	int;		# of the question that is current
	left:	list of string;	# answers to be read
	asked:	int;
};

Entry: adt
{
	question:	string;
	answers:	list of string;
	expires:	int;
};

verbose: int;
net := "/net";
file: string;
db: ref Db;
queries: list of ref Query;
cache: list of ref Entry;

init(nil: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	arg = load Arg Arg->PATH;
	if(arg == nil)
		nomod(Arg->PATH);
	attrdb = load Attrdb Attrdb->PATH;
	if(attrdb == nil)
		nomod(Attrdb->PATH);
	ip = load IP IP->PATH;
	if(ip == nil)
		nomod(IP->PATH);
	ip->init();
	ipattr = load IPattr IPattr->PATH;
	if(ipattr == nil)
		nomod(IPattr->PATH);
	str = load String String->PATH;
	if(str == nil)
		nomod(String->PATH);
	srv = load Srv Srv->PATH;	# hosted systems only
	if(srv != nil)
		srv->init();
	err := attrdb->init();
	if(err != nil)
		fail("can't initialise attrdb: " + err);
	ipattr->init(attrdb, ip);
	arg->init(argv);
	arg->setusage("ndb/cs [-v] [-x mntpt] [-f database] [-d dialmod]");
	svc := "#scs";
	while((o := arg->opt()) != 0)
		case o {
		'v' =>
			verbose = 1;
		'x' =>
			net = arg->earg();
			svc = "#scs";
			for(i := 0; i < len net; i++)
				if(net[i] == '/')
					svc[len svc] = '_';
				else
					svc[len svc] = net[i];
		'f' =>
			file = arg->earg();
		'd' =>
			arg->earg();	# of systems without a network of their own
		* =>
			arg->usage();
		}
	if(arg->argv() != nil)
		arg->usage();
	arg = nil;
	sys->remove(svc + "/cs");
	if(sys->bind(svc, net, Sys->MBEFORE) < 0)
		fail(sys->sprint("can't bind #s on %s: %r", net));
	io := sys->file2chan(net, "cs");
	if(io == nil)
		fail(sys->sprint("can't make %s/cs: %r", net));
	nd := Sys->nulldir;
	nd.mode = 8r777;
	sys->wstat(svc, nd);
	started := chan of int;
	spawn serve(io, started);
	<-started;
}

fail(s: string)
{
	sys->fprint(sys->fildes(2), "cs: %s\n", s);
	raise "fail:error";
}

opendb()
{
	ndb := Db.open(net + "/ndb");
	if(file != nil)
		db = Db.open(file);
	else{
		db = Db.open("/lib/ndb/local");
		if(db == nil)
			db = Db.open("/lib/ndb/inferno");
	}
	if(db == nil){
		name := file;
		if(name == nil)
			name = "/lib/ndb/local";
		sys->fprint(sys->fildes(2), "cs: warning: can't open %s: %r\n", name);
		db = Db.sopen("");
	}
	if(ndb != nil)
		db = ndb.append(db);
}

#
# The files' side. Translations are made in processes of their own, one for each question;
# the answer of one that was overtaken by another question on the same file is dropped.
#
serve(io: ref Sys->FileIO, started: chan of int)
{
	sys->pctl(Sys->NEWPGRP | Sys->NEWFD, 2 :: nil);
	opendb();
	started <-= 1;
	done := chan of (int, int, string, Answer, int, Sys->Rwrite);
	for(;;) alt {
	(nil, n, fid, rc) := <-io.read =>
		q := query(fid);
		if(rc == nil){
			forget(fid);
			break;
		}
		if(!q.asked)
			rc <-= (nil, "unknown request");
		else if(q.left == nil)
			rc <-= (nil, nil);
		else{
			a := array of byte hd q.left;
			q.left = tl q.left;
			if(len a > n)
				rc <-= (nil, "buffer too short for the answer");
			else
				rc <-= (a, nil);
		}
	(nil, data, fid, wc) := <-io.write =>
		if(wc == nil){
			forget(fid);
			break;
		}
		s := string data;
		if(len s > 0 && s[len s - 1] == '\n')
			s = s[0:len s - 1];
		q := query(fid);
		q.serial++;
		q.left = nil;
		q.asked = 0;
		if(s == "refresh"){
			cache = nil;
			opendb();
			wc <-= (len data, nil);
			break;
		}
		hit := cached(s);
		if(hit != nil){
			q.left = hit;
			q.asked = 1;
			wc <-= (len data, nil);
			break;
		}
		if(db.changed())
			opendb();
		spawn answer(s, fid, q.serial, len data, wc, done);
	(fid, serial, s, (l, err), n, wc) := <-done =>
		if(verbose)
			sys->fprint(sys->fildes(2), "cs: %s: %d answers %s\n", s, len l, err);
		if(err != nil){
			wc <-= (0, err);
			break;
		}
		if(s[0] != '!')
			remember(s, l);
		for(ql := queries; ql != nil; ql = tl ql){
			q := hd ql;
			if(q.fid == fid && q.serial == serial){
				q.left = l;
				q.asked = 1;
			}
		}
		wc <-= (n, nil);
	}
}

query(fid: int): ref Query
{
	for(l := queries; l != nil; l = tl l)
		if((hd l).fid == fid)
			return hd l;
	q := ref Query(fid, 0, nil, 0);
	queries = q :: queries;
	return q;
}

forget(fid: int)
{
	r: list of ref Query;
	for(l := queries; l != nil; l = tl l)
		if((hd l).fid != fid)
			r = hd l :: r;
	queries = r;
}

cached(s: string): list of string
{
	now := sys->millisec() / 1000;
	for(l := cache; l != nil; l = tl l)
		if((hd l).question == s && (hd l).expires > now)
			return (hd l).answers;
	return nil;
}

remember(s: string, answers: list of string)
{
	now := sys->millisec() / 1000;
	r: list of ref Entry;
	for(l := cache; l != nil && len r < NCACHE - 1; l = tl l)
		if((hd l).expires > now && (hd l).question != s)
			r = hd l :: r;
	cache = nil;
	for(; r != nil; r = tl r)
		cache = hd r :: cache;
	cache = ref Entry(s, answers, now + LIFE) :: cache;
}

# whatever happens in the translation, there is an answer
answer(s: string, fid, serial, n: int, wc: Sys->Rwrite, done: chan of (int, int, string, Answer, int, Sys->Rwrite))
{
	result := chan[1] of Answer;
	timer := chan[1] of int;
	spawn translator(s, result);
	spawn sleeper(timer);
	a: Answer;
	alt {
	a = <-result =>
		;
	<-timer =>
		a = (nil, "cs: timed out");
	}
	done <-= (fid, serial, s, a, n, wc);
}

sleeper(c: chan of int)
{
	sys->sleep(TIMEOUT);
	c <-= 1;
}

translator(s: string, result: chan of Answer)
{
	{
		if(s != nil && s[0] == '!')
			result <-= info(s[1:]);
		else
			result <-= translate(s);
	}exception e{
	"*" =>
		result <-= (nil, "cs: " + e);
	}
}

# NET!HOST!SERVICE
translate(s: string): Answer
{
	(n, f) := sys->tokenize(s, "!\n");
	if(n < 2)
		return (nil, "bad format request");
	proto := hd f;
	if(proto == "net")
		proto = "tcp";
	isip := proto == "tcp" || proto == "udp" || proto == "il";
	if(isip && n != 3)
		return (nil, "bad format request");
	clone := net + "/" + proto + "/clone";
	if(proto[0] == '/' || str->splitstrl(proto, "..").t1 != nil || sys->stat(clone).t0 < 0)
		return (nil, "network unavailable " + proto);
	if(!isip)
		return (clone + " " + str->splitl(s, "!").t1[1:] :: nil, nil);
	host := hd tl f;
	(port, err) := service(proto, hd tl tl f);
	if(err != nil)
		return (nil, err);
	if(host == "*")
		return (clone + " " + port :: nil, nil);
	(addrs, why) := hostaddr(host, 0);
	if(addrs == nil)
		return (nil, why);
	l: list of string;
	for(; addrs != nil; addrs = tl addrs){
		c := clone;
		other := divert(hd addrs, proto);
		if(other != nil)
			c = net + "/" + other + "/clone";
		l = c + " " + hd addrs + "!" + port :: l;
	}
	r: list of string;
	for(; l != nil; l = tl l)
		r = hd l :: r;
	return (r, nil);
}

isnumber(s: string): int
{
	return s != nil && str->drop(s, "0-9") == nil;
}

service(proto, svc: string): (string, string)
{
	if(isnumber(svc))
		return (svc, nil);
	(e, nil) := db.findbyattr(nil, proto, svc, "port");
	if(e != nil)
		for(l := e.findbyattr(proto, svc, "port"); l != nil; l = tl l){
			(t, a) := hd l;
			port := (hd a).val;
			if(t.hasattr("restricted") || e.findfirst("restricted") != nil)
				port += "!r";
			return (port, nil);
		}
	if(srv != nil){
		port := srv->ipn2p(proto, svc);
		if(port != nil)
			return (port, nil);
	}
	return (nil, "cs: can't translate service");
}

hostaddr(host: string, depth: int): (list of string, string)
{
	if(host[0] == '$'){
		vals: list of string;
		if(depth < MAXATTR)
			vals = attribute(host[1:]);
		addrs: list of string;
		for(; vals != nil; vals = tl vals)
			for((l, nil) := hostaddr(hd vals, depth + 1); l != nil; l = tl l)
				addrs = hd l :: addrs;
		if(addrs == nil)
			return (nil, "cs: can't translate " + host);
		return (reverse(addrs), nil);
	}
	if(isaddress(host))
		return (host :: nil, nil);
	if(ipattr->dbattr(host) == "sys" && !isnumber(host)){
		l := lookup("sys", host);
		if(l != nil)
			return (l, nil);
	}
	why := "cs: unknown host";
	(l, err) := dns(host);
	if(l != nil)
		return (l, nil);
	if(err != nil)
		why = err;
	else if(srv != nil){
		l = srv->iph2a(host);
		if(l != nil)
			return (l, nil);
	}
	# what the site's own files say is better than nothing
	l = lookup("dom", host);
	if(l != nil)
		return (l, nil);
	return (nil, why);
}

# dotted numbers, or an address of version 6; whether it is a good one is for the network to say
isaddress(s: string): int
{
	if(str->drop(s, "0-9.") == nil)
		return 1;
	return str->splitl(s, ":").t1 != nil;
}

reverse(l: list of string): list of string
{
	r: list of string;
	for(; l != nil; l = tl l)
		r = hd l :: r;
	return r;
}

# ip= of the entries for attr=val
lookup(attr, val: string): list of string
{
	r: list of string;
	ptr: ref Attrdb->Dbptr;
	for(;;){
		e: ref Dbentry;
		(e, ptr) = db.findbyattr(ptr, attr, val, "ip");
		if(e == nil)
			return reverse(r);
		for(l := e.findbyattr(attr, val, "ip"); l != nil; l = tl l)
			for((nil, a) := hd l; a != nil; a = tl a)
				r = (hd a).val :: r;
	}
}

# (addresses, nil), (nil, error), or (nil, nil) if there is no such server
dns(name: string): (list of string, string)
{
	fd := sys->open(net + "/dns", Sys->ORDWR);
	if(fd == nil)
		return (nil, nil);
	if(sys->fprint(fd, "%s ip", name) < 0)
		return (nil, sys->sprint("%r"));
	sys->seek(fd, big 0, Sys->SEEKSTART);
	r: list of string;
	buf := array[1024] of byte;
	while((n := sys->read(fd, buf, len buf)) > 0){
		(nf, f) := sys->tokenize(string buf[0:n], " \t\n");
		if(nf >= 3 && hd tl f == "ip")
			r = hd tl tl f :: r;
	}
	return (reverse(r), nil);
}

sysname(): string
{
	fd := sys->open("/dev/sysname", Sys->OREAD);
	buf := array[256] of byte;
	if(fd == nil || (n := sys->read(fd, buf, len buf)) <= 0)
		return nil;
	return string buf[0:n];
}

# values of an attribute of this system, of its networks, or of the site
attribute(attr: string): list of string
{
	if(attr == nil)
		return nil;
	name := sysname();
	if(name != nil){
		(e, nil) := db.findpair(nil, "sys", name);
		if(e != nil){
			r := values(e, attr);
			if(r != nil)
				return r;
			(v, nil) := ipattr->findnetattr(db, "sys", name, attr);
			if(v != nil)
				return v :: nil;
		}
	}
	ptr: ref Attrdb->Dbptr;
	for(;;){
		e: ref Dbentry;
		(e, ptr) = db.find(ptr, "infernosite");
		if(e == nil)
			return nil;
		r := values(e, attr);
		if(r != nil)
			return r;
	}
}

values(e: ref Dbentry, attr: string): list of string
{
	r: list of string;
	for(l := e.find(attr); l != nil; l = tl l)
		for((nil, a) := hd l; a != nil; a = tl a)
			if((hd a).val != nil)
				r = (hd a).val :: r;
	return reverse(r);
}

divert(addr, proto: string): string
{
	(e, nil) := db.findpair(nil, "ip", addr);
	if(e == nil)
		return nil;
	return e.findfirst("divert-" + proto);
}

# attr=val [attr=val ...]: the lines of the first entry that has the first pair, and all others on one line
info(s: string): Answer
{
	if(str->splitl(str->drop(s, " \t"), " \t").t0 == "ipinfo")
		return (nil, "ipinfo not yet supported");
	(t, err) := attrdb->parseline(s, 0);
	if(err != nil)
		return (nil, "bad query: " + err);
	if(t == nil || t.pairs == nil)
		return (nil, "bad query");
	first := hd t.pairs;
	ptr: ref Attrdb->Dbptr;
	for(;;){
		e: ref Dbentry;
		if(first.val == "*")
			(e, ptr) = db.find(ptr, first.attr);
		else
			(e, ptr) = db.findpair(ptr, first.attr, first.val);
		if(e == nil)
			return (nil, "no match");
		if(!matches(e, tl t.pairs))
			continue;
		r: list of string;
		for(l := e.lines; l != nil; l = tl l)
			r = text(hd l) :: r;
		return (reverse(r), nil);
	}
}

matches(e: ref Dbentry, pairs: list of ref Attrdb->Attr): int
{
	if(pairs == nil)
		return 1;
	for(l := e.lines; l != nil; l = tl l){
		for(p := pairs; p != nil; p = tl p)
			if((hd p).val == "*"){
				if(!(hd l).hasattr((hd p).attr))
					break;
			}else if(!(hd l).haspair((hd p).attr, (hd p).val))
				break;
		if(p == nil)
			return 1;
	}
	return 0;
}

text(t: ref Tuples): string
{
	s := "";
	for(p := t.pairs; p != nil; p = tl p){
		if(s != nil)
			s += " ";
		s += (hd p).attr + "=";
		if((hd p).val != nil)
			s += str->quotedc((hd p).val :: nil, "#'\"=");
	}
	return s;
}

nomod(path: string)
{
	sys->fprint(sys->fildes(2), "cs: cannot load %s: %r\n", path);
	raise "fail:bad module";
}
