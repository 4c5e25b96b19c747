implement Calc;

#
# A calculator with the operators of Limbo; see calc(1).
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "arg.m";
	arg: Arg;

include "bufio.m";
	bufio: Bufio;
	Iobuf: import bufio;

include "math.m";
	math: Math;

include "string.m";
	str: String;

Calc: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

Var: adt
{
	name:	string;
	val:	real;
	isconst:	int;
};

Func: adt
{
	name:	string;
	params:	list of string;
	body:	string;
};

ERR: con "calc:";	# begins the exception of an expression that is bad
MAXDEPTH: con 200;

vars: list of ref Var;
funcs: list of ref Func;
text: string;
pos: int;
lineno := 1;
depth := 0;
skipping := 0;		# evaluating what does not count, such as the other side of ?:
out: ref Iobuf;

init(nil: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	arg = load Arg Arg->PATH;
	if(arg == nil)
		nomod(Arg->PATH);
	bufio = load Bufio Bufio->PATH;
	if(bufio == nil)
		nomod(Bufio->PATH);
	math = load Math Math->PATH;
	if(math == nil)
		nomod(Math->PATH);
	str = load String String->PATH;
	if(str == nil)
		nomod(String->PATH);
	arg->init(argv);
	arg->setusage("calc [-s] [file|expression]");
	while((o := arg->opt()) != 0)
		case o {
		's' =>	;		# strict types: there is one
		* =>	arg->usage();
		}
	argv = arg->argv();
	constant("Pi", Math->Pi);
	constant("e", math->exp(1.0));
	constant("Infinity", Math->Infinity);
	constant("NaN", Math->NaN);
	constant("Degree", Math->Pi / 180.0);
	out = bufio->fopen(sys->fildes(1), Bufio->OWRITE);
	failed := 0;
	if(argv == nil)
		failed = lines(bufio->fopen(sys->fildes(0), Bufio->OREAD));
	else if(tl argv == nil && sys->stat(hd argv).t0 >= 0)
		failed = lines(bufio->open(hd argv, Bufio->OREAD));
	else{
		s := "";
		for(; argv != nil; argv = tl argv)
			s += hd argv + " ";
		failed = line(s);
	}
	out.flush();
	if(failed)
		return;		# it was said; sessions go on after errors as well
}

constant(name: string, v: real)
{
	vars = ref Var(name, v, 1) :: vars;
}

lines(f: ref Iobuf): int
{
	failed := 0;
	if(f == nil)
		return 1;
	for(; (s := f.gets('\n')) != nil; lineno++){
		failed |= line(s);
		out.flush();
	}
	return failed;
}

# statements separated by semicolons; the value of the last is printed, unless it is an assignment
line(s: string): int
{
	text = s;
	pos = 0;
	depth = skipping = 0;
	{
		have := 0;
		v := 0.0;
		while(peek() >= 0){
			if(match(";"))
				continue;
			(have, v) = statement();
			if(peek() >= 0 && !match(";"))
				error("syntax error");
		}
		if(have)
			out.puts(number2text(v) + "\n");
	}exception e{
	ERR + "*" =>
		out.puts(sys->sprint("error: line %d: %s\n", lineno, e[len ERR:]));
		return 1;
	}
	return 0;
}

error(s: string)
{
	raise ERR + s;
}

# name = e, name(params) = e, or an expression
statement(): (int, real)
{
	start := pos;
	name := word();
	if(name != nil){
		if(match("(")){
			params: list of string;
			ok := 1;
			while(ok && !match(")")){
				p := word();
				if(p == nil)
					ok = 0;
				else
					params = p :: params;
				if(ok && !match(",") && peek() != ')')
					ok = 0;
			}
			if(ok && isassign()){
				match(":");
				match("=");
				body := pos;
				skipping++;
				expr();
				skipping--;
				define(name, reverse(params), text[body:pos]);
				return (0, 0.0);
			}
		}
	}
	pos = start;
	v := expr();
	return (!assigned, v);
}

