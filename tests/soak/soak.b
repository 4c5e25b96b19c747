implement Soak;

# One round of everything that a system does all day, and that has to leave nothing behind.

include "sys.m";
	sys: Sys;
include "draw.m";

Soak: module
{
	init: fn(nil: ref Draw->Context, argv: list of string);
};

Command: module
{
	init: fn(ctxt: ref Draw->Context, argv: list of string);
};

Ring: adt
{
	next:	ref Ring;
	fd:	ref Sys->FD;
	data:	array of byte;
};

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	sys->pctl(Sys->FORKNS | Sys->FORKFD | Sys->NEWPGRP, nil);
	spawns();
	faults();
	killed();
	files();
	server();
	rings();
	modules();
}

child(c: chan of int, n: int)
{
	if(n > 0)
		child(c, n - 1);
	else
		c <-= n;
}

spawns()
{
	c := chan of int;
	for(i := 0; i < 500; i++)
		spawn child(c, i % 50);
	for(i = 0; i < 500; i++)
		<-c;
}

fault(kind: int, pid: chan of int)
{
	pid <-= sys->pctl(0, nil);
	r: ref Ring;
	a := array[3] of int;
	case kind {
	0 =>	r.data = nil;
	1 =>	a[kind + 5] = 1;
	2 =>	raise "some exception";
	3 =>	raise "fail: of itself";
	4 =>	a[0] = 1 / (kind - 4);
	5 =>	s := "x"; s[7] = 'y';
	}
}

# Faults leave broken processes, which are ended from outside.
faults()
{
	pid := chan of int;
	for(i := 0; i < 6; i++){
		spawn fault(i, pid);
		p := <-pid;
		file := sys->sprint("/prog/%d/ctl", p);
		fd: ref Sys->FD;
		while((fd = sys->open(file, Sys->OWRITE)) != nil && !broken(p))
			sys->sleep(1);
		if(fd != nil)
			sys->fprint(fd, "kill");
	}
}

broken(pid: int): int
{
	fd := sys->open(sys->sprint("/prog/%d/status", pid), Sys->OREAD);
	if(fd == nil)
		return 1;
	buf := array[200] of byte;
	n := sys->read(fd, buf, len buf);
	if(n <= 0)
		return 1;
	(nil, l) := sys->tokenize(string buf[0:n], " ");
	for(; l != nil; l = tl l)
		if(hd l == "broken")
			return 1;
	return 0;
}

stuck(how: int, fd: ref Sys->FD, c: chan of int, pid: chan of int)
{
	if(how == 3)
		sys->pctl(Sys->NEWFD, fd.fd :: nil);
	pid <-= sys->pctl(0, nil);
	case how {
	0 =>	<-c;
	1 =>	sys->sleep(100000);
	2 or 3 =>	sys->read(fd, array[1] of byte, 1);
	4 =>	for(;;) ;
	5 =>	alt{ <-c => ; c <-= 1 => ; }
	}
}

killed()
{
	p := array[2] of ref Sys->FD;
	sys->pipe(p);
	pid := chan of int;
	for(i := 0; i < 30; i++){
		spawn stuck(i % 5, p[0], chan of int, pid);
		fd := sys->open(sys->sprint("/prog/%d/ctl", <-pid), Sys->OWRITE);
		sys->fprint(fd, "kill");
	}
}

files()
{
	name := sys->sprint("/tmp/soak.%d", sys->pctl(0, nil));
	buf := array[8192] of {* => byte 'x'};
	fd := sys->create(name, Sys->ORDWR, 8r600);
	if(fd == nil){
		sys->print("create %s: %r\n", name);
		raise "fail:create";
	}
	for(i := 0; i < 50; i++)
		sys->write(fd, buf, len buf);
	sys->seek(fd, big 0, 0);
	n := 0;
	while((k := sys->read(fd, buf, len buf)) > 0)
		n += k;
	if(n != 50 * len buf)
		sys->print("%s: %d bytes\n", name, n);
	fd = nil;
	sys->remove(name);
	for(i = 0; i < 20; i++){
		sys->open("/nosuch/file", Sys->OREAD);
		sys->bind("/tmp", "/mnt", Sys->MREPL);
		sys->unmount(nil, "/mnt");
		d := sys->open("/dis", Sys->OREAD);
		sys->dirread(d);
	}
}

serve(io: ref Sys->FileIO)
{
	for(n := 0; n < 20; n++)
		alt {
		(nil, nil, nil, rc) := <-io.read =>
			if(rc != nil)
				rc <-= (array of byte "data", nil);
		(nil, data, nil, wc) := <-io.write =>
			if(wc != nil)
				wc <-= (len data, nil);
		}
}

server()
{
	sys->bind("#s", "/chan", Sys->MBEFORE);
	name := sys->sprint("soak.%d", sys->pctl(0, nil));
	io := sys->file2chan("/chan", name);
	if(io == nil)
		return;
	spawn serve(io);
	for(i := 0; i < 5; i++){
		fd := sys->open("/chan/" + name, Sys->ORDWR);
		sys->fprint(fd, "hello");
		sys->read(fd, array[10] of byte, 10);
	}
}

rings()
{
	for(i := 0; i < 1000; i++){
		r := ref Ring(nil, nil, array[100] of byte);
		r.next = ref Ring(r, sys->open("/dev/null", Sys->OREAD), nil);
		if(i % 100 != 0)
			r.next.fd = nil;
	}
}

modules()
{
	for(i := 0; i < 10; i++){
		m := load Command "/dis/cat.dis";
		m->init(nil, "cat" :: "/dev/null" :: nil);
		m = load Command "/dis/nosuch.dis";
	}
}
