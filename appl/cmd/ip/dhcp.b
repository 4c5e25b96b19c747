implement Dhcp;

#
# Asks for the address of this system by DHCP or BOOTP; see dhcp(8).
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "arg.m";
	arg: Arg;

include "daytime.m";
	daytime: Daytime;

include "dial.m";
	dial: Dial;

include "ip.m";
	ip: IP;
	IPaddr, Udphdr: import ip;

include "bootp.inc";

Dhcp: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

Headers:	con IP->Udphdrlen;
Tries:		con 4;
Restarts:	con 5;
Forever:	con big 16rffffffff;	# of a lease, in seconds

# What a server has given us.
Lease: adt
{
	addr, mask:	IPaddr;
	server:	IPaddr;			# whom to ask again
	b:	ref Bootp;
	start, renew, rebind, end:	big;	# in seconds since 1970

	text:	fn(l: self ref Lease): string;
};

# what becomes of a question
Lnothing, Lrefused, Lgranted: con iota;

debug, bootp, monitor, printing: int;
net := "/net";
ifcdir: string;		# nil: the network is left as it is
local := "*";
server: IPaddr;
port := 67;
wait := 4000;		# for the first answer, ms
ether: array of byte;
name: string;
wish: IPaddr;

data: ref Sys->FD;
answers: chan of ref Bootp;
began: int;

init(nil: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	arg = load Arg Arg->PATH;
	if(arg == nil)
		nomod(Arg->PATH);
	daytime = load Daytime Daytime->PATH;
	if(daytime == nil)
		nomod(Daytime->PATH);
	dial = load Dial Dial->PATH;
	if(dial == nil)
		nomod(Dial->PATH);
	ip = load IP IP->PATH;
	if(ip == nil)
		nomod(IP->PATH);
	ip->init();
	server = ip->v4bcast;
	wish = ip->v4noaddr;
	only := 0;
	arg->init(argv);
	arg->setusage("ip/dhcp [-bdmnp] [-a server] [-c addr] [-e ether] [-h hostname] [-r addr] [-w ms] [-x net] [ifcdir]");
	while((o := arg->opt()) != 0)
		case o {
		'a' =>	(server, port) = target(arg->earg());
		'b' =>	bootp = 1;
		'c' =>	local = arg->earg();
		'd' =>	debug = 1;
		'e' =>
			ether = unhex(arg->earg());
			if(len ether != 6)
				arg->usage();
		'h' =>	name = arg->earg();
		'm' =>	monitor = 1;
		'n' =>	only = 1;
		'p' =>	printing = 1;
		'r' =>	wish = v4(arg->earg());
		'w' =>	wait = number(arg->earg(), 60 * 1000);
		'x' =>	net = arg->earg();
		* =>	arg->usage();
		}
	argv = arg->argv();
	if(argv != nil){
		ifcdir = hd argv;
		if(tl argv != nil)
			arg->usage();
	}
	if(ether == nil)
		ether = hardware();
	if(only)
		ifcdir = nil;
	if(ifcdir == nil)
		printing = 1;

	bare := ifcdir != nil && unconfigured();
	if(bare)
		control("add 0.0.0.0 0.0.0.0");	# else the network would not send anything
	c := dial->announce(dial->netmkaddr(local, net + "/udp", "bootpc"));
	if(c == nil || sys->fprint(c.cfd, "headers") < 0)
		fatal(sys->sprint("can't announce %s: %r", local), "announce");
	data = sys->open(c.dir + "/data", Sys->ORDWR);
	if(data == nil)
		fatal(sys->sprint("can't open %s/data: %r", c.dir), "announce");
	answers = chan of ref Bootp;
	rpid := listen();
	l := acquire();
	kill(rpid);
	if(bare)
		control("remove 0.0.0.0 0.0.0.0");
	if(l == nil)
		fatal("no address", "no address");
	configure(nil, l);
	if(monitor && l.end < Forever)
		spawn keep(c, l);
}

listen(): int
{
	pids := chan of int;
	spawn reader(data, answers, pids);
	return <-pids;
}

#
# getting a lease, and keeping it
#

# a new one, or nil
acquire(): ref Lease
{
	began = daytime->now();
	for(i := 0; i < Restarts; i++){
		q := question(Discover);
		if(wish.isvalid())
			q.putaddrs(Oaddr, wish :: nil);
		(nil, offer) := exchange(q, server, Offer, Tries, wait);
		if(offer == nil)
			return nil;
		if(!offer.has(Otype))
			return grant(offer);	# a server of BOOTP
		q = question(Request);
		q.xid = offer.xid;
		q.putaddrs(Oaddr, offer.yiaddr :: nil);
		q.putaddrs(Oserver, offer.addrs(Oserver));
		(what, r) := exchange(q, server, Ack, Tries, wait);
		if(what == Lgranted)
			return grant(r);
		if(what == Lrefused)
			sys->sleep(wait / 4);
	}
	return nil;
}

