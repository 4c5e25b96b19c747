implement Ftpfs;

#
# The files of an FTP server as a file system; see ftpfs(4).
#
# Directories are listed when first looked at and remembered for a while. A file is fetched whole when it is first read, and
# stored whole when the last descriptor that wrote to it is closed. One request is dealt with after the other, as the server does.
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "arg.m";
	arg: Arg;

include "bufio.m";
	bufio: Bufio;
	Iobuf: import bufio;

include "daytime.m";
	daytime: Daytime;
	Tm: import daytime;

include "dial.m";
	dial: Dial;
	Connection: import dial;

include "string.m";
	str: String;

include "styx.m";
	styx: Styx;
	Rmsg, Tmsg: import styx;

include "styxservers.m";
	styxservers: Styxservers;
	Fid, Navigator, Navop, Styxserver: import styxservers;

Ftpfs: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

FRESH: con 60;			# seconds a list of a directory is believed
FLUSH: con ".flush.ftpfs";	# a file that is made to forget them

File: adt
{
	d:	Sys->Dir;
	parent:	cyclic ref File;
	children:	cyclic list of ref File;
	listed:	int;		# when; 0: not
	gone:	int;
	data:	array of byte;	# nil: not fetched; d.length bytes of it count
	writers:	int;	# descriptors that have written
	dirty:	int;

	path:	fn(f: self ref File): string;
	child:	fn(f: self ref File, name: string): ref File;
};

files: array of ref File;
nfiles: int;
host, user, password: string;
owner: string;			# whose all files are: who uses us
root := "/";
quiet, active, debug: int;
mlsd := 1;			# whether the server can; until it has said that it cannot
epsv := 1;
ctl: ref Connection;
in: ref Iobuf;

init(nil: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	arg = load Arg Arg->PATH;
	if(arg == nil)
		nomod(Arg->PATH);
	bufio = load Bufio Bufio->PATH;
	if(bufio == nil)
		nomod(Bufio->PATH);
	daytime = load Daytime Daytime->PATH;
	if(daytime == nil)
		nomod(Daytime->PATH);
	dial = load Dial Dial->PATH;
	if(dial == nil)
		nomod(Dial->PATH);
	str = load String String->PATH;
	if(str == nil)
		nomod(String->PATH);
	styx = load Styx Styx->PATH;
	if(styx == nil)
		nomod(Styx->PATH);
	styx->init();
	styxservers = load Styxservers Styxservers->PATH;
	if(styxservers == nil)
		nomod(Styxservers->PATH);
	styxservers->init(styx);
	mnt := "/n/ftp";
	arg->init(argv);
	arg->setusage("ftpfs [-/dpq] [-m mountpoint] [-a password] ftphost");
	cwd := 1;
	while((o := arg->opt()) != 0)
		case o {
		'/' =>	cwd = 0;
		'd' =>	debug = 1;
		'p' =>	active = 1;
		'q' =>	quiet = 1;
		'm' =>	mnt = arg->earg();
		'a' =>	user = "anonymous";
			password = arg->earg();
		* =>	arg->usage();
		}
	argv = arg->argv();
	if(len argv != 1)
		arg->usage();
	host = dial->netmkaddr(hd argv, "tcp", "ftp");
	if(user == nil)
		askuser();
	err := login();
	if(err != nil)
		fail(err);
	if(cwd){
		(code, text) := cmd("PWD");
		(nil, s) := str->splitl(text, "\"");
		if(code == 257 && s != nil)
			root = str->splitl(s[1:], "\"").t0;
	}
	files = array[64] of ref File;
	owner = read("/dev/user");
	r := new(nil, Sys->zerodir);
	r.d.name = "/";
	r.d.mode = Sys->DMDIR|8r755;
	r.d.qid.qtype = Sys->QTDIR;
	fds := array[2] of ref Sys->FD;
	if(sys->pipe(fds) < 0)
		fail(sys->sprint("can't make a pipe: %r"));
	started := chan of int;
	spawn serve(fds[0], started);
	<-started;
	fds[0] = nil;
	if(sys->mount(fds[1], nil, mnt, Sys->MREPL|Sys->MCREATE, nil) < 0)
		fail(sys->sprint("can't mount on %s: %r", mnt));
}

