implement IPattr;

#
# Attributes of addresses and networks; see ipattr(2).
#

include "sys.m";

include "bufio.m";

include "attrdb.m";
	attrdb: Attrdb;
	Attr, Db, Dbentry, Tuples: import attrdb;

include "ip.m";
	ip: IP;
	IPaddr: import ip;

include "ipattr.m";

init(m: Attrdb, ipa: IP)
{
	attrdb = m;
	ip = ipa;
}

dbattr(s: string): string
{
	dot := colon := letter := hexletter := 0;
	for(i := 0; i < len s; i++){
		c := s[i];
		if(c >= 'A' && c <= 'Z')
			c += 'a' - 'A';
		if(c == '.')
			dot = 1;
		else if(c == ':')
			colon = 1;
		else if((c >= 'g' && c <= 'z') || c == '-' || c == '&')
			letter = 1;
		else if(c >= 'a' && c <= 'f')
			hexletter = 1;
	}
	if(letter){
		if(dot)
			return "dom";
		return "sys";
	}
	if(colon || (dot && !hexletter))
		return "ip";
	if(dot)
		return "dom";
	return "sys";
}

findnetattr(db: ref Db, attr: string, val: string, rattr: string): (string, string)
{
	(l, err) := findnetattrs(db, attr, val, rattr :: nil);
	if(err != nil)
		return (nil, err);
	for(; l != nil; l = tl l){
		(nil, nl) := hd l;
		v := valueof(nl, rattr);
		if(v != nil)
			return (hd v, nil);
	}
	return (nil, "not found");
}

#
# for each address of the entry that has attr=val: what the entry says, then what
# the networks around the address say, the smallest first
#
findnetattrs(db: ref Db, attr: string, val: string, rattrs: list of string): (list of (IPaddr, list of ref Netattr), string)
{
	if(attr == "ip"){
		(ok, a) := IPaddr.parse(val);
		if(ok < 0)
			return (nil, "invalid address");
		# the entry may write the address in another way
		(e, nil) := db.findpair(nil, "ip", a.text());
		if(e == nil)
			(e, nil) = db.findpair(nil, "ip", val);
		return ((a, around(db, e, a, rattrs)) :: nil, nil);
	}
	r: list of (IPaddr, list of ref Netattr);
	found := 0;
	p: ref Attrdb->Dbptr;
	for(;;){
		e: ref Dbentry;
		(e, p) = db.findpair(p, attr, val);
		if(e == nil)
			break;
		found = 1;
		for(l := e.find("ip"); l != nil; l = tl l)
			for(al := (hd l).t1; al != nil; al = tl al){
				(ok, a) := IPaddr.parse((hd al).val);
				if(ok >= 0)
					r = (a, around(db, e, a, rattrs)) :: r;
			}
		if(r == nil){
			n := pick1(e, rattrs, attr, val);
			if(n.pairs != nil)
				r = (ip->noaddr, n :: nil) :: r;
		}
	}
	if(!found)
		return (nil, "not found");
	s: list of (IPaddr, list of ref Netattr);
	for(; r != nil; r = tl r)
		s = hd r :: s;
	return (s, nil);
}

# the wanted attributes of an entry, those on a line with attr=val first
pick1(e: ref Dbentry, rattrs: list of string, attr, val: string): ref Netattr
{
	n := ref Netattr(nil, nil, ip->noaddr, ip->allbits);
	if(e == nil)
		return n;
	n.name = e.findfirst("ipnet");
	if(n.name == nil)
		n.name = e.findfirst("sys");
	r: list of ref Attr;
	for(; rattrs != nil; rattrs = tl rattrs)
		for(l := e.findbyattr(attr, val, hd rattrs); l != nil; l = tl l)
			for(al := (hd l).t1; al != nil; al = tl al)
				r = hd al :: r;
	for(; r != nil; r = tl r)
		n.pairs = hd r :: n.pairs;
	return n;
}

around(db: ref Db, e: ref Dbentry, a: IPaddr, rattrs: list of string): list of ref Netattr
{
	nets: list of ref Netattr;
	p: ref Attrdb->Dbptr;
	for(;;){
		ne: ref Dbentry;
		(ne, p) = db.find(p, "ipnet");
		if(ne == nil)
			break;
		(ok, net) := IPaddr.parse(ne.findfirst("ip"));
		if(ok < 0)
			continue;
		mask := net.classmask();
		if((ms := ne.findfirst("ipmask")) != nil){
			m: IPaddr;
			(ok, m) = IPaddr.parsemask(ms);
			if(ok >= 0)
				mask = m;
		}
		if(!a.mask(mask).eq(net.mask(mask)))
			continue;
		n := pick1(ne, rattrs, nil, nil);
		n.net = net;
		n.mask = mask;
		nets = insert(n, nets);
	}
	if(e != nil){
		n := pick1(e, rattrs, "ip", a.text());
		n.net = a;
		nets = n :: nets;
	}
	return nets;
}

# larger masks are smaller networks
insert(n: ref Netattr, l: list of ref Netattr): list of ref Netattr
{
	if(l == nil || smaller(n, hd l))
		return n :: l;
	return hd l :: insert(n, tl l);
}

smaller(a, b: ref Netattr): int
{
	x := a.mask.v6();
	y := b.mask.v6();
	for(i := 0; i < len x; i++)
		if(x[i] != y[i])
			return x[i] > y[i];
	return 0;
}

valueof(l: list of ref Netattr, attr: string): list of string
{
	r: list of string;
	for(; l != nil && r == nil; l = tl l)
		r = values(hd l, attr);
	return r;
}

values(n: ref Netattr, attr: string): list of string
{
	r, s: list of string;
	for(p := n.pairs; p != nil; p = tl p)
		if((hd p).attr == attr)
			r = (hd p).val :: r;
	for(; r != nil; r = tl r)
		s = hd r :: s;
	return s;
}

netvalueof(l: list of ref Netattr, attr: string, a: IPaddr): list of string
{
	for(; l != nil; l = tl l){
		n := hd l;
		if(a.mask(n.mask).eq(n.net.mask(n.mask))){
			v := values(n, attr);
			if(v != nil)
				return v;
		}
	}
	return nil;
}
