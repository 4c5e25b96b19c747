implement Sed;

#
# The stream editor; see sed(1).
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "arg.m";
	arg: Arg;

include "bufio.m";
	bufio: Bufio;
	Iobuf: import bufio;

include "regex.m";
	regex: Regex;

Sed: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

Addr: adt
{
	kind:	int;
	line:	int;
	re:	Regex->Re;	# nil: the last one used
};

None, Line, Last, Re: con iota;

Cmd: adt
{
	a1, a2:	Addr;
	negate:	int;
	active:	int;		# within its range
	op:	int;
	text:	string;		# of a, i, c; label; file name; replacement; from of y
	onto:	string;		# of y
	re:	Regex->Re;	# of s
	global, print: int;
	out:	ref Iobuf;	# of w
	target:	int;		# of {, b, t
};

nflag, gflag: int;
prog: array of ref Cmd;
ncmd := 0;
open: list of int;		# braces
labels: list of (string, int);
wfiles: list of (string, ref Iobuf);
lastre: Regex->Re;

# text of the program being parsed
src: string;
pos: int;
srcfile: string;
srcline: int;

files: list of string;
in: ref Iobuf;
inname := "-";			# of the file it reads
nextline: string;		# nil at the end
lineno := 0;
out: ref Iobuf;
appends: list of (int, string);	# op and text of a and r, the last one first

init(nil: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	arg = load Arg Arg->PATH;
	if(arg == nil)
		nomod(Arg->PATH);
	bufio = load Bufio Bufio->PATH;
	if(bufio == nil)
		nomod(Bufio->PATH);
	regex = load Regex Regex->PATH;
	if(regex == nil)
		nomod(Regex->PATH);
	arg->init(argv);
	arg->setusage("sed [-n] [-g] [-e expr] [-f file] [expr] [file...]");
	prog = array[16] of ref Cmd;
	srcfile = "<stdin>";
	out = bufio->fopen(sys->fildes(1), Bufio->OWRITE);
	have := 0;
	while((o := arg->opt()) != 0)
		case o {
		'n' =>
			nflag = 1;
		'g' =>
			gflag = 1;
		'e' =>
			parse("<stdin>", 2, arg->earg());
			have = 1;
		'f' =>
			file := arg->earg();
			parse(file, 1, contents(file));
			have = 1;
		* =>
			arg->usage();
		}
	argv = arg->argv();
	if(!have){
		if(argv == nil)
			fatal("<stdin>", 0, "missing pattern");
		parse("<stdin>", 2, hd argv);
		argv = tl argv;
	}
	if(open != nil)
		fatal(srcfile, srcline, "missing }");
	resolve();
	files = argv;
	if(files == nil)
		in = bufio->fopen(sys->fildes(0), Bufio->OREAD);
	nextline = readline();
	run();
	flush();
}

fatal(file: string, line: int, msg: string)
{
	flush();
	sys->fprint(sys->fildes(2), "%s:%d %s\n", file, line, msg);
	raise "fail:error";
}

bad(msg: string)
{
	fatal(srcfile, srcline, msg);
}

flush()
{
	if(out.flush() == Bufio->ERROR){
		sys->fprint(sys->fildes(2), "sed: write error: %r\n");
		raise "fail:write error";
	}
	for(l := wfiles; l != nil; l = tl l){
		(name, f) := hd l;
		if(f.flush() == Bufio->ERROR){
			sys->fprint(sys->fildes(2), "sed: error writing %s: %r\n", name);
			raise "fail:write error";
		}
	}
}

contents(file: string): string
{
	f := bufio->open(file, Bufio->OREAD);
	if(f == nil)
		fatal(srcfile, 0, "can't open '" + file + "'");
	s := "";
	while((l := f.gets('\n')) != nil)
		s += l;
	return s;
}

#
# programs
#

peek(): int
{
	if(pos >= len src)
		return -1;
	return src[pos];
}

skip(cl: string)
{
	for(; pos < len src; pos++){
		for(i := 0; i < len cl; i++)
			if(src[pos] == cl[i])
				break;
		if(i >= len cl)
			return;
		if(src[pos] == '\n')
			srcline++;
	}
}

parse(file: string, line: int, text: string)
{
	src = text;
	pos = 0;
	srcfile = file;
	srcline = line;
	for(;;){
		skip(" \t\r\n;");
		if(pos >= len src)
			return;
		if(peek() == '#'){
			restofline();
			continue;
		}
		command();
	}
}

restofline(): string
{
	start := pos;
	while(pos < len src && src[pos] != '\n')
		pos++;
	return src[start:pos];
}

