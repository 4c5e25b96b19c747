implement Dns;

#
# The domain name server: answers questions about names; see dns(8) and RFC 1035.
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

include "dial.m";
	dial: Dial;

include "ip.m";
	inet: IP;
	IPaddr: import inet;

include "srv.m";
	srv: Srv;

include "string.m";
	str: String;

Dns: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

# types and classes of records
Ta: con 1;
Tns: con 2;
Tcname: con 5;
Tsoa: con 6;
Tptr: con 12;
Thinfo: con 13;
Tmx: con 15;
Taaaa: con 28;
Tall: con 255;
Cin: con 1;

# codes of answers
Rok, Rformat, Rserver, Rname, Runimplemented, Rrefused: con iota;

MAXSTEPS: con 40;		# questions to servers for one answer
MAXDEPTH: con 8;		# names that must be found to find others
MAXALIAS: con 10;
TRIES: con 3;
WAIT: con 2000;			# milliseconds for the first try
TIMEOUT: con 30*1000;		# milliseconds for an answer in all
CHECK: con 120;			# seconds between looks at the database
MINTTL: con 60;
MAXTTL: con 24*3600;
MAXCACHE: con 4096;
UDPHDR: con 52;

RR: adt
{
	name:	string;		# in lower case
	rtype:	int;
	ttl:	int;
	data:	string;		# as it is printed
};

Msg: adt
{
	id, flags, rcode:	int;
	trunc, authoritative:	int;
	answers, servers, more:	list of ref RR;
};

Cached: adt
{
	name:	string;
	rtype:	int;
	rrs:	list of ref RR;
	err:	string;		# what is known is that there is none
	expires:	int;
};

Answer: type (list of ref RR, string);

Query: adt
{
	fid:	int;
	serial:	int;
	left:	list of string;
	asked:	int;
};

net := "/net";
file := "/lib/ndb/local";
usehost := 1;
resolversfirst, debug: int;
db: ref Db;
nextcheck := 0;
queries: list of ref Query;
cache := array[251] of list of ref Cached;
ncached := 0;
cachelock: chan of int;
serialno := 0;

init(nil: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	arg = load Arg Arg->PATH;
	if(arg == nil)
		nomod(Arg->PATH);
	attrdb = load Attrdb Attrdb->PATH;
	if(attrdb == nil)
		nomod(Attrdb->PATH);
	dial = load Dial Dial->PATH;
	if(dial == nil)
		nomod(Dial->PATH);
	inet = load IP IP->PATH;
	if(inet == nil)
		nomod(IP->PATH);
	inet->init();
	str = load String String->PATH;
	if(str == nil)
		nomod(String->PATH);
	srv = load Srv Srv->PATH;	# hosted systems only
	if(srv != nil)
		srv->init();
	err := attrdb->init();
	if(err != nil)
		fail("can't initialise attrdb: " + err);
	arg->init(argv);
	arg->setusage("ndb/dns [-Drh] [-f dnsfile] [-x mntpt]");
	svc := "#sdns";
	while((o := arg->opt()) != 0)
		case o {
		'D' =>	debug = 1;
		'r' =>	resolversfirst = 1;
		'h' =>	usehost = 0;
		'f' =>	file = arg->earg();
		'x' =>
			net = arg->earg();
			svc = "#sdns";
			for(i := 0; i < len net; i++)
				if(net[i] == '/')
					svc[len svc] = '_';
				else
					svc[len svc] = net[i];
		* =>
			arg->usage();
		}
	if(arg->argv() != nil)
		arg->usage();
	arg = nil;
	if(srv == nil)
		usehost = 0;
	cachelock = chan[1] of int;

	sys->remove(svc + "/dns");
	if(sys->bind(svc, net, Sys->MBEFORE) < 0)
		fail(sys->sprint("can't bind #s on %s: %r", net));
	io := sys->file2chan(net, "dns");
	if(io == nil)
		fail(sys->sprint("can't make %s/dns: %r", net));
	nd := Sys->nulldir;
	nd.mode = 8r777;
	sys->wstat(svc, nd);
	started := chan of int;
	spawn serve(io, started);
	<-started;
}

fail(s: string)
{
	sys->fprint(sys->fildes(2), "dns: %s\n", s);
	raise "fail:error";
}

