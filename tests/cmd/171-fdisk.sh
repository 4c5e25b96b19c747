load std
# commands to the disk in a file
fn fd {(f a)=$*; {for c in $a {echo $c}} | disk/fdisk -f $f >[2=1] | sed 's/>>> //g;1d'}
# bytes of a file, in hexadecimal, from an offset
fn poke {f=$1; o=$2; for b in ${tl ${tl $*}} {zeros -v $b 1 1 | dd -bs 1 -oseek $o <>[1] $f >[2] /dev/null; o=${expr $o 1 +}}}
load expr
zeros 512 20200 >d
disk/fdisk -fp d
fd d h i p e 'a p1 0 .+2' 'a p2 . .+11%' '. 10' 'a s1 . .+1M' 'a s2 $-2 $' 'a p3 4+1 2016s*4-1008s*2' 'a p1 6 7' 'a p4 7 8' 'a p5 6 7' 'a x 6 7' p P q p q
fd d 'a p1 0 .+2' 't p1 fat16' 'a s1 10 10+1M' 'a s2 $-2 $' 't s2 83' 'A p1' 'A s1' 'A p4' w p q
read 1024 <d | xd -1x | sed -n '27,33p'
disk/fdisk -fp d
# the primary table; those of s1 and s2
read -o 446 66 <d | xd -1x
read -o 5161406 66 <d | xd -1x
read -o 9193918 66 <d | xd -1x
echo expressions
fd d '. 3' 'a p2 .+2*2-(8-6)/2 (.+1)*2' p 'd p2' '. $-11' 'a p3 .-13/2 10' p 'd p3' '. 45%' p 'a p3 .' 10 p 'd p3' '. 1+' '. (1' '. 1)' '. 2x' '. 1/0' '. 99999999999999999999' '. 999999999999*999999999' '. 999999999999G' '. $+1' '. 0-1' '. ((((((((((((((((((((((((((((((((((((((((((((((((((((1' . '. 1 2' 'a p3 14 9' 'a p3 1 2' 'a p3 3 99' 'a p3 0 1 2' a d 'd s9' 't' 't p1 0' 't p1 5' 't p1 zz' 't p4 83' 'A' 'z' 'p p' 'd p4' q q
echo secondary
fd d 'a s3 11 13' 'a s3 13 14' 'a p2 14 15' 'a p2 4 5' 'a s4 3 4' 'a s4 6 7' 'd s2' p w 'a s4 7 8' p 'd s1' 'd s2' 'd s3' p 'd s4' e p q q
disk/fdisk -fp d
echo automatic
disk/fdisk -faw d; disk/fdisk -fp d; fd d b 'a p1 0 2' 't p1 83' 'a p3 9 17' 't p3 83' w q; disk/fdisk -faw d; disk/fdisk -fp d
disk/fdisk -fabw d; disk/fdisk -fp d; read 1024 <d | xd -1x | sed -n '28,29p'
disk/fdisk -fapb -s 4096 d
fd d 't p1' fat12 'a p2 5' 'a p2' '' 'a p2' 'a p2' '1 2' q q
echo reading only
{echo d p1; echo w; echo q; echo q} | disk/fdisk -fr d; disk/fdisk -fp d
disk/fdisk -frwb d; echo $status
disk/fdisk -fbw d; disk/fdisk -fp d
# a boot block without a table, and a file without one
disk/mbr d; read -o 0 5 <d | xd -1x; disk/fdisk -faw d; read 5 <d | xd -1x
echo damage
fd d b 'a s1 1 2' 'a s2 3 4' 'a p1 10 11' w q
cp d e; poke e 510 0; disk/fdisk -fp e
cp d e; poke e 450 5; disk/fdisk -fp e; echo $status
cp d e; poke e 454 0 0 0 0; disk/fdisk -fp e; echo $status
cp d e; poke e 454 f0 03; disk/fdisk -fp e; echo $status
cp d e; poke e 458 ff ff ff ff; disk/fdisk -fp e; echo $status
cp d e; poke e 450 ee; {echo p; echo 'd p1'; echo w; echo b; echo p; echo w; echo q} | disk/fdisk -f e; disk/fdisk -fp e
# of the secondary ones: the second has no signature, it is the first, there are two in a table
cp d e; poke e 1548798 0; disk/fdisk -fp e; echo $status
cp d e; poke e 516566 0 0 0 0; disk/fdisk -fp e; echo $status
cp d e; poke e 516562 83; disk/fdisk -fp e; echo $status
cp d e; poke e 516558 0 0 0 1; disk/fdisk -fp e; echo $status
disk/fdisk -fw e; echo $status
# a drive
mkdir sd; zeros 512 20200 >sd/data; echo 'geometry 20200 512 20 16 63
part data 0 20200
part plan9 63 5000
part fs 70 80' >sd/ctl
disk/fdisk -abp sd/data
{echo a p1 0 1; echo a p2 1 4; echo t p1 fat12; echo w; echo q} | disk/fdisk sd/data; echo; cat sd/ctl
>sd/ctl; echo 'part data 0 20200
part plan9 9 99
part dos 63 1008' >sd/ctl; disk/fdisk -p sd/data
zeros 512 10 >t; disk/fdisk -f t; disk/fdisk -f nosuch; disk/fdisk -s 513 t; disk/fdisk
