load std
D=20000000755; one=5bbf5a52328e7439ae6e719dfe712200; none=d41d8cd98f00b204e9800998ecf8427e; name=demo; time=1000000000; dir=demo/1000000000; more=(); mkdir up up/r; echo secret >up/secret
fn mk {{echo name $name; echo time $time; echo $more; echo desc ''''''} | sed '/^$/d' >h; sum=`{cat h l | md5sum}; {cat h; echo sum $sum} >pk
	{echo wrap/$dir/package 644 sys sys 0 `{wc -c <pk}; cat pk; echo wrap/$dir/md5sum 644 sys sys 0 `{wc -c <l}; cat l c; echo end of archive} >k}
fn inst {install/inst -r up/r $* k; n=`{du -an up | grep -v '^up(/r|/secret)?$'}; if {! ~ $#n 0} {echo there: $n; rm -rf up/r; mkdir up/r}}
fn refuse {inst $*; inst -F $* >[2]/dev/null}
fn entry {f=$1; echo '+' $one $f 644 u g 1 4 >l; {echo $f 644 u g 1 4; echo one} >c; mk; refuse}
echo a good one; echo '+' $one a 644 u g 1 4 >l; {echo a 644 u g 1 4; echo one} >c; mk; inst -n
echo names; entry ../secret; entry a/../../secret; entry /tmp/secret; entry a//b; entry ./a; entry a/.; entry .; entry '''''' ; entry a/; entry wrap/demo/2/package; entry wrap; entry a/.inst-012345678912; entry '''a  b'''; entry 'a	b'; entry '''a''b'; entry '''a	b'''
fn line {echo $* >l; mk; refuse}
echo lines; {echo a 644 u g 1 4; echo one} >c
line '+' $one a 644 u g 1; line '+' $one a 644 u g 1 4 5; line '+' $one a 644 u g 1 -4; line '+' $one a 648 u g 1 4; line '+' $one a 0644 u g 1 4; line '+' $one a 4000644 u g 1 4; line '+' $one a 644 u g x 4; line '+' $one a 644 u g 4294967297 4; line '+' $one a 644 u g 1 18446744073709551620
line '* '$one a 644 u g 1 4; line '+'; line; line '+' 5BBF5A52328E7439AE6E719DFE712200 a 644 u g 1 4; line '+' - a 644 u g 1 4; line '+' $one a $D u g 1 0; line '+' - a $D u g 1 4; line '=' $one a 644 u g 1 4; line - $one a 644 u g 1 4; line '+' $none a 644 u g 1 4; line '+' $one a 644 u g 2 4; line '+' $one b 644 u g 1 4
echo lengths; line '+' $one a 644 u g 1 99999999999; line '+' $one a 644 u g 1 9223372036854775807; line '+' $one a 644 u g 1 5; line '+' $one a 644 u g 1 3
{echo '+' $one a 644 u g 1 9223372036854775000; echo '+' $one b 644 u g 1 9223372036854775000} >l; mk; refuse
echo lists; {echo '+' $one a 644 u g 1 4; echo '+' $one a 644 u g 1 4} >l; mk; refuse; {echo '+' $one b 644 u g 1 4; echo '+' $one a 644 u g 1 4} >l; mk; refuse; {echo '+' $one a 644 u g 1 4; echo '+' $one a/b 644 u g 1 4} >l; mk; refuse; {echo '+' $one a 644 u g 1 4; echo '+' - a-b $D u g 1 0; echo '+' - a/b/c $D u g 1 0} >l; mk; refuse; {echo '+' - a $D u g 1 0; echo - $one a 644 u g 1 4} >l; mk; refuse
echo package; echo '+' $one a 644 u g 1 4 >l
for(i in .. '' a/b 'a b' 'a''b' other) {name=$i; mk; refuse}; name=demo; for(i in 0 -1 x 99999999999 1000000001) {time=$i; mk; refuse}; time=1000000000
for(i in ../demo/1000000000 other/1000000000 demo demo/1) {dir=$i; mk; refuse}; dir=demo/1000000000; more=(base 1000000000); mk; refuse; more=(base 999999999); mk; inst -n; more=(base -5); mk; refuse; more=(other thing); mk; inst -n; more=(other); mk; refuse; more=()
echo cut; mk; cp k good; size=`{wc -c <good}; for(n in 0 1 20 60 100 140 200) {dd -if good -of k -bs 1 -count $n >[2]/dev/null; refuse}; for(n in 1 14 15 16 19) {dd -if good -of k -bs 1 -count `{echo $size - $n | calc} >[2]/dev/null; refuse}; {cat good; echo more} >k; refuse; sed 's/end of archive/end of /' good >k; refuse; {cat good good} >k; refuse
echo damage; sed 's/^one$/two/' good >k; refuse; sed 's/demo/dema/' good >k; refuse; sed 's/a 644 u g 1 4/a 645 u g 1 4/' good >k; refuse; sed 's/^a 644 u g 1 4/a 645 u g 1 4/' good >k; refuse; sed 's/^sum .*/sum x/' good >k; refuse; sed '/^sum /d' good >k; refuse; sed 's/md5sum 644/md5sun 644/' good >k; refuse; sed 's/^(wrap.* 0) .*/\1 999999999999/' good >k; refuse; sed 's/^(wrap.* 0) .*/\1 -1/' good >k; refuse; zeros -r 40000 1 >k; refuse; zeros 40000 1 >k; refuse; zeros -v a 40000 1 >k; refuse; cp up/secret k; refuse; rm k; mkdir k; refuse; rm k; inst
echo with a good one; cp good g2; sed 's/^one$/two/' good >k; install/inst -r up/r g2 k; ls up/r; mkdir up/r/d; install/inst -r up/r/d good; ls -p up/r/d; ls -p up; cat up/secret
