implement Test;

#
# A process that leaves the machine to others gets a part of what they get, but something; its children too.
#

include "sys.m";
	sys: Sys;

include "draw.m";

Test: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

Other, Self, Child, Back: con iota;

count := array[4] of {* => big 0};
stop := 0;

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	started := chan of int;
	done := chan of int;
	spawn other(started, done);
	spawn modest(started, done);
	for(i := 0; i < 4; i++)
		<-started;
	sys->sleep(300);
	stop = 1;
	for(i = 0; i < 4; i++)
		<-done;
	sys->print("modest: %s\n", part(Self));
	sys->print("its child: %s\n", part(Child));
	sys->print("child that is not: %s\n", part(Back));
	fd := ctl();
	for(l := "nice" :: "nice -1" :: "nice 9" :: "nice 11" :: "nice x" :: "nice 1 2" :: "nice 0" :: nil; l != nil; l = tl l)
		sys->print("%s: %d\n", hd l, sys->fprint(fd, "%s", hd l));
}

part(i: int): string
{
	if(count[i] == big 0)
		return "nothing";
	if(count[i] * big 20 < count[Other])
		return "some";
	if(count[i] * big 2 > count[Other])
		return "as much";
	return string count[i] + " of " + string count[Other];
}

ctl(): ref Sys->FD
{
	return sys->open(sys->sprint("#p/%d/ctl", sys->pctl(0, nil)), Sys->OWRITE);
}

nice(n: int)
{
	if(sys->fprint(ctl(), "nice %d", n) < 0)
		sys->print("nice %d: %r\n", n);
}

other(started, done: chan of int)
{
	started <-= 1;
	work(Other, done);
}

modest(started, done: chan of int)
{
	nice(8);
	spawn child(started, done);
	spawn back(started, done);
	started <-= 1;
	work(Self, done);
}

child(started, done: chan of int)
{
	started <-= 1;
	work(Child, done);
}

back(started, done: chan of int)
{
	nice(0);
	started <-= 1;
	work(Back, done);
}

work(i: int, done: chan of int)
{
	while(!stop)
		count[i]++;
	done <-= 1;
}
