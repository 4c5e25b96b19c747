implement Yacc;

#
# Makes parsers of grammars; see yacc(1).
#
# The grammar is read into symbols and rules; the states are the sets of LR(0) items, each with
# the lookaheads of its kernel, which are passed on until nothing changes (LALR); conflicts are settled by
# precedence, else for shifting or for the earlier rule. The parser itself is a text, Parser,
# which is copied behind the tables.
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "arg.m";
	arg: Arg;

include "bufio.m";
	bufio: Bufio;
	Iobuf: import bufio;

Yacc: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

Parser:	con "/lib/yaccpar";
Firsttoken: con 57346;		# codes of tokens that are not characters
Errcode: con Firsttoken - 1;

Noassoc, Left, Right, Binary: con iota;

Symbol: adt
{
	n:	int;
	name:	string;
	term:	int;
	code:	int;			# what lex returns for it
	assoc, prec: int;		# prec 0: none
	tag:	string;			# member of YYSTYPE
	nullable: int;
	first:	array of int;		# a set of terminals
	rules:	list of ref Rule;
	used:	int;
};

Rule: adt
{
	n:	int;
	lhs:	ref Symbol;
	rhs:	array of ref Symbol;
	assoc, prec: int;
	action:	string;			# ready to be printed; nil: none
	line:	int;
	used:	int;
};

# a rule, with the place in it
Item: adt
{
	r:	ref Rule;
	dot:	int;
	ahead:	array of int;
};

State: adt
{
	n:	int;
	kernel:	array of ref Item;
	after:	ref Symbol;		# what leads here
	next:	array of ref State;	# by symbol
	queued:	int;
	acts:	array of int;		# by number of terminal
	deflt:	int;
	notes:	list of string;		# conflicts
};

# acts: 0 none, n > 0 shift to state n, -n reduce by rule n, Noact error by %nonassoc
Noact:	con 16r7fffffff;

syms: array of ref Symbol;
nsyms := 0;
nterms := 0;
symtab := array[503] of list of ref Symbol;
rules: array of ref Rule;
nrules := 0;
states: array of ref State;
nstates := 0;
statetab := array[2003] of list of (string, ref State);
nwords: int;				# of a set of terminals
endsym, errsym, accept: ref Symbol;
start: string;
nextcode := Firsttoken;
level := 0;
mids := 0;
module_, modtext: string;
prologue := "";
tailtext := "";
srconflicts := 0;
rrconflicts := 0;

in: ref Iobuf;
infile: string;
line := 1;
lineno: int;				# where the last word began

verbose, defs, nomodule, debugging: int;

init(nil: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	arg = load Arg Arg->PATH;
	if(arg == nil)
		nomod(Arg->PATH);
	bufio = load Bufio Bufio->PATH;
	if(bufio == nil)
		nomod(Bufio->PATH);
	arg->init(argv);
	arg->setusage("yacc [-vdm] [-Dn] [-o output] [-s stem] file");
	stem := "y";
	outfile: string;
	while((o := arg->opt()) != 0)
		case o {
		'v' =>	verbose = 1;
		'd' =>	defs = 1;
		'm' =>	nomodule = 1;
		'D' =>
			debugging = 1;
			if((a := arg->arg()) != nil)
				debugging = int a;
		'o' =>	outfile = arg->earg();
		's' =>	stem = arg->earg();
		* =>	arg->usage();
		}
	argv = arg->argv();
	if(len argv != 1)
		arg->usage();
	if(outfile == nil)
		outfile = stem + ".tab.b";
	infile = hd argv;
	in = bufio->open(infile, Bufio->OREAD);
	if(in == nil)
		fatal(sys->sprint("can't open %s: %r", infile));
	syms = array[64] of ref Symbol;
	rules = array[64] of ref Rule;
	endsym = symbol("$end");
	endsym.term = 1;
	errsym = symbol("error");
	errsym.term = 1;
	errsym.code = Errcode;
	accept = symbol("$accept");
	newrule(accept, nil);
	declarations();
	grammar();
	check();
	number();
	firsts();
	makestates();
	lookaheads();
	for(i := 0; i < nstates; i++)
		actions(states[i]);
	if(verbose)
		writefile(stem + ".output", describe);
	if(debugging)
		writefile(stem + ".debug", debugnames);
	if(defs)
		writefile(stem + ".tab.m", definitions);
	writefile(outfile, parser);
	if(srconflicts || rrconflicts){
		s := "";
		if(srconflicts)
			s = sys->sprint("%d shift/reduce", srconflicts);
		if(srconflicts && rrconflicts)
			s += ", ";
		if(rrconflicts)
			s += sys->sprint("%d reduce/reduce", rrconflicts);
		sys->fprint(sys->fildes(2), "\nconflicts: %s\n", s);
	}
	for(i = 1; i < nrules; i++)
		if(!rules[i].used)
			sys->fprint(sys->fildes(2), "%s:%d: rule not reduced: %s\n", infile, rules[i].line, ruletext(rules[i], -1));
}

