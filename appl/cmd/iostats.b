implement Iostats;

#
# Measures what a command does with files; see iostats(4).
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "arg.m";
	arg: Arg;

include "sh.m";
	sh: Sh;

include "styx.m";
	styx: Styx;
	Rmsg, Tmsg: import styx;

Iostats: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

Maxmsg: con 1 << 20;

Count: adt
{
	n, errors: int;
	bytes:	big;
	total, least, most: int;	# milliseconds
};

# of a path
File: adt
{
	name:	string;
	opens, reads, writes: int;
	rbytes, wbytes: big;
};

Fid: adt
{
	fid:	int;
	f:	ref File;
	name:	string;
};

Request: adt
{
	m:	ref Tmsg;
	start:	int;
};

names := array[] of {"version", "auth", "attach", nil, "flush", "walk", "open", "create", "read", "write", "clunk", "remove", "stat", "wstat"};
counts := array[14] of {* => Count(0, 0, big 0, 0, 0, 0)};
pending := array[67] of list of ref Request;
fids := array[67] of list of ref Fid;
files: list of ref File;
debug: ref Sys->FD;
tbytes, rbytes: big;

init(ctxt: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	arg = load Arg Arg->PATH;
	if(arg == nil)
		nomod(Arg->PATH);
	sh = load Sh Sh->PATH;
	if(sh == nil)
		nomod(Sh->PATH);
	styx = load Styx Styx->PATH;
	if(styx == nil)
		nomod(Styx->PATH);
	styx->init();
	arg->init(argv);
	arg->setusage("iostats [-d] [-f debugfile] cmds [args ...]");
	while((o := arg->opt()) != 0)
		case o {
		'd' =>	debug = sys->fildes(2);
		'f' =>
			file := arg->earg();
			debug = sys->create(file, Sys->OWRITE, 8r666);
			if(debug == nil)
				fatal(sys->sprint("can't create %s: %r", file));
		* =>	arg->usage();
		}
	argv = arg->argv();
	if(argv == nil)
		arg->usage();
	a := array[2] of ref Sys->FD;
	b := array[2] of ref Sys->FD;
	if(sys->pipe(a) < 0 || sys->pipe(b) < 0)
		fatal(sys->sprint("can't make pipe: %r"));
	if(sys->export(a[0], "/", Sys->EXPASYNC) < 0)
		fatal(sys->sprint("can't export /: %r"));
	a[0] = nil;
	done := chan of string;
	msgs := chan of (array of byte, chan of int);
	pids := chan of int;
	spawn relay(b[0], a[1], msgs, pids);
	spawn relay(a[1], b[0], msgs, pids);
	relays := <-pids :: <-pids :: nil;
	b[0] = a[1] = nil;
	begin := sys->millisec();
	spawn command(ctxt, argv, b[1], done);
	b[1] = nil;
	status: string;
	loop: for(;;) alt {
	(m, ack) := <-msgs =>
		note(m);
		ack <-= 1;
	status = <-done =>
		break loop;
	}
	report(sys->millisec() - begin);
	for(; relays != nil; relays = tl relays){
		fd := sys->open("/prog/" + string hd relays + "/ctl", Sys->OWRITE);
		if(fd != nil)
			sys->fprint(fd, "kill");
	}
	if(status != nil)
		raise "fail:" + status;
}

fatal(s: string)
{
	sys->fprint(sys->fildes(2), "iostats: %s\n", s);
	raise "fail:error";
}

command(ctxt: ref Draw->Context, argv: list of string, fd: ref Sys->FD, done: chan of string)
{
	sys->pctl(Sys->FORKNS | Sys->FORKFD, nil);
	# the directory stays the same, but is reached through the copy
	dir := sys->fd2path(sys->open(".", Sys->OREAD));
	if(sys->mount(fd, nil, "/", Sys->MREPL, nil) < 0){
		sys->fprint(sys->fildes(2), "iostats: can't mount on /: %r\n");
		done <-= "error";
		return;
	}
	fd = nil;
	if(dir != nil)
		sys->chdir(dir);
	done <-= sh->run(ctxt, argv);
}

relay(from, dst: ref Sys->FD, msgs: chan of (array of byte, chan of int), pids: chan of int)
{
	pids <-= sys->pctl(0, nil);
	ack := chan of int;
	while((a := styx->readmsg(from, Maxmsg).t0) != nil){
		msgs <-= (a, ack);
		<-ack;
		if(sys->write(dst, a, len a) != len a)
			break;
	}
}

#
# what passes
#

