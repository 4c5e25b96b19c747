load std
mkdir n
fn try {
	disk/format -c 1 -n $1 img
	dossrv -m n img
	echo hello >n/a.txt; mkdir n/dir; echo x >'n/dir/Long File Name.text'; cp /dis/sh.dis n/sh.dis; chmod 666 n/sh.dis
	zeros -v66 1000 70 >n/BIG; echo é日 >n/é日😀.txt; ls n n/dir; cmp /dis/sh.dis n/sh.dis; cat n/a.txt n/dir/* n/é*; sum n/BIG
	touch -t 1000000000 n/a.txt; chmod 444 n/a.txt
	mv n/a.txt n/dir2name.with.dots; rm n/BIG; ls -l n/dir2*; rm n/dir
	for i in `{seq 1 20} {echo $i >n/dir/file-number-$i}
	ls n/dir | wc -l; cat n/dir/FILE-number-13; mkdir n/dir/file-number-7; rm n/dir/file-number-8 n/dir/file-number-9
	chmod 666 n/dir2*; echo longer than it was >>n/dir2name.with.dots; cat n/dir2name.with.dots; >n/sh.dis
	touch 'n/a:b'
	unmount n
	dossrv -m n img; cat n/dir2name.with.dots n/dir/file-number-19; ls n; ls n/dir | wc -l; rm -r n/dir; ls n
	zeros 1000 100 >n/more; sum n/more
	unmount n
}
{try 2880} >[2=1] | sed 's/ M [0-9]+/ M N/'
disk/format -c 1 -n 400 img; mount {dossrv -s img} n; zeros 8192 800 >n/full
echo $status
rm n/full; zeros 1000 90 >n/full; sum n/full; unmount n
{try 16500} >[2=1] | sed 's/ M [0-9]+/ M N/'
dossrv -r -m n img; cat n/é*; echo $status; ls n; rm n/more
dossrv /dis/sh.dis; dossrv nosuch
echo $status
disk/format -n 4 img; disk/format; dossrv
