# numbers that need more than 32 or 64 bits
load std
fn s {echo '['^$"status^']'}
echo 'a
b
c' >f
head -n 4294967296 f
head -4294967297 f
tail -99999999999999999999 f
tail -5000000000000000000b f
tail +99999999999999999999 f
tail -c +99999999999999999999 f
fmt -i 99999999999 f; s
fmt -l 999999999 f; s
fmt -l 3x f; s
zeros 10000 2 | od -j 19999