# go on with it, as long as somebody lets us; then get another
keep(nil: ref Dial->Connection, l: ref Lease)
{
	sys->pctl(Sys->NEWPGRP, nil);
	rpid := listen();
	for(;;){
		pause(l.renew);
		what := Lnothing;
		r: ref Bootp;
		while(what == Lnothing && (now := big daytime->now()) < l.end){
			until := l.end;
			whom := server;
			if(now < l.rebind){
				until = l.rebind;
				whom = l.server;
			}
			# half of the time that is left, but at least a minute
			s := (until - now) / big 2;
			if(s < big 60)
				s = big 60;
			if(s > until - now)
				s = until - now;
			if(s > big 3600)
				s = big 3600;
			q := question(Request);
			q.ciaddr = l.addr;
			q.flags = 0;
			(what, r) = exchange(q, whom, Ack, 1, int s * 1000);
		}
		new: ref Lease;
		if(what == Lgranted)
			new = grant(r);
		else{
			complain(l.addr.text() + " is not ours any more");
			configure(l, nil);
			l = nil;
			bare := ifcdir != nil && unconfigured();
			if(bare)
				control("add 0.0.0.0 0.0.0.0");
			while((new = acquire()) == nil)
				pause(big daytime->now() + big 60);
			if(bare)
				control("remove 0.0.0.0 0.0.0.0");
		}
		configure(l, new);
		l = new;
		if(l.end == Forever)
			break;
	}
	kill(rpid);
}

question(kind: int): ref Bootp
{
	q := ref Bootp(Question, Ethernet, ether, random(), daytime->now() - began, 0, 0,
		ip->v4noaddr, ip->v4noaddr, ip->v4noaddr, ip->v4noaddr, nil, nil, nil);
	if(server.eq(ip->v4bcast))
		q.flags = Broadcast;
	if(!bootp){
		q.put(Otype, word(kind, 1));
		q.put(Omaxsize, word(Dhcpsize + 20 + 8, 2));
		q.put(Owanted, array[] of {byte Omask, byte Orouter, byte Odns, byte Oname, byte Odomain, byte Ontp, byte Olease, byte Orenew, byte Orebind});
	}
	q.put(Oname, array of byte name);
	return q;
}

# send q up to tries times, waiting longer and longer, until there is an answer of that kind, or one that refuses
exchange(q: ref Bootp, whom: IPaddr, kind, tries, ms: int): (int, ref Bootp)
{
	m := q.pack(Dhcpsize);
	a := array[Headers + len m] of byte;
	a[Headers:] = m;
	h := Udphdr.new();
	h.raddr = whom;
	h.rport = port;
	h.laddr = h.ifcaddr = ip->v4noaddr;
	h.pack(a, Headers);
	for(; tries > 0; tries--){
		if(debug)
			complain(sys->sprint("%s to %s!%d", kindof(q), whom.text(), port));
		if(sys->write(data, a, len a) != len a)
			complain(sys->sprint("can't send to %s!%d: %r", whom.text(), port));
		late := chan[1] of int;
		pids := chan of int;
		spawn timer(ms, late, pids);
		tpid := <-pids;
		for(waiting := 1; waiting;)
			alt {
			r := <-answers =>
				if(r == nil)
					fatal("network closed", "network");
				what := verdict(r, q, kind);
				if(debug)
					complain(sys->sprint("%s of %s: %s", kindof(r), r.yiaddr.text(), verdictname(what)));
				if(what != Lnothing){
					kill(tpid);
					return (what, r);
				}
			<-late =>
				waiting = 0;
			}
		ms *= 2;
	}
	return (Lnothing, nil);
}

verdict(r, q: ref Bootp, kind: int): int
{
	if(r.op != Answer || r.xid != q.xid || !same(r.chaddr, q.chaddr))
		return Lnothing;
	if(r.has(Otype)){
		got := r.number(Otype, 1);
		if(got == Nak && kind == Ack)
			return Lrefused;
		servers := r.addrs(Oserver);
		if(bootp || got != kind || servers == nil || !(hd servers).isvalid())
			return Lnothing;
	}else if(kind != Offer)
		return Lnothing;
	if(!r.yiaddr.isvalid() || r.yiaddr.ismulticast())
		return Lnothing;
	return Lgranted;
}