fatal(s: string)
{
	sys->fprint(sys->fildes(2), "yacc: %s\n", s);
	raise "fail:error";
}

error(s: string)
{
	sys->fprint(sys->fildes(2), "%s:%d: %s\n", infile, lineno, s);
	raise "fail:error";
}

#
# symbols and rules
#

symbol(name: string): ref Symbol
{
	h := 0;
	for(i := 0; i < len name; i++)
		h = (h*31 + name[i]) & 16r7fffffff;
	h %= len symtab;
	for(l := symtab[h]; l != nil; l = tl l)
		if((hd l).name == name)
			return hd l;
	s := ref Symbol(nsyms, name, 0, 0, Noassoc, 0, nil, 0, nil, nil, 0);
	if(name[0] == '\''){
		s.term = 1;
		s.code = name[1];
	}
	symtab[h] = s :: symtab[h];
	if(nsyms == len syms){
		a := array[2*nsyms] of ref Symbol;
		a[0:] = syms;
		syms = a;
	}
	syms[nsyms++] = s;
	return s;
}

newrule(lhs: ref Symbol, rhs: array of ref Symbol): ref Rule
{
	r := ref Rule(nrules, lhs, rhs, Noassoc, 0, nil, lineno, 0);
	if(nrules == len rules){
		a := array[2*nrules] of ref Rule;
		a[0:] = rules;
		rules = a;
	}
	rules[nrules++] = r;
	lhs.rules = r :: lhs.rules;
	return r;
}

#
# reading
#

Word:	type string;	# a name, 'c, <tag>, %word, a number, or one character; nil at the end

getc(): int
{
	c := in.getc();
	if(c == '\n')
		line++;
	return c;
}

ungetc(c: int)
{
	if(c < 0)
		return;
	in.ungetc();
	if(c == '\n')
		line--;
}

isname(c: int): int
{
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c == '.' || c > 16ra0;
}

pushed: Word;

unword(w: Word)
{
	pushed = w;
}

word(): Word
{
	if(pushed != nil){
		w := pushed;
		pushed = nil;
		return w;
	}
	for(;;){
		c := getc();
		lineno = line;
		case c {
		Bufio->EOF or Bufio->ERROR =>
			return nil;
		' ' or '\t' or '\n' or '\r' =>
			continue;
		'#' =>
			while((c = getc()) != '\n' && c >= 0)
				;
			continue;
		'/' =>
			if((c = getc()) != '*')
				error("illegal character /");
			last := 0;
			while((c = getc()) >= 0 && !(last == '*' && c == '/'))
				last = c;
			continue;
		'\'' =>
			c = character('\'');
			if(getc() != '\'')
				error("missing '");
			return sys->sprint("'%c", c);
		'<' =>
			s := "<";
			while((c = getc()) != '>'){
				if(c < ' ')
					error("unterminated < ... > clause");
				s[len s] = c;
			}
			return s;
		'%' =>
			c = getc();
			if(c == '%' || c == '{')
				return sys->sprint("%%%c", c);
			if(!isname(c))
				error("illegal %");
			return "%" + name(c);
		}
		if(isname(c))
			return name(c);
		return sys->sprint("%c", c);
	}
}

name(c: int): string
{
	s := "";
	for(; isname(c); c = getc())
		s[len s] = c;
	ungetc(c);
	return s;
}

