implement Rip;

#
# Learns routes from the routers of a network; see rip(8), and RFC 2453 for the messages.
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "arg.m";
	arg: Arg;

include "dial.m";
	dial: Dial;

include "ip.m";
	ip: IP;
	IPaddr, Ifcaddr, Ipifc, Udphdr: import ip;

Rip: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

Headers:	con IP->Udphdrlen;
Keylen:		con 16;
Infinity:	con 16;		# metric of what cannot be reached
Maxroutes:	con 10000;
Nhash:		con 251;
Reread:		con 30;		# seconds

Crequest, Cresponse: con 1 + iota;

# a message: command, version, two bytes, and entries
Entries:	con 4;
Entrylen:	con 20;

# an entry: family, tag, and for the family of IPv4
Tag:		con 2;
Dest:		con 4;
Mask:		con 8;
Nexthop:	con 12;
Metric:		con 16;

Finet:		con 2;
Fauth:		con 16rffff;	# the rest is the password, if the tag is Plain
Plain:		con 2;

Route: adt
{
	dest, mask:	IPaddr;
	gw:	IPaddr;
	from:	IPaddr;		# the router that said so
	tag, metric:	int;
	heard:	int;		# when
};

net := "/net";
debug, printing, installing: int;
port, timeout: int;
key: array of byte;
router: IPaddr;

interfaces: list of ref Ipifc;
routes := array[Nhash] of list of ref Route;
nroutes: int;
now: int;	# seconds since the start

init(nil: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	arg = load Arg Arg->PATH;
	if(arg == nil)
		nomod(Arg->PATH);
	dial = load Dial Dial->PATH;
	if(dial == nil)
		nomod(Dial->PATH);
	ip = load IP IP->PATH;
	if(ip == nil)
		nomod(IP->PATH);
	ip->init();
	(nil, router) = IPaddr.parse("224.0.0.9");
	installing = 1;
	port = 520;
	timeout = 180;
	addr := "*";
	arg->init(argv);
	arg->setusage("ip/rip [-dnp] [-a addr] [-k password] [-r router] [-s port] [-t seconds] [-x net]");
	while((o := arg->opt()) != 0)
		case o {
		'a' =>	addr = arg->earg();
		'd' =>	debug = 1;
		'k' =>
			k := array of byte arg->earg();
			if(len k > Keylen)
				arg->usage();
			key = array[Keylen] of {* => byte 0};
			key[0:] = k;
		'n' =>	installing = 0;
		'p' =>	printing = 1;
		'r' =>
			ok: int;
			(ok, router) = IPaddr.parse(arg->earg());
			if(ok < 0 || !router.isv4())
				arg->usage();
		's' =>	port = number(arg->earg(), 16rffff);
		't' =>	timeout = number(arg->earg(), 24 * 3600);
		'x' =>	net = arg->earg();
		* =>	arg->usage();
		}
	if(arg->argv() != nil)
		arg->usage();
	(ok, nil) := sys->stat(net + "/iproute");
	if(ok < 0)
		installing = 0;
	if(!installing)
		printing = 1;
	c := dial->announce(dial->netmkaddr(addr, net + "/udp", "rip"));
	if(c == nil || sys->fprint(c.cfd, "headers") < 0)
		fatal(sys->sprint("can't announce %s: %r", addr), "announce");
	fd := sys->open(c.dir + "/data", Sys->ORDWR);
	if(fd == nil)
		fatal(sys->sprint("can't open %s/data: %r", c.dir), "announce");
	spawn serve(c, fd);
}

serve(c: ref Dial->Connection, fd: ref Sys->FD)
{
	sys->pctl(Sys->NEWPGRP, nil);
	(interfaces, nil) = ip->readipifc(net, -1);
	ask(c, fd);
	messages := chan of array of byte;
	spawn reader(fd, messages);
	ticks := chan of int;
	spawn ticker(ticks);
	for(;;)
		alt {
		m := <-messages =>
			if(m == nil){
				complain("network closed");
				killgrp();
				return;
			}
			h := Udphdr.unpack(m, Headers);
			why := message(h.raddr, h.rport, m[Headers:]);
			if(debug)
				complain(sys->sprint("%s!%d: %s", h.raddr.text(), h.rport, why));
		<-ticks =>
			now++;
			if(now % Reread == 0)
				(interfaces, nil) = ip->readipifc(net, -1);
			expire();
		}
}