verdictname(what: int): string
{
	case what {
	Lgranted =>	return "taken";
	Lrefused =>	return "refused";
	}
	return "passed over";
}

grant(r: ref Bootp): ref Lease
{
	l := ref Lease(r.yiaddr, r.yiaddr.classmask(), ip->noaddr, r, big daytime->now(), Forever, Forever, Forever);
	if(len (m := r.get(Omask)) == 4){
		l.mask = ip->allbits.copy();
		l.mask.a[IP->IPv4off:] = m;
	}
	if((s := r.addrs(Oserver)) != nil)
		l.server = hd s;
	time := seconds(r, Olease, Forever);
	if(r.has(Otype) && time < Forever){
		l.end = l.start + time;
		l.renew = l.start + seconds(r, Orenew, time / big 2);
		l.rebind = l.start + seconds(r, Orebind, time * big 7 / big 8);
		if(l.rebind > l.end)
			l.rebind = l.end;
		if(l.renew > l.rebind)
			l.renew = l.rebind;
		if(l.renew <= l.start)
			l.renew = l.start + big 1;	# not all the time
	}
	return l;
}

seconds(r: ref Bootp, code: int, default: big): big
{
	if(len r.get(code) != 4)
		return default;
	return big r.number(code, 4) & Forever;
}

#
# what is done with it
#

# new takes the place of old; either may be nil
configure(old, new: ref Lease)
{
	t := "";
	gw := ip->noaddr;
	if(new != nil){
		t = new.text();
		if(old != nil && old.text() == t)
			return;
		if(printing)
			sys->print("%s", t);
		gw = gateway(new);
	}
	if(ifcdir == nil)
		return;
	moved := old == nil || new == nil || !old.addr.eq(new.addr) || !old.mask.eq(new.mask);
	if(old != nil){
		if(gateway(old).eq(gw) && !moved)
			gw = ip->noaddr;	# it stays
		else if(gateway(old).isvalid())
			put(net + "/iproute", Sys->OWRITE, "remove 0.0.0.0 0.0.0.0");
		if(moved)
			control(sys->sprint("remove %s %s", old.addr.text(), old.mask.masktext()));
	}
	if(new != nil && moved)
		control(sys->sprint("add %s %s", new.addr.text(), new.mask.masktext()));
	if(gw.isvalid())
		put(net + "/iproute", Sys->OWRITE, "add 0.0.0.0 0.0.0.0 " + gw.text());
	put(net + "/ndb", Sys->OWRITE | Sys->OTRUNC, t);
}

gateway(l: ref Lease): IPaddr
{
	if((gw := l.b.addrs(Orouter)) != nil)
		return hd gw;
	return ip->noaddr;
}

control(s: string)
{
	put(ifcdir + "/ctl", Sys->OWRITE, s);
}

put(file: string, mode: int, s: string)
{
	if(debug)
		complain(file + ": " + s);
	fd := sys->open(file, mode);
	if(fd == nil || sys->seek(fd, big 0, Sys->SEEKEND) < big 0 || sys->fprint(fd, "%s", s) < 0)
		complain(sys->sprint("%s: %s: %r", file, s));
}

# an entry of ndb
Lease.text(l: self ref Lease): string
{
	b := l.b;
	s := sys->sprint("ip=%s ipmask=%s", l.addr.text(), l.mask.masktext());
	s += values("ipgw", b.addrs(Orouter)) + "\n";
	s += line(value("sys", string b.get(Oname)) + value("dnsdomain", string b.get(Odomain)));
	s += line(values("dns", b.addrs(Odns)) + values("ntp", b.addrs(Ontp)));
	s += line(value("bootf", b.file) + values("tftp", b.siaddr :: nil));
	time := "";
	if(l.end < Forever)
		time = sys->sprint(" lease=%bd", l.end - l.start);
	return s + line(values("dhcp", l.server :: nil) + time);
}

line(s: string): string
{
	if(s == nil)
		return nil;
	return "\t" + s[1:] + "\n";
}

values(attr: string, l: list of IPaddr): string
{
	s := "";
	for(; l != nil; l = tl l)
		if((hd l).isvalid())
			s += " " + attr + "=" + (hd l).text();
	return s;
}

# What a server says need not be fit for an entry.
value(attr, s: string): string
{
	for(n := 0; n < len s && s[n] != 0; n++)
		if(s[n] <= ' ' || s[n] == 16r7f || s[n] == '"' || s[n] == '\'' || s[n] == '#' || s[n] == '=')
			return nil;
	if(n == 0)
		return nil;
	return " " + attr + "=" + s[0:n];
}