# of a constant, after its quote
character(quote: int): int
{
	c := getc();
	if(c == quote || c < 0 || c == '\n')
		error("bad character constant");
	if(c != '\\')
		return c;
	case c = getc() {
	'n' =>	return '\n';
	't' =>	return '\t';
	'r' =>	return '\r';
	'b' =>	return '\b';
	'a' =>	return '\a';
	'v' =>	return '\v';
	'0' =>	return 0;
	'u' =>
		v := 0;
		for(i := 0; i < 4; i++){
			c = getc();
			if(c >= '0' && c <= '9')
				v = v << 4 | c - '0';
			else if(c >= 'a' && c <= 'f')
				v = v << 4 | c - 'a' + 10;
			else if(c >= 'A' && c <= 'F')
				v = v << 4 | c - 'A' + 10;
			else
				error("bad character constant");
		}
		return v;
	}
	return c;
}

isdigits(s: string): int
{
	for(i := 0; i < len s; i++)
		if(s[i] < '0' || s[i] > '9')
			return 0;
	return s != nil;
}

declarations()
{
	for(;;){
		w := word();
		case w {
		"" =>
			error("unexpected end of file before %%");
		"%%" =>
			return;
		"%{" =>
			prologue += upto();
		"%start" =>
			start = word();
		"%module" =>
			module_ = word();
			w = word();
			if(w != "{")
				error("bad syntax in %module");
			modtext = braces(nil, nil);
			modtext = modtext[1:len modtext - 1];
		"%token" or "%term" =>
			names(-1);
		"%type" =>
			names(-2);
		"%left" =>
			names(Left);
		"%right" =>
			names(Right);
		"%nonassoc" or "%binary" =>
			names(Binary);
		";" =>
			;
		* =>
			error("syntax error at " + w);
		}
	}
}

# of %token (-1), %type (-2), or a kind of precedence
names(kind: int)
{
	tag: string;
	if(kind >= 0)
		level++;
	s: ref Symbol;
	for(;;){
		w := word();
		if(w == ",")
			continue;
		if(w != nil && w[0] == '<'){
			tag = w[1:];
			continue;
		}
		if(isdigits(w)){
			if(s == nil || kind == -2)
				error("unexpected number");
			s.code = int w;
			continue;
		}
		if(w == nil || !isname(w[0]) && w[0] != '\''){
			unword(w);
			return;
		}
		s = symbol(w);
		if(tag != nil){
			if(s.tag != nil && s.tag != tag)
				error("type redeclaration of " + w);
			s.tag = tag;
		}
		if(kind == -2)
			continue;
		s.term = 1;
		if(kind >= 0){
			if(s.prec != 0)
				error("redeclaration of precedence of " + w);
			s.assoc = kind;
			s.prec = level;
		}
	}
}

# text up to %}
upto(): string
{
	s := "";
	for(;;){
		c := getc();
		if(c < 0)
			error("no %}");
		if(c == '%'){
			c = getc();
			if(c == '}')
				return s;
			s[len s] = '%';
		}
		s[len s] = c;
	}
}

nextlhs: string;			# the name before a colon that ended a rule

grammar()
{
	w := word();
	begun := 0;			# the colon after w has been read
	while(w != nil && w != "%%"){
		if(w == "%{"){
			prologue += upto();
			w = word();
			continue;
		}
		if(!isname(w[0]))
			error("bad syntax on first rule part: " + w);
		lhs := symbol(w);
		if(lhs.term)
			error("token illegal on the left of a rule: " + w);
		if(start == nil)
			start = w;
		if(!begun && word() != ":")
			error("missing : after " + w);
		do
			w = alternative(lhs);
		while(w == "|");
		begun = w == ":";
		if(begun)
			w = nextlhs;
		else if(w == ";")
			w = word();
	}
	if(w == "%%"){
		while((c := getc()) >= 0)
			tailtext[len tailtext] = c;
	}
	if(start == nil)
		error("no rules");
	rules[0].rhs = array[] of {symbol(start), endsym};
}

