implement IP;

#
# Internet addresses and interfaces; see ip(2).
#

include "sys.m";
	sys: Sys;

include "ip.m";

init()
{
	sys = load Sys Sys->PATH;
	v4prefix = array[IPv4off] of {* => byte 0, 10 or 11 => byte 16rff};
	v4bcast = v4addr(255, 255, 255, 255);
	v4allsys = v4addr(224, 0, 0, 1);
	v4allrouter = v4addr(224, 0, 0, 2);
	v4noaddr = v4addr(0, 0, 0, 0);
	noaddr = fill(byte 0);
	allbits = fill(byte 16rff);
	selfv6 = fill(byte 0);
	selfv6.a[15] = byte 1;
	selfv4 = v4addr(127, 0, 0, 1);
}

fill(b: byte): IPaddr
{
	return IPaddr(array[IPaddrlen] of {* => b});
}

v4addr(a, b, c, d: int): IPaddr
{
	return IPaddr.newv4(array[] of {byte a, byte b, byte c, byte d});
}

IPaddr.newv6(a: array of byte): IPaddr
{
	b := array[IPaddrlen] of {* => byte 0};
	b[0:] = a[0:IPaddrlen];
	return IPaddr(b);
}

IPaddr.newv4(a: array of byte): IPaddr
{
	b := array[IPaddrlen] of byte;
	b[0:] = v4prefix;
	b[IPv4off:] = a[0:IPv4addrlen];
	return IPaddr(b);
}

IPaddr.copy(ip: self IPaddr): IPaddr
{
	if(ip.a == nil)
		return ip;
	b := array[len ip.a] of byte;
	b[0:] = ip.a;
	return IPaddr(b);
}

IPaddr.eq(ip: self IPaddr, v: IPaddr): int
{
	if(len ip.a != len v.a)
		return 0;
	for(i := 0; i < len ip.a; i++)
		if(ip.a[i] != v.a[i])
			return 0;
	return 1;
}

IPaddr.mask(ip: self IPaddr, m: IPaddr): IPaddr
{
	r := fill(byte 0);
	for(i := 0; i < IPaddrlen; i++)
		r.a[i] = ip.a[i] & m.a[i];
	return r;
}

IPaddr.maskn(ip: self IPaddr, m: IPaddr): IPaddr
{
	r := fill(byte 0);
	for(i := 0; i < IPaddrlen; i++)
		r.a[i] = ip.a[i] & ~m.a[i];
	return r;
}

IPaddr.isv4(ip: self IPaddr): int
{
	for(i := 0; i < IPv4off; i++)
		if(ip.a[i] != v4prefix[i])
			return 0;
	return 1;
}

IPaddr.ismulticast(ip: self IPaddr): int
{
	if(!ip.isv4())
		return ip.a[0] == byte 16rff;
	b := int ip.a[IPv4off];
	return b >= 224 && b < 240 || ip.eq(v4bcast);
}

IPaddr.isvalid(ip: self IPaddr): int
{
	return !ip.eq(noaddr) && !ip.eq(v4noaddr);
}

IPaddr.v4(ip: self IPaddr): array of byte
{
	if(!ip.isv4() && !ip.eq(noaddr))
		return nil;
	b := array[IPv4addrlen] of byte;
	b[0:] = ip.a[IPv4off:];
	return b;
}

IPaddr.v6(ip: self IPaddr): array of byte
{
	return ip.copy().a;
}

IPaddr.class(ip: self IPaddr): int
{
	if(!ip.isv4())
		return 6;
	return int ip.a[IPv4off] >> 6;
}

IPaddr.classmask(ip: self IPaddr): IPaddr
{
	m := allbits.copy();
	n := 0;
	case ip.class() {
	0 or 1 =>
		n = 3;
	2 =>
		n = 2;
	3 =>
		n = 1;
	}
	for(i := IPaddrlen - n; i < IPaddrlen; i++)
		m.a[i] = byte 0;
	return m;
}

#
# text
#

number(s: string, i, base: int): (int, int)
{
	v := 0;
	for(; i < len s; i++){
		c := s[i];
		d := 99;
		if(c >= '0' && c <= '9')
			d = c - '0';
		else if(c >= 'a' && c <= 'f')
			d = c - 'a' + 10;
		else if(c >= 'A' && c <= 'F')
			d = c - 'A' + 10;
		if(d >= base)
			break;
		v = v*base + d;
	}
	return (v, i);
}

