implement Btos;

#
# Single byte character sets to text; the argument is a file of the 256 characters in the order of their codes.
#

include "sys.m";

include "convcs.m";

tab: string;

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
	tab = string buf[0:n];
	if(len tab < 256)
		return "bad character table " + file;
	return nil;
}

btos(nil: Convcs->State, b: array of byte, nchars: int): (Convcs->State, string, int)
{
	if(nchars < 0 || nchars > len b)
		nchars = len b;
	s := "";
	for(i := 0; i < nchars; i++)
		s[i] = tab[int b[i]];
	return (nil, s, nchars);
}