# returns the word that ends it
alternative(lhs: ref Symbol): Word
{
	r := newrule(lhs, nil);
	rhs := array[8] of ref Symbol;
	n := 0;
	middle: string;			# an action that more may follow
	ahead := 0;
	prec: ref Symbol;
	w: Word;
	for(;;){
		w = word();
		if(w == nil || w == "|" || w == ";" || w == "%%")
			break;
		if(w == "%prec"){
			prec = symbol(word());
			if(!prec.term)
				error("%prec needs a token");
			continue;
		}
		issym := isname(w[0]) || w[0] == '\'';
		if(w[0] != '{' && !issym)
			error("syntax error at " + w);
		if(issym && isname(w[0])){
			# NAME ':' begins the next rule when the ; was left out
			next := word();
			if(next == ":"){
				nextlhs = w;
				w = next;
				break;
			}
			unword(next);
		}
		if(middle != nil){
			m := symbol("$$" + string ++mids);
			newrule(m, nil).action = middle;
			middle = nil;
			(rhs, n) = append(rhs, n, m);
		}
		if(issym){
			s := symbol(w);
			s.used = 1;
			if(s.term && s.prec){
				r.assoc = s.assoc;
				r.prec = s.prec;
			}
			(rhs, n) = append(rhs, n, s);
		}else{
			middle = braces(rhs[0:n], lhs);
			ahead = 1;
		}
	}
	if(middle == nil && ahead == 0 && n > 0 && lhs.tag != rhs[0].tag && lhs.tag != nil && !(rhs[0].term && rhs[0].tag == nil))
		error("default action of " + lhs.name + " causes a clash of types");
	r.action = middle;
	r.rhs = rhs[0:n];
	if(prec != nil){
		r.assoc = prec.assoc;
		r.prec = prec.prec;
	}
	return w;
}

append(a: array of ref Symbol, n: int, s: ref Symbol): (array of ref Symbol, int)
{
	if(n == len a){
		b := array[2*n] of ref Symbol;
		b[0:] = a;
		a = b;
	}
	a[n++] = s;
	return (a, n);
}

#
# The text of a block after its {. In an action, which stands after the symbols rhs of a rule for lhs, $ is put
# into other words: yyval is the value of the rule, yyv the stack of values, yyp the place of the last symbol.
#
braces(rhs: array of ref Symbol, lhs: ref Symbol): string
{
	s := "{";
	depth := 1;
	while(depth > 0){
		c := getc();
		case c {
		Bufio->EOF or Bufio->ERROR =>
			error("action does not terminate");
		'{' =>
			depth++;
		'}' =>
			depth--;
		'#' =>
			while(c != '\n' && c >= 0){
				s[len s] = c;
				c = getc();
			}
		'"' or '\'' =>
			quote := c;
			s[len s] = c;
			while((c = getc()) != quote){
				if(c < 0 || c == '\n')
					error("string or character not terminated");
				s[len s] = c;
				if(c == '\\')
					s[len s] = getc();
			}
		'$' =>
			if(lhs != nil){
				s += value(rhs, lhs);
				continue;
			}
		}
		s[len s] = c;
	}
	return s;
}

value(rhs: array of ref Symbol, lhs: ref Symbol): string
{
	c := getc();
	tag: string;
	if(c == '<'){
		while((c = getc()) != '>'){
			if(c < 0 || c == '\n')
				error("bad $<tag>");
			tag[len tag] = c;
		}
		c = getc();
	}
	s: string;
	if(c == '$'){
		s = "yyval";
		if(tag == nil)
			tag = lhs.tag;
	}else{
		n := 0;
		neg := 0;
		if(c == '-'){
			neg = 1;
			c = getc();
		}
		if(c < '0' || c > '9')
			error("bad use of $");
		for(; c >= '0' && c <= '9'; c = getc())
			n = 10*n + c - '0';
		ungetc(c);
		if(neg)
			n = -n;
		if(n > len rhs)
			error("illegal use of $" + string n);
		if(tag == nil && n > 0)
			tag = rhs[n-1].tag;
		s = sys->sprint("yyv[yyp%+d]", n - len rhs);
		if(n == len rhs)
			s = "yyv[yyp]";
	}
	if(tag != nil)
		s += "." + tag;
	return s;
}

# every name must be a token or have rules; tokens get their codes
check()
{
	bad := 0;
	for(i := 0; i < nsyms; i++){
		s := syms[i];
		if(!s.term && s.rules == nil){
			sys->fprint(sys->fildes(2), "%s: nonterminal %s not defined\n", infile, s.name);
			bad = 1;
		}
		if(s.term && s.code == 0 && s != endsym && s.name[0] != '\'')
			s.code = nextcode++;
		if(!s.term && s != accept && s.name != start && !s.used && s.name[0] != '$')
			sys->fprint(sys->fildes(2), "%s: warning: nonterminal %s never used\n", infile, s.name);
	}
	if(bad)
		raise "fail:error";
	if(module_ == nil)
		fatal(infile + ": no %module");
}

