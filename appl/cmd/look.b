implement Look;

#
# Finds lines in a sorted file; see look(1).
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

Look: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

dictionary, fold, ignore, numeric, exact: int;
tab := -1;		# characters from here on do not count

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
	arg->setusage("look -[dfinx] [-r lastkey] [-t c] [string] [file]");
	lastkey: string;
	while((o := arg->opt()) != 0)
		case o {
		'd' =>	dictionary = 1;
		'f' =>	fold = 1;
		'i' =>	ignore = 1;
		'n' =>	numeric = 1;
		'x' =>	exact = 1;
		'r' =>	lastkey = arg->earg();
		't' =>
			s := arg->earg();
			if(len s != 1)
				arg->usage();
			tab = s[0];
		* =>
			arg->usage();
		}
	argv = arg->argv();
	if(len argv > 2)
		arg->usage();
	file := "/lib/words";
	if(len argv == 2)
		file = hd tl argv;
	else
		dictionary = fold = 1;
	f := bufio->open(file, Bufio->OREAD);
	if(f == nil){
		sys->fprint(sys->fildes(2), "look: can't open %s: %r\n", file);
		raise "fail:no dictionary";
	}
	out := bufio->fopen(sys->fildes(1), Bufio->OWRITE);
	found := 0;
	if(argv == nil){
		in := bufio->fopen(sys->fildes(0), Bufio->OREAD);
		while((s := in.gets('\n')) != nil){
			found |= look(f, canon(s), lastkey, out);
			out.flush();
		}
	}else
		found = look(f, canon(hd argv), lastkey, out);
	if(out.flush() == Bufio->ERROR){
		sys->fprint(sys->fildes(2), "look: write error: %r\n");
		raise "fail:write error";
	}
	if(!found)
		raise "fail:not found";
}

# what of a line counts
canon(s: string): string
{
	r := "";
	for(i := 0; i < len s && s[i] != '\n' && s[i] != tab; i++){
		c := s[i];
		if(c >= 'A' && c <= 'Z' && fold)
			c += 'a' - 'A';
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c > 16ra0;
		if(dictionary && !letter && c != ' ' && c != '\t')
			continue;
		if(ignore && (c < ' ' || c == 16r7f))
			continue;
		r[len r] = c;
	}
	return r;
}

compare(a, b: string): int
{
	if(numeric){
		x := big a;
		y := big b;
		if(x < y)
			return -1;
		return x > y;
	}
	if(a < b)
		return -1;
	return a > b;
}

matches(key, line: string): int
{
	if(exact || numeric)
		return compare(key, line) == 0;
	return str->prefix(key, line);
}

look(f: ref Iobuf, key, lastkey: string, out: ref Iobuf): int
{
	# the line that starts at or after lo is not before the key; lines that start before hi may be
	lo := big 0;
	hi := f.seek(big 0, Bufio->SEEKEND);
	while(lo < hi){
		mid := (lo + hi) / big 2;
		f.seek(mid, Bufio->SEEKSTART);
		if(mid > big 0){
			f.seek(mid - big 1, Bufio->SEEKSTART);
			f.gets('\n');
		}
		s := f.gets('\n');
		if(s != nil && compare(canon(s), key) < 0)
			lo = mid + big 1;
		else
			hi = mid;
	}
	f.seek(lo, Bufio->SEEKSTART);
	if(lo > big 0){
		f.seek(lo - big 1, Bufio->SEEKSTART);
		f.gets('\n');
	}
	found := 0;
	while((s := f.gets('\n')) != nil){
		c := canon(s);
		if(lastkey != nil){
			if(compare(c, lastkey) > 0 && !matches(lastkey, c))
				break;
		}else if(!matches(key, c))
			break;
		found = 1;
		if(s[len s - 1] != '\n')
			s += "\n";
		out.puts(s);
	}
	if(s == nil && f.ungetb() == Bufio->ERROR){
		out.flush();
		sys->fprint(sys->fildes(2), "look: read error: %r\n");
		raise "fail:read error";
	}
	return found;
}

nomod(path: string)
{
	sys->fprint(sys->fildes(2), "look: cannot load %s: %r\n", path);
	raise "fail:bad module";
}
