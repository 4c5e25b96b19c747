implement M4;

#
# A macro processor; see m4(1).
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "bufio.m";
	bufio: Bufio;
	Iobuf: import bufio;

include "string.m";
	str: String;

M4: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

#
# Text that is still to be read is a stack of strings over the files; what macros produce is pushed back on it. While
# the arguments of a macro are collected, output goes to them.
#

Macro: adt
{
	name:	string;
	text:	string;		# nil and builtin: none
	builtin:	int;
};

Source: adt
{
	s:	string;
	i:	int;
	f:	ref Iobuf;
};

NDIV: con 10;

macros := array[251] of list of ref Macro;
input: list of ref Source;
args: array of string;		# of the macro being collected
depth := 0;
diversion := 0;
diverted := array[NDIV] of string;
out: ref Iobuf;
lq := "`";
rq := "'";
combeg := "#";
comend := "\n";
wrapped := "";
ctxt: ref Draw->Context;
prefix := "";
failed: int;

builtins := array[] of {
	"changecom", "changequote", "copydef", "define", "divert", "divnum", "dnl", "dumpdef", "errprint", "eval",
	"ifdef", "ifelse", "include", "incr", "index", "len", "maketemp", "sinclude", "substr", "syscmd",
	"translit", "undefine", "undivert", "shift", "decr", "m4exit",
};

Shell: module
{
	system:	fn(drawctxt: ref Draw->Context, cmd: string): string;
};

init(c: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	bufio = load Bufio Bufio->PATH;
	if(bufio == nil)
		nomod(Bufio->PATH);
	str = load String String->PATH;
	if(str == nil)
		nomod(String->PATH);
	ctxt = c;
	out = bufio->fopen(sys->fildes(1), Bufio->OWRITE);
	if(argv != nil)
		argv = tl argv;
	for(l := argv; l != nil && len hd l > 1 && (hd l)[0] == '-'; l = tl l)
		if((hd l)[1] == 'p')
			prefix = (hd l)[2:];
	for(i := 0; i < len builtins; i++)
		enter(ref Macro(prefix + builtins[i], nil, 1));
	enter(ref Macro("inferno", "", 0));
	for(; argv != nil && len hd argv > 1 && (hd argv)[0] == '-'; argv = tl argv){
		a := (hd argv)[2:];
		case (hd argv)[1] {
		'D' or 'Q' =>
			(name, val) := str->splitl(a, "=");
			if(val != nil)
				val = val[1:];
			enter(ref Macro(name, val, 0));
		'U' =>
			remove(a);
		'p' or 't' =>
			;
		* =>
			sys->fprint(sys->fildes(2), "usage: m4 [-t] [-pprefix] [-Dname[=value]] [-Qname[=value]] [-Uname] [file ...]\n");
			raise "fail:usage";
		}
	}
	if(argv == nil){
		input = ref Source(nil, 0, bufio->fopen(sys->fildes(0), Bufio->OREAD)) :: nil;
		scan();
	}
	for(; argv != nil; argv = tl argv){
		f: ref Iobuf;
		if(hd argv == "-")
			f = bufio->fopen(sys->fildes(0), Bufio->OREAD);
		else
			f = bufio->open(hd argv, Bufio->OREAD);
		if(f == nil){
			error(sys->sprint("can't open %s: %r", hd argv));
			continue;
		}
		input = ref Source(nil, 0, f) :: nil;
		scan();
	}
	diversion = 0;
	for(i = 1; i < NDIV; i++)
		out.puts(diverted[i]);
	if(out.flush() == Bufio->ERROR){
		sys->fprint(sys->fildes(2), "m4: write error: %r\n");
		failed = 1;
	}
	if(failed)
		raise "fail:error";
}

error(s: string)
{
	out.flush();
	sys->fprint(sys->fildes(2), "m4: %s\n", s);
	failed = 1;
}

slot(name: string): int
{
	h := 0;
	for(i := 0; i < len name; i++)
		h = h*31 + name[i];
	return (h & 16r7fffffff) % len macros;
}

lookup(name: string): ref Macro
{
	for(l := macros[slot(name)]; l != nil; l = tl l)
		if((hd l).name == name)
			return hd l;
	return nil;
}

remove(name: string)
{
	h := slot(name);
	r: list of ref Macro;
	for(l := macros[h]; l != nil; l = tl l)
		if((hd l).name != name)
			r = hd l :: r;
	macros[h] = r;
}

enter(m: ref Macro)
{
	remove(m.name);
	h := slot(m.name);
	macros[h] = m :: macros[h];
}

