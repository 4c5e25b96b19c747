load std
for x in a b {echo $x} >f
cat f
for i in 1 2 3 {{echo $i; raise break} >/dev/null}
echo $i
