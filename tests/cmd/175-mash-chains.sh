sed 1d /tmp/s >m; mash m; echo '('^$"status^')'; exit
# chains of implicit rules, the first that can; groups; rules within functions: mash-make(1)
load make
echo text > doc.t
'(.*)\.(.*)x' :~ $1.$2 { echo from $1 and $2 >> $target ; cat $prereq >> $target }
'(.*)\.u' :~ $1.nosuch { echo wrong > $target }
'(.*)\.u' :~ $1.t { echo u > $target }
'(.*)\.a.?' :~ $1.a { echo loop }
make -s doc.txx doc.u
cat doc.txx doc.u
make doc.a; make doc.ab
fn rules { p := $1 ; $p^.out : $p^.in { echo $target from $prereq } ; made-$p : $p^.out }
> k.in
rules k
make made-k
make
sub = 'in sub'
sub/x : { mkdir sub ; echo $sub > sub/x }
make sub/x; make -a sub/x; cat sub/x
for (i in 1 2 3) { n$i : $prev { echo $target after $prereq }; prev = n$i }
make n3
'.*' :~ { echo anything $0 }
make whatever
{ make whatever } > o ; cat o
make whatever n1 | tr a-z A-Z
