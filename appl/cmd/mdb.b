implement Mdb;

#
# Looks at files byte by byte and changes them, and shows what object files hold; see mdb(1).
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "arg.m";
	arg: Arg;

include "bufio.m";
	bufio: Bufio;
	Iobuf: import bufio;

include "dis.m";
	dis: Dis;
	Data, Mod: import dis;

Mdb: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

Bad: con "mdb: ";		# what exceptions within here begin with

file: string;
fd: ref Sys->FD;
writing: int;
out: ref Iobuf;
mod: ref Mod;

line: string;			# the command
at: int;			# how far it has been read
dot: big;
step: big;			# what the last format has gone over
format := "X";
again: string;			# what an empty line does

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
	arg->setusage("mdb [-w] file [command]");
	while((o := arg->opt()) != 0)
		case o {
		'w' =>	writing = 1;
		* =>	arg->usage();
		}
	argv = arg->argv();
	if(argv == nil || len argv > 2)
		arg->usage();
	file = hd argv;
	mode := Sys->OREAD;
	if(writing)
		mode = Sys->ORDWR;
	fd = sys->open(file, mode);
	if(fd == nil){
		sys->fprint(sys->fildes(2), "mdb: can't open %s: %r\n", file);
		raise "fail:open";
	}
	out = bufio->fopen(sys->fildes(1), Sys->OWRITE);
	if(tl argv != nil){
		if(run(hd tl argv) < 0)
			raise "fail:error";
		return;
	}
	in := bufio->fopen(sys->fildes(0), Sys->OREAD);
	while((s := in.gets('\n')) != nil && run(s) <= 0)
		;
}

# 1: quit, -1: an error, which has been told.
run(s: string): int
{
	{
		quit := 0;
		if(s != nil && s[len s - 1] == '\n')
			s = s[0:len s - 1];
		line = s;
		at = 0;
		if(blank() == 0 && again != nil){
			dot += step;
			line = again;
			at = 0;
		}
		while(!quit && blank() != 0){
			quit = command();
			if(blank() == ';')
				at++;
			else if(blank() != 0)
				raise Bad + sys->sprint("unexpected '%c'", line[at]);
		}
		out.flush();
		return quit;
	}exception e{
	Bad + "*" =>
		out.flush();
		sys->fprint(sys->fildes(2), "%s\n", e);
		return -1;
	}
}

# The next character, 0 at the end.
next(): int
{
	if(at < len line)
		return line[at];
	return 0;
}

# The next one that is not a blank.
blank(): int
{
	while(next() == ' ' || next() == '\t')
		at++;
	return next();
}

# [address][,count] verb
command(): int
{
	count := 1;
	case blank() {
	'/' or '?' or '=' or '$' or ',' =>	;
	* =>	dot = expression();
	}
	if(blank() == ','){
		at++;
		count = int expression();
	}
	verb := blank();
	at++;
	case verb {
	'/' or '?' =>
		if(next() == 'w' || next() == 'W')
			patch();
		else{
			getformat();
			again = "/" + format;
			display(count);
		}
	'=' =>
		getformat();
		s := "";
		for(i := 0; i < len format; i++)
			if(format[i] == 'n')
				s = trimmed(s) + "\n";
			else if(size(format[i]) > 0)
				s += text(format[i], dot);
		out.puts(trimmed(s) + "\n");
	'$' =>
		c := next();
		at++;
		if(c == 'q' || c == 'Q')
			return 1;
		object(c);
	0 =>
		at--;
		again = "/" + format;
		display(count);
	* =>
		raise Bad + sys->sprint("unknown command '%c'", verb);
	}
	return 0;
}

#
# expressions: from left to right, without precedence
#

expression(): big
{
	v := term();
	for(;;){
		op := blank();
		case op {
		'+' or '-' or '*' or '%' or '&' or '|' or '#' =>
			at++;
			w := term();
			if(w == big 0 && (op == '%' || op == '#'))
				raise Bad + "division by zero";
			case op {
			'+' =>	v += w;
			'-' =>	v -= w;
			'*' =>	v *= w;
			'%' =>	v /= w;
			'&' =>	v &= w;
			'|' =>	v |= w;
			'#' =>	v = (v + w - big 1) / w * w;
			}
		* =>
			return v;
		}
	}
}

term(): big
{
	c := blank();
	at++;
	case c {
	'.' =>
		return dot;
	'-' =>
		return -term();
	'~' =>
		return ~term();
	'*' =>
		return value(bytes(term(), 4));
	'(' =>
		v := expression();
		if(blank() != ')')
			raise Bad + "missing ')'";
		at++;
		return v;
	'\'' =>
		if(at + 1 >= len line || line[at+1] != '\'')
			raise Bad + "bad character constant";
		at += 2;
		return big line[at-2];
	'0' to '9' =>
		at--;
		return number();
	0 =>
		at--;
		raise Bad + "expression expected";
	}
	raise Bad + sys->sprint("bad expression at '%c'", c);
}

