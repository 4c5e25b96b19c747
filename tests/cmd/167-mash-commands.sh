sed 1d /tmp/s >m; mash m; echo '('^$"status^')'; exit
# commands, processes, redirections: mash(1)
if (a == a) echo yes else echo no
if () echo yes; else echo no
if {test -d nosuch}
	echo yes
else if (x) { echo else if }
else echo no
while ((len $l) != 3) { l = $l x; echo $l }
for (i in 1 2 (3 4)) { echo -n $i; echo -n , }
echo
for (i in) echo never
echo to a file > f; cat < f
echo more >> f; cat f | tr a-z A-Z | sed 's/^/: /'
{ echo out; echo err >[1=2] } > o >[2] e ; cat e o
for (i in a b) echo $i > $i.out
cat a.out b.out
{ for (i in x y) echo $i } | { read; echo then; cat }
echo swap >[3=1] >[1=2] >[2=3]
{ cat /fd/3 } <[3] f
fn g { cat; }
echo through a function | g
g < f
n = 0
{ n = 1 } > /dev/null
echo n $n
{ n = 2 } | cat
echo n $n
nosuch
echo status $status
{ raise a b } | cat | { exit c }
echo status $status
raise2
status so so; echo status $status
fn h { rescue 'bo+m' { echo rescued $status }; echo before; raise boom; echo after }
h; echo back
fn h { rescue x echo no; raise other }
{ rescue other { echo outer $status } ; h }
fn h
h
sleep 0 & 
echo background (len $apid)
whatis g n ls nosuch2 load
echo '#!/dis/mash
echo script $0 $args
exit ended' > s
chmod 755 s
./s a 'b  c'; echo status $status
run s r; echo not reached
