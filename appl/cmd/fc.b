implement Fc;

#
# A calculator of real numbers in reverse Polish notation; see fc(1).
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "math.m";
	math: Math;

include "string.m";
	str: String;

Fc: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

stack := array[16] of real;
depth := 0;
format := 'r';
radix := 10;

init(nil: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	math = load Math Math->PATH;
	if(math == nil)
		nomod(Math->PATH);
	str = load String String->PATH;
	if(str == nil)
		nomod(String->PATH);
	if(argv != nil)
		argv = tl argv;
	for(; argv != nil && len hd argv > 1 && (hd argv)[0] == '-'; argv = tl argv)
		case hd argv {
		"-d" or "-x" or "-o" or "-b" or "-B" or "-c" =>
			format = (hd argv)[1];
		"-r" =>
			argv = tl argv;
			if(argv == nil)
				usage();
			radix = int hd argv;
			if(radix < 2 || radix > 36)
				usage();
			format = 'R';
		* =>
			usage();
		}
	if(argv == nil)
		usage();
	for(; argv != nil; argv = tl argv)
		if(!number(hd argv))
			operate(hd argv);
	for(i := 0; i < depth; i++)
		print(stack[i]);
}

usage()
{
	sys->fprint(sys->fildes(2), "usage: fc [-xdbB] [-r radix] expr\n");
	raise "fail:usage";
}

fail(s: string)
{
	sys->fprint(sys->fildes(2), "fc: %s\n", s);
	raise "fail:error";
}

push(r: real)
{
	if(depth == len stack){
		a := array[2*depth] of real;
		a[0:] = stack;
		stack = a;
	}
	stack[depth++] = r;
}

pop(): real
{
	if(depth == 0)
		fail("stack too small");
	return stack[--depth];
}

# decimal, 0x, 0b, 0 for octal, NNr, or a character after @
number(s: string): int
{
	if(s == nil)
		return 0;
	t := s;
	sign := 1.0;
	if(len t > 1 && t[0] == '-'){
		sign = -1.0;
		t = t[1:];
	}
	if(len t == 2 && t[0] == '@'){
		push(sign * real t[1]);
		return 1;
	}
	if(t[0] != '.' && (t[0] < '0' || t[0] > '9'))
		return 0;
	if(len t > 2 && t[0] == '0' && str->in(t[1], "xXbB")){
		base := 16;
		if(t[1] == 'b' || t[1] == 'B')
			base = 2;
		(v, rest) := str->tobig(t[2:], base);
		if(rest != nil)
			return 0;
		push(sign * real v);
		return 1;
	}
	(b, r) := str->splitl(t, "r");
	if(r != nil && b != nil && str->drop(b, "0-9") == nil && int b >= 2 && int b <= 36){
		(v, rest) := str->toreal(r[1:], int b);
		if(rest != nil)
			return 0;
		push(sign * v);
		return 1;
	}
	if(len t > 1 && t[0] == '0' && str->drop(t, "0-7") == nil){
		push(sign * real str->tobig(t, 8).t0);
		return 1;
	}
	if(t[0] == '.')
		t = "0" + t;
	(v, rest) := str->toreal(t, 10);
	if(rest != nil)
		return 0;
	push(sign * v);
	return 1;
}

bool(b: int): real
{
	if(b)
		return 1.0;
	return 0.0;
}

toint(r: real): big
{
	if(r >= 0.0)
		return big math->floor(r);
	return big math->ceil(r);
}

