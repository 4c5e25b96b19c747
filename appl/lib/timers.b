implement Timers;

#
# Timers; see timers(2).
#
# One process sleeps while timers are pending and waits on wake otherwise.
# The list is guarded by a channel that holds one token.
#

include "sys.m";
	sys: Sys;

include "timers.m";

lock: chan of int;
wake: chan of int;
pending: list of ref Timer;	# dt is when they are due
idle: int;
stopped: int;

init(gran: int): int
{
	if(sys == nil)
		sys = load Sys Sys->PATH;
	if(gran <= 0)
		gran = 1;
	lock = chan[1] of int;
	wake = chan[1] of int;
	pending = nil;
	idle = stopped = 0;
	pidc := chan of int;
	spawn clock(gran, lock, wake, pidc);
	return <-pidc;
}

shutdown()
{
	if(lock == nil)
		return;
	lock <-= 1;
	stopped = 1;
	rouse();
	<-lock;
}

Timer.start(msec: int): ref Timer
{
	if(msec < 0)
		msec = 0;
	lock <-= 1;
	t := ref Timer(sys->millisec() + msec, chan[1] of int);
	if(stopped)
		fire(t);
	else{
		pending = t :: pending;
		rouse();
	}
	<-lock;
	return t;
}

Timer.stop(t: self ref Timer)
{
	if(lock == nil)
		return;
	lock <-= 1;
	t.timeout = nil;
	l: list of ref Timer;
	for(p := pending; p != nil; p = tl p)
		if(hd p != t)
			l = hd p :: l;
	pending = l;
	<-lock;
}

rouse()
{
	if(idle){
		idle = 0;
		wake <-= 1;
	}
}

fire(t: ref Timer)
{
	if(t.timeout != nil) alt {
	t.timeout <-= 1 =>
		;
	* =>
		;
	}
}

clock(gran: int, lock, wake, pidc: chan of int)
{
	pidc <-= sys->pctl(0, nil);
	for(;;){
		lock <-= 1;
		now := sys->millisec();
		l: list of ref Timer;
		for(p := pending; p != nil; p = tl p)
			if(stopped || (hd p).dt - now <= 0)
				fire(hd p);
			else
				l = hd p :: l;
		pending = l;
		if(stopped){
			<-lock;
			return;
		}
		wait := idle = l == nil;
		<-lock;
		if(wait)
			<-wake;
		else
			sys->sleep(gran);
	}
}
