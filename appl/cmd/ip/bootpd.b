implement Bootpd;

#
# Tells systems their addresses by BOOTP and DHCP, as the database has them; see bootpd(8).
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "arg.m";
	arg: Arg;

include "bufio.m";

include "attrdb.m";
	attrdb: Attrdb;
	Db: import attrdb;

include "dial.m";
	dial: Dial;

include "ip.m";
	ip: IP;
	IPaddr, Udphdr: import ip;

include "ipattr.m";
	ipattr: IPattr;
	Netattr: import ipattr;

include "bootp.inc";

Bootpd: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

Headers:	con IP->Udphdrlen;
Maxhops:	con 16;

# What the database knows about a client.
Client: adt
{
	addr:	IPaddr;
	mask:	IPaddr;
	attrs:	list of ref Netattr;	# its own, then those of its networks

	get:	fn(c: self ref Client, attr: string): string;
	addrs:	fn(c: self ref Client, attr: string): list of IPaddr;
};

db: ref Db;
wanted: list of string;
debug: int;
clientport := 68;
lease := 24 * 3600;
myaddr: IPaddr;

init(nil: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	arg = load Arg Arg->PATH;
	if(arg == nil)
		nomod(Arg->PATH);
	attrdb = load Attrdb Attrdb->PATH;
	if(attrdb == nil)
		nomod(Attrdb->PATH);
	if((e := attrdb->init()) != nil)
		fatal(e, "load");
	dial = load Dial Dial->PATH;
	if(dial == nil)
		nomod(Dial->PATH);
	ip = load IP IP->PATH;
	if(ip == nil)
		nomod(IP->PATH);
	ip->init();
	ipattr = load IPattr IPattr->PATH;
	if(ipattr == nil)
		nomod(IPattr->PATH);
	ipattr->init(attrdb, ip);
	myaddr = ip->noaddr;
	wanted = "ipmask" :: "ipgw" :: "dns" :: "dnsdomain" :: "ntp" :: "sys" :: "dom" :: "bootf" :: "tftp" :: nil;
	file := "/lib/ndb/local";
	addr := "udp!*!bootps";
	arg->init(argv);
	arg->setusage("ip/bootpd [-d] [-a addr] [-c clientport] [-f dbfile] [-s serveraddr] [-t seconds]");
	while((o := arg->opt()) != 0)
		case o {
		'a' =>	addr = arg->earg();
		'c' =>	clientport = number(arg->earg(), 16rffff);
		'd' =>	debug = 1;
		'f' =>	file = arg->earg();
		's' =>
			ok: int;
			(ok, myaddr) = IPaddr.parse(arg->earg());
			if(ok < 0 || !myaddr.isv4())
				arg->usage();
		't' =>	lease = number(arg->earg(), 16r7fffffff);
		* =>	arg->usage();
		}
	if(arg->argv() != nil)
		arg->usage();
	db = Db.open(file);
	if(db == nil)
		fatal(sys->sprint("can't open %s: %r", file), "open");
	c := dial->announce(dial->netmkaddr(addr, "udp", "bootps"));
	if(c == nil || sys->fprint(c.cfd, "headers") < 0)
		fatal(sys->sprint("can't announce %s: %r", addr), "announce");
	fd := sys->open(c.dir + "/data", Sys->ORDWR);
	if(fd == nil)
		fatal(sys->sprint("can't open %s/data: %r", c.dir), "announce");
	spawn serve(c, fd);
}

serve(nil: ref Dial->Connection, fd: ref Sys->FD)
{
	sys->pctl(Sys->NEWPGRP, nil);
	buf := array[Headers + 2048] of byte;
	while((n := sys->read(fd, buf, len buf)) > 0){
		if(n <= Headers || (hdr := Udphdr.unpack(buf, Headers)) == nil)
			continue;
		from := sys->sprint("%s!%d", hdr.raddr.text(), hdr.rport);
		q := Bootp.unpack(buf[Headers:n]);
		if(q == nil){
			report(from + ": malformed message");
			continue;
		}
		if(q.op != Question || q.hops > Maxhops || len q.chaddr == 0)
			continue;
		if(db.changed())
			db.reopen();
		(r, why) := answer(q, hdr);
		report(sys->sprint("%s: %s from %s: %s", from, kind(q), hex(q.chaddr), why));
		if(r != nil)
			send(fd, hdr, q, r, n - Headers);
	}
	complain(sys->sprint("network closed: %r"));
}

