# Internet addresses and interfaces. See ip(2).
IP: module
{
	PATH:		con "/dis/lib/ip.dis";
	IPaddrlen:	con 16;
	IPv4addrlen:	con 4;
	IPv4off:	con 12;

	IPaddr: adt
	{
		a:	array of byte;

		newv6, newv4:		fn(nil: array of byte): IPaddr;
		copy:			fn(nil: self IPaddr): IPaddr;
		eq:			fn(nil: self IPaddr, v: IPaddr): int;
		mask, maskn:		fn(nil: self IPaddr, m: IPaddr): IPaddr;
		isv4, ismulticast, isvalid: fn(nil: self IPaddr): int;
		v4, v6:			fn(nil: self IPaddr): array of byte;
		class:			fn(nil: self IPaddr): int;
		classmask:		fn(nil: self IPaddr): IPaddr;
		parse, parsemask:	fn(s: string): (int, IPaddr);
		parsecidr:		fn(s: string): (int, IPaddr, IPaddr);
		text, masktext:		fn(nil: self IPaddr): string;
	};

	v4bcast, v4allsys, v4allrouter, v4noaddr, noaddr, allbits, selfv6, selfv4: IPaddr;
	v4prefix:	array of byte;

	Ifcaddr: adt
	{
		ip, mask, net:		IPaddr;
		preflt, validlt:	big;
	};

	Ipifc: adt
	{
		index:			int;
		dev:			string;
		addrs:			list of ref Ifcaddr;
		sendra, recvra, mtu:	int;
		pktin, pktout, errin, errout: big;
		rp:			IPv6rp;
	};

	IPv6rp: adt
	{
		mflag, oflag, maxraint, minraint, linkmtu, reachtime, rxmitra, ttl, routerlt: int;
	};

	Udp4hdrlen:	con 2 * IPv4addrlen + 2 * 2;
	OUdphdrlen:	con 2 * IPaddrlen + 2 * 2;
	Udphdrlen:	con 52;
	Udpraddr:	con 0;
	Udpladdr:	con Udpraddr + IPaddrlen;
	Udpifcaddr:	con Udpladdr + IPaddrlen;
	Udprport:	con Udpifcaddr + IPaddrlen;
	Udplport:	con Udprport + 2;

	Udphdr: adt
	{
		raddr, laddr, ifcaddr:	IPaddr;
		rport, lport:		int;

		new:	fn(): ref Udphdr;
		unpack:	fn(a: array of byte, n: int): ref Udphdr;
		pack:	fn(h: self ref Udphdr, a: array of byte, n: int);
	};

	init:			fn();
	readipifc:		fn(net: string, index: int): (list of ref Ipifc, string);
	addressesof:		fn(l: list of ref Ipifc, all: int): list of IPaddr;
	interfaceof, ownerof:	fn(l: list of ref Ipifc, ip: IPaddr): (ref Ipifc, ref Ifcaddr);
	get2:			fn(a: array of byte, o: int): int;
	put2:			fn(a: array of byte, o: int, v: int): int;
	get4:			fn(a: array of byte, o: int): int;
	put4:			fn(a: array of byte, o: int, v: int): int;
};