address(): Addr
{
	a := Addr(None, 0, nil);
	c := peek();
	if(c == '$'){
		a.kind = Last;
		pos++;
	}else if(c >= '0' && c <= '9'){
		a.kind = Line;
		for(; (c = peek()) >= '0' && c <= '9'; pos++)
			a.line = a.line*10 + c - '0';
	}else if(c == '/' || c == '\\'){
		a.kind = Re;
		pos++;
		if(c == '\\'){
			c = peek();
			if(c < 0 || c == '\n')
				bad("bad address");
			pos++;
		}
		a.re = compile(pattern(c));
	}
	return a;
}

# text up to an unquoted delimiter, which stands for itself after a backslash and in brackets
pattern(delim: int): string
{
	s := "";
	bracket := 0;
	for(;; pos++){
		c := peek();
		if(c < 0 || c == '\n' && !bracket)
			bad("unterminated pattern");
		if(c == '\\'){
			pos++;
			if((d := peek()) < 0)
				bad("unterminated pattern");
			if(d != delim)
				s[len s] = '\\';
			s[len s] = d;
			continue;
		}
		if(c == delim && !bracket)
			break;
		if(c == '[' && !bracket)
			bracket = 1;
		else if(c == ']' && bracket)
			bracket = 0;
		s[len s] = c;
	}
	pos++;
	return s;
}

compile(s: string): Regex->Re
{
	if(s == nil)
		return nil;
	(re, err) := regex->compile(s, 1);
	if(re == nil)
		bad(err + " '" + s + "'");
	return re;
}

command()
{
	start := pos;
	c := ref Cmd;
	c.a1 = address();
	skip(" \t");
	if(c.a1.kind != None && peek() == ','){
		pos++;
		skip(" \t");
		c.a2 = address();
		if(c.a2.kind == None)
			bad("bad address after ,");
	}
	for(;;){
		skip(" \t");
		if(peek() != '!')
			break;
		c.negate = 1;
		pos++;
	}
	if(pos >= len src)
		bad("missing command");
	c.op = src[pos++];
	case c.op {
	'{' =>
		open = ncmd :: open;
	'}' =>
		if(open == nil)
			bad("unexpected }");
		prog[hd open].target = ncmd;
		open = tl open;
	'=' or 'd' or 'D' or 'g' or 'G' or 'h' or 'H' or 'l' or 'n' or 'N' or 'p' or 'P' or 'x' =>
		;
	'q' =>
		if(c.a2.kind != None)
			bad("only one address for q");
	'a' or 'i' or 'c' =>
		c.text = texts();
	':' or 'b' or 't' =>
		skip(" \t");
		c.text = label();
		if(c.op == ':'){
			if(c.a1.kind != None)
				bad("no address for :");
			if(c.text == nil)
				bad("missing label");
			labels = (c.text, ncmd) :: labels;
		}
	'r' or 'w' =>
		skip(" \t");
		c.text = restofline();
		if(c.text == nil)
			bad("missing file name");
		if(c.op == 'w')
			c.out = wfile(c.text);
	's' =>
		substitution(c);
	'y' =>
		transliteration(c);
	* =>
		pos = start;
		bad(sys->sprint("unrecognised command: '%c' (%s)", c.op, restofline()));
	}
	if(ncmd == len prog){
		a := array[2*ncmd] of ref Cmd;
		a[0:] = prog;
		prog = a;
	}
	prog[ncmd++] = c;
	if(c.op == '{')
		return;
	skip(" \t\r");
	case peek() {
	-1 or ';' or '\n' or '}' or '#' =>
		;
	* =>
		if(c.op != '}')
			bad(sys->sprint("extra characters after command '%c'", c.op));
	}
}

label(): string
{
	start := pos;
	while(pos < len src && src[pos] != '\n' && src[pos] != ';')
		pos++;
	for(end := pos; end > start && (src[end-1] == ' ' || src[end-1] == '\t'); end--)
		;
	return src[start:end];
}

# lines up to the first that does not end in a backslash
texts(): string
{
	skip(" \t");
	if(peek() == '\\'){
		pos++;
		skip(" \t");
	}
	if(peek() == '\n'){
		pos++;
		srcline++;
	}
	s := "";
	for(; pos < len src && src[pos] != '\n'; pos++){
		if(src[pos] == '\\' && pos+1 < len src){
			pos++;
			if(src[pos] == '\n')
				srcline++;
		}
		s[len s] = src[pos];
	}
	return s + "\n";
}

wfile(name: string): ref Iobuf
{
	for(l := wfiles; l != nil; l = tl l)
		if((hd l).t0 == name)
			return (hd l).t1;
	f := bufio->create(name, Bufio->OWRITE, 8r666);
	if(f == nil)
		fatal(srcfile, 0, "can't open '" + name + "'");
	wfiles = (name, f) :: wfiles;
	return f;
}

# s/re/text/[g][p|P][w file]; in text a group is 16rE000 + n, & is group 0
Group: con 16rE000;

