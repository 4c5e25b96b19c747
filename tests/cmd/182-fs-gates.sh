load std
mkdir -p a/b/c a/bb a/d; for(i in a/x.b a/x.c a/b/y.b a/b/c/z.b a/bb/b) {echo $i >$i}
chmod 600 a/x.b; chmod 751 a/b; chmod +a a/x.c; chmod 711 a/b/y.b
echo files; fs filter {match *.b} a
echo directories; fs filter -d {match b*} a; fs select {match b*} {entries a}
echo whole; fs {entries a | select {match -a */b/*}}; fs {entries a | select {match -r '^.$'}}; fs {entries a | select {match -ar 'b.b$'}}
for(m in 600 751 d a u+x g+x o-r 'a=x' 'd,o+x' 'o=x,g=rx' +w a-w da '=') {echo mode $m; fs {entries a | select {mode $m}}}
echo path; fs {entries a | select {path a/b/c a/d}}; fs filter -d {path -x ./a/b/ a/bb} a; fs {filter -d {path a/b/c} a}
for(n in 0 1 2) {echo depth $n; fs filter -d {depth $n} a}
echo query; fs filter {query {echo asked $file >>log; ftest -x $file}} a; cat log; fs filter {query 'grep -s y.b $file >/dev/null'} a; fs {filter -d {query {load std; ~ $file a/b/c}} a}
echo logic; fs {entries a | select {and {not {mode d}} {or {match x.b} {match z.b}}}}; fs {entries a | select {or {match x.b} {query {echo asked >[1=2]; echo -n}} {match y.b}}} >/dev/null
fs {entries a | select {and {match nosuch} {query {echo asked >[1=2]}}}}; fs {entries a | select {not {match *b*}}}
echo size; fs size a; fs size {select {match *.b} a}; fs setroot /q/../r a; fs {setroot . a | filter -d {path b/c}}; fs {walk a | setroot ''}
