load std
x=top
fn f {x=inner; y=new; z:=local; echo $x $y $z}
f
echo $x $y '['^$"z^']'
{x:=loc; echo $x}
echo $x
{w=1}
echo $w
