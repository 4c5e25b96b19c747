implement Btos;

#
# UTF-16 to text.  The argument, or a mark at the start, gives the order of the bytes: be or le.
# The state is the order found.
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

unit(b: array of byte, i, le: int): int
{
	if(le)
		return int b[i+1] << 8 | int b[i];
	return int b[i] << 8 | int b[i+1];
}

btos(state: Convcs->State, b: array of byte, nchars: int): (Convcs->State, string, int)
{
	i := 0;
	s := "";
	if(state == nil){
		state = order;
		if(state == nil){
			if(len b < 2)
				return (nil, "", 0);
			state = "be";
			case unit(b, 0, 0) {
			16rfeff =>
				i = 2;
			16rfffe =>
				state = "le";
				i = 2;
			}
		}
	}
	le := state == "le";
	for(; i + 2 <= len b && (nchars <= 0 || len s < nchars); i += 2){
		c := unit(b, i, le);
		if(c >= 16rd800 && c < 16rdc00){
			if(i + 4 > len b && nchars != 0)
				break;
			d := 0;
			if(i + 4 <= len b)
				d = unit(b, i + 2, le);
			if(d >= 16rdc00 && d < 16re000){
				c = 16r10000 + ((c & 16r3ff) << 10 | d & 16r3ff);
				i += 2;
			}else
				c = Sys->UTFerror;
		}else if(c >= 16rdc00 && c < 16re000)
			c = Sys->UTFerror;
		s[len s] = c;
	}
	return (state, s, i);
}
