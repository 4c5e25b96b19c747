implement Shellbuiltin;

#
# Arithmetic on integers of any size in reverse Polish notation; see sh-expr(1).
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "ipints.m";
	ipints: IPints;
	IPint: import ipints;

include "sh.m";
	sh: Sh;
	Listnode, Context: import sh;
	myself: Shellbuiltin;

MAXSHIFT: con 1 << 20;		# bits; more is an error and no way to fill memory

zero, one: ref IPint;

initbuiltin(c: ref Context, shmod: Sh): string
{
	sys = load Sys Sys->PATH;
	sh = shmod;
	myself = load Shellbuiltin "$self";
	if(myself == nil)
		return sys->sprint("cannot load self: %r");
	ipints = load IPints IPints->PATH;
	if(ipints == nil){
		sys->fprint(sys->fildes(2), "mpexpr: cannot load %s: %r\n", IPints->PATH);
		return "bad module";
	}
	zero = IPint.inttoip(0);
	one = IPint.inttoip(1);
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
	if(number(c, hd args).eq(zero))
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
		if(!digits(r) || (radix < 2 || radix > 36) && radix != 64)
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

number(c: ref Context, s: string): ref IPint
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
	v: ref IPint;
	if(i < len s && s[i] == 'r'){
		radix = int s[start:i];
		start = i+1;
		if(radix == 64){
			v = IPint.strtoip(s[start:], 64);
			if(v == nil)
				c.fail("usage", "expr: bad number " + s);
		}else if(radix < 2 || radix > 36 || start >= len s || digit(s[start]) >= radix)
			c.fail("usage", "expr: bad number " + s);
	}
	if(v == nil){
		for(i = start; i < len s && digit(s[i]) < radix; i++)
			;
		t := s[start:i];
		if(radix == 10 || radix == 16)
			v = IPint.strtoip(t, radix);
		else{
			v = zero;
			r := IPint.inttoip(radix);
			for(i = 0; i < len t; i++)
				v = v.mul(r).add(IPint.inttoip(digit(t[i])));
		}
		if(v == nil)
			c.fail("usage", "expr: bad number " + s);
	}
	if(neg)
		v = v.neg();
	return v;
}

format(v: ref IPint, radix: int): string
{
	if(radix == 0)
		return v.iptostr(10);
	neg := v.cmp(zero) < 0;
	if(neg)
		v = v.neg();
	s := "";
	case radix {
	64 =>
		s = v.iptostr(64);
	16 =>
		t := v.iptostr(16);
		for(i := 0; i < len t; i++){
			if(t[i] >= 'A' && t[i] <= 'F')
				t[i] += 'a' - 'A';
		}
		s = t;
	* =>
		r := IPint.inttoip(radix);
		do{
			(q, d) := v.div(r);
			i := d.iptoint();
			s = "0123456789abcdefghijklmnopqrstuvwxyz"[i:i+1] + s;
			v = q;
		}while(!v.eq(zero));
	}
	s = string radix + "r" + s;
	if(neg)
		s = "-" + s;
	return s;
}

# how many operands an operator takes; 0: it is none
operands(op: string): int
{
	case op {
	"_" or "~" or "!" or "not" or "bits" or "rand" =>
		return 1;
	"+" or "-" or "x" or "*" or "×" or "/" or "%" or "and" or "or" or "xor" or "shl" or "<<" or
	"shr" or ">>" or "=" or "==" or "eq" or "!=" or "neq" or ">" or "gt" or "<" or "lt" or
	">=" or "ge" or "<=" or "le" or "invert" or "exp" or "xx" or "**" =>
		return 2;
	"expmod" =>
		return 3;
	}
	return 0;
}

need(c: ref Context, op: string, n: int, stack: list of ref IPint)
{
	if(len stack < n)
		c.fail("empty stack", sys->sprint("expr: empty stack on op '%s'", op));
}

# the stack, last pushed first
calculate(c: ref Context, args: list of string): list of ref IPint
{
	stack: list of ref IPint;
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
				stack = apply(c, repeat, 2, stack);
		"seq" =>
			need(c, op, 2, stack);
			end := hd stack;
			n := hd tl stack;
			stack = tl tl stack;
			step := one;
			if(n.cmp(end) > 0)
				step = one.neg();
			for(; !n.eq(end); n = n.add(step))
				stack = n :: stack;
			stack = end :: stack;
			repeat = nil;
		* =>
			n := operands(op);
			if(n == 0)
				c.fail("usage", sys->sprint("expr: unknown operator '%s'", op));
			stack = apply(c, op, n, stack);
			repeat = nil;
			if(n == 2)
				repeat = op;
		}
	}
	return stack;
}