fail(s: string)
{
	sys->fprint(sys->fildes(2), "ftpfs: %s\n", s);
	raise "fail:" + s;
}

nomod(path: string)
{
	fail(sys->sprint("cannot load %s: %r", path));
}

read(name: string): string
{
	fd := sys->open(name, Sys->OREAD);
	buf := array[128] of byte;
	if(fd == nil || (n := sys->read(fd, buf, len buf)) <= 0)
		return nil;
	return string buf[0:n];
}

prompt(s: string): string
{
	sys->print("%s", s);
	f := bufio->open("/dev/cons", Bufio->OREAD);
	if(f == nil)
		return nil;
	line := f.gets('\n');
	while(line != nil && (line[len line - 1] == '\n' || line[len line - 1] == '\r'))
		line = line[0:len line - 1];
	return line;
}

askuser()
{
	me := read("/dev/user");
	user = prompt("User[" + me + "]: ");
	if(user == nil)
		user = me;
	raw := sys->open("/dev/consctl", Sys->OWRITE);
	if(raw != nil)
		sys->fprint(raw, "rawon");
	password = prompt("Password: ");
	if(raw != nil)
		sys->print("\n");
}

#
# the protocol
#

# an answer: its code and the text of its last line; 0: the connection is lost
answer(): (int, string)
{
	first := "";
	while(in != nil && (s := in.gets('\n')) != nil){
		while(s != nil && (s[len s - 1] == '\n' || s[len s - 1] == '\r'))
			s = s[0:len s - 1];
		if(debug)
			sys->fprint(sys->fildes(2), "<- %s\n", s);
		if(len s < 3)
			continue;
		if(first == nil){
			first = s[0:3];
			if(len s > 3 && s[3] == '-')
				continue;
		}else if(s[0:3] != first || len s > 3 && s[3] != ' ')
			continue;
		if(len s > 4)
			return (int first, s[4:]);
		return (int first, "");
	}
	in = nil;
	ctl = nil;
	return (0, "connection lost");
}

send(s: string): (int, string)
{
	if(debug)
		sys->fprint(sys->fildes(2), "-> %s\n", s);
	if(ctl == nil || sys->fprint(ctl.dfd, "%s\r\n", s) < 0){
		in = nil;
		ctl = nil;
		return (0, "connection lost");
	}
	return answer();
}

# the same, after another login if the server has given us up meanwhile
cmd(s: string): (int, string)
{
	for(i := 0; i < len s; i++)
		if(s[i] < ' ')
			return (501, "bad character in file name");
	(code, text) := send(s);
	if(code == 0 || code == 421){
		err := login();
		if(err != nil)
			return (0, err);
		(code, text) = send(s);
	}
	return (code, text);
}

login(): string
{
	ctl = dial->dial(host, nil);
	if(ctl == nil)
		return sys->sprint("dial %s failed: %r", host);
	in = bufio->fopen(ctl.dfd, Bufio->OREAD);
	(code, text) := answer();
	if(code == 220)
		(code, text) = send("USER " + user);
	if(code == 331)
		(code, text) = send("PASS " + password);
	if(code != 230)
		return "login failed: " + text;
	if(!quiet && text != nil)
		sys->fprint(sys->fildes(2), "%s\n", text);
	(code, text) = send("TYPE I");
	if(code != 200)
		return "binary transfers refused: " + text;
	return nil;
}

# the text between the first of a and the next of b
between(s, a, b: string): string
{
	(nil, s) = str->splitl(s, a);
	if(s == nil)
		return nil;
	return str->splitl(s[1:], b).t0;
}