isassign(): int
{
	c := peek();
	return c == '=' && next(1) != '=' || c == ':' && next(1) == '=';
}

reverse(l: list of string): list of string
{
	r: list of string;
	for(; l != nil; l = tl l)
		r = hd l :: r;
	return r;
}

define(name: string, params: list of string, body: string)
{
	r: list of ref Func;
	for(l := funcs; l != nil; l = tl l)
		if((hd l).name != name)
			r = hd l :: r;
	funcs = ref Func(name, params, body) :: r;
}

peek(): int
{
	while(pos < len text && (text[pos] == ' ' || text[pos] == '\t' || text[pos] == '\n' || text[pos] == '\r'))
		pos++;
	if(pos < len text && text[pos] == '#'){
		while(pos < len text && text[pos] != '\n')
			pos++;
		return peek();
	}
	if(pos >= len text)
		return -1;
	return text[pos];
}

next(n: int): int
{
	if(pos + n >= len text)
		return -1;
	return text[pos + n];
}

match(s: string): int
{
	if(peek() < 0 || pos + len s > len text || text[pos:pos+len s] != s)
		return 0;
	pos += len s;
	return 1;
}

isletter(c: int): int
{
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || c > 16ra0;
}

word(): string
{
	if(!isletter(peek()))
		return nil;
	start := pos;
	while(pos < len text && (isletter(text[pos]) || text[pos] >= '0' && text[pos] <= '9'))
		pos++;
	return text[start:pos];
}

lookup(name: string): ref Var
{
	for(l := vars; l != nil; l = tl l)
		if((hd l).name == name)
			return hd l;
	return nil;
}

assign(name: string, v: real): real
{
	if(skipping)
		return v;
	x := lookup(name);
	if(x == nil)
		vars = ref Var(name, v, 0) :: vars;
	else if(x.isconst)
		error("cannot assign to constant " + name);
	else
		x.val = v;
	return v;
}

assigned := 0;		# the last expression was an assignment

