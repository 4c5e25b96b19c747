implement Stob;

#
# Text to UTF-8.
#

include "sys.m";

include "convcs.m";

init(nil: string): string
{
	return nil;
}

stob(nil: Convcs->State, s: string): (Convcs->State, array of byte)
{
	return (nil, array of byte s);
}
