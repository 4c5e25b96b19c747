load std
# what another bzip2 has made
echo 'begin 644 x.bz2
M0EIH.3%!629364Q>"Q````7S@``0`@!`!00`(D(,0"``,0#0`)1#:0]1I582
5Q*HMG1EPT(\3#/B[DBG"A()B\%B`
`
end' | uudecode
bunzip2 -k x.bz2; cat x; ls; bzip2 <x >y; bunzip2 <y | cmp /fd/0 x
{cat x.bz2 y; echo padding} | bunzip2
rm x y
for(f in /dis/sh.dis /module/sys.m) {for(l in 1 9) {bzip2 -$l <$f | bunzip2 | cmp /fd/0 $f || echo differ}}
zeros -v 61 1000 300 | bzip2 -1 >z; ftest -s z; zeros -v 61 1000 300 >a; bunzip2 <z | cmp /fd/0 a; bzip2 </dev/null | bunzip2 | wc -c
bzip2 a; ls; bunzip2 a.bz2; ls; wc -c a
mkdir d; cp /module/sys.m d; bzip2 -k d/sys.m; ls -p . d; bunzip2 <sys.m.bz2 | cmp /fd/0 /module/sys.m
bytes 0 20 <x.bz2 >cut; bunzip2 <cut >/dev/null; echo $status
{bytes 0 30 <x.bz2; echo -n X; bytes 31 end <x.bz2} >hurt.bz2; bunzip2 hurt.bz2; echo $status; ls hurt*
bunzip2 </module/sys.m; bunzip2 a; bunzip2 nosuch.bz2; bzip2 d; bzip2 -x; bunzip2 -z
