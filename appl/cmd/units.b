implement Units;

#
# Converts between units; see units(1).
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

Units: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

Default:	con "/lib/units";

# a number times powers of the base units
Quantity: adt
{
	v:	real;
	dim:	array of int;

	mul:	fn(a: self ref Quantity, b: ref Quantity, sign: int): ref Quantity;
	text:	fn(a: self ref Quantity): string;
};

Unit: adt
{
	name:	string;
	def:	string;		# nil once q is known
	file:	string;
	line:	int;
	q:	ref Quantity;
	busy:	int;
};

base: array of string;
nbase := 0;
tab := array[1021] of list of ref Unit;
verbose := 0;

# of an expression
text: string;
at: int;
bad: string;

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
	arg->setusage("units [-v] [file]");
	while((o := arg->opt()) != 0)
		case o {
		'v' =>	verbose = 1;
		* =>	arg->usage();
		}
	argv = arg->argv();
	if(argv != nil && tl argv != nil)
		arg->usage();
	base = array[16] of string;
	file := Default;
	if(argv != nil)
		file = hd argv;
	read(file);
	if(verbose)
		known();
	in := bufio->fopen(sys->fildes(0), Bufio->OREAD);
	for(;;){
		have := ask(in, "you have: ");
		if(have == nil)
			break;
		a := parse(have);
		if(a == nil)
			continue;
		b: ref Quantity;
		want: string;
		do{
			want = ask(in, "you want: ");
			if(want == nil)
				return;
			b = nil;
		}while(want != "\n" && (b = parse(want)) == nil);
		answer(a, b);
	}
}

# a line with its newline
ask(in: ref Iobuf, prompt: string): string
{
	sys->print("%s", prompt);
	s := in.gets('\n');
	if(s == nil){
		sys->print("\n");
		return nil;
	}
	t := str->drop(s, " \t");
	if(t == "")
		t = "\n";
	return t;
}

answer(a, b: ref Quantity)
{
	if(b == nil){
		sys->print("\tis %s\n", a.text());
		return;
	}
	if(same(a.dim, b.dim)){
		sys->print("\t* %.9g\n\t/ %.9g\n", a.v / b.v, b.v / a.v);
		return;
	}
	inverse := a.mul(b, 1);
	if(same(inverse.dim, array[len inverse.dim] of {* => 0})){
		sys->print("\tconversion of reciprocals\n\t* %.9g\n\t/ %.9g\n", 1.0 / inverse.v, inverse.v);
		return;
	}
	sys->print("conformability\n\t%s\n\t%s\n", a.text(), b.text());
}

same(a, b: array of int): int
{
	for(i := 0; i < nbase; i++)
		if(power(a, i) != power(b, i))
			return 0;
	return 1;
}

# bases that came later than a are not in it
power(a: array of int, i: int): int
{
	if(i < len a)
		return a[i];
	return 0;
}

Quantity.mul(a: self ref Quantity, b: ref Quantity, sign: int): ref Quantity
{
	d := array[nbase] of int;
	for(i := 0; i < nbase; i++)
		d[i] = power(a.dim, i) + sign * power(b.dim, i);
	if(sign < 0)
		return ref Quantity(a.v / b.v, d);
	return ref Quantity(a.v * b.v, d);
}

Quantity.text(a: self ref Quantity): string
{
	s := sys->sprint("%.9g", a.v);
	for(sign := 1; sign >= -1; sign -= 2){
		first := 1;
		for(i := 0; i < nbase; i++){
			n := sign * power(a.dim, i);
			if(n <= 0)
				continue;
			if(first && sign < 0)
				s += " /";
			first = 0;
			s += " " + base[i];
			if(n > 1)
				s += "^" + string n;
		}
	}
	return s;
}

#
# the file: a name and what it is; # makes it a base unit
#

read(file: string)
{
	f := bufio->open(file, Bufio->OREAD);
	if(f == nil){
		sys->fprint(sys->fildes(2), "units: can't open %s: %r\n", file);
		raise "fail:open";
	}
	for(line := 1; (s := f.gets('\n')) != nil; line++){
		if(s[len s - 1] == '\n')
			s = s[0:len s - 1];
		if(s == nil || s[0] == '/' || s[0] == ' ' || s[0] == '\t')
			continue;
		(name, def) := str->splitl(s, " \t");
		def = str->drop(def, " \t");
		if(def == nil){
			sys->fprint(sys->fildes(2), "units: %s:%d: %s has no definition\n", file, line, name);
			continue;
		}
		u := ref Unit(name, def, file, line, nil, 0);
		if(def[0] == '#'){
			u.def = nil;
			if(nbase == len base){
				a := array[2*nbase] of string;
				a[0:] = base;
				base = a;
			}
			u.q = ref Quantity(1.0, array[nbase + 1] of {* => 0});
			u.q.dim[nbase] = 1;
			base[nbase++] = name;
		}
		h := hash(name);
		tab[h] = u :: tab[h];
	}
}

known()
{
	n := 0;
	for(i := 0; i < len tab; i++)
		n += len tab[i];
	sys->print("%d units; %d base units\n", n, nbase);
}

hash(s: string): int
{
	h := 0;
	for(i := 0; i < len s; i++)
		h = (h*31 + s[i]) & 16rffffff;
	return h % len tab;
}

prefixes := array[] of {
	("quetta", 1e30), ("ronna", 1e27), ("yotta", 1e24), ("zetta", 1e21), ("exa", 1e18), ("peta", 1e15), ("tera", 1e12),
	("giga", 1e9), ("mega", 1e6), ("kilo", 1e3), ("hecto", 1e2), ("deka", 1e1), ("deca", 1e1), ("deci", 1e-1),
	("centi", 1e-2), ("milli", 1e-3), ("micro", 1e-6), ("nano", 1e-9), ("pico", 1e-12), ("femto", 1e-15),
	("atto", 1e-18), ("zepto", 1e-21), ("yocto", 1e-24), ("kibi", 1024.0), ("mebi", 1048576.0), ("gibi", 1073741824.0),
	("tebi", 1099511627776.0), ("semi", .5), ("demi", .5),
};

