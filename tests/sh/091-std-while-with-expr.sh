load std expr
i=0
while {! ~ $i 3} {echo $i; i=${expr $i 1 +}}
