sed 1d /tmp/s >m; mash m; echo '('^$"status^')'; exit
# make by the rules of the shell: mash-make(1)
make
load make
make; echo status $status
fn put { echo $1 > $2; touch -t $3 $2 }
put a a.c 1000
put b b.c 1000
objs = a.o b.o
prog: $objs {
	cat $prereq > $target
	echo made of $newprereq
}
'(.*)\.o' :~ $1.c common.h {
	tr a-z A-Z < $1.c > $target
}
all : prog other
other : prog { echo virtual $target needs $prereq }
clean: { rm -f $objs prog }
make prog; echo status $status
> common.h
touch -t 1000 common.h
make prog; cat prog
make prog
make -s prog
make all
put bb b.c 2000000000
make -n prog; cat prog
make -e prog; cat prog
put b b.c 1000
put u prog 2000; put u a.o 1500; put u b.o 1500
make -n prog all
make -an prog
echo many targets
x y :  a.c { echo $target of $prereq > $target }
x : b.c
make x y; cat x y
make x y x
echo failures
bad: { echo one; nosuch; echo never }
make bad; echo status $status
needsbad: bad
make -k needsbad nosuch clean; echo status $status
make needsbad clean; echo status $status
loop : loop2
loop2 : loop
make loop; echo status $status
x : { echo again }
make x; echo status $status
'z(' :~ y
echo status $status
make -q; echo status $status
