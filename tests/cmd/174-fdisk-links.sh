load std expr
fn bytes {for(i in $*) {zeros -v $i 1 1}}
# type start size
fn entry {
	(t o n)=$*
	bytes 0 0 0 0 $t 0 0 0
	for(v in $o $n) {bytes ${hex ${expr $v 256 '%'}} ${hex ${expr $v 256 /}} 0 0}
}
subfn hex {result=${index ${expr $1 16 / 1 +} $digits}^${index ${expr $1 16 '%' 1 +} $digits}}
digits=(0 1 2 3 4 5 6 7 8 9 a b c d e f)
fn table {zeros 1 446; entry $1 $2 $3; entry $4 $5 $6; zeros 1 32; bytes 55 aa}
# tables at 100, 300 and 200; the first one's partition is behind the others, and $* is where the last one leads to
fn chain {
	table 5 100 500 0 0 0; zeros 512 99
	table 39 400 50 5 200 40; zeros 512 99
	table 83 1 30 $*; zeros 512 99
	table 82 1 30 5 100 31; zeros 512 399
}
chain 0 0 0 >d; disk/fdisk -fp d
{echo t s2 LINUXLVM; echo w; echo P; echo d s2; echo w; echo P; echo q} | disk/fdisk -f d; disk/fdisk -fp d
# the two tables now
for(i in 100 331) {read -o ${expr $i 512 '*' 446 +} 66 <d | xd -1x | sed 3q}
# back to one that was there; to the first; to itself; out of the extended partition
for(i in 200 0 100 500 65535) {chain 5 $i 31 >d; disk/fdisk -fp d; echo $status}
# a table within the data of another
{table 5 100 500 0 0 0; zeros 512 99; table 39 10 200 5 150 40; zeros 512 149; table 83 100 50 0 0 0; zeros 512 349} >d
disk/fdisk -fp d; echo $status
