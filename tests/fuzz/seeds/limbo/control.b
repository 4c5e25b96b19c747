implement M;
M: module { init: fn(); f: fn(s: string): (int, real); };
c: chan of int;
init()
{
	c = chan[2] of int;
	spawn w(3);
out:	for(i := 0; i < 10; i++)
		alt {
		n := <-c =>
			case n {
			0 to 3 => break out;
			'a' or 7 => continue;
			* => ;
			}
		* =>
			do i <<= 1; while(i > 5 && i != 7);
		}
	(x, y) := f("abc"[1:] + string 1.5e3);
	z := big x ** 2 + big 16rff;
	if(z > big 0) y = real z; else { y -= 1.0; }
}
w(n: int) { c <-= n; if(n) w(n-1); }
f(s: string): (int, real) { return (len s, math(s)); }
math[T](t: T): real { return 2.0; }
