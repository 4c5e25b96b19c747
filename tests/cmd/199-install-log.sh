load std
mkdir -p s/lib s/dis s/wrap c; for(i in lib/a lib/b 'lib/b c' dis/x wrap/y) {echo $i >s/$i; touch -t 900000000 s/$i}; chmod 600 s/lib/b; echo + >p
fn mine {sed 's/ [^ ]+ [^ ]+ ([0-9]+) ([0-9]+)$/ U G \1 \2/; s/ U G [0-9]+ 0$/ U G T 0/'}
install/mklog -r s -t 1000000000 p >log; echo $status; mine <log; install/mklog -o -r s -t 5 p | sed 1q | sed 's/ [0-9]+ 0$//'
fn apply {install/applylog -r c $* <log; echo '=' $status}
fn up {cp log l; install/updatelog -r s -t $1 l p >new; echo $status; mine <new; cat new >>log}
apply -n db s; ls c; apply -v db s; du -an c; for(i in dis/x lib/a lib/b 'lib/b c' wrap/y) {cmp s/$i c/$i}; ls -l c/lib/b | sed 's/ M .*memfs / /;s/ ... .. .*c/ c/'; mine <db; apply -v db s; up 1000000050
echo changes; echo new >s/lib/new; echo longer >>s/lib/a; chmod 644 s/lib/b; rm s/dis/x s/dis; mkdir s/dir; echo f >s/dir/f; for(i in new a) {touch -t 900000001 s/lib/$i}; touch -t 900000002 s/dir/f; up 1000000100; apply -v db s; du -an c; cat c/lib/a; ls -l c/lib/b | sed 's/ M .*memfs / /;s/ ... .. .*c/ c/'; apply -v db s
echo kinds; rm -r s/dir; echo a file >s/dir; rm s/lib/b; mkdir s/lib/b; echo d >s/lib/b/d; touch -t 900000003 s/dir s/lib/b/d; up 1000000100; apply -v db s; cat c/dir c/lib/b/d
echo conflicts; echo local >>c/lib/a; echo mine >c/lib/mine; rm c/lib/new; echo 2 >>s/lib/a; echo theirs >s/lib/mine; echo 2 >>s/lib/new; echo 2 >>s/dir; touch -t 900000004 s/lib/a s/lib/mine s/lib/new s/dir; up 1000000200; apply -v db s; cat c/lib/a c/lib/mine c/dir; cp db db0; apply -nc db s lib/a /lib/mine; apply -vc db s lib/a lib/new; apply -v db s; cat c/lib/a; apply -vs db s; cat c/lib/mine; ls c/lib/new
echo what was kept; echo 3 >>s/lib/a; touch -t 900000005 s/lib/a; up 1000000300; apply -v db s; cat c/lib/a; rm s/lib/new; up 1000000400; apply -v db s
echo deletes; echo extra >c/lib/b/extra; echo changed >c/lib/mine; rm -r s/lib/b; rm s/lib/mine s/wrap/y; rm c/wrap/y; up 1000000500; apply -v db s; apply -vs db s; rm c/lib/b/extra; apply -v db s; du -an c; wc -l db
echo late; echo 4 >>s/lib/a; touch -t 900000006 s/lib/a; up 1000000600; echo 5 >>s/lib/a; apply db s; rm s/lib/a; apply db s; cat c/lib/a; echo 6 >s/lib/a; touch -t 900000007 s/lib/a; up 1000000700; echo -n '1000000700 0 a lib/a li' >>db; apply -n db s; apply -v db s; tail -1 db | mine
echo bad; cp log good; fn bad {echo $* >log; apply db s}; bad 1 0 a ../x x 644 u g 1 1; bad 1 0 a x ../x 644 u g 1 1; bad 1 0 a /x x 644 u g 1 1; bad 1 0 b x x 644 u g 1 1; bad 1 0 a x x 644 u g 1; bad -1 0 a x x 644 u g 1 1; bad 1 0 a x x 644 u g 1 99999999999999999999; {cat good good} >log; apply db s; install/updatelog -r s log p; echo -n x >log; apply db s; >log; apply db s; apply db nosuch; cp good log; sed 's/0 a /0 q /' db >db2; apply db2 s; apply nosuch/db s; apply -c -s db s; apply db
install/updatelog -r s nosuch p; install/updatelog -r s log; install/mklog -r s nosuch | wc -l; echo 'x - - - /tmp/w/log
' >q; install/mklog -r s q; echo $status; install/updatelog -r nosuch log p; echo $status
echo full; memfs -m 8k c; zeros 9000 1 >s/lib/big; touch -t 900000000 s/lib/big; cp good log; up 1000000800; apply newdb s; du -an c; unmount c; disk/mkfs -a -s s p >arch; archfs -m c arch; rm newdb; apply newdb s | sed 3q
