implement Hash;

#
# Hash tables from strings to values; see hash(2).
#

include "hash.m";

Positive:	con 16r7fffffff;

fun1(s: string, n: int): int
{
	h := 0;
	for(i := 0; i < len s; i++)
		h = h*65599 + s[i];
	return (h & Positive) % n;
}

fun2(s: string, n: int): int
{
	h := 0;
	for(i := 0; i < len s; i++){
		h = (h << 4) + s[i];
		g := h & int 16rf0000000;
		if(g != 0)
			h ^= (g >> 24 & 16rf0) | g;
	}
	return (h & Positive) % n;
}

new(size: int): ref HashTable
{
	if(size <= 0)
		size = 1;
	return ref HashTable(array[size] of list of HashNode);
}

HashTable.find(h: self ref HashTable, key: string): ref HashVal
{
	for(l := h.a[fun1(key, len h.a)]; l != nil; l = tl l)
		if((hd l).key == key)
			return (hd l).val;
	return nil;
}

HashTable.insert(h: self ref HashTable, key: string, val: HashVal)
{
	h.delete(key);
	i := fun1(key, len h.a);
	h.a[i] = HashNode(key, ref val) :: h.a[i];
}

HashTable.delete(h: self ref HashTable, key: string)
{
	i := fun1(key, len h.a);
	r: list of HashNode;
	found := 0;
	for(l := h.a[i]; l != nil; l = tl l)
		if((hd l).key == key)
			found = 1;
		else
			r = hd l :: r;
	if(found)
		h.a[i] = r;
}

HashTable.all(h: self ref HashTable): list of HashNode
{
	r: list of HashNode;
	for(i := 0; i < len h.a; i++)
		for(l := h.a[i]; l != nil; l = tl l)
			r = hd l :: r;
	return r;
}