# ask for all routes, and be there for what routers tell to all
ask(c: ref Dial->Connection, fd: ref Sys->FD)
{
	e := array[Entrylen] of {* => byte 0};
	ip->put4(e, Metric, Infinity);
	n := Entries + Entrylen;
	if(key != nil)
		n += Entrylen;
	a := array[Headers + n] of {* => byte 0};
	m := a[Headers:];
	m[0] = byte Crequest;
	m[1] = byte 2;
	if(key != nil){
		ip->put2(m, Entries, Fauth);
		ip->put2(m, Entries + Tag, Plain);
		m[Entries + Dest:] = key;
	}
	m[len m - Entrylen:] = e;
	own := ip->addressesof(interfaces, 0);
	if(own == nil)
		own = ip->v4noaddr :: nil;
	for(; own != nil; own = tl own){
		if(!(hd own).isv4())
			continue;
		if(router.ismulticast() && (hd own).isvalid())
			sys->fprint(c.cfd, "addmulti %s %s", (hd own).text(), router.text());
		h := Udphdr.new();
		h.raddr = router;
		h.rport = port;
		h.laddr = h.ifcaddr = hd own;
		h.pack(a, Headers);
		if(sys->write(fd, a, len a) != len a)
			complain(sys->sprint("can't ask %s!%d: %r", router.text(), port));
	}
}

# take what a router says; what it was, for the report
message(from: IPaddr, rport: int, m: array of byte): string
{
	if(len m < Entries || (len m - Entries) % Entrylen != 0 || m[1] == byte 0)
		return "malformed message";
	if(int m[0] != Cresponse)
		return sys->sprint("command %d passed over", int m[0]);
	if(rport != port)
		return "not from the routers' port";
	if(!from.isv4() || ours(from))
		return "not from a router";
	if(interfaces != nil && !near(from))
		return "not from a network here";
	version := int m[1];
	authentic := key == nil;
	taken := 0;
	for(i := Entries; i < len m; i += Entrylen){
		e := m[i : i+Entrylen];
		if(ip->get2(e, 0) == Fauth && i == Entries && version > 1){
			authentic = key != nil && ip->get2(e, Tag) == Plain && equal(e[Dest:], key);
			continue;
		}
		if(!authentic)
			break;
		r := route(from, version, e);
		if(r != nil){
			taken++;
			update(r);
		}
	}
	if(!authentic)
		return "not authentic";
	return sys->sprint("%d taken", taken);
}

# the route in an entry, nil if it is no use
route(from: IPaddr, version: int, e: array of byte): ref Route
{
	metric := ip->get4(e, Metric);
	if(ip->get2(e, 0) != Finet || metric < 1 || metric > Infinity)
		return nil;
	r := ref Route(IPaddr.newv4(e[Dest:]), ip->allbits.copy(), from, from, ip->get2(e, Tag), metric, now);
	if(r.metric < Infinity)
		r.metric++;	# the network between us
	if(version == 1){
		if(ip->get4(e, Mask) != 0 || ip->get4(e, Nexthop) != 0)
			return nil;
		r.tag = 0;
		r.mask = guess(r.dest);
	}else{
		r.mask.a[IP->IPv4off:] = e[Mask:Nexthop];
		next := IPaddr.newv4(e[Nexthop:Metric]);
		if(next.isvalid() && near(next) && !ours(next))
			r.gw = next;
	}
	first := int r.dest.a[IP->IPv4off];
	if(first >= 224 || first == 127 || first == 0 && (r.dest.isvalid() || ip->get4(r.mask.a, IP->IPv4off) != 0))
		return nil;
	bits := ip->get4(r.mask.a, IP->IPv4off);
	if((~bits & (~bits + 1)) != 0 || !r.dest.mask(r.mask).eq(r.dest))
		return nil;
	if(here(r.dest, r.mask))
		return nil;
	return r;
}

# Version 1 has no masks: a part of a network that we are on has the mask that we know.
guess(dest: IPaddr): IPaddr
{
	if(!dest.isvalid())
		return zeros();
	m := dest.classmask();
	for(l := interfaces; l != nil; l = tl l)
		for(a := (hd l).addrs; a != nil; a = tl a)
			if((hd a).ip.isv4() && dest.mask(m).eq((hd a).ip.mask(m))){
				if(dest.mask((hd a).mask).eq(dest))
					return (hd a).mask;
				return ip->allbits;
			}
	if(dest.mask(m).eq(dest))
		return m;
	return ip->allbits;	# a system
}

# the mask of everything
zeros(): IPaddr
{
	m := ip->allbits.copy();
	ip->put4(m.a, IP->IPv4off, 0);
	return m;
}

#
# the table
#

slot(dest: IPaddr): int
{
	h := 0;
	for(i := IP->IPv4off; i < IP->IPaddrlen; i++)
		h = (h * 31 + int dest.a[i]) % Nhash;
	return h;
}

