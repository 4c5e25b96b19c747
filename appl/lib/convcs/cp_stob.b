implement Stob;

#
# Text to single byte character sets; the argument is a file of the 256 characters in the order of their codes.
#

include "sys.m";

include "convcs.m";

Nhash:	con 128;

low: array of byte;		# codes of the first 256 characters
high: array of list of (int, byte);

Unknown: con byte '?';

init(file: string): string
{
	sys := load Sys Sys->PATH;
	fd := sys->open(file, Sys->OREAD);
	if(fd == nil)
		return sys->sprint("cannot open %s: %r", file);
	buf := array[4*256 + 1] of byte;
	n := sys->readn(fd, buf, len buf);
	if(n < 0)
		return sys->sprint("cannot read %s: %r", file);
	tab := string buf[0:n];
	if(len tab < 256)
		return "bad character table " + file;
	low = array[256] of {* => Unknown};
	high = array[Nhash] of list of (int, byte);
	for(i := 255; i >= 0; i--){
		c := tab[i];
		if(c < len low)
			low[c] = byte i;
		else if(c != Sys->UTFerror)
			high[c % Nhash] = (c, byte i) :: high[c % Nhash];
	}
	return nil;
}

stob(nil: Convcs->State, s: string): (Convcs->State, array of byte)
{
	a := array[len s] of byte;
	for(i := 0; i < len s; i++)
		a[i] = code(s[i]);
	return (nil, a);
}

code(c: int): byte
{
	if(c < len low)
		return low[c];
	for(l := high[c % Nhash]; l != nil; l = tl l)
		if((hd l).t0 == c)
			return (hd l).t1;
	return Unknown;
}
