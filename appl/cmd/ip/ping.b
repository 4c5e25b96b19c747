implement Ping;

#
# Asks a system for echoes; see ping(8), and RFC 792 and RFC 4443 for the messages.
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
	IPaddr: import ip;

Ping: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

# The network takes and gives messages with the IP header before them, and fills it in.
Header4:	con 20;
Header6:	con 40;

# a message: type, code, checksum, identifier, number, and as data the time when it was sent
Type, Code, Sum: con iota;
Number:		con 6;
Stamp:		con 8;
Minsize:	con Stamp + 8;
Maxsize:	con 8192;

Reply4:		con 0;
Request4:	con 8;
Request6:	con 128;
Reply6:		con 129;

# A message that has not come back yet, at sent (microseconds).
Request: adt
{
	seq:	int;
	sent:	big;
};

Reply: adt
{
	src, dst:	IPaddr;
	ttl:	int;
	seq:	int;
	stamp:	big;
};

count := 32;
interval := 1000;	# ms
timeout := 3000;	# ms
size := 64;
v6, addresses, lostonly, quiet: int;

timefd: ref Sys->FD;
pending: list of Request;	# the last one first
sent, received, lost: int;
sum, least, most: big;

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
	arg->init(argv);
	arg->setusage("ip/ping [-6alq] [-i interval] [-n count] [-s size] [-w timeout] dest");
	while((o := arg->opt()) != 0)
		case o {
		'6' =>	v6 = 1;
		'a' =>	addresses = 1;
		'l' =>	lostonly = 1;
		'q' =>	quiet = 1;
		'i' =>	interval = number(arg->earg(), 1, 1 << 30);
		'n' =>	count = number(arg->earg(), 1, 1 << 30);
		's' =>	size = number(arg->earg(), Minsize, Maxsize);
		'w' =>	timeout = number(arg->earg(), 1, 1 << 30);
		* =>	arg->usage();
		}
	argv = arg->argv();
	if(len argv != 1)
		arg->usage();
	timefd = sys->open("/dev/time", Sys->OREAD);
	if(timefd == nil)
		fatal(sys->sprint("can't open /dev/time: %r"), "time");
	dest := hd argv;
	(ok, a) := IPaddr.parse(dest);
	if(ok >= 0 && !a.isv4())
		v6 = 1;
	proto := "icmp";
	if(v6)
		proto = "icmpv6";
	addr := dial->netmkaddr(dest, proto, "1");
	c := dial->dial(addr, nil);
	if(c == nil)
		fatal(sys->sprint("can't dial %s: %r", addr), "dial");
	if(within(c.dir, "/icmpv6/"))
		v6 = 1;
	why := ping(c.dfd);
	report();
	if(why != nil)
		fatal(sys->sprint("%s: %s", addr, why), "network");
	if(lost > 0)
		raise "fail:lost messages";
}

# nil if all that was to be sent has been, otherwise why not
ping(fd: ref Sys->FD): string
{
	pids := chan of int;
	replies := chan of (array of byte, big, string);
	spawn reader(fd, replies, pids);
	rpid := <-pids;
	ticks := chan of int;
	spawn ticker(ticks, pids);
	tpid := <-pids;
	why := transmit(fd);
	while(why == nil && (sent < count || pending != nil))
		alt {
		(m, t, e) := <-replies =>
			if(m == nil)
				why = e;
			else if((r := parse(m)) != nil)
				take(r, t);
		<-ticks =>
			expire(clock() - big timeout * big 1000);
			if(sent < count)
				why = transmit(fd);
		}
	lost += len pending;
	kill(rpid);
	kill(tpid);
	return why;
}

transmit(fd: ref Sys->FD): string
{
	m := message(sent, t := clock());
	if(sys->write(fd, m, len m) != len m)
		return sys->sprint("%r");
	pending = Request(sent++, t) :: pending;
	return nil;
}

message(seq: int, t: big): array of byte
{
	head := Header4;
	if(v6)
		head = Header6;
	m := array[head + size] of {* => byte 0};
	e := m[head:];
	for(i := Minsize; i < size; i++)
		e[i] = byte i;
	ip->put2(e, Number, seq);
	ip->put4(e, Stamp, int (t >> 32));
	ip->put4(e, Stamp + 4, int t);
	if(v6){
		m[0] = byte 16r60;
		e[Type] = byte Request6;	# the sum covers addresses that are not known here
	}else{
		m[0] = byte 16r45;
		e[Type] = byte Request4;
		ip->put2(e, Sum, checksum(e));
	}
	return m;
}

