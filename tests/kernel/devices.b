# the files of the devices: order, modes, types; what they read and refuse
implement Devices;

include "sys.m";
	sys: Sys;
	Dir: import sys;
include "draw.m";

Devices: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

me: string;

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	sys->pctl(Sys->NEWENV|Sys->FORKNS, nil);
	me = text("#c/user");
	for(l := list of {"#/", "#c", "#e", "#|", "#s", "#%", "#p/" + string sys->pctl(0, nil)}; l != nil; l = tl l)
		listing(hd l);
	root();
	cons();
	dup();
	env();
	pipe();
	srv();
	indir();
	mem();
}

text(f: string): string
{
	fd := sys->open(f, Sys->OREAD);
	b := array[8192] of byte;
	n := sys->read(fd, b, len b);
	if(n < 0)
		return sys->sprint("- %r");
	return string b[0:n];
}

# a write: its result
put(f, s: string): string
{
	fd := sys->open(f, Sys->OWRITE);
	if(fd == nil)
		return sys->sprint("- open: %r");
	n := sys->fprint(fd, "%s", s);
	if(n < 0)
		return sys->sprint("- %r");
	return string n;
}

show(what, s: string)
{
	sys->print("%s: %s\n", what, s);
}

err(n: int): string
{
	if(n < 0)
		return sys->sprint("- %r");
	return string n;
}

opens(f: string, mode: int): string
{
	if(sys->open(f, mode) == nil)
		return sys->sprint("- %r");
	return "ok";
}

listing(dir: string)
{
	(ok, d) := sys->stat(dir);
	sys->print("%s: %d %q %uo %c %d", dir, ok, d.name, d.mode, d.dtype, d.qid.qtype);
	if(d.uid != me || d.gid != me || d.muid != me || d.length != big 0 || d.qid.vers != 0)
		sys->print(" %s %s %s %bd %d", d.uid, d.gid, d.muid, d.length, d.qid.vers);
	sys->print("\n");
	fd := sys->open(dir, Sys->OREAD);
	n: int;
	a: array of Dir;
	while(((n, a) = sys->dirread(fd)).t0 > 0)
		for(i := 0; i < n; i++){
			if(dir == "#/" && notmount(a[i].name))
				continue;
			sys->print("\t%s %uo %c %d %bd", a[i].name, a[i].mode, a[i].dtype, a[i].qid.qtype, a[i].length);
			if(dir == "#/" || dir == "#c")
				sys->print(" %bd", a[i].qid.path);
			if(a[i].uid != me || a[i].gid != me || a[i].muid != me)
				sys->print(" %s %s %s", a[i].uid, a[i].gid, a[i].muid);
			if(a[i].qid.vers != 0)
				sys->print(" %d", a[i].qid.vers);
			sys->print("\n");
			(fok, fd2) := sys->stat(dir + "/" + a[i].name);
			if(dir == "#|")
				continue;	# the next attach is another pipe
			if(fok < 0 || fd2.qid.path != a[i].qid.path || fd2.mode != a[i].mode || fd2.length != a[i].length)
				sys->print("\t\tstat differs: %r\n");
		}
}

# the packed system is not for this test
notmount(s: string): int
{
	for(l := list of {"dev", "fd", "prog", "prof", "net", "net.alt", "chan", "nvfs", "env"}; l != nil; l = tl l)
		if(s == hd l)
			return 0;
	return 1;
}

root()
{
	show("spec", opens("#/x/dev", Sys->OREAD) + " " + opens("#//dev", Sys->OREAD));
	show("write", opens("#//dev", Sys->OWRITE) + "; " + opens("#/", Sys->ORDWR));
	show("create", opens2("#//x", 8r666) + "; " + opens2("#//dev/x", 8r666));
	show("remove", err(sys->remove("#//dev")));
	show("wstat", err(sys->wstat("#//dev", sys->nulldir)));
	show("walk", opens("#//none", Sys->OREAD) + "; " + opens("#//dev/none", Sys->OREAD));
}

opens2(f: string, perm: int): string
{
	if(sys->create(f, Sys->OWRITE, perm) == nil)
		return sys->sprint("- %r");
	return "ok";
}

isnum(s: string, width: int): int
{
	if(width > 0 && len s != width)
		return 0;
	i := 0;
	while(i < len s && s[i] == ' ')
		i++;
	if(i == len s)
		return 0;
	for(; i < len s; i++)
		if(s[i] < '0' || s[i] > '9')
			return 0;
	return 1;
}

