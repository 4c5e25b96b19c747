# processes: groups, waiting, being killed
implement T;

include "sys.m";
	sys: Sys;
include "draw.m";

T: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

sleeper(c: chan of int)
{
	c <-= sys->pctl(0, nil);
	sys->sleep(1000000);
	sys->print("not reached\n");
}

reader(fd: ref Sys->FD, c: chan of int)
{
	c <-= sys->pctl(0, nil);
	sys->read(fd, array[1] of byte, 1);
	sys->print("not reached\n");
}

grouped(c: chan of int)
{
	c <-= sys->pctl(Sys->NEWPGRP, nil);
	c <-= sys->pctl(Sys->NEWPGRP, nil);
}

forked(keep: int, c: chan of int)
{
	sys->pctl(Sys->FORKFD, keep :: nil);
	c <-= sys->fildes(keep) != nil;
}

many(n: int, c: chan of int)
{
	sys->sleep(20 + n % 10);
	c <-= 1;
}

wait(fd: ref Sys->FD, pid: int): string
{
	b := array[300] of byte;
	for(;;){
		n := sys->read(fd, b, len b);
		if(n <= 0)
			return sys->sprint("%r");
		s := string b[0:n];
		(nil, l) := sys->tokenize(s, " ");
		if(int hd l == pid)
			return hd tl l;
	}
}

kill(pid: int)
{
	fd := sys->open("#p/" + string pid + "/ctl", Sys->OWRITE);
	if(fd == nil || sys->fprint(fd, "kill") < 0)
		sys->print("kill: %r\n");
}

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	me := sys->pctl(0, nil);
	sys->print("%d\n", me > 0);
	w := sys->open("#p/" + string me + "/wait", Sys->OREAD);
	if(w == nil)
		sys->print("wait: %r\n");

	c := chan of int;
	spawn sleeper(c);
	pid := <-c;
	sys->sleep(10);
	t := sys->millisec();
	kill(pid);
	sys->print("%s\n", wait(w, pid));
	sys->print("at once: %d\n", sys->millisec() - t < 1000);

	p := array[2] of ref Sys->FD;
	sys->pipe(p);
	spawn reader(p[0], c);
	pid = <-c;
	sys->sleep(10);
	kill(pid);
	sys->print("%s\n", wait(w, pid));

	spawn grouped(c);
	sys->print("%d\n", <-c == <-c);

	fd := sys->fildes(1);
	spawn forked(fd.fd, c);
	sys->print("%d\n", <-c);
	# the child took its number away from this group
	sys->print("%d\n", sys->fildes(fd.fd) == nil);

	t = sys->millisec();
	sys->print("%d %d\n", sys->sleep(0), sys->sleep(-1));
	sys->sleep(50);
	t = sys->millisec() - t;
	sys->print("%d\n", t >= 50 && t < 1000);

	t = sys->millisec();
	for(i := 0; i < 500; i++)
		spawn many(i, c);
	for(i = 0; i < 500; i++)
		<-c;
	sys->print("500 sleepers: %d\n", sys->millisec() - t < 5000);

	# a name space that is only the current directory
	sys->pctl(Sys->NEWENV, nil);
	sys->create("#e/here", Sys->OWRITE, 8r666);
	sys->chdir("#e");
	sys->pctl(Sys->NEWNS, nil);
	sys->print("%d %d\n", sys->open("/here", Sys->OREAD) != nil, sys->open("/dev/null", Sys->OREAD) == nil);
	sys->pctl(Sys->NODEVS, nil);
	sys->print("%d\n", sys->open("#c", Sys->OREAD) == nil);
	sys->print("%r\n");
	sys->print("%d %d\n", sys->open("#|", Sys->OREAD) != nil, sys->open("#sx", Sys->OREAD) == nil);
}