substitution(c: ref Cmd)
{
	delim := peek();
	if(delim < 0 || delim == '\n' || delim == '\\')
		bad("bad delimiter of s");
	pos++;
	c.re = compile(pattern(delim));
	for(;; pos++){
		ch := peek();
		if(ch < 0 || ch == '\n')
			bad("unterminated replacement");
		if(ch == delim)
			break;
		if(ch == '&')
			ch = Group;
		else if(ch == '\\'){
			pos++;
			ch = peek();
			if(ch < 0)
				bad("unterminated replacement");
			if(ch >= '1' && ch <= '9' && ch != delim)
				ch = Group + ch - '0';
			else if(ch == 'n' && ch != delim)
				ch = '\n';
			else if(ch == '\n')
				srcline++;
		}
		c.text[len c.text] = ch;
	}
	pos++;
	c.global = gflag;
	for(;; pos++)
		case peek() {
		'g' =>
			c.global = 1;
		'p' or 'P' =>
			c.print = src[pos];
		'w' =>
			pos++;
			skip(" \t");
			name := restofline();
			if(name == nil)
				bad("missing file name");
			c.out = wfile(name);
			return;
		* =>
			return;
		}
}

transliteration(c: ref Cmd)
{
	delim := peek();
	if(delim < 0 || delim == '\n' || delim == '\\')
		bad("bad delimiter of y");
	pos++;
	c.text = characters(delim);
	c.onto = characters(delim);
	if(len c.text != len c.onto)
		bad("strings of y differ in length");
}

characters(delim: int): string
{
	s := "";
	for(;; pos++){
		c := peek();
		if(c < 0 || c == '\n')
			bad("unterminated y");
		if(c == delim)
			break;
		if(c == '\\'){
			pos++;
			c = peek();
			if(c < 0)
				bad("unterminated y");
			if(c == 'n' && c != delim)
				c = '\n';
		}
		s[len s] = c;
	}
	pos++;
	return s;
}

resolve()
{
	for(i := 0; i < ncmd; i++){
		c := prog[i];
		if(c.op != 'b' && c.op != 't')
			continue;
		c.target = ncmd;
		if(c.text == nil)
			continue;
		for(l := labels; l != nil && (hd l).t0 != c.text; l = tl l)
			;
		if(l == nil)
			bad("label not found: " + c.text);
		c.target = (hd l).t1;
	}
}

#
# running
#

readline(): string
{
	for(;;){
		if(in == nil){
			if(files == nil)
				return nil;
			if(hd files == "-")
				in = bufio->fopen(sys->fildes(0), Bufio->OREAD);
			else
				in = bufio->open(hd files, Bufio->OREAD);
			if(in == nil)
				fatal("<stdin>", lineno, "can't open '" + hd files + "'");
			inname = hd files;
			files = tl files;
		}
		s := in.gets('\n');
		if(s != nil)
			return s;
		if(in.ungetb() == Bufio->ERROR)
			fatal("<stdin>", lineno, sys->sprint("error reading '%s': %r", inname));
		in = nil;
	}
}

# the next line without its newline, if there is one
next(): (int, string)
{
	s := nextline;
	if(s == nil)
		return (0, nil);
	nextline = readline();
	lineno++;
	if(s[len s - 1] == '\n')
		s = s[0:len s - 1];
	return (1, s);
}

endcycle(space: string)
{
	if(!nflag)
		out.puts(space + "\n");
	doappends();
}

doappends()
{
	l: list of (int, string);
	for(; appends != nil; appends = tl appends)
		l = hd appends :: l;
	for(; l != nil; l = tl l){
		(op, text) := hd l;
		if(op == 'a'){
			out.puts(text);
			continue;
		}
		for(w := wfiles; w != nil; w = tl w)
			(hd w).t1.flush();
		f := bufio->open(text, Bufio->OREAD);
		if(f != nil)
			while((s := f.gets('\n')) != nil)
				out.puts(s);
	}
}

matches(re: Regex->Re, s: string): array of (int, int)
{
	if(re == nil)
		re = lastre;
	if(re == nil)
		fatal("<stdin>", lineno, "no previous regular expression");
	lastre = re;
	return regex->execute(re, s);
}

ataddr(a: Addr, space: string): int
{
	case a.kind {
	Line =>
		return lineno == a.line;
	Last =>
		return nextline == nil;
	Re =>
		return matches(a.re, space) != nil;
	}
	return 1;
}

selected(c: ref Cmd, space: string): int
{
	if(c.a2.kind == None)
		return ataddr(c.a1, space) != c.negate;
	if(c.active){
		if(c.a2.kind == Line && lineno >= c.a2.line || c.a2.kind != Line && ataddr(c.a2, space))
			c.active = 0;
		if(c.a2.kind == Line && lineno > c.a2.line)
			return c.negate;
		return !c.negate;
	}
	if(!ataddr(c.a1, space))
		return c.negate;
	c.active = !(c.a2.kind == Line && c.a2.line <= lineno || c.a2.kind == Last && nextline == nil);
	return !c.negate;
}

