implement Man2html;

#
# Formats manual pages as HTML; see man(1).
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

Man2html: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

out: ref Iobuf;

started := 0;		# the head is written
block := "";		# what text is in: p, dt, dd, pre; empty: nothing
lists: list of int;	# for each .RS and outside of them: a list is open
font := 'R';
before := 'R';		# the font that \fP goes back to
tag := 0;		# what comes next is the tag of .TP
section := "";

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
	arg->setusage("man2html [file ...]");
	if(arg->opt() != 0)
		arg->usage();
	argv = arg->argv();
	out = bufio->fopen(sys->fildes(1), Bufio->OWRITE);
	failed := 0;
	if(argv == nil)
		format(bufio->fopen(sys->fildes(0), Bufio->OREAD), "standard input");
	for(; argv != nil; argv = tl argv){
		f := bufio->open(hd argv, Bufio->OREAD);
		if(f == nil){
			sys->fprint(sys->fildes(2), "man2html: can't open %s: %r\n", hd argv);
			failed = 1;
		}else
			format(f, hd argv);
	}
	if(out.flush() == Bufio->ERROR){
		sys->fprint(sys->fildes(2), "man2html: write error: %r\n");
		raise "fail:write error";
	}
	if(failed)
		raise "fail:errors";
}

format(f: ref Iobuf, name: string)
{
	started = tag = 0;
	block = "";
	lists = 0 :: nil;
	font = before = 'R';
	while((s := f.gets('\n')) != nil){
		while(s != nil && (s[len s - 1] == '\n' || s[len s - 1] == '\r'))
			s = s[0:len s - 1];
		if(s != nil && (s[0] == '.' || s[0] == '\'' && s != "''")){
			if(str->prefix(".TH", s) || !str->prefix(".\\\"", s))
				request(s[1:], name);
		}else
			text(s, name);
	}
	head(name, "");
	endlists();
	out.puts("</body>\n</html>\n");
}

head(title, heading: string)
{
	if(started)
		return;
	started = 1;
	out.puts("<!DOCTYPE html>\n<html>\n<head>\n<meta charset=\"utf-8\">\n<title>" + quote(title) + "</title>\n</head>\n<body>\n");
	if(heading != nil)
		out.puts("<h1>" + heading + "</h1>\n");
}

quote(s: string): string
{
	r := "";
	for(i := 0; i < len s; i++)
		case s[i] {
		'<' =>	r += "&lt;";
		'>' =>	r += "&gt;";
		'&' =>	r += "&amp;";
		'"' =>	r += "&quot;";
		* =>	r[len r] = s[i];
		}
	return r;
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
		quoted := s[i] == '"';
		if(quoted)
			i++;
		for(; i < len s; i++){
			if(quoted && s[i] == '"'){
				if(i+1 >= len s || s[i+1] != '"')
					break;
				i++;
			}else if(!quoted && (s[i] == ' ' || s[i] == '\t'))
				break;
			w[len w] = s[i];
			if(s[i] == '\\' && i+1 < len s)
				w[len w] = s[++i];
		}
		i++;
		l = w :: l;
	}
	r: list of string;
	for(; l != nil; l = tl l)
		r = hd l :: r;
	return r;
}

request(s, name: string)
{
	w := words(s);
	if(w == nil)
		return;
	req := hd w;
	w = tl w;
	if(req == "TH"){
		title := "";
		for(i := 0; i < 2 && w != nil; w = tl w)
			if(i++ == 0)
				title = hd w;
			else
				title += "(" + hd w + ")";
		s = styled('R', title :: nil, "");
		head(title, s);
		return;
	}
	case req {
	"SH" or "SS" =>
		head(name, "");
		endlists();
		h := "h2";
		if(req == "SS")
			h = "h3";
		out.puts("<" + h + ">" + styled('R', w, " ") + "</" + h + ">\n");
	"PP" or "LP" or "P" =>
		endlist();
	"TP" =>
		item();
		tag = 1;
	"IP" =>
		item();
		if(w != nil){
			open("dt");
			out.puts(styled('R', hd w :: nil, "") + "\n");
		}
		open("dd");
	"RS" =>
		if(block == "pre" || block != "dd")
			close();
		if(block == "dd")
			lists = hd lists | WasItem :: tl lists;	# within the item
		block = "";
		out.puts("<blockquote>\n");
		lists = 0 :: lists;
	"RE" =>
		if(tl lists != nil){
			endlist();
			lists = tl lists;
			out.puts("</blockquote>\n");
			if(hd lists & WasItem)
				block = "dd";
			lists = hd lists & ~WasItem :: tl lists;
		}
	"B" or "L" =>
		put(styled('B', w, " "), name);
	"I" =>
		put(styled('I', w, " "), name);
	"R" or "SM" =>
		put(styled('R', w, " "), name);
	"BR" or "BI" or "IR" or "RB" or "RI" or "IB" or "LR" or "RL" or "IL" or "LI" =>
		r := "";
		for(i := 0; w != nil; w = tl w)
			r += styled(req[i++ % 2], hd w :: nil, "");
		put(r, name);
	"br" =>
		if(block != "pre" && block != "")
			out.puts("<br>\n");
	"sp" =>
		if(block == "pre")
			out.puts("\n");
		else if(block != "dd")
			close();
	"nf" or "EX" =>
		if(block == "dd")
			out.puts("<pre>\n");	# stays in the item
		else{
			close();
			out.puts("<pre>\n");
		}
		lists = hd lists | InPre :: tl lists;
		if(block == "dd")
			lists = hd lists | WasItem :: tl lists;
		block = "pre";
	"fi" or "EE" =>
		close();
	}
}

