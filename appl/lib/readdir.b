implement Readdir;

#
# Sorted directories; see readdir(2).
#

include "sys.m";
	sys: Sys;
	Dir: import sys;

include "readdir.m";

Keymask:	con COMPACT - 1;
Nhash:		con 256;

init(path: string, key: int): (array of ref Dir, int)
{
	sys = load Sys Sys->PATH;
	fd := sys->open(path, Sys->OREAD);
	if(fd == nil)
		return (nil, -1);
	return readall(fd, key);
}

readall(fd: ref Sys->FD, key: int): (array of ref Dir, int)
{
	sys = load Sys Sys->PATH;
	seen: array of list of string;
	if(key & COMPACT)
		seen = array[Nhash] of list of string;
	l: list of array of Dir;
	max := 0;
	for(;;){
		(n, d) := sys->dirread(fd);
		if(n < 0)
			return (nil, -1);
		if(n == 0)
			break;
		l = d[0:n] :: l;
		max += n;
	}
	chunks: list of array of Dir;
	for(; l != nil; l = tl l)
		chunks = hd l :: chunks;
	a := array[max] of ref Dir;
	na := 0;
	for(; chunks != nil; chunks = tl chunks){
		d := hd chunks;
		for(i := 0; i < len d; i++){
			if(seen != nil && !fresh(seen, d[i].name))
				continue;
			a[na++] = ref d[i];
		}
	}
	return sortdir(a[0:na], key & ~COMPACT);
}

# enter a name; 0 if it was there
fresh(tab: array of list of string, name: string): int
{
	h := 0;
	for(i := 0; i < len name; i++)
		h = h*31 + name[i];
	h &= Nhash - 1;
	for(l := tab[h]; l != nil; l = tl l)
		if(hd l == name)
			return 0;
	tab[h] = name :: tab[h];
	return 1;
}

sortdir(a: array of ref Dir, key: int): (array of ref Dir, int)
{
	if((key & Keymask) != NONE)
		mergesort(a, array[len a] of ref Dir, key & Keymask, (key & DESCENDING) != 0);
	return (a, len a);
}

mergesort(a, b: array of ref Dir, key, down: int)
{
	n := len a;
	if(n < 2)
		return;
	m := n / 2;
	mergesort(a[0:m], b[0:m], key, down);
	mergesort(a[m:], b[m:], key, down);
	b[0:] = a;
	i := 0;
	j := m;
	for(k := 0; k < n; k++){
		if(j >= n || (i < m && !after(b[i], b[j], key, down)))
			a[k] = b[i++];
		else
			a[k] = b[j++];
	}
}

# does x come after y?
after(x, y: ref Dir, key, down: int): int
{
	if(down)
		(x, y) = (y, x);
	case key {
	NAME =>
		return x.name > y.name;
	ATIME =>
		return x.atime < y.atime;
	MTIME =>
		return x.mtime < y.mtime;
	SIZE =>
		return x.length > y.length;
	}
	return 0;
}
