implement Man2txt;

#
# Formats manual pages as plain text; see man(1).
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "arg.m";
	arg: Arg;

include "bufio.m";
	bufio: Bufio;
	Iobuf: import bufio;

include "string.m";
	str: String;

Man2txt: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

INDENT: con 5;

length := 70;
out: ref Iobuf;

title, section: string;
left := 0;		# indentation of paragraphs
indent := 0;		# of the next line
outer: list of int;	# indentations around .RS
fill := 1;
line := "";		# being filled, with its indentation
any := 0;		# words are in line
blank := 1;		# the last line printed was empty
tag := 0;		# what comes next is the tag of .TP
literal := 0;

init(nil: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	arg = load Arg Arg->PATH;
	if(arg == nil)
		nomod(Arg->PATH);
	bufio = load Bufio Bufio->PATH;
	if(bufio == nil)
		nomod(Bufio->PATH);
	str = load String String->PATH;
	if(str == nil)
		nomod(String->PATH);
	arg->init(argv);
	arg->setusage("man2txt [-p width] [file ...]");
	while((o := arg->opt()) != 0)
		case o {
		'p' =>
			length = int arg->earg();
			if(length < 20)
				length = 20;
		* =>
			arg->usage();
		}
	argv = arg->argv();
	out = bufio->fopen(sys->fildes(1), Bufio->OWRITE);
	failed := 0;
	if(argv == nil)
		format(bufio->fopen(sys->fildes(0), Bufio->OREAD));
	for(; argv != nil; argv = tl argv){
		f := bufio->open(hd argv, Bufio->OREAD);
		if(f == nil){
			out.flush();
			sys->fprint(sys->fildes(2), "man2txt: can't open %s: %r\n", hd argv);
			failed = 1;
		}else
			format(f);
	}
	out.flush();
	if(failed)
		raise "fail:errors";
}

format(f: ref Iobuf)
{
	left = indent = INDENT;
	fill = blank = 1;
	outer = nil;
	tag = literal = 0;
	while((s := f.gets('\n')) != nil){
		while(s != nil && (s[len s - 1] == '\n' || s[len s - 1] == '\r'))
			s = s[0:len s - 1];
		if(s != nil && (s[0] == '.' || s[0] == '\'') && !(len s > 1 && s[0] == '\'' && s[1] == '\''))
			request(s[1:]);
		else
			text(unescape(s));
	}
	flush();
	if(title != nil){
		vertical();
		put(title + "(" + section + ")");
	}
}

# words of a request; in double quotes they may have blanks, and a doubled quote is one
words(s: string): list of string
{
	l: list of string;
	for(i := 0; i < len s;){
		while(i < len s && (s[i] == ' ' || s[i] == '\t'))
			i++;
		if(i >= len s)
			break;
		w := "";
		if(s[i] == '"'){
			for(i++; i < len s; i++){
				if(s[i] == '"'){
					if(i+1 >= len s || s[i+1] != '"')
						break;
					i++;
				}
				w[len w] = s[i];
			}
			i++;
		}else
			for(; i < len s && s[i] != ' ' && s[i] != '\t'; i++){
				w[len w] = s[i];
				if(s[i] == '\\' && i+1 < len s)
					w[len w] = s[++i];
			}
		l = w :: l;
	}
	r: list of string;
	for(; l != nil; l = tl l)
		r = hd l :: r;
	return r;
}

join(l: list of string, sep: string): string
{
	s := "";
	for(; l != nil; l = tl l){
		s += unescape(hd l);
		if(tl l != nil)
			s += sep;
	}
	return s;
}

request(s: string)
{
	w := words(s);
	if(w == nil)
		return;
	name := hd w;
	w = tl w;
	case name {
	"TH" =>
		if(w != nil)
			title = unescape(hd w);
		if(w != nil && tl w != nil)
			section = unescape(hd tl w);
		put(title + "(" + section + ")");
	"SH" or "SS" =>
		flush();
		vertical();
		left = INDENT;
		outer = nil;
		if(name == "SH")
			indent = 0;
		else
			indent = 2;
		fill = 1;
		text(join(w, " "));
		flush();
		indent = left;
		blank = 1;		# nothing between a heading and its text
	"PP" or "LP" or "P" =>
		flush();
		vertical();
		base();
	"TP" =>
		flush();
		vertical();
		base();
		tag = 1;
	"IP" =>
		flush();
		vertical();
		base();
		left += INDENT;
		if(w != nil){
			indent = left - INDENT;
			text(unescape(hd w));
			pad();
		}else
			indent = left;
	"RS" =>
		flush();
		outer = left :: outer;
	"RE" =>
		flush();
		if(outer != nil){
			left = hd outer;
			outer = tl outer;
		}
		indent = left;
	"B" or "I" or "SM" or "R" or "L" =>
		text(join(w, " "));
	"BR" or "BI" or "IR" or "RB" or "RI" or "IB" or "LR" or "RL" or "IL" or "LI" =>
		text(join(w, ""));
	"br" =>
		flush();
	"sp" =>
		flush();
		vertical();
	"nf" or "EX" =>
		flush();
		fill = 0;
		if(name == "EX")
			literal = 1;
	"fi" or "EE" =>
		flush();
		fill = 1;
		literal = 0;
	}
}