remotehost(): string
{
	s := read(ctl.dir + "/remote");
	return str->splitl(s, "!").t0;
}

# a connection for data that the server has been told of: either made, or announced
passive(): (ref Connection, string)
{
	if(epsv){
		(code, text) := cmd("EPSV");
		if(code == 229){
			# (|||port|)
			(n, l) := sys->tokenize(between(text, "(", ")"), "|");
			if(n == 1)
				return dialdata("tcp!" + remotehost() + "!" + hd l);
		}
		if(code == 0)
			return (nil, text);
		epsv = 0;
	}
	(code, text) := cmd("PASV");
	if(code != 227)
		return (nil, text);
	s := between(text, "(", ")");
	if(s == nil)
		s = str->drop(text, "^0-9");
	(n, l) := sys->tokenize(s, ",");
	if(n != 6)
		return (nil, "cannot understand: " + text);
	for(i := 0; i < 4; i++)
		l = tl l;
	# the address in it is often that of another world; the server's own is right
	return dialdata(sys->sprint("tcp!%s!%d", remotehost(), 256 * int hd l + int hd tl l));
}

dialdata(addr: string): (ref Connection, string)
{
	c := dial->dial(addr, nil);
	if(c == nil)
		return (nil, sys->sprint("%r"));
	return (c, nil);
}

port(): (ref Connection, string)
{
	c := dial->announce("tcp!*!0");
	if(c == nil)
		return (nil, sys->sprint("%r"));
	(nil, p) := str->splitr(read(c.dir + "/local"), "!");
	(mine, nil) := str->splitl(read(ctl.dir + "/local"), "!");
	(n, l) := sys->tokenize(mine, ".");
	if(n != 4)
		return (nil, "no IPv4 address of our own");
	s := "";
	for(; l != nil; l = tl l)
		s += hd l + ",";
	(code, text) := cmd(sys->sprint("PORT %s%d,%d", s, int p / 256, int p % 256));
	if(code != 200)
		return (nil, text);
	return (c, nil);
}

# starts a transfer: the descriptor for its data
transfer(s: string): (ref Sys->FD, int, string)
{
	c: ref Connection;
	err: string;
	if(active)
		(c, err) = port();
	else
		(c, err) = passive();
	if(c == nil)
		return (nil, 0, err);
	(code, text) := cmd(s);
	if(code / 100 != 1)
		return (nil, code, text);
	if(active){
		nc := dial->listen(c);
		if(nc == nil)
			return (nil, 0, sys->sprint("%r"));
		c = nc;
		c.dfd = dial->accept(nc);
	}
	return (c.dfd, code, nil);
}

# after the data: nil if the transfer was complete
finished(): string
{
	(code, text) := answer();
	if(code / 100 != 2)
		return text;
	return nil;
}

# texts of the server in the words of the system
why(code: int, text: string): string
{
	low := str->tolower(text);
	if(code == 550)
		for(l := list of {("no such", Styxservers->Enotfound), ("not found", Styxservers->Enotfound),
				("denied", Styxservers->Eperm), ("exists", Styxservers->Eexists)}; l != nil; l = tl l)
			for(i := 0; i + len (hd l).t0 <= len low; i++)
				if(low[i:i + len (hd l).t0] == (hd l).t0)
					return (hd l).t1;
	return text;
}

#
# files
#

new(parent: ref File, d: Sys->Dir): ref File
{
	if(nfiles == len files){
		a := array[2 * nfiles] of ref File;
		a[0:] = files;
		files = a;
	}
	f := ref File(d, parent, nil, 0, 0, nil, 0, 0);
	f.d.qid.path = big nfiles;
	f.d.uid = f.d.gid = owner;
	files[nfiles++] = f;
	if(parent == nil)
		f.parent = f;
	return f;
}

File.path(f: self ref File): string
{
	if(f.parent == f)
		return root;
	p := f.parent.path();
	if(p[len p - 1] != '/')
		p += "/";
	return p + f.d.name;
}