cons()
{
	show("modes", opens("#c/cons", Sys->ORDWR) + " " + opens("#c/consctl", Sys->OREAD) + " " + opens("#c/drivers", Sys->OWRITE) + " " +
		opens("#c/null", Sys->ORDWR) + " " + opens("#c", Sys->OWRITE));
	show("consctl", put("#c/consctl", "nonsense rawoff") + " " + put("#c/consctl", "") + " " + put("#c/consctl", "rawoff"));
	show("drivers", string (len text("#c/drivers") > 20));
	show("hostowner", string (text("#c/hostowner") == me) + " " + put("#c/hostowner", "\n"));
	level := text("#c/jit"); # the engine's that runs this
	show("jit", string (level == "0" || level == "1") + " " + put("#c/jit", "x") + " " + put("#c/jit", "10") + " " + put("#c/jit", "0\n") + " " + text("#c/jit"));
	show("jit again", put("#c/jit", level) + " " + string (text("#c/jit") == level));
	(n, l) := sys->tokenize(text("#c/memory"), "\n");
	sys->print("memory: %d lines\n", n);
	for(; l != nil; l = tl l){
		(nf, f) := sys->tokenize(hd l, " ");
		sys->print("\t%d fields, %d characters", nf, len hd l);
		for(; f != nil; f = tl f)
			if(tl f == nil)
				sys->print(" %s", hd f);
		sys->print("\n");
	}
	show("msec", string isnum(text("#c/msec"), 11));
	show("time", string isnum(text("#c/time"), 16) + " " + put("#c/time", "x"));
	fd := sys->open("#c/random", Sys->OREAD);
	b := array[100000] of byte;
	m := sys->read(fd, b, len b);
	zeros := 0;
	for(i := 0; i < m; i++)
		zeros += b[i] == byte 0;
	sys->print("random: %d %d\n", m, zeros > 200 && zeros < 700);
	show("notquiterandom", string (len text("#c/notquiterandom") > 0));
	show("null", string len text("#c/null") + " " + put("#c/null", "gone"));
	show("scancode", opens("#c/scancode", Sys->OREAD));
	show("sysctl", text("#c/sysctl") + " " + put("#c/sysctl", "nonsense") + " " + put("#c/sysctl", "") + " " + put("#c/sysctl", "broken") + " " + put("#c/sysctl", "exdebug") + put("#c/sysctl", "exdebug"));
	name := text("#c/sysname");
	show("sysname", put("#c/sysname", "elsewhere\n") + " " + text("#c/sysname") + " " + put("#c/sysname", "") + " " + put("#c/sysname", name) +
		" " + string (text("#c/sysname") == name));
	fd = sys->open("#c/sysname", Sys->OWRITE);
	show("sysname offset", err(sys->pwrite(fd, array of byte "x", 1, big 1)));
	long := "";
	for(i = 0; i < 128; i++)
		long[len long] = 'x';
	show("sysname long", put("#c/sysname", long));
	show("keyboard", put("#c/keyboard", "kß"));
	fd = sys->open("#c/keyboard", Sys->OREAD);
	show("keyboard read", string sys->read(fd, b, 10));
	fd = sys->open("#c/kprint", Sys->OREAD);
	second := opens("#c/kprint", Sys->OREAD);
	cfd := sys->open("#c/cons", Sys->OWRITE);
	sys->fprint(cfd, "to the");
	sys->fprint(cfd, " queue");
	sys->seek(cfd, big 100, 0);
	k := "";
	while(len k < 12){
		m = sys->read(fd, b, 7);
		k += string b[0:m];
	}
	fd = nil;
	show("kprint", second);
	show("kprint read", k);
	show("kprint again", opens("#c/kprint", Sys->OREAD));
	show("create", opens2("#c/x", 8r666) + "; " + err(sys->remove("#c/null")) + "; " + err(sys->wstat("#c/null", sys->nulldir)));
	show("offsets", at("#c/sysctl", 7) + "|" + at("#c/sysctl", 1000));
	show("user offset", at("#c/user", 1000) + "|");
	# as another user
	c := chan of string;
	spawn other(c);
	while((s := <-c) != nil)
		show("other user", s);
	show("user", string (text("#c/user") == me));
}

