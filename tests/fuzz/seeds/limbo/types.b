implement M;
M: module { init: fn(); };
A: adt { x: int; l: list of ref A; s: string; f: fn(a: self ref A, n: int): int; };
P: adt { n: int; pick { I => i: int; S or T => s: string; } };
E: exception(string, int);
tab := array[] of {1, 2, 3 * 4};
A.f(a: self ref A, n: int): int
{
	return a.x + n;
}
init()
{
	a := ref A(1, nil, "s");
	a.l = a :: nil;
	p: ref P = ref P.I(1, 2);
	pick q := p {
	I => a.x = q.i;
	* => a.s[0] = 'x';
	}
	{
		raise E("e", a.f(tab[1]));
	} exception e {
	E => (a.s, a.x) = e;
	"fail:*" => raise;
	}
}
