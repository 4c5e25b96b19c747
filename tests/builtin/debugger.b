implement T;

# What a debugger needs of /prog: control, breakpoints, steps, events, the stack and the data of a process.

include "sys.m";
	sys: Sys;
include "draw.m";

T: module
{
	init: fn(nil: ref Draw->Context, argv: list of string);
};

Mark: con 16r1234567;

dbg: ref Sys->FD;
pid: int;

ctl(s: string): string
{
	if(sys->fprint(dbg, "%s", s) < 0)
		return sys->sprint("%s: %r", s);
	return s + ": ok";
}

say(s: string)
{
	sys->print("%s\n", ctl(s));
}

read(f: string): string
{
	fd := sys->open(sys->sprint("/prog/%d/%s", pid, f), Sys->OREAD);
	if(fd == nil)
		return sys->sprint("%r");
	s := "";
	buf := array[512] of byte;
	while((n := sys->read(fd, buf, len buf)) > 0)
		s += string buf[0:n];
	if(n < 0)
		return sys->sprint("%r");
	return s;
}

# (frame, instruction, object file) of the innermost frame, and how many frames there are
top(): (int, int, string, int)
{
	(n, lines) := sys->tokenize(read("stack"), "\n");
	if(n == 0)
		return (0, -1, nil, 0);
	(nil, f) := sys->tokenize(hd lines, " ");
	last := "";
	for(l := f; l != nil; l = tl l)
		last = hd l;
	return (hex(hd f), hex(hd tl f), last, n);
}

hex(s: string): int
{
	v := 0;
	for(i := 0; i < len s; i++)
		if(s[i] >= '0' && s[i] <= '9')
			v = v * 16 + s[i] - '0';
		else
			v = v * 16 + s[i] - 'a' + 10;
	return v;
}

query(q: string): string
{
	fd := sys->open(sys->sprint("/prog/%d/heap", pid), Sys->ORDWR);
	if(fd == nil || sys->fprint(fd, "%s", q) < 0)
		return sys->sprint("%r");
	sys->seek(fd, big 0, Sys->SEEKSTART);
	buf := array[4096] of byte;
	n := sys->read(fd, buf, len buf);
	if(n < 0)
		return sys->sprint("%r");
	return string buf[0:n];
}

state(): string
{
	(n, l) := sys->tokenize(read("status"), " ");
	for(i := 0; i < n; i++){
		case hd l {
		"alt" or "send" or "recv" or "debug" or "ready" or "release" or "broken" =>
			return hd l;
		}
		l = tl l;
	}
	return "none";
}

await(s: string)
{
	while(state() != s)
		sys->sleep(1);
	sys->print("state %s\n", s);
}

# events until the end of the process, but those that depend on the time
events(fd: ref Sys->FD, out: chan of string)
{
	buf := array[200] of byte;
	s := "";
	while((n := sys->read(fd, buf, len buf)) > 0){
		e := string buf[0:n];
		if(e != "run" && e != "release")
			s += " " + e;
	}
	out <-= s;
}

child(started: chan of int, go: chan of int)
{
	mark := Mark;
	text := "some tëxt";
	a := array[5] of int;
	l := 7 :: nil;
	started <-= sys->pctl(0, nil);
	n := 0;
	<-go;
	for(i := 0; i < 100000; i++)
		n += twice(i);
	go <-= n + mark + len text + len a + hd l;
	if((load T "/dis/echo.dis") == nil)
		sys->print("load: %r\n");
}

twice(i: int): int
{
	j := i + 1;
	j += i;
	return j - 1;
}

