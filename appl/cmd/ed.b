implement Ed;

#
# A text editor for any terminal; see ed(1).
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "bufio.m";
	bufio: Bufio;
	Iobuf: import bufio;

include "regex.m";
	regex: Regex;

include "string.m";
	str: String;

Ed: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

#
# Lines are kept in an array, 1 to last; a mark or undo holds references to lines, so that they
# can be recognised after they have moved.
#
Ltext: adt
{
	s:	string;		# without newline
	hit:	int;		# matched by g or v, still to come
};

lines: array of ref Ltext;
last := 0;
dot := 0;
marks := array[26] of ref Ltext;
file: string;			# remembered name
dirty: int;			# changed since it was written
warned: int;
pattern: Regex->Re;		# the last one used
silent: int;
in, out: ref Iobuf;
undoline: ref Ltext;		# changed by the last s
undotext: string;

cmd: string;			# the line being interpreted
pos: int;
pending: list of string;	# further input lines: those of a g
inglobal: int;
suffix: int;			# p, l or n after a command

init(nil: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	bufio = load Bufio Bufio->PATH;
	if(bufio == nil)
		nomod(Bufio->PATH);
	regex = load Regex Regex->PATH;
	if(regex == nil)
		nomod(Regex->PATH);
	str = load String String->PATH;
	if(str == nil)
		nomod(String->PATH);
	if(argv != nil)
		argv = tl argv;
	if(argv != nil && hd argv == "-"){
		silent = 1;
		argv = tl argv;
	}
	in = bufio->fopen(sys->fildes(0), Bufio->OREAD);
	out = bufio->fopen(sys->fildes(1), Bufio->OWRITE);
	lines = array[128] of ref Ltext;
	if(argv != nil){
		file = hd argv;
		guard("r");
		dirty = 0;
	}
	for(;;){
		s := getline();
		if(s == nil){
			if(dirty && !warned){
				warned = 1;
				out.puts("?\n");
				out.flush();
				continue;
			}
			break;
		}
		guard(s);
	}
	out.flush();
}

# a line of input with its newline
getline(): string
{
	if(pending != nil){
		s := hd pending;
		pending = tl pending;
		return s;
	}
	if(inglobal)
		return nil;
	out.flush();
	s := in.gets('\n');
	if(s != nil && s[len s - 1] != '\n')
		s += "\n";
	return s;
}

OOPS: con "ed:";		# begins the exception of a command that fails

guard(s: string)
{
	{
		cmd = s;
		pos = 0;
		command();
	}exception e{
	OOPS + "*" =>
		inglobal = 0;
		pending = nil;
		out.puts("?" + e[len OOPS:] + "\n");
	}
	out.flush();
}

error(s: string)
{
	raise OOPS + s;
}

peek(): int
{
	if(pos >= len cmd)
		return '\n';
	return cmd[pos];
}

blanks()
{
	while(peek() == ' ' || peek() == '\t')
		pos++;
}

number(): int
{
	n := 0;
	for(; (c := peek()) >= '0' && c <= '9'; pos++){
		n = n*10 + c - '0';
		if(n < 0)
			error("");
	}
	return n;
}

# an address, -1 if there is none
address(): int
{
	a := -1;
	blanks();
	c := peek();
	case c {
	'0' to '9' =>
		a = number();
	'.' =>
		pos++;
		a = dot;
	'$' =>
		pos++;
		a = last;
	'\'' =>
		pos++;
		c = peek();
		pos++;
		if(c < 'a' || c > 'z' || marks[c-'a'] == nil)
			error("");
		for(a = last; a > 0 && lines[a] != marks[c-'a']; a--)
			;
		if(a == 0)
			error("");
	'/' or '?' =>
		pos++;
		re := getpattern(c);
		a = search(re, c == '/');
	}
	for(;;){
		blanks();
		c = peek();
		sign := 1;
		if(c == '+' || c == '-' || c == '^'){
			pos++;
			if(c != '+')
				sign = -1;
			if(a < 0)
				a = dot;
			blanks();
			n := 1;
			if(peek() >= '0' && peek() <= '9')
				n = number();
			a += sign*n;
			if(a < 0)
				error("");
		}else if(c >= '0' && c <= '9'){
			if(a < 0)
				a = 0;
			a += number();
		}else
			break;
	}
	return a;
}