# assignment, right to left
expr(): real
{
	if(++depth > MAXDEPTH)
		error("too deep");
	assigned = 0;
	start := pos;
	name := word();
	if(name != nil){
		if(isassign()){
			match(":");
			match("=");
			v := expr();
			depth--;
			assigned = 1;
			return assign(name, v);
		}
		peek();
		ops := array[] of {"**=", "<<=", ">>=", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^="};
		for(i := 0; i < len ops; i++)
			if(match(ops[i])){
				x := value(name);
				y := expr();
				depth--;
				assigned = 1;
				return assign(name, apply(ops[i][0:len ops[i] - 1], x, y));
			}
	}
	pos = start;
	v := conditional();
	depth--;
	assigned = 0;
	return v;
}

conditional(): real
{
	v := binary(0);
	if(match("?")){
		if(v == 0.0)
			skipping++;
		a := expr();
		if(v == 0.0)
			skipping--;
		if(!match(":"))
			error("missing :");
		if(v != 0.0)
			skipping++;
		b := expr();
		if(v != 0.0){
			skipping--;
			return a;
		}
		return b;
	}
	return v;
}

levels := array[] of {
	"||", "&&", "|", "^", "&", "== !=", "<= >= < >", "<< >>", "+ -", "* // / %",
};

operator(level: int): string
{
	if(peek() < 0)
		return nil;
	(nil, l) := sys->tokenize(levels[level], " ");
	for(; l != nil; l = tl l){
		o := hd l;
		if(pos + len o > len text || text[pos:pos+len o] != o)
			continue;
		c := next(len o);
		if(c == '=' && o != "==" && o != "!=" && o != "<=" && o != ">=" && len o <= 2 && o != "<" && o != ">")
			continue;	# an assignment
		if(len o == 1 && (o == "|" || o == "&" || o == "<" || o == ">" || o == "*") && c == o[0])
			continue;
		pos += len o;
		return o;
	}
	return nil;
}

binary(level: int): real
{
	if(level == len levels)
		return unary();
	v := binary(level + 1);
	while((o := operator(level)) != nil){
		skip := o == "||" && v != 0.0 || o == "&&" && v == 0.0;
		if(skip)
			skipping++;
		w := binary(level + 1);
		if(skip)
			skipping--;
		v = apply(o, v, w);
	}
	return v;
}

bool(b: int): real
{
	return real b;
}

int64(v: real): big
{
	if(v < 0.0)
		return big math->ceil(v);
	return big math->floor(v);
}

apply(o: string, v, w: real): real
{
	case o {
	"||" =>	return bool(v != 0.0 || w != 0.0);
	"&&" =>	return bool(v != 0.0 && w != 0.0);
	"|" =>	return real (int64(v) | int64(w));
	"^" =>	return real (int64(v) ^ int64(w));
	"&" =>	return real (int64(v) & int64(w));
	"==" =>	return bool(v == w);
	"!=" =>	return bool(v != w);
	"<=" =>	return bool(v <= w);
	">=" =>	return bool(v >= w);
	"<" =>	return bool(v < w);
	">" =>	return bool(v > w);
	"<<" =>	return real (int64(v) << int w);
	">>" =>	return real (int64(v) >> int w);
	"+" =>	return v + w;
	"-" =>	return v - w;
	"*" =>	return v * w;
	"**" =>	return math->pow(v, w);
	}
	if(w == 0.0){
		if(skipping)
			return 0.0;
		error("division by zero");
	}
	case o {
	"/" =>	return v / w;
	"//" =>	return real int64(v / w);
	}
	return math->fmod(v, w);
}

unary(): real
{
	if(++depth > MAXDEPTH)
		error("too deep");
	v: real;
	case peek() {
	'-' =>
		pos++;
		v = -unary();
	'+' =>
		pos++;
		v = unary();
	'!' =>
		pos++;
		v = bool(unary() == 0.0);
	'~' =>
		pos++;
		v = real ~int64(unary());
	* =>
		v = power();
	}
	depth--;
	return v;
}

power(): real
{
	v := postfix();
	if(peek() == '*' && next(1) == '*' && next(2) != '='){
		pos += 2;
		return math->pow(v, unary());
	}
	return v;
}

postfix(): real
{
	v := primary();
	while(peek() == '!' && next(1) != '='){
		pos++;
		v = factorial(v);
	}
	return v;
}

factorial(v: real): real
{
	if(v < 0.0 || v != math->floor(v)){
		if(skipping)
			return 0.0;
		error("bad factorial");
	}
	if(v > 200.0)
		return Math->Infinity;
	r := 1.0;
	for(; v > 1.0; v -= 1.0)
		r *= v;
	return r;
}

primary(): real
{
	c := peek();
	if(c == '('){
		pos++;
		v := expr();
		if(!match(")"))
			error("missing )");
		return v;
	}
	if(c >= '0' && c <= '9' || c == '.')
		return literal();
	if(c == '\''){
		if(next(2) != '\'')
			error("bad character");
		v := real text[pos+1];
		pos += 3;
		return v;
	}
	name := word();
	if(name == nil)
		error("missing expression");
	if(peek() == '(')
		return call(name);
	return value(name);
}

value(name: string): real
{
	v := lookup(name);
	if(v != nil)
		return v.val;
	if(skipping)
		return 0.0;
	error(name + " is undefined");
	return 0.0;
}

# decimal, with an exponent, or in another base after NNr
literal(): real
{
	start := pos;
	while(pos < len text && text[pos] >= '0' && text[pos] <= '9')
		pos++;
	if(pos < len text && text[pos] == 'r' && pos > start){
		base := int text[start:pos];
		if(base < 2 || base > 36)
			error("bad base");
		(v, rest) := str->toreal(text[start:], 0);
		pos = len text - len rest;
		return v;
	}
	if(pos < len text && text[pos] == '.'){
		pos++;
		while(pos < len text && text[pos] >= '0' && text[pos] <= '9')
			pos++;
	}
	if(pos < len text && (text[pos] == 'e' || text[pos] == 'E')){
		i := pos + 1;
		if(i < len text && (text[i] == '-' || text[i] == '+'))
			i++;
		if(i < len text && text[i] >= '0' && text[i] <= '9'){
			while(i < len text && text[i] >= '0' && text[i] <= '9')
				i++;
			pos = i;
		}
	}
	s := text[start:pos];
	if(s == ".")
		error("bad number");
	if(s[0] == '.')
		s = "0" + s;
	return real s;
}

call(name: string): real
{
	pos++;
	args: list of real;
	if(!match(")"))
		for(;;){
			args = expr() :: args;
			if(match(")"))
				break;
			if(!match(","))
				error("missing )");
		}
	a := array[len args] of real;
	for(i := len a; --i >= 0; args = tl args)
		a[i] = hd args;
	for(l := funcs; l != nil; l = tl l)
		if((hd l).name == name)
			return user(hd l, a);
	if(skipping)
		return 0.0;
	if(len a == 1)
		case name {
		"sin" =>	return math->sin(a[0]);
		"cos" =>	return math->cos(a[0]);
		"tan" =>	return math->tan(a[0]);
		"asin" =>	return math->asin(a[0]);
		"acos" =>	return math->acos(a[0]);
		"atan" =>	return math->atan(a[0]);
		"sinh" =>	return math->sinh(a[0]);
		"cosh" =>	return math->cosh(a[0]);
		"tanh" =>	return math->tanh(a[0]);
		"asinh" =>	return math->asinh(a[0]);
		"acosh" =>	return math->acosh(a[0]);
		"atanh" =>	return math->atanh(a[0]);
		"exp" =>	return math->exp(a[0]);
		"log" =>	return math->log(a[0]);
		"log10" =>	return math->log10(a[0]);
		"sqrt" =>	return math->sqrt(a[0]);
		"abs" or "fabs" =>	return math->fabs(a[0]);
		"floor" =>	return math->floor(a[0]);
		"ceil" =>	return math->ceil(a[0]);
		"int" or "trunc" =>	return real int64(a[0]);
		"round" =>	return math->floor(a[0] + 0.5);
		"sign" =>	return bool(a[0] > 0.0) - bool(a[0] < 0.0);
		}
	if(len a == 2)
		case name {
		"atan2" =>	return math->atan2(a[0], a[1]);
		"pow" =>	return math->pow(a[0], a[1]);
		"hypot" =>	return math->hypot(a[0], a[1]);
		"gcd" =>	return gcd(a[0], a[1]);
		}
	if(len a > 0)
		case name {
		"min" or "max" or "sum" or "prod" =>
			v := a[0];
			for(i = 1; i < len a; i++)
				case name {
				"sum" =>	v += a[i];
				"prod" =>	v *= a[i];
				"min" =>	if(a[i] < v) v = a[i];
				"max" =>	if(a[i] > v) v = a[i];
				}
			return v;
		}
	error("bad call of " + name);
	return 0.0;
}

gcd(a, b: real): real
{
	a = math->fabs(a);
	b = math->fabs(b);
	while(b >= 1.0)
		(a, b) = (b, math->fmod(a, b));
	return a;
}

# parameters hide variables of their names while the body is evaluated
user(f: ref Func, a: array of real): real
{
	if(len a != len f.params)
		error("bad number of arguments of " + f.name);
	if(skipping)
		return 0.0;
	if(++depth > MAXDEPTH)
		error("too deep");
	saved := (text, pos, vars);
	i := 0;
	for(p := f.params; p != nil; p = tl p)
		vars = ref Var(hd p, a[i++], 0) :: vars;
	text = f.body;
	pos = 0;
	v := expr();
	(text, pos, vars) = saved;
	depth--;
	return v;
}

# as few digits as make up the value
number2text(v: real): string
{
	if(math->fabs(v) < 1e15 && v == math->floor(v))
		return sys->sprint("%bd", big v);
	return sys->sprint("%g", v);
}

nomod(path: string)
{
	sys->fprint(sys->fildes(2), "calc: cannot load %s: %r\n", path);
	raise "fail:bad module";
}
