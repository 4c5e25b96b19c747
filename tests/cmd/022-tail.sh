echo 'a
b
c
d
e' >f
tail -2 f; tail +4 f; tail -n 2 f; tail -c 3 f; tail -2r f; tail -n +4 f; tail -1 <f; tail nosuch
