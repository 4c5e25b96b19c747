load std
mkdir -p src/lib src/dis/sub; echo one >src/lib/one; echo two >src/lib/two; echo gone >src/dis/sub/gone; for(i in a b c d) {zeros -v 3$i 300000 1 >src/dis/$i}; for(i in `{du -an src}) {touch -t 900000000 $i}
install/mkproto src >p; install/create -o -t 1000000000 -r src demo p >a1
echo ONE >src/lib/one; echo TWO >src/lib/two; rm src/dis/sub/gone src/dis/sub; zeros -v 41 300000 1 >src/dis/a; echo new >src/lib/new; install/mkproto src >p; install/create -o -t 1000000100 -u a1 -r src demo p >u1; install/create -o -t 1000000100 -r src demo p >a2; echo 3 >src/lib/3; install/mkproto src >p; install/create -o -t 1000000200 -r src demo p >a3; install/create -o -t 1000000200 -u u1 -r src demo p >u3
fn inst {install/inst -r r $*; echo '=' $status}
echo full; mkdir r; memfs -m 1000k r; echo mine >r/mine; inst a1; du -an r; ls r; unmount r
memfs -m 1550k r; inst a1; chmod 555 r/dis r/lib; zeros 150000 1 >r/other; inst u1; install/wdiff -lr r demo; chmod 755 r/dis r/lib; du -an r; ls -p r/wrap/demo; rm r/other; inst u1; install/wdiff -r r demo; unmount r
echo killed; {for(n in 1 2 3) {rm -rf r; mkdir r; install/inst -r r a1; install/inst -r r u1 >[2]/dev/null& p=$apid
	while {! ftest -e r/wrap/demo/1000000100/package} {if {ftest -e r/wrap/demo/1000000100/begun} {kill $p; raise break}}
	while {ftest -e r/wrap/lock} {}; install/inst -cr r u1; echo $status; install/wdiff -r r demo; install/log -r r; du -an r | grep -v '/demo/'}} >[2=1] | sed '/"\$Sys":killed/d'
echo in part
fn part {rm -rf r; mkdir r; install/inst -r r a1; install/inst -r r u1; cd r; mv wrap/demo/1000000100/package wrap/demo/1000000100/begun; mkdir dis/sub; echo gone >dis/sub/gone; echo one >lib/one; t=`{echo -n lib/one | md5sum | sed 's/^(............).*/\1/'}; echo torn >lib/.inst-$t; chmod 444 lib/.inst-$t; rm lib/new dis/a; zeros -v 3a 300000 1 >dis/a; cd ..}
part; install/log -r r; inst u1; inst a1; inst -F a3; inst -c u3; inst -vc u1; install/wdiff -Lr r demo; install/log -r r; ls -p r/lib; inst -c u1; inst u3; ls -p r/wrap/demo
part; inst -vc a2; install/wdiff -r r demo; ls -p r/lib; part; inst -vc a3; install/wdiff -r r demo; ls -p r/lib; install/log -r r; part; inst -vc a1; install/wdiff -r r demo; ls -p r/lib; install/log -r r
part; echo mine >r/lib/one; inst -c u1; inst -cFv u1; part; rm r/wrap/demo/1000000000/*; inst -c u1; inst -vcF a1; install/wdiff -r r demo; install/log -r r
echo what fails late; rm -rf r; mkdir r; inst a1; cd r/dis/sub; echo gone >/tmp/w/pg; disk/mkfs -a -s . /tmp/w/pg >/tmp/w/arch; cd /tmp/w; archfs -m r/dis/sub arch; ls -p r/dis/sub; inst u1; install/log -r r; inst u1; inst -c u1; unmount r/dis/sub; inst -vc u1; install/wdiff -r r demo; install/log -r r
echo the log; for(i in package md5sum) {cp r/wrap/demo/1000000000/$i x; sed 's/lib/lab/;s/desc/name/' x >r/wrap/demo/1000000000/$i; install/log -r r; cp x r/wrap/demo/1000000000/$i}; echo >r/wrap/demo/1000000100/md5sum; inst a3; install/wfind -r r lib/one; install/wdiff -r r demo; mkdir s; install/create -r src other p >o; inst o; rm r/wrap/demo/1000000100/md5sum; install/wdiff -r r demo; inst -F a3
