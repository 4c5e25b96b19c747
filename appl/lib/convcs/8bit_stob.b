implement Stob;

#
# Text to bytes with the same codes.  The argument is the number of codes, 256 if there is none.
#

include "sys.m";

include "convcs.m";

limit: int;

init(arg: string): string
{
	limit = 256;
	if(arg != nil)
		limit = int arg;
	if(limit <= 0 || limit > 256)
		return "bad number of codes " + arg;
	return nil;
}

stob(nil: Convcs->State, s: string): (Convcs->State, array of byte)
{
	a := array[len s] of byte;
	for(i := 0; i < len s; i++)
		if(s[i] < limit)
			a[i] = byte s[i];
		else
			a[i] = byte '?';
	return (nil, a);
}