# the answer to q, or nil, and for the report what it is
answer(q: ref Bootp, hdr: ref Udphdr): (ref Bootp, string)
{
	msg := 0;
	if(q.has(Otype)){
		msg = q.number(Otype, 1);
		if(msg == Decline || msg == Release)
			return (nil, "noted");
		if(msg != Discover && msg != Request && msg != Inform)
			return (nil, "not for servers");
	}
	c: ref Client;
	if(msg == Inform)
		c = findaddr(q.ciaddr);
	else
		c = find(q);
	if(c == nil)
		return (nil, "not known");
	server := ownaddr(hdr, c);
	if(q.sname != nil && q.sname != sysname())
		return (nil, "asks " + q.sname);
	r := ref *q;
	r.op = Answer;
	r.hops = 0;
	r.yiaddr = c.addr;
	r.options = nil;
	r.sname = sysname();
	if(r.file == nil)
		r.file = c.get("bootf");
	r.siaddr = server;
	if((l := c.addrs("tftp")) != nil)
		r.siaddr = hd l;
	what := "is " + c.addr.text();
	if(msg){
		if(!server.isvalid())
			return (nil, "which address is mine?");
		if(msg == Request){
			chosen := q.addrs(Oserver);
			if(chosen != nil && !(hd chosen).eq(server))
				return (nil, "chose " + (hd chosen).text());
			asked := q.ciaddr;
			if((l = q.addrs(Oaddr)) != nil)
				asked = hd l;
			if(!asked.eq(c.addr)){
				r.yiaddr = r.ciaddr = r.siaddr = ip->v4noaddr;
				r.file = nil;
				r.flags |= Broadcast;
				r.put(Otype, word(Nak, 1));
				r.putaddrs(Oserver, server :: nil);
				return (r, "not " + asked.text());
			}
		}
		reply := Ack;
		if(msg == Discover)
			reply = Offer;
		r.put(Otype, word(reply, 1));
		r.putaddrs(Oserver, server :: nil);
		if(msg == Inform)
			r.yiaddr = ip->v4noaddr;
		else
			r.put(Olease, word(lease, 4));
		if(msg == Discover)
			r.ciaddr = ip->v4noaddr;
	}
	describe(r, c);
	return (r, what);
}

# the options that tell what the database knows; the most important ones first, as there may be no room for all
describe(r: ref Bootp, c: ref Client)
{
	r.put(Omask, c.mask.v6()[IP->IPv4off:]);
	r.putaddrs(Orouter, c.addrs("ipgw"));
	r.putaddrs(Odns, c.addrs("dns"));
	name := c.get("sys");
	if(name == nil)
		name = c.get("dom");
	r.put(Oname, array of byte name);
	r.put(Odomain, array of byte c.get("dnsdomain"));
	r.putaddrs(Ontp, c.addrs("ntp"));
}

send(fd: ref Sys->FD, hdr: ref Udphdr, q, r: ref Bootp, size: int)
{
	max := size;
	if(q.has(Otype))
		max = Dhcpsize;
	if((n := q.number(Omaxsize, 2) - (20 + 8)) > max && n <= 1472)
		max = n;
	if(max < Minsize)
		max = Minsize;
	m := r.pack(max);
	dst := Udphdr.new();
	(dst.raddr, dst.rport) = destination(hdr, q, r);
	dst.laddr = hdr.laddr;
	dst.ifcaddr = hdr.ifcaddr;
	dst.lport = hdr.lport;
	a := array[Headers + len m] of byte;
	dst.pack(a, Headers);
	a[Headers:] = m;
	if(sys->write(fd, a, len a) != len a)
		complain(sys->sprint("can't send to %s!%d: %r", dst.raddr.text(), dst.rport));
}

# A relay passes it on. A client that has an address is called there; others, if they can be, at the one they get now.
destination(hdr: ref Udphdr, q, r: ref Bootp): (IPaddr, int)
{
	if(q.giaddr.isvalid())
		return (q.giaddr, hdr.lport);
	if(hdr.raddr.isvalid() && (!q.ciaddr.isvalid() || q.ciaddr.eq(hdr.raddr)))
		return (hdr.raddr, hdr.rport);
	if(q.ciaddr.isvalid() && (r.flags & Broadcast) == 0)
		return (q.ciaddr, clientport);
	if((r.flags & Broadcast) == 0 && r.yiaddr.isvalid() && q.htype == Ethernet){
		arp := sys->open("/net/arp", Sys->OWRITE);
		if(arp != nil && sys->fprint(arp, "add %s %s", r.yiaddr.text(), hex(q.chaddr)) >= 0)
			return (r.yiaddr, clientport);
	}
	return (ip->v4bcast, clientport);
}