# terminals first
number()
{
	a := array[nsyms] of ref Symbol;
	n := 0;
	for(term := 1; term >= 0; term--){
		for(i := 0; i < nsyms; i++)
			if(syms[i].term == term)
				a[n++] = syms[i];
		if(term)
			nterms = n;
	}
	for(i := 0; i < nsyms; i++)
		a[i].n = i;
	syms = a;
	nwords = (nterms + 31) / 32;
	for(i = nterms; i < nsyms; i++){
		# in the order of the grammar
		r: list of ref Rule;
		for(l := syms[i].rules; l != nil; l = tl l)
			r = hd l :: r;
		syms[i].rules = r;
	}
}

#
# sets of terminals
#

union(a, b: array of int): int
{
	changed := 0;
	for(i := 0; i < len b; i++){
		n := a[i] | b[i];
		if(n != a[i]){
			a[i] = n;
			changed = 1;
		}
	}
	return changed;
}

newset(): array of int
{
	return array[nwords] of {* => 0};
}

has(a: array of int, n: int): int
{
	return a[n >> 5] >> (n & 31) & 1;
}

firsts()
{
	for(i := 0; i < nsyms; i++){
		syms[i].first = newset();
		if(syms[i].term)
			syms[i].first[i >> 5] |= 1 << (i & 31);
	}
	changed: int;
	do{
		changed = 0;
		for(i = 0; i < nrules; i++){
			r := rules[i];
			for(j := 0; j < len r.rhs; j++){
				changed |= union(r.lhs.first, r.rhs[j].first);
				if(!r.rhs[j].nullable)
					break;
			}
			if(j == len r.rhs && !r.lhs.nullable)
				changed = r.lhs.nullable = 1;
		}
	}while(changed);
}

#
# states
#

makestates()
{
	states = array[64] of ref State;
	state(array[] of {ref Item(rules[0], 0, newset())}, nil);
	for(i := 0; i < nstates; i++){
		s := states[i];
		s.next = array[nsyms] of ref State;
		moves := array[nsyms] of list of ref Item;
		order: list of int;
		for(l := closure(s); l != nil; l = tl l){
			it := hd l;
			if(it.dot == len it.r.rhs)
				continue;
			x := it.r.rhs[it.dot].n;
			if(moves[x] == nil)
				order = x :: order;
			moves[x] = ref Item(it.r, it.dot + 1, nil) :: moves[x];
		}
		rev: list of int;
		for(; order != nil; order = tl order)
			rev = hd order :: rev;
		for(; rev != nil; rev = tl rev){
			x := hd rev;
			k := array[len moves[x]] of ref Item;
			n := len k;
			for(m := moves[x]; m != nil; m = tl m)
				k[--n] = hd m;
			sort(k);
			s.next[x] = state(k, syms[x]);
		}
	}
}

# the items of a state without lookaheads
closure(s: ref State): list of ref Item
{
	seen := array[nsyms] of {* => 0};
	l: list of ref Item;
	todo: list of ref Symbol;
	for(i := 0; i < len s.kernel; i++){
		it := s.kernel[i];
		l = it :: l;
		if(it.dot < len it.r.rhs)
			todo = it.r.rhs[it.dot] :: todo;
	}
	while(todo != nil){
		x := hd todo;
		todo = tl todo;
		if(x.term || seen[x.n]++)
			continue;
		for(r := x.rules; r != nil; r = tl r){
			l = ref Item(hd r, 0, nil) :: l;
			if(len (hd r).rhs > 0)
				todo = (hd r).rhs[0] :: todo;
		}
	}
	rev: list of ref Item;
	for(; l != nil; l = tl l)
		rev = hd l :: rev;
	return rev;
}

sort(a: array of ref Item)
{
	for(i := 1; i < len a; i++){
		x := a[i];
		for(j := i; j > 0 && (a[j-1].r.n > x.r.n || a[j-1].r.n == x.r.n && a[j-1].dot > x.dot); j--)
			a[j] = a[j-1];
		a[j] = x;
	}
}