crash(started, go: chan of int)
{
	started <-= sys->pctl(0, nil);
	<-go;
	a: array of int;
	a[1] = 2;
}

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	started := chan of int;
	go := chan of int;
	spawn child(started, go);
	pid = <-started;
	await("recv");
	if(sys->open(sys->sprint("/prog/%d/dbgctl", pid), Sys->OREAD) == nil)
		sys->print("reading only: %r\n");
	dbg = sys->open(sys->sprint("/prog/%d/dbgctl", pid), Sys->ORDWR);
	out := chan of string;
	spawn events(sys->open(sys->sprint("/prog/%d/dbgctl", pid), Sys->ORDWR), out);
	say("");
	say("nonsense");
	say("bpt set");
	say("bpt go somewhere 1");
	say("stop");
	go <-= 1;
	await("debug");

	# steps
	(fp, pc, path, depth) := top();
	l: list of string;
	sys->print("%d frames in %d\n", depth, path != nil);
	say("step");
	(nil, pc1, nil, nil) := top();
	sys->print("moved %d\n", pc1 != pc);
	say("step5");
	say("step 3");
	# into the function, and out
	while(depth < 2){
		if(ctl("step") != "step: ok")
			break;
		(nil, nil, nil, depth) = top();
	}
	(nil, pc2, nil, nil) := top();
	sys->print("in %d\n", depth);
	say("toret");
	(nil, nil, nil, depth) = top();
	sys->print("out %d\n", depth);

	# a breakpoint at the function's first instruction, each time it is called
	b := sys->sprint("%s %d", base(path), pc2);
	sys->print("set%s\n", ctl("bpt set " + b)[len ("bpt set " + b):]);
	for(k := 0; k < 3; k++){
		say("cont");
		(nil, pc1, nil, depth) = top();
		sys->print("there %d %d\n", pc1 == pc2, depth);
	}

	# data
	at := fp;
	(nil, l) = sys->tokenize(query(sys->sprint("0x%x.W40", fp)), "\n");
	for(; l != nil && hd l != string Mark; l = tl l)
		at += 4;
	sys->print("mark %d\n", l != nil);
	found := array[4] of {* => 0};
	for(i := 0; i < 160; i += 4){
		w := query(sys->sprint("0x%x.P1", fp + i));
		if(w == "nil\n" || len w > 9)
			continue;
		if(query(sys->sprint("0x%x.C1", fp + i)) == "9.some tëxt")
			found[0] = 1;
		if((q := query(sys->sprint("0x%x.A1", fp + i))) != nil && len q > 2 && q[0:2] == "5.")
			found[1] = 1;
		if((q = query(sys->sprint("0x%x.c1", fp + i))) != nil && len q > 2 && q[0:2] == "0.")
			found[2] = 1;
	}
	sys->print("text %d array %d channel %d\n", found[0], found[1], found[2]);
	sys->print("bytes %s", query(sys->sprint("0x%x.B2", at)));
	sys->print("%s\n", query(sys->sprint("0x%x.W1", fp + 1)));
	sys->print("%s\n", query("0.W1"));
	sys->print("%s\n", query("0x10000.Q1"));
	ins := query(sys->sprint("%d+%s.I2", pc2, base(path)));
	(n, nil) := sys->tokenize(ins, "\n");
	sys->print("instructions %d\n", n);

	sys->print("del%s\n", ctl("bpt del " + b)[len ("bpt del " + b):]);
	d2 := dbg;
	dbg = sys->open(sys->sprint("/prog/%d/dbgctl", pid), Sys->ORDWR);
	say("cont");
	dbg = d2;
	# it goes on by itself when nobody controls it
	d2 = nil;
	spawn cont(dbg);
	dbg = nil;
	sys->print("sum %d\n", <-go);
	sys->print("events%s\n", <-out);
	sys->print("%s\n", read("status"));

	# a crash
	spawn crash(started, go);
	pid = <-started;
	await("recv");
	dbg = sys->open(sys->sprint("/prog/%d/dbgctl", pid), Sys->ORDWR);
	spawn events(sys->open(sys->sprint("/prog/%d/dbgctl", pid), Sys->ORDWR), out);
	say("stop");
	go <-= 1;
	await("debug");
	say("cont");
	await("broken");
	say("step");
	fd := sys->open(sys->sprint("/prog/%d/ctl", pid), Sys->OWRITE);
	sys->fprint(fd, "kill");
	sys->print("events%s\n", <-out);
}

cont(fd: ref Sys->FD)
{
	sys->fprint(fd, "cont");
}

base(path: string): string
{
	for(i := len path; i > 0 && path[i - 1] != '/'; i--)
		;
	return path[i:];
}
