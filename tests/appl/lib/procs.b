# timers, semaphores, waiting and exceptions
implement T;

include "sys.m";
	sys: Sys;
include "draw.m";
include "timers.m";
	timers: Timers;
	Timer: import timers;
include "lock.m";
	lock: Lock;
	Semaphore: import lock;
include "wait.m";
	wait: Wait;
include "exception.m";
	exc: Exception;

T: module
{
	init: fn(ctxt: ref Draw->Context, argv: list of string);
};

locker(s: ref Semaphore, c: chan of int)
{
	s.obtain();
	sys->print("unlocked\n");
	s.release();
	c <-= 1;
}

child(c: chan of int)
{
	c <-= sys->pctl(0, nil);
	raise "fail:enough";
}

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	timers = load Timers Timers->PATH;
	if(timers == nil){
		sys->print("cannot load Timers: %r\n");
		return;
	}
	lock = load Lock Lock->PATH;
	if(lock == nil){
		sys->print("cannot load Lock: %r\n");
		return;
	}
	wait = load Wait Wait->PATH;
	if(wait == nil){
		sys->print("cannot load Wait: %r\n");
		return;
	}
	exc = load Exception Exception->PATH;
	if(exc == nil){
		sys->print("cannot load Exception: %r\n");
		return;
	}

	sys->print("%d\n", timers->init(5) > 0);
	start := sys->millisec();
	t1 := Timer.start(60);
	t2 := Timer.start(20);
	t3 := Timer.start(40);
	t3.stop();
	alt {
	<-t1.timeout =>
		sys->print("t1\n");
	<-t2.timeout =>
		sys->print("t2\n");
	}
	<-t1.timeout;
	sys->print("%d\n", sys->millisec() - start >= 60);
	t1 = Timer.start(10000);
	timers->shutdown();
	<-t1.timeout;

	lock->init();
	s := Semaphore.new();
	c := chan of int;
	s.obtain();
	spawn locker(s, c);
	sys->print("locked\n");
	s.release();
	<-c;

	(pid, mod, status) := wait->parse("12 \"Mod\":fail:some: \"thing\"");
	sys->print("%d [%s] [%s]\n", pid, mod, status);
	fd := sys->open("#p/" + string sys->pctl(0, nil) + "/wait", Sys->OREAD);
	pc := chan of int;
	spawn child(pc);
	pid = <-pc;
	(p, m, st) := wait->read(fd);
	sys->print("%d [%s] [%s]\n", p == pid, m, st);
	{
		raise "something";
	} exception {
	"some*" =>
		(nil, em, text) := exc->getexc(-1);
		sys->print("[%s] [%s]\n", em, text);
	}
	sys->print("%d\n", exc->setexcmode(7));
}
