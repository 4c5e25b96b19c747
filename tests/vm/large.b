implement T;

# Large things: they are made, used, and go, at once or soon.

include "sys.m";
	sys: Sys;
include "draw.m";

T: module
{
	init: fn(nil: ref Draw->Context, argv: list of string);
};

Wide: adt
{
	a, b, c, d, e, f, g, h: string;
	i: int;
	j: ref Wide;
};

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;

	# a million references to as many objects
	a := array[1000000] of {* => ref Wide};
	for(i := 0; i < len a; i++)
		a[i].i = i;
	s := big 0;
	for(i = 0; i < len a; i++)
		s += big a[i].i;
	sys->print("array %bd\n", s);
	# a descriptor goes with its last reference, whatever else has to go
	p := array[2] of ref Sys->FD;
	sys->pipe(p);
	a = nil;
	p[1] = nil;
	sys->print("closed %d\n", sys->read(p[0], array[1] of byte, 1));

	# a descriptor at the end of a long list
	sys->pipe(p);
	l := p[1] :: nil;
	p[1] = nil;
	for(i = 0; i < 2000000; i++)
		l = nil :: l;
	l = nil;
	sys->print("closed %d\n", sys->read(p[0], array[1] of byte, 1));

	# arrays in arrays
	t := array[1000] of array of array of int;
	for(i = 0; i < len t; i++)
		t[i] = array[100] of {* => array[2] of int};
	t = nil;

	# a chain of objects
	w: ref Wide;
	for(i = 0; i < 500000; i++)
		w = ref Wide(nil, nil, nil, nil, nil, nil, nil, nil, i, w);
	n := 0;
	for(x := w; x != nil; x = x.j)
		n++;
	sys->print("chain %d\n", n);
	w = x = nil;

	# a string
	str := "x";
	while(len str < 20000000)
		str += str;
	str[len str] = '日';
	sys->print("string %d %d\n", len str, str[len str - 1]);
	sys->print("slice %d\n", len str[1000:len str - 1000]);
	b := array of byte str;
	sys->print("bytes %d\n", len b);
	b = nil;
	str = nil;

	sys->print("depth %d\n", depth(200000));
	{
		depth(-1);
	} exception e {
	"out of memory*" =>
		sys->print("too deep: %s\n", e);
	}
	sys->print("depth %d\n", depth(1000));

	alts();

	n = 0;
	for(i = 0; i < 100000; i++)
		{
			fall(i);
		} exception {
		"odd" =>
			n++;
		"zero*" =>
			n += 2;
		}
	sys->print("caught %d\n", n);

	# an array of channels, and channels in flight
	c := array[20000] of {* => chan[1] of ref Wide};
	for(i = 0; i < len c; i++)
		c[i] = chan[1] of ref Wide;
	for(i = 0; i < len c; i++)
		c[i] <-= ref Wide(nil, nil, nil, nil, nil, nil, nil, nil, i, nil);
	n = 0;
	for(i = 0; i < len c; i++){
		(nil, v) := <-c;
		n += v.i;
	}
	sys->print("channels %d\n", n);
}

depth(n: int): int
{
	if(n == 0)
		return 0;
	return depth(n - 1) + 1;
}

fall(i: int)
{
	if(i & 1)
		raise "odd";
	raise "zero" + string i;
}

alts()
{
	c := array[2000] of {* => chan of int};
	for(i := 0; i < len c; i++)
		c[i] = chan of int;
	done := chan of int;
	for(i = 0; i < len c; i++)
		spawn send(c[i], i, done);
	n := 0;
	ends := 0;
	while(ends < len c)
		alt {
		(nil, v) := <-c =>
			n += v;
		<-done =>
			ends++;
		}
	sys->print("alt %d\n", n);
}

send(c: chan of int, i: int, done: chan of int)
{
	c <-= i;
	done <-= 1;
}