File.child(f: self ref File, name: string): ref File
{
	for(l := f.children; l != nil; l = tl l)
		if((hd l).d.name == name)
			return hd l;
	return nil;
}

# brings the list of a directory up to date
look(f: ref File): string
{
	if(f.listed != 0 && daytime->now() - f.listed < FRESH)
		return nil;
	fd: ref Sys->FD;
	code: int;
	err: string;
	(code, err) = cmd("CWD " + f.path());
	if(code / 100 != 2)
		return why(code, err);
	if(mlsd){
		(fd, code, err) = transfer("MLSD");
		if(fd == nil && code >= 500)
			mlsd = 0;
	}
	if(!mlsd)
		(fd, code, err) = transfer("LIST");
	if(fd == nil)
		return why(code, err);
	l: list of ref File;
	b := bufio->fopen(fd, Bufio->OREAD);
	fd = nil;
	while((s := b.gets('\n')) != nil){
		while(s != nil && (s[len s - 1] == '\n' || s[len s - 1] == '\r'))
			s = s[0:len s - 1];
		d: ref Sys->Dir;
		if(mlsd)
			d = fact(s);
		else
			d = entry(s);
		if(d == nil || d.name == "." || d.name == "..")
			continue;
		g := f.child(d.name);
		if(g != nil && (g.d.mode & Sys->DMDIR) == (d.mode & Sys->DMDIR)){
			if(g.writers == 0 && !g.dirty){
				if(g.d.length != d.length || g.d.mtime != d.mtime){
					g.data = nil;
					g.d.qid.vers++;
				}
				(g.d.length, g.d.mtime, g.d.atime, g.d.mode) = (d.length, d.mtime, d.mtime, d.mode);
			}
		}else
			g = new(f, *d);
		l = g :: l;
	}
	b.close();
	err = finished();
	if(err != nil)
		return err;
	for(o := f.children; o != nil; o = tl o){
		(hd o).gone = 1;
		for(k := l; k != nil; k = tl k)
			if(hd k == hd o)
				(hd o).gone = 0;
	}
	f.children = nil;
	for(; l != nil; l = tl l)
		f.children = hd l :: f.children;
	f.listed = daytime->now();
	return nil;
}

dirof(name: string, isdir, perm: int, length: big, mtime: int): ref Sys->Dir
{
	d := Sys->zerodir;
	d.name = name;
	d.mode = perm;
	d.length = length;
	d.mtime = d.atime = mtime;
	d.qid.qtype = Sys->QTFILE;
	if(isdir){
		d.mode |= Sys->DMDIR;
		d.qid.qtype = Sys->QTDIR;
		d.length = big 0;
	}
	return ref d;
}

badname(s: string): int
{
	for(i := 0; i < len s; i++)
		if(s[i] == '/' || s[i] < ' ' || s[i] == 16r7f)
			return 1;
	return s == nil;
}

# of MLSD: type=file;size=1;modify=20260101000000; name
fact(s: string): ref Sys->Dir
{
	(facts, name) := str->splitl(s, " ");
	if(name == nil || badname(name[1:]))
		return nil;
	isdir := 0;
	perm := 8r644;
	length := big 0;
	mtime := 0;
	for((nil, l) := sys->tokenize(facts, ";"); l != nil; l = tl l){
		(k, v) := str->splitl(hd l, "=");
		if(v == nil)
			continue;
		v = v[1:];
		case str->tolower(k) {
		"type" =>
			v = str->tolower(v);
			if(v == "cdir" || v == "pdir")
				return nil;
			isdir = v == "dir";
		"size" =>
			length = big v;
		"unix.mode" =>
			perm = str->toint(v, 8).t0 & 8r777;
		"modify" =>
			if(len v >= 14)
				mtime = daytime->tm2epoch(ref Tm(int v[12:14], int v[10:12], int v[8:10], int v[6:8], int v[4:6] - 1,
					int v[0:4] - 1900, 0, 0, "GMT", 0));
		}
	}
	if(isdir && perm == 8r644)
		perm = 8r755;
	return dirof(name[1:], isdir, perm, length, mtime);
}