at(f: string, off: int): string
{
	fd := sys->open(f, Sys->OREAD);
	b := array[3] of byte;
	n := sys->pread(fd, b, len b, big off);
	if(n < 0)
		return sys->sprint("- %r");
	return string b[0:n];
}

other(c: chan of string)
{
	c <-= put("#c/user", "nosuchuser\n") + " " + text("#c/user");
	for(l := list of {"user", "hostowner", "sysname", "time", "sysctl"}; l != nil; l = tl l)
		c <-= hd l + ": " + put("#c/" + hd l, "0");
	c <-= "null: " + put("#c/null", "x");
	c <-= nil;
}

dup()
{
	fd := sys->open("#c/null", Sys->ORDWR);
	rfd := sys->open("#e", Sys->OREAD);
	n := fd.fd;
	r := rfd.fd;
	(nil, d) := sys->stat("#d/" + string n);
	(nil, dr) := sys->stat("#d/" + string r);
	(nil, dc) := sys->stat("#d/" + string r + "ctl");
	sys->print("dup: %uo %uo %uo %s %c\n", d.mode, dr.mode, dc.mode, dc.name[len dc.name - 3:], d.dtype);
	show("dup open", opens("#d/" + string n, Sys->OWRITE) + " " + opens("#d/" + string r, Sys->OREAD) + " " + opens("#d/" + string r, Sys->OWRITE) +
		" " + opens("#d/" + string r + "ctl", Sys->OWRITE) + " " + opens("#d", Sys->OWRITE));
	show("dup walk", opens("#d/999", Sys->OREAD) + " " + opens("#d/0" + string n, Sys->OREAD) + " " + opens("#d/x", Sys->OREAD));
	f := sys->open("#d/" + string n, Sys->ORDWR);
	(nil, d) = sys->fstat(f);
	show("dup is", d.name + " " + sys->fd2path(f));
	line := text("#d/" + string n + "ctl");
	(nil, w) := sys->tokenize(line, " ");
	for(w = tl w; w != nil; w = tl w)
		sys->print(" %s", hd w);
}

env()
{
	fd := sys->create("#e/v", Sys->ORDWR, 8r600);
	sys->fprint(fd, "abc");
	sys->pwrite(fd, array of byte "z", 1, big 6);
	b := array[20] of byte;
	n := sys->pread(fd, b, len b, big 0);
	sys->print("env: %d", n);
	for(i := 0; i < n; i++)
		sys->print(" %d", int b[i]);
	(nil, d) := sys->stat("#e/v");
	sys->print("; %uo %bd vers %d\n", d.mode, d.length, d.qid.vers > 0);
	sys->create("#e/w", Sys->OWRITE, 8r666);
	(nil, d2) := sys->stat("#e/w");
	show("qids differ", string (d.qid.path != d2.qid.path));
	listing("#e");
	fd2 := sys->open("#e/v", Sys->OREAD|Sys->OTRUNC);
	show("truncated", string len text("#e/v"));
	long := "";
	for(i = 0; i < 127; i++)
		long[len long] = 'x';
	show("name", opens2("#e/" + long, 8r666) + " " + opens2("#e/x" + long, 8r666));
	sys->remove("#e/" + long);
	show("exclusive", opens3("#e/v"));
	show("directory", opens2("#e/d/x", 8r666) + "; " + opens2("#e/d", Sys->DMDIR|8r777));
	show("value", err(sys->pwrite(fd, b, 1, big 16382)) + " " + err(sys->pwrite(fd, b, 1, big 100000000)));
	show("remove", err(sys->remove("#e/v")) + " " + err(sys->remove("#e/v")));
	show("gone", err(sys->read(fd, b, 1)) + "; " + err(sys->write(fd, b, 1)) + "; " + err(sys->fstat(fd).t0));
	fd = fd2 = nil;
	fd = sys->create("#e/r", Sys->OWRITE|Sys->ORCLOSE, 8r666);
	s := opens("#e/r", Sys->OREAD);
	fd = nil;
	show("remove on close", s + " " + opens("#e/r", Sys->OREAD));
	show("wstat", err(sys->wstat("#e/w", sys->nulldir)));
}

opens3(f: string): string
{
	if(sys->create(f, Sys->OWRITE|Sys->OEXCL, 8r666) == nil)
		return sys->sprint("- %r");
	return "ok";
}

