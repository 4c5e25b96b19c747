implement Styxchat;

#
# Exchanges messages of Styx as text; see styxchat(8).
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "arg.m";
	arg: Arg;

include "bufio.m";
	bufio: Bufio;
	Iobuf: import bufio;

include "dial.m";
	dial: Dial;

include "string.m";
	str: String;

include "styx.m";
	styx: Styx;
	Rmsg, Tmsg: import styx;

Styxchat: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

msize := Styx->MAXRPC;
server: int;

init(nil: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	arg = load Arg Arg->PATH;
	if(arg == nil)
		nomod(Arg->PATH);
	bufio = load Bufio Bufio->PATH;
	if(bufio == nil)
		nomod(Bufio->PATH);
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
	arg->init(argv);
	arg->setusage("styxchat [-nsv] [-m messagesize] [dest]");
	net := 0;
	while((o := arg->opt()) != 0)
		case o {
		'm' =>	msize = int arg->earg();
		'n' =>	net = 1;
		's' =>	server = 1;
		'v' =>	;
		* =>	arg->usage();
		}
	argv = arg->argv();
	if(len argv > 1 || net && argv == nil)
		arg->usage();
	fd := sys->fildes(0);
	in := sys->open("/dev/cons", Sys->OREAD);
	if(argv != nil){
		dest := hd argv;
		in = sys->fildes(0);
		if(net){
			addr := dial->netmkaddr(dest, "net", "styx");
			c := dial->dial(addr, nil);
			if(c == nil)
				fail(sys->sprint("can't dial %s: %r", addr));
			fd = c.dfd;
		}else{
			fd = sys->open(dest, Sys->ORDWR);
			if(fd == nil)
				fail(sys->sprint("can't open %s: %r", dest));
		}
	}
	pids := chan of int;
	spawn reader(fd, pids);
	pid := <-pids;
	f := bufio->fopen(in, Bufio->OREAD);
	while((s := f.gets('\n')) != nil)
		send(fd, s);
	kfd := sys->open("#p/" + string pid + "/ctl", Sys->OWRITE);
	if(kfd != nil)
		sys->fprint(kfd, "kill");
}

fail(s: string)
{
	sys->fprint(sys->fildes(2), "styxchat: %s\n", s);
	raise "fail:error";
}

reader(fd: ref Sys->FD, pids: chan of int)
{
	pids <-= sys->pctl(0, nil);
	for(;;){
		text: string;
		if(server){
			m := Tmsg.read(fd, msize);
			if(m != nil)
				text = m.text();
		}else{
			m := Rmsg.read(fd, msize);
			if(m != nil)
				text = m.text();
		}
		if(text == nil){
			sys->print("styxchat: server hungup\n");
			return;
		}
		sys->print("<- %s\n", text);
		if(str->splitl(text, "(").t0 == "Tmsg.Readerror" || str->splitl(text, "(").t0 == "Rmsg.Readerror")
			return;
	}
}

send(fd: ref Sys->FD, line: string)
{
	w := str->unquoted(line);
	if(w == nil || (hd w)[0] == '#')
		return;
	a: array of byte;
	text, err: string;
	{
		if(server){
			(m, e) := rmsg(w);
			err = e;
			if(m != nil){
				a = m.pack();
				text = m.text();
			}
		}else{
			(m, e) := tmsg(w);
			err = e;
			if(m != nil){
				a = m.pack();
				text = m.text();
			}
		}
	}exception e{
	"bad:*" =>
		err = e[len "bad:":];
	}
	if(err != nil){
		sys->print("?%s\n", err);
		return;
	}
	sys->print("-> %s\n", text);
	if(sys->write(fd, a, len a) != len a)
		fail(sys->sprint("write error: %r"));
}

args: list of string;

next(): string
{
	if(args == nil)
		raise "bad:too few fields";
	s := hd args;
	args = tl args;
	return s;
}

num(): int
{
	return int bignum();
}

bignum(): big
{
	s := next();
	if(s == "~0" || s == "nofid")
		return big -1;
	base := 10;
	if(len s > 1 && s[0] == '0'){
		base = 8;
		if(s[1] == 'x'){
			base = 16;
			s = s[2:];
		}
	}
	(v, rest) := str->tobig(s, base);
	if(rest != nil)
		raise "bad:bad number: " + s;
	return v;
}

mode(): int
{
	s := next();
	m := 0;
	case str->splitl(s, "|+").t0 {
	"OREAD" =>	m = Styx->OREAD;
	"OWRITE" =>	m = Styx->OWRITE;
	"ORDWR" =>	m = Styx->ORDWR;
	"OEXEC" =>	m = Styx->OEXEC;
	* =>
		args = s :: args;
		return num();
	}
	(nil, l) := sys->tokenize(str->splitl(s, "|+").t1, "|+");
	for(; l != nil; l = tl l)
		case hd l {
		"OTRUNC" =>	m |= Styx->OTRUNC;
		"ORCLOSE" =>	m |= Styx->ORCLOSE;
		* =>	raise "bad:bad mode: " + s;
		}
	return m;
}