# where paragraphs stand outside of tagged ones
base()
{
	left = INDENT;
	if(outer != nil)
		left = hd outer;
	indent = left;
}

# an empty line, unless there is one
vertical()
{
	if(!blank)
		put("");
	blank = 1;
}

put(s: string)
{
	for(n := len s; n > 0 && s[n-1] == ' '; n--)
		;
	out.puts(s[0:n] + "\n");
	blank = n == 0;
}

flush()
{
	if(any || line != nil)
		put(line);
	line = "";
	any = 0;
}

spaces(n: int): string
{
	return sys->sprint("%*s", n, "");
}

# after a tag: on its line if it is short
pad()
{
	if(len line >= left - 1){
		flush();
	}else{
		line += spaces(left - len line);
		any = 0;
	}
	indent = left;
}

text(s: string)
{
	if(s == nil && !tag){
		if(fill){
			flush();
			vertical();
		}else
			put("");
		return;
	}
	if(!fill){
		n := indent;
		if(literal)
			n += 4;
		put(spaces(n) + s);
		return;
	}
	if(s[0] == ' ')
		flush();
	(nil, l) := sys->tokenize(s, " \t");
	for(; l != nil; l = tl l)
		word(hd l);
	if(tag){
		tag = 0;
		left += INDENT;
		pad();
	}
}

word(w: string)
{
	if(any && len line + 1 + len w > length)
		flush();
	if(any)
		line += " ";
	else if(line == nil)
		line = spaces(indent);
	for(i := 0; i < len w; i++)
		if(w[i] == 16rA0)
			w[i] = ' ';
	line += w;
	any = 1;
}

# escapes of troff; blanks that are not to be broken are U+00A0
unescape(s: string): string
{
	r := "";
	for(i := 0; i < len s; i++){
		if(s[i] != '\\' || i+1 >= len s){
			r[len r] = s[i];
			continue;
		}
		case s[++i] {
		'f' =>
			if(i+1 < len s && s[++i] == '(')
				i += 2;
		's' =>
			if(i+1 < len s && (s[i+1] == '-' || s[i+1] == '+'))
				i++;
			if(i+1 < len s)
				i++;
		'*' or '(' =>
			if(s[i] == '*' && i+1 < len s && s[i+1] == '(')
				i++;
			if(i+2 < len s){
				r += special(s[i+1:i+3]);
				i += 2;
			}
		'e' or '\\' =>
			r[len r] = '\\';
		'&' or '|' or '^' or '%' or ':' or '/' or ',' =>
			;
		' ' or '~' or '0' =>
			r[len r] = 16rA0;
		'"' =>
			return r;
		* =>
			r[len r] = s[i];
		}
	}
	return r;
}

special(s: string): string
{
	case s {
	"mi" or "en" or "hy" =>	return "-";
	"em" =>	return "--";
	"bu" =>	return "•";
	"aq" =>	return "'";
	"dq" =>	return "\"";
	"lq" =>	return "“";
	"rq" =>	return "”";
	"rs" =>	return "\\";
	"ti" =>	return "~";
	"ha" =>	return "^";
	"pl" =>	return "+";
	"**" or "mu" =>	return "×";
	"->" =>	return "→";
	"<-" =>	return "←";
	"<=" =>	return "≤";
	">=" =>	return "≥";
	"!=" =>	return "≠";
	"di" =>	return "÷";
	"co" =>	return "©";
	"sc" =>	return "§";
	"de" =>	return "°";
	"*m" =>	return "μ";
	"*p" =>	return "π";
	}
	return s;
}

nomod(path: string)
{
	sys->fprint(sys->fildes(2), "man2txt: cannot load %s: %r\n", path);
	raise "fail:bad module";
}