# dotted decimal at i with 1 to 4 parts, missing ones in the middle: 4 bytes and where it ends, -1 if bad
dotted(s: string, i: int): (array of byte, int)
{
	a := array[IPv4addrlen] of {* => byte 0};
	for(n := 0; n < IPv4addrlen; n++){
		(v, j) := number(s, i, 10);
		if(j == i || v < 0 || v > 255)
			return (nil, -1);
		a[n] = byte v;
		i = j;
		if(i >= len s || s[i] != '.')
			break;
		if(n < IPv4addrlen - 1)
			i++;
	}
	if(n > 0 && n < IPv4addrlen - 1){
		a[IPv4addrlen-1] = a[n];
		a[n] = byte 0;
	}
	return (a, i);
}

# is the number at i part of a dotted address?
isdotted(s: string, i: int): int
{
	for(; i < len s && s[i] >= '0' && s[i] <= '9'; i++)
		;
	return i < len s && s[i] == '.';
}

IPaddr.parse(s: string): (int, IPaddr)
{
	alldigits := s != "";
	colon := 0;
	for(i := 0; i < len s; i++){
		if(s[i] == ':')
			colon = 1;
		if((s[i] < '0' || s[i] > '9') && s[i] != '.')
			alldigits = 0;
	}
	if(s == "")
		return (-1, noaddr);
	if(!colon && alldigits){
		(a, e) := dotted(s, 0);
		if(e != len s)
			return (-1, noaddr);
		return (0, IPaddr.newv4(a));
	}
	r := fill(byte 0);
	gap := -1;	# where :: stands
	n := 0;
	for(i = 0; i < len s && n < IPaddrlen;){
		if(s[i] == ':'){
			if(i + 1 < len s && s[i+1] == ':'){
				if(gap >= 0)
					return (-1, noaddr);
				gap = n;
				i += 2;
			}else if(n > 0)
				i++;
			else
				return (-1, noaddr);
			continue;
		}
		if(n <= IPaddrlen - IPv4addrlen && isdotted(s, i)){
			(a, e) := dotted(s, i);
			if(e < 0)
				return (-1, noaddr);
			r.a[n:] = a;
			n += IPv4addrlen;
			i = e;
			break;
		}
		(v, j) := number(s, i, 16);
		if(j == i)
			return (-1, noaddr);
		put2(r.a, n, v);
		n += 2;
		i = j;
	}
	if(i < len s)
		return (-1, noaddr);
	if(!colon){	# a bare hexadecimal number, at the low end
		if(n != 2)
			return (-1, noaddr);
		return (0, IPaddr.newv4(array[] of {byte 0, byte 0, r.a[0], r.a[1]}));
	}
	if(n < IPaddrlen){
		if(gap < 0)
			return (-1, noaddr);
		tail := r.a[gap:n];
		b := fill(byte 0);
		b.a[0:] = r.a[0:gap];
		b.a[IPaddrlen - len tail:] = tail;
		r = b;
	}
	return (0, r);
}

# n leading ones
ones(n: int): IPaddr
{
	m := fill(byte 0);
	for(i := 0; i < n; i++)
		m.a[i>>3] |= byte (16r80 >> (i & 7));
	return m;
}

IPaddr.parsemask(s: string): (int, IPaddr)
{
	if(s != "" && s[0] == '/'){
		(n, e) := number(s, 1, 10);
		if(e == 1 || e != len s || n < 0 || n > 8*IPaddrlen)
			return (-1, noaddr);
		return (0, ones(n));
	}
	(ok, m) := IPaddr.parse(s);
	if(ok < 0)
		return (-1, noaddr);
	if(m.isv4())
		for(i := 0; i < IPv4off; i++)
			m.a[i] = byte 16rff;
	return (0, m);
}

IPaddr.parsecidr(s: string): (int, IPaddr, IPaddr)
{
	for(i := 0; i < len s && s[i] != '/'; i++)
		;
	(ok, a) := IPaddr.parse(s[0:i]);
	if(ok < 0)
		return (-1, noaddr, noaddr);
	if(i == len s)
		return (0, a, a.classmask());
	m: IPaddr;
	(ok, m) = IPaddr.parsemask(s[i:]);
	if(ok < 0)
		return (-1, noaddr, noaddr);
	return (0, a, m);
}

v4text(a: array of byte): string
{
	return string int a[0] + "." + string int a[1] + "." + string int a[2] + "." + string int a[3];
}

IPaddr.text(ip: self IPaddr): string
{
	if(len ip.a != IPaddrlen)
		return "<nil>";
	if(ip.isv4())
		return v4text(ip.a[IPv4off:]);
	# the longest run of zeros becomes ::
	best := -1;
	blen := 1;
	for(i := 0; i < IPaddrlen; i += 2){
		for(j := i; j < IPaddrlen && get2(ip.a, j) == 0; j += 2)
			;
		if((j - i)/2 > blen){
			best = i;
			blen = (j - i)/2;
		}
	}
	s := "";
	for(i = 0; i < IPaddrlen; i += 2){
		if(i == best){
			s += "::";
			i += 2*blen - 2;
			continue;
		}
		if(s != "" && s[len s - 1] != ':')
			s += ":";
		s += hex(get2(ip.a, i));
	}
	return s;
}

