load std
echo -n 'abcdefghijklmnop' >f
mdb f 0/4x
mdb f 4,2/bc
mdb f '0/3C; 12/X; .=d; .+2=X; (3+4)*2=u; 17#8=d; 15%4=D'
echo '0/2x

0x8

.-1/c-c
0/c++cnc^c
*0=X
-1=dDuUxXoO
''a''=C;~0=u;0x10|1&3=d;1,2/d' | mdb f
mdb -w f '4/w 0x4142 ''C''*256+''D''; 8/W 0x45464748'
cat f; echo
mdb f '4/w 1'; echo $status
echo '99/x
0/z
0!
0x=d
(1=d
5%0=d
0/4
$z
$
$h
''ab''=d
/w
2/c
$q
0/c' | mdb f
echo $status
mdb f 13/X; echo $status
echo 'implement P;
P: module { init: fn(n: int): string; };
r := 2.5; b := big 7; w := 77; s := "a\t\"b"; a := array[] of {"x", "y"};
init(n: int): string
{
	{ if(n) raise "no"; s += a[1]; }
	exception{ "no" => w++; "*" => b++; }
	return s;
}' >p.b
limbo p.b
for(i in h i d l D H s) { echo '$'$i; mdb p.dis '$'$i }
mdb /dis/pwd.dis '$l' | sed '/import/!d;s/0x[0-9a-f]+/N/;3q'
mdb nofile; echo $status
mdb