#
# input
#

get(): int
{
	while(input != nil){
		s := hd input;
		c := -1;
		if(s.f != nil)
			c = s.f.getc();
		else if(s.i < len s.s)
			c = s.s[s.i++];
		if(c >= 0)
			return c;
		input = tl input;
	}
	return -1;
}

push(s: string)
{
	if(s != nil)
		input = ref Source(s, 0, nil) :: input;
}

unget(c: int)
{
	if(c < 0)
		return;
	s := "";
	s[0] = c;
	push(s);
}

# does the input go on with s? then it is taken
ahead(s: string): int
{
	if(s == nil)
		return 0;
	for(i := 0; i < len s; i++){
		c := get();
		if(c != s[i]){
			unget(c);
			push(s[0:i]);
			return 0;
		}
	}
	return 1;
}

put(s: string)
{
	if(diversion == 0)
		out.puts(s);
	else if(diversion > 0 && diversion < NDIV)
		diverted[diversion] += s;
}

isalpha(c: int): int
{
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || c > 16r7f;
}

isalnum(c: int): int
{
	return isalpha(c) || c >= '0' && c <= '9';
}

char(c: int): string
{
	s := "";
	s[0] = c;
	return s;
}

# what is inside quotes, without the outer ones
quoted(): string
{
	s := "";
	for(level := 1;;){
		if(ahead(rq)){
			if(--level == 0)
				return s;
			s += rq;
		}else if(ahead(lq)){
			level++;
			s += lq;
		}else{
			c := get();
			if(c < 0){
				error("unexpected end of file in quotes");
				return s;
			}
			s[len s] = c;
		}
	}
}

scan()
{
	for(;;){
		(kind, s) := token();
		case kind {
		-1 =>
			return;
		'w' =>
			m := lookup(s);
			if(m == nil)
				put(s);
			else
				call(m);
		* =>
			put(s);
		}
	}
}

# a word 'w', quoted text 'q', a comment 'c', another character; -1 at the end
token(): (int, string)
{
	if(lq != nil && ahead(lq))
		return ('q', quoted());
	if(combeg != nil && ahead(combeg)){
		s := combeg;
		while(!ahead(comend)){
			c := get();
			if(c < 0)
				return ('c', s);
			s[len s] = c;
		}
		return ('c', s + comend);
	}
	c := get();
	if(c < 0)
		return (-1, nil);
	if(!isalpha(c))
		return (c, char(c));
	s := char(c);
	while(isalnum(c = get()))
		s[len s] = c;
	unget(c);
	return ('w', s);
}

# the arguments, element 0 the name, and expansion of a macro whose name was read
call(m: ref Macro)
{
	l := m.name :: nil;
	c := get();
	if(c == '(')
		l = arguments(l);
	else
		unget(c);
	a := array[len l] of string;
	for(i := len a; --i >= 0; l = tl l)
		a[i] = hd l;
	if(m.builtin)
		builtin(m.name[len prefix:], a);
	else
		push(expansion(m.text, a));
}

arguments(l: list of string): list of string
{
	if(++depth > 1000){
		error("macro calls too deep");
		raise "fail:error";
	}
	for(done := 0; !done;){
		s := "";
		# white space in front of an argument does not count
		c: int;
		while((c = get()) == ' ' || c == '\t' || c == '\n')
			;
		unget(c);
		for(level := 0;;){
			(kind, t) := token();
			if(kind == -1){
				error("unexpected end of file in the arguments of a macro");
				done = 1;
				break;
			}
			if(kind == ',' && level == 0)
				break;
			if(kind == ')' && level-- == 0){
				done = 1;
				break;
			}
			if(kind == '(')
				level++;
			if(kind == 'w' && (m := lookup(t)) != nil)
				call(m);
			else
				s += t;
		}
		l = s :: l;
	}
	depth--;
	return l;
}

arg(a: array of string, i: int): string
{
	if(i < len a)
		return a[i];
	return nil;
}

expansion(text: string, a: array of string): string
{
	r := "";
	for(i := 0; i < len text; i++){
		if(text[i] != '$' || i+1 >= len text){
			r[len r] = text[i];
			continue;
		}
		case c := text[i+1] {
		'0' to '9' =>
			r += arg(a, c - '0');
			i++;
		'#' =>
			r += string (len a - 1);
			i++;
		'*' or '@' =>
			for(j := 1; j < len a; j++){
				if(j > 1)
					r[len r] = ',';
				if(c == '@')
					r += lq + a[j] + rq;
				else
					r += a[j];
			}
			i++;
		* =>
			r[len r] = '$';
		}
	}
	return r;
}