# up to the delimiter, which may be missing at the end of the line
getpattern(delim: int): Regex->Re
{
	s := "";
	while((c := peek()) != '\n' && c != delim){
		pos++;
		if(c == '\\'){
			d := peek();
			if(d == '\n')
				error("");
			pos++;
			if(d != delim)
				s[len s] = c;
			s[len s] = d;
		}else
			s[len s] = c;
	}
	if(peek() == delim)
		pos++;
	if(s == nil){
		if(pattern == nil)
			error("");
		return pattern;
	}
	(re, nil) := regex->compile(s, 1);
	if(re == nil)
		error("");
	pattern = re;
	return re;
}

search(re: Regex->Re, forward: int): int
{
	a := dot;
	for(i := 0; i < last; i++){
		if(forward){
			if(++a > last)
				a = 1;
		}else if(--a < 1)
			a = last;
		if(regex->execute(re, lines[a].s) != nil)
			return a;
	}
	error("");
	return 0;
}

command()
{
	# addresses
	a1 := -1;
	a2 := -1;
	n := 0;
	for(;;){
		a := address();
		blanks();
		c := peek();
		if(c == ',' || c == ';'){
			pos++;
			if(a < 0){
				a = dot;
				if(n == 0)
					a = 1;
				else if(a2 >= 0)
					a = a2;
				if(n == 0 && last == 0)
					a = 0;
			}
			a1 = a2 = a;
			n++;
			if(c == ';')
				dot = a;
			# nothing after it: the last line
			blanks();
			if(!isaddress(peek())){
				a1 = a;
				a2 = last;
				n++;
				break;
			}
			continue;
		}
		if(a >= 0){
			if(n > 0)
				a1 = a2;
			else
				a1 = a;
			a2 = a;
			n++;
		}
		break;
	}
	c := peek();
	pos++;
	suffix = 0;
	wasdirty := warned;
	warned = 0;
	case c {
	'a' =>
		range(0, dot, dot, a1, a2, n);
		a := addr2;
		ending();
		append(a);
	'i' =>
		range(0, dot, dot, a1, a2, n);
		a := addr2;
		if(a > 0)
			a--;
		ending();
		append(a);
	'c' =>
		range(1, dot, dot, a1, a2, n);
		ending();
		a := addr1;
		delete(addr1, addr2);
		append(a - 1);
	'd' =>
		range(1, dot, dot, a1, a2, n);
		ending();
		delete(addr1, addr2);
		printdot();
	'e' or 'E' =>
		noaddress(n);
		name := filename();
		if(c == 'e' && dirty && !wasdirty){
			warned = 1;
			error("");
		}
		if(name != nil)
			file = name;
		if(file == nil)
			error("");
		last = dot = 0;
		dirty = 0;
		readfile(file, 0);
		dirty = 0;
	'f' =>
		noaddress(n);
		name := filename();
		if(name != nil)
			file = name;
		out.puts(file + "\n");
	'g' or 'v' =>
		if(inglobal)
			error("");
		range(0, 1, last, a1, a2, n);
		global(c == 'g');
	'j' =>
		d := dot;
		if(n == 0 && d < last){
			a1 = d;
			a2 = d + 1;
			n = 2;
		}
		range(1, d, d, a1, a2, n);
		ending();
		join(addr1, addr2);
		printdot();
	'k' =>
		range(1, dot, dot, a1, a2, n);
		m := peek();
		pos++;
		if(m < 'a' || m > 'z')
			error("");
		ending();
		marks[m-'a'] = lines[addr2];
	'l' or 'n' or 'p' =>
		range(1, dot, dot, a1, a2, n);
		first := addr1;
		end := addr2;
		ending();
		for(i := first; i <= end; i++)
			print(i, c);
		dot = end;
		printdot();
	'm' or 't' =>
		range(1, dot, dot, a1, a2, n);
		first := addr1;
		end := addr2;
		a := address();
		if(a < 0)
			a = dot;
		if(a > last)
			error("");
		ending();
		move(first, end, a, c == 't');
		printdot();
	'P' =>
		noaddress(n);
		ending();	# no prompts
	'q' or 'Q' =>
		noaddress(n);
		ending();
		if(c == 'q' && dirty && !wasdirty){
			warned = 1;
			error("");
		}
		out.flush();
		exit;
	'r' =>
		range(0, last, last, a1, a2, n);
		a := addr2;
		name := filename();
		if(name == nil)
			name = file;
		else if(file == nil)
			file = name;
		if(name == nil)
			error("");
		readfile(name, a);
	's' =>
		range(1, dot, dot, a1, a2, n);
		substitute(addr1, addr2);
		printdot();
	'u' =>
		noaddress(n);
		ending();
		if(undoline == nil)
			error("");
		for(i := last; i > 0 && lines[i] != undoline; i--)
			;
		if(i == 0)
			error("");
		t := undoline.s;
		undoline.s = undotext;
		undotext = t;
		dot = i;
		printdot();
	'w' or 'W' =>
		range(0, 1, last, a1, a2, n);
		quit := 0;
		if(peek() == 'q'){
			quit = 1;
			pos++;
		}
		name := filename();
		if(name == nil)
			name = file;
		else if(file == nil)
			file = name;
		if(name == nil)
			error("");
		writefile(name, addr1, addr2, c == 'W');
		if(quit){
			out.flush();
			exit;
		}
	'=' =>
		range(0, last, last, a1, a2, n);
		a := addr2;
		ending();
		out.puts(string a + "\n");
	'!' =>
		noaddress(n);
		shell(cmd[pos:]);
		if(!silent)
			out.puts("!\n");
	'\n' =>
		a := a2;
		if(n == 0)
			a = dot + 1;
		if(a <= 0 || a > last)
			error("");
		dot = a;
		print(dot, 'p');
	* =>
		error("");
	}
}

