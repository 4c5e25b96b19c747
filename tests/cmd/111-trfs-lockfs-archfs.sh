load std
mkdir real t; echo one >'real/a b'; echo two >real/c
trfs real t
for i in `{ls t} {cat $i}
echo new >'t/x y'; ls real; mv 't/x y' t/z; ls real; rm t/z; ls -p t | wc -l; mkdir 't/d e'; echo deep >'t/d e/f'; cat 'real/d e/f'; ls -p 't/d e'; cat t/nosuch; rm 't/d e'
trfs real; trfs real/c t
mkdir l r; echo start >l/f; lockfs l r
# the reader is let in when the writer is done
{{cat r/f l/f; echo done} >out& echo first; sleep 1; echo second} >r/f
while {! grep -s done out} {sleep 1}
cat out
{cat; cat r/f} <r/f
echo more >>r/f; cat l/f; echo new >r/n; rm r/f; ls r
lockfs
echo 'dir 20000000755 u g 1000000000 0
dir/a 644 u g 1000000000 6
hello
''dir/b c'' 640 u g 1000000000 3
xy
other/deep/x 755 u g 1000000000 0
end of archive' >arch
archfs -m t arch; ls -l t/dir t/other/deep | sed 's/ M [0-9]+/ M N/'; cat t/dir/a t/other/deep/x 't/dir/b c'
unmount t; archfs -m t arch dir/a; ls t t/dir; rm t/dir/a
echo 'a b c' >arch; archfs arch; archfs nosuch; archfs
