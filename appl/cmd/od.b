implement Od;

#
# Prints bytes as Unix users know it; see od(1).
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

Od: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

LINE: con 16;

Format: adt
{
	kind:	int;	# a c d f o u x
	size:	int;	# bytes of a unit
};

formats: list of Format;
abase := 'o';
all := 0;
skip := big 0;
count := big -1;
out: ref Iobuf;
files: list of string;
cur: ref Iobuf;
failed := 0;

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
	arg->setusage("od [-v] [-A d|o|x|n] [-j skip] [-N count] [-t type]... [-abcdosx] [file ...]");
	l: list of Format;
	while((o := arg->opt()) != 0)
		case o {
		'v' =>	all = 1;
		'A' =>
			abase = arg->earg()[0];
			if(!str->in(abase, "doxn"))
				arg->usage();
		'j' =>	skip = number(arg->earg());
		'N' =>	count = number(arg->earg());
		't' =>	l = types(arg->earg(), l);
		'a' =>	l = Format('a', 1) :: l;
		'b' =>	l = Format('o', 1) :: l;
		'c' =>	l = Format('c', 1) :: l;
		'd' =>	l = Format('u', 2) :: l;
		'o' =>	l = Format('o', 2) :: l;
		's' =>	l = Format('d', 2) :: l;
		'x' =>	l = Format('x', 2) :: l;
		* =>	arg->usage();
		}
	for(; l != nil; l = tl l)
		formats = hd l :: formats;
	if(formats == nil)
		formats = Format('o', 2) :: nil;
	files = arg->argv();
	if(files == nil)
		files = "-" :: nil;
	out = bufio->fopen(sys->fildes(1), Bufio->OWRITE);
	dump();
	if(out.flush() == Bufio->ERROR){
		sys->fprint(sys->fildes(2), "od: write error: %r\n");
		raise "fail:write error";
	}
	if(failed)
		raise "fail:errors";
}

number(s: string): big
{
	base := 10;
	if(len s > 2 && (s[0:2] == "0x" || s[0:2] == "0X")){
		base = 16;
		s = s[2:];
	}else if(len s > 1 && s[0] == '0')
		base = 8;
	(n, rest) := str->tobig(s, base);
	case rest {
	"" =>	;
	"b" =>	n *= big 512;
	"k" or "K" =>	n *= big 1024;
	"m" or "M" =>	n *= big (1024*1024);
	* =>	arg->usage();
	}
	if(n < big 0)
		arg->usage();
	return n;
}

types(s: string, l: list of Format): list of Format
{
	for(i := 0; i < len s;){
		k := s[i++];
		size := 4;
		case k {
		'a' or 'c' =>
			l = Format(k, 1) :: l;
			continue;
		'f' =>
			size = 8;
		'd' or 'o' or 'u' or 'x' =>
			;
		* =>
			arg->usage();
		}
		if(i < len s){
			case s[i] {
			'C' or '1' =>	size = 1; i++;
			'S' or '2' =>	size = 2; i++;
			'I' or 'F' or '4' =>	size = 4; i++;
			'L' or 'D' or '8' =>	size = 8; i++;
			}
			if(k == 'f' && size < 4)
				arg->usage();
		}
		l = Format(k, size) :: l;
	}
	return l;
}

# up to n bytes of all the files in turn
get(a: array of byte, n: int): int
{
	got := 0;
	while(got < n){
		if(cur == nil){
			if(files == nil)
				break;
			name := hd files;
			files = tl files;
			if(name == "-")
				cur = bufio->fopen(sys->fildes(0), Bufio->OREAD);
			else
				cur = bufio->open(name, Bufio->OREAD);
			if(cur == nil){
				sys->fprint(sys->fildes(2), "od: cannot open %s: %r\n", name);
				failed = 1;
			}
			continue;
		}
		k := cur.read(a[got:], n - got);
		if(k < 0){
			sys->fprint(sys->fildes(2), "od: read error: %r\n");
			failed = 1;
		}
		if(k <= 0){
			cur = nil;
			continue;
		}
		got += k;
	}
	return got;
}

