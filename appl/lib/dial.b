implement Dial;

#
# Network connections; see dial(2).
#

include "sys.m";
	sys: Sys;

include "dial.m";

# the parts of a dial string
Dest: adt
{
	netdir:	string;		# nil if not given
	proto:	string;
	rem:	string;
};

getsys()
{
	if(sys == nil)
		sys = load Sys Sys->PATH;
}

index(s: string, c: int): int
{
	for(i := 0; i < len s; i++)
		if(s[i] == c)
			return i;
	return -1;
}

lastindex(s: string, c: int): int
{
	for(i := len s - 1; i >= 0; i--)
		if(s[i] == c)
			break;
	return i;
}

contains(s, t: string): int
{
	for(i := 0; i + len t <= len s; i++)
		if(s[i:i+len t] == t)
			return 1;
	return 0;
}

error(): string
{
	return sys->sprint("%r");
}

parse(addr: string): ref Dest
{
	i := index(addr, '!');
	if(i < 0)
		return ref Dest(nil, "net", addr);
	net := addr[0:i];
	rest := addr[i+1:];
	if(net == "" || (net[0] != '/' && net[0] != '#'))
		return ref Dest(nil, net, rest);
	j := lastindex(net, '/');
	if(j < 0)
		return ref Dest(net, "net", rest);
	return ref Dest(net[0:j], net[j+1:], rest);
}

# the pairs of clone file and address that d stands for, and an error
translate(d: ref Dest, netdir: string): (list of (string, string), string)
{
	csname := netdir + "/cs";
	fd := sys->open(csname, Sys->ORDWR);
	if(fd == nil)
		return ((netdir + "/" + d.proto + "/clone", d.rem) :: nil, nil);
	q := array of byte (d.proto + "!" + d.rem);
	if(sys->write(fd, q, len q) != len q)
		return (nil, error());
	sys->seek(fd, big 0, Sys->SEEKSTART);
	l: list of (string, string);
	buf := array[1024] of byte;
	while((n := sys->read(fd, buf, len buf)) > 0){
		(nf, f) := sys->tokenize(string buf[0:n], " \n");
		case nf {
		1 =>
			l = (place(hd f, netdir), "") :: l;
		2 =>
			l = (place(hd f, netdir), hd tl f) :: l;
		}
	}
	if(l == nil)
		return (nil, "cs: no translation");
	r: list of (string, string);
	for(; l != nil; l = tl l)
		r = hd l :: r;
	return (r, nil);
}

# the clone file in the directory that we were asked to use
place(clone, netdir: string): string
{
	j := lastindex(clone, '/');
	i := lastindex(clone[0:max(j, 0)], '/');
	if(i < 0)
		return clone;
	return netdir + clone[i:];
}

max(a, b: int): int
{
	if(a > b)
		return a;
	return b;
}

# open a clone file: its descriptor, the conversation's directory, and an error
clone(file: string): (ref Sys->FD, string, string)
{
	fd := sys->open(file, Sys->ORDWR);
	if(fd == nil)
		return (nil, nil, error());
	buf := array[32] of byte;
	n := sys->read(fd, buf, len buf);
	if(n < 0)
		return (nil, nil, error());
	(nf, f) := sys->tokenize(string buf[0:n], " \n");
	if(nf == 0)
		return (nil, nil, "empty clone file");
	return (fd, file[0:lastindex(file, '/')] + "/" + string int hd f, nil);
}

dial(addr, local: string): ref Connection
{
	getsys();
	d := parse(addr);
	if(d.netdir != nil){
		(c, err) := dialnet(d, d.netdir, local);
		if(c == nil)
			sys->werrstr(err);
		return c;
	}
	(c, err) := dialnet(d, "/net", local);
	if(c != nil)
		return c;
	if(!contains(err, "refused")){
		err2: string;
		(c, err2) = dialnet(d, "/net.alt", local);
		if(c != nil)
			return c;
		if(!contains(err2, "translate") && !contains(err2, "does not exist"))
			err = err2;
	}
	sys->werrstr(err);
	return nil;
}

dialnet(d: ref Dest, netdir, local: string): (ref Connection, string)
{
	(l, err) := translate(d, netdir);
	if(err != nil)
		return (nil, err);
	for(; l != nil; l = tl l){
		(file, addr) := hd l;
		(c, e) := call(file, addr, local);
		if(c != nil)
			return (c, nil);
		if(err == nil || !contains(e, "does not exist"))
			err = e;
	}
	return (nil, err);
}

