echo 'all:V: a
a: b
	cp b a
%.x: %.y
	echo $stem $target $prereq
clean:V:
	rm -f a' >mkfile; echo hi >b; mk; mk; mk nosuch
echo $status
mk -n clean; echo y >q.y; mk q.x; mk -e -a a; mk clean
echo 'x:
	load std; raise oops' >mkfile; mk >[2=1] | sed 's/status.*//'
rm mkfile; mk
echo $status