isaddress(c: int): int
{
	return c >= '0' && c <= '9' || str->in(c, ".$'/?+^,;-");
}

addr1, addr2: int;

range(min, def1, def2, a1, a2, n: int)
{
	if(n == 0){
		a1 = def1;
		a2 = def2;
		if(a1 < min && last > 0)
			a1 = min;
	}
	if(min == 0 && n == 0 && last == 0)
		a1 = a2 = 0;
	if(a1 < min || a1 > a2 || a2 > last)
		error("");
	addr1 = a1;
	addr2 = a2;
}

noaddress(n: int)
{
	if(n > 0)
		error("");
}

# the end of a command, with the letter of how to show the line
ending()
{
	if((c := peek()) == 'p' || c == 'l' || c == 'n'){
		suffix = c;
		pos++;
	}
	if(peek() != '\n')
		error("");
}

printdot()
{
	if(suffix && dot > 0)
		print(dot, suffix);
}

print(i, how: int)
{
	s := lines[i].s;
	case how {
	'n' =>
		out.puts(string i + "\t" + s + "\n");
	'l' =>
		r := "";
		for(j := 0; j < len s; j++)
			case s[j] {
			'\t' =>	r += "\\t";
			'\b' =>	r += "\\b";
			'\\' =>	r += "\\\\";
			* =>
				if(s[j] < ' ' || s[j] == 16r7f)
					r += sys->sprint("\\%.3o", s[j]);
				else
					r[len r] = s[j];
			}
		out.puts(r + "\n");
	* =>
		out.puts(s + "\n");
	}
}

filename(): string
{
	if(peek() == '\n')
		return nil;
	if(peek() != ' ' && peek() != '\t')
		error("");
	blanks();
	s := cmd[pos:];
	while(s != nil && s[len s - 1] == '\n')
		s = s[0:len s - 1];
	return s;
}