pipe()
{
	sys->bind("#|", "/chan", Sys->MREPL);
	show("pipe", opens("/chan/data", Sys->OREAD) + " " + opens("/chan/data2", Sys->OREAD) + " " + opens("/chan", Sys->OWRITE));
	a := sys->open("/chan/data", Sys->ORDWR);
	b := sys->open("/chan/data1", Sys->ORDWR);
	buf := array[100000] of {* => byte 'x'};
	c := chan of int;
	p := array[2] of ref Sys->FD;
	sys->pipe(p);
	spawn writer(p[0], buf, c);
	sum := count := n := 0;
	while(sum < len buf){
		n = sys->read(p[1], buf, len buf);
		sum += n;
		count++;
	}
	sys->print("pipe: %d read in %d pieces, written %d\n", sum, count, <-c);
	sys->fprint(a, "abc");
	sys->write(a, buf, 0);
	(nil, d) := sys->fstat(b);
	sys->print("pipe length: %bd %uo %s iounit %d\n", d.length, d.mode, d.name, sys->iounit(a));
	show("messages", err(sys->read(b, buf, 2)) + err(sys->read(b, buf, 100)) + err(sys->read(b, buf, 100)));
	show("seek", err(int sys->seek(a, big 0, 0)));
	nd := sys->nulldir;
	nd.name = "in";
	nd.mode = 8r600;
	show("wstat", err(sys->fwstat(a, nd)) + " " + opens("/chan/data", Sys->OREAD) + " " + opens("/chan/in", Sys->OREAD));
	nd.name = "data1";
	show("wstat", err(sys->fwstat(a, nd)) + "; " + err(sys->wstat("/chan", nd)));
	sys->fprint(a, "lost");
	a = b = nil;
	b = sys->open("/chan/data1", Sys->ORDWR);
	a = sys->open("/chan/in", Sys->ORDWR);
	sys->fprint(a, "anew");
	show("used again", err(sys->read(b, buf, 100)));
	sys->unmount(nil, "/chan");
}

writer(fd: ref Sys->FD, buf: array of byte, c: chan of int)
{
	c <-= sys->write(fd, buf, len buf);
}

srv()
{
	io := sys->file2chan("#sname", "f");
	show("srv", opens("#sname/f", Sys->OREAD) + " " + opens("#s/f", Sys->OREAD) + " " + opens("#sother/f", Sys->OREAD));
	listing("#sname");
	io2 := sys->file2chan("#sname", "f");
	show("srv twice", string (io2 == nil) + sys->sprint(" %r"));
	long := "";
	for(i := 0; i < 63; i++)
		long[len long] = 'x';
	io2 = sys->file2chan("#sname", long);
	show("srv name", string (io2 != nil) + " " + string (sys->file2chan("#sname", "x" + long) == nil) + sys->sprint(" %r"));
	show("srv names", string (sys->file2chan("#sname", ".") == nil) + sys->sprint(" %r") + " " + string (sys->file2chan("#e", "f") == nil) + sys->sprint(" %r"));
	show("srv create", opens2("#sname/g", 8r666));
	nd := sys->nulldir;
	nd.name = "g";
	nd.mode = Sys->DMEXCL | 8r640;
	nd.length = big 77;
	show("srv wstat", err(sys->wstat("#sname/f", nd)));
	listing("#sname");
	fd := sys->open("#sname/g", Sys->OREAD);
	show("srv exclusive", opens("#sname/g", Sys->OREAD));
	fd = nil;
	show("srv exclusive", opens("#sname/g", Sys->OREAD));
	nd.name = long;
	show("srv wstat", err(sys->wstat("#sname/g", nd)));
	nd.name = "..";
	show("srv wstat", err(sys->wstat("#sname/g", nd)));
	c := chan of string;
	spawn stranger(c);
	show("srv of others", <-c);
	nd = sys->nulldir;
	nd.mode = 8r777;
	show("srv opened", err(sys->wstat("#sname", nd)));
	spawn stranger(c);
	show("srv of others", <-c);
	fd = sys->open("#sname/g", Sys->OREAD);
	show("srv remove", err(sys->remove("#sname/g")) + " " + opens("#sname/g", Sys->OREAD) + " " + err(sys->fstat(fd).t0));
	io = nil;
	b := array[10] of byte;
	show("srv hangup", err(sys->read(fd, b, 10)));
	io2 = nil;
	show("srv gone", opens("#sname/" + long, Sys->OREAD));
}

