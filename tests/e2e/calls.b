implement Calls;

#
# System calls by name, one a line of standard input, for tests: each prints its result, or - and the error.
# A word $v stands for the descriptor that an earlier call put into v. Numbers may be octal (0...) or hexadecimal (0x...).
#

include "sys.m";
	sys: Sys;
include "draw.m";
include "bufio.m";
	bufio: Bufio;
	Iobuf: import bufio;
include "string.m";
	str: String;

Calls: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

vars: list of (string, ref Sys->FD);

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	bufio = load Bufio Bufio->PATH;
	str = load String String->PATH;
	in := bufio->fopen(sys->fildes(0), Bufio->OREAD);
	while((line := in.gets('\n')) != nil)
		obey(str->unquoted(line));
}

obey(w: list of string)
{
	if(w == nil)
		return;
	a := array[10] of {* => ""};
	n := 0;
	for(l := tl w; l != nil && n < len a; l = tl l)
		a[n++] = hd l;
	buf := array[1] of byte;
	case hd w {
	"echo" =>
		sys->print("%s\n", a[0]);
	"open" =>
		set(a[0], sys->open(a[1], num(a[2])));
	"create" =>
		set(a[0], sys->create(a[1], num(a[2]), num(a[3])));
	"fildes" =>
		set(a[0], sys->fildes(num(a[1])));
	"close" =>
		drop(a[0]);
	"read" =>
		data(buf = array[num(a[1])] of byte, sys->read(fd(a[0]), buf, len buf));
	"readn" =>
		data(buf = array[num(a[1])] of byte, sys->readn(fd(a[0]), buf, len buf));
	"pread" =>
		data(buf = array[num(a[1])] of byte, sys->pread(fd(a[0]), buf, len buf, bignum(a[2])));
	"write" =>
		buf = array of byte a[1];
		say(big sys->write(fd(a[0]), buf, len buf));
	"pwrite" =>
		buf = array of byte a[2];
		say(big sys->pwrite(fd(a[0]), buf, len buf, bignum(a[1])));
	"seek" =>
		say(sys->seek(fd(a[0]), bignum(a[1]), num(a[2])));
	"stat" =>
		show(sys->stat(a[0]));
	"fstat" =>
		show(sys->fstat(fd(a[0])));
	"wstat" =>
		say(big sys->wstat(a[0], dir(tl tl w)));
	"fwstat" =>
		say(big sys->fwstat(fd(a[0]), dir(tl tl w)));
	"dirread" =>
		(nd, d) := sys->dirread(fd(a[0]));
		if(nd < 0)
			say(big nd);
		else{
			sys->print("%d", nd);
			for(i := 0; i < nd; i++)
				sys->print(" %q", d[i].name);
			sys->print("\n");
		}
	"rawdir" =>
		m := 0;
		buf = array[num(a[1])] of byte;
		while((k := sys->read(fd(a[0]), buf, len buf)) > 0)
			m += entries(buf[0:k]);
		if(k < 0)
			say(big k);
		else
			say(big m);
	"remove" =>
		say(big sys->remove(a[0]));
	"bind" =>
		pos(sys->bind(a[0], a[1], num(a[2])));
	"unmount" =>
		say(big sys->unmount(a[0], a[1]));
	"mount" =>
		pos(sys->mount(fd(a[0]), nil, a[1], num(a[2]), a[3]));
	"export" =>
		say(big sys->export(fd(a[0]), a[1], Sys->EXPASYNC));
	"chdir" =>
		say(big sys->chdir(a[0]));
	"fd2path" =>
		sys->print("%s\n", sys->fd2path(fd(a[0])));
	"iounit" =>
		say(big sys->iounit(fd(a[0])));
	"dup" =>
		say(big sys->dup(num(a[0]), num(a[1])));
	"pipe" =>
		p := array[2] of ref Sys->FD;
		r := sys->pipe(p);
		if(r < 0)
			say(big r);
		else{
			set(a[0], p[0]);
			set(a[1], p[1]);
		}
	"pctl" =>
		fds: list of int;
		for(l = tl tl w; l != nil; l = tl l)
			fds = fd(hd l).fd :: fds;
		pos(sys->pctl(num(a[0]), fds));
	"sleep" =>
		sys->sleep(num(a[0]));
	* =>
		sys->print("unknown call %s\n", hd w);
	}
}

say(n: big)
{
	if(n < big 0)
		sys->print("- %r\n");
	else
		sys->print("%bd\n", n);
}

# results of which only the sign is known beforehand
pos(n: int)
{
	if(n < 0)
		sys->print("- %r\n");
	else
		sys->print("ok\n");
}

data(buf: array of byte, n: int)
{
	if(n < 0)
		sys->print("- %r\n");
	else
		sys->print("%d %q\n", n, string buf[0:n]);
}

show(r: (int, Sys->Dir))
{
	(ok, d) := r;
	if(ok < 0)
		sys->print("- %r\n");
	else
		sys->print("%q %q %q %q %bud.%d.%x %uo %bd %d %d %c %d\n", d.name, d.uid, d.gid, d.muid, d.qid.path, d.qid.vers, d.qid.qtype,
			d.mode, d.length, d.atime, d.mtime, d.dtype, d.dev);
}

dir(w: list of string): Sys->Dir
{
	d := sys->nulldir;
	for(; w != nil; w = tl w){
		(k, v) := str->splitstrl(hd w, "=");
		if(v != nil)
			v = v[1:];
		case k {
		"name" =>	d.name = v;
		"uid" =>	d.uid = v;
		"gid" =>	d.gid = v;
		"mode" =>	d.mode = num(v);
		"atime" =>	d.atime = num(v);
		"mtime" =>	d.mtime = num(v);
		"length" =>	d.length = bignum(v);
		}
	}
	return d;
}

# packed entries in buf: all of them whole, or -1
entries(buf: array of byte): int
{
	n := 0;
	for(i := 0; i < len buf; n++){
		if(i + 2 > len buf)
			return -1;
		i += 2 + (int buf[i] | int buf[i+1] << 8);
	}
	if(i != len buf)
		return -1;
	return n;
}

set(name: string, f: ref Sys->FD)
{
	if(f == nil){
		sys->print("- %r\n");
		return;
	}
	drop(name);
	vars = (name, f) :: vars;
	sys->print("ok\n");
}

drop(name: string)
{
	l: list of (string, ref Sys->FD);
	for(v := vars; v != nil; v = tl v)
		if((hd v).t0 != name)
			l = hd v :: l;
	vars = l;
}

fd(s: string): ref Sys->FD
{
	if(s != nil && s[0] == '$'){
		for(v := vars; v != nil; v = tl v)
			if((hd v).t0 == s[1:])
				return (hd v).t1;
		return nil;
	}
	return ref Sys->FD(num(s));
}

num(s: string): int
{
	return int bignum(s);
}

bignum(s: string): big
{
	if(len s > 2 && s[0:2] == "0x")
		return str->tobig(s[2:], 16).t0;
	if(len s > 1 && s[0] == '0')
		return str->tobig(s, 8).t0;
	return big s;
}