# an echo in the datagram m, or nil
parse(m: array of byte): ref Reply
{
	r := ref Reply;
	kind, head: int;
	case int m[0] >> 4 {
	4 =>
		head = (int m[0] & 15) * 4;
		kind = Reply4;
		if(head < Header4 || len m < head + Minsize || checksum(m[head:]) != 0)
			return nil;
		r.src = IPaddr.newv4(m[12:]);
		r.dst = IPaddr.newv4(m[16:]);
		r.ttl = int m[8];
	6 =>
		head = Header6;
		kind = Reply6;
		if(len m < head + Minsize)
			return nil;
		r.src = IPaddr.newv6(m[8:]);
		r.dst = IPaddr.newv6(m[24:]);
		r.ttl = int m[7];
	* =>
		return nil;
	}
	e := m[head:];
	if(int e[Type] != kind || e[Code] != byte 0)
		return nil;
	r.seq = ip->get2(e, Number);
	r.stamp = big ip->get4(e, Stamp) << 32 | big ip->get4(e, Stamp + 4) & big 16rffffffff;
	return r;
}

# r, which came at time t, answers one of those that are pending, or it is not ours
take(r: ref Reply, t: big)
{
	rest: list of Request;
	found := 0;
	for(l := pending; l != nil; l = tl l){
		q := hd l;
		if(!found && (q.seq & 16rffff) == r.seq && q.sent == r.stamp){
			found = 1;
			rtt := t - q.sent;
			if(received++ == 0 || rtt < least)
				least = rtt;
			if(rtt > most)
				most = rtt;
			sum += rtt;
			if(!quiet && !lostonly)
				show(q.seq, r, rtt);
		}else
			rest = q :: rest;
	}
	pending = reversed(rest);
}

show(seq: int, r: ref Reply, rtt: big)
{
	between := "";
	if(addresses)
		between = sys->sprint("%s → %s ", r.src.text(), r.dst.text());
	sys->print("%d: %srtt %bd µs, avg rtt %bd µs, ttl = %d\n", seq, between, rtt, sum / big received, r.ttl);
}

# those sent before time t are lost
expire(t: big)
{
	rest, old: list of Request;
	for(l := pending; l != nil; l = tl l)
		if((hd l).sent < t)
			old = hd l :: old;
		else
			rest = hd l :: rest;
	pending = reversed(rest);
	for(; old != nil; old = tl old){
		lost++;
		if(!quiet)
			sys->print("lost %d\n", (hd old).seq);
	}
}

report()
{
	sys->print("%d sent, %d received, %d lost", sent, received, lost);
	if(received > 0)
		sys->print("; rtt min %bd, avg %bd, max %bd µs", least, sum / big received, most);
	sys->print("\n");
}

reversed(l: list of Request): list of Request
{
	r: list of Request;
	for(; l != nil; l = tl l)
		r = hd l :: r;
	return r;
}

# the ones' complement of the sum of all pairs of bytes; 0 if the sum is among them
checksum(a: array of byte): int
{
	s := 0;
	n := len a & ~1;
	for(i := 0; i < n; i += 2)
		s += ip->get2(a, i);
	if(n < len a)
		s += int a[n] << 8;
	while(s >> 16)
		s = (s & 16rffff) + (s >> 16);
	return ~s & 16rffff;
}

# microseconds since 1970
clock(): big
{
	buf := array[64] of byte;
	n := sys->pread(timefd, buf, len buf, big 0);
	if(n <= 0)
		return big 0;
	return big string buf[0:n];
}

reader(fd: ref Sys->FD, replies: chan of (array of byte, big, string), pids: chan of int)
{
	pids <-= sys->pctl(0, nil);
	for(;;){
		buf := array[Header6 + Maxsize + 64] of byte;
		n := sys->read(fd, buf, len buf);
		if(n <= 0){
			if(n == 0)
				sys->werrstr("connection lost");
			replies <-= (nil, big 0, sys->sprint("%r"));
			return;
		}
		replies <-= (buf[0:n], clock(), nil);
	}
}

ticker(ticks: chan of int, pids: chan of int)
{
	pids <-= sys->pctl(0, nil);
	for(;;){
		sys->sleep(interval);
		ticks <-= 1;
	}
}

kill(pid: int)
{
	fd := sys->open("/prog/" + string pid + "/ctl", Sys->OWRITE);
	if(fd != nil)
		sys->fprint(fd, "kill");
}

within(s, t: string): int
{
	for(i := 0; i + len t <= len s; i++)
		if(s[i:i+len t] == t)
			return 1;
	return 0;
}

# the value of an option, at least min and at most max
number(s: string, min, max: int): int
{
	v := 0;
	for(i := 0; i < len s && s[i] >= '0' && s[i] <= '9' && v <= max / 10; i++)
		v = 10 * v + s[i] - '0';
	if(i == 0 || i < len s || v < min || v > max)
		arg->usage();
	return v;
}

fatal(s, status: string)
{
	sys->fprint(sys->fildes(2), "ping: %s\n", s);
	raise "fail:" + status;
}

nomod(path: string)
{
	fatal(sys->sprint("cannot load %s: %r", path), "load");
}
