implement T;

# A graph that changes all the time, while the collector looks for cycles: what is reachable stays whole, and what is not
# goes, whatever it was part of: adts, lists, arrays, channels, module references.

include "sys.m";
	sys: Sys;
include "draw.m";

T: module
{
	init: fn(nil: ref Draw->Context, argv: list of string);
};

Node: adt
{
	id:	int;
	sum:	int;
	a, b:	ref Node;
	l:	list of ref Node;
	k:	array of ref Node;
	c:	chan of ref Node;
	m:	T;
};

N: con 4000;
ROUNDS: con 400000;
seed := 12345;
nextid := 0;
self: T;

rand(n: int): int
{
	seed = seed * 1103515245 + 12345;
	return (seed >> 8 & 16rfffff) % n;
}

node(): ref Node
{
	n := ref Node;
	n.id = nextid++;
	n.sum = n.id * 7 + 1;
	if(n.id % 8 == 0)
		n.c = chan[2] of ref Node;
	if(n.id % 16 == 0)
		n.m = self;
	return n;
}

check(n: ref Node)
{
	if(n != nil && n.sum != n.id * 7 + 1){
		sys->print("node %d is damaged\n", n.id);
		raise "damaged";
	}
}

# moves as well as copies: the old place may be cleared
change(t: array of ref Node)
{
	n := t[rand(N)];
	o := t[rand(N)];
	check(n);
	check(o);
	case rand(12) {
	0 =>	n.a = o;
	1 =>	n.b = o.a; o.a = nil;
	2 =>	n.l = o :: n.l;
	3 =>	n.l = o.l; o.l = nil;
	4 =>	n.k = array[8] of {* => o};
	5 =>	n.k = o.k; o.k = nil;
	6 =>	if(n.c != nil) alt{ n.c <-= o => ; * => ; }
	7 =>	if(n.c != nil) alt{ x := <-n.c => check(x); o.b = x; * => ; }
	8 =>	t[rand(N)] = node();		# what was there may live on in others
	9 =>	x := node(); x.a = node(); x.a.a = x; x.b = n;	# garbage at once, and refers to what lives
	10 =>	if(n.k != nil){
			s := n.k[2:6];
			s[0] = o;
			check(n.k[2]);
			o.k = s;
		}
	11 =>	for(l := n.l; l != nil; l = tl l)
			check(hd l);
		if(len n.l > 20)
			n.l = nil;
	}
}

walk(t: array of ref Node)
{
	for(i := 0; i < N; i++){
		n := t[i];
		check(n);
		check(n.a);
		check(n.b);
		for(l := n.l; l != nil; l = tl l)
			check(hd l);
		for(j := 0; j < len n.k; j++)
			check(n.k[j]);
	}
}

mutate(t: array of ref Node, done: chan of int)
{
	for(i := 0; i < ROUNDS; i++)
		change(t);
	walk(t);
	done <-= 1;
}

# bytes of the heap in use
used(): int
{
	fd := sys->open("/dev/memory", Sys->OREAD);
	buf := array[1024] of byte;
	n := sys->read(fd, buf, len buf);
	(nil, lines) := sys->tokenize(string buf[0:n], "\n");
	for(; lines != nil; lines = tl lines){
		(nil, f) := sys->tokenize(hd lines, " ");
		last := "";
		for(l := f; l != nil; l = tl l)
			last = hd l;
		if(last == "heap")
			return int hd f;
	}
	return 0;
}

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	self = load T "$self";
	before := used();
	t := array[N] of {* => ref Node};
	for(i := 0; i < N; i++)
		t[i] = node();
	done := chan of int;
	for(i = 0; i < 3; i++)
		spawn mutate(t, done);
	for(i = 0; i < 3; i++)
		<-done;
	walk(t);
	sys->print("whole\n");
	t = nil;
	# an idle machine looks for garbage
	for(i = 0; i < 600 && used() > before + 300000; i++)
		sys->sleep(50);
	if(used() <= before + 300000)
		sys->print("all gone\n");
	else
		sys->print("%d of %d left\n", used() - before, before);
}
