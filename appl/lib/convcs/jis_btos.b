implement Btos;

#
# ISO-2022-JP to text; the argument is the table of EUC-JP, whose two-byte characters are the same but for the high bits. The state is
# the set that the last escape sequence has chosen: nil (ASCII), "2" (two bytes), "3" (two bytes of JIS X 0212) or "k" (katakana).
#

include "sys.m";

include "convcs.m";

include "mb.inc";

Esc: con 16r1b;

init(file: string): string
{
	return readtable(file);
}

btos(state: Convcs->State, b: array of byte, nchars: int): (Convcs->State, string, int)
{
	s := "";
	for(i := 0; i < len b && (nchars <= 0 || len s < nchars);){
		c := int b[i];
		if(c == Esc){
			if(i + 3 > len b && nchars != 0)
				break;
			if(i + 3 > len b)
				return (state, s, len b);
			if(b[i+1] == byte '$' && b[i+2] == byte '('){
				if(i + 4 > len b){
					if(nchars != 0)
						break;
					return (state, s, len b);
				}
				state = nil;
				if(b[i+3] == byte 'D')
					state = "3";
				i += 4;
				continue;
			}
			case string b[i+1:i+3] {
			"$@" or "$B" =>	state = "2";
			"(I" =>	state = "k";
			* =>	state = nil;
			}
			i += 3;
		}else if(c == '\n' || state == nil){
			# a line begins in ASCII
			if(c == '\n')
				state = nil;
			s[len s] = tab[c];
			i++;
		}else if(state == "k"){
			s[len s] = 16rff61 + (c & 16r7f) - 16r21;
			i++;
		}else{
			if(i + 1 == len b && nchars != 0)
				break;
			u := Bad;
			if(i + 1 < len b){
				c |= 16r80;
				d := int b[i+1] | 16r80;
				if(state == "3")
					u = three(c, d);
				else if(c >= lead0 && c <= lead1 && d >= trail0 && d <= trail1)
					u = tab[256 + (c-lead0) * (trail1-trail0+1) + d - trail0];
				i++;
			}
			s[len s] = u;
			i++;
		}
	}
	return (state, s, i);
}

# the character of three bytes whose last two are these
three(c, d: int): int
{
	if(second0 == 0 || c < second0 || c > second1 || d < third0 || d > third1)
		return Bad;
	return tab[threes() + (c-second0) * (third1-third0+1) + d - third0];
}
