load std
mkdir -p src/a/b src/e 'src/w x'; echo one >src/a/1; echo two >src/a/2; echo deep >src/a/b/3; echo not >src/e/no; echo sp >'src/w x/y z'; echo elsewhere >other
chmod 600 src/a/1; for(i in src/a/1 src/a/2 src/a/b/3 'src/w x/y z' other) {touch -t 1000000000 $i}
echo '# all
a	d555 bob staff
	1 640 bob staff
	+ - - grp
	from a444 - - /tmp/w/other
e
''w x''
	*
new d700' >proto
disk/mkfs -x -s src proto | sed '/(^|	)[^	]*	[^	]*	0	/d'
disk/mkfs -a -s /tmp/w/src proto >arch
sed 's/ d?([0-7]+) [a-z]+ ([a-z]+) [0-9]+ ([0-9]+)$/ \1 U \2 \3/' arch | sed 's/U (root|memfs)/U G/;s/U [a-z]+ 0$/U G 0/'
disk/mkext -h 'w x' a/b <arch | sed 's/ .*//'
mkdir out; disk/mkext -v -d out <arch; du -an out; cat out/a/b/3 'out/w x/y z' out/a/from
ls -l out/a | sed 's/ M [0-9]+ [^ ]+ +[^ ]+/ M/;s/ [A-Z][a-z][a-z] .* out/ DATE out/;s/[0-9]+ DATE/DATE/'
mkdir t; disk/mkext -T -d t a/2 <arch; ls -ln t/a | sed 's/.* 4 //'; ls t t/a
mkdir copy; disk/mkfs -v -d copy -s src proto; du -an copy; cmp copy/a/2 src/a/2; ls -l copy/a/2 | sed 's/.* 4 //'; ls -ld copy/new copy/a | sed 's/ .*//'
mkdir m; archfs -m m arch; cat m/a/b/3; unmount m
echo 'nosuch
a x9
a
	1 d755
	1
		1
' >bad; disk/mkfs -a -s src bad >/dev/null; echo $status
disk/mkfs -a nofile >/dev/null; echo $status
sed 3q arch | disk/mkext -d out; echo $status
{echo '../evil 644 a b 0 3'; echo hi; echo end of archive} | disk/mkext -d out; echo $status; ls evil
echo x 8 a b 0 0 | disk/mkext; echo $status
disk/mkfs -a -x proto; disk/mkext -q
