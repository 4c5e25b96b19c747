implement Tftpd;

#
# Serves files by TFTP; see tftpd(8), and RFC 1350 for the messages.
#

include "sys.m";
	sys: Sys;
	Dir: import sys;

include "draw.m";

include "arg.m";
	arg: Arg;

include "dial.m";
	dial: Dial;

include "ip.m";
	ip: IP;
	IPaddr, Udphdr: import ip;

include "names.m";
	names: Names;

Tftpd: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

Block:		con 512;
Tries:		con 5;
Wait:		con 3000;	# ms
Headers:	con IP->Udphdrlen;

Tread, Twrite, Tdata, Tack, Terror: con 1 + iota;
Eother, Enofile, Eaccess, Efull, Eillegal, Epeer, Eexists: con iota;

# A transfer, on a connection of its own.
Transfer: adt
{
	c:	ref Dial->Connection;
	who:	string;
	file:	string;
	text:	int;		# lines end in \r\n on the way
	recv:	chan of array of byte;
	tick:	chan of int;
};

home := "/lib/tftpd";
debug, readonly, create: int;

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
	names = load Names Names->PATH;
	if(names == nil)
		nomod(Names->PATH);
	addr := "udp!*!tftp";
	arg->init(argv);
	arg->setusage("ip/tftpd [-cdr] [-a addr] [-h homedir]");
	while((o := arg->opt()) != 0)
		case o {
		'a' =>	addr = arg->earg();
		'c' =>	create = 1;
		'd' =>	debug = 1;
		'h' =>	home = arg->earg();
		'r' =>	readonly = 1;
		* =>	arg->usage();
		}
	if(arg->argv() != nil)
		arg->usage();
	(ok, d) := sys->stat(home);
	if(ok < 0 || (d.mode & Sys->DMDIR) == 0)
		fatal(sys->sprint("%s: not a directory", home), "home");
	c := dial->announce(dial->netmkaddr(addr, "udp", "tftp"));
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
	for(;;){
		buf := array[Headers + 1024] of byte;
		n := sys->read(fd, buf, len buf);
		if(n <= 0)
			break;
		if(n > Headers + 2 && (hdr := Udphdr.unpack(buf, Headers)) != nil)
			spawn request(sys->sprint("udp!%s!%d", hdr.raddr.text(), hdr.rport), buf[Headers:n]);
	}
	complain(sys->sprint("network closed: %r"));
}

request(who: string, m: array of byte)
{
	c := dial->dial(who, nil);
	if(c == nil){
		complain(sys->sprint("can't dial %s: %r", who));
		return;
	}
	t := ref Transfer(c, who, nil, 0, chan of array of byte, chan of int);
	op := ip->get2(m, 0);
	if(op != Tread && op != Twrite){
		refuse(t, Eillegal, "illegal operation");
		return;
	}
	(name, i) := word(m, 2);
	(mode, j) := word(m, i);
	if(i < 0 || j < 0 || name == nil){
		refuse(t, Eillegal, "malformed request");
		return;
	}
	case lower(mode) {
	"netascii" =>
		t.text = 1;
	"octet" =>
		;
	* =>
		refuse(t, Eillegal, "unknown mode " + mode);
		return;
	}
	t.file = home + names->cleanname("/" + name);
	if(debug)
		complain(sys->sprint("%s %s %s", who, verb(op), t.file));
	pids := chan of int;
	spawn reader(c.dfd, t.recv, pids);
	rpid := <-pids;
	spawn ticker(t.tick, pids);
	tpid := <-pids;
	if(op == Tread)
		sendfile(t);
	else
		recvfile(t);
	kill(rpid);
	kill(tpid);
}

sendfile(t: ref Transfer)
{
	fd := sys->open(t.file, Sys->OREAD);
	if(fd == nil){
		refusefile(t);
		return;
	}
	(nil, d) := sys->fstat(fd);
	if(d.mode & Sys->DMDIR){
		refuse(t, Eaccess, "is a directory");
		return;
	}
	pending := array[0] of byte;	# what has been read and does not fit into the last block
	for(seq := 1;; seq++){
		m := array[4 + Block] of byte;
		n := len pending;
		m[4:] = pending;
		pending = pending[0:0];
		while(n < Block){
			a := array[Block] of byte;
			k := sys->read(fd, a, Block - n);
			if(k < 0){
				refuse(t, Eother, sys->sprint("read error: %r"));
				return;
			}
			if(k == 0)
				break;
			a = a[0:k];
			if(t.text)
				a = encode(a);
			if(len a > Block - n){
				pending = a[Block-n:];
				a = a[0:Block-n];
			}
			m[4+n:] = a;
			n += len a;
		}
		header(m, Tdata, seq);
		m = m[0:4+n];
		if(exchange(t, m, Tack, seq) == nil || n < Block)
			return;
	}
}

