implement Gcpause;

# How long the collector of cycles keeps all programs waiting: about a gigabyte of lists, arrays and objects that live, a
# good part of it in cycles, while garbage in cycles is made without end. Prints its longest step in microseconds beside
# the usual lines.

include "sys.m";
	sys: Sys;
include "draw.m";

Gcpause: module
{
	init: fn(nil: ref Draw->Context, argv: list of string);
};

Node: adt
{
	v:	int;
	next:	ref Node;
	other:	ref Node;
	l:	list of int;
};

init(nil: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	mb := 600;
	if(len argv > 1)
		mb = int hd tl argv;
	t := sys->millisec();

	# live: lists of ints, 16 bytes a cell; rings of nodes; an array that refers to them; arrays of bytes
	lists := array[16] of list of int;
	for(i := 0; i < mb * 1024 * 1024 / 4 / 24; i++)
		lists[i & 15] = i :: lists[i & 15];
	n := mb * 1024 * 1024 / 4 / 40;
	nodes := array[n] of ref Node;
	for(i = 0; i < n; i++)
		nodes[i] = ref Node(i, nil, nil, nil);
	for(i = 0; i < n; i++){
		nodes[i].next = nodes[(i + 1) % n];
		nodes[i].other = nodes[(i * 7 + 3) % n];
	}
	bytes := array[4] of array of byte;
	for(i = 0; i < len bytes; i++)
		bytes[i] = array[mb * 1024 * 1024 / 8] of {* => byte i};
	refs := array[n] of ref Node;
	refs[0:] = nodes;

	# garbage: rings of two, and large arrays in cycles
	sum := 0;
	for(i = 0; i < 4000000; i++){
		a := ref Node(i, nil, nil, nil);
		a.next = ref Node(i, a, a, 1 :: nil);
		sum += a.next.v & 3;
		if(i % 400000 == 0){
			nodes = nil;
			x := array[1000000] of {* => a};
			a.other = ref Node(1, a, a, nil);
			x = nil;
		}
	}
	s := big 0;
	for(i = 0; i < n; i++)
		s += big refs[i].next.v;
	for(i = 0; i < len lists; i++)
		s += big len lists[i];
	# all of it becomes garbage that only the collector finds
	refs = nil;
	lists = nil;
	for(i = 0; i < 2000000; i++){
		a := ref Node(i, nil, nil, nil);
		a.next = a;
	}
	t = sys->millisec() - t;
	sys->print("check %d\nms %d\n", sum + int s, t);
	fd := sys->open("#%/memgc", Sys->OREAD);
	if(fd != nil){
		buf := array[1024] of byte;
		k := sys->read(fd, buf, len buf);
		sys->print("%s", string buf[0:k]);
	}
}