#
# the interface
#

interface(): ref IP->Ipifc
{
	for(i := len ifcdir; i > 0 && ifcdir[i-1] >= '0' && ifcdir[i-1] <= '9'; i--)
		;
	suffix := "/ipifc/";
	n := i - len suffix;
	if(i == len ifcdir || n < 0 || ifcdir[n:i] != suffix)
		fatal(ifcdir + ": not a directory of an interface", "interface");
	(l, e) := ip->readipifc(ifcdir[0:n], int ifcdir[i:]);
	if(l == nil)
		fatal(sys->sprint("can't read %s: %s", ifcdir, e), "interface");
	return hd l;
}

unconfigured(): int
{
	for(l := interface().addrs; l != nil; l = tl l)
		if((hd l).ip.isvalid())
			return 0;
	return 1;
}

# the address of the interface's device, or one made up
hardware(): array of byte
{
	if(ifcdir != nil){
		dev := interface().dev;
		fd := sys->open(dev + "/addr", Sys->OREAD);
		if(fd == nil)
			fatal(sys->sprint("can't open %s/addr: %r", dev), "interface");
		buf := array[64] of byte;
		n := sys->read(fd, buf, len buf);
		if(n > 0 && buf[n-1] == byte '\n')
			n--;
		if(n < 0 || len (a := unhex(string buf[0:n])) != 6)
			fatal(dev + "/addr: not an address", "interface");
		return a;
	}
	a := array[6] of byte;
	ip->put4(a, 2, random());
	ip->put2(a, 0, 16r0200);	# of nobody else's making
	return a;
}

#
# odds and ends
#

random(): int
{
	fd := sys->open("/dev/notquiterandom", Sys->OREAD);
	a := array[4] of byte;
	if(fd == nil || sys->read(fd, a, len a) != len a)
		fatal(sys->sprint("can't read /dev/notquiterandom: %r"), "random");
	return ip->get4(a, 0);
}

kindof(b: ref Bootp): string
{
	k := b.number(Otype, 1);
	if(b.op == Question && k == Discover)
		return "discover";
	case k {
	Offer =>	return "offer";
	Request =>	return "request";
	Ack =>		return "ack";
	Nak =>		return "nak";
	}
	return "message";
}

# address[!port]
target(s: string): (IPaddr, int)
{
	for(i := 0; i < len s && s[i] != '!'; i++)
		;
	p := 67;
	if(i < len s)
		p = number(s[i+1:], 16rffff);
	return (v4(s[0:i]), p);
}

v4(s: string): IPaddr
{
	(ok, a) := IPaddr.parse(s);
	if(ok < 0 || !a.isv4())
		arg->usage();
	return a;
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

# nil: not pairs of hexadecimal digits
unhex(s: string): array of byte
{
	if(len s % 2)
		return nil;
	a := array[len s / 2] of byte;
	for(i := 0; i < len s; i++){
		d := 0;
		c := s[i];
		if(c >= '0' && c <= '9')
			d = c - '0';
		else if(c >= 'a' && c <= 'f')
			d = c - 'a' + 10;
		else if(c >= 'A' && c <= 'F')
			d = c - 'A' + 10;
		else
			return nil;
		if(i % 2 == 0)
			a[i/2] = byte (d << 4);
		else
			a[i/2] |= byte d;
	}
	return a;
}

reader(fd: ref Sys->FD, c: chan of ref Bootp, pids: chan of int)
{
	pids <-= sys->pctl(0, nil);
	buf := array[Headers + 2048] of byte;
	while((n := sys->read(fd, buf, len buf)) > 0){
		a := array[n] of byte;
		a[0:] = buf[0:n];
		if(n > Headers && (b := Bootp.unpack(a[Headers:])) != nil)
			c <-= b;
	}
	c <-= nil;
}

timer(ms: int, c: chan of int, pids: chan of int)
{
	pids <-= sys->pctl(0, nil);
	sys->sleep(ms);
	c <-= 1;
}

# until a time in seconds since 1970; the clock may be set meanwhile
pause(t: big)
{
	while((now := big daytime->now()) < t){
		s := t - now;
		if(s > big 60)
			s = big 60;
		sys->sleep(int s * 1000);
	}
}

kill(pid: int)
{
	fd := sys->open("/prog/" + string pid + "/ctl", Sys->OWRITE);
	if(fd != nil)
		sys->fprint(fd, "kill");
}

complain(s: string)
{
	sys->fprint(sys->fildes(2), "dhcp: %s\n", s);
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
