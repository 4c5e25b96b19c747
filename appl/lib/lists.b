implement Lists;

#
# Polymorphic lists; see lists(2).
#

include "lists.m";

reverse[T](l: list of T): list of T
{
	r: list of T;
	for(; l != nil; l = tl l)
		r = hd l :: r;
	return r;
}

# r reversed in front of l
onto[T](r: list of T, l: list of T): list of T
{
	for(; r != nil; r = tl r)
		l = hd r :: l;
	return l;
}

map[T](f: ref fn(x: T): T, l: list of T): list of T
{
	r: list of T;
	for(; l != nil; l = tl l)
		r = f(hd l) :: r;
	return reverse(r);
}

allsat[T](p: ref fn(x: T): int, l: list of T): int
{
	for(; l != nil; l = tl l)
		if(!p(hd l))
			return 0;
	return 1;
}

anysat[T](p: ref fn(x: T): int, l: list of T): int
{
	for(; l != nil; l = tl l)
		if(p(hd l))
			return 1;
	return 0;
}

filter[T](p: ref fn(x: T): int, l: list of T): list of T
{
	r: list of T;
	for(; l != nil; l = tl l)
		if(p(hd l))
			r = hd l :: r;
	return reverse(r);
}

partition[T](p: ref fn(x: T): int, l: list of T): (list of T, list of T)
{
	yes, no: list of T;
	for(; l != nil; l = tl l)
		if(p(hd l))
			yes = hd l :: yes;
		else
			no = hd l :: no;
	return (reverse(yes), reverse(no));
}

append[T](l: list of T, x: T): list of T
{
	return onto(reverse(l), x :: nil);
}

concat[T](l: list of T, l2: list of T): list of T
{
	if(l2 == nil)
		return l;
	return onto(reverse(l), l2);
}

combine[T](l: list of T, l2: list of T): list of T
{
	return onto(l, l2);
}

last[T](l: list of T): T
{
	while(tl l != nil)
		l = tl l;
	return hd l;
}

find[T](x: T, l: list of T): list of T
	for { T => eq: fn(a, b: T): int; }
{
	for(; l != nil; l = tl l)
		if(T.eq(x, hd l))
			break;
	return l;
}

delete[T](x: T, l: list of T): list of T
	for { T => eq: fn(a, b: T): int; }
{
	r: list of T;
	for(t := l; t != nil; t = tl t){
		if(T.eq(x, hd t))
			return onto(r, tl t);
		r = hd t :: r;
	}
	return l;
}

ismember[T](x: T, l: list of T): int
	for { T => eq: fn(a, b: T): int; }
{
	for(; l != nil; l = tl l)
		if(T.eq(x, hd l))
			return 1;
	return 0;
}

pair[T1, T2](l1: list of T1, l2: list of T2): list of (T1, T2)
{
	r: list of (T1, T2);
	while(l1 != nil || l2 != nil){
		r = (hd l1, hd l2) :: r;
		l1 = tl l1;
		l2 = tl l2;
	}
	l: list of (T1, T2);
	for(; r != nil; r = tl r)
		l = hd r :: l;
	return l;
}

unpair[T1, T2](l: list of (T1, T2)): (list of T1, list of T2)
{
	l1: list of T1;
	l2: list of T2;
	for(; l != nil; l = tl l){
		(x, y) := hd l;
		l1 = x :: l1;
		l2 = y :: l2;
	}
	return (reverse(l1), reverse(l2));
}
