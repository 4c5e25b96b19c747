load std
echo 'x:=in; y=out; echo $x $y; z:=1' >f
x=top
run f
echo $x $y $#z
