load std
for i in a (b c) {echo $i}
for i in {echo none}
for i in 1 2 3 {if {~ $i 2} {raise continue}; echo $i}
for i in 1 2 3 {if {~ $i 2} {raise break}; echo $i}
echo $i
for i in a b c
