load std
mkdir d
{echo one; echo first; echo; echo two; echo; echo three; echo more} >f
dbfs f d; echo $status
ls d
cat d/index
cat d/0 d/2
echo changed >d/1; cat f
echo --
echo four >d/new; echo five >d/new; ls d; cat d/4
rm d/0; cat d/index
echo -- f
cat f
echo --
echo -n 'no newline' >d/2; cat d/2; echo; cat f; ls -l d/2 | sed 's,[^ ]* *[^ ]* d/2,,' | sed 's,[A-Z][a-z][a-z] .*,,'
echo -n >d/3; ls d
{echo; echo x} >w; cat w >d/new; {echo x; echo; echo y} >w; cat w >d/new; ls d
cp w d/9; cp w d/01; rm d/index; rm d/9; mkdir d/x
echo --
for i in `{seq 1 200} {for j in `{seq 1 100} {echo line $i.$j}} >big
cat big >d/new; ls d; cmp big d/7
tail -1 d/7; wc -l f; rm d/7; cat d/index
echo appended >>d/1; cat d/1
{echo first >[1=0]; echo second >[1=0]} <>d/new; cat d/8
{cat d/index; rm d/1; cat d/index} <d/1
{cat; echo again >d/new; cat <[0=3]} <d/4 <[3] d/index
echo -- f
cat f
unmount d
echo -- again
dbfs f d; cat d/index; unmount d
echo -- read only
dbfs -r f d; ls d; cp w d/0; cp w d/new; rm d/0; unmount d
echo -- empty
>e; dbfs e d; ls d; cat d/index; echo x >d/new; cat e; cat d/0; rm d/0; wc -c e; unmount d
echo -- raw
>r; rawdbfs r d; {echo a; echo; echo b} >d/new; echo -n xyz >d/new; cat d/index; cat r; echo abcdefgh >d/0; cat r; unmount d
rawdbfs r d; cat d/index; cat d/1; echo; unmount d
echo -- wrong
echo 5 >r; rawdbfs r d; {echo 2; echo abc} >r; rawdbfs r d; echo x >r; rawdbfs r d; echo 99999999999999 >r; rawdbfs r d; echo $status
dbfs none d; echo $status
dbfs f none; echo $status
dbfs d d; echo $status
dbfs f; rawdbfs -x a b
echo -- offsets
echo 'implement Off;
include "sys.m"; sys: Sys;
include "draw.m";
Off: module { init: fn(nil: ref Draw->Context, argv: list of string); };
init(nil: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	fd := sys->open(hd tl argv, Sys->ORDWR);
	a := array[9] of byte;
	for(argv = tl tl argv; argv != nil; argv = tl argv){
		o := big hd argv;
		sys->print("%bd: %d", o, sys->pread(fd, a, len a, o));
		if(sys->pwrite(fd, array of byte "x", 1, o) != 1)
			sys->print(" %r");
		sys->print("\n");
	}
}' >off.b
limbo -o off.dis off.b
echo abc >f; dbfs f d
off d/0 -1 3 4 5 7 2147483647 2147483648 4294967296 4294967299 9223372036854775807 -9223372036854775808 0; cat f
off d/new -1 1 4294967296 0 2 1; cat f; ls d; unmount d
>r; rawdbfs r d; off d/new -1 1 4294967296 0 2 1; cat r; unmount d
