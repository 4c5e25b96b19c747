mkdir n; mount -c {styxmon memfs -s >[2] log} n; echo hi >n/f; cat n/f; unmount n
sed -n 's/^(->|<-) (Tmsg|Rmsg)\.(Create|Write|Error|Open).*/\2 \3/p' log
sed -n '/Write/p;/exist/p' log
mount {styxmon -t mntgen >[2] log} n; ls n; unmount n; grep -v '^-> Tmsg' log
styxmon
echo hello >f
iostats cat f f >[2] log; sed -n '/\/tmp\/w\/f/p;/write 0/p' log
iostats sh -c 'cp f g; ls nosuch' >[2] log
echo $status
sed -n '/\/tmp\/w/p;/^write 6 /s/,.*//p' log; cat g
iostats -f dbg echo hi >[2] /dev/null; sed 1q dbg; iostats
