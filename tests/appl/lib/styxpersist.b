# a connection that comes back
implement T;

include "sys.m";
	sys: Sys;
include "draw.m";
include "styx.m";
	styx: Styx;
include "styxpersist.m";
	persist: Styxpersist;

T: module
{
	init: fn(ctxt: ref Draw->Context, argv: list of string);
};

broken: chan of int;
connections := 0;

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	styx = load Styx Styx->PATH;
	styx->init();
	persist = load Styxpersist Styxpersist->PATH;
	if(persist == nil){
		sys->print("cannot load Styxpersist: %r\n");
		return;
	}
	p := array[2] of ref Sys->FD;
	sys->pipe(p);
	(c, err) := persist->init(p[0], 0, nil);
	if(err != nil){
		sys->print("init: %s\n", err);
		return;
	}
	p[0] = nil;
	pids := chan[16] of int;
	spawn connector(c, pids);
	if(sys->mount(p[1], nil, "/n/remote", Sys->MREPL | Sys->MCREATE, nil) < 0){
		sys->print("mount: %r\n");
		return;
	}
	d := "/tmp/persist." + string sys->pctl(0, nil);
	fd := sys->create("/n/remote" + d, Sys->ORDWR, 8r600);
	if(fd == nil)
		sys->print("create: %r\n");
	sys->fprint(fd, "hello\n");
	rfd := sys->open("/n/remote/dis/lib/bufio.dis", Sys->OREAD);
	other := sys->open("/n/remote/dis/sh.dis", Sys->OREAD);
	buf := array[10] of byte;
	sys->print("%d\n", sys->read(rfd, buf, 10));
	for(i := 0; i < 3; i++){
		hangup(pids);
		sys->print("%d %d %d\n", sys->fprint(fd, "line %d\n", i), sys->read(rfd, buf, 10), connections);
	}
	(ok, s) := sys->fstat(other);
	sys->print("%d %s\n", ok, s.name);
	a := array[100] of byte;
	n := sys->pread(fd, a, len a, big 0);
	sys->print("%s", string a[0:n]);
	# a file that the new server does not have any more
	sys->remove(d);
	hangup(pids);
	sys->print("%d %r\n", sys->fprint(fd, "x"));
	sys->print("%d\n", sys->read(rfd, buf, 10));
	# no server any more
	connections = 100;
	hangup(pids);
	sys->print("%d %r\n", sys->read(rfd, buf, 10));
	(nil, err) = persist->init(nil, 1, nil);
	sys->print("%s\n", err);
	# while somebody answers still
	fd = rfd = other = nil;
	sys->unmount(nil, "/n/remote");
	fd = sys->open("/prog/" + string sys->pctl(0, nil) + "/ctl", Sys->OWRITE);
	sys->fprint(fd, "killgrp");
}

# servers until there have been a hundred
connector(c: chan of chan of ref Sys->FD, pids: chan of int)
{
	while((reply := <-c) != nil){
		if(connections++ >= 100){
			reply <-= nil;
			continue;
		}
		a := array[2] of ref Sys->FD;
		b := array[2] of ref Sys->FD;
		sys->pipe(a);
		sys->pipe(b);
		sys->export(a[0], "/", Sys->EXPASYNC);
		started := chan of int;
		spawn relay(a[1].fd, b[0].fd, pids, started);
		<-started;
		spawn relay(b[0].fd, a[1].fd, pids, started);
		<-started;
		a = nil;
		reply <-= b[1];
	}
}

relay(from, dst: int, pids, started: chan of int)
{
	pids <-= sys->pctl(Sys->NEWFD, from :: dst :: nil);
	in := sys->fildes(from);
	out := sys->fildes(dst);
	started <-= 1;
	while((a := styx->readmsg(in, 0).t0) != nil)
		sys->write(out, a, len a);
}

hangup(pids: chan of int)
{
	for(i := 0; i < 2; i++){
		fd := sys->open("/prog/" + string <-pids + "/ctl", Sys->OWRITE);
		sys->fprint(fd, "kill");
	}
}