# decimal, 0x hexadecimal, 0 octal
number(): big
{
	base := 10;
	if(next() == '0'){
		base = 8;
		if(at + 1 < len line && (line[at+1] == 'x' || line[at+1] == 'X')){
			base = 16;
			at += 2;
			if(digit(next(), base) < 0)
				raise Bad + "bad number";
		}
	}
	v := big 0;
	while((d := digit(next(), base)) >= 0){
		v = v * big base + big d;
		at++;
	}
	if(digit(next(), 36) >= 0)
		raise Bad + "bad number";
	return v;
}

digit(c, base: int): int
{
	d := -1;
	if(c >= '0' && c <= '9')
		d = c - '0';
	else if(c >= 'a' && c <= 'z')
		d = c - 'a' + 10;
	else if(c >= 'A' && c <= 'Z')
		d = c - 'A' + 10;
	if(d >= base)
		return -1;
	return d;
}

#
# bytes of the file
#

bytes(off: big, n: int): array of byte
{
	a := array[n] of byte;
	if(off < big 0 || sys->pread(fd, a, n, off) != n)
		raise Bad + sys->sprint("0x%bux: not in %s", off, file);
	return a;
}

value(a: array of byte): big
{
	v := big 0;
	for(i := 0; i < len a; i++)
		v = v << 8 | big a[i];
	return v;
}

# The rest of the command up to a semicolon; none: the same format again. Each letter may have a count before it.
getformat()
{
	s := "";
	while((c := next()) != 0 && c != ';'){
		at++;
		if(c == ' ' || c == '\t')
			continue;
		n := 1;
		if(c >= '1' && c <= '9'){
			at--;
			n = 0;
			while((d := digit(next(), 10)) >= 0 && n < 10000){
				n = 10 * n + d;
				at++;
			}
			c = next();
			at++;
		}
		if(size(c) < 0){
			if(c == 0)
				raise Bad + "format letter expected";
			raise Bad + sys->sprint("unknown format '%c'", c);
		}
		if(n > 4096)
			raise Bad + "count too large";
		while(n-- > 0)
			s[len s] = c;
	}
	if(s != "")
		format = s;
}

# How many bytes a format letter takes, -1 if it is none.
size(c: int): int
{
	case c {
	'b' or 'c' or 'C' =>	return 1;
	'o' or 'd' or 'u' or 'x' =>	return 2;
	'O' or 'D' or 'U' or 'X' =>	return 4;
	'n' or '+' or '-' or '^' =>	return 0;
	}
	return -1;
}

# Prints count times by the format, from dot on; dot ends where the last time began.
display(count: int)
{
	from := dot;
	while(count-- > 0){
		dot = from;
		s := sys->sprint("0x%bux\t", dot);
		for((i, n) := (0, 0); i < len format; i++){
			c := format[i];
			case c {
			'+' =>	from++;
			'-' =>	from--;
			'^' =>	from -= big n;
			'n' =>	s = trimmed(s) + "\n\t";
			* =>
				n = size(c);
				s += text(c, value(bytes(from, n)));
				from += big n;
			}
		}
		out.puts(trimmed(s) + "\n");
		step = from - dot;
	}
}

trimmed(s: string): string
{
	if(s != nil && s[len s - 1] == ' ')
		return s[0:len s - 1];
	return s;
}

# v, of which the format says how many bytes count
text(f: int, v: big): string
{
	n := 64 - 8*size(f);
	v = v << n >> n;	# with its sign
	u := v;
	if(n > 0)
		u = v & (big 1 << 64 - n) - big 1;
	case f {
	'b' or 'o' or 'O' =>
		return sys->sprint("0%bo ", u);
	'd' or 'D' =>
		return sys->sprint("%bd ", v);
	'u' or 'U' =>
		return sys->sprint("%bd ", u);
	'x' or 'X' =>
		return sys->sprint("0x%bux ", u);
	'C' =>
		if(u < big ' ' || u >= big 16r7f || u == big '\\')
			return sys->sprint("\\x%.2bux", u);
	}
	return sys->sprint("%c", int u);
}

# w and W: values of two and of four bytes, one behind the other
patch()
{
	n := 2;
	if(next() == 'W')
		n = 4;
	at++;
	if(!writing)
		raise Bad + sys->sprint("%s is not open for writing: use -w", file);
	if(blank() == 0 || next() == ';')
		raise Bad + "value expected";
	off := dot;
	while(blank() != 0 && next() != ';'){
		v := expression();
		old := value(bytes(off, n));
		a := array[n] of byte;
		for(i := 0; i < n; i++)
			a[i] = byte (v >> 8*(n-1-i));
		if(sys->pwrite(fd, a, n, off) != n)
			raise Bad + sys->sprint("can't write %s: %r", file);
		out.puts(sys->sprint("0x%bux\t0x%bux = 0x%bux\n", off, old, value(a)));
		off += big n;
	}
	mod = nil;
}