# the state of a kernel, which is made if need be
state(k: array of ref Item, after: ref Symbol): ref State
{
	key := "";
	h := 0;
	for(i := 0; i < len k; i++){
		key[len key] = k[i].r.n + 1;
		key[len key] = k[i].dot + 1;
		h = (h*1021 + k[i].r.n*31 + k[i].dot) & 16r7fffffff;
	}
	h %= len statetab;
	for(l := statetab[h]; l != nil; l = tl l)
		if((hd l).t0 == key)
			return (hd l).t1;
	for(i = 0; i < len k; i++)
		k[i].ahead = newset();
	s := ref State(nstates, k, after, nil, 0, nil, 0, nil);
	if(nstates == len states){
		a := array[2*nstates] of ref State;
		a[0:] = states;
		states = a;
	}
	states[nstates++] = s;
	statetab[h] = (key, s) :: statetab[h];
	return s;
}

# the lookaheads of the nonterminals that a state expects, by number; nil for others
expected(s: ref State): array of array of int
{
	ahead := array[nsyms] of array of int;
	queue: list of ref Symbol;
	for(i := 0; i < len s.kernel; i++){
		it := s.kernel[i];
		queue = expect(ahead, it.r, it.dot, it.ahead, queue);
	}
	while(queue != nil){
		x := hd queue;
		queue = tl queue;
		for(l := x.rules; l != nil; l = tl l)
			queue = expect(ahead, hd l, 0, ahead[x.n], queue);
	}
	return ahead;
}

# what may follow the symbol after the dot, if it is a nonterminal
expect(ahead: array of array of int, r: ref Rule, dot: int, follow: array of int, queue: list of ref Symbol): list of ref Symbol
{
	if(dot == len r.rhs || r.rhs[dot].term)
		return queue;
	x := r.rhs[dot];
	changed := 0;
	if(ahead[x.n] == nil){
		ahead[x.n] = newset();
		changed = 1;
	}
	for(i := dot + 1; i < len r.rhs; i++){
		changed |= union(ahead[x.n], r.rhs[i].first);
		if(!r.rhs[i].nullable)
			break;
	}
	if(i == len r.rhs)
		changed |= union(ahead[x.n], follow);
	if(changed)
		queue = x :: queue;
	return queue;
}

lookaheads()
{
	queue := states[0] :: nil;
	states[0].queued = 1;
	seen := array[nstates] of {* => 0};
	while(queue != nil){
		s := hd queue;
		queue = tl queue;
		s.queued = 0;
		seen[s.n] = 1;
		ahead := expected(s);
		for(i := 0; i < nsyms; i++){
			t := s.next[i];
			if(t == nil)
				continue;
			changed := !seen[t.n];
			for(j := 0; j < len t.kernel; j++){
				it := t.kernel[j];
				if(it.dot == 1 && ahead[it.r.lhs.n] != nil)
					changed |= union(it.ahead, ahead[it.r.lhs.n]);
				for(k := 0; k < len s.kernel; k++)
					if(s.kernel[k].r == it.r && s.kernel[k].dot == it.dot - 1)
						changed |= union(it.ahead, s.kernel[k].ahead);
			}
			if(changed && !t.queued){
				t.queued = 1;
				queue = t :: queue;
			}
		}
	}
}

#
# actions
#

actions(s: ref State)
{
	s.acts = array[nterms] of {* => 0};
	for(i := 0; i < nterms; i++)
		if(s.next[i] != nil)
			s.acts[i] = s.next[i].n;
	for(i = 0; i < len s.kernel; i++)
		if(s.kernel[i].dot == len s.kernel[i].r.rhs)
			reduce(s, s.kernel[i].r, s.kernel[i].ahead);
	ahead := expected(s);
	for(i = nterms; i < nsyms; i++)
		if(ahead[i] != nil)
			for(l := syms[i].rules; l != nil; l = tl l)
				if(len (hd l).rhs == 0)
					reduce(s, hd l, ahead[i]);
	# the most frequent reduction is what is done without looking
	count := array[nrules] of {* => 0};
	for(i = 0; i < nterms; i++)
		if(s.acts[i] < 0){
			n := -s.acts[i];
			rules[n].used = 1;
			if(++count[n] > 0 && (s.deflt == 0 || count[n] > count[-s.deflt]))
				s.deflt = -n;
		}
	for(i = 0; i < nterms; i++)
		if(s.acts[i] < 0 && s.acts[i] == s.deflt)
			s.acts[i] = 0;
}