InList, InPre, WasItem: con 1 << iota;

# begins an element, unless it is the one that is open; an item of a list is open until the next begins
open(b: string)
{
	if(block == b)
		return;
	close();
	out.puts("<" + b + ">");
	block = b;
}

# ends what text is in
close()
{
	if(block == "pre"){
		out.puts("</pre>\n");
		block = "";
		f := hd lists;
		if(f & WasItem)
			block = "dd";
		lists = f & ~(InPre | WasItem) :: tl lists;
		return;
	}
	if(block != "")
		out.puts("</" + block + ">\n");
	block = "";
}

endlist()
{
	close();
	if(block == "dd")
		close();
	if(hd lists & InList)
		out.puts("</dl>\n");
	lists = 0 :: tl lists;
	font = 'R';
	tag = 0;
}

endlists()
{
	while(tl lists != nil)
		request("RE", "");
	endlist();
}

# an item of a list is to begin
item()
{
	close();
	if(block == "dd")
		close();
	if((hd lists & InList) == 0)
		out.puts("<dl>\n");
	lists = InList :: tl lists;
	font = 'R';
}

text(s, name: string)
{
	if(s == nil){
		if(block == "pre")
			out.puts("\n");
		else if(block == "p")
			close();
		return;
	}
	put(html(s), name);
}

# a line of HTML
put(s, name: string)
{
	head(name, "");
	s = references(s);
	if(tag){
		tag = 0;
		open("dt");
		out.puts(s);
		open("dd");
		return;
	}
	if(block == ""){
		if(hd lists & InList)
			open("dd");
		else
			open("p");
	}
	out.puts(s + "\n");
}

styled(f: int, w: list of string, sep: string): string
{
	s := "";
	for(; w != nil; w = tl w){
		s += hd w;
		if(tl w != nil)
			s += sep;
	}
	old := font;
	font = f;
	s = html(s);
	font = old;
	return s;
}

begin(f: int): string
{
	case f {
	'B' =>	return "<b>";
	'I' =>	return "<i>";
	}
	return "";
}

end(f: int): string
{
	case f {
	'B' =>	return "</b>";
	'I' =>	return "</i>";
	}
	return "";
}

# a line of troff; what is open at its end is closed, to begin again on the next
html(s: string): string
{
	r := begin(font);
	for(i := 0; i < len s; i++){
		if(s[i] != '\\' || i+1 >= len s){
			r += quote(s[i:i+1]);
			continue;
		}
		case s[++i] {
		'f' =>
			f := 'R';
			if(i+1 < len s)
				f = s[++i];
			if(f == '(' || f == '['){
				f = 'B';	# of constant width
				i += 2;
			}
			case f {
			'P' =>	f = before;
			'L' or '2' or '3' or '4' =>
				if(f == '2')
					f = 'I';
				else
					f = 'B';
			'1' =>	f = 'R';
			}
			r += end(font);
			before = font;
			font = f;
			r += begin(font);
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
			r += "&nbsp;";
		'"' =>
			return r + end(font);
		* =>
			r += quote(s[i:i+1]);
		}
	}
	return r + end(font);
}

special(s: string): string
{
	case s {
	"mi" or "en" or "hy" =>	return "-";
	"em" =>	return "—";
	"bu" =>	return "•";
	"aq" =>	return "'";
	"dq" =>	return "&quot;";
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
	return quote(s);
}

# name(N), the name in one font, becomes a link to the page among its like: ../N/name.html
references(s: string): string
{
	r := "";
	for(;;){
		(a, b) := str->splitl(s, "(");
		if(b == nil)
			return r + s;
		if(len b < 3 || b[1] < '1' || b[1] > '9' || b[2] != ')'){
			r += a + "(";
			s = b[1:];
			continue;
		}
		close := "";
		e := len a;
		if(e > 4 && a[e-4:] == "</i>" || e > 4 && a[e-4:] == "</b>"){
			close = a[e-4:];
			e -= 4;
		}
		for(i := e; i > 0 && str->in(a[i-1], "a-zA-Z0-9_.-"); i--)
			;
		start := i;
		if(close != nil && start >= 3 && a[start-3:start] == "<" + close[2:])
			start -= 3;
		else if(close != nil)
			i = e;
		if(i == e)
			r += a + b[0:3];
		else
			r += a[0:start] + "<a href=\"../" + b[1:2] + "/" + a[i:e] + ".html\">" + a[start:] + b[0:3] + "</a>";
		s = b[3:];
	}
}

nomod(path: string)
{
	sys->fprint(sys->fildes(2), "man2html: cannot load %s: %r\n", path);
	raise "fail:bad module";
}
