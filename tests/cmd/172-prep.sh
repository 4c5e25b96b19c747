load std
# commands to the partition in a file
fn pr {(f a)=$*; {for c in $a {echo $c}} | disk/prep -f $f >[2=1] | sed 's/>>> //g'}
fn text {read -o 512 512 <$1 | tr -d '\000'}
zeros 512 20000 >d
disk/prep -fp d; disk/prep -fc d
pr d h i p 'a 9fat 0 1M' 'a nvram . .+1' 'a fs . 80%' 'a swap . $' p q p q q
text d
pr d 'a 9fat 0 1M' 'a nvram . .+1' 'a fs . 80%' 'a swap . $' w p q; text d
disk/prep -fp d
ls -l d | sed 's/.*root [a-z]* *//;s/ .*//'
echo changes
pr d 'c nvram' 'c nvram fs' 'c 9fat boot' 'c nvram x/y' 'c nosuch x' 'c nvram secret' 'd swap' 'a kfs 17000 17000+1K' 'a other 16000 $' P w q; text d
pr d 'a fs 18000 $' 'a x 0 1' 'a x 17001 $' 'a x 15999 17000' 'a x 16500 17001' 'a x12345678901234567890123456^7 1 2' 'a x12345678901234567890123456 2 3' 'd secret' 'a y 2048 2049' 'd 9fat' 'a z 1 3' 'a z 2 3' 'c z 9fat' w q; text d
pr d b p q q
echo 'd fs' | disk/prep -f d >/dev/null; echo $status
disk/prep -fwb d; text d
{for i in 1 2 3 {for j in 0 1 2 3 4 5 6 7 8 9 {echo a a-long-name-$i$j .+2 .+3}}; echo w; echo q; echo q} | disk/prep -f d >[2=1] | sed 's/>>> //g'; text d
echo automatic
disk/prep -fp -a fs -a 9fat -a nvram -a swap d
disk/prep -fw -a swap -a kfs d; text d; disk/prep -fw -a fs d; text d
disk/prep -fbp -a nvram -a fscfg d
disk/prep -fbp -a 9fat -a fs -a cache -a isect -a arenas -a other -a swap -a bloom -a kfs -a fossil d; echo $status
disk/prep -fp -a fs -a fs d; echo $status
disk/prep -fp -a nosuch d; echo $status
disk/prep -fbp -s 2048 -a 9fat -a fs d
echo damage
fn table {t=$1; {zeros 512 1; echo $t; zeros 512 100} >e}
fn each {for i in $* {table $i; disk/prep -fc e; disk/prep -fp e >/dev/null; echo $status}}
each 'part a 2 3
part b' 'part a 2 3
part a 4 5' 'part a 1 3' 'part a 2 2' 'part a 2 10000' 'part a 2 7
part b 6 8' 'part a -3 7' 'part a/b 3 7'
{echo p; echo d a; echo b; echo w; echo q} | disk/prep -f e; text e
table 'party'; disk/prep -fp e
echo a drive
mkdir sd; cp d sd/plan9; echo 'geometry 30000 512 20 16 63
part data 0 30000
part plan9 63 20063
part kfs 65 70
part dos 25000 26000' >sd/ctl; cp sd/ctl ctl
disk/prep -p sd/plan9
{echo c kfs plan9; echo d swap; echo c kfs fs; echo w; echo q} | disk/prep sd/plan9; echo; cat sd/ctl
cp ctl sd/ctl; disk/prep -nbw sd/plan9; cmp ctl sd/ctl; text sd/plan9
zeros 512 2 >t; disk/prep -f t; disk/prep -f nosuch; disk/prep
echo a FAT file system in 9fat
mkdir n
{zeros 512 2048; echo -n rest; zeros 512 17952} >d; disk/prep -fw -a 9fat -a fs d; disk/prep -fp d >before
disk/format -d d; disk/prep -fp d >after; cmp before after
dossrv -m n d; zeros -v 61 1000 900 >n/big; echo hello >n/a; cat n/a; sum n/big; unmount n; dossrv -m n d; cat n/a; sum n/big; rm n/big; ls n; unmount n
disk/prep -fp d; text d; read -o 1048576 4 <d; echo
disk/format -n 2049 d; disk/format -n 1000 d; disk/prep -fp d
disk/prep -fbw -a fs d; disk/format d; echo $status; disk/prep -fbw d; disk/format -n 2880 d
mkdir named; zeros 512 2880 >named/9fat; disk/format named/9fat; read -o 14 1 <named/9fat | xd -1x
echo 'geometry 720 2048
part 9fat 0 720' >named/ctl; disk/format named/9fat; read -o 14 1 <named/9fat | xd -1x
zeros 2048 2000 >d; disk/prep -fw -s 2048 -a 9fat -a fs d; disk/format d; disk/prep -fp -s 2048 d; dossrv -m n d; echo x >n/x; ls n; unmount n
rm named/ctl; {zeros 512 1; echo part 9fat 0 67000; zeros 512 1} >d; disk/format -c 1 -n 67000 d
read -o 14 2 <d | xd -1x; read -o 48 4 <d | xd -1x; disk/prep -fp d; read -o 1024 4 <d; echo; dossrv -m n d; echo x >n/x; ls n; unmount n; disk/prep -fp d