index(s: string, c: int): int
{
	for(i := 0; i < len s; i++)
		if(s[i] == c)
			return i;
	return -1;
}

run()
{
	hold := "";
	(ok, space) := next();
	substituted := 0;
Cycle:
	while(ok){
		for(pc := 0; pc < ncmd; pc++){
			c := prog[pc];
			if(c.op == '}' || c.op == ':')
				continue;
			if(!selected(c, space)){
				if(c.op == '{')
					pc = c.target;
				continue;
			}
			case c.op {
			'=' =>
				out.puts(string lineno + "\n");
			'a' or 'r' =>
				appends = (c.op, c.text) :: appends;
			'b' =>
				pc = c.target;
			'c' =>
				if(c.a2.kind == None || c.negate || !c.active)
					out.puts(c.text);
				doappends();
				(ok, space) = next();
				substituted = 0;
				continue Cycle;
			'd' =>
				doappends();
				(ok, space) = next();
				substituted = 0;
				continue Cycle;
			'D' =>
				doappends();
				i := index(space, '\n');
				if(i >= 0)
					space = space[i+1:];
				else{
					(ok, space) = next();
					substituted = 0;
				}
				continue Cycle;
			'g' =>
				space = hold;
			'G' =>
				space += "\n" + hold;
			'h' =>
				hold = space;
			'H' =>
				hold += "\n" + space;
			'i' =>
				out.puts(c.text);
			'l' =>
				out.puts(visible(space) + "\n");
			'n' =>
				if(nextline == nil)
					break Cycle;
				endcycle(space);
				(ok, space) = next();
			'N' =>
				if(nextline == nil)
					break Cycle;
				doappends();
				(nil, more) := next();
				space += "\n" + more;
			'p' =>
				out.puts(space + "\n");
			'P' =>
				out.puts(firstline(space));
			'q' =>
				break Cycle;
			's' =>
				(n, s) := substitute(c, space);
				if(n){
					substituted = 1;
					space = s;
					if(c.print == 'p')
						out.puts(space + "\n");
					else if(c.print == 'P')
						out.puts(firstline(space));
					if(c.out != nil)
						c.out.puts(space + "\n");
				}
			't' =>
				if(substituted)
					pc = c.target;
				substituted = 0;
			'w' =>
				c.out.puts(space + "\n");
			'x' =>
				(space, hold) = (hold, space);
			'y' =>
				for(i := 0; i < len space; i++)
					if((j := index(c.text, space[i])) >= 0)
						space[i] = c.onto[j];
			}
		}
		endcycle(space);
		(ok, space) = next();
		substituted = 0;
	}
	if(ok)
		endcycle(space);
}

firstline(s: string): string
{
	i := index(s, '\n');
	if(i < 0)
		return s + "\n";
	return s[0:i+1];
}

substitute(c: ref Cmd, s: string): (int, string)
{
	m := matches(c.re, s);
	if(m == nil)
		return (0, s);
	r := "";
	at := 0;
	last := -1;		# end of the match before
	while(m != nil){
		(b, e) := m[0];
		r += s[at:b];
		if(e > b || b != last)
			r += replacement(c.text, s, m);
		at = last = e;
		if(!c.global)
			break;
		if(e == b){
			if(at >= len s)
				break;
			r[len r] = s[at++];
		}
		if(at > len s)
			break;
		m = regex->executese(lastre, s, (at, len s), at == 0, 1);
	}
	if(at < len s)
		r += s[at:];
	return (1, r);
}

replacement(text, s: string, m: array of (int, int)): string
{
	r := "";
	for(i := 0; i < len text; i++){
		n := text[i] - Group;
		if(n < 0 || n > 9)
			r[len r] = text[i];
		else if(n < len m && m[n].t0 >= 0)
			r += s[m[n].t0:m[n].t1];
	}
	return r;
}

visible(s: string): string
{
	r := "";
	for(i := 0; i < len s; i++)
		case s[i] {
		'\t' =>	r += "\\t";
		'\b' =>	r += "\\b";
		'\n' =>	r += "\\n";
		'\r' =>	r += "\\r";
		'\\' =>	r += "\\\\";
		* =>
			if(s[i] < ' ' || s[i] == 16r7f)
				r += sys->sprint("\\%.3o", s[i]);
			else
				r[len r] = s[i];
		}
	return r;
}

nomod(path: string)
{
	sys->fprint(sys->fildes(2), "sed: cannot load %s: %r\n", path);
	raise "fail:bad module";
}
