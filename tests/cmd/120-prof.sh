echo 'implement Hot;
include "sys.m";
	sys: Sys;
include "draw.m";
Hot: module { init: fn(nil: ref Draw->Context, argv: list of string); };
init(nil: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	n := int hd tl argv;
	s := 0;
	for(i := 0; i < n; i++)
		s += spin(i);
	if(s < 0)
		sys->print("never\n");
	keep := array[1000] of int;
	keep[0] = s;
	sys->print("%d\n", keep[0]);
}
spin(k: int): int
{
	r := 0;
	for(i := 0; i < k; i++)
		r += i & 3;
	return r;
}' > hot.b
limbo -g hot.b
cprof -n ./hot 7
cprof ./hot 0
cprof -r ./hot 3 ; cprof -r ./hot 4
cprof -n -f
mprof -n -m Hot ./hot 1 | sed '/keep := array/!d; s/[0-9][0-9]*[ 	].*4096.*/4096 bytes at keep/'
echo loops allocate: ; mprof -n -m Hot ./hot 100 | sed '/for/!d'
prof -s 1 -f -m Hot ./hot 20000 | sed 's/[0-9.]* *[0-9.]*	spin/N spin/; /init/d'
prof -b -s 1 ; ./hot 10000 ; prof -n | sed '/Hot/!d; s/.*	//' ; prof -e > /dev/null ; prof
prof nosuch ; prof -s 0 ; cprof nosuch ; mprof -x ; prof -b ./hot
rm hot.sbl ; cprof ./hot 2
