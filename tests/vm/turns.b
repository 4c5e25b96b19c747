implement Turns;

#
# A process whose instructions and builtins take long for what they move does not keep the machine for as many of them as it may
# do short ones in a turn: another one runs between them.
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "math.m";
	math: Math;

Turns: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

N:	con 1 << 20;
TIMES:	con 60;		# in a turn there is room for hundreds

Slicela, Newa, Newstring, Cat, Append, Slice, Tobytes, Frombytes, Widen, Same, Order, Len, Builtin, Kinds: con iota;

names := array[Kinds] of {
	"assignment to a slice", "new array", "string copied", "strings joined", "string grown", "slice of a string", "bytes of a string",
	"string of bytes", "wider string", "equal strings", "strings in order", "length of a list", "builtin"
};

count := 0;
stop := 0;

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	math = load Math Math->PATH;
	done := chan of int;
	spawn other(done);
	a := array[N] of {* => byte 'x'};
	b := array[N] of byte;
	s := string a;
	t := string a;
	l: list of int;
	for(i := 0; i < N/8; i++)
		l = i :: l;
	reals := array[N/8] of real;
	sink := 0;
	for(k := 0; k < Kinds; k++){
		turns := 0;
		last := count;
		u := "";
		for(i = 0; i < TIMES; i++){
			case k {
			Slicela =>
				b[0:] = a;
			Newa =>
				sink += len array[N] of int;
			Newstring =>
				u = s[0:N-1];
				u[0] = 'a' + (i & 7);
			Cat =>
				u = s + t;
			Append =>
				u += t[0:100000];
			Slice =>
				u = s[1:];
			Tobytes =>
				b = array of byte s;
			Frombytes =>
				u = string a;
			Widen =>
				u = s[0:N/4];
				u[0] = 16r100;
			Same =>
				sink += s == t;
			Order =>
				sink += s < t;
			Len =>
				sink += len l;
			Builtin =>
				math->dot(reals, reals);
			}
			if(count != last)
				turns++;
			last = count;
		}
		if(turns < TIMES / 2)
			sys->print("%s: the other process ran %d times in %d\n", names[k], turns, TIMES);
	}
	stop = 1;
	<-done;
	sys->print("done\n");
}

other(done: chan of int)
{
	while(!stop)
		count++;
	done <-= 1;
}
