# square roots, which native code finds by itself as long as the module is what it was
implement T;
include "sys.m";
	sys: Sys;
include "draw.m";
include "math.m";
	math: Math;
	m2: Math;
T: module
{
	init: fn(nil: ref Draw->Context, argv: list of string);
};

P: adt { x, y: real; n: int; };

sum(a: array of ref P, n: int): (real, int)
{
	s := 0.0;
	k := 0;
	big1 := big 7;
	for(i := 0; i < n; i++){
		p := a[i % len a];
		k += i ^ p.n;
		big1 = big1 * big 3 + big i;
		d := math->sqrt(p.x * p.x + p.y * p.y);
		k += i;
		s += d * p.x - real k / 1e6;
		if(i == n / 2)
			math = load Math Math->PATH;
		if(i % 1000 == 999)
			m2 = load Math Math->PATH;
		s = math->sqrt(s * s / 2.0 + p.y);
		p = nil;
	}
	return (s, k ^ int big1);
}

catch(a: array of ref P): string
{
	s := 0.0;
	i := 0;
	{
		for(; i < 1000; i++){
			s += math->sqrt(real i);
			if(i == 700)
				math = nil;
		}
	} exception e {
	"*" =>
		return sys->sprint("%d %g %s", i, s, e);
	}
	return "no";
}

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	math = load Math Math->PATH;
	a := array[37] of ref P;
	for(i := 0; i < len a; i++)
		a[i] = ref P(real i, real (i * 7 % 11), i * 3);
	for(n := 1; n < 20000; n = n * 3 + 1){
		(s, k) := sum(a, n);
		sys->print("%d %.17g %d\n", n, s, k);
	}
	sys->print("%s\n", catch(a));
	math = load Math Math->PATH;
	sys->print("%s\n", catch(a));
}