dump()
{
	buf := array[Sys->ATOMICIO] of byte;
	for(left := skip; left > big 0;){
		n := len buf;
		if(left < big n)
			n = int left;
		k := get(buf, n);
		if(k == 0){
			sys->fprint(sys->fildes(2), "od: cannot skip past end of combined input\n");
			raise "fail:errors";
		}
		left -= big k;
	}
	addr := skip;
	last: array of byte;
	starred := 0;
	width := 0;
	for(l := formats; l != nil; l = tl l)
		if(column(hd l) * (LINE / (hd l).size) > width)
			width = column(hd l) * (LINE / (hd l).size);
	for(;;){
		n := LINE;
		if(count >= big 0 && count - (addr - skip) < big n)
			n = int (count - (addr - skip));
		if(n == 0)
			break;
		b := array[LINE] of {* => byte 0};
		n = get(b, n);
		if(n == 0)
			break;
		if(!all && last != nil && n == LINE && string b == string last && same(b, last)){
			if(!starred)
				out.puts("*\n");
			starred = 1;
		}else{
			starred = 0;
			show(addr, b, n, width);
		}
		last = b;
		addr += big n;
		if(n < LINE)
			break;
	}
	if(abase != 'n')
		out.puts(address(addr) + "\n");
}

same(a, b: array of byte): int
{
	for(i := 0; i < len a; i++)
		if(a[i] != b[i])
			return 0;
	return 1;
}

address(n: big): string
{
	case abase {
	'd' =>	return sys->sprint("%.7bd", n);
	'x' =>	return sys->sprint("%.6bx", n);
	'n' =>	return "";
	}
	return sys->sprint("%.7bo", n);
}

# width of a unit with the blank before it
column(f: Format): int
{
	if(f.kind == 'a' || f.kind == 'c')
		return 4;
	i := 0;
	for(s := f.size; s > 1; s >>= 1)
		i++;
	case f.kind {
	'o' =>	return (array[] of {4, 7, 12, 23})[i];
	'd' =>	return (array[] of {5, 7, 12, 21})[i];
	'u' =>	return (array[] of {4, 6, 11, 21})[i];
	'f' =>	return (array[] of {0, 0, 16, 25})[i];
	}
	return 2*f.size + 1;
}

show(addr: big, b: array of byte, n, width: int)
{
	first := 1;
	for(l := formats; l != nil; l = tl l){
		f := hd l;
		s := address(addr);
		i: int;
		if(!first)
			for(i = 0; i < len s; i++)
				s[i] = ' ';
		first = 0;
		w := width / (LINE / f.size);
		for(i = 0; i < n; i += f.size)
			s += sys->sprint("%*s", w, unit(f, b[i:i+f.size]));
		out.puts(s + "\n");
	}
}

names := array[] of {
	"nul", "soh", "stx", "etx", "eot", "enq", "ack", "bel", "bs", "ht", "nl", "vt", "ff", "cr", "so", "si",
	"dle", "dc1", "dc2", "dc3", "dc4", "nak", "syn", "etb", "can", "em", "sub", "esc", "fs", "gs", "rs", "us", "sp"
};

unit(f: Format, a: array of byte): string
{
	if(f.kind == 'a'){
		c := int a[0] & 16r7f;
		if(c <= ' ')
			return names[c];
		if(c == 16r7f)
			return "del";
		return sys->sprint("%c", c);
	}
	if(f.kind == 'c'){
		case int a[0] {
		0 =>	return "\\0";
		'\a' =>	return "\\a";
		'\b' =>	return "\\b";
		'\v' =>	return "\\v";
		16r0c =>	return "\\f";
		'\n' =>	return "\\n";
		'\r' =>	return "\\r";
		'\t' =>	return "\\t";
		}
		if(int a[0] >= ' ' && int a[0] < 16r7f)
			return sys->sprint("%c", int a[0]);
		return sys->sprint("%.3o", int a[0]);
	}
	# the first byte is the lowest, as on the host
	v := big 0;
	for(i := len a; --i >= 0;)
		v = v << 8 | big a[i];
	case f.kind {
	'o' =>	return sys->sprint("%.*ubo", (array[] of {1 => 3, 2 => 6, 4 => 11, 8 => 22})[len a], v);
	'x' =>	return sys->sprint("%.*ubx", 2 * len a, v);
	'u' =>	return sys->sprint("%ubd", v);
	'f' =>
		if(len a == 4)
			return sys->sprint("%.8g", math->bits32real(int v));
		return sys->sprint("%.17g", math->bits64real(v));
	}
	shift := 64 - 8 * len a;
	return sys->sprint("%bd", v << shift >> shift);
}

nomod(path: string)
{
	sys->fprint(sys->fildes(2), "od: cannot load %s: %r\n", path);
	raise "fail:bad module";
}
