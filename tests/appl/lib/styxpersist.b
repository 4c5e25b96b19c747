# a connection that comes back
implement T;

include "sys.m";
	sys: Sys;
include "draw.m";
include "styx.m";
	styx: Styx;
	Rmsg, Tmsg: import styx;
include "readdir.m";
	readdir: Readdir;
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
	readdir = load Readdir Readdir->PATH;
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
	fd = rfd = other = nil;
	sys->unmount(nil, "/n/remote");
	p[1] = nil;
	sys->print("processes: %d\n", processes());
	# the client closes its end while the server is away
	for(i = 0; i <= Deaf; i++)
		held(i);
	mounted();
}

# processes of Styxpersist and of those who answer it, once there are no more or a second has passed
processes(): int
{
	n := 0;
	for(i := 0; i < 20; i++){
		n = 0;
		(a, nil) := readdir->init("/prog", Readdir->NONE);
		for(j := 0; j < len a; j++){
			fd := sys->open("/prog/" + a[j].name + "/status", Sys->OREAD);
			buf := array[200] of byte;
			if(fd != nil && (k := sys->read(fd, buf, len buf)) > 0){
				(nil, w) := sys->tokenize(string buf[0:k], " \n");
				for(; w != nil; w = tl w)
					if(hd w == "Styxpersist")
						n++;
			}
		}
		if(n == 0 && answering == 0)
			break;
		sys->sleep(50);
	}
	return n + answering;
}

answering := 0;		# processes of answer

# what a server does: nobody listens for a request of one, it is held, there is a connection but no answer, none after the first,
# or nobody reads
Nobody, Held, Mute, Silent, Deaf: con iota;

answer(c: chan of chan of ref Sys->FD, how: int, hold: chan of int, started: chan of int)
{
	answering++;
	started <-= 1;
	if(how == Nobody)
		<-hold;
	while((reply := <-c) != nil){
		p := array[2] of ref Sys->FD;
		sys->pipe(p);
		if(how == Held)
			<-hold;
		reply <-= p[0];
		p[0] = nil;
		reply = nil;
		if(how == Held)
			continue;
		if(how == Mute){
			<-hold;
			continue;
		}
		Tmsg.read(p[1], 0);
		a := (ref Rmsg.Version(Styx->NOTAG, 8216, "9P2000")).pack();
		sys->write(p[1], a, len a);
		if(how == Deaf)
			<-hold;
		while(Tmsg.read(p[1], 0) != nil)
			;
	}
	answering--;
}

held(how: int)
{
	p := array[2] of ref Sys->FD;
	sys->pipe(p);
	(c, nil) := persist->init(p[0], 0, nil);
	p[0] = nil;
	hold := chan of int;
	started := chan of int;
	spawn answer(c, how, hold, started);
	<-started;
	tell(p[1], ref Tmsg.Version(Styx->NOTAG, 8216, "9P2000"));
	if(how >= Silent)
		sys->print("%s\n", Rmsg.read(p[1], 0).text());
	tell(p[1], ref Tmsg.Attach(1, 1, Styx->NOFID, "me", ""));
	if(how < Silent){
		# these need no server; the one that is flushed gets no answer
		tell(p[1], ref Tmsg.Flush(2, 1));
		tell(p[1], ref Tmsg.Clunk(3, 7));
		sys->print("%s %s\n", Rmsg.read(p[1], 0).text(), Rmsg.read(p[1], 0).text());
		tell(p[1], ref Tmsg.Attach(1, 1, Styx->NOFID, "me", ""));
	}
	if(how == Deaf)
		for(i := 0; i < 100; i++)
			tell(p[1], ref Tmsg.Write(2+i, 1, big 0, array[8000] of {* => byte 0}));
	sys->sleep(50);
	p[1] = nil;
	sys->sleep(50);
	alt {
	hold <-= 1 =>	;
	* =>	;
	}
	sys->print("held %d: processes: %d\n", how, processes());
}

tell(fd: ref Sys->FD, t: ref Tmsg)
{
	a := t.pack();
	sys->write(fd, a, len a);
}

# the server goes and does not come back: what is open can be closed, and the tree unmounted
mounted()
{
	p := array[2] of ref Sys->FD;
	sys->pipe(p);
	(c, nil) := persist->init(p[0], 0, nil);
	p[0] = nil;
	served := chan of ref Sys->FD;
	spawn once(c, served);
	if(sys->mount(p[1], nil, "/n/remote", Sys->MREPL, nil) < 0)
		sys->print("mount: %r\n");
	fd := sys->open("/n/remote/dis/sh.dis", Sys->OREAD);
	<-served;
	sys->sleep(50);
	fd = nil;
	sys->unmount(nil, "/n/remote");
	p[1] = nil;
	sys->print("mounted: processes: %d\n", processes());
}

once(c: chan of chan of ref Sys->FD, served: chan of ref Sys->FD)
{
	a := array[2] of ref Sys->FD;
	b := array[2] of ref Sys->FD;
	sys->pipe(a);
	sys->pipe(b);
	sys->export(a[0], "/", Sys->EXPASYNC);
	pids := chan[2] of int;
	started := chan of int;
	spawn relay(a[1].fd, b[0].fd, pids, started);
	<-started;
	spawn relay(b[0].fd, a[1].fd, pids, started);
	<-started;
	a = nil;
	reply := <-c;
	reply <-= b[1];
	b = nil;
	reply = nil;
	served <-= nil;
	hangup(pids);
	reply = <-c;		# and never answers
	while(<-c != nil)
		;
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
