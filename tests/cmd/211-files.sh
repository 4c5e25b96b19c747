# names, modes and times that are none
load std
fn s {echo '['^$"status^']'}
echo a >f
mv f nosuch/x; s
mv f ''; s
ls
touch -t abc f; s
touch -t '' f; s
touch -t -5 f; s
touch -t 4294967295 f; s
touch -t 18446744073709551617 f; s
touch -t 4294967294 f; s; ls -le f | sed 's,.*memfs 2 ,,'
chmod 0640 f; s
chmod 40000000000 f; s
chmod 8r2000000000000000000000 f; s
ls -l f | sed 's/ .*//'
mkdir -p ''; s
# what does not fit goes nowhere else, and the others are written
mkdir m; memfs -m 10240 m
zeros 1000 30 >b
tee m/b c <b >d; s
cmp b c; s; cmp b d; s
tee /nosuch/x <f; s
tee <b >'#U*/dev/full'; s
