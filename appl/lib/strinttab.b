implement StringIntTab;

#
# Look up strings in a table sorted by key; see strinttab(2).
#

include "strinttab.m";

lookup(t: array of StringInt, key: string): (int, int)
{
	lo := 0;
	hi := len t;
	while(lo < hi){
		m := (lo + hi)/2;
		if(t[m].key == key)
			return (1, t[m].val);
		if(t[m].key < key)
			lo = m + 1;
		else
			hi = m;
	}
	return (0, 0);
}

revlookup(t: array of StringInt, val: int): string
{
	for(i := 0; i < len t; i++)
		if(t[i].val == val)
			return t[i].key;
	return nil;
}
