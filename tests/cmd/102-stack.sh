echo 'implement P;
include "sys.m"; sys: Sys;
include "draw.m";
P: module { init: fn(nil: ref Draw->Context, argv: list of string); };
Pt: adt { x, y: int; name: string; };
wait(n: int, p: ref Pt)
{
	c := chan of int;
	sys->print("%d\n", sys->pctl(0, nil));
	n = <-c + p.x;
}
init(nil: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	l := argv;
	wait(10, ref Pt(1, 2, "pt"));
	l = nil;
}' >pr.b
limbo -g pr.b
{pr a b | {
p := `{read}
stack $p | sed 2q
stackv $p | sed '/^unknown/d;s/= (@|0\.)[0-9a-f]+/= @N/'
stackv -T -r 1 $p n p | sed '/^unknown/d;s/= (@|0\.)[0-9a-f]+/= @N/'
stackv -l $p | sed 2q
mkdir s; mv pr.sbl s/q.sbl
stack $p | sed 's/PC [0-9]+/PC N/;2q'
stack -p /tmp/w/pr.dis s/q.sbl $p | sed 2q
stack -v $p | sed 's/^[0-9a-f]+ //;s/[0-9]+ u/N u/;s/PC [0-9]+/PC N/;1q'
kill $p >/dev/null
}} |[2] sed 's/[0-9]+ "/N "/'
stack 99999
echo $status
stack