# the client that sent q, on the network where it is now
find(q: ref Bootp): ref Client
{
	if(q.htype != Ethernet)
		return nil;
	(l, nil) := ipattr->findnetattrs(db, "ether", hex(q.chaddr), wanted);
	(ifcs, nil) := ip->readipifc("/net", -1);
	for(; l != nil; l = tl l){
		(a, attrs) := hd l;
		if(!a.isvalid() || !a.isv4())
			continue;
		c := client(a, attrs);
		if(q.giaddr.isvalid()){
			if(a.mask(c.mask).eq(q.giaddr.mask(c.mask)))
				return c;
		}else{
			(ifc, nil) := ip->interfaceof(ifcs, a);
			if(ifcs == nil || ifc != nil)
				return c;
		}
	}
	return nil;
}

# the system with that address, or an unknown one on a network that is known
findaddr(a: IPaddr): ref Client
{
	if(!a.isvalid())
		return nil;
	(l, nil) := ipattr->findnetattrs(db, "ip", a.text(), wanted);
	if(l == nil)
		return nil;
	(nil, attrs) := hd l;
	if(attrs == nil)
		return nil;
	return client(a, attrs);
}

client(a: IPaddr, attrs: list of ref Netattr): ref Client
{
	c := ref Client(a, a.classmask(), attrs);
	(ok, m) := IPaddr.parsemask(c.get("ipmask"));
	if(ok >= 0)
		c.mask = m;
	return c;
}

Client.get(c: self ref Client, attr: string): string
{
	l := ipattr->valueof(c.attrs, attr);
	if(l == nil)
		return nil;
	return hd l;
}

# values that are addresses, or names of systems
Client.addrs(c: self ref Client, attr: string): list of IPaddr
{
	r, s: list of IPaddr;
	for(l := ipattr->valueof(c.attrs, attr); l != nil; l = tl l){
		(ok, a) := IPaddr.parse(hd l);
		if(ok < 0)
			(ok, a) = byname(hd l);
		if(ok >= 0 && a.isv4())
			r = a :: r;
	}
	for(; r != nil; r = tl r)
		s = hd r :: s;
	return s;
}

byname(s: string): (int, IPaddr)
{
	(v, nil) := ipattr->findnetattr(db, ipattr->dbattr(s), s, "ip");
	return IPaddr.parse(v);
}

# our address, as the client may know it
ownaddr(hdr: ref Udphdr, c: ref Client): IPaddr
{
	if(myaddr.isvalid())
		return myaddr;
	if(hdr.laddr.isvalid() && hdr.laddr.isv4() && !hdr.laddr.ismulticast())
		return hdr.laddr;
	(ifcs, nil) := ip->readipifc("/net", -1);
	(nil, a) := ip->interfaceof(ifcs, c.addr);
	if(a != nil)
		return a.ip;
	(ok, own) := byname(sysname());
	if(ok < 0)
		return ip->v4noaddr;
	return own;
}

sysname(): string
{
	fd := sys->open("/dev/sysname", Sys->OREAD);
	buf := array[256] of byte;
	if(fd == nil || (n := sys->read(fd, buf, len buf)) <= 0)
		return nil;
	return string buf[0:n];
}

kind(q: ref Bootp): string
{
	if(!q.has(Otype))
		return "BOOTP";
	case q.number(Otype, 1) {
	Discover =>	return "discover";
	Request =>	return "request";
	Decline =>	return "decline";
	Release =>	return "release";
	Inform =>	return "inform";
	}
	return "unknown message";
}

# the value of an option, from 1 to max
number(s: string, max: int): int
{
	v := big 0;
	for(i := 0; i < len s && s[i] >= '0' && s[i] <= '9' && v <= big max; i++)
		v = big 10 * v + big (s[i] - '0');
	if(i == 0 || i < len s || v < big 1 || v > big max)
		arg->usage();
	return int v;
}

report(s: string)
{
	if(debug)
		complain(s);
}

complain(s: string)
{
	sys->fprint(sys->fildes(2), "bootpd: %s\n", s);
}

fatal(s, status: string)
{
	complain(s);
	raise "fail:" + status;
}

nomod(path: string)
{
	fatal(sys->sprint("cannot load %s: %r", path), "load");
}
