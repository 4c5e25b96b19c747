implement Randpass;

#
# Prints a password made at random; see randpass(1).
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "security.m";
	random: Random;

Randpass: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

# without those that look alike
Letters: con "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
Default: con 12;	# characters: 69 bits

init(nil: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	random = load Random Random->PATH;
	if(random == nil){
		sys->fprint(sys->fildes(2), "randpass: cannot load %s: %r\n", Random->PATH);
		raise "fail:bad module";
	}
	n := Default;
	if(argv != nil && tl argv != nil){
		n = int hd tl argv;
		if(n < 1 || n > 1000 || tl tl argv != nil){
			sys->fprint(sys->fildes(2), "usage: randpass [length]\n");
			raise "fail:usage";
		}
	}
	s := "";
	limit := 256 - 256 % len Letters;	# bytes above would favour some letters
	while(len s < n){
		a := random->randombuf(Random->ReallyRandom, n);
		for(i := 0; i < len a && len s < n; i++)
			if(int a[i] < limit)
				s[len s] = Letters[int a[i] % len Letters];
	}
	sys->print("%s\n", s);
}
