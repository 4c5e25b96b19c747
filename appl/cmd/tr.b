implement Tr;

#
# Translates characters; see tr(1).
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "arg.m";
	arg: Arg;

include "bufio.m";
	bufio: Bufio;
	Iobuf: import bufio;

Tr: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

Range: adt
{
	lo, hi:	int;
};

Set: type list of Range;

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
	arg->setusage(nil);
	squeeze, delete, complement: int = 0;
	while((o := arg->opt()) != 0)
		case o {
		's' =>	squeeze = 1;
		'd' =>	delete = 1;
		'c' =>	complement = 1;
		* =>	usage();
		}
	argv = arg->argv();
	if(len argv > 2)
		usage();
	from, onto: Set;
	if(argv != nil)
		from = parse(hd argv);
	if(argv != nil && tl argv != nil)
		onto = parse(hd tl argv);
	if(from == nil && !squeeze || delete && onto != nil && !squeeze)
		usage();
	if(complement)
		from = invert(from);
	if(!delete && onto == nil){
		if(!squeeze)
			usage();
		onto = from;
	}

	in := bufio->fopen(sys->fildes(0), Bufio->OREAD);
	out := bufio->fopen(sys->fildes(1), Bufio->OWRITE);
	last := -1;
	while((c := in.getc()) >= 0){
		i := index(from, c);
		if(i >= 0){
			if(delete)
				continue;
			c = nth(onto, i);
		}
		if(squeeze && c == last && index(onto, c) >= 0)
			continue;
		last = c;
		out.putc(c);
	}
	if(c == Bufio->ERROR){
		sys->fprint(sys->fildes(2), "tr: read error: %r\n");
		raise "fail:read error";
	}
	if(out.flush() == Bufio->ERROR){
		sys->fprint(sys->fildes(2), "tr: write error: %r\n");
		raise "fail:write error";
	}
}

usage()
{
	sys->fprint(sys->fildes(2), "Usage: tr [-sdc] [from-set [to-set]]\n");
	raise "fail:usage";
}

parse(s: string): Set
{
	l, r: Set;
	for(i := 0; i < len s;){
		lo, hi: int;
		(lo, i) = char(s, i);
		hi = lo;
		if(i+1 < len s && s[i] == '-'){
			(hi, i) = char(s, i+1);
			if(hi < lo){
				sys->fprint(sys->fildes(2), "tr: bad range %c-%c\n", lo, hi);
				raise "fail:usage";
			}
		}
		l = Range(lo, hi) :: l;
	}
	for(; l != nil; l = tl l)
		r = hd l :: r;
	return r;
}

# the character at s[i], which may be \ooo, \xhhhhhh or \c, and the index after it
char(s: string, i: int): (int, int)
{
	if(s[i] != '\\' || i+1 >= len s)
		return (s[i], i+1);
	c := s[++i];
	base := 8;
	max := i + 3;
	if(c == 'x'){
		base = 16;
		i++;
		max = i + 6;
	}
	v := 0;
	for(start := i; i < len s && i < max; i++){
		d := digit(s[i]);
		if(d >= base)
			break;
		v = v*base + d;
	}
	if(i > start)
		return (v, i);
	if(base == 16)
		return (c, i);
	case c {
	'n' =>	c = '\n';
	't' =>	c = '\t';
	'r' =>	c = '\r';
	'b' =>	c = '\b';
	}
	return (c, i+1);
}

digit(c: int): int
{
	if(c >= '0' && c <= '9')
		return c - '0';
	if(c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if(c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return 99;
}

# all other characters, in order
invert(s: Set): Set
{
	r: Set;
	for(lo := 0; lo <= Sys->Runemax; ){
		hi := Sys->Runemax;
		next := hi + 1;
		for(l := s; l != nil; l = tl l){
			m := hd l;
			if(m.lo <= lo && lo <= m.hi){
				hi = -1;
				next = m.hi + 1;
				break;
			}
			if(m.lo > lo && m.lo - 1 < hi){
				hi = m.lo - 1;
				next = m.lo;
			}
		}
		if(hi >= lo)
			r = Range(lo, hi) :: r;
		lo = next;
	}
	q: Set;
	for(; r != nil; r = tl r)
		q = hd r :: q;
	return q;
}

# place of c in s, -1 if it is not there; the last one counts, as if the pairs were entered in a table
index(s: Set, c: int): int
{
	n := 0;
	at := -1;
	for(; s != nil; s = tl s){
		r := hd s;
		if(c >= r.lo && c <= r.hi)
			at = n + c - r.lo;
		n += r.hi - r.lo + 1;
	}
	return at;
}

# the nth of s, or its last
nth(s: Set, n: int): int
{
	for(;;){
		r := hd s;
		if(n <= r.hi - r.lo)
			return r.lo + n;
		n -= r.hi - r.lo + 1;
		s = tl s;
		if(s == nil)
			return r.hi;
	}
}

nomod(path: string)
{
	sys->fprint(sys->fildes(2), "tr: cannot load %s: %r\n", path);
	raise "fail:bad module";
}
