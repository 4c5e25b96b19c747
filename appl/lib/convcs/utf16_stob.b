implement Stob;

#
# Text to UTF-16.  The argument is the order of the bytes, be or le; without it a mark comes first.
#

include "sys.m";

include "convcs.m";

order: string;

init(arg: string): string
{
	case arg {
	"" or "be" or "le" =>
		order = arg;
		return nil;
	}
	return "bad byte order " + arg;
}

stob(state: Convcs->State, s: string): (Convcs->State, array of byte)
{
	a := array[2 + 4*len s] of byte;
	n := 0;
	le := order == "le";
	if(s != nil && state == nil){
		state = "started";
		if(order == nil)
			n = put(a, n, 16rfeff, le);
	}
	for(i := 0; i < len s; i++){
		c := s[i];
		if(c >= 16r10000){
			c -= 16r10000;
			n = put(a, n, 16rd800 | c >> 10, le);
			c = 16rdc00 | c & 16r3ff;
		}
		n = put(a, n, c, le);
	}
	return (state, a[0:n]);
}

put(a: array of byte, n, c, le: int): int
{
	if(le){
		a[n] = byte c;
		a[n+1] = byte (c >> 8);
	}else{
		a[n] = byte (c >> 8);
		a[n+1] = byte c;
	}
	return n + 2;
}