find(dest, mask: IPaddr): ref Route
{
	for(l := routes[slot(dest)]; l != nil; l = tl l)
		if((hd l).dest.eq(dest) && (hd l).mask.eq(mask))
			return hd l;
	return nil;
}

# the table and r, by the rules of RFC 2453, section 3.9.2
update(r: ref Route)
{
	old := find(r.dest, r.mask);
	if(old == nil){
		if(r.metric >= Infinity)
			return;
		if(nroutes >= Maxroutes){
			if(debug)
				complain("too many routes");
			return;
		}
		h := slot(r.dest);
		routes[h] = r :: routes[h];
		nroutes++;
		tell("add", r);
		install("add", r);
		return;
	}
	if(old.from.eq(r.from)){
		if(r.metric >= Infinity){
			drop(old);
			return;
		}
		old.heard = now;
		if(old.metric == r.metric && old.gw.eq(r.gw) && old.tag == r.tag)
			return;
	}else if(r.metric > old.metric || r.metric == old.metric && now - old.heard <= timeout / 2)
		return;
	if(r.metric >= Infinity)
		return;
	if(!old.gw.eq(r.gw)){
		install("remove", old);
		install("add", r);
	}
	*old = *r;
	tell("change", r);
}

# routers that are silent are gone
expire()
{
	for(h := 0; h < Nhash; h++)
		for(l := routes[h]; l != nil; l = tl l)
			if(now - (hd l).heard > timeout)
				drop(hd l);
}

drop(r: ref Route)
{
	h := slot(r.dest);
	rest: list of ref Route;
	for(l := routes[h]; l != nil; l = tl l)
		if(hd l != r)
			rest = hd l :: rest;
	routes[h] = rest;
	nroutes--;
	tell("remove", r);
	install("remove", r);
}

tell(what: string, r: ref Route)
{
	if(!printing)
		return;
	s := sys->sprint("%s %s %s", what, r.dest.text(), r.mask.masktext());
	if(what != "remove"){
		s += sys->sprint(" %s metric %d", r.gw.text(), r.metric);
		if(r.tag != 0)
			s += sys->sprint(" tag %d", r.tag);
	}
	sys->print("%s\n", s);
}

install(what: string, r: ref Route)
{
	if(!installing)
		return;
	s := sys->sprint("%s %s %s", what, r.dest.text(), r.mask.masktext());
	if(what != "remove")
		s += " " + r.gw.text();
	fd := sys->open(net + "/iproute", Sys->OWRITE);
	if(fd == nil || sys->seek(fd, big 0, Sys->SEEKEND) < big 0 || sys->fprint(fd, "%s", s) < 0)
		complain(sys->sprint("%s/iproute: %s: %r", net, s));
}

#
# what is known of this system
#

ours(a: IPaddr): int
{
	(ifc, nil) := ip->ownerof(interfaces, a);
	return ifc != nil;
}

# on a network here?
near(a: IPaddr): int
{
	(ifc, nil) := ip->interfaceof(interfaces, a);
	return ifc != nil;
}

# is that a network here?
here(dest, mask: IPaddr): int
{
	for(l := interfaces; l != nil; l = tl l)
		for(a := (hd l).addrs; a != nil; a = tl a)
			if((hd a).mask.eq(mask) && (hd a).ip.mask(mask).eq(dest.mask(mask)))
				return 1;
	return 0;
}

#
# odds and ends
#

reader(fd: ref Sys->FD, c: chan of array of byte)
{
	for(;;){
		buf := array[Headers + 2048] of byte;
		n := sys->read(fd, buf, len buf);
		if(n <= 0)
			break;
		if(n > Headers)
			c <-= buf[0:n];
	}
	c <-= nil;
}

ticker(c: chan of int)
{
	for(;;){
		sys->sleep(1000);
		c <-= 1;
	}
}

equal(a, b: array of byte): int
{
	if(len a != len b)
		return 0;
	for(i := 0; i < len a; i++)
		if(a[i] != b[i])
			return 0;
	return 1;
}

# the value of an option, from 1 to max
number(s: string, max: int): int
{
	v := 0;
	for(i := 0; i < len s && s[i] >= '0' && s[i] <= '9' && v <= max; i++)
		v = 10 * v + s[i] - '0';
	if(i == 0 || i < len s || v < 1 || v > max)
		arg->usage();
	return v;
}

killgrp()
{
	fd := sys->open("/prog/" + string sys->pctl(0, nil) + "/ctl", Sys->OWRITE);
	if(fd != nil)
		sys->fprint(fd, "killgrp");
}

complain(s: string)
{
	sys->fprint(sys->fildes(2), "rip: %s\n", s);
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
