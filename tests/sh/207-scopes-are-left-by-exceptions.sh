load std
x=top
fn f {x:=f; raise foo}
rescue * {echo $x $exception} {x:=r; {x:=b; f}}
echo $x
for i in 1 2 {{x:=$i; if {~ $i 1} {raise continue}; echo $x}}
echo $x $i
{x:=p; exit} >/dev/null
echo $x