#
# built-in macros
#

builtin(name: string, a: array of string)
{
	a1 := arg(a, 1);
	a2 := arg(a, 2);
	case name {
	"define" =>
		if(a1 != nil)
			enter(ref Macro(a1, a2, 0));
	"copydef" =>
		m := lookup(a1);
		if(m != nil && a2 != nil)
			enter(ref Macro(a2, m.text, m.builtin));
	"undefine" =>
		for(i := 1; i < len a; i++)
			remove(a[i]);
	"ifdef" =>
		if(lookup(a1) != nil)
			push(a2);
		else
			push(arg(a, 3));
	"ifelse" =>
		for(i := 1; i + 2 < len a; i += 3){
			if(a[i] == a[i+1]){
				push(a[i+2]);
				return;
			}
			if(i + 4 == len a){
				push(a[i+3]);
				return;
			}
		}
	"shift" =>
		s := "";
		for(i := 2; i < len a; i++){
			if(i > 2)
				s += ",";
			s += lq + a[i] + rq;
		}
		push(s);
	"changequote" =>
		lq = "`";
		rq = "'";
		if(a1 != nil)
			lq = rq = a1;
		if(a2 != nil)
			rq = a2;
	"changecom" =>
		combeg = a1;
		comend = "\n";
		if(a2 != nil)
			comend = a2;
	"divert" =>
		diversion = 0;
		if(a1 != nil)
			diversion = int a1;
	"divnum" =>
		push(string diversion);
	"undivert" =>
		i: int;
		if(len a == 1)
			for(i = 1; i < NDIV; i++)
				undivert(i);
		for(i = 1; i < len a; i++)
			undivert(int a[i]);
	"dnl" =>
		while((c := get()) >= 0 && c != '\n')
			;
	"dumpdef" =>
		for(i := 0; i < len macros; i++)
			for(l := macros[i]; l != nil; l = tl l){
				m := hd l;
				if(len a > 1 && m.name != a1)
					continue;
				if(m.builtin)
					sys->fprint(sys->fildes(2), "`%s'\t<%s>\n", m.name, m.name);
				else
					sys->fprint(sys->fildes(2), "`%s'\t`%s'\n", m.name, m.text);
			}
	"errprint" =>
		s := "";
		for(i := 1; i < len a; i++)
			s += a[i];
		sys->fprint(sys->fildes(2), "%s\n", s);
	"eval" =>
		push(eval(a1, a2, arg(a, 3)));
	"incr" =>
		push(string (int a1 + 1));
	"decr" =>
		push(string (int a1 - 1));
	"len" =>
		push(string len a1);
	"index" =>
		(x, y) := str->splitstrl(a1, a2);
		if(y == nil && a2 != nil)
			push("-1");
		else
			push(string len x);
	"substr" =>
		i := int a2;
		n := len a1 - i;
		if(len a > 3)
			n = int a[3];
		if(i >= 0 && i < len a1 && n > 0){
			if(i + n > len a1)
				n = len a1 - i;
			push(a1[i:i+n]);
		}
	"translit" =>
		push(translit(a1, a2, arg(a, 3)));
	"include" or "sinclude" =>
		f := bufio->open(a1, Bufio->OREAD);
		if(f != nil)
			input = ref Source(nil, 0, f) :: input;
		else if(name == "include")
			error(sys->sprint("can't open %s: %r", a1));
	"syscmd" =>
		out.flush();
		sh := load Shell "/dis/sh.dis";
		if(sh == nil)
			error(sys->sprint("can't load sh: %r"));
		else
			sh->system(ctxt, "{" + a1 + "}");
	"maketemp" =>
		pid := string sys->pctl(0, nil);
		s := a1;
		n := len s;
		while(n > 0 && s[n-1] == 'X')
			n--;
		push(s[0:n] + pid);
	"m4exit" =>
		out.flush();
		if(int a1 != 0)
			raise "fail:" + a1;
		exit;
	}
}

undivert(i: int)
{
	if(i <= 0 || i >= NDIV || i == diversion)
		return;
	s := diverted[i];
	diverted[i] = nil;
	put(s);
}

translit(s, from, onto: string): string
{
	from = ranges(from);
	onto = ranges(onto);
	r := "";
	for(i := 0; i < len s; i++){
		for(j := 0; j < len from && from[j] != s[i]; j++)
			;
		if(j >= len from)
			r[len r] = s[i];
		else if(j < len onto)
			r[len r] = onto[j];
	}
	return r;
}