months: con "janfebmaraprmayjunjulaugsepoctnovdec";

# of LIST: -rw-r--r-- 1 owner group 123 Jan 01 12:00 name, or 01-01-26 12:00PM <DIR> name
entry(s: string): ref Sys->Dir
{
	(n, l) := sys->tokenize(s, " \t");
	if(n >= 4 && len hd l == 8 && (hd l)[2] == '-'){
		isdir := hd tl tl l == "<DIR>";
		name := after(s, 3);
		if(badname(name))
			return nil;
		return dirof(name, isdir, 8r755, big hd tl tl l, 0);
	}
	if(n < 9 || len hd l < 10 || !str->in((hd l)[0], "-dl"))
		return nil;
	mode := hd l;
	perm := 0;
	for(i := 1; i < 10; i++)
		perm = perm << 1 | mode[i] != '-';
	name := after(s, 8);
	if(mode[0] == 'l')
		for(i = 0; i + 4 <= len name; i++)
			if(name[i:i+4] == " -> "){
				name = name[0:i];
				break;
			}
	if(badname(name))
		return nil;
	a := array[9] of string;
	for(i = 0; i < 9; i++){
		a[i] = hd l;
		l = tl l;
	}
	now := daytime->now();
	tm := daytime->gmt(now);
	tm.sec = tm.min = tm.hour = 0;
	tm.mday = int a[6];
	for(i = 0; i < 12; i++)
		if(months[3*i:3*i+3] == str->tolower(a[5]))
			tm.mon = i;
	(hour, min) := str->splitl(a[7], ":");
	if(min != nil){
		tm.hour = int hour;
		tm.min = int min[1:];
	}else
		tm.year = int hour - 1900;
	mtime := daytime->tm2epoch(tm);
	if(min != nil && mtime > now + 24*3600){
		tm.year--;
		mtime = daytime->tm2epoch(tm);
	}
	return dirof(name, mode[0] == 'd', perm, big a[4], mtime);
}

# what stands behind the first n words and one blank
after(s: string, n: int): string
{
	i := 0;
	for(; n > 0; n--){
		while(i < len s && s[i] == ' ')
			i++;
		while(i < len s && s[i] != ' ')
			i++;
	}
	if(i < len s)
		i++;
	while(i < len s && s[i] == ' ')
		i++;
	return s[i:];
}

fetch(f: ref File): string
{
	if(f.data != nil)
		return nil;
	(fd, code, err) := transfer("RETR " + f.path());
	if(fd == nil)
		return why(code, err);
	size := int f.d.length;
	if(size < 8192)
		size = 8192;
	a := array[size + 1] of byte;
	n := 0;
	while((k := sys->read(fd, a[n:], len a - n)) > 0){
		n += k;
		if(n == len a){
			b := array[2 * n] of byte;
			b[0:] = a;
			a = b;
		}
	}
	if(k < 0)
		err = sys->sprint("%r");
	fd = nil;
	end := finished();
	if(err == nil)
		err = end;
	if(err != nil)
		return err;
	f.data = a;
	f.d.length = big n;
	return nil;
}

store(f: ref File): string
{
	(fd, code, err) := transfer("STOR " + f.path());
	if(fd == nil)
		return why(code, err);
	n := int f.d.length;
	for(i := 0; i < n; i += 16384){
		k := n - i;
		if(k > 16384)
			k = 16384;
		if(sys->write(fd, f.data[i:i + k], k) != k){
			err = sys->sprint("%r");
			break;
		}
	}
	fd = nil;
	end := finished();
	if(err == nil)
		err = end;
	f.dirty = 0;
	f.d.mtime = daytime->now();
	return err;
}