hex(v: int): string
{
	s := "";
	do{
		s = "0123456789abcdef"[v & 15 : (v & 15) + 1] + s;
		v >>= 4;
	}while(v != 0);
	return s;
}

IPaddr.masktext(ip: self IPaddr): string
{
	if(len ip.a != IPaddrlen)
		return "<nil>";
	for(i := 0; i < IPv4off; i++)
		if(ip.a[i] != byte 16rff)
			break;
	if(i == IPv4off)
		return v4text(ip.a[IPv4off:]);
	for(n := 0; n < 8*IPaddrlen && (int ip.a[n>>3] & (16r80 >> (n & 7))) != 0; n++)
		;
	if(ones(n).eq(ip))
		return "/" + string n;
	return ip.text();
}

#
# interfaces
#

readfile(name: string): string
{
	fd := sys->open(name, Sys->OREAD);
	if(fd == nil)
		return nil;
	s := "";
	buf := array[Sys->ATOMICIO] of byte;
	while((n := sys->read(fd, buf, len buf)) > 0)
		s += string buf[0:n];
	return s;
}

readipifc(net: string, index: int): (list of ref Ipifc, string)
{
	if(net == nil)
		net = "/net";
	dir := net + "/ipifc";
	if(index >= 0){
		ifc := readifc(dir, index);
		if(ifc == nil)
			return (nil, sys->sprint("%r"));
		return (ifc :: nil, nil);
	}
	fd := sys->open(dir, Sys->OREAD);
	if(fd == nil)
		return (nil, sys->sprint("%r"));
	l: list of ref Ipifc;
	for(;;){
		(n, d) := sys->dirread(fd);
		if(n < 0)
			return (nil, sys->sprint("%r"));
		if(n == 0)
			break;
		for(i := 0; i < n; i++)
			if(d[i].name[0] >= '0' && d[i].name[0] <= '9'){
				ifc := readifc(dir, int d[i].name);
				if(ifc != nil)
					l = ifc :: l;
			}
	}
	r: list of ref Ipifc;
	for(; l != nil; l = tl l)
		r = hd l :: r;
	return (r, nil);
}

#
# a line of names and values for the interface, then one for each address:
# address, mask, network, preferred and valid life times
#
readifc(dir: string, index: int): ref Ipifc
{
	s := readfile(dir + "/" + string index + "/status");
	if(s == nil)
		return nil;
	ifc := ref Ipifc(index, nil, nil, 0, 0, 0, big 0, big 0, big 0, big 0, IPv6rp(0, 0, 0, 0, 0, 0, 0, 0, 0));
	(nil, lines) := sys->tokenize(s, "\n");
	for(; lines != nil; lines = tl lines){
		(nw, w) := sys->tokenize(hd lines, " \t");
		if(nw > 1 && isname(hd w)){
			for(; w != nil && tl w != nil; w = tl tl w)
				setfield(ifc, hd w, hd tl w);
			continue;
		}
		if(nw < 3)
			continue;
		(ok, ip) := IPaddr.parse(hd w);
		(ok2, mask) := IPaddr.parsemask(hd tl w);
		(ok3, netw) := IPaddr.parse(hd tl tl w);
		if(ok < 0 || ok2 < 0)
			continue;
		if(ok3 < 0)
			netw = ip.mask(mask);
		a := ref Ifcaddr(ip, mask, netw, big 0, big 0);
		if(nw > 4){
			w = tl tl tl w;
			a.preflt = big hd w;
			a.validlt = big hd tl w;
		}
		ifc.addrs = a :: ifc.addrs;
	}
	r: list of ref Ifcaddr;
	for(; ifc.addrs != nil; ifc.addrs = tl ifc.addrs)
		r = hd ifc.addrs :: r;
	ifc.addrs = r;
	return ifc;
}

isname(s: string): int
{
	for(i := 0; i < len s; i++)
		if(s[i] == '.' || s[i] == ':')
			return 0;
	return s[0] < '0' || s[0] > '9';
}

