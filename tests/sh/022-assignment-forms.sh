x = y = 5
a=b:=c
(p q r) = one two three four five
(s t u) = one
echo $x $y $a $b - $p - $q - $r $#r - $#s $#t $#u
