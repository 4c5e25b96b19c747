# dd beyond the end of its input, and character sets with records
load std
fn s {echo '['^$"status^']'}
echo abcdef >f
dd -if f -skip 1000000000000 >[2=1]
dd -if f -bs 2 -skip 1 >[2]/dev/null
{echo abc; echo; echo defghi} >g
dd -if g -conv ebcdic -cbs 5 >h >[2]/dev/null; xd -1x h
dd -if h -conv ascii -cbs 5 >[2]/dev/null
dd -if g -conv ibm >[2]/dev/null | xd -1x
# numbers that are too large
zeros 99999999999 1; s
zeros -v ff 1 2 | xd
date -u 2147483647; date 2147483648; s
date -u -- -1; date 18446744073709551616; s
# times of files after 2038
touch -t 3000000000 y; touch -t 1000000000 z
newer y z; s
test y -nt z; s
test y -ot z; s
test z -nt y; s
test z -ot y; s
test y -older 1d; s
test z -older 1d; s
