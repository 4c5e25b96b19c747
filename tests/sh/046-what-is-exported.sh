x=(a 'b c' {d e} '')
sh -c 'echo $#x'
cat /env/x; echo
y:=local
{z:=inblock; sh -c 'echo $y $z'}
sh -c 'echo $#z'
x=()
syncenv
ls /env/x