# a hole of n lines after line a
insert(a, n: int)
{
	if(last + n + 1 > len lines){
		l := array[2*(last + n + 1)] of ref Ltext;
		l[0:] = lines[0:last+1];
		lines = l;
	}
	for(i := last; i > a; i--)
		lines[i+n] = lines[i];
	last += n;
	dirty = 1;
}

append(a: int)
{
	l: list of string;
	n := 0;
	while((s := getline()) != nil && s != ".\n"){
		l = s[0:len s - 1] :: l;
		n++;
	}
	if(n == 0){
		dot = a;
		return;
	}
	insert(a, n);
	dot = a + n;
	for(i := dot; l != nil; l = tl l)
		lines[i--] = ref Ltext(hd l, 0);
}

delete(a, b: int)
{
	n := b - a + 1;
	for(i := a; i + n <= last; i++)
		lines[i] = lines[i+n];
	for(i = last - n + 1; i <= last; i++)
		lines[i] = nil;
	last -= n;
	dirty = 1;
	dot = a;
	if(dot > last)
		dot = last;
}

join(a, b: int)
{
	s := "";
	for(i := a; i <= b; i++)
		s += lines[i].s;
	if(a < b)
		delete(a + 1, b);
	lines[a] = ref Ltext(s, 0);
	dot = a;
	dirty = 1;
}

move(a, b, onto, copy: int)
{
	n := b - a + 1;
	t := array[n] of ref Ltext;
	for(i := 0; i < n; i++){
		t[i] = lines[a+i];
		if(copy)
			t[i] = ref Ltext(t[i].s, 0);
	}
	if(!copy){
		if(onto >= a && onto < b)
			error("");
		delete(a, b);
		if(onto >= b)
			onto -= n;
	}
	insert(onto, n);
	lines[onto+1:] = t;
	dot = onto + n;
}

readfile(name: string, a: int)
{
	f := bufio->open(name, Bufio->OREAD);
	if(f == nil)
		error(name);
	size := big 0;
	l: list of string;
	n := 0;
	while((s := f.gets('\n')) != nil){
		size += big len array of byte s;
		if(s[len s - 1] == '\n')
			s = s[0:len s - 1];
		l = s :: l;
		n++;
	}
	insert(a, n);
	if(n > 0)
		dot = a + n;
	for(i := a + n; l != nil; l = tl l)
		lines[i--] = ref Ltext(hd l, 0);
	if(!silent)
		out.puts(string size + "\n");
}

writefile(name: string, a, b, appending: int)
{
	f: ref Iobuf;
	if(appending){
		f = bufio->open(name, Bufio->OWRITE);
		if(f != nil)
			f.seek(big 0, Bufio->SEEKEND);
	}
	if(f == nil)
		f = bufio->create(name, Bufio->OWRITE, 8r666);
	if(f == nil)
		error(name);
	size := big 0;
	if(a < 1)
		a = 1;
	for(i := a; i <= b; i++){
		s := lines[i].s + "\n";
		size += big len array of byte s;
		f.puts(s);
	}
	if(f.flush() == Bufio->ERROR)
		error(name);
	f.close();
	if(a == 1 && b == last)
		dirty = 0;
	if(!silent)
		out.puts(string size + "\n");
}

# text of a command on several lines, each but the last ending in a backslash; with its newline
continued(): string
{
	s := cmd[pos:];
	pos = len cmd;
	while(len s >= 2 && s[len s - 2:] == "\\\n"){
		more := getline();
		if(more == nil)
			break;
		s = s[0:len s - 2] + "\n" + more;
	}
	return s;
}

