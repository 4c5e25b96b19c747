echo 'implement T;
include "sys.m";
include "draw.m";
T: module { init: fn(nil: ref Draw->Context, argv: list of string); };
init(nil: ref Draw->Context, argv: list of string)
{
	sys := load Sys Sys->PATH;
	for(i := 0; i < 3; i++)
		sys->print("%d %s\n", i, hd argv);
}' > t.b
limbo t.b ; limbo -S t.b ; asm -o u.dis t.s ; cmp t.dis u.dis ; ./u
asm t.s ; cmp t.dis u.dis
sed 's/^	ret.*/	nonsense/' t.s > bad.s ; asm bad.s ; echo $status
asm -l /dev/null ; echo $status
asm nosuch.s ; echo $status
asm ; echo $status
sed '/^	word\|^	string/d; /^	var/d' t.s > short.s ; asm short.s ; echo $status
