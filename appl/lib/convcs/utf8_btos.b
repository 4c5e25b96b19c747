implement Btos;

#
# UTF-8 to text.
#

include "sys.m";
	sys: Sys;

include "convcs.m";

init(nil: string): string
{
	sys = load Sys Sys->PATH;
	return nil;
}

btos(nil: Convcs->State, b: array of byte, nchars: int): (Convcs->State, string, int)
{
	s := "";
	for(i := 0; i < len b && (nchars < 0 || len s < nchars || nchars == 0);){
		(c, n, nil) := sys->byte2char(b, i);
		if(n == 0){
			if(nchars != 0)
				break;
			n = 1;		# no more to come
		}
		s[len s] = c;
		i += n;
	}
	return (nil, s, i);
}
