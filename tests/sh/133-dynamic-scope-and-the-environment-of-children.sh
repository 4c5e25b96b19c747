load std
fn f {echo $x; sh -c 'echo $x'}
x=1
{x:=3; f}
f