stranger(c: chan of string)
{
	put("#c/user", "nosuchuser");
	c <-= opens("#sname", Sys->OREAD) + "; " + opens("#sname/g", Sys->OREAD);
}

indir()
{
	show("indir", opens("#*cons/null", Sys->OREAD) + " " + opens("#*env/w", Sys->OREAD) + " " + opens("#*root!x", Sys->OREAD));
	show("indir", opens("#*", Sys->OREAD) + "; " + opens("#*nosuch!x", Sys->OREAD) + "; " + opens("#*mnt", Sys->OREAD) + "; " + opens("#*indir", Sys->OREAD));
	show("indir", sys->fd2path(sys->open("#*cons/null", Sys->OREAD)));
}

word(b: array of byte, i: int): int
{
	return int b[i] << 24 | int b[i + 1] << 16 | int b[i + 2] << 8 | int b[i + 3];
}

all(f: string): array of byte
{
	fd := sys->open(f, Sys->OREAD);
	b := array[1 << 20] of byte;
	n, m: int;
	for(n = 0; (m = sys->read(fd, b[n:], len b - n)) > 0; n += m)
		;
	return b[0:n];
}

Odd: adt
{
	name:	string;
	a, b, c, d, e, f, g:	int;
	next:	ref Odd;
};

mem()
{
	l: ref Odd;
	for(i := 0; i < 1234; i++)
		l = ref Odd(nil, i, i, i, i, i, i, i, l);
	keep := array[10] of {* => l};
	b := all("#%/memprof");
	n := 0;
	for(i = 0; i < len b; i += 16)
		if(word(b, i + 8) == 1234 && word(b, i) == 0)
			n += word(b, i + 12) / 1234;
	show("memprof", string (len b % 16) + " " + string (n >= 36 && n <= 64));
	b = all("#%/memheap");
	n = 0;
	for(i = 0; i < len b; i += 16)
		if(word(b, i + 8) == len keep + 1)
			n++;
	show("memheap", string (len b % 16) + " " + string (len b / 16 > 1234) + " " + string (n >= 1));
	b = all("#%/memsum");
	show("memsum", string (len b % 8) + " " + string (len b > 0));
	# a cycle that is dropped goes when the collector is told
	runs := number("runs");
	l.next = l;
	keep = nil;
	l = nil;
	show("memctl", put("#%/memctl", "collect") + " " + put("#%/memctl", "clear\n") + " " + put("#%/memctl", "nonsense") + " " + put("#%/memctl", ""));
	for(i = 0; i < 100 && number("runs") == runs; i++)
		sys->sleep(50);
	show("collected", string (number("runs") > runs) + " " + string (number("pause") >= 0) + " " + string number("nosuch"));
	events();
	show("mem", opens("#%/memgc", Sys->OWRITE) + "; " + opens("#%/memctl", Sys->ORDWR) + "; " + text("#%/memctl"));
}

Block: adt
{
	a:	array of int;
};

# a child allocates and releases an array of a size that nobody else has
events()
{
	fd := sys->open("#%/memevent", Sys->OREAD);
	second := opens("#%/memevent", Sys->OREAD);
	few := err(sys->read(fd, array[15] of byte, 15));
	spawn allocate();
	got := gone := at := 0;
	odd := 0;
	b := array[16 * 64] of byte;
	while(gone == 0){
		n := sys->read(fd, b, len b);
		if(n <= 0 || n % 16 != 0){
			sys->print("memevent: read %d: %r\n", n);
			return;
		}
		for(i := 0; i < n; i += 16){
			size := word(b, i + 12);
			if(size >= 77777 * 4 && size < 77777 * 4 + 4096){
				got++;
				at = word(b, i + 8);
				odd += word(b, i) != 0 || word(b, i + 4) < 0;
			}else if(got && size == 0 && word(b, i + 8) == at)
				gone++;
		}
	}
	show("memevent", second + "; " + few + "; " + string got + " " + string gone + " " + string odd);
}

allocate()
{
	x := ref Block(array[77777] of int);
	x = nil;
}

# a number of memgc
number(name: string): int
{
	(nil, l) := sys->tokenize(text("#%/memgc"), "\n");
	for(; l != nil; l = tl l){
		(nil, w) := sys->tokenize(hd l, ": ");
		if(hd w == name)
			return int hd tl w;
	}
	return -1;
}
