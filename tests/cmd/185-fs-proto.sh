load std
mkdir -p src/b/c src/e/f other/g; for(i in src/1 src/2 src/b/x src/b/y src/b/c/z src/e/f/1 src/e/q other/g/h other/k) {echo $i >$i}
echo '# a comment

b d700 me us
	c
	x	640
	*	- me
e
	+ - - they
new d555
	k - - - other/k
	all - - - other/g
		+
2 600' >p
fs proto -r src p; fs write -u out {proto -r src p}; echo $status; cat out/b/x out/e/f/1 out/new/k out/new/all/h
ls -l out out/b out/e out/e/f out/new | sed 's/ M [0-9]+ [^ ]+ / /;s/ +[0-9]+ ... .. ..:../ DATE/;s/ +0 Jan.*1970/ DATE/'
fs bundle {proto -r src p} >b1; disk/mkfs -a -s src p >b2; cmp b1 b2; fs {merge {proto -r src p} src}
fs {proto -r src p | filter -d {not {match b}}}; fs {proto -r src p | select {match z}}
echo 'b
      x
    y
nosuch
	x
1 d755
2
	3
2 9
2 x
    	c' >bad
fs proto -r src bad >/dev/null; echo $status; disk/mkfs -a -s src bad >/dev/null; echo $status
fs proto -r nosuch p; echo $status; fs proto nosuch; echo $status; fs proto -r src/1 p; >e; fs proto -r src e; fs {proto -r src e | size}
echo '*' >star; fs proto -r src star; echo + >plus; fs write all {proto -r src plus}; fs {merge -c {compose AxorB} src all | filter {query {echo differs $file}} | size}; cmp src/b/c/z all/b/c/z
echo '1' >one; cd src; fs proto -r . ../one; cd /tmp/w; echo 'dis
	echo.dis' >one; fs proto one; fs {setroot . {proto one} | filter -d {path dis}}
