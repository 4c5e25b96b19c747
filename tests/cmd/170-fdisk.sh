zeros 512 131072 > d
disk/fdisk -p d
{
	echo p
	echo a p1 2048 +10M; echo t p1 fat32lba; echo A p1
	echo x p2 . +30M
	echo a s1 . +5M; echo t s1 linux; echo a s2 . +5M; echo a s3; echo d s2; echo a s2
	echo a p3; echo a p4; echo a p1; echo a p5; echo a s9 1000 1100; echo a p4 100 50; echo a p4 x; echo a p4 1 2000000
	echo t p1 zz; echo t p9 linux; echo A s1; echo d p9; echo d p2; echo . 0; echo y
	echo p; echo P; echo q; echo w; echo q
} | disk/fdisk d
disk/fdisk -p d
read 512 <d | xd -1x | sed -n '28,32p'
echo d s1 > cmds; echo d s3 >> cmds; echo w >> cmds; disk/fdisk d < cmds; disk/fdisk -p d
disk/fdisk -b -a -w d; disk/fdisk -p d
echo w | disk/fdisk -r d
zeros 512 3 > s; disk/fdisk s; echo $status
disk/fdisk nowhere; echo $status
disk/fdisk; echo $status