note(a: array of byte)
{
	if(styx->istmsg(a)){
		(nil, t) := Tmsg.unpack(a);
		if(t == nil)
			return;
		if(debug != nil)
			sys->fprint(debug, "-> %s\n", t.text());
		tbytes += big len a;
		pending[t.tag % len pending] = ref Request(t, sys->millisec()) :: pending[t.tag % len pending];
		return;
	}
	(nil, r) := Rmsg.unpack(a);
	if(r == nil)
		return;
	if(debug != nil)
		sys->fprint(debug, "<- %s\n", r.text());
	rbytes += big len a;
	q := request(r.tag);
	if(q == nil)
		return;
	i := (q.m.mtype() - Styx->Tversion) / 2;
	ms := sys->millisec() - q.start;
	c := counts[i];
	if(c.n == 0 || ms < c.least)
		c.least = ms;
	if(ms > c.most)
		c.most = ms;
	c.n++;
	c.total += ms;
	pick e := r {
	Error =>
		c.errors++;
	Read =>
		c.bytes += big len e.data;
	Write =>
		c.bytes += big e.count;
	}
	counts[i] = c;
	answered(q.m, r);
}

request(tag: int): ref Request
{
	i := tag % len pending;
	found: ref Request;
	r: list of ref Request;
	for(l := pending[i]; l != nil; l = tl l)
		if((hd l).m.tag == tag)
			found = hd l;
		else
			r = hd l :: r;
	pending[i] = r;
	return found;
}

fid(n: int): ref Fid
{
	i := (n & 16r7fffffff) % len fids;
	for(l := fids[i]; l != nil; l = tl l)
		if((hd l).fid == n)
			return hd l;
	f := ref Fid(n, nil, "/");
	fids[i] = f :: fids[i];
	return f;
}

forget(n: int)
{
	i := (n & 16r7fffffff) % len fids;
	r: list of ref Fid;
	for(l := fids[i]; l != nil; l = tl l)
		if((hd l).fid != n)
			r = hd l :: r;
	fids[i] = r;
}

file(name: string): ref File
{
	for(l := files; l != nil; l = tl l)
		if((hd l).name == name)
			return hd l;
	f := ref File(name, 0, 0, 0, big 0, big 0);
	files = f :: files;
	return f;
}

under(dir, name: string): string
{
	if(name == ".."){
		for(i := len dir - 1; i > 0 && dir[i] != '/'; i--)
			;
		if(i == 0)
			return "/";
		return dir[0:i];
	}
	if(dir == "/")
		return dir + name;
	return dir + "/" + name;
}

answered(m: ref Tmsg, r: ref Rmsg)
{
	failed := tagof r == tagof Rmsg.Error;
	pick t := m {
	Walk =>
		pick w := r {
		Walk =>
			if(len w.qids == len t.names){
				name := fid(t.fid).name;
				for(i := 0; i < len t.names; i++)
					name = under(name, t.names[i]);
				fid(t.newfid).name = name;
			}
		}
	Open =>
		if(!failed){
			f := fid(t.fid);
			f.f = file(f.name);
			f.f.opens++;
		}
	Create =>
		if(!failed){
			f := fid(t.fid);
			f.name = under(f.name, t.name);
			f.f = file(f.name);
			f.f.opens++;
		}
	Read =>
		pick d := r {
		Read =>
			f := fid(t.fid).f;
			if(f != nil){
				f.reads++;
				f.rbytes += big len d.data;
			}
		}
	Write =>
		pick d := r {
		Write =>
			f := fid(t.fid).f;
			if(f != nil){
				f.writes++;
				f.wbytes += big d.count;
			}
		}
	Clunk =>
		forget(t.fid);
	Remove =>
		forget(t.fid);
	}
}

report(ms: int)
{
	err := sys->fildes(2);
	sys->fprint(err, "read %bd bytes, %s\n", counts[8].bytes, rate(counts[8].bytes, counts[8].total));
	sys->fprint(err, "write %bd bytes, %s\n", counts[9].bytes, rate(counts[9].bytes, counts[9].total));
	sys->fprint(err, "protocol %bd bytes, %s\n\n", tbytes + rbytes, rate(tbytes + rbytes, ms));
	sys->fprint(err, "%-10s %8s %8s %8s %8s %8s %8s\n", "message", "count", "errors", "low ms", "high ms", "total ms", "ms each");
	for(i := 0; i < len names; i++){
		c := counts[i];
		if(c.n > 0)
			sys->fprint(err, "%-10s %8d %8d %8d %8d %8d %8.3f\n", names[i], c.n, c.errors, c.least, c.most, c.total, real c.total / real c.n);
	}
	sys->fprint(err, "\n%8s %8s %12s %8s %12s %s\n", "opens", "reads", "bytes", "writes", "bytes", "file");
	r: list of ref File;
	for(l := files; l != nil; l = tl l)
		r = hd l :: r;
	for(; r != nil; r = tl r){
		f := hd r;
		sys->fprint(err, "%8d %8d %12bd %8d %12bd %s\n", f.opens, f.reads, f.rbytes, f.writes, f.wbytes, f.name);
	}
}

rate(n: big, ms: int): string
{
	if(ms == 0)
		return "in no time";
	return sys->sprint("%.4g kB/sec", real n / real ms * 1000.0 / 1024.0);
}

nomod(path: string)
{
	sys->fprint(sys->fildes(2), "iostats: cannot load %s: %r\n", path);
	raise "fail:bad module";
}
