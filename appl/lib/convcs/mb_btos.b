implement Btos;

#
# Character sets of one to three bytes to text; the argument is a table, see tools/mkcharset.
#

include "sys.m";

include "convcs.m";

include "mb.inc";

init(file: string): string
{
	return readtable(file);
}

# the beginning of a character is left for the next call, unless nchars is 0
btos(nil: Convcs->State, b: array of byte, nchars: int): (Convcs->State, string, int)
{
	s := "";
	for(i := 0; i < len b && (nchars <= 0 || len s < nchars);){
		c := int b[i];
		u := tab[c];
		if(u != Bad || c < lead0 || c > lead1){
			s[len s] = u;
			i++;
			continue;
		}
		if(i + 1 == len b){
			if(nchars != 0)
				break;
			s[len s] = Bad;
			i++;
			continue;
		}
		d := int b[i+1];
		if(c == Three && second0 != 0){
			if(i + 2 == len b && nchars != 0)
				break;
			u = Bad;
			if(i + 2 < len b)
				u = three(d, int b[i+2]);
			s[len s] = u;
			# a byte that cannot be within begins anew
			i++;
			for(j := 1; j < 3 && i < len b && (u != Bad || b[i] >= byte 16r80); j++)
				i++;
			continue;
		}
		if(d >= trail0 && d <= trail1)
			u = tab[256 + (c-lead0) * (trail1-trail0+1) + d - trail0];
		s[len s] = u;
		i++;
		# a byte that cannot be a second one begins anew
		if(u != Bad || d >= 16r80)
			i++;
	}
	return (nil, s, i);
}

# the character of three bytes whose last two are these
three(c, d: int): int
{
	if(second0 == 0 || c < second0 || c > second1 || d < third0 || d > third1)
		return Bad;
	return tab[threes() + (c-second0) * (third1-third0+1) + d - third0];
}
