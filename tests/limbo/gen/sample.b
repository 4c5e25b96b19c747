implement X;
X: module { f: fn(a: int, s: string): (int, string); n: int; };
f(a: int, s: string): (int, string)
{
	t := array[3] of { 1 => "one", * => s };
	{
		if(a > 70000)
			raise "big";
		n += a;
	} exception e {
	"big" => n = -1;
	}
	return (n, t[1] + s);
}
