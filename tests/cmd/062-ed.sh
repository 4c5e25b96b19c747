echo 'a
hello
.
1,$p
s/l/L/g
p
=
w out
q' | ed; cat out; echo 'foo
q' | ed; ed nosuch </dev/null