log(s: string)
{
	if(debug)
		sys->fprint(sys->fildes(2), "dns: %s\n", s);
}

now(): int
{
	return sys->millisec() / 1000;
}

#
# the files' side, as in cs(8)
#

serve(io: ref Sys->FileIO, started: chan of int)
{
	sys->pctl(Sys->NEWPGRP | Sys->NEWFD, 2 :: nil);
	opendb();
	started <-= 1;
	done := chan of (int, int, list of string, string, int, Sys->Rwrite);
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
		q := query(fid);
		q.serial++;
		q.left = nil;
		q.asked = 0;
		if(now() >= nextcheck && db.changed())
			opendb();
		spawn answer(string data, fid, q.serial, len data, wc, done);
	(fid, serial, l, err, n, wc) := <-done =>
		if(err != nil){
			wc <-= (0, "dns: " + err);
			break;
		}
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

opendb()
{
	db = Db.open(file);
	if(db == nil){
		sys->fprint(sys->fildes(2), "dns: warning: can't open %s: %r\n", file);
		db = Db.sopen("");
	}
	nextcheck = now() + CHECK;
}

answer(s: string, fid, serial, n: int, wc: Sys->Rwrite, done: chan of (int, int, list of string, string, int, Sys->Rwrite))
{
	result := chan[1] of Answer;
	timer := chan[1] of int;
	spawn worker(s, result);
	spawn sleeper(timer, TIMEOUT);
	l: list of ref RR;
	err: string;
	alt {
	(l, err) = <-result =>
		;
	<-timer =>
		err = "no reply";
	}
	text: list of string;
	for(; l != nil; l = tl l){
		r := hd l;
		text = sys->sprint("%s %s\t%s", r.name, typename(r.rtype), r.data) :: text;
	}
	done <-= (fid, serial, reversed(text), err, n, wc);
}

reversed(l: list of string): list of string
{
	r: list of string;
	for(; l != nil; l = tl l)
		r = hd l :: r;
	return r;
}

sleeper(c: chan of int, ms: int)
{
	sys->sleep(ms);
	c <-= 1;
}

worker(s: string, result: chan of Answer)
{
	{
		result <-= ask(s);
	}exception e{
	"*" =>
		result <-= (nil, e);
	}
}

types := array[] of {
	("ip", Ta), ("ns", Tns), ("cname", Tcname), ("soa", Tsoa), ("ptr", Tptr),
	("mx", Tmx), ("ipv6", Taaaa), ("hinfo", Thinfo), ("all", Tall), ("any", Tall),
};

typename(t: int): string
{
	for(i := 0; i < len types; i++)
		if(types[i].t1 == t)
			return types[i].t0;
	return string t;
}

# NAME TYPE
ask(s: string): Answer
{
	(n, f) := sys->tokenize(s, " \t\r\n");
	if(n != 2)
		return (nil, "format error");
	name := str->tolower(hd f);
	while(len name > 1 && name[len name - 1] == '.')
		name = name[0:len name - 1];
	t := -1;
	for(i := 0; i < len types; i++)
		if(types[i].t0 == hd tl f)
			t = types[i].t1;
	if(t < 0)
		return (nil, "unknown type");
	if(!isname(name) || t == Ta && str->drop(name, "0-9.") == nil)
		return (nil, "invalid host name");
	if(usehost && !resolversfirst){
		l := byhost(name, t);
		if(l != nil)
			return (l, nil);
	}
	(l, err) := resolve(name, t, 0);
	if(t == Ta && l == nil && (err == nil || err == "resource does not exist")){
		# an address of the other kind is one, too
		(l, err) = resolve(name, Taaaa, 0);
		six: list of ref RR;
		for(; l != nil; l = tl l){
			r := *hd l;
			if(r.rtype == Taaaa)
				r.rtype = Ta;
			six = ref r :: six;
		}
		for(; six != nil; six = tl six)
			l = hd six :: l;
	}
	if(l == nil && err == nil)
		err = "resource does not exist";
	return (l, err);
}

isname(s: string): int
{
	if(s == nil || len s > 255)
		return 0;
	label := 0;
	for(i := 0; i < len s; i++)
		if(s[i] == '.'){
			if(label == 0 && len s > 1)
				return 0;
			label = 0;
		}else{
			if(s[i] <= ' ' || s[i] >= 16r7f || ++label > 63)
				return 0;
		}
	return 1;
}

# the host's own resolver
byhost(name: string, t: int): list of ref RR
{
	l: list of string;
	case t {
	Ta =>
		l = srv->iph2a(name);
	Tptr =>
		addr := reverseaddr(name);
		if(addr != nil)
			l = srv->ipa2h(addr);
	}
	r: list of ref RR;
	for(l = reversed(l); l != nil; l = tl l)
		r = ref RR(name, t, 0, hd l) :: r;
	return r;
}

# a.b.c.d of d.c.b.a.in-addr.arpa
reverseaddr(name: string): string
{
	suffix := ".in-addr.arpa";
	if(len name <= len suffix || name[len name - len suffix:] != suffix)
		return nil;
	(n, f) := sys->tokenize(name[0:len name - len suffix], ".");
	if(n != 4)
		return nil;
	s := hd f;
	for(f = tl f; f != nil; f = tl f)
		s = hd f + "." + s;
	if(str->drop(s, "0-9.") != nil)
		return nil;
	return s;
}

#
# cache
#

slot(name: string): int
{
	h := 0;
	for(i := 0; i < len name; i++)
		h = h*31 + name[i];
	return (h & 16r7fffffff) % len cache;
}

cached(name: string, t: int): ref Cached
{
	cachelock <-= 1;
	found: ref Cached;
	for(l := cache[slot(name)]; l != nil; l = tl l)
		if((hd l).name == name && (hd l).rtype == t && (hd l).expires > now())
			found = hd l;
	<-cachelock;
	return found;
}

remember(name: string, t: int, rrs: list of ref RR, err: string)
{
	ttl := MAXTTL;
	for(l := rrs; l != nil; l = tl l)
		if((hd l).ttl < ttl)
			ttl = (hd l).ttl;
	if(rrs == nil || ttl < MINTTL)
		ttl = MINTTL;
	cachelock <-= 1;
	if(ncached >= MAXCACHE){
		for(i := 0; i < len cache; i++)
			cache[i] = nil;
		ncached = 0;
	}
	h := slot(name);
	r: list of ref Cached;
	for(c := cache[h]; c != nil; c = tl c)
		if((hd c).name != name || (hd c).rtype != t)
			r = hd c :: r;
		else
			ncached--;
	cache[h] = ref Cached(name, t, rrs, err, now() + ttl) :: r;
	ncached++;
	<-cachelock;
}

#
# database
#

indb(name: string, t: int): list of ref RR
{
	attr: string;
	case t {
	Ta =>	attr = "ip";
	Tns =>	attr = "ns";
	Tcname =>	attr = "cname";
	Tmx =>	attr = "mx";
	Tptr =>	attr = "dom";
	* =>	return nil;
	}
	key := "dom";
	val := name;
	if(t == Tptr){
		key = "ip";
		val = reverseaddr(name);
		if(val == nil)
			return nil;
	}
	r: list of ref RR;
	ptr: ref Attrdb->Dbptr;
	for(;;){
		e: ref Dbentry;
		(e, ptr) = db.findbyattr(ptr, key, val, attr);
		if(e == nil)
			break;
		for(l := e.findbyattr(key, val, attr); l != nil; l = tl l)
			for((tuple, a) := hd l; a != nil; a = tl a){
				s := (hd a).val;
				if(t == Tmx){
					pref := "1";
					p := tuple.find("pref");
					if(p != nil)
						pref = (hd p).val;
					s = pref + " " + s;
				}
				if(s != nil)
					r = ref RR(name, t, MAXTTL, s) :: r;
			}
	}
	rr: list of ref RR;
	for(; r != nil; r = tl r)
		rr = hd r :: rr;
	return rr;
}

# addresses of the servers this system was told to ask
resolvers(): list of string
{
	r: list of string;
	fd := sys->open("/dev/sysname", Sys->OREAD);
	buf := array[256] of byte;
	n: int;
	if(fd != nil && (n = sys->read(fd, buf, len buf)) > 0){
		(e, nil) := db.findpair(nil, "sys", string buf[0:n]);
		if(e != nil)
			r = values(e, "dns");
	}
	if(r == nil){
		(e, nil) := db.findbyattr(nil, "infernosite", "", "dns");
		if(e != nil)
			r = values(e, "dns");
	}
	return r;
}

values(e: ref Dbentry, attr: string): list of string
{
	r: list of string;
	for(l := e.find(attr); l != nil; l = tl l)
		for((nil, a) := hd l; a != nil; a = tl a)
			r = (hd a).val :: r;
	return reversed(r);
}

#
# resolution
#

resolve(name: string, t, depth: int): Answer
{
	if(depth > MAXDEPTH)
		return (nil, "dns loop");
	aliases: list of ref RR;
	for(n := 0;; n++){
		if(n > MAXALIAS)
			return (nil, "cname alias loop");
		(l, err) := lookup(name, t, depth);
		if(l == nil)
			return (nil, err);
		alias: ref RR;
		for(a := l; a != nil; a = tl a)
			if((hd a).rtype == t || t == Tall)
				break;
			else if((hd a).rtype == Tcname)
				alias = hd a;
		if(a != nil){
			for(; aliases != nil; aliases = tl aliases)
				l = hd aliases :: l;
			return (l, nil);
		}
		if(alias == nil)
			return (nil, "resource does not exist");
		for(a = aliases; a != nil; a = tl a)
			if((hd a).data == alias.data)
				return (nil, "cname alias loop");
		aliases = alias :: aliases;
		name = alias.data;
	}
}

# records of the name, of the type or aliases
lookup(name: string, t, depth: int): Answer
{
	c := cached(name, t);
	if(c != nil)
		return (c.rrs, c.err);
	if(t != Tcname && (c = cached(name, Tcname)) != nil && c.rrs != nil)
		return (c.rrs, nil);
	l := indb(name, t);
	if(l != nil)
		return (l, nil);
	# resolvers follow all references themselves
	told := resolvers();
	if(told != nil){
		(m, err) := askany(told, name, t, 1);
		if(m == nil)
			return (nil, err);
		return judge(m, name, t);
	}
	return iterate(name, t, depth);
}

# from the nearest servers that are known, down
iterate(name: string, t, depth: int): Answer
{
	zone := name;
	servers: list of ref RR;
	for(;;){
		c := cached(zone, Tns);
		if(c != nil && c.rrs != nil)
			servers = c.rrs;
		else
			servers = indb(zone, Tns);
		if(servers != nil || zone == "")
			break;
		(nil, zone) = str->splitl(zone, ".");
		if(zone != nil)
			zone = zone[1:];
	}
	if(servers == nil)
		return (nil, "no dns servers configured");
	for(n := 0; n < MAXSTEPS; n++){
		addrs := addresses(servers, depth);
		if(addrs == nil)
			return (nil, "no dns servers configured");
		(m, err) := askany(addrs, name, t, 0);
		if(m == nil)
			return (nil, err);
		if(m.answers != nil || m.rcode != Rok || m.authoritative)
			return judge(m, name, t);
		# a reference to servers nearer to the name
		next: list of ref RR;
		nzone := zone;
		for(l := m.servers; l != nil; l = tl l){
			r := hd l;
			if(r.rtype == Tns && within(name, r.name) && (zone == "" || within(r.name, zone)) && len r.name > len zone){
				next = r :: next;
				nzone = r.name;
			}
		}
		if(next == nil)
			return judge(m, name, t);
		keep(m.more, next);
		remember(nzone, Tns, next, nil);
		zone = nzone;
		servers = next;
	}
	return (nil, "dns loop");
}

# is name the zone or in it?
within(name, zone: string): int
{
	if(zone == "" || name == zone)
		return 1;
	n := len name - len zone;
	return n > 0 && name[n:] == zone && name[n-1] == '.';
}

# addresses of the servers, as they came with the reference
keep(more, servers: list of ref RR)
{
	for(s := servers; s != nil; s = tl s){
		l: list of ref RR;
		for(m := more; m != nil; m = tl m)
			if((hd m).rtype == Ta && (hd m).name == (hd s).data)
				l = hd m :: l;
		if(l != nil && cached((hd s).data, Ta) == nil)
			remember((hd s).data, Ta, l, nil);
	}
}

addresses(servers: list of ref RR, depth: int): list of string
{
	r: list of string;
	for(l := servers; l != nil; l = tl l){
		c := cached((hd l).data, Ta);
		a := indb((hd l).data, Ta);
		if(c != nil)
			a = c.rrs;
		for(; a != nil; a = tl a)
			if((hd a).rtype == Ta)
				r = (hd a).data :: r;
	}
	# none is known: find those of one of them
	for(l = servers; r == nil && l != nil; l = tl l){
		(a, nil) := resolve((hd l).data, Ta, depth + 1);
		for(; a != nil; a = tl a)
			if((hd a).rtype == Ta)
				r = (hd a).data :: r;
	}
	return r;
}

# what an answer says, for the cache as well
judge(m: ref Msg, name: string, t: int): Answer
{
	err: string;
	case m.rcode {
	Rok =>
		;
	Rformat =>	return (nil, "format error");
	Rserver =>	return (nil, "server failure");
	Rname =>	err = "name does not exist";
	Runimplemented =>	return (nil, "unimplemented");
	Rrefused =>	return (nil, "refused");
	* =>	return (nil, "server failed");
	}
	l, aliases: list of ref RR;
	want := name;
	for(n := 0; n <= MAXALIAS && err == nil; n++){
		next: string;
		for(a := m.answers; a != nil; a = tl a){
			r := hd a;
			if(r.name != want)
				continue;
			if(r.rtype == t || t == Tall)
				l = r :: l;
			else if(r.rtype == Tcname){
				aliases = r :: aliases;
				next = r.data;
				remember(r.name, Tcname, r :: nil, nil);
			}
		}
		if(l != nil || next == nil)
			break;
		want = next;
	}
	if(l == nil && aliases == nil){
		if(err == nil)
			err = "resource does not exist";
		remember(name, t, nil, err);
		return (nil, err);
	}
	if(l != nil)
		remember(want, t, l, nil);
	if(l == nil){
		while(tl aliases != nil)
			aliases = tl aliases;
		return (aliases, nil);	# where to go on
	}
	for(; aliases != nil; aliases = tl aliases)
		l = hd aliases :: l;
	return (l, nil);
}

#
# questions to servers
#

askany(addrs: list of string, name: string, t, recursive: int): (ref Msg, string)
{
	err := "no reply";
	wait := WAIT;
	for(try := 0; try < TRIES; try++){
		for(l := addrs; l != nil; l = tl l){
			log(sys->sprint("%s %s to %s", name, typename(t), hd l));
			(m, e) := udp(hd l, name, t, recursive, wait);
			if(m != nil && m.trunc)
				(m, e) = tcp(hd l, name, t, recursive);
			if(m == nil){
				if(e != nil)
					err = e;
				continue;
			}
			if(m.rcode == Rok || m.rcode == Rname || tl l == nil)
				return (m, nil);
			err = judge(m, name, t).t1;
		}
		wait *= 2;
	}
	return (nil, err);
}

# udp in a process that can be given up
udp(addr, name: string, t, recursive, wait: int): (ref Msg, string)
{
	(fd, cfd, err) := udpport();
	if(fd == nil)
		return (nil, err);
	id := random();
	q := pack(id, name, t, recursive);
	a := array[UDPHDR + len q] of {* => byte 0};
	ip := address(addr);
	if(inet == nil)
		return (nil, "bad address " + addr);
	a[0:] = ip;
	a[UDPHDR-4] = byte 0;
	a[UDPHDR-3] = byte 53;
	a[UDPHDR:] = q;
	if(sys->write(fd, a, len a) != len a)
		return (nil, sys->sprint("%r"));
	pid := chan of int;
	result := chan[1] of ref Msg;
	timer := chan[1] of int;
	spawn receiver(fd, ip, id, name, t, pid, result);
	rpid := <-pid;
	spawn sleeper(timer, wait);
	m: ref Msg;
	alt {
	m = <-result =>
		;
	<-timer =>
		kfd := sys->open("#p/" + string rpid + "/ctl", Sys->OWRITE);
		if(kfd != nil)
			sys->fprint(kfd, "kill");
	}
	cfd = nil;
	return (m, nil);
}

udpport(): (ref Sys->FD, ref Sys->FD, string)
{
	cfd := sys->open(net + "/udp/clone", Sys->ORDWR);
	if(cfd == nil)
		return (nil, nil, sys->sprint("%r"));
	buf := array[32] of byte;
	n := sys->read(cfd, buf, len buf);
	if(n <= 0 || sys->fprint(cfd, "announce 0") < 0)
		return (nil, nil, sys->sprint("%r"));
	if(sys->fprint(cfd, "headers") < 0)
		return (nil, nil, sys->sprint("%r"));
	fd := sys->open(net + "/udp/" + string int string buf[0:n] + "/data", Sys->ORDWR);
	if(fd == nil)
		return (nil, nil, sys->sprint("%r"));
	return (fd, cfd, nil);
}

receiver(fd: ref Sys->FD, ip: array of byte, id: int, name: string, t: int, pid: chan of int, result: chan of ref Msg)
{
	pid <-= sys->pctl(0, nil);
	buf := array[UDPHDR + 4096] of byte;
	while((n := sys->read(fd, buf, len buf)) > 0){
		# from the one that was asked, and about what was asked
		if(n < UDPHDR || !equal(buf, ip) || int buf[UDPHDR-4] != 0 || int buf[UDPHDR-3] != 53)
			continue;
		m := unpack(buf[UDPHDR:n], name, t);
		if(m != nil && m.id == id){
			result <-= m;
			return;
		}
	}
	result <-= nil;
}

equal(a, b: array of byte): int
{
	for(i := 0; i < len b; i++)
		if(a[i] != b[i])
			return 0;
	return 1;
}

# the 16 bytes of an IPv4 address
address(s: string): array of byte
{
	(n, f) := sys->tokenize(s, ".");
	if(n != 4)
		return nil;
	a := array[16] of {* => byte 0};
	a[10] = a[11] = byte 16rff;
	for(i := 12; f != nil; f = tl f)
		a[i++] = byte int hd f;
	return a;
}

tcp(addr, name: string, t, recursive: int): (ref Msg, string)
{
	c := dial->dial(net + "/tcp!" + addr + "!53", nil);
	if(c == nil)
		return (nil, sys->sprint("%r"));
	id := random();
	q := pack(id, name, t, recursive);
	a := array[2 + len q] of byte;
	put2(a, 0, len q);
	a[2:] = q;
	if(sys->write(c.dfd, a, len a) != len a)
		return (nil, sys->sprint("%r"));
	l := array[2] of byte;
	if(sys->readn(c.dfd, l, 2) != 2)
		return (nil, "server failed");
	buf := array[get2(l, 0)] of byte;
	if(sys->readn(c.dfd, buf, len buf) != len buf)
		return (nil, "server failed");
	m := unpack(buf, name, t);
	if(m == nil || m.id != id)
		return (nil, "format error");
	return (m, nil);
}

random(): int
{
	fd := sys->open("/dev/random", Sys->OREAD);
	a := array[2] of byte;
	if(fd != nil && sys->readn(fd, a, 2) == 2)
		return get2(a, 0);
	return (sys->millisec() + serialno++) & 16rffff;
}

#
# messages
#

get2(a: array of byte, i: int): int
{
	return int a[i] << 8 | int a[i+1];
}

put2(a: array of byte, i, v: int)
{
	a[i] = byte (v >> 8);
	a[i+1] = byte v;
}

pack(id: int, name: string, t, recursive: int): array of byte
{
	a := array[12 + 256 + 6] of {* => byte 0};
	put2(a, 0, id);
	if(recursive)
		a[2] = byte 1;
	put2(a, 4, 1);
	n := 12;
	(nil, f) := sys->tokenize(name, ".");
	for(; f != nil; f = tl f){
		b := array of byte hd f;
		a[n++] = byte len b;
		a[n:] = b;
		n += len b;
	}
	a[n++] = byte 0;
	put2(a, n, t);
	put2(a, n + 2, Cin);
	return a[0:n+4];
}

# nil if it is bad or answers another question
unpack(a: array of byte, name: string, t: int): ref Msg
{
	if(len a < 12 || (int a[2] & 16r80) == 0)
		return nil;
	m := ref Msg;
	m.id = get2(a, 0);
	m.flags = get2(a, 2);
	m.rcode = m.flags & 16rf;
	m.trunc = (m.flags >> 9) & 1;
	m.authoritative = (m.flags >> 10) & 1;
	i := 12;
	for(n := get2(a, 4); n > 0; n--){
		q: string;
		(q, i) = getname(a, i);
		if(i < 0 || i + 4 > len a || q != name || get2(a, i) != t)
			return nil;
		i += 4;
	}
	(m.answers, i) = records(a, i, get2(a, 6));
	(m.servers, i) = records(a, i, get2(a, 8));
	(m.more, i) = records(a, i, get2(a, 10));
	if(i < 0 && !m.trunc)
		return nil;
	return m;
}

# the next n records, and the index after them; -1 if they are bad
records(a: array of byte, i, n: int): (list of ref RR, int)
{
	l, r: list of ref RR;
	for(; n > 0 && i >= 0; n--){
		rr: ref RR;
		(rr, i) = record(a, i);
		if(rr != nil)
			l = rr :: l;
	}
	for(; l != nil; l = tl l)
		r = hd l :: r;
	return (r, i);
}

# nil for a kind that is not known
record(a: array of byte, i: int): (ref RR, int)
{
	name: string;
	(name, i) = getname(a, i);
	if(i < 0 || i + 10 > len a)
		return (nil, -1);
	t := get2(a, i);
	class := get2(a, i + 2);
	ttl := get2(a, i + 4) << 16 | get2(a, i + 6);
	n := get2(a, i + 8);
	i += 10;
	end := i + n;
	if(end > len a)
		return (nil, -1);
	if(ttl < 0)
		ttl = 0;
	s, s2: string;
	ok := i;
	case t {
	Ta =>
		if(n != 4)
			return (nil, -1);
		s = sys->sprint("%d.%d.%d.%d", int a[i], int a[i+1], int a[i+2], int a[i+3]);
	Taaaa =>
		if(n != IP->IPaddrlen)
			return (nil, -1);
		s = IPaddr.newv6(a[i:i + n]).text();
	Tns or Tcname or Tptr =>
		(s, ok) = getname(a, i);
	Tmx =>
		if(n < 3)
			return (nil, -1);
		(s, ok) = getname(a, i + 2);
		s = string get2(a, i) + " " + s;
	Thinfo =>
		(s, ok) = getstring(a, i, end);
		if(ok >= 0)
			(s2, ok) = getstring(a, ok, end);
		s += " " + s2;
	Tsoa =>
		(s, ok) = getname(a, i);
		if(ok >= 0)
			(s2, ok) = getname(a, ok);
		s += " " + s2;
		if(ok < 0 || ok + 20 > end)
			return (nil, -1);
		for(j := 0; j < 5; j++)
			s += sys->sprint(" %ud", get2(a, ok + 4*j) << 16 | get2(a, ok + 4*j + 2));
	* =>
		return (nil, end);
	}
	if(ok < 0)
		return (nil, -1);
	if(class != Cin)
		return (nil, end);
	return (ref RR(name, t, ttl, s), end);
}

getstring(a: array of byte, i, end: int): (string, int)
{
	if(i >= end || i + 1 + int a[i] > end)
		return (nil, -1);
	n := int a[i];
	return (string a[i+1:i+1+n], i + 1 + n);
}

# a name, which may end in a pointer to an earlier one
getname(a: array of byte, i: int): (string, int)
{
	s := "";
	end := -1;
	for(jumps := 0;;){
		if(i < 0 || i >= len a)
			return (nil, -1);
		n := int a[i];
		if(n == 0){
			if(end < 0)
				end = i + 1;
			return (str->tolower(s), end);
		}
		case n & 16rc0 {
		0 =>
			if(i + 1 + n > len a || len s + n > 255)
				return (nil, -1);
			if(s != nil)
				s += ".";
			s += string a[i+1:i+1+n];
			i += 1 + n;
		16rc0 =>
			if(i + 1 >= len a || ++jumps > 64)
				return (nil, -1);
			if(end < 0)
				end = i + 2;
			i = get2(a, i) & 16r3fff;
		* =>
			return (nil, -1);
		}
	}
}

nomod(path: string)
{
	sys->fprint(sys->fildes(2), "dns: cannot load %s: %r\n", path);
	raise "fail:bad module";
}
