implement Xd;

#
# Prints bytes as numbers or characters; see xd(1).
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "bufio.m";
	bufio: Bufio;
	Iobuf: import bufio;

Xd: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

USAGE: con "usage: xd [-u] [-r] [-s] [-a{odx}] [-c|{b1w2l4v8}{odx}] ... file ...\n";
LINE: con 16;

Format: adt
{
	width:	int;	# bytes of a unit; 0: characters
	base:	int;	# 'o', 'd' or 'x'
};

formats: list of Format;
abase := 'x';
unbuffered, repeats, swap: int;
out: ref Iobuf;

init(nil: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	bufio = load Bufio Bufio->PATH;
	if(bufio == nil)
		nomod(Bufio->PATH);
	if(argv != nil)
		argv = tl argv;
	l: list of Format;
	for(; argv != nil && len hd argv > 1 && (hd argv)[0] == '-'; argv = tl argv){
		a := hd argv;
		if(a == "--"){
			argv = tl argv;
			break;
		}
		for(i := 1; i < len a;){
			width := -1;
			case a[i++] {
			'u' =>	unbuffered = 1;
			'r' =>	repeats = 1;
			's' =>	swap = 1;
			'c' =>	l = Format(0, 'x') :: l;
			'a' =>
				if(i >= len a || !isbase(a[i]))
					usage();
				abase = a[i++];
			'b' or '1' =>	width = 1;
			'w' or '2' =>	width = 2;
			'l' or '4' =>	width = 4;
			'v' or '8' =>	width = 8;
			'o' or 'd' or 'x' =>
				i--;
				width = 4;
			* =>	usage();
			}
			if(width > 0){
				base := 'x';
				if(i < len a){
					if(!isbase(a[i]))
						usage();
					base = a[i++];
				}
				l = Format(width, base) :: l;
			}
		}
	}
	for(; l != nil; l = tl l)
		formats = hd l :: formats;
	if(formats == nil)
		formats = Format(4, 'x') :: nil;
	out = bufio->fopen(sys->fildes(1), Bufio->OWRITE);
	failed := 0;
	if(argv == nil)
		failed = dump(bufio->fopen(sys->fildes(0), Bufio->OREAD), "<stdin>");
	many := argv != nil && tl argv != nil;
	for(; argv != nil; argv = tl argv){
		f := bufio->open(hd argv, Bufio->OREAD);
		if(f == nil){
			out.flush();
			sys->fprint(sys->fildes(2), "xd: cannot open %s: %r\n", hd argv);
			raise "fail:cannot open";
		}
		if(many)
			out.puts(hd argv + "\n");
		failed |= dump(f, hd argv);
	}
	if(out.flush() == Bufio->ERROR){
		sys->fprint(sys->fildes(2), "xd: write error: %r\n");
		raise "fail:write error";
	}
	if(failed)
		raise "fail:read error";
}

usage()
{
	sys->fprint(sys->fildes(2), "%s", USAGE);
	raise "fail:usage";
}

isbase(c: int): int
{
	return c == 'o' || c == 'd' || c == 'x';
}

address(n: big): string
{
	case abase {
	'o' =>	return sys->sprint("%.7bo", n);
	'd' =>	return sys->sprint("%.7bd", n);
	}
	return sys->sprint("%.7bx", n);
}

dump(f: ref Iobuf, name: string): int
{
	total := big 0;
	last: array of byte;
	starred := 0;
	n: int;
	for(;;){
		buf := array[LINE] of {* => byte 0};
		n = f.read(buf, LINE);
		if(n <= 0)
			break;
		if(swap)
			for(i := 0; i < LINE; i += 4){
				(buf[i], buf[i+3]) = (buf[i+3], buf[i]);
				(buf[i+1], buf[i+2]) = (buf[i+2], buf[i+1]);
			}
		if(repeats && n == LINE && last != nil && equal(buf, last)){
			if(!starred)
				out.puts("*\n");
			starred = 1;
		}else{
			starred = 0;
			show(total, buf, n);
		}
		last = buf;
		total += big n;
		if(unbuffered)
			out.flush();
	}
	if(repeats && starred)
		out.puts(address(total) + " \n");
	out.puts(address(total) + "\n");
	if(n < 0){
		out.flush();
		sys->fprint(sys->fildes(2), "xd: error reading %s: %r\n", name);
		return 1;
	}
	return 0;
}

equal(a, b: array of byte): int
{
	for(i := 0; i < LINE; i++)
		if(a[i] != b[i])
			return 0;
	return 1;
}

show(addr: big, buf: array of byte, n: int)
{
	first := 1;
	for(l := formats; l != nil; l = tl l){
		s := address(addr);
		i: int;
		if(!first)
			for(i = 0; i < len s - 1 && s[i] == '0'; i++)
				s[i] = ' ';
		first = 0;
		f := hd l;
		if(f.width == 0)
			for(i = 0; i < n; i++){
				c := char(int buf[i]);
				s += " " + c;
				if(i < n-1 && len c == 1)
					s += " ";
			}
		else
			for(i = 0; i < n; i += f.width)
				s += " " + unit(buf[i:i+f.width], f.base);
		out.puts(s + "\n");
	}
}

char(c: int): string
{
	case c {
	'\n' =>	return "\\n";
	'\t' =>	return "\\t";
	'\r' =>	return "\\r";
	'\b' =>	return "\\b";
	}
	if(c >= ' ' && c < 16r7f)
		return sys->sprint("%c", c);
	return sys->sprint("%.2x", c);
}

unit(a: array of byte, base: int): string
{
	v := big 0;
	for(i := 0; i < len a; i++)
		v = v << 8 | big a[i];
	case base {
	'o' =>
		digits := array[] of {1 => 3, 2 => 6, 4 => 11, 8 => 22};
		return sys->sprint("%.*ubo", digits[len a], v);
	'd' =>
		digits := array[] of {1 => 3, 2 => 5, 4 => 10, 8 => 20};
		return sys->sprint("%.*ubd", digits[len a], v);
	}
	return sys->sprint("%.*ubx", 2*len a, v);
}

nomod(path: string)
{
	sys->fprint(sys->fildes(2), "xd: cannot load %s: %r\n", path);
	raise "fail:bad module";
}
