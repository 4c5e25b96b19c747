load std expr
i=0
while {! ~ $i 2000} {i=${expr $i 1 +}}
echo $i
x=(${expr 1 3000 seq})
echo $#x
n=0
for i in $x {n=${expr $n $i +}}
echo $n