operate(op: string)
{
	x, y: real;
	case op {
	# none
	"pi" =>	push(Math->Pi);
	"e" =>	push(math->exp(1.0));
	"sum" =>
		x = 0.0;
		while(depth > 0)
			x += pop();
		push(x);
	"p" =>
		x = pop();
		push(x);
		print(x);
	"rep" =>
		n := int pop();
		x = pop();
		for(i := 0; i < n; i++)
			push(x);
	"dup" =>
		x = pop();
		push(x);
		push(x);
	"swap" =>
		y = pop();
		x = pop();
		push(y);
		push(x);
	# one operand
	"_" =>	push(-pop());
	"!" =>	push(fact(pop()));
	"not" =>	push(real ~toint(pop()));
	"sqrt" =>	push(math->sqrt(pop()));
	"exp" =>	push(math->exp(pop()));
	"log" =>	push(math->log(pop()));
	"log10" =>	push(math->log10(pop()));
	"log2" =>	push(math->log(pop()) / math->log(2.0));
	"floor" =>	push(math->floor(pop()));
	"ceil" =>	push(math->ceil(pop()));
	"int" or "trunc" =>	push(real toint(pop()));
	"abs" =>	push(math->fabs(pop()));
	"sin" =>	push(math->sin(pop()));
	"cos" =>	push(math->cos(pop()));
	"tan" =>	push(math->tan(pop()));
	"asin" =>	push(math->asin(pop()));
	"acos" =>	push(math->acos(pop()));
	"atan" =>	push(math->atan(pop()));
	"sinh" =>	push(math->sinh(pop()));
	"cosh" =>	push(math->cosh(pop()));
	"tanh" =>	push(math->tanh(pop()));
	"rad" =>	push(pop() * Math->Pi / 180.0);
	"deg" =>	push(pop() * 180.0 / Math->Pi);
	* =>
		# two
		if(!binary(op))
			fail("invalid operator '" + op + "'");
		y = pop();
		x = pop();
		case op {
		"+" =>	push(x + y);
		"-" =>	push(x - y);
		"x" or "*" =>	push(x * y);
		"/" =>	push(x / y);
		"div" =>
			if(toint(y) == big 0)
				fail("division by zero");
			push(real (toint(x) / toint(y)));
		"%" =>	push(math->fmod(x, y));
		"shl" =>	push(real (toint(x) << int y));
		"shr" =>	push(real (toint(x) >> int y));
		"and" =>	push(real (toint(x) & toint(y)));
		"or" =>	push(real (toint(x) | toint(y)));
		"xor" =>	push(real (toint(x) ^ toint(y)));
		"xx" or "**" or "pow" =>	push(math->pow(x, y));
		"atan2" =>	push(math->atan2(x, y));
		"hypot" =>	push(math->hypot(x, y));
		"<" =>	push(bool(x < y));
		">" =>	push(bool(x > y));
		"<=" =>	push(bool(x <= y));
		">=" =>	push(bool(x >= y));
		"==" or "=" =>	push(bool(x == y));
		"!=" =>	push(bool(x != y));
		}
	}
}

binary(op: string): int
{
	case op {
	"+" or "-" or "x" or "*" or "/" or "div" or "%" or "shl" or "shr" or "and" or "or" or "xor" or
	"xx" or "**" or "pow" or "atan2" or "hypot" or "<" or ">" or "<=" or ">=" or "==" or "=" or "!=" =>
		return 1;
	}
	return 0;
}

fact(n: real): real
{
	if(n < 0.0 || n > 200.0)
		return Math->Infinity;
	r := 1.0;
	for(; n > 1.0; n -= 1.0)
		r *= n;
	return r;
}

print(r: real)
{
	case format {
	'r' =>	sys->print("%s\n", shortest(r));
	'd' =>	sys->print("%bd\n", toint(r));
	'x' =>	sys->print("0x%bx\n", toint(r));
	'o' =>	sys->print("0%bo\n", toint(r));
	'b' =>	sys->print("0b%s\n", inbase(toint(r), 2));
	'B' =>	sys->print("%s\n", grouped(toint(r)));
	'c' =>	sys->print("@%c\n", int r);
	'R' =>	sys->print("%dr%s\n", radix, inbase(toint(r), radix));
	}
}

# without an exponent as long as the digits are exact
shortest(r: real): string
{
	if(math->fabs(r) < 1e15 && r == math->floor(r))
		return sys->sprint("%bd", big r);
	return best(r);
}

best(r: real): string
{
	for(p := 1; p < 17; p++){
		s := sys->sprint("%.*g", p, r);
		if(real s == r)
			return s;
	}
	return sys->sprint("%.17g", r);
}

inbase(n: big, base: int): string
{
	if(n < big 0)
		return "-" + inbase(-n, base);
	s := "";
	do{
		d := int (n % big base);
		c := '0' + d;
		if(d > 9)
			c = 'a' + d - 10;
		t := "";
		t[0] = c;
		s = t + s;
		n /= big base;
	}while(n > big 0);
	return s;
}

# the bits set, by number
grouped(n: big): string
{
	s := "";
	for(i := 63; i >= 0; i--)
		if(((n >> i) & big 1) != big 0){
			if(s != nil)
				s += " ";
			s += string i;
		}
	return s;
}

nomod(path: string)
{
	sys->fprint(sys->fildes(2), "fc: cannot load %s: %r\n", path);
	raise "fail:bad module";
}
