implement Lock;

#
# Semaphores; see lock(2).
#

include "lock.m";

init()
{
}

Semaphore.new(): ref Semaphore
{
	return ref Semaphore(chan[1] of int);
}

Semaphore.obtain(s: self ref Semaphore)
{
	s.c <-= 0;
}

Semaphore.release(s: self ref Semaphore)
{
	<-s.c;
}
