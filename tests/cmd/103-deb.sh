echo 'implement P;
include "sys.m"; sys: Sys;
include "draw.m";
P: module { init: fn(nil: ref Draw->Context, argv: list of string); };
Pt: adt { x, y: int; name: string; };
total := 7;
fact(n: int): int
{
	if(n <= 1)
		return 1;
	return n * fact(n-1);
}
init(nil: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	p := ref Pt(1, 2, "point");
	a := array[] of {10, 20, 30};
	f := fact(4);
	sys->print("%d %d %d %s\n", f, p.x, a[1], hd tl argv);
	a = nil;
	a[0] = 1;
}' >pr.b
limbo -g pr.b
echo 'b fact
b 19
b
b nowhere
c
t
p n
u
p p.name
d 1
d 9
c
p f
p a
p a[2]
p argv.tl.hd
p nosuch
g
l 20
n
c
t
z
q' >cmds
deb -f cmds pr.dis arg1 | sed 's/@[0-9a-f]+/@N/;s/= f+$/= M/;/unknown fn/d;s/pc [0-9]+/pc N/'
echo 's
n
k
q' | deb pr.dis x | sed 's/pc [0-9]+/pc N/'
deb nosuch
echo $status
deb