reduce(s: ref State, r: ref Rule, ahead: array of int)
{
	if(r.n == 0)
		return;
	for(i := 0; i < nterms; i++){
		if(!has(ahead, i))
			continue;
		a := s.acts[i];
		if(a == 0)
			s.acts[i] = -r.n;
		else if(a < 0){
			rrconflicts++;
			s.notes = sys->sprint("reduce/reduce conflict (red'ns %d and %d) on %s", -a, r.n, show(syms[i])) :: s.notes;
			if(-a > r.n)
				s.acts[i] = -r.n;
		}else if(a != Noact){
			t := syms[i];
			if(r.prec == 0 || t.prec == 0){
				srconflicts++;
				s.notes = sys->sprint("shift/reduce conflict (shift %d, red'n %d) on %s", a, r.n, show(t)) :: s.notes;
			}else if(r.prec > t.prec || r.prec == t.prec && t.assoc == Left)
				s.acts[i] = -r.n;
			else if(r.prec == t.prec && t.assoc == Binary)
				s.acts[i] = Noact;
		}
	}
}

#
# writing
#

out: ref Iobuf;

writefile(file: string, f: ref fn())
{
	out = bufio->create(file, Bufio->OWRITE, 8r666);
	if(out == nil)
		fatal(sys->sprint("can't create %s: %r", file));
	f();
	if(out.flush() == Bufio->ERROR)
		fatal(sys->sprint("error writing %s: %r", file));
	out.close();
}

show(s: ref Symbol): string
{
	if(s.name[0] != '\'')
		return s.name;
	return charconst(s.code);
}

charconst(c: int): string
{
	case c {
	'\n' =>	return "'\\n'";
	'\t' =>	return "'\\t'";
	'\r' =>	return "'\\r'";
	'\b' =>	return "'\\b'";
	0 =>	return "'\\0'";
	}
	return sys->sprint("'%c'", c);
}

ruletext(r: ref Rule, dot: int): string
{
	s := r.lhs.name + ": ";
	for(i := 0; i < len r.rhs; i++){
		if(i == dot)
			s += ".";
		s += show(r.rhs[i]) + " ";
	}
	if(dot == len r.rhs)
		s += ".";
	return s;
}

describe()
{
	for(i := 0; i < nstates; i++){
		s := states[i];
		for(l := s.notes; l != nil; l = tl l)
			out.puts(sys->sprint("\n%d: %s", i, hd l));
		out.puts(sys->sprint("\nstate %d\n", i));
		for(j := 0; j < len s.kernel; j++)
			out.puts(sys->sprint("\t%s   (%d)\n", ruletext(s.kernel[j].r, s.kernel[j].dot), s.kernel[j].r.n));
		out.puts("\n");
		for(j = 0; j < nterms; j++)
			if((a := s.acts[j]) == Noact)
				out.puts(sys->sprint("\t%s  error\n", show(syms[j])));
			else if(a > 0){
				if(syms[j] == endsym)
					out.puts(sys->sprint("\t%s  accept\n", show(syms[j])));
				else
					out.puts(sys->sprint("\t%s  shift %d\n", show(syms[j]), a));
			}else if(a < 0)
				out.puts(sys->sprint("\t%s  reduce %d (src line %d)\n", show(syms[j]), -a, rules[-a].line));
		if(s.deflt)
			out.puts(sys->sprint("\t.  reduce %d (src line %d)\n", -s.deflt, rules[-s.deflt].line));
		else
			out.puts("\t.  error\n");
		out.puts("\n");
		for(j = nterms; j < nsyms; j++)
			if(s.next[j] != nil)
				out.puts(sys->sprint("\t%s  goto %d\n", syms[j].name, s.next[j].n));
	}
	out.puts(sys->sprint("\n%d terminals, %d nonterminals\n%d grammar rules, %d states\n", nterms, nsyms - nterms, nrules, nstates));
	out.puts(sys->sprint("%d shift/reduce, %d reduce/reduce conflicts reported\n", srconflicts, rrconflicts));
}

quoted(s: string): string
{
	t := "\"";
	for(i := 0; i < len s; i++){
		if(s[i] == '"' || s[i] == '\\')
			t[len t] = '\\';
		t[len t] = s[i];
	}
	return t + "\"";
}

debugnames()
{
	out.puts("yytoknames := array[] of {\n");
	for(i := 0; i < nterms; i++)
		out.puts(sys->sprint("\t(%d, %s),\n", syms[i].code, quoted(show(syms[i]))));
	out.puts("};\nyystates := array[] of {\n");
	for(i = 0; i < nstates; i++){
		s := "";
		for(j := 0; j < len states[i].kernel; j++)
			s += ruletext(states[i].kernel[j].r, states[i].kernel[j].dot) + "; ";
		out.puts(sys->sprint("\t%s,\n", quoted(s)));
	}
	out.puts("};\n");
}