recvfile(t: ref Transfer)
{
	if(readonly){
		refuse(t, Eaccess, "permission denied");
		return;
	}
	fd := sys->open(t.file, Sys->OWRITE | Sys->OTRUNC);
	if(fd == nil && create)
		fd = sys->create(t.file, Sys->OWRITE, 8r666);
	if(fd == nil){
		refusefile(t);
		return;
	}
	cr := 0;
	for(seq := 0;; seq++){
		ack := array[4] of byte;
		header(ack, Tack, seq);
		r := exchange(t, ack, Tdata, seq + 1);
		if(r == nil)
			return;
		a := r[4:];
		if(len a > Block){
			refuse(t, Eillegal, "block too large");
			return;
		}
		n := len a;
		if(t.text)
			(a, cr) = decode(a, cr, n < Block);
		if(len a > 0 && sys->write(fd, a, len a) != len a){
			refuse(t, Efull, sys->sprint("write error: %r"));
			return;
		}
		if(n < Block){
			header(ack, Tack, seq + 1);
			sys->write(t.c.dfd, ack, len ack);
			return;
		}
	}
}

# send m, again and again, until the message op number seq comes; nil: it does not
exchange(t: ref Transfer, m: array of byte, op, seq: int): array of byte
{
	for(i := 0; i < Tries; i++){
		if(sys->write(t.c.dfd, m, len m) != len m){
			complain(sys->sprint("%s: write error: %r", t.who));
			return nil;
		}
		for(waiting := 2; waiting > 0;)
			alt {
			r := <-t.recv =>
				if(r == nil)
					return nil;
				if(len r < 4)
					continue;
				got := ip->get2(r, 0);
				if(got == op && ip->get2(r, 2) == (seq & 16rffff))
					return r;
				if(got == Terror){
					(why, nil) := word(r, 4);
					if(debug)
						complain(sys->sprint("%s: %s", t.who, why));
					return nil;
				}
				if(got != Tdata && got != Tack){
					refuse(t, Eillegal, "illegal operation");
					return nil;
				}
			<-t.tick =>
				waiting--;	# the first may come at once
			}
	}
	complain(sys->sprint("%s: %s: no answer", t.who, t.file));
	return nil;
}

header(m: array of byte, op, seq: int)
{
	ip->put2(m, 0, op);
	ip->put2(m, 2, seq & 16rffff);
}

refuse(t: ref Transfer, code: int, text: string)
{
	if(debug)
		complain(sys->sprint("%s: %s", t.who, text));
	s := array of byte text;
	m := array[5 + len s] of {* => byte 0};
	header(m, Terror, code);
	m[4:] = s;
	sys->write(t.c.dfd, m, len m);
}

# the system's reason why the file could not be opened
refusefile(t: ref Transfer)
{
	why := sys->sprint("%r");
	(ok, nil) := sys->stat(t.file);
	if(ok < 0)
		refuse(t, Enofile, "file not found");
	else
		refuse(t, Eaccess, why);
}

# the string at i that ends with a zero byte, and what comes behind it, or -1
word(m: array of byte, i: int): (string, int)
{
	if(i < 0)
		return (nil, -1);
	for(j := i; j < len m; j++)
		if(m[j] == byte 0)
			return (string m[i:j], j + 1);
	return (nil, -1);
}

encode(a: array of byte): array of byte
{
	r := array[2 * len a] of byte;
	n := 0;
	for(i := 0; i < len a; i++){
		if(a[i] == byte '\n')
			r[n++] = byte '\r';
		r[n++] = a[i];
		if(a[i] == byte '\r')
			r[n++] = byte 0;
	}
	return r[0:n];
}

# cr: there was a \r at the end, of which it is not known yet what it is; also returned
decode(a: array of byte, cr, last: int): (array of byte, int)
{
	r := array[len a + 2] of byte;
	n := 0;
	for(i := 0; i < len a; i++){
		if(cr && a[i] != byte '\n')
			r[n++] = byte '\r';
		if((!cr || a[i] != byte 0) && a[i] != byte '\r')
			r[n++] = a[i];
		cr = a[i] == byte '\r';
	}
	if(cr && last)
		r[n++] = byte '\r';
	return (r[0:n], cr);
}

verb(op: int): string
{
	if(op == Tread)
		return "reads";
	return "writes";
}

lower(s: string): string
{
	for(i := 0; i < len s; i++)
		if(s[i] >= 'A' && s[i] <= 'Z')
			s[i] += 'a' - 'A';
	return s;
}

reader(fd: ref Sys->FD, c: chan of array of byte, pids: chan of int)
{
	pids <-= sys->pctl(0, nil);
	for(;;){
		buf := array[1024] of byte;
		n := sys->read(fd, buf, len buf);
		if(n <= 0){
			c <-= nil;
			return;
		}
		c <-= buf[0:n];
	}
}

ticker(c: chan of int, pids: chan of int)
{
	pids <-= sys->pctl(0, nil);
	for(;;){
		sys->sleep(Wait / 2);
		c <-= 1;
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
	sys->fprint(sys->fildes(2), "tftpd: %s\n", s);
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
