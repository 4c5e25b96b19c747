echo 'echo in $* $0; x=9; load std; raise oops' >f
run f a b
echo '['^$"status^']' $x
run nosuch
echo $status
@ {cd /dis}
pwd
@ {echo $*} a b
