implement Sort;

#
# Sorts the lines of a file; see sort(1).
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "arg.m";
	arg: Arg;

include "bufio.m";
	bufio: Bufio;
	Iobuf: import bufio;

Sort: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

numeric, descending, unique: int;

# the lines, and with -n their numbers
text: array of string;
num: array of big;

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
	arg->setusage("sort [-n] [file]");
	while((o := arg->opt()) != 0)
		case o {
		'n' =>	numeric = 1;
		'r' =>	descending = 1;
		'u' =>	unique = 1;
		* =>	arg->usage();
		}
	argv = arg->argv();
	if(len argv > 1)
		arg->usage();
	in: ref Iobuf;
	if(argv == nil || hd argv == "-")
		in = bufio->fopen(sys->fildes(0), Bufio->OREAD);
	else
		in = bufio->open(hd argv, Bufio->OREAD);
	if(in == nil){
		sys->fprint(sys->fildes(2), "sort: cannot open %s: %r\n", hd argv);
		raise "fail:open file";
	}
	n := readlines(in);
	order := array[n] of int;
	for(i := 0; i < n; i++)
		order[i] = i;
	order = mergesort(order, array[n] of int);
	if(unique){
		k := 0;
		for(i = 0; i < n; i++)
			if(k == 0 || !ordered(order[i], order[k-1]))
				order[k++] = order[i];
		n = k;
	}
	out := bufio->fopen(sys->fildes(1), Bufio->OWRITE);
	if(descending)
		for(i = n; --i >= 0;){
			out.puts(text[order[i]]);
			out.putb(byte '\n');
		}
	else
		for(i = 0; i < n; i++){
			out.puts(text[order[i]]);
			out.putb(byte '\n');
		}
	if(out.flush() == Bufio->ERROR){
		sys->fprint(sys->fildes(2), "sort: write error: %r\n");
		raise "fail:write error";
	}
}

readlines(in: ref Iobuf): int
{
	text = array[1024] of string;
	n := 0;
	while((s := in.gets('\n')) != nil){
		if(n == len text){
			t := array[2*n] of string;
			t[0:] = text;
			text = t;
		}
		if(s[len s - 1] == '\n')
			s = s[0:len s - 1];
		text[n++] = s;
	}
	if(in.ungetb() == Bufio->ERROR){
		sys->fprint(sys->fildes(2), "sort: read error: %r\n");
		raise "fail:read error";
	}
	if(numeric){
		num = array[n] of big;
		for(i := 0; i < n; i++)
			num[i] = big text[i];
	}
	return n;
}

# may line i stand before line j?
ordered(i, j: int): int
{
	if(numeric)
		return num[i] <= num[j];
	return text[i] <= text[j];
}

# Stable. Short pieces are sorted by insertion, then pieces are merged from a to b and back; the result is one of them.
Piece: con 8;

mergesort(a, b: array of int): array of int
{
	n := len a;
	for(i := 0; i < n; i++){
		x := a[i];
		first := i - i % Piece;
		for(j := i; j > first && !ordered(a[j-1], x); j--)
			a[j] = a[j-1];
		a[j] = x;
	}
	for(width := Piece; width < n; width *= 2){
		for(start := 0; start < n; start += 2*width){
			mid := start + width;
			end := mid + width;
			if(mid > n)
				mid = n;
			if(end > n)
				end = n;
			if(mid == end || ordered(a[mid-1], a[mid]))
				b[start:] = a[start:end];
			else if(numeric)
				mergenumbers(a, b, start, mid, end);
			else
				mergetexts(a, b, start, mid, end);
		}
		(a, b) = (b, a);
	}
	return a;
}

mergenumbers(a, b: array of int, i, mid, end: int)
{
	j := mid;
	k := i;
	x := num[a[i]];
	y := num[a[j]];
	for(;;)
		if(x <= y){
			b[k++] = a[i++];
			if(i == mid){
				b[k:] = a[j:end];
				return;
			}
			x = num[a[i]];
		}else{
			b[k++] = a[j++];
			if(j == end){
				b[k:] = a[i:mid];
				return;
			}
			y = num[a[j]];
		}
}

mergetexts(a, b: array of int, i, mid, end: int)
{
	j := mid;
	k := i;
	x := text[a[i]];
	y := text[a[j]];
	for(;;)
		if(x <= y){
			b[k++] = a[i++];
			if(i == mid){
				b[k:] = a[j:end];
				return;
			}
			x = text[a[i]];
		}else{
			b[k++] = a[j++];
			if(j == end){
				b[k:] = a[i:mid];
				return;
			}
			y = text[a[j]];
		}
}

nomod(path: string)
{
	sys->fprint(sys->fildes(2), "sort: cannot load %s: %r\n", path);
	raise "fail:bad module";
}
