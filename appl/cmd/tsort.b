implement Tsort;

#
# Sorts words topologically; see tsort(1).
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "bufio.m";
	bufio: Bufio;
	Iobuf: import bufio;

Tsort: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

Item: adt
{
	name:	string;
	after:	list of ref Item;
	nbefore:	int;
	state:	int;		# 0: to do, 1: on the way, 2: done
};

items: list of ref Item;	# the last one first
tab := array[211] of list of ref Item;

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	bufio = load Bufio Bufio->PATH;
	if(bufio == nil)
		nomod(Bufio->PATH);
	in := bufio->fopen(sys->fildes(0), Bufio->OREAD);
	while((s := in.gets('\n')) != nil){
		(nil, l) := sys->tokenize(s, " \t\r\n");
		if(l == nil)
			continue;
		first := item(hd l);
		for(l = tl l; l != nil; l = tl l){
			x := item(hd l);
			if(x != first){
				first.after = x :: first.after;
				x.nbefore++;
			}
		}
	}
	if(in.ungetb() == Bufio->ERROR){
		sys->fprint(sys->fildes(2), "tsort: read error: %r\n");
		raise "fail:read error";
	}
	out := bufio->fopen(sys->fildes(1), Bufio->OWRITE);
	todo: list of ref Item;
	for(l := items; l != nil; l = tl l)
		todo = hd l :: todo;
	cycles := 0;
	while(todo != nil){
		rest: list of ref Item;
		done := 0;
		for(; todo != nil; todo = tl todo)
			if((hd todo).nbefore == 0){
				done = 1;
				put(out, hd todo);
			}else
				rest = hd todo :: rest;
		if(!done && rest != nil){
			# the last one in the list is the first in the input
			x: ref Item;
			for(l = rest; l != nil; l = tl l)
				x = hd l;
			cycles = 1;
			x = oncycle(x);
			out.flush();
			sys->fprint(sys->fildes(2), "tsort: cycle in input at %s\n", x.name);
			x.nbefore = 0;
		}
		for(; rest != nil; rest = tl rest)
			todo = hd rest :: todo;
	}
	if(out.flush() == Bufio->ERROR){
		sys->fprint(sys->fildes(2), "tsort: write error: %r\n");
		raise "fail:write error";
	}
	if(cycles)
		raise "fail:cycle";
}

item(name: string): ref Item
{
	h := 0;
	for(i := 0; i < len name; i++)
		h = h*31 + name[i];
	h = (h & 16r7fffffff) % len tab;
	for(l := tab[h]; l != nil; l = tl l)
		if((hd l).name == name)
			return hd l;
	x := ref Item(name, nil, 0, 0);
	tab[h] = x :: tab[h];
	items = x :: items;
	return x;
}

put(out: ref Iobuf, x: ref Item)
{
	out.puts(x.name + "\n");
	x.state = 2;
	for(l := x.after; l != nil; l = tl l)
		(hd l).nbefore--;
}

# an item of those left over that leads back to itself
oncycle(x: ref Item): ref Item
{
	for(;;){
		if(x.state == 1)
			return x;
		x.state = 1;
		next: ref Item;
		for(l := items; l != nil && next == nil; l = tl l)
			if((hd l).state != 2 && (hd l).nbefore > 0)
				for(a := (hd l).after; a != nil; a = tl a)
					if(hd a == x)
						next = hd l;
		if(next == nil)
			return x;
		x = next;
	}
}

nomod(path: string)
{
	sys->fprint(sys->fildes(2), "tsort: cannot load %s: %r\n", path);
	raise "fail:bad module";
}
