load std
mkdir t t/sub
fn script { f=$1; {echo '#!/dis/sh'; echo 'load std test'; cat} >t/$f; chmod 755 t/$f }
echo 'echo quiet; report INF 0 begins; report INF 2 detail' | script a
echo 'report WRN 1 hm; report ERR 9 first; report ERR 0 second of two; echo noise; echo more >[1=2]' | script b
echo 'report FTL 0 no way on; sleep 100' | script c
echo 'sleep 100 & raise wrong' | script d
echo 'sleep 100' | script sub/e
echo 'bind /dev/null /tmp/w/t/a; x=5; cat; echo done' | script sub/f
echo 'not a test' >t/readme
itest -t 5 t; echo $status
itest -v 2 -o t/a /tmp/w/t/sub/f; echo '['^$status^']'
cat t/a | sed 1q; echo $#x
itest nosuch; echo $status
mkdir none; itest none; echo $status
itest; itest -t
# nobody is left
ps | grep -s ' Sleep' ; echo $status