setlength(f: ref File, n: int)
{
	if(f.data == nil || n > len f.data){
		a := array[2 * n + 512] of { * => byte 0 };
		if(f.data != nil)
			a[0:] = f.data[0:int f.d.length];
		f.data = a;
	}else
		for(i := int f.d.length; i < n; i++)
			f.data[i] = byte 0;
	f.d.length = big n;
	f.d.qid.vers++;
	f.dirty = 1;
}

#
# service
#

serve(fd: ref Sys->FD, started: chan of int)
{
	sys->pctl(Sys->NEWPGRP|Sys->FORKNS|Sys->FORKFD, nil);
	navs := chan of ref Navop;
	spawn navigate(navs);
	(tm, srv) := Styxserver.new(fd, Navigator.new(navs), big 0);
	fd = nil;
	started <-= 1;
	while((m := <-tm) != nil){
		err := request(srv, m);
		if(err != nil)
			srv.reply(ref Rmsg.Error(m.tag, err));
	}
	navs <-= nil;
	if(ctl != nil)
		send("QUIT");
}

# deals with a message, or says why not
request(srv: ref Styxserver, m: ref Tmsg): string
{
	fid: ref Fid;
	err: string;
	pick t := m {
	Open =>
		mode: int;
		d: ref Sys->Dir;
		(fid, mode, d, err) = srv.canopen(t);
		if(fid == nil)
			return err;
		f := files[int d.qid.path];
		fid.open(mode, f.d.qid);
		if((t.mode & Sys->OTRUNC) && !(d.mode & Sys->DMDIR)){
			setlength(f, 0);
			touch(fid, f);
		}
		srv.reply(ref Rmsg.Open(t.tag, f.d.qid, srv.iounit()));
	Create =>
		mode: int;
		d: ref Sys->Dir;
		(fid, mode, d, err) = srv.cancreate(t);
		if(fid == nil)
			return err;
		dir := files[int fid.path];
		f := new(dir, *d);
		f.d.qid.qtype = d.mode >> 24 & 16rff;
		f.d.mtime = f.d.atime = daytime->now();
		if(d.mode & Sys->DMDIR){
			(code, text) := cmd("MKD " + f.path());
			if(code / 100 != 2)
				return why(code, text);
		}else
			setlength(f, 0);
		dir.children = f :: dir.children;
		fid.walk(f.d.qid);
		fid.open(mode, f.d.qid);
		if(f.dirty)
			touch(fid, f);
		srv.reply(ref Rmsg.Create(t.tag, f.d.qid, srv.iounit()));
	Read =>
		(fid, err) = srv.canread(t);
		if(fid == nil)
			return err;
		if(fid.qtype & Sys->QTDIR){
			srv.read(t);
			break;
		}
		f := files[int fid.path];
		if((err = fetch(f)) != nil)
			return err;
		srv.reply(styxservers->readbytes(t, f.data[0:int f.d.length]));
	Write =>
		(fid, err) = srv.canwrite(t);
		if(fid == nil)
			return err;
		f := files[int fid.path];
		if((err = fetch(f)) != nil)
			return err;
		if(t.offset + big len t.data > big 16r3fffffff)
			return "file too big";
		end := int t.offset + len t.data;
		if(end > int f.d.length)
			setlength(f, end);
		f.data[int t.offset:] = t.data;
		f.dirty = 1;
		touch(fid, f);
		srv.reply(ref Rmsg.Write(t.tag, len t.data));
	Clunk =>
		# stored before the answer: whoever closes a file may look at the server next
		fid = srv.getfid(t.fid);
		if(fid != nil && (err = closed(fid)) != nil){
			srv.delfid(fid);
			return err;
		}
		srv.clunk(t);
	Remove =>
		(fid, nil, err) = srv.canremove(t);
		if(fid != nil)
			srv.delfid(fid);
		if(err != nil)
			return err;
		f := files[int fid.path];
		c := "DELE ";
		if(f.d.mode & Sys->DMDIR)
			c = "RMD ";
		(code, text) := cmd(c + f.path());
		if(code / 100 != 2)
			return why(code, text);
		f.gone = 1;
		f.parent.listed = 0;
		srv.reply(ref Rmsg.Remove(t.tag));
	Wstat =>
		fid = srv.getfid(t.fid);
		if(fid == nil)
			return Styxservers->Ebadfid;
		return wstat(srv, t, files[int fid.path]);
	* =>
		srv.default(m);
	}
	return nil;
}

