implement Seq;

#
# Prints a sequence of numbers; see seq(1).
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "bufio.m";
	bufio: Bufio;
	Iobuf: import bufio;

include "string.m";
	str: String;

Seq: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

# of -f
Format: adt
{
	before, after: string;
	flags:	string;			# nil, 0 or -
	width, prec, verb: int;
};
form: ref Format;

init(nil: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	bufio = load Bufio Bufio->PATH;
	if(bufio == nil)
		nomod(Bufio->PATH);
	str = load String String->PATH;
	if(str == nil)
		nomod(String->PATH);
	# numbers may be negative, so options end at the first word that is not one of these
	if(argv != nil)
		argv = tl argv;
	wide := 0;
	for(; argv != nil && len hd argv > 1 && (hd argv)[0] == '-' && !isnumber(hd argv); argv = tl argv){
		a := hd argv;
		if(a == "--"){
			argv = tl argv;
			break;
		}
		if(a == "-w")
			wide = 1;
		else if(a[0:2] == "-f"){
			a = a[2:];
			if(a == nil && tl argv != nil){
				argv = tl argv;
				a = hd argv;
			}
			if(!isformat(a))
				usage();
		}else
			usage();
	}
	n := len argv;
	if(n < 1 || n > 3)
		usage();
	for(l := argv; l != nil; l = tl l)
		if(!isnumber(hd l)){
			sys->fprint(sys->fildes(2), "seq: bad number %s\n", hd l);
			usage();
		}
	first := 1.0;
	step := 1.0;
	if(n > 1){
		first = real hd argv;
		argv = tl argv;
	}
	if(n > 2){
		step = real hd argv;
		argv = tl argv;
	}
	last := real hd argv;
	if(step == 0.0){
		sys->fprint(sys->fildes(2), "seq: zero increment\n");
		raise "fail:error";
	}
	# each is computed from the first, so that errors do not add up
	count := int ((last - first) / step + 1e-10 + 1.0 - 0.5);
	width := 0;
	if(wide){
		width = len show(first, 0);
		if(count > 0 && len show(first + real (count-1) * step, 0) > width)
			width = len show(first + real (count-1) * step, 0);
	}
	out := bufio->fopen(sys->fildes(1), Bufio->OWRITE);
	for(i := 0; ; i++){
		x := first + real i * step;
		if(step > 0.0 && x > last + step*1e-10 || step < 0.0 && x < last + step*1e-10)
			break;
		out.puts(show(x, width) + "\n");
	}
	if(out.flush() == Bufio->ERROR){
		sys->fprint(sys->fildes(2), "seq: write error: %r\n");
		raise "fail:write error";
	}
}

usage()
{
	sys->fprint(sys->fildes(2), "usage: seq [-w] [-fformat] [first [incr]] last\n");
	raise "fail:usage";
}

isnumber(s: string): int
{
	(nil, rest) := str->toreal(s, 10);
	if(rest == nil)
		return 1;
	# String wants digits before the point
	i := 0;
	if(s[0] == '-' || s[0] == '+')
		i = 1;
	if(len s < i + 2 || s[i] != '.')
		return 0;
	(nil, rest) = str->toreal(s[i+1:], 10);
	return rest == nil && s[i+1] >= '0' && s[i+1] <= '9';
}

# text around one verb for a real
isformat(f: string): int
{
	(before, verb) := str->splitl(f, "%");
	verb = str->drop(verb, "%");
	flags := str->take(verb, "0\\-");
	(w, rest) := str->toint(verb[len flags:], 10);
	prec := 6;
	if(rest != nil && rest[0] == '.')
		(prec, rest) = str->toint(rest[1:], 10);
	if(rest == nil || !str->in(rest[0], "efg"))
		return 0;
	form = ref Format(before, rest[1:], flags, w, prec, rest[0]);
	return 1;
}

# with zeros in front up to width
show(x: real, width: int): string
{
	s: string;
	fill := "0";
	if((f := form) == nil)
		s = sys->sprint("%.12g", x);
	else{
		case f.verb {
		'e' =>	s = sys->sprint("%.*e", f.prec, x);
		'f' =>	s = sys->sprint("%.*f", f.prec, x);
		'g' =>	s = sys->sprint("%.*g", f.prec, x);
		}
		if(f.flags == nil)
			fill = " ";
		if(f.width > width)
			width = f.width;
	}
	neg := "";
	if(s[0] == '-' && fill == "0"){
		neg = "-";
		s = s[1:];
	}
	while(len neg + len s < width)
		if(f != nil && f.flags == "-")
			s += " ";
		else
			s = fill + s;
	if(f == nil)
		return neg + s;
	return f.before + neg + s + f.after;
}

nomod(path: string)
{
	sys->fprint(sys->fildes(2), "seq: cannot load %s: %r\n", path);
	raise "fail:bad module";
}
