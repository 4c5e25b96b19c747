implement Random;

#
# Random numbers from the system; see security-random(2).
#

include "sys.m";
	sys: Sys;

include "keyring.m";

include "security.m";

randombuf(which, n: int): array of byte
{
	if(sys == nil)
		sys = load Sys Sys->PATH;
	if(n < 0)
		return nil;
	buf := array[n] of {* => byte 0};
	fd: ref Sys->FD;
	case which {
	ReallyRandom =>
		fd = sys->open("/dev/random", Sys->OREAD);
	* =>
		fd = sys->open("/dev/notquiterandom", Sys->OREAD);
	}
	if(fd != nil)
		sys->readn(fd, buf, n);
	return buf;
}

randomint(which: int): int
{
	a := randombuf(which, 4);
	return int a[0] << 24 | int a[1] << 16 | int a[2] << 8 | int a[3];
}
