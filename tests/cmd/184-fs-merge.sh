load std
mkdir -p a/d/e a/da b/d/e b/db c; for(i in a/1 a/2 a/d/1 a/d/2 a/d/e/1 a/da/1 b/1 b/3 b/d/1 b/d/3 b/d/e/3 b/db/1 c/0 c/9 c/da) {echo $i >$i}
echo x >b/da; mkdir b/2
for(o in A B AinB BinA AoutB BoutA AoverB BoverA AatopB BatopA AxorB) {
	rm -rf out; echo $o; fs write out {merge -c {compose $o} a b}; for(f in `{fs select {not {mode d}} out}) {echo $f `{cat $f}}; fs {entries out | select {mode d}}
}
for(o in A AinB AoutB AoverB AxorB) {echo -d $o; fs {merge -c {compose -d $o} a b | setroot .}}
echo three; fs merge a b c; rm -rf out; fs write out {merge c {setroot x {union b a}}}; cat out/da out/1 out/d/1 out/2
echo union; fs union a b c
echo missing; fs merge nosuch a/d; echo $status; fs merge a/d nosuch; echo $status; fs merge nosuch nosuch; echo $status
echo skipped; fs filter -d {match d} {merge a b}; fs {merge a {filter -d {match d} b} | setroot . | filter -d {depth 1}}
{echo 'z 644 u g 0 0'; echo 'b 644 u g 0 0'; echo end of archive} >arch; fs merge {unbundle arch} c >/dev/null; echo $status
fs {walk b | merge a | size}; fs {union a | size}