ranges(s: string): string
{
	r := "";
	for(i := 0; i < len s; i++){
		r[len r] = s[i];
		if(i+2 < len s && s[i+1] == '-')
			for(c := s[i] + 1; c < s[i+2]; c++)
				r[len r] = c;
		if(i+2 < len s && s[i+1] == '-')
			i++;
	}
	return r;
}

#
# expressions
#

etext: string;
epos: int;

eval(s, radix, width: string): string
{
	etext = s;
	epos = 0;
	v := big 0;
	{
		v = binary(0);
		if(peek() >= 0)
			raise "eval: bad expression: " + s;
	}exception e{
	"eval:*" =>
		error(e);
	}
	base := 10;
	if(radix != nil)
		base = int radix;
	if(base < 2 || base > 36)
		base = 10;
	neg := v < big 0;
	if(neg)
		v = -v;
	r := "";
	do{
		d := int (v % big base);
		c := '0' + d;
		if(d > 9)
			c = 'a' + d - 10;
		r = char(c) + r;
		v /= big base;
	}while(v > big 0);
	while(width != nil && len r < int width)
		r = "0" + r;
	if(neg)
		r = "-" + r;
	return r;
}

peek(): int
{
	while(epos < len etext && (etext[epos] == ' ' || etext[epos] == '\t' || etext[epos] == '\n'))
		epos++;
	if(epos >= len etext)
		return -1;
	return etext[epos];
}

# operators by precedence, each longer one before those it begins with
ops := array[] of {
	"||", "&&", "|", "^", "&", "== !=", "<= >= < >", "<< >>", "+ -", "* / %",
};

operator(level: int): string
{
	if(peek() < 0)
		return nil;
	(nil, l) := sys->tokenize(ops[level], " ");
	for(; l != nil; l = tl l){
		o := hd l;
		if(epos + len o > len etext || etext[epos:epos+len o] != o)
			continue;
		next := -1;
		if(epos + len o < len etext)
			next = etext[epos + len o];
		if(len o == 1 && (o == "|" || o == "&" || o == "<" || o == ">" || o == "*") && next == o[0])
			continue;
		epos += len o;
		return o;
	}
	return nil;
}

binary(level: int): big
{
	if(level == len ops)
		return unary();
	v := binary(level + 1);
	while((o := operator(level)) != nil){
		w := binary(level + 1);
		case o {
		"||" =>	v = truth(v != big 0 || w != big 0);
		"&&" =>	v = truth(v != big 0 && w != big 0);
		"|" =>	v |= w;
		"^" =>	v ^= w;
		"&" =>	v &= w;
		"==" =>	v = truth(v == w);
		"!=" =>	v = truth(v != w);
		"<=" =>	v = truth(v <= w);
		">=" =>	v = truth(v >= w);
		"<" =>	v = truth(v < w);
		">" =>	v = truth(v > w);
		"<<" =>	v <<= int w;
		">>" =>	v >>= int w;
		"+" =>	v += w;
		"-" =>	v -= w;
		"*" =>	v *= w;
		"/" or "%" =>
			if(w == big 0)
				raise "eval: division by zero";
			if(o == "/")
				v /= w;
			else
				v %= w;
		}
	}
	return v;
}

truth(b: int): big
{
	return big b;
}

unary(): big
{
	c := peek();
	case c {
	'-' =>
		epos++;
		return -unary();
	'+' =>
		epos++;
		return unary();
	'!' =>
		epos++;
		return truth(unary() == big 0);
	'~' =>
		epos++;
		return ~unary();
	}
	v := primary();
	if(peek() == '*' && epos+1 < len etext && etext[epos+1] == '*'){
		epos += 2;
		n := unary();
		r := big 1;
		for(; n > big 0; n--)
			r *= v;
		return r;
	}
	return v;
}

primary(): big
{
	c := peek();
	if(c == '('){
		epos++;
		v := binary(0);
		if(peek() != ')')
			raise "eval: missing ): " + etext;
		epos++;
		return v;
	}
	base := 10;
	start := epos;
	if(c == '0'){
		base = 8;
		if(epos+1 < len etext && (etext[epos+1] == 'x' || etext[epos+1] == 'X')){
			base = 16;
			epos += 2;
			start = epos;
		}
	}
	(v, rest) := str->tobig(etext[epos:], base);
	epos = len etext - len rest;
	if(epos == start || c == '-' || c == '+')
		raise "eval: bad expression: " + etext;
	return v;
}

nomod(path: string)
{
	sys->fprint(sys->fildes(2), "m4: cannot load %s: %r\n", path);
	raise "fail:bad module";
}
