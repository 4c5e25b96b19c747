# a file that cannot be read, and one that cannot be written
load std
mem='#U*/proc/self/mem'
full='#U*/dev/full'
fn r {$* >/dev/null >[2] err; st=$status; echo ''${hd $*}^': '^$st; sed 's/^/	/' err}
fn w {$* >$full >[2] err; st=$status; echo ''${hd $*}^': '^$st; sed 's/^/	/' err}
echo 'a a' >f; echo 'b b' >g
for i in mc wc 'sed p' 'grep a' sort uniq fmt strings freq head p {r ${split ' ' $i} $mem}
for i in wc tsort 'xargs echo' timestamp {r ${split ' ' $i} <$mem}
r comm $mem f
r join f $mem
r diff f $mem
r look -f a $mem
r stream $mem
# what was in the files before is done
grep a f $mem
echo $status
for i in pwd 'basename a' 'cleanname a' du 'mc f' 'wc f' 'freq f' 'unicode 61' 'tsort' 'tokenize a b' 'sum f' 'md5sum f' 'sha1sum f' ps date env timestamp 'look -f a f' 'stream f' {
	w ${split ' ' $i} <f
}
# a part that can be written behind one that cannot does not make it good
mkdir m; memfs -m 10240 m
zeros 1 30000 | tr '\x00' a >h
tr a b <h >m/o
echo $status