#
# object files
#

object(what: int)
{
	if(dis == nil){
		dis = load Dis Dis->PATH;
		if(dis == nil)
			raise Bad + sys->sprint("cannot load %s: %r", Dis->PATH);
		dis->init();
	}
	case what {
	'h' or 'i' or 'd' or 'l' or 'D' or 'H' or 's' =>	;
	0 =>
		at--;
		raise Bad + "letter expected after '$'";
	* =>
		raise Bad + sys->sprint("unknown command '$%c'", what);
	}
	if(mod == nil){
		err: string;
		(mod, err) = dis->loadobj(file);
		if(mod == nil)
			raise Bad + sys->sprint("%s: %s", file, err);
	}
	m := mod;
	case what {
	'h' =>
		out.puts(sys->sprint("magic\t%d\nflags\t0x%ux\nstack\t%d\ncode\t%d\ndata\t%d\ntypes\t%d\nlinks\t%d\nentry\t%d,%d\nmodule\t%s\n",
			m.magic, m.rt, m.ssize, m.isize, m.dsize, m.tsize, m.lsize, m.entry, m.entryt, m.name));
		if(m.sign != nil)
			out.puts(sys->sprint("sign\t%s\n", hex(m.sign)));
	'i' =>
		for(i := 0; i < len m.inst; i++)
			out.puts(sys->sprint("%d\t%s\n", i, dis->inst2s(m.inst[i])));
	'd' =>
		for(l := m.data; l != nil; l = tl l)
			item(hd l);
	'l' =>
		for(i := 0; i < len m.links; i++){
			l := m.links[i];
			out.puts(sys->sprint("link\t%d,%d,0x%ux,\"%s\"\n", l.desc, l.pc, l.sig, l.name));
		}
		for(i = 0; i < len m.imports; i++)
			for(j := 0; j < len m.imports[i]; j++)
				out.puts(sys->sprint("import\t%d,%d,0x%ux,\"%s\"\n", i, j, m.imports[i][j].sig, m.imports[i][j].name));
	'D' =>
		for(i := 0; i < len m.types; i++)
			if(m.types[i] != nil)
				out.puts(sys->sprint("desc\t$%d,%d,\"%s\"\n", i, m.types[i].size, hex(m.types[i].map)));
	'H' =>
		for(i := 0; i < len m.handlers; i++){
			h := m.handlers[i];
			out.puts(sys->sprint("handler\t%d-%d,%d(fp),%d\n", h.pc1, h.pc2, h.eoff, h.ne));
			for(j := 0; j < len h.etab; j++)
				out.puts(sys->sprint("\t%d\t\"%s\"\n", h.etab[j].pc, h.etab[j].s));
		}
	's' =>
		out.puts(m.srcpath + "\n");
	}
}

item(d: ref Data)
{
	out.puts(sys->sprint("%d\t", d.off));
	pick p := d {
	Zero =>
		out.puts("zero");
	Bytes =>
		out.puts("byte\t" + hex(p.bytes));
	Words =>
		out.puts("word");
		for(i := 0; i < len p.words; i++)
			out.puts(sys->sprint("\t%d", p.words[i]));
	String =>
		out.puts(sys->sprint("string\t%s", quoted(p.str)));
	Reals =>
		out.puts("real");
		for(i := 0; i < len p.reals; i++)
			out.puts(sys->sprint("\t%g", p.reals[i]));
	Array =>
		out.puts(sys->sprint("array\t$%d,%d", p.typex, p.length));
	Aindex =>
		out.puts(sys->sprint("index\t%d", p.index));
	Arestore =>
		out.puts("apop");
	Bigs =>
		out.puts("long");
		for(i := 0; i < len p.bigs; i++)
			out.puts(sys->sprint("\t%bd", p.bigs[i]));
	}
	out.putc('\n');
}

hex(a: array of byte): string
{
	s := "";
	for(i := 0; i < len a; i++)
		s += sys->sprint("%.2ux", int a[i]);
	return s;
}

quoted(s: string): string
{
	t := "\"";
	for(i := 0; i < len s; i++)
		case s[i] {
		'\n' =>	t += "\\n";
		'\t' =>	t += "\\t";
		'"' or '\\' =>
			t[len t] = '\\';
			t[len t] = s[i];
		* =>	t[len t] = s[i];
		}
	return t + "\"";
}

nomod(path: string)
{
	sys->fprint(sys->fildes(2), "mdb: cannot load %s: %r\n", path);
	raise "fail:load";
}