# the module's declaration, with the codes of the tokens
definitions()
{
	out.puts(module_ + ": module {\n");
	out.puts(modtext);
	for(i := 0; i < nterms; i++){
		s := syms[i];
		if(s.name[0] != '\'' && s.name[0] != '$' && s != errsym)
			out.puts(sys->sprint("%s: con %d;\n", s.name, s.code));
	}
	out.puts("};\n");
}

parser()
{
	out.puts("implement " + module_ + ";\n\n");
	out.puts(prologue);
	out.puts("\n");
	if(!nomodule)
		definitions();
	out.puts(tailtext);
	out.puts("\n");
	# the actions of a state are the pairs from yyfirst[state]; those of a nonterminal's gotos likewise
	table("yyfirst", firstact);
	table("yyacts", actpairs);
	table("yydefault", defaults);
	table("yygofirst", firstgoto);
	table("yygotos", gotopairs);
	table("yylhs", lhsof);
	table("yylen", lengths);
	final := 0;
	for(i := 0; i < nstates; i++)
		if(states[i].after == endsym)
			final = i;
	out.puts(sys->sprint("YYFINAL: con %d;\nYYERRCODE: con %d;\nYYDEBUG: con %d;\n", final, Errcode, debugging));
	if(debugging)
		debugnames();
	else
		out.puts("yytoknames := array[0] of (int, string);\nyystates := array[0] of string;\n");
	par := bufio->open(Parser, Bufio->OREAD);
	if(par == nil)
		fatal(sys->sprint("can't open %s: %r", Parser));
	while((s := par.gets('\n')) != nil)
		if(s == "\t\t$A\n")
			allactions();
		else
			out.puts(s);
}

allactions()
{
	for(i := 1; i < nrules; i++)
		if(rules[i].action != nil)
			out.puts(sys->sprint("\t\t%d =>\t# %s:%d\n\t\t\t%s\n", i, infile, rules[i].line, rules[i].action));
}

table(name: string, f: ref fn(): list of int)
{
	r: list of int;
	for(l := f(); l != nil; l = tl l)
		r = hd l :: r;
	out.puts(name + " := array[] of {");
	for(n := 0; r != nil; r = tl r){
		if(n++ % 12 == 0)
			out.puts("\n\t");
		out.puts(string hd r + ", ");
	}
	out.puts("\n};\n");
}

# the lists of the tables, the last number first

firstact(): list of int
{
	l: list of int;
	n := 0;
	for(i := 0; i < nstates; i++){
		l = n :: l;
		for(j := 0; j < nterms; j++)
			if(states[i].acts[j])
				n += 2;
	}
	return n :: l;
}

actpairs(): list of int
{
	l: list of int;
	for(i := 0; i < nstates; i++)
		for(j := 0; j < nterms; j++)
			if((a := states[i].acts[j]) == Noact)
				l = 0 :: syms[j].code :: l;
			else if(a)
				l = a :: syms[j].code :: l;
	return -1 :: l;
}

defaults(): list of int
{
	l: list of int;
	for(i := 0; i < nstates; i++)
		l = states[i].deflt :: l;
	return l;
}

firstgoto(): list of int
{
	l: list of int;
	n := 0;
	for(x := nterms; x < nsyms; x++){
		l = n :: l;
		for(i := 0; i < nstates; i++)
			if(states[i].next[x] != nil)
				n += 2;
	}
	return n :: l;
}

gotopairs(): list of int
{
	l: list of int;
	for(x := nterms; x < nsyms; x++)
		for(i := 0; i < nstates; i++)
			if((t := states[i].next[x]) != nil)
				l = t.n :: i :: l;
	return -1 :: l;
}

lhsof(): list of int
{
	l: list of int;
	for(i := 0; i < nrules; i++)
		l = rules[i].lhs.n - nterms :: l;
	return l;
}

lengths(): list of int
{
	l: list of int;
	for(i := 0; i < nrules; i++)
		l = len rules[i].rhs :: l;
	return l;
}

nomod(path: string)
{
	sys->fprint(sys->fildes(2), "yacc: cannot load %s: %r\n", path);
	raise "fail:bad module";
}
