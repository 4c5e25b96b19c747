implement T;

# Faults that other systems had: memory that is used again, strings that grow, nil and bounds in every form, many files and channels that go.

include "sys.m";
	sys: Sys;
include "draw.m";

T: module
{
	init: fn(nil: ref Draw->Context, argv: list of string);
};

A: adt
{
	i: int;
	s: string;
	p: fn(a: self ref A): int;
};

P: adt
{
	n: int;
	pick {
	One =>
		i: int;
	Two =>
		s: string;
	}
};

Never: module
{
	f: fn(): int;
};

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	cleared();
	grown();
	checked();
	dropped();
}

# arrays are zero whatever their memory held before
cleared()
{
	for(n := 1; n <= 4096; n++){
		a := array[n] of byte;
		for(i := 0; i < n; i++)
			a[i] = byte 16rff;
		a = nil;
		b := array[n] of byte;
		for(i = 0; i < n; i++)
			if(b[i] != byte 0)
				raise sys->sprint("array of %d bytes", n);
		b[0:] = array[n] of {* => byte 16rff};
		b = nil;
		w := array[n / 4] of int;
		for(i = 0; i < len w; i++)
			if(w[i] != 0)
				raise sys->sprint("array of %d words", len w);
		w = nil;
		if(n % 8 != 0)
			continue;
		c := array[n] of {* => byte 16rff};
		c = nil;
		l := array[n / 8] of big;
		for(i = 0; i < len l; i++)
			if(l[i] != big 0)
				raise sys->sprint("array of %d bigs", len l);
		l = nil;
		c = array[n] of {* => byte 16rff};
		c = nil;
		r := array[n / 8] of real;
		for(i = 0; i < len r; i++)
			if(r[i] != 0.0)
				raise sys->sprint("array of %d reals", len r);
		r = nil;
		c = array[n] of {* => byte 16rff};
		c = nil;
		s := array[n / 4] of string;
		for(i = 0; i < len s; i++)
			if(s[i] != nil)
				raise sys->sprint("array of %d strings", len s);
	}
	sys->print("cleared\n");
}

# strings that grow by a character, on shared strings too
grown()
{
	s, t: string;
	wide := 0;
	for(i := 0; i < 1000000; i++){
		if(i % 5000 == 0 || i < 300)
			t = s;
		if(i % 1000 == 999){
			s[len s] = 16r4e00 + i % 100;
			wide++;
		}else
			s[len s] = 'a' + i % 26;
		if((i % 5000 == 0 || i < 300) && len t != i)
			raise sys->sprint("at %d the other string has %d characters", i, len t);
		t = nil;	# alone again: appended in place
	}
	n := 0;
	for(i = 0; i < len s; i++)
		if(s[i] > 255)
			n++;
	sys->print("grown: %d characters, %d of %d wide\n", len s, n, wide);
	for(l := list of {-1, 4, 16r7fffffff}; l != nil; l = tl l){
		u := "abc";
		{
			u[hd l] = 'x';
			sys->print("%d: no exception\n", hd l);
		}exception e{
		"*" =>
			sys->print("%d: %s, %s\n", hd l, e, u);
		}
	}
}

step: int;

count(what: string, e: string)
{
	if(e != what)
		sys->print("%d: %q for %q\n", step, e, what);
	step++;
}

try(k, i: int): string
{
	ab: array of byte;
	ai: array of int;
	al: array of big;
	ar: array of real;
	as: array of string;
	aa: array of ref A;
	at: array of (int, string);
	s: string;
	l: list of string;
	ll: list of big;
	p: ref A;
	q: ref P;
	c: chan of int;
	m: Never;
	if(k >= 100){
		# the same with something there
		ab = array[3] of byte;
		ai = array[3] of int;
		al = array[3] of big;
		ar = array[3] of real;
		as = array[3] of string;
		aa = array[3] of ref A;
		at = array[3] of (int, string);
		s = "abc";
		k -= 100;
	}
	{
		case k {
		0 =>	ab[i] = byte 1;
		1 =>	ai[i] = 1;
		2 =>	al[i] = big 1;
		3 =>	ar[i] = 1.0;
		4 =>	as[i] = "x";
		5 =>	aa[i] = nil;
		6 =>	at[i] = (1, "x");
		7 =>	return string int ab[i];
		8 =>	return string ai[i];
		9 =>	return string al[i];
		10 =>	return string ar[i];
		11 =>	return as[i];
		12 =>	p = aa[i];
		13 =>	(x, y) := at[i]; return string x + y;
		14 =>	return string s[i];
		15 =>	ab = ab[i:];
		16 =>	ai = ai[0:i];
		17 =>	s = s[i:];
		18 =>	as[i:] = array[1] of string;
		19 =>	ab[i:] = array[1] of byte;
		20 =>	ai[i]++;
		21 =>	al[i] += big 1;
		22 =>	at[i].t1 = "x";
		50 =>	return hd l;
		51 =>	l = tl l;
		52 =>	return string hd ll;
		53 =>	return string p.i;
		54 =>	p.i = 1;
		55 =>	p.s = "x";
		56 =>	return string q.n;
		57 =>	q.n = 1;
		58 =>
			pick x := q {
			One =>	return string x.i;
			Two =>	return x.s;
			}
		59 =>	c <-= 1;
		60 =>	return string <-c;
		61 =>	return string m->f();
		62 =>	(a, b) := *p; return string a + b;
		63 =>	alt { <-c => ; * => ; }
		64 =>	return string p.p();
		}
	}exception e{
	"*" =>
		return e;
	}
	return "none";
}

A.p(a: self ref A): int
{
	return a.i;
}

checked()
{
	for(k := 0; k <= 22; k++)
		for(l := list of {-1, 0, 16r7fffffff, int 16r80000000}; l != nil; l = tl l){
			e := try(k, hd l);
			if(k == 17 && hd l == 0 || k == 16 && hd l == 0 || k == 15 && hd l == 0){
				count("none", e);
				continue;
			}
			if(e != "array bounds error" && e != "dereference of nil")
				sys->print("nil: %d[%d]: %q\n", k, hd l, e);
			step++;
		}
	for(k = 0; k <= 22; k++)
		for(l = list of {-1, 3, 4, 16r7fffffff, int 16r80000000}; l != nil; l = tl l){
			if(k >= 15 && k <= 17 && hd l == 3)
				continue;
			count("array bounds error", try(100 + k, hd l));
		}
	for(k = 50; k <= 64; k++){
		e := try(k, 0);
		if(k == 61)
			count("module not loaded", e);
		else
			count("dereference of nil", e);
	}
	sys->print("checked: %d\n", step);
}

# files and channels made and dropped by many at once
dropped()
{
	done := chan of int;
	for(i := 0; i < 16; i++)
		spawn drop(done);
	n := 0;
	for(i = 0; i < 16; i++)
		n += <-done;
	sys->print("dropped: %d\n", n);
}

drop(done: chan of int)
{
	n := 0;
	for(i := 0; i < 1000; i++){
		fd := sys->open("/dev/null", Sys->OREAD);
		c := chan[1] of ref Sys->FD;
		c <-= fd;
		fd = nil;
		if(i % 2)
			fd = <-c;
		cc := chan[1] of chan of ref Sys->FD;
		cc <-= c;
		n++;
	}
	done <-= n;
}