qid(): Sys->Qid
{
	path := bignum();
	v := num();
	return Sys->Qid(path, v, num());
}

stat(): Sys->Dir
{
	d := Sys->nulldir;
	while(args != nil){
		(k, v) := str->splitl(next(), "=");
		if(v == nil)
			raise "bad:field=value expected: " + k;
		v = v[1:];
		case k {
		"name" =>	d.name = v;
		"uid" =>	d.uid = v;
		"gid" =>	d.gid = v;
		"muid" =>	d.muid = v;
		"mode" =>	d.mode = str->toint(v, 8).t0;
		"mtime" =>	d.mtime = int v;
		"atime" =>	d.atime = int v;
		"length" =>	d.length = big v;
		* =>	raise "bad:unknown field: " + k;
		}
	}
	return d;
}

rest(): array of string
{
	a := array[len args] of string;
	for(i := 0; args != nil; args = tl args)
		a[i++] = hd args;
	return a;
}

nexttag := 1;

# NAME fields; tags are given in order
tmsg(w: list of string): (ref Tmsg, string)
{
	args = tl w;
	tag := nexttag++;
	case str->tolower(hd w) {
	"tversion" =>
		tag = Styx->NOTAG;
		size := num();
		return (ref Tmsg.Version(tag, size, next()), nil);
	"tauth" =>
		afid := num();
		uname := next();
		return (ref Tmsg.Auth(tag, afid, uname, next()), nil);
	"tattach" =>
		fid := num();
		afid := num();
		uname := next();
		aname := "";
		if(args != nil)
			aname = next();
		return (ref Tmsg.Attach(tag, fid, afid, uname, aname), nil);
	"tflush" =>
		return (ref Tmsg.Flush(tag, num()), nil);
	"twalk" =>
		fid := num();
		newfid := num();
		return (ref Tmsg.Walk(tag, fid, newfid, rest()), nil);
	"topen" =>
		fid := num();
		return (ref Tmsg.Open(tag, fid, mode()), nil);
	"tcreate" =>
		fid := num();
		name := next();
		perm := num();
		return (ref Tmsg.Create(tag, fid, name, perm, mode()), nil);
	"tread" =>
		fid := num();
		off := bignum();
		return (ref Tmsg.Read(tag, fid, off, num()), nil);
	"twrite" =>
		fid := num();
		off := bignum();
		return (ref Tmsg.Write(tag, fid, off, array of byte next()), nil);
	"tclunk" =>
		return (ref Tmsg.Clunk(tag, num()), nil);
	"tremove" =>
		return (ref Tmsg.Remove(tag, num()), nil);
	"tstat" =>
		return (ref Tmsg.Stat(tag, num()), nil);
	"twstat" =>
		fid := num();
		return (ref Tmsg.Wstat(tag, fid, stat()), nil);
	}
	return (nil, "unknown message: " + hd w);
}

# NAME tag fields
rmsg(w: list of string): (ref Rmsg, string)
{
	args = tl w;
	tag := num();
	case str->tolower(hd w) {
	"rversion" =>
		size := num();
		return (ref Rmsg.Version(tag, size, next()), nil);
	"rauth" =>
		return (ref Rmsg.Auth(tag, qid()), nil);
	"rerror" =>
		return (ref Rmsg.Error(tag, next()), nil);
	"rattach" =>
		return (ref Rmsg.Attach(tag, qid()), nil);
	"rflush" =>
		return (ref Rmsg.Flush(tag), nil);
	"rwalk" =>
		q := array[len args / 3] of Sys->Qid;
		for(i := 0; i < len q; i++)
			q[i] = qid();
		return (ref Rmsg.Walk(tag, q), nil);
	"ropen" =>
		q := qid();
		return (ref Rmsg.Open(tag, q, num()), nil);
	"rcreate" =>
		q := qid();
		return (ref Rmsg.Create(tag, q, num()), nil);
	"rread" =>
		return (ref Rmsg.Read(tag, array of byte next()), nil);
	"rwrite" =>
		return (ref Rmsg.Write(tag, num()), nil);
	"rclunk" =>
		return (ref Rmsg.Clunk(tag), nil);
	"rremove" =>
		return (ref Rmsg.Remove(tag), nil);
	"rstat" =>
		return (ref Rmsg.Stat(tag, stat()), nil);
	"rwstat" =>
		return (ref Rmsg.Wstat(tag), nil);
	}
	return (nil, "unknown message: " + hd w);
}

nomod(path: string)
{
	sys->fprint(sys->fildes(2), "styxchat: cannot load %s: %r\n", path);
	raise "fail:bad module";
}
