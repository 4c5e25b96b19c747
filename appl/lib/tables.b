implement Tables;

#
# Polymorphic hash tables; see tables(2).
#

include "tables.m";

Nslots:	con 13;

Table[T].new(nslots: int, nilval: T): ref Table[T]
{
	if(nslots <= 0)
		nslots = Nslots;
	return ref Table[T](array[nslots] of list of (int, T), nilval);
}

slot(id, n: int): int
{
	i := id % n;
	if(i < 0)
		i += n;
	return i;
}

Table[T].add(t: self ref Table[T], id: int, x: T): int
{
	i := slot(id, len t.items);
	for(l := t.items[i]; l != nil; l = tl l)
		if((hd l).t0 == id)
			return 0;
	t.items[i] = (id, x) :: t.items[i];
	return 1;
}

Table[T].del(t: self ref Table[T], id: int): int
{
	i := slot(id, len t.items);
	r: list of (int, T);
	for(l := t.items[i]; l != nil; l = tl l){
		if((hd l).t0 == id){
			l = tl l;
			for(; r != nil; r = tl r)
				l = hd r :: l;
			t.items[i] = l;
			return 1;
		}
		r = hd l :: r;
	}
	return 0;
}

Table[T].find(t: self ref Table[T], id: int): T
{
	for(l := t.items[slot(id, len t.items)]; l != nil; l = tl l)
		if((hd l).t0 == id)
			return (hd l).t1;
	return t.nilval;
}

Strhash[T].new(nslots: int, nilval: T): ref Strhash[T]
{
	if(nslots <= 0)
		nslots = Nslots;
	return ref Strhash[T](array[nslots] of list of (string, T), nilval);
}

Strhash[T].add(t: self ref Strhash[T], id: string, x: T)
{
	i := hash(id, len t.items);
	t.items[i] = (id, x) :: t.items[i];
}

Strhash[T].del(t: self ref Strhash[T], id: string)
{
	i := hash(id, len t.items);
	r: list of (string, T);
	for(l := t.items[i]; l != nil; l = tl l){
		if((hd l).t0 == id){
			l = tl l;
			for(; r != nil; r = tl r)
				l = hd r :: l;
			t.items[i] = l;
			return;
		}
		r = hd l :: r;
	}
}

Strhash[T].find(t: self ref Strhash[T], id: string): T
{
	for(l := t.items[hash(id, len t.items)]; l != nil; l = tl l)
		if((hd l).t0 == id)
			return (hd l).t1;
	return t.nilval;
}

hash(s: string, n: int): int
{
	h := 0;
	for(i := 0; i < len s; i++)
		h = h*65599 + s[i];
	return (h & 16r7fffffff) % n;
}