global(positive: int)
{
	first := addr1;
	end := addr2;
	delim := peek();
	if(delim == '\n' || delim == ' ')
		error("");
	pos++;
	re := getpattern(delim);
	text := continued();
	if(text == "\n")
		text = "p\n";
	for(i := 1; i <= last; i++)
		lines[i].hit = i >= first && i <= end && (regex->execute(re, lines[i].s) != nil) == positive;
	commands: list of string;
	(nil, l) := sys->tokenize(text, "\n");
	for(; l != nil; l = tl l)
		commands = hd l + "\n" :: commands;
	inorder: list of string;
	for(; commands != nil; commands = tl commands)
		inorder = hd commands :: inorder;
	inglobal = 1;
	for(i = 1; i <= last;){
		if(!lines[i].hit){
			i++;
			continue;
		}
		lines[i].hit = 0;
		dot = i;
		pending = inorder;
		while(pending != nil){
			cmd = getline();
			pos = 0;
			command();
		}
		i = 1;
	}
	inglobal = 0;
}

Group: con 16rE000;	# + n stands for group n in a replacement

substitute(a, b: int)
{
	which := 1;
	if(peek() >= '0' && peek() <= '9')
		which = number();
	delim := peek();
	re: Regex->Re;
	text := "";
	all := 0;
	if(delim == '\n' || delim == ' ')
		error("");
	pos++;
	re = getpattern(delim);
	for(;;){
		c := peek();
		if(c == '\n' || c == delim)
			break;
		pos++;
		if(c == '&')
			c = Group;
		else if(c == '\\'){
			c = peek();
			pos++;
			if(c == '\n'){
				more := getline();
				if(more == nil)
					error("");
				cmd = more;
				pos = 0;
			}else if(c >= '1' && c <= '9')
				c = Group + c - '0';
			else if(c == 'n')
				c = '\n';
		}
		text[len text] = c;
	}
	if(peek() == delim){
		pos++;
		if(peek() == 'g'){
			all = 1;
			pos++;
		}
	}else
		suffix = 'p';
	ending();
	done := 0;
	for(i := a; i <= b; i++){
		(n, s) := replace(re, text, lines[i].s, which, all);
		if(!n)
			continue;
		done = 1;
		(nil, parts) := split(s);
		undotext = lines[i].s;
		undoline = ref Ltext(hd parts, 0);
		for(m := 0; m < len marks; m++)
			if(marks[m] == lines[i])
				marks[m] = undoline;
		undoline.hit = lines[i].hit;
		lines[i] = undoline;
		dirty = 1;
		dot = i;
		k := len parts - 1;
		if(k > 0){
			insert(i, k);
			for(parts = tl parts; parts != nil; parts = tl parts)
				lines[++dot] = ref Ltext(hd parts, 0);
			i += k;
			b += k;
		}
	}
	if(!done && !inglobal)
		error("");
}

split(s: string): (int, list of string)
{
	l: list of string;
	for(i := len s; i >= 0;){
		e := i;
		while(i > 0 && s[i-1] != '\n')
			i--;
		l = s[i:e] :: l;
		i--;
	}
	return (len l, l);
}

replace(re: Regex->Re, text, s: string, which, all: int): (int, string)
{
	r := "";
	at := 0;
	n := 0;
	done := 0;
	lastend := -1;
	m := regex->execute(re, s);
	while(m != nil){
		(b, e) := m[0];
		r += s[at:b];
		if(e > b || b != lastend){
			if(++n == which || all && n > which){
				r += expand(text, s, m);
				done = 1;
			}else
				r += s[b:e];
		}
		at = lastend = e;
		if(done && !all)
			break;
		if(e == b){
			if(at >= len s)
				break;
			r[len r] = s[at++];
		}
		m = regex->executese(re, s, (at, len s), at == 0, 1);
	}
	if(at < len s)
		r += s[at:];
	return (done, r);
}

expand(text, s: string, m: array of (int, int)): string
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

Shell: module
{
	system:	fn(drawctxt: ref Draw->Context, cmd: string): string;
};

shell(s: string)
{
	sh := load Shell "/dis/sh.dis";
	if(sh == nil)
		error("");
	out.flush();
	sh->system(nil, "{" + s + "}");
}

nomod(path: string)
{
	sys->fprint(sys->fildes(2), "ed: cannot load %s: %r\n", path);
	raise "fail:bad module";
}
