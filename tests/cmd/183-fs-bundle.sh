load std
mkdir -p a/b/c a/e; echo one >a/1; >a/b/empty; echo deep >'a/b/c/d e'; zeros -v 7 100000 1 >a/b/zeros; touch -t 1000000000 a/b/zeros a/1 a/e 'a/b/c/d e' a/b a/b/c
fs bundle a >arch; echo $status; sed -n '1,2p;/^e /p;/^''b/p' arch | sed 's/ [^ ]+ [^ ]+ ([0-9]+ [0-9]+)$/ U G \1/'
fs unbundle arch; fs write x {unbundle -} <arch; du -an x; cmp a/b/zeros x/b/zeros; cat 'x/b/c/d e'
fs bundle {unbundle arch} >arch2; cmp arch arch2; fs bundle x >arch2; cmp arch arch2; fs {unbundle arch | filter {match z*} | size}; fs {unbundle arch | filter -d {not {match c}} | setroot q}
mkdir m; archfs -m m arch; du -an m; cmp m/b/zeros a/b/zeros; unmount m; mkdir y; disk/mkext -d y <arch; fs merge -c {compose AxorB} a y
echo lengths; fs bundle {filter {match status} /prog/1} >st; n=`{fs size {unbundle st}}; if {~ $n 0} {echo none}; fs bundle {filter {match random} /dev} >st; echo $status
{echo 'a 644 u g 0 20000'; zeros -v 7 10000 1} >st; fs bundle {unbundle st} >st2; echo $status; fs write long {unbundle st2}; zeros -v 7 10000 1 >want; zeros 10000 1 >>want; cmp want long/a
fn try {echo -- $1; echo -n $1 | fs write -v out {unbundle -}; echo '= '$status}
try ''; try 'end of archive'; try 'end of archive
'
try 'x
'; try 'a 644 u g 0 5
ab'; try 'a 644 u g 0 5
'; try 'b 644 u g 0 -1
'; try '../a 644 u g 0 1
x'; try 'b/../../a 644 u g 0 0
'; try '/ 644 u g 0 0
'; try ''''' 644 u g 0 0
'; try 'b 644 u g 0 1
xend of archive
'; try 'c 888 u g 0 0
'; try 'c 644 u g now 0
'; try 'c 644 u g 0 0x1
'; try 'c 20000000755 u g 0 3
abc'; try 'c 644 u g 0
'; try 'c 644 u g 0 0 0
'; try '''c 644 u g 0 0
'; try 'c 644 u g 0 99999999999999
x'
echo missing; {echo '/p/q/r 600 u g 0 1'; echo -n xp/q/s/t 640 u g 0 1; echo; echo -n yv 20000000700 u g 0 0; echo; echo v/1 644 u g 0 0; echo p/2 644 u g 0 1; echo z | tr -d '\012'; echo end of archive} >arch3
fs unbundle arch3; fs {unbundle arch3 | filter -d {not {match q}}}; fs write o {unbundle arch3}; echo $status; du -an o; cat o/p/q/r o/p/q/s/t o/p/2; echo
zeros -v 61 30000 1 | fs size {unbundle -}; fs unbundle nosuch; echo $status
fs bundle nosuch; echo $status; fs bundle a | sed 1q >/dev/null; sleep 1; ps | sed -n '/Fs$/p'