# fid.data marks a descriptor that has changed its file
touch(fid: ref Fid, f: ref File)
{
	if(fid.data == nil){
		fid.data = array[1] of byte;
		f.writers++;
	}
}

closed(fid: ref Fid): string
{
	if(fid.data == nil)
		return nil;
	f := files[int fid.path];
	if(--f.writers > 0 || !f.dirty)
		return nil;
	err := store(f);
	if(err != nil)
		sys->fprint(sys->fildes(2), "ftpfs: can't store %s: %s\n", f.path(), err);
	return err;
}

wstat(srv: ref Styxserver, t: ref Tmsg.Wstat, f: ref File): string
{
	nulldir := Sys->nulldir;
	if(t.stat.length != nulldir.length){
		if(f.d.mode & Sys->DMDIR)
			return Styxservers->Eperm;
		err := fetch(f);
		if(err != nil)
			return err;
		setlength(f, int t.stat.length);
		if(f.writers == 0 && (err = store(f)) != nil)
			return err;
	}
	if(t.stat.name != nil && t.stat.name != f.d.name){
		if(f.parent == f || badname(t.stat.name))
			return Styxservers->Ename;
		if(f.parent.child(t.stat.name) != nil)
			return Styxservers->Eexists;
		(code, text) := cmd("RNFR " + f.path());
		old := f.d.name;
		f.d.name = t.stat.name;
		if(code == 350)
			(code, text) = cmd("RNTO " + f.path());
		if(code / 100 != 2){
			f.d.name = old;
			return why(code, text);
		}
	}
	if(t.stat.mode != nulldir.mode && (t.stat.mode & 8r777) != (f.d.mode & 8r777)){
		(code, text) := cmd(sys->sprint("SITE CHMOD %o %s", t.stat.mode & 8r777, f.path()));
		if(code / 100 != 2)
			return why(code, text);
		f.d.mode = f.d.mode & ~8r777 | t.stat.mode & 8r777;
	}
	srv.reply(ref Rmsg.Wstat(t.tag));
	return nil;
}

navigate(navs: chan of ref Navop)
{
	while((m := <-navs) != nil){
		f := files[int m.path];
		pick n := m {
		Stat =>
			n.reply <-= (ref f.d, nil);
		Walk =>
			if(n.name == ".."){
				n.reply <-= (ref f.parent.d, nil);
				break;
			}
			if(n.name == FLUSH){
				for(i := 0; i < nfiles; i++){
					files[i].listed = 0;
					if(!files[i].dirty && files[i].writers == 0)
						files[i].data = nil;
				}
				n.reply <-= (nil, Styxservers->Enotfound);
				break;
			}
			err := look(f);
			g := f.child(n.name);
			if(g != nil && err == nil)
				n.reply <-= (ref g.d, nil);
			else if(err != nil)
				n.reply <-= (nil, err);
			else
				n.reply <-= (nil, Styxservers->Enotfound);
		Readdir =>
			err := look(f);
			if(err != nil){
				n.reply <-= (nil, err);
				break;
			}
			i := 0;
			for(l := f.children; l != nil; l = tl l){
				if(i >= n.offset && i < n.offset + n.count)
					n.reply <-= (ref (hd l).d, nil);
				i++;
			}
			n.reply <-= (nil, nil);
		}
	}
}