find(name: string): ref Unit
{
	for(l := tab[hash(name)]; l != nil; l = tl l)
		if((hd l).name == name)
			return hd l;
	return nil;
}

# a name, if need be less a plural s, or a prefix and a name
lookup(name: string): ref Quantity
{
	u := find(name);
	if(u == nil && len name > 2 && name[len name - 1] == 's')
		u = find(name[0:len name - 1]);
	if(u != nil)
		return define(u);
	for(i := 0; i < len prefixes; i++){
		(p, v) := prefixes[i];
		if(len name >= len p && name[0:len p] == p){
			if(len name == len p)
				return ref Quantity(v, nil);
			q := lookup(name[len p:]);
			if(q != nil)
				return ref Quantity(v * q.v, q.dim);
		}
	}
	return nil;
}

define(u: ref Unit): ref Quantity
{
	if(u.q != nil)
		return u.q;
	if(u.busy){
		bad = u.name + " is defined by itself";
		return nil;
	}
	u.busy = 1;
	(t, i) := (text, at);
	(text, at) = (u.def, 0);
	u.q = expression();
	if(bad == nil && skip() != -1)
		bad = sys->sprint("%s:%d: bad definition of %s", u.file, u.line, u.name);
	(text, at) = (t, i);
	u.busy = 0;
	if(bad != nil)
		u.q = nil;
	return u.q;
}

#
# expressions
#

parse(s: string): ref Quantity
{
	text = s;
	at = 0;
	bad = nil;
	q := expression();
	if(bad == nil && skip() != -1)
		bad = sys->sprint("syntax error at %s", str->take(text[at:], "^\n"));
	if(bad != nil){
		sys->print("%s\n", bad);
		return nil;
	}
	return q;
}

# the next character that is not blank; -1 at the end
skip(): int
{
	while(at < len text && (text[at] == ' ' || text[at] == '\t' || text[at] == '\n'))
		at++;
	if(at == len text)
		return -1;
	return text[at];
}

# sums
expression(): ref Quantity
{
	a := product();
	while(bad == nil && ((c := skip()) == '+' || c == '-')){
		at++;
		b := product();
		if(bad != nil)
			break;
		if(!same(a.dim, b.dim)){
			bad = "sum of different kinds of units";
			break;
		}
		if(c == '+')
			a = ref Quantity(a.v + b.v, a.dim);
		else
			a = ref Quantity(a.v - b.v, a.dim);
	}
	return a;
}

# a * b and a b; a / b, where what stands without a sign belongs to b
product(): ref Quantity
{
	a := factor();
	while(bad == nil){
		c := skip();
		sign := 1;
		if(c == '/'){
			sign = -1;
			at++;
		}else if(c == '*' || c == '×' || c == '·')
			at++;
		else if(c == -1 || str->in(c, ")+\\-"))
			break;
		b := factor();
		while(bad == nil && sign < 0 && (c = skip()) != -1 && !str->in(c, "*×·/)+\\-"))
			b = b.mul(factor1(), 1);
		if(bad == nil)
			a = a.mul(b, sign);
	}
	return a;
}

factor1(): ref Quantity
{
	q := factor();
	if(q == nil)
		q = ref Quantity(1.0, nil);
	return q;
}

# with its power, and | for a fraction
factor(): ref Quantity
{
	a := primary();
	while(bad == nil){
		c := skip();
		n := 1;
		if(c == '|'){
			at++;
			b := primary();
			if(bad == nil)
				a = a.mul(b, -1);
			continue;
		}else if(c == '²' || c == '³'){
			n = 2;
			if(c == '³')
				n = 3;
			at++;
		}else if(c == '^'){
			at++;
			skip();
			rest: string;
			(n, rest) = str->toint(text[at:], 10);
			if(rest == text[at:]){
				bad = "bad power";
				break;
			}
			at = len text - len rest;
		}else
			break;
		d := array[nbase] of int;
		for(i := 0; i < nbase; i++)
			d[i] = n * power(a.dim, i);
		a = ref Quantity(math->pow(a.v, real n), d);
	}
	return a;
}

isname(c: int): int
{
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || str->in(c, "%$'\"_") || c > 16ra0 && !str->in(c, "²³×·");
}

primary(): ref Quantity
{
	c := skip();
	if(c == '('){
		at++;
		q := expression();
		if(bad == nil && skip() != ')')
			bad = "missing )";
		at++;
		return q;
	}
	if(c == '-' || c == '+'){
		at++;
		q := primary();
		if(q != nil && c == '-')
			q = ref Quantity(-q.v, q.dim);
		return q;
	}
	if(c >= '0' && c <= '9' || c == '.'){
		start := at;
		t := text[at:];
		if(c == '.')
			t = "0" + t;
		(v, rest) := str->toreal(t, 10);
		at = len text - len rest;
		if(at == start){
			bad = "bad number";
			return nil;
		}
		return ref Quantity(v, nil);
	}
	start := at;
	while(at < len text && isname(text[at]))
		at++;
	if(start == at){
		bad = "missing unit";
		return nil;
	}
	name := text[start:at];
	q := lookup(name);
	if(q == nil && bad == nil)
		bad = "cannot recognize " + name;
	return q;
}

nomod(path: string)
{
	sys->fprint(sys->fildes(2), "units: cannot load %s: %r\n", path);
	raise "fail:bad module";
}