apply(c: ref Context, op: string, n: int, stack: list of ref IPint): list of ref IPint
{
	need(c, op, n, stack);
	b := hd stack;
	stack = tl stack;
	v: ref IPint;
	case n {
	1 =>
		v = unary(c, op, b);
	2 =>
		v = binary(c, op, hd stack, b);
		stack = tl stack;
	3 =>
		e := hd stack;
		v = expmod(c, hd tl stack, e, b);
		stack = tl tl stack;
	}
	return v :: stack;
}

truth(t: int): ref IPint
{
	if(t)
		return one;
	return zero;
}

unary(c: ref Context, op: string, v: ref IPint): ref IPint
{
	case op {
	"_" =>
		return v.neg();
	"~" =>
		return v.neg().sub(one);
	"bits" =>
		return IPint.inttoip(v.bits());
	"rand" =>
		n := small(c, op, v);
		if(n < 0)
			c.fail("usage", sys->sprint("expr: bad operand for %s", op));
		return IPint.random(n);
	}
	return truth(v.eq(zero));
}

# v as a count of bits
small(c: ref Context, op: string, v: ref IPint): int
{
	n := v.iptoint();
	if(n > MAXSHIFT || n < -MAXSHIFT)
		c.fail("usage", sys->sprint("expr: operand of %s too large", op));
	return n;
}

nonzero(c: ref Context, v: ref IPint): ref IPint
{
	if(v.eq(zero))
		c.fail("divide by zero", "expr: division by zero");
	return v;
}

binary(c: ref Context, op: string, a, b: ref IPint): ref IPint
{
	case op {
	"+" =>
		return a.add(b);
	"-" =>
		return a.sub(b);
	"x" or "*" or "×" =>
		return a.mul(b);
	"/" =>
		(q, nil) := a.div(nonzero(c, b));
		return q;
	"%" =>
		(nil, r) := a.div(nonzero(c, b));
		return r;
	"and" or "or" or "xor" =>
		return bitwise(op, a, b);
	"shl" or "<<" =>
		return shift(a, small(c, op, b));
	"shr" or ">>" =>
		return shift(a, -small(c, op, b));
	"=" or "==" or "eq" =>
		return truth(a.eq(b));
	"!=" or "neq" =>
		return truth(!a.eq(b));
	">" or "gt" =>
		return truth(a.cmp(b) > 0);
	"<" or "lt" =>
		return truth(a.cmp(b) < 0);
	">=" or "ge" =>
		return truth(a.cmp(b) >= 0);
	"<=" or "le" =>
		return truth(a.cmp(b) <= 0);
	"invert" =>
		v: ref IPint;
		{
			v = a.invert(nonzero(c, b));
		} exception {
		"*" =>
			v = nil;
		}
		if(v == nil)
			c.fail("usage", "expr: no inverse");
		return v;
	}
	return power(c, op, a, b);
}

power(c: ref Context, op: string, a, b: ref IPint): ref IPint
{
	n := b.iptoint();
	if(n < 0)
		c.fail("usage", sys->sprint("expr: negative exponent for %s", op));
	if(a.bits() > 1 && (n > MAXSHIFT || n > 4*MAXSHIFT / a.bits()))
		c.fail("usage", sys->sprint("expr: operand of %s too large", op));
	if(a.bits() <= 1){
		# 0, 1 and -1
		if(n == 0 || a.eq(one))
			return one;
		if(a.eq(zero) || bitwise("and", b, one).eq(one))
			return a;
		return one;
	}
	v := one;
	for(; n > 0; n >>= 1){
		if(n & 1)
			v = v.mul(a);
		if(n > 1)
			a = a.mul(a);
	}
	return v;
}

expmod(c: ref Context, a, e, m: ref IPint): ref IPint
{
	nonzero(c, m);
	if(e.cmp(zero) < 0)
		c.fail("usage", "expr: negative exponent for expmod");
	return a.expmod(e, m);
}

# arithmetic: right shifts of negative numbers round downwards
shift(v: ref IPint, n: int): ref IPint
{
	if(n >= 0)
		return v.shl(n);
	if(v.cmp(zero) >= 0)
		return v.shr(-n);
	return v.neg().sub(one).shr(-n).neg().sub(one);
}

# as if on two's complement numbers of enough bits
bitwise(op: string, a, b: ref IPint): ref IPint
{
	n := a.bits();
	if(b.bits() > n)
		n = b.bits();
	modulus := one.shl(n+1);
	half := one.shl(n);
	if(a.cmp(zero) < 0)
		a = a.add(modulus);
	if(b.cmp(zero) < 0)
		b = b.add(modulus);
	v: ref IPint;
	case op {
	"and" =>
		v = a.and(b);
	"or" =>
		v = a.ori(b);
	* =>
		v = a.xor(b);
	}
	if(v.cmp(half) >= 0)
		v = v.sub(modulus);
	return v;
}
