echo 'a
b
c
d' >f; echo 'a
x
c
e
d' >g
diff f g
echo $status
diff f f
echo '['^$"status^']'
diff -e f g; diff -f f g; diff f nosuch
echo $status
mkdir d1 d2; cp f d1/x; cp g d2/x; cp f d1/only; cp g d2/only2
diff d1 d2