call(file, addr, local: string): (ref Connection, string)
{
	(cfd, dir, err) := clone(file);
	if(cfd == nil)
		return (nil, err);
	msg := "connect " + addr;
	if(local != nil)
		msg += " " + local;
	if(sys->fprint(cfd, "%s", msg) < 0)
		return (nil, error());
	dfd := sys->open(dir + "/data", Sys->ORDWR);
	if(dfd == nil)
		return (nil, error());
	return (ref Connection(dfd, cfd, dir), nil);
}

announce(addr: string): ref Connection
{
	getsys();
	d := parse(addr);
	if(d.proto == "net"){
		sys->werrstr("bad dial string: " + addr);
		return nil;
	}
	netdir := d.netdir;
	if(netdir == nil)
		netdir = "/net";
	(l, err) := translate(d, netdir);
	if(err != nil){
		sys->werrstr(err);
		return nil;
	}
	(file, a) := hd l;
	(cfd, dir, e) := clone(file);
	if(cfd == nil){
		sys->werrstr("announce " + e);
		return nil;
	}
	if(sys->fprint(cfd, "announce %s", a) < 0){
		sys->werrstr(sys->sprint("announce writing %s: %r", file));
		return nil;
	}
	return ref Connection(nil, cfd, dir);
}

listen(c: ref Connection): ref Connection
{
	getsys();
	file := c.dir + "/listen";
	cfd := sys->open(file, Sys->ORDWR);
	if(cfd == nil){
		sys->werrstr(sys->sprint("listen opening %s: %r", file));
		return nil;
	}
	buf := array[32] of byte;
	n := sys->read(cfd, buf, len buf);
	if(n <= 0){
		if(n == 0)
			sys->werrstr("hungup");
		return nil;
	}
	i := lastindex(c.dir, '/');
	if(i < 0){
		sys->werrstr("listen directory format: " + c.dir);
		return nil;
	}
	return ref Connection(nil, cfd, c.dir[0:i+1] + string int string buf[0:n]);
}

# the number of a conversation
number(c: ref Connection): string
{
	return c.dir[lastindex(c.dir, '/')+1:];
}

accept(c: ref Connection): ref Sys->FD
{
	getsys();
	sys->fprint(c.cfd, "accept %s", number(c));
	return sys->open(c.dir + "/data", Sys->ORDWR);
}

reject(c: ref Connection, why: string): int
{
	getsys();
	if(sys->fprint(c.cfd, "reject %s %q", number(c), why) < 0)
		return -1;
	return 0;
}

netmkaddr(addr, net, svc: string): string
{
	if(net == nil)
		net = "net";
	i := index(addr, '!');
	if(i < 0)
		addr = net + "!" + addr;
	else if(index(addr[i+1:], '!') >= 0)
		return addr;
	if(svc == nil)
		return addr;
	return addr + "!" + svc;
}

netinfo(c: ref Connection): ref Conninfo
{
	getsys();
	if(c == nil || c.dir == nil)
		return nil;
	ci := ref Conninfo;
	ci.dir = c.dir;
	# /net/tcp/N: the root, the protocol, the conversation
	ci.root = c.dir;
	if(c.dir[0] == '/' && (i := index(c.dir[1:], '/')) >= 0)
		ci.root = c.dir[0:i+1];
	proto := c.dir[0:max(lastindex(c.dir, '/'), 0)];
	proto = proto[lastindex(proto, '/')+1:];
	(ok, d) := sys->stat(c.dir);
	if(ok >= 0)
		ci.spec = sys->sprint("#%c%d", d.dtype, d.dev);
	(ci.lsys, ci.lserv) = endpoint(c.dir + "/local");
	(ci.rsys, ci.rserv) = endpoint(c.dir + "/remote");
	if(ci.lsys == nil && ci.rsys == nil)
		return nil;
	ci.laddr = proto + "!" + ci.lsys + "!" + ci.lserv;
	ci.raddr = proto + "!" + ci.rsys + "!" + ci.rserv;
	return ci;
}

endpoint(file: string): (string, string)
{
	fd := sys->open(file, Sys->OREAD);
	if(fd == nil)
		return (nil, nil);
	buf := array[128] of byte;
	n := sys->read(fd, buf, len buf);
	if(n <= 0)
		return (nil, nil);
	(nil, l) := sys->tokenize(string buf[0:n], "! \n");
	if(l == nil)
		return (nil, nil);
	if(tl l == nil)
		return (hd l, nil);
	return (hd l, hd tl l);
}
