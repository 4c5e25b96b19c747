implement Gcshapes;

# The collector's longest step with a large heap of one shape: gcshapes SHAPE [MB]. Shapes: trees, tree, array, list, strings, graph
# (which changes all the time). Garbage in cycles is made, then all of it becomes garbage, and the machine rests.

include "sys.m";
	sys: Sys;
include "draw.m";

Gcshapes: module
{
	init: fn(nil: ref Draw->Context, argv: list of string);
};

Tree: adt
{
	l, r:	ref Tree;
	v:	int;
};

Node: adt
{
	edge:	array of ref Node;
	v:	int;
};

Ring: adt
{
	next:	ref Ring;
};

tree(depth: int): ref Tree
{
	if(depth == 0)
		return nil;
	return ref Tree(tree(depth - 1), tree(depth - 1), depth);
}

churn(n: int)
{
	for(i := 0; i < n; i++){
		a := ref Ring(nil);
		a.next = a;
	}
}

text(f: string): string
{
	fd := sys->open(f, Sys->OREAD);
	if(fd == nil)
		return "";
	buf := array[1024] of byte;
	return string buf[0:sys->read(fd, buf, len buf)];
}

show(when: string)
{
	(nil, l) := sys->tokenize(text("#%/memgc"), "\n");
	runs, pause: string;
	for(; l != nil; l = tl l){
		(nil, w) := sys->tokenize(hd l, ": ");
		case hd w {
		"runs" =>
			runs = hd tl w;
		"pause" =>
			pause = hd tl w;
		}
	}
	(nil, l) = sys->tokenize(text("#c/memory"), "\n");
	(nil, w) := sys->tokenize(hd tl l, " ");
	sys->print("%-8s heap %11s  passes %3s  longest step %6s us\n", when, hd w, runs, pause);
}

work(shape: string, bytes: int)
{
	case shape {
	"trees" =>
		t := array[bytes >> 21] of ref Tree;
		for(i := 0; i < len t; i++)
			t[i] = tree(16);
		loaded();
	"tree" =>
		for(d := 1; (1 << d) * 32 < bytes; d++)
			;
		x := tree(d);
		loaded();
		x.l.l.l = x;	# what stays is a cycle
	"array" =>
		a := array[bytes >> 5] of ref Ring;
		for(i := 0; i < len a; i++)
			a[i] = ref Ring(nil);
		b := array[bytes >> 5] of {* => a[0]};
		loaded();
		a[0].next = b[1];
	"list" =>
		l: list of ref Ring;
		for(i := 0; i < bytes / 48; i++)
			l = ref Ring(nil) :: l;
		loaded();
	"strings" =>
		s := array[bytes / 48] of string;
		for(i := 0; i < len s; i++)
			s[i] = string i;
		loaded();
	"graph" =>
		g := array[bytes / 120] of ref Node;
		n := len g;
		for(i := 0; i < n; i++)
			g[i] = ref Node(array[4] of ref Node, i);
		x := 12345;
		for(i = 0; i < 4 * n; i++){
			x = x * 1103515245 + 12345;
			g[i / 4].edge[i & 3] = g[((x >> 4) & 16r7ffffff) % n];
		}
		loaded();
		for(i = 0; i < 5000000; i++){
			x = x * 1103515245 + 12345;
			p := g[((x >> 4) & 16r7ffffff) % n];
			x = x * 1103515245 + 12345;
			p.edge[x >> 20 & 3] = g[((x >> 4) & 16r7ffffff) % n];
			if((i & 7) == 0)
				g[((x >> 5) & 16r7ffffff) % n] = ref Node(array[4] of {* => p}, i);
		}
	* =>
		sys->fprint(sys->fildes(2), "gcshapes: no shape %s\n", shape);
		raise "fail:usage";
	}
}

loaded()
{
	show("loaded");
	churn(20000000);
	show("worked");
}

init(nil: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	mb := 800;
	if(len argv < 2){
		sys->fprint(sys->fildes(2), "usage: gcshapes shape [mb]\n");
		raise "fail:usage";
	}
	if(tl tl argv != nil)
		mb = int hd tl tl argv;
	work(hd tl argv, mb * 1024 * 1024);
	show("dropped");
	churn(1000000);
	for(i := 0; i < 30; i++)
		sys->sleep(1000);
	show("rested");
}
