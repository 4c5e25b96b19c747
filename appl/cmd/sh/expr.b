implement Shellbuiltin;

#
# Integer arithmetic in reverse Polish notation; see sh-expr(1).
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "sh.m";
	sh: Sh;
	Listnode, Context: import sh;
	myself: Shellbuiltin;

initbuiltin(c: ref Context, shmod: Sh): string
{
	sys = load Sys Sys->PATH;
	sh = shmod;
	myself = load Shellbuiltin "$self";
	if(myself == nil)
		return sys->sprint("cannot load self: %r");
	c.addbuiltin("ntest", myself);
	c.addsbuiltin("expr", myself);
	return nil;
}

getself(): Shellbuiltin
{
	return myself;
}

whatis(nil: ref Context, nil: Sh, nil: string, nil: int): string
{
	return nil;
}

runbuiltin(c: ref Context, nil: Sh, cmd: list of ref Listnode, nil: int): string
{
	args := sh->list2stringlist(tl cmd);
	if(args == nil || tl args != nil)
		c.fail("usage", "usage: ntest n");
	if(number(c, hd args) == big 0)
		return "false";
	return nil;
}

runsbuiltin(c: ref Context, nil: Sh, cmd: list of ref Listnode): list of ref Listnode
{
	args := sh->list2stringlist(tl cmd);
	radix := 0;
	while(args != nil && isoption(hd args)){
		r := hd args;
		args = tl args;
		if(r[1] != 'r')
			usage(c);
		r = r[2:];
		if(r == nil){
			if(args == nil)
				usage(c);
			r = hd args;
			args = tl args;
		}
		radix = int r;
		if(!digits(r) || radix < 2 || radix > 36)
			c.fail("usage", "expr: invalid radix " + r);
	}
	vals: list of ref Listnode;
	for(stack := calculate(c, args); stack != nil; stack = tl stack)
		vals = ref Listnode(nil, format(hd stack, radix)) :: vals;
	return vals;
}

usage(c: ref Context)
{
	c.fail("usage", "usage: expr [-r radix] [arg...]");
}

digits(s: string): int
{
	for(i := 0; i < len s; i++)
		if(s[i] < '0' || s[i] > '9')
			return 0;
	return s != nil;
}

isoption(s: string): int
{
	return len s > 1 && s[0] == '-' && (s[1] < '0' || s[1] > '9');
}

isnumber(s: string): int
{
	i := 0;
	if(len s > 1 && s[0] == '-')
		i = 1;
	return i < len s && s[i] >= '0' && s[i] <= '9';
}

digit(c: int): int
{
	if(c >= '0' && c <= '9')
		return c - '0';
	if(c >= 'a' && c <= 'z')
		return c - 'a' + 10;
	if(c >= 'A' && c <= 'Z')
		return c - 'A' + 10;
	return 99;
}

# what follows the digits is ignored
number(c: ref Context, s: string): big
{
	i := 0;
	neg := 0;
	if(s != nil && s[0] == '-'){
		neg = 1;
		i = 1;
	}
	start := i;
	for(; i < len s && s[i] >= '0' && s[i] <= '9'; i++)
		;
	if(i == start)
		c.fail("usage", "expr: bad number " + s);
	radix := 10;
	if(i < len s && s[i] == 'r'){
		radix = int s[start:i];
		start = i+1;
		if(radix < 2 || radix > 36 || start >= len s || digit(s[start]) >= radix)
			c.fail("usage", "expr: bad number " + s);
	}
	v := big 0;
	for(i = start; i < len s && digit(s[i]) < radix; i++)
		v = v * big radix + big digit(s[i]);
	if(neg)
		v = -v;
	return v;
}

format(v: big, radix: int): string
{
	if(radix == 0)
		return string v;
	s := "";
	n := v;
	do{
		# negative remainders, so that the smallest number works too
		d := int (n % big radix);
		if(d < 0)
			d = -d;
		s = "0123456789abcdefghijklmnopqrstuvwxyz"[d:d+1] + s;
		n /= big radix;
	}while(n != big 0);
	s = string radix + "r" + s;
	if(v < big 0)
		s = "-" + s;
	return s;
}

# the stack, last pushed first
calculate(c: ref Context, args: list of string): list of big
{
	stack: list of big;
	repeat: string;		# operator that rep would repeat
	for(; args != nil; args = tl args){
		op := hd args;
		if(isnumber(op)){
			stack = number(c, op) :: stack;
			repeat = nil;
			continue;
		}
		case op {
		"rep" =>
			if(repeat == nil)
				c.fail("usage", "expr: bad operator for rep");
			while(stack != nil && tl stack != nil)
				stack = binary(c, repeat, stack);
		"_" or "~" or "!" or "not" =>
			if(stack == nil)
				empty(c, op);
			stack = unary(op, hd stack) :: tl stack;
			repeat = nil;
		"seq" =>
			if(stack == nil || tl stack == nil)
				empty(c, op);
			end := hd stack;
			n := hd tl stack;
			stack = tl tl stack;
			step := big 1;
			if(n > end)
				step = big -1;
			for(; n != end; n += step)
				stack = n :: stack;
			stack = end :: stack;
			repeat = nil;
		* =>
			stack = binary(c, op, stack);
			repeat = op;
		}
	}
	return stack;
}

empty(c: ref Context, op: string)
{
	c.fail("empty stack", sys->sprint("expr: empty stack on op '%s'", op));
}

unary(op: string, v: big): big
{
	case op {
	"_" =>
		return -v;
	"~" =>
		return ~v;
	}
	# not a negation: existing scripts count on it; see sh-expr(1)
	return big (v != big 0);
}

known(op: string): int
{
	case op {
	"+" or "-" or "x" or "*" or "×" or "/" or "%" or "and" or "or" or "xor" or "shl" or "<<" or
	"shr" or ">>" or "=" or "==" or "eq" or "!=" or "neq" or ">" or "gt" or "<" or "lt" or
	">=" or "ge" or "<=" or "le" =>
		return 1;
	}
	return 0;
}

binary(c: ref Context, op: string, stack: list of big): list of big
{
	if(!known(op))
		c.fail("usage", sys->sprint("expr: unknown operator '%s'", op));
	if(stack == nil || tl stack == nil)
		empty(c, op);
	b := hd stack;
	a := hd tl stack;
	v := big 0;
	case op {
	"+" =>
		v = a + b;
	"-" =>
		v = a - b;
	"x" or "*" or "×" =>
		v = a * b;
	"/" or "%" =>
		if(b == big 0)
			c.fail("divide by zero", "expr: division by zero");
		if(b == big -1){
			# the quotient of the smallest number does not fit: wrap
			if(op == "/")
				v = -a;
		}else if(op == "/")
			v = a / b;
		else
			v = a % b;
	"and" =>
		v = a & b;
	"or" =>
		v = a | b;
	"xor" =>
		v = a ^ b;
	"shl" or "<<" =>
		v = shift(a, b);
	"shr" or ">>" =>
		v = shift(a, -b);
	"=" or "==" or "eq" =>
		v = big (a == b);
	"!=" or "neq" =>
		v = big (a != b);
	">" or "gt" =>
		v = big (a > b);
	"<" or "lt" =>
		v = big (a < b);
	">=" or "ge" =>
		v = big (a >= b);
	"<=" or "le" =>
		v = big (a <= b);
	}
	return v :: tl tl stack;
}

# left by n, right if n is negative
shift(a, n: big): big
{
	if(n >= big 64)
		return big 0;
	if(n >= big 0)
		return a << int n;
	if(n <= big -64)
		n = big -63;
	return a >> int -n;
}
