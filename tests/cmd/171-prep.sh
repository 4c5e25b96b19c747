zeros 512 120000 > d
disk/prep -p d
{
	echo p; echo a 9fat . +10M; echo a nvram . +1; echo a swap 50%-1M +1M; echo a fs; echo a fs; echo a x 5 4; echo a a/b; echo a y 1 2
	echo d nvram; echo d nvram; echo a nvram; echo p; echo P; echo q; echo w; echo q
} | disk/prep d
disk/prep -p d
disk/prep -b -w -a 9fat -a nvram -a swap -a fs d
disk/prep -p d; zeros 512 402 > e; disk/prep -b -w -a fs e; strings e
disk/prep -b -w -a nothing d; echo $status
disk/prep -b -w -r -a fs d; echo $status
{zeros 512 1; echo -n 'part fs 2 100
part kfs 50 200
'; zeros 512 400} > e
disk/prep -p e
{zeros 512 1; echo 'part fs 2 100'; echo rubbish; zeros 512 400} > e
disk/prep -p e
{zeros 512 2; zeros 512 400} > e; echo q | disk/prep e
disk/prep; echo $status