setfield(ifc: ref Ipifc, name, val: string)
{
	case name {
	"device" =>	ifc.dev = val;
	"maxmtu" or "maxtu" or "mtu" =>	ifc.mtu = int val;
	"sendra" =>	ifc.sendra = int val;
	"recvra" =>	ifc.recvra = int val;
	"mflag" =>	ifc.rp.mflag = int val;
	"oflag" =>	ifc.rp.oflag = int val;
	"maxraint" =>	ifc.rp.maxraint = int val;
	"minraint" =>	ifc.rp.minraint = int val;
	"linkmtu" =>	ifc.rp.linkmtu = int val;
	"reachtime" =>	ifc.rp.reachtime = int val;
	"rxmitra" =>	ifc.rp.rxmitra = int val;
	"ttl" =>	ifc.rp.ttl = int val;
	"routerlt" =>	ifc.rp.routerlt = int val;
	"pktin" =>	ifc.pktin = big val;
	"pktout" =>	ifc.pktout = big val;
	"errin" =>	ifc.errin = big val;
	"errout" =>	ifc.errout = big val;
	}
}

addressesof(l: list of ref Ipifc, all: int): list of IPaddr
{
	uni, multi: list of IPaddr;
	for(; l != nil; l = tl l)
		for(a := (hd l).addrs; a != nil; a = tl a){
			ip := (hd a).ip;
			if(!ip.isvalid())
				continue;
			if(ip.ismulticast() || ip.eq(selfv4) || ip.eq(selfv6))
				multi = ip :: multi;
			else
				uni = ip :: uni;
		}
	r: list of IPaddr;
	if(all)
		for(; multi != nil; multi = tl multi)
			r = hd multi :: r;
	for(; uni != nil; uni = tl uni)
		r = hd uni :: r;
	return r;
}

interfaceof(l: list of ref Ipifc, ip: IPaddr): (ref Ipifc, ref Ifcaddr)
{
	for(; l != nil; l = tl l)
		for(a := (hd l).addrs; a != nil; a = tl a)
			if(ip.mask((hd a).mask).eq((hd a).net))
				return (hd l, hd a);
	return (nil, nil);
}

ownerof(l: list of ref Ipifc, ip: IPaddr): (ref Ipifc, ref Ifcaddr)
{
	for(; l != nil; l = tl l)
		for(a := (hd l).addrs; a != nil; a = tl a)
			if(ip.eq((hd a).ip))
				return (hd l, hd a);
	return (nil, nil);
}

#
# datagram headers
#

Udphdr.new(): ref Udphdr
{
	return ref Udphdr(noaddr, noaddr, noaddr, 0, 0);
}

Udphdr.unpack(a: array of byte, n: int): ref Udphdr
{
	case n {
	Udphdrlen =>
		return ref Udphdr(IPaddr.newv6(a), IPaddr.newv6(a[Udpladdr:]), IPaddr.newv6(a[Udpifcaddr:]),
			get2(a, Udprport), get2(a, Udplport));
	OUdphdrlen =>
		return ref Udphdr(IPaddr.newv6(a), IPaddr.newv6(a[IPaddrlen:]), noaddr.copy(),
			get2(a, 2*IPaddrlen), get2(a, 2*IPaddrlen+2));
	Udp4hdrlen =>
		return ref Udphdr(IPaddr.newv4(a), IPaddr.newv4(a[IPv4addrlen:]), noaddr.copy(),
			get2(a, 2*IPv4addrlen), get2(a, 2*IPv4addrlen+2));
	}
	raise "Udphdr.unpack: bad length";
}

Udphdr.pack(h: self ref Udphdr, a: array of byte, n: int)
{
	case n {
	Udphdrlen =>
		a[Udpraddr:] = h.raddr.v6();
		a[Udpladdr:] = h.laddr.v6();
		a[Udpifcaddr:] = h.ifcaddr.v6();
		put2(a, Udprport, h.rport);
		put2(a, Udplport, h.lport);
	OUdphdrlen =>
		a[0:] = h.raddr.v6();
		a[IPaddrlen:] = h.laddr.v6();
		put2(a, 2*IPaddrlen, h.rport);
		put2(a, 2*IPaddrlen+2, h.lport);
	Udp4hdrlen =>
		a[0:] = h.raddr.a[IPv4off:];
		a[IPv4addrlen:] = h.laddr.a[IPv4off:];
		put2(a, 2*IPv4addrlen, h.rport);
		put2(a, 2*IPv4addrlen+2, h.lport);
	* =>
		raise "Udphdr.pack: bad length";
	}
}

get2(a: array of byte, o: int): int
{
	return int a[o] << 8 | int a[o+1];
}

put2(a: array of byte, o: int, v: int): int
{
	a[o] = byte (v >> 8);
	a[o+1] = byte v;
	return o + 2;
}

get4(a: array of byte, o: int): int
{
	return get2(a, o) << 16 | get2(a, o+2);
}

put4(a: array of byte, o: int, v: int): int
{
	put2(a, o, v >> 16);
	return put2(a, o+2, v);
}
