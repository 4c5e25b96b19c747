# all statements, with pointers in inner scopes and ways out of them
implement Statements;

include "sys.m";
	sys: Sys;
include "draw.m";

Statements: module
{
	init: fn(ctxt: ref Draw->Context, argv: list of string);
};

Shape: adt {
	name: string;
	pick {
	Circle => r: real;
	Box or Sq => w, h: big;
	Nil =>
	}
};

Overflow: exception(int, string);
Plain: exception;

size(s: ref Shape): int
{
	pick z := s {
	Circle => return int z.r;
	Box or Sq => return int (z.w * z.h);
	Nil => return 0;
	}
	return -1;
}

rename(s: ref Shape): ref Shape
{
	pick z := s {
	Circle =>
		s = ref *s;
		z.name = "circle";
	* =>
		z = ref *z;
		z.name += "?";
		s = z;
	}
	return s;
}

loops(l: list of string): string
{
	r := "";
outer:
	for(; l != nil; l = tl l){
		s := hd l;
		for(i := 0; i < len s; i++){
			t := s[i:];
			if(t == "skip")
				continue outer;
			if(t[0] == '!')
				break outer;
			do {
				u := t + ".";
				if(len u > 5)
					break;
				r += u;
			} while(0);
			case t {
			"a" to "c" => r += "x";
			"d" or "e" => continue;
			"" => raise "empty";
			* => ;
			}
		}
	}
	return r;
}

number(n: int, b: big): int
{
	case n {
	0 => return 1;
	1 or 2 or 4 => n = 7;
	3 => n++;
	5 to 2147483647 => return 2;
	}
	case n {
	100 => return 3;
	10000 or 20000 to 30000 => return 4;
	* => n--;
	}
	case b {
	big 1 => n++;
	big 5 or big 1000000000000 => n += 2;
	big -1 => n += 3;
	}
	return n;
}

throw(n: int)
{
	if(n == 1)
		raise Overflow(n, "one");
	if(n == 2)
		raise Plain;
	if(n > 100)
		raise "big number";
}

catch(n: int): string
{
	s := "none";
	{
		t := string n;
		throw(n);
		s = t + "ok";
	} exception e {
	Overflow =>
		(a, b) := e;
		s = b + string a;
	Plain => s = "plain";
	"big*" or "large" =>
		s = e;
	* =>
		raise;
	}
	return s;
}

talk(in: chan of int, out: chan of string, many: array of chan of (int, big))
{
	v: array of int;
	v = array[2] of int;
	q := ref (1, "x");
	for(;;) alt {
	n := <-in =>
		out <-= string n;
	v[1] = <-in =>
		;
	out <-= q.t1 or out <-= "const" =>
		return;
	(n, (k, b)) := <-many =>
		q.t0 = n + k + int b;
	}
}

init(nil: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	in := chan of int;
	out := chan[1] of string;
	many := array[] of {* => chan of (int, big)};
	spawn talk(in, out, many);
	alt {
	s := <-out => sys->print("%s\n", s);
	* => exit;
	}
	sys->print("%s %d %s %d\n", loops(argv), number(3, big 5), catch(1), size(rename(ref Shape.Box("b", big 1, big 2))));
}
