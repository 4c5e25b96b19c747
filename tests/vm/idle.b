implement Idle;

# Cycles that are dropped are collected although the only process does nothing from then on but sleep.

include "sys.m";
	sys: Sys;
include "draw.m";

Idle: module
{
	init: fn(nil: ref Draw->Context, nil: list of string);
};

Node: adt
{
	edge:	array of ref Node;
	v:	int;
};

used(): int
{
	fd := sys->open("#c/memory", Sys->OREAD);
	buf := array[1024] of byte;
	n := sys->read(fd, buf, len buf);
	(nil, lines) := sys->tokenize(string buf[0:n], "\n");
	for(; lines != nil; lines = tl lines){
		(nf, f) := sys->tokenize(hd lines, " ");
		h := hd f;
		for(; nf > 1; nf--)
			f = tl f;
		if(hd f == "heap")
			return int h;
	}
	return -1;
}

# A graph with edges at random that change all the time.
mutate(n, changes: int)
{
	g := array[n] of ref Node;
	for(i := 0; i < n; i++)
		g[i] = ref Node(array[4] of ref Node, i);
	x := 12345;
	for(i = 0; i < changes; i++){
		x = x * 1103515245 + 12345;
		p := g[((x >> 4) & 16r7ffffff) % n];
		x = x * 1103515245 + 12345;
		p.edge[x >> 20 & 3] = g[((x >> 4) & 16r7ffffff) % n];
		if((i & 7) == 0)
			g[((x >> 5) & 16r7ffffff) % n] = ref Node(array[4] of {* => p}, i);
	}
}

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	before := used();
	for(k := 0; k < 2; k++){
		mutate(100000, 500000);
		after := used();
		sys->print("a graph: %s\n", size(after - before));
		for(i := 0; i < 300 && used() - before > 100000; i++)
			sys->sleep(100);
		sys->print("asleep: %s\n", size(used() - before));
	}
}

size(n: int): string
{
	if(n > 5000000)
		return "megabytes";
	if(n > 100000)
		return string n;
	return "little";
}
